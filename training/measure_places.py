"""Places against the gold claims: are the place strings of people resolved to the place that people meant?

    python training/measure_places.py /work/shared/gold [--half develop|check|both] [--errors N] [--dev]

Documents of dev.txt and seed-gbnews are left out; the others are split in two by their order (even:
develop, odd: check), and errors are printed for the develop half only. `--dev` prints the figures of
dev.txt alone, without errors.
`place` is the scorer's rule (a name token in common, country right); a gold place that is only a country counts
when we give that country and no finer place.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from casus.world.place_resolve import PlaceContext, context_of, distance_km
from casus.world.places import PlaceIndex

HELD_BACK = "seed-gbnews"


def name_tokens(value: str) -> set[str]:
    """The scorer's own normalisation of a place name."""
    text = unicodedata.normalize("NFKD", value.split(",", maxsplit=1)[0])
    text = "".join(c for c in text if not unicodedata.combining(c)).lower()
    kinds = r"\b(city|town|village|province|district|governorate|region|state|county|the|of)\b|[^a-z ]"
    return set(re.sub(kinds, "", text).split())


def documents(gold: Path, half: str, dev: bool) -> Iterator[tuple[str, dict[str, Any], list[dict[str, Any]]]]:
    """Id, document and claims of the chosen documents."""
    held = set((gold / "dev.txt").read_text("utf-8").split())
    ids = sorted(f.stem for f in (gold / "claims").glob("*.jsonl"))
    chosen = [i for i in ids if i in held] if dev else [i for i in ids if i not in held and i != HELD_BACK]
    for n, key in enumerate(chosen):
        if not dev and half != "both" and (n % 2 == 0) != (half == "develop"):
            continue
        lines = (gold / "claims" / f"{key}.jsonl").read_text("utf-8").split("\n")
        doc = json.loads((gold / "docs" / f"{key}.json").read_text("utf-8"))
        yield key, doc, [json.loads(line) for line in lines if line.strip()]


def judge(index: PlaceIndex, claim: dict[str, Any], context: PlaceContext) -> tuple[dict[str, bool], float | None, str]:
    """Right or wrong by country and place, the distance in km where both have a point, and a line to read."""
    sides = [*claim.get("actor_is", ()), *claim.get("recipient_is", ())]
    actors = tuple(s.split("/")[0] for s in sides if re.match(r"[A-Z]{3}/", s))
    got = index.resolve(claim["place"], PlaceContext(context.countries, (), actors, None, None, context.qualified))
    gold = claim.get("place_is") or ""
    match = re.search(r"(?:^|, )([A-Z]{3})$", gold)
    iso3 = match.group(1) if match else None
    right = {"country": got.iso3 == iso3}
    if gold and gold != iso3:
        right["place"] = right["country"] and bool(name_tokens(gold) & name_tokens(got.name))
    elif gold:
        right["place"] = right["country"] and got.precision in ("country", "near", "region")
    apart = None
    if claim.get("latlon") and got.lat is not None and got.lon is not None:
        apart = distance_km((got.lat, got.lon), tuple(claim["latlon"]))
    said = f"{claim['place']} gold {gold or None} got {got.name}, {got.iso3} ({got.precision}: {got.why})"
    return right, apart, said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--half", choices=("develop", "check", "both"), default="both")
    parser.add_argument("--errors", type=int, default=0)
    parser.add_argument("--dev", action="store_true")
    args = parser.parse_args()
    index = PlaceIndex.open()
    seen: Counter[str] = Counter()
    right: Counter[str] = Counter()
    distances: list[float] = []
    wrong: Counter[str] = Counter()
    for key, doc, claims in documents(args.gold, args.half, args.dev):
        context = context_of(index, doc["text"], index.find(doc["text"]))
        for claim in claims:
            if not claim.get("place"):
                continue
            ok, apart, said = judge(index, claim, context)
            seen.update(ok.keys())
            right.update(k for k, v in ok.items() if v)
            seen["point given"] += bool(claim.get("latlon"))
            if apart is not None:
                distances.append(apart)
            if not all(ok.values()) or (apart or 0) > 50:
                wrong[f"{key} {'' if ok['country'] else 'COUNTRY '}{round(apart) if apart else ''} {said}"] += 1
    for what in ("country", "place"):
        print(f"{what:8} {right[what] / max(1, seen[what]):.3f} of {seen[what]}")
    if distances:
        far = sum(d > 50 for d in distances) / len(distances)
        print(f"distance median {statistics.median(distances):.1f} km, over 50 km {far:.3f}, of {len(distances)} "
              f"points given by both ({seen['point given']} in gold)")  # fmt: skip
    if args.errors and args.half == "develop" and not args.dev:
        for line, n in wrong.most_common(args.errors):
            print(n, line)


if __name__ == "__main__":
    main()
