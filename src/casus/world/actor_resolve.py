"""Says whom a participant's words name: names in the phrase first, then the noun, then the context."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from casus.records import Sector
from casus.world import actor_data as data
from casus.world.actor_anaphora import (
    BODY_NOUNS,
    GROUP_NOUNS,
    armed_group,
    body_before,
    context_country,
    named_alike,
    owner,
)
from casus.world.actor_data import word_set
from casus.world.actor_names import DESCRIBED, INTRODUCED, describe, looks_like_name, organisation_sector
from casus.world.actor_phrase import PRONOUNS, Phrase, clean, take_apart, telling
from casus.world.actor_records import ActorContext, ActorMention, Identity, actor_id

Find = Callable[[str], tuple[ActorMention, ...]]

_ARMED: frozenset[Sector] = frozenset({"REB", "UAF"})
# sectors that speak for a state whose name must come from the context
_STATE: frozenset[Sector] = frozenset({"GOV", "MIL", "COP", "SPY", "JUD", "LEG"})
# people "of" an armed group who do not belong to it
_NOT_OF_GROUP = word_set(
    "family families relative relatives victim victims hostage hostages captive captives critic critics "
    "opponent opponents enemy enemies rival rivals prisoner prisoners wife wives child children"
)
# nouns that, without a country, mean several states or nobody in particular
_MANY_STATES = word_set(
    "governments countries nations states powers allies leaders neighbors neighbours sides world powers "
    "ambassadors foreign ambassadors world leaders superpowers republics"
) | {"world powers", "world leaders", "world power", "world leader"}
# attackers whom the text leaves unknown, even where an armed group is much talked of
_UNKNOWN_ATTACKERS = word_set(
    "gunman gunmen attacker attackers assailant assailants armed men man masked suspect suspects bandit "
    "bandits kidnapper kidnappers shooter killer killers smuggler smugglers trafficker traffickers "
    "vigilantes pirates perpetrator perpetrators criminals robbers arsonists hackers hacker gang gangs"
)
_MAX_DEPTH = 2
# whose these are, a text says once and then leaves out ("the plane", "the government")
_LIKE_NOUNS: frozenset[Sector] = frozenset({"GOV", "MIL", "COP", "SPY", "JUD", "LEG", "REF", "REB", "BUS", "MED"})
# these come from elsewhere: the country where they are is not theirs
_ON_THE_MOVE = word_set("migrant migrants refugee refugees seeker seekers immigrant immigrants")
# aid that is of the place, unlike a foreign agency
_LOCAL_HELPERS = word_set("doctor doctors hospital hospitals medic medics nurse nurses ambulance rescuers")
# adjectives that mean several countries or none in particular
_VAGUE = word_set(
    "western foreign international regional african arab asian gulf european neighboring neighbouring "
    "repressive islamic eastern southern global multinational"
)


def _vague(phrase: Phrase) -> str | None:
    """The adjective that leaves the country open ("Western journalists"), or None."""
    return next((w.raw for w in phrase.words if w.end <= phrase.noun_start and w.key in _VAGUE), None)


class Resolver:
    """The rules, over two look-ups: known names and known places in a phrase."""

    def __init__(self, find: Find, places: Find) -> None:
        self._find = find
        self._places = places

    def resolve(self, name: str, context: ActorContext) -> Identity:
        """Whom `name` means; `who` is None, with the reason, where that cannot be told."""
        return self._resolve(clean(name), context, 0)

    def _resolve(self, text: str, context: ActorContext, depth: int) -> Identity:
        if not text or not any(c.isalnum() for c in text):
            return Identity(None, "UNK", None, text, "no words")
        if text.lower() in PRONOUNS:
            return Identity(None, "UNK", None, text, f"the pronoun {text!r} has no antecedent here")
        phrase = take_apart(text)
        for rule in (self._ethnic, self._in_head, self._possessive, self._partitive, self._in_rest, self._in_city):
            got = rule(phrase, context, depth)
            if got is not None:
                return got
        return self._unnamed(phrase, context, depth)

    # ---------------------------------------------------------------- a name in the phrase

    def _ethnic(self, phrase: Phrase, context: ActorContext, depth: int) -> Identity | None:
        """ "Kurdish forces" in Iraq are the Peshmerga; only where the words bear arms."""
        del depth
        table, people = data.ethnics(), data.ethnic_words()
        if not any(w.key in people or w.raw.lower() in people for w in phrase.words):
            return None
        armed = phrase.sector in ("MIL", "REB", "UAF")
        own = {m.who for m in self._find(phrase.head) if m.kind in ("country", "demonym")}
        for w in phrase.words:
            if w.end > phrase.head_end or (w.start and phrase.text[w.start - 1] == "-"):
                continue
            for iso3 in (*sorted(own), context.place_iso3 or context.home or ""):
                hit = table.get((w.key, iso3)) or table.get((phrase.text[w.start : w.end].lower(), iso3))
                bare = w.end == phrase.head_end and w.key != "taliban"
                if hit and (armed or bare):
                    why = f"{w.raw!r} and {phrase.noun or 'no noun'!r} in {iso3}"
                    return _identity(hit.who, hit.sector, hit.who, why)
        return None

    def _in_head(self, phrase: Phrase, context: ActorContext, depth: int) -> Identity | None:
        found = [m for m in self._find(phrase.text) if m.end <= phrase.head_end or m.start < phrase.head_end]
        mine, others = telling(phrase.text, found)
        if phrase.noun and phrase.noun.split()[-1] in _NOT_OF_GROUP:
            mine = [m for m in mine if m.kind in ("country", "demonym", "capital")]
        if not mine:
            mine = [m for m in others if m.kind == "group" and "-" in phrase.text[m.end : m.end + 1]]
        if mine and not _surname_like(phrase, mine):
            return self._from_mentions(phrase, mine, context)
        del depth
        return None

    def _from_mentions(self, phrase: Phrase, found: list[ActorMention], context: ActorContext) -> Identity:
        """The most telling of the names found: a group, then a person, then an organ, then a country."""
        rank = {
            "group": 0,
            "organisation": 1,
            "person": 2,
            "media": 3,
            "organ": 3,
            "country": 4,
            "demonym": 4,
            "capital": 5,
        }
        best = min(found, key=lambda m: (rank[m.kind], m.start))
        shown = phrase.text[best.start : best.end]
        if best.kind == "person":
            best = _in_office(best, context)
        if best.sector in ("PTY", "OPP") and phrase.sector == "LEG" and _state_of(best):
            return _identity(_state_of(best), "LEG", best.name, f"party {shown!r}; noun {phrase.noun!r}")
        sector, why = best.sector, f"{best.kind} {shown!r}"
        follows = phrase.noun is not None and phrase.noun_start >= best.end
        inside = any(m.start <= phrase.noun_start < m.end for m in found)  # the "house" of "White House"
        if (
            phrase.sector
            and not inside
            and (best.kind in ("country", "demonym", "capital") or (best.kind == "person" and follows))
        ):
            sector, why = phrase.sector, f"{why}; noun {phrase.noun!r}"
        elif best.kind == "demonym" and shown.endswith("s") and len(phrase.words) == 1:
            sector = "CVL"
        if best.kind == "person" and phrase.sector in ("CVL", "OPP", "REF") and not follows:
            sector = best.sector
        return Identity(best.who, sector, best.actor_id, best.name, why)

    def _possessive(self, phrase: Phrase, context: ActorContext, depth: int) -> Identity | None:
        if phrase.possessive is None:
            return None
        before = owner(context)
        if before is None:
            return None
        if before.kind in ("group", "organisation") and (phrase.noun or "").split()[-1:] != []:
            if phrase.noun and phrase.noun.split()[-1] in _NOT_OF_GROUP:
                return None
            sector = before.sector
        else:
            sector = phrase.sector or before.sector
        del depth
        return Identity(
            before.who, sector, before.actor_id, before.name,
            f"{phrase.possessive!r} is {before.name!r}, the name before it",
        )  # fmt: skip

    def _partitive(self, phrase: Phrase, context: ActorContext, depth: int) -> Identity | None:
        if not phrase.partitive or depth >= _MAX_DEPTH:
            return None
        inner = clean(phrase.rest.split(" ", 1)[1])
        got = self._resolve(inner, context, depth + 1)
        return got if got.who or got.sector != "UNK" else None

    def _in_rest(self, phrase: Phrase, context: ActorContext, depth: int) -> Identity | None:
        """Names after the head: "leader of Iran", "forces loyal to Haftar"; not "envoy to Iran"."""
        if not phrase.rest:
            return None
        offset = len(phrase.text) - len(phrase.rest)
        found = [m for m in self._find(phrase.text) if m.start >= offset]
        mine, _ = telling(phrase.text, found)
        opposed = phrase.sector == "OPP" or (phrase.noun or "").startswith(("protest", "demonstrat"))
        kept = [m for m in mine if _may_own(phrase.text[offset : m.start], opposed)]
        if not kept:
            return None
        first = kept[0]
        theirs = (first.kind in ("group", "organisation") or not _is_state(first.who)) and not opposed
        if theirs and phrase.noun and phrase.noun.split()[-1] in _NOT_OF_GROUP:
            return None
        if first.kind == "person":
            first = _in_office(first, context)
        shown = phrase.text[first.start : first.end]
        if theirs and phrase.sector in ("LEG", "JUD") and first.sector in ("PTY", "OPP"):
            theirs = False  # a party's lawmaker is his country's
        sector = first.sector if theirs or phrase.sector is None else phrase.sector
        del depth
        who, ident = first.who, first.actor_id
        if not _is_state(who) and not theirs:
            who, ident = _state_of(first) or who, actor_id(_state_of(first) or who)
        noun = f"; noun {phrase.noun!r}" if phrase.noun else ""
        return Identity(who, sector, ident, first.name, f"{first.kind} {shown!r} after the head{noun}")

    def _in_city(self, phrase: Phrase, context: ActorContext, depth: int) -> Identity | None:
        del context, depth
        found = [m for m in self._places(phrase.text) if not phrase.text[m.end :].startswith(("-based", " Accord"))]
        if not found or phrase.sector in ("IGO", "NGO", "MED"):
            return None
        place = found[0]
        shown = phrase.text[place.start : place.end]
        noun = f"; noun {phrase.noun!r}" if phrase.noun else ""
        return _identity(place.who, phrase.sector or "GOV", phrase.text, f"{shown!r} lies in {place.who}{noun}")

    # ---------------------------------------------------------------- no known name in it

    def _unnamed(self, phrase: Phrase, context: ActorContext, depth: int) -> Identity:
        if looks_like_name(phrase, self._find(phrase.head)):
            got = self._stranger(phrase, context, depth)
            if got is not None:
                return got
        if phrase.sector is None or phrase.noun is None:
            where, why = context_country(context, None)
            return _identity(where, "CVL" if where else "UNK", phrase.text, f"no name and no known noun; {why}")
        return self._common(phrase, phrase.noun, phrase.sector, context)

    def _common(self, phrase: Phrase, noun: str, sector: Sector, context: ActorContext) -> Identity:
        """A common noun without any name: its sector, and the country or group that the context gives."""
        got = _group_meant(phrase, noun, sector, context) or _body_meant(phrase, noun, sector, context)
        if got is not None:
            return got
        vague = _vague(phrase)
        alike = named_alike(context, noun, sector) if sector in _LIKE_NOUNS and not vague else None
        if alike is not None:
            shown = context.text[alike.start : alike.end]
            why = f"noun {noun!r}; the text names it with {shown!r}"
            return Identity(alike.who, sector, alike.actor_id, alike.name, why)
        unknown = _nobodys(noun, vague)
        if unknown:
            return Identity(None, sector, None, phrase.text, f"noun {noun!r}; {unknown}")
        if noun.rsplit(maxsplit=1)[-1].startswith("settler") and context.place_iso3 in ("PSE", "ISR"):
            return _identity("ISR", sector, phrase.text, "settlers in the Palestinian territories are Israeli")
        where, why = context_country(context, sector)
        return _identity(where, sector, phrase.text, f"noun {noun!r}; {why}")

    def _stranger(self, phrase: Phrase, context: ActorContext, depth: int) -> Identity | None:
        """A proper name that the book does not hold: what the text says about its bearer."""
        for m in context.mentions:
            if m.kind == "person" and phrase.words and m.name.split()[-1] == phrase.words[-1].raw:
                who = _in_office(m, context)
                why = f"surname of {m.name!r}, named in the text"
                return Identity(who.who, who.sector, who.actor_id, who.name, why)
        if depth < _MAX_DEPTH:
            for said, how in describe(phrase.text, context.text):
                got = self._described(said, how, context, depth)
                if got is not None:
                    why = f"{how} {said!r}; {got.why}"
                    return Identity(got.who, got.sector, got.actor_id, phrase.text, why)
        sector = organisation_sector(phrase.text)
        if sector in _STATE:
            where, why = context_country(context, sector)
            return _identity(where, sector, phrase.text, f"an organ by its name; {why}")
        if sector is not None:
            return _identity(phrase.text, sector, phrase.text, "an organisation that the book does not hold")
        return None

    def _described(self, said: str, how: str, context: ActorContext, depth: int) -> Identity | None:
        """What an apposition or a title says, if its head is a known noun or name."""
        text = clean(said)
        if not text:
            return None
        phrase = take_apart(text)
        heads = [m for m in self._find(phrase.head) if m.kind != "media" or how != INTRODUCED]
        if how == INTRODUCED:
            ends = phrase.noun is not None and phrase.head.lower().endswith(phrase.noun.split()[-1])
            if phrase.rest or not (ends or any(m.end == len(phrase.head) for m in heads)):
                return None
        elif phrase.sector is None and not heads and not self._places(phrase.text):
            return None
        if how == DESCRIBED and not _opens_apposition(said, phrase, heads):
            return None
        got = self._resolve(text, context, depth + 1)
        return got if got.who or got.sector == "UAF" else None


def _group_meant(phrase: Phrase, noun: str, sector: Sector, context: ActorContext) -> Identity | None:
    """The armed group that "militants" or "the group" points to; attackers nobody names stay unknown."""
    if sector not in _ARMED and noun not in GROUP_NOUNS:
        return None
    last = noun.rsplit(maxsplit=1)[-1]
    group = None if last in _UNKNOWN_ATTACKERS else armed_group(context, noun)
    if group is not None:
        why = f"noun {noun!r}; the armed group that the text speaks of"
        return Identity(group.who, group.sector, group.actor_id, group.name, why)
    if sector == "UAF":
        return Identity(None, sector, None, phrase.text, f"noun {noun!r}; the text does not say who they are")
    return None


def _body_meant(phrase: Phrase, noun: str, sector: Sector, context: ActorContext) -> Identity | None:
    """The organisation that "the agency" or "the alliance" points to; without one it stays unknown."""
    if noun not in BODY_NOUNS and sector not in ("NGO", "IGO"):
        return None
    body = body_before(context, noun)
    if body is not None:
        why = f"noun {noun!r}; the body named before"
        return Identity(body.who, body.sector, body.actor_id, body.name, why)
    if sector in ("NGO", "IGO") and noun.rsplit(maxsplit=1)[-1] not in _LOCAL_HELPERS:
        return Identity(None, sector, None, phrase.text, f"noun {noun!r}; no such body is named")
    return None


def _nobodys(noun: str, vague: str | None) -> str | None:
    """Why a noun means no one country's people, or None."""
    if vague:
        return f"{vague!r} without a country"
    if noun.rsplit(maxsplit=1)[-1] in _ON_THE_MOVE:
        return "people on the move, of no stated country"
    return "several states or none in particular" if noun in _MANY_STATES else None


def _opens_apposition(said: str, phrase: Phrase, heads: Sequence[ActorMention]) -> bool:
    """Whether words after a comma describe the name before it, and do not go on with the sentence."""
    first = said.strip().partition(" ")[0].lower()
    return (
        first in ("a", "an", "the", "his", "her", "its", "their", "one", "former", "head", "chief", "then")
        or (phrase.noun is not None and phrase.noun_start <= 12)
        or any(m.start == 0 for m in heads)
    )


def _identity(who: str | None, sector: Sector, name: str, why: str) -> Identity:
    return Identity(who, sector, actor_id(who) if who else None, name, why)


def _is_state(who: str) -> bool:
    return who in data.iso_codes()


def _state_of(mention: ActorMention) -> str | None:
    return mention.who if _is_state(mention.who) else data.home_countries().get(mention.who)


@cache
def _terms() -> dict[str, list[data.Actor]]:
    """Every term of office of each person, by full name."""
    found: dict[str, list[data.Actor]] = {}
    for _, actor, surname in data.persons():
        if not surname and actor not in found.setdefault(actor.name, []):
            found[actor.name].append(actor)
    return found


def _in_office(mention: ActorMention, context: ActorContext) -> ActorMention:
    """The mention with whom the person acted for in the year of publication (Stoltenberg: NOR, then NATO)."""
    terms = _terms().get(mention.name, [])
    if len({t.who for t in terms}) < 2:
        return mention
    best = min(terms, key=lambda t: t.distance(context.year))
    return ActorMention(
        mention.start, mention.end, mention.kind, best.who, best.sector, actor_id(best.who, best.name), best.name
    )


def _surname_like(phrase: Phrase, found: list[ActorMention]) -> bool:
    """Whether the only name found is the second half of a person's name: "Mona Iraqi"."""
    if len(found) != 1 or found[0].kind != "demonym" or len(phrase.words) != 2 or phrase.noun:
        return False
    first, second = phrase.words
    return first.raw.istitle() and len(first.raw) > 2 and second.start == found[0].start and phrase.text.count("-") == 0


def _may_own(between: str, opposed: bool) -> bool:
    """Whether the words from the cut to a name let the name own the head."""
    words = between.lower().split()
    if not words:
        return False
    if words[0] in ("against", "opposed", "opposing"):
        return opposed
    if words[0] in ("to", "with", "on", "and", "or", "by", "backed", "supported", "accused", "as", "fleeing", "about"):
        return False
    return not {"against", "fighting"} & set(words)
