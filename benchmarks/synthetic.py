"""Documents and claims that nobody wrote, in numbers that nobody could: spread over time, place and sides as news is.

A few countries and towns hold most of what happens, a few events most of what is told. Each document tells one event
of its day at length and touches on some of the week's; dates, places and sides are left out as often as the reader
leaves them out on real reports. The density is that of about 300 claims a day whatever the number, so a million claims
are nine years. Everything follows from the seed.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate

from casus.records import Claim, Document, Figure, Participant, Place, Sector, Span, When

CLAIMS_A_DAY, CLAIMS_A_DOCUMENT, EVENTS_A_DAY = 300, 8, 70
# how far back a document looks
DAYS_BEFORE = 7
FIRST_DAY = date(2010, 1, 1)
_COUNTRIES = """
    SYR UKR YEM PSE ISR IRQ AFG MLI SOM SDN NGA MMR PAK IND RUS IRN LBN LBY ETH COD BFA CMR MOZ NER TCD CAF SSD COL MEX
    VEN HTI PHL THA BGD LKA TUR EGY TUN DZA MAR KEN UGA BDI RWA ARM AZE GEO BLR KAZ KGZ CHN PRK KOR TWN USA GBR FRA DEU
    POL SRB
"""
COUNTRIES = _COUNTRIES.split()
# type, mode, verb, how often, of each hundred events
DEEDS = (
    ("ASSAULT", "aerial", "bombed", 10), ("ASSAULT", "heavy-weapons", "shelled", 12),
    ("ASSAULT", "explosives", "blew up", 6), ("ASSAULT", "firearms", "shot at", 8),
    ("ACCUSE", "disapprove", "blamed", 15), ("CONSULT", "visit", "met", 11),
    ("COERCE", "arrest", "arrested", 9), ("REQUEST", None, "called on", 7),
    ("THREATEN", "violence", "threatened", 4), ("PROTEST", "demo", "marched against", 5), ("AID", None, "aided", 3),
    ("MOBILIZE", "troops", "massed troops against", 3), ("SANCTION", "expel", "expelled envoys of", 2),
    ("RETREAT", "withdraw", "withdrew from", 3), ("AGREE", None, "agreed with", 2),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Town:
    name: str
    country: str
    admin1: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Deed:
    """What happened: an event of the synthetic world."""

    number: int
    day: int
    deed: int
    town: Town
    actor: tuple[str, Sector]
    recipient: tuple[str, Sector]
    killed: int
    told: float  # how much is written of it


# where in a sentence each value stands
Spots = dict[str, tuple[int, int]]


class World:
    """Deeds and documents by day. `truth` of a claim is the deed's number."""

    def __init__(self, seed: int = 1) -> None:
        self.seed = seed
        rng = random.Random(seed)
        self.towns = {c: self._towns(rng, c) for c in COUNTRIES}
        self.weights = list(accumulate(1 / (n + 2) for n in range(len(COUNTRIES))))
        self.town_weights = list(accumulate(1 / (n + 1) for n in range(40)))
        self.deed_weights = list(accumulate(d[3] for d in DEEDS))
        self.words = [
            "".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(3)) for _ in range(3000)
        ]

    def _towns(self, rng: random.Random, country: str) -> list[Town]:
        lat, lon = rng.uniform(-30, 55), rng.uniform(-90, 120)
        return [
            Town(f"{country.title()}ville {n}", country, f"{country} province {n % 6}", *_near(rng, lat, lon))
            for n in range(40)
        ]

    @lru_cache(maxsize=16)  # noqa: B019 - one world a run
    def deeds(self, day: int) -> list[Deed]:
        """The deeds of a day."""
        rng = random.Random(f"{self.seed}/{day}")
        out = []
        for n in range(EVENTS_A_DAY):
            country = COUNTRIES[bisect(self.weights, rng.random() * self.weights[-1])]
            town = self.towns[country][bisect(self.town_weights, rng.random() * self.town_weights[-1])]
            deed = bisect(self.deed_weights, rng.random() * self.deed_weights[-1])
            group = (f"{country.title()} Front {rng.randrange(3)}", "REB")
            other = COUNTRIES[bisect(self.weights, rng.random() * self.weights[-1])]
            sides = [(country, "MIL"), group] if rng.random() < 0.6 else [(country, "GOV"), (other, "GOV")]
            rng.shuffle(sides)
            killed = int(rng.paretovariate(1.2)) if DEEDS[deed][0] == "ASSAULT" and rng.random() < 0.7 else 0
            told = rng.paretovariate(1.1)
            out.append(Deed(day * EVENTS_A_DAY + n, day, deed, town, sides[0], sides[1], killed, min(told, 60.0)))  # type: ignore[arg-type]
        return out

    def documents(self, claims: int) -> Iterator[tuple[Document, list[Claim], list[int]]]:
        """Documents of about `claims` claims in all, day after day, with their claims and the deed of each."""
        made, n = 0, 0
        while made < claims:
            found = self.document(n, DAYS_BEFORE + made // CLAIMS_A_DAY)
            made += len(found[1])
            n += 1
            yield found

    def document(self, n: int, day: int) -> tuple[Document, list[Claim], list[int]]:
        """Document number `n`, published on that day."""
        rng = random.Random(f"{self.seed}/document/{n}")
        told = [self._pick(rng, day - rng.randrange(2))] * rng.randrange(2, 5)
        told += [self._pick(rng, day - rng.randrange(DAYS_BEFORE)) for _ in range(CLAIMS_A_DOCUMENT - len(told))]
        sentences, spots = [], []
        at = 0
        for deed in told:
            sentence, spot = self._sentence(rng, deed)
            sentences.append(sentence)
            spots.append((at, spot))
            at += len(sentence) + 1
        published = FIRST_DAY + timedelta(days=day)
        paper, url = f"Paper {rng.randrange(400)}", f"https://example.org/{n}"
        document = Document.of(" ".join(sentences), publisher=paper, published=published, url=url)
        seen: dict[int, int] = {}
        claims = []
        for deed, (start, spot) in zip(told, spots, strict=True):
            event = f"e{seen.setdefault(deed.number, len(seen) + 1)}"
            claims.append(self._claim(rng, document, deed, (start, spot), event))
        return document, claims, [deed.number for deed in told]

    def _pick(self, rng: random.Random, day: int) -> Deed:
        deeds = self.deeds(day)
        return rng.choices(deeds, [d.told for d in deeds])[0]

    def _sentence(self, rng: random.Random, deed: Deed) -> tuple[str, dict[str, tuple[int, int]]]:
        """Words, and where in them each value stands."""
        verb = DEEDS[deed.deed][2]
        filler = " ".join(rng.choice(self.words) for _ in range(rng.randrange(4, 14)))
        parts = {"actor": deed.actor[0], "trigger": verb, "recipient": deed.recipient[0], "place": deed.town.name}
        text, spot = "", {}
        for name, words in parts.items():
            text += (" in " if name == "place" else " ") if text else ""
            spot[name] = (len(text), len(text) + len(words))
            text += words
        if deed.killed:
            words = str(deed.killed if rng.random() < 0.8 else max(1, deed.killed + rng.randrange(-2, 3)))
            text += ", killing "
            spot["killed"] = (len(text), len(text) + len(words))
            text += words
        return f"{text}, {filler}.", spot

    def _claim(self, rng: random.Random, document: Document, deed: Deed, told: tuple[int, Spots], event: str) -> Claim:
        """The claim of a sentence: `told` is where it starts and where in it each value stands."""
        start, spot = told

        def span(name: str) -> Span:
            a, b = spot[name]
            return Span.cut(document.text, start + a, start + b)

        kind, mode, _, _ = DEEDS[deed.deed]
        trigger = span("trigger")
        status = "happened" if rng.random() < 0.93 else rng.choice(("denied", "planned", "hypothetical"))
        town = deed.town
        place = None
        if rng.random() < 0.65:
            spots = (town.name, str(abs(hash_of(town.name))), town.admin1, town.country, town.lat, town.lon)
            place = Place(span("place"), *spots, "exact") if rng.random() < 0.75 else Place(
                span("place"), town.country, iso3=town.country, precision="country"
            )  # fmt: skip
        figures: tuple[Figure, ...] = ()
        if "killed" in spot:
            toll = span("killed")
            figures = (Figure("killed", int(toll.exact), int(toll.exact), toll),)
        return Claim(
            id=Claim.make_id(document.id, trigger, kind, status),
            document_id=document.id,
            sentence=Span.cut(document.text, start, start + spot["place"][1]),
            trigger=trigger,
            type=kind,
            mode=mode if rng.random() < 0.8 else None,
            status=status,
            actors=self._side(rng, span("actor"), deed.actor, 0.85),
            recipients=self._side(rng, span("recipient"), deed.recipient, 0.75),
            place=place,
            when=_when(rng, deed.day),
            figures=figures,
            aggregate=rng.random() < 0.03,
            confidence=round(rng.uniform(0.5, 1), 3),
            reader="synthetic",
            event=event,
        )

    def _side(self, rng: random.Random, span: Span, side: tuple[str, Sector], known: float) -> tuple[Participant, ...]:
        return (Participant(span, span.exact, side[0], side[1]),) if rng.random() < known else ()


def hash_of(name: str) -> int:
    """A number for a name that is the same in every process."""
    return int.from_bytes(name.encode()[-6:], "big")


def _near(rng: random.Random, lat: float, lon: float) -> tuple[float, float]:
    return round(lat + rng.gauss(0, 1.5), 3), round(lon + rng.gauss(0, 1.5), 3)


def _when(rng: random.Random, day: int) -> When:
    chance = rng.random()
    if chance < 0.45:
        return When()
    if chance < 0.93:
        off = 0 if rng.random() < 0.9 else rng.choice((-1, 1))
        told = FIRST_DAY + timedelta(days=day + off)
        return When(told, told, "day", "relative")
    first = FIRST_DAY + timedelta(days=day - day % 7)
    return When(first, first + timedelta(days=6), "week", "relative")
