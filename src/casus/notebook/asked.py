"""What is asked of a ledger in Python: keywords as the ledger means them, and how one question narrows another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any, TypedDict

from casus.errors import UsageError
from casus.events import Event
from casus.notebook.desk import Desk, id_of
from casus.pipeline import as_day
from casus.records import Status

if TYPE_CHECKING:
    from casus.ledger.queries import Filter


class Asked(TypedDict, total=False):
    """Which events are meant: the keywords of `Ledger.events`, which says what each means."""

    since: date | str | None
    until: date | str | None
    country: str | None
    type: str | None
    status: Status | None
    actor: str | None
    recipient: str | None
    side: str | None
    min_killed: int | None
    min_independent: int | None
    killed: int | None
    independent: int | None
    disputed: bool
    review: bool
    umbrella: bool | None
    near: tuple[float, float, float] | None
    text: str | None
    ids: Iterable[str | Event] | None
    limit: int | None
    offset: int


# what the command line calls otherwise
ALIASES = {"min_killed": "killed", "min_independent": "independent"}


def meant(desk: Desk, asked: Asked) -> Filter:
    """The keywords as the ledger means them: countries by code, actors by the name that it uses, whole ids.

    Raises UsageError for what makes no sense, UnknownError for an id that there is not.
    """
    from casus.asking import meant as in_its_words  # noqa: PLC0415 - numpy and the rest of linking
    from casus.ledger.queries import Filter  # noqa: PLC0415

    given: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    for name in sorted(given.keys() - Asked.__annotations__.keys()):
        raise UsageError(f"events cannot be asked for by {name!r}", f"one of {', '.join(Asked.__annotations__)}")
    for ours, theirs in ALIASES.items():
        if ours in given and given.setdefault(theirs, given[ours]) != given.pop(ours):
            raise UsageError(f"{ours} and {theirs} are the same", f"give {ours} alone")
    for name in sorted({"killed", "independent", "limit", "offset"} & given.keys()):
        if not isinstance(given[name], int):
            raise UsageError(f"{name} is {given[name]!r}, which is no whole number", "give 0 or more")
    for name in sorted({"since", "until"} & given.keys()):
        given[name] = as_day(given[name], name)
    if "near" in given:
        given["near"] = _point(given["near"])
    if "ids" in given:
        given["ids"] = _whole(desk, given["ids"])
    return in_its_words(desk.ledger, Filter(**given), desk.config)


def _point(near: object) -> tuple[float, float, float]:
    try:
        lat, lon, km = (float(part) for part in near)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        raise UsageError(f"near is {near!r}", "give latitude, longitude, kilometres: (26.9, 64.1, 50)") from None
    return lat, lon, km


def _whole(desk: Desk, ids: Iterable[str | Event]) -> tuple[str, ...]:
    """The ids as the ledger has them today: one that was merged leads to the other."""
    if isinstance(ids, str | Event):
        raise UsageError("ids is a list", 'such as ids=["evt_3f…", "evt_8a…"]')
    return tuple(dict.fromkeys(desk.ledger.event(id_of(one)).id for one in ids))


# of two values the narrower
_NARROWER = {"since": max, "until": min, "killed": max, "independent": max}


def narrowed(one: Filter, more: Filter) -> Filter:
    """What both ask for. Raises UsageError where nothing can be both."""
    if one.limit is not None or one.offset:
        raise UsageError("events that were cut out cannot be asked further", "filter first, then slice")
    both: dict[str, Any] = {}
    for field in fields(one):
        name, usual = field.name, field.default
        mine, other = getattr(one, name), getattr(more, name)
        if other in (usual, mine):
            continue
        if mine == usual:
            both[name] = other
        elif name in _NARROWER:
            both[name] = _NARROWER[name](mine, other)
        elif name == "ids":
            wanted = frozenset(other)
            both[name] = tuple(id_ for id_ in mine if id_ in wanted)
        else:
            raise UsageError(f"{name} is {mine!r} already", "ask anew for another")
    found = replace(one, **both)
    if found.since and found.until and found.since > found.until:
        raise UsageError(f"{found.since} is after {found.until}", "since is the first day, until the last")
    return found
