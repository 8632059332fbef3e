"""FollowTheMoney entities: checked against the schemata, kept here by hand, and compared with the records."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from casus.events import EventSide
from casus.export import export
from casus.export.ftm import ftm_id, moment, schema_of
from casus.ledger.ledger import Ledger
from casus.ledger.queries import Filter
from casus.records import Sector
from tests.exported import same_as_golden, sample
from tests.foreign import NOBODY, hard, made, masked

# followthemoney 4.11, schema/*.yaml: the properties of each schema that is written, those that it inherits among them
_THING = (
    "name alias previousName weakAlias country summary notes description sourceUrl publisher publisherUrl wikipediaUrl "
    "wikidataId keywords topics address addressEntity program programId proof riskSource createdAt modifiedAt "
    "retrievedAt"
)
_INTERVAL = (
    "startDate endDate date summary description recordId sourceUrl proof publisher publisherUrl modifiedAt retrievedAt"
)
_LEGAL = "abbreviation email phone website legalForm incorporationDate dissolutionDate taxStatus status sector"
_DOCUMENT = (
    "contentHash title author generator crawler fileSize fileName extension encoding bodyText messageId mimeType "
    "language date authoredAt publishedAt parent ancestors"
)
SCHEMATA = {
    "Event": f"{_THING} {_INTERVAL} location important organizer involved",
    "PublicBody": f"{_THING} {_LEGAL}",
    "Organization": f"{_THING} {_LEGAL}",
    "Article": f"{_THING} {_DOCUMENT}",
    "Address": f"{_THING} full remarks postOfficeBox street city postalCode region state latitude longitude",
    "Documentation": f"{_INTERVAL} role status document entity",
    "UnknownLink": f"{_INTERVAL} role status subject object",
    "Mention": "document resolved name detectedSchema contextCountry",
}
REQUIRED = {
    "Event": {"name"}, "PublicBody": {"name"}, "Organization": {"name"}, "Article": {"fileName"},
    "Documentation": {"document", "entity"}, "UnknownLink": {"subject", "object"}, "Mention": {"document", "name"},
    "Address": {"full"},
}  # fmt: skip
# what a property that links may link to
LINKS = {
    "addressEntity": {"Address"}, "involved": {"PublicBody", "Organization"}, "proof": {"Article"},
    "document": {"Article"}, "entity": {"Event"}, "subject": {"PublicBody", "Organization"}, "object": {"Event"},
    "resolved": {"PublicBody", "Organization"},
}  # fmt: skip
ID = re.compile(r"[0-9a-zA-Z]([0-9a-zA-Z.\-]*[0-9a-zA-Z])?")  # of the package's type of entities
DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d:\d\d)?)?)?")
DATES = ("date", "startDate", "endDate", "publishedAt", "modifiedAt", "retrievedAt")
Properties = dict[str, list[str]]


@pytest.fixture(scope="module")
def ledger() -> Iterator[Ledger]:
    with hard() as found:
        yield found


def entities(ledger: Ledger, **asked: Any) -> list[tuple[str, str, Properties]]:
    """Id, schema and properties of every line."""
    lines = made(ledger, "ftm", None, Filter(**asked)).decode("utf-8", "strict").split("\n")
    assert lines.pop() == ""
    found = [json.loads(line) for line in lines]
    assert all(list(one) == ["id", "schema", "properties"] for one in found)
    return [(one["id"], one["schema"], one["properties"]) for one in found]


def of(ledger: Ledger, schema: str) -> list[Properties]:
    """The properties of all entities of a schema."""
    return [found for _, kind, found in entities(ledger) if kind == schema]


def test_schemata_and_properties_are_those_of_followthemoney() -> None:
    for ledger in (hard(), sample()):
        with ledger:
            for id_, schema, properties in entities(ledger):
                assert set(properties) <= set(SCHEMATA[schema].split()), schema
                assert set(properties) >= REQUIRED[schema], id_
                assert all(values and all(isinstance(v, str) and v for v in values) for values in properties.values())
                assert all(len(set(values)) == len(values) for values in properties.values())
                assert all(DATE.fullmatch(v) for name in DATES for v in properties.get(name, ()))
                assert all(re.fullmatch("[a-z]{2}", v) for v in properties.get("country", ()))


def test_every_id_stands_once_and_every_link_leads_somewhere() -> None:
    for ledger in (hard(), sample()):
        with ledger:
            found = entities(ledger)
        schemata = {id_: schema for id_, schema, _ in found}
        assert len(schemata) == len(found)
        assert all(ID.fullmatch(id_) for id_ in schemata)
        for _, _, properties in found:
            for name, allowed in LINKS.items():
                assert {schemata[id_] for id_ in properties.get(name, ())} <= allowed, name


def test_an_event_is_told_as_it_stands() -> None:
    with sample() as ledger:
        found = {properties["recordId"][0]: properties for properties in of(ledger, "Event")}
        events = {e.id: e for e in ledger.events() if e.status == "happened"}
        assert list(found) == list(events)
        strike = next(e for e in events.values() if e.place and e.place.name == "Panjgur")
        told = found[strike.id]
        assert told["name"] == ["Iran attacked in Panjgur, 16 January 2024: 2 killed (2-3), at least 4 injured"]
        assert told["date"] == ["2024-01-16"]
        assert told["country"] == ["pk"]
        assert told["keywords"] == ["ASSAULT", "aerial"]
        assert "injured: low 4, best 4, high unknown" in told["notes"]
        assert "killed disputed: 2 or 3" in told["notes"]
        assert told["publisher"] == ["Paper a", "Paper b", "Paper c"]
        assert {id_ for id_, kind, _ in entities(ledger) if kind == "Event"} == set(map(ftm_id, events))


def test_a_date_is_no_more_exact_than_it_is_known(ledger: Ledger) -> None:
    dates = {p["keywords"][0]: [p.get(name) for name in DATES[:3]] for p in of(ledger, "Event") if "notes" in p}
    assert dates["CONSULT"] == [["2023"], None, None]
    assert dates["ACCUSE"] == [["2024-02"], None, None]
    assert dates["AID"] == [None, None, None]
    (planned,) = (p for _, kind, p in entities(ledger, status="planned") if kind == "Event")
    assert (planned["startDate"], planned["endDate"], planned["summary"]) == (
        ["2024-04-01"], ["2024-04-03"], ["status: planned"],
    )  # fmt: skip


def test_claims_are_documentations_with_their_words(ledger: Ledger) -> None:
    told = {p["recordId"][0]: p for p in of(ledger, "Documentation")}
    claims = [c for e in ledger.events() if e.status == "happened" for c in ledger.claims(e.id)]
    assert list(told) == [claim.id for claim in claims]
    for claim in claims:
        found = told[claim.id]
        assert found["summary"] == [claim.sentence.exact]
        assert found["status"] == [claim.status]
        assert found["document"] == [ftm_id(claim.document_id)]
        event = ledger.event_of(claim.id)
        assert event is not None
        assert found["entity"] == [ftm_id(event.id)]


def test_articles_are_the_documents(ledger: Ledger) -> None:
    found = {p["fileName"][0]: p for p in of(ledger, "Article")}
    assert set(found) == {"a", "b", "c", "d", "e", "f", "g", "h"}
    assert found["a"]["publishedAt"] == ["2024-01-16T20:30:00"]
    assert found["a"]["language"] == ["eng"]
    assert "sourceUrl" not in found["b"]
    assert "bodyText" not in found["a"]
    out = io.BytesIO()
    with sample() as other:
        whole = made(other, "ftm", None, with_text=True)
        assert b"Other words." in whole
        assert b"Other words." not in made(other, "ftm")
        export(other, "ftm", out)
    assert out.getvalue() == masked(out.getvalue())


def test_only_states_and_organisations_are_entities(ledger: Ledger) -> None:
    names = {p["name"][0]: kind for _, kind, p in entities(ledger) if kind in ("PublicBody", "Organization")}
    assert names == {
        "Taliban": "Organization", "United Nations": "Organization", "European Union": "Organization",
        "United States": "PublicBody", "Romania": "PublicBody",
    }  # fmt: skip
    for _, kind, properties in entities(ledger):
        if kind in ("Event", "PublicBody", "Organization", "UnknownLink", "Mention", "Address"):
            assert not any(NOBODY in value for values in properties.values() for value in values), kind
    assert all("private" in note for note in export(ledger, "ftm", io.BytesIO()).notes[1:])


@pytest.mark.parametrize(
    ("who", "sector", "schema"),
    [
        ("IRN", "MIL", "PublicBody"), ("IRN", "GOV", "PublicBody"), ("XKX", "COP", "PublicBody"), ("IRN", "CVL", None),
        ("IRN", "MED", None), ("IRN", "OPP", None), (None, "REB", None), ("Hamas", "REB", "Organization"),
        ("Hamas", "CVL", None), ("United Nations", "IGO", "Organization"), ("Jane Doe", "MED", None),
        ("Jane Doe", "CVL", None), ("Jane Doe", "REB", None), ("Jane Doe", "OPP", None), ("Doe", "UAF", None),
        ("Zarghoon Brigade", "REB", "Organization"), ("Hill University", "EDU", "Organization"),
    ],
)  # fmt: skip
def test_who_may_be_private_is_no_entity(who: str | None, sector: Sector, schema: str | None) -> None:
    assert schema_of(EventSide(who, who or "a man", sector)) == schema


def test_roles_tell_who_did_it_to_whom(ledger: Ledger) -> None:
    names = {id_: p["name"][0] for id_, _, p in entities(ledger) if "name" in p}
    roles = {(names[p["subject"][0]], p["role"][0]) for p in of(ledger, "UnknownLink")}
    assert {("Taliban", "actor (REB)"), ("United States", "recipient (MIL)"), ("Romania", "actor (GOV)")} <= roles
    mentions = {(p["document"][0], p["name"][0]) for p in of(ledger, "Mention")}
    assert {("a", "Taliban"), ("b", "Taliban"), ("c", "United Nations")} <= mentions


def test_ids_are_such_as_the_package_takes() -> None:
    assert ftm_id("evt_12ab") == "evt-12ab"
    assert ID.fullmatch(ftm_id("my document/1"))
    assert ftm_id("my document/1") != ftm_id("my document/2")
    assert ftm_id("_a") != ftm_id("a")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("2024-01-17", "2024-01-17"), ("2024-01-17T09:30:00+05:00", "2024-01-17T04:30:00"),
        ("2024-01-17T09:30:00Z", "2024-01-17T09:30:00"), ("2024-01-17T09:30", "2024-01-17T09:30:00"),
        ("last week", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_moments_are_in_utc(given: str | None, told: str | None) -> None:
    assert moment(given) == told


def test_what_did_not_happen_is_left_out_and_told(ledger: Ledger) -> None:
    done = export(ledger, "ftm", io.BytesIO())
    assert done.notes[0] == "1 event is left out: denied, planned or hypothetical"
    assert done.rows == {"records": len(entities(ledger))}
    assert {p["keywords"][0] for p in of(ledger, "Event")} == {"ASSAULT", "CONSULT", "ACCUSE", "PROTEST", "AID"}


def test_golden() -> None:
    with sample() as ledger:
        same_as_golden("ftm.json", made(ledger, "ftm"))
        with sample() as other:
            assert made(other, "ftm") == made(ledger, "ftm")
