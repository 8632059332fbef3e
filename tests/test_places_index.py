"""The places index: compiled whole, the same every time, kept where it can be, read back as it was put in."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest

from casus.errors import DataError
from casus.world import places
from casus.world.place_compile import compile_index, latin, own_file, read_source, version_tag
from casus.world.place_names import key, sound_key, strip_kind
from casus.world.place_store import Store, write_whole
from casus.world.place_user import read_geonames_dump, read_user_file
from casus.world.places import PlaceIndex


def _town(id: int, name: str, where: tuple[str, str, float, float], people: int, *others: str) -> dict[str, Any]:
    iso2, code, lat, lon = where
    return {
        "geonameid": id, "name": name, "countrycode": iso2, "latitude": lat, "longitude": lon, "population": people,
        "admin1code": code, "alternatenames": list(others), "timezone": "",
    }  # fmt: skip


TOWNS = (
    _town(1, "Ar Raqqah", ("SY", "04", 35.95, 39.01), 531_952, "Raqqa", "الرقة", "RQA", "ra kka"),
    _town(2, "Ţarţūs", ("SY", "14", 34.9, 35.9), 89_457, "Tartus"),
    _town(3, "Tripoli", ("LY", "77", 32.88, 13.19), 1_150_989, "Tarabulus"),
    _town(4, "Tripoli", ("LB", "04", 34.43, 35.84), 229_398),
    _town(5, "Tall Rif‘at", ("SY", "09", 36.47, 37.09), 20_514),
    _town(6, "Al Kharabah", ("SY", "09", 36.1, 37.2), 900),
    _town(7, "Zahedan", ("IR", "04", 29.5, 60.86), 551_980),
)


def small_source(name: str) -> Any:
    """A handful of towns, no American counties, everything else as it is shipped."""
    if name == "us_counties.json":
        return []
    return {str(t["geonameid"]): t for t in TOWNS} if name == "cities500.json" else read_source(name)


@pytest.fixture(scope="module")
def packed() -> bytes:
    return compile_index(source=small_source)


@pytest.fixture
def small(packed: bytes, tmp_path: Path) -> PlaceIndex:
    write_whole(tmp_path / "small.bin", packed)
    return PlaceIndex.open(tmp_path / "small.bin")


def test_the_same_sources_give_the_same_bytes_and_progress_is_told(packed: bytes) -> None:
    def shuffled(name: str) -> Any:
        got = small_source(name)
        return dict(reversed(got.items())) if name == "cities500.json" else got

    shares: list[float] = []
    assert compile_index(lambda what, share: shares.append(share), shuffled) == packed
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_an_entry_comes_back_as_it_was_put_in(small: PlaceIndex) -> None:
    (town, *rest) = [e for e in small.lookup("Raqqa") if e.kind == "city"]
    assert not rest
    assert (town.id, town.name, town.iso3, town.lat, town.lon) == ("1", "Raqqa", "SYR", 35.95, 39.01)
    assert (town.population, town.admin1_code, town.admin1, town.precision) == (531_952, "04", "Raqqa", "exact")
    assert "Ar Raqqah" in town.alternates
    assert "Rakka" in town.spellings
    assert town.called("rakka")
    assert not town.called("ar raqqah")
    assert "الرقة" not in town.alternates
    assert town.ascii_name == "raqqa"


@pytest.mark.parametrize("name", ["Raqqa", "the Raqqa", "RAQQA", "ar-Raqqah", "Ar Raqqah", "city of Raqqa", "al-Raqqa"])
def test_spellings_of_one_name_meet(small: PlaceIndex, name: str) -> None:
    assert "1" in {e.id for e in small.lookup(name)}


def test_the_most_populous_comes_first(small: PlaceIndex) -> None:
    assert [e.iso3 for e in small.lookup("Tripoli") if e.kind == "city"] == ["LBY", "LBN"]


def test_a_province_is_found_through_its_seat(small: PlaceIndex) -> None:
    first = small.lookup("Sistan-Baluchestan province")[0]
    assert (first.name, first.kind, first.iso3, first.admin1_code) == ("Sistan and Baluchestan", "adm1", "IRN", "04")


def test_romanisations_meet_inside_a_country_only(small: PlaceIndex) -> None:
    assert [e.id for e in small.sounds_like("Tell Rifaat", "SYR")] == ["5"]
    assert small.sounds_like("Tell Rifaat", "IRQ") == ()
    assert small.sounds_like("", "SYR") == ()


@pytest.mark.parametrize("odd", ["", " ", "the", "\x00", "🙂", "\u202eabc", "x" * 5000, "\ud800", "-", "St."])
def test_odd_names_are_not_found_and_do_no_harm(small: PlaceIndex, odd: str) -> None:
    assert small.lookup(odd) == ()
    assert small.country_of(odd) is None


def test_countries_have_names_and_demonyms(small: PlaceIndex) -> None:
    assert small.country_of("Iranian") == "IRN"
    assert small.country_of("the Netherlands") == "NLD"
    assert small.country_of("Raqqa") is None
    assert "IRN" in small.neighbours("PAK")
    country = small.country("PAK")
    assert country is not None
    assert (country.name, country.kind, country.lat) == ("Pakistan", "country", None)


def test_what_is_no_index_is_refused(tmp_path: Path, packed: bytes) -> None:
    for damaged in (b"", b"nonsense" * 10, packed[:-1], packed[:40]):
        (tmp_path / "bad.bin").write_bytes(damaged)
        with pytest.raises(DataError):
            Store(tmp_path / "bad.bin")
    with pytest.raises(DataError):
        PlaceIndex.open(tmp_path / "absent.bin")


def _compile_small(monkeypatch: pytest.MonkeyPatch, packed: bytes) -> list[int]:
    calls: list[int] = []

    def compiled(progress: object = None) -> bytes:
        calls.append(1)
        return packed

    monkeypatch.setattr(places, "compile_index", compiled)
    return calls


def test_it_is_compiled_once_into_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, packed: bytes) -> None:
    calls = _compile_small(monkeypatch, packed)
    monkeypatch.setenv("CASUS_CACHE", str(tmp_path / "new" / "cache"))
    assert PlaceIndex.open().notes == ()
    assert len(PlaceIndex.open().lookup("Raqqa")) == len(PlaceIndex.open().lookup("Rakka"))
    assert calls == [1]
    assert [f.name for f in (tmp_path / "new" / "cache").iterdir()] == [f"places-{version_tag()}.bin"]


def test_a_damaged_cache_is_made_anew_and_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, packed: bytes) -> None:
    _compile_small(monkeypatch, packed)
    monkeypatch.setenv("CASUS_CACHE", str(tmp_path))
    (tmp_path / f"places-{version_tag()}.bin").write_bytes(packed[:100])
    index = PlaceIndex.open()
    assert index.lookup("Raqqa")
    assert any("compiled again" in note for note in index.notes)


def test_an_unwritable_cache_gives_way_to_a_temporary_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, packed: bytes
) -> None:
    _compile_small(monkeypatch, packed)
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv("CASUS_CACHE", str(blocked))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    index = PlaceIndex.open()
    assert index.lookup("Raqqa")
    for opened in (index, PlaceIndex.open()):  # the second finds it there
        (note,) = opened.notes
        assert f"{blocked} cannot be written" in note
        assert f"kept in {tmp_path / 'casus-'}" in note


def test_a_full_disk_is_as_good_as_an_unwritable_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, packed: bytes
) -> None:
    def full(path: Path, data: bytes) -> None:
        if path.parent == tmp_path / "full":
            raise OSError(28, "No space left on device")
        write_whole(path, data)

    _compile_small(monkeypatch, packed)
    monkeypatch.setattr(places, "write_whole", full)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    index = PlaceIndex.open(folder=tmp_path / "full")
    assert index.lookup("Raqqa")
    assert "kept in" in index.notes[0]


def test_two_writers_at_once_leave_one_whole_file(tmp_path: Path, packed: bytes) -> None:
    writers = [threading.Thread(target=write_whole, args=(tmp_path / "x.bin", packed)) for _ in range(4)]
    for w in writers:
        w.start()
    for w in writers:
        w.join()
    assert [f.name for f in tmp_path.iterdir()] == ["x.bin"]
    assert (tmp_path / "x.bin").read_bytes() == packed


def test_the_users_places_come_first(tmp_path: Path, packed: bytes) -> None:
    mine = tmp_path / "mine.tsv"
    mine.write_text("# name\tiso3\tlat\tlon\nCamp Delta\tSYR\t35.0\t38.0\tDelta Camp|Raqqa\tHoms\t99\n", "utf-8")
    write_whole(tmp_path / "small.bin", packed)
    index = PlaceIndex.open(tmp_path / "small.bin", extra=read_user_file(mine))
    (found,) = index.lookup("Delta Camp")
    assert (found.id, found.name, found.admin1, found.lat) == ("99", "Camp Delta", "Homs", 35.0)
    assert index.lookup("Raqqa")[0].name == "Camp Delta"


@pytest.mark.parametrize("line", ["Camp\tSYR\t35", "Camp\tSyria\t35\t38", "Camp\tSYR\tx\t38", "Camp\tSYR\t95\t38"])
def test_a_wrong_line_of_the_user_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "mine.tsv").write_text(f"# first\n{line}\n", "utf-8")
    with pytest.raises(DataError, match="line 2"):
        read_user_file(tmp_path / "mine.tsv")


def test_blanks_in_the_place_of_tabs_are_called_so(tmp_path: Path) -> None:
    (tmp_path / "mine.tsv").write_text("Camp Delta  SYR  35.0  38.0\n", "utf-8")
    with pytest.raises(DataError, match="line 1: no tab in it"):
        read_user_file(tmp_path / "mine.tsv")


def test_a_geonames_dump_is_streamed() -> None:
    def line(id: int, name: str, what: str, iso2: str, people: int) -> str:
        group, code = what.split()
        cells = [str(id), name, name, "Alpha,ألف", "36.1", "43.2", group, code, iso2, "", "15", "", "", "", str(people)]
        return "\t".join([*cells, "", "", "Asia/Baghdad", "2024-01-01"]) + "\n"

    lines = [
        line(1, "Hamdaniya", "P PPL", "IQ", 5000), line(2, "Tiny", "P PPL", "IQ", 5),
        line(3, "Nineveh", "A ADM1", "IQ", 0),
        line(4, "Elsewhere", "P PPL", "IR", 9000), line(5, "Bridge", "S BDG", "IQ", 0),
    ]  # fmt: skip
    got = list(read_geonames_dump(iter(lines), countries={"IRQ"}, least=100))
    assert [(e.id, e.kind, e.iso3) for e in got] == [("1", "city", "IRQ"), ("3", "adm1", "IRQ"), ("5", "site", "IRQ")]
    assert got[0].alternates == ("Alpha",)
    with pytest.raises(DataError, match="line 1"):
        list(read_geonames_dump(["too\tshort"]))


def test_keys_fold_what_writers_vary() -> None:
    assert key("Sana'a") == key("Sanaʿa") == key("SANAA") == "sanaa"
    assert key("Diyarbakır") == "diyarbakir"
    assert key("St. Louis") == "saint louis"
    assert key("The Hague") == "hague"
    assert key("...") == ""
    assert strip_kind("province of herat") == ("herat", "province")
    assert strip_kind("herat") == ("", "")
    assert sound_key("bab") == ""


LATIN = {"Mosul": True, "al-Bab": True, "Ħamrun": True, "Мосул": False, "OSM": False, "mo su er": False, "X": False}


@pytest.mark.parametrize(("name", "kept"), LATIN.items())
def test_only_latin_names_are_kept(name: str, kept: bool) -> None:
    assert latin(name) is kept


def test_our_files_are_well_formed() -> None:
    assert all(len(r) == 4 for r in own_file("countries.tsv"))
    assert all(len(r) in (3, 4) for r in (*own_file("variants.tsv"), *own_file("admin1.tsv")))
    for name, iso3, lat, lon, *_ in own_file("regions.tsv"):
        assert iso3 == "-" or len(iso3) == 3, name
        assert -90 <= float(lat) <= 90, name
        assert -180 <= float(lon) <= 180, name


def test_the_cache_directory_is_the_one_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(os.environ, "CASUS_CACHE", str(tmp_path))
    assert places.cache_dir() == tmp_path
