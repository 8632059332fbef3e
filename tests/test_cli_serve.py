"""`casus serve`: a real server in a process of its own, and what is refused before one starts."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from casus import cli_serve
from casus.cli_serve import is_loopback, serve
from casus.config import SETTINGS
from casus.errors import CasusError, LedgerError, UsageError
from casus.web.access import read_tokens, tokens_path
from tests.web import made

RUN = "import sys; from casus.cli_serve import serve; sys.exit(serve.main(sys.argv[1:], standalone_mode=False))"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CASUS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CASUS_BY", "ana")
    return made(tmp_path)


@contextmanager
def served(*arguments: object) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server, and the first line that it prints."""
    command = [sys.executable, "-c", RUN, *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ)
    try:
        assert process.stdout
        yield process, process.stdout.readline()
    finally:
        process.kill()
        process.communicate()


def test_it_serves_until_it_is_interrupted(path: Path) -> None:
    with served("--ledger", path, "--port", 0) as (process, line):
        found = re.fullmatch(rf"{re.escape(str(path))} is served at (http://127\.0\.0\.1:\d+/)\n", line)
        assert found, line
        with httpx2.Client(base_url=found[1]) as client:
            assert client.get("api/1/health").json()["counts"]["events"] == 3
            assert client.get("").headers["content-type"] == "text/html; charset=utf-8"
            whole = client.get("api/1/events.csv")
            assert whole.headers["transfer-encoding"] == "chunked"
            assert len(whole.text.splitlines()) == 1 + int(whole.headers["casus-rows"])
            assert client.get("api/1/events", headers={"Host": "evil.example"}).status_code == 421
            made = client.post("api/1/decisions", json={"action": "rename", "before": "IRN", "after": "Iran's army"})
            assert made.json()["decision"]["by"] == "ana"
            assert "server" not in made.headers
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)
        assert (process.returncode, told.splitlines()) == (0, ["Ctrl-C ends it", "stopped"])


def test_a_second_server_at_one_port_is_told_so(path: Path) -> None:
    with served("--ledger", path, "--port", 0, "--json") as (_, line):
        address = json.loads(line)["address"]
        port = int(address.rsplit(":", 1)[1].strip("/"))
        with served("--ledger", path, "--port", port) as (process, nothing):
            _, told = process.communicate(timeout=30)
            assert (nothing, process.returncode) == ("", 1)
            assert f"nothing can listen at 127.0.0.1, port {port}" in told


def test_beyond_this_machine_it_takes_a_token(path: Path) -> None:
    for host in ("0.0.0.0", "::", "192.168.0.7", "casus.example.org", ""):
        with pytest.raises(UsageError, match="there is no token"):
            serve.main(["--ledger", str(path), "--host", host], standalone_mode=False)
    secret = "a token of some length"
    with served("--ledger", path, "--host", "0.0.0.0", "--port", 0, "--json", "--token", secret) as (_, line):
        port = json.loads(line)["address"].rsplit(":", 1)[1].strip("/")
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}/") as client:
            assert client.get("api/1/events").status_code == 401
            assert client.get("api/1/events", headers={"Authorization": f"Bearer {secret}"}).status_code == 200


def test_tokens_that_were_made_are_asked_for(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert serve.main(["--ledger", str(path), "--new-token", "bo", "--role", "read"], standalone_mode=False) == 0
    secret, told = capsys.readouterr()
    assert "bo may read" in told
    assert [(t.name, t.role) for t in read_tokens(tokens_path(path))] == [("bo", "read")]
    with (
        served("--ledger", path, "--port", 0, "--json") as (_, line),
        httpx2.Client(base_url=json.loads(line)["address"]) as client,
    ):
        assert client.get("api/1/events").status_code == 401
        assert client.get("api/1/events", headers={"Authorization": f"Bearer {secret.strip()}"}).status_code == 200


@pytest.mark.parametrize(
    ("host", "here"),
    [("127.0.0.1", True), ("127.3.2.1", True), ("::1", True), ("[::1]", True), ("localhost", True), ("0.0.0.0", False),
     ("::", False), ("", False), ("10.0.0.1", False), ("localhost.example", False)],
)  # fmt: skip
def test_what_only_this_machine_reaches(host: str, here: bool) -> None:
    assert is_loopback(host) is here


def test_what_cannot_be_served_is_told(path: Path, tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="there is no ledger"):
        serve.main(["--ledger", str(tmp_path / "none.casus")], standalone_mode=False)
    other = tmp_path / "other.casus"
    other.write_text("no ledger at all, but some words in a file", "utf-8")
    with pytest.raises(CasusError):
        serve.main(["--ledger", str(other), "--port", "0"], standalone_mode=False)
    with pytest.raises(UsageError, match="can be guessed"):
        serve.main(["--ledger", str(path), "--token", "short"], standalone_mode=False)


def test_the_port_is_the_one_that_is_documented() -> None:
    page = (Path(__file__).parents[1] / "docs" / "http.md").read_text("utf-8")
    assert f"http://{cli_serve.HOST}:{cli_serve.PORT}/" in page
