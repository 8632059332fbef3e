"""Any source -> its documents, one after the other: finds the module that reads its format, and keeps every failure.

Each format is one module (or a plug-in) behind one protocol, `Format`. It hands each report that it finds to
`Intake.item`, and what may itself hold reports to `Intake.read`; both turn what goes wrong into failures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Protocol, cast

from casus.errors import IntakeError, TooLargeError
from casus.intake.raw import Given, Known, Raw, megabytes
from casus.intake.sniff import Kind, has_columns, source_kind
from casus.records import Document, Failure

# Raise it when intake makes other documents of the same bytes: then nobody's memory of old ones holds any more.
SCHEME = 1
# A zip in a tar in a zip: real ones go two deep (WACZ: zip, gzip, WARC); a quine goes on for ever.
MAX_DEPTH = 5
# What may come out of a source: text packs ten to one, logs of one word fifty to one, bombs a thousand to one and more.
# Small sources may always give that many bytes.
MAX_RATIO, FREE_BYTES = 200, 500_000_000
# ... and what comes from a pipe, whose size nobody knows, this many: half a minute of unpacking.
UNKNOWN_BYTES = 10_000_000_000

INTERNAL = "internal"
INTERNAL_HINT = "this is a fault in Casus: please report it; CASUS_DEBUG=1 shows where"

Made = Document | Failure

_MODULES: dict[Kind, str] = {
    "zip": "casus.intake.packs.archives",
    "gzip": "casus.intake.packs.archives",
    "bzip2": "casus.intake.packs.archives",
    "xz": "casus.intake.packs.archives",
    "tar": "casus.intake.packs.archives",
    "warc": "casus.intake.packs.warc",
    "pdf": "casus.intake.pdf.files",
    "mbox": "casus.intake.mail.letters",
    "mail": "casus.intake.mail.letters",
    "mhtml": "casus.intake.web.mhtml",
    "xlsx": "casus.intake.tables.tables",
    "table": "casus.intake.tables.tables",
    "xml": "casus.intake.news.xmls",
    "json": "casus.intake.tables.jsons",
    "html-or-text": "casus.intake.web.pages",
}


class Format(Protocol):
    """A module that reads a format, or a plug-in (which has `sniff`, too)."""

    def read(self, raw: Raw, intake: Intake) -> Iterator[Made]:
        """The documents of a source in this format, in order, in bounded memory. May raise IntakeError at any point:
        what came before stands, and the rest is one failure."""
        ...


class Plugin(Format, Protocol):
    """A format of somebody else, found by the entry point group `casus.formats`; asked before our own."""

    def sniff(self, head: bytes, name: str) -> bool:
        """Whether a source that begins so, and has this name, is in this format."""
        ...


class Memory(Protocol):
    """What a run knows of earlier ones: raw items whose documents are kept need not be taken apart again."""

    def wanted(self, name: str) -> bool:
        """Whether the item of this name is to be looked at: False leaves it out, without a word."""
        ...

    def seen(self, key: str) -> bool:
        """Whether the documents of a raw item are known. True leaves it out; the memory counts it."""
        ...

    def took(self, key: str, documents: Sequence[str]) -> None:
        """Documents of these ids, and no others, were made of the raw item under this key."""
        ...


class _NoMemory:
    def wanted(self, name: str) -> bool:
        return True

    def seen(self, key: str) -> bool:
        return False

    def took(self, key: str, documents: Sequence[str]) -> None:
        pass


class Intake:
    """Reads sources by what the user said of them. Used for one source after the other.

    `debug` lets faults of ours through, with their traceback.
    """

    def __init__(
        self,
        given: Given | None = None,
        *,
        memory: Memory | None = None,
        plugins: Sequence[Plugin] = (),
        debug: bool = False,
    ) -> None:
        self.given = given or Given()
        self._memory: Memory = memory or _NoMemory()
        self._plugins, self._debug = tuple(plugins), debug
        self._left: int | None = None

    def source(self, raw: Raw, size: int | None = None) -> Iterator[Made]:
        """Every document of a source, in order, or the failure in its place; stops at nothing.

        `size` is the source's size in bytes, by which it is told what may come out of it; None where nobody knows.
        """
        self._left = UNKNOWN_BYTES if size is None else max(FREE_BYTES, MAX_RATIO * size)
        yield from self.read(raw)

    def read(self, raw: Raw) -> Iterator[Made]:
        """As `source`, for what lies in a container: the container's budget goes on."""
        try:
            if raw.depth > MAX_DEPTH:
                raise TooLargeError(f"{raw.name} lies in more than {MAX_DEPTH} archives, one in the other", "unpack it")
            yield from self._format(raw).read(raw, self)
        except IntakeError as error:
            yield failure(raw.name, error)
        except Exception as error:
            if self._debug:
                raise
            yield Failure("intake", raw.name, INTERNAL, f"{type(error).__name__}: {error}", INTERNAL_HINT)

    def _format(self, raw: Raw) -> Format:
        for plugin in self._plugins:
            if plugin.sniff(raw.head, raw.name):
                return plugin
        kind = source_kind(raw.head, raw.name)
        # standard input has no name that says table, but its first line has the columns that the user maps
        if kind == "html-or-text" and has_columns(raw.head, self.given.fields.values()):
            kind = "table"
        return cast(Format, import_module(_MODULES[kind]))

    def spend(self, size: int, name: str) -> None:
        """Counts bytes that were unpacked. Raises TooLargeError where more comes out than any honest archive holds."""
        if self._left is not None:
            self._left -= size
            if self._left < 0:
                raise TooLargeError(f"{name}: more comes out of it than any archive of reports holds", "unpack it")

    def wanted(self, name: str) -> bool:
        """Whether a container should hand out the item of this name."""
        return self._memory.wanted(name)

    def item(
        self, name: str, data: bytes, known: Known, make: Callable[[], Document | Iterable[Document]]
    ) -> Iterator[Made]:
        """The documents that `make` makes of one raw item, or its failure; nothing where it is known or not wanted.

        `data` are the bytes of the item: its page, its line. `known` goes into what the memory knows it by: the same
        page of two feeds is two.
        """
        if not self._memory.wanted(name):
            return
        digest = hashlib.sha256(data).hexdigest()
        key = self._key(digest, known)
        if self._memory.seen(key):
            return
        try:
            made, ids = make(), []
            for document in (made,) if isinstance(made, Document) else made:
                ids.append(document.id)
                yield replace(document, raw_sha256=digest)
            self._memory.took(key, ids)
        except IntakeError as error:
            yield failure(name, error)
        except Exception as error:
            if self._debug:
                raise
            yield Failure("intake", name, INTERNAL, f"{type(error).__name__}: {error}", INTERNAL_HINT)

    def _key(self, digest: str, known: Known) -> str:
        given = replace(self.given, today=None)  # the day of a run makes no other document
        told = "\x1f".join([str(SCHEME), digest, repr(replace(known, retrieved=None)), repr(given)])
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def failure(name: str, error: IntakeError) -> Failure:
    """An error as the record that is kept of it."""
    return Failure("intake", name, error.code, error.message, error.hint)


def check_size(size: int, name: str, limit: int) -> None:
    """Raises TooLargeError where one report has more bytes than that."""
    if size > limit:
        raise TooLargeError(f"{name} has {megabytes(size)}; one report may have {megabytes(limit)}")
