"""/panel and /dyads: what befell whom, period by period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any, BinaryIO, Literal

import orjson
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from casus.analysis.panels import Panel, panel
from casus.analysis.periods import Time
from casus.analysis.units import Unit
from casus.asking import who_of
from casus.errors import UsageError
from casus.export.panel import Format, put_panel, told
from casus.ledger.flat import FlatEvent, flat_events
from casus.ledger.queries import Filter
from casus.notebook.desk import Desk
from casus.notebook.panels import panel_of
from casus.records import Status
from casus.web.answering import answer
from casus.web.api.models import READ
from casus.web.api.models_reports import Dyad, PanelRows
from casus.web.asked import Chosen
from casus.web.streaming import ROWS_HEADER, File, stream

router = APIRouter(tags=["panels"], responses=READ)
# Rows of one answer: more belong in a file, which is made as it is sent.
_MOST_ROWS, _MOST_FILE_ROWS = 50_000, 20_000_000
_FILES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8; header=present",
    "parquet": "application/vnd.apache.parquet",
}


class AskedPanel(Chosen):
    """The filters, and what to count by."""

    unit: Unit = Field("country", description="By what.")
    time: Time = Field("month", description="By which period.")
    directed: bool = Field(False, description="dyad: of an actor and a recipient, each way apart.")
    spread: bool = Field(False, description="Harms are shared out over an event's days; else all on its first.")
    fill: bool = Field(True, description="Rows of zeros, too.")
    count: Status | Literal["any"] = Field("happened", description="Events of which status.")
    sums: bool = Field(False, description="With events that sum or span incidents.")

    def made(self, desk: Desk, most: int) -> Panel:
        """The panel. Raises UsageError where it has more rows than that."""
        these = self.filter(desk)
        found = panel_of(
            desk.ledger, these, self.unit, self.time, since=these.since, until=these.until, directed=self.directed,
            statuses=None if self.count == "any" else (self.count,), umbrella=self.sums, spread=self.spread,
            fill=self.fill, units=None,
        )  # fmt: skip
        if len(found) > most:
            raise UsageError(
                f"the panel has {len(found):,} rows, of {most:,} at most", "ask for fewer days, or for a file"
            )
        return found


PanelQuery = Annotated[AskedPanel, Query()]


@router.get("/panel", response_model=PanelRows)
def get_panel(request: Request, asked: PanelQuery) -> Response:
    """Events counted by unit and period, zeros included (docs/panels.md)."""

    def build(desk: Desk) -> dict[str, Any]:
        made = asked.made(desk, _MOST_ROWS)
        return {"about": told(made), "rows": _rows(made)}

    return answer(request, build)


@router.get("/panel.{form}", response_class=Response)
async def get_panel_file(request: Request, form: Literal["csv", "parquet"], asked: PanelQuery) -> Response:
    """The same as a file."""

    def make(desk: Desk) -> File:
        made = asked.made(desk, _MOST_FILE_ROWS)

        def write(out: BinaryIO) -> None:
            put_panel(made, out, form)

        return File(f"panel.{form}", _FILES[form], len(made), write)

    return await stream(request, make)


get_panel_file.__doc__ = f"The same as a file; the header {ROWS_HEADER} says how many rows it has."


class AskedDyad(Chosen):
    """The filters but for those of sides, and the period."""

    time: Time = Field("week", description="By which period.")


Pair = Annotated[str, Path(max_length=600, pattern=r"^.+--.+$", description="Two sides.", examples=["Iran--Pakistan"])]


@router.get("/dyads/{pair:path}", response_model=Dyad)
def dyad(request: Request, pair: Pair, asked: Annotated[AskedDyad, Query()]) -> Response:
    """What two sides did to one another, each way apart: periods in which something happened, with intensity."""
    return answer(request, lambda desk: dyad_of(desk, pair, asked.filter(desk), asked.time))


def dyad_of(desk: Desk, pair: str, these: Filter, time: Time) -> dict[str, Any]:
    """The dyad of two sides, "A--B", as /dyads gives it. Raises UsageError."""
    a, b = (who_of(desk.ledger, name.strip(), desk.config) for name in pair.split("--", 1))
    if a == b:
        raise UsageError(f"{pair} are one side: {a}", "give two")
    keys = [(a, b), (b, a)]
    made = panel(
        _between(desk, these, a, b), "dyad", time, since=these.since, until=these.until, directed=True, fill=False,
        units=keys,
    )  # fmt: skip
    rows = _rows(made)
    names = [c.name for c in made.columns][:2]
    sums = {key: sum(r["events"] for r in rows if (r[names[0]], r[names[1]]) == key) for key in keys}
    return {"a": a, "b": b, "events": {"a_to_b": sums[a, b], "b_to_a": sums[b, a]}, "about": told(made), "rows": rows}


def _between(desk: Desk, these: Filter, a: str, b: str) -> Iterator[FlatEvent]:
    """The events in which one did something to the other, each once."""
    seen: set[str] = set()
    for actor, recipient in ((a, b), (b, a)):
        for event in flat_events(desk.ledger, replace(these, actor=actor, recipient=recipient), summary=False):
            if event.event_id not in seen:
                seen.add(event.event_id)
                yield event


def _rows(made: Panel) -> list[dict[str, Any]]:
    # through JSON, which makes words of days
    said = orjson.dumps([row for batch in made.batches() for row in batch.to_pylist()])
    rows: list[dict[str, Any]] = orjson.loads(said)
    return rows
