"""Sentences of news text: each case says where the borders are by listing the sentences."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.reader.sentences import MAX_CHARS, MAX_WORDS, split
from casus.records import Region


def cut(text: str) -> list[str]:
    return [text[s.start : s.end] for s in split(text)]


WHOLE = [
    "The U.S. Navy said Lt. Gen. Amos K. Reed met Mr. Dorn at 4 p.m. Monday in St. Jude, Calif. on Jan. 3.",
    "Order No. 14 raised the levy by 3.5 percent to $1,200.50 in the first quarter.",
    '"Why did they fire?" the mayor asked the crowd.',
    "“Stop!” she said.",
    "The rebels … had left by then, a witness said.",
    "He wrote that “we will ... return” before the bridge fell.",
    "J. K. Adeyemi and George W. Sand signed the paper.",
    "The envoy from Washington, D.C., arrived with U.N. officials.",
    "They met Gov. Ila Tol vs. Rep. Hans Berg in court.",
    "The troops (about 300 of them.) left on foot.",
    "The site go.example.org was blocked.",
    "Goods worth 3.4m. euros were burned.",
    "The ex-minister-turned-rebel Al-Nur and al-Sham fighters fled.",
]
SEVERAL = [
    ["Troops left the U.S. The president was told.", ["Troops left the U.S.", "The president was told."]],
    ['They fled. "We ran," he said.', ["They fled.", '"We ran," he said.']],
    ["He said it was “over.” The army agreed.", ["He said it was “over.”", "The army agreed."]],
    ["“We ran.” “Why?” “They fired.”", ["“We ran.”", "“Why?”", "“They fired.”"]],
    ["It ended at 5 a.m. Residents came out.", ["It ended at 5 a.m.", "Residents came out."]],
    ["Nobody knew... The lights went out.", ["Nobody knew...", "The lights went out."]],
    ["They left. al-Hadi stayed.", ["They left.", "al-Hadi stayed."]],
    ["He left.The mayor stayed in town.", ["He left.", "The mayor stayed in town."]],
    ['It burned.-"A student told me," he said.', ["It burned.", '"A student told me," he said.']],
    ["Talks resume-The two sides met in Port Lamu.", ["Talks resume", "The two sides met in Port Lamu."]],
    ["They named the Red Dawn (RD) They said so twice.", ["They named the Red Dawn (RD)", "They said so twice."]],
    ["He called it “a war. “We will win,” he said.", ["He called it “a war.", "“We will win,” he said."]],
    ["Rockets hit Ansa 🚀. Two died.", ["Rockets hit Ansa 🚀.", "Two died."]],
    ["One died.\n\nTwo fled", ["One died.", "Two fled"]],
    ["Headline without a stop\nThe army left the town.", ["Headline without a stop", "The army left the town."]],
    ["They\nleft the town.", ["They\nleft the town."]],
    ["• One man died. • Two fled.", ["One man died.", "Two fled."]],
    ["\u200fThe army left.\u200e \u202bThe rebels came.\u202c", ["The army left.", "The rebels came."]],
    ["Reports came on Sept. 4. Twelve were held.", ["Reports came on Sept. 4.", "Twelve were held."]],
    ["", []],
    ["... -- ▶▶ ...", []],
]


@pytest.mark.parametrize("text", WHOLE)
def test_one_sentence_stays_one(text: str) -> None:
    assert cut(text) == [text]


@pytest.mark.parametrize(("text", "expected"), SEVERAL)
def test_several_sentences(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_wrapped_lines_are_one_sentence() -> None:
    text = (
        "The ministry of defence said on Monday that its troops had entered Belo\n"
        "After a week of shelling eleven rebels surrendered near the old bridge,\n"
        "Army spokesman Odo Kesh told the state news agency by telephone at noon."
    )
    assert cut(text) == [text]


def test_regions_are_borders_and_boilerplate_is_silent() -> None:
    text = "Army takes Belo Troops came at dawn. Share this They left."
    regions = (
        Region("title", 0, 15),
        Region("caption", 16, 36, date(2024, 1, 2)),
        Region("boilerplate", 37, 47),
        Region("body", 48, 58),
    )
    found = split(text, regions)
    assert [(text[s.start : s.end], s.region.kind) for s in found] == [
        ("Army takes Belo", "title"),
        ("Troops came at dawn.", "caption"),
        ("They left.", "body"),
    ]
    assert found[1].region.dated == date(2024, 1, 2)


def test_a_sentence_of_3000_words_is_cut_at_commas() -> None:
    text = ", ".join(["the army shelled the town of Belo"] * 430) + "."
    pieces = cut(text)
    assert all(len(p.split()) <= MAX_WORDS for p in pieces)
    assert all(p.endswith((",", ".")) for p in pieces)
    assert " ".join(pieces) == text


def test_a_text_without_blanks_is_cut() -> None:
    assert [len(p) for p in cut("x" * (MAX_CHARS * 2 + 5))] == [MAX_CHARS, MAX_CHARS, 5]


NEWSY = st.text(alphabet=st.sampled_from('aB .?!"“”’()-\n\r\u200f…▶,;:1U.S\x00é😀'), max_size=300)


@given(st.one_of(st.text(max_size=300), NEWSY))
def test_offsets_are_ordered_in_range_and_lose_no_word(text: str) -> None:
    at = 0
    covered: set[int] = set()
    for s in split(text):
        assert at <= s.start < s.end <= len(text)
        assert len(text[s.start : s.end].split()) <= MAX_WORDS
        covered.update(range(s.start, s.end))
        at = s.end
    assert {n for n, c in enumerate(text) if c.isalnum()} <= covered


@given(NEWSY, st.lists(st.integers(0, 300), max_size=8))
def test_no_sentence_crosses_a_region(text: str, cuts: list[int]) -> None:
    edges = sorted({0, len(text), *(c for c in cuts if c < len(text))})
    regions = [Region("body", a, b) for a, b in pairwise(edges)]
    for s in split(text, regions):
        assert s.region in regions
        assert s.region.start <= s.start < s.end <= s.region.end
