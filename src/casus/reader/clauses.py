"""Words, closed word lists and noun phrases: what the rules on speech, pronouns and status lean on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from casus.errors import DataError

# Initials ("U.S."), words with inner hyphens and apostrophes ("al-Shabab", "Iran's"), numbers, or one other mark.
_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|\w+(?:[-'’.,](?=\w)\w+)*|[^\w\s]", re.UNICODE)
_GLUED = re.compile(r"(?P<left>[^\W\d_]+)(?P<dash>-)(?P<right>[A-Z]\w*)$")
_MANY = frozenset((
    "some", "many", "others", "several", "most", "few", "all", "both", "everyone", "one",
))  # fmt: skip
_PREFIXES = frozenset((
    "anti", "counter", "inter", "intra", "trans", "ultra", "super", "former", "then", "post", "near", "self",
    "semi", "quasi", "pseudo", "mainly", "mostly", "once", "extra", "over", "under", "cross", "multi",
))  # fmt: skip
BREAKS = frozenset(',;:()[]—–-“”"«»…?!|/')
BE = frozenset((
    "is", "are", "was", "were", "be", "been", "being", "am", "'s", "'re",
))  # fmt: skip
HAVE = frozenset(("has", "have", "had", "having", "'ve", "'d"))


class Token(NamedTuple):
    """One word or mark; `low` is lower case with straight apostrophes and no final "'s"."""

    start: int
    end: int
    text: str
    low: str

    @property
    def capital(self) -> bool:
        return self.text[:1].isupper()

    @property
    def wordy(self) -> bool:
        return self.text[:1].isalnum()

    @property
    def possessive(self) -> bool:
        return self.text.endswith(("'s", "’s", "s'", "s’"))


def read_rows(name: str) -> list[list[str]]:
    """The tab-separated rows of a packaged data file without its comments; DataError when it is missing."""
    try:
        text = (files("casus.reader") / "data" / name).read_text(encoding="utf-8")
    except OSError as error:
        raise DataError(f"reader/data/{name} is missing") from error
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


@cache
def word_lists() -> dict[str, frozenset[str]]:
    """The closed lists of grammar.tsv by name."""
    return {row[0]: frozenset(w.lower() for w in row[1].split()) for row in read_rows("grammar.tsv")}


@cache
def noun_kinds() -> dict[str, str]:
    """Head noun -> source kind, from source_nouns.tsv."""
    return {w: row[1] for row in read_rows("source_nouns.tsv") if row[0] == "noun" for w in row[2].lower().split()}


@cache
def body_kinds() -> dict[str, str]:
    """Known body in lower case -> source kind, from the phrases of source_nouns.tsv."""
    rows = (row for row in read_rows("source_nouns.tsv") if row[0] == "phrase")
    return {phrase.lower(): row[1] for row in rows for phrase in row[2].split("|")}


@cache
def _lists_of() -> dict[str, frozenset[str]]:
    """Word -> the names of the closed lists that hold it."""
    table = word_lists()
    return {
        word: frozenset(n for n, held in table.items() if word in held) for word in frozenset().union(*table.values())
    }


def is_one(word: str, *lists: str) -> bool:
    """Whether the lower-case word stands in one of the closed lists."""
    known = _lists_of().get(word)  # most words stand in none
    return known is not None and not known.isdisjoint(lists)


# attribution, anaphora and status each ask for every sentence
@lru_cache(maxsize=1024)
def tokens(text: str, start: int, end: int) -> tuple[Token, ...]:
    """The words and marks of `text[start:end]`, offsets in code points of `text`."""
    out = []
    for m in _TOKEN.finditer(text, start, end):
        glued = _GLUED.search(m.group()) if "-" in m.group() else None
        cut = m.start() + glued.start("dash") if glued and _is_glued(glued) else None
        parts = [m.span()] if cut is None else [(m.start(), cut), (cut, cut + 1), (cut + 1, m.end())]
        for a, b in parts:
            low = text[a:b].lower().replace("’", "'")
            out.append(Token(a, b, text[a:b], low.removesuffix("'s") or low))
    return tuple(out)


def _is_glued(m: re.Match[str]) -> bool:
    """A sub-heading stuck to the next sentence ("War of words-Putin said"), as pages come out of extraction."""
    left, right = m.group("left"), m.group("right")
    if left[0].isupper():
        return is_one(right.lower(), "determiner", "pronoun", "subordinator", "preposition", "adverb")
    return len(left) > 3 and left not in _PREFIXES


def is_break(toks: Sequence[Token], i: int) -> bool:
    """Whether token i ends a phrase: a comma, dash, quote mark; the dot of a title ("Gen.") does not."""
    t = toks[i]
    if t.text == ".":
        return not (i and (is_one(toks[i - 1].low, "title") or (len(toks[i - 1].text) == 1)))
    return t.text in BREAKS


def looks_finite(toks: Sequence[Token], i: int) -> bool:
    """A guess without a tagger: token i heads or helps a finite verb."""
    t, before = toks[i], toks[i - 1] if i else None
    if t.low in ("is", "are", "was", "were") or is_one(t.low, "aux"):
        return not t.capital or t.low != "may"
    if t.capital or (before is not None and (is_one(before.low, "determiner") or before.possessive)):
        return False
    if is_one(t.low, "irregular"):
        return True
    if before is not None and is_one(t.low, "present"):
        return not is_one(before.low, "preposition")
    after = toks[i + 1].low if i + 1 < len(toks) else ""
    return len(t.low) > 4 and t.low.endswith("ed") and "-" not in t.low and after != "by"


def noun_phrase(toks: Sequence[Token], first: int, last: int) -> tuple[int, int] | None:
    """Token range `[first, last)` cut to the noun phrase in it: adverbs, times, places in front and articles go.

    None where nothing is left that could name somebody.
    """
    while first < last:
        t = toks[first]
        if is_one(t.low, "adverb", "timeword", "weekday", "month") or (
            t.low in ("a", "an", "the", "and", "but", "or", "as", "so", "yet", "one", "in-", "&")
            or not t.wordy
            or (t.low.isdigit() and first + 1 < last and is_one(toks[first + 1].low, "weekday", "timeword"))
        ):
            first += 1
        elif is_one(t.low, "preposition"):
            first = _past_preposition(toks, first, last)
        else:
            break
    while first < last and (is_time(toks[last - 1]) or is_one(toks[last - 1].low, "adverb", "preposition")):
        last -= 1
    while first < last and not toks[last - 1].wordy and toks[last - 1].text != ".":
        last -= 1
    return (first, last) if first < last else None


def _past_preposition(toks: Sequence[Token], first: int, last: int) -> int:
    """Past "On Monday", "In late May", "In Moscow": the first word behind a phrase in front of a subject."""
    at = first + 1
    while at < last and (is_time(toks[at]) or is_one(toks[at].low, "determiner") or toks[at].low.isdigit()):
        at += 1
    if at == first + 1 and at + 1 < last and toks[at].capital and (toks[at + 1].capital):
        return at + 1  # "In Moscow Putin": one name of a place, then the subject
    return at


def is_time(token: Token) -> bool:
    """A weekday, month, year or the like."""
    return is_one(token.low, "weekday", "month", "timeword") or (token.text.isdigit() and len(token.text) == 4)


def span_of(toks: Sequence[Token], first: int, last: int) -> tuple[int, int]:
    """Offsets of tokens `[first, last)`, a final possessive "'s" left out."""
    end = toks[last - 1].end
    if toks[last - 1].text.endswith(("'s", "’s")):
        end -= 2
    return toks[first].start, end


def could_speak(toks: Sequence[Token], first: int, last: int) -> bool:
    """Whether a phrase could name a speaker: a name, a pronoun, a noun of people, bodies or documents at its head."""
    if last - first == 1 and is_one(toks[first].low, "pronoun"):
        return toks[first].low not in ("that", "this", "these", "those", "which")
    if (toks[first].low.endswith("ing") and not toks[first].capital) or is_one(toks[first].low, "irregular"):
        return False  # a participle, no noun phrase
    at = first
    while at < last:
        stop = next((k for k in range(at, last) if is_one(toks[k].low, "preposition")), last)
        run = toks[at:stop]
        if any(t.capital or t.low in noun_kinds() for t in run) or (run and run[-1].low in _MANY):
            return True
        if stop == last or toks[stop].low != "of":
            return False
        at = stop + 1
    return False
