"""The second reader as a person asks for it: options, settings, the budget, and that nothing is sent unasked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from casus import cli, compose, pipeline, second
from casus.compose import Reader
from casus.config import SETTINGS, Config, Llm
from casus.doctor import examine
from casus.endpoint import Endpoint, completions
from casus.errors import UsageError
from tests.stub_endpoint import KEY, TEXT, Reply, Stub, claim, claiming

GOOD = claiming(claim())


class TestCommand:
    """`casus read --reader llm` as a person meets it."""

    @pytest.fixture
    def casus(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, small: Reader, tmp_path: Path,
        slept: list[float],
    ) -> Iterator[Callable[..., tuple[int, str, str]]]:  # fmt: skip
        for name in SETTINGS:
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("CASUS_CACHE", str(tmp_path / "cache"))
        monkeypatch.setattr(compose.Reader, "load", classmethod(lambda cls, config: small))
        monkeypatch.setattr(second, "Endpoint", lambda llm: Endpoint(llm, sleep=slept.append))

        def run(*arguments: object) -> tuple[int, str, str]:
            pipeline.open_reader.cache_clear()  # another run is another process
            code = cli.run([str(a) for a in arguments])
            said = capsys.readouterr()
            return code, said.out, said.err

        yield run
        pipeline.open_reader.cache_clear()

    @pytest.fixture
    def reports(self, tmp_path: Path) -> Path:
        folder = tmp_path / "reports"
        folder.mkdir()
        for n in range(4):
            (folder / f"{n}.txt").write_text(f"{TEXT} Number {n}.", encoding="utf-8")
        return folder

    def test_it_reads_and_reports(self, casus: Callable[..., Any], reports: Path, stub: Stub) -> None:
        stub.always = lambda request: claiming(claim(), claim(trigger="bombed"))
        asked = ("read", reports, "--json", "--reader", "llm", "--endpoint", stub.url, "--model", "m")
        code, out, err = casus(*asked)
        assert code == 0
        assert [json.loads(line)["reader"] for line in out.splitlines()] == ["llm:m"] * 4
        host = stub.url.split("/")[2]
        assert (
            f"llm:m at {host}: 4 calls (400 tokens), 0 answers kept from before, 16 of 16 sentences asked about, "
            "4 claims; dropped: 4 claims (4 not in the text), 0 values\n" in err
        )
        assert casus(*asked)[:2] == (0, out)
        assert len(stub.requests) == 4

    def test_the_budget_ends_it_with_what_was_read(self, casus: Callable[..., Any], reports: Path, stub: Stub) -> None:
        stub.always = lambda request: GOOD
        asked = ("read", reports, "--json", "--reader", "llm", "--endpoint", stub.url, "--model", "m")
        code, out, err = casus(*asked, "--max-calls", 3)
        assert (code, len(out.splitlines())) == (3, 3)
        assert "stopped: read 3 documents: 3 claims" in err
        assert "error [budget] 3 calls were made, as many as --max-calls allows\n  hint: " in err
        code, out, err = casus(*asked, "--max-calls", 3)
        assert (code, len(out.splitlines())) == (0, 4)

    def test_a_key_that_is_refused_is_an_error(self, casus: Callable[..., Any], reports: Path, stub: Stub) -> None:
        stub.always = lambda request: Reply(b"who are you?", 401)
        code, out, err = casus("read", reports, "--reader", "llm", "--endpoint", stub.url, "--model", "m")
        assert (code, out) == (1, "")
        assert "error [refused] 127.0.0.1" in err
        assert "CASUS_LLM_KEY" in err

    def test_without_being_asked_for_nothing_is_sent(
        self, casus: Callable[..., Any], reports: Path, stub: Stub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CASUS_LLM_ENDPOINT", stub.url)
        monkeypatch.setenv("CASUS_LLM_MODEL", "m")
        assert casus("read", reports, "--json")[0] == 0
        assert casus("read", reports, "--json", "--reader", "shipped")[0] == 0
        assert stub.requests == []
        # with the settings there, to ask for it is enough
        monkeypatch.setenv("CASUS_LLM_KEY", f" {KEY}\n")
        assert casus("read", reports, "--json", "--reader", "llm")[0] == 0
        assert {h["authorization"] for h in stub.headers} == {f"Bearer {KEY}"}

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--reader", "llm"], "needs an endpoint and a model"),
            (["--reader", "llm", "--endpoint", "http://localhost/v1"], "needs an endpoint and a model"),
            (["--reader", "llm", "--model", "m"], "needs an endpoint and a model"),
            (["--reader", "gpt"], "gpt"),
            (["--endpoint", "http://localhost/v1"], "--endpoint is for the second reader"),
            (["--doubt", "0.3"], "--doubt is for the second reader"),
            (["--reader", "shipped", "--max-calls", "3"], "--max-calls is for the second reader"),
            (["--reader", "llm", "--doubt", "3"], "3"),
            (["--reader", "llm", "--max-tokens", "0"], "0"),
        ],
    )
    def test_wrong_usage(self, casus: Callable[..., Any], reports: Path, arguments: list[str], words: str) -> None:
        code, out, err = casus("read", reports, *arguments)
        assert (code, out) == (2, "")
        assert err.startswith("error [usage] ")
        assert words in err


class TestSettings:
    @pytest.mark.parametrize(
        "address",
        [
            "ftp://example.org/v1", "file:///etc/passwd", "example.org/v1", "localhost:11434", "http://", "http:///v1",
            "http://user:pass@example.org/v1", "http://example.org:port/v1", "http://[::1/v1", "http://a b/v1", "",
            "http://example.org/\r\nx: y",
        ],
    )  # fmt: skip
    def test_an_endpoint_is_http_or_https_and_holds_no_password(self, address: str) -> None:
        with pytest.raises(UsageError) as caught:
            Llm(endpoint=address, model="m")
        assert "pass@" not in str(caught.value)

    @pytest.mark.parametrize(
        ("given", "whole"),
        [
            ("http://localhost:11434/v1", "http://localhost:11434/v1/chat/completions"),
            ("https://api.example.org/v1/", "https://api.example.org/v1/chat/completions"),
            ("https://example.org/x/chat/completions?v=2#a", "https://example.org/x/chat/completions?v=2"),
            ("http://[::1]:8000", "http://[::1]:8000/chat/completions"),
        ],
    )
    def test_a_base_or_the_whole_address(self, given: str, whole: str) -> None:
        assert completions(Llm(endpoint=given).endpoint or "") == whole

    @pytest.mark.parametrize(
        "wrong",
        [{"key": "two words"}, {"key": "a\nb"}, {"key": "clé"}, {"timeout": 0.0}, {"timeout": float("nan")},
         {"max_calls": 0}, {"max_tokens": -1}, {"doubt": 1.5}, {"doubt": float("nan")}],
    )  # fmt: skip
    def test_what_makes_no_sense_is_wrong_usage(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(UsageError) as caught:
            Llm(**wrong)
        assert str(wrong.get("key", "?")) not in str(caught.value)

    def test_the_environment_is_read(self) -> None:
        env = {"CASUS_LLM_ENDPOINT": "http://h/v1", "CASUS_LLM_MODEL": "m", "CASUS_LLM_KEY": "k"}
        config = Config.load(env | {"CASUS_LLM_TIMEOUT": "7.5"})
        assert config.llm == Llm(endpoint="http://h/v1", model="m", key="k", timeout=7.5)
        assert config.reader == "shipped"
        assert Config.load(env).llm.timeout == 120.0

    def test_the_key_is_shown_nowhere(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert KEY not in repr(Llm(key=KEY))
        monkeypatch.setenv("CASUS_LLM_KEY", KEY)
        monkeypatch.setattr("casus.doctor._reader", lambda config: examine)
        found = [c.found for c in examine(Config.load()) if getattr(c, "what", "") == "CASUS_LLM_KEY"]
        assert found == ["is set"]
