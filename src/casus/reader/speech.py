"""Reported speech inside one sentence: who speaks, with which verb, and which words are theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from casus.reader.clauses import (
    BE,
    Token,
    could_speak,
    is_break,
    is_one,
    looks_finite,
    noun_phrase,
    read_rows,
    span_of,
    tokens,
)
from casus.reader.mentions import split_coordination
from casus.reader.subjects import QUOTE_MARKS, inverted_subject, right_phrase, subject_of

VerbClass = Literal["say", "that", "tell", "deny", "accuse", "think", "show", "act"]
SPEECH_NOUNS = frozenset((
    "claim", "claims", "statement", "statements", "announcement", "accusation", "accusations", "allegation",
    "allegations", "assertion", "assertions", "warning", "warnings", "report", "reports", "suggestion",
    "suggestions", "insistence", "emphasis", "admission", "testimony", "confirmation", "belief", "fear",
    "fears", "revelation", "complaint", "complaints", "comment", "comments", "remark", "remarks",
))  # fmt: skip
# with these as subject "show", "find" and "quote" report something
EVIDENCE = frozenset((
    "report", "reports", "footage", "video", "videos", "image", "images", "photo", "photos", "photograph",
    "photographs", "picture", "pictures", "data", "poll", "survey", "study", "documents", "document",
    "recordings", "recording", "tally", "figures", "statistics", "records", "investigation", "inquiry", "probe",
    "investigators", "researchers", "study", "reporters", "media", "television", "newspaper", "agency",
    "commission", "panel", "newscast", "group",
))  # fmt: skip
# after these a clause is the hearer's or the writer's, not a complement


@dataclass(frozen=True, slots=True)
class Speech:
    """One construction: speakers outermost first, the verb, and the contents, all as offsets."""

    speakers: tuple[tuple[int, int], ...]
    verb: tuple[int, int]
    verb_class: VerbClass
    contents: tuple[tuple[int, int], ...]
    form: str


@cache
def verb_forms() -> dict[str, tuple[str, VerbClass]]:
    """Form -> (lemma, class), from speech_verbs.tsv."""
    out: dict[str, tuple[str, VerbClass]] = {}
    for cls, forms in read_rows("speech_verbs.tsv"):
        lemma = forms.split()[0]
        for form in forms.split():
            out.setdefault(form, (lemma, cls))  # type: ignore[arg-type]
    return out


def speeches(text: str, start: int, end: int) -> list[Speech]:
    """Every reported-speech construction of the sentence `text[start:end]`, in order of the verb."""
    toks = tokens(text, start, end)
    title = _title_case(toks)
    found: list[Speech] = []
    last_subject: tuple[int, int] | None = None
    for i, t in enumerate(toks):
        speech, subject = None, None
        if t.low == "according" and i + 1 < len(toks) and toks[i + 1].low == "to":
            speech = _according(text, toks, i)
        elif t.low in verb_forms() and (title or not t.capital):
            speech, subject = _verb(text, toks, i, last_subject)
        if speech is None and t.low in SPEECH_NOUNS:
            speech = _noun(text, toks, i)
        last_subject = subject or last_subject
        if speech is not None:
            found.append(speech)
    headline = _headline(text, toks)
    if headline is not None and not found:
        found.append(headline)
    return _add_cited(text, toks, found)


# ------------------------------------------------------------------------------- forms


def _according(text: str, toks: Sequence[Token], i: int) -> Speech | None:
    np = right_phrase(toks, i + 2)
    if np is None:
        return None
    leading = not any(t.wordy for t in toks[:i]) or (i <= 3 and not any(looks_finite(toks, k) for k in range(i)))
    contents = ((toks[np[1] - 1].end, toks[-1].end),) if leading else ((toks[0].start, toks[i].start),)
    return Speech(_speakers(text, toks, np), (toks[i].start, toks[i + 1].end), "say", contents, "according-to")


def _verb(  # noqa: PLR0911 - a return a rule, in order
    text: str, toks: Sequence[Token], i: int, last_subject: tuple[int, int] | None
) -> tuple[Speech | None, tuple[int, int] | None]:
    """The construction around the speech verb toks[i], and its subject as a token range."""
    lemma, cls = verb_forms()[toks[i].low]
    if cls == "act" or _is_noun_or_adjective(toks, i) or (cls == "that" and not _has_that(toks, i)):
        return None, None
    if _passive(toks, i):
        return _passive_speech(text, toks, i, cls), None
    subject = subject_of(toks, i, last_subject)
    inverted = inverted_subject(toks, i) if cls in ("say", "that") else None
    if inverted is not None and (subject is None or _quote_or_comma_before(toks, i)):
        front = ((toks[0].start, toks[i].start),)
        return Speech(_speakers(text, toks, inverted), _span(toks[i]), cls, front, "inverted"), inverted
    if subject is None or not could_speak(toks, *subject):
        return None, None
    if subject[1] - subject[0] == 1 and toks[subject[0]].low in ("i", "we", "you"):
        return None, None  # inside a quote: the quote's own speaker stands for them
    if cls == "show" and not any(t.low in EVIDENCE for t in toks[subject[0] : subject[1]]) and lemma != "quote":
        return None, None
    if lemma == "quote":
        return _quoted(text, toks, i, subject), subject
    contents = _contents(toks, i, subject, cls)
    if not contents:
        return None, subject
    return Speech(_speakers(text, toks, subject), _span(toks[i]), cls, contents, "verb"), subject


def _noun(text: str, toks: Sequence[Token], i: int) -> Speech | None:
    """ "Turkey's claim that", "Russian accusations that", "a report by X that"."""
    if i + 1 >= len(toks):
        return None
    if toks[i + 1].low == "that":
        if i == 0 or not (toks[i - 1].capital or toks[i - 1].possessive):
            return None
        first = i - 1
        while first > 0 and (toks[first - 1].capital or toks[first - 1].low in ("of", "by")) and first > i - 6:
            first -= 1
        np = noun_phrase(toks, first, i)
        content = (toks[i + 1].end, toks[-1].end)
    elif toks[i + 1].low in ("by", "from"):
        np = right_phrase(toks, i + 2)
        that = next((k for k in range(i + 2, min(i + 14, len(toks))) if toks[k].low == "that"), None)
        if np is None or that is None or that < np[1]:
            return None
        content = (toks[that].end, toks[-1].end)
    else:
        return None
    if np is None or not could_speak(toks, *np):
        return None
    return Speech(_speakers(text, toks, np), _span(toks[i]), "say", (content,), "noun")


def _headline(text: str, toks: Sequence[Token]) -> Speech | None:
    """ "Police: Two Killed in Blast": a few words, a colon, then the news."""
    colon = next((k for k, t in enumerate(toks[:8]) if t.text == ":"), None)
    if colon is None or colon == 0 or colon + 2 >= len(toks) or any(looks_finite(toks, k) for k in range(colon)):
        return None
    np = noun_phrase(toks, 0, colon)
    known = (
        np is not None and could_speak(toks, *np) and toks[colon - 1].low not in ("watch", "photos", "video", "file")
    )
    if np is None or not known or not toks[0].capital or toks[colon].end == toks[colon + 1].start:
        return None
    content = ((toks[colon].end, toks[-1].end),)
    return Speech(_speakers(text, toks, np), _span(toks[colon]), "say", content, "headline")


def _quoted(text: str, toks: Sequence[Token], i: int, subject: tuple[int, int]) -> Speech | None:
    """ "Anadolu quoted the general as saying that ..."."""
    as_at = next((k for k in range(i + 1, min(i + 30, len(toks) - 1)) if toks[k].low == "as"), None)
    if as_at is None or toks[as_at + 1].low not in verb_forms():
        return None
    np = right_phrase(toks, i + 1)
    if np is None:
        return None
    speakers = (*_speakers(text, toks, subject), *_speakers(text, toks, np))
    return Speech(speakers, _span(toks[i]), "say", ((toks[as_at + 1].end, toks[-1].end),), "quoted")


def _passive_speech(text: str, toks: Sequence[Token], i: int, cls: VerbClass) -> Speech | None:
    """ "was quoted as saying by Y", "it is claimed by", "was confirmed by"; without "by" nobody speaks."""
    low = toks[i].low
    if low == "quoted":
        saying = next((k for k in range(i + 1, min(i + 4, len(toks))) if toks[k].low in ("saying", "telling")), None)
        subject = subject_of(toks, i, None)
        if saying is None or subject is None or not could_speak(toks, *subject):
            return None
        outer: tuple[tuple[int, int], ...] = ()
        if saying + 1 < len(toks) and toks[saying + 1].low in ("by", "in"):
            np = right_phrase(toks, saying + 2)
            outer = _speakers(text, toks, np) if np else ()
        speakers = (*outer, *_speakers(text, toks, subject))
        return Speech(speakers, _span(toks[i]), "say", ((toks[saying].end, toks[-1].end),), "quoted")
    by = next((k for k in range(i + 1, min(i + 3, len(toks))) if toks[k].low == "by"), None)
    np = right_phrase(toks, by + 1) if by is not None else None
    if cls not in ("say", "deny", "accuse") or np is None or not could_speak(toks, *np):
        return None
    contents = ((toks[0].start, toks[i].start), (toks[np[1] - 1].end, toks[-1].end))
    return Speech(_speakers(text, toks, np), _span(toks[i]), cls, contents, "passive")


def _add_cited(text: str, toks: Sequence[Token], found: list[Speech]) -> list[Speech]:
    """ "Mehr reported, citing the governor": the cited speaker joins every construction of the outer one."""
    for i, t in enumerate(toks):
        if t.low not in ("citing", "quoting") or not found:
            continue
        np = right_phrase(toks, i + 1)
        if np is None or not could_speak(toks, *np):
            continue
        cited = _speakers(text, toks, np)
        near = min(found, key=lambda s: abs(s.verb[0] - t.start))
        if not set(cited) & set(near.speakers):
            joined = Speech((*near.speakers, *cited), near.verb, near.verb_class, near.contents, "citing")
            found = [joined if s is near else s for s in found]
    return found


# ------------------------------------------------------------------------------- speakers


def _speakers(text: str, toks: Sequence[Token], np: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    start, end = span_of(toks, *np)
    return tuple(split_coordination(text, start, end))


# ------------------------------------------------------------------------------- contents


def _contents(toks: Sequence[Token], i: int, subject: tuple[int, int], cls: VerbClass) -> tuple[tuple[int, int], ...]:
    """The words that are the speaker's: behind the verb, in front of a trailing ", X said", or both."""
    if cls == "accuse":
        of = next((k for k in range(i + 1, min(i + 25, len(toks))) if toks[k].low in ("of", "for")), None)
        return ((toks[of].end, toks[-1].end),) if of is not None else ()
    stop = next((k for k in range(i + 1, len(toks)) if is_break(toks, k)), len(toks))
    end = _content_end(toks, i)
    if subject[0] < i and _is_trailing(toks, i, subject, stop):
        edge = toks[subject[0]].start
        front = ((toks[0].start, edge),)
        if stop < len(toks) and toks[stop].text in ',"“' and stop + 2 < len(toks):
            return (*front, (toks[stop].end, toks[-1].end))
        return front
    if not any(t.wordy for t in toks[i + 1 :]):
        return ()
    return ((toks[i].end, end),)


def _is_trailing(toks: Sequence[Token], i: int, subject: tuple[int, int], stop: int) -> bool:
    """ ", X said in Moscow on Monday." or ", X said, ...": a comma or quote in front, no clause behind."""
    k = subject[0] - 1
    while k >= 0 and toks[k].low in ("a", "an", "the", "one"):
        k -= 1
    if k < 0 or not (toks[k].text in ",”\"'’»—–-" or toks[k].text in QUOTE_MARKS):
        return False
    quoted = toks[k].text in '”"»'
    if not quoted and not any(looks_finite(toks, n) or toks[n].text in QUOTE_MARKS or n > 12 for n in range(k)):
        # nothing in front but a phrase ("In Moscow, X said ..."): mid-sentence only when a comma follows
        return stop == i + 1 and stop < len(toks) and toks[stop].text == ","
    if i + 1 < len(toks) and toks[i + 1].low == "that":
        return False
    return stop - i < 16 and not any(looks_finite(toks, n) for n in range(i + 1, stop))


def _content_end(toks: Sequence[Token], i: int) -> int:
    """To the end of the sentence, or to ", but Y said", which opens another speaker's clause."""
    for k in range(i + 2, len(toks) - 3):
        if toks[k].low in ("and", "but") and _own_act(toks, k, i):
            return toks[k].start
        if toks[k].text in ",;" and toks[k + 1].low in (
            "but",
            "while",
            "and",
            "although",
            "though",
            "whereas",
        ):
            for v in range(k + 3, min(k + 12, len(toks))):
                if is_break(toks, v):
                    break
                if (
                    toks[v].low in verb_forms()
                    and toks[v].low[-3:] != "ing"
                    and toks[v - 1].low not in ("to", "the", "a")
                ):
                    return toks[k].start
    return toks[-1].end


def _own_act(toks: Sequence[Token], conjunction: int, verb: int) -> bool:
    """ "said ... but warned": a second speech act of the same speaker, in the same tense as the verb."""
    k = conjunction + 1
    while k < len(toks) - 1 and (is_one(toks[k].low, "adverb") or toks[k].low.endswith("ly")):
        k += 1
    low = toks[k].low
    same_tense = low.endswith("ed") == (toks[verb].low.endswith("ed") or toks[verb].low in ("said", "told", "wrote"))
    return low in verb_forms() and same_tense and verb_forms()[low][1] != "think" and not low.endswith("ing")


# ------------------------------------------------------------------------------- checks


def _span(token: Token) -> tuple[int, int]:
    return token.start, token.end


def _quote_or_comma_before(toks: Sequence[Token], i: int) -> bool:
    return i > 0 and (toks[i - 1].text in ',”"' or toks[i - 1].text in QUOTE_MARKS)


def _is_noun_or_adjective(toks: Sequence[Token], i: int) -> bool:
    """ "the report", "a reported attack", "claims of", "to say": no speech verb with a subject."""
    low = toks[i].low
    before = toks[i - 1] if i else None
    if i + 1 < len(toks) and toks[i + 1].low == "to" and low in ("said", "believed", "thought", "reported"):
        return True
    if before is None:
        return not low.endswith("ing")
    if is_one(before.low, "determiner") and before.low not in (
        "this",
        "that",
        "many",
        "some",
        "most",
        "several",
        "all",
    ):
        return before.low not in ("both",)
    if before.possessive or before.low in ("of", "by", "with", "for", "to", "from", "in", "on"):
        return True
    nounish = low in SPEECH_NOUNS or low in (
        "estimates",
        "reports",
        "posts",
        "notes",
        "states",
        "state",
        "details",
        "documents",
        "point",
        "points",
        "show",
        "shows",
        "post",
        "lists",
        "claims",
        "comments",
        "fears",
        "hopes",
        "thought",
        "note",
    )
    after = toks[i + 1].low if i + 1 < len(toks) else ""
    if nounish and (
        after in ("of", "by", "from", "about", "on", "in", "and", "are", "were", "have", "is", "was") or not after
    ):
        return True
    return low == "state" and not (before.low.endswith("s") or before.capital)


def _title_case(toks: Sequence[Token]) -> bool:
    """A headline: six words in ten or more are capitalised (99 % of running sentences stay below)."""
    wordy = [t for t in toks if t.wordy]
    return len(wordy) > 2 and sum(t.capital for t in wordy) >= 0.6 * len(wordy)


def _has_that(toks: Sequence[Token], i: int) -> bool:
    """ "that", a colon or a quote mark close behind the verb, or a quote that closes in front of it."""
    if any(t.low == "that" or t.text == ":" or t.text in QUOTE_MARKS for t in toks[i + 1 : i + 9]):
        return True
    return any(t.text in QUOTE_MARKS for t in toks[max(0, i - 8) : i])


def _passive(toks: Sequence[Token], i: int) -> bool:
    """A form of "be" in front of the participle, adverbs between."""
    if toks[i].low.endswith("ing") or not (
        toks[i].low.endswith("ed") or toks[i].low in ("said", "told", "thought", "known", "found", "shown", "written")
    ):
        return False
    j = i - 1
    while j >= 0 and (is_one(toks[j].low, "adverb") or toks[j].low in ("not", "n't")) and toks[j].low not in BE:
        j -= 1
    return j >= 0 and (toks[j].low in BE or toks[j].low.endswith(("wasn't", "isn't", "weren't", "aren't")))
