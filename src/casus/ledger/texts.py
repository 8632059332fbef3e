"""Texts of documents, looked up by their digest: whoever has the reports can check what was read of them."""

from __future__ import annotations

from collections.abc import Container, Iterator

from casus.ledger.ledger import Ledger


def texts_of(ledger: Ledger, wanted: Container[str]) -> Iterator[tuple[str, str]]:
    """SHA-256 and text of each document of a ledger whose digest is wanted; as it says, for the caller to check."""
    store = ledger._store
    with store.reading():
        for n, sha256 in store.db.execute("SELECT n, json_extract(record, '$.text_sha256') FROM documents ORDER BY n"):
            if sha256 in wanted:
                yield sha256, store.one("SELECT text FROM documents WHERE n = ?", n)[0]
