"""A small ledger with one of each thing that an export must carry, and golden files to compare with.

WRITE_GOLDEN=1 python -m pytest tests/test_export_native.py     writes the golden files anew; look at the difference
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from casus.events import Event
from casus.ledger.ledger import Ledger
from casus.records import Claim, Figure, Participant, Place, Source, Span
from tests.papers import AT, Deed, Paper, opened, paper
from tests.telling import KARACHI, PANJGUR, SARAVAN

GOLDEN = Path(__file__).parent / "golden"
FORMULA = '=HYPERLINK("https://example.org/x","prize")'
HARD = 'He said: "no",\nthen left – 🙂'
FIRST = Deed("2024-01-16", PANJGUR, "IRN", "PAK", 2, mode="aerial")
SECOND = Deed("2024-01-18", SARAVAN, "PAK", "IRN", 9, mode="heavy-weapons")


def sample(path: Path | str = ":memory:") -> Ledger:
    """Eight papers: a strike with a chain of sources, one whose toll is disputed and settled, a planned protest by
    people whom nobody names, a denied raid somewhere in a country, an umbrella in a province, a rejected claim."""
    ledger = opened(path)
    run = ledger.begin({"package": "test"}, at=AT)
    ledger.add(papers(), run, at=AT)
    event = next(e for e in ledger.events() if e.place and e.place.name == "Saravan")
    ledger.settle(event.id, "killed", "9", by="ana", reason="the hospital", at=AT)
    ledger.reject(papers()[6][1][0].id, by="ana", at=AT)
    return ledger


def papers() -> list[Paper]:
    """The papers of the sample."""
    quoted = "State TV, quoting the governor, told of drones; at least four were hurt."
    return [
        told(paper("a", FIRST, lead=quoted), _sourced, title=FORMULA, url="https://example.org/a"),
        told(
            paper("b", replace(FIRST, killed=3), lead="More words."), title=HARD, byline="A. Writer",
            publisher_country="PAK", published_at="2024-01-17T09:30:00+05:00", modified="2024-01-18",
            retrieved="2024-01-19T00:00:00Z", raw_sha256="ab" * 32,
            notes=("no byline; none found", "dated by its tags"), media_type="text/html",
        ),
        told(paper("c", SECOND, FIRST, published="2024-01-18"), title="-1+2"),
        told(paper("d", replace(SECOND, killed=7), published="2024-01-19", lead="Other words.")),
        told(paper("e", Deed("2024-01-20", KARACHI, "crowds", None, until="2024-01-22", type="PROTEST",
                             status="planned")), _unnamed),
        told(paper("f", Deed("2024-02-01", PANJGUR, "BLA", "PAK", status="denied"), published=None), _country),
        told(paper("g", Deed("2024-03-01", SARAVAN, "TUR", "SYR"), lead="Not to be believed.")),
        told(paper("h", Deed("1899-12-01", PANJGUR, None, "PAK", until="1899-12-31", aggregate=True, vague=True),
                   published="2024-03-03", lead="@long ago", publisher=None), _province),
    ]  # fmt: skip


def told(made: Paper, change: Any = None, **fields: Any) -> Paper:
    """The paper with other fields, and its first claim changed."""
    document, claims = made
    document = replace(document, **fields)
    return document, [change(claims[0], document.text), *claims[1:]] if change else claims


def _span(text: str, words: str) -> Span:
    return Span.cut(text, text.index(words), text.index(words) + len(words))


def _sourced(claim: Claim, text: str) -> Claim:
    tv, governor = _span(text, "State TV"), _span(text, "the governor")
    hurt = Figure("injured", 4, None, _span(text, "at least four"), "at least")
    chain = (Source(tv, "State TV", "media", "IRN"), Source(governor, "the governor", "official"))
    return replace(claim, weapon=_span(text, "drones"), source=chain, figures=(*claim.figures, hurt), region="lead")


def _unnamed(claim: Claim, text: str) -> Claim:
    span = claim.actors[0].span
    several = (Participant(span, "students; pupils", None, "EDU"), Participant(span, "Pakistan", "PAK", "CVL"))
    return replace(claim, actors=several, background=True)


def _country(claim: Claim, text: str) -> Claim:
    assert claim.place is not None
    return replace(claim, place=Place(claim.place.span, "Pakistan", "1168579", iso3="PAK", precision="country"))


def _province(claim: Claim, text: str) -> Claim:
    assert claim.place is not None
    where = Place(claim.place.span, "Balochistan", None, "Balochistan", "PAK", 28.5, 66.5, "adm1")
    return replace(claim, place=where, when=replace(claim.when, start=date(1899, 12, 1), end=date(1899, 12, 31)))


def strike(ledger: Ledger) -> Event:
    """The first strike."""
    return next(e for e in ledger.events() if e.place and e.place.name == "Panjgur")


def same_as_golden(name: str, made: bytes) -> None:
    """The bytes are those of the golden file of that name."""
    path = GOLDEN / name
    if os.environ.get("WRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(made)
    assert made == path.read_bytes(), f"{path} is another; WRITE_GOLDEN=1 writes it anew"
