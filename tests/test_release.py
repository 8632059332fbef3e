"""Making a release: the same bytes for the same ledger, tables that others read, nothing that was not asked for."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
import yaml  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import settings as how

from casus.errors import OutputError, ReleaseError, UsageError
from casus.events import Event
from casus.export import parquet
from casus.export.cells import plain_cell
from casus.export.release import PAST, Made, codebook_of_past, make_release
from casus.export.release_manifest import MANIFEST, About, digest_of, filter_fields, filter_of, read_manifest
from casus.export.release_papers import KNOWN
from casus.ledger.feed import changes
from casus.ledger.flat import TABLES, Column, Table, columns_of, flat_rows
from casus.ledger.flat_past import flat_decisions, flat_runs, flat_steps
from casus.ledger.ledger import Ledger
from casus.ledger.queries import Filter
from casus.ledger.replay import PARTS
from tests.exported import same_as_golden, sample
from tests.papers import AT, Deed, paper
from tests.releases import Act, acts, bytes_of, deeds_of_papers, filled, more, papers, play, released, words_of
from tests.telling import KARACHI, SARAVAN

ROOT = Path(__file__).parent.parent
ABOUT = About("Strikes, told: a test", ("Doe, Jane", "The Strike Project"), "CC-BY-4.0", "10.5281/zenodo.123")


@pytest.fixture(scope="module")
def ledger() -> Iterator[Ledger]:
    with sample() as made:
        yield made


@pytest.fixture(scope="module")
def made(ledger: Ledger, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_release(ledger, "test-1", tmp_path_factory.mktemp("releases") / "test-1", about=ABOUT, with_text=True)


def rows(ledger: Ledger, table: str) -> tuple[tuple[Column, ...], list[tuple[Any, ...]]]:
    """The columns of a table, and its rows as the ledger has them."""
    if table in TABLES:
        named: Table = table  # type: ignore[assignment]
        return columns_of(named), list(flat_rows(ledger, named, with_text=True))
    found = {"decisions": flat_decisions, "changes": changes, "steps": flat_steps, "runs": flat_runs}
    return PAST[table][1], list(found[table](ledger))  # type: ignore[operator]


# ------------------------------------------------------------------ what is in it


def test_it_holds_these_files_and_no_others(made: Made) -> None:
    tables = [f"{table}.{ending}" for table in (*TABLES, *PAST) for ending in ("csv", "parquet")]
    replay = ["replay/linking.json", *(f"replay/{part}.parquet" for part in PARTS)]
    papers = ["CITATION.cff", "LICENCE", "README.md", "codebook.csv"]
    assert sorted(bytes_of(made.folder)) == sorted([*tables, *replay, *papers, MANIFEST])
    assert [file.path for file in made.manifest.files] == sorted([*tables, *replay, *papers])


@pytest.mark.parametrize("table", [*TABLES, *PAST])
def test_tables_are_read_back_as_they_were(ledger: Ledger, made: Made, table: str) -> None:
    columns, wanted = rows(ledger, table)
    names = [column.name for column in columns]
    expected = [dict(zip(names, row, strict=True)) for row in wanted]
    path = made.folder / f"{table}.parquet"
    assert expected or table == "conflicts"
    assert pq.read_table(path).to_pylist() == expected
    assert pl.read_parquet(path).to_dicts() == expected
    found = duckdb.read_parquet(str(path))
    assert [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()] == expected
    frame = pd.read_parquet(path, dtype_backend="pyarrow")
    assert frame.astype(object).where(frame.notna(), None).to_dict("records") == expected
    assert _strictly(made.folder / f"{table}.csv", columns) == expected


def _strictly(path: Path, columns: tuple[Column, ...]) -> list[dict[str, Any]]:
    """CSV, each cell of its column's type or empty where it may be."""
    take: dict[str, Any] = {
        "str": plain_cell, "int": int, "float": float, "date": date.fromisoformat,
        "bool": {"true": True, "false": False}.__getitem__,
    }  # fmt: skip
    with path.open(newline="", encoding="utf-8") as stream:
        head, *lines = csv.reader(stream, strict=True)
    assert head == [column.name for column in columns]
    out = []
    for line in lines:
        assert all(cell or column.optional for column, cell in zip(columns, line, strict=True))
        cells = zip(columns, line, strict=True)
        out.append({column.name: take[column.kind](cell) if cell else None for column, cell in cells})
    return out


def test_the_codebook_says_what_each_column_of_each_table_means(made: Made) -> None:
    with (made.folder / "codebook.csv").open(newline="", encoding="utf-8") as stream:
        told = {(row["table"], row["column"]): row for row in csv.DictReader(stream, strict=True)}
    for path in made.folder.rglob("*.parquet"):
        table = path.relative_to(made.folder).with_suffix("").as_posix()
        for field in pq.read_schema(path):
            row = told[table, field.name]
            assert row["meaning"] == field.metadata[b"description"].decode()
            assert row["empty"] == ("yes" if field.nullable else "no")
    assert ("type", "ASSAULT") in told
    assert len(codebook_of_past()) == len({row[:2] for row in codebook_of_past()})


def test_every_column_is_documented() -> None:
    page = (ROOT / "docs" / "releases.md").read_text(encoding="utf-8")
    for table, (_, columns) in PAST.items():
        assert f"`{table}`" in page
        for column in columns:
            assert f"| `{column.name}` | {column.meaning} |" in page, f"{table}: {column.name}"
    for part in PARTS:
        assert f"`replay/{part}.parquet`" in page


def test_the_manifest_says_what_it_is_of(ledger: Ledger, made: Made) -> None:
    told = json.loads((made.folder / MANIFEST).read_text("utf-8"))
    last = list(flat_steps(ledger))[-1]
    assert (told["format"], told["name"], told["filter"], told["with_text"]) == (1, "test-1", {}, True)
    assert told["ledger"] == {"step": 3, "at": last.at, "digest": last.digest}
    assert told["counts"] == {table: len(rows(ledger, table)[1]) for table in (*TABLES, *PAST)}
    assert [recipe["package"] for recipe in told["recipes"].values()] == ["test"]
    assert set(told["made_by"]) == {"casus", "pyarrow"}
    for file in told["files"]:
        data = (made.folder / file["path"]).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(data), digest_of(made.folder / file["path"]))
    assert made.sha256 == digest_of(made.folder / MANIFEST)
    assert read_manifest(made.folder) == made.manifest


def test_golden(made: Made) -> None:
    for name in ("decisions.csv", "changes.csv", "steps.csv", "runs.csv", "CITATION.cff", "LICENCE"):
        same_as_golden(f"release-{name}", (made.folder / name).read_bytes())


# ------------------------------------------------------------------ the same, whenever and wherever


@how(max_examples=15)
@given(deeds_of_papers, acts, more)
def test_made_twice_it_is_the_same(found: list[list[Deed]], wanted: list[Act], further: list[Deed]) -> None:
    import tempfile  # noqa: PLC0415 - a folder for each example

    with tempfile.TemporaryDirectory() as name, filled(":memory:", papers(found)) as ledger:
        play(ledger, wanted, further)
        one, other = (released(ledger, Path(name) / side, with_text=True) for side in "ab")
        assert bytes_of(one.folder) == bytes_of(other.folder)
        assert one.sha256 == other.sha256


_SCRIPT = """
import sys
from pathlib import Path
from tests.exported import sample
from tests.releases import Act, play, released
with sample() as ledger:
    play(ledger, [Act("merge", 0, 1), Act("rename"), Act("set", 1), Act("undo", 2)], [])
    print(released(ledger, Path(sys.argv[1]), with_text=True).sha256)
"""


def test_it_does_not_hang_on_the_seed_of_hashes(tmp_path: Path) -> None:
    found = set()
    for seed in ("0", "1"):
        command = [sys.executable, "-c", _SCRIPT, str(tmp_path / seed)]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        found.add(done.stdout)
    assert len(found) == 1


def test_it_is_of_one_moment(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sample(tmp_path / "x.casus") as mine, Ledger.open(tmp_path / "x.casus") as other:
        put = parquet.Sink.put

        def meanwhile(sink: parquet.Sink, some: Any) -> None:
            if not other.decisions()[2:]:
                other.set(other.events()[0].id, "killed", "77", by="bea", at=AT)
            put(sink, some)

        monkeypatch.setattr(parquet.Sink, "put", meanwhile)
        made = released(mine, tmp_path / "a")
        assert made.manifest.state.step == 3
        assert len(mine.decisions()) == 3
        monkeypatch.undo()
        assert made.sha256 == released(ledger, tmp_path / "b").sha256


# ------------------------------------------------------------------ whole or not at all


def test_nothing_is_written_over(ledger: Ledger, tmp_path: Path) -> None:
    released(ledger, tmp_path / "a")
    before = bytes_of(tmp_path)
    (tmp_path / "file").write_text("mine")
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to("nowhere")
    for name in ("a", "file", "empty", "link"):
        with pytest.raises(UsageError, match="there already"):
            released(ledger, tmp_path / name)
    assert {k: v for k, v in bytes_of(tmp_path).items() if k != "file"} == before


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_cannot_be_written_whole_is_not_there(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def full(sink: parquet.Sink, some: Any) -> None:
        raise error

    monkeypatch.setattr(parquet.Sink, "put", full)
    with pytest.raises(OutputError if isinstance(error, OSError) else KeyboardInterrupt):
        released(ledger, tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="there is no folder"):
        released(ledger, tmp_path / "none" / "a")


# ------------------------------------------------------------------ what people say of it


def test_the_citation_is_of_the_citation_file_format(made: Made) -> None:
    told = yaml.safe_load((made.folder / "CITATION.cff").read_text("utf-8"))
    assert {k: told[k] for k in ("cff-version", "type", "title", "version", "doi", "license")} == {
        "cff-version": "1.2.0", "type": "dataset", "title": ABOUT.title, "version": "test-1",
        "doi": "10.5281/zenodo.123", "license": "CC-BY-4.0",
    }  # fmt: skip
    assert str(told["date-released"]) == AT[:10]
    assert told["authors"] == [{"family-names": "Doe", "given-names": "Jane"}, {"name": "The Strike Project"}]
    assert "5 events, told by 9 claims of 8 news reports" in told["abstract"]


@pytest.mark.parametrize("title", ['A "title": of #1 – 🙂', "- x", "yes", "{a: b}", "\\n"])
def test_any_title_is_told_as_it_is(ledger: Ledger, tmp_path: Path, title: str) -> None:
    found = released(ledger, tmp_path / "a", about=About(title, (title,)))
    told = yaml.safe_load((found.folder / "CITATION.cff").read_text("utf-8"))
    assert (told["title"], told["authors"]) == (title, [{"name": title}])
    assert read_manifest(found.folder).about.title == title


@pytest.mark.parametrize("licence", [*KNOWN, "Ask Jane.\nOr John.", ""])
def test_the_licence_is_the_one_given(ledger: Ledger, tmp_path: Path, licence: str) -> None:
    found = released(ledger, tmp_path / "a", about=About(licence=licence))
    told, citation = ((found.folder / name).read_text("utf-8") for name in ("LICENCE", "CITATION.cff"))
    assert (licence or "No licence was given") in told
    assert all(part in told for part in KNOWN.get(licence, ()))
    assert "GeoNames" in told
    assert ("\nlicense: " in citation) == (licence in KNOWN)
    assert any("licence" in note for note in found.notes) == (licence == "")


@pytest.mark.parametrize("name", ["", "a/b", "..", ".x", "a b", "-x", "x" * 101, "ä", "a\n"])
def test_a_name_is_one_of_a_file(ledger: Ledger, tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name"):
        make_release(ledger, name, tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "about",
    [About("a\nb"), About(authors=("a\x1b[31m",)), About(authors=(" ",)), About(licence="\x07"), About(doi="\n")],
)
def test_what_is_no_line_of_text_is_refused(ledger: Ledger, tmp_path: Path, about: About) -> None:
    with pytest.raises(UsageError, match="text"):
        make_release(ledger, "a", tmp_path / "a", about=about)


def test_texts_and_private_things_leave_only_where_they_are_asked_for(ledger: Ledger, tmp_path: Path) -> None:
    plain, full = (words_of(released(ledger, tmp_path / str(t), with_text=t).folder) for t in (False, True))
    assert ("Other words." in plain, "Other words." in full) == (False, True)
    # the quotes do
    assert "PAK struck IRN in Saravan" in plain


def test_nothing_of_the_machine_is_in_it(tmp_path: Path) -> None:
    with sample(tmp_path / "secret-place.casus") as mine:
        told = words_of(released(mine, tmp_path / "a", with_text=True).folder)
    assert "secret-place" not in told
    assert str(tmp_path) not in told
    assert f"{date.today():%Y-%m-%d}" not in told


def test_a_ledger_that_several_versions_filled_is_told(tmp_path: Path) -> None:
    with sample() as mine:
        mine.begin({"package": "other"}, at=AT)
        assert any("several versions" in note for note in released(mine, tmp_path / "a").notes)


def test_a_release_of_nothing_is_told(tmp_path: Path) -> None:
    with filled(":memory:", []) as empty:
        found = released(empty, tmp_path / "a")
        assert "there is no event in it" in found.notes
        assert found.manifest.state.step == 0
        assert yaml.safe_load((found.folder / "CITATION.cff").read_text("utf-8")).get("date-released") is None


# ------------------------------------------------------------------ a part of a ledger


def _two_wars(path: Path) -> tuple[Ledger, list[Event]]:
    """Two strikes and a protest elsewhere, with decisions of all of them; the first two strikes were merged."""
    there = Deed("2024-01-18", SARAVAN, "PAK", "IRN", 9)
    protest = Deed("2024-01-20", KARACHI, "crowds", None, type="PROTEST")
    ledger = filled(path, [paper("a", Deed()), paper("b", there), paper("c", protest), paper("d", protest, lead="X.")])
    strike, other, march = ledger.events()
    ledger.merge(strike.id, other.id, by="ana", reason="one war", at=AT)
    ledger.set(march.id, "killed", "3", by="bea", reason="seen", at=AT)
    ledger.reject(march.claims[0], by="bea", reason="no paper", at=AT)
    ledger.undo(by="bea", at=AT)
    ledger.rename("IRN", "Persia", by="ana", at=AT)
    return ledger, [strike, other, march]


def test_a_part_holds_what_concerns_it_and_no_more(tmp_path: Path) -> None:
    ledger, (strike, other, march) = _two_wars(tmp_path / "x.casus")
    with ledger:
        asked = Filter(type="ASSAULT", since=date(2024, 1, 1), near=(26.97, 64.09, 300.0))
        found = make_release(ledger, "part", tmp_path / "a", asked)
    files = bytes_of(found.folder)
    assert not any(name.startswith("replay/") for name in files)
    read = {t: pq.read_table(found.folder / f"{t}.parquet").to_pylist() for t in (*TABLES, *PAST)}
    assert len(read["events"]) == 1
    assert {row["event_id"] for row in read["changes"]} == {strike.id, other.id}
    assert [row["action"] for row in read["decisions"]] == ["merge", "rename"]
    assert {row["document_id"] for row in read["documents"]} == {"a", "b"}
    assert read_manifest(found.folder).asked == asked
    assert "Chosen of its ledger: since 2024-01-01; type ASSAULT" in files["README.md"].decode()
    assert march.id not in words_of(found.folder)


def test_decisions_on_what_was_rejected_go_with_its_event(tmp_path: Path) -> None:
    ledger, (_, _, march) = _two_wars(tmp_path / "x.casus")
    with ledger:
        found = make_release(ledger, "part", tmp_path / "a", Filter(type="PROTEST"))
    read = pq.read_table(found.folder / "decisions.parquet").to_pylist()
    assert [(row["action"], row["in_force"]) for row in read] == [
        ("set", True), ("reject", False), ("undo", True), ("rename", True),
    ]  # fmt: skip
    assert [row["step"] for row in read] == [4, 5, 6, 7]
    assert read[0]["subjects"] == march.id


def test_a_filter_goes_into_a_manifest_and_back() -> None:
    asked = Filter(
        since=date(2024, 1, 1), until=date(2024, 2, 1), country="PAK", killed=2, disputed=True, umbrella=False,
        near=(1.5, 2.0, 3.0), text="a b", ids=("evt_1", "evt_2"), limit=5,
    )  # fmt: skip
    assert filter_of(json.loads(json.dumps(filter_fields(asked)))) == asked
    assert filter_fields(Filter()) == {}
    assert filter_fields(replace(Filter(), umbrella=False)) == {"umbrella": False}


# ------------------------------------------------------------------ manifests of others


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": 2}, "reads 1"),
        ({"format": "1"}, "cannot be read"),
        ({"files": [{"path": "../x", "sha256": "0" * 64, "bytes": 1}]}, "'../x'"),
        ({"files": [{"path": "/etc/passwd", "sha256": "0" * 64, "bytes": 1}]}, "passwd"),
        ({"files": [{"path": "x", "sha256": "0", "bytes": 1}]}, "digest"),
        ({"files": None}, "cannot be read"),
        ({"ledger": {}}, "cannot be read"),
        ({"filter": {"since": "tomorrow"}}, "cannot be read"),
        ({"filter": {"colour": "red"}}, "cannot be read"),
    ],
)
def test_a_manifest_that_is_none_is_told(made: Made, tmp_path: Path, change: dict[str, Any], words: str) -> None:
    told = json.loads((made.folder / MANIFEST).read_text("utf-8")) | change
    (tmp_path / MANIFEST).write_text(json.dumps(told))
    with pytest.raises(ReleaseError, match=r"release of format|cannot be read") as caught:
        read_manifest(tmp_path)
    assert words in str(caught.value)


def test_a_folder_without_a_manifest_is_no_release(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(ReleaseError, match="is no release"):
            read_manifest(folder)
    (tmp_path / MANIFEST).write_bytes(b"\xff{")
    with pytest.raises(ReleaseError, match="cannot be read"):
        read_manifest(tmp_path)
