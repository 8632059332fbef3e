"""Mails, one (.eml) or a box of them (mbox): the report in each, what was forwarded, and reports attached to it.

Each mail is an item; a mail attached to it and an attached file go the way of any other source. A note above a forward
and a covering letter above an attachment are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from casus.errors import EmptyError, FormatError, IntakeError, TooLargeError
from casus.intake.build import Source, of_text
from casus.intake.formats import Intake, Made, failure
from casus.intake.mail.body import body_of, contents_of, refuse
from casus.intake.mail.forward import Report, report_in
from casus.intake.mail.furniture import cleaned, is_furniture, view_link
from casus.intake.mail.head import envelope_of, said_by, without_reader
from casus.intake.mail.lines import Line, text_of
from casus.intake.mail.mime import Part, take_apart
from casus.intake.mail.stories import Story, holds_several, stories_in
from casus.intake.metadata import merged
from casus.intake.raw import Known, Raw, megabytes
from casus.records import Document
from casus.text import fold

# One mail with what is attached to it: servers take 25 MB, which makes 34 MB on its way.
MAX_MAIL_BYTES = 35_000_000
_BLOCK = 65_536
# The line above each mail: "From ", who, weekday, and a time somewhere. Sentences begin with "From " too.
_FROM_LINE = re.compile(rb"From \S.{0,300}?\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? .{1,60}?\d\d:\d\d")
_BARE_FROM = re.compile(rb"From \S{1,300}\s{0,3}\Z")
_ESCAPED = re.compile(rb">{1,50}From ")
_READ_NAME = re.compile(
    r"\.(?:pdf|html?|xhtml|mht|mhtml|txt|text|md|eml|mbox|jsonl?|ndjson|csv|tsv|xlsx|xml|rss|atom|zip|gz|tgz|tar|bz2|xz|"
    r"warc|wacz)\Z",
    re.IGNORECASE,
)
_READ_KIND = {
    "application/pdf": ".pdf", "text/html": ".html", "text/plain": ".txt", "text/csv": ".csv", "message/rfc822": ".eml",
    "application/json": ".json", "application/xml": ".xml", "text/xml": ".xml", "application/zip": ".zip",
}  # fmt: skip
_OFFICE = re.compile(r"\.(?:docx?|odt|rtf|pages|pptx?|odp|xls|ods)\Z", re.IGNORECASE)
# A mail has a few files; a hundred are no mail any more.
_MAX_FILES = 100
# A mail with a report attached is a covering letter if it has few words, or some more that speak of the file: an alert
# of three sentences with a map beside it has about 50. A judgement.
_NOTE_WORDS, _LETTER_WORDS = 25, 100
_COVERS = re.compile(
    r"\b(?:attach(?:ed|ment|ments|ing)|enclosed|please find|fyi|for your information|see the (?:pdf|file|document)|"
    r"(?:kind|best|warm) regards)\b",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,6}\Z")
# Links through a counter of clicks lead to the story and are not its address.
_COUNTER = re.compile(
    r"//(?:click|links?|track\w*|email|e|r|ct|url\d*)\.|/(?:ls/click|track|redirect|click|ss/c)\b|[A-Za-z0-9_=]{40,}",
    re.IGNORECASE,
)


def read(raw: Raw, intake: Intake) -> Iterator[Made]:
    """The reports in a mail, or in each mail of a box: `box.mbox#3`."""
    if not _is_box(raw):
        yield from _mail(raw.data(max(MAX_MAIL_BYTES, intake.given.limit)), raw.name, raw, intake)
        return
    for number, data in enumerate(split_box(raw.stream()), 1):
        name = f"{raw.name}#{number}"
        if not intake.wanted(name):
            continue
        if data is None:
            yield failure(name, TooLargeError(f"{name} has more than {megabytes(MAX_MAIL_BYTES)}", "save it alone"))
        else:
            yield from _mail(data, name, raw, intake)


def _is_box(raw: Raw) -> bool:
    start = raw.head.removeprefix(b"\xef\xbb\xbf").lstrip()[:500]
    named = raw.name.lower().endswith(".mbox") and start.startswith(b"From ")
    return named or bool(_FROM_LINE.match(start))


def split_box(stream: BinaryIO, limit: int = MAX_MAIL_BYTES) -> Iterator[bytes | None]:
    """Each mail of a box, without the line above it and one `>` off escaped lines; None for one above `limit`, which
    is not held."""
    held = bytearray()
    separator: re.Pattern[bytes] | None = None
    blank = at_start = True
    opened = over = False
    while line := stream.readline(_BLOCK):
        if separator is None:  # the first line tells how the box writes it
            line = line.removeprefix(b"\xef\xbb\xbf")
            separator = _FROM_LINE if _FROM_LINE.match(line) or not _BARE_FROM.match(line) else _BARE_FROM
        if at_start and blank and separator.match(line):
            if opened:
                yield None if over else bytes(held)
            held.clear()
            opened, over = True, False
        elif not over and (opened or line.strip()):
            opened = True
            held += line[1:] if at_start and _ESCAPED.match(line) else line
            if len(held) > limit:
                held.clear()
                over = True
        blank = at_start and line in (b"\n", b"\r\n")
        at_start = line.endswith(b"\n")
    if opened:
        yield None if over else bytes(held)


def _mail(data: bytes, name: str, raw: Raw, intake: Intake) -> Iterator[Made]:
    """The documents of one mail, then those of what is attached to it."""
    mail = _Mail(data, name, raw.known, intake)
    files = mail.files() if mail.refused is None else []
    if not any(file.why is None for file in files) or not mail.is_letter(files):
        yield from intake.item(name, data, raw.known, mail.documents)
    for file in files:
        if not intake.wanted(file.name):
            continue
        if file.why is not None:
            yield failure(file.name, file.why)
        else:
            known = Known(notes=(mail.beside_note(),))
            yield from intake.read(Raw.of(file.part.payload()[0], file.name, known, raw.depth + 1))


@dataclass(frozen=True, slots=True)
class _File:
    """A file in a mail, the name of its item, and why it cannot be read."""

    name: str
    part: Part
    why: FormatError | None = None


class _Mail:
    """One mail that was taken apart."""

    def __init__(self, data: bytes, name: str, known: Known, intake: Intake) -> None:
        self.name, self.known, self.given = name, known, intake.given
        self.root = take_apart(data)
        self.contents = contents_of(self.root)
        self.own = envelope_of(self.root.head)
        self.refused: FormatError | None = None
        try:
            refuse(self.root, self.contents, name)
        except FormatError as error:
            self.refused = error

    def documents(self) -> list[Document]:
        """Its report, or its stories. Raises IntakeError where it holds none."""
        if self.refused is not None:
            raise self.refused
        body = body_of(self.contents, self.name, self.given.limit)
        report = report_in(body.lines, self.own)
        clean = cleaned(report.lines)
        if not clean.lines:
            raise EmptyError(f"{self.name} is a mail without text but for its footer")
        head = self.root.head
        bulk = clean.bulk or bool(head.raw("list-id") or head.raw("list-unsubscribe"))
        link = view_link(report.lines) or view_link(body.others) or self._title_link(report)
        known = said_by(self.own, head, report.forwarded, link)
        notes = (*body.notes, *report.notes)
        if clean.dropped:
            notes = (*notes, f"{clean.dropped} lines of the mail's furniture (footer, buttons, addresses) are left out")
        known = replace(known, notes=(*known.notes, *notes))
        if stories := stories_in(clean.body):
            return self._stories(stories, known, body.media_type)
        if bulk and holds_several(clean.body):
            note = "a newsletter whose stories cannot be told apart: read as one, so dates and places may be another's"
            known = replace(known, form="newsletter", notes=(*known.notes, note))
        return [self._document(clean.lines, known, body.media_type)]

    def _title_link(self, report: Report) -> str | None:
        """Where the heading leads that is the mail's title."""
        title = fold((report.forwarded or self.own).title or "")
        links = (line.links[0] for line in report.lines if line.heading and line.links and fold(line.text) == title)
        return next((link for link in links if _is_address(link)), None)

    def _stories(self, stories: Sequence[Story], known: Known, media_type: str) -> list[Document]:
        """A document for each story of a newsletter, and one for the letter above them."""
        made = []
        count = sum(story.title is not None for story in stories)
        for story in stories:
            lines = [line for line in story.lines if not is_furniture(line)]
            if story.title is None:
                made.append(self._document(lines, replace(known, form="newsletter"), media_type))
                continue
            link = story.link if story.link and _is_address(story.link) else None
            note = f"one of {count} stories of the newsletter {known.title or self.name!r}; lists of links are left out"
            said = replace(known, title=story.title, notes=(*known.notes, note))
            made.append(self._document(lines, replace(said, url=without_reader(link) if link else None), media_type))
        return made

    def _document(self, lines: Sequence[Line], known: Known, media_type: str) -> Document:
        known = merged(self.known, known)
        title = fold(known.title or "")
        body = [line for n, line in enumerate(lines) if not (n < 5 and title and fold(line.text) == title)]
        text = "\n\n".join([*([known.title] if known.title else []), text_of(body)])
        captions = tuple(line.text for line in body if line.caption)
        return of_text(text, Source(self.name, known, self.given), media_type=media_type, captions=captions)

    def is_letter(self, files: Sequence[_File]) -> bool:
        """Whether it only covers what is attached to it: a forward as a file, or a few words above a report."""
        mails = any(file.part.kind == "message/rfc822" for file in files)
        if self.root.kind == "multipart/digest" or (mails and self.own.is_forward):
            return True
        try:
            lines = cleaned(report_in(body_of(self.contents, self.name, self.given.limit).lines, self.own).lines).lines
        except IntakeError:
            return not self.contents.pieces
        text = text_of(lines)
        words = len(text.split())
        return words < _NOTE_WORDS or (words < _LETTER_WORDS and bool(_COVERS.search(text)))

    def beside_note(self) -> str:
        """What is told of a file that came with it."""
        when = f" of {self.own.sent.day.isoformat()}" if self.own.sent else ""
        who = f" from {self.own.sender}" if self.own.sender else ""
        return f"came with the mail {self.own.title or self.name!r}{when}{who}"

    def files(self) -> list[_File]:
        """What lies beside its text and can be read, or ought to be; pictures, calendars and signatures are neither."""
        found: dict[str, _File] = {}
        for part in self.contents.beside[:_MAX_FILES]:
            name = part.head.filename
            if part.kind == "message/rfc822":
                name = name if name.lower().endswith(".eml") else f"{name or 'message'}.eml"
            elif not _SUFFIX.search(name) and part.kind in _READ_KIND:
                name = f"{name or 'attachment'}{_READ_KIND[part.kind]}"
            office = bool(_OFFICE.search(name))
            if not office and not _READ_NAME.search(name):
                continue
            stem, dot, suffix = name.rpartition(".")
            number = 1
            while (full := f"{self.name}!{name}") in found:
                number += 1
                name = f"{stem}-{number}{dot}{suffix}"
            why = FormatError(f"{full} is an office document, which Casus does not read", "save it as PDF or as text")
            found[full] = _File(full, part, why if office else None)
        return list(found.values())


def _is_address(link: str) -> bool:
    """Whether a link leads straight to a page."""
    return bool(re.match(r"https?://\S+\Z", link)) and not _COUNTER.search(link)
