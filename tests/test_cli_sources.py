"""Files, folders, globs and standard input become sources in a fixed order, and nothing vanishes unsaid."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casus.config import Config
from casus.pipeline import take_in
from casus.records import Failure
from casus.sources import Source, find, opened


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
    with opened(Source("<stdin>", None), io.BytesIO(b"words")) as (stream, size):
        assert (stream.read(), size) == (b"words", None)


def test_a_stream_without_end_is_one_failure(tmp_path: Path) -> None:
    source = Source("zero", Path("/dev/zero"))
    (failure,) = [made for _, made in take_in([source], Config(cache=tmp_path), stdin=io.BytesIO())]
    assert isinstance(failure, Failure)
    assert failure.code == "too-large"


@pytest.fixture
def locked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that may not be looked into; only pretended, because root may look into any."""
    locked = folder / "sub" / "locked"
    locked.mkdir()
    (locked / "a.txt").write_text("x")

    def barred(call: Callable[..., Any], *, itself: bool) -> Callable[..., Any]:
        def called(path: Any = ".", *arguments: Any, **named: Any) -> Any:
            at = str(path)
            if at.startswith(f"{locked}/") or (itself and at == str(locked)):
                raise PermissionError(errno.EACCES, "Permission denied", at)
            return call(path, *arguments, **named)

        return called

    monkeypatch.setattr(os, "scandir", barred(os.scandir, itself=True))
    monkeypatch.setattr(os, "listdir", barred(os.listdir, itself=True))
    monkeypatch.setattr(os, "stat", barred(os.stat, itself=False))
    return locked


@pytest.mark.parametrize(
    ("name", "item"),
    [
        ("locked", "locked"),
        ("locked/a.txt", "locked/a.txt"),
        ("locked/*.txt", "locked"),
        ("locked/**/*.txt", "locked"),
        ("lock*/a.txt", "locked/a.txt"),
    ],
)
def test_what_may_not_be_opened_is_a_failure_and_stops_nothing(
    folder: Path, locked: Path, name: str, item: str
) -> None:
    failure, source = find([f"{locked.parent}/{name}", str(folder / "b.txt")]).items
    assert isinstance(failure, Failure)
    assert (failure.item, failure.code) == (f"{locked.parent}/{item}", "intake")
    assert "Permission denied" in failure.message
    assert isinstance(source, Source)


@pytest.mark.parametrize("name", ["", "/**", "/**/*.*"])
def test_a_folder_inside_that_may_not_be_opened_is_named_and_the_rest_read(
    folder: Path, locked: Path, name: str
) -> None:
    items = find([f"{folder}{name}"]).items
    assert {"b.txt", "sub/z.jsonl"} <= {i.name.removeprefix(f"{folder}/") for i in items if isinstance(i, Source)}
    assert [(i.item, i.message) for i in items if isinstance(i, Failure)] == [
        (str(locked), "cannot be opened: Permission denied")
    ]


@pytest.mark.parametrize("name", ["x" * 5_000, "x" * 5_000 + "*", "~nobody-of-this-name/a.txt", "a\0b", ""])
def test_a_name_that_can_be_none_is_a_failure(folder: Path, name: str) -> None:
    failure, source = find([name, str(folder / "b.txt")]).items
    assert isinstance(failure, Failure)
    assert isinstance(source, Source)
    # a pasted report is not echoed back
    assert 0 < len(failure.item) < 400


def test_a_file_that_may_be_called_like_a_home_is_that_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (folder / "~nobody-of-this-name").mkdir()
    (folder / "~nobody-of-this-name" / "a.txt").write_text("x")
    assert names(folder, "~nobody-of-this-name/a.txt") == ["~nobody-of-this-name/a.txt"]


def test_each_file_is_found_once_however_it_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (folder / "link.txt").symlink_to("b.txt")
    assert names(folder, "b.txt", "./b.txt", str(folder / "b.txt"), "link.txt", "*.txt", "-", "-") == [
        "b.txt",
        "<stdin>",
    ]
    assert names(folder, "sub", "sub/../sub/a.json", ".") == ["sub/a.json", "sub/z.jsonl", "a.HTML", "b.txt"]


def test_two_stars_at_the_end_are_the_folder(folder: Path) -> None:
    found = find([f"{folder}/**"])
    assert found == find([str(folder)])
    assert len(found.items) == 4
    assert found.passed_over == (folder / "photo.jpg",)
    assert names(folder, f"{folder}/**/**/*.json") == ["sub/a.json"]


def test_what_is_read_was_not_passed_over(folder: Path) -> None:
    assert find([str(folder), str(folder), str(folder / "photo.jpg")]).passed_over == ()


def test_a_link_in_a_circle_is_not_followed_by_a_glob(folder: Path) -> None:
    (folder / "sub" / "loop").symlink_to(folder, target_is_directory=True)
    assert names(folder, f"{folder}/**/*.txt") == ["b.txt"]


def test_a_pipe_is_read_only_where_it_is_named(folder: Path) -> None:
    pipe = folder / "sub" / "pipe.txt"
    os.mkfifo(pipe)
    for argument in (folder, folder / "sub" / "*", folder / "**"):
        found = find([str(argument)])
        assert str(pipe) not in {item.name for item in found.items if isinstance(item, Source)}
        assert pipe in found.passed_over
    assert find([str(pipe)]).items == (Source(str(pipe), pipe),)
