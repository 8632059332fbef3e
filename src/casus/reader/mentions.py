"""Finds names and definite noun phrases by rule, without a model, and splits phrases that name several actors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from casus.reader.clauses import (
    Token,
    body_kinds,
    is_break,
    is_one,
    looks_finite,
    noun_kinds,
    read_rows,
    tokens,
)

MentionKind = Literal["person", "organisation", "country", "group", "place", "other"]


@dataclass(frozen=True, slots=True)
class NamedMention:
    """A candidate antecedent: offsets, what it is, and number and gender where known (None: unknown)."""

    start: int
    end: int
    kind: MentionKind
    plural: bool | None = None
    gender: Literal["m", "f"] | None = None


@dataclass(frozen=True, slots=True)
class _Words:
    whole: frozenset[str]  # names with "and" or a comma in them, folded
    heads: dict[str, tuple[MentionKind, bool]]  # head noun -> kind, plural
    titles: frozenset[str]
    female: frozenset[str]
    male: frozenset[str]
    countries: frozenset[str]
    demonyms: frozenset[str]


@cache
def lists() -> _Words:
    """The packaged lists of mentions.tsv."""
    rows = read_rows("mentions.tsv")

    def flat(name: str) -> frozenset[str]:
        return frozenset(w.strip().lower() for r in rows if r[0] == name for w in r[1].split("|"))

    heads: dict[str, tuple[MentionKind, bool]] = {}
    for row in rows:
        if row[0] == "head":
            for word in row[3].split("|"):
                heads[word] = (row[1], row[2] == "plural")  # type: ignore[assignment]
    return _Words(flat("whole"), heads, flat("title"), flat("female"), flat("male"), flat("country"), flat("demonym"))


# ------------------------------------------------------------------------------- several actors in one phrase

_JOINT = re.compile(
    r"\s*,\s*(?:and|or|as well as|along with)\s+|\s+(?:and|or|as well as|along with)\s+|\s*,\s*|\s+&\s+"
)
_COMPANY = frozenset(("co", "company", "sons", "brothers", "partners", "associates", "sons"))
# "Ministry of Defense and Aviation": behind one of these and "of" or "for", "and" joins the subject, not actors
_BODY = frozenset((
    "ministry", "department", "office", "bureau", "committee", "council", "commission", "agency", "institute",
    "center", "centre", "board", "ministries", "college", "university", "federation", "society", "directorate",
    "organisation", "organization", "secretary", "minister", "association", "union", "court", "party",
    "movement", "coalition", "fund", "foundation", "headquarters", "spokesman", "spokeswoman", "director",
))  # fmt: skip


def split_coordination(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The actors that `text[start:end]` names: "police and soldiers" gives two spans, a plain name one.

    Articles in front of a part are left out. A phrase that cannot be cut safely comes back whole.
    """
    if start >= end:
        return []
    phrase = text[start:end]
    cuts = [m for m in _JOINT.finditer(phrase) if not _inside_name(phrase, m)]
    if not cuts or ("," in phrase and not any("," not in m.group() or len(m.group()) > 3 for m in cuts)):
        return [(start, end)]  # no joint, or commas only: an apposition, not a list
    edges = [0, *[x for m in cuts for x in m.span()], len(phrase)]
    parts = [_without_article(phrase, a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    if any(a >= b for a, b in parts):
        return [(start, end)]
    if _adjective(phrase[slice(*parts[0])]) and len(parts) == 2 and len(phrase[slice(*parts[1])].split()) > 1:
        return [(start + a, start + b) for a, b in parts]
    return [(start + a, start + b) for a, b in parts]


def _inside_name(phrase: str, joint: re.Match[str]) -> bool:
    """Whether a joint belongs to one name: "Bosnia and Herzegovina", "Boris and Co.", "Ministry of A and B"."""
    low = phrase.lower()
    for name in lists().whole:
        at = low.find(name)
        while at >= 0:
            if at < joint.start() + 1 and joint.end() <= at + len(name):
                return True
            at = low.find(name, at + 1)
    right = re.match(r"[\w.]+", phrase[joint.end() :])
    if right and right.group().lower().rstrip(".") in _COMPANY:
        return True
    left = low[: joint.start()].replace("'s", "").split()
    behind = next((k for k in range(len(left) - 1, -1, -1) if left[k].strip(",") in ("of", "for", "to")), None)
    if behind is None or behind == 0 or left[behind - 1] not in _BODY:
        return False
    # "Ministry of Defense and the army": an article, or a body on the right, opens another actor
    rest = low[joint.end() :].split()
    return bool(rest) and rest[0] not in ("the", "a", "an") and not any(w in _BODY or w in noun_kinds() for w in rest)


def _without_article(phrase: str, a: int, b: int) -> tuple[int, int]:
    m = re.match(r"\s*(?:(?:both|the|an|a)\s+)*", phrase[a:b], re.IGNORECASE)
    a += m.end() if m else 0
    while b > a and phrase[b - 1].isspace():
        b -= 1
    return a, b


def _adjective(part: str) -> bool:
    return part.strip().lower() in lists().demonyms


# ------------------------------------------------------------------------------- names and definite phrases


def mentions(text: str, sentences: Sequence[tuple[int, int]]) -> list[NamedMention]:
    """Names (capitalised runs with their heads) and noun phrases with a known head, in order of the text."""
    out: list[NamedMention] = []
    for start, end in sentences:
        toks = tokens(text, start, end)
        i = 0
        while i < len(toks):
            last = _run(toks, i)
            if last > i:
                found = _mention(toks, i, last)
                if found is not None:
                    out.append(found)
            i = max(last, i + 1)
    return out


def _run(toks: Sequence[Token], i: int) -> int:
    """End of the run of name words and heads that starts at i; i itself when none starts here."""
    k = i
    words = lists()
    if not toks[i].capital and toks[i].low not in words.heads:
        return i  # nothing else begins a run
    while k < len(toks):
        t = toks[k]
        if is_break(toks, k) and t.text != "-":
            break
        if is_one(t.low, "weekday", "month", "pronoun") and not (
            t.capital and k > i and t.low not in ("i", "it", "he")
        ):
            break
        if t.low == "of" and k > i and toks[k - 1].low in words.heads and _of_name(toks, k):
            k += 2
            continue
        inner = (
            t.low in ("of", "al", "bin", "bint", "abu", "ibn", "van", "von", "de", "el", "la", "der", "den") and k > i
        )
        if inner and k + 1 < len(toks) and toks[k + 1].capital:
            k += 1
            continue
        if t.text == "." and k > i:
            k += 1
            continue
        first_word = k == i and (
            is_one(t.low, "preposition", "determiner", "subordinator", "adverb", "timeword", "aux") or t.low in _SMALL
        )
        if (t.capital and not first_word) or t.low in words.heads:
            k += 1
            if t.possessive:
                break
            continue
        break
    while k > i and toks[k - 1].text == ".":
        k -= 1
    return k


def _of_name(toks: Sequence[Token], k: int) -> bool:
    """ "commanders of the Units": an article and a name behind the "of"."""
    return k + 2 < len(toks) and toks[k + 1].low == "the" and toks[k + 2].capital


_SMALL = frozenset((
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "file", "watch", "photo",
    "yes", "no", "according",
))  # fmt: skip
_AT = frozenset((
    "in", "at", "near", "around", "outside", "inside", "across", "throughout",
))  # fmt: skip


def _mention(toks: Sequence[Token], i: int, last: int) -> NamedMention | None:  # noqa: PLR0911 - a return a rule, in order
    words = lists()
    head = toks[last - 1]
    low = " ".join(t.low for t in toks[i:last])
    start, end = toks[i].start, head.end - (2 if head.text.endswith(("'s", "’s")) else 0)
    gender = _gender(toks, i, last)
    if low in words.countries or low.removeprefix("the ") in words.countries:
        return NamedMention(start, end, "country", False)
    body = body_kinds().get(low)
    if body is not None and head.capital:
        return NamedMention(start, end, "group" if body == "armed-group" else "organisation", None)
    if head.low in words.heads and not (head.capital and gender):
        kind, plural = words.heads[head.low]
        return NamedMention(start, end, kind, plural, gender if kind == "person" else None)
    if not head.capital:
        return None
    before = toks[i - 1] if i else None
    if low in words.demonyms:
        plural = head.low.endswith("s") and not head.low.endswith("ss")
        alone = (
            before is not None and is_one(before.low, "determiner") and last < len(toks) and looks_finite(toks, last)
        )
        if not plural and alone:
            return NamedMention(start, end, "person", False)
        return NamedMention(start, end, "group", True) if plural else None
    if before is not None and before.low in _AT and not gender:
        return NamedMention(start, end, "place", False)
    if any(t.low.rstrip(".") in words.titles for t in toks[i : last - 1]) or gender:
        return NamedMention(start, end, "person", False, gender)
    if head.text.isupper() and len(head.text) > 1:
        return NamedMention(start, end, "organisation", None)
    names = sum(t.capital for t in toks[i:last])
    return NamedMention(start, end, "person" if names >= 2 else "other", None, gender)


def _gender(toks: Sequence[Token], i: int, last: int) -> Literal["m", "f"] | None:
    words = lists()
    low = {t.low.rstrip(".") for t in toks[i:last]}
    if low & words.female:
        return "f"
    return "m" if low & words.male else None


_STATE = frozenset((
    "government", "administration", "military", "army", "regime", "junta", "country", "nation", "state",
    "republic", "kingdom", "authorities", "police", "parliament", "navy", "cabinet",
))  # fmt: skip
_MILITANTS = frozenset((
    "group", "militia", "faction", "movement", "alliance", "front", "militants", "rebels", "insurgents",
    "separatists", "fighters", "guerrillas", "jihadists", "extremists", "terrorists", "insurgency",
    "militiamen", "organization", "organisation",
))  # fmt: skip


def definite_kind(head: str) -> str | None:
    """What "the <head>" may stand for: state, militants, person, body, people; None for an unknown head."""
    if head in _STATE:
        return "state"
    if head in _MILITANTS:
        return "militants"
    known = lists().heads.get(head)
    if known is None:
        return None
    kind, plural = known
    if kind == "person":
        return "people" if plural else "person"
    return "body" if kind == "organisation" else "militants" if kind == "group" else "state"
