"""What the rest of the text gives to words without a name: country, armed group, body, owner."""

from __future__ import annotations

import re
from collections import Counter

from casus.records import Sector
from casus.world import actor_data as data
from casus.world.actor_data import word_set
from casus.world.actor_find import FUNCTION_WORDS
from casus.world.actor_records import ActorContext, ActorMention

# nouns that point back to an armed group named before
GROUP_NOUNS = word_set(
    "group organization organisation network movement faction cell branch affiliate offshoot enemy caliphate"
)
# nouns that point back to a body, party or firm named before
BODY_NOUNS = word_set(
    "agency alliance bloc charity watchdog party coalition union federation foundation body organization "
    "organisation institution monitor tribunal court"
) | {"rights group", "human rights group", "aid group", "world body", "regional bloc", "aid agency", "medical charity"}

# kinds of names that may own a noun: "Russian plane", "Assad's forces", "coalition jets"
_OWNERS = frozenset({"country", "demonym", "capital", "person"})
# craft and crews that are often met outside their country
_CRAFT = word_set(
    "plane planes jet jets pilot pilots aircraft warplane warplanes helicopter helicopters drone drones "
    "bomber bombers warship warships ship ships vessel vessels submarine sailors crew"
)
_STATE: frozenset[Sector] = frozenset({"GOV", "MIL", "COP", "SPY", "JUD", "LEG"})
_STOP = re.compile(r"[,;:.!?()\n“”\"—]")
_WORDS = re.compile(r"[^\W_]+")
_SENTENCE_END = re.compile(r"[.!?][\"”’')]*\s")
# one armed group stands for "militants" when it holds this share of all mentions of armed groups;
# 0.6 was the best of 0.5, 0.6, 0.7, 0.8 on 43 training reports
_DOMINANT = 0.6
# how far back, in characters, a noun may point to a body: about two sentences
_BACK = 400


def sentence_start(text: str, at: int) -> int:
    """Where the sentence that holds `at` begins (roughly: initials may cut it short, never long)."""
    begin = max(0, at - 600)
    last = begin
    for m in _SENTENCE_END.finditer(text, begin, at):
        last = m.end()
    return max(last, text.rfind("\n", begin, at) + 1)


def _state(mention: ActorMention) -> bool:
    return mention.kind in ("country", "demonym", "capital", "organ", "person") and mention.who in data.iso_codes()


def context_country(context: ActorContext, sector: Sector | None) -> tuple[str | None, str]:
    """The country that a phrase without a name belongs to, and the reason."""
    israeli = sector in ("MIL", "COP", "GOV", "JUD", "LEG", "SPY") and context.home == "ISR"
    if context.place_iso3 == "PSE" and israeli:
        return "ISR", "no country in the phrase; in the Palestinian territories, the report's country"
    if context.place_iso3:
        return context.place_iso3, "no country in the phrase; country of the place"
    if sector in _STATE and context.start is not None:
        begin = sentence_start(context.text, context.start)
        here = [m for m in context.mentions if begin <= m.start < context.start and _state(m) and m.kind != "organ"]
        if here:
            return here[-1].who, f"no country in the phrase; {here[-1].name!r} stands in the sentence"
    if context.home:
        return context.home, "no country in the phrase; country of the report"
    found = [m for m in context.mentions if _state(m)]
    if context.start is not None:
        found = [m for m in found if m.end <= context.start] or found
    if found:
        return found[-1].who, f"no country in the phrase; nearest is {found[-1].name!r}"
    return None, "no country in the phrase or the text"


def named_alike(context: ActorContext, noun: str, sector: Sector) -> ActorMention | None:
    """Whose "plane" or "police" it is, where the text says it once with a name ("a Russian plane").

    The country of the claim's place goes first, save for craft and refugees, which are often not of the
    place; then the report's country, then the nearest such name before the phrase.
    """
    away = sector == "REF" or noun.rsplit(maxsplit=1)[-1] in _CRAFT
    if context.place_iso3 and not away:
        return None
    stem = _stem(noun.rsplit(maxsplit=1)[-1])
    alike = [m for m in context.mentions if m.kind in _OWNERS and _followed_by(context.text, m, stem)]
    if not away:
        at_home = next((m for m in alike if m.who == context.home), None)
        if at_home is not None:
            return at_home
    if context.start is not None:
        before = [m for m in alike if m.start < context.start]
        if before:
            return before[-1]
    return alike[0] if alike else None


def _stem(word: str) -> str:
    word = word.replace("men", "man")
    return word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s")


def _followed_by(text: str, mention: ActorMention, stem: str) -> bool:
    """Whether one of the next three words, before any stop, is the noun."""
    if text[mention.end : mention.end + 1] in ("-", "–"):
        return False  # "Russian-backed rebels" are not Russia's
    near = _STOP.split(text[mention.end : mention.end + 40], maxsplit=1)[0]
    for word in _WORDS.findall(near)[:4]:
        if _stem(word.lower()) == stem:
            return True
        if word.lower() in FUNCTION_WORDS:
            return False  # "Turkey said the jet": another phrase has begun
    return False


def armed_group(context: ActorContext, noun: str) -> ActorMention | None:
    """The one armed group that the text is about, or for "the group" the one named just before."""
    armed = [m for m in context.mentions if m.kind == "group" and m.sector in ("REB", "UAF")]
    if not armed:
        return None
    counts = Counter(m.who for m in armed)
    who, n = counts.most_common(1)[0]
    if n / len(armed) >= _DOMINANT:
        return next(m for m in armed if m.who == who)
    if noun in GROUP_NOUNS and context.start is not None:
        before = [m for m in armed if context.start - _BACK <= m.start < context.start]
        return before[-1] if before else None
    return None


def body_before(context: ActorContext, noun: str) -> ActorMention | None:
    """The organisation, party or coalition last named before the phrase, if its kind fits the noun."""
    fits = {
        "alliance": ("IGO", "MIL"), "bloc": ("IGO", "PTY"), "world body": ("IGO",), "regional bloc": ("IGO",),
        "party": ("PTY", "OPP"), "coalition": ("MIL", "IGO"), "union": ("LAB", "IGO"), "agency": ("IGO", "NGO"),
        "tribunal": ("IGO",), "court": ("IGO",),
    }.get(noun, ("NGO", "IGO"))  # fmt: skip
    found = [
        m for m in context.mentions
        if m.kind in ("organisation", "group") and m.sector in fits and (noun != "court" or "Court" in m.name)
    ]  # fmt: skip
    if context.start is not None:
        found = [m for m in found if context.start - _BACK <= m.start < context.start]
    if noun == "coalition" and not found:
        found = [m for m in context.mentions if m.sector == "MIL" and "coalition" in m.name]
    return found[-1] if found else None


def owner(context: ActorContext) -> ActorMention | None:
    """Whom "its" or "their" means: the first name of the sentence before it, else of the sentence before."""
    if context.start is None:
        return None
    begin = sentence_start(context.text, context.start)
    kinds = ("country", "capital", "organ", "group", "organisation", "person", "demonym")
    for low, high in ((begin, context.start), (sentence_start(context.text, max(0, begin - 2)), begin)):
        found = [m for m in context.mentions if low <= m.start < high and m.kind in kinds]
        if found:
            return found[0]
    return None
