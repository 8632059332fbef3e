"""`casus add`, `reread`, `rebuild` and `demo`, as a person meets them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from casus import cli_add
from casus.compose import Reader
from casus.ledger.store import Store
from casus.pipeline import ClaimsOrFailure, Reads
from casus.records import Claim, Document
from casus.samples import samples
from tests.conftest import WordReader
from tests.ledgers import Typed

REPORT = "The army shelled the town of Zakho on Tuesday and killed two people there, the governor said."


@pytest.fixture
def casus(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, reader: Reads, tmp_path: Path) -> Typed:
    return Typed.prepared(capsys, monkeypatch, tmp_path, reader)


@pytest.fixture
def filled(casus: Typed) -> Typed:
    casus.fill()
    return casus


def write(folder: Path, *texts: str) -> Path:
    """A folder of reports."""
    made = folder / "reports"
    made.mkdir(exist_ok=True)
    for n, text in enumerate(texts):
        (made / f"{n}.txt").write_text(text, "utf-8")
    return made


def rows(out: str) -> list[list[str]]:
    """The table's lines that begin with an id, in words."""
    return [line.split() for line in out.splitlines() if line.startswith("evt_")]


class TestAdd:
    """Reports go in once; what happens on the way is told."""

    def test_reports_become_events(self, casus: Typed) -> None:
        folder = write(casus.folder, REPORT, f"{REPORT} It was the second time.")
        said = casus("add", folder, "--publisher", "The Herald", "--published", "2024-01-18")
        assert (said.code, said.err) == (0, "")
        assert said.out.startswith("added 2 documents with 4 claims; events: ")
        with casus.open() as ledger:
            assert ledger.counts()["documents"] == 2
            documents = [ledger.document(claim.document_id) for claim in ledger.claims(ledger.events()[0])]
        assert {(d.publisher, d.published_basis) for d in documents} == {("The Herald", "given")}

    def test_what_is_known_is_not_read_again(self, casus: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
        folder = write(casus.folder, REPORT)
        casus("add", folder)
        monkeypatch.setattr(cli_add, "open_reader", lambda config: pytest.fail("nothing is to be read"))
        said = casus("add", folder)
        assert (said.code, said.out) == (
            0,
            "added 0 documents with 0 claims; events: 0 founded; 1 document known already\n",
        )
        with casus.open() as ledger:
            assert len(ledger.log()) == 1

    def test_what_cannot_be_read_stops_nothing(self, casus: Typed) -> None:
        folder = write(casus.folder, REPORT, "", "This is unreadable to the reader of the tests, who shelled it.")
        said = casus("add", folder, casus.folder / "none.txt")
        assert said.code == 3
        assert "; 1 refused (1 empty); 2 failed (1 intake, 1 internal)" in said.out
        assert "none.txt: [intake] no such file" in said.err

    def test_where_nothing_is_there_to_add_no_ledger_is_made(self, casus: Typed) -> None:
        said = casus("add", "none.txt")
        assert (said.code, said.out, "no such file" in said.err) == (3, "", True)
        assert not (casus.folder / "ledger.casus").exists()

    def test_json_tells_the_ids(self, casus: Typed) -> None:
        line = json.loads(casus("add", write(casus.folder, REPORT, ""), "--json").out)
        assert (len(line["new"]), line["known"], line["claims"]) == (1, [], 2)
        assert all(id_.startswith("evt_") for id_ in line["founded"])
        assert line["founded"]
        assert [failure["code"] for failure in line["failures"]] == ["empty"]

    def test_standard_input_and_a_ledger_of_a_name(self, casus: Typed) -> None:
        assert casus("add", "-", "--ledger", "x.casus", stdin=REPORT.encode()).code == 0
        assert (casus.folder / "x.casus").exists()
        assert casus("events", "--ledger", "x.casus").err == "1 event\n"

    def test_the_setting_names_the_ledger(self, casus: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CASUS_LEDGER", str(casus.folder / "y.casus"))
        casus("add", write(casus.folder, REPORT))
        assert (casus.folder / "y.casus").exists()

    def test_an_interrupt_keeps_what_was_read_and_the_next_run_goes_on(
        self, casus: Typed, reader: WordReader, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Interrupted:
            def read(self, document: Document) -> list[Claim]:
                return reader.read(document)

            def read_many(self, documents: Iterable[Document]) -> Iterator[tuple[Document, ClaimsOrFailure]]:
                for n, document in enumerate(documents):
                    if n == 2:
                        raise KeyboardInterrupt
                    yield document, reader.read(document)

        folder = write(casus.folder, *(f"{REPORT} So {name} wrote." for name in ("Ana", "Ben", "Cem", "Dea")))
        with monkeypatch.context() as patch:
            patch.setattr(cli_add, "open_reader", lambda config: Interrupted())
            said = casus("add", folder)
        assert (said.code, said.out.split(";")[0]) == (130, "interrupted: added 2 documents with 4 claims")
        said = casus("add", folder)
        assert said.code == 0
        assert said.out.startswith("added 2 documents with 4 claims")
        assert said.out.endswith("; 2 documents known already\n")

    def test_a_ledger_that_another_writes_to_is_an_error(self, filled: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
        # no test waits half a minute
        impatient = partial(Store.open, wait=0.05)
        monkeypatch.setattr("casus.ledger.ledger.Store", SimpleNamespace(open=impatient))
        other = Store.open(filled.folder / "ledger.casus")
        with other.writing():
            said = filled("add", write(filled.folder, REPORT))
        other.close()
        assert (said.code, said.out) == (1, "")
        assert "\nerror [ledger-busy] another process is writing to ledger.casus\n  hint: wait" in said.err


class TestMadeAnew:
    """Rebuilding and reading anew."""

    def test_a_rebuilt_ledger_is_the_same(self, filled: Typed) -> None:
        same = "ledger.casus: 5 documents, 6 claims, 3 events: the same, byte for byte\n"
        assert (filled("rebuild").out, filled("rebuild", "--check").out) == (same, same)
        assert json.loads(filled("rebuild", "--json").out)["same"] is True

    def test_one_that_would_differ_is_told_and_left_alone_or_made_anew(self, filled: Typed) -> None:
        path = filled.folder / "ledger.casus"
        other = Store.open(path)
        with other.writing():
            other.db.execute("UPDATE events SET killed = 99 WHERE killed = 2")
        other.close()
        said = filled("rebuild", "--check")
        assert (said.code, "would differ in events" in said.out) == (3, True)
        assert len(rows(filled("events", "--killed", "50").out)) == 1
        said = filled("rebuild")
        assert (said.code, said.out.endswith("events made anew\n")) == (0, True)
        assert rows(filled("events", "--killed", "50").out) == []

    def test_reading_anew_what_another_model_read(self, casus: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
        casus("add", write(casus.folder, REPORT, f"{REPORT} So they say."))
        assert casus("reread").out == "every document was read by the present model and settings\n"

        class Newer(WordReader):
            def read(self, document: Document) -> list[Claim]:
                return super().read(document)[:1]

        monkeypatch.setattr(cli_add, "open_reader", lambda config: Newer())
        monkeypatch.setattr("casus.recipes._model", lambda config: "newer")
        with casus.open() as ledger:
            killed = [c for e in ledger.events() for c in ledger.claims(e) if c.trigger.exact == "killed"]
            ledger.reject(killed[0].id)
        said = casus("reread")
        assert said.out == (
            "read 2 of 2 documents anew: 0 claims came, 2 went\n"
            "no claim carries any more: 1 decision; see `casus review`\n"
        )
        line = json.loads(casus("reread", "--json").out)
        assert line == {"documents": 0, "waiting": 0, "came": 0, "went": 0, "orphaned": [], "failed": 0}


def test_the_samples_end_to_end(casus: Typed, small: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the reader that ships: a wire's flash and update, and a daily, on the same strikes."""
    monkeypatch.setattr(cli_add, "open_reader", lambda config: small)
    for sample in samples():
        if sample.file[:2] in ("01", "02", "04"):
            said = casus("add", sample.path, "--publisher", sample.publisher, "--published", sample.published)
            assert said.code == 0
    lines = [json.loads(line) for line in casus("events", "--json").out.splitlines()]
    claims = [claim for line in lines for claim in line["claims"]]
    assert len(claims) == len(set(claims)) > 20
    # 01 and 02 are of one wire
    together = [line for line in lines if line["reports_n"] == 3 and line["independent_n"] == 2]
    assert {"ASSAULT"} <= {line["type"] for line in together}
    said = casus("show", together[0]["id"])
    assert said.code == 0
    assert said.out.count(">>") == len(together[0]["claims"])
    assert casus("rebuild", "--check").code == 0


def test_the_demo_shows_the_ledger(casus: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the tests' reader, which finds an event in some samples."""
    plain = casus("demo", "--json")
    assert plain.code == 0
    assert all("trigger" in json.loads(line) for line in plain.out.splitlines())
    said = casus("demo")
    assert said.code == 0
    assert said.out.index("casus read FILE") < said.out.index("The same reports in a ledger")
    assert rows(said.out)
    assert not list(casus.folder.glob("*.casus"))


def test_reading_loads_no_ledger() -> None:
    probe = "import sys, casus.cli, casus.jsonl; print([m for m in sys.modules if m.startswith('casus.ledger')])"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
