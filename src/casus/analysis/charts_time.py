"""The plots over time: events by week and deaths, a dyad, coverage. From tidy rows to a chart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import altair as alt

from casus.analysis import look, series
from casus.analysis.look import Chart, Words, data
from casus.analysis.steps import Steps
from casus.analysis.units import shown
from casus.errors import UsageError
from casus.ledger.flat import FlatDocument, FlatEvent

# types that are met most have the same colour in every plot; others take what is left
_TYPES = {
    "ASSAULT": look.VERMILLION, "COERCE": look.ORANGE, "PROTEST": look.YELLOW, "ACCUSE": look.PURPLE,
    "CONSULT": look.SKY, "AGREE": look.GREEN, "REQUEST": look.BLUE,
}  # fmt: skip
_QUADS = {
    "verbal-cooperation": look.SKY, "material-cooperation": look.BLUE, "verbal-conflict": look.ORANGE,
    "material-conflict": look.VERMILLION,
}  # fmt: skip
_END = alt.X2("end:T")
# thinner bars have no room for a line around them
_ROOM = 6


def weekly(events: Iterable[FlatEvent], *, asked: tuple[str, ...] = ()) -> Chart:
    """Events by week and type, and below the people killed: from the low to the high figures, a line at the best."""
    got = series.weekly(events)
    if isinstance(got, tuple):
        return look.empty(Words("Events per week by type, and people killed", (*asked, *got)), "No event matches.")
    words = Words(f"Events per {got.steps.time} by type, and people killed", (*asked, *got.lines))
    events_axis = alt.Y("low:Q", axis=look.count_axis("events"))
    bars = alt.Chart(data(got.bars)).mark_rect(**_outline(got.steps)).encode(
        x=look.time_axis(*got.steps.days, shown=False), x2=_END, y=events_axis, y2="high:Q",
        color=alt.Color("type:N", scale=_type_colours(got.types), sort=list(got.types)),
        tooltip=[_day("start"), "type:N", "events:Q"],
    ).properties(width=look.WIDTH, height=230)  # fmt: skip
    most = max(week.high for week in got.deaths)
    x = look.time_axis(*got.steps.days)
    base = alt.Chart(data(got.deaths))
    scale = alt.Scale(domain=[0, max(most, 1)], nice=True)
    killed = alt.Y("low:Q", scale=scale, axis=look.count_axis("killed, low to high"))
    tip = [_day("start"), "low:Q", "best:Q", "high:Q"]
    band = base.mark_rect(color=look.INK, opacity=0.3).encode(x=x, x2=_END, y=killed, y2="high:Q", tooltip=tip)
    best = base.mark_rule(color=look.INK, strokeWidth=2).encode(x=x, x2=_END, y=alt.Y("best:Q", scale=scale))
    below = alt.layer(band, best).properties(width=look.WIDTH, height=120)
    return look.finished(alt.vconcat(bars, below, spacing=10), words)


def _type_colours(types: tuple[str, ...]) -> alt.Scale:
    free = [c for c in look.PALETTE if c not in {_TYPES.get(t) for t in types}]
    return alt.Scale(
        domain=list(types),
        range=[look.GREY if t == series.OTHER else _TYPES.get(t) or free.pop(0) for t in types],
    )


def _outline(steps: Steps) -> dict[str, Any]:
    wide = look.WIDTH / (steps.last - steps.first + 1) > _ROOM
    return {"stroke": "white", "strokeWidth": 1} if wide else {}


def _day(name: str) -> alt.Tooltip:
    """A day as whoever points at a mark reads it, in UTC."""
    return alt.Tooltip(f"utcyearmonthdate({name}):T", title="from")


def dyad(events: Iterable[FlatEvent], one: str, other: str, *, asked: tuple[str, ...] = ()) -> Chart:
    """What each of two sides did to the other: above the axis the first to the second, below it the second to the
    first. A bar is as high as the events' intensity together, 0 to 10 each; its colour says of which quad class.

    Raises UsageError where both are one.
    """
    if one == other:
        raise UsageError(f"a dyad of {one} and {other} is none", "name two sides")
    got = series.dyad(events, one, other)
    one_name, other_name = shown(one), shown(other)
    title = f"What {one_name} and {other_name} did to each other"
    if isinstance(got, tuple):
        return look.empty(Words(title, (*asked, *got)), "No event matches.")
    note = "The height of a bar is the sum of the events' intensity (0 to 10 each, PLOVER), hostile or friendly."
    words = Words(f"{title}, by {got.steps.time}", (*asked, *got.lines, note))
    most = max(got.most, 10) * 1.12
    axis = look.count_axis("intensity", labelExpr="format(abs(datum.value), ',')")
    y = alt.Y("low:Q", scale=alt.Scale(domain=[-most, most], nice=False), axis=axis)
    bars = alt.Chart(data(got.flows)).mark_rect(**_outline(got.steps)).encode(
        x=look.time_axis(*got.steps.days), x2=_END, y=y, y2="high:Q",
        color=alt.Color("quad:N", scale=alt.Scale(domain=list(_QUADS), range=list(_QUADS.values()))),
        tooltip=[_day("start"), "direction:N", "quad:N", "events:Q", "intensity:Q"],
    )  # fmt: skip
    zero = alt.Chart(alt.InlineData(values=[{"y": 0}])).mark_rule(color=look.INK).encode(y="y:Q")
    named = [_corner(f"↑ {one_name} → {other_name}", 4), _corner(f"↓ {other_name} → {one_name}", 346)]
    return look.finished(alt.layer(bars, zero, *named).properties(width=look.WIDTH, height=350), words)


def _corner(words: str, y: int) -> alt.Chart:
    """Words at the left of a plot, at that height."""
    mark = alt.Chart(alt.InlineData(values=[{"words": words}])).mark_text(
        align="left", baseline="top" if y < 100 else "bottom", fontSize=12, fontWeight="bold", color=look.INK
    )
    made: alt.Chart = mark.encode(text="words:N", x=alt.value(6), y=alt.value(y))
    return made


def coverage(documents: Iterable[FlatDocument], *, asked: tuple[str, ...] = ()) -> Chart:
    """Reports by publisher and week."""
    got = series.coverage(documents)
    if isinstance(got, tuple):
        return look.empty(Words("Reports by publisher and week", (*asked, *got)), "No report matches.")
    words = Words(f"Reports by publisher and {got.steps.time}", (*asked, *got.lines))
    most = max(cell.reports for cell in got.cells if cell.publisher != got.rest)
    names = list(got.publishers)
    room = 150
    base = alt.Chart(data(got.cells)).encode(
        x=look.time_axis(*got.steps.days), x2=_END,
        y=alt.Y("publisher:N", sort=names, scale=alt.Scale(domain=names), axis=look.name_axis(room)),
        tooltip=[_day("start"), "publisher:N", "reports:Q"],
    )  # fmt: skip
    named = base.mark_rect(**_outline(got.steps)).encode(color=look.heat("reports", most))
    views = [
        named.transform_filter(alt.FieldOneOfPredicate(field="publisher", oneOf=[n for n in names if n != got.rest]))
    ]
    if got.rest:
        # what many publishers have together would make each of them pale
        grey = alt.Color("reports:Q", scale=alt.Scale(range=["#EEEEEE", "#666666"], zero=True), legend=None)
        rest = base.mark_rect(**_outline(got.steps)).encode(color=grey)
        views.append(rest.transform_filter(alt.FieldEqualPredicate(field="publisher", equal=got.rest)))
    layers = alt.layer(*views).resolve_scale(color="independent")
    return look.finished(layers.properties(width=look.WIDTH + look.Y_EXTENT - room, height=26 * len(names)), words)
