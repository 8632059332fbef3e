"""Events, claims, contradictions and documents as frames: the same values in each, with types; and out as files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import casus
from casus.config import Config
from casus.errors import CasusError, ExportError, UsageError
from casus.ledger.flat import TABLES, Table, columns_of, flat_rows
from casus.notebook.rows import Rows
from tests.exported import sample
from tests.papers import Deed, filled, paper
from tests.telling import SARAVAN


@pytest.fixture(scope="module")
def ledger() -> Iterator[casus.Ledger]:
    with casus.Ledger(sample(), Config.load({})) as made:
        yield made


def rows_of(ledger: casus.Ledger, table: Table) -> Rows[Any]:
    """The lazy table of that name."""
    made: dict[Table, Rows[Any]] = {
        "events": ledger.events(), "claims": ledger.claims(), "conflicts": ledger.conflicts(),
        "documents": ledger.documents(),
    }  # fmt: skip
    return made[table]


@pytest.mark.parametrize("table", TABLES)
class TestFrames:
    """Flat rows, whatever holds them."""

    def plain(self, ledger: casus.Ledger, table: Table) -> list[tuple[Any, ...]]:
        width = len(columns_of(table, with_text=False))
        return [tuple(row)[:width] for row in flat_rows(ledger._ledger, table)]

    def test_arrow(self, ledger: casus.Ledger, table: Table) -> None:
        made = rows_of(ledger, table).to_arrow()
        assert [tuple(row.values()) for row in made.to_pylist()] == self.plain(ledger, table)
        columns = columns_of(table, with_text=False)
        assert made.column_names == [c.name for c in columns]
        assert [made.schema.field(c.name).metadata[b"description"].decode() for c in columns] == [
            c.meaning for c in columns
        ]

    def test_it_is_what_parquet_holds(self, ledger: casus.Ledger, table: Table, tmp_path: Path) -> None:
        ledger.export("parquet", tmp_path / "x.parquet", table=table)
        assert pq.read_table(tmp_path / "x.parquet").equals(rows_of(ledger, table).to_arrow())

    def test_polars(self, ledger: casus.Ledger, table: Table) -> None:
        made = rows_of(ledger, table).to_polars()
        assert made.rows() == self.plain(ledger, table)
        kinds = {"str": pl.String, "int": pl.Int64, "float": pl.Float64, "bool": pl.Boolean, "date": pl.Date}
        assert made.dtypes == [kinds[c.kind] for c in columns_of(table, with_text=False)]

    def test_pandas(self, ledger: casus.Ledger, table: Table) -> None:
        made = rows_of(ledger, table).to_pandas()
        for column in columns_of(table, with_text=False):
            values = [row[list(made.columns).index(column.name)] for row in self.plain(ledger, table)]
            found = [None if pd.isna(v) else v.date() if column.kind == "date" else v for v in made[column.name]]
            assert found == values
            if column.kind == "int":
                assert made[column.name].dtype == pd.Int64Dtype()
            if column.kind == "date":
                assert made[column.name].dtype.kind == "M"

    def test_nothing_has_the_same_columns(self, ledger: casus.Ledger, table: Table) -> None:
        nothing = ledger.events(country="Chad")
        rows: dict[Table, Rows[Any]] = {
            "events": nothing, "claims": nothing.claims, "conflicts": nothing.conflicts, "documents": nothing.documents,
        }  # fmt: skip
        assert rows[table].to_arrow().schema.equals(rows_of(ledger, table).to_arrow().schema)
        assert rows[table].to_pandas().shape == (0, len(columns_of(table, with_text=False)))
        assert (len(rows[table]), rows[table].first(), list(rows[table])) == (0, None, [])


def test_numbers_of_rows_are_those_of_the_views(ledger: casus.Ledger) -> None:
    for rows in (ledger.events(), ledger.claims(), ledger.documents(), ledger.claims(country="Iran")):
        assert len(rows) == len(list(rows)) == rows.to_arrow().num_rows
    options = sum(len(conflict.options) for conflict in ledger.conflicts())
    assert (len(ledger.conflicts()), ledger.conflicts().to_arrow().num_rows) == (2, options)


def test_contradictions_by_their_state(ledger: casus.Ledger) -> None:
    assert [c.state for c in ledger.conflicts()] == ["open", "settled"]
    for state in ("open", "settled"):
        rows = ledger.conflicts(state)
        assert [c.state for c in rows] == [state]
        assert set(rows.to_arrow()["state"].to_pylist()) == {state}
    assert len(ledger.conflicts("superseded")) == len(ledger.conflicts("superseded").to_arrow()) == 0
    assert len(ledger.conflicts("open", limit=1)) + len(ledger.conflicts("open", offset=1, limit=1)) == 1
    assert repr(ledger.conflicts("settled", country="Iran")).startswith("<Conflicts of settled; country IRN: 1>")


def test_rejected_claims_stand_last_and_are_marked(ledger: casus.Ledger) -> None:
    last = ledger.claims()[-1]
    assert last.ledger_event is None
    assert ledger.claims().to_polars()["rejected"].to_list() == [False] * (len(ledger.claims()) - 1) + [True]
    assert last not in ledger.claims(since="1800-01-01")


def test_texts_only_where_they_are_asked_for(ledger: casus.Ledger) -> None:
    documents = ledger.documents()
    assert "text" not in documents.to_pandas().columns
    assert documents.to_polars(with_text=True)["text"].to_list() == [d.text for d in documents]
    assert documents.to_pandas(with_text=True)["text"].tolist() == [d.text for d in documents]


def test_days_before_nanoseconds_hold(ledger: casus.Ledger) -> None:
    frame = ledger.events(until="1900-01-01").to_pandas()
    assert frame["date_start"].dt.date.tolist() == [date(1899, 12, 1)]


def test_points(ledger: casus.Ledger) -> None:
    frame = ledger.events().to_geopandas()
    assert frame.crs == "EPSG:4326"
    for precision, lat, lon, point in zip(
        frame["place_precision"], frame["lat"], frame["lon"], frame.geometry, strict=True
    ):
        assert (point is not None) == (precision in ("exact", "near"))
        assert point is None or (point.x, point.y) == (lon, lat)
    areas = ledger.events().to_geopandas(areas=True)
    assert areas.geometry.notna().sum() == frame["lat"].notna().sum() == frame.geometry.notna().sum() + 1


FRAMES: dict[str, Callable[[casus.Events], object]] = {
    "pandas": casus.Events.to_pandas, "polars": casus.Events.to_polars, "geopandas": casus.Events.to_geopandas,
    "altair": lambda events: events.plot.weekly(),
}  # fmt: skip
EXTRAS = {"geopandas": "geo", "altair": "plots"}


@pytest.mark.parametrize("package", FRAMES)
def test_a_package_that_is_missing_is_told_with_its_line(
    ledger: casus.Ledger, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ExportError, match=f"{package} is not installed") as told:
        FRAMES[package](ledger.events())
    assert told.value.hint == f'pip install "casus-events[{EXTRAS.get(package, package)}]"'


# ------------------------------------------------------------------ files, panels, plots


def test_an_export_is_of_what_was_asked(ledger: casus.Ledger, tmp_path: Path) -> None:
    strikes = ledger.events(type="ASSAULT", country="Pakistan").where(lambda e: e.killed is not None)
    out = BytesIO()
    assert strikes.export("csv", out).rows == {"events": 1}
    assert strikes[0].id in out.getvalue().decode()
    assert len(out.getvalue().splitlines()) == 2
    assert ledger.export("jsonl", out, country="Chad").rows == {"events": 0}
    strikes.export("csv", tmp_path / "x.csv")
    with pytest.raises(UsageError):
        strikes.export("csv", tmp_path / "x.csv")
    strikes.export("csv", tmp_path / "x.csv", overwrite=True)
    with pytest.raises(CasusError):
        strikes.export("dbase", tmp_path / "y")


def test_a_panel_says_what_a_filter_by_days_passed_over() -> None:
    papers = [
        paper("a", Deed("2024-01-16")), paper("b", Deed(None, SARAVAN, type="PROTEST")),
        paper("c", Deed(None, type="AID", status="denied")), paper("d", Deed("2024-04-01")),
    ]  # fmt: skip
    with casus.Ledger(filled(*papers), Config.load({})) as ledger:
        asked: dict[str, Any] = {"since": "2024-01-01", "until": "2024-01-31"}
        made = ledger.panel("country", "month", **asked)
        assert (len(made), made.total("events")) == (1, 1)
        assert [(left.reason, left.events) for left in made.left_out] == [("undated", 1)]
        for types, statuses, undated in (
            (["PROTEST"], ["happened"], 1), (["AID"], ["happened"], 0), (["AID", "PROTEST"], ["happened", "denied"], 2),
            (None, None, 2),
        ):  # fmt: skip
            made = ledger.panel("country", "month", types=types, statuses=statuses, **asked)
            assert sum(left.events for left in made.left_out if left.reason == "undated") == undated
        assert not any(
            left.reason == "undated" and left.events > 2 for left in ledger.panel("country", "year").left_out
        )
        assert ledger.events(type="PROTEST").panel("country", "year", types=["AID"]).total("events") == 0


def test_plots_are_of_what_was_asked(db: casus.Ledger) -> None:
    assert db.events(country="Iran", min_killed=1).plot.weekly().title.subtitle[0] == "country IRN; killed at least 1"
    assert db.events(ids=db.events().ids[:2]).plot.coverage().title.subtitle[0] == "2 chosen events"
    plots = db.plot
    charts = (
        plots.lag(), plots.contradictions(by="month"), plots.sides("Iran", "Pakistan", measure="injured"),
        plots.toll(db.events(disputed=True)[0], measure="killed"), plots.dyad("iran", "Islamabad"),
    )  # fmt: skip
    assert all(chart.to_dict()["$schema"] for chart in charts)


def test_many_rows_come_in_batches(ledger: casus.Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ledger.claims().to_arrow()
    monkeypatch.setattr("casus.notebook.frames.BATCH", 2)
    made = ledger.claims().to_arrow()
    assert made.equals(whole)
    assert isinstance(made, pa.Table)
    assert made.column(0).num_chunks > 1
