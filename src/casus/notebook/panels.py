"""A panel of the events that are asked for, with those that a filter by days passes over because nobody dates them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from casus.analysis.panels import LeftOut, Panel, panel
from casus.analysis.units import Key
from casus.ledger.flat import flat_events, snapshot
from casus.ledger.ledger import Ledger
from casus.ledger.queries import Filter


def panel_of(
    ledger: Ledger,
    asked: Filter,
    unit: str,
    time: str,
    *,
    since: date | None,
    until: date | None,
    directed: bool,
    types: Iterable[str] | None = None,
    statuses: Iterable[str] | None,
    umbrella: bool,
    spread: bool,
    fill: bool,
    units: Iterable[Key | str | int] | None,
) -> Panel:
    """The panel, all of one moment; the rest is as for `analysis.panels.panel`."""
    kinds = None if types is None else tuple(types)
    states = None if statuses is None else tuple(statuses)
    with snapshot(ledger):
        made = panel(
            flat_events(ledger, asked, summary=False), unit, time, since=since, until=until, directed=directed,
            types=kinds, statuses=states, umbrella=umbrella, spread=spread, fill=fill, units=units,
        )  # fmt: skip
        undated = _undated(ledger, asked, kinds, states, umbrella)
    return made.leaving_out(LeftOut("undated", undated)) if undated else made


def _undated(
    ledger: Ledger, asked: Filter, types: tuple[str, ...] | None, statuses: tuple[str, ...] | None, umbrella: bool
) -> int:
    """How many events of unknown date would be meant but for the days: a filter by days passes them over."""
    if asked.since is None and asked.until is None:
        return 0
    same = replace(asked, since=None, until=None, limit=None, offset=0, umbrella=asked.umbrella if umbrella else False)
    each = [
        replace(same, type=kind or same.type, status=status or same.status)
        for kind in types or (None,)
        for status in statuses or (None,)
        if kind is None or same.type in (None, kind)
        if status is None or same.status in (None, status)
    ]
    return sum(ledger.count(one) - ledger.count(replace(one, since=date.min)) for one in each)
