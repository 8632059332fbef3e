"""How all plots look: colours that the colour-blind tell apart, axes of time, titles that say what is left out.

Colours are those of Okabe and Ito, "Color Universal Design" (2008). Letters are Liberation Sans, which vl-convert
brings with it, so that a plot is the same on every machine.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import altair as alt

from casus.analysis.periods import first_day, period_of

VERMILLION, ORANGE, YELLOW, GREEN = "#D55E00", "#E69F00", "#F0E442", "#009E73"
SKY, BLUE, PURPLE, GREY, INK = "#56B4E9", "#0072B2", "#CC79A7", "#999999", "#333333"
PALETTE = (VERMILLION, BLUE, GREEN, ORANGE, SKY, PURPLE, YELLOW)
# light to dark, for counts; readable in grey, too
HEAT = ("#DEEBF7", "#9ECAE1", "#4292C6", "#2171B5", "#08306B")
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
# with axis and margins a plot is 800 pixels wide, which fits a page and a slide
WIDTH, Y_EXTENT = 700, 46
LINE = 148  # letters of a subtitle that fit there
OTHER = "other"

# what `draw` gives: one view, several over one another, or several below or beside one another
Chart = alt.Chart | alt.LayerChart | alt.FacetChart | alt.VConcatChart | alt.HConcatChart


@dataclass(frozen=True, slots=True)
class Words:
    """What a plot says of itself: the title, and the lines below it."""

    title: str
    lines: tuple[str, ...] = ()

    def params(self) -> alt.TitleParams:
        """As Vega-Lite has it, lines broken so that they fit."""
        broken = [part for line in self.lines for part in textwrap.wrap(line, LINE)]
        return alt.TitleParams(text=textwrap.wrap(self.title, 80), subtitle=broken)


def data(rows: Iterable[NamedTuple]) -> alt.InlineData:
    """Tidy rows as Vega-Lite takes them: days at midnight UTC, so that no time zone moves them."""
    return alt.InlineData(values=[{k: _plain(v) for k, v in row._asdict().items()} for row in rows])


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z"
    return f"{value.isoformat()}T00:00:00Z" if isinstance(value, date) else value


def finished(chart: Chart, words: Words) -> Chart:
    """The chart with its title and the look of all."""
    made: Chart = (
        chart.properties(title=words.params(), description=". ".join((words.title, *words.lines)), background="white",
                         padding=10)
        .configure(font=FONT)
        # what Vega would read out of each mark is long, and its days are those of the machine's time zone
        .configure_mark(aria=False)
        .configure_title(anchor="start", fontSize=16, subtitleFontSize=11, subtitleColor="#555555", offset=12,
                         subtitlePadding=5, frame="bounds")
        .configure_axis(labelColor=INK, titleColor=INK, labelFontSize=11, titleFontSize=11, titleFontWeight="normal",
                        gridColor="#E5E5E5", domainColor="#888888", tickColor="#888888", labelLimit=190)
        .configure_legend(orient="top", title=None, labelFontSize=11, labelLimit=170, columns=4, symbolType="square",
                          titleFontWeight="normal", offset=6)
        .configure_view(stroke=None)
    )  # fmt: skip
    return made


def empty(words: Words, why: str) -> Chart:
    """A plot of nothing, which says so."""
    shown = alt.Chart(alt.InlineData(values=[{"words": why}])).mark_text(fontSize=14, color="#555555")
    return finished(shown.encode(text="words:N").properties(width=WIDTH, height=120), words)


# d3's own ticks of weeks fall on Sundays, and ours begin on Mondays; so ticks are reckoned here
_MOST_TICKS = 12
# the year stands at the first tick and where a new one begins
_DAYS = (
    "utcFormat(datum.value, datum.index == 0 || (utcmonth(datum.value) == 0 && utcdate(datum.value) <= {every})"
    " ? '%-d %b %Y' : '%-d %b')"
)


def time_axis(first: date, last: date, *, field: str = "start", shown: bool = True) -> alt.X:
    """The axis of time from the first day to the day after the last, in UTC; ticks by how long it is."""
    ticks, words = _ticks(first, last)
    values = [_milliseconds(day) for day in ticks]
    axis = alt.Axis(
        values=values, labelExpr=words, labelOverlap=True, labels=shown, ticks=shown, title=None, grid=False
    )
    domain = [_milliseconds(day) for day in (first, last + timedelta(last < date.max))]
    return alt.X(f"{field}:T", scale=alt.Scale(type="utc", domain=domain), axis=axis)


def _ticks(first: date, last: date) -> tuple[list[date], str]:
    """Days, Mondays, firsts of months or of years, no more than fit, and how they are written."""
    length = (last - first).days + 1
    for every in (1, 2, 7, 14):
        # Mondays, where not every day or every other has room
        start = first if every < 7 else first + timedelta(-first.weekday() % 7)
        if length <= every * _MOST_TICKS:
            days = [start + timedelta(n) for n in range(0, length, every)]
            return [day for day in days if day <= last], _DAYS.format(every=every)
    numbers = range(period_of(first, "month"), period_of(last, "month") + 1)
    step = next((n for n in (1, 2, 3, 6) if len(numbers) <= n * _MOST_TICKS), 0)
    if step:
        found = [first_day(n, "month") for n in numbers if n % step == 0]
        return [day for day in found if first <= day], "utcFormat(datum.value, '%b %Y')"
    step = next(n for n in (1, 2, 5, 10, 20, 50, 100, 1000) if last.year - first.year < n * _MOST_TICKS)
    years = [year for year in range(first.year, last.year + 1) if year % step == 0]
    return [date(year, 1, 1) for year in years if date(year, 1, 1) >= first], "utcFormat(datum.value, '%Y')"


def _milliseconds(day: date) -> int:
    """Since 1970, as Vega counts time."""
    return (day - date(1970, 1, 1)).days * 86_400_000


def count_axis(title: str | None, *, room: int = Y_EXTENT, **other: Any) -> alt.Axis:
    """An axis of whole numbers that leaves as much room beside it as any other, so that plots stand below one
    another."""
    return alt.Axis(title=title, format=",d", tickMinStep=1, tickCount=5, minExtent=room, maxExtent=room, **other)


def name_axis(room: int, *, grid: bool = False) -> alt.Axis:
    """An axis of names that take so many pixels; longer ones are cut."""
    return alt.Axis(
        title=None, domain=False, ticks=False, grid=grid, minExtent=room, maxExtent=room, labelLimit=room - 5
    )


def heat(name: str, most: int) -> alt.Color:
    """Counts from light to dark, none being white, and what is more than `most` as dark as that."""
    legend = alt.Legend(
        title=name, titleOrient="left", gradientLength=200, format=",d", tickMinStep=1, tickCount=min(most, 5)
    )
    scale = alt.Scale(domain=[0, max(most, 1)], range=list(HEAT), clamp=True)
    return alt.Color(f"{name}:Q", scale=scale, legend=legend)


def colours(names: Sequence[str], wanted: Sequence[str] = PALETTE) -> alt.Scale:
    """Each name its colour, in order; what sums up the rest is grey."""
    left = iter(wanted)
    return alt.Scale(domain=list(names), range=[GREY if name == OTHER else next(left) for name in names])
