"""Where an event happened, by all its claims, and where they cannot all be right.

The rules:

1. Of the places told, only those are candidates within which no finer one lies: a town in the named province or
   country is agreement.
2. The candidate wins with which most independent voices agree; those being even the more precise, then the one that
   more voices name, then that of the latest report.
3. What spans incidents ("the offensive") has the area that holds most of its voices: one place, a province, a country.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from casus.events import Conflict, EventPlace
from casus.linking.conflicts import Version, contradiction
from casus.linking.countries import code_of, countries
from casus.linking.settle_choices import Choices, parse_place
from casus.linking.voices import Evidence
from casus.records import Claim, Place, PlacePrecision
from casus.text import fold

ONLY = "only place told"
ALIKE = "told alike"
WITHIN = "most precise place, within all others"
VOICES = "place with which most independent voices agree; these being even, the more precise"
AREA = "area of its incidents"

# Two towns further apart are two places. UCDP places an event "near" a known point within about 25 km of it
# (GED codebook, where_prec 2), so that two reports of one event may name points twice as far apart.
APART_KM = 50.0
# beyond so many different places they are compared by area only; one incident has a handful
MANY = 60

# A region of one country ("southeastern Iran") lies within it, and is finer; one of several countries is the widest.
_RANK: dict[PlacePrecision, int] = {"exact": 0, "near": 1, "adm2": 2, "adm1": 3, "country": 5, "region": 6}
_IN_COUNTRY = 4
_WIDE = (_IN_COUNTRY, 5, 6)


@dataclass(slots=True, eq=False)
class _Spot:
    """A place as all who tell it tell it."""

    place: Place
    rank: int
    claims: list[Claim] = field(default_factory=list)
    voices: set[int] = field(default_factory=set)
    latest: int = 0

    @property
    def words(self) -> str:
        """As an option's value, which decisions name: "Panjgur, PAK", a country as its code."""
        return place_words(self.place.name, self.place.iso3, self.place.precision)


def place_words(name: str, iso3: str | None, precision: PlacePrecision) -> str:
    """A place as decisions name it."""
    if iso3 and precision == "country":
        return iso3
    return f"{name}, {iso3}" if iso3 else name


def settle_place(
    claims: Sequence[Claim], umbrella: bool, evidence: Evidence, choices: Choices
) -> tuple[EventPlace | None, Conflict | None]:
    """The place of these claims, and their contradiction."""
    spots = _spots(claims, evidence)
    decided = "place" in choices.values
    if len(spots) < 2:
        rule = ONLY if spots and len(spots[0].claims) == 1 else ALIKE
        place, conflict = _event_place(spots[0], rule) if spots else None, None
    elif umbrella or len(spots) > MANY:
        place, conflict = _area(spots), None
    else:
        ranked = _ranked(spots)
        rule = WITHIN if all(agree(ranked[0], spot) for spot in spots) else VOICES
        place = _event_place(ranked[0], rule)
        conflict = None if rule == WITHIN else _conflict(ranked, spots, evidence, choices)
    return _decided(spots, choices) if decided else place, conflict


def _spots(claims: Sequence[Claim], evidence: Evidence) -> list[_Spot]:
    """The different places told, in order of first mention."""
    out: dict[tuple[str, str | None, str | None, str], _Spot] = {}
    for claim in claims:
        place = claim.place
        if place is None or (place.precision == "unknown" and place.iso3 is None):
            continue
        named = place.iso3 if place.iso3 and place.precision == "country" else place.place_id or fold(place.name)
        key = (named, place.iso3, place.admin1 if place.precision != "country" else None, place.precision)
        spot = out.get(key)
        if spot is None:
            spot = out[key] = _Spot(place, _rank(place))
        spot.claims.append(claim)
        spot.voices.add(evidence.voice_of[claim.document_id])
        published = evidence.reports[claim.document_id].published
        spot.latest = max(spot.latest, published.toordinal() if published else 0)
    return list(out.values())


def _rank(place: Place) -> int:
    """0 for a point to 6 for a region of several countries."""
    if place.precision == "region" and place.iso3:
        return _IN_COUNTRY
    if place.precision == "unknown":
        return _RANK["country"] if place.iso3 else _RANK["region"]
    return _RANK[place.precision]


def agree(a: _Spot, b: _Spot) -> bool:
    """Whether both can hold: one lies in the other as far as is known, or they are points not too far apart."""
    p, q = a.place, b.place
    if p.iso3 and q.iso3 and p.iso3 != q.iso3:
        return False
    if a.rank in _WIDE or b.rank in _WIDE:
        return True
    if a.rank != b.rank and 2 in (a.rank, b.rank):
        return _same_province(p, q)  # a district holds towns far from its middle
    if a.rank == b.rank == _RANK["adm1"]:
        return _same_province(p, q)
    if p.lat is None or p.lon is None or q.lat is None or q.lon is None or _RANK["adm1"] in (a.rank, b.rank):
        return _same_province(p, q)
    return kilometres((p.lat, p.lon), (q.lat, q.lon)) <= APART_KM


def _same_province(p: Place, q: Place) -> bool:
    """Whether nothing says that they lie in two provinces."""
    one, other = (x.admin1 or (x.name if x.precision == "adm1" else None) for x in (p, q))
    return one is None or other is None or fold(one) == fold(other)


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance of two (lat, lon) points in degrees (haversine, mean earth radius 6,371 km)."""
    (la, lo), (lb, lp) = ((math.radians(x), math.radians(y)) for x, y in (a, b))
    h = math.sin((lb - la) / 2) ** 2 + math.cos(la) * math.cos(lb) * math.sin((lp - lo) / 2) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(min(1.0, h)))


def _ranked(spots: Sequence[_Spot]) -> list[_Spot]:
    """The candidates, the best first (rules 1 and 2)."""
    beside = {id(s): [t for t in spots if agree(s, t)] for s in spots}
    finest = [s for s in spots if not any(t.rank < s.rank for t in beside[id(s)])]

    def order(spot: _Spot) -> tuple[int, int, int, int, str]:
        support: set[int] = set().union(*(t.voices for t in beside[id(spot)]))
        return -len(support), spot.rank, -len(spot.voices), -spot.latest, spot.words

    return sorted(finest, key=order)


def _event_place(spot: _Spot, rule: str) -> EventPlace:
    p = spot.place
    ids = tuple(dict.fromkeys(c.id for c in spot.claims))
    return EventPlace(p.name, p.place_id, p.admin1, p.iso3, p.lat, p.lon, p.precision, rule, ids)


def _area(spots: Sequence[_Spot]) -> EventPlace:
    """Rule 3; the narrowest area of the most-voiced country that holds more than half of that country's voices."""
    country = _heaviest(spots, lambda s: s.place.iso3 or "")
    inside = [s for s in spots if (s.place.iso3 or "") == country]
    voices = set[int]().union(*(s.voices for s in inside))
    whole = max(inside, key=lambda s: (len(s.voices), -s.rank, s.words))
    if len(whole.voices) * 2 > len(voices):
        return _event_place(whole, AREA)
    province = _heaviest([s for s in inside if s.place.admin1], lambda s: s.place.admin1 or "")
    held = [s for s in inside if province and s.place.admin1 == province]
    if held and len(set[int]().union(*(s.voices for s in held))) * 2 > len(voices):
        ids = _ids(held)
        return EventPlace(province, admin1=province, iso3=country or None, precision="adm1", rule=AREA, claims=ids)
    if not country:
        return _event_place(whole, AREA)
    name = countries().get(country, country)
    return EventPlace(name, iso3=country, precision="country", rule=AREA, claims=_ids(inside))


def _heaviest(spots: Sequence[_Spot], key: Callable[[_Spot], str]) -> str:
    """The key of most independent voices, of several the first by name; "" counts only where there is no other."""
    found: dict[str, set[int]] = {}
    for spot in spots:
        found.setdefault(key(spot), set()).update(spot.voices)
    return min(found, key=lambda k: (k == "", -len(found[k]), k), default="")


def _ids(spots: Sequence[_Spot]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(c.id for s in spots for c in s.claims))


def _conflict(ranked: Sequence[_Spot], spots: Sequence[_Spot], evidence: Evidence, choices: Choices) -> Conflict | None:
    """The places that exclude one another, each with the claims that fit it alone."""
    heads = list(ranked[:1])
    for spot in ranked[1:]:
        if not any(agree(spot, head) for head in heads):
            heads.append(spot)
    versions: list[Version] = []
    for head in heads:
        held = [s for s in spots if [h for h in heads if agree(s, h)] == [head]]
        words = head.words if head.words not in dict(versions) else _at_length(head.place)
        versions.append((words, [c for s in held for c in s.claims]))
    return contradiction("place", versions, evidence, choices)


def _at_length(place: Place) -> str:
    """A namesake with its province."""
    return place_words(f"{place.name} ({place.admin1 or place.place_id})", place.iso3, place.precision)


def _decided(spots: Sequence[_Spot], choices: Choices) -> EventPlace | None:
    """The place that a person chose: as the claims of most voices have it, else no more than its name."""
    value, rule = choices.values["place"][0], choices.rule("place")
    got = parse_place(value)
    if got is None:
        return None
    name, iso3 = got
    country = code_of(name)
    held = [
        s for s in spots
        if (fold(s.place.name) == fold(name) and iso3 in (None, s.place.iso3))
        or (country is not None and s.words == country)
        or fold(_at_length(s.place)) == fold(value)
    ]  # fmt: skip
    if held:
        return _event_place(max(held, key=lambda s: (len(s.voices), -s.rank, s.words)), rule)
    if country is not None:
        return EventPlace(countries()[country], iso3=country, precision="country", rule=rule)
    return EventPlace(name, iso3=iso3, rule=rule)
