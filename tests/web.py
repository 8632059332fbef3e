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
from tests.ledgers import told
from tests.strikes import Quoting, fill
from tests.telling import claim, days, point

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


def get(client: TestClient, address: str) -> Any:
    """The JSON of an answer that is fine."""
    found = client.get(f"/api/1{address}")
    assert found.status_code == 200, found.text
    return found.json()


def disputed(client: TestClient) -> dict[str, Any]:
    """The event whose toll is disputed."""
    (event,) = get(client, "/events?disputed=true")["events"]
    assert isinstance(event, dict)
    return event


def decide(client: TestClient, **fields: Any) -> tuple[int, Any]:
    """Status and JSON of a decision."""
    found = client.post("/api/1/decisions", json=fields)
    return found.status_code, found.json()


COUNTRIES = ("AFG", "IRQ", "SYR", "TUR", "YEM", "OMN", "IND", "CHN")


def many(n: int) -> list[Any]:
    """Documents with one event each, in towns far from one another; four on each day, some undated."""
    return [
        told(f"d{k:02}", claim(f"d{k:02}", by=[(COUNTRIES[k % 8], "MIL")], to=[(COUNTRIES[k // 8], "CVL")],
                               at=point((f"Town {k}", COUNTRIES[k % 8], "", 3.0 * k - 40, 7.0 * k - 80)),
                               on=days(f"2024-01-{1 + k // 4:02}") if k % 8 else None))
        for k in range(n)
    ]  # fmt: skip
