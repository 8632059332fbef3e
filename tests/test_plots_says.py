"""What the plots of who says what are made of: tolls, sides, contradictions, lags."""

from __future__ import annotations

import pytest

from casus.analysis import accounts, charts_disputes, charts_says, disputes
from casus.errors import UsageError
from tests.flats import claim, conflict, day, event
from tests.plot_specs import lines, spec, values


class TestToll:
    """One event's figures."""

    def test_a_figure_is_drawn_on_its_day_with_who_says_so(self) -> None:
        told = accounts.toll([
            claim(killed_low=2, killed_high=2, source="a spokesman"),
            claim(killed_low=9, document_id="doc_2", published="2024-01-18", source="officials > the hospital"),
            claim(killed_high=40, document_id="doc_3", published="2024-01-18"),
            claim(killed_low=9, document_id="doc_4", published="2024-01-18", source="the hospital"),
            claim(), claim(killed_low=1, killed_high=1, published=None),
        ], "killed")  # fmt: skip
        assert isinstance(told, accounts.Toll)
        assert [(f.day.day, f.voice, f.low, f.high, f.open, f.reports) for f in told.figures] == [
            (17, "a spokesman", 2, 2, "counted", 1),
            (18, "the hospital", 9, 9, "at least", 2),
            (18, "The Herald", 40, 40, "up to", 1),
        ]
        assert told.voices == ("the hospital", "The Herald", "a spokesman")
        assert told.lines == ("4 claims with a figure, 1 without", "left out: 1 claim of reports of unknown date")

    def test_voices_stand_beside_one_another_within_the_day(self) -> None:
        told = accounts.toll([claim(killed_low=n, killed_high=n, source=f"voice {n}") for n in range(12)], "killed")
        assert isinstance(told, accounts.Toll)
        moments = [f.at for f in told.figures]
        assert moments == sorted(moments)
        assert {moment.date() for moment in moments} == {day("2024-01-17")}
        assert len(set(moments)) == len(moments)
        assert (len(told.voices), told.voices[-1]) == (8, "other")

    def test_other_measures_are_counted_as_well(self) -> None:
        told = accounts.toll([claim(killed_low=2, injured_low=5, injured_high=6)], "injured")
        assert isinstance(told, accounts.Toll)
        assert [(f.low, f.high) for f in told.figures] == [(5, 6)]

    def test_the_plot_shows_what_the_event_has_settled_on(self) -> None:
        given = event(killed_low=7, killed_best=9, killed_high=10, summary="Pakistan attacked Saravan: 9 killed (7-10)")
        drawn = charts_says.toll(given, [claim(killed_low=9)])
        assert lines(drawn)[0] == "Pakistan attacked Saravan: 9 killed (7-10)"
        assert lines(drawn)[-1] == "settled (grey): low 7, best 9, high 10"
        assert {"from": 7, "to": 10, "best": 9} in values(spec(drawn))

    def test_shapes_are_explained_only_where_there_are_several(self) -> None:
        counted = charts_says.toll(event(), [claim(killed_low=2, killed_high=2)])
        opened = charts_says.toll(event(), [claim(killed_low=2)])
        assert spec(counted)["layer"][1]["encoding"]["shape"]["legend"] is None
        assert spec(opened)["layer"][1]["encoding"]["shape"]["scale"] == {
            "domain": ["at least"],
            "range": ["triangle-up"],
        }

    def test_a_figure_far_above_the_others_does_not_press_them_together(self) -> None:
        scales = [
            spec(charts_says.toll(event(), [claim(killed_low=2), claim(killed_low=n, document_id="d")]))["layer"][0]
            ["encoding"]["y"] for n in (9, 90)
        ]  # fmt: skip
        assert [y["scale"]["type"] for y in scales] == ["linear", "sqrt"]
        assert "square-root" in scales[1]["axis"]["title"]

    def test_an_event_without_figures_says_so(self) -> None:
        drawn = spec(charts_says.toll(event(), [claim()]))
        assert values(drawn) == [{"words": "Nobody tells how many were killed."}]


class TestSides:
    """Two sides on the same events."""

    SPEAKERS = {"clm_1": "IRN", "clm_2": "PAK", "clm_3": "PAK", "clm_4": "UNO"}  # noqa: RUF012 - never changed

    def test_figures_and_statuses_of_each_side(self) -> None:
        told = [
            claim(killed_low=9, killed_high=9),
            claim(claim_id="clm_2", killed_low=0, killed_high=2),
            claim(claim_id="clm_3", status="denied", document_id="doc_2"),
            claim(claim_id="clm_4", killed_low=50, killed_high=50),
        ]
        got = accounts.sides([event()], told, self.SPEAKERS, ("IRN", "PAK"), "killed")
        assert isinstance(got, accounts.Sides)
        assert [tuple(said)[1:] for said in got.said] == [
            ("Iran", 9, 9, "happened ×1", 1), ("Pakistan", 0, 2, "happened ×1, denied ×1", 2),
        ]  # fmt: skip
        assert got.lines == ("1 event of which they speak, 1 of which both do",)

    def test_events_of_which_both_speak_go_first_and_no_more_than_fit(self) -> None:
        events = [event(f"2024-01-{n:02d}", event_id=f"evt_{n:02d}") for n in range(1, 21)]
        told = [claim(event_id=e.event_id, claim_id=f"clm_{e.event_id}") for e in events]
        speakers = {c.claim_id: "IRN" for c in told}
        told.append(claim(event_id="evt_20", claim_id="clm_pak"))
        got = accounts.sides(events, told, {**speakers, "clm_pak": "PAK"}, ("IRN", "PAK"), "killed")
        assert isinstance(got, accounts.Sides)
        assert len(got.events) == 12
        assert got.events[-1].startswith("2024-01-20")
        assert got.lines == ("20 events of which they speak, 1 of which both do; shown: 12",)

    def test_events_of_one_name_are_told_apart(self) -> None:
        events = [event(event_id="evt_aaaa1"), event(event_id="evt_bbbb1")]
        told = [claim(event_id="evt_aaaa1"), claim(event_id="evt_bbbb1", claim_id="clm_2")]
        got = accounts.sides(events, told, self.SPEAKERS, ("IRN", "PAK"), "killed")
        assert isinstance(got, accounts.Sides)
        assert got.events == ("2024-01-16 assault, Panjgur (evt_aaaa)", "2024-01-16 assault, Panjgur (evt_bbbb)")

    def test_two_sides_who_say_nothing(self) -> None:
        drawn = spec(charts_says.sides([event()], [claim()], {}, ("IRN", "PAK")))
        assert values(drawn) == [{"words": "Neither of them is a source of anything that matches."}]

    def test_the_plot_is_of_two(self) -> None:
        with pytest.raises(UsageError):
            charts_says.sides([], [], {}, ("IRN", "IRN"))
        drawn = spec(charts_says.sides([event()], [claim()], self.SPEAKERS, ("IRN", "PAK")))
        assert drawn["title"]["text"] == ["What Iran and Pakistan say of the same events"]


class TestContradictions:
    """The matrix."""

    EVENTS = (
        event(event_id="evt_1", conflicts_open=2),
        event(event_id="evt_2", conflicts_open=1, iso3="IRN", date_start=day("2024-02-01")),
        event(event_id="evt_3", conflicts_open=1, iso3=None, date_start=None),
    )
    ROWS = (
        *conflict("evt_1", "killed"), *conflict("evt_1", "place"), *conflict("evt_2", "killed", "open", "2", "3", "9"),
        *conflict("evt_2", "status", "settled"), *conflict("evt_3", "killed"), *conflict("evt_1", "time", "superseded"),
    )  # fmt: skip

    def test_each_open_contradiction_counts_once(self) -> None:
        got = disputes.contradictions(self.EVENTS, self.ROWS, "country")
        assert isinstance(got, disputes.Matrix)
        assert {(c.kind, c.column): c.events for c in got.cells} == {
            ("killed", "PAK"): 1, ("place", "PAK"): 1, ("killed", "IRN"): 1, ("killed", "unknown"): 1,
        }  # fmt: skip
        assert got.kinds == ("killed", "place")
        assert got.lines == (
            "4 open contradictions of 3 events; not shown, of the same events: 1 settled by a person, 1 superseded",
        )

    def test_by_month_columns_stand_in_order(self) -> None:
        got = disputes.contradictions(self.EVENTS, self.ROWS, "month")
        assert isinstance(got, disputes.Matrix)
        assert (got.by, got.columns) == ("month", ("2024-01", "2024-02", "unknown"))

    def test_many_months_are_years_and_long_ago_is_together(self) -> None:
        events = [event(f"{year}-03-01", event_id=f"evt_{year}", conflicts_open=1) for year in range(1990, 2025)]
        got = disputes.contradictions(events, [r for e in events for r in conflict(e.event_id, "killed")], "month")
        assert isinstance(got, disputes.Matrix)
        assert (got.by, got.columns[0], got.columns[-1], len(got.columns)) == ("year", "< 2001", "2024", 25)

    def test_countries_beyond_twelve_are_summed_up(self) -> None:
        names = [f"C{n:02d}" for n in range(20)]
        events = [event(event_id=f"evt_{n}", conflicts_open=1, iso3=n) for n in names]
        rows = [r for n in names for r in conflict(f"evt_{n}", "killed")]
        got = disputes.contradictions(events, rows, "country")
        assert isinstance(got, disputes.Matrix)
        assert (len(got.columns), got.columns[-1], got.rest) == (13, "8 more", "8 more")
        assert sum(c.events for c in got.cells) == 20

    def test_nothing_disputed_is_said(self) -> None:
        drawn = spec(charts_disputes.contradictions([event()], []))
        assert values(drawn) == [{"words": "No open contradiction matches."}]


class TestLag:
    """Days between events and reports."""

    def test_lags_are_counted_by_event_and_report(self) -> None:
        told = [
            claim(published="2024-01-16"), claim(published="2024-01-16", claim_id="clm_2"),
            claim(published="2024-01-20", document_id="doc_2"),
            claim(published="2025-06-01", document_id="doc_3", background=True),
            claim(published="2024-01-01", document_id="doc_4"),
            claim(published=None, document_id="doc_5"), claim(event_id="evt_9"), claim(event_id=None),
        ]  # fmt: skip
        got = disputes.lag([event(), event("2024-01-01", "2024-01-31", date_precision="month")], told)
        assert isinstance(got, disputes.Lag)
        assert [(b.days, b.role, b.reports) for b in got.bars] == [
            ("before", "first report of its event", 1),
            ("same day", "later report", 1),
            ("4–7", "later report", 1),
            ("over a year", "as background", 1),
        ]
        assert got.lines == (
            "4 reports of 1 event dated to the day",
            "median 0 days, what is told as background left aside",
            "left out: 1 event dated more coarsely or not at all",
        )

    def test_a_publisher_has_its_median_and_its_middle_half(self) -> None:
        told = [claim(published=f"2024-01-{16 + n}", document_id=f"doc_{n}") for n in (0, 1, 2, 3, 10)]
        got = disputes.lag([event()], told)
        assert isinstance(got, disputes.Lag)
        assert [tuple(p) for p in got.publishers] == [("The Herald", 1.0, 2, 3.0, 5)]
        assert "median 2 days" in got.lines[1]

    def test_every_number_of_days_has_its_class(self) -> None:
        names = [disputes._class(days) for days in range(-3, 400)]
        assert list(dict.fromkeys(names)) == [name for _, name in disputes.LAGS]
        assert disputes._class(7) == "4–7"
        assert disputes._class(8) == "8–14"

    def test_a_ledger_of_background_only_has_bars(self) -> None:
        drawn = spec(charts_disputes.lag([event()], [claim(background=True)]))
        assert len(drawn["vconcat"]) == 1

    def test_no_report_is_said_to_match_none(self) -> None:
        assert "No report" in values(spec(charts_disputes.lag([], [])))[0]["words"]
