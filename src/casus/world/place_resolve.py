"""From a claim's place strings to one place, with the reason: or to none, with the reason.

The strings come most specific first. The coarse ones are settled first and narrow the fine ones; among
namesakes the words of the claim decide, then what the document says of the name, then its countries, then
size. A village without support from the text is never taken.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from casus.world.place_context import countries_named, qualified
from casus.world.place_names import key
from casus.world.place_parse import Parsed, Part, parse
from casus.world.place_records import PlaceContext, Resolution, distance_km

if TYPE_CHECKING:
    from casus.world.place_find import PlaceMention
    from casus.world.places import PlaceEntry, PlaceIndex


__all__ = ["PlaceContext", "Resolution", "capital_of", "context_of", "distance_km", "resolve"]


@dataclass(slots=True)
class _Known:
    """What the claim's own words have settled so far, from coarse to fine."""

    countries: dict[str, None] = field(default_factory=dict)
    hinted: dict[str, None] = field(default_factory=dict)
    admin1: set[str] = field(default_factory=set)
    points: list[tuple[float, float]] = field(default_factory=list)


def capital_of(index: PlaceIndex, iso3: str) -> PlaceEntry | None:
    """The capital of that country where it is listed as a town."""
    name = index.capital_name(iso3)
    return next((e for e in index.lookup(name) if e.capital and e.iso3 == iso3), None) if name else None


# Weights were set by hand while reading the errors on half of the training documents; none was searched for.
# A country or a reviewed region stands above any town of its name (a town's size counts 2 to 7.5); words of the
# claim (6) outweigh size; the document's countries (2.5) outweigh a factor of 300 in size.
_BY_KIND = {"country": 8.5, "region": 8.0, "water": 8.0, "site": 7.5}


def _score(e: PlaceEntry, part: Part, so_far: _Known, context: PlaceContext) -> float:
    s = _BY_KIND.get(e.kind) or math.log10(e.population + 100)
    if e.kind in ("adm1", "adm2"):
        s = (6.5 if e.usual else 4.0) - (0.0 if key(e.name) == part.folded or (e.usual and e.iso3 != "NGA") else 1.5)
        if e.kind == "adm2":
            s = 3.0
    elif e.kind == "city" and e.usual and e.called(part.folded):
        s += 1.5
    if e.called(part.folded):
        s += 0.7
    if part.want:
        fits = part.want == e.kind or (part.want == "adm1" and e.precision == "adm1")
        s += 5.0 if fits else (-1.5 if part.want == "city" and e.kind != "country" else 0.0)
    if so_far.countries:
        s += 6.0 if e.iso3 in so_far.countries else -6.0 * (e.iso3 is not None)
    elif so_far.hinted:
        s += 3.0 if e.iso3 in so_far.hinted else 0.0
    if e.admin1 and e.admin1 in so_far.admin1:
        s += 2.0
    return s + _from_context(e, part, so_far, context)


def _from_context(e: PlaceEntry, part: Part, so_far: _Known, context: PlaceContext) -> float:
    s = 0.0
    if context.countries:
        most = context.countries[0][1]
        s += 2.5 * next((math.sqrt(n / most) for c, n in context.countries if c == e.iso3), 0.0)
    s += 0.8 * (e.iso3 in context.actors) + 0.5 * (e.iso3 is not None and e.iso3 == context.home)
    s += 1.0 * any(p.iso3 == e.iso3 for p in context.places if p.iso3)
    for folded, iso3, admin1 in context.qualified:
        if folded == part.folded and e.iso3 == iso3:
            s += 4.0 + 2.0 * (admin1 is not None and e.admin1 == admin1 and e.kind != "adm1")
            break
    if e.lat is not None and e.lon is not None and e.kind == "city":
        here = (e.lat, e.lon)
        points = so_far.points + [(p.lat, p.lon) for p in context.places if p.lat is not None and p.lon is not None]
        s += 1.5 * any(distance_km(here, p) < 150 for p in points)
    return s


def _supported(e: PlaceEntry, part: Part, entries: Sequence[PlaceEntry], so_far: _Known, context: PlaceContext) -> bool:
    """May this place be taken? A town needs fame, size or a word in the text that points to its country."""
    if so_far.countries:
        return e.iso3 is None or e.iso3 in so_far.countries or e.population >= 1_000_000
    if e.kind != "city":
        return e.usual or e.kind == "country" or _spoken(e, so_far, context)
    if _spoken(e, so_far, context) or e.capital or e.population >= 500_000:
        return True
    # without its country in the text a town must be the only one meant: reviewed, or ten times the next
    rivals = [r for r in entries if r.iso3 != e.iso3]
    alone = all(r.population * 10 <= e.population for r in rivals)
    return alone and ((e.usual and e.called(part.folded)) or e.population >= 100_000)


def _spoken(e: PlaceEntry, so_far: _Known, context: PlaceContext) -> bool:
    """Does anything point to its country?"""
    if e.iso3 is None:
        return False
    return (
        e.iso3 in so_far.hinted or e.iso3 == context.home or e.iso3 in context.actors
        or any(c == e.iso3 for c, _ in context.countries) or any(p.iso3 == e.iso3 for p in context.places)
    )  # fmt: skip


def _pick(index: PlaceIndex, part: Part, so_far: _Known, context: PlaceContext) -> tuple[PlaceEntry | None, str]:
    """The best place for a name, and why; None and why not."""
    entries = index.lookup(part.text) if part.known else ()
    how = ""
    if not any(_supported(e, part, entries, so_far, context) for e in entries) and not part.facility:
        asked = [*so_far.countries, *so_far.hinted] or [c for c, _ in context.countries[:3]]
        for iso3 in asked:
            near = index.sounds_like(part.text, iso3)
            if near:
                entries, how = near, f"spelt {near[0].name!r} in GeoNames; "
                break
    if not entries:
        return None, f"{part.text!r} is not in the index"
    best = max(entries, key=lambda e: _score(e, part, so_far, context))
    if not _supported(best, part, entries, so_far, context):
        if len(entries) == 1 and not so_far.countries and best.population >= 2000 and len(part.folded) > 4:
            return best, how + "only place of that name"
        return None, f"{part.text!r} is known in {best.iso3} only, to which nothing else in the text points"
    reason = how + _reason(best, entries, so_far, context)
    if best.kind == "city" and not best.usual and _has_twin(best, entries, lambda e: _score(e, part, so_far, context)):
        vague = replace(best, id=None, admin1=None, lat=None, lon=None, precision="country")
        return vague, f"{reason}; which of those in {best.iso3}, the text does not say"
    return best, reason


def _has_twin(best: PlaceEntry, entries: Sequence[PlaceEntry], score: Callable[[PlaceEntry], float]) -> bool:
    """Is there another town of that name in the country, about as likely? Half a point is a factor of three in size."""
    least = score(best) - 0.5
    return any(e is not best and e.kind == "city" and e.iso3 == best.iso3 and score(e) >= least for e in entries)


def _reason(best: PlaceEntry, entries: Sequence[PlaceEntry], so_far: _Known, context: PlaceContext) -> str:
    if best.kind == "country" or best.iso3 is None:
        return "a country's name" if best.iso3 else "a region or sea of several countries"
    if len(entries) == 1:
        return "only place of that name"
    size = "largest" if best.population == max(e.population for e in entries) else "one"
    said = f"{size} of {len(entries)} places of that name"
    if best.iso3 in so_far.countries:
        return f"{said}; inside {best.iso3}, which the claim names"
    if best.iso3 in so_far.hinted:
        return f"{said}; in {best.iso3}, which the claim's words suggest"
    if any(c == best.iso3 for c, _ in context.countries):
        return f"{said}; {best.iso3} is a country of the document"
    return f"{said}; a well-known one" if best.usual else said


def _level(part: Part, picked: PlaceEntry | None) -> int:
    """0 for points, up to 4 for countries: the order from fine to coarse."""
    if part.country and part.demonym:
        return 5
    if picked is None:
        return 0
    levels = {"country": 4, "region": 3, "water": 3, "adm1": 2, "adm2": 1}
    return min(levels.get(picked.kind, 0), 2) if picked.kind == "region" and picked.iso3 else levels.get(picked.kind, 0)


@dataclass(frozen=True, slots=True)
class _Found:
    part: Part
    entry: PlaceEntry | None
    why: str
    level: int
    order: int


def _learn(so_far: _Known, part: Part, entry: PlaceEntry | None, weak: bool) -> None:
    """Let a settled part narrow the finer ones."""
    country = entry.iso3 if entry else part.country
    if country is None:
        return
    if entry is None or weak:
        so_far.hinted[country] = None
        return
    if entry.kind in ("country", "adm1", "region"):
        so_far.countries[country] = None
        if entry.kind == "adm1":
            so_far.admin1.add(entry.name)
    else:
        so_far.hinted[country] = None
        if entry.lat is not None and entry.lon is not None:
            so_far.points.append((entry.lat, entry.lon))


def _settle(index: PlaceIndex, parsed: Sequence[Parsed], context: PlaceContext) -> tuple[list[_Found], _Known]:
    """Pick a place for every name, coarse names first; the finds come in the claim's order."""
    parts = [(n, p) for n, s in enumerate(parsed) for p in s.parts]
    so_far = _Known()
    # a first look tells countries and regions from towns; its picks are not kept
    rough = [_level(p, _pick(index, p, so_far, context)[0] if p.known else None) for _, p in parts]
    found: list[_Found] = []
    for i in sorted(range(len(parts)), key=lambda i: (-rough[i], -i)):
        order, part = parts[i]
        if part.country and part.demonym:
            _learn(so_far, part, None, True)
            found.append(_Found(part, None, "", 5, order))
            continue
        entry, why = _pick(index, part, so_far, context)
        # "the border with Syria" and seas beside a country say where to look, not what it lies in
        _learn(so_far, part, entry, part.near and entry is not None and entry.kind == "country")
        found.append(_Found(part, entry, why, _level(part, entry), order))
    return sorted(found, key=lambda f: (f.order, f.level)), so_far


def _of_entry(found: _Found, e: PlaceEntry) -> Resolution:
    part, precision, name = found.part, e.precision, e.name
    lat, lon, why = e.lat, e.lon, found.why
    if e.kind != "country" and not e.usual and key(e.name) != part.folded:
        name = part.text  # the spelling of an English report is likelier the usual one than GeoNames' romanisation
        why += f"; GeoNames calls it {e.name!r}"
    if part.near:
        why, precision = f"near {e.name}: {why}", "near"
        if e.kind == "country":
            name = f"border of {e.name}"
    elif part.direction and e.kind in ("country", "region", "adm1") and e.iso3:
        name, precision = f"{part.direction} {e.name}", "region"
        lat, lon = None, None
        why = f"a part of {e.name}: {why}"
    return Resolution(name, e.id, e.admin1, e.iso3, lat, lon, precision, why)


def _inside(found: _Found, rest: Sequence[_Found], country: str | None, context: PlaceContext) -> Resolution:
    """An unknown name: what contains it gives the country, and the point when it is a town."""
    part = found.part
    outer = next((f.entry for f in rest if f.entry is not None), None)
    if outer is not None and outer.iso3:
        if outer.kind in ("city", "site"):
            name = outer.name if part.facility else part.text
            why = f"inside {outer.name}; {found.why}"
            return Resolution(name, None, outer.admin1, outer.iso3, outer.lat, outer.lon, "near", why)
        level = outer.precision
        admin1 = outer.name if outer.kind == "adm1" else outer.admin1
        return Resolution(part.text, None, admin1, outer.iso3, None, None, level, f"inside {outer.name}; {found.why}")
    for folded, iso3, admin1 in context.qualified:
        if folded == part.folded:
            return Resolution(
                part.text, None, admin1, iso3, None, None, "adm1" if admin1 else "country",
                f"the text places it in {admin1 or iso3}; {found.why}",
            )  # fmt: skip
    if country:
        return Resolution(part.text, None, None, country, None, None, "country", f"{found.why}; in {country}")
    return Resolution(part.text, why=f"{found.why} and nothing says which country")


def _without_name(
    index: PlaceIndex, names: Sequence[str], parsed: Sequence[Parsed], context: PlaceContext
) -> Resolution:
    """Only common words: the capital or the country that the document is about, never a point by guess."""
    main, text = context.main, names[0]
    if main is None:
        return Resolution(text, why=f"{text!r} names no place and the document has no one main country")
    capital = capital_of(index, main) if any(p.capital for p in parsed) else None
    if capital is not None:
        return _capital(capital, f"capital of {main}, which the document is mostly about")
    return Resolution(
        _country_name(index, main), None, None, main, precision="country",
        why=f"{text!r} names no place; the document is mostly about {main}",
    )  # fmt: skip


def _capital(e: PlaceEntry, why: str) -> Resolution:
    return Resolution(e.name, e.id, e.admin1, e.iso3, e.lat, e.lon, "exact", why)


def _country_name(index: PlaceIndex, iso3: str) -> str:
    entry = index.country(iso3)
    return entry.name if entry else iso3


def _country(index: PlaceIndex, finds: Sequence[_Found], parsed: Sequence[Parsed]) -> Resolution | None:
    """Only countries and demonyms are named: one country, a border, or several."""
    nouns = [f for f in finds if f.entry is not None]
    firm = [f for f in nouns if not f.part.near] or nouns
    demonyms = [f for f in finds if f.entry is None and f.part.country]
    if any(p.capital for p in parsed[:1]) and (demonyms or firm):
        first = demonyms[0].part.country if demonyms else next((f.entry.iso3 for f in firm if f.entry), None)
        capital = capital_of(index, first) if first else None
        if capital is not None:
            return Resolution(
                capital.name,
                capital.id,
                capital.admin1,
                first,
                capital.lat,
                capital.lon,
                "exact",
                f"capital of {first}",
            )
    if firm:
        several = {f.entry.iso3 for f in firm if f.entry}
        if len(several) > 1 and not any(f.part.direction for f in firm):
            return Resolution(
                firm[0].part.text, precision="region", why=f"several countries: {', '.join(sorted(map(str, several)))}"
            )
        head = firm[0]
        return _of_entry(head, head.entry) if head.entry else None
    if not demonyms:
        return None
    head = next((d for d in demonyms if not d.part.near), demonyms[0])
    iso3 = head.part.country or ""
    name = _country_name(index, iso3)
    why = f"near the border of {name}" if head.part.near else f"{head.part.text!r} is the adjective of {name}"
    entry = index.country(iso3)
    place_id = entry.id if entry else None
    if head.part.near:
        return Resolution(f"border of {name}", place_id, None, iso3, precision="near", why=why)
    return Resolution(name, place_id, None, iso3, precision="country", why=why)


def resolve(index: PlaceIndex, names: Sequence[str], context: PlaceContext) -> Resolution:
    """One place from a claim's place strings, most specific first. Never raises.

    Unknown is `iso3` None and precision "unknown" ("region" for seas and areas of several countries), with the reason.
    """
    names = [n.strip() for n in names if n and n.strip()]
    if not names:
        return Resolution("", why="the text names no place")

    def country_of(name: str) -> str | None:
        return index.country_of(name) or (context.country_of(name) if context.country_of else None)

    parsed = [parse(index, n, country_of) for n in names]
    finds, so_far = _settle(index, parsed, context)
    if not finds:
        return _without_name(index, names, parsed, context)
    points = [f for f in finds if f.level < 4]
    if not points:
        return _country(index, finds, parsed) or _without_name(index, names, parsed, context)
    head = points[0]
    if head.entry is not None:
        return _of_entry(head, head.entry)
    if head.part.facility:  # "home of the Bayasi family", "al-Bayda": the village is what can be placed
        head = next((f for f in points if not f.part.facility), head)
        if head.entry is not None:
            return _of_entry(head, head.entry)
    rest = [f for f in finds if f is not head]
    settled = next(iter(so_far.countries), None) or next(iter(so_far.hinted), None)
    return _inside(head, [f for f in rest if f.entry], settled or context.main, context)


def context_of(
    index: PlaceIndex, text: str, mentions: Sequence[PlaceMention], context: PlaceContext | None = None
) -> PlaceContext:
    """`context` with the countries and the "X, Y" places that `find` saw in the text."""
    return replace(
        context or PlaceContext(), countries=countries_named(index, text, mentions), qualified=qualified(text, mentions)
    )
