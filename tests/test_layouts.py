"""Forty layouts of web pages, of our own writing, against their truth: what cleaning and dating must hold.

The figures are those of `python -m benchmarks.layouts`. Rules were written on all of these pages: on a*.html from the
start, on b*.html after they had been held out once. How other pages are read, c*.html tell (`--held-out`), for which
nothing is asked here: what fails a build gets tuned on.
"""

from __future__ import annotations

from functools import cache

import pytest

from benchmarks.layouts import Figures, f1, figures, measure, page_names, score, words
from casus.records import Document, Region

# What was measured, less what a small fault in one page of twenty moves; of dates and titles, all are right. Must over
# all forty: body 0.95, published right 0.95, wrong 0.02.
FLOORS = {
    "a": {"body": 0.995, "title": 1.0, "right": 1.0, "captions": 0.9},
    "b": {"body": 0.985, "title": 1.0, "right": 1.0, "captions": 0.9},
}


@cache
def held(letter: str) -> Figures:
    """The figures of the pages whose names begin with the letter."""
    return figures(measure([name for name in page_names(held_out=False) if name.startswith(letter)]))


@pytest.mark.parametrize("letter", FLOORS)
def test_there_are_twenty_pages_of_a_set(letter: str) -> None:
    assert held(letter).pages == 20


@pytest.mark.parametrize(("letter", "figure"), [(letter, figure) for letter in FLOORS for figure in FLOORS[letter]])
def test_pages_hold_their_floors(letter: str, figure: str) -> None:
    assert getattr(held(letter), figure) >= FLOORS[letter][figure]


@pytest.mark.parametrize("letter", FLOORS)
def test_no_date_is_wrong(letter: str) -> None:
    assert held(letter).wrong == 0.0


def test_f1_counts_words_as_often_as_they_stand() -> None:
    assert f1(words("The army, the army"), words("the ARMY")) == pytest.approx(2 * 2 / 6)
    assert f1([], []) == 1.0
    assert f1(["a"], []) == 0.0


def test_a_page_is_scored_by_its_regions() -> None:
    text = "Army takes Belo\n\nNine were killed.\n\nA bridge at dawn"
    regions = (Region("title", 0, 15), Region("body", 17, 34), Region("caption", 36, 52))
    document = Document.of(text, title="Army takes Belo", regions=regions)
    truth = {
        "title": "Army takes Belo", "published": None, "captions": ["A bridge at dawn"], "body": ["Nine were killed."],
    }  # fmt: skip
    scored = score(document, truth, "x")
    assert (scored.body, scored.title, scored.published, scored.captions) == (1.0, True, "right", (1, 1, 1))
    worse = score(document, truth | {"published": "2021-05-03", "body": ["Nine were killed and ten hurt."]}, "x")
    assert (worse.published, worse.lost, worse.extra) == ("absent", ("and", "ten", "hurt"), ())
    assert score(None, truth, "x").body == 0.0
