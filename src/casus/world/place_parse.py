"""Takes one place string of a claim apart: "Iraqi city of Mosul", "northern Aleppo countryside", "Turkish border"."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from casus.world.place_find import DIRECTIONS, Word, known, runs, stop_words, tokens
from casus.world.place_names import ADM1_WORDS, ADM2_WORDS, key, word_set

if TYPE_CHECKING:
    from casus.world.places import PlaceIndex

Want = Literal["", "adm1", "adm2", "city"]
CountryOf = Callable[[str], str | None]

_NEAR = word_set(
    "near outside border borders frontier outskirts suburb suburbs off coast countryside vicinity along "
                  "kilometers kilometres miles km north-of approaches toward towards surrounding waters shore"
)  # fmt: skip
_CITY = word_set("city cities town towns village villages port")
FACILITIES = word_set(
    "street avenue drive road highway boulevard lane hotel hospital clinic mosque church cathedral synagogue temple "
    "embassy consulate university school college academy market square plaza airport station headquarters palace "
    "prison jail base airbase building tower shop store mall bridge checkpoint crossing parliament ministry court "
    "courthouse police department office offices center centre stadium park cafe restaurant theater theatre "
    "nightclub club house home museum syndicate plant refinery factory room hall gate compound monument cemetery "
    "library institute barracks airfield residence apartment"
)
CAPITAL_WORDS = frozenset({"capital"})


@dataclass(frozen=True, slots=True)
class Part:
    """A name inside a place string, or an unknown one (`folded` is then not in the index).

    `country`: the country when the words are a country's name or demonym. `near`: beside, not in.
    """

    text: str
    folded: str
    known: bool
    country: str | None = None
    demonym: bool = False
    near: bool = False
    direction: str = ""
    want: Want = ""
    facility: bool = False


@dataclass(frozen=True, slots=True)
class Parsed:
    """A place string: its names in order of appearance; `capital`: it asks for a country's capital."""

    text: str
    parts: tuple[Part, ...]
    capital: bool


def _around(words: list[Word], at: int, stop: int) -> tuple[list[str], list[str]]:
    """Up to four words before, nearest first, and up to two after, in lower case."""
    before = [w.text.lower() for w in words[max(0, at - 4) : at]][::-1]
    return before, [w.text.lower() for w in words[stop : stop + 2]]


def _want(before: list[str], after: list[str]) -> Want:
    beside = after[:1] + (before[1:2] if before[:1] == ["of"] else [])
    for word in beside:
        if word in ADM1_WORDS:
            return "adm1"
        if word in ADM2_WORDS:
            return "adm2"
        if word in _CITY:
            return "city"
    return ""


def _is_near(before: list[str], after: list[str]) -> bool:
    """ "near X", "X border", "north of X", "10 km from X", "outskirts of X"."""
    if after[:1] and after[0] in _NEAR:
        return True
    if len(before) > 1 and before[0] == "of" and (before[1] in DIRECTIONS or before[1] in _NEAR):
        return True
    return any(w in _NEAR for w in before[:3])


# "U.S.-led", "Israeli-occupied": an adjective, no name
_PARTICIPLES = word_set(
    "led backed built based made run controlled held born style era only owned trained allied occupied administered "
    "armed funded dominated ruled populated majority speaking sponsored supported besieged"
)


def _plain(word: str) -> bool:
    """A word that is no part of a name: a direction, a common word, a kind of place, "U.S.-led"."""
    low = word.lower()
    plain = low in DIRECTIONS or low in stop_words()[0] or low in FACILITIES or low in _NEAR
    return plain or low in ADM1_WORDS | ADM2_WORDS | _CITY or re.split("[-‑]", low)[-1] in _PARTICIPLES


@dataclass(frozen=True, slots=True)
class _String:
    """One place string on its way through the parser."""

    index: PlaceIndex
    text: str
    words: list[Word]
    country_of: CountryOf

    def surface(self, at: int, stop: int) -> str:
        return self.text[self.words[at].start : self.words[stop - 1].end]

    def run_end(self, at: int) -> int:
        """Where the run of capitalised words from token `at` ends; "of" and "al" may lie inside, "and" not."""
        stop = next(runs(self.text, self.words, at, len(self.words)))
        hit = known(self.index, self.text, self.words, at)
        least = hit[0] if hit else at + 1
        return next((i for i in range(least, stop) if self.words[i].text in ("and", "the")), stop)

    def hit(self, at: int) -> tuple[int, bool] | None:
        """The end of the known name, country or demonym at token `at`, and whether it stands for its place
        though other capitalised words surround it ("Baton Rouge Police Department").
        """
        found = known(self.index, self.text, self.words, at)
        if found:
            entries = self.index.under(found[1], 3)
            return found[0], any(e.usual or e.population >= 100_000 for e in entries)
        for stop in (at + 2, at + 1):
            if stop <= len(self.words) and self.country_of(self.surface(at, stop)):
                return stop, True
        return None

    def part(self, at: int, stop: int, unknown: bool = False) -> Part:
        """The part that tokens `at:stop` make, with what its neighbours say of it."""
        surface = self.surface(at, stop)
        folded = key(surface)
        before, after = _around(self.words, at, stop)
        entries = self.index.under(folded, 1) if folded and not unknown else ()
        country = None if unknown else self.country_of(surface)
        is_country = bool(entries) and entries[0].kind == "country"
        beside = (surface.lower().split()[-1], *after) if unknown or not entries else (*after[:1],)
        inside = any(w in FACILITIES for w in before) and (unknown or not entries)
        return Part(
            surface, folded, bool(entries), country if is_country or not entries else None,
            demonym=country is not None and not is_country, near=_is_near(before, after),
            direction=before[0] if before and before[0] in DIRECTIONS else "", want=_want(before, after),
            facility=inside or any(w in FACILITIES for w in beside),
        )  # fmt: skip

    def run_parts(self, at: int, stop: int) -> list[Part]:
        """The names in a run: trusted ones, or one that is all of it; else the whole run is one unknown name."""
        hits: list[tuple[int, int, bool]] = []
        loose, i = False, at
        while i < stop:
            hit = self.hit(i)
            if hit:
                hits.append((i, *hit))
            elif self.words[i].capital and not _plain(self.words[i].text):
                loose = True
            i = hit[0] if hit else i + 1
        kept = [h for h in hits if h[2]] if loose or len(hits) > 1 else hits
        last = self.words[stop - 1].text.lower()
        # a village before "Street" gave the street its name; a reviewed town before "Airport" is where it lies
        if kept and not (not kept[0][2] and last in FACILITIES and kept[0][1] < stop):
            return [self.part(a, b) for a, b, _ in kept]
        return [self.part(at, stop, unknown=True)] if loose or hits else []


def parse(index: PlaceIndex, text: str, country_of: CountryOf) -> Parsed:
    """The names in one place string. Never raises; no name gives no parts."""
    words = tokens(text, 0, len(text))
    string, parts, at = _String(index, text, words, country_of), list[Part](), 0
    while at < len(words):
        if not words[at].capital:
            at += 1
            continue
        stop = string.run_end(at)
        parts += string.run_parts(at, stop)
        at = stop
    low = {w.text.lower() for w in words if not w.text[0].isupper() or len(words) == 1}
    return Parsed(text, tuple(parts), bool(low & CAPITAL_WORDS))
