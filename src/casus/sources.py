"""From what a user types (files, folders, globs, `-`) to the files to read, in a fixed order."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from casus.errors import IntakeError, TooLargeError
from casus.records import Failure

# In a folder only files named like a report are read; a file that is named itself is always read.
SUFFIXES = frozenset({".txt", ".text", ".md", ".html", ".htm", ".xhtml", ".json", ".jsonl", ".ndjson"})

# One file may hold many documents (JSON lines), so this is far above intake's limit on one document;
# it only stops an endless stream (/dev/zero) from filling the memory.
MAX_FILE_BYTES = 1 << 30

STDIN_NAME = "<stdin>"


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read, under the name a person knows it by; `path` is None for standard input.

    `published` and `publisher` are what the user says of it, which goes before what it says of itself.
    """

    name: str
    path: Path | None
    published: date | None = None
    publisher: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What was asked for: sources and failures in order, and files in folders that are no reports."""

    items: tuple[Source | Failure, ...]
    passed_over: tuple[Path, ...]


def find(arguments: Sequence[str], *, published: date | None = None, publisher: str | None = None) -> Found:
    """Every file that `arguments` name: folders are searched through, sorted; globs are expanded here too."""

    def source(name: str, path: Path | None) -> Source:
        return Source(name, path, published, publisher)

    items: list[Source | Failure] = []
    passed_over: list[Path] = []
    for argument in arguments:
        before = len(items)
        for path in _expand(argument):
            if path is None:
                items.append(source(STDIN_NAME, None))
            elif path.is_dir():
                reports, others = _search(path)
                items.extend(source(str(report), report) for report in reports)
                passed_over.extend(others)
            elif path.exists():
                items.append(source(str(path), path))
            else:
                items.append(_failure(argument, "no such file or folder", "check the path"))
        if len(items) == before:
            items.append(_nothing(argument))
    return Found(tuple(items), tuple(passed_over))


def read_bytes(source: Source, stdin: BinaryIO) -> bytes:
    """The whole of a source. Raises OSError, or TooLargeError past MAX_FILE_BYTES."""
    if source.path is None:
        data = stdin.read(MAX_FILE_BYTES + 1)
    else:
        with source.path.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise TooLargeError(f"more than {MAX_FILE_BYTES >> 20} MiB in one file")
    return data


def _expand(argument: str) -> Iterator[Path | None]:
    if argument == "-":
        yield None
        return
    path = Path(argument).expanduser()
    # a file whose name holds a bracket is that file, not a pattern
    if not path.exists() and glob.has_magic(argument):
        # Path.glob would want the pattern split into a folder that is there and the rest
        yield from (Path(hit) for hit in sorted(glob.glob(str(path), recursive=True)))  # noqa: PTH207
        return
    yield path


def _search(folder: Path) -> tuple[list[Path], list[Path]]:
    """The reports below a folder and its other files; hidden ones are not looked at, links not followed."""
    reports: list[Path] = []
    others: list[Path] = []
    for at, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith("."):
                path = Path(at, name)
                (reports if path.suffix.lower() in SUFFIXES else others).append(path)
    return reports, others


def _nothing(argument: str) -> Failure:
    if Path(argument).is_dir():
        return _failure(argument, "no report in this folder", f"files read: {' '.join(sorted(SUFFIXES))}")
    return _failure(argument, "no file matches this pattern", "check the pattern")


def _failure(item: str, message: str, hint: str) -> Failure:
    return Failure("intake", item, IntakeError.code, message, hint)
