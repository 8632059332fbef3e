"""A ledger with what the forms of others stumble over, and bytes of exports to compare with golden files."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from typing import Any

from casus.export import Options, export
from casus.export.columns import made_by
from casus.export.job import Part
from casus.ledger.ledger import Ledger
from casus.ledger.queries import Filter
from casus.records import Claim, Participant, Place, Sector, Span, When
from tests.exported import told
from tests.papers import AT, Deed, Paper, opened, paper

NASTY = 'A\t"tab",\r\na line \u2028 and\x85 \x1f more'
SPRINGFIELD = ("Springfield", "USA", "Illinois", 39.8, -89.64)
BUCHAREST = ("Bucharest", "ROU", "Bucuresti", 44.43, 26.1)
NOBODY = "Jane Q. Nobody"


def hard() -> Ledger:
    """Seven papers: groups and several sides, breaks and quotes in names and addresses, places and days known to less
    than a town and a day, people who are nobody's business, letters that are two units wide elsewhere."""
    ledger = opened()
    ledger.add(papers(), ledger.begin({"package": "test"}, at=AT), at=AT)
    return ledger


def papers() -> list[Paper]:
    """The papers of it."""
    strike = Deed("2024-01-16", SPRINGFIELD, "Taliban", "USA", 2, mode="firearms")
    return [
        told(
            paper("a", strike, lead="😀 News 🚀."), _band, title=NASTY, publisher="Paper\tA", byline="B\nC",
            url='https://www.example.org/a b"c', published_at="2024-01-17T01:30:00+05:00", language="en-GB",
        ),
        told(paper("b", replace(strike, killed=3), published=None, publisher=None), _rebels, url="news:1"),
        told(paper("c", Deed("2023-01-01", None, "United Nations", "European Union", until="2023-12-31", type="CONSULT",
                             mode="phone", vague=True)), _bodies),
        told(paper("d", Deed("2024-02-01", BUCHAREST, "ROU", "XKX", until="2024-02-29", vague=True, word="accused",
                             type="ACCUSE")), _country),
        told(paper("e", Deed("2024-03-05", BUCHAREST, NOBODY, None, type="PROTEST", word="marched")), _private),
        told(paper("f", Deed(None, None, None, "ROU", type="AID", word="helped")), title=" \t\n"),
        paper("g", Deed("2024-04-01", SPRINGFIELD, "IRN", "USA", until="2024-04-03", type="THREATEN", word="warned",
                        status="planned")),
        paper("h", Deed("2024-05-01", BUCHAREST, "USA", "ROU", aggregate=True)),
    ]  # fmt: skip


def _as(side: Participant, who: str | None, sector: Sector) -> Participant:
    return replace(side, who=who, sector=sector)


def _band(claim: Claim, text: str) -> Claim:
    one = claim.actors[0]
    actors = (_as(one, "Taliban", "REB"), replace(_as(one, None, "UAF"), name='Gun\t"men"'))
    return replace(claim, actors=actors, recipients=(_as(claim.recipients[0], "USA", "MIL"),), region="lead")


def _rebels(claim: Claim, text: str) -> Claim:
    sides = (_as(claim.actors[0], "Taliban", "REB"),), (_as(claim.recipients[0], "USA", "MIL"),)
    return replace(claim, actors=sides[0], recipients=sides[1])


def _bodies(claim: Claim, text: str) -> Claim:
    where = Place(claim.trigger, "the Sahel", precision="region")
    sides = (_as(claim.actors[0], "United Nations", "IGO"),), (_as(claim.recipients[0], "European Union", "IGO"),)
    when = replace(claim.when, precision="year")
    return replace(claim, actors=sides[0], recipients=sides[1], place=where, when=when)


def _country(claim: Claim, text: str) -> Claim:
    assert claim.place is not None
    where = Place(claim.place.span, "Romania", "798549", None, "ROU", 46.0, 25.0, "country")
    sides = (_as(claim.actors[0], "ROU", "GOV"),), (_as(claim.recipients[0], "XKX", "MED"),)
    return replace(claim, place=where, actors=sides[0], recipients=sides[1])


def _private(claim: Claim, text: str) -> Claim:
    assert claim.place is not None
    where = replace(claim.place, place_id="683506", precision="near")
    return replace(claim, actors=(_as(claim.actors[0], NOBODY, "OPP"),), place=where)


def made(ledger: Ledger, format: str, table: Part | None = None, asked: Filter | None = None, **options: Any) -> bytes:
    """The bytes of an export."""
    out = io.BytesIO()
    export(ledger, format, out, asked, Options(table, **options))
    return out.getvalue()


def masked(data: bytes) -> bytes:
    """Without the version of Casus."""
    return data.replace(made_by().encode(), b"casus-events")


def claim_on(text: str, sentence: tuple[int, int], trigger: tuple[int, int]) -> Claim:
    """A bare claim at that place of a text; its document is "d"."""
    words = Span.cut(text, *trigger)
    return Claim(
        Claim.make_id("d", words, "ASSAULT", "happened"), "d", Span.cut(text, *sentence), words, "ASSAULT",
        when=When(date(2024, 1, 16), date(2024, 1, 16), "day", "stated"), confidence=0.5,
    )  # fmt: skip
