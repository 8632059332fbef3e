"""The command line as a person meets it: output, colour, exit codes, errors, an interrupt."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from casus import cli, pipeline
from casus.config import SETTINGS, Config
from casus.doctor import Check
from casus.errors import ModelError
from casus.pipeline import Reading, Reads
from casus.records import Claim, Document, Failure, Participant, Span, When
from casus.show import console, show
from tests.conftest import WordReader

REPORT = "The army shelled the town of Zakho on Tuesday and killed two people there, the governor said."


@dataclass
class Said:
    code: int
    out: str
    err: str


class Casus:
    """Runs command lines in this process, with the tests' reader in the place of the model."""

    def __init__(self, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.capsys, self.patch = capsys, patch

    def __call__(self, *arguments: object, stdin: bytes = b"") -> Said:
        stream = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
        with self.patch.context() as patch:
            patch.setattr(sys, "stdin", stream)
            code = cli.run([str(argument) for argument in arguments])
        captured = self.capsys.readouterr()
        return Said(code, captured.out, captured.err)


@pytest.fixture
def casus(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, reader: Reads, tmp_path: Path) -> Casus:
    for name in (*SETTINGS, "COLUMNS", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CASUS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(cli, "open_reader", lambda config: reader)
    return Casus(capsys, monkeypatch)


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.txt"
    path.write_text(REPORT, encoding="utf-8")
    return path


def test_a_report_becomes_a_table_without_colour_in_a_pipe(casus: Casus, report: Path) -> None:
    said = casus("read", report, "--published", "2024-01-18", "--publisher", "The Herald")
    assert said.code == 0
    assert "\x1b" not in said.out
    for words in (
        "The Herald",
        "2024-01-18 (given)",
        "e1",
        "ASSAULT",
        "heavy-weapons",
        "happened",
        "Zakho, IRQ",
    ):
        assert words in said.out
    assert "The army >>shelled<< the town of Zakho" in said.out
    assert "killed 2+" in said.out
    assert "[IRN" in said.out
    assert "read 1 document: 2 claims of 2 events" in said.err


def test_explain_tells_why_each_value_is_held(casus: Casus, report: Path) -> None:
    plain, explained = casus("read", report), casus("read", report, "--explain")
    for why in (
        "only one Zakho",
        "when: 2024-01-16 (day, relative)",
        "inferred: the actor is that of the sentence before",
    ):
        assert why not in plain.out
        assert why in explained.out


def test_json_is_a_line_for_each_claim_and_nothing_else(casus: Casus, report: Path) -> None:
    said = casus("read", report, "--json")
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert [line["trigger"] for line in lines] == ["shelled", "killed"]
    assert all(REPORT[line["start"] : line["end"]] == line["trigger"] for line in lines)


def test_json_can_hold_the_text_that_its_offsets_point_into(casus: Casus, tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_bytes(b"\xef\xbb\xbf" + REPORT.encode())
    lines = [json.loads(line) for line in casus("read", path, "--json", "--text").out.splitlines()]
    assert [line["document_text"][line["start"] : line["end"]] for line in lines] == ["shelled", "killed"]
    assert "document_text" not in casus("read", path, "--json").out


def test_beside_json_notes_are_told_on_stderr(casus: Casus, report: Path) -> None:
    said = casus("read", report, "--json", "--published", "2999-01-18")
    note = "the date of publication, 2999-01-18, lies in the future"
    line = json.loads(said.out.splitlines()[0])
    assert note in line["notes"]
    assert f"note {report} ({line['doc']}): {note}\n" in said.err
    # the table has them in its heading
    said = casus("read", report, "--published", "2999-01-18")
    assert (note in said.out.replace("\n", " "), note in said.err) == (True, False)


def test_a_name_from_a_document_cannot_draw_on_the_terminal(casus: Casus, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"id": "odd\x07\u202e\x1b[2Jid", "text": "..."}), encoding="utf-8")
    said = casus("read", path)
    assert (said.code, "[empty]" in said.err) == (3, True)
    assert not set(said.err) & {"\x1b", "\x07", "\u202e"}


def test_what_is_odd_about_the_index_is_told(casus: Casus, report: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Indexed(WordReader):
        index = SimpleNamespace(notes=("/x cannot be written",))

    monkeypatch.setattr(cli, "open_reader", lambda config: Indexed())
    assert casus("read", report).err.startswith("note: /x cannot be written\n")


def test_some_failed_is_exit_code_three_and_the_good_ones_are_read(casus: Casus, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    good = json.dumps({"text": REPORT})
    path.write_text(f"{good}\n{{broken\n{good}\n", encoding="utf-8")
    said = casus("read", path, tmp_path / "none.txt", "--json")
    assert said.code == 3
    assert len(said.out.splitlines()) == 4
    assert "2 failed" in said.err
    assert "none.txt: [intake] no such file" in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["read"], "SOURCE"),
        (["read", "x.txt", "--published", "yesterday"], "yesterday"),
        (["read", "x.txt", "--min-confidence", "7"], "7"),
        (["read", "x.txt", "--actors", "none.toml"], "none.toml"),
        (["read", "x.txt", "--frobnicate"], "--frobnicate"),
        (["read", "x.txt", "--text"], "--json"),
        (["frobnicate"], "frobnicate"),
        (["codebook", "FROBNICATE"], "FROBNICATE"),
    ],
)
def test_wrong_usage_is_exit_code_two_with_a_hint(casus: Casus, arguments: list[str], words: str) -> None:
    said = casus(*arguments)
    assert said.code == 2
    assert said.err.startswith("error [usage] ")
    assert words in said.err
    assert "\n  hint: " in said.err
    assert said.out == ""


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("CASUS_THREADS", "many", "CASUS_THREADS"),
        ("CASUS_CACHE", "~nobody-of-that-name/x", "CASUS_CACHE"),
        ("CASUS_ACTORS", "/none/x.tsv", "/none/x.tsv does not exist"),
        ("CASUS_PLACES", "/" + "x" * 300, "cannot be opened: File name too long"),
    ],
)
def test_a_setting_that_makes_no_sense_is_wrong_usage(
    casus: Casus, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(name, value)
    said = casus("read", "x.txt")
    assert (said.code, words in said.err) == (2, True)


def test_the_bare_command_is_asked_for_its_help(casus: Casus) -> None:
    said = casus()
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("Usage: casus ")
    assert "error" not in said.err


def test_an_error_is_told_without_a_traceback(casus: Casus, report: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(config: Config) -> Reads:
        raise ModelError("the model is not there")

    monkeypatch.setattr(cli, "open_reader", missing)
    said = casus("read", report)
    assert (said.code, said.out) == (1, "")
    assert said.err == "error [model] the model is not there\n  hint: reinstall casus-events\n"


def test_a_fault_of_ours_is_told_in_a_line_unless_debugging(
    casus: Casus, report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(config: Config) -> Reads:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(cli, "open_reader", faulty)
    said = casus("read", report)
    assert said.code == 1
    assert said.err.startswith("error [internal] ZeroDivisionError: oops\n")
    monkeypatch.setenv("CASUS_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        casus("read", report)


def test_an_interrupt_keeps_what_was_done(
    casus: Casus, report: Path, reader: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted:
        def read(self, document: Document) -> list[Claim]:
            return reader.read(document)

        def read_many(self, documents: Iterable[Document]) -> Iterator[tuple[Document, list[Claim] | Failure]]:
            for document in documents:
                yield document, reader.read(document)
                raise KeyboardInterrupt

    monkeypatch.setattr(cli, "open_reader", lambda config: Interrupted())
    said = casus("read", report, report, "--json")
    assert said.code == 130
    assert len(said.out.splitlines()) == 2
    assert "interrupted: read 1 document: 2 claims" in said.err


def test_an_interrupt_does_not_wait_for_the_encoder() -> None:
    code = (
        "import threading; from casus import cli\n"
        "threading.Thread(target=threading.Event().wait).start()\n"
        "cli.run = lambda arguments: print('read') or cli.INTERRUPTED\n"
        "cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (cli.INTERRUPTED, b"read\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full")
def test_a_full_disk_is_no_fault_of_ours() -> None:
    command = [sys.executable, "-c", "from casus.cli import main; main()", "codebook"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    told = "error [output] the output cannot be written: No space left on device\n"
    assert (done.returncode, done.stderr) == (1, f"{told}  hint: make room, or write it elsewhere\n")


@pytest.mark.parametrize("arguments", [["codebook"], ["codebook", "assault"], ["doctor"]])
def test_who_reads_our_output_may_close_it(arguments: list[str]) -> None:
    there, here = os.pipe()
    os.close(there)
    command = [sys.executable, "-c", "from casus.cli import main; main()", *arguments]
    done = subprocess.run(command, stdout=here, stderr=subprocess.PIPE, check=False)
    os.close(here)
    assert (done.returncode, done.stderr) == (cli.PIPE_CLOSED, b"")


def test_files_that_are_no_reports_are_counted(casus: Casus, report: Path) -> None:
    report.with_suffix(".jpg").write_bytes(b"x")
    assert "1 other file passed over" in casus("read", report.parent).err


def test_the_version_and_the_codebook(casus: Casus) -> None:
    assert casus("--version").out.startswith("casus, version ")
    assert "ASSAULT" in casus("codebook").out
    assert "heavy-weapons" in casus("codebook", "assault").out


def test_doctor_says_what_is_wrong_and_what_to_do(casus: Casus, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(config: Config) -> Reads:
        raise ModelError("the model is not there")

    monkeypatch.setattr("casus.doctor.open_reader", missing)
    said = casus("doctor")
    assert said.code == 1
    assert "BAD  reader" in said.out
    assert "hint: reinstall casus-events" in said.out
    assert "ok   codebook" in said.out


def test_doctor_goes_on_where_a_setting_makes_no_sense(casus: Casus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casus.doctor._reader", lambda config: Check("reader", config.threads == 2, "stands in"))
    monkeypatch.setenv("CASUS_ACTORS", "/none/x.tsv")
    monkeypatch.setenv("CASUS_LLM_KEY", "two words")
    monkeypatch.setenv("CASUS_THREADS", "2")
    said = casus("doctor")
    assert (said.code, said.err) == (1, "")
    assert re.search(r"^BAD  CASUS_ACTORS +the actors file /none/x.tsv does not exist\n     hint: ", said.out, re.M)
    assert re.search(r"^BAD  CASUS_LLM_KEY ", said.out, re.M)
    assert "two words" not in said.out
    assert re.search(r"^ok   reader ", said.out, re.M)


class TestTable:
    """What `show` prints, on consoles of every kind."""

    @staticmethod
    def printed(reading: Reading, *, width: int = 110, colour: bool = False, explain: bool = False) -> str:
        stream = io.StringIO()
        to = Console(
            file=stream,
            width=width,
            force_terminal=colour,
            color_system="truecolor" if colour else None,
            highlight=False,
            emoji=False,
            markup=False,
        )
        show(to, reading, explain=explain)
        return stream.getvalue()

    @pytest.fixture
    def reading(self, reader: Reads) -> Reading:
        document = Document.of(REPORT, title="Zakho shelled")
        return Reading(document, tuple(reader.read(document)), "report.txt")

    @pytest.mark.parametrize("width", [40, 60, 83, 84, 100, 120, 200])
    def test_no_line_is_wider_than_the_terminal(self, reading: Reading, width: int) -> None:
        lines = self.printed(reading, width=width, explain=True).splitlines()
        assert max(map(len, lines)) <= width
        assert "Zakho" in "\n".join(lines)

    def test_on_a_terminal_the_trigger_is_underlined_instead_of_marked(self, reading: Reading) -> None:
        printed = self.printed(reading, colour=True)
        assert ">>" not in printed
        assert "\x1b[1;4mshelled" in printed

    def test_no_color_is_honoured(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NO_COLOR", "1")

        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        to = console(Terminal())
        assert to.no_color

    def test_a_document_cannot_draw_on_the_terminal(self, reader: Reads) -> None:
        text = "\x1b[2J\x1b]0;pwned\x07 \u202eThe [bold]army[/bold] \x9b31mshelled :smile: Zakho\ud800"
        document = Document.of(text, title="\x1b[31mA \u202etitle")
        printed = self.printed(Reading(document, tuple(reader.read(document))), explain=True)
        assert not set(printed) & {"\x1b", "\x07", "\u202e", "\x9b", "\ud800"}
        assert "[bold]army[/bold]" in printed
        assert ":smile:" in printed

    def test_a_document_without_claims_says_so(self) -> None:
        document = Document.of("Nothing happened.", notes=("published date lies in the future",))
        printed = self.printed(Reading(document, ()))
        assert "no event claimed" in printed
        assert "note: published date lies in the future" in printed

    def test_unknown_is_a_dash_and_ranges_are_ranges(self, reader: Reads) -> None:
        document = Document.of(REPORT)
        claim = replace(
            reader.read(document)[0],
            actors=(),
            recipients=(Participant(Span.cut(REPORT, 17, 25), "the town"),),
            place=None,
            figures=(),
            source=(),
            when=When(date(2024, 1, 16), date(2024, 1, 18), "range", "stated"),
        )
        printed = self.printed(Reading(document, (claim,)), width=160)
        row = next(line for line in printed.splitlines() if "ASSAULT" in line).split()
        assert row[:4] == ["e1", "2024-01-16", "ASSAULT", "heavy-weapons"]
        assert "the town [?/UNK]" in printed
        assert "(the report)" in printed

    def test_a_terminal_that_is_not_utf8_gets_question_marks(self) -> None:
        code = (
            "import sys; from casus.show import console, show\n"
            "from casus.pipeline import Reading; from casus.records import Document\n"
            "show(console(sys.stdout), Reading(Document.of('“Zakho” \\u2192 東京'), ()))"
        )
        env = {**os.environ, "PYTHONIOENCODING": "ascii"}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=env)
        assert b"?Zakho? ? ??" in done.stdout


def test_what_the_pipeline_calls_is_what_the_command_calls() -> None:
    assert vars(cli)["open_reader"] is pipeline.open_reader
