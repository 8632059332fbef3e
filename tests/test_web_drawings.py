"""What pages draw: bars, maps, ranges; and what they ask of a ledger."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import casus
from casus.errors import UsageError
from casus.ledger import overview
from casus.ledger.ledger import Ledger
from casus.ledger.overview import DayCount, PlaceCount
from casus.ledger.queries import Filter
from casus.linking.countries import countries
from casus.records import Document, Region
from casus.web.pages.bars import HIGH, WIDE, strip
from casus.web.pages.document import blocks
from casus.web.pages.map import drawn
from casus.web.pages.outlines import outlines
from tests.strikes import pairs

DAYS = st.dates(date(1990, 1, 1), date(2030, 12, 31))
TYPES = st.sampled_from(["ASSAULT", "CONSULT", "AID", "ACCUSE"])


@given(st.lists(st.tuples(DAYS, TYPES, st.integers(1, 50)), max_size=40))
def test_a_strip_holds_every_event_or_says_that_it_leaves_it_out(found: list[tuple[date, str, int]]) -> None:
    counts = [DayCount(day.isoformat(), type_, n) for day, type_, n in sorted(found)]
    made = strip(counts)
    if made is None:
        assert not counts
        return
    assert sum(b.events for b in made.bars) + made.left_out == sum(c.events for c in counts)
    assert all(a.last + timedelta(1) == b.first for a, b in zip(made.bars, made.bars[1:], strict=False))
    for bar in made.bars:
        assert 0 <= bar.x <= bar.x + bar.width <= WIDE + 0.1
        assert sum(part.events for part in bar.parts) == bar.events
        assert all(part.y >= 0 and part.height <= HIGH for part in bar.parts)


def test_a_lone_event_of_long_ago_does_not_press_the_rest_together() -> None:
    month = [DayCount(f"2024-01-{n:02}", "ASSAULT", 3) for n in range(1, 29)]
    made = strip([DayCount("1979-02-01", "ASSAULT", 1), *month])
    assert made is not None
    assert (made.step, made.left_out, made.first) == ("day", 1, date(2024, 1, 1))


def place(name: str, precision: str, lat: float | None, lon: float | None, **other: int) -> PlaceCount:
    """Three events in a place of Iran."""
    return PlaceCount(name, "IRN", precision, lat, lon, "ASSAULT", 3, other.get("best", 0), other.get("high", 0))


def test_what_is_known_to_a_province_is_an_area_and_no_point() -> None:
    made = drawn([place("Saravan", "exact", 27.37, 62.33), place("Sistan", "adm1", 27.1, 60.5)])
    assert made is not None
    assert [(s.name, s.area) for s in made.spots] == [("Sistan", True), ("Saravan", False)]
    assert made.spots[0].r > made.spots[1].r


def test_what_is_known_to_a_country_only_has_no_circle() -> None:
    made = drawn([place("Saravan", "exact", 27.37, 62.33), place("Iran", "country", None, None)])
    assert made is not None
    assert [s.name for s in made.spots] == ["Saravan"]
    tinted = [(land.iso3, land.events) for land in made.lands if land.events]
    assert tinted == ([("IRN", 3)] if outlines() else [])
    assert [v[0] for v in made.vague] == ([] if outlines() else ["Iran"])


def test_a_ring_shows_the_highest_count_where_it_is_higher() -> None:
    made = drawn([place("A", "exact", 20.0, 50.0, best=9, high=30), place("B", "exact", 30.0, 60.0, best=9, high=9)])
    assert made is not None
    by_name = {spot.name: spot for spot in made.spots}
    assert (by_name["A"].ring or 0) > by_name["A"].r
    assert by_name["B"].ring is None


@given(st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=20))
def test_a_map_can_be_drawn_of_any_points(points: list[tuple[float, float]]) -> None:
    made = drawn([place(f"p{n}", "exact", lat, lon) for n, (lat, lon) in enumerate(points)])
    assert made is not None
    assert made.spots
    assert 300 <= made.height <= 560


def test_outlines_name_countries() -> None:
    found = outlines()
    assert all(not o.iso3 or o.iso3 in countries() for o in found)
    assert not found or {"IRN", "PAK", "FRA"} <= {o.iso3 for o in found}


def test_a_document_loses_no_letter_in_blocks() -> None:
    document, claims = pairs()[2]
    text = document.text
    parts = (Region("title", 0, 10), Region("boilerplate", 12, 30))
    cut = Document.of(text, id=document.id, regions=parts)
    made = blocks(cut, claims)
    assert [b.kind for b in made] == ["title", "body", "boilerplate", "body"]
    assert "".join(p.text for b in made for p in b.pieces) == text
    marked = [p.text for b in made for p in b.pieces if p.claims]
    assert "".join(marked) == "bombedstruck"


def test_queries_of_pages_agree_with_those_of_the_ledger(db: casus.Ledger) -> None:
    with Ledger.open(db.path) as ledger:
        assert overview.totals(ledger, Filter()) == (3, 6, 3)
        assert overview.queue_sizes(ledger) == {"disputed": 1, "odd": 1}
        assert [e.id for e in overview.queue(ledger, "disputed", 5)] == [e.id for e in db.events(disputed=True)]
        assert overview.sides(ledger)[0] == ("PAK", 3)
        assert [p.reports for p in overview.publishers(ledger)] == [1] * 5
        with pytest.raises(UsageError):
            overview.event_page(ledger, Filter(), 5, after="x")
