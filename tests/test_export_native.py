"""The native formats, read back by other readers and compared with the records."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import geopandas as gpd
import openpyxl
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import casus.export as exports
from casus.errors import ExportError
from casus.export import FORMATS, Options, Written, cells, export, parquet, xlsx
from casus.export.cells import RISKY, plain_cell, safe_cell
from casus.export.columns import codebook_rows
from casus.export.markdown import page
from casus.jsonl import claim_line, event_line
from casus.ledger.flat import COLUMNS, TABLES, Column, Table, columns_of, flat_events, flat_rows
from casus.ledger.ledger import Ledger
from casus.ledger.queries import Filter
from tests.exported import FORMULA, HARD, same_as_golden, sample
from tests.papers import opened, store_of


@pytest.fixture(scope="module")
def ledger() -> Iterator[Ledger]:
    with sample() as made:
        yield made


def made(ledger: Ledger, format: str, table: Table | None = None, **options: Any) -> bytes:
    out = io.BytesIO()
    export(ledger, format, out, options=Options(table, **options))
    return out.getvalue()


def wanted(ledger: Ledger, table: Table) -> list[dict[str, Any]]:
    """The rows of a table, without text."""
    return [dict(zip(names(table), row, strict=False)) for row in flat_rows(ledger, table)]


def names(table: Table) -> list[str]:
    return [column.name for column in columns_of(table, with_text=False)]


# ------------------------------------------------------------------ CSV


def read_strictly(data: bytes, columns: tuple[Column, ...]) -> list[dict[str, Any]]:
    """CSV as a reader takes it that forgives nothing: each cell is of its column's type, or empty where it may be."""
    head, *lines = csv.reader(io.StringIO(data.decode(), newline=""), strict=True)
    assert head == [column.name for column in columns]
    take: dict[str, Callable[[str], Any]] = {
        "str": plain_cell, "int": int, "float": float, "date": date.fromisoformat,
        "bool": {"true": True, "false": False}.__getitem__,
    }  # fmt: skip
    out = []
    for line in lines:
        row = {}
        for column, cell in zip(columns, line, strict=True):
            assert cell or column.optional, column.name
            row[column.name] = take[column.kind](cell) if cell else None
        out.append(row)
    return out


@pytest.mark.parametrize("table", list(TABLES))
def test_csv_is_read_back_as_it_was(ledger: Ledger, table: Table) -> None:
    data = made(ledger, "csv", table)
    assert read_strictly(data, columns_of(table, with_text=False)) == wanted(ledger, table)
    assert data.endswith(b"\r\n")
    assert not data.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("table", list(TABLES))
def test_pandas_polars_and_duckdb_read_csv_with_the_right_types(ledger: Ledger, table: Table, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    export(ledger, "csv", path, options=Options(table))
    rows = wanted(ledger, table)
    by_pandas = pd.read_csv(path, keep_default_na=False, na_values=[""])
    by_polars = pl.read_csv(path, try_parse_dates=True)
    by_duckdb = duckdb.read_csv(str(path), header=True)
    kinds = dict(zip(by_duckdb.columns, map(str, by_duckdb.types), strict=True))
    for column in columns_of(table, with_text=False):
        values = [row[column.name] for row in rows]
        assert [value is None for value in values] == by_pandas[column.name].isna().tolist()
        if any(value is not None for value in values) and column.kind != "str":
            assert kinds[column.name] == KINDS[column.kind][0], column.name
            assert isinstance(by_polars[column.name].dtype, KINDS[column.kind][1])
            assert by_polars[column.name].to_list() == values
    assert len(by_pandas) == len(by_polars) == len(by_duckdb.fetchall()) == len(rows)


KINDS: dict[str, tuple[str, Any]] = {
    "int": ("BIGINT", pl.Int64), "float": ("DOUBLE", pl.Float64), "bool": ("BOOLEAN", pl.Boolean),
    "date": ("DATE", pl.Date),
}  # fmt: skip


@pytest.mark.parametrize("text", [FORMULA, "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''-x", "＝1"])
def test_no_spreadsheet_computes_a_cell(text: str) -> None:
    cell = safe_cell(text)
    assert cell == f"'{text}"
    assert plain_cell(cell) == text


@given(st.text("='+a@\t\r\n-\"", max_size=6) | st.text(max_size=6))
def test_what_is_made_harmless_can_be_had_back(text: str) -> None:
    cell = safe_cell(text)
    assert plain_cell(cell) == text
    assert cell[:1] not in RISKY
    if cell != text:
        assert text.lstrip("'")[0] in RISKY


def test_cells_of_text_are_harmless_and_numbers_stay_numbers(ledger: Ledger) -> None:
    titles = [row["title"] for row in csv.DictReader(io.StringIO(made(ledger, "csv", "claims").decode(), newline=""))]
    assert {f"'{FORMULA}", HARD, "'-1+2"} <= set(titles)
    columns = (Column("a", "str", False, ""), Column("b", "int", False, ""))
    assert list(cells.safe_rows(columns, [("-1", -1, "behind")])) == [["'-1", -1]]


def test_lone_line_breaks_are_in_quotes() -> None:
    with sample() as other:
        store_of(other).db.execute("UPDATE documents SET title = 'one' || char(13) || 'two'")
        assert {r["title"] for r in read_strictly(made(other, "csv", "claims"), COLUMNS["claims"])} == {"one\rtwo"}


# ------------------------------------------------------------------ Parquet


@pytest.mark.parametrize("table", list(TABLES))
def test_parquet_is_read_back_as_it_was(ledger: Ledger, table: Table, tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    export(ledger, "parquet", path, options=Options(table))
    rows = wanted(ledger, table)
    assert pq.read_table(path).to_pylist() == rows
    assert pl.read_parquet(path).to_dicts() == rows
    found = duckdb.read_parquet(str(path))
    assert [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()] == rows
    frame = pd.read_parquet(path, dtype_backend="pyarrow")
    assert frame.astype(object).where(frame.notna(), None).to_dict("records") == rows


def test_parquet_tells_what_its_columns_mean(ledger: Ledger) -> None:
    file = pq.ParquetFile(io.BytesIO(made(ledger, "parquet")))
    schema = file.schema_arrow
    for column, field in zip(COLUMNS["events"], schema, strict=True):
        assert (field.name, field.nullable) == (column.name, column.optional)
        assert field.metadata[b"description"].decode() == column.meaning
    assert schema.metadata[b"table"] == b"events"
    first = file.metadata.row_group(0)
    told = {first.column(at).path_in_schema: first.column(at) for at in range(first.num_columns)}
    assert {column.compression for column in told.values()} == {"ZSTD"}
    assert told["iso3"].has_dictionary_page
    assert not told["event_id"].has_dictionary_page
    types = "\n".join(f"{field.name} {field.type} {'' if field.nullable else 'not null'}".rstrip() for field in schema)
    same_as_golden("events.parquet.txt", f"{types}\n".encode())


def test_parquet_is_written_in_groups_of_rows(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = pq.read_table(io.BytesIO(made(ledger, "parquet"))).to_pylist()
    monkeypatch.setattr(parquet, "BATCH", 1)
    monkeypatch.setattr(parquet, "GROUP", 2)
    file = pq.ParquetFile(io.BytesIO(made(ledger, "parquet")))
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == [2, 2, 1]
    assert file.read().to_pylist() == whole


# ------------------------------------------------------------------ JSON lines and GeoJSON


def test_lines_of_json_are_those_of_the_command_line(ledger: Ledger) -> None:
    assert made(ledger, "jsonl").decode().splitlines() == [event_line(e) for e in ledger.events()]
    lines = [json.loads(line) for line in made(ledger, "jsonl", "claims").splitlines()]
    assert [line.pop("ledger_event") for line in lines][-1] is None
    for line in lines:
        claim = ledger.claim(line["id"])
        assert line == json.loads(claim_line(ledger.document(claim.document_id), claim))


def test_lines_of_contradictions_and_documents(ledger: Ledger) -> None:
    found = [json.loads(line) for line in made(ledger, "jsonl", "conflicts").splitlines()]
    assert [(line["kind"], line["state"], len(line["options"])) for line in found] == [
        ("killed", "open", 2), ("killed", "settled", 2),
    ]  # fmt: skip
    assert {line["event"] for line in found} == {e.id for e in ledger.events() if e.conflicts}
    documents = [json.loads(line) for line in made(ledger, "jsonl", "documents").splitlines()]
    assert [d["id"] for d in documents] == [row["document_id"] for row in wanted(ledger, "documents")]
    assert all("text" not in d for d in documents)


def test_geojson_has_a_feature_an_event_and_no_point_that_nobody_gave(ledger: Ledger) -> None:
    data = json.loads(made(ledger, "geojson"))
    assert (set(data), data["type"]) == ({"type", "features"}, "FeatureCollection")
    events = list(flat_events(ledger))
    for feature, event in zip(data["features"], events, strict=True):
        told = feature["properties"]
        assert feature["id"] == told["event_id"] == event.event_id
        assert told["place_precision"] == event.place_precision
        known = event.place_precision in ("exact", "near")
        point = {"type": "Point", "coordinates": [event.lon, event.lat]}
        assert feature["geometry"] == (point if known else None)
        assert told["date_start"] == event.date_start.isoformat() if event.date_start else told["date_start"] is None
        assert not {"lat", "lon"} & set(told)
    assert sum(feature["geometry"] is None for feature in data["features"]) == 2


def test_geojson_has_points_amid_areas_where_they_are_asked_for(ledger: Ledger) -> None:
    by_default, asked = (json.loads(made(ledger, "geojson", areas=areas))["features"] for areas in (False, True))
    new = [b for a, b in zip(by_default, asked, strict=True) if a != b]
    assert [(f["properties"]["place_precision"], f["geometry"]["coordinates"]) for f in new] == [("adm1", [66.5, 28.5])]


def test_geopandas_reads_geojson(ledger: Ledger, tmp_path: Path) -> None:
    done = export(ledger, "geojson", tmp_path / "x.geojson")
    frame = gpd.read_file(tmp_path / "x.geojson")
    assert done == Written({"events": 5}, ("2 events have no point, as no place is known well enough",))
    assert frame.crs.to_epsg() == 4326
    assert frame["event_id"].tolist() == [row["event_id"] for row in wanted(ledger, "events")]
    assert frame.geometry.isna().tolist() == [True, False, False, False, True]
    assert frame.geometry[1].coords[0] == (64.09, 26.97)


def test_geojson_of_nothing_is_whole() -> None:
    with opened() as empty:
        assert json.loads(made(empty, "geojson")) == {"type": "FeatureCollection", "features": []}


# ------------------------------------------------------------------ XLSX


def sheets(data: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {sheet.title: [tuple(cell.value for cell in row) for row in sheet.iter_rows()] for sheet in book}


def test_a_workbook_holds_all_tables(ledger: Ledger) -> None:
    found = sheets(made(ledger, "xlsx"))
    assert list(found) == ["events", "claims", "contradictions", "documents", "codebook", "about"]
    for table, sheet in xlsx.SHEETS.items():
        head, *rows = found[sheet]
        assert list(head) == names(table)
        back = [dict(zip(head, map(from_excel, row), strict=True)) for row in rows]
        assert back == [{k: to_excel(v) for k, v in row.items()} for row in wanted(ledger, table)]
    assert len(found["codebook"]) == 1 + len(codebook_rows())


def from_excel(value: Any) -> Any:
    if isinstance(value, str):
        return plain_cell(value)
    return value.date() if isinstance(value, datetime) else value


def to_excel(value: Any) -> Any:
    """A day before those that Excel knows is a text."""
    return value.isoformat() if isinstance(value, date) and value.year < 1900 else value


def test_a_workbook_holds_no_formula_and_keeps_its_headings_in_sight(ledger: Ledger) -> None:
    book = openpyxl.load_workbook(io.BytesIO(made(ledger, "xlsx")))
    for sheet in book:
        assert sheet.freeze_panes == "B2"
        assert all(cell.data_type != "f" and not cell.hyperlink for row in sheet.iter_rows() for cell in row)
    head = [cell.value for cell in book["events"][1]]
    at = head.index("date_start") + 1
    assert book["events"].cell(3, at).is_date
    assert book["events"].column_dimensions["B"].width > 5


def test_more_rows_than_a_sheet_holds_are_told_before_anything_is_written(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx, "ROWS", 5)
    with pytest.raises(ExportError, match="holds 4 rows, and there are more events") as told:
        export(ledger, "xlsx", tmp_path / "x.xlsx")
    assert "Parquet or CSV" in told.value.hint
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(xlsx, "ROWS", 6)
    with pytest.raises(ExportError, match="more claims"):
        export(ledger, "xlsx", tmp_path / "x.xlsx")


def test_a_cell_that_is_too_long_is_cut_and_told(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "CHARS", 100)
    out = io.BytesIO()
    done = export(ledger, "xlsx", out)
    assert max(len(cell) for sheet in sheets(out.getvalue()).values() for row in sheet for cell in row
               if isinstance(cell, str)) == 100  # fmt: skip
    assert any("cut at 100 characters" in note for note in done.notes)


# ------------------------------------------------------------------ all of them


CHOICES = [
    (f.name, table) for f in FORMATS.values() if f.module in ("csv_native", "jsonl_native") for table in f.tables
]


@pytest.mark.parametrize(("format", "table"), [*CHOICES, ("geojson", None)])
def test_golden(ledger: Ledger, format: str, table: Table | None) -> None:
    same_as_golden(f"{table or 'events'}{FORMATS[format].ending}", made(ledger, format, table))


def test_golden_workbook(ledger: Ledger) -> None:
    lines = [
        json.dumps([sheet, *("" if cell is None else str(cell) for cell in row)], ensure_ascii=False)
        for sheet, rows in sheets(made(ledger, "xlsx")).items()
        for row in rows
        if row[0] != "made by"
    ]
    same_as_golden("workbook.xlsx.txt", "".join(f"{line}\n" for line in lines).encode())


@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet", "geojson", "xlsx"])
def test_the_same_ledger_gives_the_same_bytes(ledger: Ledger, format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with sample() as other:
        monkeypatch.setattr(cells, "BATCH", 2)
        assert made(other, format) == made(ledger, format)


@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet", "xlsx"])
def test_texts_leave_only_where_they_are_asked_for(ledger: Ledger, format: str) -> None:
    words = "Other words."  # no claim's sentence holds them

    def held(with_text: bool) -> bool:
        table: Table | None = None if format == "xlsx" else "documents"
        data = made(ledger, format, table, with_text=with_text)
        if format == "xlsx":
            return words in str(sheets(data))
        return (
            words in str(pq.read_table(io.BytesIO(data)).to_pylist()) if format == "parquet" else words.encode() in data
        )

    assert (held(False), held(True)) == (False, True)


@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet", "geojson", "xlsx"])
def test_only_what_is_asked_for_is_written_into_a_pipe(ledger: Ledger, format: str) -> None:
    class Pipe(io.RawIOBase):
        """Takes bytes, and nothing else can be done with it."""

        def __init__(self) -> None:
            self.data = b""

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            self.data += bytes(data)
            return len(data)

    pipe, counted = Pipe(), list[int]()
    done = export(ledger, format, pipe, Filter(actor="IRN"), on_rows=counted.append)  # type: ignore[arg-type]
    assert done.rows["events"] == 1
    assert counted[0] == 1
    assert b"evt_" in pipe.data or format in ("xlsx", "parquet")
    assert pipe.data.startswith({"xlsx": b"PK", "parquet": b"PAR1"}.get(format, b""))


def test_the_page_of_columns_is_that_of_the_code() -> None:
    written = (Path(__file__).parent.parent / "docs" / "columns.md").read_text(encoding="utf-8")
    assert written == page(), "python -m casus.export.markdown > docs/columns.md"
    assert page().count("\n| `") == sum(len(columns) for columns in COLUMNS.values())


def test_every_format_has_a_module_that_writes() -> None:
    for name, found in FORMATS.items():
        assert name == found.name == name.lower()
        assert found.ending.startswith(".")
        assert found.writes.endswith(".")
        module = __import__(f"casus.export.{found.module}", fromlist=["write"])
        assert callable(module.write)
    assert exports.format_of("CSV") is FORMATS["csv"]
