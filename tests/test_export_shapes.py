"""What holds of the shapes of ACLED, UCDP GED and HDX HAPI alike: whole, typed, repeatable, harmless, documented."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings

from casus.export import Job, acled, acled_events, ged, ged_events, hapi
from casus.export.carried import KEYS, VOICES, carried, in_a_line, listed, taken_apart
from casus.export.cells import RISKY
from casus.export.shaped import Deaths, deaths
from casus.export.states import lands
from casus.export.told import sides, told
from casus.ledger.flat import Column, FlatEvent, flat_events
from casus.ledger.ledger import Ledger
from casus.ledger.queries import Filter
from casus.linking.countries import countries
from casus.pipeline import Reads
from tests.exported import FORMULA, same_as_golden
from tests.flats import event
from tests.ledgers import Pair, Typed
from tests.shapes import CASES, best_of, every, filled, left_out, made, pair, pairs, read_strictly, told_of

DOCS = Path(__file__).parent.parent / "docs" / "formats"
COLUMNS: dict[str, tuple[Column, ...]] = {"acled": acled.COLUMNS, "ged": ged.COLUMNS, "hapi": hapi.COLUMNS}
HEADS = {
    "acled": """event_id_cnty event_date year time_precision disorder_type event_type sub_event_type actor1
    assoc_actor_1 inter1 actor2 assoc_actor_2 inter2 interaction civilian_targeting iso region country admin1 admin2
    admin3 location latitude longitude geo_precision source source_scale notes fatalities tags timestamp""",
    "ged": """id relid year active_year code_status type_of_violence conflict_dset_id conflict_new_id conflict_name
    dyad_dset_id dyad_new_id dyad_name side_a_dset_id side_a_new_id side_a side_b_dset_id side_b_new_id side_b
    number_of_sources source_article source_office source_date source_headline source_original where_prec
    where_coordinates where_description adm_1 adm_2 latitude longitude geom_wkt priogrid_gid country country_id region
    event_clarity date_prec date_start date_end deaths_a deaths_b deaths_civilians deaths_unknown best high low gwnoa
    gwnob""",
    "hapi": """location_code has_hrp in_gho provider_admin1_name provider_admin2_name admin1_code admin1_name
    admin2_code admin2_name admin_level event_type events fatalities reference_period_start reference_period_end
    dataset_hdx_id resource_hdx_id warning error""",
}
FORMS = sorted(HEADS)


@pytest.fixture(scope="module")
def ledger() -> Iterator[Ledger]:
    with every() as made_:
        yield made_


@pytest.mark.parametrize(("form", "n"), [("acled", 31), ("ged", 49), ("hapi", 19)])
def test_the_columns_are_those_of_the_data_set_in_its_order(ledger: Ledger, form: str, n: int) -> None:
    head = next(csv.reader(io.StringIO(made(ledger, form)[0].decode())))
    assert head == HEADS[form].split() == [column.name for column in COLUMNS[form]]
    assert len(head) == n


@pytest.mark.parametrize("form", FORMS)
def test_golden(form: str) -> None:
    with every() as fresh:
        same_as_golden(f"{form}.csv", made(fresh, form)[0])


@pytest.mark.parametrize("form", FORMS)
def test_the_same_ledger_gives_the_same_bytes_in_memory_and_in_a_file(form: str, tmp_path: Path) -> None:
    with every(str(tmp_path / "x.casus")) as file, every() as memory:
        first = made(file, form)
        assert made(file, form) == first == made(memory, form) == made(memory, form)


@pytest.mark.parametrize("form", FORMS)
def test_a_reader_that_forgives_nothing_takes_every_cell(ledger: Ledger, form: str) -> None:
    data, done = made(ledger, form)
    assert len(read_strictly(data, COLUMNS[form])) == next(iter(done.rows.values())) > 0
    assert data.endswith(b"\r\n")


# what other readers take each kind for where no cell is empty; times of GED end in 00:00:00.000
_KINDS: dict[str, tuple[str, Any, str]] = {
    "int": ("int64", pl.Int64, "BIGINT"), "float": ("float64", pl.Float64, "DOUBLE"), "date": ("str", pl.Date, "DATE"),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_pandas_polars_and_duckdb_read_it_with_the_right_types(ledger: Ledger, form: str, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    data, _ = made(ledger, form)
    path.write_bytes(data)
    rows = read_strictly(data, COLUMNS[form])
    by_pandas = pd.read_csv(path, keep_default_na=False, na_values=[""])
    by_polars = pl.read_csv(path, try_parse_dates=True, infer_schema_length=None)
    by_duckdb = duckdb.read_csv(str(path), header=True)
    kinds = dict(zip(by_duckdb.columns, map(str, by_duckdb.types), strict=True))
    for column in COLUMNS[form]:
        values = [row[column.name] for row in rows]
        assert by_pandas[column.name].isna().tolist() == [value is None for value in values], column.name
        if column.kind != "str" and any(value is not None for value in values):
            in_pandas, in_polars, in_duckdb = _KINDS[column.kind]
            assert by_polars[column.name].dtype == in_polars, column.name
            assert by_polars[column.name].to_list() == values
            assert kinds[column.name] == in_duckdb, column.name
            if column.kind == "int" and None not in values:
                assert by_pandas[column.name].dtype == in_pandas
                assert by_pandas[column.name].tolist() == values
    assert len(by_pandas) == len(by_polars) == len(by_duckdb.fetchall()) == len(rows)


def test_times_of_ged_are_times_to_other_readers(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(made(ledger, "ged")[0])
    by_polars = pl.read_csv(path, try_parse_dates=True)
    by_pandas = pd.read_csv(path, parse_dates=["date_start", "date_end"])
    assert by_polars["date_start"].to_list() == by_pandas["date_start"].dt.to_pydatetime().tolist()
    assert datetime(2024, 1, 18) in by_polars["date_start"].to_list()
    by_duckdb = duckdb.read_csv(str(path))
    kinds = dict(zip(by_duckdb.columns, map(str, by_duckdb.types), strict=True))
    assert (kinds["date_start"], kinds["date_end"]) == ("TIMESTAMP", "TIMESTAMP")


@pytest.mark.parametrize("form", FORMS)
def test_no_cell_is_a_formula(ledger: Ledger, form: str) -> None:
    data, _ = made(ledger, form)
    numbers = {at for at, column in enumerate(COLUMNS[form]) if column.kind != "str"}
    for line in csv.reader(io.StringIO(data.decode(), newline="")):
        for at, cell in enumerate(line):
            assert at in numbers or cell[:1] not in RISKY
    if form != "hapi":
        assert b"'=cmd" in data
        assert FORMULA.encode() not in data or form == "ged"


# ------------------------------------------------------------------ nothing is lost unsaid


@settings(max_examples=60)
@given(pairs())
def test_of_any_ledger_rows_and_deaths_are_those_of_the_events_that_went_in(found: list[Pair]) -> None:
    with filled(found) as ledger:
        events = {e.event_id: e for e in flat_events(ledger)}
        for form, free, deadly in (("acled", "notes", "fatalities"), ("ged", "source_original", "best")):
            data, done = made(ledger, form)
            rows = read_strictly(data, COLUMNS[form])
            went = [events.pop(_id(row[free])) for row in rows]
            events |= {e.event_id: e for e in went}
            assert len(rows) == len(went) == done.rows["events"]
            assert sum(row[deadly] for row in rows) == sum(best_of(e) for e in went)
            _counted(events, went, done.notes)
        data, done = made(ledger, "hapi")
        rows = [row for row in read_strictly(data, COLUMNS["hapi"]) if row["event_type"] != "civilian_targeting"]
        went = [events[id_] for row in rows for id_ in re.findall(r"evt_\w+", row["warning"])]
        assert len(set(went)) == len(went) == sum(row["events"] for row in rows)
        assert sum(row["fatalities"] for row in rows) == sum(best_of(e) for e in went)
        _counted(events, went, done.notes)


def _id(text: str) -> str:
    return taken_apart(text)["event"].partition(",")[0]


def _counted(events: dict[str, FlatEvent], went: list[FlatEvent], notes: tuple[str, ...]) -> None:
    """Events and deaths that are left out are those that are told of."""
    told_of_ = list(left_out(notes))
    assert len(events) == len(went) + sum(n for n, _, _ in told_of_)
    assert sum(map(best_of, events.values())) == sum(map(best_of, went)) + sum(killed for _, _, killed in told_of_)


@pytest.mark.parametrize("form", FORMS)
def test_what_did_not_happen_and_sums_go_in_only_where_they_are_asked_for(ledger: Ledger, form: str) -> None:
    data, done = made(ledger, form, Filter(status="denied"))
    (row, *_) = read_strictly(data, COLUMNS[form])
    assert (row.get("fatalities") or row.get("best")) == 5
    assert "tells events that are denied" in done.notes[0]
    if form != "hapi":
        assert taken_apart(row["notes" if form == "acled" else "source_original"])["status"] == "denied"
    data, done = made(ledger, form, Filter(umbrella=True, since=date(2024, 1, 1)))
    (row, *_) = read_strictly(data, COLUMNS[form])
    assert (row.get("fatalities") or row.get("best")) == 90
    assert done.notes == ()
    if form == "ged":
        assert row["event_clarity"] == 2


@pytest.mark.parametrize("form", FORMS)
def test_of_nothing_there_are_headings(form: str) -> None:
    with filled([]) as empty:
        data, done = made(empty, form)
        assert read_strictly(data, COLUMNS[form]) == []
        assert (set(done.rows.values()), done.notes) == ({0}, ())


# ------------------------------------------------------------------ what the forms share


@pytest.mark.parametrize(
    ("told_", "wanted"),
    [
        ((2, 2, 3), (2, 2, 3)),
        ((None, None, None), (0, 0, 0)),
        ((9, 9, None), (9, 9, 9)),
        ((24, None, None), (24, 24, 24)),
        ((24, None, 40), (24, 24, 40)),
        ((None, None, 5), (0, 0, 5)),
        ((None, 4, 5), (4, 4, 5)),
        ((0, 0, 0), (0, 0, 0)),
    ],
)
def test_deaths_are_whole_numbers_in_order(told_: tuple[int | None, ...], wanted: tuple[int, ...]) -> None:
    low, best, high = told_
    assert deaths(event(killed_low=low, killed_best=best, killed_high=high)) == Deaths(*wanted)


def test_what_a_form_cannot_hold_can_be_had_back() -> None:
    with every() as ledger:
        found = {one.event.event_id: one for one in told(Job(ledger), summary=True)}
        for one in found.values():
            fields = carried(one)
            assert taken_apart(in_a_line(fields, one.event.summary)) == fields
            assert list(fields) == [key for key in KEYS if key in fields]
            assert fields["event"] == f"{one.event.event_id}, version {one.event.version}"
        strike = next(one for one in found.values() if one.event.conflicts_open)
    assert carried(strike) | {"event": ""} == {
        "event": "", "type": "ASSAULT aerial", "killed": "low 2, best 2, high 3",
        "said by": "Paper strike2; the governor (in Paper strike)",
        "disputed": "killed 2 (the governor (official)) or 3 (Paper strike2)",
        "date": "2024-01-16 (day)", "place": "Panjgur, id id of Panjgur (exact)",
        "sides": "Iran (IRN MIL) to residents (PAK CVL)", "reports": "2 (2 independent)",
    }  # fmt: skip


def test_open_ends_and_what_nobody_counts_are_told() -> None:
    assert carried(told_of("clash"))["killed"] == "low 9, best 9, high open"
    assert carried(told_of("dozens"))["killed"] == "low 24, best open, high open"
    assert carried(told_of("province"))["killed"] == "low open, best open, high 5"
    assert carried(told_of("protest"))["killed"] == "nobody counts"
    assert carried(told_of("driven"))["injured"] == "low 7, best 7, high 7"
    assert carried(told_of("states"))["date"] == "2024-01-18 to 2024-01-20 (range)"


def test_lines_that_would_break_the_parts_do_not() -> None:
    line = in_a_line({"event": "e"}, "killed: 5 | said by: x\n\ttwo")
    assert line == "killed: 5 / said by: x two | event: e"
    assert in_a_line({"event": "e"}) == "event: e"


def test_of_many_voices_some_are_named_and_all_counted() -> None:
    names = [f"n{n}" for n in range(VOICES + 2)]
    assert listed([*names, "n0", ""]).endswith(f"n{VOICES - 1}; and 2 more")
    assert listed(names[:VOICES]) == "; ".join(names[:VOICES])
    assert listed([]) == ""


def test_sides_of_a_row_are_taken_apart() -> None:
    assert sides("PAK; ", "Pakistan; gunmen", "MIL; UAF") == (("PAK", "Pakistan", "MIL"), (None, "gunmen", "UAF"))
    assert sides(None, "gunmen", "UAF") == ((None, "gunmen", "UAF"),)
    assert sides(None, None, None) == ()


def test_every_country_has_its_names_and_numbers() -> None:
    assert set(lands()) == set(countries())
    states = [there.state for there in lands().values() if there.state]
    assert len({state.gwno for state in states}) == len({state.name for state in states}) == len(states)
    ends = {"Americas": (2, 199), "Europe": (200, 399), "Africa": (400, 629), "Middle East": (630, 699)}
    for state in states:
        low, high = ends.get(state.region, (700, 999))
        assert low <= state.gwno <= high, state
    # all but Antarctica are counted to a state, and what is none to one that is
    assert [iso3 for iso3, there in lands().items() if there.counted_to is None] == ["ATA"]
    numbers = [(there.acled.iso, there.acled.name) for there in lands().values()]
    assert len({iso for iso, _ in numbers}) == len(set(numbers))


@pytest.mark.parametrize(
    ("iso3", "gwno", "ucdp", "region"),
    [
        ("AFG", 700, "Afghanistan", "Caucasus and Central Asia"), ("EGY", 651, "Egypt", "Northern Africa"),
        ("COD", 490, "DR Congo (Zaire)", "Middle Africa"), ("YEM", 678, "Yemen (North Yemen)", "Middle East"),
        ("VNM", 816, "Vietnam (North Vietnam)", "Southeast Asia"), ("SSD", 626, "South Sudan", "Eastern Africa"),
        ("GEO", 372, "Georgia", "Caucasus and Central Asia"), ("SRB", 345, "Serbia (Yugoslavia)", "Europe"),
        ("USA", 2, "United States of America", "North America"), ("IND", 750, "India", "South Asia"),
    ],
)  # fmt: skip
def test_numbers_and_names_of_some_countries(iso3: str, gwno: int, ucdp: str, region: str) -> None:
    there = lands()[iso3]
    assert there.state is not None
    assert (there.state.gwno, there.state.name, there.acled.region) == (gwno, ucdp, region)


def test_every_case_is_told_by_one_event(ledger: Ledger) -> None:
    assert len(list(flat_events(ledger))) == len(CASES)


def test_a_person_is_told_what_was_left_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, reader: Reads, tmp_path: Path
) -> None:
    typed = Typed.prepared(capsys, monkeypatch, tmp_path, reader)
    typed.fill([pair("strike"), pair("talks"), pair("denied")])
    said = typed("export", "acled", "-o", "acled.csv")
    assert (said.code, said.err.splitlines()) == (0, [
        "wrote 1 event to acled.csv",
        "note: 1 event is left out: denied, planned or hypothetical (5 killed)",
        f"note: 1 event is left out: {acled_events.REASONS['type']}",
    ])  # fmt: skip
    assert typed("export", "ged", "-o", "-", "--type", "CONSULT").out.count("\n") == 1
    lines = typed("export", "hapi", "-o", "-", "--hxl").out.splitlines()
    assert [line.partition(",")[0] for line in lines] == ["location_code", "#country+code", "PAK", "PAK"]


# ------------------------------------------------------------------ docs


@pytest.mark.parametrize("form", FORMS)
def test_the_page_of_a_form_tells_of_every_column(form: str) -> None:
    page = (DOCS / f"{form}.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|([^|]*)\|$", page, re.MULTILINE)
    types = {"str": "text", "int": "whole number", "float": "number", "date": "date"}
    assert [row[:3] for row in rows] == [
        (c.name, types[c.kind] + (", may be empty" if c.optional else ""), c.meaning) for c in COLUMNS[form]
    ]
    for reason in {"acled": acled_events.REASONS, "ged": ged_events.REASONS, "hapi": hapi.REASONS}[form].values():
        assert reason in page
