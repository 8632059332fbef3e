"""What the network itself saw of a claim's sides, place and date, as named features for choosing them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from casus.reader.decode import Draft, Offsets
from casus.reader.relate_words import PRONOUNS
from casus.records import Claim, Participant, Span
from casus.text import fold

Side = Literal["actor", "recipient"]
Features = dict[str, float]

_OTHER: dict[str, Side] = {"actor": "recipient", "recipient": "actor"}
# log-odds beyond these say no more, and are brought to about the size of the other features
_LEAST, _MOST, _SCALE = -7.0, 4.0, 4.0


@dataclass(frozen=True, slots=True)
class Hints:
    """The draft of a claim, and the actors named or meant in its sentence, resolved, in text order."""

    draft: Draft
    named: tuple[Participant, ...] = ()
    # what the context network gives each group of each task; "" is none
    chosen: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def log_odds(probability: float) -> float:
    """Scaled log-odds between -1.75 and 1."""
    p = min(max(probability, 1e-6), 1 - 1e-6)
    return min(_MOST, max(_LEAST, math.log(p / (1 - p)))) / _SCALE


def _overlap(a: Span, b: Span) -> bool:
    return a.start < b.end and b.start < a.end


def own_side(claim: Claim, task: Side, hints: Hints) -> Features:
    """What speaks for the side whose words the network marked."""
    own = claim.actors if task == "actor" else claim.recipients
    odds = [log_odds(hints.draft.chance(task, p.span.start, p.span.end)) for p in own]
    cross = [log_odds(hints.draft.chance(_OTHER[task], p.span.start, p.span.end)) for p in own]
    found = {"own": 1.0, f"own, {claim.type}": 1.0, "own, surest": max(odds), "own, least sure": min(odds),
             "own, as the other side": max(cross)}  # fmt: skip
    if len(own) > 1:
        found["own, several"] = 1.0
    if any(p.who is None for p in own):
        found["own, one unknown"] = 1.0
    if any(fold(p.span.exact) in PRONOUNS for p in own):
        found["own, pronoun"] = 1.0
    elif not any(p.span.exact[:1].isupper() for p in own):
        found["own, no name"] = 1.0
    if any(_overlap(s.span, p.span) for s in claim.source for p in own):
        found["own, is the source"] = 1.0
    return found


def nobody(claim: Claim, task: Side, hints: Hints) -> Features:
    """What speaks for no side at all: how sure the network is that no word of the sentence tells it."""
    best = log_odds(max(hints.draft.starts.get(task, ()), default=0.0))
    own = claim.actors if task == "actor" else claim.recipients
    found = {"none, likeliest word": best}
    if own:
        found["none, own words marked"] = 1.0
        if not any(p.who for p in own):
            found["none, own words unknown"] = 1.0
            found[f"none, own words unknown, {claim.type}"] = 1.0
    return found


def named(claim: Claim, task: Side, hints: Hints) -> Iterator[tuple[Participant, Features]]:
    """Each known actor of the sentence with what speaks for it."""
    trigger, draft = claim.trigger, hints.draft
    mine, other = (claim.actors, claim.recipients) if task == "actor" else (claim.recipients, claim.actors)
    for one in hints.named:
        span = one.span
        if not one.who or span.start == trigger.start:
            continue
        p, q = draft.chance(task, span.start, span.end), draft.chance(_OTHER[task], span.start, span.end)
        side = "before" if span.end <= trigger.start else "after"
        gap = trigger.start - span.end if side == "before" else span.start - trigger.end
        found = {
            "named": 1.0, f"named {side}": 1.0, f"named {side}, {claim.type}": 1.0,
            "named, likely": log_odds(p), "named, as the other side": log_odds(q),
            f"named {side}, {'beside' if gap <= 3 else 'near' if gap <= 30 else 'far'}": 1.0,
        }  # fmt: skip
        if p > 0.5:
            found["named, marked"] = 1.0
        elif p > 0.15:
            found["named, half marked"] = 1.0
        if any(_overlap(o.span, span) for o in mine):
            found["named, in own words"] = 1.0
        if any(_overlap(o.span, span) for o in other):
            found["named, in the other side's words"] = 1.0
        if any(_overlap(s.span, span) for s in claim.source):
            found["named, is the source"] = 1.0
        if span.exact[:1].islower():
            found["named, stands for a name"] = 1.0
        yield one, found


def own_words(draft: Draft, role: Literal["place", "date"], words: Offsets | None, type_: str) -> Features:
    """What speaks for the claim's own place or date; `words` are where it stands."""
    found = {"own": 1.0, f"own, {type_}": 1.0}
    if words is None:
        return found | {"own, without words": 1.0}
    p = draft.chance(role, *words)
    side = "before" if words[1] <= draft.start else "after"
    gap = draft.start - words[1] if side == "before" else words[0] - draft.end
    found |= {"own, likely": log_odds(p), f"own {side}": 1.0}
    found[f"own {side}, {'near' if gap <= 30 else 'far'}"] = 1.0
    if p > 0.5:
        found["own, marked"] = 1.0
    return found


def no_words(draft: Draft, role: Literal["place", "date"]) -> Features:
    """What speaks for no place or date: how sure the network is that no word of the sentence tells it."""
    return {"none, likeliest word": log_odds(max(draft.starts.get(role, ()), default=0.0))}


def by_context(hints: Hints, task: str, groups: Sequence[str]) -> Features:
    """What the context network says of a value: one or several groups of the task, or none of them."""
    table = hints.chosen.get(task)
    if table is None:
        return {}
    share = sum(table.get(g, 0.0) for g in groups) if groups else table[""]
    found = {"context": log_odds(share)}
    if share >= max(table.values()):
        found["context, likeliest"] = 1.0
    if groups:
        if not any(g in table for g in groups):
            found["context, not seen"] = 1.0
        if task in _OTHER:
            other = hints.chosen[_OTHER[task]]
            found["context, as the other side"] = log_odds(sum(other.get(g, 0.0) for g in groups))
    else:
        best = max((v for k, v in table.items() if k), default=0.0)
        found["context, surest"] = log_odds(best)
    return found
