"""The values of a panel: what each column counts, and what one event gives to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, get_args

from casus.analysis.intensity import QUADS, quad
from casus.records import Measure

if TYPE_CHECKING:
    from casus.ledger.flat import FlatEvent

MEASURES: tuple[Measure, ...] = get_args(Measure)
_HARMED = {
    "killed": "killed", "injured": "injured", "detained": "detained or abducted",
    "displaced": "driven from their homes", "missing": "missing",
}  # fmt: skip

# what counts with the event's first day
EVENT_COLUMNS: Mapping[str, str] = {
    "events": "Events that began in the period.",
    **{q.replace("-", "_"): f"Of these, events of {q.replace('-', ' ')} (PLOVER's quad class)." for q in QUADS},
    "disputed": "Of these, events with an open contradiction.",
    "killed_unknown": "Of these, events of material conflict of which nobody tells how many were killed; they add 0 to "
    "the figures.",
    "reports": "Reports that tell these events, summed over the events: a report that tells two counts twice.",
    "publishers": "Publishers that tell these events, summed over the events likewise.",
    "independent": "Independent voices that tell these events, summed over the events likewise.",
}
# what is shared out over the days with `spread`
HARM_COLUMNS: Mapping[str, str] = {
    f"{measure}_{end}": words.format(_HARMED[measure])
    for measure in MEASURES
    for end, words in (
        ("low", "The fewest people {}: the sum of the events' low figures; unknown is 0."),
        ("best", 'People {} by the best figures; where nobody counts ("dozens"), by the low one.'),
        ("high", 'The most people {}: the sum of the high figures; where it is open ("at least 9"), of the best one.'),
    )
}
ACTIVE = {"active": "Events with a day in the period, whenever they began."}
COUNTS: Mapping[str, str] = {**EVENT_COLUMNS, **ACTIVE, **HARM_COLUMNS}
INTENSITY: Mapping[str, str] = {
    "intensity_sum": "The sum of the events' intensity, from -10 (most hostile) to 10 (most friendly) each.",
    "intensity_mean": "Their mean; empty where there is no event.",
}
N_EVENT, N_HARM = len(EVENT_COLUMNS), len(HARM_COLUMNS)
AT_ACTIVE, AT_HARM = N_EVENT, N_EVENT + 1


def untold(event: FlatEvent) -> bool:
    """Whether it is an event that may have killed, and nobody tells how many."""
    told = (event.killed_low, event.killed_best, event.killed_high)
    return quad(event.type) == "material-conflict" and all(figure is None for figure in told)


def event_values(event: FlatEvent) -> list[int]:
    """What an event adds to EVENT_COLUMNS, in their order."""
    kind = quad(event.type)
    return [
        1,
        *(int(q == kind) for q in QUADS),
        int(event.conflicts_open > 0),
        int(untold(event)),
        event.reports,
        event.publishers,
        event.independent,
    ]


def harm_values(event: FlatEvent) -> list[int]:
    """What an event adds to HARM_COLUMNS: low, best and high of each measure, which stand in this order always."""
    told = (
        (event.killed_low, event.killed_best, event.killed_high),
        (event.injured_low, event.injured_best, event.injured_high),
        (event.detained_low, event.detained_best, event.detained_high),
        (event.displaced_low, event.displaced_best, event.displaced_high),
        (event.missing_low, event.missing_best, event.missing_high),
    )
    out: list[int] = []
    for low, best, high in told:
        least = low or 0
        middle = least if best is None else best
        out += (least, middle, middle if high is None else high)
    return out


def share(number: int, days: int, since: int, until: int) -> int:
    """How much of a number, shared out over so many days in whole people, falls on days since..until-1, from 0.

    What does not go up evenly falls on the first days, a person each; so all shares together are the number.
    """
    each, left = divmod(number, days)
    return each * (until - since) + min(until, left) - min(since, left)
