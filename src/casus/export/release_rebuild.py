"""A release made again from what is in it: its ledger step by step in the recorded order, and of that the release.

Where the same versions do it, every file comes out as it was, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from casus.errors import DataError, LedgerError, RecordError, ReleaseError, SpanError, UsageError
from casus.export.release import LINKING, REPLAY, Made, make_release
from casus.export.release_manifest import MANIFEST, Manifest, digest_of, read_manifest
from casus.export.release_read import table_rows
from casus.export.release_texts import find_texts
from casus.export.release_verify import must_be_whole
from casus.export.target import beside, told_of
from casus.ledger.changing import Change
from casus.ledger.ledger import Ledger
from casus.ledger.replay import PARTS, Linking, lay_out, put_text, replay
from casus.ledger.store import Store


@dataclass(frozen=True, slots=True)
class Again:
    """A release that was made again. `differs`: the files that are not those of the first one, and `notes` on why that
    may be."""

    made: Made
    differs: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether every file is as it was, byte for byte."""
        return not self.differs


def rebuild_release(
    release: str | Path,
    folder: str | Path,
    *,
    texts: str | Path | None = None,
    ledger: str | Path | None = None,
    on_step: Callable[[int, int], None] | None = None,
) -> Again:
    """Makes the ledger of a release anew from what is in it, and of that the release again, in a new folder.

    `texts` holds the texts of its documents where it does not (`find_texts`). With `ledger` the ledger is kept there.
    `on_step` is told of each step that is done, and of how many there are. Raises ReleaseError, UsageError where
    folder or ledger are there already.
    """
    source, target = Path(release), Path(folder)
    manifest = read_manifest(source)
    if target.exists() or target.is_symlink():
        raise UsageError(f"{target} is there already", "name another folder with -o: a release is never written over")
    with told_of(target), TemporaryDirectory(prefix="casus-") as scratch:
        kept = Path(ledger) if ledger is not None else Path(scratch) / "again.casus"
        build_ledger(source, kept, texts=texts, on_step=on_step)
        linking = Linking.load(source / LINKING)
        with Ledger.open(kept, parents=linking.parents, weights=linking.weights) as there:
            made = make_release(there, manifest.name, target, about=manifest.about, with_text=manifest.with_text)
    return Again(made, _differs(source, manifest, made), tuple(_notes(manifest, made.manifest)))


def build_ledger(
    release: str | Path,
    ledger: str | Path,
    *,
    texts: str | Path | None = None,
    on_step: Callable[[int, int], None] | None = None,
) -> None:
    """Makes the ledger of which a release was made, in a new file: whole or not at all. Raises as `rebuild_release`."""
    source, path = Path(release), Path(ledger)
    manifest = read_manifest(source)
    if not manifest.whole:
        hint = "make it again with `casus release` from a ledger that holds all of it"
        raise ReleaseError(f"{source} is a part of its ledger, and cannot be made again from what is in it", hint)
    must_be_whole(source, manifest, LINKING, "documents.parquet", *(f"{REPLAY}/{part}.parquet" for part in PARTS))
    where = source if manifest.with_text else texts
    if where is None and manifest.counts.get("documents"):
        hint = "--texts names a folder, a ledger or a release that holds them; they are known by their SHA-256"
        raise ReleaseError(f"the texts are not in {source}, and claims cannot be linked without them", hint)
    if path.exists():
        raise UsageError(f"{path} is there already", "name another file")
    with told_of(path), TemporaryDirectory(prefix="casus-") as scratch, _damage(source):
        laid = _opened(Path(scratch) / "laid.casus")
        part = beside(path)
        try:
            _lay_out(laid, source, None if where is None else Path(where))
            linking, new = Linking.load(source / LINKING), _opened(part)
            try:
                replay(laid, Change(new, linking.parents, linking.weights), on_step)
            finally:
                new.close()
            part.rename(path)
        finally:
            laid.close()
            for ending in ("", "-wal", "-shm"):
                part.with_name(part.name + ending).unlink(missing_ok=True)


def _opened(path: Path) -> Store:
    """A ledger that is written in one going: what a crash would leave half done is thrown away."""
    store = Store.open(path, create=True)
    store.db.execute("PRAGMA synchronous = OFF")
    return store


@contextmanager
def _damage(release: Path) -> Iterator[None]:
    """What does not fit together in a release, as such."""
    try:
        yield
    except (LedgerError, RecordError, SpanError, DataError) as error:
        raise ReleaseError(f"{release} cannot be made again: {error.message}") from error
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise ReleaseError(f"{release} cannot be made again: {type(error).__name__} {error}") from error


def _lay_out(laid: Store, release: Path, where: Path | None) -> None:
    ids: dict[str, list[str]] = {}
    for id_, sha256 in table_rows(release, "documents", ["document_id", "text_sha256"]):
        ids.setdefault(sha256, []).append(id_)
    every = sum(map(len, ids.values()))

    def put_texts(store: Store) -> None:
        for sha256, text in find_texts(where, ids) if where is not None else ():
            for id_ in ids.pop(sha256, ()):
                put_text(store, id_, text)

    parts = {
        part: table_rows(release, f"{REPLAY}/{part}", [c.name for c in columns]) for part, columns in PARTS.items()
    }
    lay_out(laid, parts, put_texts)
    if ids:
        left = sorted(id_ for found in ids.values() for id_ in found)
        hint = "`documents` in the release has the address and the SHA-256 of each"
        raise ReleaseError(f"{len(left):,} of {every:,} texts are not in {where}, such as that of {left[0]}", hint)


def _differs(source: Path, before: Manifest, made: Made) -> tuple[str, ...]:
    was = {file.path: file.sha256 for file in before.files} | {MANIFEST: digest_of(source / MANIFEST)}
    now = {file.path: file.sha256 for file in made.manifest.files} | {MANIFEST: made.sha256}
    return tuple(sorted(path for path in was.keys() | now.keys() if was.get(path) != now.get(path)))


def _notes(before: Manifest, now: Manifest) -> Iterator[str]:
    for what in sorted(before.made_by.keys() | now.made_by.keys()):
        was, is_ = before.made_by.get(what), now.made_by.get(what)
        if was != is_:
            yield f"{what}: {was} made it, and {is_} makes it again, so bytes may differ though rows do not"
    if before.codebook != now.codebook:
        yield "the codebook is another one now"
