"""Deciding and adding over HTTP: on the event as it was seen and on no other, and reports that are read once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from casus.web.api import models, models_reports
from casus.web.app import create_app
from tests.web import HOST, decide, disputed, get, made, serving, settings

TEXT = "Seven people died when Pakistan struck Saravan in Iran on Thursday, state television said."
MORE = " Officials of both countries called for restraint, and said that they would speak with one another again."


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return made(tmp_path)


@pytest.fixture
def client(path: Path) -> Iterator[TestClient]:
    with serving(path) as made:
        yield made


# ------------------------------------------------------------------ deciding


def test_each_decision_can_be_made_and_taken_back(client: TestClient) -> None:
    one, two = get(client, "/events?type=ASSAULT")["events"]
    seen = {"event": one["id"], "version": one["version"]}
    deeds: list[dict[str, Any]] = [
        {"action": "merge", **seen, "other": two["id"], "other_version": two["version"]},
        {"action": "split", **seen, "claims": one["claims"][:1]},
        {"action": "reject", **seen, "claim": one["claims"][0]},
        {"action": "set", **seen, "field": "injured", "value": "2-3-5"},
        {"action": "settle", "event": two["id"], "version": two["version"], "kind": "killed", "value": "9"},
        {"action": "rename", "before": "IRN", "after": "Iran's army"},
    ]
    for deed in deeds:
        now = {e["id"]: e["version"] for e in get(client, "/events")["events"]}
        fresh = {"version": now[deed["event"]]} if "event" in deed else {}
        fresh |= {"other_version": now[deed["other"]]} if "other" in deed else {}
        status, told = decide(client, **{**deed, **fresh}, reason="so I think")
        assert status == 201, told
        models_reports.Made.model_validate(told, strict=True)
        decision = told["decision"]
        assert (decision["action"], decision["by"], decision["reason"]) == (deed["action"], "ana", "so I think")
        assert told["founded"] or told["changed"] or told["ended"]
        back = client.post(f"/api/1/decisions/{decision['id']}/revoke", json={"reason": "a slip"})
        assert back.status_code == 201
        assert (back.json()["decision"]["revokes"], back.json()["decision"]["reason"]) == (decision["id"], "a slip")
        assert not get(client, f"/decisions/{decision['id']}")["stands"]
        again = client.post(f"/api/1/decisions/{decision['id']}/revoke")
        assert (again.status_code, again.json()["code"]) == (409, "stale")
    listed = get(client, "/decisions?limit=3")
    assert (listed["total"], [d["action"] for d in listed["decisions"]]) == (12, ["undo", "rename", "undo"])


def test_a_decision_on_an_older_version_is_refused_and_changes_nothing(client: TestClient) -> None:
    event = disputed(client)
    seen = {"event": event["id"], "version": event["version"]}
    assert decide(client, action="settle", **seen, kind="killed", value="9")[0] == 201
    step = get(client, "/health")["step"]
    for deed in (
        {"action": "settle", "kind": "killed", "value": "7"},
        {"action": "set", "field": "injured", "value": "3"},
        {"action": "split", "claims": event["claims"][:1]},
        {"action": "reject", "claim": event["claims"][0]},
        {"action": "merge", "other": event["id"], "other_version": 1},
    ):
        status, told = decide(client, **deed, **seen)
        assert (status, told["code"]) == (409, "stale")
    assert get(client, "/health")["step"] == step


def test_an_event_that_was_merged_is_stale_and_leads_to_the_other(client: TestClient) -> None:
    one, two = get(client, "/events?type=ASSAULT")["events"]
    status, told = decide(client, action="merge", event=one["id"], version=1, other=two["id"], other_version=1)
    assert (status, len(told["ended"])) == (201, 1)
    (gone,) = told["ended"]
    assert get(client, f"/events/{gone}")["id"] in (one["id"], two["id"])
    status, told = decide(client, action="set", event=gone, version=2, field="injured", value="1")
    assert (status, told["code"]) == (409, "stale")


def test_a_claim_of_another_event_is_stale(client: TestClient) -> None:
    one, two = get(client, "/events?type=ASSAULT")["events"]
    status, told = decide(client, action="reject", event=one["id"], version=1, claim=two["claims"][0])
    assert (status, told["code"]) == (409, "stale")


def test_of_many_who_decide_on_the_same_version_one_does(path: Path) -> None:
    with serving(path) as client:
        event = disputed(client)
        deed = {"action": "set", "event": event["id"], "version": event["version"], "field": "injured"}

        def settle(n: int) -> int:
            return decide(client, **deed, value=str(n))[0]

        with ThreadPoolExecutor(8) as pool:
            came = sorted(pool.map(settle, range(1, 9)))
        assert came == [201, *[409] * 7]
        assert get(client, "/decisions")["total"] == 1


@pytest.mark.parametrize(
    ("deed", "status"),
    [
        ({"action": "forget"}, 422),
        ({"action": "settle", "event": "{event}", "kind": "killed", "value": "9"}, 422),  # of which version?
        ({"action": "settle", "event": "{event}", "version": 1, "kind": "killed", "value": "1000"}, 400),
        ({"action": "settle", "event": "{event}", "version": 1, "kind": "weather", "value": "9"}, 400),
        ({"action": "set", "event": "{event}", "version": 1, "field": "colour", "value": "red"}, 400),
        ({"action": "set", "event": "evt_00", "version": 1, "field": "killed", "value": "1"}, 404),
        ({"action": "rename", "before": "Nobody", "after": "Somebody"}, 400),
        ({"action": "rename", "before": "IRN", "after": "X", "by": "somebody else"}, 422),
    ],
)
def test_a_decision_that_makes_no_sense_is_told_so(client: TestClient, deed: dict[str, Any], status: int) -> None:
    event = disputed(client)["id"]
    filled = {k: event if v == "{event}" else v for k, v in deed.items()}
    found, told = decide(client, **filled)
    assert found == status
    models.Problem.model_validate(told)
    assert get(client, "/decisions")["total"] == 0


# ------------------------------------------------------------------ adding


def test_a_report_is_read_and_added_once(client: TestClient) -> None:
    report = {"text": TEXT + MORE, "publisher": "The New One", "published": "2024-01-19", "title": "Seven dead"}
    found = client.post("/api/1/documents", json=report)
    assert found.status_code == 201
    models_reports.Added.model_validate(found.json(), strict=True)
    (document,) = found.json()["new"]
    assert get(client, f"/documents/{document}")["publisher"] == "The New One"
    assert found.json()["changed"] == [disputed(client)["id"]]
    again = client.post("/api/1/documents", json=report)
    assert (again.status_code, again.json()["new"], again.json()["known"]) == (200, [], [document])
    assert get(client, "/runs")["runs"][0]["counts"]["documents"] == 1


def test_a_report_may_come_as_plain_text(client: TestClient) -> None:
    address = "/api/1/documents?publisher=The New One&published=2024-01-19"
    found = client.post(address, content=(TEXT + MORE).encode(), headers={"Content-Type": "text/plain; charset=utf-8"})
    assert found.status_code == 201, found.text
    assert get(client, f"/documents/{found.json()['new'][0]}")["published"] == "2024-01-19"


def test_one_report_that_cannot_be_read_stops_no_other(client: TestClient) -> None:
    german = (
        "Am Donnerstag wurden bei einem Angriff in der Nähe der Stadt neun Menschen getötet, wie der Sprecher sagte."
    )
    found = client.post("/api/1/documents", json={"documents": [{"text": german}, {"text": TEXT + MORE}]})
    assert found.status_code == 201
    assert ([f["code"] for f in found.json()["failures"]], found.json()["claims"]) == (["language"], 1)
    alone = client.post("/api/1/documents", json={"text": german})
    assert (alone.status_code, alone.json()["code"]) == (422, "language")


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b'{"text": ""}', "application/json", 422),
        (b'{"text": "x", "path": "/etc/passwd"}', "application/json", 422),
        (b"{", "application/json", 422),
        (b"\xff\xfe\xff", "text/plain", 422),
        (b"PK\x03\x04", "application/zip", 415),
        (b"x" * 300_000, "application/x-www-form-urlencoded", 413),
    ],
)
def test_what_is_no_report_is_refused(client: TestClient, content: bytes, media_type: str, status: int) -> None:
    found = client.post("/api/1/documents", content=content, headers={"Content-Type": media_type})
    assert found.status_code == status
    models.Problem.model_validate(found.json())


def test_no_more_posts_wait_than_may(path: Path) -> None:
    app = create_app(path, settings(path.parent, waiting_posts=1))
    with TestClient(app, base_url=HOST) as client:
        app.state.web.posts.acquire()
        found = client.post("/api/1/documents", json={"text": TEXT})
        assert (found.status_code, found.json()["code"]) == (503, "full")
        app.state.web.posts.release()
        for _ in range(3):  # each gives its place back
            assert client.post("/api/1/documents", json={"text": TEXT + MORE}).status_code in (200, 201)
