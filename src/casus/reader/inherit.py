"""What a claim takes over from its event's other mentions and from the document: sides, place, date.

A missing value is a choice among the values that stand elsewhere in the document, or none. Each candidate is
described by named features; a fitted conditional logit (`relate_weights.json`) gives each a probability, the
probabilities of equal values are added, and the likeliest value wins, "none" included. Nothing is invented:
each value keeps the span of the words it came from, and says which sentence they stand in.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from casus.reader.inherit_features import (
    TASKS,
    Board,
    Context,
    Option,
    Task,
    options,
)
from casus.reader.relate import Weights, load_weights
from casus.records import Claim, Document, Participant, Place, When

__all__ = ["TASKS", "Board", "Context", "Option", "inherit", "options"]


# The weights were fitted on annotated claims with values left out at random. The network leaves out more than that,
# so "none" is less likely than fitted, by these log-odds. On its output for one fold of the training documents they
# took recipient WHO F1 from 0.614 to 0.633 and right dates from 0.470 to 0.506. One for actors helped there too
# (0.745 to 0.751), but cost 0.02 on the development documents, so it is left at 0.
NONE_OFFSET: dict[Task, float] = {"actor": 0.0, "recipient": -0.7, "date": -0.7, "place": 0.0}


@dataclass(frozen=True, slots=True)
class Pick:
    """The chosen option and its probability."""

    option: Option
    probability: float


def inherit(
    document: Document,
    sentences: Sequence[tuple[int, int]],
    claims: Sequence[Claim],
    context: Context,
    weights: dict[str, Weights] | None = None,
) -> list[Claim]:
    """The claims, in the order given, with missing sides, places and dates filled where that is likely right.

    Each claim's `event` should be set (`relate.link`). Values that a claim has are kept, but a bare country
    gives way to a place inside it that another mention of the event names. `Participant.why`, `Place.why`,
    `When.why` and `Claim.reasons` say where an inherited value stands.
    """
    tables = load_weights() if weights is None else weights
    ranked = sorted(range(len(claims)), key=lambda n: (claims[n].trigger.start, claims[n].id))
    board = Board.of(document, sentences, [claims[n] for n in ranked], context)
    made: dict[int, Claim] = {}
    for n, claim in enumerate(board.claims):
        filled = claim
        for task in TASKS:
            if not task_open(claim, task):
                continue
            best = choose(options(board, n, task), tables[task], NONE_OFFSET[task])
            if best is not None:
                filled = _apply(filled, task, best, board)
        made[ranked[n]] = _refine_place(filled, n, board)
    return [made[n] for n in range(len(claims))]


def task_open(claim: Claim, task: Task) -> bool:
    """True where the claim lacks that value."""
    if task == "place":
        return claim.place is None
    if task == "date":
        return claim.when.start is None and claim.when.span is None
    return not any(p.who for p in (claim.actors if task == "actor" else claim.recipients))


def choose(found: Sequence[Option], table: Weights, none: float = 0.0) -> Pick | None:
    """The likeliest value's best option, or None where "none" is likeliest; `none` is added to its log-odds."""
    odds = []
    for option in found:
        own = sum(v * table.get(k, 0.0) for k, v in option.features.items())
        odds.append(own if option.group else own + none)
    top = max(odds)
    mass = [math.exp(o - top) for o in odds]
    by_key: dict[str, float] = {}
    for option, m in zip(found, mass, strict=True):
        by_key[option.group] = by_key.get(option.group, 0.0) + m
    group = max(by_key, key=lambda k: by_key[k])
    if group == "":
        return None
    best = max((n for n, o in enumerate(found) if o.group == group), key=lambda n: odds[n])
    return Pick(found[best], by_key[group] / sum(mass))


def _apply(claim: Claim, task: Task, pick: Pick, board: Board) -> Claim:
    option = pick.option
    where = f"{task} from {option.said}"
    reasons = (*claim.reasons, f"{where} (p {pick.probability:.2f})")
    if isinstance(option.value, Place):
        return replace(claim, place=replace(option.value, why=where), reasons=reasons)
    if isinstance(option.value, When):
        return replace(claim, when=replace(option.value, why=where), reasons=reasons)
    if not option.value:
        return claim
    own = claim.actors if task == "actor" else claim.recipients
    sides = _keep_own_words(own, tuple(replace(p, why=where) for p in option.value))
    if task == "actor":
        return replace(claim, actors=sides, reasons=reasons)
    return replace(claim, recipients=sides, reasons=reasons)


def _keep_own_words(own: tuple[Participant, ...], found: tuple[Participant, ...]) -> tuple[Participant, ...]:
    """The clause's own words with the identity found elsewhere, where one side stands for one side."""
    if len(own) == 1 and len(found) == 1:
        that = found[0]
        return (replace(own[0], name=that.name, who=that.who, sector=that.sector,
                        actor_id=that.actor_id, why=that.why),)  # fmt: skip
    return found


def _refine_place(claim: Claim, n: int, board: Board) -> Claim:
    """A bare country gives way to the place inside it that the event's nearest other mention names."""
    place = claim.place
    if place is None or place.precision != "country" or claim.event is None:
        return claim
    finer = [
        (abs(board.sentence[m] - board.sentence[n]), m, c.place)
        for m, c in enumerate(board.claims)
        if m != n and c.event == claim.event and c.place and c.place.iso3 == place.iso3
        and c.place.precision in ("exact", "near", "adm2")
    ]  # fmt: skip
    if not finer:
        return claim
    _, m, better = min(finer, key=lambda f: f[:2])
    why = f"place from sentence {board.sentence[m] + 1}, same event {claim.event}, inside {place.name}"
    return replace(claim, place=replace(better, why=why), reasons=(*claim.reasons, why))
