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
    is_time,
    looks_finite,
    noun_kinds,
    noun_phrase,
    read_rows,
    span_of,
    tokens,
)
from casus.reader.mentions import split_coordination

VerbClass = Literal["say", "that", "tell", "deny", "accuse", "think", "show", "act"]
SPEECH_NOUNS = frozenset(
    "claim claims statement statements announcement accusation accusations allegation allegations assertion "
    "assertions warning warnings report reports suggestion suggestions insistence emphasis admission testimony "
    "confirmation belief fear fears revelation complaint complaints comment comments remark remarks".split()
)
# with these as subject "show", "find" and "quote" report something
EVIDENCE = frozenset(
    "report reports footage video videos image images photo photos photograph photographs picture pictures data "
    "poll survey study documents document recordings recording tally figures statistics records investigation "
    "inquiry probe investigators researchers study reporters media television newspaper agency commission panel "
    "newscast group".split()
)
# after these a clause is the hearer's or the writer's, not a complement
_QUOTES = '“”"«»‘'


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
    np = _right_phrase(toks, i + 2)
    if np is None:
        return None
    contents: tuple[tuple[int, int], ...]
    leading = not any(t.wordy for t in toks[:i]) or (
        i <= 3 and not any(looks_finite(toks, k) for k in range(i))
    )
    if leading:
        contents = ((toks[np[1] - 1].end, toks[-1].end),)
    else:
        contents = ((toks[0].start, toks[i].start),)
    return Speech(
        _speakers(text, toks, np), (toks[i].start, toks[i + 1].end), "say", contents, "according-to"
    )


def _verb(
    text: str, toks: Sequence[Token], i: int, last_subject: tuple[int, int] | None
) -> tuple[Speech | None, tuple[int, int] | None]:
    """The construction around the speech verb toks[i], and its subject as a token range."""
    lemma, cls = verb_forms()[toks[i].low]
    if cls == "act" or _is_noun_or_adjective(toks, i) or (cls == "that" and not _has_that(toks, i)):
        return None, None
    if _passive(toks, i):
        return _passive_speech(text, toks, i, cls), None
    subject = _subject(toks, i, last_subject)
    inverted = _inverted(toks, i) if cls in ("say", "that") else None
    if inverted is not None and (subject is None or _quote_or_comma_before(toks, i)):
        contents = ((toks[0].start, toks[i].start),)
        return Speech(_speakers(text, toks, inverted), _span(toks[i]), cls, contents, "inverted"), inverted
    if subject is None or not could_speak(toks, *subject):
        return None, None
    if subject[1] - subject[0] == 1 and toks[subject[0]].low in ("i", "we", "you"):
        return None, None  # inside a quote: the quote's own speaker stands for them
    if (
        cls == "show"
        and not any(t.low in EVIDENCE for t in toks[subject[0] : subject[1]])
        and lemma != "quote"
    ):
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
        while (
            first > 0 and (toks[first - 1].capital or toks[first - 1].low in ("of", "by")) and first > i - 6
        ):
            first -= 1
        np = noun_phrase(toks, first, i)
        content = (toks[i + 1].end, toks[-1].end)
    elif toks[i + 1].low in ("by", "from"):
        np = _right_phrase(toks, i + 2)
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
    if (
        colon is None
        or colon == 0
        or colon + 2 >= len(toks)
        or any(looks_finite(toks, k) for k in range(colon))
    ):
        return None
    np = noun_phrase(toks, 0, colon)
    known = (
        np is not None
        and could_speak(toks, *np)
        and toks[colon - 1].low not in ("watch", "photos", "video", "file")
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
    np = _right_phrase(toks, i + 1)
    if np is None:
        return None
    speakers = (*_speakers(text, toks, subject), *_speakers(text, toks, np))
    return Speech(speakers, _span(toks[i]), "say", ((toks[as_at + 1].end, toks[-1].end),), "quoted")


def _passive_speech(text: str, toks: Sequence[Token], i: int, cls: VerbClass) -> Speech | None:
    """ "was quoted as saying by Y", "it is claimed by", "was confirmed by"; without "by" nobody speaks."""
    low = toks[i].low
    if low == "quoted":
        saying = next(
            (k for k in range(i + 1, min(i + 4, len(toks))) if toks[k].low in ("saying", "telling")), None
        )
        subject = _subject(toks, i, None)
        if saying is None or subject is None or not could_speak(toks, *subject):
            return None
        outer: tuple[tuple[int, int], ...] = ()
        if saying + 1 < len(toks) and toks[saying + 1].low in ("by", "in"):
            np = _right_phrase(toks, saying + 2)
            outer = _speakers(text, toks, np) if np else ()
        speakers = (*outer, *_speakers(text, toks, subject))
        return Speech(speakers, _span(toks[i]), "say", ((toks[saying].end, toks[-1].end),), "quoted")
    by = next((k for k in range(i + 1, min(i + 3, len(toks))) if toks[k].low == "by"), None)
    np = _right_phrase(toks, by + 1) if by is not None else None
    if cls not in ("say", "deny", "accuse") or np is None or not could_speak(toks, *np):
        return None
    contents = ((toks[0].start, toks[i].start), (toks[np[1] - 1].end, toks[-1].end))
    return Speech(_speakers(text, toks, np), _span(toks[i]), cls, contents, "passive")


def _add_cited(text: str, toks: Sequence[Token], found: list[Speech]) -> list[Speech]:
    """ "Mehr reported, citing the governor": the cited speaker joins every construction of the outer one."""
    for i, t in enumerate(toks):
        if t.low not in ("citing", "quoting") or not found:
            continue
        np = _right_phrase(toks, i + 1)
        if np is None or not could_speak(toks, *np):
            continue
        cited = _speakers(text, toks, np)
        near = min(found, key=lambda s: abs(s.verb[0] - t.start))
        if not set(cited) & set(near.speakers):
            joined = Speech((*near.speakers, *cited), near.verb, near.verb_class, near.contents, "citing")
            found = [joined if s is near else s for s in found]
    return found


# ------------------------------------------------------------------------------- speakers


def _subject(toks: Sequence[Token], i: int, last_subject: tuple[int, int] | None) -> tuple[int, int] | None:
    """Token range of the subject in front of the verb toks[i]."""
    j = _skip_back(toks, i - 1)
    if j < 0:
        return last_subject
    here = toks[j]
    if toks[i].low.endswith("ing") and not any(t.low in BE for t in toks[j + 1 : i]):
        return last_subject or _main_subject(toks, i)
    if here.low == "to":
        went = next(
            (k for k in range(j - 1, max(-1, j - 6), -1) if toks[k].low in ("went", "goes", "gone", "go")),
            None,
        )
        return _subject(toks, went, last_subject) if went else None
    if here.low in ("and", "but", "or"):
        return last_subject or _main_subject(toks, j)
    if here.low in ("who", "which", "that") and j > 0:
        k = j - 1
        while k > 0 and toks[k].text == ",":
            k -= 1
        return _left_phrase(toks, k + 1)
    if here.text in ",—–)-":
        return _before_apposition(toks, j)
    return _left_phrase(toks, j + 1)


def _skip_back(toks: Sequence[Token], j: int) -> int:
    """Left over helpers, adverbs and times: "has also", "on Monday", "n't"."""
    while j >= 0:
        t = toks[j]
        if (
            is_one(t.low, "aux")
            or t.low in ("not",)
            or is_one(t.low, "adverb")
            or t.low.endswith("ly")
            and not t.capital
        ):
            if t.low in ("all", "both") and j and toks[j - 1].low != "they":
                break
            j -= 1
        elif is_time(t) and j and not (t.low == "may" and t.capital is False):
            j -= 1
            while j >= 0 and toks[j].low in ("on", "late", "early", "last", "in", "this"):
                j -= 1
        else:
            break
    return j


def _left_phrase(toks: Sequence[Token], last: int) -> tuple[int, int] | None:
    """The noun phrase that ends before token `last`, leftwards to the edge of its clause."""
    if last > 0 and toks[last - 1].text == ")":
        last = next((k for k in range(last - 1, -1, -1) if toks[k].text == "("), last)
    first = last
    while first > 0:
        t = toks[first - 1]
        if is_break(toks, first - 1) or t.text in _QUOTES:
            break
        if t.low == "and" or t.low == "or":
            if not _joins_subjects(toks, first - 1):
                break
        elif is_one(t.low, "subordinator") or looks_finite(toks, first - 1):
            break
        first -= 1
    return noun_phrase(toks, first, last)


def _joins_subjects(toks: Sequence[Token], at: int) -> bool:
    """Whether the "and" at `at` joins two noun phrases: no verb left of it up to the edge of the clause."""
    k = at - 1
    while k >= 0 and not is_break(toks, k) and not is_one(toks[k].low, "subordinator"):
        if looks_finite(toks, k):
            return False
        k -= 1
    return at - 1 > k and at - k < 12


def _before_apposition(toks: Sequence[Token], comma: int) -> tuple[int, int] | None:
    """ "X, a colonel in the army, said": X. "A spokesman, Colonel X, said": Colonel X. Up to four segments back."""
    last, named = comma, None
    if toks[last].text == ")":
        last = next((k for k in range(last - 1, -1, -1) if toks[k].text == "("), 0)
        if last > 1 and toks[last - 1].text != ",":
            plain = _left_phrase(toks, last)
            before = toks[plain[0] - 1] if plain and plain[0] else None
            if before is None or before.low in ("the", "that", "and", "but") or before.text == ".":
                return plain
    for _ in range(5):
        left = _edge(toks, last)
        if left < 0:
            return named
        np = _left_phrase(toks, last)
        whole = np is not None and np[0] - (left + 1) <= 2 and last - np[0] < 10
        if whole and np is not None and named is None and last == comma and _is_name(toks, *np):
            named = np
        last = left
        np = _left_phrase(toks, last)
        if np is None:
            continue
        described = np[0] > 1 and toks[np[0] - 1].low in ("a", "an", "the") and toks[np[0] - 2].text == ","
        if toks[np[1] - 1].capital and not described:
            return named if named and any(t.low in noun_kinds() for t in toks[np[0] : np[1]]) else np
        if not described and could_speak(toks, *np) and last - np[0] < 10:
            return named or np
    return named


def _edge(toks: Sequence[Token], last: int) -> int:
    """Index of the mark that opens the segment which ends before token `last`; brackets are stepped over."""
    left = last - 1
    while left >= 0:
        if toks[left].text == ")":
            left = next((k for k in range(left - 1, -1, -1) if toks[k].text == "("), 0) - 1
        elif is_break(toks, left):
            return left
        else:
            left -= 1
    return left


def _is_name(toks: Sequence[Token], first: int, last: int) -> bool:
    """Capitalised words only: a name with its rank, no description."""
    return last - first >= 2 and all(
        t.capital or not t.wordy or t.low in ("al", "bin", "el", "de") for t in toks[first:last]
    )


def _main_subject(toks: Sequence[Token], before: int) -> tuple[int, int] | None:
    """The subject of the clause that starts the sentence: up to its first finite verb."""
    verb = next((k for k in range(1, before) if looks_finite(toks, k)), None)
    if verb is None:
        return None
    j = _skip_back(toks, verb - 1)
    if j < 0:
        return None
    if toks[j].text in ",—–)":
        np = _before_apposition(toks, j)
    else:
        np = _left_phrase(toks, j + 1)
    return np if np is not None and could_speak(toks, *np) else None


def _inverted(toks: Sequence[Token], i: int) -> tuple[int, int] | None:
    """ "..., said Mark Ward, director of": the phrase behind the verb."""
    j = i - 1
    if j < 0 or not (toks[j].text in ",”\"'’»" or toks[j].text in _QUOTES) or i + 1 >= len(toks):
        return None
    t = toks[i + 1]
    if not (
        t.capital or t.low in ("a", "an", "the", "one", "his", "her") or t.low in ("officials", "police")
    ):
        return None
    if is_one(t.low, "weekday", "month"):
        return None
    np = _right_phrase(toks, i + 1)
    if np is None or not could_speak(toks, *np):
        return None
    after = toks[np[1]] if np[1] < len(toks) else None
    stop = next((k for k in range(np[1], len(toks)) if is_break(toks, k)), len(toks))
    if any(looks_finite(toks, k) for k in range(np[1], stop)) or (after is not None and after.low == "to"):
        return None
    if after is not None and after.text == "," and not toks[np[1] - 1].capital:
        name = _right_phrase(toks, np[1] + 1)
        if name is not None and _is_name(toks, *name):
            return name  # "said Britain's foreign secretary, Philip Hammond"
    return np


def _right_phrase(toks: Sequence[Token], first: int) -> tuple[int, int] | None:
    """The noun phrase that starts at `first`, rightwards over names, nouns and "of", "for", "in X"."""
    last = first
    while last < len(toks):
        t = toks[last]
        if is_break(toks, last) and t.text != "-":
            break
        if t.text == "." and last + 1 >= len(toks):
            break
        if (is_one(t.low, "subordinator") and t.low != "and") or (looks_finite(toks, last) and last > first):
            break
        if t.low == "and" and not (last + 1 < len(toks) and toks[last + 1].capital):
            break
        if is_one(t.low, "preposition") and t.low not in ("of", "for", "in", "at", "from", "with"):
            break
        if t.low in ("in", "at", "with", "from") and not (
            last + 1 < len(toks) and (toks[last + 1].capital or toks[last + 1].low == "the")
        ):
            break
        if is_time(t) or last - first > 14:
            break
        last += 1
    return noun_phrase(toks, first, last)


def _speakers(text: str, toks: Sequence[Token], np: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    start, end = span_of(toks, *np)
    return tuple(split_coordination(text, start, end))


# ------------------------------------------------------------------------------- contents


def _contents(
    toks: Sequence[Token], i: int, subject: tuple[int, int], cls: VerbClass
) -> tuple[tuple[int, int], ...]:
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
    if k < 0 or not (toks[k].text in ",”\"'’»—–-" or toks[k].text in _QUOTES):
        return False
    quoted = toks[k].text in '”"»'
    if not quoted and not any(looks_finite(toks, n) or toks[n].text in _QUOTES or n > 12 for n in range(k)):
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
    same_tense = low.endswith("ed") == (
        toks[verb].low.endswith("ed") or toks[verb].low in ("said", "told", "wrote")
    )
    return low in verb_forms() and same_tense and verb_forms()[low][1] != "think" and not low.endswith("ing")


# ------------------------------------------------------------------------------- checks


def _span(token: Token) -> tuple[int, int]:
    return token.start, token.end


def _quote_or_comma_before(toks: Sequence[Token], i: int) -> bool:
    return i > 0 and (toks[i - 1].text in ',”"' or toks[i - 1].text in _QUOTES)


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
        after in ("of", "by", "from", "about", "on", "in", "and", "are", "were", "have", "is", "was")
        or not after
    ):
        return True
    return low == "state" and not (before.low.endswith("s") or before.capital)


def _title_case(toks: Sequence[Token]) -> bool:
    """A headline: six words in ten or more are capitalised (running text stays under three in ten)."""
    wordy = [t for t in toks if t.wordy]
    return len(wordy) > 2 and sum(t.capital for t in wordy) >= 0.6 * len(wordy)


def _has_that(toks: Sequence[Token], i: int) -> bool:
    """ "that", a colon or a quote mark close behind the verb, or a quote that closes in front of it."""
    if any(t.low == "that" or t.text == ":" or t.text in _QUOTES for t in toks[i + 1 : i + 9]):
        return True
    return any(t.text in _QUOTES for t in toks[max(0, i - 8) : i])


def _passive(toks: Sequence[Token], i: int) -> bool:
    """A form of "be" in front of the participle, adverbs between."""
    if toks[i].low.endswith("ing") or not (
        toks[i].low.endswith("ed")
        or toks[i].low in ("said", "told", "thought", "known", "found", "shown", "written")
    ):
        return False
    j = i - 1
    while (
        j >= 0 and (is_one(toks[j].low, "adverb") or toks[j].low in ("not", "n't")) and toks[j].low not in BE
    ):
        j -= 1
    return j >= 0 and (toks[j].low in BE or toks[j].low.endswith(("wasn't", "isn't", "weren't", "aren't")))
