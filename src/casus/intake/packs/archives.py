"""Archives and packed files: zip (and WACZ), tar, gzip, bzip2, xz; each member goes back to intake as a stream.

Nothing is written to disk under a name that an archive gives. A packed file is read as what is in it, under its name
without the suffix; a packed WARC goes to `warc` as it is: its records are known by where they stand in the file.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from casus.errors import EmptyError, FormatError, IntakeError, TooLargeError
from casus.intake.formats import MAX_DEPTH, Intake, Made, failure
from casus.intake.kinds import is_html
from casus.intake.packs import warc, zips
from casus.intake.packs.crawl import holds_records
from casus.intake.packs.naming import Names, harmless, unpacked_name, worth
from casus.intake.packs.packed import BLOCK_OUT, CUT_OFF, Blocks, Method, Unpacked
from casus.intake.packs.tars import Tar
from casus.intake.raw import Known, Raw, in_pieces, megabytes
from casus.intake.sniff import source_kind
from casus.records import Failure

# A zip that comes by a pipe, or lies in another archive, is copied to the disk: a crawl as WACZ has some gigabytes.
_MAX_COPY, _IN_MEMORY = 20_000_000_000, 16_000_000
# What an archive in an archive counts besides its bytes, so that a bomb of a million tiny ones ends, too. An honest
# one has 300 bytes at least, for which the budget of its source grows by 60,000.
_NESTED_BYTES = 50_000
# Zips that are no archives of files, by what lies in them: their names, and what to do.
_OFFICE = "[Content_Types].xml"
_PARTS = {
    "word/": ("a Word document (docx)", "save it as text, HTML or PDF"),
    "ppt/": ("a presentation (pptx)", "save it as PDF, or its text"),
    "xl/": ("a spreadsheet (xlsx)", "rename it so that it ends in .xlsx"),
}
_FILES = {
    "META-INF/container.xml": ("an e-book (epub)", "save it as text or HTML"),
    "META-INF/manifest.xml": ("an OpenDocument file (odt, ods, odp)", "save it as text, HTML or PDF"),
    "META-INF/MANIFEST.MF": ("a Java program", "leave it out"),
    "AndroidManifest.xml": ("an Android program", "leave it out"),
}
# They have some dozens of members; a WACZ has one to hundreds of WARC files.
_LOOKED_AT = 1_000
_WACZ_CONTENTS = "datapackage.json"
_WARC_NAME = re.compile(r"\.warc\.gz\Z", re.IGNORECASE)
_CRAWL = re.compile(r"archive/.+\.warc(?:\.gz)?\Z", re.IGNORECASE | re.DOTALL)


def read(raw: Raw, intake: Intake) -> Iterator[Made]:
    """The documents of every member, in the order of the archive; a member that cannot be read is a failure."""
    if raw.depth:
        intake.spend(_NESTED_BYTES, raw.name)
    if raw.depth >= MAX_DEPTH:
        raise TooLargeError(
            f"{raw.name} lies in {MAX_DEPTH} archives, one in the other, and is one itself", "unpack it"
        )
    kind = source_kind(raw.head, raw.name)
    if kind == "zip":
        yield from _zip(raw, intake)
    elif kind == "tar":
        yield from _tar(raw, intake)
    else:
        yield from _packed(raw, cast(Method, kind), intake)


def _packed(raw: Raw, kind: Method, intake: Intake) -> Iterator[Made]:
    if kind == "gzip" and (holds_records(raw.head) or _WARC_NAME.search(raw.name)):
        yield from warc.read(raw, intake)
        return
    unpacked = Unpacked(raw.stream(), kind, raw.name, intake.spend)
    known = replace(raw.known, media_type=None)
    yield from intake.read(Raw(unpacked_name(raw.name), Blocks(unpacked).binary(), known, raw.depth + 1))
    if unpacked.garbage:
        error = FormatError(f"behind the {kind} of {raw.name} stands something else, which was not read", CUT_OFF)
        yield failure(raw.name, error)


def _tar(raw: Raw, intake: Intake) -> Iterator[Made]:
    hand = _Hand(raw, intake)
    for member in Tar(in_pieces(raw.stream()), raw.name).members():
        if isinstance(member, FormatError):
            yield hand.failed(member)
        else:
            yield from hand.on(member.name, _given(member.blocks))
    hand.done()


def _zip(raw: Raw, intake: Intake) -> Iterator[Made]:
    file, error = _seekable(raw)
    try:
        hand = _Hand(raw, intake)
        crawl = _is_wacz(file, raw.name)
        for entry in _entries(file, raw.name):
            if isinstance(entry, FormatError):
                # that it lacks its end is no news where the archive around it breaks off
                if not error:
                    yield hand.failed(entry)
            elif not (entry.link or entry.name.endswith("/") or (crawl and not _CRAWL.match(entry.name))):
                yield from hand.on(entry.name, partial(_content, file, entry, intake))
        if error:
            yield hand.failed(error)
        hand.done()
    finally:
        if isinstance(file, SpooledTemporaryFile):
            file.close()


def _seekable(raw: Raw) -> tuple[BinaryIO, IntakeError | None]:
    """The bytes of a zip, and the error where the archive around it breaks off in the middle of it."""
    if not raw.depth:
        return raw.seekable(_MAX_COPY), None
    copy, read = SpooledTemporaryFile(max_size=_IN_MEMORY), in_pieces(raw.stream())  # noqa: SIM115 - _zip closes it
    error = None
    try:
        while block := read(BLOCK_OUT):
            copy.write(block)
            if copy.tell() > _MAX_COPY:
                raise TooLargeError(f"{raw.name} has more than {megabytes(_MAX_COPY)}", "unpack it")
    except FormatError as broken:
        error = broken
    except BaseException:
        copy.close()
        raise
    return cast(BinaryIO, copy), error


def _entries(file: BinaryIO, name: str) -> Iterator[zips.Entry | FormatError]:
    """The members by the directory; where that is broken, the others by their own heads, and then the error."""
    size, taken, after = file.seek(0, io.SEEK_END), 0, 0
    try:
        for entry in zips.directory(file).entries(file):
            if entry.offset + entry.packed > size:
                yield FormatError(f"{name}!{harmless(entry.name)} is not where its archive says", CUT_OFF)
                continue
            taken, after = taken + entry.taken, max(after, entry.offset + entry.packed)
            # twice, since the size of one may be wrong by accident
            if taken > 2 * size:
                raise TooLargeError(
                    f"the members of {name} lie over one another: it is made to do harm", "leave it out"
                )
            yield entry
    except FormatError as error:
        yield from zips.scanned(file, after)
        yield FormatError(f"{name}: {error.message}", error.hint)


def _is_wacz(file: BinaryIO, name: str) -> bool:
    """Whether a zip is a crawl. Raises FormatError for one that is no archive of files."""
    entries = islice(_entries(file, name), _LOOKED_AT)
    names = {entry.name for entry in entries if isinstance(entry, zips.Entry)}
    if _OFFICE in names:
        told = [_PARTS[part] for part in _PARTS if any(n.startswith(part) for n in names)]
        what, hint = told[0] if told else ("a document of an office program", "save it as text, HTML or PDF")
        raise FormatError(f"{name} is {what}", hint)
    for member, (what, hint) in _FILES.items():
        if member in names:
            raise FormatError(f"{name} is {what}", hint)
    return name.lower().endswith(".wacz") or (_WACZ_CONTENTS in names and any(_CRAWL.match(n) for n in names))


def _content(file: BinaryIO, entry: zips.Entry, intake: Intake, name: str) -> Blocks:
    return zips.content(file, entry, name, intake.spend)


def _given(blocks: Blocks) -> Callable[[str], Blocks]:
    return lambda _: blocks


class _Hand:
    """Hands the members of an archive on to intake under names of their own."""

    def __init__(self, raw: Raw, intake: Intake) -> None:
        self._raw, self._intake = raw, intake
        self._names, self._empty = Names(), True

    def on(self, name: str, opened: Callable[[str], Blocks]) -> Iterator[Made]:
        """The documents in a member; `opened` gives its bytes, knowing the name under which it is handed on."""
        how = worth(name)
        if how == "no":
            return
        shown = f"{self._raw.name}!{self._names.distinct(harmless(name))}"
        if not self._intake.wanted(shown):
            self._empty = False
            return
        try:
            blocks = opened(shown)
        except FormatError as error:
            yield self.failed(error, shown)
            return
        known = Known(retrieved=self._raw.known.retrieved)
        item = Raw(shown, blocks.binary(), known, self._raw.depth + 1)
        if how == "yes" or blocks.error or _looks_like_a_report(item):
            self._empty = False
            yield from self._intake.read(item)
        # where a member has used up the budget, the others need not be tried
        self._intake.spend(0, self._raw.name)

    def failed(self, error: IntakeError, name: str = "") -> Failure:
        """An error of a member, or of the archive."""
        self._empty = False
        return failure(name or self._raw.name, error)

    def done(self) -> None:
        """After the last member. Raises EmptyError where a source was looked through in vain."""
        if self._empty and not self._raw.depth:
            raise EmptyError(
                f"no member of {self._raw.name} is a report", "reports end in .txt, .html, .json, .pdf ..."
            )


def _looks_like_a_report(item: Raw) -> bool:
    """By its bytes alone: a page without a suffix, a packed file with a number for a name."""
    if source_kind(item.head, "") != "html-or-text":
        return True
    return is_html(item.head.decode("utf-8", "replace"))
