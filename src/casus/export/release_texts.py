"""The texts of a release's documents: from itself where it holds them, else from a folder, a ledger, another release.

A text is known by its SHA-256 and by nothing else, so it does not matter under which name it comes.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from pathlib import Path

from casus.errors import ReleaseError
from casus.export.release_manifest import MANIFEST, read_manifest
from casus.export.release_read import readable, table_rows
from casus.ids import text_sha256
from casus.intake.raw import MAX_BYTES
from casus.ledger.ledger import Ledger
from casus.ledger.texts import texts_of


def find_texts(where: Path, wanted: Container[str]) -> Iterator[tuple[str, str]]:
    """SHA-256 and text of those that are wanted; one may come several times. Raises ReleaseError, LedgerError."""
    if (where / MANIFEST).is_file():
        if not read_manifest(where).with_text:
            raise ReleaseError(f"{where} holds no texts", "--texts names a folder or a ledger that does")
        found: Iterator[str] = (text for (text,) in table_rows(where, "documents", ["text"]))
    elif where.is_dir():
        found = _in_files(where)
    elif where.is_file():
        with Ledger.open(where) as ledger:
            yield from ((sha, text) for sha, text in texts_of(ledger, wanted) if text_sha256(text) == sha)
        return
    else:
        raise ReleaseError(f"there is nothing at {where}", "--texts names a folder or a ledger")
    for text in found:
        sha256 = text_sha256(text)
        if sha256 in wanted:
            yield sha256, text


def _in_files(folder: Path) -> Iterator[str]:
    """The text of each file below the folder, as it is and as editors and mail may have changed it."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            continue
        with readable(path):
            data = path.read_bytes()
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
        plain = text.replace("\r\n", "\n")
        yield from dict.fromkeys((data.decode("utf-8"), text, plain, plain.strip(), f"{plain.rstrip()}\n"))
