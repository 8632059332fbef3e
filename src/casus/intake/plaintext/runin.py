"""Captions and page debris that ran into a paragraph: where they start and end inside it.

Some sites' text comes as one long paragraph: photo captions stand between its sentences, players and credits
leave their labels behind. This finds them at sentence ends; what is in doubt stays body.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from casus.intake.dates import last_date
from casus.intake.plaintext.lines import AGENCIES, CONTRIBUTORS
from casus.records import RegionKind
from casus.text import fold


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text, what it is, and a caption's own date."""

    kind: RegionKind
    start: int
    end: int
    dated: date | None = None


_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|March|Mar\.|April|Apr\.|May|June|July|Aug(?:ust|\.)?|"
    r"Sept(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_STOP = re.compile(r"[.?!]+[\"”’)\]]{0,3}(?=\s+[\"“‘(\[]?[^\W_a-z]|-[\"“A-Z(]|\s*\Z)")
_NOT_A_STOP = re.compile(
    r"(?:\b(?:[^\W\d_]|[^\W\d_](?:\.[^\W\d_])+|Mr|Mrs|Ms|Dr|Gen|Lt|Col|Sgt|Maj|Capt|Adm|Cmdr|Sen|Rep|Gov|Rev|Prof|St|No|Jr|Sr|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|vs|Inc|Corp|Co|Ltd|Calif|Fla|Mass|Va|Pa|Ill|Conn|Tenn))\Z"
)
_FILE = re.compile(r"(?:FILE|File photo|FILE PHOTO|Archive)\s?(?:PHOTO|Photo|photo)?\s?[-–—:]+\s?(?=[A-Z\"“‘])")
# "..., July 29, 2015." or "..., 29 July 2015." at the end: how agencies close a caption. A sentence of a
# report says "on July 29, 2015" and goes on, so the comma before and the stop after are both asked for.
_DATED_END = re.compile(rf",\s(?:{_MONTH}\s\d{{1,2}},\s\d{{4}}|\d{{1,2}}\s{_MONTH}\s\d{{4}})\.[\"”’)]{{0,2}}\Z")
# Words of a report's own prose; a caption is in the present tense and quotes nobody.
_REPORTED = re.compile(r"\b(?:said|told|added|announced|reported|according to)\b")
_LABEL = r"(?:Photo|Image|Credit|Picture|Courtesy)s?(?:\sby|\sof)?"
_CREDIT = re.compile(
    rf"[(\[](?:{_LABEL}:\s?[^()\[\]\n]{{2,80}}|(?:{_LABEL}:?\s?)?(?:[^()\[\]\n/]{{1,40}}(?:/|\sfor\s|\svia\s)\s?)?"
    rf"(?:{AGENCIES}|VOA[^()\n/]{{0,20}})(?:\s?(?:/|,|Photo|photo|file|File|Pool|via)[^()\[\]\n]{{0,60}})?)[)\]]"
    r"(?:\s?[-–—](?=\S))?"
)
_PLAYER = re.compile(
    r"(?:(?:WATCH|Watch):\s?(?P<above>[^\n]{1,160}?)-\s?)?Video size-?\s?width-?\s?x-?\s?height-?\s?pixels-?"
    r"(?P<title>[^\n]{0,240}?)-?(?:Share this video|\d+p \| [\d.]+ ?MB)"
    r"(?:[-\s/▶]|\d{1,2}:\d{2}(?::\d{2})?|Direct link|Pop-?out player|\d+p \| [\d.]+ ?MB)*"
)
_STRONG = (
    r"The (?:code|URL) has been copied to your clipboard\.?|Embed[- ]{0,3}[Ss]hare|Direct link|Pop-?out player|"
    r"No media source currently available\.?|\d{3,4}p(?: \| [\d.]+ ?MB)?|\d{2,3} kbps(?: \| MP3)?|0:00(?::00)?|"
    r"Share on (?:Facebook|Twitter)|width px height px"
)
_WEAK = r"[-–/|▶\s]|Embed|EMBED|[Ss]hare|Download|Auto|\d{1,2}:\d{2}(?::\d{2})?|width|height|px|Live"
_DEBRIS = re.compile(rf"(?:(?:{_STRONG})(?:{_WEAK}){{0,30}}){{2,40}}")
_SCRIPT = re.compile(r"\bif \([a-z]|\bfunction\s?\(|//\s?[a-z]+ ")


def pieces(text: str, start: int, end: int) -> list[Piece]:
    """The paragraph `text[start:end]` as body, captions and boilerplate, in order, without gaps but blanks."""
    found: list[Piece] = []
    at = start
    for debris in _debris(text, start, end):
        found.extend(_prose(text, at, debris.start))
        found.append(debris)
        at = debris.end
    found.extend(_prose(text, at, end))
    return _trimmed(text, _joined(text, found))


def credit_at_end(text: str, start: int, end: int) -> int:
    """Where a credit in brackets begins that closes the caption `text[start:end]`; `end` if there is none."""
    near = max(start, end - 110)
    bracket = max(text.rfind("(", near, end), text.rfind("[", near, end))
    if bracket <= start:
        return end
    match = _CREDIT.match(text, bracket, end)
    return bracket if match and not text[match.end() : end].strip(" .-\n\r\t") else end


def _debris(text: str, start: int, end: int) -> list[Piece]:
    """What players and scripts left behind, in order and apart; the title of a video is a caption."""
    found: list[Piece] = []
    for match in _PLAYER.finditer(text, start, end):
        at = match.start()
        above = fold(match.group("above") or "")
        for name in ("above", "title"):
            a, b = match.span(name)
            if a < b and not (name == "title" and fold(text[a:b]) == above):
                found += [Piece("boilerplate", at, a)] if at < a else []
                found.append(Piece("caption", a, b, last_date(text[a:b])))
                at = b
        found.append(Piece("boilerplate", at, match.end()))
    others = [m.span() for m in _DEBRIS.finditer(text, start, end)] + _scripts(text, start, end)
    found += [Piece("boilerplate", a, b) for a, b in others]
    found.sort(key=lambda piece: piece.start)
    apart: list[Piece] = []
    for piece in found:
        if not apart or piece.start >= apart[-1].end:
            apart.append(piece)
    return apart


def _scripts(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Program text that a page left in its prose: from its first keyword to its last closing brace."""
    spans: list[tuple[int, int]] = []
    if text.find("})", start, end) < 0:
        return spans
    at = start
    while match := _SCRIPT.search(text, at, end):
        # 4,000 characters: the longest script we have seen left in a text has 900
        close = text.rfind("})", match.end(), min(end, match.end() + 4_000))
        if close < 0:
            at = match.end()
            continue
        tail = re.compile(r"[\w();}]*-?").match(text, close, min(end, close + 40))
        at = tail.end() if tail else close + 2
        spans.append((match.start(), at))
    return spans


def _prose(text: str, start: int, end: int) -> Iterator[Piece]:
    """Sentence by sentence: is it a caption, a credit, a note on who contributed, or body?"""
    for a, b in _sentences(text, start, end):
        yield from _sentence(text, a, b)


def _sentence(text: str, a: int, b: int) -> Iterator[Piece]:
    while a < b:
        credit = _CREDIT.search(text, a, b)
        if credit and credit.start() == a:
            yield Piece("boilerplate", a, credit.end())
        elif credit and text[credit.end() - 1] in "-–—" and credit.end() < b:
            # a caption without a stop, its credit, and the next sentence in one go
            yield Piece("caption", a, credit.start(), last_date(text[a : credit.start()]))
            yield Piece("boilerplate", credit.start(), credit.end())
        else:
            yield _whole(text, a, b)
            return
        a = credit.end()


def _whole(text: str, a: int, b: int) -> Piece:
    sentence = text[a:b]
    dated_end = _DATED_END.search(sentence[-60:])
    if _FILE.match(sentence) or (dated_end and not _REPORTED.search(sentence)):
        return Piece("caption", a, b, last_date(sentence))
    if len(sentence) <= 400 and CONTRIBUTORS.search(sentence):
        return Piece("boilerplate", a, b)
    return Piece("body", a, b)


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for stop in _STOP.finditer(text, start, end):
        if stop.group()[0] == "." and _NOT_A_STOP.search(text, max(at, stop.start() - 12), stop.start()):
            continue
        if stop.end() > at:
            yield at, stop.end()
        at = stop.end()
        while at < end and text[at].isspace():
            at += 1
        if text[at : at + 1] in {"-", "–"} and at + 1 < end and not text[at + 1].isspace():
            at += 1
    if at < end:
        yield at, end


def _joined(text: str, found: list[Piece]) -> list[Piece]:
    """Neighbouring body pieces as one; the sentence before a credit that runs on becomes its caption."""
    joined: list[Piece] = []
    for n, piece in enumerate(found):
        credited = piece.kind == "body" and n + 1 < len(found) and _runs_on(text, found[n + 1])
        if credited:
            joined.append(Piece("caption", piece.start, piece.end, last_date(text[piece.start : piece.end])))
        elif joined and piece.kind == joined[-1].kind == "body":
            joined[-1] = Piece("body", joined[-1].start, piece.end)
        else:
            joined.append(piece)
    return joined


def _runs_on(text: str, piece: Piece) -> bool:
    """A credit in brackets with the dash that a web page's text leaves after a caption."""
    return piece.kind == "boilerplate" and text[piece.start] in "([" and text[piece.end - 1] in "-–—"


def _trimmed(text: str, found: list[Piece]) -> list[Piece]:
    kept = []
    for piece in found:
        a, b = piece.start, piece.end
        while a < b and text[a].isspace():
            a += 1
        while b > a and text[b - 1].isspace():
            b -= 1
        if a < b:
            kept.append(Piece(piece.kind, a, b, piece.dated))
    return kept
