"""WHO and sector accuracy of the actor book on the gold participants of the training documents.

    python training/measure_actors.py [--gold FOLDER] [--ids FILE] [--errors N] [--show WHO]

Documents of dev.txt and the reference article are never read.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from casus.world.actor_phrase import POSSESSIVES, PRONOUNS
from casus.world.actors import ActorBook, ActorContext, document_home

REFERENCE = "seed-gbnews"


def training_ids(gold: Path) -> list[str]:
    """The documents that rules may be developed on."""
    held = {*(gold / "dev.txt").read_text().split(), REFERENCE}
    return sorted(p.stem for p in (gold / "claims").glob("*.jsonl") if p.stem not in held)


def nearest(text: str, words: str, start: int, end: int) -> int | None:
    """Where `words` occur in the text, nearest to the sentence `start:end`; None if they do not."""
    places, at = [], text.find(words)
    while at >= 0:
        places.append(at)
        at = text.find(words, at + 1)
    inside = [p for p in places if start <= p < end]
    return inside[0] if inside else min(places, key=lambda p: min(abs(p - start), abs(p - end)), default=None)


def participants(doc: dict[str, Any], claims: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], str, str]]:
    """(claim, words, WHO/SECTOR) of every participant whose gold lists agree in length."""
    del doc
    for claim in claims:
        for role in ("actor", "recipient"):
            names, gold = claim.get(role) or [], claim.get(role + "_is") or []
            if len(names) == len(gold):
                yield from ((claim, n, g) for n, g in zip(names, gold, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--gold", type=Path, default=Path("../shared/gold"))
    parser.add_argument("--scorer", type=Path, default=Path("../shared/tools"))
    parser.add_argument("--ids", type=Path, help="a file of document ids; without it, every training document")
    parser.add_argument("--errors", type=int, default=25)
    args = parser.parse_args()
    sys.path.insert(0, str(args.scorer))
    from score_claims import who as normal  # type: ignore[import-not-found]

    book, allowed = ActorBook.load(), training_ids(args.gold)
    ids = [i for i in args.ids.read_text().split() if i in allowed] if args.ids else allowed
    right: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    wrong: Counter[tuple[str, str, str]] = Counter()
    sectors: Counter[tuple[str, str]] = Counter()
    sector_words: dict[tuple[str, str], Counter[str]] = {}
    example: dict[tuple[str, str, str], str] = {}
    for key in ids:
        doc = json.loads((args.gold / "docs" / f"{key}.json").read_text(encoding="utf-8"))
        lines = (args.gold / "claims" / f"{key}.jsonl").read_text(encoding="utf-8").splitlines()
        text, mentions = doc["text"], tuple(book.find(doc["text"]))
        home = document_home(text, mentions, doc.get("title"))
        published = date.fromisoformat(doc["published"]) if doc.get("published") else None
        for claim, words, gold in participants(doc, [json.loads(x) for x in lines if x.strip()]):
            start, end = doc["sentences"][claim["s"]]
            at = nearest(text, words, start, end)
            place = (claim.get("place_is") or "")[-3:]
            context = ActorContext(
                text, at, None if at is None else at + len(words), mentions, published,
                place if place.isupper() and place.isalpha() else None, home,
            )  # fmt: skip
            got = book.resolve(words, context)
            bare = words.lower() in PRONOUNS or words.lower() in POSSESSIVES
            group = "pronouns" if bare else "named"
            who_gold, _, sector_gold = gold.partition("/")
            ok = normal(who_gold) == normal(got.who or "?")
            for name in (group, "all"):
                seen[name] += 1
                right[name + " who"] += ok
                right[name + " sector"] += sector_gold == got.sector
            if ok and sector_gold != got.sector and not bare:
                sectors[sector_gold, got.sector] += 1
                sector_words.setdefault((sector_gold, got.sector), Counter())[words] += 1
            if not ok and not bare:
                confusion = (who_gold, got.who or "?", words)
                wrong[confusion] += 1
                example[confusion] = f"{key}: {got.why}"
    for name in ("all", "named", "pronouns"):
        if seen[name]:
            who_, sector = right[name + " who"] / seen[name], right[name + " sector"] / seen[name]
            print(f"{name:9} {seen[name]:5} participants  WHO {who_:.3f}  sector {sector:.3f}")
    pairs: Counter[tuple[str, str]] = Counter()
    for (gold, got_, _), n in wrong.items():
        pairs[gold, got_] += n
    for pair, n in pairs.most_common(args.errors):
        print(f"{n:4} gold {pair[0]!r} got {pair[1]!r}")
        for confusion in [c for c in wrong if c[:2] == pair][:6]:
            print(f"       {wrong[confusion]} x {confusion[2]!r}  [{example[confusion]}]")
    for pair, n in sectors.most_common(args.errors // 2):
        print(f"{n:4} sector gold {pair[0]} got {pair[1]}: {sector_words[pair].most_common(12)}")


if __name__ == "__main__":
    main()
