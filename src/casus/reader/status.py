"""Words that say whether an event happened: denial, plan, condition, each within the trigger's own clause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from casus.reader.clauses import BE, Token, is_break, is_one, looks_finite, read_rows, tokens
from casus.records import Status

# a modifier and a helper or two may stand between a cue and its trigger
_REACH = 6
_SPOKEN = frozenset(("REJECT", "THREATEN", "REQUEST", "ACCUSE"))
_NOT = frozenset(("not", "n't", "never"))
_PAST = frozenset((
    "did", "do", "does", "has", "have", "had", "was", "were", "is", "are", "been",
))  # fmt: skip
_POSSIBLE = frozenset(("could", "may", "might"))
_OUTSIDE = frozenset((
    "responsibility", "involvement", "role", "link", "links", "connection", "access", "entry", "visa", "visas",
    "wrongdoing",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class StatusCue:
    """The status that a word of the clause gives, or None, and the word that gave it."""

    status: Status | None
    why: str


@cache
def cues() -> dict[str, frozenset[str]]:
    """The cue lists of status.tsv by name."""
    return {row[0]: frozenset(row[1].split("|")) for row in read_rows("status.tsv")}


def status_cues(
    text: str,
    sentence_start: int,
    sentence_end: int,
    trigger_start: int,
    trigger_end: int,
    *,
    claim_type: str = "",
) -> StatusCue:
    """What the words around the trigger say of its status; None where they say nothing certain.

    The type matters: a refusal, a threat or a demand happens by being spoken, whatever the mood of its verb.
    """
    if claim_type in _SPOKEN:
        return StatusCue(None, "")
    toks = tokens(text, sentence_start, sentence_end)
    i = next((k for k, t in enumerate(toks) if t.end > trigger_start), None)
    if i is None:
        return StatusCue(None, "")
    last = max(i, next((k for k, t in enumerate(toks) if t.end >= trigger_end), i))
    for rule in (_denied, _planned, _hypothetical):
        cue = rule(toks, i, last)
        if cue is not None:
            return cue
    return StatusCue(None, "")


# ------------------------------------------------------------------------------- rules


def _denied(toks: Sequence[Token], i: int, last: int) -> StatusCue | None:
    group = _verb_group(toks, i)
    for k in group:
        low = toks[k].low
        negated = low in _NOT or low.endswith("n't")
        helper = low.removesuffix("n't") if low.endswith("n't") else toks[max(0, k - 1)].low
        if k + 1 < len(toks) and toks[k + 1].low in ("just", "only", "merely", "simply"):
            continue
        if negated and (helper in _PAST or low == "never") and not any(toks[g].low == "to" for g in group):
            return StatusCue("denied", f"{helper} {low}".strip())
    article = _before_noun(toks, i)
    if article is not None and toks[article].low in ("no", "without"):
        return StatusCue("denied", toks[article].low)
    governor = _governor(toks, i)
    if governor is not None and toks[governor].low in cues()["cancel"]:
        return StatusCue("denied", toks[governor].low)
    behind = next((n for n in range(last + 1, min(last + 4, len(toks))) if toks[n].low in BE), None)
    if behind is not None and behind + 1 < len(toks) and toks[behind + 1].low in cues()["cancel"]:
        return StatusCue("denied", toks[behind + 1].low)
    deny = _deny_verb(toks, i)
    return StatusCue("denied", toks[deny].low) if deny is not None else None


def _deny_verb(toks: Sequence[Token], i: int) -> int | None:
    """ "denied that", "denied accusations that", "denied shelling": the clause or the deed itself is denied."""
    for k in range(i - 1, max(-1, i - 20), -1):
        if toks[k].low in (
            "but",
            ";",
            "while",
            "after",
            "when",
            "before",
            "since",
            "saying",
            "said",
            "of",
            "only",
        ):
            return None
        if toks[k].low in ("and", "or") and (looks_finite(toks, k + 1) or toks[k + 1].low.endswith("ed")):
            return None
        if toks[k].low in cues()["deny"] and not (k and toks[k - 1].low in BE):
            between = toks[k + 1 : i]
            if any(t.low in _OUTSIDE for t in between) or any(t.text == "," for t in between):
                return None
            clause = any(t.low == "that" for t in between) or any(looks_finite(toks, n) for n in range(k + 1, i + 1))
            gerund = i == k + 1 and toks[i].low.endswith("ing")
            return k if clause or gerund else None
    return None


def _planned(toks: Sequence[Token], i: int, last: int) -> StatusCue | None:
    group = _verb_group(toks, i)
    lows = [toks[k].low for k in group]
    conditional = _in_condition(toks, i)
    feared = any(t.low.startswith("fear") for t in toks[max(0, i - 10) : i])
    will = any(low in ("will", "'ll", "shall") for low in lows)
    if will and not conditional and not feared and not _NOT & set(lows):
        return StatusCue("planned", "will")
    if "would" in lows and not conditional and not feared and not _NOT & set(lows) and _reported(toks, i):
        return StatusCue("planned", "would, as told")
    if "to" in lows and not conditional:
        at = min(k for k in group if toks[k].low == "to") - 1
        while at >= 0 and is_one(toks[at].low, "adverb"):
            at -= 1
        if (
            at >= 0
            and toks[at].low in cues()["plan-to"]
            and not (at and toks[at - 1].low in ("no", "not", "n't", "never"))
        ):
            return StatusCue("planned", f"{toks[at].low} to")
    k = _before_noun(toks, i)
    near = [toks[n].low for n in range(max(0, i - 4), i)]
    if any(low in cues()["plan-adjective"] for low in near[-2:]):
        return StatusCue("planned", "adjective")
    ahead = [toks[n].low for n in range(last + 1, min(last + 4, len(toks)))]
    if ahead[:1] in (["scheduled"], ["planned"], ["slated"]) and k is not None:
        return StatusCue("planned", ahead[0])
    return None


def _reported(toks: Sequence[Token], i: int) -> bool:
    """ "said it would": a plan in indirect speech. A conditional "would" has "if" somewhere around."""
    told = any(t.low in ("said", "announced", "told", "confirmed", "declared", "added") for t in toks[:i])
    return told and not any(t.low in ("if", "unless", "should", "could", "might") for t in toks)


def _hypothetical(toks: Sequence[Token], i: int, last: int) -> StatusCue | None:
    group = _verb_group(toks, i)
    lows = {toks[k].low for k in group}
    modal = next((low for low in lows if low in _POSSIBLE), None)
    if modal is not None:
        return StatusCue("hypothetical", modal)
    condition = _in_condition(toks, i)
    if condition is not None:
        return StatusCue("hypothetical", condition)
    if "to" in lows:
        at = min(k for k in group if toks[k].low == "to")
        urged = _governor_of_to(toks, at)
        if urged is not None:
            return StatusCue("hypothetical", f"{urged} to")
    near = [toks[n].low for n in range(max(0, i - 3), i)]
    if any(low in cues()["possible-adjective"] for low in near[-2:]):
        return StatusCue("hypothetical", "adjective")
    governor = _governor(toks, i)
    if governor is not None and toks[governor].low in cues()["call-for"]:
        return StatusCue("hypothetical", toks[governor].low)
    return None


# ------------------------------------------------------------------------------- scope


def _verb_group(toks: Sequence[Token], i: int) -> list[int]:
    """The helpers in front of a verb trigger: "has not yet been", "will be", "plans to"; nearest first."""
    out = []
    k = i - 1
    while k >= 0 and i - k <= _REACH:
        low = toks[k].low
        if is_one(low, "aux") or low in _NOT or low == "to" or low.endswith("n't"):
            out.append(k)
        elif not (is_one(low, "adverb") or (low.endswith("ly") and not toks[k].capital)):
            break
        k -= 1
    return out


def _before_noun(toks: Sequence[Token], i: int) -> int | None:
    """The determiner of a noun trigger, up to three modifiers in front of it."""
    k = i - 1
    while k >= 0 and i - k <= 4:
        if toks[k].low in ("no", "without"):
            return k
        if is_one(toks[k].low, "determiner"):
            return k
        if is_break(toks, k) or is_one(toks[k].low, "preposition", "subordinator", "aux") or looks_finite(toks, k):
            return None
        k -= 1
    return None


def _governor(toks: Sequence[Token], i: int) -> int | None:
    """The verb or "verb for/of" that takes the noun trigger as object."""
    k = i - 1
    while k >= 0 and i - k <= _REACH:
        low = toks[k].low
        if low in cues()["cancel"] or low in cues()["call-for"]:
            return k
        if is_break(toks, k) or (is_one(low, "subordinator") and low not in ("and", "or")):
            return None
        if is_one(low, "preposition") and low not in ("for", "of"):
            return None
        k -= 1
    return None


def _governor_of_to(toks: Sequence[Token], to: int) -> str | None:
    """ "threatened to", "urged the army to": the verb, its object between."""
    for k in range(to - 1, max(-1, to - 8), -1):
        low = toks[k].low
        if low in cues()["irreal-to"]:
            return low if k == to - 1 else None
        if low in cues()["urge"]:
            nominal = k and (is_one(toks[k - 1].low, "determiner") or toks[k - 1].possessive)
            return None if nominal or (low.startswith("call") and toks[k + 1].low not in ("on", "upon")) else low
        if is_break(toks, k) or is_one(low, "subordinator") or is_one(low, "aux"):
            return None
    return None


def _in_condition(toks: Sequence[Token], i: int) -> str | None:
    """Whether "if", "unless" or "whether" opens the trigger's own clause, of which it is the verb."""
    noun = _before_noun(toks, i)
    if noun is not None and toks[noun].low not in ("a", "an", "any"):
        return None
    for k in range(i - 1, -1, -1):
        low = toks[k].low
        if low in ("if", "unless", "whether"):
            return low if not (k and toks[k - 1].low in ("even", "as")) else None
        if (is_break(toks, k) and toks[k].text != '"') or low in ("but", "that", "when", "who", "which", "after"):
            return None
    return None
