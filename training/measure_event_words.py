"""How many gold triggers the event-word lexicon knows by their type, and how much else it marks.

    python training/measure_event_words.py [--gold /work/shared/gold] [--half 0|1] [--noise N] [--missed]

Only training documents are read, never the held-out ones. The lexicon was written on general knowledge and the
figures of half 0 (every other document); half 1 is for figures alone, so `--missed` and `--noise` refuse it.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

from casus.reader.event_words import STRONG, TYPE_BITS, lexicon
from casus.text import words

Row = tuple[str, int, list[str], dict[int, set[str]], set[int]]  # document, sentence, words, heads, in a trigger


def trigger_at(sentence: str, trigger: str) -> int:
    """Where a gold trigger stands; "#2" names the second occurrence. -1 where it does not occur."""
    string, _, count = trigger.partition("#")
    at = -1
    for _ in range(int(count or 1)):
        at = sentence.find(string, at + 1)
    return at


def read(gold: Path, half: int | None) -> list[Row]:
    held_out = {*(gold / "dev.txt").read_text().split(), "seed-gbnews"}
    ids = sorted(path.stem for path in (gold / "docs").glob("*.json") if path.stem not in held_out)
    rows: list[Row] = []
    for doc_id in ids if half is None else ids[half::2]:
        doc = json.loads((gold / "docs" / f"{doc_id}.json").read_text(encoding="utf-8"))
        claims = [json.loads(c) for c in (gold / "claims" / f"{doc_id}.jsonl").read_text("utf-8").splitlines() if c]
        for number, (start, end) in enumerate(doc["sentences"]):
            sentence = doc["text"][start:end]
            spans = words(sentence)
            heads: dict[int, set[str]] = {}
            inside: set[int] = set()
            for claim in claims:
                if claim["s"] != number:
                    continue
                at = trigger_at(sentence, claim["trigger"])
                until = at + len(claim["trigger"].partition("#")[0])
                covered = [n for n, (a, b) in enumerate(spans) if at >= 0 and a < until and b > at]
                inside.update(covered)
                if covered:
                    heads.setdefault(covered[0], set()).add(claim["type"])
            rows.append((doc_id, number, [sentence[a:b] for a, b in spans], heads, inside))
    return rows


def main() -> None:
    args_of = argparse.ArgumentParser(description=__doc__)
    args_of.add_argument("--gold", type=Path, default=Path("/work/shared/gold"))
    args_of.add_argument("--half", type=int, choices=(0, 1))
    args_of.add_argument("--noise", type=int, default=0)
    args_of.add_argument("--missed", action="store_true")
    args = args_of.parse_args()
    if args.half != 0 and (args.noise or args.missed):
        sys.exit("only half 0 may be looked at word by word")
    rows = read(args.gold, args.half)
    began = time.process_time()
    book = lexicon()
    loaded = time.process_time()
    found = [book.matches(row[2]) for row in rows]
    done = time.process_time()
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    some = strong = others = marked = marked_strong = wordy = 0
    noise: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    spread: Counter[int] = Counter()
    for (_, _, tokens, heads, inside), bits in zip(rows, found, strict=True):
        for n, token in enumerate(tokens):
            for kind in heads.get(n, ()):
                total[kind] += 1
                some += bits[n] != 0
                spread[(bits[n] & (STRONG - 1)).bit_count()] += 1
                if bits[n] & TYPE_BITS[kind]:
                    right[kind] += 1
                    strong += bits[n] & STRONG != 0
                else:
                    missed[f"{kind} {token.lower()}" + ("" if bits[n] else " -")] += 1
            if n not in inside:
                others += 1
                wordy += token[0].isalnum()
                marked += bits[n] != 0
                marked_strong += bits[n] & STRONG != 0
                if bits[n]:
                    noise[token.lower()] += 1
    all_of = total.total()
    print(f"{book.entries} entries, {len(book.single)} forms; load {1000 * (loaded - began):.0f} ms; "
          f"{1000 * (done - loaded) / len(rows) * 30:.2f} ms for 30 sentences")  # fmt: skip
    print(f"triggers {all_of}: gold type among bits {right.total() / all_of:.3f}, "
          f"any bit {some / all_of:.3f}, right and strong {strong / all_of:.3f}")  # fmt: skip
    print(f"other words and marks {others}: any bit {marked / others:.3f} (of words {marked / wordy:.3f}), "
          f"strong {marked_strong / others:.3f}")  # fmt: skip
    print("types a trigger's bits name:", dict(sorted(spread.items())))
    print({kind: f"{right[kind]}/{total[kind]}" for kind in TYPE_BITS})
    for name, count in noise.most_common(args.noise):
        print(count, name, end="; ")
    if args.missed:
        print("\n" + "; ".join(f"{name} {count}" for name, count in missed.most_common()))


if __name__ == "__main__":
    main()
