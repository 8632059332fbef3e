"""What a panel counts by: countries, provinces, grid cells, dyads, actors; and to which of these an event belongs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from casus.analysis.grid import cell_of, gid_of
from casus.errors import UsageError
from casus.ledger.flat_rows import parts
from casus.linking.countries import countries

if TYPE_CHECKING:
    from casus.ledger.flat import FlatEvent

Unit = Literal["country", "admin1", "prio-grid", "dyad", "actor"]
UNITS: tuple[Unit, ...] = get_args(Unit)
# (iso3), (iso3, admin1), (gid), (side, side), (actor)
Key = tuple[str | int, ...]

# deeds that sides do together: two that are both named as doers did them with one another
TOGETHER = frozenset({"AGREE", "CONSULT", "COOPERATE"})
# a district's point stands for an area that is often larger than a cell
_IN_ADMIN1 = frozenset({"exact", "near", "adm2", "adm1"})
_IN_CELL = frozenset({"exact", "near"})


@dataclass(frozen=True, slots=True)
class Missing:
    """An event that belongs to no unit, and the reason by its name in `sieve.REASONS`."""

    reason: Literal["no-place", "coarse-place", "no-actor", "no-recipient"]


def unit_of(name: str) -> Unit:
    """The unit of that name. Raises UsageError."""
    found = next((u for u in UNITS if u == name), None)
    if found is None:
        raise UsageError(f"there is no unit {name!r}", f"one of {', '.join(UNITS)}")
    return found


def keys_of(event: FlatEvent, unit: Unit, *, directed: bool = False) -> list[Key] | Missing:
    """The units that the event counts for, each once, in order; or why it counts for none."""
    if unit == "dyad":
        return _dyads(event, directed)
    if unit == "actor":
        who = named(event.actor)
        return [(w,) for w in who] if who else Missing("no-actor")
    return _place(event, unit)


def _place(event: FlatEvent, unit: Unit) -> list[Key] | Missing:
    if unit == "prio-grid":
        if event.lat is not None and event.lon is not None and event.place_precision in _IN_CELL:
            return [(gid_of(event.lat, event.lon),)]
    elif event.iso3 and unit == "country":
        return [(event.iso3,)]
    elif event.iso3 and event.admin1 and event.place_precision in _IN_ADMIN1:
        return [(event.iso3, event.admin1)]
    return Missing("coarse-place" if event.place else "no-place")


def _dyads(event: FlatEvent, directed: bool) -> list[Key] | Missing:
    """Each actor with each recipient. Where other pairs are there, nobody is a pair with himself."""
    actors, recipients = named(event.actor), named(event.recipient)
    if not actors:
        return Missing("no-actor")
    pairs = [(a, r) for a in actors for r in recipients]
    if event.type in TOGETHER and not recipients:
        pairs = [(a, b) for a in actors for b in actors if a != b]
    if not pairs:
        return Missing("no-recipient")
    pairs = [p for p in pairs if p[0] != p[1]] or pairs
    return list(dict.fromkeys(p if directed else (min(p), max(p)) for p in pairs))


def named(cell: str | None) -> list[str]:
    """Who is named in a cell of sides, each once; "gunmen", whom nobody names, are left out."""
    return list(dict.fromkeys(part for part in parts(cell) if part))


def headings(unit: Unit, directed: bool) -> Mapping[str, type]:
    """The columns that say which unit a row is of, and their types."""
    if unit == "country":
        return {"iso3": str, "country": str}
    if unit == "admin1":
        return {"iso3": str, "country": str, "admin1": str}
    if unit == "prio-grid":
        return {"gid": int, "row": int, "col": int, "lat": float, "lon": float}
    if unit == "actor":
        return {"actor": str}
    return {"actor": str, "recipient": str} if directed else {"side_a": str, "side_b": str}


def cells(key: Key, unit: Unit) -> tuple[str | int | float, ...]:
    """The values of these columns."""
    if unit == "prio-grid":
        cell = cell_of(int(key[0]))
        return cell.gid, cell.row, cell.col, cell.lat, cell.lon
    if unit in ("country", "admin1"):
        iso3, *rest = key
        return iso3, countries().get(str(iso3), str(iso3)), *rest
    return key


def key_columns(unit: Unit, directed: bool) -> tuple[str, ...]:
    """Those of the columns that tell one unit from another, in the order of a key."""
    return tuple(name for name in headings(unit, directed) if name not in ("country", "row", "col", "lat", "lon"))


def shown(who: str) -> str:
    """Who, for people: a country by its name."""
    return countries().get(who, who)
