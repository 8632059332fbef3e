"""Sentences -> windows for the encoder, and what the heads found in them -> drafts of claims."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from casus.reader import diplomacy, event_words
from casus.reader.encoder import Floats, Window
from casus.reader.features import EVENT_SHIFT
from casus.reader.heads import Detected, Heads
from casus.text import words

Offsets = tuple[int, int]

# roles whose scores are kept for every word: what a claim's values are chosen by (`inherit`)
HINTED = frozenset(("actor", "recipient", "place", "date"))


@dataclass(frozen=True, slots=True)
class Found:
    """Words that the model gave a role: offsets into the text and the model's probability."""

    start: int
    end: int
    probability: float


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim as the model alone reads it: nothing resolved, nothing taken from other sentences."""

    sentence: int
    start: int
    end: int
    detected: Detected
    roles: Mapping[str, tuple[Found, ...]]
    # offsets of the window's words, and how likely each starts a span of each role
    words: tuple[Offsets, ...] = ()
    starts: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    def chance(self, role: str, start: int, end: int) -> float:
        """The model's probability that the words `[start, end)` begin a span of that role; 0 where it saw none."""
        scores = self.starts.get(role)
        if not scores:
            return 0.0
        first = bisect_right(self.words, start, key=lambda w: w[1])
        last = bisect_left(self.words, end, key=lambda w: w[0])
        return max(scores[first:last], default=0.0)


@dataclass(frozen=True, slots=True)
class NameFound:
    """A name that the model sees: kind is PER, ORG, LOC, NORP, FAC or WEA."""

    start: int
    end: int
    kind: str


def make_windows(
    text: str, sentences: Sequence[Offsets], flagged: Sequence[tuple[int, int, int]], longest: int = 0
) -> list[Window]:
    """Windows of consecutive sentences, of at most `longest` words each; a longer sentence stands alone.

    `flagged`: (start, end, bits) of names in dictionaries, in order of start.
    """
    out: list[Window] = []
    for words_of in _sentence_words(text, sentences, flagged):
        last = out[-1] if out else None
        if last is not None and len(last.words) + len(words_of.words) <= longest:
            out[-1] = Window(last.words + words_of.words, last.spans + words_of.spans, last.flags + words_of.flags)
        else:
            out.append(words_of)
    return out


def _sentence_words(
    text: str, sentences: Sequence[Offsets], flagged: Sequence[tuple[int, int, int]]
) -> Iterator[Window]:
    starts = [f[0] for f in flagged]
    for a, b in sentences:
        spans = words(text, a, b)
        cut = tuple(text[x:y] for x, y in spans)
        bits = [found << EVENT_SHIFT for found in event_words.matches(cut)]
        at = 0
        for start, end, flag in flagged[bisect_left(starts, a) : bisect_left(starts, b)]:
            while at < len(spans) and spans[at][1] <= start:
                at += 1
            n = at
            while n < len(spans) and spans[n][0] < end:
                bits[n] |= flag
                n += 1
        yield Window(cut, tuple(spans), tuple(bits))


def draft_claims(
    windows: Sequence[Window], hidden: Sequence[Floats], heads: Heads, sentences: Sequence[Offsets]
) -> list[Draft]:
    """Every trigger of every window with the words of its roles, in reading order."""
    out = []
    starts = [a for a, _ in sentences]
    for window, states in zip(windows, hidden, strict=True):
        detected = heads.detect(states)
        projected = heads.projected(states) if detected else states
        for seen in detected:
            found = diplomacy.as_coded(seen, window.words)
            roles: dict[str, tuple[Found, ...]] = {}
            scores = heads.role_scores(states, found, projected)
            for span in heads.spans(scores):
                place = Found(window.spans[span.first][0], window.spans[span.last][1], span.probability)
                roles[span.role] = (*roles.get(span.role, ()), place)
            start, end = window.spans[found.first][0], window.spans[found.last][1]
            sentence = bisect_right(starts, start) - 1
            # a trigger of several words ends with its sentence
            begins = {r: tuple(scores[:, n, 0].tolist()) for n, r in enumerate(heads.roles) if r in HINTED}
            out.append(Draft(sentence, start, min(end, sentences[sentence][1]), found, roles, window.spans, begins))
    return out


# ", killing nine": the outcome of the deed told before it, not a second deed
_OUTCOMES = frozenset(("killing", "wounding", "injuring", "maiming"))


def without_outcomes(text: str, drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts less those that only tell what came of an attack in the same sentence ("hit a village, killing
    nine"): one claim with a figure, in the training reports five times in five."""
    kept: list[Draft] = []
    for draft in drafts:
        outcome = text[draft.start : draft.end].lower() in _OUTCOMES
        if outcome and text[: draft.start].rstrip().removesuffix(" and").endswith(","):
            before = (d for d in kept if d.sentence == draft.sentence and d.detected.type == draft.detected.type)
            if next(before, None) is not None:
                continue
        kept.append(draft)
    return kept


def find_names(windows: Sequence[Window], hidden: Sequence[Floats], heads: Heads) -> list[NameFound]:
    """Every name of every window, in reading order."""
    return [
        NameFound(window.spans[first][0], window.spans[last][1], kind)
        for window, states in zip(windows, hidden, strict=True)
        for kind, first, last in heads.named(states)
    ]
