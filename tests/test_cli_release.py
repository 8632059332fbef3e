"""`casus release`, `casus diff` and `casus changes`, as a person meets them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from casus import cli
from casus.export import parquet
from casus.pipeline import Reads
from tests.ledgers import Said, Typed, first_strike, told


@pytest.fixture
def casus(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, reader: Reads, tmp_path: Path) -> Typed:
    there = dict.fromkeys(("release", "diff", "changes"), "casus.cli_release")
    monkeypatch.setattr(cli, "ELSEWHERE", {**cli.ELSEWHERE, **there})
    typed = Typed.prepared(capsys, monkeypatch, tmp_path, reader)
    typed.fill()
    return typed


def names(casus: Typed) -> list[str]:
    """What lies in the folder beside the ledger."""
    return sorted(p.name for p in casus.folder.iterdir() if not p.name.startswith(("ledger.casus", "cache")))


def lines(said: Said) -> list[dict[str, object]]:
    return [json.loads(line) for line in said.out.splitlines()]


def toll(casus: Typed) -> str:
    """The id of the strike whose toll is disputed."""
    return str(lines(casus("events", "--disputed", "--json"))[0]["id"])


# ------------------------------------------------------------------ release


def test_a_release_is_made_in_a_folder_of_its_name(casus: Typed) -> None:
    said = casus("release", "strikes-1", "--licence", "CC-BY-4.0", "--author", "Doe, Jane", "--author", "A Project")
    assert said.code == 0
    assert said.err == (
        "wrote 3 events, 6 claims, 2 contradiction rows, 5 documents, 0 decisions, 3 versions, 1 step, 1 run "
        "to strikes-1\n"
    )
    digest = hashlib.sha256((casus.folder / "strikes-1" / "manifest.json").read_bytes()).hexdigest()
    assert said.out == f"{digest}  strikes-1/manifest.json\n"
    citation = (casus.folder / "strikes-1" / "CITATION.cff").read_text("utf-8")
    assert 'family-names: "Doe"' in citation
    assert 'name: "A Project"' in citation
    assert names(casus) == ["strikes-1"]


def test_made_twice_it_is_the_same_and_never_written_over(casus: Typed) -> None:
    digests = [casus("release", "x", "-o", folder).out.split()[0] for folder in ("a", "b")]
    assert digests[0] == digests[1]
    said = casus("release", "x", "-o", "a")
    assert (said.code, "error [usage] a is there already" in said.err) == (2, True)
    assert "no licence was given" in casus("release", "x").err


def test_the_options_of_events_choose(casus: Typed) -> None:
    assert casus("release", "part", "--country", "Pakistan", "--since", "2024-01-17", "--with-text").code == 0
    rows = pq.read_table(casus.folder / "part" / "events.parquet").to_pylist()
    assert [row["type"] for row in rows] == ["PROTEST"]
    assert pq.read_table(casus.folder / "part" / "documents.parquet").column_names[-1] == "text"
    manifest = json.loads((casus.folder / "part" / "manifest.json").read_text("utf-8"))
    assert manifest["filter"] == {"since": "2024-01-17", "country": "PAK"}
    said = casus("release", "--from", "part", "-o", "again")
    assert (said.code, "error [release] part is a part of its ledger" in said.err) == (1, True)


def test_a_release_is_checked(casus: Typed) -> None:
    digest = casus("release", "x", "--with-text").out.split()[0]
    said = casus("release", "--verify", "x")
    assert (said.code, said.out, said.err) == (0, f"{digest}  x/manifest.json\n", "x: 26 files, all as released\n")
    (casus.folder / "x" / "events.csv").write_text("mine")
    (casus.folder / "x" / "steps.csv").unlink()
    said = casus("release", "--verify", "x")
    assert said.code == 3
    assert "wrong: steps.csv is missing\n" in said.err
    assert said.err.endswith("x: not as released: 2 problems\n")


def test_a_release_is_made_again_from_what_is_in_it(casus: Typed) -> None:
    casus("settle", toll(casus), "killed", "9", "--reason", "the hospital")
    casus("undo")
    digest = casus("release", "x", "--with-text").out.split()[0]
    said = casus("release", "--from", "x", "-o", "y", "--ledger", "new.casus")
    assert (said.code, said.out) == (0, f"{digest}  y/manifest.json\n")
    assert said.err.endswith("the same as x, byte for byte\n")
    assert casus("events", "--json", "--ledger", "new.casus").out == casus("events", "--json").out
    assert names(casus) == ["new.casus", "x", "y"]


def test_without_texts_it_asks_for_them(casus: Typed) -> None:
    casus("release", "x")
    assert "note: the texts are not in it" in casus("release", "--verify", "x").err
    said = casus("release", "--from", "x", "-o", "y")
    assert (said.code, "error [release] the texts are not in x" in said.err, "--texts" in said.err) == (1, True, True)
    assert casus("release", "--from", "x", "-o", "y", "--texts", "ledger.casus").code == 0
    said = casus("release", "--verify", "y", "--texts", "ledger.casus")
    assert (said.code, said.err) == (0, "y: 26 files, all as released\n")


def test_what_comes_out_otherwise_is_told(casus: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    casus("release", "x", "--with-text")
    monkeypatch.setattr(parquet, "GROUP", 8192 * 3)
    from casus.export import release  # noqa: PLC0415

    monkeypatch.setattr(release, "made_by", lambda: "casus-events 9")
    said = casus("release", "--from", "x", "-o", "y")
    assert said.code == 3
    assert "casus-events 9 makes it again" in said.err
    assert said.err.endswith("not the same as x: manifest.json\n")


@pytest.mark.parametrize(
    ("asked", "code", "words"),
    [
        ([], 2, "give one of a NAME, --verify and --from"),
        (["x", "--verify", "x"], 2, "give one of a NAME"),
        (["--verify", "x", "--licence", "MIT"], 2, "asked for with its NAME"),
        (["--from", "x", "-o", "y", "--killed", "3"], 2, "asked for with its NAME"),
        (["--verify", "x", "-o", "y"], 2, "writes nothing"),
        (["--from", "x"], 2, "give -o FOLDER"),
        (["--from", "x", "-o", "y"], 1, "error [release] x is no release"),
        (["x", "--texts", "y"], 2, "--texts is for"),
        (["a/b"], 2, "cannot be the name"),
        (["x", "--title", "a\nb"], 2, "no line of text"),
        (["x", "-o", "none/x"], 1, "there is no folder"),
        (["x", "--country", "Atlantis"], 2, "Atlantis"),
        (["--verify", "none"], 1, "error [release] none is no release"),
        (["x", "--ledger", "none.casus"], 1, "there is no ledger"),
    ],
)
def test_what_cannot_be_is_told(casus: Typed, asked: list[str], code: int, words: str) -> None:
    said = casus("release", *asked)
    assert (said.code, said.out, words in said.err) == (code, "", True), said.err
    assert names(casus) == []


# ------------------------------------------------------------------ diff


def test_a_diff_is_a_table_for_people(casus: Typed) -> None:
    casus("release", "x")
    event = toll(casus)
    casus("set", event, "killed", "12", "--reason", "counted")
    casus.fill([told("n", first_strike("n", at=None, by=[("USA", "MIL")], to=[]), published="2024-03-01")])
    said = casus("diff", "x", "ledger.casus")
    assert said.code == 0
    assert said.err == "1 added, 1 changed\n"
    for words in ("added", "changed", "killed_best: 7 → 12", "set by ana (counted)", "step 2, ", "founded"):
        assert words in said.out, words
    assert event[:12] in said.out
    assert casus("diff", "x", "x").err == "no event differs\n"
    assert casus("diff", "x", "x").out == ""


def test_a_diff_is_lines_for_programs(casus: Typed) -> None:
    casus("release", "x")
    event = toll(casus)
    casus("settle", event, "killed", "9")
    casus("release", "y")
    (line,) = lines(casus("diff", "x", "y", "--json"))
    assert (line["kind"], line["event"], line["others"]) == ("changed", event, [])
    fields = line["fields"]
    assert isinstance(fields, dict)
    assert fields["killed_best"] == {"before": 7, "after": 9}
    assert line["conflicts"] == {"before": ["killed open: 7 (1), 9 (1)"], "after": ["killed settled 9: 7 (1), 9 (1)"]}
    why = line["why"]
    assert isinstance(why, list)
    assert [(w["action"], w["by"], w["step"]) for w in why] == [("settle", "ana", 2)]


def test_what_is_no_release_and_no_ledger_is_told(casus: Typed) -> None:
    (casus.folder / "folder").mkdir()
    assert "error [release] folder is no release" in casus("diff", "folder", "ledger.casus").err
    said = casus("diff", "none", "ledger.casus")
    assert (said.code, "error [ledger] there is no ledger at none" in said.err) == (1, True)


# ------------------------------------------------------------------ changes


def test_changes_since_a_step_a_day_or_a_release(casus: Typed) -> None:
    casus("release", "x")
    event = toll(casus)
    casus("set", event, "killed", "12", "--reason", "counted")
    for since in ("1", "x"):
        (line,) = lines(casus("changes", "--since", since, "--json"))
        assert {k: line[k] for k in ("event", "step", "version", "kind", "by", "reason", "others")} == {
            "event": event, "step": 2, "version": 2, "kind": "changed", "by": "ana", "reason": "counted", "others": [],
        }  # fmt: skip
    said = casus("changes", "--json")
    assert ([line["kind"] for line in lines(said)], said.err) == (["founded"] * 3 + ["changed"], "4 changes\n")
    assert lines(casus("changes", "--since", "2024-01-16", "--json")) == lines(said)
    assert casus("changes", "--since", "2999-01-01T00:00:00+02:00", "--json").err == "0 changes\n"
    table = casus("changes", "--since", "1").out
    assert all(words in table for words in (event[:12], "changed", "set by ana (counted)"))
    assert casus("changes", "--since", "2").out == ""


@pytest.mark.parametrize(
    ("since", "code", "words"),
    [("yesterday", 2, "no step, no day and no release"), ("other", 1, "no state that"), ("folder", 1, "is no release")],
)
def test_since_what_is_nothing_is_told(casus: Typed, since: str, code: int, words: str) -> None:
    (casus.folder / "folder").mkdir()
    casus("release", "other")
    manifest = casus.folder / "other" / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace('"step": 1', '"step": 5'), "utf-8")
    said = casus("changes", "--since", since)
    assert (said.code, words in said.err) == (code, True), said.err


@pytest.mark.parametrize("command", ["release", "diff", "changes"])
def test_the_help_has_an_example(casus: Typed, command: str) -> None:
    said = casus(command, "--help")
    assert said.code == 0
    assert f"casus {command} " in said.out
