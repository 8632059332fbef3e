"""What a document says about places as a whole: the countries it names and "X, Y" pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from casus.world.place_find import PlaceMention, tokens
from casus.world.place_names import key

if TYPE_CHECKING:
    from casus.world.places import PlaceIndex


def countries_named(index: PlaceIndex, text: str, mentions: Sequence[PlaceMention]) -> tuple[tuple[str, int], ...]:
    """ISO 3166 alpha-3 and how often the text names the country, a place in it or its people; most first."""
    count: Counter[str] = Counter(m.iso3 for m in mentions if m.iso3)
    taken = {m.start for m in mentions}
    words = tokens(text, 0, len(text))
    skip = -1
    for i, w in enumerate(words):
        if i == skip or w.start in taken or not w.capital:
            continue
        pair = text[w.start : words[i + 1].end] if i + 1 < len(words) else ""
        country = index.country_of(pair) if pair else None
        if country:
            skip = i + 1
        else:
            country = index.country_of(w.text.partition("-")[0])
        if country:
            count[country] += 1
    return tuple(sorted(count.items(), key=lambda x: (-x[1], x[0])))


def qualified(text: str, mentions: Sequence[PlaceMention]) -> tuple[tuple[str, str, str | None], ...]:
    """(key of X, country, first-order region or None) for each "X, Y" or "X in Y" where Y is a country or region."""
    found: dict[str, tuple[str, str, str | None]] = {}
    for m, outer in pairwise(mentions):
        if text[m.end : outer.start] not in (", ", " in ", ", in ", " (", ", in the ", " in the "):
            continue
        for e in outer.entries:
            if e.kind in ("country", "adm1") and e.iso3 and any(x.iso3 == e.iso3 for x in m.entries):
                found.setdefault(key(m.text), (key(m.text), e.iso3, e.name if e.kind == "adm1" else None))
                break
    return tuple(found.values())
