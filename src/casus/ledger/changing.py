"""Every change of a ledger: documents added or read anew, and what people decide. One step, one transaction each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from casus.errors import RecordError, UsageError
from casus.events import SETTABLE, Event
from casus.ledger import queries
from casus.ledger.adding import Kin, Moved, add_claims, add_documents, claim_back, known, rename_rows, restore, withdraw
from casus.ledger.decisions import Carrier, InForce, Kept, all_kept, in_force, latest, record
from casus.ledger.relink import marks, relink, touched
from casus.ledger.settled import Changes, Settling, Step, write_events
from casus.ledger.store import Store
from casus.linking.score import Weights
from casus.linking.settle_choices import check_choice, parse_place
from casus.records import Claim, Document
from casus.text import fold

# Claims that carry what is decided of an event, one after the other. Each is looked up at every change, and that a
# person rejects so many of one event has not been seen; where it happens, the decision is put before a person.
CARRIERS = 32


@dataclass(slots=True)
class Added:
    """What came of adding documents: ids of those that are new and those that were known, and what they moved."""

    new: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    claims: int = 0
    changes: Changes = field(default_factory=Changes)


@dataclass(frozen=True, slots=True)
class Who:
    """Who decides, why, and when (ISO 8601)."""

    by: str
    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision's id, and the events that it founded, changed and ended."""

    decision: str
    changes: Changes


class Change:
    """What can be done to a ledger."""

    def __init__(self, store: Store, parents: Mapping[str, Sequence[str]], weights: Weights) -> None:
        self.store, self.parents, self.weights = store, parents, weights

    def add(self, found: Sequence[tuple[Document, Sequence[Claim]]], run: str, at: str) -> Added:
        """Documents that are new, with their claims."""
        out = Added()
        with self.store.writing():
            old = known(self.store, [d.id for d, _ in found])
            # of one document twice in a batch, the first counts
            fresh = [pair for pair in {d.id: (d, c) for d, c in reversed(found)}.values() if pair[0].id not in old]
            fresh = [(d, _own(d, c)) for d, c in reversed(fresh)]
            out.known, out.new = sorted(old), [d.id for d, _ in fresh]
            out.claims = sum(len(c) for _, c in fresh)
            if fresh:
                step = self._step("add", at, run=run)
                force, moved = in_force(self.store), Moved()
                add_documents(self.store, fresh, step.n, Kin(self.parents, force.names), moved)
                out.changes = self._apply(moved, force, step)
        return out

    def reread(self, document: str, claims: Sequence[Claim], run: str, at: str) -> Changes:
        """A newer reading of a document that the ledger holds."""
        with self.store.writing():
            n, whole = queries.document_number(self.store, document)
            step = self._step("reread", at, run=run, document=n)
            old = self.store.rows("SELECT n, id, active FROM claims WHERE document = ? AND gone IS NULL", n)
            before, moved = in_force(self.store), Moved()
            heirs = self._heirs(old)
            moved.events |= _chosen_of(self.store, {m for m, _, _ in old})
            withdraw(self.store, [m for m, _, active in old if active], moved)
            self.store.db.executemany("UPDATE claims SET gone = ? WHERE n = ?", [(step.n, m) for m, _, _ in old])
            kin = Kin(self.parents, before.names)
            told = queries.documents_of(self.store, [whole])[whole]
            read = add_claims(self.store, [(told, _own(told, claims))], step.n, kin, moved)
            self._hand_over(heirs, read)
            claim_back(self.store, read, moved, ended=True)
            moved.events |= _chosen_of(self.store, set(read))
            force = in_force(self.store)
            withdraw(self.store, force.rejected & set(read), moved)
            moved.fresh -= force.rejected
            return self._apply(moved, force, step)

    def _heirs(self, old: Iterable[tuple[int, str, int]]) -> list[tuple[int, int, str]]:
        """Rank, event and id of each claim of the older reading whose newer one an event's id may follow: its founding
        claim (0), else another of its claims (1); what founded an event that has ended comes last (2)."""
        out = []
        for n, id_, _ in old:
            founded = self.store.maybe("SELECT n, alive FROM events WHERE founder = ?", n)
            if founded is not None:
                out.append((0 if founded[1] else 2, founded[0], id_))
            if (event := self._event_of(n)) is not None:
                out.append((1, event, id_))
        return sorted(out)

    def _hand_over(self, heirs: Iterable[tuple[int, int, str]], read: Sequence[int]) -> None:
        """An event's id follows into the newer reading, where that tells the same."""
        fresh, stands = set(read), "SELECT active FROM claims JOIN events ON founder = claims.n WHERE events.n = ?"
        for rank, event, id_ in heirs:
            if rank == 1 and self.store.one(stands, event)[0]:
                continue
            heir = Carrier(self.store).carry({id_}).get(id_)
            taken = self.store.maybe("SELECT 1 FROM events WHERE founder = ?", heir)
            if heir in fresh and taken is None:
                self.store.db.execute("UPDATE events SET founder = ? WHERE n = ?", (heir, event))

    def merge(self, one: str, other: str, who: Who) -> Decided:
        """Two events are one."""
        with self.store.writing():
            (a, id_a), (b, id_b) = (self._living(x) for x in (one, other))
            if a == b:
                raise UsageError(f"{one} and {other} are one event already")
            claims = [*self._claim_ids(a), None, *self._claim_ids(b)]
            return self._decide(record(self.store, "merge", [id_a, id_b], claims, **_told(who)))

    def split(self, claims: Sequence[str], who: Who) -> Decided:
        """Claims of one event are another event."""
        with self.store.writing():
            found = dict(queries.claim_number(self.store, c) for c in claims)
            events = {self._event_of(n) for n in found}
            if len(events) != 1 or None in events:
                raise UsageError("only claims of one event can be split from it", "`casus show EVENT` lists its claims")
            (event,) = events
            assert event is not None
            rest = [c for c in self._claim_ids(event) if c not in found.values()]
            if not rest:
                raise UsageError("no claim would be left in the event", "name fewer claims")
            subjects = [self.store.one("SELECT id FROM events WHERE n = ?", event)[0], *sorted(found.values())]
            return self._decide(
                record(self.store, "split", subjects, [*sorted(found.values()), None, *rest], **_told(who))
            )

    def reject(self, claim: str, who: Who) -> Decided:
        """A claim counts for nothing."""
        with self.store.writing():
            n, id_ = queries.claim_number(self.store, claim)
            if not self.store.one("SELECT active FROM claims WHERE n = ?", n)[0]:
                raise UsageError(f"{id_} is rejected already", "`casus undo` takes that back")
            return self._decide(record(self.store, "reject", [id_], [id_], **_told(who)))

    def set(self, event: str, name: str, value: str, who: Who) -> Decided:
        """What a field of an event holds."""
        if name not in SETTABLE:
            raise UsageError(f"an event has no field {name!r} to set", f"one of {', '.join(SETTABLE)}")
        check_choice(name, value)
        with self.store.writing():
            n, id_ = self._living(event)
            if name == "place":
                self._check_place(n, value)
            before = _shown(self._event(n), name)
            kept = record(
                self.store, "set", [id_], self._anchor(n), field=name, before=before, after=value, **_told(who)
            )
            return self._decide(kept)

    def _check_place(self, event: int, value: str) -> None:
        """Raises UsageError for a place that no claim names and whose country is not given: it would be nowhere."""
        place = parse_place(value)
        if place is None or place[1] is not None:
            return
        numbers = self.store.column("SELECT n FROM claims WHERE event = ? AND active", event)
        named = {fold(c.place.name) for c in queries.claims_of(self.store, numbers) if c.place}
        if fold(place[0]) not in named:
            hint = f"give its country, too: '{place[0]}, SOM'"
            raise UsageError(f"no claim of the event names the place {place[0]!r}", hint)

    def settle(self, event: str, kind: str, value: str, who: Who) -> Decided:
        """Which option of a contradiction holds."""
        with self.store.writing():
            n, id_ = self._living(event)
            found = [c for c in self._event(n).conflicts if c.kind == kind]
            if not found:
                kinds = sorted({c.kind for c in self._event(n).conflicts})
                raise UsageError(f"{id_} has no contradiction about {kind}", f"it has {', '.join(kinds) or 'none'}")
            options = [o.value for o in found[0].options]
            if value not in options:
                raise UsageError(f"{value!r} is none of the options", f"one of {'; '.join(options)}")
            before = found[0].chosen
            kept = record(
                self.store, "settle", [id_], self._anchor(n), field=kind, before=before, after=value, **_told(who)
            )
            return self._decide(kept)

    def rename(self, before: str, after: str, who: Who) -> Decided:
        """An actor goes by another name."""
        if not after.strip() or before == after:
            raise UsageError("an actor is renamed to another name")
        with self.store.writing():
            told = self.store.maybe("SELECT 1 FROM claim_sides WHERE who = ?", before)
            if told is None and before not in in_force(self.store).names.values():
                raise UsageError(
                    f"no claim names {before!r}", "names are those of `casus show`, such as PAK or Hezbollah"
                )
            return self._decide(record(self.store, "rename", [before], before=before, after=after, **_told(who)))

    def undo(self, decision: str | None, who: Who) -> Decided:
        """A decision is taken back."""
        with self.store.writing():
            gone = latest(self.store, decision)
            told = _told(who)
            kept = record(self.store, "undo", [gone.decision.id], revokes=gone.decision.id, **told)
            return self._decide(kept)

    def _decide(self, kept: Kept) -> Decided:
        """Makes a decision that was just written down hold. Raises UsageError where no claim carries it."""
        if any(k.n == kept.n for k in in_force(self.store).orphans):
            raise UsageError("no claim of today carries that", "`casus show EVENT` lists the claims")
        return self.apply_decision(kept)

    def apply_decision(self, kept: Kept) -> Decided:
        """The step of a decision that is written down; one that no claim carries changes nothing. Within `writing`."""
        step = self._step("decision", kept.decision.at, decision=kept.decision.id)
        force, moved = in_force(self.store), Moved()
        self._touch(self._root(kept), force, moved)
        return Decided(kept.decision.id, self._apply(moved, force, step))

    def _root(self, kept: Kept) -> Kept:
        """What an undo, or an undo of one, is about in the end."""
        by_id = {k.decision.id: k for k in all_kept(self.store)}
        while kept.decision.revokes:
            kept = by_id[kept.decision.revokes]
        return kept

    def _touch(self, kept: Kept, force: InForce, moved: Moved) -> None:
        """What a decision moves, made or taken back."""
        claims = set(Carrier(self.store).carry({c for c in kept.claims if c}).values())
        action = kept.decision.action
        if action == "reject":
            inactive = set(force.rejected)
            stands = set(self.store.column("SELECT n FROM claims WHERE gone IS NULL AND NOT active"))
            moved.events |= _chosen_of(self.store, claims)
            withdraw(self.store, (claims & inactive) - stands, moved)
            restore(self.store, (claims & stands) - inactive, moved)
        elif action in ("merge", "split"):
            moved.blocks |= {c for c in claims if self._event_of(c) is not None}
            moved.events |= _chosen_of(self.store, claims)
        elif action in ("set", "settle"):
            moved.events |= {e for c in claims if (e := self._event_of(c)) is not None}
        else:
            # an actor may have been renamed to one that was renamed: all that ever were are looked at
            renamed = {
                n
                for k in all_kept(self.store)
                if k.decision.action == "rename"
                for n in (*k.decision.subjects, k.decision.after or "")
            }
            rename_rows(self.store, sorted(renamed), Kin(self.parents, force.names), moved)

    def _apply(self, moved: Moved, force: InForce, step: Step) -> Changes:
        """Links and settles anew what has moved."""
        claims = touched(self.store, moved.fresh, moved.blocks, force.standing, self.weights)
        found = relink(self.store, claims, force.standing, self.weights)
        return write_events(self.store, found, Settling(force.choices, force.names), step, moved.events)

    def _step(
        self, kind: str, at: str, *, run: str | None = None, decision: str | None = None, document: int | None = None
    ) -> Step:
        sql = "INSERT INTO steps (kind, at, run, decision, document) VALUES (?, ?, ?, ?, ?)"
        n = self.store.db.execute(sql, (kind, at, run, decision, document)).lastrowid
        assert n is not None
        return Step(n, run or decision or "")

    def _living(self, id_: str) -> tuple[int, str]:
        """Number and id of an event that is no tombstone."""
        n, whole = queries.event_number(self.store, id_)
        if not self.store.one("SELECT alive FROM events WHERE n = ?", n)[0]:
            raise UsageError(f"{whole} has ended", f"`casus show {whole}` shows what took its claims")
        return n, whole

    def _event(self, n: int) -> Event:
        found = queries.event_of(self.store, n)
        assert found is not None
        return found

    def _event_of(self, claim: int) -> int | None:
        found: int | None = self.store.one("SELECT event FROM claims WHERE n = ?", claim)[0]
        return found

    def _claim_ids(self, event: int) -> list[str]:
        return self.store.column("SELECT id FROM claims WHERE event = ? AND active ORDER BY id", event)

    def _anchor(self, event: int) -> list[str]:
        """The claims that carry what is decided of the event: the one that its id follows, and then its heirs."""
        sql = """SELECT claims.id FROM claims JOIN events ON events.n = claims.event
                 JOIN documents ON documents.n = claims.document WHERE events.n = ? AND claims.active
                 ORDER BY claims.n <> events.founder, coalesce(documents.published, '9999'), documents.id, claims.id
                 LIMIT ?"""
        return self.store.column(sql, event, CARRIERS)


def _chosen_of(store: Store, claims: set[int]) -> set[int]:
    """The events of all claims that may carry what was chosen of an event with one of these: it may pass to another."""
    carrier, out = Carrier(store), set[int]()
    for k in all_kept(store):
        if k.decision.action in ("set", "settle"):
            found = set(carrier.carry({c for c in k.claims if c}).values())
            if found & claims:
                sql = f"SELECT event FROM claims WHERE event IS NOT NULL AND n IN ({marks(sorted(found))})"
                out.update(store.column(sql, *sorted(found)))
    return out


def _own(document: Document, claims: Iterable[Claim]) -> list[Claim]:
    """The claims of a document, each once. Raises RecordError for one of another document."""
    found = {c.id: c for c in claims}
    for claim in found.values():
        if claim.document_id != document.id:
            raise RecordError(f"the claim {claim.id} is of {claim.document_id}, not of {document.id}")
    return list(found.values())


def _told(who: Who) -> dict[str, str]:
    return {"at": who.at, "by": who.by, "reason": who.reason}


def _shown(event: Event, name: str) -> str | None:
    """What a field of an event holds now, in words."""
    figure = next((f for f in event.figures if f.measure == name), None)
    if figure is not None:
        return f"{figure.low}-{figure.high}" if figure.best is None else str(figure.best)
    if name in ("actor", "recipient"):
        sides = event.actors if name == "actor" else event.recipients
        return ", ".join(s.who or s.name for s in sides) or None
    if name == "date":
        return f"{event.when.start}/{event.when.end}" if event.when.start else None
    if name == "place":
        return event.place.name if event.place else None
    return {"type": event.types[0], "mode": event.mode, "status": event.status}.get(name)
