"""The plots: their names, what they show, and how a ledger's rows become one.

    draw(ledger, "weekly", Filter(country="PAK"))                       # an altair chart
    draw(ledger, "toll", event="evt_159467e2")
    draw(ledger, "dyad", sides=("IRN", "PAK"))

altair is an extra: pip install "casus-events[plots]". Its modules are loaded when a plot is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Literal, get_args

from casus.analysis.extras import needed
from casus.errors import UsageError
from casus.ledger.flat import FlatClaim, FlatEvent, flat_claims, flat_conflicts, flat_documents, flat_events, snapshot
from casus.ledger.queries import Filter
from casus.records import Measure

if TYPE_CHECKING:
    from casus.analysis.look import Chart
    from casus.events import Event
    from casus.ledger.ledger import Ledger

Name = Literal["weekly", "sides", "toll", "contradictions", "coverage", "lag", "dyad"]
By = Literal["country", "month"]

# name of each plot to what it shows, in a line
PLOTS: Mapping[Name, str] = {
    "weekly": "Events per week by type, and below the people killed: low, best and high.",
    "sides": "What two sides say of the same events: figures, and whether they happened (--actor, --recipient).",
    "toll": "One event's toll by day of the report and by who says so (--event).",
    "contradictions": "Open contradictions by kind and by country or month (--by).",
    "coverage": "Reports by publisher and week.",
    "lag": "Days between events and the reports of them, and how soon each publisher reports.",
    "dyad": "What two sides did to each other by week: intensity, one way up, the other down (--actor, --recipient).",
}
MEASURES: tuple[Measure, ...] = get_args(Measure)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of a plot beside the filter: the event of `toll`, the two sides of `sides` and `dyad`, by what
    contradictions stand beside one another, what is counted in tolls."""

    event: str | None = None
    sides: tuple[str, ...] = ()
    measure: Measure = "killed"
    by: By = "country"


def name_of(name: str) -> Name:
    """The plot of that name. Raises UsageError."""
    found = next((plot for plot in PLOTS if plot == name.lower()), None)
    if found is None:
        raise UsageError(f"there is no plot {name!r}", f"one of {', '.join(PLOTS)}")
    return found


def draw(ledger: Ledger, name: Name | str, asked: Filter | None = None, wish: Wish | None = None) -> Chart:
    """The plot of that name, of the events that are asked for; where there is none, a plot that says so.

    Names in the filter and the sides are those of the ledger (`asking.meant`). Raises UsageError where a plot lacks
    what it needs, UnknownError for an unknown event, and ExportError where altair is not installed.
    """
    asked, wish, plot = asked or Filter(), wish or Wish(), name_of(name)
    _check(plot, wish)
    needed("altair", "plots")
    with snapshot(ledger):
        return _DRAW[plot](ledger, asked, wish)


def _check(plot: Name, wish: Wish) -> None:
    if plot == "toll" and wish.event is None:
        raise UsageError("toll is of one event", "name it with --event; `casus events` lists them")
    if plot in ("sides", "dyad") and len(wish.sides) != 2:
        raise UsageError(f"{plot} is of two sides", "such as --actor Iran --recipient Pakistan")


# altair takes a second, and is not always there: the charts are loaded when one is drawn


def _weekly(ledger: Ledger, asked: Filter, wish: Wish) -> Chart:
    from casus.analysis import charts_time  # noqa: PLC0415

    return charts_time.weekly(flat_events(ledger, asked), asked=words(asked))


def _dyad(ledger: Ledger, asked: Filter, wish: Wish) -> Chart:
    from casus.analysis import charts_time  # noqa: PLC0415

    one, other = wish.sides
    mine = replace(asked, side=one)
    return charts_time.dyad(flat_events(ledger, mine), one, other, asked=words(asked))


def _coverage(ledger: Ledger, asked: Filter, wish: Wish) -> Chart:
    from casus.analysis import charts_time  # noqa: PLC0415

    return charts_time.coverage(flat_documents(ledger, asked), asked=words(asked))


def _contradictions(ledger: Ledger, asked: Filter, wish: Wish) -> Chart:
    from casus.analysis import charts_disputes  # noqa: PLC0415

    these = replace(asked, disputed=True)
    rows = flat_conflicts(ledger, these)
    return charts_disputes.contradictions(flat_events(ledger, these), rows, wish.by, asked=words(asked))


def _lag(ledger: Ledger, asked: Filter, wish: Wish) -> Chart:
    from casus.analysis import charts_disputes  # noqa: PLC0415

    return charts_disputes.lag(flat_events(ledger, asked), flat_claims(ledger, asked), asked=words(asked))


def _toll(ledger: Ledger, asked: Filter, wish: Wish) -> Chart:
    from casus.analysis import charts_says  # noqa: PLC0415

    event = ledger.event(wish.event or "")
    narrow = _just(event)
    (row,) = (row for row in flat_events(ledger, narrow, summary=True) if row.event_id == event.id)
    claims = (claim for claim in flat_claims(ledger, narrow) if claim.event_id == event.id)
    return charts_says.toll(row, claims, wish.measure)


def _just(event: Event) -> Filter:
    """A filter that this event fits and few others."""
    sides = [side.who for side in (*event.actors, *event.recipients) if side.who]
    return Filter(
        since=event.when.start, until=event.when.end, type=event.types[0], status=event.status,
        country=event.place.iso3 if event.place else None, side=sides[0] if sides else None,
        independent=event.independent_n, umbrella=event.umbrella,
    )  # fmt: skip


def _sides(ledger: Ledger, asked: Filter, wish: Wish) -> Chart:
    from casus.analysis import charts_says  # noqa: PLC0415

    two = (wish.sides[0], wish.sides[1])
    events: dict[str, FlatEvent] = {}
    claims: dict[str, FlatClaim] = {}
    # what they say of deeds in which one of them has a part
    for side in two:
        mine = replace(asked, side=side)
        events |= {event.event_id: event for event in flat_events(ledger, mine)}
        claims |= {claim.claim_id: claim for claim in flat_claims(ledger, mine) if claim.source}
    spoken = dict.fromkeys(claim.event_id for claim in claims.values() if claim.event_id)
    # the innermost speaker of whom it is known who that is
    speakers = {
        claim.id: next((s.who for s in reversed(claim.source) if s.who), "")
        for id_ in spoken for claim in ledger.claims(id_)
    }  # fmt: skip
    return charts_says.sides(events.values(), claims.values(), speakers, two, wish.measure, asked=words(asked))


_DRAW = {
    "weekly": _weekly, "sides": _sides, "toll": _toll, "contradictions": _contradictions, "coverage": _coverage,
    "lag": _lag, "dyad": _dyad,
}  # fmt: skip


def words(asked: Filter) -> tuple[str, ...]:
    """The filter in a line for the subtitle; none where everything is asked for."""
    plain = {f.name: getattr(asked, f.name) for f in fields(Filter) if getattr(asked, f.name) != f.default}
    told = []
    for name, value in plain.items():
        if name == "near":
            told.append("within {2:g} km of {0:g}, {1:g}".format(*value))
        elif name == "ids":
            told.append(f"{len(value):,} chosen event{'s' * (len(value) != 1)}")
        elif name in ("killed", "independent"):
            told.append(f"{name} at least {value}")
        elif value is True:
            told.append("with open contradictions" if name == "disputed" else name)
        else:
            told.append(f"{name} {value}")
    return ("; ".join(told),) if told else ()
