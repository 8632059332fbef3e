"""What people decided: recorded for good, taken back by another decision, and what is in force at any time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from casus.errors import UsageError
from casus.events import Action, Choice, Decision
from casus.ids import content_id
from casus.ledger.codec import dumps
from casus.ledger.relink import Standing
from casus.ledger.store import Store
from casus.linking.cluster import ordered


@dataclass(frozen=True, slots=True)
class Kept:
    """A decision as it is kept: with the ids of the claims that carry it, whatever becomes of its events.

    merge: the claims of one event, then null, then those of the other. split: those taken out, then null, then those
    that stay. reject: the claim. set, settle: the claims of the event, the one that its id follows first; of these the
    first that still counts carries the choice. rename, undo: none.
    """

    n: int
    decision: Decision
    claims: tuple[str | None, ...]

    def parted(self) -> tuple[list[str], list[str]]:
        """The claims before and behind the null."""
        at = self.claims.index(None) if None in self.claims else len(self.claims)
        return [c for c in self.claims[:at] if c], [c for c in self.claims[at:] if c]


@dataclass(frozen=True, slots=True)
class InForce:
    """All decisions that nothing has taken back, as linking and settling take them; by number of claim."""

    standing: Standing = field(default_factory=Standing)
    choices: dict[int, tuple[tuple[int, Choice], ...]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    rejected: frozenset[int] = frozenset()
    # decisions that no claim of today carries: a person must look at them
    orphans: tuple[Kept, ...] = ()


def record(
    store: Store,
    action: Action,
    subjects: Sequence[str],
    claims: Sequence[str | None] = (),
    *,
    at: str,
    by: str,
    field: str | None = None,
    before: str | None = None,
    after: str | None = None,
    reason: str = "",
    revokes: str | None = None,
) -> Kept:
    """Writes a decision down; nothing is ever changed or deleted in that table."""
    n = store.one("SELECT coalesce(max(n), 0) + 1 FROM decisions")[0]
    id_ = content_id("dec", n, at, by, action, list(subjects), field, after, revokes)
    made = Decision(id_, at, by, action, tuple(subjects), field, before, after, reason, revokes)
    values = (
        n, id_, at, by, action, dumps(list(subjects)), dumps(list(claims)), field, before, after, reason, revokes,
    )  # fmt: skip
    store.db.execute("INSERT INTO decisions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    return Kept(n, made, tuple(claims))


def all_kept(store: Store) -> list[Kept]:
    """Every decision ever made, in order."""
    sql = """SELECT n, id, at, by, action, subjects, claims, field, before, after, reason, revokes
             FROM decisions ORDER BY n"""
    return [
        Kept(
            n,
            Decision(id_, at, by, action, tuple(json.loads(subjects)), field_, before, after, reason, revokes),
            tuple(json.loads(claims)),
        )
        for n, id_, at, by, action, subjects, claims, field_, before, after, reason, revokes in store.rows(sql)
    ]


def revoked(kept: Iterable[Kept]) -> set[str]:
    """Ids of decisions that are taken back. An undo that is itself undone takes nothing back."""
    out: set[str] = set()
    # a decision can only revoke an earlier one, so the last ones are known first
    for k in sorted(kept, key=lambda k: -k.n):
        if k.decision.revokes and k.decision.id not in out:
            out.add(k.decision.revokes)
    return out


def in_force(store: Store) -> InForce:
    """What is decided now, on the claims of today."""
    every = all_kept(store)
    if not every:
        return InForce()
    gone = revoked(every)
    kept = [k for k in every if k.decision.id not in gone and k.decision.action != "undo"]
    numbers = Carrier(store).carry({c for k in kept for c in k.claims if c})
    made = _Made()
    for k in kept:
        made.take(k, numbers)
    # what was chosen of an actor holds under the name that it goes by now
    made.choices = [(k, claims, _renamed(choice, made.names)) for k, claims, choice in made.choices]
    choices = made.settle()
    # a rejected claim holds nothing together
    groups = [g - made.rejected for g in made.groups if g - made.rejected]
    together = frozenset(ordered(min(g), c) for g in groups for c in g if c != min(g))
    return InForce(
        Standing(together, frozenset(made.apart)), choices, made.names, frozenset(made.rejected), tuple(made.orphans)
    )


def _renamed(choice: Choice, names: dict[str, str]) -> Choice:
    """A choice of a side by its present name; "Hezbollah/REB" keeps its sector."""
    if choice.field.removeprefix("conflict:") not in ("actor", "recipient"):
        return choice
    who, slash, sector = choice.value.rpartition("/")
    if choice.value in names:
        return replace(choice, value=names[choice.value])
    return replace(choice, value=f"{names[who]}{slash}{sector}") if who in names else choice


@dataclass(slots=True)
class _Made:
    """What the decisions come to, one after the other."""

    groups: list[set[int]] = field(default_factory=list)  # claims that are put together
    apart: set[tuple[int, int]] = field(default_factory=set)
    choices: list[tuple[Kept, list[int], Choice]] = field(default_factory=list)  # with the claims that may carry it
    names: dict[str, str] = field(default_factory=dict)
    rejected: set[int] = field(default_factory=set)
    orphans: list[Kept] = field(default_factory=list)

    def settle(self) -> dict[int, tuple[tuple[int, Choice], ...]]:
        """The choices by the claim that carries each; one whose claims were all rejected is an orphan."""
        out: dict[int, list[tuple[int, Choice]]] = {}
        for k, claims, choice in self.choices:
            carrier = self._first(claims)
            if carrier is None:
                self.orphans.append(k)
            else:
                out.setdefault(carrier, []).append((k.n, choice))
        self.orphans.sort(key=lambda k: k.n)
        return {claim: tuple(found) for claim, found in sorted(out.items())}

    def _first(self, claims: Iterable[int]) -> int | None:
        return next((c for c in claims if c not in self.rejected), None)

    def take(self, k: Kept, numbers: dict[str, int]) -> None:
        d = k.decision
        if d.action == "rename":
            self._rename(d.subjects[0], d.after or "")
            return
        one, other = ([numbers[c] for c in side if c in numbers] for side in k.parted())
        if d.action == "split":
            # what a newer reading tells as one claim cannot be held apart
            one, other = [c for c in one if c not in other], [c for c in other if c not in one]
        if not one or (d.action in ("merge", "split") and not other):
            self.orphans.append(k)
        elif d.action == "merge":
            self._merge({*one, *other})
        elif d.action == "split":
            self._split(set(one), set(other))
        elif d.action == "reject":
            self.rejected |= set(one)
        else:
            name = f"conflict:{d.field}" if d.action == "settle" else d.field or ""
            self.choices.append((k, one, Choice(d.id, name, d.after or "")))

    def _merge(self, claims: set[int]) -> None:
        """The later word holds: what had been held apart among these is put together."""
        touched = [g for g in self.groups if g & claims]
        self.groups = [g for g in self.groups if not g & claims]
        self.groups.append(claims.union(*touched))
        self.apart = {(a, b) for a, b in self.apart if not {a, b} <= self.groups[-1]}

    def _split(self, out: set[int], rest: set[int]) -> None:
        """What goes out goes out together; what had been put together and stays, stays together."""
        self.groups = [g - out for g in self.groups if len(g - out) > 1]
        if len(out) > 1:
            self.groups.append(set(out))
        self.apart |= {ordered(a, b) for a in out for b in rest if a != b}
        # what was chosen for the event goes with the claim that carries it
        for _, claims, _ in self.choices:
            gone = rest if self._first(claims) in out else out
            claims[:] = [c for c in claims if c not in gone]

    def _rename(self, before: str, after: str) -> None:
        self.names = {k: after if v == before else v for k, v in self.names.items()}
        self.names[before] = after
        self.names.pop(after, None)


class Carrier:
    """From a claim that a decision was made of to that claim as it is read today."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def carry(self, ids: set[str]) -> dict[str, int]:
        """Claim id -> number of today's claim: the same one, or that of the same words in the newest reading."""
        out: dict[str, int] = {}
        for id_ in sorted(ids):
            row = self.store.maybe("SELECT n FROM claims WHERE id = ? AND gone IS NULL", id_)
            if row is None:
                row = self._by_words(id_)
            if row is not None:
                out[id_] = row[0]
        return out

    def _by_words(self, id_: str) -> tuple[int] | None:
        """The claim of today on whose trigger the old one's lies; of the same type first, then by length of overlap."""
        sql = "SELECT record, document, step FROM claims WHERE id = ? AND gone IS NOT NULL ORDER BY n DESC LIMIT 1"
        old = self.store.maybe(sql, id_)
        if old is None:
            return None
        was = json.loads(old[0])
        best: tuple[bool, int, int] | None = None
        # what stood beside it in its own reading is something else
        sql = """SELECT n, record FROM claims WHERE document = ?1 AND gone IS NULL
                 AND id NOT IN (SELECT id FROM claims WHERE document = ?1 AND step = ?2) ORDER BY n"""
        for n, text in self.store.rows(sql, *old[1:]):
            now = json.loads(text)
            (a, b), (c, d) = was["trigger"], now["trigger"]
            shared = min(b, d) - max(a, c)
            found = (now["type"] == was["type"], shared, -n)
            if shared > 0 and (best is None or found > best):
                best = found
        return None if best is None else (-best[2],)


def latest(store: Store, id_: str | None = None) -> Kept:
    """The decision of that id (or its first characters), or the last that stands. Raises UsageError."""
    every = all_kept(store)
    gone = revoked(every)
    if id_ is None:
        found = [k for k in every if k.decision.id not in gone and k.decision.action != "undo"][-1:]
        if not found:
            raise UsageError("there is no decision to take back", "`casus log` lists what was decided")
    else:
        found = [k for k in every if k.decision.id.startswith(id_)]
        if len(found) != 1:
            words = "no decision" if not found else "more than one decision"
            raise UsageError(f"{words} begins with {id_!r}", "`casus log` lists what was decided")
        if found[0].decision.id in gone:
            raise UsageError(f"{id_} has been taken back already", "`casus log` lists what was decided")
    return found[-1]
