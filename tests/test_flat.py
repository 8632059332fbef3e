"""Flat rows are the records, one plain value a column: in a fixed order, a page at a time, as of one moment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.errors import LedgerError
from casus.events import Conflict, ConflictOption, Event, EventFigure, EventPlace, EventSide, EventWhen, Voice
from casus.ledger import flat, flat_columns, streams
from casus.ledger.codec import event_text
from casus.ledger.flat import (
    CHAIN,
    COLUMNS,
    SEP,
    TABLES,
    Table,
    columns_of,
    flat_claims,
    flat_conflicts,
    flat_documents,
    flat_events,
    flat_rows,
    flat_size,
    joined,
    last_step,
    parts,
    snapshot,
)
from casus.ledger.flat_build import conflict_rows, event_row
from casus.ledger.ledger import Ledger
from casus.ledger.queries import Filter
from casus.linking.describe import describe
from casus.records import Claim, DatePrecision, Document, Measure, Participant, PlacePrecision, Sector, Status
from tests.exported import sample, strike
from tests.papers import AT, Deed, opened, paper, store_of

MEASURES: tuple[Measure, ...] = get_args(Measure)
NAMES = st.text("ab ;>ü=", min_size=1, max_size=6)


@pytest.fixture(scope="module")
def ledger() -> Iterator[Ledger]:
    with sample() as made:
        yield made


def plain(names: list[str | None]) -> str | None:
    """The names in a cell, as the docs say."""
    return SEP.join((name or "").replace(";", ",") for name in names) if any(names) else None


# ------------------------------------------------------------------ what the columns are


@pytest.mark.parametrize("table", list(TABLES))
def test_every_column_says_what_it_means(table: Table) -> None:
    names = [column.name for column in COLUMNS[table]]
    assert tuple(names) == flat_columns.ROWS[table]._fields  # type: ignore[attr-defined]
    assert set(flat_columns._MEANINGS[table]) == set(names)
    for column in COLUMNS[table]:
        assert column.kind in ("str", "int", "float", "bool", "date")
        assert re.fullmatch(r"[A-Za-z].{8,}\.", column.meaning), column


@pytest.mark.parametrize("table", list(TABLES))
def test_every_value_is_of_the_type_of_its_column(ledger: Ledger, table: Table) -> None:
    kinds = {"str": str, "int": int, "float": float, "bool": bool, "date": date}
    rows = list(flat_rows(ledger, table, with_text=True))
    assert rows
    for row in rows:
        for column, value in zip(COLUMNS[table], row, strict=True):
            assert type(value) is kinds[column.kind] or (column.optional and value is None), (column.name, value)
            assert value != ""


def test_columns_that_were_not_asked_for_are_left_out() -> None:
    assert columns_of("documents", with_text=False) == COLUMNS["documents"][:-1]
    assert columns_of("events", summary=False) == COLUMNS["events"][:-1]
    assert columns_of("claims") == COLUMNS["claims"]


@given(st.lists(NAMES), st.sampled_from([SEP, CHAIN]))
def test_a_joined_cell_can_be_taken_apart(names: list[str], by: str) -> None:
    sign, other = (";", ",") if by == SEP else (">", "/")
    made = joined(names, by)
    if len(names) == 1 and by == CHAIN:
        assert made == names[0]
    else:
        assert parts(made, by) == [name.replace(sign, other) for name in names]


def test_an_empty_part_is_kept_and_an_empty_cell_is_none() -> None:
    assert (joined(["", "PAK"]), parts("; PAK")) == ("; PAK", ["", "PAK"])
    assert (joined([]), joined([""]), joined(["", ""]), parts(None)) == (None, None, None, [])


# ------------------------------------------------------------------ rows and records

DAYS = st.dates(date(1890, 1, 1), date(2100, 1, 1))
SIDES = st.lists(
    st.builds(EventSide, st.none() | NAMES, NAMES, st.sampled_from(get_args(Sector)), st.just(("clm_a",))), max_size=3
).map(tuple)
DEGREES = st.none() | st.floats(-90, 90)
PLACES = st.none() | st.builds(
    EventPlace, NAMES, st.none() | NAMES, st.none() | NAMES, st.none() | st.just("PAK"), DEGREES, DEGREES,
    st.sampled_from(get_args(PlacePrecision)), st.just("rule"), st.just(("clm_a",)),
)  # fmt: skip
OPTIONS = st.builds(
    ConflictOption, NAMES, st.just(("clm_a", "clm_b")), st.just((Voice("x;y", "media"), Voice("z"))),
    st.integers(0, 9), st.none() | DAYS,
)  # fmt: skip
TWO = st.lists(OPTIONS, min_size=2, max_size=3).map(tuple)
CONFLICTS = st.lists(
    st.builds(Conflict, st.sampled_from(["killed", "place"]), TWO)
    | st.builds(Conflict, st.just("actor"), TWO, st.just("settled"), NAMES),
    max_size=3,
).map(tuple)


@st.composite
def whens(draw: st.DrawFn) -> EventWhen:
    first, last = sorted([draw(DAYS), draw(DAYS)])
    precision = draw(st.sampled_from(get_args(DatePrecision)))
    return draw(st.sampled_from([EventWhen(precision=precision), EventWhen(first, last, precision, "rule")]))


@st.composite
def figures(draw: st.DrawFn) -> tuple[EventFigure, ...]:
    out = []
    for measure in draw(st.lists(st.sampled_from(MEASURES), unique=True)):
        low, best, high = sorted(draw(st.integers(0, 9_000_000_000)) for _ in range(3))
        known = draw(st.sampled_from([(low, best, high), (low, None, None), (None, None, high), (low, low, None)]))
        out.append(EventFigure(measure, *known, "rule", ("clm_a",)))
    return tuple(out)


EVENTS = st.builds(
    Event, id=st.just("evt_a"), version=st.integers(1, 9), claims=st.lists(NAMES, min_size=1, max_size=4).map(tuple),
    types=st.lists(st.sampled_from(["ASSAULT", "AID", "CONSULT"]), min_size=1, max_size=2, unique=True).map(tuple),
    mode=st.none() | st.just("aerial"), status=st.sampled_from(get_args(Status)), actors=SIDES, recipients=SIDES,
    place=PLACES, when=whens(), figures=figures(), umbrella=st.booleans(), reports_n=st.integers(0, 9),
    publishers_n=st.integers(0, 9), independent_n=st.integers(0, 9), conflicts=CONFLICTS,
    responds_to=st.lists(st.just("evt_b"), max_size=2).map(tuple), review=st.lists(NAMES, max_size=2).map(tuple),
    changed_at=st.just("run_x"),
)  # fmt: skip


@given(EVENTS)
def test_an_events_row_is_its_record(event: Event) -> None:
    row = event_row(event.id, event.version, event_text(event), summary=True)
    assert row._asdict() == expected_event(event)
    assert event_row(event.id, event.version, event_text(event), summary=False) == row._replace(summary=None)


def expected_event(event: Event) -> dict[str, Any]:
    place, disputed = event.place or EventPlace(""), [c.kind for c in event.conflicts if c.state == "open"]
    return {
        "event_id": event.id, "version": event.version, "status": event.status, "type": event.types[0],
        "types": "; ".join(event.types), "mode": event.mode, "umbrella": event.umbrella,
        "date_start": event.when.start, "date_end": event.when.end, "date_precision": event.when.precision,
        **expected_sides("actor", event.actors), **expected_sides("recipient", event.recipients),
        **expected_place(place), **{k: v for m in MEASURES for k, v in expected_figure(m, event.figure(m)).items()},
        "reports": event.reports_n, "publishers": event.publishers_n, "independent": event.independent_n,
        "claims_n": len(event.claims), "disputed": "; ".join(disputed) or None, "conflicts_open": len(disputed),
        "responds_to": "; ".join(event.responds_to) or None, "review": plain(list(event.review)),
        "changed_at": event.changed_at, "summary": describe(event),
    }  # fmt: skip


def expected_sides(role: str, sides: tuple[EventSide | Participant, ...]) -> dict[str, str | None]:
    return {
        role: plain([side.who for side in sides]),
        f"{role}_name": plain([side.name for side in sides]),
        f"{role}_sector": plain([side.sector for side in sides]),
    }


def expected_place(place: Any) -> dict[str, Any]:
    names = ("place_id", "admin1", "iso3", "lat", "lon")
    told = {name: getattr(place, name) for name in names}
    return {"place": place.name or None, **told, "place_precision": place.precision}


def expected_figure(measure: str, figure: EventFigure | None) -> dict[str, int | None]:
    return {f"{measure}_{part}": getattr(figure, part) if figure else None for part in ("low", "best", "high")}


@given(EVENTS)
def test_a_row_stands_for_each_option_of_a_contradiction(event: Event) -> None:
    wanted = [
        (event.id, c.kind, c.state, c.chosen, o.value, o.independent_n, "x,y (media); z", "clm_a; clm_b", o.latest)
        for c in event.conflicts
        for o in c.options
    ]
    assert [tuple(row) for row in conflict_rows(event.id, event_text(event))] == wanted


def test_the_events_of_a_ledger_are_its_rows(ledger: Ledger) -> None:
    assert [row._asdict() for row in flat_events(ledger)] == [expected_event(e) for e in ledger.events()]
    rows = [tuple(row) for row in flat_conflicts(ledger)]
    assert [(row[1], row[2], row[4]) for row in rows] == [
        ("killed", "open", "2"), ("killed", "open", "3"), ("killed", "settled", "7"), ("killed", "settled", "9"),
    ]  # fmt: skip


def test_a_claims_row_is_its_record_with_its_document(ledger: Ledger) -> None:
    held: dict[str, tuple[Claim, str | None]] = {}
    for event in ledger.events():
        held |= {c.id: (c, event.id) for c in ledger.claims(event.id)}
    held |= {c.id: (c, None) for c in ledger.rejected()}
    rows = {row.claim_id: row._asdict() for row in flat_claims(ledger)}
    assert rows == {id_: expected_claim(c, e, ledger.document(c.document_id)) for id_, (c, e) in held.items()}


def expected_claim(claim: Claim, event: str | None, document: Document) -> dict[str, Any]:
    harm: dict[str, Any] = {}
    for measure in MEASURES:
        f = claim.figure(measure)
        harm |= {f"{measure}_low": f and f.low, f"{measure}_high": f and f.high, f"{measure}_words": f and f.span.exact}
    return {
        "claim_id": claim.id, "event_id": event, "document_id": document.id, "publisher": document.publisher,
        "publisher_country": document.publisher_country, "published": document.published, "url": document.url,
        "title": document.title, "type": claim.type, "mode": claim.mode, "status": claim.status,
        **expected_sides("actor", claim.actors), **expected_sides("recipient", claim.recipients),
        **expected_place(claim.place), "date_start": claim.when.start, "date_end": claim.when.end,
        "date_precision": claim.when.precision, "date_basis": claim.when.basis, **harm,
        "weapon": claim.weapon.exact if claim.weapon else None,
        "source": " > ".join(s.name for s in claim.source) or None,
        "source_kind": " > ".join(s.kind for s in claim.source) or None, "background": claim.background,
        "aggregate": claim.aggregate, "confidence": claim.confidence, "region": claim.region,
        "trigger": claim.trigger.exact, "quote": claim.sentence.exact, "start": claim.trigger.start,
        "end": claim.trigger.end, "rejected": event is None,
    }  # fmt: skip


def test_a_documents_row_is_its_record(ledger: Ledger) -> None:
    rows = list(flat_documents(ledger, with_text=True))
    found = ledger.documents(row.document_id for row in rows)
    for row in rows:
        document, told = found[row.document_id], row._asdict()
        assert told.pop("notes") == plain(list(document.notes))
        assert told.pop("claims_n") == len(ledger.claims_in(document.id))
        assert told.pop("document_id") == document.id
        assert told == {name: getattr(document, name) for name in told}
    assert len(rows) == ledger.counts()["documents"]
    assert [row.text for row in flat_documents(ledger)] == [None] * len(rows)


# ------------------------------------------------------------------ which, in which order, of which moment


def test_claims_stand_by_event_then_by_publication_and_rejected_ones_last(ledger: Ledger) -> None:
    rows = list(flat_claims(ledger))
    events = {e.id: at for at, e in enumerate(ledger.events())}
    keys = [(events.get(r.event_id or "", 99), r.published or date.max, r.document_id, r.start) for r in rows]
    assert keys == sorted(keys)
    assert [row.rejected for row in rows] == [False] * (len(rows) - 1) + [True]


def test_documents_stand_by_their_day_and_undated_ones_last(ledger: Ledger) -> None:
    assert [row.document_id for row in flat_documents(ledger)] == list("abegcdhf")


def test_only_what_is_asked_for_is_given(ledger: Ledger) -> None:
    asked = Filter(actor="IRN")
    assert [row.event_id for row in flat_events(ledger, asked)] == [strike(ledger).id]
    assert {row.document_id for row in flat_claims(ledger, asked)} == set("abc")
    assert [row.document_id for row in flat_documents(ledger, asked)] == list("abc")
    assert [row.value for row in flat_conflicts(ledger, asked)] == ["2", "3"]
    assert [row.event_id for row in flat_events(ledger, Filter(limit=2, offset=1))] == [
        e.id for e in ledger.events()[1:3]
    ]


@pytest.mark.parametrize("asked", [None, Filter(), Filter(since=date(2024, 1, 18)), Filter(country="PAK", limit=2)])
@pytest.mark.parametrize("table", list(TABLES))
def test_pages_change_nothing_and_the_number_of_rows_is_known(
    ledger: Ledger, table: Table, asked: Filter | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = list(flat_rows(ledger, table, asked, with_text=True))
    for name in ("PAGE", "TEXTS"):
        monkeypatch.setattr(flat, name, 1)
    assert list(flat_rows(ledger, table, asked, with_text=True)) == at_once
    assert flat_size(ledger, table, asked) == len(at_once)


@pytest.mark.parametrize("asked", [None, Filter(side="PAK", until=date(2024, 1, 31))])
def test_records_are_streamed_in_the_order_of_rows(
    ledger: Ledger, asked: Filter | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "PAGE", 2)
    assert list(streams.event_stream(ledger, asked)) == ledger.events(asked)
    claims = [(d.id, c.id, e) for d, c, e in streams.claim_stream(ledger, asked)]
    assert claims == [(r.document_id, r.claim_id, r.event_id) for r in flat_claims(ledger, asked)]
    found = [(d.id, d.text) for d in streams.document_stream(ledger, asked)]
    assert found == [(r.document_id, r.text) for r in flat_documents(ledger, asked, with_text=True)]


def test_an_empty_ledger_has_no_rows() -> None:
    with opened() as empty:
        assert [list(flat_rows(empty, table)) for table in TABLES] == [[], [], [], []]
        assert [flat_size(empty, table) for table in TABLES] == [0, 0, 0, 0]
        assert last_step(empty) == (0, "")


def test_all_within_a_snapshot_is_of_one_moment(tmp_path: Path) -> None:
    sample(tmp_path / "x.casus").close()
    more = paper("z", Deed("2025-01-01", by="FRA"), published="2025-01-02")
    with opened(tmp_path / "x.casus") as here, opened(tmp_path / "x.casus") as there:
        with snapshot(here):
            before = list(flat_events(here))
            there.add([more], there.begin({}, at=AT), at=AT)
            assert list(flat_events(here)) == before
            assert len(list(flat_claims(here))) == sum(row.claims_n for row in before) + 1
        assert len(list(flat_events(here))) == len(before) + 1
        assert last_step(here)[1] == AT


@pytest.mark.parametrize(
    ("table", "sql"),
    [
        ("events", "UPDATE events SET record = '{}'"),
        ("events", "UPDATE events SET record = 'nothing'"),
        ("conflicts", "UPDATE events SET record = '{\"conflicts\":[{}]}'"),
        ("claims", "UPDATE claims SET record = '[]'"),
        ("documents", "UPDATE documents SET record = '{}', published = 'soon'"),
    ],
)
def test_a_damaged_record_is_named(table: Table, sql: str) -> None:
    with sample() as made:
        store_of(made).db.execute(sql)
        with pytest.raises(LedgerError, match=r"^(evt_|clm_|a )\S* ?cannot be read"):
            list(flat_rows(made, table))
