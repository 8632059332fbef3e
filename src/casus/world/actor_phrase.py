"""Takes a participant's words apart: head, its noun and sector, complements, modifiers that mislead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from casus.records import Sector
from casus.world.actor_data import nouns, word_set
from casus.world.actor_find import Token, tokens
from casus.world.actor_records import ActorMention

PRONOUNS = word_set(
    "i me we us you he him she her it they them who whom which that this these those himself herself "
    "itself themselves ourselves myself one another other both each everyone everybody nobody none "
    "someone somebody all his hers theirs ours mine what"
)
POSSESSIVES = word_set("its their his her our my your whose")
_ARTICLES = frozenset(("the", "a", "an"))
# after these words the head of the phrase is over
_CUTS = word_set(
    "of in from at near with who which that whose whom on to for against under by inside outside carrying "
    "belonging led calling known aboard linked loyal affiliated fighting including among around within "
    "between wearing supported accused holding trying encamped aligned as than along across over about "
    "during after before and or backed allied stationed based operating demanding protesting waiting "
    "fleeing opposed opposing returning suspected claiming calling working living crossing seeking "
    "sympathetic representing riding"
)
# "X-backed", "X-led": X is not the one who acts; "X-linked" may be
_NOT_ME = word_set("backed led allied aligned supported funded trained sponsored armed brokered")
_LIKE_ME = word_set("linked affiliated inspired aligned sponsored run dominated controlled based ruled held")
_PREFIXES = word_set("anti pro counter non ex former post")
# "members of X": the noun of X says more than the head
PARTITIVES = word_set(
    "hundreds thousands dozens scores tens members member group groups team teams number crowd crowds "
    "most some many all none any majority lot handful pair series wave column convoy couple half each "
    "several part parts remnants delegation representatives representative contingent mix mob one two "
    "three four five six seven eight nine ten more bodies few million millions throngs association "
    "gathering swarm total supply other others sections"
)
_MAX_NOUN = 4


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase taken apart. Offsets count from the phrase's own start."""

    text: str
    words: tuple[Token, ...]
    head_end: int  # end of the head segment, in characters
    noun: str | None
    noun_start: int
    sector: Sector | None
    rest: str  # what follows the head segment, from its cutting word on
    possessive: str | None

    @property
    def head(self) -> str:
        return self.text[: self.head_end].strip()

    @property
    def partitive(self) -> bool:
        """Whether the head only counts what follows ("hundreds of ...")."""
        return bool(self.rest.startswith(("of ", "from "))) and any(
            w.key in PARTITIVES for w in self.words if w.end <= self.head_end
        )


def clean(name: str) -> str:
    """The phrase without quotes, brackets, outer blanks and a leading article."""
    text = name.strip(" \t\r\n\u00a0\u200e\u200f\u202a\u202c\"“”‘’'()[],;:.") if name else ""
    if name.rstrip().endswith((".", '."')) and re.search(r"\b\w\.\w\.?$", text):
        text += "."
    first, _, others = text.partition(" ")
    return others.strip() if first.lower() in _ARTICLES and others else text


def take_apart(text: str) -> Phrase:
    """`text` (already cleaned) as a Phrase."""
    words = tuple(tokens(text))
    cut = next((i for i, w in enumerate(words) if i and _cuts(text, words, i)), len(words))
    head = words[:cut]
    head_end = head[-1].end if head else 0
    noun, noun_start, sector = _noun(head)
    rest = text[words[cut].start :] if cut < len(words) else ""
    possessive = words[0].key if words and words[0].key in POSSESSIVES and len(words) > 1 else None
    return Phrase(text, words, head_end, noun, noun_start, sector, rest, possessive)


def _cuts(text: str, words: Sequence[Token], i: int) -> bool:
    gap = text[words[i - 1].end : words[i].start]
    if "," in gap or "(" in gap or " – " in gap or "—" in gap or "/" in gap:
        return True
    after = text[words[i].end : words[i].end + 1]
    hyphened = gap in ("-", "–", "‑") or after in ("-", "–", "‑")
    return words[i].key in _CUTS and words[i].raw.islower() and not hyphened


def _noun(head: Sequence[Token]) -> tuple[str | None, int, Sector | None]:
    """The last noun of the head that tells a sector: the longest that ends furthest to the right."""
    table = nouns()
    for end in range(len(head), 0, -1):
        for start in range(max(0, end - _MAX_NOUN), end):
            key = tuple(w.key for w in head[start:end])
            sector = table.get(key)
            if sector:
                return " ".join(key), head[start].start, sector
    return None, 0, None


def telling(text: str, mentions: Sequence[ActorMention]) -> tuple[list[ActorMention], list[ActorMention]]:
    """Mentions that may name the actor, and those that only say whom he is for, against or backed by."""
    mine, others = [], []
    for m in mentions:
        before = text[: m.start].rstrip("-–‑ ").rsplit(" ", 1)[-1].rsplit("-", 1)[-1].lower()
        hyphen = text[m.end : m.end + 1] in ("-", "–", "‑")
        after = re.split(r"[\s\-–‑]", text[m.end + 1 :], maxsplit=1)[0].lower() if hyphen else ""
        if (
            (text[m.start - 1 : m.start] in ("-", "–", "‑") and before in _PREFIXES and before != "ex")
            or (hyphen and after in _NOT_ME and not text[m.end + 1 + len(after) :].lower().startswith(" coalition"))
            or (hyphen and after in _LIKE_ME and m.kind in ("group", "organisation"))
        ):
            others.append(m)
        else:
            mine.append(m)
    return mine, others
