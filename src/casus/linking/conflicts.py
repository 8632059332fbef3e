"""Contradictions: which claims of one event cannot all hold, who stands behind each version, and how it stands.

A contradiction needs two speakers: what one speaker says twice in one document, it explains or corrects. So a speaker
who tells two versions takes no side, and what only such speakers tell is no version.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from casus.events import Conflict, ConflictKind, ConflictOption, ConflictState
from casus.linking.settle_choices import TARGETS, Choices
from casus.linking.voices import Evidence, Speaker, speaker
from casus.records import Claim, Status

# a version in words and the claims that hold it
Version = tuple[str, Sequence[Claim]]

# Who is a fighter and who is not, among those harmed; states, parties and bodies of states are neither.
# Police and spies count with the armed, as in UCDP's state-based conflict.
IRREGULAR = frozenset(("REB", "UAF"))
ARMED = IRREGULAR | {"MIL", "COP", "SPY"}
CIVIL = frozenset(("CVL", "REF", "MED", "EDU", "NGO", "REL", "BUS", "LAB"))
# what harms people: only there is it a question who was harmed
HARMFUL = frozenset(("ASSAULT", "COERCE"))
_DIGITS = re.compile(r"\d+")
HARMS = frozenset(("killed", "injured", "detained"))


def contradiction(
    kind: ConflictKind,
    versions: Iterable[Version],
    evidence: Evidence,
    choices: Choices,
    state: ConflictState = "open",
) -> Conflict | None:
    """The contradiction between these versions, the one of most independent voices first; None where it is none.

    Settled where a person chose, whatever `state` says.
    """
    told = [(value, claims, {speaker(c) for c in claims}) for value, claims in versions]
    tellers = Counter(who for _, _, speakers in told for who in speakers)
    held = [(value, claims) for value, claims, speakers in told if any(tellers[who] == 1 for who in speakers)]
    if len(held) < 2:
        return None
    options = [_option(value, claims, evidence) for value, claims in held]
    options.sort(key=lambda o: (-o.independent_n, _number(o.value), o.value))
    chosen = choices.chosen.get(kind)
    return Conflict(kind, tuple(options), state if chosen is None else "settled", chosen)


def _option(value: str, claims: Sequence[Claim], evidence: Evidence) -> ConflictOption:
    ids = tuple(dict.fromkeys(c.id for c in claims))
    independent, latest = evidence.independent(claims), evidence.latest(claims)
    return ConflictOption(value, ids, evidence.voices(claims), independent, latest)


def _number(value: str) -> int:
    """The first number in it, so that 9 stands before 12."""
    digits = _DIGITS.search(value)
    return int(digits[0]) if digits else 0


def of_status(evidence: Evidence, choices: Choices) -> Conflict | None:
    """Some say that it happened, some that it did not. What was planned or might be contradicts neither."""
    denied = [c for c in evidence.claims if c.status == "denied"]
    if not denied:
        return None
    happened = [c for c in evidence.claims if c.status == "happened"]
    versions: list[tuple[Status, list[Claim]]] = [("happened", happened), ("denied", denied)]
    return contradiction("status", versions, evidence, choices)


def of_target(claims: Sequence[Claim], kind: str, evidence: Evidence, choices: Choices) -> Conflict | None:
    """Some speakers tell only of armed men harmed, others only of civilians, and it may be of the same people.

    A speaker who tells of both takes no side. Figures that cannot be the same are of different people: "five soldiers"
    and "three civilians" add up. Where a figure is missing, irregulars ("a hideout of militants was hit") contradict
    civilians, as that is what is disputed of strikes; soldiers or policemen and bystanders are hurt together.
    """
    if kind not in HARMFUL or len(claims) < 2:
        return None
    armed: dict[Speaker, list[Claim]] = {}
    civil: dict[Speaker, list[Claim]] = {}
    for claim in claims:
        sectors = {side.sector for side in claim.recipients}
        for group, found in ((ARMED, armed), (CIVIL, civil)):
            if sectors & group:
                found.setdefault(speaker(claim), []).append(claim)
    men = [c for who, told in armed.items() if who not in civil for c in told]
    people = [c for who, told in civil.items() if who not in armed for c in told]
    if not men or not people or not _same_people(men, people):
        return None
    return contradiction("target", zip(TARGETS, (men, people), strict=True), evidence, choices)


def _same_people(men: Sequence[Claim], people: Sequence[Claim]) -> bool:
    """Whether the harmed of some claim of each may be the same."""
    irregular = any(s.sector in IRREGULAR for c in men for s in c.recipients)
    ours, theirs = _counts(men), _counts(people)
    if not ours or not theirs:
        return irregular
    return any(m == n and overlap(a, b) for m, a in ours for n, b in theirs)


def _counts(claims: Sequence[Claim]) -> set[tuple[str, tuple[int | None, int | None]]]:
    return {(f.measure, (f.low, f.high)) for c in claims for f in c.figures if f.measure in HARMS}


def overlap(a: tuple[int | None, int | None], b: tuple[int | None, int | None]) -> bool:
    """Whether two ranges share a number; None is an open end."""
    low = max(a[0] or 0, b[0] or 0)
    return all(high is None or low <= high for high in (a[1], b[1]))


def in_words(low: int | None, high: int | None) -> str:
    """A range as an option's value, which decisions name: "9", "9-12", "9+", "up to 40"."""
    if low is None:
        return f"up to {high}"
    if high is None:
        return f"{low}+"
    return str(low) if low == high else f"{low}-{high}"
