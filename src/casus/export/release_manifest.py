"""The manifest of a release: what it is, of which state of a ledger, by which recipes; the digest of every file."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

from casus.errors import ReleaseError
from casus.ledger.queries import Filter

# of what a release holds and how it is laid out; another number is another layout
FORMAT = 1
MANIFEST = "manifest.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class About:
    """What people say of a release. `licence` is an SPDX name such as CC-BY-4.0, or words; `authors` are "Family,
    Given" for persons, else names of organisations."""

    title: str = ""
    authors: tuple[str, ...] = ()
    licence: str = ""
    doi: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """Which state of a ledger it is: number and time of its last step, and the digest of all steps (`flat_past`)."""

    step: int
    at: str
    digest: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """A recipe by which its documents were read and linked, and how many runs went by it."""

    package: str | None
    model: str | None
    codebook: str | None
    linking: str | None
    settings: str | None
    runs: int


@dataclass(frozen=True, slots=True)
class File:
    """A file of the release by its path within, with digest and size in bytes; `rows` of a table."""

    path: str
    sha256: str
    bytes: int
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that a release says of itself. `asked` is what was chosen of the ledger; nothing asked for is all of it.

    `made_by` are the versions on which the bytes of its files hang, `linking` the digest of the weights in force,
    `counts` rows by table.
    """

    name: str
    about: About
    state: State
    asked: Filter = field(default_factory=Filter)
    with_text: bool = False
    made_by: Mapping[str, str] = field(default_factory=dict)
    codebook: str = ""
    linking: str = ""
    recipes: Mapping[str, Recipe] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    files: tuple[File, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether it is all of its ledger, so that it can be made again from what is in it."""
        return self.asked == Filter()

    def file(self, path: str) -> File | None:
        """What it says of that file."""
        return next((f for f in self.files if f.path == path), None)


def write_manifest(manifest: Manifest) -> bytes:
    """The manifest as JSON: the same bytes for the same release."""
    told = {
        "format": FORMAT,
        "name": manifest.name,
        **asdict(manifest.about),
        "ledger": asdict(manifest.state),
        "filter": filter_fields(manifest.asked),
        "with_text": manifest.with_text,
        "made_by": dict(manifest.made_by),
        "codebook": manifest.codebook,
        "linking": manifest.linking,
        "recipes": {id_: asdict(recipe) for id_, recipe in sorted(manifest.recipes.items())},
        "counts": dict(manifest.counts),
        "files": [
            {k: v for k, v in asdict(file).items() if v is not None}
            for file in sorted(manifest.files, key=lambda file: file.path)
        ],
    }
    return f"{json.dumps(told, ensure_ascii=False, indent=2)}\n".encode()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the release in that folder. Raises ReleaseError where there is none that can be read."""
    path = folder / MANIFEST
    if not path.is_file():
        raise ReleaseError(f"{folder} is no release: there is no {MANIFEST} in it", "name the folder of a release")
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["format"] != FORMAT:
            hint = "update casus-events" if told["format"] > FORMAT else "use the version that made it"
            raise ReleaseError(f"{folder} is a release of format {told['format']}, and this Casus reads {FORMAT}", hint)
        return _manifest(told)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReleaseError(f"{path} cannot be read: {type(error).__name__} {error}") from error


def _manifest(told: Mapping[str, Any]) -> Manifest:
    about = About(told["title"], tuple(told["authors"]), told["licence"], told["doi"])
    state = told["ledger"]
    files = tuple(
        File(str(file["path"]), str(file["sha256"]), int(file["bytes"]), int(file["rows"]) if "rows" in file else None)
        for file in told["files"]
    )
    for file in files:
        # a release comes from others: it names nothing outside of its folder
        if not _NAME.fullmatch(file.path) or not _DIGEST.fullmatch(file.sha256):
            raise ValueError(f"{file.path!r} with the digest {file.sha256!r}")
    return Manifest(
        name=str(told["name"]),
        about=about,
        state=State(int(state["step"]), str(state["at"]), str(state["digest"])),
        asked=filter_of(told["filter"]),
        with_text=bool(told["with_text"]),
        made_by=dict(told["made_by"]),
        codebook=told["codebook"],
        linking=told["linking"],
        recipes={id_: Recipe(**recipe) for id_, recipe in told["recipes"].items()},
        counts={table: int(n) for table, n in told["counts"].items()},
        files=files,
    )


def filter_fields(asked: Filter) -> dict[str, Any]:
    """What is asked for, as plain values; only what is not as usual."""
    usual, out = Filter(), dict[str, Any]()
    for each in fields(Filter):
        value = getattr(asked, each.name)
        if value != getattr(usual, each.name):
            out[each.name] = value.isoformat() if isinstance(value, date) else value
    return out


def filter_of(told: Mapping[str, Any]) -> Filter:
    """The filter of which `filter_fields` made this."""
    given: dict[str, Any] = {}
    for name, value in told.items():
        given[name] = tuple(value) if isinstance(value, list) else value
    for name in ("since", "until"):
        if name in given:
            given[name] = date.fromisoformat(given[name])
    return Filter(**given)


def digest_of(path: Path) -> str:
    """SHA-256 of a file, 64 hexadecimal digits."""
    out = hashlib.sha256()
    with path.open("rb") as stream:
        while data := stream.read(_AT_ONCE):
            out.update(data)
    return out.hexdigest()
