"""What plots are made of: tidy rows, what is summed up, what is left out and said, and the specs that draw them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.analysis import charts_time, look, series
from casus.analysis.steps import LEAST, MOST, Steps, Timed, window
from casus.errors import UsageError
from casus.ledger.flat import FlatDocument
from tests.flats import day, event
from tests.plot_specs import lines, spec, values


def document(published: str | None, publisher: str | None = "The Herald", n: int = 0) -> FlatDocument:
    """A report."""
    usual: dict[str, Any] = dict.fromkeys(FlatDocument._fields)
    day_ = day(published) if published else None
    return FlatDocument(**{**usual, "document_id": f"doc_{n}", "publisher": publisher, "published": day_})


class TestSteps:
    """By which period a plot is drawn, and what lies outside."""

    @pytest.mark.parametrize(
        ("counts", "kept"),
        [
            ({5: 3}, (5, 5)),
            ({5: 3, 6: 1, 9: 2}, (5, 9)),
            ({-4000: 1, 100: 10, 104: 10}, (100, 104)),  # one of long ago
            ({-4000: 1, -1000: 1, 100: 15, 104: 15}, (100, 104)),  # one after the other
            ({100: 10, 104: 10, 9000: 1}, (100, 104)),  # a slip of the pen
            ({-4000: 5, 100: 10, 104: 10}, (-4000, 104)),  # too many to be left aside
        ],
    )
    def test_a_few_that_lie_far_off_are_not_drawn(self, counts: dict[int, int], kept: tuple[int, int]) -> None:
        assert window(counts) == kept

    @given(st.dictionaries(st.integers(-5000, 5000), st.integers(1, 50), min_size=1))
    def test_no_more_than_a_little_is_cut_off(self, counts: dict[int, int]) -> None:
        first, last = window(counts)
        inside = sum(n for period, n in counts.items() if first <= period <= last)
        assert inside * 10 > sum(counts.values()) * 9
        assert first in counts
        assert last in counts

    @pytest.mark.parametrize(
        ("days", "time"),
        [
            (["2024-01-16", "2024-01-20"], "day"),
            (["2024-01-16", "2024-03-20"], "week"),
            (["2019-01-16", "2021-03-20", "2024-01-16"], "month"),
            (["1980-01-16", "1992-01-01", "2002-03-20", "2024-01-16"], "year"),
        ],
    )
    def test_the_period_fits_the_stretch(self, days: list[str], time: str) -> None:
        timed = Timed[None]()
        for one in days:
            timed.add_event(event(one), None)
        drawn = timed.drawn()
        assert drawn is not None
        assert drawn[0].time == time
        assert LEAST <= len(drawn[0].every) <= MOST
        assert len(drawn[1]) == len(days)

    def test_what_is_dated_coarsely_counts_where_that_is_drawn(self) -> None:
        months = [event("2019-01-01", "2019-01-31", date_precision="month"), event("2024-01-16"), event("2017-06-01")]
        got = series.weekly(months)
        assert isinstance(got, series.Weekly)
        assert (got.steps.time, sum(bar.events for bar in got.bars), got.lines) == ("month", 3, _all_untold(3))
        few = series.weekly([event(), event("2024-01-01", "2024-01-31", date_precision="month")])
        assert isinstance(few, series.Weekly)
        assert "events left out: 1 dated more coarsely than the period" in few.lines

    def test_a_year_without_end_has_no_day_after(self) -> None:
        assert Steps("year", 9999, 9999).ends(9999) == (date(9999, 1, 1), date(9999, 12, 31))


def _all_untold(n: int) -> tuple[str, ...]:
    return (f"{n} events; of {n} of material conflict nobody tells how many were killed; they add 0 below",)


class TestWeekly:
    """Events by type, deaths below."""

    def test_bars_stand_on_one_another_and_hold_every_event(self) -> None:
        given = [event("2024-01-16"), event("2024-01-16", type="PROTEST"), event("2024-01-16"), event("2024-03-01")]
        got = series.weekly(given)
        assert isinstance(got, series.Weekly)
        assert got.types == ("ASSAULT", "PROTEST")
        first = [bar for bar in got.bars if bar.start == day("2024-01-15")]
        assert [(b.type, b.events, b.low, b.high) for b in first] == [("ASSAULT", 2, 0, 2), ("PROTEST", 1, 2, 3)]
        assert sum(bar.events for bar in got.bars) == len(given)

    def test_deaths_have_a_row_for_every_week(self) -> None:
        got = series.weekly(
            [event("2024-01-16", killed_low=2, killed_best=3, killed_high=9), event("2024-03-01", killed=1)]
        )
        assert isinstance(got, series.Weekly)
        weeks = {d.start: (d.low, d.best, d.high) for d in got.deaths}
        assert len(weeks) == len(got.steps.every) >= 7
        assert {s: w for s, w in weeks.items() if w != (0, 0, 0)} == {
            day("2024-01-15"): (2, 3, 9), day("2024-02-26"): (1, 1, 1),
        }  # fmt: skip

    def test_too_many_types_are_summed_up(self) -> None:
        types = ["ASSAULT", "COERCE", "PROTEST", "ACCUSE", "CONSULT", "AGREE", "REQUEST", "AID", "YIELD"][:8]
        given = [event(type=t) for n, t in enumerate(types) for _ in range(20 - n)] + [event(type="RETREAT")]
        got = series.weekly(given)
        assert isinstance(got, series.Weekly)
        assert got.types == (*types[:7], "other")
        assert sum(bar.events for bar in got.bars if bar.type == "other") == 14
        drawn = spec(charts_time.weekly(given))["vconcat"][0]["encoding"]["color"]["scale"]
        assert len(set(drawn["range"])) == 8
        assert drawn["range"][-1] == look.GREY

    def test_what_is_not_drawn_is_said(self) -> None:
        given = [event(killed=1) for _ in range(20)]
        given += [event(status="denied"), event(umbrella=True), event(None), event("1947-08-15", killed=1)]
        said = lines(charts_time.weekly(given, asked=("country PAK",)))
        assert said == [
            "country PAK",
            "20 events",
            "events left out: 1 denied, planned or hypothetical, 1 summing or spanning incidents, 1 of unknown date",
            "not shown: 1 event before 2024-01-13 or after 2024-01-19",
        ]

    def test_no_event_is_said_to_match_none(self) -> None:
        drawn = spec(charts_time.weekly([event(None)]))
        assert values(drawn) == [{"words": "No event matches."}]
        assert drawn["title"]["subtitle"] == ["events left out: 1 of unknown date"]

    def test_days_are_in_utc_whatever_the_machine(self) -> None:
        drawn = spec(charts_time.weekly([event(killed=1)]))
        assert {row["start"][10:] for row in values(drawn) if "start" in row} == {"T00:00:00Z"}
        for view in (drawn["vconcat"][0], drawn["vconcat"][1]["layer"][0]):
            assert view["encoding"]["x"]["scale"]["type"] == "utc"


class TestDyad:
    """Two sides, each way."""

    def test_one_way_goes_up_and_the_other_down(self) -> None:
        given = [event(), event(type="CONSULT", mode="phone"), event(actor="PAK", recipient="IRN; USA")]
        got = series.dyad(given, "IRN", "PAK")
        assert isinstance(got, series.Dyad)
        assert [(f.direction, f.quad, f.events, f.intensity, f.low, f.high) for f in got.flows] == [
            ("Iran → Pakistan", "verbal-cooperation", 1, 1.5, 0.0, 1.5),
            ("Iran → Pakistan", "material-conflict", 1, -9.0, 1.5, 10.5),
            ("Pakistan → Iran", "material-conflict", 1, -9.0, 0.0, -9.0),
        ]
        assert got.lines[0] == "3 events (Iran → Pakistan: 2, Pakistan → Iran: 1)"

    def test_what_others_did_does_not_count(self) -> None:
        assert series.dyad([event(), event(recipient=None), event(actor=None)], "IRN", "USA") == ()

    def test_what_they_did_together_goes_both_ways(self) -> None:
        got = series.dyad([event(type="AGREE", actor="IRN; PAK", recipient=None)], "PAK", "IRN")
        assert isinstance(got, series.Dyad)
        assert len(got.flows) == 2
        assert got.lines[0].startswith("1 event (")

    def test_the_axis_reaches_as_far_up_as_down(self) -> None:
        drawn = spec(charts_time.dyad([event()] * 3, "IRN", "PAK"))
        low, high = drawn["layer"][0]["encoding"]["y"]["scale"]["domain"]
        assert low == -high
        assert high > 27

    def test_a_dyad_of_one_is_none(self) -> None:
        with pytest.raises(UsageError):
            charts_time.dyad([event()], "IRN", "IRN")


class TestCoverage:
    """Reports by publisher."""

    def test_each_report_counts_once_for_its_publisher(self) -> None:
        given = [document("2024-01-16"), document("2024-01-16", n=1), document("2024-01-18", None), document(None)]
        got = series.coverage(given)
        assert isinstance(got, series.Coverage)
        assert [(c.publisher, c.start, c.reports) for c in got.cells] == [
            ("The Herald", day("2024-01-16"), 2), ("not named", day("2024-01-18"), 1),
        ]  # fmt: skip
        assert got.lines == ("3 reports of 2 publishers", "left out: 1 report of unknown date")

    def test_small_publishers_are_summed_up_and_do_not_make_others_pale(self) -> None:
        given = [document("2024-01-16", f"Paper {n:02d}", n) for n in range(12)] * 2
        given += [document("2024-01-16", f"Sheet {n}", n) for n in range(90)]
        got = series.coverage(given)
        assert isinstance(got, series.Coverage)
        assert (len(got.publishers), got.publishers[-1], got.rest) == (13, "90 more (grey)", "90 more (grey)")
        named, rest = spec(charts_time.coverage(given))["layer"]
        assert named["encoding"]["color"]["scale"]["domain"] == [0, 2]
        assert rest["encoding"]["color"]["legend"] is None

    def test_no_report_is_said_to_match_none(self) -> None:
        assert values(spec(charts_time.coverage([]))) == [{"words": "No report matches."}]


class TestLook:
    """What all plots share."""

    @given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 40_000))
    def test_ticks_lie_on_the_axis_and_are_few(self, first: date, length: int) -> None:
        last = min(date.fromordinal(first.toordinal() + length), date(2100, 1, 1))
        last = max(first, last)
        ticks, _ = look._ticks(first, last)
        assert ticks == sorted(set(ticks))
        assert all(first <= tick <= last for tick in ticks)
        assert len(ticks) <= 14
        assert ticks or length > 7

    def test_a_long_filter_is_broken_into_lines(self) -> None:
        said = lines(look.empty(look.Words("x", ("word " * 100,)), "none"))
        assert len(said) > 1
        assert max(map(len, said)) <= look.LINE

    def test_colours_are_of_okabe_and_ito(self) -> None:
        assert set(look.PALETTE) <= {
            "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
        }  # fmt: skip
