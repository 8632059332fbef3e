"""Reports into a ledger: those that it does not hold are read, and added in batches; reading anew what was read before.

Reading is slow and adding is quick, so whether a document is known is looked up before it is read, by its id, which
comes from its content. What is added is committed batch by batch: an interrupt loses one batch at most.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from casus.config import Config
from casus.errors import SecondReaderError
from casus.ledger.intake_log import Failed
from casus.ledger.ledger import Ledger
from casus.ledger.settled import Changes
from casus.pipeline import ClaimsOrFailure, Reading, Reads, Taken, read_taken, take_in
from casus.recipes import recipe
from casus.records import Claim, Document, Failure
from casus.sources import STDIN_NAME, Source
from casus.world.actor_data import parents

# Documents that are committed together: linking and settling a batch take about a second, and reading it a quarter of a
# minute, which is what an interrupt or a crash may lose.
BATCH = 50
# Failures that are written down together, where few documents come between them: an archive of broken records.
FAILURES_AT_ONCE = 500
# what intake refuses for what it is, and not because something is broken
REFUSED = frozenset(("language", "short", "empty", "withdrawn"))
OTHER_TEXT = "the ledger holds another text under the id"
OTHER_TEXT_HINT = "give each report an id of its own, or leave ids out: then they come from the text"


@dataclass(slots=True)
class Run:
    """What a run came to: ids of the documents that are new and that were known, their claims, how many of the new ones
    are near-copies of others, the events that they founded, changed and ended, and what failed. `id` is "" as long as
    there is nothing to write down.
    """

    id: str = ""
    new: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    claims: int = 0
    copies: int = 0
    failures: list[Failure] = field(default_factory=list)
    # dicts as sets that keep their order
    _founded: dict[str, None] = field(default_factory=dict, repr=False)
    _changed: dict[str, None] = field(default_factory=dict, repr=False)
    _ended: dict[str, None] = field(default_factory=dict, repr=False)

    @property
    def refused(self) -> list[Failure]:
        """Those failures that are no fault of the source: another language, no text, too few words."""
        return [f for f in self.failures if f.code in REFUSED]

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
class Listener:
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
    reader gave up; any other error leaves the run open, with what was committed. It is the memory of intake, too: raw
    items whose documents the ledger holds are not taken apart again. `only`: names of items to look at and no others.
    """

    def __init__(
        self,
        ledger: Ledger,
        config: Config,
        run: Run | None = None,
        listener: Listener | None = None,
        only: frozenset[str] | None = None,
    ) -> None:
        self.ledger, self.config, self.run = ledger, config, Run() if run is None else run
        self.listener, self.only = listener or Listener(), only
        self._waiting: list[tuple[Document, tuple[Claim, ...]]] = []
        self._failed: list[Failed] = []
        self._seen: dict[str, str] = {}
        self._keys: dict[str, list[str]] = {}
        self._barred: set[str] = set()
        self._sources: dict[str, Source] = {}

    def __enter__(self) -> Keeper:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is None or isinstance(error, KeyboardInterrupt | SecondReaderError):
            self.close(whole=error is None)

    # what intake asks

    def wanted(self, name: str) -> bool:
        """Whether the item, or what it lies in or holds, is among those to look at."""
        return self.only is None or any(name.startswith(only) or only.startswith(name) for only in self.only)

    def seen(self, key: str) -> bool:
        """Whether the ledger holds the documents of a raw item, or this run has met it; counts them as known."""
        ids = self._keys.get(key) or self.ledger.captured(key)
        self.run.known += ids
        return bool(ids)

    def took(self, key: str, documents: Sequence[str]) -> None:
        """Which documents were made of a raw item: remembered as soon as the ledger holds them all."""
        if not self._barred.intersection(documents):
            self._keys[key] = list(documents)

    # the run

    def opened(self, source: Source) -> None:
        """A source is being read."""
        self._sources[source.name] = source
        self.listener.source(source)

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
                self._barred.add(made.id)  # what stands under this id was not made of this item
                message = f"{OTHER_TEXT} {made.id}"
                yield name, Failure("intake", name or made.id, "ledger", message, OTHER_TEXT_HINT, name)

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
            self._failed.append(self._placed(outcome))
        else:
            self._waiting.append((outcome.document, outcome.claims))
        if len(self._waiting) >= BATCH or len(self._failed) >= FAILURES_AT_ONCE:
            self._commit()

    def _placed(self, failure: Failure) -> Failed:
        """A failure with what is needed to try its source again."""
        source = self._sources.get(failure.source)
        given: dict[str, str] = {"name": failure.source}
        if source is not None:
            if source.published:
                given["published"] = source.published.isoformat()
            if source.publisher:
                given["publisher"] = source.publisher
            given.update({f"field {ours}": theirs for ours, theirs in source.fields})
        return Failed(failure, place_of(failure.source), given if failure.source else {})

    def _commit(self) -> None:
        self._begin()
        if self._failed:
            self.ledger.fail(self.run.id, self._failed)
            self._failed = []
        added = self.ledger.add(self._waiting, self.run.id)
        self._waiting = []
        self.run.new += added.new
        self.run.known += added.known  # another process was quicker
        self.run.claims += added.claims
        self.run.moved(added.changes)
        # only those of one batch may still wait, but for documents that could not be read
        for key in self.ledger.capture(self._keys):
            del self._keys[key]
        self.listener.batch(self.run)

    def _begin(self) -> None:
        if not self.run.id:
            self.run.id = self.ledger.begin(recipe(self.config))

    def close(self, *, whole: bool = True) -> None:
        """Adds what is left, and writes down what the run came to; `whole`: every source was read to its end."""
        if self._waiting or self._failed or self._keys:
            self._commit()
        if self.run.id:
            self.run.copies = self.ledger.copies(self.run.new)
            sources = [place_of(name) for name in self._sources] if whole else []
            finish(self.ledger, self.run, sources)


def place_of(name: str) -> str:
    """Where a source lies, for whoever looks for it from another folder; "" where it lies nowhere."""
    return "" if name in ("", STDIN_NAME) else name if "://" in name else os.path.abspath(name)  # noqa: PTH100 - links stay


def finish(ledger: Ledger, run: Run, sources: Sequence[str] = ()) -> None:
    """Closes a run in the ledger, with what it counted; failures in these sources that it did not meet are resolved."""
    counts = {
        "documents": len(run.new), "known": len(run.known), "copies": run.copies, "claims": run.claims,
        "refused": len(run.refused), "failed": len(run.failures) - len(run.refused),
    }  # fmt: skip
    digest = hashlib.sha256("\n".join(sorted(run.new)).encode()).hexdigest()
    ledger.finish(run.id, counts, digest, sources=sources)


def add_sources(
    ledger: Ledger,
    items: Iterable[Source | Failure],
    config: Config,
    *,
    reader: Reads,
    stdin: BinaryIO,
    today: date | None = None,
    run: Run | None = None,
    listener: Listener | None = None,
    only: frozenset[str] | None = None,
) -> Run:
    """Reads the sources whose documents the ledger does not hold, and adds them; one that cannot be read stops nothing.

    `run` is filled as it goes, so that whoever interrupts knows what was committed. `only`: names of items to look at.
    Raises LedgerError, BusyError, and what opening the reader raises.
    """
    with Keeper(ledger, config, run, listener, only) as keeper:
        taken = take_in(items, config, stdin=stdin, today=today, on_source=keeper.opened, memory=keeper)
        for outcome in read_taken(keeper.unknown(taken), reader, config):
            keeper.put(outcome)
            keeper.listener.outcome(outcome)
    return keeper.run


# ------------------------------------------------------------------ trying again


@dataclass(frozen=True, slots=True)
class Again:
    """What is to be tried again: sources, names of the items in them, and failures whose source nobody can open."""

    sources: tuple[Source, ...]
    items: frozenset[str]
    lost: tuple[Failed, ...]


def to_retry(ledger: Ledger, *, codes: Sequence[str] = ()) -> Again:
    """The open failures, of these codes or of all, as sources to read again."""
    sources: dict[tuple[str, str], Source] = {}
    items, lost = [], []
    for kept in ledger.failures():
        if codes and kept.failure.code not in codes:
            continue
        if not kept.source or "://" in kept.source:
            lost.append(Failed(kept.failure, kept.source, kept.given))
            continue
        items.append(kept.failure.item)
        sources.setdefault((kept.source, repr(sorted(kept.given.items()))), _source(kept.source, kept.given))
    return Again(tuple(sources.values()), frozenset(items), tuple(lost))


def _source(path: str, given: Mapping[str, str]) -> Source:
    day = given.get("published")
    fields = tuple((k.removeprefix("field "), v) for k, v in given.items() if k.startswith("field "))
    return Source(
        given.get("name", path), Path(path), date.fromisoformat(day) if day else None, given.get("publisher"), fields
    )
