"""How often the rules name the right source: gold triggers, types and actors on the training documents.

    python training/measure_attribution.py [--gold /work/shared/gold] [--dev] [--errors N] [--status]

`--dev` prints one aggregate figure on the held-out documents and never an example.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from casus.reader.attribution import attributions, source_of

HELD_OUT = {"seed-gbnews"}


def documents(gold: Path, dev: bool) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Documents with their claims; each claim gets `span`, the offsets of its trigger."""
    names = set((gold / "dev.txt").read_text().split())
    for path in sorted((gold / "claims").glob("*.jsonl")):
        if path.stem in HELD_OUT or (path.stem in names) != dev:
            continue
        doc = json.loads((gold / "docs" / f"{path.stem}.json").read_text())
        claims = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
        for claim in claims:
            claim["span"] = trigger_span(doc, claim)
        yield doc, claims


def trigger_span(doc: dict[str, Any], claim: dict[str, Any]) -> tuple[int, int]:
    trigger, nth = claim["trigger"], 1
    head, _, tail = trigger.rpartition("#")
    if head and tail.isdigit():
        trigger, nth = head, int(tail)
    at = -1
    for _ in range(nth):
        at = doc["text"].find(trigger, doc["sentences"][claim["s"]][0] if at < 0 else at + 1)
    return at, at + len(trigger)


def words_of(name: str) -> set[str]:
    return set(re.findall(r"\w+", name.lower())) - {"the", "a", "an", "of", "s"}


def same_source(gold: list[str], said: list[str]) -> bool:
    if not gold or not said:
        return not gold and not said
    return any(words_of(g) & words_of(s) for g in gold for s in said)


def actor_spans(doc: dict[str, Any], claim: dict[str, Any]) -> list[tuple[int, int]]:
    """Where the actor strings stand, the sentence of the claim first."""
    a, b = doc["sentences"][claim["s"]]
    out = []
    for name in claim.get("actor") or []:
        at = doc["text"].find(name, a, b)
        at = at if at >= 0 else doc["text"].find(name)
        if at >= 0:
            out.append((at, at + len(name)))
    return out


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--gold", type=Path, default=Path("/work/shared/gold"))
    args.add_argument("--dev", action="store_true")
    args.add_argument("--errors", type=int, default=0)
    options = args.parse_args()
    count: Counter[str] = Counter()
    shown: list[tuple[str, ...]] = []
    for doc, claims in documents(options.gold, options.dev):
        text = doc["text"]
        found = attributions(text, [tuple(s) for s in doc["sentences"]])
        for claim in claims:
            chain = source_of(text, found, *claim["span"], claim["type"], actor_spans(doc, claim))
            said = [text[s:e] for s, e in chain]
            gold = claim.get("source") or []
            right = same_source(gold, said)
            if gold or said:
                count["given"] += 1
                count["right"] += right
                cause = "right" if right else "missed" if not said else "spurious" if not gold else "wrong"
                count[cause] += not right
                if not right:
                    a, b = doc["sentences"][claim["s"]]
                    row = (
                        cause,
                        claim["type"],
                        claim["trigger"],
                        str(gold),
                        str(said),
                        text[a:b].replace("\n", " "),
                        doc["id"],
                    )
                    shown.append(row)
            if gold:
                count["gold"] += 1
                count["recalled"] += right
            if said:
                count["said"] += 1
                count["precise"] += right
    print(
        f"source right where either gives one {count['right'] / max(1, count['given']):.3f} of {count['given']}; "
        f"precision {count['precise'] / max(1, count['said']):.3f} of {count['said']}, "
        f"recall {count['recalled'] / max(1, count['gold']):.3f} of {count['gold']}"
    )
    print({k: count[k] for k in ("missed", "spurious", "wrong")})
    if not options.dev:
        for row in sorted(shown)[: options.errors]:
            print(" | ".join(row))


if __name__ == "__main__":
    main()
