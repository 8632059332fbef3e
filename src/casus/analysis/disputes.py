"""What the plots of contradictions and of lags are made of.

Each function takes flat rows and gives tidy rows, one a mark; or lines that say why there is nothing to draw.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from casus.analysis.counting import counted
from casus.analysis.periods import label, period_of
from casus.analysis.series import NOBODY, OTHER, TOP, ranked
from casus.events import ConflictKind

if TYPE_CHECKING:
    from casus.ledger.flat import FlatClaim, FlatConflict, FlatEvent

By = Literal["country", "month"]
KINDS: tuple[ConflictKind, ...] = get_args(ConflictKind)
UNKNOWN = "unknown"
MOST_MONTHS = 24  # more columns than these have no room for a number each; then by year


class Disputed(NamedTuple):
    """How many events have an open contradiction of a kind, in a country or month."""

    kind: str
    column: str
    events: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """Of the plot `contradictions`: its columns in order, what these are, the one that sums up the rest, if there is
    any; and lines for the subtitle."""

    by: str
    columns: tuple[str, ...]
    rest: str | None
    kinds: tuple[str, ...]
    cells: tuple[Disputed, ...]
    lines: tuple[str, ...]


def contradictions(events: Iterable[FlatEvent], conflicts: Iterable[FlatConflict], by: By) -> Matrix | tuple[str, ...]:
    """Open contradictions by kind and by country or month of the event."""
    of = {event.event_id: event for event in events if event.conflicts_open}
    kept = {(row.event_id, row.kind, row.state) for row in conflicts}
    states = Counter(state for _, _, state in kept)
    still = sorted((id_, kind) for id_, kind, state in kept if state == "open" and id_ in of)
    gone = [f"{states[s]:,} {words}" for s, words in (("settled", "settled by a person"), ("superseded", "superseded"))
            if states[s]]  # fmt: skip
    lines = (
        f"{counted(len(still), 'open contradiction')} of {counted(len({i for i, _ in still}), 'event')}"
        + (f"; not shown, of the same events: {', '.join(gone)}" if gone else ""),
    )
    if not still:
        return lines
    columns, where = _columns([of[id_] for id_, _ in still], by)
    totals = Counter(where)
    order = sorted(totals, key=lambda name: (not name.startswith("<"), name)) if by == "month" else ranked(totals, TOP)
    names = [f"{len(totals) - TOP} more" if name == OTHER else name for name in order]
    numbers = Counter((kind, w if w in order else names[-1]) for (_, kind), w in zip(still, where, strict=True))
    cells = tuple(Disputed(kind, w, n) for (kind, w), n in sorted(numbers.items()))
    kinds = tuple(kind for kind in KINDS if any(cell.kind == kind for cell in cells))
    rest = names[-1] if OTHER in order else None
    return Matrix(columns, tuple(names), rest, kinds, cells, lines)


def _columns(events: Sequence[FlatEvent], by: By) -> tuple[str, list[str]]:
    """By what the columns are, and of each event its column."""
    if by == "country":
        return "country", [event.iso3 or UNKNOWN for event in events]
    days = [event.date_start for event in events]
    months = {period_of(day, "month") for day in days if day}
    if not months or max(months) - min(months) < MOST_MONTHS:
        return "month", [label(period_of(day, "month"), "month") if day else UNKNOWN for day in days]
    # what is long ago goes together
    since = max(day.year for day in days if day) - MOST_MONTHS + 1
    return "year", [UNKNOWN if day is None else str(day.year) if day.year >= since else f"< {since}" for day in days]


# how many days lie between an event and a report of it: the first day of each class, and what it is called
LAGS = (
    (None, "before"), (0, "same day"), (1, "1 day"), (2, "2"), (3, "3"), (4, "4–7"), (8, "8–14"), (15, "15–30"),
    (31, "31–90"), (91, "91–365"), (366, "over a year"),
)  # fmt: skip
ROLES = ("first report of its event", "later report", "as background")


class Lagged(NamedTuple):
    """How many pairs of an event and a report of it lie so many days apart; where the bar stands in its stack."""

    days: str
    role: str
    reports: int
    low: int
    high: int


class Prompt(NamedTuple):
    """How soon a publisher reports: days from the event, the middle half and the median."""

    publisher: str
    quarter: float
    median: float
    three_quarters: float
    reports: int


@dataclass(frozen=True, slots=True)
class Lag:
    """Of the plot `lag`: bars, publishers with most reports, and lines for the subtitle."""

    bars: tuple[Lagged, ...]
    publishers: tuple[Prompt, ...]
    lines: tuple[str, ...]


def lag(events: Iterable[FlatEvent], claims: Iterable[FlatClaim]) -> Lag | tuple[str, ...]:
    """Days from the first day of an event to the reports that tell it; events that happened, dated to the day."""
    began, coarse = dict[str, date](), 0
    for event in events:
        if event.status == "happened" and not event.umbrella:
            if event.date_start and event.date_precision == "day":
                began[event.event_id] = event.date_start
            else:
                coarse += 1
    told: dict[tuple[str, str], tuple[date, str, bool]] = {}
    for claim in claims:
        if claim.event_id in began and claim.published:
            key = (claim.event_id, claim.document_id)
            earlier = told.get(key, (None, None, True))[2]
            told[key] = (claim.published, claim.publisher or NOBODY, claim.background and earlier)
    lines = [f"{counted(len(told), 'report')} of {counted(len({e for e, _ in told}), 'event')} dated to the day"]
    if coarse:
        lines.append(f"left out: {counted(coarse, 'event')} dated more coarsely or not at all")
    if not told:
        return tuple(lines)
    first = {event: min(day for (e, _), (day, _, _) in some) for event, some in _by_event(told).items()}
    numbers: Counter[tuple[str, str]] = Counter()
    delays: dict[str, list[int]] = defaultdict(list)
    for (event_id, _), (published, publisher, background) in told.items():
        days = (published - began[event_id]).days
        role = ROLES[2] if background else ROLES[0] if published == first[event_id] else ROLES[1]
        numbers[_class(days), role] += 1
        if not background:
            delays[publisher].append(days)
    everyone = [days for some in delays.values() for days in some]
    if everyone:
        lines.insert(1, f"median {days_of(median(everyone))}, what is told as background left aside")
    return Lag(tuple(_stacks(numbers)), tuple(_prompt(delays)), tuple(lines))


def days_of(number: float) -> str:
    """ "1 day", "2.5 days"."""
    return f"{number:g} day{'' if number == 1 else 's'}"


_Pair = tuple[tuple[str, str], tuple[date, str, bool]]


def _by_event(told: Mapping[tuple[str, str], tuple[date, str, bool]]) -> Mapping[str, list[_Pair]]:
    out: dict[str, list[_Pair]] = defaultdict(list)
    for pair in told.items():
        out[pair[0][0]].append(pair)
    return out


def _class(days: int) -> str:
    return next(name for since, name in reversed(LAGS) if since is None or days >= since)


def _stacks(numbers: Mapping[tuple[str, str], int]) -> Iterable[Lagged]:
    for _, name in LAGS:
        low = 0
        for role in ROLES:
            if n := numbers.get((name, role), 0):
                yield Lagged(name, role, n, low, low + n)
                low += n


def _prompt(delays: Mapping[str, list[int]]) -> Iterable[Prompt]:
    names = sorted(delays, key=lambda name: (-len(delays[name]), name))[:TOP]
    for name in names:
        days = sorted(delays[name])
        yield Prompt(name, _quantile(days, 0.25), median(days), _quantile(days, 0.75), len(days))


def _quantile(values: Sequence[int], q: float) -> float:
    """Between the values on either side, as R's type 7 and numpy have it."""
    at = q * (len(values) - 1)
    below = int(at)
    above = min(below + 1, len(values) - 1)
    return values[below] + (at - below) * (values[above] - values[below])
