"""A ledger of the strikes behind the app, for tests of the page and the API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

import casus
from casus.config import Config
from casus.records import Claim, Document
from casus.web.access import Role, Token, Tokens
from casus.web.app import create_app
from casus.web.settings import Settings
from tests.strikes import Quoting, fill

HOST = "http://127.0.0.1:8311"
SECRETS: dict[Role, str] = {"read": "r" * 24, "review": "v" * 24, "admin": "a" * 24}


def made(folder: Path, pairs: Iterable[tuple[Document, list[Claim]]] | None = None) -> Path:
    """A ledger in that folder: that of the strikes, or of these."""
    path = folder / "x.casus"
    with casus.open(path, create=True) as ledger:
        if pairs is None:
            fill(ledger)
        else:
            ledger.add(*pairs)
    return path


def settings(folder: Path, **other: Any) -> Settings:
    """Those of a server on this machine, with the stand-in for the reader."""
    config = Config.load({"CASUS_CACHE": str(folder / "cache")})
    usual: dict[str, Any] = {"config": config, "by": "ana", "reader": lambda config: Quoting()}
    return Settings(**{**usual, **other})


def tokens() -> Tokens:
    """A token for each role, whose holder is named after it."""
    return Tokens(Token.of(f"the {role}er", role, secret) for role, secret in SECRETS.items())


@contextmanager
def serving(path: Path, **other: Any) -> Iterator[TestClient]:
    """A client of the app of that ledger; no redirect is followed."""
    app = create_app(path, settings(path.parent, **other))
    with TestClient(app, base_url=HOST, follow_redirects=False) as client:
        yield client
