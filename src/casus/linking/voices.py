"""Who says a claim, and how many of those who say something are independent of one another."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TypeVar

from casus.events import Report, Voice
from casus.records import Claim, Participant
from casus.text import fold

Value = TypeVar("Value", bound=Hashable)
# a document and whom it names as the speaker; "" is its own word
Speaker = tuple[str, str]

UNNAMED = "unnamed publisher"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The claims of one event in their order, and of each document the number of the voice that it belongs to.

    Documents that share an origin are one voice; one without origins is a voice of its own. `names` maps a who to the
    who that a person renamed it to.
    """

    claims: tuple[Claim, ...]
    reports: Mapping[str, Report]
    voice_of: Mapping[str, int]
    names: Mapping[str, str]

    def who(self, side: Participant) -> str | None:
        """Who the side is, by the name that a person gave it."""
        return self.names.get(side.who, side.who) if side.who else None

    def independent(self, claims: Iterable[Claim]) -> int:
        """How many independent voices tell these claims."""
        return len({self.voice_of[c.document_id] for c in claims})

    def latest(self, claims: Iterable[Claim]) -> date | None:
        """The last day on which one of these was published; None where none has a date."""
        days = [day for c in claims if (day := self.reports[c.document_id].published)]
        return max(days, default=None)

    def told_by(self, claim: Claim) -> Voice:
        """The innermost speaker that the claim names, else its publisher."""
        if claim.source:
            said = claim.source[-1]
            return Voice(said.name, said.kind)
        return Voice(self.reports[claim.document_id].publisher or UNNAMED)

    def voices(self, claims: Iterable[Claim]) -> tuple[Voice, ...]:
        """Who tells these claims, each once, by name."""
        found: dict[tuple[str, str], Voice] = {}
        for claim in claims:
            voice = self.told_by(claim)
            found.setdefault((fold(voice.name), voice.kind or ""), voice)
        return tuple(found[key] for key in sorted(found))


def gather(claims: Sequence[Claim], reports: Mapping[str, Report], names: Mapping[str, str]) -> Evidence:
    """The claims by publication, document and place in it, with the voices of their documents."""
    if len(claims) == 1:
        return Evidence(tuple(claims), reports, {claims[0].document_id: 0}, names)

    def order(claim: Claim) -> tuple[date, str, int, str]:
        published = reports[claim.document_id].published
        return published or date.max, claim.document_id, claim.trigger.start, claim.id

    ordered = tuple(sorted(claims, key=order))
    documents = tuple(dict.fromkeys(c.document_id for c in ordered))
    return Evidence(ordered, reports, _voices(documents, reports), names)


def speaker(claim: Claim) -> Speaker:
    """Who answers for the claim: two claims of one speaker do not contradict, they explain one another."""
    return claim.document_id, fold(claim.source[-1].name) if claim.source else ""


def _voices(documents: Sequence[str], reports: Mapping[str, Report]) -> dict[str, int]:
    """Documents to the number of their class; those that share an origin, if only through a third, are of one."""
    parent = list(range(len(documents)))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = n = parent[parent[n]]
        return n

    first: dict[str, int] = {}
    for n, document in enumerate(documents):
        for origin in reports[document].origins:
            parent[root(n)] = root(first.setdefault(origin, n))
    return {document: root(n) for n, document in enumerate(documents)}


def publishers(evidence: Evidence) -> int:
    """How many publishers tell the event; a document of nobody's counts as one."""
    documents = dict.fromkeys(c.document_id for c in evidence.claims)
    named = (evidence.reports[d].publisher for d in documents)
    return len({fold(name) if name else f"\0{d}" for name, d in zip(named, documents, strict=True)})


def votes(evidence: Evidence, told: Iterable[tuple[Claim, Value]]) -> dict[Value, Fraction]:
    """How many independent voices stand behind each value: every voice has one vote, which it splits among the values
    that it tells by how many of its claims tell them. Exact, so that a tie is a tie."""
    counted: dict[int, dict[Value, int]] = {}
    for claim, value in told:
        mine = counted.setdefault(evidence.voice_of[claim.document_id], {})
        mine[value] = mine.get(value, 0) + 1
    out: dict[Value, Fraction] = {}
    for mine in counted.values():
        whole = sum(mine.values())
        for value, n in mine.items():
            out[value] = out.get(value, Fraction(0)) + Fraction(n, whole)
    return out
