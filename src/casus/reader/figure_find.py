"""Counted harm in a sentence: how many were killed, injured, detained, displaced, missing, and by which word."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from casus.reader.figure_words import ACTIVE, COUNTED, FAMILY, NOUN, PASSIVE, PERSON, STATE, TOLL
from casus.reader.quantities import Quantity, parse_quantity, quantities, total
from casus.records import Measure


@dataclass(frozen=True, slots=True)
class FigureMention:
    """One counted harm. The words are `[start, end)`, the harm word `[anchor_start, anchor_end)`, in code points.

    `low` or `high` None is an open end: "at least nine" is 9 and None. `cumulative`: a running total.
    """

    measure: Measure
    low: int | None
    high: int | None
    start: int
    end: int
    anchor_start: int
    anchor_end: int
    qualifier: str | None = None
    group: str | None = None
    cumulative: bool = False


@dataclass(frozen=True, slots=True)
class _Harm:
    """A harm word and how a count stands to it."""

    measure: Measure
    start: int
    end: int
    # passive: "nine were killed" or "killed nine"; state: "nine died"; active: "killing nine";
    # noun: "deaths of nine"; counted: "nine deaths"; toll: "the toll rose to nine"
    kind: str


_CUMULATIVE = re.compile(
    r"\b(?:bring(?:s|ing)?|brought|raising|raised|takes?|taking|pushing)\s(?:the|its"
    r"|their)\s(?:\w+\s){0,3}(?:toll|total|number)\b|\btoll\b[^.;]{0,40}"
    r"\b(?:rose|risen|rises|climbed|reached|stands?|stood|passed)\b|\bsince\s|\bso\sfar\b|\bto\sdate\b"
    r"|\bin\s(?:all|total)\b|\ball\stold\b"
    r"|\b(?:over|in|during)\sthe\s(?:past|last)\s|\b(?:this|last)\syear\b"
)
# "killed or wounded" counts neither the dead nor the hurt
_MIXED = re.compile(r"\b(?:killed|dead)\s(?:or|and)\s(?:wounded|injured|missing)\b", re.IGNORECASE)
_COORDINATION = re.compile(r",\sand\s|,\s|\sand\s|\salong\swith\s|\sas\swell\sas\s")
# one person by office, kin or name: "second pilot", "its driver", "Colonel Omar Haddad", "him"
_ONE_PERSON = re.compile(
    rf"(?:[\w.'’-]+\s){{0,6}}(?:{PERSON}|{FAMILY})(?:\s(?:of|for)\s[\w\s.'’-]{{1,40}})?"
    r"|(?i:he|she|him|her|me|himself|herself)"
    r"|(?:[\w.'’-]+\s){0,4}(?:[A-Z][\w.'’-]+\s){1,3}[A-Z][\w'’-]+"
)
_AUX = re.compile(r"\b(?:was|were|are|is|be|been|being|got|gets?|getting)\b", re.IGNORECASE)
# the auxiliaries and adverbs right before a passive or a state: "have reportedly been", "who were later"
_AUX_END = re.compile(
    r"(?:\s(?:who|that|which))?(?:[\s—](?:was|were|are|is|be|been|being|have|has|had|got|gets?|getting"
    r"|confirmed|reported|reportedly|feared"
    r"|believed|known|thought|presumed|said|to|also|later|still|allegedly|now|already|not|never|all|both"
    r"|each|apparently|quickly|since"
    r"|killed\sor|lightly|seriously|badly|critically|severely|slightly|fatally|summarily)){1,7}\s?$",
    re.IGNORECASE,
)
# "one of the detained men": the harm word describes those he is one of
_DETERMINED = re.compile(r"\b(?:the|those|these|its|their|his|her)\s?$")
# a finite verb or a border between a count and the harm word means that they belong to different deeds
_BORDER = re.compile(
    r"[;:!?“”\"—]|(?<![A-Z])\.(?=\s|$)|\s[-–]\s|\band(?=\s\w+ed\b)|\b(?:said|says|told|that|after|when"
    r"|while|before|because"
    r"|although|but|as|which|if|until|whose|is|was|are|were|has|had)\b"
)
_OBJECT_NEXT = re.compile(
    r"\s(?:(?:the|an?|at\sleast|more|up|about|some|nearly|dozens|hundreds|several|scores|its|his|her"
    r"|their|him|them|two|three|four|five"
    r"|six|seven|eight|nine|ten)\b|\d|[A-Z][a-z]+\s)"
)
_FILLER = re.compile(
    r"\s(?:(?:of|the|all|what|in\stotal|there|also|as)\s){0,2}(?:(?:and|or)\s\w+ing\s|(?:and|or)\s\w+ed\s)?"
)
_TOLL_FILLER = re.compile(
    r"[^.;:]{0,60}?\b(?:to|at|of|from|is|was|were|around|reached|passed|exceeded|hit|put|as|topped|surpassed"
    r"|climbed)\s"
)
# "lost five soldiers", not "lost 20 seats"
_LOST_PEOPLE = re.compile(
    rf"(?:\s[\w'’-]+){{0,3}}?\s{PERSON}s?\b|\s(?:men|women|children|people"
    rf"|policemen)\b"
)
_LISTED = re.compile(r",\s\w+ed(?:,|\sor\b)")
_CHAIN = re.compile(
    r"(?:\s[\w.'’-]+){0,6}?(?:\s(?:and|plus|as\swell\sas|along\swith(?:\stheir)?)\s"
    r"|,\s(?:and\s)?)(?:another\s|their\s|his\s)?"
)
_NOT_CHAIN = re.compile(
    r"\b(?:in|by|at|on|near|with|for|after|when|while|killed|wounded|injured|arrested|dead|were|was|are"
    r"|have|has)\b"
)
_GROUP = re.compile(
    r"(?:\s(?:of\s(?:the|its|their|his|them)|other|more"
    r"|people))?((?:\s[A-Za-z][\w'’-]*){1,4})"
)
_GROUP_STOP = re.compile(
    r"\b(?:in|by|at|on|near|with|for|after|when|while|killed|wounded|injured|arrested|detained|dead|died"
    r"|were|was|are|have|has|had|who|and|or|from|during|to|that|been|as|of)\b"
)
# farther than this a count and its harm word rarely belong together; counted on the training reports
_MAX_GAP = 90
_NEAR = 8
# how far around a count the words of a running total are looked for
_TOTAL_WINDOW = 250
_MAX_WORDS = 12


def find(text: str, start: int = 0, end: int | None = None) -> list[FigureMention]:
    """The counted harms of `text[start:end]`, best within one sentence, in order.

    A count serves one harm word, and a harm word takes one count (or the sum of "four women and a
    child"). "Killed or wounded 30" is neither, and is left out.
    """
    return list(_found(text, start, len(text) if end is None else end))


# a sentence is asked for once for each of its claims
@lru_cache(maxsize=512)
def _found(text: str, start: int, stop: int) -> tuple[FigureMention, ...]:
    counted = quantities(text, start, stop)
    if not counted:
        return ()
    out: list[FigureMention] = []
    used: set[Quantity] = set()
    harms = _harms(text, start, stop)
    starts = [q.start for q in counted]
    for n, harm in enumerate(harms):
        # a handful on either side is all that can matter, and keeps long sentences linear
        near, at = harms[max(0, n - _NEAR) : n + _NEAR], bisect_left(starts, harm.start)
        if _is_mixed(text, harm, near):
            continue
        group = _counts_of(text, harm, counted[max(0, at - _NEAR) : at + _NEAR], near, start)
        shared = bool(out) and text[out[-1].anchor_end : harm.start] == " and "
        group = group if shared else [q for q in group if q not in used]
        if not group or _only_kin(text, group):
            continue
        used.update(group)
        out.append(_mention(text, harm, group, start, stop))
    return tuple(sorted(out, key=lambda m: (m.start, m.anchor_start)))


def _only_kin(text: str, group: Sequence[Quantity]) -> bool:
    """ "her husband" alone is a person told of, not a count; in "his brother and his child" it counts."""
    return len(group) == 1 and group[0].single and text[group[0].start].lower() not in "ao"


def parse_figure(exact: str, measure: Measure) -> tuple[int | None, int | None, str | None, str | None] | None:
    """`(low, high, qualifier, group)` of a phrase that a model marked as the figure; None when it counts nothing."""
    if measure in {"killed", "injured"} and _MIXED.search(exact):
        return None
    people = _people(exact)
    got = parse_quantity(exact)
    # "he and his wife": the count that was read covers only a part of the people named
    if got is not None and not (got.single and people):
        return got.low, got.high, got.qualifier, _group_of(exact, got)
    return (people, people, None, _group_of(exact, got) if got else None) if people else None


def _people(exact: str) -> int | None:
    """How many people a phrase names one by one: "him and the second pilot" is two; None where unclear."""
    parts = [p.strip() for p in _COORDINATION.split(exact.strip(" .,;")) if p.strip()]
    if not parts or len(parts) > _NEAR or len(exact) > _TOTAL_WINDOW:
        return None
    return len(parts) if all(_ONE_PERSON.fullmatch(p) for p in parts) else None


def _harms(text: str, start: int, stop: int) -> list[_Harm]:
    found: list[_Harm] = []
    taken: set[int] = set()
    families = ("passive", PASSIVE), ("state", STATE), ("counted", COUNTED), ("active", ACTIVE), ("noun", NOUN)
    for kind, family in families:
        for measure, pattern in family:
            for match in pattern.finditer(text, start, stop):
                # the first family and the longer words win: "shot dead" over "shot"
                letters = range(match.start(), match.end())
                if kind == "noun" or taken.isdisjoint(letters):
                    found.append(_Harm(measure, match.start(), match.end(), kind))
                    taken.update(letters)
    found += [_Harm("killed", m.start(), m.end(), "toll") for m in TOLL.finditer(text, start, stop)]
    return sorted(found, key=lambda h: (h.start, h.end))


def _is_mixed(text: str, harm: _Harm, harms: Sequence[_Harm]) -> bool:
    """Whether the word is one of a pair like "killed or wounded", whose count belongs to neither alone."""
    if harm.kind == "passive" and _LISTED.match(text, harm.end):
        return True  # "arrested, suspended or fired"
    for other in harms:
        if other.measure == harm.measure:
            continue
        gap = text[harm.end : other.start] if other.start >= harm.end else text[other.end : harm.start]
        if 0 < len(gap) <= 12 and (re.fullmatch(r"\s(?:or|and/or)\s(?:\w+\s)?", gap) or gap == "/"):
            return True
        if gap == " and " and {harm.measure, other.measure} == {"killed", "injured"}:
            return True
    return False


def _counts_of(
    text: str, harm: _Harm, counted: Sequence[Quantity], harms: Sequence[_Harm], floor: int
) -> list[Quantity]:
    """The count, or the coordinated counts, that stand in this harm word's slot."""
    after = [q for q in counted if q.start >= harm.end]
    before = [q for q in counted if q.end <= harm.start]
    if harm.kind == "toll":
        return _toll_count(text, harm, after)
    if harm.kind in {"passive", "active", "noun"} and after and _is_object(text, harm, after[0]):
        return _chain_forward(text, after)
    if harm.kind in {"passive", "state", "counted"} and before and _is_subject(text, harm, before[-1], harms):
        return _chain_back(text, before, floor)
    return []


def _toll_count(text: str, harm: _Harm, after: Sequence[Quantity]) -> list[Quantity]:
    fitting = [
        q for q in after if q.start - harm.end <= _MAX_GAP and not re.search(r"[;.]\s", text[harm.end : q.start])
    ]
    for quantity in fitting:
        gap = text[harm.end : quantity.start]
        if _TOLL_FILLER.fullmatch(gap) and not quantity.single:
            # "rose from 20 to 31": the last is the toll
            rest = [
                q for q in fitting if q.start > quantity.end and re.fullmatch(r"\sto\s", text[quantity.end : q.start])
            ]
            if gap.endswith("from ") and quantity.high is not None:
                return [replace(quantity, low=quantity.high)]
            return rest[:1] if rest and gap.endswith("from ") else [quantity]
    return []


def _is_object(text: str, harm: _Harm, quantity: Quantity) -> bool:
    gap = text[harm.end : quantity.start]
    if quantity.part or len(gap) > 30 or not _FILLER.fullmatch(gap):
        return False
    if harm.kind == "noun":
        return gap.startswith(" of ")
    if text[harm.start : harm.end].lower().startswith("los"):
        return gap == " " and _LOST_PEOPLE.match(text, quantity.end) is not None
    if harm.kind == "passive" and gap.strip() in {"of", "as", "what"}:
        return False
    if harm.kind == "passive" and quantity.single:
        # "was killed a day": a passive takes no object
        return not _AUX.search(text[max(0, harm.start - 14) : harm.start])
    return gap.strip() in {"", "the", "all", "there", "also"} or " of" in gap or "ing" in gap or "ed " in gap


def _is_subject(text: str, harm: _Harm, quantity: Quantity, harms: Sequence[_Harm]) -> bool:
    gap = text[quantity.end : harm.start]
    if len(gap) > _MAX_GAP or len(gap.split()) > _MAX_WORDS or (quantity.part and harm.kind != "counted"):
        return False
    if harm.kind == "counted":
        return len(gap.split()) <= 3 and not re.search(r"[,;:.]|\b(?:and|in|were|was)\b|\w\sof\b", gap)
    inside = [h for h in harms if quantity.end <= h.start and h.end <= harm.start and h.kind in {"passive", "state"}]
    if inside and not re.fullmatch(r"(?:\s\w+)?\s(?:and|or)\s(?:\w+\s)?", text[inside[-1].end : harm.start]):
        return False
    body = text[quantity.end : inside[0].start] if inside else gap
    aux = _AUX_END.search(body)
    head = body[: aux.start()] if aux else body
    if _BORDER.search(head.rstrip(" —")) or head.count(",") not in (0, 2) or _DETERMINED.search(head):
        return False
    if aux or harm.kind == "state":
        # ", 27," is an age, and a lone person between commas explains the name before
        return not (head.startswith(",") or (quantity.single and text[: quantity.start].endswith(", ")))
    # no auxiliary: "nine killed in ..." is a participle, "two gunmen killed five people" is not
    near = len(head.split()) <= 6 and " of " not in head[4:]
    return near and "," not in head and not _OBJECT_NEXT.match(text, harm.end)


def _linked(text: str, left: Quantity, right: Quantity) -> bool:
    """Whether two counts are coordinated: "nine men, three women", "four women and a child"."""
    gap = text[left.end : right.start]
    return bool(len(gap) <= 60 and _CHAIN.fullmatch(gap) and not _NOT_CHAIN.search(gap))


def _chain_forward(text: str, after: Sequence[Quantity]) -> list[Quantity]:
    group = [after[0]]
    for quantity in after[1:6]:
        follows = text[quantity.end : quantity.end + 60]
        # "killing nine and 20 others were wounded": the second count has its own harm word
        own = re.match(
            r"(?:\s[\w'’-]+){0,3}?\s(?:were|was|wounded|injured|hurt|arrested|detained|missing|had"
            r"|have)\b",
            follows,
        )
        if quantity.part or own or not _linked(text, group[-1], quantity):
            break
        group.append(quantity)
    return group


def _chain_back(text: str, before: Sequence[Quantity], floor: int) -> list[Quantity]:
    group = [before[-1]]
    for quantity in reversed(before[-6:-1]):
        if quantity.part or quantity.start < floor or not _linked(text, quantity, group[0]):
            break
        group.insert(0, quantity)
    return group


def _mention(text: str, harm: _Harm, group: list[Quantity], start: int, stop: int) -> FigureMention:
    summed = total(group)
    window = max(start, summed.start - _TOTAL_WINDOW), min(stop, summed.end + _TOTAL_WINDOW)
    cumulative = harm.kind == "toll" or bool(_CUMULATIVE.search(text, *window))
    return FigureMention(
        harm.measure, summed.low, summed.high, summed.start, summed.end, harm.start, harm.end,
        summed.qualifier, _group_of(text, group[0]), cumulative,
    )  # fmt: skip


def _group_of(text: str, quantity: Quantity) -> str | None:
    """Who is counted, in the text's own words: "civilians", "police officers"; None for a bare number."""
    if quantity.single:
        return text[quantity.start : quantity.end].rsplit(maxsplit=1)[-1]
    match = _GROUP.match(text, quantity.end)
    if match is None:
        return None
    stop = _GROUP_STOP.search(match[1])
    words = (match[1][: stop.start()] if stop else match[1]).strip()
    return words or None
