"""Why two claims are, or are not, one event: what was compared, what speaks either way, what a person decided."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from casus.errors import UsageError
from casus.events import Decision
from casus.ledger import queries
from casus.ledger.decisions import Carrier, all_kept, revoked
from casus.ledger.store import Store
from casus.linking.block import LARGE, PIVOTS
from casus.linking.cluster import SPAN_DAYS
from casus.linking.columns import ROW, UMBRELLA, UNDATED, Rows
from casus.linking.link import block_keys
from casus.linking.score import Reason, Weights, reasons, score
from casus.records import Claim, Participant


@dataclass(frozen=True, slots=True)
class Why:
    """The score is in log-odds, above 0 where the pair alone speaks for one event. `compared`: whether the two share
    a blocking key at all; where they do not, the score is told all the same. `note` says in a sentence what decided.
    """

    one: Claim
    other: Claim
    same_event: bool
    compared: bool
    score: float
    reasons: tuple[Reason, ...]
    decided: tuple[Decision, ...]
    note: str


@dataclass(frozen=True, slots=True)
class _Found:
    rows: Rows
    same: bool
    compared: bool
    score: float


def why(store: Store, weights: Weights, one: str, other: str) -> Why:
    """The answer for two claims by id. Raises UnknownError, UsageError."""
    numbers = [queries.claim_number(store, x)[0] for x in (one, other)]
    if numbers[0] == numbers[1]:
        raise UsageError("a claim is compared with another one", "name two claims")
    claims = [queries.claims_of(store, [n])[0] for n in numbers]
    found = [store.one("SELECT columns, event FROM claims WHERE n = ?", n) for n in numbers]
    rows: Rows = np.frombuffer(b"".join(blob for blob, _ in found), dtype=ROW)
    events = [event for _, event in found]
    same = events[0] is not None and events[0] == events[1]
    log_odds = float(score(rows, np.array([[0, 1]]), weights)[0])
    compared = _compared(store, rows, numbers)
    decided = _decided(store, {c.id for c in claims}, numbers)
    note = _note(_Found(rows, same, compared, log_odds), decided)
    return Why(claims[0], claims[1], same, compared, log_odds, reasons(rows, weights, _told(claims)), decided, note)


def _compared(store: Store, rows: Rows, numbers: list[int]) -> bool:
    one, other = (set(k) for k in block_keys(rows))
    for key in sorted(one & other):
        if store.one("SELECT count(*) FROM keys WHERE key = ?", key)[0] <= LARGE:
            return True
        pivots = store.column("SELECT claim FROM keys WHERE key = ? ORDER BY key, place, claim LIMIT ?", key, PIVOTS)
        if set(pivots) & set(numbers):
            return True
    return False


def _decided(store: Store, ids: set[str], numbers: list[int]) -> tuple[Decision, ...]:
    """The standing decisions that put the two together or apart, or reject one of them."""
    every = all_kept(store)
    gone = revoked(every)
    carrier = Carrier(store)
    out = []
    for k in every:
        if k.decision.id in gone or k.decision.action not in ("merge", "split", "reject"):
            continue
        one, other = (set(carrier.carry(set(side)).values()) for side in k.parted())
        if k.decision.action == "reject":
            bears = bool(one & set(numbers))
        else:
            # those of an event that both stayed when others were split from it were not decided upon
            bears = set(numbers) <= one | other and not (k.decision.action == "split" and set(numbers) <= other)
        if bears:
            out.append(k.decision)
    return tuple(out)


def _told(claims: list[Claim]) -> dict[str, str]:
    """Words for both claims' types, sides, days and places."""

    def both(words: list[str]) -> str:
        return " and ".join(words)

    def sides(found: tuple[Participant, ...]) -> str:
        return ", ".join(s.who or s.name for s in found) or "nobody"

    return {
        "types": both([c.type for c in claims]),
        "modes": both([c.mode or "none" for c in claims]),
        "actors": both([sides(c.actors) for c in claims]),
        "recipients": both([sides(c.recipients) for c in claims]),
        "days": both([_days(c) for c in claims]),
        "places": both([c.place.name if c.place else "nowhere" for c in claims]),
    }


def _days(claim: Claim) -> str:
    if claim.when.start is None:
        return "no date"
    return f"{claim.when.start}" if claim.when.start == claim.when.end else f"{claim.when.start} to {claim.when.end}"


def _note(why: _Found, decided: tuple[Decision, ...]) -> str:
    """What decided, in a sentence."""
    if decided:
        last = decided[-1]
        return f"a person decided so: {last.action} by {last.by}" + (f" ({last.reason})" if last.reason else "")
    barred = _barred(why)
    if barred:
        return barred
    if not why.compared:
        words = "they share neither document, nor time with place or sides, so they were not compared"
        return words + ("; other claims tie them together" if why.same else "")
    if why.same:
        return "the pair itself speaks for it" if why.score > 0 else "others of the event's claims tie them together"
    return "the pair itself speaks against it" if why.score <= 0 else "each fits others of its own event better"


def _barred(why: _Found) -> str:
    """The rule of `linking.cluster` that keeps the two apart whatever their score; "" where none does."""
    rows = why.rows
    if why.same:
        return ""
    umbrella = (rows["flags"] & UMBRELLA) > 0
    if umbrella[0] != umbrella[1]:
        return "one tells of an incident, the other of what sums or spans incidents: never one event"
    pinned = (rows["last"] > 0) & ((rows["flags"] & UNDATED) == 0)
    gap = int(max(rows["first"]) - min(rows["last"]))
    if pinned.all() and not umbrella.any() and gap > SPAN_DAYS:
        return f"their days lie {gap} apart: incidents of more than {SPAN_DAYS} days are never one event"
    return ""
