"""Plots of a ledger's events: each gives an altair chart, which a notebook shows and `.save("x.html")` writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from casus.events import Event
from casus.notebook.desk import id_of
from casus.records import Measure

if TYPE_CHECKING:
    from casus.analysis.look import Chart
    from casus.analysis.plots import Name, Wish
    from casus.notebook.events import Events


class Plots:
    """The plots of docs/plots.md, of the events that it belongs to: `db.plot.weekly()`, `db.events(...).plot.lag()`.

    Each raises ExportError where altair is not installed: pip install "casus-events[plots]".

    >>> db.plot
    <Plots of all events: weekly, sides, toll, contradictions, coverage, lag, dyad>
    >>> db.events(country="Iran").plot.weekly().title.subtitle[0]
    'country IRN'
    """

    __slots__ = ("_events",)

    def __init__(self, events: Events) -> None:
        self._events = events

    def __repr__(self) -> str:
        from casus.analysis.plots import PLOTS  # noqa: PLC0415 - not needed to open a ledger

        return f"<Plots of {self._events._words() or 'all events'}: {', '.join(PLOTS)}>"

    def weekly(self) -> Chart:
        """Events per week by type, and below the people killed: low, best and high."""
        return self._draw("weekly")

    def coverage(self) -> Chart:
        """Reports by publisher and week."""
        return self._draw("coverage")

    def lag(self) -> Chart:
        """Days between events and the reports of them, and how soon each publisher reports."""
        return self._draw("lag")

    def contradictions(self, by: Literal["country", "month"] = "country") -> Chart:
        """Open contradictions by kind, and by country or month."""
        from casus.analysis.plots import Wish  # noqa: PLC0415

        return self._draw("contradictions", Wish(by=by))

    def dyad(self, one: str, other: str) -> Chart:
        """What two sides did to each other by week: intensity, one way up, the other down.

        >>> db.plot.dyad("Iran", "Pakistan").title.subtitle[0]
        '2 events (Iran → Pakistan: 1, Pakistan → Iran: 1)'
        """
        from casus.analysis.plots import Wish  # noqa: PLC0415

        return self._draw("dyad", Wish(sides=self._who(one, other)))

    def sides(self, one: str, other: str, *, measure: Measure = "killed") -> Chart:
        """What two sides say of the same events: figures, and whether they happened."""
        from casus.analysis.plots import Wish  # noqa: PLC0415

        return self._draw("sides", Wish(sides=self._who(one, other), measure=measure))

    def toll(self, event: str | Event, *, measure: Measure = "killed") -> Chart:
        """One event's toll by day of the report and by who says so. Raises UnknownError where there is no such event.

        >>> chart = db.plot.toll(db.events(disputed=True)[0])
        """
        from casus.analysis.plots import Wish  # noqa: PLC0415

        return self._draw("toll", Wish(event=id_of(event), measure=measure))

    def _draw(self, name: Name, wish: Wish | None = None) -> Chart:
        from casus.analysis.plots import draw  # noqa: PLC0415

        return draw(self._events._desk.ledger, name, self._events._asked(), wish)

    def _who(self, *names: str) -> tuple[str, ...]:
        from casus.asking import who_of  # noqa: PLC0415

        desk = self._events._desk
        return tuple(who_of(desk.ledger, name, desk.config) for name in names)
