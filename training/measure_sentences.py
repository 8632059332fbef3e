"""Boundary F1 of the sentence splitter against the `sentences` of the gold documents (not the dev ones).

Run: python training/measure_sentences.py GOLD_FOLDER [--errors N] [--dev]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from casus.reader.sentences import split
from casus.records import Region


def main() -> None:
    """Print precision, recall and F1 of sentence starts and ends; with --errors the first N differences."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--errors", type=int, default=0)
    parser.add_argument("--regions", action="store_true", help="split what intake reads, not the bare text")
    parser.add_argument("--dev", action="store_true", help="the aggregate over the dev documents only")
    args = parser.parse_args()
    held_out = {*(args.gold / "dev.txt").read_text().split(), "seed-gbnews"}
    right = ours = theirs = 0
    shown = 0
    for path in sorted((args.gold / "docs").glob("*.json")):
        if (path.stem in held_out) != args.dev:
            continue
        doc = json.loads(path.read_text())
        text = doc["text"]
        regions = _regions(text, doc) if args.regions else None
        mine = {p for s in split(text, regions) for p in (("start", s.start), ("end", s.end))}
        gold = {p for a, b in doc["sentences"] for p in (("start", a), ("end", b))}
        right, ours, theirs = right + len(mine & gold), ours + len(mine), theirs + len(gold)
        for what, at in sorted(mine ^ gold, key=lambda p: p[1]):
            if what == "start" and shown < args.errors and not args.dev:
                shown += 1
                side = "ours" if (what, at) in mine else "gold"
                print(f"{path.stem} {side:5} {text[max(0, at - 70) : at]!r} | {text[at : at + 50]!r}")
    precision, recall = right / ours, right / theirs
    print(f"boundaries {theirs}  P {precision:.4f}  R {recall:.4f}  F1 {2 * right / (ours + theirs):.4f}")


def _regions(text: str, doc: dict[str, str]) -> tuple[Region, ...]:
    from casus.intake.load import document_from_bytes

    data = json.dumps({**doc, "text": text}).encode()
    return document_from_bytes(data, name=doc["id"]).regions


if __name__ == "__main__":
    main()
