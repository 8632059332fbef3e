"""What passes between the finding and the resolving of actors: frozen, plain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from casus.ids import content_id
from casus.records import Sector
from casus.world.actor_data import Kind


@dataclass(frozen=True, slots=True)
class ActorMention:
    """A known name in a text: `text[start:end]`. `who` is ISO alpha-3 or a usual name."""

    start: int
    end: int
    kind: Kind
    who: str
    sector: Sector
    actor_id: str
    name: str


@dataclass(frozen=True, slots=True)
class ActorContext:
    """Where a phrase stands: what the resolver may look at beside the phrase itself.

    `start` and `end` are the phrase's offsets in `text`, None where it was built from elsewhere;
    `mentions` is `book.find(text)`; `place_iso3` the country of the claim's place; `home` the document's.
    """

    text: str = ""
    start: int | None = None
    end: int | None = None
    mentions: tuple[ActorMention, ...] = ()
    published: date | None = None
    place_iso3: str | None = None
    home: str | None = None

    @property
    def year(self) -> int | None:
        return self.published.year if self.published else None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a phrase names. `who` None is unknown, and `why` always says how it was decided."""

    who: str | None
    sector: Sector
    actor_id: str | None
    name: str
    why: str


@cache
def actor_id(who: str, person: str | None = None) -> str:
    """The stable id of an actor, or of a person who acts for it."""
    return content_id("act", who, person) if person else content_id("act", who)
