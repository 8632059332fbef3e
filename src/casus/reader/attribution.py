"""Who says it, over the whole document: chains of speakers, quotes left open, speech that runs on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from casus.reader.clauses import is_one, tokens
from casus.reader.quotes import Quote, quotes, within
from casus.reader.speech import Speech, VerbClass, speeches

# their speaker acts by speaking, and so is the claim's actor and not its source (GUIDELINES)
SPEECH_ACTS = frozenset({"ACCUSE", "REQUEST", "REJECT", "THREATEN", "SUPPORT", "AGREE"})
_SELF = frozenset(("he", "she", "it", "they", "we", "i", "us"))
# a sentence with one of these and no speaker of its own still belongs to the quote before it
_FIRST_PERSON = frozenset((
    "we", "our", "us", "ours", "i", "my", "me", "we've", "we're", "we'll", "i've", "i'm", "i'll",
))  # fmt: skip
# how many sentences a quote without a closing mark may run on; longer ones in news are re-attributed
_MAX_RUN = 6


@dataclass(frozen=True, slots=True)
class Attribution:
    """One reported-speech construction. Offsets are code points of the document.

    `speakers` are outermost first; `verb` is the verb's (or "according to"'s) span; `contents` are the
    spans whose words are the speaker's, in this sentence and in those that run on; `sentence` is the
    number of the sentence of the verb; `form` and `why` say how it was found.
    """

    speakers: tuple[tuple[int, int], ...]
    verb: tuple[int, int]
    verb_class: VerbClass
    contents: tuple[tuple[int, int], ...]
    sentence: int
    form: str
    why: str


def attributions(text: str, sentences: Sequence[tuple[int, int]]) -> list[Attribution]:
    """Every reported-speech construction of the document, in order of the verb."""
    marks = quotes(text, sentences)
    found: list[list[Speech]] = [speeches(text, start, end) for start, end in sentences]
    out: list[Attribution] = []
    carried: dict[int, Attribution] = {}
    for n, group in enumerate(found):
        made = [_extended(text, s, n, marks, sentences) for s in group]
        out.extend(made)
        if made:
            carried[n] = _last_speaker(made)
    out.extend(_run_on(text, sentences, marks, carried))
    return sorted(out, key=lambda a: (a.verb, a.contents))


def source_of(
    text: str,
    found: Sequence[Attribution],
    trigger_start: int,
    trigger_end: int,
    *,
    claim_type: str = "",
    actors: Sequence[tuple[int, int]] = (),
) -> tuple[tuple[int, int], ...]:
    """The chain of speakers (outermost first) whose words the trigger stands in; () where the report itself tells it.

    `actors` are spans of the claim's actors: somebody who does the speech act is no source of it when the
    trigger is that act's own verb.
    """
    over = [
        a
        for a in found
        if any(s <= trigger_start and trigger_end <= e for s, e in a.contents)
        and not _overlap(a.verb, (trigger_start, trigger_end))
        and not any(_overlap(s, (trigger_start, trigger_end)) for s in a.speakers)
    ]
    if not over or presupposed(text, over, trigger_start):
        return ()
    over.sort(key=lambda a: (-_width(a, trigger_start), a.verb))
    chain: list[tuple[int, int]] = []
    for a in over:
        if a is over[-1] and claim_type in SPEECH_ACTS and _is_actor(text, a, actors):
            continue
        chain.extend(s for s in a.speakers if s not in chain)
    return tuple(chain)


def presupposed(text: str, over: Sequence[Attribution], trigger_start: int) -> bool:
    """ "said ... in the wake of the attack": a known event that the speaker only refers to, outside any quote.

    The trigger's noun phrase is definite and hangs on a preposition; in the training documents about seven
    in ten such triggers have no source.
    """
    start = max(s for a in over for s, e in a.contents if s <= trigger_start < e)
    toks = tokens(text, max(start, trigger_start - 90), trigger_start)
    if any(t.text in '“"' for t in toks):
        return False
    k = len(toks) - 1
    while k >= 0 and len(toks) - k <= 4 and toks[k].wordy and not is_one(toks[k].low, "determiner", "preposition"):
        k -= 1
    return k > 0 and toks[k].low in _DEFINITE and toks[k - 1].low in _HANGS_ON


_DEFINITE = frozenset(("the", "their", "his", "its", "this"))
_HANGS_ON = frozenset((
    "of", "in", "during", "with", "amid", "about", "over", "following", "before", "since",
))  # fmt: skip


def _is_actor(text: str, a: Attribution, actors: Sequence[tuple[int, int]]) -> bool:
    """Whether the speaker is the one who acts: the same span or words, or a pronoun for the speaker."""
    said = set().union(*(_content_words(text[s:e]) for s, e in a.speakers))
    for start, end in actors:
        words = _content_words(text[start:end])
        if words & said or words <= _SELF or any(_overlap((start, end), s) for s in a.speakers):
            return True
    return False


def _content_words(phrase: str) -> set[str]:
    return {t.low for t in tokens(phrase, 0, len(phrase)) if t.wordy and not is_one(t.low, "preposition", "determiner")}


def _width(a: Attribution, at: int) -> int:
    return next(e - s for s, e in a.contents if s <= at < e)


def _overlap(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def _extended(
    text: str, speech: Speech, n: int, marks: Sequence[Quote], sentences: Sequence[tuple[int, int]]
) -> Attribution:
    """The construction with its content widened to the whole of each quote that it touches."""
    start, end = sentences[n]
    contents = list(speech.contents)
    for quote in within(marks, start, end):
        touches = any(_overlap(c, (quote.start, quote.end)) for c in speech.contents)
        if touches and (quote.start < start or quote.end > end) and speech.verb_class != "accuse":
            contents.append((quote.start, quote.end))
    return Attribution(
        speech.speakers,
        speech.verb,
        speech.verb_class,
        tuple(contents),
        n,
        speech.form,
        f"{speech.form} in its sentence",
    )


def _last_speaker(made: Sequence[Attribution]) -> Attribution:
    plain = [a for a in made if a.verb_class in ("say", "tell", "deny")]
    return (plain or list(made))[-1]


def _run_on(
    text: str,
    sentences: Sequence[tuple[int, int]],
    marks: Sequence[Quote],
    carried: dict[int, Attribution],
) -> list[Attribution]:
    """Quotes, and sentences of an open quote, that name no speaker: they continue the speech before them."""
    out: list[Attribution] = []
    speaker: Attribution | None = None
    run = 0
    for n, (start, end) in enumerate(sentences):
        if n in carried:
            speaker, run = carried[n], 0
            continue
        run += 1
        inside = within(marks, start, end)
        opens = any(_opens_sentence(text, q.start, start) for q in inside)
        first_person = any(t.low in _FIRST_PERSON for t in tokens(text, start, end))
        if speaker is not None and run <= _MAX_RUN and (opens or first_person):
            why = "a quote without a speaker continues the speech before it"
            out.append(
                Attribution(speaker.speakers, speaker.verb, speaker.verb_class, ((start, end),), n, "run-on", why)
            )
        elif not inside:
            speaker = None
    return out


def _opens_sentence(text: str, quote_start: int, sentence_start: int) -> bool:
    return quote_start <= sentence_start or not text[sentence_start:quote_start].strip(' \t\n“"«‘(')
