"""What goes into resolving a claim's place and what comes out."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from casus.records import PlacePrecision


@dataclass(frozen=True, slots=True)
class Resolution:
    """One place. Degrees are WGS 84, None where only a country or an area is known. `why` is one line."""

    name: str
    place_id: str | None = None
    admin1: str | None = None
    iso3: str | None = None
    lat: float | None = None
    lon: float | None = None
    precision: PlacePrecision = "unknown"
    why: str = ""


@dataclass(frozen=True, slots=True)
class PlaceContext:
    """What else is known: all optional.

    `countries`: ISO 3166 alpha-3 and how often the text names it, most often first. `places`: other resolved places
    of the document. `actors`: countries of the claim's sides. `home`: the publisher's or dateline's country.
    `qualified`: key of a name and what the text says it lies in ("Ferguson, Missouri" gives
    ("ferguson", "USA", "Missouri")).
    `country_of`: country of a name or demonym, asked after the index's own.
    """

    countries: tuple[tuple[str, int], ...] = ()
    places: tuple[Resolution, ...] = ()
    actors: tuple[str, ...] = ()
    home: str | None = None
    published: date | None = None
    qualified: tuple[tuple[str, str, str | None], ...] = ()
    country_of: Callable[[str], str | None] | None = None

    @property
    def main(self) -> str | None:
        """The country that the document is mostly about, else None: two fifths of the mentions and half as many
        again as the next. On the development half that is 0.25 points of country accuracy better than one half of
        the mentions.
        """
        total = sum(n for _, n in self.countries)
        if not total:
            return self.home
        (first, n), second = self.countries[0], self.countries[1][1] if len(self.countries) > 1 else 0
        return first if n * 5 >= total * 2 and n * 2 >= second * 3 else None


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance of two (lat, lon) points in kilometres."""
    (la, lo), (lb, lp) = ((math.radians(x), math.radians(y)) for x, y in (a, b))
    h = math.sin((lb - la) / 2) ** 2 + math.cos(la) * math.cos(lb) * math.sin((lp - lo) / 2) ** 2
    return 12742.0 * math.asin(math.sqrt(min(1.0, h)))
