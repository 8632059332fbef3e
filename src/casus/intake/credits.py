"""Which news agencies a report is credited to, and the keys under which it counts as one independent voice.

An agency is credited by where its name stands: as publisher, in the byline, in the dateline, on the lines above and
below the report, at the end of its last paragraph. One named inside a sentence ("told Reuters") is a source, and one
beside a picture is the picture's.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from casus.errors import DataError
from casus.intake.plaintext.lines import kind_of
from casus.intake.plaintext.paragraphs import ENDS_PROSE, paragraphs
from casus.records import Document, RegionKind
from casus.text import fold

# A line of so many words that ends like a sentence is a paragraph of the report; above the first and below the last
# stand those that say whose it is.
_PROSE_WORDS = 8
# Datelines are looked for in three paragraphs: a lead-in of the paper's own, and points, may stand above.
_OPENING = 3
# Beside an agency above the report stand names, places and dates, of four words at most.
_BESIDE_WORDS = 4
# A credit that closes a paragraph, with the stop before it, is no longer.
_END = 120
# What a paragraph is of which parts are this and that.
_KINDS: tuple[RegionKind, ...] = ("body", "title", "lead", "caption")

_PICTURE = re.compile(
    r"\b(?:photos?|photograph\w*|images?|pictur\w+|getty|files?|pool|video|handout|via|courtesy|graphics?|"
    r"illustration|shutterstock|alamy|caption)\b",
    re.IGNORECASE,
)
_CELLS = re.compile(r"\s*[|,;·•]\s*|\s+-+\s+|\s*[–—]\s*|\s(?:and|&|with)\s", re.IGNORECASE)
# what may stand around an agency's name and adds nothing
_BEFORE = re.compile(
    r"^(?:(?:by|from|sources?|agenc(?:y|ies)|credit|with|\S.*?\s(?:of|for|from))\b:?\s*)?(?:the\s)?", re.IGNORECASE
)
_AFTER = re.compile(
    r"\s(?:(?:news )?agency|news(?: service|wire)?|(?:staff|special)?\s?(?:staff|writers?|reporters?|correspondents?|"
    r"journalists?|bureau)|(?:in|at) [\w.'’ -]{2,40})$",
    re.IGNORECASE,
)
# "KABUL, Jan 18 (AFP) -", "(Reuters) -", "MOSCOW, January 18. /TASS/." and the same alone on a line
_DATELINE = re.compile(r"([^()/]{0,80}?)\s*(?:[(\[]([^()\[\]]{2,50})[)\]]|/([^/]{2,30})/)\s*(?:[-–—:.]|$)")
# "AFP - ", "Kabul, AFP - "
_BARE_DATELINE = re.compile(r"(?:([^()\[\]/]{2,60}?)\s*[,:–—-]\s*)?([^\s,:–—-][^,:–—]{1,30}?)\s*[-–—]+\s()")
# "... on Tuesday. - Reuters", "... he said. (ANI)", "... /TASS/"
_CLOSING = re.compile(
    r"[.!?][\"”’'»)\]]{0,2}\s*(?:[-–—]+\s?([^.!?()\[\]]{2,40})|[(\[]([^()\[\]]{2,60})[)\]]|/([^/]{2,30})/)"
    r"\s*(?:Enditem)?\W{0,2}\Z"
)
_SHARING = re.compile(
    r"\bcontribut(?:ed|ing)\b|\binputs?\b|\b(?:with|additional|some) (?:\w+ )?(?:reporting|information|material)\b|"
    r"\breporting by\b|\bcompiled\b|\b(?:originally|first|previously) (?:published|appeared)\b|\bfeed\b|"
    r"\b(?:published|provided|supplied|distributed|syndicated|produced) by\b|\bcopyright\b|©|"
    r"\b(?:information|details) (?:for|in|used in) this\b|^\W{0,3}(?:with|sources?:|agencies:)\s",
    re.IGNORECASE,
)
_TOLD = re.compile(r"\b(?:told|citing|quoting|quoted by|reported by)\s(?:the\s)?\Z", re.IGNORECASE)
# a dateline's words: names, numbers, and these
_SMALL = frozenset({"de", "of", "the", "and", "al", "el", "on", "near", "in", "at"})
_AROUND = " \t\n.:()[]–—-\"'“”‘’*"
# words of a report's own prose, which captions do not use
_REPORTED = re.compile(r"\b(?:said|told|added|announced|reported|asked|according to)\b")
_NOT_OF_THE_REPORT = frozenset({"button", "pointer", "promo"})


@dataclass(frozen=True, slots=True)
class Agency:
    """A news agency; of its `initials`, which mean other things too, more is asked. `country` is ISO 3166 alpha-3."""

    name: str
    country: str
    names: tuple[str, ...]
    initials: tuple[str, ...] = ()


@cache
def agencies() -> tuple[Agency, ...]:
    """The agencies of agencies.tsv, in its order. Raises DataError where the file is missing or malformed."""
    try:
        text = (files("casus.intake") / "agencies.tsv").read_text(encoding="utf-8")
    except OSError as error:
        raise DataError("agencies.tsv is missing") from error
    found: list[Agency] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line and not line.startswith("#"):
            cells = line.split("\t")
            if len(cells) not in {3, 4} or not all(cells) or len(cells[1]) != 3:
                raise DataError(f"agencies.tsv, line {number}: not name, country, names and initials")
            found.append(Agency(cells[0], cells[1], *(tuple(cell.split("|")) for cell in cells[2:])))
    return tuple(found)


def credits(document: Document) -> tuple[str, ...]:
    """The usual names of the agencies that the document says its text is from, sorted; () where it names none."""
    lines = _lines(document)
    prose = [n for n, line in enumerate(lines) if line.prose]
    first, last = (prose[0], prose[-1]) if prose else (len(lines), len(lines) - 1)
    found = [_agency(document.publisher or "", initials=True)]
    # "Jane Doe/AP" would be a picture's credit elsewhere
    found += _any_cell((document.byline or "").replace("/", "|"), initials=True)
    for n, line in enumerate(lines[:first]):
        found += _above(lines, n) if line.kind not in {"title", "caption"} else ()
    for n in prose[:_OPENING]:
        found += _dateline(lines[n].text)
    if prose:
        found += _closing(lines[last].text)
    for n in range(last + 1, len(lines)):
        if kind_of(lines[n].text) == "related":
            break
        found += _below(lines, n)
    for region in document.regions:
        found += _shared(document.text[region.start : region.end]) if region.kind == "boilerplate" else ()
    return tuple(sorted({name for name in found if name}))


def origins(document: Document, syndication_id: str | None) -> tuple[str, ...]:
    """The keys of `Report.origins`, sorted: documents that share any of them count as one independent voice.

    "publisher:" and its name without case, "copy:" and the group of copies, "agency:" and the name of each credited.
    """
    keys = [f"agency:{name}" for name in credits(document)]
    if document.publisher and document.publisher.strip():
        keys.append(f"publisher:{' '.join(document.publisher.casefold().split())}")
    if syndication_id:
        keys.append(f"copy:{syndication_id}")
    return tuple(sorted(keys))


@dataclass(frozen=True, slots=True)
class _Line:
    """A paragraph, what it is as a whole, and whether it is some of the report's sentences."""

    kind: RegionKind
    text: str
    prose: bool


def _lines(document: Document) -> list[_Line]:
    """The document's paragraphs, each with the kind of its regions; without regions all are body."""
    lines: list[_Line] = []
    starts = [region.start for region in document.regions]
    for start, end in paragraphs(document.text):
        inside = document.regions[bisect_left(starts, start) : bisect_left(starts, end)]
        kinds = {region.kind for region in inside} if starts else {"body"}
        kind: RegionKind = next((k for k in _KINDS if k in kinds), "boilerplate")
        text = document.text[start:end]
        lines.append(_Line(kind, text, _is_prose(kind, text)))
    return lines


def _is_prose(kind: RegionKind, text: str) -> bool:
    """Sentences of the report; a credit in brackets makes them look like a caption, but captions quote nobody."""
    closed = _CLOSING.search(text[-_END:])
    if len(text.split()) < _PROSE_WORDS or kind not in {"lead", "body", "caption"}:
        return False
    return bool(closed and _REPORTED.search(text)) if kind == "caption" else bool(closed or ENDS_PROSE.search(text))


def _above(lines: Sequence[_Line], n: int) -> Iterator[str]:
    """A line between the top of the page and the report: "AFP", "By Reuters", "KABUL, Jan 18 (Xinhua)"."""
    text = lines[n].text
    if _PICTURE.search(text) or kind_of(text) in _NOT_OF_THE_REPORT:
        return
    named = re.match(r"\W{0,3}(?:by|from|sources?:)\s", text, re.IGNORECASE) is not None
    if not named and n and lines[n - 1].kind == "caption":
        return
    yield from _dateline(text)
    if named or lines[n].kind == "boilerplate":
        others = [cell for cell in _CELLS.split(text) if not _agency(cell, initials=named)]
        if all(len(cell.split()) <= _BESIDE_WORDS for cell in others):
            yield from _any_cell(text, initials=named)
    else:
        yield from _every_cell(text, initials=False)


def _below(lines: Sequence[_Line], n: int) -> Iterator[str]:
    """A line below the report: "- Xinhua", "(AFP)", "Reuters"."""
    text = lines[n].text
    if lines[n].kind == "title" or _PICTURE.search(text):
        return
    yield from _shared(text)
    # below a caption stands whose picture it is
    if lines[n].kind == "caption" or (n and lines[n - 1].kind == "caption" and not lines[n - 1].prose):
        return
    # other names alone below a report are those of its topics, or of who printed the links around it
    marked = re.match(r"\s*[-–—(\[/]", text) is not None
    yield from _every_cell(text.strip(" \t-–—()[]/."), initials=marked)


def _dateline(paragraph: str) -> Iterator[str]:
    """The agencies in the dateline that opens the paragraph."""
    for pattern in (_DATELINE, _BARE_DATELINE):
        match = pattern.match(paragraph.lstrip())
        if match and _is_place_and_date(match[1] or "") and not _PICTURE.search(match[0]):
            yield from _every_cell(match[2] or match[3], initials=pattern is _DATELINE)


def _is_place_and_date(text: str) -> bool:
    words = re.findall(r"[\w.'’-]+", text)
    return len(words) <= 9 and all(w in _SMALL or not w[0].islower() for w in words)


def _closing(paragraph: str) -> Iterator[str]:
    """The agencies behind the last sentence of the report."""
    match = _CLOSING.search(paragraph[-_END:])
    held = next((group for group in match.groups() if group), "") if match else ""
    if held and not _PICTURE.search(held):
        yield from _every_cell(held, initials=True)
        yield from _shared(held)


def _shared(text: str) -> Iterator[str]:
    """The agencies of a note on who contributed or has the rights: "With inputs from PTI", "© 2024 Reuters"."""
    if len(text) > 500 or _PICTURE.search(text) or not _SHARING.search(text):
        return
    # "© AFP" alone is a picture's; the rights in a text come with a year or a sentence
    if text.lstrip().startswith("©") and not re.search(r"\b(?:19|20)\d\d\b|reserved", text):
        return
    for match in _pattern().finditer(text):
        if not _TOLD.search(text[: match.start()]):
            yield _agency(match[0], initials=True)


def _any_cell(text: str, *, initials: bool) -> Iterator[str]:
    for cell in _CELLS.split(text):
        yield _agency(cell, initials=initials)
        yield from _slashed(cell, initials)


def _every_cell(text: str, *, initials: bool) -> list[str]:
    """The agencies where the text names nothing else."""
    found = [_agency(cell, initials=initials) for cell in re.split(rf"{_CELLS.pattern}|\s?/\s?", text, flags=re.I)]
    return found if all(found) else []


def _slashed(cell: str, initials: bool) -> list[str]:
    """ "AFP/Reuters", but not "AFP/Jane Doe", who took a picture."""
    return _every_cell(cell, initials=initials) if "/" in cell else []


def _agency(cell: str, *, initials: bool) -> str:
    """The usual name of the agency that the cell names and, small words apart, nothing else; "" for none."""
    text = cell.strip(_AROUND)
    bare = _BEFORE.sub("", text)
    for form in (text, bare, _AFTER.sub("", text), _AFTER.sub("", bare)):
        name = _known(initials).get(form) or _known(initials).get(fold(form))
        if name:
            return name
    return ""


@cache
def _known(initials: bool) -> dict[str, str]:
    """Usual name by each way to write it: short ones in capitals as they are, others folded."""
    known: dict[str, str] = {}
    for agency in agencies():
        for written in (*agency.names, *(agency.initials if initials else ())):
            known[written.strip(_AROUND) if _as_written(written) else fold(written)] = agency.name
    return known


def _as_written(name: str) -> bool:
    """Whether the name is a word when it is not in capitals ("AP", "ANSA")."""
    return name.isupper() and len(name) <= 5


@cache
def _pattern() -> re.Pattern[str]:
    """Any name of any agency within a line, the longest first."""
    written = sorted({w for a in agencies() for w in (*a.names, *a.initials)}, key=lambda w: (-len(w), w))
    either = "|".join(re.escape(w) if _as_written(w) else f"(?i:{re.escape(w)})" for w in written)
    return re.compile(rf"(?<![\w./-])(?:{either})(?![\w-])")
