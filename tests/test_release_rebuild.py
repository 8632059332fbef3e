"""Checking a release, and making it again from what is in it on another ledger: equal, or told what is wrong."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import settings as how

from casus.errors import LedgerError, ReleaseError, UsageError
from casus.export import release as release_module
from casus.export import release_verify
from casus.export.release import make_release
from casus.export.release_manifest import MANIFEST, About, digest_of
from casus.export.release_read import rows_in_csv
from casus.export.release_rebuild import build_ledger, rebuild_release
from casus.export.release_verify import verify_release
from casus.ledger.ledger import Ledger
from casus.ledger.queries import Filter
from casus.ledger.rebuild import digest
from tests.exported import papers as exported_papers
from tests.exported import sample
from tests.papers import AT, Deed, paper, store_of
from tests.releases import Act, acts, bytes_of, deeds_of_papers, filled, more, papers, play, released

ABOUT = About("A title", ("Doe, Jane",), "CC-BY-4.0", "10.1/x")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with sample(tmp_path_factory.mktemp("ledger") / "x.casus") as made:
        yield made


@pytest.fixture(scope="module")
def whole(ledger: Ledger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release with texts."""
    return make_release(
        ledger, "full", tmp_path_factory.mktemp("releases") / "full", about=ABOUT, with_text=True
    ).folder


@pytest.fixture(scope="module")
def quotes(ledger: Ledger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release without."""
    return released(ledger, tmp_path_factory.mktemp("releases") / "quotes").folder


@pytest.fixture
def mine(whole: Path, tmp_path: Path) -> Path:
    """A copy of the release with texts, to be damaged."""
    return Path(shutil.copytree(whole, tmp_path / "mine"))


def sealed(folder: Path, *paths: str) -> None:
    """Makes the manifest say what these files are now: as one would who wants to deceive."""
    told = json.loads((folder / MANIFEST).read_text("utf-8"))
    for file in told["files"]:
        if file["path"] in paths:
            path = folder / file["path"]
            file["sha256"], file["bytes"] = digest_of(path), path.stat().st_size
    (folder / MANIFEST).write_text(json.dumps(told), "utf-8")


def changed(path: Path, change: Any) -> None:
    """Writes a Parquet file anew with other rows."""
    table = pq.read_table(path)
    pq.write_table(pa.Table.from_pylist(change(table.to_pylist()), table.schema), path)


# ------------------------------------------------------------------ again


@how(max_examples=20)
@given(deeds_of_papers, acts, more)
def test_made_again_from_itself_it_is_equal(found: list[list[Deed]], wanted: list[Act], further: list[Deed]) -> None:
    with tempfile.TemporaryDirectory() as name, filled(":memory:", papers(found)) as ledger:
        play(ledger, wanted, further)
        first, second = Path(name) / "a", Path(name) / "b"
        made = make_release(ledger, "test", first, about=ABOUT, with_text=True)
        again = rebuild_release(first, second, ledger=Path(name) / "x.casus")
        assert (again.same, again.notes) == (True, ())
        assert bytes_of(first) == bytes_of(second)
        assert again.made.sha256 == made.sha256
        with Ledger.open(Path(name) / "x.casus") as other:
            assert digest(store_of(other)) == digest(store_of(ledger))


def test_what_linking_goes_by_comes_from_the_release(tmp_path: Path) -> None:
    # weights by hand, and groups that are one for linking by what they are part of
    parents = {"Wing": ("Front",), "Front": ("Union",), "Unnamed here": ("Front",)}
    deeds = [Deed(by="Wing"), Deed(by="Front"), Deed(by="Wing", day="2024-01-17")]
    found = [paper(f"d{n}", deed, lead=f"News {n}.") for n, deed in enumerate(deeds)]
    with filled(tmp_path / "x.casus", found, parents) as ledger:
        released(ledger, tmp_path / "a", with_text=True)
    told = json.loads((tmp_path / "a" / "replay" / "linking.json").read_text("utf-8"))
    assert told["parents"] == {"Front": ["Union"], "Wing": ["Front"]}
    assert told["bias"] == -2.5
    assert rebuild_release(tmp_path / "a", tmp_path / "b").same


def test_the_ledger_can_be_kept_and_gone_on_with(whole: Path, ledger: Ledger, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    build_ledger(whole, tmp_path / "new.casus", on_step=lambda n, of: steps.append((n, of)))
    assert steps == [(1, 3), (2, 3), (3, 3)]
    with Ledger.open(tmp_path / "new.casus") as other:
        assert other.events() == ledger.events()
        assert other.decisions() == ledger.decisions()
        assert other.log() == ledger.log()
        other.add([paper("later", Deed())], "run", at=AT)
    assert [p.name for p in tmp_path.iterdir()] == ["new.casus"]


@pytest.mark.parametrize("there", ["folder", "ledger"])
def test_nothing_is_written_over(whole: Path, tmp_path: Path, there: str) -> None:
    (tmp_path / there).mkdir() if there == "folder" else (tmp_path / there).write_text("mine")
    with pytest.raises(UsageError, match="there already"):
        rebuild_release(whole, tmp_path / "folder", ledger=tmp_path / "ledger")
    assert [p.name for p in tmp_path.iterdir()] == [there]


def test_a_part_of_a_ledger_cannot_be_made_again_alone(ledger: Ledger, tmp_path: Path) -> None:
    made = make_release(ledger, "part", tmp_path / "a", Filter(killed=1), with_text=True)
    with pytest.raises(ReleaseError, match="part of its ledger"):
        rebuild_release(made.folder, tmp_path / "b")
    assert verify_release(made.folder).problems == ()


def test_what_comes_out_otherwise_is_named(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release_module, "made_by", lambda: "casus-events 9")
    again = rebuild_release(whole, tmp_path / "b")
    assert again.differs == (MANIFEST,)
    assert not again.same
    (note,) = again.notes
    assert "casus-events 9 makes it again" in note


# ------------------------------------------------------------------ texts


def test_without_texts_it_says_plainly_what_it_needs(quotes: Path, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="the texts are not in") as caught:
        rebuild_release(quotes, tmp_path / "b")
    assert "--texts" in caught.value.hint
    assert "SHA-256" in caught.value.hint
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of the texts under other names, as editors may leave them, and of other things."""
    out = tmp_path / "texts"
    (out / "deeper").mkdir(parents=True)
    for n, (document, _) in enumerate(exported_papers()):
        data = document.text.encode()
        changes = [data, b"\xef\xbb\xbf" + data, data.replace(b"\n", b"\r\n"), data + b"\n\n", b" \n" + data]
        (out / ("deeper" if n % 2 else "") / f"{n}.txt").write_bytes(changes[n % len(changes)])
    (out / "picture.jpg").write_bytes(b"\xff\xd8\xff")
    (out / "other.txt").write_text("Something else.")
    return out


def test_texts_may_come_from_a_folder_a_ledger_or_a_release(
    quotes: Path, whole: Path, folder: Path, ledger: Ledger, tmp_path: Path
) -> None:
    for n, texts in enumerate((folder, ledger.path, whole)):
        assert rebuild_release(quotes, tmp_path / f"b{n}", texts=texts).same
        found = verify_release(quotes, texts=texts)
        assert (found.problems, found.notes) == ((), ())


def test_a_text_that_is_missing_or_another_is_told(quotes: Path, folder: Path, tmp_path: Path) -> None:
    first = next(p for p in folder.rglob("*.txt") if p.name == "0.txt")
    first.write_text(f"{first.read_text()} And more.")
    with pytest.raises(ReleaseError, match="1 of 8 texts are not in") as caught:
        rebuild_release(quotes, tmp_path / "b", texts=folder)
    assert "that of a" in str(caught.value)
    assert not (tmp_path / "b").exists()
    found = verify_release(quotes, texts=folder)
    assert (found.problems, len(found.notes)) == ((), 1)
    assert "1 of 8 texts are not there, such as a" in found.notes[0]


@pytest.mark.parametrize("texts", ["none", "quotes", "file"])
def test_where_no_texts_can_be_is_told(quotes: Path, tmp_path: Path, texts: str) -> None:
    (tmp_path / "file").write_text("no ledger")
    with pytest.raises((ReleaseError, LedgerError)):
        rebuild_release(quotes, tmp_path / "b", texts=quotes if texts == "quotes" else tmp_path / texts)
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


# ------------------------------------------------------------------ checking


def test_what_is_as_it_was_released_is_told_so(whole: Path, quotes: Path) -> None:
    found = verify_release(whole)
    assert (found.problems, found.notes) == ((), ())
    assert found.sha256 == digest_of(whole / MANIFEST)
    found = verify_release(quotes)
    assert found.problems == ()
    assert "quotes of 9 claims could not be held against them" in found.notes[0]


def test_every_file_that_was_changed_or_lost_is_named(whole: Path, mine: Path) -> None:
    for name in bytes_of(whole):
        if name == MANIFEST:
            continue
        path = mine / name
        data = path.read_bytes()
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        assert verify_release(mine).problems == (f"{name} is not the file that was released",)
        path.write_bytes(data + b"x")
        assert verify_release(mine).problems == (f"{name} has {len(data) + 1:,} bytes and not {len(data):,}",)
        path.unlink()
        assert verify_release(mine).problems == (f"{name} is missing",)
        path.write_bytes(data)
    assert verify_release(mine).problems == ()


def test_what_lies_there_beside_is_noted(mine: Path) -> None:
    (mine / "notes.txt").write_text("mine")
    assert verify_release(mine).notes == ("notes.txt is no part of the release",)


def test_numbers_that_are_not_those_of_the_manifest_are_told(mine: Path) -> None:
    changed(mine / "events.parquet", lambda rows: rows[1:])
    (mine / "steps.csv").write_bytes((mine / "steps.csv").read_bytes() + b"4,now,add,x,,1,1,y\r\n")
    sealed(mine, "events.parquet", "steps.csv")
    problems = verify_release(mine).problems
    assert "events.parquet has 4 rows and not 5" in problems
    assert "steps.csv has 4 rows and not 3" in problems
    assert any("is in an event that is not there" in problem for problem in problems)


def test_claims_that_hang_in_the_air_are_told(mine: Path) -> None:
    changed(mine / "claims.parquet", lambda rows: [rows[0] | {"document_id": "nowhere"}, *rows[1:]])
    changed(mine / "events.parquet", lambda rows: [*rows[:-1], rows[-1] | {"claims_n": 7}])
    sealed(mine, "claims.parquet", "events.parquet")
    problems = verify_release(mine).problems
    assert any("is of a document that is not there: nowhere" in problem for problem in problems)
    assert any("rests on 7 claims, and" in problem for problem in problems)


@pytest.mark.parametrize("passes", [1, 5])
def test_a_quote_that_does_not_stand_in_its_text_is_told(
    mine: Path, monkeypatch: pytest.MonkeyPatch, passes: int
) -> None:
    monkeypatch.setattr(release_verify, "AT_ONCE", 9 // passes + 1)
    changed(mine / "claims.parquet", lambda rows: [rows[0] | {"start": 1}, rows[1] | {"quote": "Never."}, *rows[2:]])
    sealed(mine, "claims.parquet")
    problems = verify_release(mine).problems
    assert len(problems) == 2
    assert any("'struck' does not stand at 1 to" in problem for problem in problems)
    assert any("its sentence does not stand in the text" in problem for problem in problems)


def test_a_text_that_is_another_is_told(mine: Path) -> None:
    changed(mine / "documents.parquet", lambda rows: [rows[0] | {"text": "Another."}, *rows[1:]])
    sealed(mine, "documents.parquet")
    (problem,) = verify_release(mine).problems
    assert "1 of 8 texts are not there" in problem


def test_rows_of_csv_are_counted_as_a_strict_reader_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b'a,b\r\n1,"two\r\nlines ""and"" more"\r\n3,\r\n"\r\n\r\n",""\r\n')
    assert rows_in_csv(path) == 3
    path.write_bytes(b"a\r\n" + b"x\r\n" * 500_000)
    assert rows_in_csv(path) == 500_000


# ------------------------------------------------------------------ damage


@pytest.mark.parametrize("name", ["replay/claims.parquet", "replay/linking.json", "documents.parquet"])
def test_what_is_damaged_is_not_made_again(mine: Path, tmp_path: Path, name: str) -> None:
    data = (mine / name).read_bytes()
    (mine / name).write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(ReleaseError, match=f"is damaged: {name}"):
        rebuild_release(mine, tmp_path / "b", ledger=tmp_path / "x.casus")
    (mine / name).unlink()
    with pytest.raises(ReleaseError, match=f"is damaged: {name} is missing"):
        rebuild_release(mine, tmp_path / "b")
    assert [p.name for p in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("steps", {"run": None}),
        ("steps", {"kind": "reread"}),
        ("steps", {"kind": "nothing"}),
        ("steps", {"decision": "dec_none"}),
        ("documents", {"step": 99}),
        ("documents", {"record": "{}"}),
        ("documents", {"record": "no json"}),
        ("claims", {"document": "none"}),
        ("claims", {"record": '{"sentence":[0,9999]}'}),
        ("claims", {"id": "clm_other"}),
        ("decisions", {"subjects": "no json"}),
        ("decisions", {"action": "nothing"}),
        ("decisions", {"id": "dec_other"}),
        ("runs", {"id": None}),
    ],
)
def test_what_does_not_fit_together_is_told(mine: Path, tmp_path: Path, part: str, change: dict[str, Any]) -> None:
    name = f"replay/{part}.parquet"
    table = pq.read_table(mine / name)
    rows = table.to_pylist()
    rows[0].update(change)
    schema = pa.schema([field.with_nullable(True) for field in table.schema])
    pq.write_table(pa.Table.from_pylist(rows, schema), mine / name)
    sealed(mine, name)
    with pytest.raises(ReleaseError, match="cannot be made again"):
        rebuild_release(mine, tmp_path / "b", ledger=tmp_path / "x.casus")
    assert [p.name for p in tmp_path.iterdir()] == ["mine"]


def test_a_past_that_was_tampered_with_shows(mine: Path, tmp_path: Path) -> None:
    name = "replay/decisions.parquet"
    changed(mine / name, lambda rows: [rows[0] | {"after": "7"}, *rows[1:]])
    sealed(mine, name)
    again = rebuild_release(mine, tmp_path / "b")
    assert {"events.parquet", "decisions.csv"} <= set(again.differs)
    assert again.notes == ()


def test_linking_of_another_kind_is_told(mine: Path, tmp_path: Path) -> None:
    path = mine / "replay" / "linking.json"
    path.write_text(path.read_text("utf-8").replace('"same day"', '"same hour"'), "utf-8")
    sealed(mine, "replay/linking.json")
    with pytest.raises(ReleaseError, match="weights of linking"):
        rebuild_release(mine, tmp_path / "b")
