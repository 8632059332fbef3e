"""What kind of source speaks: official, military, media, witness ..., from its words and those around its name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import islice

from casus.reader.clauses import Token, is_break, is_one, noun_kinds, read_rows, tokens
from casus.reader.mentions import lists
from casus.records import SourceKind

# how many places of the name are looked at, and how many words around each
_PLACES, _BEFORE, _AFTER = 4, 6, 14
# the wider word does not say much where a narrower one stands beside it ("rights group", "security expert")
_STRONG: tuple[SourceKind, ...] = ("expert", "unnamed", "witness", "activist", "media")


@cache
def _phrases() -> tuple[tuple[str, str, SourceKind], ...]:
    """(phrase in lower case, phrase, kind), longest first, so that the narrower wins."""
    rows = [r for r in read_rows("source_nouns.tsv") if r[0] == "phrase"]
    out: list[tuple[str, SourceKind]] = [(p, r[1]) for r in rows for p in r[2].split("|")]  # type: ignore[misc]
    return tuple((p.lower(), p, kind) for p, kind in sorted(out, key=lambda x: (-len(x[0]), x[0])))


@cache
def _pattern(phrase: str) -> re.Pattern[str]:
    """The phrase as whole words; with a capital in it, it must be written so."""
    flags = 0 if any(c.isupper() for c in phrase) else re.IGNORECASE
    return re.compile(rf"(?<!\w){re.escape(phrase)}(?!\w)", flags)


def source_kind(name: str, context: str = "") -> SourceKind:
    """The kind of source that `name` is; `context` is the text in which the name stands.

    A bare name of a person gets its kind from the description beside it ("X, a colonel", "analyst X");
    "other" where nothing says.
    """
    kind = _of_phrase(name)
    if kind is None and name.strip():
        kind = _described(name, context)
    return kind or "other"


@lru_cache(maxsize=2048)
def _of_phrase(words: str) -> SourceKind | None:
    toks = tokens(words, 0, len(words))
    head = _head_kind(toks)
    if words.strip().lower() in lists().countries:
        return "official"
    if head == "military" and any(noun_kinds().get(t.low) == "armed-group" for t in toks):
        return "armed-group"  # a rebel commander
    if head in _STRONG or (head == "official" and toks and _spokesman(toks)):
        narrower = _named_body(words)
        return narrower if (narrower and _spokesman(toks)) or narrower == "unnamed" else head
    return _named_body(words) or head


def _spokesman(toks: tuple[Token, ...]) -> bool:
    return any(
        t.low.startswith("spokes") or t.low in ("official", "officials", "commander", "commanders") for t in toks
    )


def _named_body(words: str) -> SourceKind | None:
    low = words.lower()
    for sought, phrase, kind in _phrases():
        if sought in low and _pattern(phrase).search(words):
            return kind
    return None


def _head_kind(toks: tuple[Token, ...]) -> SourceKind | None:
    """The kind of the head noun: the last known noun before a preposition, else the last known one at all."""
    stop = next((k for k, t in enumerate(toks) if is_one(t.low, "preposition")), len(toks))
    for run in (toks[:stop], toks):
        for t in reversed(run):
            kind = noun_kinds().get(t.low)
            if kind is not None:
                return kind  # type: ignore[return-value]
    return None


def _described(name: str, context: str) -> SourceKind | None:
    """The description beside the places where the last word of the name stands."""
    last = name.rsplit(maxsplit=1)[-1]
    if not last[:1].isupper():
        return None
    for start, end in islice(_standing(last, context), _PLACES):
        before = context[max(0, start - 90) : start]
        after = context[end : end + 140]
        kind = _apposition(after) or _title(before)
        if kind is not None:
            return kind
    return None


def _standing(word: str, text: str) -> Iterator[tuple[int, int]]:
    """Where the word stands by itself in a text, in order."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        whole = not _wordy(text[at - 1 : at]) and not _wordy(text[end : end + 1])
        if whole:
            yield at, end
        at = text.find(word, end if whole else at + 1)


def _wordy(char: str) -> bool:
    return char.isalnum() or char == "_"


def _apposition(after: str) -> SourceKind | None:
    if not after.lstrip().startswith(","):
        return None
    toks = tokens(after, 0, len(after))[1 : _AFTER + 1]
    stop = next((k for k, t in enumerate(toks) if is_break(toks, k)), len(toks))
    if stop == 0 or not (is_one(toks[0].low, "determiner") or toks[0].low in noun_kinds() or stop < _AFTER):
        return None
    return _of_phrase(after[toks[0].start : toks[stop - 1].end])


def _title(before: str) -> SourceKind | None:
    """The words that stand right in front of the name, back to the edge of the phrase."""
    toks = tokens(before, 0, len(before))
    first = len(toks)
    while first > 0 and len(toks) - first < _BEFORE and not is_break(toks, first - 1):
        if is_one(toks[first - 1].low, "aux", "subordinator", "pronoun", "preposition"):
            break
        first -= 1
    return _of_phrase(before[toks[first].start :]) if first < len(toks) else None
