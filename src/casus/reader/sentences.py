"""Text and its regions -> sentences: where each one starts and ends, in code points.

A sentence never crosses the border of a region, and boilerplate has none. Every pattern here is linear:
one pass finds candidate ends, and plain code decides each from the words on either side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from casus.records import Region

# A sentence longer than this is cut at clause punctuation. The longest sentence of the 86 gold reports that
# rules were made on has 78 words; 120 leaves room for half as much again and still fits an encoder's window.
MAX_WORDS = 120
# The same for text without blanks (a run of 100,000 letters is no word).
MAX_CHARS = 2_000


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Abbreviations that a name or a number follows: never the end of a sentence before a capital.
_TITLES = _words(
    """
    mr mrs ms mx dr prof gen lt col sgt maj capt cmdr cdr adm brig pvt cpl sen rep gov rev fr st hon
    pres supt insp det messrs mmes amb sec asst dep spc pfc vs v al approx fig est cf eg e.g i.e viz
    atty del dist ft mt sra
    """
)
# Abbreviations that may end a sentence: they do when a word that opens sentences follows.
_MAYBE = _words(
    """
    u.s u.k u.n e.u u.a.e u.s.a u.s.s.r d.c a.m p.m ph.d m.d b.a m.a jr sr inc corp co ltd plc bros etc
    jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun ala
    ariz ark calif colo conn del fla ga ill ind kan ky la md mass mich minn miss mo mont neb nev okla
    ore pa tenn tex va vt wash wis wyo n.y n.j n.c s.c n.h n.m n.d s.d w.va r.i l.a ave blvd rd dept
    univ assn gov't int'l min max hr hrs km mi kg lb lbs oz p pp ch vol ed art sect
    """
)
_LOWER_TITLES = _words("vs v e.g i.e approx est cf")
_LOWER_MAYBE = _words("etc km kg hrs")
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
# Before a number these never end a sentence ("No. 3", "Art. 5", "Jan. 4").
_BEFORE_NUMBER = _words(
    """
    no nos art sec ch vol p pp par fig jan feb mar apr jun jul aug sep sept oct nov dec op approx c ca
    """
)
# Words that open English sentences and hardly ever stand inside a name after an abbreviation.
_STARTERS = _words(
    """
    the a an this that these those there it its he she they his her their we our you your i my in on at
    by for from to with without of as if when while where after before since until during despite
    although though but and or so yet however meanwhile moreover also then now earlier later still some
    many most several both few all each every no not one two three four five six seven eight nine ten
    more another other such what who why how which according among amid following last only asked about
    under over neither either instead just even once because between unlike like through throughout
    against behind police officials analysts critics authorities witnesses residents soldiers troops
    rebels militants protesters state-run
    """
)
# After "a.m." or "p.m." these still belong to the time of day.
_TIME_TAIL = _words(
    """
    est edt et gmt utc cet cest pst pdt bst ist eastern local monday tuesday wednesday thursday friday
    saturday sunday
    """
)
_SAY = re.compile(
    r"(?:said|says|asked|asks|told|added|adds|wrote|tweeted|shouted|chanted|cried|replied|joked|demanded|"
    r"wondered|continued|declared|insisted|exclaimed|recalled|warned|read)\b"
)

_OPEN = "\"“‘'(["
_CLOSE = "\"”’')]»"
_BULLETS = "▶►▸■●•◦‣⁃∙🔴"
# direction marks, zero-width blanks and the soft hyphen count as blank at the edge of a sentence
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad"
_BULLET = re.compile(f"[{_BULLETS}]")
_EDGE_START = frozenset(_INVISIBLE + "-–—|/" + _BULLETS)

# Terminal punctuation, what closes after it, then a blank, the end, or page debris that ran in ("-" or no
# blank at all before a capital or a quote).
_END = re.compile(r"(?:\.{2,}|…|[.!?۔؟。！？]+)[\"”’')\]»]{0,4}")
# A heading that ran into the paragraph below it ("Talks resume-The two sides") in text taken from web pages.
_RUN_IN = re.compile(r"(?<=[a-z0-9\"'’”)…:])-(?=[\"“]?([A-Z][a-z]*)[ ,])")
# Only words that stand in no compound ("al-A", "non-The" do not exist; "Vitamin-A" and "post-I" might).
_RUN_IN_WORDS = _words(
    """
    the in on but when as these while according some this that there it he she they after before since
    for with at by from to if most many several other more what which yet and also earlier last during
    despite although however meanwhile his her their its both following
    """
)
# A sentence that lost its stop after a bracket: "(UNHCR) They said".
_LOST_DOT = re.compile(r"[^\W_]\)\s([A-Z][a-z]+)\s")
_LOST_DOT_WORDS = _words(
    """
    the an its it they he she their his her these those there this in
    """
)
_NL = r"(?:\r\n|\r|\n|\u2028|\u2029)"
_BLANK_LINE = re.compile(rf"{_NL}[^\S\r\n\u2028\u2029]*(?:{_NL}[^\S\r\n\u2028\u2029]*)+|\u2029")
_NEWLINE = re.compile(r"\r\n|\r|\n|\u2028|\x0b|\x0c|\x85")
_WORD_BEFORE = re.compile(r"[^\s\"“”‘(\[]+\Z")
_NEXT_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_CUT = re.compile(r"[;:,–—)]\s")


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text[start:end]` is one sentence, without the blanks around it; `region` holds it whole."""

    start: int
    end: int
    region: Region


def split(text: str, regions: Sequence[Region] | None = None) -> list[Sentence]:
    """The sentences of every region but boilerplate, in order; without regions the whole text is body.

    No sentence is empty, none crosses a region or a blank line, and none has more than MAX_WORDS words
    or MAX_CHARS characters: longer ones are cut at the last clause punctuation that fits.
    """
    if regions is None:
        regions = (Region("body", 0, len(text)),) if text else ()
    found: list[Sentence] = []
    for region in regions:
        if region.kind == "boilerplate":
            continue
        for block_start, block_end in _blocks(text, region.start, region.end):
            for start, end in _in_block(text, block_start, block_end):
                found.extend(Sentence(a, b, region) for a, b in _within_limit(text, start, end))
    return found


def _blocks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Stretches between hard borders: blank lines, and newlines that do not merely wrap a line."""
    at = start
    for blank in _BLANK_LINE.finditer(text, start, end):
        yield from _lines(text, at, blank.start())
        at = blank.end()
    yield from _lines(text, at, end)


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    breaks = [m.span() for m in _NEWLINE.finditer(text, start, end)]
    if not breaks:
        if start < end:
            yield start, end
        return
    edges = [start, *(b for _, b in breaks)]
    ends = [*(a for a, _ in breaks), end]
    width = max(b - a for a, b in zip(edges, ends, strict=True))
    at = start
    for n, (stop, after) in enumerate(breaks):
        if not _wraps(text[edges[n] : stop].strip(), text[after : ends[n + 1]].strip(), width):
            yield at, stop
            at = after
    yield at, end


def _wraps(here: str, following: str, width: int) -> bool:
    """Whether the newline between two lines (without their blanks) only wraps a sentence, and is no border.

    It does when the next line goes on in lower case, or when the line was full: its neighbour's first word
    would not have fitted into `width`, the longest line of this paragraph. 60 to 110 characters is what
    mail and print wrap at; longer lines are paragraphs.
    """
    if not here or not following:
        return True
    if following[0].islower() and here[-1] not in ".!?:":
        return True
    first = following.split(maxsplit=1)[0]
    return 60 <= width <= 110 and len(here) + 1 + len(first) > width and following[0] not in _BULLETS + "-–*"


def _in_block(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for border in _borders(text, start, end):
        if border <= at:
            continue
        trimmed = _trim(text, at, border)
        if trimmed:
            yield trimmed
        at = border
    trimmed = _trim(text, at, end)
    if trimmed:
        yield trimmed


def _borders(text: str, start: int, end: int) -> list[int]:
    """Where a new sentence may begin, in order."""
    found: list[int] = []
    sentence_start = start
    for match in _END.finditer(text, start, end):
        if _ends_here(text, sentence_start, match, end):
            found.append(match.end())
            sentence_start = match.end()
    found.extend(m.end() for m in _RUN_IN.finditer(text, start, end) if m.group(1).lower() in _RUN_IN_WORDS)
    found.extend(m.start(1) for m in _LOST_DOT.finditer(text, start, end) if m.group(1).lower() in _LOST_DOT_WORDS)
    found.extend(m.start() for m in _BULLET.finditer(text, start, end))
    return sorted(found)


def _ends_here(text: str, sentence_start: int, match: re.Match[str], end: int) -> bool:
    """Whether the punctuation of `match` ends a sentence."""
    after, rest = match.end(), match.end()
    if after < end and not _blank(text[after]):
        return _ends_without_blank(text, match, end)
    while rest < end and _blank(text[rest]):
        rest += 1
    return rest >= end or (
        not _goes_on(text, sentence_start, match, rest, end)
        and not (_bare_dot(match) and _abbreviation(text, sentence_start, match.start(), rest, end))
    )


def _blank(char: str) -> bool:
    return char.isspace() or char in _INVISIBLE


def _bare_dot(match: re.Match[str]) -> bool:
    return match.group() == "."


def _goes_on(text: str, sentence_start: int, match: re.Match[str], rest: int, end: int) -> bool:
    """Whether the sentence visibly goes on at `rest`, the first character after the blank."""
    mark, dot, following = match.group(), match.start(), text[rest]
    # how far back we look for words: a margin far above any run of dots, so that the work stays linear
    near = range(max(sentence_start, dot - 200), dot)
    if following in "”»" or not any(text[n].isalnum() for n in near):
        return True  # the quote closes later, or nothing but dots and blanks stands before
    if mark.endswith(")") and not _opened_as_sentence(text, sentence_start, dot):
        return True
    alone = mark.startswith(("..", "…")) and text[dot - 1].isspace()
    if alone:
        return True  # dots that stand alone leave words out, they end nothing
    if following in ",;:)-–—" or following.islower():
        return not _lower_case_name(text, rest, end)
    return mark[0] in "!?" and mark[-1] in _CLOSE and _speaker_follows(text, rest, end)


def _opened_as_sentence(text: str, sentence_start: int, dot: int) -> bool:
    """For `.)`: whether the bracket opened after a sentence had ended, and so closes one itself."""
    opened = text.rfind("(", max(sentence_start, dot - 1_000), dot)
    return opened < 0 or not any(text[n].isalnum() for n in range(max(sentence_start, opened - 200), opened))


def _ends_without_blank(text: str, match: re.Match[str], end: int) -> bool:
    """Sentences that ran together on the way out of a web page: `left.-"They`, `left.The mayor`."""
    after, mark = match.end(), match.group()
    following = text[after]
    before = text[max(0, match.start() - 3) : match.start()]
    if following in "-–—" and after + 1 < end:
        return text[after + 1] in _OPEN or text[after + 1].isupper()
    if following in _BULLETS or (following in "“" and mark[-1] != "“"):
        return True
    word = _NEXT_WORD.match(text, after, end)
    if word is None or not following.isupper() or len(before) < 3 or not before.isalpha() or not before.islower():
        return False
    if mark[0] == "." and mark[-1] in _CLOSE:
        return True
    return word.group().lower() in _STARTERS and text[word.end() : word.end() + 1].isspace()


def _lower_case_name(text: str, at: int, end: int) -> bool:
    """A sentence may open with a name in lower case: al-Shabab, el-Sissi, iPhone."""
    word = _NEXT_WORD.match(text, at, end)
    return word is not None and text[at].islower() and bool(re.match(r"(?:[ae][lsrtn]-|i)[A-Z]", word.group()))


def _speaker_follows(text: str, at: int, end: int) -> bool:
    """`"Why?" the minister asked.`: the sentence goes on. The verb stands within the next few words."""
    head = text[at : min(end, at + 60)]
    if head[0] in _OPEN:
        return False
    stop = re.search(r"[.!?,;:\"“”]", head)
    words = head[: stop.start() if stop else len(head)].split()[:5]
    if len(words) >= 2 and words[0].lower() in {"the", "a", "an"}:
        return any(_SAY.match(w) for w in words[1:])
    return any(_SAY.match(w) for w in words[:4])


def _abbreviation(text: str, sentence_start: int, dot: int, rest: int, end: int) -> bool:
    """Whether the dot at `dot` belongs to an abbreviation, initial or list number and ends nothing."""
    before = _WORD_BEFORE.search(text, max(sentence_start, dot - 30), dot)
    if before is None:
        return False
    tail = re.split(r"[-–—/,;:]", before.group().strip(_OPEN + _CLOSE))[-1]
    key, opener = tail.lower(), _NEXT_WORD.match(text, rest, end)
    nxt = opener.group().lower() if opener else ""
    quoted = text[rest] in '"“‘' and not text[rest + 1 : rest + 2].islower()
    if tail.isdigit():  # "1. The": a number that opens a list entry
        return len(tail) <= 2 and before.start() - sentence_start < 3
    if text[rest].isdigit() and key in _BEFORE_NUMBER:
        return tail != "no"
    if key in _TITLES and (tail[:1].isupper() or key in _LOWER_TITLES):
        return text[rest] not in '"“'
    return _may_end(text, sentence_start, before.start(), tail, nxt, quoted)


def _may_end(text: str, sentence_start: int, at: int, tail: str, nxt: str, quoted: bool) -> bool:  # noqa: PLR0917
    """The same for abbreviations that can end a sentence: whether here they do not.

    `tail` is the abbreviation without its dot and begins at or after `at`; `nxt` is the next word in lower
    case; `quoted` says that a whole quotation opens instead.
    """
    key, opens = tail.lower(), nxt in _STARTERS or quoted
    if key in {"a.m", "p.m"}:
        return nxt in _TIME_TAIL
    if len(tail) == 1 and tail.isupper():
        return not opens or nxt in {"i", "a"} or _initials_before(text, sentence_start, at)
    known = key in _MAYBE and (not key.isalpha() or tail[:1].isupper() or key in _LOWER_MAYBE)
    return (known or bool(_DOTTED.fullmatch(tail))) and not opens


def _initials_before(text: str, sentence_start: int, at: int) -> bool:
    """An initial after a name or another initial ("George W.", "J. K.") goes on to the surname."""
    head = text[max(sentence_start, at - 30) : at].split()
    return bool(head) and head[-1][:1].isupper() and len(head[-1].rstrip(".")) == 1


def _within_limit(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentence itself, or its pieces when it is longer than MAX_WORDS or MAX_CHARS."""
    while start < end:
        limit = cut = _limit(text, start, end)
        if limit < end:
            # a piece is at least half as long as it may be
            for match in _CUT.finditer(text, start + (limit - start) // 2, limit):
                cut = match.end()
        trimmed = _trim(text, start, cut)
        if trimmed:
            yield trimmed
        start = cut


def _limit(text: str, start: int, end: int) -> int:
    """The furthest end that a piece from `start` may have."""
    furthest = min(end, start + MAX_CHARS)
    for count, match in enumerate(re.finditer(r"\S+", text[start:furthest]), 1):
        if count > MAX_WORDS:
            return start + match.start()
    if furthest < end:
        blank = max(
            text.rfind(" ", start + MAX_CHARS // 2, furthest),
            text.rfind("\n", start + MAX_CHARS // 2, furthest),
        )
        return blank + 1 if blank > 0 else furthest
    return furthest


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Inwards past blanks, invisible marks and debris; None when no letter or digit is left."""
    while start < end and (text[start].isspace() or text[start] in _EDGE_START):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in _INVISIBLE):
        end -= 1
    if end > start + 1 and text[end - 1] == "-":
        end -= 1
    return (start, end) if any(text[n].isalnum() for n in range(start, end)) else None
