"""Where an export goes: a file, a folder or an archive of several, there whole or not at all."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from casus.errors import OutputError, UsageError
from casus.export.columns import write_codebook
from casus.export.job import Format, Job, Writer, Written

CODEBOOK = "codebook.csv"
# the first day that an archive can hold: the same archive whenever it is made
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def is_archive(target: str | Path) -> bool:
    """Whether the path is that of an archive of several files."""
    return str(target).lower().endswith(".zip")


def is_folder(target: str | Path) -> bool:
    """Whether the path is that of a folder: it is one, ends as one, or has no ending and is nothing else."""
    path = Path(target)
    return path.is_dir() or str(target).endswith(("/", os.sep)) or not (path.suffix or path.exists())


def into_file(writer: Writer, job: Job, path: Path, *, overwrite: bool) -> Written:
    """One file. A path that is a pipe or a device is written to as it is."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder", "name a file")
    with told_of(path):
        if path.exists() and not path.is_file():
            with path.open("wb") as out:
                return writer.write(job, out)
        _free(path, overwrite)
        with _whole(path) as out:
            return writer.write(job, out)


def into_folder(chosen: Format, writer: Writer, job: Job, folder: Path, *, overwrite: bool) -> Written:
    """A file for each table, and the codebook. Other files of the folder are left as they are."""
    _one_table_only(job, folder)
    names = [f"{table}{chosen.ending}" for table in chosen.tables] + [CODEBOOK] * chosen.codebook
    with told_of(folder):
        for name in names:
            _free(folder / name, overwrite)
        made = not folder.exists()
        part = beside(folder)
        part.mkdir()
        try:
            told = []
            for table in chosen.tables:
                with (part / f"{table}{chosen.ending}").open("wb") as out:
                    told.append(writer.write(job.of(table), out))
            if chosen.codebook:
                with (part / CODEBOOK).open("wb") as out:
                    write_codebook(out, with_text=job.options.with_text)
            if made:
                part.rename(folder)
            else:
                for name in names:
                    (part / name).replace(folder / name)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return _together(told)


def into_archive(chosen: Format, writer: Writer, job: Job, path: Path, *, overwrite: bool) -> Written:
    """The same files in one archive."""
    _one_table_only(job, path)
    with told_of(path):
        _free(path, overwrite)
        with _whole(path) as out, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            told = []
            for table in chosen.tables:
                with _member(archive, f"{table}{chosen.ending}") as part:
                    told.append(writer.write(job.of(table), part))
            if chosen.codebook:
                with _member(archive, CODEBOOK) as part:
                    write_codebook(part, with_text=job.options.with_text)
    return _together(told)


@contextmanager
def _member(archive: zipfile.ZipFile, name: str) -> Iterator[BinaryIO]:
    info = zipfile.ZipInfo(name, _LONG_AGO)
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    with archive.open(info, "w", force_zip64=True) as part:
        yield cast(BinaryIO, part)


def _one_table_only(job: Job, path: Path) -> None:
    table = job.options.table
    if table is not None:
        raise UsageError(f"{path} is for all tables", f"name a file for one, or leave out --table {table}")


def _together(told: list[Written]) -> Written:
    rows = {table: n for each in told for table, n in each.rows.items()}
    return Written(rows, tuple(dict.fromkeys(note for each in told for note in each.notes)))


def _free(path: Path, overwrite: bool) -> None:
    if path.is_dir():
        raise UsageError(f"{path} is a folder", "name a file")
    if path.exists() and not overwrite:
        raise UsageError(f"{path} is there already", "name another, or --force to write over it")


def beside(path: Path) -> Path:
    """A name in the same folder, for what is not whole yet."""
    there = path.resolve()
    return there.with_name(f".{there.name}.{os.getpid()}.part")


@contextmanager
def _whole(path: Path) -> Iterator[BinaryIO]:
    """A stream to a file that takes the path's place when all of it is written."""
    part = beside(path)
    try:
        with part.open("xb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        part.replace(path.resolve())
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def told_of(path: Path) -> Iterator[None]:
    """What the system says, as one of our errors; a pipe that was closed is none."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        why = f"there is no folder {path.resolve().parent}" if not path.resolve().parent.is_dir() else error.strerror
        raise OutputError(f"{path} cannot be written: {why}") from error
