"""Sources in, claims out: the shell around the stages; what composes the stages themselves is `compose`."""

from __future__ import annotations

import io
import json
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache, lru_cache
from importlib import metadata
from pathlib import Path
from typing import BinaryIO, Protocol, runtime_checkable

from casus.config import Config
from casus.errors import DataError, EmptyError, EncodingError, IntakeError, ModelError, UsageError, kind_of
from casus.intake.formats import Intake, Memory, Plugin
from casus.intake.raw import Given, Raw
from casus.records import Claim, Document, Failure
from casus.sources import Source, opened

PLUGINS = "casus.formats"

ClaimsOrFailure = list[Claim] | Failure


class Reads(Protocol):
    """What the pipeline asks of a reader: `casus.compose.Reader`, or a stand-in for it in a test."""

    def read(self, document: Document) -> list[Claim]: ...

    def read_many(self, documents: Iterable[Document]) -> Iterator[tuple[Document, ClaimsOrFailure]]: ...


@runtime_checkable
class Reports(Protocol):
    """A reader that has more to say at the end of a run than what it read."""

    def report(self) -> str: ...


class _Notes(Protocol):
    notes: tuple[str, ...]


@runtime_checkable
class Opened(Protocol):
    """A reader whose place index has something to say of how it was opened."""

    index: _Notes


@dataclass(frozen=True, slots=True)
class Reading:
    """A document and what it claims, in the order of the text. `source` is the name a person knows it by."""

    document: Document
    claims: tuple[Claim, ...]
    source: str = ""

    @property
    def events(self) -> int:
        """How many events the claims tell; a claim without an event id counts as one of its own."""
        return len({claim.event or claim.id for claim in self.claims})


@dataclass(slots=True)
class Tally:
    """A running count of a run, for the line at its end."""

    documents: int = 0
    claims: int = 0
    events: int = 0
    failures: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: Reading | Failure) -> None:
        if isinstance(outcome, Failure):
            self.failures[outcome.code] += 1
            return
        self.documents += 1
        self.claims += len(outcome.claims)
        self.events += outcome.events


@lru_cache(maxsize=2)  # loading the model and the place index costs most of a second
def open_reader(config: Config) -> Reads:
    """The reader that the settings name. Raises ModelError or DataError when a part of it is missing."""
    try:
        if config.reader == "llm":
            from casus.second import SecondReader  # noqa: PLC0415 - the only one that can open a connection

            return SecondReader.load(config)
        from casus.compose import Reader  # noqa: PLC0415 - the model's libraries are loaded when first needed

        return Reader.load(config)
    except ModelError as error:
        if config.model is None:
            raise
        # to install anew, as the reader says, would not help a model that is not the shipped one
        reason = error.message.partition(": ")[2] or error.message
        hint = "CASUS_MODEL is the folder of a model that `make train` made; without it the shipped one is used"
        raise ModelError(f"the model in {config.model} cannot be opened: {reason}", hint) from error


def opening_notes(reader: Reads) -> tuple[str, ...]:
    """What a person should know of how the reader was opened: its index lies elsewhere, say."""
    return reader.index.notes if isinstance(reader, Opened) else ()


# the name of a source as a person knows it, and a document of it or the failure in its place
Taken = tuple[str, Document | Failure]


def take_in(
    items: Iterable[Source | Failure],
    config: Config,
    *,
    stdin: BinaryIO,
    today: date | None = None,
    on_source: Callable[[Source], None] | None = None,
    memory: Memory | None = None,
) -> Iterator[Taken]:
    """The documents of `items`, none of them read yet, in order; one bad one stops nothing.

    `today` only serves to note that a document is dated in the future. What `memory` knows already is left out.
    Raises DataError where a plug-in cannot be loaded.
    """
    plugins = load_plugins()
    for item in items:
        if isinstance(item, Failure):
            yield item.source, item
            continue
        if on_source is not None:
            on_source(item)
        given = Given(item.published, item.publisher, today, fields=dict(item.fields))
        intake = Intake(given, memory=memory, plugins=plugins, debug=config.debug)
        for made in _documents(item, intake, stdin):
            yield item.name, replace(made, source=item.name) if isinstance(made, Failure) else made


@cache
def load_plugins() -> tuple[Plugin, ...]:
    """The formats of other packages, by name: each an object with `sniff` and `read` (docs/formats.md).

    Raises DataError for one that cannot be loaded: to read without it would lose documents in silence.
    """
    found = []
    for point in sorted(metadata.entry_points(group=PLUGINS), key=lambda p: p.name):
        try:
            plugin = point.load()
            if not (callable(plugin.sniff) and callable(plugin.read)):
                raise TypeError("`sniff` and `read` are to be functions")
        except Exception as error:
            message = f"the plug-in {point.name!r} ({point.value}) cannot be loaded: {error}"
            raise DataError(message, "update it, or uninstall the package that brings it") from error
        found.append(plugin)
    return tuple(found)


def read_taken(taken: Iterable[Taken], reader: Reads, config: Config) -> Iterator[Reading | Failure]:
    """Each document read, or the Failure in its place, in order."""
    names: deque[str] = deque()
    failed: deque[tuple[int, Failure]] = deque()
    begun = 0

    def documents() -> Iterator[Document]:
        nonlocal begun
        for name, made in taken:
            if isinstance(made, Failure):
                failed.append((begun, made))
            else:
                begun += 1
                names.append(name)
                yield made

    for done, (document, outcome) in enumerate(reader.read_many(documents())):
        # a reader may look ahead: a failure waits for the documents that stood before it
        while failed and failed[0][0] <= done:
            yield failed.popleft()[1]
        source = names.popleft()
        if isinstance(outcome, Failure):
            yield replace(outcome, source=source)
        else:
            yield Reading(document, _kept(outcome, config), source)
    yield from (failure for _, failure in failed)


def read_sources(
    items: Iterable[Source | Failure],
    reader: Reads,
    config: Config,
    *,
    stdin: BinaryIO,
    today: date | None = None,
    on_source: Callable[[Source], None] | None = None,
) -> Iterator[Reading | Failure]:
    """Each document of `items` taken in and read, or the Failure in its place, in order; one bad one stops nothing."""
    return read_taken(take_in(items, config, stdin=stdin, today=today, on_source=on_source), reader, config)


def read(
    text: str,
    *,
    published: date | str | None = None,
    publisher: str | None = None,
    title: str | None = None,
    url: str | None = None,
    config: Config | None = None,
) -> list[Claim]:
    """What one report claims. Offsets of the claims point into `text`, unchanged; where it is plainly an HTML page,
    into `casus.documents(text.encode())[0].text`.

    `published` is a date or "YYYY-MM-DD"; without it words like "Tuesday" stay undated. Raises UsageError for a bad
    date or what is no string, IntakeError for a text that cannot be read (empty, too large, not English).
    """
    fields = {"text": text, "title": title, "url": url, "publisher": publisher}
    for name, value in fields.items():
        if not isinstance(value, str) and (name == "text" or value is not None):
            hint = "give bytes and files to casus.documents" if name == "text" else "leave out what is not known"
            raise UsageError(f"the {name} is {type(value).__name__}, not a string", hint)
    day = as_day(published)
    data = json.dumps({k: v for k, v in fields.items() if v is not None}).encode()
    from casus.intake.load import document_from_bytes  # noqa: PLC0415 - the makers of documents take a fifth of a second

    return _claims(document_from_bytes(data, name="the report", published=day), config)


def read_document(document: Document, *, config: Config | None = None) -> list[Claim]:
    """What a Document claims, in the order of its text.

    Raises UsageError for what is no Document, and as intake does EmptyError, EncodingError or LanguageError for a
    text that holds no words, halves of characters or another language.
    """
    if not isinstance(document, Document):
        hint = "Document.of makes one of a text, casus.documents of a file"
        raise UsageError(f"a {type(document).__name__} is no Document", hint)
    _check_readable(document)
    return _claims(document, config)


def documents(
    source: str | Path | bytes, *, published: date | str | None = None, publisher: str | None = None
) -> list[Document | Failure]:
    """The reports in a file, given by its path, or in its bytes: text, a saved page, JSON or JSON lines.

    The claims that `casus read` finds in the file, and `read_document` in these, point into their `text`; `notes`
    says what a person should know of how each was taken in. `published` and `publisher` go before what the source
    says of itself. Raises CasusError where nothing can be read; of several reports, one that cannot be read is a
    Failure in its place.
    """
    if not isinstance(source, str | Path | bytes):
        raise UsageError(f"a {type(source).__name__} is no source", "give a path, or the bytes of a file")
    data = source if isinstance(source, bytes) else b""
    path = None if isinstance(source, bytes) else Path(source)
    item = Source("<bytes>" if path is None else str(path), path, as_day(published), publisher)
    given = Given(item.published, item.publisher)
    made = list(_documents(item, Intake(given, plugins=load_plugins(), debug=Config.load().debug), io.BytesIO(data)))
    if len(made) == 1 and isinstance(failure := made[0], Failure):
        error = kind_of(failure.code)(failure.message, failure.hint)
        error.code = failure.code  # "internal" has no class of its own
        raise error
    return made


def _claims(document: Document, config: Config | None) -> list[Claim]:
    config = config or Config.load()
    return list(_kept(open_reader(config).read(document), config))


def _check_readable(document: Document) -> None:
    """What intake would refuse, for a Document that did not come from there."""
    text = document.text
    if not any(c.isalnum() for c in text):
        raise EmptyError(f"the text of {document.id} holds no words")
    if any("\ud800" <= c <= "\udfff" for c in text):
        raise EncodingError(f"the text of {document.id} holds halves of characters (lone surrogates)")
    from casus.intake.language import require_english  # noqa: PLC0415 - takes a fifth of a second

    read = "\n".join(text[r.start : r.end] for r in document.regions if r.kind != "boilerplate")
    require_english(read or text)


def _documents(item: Source, intake: Intake, stdin: BinaryIO) -> Iterator[Document | Failure]:
    """The documents of one source. Whatever goes wrong with it is yielded as a Failure."""
    try:
        with opened(item, stdin) as (stream, size):
            yield from intake.source(Raw(item.name, stream), size)
    except IntakeError as error:
        yield Failure("intake", item.name, error.code, error.message, error.hint)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        yield Failure("intake", item.name, IntakeError.code, f"cannot be opened: {reason}", "check the file")


def _kept(claims: Iterable[Claim], config: Config) -> tuple[Claim, ...]:
    return tuple(claim for claim in claims if claim.confidence >= config.min_confidence)


def as_day(value: date | str | None, what: str = "published") -> date | None:
    """A day as it is given in Python: a date, or "YYYY-MM-DD". Raises UsageError."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise UsageError(f"{what} is {value!r}, which is no date", "write it as YYYY-MM-DD") from None
    if value is not None and not isinstance(value, date):
        raise UsageError(f"{what} is {value!r}, which is no date", 'give a date or "YYYY-MM-DD"')
    return value.date() if isinstance(value, datetime) else value
