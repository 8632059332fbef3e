"""Tests of who says what: forms of reported speech, chains, quotes, runs of speech, and the rule on speech acts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.reader.attribution import attributions, source_of
from casus.reader.quotes import quotes
from casus.reader.source_kinds import source_kind
from casus.reader.speech import verb_forms

Span = tuple[int, int]


def split(text: str) -> list[Span]:
    """One sentence a line: the tests write their documents so."""
    return [m.span() for m in re.finditer(r"[^\n]+", text)]


def source(text: str, trigger: str, claim_type: str = "ASSAULT", actor: str | None = None) -> list[str]:
    at = text.index(trigger)
    actors = [(text.index(actor), text.index(actor) + len(actor))] if actor else []
    chain = source_of(
        text, attributions(text, split(text)), at, at + len(trigger), claim_type=claim_type, actors=actors
    )
    return [text[s:e] for s, e in chain]


@pytest.mark.parametrize(
    ("text", "trigger", "expected"),
    [
        ("Police said the rebels shelled the town.", "shelled", ["Police"]),
        ("The rebels shelled the town, police said.", "shelled", ["police"]),
        (
            "The rebels shelled the town, said Colonel Tarek Odeh, an army officer.",
            "shelled",
            ["Colonel Tarek Odeh"],
        ),
        ("According to Iranian media, nine people were killed.", "killed", ["Iranian media"]),
        (
            "Nine people were killed, according to a foreign ministry spokesperson.",
            "killed",
            ["foreign ministry spokesperson"],
        ),
        (
            "Mehr, citing the provincial governor, reported that nine people were killed.",
            "killed",
            ["Mehr", "provincial governor"],
        ),
        (
            "State television reported on Tuesday that troops crossed the border.",
            "crossed",
            ["State television"],
        ),
        (
            "Anwar Sadiq, a spokesman for the militia, said fighters had seized the bridge.",
            "seized",
            ["Anwar Sadiq"],
        ),
        (
            "A militia spokesman, Captain Anwar Sadiq, said fighters had seized the bridge.",
            "seized",
            ["Captain Anwar Sadiq"],
        ),
        ("Marta Kolb told reporters that gunmen attacked the convoy.", "attacked", ["Marta Kolb"]),
        (
            "The general was quoted as saying by Nova TV that his men shot two smugglers.",
            "shot",
            ["Nova TV", "general"],
        ),
        (
            "The Interior Ministry denied that its officers had beaten the students.",
            "beaten",
            ["Interior Ministry"],
        ),
        ("Oslo accused the militia of burning two villages.", "burning", ["Oslo"]),
        (
            "The raid, Deputy Governor Imre Vass said, killed four gunmen.",
            "killed",
            ["Deputy Governor Imre Vass"],
        ),
        ("Zarkovia's claim that its jets were shot down could not be checked.", "shot down", ["Zarkovia"]),
        ("Police: Gunmen Attack Market", "Attack", ["Police"]),
        ("Villagers and aid workers said planes bombed the school.", "bombed", ["Villagers", "aid workers"]),
        ("The rebels shelled the town.", "shelled", []),
        ("The rebels shelled the town before police arrived.", "shelled", []),
        ("Residents fled the United States of the valley and soldiers fired.", "fired", []),
        ("The minister is said to have ordered troops to storm the camp.", "storm", []),
    ],
)
def test_the_form_gives_the_source(text: str, trigger: str, expected: list[str]) -> None:
    assert source(text, trigger) == expected


def test_a_nested_chain_is_outermost_first() -> None:
    text = "The Courier reported that the mayor said gunmen attacked the market."
    assert source(text, "attacked") == ["The Courier", "mayor"] or source(text, "attacked") == [
        "Courier",
        "mayor",
    ]


def test_another_speaker_behind_but_takes_over() -> None:
    text = "The army said its jets bombed the camp, but villagers say planes hit a school."
    assert source(text, "bombed") == ["army"]
    assert source(text, "hit") == ["villagers"]


def test_the_speaker_of_a_speech_act_is_no_source() -> None:
    text = "President Lena Orth said the junta must free the ministers."
    assert source(text, "must", "REQUEST", "President Lena Orth") == []
    assert source(text, "must", "REQUEST", "junta") == ["President Lena Orth"]


def test_the_speech_verb_has_no_source_in_itself() -> None:
    text = "Oslo accused the militia of burning two villages."
    assert source(text, "accused", "ACCUSE", "Oslo") == []


def test_an_event_that_is_only_referred_to_has_no_source() -> None:
    text = "The mayor said schools would open two days after the end of the siege."
    assert source(text, "siege", "COERCE") == []


def test_a_quote_that_runs_on_keeps_its_speaker() -> None:
    text = "“They shot at us,” farmer Issa Bello said.\n“Then they burned the mill.\nWe ran when they attacked."
    assert source(text, "burned") == ["farmer Issa Bello"]
    assert source(text, "attacked") == ["farmer Issa Bello"]


def test_a_quote_across_sentences_belongs_to_the_speaker_at_its_end() -> None:
    text = "“The planes bombed the well.\nTwo boys died there,” teacher Amal Issa said."
    assert source(text, "bombed") == ["teacher Amal Issa"]


def test_the_reporter_speaks_again_after_the_quote() -> None:
    text = "“They shot at us,” farmer Issa Bello said.\nThe army shelled the valley on Monday."
    assert source(text, "shelled") == []


def test_a_heading_stuck_to_the_sentence_is_no_part_of_the_name() -> None:
    assert source("War of words-Orth said the rebels shelled the town.", "shelled") == ["Orth"]


def test_quotes_are_found_with_and_without_their_end() -> None:
    text = 'He said "one" and “two three.\nThen "four'
    assert [text[q.start : q.end] for q in quotes(text, split(text))] == ["one", "two three.", "four"]
    assert [q.closed for q in quotes(text, split(text))] == [True, False, False]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("police", "official"),
        ("intelligence source", "unnamed"),
        ("security expert", "expert"),
        ("Human Rights Watch", "ngo"),
        ("residents", "witness"),
        ("Iranian media", "media"),
        ("foreign ministry spokesperson", "official"),
        ("Pentagon", "military"),
        ("Taliban spokesman", "armed-group"),
        ("United Nations", "igo"),
        ("activists", "activist"),
        ("rebel commander", "armed-group"),
        ("Algeria", "official"),
        ("Blorp", "other"),
        ("", "other"),
    ],
)
def test_source_kind(name: str, kind: str) -> None:
    assert source_kind(name) == kind


def test_a_bare_name_takes_its_kind_from_its_description() -> None:
    text = "Omar Tal, an analyst at a think tank, spoke first. Colonel Rita Moss answered him."
    assert source_kind("Tal", text) == "expert"
    assert source_kind("Rita Moss", text) == "military"


def test_each_form_stands_in_one_class() -> None:
    assert verb_forms()["said"] == ("say", "say")
    assert all(form == form.lower() and lemma for form, (lemma, _) in verb_forms().items())


PIECES = st.lists(
    st.sampled_from(
        ["Orth", " said", ",", " that", "“", "”", '"', " according to", " the", " police", "\n", ".", " told", "(", ")",
         " accused", " of", "-", "\u200f", "😀", "\x00", " and", " who", ":", "'s", " quoted", " as saying", " by"]
    ),
    max_size=40,
)  # fmt: skip


@given(PIECES)
def test_odd_text_never_breaks_it_and_spans_stay_inside(pieces: list[str]) -> None:
    text = "".join(pieces)
    for a in attributions(text, split(text)):
        assert a.speakers
        for start, end in (*a.speakers, a.verb):
            assert 0 <= start < end <= len(text)
        assert all(0 <= start <= end <= len(text) for start, end in a.contents)
        assert attributions(text, split(text))[0].verb <= a.verb


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    found = attributions(text, split(text))
    assert found == attributions(text, split(text))
    assert isinstance(source_kind(text[:20], text), str)


def test_a_sentence_of_three_thousand_words_is_read() -> None:
    text = "Police said " + "the rebels fired, and " * 1500 + "shelled the town."
    assert source(text, "shelled") == ["Police"]
