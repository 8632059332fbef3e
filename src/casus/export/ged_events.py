"""Which events of a ledger are events of UCDP GED, by whom against whom, and how precisely they are known.

UCDP GED codebook 24.1: armed force by an organised actor against another or against civilians, with at least one death
that somebody tells of, at a place and within a year. Side A of a state-based conflict is the state; of two states or
two groups, who comes first by name; of one-sided violence, who did it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from casus.export.shaped import USUAL, Admitted, Deaths, days, deaths
from casus.export.states import UcdpState, land
from casus.export.told import Side, Told
from casus.ledger.flat import FlatEvent

REASONS: Mapping[str, str] = {
    **USUAL,
    "type": "not armed force (no type but ASSAULT is)",
    "no-death": "without a death that anybody tells of",
    "undated": "of unknown date",
    "coarse-date": "dated more coarsely than a year",
    "no-country": "of unknown country",
    "unorganised": "by people who are no organised armed side",
}
# days that it may have happened on, for UCDP's date precisions 1 to 5: the day, some days, a week, a month, a year
_DATE = ((1, 1), (6, 2), (7, 3), (31, 4), (366, 5))
WHERE = {"exact": 1, "near": 2, "adm2": 3, "adm1": 4, "region": 5}
COUNTRY = 6
_STATE = frozenset({"GOV", "MIL", "COP", "SPY"})
_ARMED = _STATE | {"REB", "UAF"}
# a mission of these is no civilian, and what is done to their workers is done to civilians
_DOING = frozenset({"IGO"})


@dataclass(frozen=True, slots=True)
class Party:
    """A side of a dyad. `key` tells it from all others in the ledger's list of numbers; `state` where it is one."""

    key: str
    name: str
    state: UcdpState | None = None


CIVILIANS = Party("civilians", "Civilians")


@dataclass(frozen=True, slots=True)
class GedEvent:
    """An event as GED would have it. `violence`: 1 state-based, 2 non-state, 3 one-sided."""

    told: Told
    violence: int
    a: Party
    b: Party
    deaths: Deaths
    date_prec: int
    country: UcdpState

    @property
    def dyad(self) -> str:
        """The key of the dyad."""
        return f"{self.violence} {self.a.key} / {self.b.key}"

    @property
    def dyad_name(self) -> str:
        """As UCDP writes it."""
        return f"{self.a.name} - {self.b.name}"

    @property
    def year(self) -> int:
        """The year of its first day."""
        first = self.told.event.date_start
        assert first is not None  # what is undated is no event of GED
        return first.year


def ged_event(told: Told, admitted: Admitted) -> GedEvent | str:
    """The event as GED would have it, or why it would not: a reason of `REASONS`."""
    event, killed = told.event, deaths(told.event)
    why = admitted.why_not(event) or _no_force(event, killed)
    if why is not None:
        return why
    date_prec = dated(event)
    if isinstance(date_prec, str):
        return date_prec
    there = land(event.iso3)
    if there is None or there.counted_to is None:
        return "no-country"
    dyad = _dyad(told, event.iso3 or "", there.counted_to.name)
    return GedEvent(told, *dyad, killed, date_prec, there.counted_to) if dyad else "unorganised"


def _no_force(event: FlatEvent, killed: Deaths) -> str | None:
    """Why it is no deadly force, or None."""
    if event.type != "ASSAULT":
        return "type"
    return None if killed.high else "no-death"


def dated(event: FlatEvent) -> int | str:
    """UCDP's date precision, 1 to 5, or a reason."""
    n = days(event)
    if n is None:
        return "undated"
    return next((code for most, code in _DATE if n <= most), "coarse-date")


def _dyad(told: Told, iso3: str, country: str) -> tuple[int, Party, Party] | None:
    """Type of violence and both sides; None where who did it is no organised armed side."""
    unknown = Party(f"unknown {iso3}", f"XXX (unidentified, {country})")  # UCDP's sign for whom nobody can name
    doers, targets = told.actors, told.recipients
    ones, twos = _organised(doers, doing=True), _organised(targets, doing=False)
    if doers and not ones and not any(_nameless(side) for side in doers):
        return None
    if not targets and len(ones) > 1:  # a clash of those who are all named as doers
        ones, twos = ones[:1], ones[1:]
    a = next(iter(ones), unknown)
    armed = any(side.sector in _ARMED for side in targets)
    b = next((party for party in twos if party != a), unknown if armed else CIVILIANS)
    if b == CIVILIANS:
        return 3, a, b
    soldiers = any(side.who is None and side.sector in _STATE for side in (*doers, *targets))
    if a.state and not b.state:
        return 1, a, b
    if b.state and not a.state:
        return 1, b, a
    first, second = sorted((a, b), key=lambda party: party.key)
    return 1 if a.state or soldiers else 2, first, second


def _nameless(side: Side) -> bool:
    """Whether it may be an organised side that is not named: soldiers, rebels, attackers of whom nothing is known."""
    return side.sector in _ARMED or (side.sector == "UNK" and side.who is None)


def _organised(sides: Sequence[Side], *, doing: bool) -> list[Party]:
    """Those that are states, their forces, or armed groups with a name, each once."""
    return list(dict.fromkeys(party for side in sides if (party := _party(side, doing)) is not None))


def _party(side: Side, doing: bool) -> Party | None:
    there = land(side.who)
    state = there.state if there else None
    if state and side.sector in (*_STATE, "UNK"):
        return Party(f"state {state.gwno}", f"Government of {state.name}", state)
    if there and side.sector in (*_STATE, "UNK"):  # of what is no state in UCDP's list
        return Party(f"group {side.who}", there.acled.name)
    if there or side.who is None:
        return None
    armed = side.sector in _ARMED or (doing and side.sector in ("UNK", *_DOING))
    return Party(f"group {side.who}", side.who) if armed else None


def told_as_civilians(told: Told) -> bool:
    """Whether all that it was done to are told to be civilians, so that the dead are."""
    return bool(told.recipients) and all(side.sector not in _ARMED | {"UNK"} for side in told.recipients)
