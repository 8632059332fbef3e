"""PLOVER records: read by a strict parser, by pandas, polars and DuckDB, and compared with the records."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest

from casus.codebook import Codebook
from casus.export import export
from casus.export.job import Part
from casus.export.plover import CITE_INFO, ENTITY, FIELDS, LOCATION, SIZE, TEXT_INFO
from casus.ledger.ledger import Ledger
from casus.ledger.queries import Filter
from tests.exported import same_as_golden, sample
from tests.foreign import NASTY, hard, made, masked

# the names that the manual's tables give (draft 2.0, chapter "Data Fields")
MANUAL = {
    "record": "id has_event date time enddate endtime actor recipient event event_loc event_text quad_code event_scale "
    "mode context link text text_info cite_info coder coded_date coded_time comment size",
    "entity": "code sector entity_text identifier_id identifier_text religion ethnicity office gender age",
    "text_info": "sequence start end text_story",
    "size": "dead injured arrested",
    "cite_info": "corpus citation url title language publication license copyright coder codebook version",
    "event_loc": "extracted_place resolved_place geonameid lat lon city district province country country_code "
    "feature_class feature_code resolution",
}
Record = dict[str, Any]


@pytest.fixture(scope="module")
def ledger() -> Iterator[Ledger]:
    with hard() as found:
        yield found


def refuse(value: str) -> None:
    raise AssertionError(f"{value} is no JSON")


def once(pairs: list[tuple[str, Any]]) -> Record:
    assert len({name for name, _ in pairs}) == len(pairs)
    return dict(pairs)


def strictly(data: bytes) -> list[Record]:
    """The lines as a parser takes them that allows no NaN and no name twice."""
    lines = data.decode("utf-8", "strict").split("\n")
    assert lines.pop() == ""
    return [json.loads(line, parse_constant=refuse, object_pairs_hook=once) for line in lines]


def records(ledger: Ledger, table: Part | None = None, **asked: Any) -> list[Record]:
    return strictly(made(ledger, "plover", table, Filter(**asked)))


def test_names_are_those_of_the_manual() -> None:
    ours = {
        "record": set(FIELDS) - {"casus"}, "entity": ENTITY, "text_info": TEXT_INFO, "size": SIZE,
        "cite_info": CITE_INFO, "event_loc": LOCATION,
    }  # fmt: skip
    for name, found in ours.items():
        assert set(found) <= set(MANUAL[name].split()), name
    assert {"id", "date", "actor", "event"} <= set(FIELDS)


@pytest.mark.parametrize("table", ["events", "claims"])
def test_every_line_has_every_field(ledger: Ledger, table: Part) -> None:
    found = records(ledger, table)
    assert len(found) > 4
    for record in found:
        assert tuple(record) == FIELDS
        assert all(tuple(side) == ENTITY for side in (*record["actor"], *record["recipient"]))
        assert record["event_loc"] is None or tuple(record["event_loc"]) == LOCATION
        assert tuple(record["text_info"]) == TEXT_INFO
        assert tuple(record["cite_info"]) == CITE_INFO
        assert tuple(record["size"]) == SIZE
        assert record["quad_code"] in (1, 2, 3, 4)
    assert len({tuple(record["casus"]) for record in found}) == 1


def test_a_record_holds_what_the_event_holds() -> None:
    with sample() as ledger:
        found = {record["id"]: record for record in records(ledger)}
        events = [e for e in ledger.events() if e.status == "happened"]
        assert list(found) == [e.id for e in events]
        for event in events:
            record, book = found[event.id], Codebook.load()
            assert record["date"] == (event.when.start.isoformat() if event.when.start else None)
            assert record["event"] == list(event.types)
            assert record["mode"] == ([event.mode] if event.mode else None)
            assert record["event_scale"] == book.intensity(event.types[0], event.mode)
            killed, told = event.figure("killed"), record["casus"]["figures"]["killed"]
            assert record["size"]["dead"] == (killed.best if killed else None)
            assert told == ({"low": killed.low, "best": killed.best, "high": killed.high} if killed else None)
            assert [side["sector"] for side in record["actor"]] == [side.sector for side in event.actors]
            counts = [record["casus"][name] for name in ("reports", "publishers", "independent")]
            assert counts == [event.reports_n, event.publishers_n, event.independent_n]
            assert [claim["id"] for claim in record["casus"]["claims"]] == [c.id for c in ledger.claims(event.id)]


def test_every_quote_stands_where_it_is_said_to_stand(ledger: Ledger) -> None:
    for record in records(ledger):
        quoted = [(record["cite_info"]["citation"], record["text"], record["text_info"])]
        quoted += [(c["document"], c["text"], c) for c in record["casus"]["claims"]]
        for document, text, at in quoted:
            assert ledger.document(document).text[at["start"] : at["end"]] == text
    for record in records(ledger, "claims"):
        start, end = record["casus"]["trigger"]
        assert ledger.document(record["casus"]["document"]).text[start:end] == record["event_text"][0]


def test_sides_have_the_codes_of_plover(ledger: Ledger) -> None:
    found = {record["event"][0]: record for record in records(ledger, umbrella=False)}
    assert [tuple(side.values()) for side in found["ASSAULT"]["actor"]] == [(None, "REB", "Taliban", "Taliban")]
    (claimed,) = (r["actor"] for r in records(ledger, "claims") if r["casus"]["document"] == "a")
    assert [(side["sector"], side["identifier_text"]) for side in claimed] == [("REB", "Taliban"), ("UAF", None)]
    assert [tuple(side.values()) for side in found["CONSULT"]["actor"] + found["CONSULT"]["recipient"]] == [
        ("UNO", None, "United Nations", "United Nations"), ("EUR", None, "European Union", "European Union"),
    ]  # fmt: skip
    # health is MED in PLOVER, so media are JRN; Kosovo is KOS
    (side,) = found["ACCUSE"]["recipient"]
    assert (side["code"], side["sector"], side["identifier_text"]) == ("KOS", "JRN", None)
    assert found["AID"]["actor"] == []


def test_places_are_told_to_what_they_are_known(ledger: Ledger) -> None:
    found = {record["event"][0]: record["event_loc"] for record in records(ledger, umbrella=False)}
    names = ("geonameid", "city", "province", "country", "country_code", "resolution")
    assert [found["PROTEST"][n] for n in names] == [683506, "Bucharest", "Bucuresti", "Romania", "ROU", 4]
    assert [found["ACCUSE"][n] for n in names] == [798549, None, None, "Romania", "ROU", 1]
    assert [found["ASSAULT"][n] for n in names[:1]] == [None]
    assert found["CONSULT"]["resolution"] is None
    assert found["AID"] is None


def test_a_record_of_a_claim_is_that_claim(ledger: Ledger) -> None:
    for record in records(ledger, "claims"):
        claim = ledger.claim(record["id"])
        assert record["text"] == claim.sentence.exact
        assert record["event"] == [claim.type]
        event = ledger.event_of(claim.id)
        assert event is not None
        assert record["casus"]["event"] == event.id
        assert record["casus"]["date_precision"] == claim.when.precision


def test_ranges_and_sources_of_claims_are_carried() -> None:
    with sample() as ledger:
        record = next(r for r in records(ledger, "claims") if r["casus"]["document"] == "a")
    assert record["size"] == {"dead": 2, "injured": None, "arrested": None}
    assert record["casus"]["figures"]["injured"] == {"low": 4, "high": None, "text": "at least four"}
    assert [source["name"] for source in record["casus"]["source"]] == ["State TV", "the governor"]
    assert record["casus"]["weapon"] == "drones"


def test_what_did_not_happen_is_there_only_where_it_is_asked_for(ledger: Ledger) -> None:
    done = export(ledger, "plover", io.BytesIO())
    assert done.notes == ("1 event is left out: denied, planned or hypothetical",)
    assert {record["casus"]["status"] for record in records(ledger)} == {"happened"}
    (planned,) = records(ledger, status="planned")
    assert (planned["casus"]["status"], planned["event"]) == ("planned", ["THREATEN"])
    assert planned["text"].startswith("IRN warned")


def test_texts_leave_only_where_they_are_asked_for(ledger: Ledger) -> None:
    assert "News 🚀" not in made(ledger, "plover", "claims").decode()
    (story,) = {
        record["text_info"]["text_story"][0]
        for record in strictly(made(ledger, "plover", "claims", with_text=True))
        if record["cite_info"]["citation"] == "a"
    }
    assert story == ledger.document("a").text
    titles = {record["cite_info"]["title"] for record in records(ledger)}
    assert NASTY in titles


@pytest.mark.parametrize("table", ["events", "claims"])
def test_pandas_polars_and_duckdb_read_it(ledger: Ledger, table: Part, tmp_path: Any) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(made(ledger, "plover", table))
    found = records(ledger, table)
    frame = pd.read_json(path, lines=True, dtype=False)
    assert frame["id"].tolist() == [record["id"] for record in found]
    assert pl.read_ndjson(path)["event_scale"].to_list() == [record["event_scale"] for record in found]
    assert pl.read_ndjson(path)["event_loc"].struct.field("geonameid").dtype == pl.Int64
    rows = duckdb.read_json(str(path))
    kinds = dict(zip(rows.columns, map(str, rows.types), strict=True))
    assert [kinds[name] for name in ("id", "date", "quad_code", "event_scale")] == [
        "VARCHAR", "DATE", "BIGINT", "DOUBLE",
    ]  # fmt: skip
    assert "dead BIGINT" in kinds["size"]
    assert [row[0] for row in rows.fetchall()] == [record["id"] for record in found]


@pytest.mark.parametrize("table", ["events", "claims"])
def test_golden(table: Part) -> None:
    with sample() as ledger:
        same_as_golden(f"plover.{table}.jsonl", masked(made(ledger, "plover", table)))


def test_a_folder_gets_events_and_claims(ledger: Ledger, tmp_path: Any) -> None:
    done = export(ledger, "plover", tmp_path / "out")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["claims.jsonl", "events.jsonl"]
    assert (tmp_path / "out" / "claims.jsonl").read_bytes() == made(ledger, "plover", "claims")
    assert done.rows["events"] == len(records(ledger))
