"""What a form of others cannot hold, in one line that its free field takes: the event's id, ranges, who says it.

    Iran attacked PAK in Panjgur, 16 January 2024: 2 killed (2-3) | event: evt_d72a39416689705c7908, version 1 | …
    … | killed: low 2, best 2, high 3 | said by: State TV > the governor (in Paper a); Paper b | …
    … | disputed: killed 2 (Paper a) or 3 (Paper b) | date: 2024-01-16 (day) | place: Panjgur, id 1168312 (exact) | …

`taken_apart` gives the parts back. A part that has nothing to say is not there, but for `killed`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby

from casus.export.told import Side, Told
from casus.ledger.flat import FlatClaim, FlatConflict, FlatEvent, parts

BETWEEN = " | "
KEYS = (
    "event", "status", "type", "killed", "injured", "detained", "displaced", "missing", "said by", "disputed", "date",
    "place", "sides", "reports", "answers",
)  # fmt: skip
# names that are told of those who say the same: what a person reads in a cell; the rest are counted
VOICES = 8
_HARMS = ("injured", "detained", "displaced", "missing")
_SPACE = re.compile(r"\s+")


def carried(told: Told) -> dict[str, str]:
    """The parts, by key, in order."""
    event = told.event
    found = {
        "event": f"{event.event_id}, version {event.version}",
        "status": None if event.status == "happened" else event.status,
        "type": f"{event.type} {event.mode}" if event.mode else event.type,
        "killed": _harm(event, "killed") or "nobody counts",
        **{measure: _harm(event, measure) for measure in _HARMS},
        "said by": listed([_voice(claim) for claim in told.claims]),
        "disputed": disputed(told.conflicts),
        "date": _date(event),
        "place": _place(event),
        "sides": _sides(told),
        "reports": f"{event.reports} ({event.independent} independent)",
        "answers": ", ".join(parts(event.responds_to)),
    }
    return {key: _plain(value) for key, value in found.items() if value}


def in_a_line(fields: Mapping[str, str], before: str | None = None) -> str:
    """The parts as one line, words of one's own `before` them."""
    told = [f"{key}: {value}" for key, value in fields.items()]
    return BETWEEN.join([_plain(before), *told] if before else told)


def taken_apart(line: str) -> dict[str, str]:
    """The parts of a line, by key; words before them are left away."""
    found = (part.partition(": ") for part in line.split(BETWEEN))
    return {key: value for key, between, value in found if between and key in KEYS}


def listed(names: Sequence[str], by: str = "; ") -> str:
    """The names, each once; of more than `VOICES`, how many there are."""
    once = list(dict.fromkeys(name for name in names if name))
    more = len(once) - VOICES
    return by.join(once[:VOICES]) + (f"{by}and {more} more" if more > 0 else "")


def disputed(rows: Sequence[FlatConflict]) -> str:
    """The open contradictions: what each value is, and who holds it."""
    told = []
    for kind, found in groupby([row for row in rows if row.state == "open"], key=lambda row: row.kind):
        values = [f"{row.value} ({listed(parts(row.voices), ', ') or 'nobody named'})" for row in found]
        told.append(f"{kind} {' or '.join(values)}")
    return "; ".join(told)


def _harm(event: FlatEvent, measure: str) -> str | None:
    """Low, best and high of what is told, an open end by that word."""
    found = {end: getattr(event, f"{measure}_{end}") for end in ("low", "best", "high")}
    if all(value is None for value in found.values()):
        return None
    return ", ".join(f"{end} {'open' if value is None else value}" for end, value in found.items())


def _voice(claim: FlatClaim) -> str:
    publisher = claim.publisher or f"document {claim.document_id}"
    return (f"{claim.source} (in {publisher})" if claim.source else publisher).replace(";", ",")


def _date(event: FlatEvent) -> str | None:
    if event.date_start is None or event.date_end is None:
        return None
    until = "" if event.date_start == event.date_end else f" to {event.date_end.isoformat()}"
    return f"{event.date_start.isoformat()}{until} ({event.date_precision})"


def _place(event: FlatEvent) -> str | None:
    if event.place is None:
        return None
    id_ = f", id {event.place_id}" if event.place_id else ""
    return f"{event.place}{id_} ({event.place_precision})"


def _sides(told: Told) -> str:
    """Who did it to whom, by name, who and sector."""
    actors, recipients = (", ".join(_side(side) for side in of) for of in (told.actors, told.recipients))
    return f"{actors or 'nobody named'} to {recipients}" if recipients else actors


def _side(side: Side) -> str:
    known = side.sector if side.who in (None, side.name) else f"{side.who} {side.sector}"
    return f"{side.name or side.who or 'somebody'} ({known})"


def _plain(text: str) -> str:
    """On one line, without the sign that stands between parts."""
    return _SPACE.sub(" ", text).replace("|", "/").strip()
