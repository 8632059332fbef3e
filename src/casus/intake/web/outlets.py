"""Outlets by the domain of their address: name and country; and the country that a domain's ending stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from casus.intake.web.zones import countries
from casus.text import fold

# Endings of countries that anybody registers under, whatever the country.
_GENERIC = frozenset({
    "tv", "io", "co", "me", "ai", "fm", "ws", "cc", "to", "ly", "gl", "gg", "im", "je", "la", "nu", "sh", "st", "ac",
    "bz", "vc", "sc", "ms", "vg", "tk", "ml", "ga", "cf", "gq", "pw", "so", "as", "tm", "tf", "ag", "lc", "gd", "mu",
    "pn", "cx", "ki",
})  # fmt: skip
# Endings that are no code of ISO 3166, or another country's.
_ENDINGS = {"uk": "GBR", "gov": "USA", "mil": "USA", "scot": "GBR", "wales": "GBR", "cat": "ESP"}
_HOST = re.compile(r"\A[a-z][a-z0-9+.-]{0,20}://(?:[^/@\s]{0,200}@)?([^/:?#\s]{1,253})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Outlet:
    """Who publishes at a domain. `country` is ISO 3166 alpha-3; None for what belongs to none (the United Nations)."""

    domain: str
    name: str
    country: str | None


def outlet_of(url: str | None) -> Outlet | None:
    """The outlet of an address, by the longest domain that is known."""
    match = _HOST.match(url or "")
    labels = match[1].lower().rstrip(".").split(".") if match else []
    return next((o for n in range(len(labels) - 1) if (o := _outlets().get(".".join(labels[n:])))), None)


def country_of(url: str | None, publisher: str | None = None) -> str | None:
    """The publisher's country, alpha-3: of a known outlet by its address or its name, else by the domain's ending."""
    outlet = outlet_of(url) or _by_name().get(fold(publisher or "").removeprefix("the "))
    if outlet is not None:
        return outlet.country
    match = _HOST.match(url or "")
    ending = match[1].lower().rstrip(".").rpartition(".")[2] if match else ""
    return None if ending in _GENERIC else _ENDINGS.get(ending) or countries().get(ending.upper())


@cache
def _outlets() -> dict[str, Outlet]:
    """By domain, from outlets.tsv: domain, name, country (empty for none)."""
    table = (files("casus.intake.web") / "outlets.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {domain: Outlet(domain, name, country or None) for domain, name, country in rows}


@cache
def _by_name() -> dict[str, Outlet]:
    """By name; a name that two outlets of different countries have names neither."""
    found: dict[str, Outlet] = {}
    shared: set[str] = set()
    for outlet in _outlets().values():
        key = fold(outlet.name).removeprefix("the ")
        if found.setdefault(key, outlet).country != outlet.country:
            shared.add(key)
    return {key: outlet for key, outlet in found.items() if key not in shared}
