"""Reports into a ledger: those that it does not hold are read, and added in batches; reading anew what was read before.

Reading is slow and adding is quick, so whether a document is known is looked up before it is read, by its id, which
comes from its content. What is added is committed batch by batch: an interrupt loses one batch at most.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib import metadata
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from casus.codebook import Codebook
from casus.config import Config
from casus.errors import ModelError, SecondReaderError, UnknownError
from casus.ledger.ledger import Ledger
from casus.ledger.settled import Changes
from casus.linking.score import shipped
from casus.pipeline import ClaimsOrFailure, Reading, Reads, Taken, read_taken, take_in
from casus.records import Claim, Document, Failure
from casus.sources import Source
from casus.world.actor_data import parents

# Documents that are committed together: linking and settling a batch take about a second, and reading it a quarter of a
# minute, which is what an interrupt or a crash may lose.
BATCH = 50
# the parts of a recipe that decide what a reader finds; linking goes its own way
READING = ("package", "model", "codebook", "settings")
OTHER_TEXT = "the ledger holds another text under the id"
OTHER_TEXT_HINT = "give each report an id of its own, or leave ids out: then they come from the text"


@dataclass(slots=True)
class Run:
    """What a run came to: ids of the documents that are new and that were known, their claims, the events that they
    founded, changed and ended, and what failed. `id` is "" as long as there is nothing to write down.
    """

    id: str = ""
    new: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    claims: int = 0
    failures: list[Failure] = field(default_factory=list)
    # dicts as sets that keep their order
    _founded: dict[str, None] = field(default_factory=dict, repr=False)
    _changed: dict[str, None] = field(default_factory=dict, repr=False)
    _ended: dict[str, None] = field(default_factory=dict, repr=False)

    @property
    def changes(self) -> Changes:
        """Each event once, by how it stands at the end: one that was founded and ended on the way is left out."""
        return Changes(list(self._founded), list(self._changed), list(self._ended))

    def moved(self, changes: Changes) -> None:
        """Counts in what one batch has moved."""
        # one that had ended and lives again was there before
        again = [id_ for id_ in changes.founded if id_ in self._ended or id_ in self._changed]
        self._founded.update(dict.fromkeys(id_ for id_ in changes.founded if id_ not in again))
        for id_ in (*again, *changes.changed):
            self._ended.pop(id_, None)
            if id_ not in self._founded:
                self._changed[id_] = None
        for id_ in changes.ended:
            self._changed.pop(id_, None)
            if id_ in self._founded:
                del self._founded[id_]
            else:
                self._ended[id_] = None


def _nothing(_: object) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told of what while a run goes on: each source that is opened, each document read or failed, each batch
    that is committed, and the reader once it is needed."""

    source: Callable[[Source], None] = _nothing
    outcome: Callable[[Reading | Failure], None] = _nothing
    batch: Callable[[Run], None] = _nothing


class WhenNeeded:
    """A reader that is opened when there is a document to read: where all are known, nothing waits for a model."""

    def __init__(self, opened: Callable[[], Reads]) -> None:
        self._open = opened
        self.reader: Reads | None = None

    def read(self, document: Document) -> list[Claim]:
        """As the reader does it."""
        return self._reader().read(document)

    def read_many(self, documents: Iterable[Document]) -> Iterator[tuple[Document, ClaimsOrFailure]]:
        """As the reader does it."""
        waiting = iter(documents)
        first = next(waiting, None)
        if first is not None:
            yield from self._reader().read_many(chain([first], waiting))

    def _reader(self) -> Reads:
        if self.reader is None:
            self.reader = self._open()
        return self.reader


def open_ledger(path: Path | str, config: Config, *, create: bool = False) -> Ledger:
    """The ledger at the path, which knows by the settings which actors are part of others. Raises LedgerError."""
    return Ledger.open(path, create=create, parents=parents(config.actors))


# ------------------------------------------------------------------ adding


class Keeper:
    """Takes in what is read, and adds it to the ledger BATCH documents at a time.

    Used in a `with`: at its end what is left is added and the run closed, also after an interrupt or where the second
    reader gave up; any other error leaves the run open, with what was committed.
    """

    def __init__(self, ledger: Ledger, config: Config, run: Run | None = None, watch: Watch | None = None) -> None:
        self.ledger, self.config, self.run = ledger, config, Run() if run is None else run
        self.watch = watch or Watch()
        self._waiting: list[tuple[Document, tuple[Claim, ...]]] = []
        self._seen: dict[str, str] = {}

    def __enter__(self) -> Keeper:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is None or isinstance(error, KeyboardInterrupt | SecondReaderError):
            self.close()

    def unknown(self, taken: Iterable[Taken]) -> Iterator[Taken]:
        """Those documents that are to be read: neither in the ledger nor met before in this run; and the failures."""
        for name, made in taken:
            if isinstance(made, Failure):
                yield name, made
                continue
            held = self._held(made)
            if held is None:
                self._seen[made.id] = made.text_sha256
                yield name, made
            elif held == made.text_sha256:
                self.run.known.append(made.id)
            else:
                message = f"{OTHER_TEXT} {made.id}"
                yield name, Failure("intake", name or made.id, "ledger", message, OTHER_TEXT_HINT)

    def _held(self, document: Document) -> str | None:
        """The digest of the text that stands under the document's id; None where there is none."""
        if document.id in self._seen:
            return self._seen[document.id]
        if not self.ledger.known([document.id]):
            return None
        return self.ledger.documents([document.id])[document.id].text_sha256

    def put(self, outcome: Reading | Failure) -> None:
        """Takes what came of a document."""
        if isinstance(outcome, Failure):
            self.run.failures.append(outcome)
            return
        self._waiting.append((outcome.document, outcome.claims))
        if len(self._waiting) >= BATCH:
            self._commit()

    def _commit(self) -> None:
        self._begin()
        added = self.ledger.add(self._waiting, self.run.id)
        self._waiting = []
        self.run.new += added.new
        self.run.known += added.known  # another process was quicker
        self.run.claims += added.claims
        self.run.moved(added.changes)
        self.watch.batch(self.run)

    def _begin(self) -> None:
        if not self.run.id:
            self.run.id = self.ledger.begin(recipe(self.config))

    def close(self) -> None:
        """Adds what is left, and writes down what the run came to."""
        if self._waiting:
            self._commit()
        if self.run.failures:
            self._begin()
        if self.run.id:
            finish(self.ledger, self.run)


def finish(ledger: Ledger, run: Run) -> None:
    """Closes a run in the ledger, with what it counted."""
    counts = {"documents": len(run.new), "known": len(run.known), "claims": run.claims, "failed": len(run.failures)}
    ledger.finish(run.id, counts, run.failures, _digest("\n".join(sorted(run.new)).encode()))


def add_sources(
    ledger: Ledger,
    items: Iterable[Source | Failure],
    config: Config,
    *,
    reader: Reads,
    stdin: BinaryIO,
    today: date | None = None,
    run: Run | None = None,
    watch: Watch | None = None,
) -> Run:
    """Reads the sources whose documents the ledger does not hold, and adds them; one that cannot be read stops nothing.

    `run` is filled as it goes, so that whoever interrupts knows what was committed. Raises LedgerError, BusyError, and
    what opening the reader raises.
    """
    watch = watch or Watch()
    with Keeper(ledger, config, run, watch) as keeper:
        taken = take_in(items, config, stdin=stdin, today=today, on_source=watch.source)
        for outcome in read_taken(keeper.unknown(taken), reader, config):
            keeper.put(outcome)
            watch.outcome(outcome)
    return keeper.run


# ------------------------------------------------------------------ recipes


def recipe(config: Config) -> dict[str, str]:
    """By what documents are read and linked: the package, and digests of model, codebook, linking and settings."""
    return {
        "package": _package(),
        "model": _model(config),
        "codebook": Codebook.load().digest,
        "linking": shipped().digest,
        "settings": _settings(config),
    }


def _package() -> str:
    try:
        return metadata.version("casus-events")
    except metadata.PackageNotFoundError:
        return "not installed"


def _model(config: Config) -> str:
    """Name and digest of the reader's model; a language model has no digest that we could know."""
    from casus.reader.encoder import MODEL_FOLDER  # noqa: PLC0415 - loads the model's libraries

    folder = config.model or MODEL_FOLDER
    try:
        name = json.loads((folder / "model.json").read_text(encoding="utf-8"))["name"]
        whole = hashlib.sha256()
        for file in sorted(p for p in folder.iterdir() if p.is_file()):
            whole.update(file.read_bytes())
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"the model in {folder} cannot be read: {error}") from error
    small = f"{name} {whole.hexdigest()[:12]}"
    return f"llm:{config.llm.model}, doubt {config.llm.doubt}, {small}" if config.reader == "llm" else small


def _settings(config: Config) -> str:
    own = [path.read_bytes() if path else None for path in (config.actors, config.places)]
    parts = [None if data is None else _digest(data) for data in own]
    return _digest(json.dumps([*parts, config.min_confidence]).encode())


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# ------------------------------------------------------------------ reading anew


@dataclass(slots=True)
class Reread:
    """What reading anew came to: documents done, claims that came and went, the events moved (in `run`), and ids of
    decisions that no claim carries any more, which did before. `waiting` were to be read when it began."""

    run: Run = field(default_factory=Run)
    waiting: int = 0
    came: int = 0
    went: int = 0
    orphaned: list[str] = field(default_factory=list)


def outdated(ledger: Ledger, config: Config) -> list[str]:
    """Ids of the documents whose newest reading was made by another recipe than the one that the settings give."""
    now = _reading_part(recipe(config))
    store = ledger._store
    sql = """SELECT documents.id, runs.recipe FROM documents LEFT JOIN
             (SELECT document, max(n) AS step FROM steps WHERE kind = 'reread' GROUP BY document) again
             ON again.document = documents.n
             JOIN steps ON steps.n = coalesce(again.step, documents.step)
             JOIN runs ON runs.id = steps.run ORDER BY documents.n"""
    with store.reading():
        found = store.rows(sql)
    was: dict[str, Mapping[str, str]] = {}
    return [id_ for id_, text in found if was.setdefault(text, _reading_part(json.loads(text))) != now]


def _reading_part(whole: Mapping[str, str]) -> dict[str, str]:
    return {name: whole.get(name, "") for name in READING}


def reread(
    ledger: Ledger, config: Config, *, reader: Reads, result: Reread | None = None, told: Callable[[Reread], None]
) -> Reread:
    """Reads anew what another recipe has read, one document a step; `result` is filled, and `told` after each.

    An interrupt keeps what was done, and the next run goes on from there. What cannot be read keeps its old claims.
    """
    out = Reread() if result is None else result
    ids = outdated(ledger, config)
    out.waiting = len(ids)
    if not ids:
        return out
    before = {d.id for d in ledger.orphans()}
    out.run.id = ledger.begin(recipe(config))
    taken: Iterator[Taken] = ((id_, ledger.documents([id_])[id_]) for id_ in ids)

    def close() -> None:
        out.orphaned = [d.id for d in ledger.orphans() if d.id not in before]
        finish(ledger, out.run)

    try:
        for outcome in read_taken(taken, reader, config):
            _replace(ledger, outcome, out)
            told(out)
    except (KeyboardInterrupt, SecondReaderError):
        close()
        raise
    close()
    return out


def _replace(ledger: Ledger, outcome: Reading | Failure, out: Reread) -> None:
    """Puts one newer reading in the place of the older one."""
    if isinstance(outcome, Failure):
        out.run.failures.append(outcome)
        return
    id_ = outcome.document.id
    was, now = {c.id for c in claims_in(ledger, id_)}, {c.id for c in outcome.claims}
    out.run.moved(ledger.reread(id_, outcome.claims, out.run.id))
    out.run.new.append(id_)
    out.run.claims += len(now)
    out.came += len(now - was)
    out.went += len(was - now)


# ------------------------------------------------------------------ what is asked of one document


def document_of(ledger: Ledger, id_: str) -> Document:
    """The document of that id, or of the first characters of one. Raises UnknownError."""
    from casus.ledger.queries import document_number  # noqa: PLC0415

    with ledger._store.reading():
        _, whole = document_number(ledger._store, id_)
        return ledger.documents([whole])[whole]


def claims_in(ledger: Ledger, document: str) -> list[Claim]:
    """The claims of a document as it is read now, those among them that a person rejected, in the order of its text."""
    from casus.ledger.queries import claims_of  # noqa: PLC0415

    store = ledger._store
    with store.reading():
        row = store.maybe("SELECT n FROM documents WHERE id = ?", document)
        if row is None:
            raise UnknownError(f"there is no document {document!r}")
        return claims_of(store, store.column("SELECT n FROM claims WHERE document = ? AND gone IS NULL", row[0]))
