"""When an event happened, by all its claims, and where they cannot all be right.

The rules:

1. Days are weighed by how many independent voices allow them: a voice allows the days of its ranges, and a day to
   either side of one that it gives in relation to its own ("on Tuesday", "last night"), because nights and time zones
   move such days. The stretch that most allow wins; those being even, what is stated goes before what is relative and
   that before what is only the date of publication; then what more voices give outright, then the narrower, then that
   of the latest report.
2. The event's days are those that all ranges over the winning stretch have in common.
3. Sums over a period count only where nothing else does; then the event lasts from the first to the last day told,
   and so does what has more different dates than any incident.
4. Single days that do not overlap contradict, a day's distance being allowed where one of them is relative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from casus.events import Conflict, EventWhen
from casus.linking.conflicts import Version, contradiction
from casus.linking.settle_choices import Choices, parse_date
from casus.linking.voices import Evidence
from casus.records import Claim, DateBasis, DatePrecision

ONLY = "only date told"
ALIKE = "told alike"
COMMON = "days that all allow"
VOICES = "days that most independent voices allow; these being even, the better told"
SPAN = "from the first to the last day told"

_BASIS: dict[DateBasis, int] = {"stated": 0, "relative": 1, "publication": 2, "none": 3}
# beyond so many different ranges it is no incident; rule 1 would cost their square
MANY = 200
DAY_OF_GRACE = 1  # for nights and time zones, where a day is told in relation to another


@dataclass(slots=True, eq=False)
class _Range:
    """Days as all who tell them tell them, as ordinals, both included."""

    start: int
    end: int
    basis: int
    precision: DatePrecision
    claims: list[Claim] = field(default_factory=list)
    voices: set[int] = field(default_factory=set)
    latest: int = 0

    @property
    def grace(self) -> int:
        return DAY_OF_GRACE if self.basis else 0

    @property
    def days(self) -> int:
        return self.end - self.start + 1

    @property
    def words(self) -> str:
        """As an option's value, which decisions name: "2024-01-16" or "2024-01-16/2024-01-18"."""
        first, last = date.fromordinal(self.start).isoformat(), date.fromordinal(self.end).isoformat()
        return first if first == last else f"{first}/{last}"


def settle_when(claims: Sequence[Claim], evidence: Evidence, choices: Choices) -> tuple[EventWhen, Conflict | None]:
    """The days of these claims, and their contradiction."""
    ranges = _ranges([c for c in claims if not c.aggregate], evidence)
    summed = not ranges or len(ranges) > MANY
    ranges = ranges or _ranges(claims, evidence)
    when, conflict = EventWhen(), None
    if ranges and len({(r.start, r.end) for r in ranges}) == 1:
        rule = ONLY if sum(len(r.claims) for r in ranges) == 1 else ALIKE
        when = _event_when(ranges, ranges[0].start, ranges[0].end, rule)
    elif ranges and summed:
        when = _event_when(ranges, min(r.start for r in ranges), max(r.end for r in ranges), SPAN)
    elif ranges:
        chosen = _chosen(ranges)
        start, end = max(r.start for r in chosen), min(r.end for r in chosen)
        rule = COMMON if all(_near(r, start, end) for r in ranges) else VOICES
        when = _event_when(chosen, start, end, rule)
        conflict = _conflict(ranges, start, end, evidence, choices)
    if "date" in choices.values:
        when = _decided(ranges, choices)
    return when, conflict


def _ranges(claims: Sequence[Claim], evidence: Evidence) -> list[_Range]:
    """The different ranges told, in order of first mention."""
    out: dict[tuple[date, date, DateBasis, DatePrecision], _Range] = {}
    for claim in claims:
        when = claim.when
        if when.start is None or when.end is None:
            continue
        key = (when.start, when.end, when.basis, when.precision)
        found = out.get(key)
        if found is None:
            basis = _BASIS[when.basis]
            found = out[key] = _Range(when.start.toordinal(), when.end.toordinal(), basis, when.precision)
        found.claims.append(claim)
        found.voices.add(evidence.voice_of[claim.document_id])
        published = evidence.reports[claim.document_id].published
        found.latest = max(found.latest, published.toordinal() if published else 0)
    return list(out.values())


def _event_when(ranges: Sequence[_Range], start: int, end: int, rule: str) -> EventWhen:
    ids = tuple(dict.fromkeys(c.id for r in ranges for c in r.claims))
    told = next((r.precision for r in ranges if (r.start, r.end) == (start, end)), None)
    precision = told or ("day" if start == end else "range")
    return EventWhen(date.fromordinal(start), date.fromordinal(end), precision, rule, ids)


def _near(told: _Range, start: int, end: int) -> bool:
    """Whether the range allows one of these days."""
    return told.start - told.grace <= end and start <= told.end + told.grace


def _chosen(ranges: Sequence[_Range]) -> list[_Range]:
    """The ranges over the stretch of days that wins by rule 1.

    Cut at every end of a range and of what it allows, the days fall into stretches within which nothing changes. One
    sweep counts the voices of each; only those that most allow are looked at more closely.
    """
    changes: dict[int, list[tuple[_Range, int]]] = {}
    for told in ranges:
        for day, step in ((told.start - told.grace, 1), (told.end + told.grace + 1, -1)):
            changes.setdefault(day, []).append((told, step))
        for day in (told.start, told.end + 1):
            changes.setdefault(day, [])
    allowing: dict[int, int] = {}
    counted: list[tuple[int, int]] = []
    for day in sorted(changes):
        for told, step in changes[day]:
            for voice in told.voices:
                allowing[voice] = allowing.get(voice, 0) + step
                if not allowing[voice]:
                    del allowing[voice]
        counted.append((len(allowing), day))
    best: tuple[tuple[int, ...], list[_Range]] | None = None
    for voices, day in sorted(counted, key=lambda c: (-c[0], c[1])):
        if best is not None and -voices > best[0][0]:
            break
        over = [r for r in ranges if r.start <= day <= r.end]
        if over and (best is None or _order(voices, over) < best[0]):
            best = _order(voices, over), over
    assert best is not None, "every range lies over its own first day"
    return best[1]


def _order(voices: int, over: Sequence[_Range]) -> tuple[int, ...]:
    """Rule 1 on one stretch: voices that allow it, basis, voices that give it, width, latest report, first day."""
    narrowest = min(over, key=lambda r: (r.days, r.basis))
    giving = len(set[int]().union(*(r.voices for r in over)))
    return -voices, narrowest.basis, -giving, narrowest.days, -max(r.latest for r in over), narrowest.start


def _conflict(ranges: Sequence[_Range], start: int, end: int, evidence: Evidence, choices: Choices) -> Conflict | None:
    """Rule 4: the settled days, where they are single, and the days that exclude them and one another."""
    days = sorted(
        (r for r in ranges if r.days == 1 or r.precision == "day"),
        key=lambda r: (-len(r.voices), r.basis, -r.latest, r.start),
    )
    heads = [r for r in days if (r.start, r.end) == (start, end)][:1]
    for told in days:
        if not any(_together(told, head) for head in heads):
            heads.append(told)
    if len(heads) < 2:
        return None
    versions: list[Version] = []
    for head in heads:
        held = [r for r in days if [h for h in heads if _together(r, h)] == [head]]
        versions.append((head.words, [c for r in held for c in r.claims]))
    return contradiction("time", versions, evidence, choices)


def _together(a: _Range, b: _Range) -> bool:
    """Whether both can hold."""
    return max(a.start, b.start) - min(a.end, b.end) <= max(a.grace, b.grace)


def _decided(ranges: Sequence[_Range], choices: Choices) -> EventWhen:
    """The days that a person chose, with the claims that allow them."""
    got, rule = parse_date(choices.values["date"][0]), choices.rule("date")
    if got is None:
        return EventWhen(rule=rule)
    first, last = got
    held = [r for r in ranges if r.start <= last.toordinal() and first.toordinal() <= r.end]
    ids = tuple(dict.fromkeys(c.id for r in held for c in r.claims))
    return EventWhen(first, last, "day" if first == last else "range", rule, ids)
