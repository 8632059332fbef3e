"""The records of what Casus holds to have happened: events, settled from claims, and what a person decided of them.

`records` holds what is read from one document; these are derived from many. Both are frozen, typed and checked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from casus.errors import RecordError
from casus.ids import content_id
from casus.records import DatePrecision, Measure, PlacePrecision, Sector, SourceKind, Status

ConflictKind = Literal[
    "killed", "injured", "detained", "displaced", "missing", "actor", "recipient", "target", "place", "time", "status",
]  # fmt: skip
ConflictState = Literal["open", "settled", "superseded"]
Action = Literal["merge", "split", "reject", "set", "settle", "rename", "undo"]
# what `set` can set; `figures` are set by their measure
SETTABLE = (
    "type", "mode", "status", "actor", "recipient", "place", "date",
    "killed", "injured", "detained", "displaced", "missing",
)  # fmt: skip


# looked up for every record that is built, so taken apart once
_MEASURES, _STATUSES, _ACTIONS = get_args(Measure), get_args(Status), get_args(Action)
_CONFLICT_KINDS, _CONFLICT_STATES = get_args(ConflictKind), get_args(ConflictState)


def _one_of(what: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise RecordError(f"{what} cannot be {value!r}", f"one of {', '.join(allowed)}")


@dataclass(frozen=True, slots=True)
class Report:
    """What linking and settling know of a document beside its claims.

    `publisher` is None where nobody is named. `origins` are the keys under which it counts as one independent voice:
    two documents that share any of them count as one (the publisher, the group of near-copies, a credited agency).
    """

    document_id: str
    publisher: str | None = None
    published: date | None = None
    syndication_id: str | None = None
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventSide:
    """An actor or recipient of an event, and the ids of the claims that name it. `who` None: nobody is named."""

    who: str | None
    name: str
    sector: Sector = "UNK"
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventPlace:
    """Where an event happened; coordinates are WGS 84 degrees. `rule` says how it was chosen, `claims` from which."""

    name: str
    place_id: str | None = None
    admin1: str | None = None
    iso3: str | None = None
    lat: float | None = None
    lon: float | None = None
    precision: PlacePrecision = "unknown"
    rule: str = ""
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventWhen:
    """First and last day on which an event happened, both None where no claim tells."""

    start: date | None = None
    end: date | None = None
    precision: DatePrecision = "unknown"
    rule: str = ""
    claims: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.start is None) != (self.end is None):
            raise RecordError("a date with one end")
        if self.start is not None and self.end is not None and self.start > self.end:
            raise RecordError(f"a date that ends before it starts: {self.start} to {self.end}")


@dataclass(frozen=True, slots=True)
class EventFigure:
    """A harm as all claims of an event tell it: low <= best <= high where each is known.

    `best` None: no claim counts it ("dozens"). `claims` are those that it rests on, `rule` how it was settled.
    """

    measure: Measure
    low: int | None
    best: int | None
    high: int | None
    rule: str
    claims: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _one_of("measure", self.measure, _MEASURES)
        known = [x for x in (self.low, self.best, self.high) if x is not None]
        if not known or known != sorted(known) or known[0] < 0:
            raise RecordError(f"a figure of {self.low}, {self.best}, {self.high} is not low, best, high")


@dataclass(frozen=True, slots=True)
class Voice:
    """Who says it: a source that a report names, or the report's own publisher (kind None)."""

    name: str
    kind: SourceKind | None = None


@dataclass(frozen=True, slots=True)
class ConflictOption:
    """One of the values that cannot all be true, the claims that hold it and who says so.

    `value` is for people and for decisions ("2", "9-12", "IRN", "Kyiv, UKR", "2024-01-16", "denied").
    `independent_n` counts independent publishers.
    """

    value: str
    claims: tuple[str, ...]
    voices: tuple[Voice, ...]
    independent_n: int
    latest: date | None = None  # of the reports that hold it


@dataclass(frozen=True, slots=True)
class Conflict:
    """Claims of one event that cannot all hold, kept in sight.

    `state`: open; settled, a person chose `chosen`; superseded, later tolls of the same series replaced the earlier.
    """

    kind: ConflictKind
    options: tuple[ConflictOption, ...]
    state: ConflictState = "open"
    chosen: str | None = None

    def __post_init__(self) -> None:
        _one_of("conflict kind", self.kind, _CONFLICT_KINDS)
        _one_of("conflict state", self.state, _CONFLICT_STATES)
        if len(self.options) < 2:
            raise RecordError("a contradiction needs two options")
        if (self.state == "settled") != (self.chosen is not None):
            raise RecordError("a contradiction is settled by what was chosen, and only so")


@dataclass(frozen=True, slots=True)
class Event:
    """What Casus holds to have happened: a set of claims and what they come to.

    `types` are PLOVER types, the event's own first, then others that its claims give. `umbrella`: it sums or spans
    incidents ("the offensive"). `review` says what a person should look at, a line each. `responds_to` are ids of
    events that its claims give as the cause. `changed_at` is the id of the run or decision that made this version.
    """

    id: str
    version: int
    claims: tuple[str, ...]
    types: tuple[str, ...]
    mode: str | None = None
    status: Status = "happened"
    actors: tuple[EventSide, ...] = ()
    recipients: tuple[EventSide, ...] = ()
    place: EventPlace | None = None
    when: EventWhen = field(default_factory=EventWhen)
    figures: tuple[EventFigure, ...] = ()
    umbrella: bool = False
    reports_n: int = 0
    publishers_n: int = 0
    independent_n: int = 0
    conflicts: tuple[Conflict, ...] = ()
    responds_to: tuple[str, ...] = ()
    review: tuple[str, ...] = ()
    changed_at: str = ""

    def __post_init__(self) -> None:
        _one_of("status", self.status, _STATUSES)
        if not self.claims or not self.types:
            raise RecordError("an event without claims or type")

    @staticmethod
    def make_id(founding_claim: str) -> str:
        """From the claim that founded it; it never moves."""
        return content_id("evt", founding_claim)

    def figure(self, measure: Measure) -> EventFigure | None:
        """The event's figure of that measure, or None."""
        return next((f for f in self.figures if f.measure == measure), None)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided, append-only. `subjects` are ids of events, claims or actors; `before` and `after` are
    values in words; `revokes` is the id of the decision that an "undo" takes back. `at` is ISO 8601, UTC.
    """

    id: str
    at: str
    by: str
    action: Action
    subjects: tuple[str, ...]
    field: str | None = None
    before: str | None = None
    after: str | None = None
    reason: str = ""
    revokes: str | None = None

    def __post_init__(self) -> None:
        _one_of("action", self.action, _ACTIONS)
        if (self.action == "undo") != (self.revokes is not None):
            raise RecordError("an undo names the decision that it revokes, and nothing else does")


@dataclass(frozen=True, slots=True)
class Choice:
    """A standing decision about one event's values, as settling takes it: `field` of SETTABLE, or for a settled
    contradiction "conflict:KIND"; `value` in words."""

    decision_id: str
    field: str
    value: str
