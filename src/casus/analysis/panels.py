"""Panels for models: what befell each unit in each period, zeros included.

    panel(flat_events(ledger), "country", "month", since=date(2024, 1, 1)).to_pandas()

The rules stand in docs/panels.md. Whatever does not count is counted, with the reason, in `Panel.left_out`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from casus.analysis.counting import Count, LeftOut
from casus.analysis.periods import Time, first_day, last_day, period_of, time_of
from casus.analysis.sieve import Sieve
from casus.analysis.tables import Panel, columns_of
from casus.analysis.units import Key, Unit, key_columns, unit_of
from casus.errors import UsageError

if TYPE_CHECKING:
    from casus.ledger.flat import FlatEvent

__all__ = ["MOST_ROWS", "LeftOut", "Panel", "columns_of", "panel"]

# four thousand cells by day for more than a century: what is larger is a slip (an event of the year 1066)
MOST_ROWS = 200_000_000


def panel(
    events: Iterable[FlatEvent],
    unit: Unit | str,
    time: Time | str,
    *,
    since: date | None = None,
    until: date | None = None,
    directed: bool = False,
    types: Iterable[str] | None = None,
    statuses: Iterable[str] | None = ("happened",),
    umbrella: bool = False,
    spread: bool = False,
    fill: bool = True,
    units: Iterable[Key | str | int] | None = None,
) -> Panel:
    """Counts events by unit and period.

    `unit`: country, admin1, prio-grid, dyad or actor; `time`: day, week (ISO), month or year. `since` and `until` are
    days, both counted in; without them the panel runs from the first to the last period that has an event.
    `directed`: dyads of an actor and a recipient, not of two sides in any order. `types`: no others. `statuses`: None
    for all. `umbrella`: with events that sum or span incidents. `spread`: harms are shared out over an event's days;
    else an event counts wholly on its first day. `fill`: rows of zeros where nothing happened. `units`: these and no
    others, filled even where nothing ever happened; ("PAK", "Balochistan") is a province, ("IRN", "PAK") a dyad.

    Raises UsageError for what makes no sense, and where there would be more than MOST_ROWS rows.
    """
    unit, time = unit_of(unit), time_of(time)
    if since and until and since > until:
        raise UsageError(f"{since} is after {until}", "since is the first day, until the last")
    if directed and unit != "dyad":
        raise UsageError(f"a panel by {unit} has no direction", "directed is for dyads")
    sieve = Sieve(time, _set(statuses), _set(types), umbrella=umbrella, spread=spread)
    asked = None if units is None else _keys(units, unit, directed)
    count = Count(sieve, unit, directed, since, until, asked)
    for event in events:
        count.add(event)
    made = _made(count, fill)
    if len(made) > MOST_ROWS:
        raise UsageError(f"the panel would have {len(made):,} rows", "give fewer days, a longer period or no fill")
    return made


def _set(names: Iterable[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(names)


def _keys(units: Iterable[Key | str | int], unit: Unit, directed: bool) -> frozenset[Key]:
    """The units that are asked for, as keys. Raises UsageError where one is of another form."""
    parts = key_columns(unit, directed)
    kind = int if unit == "prio-grid" else str
    out = set()
    for given in units:
        key = given if isinstance(given, tuple) else (given,)
        if len(key) != len(parts) or not all(isinstance(part, kind) for part in key):
            raise UsageError(f"{given!r} is no {unit}", f"it is named by {' and '.join(parts)}")
        out.add(tuple(sorted(key, key=str)) if unit == "dyad" and not directed else key)
    return frozenset(out)


def _made(count: Count, fill: bool) -> Panel:
    time = count.sieve.time
    touched = {period for _, period in count.cells}
    first = _edge(count.since, min(touched, default=None), time)
    last = _edge(count.until, max(touched, default=None), time)
    periods = range(0) if first is None or last is None else range(first, last + 1)
    units = sorted({key for key, _ in count.cells} if count.asked is None else count.asked, key=_order)
    return Panel.of(
        count,
        fill=fill,
        units=tuple(units),
        periods=periods,
        since=count.since or (first_day(periods[0], time) if periods else None),
        until=count.until or (last_day(periods[-1], time) if periods else None),
    )


def _edge(day: date | None, seen: int | None, time: Time) -> int | None:
    """The first or last period: that of the day asked for, else the one seen."""
    return seen if day is None else period_of(day, time)


def _order(key: Key) -> tuple[tuple[int, str], ...]:
    """Numbers by size, names by their letters."""
    return tuple((part, "") if isinstance(part, int) else (0, part) for part in key)
