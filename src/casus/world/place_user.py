"""Places of the user's own: a small TSV file on top of the index, and GeoNames' full dump, streamed."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from pathlib import Path

from casus.errors import DataError
from casus.records import PlacePrecision
from casus.world.place_compile import latin, own_names, read_source
from casus.world.places import PlaceEntry, PlaceKind

# GeoNames feature codes that are no town; everything else of class P is one, of other classes a site
_CODES: dict[str, PlaceKind] = {
    "ADM1": "adm1", "ADM2": "adm2", "PCLI": "country", "PCLD": "country", "PCLIX": "country", "PCLS": "country",
    "RGN": "region", "SEA": "water", "STRT": "water", "GULF": "water", "OCN": "water", "CHN": "water",
}  # fmt: skip
_PRECISION: dict[PlaceKind, PlacePrecision] = {
    "country": "country", "region": "region", "water": "region", "adm1": "adm1", "adm2": "adm2",
}  # fmt: skip
_DUMP_COLUMNS = 19


def _degrees(lat: str, lon: str, where: str) -> tuple[float, float]:
    try:
        point = float(lat), float(lon)
    except ValueError as e:
        raise DataError(f"{where}: {lat!r}, {lon!r} are no degrees", "write decimal degrees") from e
    if not (-90 <= point[0] <= 90 and -180 <= point[1] <= 180):
        raise DataError(f"{where}: {lat}, {lon} lie outside the world", "latitude comes first")
    return point


def read_user_file(path: Path) -> tuple[PlaceEntry, ...]:
    """Places from a TSV file: name, iso3 (or -), lat, lon, then optionally other names (|), admin1, GeoNames id.

    Lines that begin with # are comments. Raises DataError with the line's number.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as e:
        raise DataError(f"cannot read the places file {path}: {e}", "save it as UTF-8 text") from e
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        where, cells = f"{path}, line {number}", [c.strip() for c in line.split("\t")]
        if len(cells) == 1:
            raise DataError(f"{where}: no tab in it", "name, iso3, latitude, longitude, with a tab between each two")
        if len(cells) < 4 or not cells[0] or not (cells[1] == "-" or (len(cells[1]) == 3 and cells[1].isupper())):
            raise DataError(f"{where}: not name, iso3, lat, lon", "four columns with tabs between; iso3 as PAK or -")
        name, iso3, lat, lon, others, admin1, id = (cells + [""] * 3)[:7]
        point = _degrees(lat, lon, where)
        found.append(
            PlaceEntry(
                id or None,
                name,
                "site",
                None if iso3 == "-" else iso3,
                None,
                admin1 or None,
                *point,
                0,
                "exact",
                True,
                False,
                tuple(own_names(others)),
            )
        )
    return tuple(found)


def read_geonames_dump(
    lines: Iterable[str], *, countries: Container[str] | None = None, classes: str = "PAHLST", least: int = 0
) -> Iterator[PlaceEntry]:
    """Places of a GeoNames dump (allCountries.txt, IQ.txt: 19 columns with tabs), one at a time.

    `countries` (iso3) and feature `classes` choose; towns below `least` people are left out. Raises DataError on
    a line with other columns. A country's file fits in memory as `extra` of PlaceIndex.open; the world's does not.
    """
    iso3 = {c["iso"]: c["iso3"] for c in read_source("countries.json").values()}
    for number, line in enumerate(lines, 1):
        cells = line.rstrip("\n").split("\t")
        if len(cells) != _DUMP_COLUMNS:
            raise DataError(f"line {number} of the GeoNames dump has {len(cells)} columns, not {_DUMP_COLUMNS}")
        id, name, _, others, lat, lon, group, code, iso2, _, admin1 = cells[:11]
        country, people = iso3.get(iso2), int(cells[14] or 0)
        if group not in classes or (countries is not None and country not in countries):
            continue
        if group == "P" and people < least:
            continue
        kind = _CODES.get(code, "city" if group == "P" else "site")
        point = _degrees(lat, lon, f"line {number} of the GeoNames dump")
        names = tuple(sorted({a for a in others.split(",") if a and latin(a)} - {name}))
        yield PlaceEntry(
            id, name, kind, country, admin1 or None, None, *point, people,
            _PRECISION.get(kind, "exact"), alternates=names,
        )  # fmt: skip
