"""What the model said, held against the text: each string stands there word for word, or it is dropped and counted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from casus.reader import diplomacy
from casus.reader.decode import HINTED, Draft, Found, Offsets
from casus.reader.encoder import Window
from casus.reader.heads import Detected
from casus.reader.llm.answer import Answer, Said
from casus.reader.llm.prompt import LISTS

# More words than this are a clause, not the name of an event; the longest trigger of the training reports has five.
MOST_TRIGGER_WORDS = 6
# no quote is longer, and no pattern is made of more
MOST_QUOTED = 400
# What the model writes differently without quoting falsely: the shape of quotation marks and dashes.
_SAME = {c: f"[{re.escape(group)}]" for group in ("'’‘`", '"“”„', "-–—‑") for c in group}
# How sure a word is of its role or of none, as the heads would put it: what is said is taken as said.
_GIVEN, _NOT_GIVEN = 0.99, 0.01


@dataclass(frozen=True, slots=True)
class ModelDraft(Draft):
    """A draft that the language model gave; every string of it stands in the text."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """What was left out of the model's answers: claims not quoted from the text, of another form than asked for, or
    told twice; and single values of claims that were kept."""

    unquoted: int = 0
    malformed: int = 0
    repeated: int = 0
    values: int = 0

    def __add__(self, other: Dropped) -> Dropped:
        return Dropped(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def claims(self) -> int:
        return self.unquoted + self.malformed + self.repeated


@dataclass(frozen=True)
class Words:
    """The document as the model was shown it: sentences by number, and where its words begin and end."""

    text: str
    sentences: Mapping[int, Offsets]
    windows: tuple[Window, ...]
    at: Mapping[int, tuple[int, int]]  # the start of a word -> its window and number there
    ends: frozenset[int]

    @classmethod
    def of(cls, text: str, bounds: Sequence[Offsets], numbers: Sequence[int], windows: Sequence[Window]) -> Words:
        return cls(
            text,
            {n: bounds[n] for n in numbers},
            tuple(windows),
            {a: (n, w) for n, window in enumerate(windows) for w, (a, _) in enumerate(window.spans)},
            frozenset(b for window in windows for _, b in window.spans),
        )

    def find(self, said: str, within: Offsets, *, whole: bool = True) -> list[Offsets]:
        """Every stretch of the text that says the same, blanks and the shape of quotation marks and dashes aside;
        with `whole`, of whole words."""
        parts = said.split()
        if not parts or len(said) > MOST_QUOTED:
            return []
        wanted = r"\s+".join("".join(_SAME.get(c) or re.escape(c) for c in part) for part in parts)
        found = (m.span() for m in re.compile(wanted).finditer(self.text, *within))
        return [(a, b) for a, b in found if not whole or (a in self.at and b in self.ends)]


def verified(words: Words, answer: Answer) -> tuple[list[ModelDraft], Dropped]:
    """Drafts of the claims that stand in the text, in its order, and what was dropped."""
    drafts: list[ModelDraft] = []
    unquoted = repeated = 0
    malformed, values = answer.malformed, answer.values
    for said in answer.said:
        places = _triggers(words, said)
        free = [(a, b) for a, b in places if not any(a < d.end and d.start < b for d in drafts)]
        if not places:
            unquoted += 1
        elif not free:
            repeated += 1
        elif len(said.trigger.split()) > MOST_TRIGGER_WORDS:
            malformed += 1
        else:
            draft, missed = _draft(words, said, free[0])
            drafts.append(draft)
            values += missed
    drafts.sort(key=lambda d: d.start)
    return drafts, Dropped(unquoted, malformed, repeated, values)


def _triggers(words: Words, said: Said) -> list[Offsets]:
    """Where the trigger can stand: inside the quote if it is part of it, else anywhere in the sentence."""
    sentence = words.sentences.get(said.sentence)
    if sentence is None:
        return []
    quotes = words.find(said.quote, sentence, whole=False)
    found = words.find(said.trigger, sentence)
    inside = [(a, b) for a, b in found if any(c <= a and b <= d for c, d in quotes)]
    return (inside or found) if quotes else []


def _draft(words: Words, said: Said, trigger: Offsets) -> tuple[ModelDraft, int]:
    """The claim as a draft, and how many of its strings were dropped."""
    n, first = words.at[trigger[0]]
    window = words.windows[n]
    last = max(w for w, (a, _) in enumerate(window.spans) if a < trigger[1])
    roles: dict[str, tuple[Found, ...]] = {}
    missed = 0
    for role, strings in said.roles.items():
        spans = [_nearest(words, said.sentence, s, trigger, elsewhere=role in LISTS) for s in strings]
        stood = list(dict.fromkeys(s for s in spans if s))
        missed += spans.count(None)
        if stood:
            roles[role] = tuple(Found(a, b, _GIVEN) for a, b in stood)
    detected = Detected(
        first, last, said.type, said.confidence, said.mode, said.status, 1.0, float(said.background),
        float(said.aggregate),
    )  # fmt: skip
    coded = diplomacy.as_coded(detected, window.words)
    return ModelDraft(said.sentence, *trigger, coded, roles, window.spans, dict(_starts(window, roles))), missed


def _nearest(words: Words, number: int, said: str, trigger: Offsets, *, elsewhere: bool) -> Offsets | None:
    """The words nearest to the trigger, in its own sentence if they stand there; a side, place or source may stand in
    another sentence that the model was shown."""
    sentence = words.sentences[number]
    others = sorted(words.sentences.items(), key=lambda s: (abs(s[0] - number), s[0])) if elsewhere else ()
    for at in (sentence, *(s for _, s in others)):
        found = words.find(said, at)
        if found:
            return min(found, key=lambda f: (max(f[0] - trigger[1], trigger[0] - f[1], 0), f))
    return None


def _starts(window: Window, roles: Mapping[str, Sequence[Found]]) -> Iterator[tuple[str, tuple[float, ...]]]:
    """How likely each word of the window starts a span of a role: what later choices are weighed by."""
    for role in HINTED:
        given = {f.start for f in roles.get(role, ())}
        yield role, tuple(_GIVEN if a in given else _NOT_GIVEN for a, _ in window.spans)
