"""Panels as CSV, Parquet, JSON lines and data frames: all hold the same, and readers of others read it."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import click
import duckdb
import pandas
import polars
import pyarrow.parquet as pq
import pytest

from casus import cli_panel
from casus.analysis import extras
from casus.analysis.panels import Panel, columns_of, panel
from casus.analysis.sieve import REASONS
from casus.analysis.units import UNITS, Unit
from casus.analysis.values import COUNTS, HARM_COLUMNS
from casus.cli_base import FILTERS
from casus.errors import ExportError, OutputError, UsageError
from casus.export.cells import plain_cell
from casus.export.panel import format_of, put_panel, write_panel
from casus.ledger.flat import flat_events
from tests.exported import same_as_golden, sample
from tests.flats import day, event
from tests.panel_rows import rows


def _kind(dtype: Any) -> str:
    """O for text, i, f, M for days, whichever of its types pandas uses for text."""
    return "O" if pandas.api.types.is_string_dtype(dtype) else str(dtype.kind)


def directed() -> Panel:
    """A small panel with names that are hard to write down."""
    given = [event(killed=2), event("2024-02-03", actor="=1+1; \tx", recipient='a, "b"', injured_low=3)]
    return panel(given, "dyad", "month", directed=True)


class TestForms:
    """CSV, Parquet, JSON lines and data frames hold the same."""

    def test_csv_is_read_back_by_a_strict_reader(self, tmp_path: Path) -> None:
        made = directed()
        write_panel(made, tmp_path / "p.csv")
        text = (tmp_path / "p.csv").read_bytes().decode()
        assert "\r" not in text
        assert "'=1+1" in text  # no formula
        got = list(csv.DictReader(io.StringIO(text), strict=True))
        assert [list(row) for row in got] == [[c.name for c in made.columns]] * len(made)
        for row, whole in zip(got, rows(made), strict=True):
            kinds: dict[str, Any] = {"str": plain_cell, "int": int, "float": float, "date": day}
            values = {c.name: kinds[c.kind](row[c.name]) if row[c.name] else None for c in made.columns}
            assert values == whole

    def test_polars_reads_the_csv_as_the_panel_is(self, tmp_path: Path) -> None:
        made = panel([event(killed=2), event("2024-03-03", iso3="IRN")], "country", "week")
        write_panel(made, tmp_path / "p.csv")
        got = polars.read_csv(tmp_path / "p.csv", try_parse_dates=True, schema_overrides={"period": polars.String})
        assert got.equals(made.to_polars())
        assert got.schema == made.to_polars().schema

    def test_pandas_and_duckdb_read_the_csv_with_the_types_of_the_columns(self, tmp_path: Path) -> None:
        made = panel([event(killed=2), event("2024-03-03", iso3="IRN")], "country", "month")
        write_panel(made, tmp_path / "p.csv")
        frame = pandas.read_csv(tmp_path / "p.csv", parse_dates=["start", "end"])
        kinds = {"str": "O", "int": "i", "float": "f", "date": "M"}
        assert {c.name: kinds[c.kind] for c in made.columns} == {n: _kind(frame[n].dtype) for n in frame.columns}
        assert frame["killed_best"].tolist() == [row["killed_best"] for row in rows(made)]
        with duckdb.connect() as db:
            got = db.sql(f"FROM read_csv('{tmp_path / 'p.csv'}', types = {{'period': 'VARCHAR'}})").to_arrow_table()
        assert got.to_pylist() == rows(made)

    def test_the_golden_file_is_what_the_ledger_gives(self) -> None:
        out = io.BytesIO()
        with sample() as ledger:
            put_panel(panel(flat_events(ledger), "dyad", "week", directed=True), out, "csv")
        same_as_golden("panel.csv", out.getvalue())

    def test_parquet_holds_types_and_what_was_left_out(self, tmp_path: Path) -> None:
        made = panel([event(killed=2), event(None, killed=4)], "admin1", "day")
        write_panel(made, tmp_path / "p.parquet")
        got = pq.read_table(tmp_path / "p.parquet")
        assert got.equals(made.to_arrow())
        told = json.loads(got.schema.metadata[b"casus"])
        assert told["left_out"] == [
            {"reason": "undated", "events": 1, "killed_low": 4, "killed_best": 4, "killed_high": 4}
        ]
        assert (told["unit"], told["time"], told["since"], told["events"]) == ("admin1", "day", "2024-01-16", 1)

    def test_json_lines_hold_the_same(self) -> None:
        made, out = directed(), io.BytesIO()
        put_panel(made, out, "jsonl")
        lines = [json.loads(line) for line in out.getvalue().splitlines()]
        assert lines == [{k: str(v) if isinstance(v, date) else v for k, v in row.items()} for row in rows(made)]

    def test_pandas_has_days_and_whole_numbers(self) -> None:
        frame = directed().to_pandas()
        assert str(frame["start"].dtype).startswith("datetime64")
        assert {str(frame[c].dtype) for c in COUNTS} == {"int64"}

    @pytest.mark.parametrize("form", ["csv", "parquet", "jsonl"])
    def test_the_same_panel_is_the_same_bytes(self, form: Any) -> None:
        written = []
        for _ in range(2):
            out = io.BytesIO()
            put_panel(directed(), out, form)
            written.append(out.getvalue())
        assert written[0] == written[1]

    @pytest.mark.parametrize("form", ["csv", "parquet", "jsonl"])
    def test_a_panel_of_many_batches_is_whole(self, form: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        given = [event(iso3=c, killed=n) for n, c in enumerate(("IRN", "PAK", "USA"), 1)]
        out, parts = io.BytesIO(), io.BytesIO()
        put_panel(panel(given, "country", "day", until=day("2024-01-24")), out, form)
        monkeypatch.setattr("casus.analysis.tables.BATCH", 4)
        put_panel(panel(given, "country", "day", until=day("2024-01-24")), parts, form)
        if form == "parquet":
            assert pq.read_table(out).equals(pq.read_table(parts))
        else:
            assert out.getvalue() == parts.getvalue()

    def test_a_panel_of_nothing_has_its_columns(self, tmp_path: Path) -> None:
        made = panel([], "dyad", "month")
        write_panel(made, tmp_path / "p.csv")
        assert (tmp_path / "p.csv").read_text().splitlines() == [",".join(c.name for c in made.columns)]
        assert made.to_arrow().column_names == [c.name for c in made.columns]
        assert made.summary() == ("0 rows: 0 dyads by month; 0 events",)

    def test_a_file_is_there_whole_or_not_at_all(self, tmp_path: Path) -> None:
        class Broken(Panel):
            def blocks(self) -> Any:
                yield from super().blocks()
                raise OSError(28, "No space left on device")

        made = panel([event()], "country", "day")
        broken = Broken(*(getattr(made, name) for name in Panel.__slots__))
        write_panel(made, tmp_path / "p.csv")
        before = (tmp_path / "p.csv").read_bytes()
        with pytest.raises(OutputError, match="No space left"):
            write_panel(broken, tmp_path / "p.csv")
        assert [p.name for p in tmp_path.iterdir()] == ["p.csv"]
        assert (tmp_path / "p.csv").read_bytes() == before

    def test_an_unknown_ending_is_refused(self) -> None:
        with pytest.raises(UsageError, match="parquet"):
            format_of(Path("p.dta"))

    def test_a_missing_package_is_told_with_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def gone(name: str) -> Any:
            raise ImportError(name)

        monkeypatch.setattr(extras, "import_module", gone)
        with pytest.raises(ExportError) as caught:
            panel([event()], "country", "day").to_pandas()
        assert caught.value.hint == 'pip install "casus-events[pandas]"'

    @pytest.mark.parametrize("unit", UNITS)
    @pytest.mark.parametrize("directed", [False, True])
    def test_every_column_has_its_meaning(self, unit: Unit, directed: bool) -> None:
        columns = columns_of(unit, directed and unit == "dyad")
        assert all(c.meaning.endswith(".") for c in columns)
        assert len({c.name for c in columns}) == len(columns)
        assert set(HARM_COLUMNS) < {c.name for c in columns}


PAGE = (Path(__file__).parent.parent / "docs" / "panels.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("unit", UNITS)
def test_every_column_is_documented_as_it_is(unit: Unit) -> None:
    for column in columns_of(unit):
        if column.name in COUNTS or column.name.startswith("intensity"):
            assert f"| `{column.name}` | {column.kind} | {column.meaning} |" in PAGE
        assert f"`{column.name}`" in PAGE
    assert f"| `{unit}` |" in PAGE


def test_what_is_left_out_is_documented() -> None:
    told = re.findall(r"^\| `([a-z-]+)` \|", PAGE.partition("## What is left out")[2].partition("## Columns")[0], re.M)
    assert set(told) == set(REASONS)


def test_the_command_is_documented() -> None:
    for option in (p for p in cli_panel.panel.params if isinstance(p, click.Option)):
        assert option.help
        if not set(FILTERS) & {option.name} and option.name != "ledger":
            assert all(f"`{flag}" in PAGE for flag in option.opts), option.opts
