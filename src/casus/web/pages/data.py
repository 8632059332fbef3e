"""Exports: which forms there are, what their columns mean, and how the first rows look."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from fastapi import APIRouter, Request, Response

from casus.export import FORMATS
from casus.ledger import overview
from casus.ledger.flat import flat_claims, flat_conflicts, flat_documents, flat_events
from casus.ledger.flat_columns import TABLES, Table, columns_of
from casus.ledger.ledger import Ledger
from casus.ledger.queries import Filter
from casus.notebook.desk import Desk
from casus.web.desks import web_of
from casus.web.pages import base
from casus.web.pages.asked import Asked, asked

ROWS = 3
# what the API gives of events, with what it is for
SERVED = (
    ("csv", "Table for spreadsheets and statistics"),
    ("geojson", "Points for QGIS and the web (RFC 7946)"),
    ("parquet", "Typed table for pandas, polars, R, DuckDB"),
    ("json", "A page at a time, for programs"),
)

_READ: Mapping[Table, Callable[[Ledger, Filter], Iterator[object]]] = {
    "events": flat_events, "claims": flat_claims, "conflicts": flat_conflicts, "documents": flat_documents,
}  # fmt: skip


def router() -> APIRouter:
    """/data"""
    made = base.router()
    made.add_api_route("/data", _page, methods=["GET"])
    return made


def _page(request: Request) -> Response:
    with web_of(request).reading() as desk:
        question = asked(request, desk.ledger, desk.config)
        previews = [(name, TABLES[name], _preview(desk, question, name)) for name in TABLES]
        totals = None if question.wrong else overview.totals(desk.ledger, question.filter)
        served = {name for name, _ in SERVED}
        return base.page(
            request, "data.html", 400 if question.wrong else 200,
            asked=question, wrong=question.wrong, totals=totals, served=SERVED, previews=previews,
            others=[f for f in FORMATS.values() if f.name not in served],
        )  # fmt: skip


def _preview(desk: Desk, question: Asked, table: Table) -> list[tuple[str, str, str, list[str]]]:
    """Each column: name, type, meaning, and its values in the first rows."""
    rows: list[object] = []
    if question.wrong is None:
        rows = list(islice(_READ[table](desk.ledger, question.filter), ROWS))
    return [(c.name, c.kind, c.meaning, [_cell(getattr(row, c.name)) for row in rows]) for c in columns_of(
        table, with_text=False)]  # fmt: skip


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
