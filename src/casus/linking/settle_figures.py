"""Low, best and high of each counted harm of an event, from all its claims, and where they contradict.

The rules, in order, for one measure:

1. Sums over a period ("4,000 since March") count only where nothing else does. A further part ("another two") never
   counts. A part of the harmed ("four women") counts only where nobody tells the whole; then the group of which most
   were harmed stands for what is known.
2. Of each voice and speaker the figures of its last day stand: what it said before it has corrected. What a report
   repeats of a speaker ("police had at first spoken of nine") is of the day on which it was first told.
3. A toll that rises over the days is one series: a figure below one that was published on a later day is
   superseded, not contradicted. A report without a date supersedes nothing and is superseded by what is higher.
4. What stands and overlaps agrees: "at least nine" and "ten". What stands and does not overlap is a contradiction,
   among it a lower number told later than a higher one.
5. Best is the figure of the most independent voices; those being even, of the latest report; those being even, the
   lower one, as the Uppsala Conflict Data Program does ("if no such distinction can be made, UCDP as a rule
   includes the lower figure", UCDP GED codebook). "Dozens" counts nobody, so that it gives no best.
6. Low and high are the smallest and largest figures that stand; high is open where the largest is ("more than 100").
   "Up to 40" only bounds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from casus.events import Conflict, EventFigure
from casus.linking.conflicts import Version, contradiction, in_words, overlap
from casus.linking.settle_choices import MEASURES, Choices, parse_figure
from casus.linking.voices import Evidence, speaker
from casus.records import Claim, Figure, Measure

ONLY = "only figure told"
ALIKE = "told alike"
LAST = "last toll of a series"
VOICES = "most independent voices"
LATEST = "latest report, voices being even"
LOWER = "lower figure, voices and days being even"
BOUND = "nobody counts it"
GROUP = "largest group told, the whole not being told"

Range = tuple[int | None, int | None]
# what makes two figures one value: the range, whether it is rounded, whether it is vague
_Key = tuple[Range, bool, bool]

_VAGUE = re.compile(r"\b(?:dozens?|scores|hundreds|thousands|millions|tens|several|few|handful|countless|many)\b", re.I)
_EXACT_DOZEN = re.compile(r"\b(?:a|half|\d+|two|three|four|five|six|seven|eight|nine|ten)[\s-](?:a[\s-])?dozen\b", re.I)
_ROUNDED = re.compile(
    r"\b(?:about|around|nearly|almost|close to|approximately|roughly|some|estimated|perhaps|possibly|just over)\b"
)
# "another two died", "two more", "two others": added to what was told before
_FURTHER = re.compile(r"\b(?:another|other|additional|further)\b")
_FURTHER_AFTER = re.compile(r"\s*(?:more|others?|additional|further)\b", re.I)
# nouns that name the harmed as such, and no part of them
_EVERYONE = frozenset(
    ("people", "person", "persons", "life", "lives", "death", "deaths", "dead", "victim", "victims", "fatality",
     "fatalities", "casualty", "casualties", "body", "bodies", "detainee", "detainees", "arrest", "arrests",
     "injury", "injuries")
)  # fmt: skip
UNDATED = 0  # as a day: earlier than any


@dataclass(frozen=True, slots=True)
class _Told:
    """One figure of one claim. `day` is the ordinal of its report, `group` whom it counts, "" for all."""

    low: int | None
    high: int | None
    rounded: bool
    vague: bool
    group: str
    day: int
    claim: Claim

    @property
    def range(self) -> Range:
        return self.low, self.high

    @property
    def key(self) -> _Key:
        return self.range, self.rounded, self.vague


@dataclass(slots=True)
class _Value:
    """A range as all who tell it tell it. `wide` is what it may be: "about 40" is 35 to 45."""

    key: _Key
    range: Range
    wide: Range
    vague: bool
    told: list[_Told] = field(default_factory=list)
    day: int = UNDATED
    voices: set[int] = field(default_factory=set)

    @property
    def claims(self) -> list[Claim]:
        return [t.claim for t in self.told]

    @property
    def least(self) -> int:
        """The number by which it is small; of "up to 40" the 40."""
        low, high = self.range
        return low if low is not None else high or 0

    @property
    def most(self) -> int:
        """What a later figure must exceed to supersede it; of "at least nine" the nine."""
        low, high = self.range
        return high if high is not None else low or 0


def settle_figures(
    claims: Sequence[Claim], evidence: Evidence, choices: Choices
) -> tuple[tuple[EventFigure, ...], list[Conflict]]:
    """The figures of these claims by measure, and the contradictions among them."""
    found: dict[Measure, list[tuple[Claim, Figure]]] = {}
    for claim in claims:
        for figure in claim.figures:
            found.setdefault(figure.measure, []).append((claim, figure))
    decided = [m for m in MEASURES if m in choices.values] if choices.values else ()
    if not found and not decided:
        return (), []
    figures: list[EventFigure] = []
    conflicts: list[Conflict] = []
    for measure in MEASURES:
        settled, conflict = _settle(measure, found.get(measure, ()), evidence, choices)
        if measure in decided:
            settled = _decided(measure, settled, choices)
        if settled is not None:
            figures.append(settled)
        if conflict is not None:
            conflicts.append(conflict)
    return tuple(figures), conflicts


def _settle(
    measure: Measure, told: Sequence[tuple[Claim, Figure]], evidence: Evidence, choices: Choices
) -> tuple[EventFigure | None, Conflict | None]:
    single = [t for t in told if not t[0].aggregate] or told
    items = [item for claim, figure in single if (item := _read(claim, figure, evidence)) is not None]
    if not items:
        return None, None
    whole = [t for t in items if not t.group]
    if whole or len({t.group for t in items}) == 1:
        return _series(measure, whole or items, evidence, choices)
    parts: dict[str, list[_Told]] = {}
    for item in items:
        parts.setdefault(item.group, []).append(item)
    settled = [_series(measure, part, evidence, choices) for _, part in sorted(parts.items())]
    counted = [(f, c) for f, c in settled if f.low is not None]
    if not counted:
        return None, None  # "up to ten soldiers" says nothing of all
    figure, conflict = max(counted, key=lambda s: s[0].best or s[0].low or 0)
    # the others may be some of these or others besides, so that nothing bounds the whole
    return EventFigure(measure, figure.low, figure.best, None, GROUP, figure.claims), conflict


def _read(claim: Claim, figure: Figure, evidence: Evidence) -> _Told | None:
    """The figure as it counts here; None for a further part."""
    words, span = figure.qualifier or "", figure.span
    group = _group(figure.group)
    if _FURTHER.search(words) or _FURTHER_AFTER.match(span.suffix) or group in ("other", "more"):
        return None
    vague = figure.high is None and bool(_VAGUE.search(_EXACT_DOZEN.sub("", span.exact)))
    published = evidence.reports[claim.document_id].published
    day = published.toordinal() if published else UNDATED
    return _Told(figure.low, figure.high, bool(words and _ROUNDED.search(words)), vague, group, day, claim)


def _group(words: str | None) -> str:
    """The noun of a group without its plural; "" for everybody."""
    if not words:
        return ""
    noun = words.casefold().split()[-1]
    return "" if noun in _EVERYONE else noun.removesuffix("s")


def _series(
    measure: Measure, items: Sequence[_Told], evidence: Evidence, choices: Choices
) -> tuple[EventFigure, Conflict | None]:
    """The figure of items that tell of the same people, and their contradiction."""
    if len(items) == 1:
        one = items[0]
        best = None if one.vague else one.low
        rule = BOUND if best is None else ONLY
        return EventFigure(measure, one.low, best, one.high, rule, (one.claim.id,)), None
    items = _first_told(items)
    standing = _standing(_values(_last_words(items, evidence), evidence))
    versions = _versions(standing)
    top = versions[0]
    best = _best(top)
    low, high = _ends(standing)
    figure = EventFigure(measure, low, best, high, _rule(best, versions, standing, items), _ids(standing))
    if len(versions) > 1:
        conflict = contradiction(measure, _told_as(versions, items), evidence, choices)
        if conflict is not None:
            return figure, conflict
    once = _disputed_once(items, evidence)
    return figure, contradiction(measure, once, evidence, choices, "superseded") if once else None


def _ids(values: Iterable[_Value]) -> tuple[str, ...]:
    told = sorted(
        (t for v in values for t in v.told), key=lambda t: (t.day, t.claim.document_id, t.claim.trigger.start)
    )
    return tuple(dict.fromkeys(t.claim.id for t in told))


def _first_told(items: Sequence[_Told]) -> list[_Told]:
    """Rule 2: what is quoted of a speaker with the day on which anybody first quoted it."""
    first: dict[tuple[str, _Key], int] = {}
    for item in items:
        key = speaker(item.claim)[1], item.key
        if key[0] and item.day != UNDATED:
            first[key] = min(first.get(key, item.day), item.day)
    return [replace(t, day=first.get((speaker(t.claim)[1], t.key), t.day)) for t in items] if first else list(items)


def _last_words(items: Sequence[_Told], evidence: Evidence) -> list[_Told]:
    """Rule 2: of each voice and speaker what it said on its last day."""

    def who(item: _Told) -> tuple[int, str]:
        return evidence.voice_of[item.claim.document_id], speaker(item.claim)[1]

    last: dict[tuple[int, str], int] = {}
    for item in items:
        last[who(item)] = max(last.get(who(item), UNDATED), item.day)
    return [item for item in items if item.day == last[who(item)]]


def _values(items: Sequence[_Told], evidence: Evidence) -> list[_Value]:
    """The items by what they say, in order of first mention."""
    out: dict[_Key, _Value] = {}
    for item in items:
        value = out.get(item.key)
        if value is None:
            value = out[item.key] = _Value(item.key, item.range, _widened(item), item.vague)
        value.told.append(item)
        value.day = max(value.day, item.day)
        value.voices.add(evidence.voice_of[item.claim.document_id])
    return list(out.values())


def _widened(item: _Told) -> Range:
    """A rounded number may be half a unit of its last digit that is not 0 to either side: 40 is 35 to 45."""
    if not item.rounded or item.low is None or item.high is None or not item.low:
        return item.range
    digits = str(item.low)
    unit = 10 ** (len(digits) - len(digits.rstrip("0")))
    return item.low - unit // 2, item.high + unit // 2


def _standing(values: Sequence[_Value]) -> list[_Value]:
    """Rule 3: what no higher figure of a later day has superseded."""
    out: list[_Value] = []
    highest, day, waiting = -1, None, -1
    for value in sorted(values, key=lambda v: -v.day):
        if value.day != day:
            highest, day = max(highest, waiting), value.day
        if value.most >= highest:
            out.append(value)
        if value.range[0] is not None:
            waiting = max(waiting, value.range[0])
    return out


def _versions(values: Sequence[_Value]) -> list[list[_Value]]:
    """Rules 4 and 5: values that agree, together; the version of most independent voices first.

    Each version starts from the value of most voices that is left, and takes in what overlaps with all of it.
    """
    left = sorted(values, key=lambda v: (-len(v.voices), -v.day, _exactness(v), v.least))
    versions: list[list[_Value]] = []
    while left:
        core, version, rest = left[0].wide, [left[0]], list[_Value]()
        for value in left[1:]:
            if overlap(core, value.wide):
                version.append(value)
                core = _common(core, value.wide)
            else:
                rest.append(value)
        versions.append(version)
        left = rest
    return sorted(versions, key=_standing_of)


def _exactness(value: _Value) -> int:
    """Counted numbers before ranges and rounded ones, these before open ends."""
    low, high = value.range
    return 2 if low is None or high is None else int(low != high or value.wide != value.range)


def _standing_of(version: Sequence[_Value]) -> tuple[int, int, int]:
    voices = set().union(*(v.voices for v in version))
    return -len(voices), -max(v.day for v in version), min(v.least for v in version)


def _common(a: Range, b: Range) -> Range:
    lows = [x for x in (a[0], b[0]) if x is not None]
    highs = [x for x in (a[1], b[1]) if x is not None]
    return max(lows, default=None), min(highs, default=None)


def _best(version: Sequence[_Value]) -> int | None:
    """The version's number: a counted one before the start of a range, that before the highest "at least"."""
    counted = [v for v in version if not v.vague and v.range[0] is not None]
    if not counted:
        return None
    closed = [v for v in counted if v.range[1] is not None]
    if closed:
        return min(closed, key=lambda v: (_exactness(v), -len(v.voices), -v.day, v.least)).range[0]
    return max(v.least for v in counted)


def _ends(values: Sequence[_Value]) -> Range:
    """Rule 6: the smallest and largest figure of those that stand; "dozens" bounds nothing that a count agrees with."""
    counted = [v for v in values if not v.vague]
    values = counted + [v for v in values if v.vague and not any(overlap(v.range, c.range) for c in counted)]
    lows = [v.range[0] for v in values if v.range[0] is not None]
    if not lows:
        return None, max(v.range[1] or 0 for v in values)
    closed = max((v.range[1] for v in values if v.range[1] is not None), default=None)
    opened = max((v.range[0] for v in values if v.range[0] is not None and v.range[1] is None), default=-1)
    if closed is None or opened > closed:
        return min(lows), None
    return min(lows), closed


def _rule(
    best: int | None, versions: Sequence[Sequence[_Value]], standing: Sequence[_Value], items: Sequence[_Told]
) -> str:
    """By which rule the best figure came about."""
    if best is None:
        return BOUND
    if len(versions) > 1:
        first, second = _standing_of(versions[0]), _standing_of(versions[1])
        if first[0] != second[0]:
            return VOICES
        return LATEST if first[1] != second[1] else LOWER
    return LAST if len(items) > sum(len(v.told) for v in standing) else ALIKE


def _told_as(versions: Sequence[Sequence[_Value]], items: Sequence[_Told]) -> list[Version]:
    """The versions in words, each with all who ever told one of its values, be it superseded."""
    out: list[Version] = []
    for version in versions:
        keys = {v.key for v in version}
        core: Range = (None, None)
        # what is rounded or vague agrees with a counted number without saying it
        firm = [v.range for v in version if v.wide == v.range and not v.vague]
        for said in firm or ([v.wide for v in version] if len(version) > 1 else [version[0].range]):
            core = _common(core, said)
        out.append((in_words(*core), [t.claim for t in items if t.key in keys]))
    return out


def _disputed_once(items: Sequence[_Told], evidence: Evidence) -> list[Version]:
    """The versions of the last day on which figures of one day could not all hold; [] where there is none."""
    days: dict[int, list[_Told]] = {}
    for item in items:
        days.setdefault(item.day, []).append(item)
    for _, told in sorted(days.items(), reverse=True):
        if len(told) > 1:
            versions = _versions(_values(told, evidence))
            if len(versions) > 1:
                return _told_as(versions, told)
    return []


def _decided(measure: Measure, settled: EventFigure | None, choices: Choices) -> EventFigure | None:
    """What a person chose; a best that was left open stays the machine's where it lies within, else is the low."""
    got = parse_figure(choices.values[measure][0])
    if got is None:
        return None
    low, best, high = got
    if best is None and low is not None:
        held = settled.best if settled else None
        best = held if held is not None and high is not None and low <= held <= high else low
    return EventFigure(measure, low, best, high, choices.rule(measure), settled.claims if settled else ())
