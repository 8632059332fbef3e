"""The plots of contradictions and of lags. From tidy rows to a chart."""

from __future__ import annotations

from collections.abc import Iterable

import altair as alt

from casus.analysis import disputes, look
from casus.analysis.look import Chart, Words, data, heat
from casus.ledger.flat import FlatClaim, FlatConflict, FlatEvent

# of a column of the matrix, in pixels
_WIDEST, _SLANTED = 64, 50
_ROOM = 150  # for a publisher's name
_DAYS = "days from the event to the report; the height is the number of reports"


def contradictions(
    events: Iterable[FlatEvent], conflicts: Iterable[FlatConflict], by: disputes.By = "country", *,
    asked: tuple[str, ...] = (),
) -> Chart:  # fmt: skip
    """How many events have an open contradiction of each kind, by country or month."""
    got = disputes.contradictions(events, conflicts, by)
    if isinstance(got, tuple):
        words = Words(f"Open contradictions by kind and {by} of the event", (*asked, *got))
        return look.empty(words, "No open contradiction matches.")
    words = Words(f"Open contradictions by kind and {got.by} of the event", (*asked, *got.lines))
    # the rest together is dark and does not make the others pale
    most = max(cell.events for cell in got.cells if cell.column != got.rest)
    wide = min(look.WIDTH // len(got.columns), _WIDEST)
    columns = list(got.columns)
    axis = alt.Axis(title=None, orient="top", labelAngle=0 if wide >= _SLANTED else -45, ticks=False, domain=False)
    base = alt.Chart(data(got.cells)).encode(
        x=alt.X("column:N", sort=columns, scale=alt.Scale(domain=columns), axis=axis),
        y=alt.Y("kind:N", sort=list(got.kinds), axis=look.name_axis(70)),
        tooltip=["kind:N", "column:N", "events:Q"],
    )
    cells = base.mark_rect(stroke="white", strokeWidth=1).encode(color=heat("events", most))
    light = alt.condition(f"datum.events > {most * 0.45}", alt.value("white"), alt.value(look.INK))
    numbers = base.mark_text(fontSize=11).encode(text=alt.Text("events:Q", format=",d"), color=light)
    view = alt.layer(cells, numbers).properties(width=wide * len(columns), height=30 * len(got.kinds))
    return look.finished(view, words)


def lag(events: Iterable[FlatEvent], claims: Iterable[FlatClaim], *, asked: tuple[str, ...] = ()) -> Chart:
    """Days between events and the reports of them: how many reports, and below how soon each publisher reports."""
    title = "Days from an event to the reports of it"
    got = disputes.lag(events, claims)
    if isinstance(got, tuple):
        return look.empty(Words(title, (*asked, *got)), "No report of an event dated to the day matches.")
    classes = [name for _, name in disputes.LAGS]
    roles = alt.Scale(domain=list(disputes.ROLES), range=[look.BLUE, look.SKY, look.GREY])
    bars = alt.Chart(data(got.bars)).mark_bar().encode(
        x=alt.X("days:N", sort=classes, scale=alt.Scale(domain=classes), axis=alt.Axis(title=_DAYS, labelAngle=0)),
        y=alt.Y("low:Q", axis=look.count_axis(None, room=_ROOM)), y2="high:Q",
        color=alt.Color("role:N", scale=roles), tooltip=["days:N", "role:N", "reports:Q"],
    ).properties(width=look.WIDTH + look.Y_EXTENT - _ROOM, height=220)  # fmt: skip
    views = [bars, _publishers(got.publishers)] if got.publishers else [bars]
    return look.finished(alt.vconcat(*views, spacing=18), Words(title, (*asked, *got.lines)))


_TICKS = (-365, -90, -30, -7, -1, 0, 1, 2, 3, 5, 7, 14, 30, 90, 365, 3650)


def _publishers(rows: tuple[disputes.Prompt, ...]) -> alt.LayerChart | alt.FacetChart:
    """Of each publisher the median and the middle half of its lags, on a scale that keeps the first days apart."""
    names = [row.publisher for row in rows]
    ends = [end for row in rows for end in (row.quarter, row.three_quarters)]
    first = max((t for t in _TICKS if t <= min(ends)), default=min(ends))
    last = min((t for t in _TICKS if t >= max(*ends, first + 1)), default=max(ends))
    axis = alt.Axis(
        title="days: median and middle half of each publisher's reports", format=",d",
        values=[t for t in _TICKS if first <= t <= last],
    )  # fmt: skip
    scale = alt.Scale(type="symlog", constant=1, domain=[first, last], nice=False)
    base = alt.Chart(data(rows)).encode(
        x=alt.X("quarter:Q", scale=scale, axis=axis),
        y=alt.Y("publisher:N", sort=names, axis=look.name_axis(_ROOM)),
        tooltip=["publisher:N", "quarter:Q", "median:Q", "three_quarters:Q", "reports:Q"],
    )
    half = base.mark_rule(strokeWidth=5, color=look.SKY).encode(x2="three_quarters:Q")
    middle = base.mark_point(filled=True, size=70, color=look.BLUE, opacity=1).encode(x="median:Q")
    width = look.WIDTH + look.Y_EXTENT - _ROOM
    return alt.layer(half, middle).properties(width=width, height=22 * len(names))
