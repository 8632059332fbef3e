"""Who may ask what: host names, other sites' pages, forms, tokens, roles, sizes, rates; and what every answer says."""

from __future__ import annotations

import json
import re
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from casus.errors import DataError, LedgerError, UsageError
from casus.records import Document
from casus.web import session
from casus.web.access import Role, Token, Tokens, new_token, read_tokens, tokens_path
from casus.web.app import create_app
from casus.web.rates import Rate
from casus.web.security import HEADERS, POLICY
from tests.web import HOST, SECRETS, made, serving, settings, tokens

RENAME = {"action": "rename", "before": "IRN", "after": "Iran's army"}
REPORT = {"text": "Nothing of note was said on that day, and everybody went home early, as they had done before."}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return made(tmp_path)


@pytest.fixture
def client(path: Path) -> Iterator[TestClient]:
    with serving(path) as made:
        yield made


@pytest.fixture
def guarded(path: Path) -> Iterator[TestClient]:
    with serving(path, tokens=tokens()) as made:
        yield made


def bearer(role: Role) -> dict[str, str]:
    return {"Authorization": f"Bearer {SECRETS[role]}"}


# ------------------------------------------------------------------ names


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8311", "127.0.0.1.evil.example", "localhost.evil.example", "", "a b", "[::2]:8311",
     "192.168.0.7:8311", "127.0.0.1@evil.example", "127.0.0.1:8311:80"],
)  # fmt: skip
def test_another_name_is_not_answered_to(client: TestClient, host: str) -> None:
    for address in ("/api/1/health", "/", "/static/casus.css"):
        found = client.get(address, headers={"Host": host})
        assert found.status_code == 421
        assert "casus" not in found.headers.get("set-cookie", "")
    assert client.post("/api/1/decisions", json=RENAME, headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8311", "127.0.0.1:1", "[::1]:8311", "localhost."])
def test_names_of_this_machine_are(client: TestClient, host: str) -> None:
    assert client.get("/api/1/health", headers={"Host": host}).status_code == 200


def test_where_all_addresses_are_bound_numbers_and_given_names_go(path: Path) -> None:
    with serving(path, tokens=tokens(), any_address=True, names=frozenset({"casus.example.org"})) as client:
        for host, status in (("192.168.0.7:8311", 200), ("casus.example.org", 200), ("evil.example", 421)):
            assert client.get("/api/1/health", headers={"Host": host}).status_code == status


# ------------------------------------------------------------------ other sites' pages


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "http://localhost:8311"}, {"Origin": "http://[bad"}, {"Origin": "file://127.0.0.1:8311"},
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": HOST},
    ],
)  # fmt: skip
def test_another_sites_page_changes_nothing(client: TestClient, headers: dict[str, str]) -> None:
    for address, body in (("/api/1/decisions", RENAME), ("/api/1/documents", REPORT)):
        found = client.post(address, json=body, headers=headers)
        assert (found.status_code, found.json()["code"]) == (403, "cross-site")
    assert client.get("/api/1/health").json()["step"] == 1


@pytest.mark.parametrize("headers", [{}, {"Origin": HOST}, {"Sec-Fetch-Site": "same-origin", "Origin": HOST}])
def test_our_own_pages_and_programs_do(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/api/1/decisions", json=RENAME, headers=headers).status_code == 201


def test_another_sites_page_may_link_here_and_embed_nothing(client: TestClient) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert client.get("/api/1/events", headers=link).status_code == 200
    for mode in ("no-cors", "cors", ""):
        embedded = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode}
        assert client.get("/api/1/events.csv", headers=embedded).status_code == 403
    assert "access-control-allow-origin" not in client.get("/api/1/events", headers={"Origin": HOST}).headers


# ------------------------------------------------------------------ forms


def with_form(path: Path, **other: Any) -> FastAPI:
    """The app, with a page that has a form and one that takes it."""
    app = create_app(path, settings(path.parent, **other))

    @app.get("/form-token")
    def shown(request: Request) -> HTMLResponse:
        return HTMLResponse(session.form_token(request))

    @app.post("/form")
    async def taken(request: Request) -> dict[str, Any]:
        async with request.form() as form:
            return {k: v for k, v in form.items() if isinstance(v, str)}

    return app


def test_a_form_carries_its_token(path: Path) -> None:
    with TestClient(with_form(path), base_url=HOST) as client:
        token = client.get("/form-token").text
        fine = client.post("/form", data={"form_token": token, "reason": "so"})
        assert (fine.status_code, fine.json()["reason"]) == (200, "so")
        for wrong in ({}, {"form_token": ""}, {"form_token": token[:-1]}, {"form_token": "é" * 64}):
            assert client.post("/form", data={"reason": "so", **wrong}).status_code == 403
        # of several parts: in the address
        assert client.post("/form", files={"a": b"x"}).status_code == 403
        assert client.post("/form", files={"a": b"x"}, data={"form_token": token}).status_code == 403
        assert client.post(f"/form?form_token={token}", files={"a": b"x"}).status_code == 200
        assert client.post("/form", files={"a": b"x"}, headers={"X-Form-Token": token}).status_code == 200


def test_the_token_of_one_browser_is_none_of_anothers(path: Path) -> None:
    app = with_form(path)
    with TestClient(app, base_url=HOST) as one, TestClient(app, base_url=HOST) as other:
        token = one.get("/form-token").text
        assert other.get("/form-token").text != token
        assert other.post("/form", data={"form_token": token}).status_code == 403
    with TestClient(app, base_url=HOST) as nobody:
        assert nobody.post("/form", data={"form_token": token}).status_code == 403


# ------------------------------------------------------------------ tokens


def test_without_a_token_there_is_nothing_but_the_way_in(guarded: TestClient) -> None:
    for address in ("/api/1/events", "/api/1/openapi.json", "/api/1/events.csv", "/api/1/nothing"):
        found = guarded.get(address)
        assert (found.status_code, found.json()["code"]) == (401, "token")
        assert found.headers["www-authenticate"].startswith("Bearer")
    assert guarded.post("/api/1/decisions", json=RENAME).status_code == 401
    assert guarded.get("/api/1/health").json() == {"status": "ok"}
    page = guarded.get("/?country=Iran")
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in?to=/%3Fcountry%3DIran")


@pytest.mark.parametrize(
    ("role", "reads", "decides", "adds"), [("read", 200, 403, 403), ("review", 200, 201, 403), ("admin", 200, 201, 201)]
)
def test_a_role_goes_as_far_as_it_goes(guarded: TestClient, role: Role, reads: int, decides: int, adds: int) -> None:
    mine = bearer(role)
    assert guarded.get("/api/1/events", headers=mine).status_code == reads
    found = guarded.post("/api/1/decisions", json=RENAME, headers=mine)
    assert found.status_code == decides
    assert guarded.post("/api/1/documents", json=REPORT, headers=mine).status_code == adds
    if decides == 201:
        decision = found.json()["decision"]
        # it is written down under the token's name, and not under that of who runs the server
        assert decision["by"] == f"the {role}er"
        back = guarded.post(f"/api/1/decisions/{decision['id']}/revoke", headers=mine)
        assert back.json()["decision"]["by"] == f"the {role}er"
    else:
        assert found.json()["code"] == "role"


def test_who_guesses_is_slowed_down(path: Path) -> None:
    with serving(path, tokens=Tokens([Token.of("ana", "admin", SECRETS["admin"])])) as client:
        came = [client.get("/api/1/events", headers={"Authorization": f"Bearer {n}"}) for n in range(12)]
        assert [found.status_code for found in came] == [401] * 10 + [429] * 2
        assert int(came[-1].headers["retry-after"]) >= 1
        # who has signed in before is not kept out by who guesses
        with serving(path, tokens=tokens()) as other:
            assert other.get("/api/1/events", headers=bearer("read")).status_code == 200


def test_a_browser_signs_in_and_out(guarded: TestClient) -> None:
    def send(token: str, to: str = "/api/1/events") -> Any:
        found = re.search(r'name="form_token" value="([0-9a-f]+)"', guarded.get("/sign-in").text)
        assert found
        return guarded.post("/sign-in", data={"token": token, "to": to, "form_token": found[1]})

    assert send("x" * 20).status_code == 401
    assert guarded.get("/api/1/events").status_code == 401
    found = send(SECRETS["review"])
    assert (found.status_code, found.headers["location"]) == (303, "/api/1/events")
    kept = found.headers["set-cookie"]
    assert "HttpOnly" in kept
    assert "SameSite=Lax" in kept
    assert SECRETS["review"] not in kept
    assert guarded.get("/api/1/events").status_code == 200
    assert guarded.post("/api/1/decisions", json=RENAME).json()["decision"]["by"] == "the reviewer"
    for elsewhere in ("//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example"):
        assert send(SECRETS["review"], elsewhere).headers["location"] == "/"
    token = re.search(r'value="([0-9a-f]{64})"', guarded.get("/sign-in").text)
    assert token
    assert guarded.post("/sign-out", data={"form_token": token[1]}).status_code == 303
    assert guarded.get("/api/1/events").status_code == 401


def test_a_cookie_that_was_changed_or_is_old_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = tokens()
    principal = ours.of_name("the reader")
    assert principal
    value = session.session_of(ours, principal)
    assert session.signed_in(ours, value) == principal
    assert session.signed_in(tokens(), value) is None  # of another process
    forged = session.session_of(tokens(), principal).partition(".")[0] + "." + value.partition(".")[2]
    for wrong in ("", ".", "é.é", value[:-1], value.replace(".", "x"), f"{value}0", forged[:-1]):
        assert session.signed_in(ours, wrong) is None
    now = time.time()
    monkeypatch.setattr("casus.web.session.time.time", lambda: now + session.LASTS_S + 1)
    assert session.signed_in(ours, value) is None


def test_tokens_are_kept_as_hashes_in_a_file_of_ones_own(tmp_path: Path) -> None:
    file = tokens_path(tmp_path / "x.casus")
    secret = new_token(file, "ana", "review")
    other = new_token(file, "Bö", "read")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert secret not in file.read_text("utf-8")
    found = Tokens(read_tokens(file))
    assert [(t.name, t.role) for t in found.tokens] == [("ana", "review"), ("Bö", "read")]
    principal = found.find(other)
    assert principal
    assert (principal.name, found.find(secret + "x"), found.known("x")) == ("Bö", None, None)
    assert found.known(other) == principal
    with pytest.raises(UsageError, match="has a token already"):
        new_token(file, "ana", "admin")
    with pytest.raises(UsageError, match="can be guessed"):
        Token.of("ana", "admin", "short")


@pytest.mark.parametrize("line", ["x", "[]", '{"name": "ana"}', '{"name":"a","role":"king","salt":"00","hash":"00"}'])
def test_a_damaged_file_of_tokens_is_told_and_lets_nobody_in(tmp_path: Path, line: str) -> None:
    (tmp_path / "x.tokens").write_text(line, "utf-8")
    with pytest.raises(DataError):
        read_tokens(tmp_path / "x.tokens")
    assert read_tokens(tmp_path / "none") == []


# ------------------------------------------------------------------ sizes and rates


def test_what_is_too_large_is_not_taken(path: Path) -> None:
    with serving(path, body_bytes=1000) as client:
        large = json.dumps({"text": "x" * 2000}).encode()
        kind = {"Content-Type": "application/json"}
        for content in (large, iter([large[:900], large[900:]])):  # with its length, and in pieces
            found = client.post("/api/1/documents", content=content, headers=kind)
            assert (found.status_code, found.json()["code"]) == (413, "too-large")
        wrong = client.post("/api/1/documents", content=b"{}", headers={**kind, "Content-Length": "-1"})
        assert wrong.status_code == 413


def test_who_writes_too_often_waits(path: Path) -> None:
    with serving(path, writes_a_minute=1, writes_at_once=2) as client:
        came = [client.post("/api/1/decisions", json={}) for _ in range(3)]
        assert [found.status_code for found in came] == [422, 422, 429]
        assert came[-1].json()["code"] == "rate"
        assert 1 <= int(came[-1].headers["retry-after"]) <= 60
        assert client.get("/api/1/events").status_code == 200  # looking is free


@given(st.lists(st.floats(0, 100), max_size=50), st.integers(1, 600), st.integers(1, 20))
def test_no_more_pass_than_the_rate_says(gaps: list[float], a_minute: int, at_once: int) -> None:
    now, passed = 0.0, 0
    rate = Rate(a_minute, at_once, lambda: now)
    for gap in gaps:
        now += gap
        wait = rate.wait("ana")
        passed += wait == 0
        if wait:
            assert rate.left("ana") < 1
    assert passed <= at_once + now * a_minute / 60 + 1e-6
    now += 60 / a_minute * 1.001
    assert rate.wait("ana") == 0


# ------------------------------------------------------------------ every answer


def test_every_answer_has_the_headers(client: TestClient) -> None:
    answers = [
        client.get(address)
        for address in ("/", "/nothing", "/static/nothing", "/api/1/events", "/api/1/events.csv", "/api/1/nothing",
                        "/sign-in", "/api/1/openapi.json")
    ]  # fmt: skip
    answers.append(client.get("/", headers={"Host": "evil.example"}))
    answers.append(client.post("/api/1/decisions", json={}))
    answers.append(client.get("/api/1/events", headers={"If-None-Match": "*"}))
    for found in answers:
        for name, value in HEADERS.items():
            assert found.headers[name] == value, found.url
        assert found.headers["cache-control"] in ("no-store", "private, no-cache")
    assert "unsafe" not in POLICY
    assert "http" not in POLICY


def test_what_nobody_foresaw_is_told_without_its_words(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(path, settings(path.parent))

    def fail() -> None:
        raise ValueError("a secret of this machine")

    app.add_api_route("/api/1/fail", fail)
    with TestClient(app, base_url=HOST) as client:
        found = client.get("/api/1/fail")
    assert (found.status_code, found.json()["code"]) == (500, "internal")
    assert "secret" not in found.text
    assert found.headers["content-security-policy"] == POLICY
    assert "a secret of this machine" in caplog.text


@pytest.mark.parametrize(
    "address",
    ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd",
     "/api/1/documents/../../../../etc/passwd", "/api/1/documents/%2fetc%2fpasswd", "/api/1/events/%00"],
)  # fmt: skip
def test_no_address_leads_to_a_file(client: TestClient, address: str) -> None:
    found = client.get(address)
    assert found.status_code in (404, 422)
    assert "root:" not in found.text


def test_hostile_words_of_reports_are_data(tmp_path: Path) -> None:
    words = "<script>alert(1)</script> Pakistan bombed hideouts near Saravan in Iran."
    document = Document.of(words, title="<img src=x onerror=alert(1)>", url="javascript:alert(1)", publisher='"><b>')
    with serving(made(tmp_path, [(document, [])])) as client:
        found = client.get(f"/api/1/documents/{document.id}")
        assert found.json()["text"] == words
        assert (found.headers["content-type"], found.headers["x-content-type-options"]) == (
            "application/json", "nosniff",
        )  # fmt: skip
        problem = client.get("/api/1/events/<script>alert(1)</script>")
        assert problem.headers["content-type"] == "application/problem+json"


def test_a_ledger_that_is_none_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(LedgerError):
        create_app(tmp_path / "none.casus", settings(tmp_path))
