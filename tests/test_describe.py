"""The line on an event for people."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from casus.codebook import Codebook
from casus.events import Conflict, ConflictOption, Event, EventFigure, EventPlace, EventSide, EventWhen
from casus.linking.describe import VERBS, describe

IRAN = EventSide("IRN", "Iran", "MIL")
PAKISTAN = EventSide("PAK", "Pakistan", "GOV")
DAY = EventWhen(date(2024, 1, 16), date(2024, 1, 16), "day")
STRIKE = Event(
    "evt_1",
    1,
    ("clm_1",),
    ("ASSAULT",),
    actors=(IRAN,),
    recipients=(PAKISTAN,),
    place=EventPlace("Panjgur", iso3="PAK", precision="exact"),
    when=DAY,
    figures=(EventFigure("killed", 2, 2, 4, "told alike"),),
)


def test_an_event_in_a_line() -> None:
    assert describe(STRIKE) == "Iran attacked Pakistan in Panjgur, 16 January 2024: 2 killed (2-4)"


def test_every_type_has_a_verb() -> None:
    assert list(VERBS) == list(Codebook.load().type_names)
    lines = {describe(replace(STRIKE, types=(t,))) for t in VERBS}
    alone = {describe(replace(STRIKE, types=(t,), recipients=())) for t in VERBS}
    nobody = {describe(replace(STRIKE, types=(t,), actors=())) for t in VERBS}
    assert len(lines) == len(alone) == len(VERBS)
    assert all(line.startswith("Iran ") and " in Panjgur, 16 January 2024" in line for line in lines | alone)
    assert not any("Iran" in line for line in nobody)


@pytest.mark.parametrize(
    ("type", "mode", "line"),
    [
        ("COERCE", "arrest", "Iran arrested Pakistan"),
        ("CONSULT", "visit", "Iran visited Pakistan"),
        ("CONSULT", "third-party", "Iran met Pakistan"),
        ("ASSAULT", "abduct", "Iran abducted Pakistan"),
    ],
)
def test_some_modes_have_a_verb_of_their_own(type: str, mode: str, line: str) -> None:
    assert describe(replace(STRIKE, types=(type,), mode=mode)).startswith(line)


def test_sides_that_nobody_knows_are_left_out() -> None:
    bare = replace(STRIKE, place=None, when=EventWhen(), figures=())
    assert describe(replace(bare, actors=())) == "Attack on Pakistan"
    assert describe(replace(bare, recipients=())) == "Iran attacked"
    assert describe(replace(bare, actors=(), recipients=())) == "Attack"
    assert describe(replace(bare, types=("CONSULT",), recipients=())) == "Iran held talks"


def test_several_sides_are_listed_and_a_state_once() -> None:
    people = EventSide("PAK", "children", "CVL")
    both = replace(STRIKE, actors=(IRAN, EventSide("Hezbollah", "Hezbollah", "REB")), recipients=(PAKISTAN, people))
    assert describe(both).startswith("Iran and Hezbollah attacked Pakistan in")
    many = tuple(EventSide(f"group {n}", f"Group {n}", "REB") for n in range(6))
    assert describe(replace(STRIKE, actors=many)).startswith("Group 0, Group 1, Group 2 and others attacked")


def test_disputed_sides_stand_with_or() -> None:
    options = tuple(ConflictOption(who, ("clm_1",), (), 1) for who in ("IRN", "PAK"))
    rivals = replace(STRIKE, actors=(IRAN, PAKISTAN), conflicts=(Conflict("actor", options),))
    assert describe(rivals).startswith("Iran or Pakistan attacked")
    settled = replace(rivals, conflicts=(Conflict("actor", options, "settled", "IRN"),))
    assert describe(settled).startswith("Iran and Pakistan attacked")


def test_names_stand_as_in_a_sentence() -> None:
    gunmen, states = EventSide(None, "Two gunmen", "UAF"), EventSide("USA", "United States", "GOV")
    assert describe(replace(STRIKE, recipients=(gunmen,))).startswith("Iran attacked two gunmen in")
    assert describe(replace(STRIKE, actors=(states,), recipients=())).startswith("The United States attacked in")


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (EventPlace("Panjgur", iso3="PAK", precision="near"), "near Panjgur"),
        (EventPlace("Balochistan", iso3="PAK", precision="adm1"), "in Balochistan"),
        (EventPlace("Iraq", iso3="IRQ", precision="country"), "in Iraq"),
    ],
)
def test_where(place: EventPlace, words: str) -> None:
    assert f"Iran attacked Pakistan {words}, 16" in describe(replace(STRIKE, place=place))


def test_the_country_that_was_attacked_is_not_said_twice() -> None:
    told = replace(STRIKE, place=EventPlace("Pakistan", iso3="PAK", precision="country"))
    assert describe(told).startswith("Iran attacked Pakistan, 16 January")


@pytest.mark.parametrize(
    ("first", "last", "precision", "words"),
    [
        ("2024-01-16", "2024-01-18", "range", "16-18 January 2024"),
        ("2024-01-31", "2024-02-02", "range", "31 January to 2 February 2024"),
        ("2023-12-31", "2024-01-02", "range", "31 December 2023 to 2 January 2024"),
        ("2024-01-01", "2024-01-31", "month", "January 2024"),
        ("2024-01-01", "2024-12-31", "year", "2024"),
    ],
)
def test_when(first: str, last: str, precision: str, words: str) -> None:
    when = EventWhen(date.fromisoformat(first), date.fromisoformat(last), precision)  # type: ignore[arg-type]
    assert f"in Panjgur, {words}:" in describe(replace(STRIKE, when=when))
    assert describe(replace(STRIKE, when=EventWhen(), figures=())).endswith("in Panjgur")


@pytest.mark.parametrize(
    ("low", "best", "high", "words"),
    [
        (9, 9, 9, "9 killed"),
        (9, 9, None, "at least 9 killed"),
        (7, 9, None, "9 killed (7 or more)"),
        (24, None, None, "at least 24 killed"),
        (24, None, 30, "24-30 killed"),
        (None, None, 40, "up to 40 killed"),
        (7, 9, 12, "9 killed (7-12)"),
    ],
)
def test_figures(low: int | None, best: int | None, high: int | None, words: str) -> None:
    figure = EventFigure("killed", low, best, high, "")
    assert describe(replace(STRIKE, figures=(figure,))).endswith(f"2024: {words}")
    hurt = EventFigure("injured", 3, 3, 3, "")
    assert describe(replace(STRIKE, figures=(figure, hurt))).endswith(f"{words}, 3 injured")


def test_what_did_not_happen_is_said_first() -> None:
    assert describe(replace(STRIKE, status="denied")).startswith("Denied: Iran attacked")
    assert describe(replace(STRIKE, status="planned")).startswith("Planned: Iran")
    assert describe(replace(STRIKE, status="hypothetical")).startswith("Possible: Iran")
