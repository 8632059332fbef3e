"""What pronouns and phrases like "the group" stand for: salience rules over the mentions of a document."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from casus.reader.attribution import Attribution, attributions
from casus.reader.clauses import Token, is_one, looks_finite, tokens
from casus.reader.mentions import NamedMention, definite_kind, lists
from casus.reader.quotes import quotes, within
from casus.reader.speech import verb_forms

Span = tuple[int, int]
# how many sentences back an antecedent may stand; beyond that news repeats the name
_REACH = {"pronoun": 4, "definite": 30}
# Weights set by hand after the order of factors in Lappin and Leass (1994), then checked on the training
# documents: moving any one by a third moved the measured share (0.659 of 226) between 0.633 and 0.677, about
# its sampling error, so they were not tuned further.
_SUBJECT, _SPEAKER, _NEAR, _PARALLEL, _NAME, _OFTEN = 1.6, 1.8, 1.0, 0.5, 0.8, 0.25
_PRONOUNS: dict[str, tuple[str, bool, str | None]] = {
    # form -> (category, possessive or object, gender)
    "he": ("person", False, "m"), "him": ("person", True, "m"), "his": ("person", True, "m"),
    "himself": ("person", True, "m"), "she": ("person", False, "f"), "her": ("person", True, "f"),
    "they": ("plural", False, None), "them": ("plural", True, None), "their": ("plural", True, None),
    "it": ("thing", False, None), "its": ("thing", True, None), "itself": ("thing", True, None),
}  # fmt: skip
_FIRST = frozenset((
    "i", "me", "my", "we", "us", "our", "myself", "ourselves",
))  # fmt: skip
_RELATIVE = frozenset(("who", "whom", "whose", "which", "that"))
# "it" that stands for no one: "it is clear that", "it was not clear", "it appears"
_DUMMY = frozenset((
    "clear", "unclear", "possible", "impossible", "likely", "unlikely", "important", "difficult", "hard",
    "necessary", "time", "seems", "seemed", "appears", "appeared", "remains", "remained", "takes", "took",
    "easy", "unknown", "true", "evident", "obvious", "hoped", "expected", "thought", "believed",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Antecedent:
    """The mention that an anaphor stands for: offsets and words of the mention, and the reason in words."""

    start: int
    end: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class _Anaphor:
    start: int
    end: int
    category: str
    gender: str | None
    subject: bool
    head: str
    sentence: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    mention: NamedMention
    text: str
    sentence: int
    subject: bool
    named: bool


def antecedents(
    text: str,
    sentences: Sequence[Span],
    names: Sequence[NamedMention],
    found: Sequence[Attribution] | None = None,
) -> dict[Span, Antecedent]:
    """What each pronoun, relative and definite phrase stands for; those that cannot be told are left out.

    `names` are the candidate mentions of the document in any order, `found` its attributions where the
    caller has them already (else they are worked out). An antecedent is a name or a full noun phrase of
    `names`, never another pronoun.
    """
    found = attributions(text, sentences) if found is None else found
    by_sentence = [tokens(text, s, e) for s, e in sentences]
    candidates = _candidates(text, sentences, names, by_sentence)
    counts = Counter(c.text.lower() for c in candidates)
    inside = quotes(text, sentences)
    said = _by_sentence(sentences, found)
    out: dict[Span, Antecedent] = {}
    for n, toks in enumerate(by_sentence):
        speaker = _speaker_before(said, n)
        for i, token in enumerate(toks):
            span, made = (token.start, token.end), None
            if token.low in _FIRST:
                if token.text != "US" and (within(inside, *span) or any(a.form == "run-on" for a in said[n])):
                    made = _first_person(text, said[n], token, out)
            elif token.low in _RELATIVE and i:
                made = _relative(candidates, toks, i)
            if made is None and (anaphor := _anaphor(toks, i, n)) is not None:
                span = (anaphor.start, anaphor.end)
                made = _best(anaphor, candidates, counts, speaker, out=out, toks=toks)
            if made is not None:
                out[span] = made
    return out


def _by_sentence(sentences: Sequence[Span], found: Sequence[Attribution]) -> list[list[Attribution]]:
    """For each sentence the attributions whose words reach into it or whose verb stands in it."""
    starts = [s for s, _ in sentences]
    out: list[list[Attribution]] = [[] for _ in sentences]
    for a in found:
        touched = {a.sentence}
        for start, end in a.contents:
            touched.update(range(max(0, bisect_right(starts, start) - 1), bisect_left(starts, end)))
        for n in touched:
            out[n].append(a)
    return out


# ------------------------------------------------------------------------------- what there is to stand for


def _candidates(
    text: str,
    sentences: Sequence[Span],
    names: Sequence[NamedMention],
    by_sentence: Sequence[tuple[Token, ...]],
) -> list[_Candidate]:
    starts = [s for s, _ in sentences]
    out = []
    for m in sorted(names, key=lambda m: (m.start, m.end)):
        n = bisect_right(starts, m.start) - 1
        if n < 0 or m.start >= m.end:
            continue
        words = text[m.start : m.end]
        subject = _is_subject(by_sentence[n], m.start, m.end)
        out.append(_Candidate(m, words, n, subject, any(w[:1].isupper() for w in words.split())))
    return out


def _is_subject(toks: Sequence[Token], start: int, end: int) -> bool:
    """No preposition in front and a finite verb close behind (an apposition may stand between)."""
    i = next((k for k, t in enumerate(toks) if t.start >= start), None)
    j = next((k for k, t in enumerate(toks) if t.start >= end), None)
    if i is None or j is None:
        return False
    front = i - 1
    while front >= 0 and (is_one(toks[front].low, "determiner") or toks[front].low in ("former", "new", "top")):
        front -= 1
    if front >= 0 and is_one(toks[front].low, "preposition"):
        return False
    if toks[j].low in ("'s", "'", "’"):
        return False
    if toks[j].text in ",—–(":
        closes = ")" if toks[j].text == "(" else toks[j].text
        j = next((k for k in range(j + 1, min(j + 20, len(toks))) if toks[k].text == closes), j) + 1
        if j < len(toks) and toks[j].text == ",":
            j += 1
    while j < len(toks) and is_one(toks[j].low, "adverb") and not looks_finite(toks, j):
        j += 1
    return j < len(toks) and looks_finite(toks, j)


# ------------------------------------------------------------------------------- what stands for something


def _anaphor(toks: Sequence[Token], i: int, n: int) -> _Anaphor | None:  # noqa: PLR0911 - a return a rule, in order
    t = toks[i]
    if t.low in _PRONOUNS and t.text != "IT":
        category, oblique, gender = _PRONOUNS[t.low]
        if t.low == "it" and any(x.low in _DUMMY for x in toks[i + 1 : i + 4]):
            return None
        return _Anaphor(t.start, t.end, category, gender, not oblique, "", n)
    if t.low not in ("the", "both", "this", "these", "those", "that") or i + 1 >= len(toks):
        return None
    words = lists().heads
    for k in range(i + 1, min(i + 4, len(toks))):
        low = toks[k].low
        if toks[k].capital and k > i:
            return None
        if low in words and not (k + 1 < len(toks) and (toks[k + 1].low in words or toks[k + 1].capital)):
            if k + 1 < len(toks) and toks[k + 1].low in ("of", "in", "at", "from", "who", "that", "-"):
                return None  # it is told apart by what follows, not by what came before
            several = t.low == "both" or toks[i + 1].low in ("two", "three", "both")
            kind = definite_kind(low)
            if kind is None or several:
                return None  # "both countries" stand for two names; one antecedent cannot say so
            subject = _is_subject(toks, toks[i].start, toks[k].end)
            return _Anaphor(toks[i].start, toks[k].end, kind, None, subject, low, n)
        if not toks[k].wordy or is_one(low, "preposition", "subordinator") or looks_finite(toks, k):
            return None
    return None


def _first_person(
    text: str, found: Sequence[Attribution], token: Token, out: dict[Span, Antecedent]
) -> Antecedent | None:
    """I and we inside a quote are its speaker."""
    over = [a for a in found if any(s <= token.start < e for s, e in a.contents)]
    if not over:
        return None
    inner = min(over, key=lambda a: min(e - s for s, e in a.contents if s <= token.start < e))
    start, end = inner.speakers[-1]
    known = out.get((start, end))
    if known is not None:
        return Antecedent(known.start, known.end, known.text, "the speaker of the quote, himself a pronoun")
    return Antecedent(start, end, text[start:end], "the speaker of the quote")


def _relative(candidates: Sequence[_Candidate], toks: Sequence[Token], i: int) -> Antecedent | None:
    """who, which, that: the mention that ends in front of it, a comma between at most."""
    if toks[i].low == "that" and (i + 1 >= len(toks) or not looks_finite(toks, i + 1)):
        return None
    k = i - 1
    if toks[k].text == "," and k:
        k -= 1
    last = bisect_left(candidates, toks[i].start, key=lambda c: c.mention.start)
    for c in reversed(candidates[max(0, last - 8) : last]):
        if c.mention.end < toks[k].start:
            break
        if toks[k].start < c.mention.end <= toks[k].end:
            if toks[i].low in ("who", "whom") and c.mention.kind in ("country", "place", "organisation"):
                return None
            return _made(c, "the noun that the relative follows")
    return None


def _speaker_before(said: Sequence[Sequence[Attribution]], n: int) -> Span | None:
    """The speaker of the last attribution before sentence n, if it is no more than two sentences back."""
    for k in range(n - 1, max(-1, n - 3), -1):
        own = [a for a in said[k] if a.sentence == k and a.form != "run-on"]
        if own:
            return own[-1].speakers[-1]
    return None


# ------------------------------------------------------------------------------- choosing


def _best(
    anaphor: _Anaphor,
    candidates: Sequence[_Candidate],
    counts: Counter[str],
    speaker: Span | None,
    *,
    out: dict[Span, Antecedent],
    toks: Sequence[Token],
) -> Antecedent | None:
    reach = _REACH["pronoun" if not anaphor.head else "definite"]
    best: tuple[float, int, _Candidate, str] | None = None
    speaking = anaphor.subject and _speaks_next(toks, anaphor.end)
    first = bisect_left(candidates, anaphor.sentence - reach, key=lambda c: c.sentence)
    for c in candidates[first : bisect_left(candidates, anaphor.start, key=lambda c: c.mention.start)]:
        if c.mention.end > anaphor.start:
            break
        away = anaphor.sentence - c.sentence
        fit = _fit(anaphor, c) if away <= reach else None
        if fit is None or (away == 0 and _same_clause_object(anaphor, c, toks)):
            continue
        score = fit - _NEAR * min(away, 3) - 0.15 * max(0, away - 3)
        score += _SUBJECT * c.subject + _NAME * c.named + _PARALLEL * (c.subject and anaphor.subject)
        score += _OFTEN * min(4, counts[c.text.lower()] - 1)
        said = speaker is not None and c.mention.start < speaker[1] and speaker[0] < c.mention.end
        score += _SPEAKER * (said and speaking)
        if best is None or (score, c.mention.start) >= best[:2]:
            why = "speaks on" if said and speaking else "subject" if c.subject else "nearest that agrees"
            best = (score, c.mention.start, c, why)
    if speaking and speaker is not None and speaker in out and (best is None or best[3] != "speaks on"):
        known = out[speaker]
        return Antecedent(known.start, known.end, known.text, "speaks on, as the pronoun before")
    if best is None:
        return None
    kept = out.get((best[2].mention.start, best[2].mention.end)) if not best[2].named else None
    return kept or _made(best[2], f"{best[3]}, {anaphor.sentence - best[2].sentence} sentences back")


def _fit(anaphor: _Anaphor, c: _Candidate) -> float | None:  # noqa: PLR0911 - a return a rule, in order
    """How well number, gender and kind agree; None when they cannot."""
    m = c.mention
    if anaphor.category == "person":
        if m.plural or m.kind in ("country", "place", "organisation", "group"):
            return None
        if anaphor.gender and m.gender and m.gender != anaphor.gender:
            return None
        return (1.5 if m.kind == "person" else 0.0) + (0.5 if m.gender == anaphor.gender else 0.0)
    if anaphor.category == "plural":
        if m.plural:
            return 1.5
        return None if m.kind in ("person", "place", "other") else -0.5 if m.kind == "country" else 0.0
    if anaphor.category == "thing":
        if m.plural or m.kind in ("person",):
            return None
        return {"country": 0.8, "organisation": 1.0, "group": 1.0, "place": -1.0, "other": -0.5}[m.kind]
    return _fit_definite(anaphor, c)


def _fit_definite(anaphor: _Anaphor, c: _Candidate) -> float | None:  # noqa: PLR0911 - a return a rule, in order
    m, low = c.mention, c.text.lower()
    if not c.named:
        return None
    same_head = anaphor.head in low.split() or anaphor.head.rstrip("s") in low.split()
    if anaphor.category == "state":
        fits = m.kind == "country" or same_head
        return (2.0 if same_head else 0.5) if fits else None
    if anaphor.category == "person":
        if m.plural or m.kind not in ("person", "other"):
            return None
        return 2.5 if same_head else None if anaphor.head in _OFFICES else 0.0
    if same_head:
        return 2.5
    if anaphor.category == "militants":
        return 1.0 if m.kind == "group" else 0.0 if m.kind == "organisation" else None
    if anaphor.category == "body":
        return 0.0 if m.kind == "organisation" and anaphor.head in _ANY_BODY else None
    return None


_OFFICES = frozenset((
    "president", "minister", "king", "queen", "pope", "ambassador", "governor", "mayor", "general", "colonel",
    "premier",
))  # fmt: skip
_ANY_BODY = frozenset((
    "organization", "organisation", "agency", "body", "company", "bloc", "watchdog", "charity", "newspaper",
    "network",
))  # fmt: skip


def _same_clause_object(anaphor: _Anaphor, c: _Candidate, toks: Sequence[Token]) -> bool:
    """ "X attacked him": the subject of a clause is not its own object; nor is "Iran and its" a problem."""
    if anaphor.subject or anaphor.category not in ("person", "plural", "thing"):
        return False
    at = next((k for k, t in enumerate(toks) if t.start >= anaphor.start), 0)
    if toks[at].low in ("his", "her", "its", "their", "himself", "itself"):
        return False
    between = [t for t in toks if c.mention.end <= t.start < anaphor.start]
    return c.subject and not any(t.text in ",;:" or is_one(t.low, "subordinator") for t in between)


def _speaks_next(toks: Sequence[Token], end: int) -> bool:
    near = [t for t in toks if t.start >= end][:3]
    return any(t.low in verb_forms() for t in near)


def _made(c: _Candidate, why: str) -> Antecedent:
    return Antecedent(c.mention.start, c.mention.end, c.text, why)
