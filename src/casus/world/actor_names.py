"""Proper names that the book does not hold: what the text itself says about their bearers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from casus.records import Sector
from casus.world.actor_data import nouns, word_set
from casus.world.actor_phrase import Phrase
from casus.world.actor_records import ActorMention

# the last word of an organisation's name and the sector that it tells
_KEYWORDS: dict[str, Sector] = {
    "party": "PTY", "front": "REB", "army": "REB", "brigade": "REB", "brigades": "REB", "militia": "UAF",
    "cartel": "UAF", "gang": "UAF", "battalion": "REB", "movement": "OPP", "alliance": "PTY", "coalition": "PTY",
    "union": "LAB", "association": "NGO", "network": "NGO", "foundation": "NGO", "society": "NGO",
    "institute": "NGO", "center": "NGO", "centre": "NGO", "watch": "NGO", "initiative": "NGO", "league": "NGO",
    "fund": "NGO", "observatory": "NGO", "federation": "NGO", "club": "NGO", "university": "EDU",
    "college": "EDU", "times": "MED", "news": "MED", "tv": "MED", "radio": "MED", "church": "REL",
    "inc": "BUS", "corp": "BUS", "ltd": "BUS", "company": "BUS", "organization": "NGO", "organisation": "NGO",
    "commission": "GOV", "council": "GOV", "ministry": "GOV", "department": "GOV", "agency": "GOV",
    "authority": "GOV", "bureau": "GOV", "assembly": "LEG", "parliament": "LEG", "senate": "LEG",
    "congress": "LEG", "court": "JUD", "tribunal": "JUD", "police": "COP", "forces": "MIL", "guard": "MIL",
    "navy": "MIL", "guards": "MIL", "force": "MIL",
}  # fmt: skip
# capitalised words that are no part of anybody's name
_NOT_NAMES = word_set(
    "sunni shia shiite shi ite arab muslim muslims christian christians islamic islamist jewish western "
    "eastern northern southern turkmen kurdish catholic orthodox hindu buddhist african asian european "
    "latin gulf communist maoist republican democratic senior top some several many most two three four "
    "five other local all the"
)
# how the words describing a name stand to it
SHORT, DESCRIBED, INTRODUCED, AHEAD = "short for", "described as", "introduced as", "called"
# how much of the text around a name may describe its bearer, in characters
_WINDOW = 110
_MAX_OCCURRENCES = 12
_TITLE_BEFORE = re.compile(r"[^.!?;:\n“”\"—]*$")
# a full stop after a capital letter belongs to initials ("U.S.")
_BREAK = re.compile(r"[;:!?\n“”\"—]|(?<![A-Z])\.|, (?:who|which|where|said|says|told|and|but)\b")
# "the IS security chief in the town, <name>": a definite phrase, a comma, the name
_APPOSED = re.compile(r"\b((?:[Tt]he|[Aa]|[Aa]n|[Hh]is|[Hh]er|[Ii]ts|[Tt]heir) [^,.;:!?\n]{3,70}),\s$")
_GIVEN = re.compile(r"(?<![\w.-])([A-Z][\w'’-]+) $")
_LOWER_STOP = word_set(
    "said says told that and but when while as if by to after before since because with from for against "
    "on in at killed shot arrested met named called is was were are has have had who whom including "
    "between like"
)


def looks_like_name(phrase: Phrase, known: Sequence[ActorMention]) -> bool:
    """Whether the head holds a proper name that is neither known nor an adjective of creed or region."""
    noun_end = phrase.noun_start + len(phrase.noun) if phrase.noun else -1
    capitals = [
        w for w in phrase.words
        if w.raw[0].isupper() and w.end <= phrase.head_end and w.key not in _NOT_NAMES
        and not any(m.start <= w.start < m.end for m in known)
        and not (phrase.noun_start <= w.start < noun_end)
    ]  # fmt: skip
    if not capitals:
        return False
    return not (phrase.noun is not None and len(capitals) == 1 and capitals[0] is phrase.words[0])


def organisation_sector(text: str) -> Sector | None:
    """The sector that the last word of a many-worded proper name tells, or None."""
    words = text.replace("’", "'").split()
    if len(words) < 2 or not all(w[0].isupper() or (w[0].islower() and len(w) <= 4) for w in words):
        return None
    if " of " in text or " for " in text:
        words = re.split(r" (?:of|for) ", text)[0].split()
    return _KEYWORDS.get(words[-1].lower().strip(".,()"))


def describe(name: str, text: str) -> Iterator[tuple[str, str]]:
    """(description, how it stands) for each place where the text says who the bearer of a name is."""
    expansion = _expansion(name, text)
    if expansion:
        yield expansion, SHORT
    bare = name.rsplit(maxsplit=1)[-1] if len(name.split()) > 1 else name
    keys = [name] if name == bare or len(bare) < 4 else [name, bare]
    for key in keys:
        for n, m in enumerate(re.finditer(rf"\b{re.escape(key)}\b", text)):
            if n >= _MAX_OCCURRENCES:
                break
            after = _after(text, m.end())
            if after:
                yield after, DESCRIBED
            begin = _given_names(text, m.start())
            before = _before(text, begin)
            if before:
                yield before, INTRODUCED
            ahead = _APPOSED.search(text[max(0, begin - _WINDOW) : begin])
            if ahead:
                yield ahead.group(1), AHEAD


def _given_names(text: str, at: int) -> int:
    """Where the full name begins whose last part stands at `at`: back over two given names at most."""
    for _ in range(2):
        m = _GIVEN.search(text[max(0, at - 30) : at])
        if m is None or (m.group(1).lower(),) in nouns():
            break
        at -= len(m.group())
    return at


def _expansion(name: str, text: str) -> str | None:
    """The long form of an acronym: "International Development Agency (IDA)" for "IDA"."""
    if not (name.isupper() and 2 <= len(name) <= 7 and name.isalpha()):
        return None
    at = text.find(f"({name})")
    if at < 0:
        return None
    words = text[max(0, at - 120) : at].split()
    taken: list[str] = []
    for word in reversed(words):
        if not (word[0].isupper() or word in ("of", "for", "the", "and", "on", "in", "de", "al")):
            break
        taken.insert(0, word)
    while taken and taken[0][0].islower():
        taken.pop(0)
    return " ".join(taken) or None


def _after(text: str, at: int) -> str | None:
    """The apposition that follows: ", a lawmaker from Basra," or " of Human Rights Watch"."""
    rest = text[at : at + _WINDOW]
    opened = re.match(r"(?:’s|'s)?,? ?(?:\d{1,2}, )?", rest)
    skip = opened.end() if opened else 0
    if rest[:1] == "," and skip:
        end = _BREAK.search(rest, skip)
        said = rest[skip : end.start() if end else len(rest)]
        first = said.split(" ", 1)[0].lower()
        if first in _LOWER_STOP or not said.strip():
            return None
        return said.strip(" ,")
    linked = re.match(r" (?:of|from|with) (?=(?:the )?[A-Z])", rest)
    if linked:
        end = re.search(r"[,;:.!?\n]|\b(?:said|says|told|who)\b", rest[linked.end() :])
        said = rest[linked.end() : linked.end() + end.start()] if end else rest[linked.end() :]
        return said.strip() or None
    return None


def _before(text: str, at: int) -> str | None:
    """The title that stands before a name, back to the last word that cannot belong to it."""
    m = _TITLE_BEFORE.search(text[max(0, at - _WINDOW) : at])
    words = m.group().split() if m else []
    taken: list[str] = []
    for word in reversed(words):
        if word.lower().strip(",") in _LOWER_STOP or (word.endswith(",") and not taken):
            break
        if word.endswith(","):
            break
        taken.insert(0, word)
    said = " ".join(taken[-8:]).strip()
    return said if said and any(c.isalpha() for c in said) else None
