"""From what a user types (files, folders, globs, `-`) to the files to read, in a fixed order."""

from __future__ import annotations

import errno
import glob
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatch
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import BinaryIO

from casus.errors import IntakeError
from casus.records import Failure

# In a folder only files named like a report, or like what reports come in, are read; a file that is named itself is
# always read. Of a name with several endings the last one counts ("crawl.warc.gz").
SUFFIXES = frozenset({
    ".txt", ".text", ".md", ".html", ".htm", ".xhtml", ".mhtml", ".mht", ".json", ".jsonl", ".ndjson", ".pdf", ".rss",
    ".atom", ".xml", ".opml", ".csv", ".tsv", ".xlsx", ".warc", ".wacz", ".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz",
    ".mbox", ".eml",
})  # fmt: skip

STDIN_NAME = "<stdin>"

# pairs of our name of a field and that of a table or of JSON
Fields = tuple[tuple[str, str], ...]

# A path in a message: real ones have rarely more, and a whole report pasted as an argument helps nobody.
_SHOWN_CHARS = 300
_ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR})


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read, under the name a person knows it by; `path` is None for standard input.

    `published` and `publisher` are what the user says of it, which goes before what it says of itself; `fields` maps
    our names of fields to those of a table or of JSON.
    """

    name: str
    path: Path | None
    published: date | None = None
    publisher: str | None = None
    fields: Fields = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What was asked for: sources and failures in order, and files in folders that are no reports."""

    items: tuple[Source | Failure, ...]
    passed_over: tuple[Path, ...]


def find(
    arguments: Sequence[str], *, published: date | None = None, publisher: str | None = None, fields: Fields = ()
) -> Found:
    """Every file that `arguments` name, each once: folders are searched through, sorted; globs are expanded here too.

    What cannot be looked at becomes a Failure in its place and stops nothing.
    """
    search = _Search(published, publisher, fields)
    for argument in arguments:
        search.look(argument)
    return search.found()


@contextmanager
def opened(source: Source, stdin: BinaryIO) -> Iterator[tuple[BinaryIO, int | None]]:
    """The bytes of a source, and how many there are where that is known. Raises OSError."""
    if source.path is None:
        yield stdin, None
        return
    with source.path.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        yield stream, size or None


@dataclass(slots=True)
class _Search:
    """What was found so far; a file is known by what it is, so that another way to name it adds nothing."""

    published: date | None
    publisher: str | None
    fields: Fields
    items: list[Source | Failure] = field(default_factory=list)
    read: set[object] = field(default_factory=set)
    passed_over: dict[object, Path] = field(default_factory=dict)

    def found(self) -> Found:
        return Found(tuple(self.items), tuple(p for key, p in self.passed_over.items() if key not in self.read))

    def look(self, argument: str) -> None:
        """Add what one argument names, or the failure in its place."""
        if argument == "-":
            self._add(STDIN_NAME, None, STDIN_NAME)
            return
        path = _at_home(argument)
        # an empty argument is a shell's variable that holds nothing, not the folder one is in
        status = _status(path) if argument else OSError(errno.ENOENT, "")
        # a file whose name holds a bracket is that file, not a pattern
        if isinstance(status, OSError) and glob.has_magic(argument):
            self._pattern(argument, path)
        elif isinstance(status, OSError):
            self._fail(argument, status)
        elif not S_ISDIR(status.st_mode):
            self._add(str(path), path, _key(path, status))
        elif not self._folder(path):
            hint = f"files read: {' '.join(sorted(SUFFIXES))}"
            self.items.append(_failure(argument, "no report in this folder", hint))

    def _pattern(self, argument: str, path: Path) -> None:
        """Add what matches a pattern; only if there is nothing at all to say of it, it is a failure."""
        hits = list(_matching(path))
        told = False
        for hit in sorted((h for h in hits if isinstance(h, Path)), key=str):
            told = self._hit(hit) or told
        for error in hits:
            if isinstance(error, OSError):
                self._fail(_culprit(error, argument), error)
                told = True
        if not told:
            message = "no report in what matches this pattern" if hits else "no file matches this pattern"
            self.items.append(_failure(argument, message, "check the pattern"))

    def _hit(self, path: Path) -> bool:
        """Whether there was anything to say of a path that nobody named in full."""
        status = _status(path)
        if isinstance(status, OSError):
            self._fail(str(path), status)
            return True
        if S_ISDIR(status.st_mode):
            return self._folder(path)
        # a pipe may never end, a device neither: only who names them can mean them
        if S_ISREG(status.st_mode):
            self._add(str(path), path, _key(path, status))
            return True
        self.passed_over[_key(path, status)] = path
        return False

    def _folder(self, folder: Path) -> bool:
        """Whether there was anything to say of what stands below a folder."""
        told = False
        for file in _files(folder):
            if isinstance(file, OSError):
                self._fail(_culprit(file, str(folder)), file)
                told = True
            elif file.suffix.lower() in SUFFIXES:
                told = self._hit(file) or told
            else:
                status = _status(file)
                self.passed_over[str(file) if isinstance(status, OSError) else _key(file, status)] = file
        return told

    def _add(self, name: str, path: Path | None, key: object) -> None:
        if key not in self.read:
            self.read.add(key)
            self.items.append(Source(name, path, self.published, self.publisher, self.fields))

    def _fail(self, name: str, error: OSError) -> None:
        if error.errno in _ABSENT:
            web = "://" in name
            hint = "`casus watch` follows feeds; no other command fetches anything" if web else "check the path"
            self.items.append(_failure(name, "no such file or folder", hint))
            return
        reason = error.strerror or type(error).__name__
        self.items.append(_failure(name, f"cannot be opened: {reason}", "check the path and its permissions"))


def _at_home(argument: str) -> Path:
    """The path with `~` filled in; where there is no such user it is a letter like any other, as in a shell."""
    try:
        return Path(argument).expanduser()
    except RuntimeError:
        return Path(argument)


def _status(path: Path) -> os.stat_result | OSError:
    """What a path leads to, links followed, or why that cannot be told."""
    try:
        return path.stat()
    except OSError as error:
        return error
    except ValueError:  # a NUL in the name
        return OSError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))


def _culprit(error: OSError, named: str) -> str:
    """The folder that somebody has to look at, below the one that was named."""
    return os.fsdecode(error.filename) if error.filename else named


def _key(path: Path, status: os.stat_result) -> object:
    # some file systems number nothing
    return (status.st_dev, status.st_ino) if status.st_ino else os.path.realpath(path)


def _files(folder: Path) -> Iterator[Path | OSError]:
    """The files below a folder, and in its place each folder that cannot be listed; hidden ones are not looked
    at, links to folders not followed."""
    for at in _folders(folder):
        if isinstance(at, OSError):
            yield at
        else:
            yield from (Path(at[0], name) for name in sorted(at[1]) if not name.startswith("."))


def _folders(folder: Path) -> Iterator[tuple[str, list[str]] | OSError]:
    """A folder and those below it, each with the names of its files."""
    errors: list[OSError] = []
    for at, folders, files in os.walk(folder, onerror=errors.append):
        yield from errors
        errors.clear()
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield at, files
    yield from errors


def _matching(pattern: Path) -> Iterator[Path | OSError]:
    """What matches a pattern, and the folders that had to be looked into and could not.

    Our own, because `glob` passes over in silence what it may not list, and follows links in a circle.
    """
    parts = pattern.parts
    first = next((n for n, part in enumerate(parts) if glob.has_magic(part)), len(parts))
    yield from _below(Path(*parts[:first]), parts[first:])


def _below(folder: Path, parts: Sequence[str]) -> Iterator[Path | OSError]:
    if not parts:
        yield folder
        return
    part, rest = parts[0], parts[1:]
    if part == "**":
        while rest and rest[0] == "**":
            rest = rest[1:]
        yield from _anywhere_below(folder, rest)
    elif glob.has_magic(part):
        try:
            names = os.listdir(folder)  # noqa: PTH208 - names are all that is asked
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            yield error
            return
        for name in names:
            if fnmatch(name, part) and (part.startswith(".") or not name.startswith(".")):
                yield from _below(folder / name, rest)
    else:
        status = _status(folder / part)
        if not isinstance(status, OSError):
            yield from _below(folder / part, rest)
        elif status.errno not in _ABSENT:
            yield status


def _anywhere_below(folder: Path, rest: Sequence[str]) -> Iterator[Path | OSError]:
    """What `**/rest` matches; `**` at the end stands for all that is below, as the folder alone does."""
    status = _status(folder)
    if isinstance(status, OSError):
        yield from () if status.errno in _ABSENT else (status,)
    elif not S_ISDIR(status.st_mode):
        return
    elif not rest:
        yield folder
    else:
        for at in _folders(folder):
            yield from (at,) if isinstance(at, OSError) else _below(Path(at[0]), rest)


def _failure(item: str, message: str, hint: str) -> Failure:
    shown = item[:_SHOWN_CHARS] + "…" * (len(item) > _SHOWN_CHARS) or "''"
    return Failure("intake", shown, IntakeError.code, message, hint, source=item)
