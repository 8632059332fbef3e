"""Decisions as requests make them: on the event as the person saw it, and on no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from casus.errors import UsageError
from casus.ledger.changing import Decided
from casus.ledger.ledger import Ledger
from casus.ledger.lists import decision_of
from casus.web.access import Principal
from casus.web.desks import Web
from casus.web.problems import StaleError

Deed = Literal["merge", "split", "reject", "set", "settle", "rename"]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants to decide.

    merge: `event` and `other`. split: `claims` of `event`. reject: the one of `claims`, of `event`. set, settle:
    `field` of `event` (of settle, the contradiction's kind) and `value`. rename: `before` and `value`. `version` is
    that of the event when they looked, `other_version` that of the other; a renaming has none.
    """

    action: Deed
    event: str = ""
    version: int | None = None
    other: str = ""
    other_version: int | None = None
    claims: tuple[str, ...] = ()
    field: str = ""
    value: str = ""
    before: str = ""
    reason: str = ""


def decide(web: Web, principal: Principal, wish: Wish) -> Decided:
    """Makes it. Raises RoleError, StaleError where an event is not of the version given, UnknownError, UsageError."""
    principal.require("review")
    with web.writing(lambda ledger: _check(ledger, wish)) as desk:
        return _make(desk.ledger, wish)(principal.name, wish.reason.strip())


def revoke(web: Web, principal: Principal, decision: str, reason: str = "") -> Decided:
    """Takes a decision back. Raises RoleError, UnknownError, StaleError where somebody has done it already."""
    principal.require("review")

    def check(ledger: Ledger) -> None:
        if not decision_of(ledger, decision)[1]:
            raise StaleError(f"{decision} has been taken back already")

    with web.writing(check) as desk:
        return desk.ledger.undo(decision, by=principal.name, reason=reason.strip())


def _make(ledger: Ledger, wish: Wish) -> Callable[[str, str], Decided]:
    """What does it, given who decides and why."""
    if wish.action == "merge":
        return lambda by, why: ledger.merge(wish.event, wish.other, by=by, reason=why)
    if wish.action == "split":
        return lambda by, why: ledger.split(wish.claims, by=by, reason=why)
    if wish.action == "reject":
        if len(wish.claims) != 1:
            raise UsageError("one claim is rejected at a time")
        return lambda by, why: ledger.reject(wish.claims[0], by=by, reason=why)
    if wish.action == "set":
        return lambda by, why: ledger.set(wish.event, wish.field, wish.value, by=by, reason=why)
    if wish.action == "settle":
        return lambda by, why: ledger.settle(wish.event, wish.field, wish.value, by=by, reason=why)
    return lambda by, why: ledger.rename(wish.before, wish.value, by=by, reason=why)


def _check(ledger: Ledger, wish: Wish) -> None:
    """Within the transaction of the decision: raises StaleError unless all is as the person saw it."""
    if wish.action == "rename":
        return
    _check_version(ledger, wish.event, wish.version)
    if wish.action == "merge":
        _check_version(ledger, wish.other, wish.other_version)
    for claim in wish.claims if wish.action in ("split", "reject") else ():
        held = ledger.event_of(claim)
        if held is None or held.id != ledger.event(wish.event).id:
            raise StaleError(f"{claim} is not in {wish.event}")


def _check_version(ledger: Ledger, id_: str, version: int | None) -> None:
    if version is None:
        raise UsageError(f"which version of {id_} is decided on is not said", "give the `version` that it had")
    event = ledger.event(id_)
    if not event.id.startswith(id_):
        raise StaleError(f"{id_} has been merged into {event.id}")
    if event.version != version:
        raise StaleError(f"{event.id} is of version {event.version} now, and not {version} any more")
