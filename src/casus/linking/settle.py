"""An event from its claims: type, mode, status, sides, place, days, figures, counts, contradictions, what to review.

Each value is settled by named rules, said at the head of the file that settles it; what a person decided goes before
all of them. The result hangs on the set of claims alone, not on their order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from casus.codebook import Codebook
from casus.events import Choice, Conflict, EventFigure, EventPlace, EventSide, EventWhen, Report
from casus.linking import conflicts as contradict
from casus.linking.settle_choices import KINDS, MEASURES, STATUSES, Choices, take
from casus.linking.settle_figures import settle_figures
from casus.linking.settle_place import settle_place
from casus.linking.settle_sides import of_sides, settle_sides, sides_of
from casus.linking.settle_when import settle_when
from casus.linking.voices import Evidence, gather, publishers, votes
from casus.records import Claim, Status

# what can span incidents: deeds that go on or come again
SPANNING = frozenset(("ASSAULT", "PROTEST", "MOBILIZE", "COERCE"))
# An event of more days than these sums or spans incidents: a battle is told by the week, a strike by the night, and a
# strike that is told on both sides of a night by reports of two time zones still fits.
INCIDENT_DAYS = 3
# the reader's claims below this are wrong about as often as right
LOW_CONFIDENCE = 0.5


@dataclass(frozen=True, slots=True)
class Settled:
    """All of an Event that follows from its claims; the fields are those of casus.events.Event."""

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
    review: tuple[str, ...] = ()


def settle(
    claims: Sequence[Claim],
    reports: Mapping[str, Report],
    choices: Sequence[Choice] = (),
    names: Mapping[str, str] = {},
) -> Settled:
    """The event of these claims, at least one.

    `reports` are those of the claims' documents; `names` maps a claim's who to the who a person renamed it to.
    Raises UsageError where a choice cannot be read (see settle_choices.check_choice).
    """
    evidence, decided = gather(claims, reports, names), take(choices)
    types, status = _types(evidence, decided), _status(evidence, decided)
    told = _told(types[0], status, evidence)
    when, time = settle_when(_telling(told, evidence, "when"), evidence, decided)
    umbrella = _is_umbrella(types[0], told, when)
    place, where = settle_place(_telling(told, evidence, "place"), umbrella, evidence, decided)
    figures, counted = settle_figures(told, evidence, decided)
    found = [*counted, where, None if umbrella else time]
    if len(evidence.claims) > 1:
        found += _disputes(types[0], told, place, evidence, decided)
    settled = Settled(
        types=types,
        mode=_mode(types[0], evidence, decided),
        status=status,
        actors=settle_sides("actor", _telling(told, evidence, "actor"), evidence, decided),
        recipients=settle_sides("recipient", _telling(told, evidence, "recipient"), evidence, decided),
        place=place,
        when=when,
        figures=figures,
        umbrella=umbrella,
        reports_n=len(evidence.voice_of),
        publishers_n=publishers(evidence),
        independent_n=len(set(evidence.voice_of.values())),
        conflicts=tuple(sorted((c for c in found if c is not None), key=lambda c: KINDS.index(c.kind))),
    )
    return replace(settled, review=_review(settled, evidence, decided))


# ------------------------------------------------------------------ type, mode, status


@cache
def _order() -> tuple[Mapping[str, int], Mapping[str, tuple[str, ...]]]:
    """The place of each type in the codebook, and the modes of each."""
    types = Codebook.load().types
    return {t.name: n for n, t in enumerate(types)}, {t.name: t.mode_names for t in types}


@cache
def _quads() -> Mapping[str, str]:
    """The quad class of each type."""
    return {t.name: t.quad for t in Codebook.load().types}


def _types(evidence: Evidence, choices: Choices) -> tuple[str, ...]:
    """The types told, that of most independent voices first; ties by the codebook's order."""
    types = {c.type for c in evidence.claims}
    if len(types) == 1:
        ranked = tuple(types)
    else:
        place, found = _order()[0], votes(evidence, ((c, c.type) for c in evidence.claims))
        ranked = tuple(sorted(types, key=lambda t: (-found[t], place.get(t, len(place)), t)))
    if "type" in choices.values:
        own = choices.values["type"][0]
        return (own, *(t for t in ranked if t != own))
    return ranked


def _mode(kind: str, evidence: Evidence, choices: Choices) -> str | None:
    """The mode of most independent voices among claims of the event's type; ties by the codebook's order.

    A chosen mode that the event's type does not have is left out, which `_review` says.
    """
    modes = _order()[1].get(kind, ())
    if "mode" in choices.values:
        own = choices.values["mode"][0]
        return own if own in modes else None
    told = [(c, c.mode) for c in evidence.claims if c.type == kind and c.mode is not None]
    named = {mode for _, mode in told}
    if len(named) < 2:
        return next(iter(named), None)
    found = votes(evidence, told)
    return min(named, key=lambda m: (-found[m], modes.index(m) if m in modes else len(modes), m))


def _status(evidence: Evidence, choices: Choices) -> Status:
    """Happened where anybody says so; else what most independent voices say, ties as in happened, planned,
    hypothetical, denied: so that a denial wins only where nobody says that it happened."""
    if "status" in choices.values:
        own = choices.values["status"][0]
        return next(s for s in STATUSES if s == own)
    said = {c.status for c in evidence.claims}
    if "happened" in said:
        return "happened"
    if len(said) == 1:
        return said.pop()
    found = votes(evidence, ((c, c.status) for c in evidence.claims))
    order: tuple[Status, ...] = ("planned", "hypothetical", "denied")
    return min(said, key=lambda s: (-found[s], order.index(s)))


# ------------------------------------------------------------------ the rest


def _told(kind: str, status: Status, evidence: Evidence) -> tuple[Claim, ...]:
    """The claims that values are taken from: who says that it happened goes before who denies or expects it, and the
    sides and days of an accusation are not those of the deed that it is linked with."""
    quads = _quads()
    own = tuple(c for c in evidence.claims if quads.get(c.type) == quads.get(kind)) or evidence.claims
    return tuple(c for c in own if c.status == status) or own


def _telling(told: tuple[Claim, ...], evidence: Evidence, what: str) -> tuple[Claim, ...]:
    """The claims that tell this value: those that hold the event's status, or all where none of them tells it."""
    if len(told) == len(evidence.claims):
        return told
    return told if any(_tells(c, what) for c in told) else evidence.claims


def _tells(claim: Claim, what: str) -> bool:
    if what == "when":
        return claim.when.start is not None
    if what == "place":
        return claim.place is not None
    return bool(sides_of(claim, "actor" if what == "actor" else "recipient"))


def _is_umbrella(kind: str, claims: Sequence[Claim], when: EventWhen) -> bool:
    """Whether the event sums or spans incidents ("the offensive"). A date that is only vague spans nothing."""
    if kind not in SPANNING:
        return False
    if all(c.aggregate for c in claims):
        return True
    if when.precision != "range":
        return False
    return when.start is not None and when.end is not None and (when.end - when.start).days >= INCIDENT_DAYS


def _disputes(
    kind: str, told: Sequence[Claim], place: EventPlace | None, evidence: Evidence, choices: Choices
) -> list[Conflict | None]:
    """Contradictions of sides, target and status."""
    scene = place.iso3 if place else None
    return [
        of_sides("actor", kind, told, scene=scene, evidence=evidence, choices=choices),
        of_sides("recipient", kind, told, scene=scene, evidence=evidence, choices=choices),
        contradict.of_target(told, kind, evidence, choices),
        contradict.of_status(evidence, choices),
    ]


_DISPUTED = {"actor": "perpetrator", "time": "date"}


def _review(settled: Settled, evidence: Evidence, choices: Choices) -> tuple[str, ...]:
    """What a person should look at, a line each."""
    lines = []
    if settled.publishers_n == 1:
        lines.append("one publisher only")
    elif settled.independent_n == 1:
        lines.append("one independent voice only")
    if len(settled.types) > 1 and "type" not in choices.values:
        lines.append(f"type disputed: {', '.join(settled.types)}")
    for conflict in settled.conflicts:
        if conflict.state == "open":
            values = f": {', '.join(o.value for o in conflict.options)}" if conflict.kind in MEASURES else ""
            lines.append(f"{_DISPUTED.get(conflict.kind, conflict.kind)} disputed{values}")
    if all(c.confidence < LOW_CONFIDENCE for c in evidence.claims):
        lines.append(f"low confidence of all claims (below {LOW_CONFIDENCE})")
    if settled.when.start is None:
        lines.append("date unknown")
    if settled.mode is None and choices.values.get("mode", ("none",))[0] != "none":
        lines.append(f"the mode decided, {choices.values['mode'][0]}, is none of {settled.types[0]}")
    return tuple(lines)
