"""The past of a ledger as flat rows: decisions, steps and runs, for releases. What became of events is in `feed`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from casus.ledger.codec import dumps
from casus.ledger.decisions import Kept, all_kept, revoked
from casus.ledger.flat import PAGE, everything, pages
from casus.ledger.flat_columns import Column, described
from casus.ledger.flat_rows import joined
from casus.ledger.ledger import Ledger
from casus.ledger.queries import Filter, event_numbers
from casus.ledger.relink import marks


class FlatDecision(NamedTuple):
    """What a person decided."""

    decision_id: str
    step: int
    at: str
    by: str
    action: str
    subjects: str | None
    field: str | None
    before: str | None
    after: str | None
    reason: str | None
    revokes: str | None
    in_force: bool


class FlatStep(NamedTuple):
    """What changed the ledger."""

    step: int
    at: str
    kind: str
    cause: str
    document_id: str | None
    documents_n: int
    claims_n: int
    digest: str


class FlatRun(NamedTuple):
    """A run of adding or reading anew, and by which recipe it read and linked."""

    run_id: str
    at: str
    recipe_id: str
    package: str | None
    model: str | None
    codebook: str | None
    linking: str | None
    settings: str | None
    finished: bool


_AT = "When, ISO 8601 in UTC."
_DECISIONS = {
    "decision_id": "The decision's id.",
    "step": "The step of the ledger that it made.",
    "at": _AT,
    "by": "Who decided.",
    "action": "merge, split, reject, set, settle, rename, undo.",
    "subjects": "What was decided of, joined by '; ': ids of events or claims, an actor's name, a decision taken back.",
    "field": "Which field was set, or which contradiction settled.",
    "before": "What it held before.",
    "after": "What it holds by this decision.",
    "reason": "The reason that was given.",
    "revokes": "The decision that an undo takes back.",
    "in_force": "Whether nothing has taken it back.",
}
_STEPS = {
    "step": "Its number, counted from 1.",
    "at": _AT,
    "kind": "add: documents were added; reread: a document was read anew; decision: a person decided.",
    "cause": "Id of the run or the decision.",
    "document_id": "The document that was read anew.",
    "documents_n": "How many documents it added.",
    "claims_n": "How many claims it added.",
    "digest": "SHA-256 over this step and all before it, documents among them: ledgers that share it share their past.",
}
_RUNS = {
    "run_id": "The run's id.",
    "at": "When it began, ISO 8601 in UTC.",
    "recipe_id": "The recipe's id: runs of one recipe read and linked alike.",
    "package": "Version of the package.",
    "model": "Name and digest of the model that read.",
    "codebook": "Digest of the codebook.",
    "linking": "Digest of the weights of linking.",
    "settings": "Digest of own actors and places and of the least confidence.",
    "finished": "Whether it came to its end.",
}
DECISIONS: tuple[Column, ...] = described(FlatDecision, _DECISIONS)
STEPS: tuple[Column, ...] = described(FlatStep, _STEPS)
RUNS: tuple[Column, ...] = described(FlatRun, _RUNS)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The events that a filter chooses, with those that have ended in them, by number and id; and ids of the claims
    that ever were in them."""

    numbers: tuple[int, ...]
    events: frozenset[str]
    claims: frozenset[str]


def chosen(ledger: Ledger, asked: Filter) -> Chosen | None:
    """What the filter chooses of the past; None where it chooses everything."""
    if everything(asked):
        return None
    store = ledger._store
    with store.reading():
        numbers = set(event_numbers(store, asked))
        ended: dict[int, int] = dict(
            store.rows("SELECT n, successor FROM events WHERE NOT alive AND successor IS NOT NULL")
        )
        # a tombstone may lead to another one
        while more := {n for n, follows in ended.items() if follows in numbers and n not in numbers}:
            numbers |= more
        events, claims = set[str](), set[str]()
        for some in pages(sorted(numbers), PAGE):
            events.update(store.column(f"SELECT id FROM events WHERE n IN ({marks(some)})", *some))
            sql = f"""SELECT DISTINCT value FROM versions, json_each(versions.record, '$.claims')
                      WHERE versions.record IS NOT NULL AND event IN ({marks(some)})"""
            claims.update(store.column(sql, *some))
    return Chosen(tuple(sorted(numbers)), frozenset(events), frozenset(claims))


def flat_decisions(ledger: Ledger, only: Chosen | None = None) -> Iterator[FlatDecision]:
    """Every decision, in order, those taken back and the undoing ones among them; of `only` these events and claims,
    and of actors, where given."""
    store = ledger._store
    with store.reading():
        kept = all_kept(store)
        steps: dict[str, int] = dict(store.rows("SELECT decision, n FROM steps WHERE decision IS NOT NULL"))
    gone, taken = revoked(kept), set[str]()
    for k in kept:
        d = k.decision
        if only is None or _concerns(k, only, taken):
            taken.add(d.id)
            yield FlatDecision(
                d.id, steps[d.id], d.at, d.by, d.action, joined(list(d.subjects)), d.field, d.before, d.after,
                d.reason or None, d.revokes, d.id not in gone,
            )  # fmt: skip


def _concerns(kept: Kept, only: Chosen, taken: set[str]) -> bool:
    decision = kept.decision
    if decision.action in ("rename", "undo"):
        return decision.revokes is None or decision.revokes in taken
    return any(s in only.events or s in only.claims for s in (*decision.subjects, *kept.claims))


def flat_steps(ledger: Ledger) -> Iterator[FlatStep]:
    """Every step, in order."""
    store, digest = ledger._store, ""
    sql = """SELECT steps.n, at, kind, coalesce(run, decision), documents.id,
             (SELECT count(*) FROM claims WHERE step = steps.n)
             FROM steps LEFT JOIN documents ON documents.n = steps.document ORDER BY steps.n"""
    with store.reading():
        for n, at, kind, cause, document, claims in store.db.execute(sql):
            added = store.column("SELECT id FROM documents WHERE step = ? ORDER BY n", n)
            told = dumps([digest, n, at, kind, cause, document, claims, added])
            digest = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
            yield FlatStep(n, at, kind, cause, document, len(added), claims, digest)


def flat_runs(ledger: Ledger) -> Iterator[FlatRun]:
    """Every run, in order."""
    with ledger._store.reading():
        for id_, at, recipe_id, recipe, finished in ledger._store.db.execute(
            "SELECT id, at, recipe_id, recipe, finished FROM runs ORDER BY n"
        ):
            told: Mapping[str, str] = json.loads(recipe)
            names = ("package", "model", "codebook", "linking", "settings")
            yield FlatRun._make((id_, at, recipe_id, *(told.get(name) for name in names), bool(finished)))
