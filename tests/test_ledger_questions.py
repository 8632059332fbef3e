"""Questions to a ledger: events by what they are, by words and by place; and why two claims are one event or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from casus.errors import UsageError
from casus.events import Event
from casus.ledger.ledger import Ledger
from casus.ledger.queries import Filter
from tests.papers import LONG, Deed, filled, paper
from tests.telling import KARACHI, PANJGUR, SARAVAN, TURBAT

HERE, THERE = Deed(killed=2), Deed(town=KARACHI, killed=9)

ISLES: Sequence[tuple[str, str, str, float, float]] = (
    ("Taveuni", "FJI", "Northern", -16.8, 179.95),
    ("Rabi", "FJI", "Northern", -16.5, -179.97),
    ("Vostok", "ATA", "South", -89.5, 100.0),
    ("Amundsen", "ATA", "South", -89.6, -80.0),
)


@pytest.fixture(scope="module")
def asked() -> Ledger:
    """Nine events: two raids of one day, told in two and three papers, a protest, sums, places at the world's edges."""
    raid, other = Deed("2024-01-16", PANJGUR, "IRN", "PAK", 2), Deed("2024-01-18", SARAVAN, "PAK", "IRN", 9)
    return filled(
        paper("a", raid, other, lead=f"Missiles fell. {LONG}."),
        paper("b", raid, lead="The ‘drone’ raid."),
        paper("c", raid, replace(other, killed=7), lead=f"{' '.join(reversed(LONG.split()))}."),
        paper("d", Deed("2024-02-01", KARACHI, None, "PAK", type="PROTEST"), lead="Crowds."),
        paper("e", Deed("2024-01-01", None, "IRN", "PAK", until="2024-01-31"), lead="A month of raids."),
        paper("f", Deed(None, TURBAT, "BLA", "PAK", status="denied", background=True), published=None),
        *(paper(f"i{n}", Deed("2023-05-05", isle, None, None)) for n, isle in enumerate(ISLES)),
    )


def names(events: Sequence[Event]) -> list[str]:
    return [e.place.name if e.place else "nowhere" for e in events]


@pytest.mark.parametrize(
    ("asked_for", "wanted"),
    [
        (Filter(since=date(2024, 1, 17), until=date(2024, 1, 31)), "Saravan nowhere"),
        (Filter(until=date(2023, 5, 5)), "Amundsen Rabi Taveuni Vostok"),
        (Filter(since=date(2024, 2, 2)), ""),
        (Filter(country="IRN"), "Saravan"),
        (Filter(type="PROTEST"), "Karachi"),
        (Filter(status="denied"), "Turbat"),
        (Filter(actor="PAK"), "Saravan"),
        (Filter(recipient="IRN"), "Saravan"),
        (Filter(side="BLA"), "Turbat"),
        (Filter(side="IRN"), "Panjgur Saravan nowhere"),
        (Filter(killed=3), "Saravan"),
        (Filter(killed=2), "Panjgur Saravan"),
        (Filter(independent=3), "Panjgur"),
        (Filter(disputed=True), "Saravan"),
        (Filter(umbrella=True), "nowhere"),
        (Filter(umbrella=False, country="PAK"), "Karachi Panjgur Turbat"),
        (Filter(near=(26.95, 64.1, 20)), "Panjgur"),
        (Filter(near=(26.95, 64.1, 200)), "Panjgur Saravan Turbat"),
        (Filter(near=(-16.7, 180, 40)), "Rabi Taveuni"),
        (Filter(near=(-16.7, -180, 40)), "Rabi Taveuni"),
        (Filter(near=(-16.7, 179.9, 15)), "Taveuni"),
        (Filter(near=(-90, 0, 60)), "Amundsen Vostok"),
        (Filter(near=(-89.5, 100, 50)), "Vostok"),
        (Filter(near=(0, 0, 21_000)), "Amundsen Karachi Panjgur Rabi Saravan Taveuni Turbat Vostok"),
        (Filter(text="panjgur"), "Panjgur"),
        (Filter(text="struck karachi"), "Karachi"),
        (Filter(text="dead OR others"), "Amundsen Panjgur Rabi Saravan Taveuni Vostok"),
        (Filter(text='"struck PAK" NOT 2024'), "Turbat"),
        (Filter(text="pan*"), "Panjgur"),
        (Filter(text="it's -- nowhere; near"), ""),
        (Filter(side="IRN", killed=3, since=date(2024, 1, 1), text="struck", near=(27, 62, 100)), "Saravan"),
        (Filter(review=True, country="PAK", type="PROTEST"), "Karachi"),
    ],
)  # fmt: skip
def test_filters(asked: Ledger, asked_for: Filter, wanted: str) -> None:
    assert sorted(names(asked.events(asked_for))) == sorted(wanted.split())
    assert asked.count(asked_for) == len(wanted.split())


def test_events_come_by_day_undated_last_and_in_pages(asked: Ledger) -> None:
    every = asked.events()
    days = [e.when.start or date.max for e in every]
    assert days == sorted(days)
    assert every[-1].when.start is None
    pages = [asked.events(Filter(limit=2, offset=n)) for n in range(0, len(every) + 2, 2)]
    assert [e for page in pages for e in page] == every
    assert asked.events(Filter(limit=0)) == []
    assert asked.events(Filter(offset=3)) == every[3:]
    assert asked.count(Filter(limit=2)) == len(every)


@pytest.mark.parametrize(
    "senseless",
    [
        Filter(near=(91, 0, 5)),
        Filter(near=(0, 181, 5)),
        Filter(near=(0, 0, 0)),
        Filter(near=(float("nan"), 0, 5)),
        Filter(text="--"),
        Filter(text=""),
        Filter(text='"open'),
        Filter(text="AND"),
        Filter(text="full (locked"),
        Filter(text="nocolumn : (x)"),
        Filter(since=date(2024, 2, 1), until=date(2024, 1, 1)),
        Filter(limit=-1),
        Filter(offset=-1),
    ],
)
def test_questions_that_make_no_sense(asked: Ledger, senseless: Filter) -> None:
    with pytest.raises(UsageError):
        asked.events(senseless)
    with pytest.raises(UsageError):
        asked.count(senseless)


def test_what_became_of_an_event_is_found_no_more_by_what_it_was() -> None:
    ledger = filled(paper("a", HERE), paper("b", THERE))
    (here,) = ledger.events(Filter(text="panjgur"))
    ledger.set(here.id, "place", "Quetta, PAK", by="me")
    ledger.set(here.id, "actor", "USA", by="me")
    assert ledger.events(Filter(near=(26.97, 64.09, 10))) == []
    assert ledger.events(Filter(actor="IRN")) == ledger.events(Filter(text="karachi"))
    ledger.reject(here.claims[0], by="me")
    for gone in (Filter(text="panjgur"), Filter(actor="USA"), Filter(killed=2, until=date(2024, 1, 16), country="PAK")):
        assert here.id not in [e.id for e in ledger.events(gone)]


# ------------------------------------------------------------------ why


def test_why_two_claims_are_or_are_not_one_event() -> None:
    papers = [paper("a", HERE), paper("b", HERE), paper("c", THERE), paper("d", replace(HERE, aggregate=True))]
    ledger = filled(*papers)
    one, same, far, total = (made[0].id for _, made in papers)
    told = ledger.why(one, same)
    assert (told.same_event, told.compared, told.score > 0) == (True, True, True)
    assert told.note == "the pair itself speaks for it"
    assert not ledger.why(one, far).same_event
    assert "sums or spans" in ledger.why(one, total).note
    with pytest.raises(UsageError):
        ledger.why(one, one)


def test_why_names_the_decision_that_parted_or_joined_the_two_and_no_other() -> None:
    papers = [paper(name, HERE) for name in "abc"]
    ledger = filled(*papers, paper("d", THERE))
    a, b, c = (made[0].id for _, made in papers)
    ledger.split([c], by="Ada", reason="another raid")
    assert [d.action for d in ledger.why(a, c).decided] == ["split"]
    assert "Ada (another raid)" in ledger.why(a, c).note
    # the two that stayed were not decided upon
    assert ledger.why(a, b).decided == ()
    ledger.reject(b, by="Bea")
    assert [d.by for d in ledger.why(a, b).decided] == ["Bea"]
