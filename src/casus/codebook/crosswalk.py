"""When a row of the ACLED crosswalk fits a claim: the sides by sector, the weapon, the harm."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from casus.codebook.model import AcledRule
from casus.records import Sector

_REBELS = frozenset({"REB", "UAF"})
_FIGHTERS = frozenset({"MIL", "COP", "SPY", "REB", "UAF"})
# a government named as the doer of violence stands for its forces
_FORCE = _FIGHTERS | {"GOV"}

Side = Sequence[Sector]

# UNK tells nothing, so it neither makes a side armed nor unarmed
SIDES: Mapping[str, Callable[[Side], bool]] = {
    "any": lambda side: True,
    "fighters": lambda side: not _FIGHTERS.isdisjoint(side),
    "rebels": lambda side: not _REBELS.isdisjoint(side),
    "force": lambda side: not _FORCE.isdisjoint(side),
    "both-force": lambda side: len(side) > 1 and _FORCE.issuperset(side),
    "unarmed": lambda side: bool(set(side) - {"UNK"}) and _FORCE.isdisjoint(side),
}


def fits(rule: AcledRule, actors: Side, recipients: Side, weapon: str | None, harmed: bool) -> bool:
    """Whether the rule's conditions hold; type and mode have been matched before."""
    if not (SIDES[rule.actor](actors) and SIDES[rule.recipient](recipients)):
        return False
    if rule.harmed == "yes" and not harmed:
        return False
    if rule.weapon == "any":
        return True
    named = (weapon or "").casefold()
    return bool(named) if rule.weapon == "named" else rule.weapon in named
