"""Measures casus.reader.figures on the gold: `measure_figures.py GOLD_DIR [--dev] [--errors N]`."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from casus.reader.figures import attach, find, parse_figure

HELD_OUT = {"seed-gbnews"}
HARMFUL = {"ASSAULT", "COERCE", "SANCTION", "PROTEST"}


def reports(gold: Path, dev: bool) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Each document with its claims; the dev documents only when asked for."""
    held = set((gold / "dev.txt").read_text().split())
    for path in sorted((gold / "claims").glob("*.jsonl")):
        if path.stem in HELD_OUT or (path.stem in held) != dev:
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        doc = json.loads((gold / "docs" / f"{path.stem}.json").read_text(encoding="utf-8"))
        yield doc, [json.loads(line) for line in lines if line.strip()]


def written(folder: Path) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """The written sentences, each a document of one sentence."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            doc = {"id": path.stem, "text": row["text"], "sentences": [[0, len(row["text"])]]}
            yield doc, [{"s": 0, **claim} for claim in row["claims"]]


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--dev", action="store_true")
    parser.add_argument("--written", action="store_true", help="GOLD_DIR holds the written sentences instead")
    parser.add_argument("--errors", type=int, default=0)
    args = parser.parse_args()
    n: Counter[str] = Counter()
    shown: list[tuple[object, ...]] = []
    for doc, claims in written(args.gold) if args.written else reports(args.gold, args.dev):
        for claim in claims:
            a, b = doc["sentences"][claim["s"]]
            start, end = trigger_at(doc, claim)
            others = [
                trigger_at(doc, c) for c in claims if c is not claim and c["s"] == claim["s"] and c["type"] in HARMFUL
            ]
            got = attach(doc["text"], a, b, start, end, claim["type"], find(doc["text"], a, b), others)
            for measure in ("killed", "injured", "detained"):
                told = claim.get(measure) or {}
                gold = (told.get("low"), told.get("high"))
                figure = next((f for f in got if f.measure == measure), None)
                mine = (figure.low, figure.high) if figure else (None, None)
                if told.get("text"):
                    parsed = parse_figure(told["text"], measure)
                    n["phrase"] += 1
                    n["phrase_right"] += parsed is not None and parsed[:2] == gold
                if gold == mine == (None, None):
                    continue
                n[measure] += 1
                n[measure + "_right"] += gold == mine
                n[measure + "_missed"] += mine == (None, None)
                n[measure + "_false"] += gold == (None, None)
                if gold != mine:
                    shown.append(
                        (
                            measure,
                            doc["id"],
                            claim["type"],
                            claim["trigger"],
                            told.get("text"),
                            gold,
                            "got",
                            mine,
                            doc["text"][figure.start : figure.end] if figure else "",
                            doc["text"][a:b][:420],
                        )
                    )
    for row in shown[: args.errors]:
        print(*row, sep=" | ")
    for part in ("killed", "injured", "detained", "phrase"):
        total = max(1, n[part])
        right, missed, false = (n[f"{part}_{what}"] for what in ("right", "missed", "false"))
        print(f"{part:10} right {right:4} of {n[part]:4}  {right / total:.3f}   missed {missed} false {false}")


if __name__ == "__main__":
    main()
