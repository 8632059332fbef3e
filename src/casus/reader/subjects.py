"""The noun phrase that is the subject of a verb: in front of it, behind it, or before an apposition."""

from __future__ import annotations

from collections.abc import Sequence

from casus.reader.clauses import (
    BE,
    Token,
    could_speak,
    is_break,
    is_one,
    is_time,
    looks_finite,
    noun_kinds,
    noun_phrase,
)

QUOTE_MARKS = '“”"«»‘'


def subject_of(toks: Sequence[Token], i: int, last_subject: tuple[int, int] | None) -> tuple[int, int] | None:  # noqa: PLR0911 - a return a rule, in order
    """Token range of the subject in front of the verb toks[i]."""
    j = _skip_back(toks, i - 1)
    if j < 0:
        return last_subject
    here = toks[j]
    if toks[i].low.endswith("ing") and not any(t.low in BE for t in toks[j + 1 : i]):
        return last_subject or _main_subject(toks, i)
    if here.low == "to":
        went = next(
            (k for k in range(j - 1, max(-1, j - 6), -1) if toks[k].low in ("went", "goes", "gone", "go")),
            None,
        )
        return subject_of(toks, went, last_subject) if went else None
    if here.low in ("and", "but", "or"):
        return last_subject or _main_subject(toks, j)
    if here.low in ("who", "which", "that") and j > 0:
        k = j - 1
        while k > 0 and toks[k].text == ",":
            k -= 1
        return _left_phrase(toks, k + 1)
    if here.text in ",—–)-":
        return _before_apposition(toks, j)
    return _left_phrase(toks, j + 1)


def _skip_back(toks: Sequence[Token], j: int) -> int:
    """Left over helpers, adverbs and times: "has also", "on Monday", "n't"."""
    while j >= 0:
        t = toks[j]
        if (
            is_one(t.low, "aux")
            or t.low in ("not",)
            or is_one(t.low, "adverb")
            or (t.low.endswith("ly") and not t.capital)
        ):
            if t.low in ("all", "both") and j and toks[j - 1].low != "they":
                break
            j -= 1
        elif is_time(t) and j and not (t.low == "may" and t.capital is False):
            j -= 1
            while j >= 0 and toks[j].low in ("on", "late", "early", "last", "in", "this"):
                j -= 1
        else:
            break
    return j


def _left_phrase(toks: Sequence[Token], last: int) -> tuple[int, int] | None:
    """The noun phrase that ends before token `last`, leftwards to the edge of its clause."""
    if last > 0 and toks[last - 1].text == ")":
        last = next((k for k in range(last - 1, -1, -1) if toks[k].text == "("), last)
    first = last
    while first > 0:
        t = toks[first - 1]
        if is_break(toks, first - 1) or t.text in QUOTE_MARKS:
            break
        if t.low in {"and", "or"}:
            if not _joins_subjects(toks, first - 1):
                break
        elif is_one(t.low, "subordinator") or looks_finite(toks, first - 1):
            break
        first -= 1
    return noun_phrase(toks, first, last)


def _joins_subjects(toks: Sequence[Token], at: int) -> bool:
    """Whether the "and" at `at` joins two noun phrases: no verb left of it up to the edge of the clause."""
    k = at - 1
    while k >= 0 and not is_break(toks, k) and not is_one(toks[k].low, "subordinator"):
        if looks_finite(toks, k):
            return False
        k -= 1
    return at - 1 > k and at - k < 12


def _before_apposition(toks: Sequence[Token], comma: int) -> tuple[int, int] | None:
    """ "X, a colonel in the army, said": X. "A spokesman, Colonel X, said": Colonel X. Up to four segments back."""
    last, named = comma, None
    if toks[last].text == ")":
        last = next((k for k in range(last - 1, -1, -1) if toks[k].text == "("), 0)
        if last > 1 and toks[last - 1].text != ",":
            plain = _left_phrase(toks, last)
            before = toks[plain[0] - 1] if plain and plain[0] else None
            if before is None or before.low in ("the", "that", "and", "but") or before.text == ".":
                return plain
    for _ in range(5):
        left = _edge(toks, last)
        if left < 0:
            return named
        np = _left_phrase(toks, last)
        whole = np is not None and np[0] - (left + 1) <= 2 and last - np[0] < 10
        if whole and np is not None and named is None and last == comma and _is_name(toks, *np):
            named = np
        last = left
        np = _left_phrase(toks, last)
        if np is None:
            continue
        described = np[0] > 1 and toks[np[0] - 1].low in ("a", "an", "the") and toks[np[0] - 2].text == ","
        if toks[np[1] - 1].capital and not described:
            return named if named and any(t.low in noun_kinds() for t in toks[np[0] : np[1]]) else np
        if not described and could_speak(toks, *np) and last - np[0] < 10:
            return named or np
    return named


def _edge(toks: Sequence[Token], last: int) -> int:
    """Index of the mark that opens the segment which ends before token `last`; brackets are stepped over."""
    left = last - 1
    while left >= 0:
        if toks[left].text == ")":
            left = next((k for k in range(left - 1, -1, -1) if toks[k].text == "("), 0) - 1
        elif is_break(toks, left):
            return left
        else:
            left -= 1
    return left


def _is_name(toks: Sequence[Token], first: int, last: int) -> bool:
    """Capitalised words only: a name with its rank, no description."""
    return last - first >= 2 and all(
        t.capital or not t.wordy or t.low in ("al", "bin", "el", "de") for t in toks[first:last]
    )


def _main_subject(toks: Sequence[Token], before: int) -> tuple[int, int] | None:
    """The subject of the clause that starts the sentence: up to its first finite verb."""
    verb = next((k for k in range(1, before) if looks_finite(toks, k)), None)
    if verb is None:
        return None
    j = _skip_back(toks, verb - 1)
    if j < 0:
        return None
    np = _before_apposition(toks, j) if toks[j].text in ",—–)" else _left_phrase(toks, j + 1)
    return np if np is not None and could_speak(toks, *np) else None


def inverted_subject(toks: Sequence[Token], i: int) -> tuple[int, int] | None:  # noqa: PLR0911 - a return a rule, in order
    """ "..., said Mark Ward, director of": the phrase behind the verb."""
    j = i - 1
    if j < 0 or not (toks[j].text in ",”\"'’»" or toks[j].text in QUOTE_MARKS) or i + 1 >= len(toks):
        return None
    t = toks[i + 1]
    if not (t.capital or t.low in ("a", "an", "the", "one", "his", "her") or t.low in ("officials", "police")):
        return None
    if is_one(t.low, "weekday", "month"):
        return None
    np = right_phrase(toks, i + 1)
    if np is None or not could_speak(toks, *np):
        return None
    after = toks[np[1]] if np[1] < len(toks) else None
    stop = next((k for k in range(np[1], len(toks)) if is_break(toks, k)), len(toks))
    if any(looks_finite(toks, k) for k in range(np[1], stop)) or (after is not None and after.low == "to"):
        return None
    if after is not None and after.text == "," and not toks[np[1] - 1].capital:
        name = right_phrase(toks, np[1] + 1)
        if name is not None and _is_name(toks, *name):
            return name  # "said Britain's foreign secretary, Philip Hammond"
    return np


def right_phrase(toks: Sequence[Token], first: int) -> tuple[int, int] | None:
    """The noun phrase that starts at `first`, rightwards over names, nouns and "of", "for", "in X"."""
    last = first
    while last < len(toks):
        t = toks[last]
        if is_break(toks, last) and t.text != "-":
            break
        if t.text == "." and last + 1 >= len(toks):
            break
        if (is_one(t.low, "subordinator") and t.low != "and") or (looks_finite(toks, last) and last > first):
            break
        if t.low == "and" and not (last + 1 < len(toks) and toks[last + 1].capital):
            break
        if is_one(t.low, "preposition") and t.low not in ("of", "for", "in", "at", "from", "with"):
            break
        if t.low in ("in", "at", "with", "from") and not (
            last + 1 < len(toks) and (toks[last + 1].capital or toks[last + 1].low == "the")
        ):
            break
        if is_time(t) or last - first > 14:
            break
        last += 1
    return noun_phrase(toks, first, last)
