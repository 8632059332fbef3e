"""Deeds that a sentence tells apart: counted ("two days after X") or answered ("in retaliation for X", "struck back").

The deed in such a clause is never the one beside it, and where the days between them are told, the date of one gives
that of the other.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from casus.records import Claim, Participant, Span, When

Unit = Literal["day", "week", "hour"]

_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10,
}  # fmt: skip
# "the day after" and "nearly a week before" count, too; "days after" tells two deeds apart without a number
_COUNT = re.compile(
    r"\b(?:(?P<rough>about|around|nearly|almost|more than|over|less than|some|just|barely|only)\s)?"
    r"(?:(?P<number>an?|one|two|three|four|five|six|seven|eight|nine|ten|\d{1,2}|the|several|a\sfew)\s)?"
    r"(?P<unit>day|week|month|year|hour|minute)s?\s(?P<way>after|before|following)\s(?!that\b|then\b|which\b|it\b)",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"\b(?:in\s(?:direct\s|apparent\s|swift\s)?(?:retaliation|response|revenge|reprisal|reply|answer|return)\s(?:for|to|against)|"
    r"(?:to|would|will)\s(?:retaliate|avenge|respond)\s(?:for|to|against)|(?:retaliat|aveng|respond)(?:ed|ing|es|s)\s(?:for|to|against)|"
    r"(?:a|as)\s(?:retaliation|response|reprisal|revenge)\s(?:for|to|against))\s",
    re.IGNORECASE,
)
# a deed that is told as the answer to one told before
_BACK = re.compile(
    r"(?:(?:struck|hit|fired|shot|hitting|striking|firing|shooting|strikes?|hits?|fires?)\s+back|retaliat\w+)",
    re.IGNORECASE,
)
# where the clause behind such words ends; a comma between two of a list ends it too early, which only lets a deed go
_ENDS = re.compile(r"[,;:—–“”\"]|\s-\s")


@dataclass(frozen=True, slots=True)
class Counted:
    """Deed `of` is told by how far it lies from deed `by` (indexes of triggers): `days` later, None where not told.
    `words` is where that stands."""

    of: int
    by: int
    days: int | None
    words: tuple[int, int]


def counted(text: str, bounds: Sequence[tuple[int, int]], triggers: Sequence[tuple[int, int]]) -> list[Counted]:
    """The deeds that a sentence of `text` tells apart; `bounds` and `triggers` are `[start, end)` offsets."""
    starts = [start for start, _ in bounds]
    of: dict[int, list[int]] = {}
    for n, (start, _) in enumerate(triggers):
        of.setdefault(bisect_right(starts, start) - 1, []).append(n)
    out: list[Counted] = []
    for s, members in of.items():
        if s >= 0 and len(members) > 1:
            start, end = bounds[s]
            out += _in_sentence(text, start, end, sorted(members, key=lambda n: triggers[n]), triggers)
    return out


def _in_sentence(
    text: str, start: int, end: int, members: Sequence[int], triggers: Sequence[tuple[int, int]]
) -> list[Counted]:
    out = []
    for pattern in (_COUNT, _ANSWER):
        for match in pattern.finditer(text, start, end):
            stop = _ENDS.search(text, match.end(), end)
            last = stop.start() if stop else end
            inside = [n for n in members if match.end() <= triggers[n][0] < last]
            before = [n for n in members if triggers[n][1] <= match.start()]
            behind = [n for n in members if triggers[n][0] >= last]
            opens = not text[start : match.start()].strip(" “\"'—–-")
            by = (behind[:1] if opens else before[-1:]) if inside else []
            days = _days(match) if pattern is _COUNT else None
            out += [Counted(n, by[0], days, match.span()) for n in inside if by]
    for at, n in enumerate(members):
        if answers(text, triggers[n][0]):
            out += [Counted(n, other, None, triggers[n]) for other in members[:at]]
    return out


def _days(match: re.Match[str]) -> int | None:
    """Days from the deed beside the words to the one behind them; None where they are not told exactly."""
    number, unit = (match["number"] or "").lower(), match["unit"].lower()
    if match["rough"] or unit not in ("day", "week") or (number == "the" and unit != "day"):
        return None
    n = 1 if number == "the" else _NUMBERS.get(number) or (int(number) if number.isdigit() else 0)
    if not n or (unit == "week" and n > 1):
        return None
    return n * (7 if unit == "week" else 1) * (1 if match["way"].lower() == "before" else -1)


def answers(text: str, start: int) -> bool:
    """Whether the trigger at `start` is told as the answer to a deed before it: "struck back"."""
    return _BACK.match(text, start) is not None


def apart(found: Sequence[Counted], claims: Sequence[Claim]) -> frozenset[tuple[int, int]]:
    """Starts of the triggers of two claims that are not one event, the first in the text first."""
    pairs = ((claims[c.of].trigger.start, claims[c.by].trigger.start) for c in found)
    return frozenset((min(pair), max(pair)) for pair in pairs)


def redated(text: str, claims: Sequence[Claim], found: Sequence[Counted]) -> list[Claim]:
    """The claims, with the date of a counted deed by the one that it is counted from, or the other way round."""
    out = list(claims)
    for c in found:
        if c.days is None:
            continue
        of, by = out[c.of], out[c.by]
        base = _day(by.when)
        if base is not None and by.when.span is not None:
            out[c.of] = _with_day(text, of, base + timedelta(c.days), c, by)
        elif (own := _day(of.when)) is not None and of.when.span is not None and _apart(of.when.span, c.words):
            out[c.by] = _with_day(text, by, own - timedelta(c.days), c, of)
    return out


def _day(when: When) -> date | None:
    return when.start if when.precision == "day" else None


def _apart(span: Span, words: tuple[int, int]) -> bool:
    return span.end <= words[0] or words[1] <= span.start


def _with_day(text: str, claim: Claim, day: date, c: Counted, other: Claim) -> Claim:
    words = Span.cut(text, c.words[0], c.words[1] - 1)
    why = f"{words.exact!r}: counted from {other.trigger.exact!r}"
    return replace(claim, when=When(day, day, "day", "relative", words, why), reasons=(*claim.reasons, why))


def without_mixture(text: str, claims: Sequence[Claim], found: Sequence[Counted]) -> list[Claim]:
    """The claims, less an actor who only answers a deed, and less the victims of that deed in the answer: "two were
    killed and the army struck back"."""
    out = list(claims)
    for c in found:
        back = claims[c.of].trigger
        if not answers(text, back.start):
            continue
        deed = out[c.by]
        kept = tuple(p for p in deed.actors if not _between(p, deed.trigger.end, back.start))
        if kept != deed.actors:
            reasons = (*deed.reasons, f"who {back.exact!r} is told to answer it")
            out[c.by] = replace(deed, actors=kept, reasons=reasons)
        answer, first = out[c.of], deed.trigger.start
        figures = tuple(f for f in answer.figures if f.span.start >= first)
        recipients = tuple(p for p in answer.recipients if not _own_sentence(p, deed, first))
        if (figures, recipients) != (answer.figures, answer.recipients):
            reasons = (*answer.reasons, f"whom {deed.trigger.exact!r} befell is not of the answer to it")
            out[c.of] = replace(answer, figures=figures, recipients=recipients, reasons=reasons)
    return out


def _own_sentence(side: Participant, deed: Claim, before: int) -> bool:
    return deed.sentence.start <= side.span.start < before


def _between(side: Participant, start: int, end: int) -> bool:
    return start <= side.span.start < end
