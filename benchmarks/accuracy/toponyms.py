"""Toponyms end to end: are the place names of a text found, and put where they are?

    python -m benchmarks.accuracy.toponyms [FILE.xml ...] [--errors 20] [--json]

Each FILE is XML as LGL, TR-News or GeoVirus have it (docs/peers.md); without one the short texts that lie here
are read, on which figures mean little. Only Casus's dictionary of places is at work here, not the network.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import fmean, median
from typing import Any

from benchmarks.accuracy.scoring import HEAD, Counts, share
from benchmarks.accuracy.toponym_xml import Article, Toponym, read_articles
from casus.errors import CasusError
from casus.world.place_find import PlaceMention
from casus.world.place_resolve import PlaceContext, Resolution, context_of, distance_km
from casus.world.places import PlaceIndex

SAMPLE = Path(__file__).parent / "toponyms.xml"
# a hundred miles: within it a name counts as rightly placed in most papers (Gritta, Pilehvar and Collier 2020)
NEAR_KM = 161.0

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Judged:
    """One placed toponym and Casus's answer. `km` is None without one; `listed`: the id stands under that name."""

    gold: Toponym
    found: bool
    km: float | None
    id_right: bool
    listed: bool
    said: str


@dataclass(frozen=True)
class Read:
    """An article as Casus sees it."""

    index: PlaceIndex
    article: Article

    @cached_property
    def mentions(self) -> list[PlaceMention]:
        return self.index.find(self.article.text)

    @cached_property
    def context(self) -> PlaceContext:
        return context_of(self.index, self.article.text, self.mentions)

    @cached_property
    def spans(self) -> set[Span]:
        return {(m.start, m.end) for m in self.mentions}

    def judged(self) -> list[Judged]:
        """Each toponym that people placed, resolved from its words and the text, found or not."""
        return [self._judge(gold) for gold in self.article.toponyms if gold.placed]

    def _judge(self, gold: Toponym) -> Judged:
        got = self.index.resolve((gold.phrase,), self.context)
        listed = any(entry.id == gold.geonames for entry in self.index.lookup(gold.phrase))
        found = (gold.start, gold.end) in self.spans
        id_right = gold.geonames is not None and got.place_id == gold.geonames
        said = f"{got.name}, {got.iso3} ({got.place_id or got.precision}: {got.why})"
        return Judged(gold, found, error_km(self.index, got, gold), id_right, listed, said)


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    all_figures = {}
    for path in options.files or [SAMPLE]:
        try:
            index = PlaceIndex.open()
            seen = [Read(index, article) for article in read_articles(path)]
        except (OSError, CasusError) as error:
            print(f"{path}: {error}", file=sys.stderr)
            return 1
        judged = [one for read in seen for one in read.judged()]
        figures = all_figures[path.name] = measured(seen, judged)
        if not options.json:
            show(path.name, figures, path == SAMPLE)
            show_errors(judged, options.errors)
    if options.json:
        print(json.dumps(all_figures, indent=1))
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m benchmarks.accuracy.toponyms", description=(__doc__ or "").split("\n", maxsplit=1)[0]
    )
    made.add_argument("files", type=Path, nargs="*", metavar="FILE", help="XML of toponyms (see docs/peers.md)")
    made.add_argument("--errors", type=int, default=0, metavar="N", help="show the first N names placed wrongly")
    made.add_argument("--json", action="store_true", help="the figures as JSON")
    return made


def error_km(index: PlaceIndex, got: Resolution, gold: Toponym) -> float | None:
    """How far Casus's answer lies from where people put the name; None where it gives no point.

    A country is no point in Casus. It is right, at 0 km, where people name the same country; else it is
    taken at its capital, as a map would have to.
    """
    if gold.geonames is not None and got.place_id == gold.geonames:
        return 0.0
    here = (got.lat, got.lon) if got.lat is not None and got.lon is not None else None
    if here is None and got.iso3 and is_country(index, got):
        if gold.geonames is None and index.country_of(gold.title or gold.phrase) == got.iso3:
            return 0.0
        capital = index.capital_of(got.iso3)
        if capital is not None and capital.lat is not None and capital.lon is not None:
            here = (capital.lat, capital.lon)
    return distance_km(here, gold.point) if here is not None and gold.point is not None else None


def is_country(index: PlaceIndex, got: Resolution) -> bool:
    """Is the answer a country itself, and not some place in it of which no more is known?"""
    entry = index.country(got.iso3) if got.iso3 else None
    return entry is not None and got.precision == "country" and got.place_id is not None and got.place_id == entry.id


def overlapping(some: Iterable[Span], others: Sequence[Span]) -> int:
    """How many of `some` share a character with one of `others`."""
    return sum(any(a < d and c < b for c, d in others) for a, b in some)


def recognised(read: Read, *, demonyms: bool = True) -> Counts:
    """Exact spans of one article; without `demonyms` people's "Turkish" and "French" are left out."""
    gold = {(t.start, t.end) for t in read.article.toponyms if demonyms or not is_demonym(read.index, t.phrase)}
    left_out = {(t.start, t.end) for t in read.article.toponyms} - gold
    found = read.spans - left_out
    return Counts(len(gold), len(found), len(gold & found))


def is_demonym(index: PlaceIndex, phrase: str) -> bool:
    """Is it a word for a country's people and things, rather than its name?"""
    return index.country_of(phrase) is not None and not any(e.kind == "country" for e in index.lookup(phrase))


def placing(judged: Sequence[Judged], *, missed: bool = False) -> dict[str, float]:
    """Figures of resolution over `judged`; with `missed`, a name that was not found has no answer."""
    answers = [(j, None if missed and not j.found else j.km) for j in judged]
    distances = [km for _, km in answers if km is not None]
    with_id = [j for j in judged if j.gold.geonames is not None]
    listed = [j for j in with_id if j.listed]

    def right(some: Sequence[Judged]) -> int:
        return sum(j.id_right and (j.found or not missed) for j in some)

    return {
        "toponyms": len(judged),
        "answered": len(distances),
        "within_161_km": share(sum(km <= NEAR_KM for km in distances), len(judged)),
        "mean_km": fmean(distances) if distances else 0.0,
        "median_km": median(distances) if distances else 0.0,
        "with_id": len(with_id),
        "id_right": share(right(with_id), len(with_id)),
        "id_listed": share(len(listed), len(with_id)),
        "id_right_where_listed": share(right(listed), len(listed)),
    }


def measured(seen: Sequence[Read], judged: Sequence[Judged]) -> dict[str, Any]:
    spans = [([(t.start, t.end) for t in r.article.toponyms], sorted(r.spans)) for r in seen]
    gold, found = (sum(len(pair[i]) for pair in spans) for i in (0, 1))
    touched = {
        "recall": share(sum(overlapping(told, said) for told, said in spans), gold),
        "precision": share(sum(overlapping(said, told) for told, said in spans), found),
    }
    return {
        "articles": len(seen),
        "marks_not_at_their_offset": sum(r.article.lost for r in seen),
        "recognition": {
            "exact": sum((recognised(r) for r in seen), Counts()).as_json(),
            "exact_without_demonyms": sum((recognised(r, demonyms=False) for r in seen), Counts()).as_json(),
            "overlapping": touched,
        },
        "placing": {
            "end to end": placing(judged, missed=True),
            "names found": placing([j for j in judged if j.found]),
            "names given": placing(judged),
        },
    }


def show(name: str, figures: dict[str, Any], sample: bool) -> None:
    print(f"{name}: {figures['articles']} texts")
    if figures["marks_not_at_their_offset"]:
        print(f"left out, as their words do not stand where stated: {figures['marks_not_at_their_offset']}")
    print(f"\n{'recognition':22} {HEAD}")
    for what in ("exact", "exact_without_demonyms"):
        row = figures["recognition"][what]
        label = what.replace("_", " ").replace("exact without", "  without")
        print(f"{label:22} {Counts(row['gold'], row['found'], row['right']).row()}")
    touched = figures["recognition"]["overlapping"]
    print(f"{'overlapping':22} {'':20} {touched['precision']:9.3f} {touched['recall']:7.3f}")
    print(f"\n{'placing':12} {'names':>6} {'answered':>8} {'@161 km':>8} {'mean km':>8} {'median':>7} "
          f"{'id right':>8} {'listed':>7} {'right if':>8}")  # fmt: skip
    for what, row in figures["placing"].items():
        print(f"{what:12} {row['toponyms']:6d} {row['answered']:8d} {cells(row)}")
    if sample:
        print("these are the texts that ship with Casus, written by its authors: the figures mean little")


def cells(row: dict[str, float]) -> str:
    """The figures of a row; a dash where there was nothing to measure, as ids in a set without them."""
    some, ids, listed = row["answered"], row["with_id"], row["id_listed"]
    parts = (
        (row["toponyms"], f"{row['within_161_km']:8.3f}", 8), (some, f"{row['mean_km']:8.1f}", 8),
        (some, f"{row['median_km']:7.1f}", 7), (ids, f"{row['id_right']:8.3f}", 8), (ids, f"{listed:7.3f}", 7),
        (listed, f"{row['id_right_where_listed']:8.3f}", 8),
    )  # fmt: skip
    return " ".join(figure if known else f"{'-':>{width}}" for known, figure, width in parts)


def show_errors(judged: Sequence[Judged], most: int) -> None:
    wrong = [j for j in judged if j.km is None or j.km > NEAR_KM or not j.found]
    for j in wrong[:most]:
        where = "not found" if not j.found else "nowhere" if j.km is None else f"{j.km:.0f} km off"
        print(f"  {j.gold.phrase} ({j.gold.geonames or j.gold.point}), {where}: {j.said}")


if __name__ == "__main__":
    sys.exit(main())
