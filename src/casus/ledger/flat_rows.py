"""Flat rows: events, claims, contradictions and documents of a ledger with one plain value a column.

What every column means stands in `flat_columns`. Unknown is None. Several values in one cell are joined by `SEP`, and
no value holds a semicolon of its own there, so `parts` takes a cell apart again.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

SEP = "; "
CHAIN = " > "  # between the speakers of a source, the outermost first


def joined(values: list[str], by: str = SEP) -> str | None:
    """The values in one cell, semicolons (or the sign between speakers) within them replaced; None where all are
    empty."""
    if len(values) == 1:
        one = values[0]
        return (one.replace(";", ",") if by == SEP else one) or None
    sign, other = (";", ",") if by == SEP else (">", "/")
    return by.join([v.replace(sign, other) for v in values]) if any(values) else None


def parts(cell: str | None, by: str = SEP) -> list[str]:
    """The values of a joined cell, empty ones among them; none of an empty cell."""
    return cell.split(by) if cell else []


class FlatEvent(NamedTuple):
    """An event as it stands."""

    event_id: str
    version: int
    status: str
    type: str
    types: str
    mode: str | None
    umbrella: bool
    date_start: date | None
    date_end: date | None
    date_precision: str
    actor: str | None
    actor_name: str | None
    actor_sector: str | None
    recipient: str | None
    recipient_name: str | None
    recipient_sector: str | None
    place: str | None
    place_id: str | None
    admin1: str | None
    iso3: str | None
    lat: float | None
    lon: float | None
    place_precision: str
    killed_low: int | None
    killed_best: int | None
    killed_high: int | None
    injured_low: int | None
    injured_best: int | None
    injured_high: int | None
    detained_low: int | None
    detained_best: int | None
    detained_high: int | None
    displaced_low: int | None
    displaced_best: int | None
    displaced_high: int | None
    missing_low: int | None
    missing_best: int | None
    missing_high: int | None
    reports: int
    publishers: int
    independent: int
    claims_n: int
    disputed: str | None
    conflicts_open: int
    responds_to: str | None
    review: str | None
    changed_at: str
    summary: str | None


class FlatClaim(NamedTuple):
    """A claim of today, with what a reader wants to know of its document."""

    claim_id: str
    event_id: str | None
    document_id: str
    publisher: str | None
    publisher_country: str | None
    published: date | None
    url: str | None
    title: str | None
    type: str
    mode: str | None
    status: str
    actor: str | None
    actor_name: str | None
    actor_sector: str | None
    recipient: str | None
    recipient_name: str | None
    recipient_sector: str | None
    place: str | None
    place_id: str | None
    admin1: str | None
    iso3: str | None
    lat: float | None
    lon: float | None
    place_precision: str
    date_start: date | None
    date_end: date | None
    date_precision: str
    date_basis: str
    killed_low: int | None
    killed_high: int | None
    killed_words: str | None
    injured_low: int | None
    injured_high: int | None
    injured_words: str | None
    detained_low: int | None
    detained_high: int | None
    detained_words: str | None
    displaced_low: int | None
    displaced_high: int | None
    displaced_words: str | None
    missing_low: int | None
    missing_high: int | None
    missing_words: str | None
    weapon: str | None
    source: str | None
    source_kind: str | None
    background: bool
    aggregate: bool
    confidence: float
    region: str
    trigger: str
    quote: str
    start: int
    end: int
    rejected: bool


class FlatConflict(NamedTuple):
    """One of the values of a contradiction, who holds it, and what became of the contradiction."""

    event_id: str
    kind: str
    state: str
    chosen: str | None
    value: str
    independent: int
    voices: str | None
    claims: str | None
    latest: date | None


class FlatDocument(NamedTuple):
    """A document, its text only where it was asked for."""

    document_id: str
    title: str | None
    url: str | None
    publisher: str | None
    publisher_country: str | None
    byline: str | None
    published: date | None
    published_basis: str
    published_at: str | None
    modified: str | None
    retrieved: str | None
    language: str
    form: str
    media_type: str
    syndication_id: str | None
    text_sha256: str
    raw_sha256: str | None
    notes: str | None
    claims_n: int
    text: str | None
