"""`casus export`, as a person meets it."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import pytest

from casus import cli, cli_export
from casus.export import FORMATS
from casus.pipeline import Reads
from tests.ledgers import Said, Typed, protest, told
from tests.telling import area, days


@pytest.fixture
def casus(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, reader: Reads, tmp_path: Path) -> Typed:
    monkeypatch.setattr(cli, "ELSEWHERE", {**cli.ELSEWHERE, "export": "casus.cli_export"})
    typed = Typed.prepared(capsys, monkeypatch, tmp_path, reader)
    typed.fill()
    return typed


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def names(said: Typed) -> list[str]:
    """What lies in the folder beside the ledger."""
    return sorted(p.name for p in said.folder.iterdir() if not p.name.startswith(("ledger.casus", "cache")))


def test_a_table_of_events(casus: Typed) -> None:
    said = casus("export", "csv", "-o", "events.csv")
    assert (said.code, said.out, said.err) == (0, "", "wrote 3 events to events.csv\n")
    found = rows((casus.folder / "events.csv").read_bytes().decode())
    assert [row["date_start"][-2:] for row in found] == ["16", "18", "20"]
    assert names(casus) == ["events.csv"]


def test_events_of_one_status(casus: Typed) -> None:
    said = [casus("export", "jsonl", "-o", "-", "--status", status) for status in ("happened", "denied")]
    assert [{json.loads(line)["status"] for line in one.out.splitlines()} for one in said] == [{"happened"}, set()]


def test_standard_output_holds_nothing_else(casus: Typed) -> None:
    said = casus("export", "jsonl", "-o", "-", "--table", "claims", "--country", "Iran")
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert [line["doc"] for line in lines] == ["c", "d"]
    assert (said.code, said.err) == (0, "wrote 2 claims\n")
    assert names(casus) == []


@pytest.mark.parametrize(
    ("asked", "days"),
    [
        (["--country", "Pakistan"], [16, 20]),
        (["--since", "2024-01-17", "--until", "2024-01-19"], [18]),
        (["--actor", "Islamabad", "--killed", "3"], [18]),
        (["--disputed"], [18]),
        (["--near", "27.37,62.33,20"], [18]),
        (["--text", "struck", "--limit", "2"], [16, 18]),
        (["--type", "protest"], [20]),
        (["--text", "nowhere"], []),
    ],
)
def test_the_options_of_events_choose(casus: Typed, asked: list[str], days: list[int]) -> None:
    found = rows(casus("export", "csv", "-o", "-", *asked).out)
    assert [int(row["date_start"][-2:]) for row in found] == days
    listed = [json.loads(line)["id"] for line in casus("events", "--json", *asked).out.splitlines()]
    assert [row["event_id"] for row in found] == listed


def test_what_is_there_is_kept_without_force(casus: Typed) -> None:
    path = casus.folder / "x.csv"
    path.write_text("mine")
    said = casus("export", "csv", "-o", "x.csv")
    assert (said.code, path.read_text()) == (2, "mine")
    assert "error [usage] x.csv is there already" in said.err
    assert casus("export", "csv", "-o", "x.csv", "--force").code == 0
    assert path.read_text().startswith("event_id")


def test_a_folder_and_an_archive_get_all_tables(casus: Typed) -> None:
    said = casus("export", "csv", "-o", "out/")
    assert said.err == "wrote 3 events, 6 claims, 2 contradiction rows, 5 documents to out/\n"
    assert len(list((casus.folder / "out").iterdir())) == 5
    assert casus("export", "parquet", "-o", "out.zip").code == 0
    assert names(casus) == ["out", "out.zip"]


def test_texts_are_there_only_with_text(casus: Typed) -> None:
    def held(*options: str) -> bool:
        return "in report a" in casus("export", "jsonl", "-o", "-", "--table", "documents", *options).out

    assert (held(), held("--with-text")) == (False, True)


def test_what_a_format_does_not_hold_is_said(casus: Typed) -> None:
    casus.fill([told("x", protest("x", at=area("Syria", "SYR", "country"), on=days("2023-01-01")))])
    said = casus("export", "geojson", "-o", "x.geojson")
    assert "note: 1 event has no point" in said.err
    assert len(json.loads((casus.folder / "x.geojson").read_text())["features"]) == 4


def test_the_list_names_every_format(casus: Typed) -> None:
    said = casus("export", "--list")
    assert (said.code, said.err) == (0, "")
    assert [line.split()[0] for line in said.out.splitlines()] == list(FORMATS)


@pytest.mark.parametrize(
    ("asked", "code", "words"),
    [
        (["cvs", "-o", "x.csv"], 1, "error [export] there is no format 'cvs'"),
        (["csv"], 2, "--output"),
        (["geojson", "-o", "x", "--table", "claims"], 2, "no choice of a table"),
        (["csv", "-o", "out/", "--table", "claims"], 2, "is for all tables"),
        (["csv", "-o", "x.csv", "--table", "sources"], 2, "--table"),
        (["csv", "-o", "x.csv", "--country", "Atlantis"], 2, "Atlantis"),
        (["csv", "-o", "x.csv", "--near", "1,2"], 2, "26.9,64.1,50"),
        (["csv", "-o", "x.csv", "--text", '"struck'], 2, "cannot be searched for"),
        (["csv", "-o", "none/x.csv"], 1, "there is no folder"),
        (["csv", "-o", "ledger.casus", "--force"], 2, "the ledger itself"),
        (["csv", "-o", "x.csv", "--ledger", "none.casus"], 1, "there is no ledger"),
    ],
)
def test_what_cannot_be_is_told(casus: Typed, asked: list[str], code: int, words: str) -> None:
    said = casus("export", *asked)
    assert (said.code, said.out, words in said.err) == (code, "", True), said.err
    assert names(casus) == []


def test_a_terminal_is_not_garbled(casus: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    said = on_a_terminal(casus, monkeypatch, "export", "parquet", "-o", "-")
    assert (said.code, said.out) == (2, "")
    assert "not for a terminal" in said.err


def test_progress_is_shown_on_a_terminal_only(casus: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\r" not in casus("export", "csv", "-o", "a.csv").err
    monkeypatch.setattr(sys.stderr.__class__, "isatty", lambda stream: True)
    said = casus("export", "csv", "-o", "b.csv")
    assert "\r\x1b[K3 rows" in said.err
    assert said.err.endswith("wrote 3 events to b.csv\n")


def on_a_terminal(casus: Typed, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Said:
    with monkeypatch.context() as patch:
        patch.setattr(sys.stdout.__class__, "isatty", lambda stream: True)
        return casus(*arguments)


def test_the_command_offers_the_tables_that_there_are() -> None:
    from casus.export import FORMATS  # noqa: PLC0415

    assert tuple(dict.fromkeys(table for found in FORMATS.values() for table in found.tables)) == cli_export.TABLES
