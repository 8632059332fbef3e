"""The book of actors: finds known names in a text and says whom a participant's words name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

from casus.world import actor_data as data
from casus.world.actor_data import Actor
from casus.world.actor_find import NameIndex, Pattern, Token, tokens
from casus.world.actor_records import ActorContext, ActorMention, Identity, actor_id
from casus.world.actor_resolve import Resolver

__all__ = ["ActorBook", "ActorContext", "ActorMention", "Identity", "document_home"]

# A title is written to say whom the news is about, and so is the first paragraph (about 350 characters);
# the figures are round and were checked on 43 training reports, where they are not sensitive.
_TITLE_WEIGHT = 4.0
_LEAD_WEIGHT = 2.5
_LEAD_CHARS = 350
# whoever merely speaks ("the U.S. State Department said") is seldom where the news happens
_SPEAKER_WEIGHT = 0.3
_SPEECH = ("said", "says", "told", "called", "urged", "condemned", "spokes", "according", "added")
_HOME_WEIGHT = {
    "country": 1.0, "demonym": 1.0, "capital": 0.8, "organ": 0.6, "person": 0.6, "group": 0.5,
    "organisation": 0.3, "media": 0.0,
}  # fmt: skip


class ActorBook:
    """All known actors. Load it once; `find` and `resolve` change nothing in it."""

    def __init__(self, names: NameIndex, places: NameIndex) -> None:
        self._names = names
        self._places = places
        # the words of one side stand in many claims, and the rules ask for them one after the other
        self._in_phrase = lru_cache(maxsize=4096)(self._find_in_phrase)
        self._city_in_phrase = lru_cache(maxsize=4096)(self._find_city)
        self._resolver = Resolver(self._in_phrase, self._city_in_phrase)

    @staticmethod
    def load(extra: Path | None = None) -> ActorBook:
        """The shipped book, with a user's own file (columns of `groups.tsv`) on top.

        Raises DataError for a missing or malformed file, with the number of the bad line.
        """
        return _load(Path(extra) if extra is not None else None)

    def find(self, text: str, start: int = 0, end: int | None = None) -> list[ActorMention]:
        """Known names in `text[start:end]`, longest first on word boundaries, in order, never overlapping."""
        return self._mentions(self._names, text, start, end)

    def places(self, text: str) -> list[ActorMention]:
        """Well-known cities and provinces in a phrase, as mentions of their country."""
        return self._mentions(self._places, text, 0, None)

    def _find_in_phrase(self, phrase: str) -> tuple[ActorMention, ...]:
        return tuple(self.find(phrase))

    def _find_city(self, phrase: str) -> tuple[ActorMention, ...]:
        return tuple(self.places(phrase))

    def resolve(self, name: str, context: ActorContext) -> Identity:
        """Whom the words `name` mean in `context`; never raises, and always says why."""
        return self._resolver.resolve(name, context)

    @staticmethod
    def _mentions(index: NameIndex, text: str, start: int, end: int | None) -> list[ActorMention]:
        toks = tokens(text, start, end)
        found = index.scan(text, toks)
        sure = Counter(p.actors[0].who for _, _, p in found if len({a.who for a in p.actors}) == 1)
        return [_mention(text, toks, a, b, _meant(pattern, sure)) for a, b, pattern in found]


def _meant(pattern: Pattern, sure: Counter[str]) -> Actor:
    """Of the actors that share a phrase, the one whose side the text names most ("King Abdullah").

    On a tie the last listed of persons (the latest in office), else the first: countries before demonyms.
    """
    if pattern.actors[0].kind != "person":
        return pattern.actors[0]
    return max(reversed(pattern.actors), key=lambda actor: sure[actor.who])


def _mention(text: str, toks: Sequence[Token], a: int, b: int, actor: Actor) -> ActorMention:
    end = toks[b - 1].end
    # the full stop of "U.S." belongs to the name
    if len(toks[b - 1].raw) == 1 and b - a > 1 and text[end : end + 1] == "." and text[end - 2 : end - 1] == ".":
        end += 1
    return _made(toks[a].start, end, actor)


def _made(start: int, end: int, actor: Actor) -> ActorMention:
    person = actor.name if actor.kind == "person" else None
    return ActorMention(start, end, actor.kind, actor.who, actor.sector, actor_id(actor.who, person), actor.name)


@cache
def _load(extra: Path | None) -> ActorBook:
    names, places = NameIndex(), NameIndex()
    for source in (data.countries(), data.organs(), data.groups()):
        for phrase, actor in source:
            names.add(phrase, actor)
    for phrase, actor, surname in data.persons():
        names.add(phrase, actor, surname=surname)
    for phrase in data.blockers():
        names.add(phrase, None)
    if extra is not None:
        for phrase, actor in data.own_groups(extra):
            names.override(phrase, actor)
    for phrase, actor in data.places():
        places.add(phrase, actor)
    return ActorBook(names, places)


def document_home(text: str, mentions: Sequence[ActorMention], title: str | None = None) -> str | None:
    """ISO alpha-3 of the country that a report is mostly about, or None when it names none."""
    score: dict[str, float] = {}
    folded_title = (title or "").casefold()
    whose = {m.who: _country_of(m) for m in mentions}
    for m in mentions:
        country = whose[m.who]
        if country is None:
            continue
        weight = _HOME_WEIGHT[m.kind]
        if m.start < _LEAD_CHARS:
            weight *= _LEAD_WEIGHT
        if any(word in text[m.end : m.end + 30] for word in _SPEECH):
            weight *= _SPEAKER_WEIGHT
        score[country] = score.get(country, 0.0) + weight
    seen: set[str] = set()
    for m in mentions:
        country = whose[m.who]
        if country and country not in seen and text[m.start : m.end].casefold() in folded_title:
            seen.add(country)
            score[country] += _TITLE_WEIGHT
    return max(sorted(score), key=lambda who: score[who]) if score else None


def _country_of(mention: ActorMention) -> str | None:
    """ISO alpha-3 of a mention's state, or of an armed group's or party's home."""
    if mention.who in data.iso_codes():
        return mention.who
    return data.home_countries().get(mention.who) if mention.kind == "group" else None
