"""Tests of pronouns and definite phrases, of the finder of mentions, and of splitting lists of actors."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.reader.anaphora import antecedents
from casus.reader.mentions import mentions, split_coordination

Span = tuple[int, int]


def split(text: str) -> list[Span]:
    """One sentence a line: the tests write their documents so."""
    return [m.span() for m in re.finditer(r"[^\n]+", text)]


def stands_for(text: str, words: str, nth: int = 1) -> str | None:
    found = antecedents(text, split(text), mentions(text, split(text)))
    places = [m.span() for m in re.finditer(rf"\b{re.escape(words)}\b", text)]
    got = found.get(places[nth - 1])
    return got.text if got else None


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("President Lena Orth met the envoy.\nShe said talks went well.", "She", "President Lena Orth"),
        ("Colonel Omar Tal spoke in Basra.\nHe said his men had withdrawn.", "He", "Colonel Omar Tal"),
        ("Colonel Omar Tal spoke in Basra.\nHe said his men had withdrawn.", "his", "Colonel Omar Tal"),
        ("Turkey said it shot down the jet.", "it", "Turkey"),
        ("Pakistan insists it is continuing its efforts.\nKabul disagrees.", "it", "Pakistan"),
        ("Police said they arrested nine men.", "they", "Police"),
        (
            "Hezbollah fired rockets at Haifa.\nThe group said two launchers were used.",
            "The group",
            "Hezbollah",
        ),
        (
            "The Foreign Ministry summoned the envoy.\nThe ministry gave no reason.",
            "The ministry",
            "Foreign Ministry",
        ),
        ("Norway recalled its ambassador.\nThe country closed the embassy.", "The country", "Norway"),
        ("“We will fight,” General Juma Okot said.", "We", "General Juma Okot"),
        ("The rebels, who hold the bridge, opened fire.", "who", "rebels"),
    ],
)
def test_what_it_stands_for(text: str, words: str, expected: str) -> None:
    assert stands_for(text, words) == expected


def test_a_woman_is_not_he() -> None:
    assert stands_for("Queen Maria visited Colonel Omar Tal.\nHe thanked the guard.", "He") == "Colonel Omar Tal"


def test_it_of_weather_and_judgement_stands_for_nobody() -> None:
    assert stands_for("Turkey closed the border.\nIt is not clear why.", "It") is None


def test_a_subject_is_not_its_own_object() -> None:
    assert stands_for("Colonel Omar Tal spoke.\nGeneral Juma Okot attacked him.", "him") == "Colonel Omar Tal"


def test_the_speaker_speaks_on_through_pronouns() -> None:
    text = "Mayor Ivo Petrov said the dam was hit.\nHe said nobody died.\nHe added that repairs began."
    assert stands_for(text, "He", 1) == "Mayor Ivo Petrov"
    assert stands_for(text, "He", 2) == "Mayor Ivo Petrov"


def test_nothing_to_stand_for_is_left_out() -> None:
    assert antecedents("They left.", [(0, 10)], []) == {}


@pytest.mark.parametrize(
    ("phrase", "parts"),
    [
        ("Kenyan and Somali negotiators", ["Kenyan", "Somali negotiators"]),
        ("police and soldiers", ["police", "soldiers"]),
        ("Russia, Iran and Turkey", ["Russia", "Iran", "Turkey"]),
        ("the army, the police, and the navy", ["army", "police", "navy"]),
        ("both Oslo and the European Union", ["Oslo", "European Union"]),
        ("Boris and Co. Ltd", ["Boris and Co. Ltd"]),
        ("Bosnia and Herzegovina", ["Bosnia and Herzegovina"]),
        ("Bosnia and Herzegovina and Serbia", ["Bosnia and Herzegovina", "Serbia"]),
        ("Trinidad and Tobago", ["Trinidad and Tobago"]),
        ("Sistan and Baluchestan", ["Sistan and Baluchestan"]),
        ("Ministry of Defense and Aviation", ["Ministry of Defense and Aviation"]),
        ("Ministry of Defense and the army", ["Ministry of Defense", "army"]),
        ("Islamic State", ["Islamic State"]),
        ("Omar Tal, a colonel", ["Omar Tal, a colonel"]),
    ],
)
def test_lists_of_actors_are_split_and_names_are_not(phrase: str, parts: list[str]) -> None:
    assert [phrase[a:b] for a, b in split_coordination(phrase, 0, len(phrase))] == parts


def test_splitting_keeps_the_offsets_of_the_document() -> None:
    text = "On Monday police and soldiers fired."
    spans = split_coordination(text, 10, 29)
    assert [text[a:b] for a, b in spans] == ["police", "soldiers"]


def test_mentions_have_kind_number_and_gender() -> None:
    text = "President Lena Orth met Turkish forces in Basra.\nTurkey and the Foreign Ministry agreed."
    found = {text[m.start : m.end]: m for m in mentions(text, split(text))}
    assert found["President Lena Orth"].kind == "person"
    assert found["Turkish forces"].plural is True
    assert found["Basra"].kind == "place"
    assert found["Turkey"].kind == "country"
    assert found["Foreign Ministry"].kind == "organisation"
    text = "Mrs. Ada Holm left."
    assert [m.gender for m in mentions(text, split(text))] == ["f"]


@given(st.text(max_size=150), st.integers(0, 150), st.integers(0, 150))
def test_parts_lie_inside_in_order_and_apart(text: str, a: int, b: int) -> None:
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    at = start
    for s, e in split_coordination(text, start, end):
        assert at <= s < e <= end
        at = e


WORDS = st.lists(
    st.sampled_from(
        ["Orth", "he", "they", "it", "the group", "the government", "who", "said", ",", ".", "“", "”", "we", "Turkey",
         "and", "police", "\n", "both countries", "its", "\u200f", "😀", "\x00", "U.S.", "of", "attacked",
         "him", "(", ")"]
    ),
    max_size=40,
)  # fmt: skip


@given(WORDS)
def test_an_antecedent_is_a_span_of_the_text(words: list[str]) -> None:
    text = " ".join(words)
    for (start, end), found in antecedents(text, split(text), mentions(text, split(text))).items():
        assert 0 <= start < end <= len(text)
        assert text[found.start : found.end] == found.text
        assert found.why
        assert (start, end) != (found.start, found.end)


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    for m in mentions(text, split(text)):
        assert 0 <= m.start < m.end <= len(text)
