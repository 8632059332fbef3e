"""What became of events between two states: added, changed, merged, split, retracted, and why where the ledger says so.

An event is the same as long as its id is; it has changed where a column of it, its claims or its contradictions have.
Version and cause of a version do not count: what was decided and taken back leaves no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Literal, get_args

from casus.export.release_state import Compared, opened_states
from casus.ledger.feed import FlatChange
from casus.ledger.flat import FlatConflict, FlatEvent, parts

Kind = Literal["added", "changed", "merged", "split", "retracted"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Value = str | int | float | bool | date | None
# what every version has of its own, and what is made of the other columns
_APART = frozenset({"version", "changed_at", "summary"})
_TOLD = tuple(name for name in FlatEvent._fields if name not in _APART)
_MASK = (1 << 128) - 1


@dataclass(frozen=True, slots=True)
class Moved:
    """A column of an event that holds another value than before."""

    column: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of an event. `line` is the event in words, as it is now where it is there.

    added: it was not there. changed: `fields`, claims that `came` and `went`, and how its contradictions were and are.
    merged: its claims are in the `others` now. split: it was made of claims of the `others`, which are still there.
    retracted: none of its claims stands in an event. `why` are the versions that led there.
    """

    kind: Kind
    event: str
    line: str
    others: tuple[str, ...] = ()
    fields: tuple[Moved, ...] = ()
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    conflicts_before: tuple[str, ...] = ()
    conflicts_after: tuple[str, ...] = ()
    why: tuple[FlatChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Diff:
    """All differences, by kind and then id, and what a person should know of the comparison."""

    differences: tuple[Difference, ...]
    notes: tuple[str, ...] = ()

    def counts(self) -> dict[Kind, int]:
        """How many there are of each kind; no kind without any."""
        found = {kind: sum(d.kind == kind for d in self.differences) for kind in KINDS}
        return {kind: n for kind, n in found.items() if n}


def diff_paths(one: str | Path, other: str | Path) -> Diff:
    """What became of events from one release (or ledger) to the other. Raises ReleaseError, LedgerError."""
    with opened_states(one, other) as (before, after):
        return diff_states(before, after)


def diff_states(before: Compared, after: Compared) -> Diff:
    """The same of two states; memory grows with what differs, and by some hundred bytes an event."""
    with before.snapshot(), after.snapshot():
        was, now = _digests(before), _digests(after)
        differ = {id_ for id_ in was.keys() | now.keys() if was.get(id_) != now.get(id_)}
        known = after.holds(before.state)
        history = _history(before, after, differ) if known and differ else {}
        sides = _Sides(_Side.of(before, differ), _Side.of(after, differ), history)
    found = sorted((sides.difference(id_) for id_ in differ), key=lambda d: (KINDS.index(d.kind), d.event))
    return Diff(tuple(found), tuple(_notes(before, after, known)))


def _notes(before: Compared, after: Compared, known: bool) -> Iterator[str]:
    if before.asked != after.asked:
        yield "the two chose differently of their ledgers, so what is added or retracted may only be chosen or not"
    if not known and before.holds(after.state):
        yield "the first is the later one"
    elif not known:
        yield "they are of different ledgers, so why something changed is not known"


# ------------------------------------------------------------------ which events differ


def _digests(state: Compared) -> dict[str, int]:
    """A digest of each event with its claims and contradictions, whatever order these come in."""
    out = {event.event_id: _hashed(_values(event)) for event in state.events()}
    for conflict in state.conflicts():
        out[conflict.event_id] = (out.get(conflict.event_id, 0) + _hashed(tuple(conflict))) & _MASK
    for claim, event_id in state.claims():
        out[event_id] = (out.get(event_id, 0) + _hashed(claim)) & _MASK
    return out


def _values(event: FlatEvent) -> tuple[Value, ...]:
    return tuple(getattr(event, name) for name in _TOLD)


def _hashed(value: object) -> int:
    return int.from_bytes(blake2b(repr(value).encode("utf-8", "surrogatepass"), digest_size=16).digest(), "big")


# ------------------------------------------------------------------ and how


@dataclass(slots=True)
class _Side:
    """Those events of a state that differ from the other's, with their claims and contradictions."""

    events: dict[str, FlatEvent] = field(default_factory=dict)
    claims: dict[str, set[str]] = field(default_factory=dict)
    event_of: dict[str, str] = field(default_factory=dict)
    conflicts: dict[str, list[FlatConflict]] = field(default_factory=dict)

    @classmethod
    def of(cls, state: Compared, wanted: set[str]) -> _Side:
        out = cls({event.event_id: event for event in state.events() if event.event_id in wanted})
        for claim, event_id in state.claims():
            if event_id in wanted:
                out.claims.setdefault(event_id, set()).add(claim)
                out.event_of[claim] = event_id
        for conflict in state.conflicts():
            if conflict.event_id in wanted:
                out.conflicts.setdefault(conflict.event_id, []).append(conflict)
        return out

    def told(self, id_: str) -> tuple[str, ...]:
        """The contradictions of an event, a line each."""
        options: dict[tuple[str, str, str | None], list[str]] = {}
        for c in self.conflicts.get(id_, ()):
            options.setdefault((c.kind, c.state, c.chosen), []).append(f"{c.value} ({c.independent})")
        return tuple(
            f"{kind} {state}{f' {chosen}' if chosen is not None else ''}: {', '.join(values)}"
            for (kind, state, chosen), values in options.items()
        )


@dataclass(frozen=True, slots=True)
class _Sides:
    """Both states of what differs. A claim that moved has changed both events, so both are among these."""

    before: _Side
    after: _Side
    history: Mapping[str, tuple[FlatChange, ...]]

    def difference(self, id_: str) -> Difference:
        was, now = self.before.events.get(id_), self.after.events.get(id_)
        why = self.history.get(id_, ())
        if now is None:
            assert was is not None
            return self._gone(id_, was, why)
        if was is None:
            return self._new(id_, now, why)
        claims, before = self.after.claims.get(id_, set()), self.before.claims.get(id_, set())
        return Difference(
            kind="changed",
            event=id_,
            line=now.summary or "",
            others=tuple(
                sorted({*_ids(self.after.event_of, before - claims), *_ids(self.before.event_of, claims - before)})
            ),
            fields=tuple(_moved(was, now)),
            came=tuple(sorted(claims - before)),
            went=tuple(sorted(before - claims)),
            conflicts_before=self.before.told(id_),
            conflicts_after=self.after.told(id_),
            why=why,
        )

    def _gone(self, id_: str, was: FlatEvent, why: tuple[FlatChange, ...]) -> Difference:
        """Merged where its claims are elsewhere; its last version says so where all of them have gone since."""
        claims = self.before.claims.get(id_, set())
        others = _ids(self.after.event_of, claims)
        last = [change for change in why if change.kind in ("merged", "ended")][-1:]
        if not others and last and last[0].kind == "merged":
            others = tuple(other for other in parts(last[0].others) if other in self.after.events)
        kind: Kind = "merged" if others else "retracted"
        return Difference(kind, id_, was.summary or "", others, went=tuple(sorted(claims)), why=why)

    def _new(self, id_: str, now: FlatEvent, why: tuple[FlatChange, ...]) -> Difference:
        """Split where an event that is still there lost claims to it."""
        claims = self.after.claims.get(id_, set())
        others = _ids(self.before.event_of, claims)
        kind: Kind = "split" if any(other in self.after.events for other in others) else "added"
        return Difference(kind, id_, now.summary or "", others, came=tuple(sorted(claims)), why=why)


def _ids(event_of: Mapping[str, str], claims: Iterable[str]) -> tuple[str, ...]:
    """The events that those claims are in, by id."""
    return tuple(sorted({event_of[claim] for claim in claims if claim in event_of}))


def _moved(was: FlatEvent, now: FlatEvent) -> Iterator[Moved]:
    for name in _TOLD:
        before, after = getattr(was, name), getattr(now, name)
        if before != after:
            yield Moved(name, before, after)


def _history(before: Compared, after: Compared, wanted: set[str]) -> dict[str, tuple[FlatChange, ...]]:
    """The versions of each of these events since the earlier state."""
    out: dict[str, list[FlatChange]] = {}
    for change in after.changes(before.state.step):
        if change.event_id in wanted:
            out.setdefault(change.event_id, []).append(change)
    return {id_: tuple(found) for id_, found in out.items()}
