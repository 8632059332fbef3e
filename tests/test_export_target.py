"""Where exports go: files, folders and archives, there whole or not at all, and never over what somebody keeps."""

from __future__ import annotations

import io
import os
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from casus.errors import ExportError, OutputError, UsageError
from casus.events import Event
from casus.export import FORMATS, Options, export
from casus.export.columns import codebook_rows
from casus.export.job import Job
from casus.ledger.flat import COLUMNS, TABLES, Table, flat_size
from casus.ledger.ledger import Ledger
from tests.exported import same_as_golden, sample


@pytest.fixture(scope="module")
def ledger() -> Iterator[Ledger]:
    with sample() as made:
        yield made


def made(ledger: Ledger, format: str, table: Table | None = None) -> bytes:
    out = io.BytesIO()
    export(ledger, format, out, options=Options(table))
    return out.getvalue()


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_a_folder_gets_all_tables_and_a_codebook(ledger: Ledger, format: str, tmp_path: Path) -> None:
    done = export(ledger, format, tmp_path / "out")
    assert done.rows == {table: flat_size(ledger, table) for table in TABLES}
    ending = FORMATS[format].ending
    for table in TABLES:
        assert (tmp_path / "out" / f"{table}{ending}").read_bytes() == made(ledger, format, table)
    same_as_golden("codebook.csv", (tmp_path / "out" / "codebook.csv").read_bytes())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out"]
    assert len(list((tmp_path / "out").iterdir())) == 5


def test_a_codebook_goes_only_with_the_columns_that_it_tells_of(ledger: Ledger, tmp_path: Path) -> None:
    export(ledger, "jsonl", f"{tmp_path}/out/")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted(f"{table}.jsonl" for table in TABLES)
    told = {row[1] for row in codebook_rows(with_text=True) if row[0] == "documents"}
    assert told == {column.name for column in COLUMNS["documents"]}


def test_an_archive_holds_the_same_files(ledger: Ledger, tmp_path: Path) -> None:
    for name in ("a.zip", "b.ZIP"):
        export(ledger, "csv", tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.ZIP").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [*(f"{table}.csv" for table in TABLES), "codebook.csv"]
        assert archive.read("claims.csv") == made(ledger, "csv", "claims")


def test_what_is_there_is_kept_unless_it_may_be_overwritten(ledger: Ledger, tmp_path: Path) -> None:
    path, folder = tmp_path / "x.csv", tmp_path / "out"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    for target in (path, folder / "claims.csv"):
        target.write_text("old")
    for target in (path, folder):
        with pytest.raises(UsageError, match="is there already"):
            export(ledger, "csv", target)
        export(ledger, "csv", target, overwrite=True)
    assert path.read_bytes() == made(ledger, "csv")
    assert (folder / "claims.csv").read_bytes() == made(ledger, "csv", "claims")
    assert (folder / "mine.txt").read_text() == "mine"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "x.csv"]


def test_a_link_is_followed_and_kept(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    export(ledger, "csv", tmp_path / "link.csv", overwrite=True)
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_bytes() == made(ledger, "csv")


@pytest.mark.parametrize("name", ["x.csv", "x.zip", "out", "x.xlsx", "x.parquet"])
def test_a_file_is_there_whole_or_not_at_all(
    ledger: Ledger, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    format = name.partition(".")[2] if name in ("x.xlsx", "x.parquet") else "csv"

    def broken(job: Job) -> Iterator[Event]:
        raise ExportError("cannot go on")
        yield

    monkeypatch.setattr(Job, "rows", broken)
    with pytest.raises(ExportError, match="cannot go on"):
        export(ledger, format, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("format", "target", "table", "error"),
    [
        ("cvs", "x.csv", None, ExportError),
        ("geojson", "x.geojson", "claims", UsageError),
        ("geojson", "folder", None, UsageError),
        ("csv", "out", "claims", UsageError),
        ("csv", "x.zip", "claims", UsageError),
        ("csv", "none/x.csv", None, OutputError),
        ("csv", "none/out/", None, OutputError),
    ],
)
def test_what_cannot_be_is_told(
    format: str, target: str, table: Table | None, error: type[Exception], tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    with sample() as here, pytest.raises(error):
        export(here, format, f"{tmp_path}/{target}", options=Options(table))
    assert [p.name for p in tmp_path.rglob("*")] == ["folder"]


def test_a_ledger_is_not_written_over_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "x.casus"
    with sample(path) as here:
        with pytest.raises(UsageError, match="the ledger itself"):
            export(here, "csv", path, overwrite=True)
        assert here.events()


def test_a_pipe_with_a_name_is_written_to_as_it_is(ledger: Ledger, tmp_path: Path) -> None:
    pipe, got = tmp_path / "pipe", list[bytes]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    export(ledger, "csv", pipe)
    reader.join()
    assert got == [made(ledger, "csv")]
    assert pipe.is_fifo()
