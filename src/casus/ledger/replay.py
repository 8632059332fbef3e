"""What a ledger is made of, as rows in the order in which they came, and a ledger made anew of them step by step.

Runs, steps, documents, claims (those of older readings among them) and decisions: of these the events follow, id for id
and version for version. A release carries these rows, so that whoever has it can check how its events were made.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from casus.errors import LedgerError
from casus.ledger.changing import Change
from casus.ledger.codec import claim_from, document_from, dumps
from casus.ledger.decisions import Kept, all_kept
from casus.ledger.flat_columns import Column, described
from casus.ledger.ledger import Ledger
from casus.ledger.relink import marks
from casus.ledger.store import Row, Store
from casus.linking.features import NAMES
from casus.linking.score import Weights
from casus.records import Claim, Document

Part = Literal["runs", "documents", "steps", "claims", "decisions"]


class RunRow(NamedTuple):
    """A run of adding or reading anew."""

    n: int
    id: str
    at: str
    recipe_id: str
    recipe: str
    inputs_digest: str
    counts: str
    finished: int


class DocumentRow(NamedTuple):
    """A document without its text."""

    id: str
    step: int
    publisher: str | None
    published: str | None
    title: str | None
    url: str | None
    record: str


class StepRow(NamedTuple):
    """A step: documents added, a document read anew, a decision."""

    n: int
    kind: str
    at: str
    run: str | None
    decision: str | None
    document: str | None


class ClaimRow(NamedTuple):
    """A claim as it was read at that step."""

    id: str
    document: str
    step: int
    record: str


class DecisionRow(NamedTuple):
    """A decision with the claims that carry it."""

    n: int
    id: str
    at: str
    by: str
    action: str
    subjects: str
    claims: str
    field: str | None
    before: str | None
    after: str | None
    reason: str
    revokes: str | None


_N, _AT = "Its number, counted from 1.", "When, ISO 8601 in UTC."
_RECORD = "All else of it, as the ledger keeps it: JSON, spans as [start, end] in code points of the document's text."
_RUNS = {
    "n": _N,
    "id": "The run's id.",
    "at": _AT,
    "recipe_id": "The recipe's id, made of its words.",
    "recipe": "Versions and digests of package, model, codebook, linking and settings, in JSON.",
    "inputs_digest": "The digest of what was read.",
    "counts": "What it counted, in JSON.",
    "finished": "1 where it came to its end.",
}
_DOCUMENTS = {
    "id": "The document's id.",
    "step": "The step at which it came.",
    "publisher": "Who published it.",
    "published": "The day on which it was published.",
    "title": "Its title.",
    "url": "Its address.",
    "record": _RECORD,
}
_STEPS = {
    "n": _N,
    "kind": "add: documents were added; reread: a document was read anew; decision: a person decided.",
    "at": _AT,
    "run": "Id of the run, of add and reread.",
    "decision": "Id of the decision.",
    "document": "Id of the document that was read anew.",
}
_CLAIMS = {
    "id": "The claim's id.",
    "document": "Id of its document.",
    "step": "The step at which it was read: of the claims of one document, those of the last step stand.",
    "record": _RECORD,
}
_DECISIONS = {
    "n": _N,
    "id": "The decision's id.",
    "at": _AT,
    "by": "Who decided.",
    "action": "merge, split, reject, set, settle, rename, undo.",
    "subjects": "Ids or names of what was decided of, in JSON.",
    "claims": "Ids of the claims that carry it, in JSON.",
    "field": "Which field or contradiction.",
    "before": "What it held before.",
    "after": "What it holds by this decision.",
    "reason": "Why.",
    "revokes": "Id of the decision that an undo takes back.",
}

# in the order in which they are laid out
PARTS: Mapping[Part, tuple[Column, ...]] = {
    "runs": described(RunRow, _RUNS),
    "documents": described(DocumentRow, _DOCUMENTS),
    "steps": described(StepRow, _STEPS),
    "claims": described(ClaimRow, _CLAIMS),
    "decisions": described(DecisionRow, _DECISIONS),
}
_READ: Mapping[Part, str] = {
    "runs": "SELECT n, id, at, recipe_id, recipe, inputs_digest, counts, finished FROM runs ORDER BY n",
    "documents": "SELECT id, step, publisher, published, title, url, record FROM documents ORDER BY n",
    "steps": """SELECT steps.n, kind, at, run, decision, documents.id FROM steps
                LEFT JOIN documents ON documents.n = steps.document ORDER BY steps.n""",
    "claims": """SELECT claims.id, documents.id, claims.step, claims.record FROM claims
                 JOIN documents ON documents.n = claims.document ORDER BY claims.n""",
    "decisions": """SELECT n, id, at, by, action, subjects, claims, field, before, after, reason, revokes
                    FROM decisions ORDER BY n""",
}
# a laid out ledger is only read by `replay`: no claim of it stands, and nothing of it is linked
_LAY: Mapping[Part, str] = {
    "runs": "INSERT INTO runs (n, id, at, recipe_id, recipe, inputs_digest, counts, finished) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    "documents": "INSERT INTO documents (id, step, publisher, published, title, url, text, record, signature) "
    "VALUES (?, ?, ?, ?, ?, ?, '', ?, x'')",
    "steps": "INSERT INTO steps (n, kind, at, run, decision, document) "
    "VALUES (?, ?, ?, ?, ?, (SELECT n FROM documents WHERE id = ?))",
    "claims": "INSERT INTO claims (id, document, step, record, columns, active, gone) "
    "VALUES (?1, (SELECT n FROM documents WHERE id = ?2), ?3, ?4, x'', 0, ?3)",
    "decisions": "INSERT INTO decisions (n, id, at, by, action, subjects, claims, field, before, after, reason, "
    "revokes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
}
# a step that names not what a step of its kind names
_WRONG = """SELECT n FROM steps WHERE (kind = 'decision') = (decision IS NULL) OR (kind <> 'decision') = (run IS NULL)
            OR (kind = 'reread') = (document IS NULL)
            OR (decision IS NOT NULL AND decision NOT IN (SELECT id FROM decisions))"""


def rows_of(ledger: Ledger, part: Part) -> Iterator[Row]:
    """The rows of that part, in the order in which they came."""
    with ledger._store.reading():
        yield from ledger._store.db.execute(_READ[part])


@dataclass(frozen=True, slots=True)
class Linking:
    """What linking goes by beside claims: its weights, and who is part of whom."""

    weights: Weights
    parents: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, ledger: Ledger) -> Linking:
        """That of a ledger; of the actors those that its claims name."""
        with ledger._store.reading():
            named = ledger._store.column("SELECT DISTINCT who FROM claim_sides ORDER BY who")
        every = ledger._change.parents
        return cls(ledger._weights, {who: tuple(every[who]) for who in named if who in every})

    @classmethod
    def load(cls, path: Path) -> Linking:
        """What `to_json` wrote. Raises DataError where it is of another kind of linking."""
        weights = Weights.load(path)
        told = json.loads(path.read_text(encoding="utf-8"))["parents"]
        return cls(weights, {who: tuple(of) for who, of in told.items()})

    def to_json(self) -> bytes:
        """The same bytes for the same linking."""
        told = {
            "digest": self.weights.digest,
            "bias": self.weights.bias,
            "weights": dict(zip(NAMES, self.weights.weights, strict=True)),
            "parents": self.parents,
        }
        return f"{json.dumps(told, ensure_ascii=False, indent=1)}\n".encode()


def lay_out(store: Store, parts: Mapping[Part, Iterable[Sequence[object]]], texts: Callable[[Store], None]) -> None:
    """Puts rows into an empty ledger as they are, for `replay` to read; `texts` then puts the texts of documents in
    their places (`put_text`). Raises LedgerError where rows do not belong together."""
    with store.writing():
        # documents and steps name one another
        store.db.execute("PRAGMA defer_foreign_keys = ON")
        for part in PARTS:
            store.db.executemany(_LAY[part], parts[part])
        if (wrong := store.maybe(_WRONG)) is not None:
            raise LedgerError(f"step {wrong[0]} does not name its run, its decision or its document", "get it anew")
        texts(store)


def put_text(store: Store, document: str, text: str) -> None:
    """The text of a document that was laid out."""
    store.db.execute("UPDATE documents SET text = ? WHERE id = ?", (text, document))


def replay(old: Store, change: Change, on_step: Callable[[int, int], None] | None = None) -> None:
    """Every step of the old ledger, in order, on a new one that is empty. `on_step` is told of each step that is done,
    and of how many there are."""
    new = change.store
    with new.writing():
        runs = old.rows("SELECT * FROM runs ORDER BY n")
        if runs:
            new.db.executemany(f"INSERT INTO runs VALUES ({marks(runs[0])})", runs)
    decisions = {k.decision.id: k for k in all_kept(old)}
    steps = old.rows("SELECT n, kind, at, run, decision FROM steps ORDER BY n")
    for n, kind, at, run, decision in steps:
        if kind == "add":
            change.add(_documents(old, n), run, at)
        elif kind == "reread":
            sql = "SELECT documents.id FROM steps JOIN documents ON documents.n = steps.document WHERE steps.n = ?"
            (document,) = old.one(sql, n)
            change.reread(document, _claims(old, n, _document(old, document)), run, at)
        else:
            _decide(change, decisions[decision])
        if on_step is not None:
            on_step(n, len(steps))


def _documents(old: Store, step: int) -> list[tuple[Document, Sequence[Claim]]]:
    ids = old.column("SELECT id FROM documents WHERE step = ? ORDER BY n", step)
    found = [_document(old, id_) for id_ in ids]
    return [(d, _claims(old, step, d)) for d in found]


def _document(old: Store, id_: str) -> Document:
    """The document as it came: its group of near-copies is found anew."""
    sql = "SELECT record, text, title, url, publisher, published FROM documents WHERE id = ?"
    record, text, title, url, publisher, published = old.one(sql, id_)
    columns = {"title": title, "url": url, "publisher": publisher, "published": published}
    return document_from(record, id_, text, columns, None)


def _claims(old: Store, step: int, document: Document) -> list[Claim]:
    sql = """SELECT claims.record, claims.id FROM claims JOIN documents ON documents.n = claims.document
             WHERE claims.step = ? AND documents.id = ? ORDER BY claims.n"""
    return [claim_from(record, id_, document.id, document.text) for record, id_ in old.rows(sql, step, document.id)]


def _decide(change: Change, kept: Kept) -> None:
    """A decision as it was written down, with all that it says."""
    d = kept.decision
    values = (
        kept.n, d.id, d.at, d.by, d.action, dumps(list(d.subjects)), dumps(list(kept.claims)), d.field, d.before,
        d.after, d.reason, d.revokes,
    )  # fmt: skip
    with change.store.writing():
        change.store.db.execute("INSERT INTO decisions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        change.apply_decision(kept)
