"""Whether a release is what its manifest says: every file by its digest, rows by their number, quotes by the texts."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from casus.errors import ReleaseError
from casus.export.release_manifest import MANIFEST, File, Manifest, digest_of, read_manifest
from casus.export.release_read import rows_in_csv, rows_in_parquet, table_rows
from casus.export.release_texts import find_texts

# claims whose quotes are held against texts in one going: a few hundred megabytes at most
AT_ONCE = 500_000


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found: `problems`, none where the release is what it says; `notes` on what could not be checked."""

    manifest: Manifest
    sha256: str
    problems: tuple[str, ...]
    notes: tuple[str, ...]


def verify_release(folder: str | Path, *, texts: str | Path | None = None) -> Verified:
    """Checks a release: files, numbers of rows, that events, claims and documents belong together; and each quote
    against the texts, where it holds them or `texts` does: a folder, a ledger, another release. Raises ReleaseError
    where it is none."""
    path = Path(folder)
    manifest = read_manifest(path)
    problems, notes = list(_files(path, manifest)), list(_unnamed(path, manifest))
    if not problems:
        problems += _counts(path, manifest)
        problems += _together(path)
        wrong, more = _quotes(path, manifest, Path(texts) if texts is not None else None)
        problems, notes = problems + wrong, notes + more
    return Verified(manifest, digest_of(path / MANIFEST), tuple(problems), tuple(notes))


def _files(folder: Path, manifest: Manifest) -> Iterator[str]:
    for file in manifest.files:
        if (wrong := wrong_file(folder, file)) is not None:
            yield wrong


def wrong_file(folder: Path, file: File) -> str | None:
    """What is wrong with a file of the release; None where nothing is."""
    path = folder / file.path
    if not path.is_file():
        return f"{file.path} is missing"
    size = path.stat().st_size
    if size != file.bytes:
        return f"{file.path} has {size:,} bytes and not {file.bytes:,}"
    return None if digest_of(path) == file.sha256 else f"{file.path} is not the file that was released"


def _unnamed(folder: Path, manifest: Manifest) -> Iterator[str]:
    named = {MANIFEST, *(file.path for file in manifest.files)}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder).as_posix()
        if name not in named:
            yield f"{name} is no part of the release"


def _counts(folder: Path, manifest: Manifest) -> Iterator[str]:
    for file in manifest.files:
        path = folder / file.path
        if path.suffix in (".parquet", ".csv") and file.rows is not None:
            found = (rows_in_parquet if path.suffix == ".parquet" else rows_in_csv)(path)
            if found != file.rows:
                yield f"{file.path} has {found:,} rows and not {file.rows:,}"
    for table, n in manifest.counts.items():
        held = manifest.file(f"{table}.parquet")
        if held is None or held.rows != n:
            yield f"the manifest counts {n:,} {table}, and there is no table of so many"


def _together(folder: Path) -> Iterator[str]:
    """Each claim is of a document that is there and in an event that is there, or was rejected."""
    events: dict[str, int] = dict(table_rows(folder, "events", ["event_id", "claims_n"]))
    documents = {id_ for (id_,) in table_rows(folder, "documents", ["document_id"])}
    held: Counter[str] = Counter()
    for claim, event, document, rejected in table_rows(
        folder, "claims", ["claim_id", "event_id", "document_id", "rejected"]
    ):
        held[event] += 1
        if document not in documents:
            yield f"{claim} is of a document that is not there: {document}"
        if not rejected and event not in events:
            yield f"{claim} is in an event that is not there: {event}"
    for id_, n in events.items():
        if held[id_] != n:
            yield f"{id_} rests on {n:,} claims, and {held[id_]:,} are there"


# ------------------------------------------------------------------ quotes


def _quotes(folder: Path, manifest: Manifest, texts: Path | None) -> tuple[list[str], list[str]]:
    """What is wrong with quotes, and what could not be checked."""
    ids: dict[str, list[str]] = {}
    for id_, sha256 in table_rows(folder, "documents", ["document_id", "text_sha256"]):
        ids.setdefault(sha256, []).append(id_)
    where = folder if manifest.with_text else texts
    claims = manifest.counts.get("claims", 0)
    if where is None:
        note = f"the texts are not in it, so the quotes of {claims:,} claims could not be held against them"
        return [], [f"{note}: --texts names a folder or a ledger that holds them"]
    problems: list[str] = []
    passes = claims // AT_ONCE + 1
    for n in range(passes):
        wanted = {sha: ids_ for sha, ids_ in ids.items() if zlib.crc32(sha.encode()) % passes == n}
        quotes = _by_document(folder, {id_ for ids_ in wanted.values() for id_ in ids_})
        for sha256, text in find_texts(where, wanted):
            for id_ in ids.pop(sha256, ()):
                problems += [wrong for quote in quotes.get(id_, ()) if (wrong := quote.wrong_in(text))]
    left = sorted(id_ for ids_ in ids.values() for id_ in ids_)
    if not left:
        return problems, []
    missing = f"{len(left):,} of {manifest.counts.get('documents', 0):,} texts are not there, such as {left[0]}"
    return ([*problems, missing], []) if manifest.with_text else (problems, [missing])


@dataclass(frozen=True, slots=True)
class _Quote:
    """The words of a claim, and where its trigger is said to stand."""

    claim: str
    start: int
    end: int
    trigger: str
    quote: str

    def wrong_in(self, text: str) -> str | None:
        """What is wrong with it in that text."""
        if text[self.start : self.end] != self.trigger:
            return f"{self.claim}: {self.trigger!r} does not stand at {self.start} to {self.end}"
        return None if self.quote in text else f"{self.claim}: its sentence does not stand in the text"


def _by_document(folder: Path, documents: set[str]) -> dict[str, list[_Quote]]:
    out: dict[str, list[_Quote]] = {}
    columns = ["document_id", "claim_id", "start", "end", "trigger", "quote"]
    for document, *rest in table_rows(folder, "claims", columns):
        if document in documents:
            out.setdefault(document, []).append(_Quote(*rest))
    return out


def must_be_whole(folder: Path, manifest: Manifest, *paths: str) -> None:
    """Raises ReleaseError where one of these files is not as it was released."""
    for name in paths:
        file = manifest.file(name)
        wrong = f"{name} is missing" if file is None else wrong_file(folder, file)
        if wrong is not None:
            raise ReleaseError(f"{folder} is damaged: {wrong}", "get it anew from where it was published")
