"""What speaks for and against two claims of one document telling one event: named features, no weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from casus.reader.relate_words import (
    POINTS_BACK,
    POINTS_NEW,
    PRONOUNS,
    content_stems,
    families,
    stem,
)
from casus.records import Claim, Participant
from casus.text import fold, words

# the two sides of these do the same thing, so who is named first means little
MUTUAL = frozenset({"CONSULT", "AGREE", "COOPERATE"})
# said, not done: the words themselves are the event
SPEECH = frozenset({"ACCUSE", "REQUEST", "REJECT", "THREATEN", "SUPPORT", "CONCEDE"})


@dataclass(frozen=True, slots=True)
class View:
    """One claim, looked at once: everything that comparing needs."""

    claim: Claim
    sentence: int
    stems: frozenset[str]
    families: frozenset[str]
    article: str
    actors: frozenset[str]
    recipients: frozenset[str]
    actor_heads: frozenset[str]
    recipient_heads: frozenset[str]
    content: frozenset[str]
    title: bool


def views(text: str, sentences: Sequence[tuple[int, int]], claims: Sequence[Claim]) -> list[View]:
    """The View of each claim; `sentences` are the document's `[start, end)`. A sentence is read once."""
    said: dict[int, frozenset[str]] = {}
    for claim in claims:
        start, end = claim.sentence.start, claim.sentence.end
        if start not in said:
            said[start] = content_stems([text[a:b] for a, b in words(text, start, end)][:80])
    return [_view(text, sentences, claim, said[claim.sentence.start]) for claim in claims]


def _view(text: str, sentences: Sequence[tuple[int, int]], claim: Claim, said: frozenset[str]) -> View:
    number = sentence_number(sentences, claim.trigger.start)
    stems = frozenset(stem(w) for w in claim.trigger.exact.split() if len(w) > 2)
    return View(
        claim=claim,
        sentence=number,
        stems=stems,
        families=families(stems),
        article=_article(text, claim),
        actors=_whos(claim.actors),
        recipients=_whos(claim.recipients),
        actor_heads=_heads(claim.actors),
        recipient_heads=_heads(claim.recipients),
        content=said,
        title=claim.region == "title" or number == 0,
    )


def sentence_number(sentences: Sequence[tuple[int, int]], at: int) -> int:
    """Which sentence holds offset `at`; the last one before it where none does."""
    number = 0
    for n, (start, _) in enumerate(sentences):
        if start > at:
            break
        number = n
    return number


def _article(text: str, claim: Claim) -> str:
    """ "back", "new" or "": what the two words before the trigger say of a noun."""
    before = text[max(claim.sentence.start, claim.trigger.start - 40) : claim.trigger.start]
    nearest = [w.lower() for w in before.replace("’s", " 's").replace("'s", " 's").split()][-3:]
    for word in reversed(nearest):
        if word in POINTS_NEW:
            return "new"
        if word in POINTS_BACK or word == "'s":
            return "back"
    return ""


def _whos(sides: tuple[Participant, ...]) -> frozenset[str]:
    return frozenset(p.who for p in sides if p.who)


def _heads(sides: tuple[Participant, ...]) -> frozenset[str]:
    """Last words of the sides' names, pronouns left out: "masked gunmen" and "the gunmen" share one."""
    last = (fold(p.span.exact).split() for p in sides)
    return frozenset(stem(w[-1]) for w in last if w and w[-1] not in PRONOUNS)


def _overlap(name: str, a: frozenset[str], b: frozenset[str]) -> dict[str, float]:
    if not a or not b:
        return {f"{name} unknown": 1.0}
    if a == b:
        return {f"{name} same": 1.0}
    return {f"{name} shared": 1.0} if a & b else {f"{name} differs": 1.0}


def _sides(a: View, b: View) -> dict[str, float]:
    if a.claim.type in MUTUAL:
        both = _overlap("sides", a.actors | a.recipients, b.actors | b.recipients)
        return both
    found = _overlap("actor", a.actors, b.actors) | _overlap("recipient", a.recipients, b.recipients)
    if not (a.actors and b.actors) and a.actor_heads & b.actor_heads:
        found["actor same words"] = 1.0
    if a.recipient_heads & b.recipient_heads:
        found["recipient same words"] = 1.0
    if a.actors & b.actors and a.recipients & b.recipients:
        found["both sides"] = 1.0
    if a.actors and a.actors & b.recipients and not a.actors & b.actors:
        found["sides swapped"] = 1.0
    return found


def _place(a: Claim, b: Claim) -> dict[str, float]:
    if a.place is None or b.place is None:
        return {"place unknown": 1.0}
    if a.place.iso3 and b.place.iso3 and a.place.iso3 != b.place.iso3:
        return {"country differs": 1.0}
    if fold(a.place.name) == fold(b.place.name):
        wide = a.place.precision in ("country", "region")
        return {"country same" if wide else "place same": 1.0}
    if "country" in (a.place.precision, b.place.precision):
        return {"place inside": 1.0}
    return {"place differs": 1.0}


def _dates(a: Claim, b: Claim) -> dict[str, float]:
    one, two = _range(a), _range(b)
    if one is None or two is None:
        return {"date unknown": 1.0}
    if one == two:
        return {"date same": 1.0}
    return {"date overlaps": 1.0} if one[0] <= two[1] and two[0] <= one[1] else {"date differs": 1.0}


def _range(claim: Claim) -> tuple[date, date] | None:
    when = claim.when
    return (when.start, when.end) if when.start and when.end else None


def _figures(a: Claim, b: Claim) -> dict[str, float]:
    found: dict[str, float] = {}
    for one in a.figures:
        two = b.figure(one.measure)
        if two is not None:
            same = (one.low or one.high) == (two.low or two.high)
            found["figure same" if same else "figure differs"] = 1.0
    return found


def _trigger(a: View, b: View) -> dict[str, float]:
    if a.stems & b.stems:
        found = {"trigger same": 1.0}
    elif a.families & b.families:
        found = {"trigger family": 1.0}
    elif {"harm", "attack"} <= a.families | b.families:
        found = {"means and harm": 1.0}
    else:
        found = {"trigger differs": 1.0}
    if b.article:
        found[f"article {b.article}"] = 1.0
        if found.get("trigger same") or found.get("trigger family"):
            found[f"article {b.article}, trigger fits"] = 1.0
    return found


def _distance(a: View, b: View, between: int) -> dict[str, float]:
    gap = b.sentence - a.sentence
    bins = ((0, "same sentence"), (1, "next sentence"), (3, "near"), (8, "apart"))
    name = next((n for most, n in bins if gap <= most), "far")
    found = {name: 1.0, "claims of the type between": min(between, 10) / 10}
    if a.title:
        found["title and lead" if b.sentence <= 3 else "title and later"] = 1.0
    return found


# log-odds of one event, by the start of both triggers in text order
Odds = Mapping[tuple[int, int], float]


def pair_features(a: View, b: View, between: int, odds: Odds | None = None) -> dict[str, float]:
    """Features of `a` (told first) and `b`, of one type; `between`: claims of that type told between them; `odds`:
    what the context network says of the document's pairs."""
    x, y = a.claim, b.claim
    found = {"bias": 1.0, f"type {x.type}": 1.0}
    if odds is not None:
        found["network"] = max(-7.0, min(7.0, odds.get((x.trigger.start, y.trigger.start), 0.0))) / 4
    found |= _trigger(a, b) | _sides(a, b) | _place(x, y) | _dates(x, y) | _figures(x, y)
    found |= _distance(a, b, between)
    if x.mode and y.mode:
        found["mode same" if x.mode == y.mode else "mode differs"] = 1.0
    for name, same in (
        ("status", x.status == y.status),
        ("background", x.background == y.background),
        ("aggregate", x.aggregate == y.aggregate),
    ):
        if not same:
            found[f"{name} differs"] = 1.0
    if x.aggregate and y.aggregate:
        found["both aggregate"] = 1.0
    if x.weapon and y.weapon:
        same_weapon = bool(_span_stems(x.weapon.exact) & _span_stems(y.weapon.exact))
        found["weapon same" if same_weapon else "weapon differs"] = 1.0
    shared = len(a.content & b.content) / max(1, min(len(a.content), len(b.content)))
    found["shared words"] = shared if a.sentence != b.sentence else 0.0
    if shared > 0.8 and a.sentence != b.sentence and a.stems & b.stems:
        found["retold word for word"] = 1.0
    return found | _together(a, b, found)


def _together(a: View, b: View, found: dict[str, float]) -> dict[str, float]:
    """Pairs of features that mean more together than each alone."""
    more: dict[str, float] = {}
    agree = any(k in found for k in ("actor same", "recipient same", "sides same", "recipient same words"))
    clash = any(k in found for k in ("actor differs", "recipient differs", "sides differs"))
    if "trigger same" in found and agree:
        more["trigger and side agree"] = 1.0
    if "same sentence" in found and "trigger same" in found:
        more["same word twice in a sentence"] = 1.0
    if a.claim.type in SPEECH and "next sentence" in found and "actor same" in found:
        more["same speaker goes on"] = 1.0
    if agree and not clash and ("place same" in found or "date same" in found):
        more["side and place or date agree"] = 1.0
    if ("country differs" in found or "place differs" in found) and "date differs" in found:
        more["place and date differ"] = 1.0
    return more


def _span_stems(words_: str) -> frozenset[str]:
    return frozenset(stem(w) for w in words_.split())
