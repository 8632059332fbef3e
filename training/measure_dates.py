"""Measures casus.world.dates on the gold: `measure_dates.py GOLD_DIR [--dev] [--errors N]`."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from casus.world.dates import DateContext, DateValue, find, inherit, resolve, when_of

HELD_OUT = {"seed-gbnews"}


def reports(gold: Path, dev: bool) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Each document with its claims; the dev documents only when asked for."""
    held = set((gold / "dev.txt").read_text().split())
    for path in sorted((gold / "claims").glob("*.jsonl")):
        if path.stem in HELD_OUT or (path.stem in held) != dev:
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        doc = json.loads((gold / "docs" / f"{path.stem}.json").read_text(encoding="utf-8"))
        yield doc, [json.loads(line) for line in lines if line.strip()]


def trigger_at(doc: dict[str, Any], claim: dict[str, Any]) -> tuple[int, int]:
    """Where the trigger stands; "shot#2" is the second "shot" of the sentence."""
    first = doc["sentences"][claim["s"]][0]
    word, _, nth = claim["trigger"].rpartition("#")
    if not (word and nth.isdigit()):
        word, nth = claim["trigger"], "1"
    at = first - 1
    for _ in range(int(nth)):
        at = doc["text"].find(word, at + 1)
    return at, at + len(word)


def span_of(doc: dict[str, Any], claim: dict[str, Any]) -> tuple[int, int] | None:
    """The gold words of time, as near the trigger's sentence as they occur."""
    words = claim.get("date_text")
    if not words:
        return None
    a, b = doc["sentences"][claim["s"]]
    at = doc["text"].find(words, a, b)
    at = at if at >= 0 else doc["text"].find(words)
    return (at, at + len(words)) if at >= 0 else None


def pair(value: DateValue) -> list[str] | None:
    return [value.start.isoformat(), value.end.isoformat()] if value.start and value.end else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--dev", action="store_true")
    parser.add_argument("--errors", type=int, default=0)
    args = parser.parse_args()
    n: Counter[str] = Counter()
    shown: list[tuple[object, ...]] = []
    for doc, claims in reports(args.gold, args.dev):
        published = date.fromisoformat(doc["published"]) if doc.get("published") else None
        own: list[DateValue] = []
        for claim in claims:
            a, b = doc["sentences"][claim["s"]]
            sentence, gold = doc["text"][a:b], claim.get("date")
            tense = "future" if claim.get("status") == "planned" else "unknown"
            context = DateContext(published=published, tense=tense)
            at = trigger_at(doc, claim)[0]
            span = span_of(doc, claim)
            if span:
                inside = a <= span[0] < b
                got = when_of(doc["text"], a, b, at, span, context) if inside else resolve(claim["date_text"], context)
                n["given"] += 1
                n["given_right"] += pair(got) == gold
                n["given_none"] += got.start is None
                n["given_dated"] += gold is not None
                n["given_dated_right"] += gold is not None and pair(got) == gold
                if inside:
                    n["in_sentence"] += 1
                    n["found"] += any(m.start < span[1] and span[0] < m.end for m in find(doc["text"], a, b))
                if pair(got) != gold:
                    shown.append(
                        (
                            "given",
                            doc["id"],
                            doc["published"],
                            claim["date_text"],
                            "gold",
                            gold,
                            "got",
                            pair(got),
                            got.why,
                            claim.get("status"),
                            sentence[:300],
                        )
                    )
            free = when_of(doc["text"], a, b, at, None, context)
            own.append(free)
            kind = "text" if claim.get("date_text") else "implied" if gold else "none"
            n[f"free_{kind}"] += 1
            n[f"free_{kind}_right"] += pair(free) == gold
            if kind != "implied" and pair(free) != gold:
                shown.append(
                    (
                        f"free-{kind}",
                        doc["id"],
                        doc["published"],
                        claim["trigger"],
                        claim.get("date_text"),
                        "gold",
                        gold,
                        "got",
                        pair(free),
                        free.why,
                        sentence[:400],
                    )
                )
        for claim, value in zip(claims, inherit(own, [c.get("event") for c in claims]), strict=True):
            kind = "dated" if claim.get("date") else "undated"
            n[f"lent_{kind}"] += 1
            n[f"lent_{kind}_right"] += pair(value) == claim.get("date")
    for row in shown[: args.errors]:
        print(*row, sep=" | ")
    for part in ("given", "given_dated", "free_text", "free_implied", "free_none", "lent_dated", "lent_undated"):
        print(f"{part:14} right {n[part + '_right']:5} of {n[part]:5}  {n[part + '_right'] / max(1, n[part]):.3f}")
    print(f"{'found':14}       {n['found']:5} of {n['in_sentence']:5}  {n['found'] / max(1, n['in_sentence']):.3f}")


if __name__ == "__main__":
    main()
