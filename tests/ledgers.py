"""Documents with claims made by hand, for tests of a ledger, and the command line as tests type it."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import casus
from casus import cli, cli_add, notebook
from casus.config import SETTINGS
from casus.pipeline import Reads
from casus.records import Claim, Document
from tests.telling import KARACHI, PANJGUR, SARAVAN, Side, claim, days, point

Pair = tuple[Document, list[Claim]]
IRAN: Side = ("IRN", "MIL", "Iran")
PAKISTAN: Side = ("PAK", "MIL", "Pakistan")


def told(document: str, *claims: Claim, publisher: str | None = "", published: str | None = "2024-01-18") -> Pair:
    """A document in whose text the claims of `telling.claim` stand; n of each is 0, 7, 14, ...

    Its publisher is named after it unless given.
    """
    # other words in each, else they would be copies of one another
    words = f"{'struck ' * max(len(claims), 1)}in report {document}"
    name = f"Paper {document}" if publisher == "" else publisher
    day = date.fromisoformat(published) if published else None
    return Document.of(words, id=document, publisher=name, published=day, title=f"Report {document}"), list(claims)


def first_strike(document: str, killed: int = 2, **other: Any) -> Claim:
    """Iran struck Panjgur in Pakistan on 16 January; `other` are values in place of these or besides."""
    usual = {"by": [IRAN], "to": [PAKISTAN], "at": point(PANJGUR), "on": days("2024-01-16"), "killed": killed}
    return claim(document, mode="aerial", **{**usual, **other})


def second_strike(document: str, killed: int = 9, **other: Any) -> Claim:
    """Pakistan struck Saravan in Iran on 18 January."""
    usual = {"by": [PAKISTAN], "to": [IRAN], "at": point(SARAVAN), "on": days("2024-01-18"), "killed": killed}
    return claim(document, mode="aerial", **{**usual, **other})


def protest(document: str, **other: Any) -> Claim:
    """People in Karachi protested on 20 January."""
    usual = {"by": [("PAK", "CVL", "residents")], "at": point(KARACHI), "on": days("2024-01-20")}
    return claim(document, type="PROTEST", **{**usual, **other})


def exchange() -> list[Pair]:
    """Two strikes, the toll of the second disputed, and a protest: three events in five documents."""
    said = ("Iranian media", "media")
    return [
        told("a", first_strike("a"), published="2024-01-17"),
        told("b", first_strike("b"), published="2024-01-17"),
        told("c", second_strike("c", 9, says=said), first_strike("c", n=7)),
        told("d", second_strike("d", 7)),
        told("e", protest("e"), published="2024-01-21"),
    ]


@dataclass
class Said:
    """What a command line came to."""

    code: int
    out: str
    err: str


class Typed:
    """Runs command lines in this process, in a folder of their own with a ledger of the exchange in it."""

    def __init__(self, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch, folder: Path) -> None:
        self.capsys, self.patch, self.folder = capsys, patch, folder

    def __call__(self, *arguments: object, stdin: bytes = b"") -> Said:
        stream = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
        with self.patch.context() as patch:
            patch.setattr(sys, "stdin", stream)
            code = cli.run([str(argument) for argument in arguments])
        captured = self.capsys.readouterr()
        return Said(code, captured.out, captured.err)

    @classmethod
    def prepared(
        cls, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch, folder: Path, reader: Reads
    ) -> Typed:
        """With no setting but those of the tests, and `reader` in the place of the model."""
        for name in (*SETTINGS, "COLUMNS", "NO_COLOR", "FORCE_COLOR"):
            patch.delenv(name, raising=False)
        patch.setenv("CASUS_CACHE", str(folder / "cache"))
        patch.setenv("CASUS_BY", "ana")
        patch.chdir(folder)
        for module in (cli, cli_add, notebook):
            patch.setattr(module, "open_reader", lambda config: reader)
        return cls(capsys, patch, folder)

    def fill(self, pairs: Sequence[Pair] | None = None) -> None:
        """Puts documents with their claims into the ledger; those of the exchange unless others are given."""
        with self.open(create=True) as ledger:
            ledger.add(*(exchange() if pairs is None else pairs))

    def open(self, *, create: bool = False) -> casus.Ledger:
        """The ledger, as Python sees it."""
        return casus.open(self.folder / "ledger.casus", create=create)
