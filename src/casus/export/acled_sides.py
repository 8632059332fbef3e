"""Sides as ACLED names and sorts them: "Military Forces of Iran", "Civilians (Pakistan)", and the eight actor types.

ACLED codebook, "Actor names, types, and 'Inter' codes": state forces are those of the country where it happened, those
of others are external; a crowd is Protesters or Rioters of the country; who is armed and not named is an Unidentified
Armed Group. ACLED puts the years of a regime behind a government's name, which Casus does not know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from casus.export.acled_events import AcledEvent
from casus.export.states import land
from casus.export.told import Side
from casus.records import Sector

Inter = Literal[
    "State forces", "Rebel group", "Political militia", "Identity militia", "Rioters", "Protesters", "Civilians",
    "External/Other forces",
]  # fmt: skip
# in the order of ACLED's numbers, 1 to 8; interactions name the lower one first
INTERS: tuple[Inter, ...] = (
    "State forces", "Rebel group", "Political militia", "Identity militia", "Rioters", "Protesters", "Civilians",
    "External/Other forces",
)  # fmt: skip
_FORCES: dict[Sector, str] = {
    "MIL": "Military Forces", "COP": "Police Forces", "GOV": "Government", "SPY": "Government",
}  # fmt: skip
# what ACLED names as associated with civilians and crowds, where one word covers the sector
_GROUPS: dict[Sector, str] = {"MED": "Journalists", "LAB": "Labor Group", "REF": "Refugees/IDPs", "JUD": "Judges"}
_CIVILIAN = "Violence against civilians"
_VIOLENT = frozenset({"Battles", "Explosions/Remote violence", _CIVILIAN, "Riots"})
_ARMED = frozenset({"MIL", "COP", "SPY", "REB", "UAF", "GOV"})
# deeds that sides do with one another: where none is named as recipient, the second actor is the other side
_TOGETHER = frozenset({"Agreement", "Armed clash"})


@dataclass(frozen=True, slots=True)
class Party:
    """A side: ACLED's name, its type, and names that go with it in `assoc_actor`."""

    name: str
    inter: Inter
    with_it: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """The sides of a row. None where ACLED leaves the cell empty."""

    one: Party | None
    with_one: str | None
    two: Party | None
    with_two: str | None

    @property
    def interaction(self) -> str | None:
        """The two types in ACLED's words."""
        inters = sorted((p.inter for p in (self.one, self.two) if p), key=INTERS.index)
        if len(inters) < 2:
            return f"{inters[0]} only" if inters else None
        # the one pair that ACLED names the other way round
        if inters == ["Civilians", "External/Other forces"]:
            inters.reverse()
        return "-".join(inters)


def line(event: AcledEvent) -> Line:
    """The two sides of a row."""
    doers, targets = event.told.actors, event.told.recipients
    kind = event.type
    if kind.sub_event_type in _TOGETHER and len(doers) > 1 and not targets:
        doers, targets = doers[:1], doers[1:]
    if kind.event_type in ("Protests", "Riots"):
        return _crowd(event, doers, targets)
    ones = _parties(doers, event, doing=True)
    twos = _parties(targets, event, doing=False)
    if not ones and kind.event_type in _VIOLENT:
        ones = (_unidentified(event),)
    if not twos and kind.event_type == _CIVILIAN:
        twos = (_of("Civilians", event),)
    if not ones:  # ACLED's actor 1 is not always who did it
        ones, twos = twos, ()
    return _line(ones, twos)


def _crowd(event: AcledEvent, doers: Sequence[Side], targets: Sequence[Side]) -> Line:
    """A demonstration or a mob: the crowd comes first. Where a crowd was driven apart, it is the recipient."""
    inter: Inter = "Protesters" if event.type.event_type == "Protests" else "Rioters"
    driven = event.told.event.type == "ASSAULT" and inter == "Protesters"
    crowd, others = (targets, doers) if driven else (doers, targets)
    named = [name for side in crowd for name in _with(side, event, unarmed=True)]
    one = Party(f"{inter} ({event.country.name})", inter, tuple(named))
    # whom a protest is held against takes no part in it
    against = event.told.event.type == "PROTEST"
    return _line((one,), () if against else _parties(others, event, doing=driven))


def _line(ones: Sequence[Party], twos: Sequence[Party]) -> Line:
    return Line(next(iter(ones), None), _joined(ones), next(iter(twos), None), _joined(twos))


def _joined(parties: Sequence[Party]) -> str | None:
    """What goes with the first party: what is associated with it, and the others."""
    if not parties:
        return None
    first, *rest = parties
    names = [*first.with_it, *(name for party in rest for name in (party.name, *party.with_it))]
    return "; ".join(dict.fromkeys(name for name in names if name != first.name)) or None


def _parties(sides: Sequence[Side], event: AcledEvent, *, doing: bool) -> tuple[Party, ...]:
    found = (party for side in sides if (party := _party(side, event, doing=doing)) is not None)
    return tuple(dict.fromkeys(found))


def _party(side: Side, event: AcledEvent, *, doing: bool) -> Party | None:
    """A side in ACLED's words; None for somebody of whom nothing is known and who need not be there."""
    there = land(side.who)
    if there and side.sector in (*_FORCES, "UNK"):
        inter: Inter = "State forces" if side.who == event.home else "External/Other forces"
        return Party(f"{_FORCES.get(side.sector, 'Government')} of {there.acled.name}", inter)
    if side.sector == "IGO":
        return Party(_name(side), "External/Other forces")
    return _armed(side, event) if side.sector in _ARMED else _others(side, event, doing=doing)


def _armed(side: Side, event: AcledEvent) -> Party:
    """Fighters of no known state."""
    if side.who is not None and land(side.who) is None:
        return Party(_name(side), "Rebel group" if side.sector == "REB" else "Political militia")
    if side.sector in _FORCES:
        kind = "Police" if side.sector == "COP" else "Military"
        return Party(f"Unidentified {kind} Forces", "State forces")
    return _unidentified(event)


def _others(side: Side, event: AcledEvent, *, doing: bool) -> Party | None:
    """Those who are unarmed by their sector, and those whose sector nobody tells."""
    unknown, kind = side.sector == "UNK", event.type.event_type
    strikes = doing and kind in _VIOLENT
    if unknown and side.who is None and not strikes and (doing or kind != _CIVILIAN):
        return None
    if unknown and side.who and (strikes or kind == "Battles"):
        return Party(_name(side), "Political militia")
    with_it = _with(side, event, unarmed=not unknown)
    if strikes:  # armed by what they did
        return Party(_unidentified(event).name, "Political militia", with_it)
    there = land(side.who)
    return Party(f"Civilians ({there.acled.name if there else event.country.name})", "Civilians", with_it)


def _unidentified(event: AcledEvent) -> Party:
    return _of("Unidentified Armed Group", event, "Political militia")


def _of(name: str, event: AcledEvent, inter: Inter = "Civilians") -> Party:
    return Party(f"{name} ({event.country.name})", inter)


def _with(side: Side, event: AcledEvent, *, unarmed: bool) -> tuple[str, ...]:
    """What ACLED would name beside civilians and crowds: their group, and their name where it is one."""
    there = land(side.who)
    place = there.acled.name if there else event.country.name
    group = f"{_GROUPS[side.sector]} ({place})" if unarmed and side.sector in _GROUPS else None
    own = _name(side) if side.who and not there else None
    return tuple(name for name in (group, own) if name)


def _name(side: Side) -> str:
    """A name in a cell that joins several by semicolons."""
    return (side.who or side.name or "somebody").replace(";", ",")
