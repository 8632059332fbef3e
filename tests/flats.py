"""Flat rows made by hand, for tests of panels and plots."""

from __future__ import annotations

from datetime import date
from typing import Any

from casus.ledger.flat import FlatClaim, FlatConflict, FlatEvent

_EVENT: dict[str, Any] = {
    **dict.fromkeys(FlatEvent._fields),
    "event_id": "evt_1", "version": 1, "status": "happened", "type": "ASSAULT", "types": "ASSAULT", "umbrella": False,
    "date_start": date(2024, 1, 16), "date_end": date(2024, 1, 16), "date_precision": "day", "actor": "IRN",
    "actor_name": "Iran", "actor_sector": "MIL", "recipient": "PAK", "recipient_name": "Pakistan",
    "recipient_sector": "CVL", "place": "Panjgur", "place_id": "1", "admin1": "Balochistan", "iso3": "PAK",
    "lat": 26.97, "lon": 64.09, "place_precision": "exact", "reports": 1, "publishers": 1, "independent": 1,
    "claims_n": 1, "conflicts_open": 0, "changed_at": "run_1",
}  # fmt: skip
_CLAIM: dict[str, Any] = {
    **dict.fromkeys(FlatClaim._fields),
    **{name: _EVENT[name] for name in FlatEvent._fields if name in FlatClaim._fields},
    "claim_id": "clm_1", "document_id": "doc_1", "publisher": "The Herald", "published": date(2024, 1, 17),
    "date_basis": "stated", "background": False, "aggregate": False, "confidence": 0.9, "region": "body",
    "trigger": "struck", "quote": "It struck.", "start": 3, "end": 9, "rejected": False,
}  # fmt: skip


def day(text: str | date) -> date:
    """A day as tests write it."""
    return date.fromisoformat(text) if isinstance(text, str) else text


def event(first: str | date | None = "2024-01-16", last: str | date | None = None, **other: Any) -> FlatEvent:
    """Iran struck Panjgur in Pakistan; `other` are values in place of these. `killed` is low, best and high at once."""
    start = None if first is None else day(first)
    end = start if last is None else day(last)
    values = {**_EVENT, "date_start": start, "date_end": end}
    if "killed" in other:
        killed = other.pop("killed")
        values |= {"killed_low": killed, "killed_best": killed, "killed_high": killed}
    return FlatEvent(**{**values, **other})


def claim(**other: Any) -> FlatClaim:
    """The Herald tells that on the next day."""
    if isinstance(other.get("published"), str):
        other["published"] = day(other["published"])
    return FlatClaim(**{**_CLAIM, **other})


def conflict(event_id: str, kind: str, state: str = "open", *values: str) -> list[FlatConflict]:
    """A contradiction of an event: a row an option."""
    told = values or ("2", "9")
    chosen = told[0] if state == "settled" else None
    return [FlatConflict(event_id, kind, state, chosen, value, 1, f"Paper {value}", None, None) for value in told]
