"""Places in text and from claims: found without false ones, resolved with a reason, on the real index.

The index is the one that users have: compiled into the ordinary cache directory on first use.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casus.world.place_context import countries_named, qualified
from casus.world.place_find import PlaceMention, stop_words
from casus.world.place_resolve import PlaceContext, Resolution, context_of, distance_km
from casus.world.places import PlaceIndex

IRAQ = PlaceContext((("IRQ", 6), ("TUR", 3)))
SYRIA = PlaceContext((("SYR", 6), ("TUR", 3)))
NOWHERE = PlaceContext()


@cache
def opened() -> PlaceIndex:
    """One index for the properties, which cannot take a fixture of each test."""
    return PlaceIndex.open()


@pytest.fixture
def index() -> PlaceIndex:
    return opened()


def names(index: PlaceIndex, text: str) -> list[str]:
    return [m.text for m in index.find(text)]


def test_all_places_are_there_and_our_files_meet_them(index: PlaceIndex) -> None:
    assert len(index) > 235_000
    assert index._store.header["missed"] == []


@pytest.mark.parametrize(
    ("spelling", "usual", "iso3"),
    [
        ("Deir el-Zour", "Deir Ezzor", "SYR"),
        ("Rakka", "Raqqa", "SYR"),
        ("Ayn al-Arab", "Kobani", "SYR"),
        ("Sana'a", "Sanaa", "YEM"),
        ("Hodeida", "Hodeidah", "YEM"),
        ("Kiev", "Kyiv", "UKR"),
        ("Kharkov", "Kharkiv", "UKR"),
        ("Lashkargah", "Lashkar Gah", "AFG"),
        ("Donbass", "Donbas", "UKR"),
        ("Hormuz Strait", "Strait of Hormuz", None),
        ("Sistan-Baluchestan province", "Sistan and Baluchestan", "IRN"),
        ("Donetsk region", "Donetsk Oblast", "UKR"),
        ("St Petersburg", "St. Petersburg", "RUS"),
    ],
)
def test_spellings_in_the_news_meet_one_place(index: PlaceIndex, spelling: str, usual: str, iso3: str | None) -> None:
    assert (usual, iso3) in {(e.name, e.iso3) for e in index.lookup(spelling)}


def test_names_are_found_at_their_offsets(index: PlaceIndex) -> None:
    text = (
        "🙂 Shells fell near Tel Afar, Iraq, and in Deir el-Zour; Turkey’s army hit A\u200fleppo. The Hague was told."
    )
    found = index.find(text)
    assert all(text[m.start : m.end] == m.text for m in found)
    assert [m.text for m in found] == ["Tel Afar", "Iraq", "Deir el-Zour", "Turkey", "Hague"]
    assert index.find(text, text.index("Deir"), text.index("Turkey"))[0].text == "Deir el-Zour"


@pytest.mark.parametrize(
    "text",
    [
        "May said on Monday that Obama and Kerry would meet Police in March.",
        "Of the Army, Ali Hassan and President Lincoln said nothing. Reading is hard.",
        "the taliban attacked kabul",
        "Thai and Polish troops. Jordan Smith and Paris Jackson spoke. The Washington Post reported.",
        "North Camp Square University Embassy Parliament Market",
        "",
        "\x00 \u202e 🙂🙂",
    ],
)
def test_people_and_common_words_are_no_places(index: PlaceIndex, text: str) -> None:
    assert names(index, text) == []


def test_a_small_town_needs_a_word_that_says_place(index: PlaceIndex) -> None:
    assert names(index, "Gunmen stormed the town of Amatrice.") == ["Amatrice"]
    assert names(index, "Amatrice was asked.") == []


def test_a_reviewed_town_with_a_persons_name_needs_one_too(index: PlaceIndex) -> None:
    assert names(index, "A bomb went off in Sofia.") == ["Sofia"]
    assert names(index, "A truck attack in Nice followed.") == ["Nice"]
    assert names(index, "Sofia smiled.") == []


def test_compounds_give_their_country(index: PlaceIndex) -> None:
    assert names(index, "Iran-backed fighters met on the Pakistan-Afghanistan border.") == [
        "Iran",
        "Pakistan",
        "Afghanistan",
    ]


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=200))
def test_find_stays_inside_any_text(text: str) -> None:
    found: Sequence[PlaceMention] = opened().find(text)
    assert all(text[m.start : m.end] == m.text and m.entries for m in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@settings(max_examples=100, deadline=None)
@given(
    strings=st.lists(st.text(max_size=60) | st.sampled_from(["Mosul", "northern", "of", "Iraqi", "border"]), max_size=4)
)
def test_resolve_takes_any_strings(strings: list[str]) -> None:
    got = opened().resolve(strings, IRAQ)
    assert got.why
    assert (got.lat is None) == (got.lon is None)
    assert got.iso3 is not None or got.precision in ("unknown", "region")


def test_a_very_long_text_is_read(index: PlaceIndex) -> None:
    assert len(index.find("Kabul and " * 3000)) == 3000
    assert len(index.find("Al-" * 20_000)) <= 1


def resolved(index: PlaceIndex, strings: Sequence[str], context: PlaceContext) -> tuple[str, str | None, str]:
    got = index.resolve(strings, context)
    return got.name, got.iso3, got.precision


@pytest.mark.parametrize(
    ("strings", "context", "wanted"),
    [
        (["Zakho", "northern Iraq"], NOWHERE, ("Zakho", "IRQ", "exact")),
        (["Iraqi city of Mosul"], NOWHERE, ("Mosul", "IRQ", "exact")),
        (["Iranian territory"], SYRIA, ("Iran", "IRN", "country")),
        (["Pakistani border"], SYRIA, ("border of Pakistan", "PAK", "near")),
        (["Turkish town of Kilis"], NOWHERE, ("Kilis", "TUR", "exact")),
        (["Helmand province"], NOWHERE, ("Helmand", "AFG", "adm1")),
        (["Aleppo province"], NOWHERE, ("Aleppo", "SYR", "adm1")),
        (["Aleppo"], NOWHERE, ("Aleppo", "SYR", "exact")),
        (["outskirts of Aleppo"], NOWHERE, ("Aleppo", "SYR", "near")),
        (["northern Syria"], NOWHERE, ("northern Syria", "SYR", "region")),
        (["Strait of Hormuz"], NOWHERE, ("Strait of Hormuz", None, "region")),
        (["Egyptian capital"], SYRIA, ("Cairo", "EGY", "exact")),
        (["capital"], SYRIA, ("Damascus", "SYR", "exact")),
        (["capital"], NOWHERE, ("capital", None, "unknown")),
        (["border"], NOWHERE, ("border", None, "unknown")),
        (["Tripoli"], PlaceContext((("LBN", 4),)), ("Tripoli", "LBN", "exact")),
        (["Tripoli"], PlaceContext((("LBY", 4),)), ("Tripoli", "LBY", "exact")),
        (["Hyderabad", "Pakistan"], PlaceContext((("IND", 9),)), ("Hyderabad", "PAK", "exact")),
        (["Georgia"], PlaceContext((("USA", 9),)), ("Georgia", "USA", "adm1")),
        (["Georgia"], PlaceContext((("RUS", 9),)), ("Georgia", "GEO", "country")),
        (["Iraq", "Syria"], NOWHERE, ("Iraq", None, "region")),
        (["Springfield"], NOWHERE, ("Springfield", "USA", "country")),
        (["Qasr Halabiyeh neighborhood", "Aleppo", "Syria"], NOWHERE, ("Qasr Halabiyeh", "SYR", "near")),
        (["Blorp Street", "Aleppo"], SYRIA, ("Aleppo", "SYR", "exact")),
        (["North Embassy"], NOWHERE, ("North Embassy", None, "unknown")),
        (["Tel Rifat"], SYRIA, ("Tell Rifaat", "SYR", "exact")),
        ([], SYRIA, ("", None, "unknown")),
    ],
)
def test_claims_places_resolve(
    index: PlaceIndex, strings: list[str], context: PlaceContext, wanted: tuple[str, str | None, str]
) -> None:
    assert resolved(index, strings, context) == wanted


def test_a_point_comes_with_its_id_and_reason(index: PlaceIndex) -> None:
    got = index.resolve(["Mosul"], NOWHERE)
    assert (got.place_id, got.admin1) == ("99072", "Nineveh")
    assert got.lat is not None
    assert got.lon is not None
    assert distance_km((got.lat, got.lon), (36.34, 43.13)) < 10
    assert got.why == "only place of that name"


def test_an_unknown_village_gets_no_point_of_its_own(index: PlaceIndex) -> None:
    got = index.resolve(["Zzyzxabad"], IRAQ)
    assert (got.iso3, got.lat, got.precision) == ("IRQ", None, "country")
    assert "not in the index" in got.why


def test_a_name_cut_behind_of_is_still_read(index: PlaceIndex) -> None:
    assert index.resolve(["of Aleppo"], NOWHERE).iso3 == "SYR"


def test_other_places_of_the_document_pull_namesakes(index: PlaceIndex) -> None:
    near = Resolution("Hyderabad", "1176734", None, "PAK", 25.4, 68.4, "exact")
    assert index.resolve(["Hyderabad"], PlaceContext(places=(near,))).iso3 == "PAK"


def test_the_pipelines_country_names_are_asked(index: PlaceIndex) -> None:
    context = PlaceContext(country_of=lambda name: "IRN" if name == "Khomeinist" else None)
    assert index.resolve(["Khomeinist soil"], context).iso3 == "IRN"


def test_a_document_says_its_countries_and_what_lies_where(index: PlaceIndex) -> None:
    text = "Police in Ferguson, Missouri, and Iranian media. Iran denied it; Iranian envoys left."
    found = index.find(text)
    assert countries_named(index, text, found)[0] == ("IRN", 3)
    assert qualified(text, found) == (("ferguson", "USA", "Missouri"),)
    assert index.resolve(["Ferguson"], context_of(index, text, found)).admin1 == "Missouri"


def test_main_country_needs_two_fifths_and_a_lead() -> None:
    assert PlaceContext((("SYR", 2), ("TUR", 2))).main is None
    assert PlaceContext((("SYR", 6), ("TUR", 2))).main == "SYR"
    assert PlaceContext(home="PAK").main == "PAK"


def test_stop_words_are_lower_case() -> None:
    assert all(w == w.lower() for words in stop_words() for w in words)
