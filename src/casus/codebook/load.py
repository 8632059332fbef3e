"""Reads the codebook's data files from the package; a malformed file is a DataError that says where."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, get_args

from casus.codebook.crosswalk import SIDES
from casus.codebook.model import (
    AcledAnswer,
    AcledRule,
    AcledType,
    Basis,
    CameoCode,
    CameoRoot,
    EventType,
    Mode,
    QuadClass,
)
from casus.errors import DataError

FILES = (
    "plover.toml",
    "to_cameo.tsv",
    "cameo_roots.tsv",
    "from_cameo.tsv",
    "acled_types.tsv",
    "to_acled.tsv",
)

Key = tuple[str, str | None]


def read_texts() -> dict[str, str]:
    """The text of each data file, by name."""
    folder = files(__package__ or "casus.codebook")
    try:
        return {name: (folder / name).read_text(encoding="utf-8") for name in FILES}
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"the codebook cannot be read: {error}") from error


def table(name: str, text: str) -> Iterator[dict[str, str]]:
    """The rows of a tab-separated file under its first line that is no comment."""
    head: list[str] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if head is None:
            head = cells
        elif len(cells) != len(head):
            raise DataError(f"{name} line {number}: {len(cells)} cells where {len(head)} are wanted")
        else:
            yield dict(zip(head, (cell.strip() for cell in cells), strict=True))
    if head is None:
        raise DataError(f"{name} is empty")


def _mode(cell: str) -> str | None:
    return None if cell == "-" else cell


def _intensity(where: str, entry: Mapping[str, Any]) -> tuple[float, Basis, str]:
    value, basis, why = entry.get("intensity"), entry.get("basis", "plover"), entry.get("why", "")
    if not isinstance(value, int | float) or not -10 <= value <= 10:
        raise DataError(f"{where}: intensity {value!r} is not within -10 and 10")
    if basis not in get_args(Basis) or (basis == "casus") != bool(why):
        raise DataError(f"{where}: a value of our own needs basis and why")
    return float(value), basis, why


def _event_type(entry: Mapping[str, Any]) -> EventType:
    name = entry.get("name", "?")
    if entry.get("quad") not in get_args(QuadClass):
        raise DataError(f"plover.toml {name}: unknown quad class {entry.get('quad')!r}")
    modes = tuple(
        Mode(mode["name"], mode["definition"], *_intensity(f"plover.toml {name} {mode['name']}", mode))
        for mode in entry.get("modes", ())
    )
    intensity = _intensity(f"plover.toml {name}", entry)
    return EventType(name, entry["definition"], entry["quad"], entry["speech_act"], *intensity, modes)


def types(text: str) -> tuple[str, str, tuple[str, ...], tuple[EventType, ...]]:
    """Name, version, sources and types of plover.toml."""
    try:
        data = tomllib.loads(text)
        made = tuple(_event_type(entry) for entry in data["types"])
        return data["name"], data["version"], tuple(data["sources"]), made
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise DataError(f"plover.toml is malformed: {error!r}") from error


def to_cameo(text: str) -> dict[Key, CameoCode]:
    rows = table("to_cameo.tsv", text)
    return {(row["type"], _mode(row["mode"])): CameoCode(row["code"], row["note"]) for row in rows}


def cameo_roots(text: str) -> dict[str, CameoRoot]:
    rows = table("cameo_roots.tsv", text)
    return {r["root"]: CameoRoot(r["root"], r["label"], r["reached"] == "yes", r["note"]) for r in rows}


def from_cameo(text: str) -> dict[str, Key]:
    return {r["code"]: (r["type"], _mode(r["mode"])) for r in table("from_cameo.tsv", text)}


def acled_types(text: str) -> dict[str, AcledType]:
    rows = table("acled_types.tsv", text)
    return {
        r["sub_event_type"]: AcledType(
            r["event_type"], r["sub_event_type"], r["disorder_type"], r["reached"] == "yes", r["note"]
        )
        for r in rows
    }


def acled_rules(text: str, known: Mapping[str, AcledType]) -> dict[Key, tuple[AcledRule, ...]]:
    """The rules by type and mode, in the order of the file."""
    made: dict[Key, tuple[AcledRule, ...]] = {}
    for row in table("to_acled.tsv", text):
        sub = _mode(row["sub_event_type"])
        if sub is not None and (sub not in known or known[sub].event_type != row["event_type"]):
            raise DataError(f"to_acled.tsv: {row['event_type']!r}, {sub!r} is no type of ACLED")
        if row["actor"] not in SIDES or row["recipient"] not in SIDES:
            raise DataError(f"to_acled.tsv: unknown side {row['actor']!r} or {row['recipient']!r}")
        key = row["type"], _mode(row["mode"])
        answer = AcledAnswer(known[sub] if sub is not None else None, row["note"])
        rule = AcledRule(*key, row["actor"], row["recipient"], row["weapon"], row["harmed"], answer)
        made[key] = (*made.get(key, ()), rule)
    return made
