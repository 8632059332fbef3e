"""Ties time expressions to events: which one of a sentence dates a trigger, and what claims of one event share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from casus.world.date_find import DateMention, find
from casus.world.date_resolve import looks_ahead, resolve
from casus.world.date_value import DateContext, DateValue, unknown

# Between a trigger and the words that date it: a date across such a border loses to one inside the clause.
_SUBORDINATE = re.compile(
    r"[;:—“”\"]|\s[-–]\s|\b(?:who|whom|whose|which|when|while|after|before|following|since|that|because"
    r"|although|though|as"
    r"|where|until|if|unless|despite|amid|to|over|of)\b"
)
_COORDINATE = re.compile(r",|\b(?:and|but|or)\b")
_SPEECH = re.compile(
    r"\b(?:said|says|say|told|announced|reported|warned|stressed|added|tweeted|confirmed|stated|declared"
    r"|wrote|called|claimed)\b"
)
# a speech verb just before its day: "told reporters on Tuesday"
_DATED_SPEECH = re.compile(_SPEECH.pattern + r"(?:\s[\w’']+){0,3}\s*$")
# "March 4, 2016." closes a caption and dates what the picture shows
_DATED_CLOSE = re.compile(r"[,\s–-]\s*$")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_POINTS_BACK = re.compile(
    r"\b(?:later|earlier|after|afterwards?|before|prior|beforehand|same|that|following|previous|then"
    r"|next day|eve of|the (?:day|week))\b"
)
_COUNTED = re.compile(r"\b(?:day|night|week|month|year)s?\s(?:after|before)$")

# Costs of what lies between trigger and date; tried on the training reports by steps of one, and
# the flat optimum taken: a date beyond _LIMIT belongs to another deed more often than not.
_SUBORDINATE_COST = 2
_COORDINATE_COST = 1
_SPEECH_COST = 2
_SINCE_COST = 1
_LIMIT = 4
# in characters; farther off only the words that open or close the sentence still date it
_FAR = 400


def when_of(  # noqa: PLR0917
    text: str,
    sentence_start: int,
    sentence_end: int,
    trigger_start: int,
    date_span: tuple[int, int] | None,
    context: DateContext,
) -> DateValue:
    """When the event at `trigger_start` happened: the given span's words, else the sentence's own.

    Offsets are code points into `text`. Unknown, with a reason, where the sentence has no time
    expression that attaches to the trigger.
    """
    mentions = find(text, sentence_start, sentence_end)
    if context.caption is None:
        context = replace(context, caption=_closing_date(text, mentions, sentence_end, context))
    if not context.sentence:
        context = replace(context, sentence=text[sentence_start:sentence_end])
    frame = _Frame(text, sentence_start, sentence_end, trigger_start, mentions)
    if date_span is not None:
        return replace(_resolved(frame, date_span, context), words=date_span)
    found = unknown("the sentence has no time expression for this event")
    for mention in _candidates(frame):
        words = (mention.start, mention.end)
        found = replace(_resolved(frame, words, context), words=words)
        if found.start is not None or mention.kind == "vague":
            return found
    return found


class _Frame:
    """A sentence with its trigger and its time expressions; lives for one call."""

    __slots__ = ("end", "mentions", "start", "text", "trigger")

    def __init__(self, text: str, start: int, end: int, trigger: int, mentions: Sequence[DateMention]) -> None:
        self.text, self.start, self.end, self.trigger, self.mentions = text, start, end, trigger, mentions


def _closing_date(text: str, mentions: Sequence[DateMention], end: int, context: DateContext) -> date | None:
    """The full date that closes a caption, on which the caption's other words count; None elsewhere."""
    if not mentions or len(mentions) < 2:
        return None
    last = mentions[-1]
    words = text[last.start : last.end]
    if last.kind != "day" or not _YEAR.search(words) or text[last.end : end].strip(" .)\n") or not words[:1].isupper():
        return None
    return resolve(words, context).start


def _candidates(frame: _Frame) -> list[DateMention]:
    """The time expressions that may date the trigger, the likeliest first."""
    scored = []
    for mention in frame.mentions:
        if mention.start <= frame.trigger < mention.end:
            continue
        far = mention.start - frame.trigger > _FAR or frame.trigger - mention.end > _FAR
        if far and mention not in (frame.mentions[0], frame.mentions[-1]):
            continue
        cost = _cost(frame, mention)
        if cost <= _LIMIT:
            gap = max(frame.trigger - mention.end, mention.start - frame.trigger)
            scored.append((cost, gap, mention))
    return [mention for _, _, mention in sorted(scored, key=lambda s: s[:2])]


def _cost(frame: _Frame, mention: DateMention) -> int:
    text = frame.text
    words = text[mention.start : mention.end]
    before = mention.end <= frame.trigger
    gap = text[mention.end : frame.trigger] if before else text[frame.trigger : mention.start]
    opens = not text[frame.start : mention.start].strip(' -—–“"') and before
    closes = not before and mention.kind == "day" and not text[mention.end : frame.end].strip(" .)")
    cost = _SUBORDINATE_COST * len(_SUBORDINATE.findall(gap))
    if closes and _YEAR.search(words):
        # the date of a picture holds for its main clause, however long that is
        main = text[frame.start : frame.trigger]
        cost = _SUBORDINATE_COST * len(
            re.findall(r"\b(?:who|which|when|after|before|following|since|that|for)\b", main)
        )
        return min(cost, _LIMIT + 1)
    if not opens:
        cost += _COORDINATE_COST * len(_COORDINATE.findall(gap))
    lead = max(frame.start, mention.start - 80)
    spoken = _DATED_SPEECH.search(text[lead : mention.start])
    own_verb = spoken is not None and lead + spoken.start() <= frame.trigger < mention.end
    if spoken and not own_verb:
        cost += _SPEECH_COST
    elif not own_verb:
        cost += _SPEECH_COST * len(_SPEECH.findall(gap[1:] if not before else gap))
    if words.lower().startswith("since"):
        cost += _SINCE_COST
    return cost


def _resolved(frame: _Frame, span: tuple[int, int], context: DateContext) -> DateValue:
    """The words at `span` resolved, with the direction and the reference that the sentence gives."""
    expression = frame.text[span[0] : span[1]]
    if context.tense == "unknown":
        ahead = looks_ahead(context.sentence, expression, span[0] - frame.start)
        context = replace(context, tense="future" if ahead else "past")
    if context.reference is None:
        lowered = expression.lower()
        if (
            _COUNTED.search(lowered)
            and frame.trigger >= span[1]
            and not re.search(r"[,;]", frame.text[span[1] : frame.trigger])
        ):
            # "two days after the ambush": seen from the main clause, the ambush lies two days back
            return _complement(lowered, frame, span, context)
        if _POINTS_BACK.search(lowered):
            context = replace(context, reference=_told_before(frame, span, context))
    return resolve(expression, context)


def _complement(lowered: str, frame: _Frame, span: tuple[int, int], context: DateContext) -> DateValue:
    base = context.basis
    told = _told_before(frame, span, context, ahead=False) if context.caption is None else None
    if told is None and base is None:
        return unknown("no date to count back from")
    reference = told or (base, base)
    turned = re.sub(r"after$", "\0", lowered)
    turned = re.sub(r"before$", "after", turned).replace("\0", "before")
    return resolve(turned, replace(context, reference=reference))  # type: ignore[arg-type]


def _told_before(
    frame: _Frame, span: tuple[int, int], context: DateContext, ahead: bool = True
) -> tuple[date, date] | None:
    """The date that "two days after" counts from: one that follows in the sentence, else the last one told."""
    after = [m for m in frame.mentions if span[1] <= m.start <= span[1] + 120] if ahead else []
    before = [m for m in frame.mentions if m.end <= span[0]]
    # two sentences back or so: farther away a date belongs to another event
    earlier = find(frame.text, max(0, frame.start - 400), frame.start) if ahead else []
    for mention in (*after, *reversed(before), *reversed(earlier)):
        words = frame.text[mention.start : mention.end]
        if mention.kind == "vague" or _POINTS_BACK.search(words.lower()):
            continue
        got = resolve(words, replace(context, tense="past"))
        if got.start is not None and got.end is not None and (got.end - got.start).days <= 31:
            return got.start, got.end
    return None


def inherit(values: Sequence[DateValue], events: Sequence[str | None]) -> list[DateValue]:
    """Lends each claim without a date, or with a wider one ("last week"), what other claims of its event state.

    `values` and `events` run parallel, one a claim, in order of text. Among several stated dates the
    one that most claims share wins, then the narrower, then the earlier told. A claim whose own date
    is as narrow keeps it.
    """
    told: dict[str, list[DateValue]] = {}
    for value, event in zip(values, events, strict=True):
        if event is not None and value.start is not None:
            told.setdefault(event, []).append(value)
    out = []
    for value, event in zip(values, events, strict=True):
        known = told.get(event, []) if event is not None else []
        narrower = [v for v in known if value.start is None or _within(v, value)]
        why = "from another sentence on the same event"
        out.append(replace(_agreed(narrower), why=why) if narrower else value)
    return out


def _within(inner: DateValue, outer: DateValue) -> bool:
    """Whether one date lies inside the other and is shorter: Tuesday inside "last week"."""
    if not (inner.start and inner.end and outer.start and outer.end):
        return False
    shorter = inner.end - inner.start < outer.end - outer.start
    return shorter and outer.start <= inner.start and inner.end <= outer.end


def _agreed(values: Sequence[DateValue]) -> DateValue:
    spans = [(v.start, v.end) for v in values]

    def rank(value: DateValue) -> tuple[int, int]:
        days = (value.end - value.start).days if value.start and value.end else 10**6
        return -spans.count((value.start, value.end)), days

    return min(values, key=rank)
