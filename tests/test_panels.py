"""Panels: for which units an event counts, on which day, with what, and what is left out."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.analysis import panels
from casus.analysis.grid import gid_of
from casus.analysis.panels import panel
from casus.analysis.periods import TIMES
from casus.analysis.sieve import REASONS
from casus.analysis.values import share
from casus.errors import UsageError
from tests.flats import day, event
from tests.panel_rows import counted, rows


class TestUnits:
    """For which units an event counts."""

    def test_a_country(self) -> None:
        assert counted(panel([event(), event(place_precision="country", admin1=None)], "country", "month")) == {
            ("PAK", "2024-01"): 2
        }

    def test_a_province_takes_what_is_known_to_it(self) -> None:
        given = [event(place_precision=p) for p in ("exact", "near", "adm2", "adm1")]
        made = panel([*given, event(place_precision="country", admin1=None)], "admin1", "year")
        assert counted(made) == {("PAK", "Balochistan", "2024"): 4}
        assert [(left.reason, left.events) for left in made.left_out] == [("coarse-place", 1)]

    def test_a_cell_takes_points_only(self) -> None:
        given = [event(place_precision=p) for p in ("exact", "near", "adm2", "adm1")]
        made = panel([*given, event(place=None, place_precision="unknown")], "prio-grid", "year")
        assert counted(made) == {(gid_of(26.97, 64.09), "2024"): 2}
        assert [(left.reason, left.events) for left in made.left_out] == [("no-place", 1), ("coarse-place", 2)]

    def test_a_dyad_is_of_two_sides_in_any_order(self) -> None:
        given = [event(), event(actor="PAK", recipient="IRN")]
        assert counted(panel(given, "dyad", "year")) == {("IRN", "PAK", "2024"): 2}
        assert counted(panel(given, "dyad", "year", directed=True)) == {
            ("IRN", "PAK", "2024"): 1, ("PAK", "IRN", "2024"): 1,
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("actor", "recipient", "pairs"),
        [
            ("IRN; USA", "PAK", {"IRN PAK", "PAK USA"}),
            ("IRN; PAK", "PAK; IRN", {"IRN PAK"}),  # nobody fought himself
            ("IRN", "IRN", {"IRN IRN"}),  # a state and its people
            ("IRN; ", "PAK", {"IRN PAK"}),  # "gunmen" are nobody
        ],
    )
    def test_each_actor_makes_a_pair_with_each_recipient(self, actor: str, recipient: str, pairs: set[str]) -> None:
        made = panel([event(actor=actor, recipient=recipient)], "dyad", "year")
        assert {f"{a} {b}" for a, b, _ in counted(made)} == pairs
        assert (made.events, made.entries, made.several) == (1, len(pairs), int(len(pairs) > 1))

    def test_what_two_do_together_they_do_with_each_other(self) -> None:
        together = event(type="AGREE", actor="IRN; PAK", recipient=None)
        assert counted(panel([together], "dyad", "year")) == {("IRN", "PAK", "2024"): 1}
        assert len(counted(panel([together], "dyad", "year", directed=True))) == 2
        alone = panel([event(actor="IRN; PAK", recipient=None)], "dyad", "year")
        assert [(left.reason, left.events) for left in alone.left_out] == [("no-recipient", 1)]

    def test_an_actor_is_who_did_it(self) -> None:
        made = panel([event(actor="IRN; Jaish al-Adl"), event(actor=None), event(actor="; ")], "actor", "year")
        assert counted(made) == {("IRN", "2024"): 1, ("Jaish al-Adl", "2024"): 1}
        assert [(left.reason, left.events) for left in made.left_out] == [("no-actor", 2)]

    def test_units_that_are_asked_for_are_there_even_where_nothing_happened(self) -> None:
        made = panel([event(), event(iso3="IRN")], "country", "month", units=["PAK", "CHE"])
        assert [(r["iso3"], r["country"], r["events"]) for r in rows(made)] == [
            ("CHE", "Switzerland", 0), ("PAK", "Pakistan", 1),
        ]  # fmt: skip
        assert [(left.reason, left.events) for left in made.left_out] == [("other-unit", 1)]

    def test_a_dyad_is_asked_for_in_any_order(self) -> None:
        assert counted(panel([event()], "dyad", "year", units=[("PAK", "IRN")])) == {("IRN", "PAK", "2024"): 1}
        assert not counted(panel([event()], "dyad", "year", units=[("PAK", "IRN")], directed=True))

    @pytest.mark.parametrize(
        ("unit", "given"), [("admin1", ["PAK"]), ("prio-grid", ["145085"]), ("country", [1]), ("dyad", [("IRN",)])]
    )
    def test_a_unit_of_another_form_is_refused(self, unit: str, given: list[Any]) -> None:
        with pytest.raises(UsageError):
            panel([], unit, "year", units=given)


class TestDays:
    """On which day an event counts."""

    def test_an_event_counts_on_its_first_day(self) -> None:
        made = panel([event("2024-01-31", "2024-02-02", killed=9)], "country", "month")
        assert counted(made) == {("PAK", "2024-01"): 1}
        assert counted(made, "killed_best") == {("PAK", "2024-01"): 9}
        assert counted(made, "active") == {("PAK", "2024-01"): 1, ("PAK", "2024-02"): 1}

    def test_spread_shares_out_the_harm_in_whole_people(self) -> None:
        made = panel([event("2024-01-31", "2024-02-02", killed=8)], "country", "day", spread=True)
        assert counted(made, "killed_best") == {
            ("PAK", "2024-01-31"): 3, ("PAK", "2024-02-01"): 3, ("PAK", "2024-02-02"): 2,
        }  # fmt: skip
        assert counted(made) == {("PAK", "2024-01-31"): 1}

    @pytest.mark.parametrize(
        ("first", "last", "precision", "fits"),
        [
            ("2024-01-16", "2024-01-17", "day", "day week month year"),  # a night
            ("2024-01-16", "2024-01-20", "range", "day week month year"),
            ("2024-01-16", "2024-01-23", "range", "month year"),
            ("2024-01-29", "2024-02-04", "week", "week year"),
            ("2024-01-01", "2024-01-31", "month", "month year"),
            ("2023-12-01", "2024-02-29", "season", ""),
            ("2023-12-20", "2024-02-29", "range", "year"),
            ("2010-01-01", "2019-12-31", "range", ""),
        ],
    )
    def test_what_is_dated_more_coarsely_than_the_period_is_left_out(
        self, first: str, last: str, precision: str, fits: str
    ) -> None:
        given = [event(first, last, date_precision=precision)]
        assert [t for t in TIMES if panel(given, "country", t).events] == fits.split()
        left = panel(given, "country", "day").left_out
        assert "day" in fits or [(x.reason, x.events) for x in left] == [("coarse-date", 1)]

    def test_a_long_range_can_be_spread_but_a_month_cannot(self) -> None:
        long = event("2024-01-01", "2024-03-31", date_precision="range", killed=91)
        month = event("2024-01-01", "2024-01-31", date_precision="month", killed=1)
        made = panel([long, month], "country", "day", spread=True)
        assert counted(made, "killed_low")["PAK", "2024-02-10"] == 1
        assert [(left.reason, left.events) for left in made.left_out] == [("coarse-date", 1)]

    def test_days_that_are_not_asked_for_do_not_count(self) -> None:
        given = [event(d, killed=1) for d in ("2024-01-15", "2024-01-16", "2024-02-03", "2024-02-04")]
        made = panel(given, "country", "month", since=day("2024-01-16"), until=day("2024-02-03"))
        assert counted(made) == {("PAK", "2024-01"): 1, ("PAK", "2024-02"): 1}
        assert [(x.reason, x.events, x.killed_best) for x in made.left_out] == [("outside", 2, 2)]
        assert made.summary()[1:3] == (
            "2024-01 is not whole: days before 2024-01-16 do not count",
            "2024-02 is not whole: days after 2024-02-03 do not count",
        )

    def test_what_began_before_is_active_and_spread_but_did_not_begin(self) -> None:
        given = [event("2024-01-30", "2024-02-02", killed=8)]
        plain = panel(given, "country", "day", since=day("2024-02-01"))
        assert (plain.events, counted(plain, "active")) == (0, {("PAK", "2024-02-01"): 1, ("PAK", "2024-02-02"): 1})
        assert [(x.reason, x.killed_best) for x in plain.left_out] == [("outside", 8)]
        shared = panel(given, "country", "day", since=day("2024-02-01"), spread=True)
        assert counted(shared, "killed_best") == {("PAK", "2024-02-01"): 2, ("PAK", "2024-02-02"): 2}
        assert [(x.reason, x.killed_best) for x in shared.left_out] == [("outside", 4)]

    def test_what_is_cut_off_at_the_end_is_told(self) -> None:
        made = panel(
            [event("2024-01-30", "2024-02-02", killed=8)], "country", "day", until=day("2024-01-31"), spread=True
        )
        assert (made.events, made.total("killed_best")) == (1, 4)
        assert [(x.reason, x.events, x.killed_best) for x in made.left_out] == [("cut", 1, 4)]

    @given(st.integers(0, 1000), st.integers(1, 60), st.data())
    def test_shares_are_whole_and_together_the_number(self, number: int, length: int, data: st.DataObject) -> None:
        ends = [*sorted(data.draw(st.sets(st.integers(0, length)))), length]
        cuts = list(zip([0, *ends], ends, strict=False))
        assert sum(share(number, length, a, b) for a, b in cuts) == number
        daily = [share(number, length, n, n + 1) for n in range(length)]
        assert daily == sorted(daily, reverse=True)
        assert max(daily) - min(daily) <= 1


class TestValues:
    """What is counted of an event."""

    def test_each_value_is_counted(self) -> None:
        hit = event(mode="aerial", killed_low=2, killed_best=None, killed_high=None, reports=3, publishers=2,
                    independent=2, conflicts_open=1, injured_high=40)  # fmt: skip
        talk = event(type="CONSULT", mode="phone")
        (row,) = rows(panel([hit, talk, event()], "country", "month"))
        told = {k: v for k, v in row.items() if v and k not in ("iso3", "country", "period", "start", "end")}
        assert told == {
            "events": 3, "active": 3, "verbal_cooperation": 1, "material_conflict": 2, "disputed": 1,
            "killed_unknown": 1, "reports": 5, "publishers": 4, "independent": 4,
            "killed_low": 2, "killed_best": 2, "killed_high": 2, "injured_high": 40,
            "intensity_sum": -9.5 + 1.5 - 9.0, "intensity_mean": -17.0 / 3,
        }  # fmt: skip

    def test_zero_and_unknown_are_not_the_same(self) -> None:
        made = panel([event(killed=0), event(), event(type="CONSULT")], "country", "month")
        assert (made.total("killed_high"), made.total("killed_unknown")) == (0, 1)

    def test_a_mode_that_the_type_lacks_does_not_stop_anything(self) -> None:
        assert rows(panel([event(mode="phone")], "country", "month"))[0]["intensity_sum"] == -9.0

    def test_an_empty_cell_has_no_mean(self) -> None:
        made = panel([event()], "country", "month", until=day("2024-02-01"))
        assert [r["intensity_mean"] for r in rows(made)] == [-9.0, None]

    def test_there_is_no_total_of_what_is_no_count(self) -> None:
        with pytest.raises(UsageError):
            panel([], "country", "month").total("intensity_mean")


class TestChoices:
    """Which events are asked for at all."""

    def test_only_what_happened_unless_asked(self) -> None:
        given = [event(), event(status="denied"), event(status="planned")]
        assert panel(given, "country", "year").events == 1
        assert panel(given, "country", "year", statuses=["denied"]).events == 1
        assert panel(given, "country", "year", statuses=None).events == 3

    def test_no_umbrella_events_unless_asked(self) -> None:
        given = [event(), event(umbrella=True)]
        assert [(x.reason, x.events) for x in panel(given, "country", "year").left_out] == [("umbrella", 1)]
        assert panel(given, "country", "year", umbrella=True).events == 2

    def test_types_that_are_asked_for(self) -> None:
        made = panel([event(), event(type="PROTEST")], "country", "year", types=["PROTEST"])
        assert (made.events, [(x.reason, x.events) for x in made.left_out]) == (1, [("type", 1)])

    @pytest.mark.parametrize(
        ("unit", "time", "other"),
        [
            ("town", "day", {}),
            ("country", "hour", {}),
            ("country", "day", {"directed": True}),
            ("country", "day", {"since": date(2024, 2, 1), "until": date(2024, 1, 1)}),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, unit: str, time: str, other: dict[str, Any]) -> None:
        with pytest.raises(UsageError):
            panel([], unit, time, **other)

    def test_a_panel_of_too_many_rows_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(panels, "MOST_ROWS", 30)
        assert len(panel([event()], "country", "day", until=day("2024-02-14"))) == 30
        with pytest.raises(UsageError, match="31 rows"):
            panel([event()], "country", "day", until=day("2024-02-15"))

    def test_every_reason_has_words(self) -> None:
        for reason in REASONS:
            assert panels.LeftOut(reason, 2).words == f"2 events {REASONS[reason]}"
