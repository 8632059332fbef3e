"""Finds place names in running text: capitalised, whole words, the longest name that is known.

Conservative: half of all English words are the name of some village. A name that we reviewed (countries,
regions, towns in the news) or of a large town counts by itself; a smaller one needs a word that says
"place" beside it ("in", "town of", "province", ", Country") or company from its country in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

from casus.world.place_names import ADM1_WORDS, ADM2_WORDS, TOWN_WORDS, key, word_set

if TYPE_CHECKING:
    from casus.world.places import PlaceEntry, PlaceIndex

# no nesting of repeats: linear on any text
_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|(?:St|Ste|Mt|Ft)\.|[^\W\d_]+(?:['’‘ʼʻ`‑-][^\W\d_]+)*")
_INSIDE = word_set("of de la le les du des del do da dos das al el ez az ad ash as ar an and e i sur upon the en es")
_MAX_WORDS = 6
# between the words of one name: a blank, a line's end, or the apostrophe of a plural and a blank
_GAPS = frozenset({" ", "\n", "\u00a0", "' ", "’ "})

CUES = word_set("in near outside around inside across at toward towards into throughout northeast northwest")
_KIND_CUES = ADM1_WORDS | ADM2_WORDS | TOWN_WORDS | {"capital", "neighborhood", "neighbourhood", "area", "camp"}
_TITLES = word_set(
    "mr mrs ms dr president general gen minister senator sen rep representative judge sheikh sheik col colonel lt "
    "sgt capt captain maj major gov secretary ambassador spokesman spokeswoman spokesperson chancellor king prince "
    "queen princess pope bishop chief commander brigadier justice professor sir lady lord imam ayatollah mullah"
)
_SAID = word_set("said says told added says wrote tweeted argued insisted who whose")
_PAPERS = word_set("times post journal tribune herald daily today news examiner magazine review")
_GIVEN = word_set("jordan chad georgia paris sydney florence austin israel dallas houston lincoln madison")
DIRECTIONS = word_set(
    "north south east west northern southern eastern western central northeast northwest southeast southwest "
    "northeastern northwestern southeastern southwestern greater downtown upper lower mid rural suburban coastal "
    "north-eastern north-western south-eastern south-western north-east north-west south-east south-west "
    "outer inner far"
)
# a judgement, not fitted: a town this large is named without help in American papers
_LARGE = 100_000
# likewise a judgement: the floor for a town that has company from its country in the text
_MIDDLING = 15_000


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """`text[start:end]` names one of `entries` (at most 8, as `ranked` orders them).

    `iso3` is the country where the name alone settles it: a country, a reviewed place, or a town ten times as
    populous as the next of that name; else None.
    """

    start: int
    end: int
    text: str
    entries: tuple[PlaceEntry, ...]
    iso3: str | None

    @property
    def kind(self) -> str:
        return self.entries[0].kind


@cache
def stop_words() -> tuple[frozenset[str], frozenset[str]]:
    """Common words and people's names that are villages somewhere: never a place by themselves."""
    source = resources.files("casus.world").joinpath("data", "places", "stopwords.txt").read_text("utf-8")
    lines = [line for line in source.split("\n") if not line.startswith("#")]
    split = lines.index("people")
    common, people = " ".join(lines[:split]).split(), " ".join(lines[split + 1 :]).split()
    return frozenset(common), frozenset(people)


class Word(NamedTuple):
    """A token with its possessive taken off; `capital`: it begins as a name does, as "al-Bab" does."""

    start: int
    end: int
    text: str
    capital: bool


def _capital(word: str) -> bool:
    if word[0].isupper():
        return True
    head, dash, rest = word.partition("-")
    return bool(dash) and len(head) <= 3 and rest[:1].isupper()


def tokens(text: str, start: int, end: int) -> list[Word]:
    """The words of `text[start:end]`, numbers and marks left out."""
    found = []
    for m in _TOKEN.finditer(text, start, end):
        word = m.group()
        end = m.end()
        if word[-2:] in ("'s", "’s", "‘s") and len(word) > 2:
            word, end = word[:-2], end - 2
        found.append(Word(m.start(), end, word, _capital(word)))
    return found


def runs(text: str, words: Sequence[Word], at: int, most: int = _MAX_WORDS) -> Iterator[int]:
    """Ends (exclusive token numbers) of the candidate names that begin at token `at`, longest first."""
    stop, ends = at + 1, [at + 1]
    while stop < len(words) and stop - at < most:
        gap = text[words[stop - 1].end : words[stop].start]
        if gap not in _GAPS:
            break
        word = words[stop]
        if word.capital:
            ends.append(stop + 1)
        elif word.text not in _INSIDE:
            break
        stop += 1
    return reversed(ends)


def known(index: PlaceIndex, text: str, words: Sequence[Word], at: int) -> tuple[int, str] | None:
    """The longest known name that begins at token `at`: its end token and its key.

    A name that is made of common words alone ("Old City", "North") counts only if we reviewed it ("Green Zone").
    """
    common_words, end = stop_words()[0], min(len(words), at + _MAX_WORDS)
    # where the first word stands that is no common one
    rare = next((i for i in range(at, end) if words[i].text.lower() not in common_words), end)
    for stop in runs(text, words, at):
        common = stop <= rare
        if common and stop - at == 1 and words[at].text not in ("U.S.", "US", "UK"):
            return None
        folded = key(text[words[at].start : words[stop - 1].end])
        if folded and index.has(folded) and (not common or any(e.usual for e in index.under(folded, 1))):
            return stop, folded
    return None


def ranked(entries: tuple[PlaceEntry, ...], folded: str) -> tuple[PlaceEntry, ...]:
    """Places called so before those that some language calls so ("Niš" is Nice in Croatian), reviewed before others,
    and a reviewed town before the region of its name.
    """
    town = any(e.kind == "city" and e.usual and e.called(folded) for e in entries)
    return tuple(
        sorted(entries, key=lambda e: (not e.called(folded), not e.usual, town and e.kind in ("adm1", "adm2")))
    )


def settled(entries: tuple[PlaceEntry, ...]) -> str | None:
    """The country when the name alone tells it, else None."""
    first = entries[0]
    if first.iso3 is None or len(entries) == 1:
        return first.iso3
    rivals = [e for e in entries[1:] if e.iso3 != first.iso3]
    if first.usual and not any(e.usual for e in rivals):
        return first.iso3
    # ten times: 5 to 20 resolve the development half alike, 2 loses 2 points of country accuracy
    return first.iso3 if all(e.population * 10 <= first.population for e in rivals) else None


@dataclass(frozen=True, slots=True)
class _Spot:
    """A known name at tokens `at:stop` of a text, and the words beside it."""

    index: PlaceIndex
    text: str
    words: Sequence[Word]
    at: int
    stop: int
    folded: str

    def _gap(self, i: int) -> str:
        """What stands between tokens `i` and `i + 1`; "." at the ends of the text."""
        inside = 0 <= i < len(self.words) - 1
        return self.text[self.words[i].end : self.words[i + 1].start] if inside else "."

    @property
    def before(self) -> str:
        """The word before, "" where a mark or nothing stands between; after "Gen." too."""
        gap = self._gap(self.at - 1)
        return self.words[self.at - 1].text if gap.isspace() or gap in (". ", "'s ", "’s ") else ""

    @property
    def earlier(self) -> str:
        """The word before that."""
        return self.words[self.at - 2].text if self.before and self._gap(self.at - 2).isspace() else ""

    @property
    def after(self) -> str:
        return self.words[self.stop].text if self._gap(self.stop - 1).isspace() else ""

    @property
    def single(self) -> bool:
        return self.stop - self.at == 1

    @property
    def named(self) -> bool:
        """Do other capitalised words stand beside it, as in a person's or a firm's name?"""
        before = self.before
        ahead = before[:1].isupper() and before.lower() not in DIRECTIONS and not self.index.country_of(before)
        return ahead or (self.after[:1].isupper() and self.after.lower() not in _KIND_CUES)

    @property
    def cued(self) -> bool:
        """Does a word beside it say that it is a place?"""
        before, earlier = self.before, self.earlier
        if before in CUES or (before == "of" and earlier.lower() in _KIND_CUES) or self.after.lower() in _KIND_CUES:
            return True
        if before in ("the", "of") and earlier in CUES:
            return True
        if self._gap(self.stop - 1) != ", " or not self.words[self.stop].capital:
            return False
        larger = known(self.index, self.text, self.words, self.stop)
        return larger is not None and any(e.kind in ("country", "adm1") for e in self.index.under(larger[1], 4))

    @property
    def person(self) -> bool:
        """Does it look like somebody's name, a title before it, "said" after it, or a paper's?"""
        if self.after.lower() in _PAPERS and self.after[:1].isupper():
            return True
        if self.folded in _GIVEN and self.single and self.named:
            return True
        if self.single and self.index.country_of(self.folded) and not self.index.is_country(self.folded):
            return True  # "Thai", "Swiss"
        title = self.before.lower().rstrip(".") in _TITLES
        return self.folded in stop_words()[1] or (title and not self.index.country_of(self.folded))


def _strength(spot: _Spot, best: PlaceEntry) -> int:
    """2: a place; 1: a place if others of its country are in the text; 0: not taken."""
    called = best.called(spot.folded)
    reviewed = best.usual and called and best.kind != "adm2"
    if spot.person:
        return 2 if reviewed and spot.cued and not spot.named else 0
    if reviewed:
        return 2
    if spot.named or spot.after in _SAID:
        return 0
    if spot.cued:
        return 2 if best.population >= 1000 or not spot.single else 1
    if len(spot.folded) <= 3 or best.population < _MIDDLING:
        return 0
    return 2 if best.population >= _LARGE and called else 1


def _parts(index: PlaceIndex, word: Word) -> Iterator[tuple[int, int, str]]:
    """Names inside a compound that is no name itself: "Iran-backed", "Pakistan-Afghanistan"."""
    at = word.start
    for part in re.split("[‑-]", word.text):
        folded = key(part)
        if part[:1].isupper() and index.country_of(part) and index.has(folded):
            yield at, at + len(part), folded
        at += len(part) + 1


def find(index: PlaceIndex, text: str, start: int = 0, end: int | None = None) -> list[PlaceMention]:
    """The places named in `text[start:end]`, in order, without overlaps. Never raises on odd text."""
    words = tokens(text, start, len(text) if end is None else min(end, len(text)))
    sure: list[PlaceMention] = []
    maybe: list[PlaceMention] = []
    seen: dict[str, tuple[PlaceEntry, ...]] = {}

    def mention(a: int, b: int, folded: str) -> PlaceMention:
        entries = seen.get(folded)
        if entries is None:
            entries = seen[folded] = ranked(index.under(folded, 64), folded)[:8]
        return PlaceMention(a, b, text[a:b], entries, settled(entries))

    at = 0
    while at < len(words):
        if not words[at].capital or words[at].text in ("The", "THE"):
            at += 1
            continue
        hit = known(index, text, words, at)
        if hit is None:
            if "-" in words[at].text:
                sure += [mention(a, b, k) for a, b, k in _parts(index, words[at])]
            at += 1
            continue
        stop, folded = hit
        found = mention(words[at].start, words[stop - 1].end, folded)
        strength = _strength(_Spot(index, text, words, at, stop, folded), found.entries[0])
        if strength:
            (sure if strength == 2 else maybe).append(found)
        at = stop if strength else at + 1
    countries = {m.iso3 for m in sure if m.iso3}
    sure += [m for m in maybe if any(e.iso3 in countries and e.population >= _MIDDLING for e in m.entries)]
    return sorted(sure, key=lambda m: m.start)
