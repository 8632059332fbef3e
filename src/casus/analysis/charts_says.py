"""The plots of who says what: one event's toll by source, two sides on the same events. From tidy rows to a chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import altair as alt

from casus.analysis import accounts, look
from casus.analysis.look import Chart, Words, data
from casus.analysis.units import shown
from casus.errors import UsageError
from casus.ledger.flat import FlatClaim, FlatEvent
from casus.records import Measure

_SHAPES = {"counted": "circle", "at least": "triangle-up", "up to": "triangle-down"}
_ROOM = 220  # for an event's name
_FAR = 10  # times as high as the lowest figure


def toll(
    event: FlatEvent, claims: Iterable[FlatClaim], measure: Measure = "killed", *, asked: tuple[str, ...] = ()
) -> Chart:
    """One event's figures by the day of the report and by voice; the grey band is the settled low to high."""
    title = f"How many were {measure}, by day of the report and by who says so"
    about = event.summary or f"{event.event_id}: {accounts.short(event)}"
    got = accounts.toll(claims, measure)
    if isinstance(got, tuple):
        return look.empty(Words(title, (about, *asked, *got)), f"Nobody tells how many were {measure}.")
    low, best, high = accounts.settled(event, measure)
    held = [f"{name} {n:,}" for name, n in (("low", low), ("best", best), ("high", high)) if n is not None]
    words = Words(title, (about, *asked, *got.lines, *([f"settled (grey): {', '.join(held)}"] if held else ())))
    views = alt.layer(*_settled(low, best, high), *_figures(got, measure))
    return look.finished(views.properties(width=look.WIDTH, height=330), words)


def _settled(low: int | None, best: int | None, high: int | None) -> list[alt.Chart]:
    """What the event has settled on, behind the figures."""
    known = [n for n in (low, best, high) if n is not None]
    if not known:
        return []
    base = alt.Chart(alt.InlineData(values=[{"from": min(known), "to": max(known), "best": best}]))
    band = base.mark_rect(color=look.GREY, opacity=0.25).encode(y="from:Q", y2="to:Q")
    line = base.mark_rule(color=look.GREY, strokeDash=[4, 3]).encode(y="best:Q")
    return [band] if best is None else [band, line]


def _figures(got: accounts.Toll, measure: Measure) -> list[alt.Chart]:
    """A point for a number, a line between two, a number beside what several reports say."""
    kinds = [kind for kind in _SHAPES if any(told.open == kind for told in got.figures)]
    most = max(1, *(told.high for told in got.figures))
    # a figure far above the others would press them into one line
    root = most > _FAR * max(1, min(told.high for told in got.figures))
    base = alt.Chart(data(got.figures)).encode(
        x=look.time_axis(*got.days, field="at"),
        y=alt.Y(
            "low:Q",
            scale=alt.Scale(type="sqrt" if root else "linear", domain=[0, most * 1.08], nice=True),
            axis=look.count_axis(f"{measure} (square-root scale)" if root else measure),
        ),
        tooltip=["voice:N", "low:Q", "high:Q", "open:N", "reports:Q"],
    )
    legend = alt.Legend(columns=3 if len(kinds) > 1 else 4)
    colour = alt.Color("voice:N", scale=look.colours(got.voices), sort=list(got.voices), legend=legend)
    shape = alt.Shape(
        "open:N",
        scale=alt.Scale(domain=kinds, range=[_SHAPES[kind] for kind in kinds]),
        legend=alt.Legend(columns=1, symbolType="circle") if kinds != ["counted"] else None,
    )
    span = base.mark_rule(strokeWidth=3).encode(y2="high:Q", color=colour)
    point = base.mark_point(filled=True, size=80, opacity=1).encode(color=colour, shape=shape)
    many = base.mark_text(dy=-11, fontSize=10, color=look.INK).encode(y="high:Q", text="times:N")
    many = many.transform_filter("datum.reports > 1").transform_calculate(times="'×' + datum.reports")
    return [span, point, point.encode(y="high:Q"), many]


def sides(
    events: Iterable[FlatEvent], claims: Iterable[FlatClaim], speakers: Mapping[str, str], two: tuple[str, str],
    measure: Measure = "killed", *, asked: tuple[str, ...] = (),
) -> Chart:  # fmt: skip
    """What two sides say of the same events: figures at the left, at the right whether they say that it happened.

    `speakers`: who says a claim, by its id. Raises UsageError where both sides are one.
    """
    if two[0] == two[1]:
        raise UsageError(f"{two[0]} is one side", "name two sides")
    title = f"What {shown(two[0])} and {shown(two[1])} say of the same events"
    got = accounts.sides(events, claims, speakers, two, measure)
    if isinstance(got, tuple):
        return look.empty(Words(title, (*asked, *got)), "Neither of them is a source of anything that matches.")
    names = [shown(side) for side in two]
    base = alt.Chart(data(got.said)).encode(
        yOffset=alt.YOffset("side:N", scale=alt.Scale(domain=names)),
        color=alt.Color("side:N", scale=alt.Scale(domain=names, range=[look.BLUE, look.VERMILLION])),
        tooltip=["event:N", "side:N", "low:Q", "high:Q", "says:N", "reports:Q"],
    )
    views = alt.hconcat(_told(base, got, measure), _says(base, got), spacing=4)
    return look.finished(views, Words(title, (*asked, *got.lines)))


def _rows(got: accounts.Sides, axis: alt.Axis | None) -> alt.Y:
    events = list(got.events)
    return alt.Y("event:N", sort=events, scale=alt.Scale(domain=events, paddingInner=0.25), axis=axis)


def _told(base: alt.Chart, got: accounts.Sides, measure: Measure) -> alt.LayerChart | alt.FacetChart:
    """The figures of each side, from its lowest to its highest."""
    title = f"{measure}, by what each side says" if any(said.low is not None for said in got.said) else "no figures"
    axis = alt.Axis(title=title, format=",d", tickMinStep=1, tickCount=6)
    here = base.encode(
        x=alt.X("low:Q", scale=alt.Scale(zero=True, nice=True), axis=axis),
        y=_rows(got, look.name_axis(_ROOM, grid=True)),
    )
    span = here.mark_rule(strokeWidth=4).encode(x2="high:Q")
    end = here.mark_point(filled=True, size=70, opacity=1)
    return alt.layer(span, end, end.encode(x="high:Q")).properties(width=340, height=40 * len(got.events))


def _says(base: alt.Chart, got: accounts.Sides) -> alt.Chart:
    """In words whether it happened."""
    words = base.mark_text(align="left", fontSize=11).encode(x=alt.value(4), y=_rows(got, None), text="says:N")
    made: alt.Chart = words.properties(width=180, height=40 * len(got.events))
    return made
