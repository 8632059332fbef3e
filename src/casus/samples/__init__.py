"""Twelve sample reports on one exchange of strikes, shipped for `casus demo` and for trying things out."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from casus.errors import DataError

__all__ = ["Sample", "sample_paths", "samples"]


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample report. `file` is its name in this package; `what` says in one line what it is."""

    file: str
    publisher: str
    published: date
    what: str

    @property
    def path(self) -> Path:
        """Where the file lies. Raises DataError where it does not."""
        # the wheel is installed unpacked, so the path outlives the context
        with as_file(files(__name__) / self.file) as path:
            if not path.is_file():
                raise DataError(f"the sample {self.file} is missing")
            return path

    @property
    def text(self) -> str:
        """The file as it stands, plain text or HTML."""
        return self.path.read_text(encoding="utf-8")


@cache
def samples() -> tuple[Sample, ...]:
    """The sample reports in the order of publication. Raises DataError where the index is malformed."""
    try:
        data = tomllib.loads((files(__name__) / "index.toml").read_text(encoding="utf-8"))
        return tuple(Sample(**entry) for entry in data["samples"])
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise DataError(f"the index of samples is malformed: {error!r}") from error


def sample_paths() -> tuple[Path, ...]:
    """The files of the sample reports in the order of publication."""
    return tuple(sample.path for sample in samples())
