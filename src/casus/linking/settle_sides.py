"""Who did it to whom, by all claims of an event, and where the claims disagree on that.

The rules:

1. What the claims say is united by who it is. Organs of one state are that state; its people, and rebels in it whom
   nobody names, are sides of their own ("PAK" as GOV and as CVL).
2. A side whom nobody names ("gunmen", "two children") goes where a named one of its sort is there; so do "militants in
   Pakistan" where an armed group is named.
3. Claims agree where they share a side, or where one of them is vague: it names nobody, or only gunmen. Rebels without
   a name are vague beside an armed group and not beside a state. Sides that one claim names together acted together,
   and so did two of whom each is told to have attacked the other.
4. Whom several claims name as hit may all have been hit. Only states and groups dispute a place among recipients: not
   people, and not the country in which it happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TypeVar

from casus.events import Conflict, EventSide
from casus.linking.conflicts import contradiction
from casus.linking.countries import countries
from casus.linking.settle_choices import JOINT, SECTORS, Choices, parse_sides
from casus.linking.voices import Evidence, votes
from casus.records import Claim, Participant, Sector

Role = Literal["actor", "recipient"]
# what a side is; only of one sort can an unnamed side be a named one
Sort = Literal["state", "armed", "party", "body", "people", "unknown"]
Name = TypeVar("Name", bound=str)
_Key = tuple[str | None, Sort]
_Held = dict[_Key, list[tuple[Claim, Participant]]]

_SORTS: Mapping[Sector, Sort] = {
    "GOV": "state", "MIL": "state", "COP": "state", "SPY": "state", "JUD": "state", "LEG": "state",
    "REB": "armed", "UAF": "armed", "PTY": "party", "OPP": "party", "IGO": "body", "NGO": "body", "UNK": "unknown",
}  # fmt: skip
# Deeds, of which it is a question who did them. Of words and talks each speaker has his own, and sides have no order.
DEEDS = frozenset(("AID", "RETREAT", "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT"))
# rebels whom nobody names, as one of the versions
REBELS = "?/REB"


def sides_of(claim: Claim, role: Role) -> tuple[Participant, ...]:
    """The claim's participants in that role."""
    return claim.actors if role == "actor" else claim.recipients


def is_country(who: str | None) -> bool:
    """Whether it is the code of a country."""
    return who is not None and len(who) == 3 and who.isupper() and who in countries()


def sort_of(sector: Sector) -> Sort:
    """What sort of side the sector makes it."""
    return _SORTS.get(sector, "people")


# ------------------------------------------------------------------ rules 1 and 2


def settle_sides(role: Role, claims: Sequence[Claim], evidence: Evidence, choices: Choices) -> tuple[EventSide, ...]:
    """The sides in that role, the one of most independent voices first."""
    told: _Held = {}
    for claim in claims:
        for side in sides_of(claim, role):
            who = evidence.who(side)
            # a group is one side whatever it is called; of a country and of the unnamed the sort matters
            sort = sort_of(side.sector) if who is None or is_country(who) else "unknown"
            told.setdefault((who, sort), []).append((claim, side))
    if role in choices.values:
        return _decided(role, told, evidence, choices)
    if len(told) > 1:
        told = _united(told)
    made = [_side(key, held, evidence) for key, held in told.items()]
    if len(made) > 1:
        made.sort(key=lambda m: (-m[0], m[1].who is None, m[1].who or "", m[1].sector, m[1].name))
    return tuple(side for _, side in made)


def _united(told: _Held) -> _Held:
    """Rule 2: without those of whom a precise one of their sort is there; those of no known sort join any."""
    named = {sort for key, held in told.items() if key[0] for sort in _sorts(key, held)}
    groups = any(
        who and not is_country(who) and "armed" in _sorts((who, sort), held) for (who, sort), held in told.items()
    )
    out: _Held = {}
    for (who, sort), held in told.items():
        meant: Sort = sort
        if who is None and (sort in named or (sort == "unknown" and named)):
            continue
        if groups and sort == "armed":
            continue
        if sort == "unknown" and (who is None or is_country(who)):
            # "Pakistan" of no known sector is the state, where the state is told of
            meant = next((s for w, s in told if w == who and s != "unknown"), sort)
        out.setdefault((who, meant), []).extend(held)
    return out


def _sorts(key: _Key, held: Iterable[tuple[Claim, Participant]]) -> set[Sort]:
    return {key[1]} if is_country(key[0]) else {sort_of(side.sector) for _, side in held}


def _side(key: _Key, held: Sequence[tuple[Claim, Participant]], evidence: Evidence) -> tuple[int, EventSide]:
    """A side, and how many independent voices name it."""
    who, sort = key
    if len(held) == 1:
        claim, one = held[0]
        return 1, EventSide(who, _called(who, sort, held, evidence), one.sector, (claim.id,))
    claims = [claim for claim, _ in held]
    sector = _most(evidence, [(c, s.sector) for c, s in held if s.sector != "UNK"], SECTORS) or "UNK"
    ids = tuple(dict.fromkeys(c.id for c in claims))
    return evidence.independent(claims), EventSide(who, _called(who, sort, held, evidence), sector, ids)


def _called(who: str | None, sort: Sort, held: Sequence[tuple[Claim, Participant]], evidence: Evidence) -> str:
    """What the side is called: a state by its country's name, others as most call them."""
    # of one to whom a person renamed another, the names that it had before
    own = [(c, s.name) for c, s in held if s.who == who]
    if who is not None and (sort == "state" or not own):
        return countries().get(who, who)
    if len(own) == 1:
        return own[0][1]
    return _most(evidence, own, sorted({name for _, name in own}, key=lambda n: (len(n), n))) or "?"


def _most(evidence: Evidence, told: Sequence[tuple[Claim, Name]], order: Sequence[Name]) -> Name | None:
    """The value of most voices; of several the first in `order`. None where nothing is told."""
    values = {value for _, value in told}
    if len(values) < 2:
        return next(iter(values), None)
    found = votes(evidence, told)
    return min(found, key=lambda value: (-found[value], order.index(value)))


def _decided(role: Role, told: _Held, evidence: Evidence, choices: Choices) -> tuple[EventSide, ...]:
    """The sides that a person chose, with the claims that name them."""
    out = []
    for who, sector in parse_sides(choices.values[role][0]):
        held = [
            h for (w, sort), rows in told.items() for h in rows
            if w == who and (sector is None or sort_of(sector) == sort_of(h[1].sector) or not is_country(who))
        ]  # fmt: skip
        side = _side((who, sort_of(held[0][1].sector)), held, evidence)[1] if held else None
        own: Sector = sector or (side.sector if side else "GOV" if is_country(who) else "UNK")
        name = countries().get(who, who) if who else side.name if side else "?"
        out.append(EventSide(who, name, own, side.claims if side else ()))
    return tuple(out)


# ------------------------------------------------------------------ rules 3 and 4


def of_sides(
    role: Role,
    kind: str,
    claims: Sequence[Claim],
    *,
    scene: str | None,
    evidence: Evidence,
    choices: Choices,
) -> Conflict | None:
    """The contradiction of claims that name sides which cannot all be meant; None where they agree.

    `kind` is the event's type, `scene` the code of the country in which it happened.
    """
    if len(claims) < 2 or kind not in DEEDS:
        return None
    told = [(claim, _meant(claim, role, scene, evidence)) for claim in claims]
    if len({who for _, whos in told for who in whos}) < 2:
        return None
    if any(not is_country(who) and who != REBELS for _, whos in told for who in whos):
        # rebels without a name may be those that others name
        told = [(claim, whos - {REBELS}) for claim, whos in told]
    camps = _camps(told, _exchanges(claims, evidence))
    if len(camps) < 2:
        return None
    versions = [(JOINT.join(camp), [c for c, whos in told if not whos.isdisjoint(camp)]) for camp in camps]
    return contradiction(role, versions, evidence, choices)


def _meant(claim: Claim, role: Role, scene: str | None, evidence: Evidence) -> frozenset[str]:
    """Whom the claim names so that it excludes others; empty where it is vague."""
    out = set()
    for side in sides_of(claim, role):
        who, sort = evidence.who(side), sort_of(side.sector)
        state = is_country(who)
        if who is None or (state and sort == "armed"):
            if side.sector == "REB" and role == "actor":
                out.add(REBELS)
        elif role == "actor" or (not state and sort == "armed") or (state and _is_target(who, side, scene)):
            out.add(who)
    return frozenset(out)


def _is_target(who: str, side: Participant, scene: str | None) -> bool:
    """Whether a state is what was hit, and not only where; soldiers at home are no mere scene."""
    return side.sector in ("MIL", "COP", "SPY") or (sort_of(side.sector) == "state" and who != scene)


def _exchanges(claims: Sequence[Claim], evidence: Evidence) -> list[frozenset[str]]:
    """Pairs of whom each is told to have done it to the other, as in a clash."""
    pairs = ((evidence.who(a), evidence.who(b)) for c in claims for a in c.actors for b in c.recipients)
    seen = {(a, b) for a, b in pairs if a and b}
    return [frozenset(pair) for pair in sorted(seen) if pair[0] < pair[1] and (pair[1], pair[0]) in seen]


def _camps(told: Sequence[tuple[Claim, frozenset[str]]], joined: Sequence[frozenset[str]]) -> list[tuple[str, ...]]:
    """Names that stand together, in one claim or in `joined`; each camp and all of them by name."""
    known = frozenset(who for _, whos in told for who in whos)
    camp: dict[str, frozenset[str]] = {}
    for whos in dict.fromkeys([whos for _, whos in told] + [pair & known for pair in joined]):
        merged = whos.union(*(camp[who] for who in whos if who in camp))
        camp.update((who, merged) for who in merged)
    return sorted({tuple(sorted(members)) for members in camp.values()})
