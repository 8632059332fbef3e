"""Takes one place string of a claim apart: "Iraqi city of Mosul", "northern Aleppo countryside", "Turkish border"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from casus.world.place_find import DIRECTIONS, Word, known, stop_words, tokens
from casus.world.place_names import ADM1_WORDS, ADM2_WORDS, key

if TYPE_CHECKING:
    from casus.world.places import PlaceIndex

Want = Literal["", "adm1", "adm2", "city"]
CountryOf = Callable[[str], str | None]

_NEAR = frozenset("near outside border borders frontier outskirts suburb suburbs off coast countryside vicinity along "
                  "kilometers kilometres miles km north-of approaches toward towards surrounding waters shore".split())  # fmt: skip
_CITY = frozenset("city cities town towns village villages port".split())
FACILITIES = frozenset(
    "street avenue drive road highway boulevard lane hotel hospital clinic mosque church cathedral synagogue temple embassy consulate university "
    "school college academy market square plaza airport station headquarters palace prison jail base airbase building tower shop store mall bridge "
    "checkpoint crossing parliament ministry court courthouse police department office offices center centre stadium park cafe restaurant theater theatre "
    "nightclub club house home museum syndicate plant refinery factory room hall gate compound monument cemetery library institute barracks airfield".split()
)  # fmt: skip
# lower-case words that ask for a country's capital, or for the whole country, without naming it
CAPITAL_WORDS = frozenset({"capital"})
COUNTRY_WORDS = frozenset(
    "country nationwide nation countrywide kingdom homeland airspace territory soil republic streets state".split()
)


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
    """A place string: its names in order of appearance, and what it asks for beside them."""

    text: str
    parts: tuple[Part, ...]
    capital: bool
    whole_country: bool


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
    """"near X", "X border", "north of X", "10 km from X", "outskirts of X"."""
    if after[:1] and after[0] in _NEAR:
        return True
    if before[:2] and before[0] == "of" and (before[1] in DIRECTIONS or before[1] in _NEAR):
        return True
    return any(w in _NEAR for w in before[:3])


def _part(index: PlaceIndex, words: list[Word], at: int, stop: int, text: str, country_of: CountryOf) -> Part:
    """The part that tokens `at:stop` make, with what its neighbours say of it."""
    surface = text[words[at].start : words[stop - 1].end]
    folded = key(surface)
    before, after = _around(words, at, stop)
    entries = index.under(folded, 1) if folded else ()
    country = country_of(surface)
    is_country = bool(entries) and entries[0].kind == "country"
    direction = before[0] if before and before[0] in DIRECTIONS else ""
    facility = any(w in FACILITIES for w in (surface.lower().split()[-1], *after[:1]))
    return Part(
        surface, folded, bool(entries), country if is_country or not entries else None,
        country is not None and not is_country, _is_near(before, after), direction, _want(before, after), facility,
    )  # fmt: skip


def _unknown_end(index: PlaceIndex, text: str, words: list[Word], at: int, country_of: CountryOf) -> int:
    """Where a run of capitalised words that are no known name ends."""
    stop = at + 1
    while stop < len(words):
        gap = text[words[stop - 1].end : words[stop].start]
        if not gap.isspace() or not words[stop].capital or known(index, text, words, stop):
            break
        stop += 1
    return stop


def parse(index: PlaceIndex, text: str, country_of: CountryOf) -> Parsed:
    """The names in one place string. Never raises; no name gives no parts."""
    words = tokens(text, 0, len(text))
    parts: list[Part] = []
    common = stop_words()[0]
    at = 0
    while at < len(words):
        word = words[at]
        if not word.capital:
            at += 1
            continue
        hit = known(index, text, words, at)
        if hit:
            parts.append(_part(index, words, at, hit[0], text, country_of))
            at = hit[0]
            continue
        two = text[word.start : words[at + 1].end] if at + 1 < len(words) else ""
        if two and country_of(two):
            parts.append(_part(index, words, at, at + 2, text, country_of))
            at += 2
            continue
        if country_of(word.text):
            parts.append(_part(index, words, at, at + 1, text, country_of))
            at += 1
            continue
        stop = _unknown_end(index, text, words, at, country_of)
        named = [w for w in words[at:stop] if w.text.lower() not in common and w.text.lower() not in DIRECTIONS]
        if named or stop - at > 1:
            parts.append(_part(index, words, at, stop, text, country_of))
        at = stop
    low = {w.text.lower() for w in words if not w.text[0].isupper() or len(words) == 1}
    return Parsed(text, tuple(parts), bool(low & CAPITAL_WORDS), bool(low & COUNTRY_WORDS))
