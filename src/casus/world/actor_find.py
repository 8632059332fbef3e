"""Finds known names in text: longest match on word boundaries, in one pass over the words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from casus.text import fold
from casus.world.actor_data import Actor, word_set

_TOKEN = re.compile(r"[^\W_]+")
# between two words of one name; a full stop only after initials and short titles ("U.S.", "St.")
_GAP = frozenset(" \u00a0\n\t-–‑’'‘./+&\"“”(")
# acronyms that are words too: in a line of capitals they are not taken for names
_RISKY = frozenset({"US", "IS", "WHO", "AU", "IRA", "AMAL", "CARE", "ISI", "ICE", "AP"})
# country and city names that are given names or surnames too
_NAMESAKES = word_set("jordan chad georgia israel washington paris london holland sofia amal wagner haqqani")
# of these, the ones that come first in a person's name
_GIVEN_NAMES = word_set("jordan chad israel georgia amal")
# words that tell the American Georgia from the Caucasian one
_US_GEORGIA = ("Atlanta", "Savannah", "Fulton County", "Republican", "Democrat")
_CAUCASUS = ("Tbilisi", "Georgian", "Ossetia", "Abkhazia", "Saakashvili")
# surnames of persons in the files that are words too, or belong to many: the full name must be in the text
_WEAK = word_set(
    "ban wen bio faye toure sharif bush castro clinton lobo roh dar xi moi major saleh qassem abbas "
    "santos gul hussein hijab idris fidan aso anwar moore keita sall najib yunus jiang zeid rahmon lugo "
    "miller tedros banda amos ansari azhar barrow bashir cleverly conde francis getachew ghafoor hakim hijri "
    "jean kakar khatib leon mende mousavi moussa munir samad sharon talon truss wade wine zakaria"
)
FUNCTION_WORDS = word_set(
    "in from to of the for and with at but when while as if by on since after before both that than why "
    "how what is are does did will can could though although because should would how like unlike against "
    "says said between inside outside near across over under into about has have had was were a an this "
    "its it until then now mr mrs ms dr not or no yes only even where so yet meanwhile also former late "
    "ex"
)
_TITLES = word_set(
    "president minister general gen king queen mr mrs ms dr sen rep secretary chancellor premier leader "
    "ayatollah sheikh prince princess colonel col maj lt capt pope emir sultan senator governor "
    "ambassador chief spokesman spokeswoman envoy mullah sayyed then former vice adm admiral commander "
    "chairman speaker judge imam maulana marshal brig brigadier dictator strongman rebel warlord state "
    "house candidate opposition nominee justice director head representative congressman lawmaker deputy "
    "activist mayor prosecutor comrade brother"
)


class Token(NamedTuple):
    """A word where it stands, as it is written and folded."""

    start: int
    end: int
    raw: str
    key: str


@dataclass(slots=True)
class Pattern:
    """One phrase: its folded words, how each must be written, and the actors that it may stand for."""

    words: tuple[str, ...]
    raws: tuple[str, ...]
    actors: list[Actor] = field(default_factory=list)
    surname: bool = False


def tokens(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The words of `text[start:end]` with their folded keys."""
    found = []
    for m in _TOKEN.finditer(text, start, len(text) if end is None else end):
        raw = m.group()
        found.append(Token(m.start(), m.end(), raw, raw.lower() if raw.isascii() else fold(raw)))
    return found


class NameIndex:
    """Phrases by their first word. Built once, then only read."""

    def __init__(self) -> None:
        self._by_words: dict[tuple[str, ...], Pattern] = {}
        # how many words the phrases have that begin with a word, the most first
        self._lengths: dict[str, list[int]] = {}

    def add(self, phrase: str, actor: Actor | None, *, surname: bool = False) -> None:
        """One more phrase; None for the actor makes it a blocker (found, but standing for nobody)."""
        raws = tuple(m.group() for m in _TOKEN.finditer(phrase))
        if not raws:
            return
        words = tuple(r.lower() if r.isascii() else fold(r) for r in raws)
        pattern = self._by_words.get(words)
        if pattern is None:
            pattern = self._by_words[words] = Pattern(words, raws, surname=surname)
            lengths = self._lengths.setdefault(words[0], [])
            if len(words) not in lengths:
                lengths.append(len(words))
                lengths.sort(reverse=True)
        elif raws != pattern.raws and len(raws) == 1 and raws[0].isupper():
            pattern.raws = raws  # "IS" beside "Is": the stricter spelling holds
        elif raws != pattern.raws and len(raws) > 1:
            # "Kurdish peshmerga" beside "Kurdish Peshmerga": the laxer spelling holds
            pattern.raws = tuple(
                min(x, y, key=lambda r: r[0].isupper()) for x, y in zip(pattern.raws, raws, strict=True)
            )
        if actor is None:
            pattern.actors.clear()
        elif surname and not pattern.surname:
            return  # a country, group or other full name goes before a bare surname
        elif pattern.surname and not surname:
            pattern.actors[:], pattern.surname = [actor], False
        elif actor not in pattern.actors:
            pattern.actors.append(actor)

    def override(self, phrase: str, actor: Actor) -> None:
        """`add`, but what stood under the phrase before is forgotten: a user's own file wins."""
        words = tuple(t.key for t in tokens(phrase))
        if words in self._by_words:
            self._by_words[words].actors.clear()
        self.add(phrase, actor)

    def match(self, text: str, toks: Sequence[Token], at: int) -> Pattern | None:
        """The longest phrase that begins at word `at`, or None."""
        for n in self._lengths.get(toks[at].key, ()):
            here = toks[at : at + n]
            pattern = self._by_words.get(tuple([t.key for t in here]))
            if (
                pattern is not None
                and all(_written(want, t.raw, n) for want, t in zip(pattern.raws, here, strict=True))
                and all(_joined(text, left, right) for left, right in pairwise(here))
            ):
                return pattern
        return None

    def scan(self, text: str, toks: Sequence[Token]) -> list[tuple[int, int, Pattern]]:
        """(first word, one past the last word, phrase) of each match, left to right, never overlapping."""
        found, at = [], 0
        while at < len(toks):
            pattern = self.match(text, toks, at)
            if pattern is None:
                at += 1
                continue
            n = len(pattern.words)
            if pattern.actors and not _namesake(text, toks, at, n, pattern):
                found.append((at, at + n, pattern))
            at += n
        return _without_strangers(text, toks, found)


def _written(want: str, got: str, n: int) -> bool:
    """Whether a word is written as the name asks: capitals must stand, small letters may vary."""
    if want == got:
        return True
    if want[0].islower() or not want[0].isalpha():
        return n > 1 or not want[0].isalpha() or len(want) > 4
    if want.isupper() and len(want) <= 3:
        return False
    if len(want) <= 4 and not want.istitle() and not want.isupper():
        return False
    return got[0].isupper() or got[0].isdigit()


def _joined(text: str, left: Token, right: Token) -> bool:
    gap = text[left.end : right.start]
    if len(gap) > 3 or not _GAP.issuperset(gap) or gap.count("\n") > 1:
        return False
    return "." not in gap or len(left.raw) <= 3


def _adjacent(text: str, left: Token, right: Token) -> bool:
    return text[left.end : right.start] in (" ", "\u00a0")


def _proper(token: Token) -> bool:
    return token.raw[0].isupper() and token.key not in FUNCTION_WORDS


def _namesake(text: str, toks: Sequence[Token], at: int, n: int, pattern: Pattern) -> bool:
    """Whether a match is part of a person's name, or an acronym only because everything is in capitals."""
    before = toks[at - 1] if at else None
    after = toks[at + n] if at + n < len(toks) else None
    if n == 1 and toks[at].raw in _RISKY:
        sides = [t for t in (before, after) if t is not None]
        return bool(sides) and all(t.raw.isupper() and len(t.raw) > 1 for t in sides)
    if n > 1 or pattern.words[0] not in _NAMESAKES:
        return False
    if before and _adjacent(text, before, toks[at]) and _proper(before) and before.key not in _TITLES:
        return len(before.raw) > 1 and not before.raw.isupper() and not _starts_sentence(text, before)
    if pattern.words[0] == "georgia" and any(w in text for w in _US_GEORGIA):
        return not any(w in text for w in _CAUCASUS)
    risky = pattern.words[0] in _GIVEN_NAMES
    return bool(
        risky and after and _adjacent(text, toks[at], after) and _proper(after) and after.key not in _TITLES
        and not after.raw.isupper()
        and after.key not in ("prime", "foreign", "defense", "defence", "interior", "tv")
    )  # fmt: skip


def _starts_sentence(text: str, token: Token) -> bool:
    before = text[max(0, token.start - 3) : token.start].rstrip(" \u00a0\"“‘'")
    return not before or before[-1] in ".!?\n:"


def _without_strangers(
    text: str, toks: Sequence[Token], found: list[tuple[int, int, Pattern]]
) -> list[tuple[int, int, Pattern]]:
    """Drops bare surnames that belong to somebody else: "Ana Castro", and "Castro" after her."""
    full = {a.name for _, _, p in found if not p.surname for a in p.actors if a.kind == "person"}
    covered = {i for a, b, p in found if not p.surname for i in range(a, b)}
    strangers: set[str] = set()
    for a, _, p in found:
        if not p.surname or a == 0 or not _adjacent(text, toks[a - 1], toks[a]):
            continue
        before = toks[a - 1]
        if (
            before.raw[0].isupper() and before.key not in _TITLES and before.key not in FUNCTION_WORDS
            and a - 1 not in covered and not before.raw.isupper()
        ):  # fmt: skip
            strangers.add(p.words[-1])
    kept = []
    for a, b, p in found:
        if p.surname:
            known = any(x.name in full for x in p.actors)
            if (p.words[-1] in strangers or (p.words[0] in _WEAK and not _titled(text, toks, a))) and not known:
                continue
            named = [x for x in p.actors if x.name in full]
            if named and len(named) < len(p.actors):
                kept.append((a, b, Pattern(p.words, p.raws, named, surname=True)))
                continue
        kept.append((a, b, p))
    return kept


def _titled(text: str, toks: Sequence[Token], at: int) -> bool:
    """Whether a title stands before a surname ("President Bush")."""
    gap = text[toks[at - 1].end : toks[at].start] if at else ""
    return at > 0 and toks[at - 1].key in _TITLES and gap in (" ", ". ", "\u00a0")
