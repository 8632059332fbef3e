"""A document's claims and what stands beside them, counted once for every choice that is made among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from casus.reader.hints import Hints
from casus.reader.relate_features import sentence_number
from casus.records import Claim, Document, Participant, Place, When
from casus.text import fold


@dataclass(frozen=True, slots=True)
class Context:
    """What stands in the document besides its claims, resolved: every place name, every date, the dateline.

    `places` and `dates` are in text order, each with its span (a date without one is left out).
    """

    places: tuple[Place, ...] = ()
    dates: tuple[When, ...] = ()
    dateline: Place | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """A document's claims and context, counted once for all choices."""

    document: Document
    claims: tuple[Claim, ...]
    sentence: tuple[int, ...]
    context: Context
    place_sentence: tuple[int, ...]
    date_sentence: tuple[int, ...]
    countries: Counter[str]
    claim_countries: Counter[str]
    names: Counter[str]
    days: Counter[str]
    sides: Counter[str]
    side_total: int
    members: dict[str, tuple[int, ...]]
    actor_keys: tuple[str, ...]
    recipient_keys: tuple[str, ...]
    main_country: str | None
    placed: float
    dated: float
    hints: tuple[Hints | None, ...]

    @classmethod
    def of(
        cls,
        document: Document,
        sentences: Sequence[tuple[int, int]],
        claims: Sequence[Claim],
        context: Context,
        hints: Sequence[Hints] | None = None,
    ) -> Board:
        """Numbers the sentences of claims, places and dates and counts the values."""
        dates = tuple(w for w in context.dates if w.span is not None and w.start is not None)
        members: dict[str, tuple[int, ...]] = {}
        for n, c in enumerate(claims):
            if c.event is not None:
                members[c.event] = (*members.get(c.event, ()), n)
        actor_keys = tuple(who_key(c.actors) for c in claims)
        recipient_keys = tuple(who_key(c.recipients) for c in claims)
        countries = Counter(p.iso3 for p in context.places if p.iso3)
        sides = Counter(k for k in (*actor_keys, *recipient_keys) if k)
        news = [c for c in claims if not c.background and not c.aggregate]
        return cls(
            document=document,
            claims=tuple(claims),
            sentence=tuple(sentence_number(sentences, c.trigger.start) for c in claims),
            context=Context(context.places, dates, context.dateline),
            place_sentence=tuple(sentence_number(sentences, p.span.start) for p in context.places),
            date_sentence=tuple(sentence_number(sentences, w.span.start) for w in dates if w.span),
            countries=countries,
            claim_countries=Counter(c.place.iso3 for c in claims if c.place and c.place.iso3),
            names=Counter(fold(p.name) for p in context.places),
            days=Counter(day_key(c.when) for c in news if c.when.start),
            sides=sides,
            side_total=sides.total(),
            members=members,
            actor_keys=actor_keys,
            recipient_keys=recipient_keys,
            main_country=countries.most_common(1)[0][0] if countries else None,
            placed=_share(claims, lambda c: c.place is not None),
            dated=_share(claims, lambda c: c.when.start is not None),
            hints=(None,) * len(claims) if hints is None else tuple(hints),
        )

    def around(self, n: int, most: int) -> list[int]:
        """The other claims of claim n's event and up to `most` claims before and after it, in text order."""
        near = range(max(0, n - most), min(len(self.claims), n + most + 1))
        return sorted({*near, *self.others(n)} - {n})

    def others(self, n: int) -> Iterator[int]:
        """The other claims of claim n's event."""
        event = self.claims[n].event
        return (m for m in self.members.get(event or "", ()) if m != n)


def _share(claims: Sequence[Claim], has: object) -> float:
    assert callable(has)
    return sum(bool(has(c)) for c in claims) / max(1, len(claims))


def day_key(when: When) -> str:
    """One string for one range of days."""
    return f"{when.start}/{when.end}"


def who_key(sides: tuple[Participant, ...]) -> str:
    """One string for one set of known sides; "" where none is known."""
    return "|".join(sorted({p.who for p in sides if p.who}))
