"""What a client has already is not sent again, and a file that is sent comes whole, or breaks off for all to see."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient

import casus
from casus.export import export
from casus.ledger.queries import Filter
from casus.web.api import events as events_api
from casus.web.app import create_app
from casus.web.streaming import CutError
from tests.web import HOST, decide, disputed, made, many, serving, settings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return made(tmp_path)


@pytest.fixture
def client(path: Path) -> Iterator[TestClient]:
    with serving(path) as made:
        yield made


# ------------------------------------------------------------------ what a client has already


@pytest.mark.parametrize(
    "address", ["/events", "/events.csv", "/conflicts", "/actors", "/panel", "/panel.csv", "/changes"]
)
def test_an_answer_that_the_client_has_is_not_sent_again(client: TestClient, address: str) -> None:
    first = client.get(f"/api/1{address}")
    tag = first.headers["etag"]
    for said in (tag, f'"other", W/{tag}', "*"):
        again = client.get(f"/api/1{address}", headers={"If-None-Match": said})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    event = disputed(client)
    decide(client, action="settle", event=event["id"], version=event["version"], kind="killed", value="9")
    after = client.get(f"/api/1{address}", headers={"If-None-Match": tag})
    assert after.status_code == 200
    assert after.headers["etag"] != tag


def test_the_tag_of_one_address_says_nothing_of_another(client: TestClient) -> None:
    tag = client.get("/api/1/events").headers["etag"]
    assert client.get("/api/1/events/evt_00", headers={"If-None-Match": tag}).status_code == 404
    assert client.get("/api/1/events?limit=1", headers={"If-None-Match": tag}).status_code == 200


# ------------------------------------------------------------------ files


@pytest.mark.parametrize("name", sorted(events_api.FILES))
def test_a_file_is_what_the_command_writes(client: TestClient, path: Path, name: str) -> None:
    out = BytesIO()
    with casus.open(path) as ledger:
        export(ledger._ledger, name, out, Filter(type="ASSAULT"))
    found = client.get(f"/api/1/events.{name}?type=ASSAULT")
    assert found.content == out.getvalue()
    assert found.headers["casus-rows"] == "2"
    assert found.headers["content-disposition"] == f'attachment; filename="events.{name}"'
    assert client.get(f"/api/1/events.{name}?limit=1").headers["casus-rows"] == "1"


def test_parquet_is_read_by_others(client: TestClient) -> None:
    table = pq.read_table(BytesIO(client.get("/api/1/events.parquet").content))
    assert table.num_rows == 3


def test_a_large_file_comes_in_pieces_and_whole(tmp_path: Path) -> None:
    path = made(tmp_path, many(24))
    with (
        serving(path) as client,
        client.stream("GET", "/api/1/panel.csv?unit=dyad&time=day&since=2010-01-01&directed=true") as found,
    ):
        pieces = list(found.iter_raw())
        lines = b"".join(pieces).splitlines()
    assert len(pieces) > 1
    assert len(lines) == 1 + int(found.headers["casus-rows"])


def test_a_file_that_fails_midway_breaks_the_connection(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(ledger: object, name: str, out: BinaryIO, asked: object) -> None:
        out.write(b"event_id\r\n" * 20_000)
        raise casus.CasusError("the disk has gone")

    monkeypatch.setattr(events_api, "export", half)
    with serving(path) as client, pytest.raises(CutError, match="the disk has gone"):
        client.get("/api/1/events.csv")
    with serving(path) as client:
        assert client.get("/api/1/events").status_code == 200


def test_a_file_that_cannot_be_begun_is_a_problem(client: TestClient) -> None:
    found = client.get("/api/1/events.csv?country=Atlantis")
    assert (found.status_code, found.json()["code"]) == (400, "usage")


def test_no_more_files_are_sent_at_once_than_may_be(path: Path) -> None:
    app = create_app(path, settings(path.parent, exports=1))
    with TestClient(app, base_url=HOST) as client:
        app.state.web.exports.acquire()
        found = client.get("/api/1/events.csv")
        assert (found.status_code, found.json()["code"], found.headers["retry-after"]) == (503, "full", "10")
        app.state.web.exports.release()
        # each gives its place back, also where it was told that the client has it, or that it makes no sense
        for address in ("/events.csv", "/events.csv?country=Atlantis", "/events.csv"):
            tag = client.get(f"/api/1{address}").headers.get("etag", "")
            assert client.get(f"/api/1{address}", headers={"If-None-Match": tag}).status_code in (304, 400)
