"""What became of events, version by version, for programs: founded, changed, merged, split, ended, and why.

Whoever keeps a copy of the events reads the feed from the last step on that it knows: an event that was founded,
changed or split is there now as that version says; one that was merged or ended is not.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, NamedTuple, get_args

from casus.ledger.flat_columns import Column, described
from casus.ledger.flat_rows import joined
from casus.ledger.ledger import Ledger
from casus.ledger.store import Row, Store

ChangeKind = Literal["founded", "changed", "merged", "split", "ended"]
KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)


class FlatChange(NamedTuple):
    """A version of an event, and how it came to be."""

    step: int
    at: str
    event_id: str
    version: int
    kind: str
    others: str | None
    words: str
    cause: str
    action: str | None
    by: str | None
    reason: str | None


_MEANINGS = {
    "step": "The step of the ledger at which it became so.",
    "at": "When, ISO 8601 in UTC.",
    "event_id": "The event.",
    "version": "The version that this step made.",
    "kind": "founded: it is there and was not before (a version above 1: again); changed; split: claims of it have "
    "become another event; merged: it has ended, and its claims are in another; ended: none of its claims stands.",
    "others": "Ids of the events to which claims of it went or from which they came, joined by '; '.",
    "words": "What changed, in words.",
    "cause": "Id of the run or the decision behind it.",
    "action": "What was decided, where a decision is behind it: merge, split, reject, set, settle, rename, undo.",
    "by": "Who decided.",
    "reason": "The reason that was given.",
}
CHANGES: tuple[Column, ...] = described(FlatChange, _MEANINGS)


def changes(ledger: Ledger, since: int = 0, *, only: Sequence[int] | None = None) -> Generator[FlatChange]:
    """All versions that steps after `since` made, step by step, by id within a step; of the events of these numbers
    `only`, where given."""
    store = ledger._store
    with store.reading():
        # no more than keys are sorted: records are fetched a step at a time
        sql = """SELECT versions.step, versions.event, versions.version, events.id FROM versions
                 JOIN events ON events.n = versions.event
                 WHERE versions.event IN (SELECT n FROM events WHERE step > ?1) AND versions.step > ?1
                 ORDER BY versions.step, events.id"""
        wanted = None if only is None else set(only)
        for step, found in groupby(store.db.execute(sql, (since,)), key=lambda row: row[0]):
            told = [_version(store, row) for row in found]
            yield from _of_step(store, step, told, wanted)


def step_at(ledger: Ledger, at: str) -> int:
    """The last step before that day or moment (ISO 8601 in UTC); 0 where it is before all of them."""
    with ledger._store.reading():
        sql = "SELECT coalesce(min(n), (SELECT coalesce(max(n), 0) + 1 FROM steps)) - 1 FROM steps WHERE at >= ?"
        found: int = ledger._store.one(sql, at)[0]
        return found


@dataclass(frozen=True, slots=True)
class _Version:
    """A version, its claims and those before; None where the event was not there."""

    n: int
    id: str
    version: int
    cause: str
    before: frozenset[str] | None
    after: frozenset[str] | None

    @property
    def went(self) -> frozenset[str]:
        return (self.before or frozenset()) - (self.after or frozenset())

    @property
    def came(self) -> frozenset[str]:
        return (self.after or frozenset()) - (self.before or frozenset())


def _version(store: Store, row: Row) -> _Version:
    _, event, version, id_ = row
    sql = "SELECT cause, json_extract(record, '$.claims') FROM versions WHERE event = ? AND version = ?"
    cause, after = store.one(sql, event, version)
    before = store.maybe(sql, event, version - 1)
    return _Version(event, id_, version, cause, _claims(before[1]) if before else None, _claims(after))


def _claims(found: str | None) -> frozenset[str] | None:
    return None if found is None else frozenset(json.loads(found))


def _of_step(store: Store, step: int, found: Sequence[_Version], only: set[int] | None) -> Iterator[FlatChange]:
    at, action, by, reason = store.one(
        """SELECT steps.at, action, by, reason FROM steps LEFT JOIN decisions ON decisions.id = steps.decision
           WHERE steps.n = ?""",
        step,
    )
    to = {claim: v for v in found for claim in v.came}
    of = {claim: v for v in found for claim in v.went}
    for v in found:
        if only is None or v.n in only:
            takers = {to[c].id: to[c] for c in v.went if c in to}
            others = takers.keys() | {of[c].id for c in v.came if c in of}
            cause, _, words = v.cause.partition(": ")
            yield FlatChange(
                step, at, v.id, v.version, _kind(v, takers, words), joined(sorted(others)), words, cause, action, by,
                reason or None,
            )  # fmt: skip


def _kind(v: _Version, takers: Mapping[str, _Version], words: str) -> ChangeKind:
    if v.after is None:
        return "merged" if takers or words.startswith("merged") else "ended"
    if v.before is None:
        return "founded"
    return "split" if any(other.before is None for other in takers.values()) else "changed"
