"""Rows in the shape of GDELT 2.0: read back by strict readers with explicit types, and compared with the records."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.codebook import Codebook
from casus.export import export
from casus.export.codes import cameo_country, fips
from casus.export.gdelt_columns import EVENTS, MENTIONS, Cell
from casus.export.gdelt_rows import part_of_year, plain, quad_class, told
from casus.export.job import Part
from casus.ledger import numbers
from casus.ledger.ledger import Ledger
from casus.ledger.queries import Filter
from tests.exported import same_as_golden, sample
from tests.foreign import hard, made

COLUMNS: dict[Part, tuple[Cell, ...]] = {"events": EVENTS, "mentions": MENTIONS}
TABLES: list[Part] = ["events", "mentions"]
Row = dict[str, Any]


@pytest.fixture(scope="module")
def ledger() -> Iterator[Ledger]:
    with hard() as found:
        yield found


def strictly(data: bytes, table: Part) -> list[Row]:
    """The rows as a reader takes them that forgives nothing: each cell is of its column's type, or empty."""
    take = {"int": int, "float": float, "str": str}
    out = []
    for line in data.decode().split("\n")[:-1]:
        cells = line.split("\t")
        named = zip(COLUMNS[table], cells, strict=True)
        out.append({column.name: take[column.kind](cell) if cell else None for column, cell in named})
    return out


def events(ledger: Ledger, asked: Filter | None = None) -> dict[str, Row]:
    """The rows by the type of their events, which none share here."""
    rows = {row["GLOBALEVENTID"]: row for row in strictly(made(ledger, "gdelt", "events", asked), "events")}
    ids = {e.id: e.types[0] for e in ledger.events(asked)}
    given = numbers.of(ledger, "gdelt", list(ids))
    return {ids[id_]: rows[n] for id_, n in given.items() if n in rows}


def test_there_are_61_and_16_columns_in_the_order_of_gdelt() -> None:
    names = [column.name for column in EVENTS]
    assert (len(EVENTS), len(MENTIONS)) == (61, 16)
    assert (names[0], names[5], names[15], names[25], names[34], names[35]) == (
        "GLOBALEVENTID", "Actor1Code", "Actor2Code", "IsRootEvent", "AvgTone", "Actor1Geo_Type",
    )  # fmt: skip
    assert names[51:59] == [f"ActionGeo_{part}" for part in (
        "Type", "FullName", "CountryCode", "ADM1Code", "ADM2Code", "Lat", "Long", "FeatureID",
    )]  # fmt: skip
    assert names[59:] == ["DATEADDED", "SOURCEURL"]
    assert [column.name for column in MENTIONS][3:6] == ["MentionType", "MentionSourceName", "MentionIdentifier"]
    assert len(set(names)) == 61


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("quoting", [csv.QUOTE_NONE, csv.QUOTE_MINIMAL])
def test_no_reader_breaks_at_tabs_line_breaks_or_quotes(ledger: Ledger, table: Part, quoting: Any) -> None:
    data = made(ledger, "gdelt", table)
    lines = list(csv.reader(io.StringIO(data.decode(), newline=""), delimiter="\t", strict=True, quoting=quoting))
    rows = strictly(data, table)
    assert len(lines) == len(rows) > 4
    assert {len(line) for line in lines} == {len(COLUMNS[table])}
    assert data.decode().splitlines() == data.decode().split("\n")[:-1]
    assert not {'"', "\r", "\x85", "\x1f", "\u2028"} & set(data.decode())


@pytest.mark.parametrize("table", TABLES)
def test_pandas_polars_and_duckdb_read_it_with_explicit_types(ledger: Ledger, table: Part, tmp_path: Path) -> None:
    path, columns = tmp_path / "x.tsv", COLUMNS[table]
    path.write_bytes(made(ledger, "gdelt", table))
    rows = strictly(path.read_bytes(), table)
    kinds: dict[str, Any] = {"int": "Int64", "float": "Float64", "str": "string"}
    frame = pd.read_csv(path, sep="\t", names=[c.name for c in columns], dtype={c.name: kinds[c.kind] for c in columns},
                        keep_default_na=False, na_values=[""])  # fmt: skip
    assert frame.astype(object).where(frame.notna(), None).to_dict("records") == rows
    schema: dict[str, Any] = {c.name: {"int": pl.Int64, "float": pl.Float64, "str": pl.String}[c.kind] for c in columns}
    assert pl.read_csv(path, separator="\t", has_header=False, schema=schema).to_dicts() == rows
    sql = {c.name: {"int": "BIGINT", "float": "DOUBLE", "str": "VARCHAR"}[c.kind] for c in columns}
    found = duckdb.read_csv(str(path), sep="\t", header=False, columns=sql, strict_mode=True)
    assert [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()] == rows


def test_a_row_holds_what_the_event_holds(ledger: Ledger) -> None:
    row = events(ledger)["ASSAULT"]
    event = next(e for e in ledger.events() if e.types[0] == "ASSAULT" and not e.umbrella)
    assert (row["SQLDATE"], row["MonthYear"], row["Year"], row["FractionDate"]) == (20240116, 202401, 2024, 2024.0438)
    assert [row[f"Actor1{part}"] for part in ("Code", "Name", "CountryCode", "KnownGroupCode", "Type1Code")] == [
        "REBTAL", "TALIBAN", None, "TAL", "REB",
    ]  # fmt: skip
    assert [row[f"Actor2{part}"] for part in ("Code", "CountryCode", "Type1Code")] == ["USAMIL", "USA", "MIL"]
    assert (row["EventCode"], row["EventBaseCode"], row["EventRootCode"], row["QuadClass"]) == ("193", "193", "19", 4)
    assert row["GoldsteinScale"] == Codebook.load().intensity("ASSAULT", "firearms")
    assert (row["NumMentions"], row["NumSources"], row["NumArticles"]) == (
        len(event.claims), event.publishers_n, event.reports_n,
    )  # fmt: skip
    assert (row["IsRootEvent"], row["AvgTone"], row["DATEADDED"]) == (1, None, 20240116203000)
    assert row["SOURCEURL"] == "https://www.example.org/a%20b%22c"
    assert [row[f"ActionGeo_{part}"] for part in ("Type", "FullName", "CountryCode", "Lat", "Long", "FeatureID")] == [
        3, "Springfield, Illinois, United States", "US", 39.8, -89.64, "id of Springfield",
    ]  # fmt: skip
    assert (row["Actor1Geo_Type"], row["Actor1Geo_FullName"], row["Actor2Geo_Type"]) == (0, None, 0)


def test_what_is_known_to_less_than_a_day_or_a_town_is_told_as_such(ledger: Ledger) -> None:
    rows = events(ledger)
    dates = {kind: [row[c] for c in ("SQLDATE", "MonthYear", "Year", "FractionDate")] for kind, row in rows.items()}
    assert dates["CONSULT"] == [None, None, 2023, None]
    assert dates["ACCUSE"] == [None, 202402, 2024, None]
    assert dates["AID"] == [None, None, None, None]
    places = {kind: [row[f"ActionGeo_{p}"] for p in ("Type", "FullName", "FeatureID")] for kind, row in rows.items()}
    assert places["CONSULT"] == places["AID"] == [0, None, None]
    assert places["ACCUSE"] == [1, "Romania", "geonames:798549"]
    assert places["PROTEST"] == [4, "Bucharest, Bucuresti, Romania", "geonames:683506"]
    assert rows["AID"]["SOURCEURL"] == "Paper f, 2024-01-17, f"


def test_codes_are_those_of_cameo_and_fips(ledger: Ledger) -> None:
    rows = events(ledger)
    assert [rows["ACCUSE"][c] for c in ("Actor1Code", "Actor1CountryCode", "Actor2Code", "ActionGeo_CountryCode")] == [
        "ROMGOV", "ROM", "XKXMED", "RO",
    ]  # fmt: skip
    assert [rows["CONSULT"][c] for c in ("Actor1Code", "Actor2Code", "EventCode", "QuadClass")] == [
        "IGOUNO", "IGOEEC", "041", 1,
    ]  # fmt: skip
    assert rows["AID"]["QuadClass"] == 2
    assert rows["ACCUSE"]["QuadClass"] == 3
    assert (fips("GBR"), fips("XKX"), fips(None), cameo_country("Taliban")) == ("UK", "KV", None, None)


@pytest.mark.parametrize(("first", "last", "quad"), [(1, 5, 1), (6, 8, 2), (9, 13, 3), (14, 20, 4)])
def test_a_quad_class_is_that_of_the_root(first: int, last: int, quad: int) -> None:
    assert {quad_class(f"{root:02}") for root in range(first, last + 1)} == {quad}


def test_the_part_of_the_year_is_that_of_the_files_of_gdelt() -> None:
    assert 2004 + part_of_year(date(2004, 11, 26)) == 2004.8932
    assert 2013 + part_of_year(date(2013, 11, 24)) == 2013.8877
    assert 0 < part_of_year(date(2024, 1, 1)) < part_of_year(date(2024, 12, 31)) < 1


def test_mentions_are_the_claims_with_where_they_stand(ledger: Ledger) -> None:
    rows = strictly(made(ledger, "gdelt", "mentions"), "mentions")
    by_claim = {taken_apart(row["Extras"])["claim"]: row for row in rows}
    told_of = [c for e in ledger.events() if e.status == "happened" and not e.umbrella for c in ledger.claims(e.id)]
    assert set(by_claim) == {claim.id for claim in told_of}
    for claim in told_of:
        row, document = by_claim[claim.id], ledger.document(claim.document_id)
        at = row["ActionCharOffset"]
        assert document.text[at:].startswith(claim.trigger.exact)
        assert row["MentionDocLen"] == len(document.text)
        assert row["Confidence"] == 90
        assert row["InRawText"] == 1
        assert row["SentenceID"] == 2  # the lead is the first
        for column, sides in (("Actor1CharOffset", claim.actors), ("Actor2CharOffset", claim.recipients)):
            assert row[column] == (sides[0].span.start if sides else None)


def test_a_mention_says_where_it_was_published(ledger: Ledger) -> None:
    rows = {
        taken_apart(row["Extras"])["document"]: row for row in strictly(made(ledger, "gdelt", "mentions"), "mentions")
    }
    names = ("MentionType", "MentionSourceName", "MentionIdentifier", "MentionTimeDate", "EventTimeDate")
    assert [rows["a"][name] for name in names] == [
        1, "example.org", "https://www.example.org/a%20b%22c", 20240116203000, 20240116203000,
    ]  # fmt: skip
    assert [rows["b"][name] for name in names] == [2, None, "b", None, 20240116203000]
    assert [rows["f"][name] for name in names[:4]] == [2, "Paper f", "Paper f, 2024-01-17, f", 20240117000000]


def taken_apart(extras: str) -> dict[str, str]:
    """What `Extras` holds, as docs/formats/gdelt.md says that it is to be read."""
    parts = (part.partition("=") for part in extras.split(";"))
    return {name: unquote(value) for name, _, value in parts}


def test_extras_carry_what_gdelt_has_no_column_for() -> None:
    with sample() as ledger:
        rows = strictly(made(ledger, "gdelt", "mentions"), "mentions")
        extras = [taken_apart(row["Extras"]) for row in rows]
        found = next(e for e in extras if e["document"] == "a")
        event = ledger.event(found["event"])
        assert found["killed"] == "2-2"
        assert found["injured"] == "4-"
        assert found["event_killed"] == "2/2/3"
        assert found["source"] == "State TV (media) > the governor (official)"
        assert (found["disputed"], found["independent"], found["status"]) == ("killed", "3", "happened")
        assert found["quote"] == ledger.claim(found["claim"]).sentence.exact
        assert found["actors"] == "IRN (MIL)"
        assert found["event_date"] == f"{event.when.start}/{event.when.end}"


def test_extras_can_be_taken_apart_whatever_the_words(ledger: Ledger) -> None:
    rows = strictly(made(ledger, "gdelt", "mentions"), "mentions")
    found = next(e for row in rows if (e := taken_apart(row["Extras"]))["document"] == "a")
    assert found["actors"] == "Taliban (REB), Gun 'men' (UAF)"
    assert found["publisher"] == "Paper A"


def test_what_did_not_happen_and_sums_are_left_out_and_told(ledger: Ledger) -> None:
    left = (
        "1 event is left out: denied, planned or hypothetical",
        "1 event is left out: summing or spanning incidents",
    )
    done = export(ledger, "gdelt", io.BytesIO())
    assert done.notes == left
    assert done.rows == {"events": len(ledger.events()) - 2}
    asked = export(ledger, "gdelt", io.BytesIO(), Filter(status="planned"))
    assert asked.rows == {"events": 1}
    assert "no column" in asked.notes[-1]
    assert export(ledger, "gdelt", io.BytesIO(), Filter(umbrella=True)).rows == {"events": 1}


def test_numbers_of_events_never_move() -> None:
    with hard() as ledger:
        some = strictly(made(ledger, "gdelt", "events", Filter(type="AID")), "events")
        assert [row["GLOBALEVENTID"] for row in some] == [1]
        first = made(ledger, "gdelt", "events")
        assert {row["GLOBALEVENTID"]: row["EventCode"] for row in strictly(first, "events")}[1] == "070"
        assert made(ledger, "gdelt", "events") == first
        mentions = strictly(made(ledger, "gdelt", "mentions"), "mentions")
        assert {row["GLOBALEVENTID"] for row in mentions} == {row["GLOBALEVENTID"] for row in strictly(first, "events")}


def test_a_folder_gets_both_tables_and_a_file_one(ledger: Ledger, tmp_path: Path) -> None:
    done = export(ledger, "gdelt", tmp_path / "out")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["events.tsv", "mentions.tsv"]
    assert set(done.rows) == {"events", "mentions"}
    for table in TABLES:
        assert (tmp_path / "out" / f"{table}.tsv").read_bytes() == made(ledger, "gdelt", table)


def test_numbers_are_given_in_a_file_too(tmp_path: Path) -> None:
    with sample(tmp_path / "x.casus") as ledger:
        first = made(ledger, "gdelt", "events")
    with Ledger.open(tmp_path / "x.casus") as again:
        assert made(again, "gdelt", "events") == first


@given(st.text() | st.text("\t\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\"'= a", max_size=8))
def test_a_cell_is_one_line_whatever_is_in_it(text: str) -> None:
    for cell in (plain(text), told(text)):
        assert cell is None or (cell == cell.strip() and len(cell.splitlines()) == 1)
        assert not cell or not set(cell) & set('\t\n\r"\0')
        assert cell or not "".join(c for c in text if c.isalnum())


def test_names_that_spreadsheets_would_compute_are_harmless() -> None:
    assert told("=1+1") == "'=1+1"
    assert told("\t=1+1") == "'=1+1"
    assert told("Iran") == "Iran"


@pytest.mark.parametrize("table", TABLES)
def test_golden(table: Part) -> None:
    with sample() as ledger:
        same_as_golden(f"gdelt.{table}.tsv", made(ledger, "gdelt", table))


def test_all_numbers_are_finite(ledger: Ledger) -> None:
    for table in TABLES:
        for row in strictly(made(ledger, "gdelt", table), table):
            assert all(math.isfinite(value) for value in row.values() if isinstance(value, float))
