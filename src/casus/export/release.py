"""A release: documents, claims, decisions and events of a ledger, frozen in a folder that can be cited and checked.

    make_release(ledger, "exchange-2024", "exchange-2024", about=About(licence="CC-BY-4.0"))

The same ledger gives the same bytes: dates come from its last step, and nothing of the clock or the machine is in it.
`release_verify` checks a release, `release_rebuild` makes it again from what is in it, `release_diff` compares two.
"""

from __future__ import annotations

import os
import re
import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from casus.codebook import Codebook
from casus.errors import UsageError
from casus.export import csv_native
from casus.export.cells import Cell, batches
from casus.export.columns import TYPES, made_by, write_codebook
from casus.export.job import Job, Options, _quiet
from casus.export.release_manifest import MANIFEST, About, File, Manifest, Recipe, State, digest_of, write_manifest
from casus.export.release_papers import papers
from casus.export.target import CODEBOOK, beside, told_of
from casus.ledger.feed import CHANGES, changes
from casus.ledger.flat import TABLES, Column, snapshot
from casus.ledger.flat_past import (
    DECISIONS,
    RUNS,
    STEPS,
    Chosen,
    FlatRun,
    chosen,
    flat_decisions,
    flat_runs,
    flat_steps,
)
from casus.ledger.ledger import Ledger
from casus.ledger.queries import Filter
from casus.ledger.replay import PARTS, Linking, rows_of

# the tables that a release has beside those of exports, what they hold and their columns
PAST: Mapping[str, tuple[str, tuple[Column, ...]]] = {
    "decisions": ("What people decided, one row a decision.", DECISIONS),
    "changes": ("What became of events, one row a version of an event, by step.", CHANGES),
    "steps": ("What changed the ledger, one row a step.", STEPS),
    "runs": ("By which recipes documents were read and linked, one row a run.", RUNS),
}
REPLAY = "replay"
LINKING = f"{REPLAY}/linking.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class Made:
    """A release that was made: its folder, its manifest, the digest of that (which names the whole of it), and what a
    person should know."""

    folder: Path
    manifest: Manifest
    sha256: str
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Folder:
    """The folder that a release is written into, and what is in it so far."""

    path: Path
    on_rows: Callable[[int], None]
    files: dict[str, File] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def put(self, name: str, data: bytes) -> None:
        """Writes a file that is no table."""
        with self.open(name) as out:
            out.write(data)

    def table(self, name: str, holds: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
        """Writes a table as Parquet and as CSV, both in one going."""
        from casus.export import parquet  # noqa: PLC0415 - a quarter of a second

        with (
            self.open(f"{name}.csv") as plain,
            self.open(f"{name}.parquet") as typed,
            parquet.Sink(name, holds, columns, typed) as one,
        ):
            other = csv_native.Sink(columns, plain)
            for some in batches(rows, parquet.BATCH):
                one.put(some)
                other.put(some)
                self.on_rows(one.n)
        self.counts[name] = one.n

    def part(self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
        """Writes what a replay reads, as Parquet."""
        from casus.export import parquet  # noqa: PLC0415 - a quarter of a second

        with (
            self.open(f"{REPLAY}/{name}.parquet") as out,
            parquet.Sink(name, "What the ledger is made anew of.", columns, out) as sink,
        ):
            for some in batches(rows, parquet.BATCH):
                sink.put(some)
        self.counts[f"{REPLAY}/{name}"] = sink.n

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """A stream to a file in it, which is on the disk at its end."""
        (self.path / name).parent.mkdir(exist_ok=True)
        with (self.path / name).open("xb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())

    def listed(self) -> tuple[File, ...]:
        """All files that are in it, with their digests."""
        for path in (p for p in self.path.rglob("*") if p.is_file()):
            name = path.relative_to(self.path).as_posix()
            if name not in self.files:
                rows = self.counts.get(name.rpartition(".")[0])
                self.files[name] = File(name, digest_of(path), path.stat().st_size, rows)
        return tuple(file for _, file in sorted(self.files.items()))


def make_release(
    ledger: Ledger,
    name: str,
    folder: str | Path,
    asked: Filter | None = None,
    about: About | None = None,
    *,
    with_text: bool = False,
    on_rows: Callable[[int], None] = _quiet,
) -> Made:
    """Freezes the ledger, or the events that are asked for with what tells them, in a new folder: whole or not at all.

    `asked` holds the ledger's own names (`asking.meant`); only a release of everything can be made again from what is
    in it. Texts of documents are in it only `with_text`; names of those who decided always. Raises UsageError where
    the folder is there already or a word cannot be used, OutputError.
    """
    path, about = Path(folder), about or About()
    check_words(name, about)
    if path.exists() or path.is_symlink():
        raise UsageError(f"{path} is there already", "name another folder with -o: a release is never written over")
    with told_of(path), snapshot(ledger):
        part = beside(path)
        part.mkdir()
        try:
            made = _fill(
                _Folder(part, on_rows), Job(ledger, asked or Filter(), Options(with_text=with_text)), name, about
            )
            part.rename(path)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return replace(made, folder=path)


def check_words(name: str, about: About) -> None:
    """Raises UsageError for words that cannot stand in a release."""
    if not _NAME.fullmatch(name):
        hint = "letters, digits, dots, dashes and underscores, such as exchange-2024.1"
        raise UsageError(f"{name!r} cannot be the name of a release", hint)
    for what, word in (("title", about.title), ("doi", about.doi), *(("author", a) for a in about.authors)):
        if not word.isprintable() or (what == "author" and not word.strip()):
            raise UsageError(f"the {what} {word!r} is no line of text", "letters and signs on one line")
    if any(not (c.isprintable() or c in "\n\t") for c in about.licence):
        raise UsageError("the licence holds signs that are no text", "give it as plain text")


def _fill(folder: _Folder, job: Job, name: str, about: About) -> Made:
    """Writes all of it, the manifest last."""
    ledger, only = job.ledger, chosen(job.ledger, job.asked)
    for table, holds in TABLES.items():
        each = job.of(table)
        folder.table(table, holds, each.columns(), each.rows())
    for past, rows in _past(ledger, only).items():
        folder.table(past, *PAST[past], rows)
    counts = dict(folder.counts)
    if only is None:
        _replay(folder, ledger)
    with folder.open(CODEBOOK) as out:
        write_codebook(out, with_text=job.options.with_text, more=codebook_of_past())
    manifest = _manifest(job, name, about, counts)
    for paper, data in papers(replace(manifest, files=folder.listed())).items():
        folder.put(paper, data)
    manifest = replace(manifest, files=folder.listed())
    folder.put(MANIFEST, write_manifest(manifest))
    return Made(folder.path, manifest, digest_of(folder.path / MANIFEST), tuple(_notes(manifest)))


def _past(ledger: Ledger, only: Chosen | None) -> dict[str, Iterable[Sequence[Cell]]]:
    return {
        "decisions": flat_decisions(ledger, only),
        "changes": changes(ledger, only=None if only is None else only.numbers),
        "steps": flat_steps(ledger),
        "runs": flat_runs(ledger),
    }


def _replay(folder: _Folder, ledger: Ledger) -> None:
    """What the ledger can be made anew of, the weights of linking and who is part of whom among it."""
    for part, columns in PARTS.items():
        folder.part(part, columns, rows_of(ledger, part))
    folder.put(LINKING, Linking.of(ledger).to_json())


def codebook_of_past() -> list[tuple[str, str, str, str, str]]:
    """Rows of the codebook on the tables that only a release has."""
    tables = {table: columns for table, (_, columns) in PAST.items()}
    tables |= {f"{REPLAY}/{part}": columns for part, columns in PARTS.items()}
    return [
        (table, c.name, TYPES[c.kind], "yes" if c.optional else "no", c.meaning)
        for table, columns in tables.items()
        for c in columns
    ]


def _manifest(job: Job, name: str, about: About, counts: Mapping[str, int]) -> Manifest:
    import pyarrow as pa  # noqa: PLC0415 - a quarter of a second

    ledger = job.ledger
    return Manifest(
        name=name,
        about=about,
        state=state_of(ledger),
        asked=job.asked,
        with_text=job.options.with_text,
        made_by={"casus": made_by(), "pyarrow": pa.__version__},
        codebook=Codebook.load().digest,
        linking=Linking.of(ledger).weights.digest,
        recipes=_recipes(flat_runs(ledger)),
        counts=counts,
    )


def state_of(ledger: Ledger) -> State:
    """The state that a ledger is in."""
    last = deque(flat_steps(ledger), maxlen=1)
    return State(last[0].step, last[0].at, last[0].digest) if last else State(0, "", "")


def _recipes(runs: Iterable[FlatRun]) -> dict[str, Recipe]:
    out = dict[str, Recipe]()
    for run in runs:
        before = out.get(run.recipe_id)
        n = before.runs + 1 if before else 1
        out[run.recipe_id] = Recipe(run.package, run.model, run.codebook, run.linking, run.settings, n)
    return out


def _notes(manifest: Manifest) -> Iterator[str]:
    """What a person should know of it."""
    if not manifest.about.licence:
        yield "no licence was given, so nobody may use it: --licence CC-BY-4.0, say"
    if not manifest.counts["events"]:
        yield "there is no event in it"
    linked = {(recipe.package, recipe.linking) for recipe in manifest.recipes.values()}
    if manifest.whole and len(linked) > 1:
        yield (
            "the ledger was filled by several versions of Casus, and may come out otherwise when it is made again; "
            "`casus rebuild` makes it the work of one"
        )
