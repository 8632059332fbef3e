"""A PDF -> its report: the text that it holds, in the order in which it was set. Nothing is drawn."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate
from threading import Lock
from typing import Any

from casus.errors import EmptyError, FormatError, TooLargeError
from casus.intake.build import Source, of_text
from casus.intake.dates import find_date
from casus.intake.formats import Intake, Made
from casus.intake.metadata import merged
from casus.intake.pdf.guard import check_pages
from casus.intake.pdf.text import PageLine, Paragraph, body_size, largest, paragraphs_of, tidy
from casus.intake.plaintext.lines import is_name, is_paper
from casus.intake.plaintext.paragraphs import ENDS_PROSE
from casus.intake.plaintext.plain import read_plain
from casus.intake.raw import Known, Raw, Stamp
from casus.records import Document
from casus.text import fold

# A report of five pages has 20 MB with its photos; the limit on one report is for its text.
MAX_PDF_BYTES = 50_000_000
# The longest reports of commissions of inquiry have 250 pages; a year of a paper, or a manual, has more.
MAX_PAGES = 300
# pdfium may be used by one thread at a time.
_PDFIUM = Lock()

_FILE_TITLE = re.compile(
    r"(?:microsoft (?:word|powerpoint|office)\b.{0,80}|powerpoint presentation|untitled.{0,20}|document\d{0,3}|"
    r"slide \d+|print|title|layout \d+|.{0,200}\.(?:docx?|pdf|rtf|odt|indd|qxd|pptx?|xlsx?|txt|html?|pages|tex"
    r"|dvi)|\S+|https?:.*)",
    re.IGNORECASE,
)
_NO_PERSON = re.compile(
    r"\b(?:user|admin\w*|owner|office|microsoft|windows|adobe|default|author|unknown|laptop|pc|canva|scanner"
    r"|guest|test)\b",
    re.IGNORECASE,
)
_MADE_ON = re.compile(r"D:(\d{4})(\d{2})(\d{2})")
# pdfium gives U+FFFE for a hyphen at the end of a line, and no line break behind it.
_BREAK = "\ufffe"
_LINE = re.compile(r"[^\r\n\ufffe]+")
# Radians: italics and scans that lie askew have less, stamps across the page and words along its edge more.
_LEVEL = 0.1
# A scan may have a stamp or a number that is text; a page of a report has a thousand letters and more.
_LETTERS_A_PAGE = 20
# Title, subtitle, office, number of the report, date: what stands above a report.
_HEAD_PARAGRAPHS = 8
_PERIOD = re.compile(
    r"\b(?:since|from|until|till|between|through|period|covering|photo|to \d)\b|\d\s?[–—-]\s?\d", re.IGNORECASE
)
_OCR = "let a program for text recognition (OCR) put its text into it first, such as `ocrmypdf`"


@dataclass(frozen=True, slots=True)
class Contents:
    """What a PDF holds: its lines in order, how many pages, which of them have no text or are broken, its metadata."""

    lines: list[PageLine]
    pages: int
    bare: list[int]
    broken: list[int]
    about: dict[str, str]


def read(raw: Raw, intake: Intake) -> Iterator[Made]:
    """The report in a PDF."""
    data = raw.data(max(MAX_PDF_BYTES, intake.given.limit))

    def make() -> Document:
        return _document(contents_of(data, raw.name, intake.given.limit), Source(raw.name, raw.known, intake.given))

    yield from intake.item(raw.name, data, raw.known, make)


def contents_of(data: bytes, name: str, limit: int) -> Contents:
    """All text of a PDF. Raises FormatError for one that is broken or locked, TooLargeError past 300 pages, past
    `limit` letters, or where its pages are built to swell."""
    import pypdfium2  # noqa: PLC0415 - a library of 7 MB for those who read PDFs

    with _PDFIUM:
        try:
            with closing(pypdfium2.PdfDocument(data)) as document:
                pages = len(document)
                if not pages:
                    raise FormatError(f"{name} is a PDF without pages", "check that it was saved whole")
                if pages > MAX_PAGES:
                    raise TooLargeError(f"{name} has {pages:,} pages; one report may have {MAX_PAGES}")
                copy = io.BytesIO()
                document.save(copy, flags=pypdfium2.raw.FPDF_REMOVE_SECURITY)
                check_pages(copy.getvalue(), name)
                return _read_pages(document, name, limit)
        except pypdfium2.PdfiumError as error:
            if getattr(error, "err_code", None) == pypdfium2.raw.FPDF_ERR_PASSWORD:
                raise FormatError(f"{name} is locked with a password", "open it and print it into a new PDF") from None
            raise FormatError(f"{name} is a broken PDF", "open it in a viewer and print it into a new one") from None


def _read_pages(document: Any, name: str, limit: int) -> Contents:
    import pypdfium2  # noqa: PLC0415 - as above

    lines: list[PageLine] = []
    bare: list[int] = []
    broken: list[int] = []
    left = limit
    for number in range(len(document)):
        try:
            with closing(document[number]) as page, closing(page.get_textpage()) as text:
                found = list(_lines(page, text, number))
        except (pypdfium2.PdfiumError, AssertionError):
            broken.append(number + 1)
            continue
        if not any(line.text for line in found):
            bare.append(number + 1)
        left -= sum(len(line.text) for line in found)
        if left < 0:
            raise TooLargeError(f"{name} has more than {limit:,} letters of text; one report may have as many")
        lines.extend(found)
    about = {key: tidy(value)[:500] for key, value in document.get_metadata_dict(skip_empty=True).items()}
    return Contents(lines, len(document), bare, broken, about)


def _lines(page: Any, text: Any, number: int) -> Iterator[PageLine]:
    """The lines of a page with their boxes; those that stand upright or askew are left out, unless most do."""
    height = float(page.get_height())
    whole = text.get_text_range() if text.count_chars() else ""
    wide = max(whole, default="") > "\uffff"  # pdfium counts in units of UTF-16
    units = list(accumulate((1 + (c > "\uffff") for c in whole), initial=0)) if wide else []
    found: list[PageLine] = []
    for match in _LINE.finditer(whole):
        words = tidy(match[0])
        start, end = match.span()
        if not words:
            continue
        first = start + len(match[0]) - len(match[0].lstrip())
        last = end - 1 - (len(match[0]) - len(match[0].rstrip()))
        letter = next((n for n in range(first, last) if whole[n].isalnum()), first)
        places = [units[n] if units else n for n in (first, letter, last)]
        broken = whole.startswith(_BREAK, end) or words.endswith(("-", "‐"))
        words = words.rstrip("-‐") if broken else words
        found.append(_placed(text, places, PageLine(words, number, height, broken=broken)))
    level = sum(len(line.text) for line in found if line.level)
    total = sum(len(line.text) for line in found)
    yield from (line for line in found if line.text and (line.level or level * 2 < total))


def _placed(text: Any, places: Iterable[int], line: PageLine) -> PageLine:
    """The line with its box and size, by its first sign, its first letter (no bullet) and its last sign."""
    from pypdfium2 import raw  # noqa: PLC0415 - as above

    first, letter, last = (max(0, raw.FPDFText_GetCharIndexFromTextIndex(text, n)) for n in places)
    left, bottom, right, _ = text.get_charbox(first, loose=True)
    right = max(right, text.get_charbox(last, loose=True)[2])
    matrix = raw.FS_MATRIX()
    scale = math.hypot(matrix.c, matrix.d) if raw.FPDFText_GetMatrix(text, letter, matrix) else 1.0
    size = float(raw.FPDFText_GetFontSize(text, letter)) * scale
    angle = float(raw.FPDFText_GetCharAngle(text, letter))
    level = min(angle % (2 * math.pi), -angle % (2 * math.pi)) < _LEVEL
    return replace(line, left=left, right=right, bottom=bottom, size=size, level=level)


def _document(found: Contents, source: Source) -> Document:
    """The document of what a PDF holds. Raises EmptyError where that is pictures alone."""
    name = source.name
    if not found.lines and found.broken:
        raise FormatError(f"no page of {name} can be read", "open it in a viewer and print it into a new PDF")
    letters = sum(c.isalnum() for line in found.lines for c in line.text)
    if letters < _LETTERS_A_PAGE * found.pages and (found.bare or not letters):
        raise EmptyError(f"{name} has {_pages(found.pages)} and no text: it holds pictures of pages", _OCR)
    if letters * 2 < sum(len(line.text.replace(" ", "")) for line in found.lines):
        raise EmptyError(f"{name} does not tell which letters its signs are", _OCR)
    paragraphs, dropped = paragraphs_of(found.lines, found.pages)
    text = "\n\n".join(p.text for p in paragraphs)
    title = _title(found.about.get("Title", ""), paragraphs, body_size(found.lines))
    known = Known(title=title, byline=_person(found.about.get("Author", "")), notes=tuple(_notes(found, dropped)))
    if read_plain(text, title=title).published is None and (day := _dated(paragraphs, title)):
        known = replace(known, published=(Stamp(day, "text"),))
    return of_text(text, replace(source, known=merged(source.known, known)), media_type="application/pdf")


def _title(stated: str, paragraphs: list[Paragraph], body: float) -> str | None:
    """The title in the metadata, if it is no file's name and stands on the first page; else the largest letters there;
    else the one in the metadata, which may be left over from another report."""
    named = stated if len(stated.split()) > 1 and not _FILE_TITLE.fullmatch(stated) else ""
    shown = next((p.text for p in paragraphs[:20] if named and fold(p.text) == fold(named)), None)
    return shown or largest(paragraphs, body) or named or None


def _dated(paragraphs: list[Paragraph], title: str | None) -> date | None:
    """The date in a short line near the top of the first page ("Situation report 3, as of 16 January 2024")."""
    for paragraph in paragraphs[:_HEAD_PARAGRAPHS]:
        short = len(paragraph.text.split()) <= 14 and not ENDS_PROSE.search(paragraph.text)
        if paragraph.page or paragraph.text == title or not short or _PERIOD.search(paragraph.text):
            continue
        if day := find_date(paragraph.text):
            return day
    return None


def _person(author: str) -> str | None:
    """The author in the metadata, if it is the name of a person and not of an account."""
    words = author.split()
    if not 2 <= len(words) <= 4 or not is_name(author) or is_paper(author) or _NO_PERSON.search(author):
        return None
    return author


def _notes(found: Contents, dropped: int) -> Iterator[str]:
    if made := _MADE_ON.match(found.about.get("CreationDate", "")):
        with suppress(ValueError):
            yield f"the file was made on {date(int(made[1]), int(made[2]), int(made[3])).isoformat()}"
    if dropped:
        yield f"{dropped} lines that repeat at the edges of pages are left out"
    if found.bare:
        yield f"{_pages(len(found.bare))} without text ({_listed(found.bare)}): pictures, or scans that need OCR"
    if found.broken:
        yield f"{_pages(len(found.broken))} that cannot be read ({_listed(found.broken)})"


def _pages(number: int) -> str:
    return "1 page" if number == 1 else f"{number} pages"


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers[:10])) + (", ..." if len(numbers) > 10 else "")
