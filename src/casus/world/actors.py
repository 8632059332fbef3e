"""The book of actors: finds known names in a text and says whom a participant's words name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
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
        self._resolver = Resolver(self.find, self.places)

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

    def resolve(self, name: str, context: ActorContext) -> Identity:
        """Whom the words `name` mean in `context`; never raises, and always says why."""
        return self._resolver.resolve(name, context)

    @staticmethod
    def _mentions(index: NameIndex, text: str, start: int, end: int | None) -> list[ActorMention]:
        toks = tokens(text, start, end)
        return [_mention(text, toks, a, b, pattern) for a, b, pattern in index.scan(text, toks)]


def _mention(text: str, toks: Sequence[Token], a: int, b: int, pattern: Pattern) -> ActorMention:
    actor = pattern.actors[-1]
    end = toks[b - 1].end
    # the full stop of "U.S." belongs to the name
    if len(toks[b - 1].raw) == 1 and b - a > 1 and text[end : end + 1] == "." and text[end - 2 : end - 1] == ".":
        end += 1
    return _made(toks[a].start, end, actor)


def _made(start: int, end: int, actor: Actor) -> ActorMention:
    person = actor.name if actor.kind == "person" else None
    return ActorMention(
        start, end, actor.kind, actor.who, actor.sector, actor_id(actor.who, person), actor.name
    )


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
    return ActorBook(names.freeze(), places.freeze())


def document_home(text: str, mentions: Sequence[ActorMention], title: str | None = None) -> str | None:
    """ISO alpha-3 of the country that a report is mostly about, or None when it names none."""
    score: dict[str, float] = {}
    folded_title = (title or "").casefold()
    for m in mentions:
        if len(m.who) != 3 or m.who not in data.iso_codes():
            continue
        weight = _HOME_WEIGHT[m.kind]
        if m.start < _LEAD_CHARS:
            weight *= _LEAD_WEIGHT
        if any(word in text[m.end : m.end + 30] for word in _SPEECH):
            weight *= _SPEAKER_WEIGHT
        score[m.who] = score.get(m.who, 0.0) + weight
    seen: set[str] = set()
    for m in mentions:
        words = text[m.start : m.end].casefold()
        if m.who in score and m.who not in seen and words in folded_title:
            seen.add(m.who)
            score[m.who] += _TITLE_WEIGHT
    return max(sorted(score), key=lambda who: score[who]) if score else None
