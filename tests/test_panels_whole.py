"""What holds of every panel: periods without gaps, cells of PRIO-GRID, sums, order, and nothing lost in silence."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.analysis.grid import CELLS, cell_of, gid_of
from casus.analysis.panels import Panel, columns_of, panel
from casus.analysis.periods import TIMES, Time, first_day, label, last_day, period_of
from casus.analysis.units import UNITS, Unit, named
from casus.analysis.values import COUNTS
from casus.errors import UsageError
from casus.ledger.flat import FlatEvent
from tests.flats import day
from tests.panel_rows import MANY, counted, rows


class TestPeriods:
    """Numbers of periods, their days and names."""

    @given(st.dates(), st.sampled_from(TIMES))
    def test_a_day_lies_in_its_period(self, one: date, time: Time) -> None:
        number = period_of(one, time)
        assert first_day(number, time) <= one <= last_day(number, time)
        assert period_of(first_day(number, time), time) == number == period_of(last_day(number, time), time)

    @given(st.dates(max_value=date(9990, 1, 1)), st.sampled_from(TIMES))
    def test_periods_follow_on_one_another(self, one: date, time: Time) -> None:
        number = period_of(one, time)
        assert first_day(number + 1, time) == last_day(number, time) + timedelta(1)

    @pytest.mark.parametrize(
        ("time", "words"), [("day", "2024-12-30"), ("week", "2025-W01"), ("month", "2024-12"), ("year", "2024")]
    )
    def test_a_period_is_named_as_iso_8601_names_it(self, time: Time, words: str) -> None:
        assert label(period_of(date(2024, 12, 30), time), time) == words

    @given(st.dates())
    def test_weeks_are_those_of_iso_8601(self, one: date) -> None:
        year, week, _ = one.isocalendar()
        if one > date(1, 1, 7):
            assert label(period_of(one, "week"), "week") == f"{year:04d}-W{week:02d}"


class TestGrid:
    """PRIO-GRID: numbers that others have published, and the formula both ways."""

    @pytest.mark.parametrize(
        ("lat", "lon", "gid"),
        [
            (-89.75, -179.75, 1),
            (-89.75, 179.75, 720),
            (-89.25, -179.75, 721),
            (89.75, 179.75, CELLS),
            # row 87, column 436: Marion Island, the southernmost land in PRIO-GRID; (87 - 1) * 720 + 436
            (-46.9, 37.75, 62356),
            # as the tests of ViEWS' own code have it
            (10.51, 2.29, 145085),
            # borders belong to the cell north and east of them
            (0.0, 0.0, 180 * 720 + 361),
            (90.0, 180.0, 359 * 720 + 1),
        ],
    )
    def test_a_point_lies_in_the_cell_that_prio_grid_gives(self, lat: float, lon: float, gid: int) -> None:
        assert gid_of(lat, lon) == gid

    @pytest.mark.parametrize(("row", "col", "gid"), [(151, 412, 108412), (119, 616, 85576), (71, 218, 50618)])
    def test_rows_and_columns_are_those_of_views(self, row: int, col: int, gid: int) -> None:
        assert (cell_of(gid).row, cell_of(gid).col) == (row, col)

    @given(st.integers(1, CELLS))
    def test_the_centre_of_a_cell_lies_in_it(self, gid: int) -> None:
        cell = cell_of(gid)
        assert gid_of(cell.lat, cell.lon) == gid
        assert cell.gid == (cell.row - 1) * 720 + cell.col

    @given(st.floats(-90, 90), st.floats(-180, 180))
    def test_a_point_is_no_farther_from_its_centre_than_a_quarter_degree(self, lat: float, lon: float) -> None:
        cell = cell_of(gid_of(lat, lon))
        slack = 0.25 + 1e-9  # a hair from a border, a sum of floats may lie on it
        assert abs(cell.lat - lat) <= slack
        assert min(abs(cell.lon - lon), 360 - abs(cell.lon - lon)) <= slack

    @pytest.mark.parametrize("gid", [0, CELLS + 1])
    def test_there_is_no_other_cell(self, gid: int) -> None:
        with pytest.raises(UsageError):
            cell_of(gid)

    @pytest.mark.parametrize("point", [(90.1, 0.0), (0.0, 180.1), (math.nan, 0.0)])
    def test_what_is_no_point_is_in_no_cell(self, point: tuple[float, float]) -> None:
        with pytest.raises(UsageError):
            gid_of(*point)


def expected(given: Iterable[FlatEvent], made: Panel, column: str) -> int:
    """What a column comes to, counted from the events that went in and not from the panel."""
    total = 0
    for one in given:
        single = panel([one], made.unit, made.time, directed=made.directed, spread=made.spread)
        total += single.entries * (getattr(one, column) or 0) if single.events else 0
    return total


class TestTogether:
    """What holds of every panel."""

    @given(MANY, st.sampled_from(UNITS), st.sampled_from(TIMES), st.booleans(), st.booleans())
    def test_sums_are_those_of_the_events_that_went_in(
        self, given: list[FlatEvent], unit: Unit, time: Time, spread: bool, whole: bool
    ) -> None:
        statuses = None if whole else ("happened",)
        made = panel(given, unit, time, spread=spread, statuses=statuses, umbrella=whole)
        assert made.total("events") == made.entries
        assert made.events + sum(left.events for left in made.left_out) == len(given)
        if not whole:
            assert made.total("reports") == expected(given, made, "reports")
            assert made.total("killed_low") == expected(given, made, "killed_low")

    @given(MANY, st.sampled_from(["country", "admin1", "prio-grid"]), st.sampled_from(TIMES), st.booleans())
    def test_nothing_is_lost_between_the_panel_and_what_it_leaves_out(
        self, given: list[FlatEvent], unit: Unit, time: Time, spread: bool
    ) -> None:
        made = panel(given, unit, time, since=day("2024-01-10"), until=day("2024-02-10"), spread=spread)
        everything = panel([e._replace(iso3="PAK", date_start=day("2024-01-01"), date_end=day("2024-01-01"))
                            for e in given], "country", "year", statuses=None, umbrella=True)  # fmt: skip
        for column in ("killed_low", "killed_best", "killed_high"):
            left = sum(getattr(x, column) for x in made.left_out)
            assert made.total(column) + left == everything.total(column)
        assert made.events + sum(x.events for x in made.left_out if x.reason != "cut") == len(given)

    @given(MANY, st.sampled_from(UNITS), st.sampled_from(TIMES))
    def test_low_best_and_high_stand_in_order_in_every_cell(
        self, given: list[FlatEvent], unit: Unit, time: Time
    ) -> None:
        for row in rows(panel(given, unit, time, spread=True)):
            assert row["killed_low"] <= row["killed_best"] <= row["killed_high"]
            assert row["active"] >= row["events"] >= row["material_conflict"]

    @given(MANY, st.sampled_from(UNITS), st.sampled_from(TIMES), st.booleans())
    def test_every_unit_has_every_period_once_and_in_order(
        self, given: list[FlatEvent], unit: Unit, time: Time, directed: bool
    ) -> None:
        directed = directed and unit == "dyad"
        made = panel(given, unit, time, since=day("2023-12-24"), until=day("2024-02-12"), directed=directed)
        assert len(made) == len(made.units) * len(made.periods) == made.to_arrow().num_rows
        width = len(columns_of(unit, directed)) - 5 - len(COUNTS)
        got = [(*tuple(row.values())[:width], row["start"]) for row in rows(made)]
        assert got == sorted(set(got))
        periods = {(row["start"], row["end"]) for row in rows(made)}
        days = {d for a, b in periods for d in (a + timedelta(n) for n in range((b - a).days + 1))}
        assert not made.units or {day("2023-12-24") + timedelta(n) for n in range(51)} <= days

    @given(MANY, st.sampled_from(TIMES), st.booleans())
    def test_rows_of_zeros_are_all_that_filling_adds(self, given: list[FlatEvent], time: Time, spread: bool) -> None:
        filled = [r for r in rows(panel(given, "dyad", time, spread=spread)) if any(r[c] for c in COUNTS)]
        assert filled == rows(panel(given, "dyad", time, spread=spread, fill=False))

    @given(MANY, st.sampled_from(TIMES))
    def test_a_directed_panel_folds_to_the_undirected(self, given: list[FlatEvent], time: Time) -> None:
        # what both did to each other counts once for the dyad and once for each direction
        both = [e for e in given if _mutual(e)]
        for some, times in (([e for e in given if not _mutual(e)], 1), (both, None)):
            plain, directed = panel(some, "dyad", time), panel(some, "dyad", time, directed=True)
            for column in ("events", "killed_high", "reports", "active"):
                folded: Counter[tuple[str, str, str]] = Counter()
                for (a, b, period), n in counted(directed, column).items():
                    folded[min(a, b), max(a, b), period] += n
                if times:
                    assert folded == counted(plain, column)
                else:
                    assert folded.total() >= sum(counted(plain, column).values())

    @given(MANY, st.randoms(), st.sampled_from(UNITS))
    def test_the_order_of_events_makes_no_difference(self, given: list[FlatEvent], dice: Any, unit: Unit) -> None:
        again = list(given)
        dice.shuffle(again)
        one, other = panel(given, unit, "week"), panel(again, unit, "week")
        assert one.to_arrow().equals(other.to_arrow())
        assert one.left_out == other.left_out


def _mutual(one: FlatEvent) -> bool:
    actors, recipients = set(named(one.actor)), set(named(one.recipient))
    together = one.type in ("AGREE", "CONSULT") and not recipients and len(actors) > 1
    return together or len(actors & recipients) > 1
