"""Files, folders, globs and standard input become sources in a fixed order, and nothing vanishes unsaid."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from casus import sources
from casus.errors import TooLargeError
from casus.records import Failure
from casus.sources import Source, find, read_bytes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.txt", "a.HTML", "sub/z.jsonl", "sub/a.json", "photo.jpg", ".hidden/x.txt", ".x.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    return tmp_path


def names(folder: Path, *arguments: str) -> list[str]:
    items = find(arguments).items
    assert all(isinstance(item, Source) for item in items)
    return [item.name.removeprefix(f"{folder}/") for item in items if isinstance(item, Source)]


def test_a_folder_is_searched_through_sorted_and_says_what_it_passed_over(folder: Path) -> None:
    assert names(folder, str(folder)) == ["a.HTML", "b.txt", "sub/a.json", "sub/z.jsonl"]
    assert find([str(folder)]).passed_over == (folder / "photo.jpg",)


def test_a_file_that_is_named_is_read_whatever_its_name(folder: Path) -> None:
    assert names(folder, str(folder / "photo.jpg"), str(folder / ".x.txt")) == ["photo.jpg", ".x.txt"]


def test_globs_are_expanded_for_shells_that_do_not(folder: Path) -> None:
    assert names(folder, f"{folder}/*.txt", f"{folder}/**/*.json") == ["b.txt", "sub/a.json"]
    assert names(folder, f"{folder}/s*") == ["sub/a.json", "sub/z.jsonl"]


def test_a_file_whose_name_looks_like_a_glob_is_that_file(folder: Path) -> None:
    (folder / "report[1].txt").write_text("x")
    (folder / "report1.txt").write_text("x")
    assert names(folder, f"{folder}/report[1].txt") == ["report[1].txt"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.txt", "no such file"),
        ("*.xml", "no file matches"),
        ("only-photos", "no report in this folder"),
    ],
)
def test_what_is_not_there_is_a_failure(folder: Path, name: str, message: str) -> None:
    (folder / "only-photos").mkdir()
    (folder / "only-photos" / "a.jpg").write_text("x")
    (item,) = find([f"{folder}/{name}"]).items
    assert isinstance(item, Failure)
    assert message in item.message
    assert item.hint


def test_a_link_to_its_own_folder_is_not_followed(folder: Path) -> None:
    (folder / "sub" / "loop").symlink_to(folder, target_is_directory=True)
    assert len(names(folder, str(folder))) == 4


def test_a_dash_is_standard_input() -> None:
    (item,) = find(["-"]).items
    assert item == Source("<stdin>", None)
    assert read_bytes(Source("<stdin>", None), io.BytesIO(b"words")) == b"words"


def test_a_stream_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_FILE_BYTES", 1 << 20)
    with pytest.raises(TooLargeError):
        read_bytes(Source("zero", Path("/dev/zero")), io.BytesIO())
