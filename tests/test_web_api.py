"""The API: what it answers, page by page, what it says of what goes wrong, and that its description holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

import casus
from casus.ledger.queries import Filter
from casus.web.api import models, models_reports
from tests.ledgers import exchange, told
from tests.telling import claim, days
from tests.web import decide, disputed, get, made, many, serving


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return made(tmp_path)


@pytest.fixture
def client(path: Path) -> Iterator[TestClient]:
    with serving(path) as made:
        yield made


# ------------------------------------------------------------------ what it answers


@pytest.mark.parametrize(
    ("address", "model"),
    [
        ("/health", models_reports.Health),
        ("/events", models.EventPage),
        ("/events.json?limit=1", models.EventPage),
        ("/events/{event}", models.Event),
        ("/events/{event}/claims", models_reports.Claims),
        ("/events/{event}/history", models.History),
        ("/claims/{claim}", models_reports.Claim),
        ("/documents/{document}", models_reports.Document),
        ("/documents/{document}/annotations", models_reports.Annotations),
        ("/conflicts", models.ConflictPage),
        ("/conflicts?state=any", models.ConflictPage),
        ("/sources", models_reports.Sources),
        ("/actors", models_reports.Actors),
        ("/places", models_reports.Places),
        ("/dyads/Iran--Pakistan", models_reports.Dyad),
        ("/panel", models_reports.PanelRows),
        ("/explain?a={claim}&b={other}", models_reports.Why),
        ("/changes", models.ChangePage),
        ("/decisions", models_reports.Decisions),
        ("/decisions/{decision}", models_reports.Decision),
        ("/runs", models_reports.Runs),
    ],
)
def test_answers_are_as_the_description_says(client: TestClient, address: str, model: type[BaseModel]) -> None:
    event = disputed(client)
    known = get(client, f"/claims/{event['claims'][0]}")
    _, decision = decide(client, action="rename", before="IRN", after="Iran's army")
    ids = {
        "event": event["id"], "claim": known["id"], "other": event["claims"][1], "document": known["doc"],
        "decision": decision["decision"]["id"],
    }  # fmt: skip
    found = get(client, address.format(**ids).replace("Iran--", "Iran's army--"))
    # nothing more and nothing less than is described
    model.model_validate(found, strict=True)
    assert any(found.values())


def test_an_event_is_the_same_as_in_python(client: TestClient, path: Path) -> None:
    with casus.open(path) as ledger:
        event = ledger.events(disputed=True)[0]
        claims = [c.id for c in event.claims]
    found = get(client, f"/events/{event.id[:12]}")
    assert (found["line"], found["killed"]["low"], found["killed"]["high"]) == (event.line, 7, 9)
    assert [c["id"] for c in get(client, f"/events/{event.id}/claims")["claims"]] == claims
    claim = get(client, f"/claims/{claims[0]}")
    text = get(client, f"/documents/{claim['doc']}")["text"]
    assert text[claim["start"] : claim["end"]] == claim["trigger"]
    assert claim["ledger_event"] == event.id


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("country=Pakistan", Filter(country="PAK")),
        ("since=2024-01-17&until=2024-01-19", None),
        ("type=assault", Filter(type="ASSAULT")),
        ("actor=Iran", Filter(actor="IRN")),
        ("recipient=Iran", Filter(recipient="IRN")),
        ("side=IRN", Filter(side="IRN")),
        ("killed=7", Filter(killed=7)),
        ("independent=2", Filter(independent=2)),
        ("disputed=true", Filter(disputed=True)),
        ("review=true", Filter(review=True)),
        ("near=26.97,64.09,50", Filter(near=(26.97, 64.09, 50))),
        ("text=marched", Filter(text="marched")),
        ("status=happened&umbrella=false", Filter(status="happened", umbrella=False)),
    ],
)
def test_filters_are_those_of_the_ledger(client: TestClient, path: Path, query: str, asked: Filter | None) -> None:
    with casus.open(path) as ledger:
        wanted = (
            ledger.events(since="2024-01-17", until="2024-01-19") if asked is None else ledger._ledger.events(asked)
        )
        ids = [event.id for event in wanted]
        every = len(ledger.events())
    found = get(client, f"/events?{query}")
    assert [e["id"] for e in found["events"]] == ids
    assert found["total"] == len(ids)
    assert 0 < len(ids) <= every


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/events?contry=Iran", 422, "usage"),  # a slip is no filter that is passed over
        ("/events?country=Atlantis", 400, "usage"),
        ("/events?since=yesterday", 422, "usage"),
        ("/events?since=1705363200", 422, "usage"),
        ("/events?since=2024-02-01&until=2024-01-01", 400, "usage"),
        ("/events?text=%22", 400, "usage"),
        ("/events?near=here", 400, "usage"),
        ("/events?limit=0", 422, "usage"),
        ("/events?cursor=nonsense", 400, "usage"),
        ("/events?cursor=WzEsMl0", 400, "usage"),
        ("/events.csv?cursor=x", 422, "usage"),
        ("/events.xml", 404, "not-found"),
        ("/events/evt_00", 404, "unknown-id"),
        ("/claims/clm_00", 404, "unknown-id"),
        ("/documents/nothing/annotations", 404, "unknown-id"),
        ("/decisions/dec_00", 404, "unknown-id"),
        ("/dyads/Iran--Iran", 400, "usage"),
        ("/dyads/Iran", 422, "usage"),
        ("/panel?unit=moon", 422, "usage"),
        ("/changes?since=long ago", 400, "usage"),
        ("/explain?a=clm_00", 422, "usage"),
        ("/nothing", 404, "not-found"),
    ],
)
def test_what_goes_wrong_is_told_as_a_problem(client: TestClient, address: str, status: int, code: str) -> None:
    found = client.get(f"/api/1{address}")
    assert (found.status_code, found.headers["content-type"]) == (status, "application/problem+json")
    problem = models.Problem.model_validate(found.json())
    assert (problem.status, problem.code, problem.type) == (status, code, f"urn:casus:problem:{code}")


def test_another_method_is_refused_with_those_that_go(client: TestClient) -> None:
    found = client.put("/api/1/events", json={})
    assert (found.status_code, found.headers["allow"], found.json()["code"]) == (405, "GET", "method")


# ------------------------------------------------------------------ pages


@pytest.mark.parametrize("size", [1, 3, 100])
@pytest.mark.parametrize("query", ["", "&type=ASSAULT&status=happened", "&since=2024-01-03", "&side=IRQ"])
def test_pages_hold_each_event_once_and_in_order(tmp_path: Path, size: int, query: str) -> None:
    path = made(tmp_path, many(24))
    with serving(path) as client:
        whole = [e["id"] for e in get(client, f"/events?limit=1000{query}")["events"]]
        seen: list[str] = []
        page = get(client, f"/events?limit={size}{query}")
        assert page["total"] == len(whole)
        while True:
            seen += [e["id"] for e in page["events"]]
            assert len(page["events"]) <= size
            if page["next"] is None:
                break
            page = get(client, f"/events?limit={size}{query}&cursor={page['next']}")
            assert page["total"] is None
    assert len(whole) > 3
    assert seen == whole


def test_what_is_added_between_two_pages_moves_nothing(tmp_path: Path) -> None:
    path = made(tmp_path, many(12))
    with serving(path) as client:
        before = [e["id"] for e in get(client, "/events")["events"]]
        first = get(client, "/events?limit=4")
        with casus.open(path) as ledger:
            ledger.add(told("new", claim("new", by=[("PAK", "MIL", "Pakistan")], on=days("2023-12-01"))))
        second = get(client, f"/events?limit=100&cursor={first['next']}")
        assert get(client, "/events")["total"] == len(before) + 1
    assert [e["id"] for e in first["events"] + second["events"]] == before


def test_contradictions_come_in_pages_of_events(tmp_path: Path) -> None:
    with serving(made(tmp_path, exchange())) as client:
        every = get(client, "/conflicts?state=any")["conflicts"]
        (toll,) = [c for c in every if c["kind"] == "killed"]
        assert {o["value"] for o in toll["options"]} == {"7", "9"}
        assert get(client, "/conflicts?state=settled")["conflicts"] == []
        decide(client, action="settle", event=toll["event"], version=toll["version"], kind="killed", value="7")
        (settled,) = get(client, "/conflicts?state=settled&kind=killed")["conflicts"]
        assert settled["chosen"] == "7"
        page, seen = get(client, "/conflicts?state=any&limit=1"), 0
        while page["conflicts"] or page["next"]:
            seen += len(page["conflicts"])
            if page["next"] is None:
                break
            page = get(client, f"/conflicts?state=any&limit=1&cursor={page['next']}")
        assert seen == len(every)


# ------------------------------------------------------------------ looking back


def test_changes_are_told_step_by_step(client: TestClient) -> None:
    first = get(client, "/changes")
    assert {c["kind"] for c in first["changes"]} == {"founded"}
    assert (first["last"], first["more"]) == (1, False)
    event = disputed(client)
    decide(client, action="settle", event=event["id"], version=1, kind="killed", value="9", reason="the list")
    decide(client, action="set", event=event["id"], version=2, field="injured", value="4")
    page = get(client, "/changes?since=1&limit=1")
    (change,) = page["changes"]
    assert (change["event_id"], change["action"], change["by"], change["reason"]) == (
        event["id"], "settle", "ana", "the list",
    )  # fmt: skip
    assert (page["last"], page["more"]) == (2, True)
    rest = get(client, f"/changes?since={page['last']}")
    assert ([c["action"] for c in rest["changes"]], rest["last"], rest["more"]) == (["set"], 3, False)
    assert get(client, "/changes?since=2000-01-01")["last"] == 3
    assert get(client, "/changes?since=9999-01-01")["changes"] == []
    versions = get(client, f"/events/{event['id']}/history")["versions"]
    assert [v["version"] for v in versions] == [1, 2, 3]


def test_lists_count_what_there_is(client: TestClient) -> None:
    who = {a["who"]: (a["as_actor"], a["as_recipient"]) for a in get(client, "/actors")["actors"]}
    assert who["IRN"] == (1, 1)
    assert who["PAK"] == (2, 1)
    where = {p["name"]: p["events"] for p in get(client, "/places")["places"]}
    assert where == {"Karachi": 1, "Panjgur": 1, "Saravan": 1}
    found = get(client, "/sources?q=deputy")
    assert [(s["name"], s["kind"], s["claims"]) for s in found["sources"]] == [("the deputy governor", "official", 1)]
    papers = {p["name"]: p for p in get(client, "/sources")["publishers"]}
    assert (papers["The Harbour Times"]["claims"], papers["The Harbour Times"]["events"]) == (2, 2)
    assert papers["Karachi Courier"]["alone"] == 1
    assert get(client, "/actors?limit=1&offset=1")["total"] == len(who)


def test_a_dyad_tells_each_way_apart(client: TestClient) -> None:
    found = get(client, "/dyads/Pakistan--IRN?time=day")
    assert (found["a"], found["b"], found["events"]) == ("PAK", "IRN", {"a_to_b": 1, "b_to_a": 1})
    assert {(r["period"], r["events"]) for r in found["rows"]} == {("2024-01-16", 1), ("2024-01-18", 1)}


def test_annotations_leave_out_what_was_rejected(client: TestClient) -> None:
    event = disputed(client)
    document = get(client, f"/claims/{event['claims'][0]}")["doc"]
    address = f"/documents/{document}/annotations"
    before = len(get(client, address)["items"])
    decide(client, action="reject", event=event["id"], version=1, claim=event["claims"][0])
    assert len(get(client, address)["items"]) == before - 1
    assert get(client, f"/claims/{event['claims'][0]}")["ledger_event"] is None


# ------------------------------------------------------------------ its description


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for address, methods in described["paths"].items():
        for method, operation in methods.items():
            yield address, method, operation


def test_the_description_is_whole(client: TestClient) -> None:
    described = get(client, "/openapi.json")
    text = client.get("/api/1/openapi.json").text
    for name in set(re.findall(r'"#/components/schemas/([^"]+)"', text)):
        assert name in described["components"]["schemas"], name
    for address, method, operation in operations(described):
        assert address.startswith("/api/1/"), address
        assert operation["description"], address
        assert "401" in operation["responses"] or address.endswith("/health"), (address, method)
    for model in (models.Event, models_reports.Claim, models_reports.Decision):
        assert any("examples" in field for field in model.model_json_schema()["properties"].values())


def test_the_description_fetches_nothing_from_elsewhere(client: TestClient) -> None:
    for address in ("/docs", "/redoc", "/api/1/docs"):
        assert client.get(address).status_code == 404


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client for many questions that change nothing."""
    with serving(made(tmp_path_factory.mktemp("steady"))) as client:
        yield client


ODD = ["", "\0", "%", '"', "NEAR(", "*", "evt_", "clm_", "../../etc/passwd", "26,64,1e400", "nan,nan,nan", "9" * 30]
WILD = st.one_of(st.text(max_size=30), st.integers(-(10**20), 10**20).map(str), st.sampled_from(ODD))
ADDRESSES = (
    "/events", "/events/{}", "/events/{}/claims", "/events/{}/history", "/claims/{}", "/documents/{}",
    "/documents/{}/annotations", "/conflicts", "/sources", "/actors", "/places", "/dyads/{}", "/dyads/{}--b", "/panel",
    "/explain", "/changes", "/decisions", "/decisions/{}", "/runs", "/events.csv",
)  # fmt: skip
NAMES = (
    "since", "until", "country", "type", "status", "actor", "recipient", "side", "killed", "independent", "disputed",
    "review", "umbrella", "near", "text", "ids", "limit", "cursor", "unit", "time", "a", "b", "q", "offset", "before",
    "state", "kind",
)  # fmt: skip


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(ADDRESSES), WILD, st.dictionaries(st.sampled_from(NAMES), WILD, max_size=3))
def test_whatever_is_asked_is_answered_or_told_why_not(
    steady: TestClient, address: str, word: str, query: dict[str, str]
) -> None:
    quoted = _quoted(word)
    found = steady.get(f"/api/1{address.format(quoted)}", params=query)
    assert found.status_code in (200, 400, 404, 422), found.text
    if found.status_code != 200:
        models.Problem.model_validate(found.json())


def _quoted(word: str) -> str:
    quote: Callable[[bytes], str] = lambda b: "".join(f"%{x:02X}" for x in b)  # noqa: E731 - of any bytes
    return quote(word.encode()) or "x"
