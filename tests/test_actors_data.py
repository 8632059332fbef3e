"""The shipped actor files: complete, consistent, and refused with a line number when malformed."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import get_args

import pycountry
import pytest

from casus.errors import DataError
from casus.records import Sector
from casus.world import actor_data as data
from casus.world.actors import ActorBook, ActorContext

FOLDER = resources.files("casus.world") / "data" / "actors"
FILES = ("countries", "places", "blockers", "organs", "media", "groups", "persons", "nouns", "ethnic")


def test_every_iso_country_is_there_and_no_other() -> None:
    expected = {c.alpha_3 for c in pycountry.countries} | {"XKX"}
    assert data.iso_codes() == expected


@pytest.mark.parametrize("name", FILES)
def test_each_file_states_version_and_columns(name: str) -> None:
    text = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8")
    assert re.search(r"^# version: \d+$", text, re.M)
    assert re.search(r"^# columns: \w", text, re.M)


def test_enough_persons_and_groups() -> None:
    assert len({cells[0] for cells in data.packaged("persons.tsv")}) >= 500
    assert len(data.packaged("groups.tsv")) >= 600


def test_group_rows_are_sound() -> None:
    rows = data.packaged("groups.tsv")
    names = [cells[0] for cells in rows]
    assert len(names) == len(set(names))
    for cells in rows:
        assert data._wrong_group(cells) is None, cells
        parent = cells[4] if len(cells) > 4 else ""
        assert not parent or parent in names, cells


def test_person_rows_are_sound() -> None:
    known = {cells[0] for cells in data.packaged("groups.tsv")} | data.iso_codes()
    for cells in data.packaged("persons.tsv"):
        name, who, sector, office, first = cells[:5]
        last = cells[5] if len(cells) > 5 else ""
        assert name, cells
        assert office, cells
        assert who in known, cells
        assert sector in get_args(Sector), cells
        assert not last or 1900 < int(first) <= int(last) < 2030, cells


def test_states_of_organs_media_and_places_exist() -> None:
    for name in ("organs", "media", "places"):
        for cells in data.packaged(f"{name}.tsv"):
            assert cells[0] in data.iso_codes(), cells


def test_nouns_tell_one_known_sector_each() -> None:
    assert set(data.nouns().values()) <= set(get_args(Sector))
    assert data.nouns()[("riot", "police")] == "COP"
    assert data.nouns()[("refugees",)] == "REF"


def test_own_file_lies_on_top(tmp_path: Path) -> None:
    own = tmp_path / "mine.tsv"
    own.write_text("# mine\nRiver Front\tRF|Riverines\tREB\tTCD\nHezbollah\t\tPTY\tLBN\n", encoding="utf-8")
    book = ActorBook.load(own)
    assert [(m.who, m.sector) for m in book.find("Riverines attacked.")] == [("River Front", "REB")]
    assert book.find("Hezbollah said")[0].sector == "PTY"
    assert ActorBook.load().find("Hezbollah said")[0].sector == "REB"
    assert book.resolve("Riverines fighters", ActorContext()).who == "River Front"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("Front\t\tXYZ", "unknown sector 'XYZ'"),
        ("Front\tRF", "no sector"),
        ("Front  RF|Riverines  REB  TCD", "no tab in it"),
        ("\talias\tREB", "no name"),
        ("Front\t\tREB\tQQQ", "unknown country 'QQQ'"),
        ("Front\t\tREB\tTCD\t\tnever", "'never' is no year"),
        ("Front\t\tREB\tTCD\t\t1999\t\t2000", "8 columns"),
    ],
)
def test_bad_line_is_named(tmp_path: Path, line: str, complaint: str) -> None:
    own = tmp_path / "bad.tsv"
    own.write_text("# a comment\n\n" + line + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="line 3") as caught:
        ActorBook.load(own)
    assert complaint in caught.value.message
    assert "tabs" in caught.value.hint


def test_missing_or_binary_own_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        ActorBook.load(tmp_path / "none.tsv")
    broken = tmp_path / "broken.tsv"
    broken.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(DataError, match="cannot be read"):
        ActorBook.load(broken)
