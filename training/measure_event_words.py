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


def seen_in(gold: Path, half: int | None) -> set[str]:
    """Trigger heads of the other half: what a reader trained there would know."""
    return set() if half is None else {row[2][n].lower() for row in read(gold, 1 - half) for n in row[3]}


class Count:
    """The figures over all rows."""

    def __init__(self, rows: list[Row], found: list[list[int]], seen: set[str]) -> None:
        self.of: Counter[str] = Counter()
        self.right: Counter[str] = Counter()
        self.total: Counter[str] = Counter()
        self.noise: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()
        self.spread: Counter[int] = Counter()
        for (_, _, tokens, heads, inside), bits in zip(rows, found, strict=True):
            for n, token in enumerate(tokens):
                for kind in heads.get(n, ()):
                    self.trigger(token.lower(), kind, bits[n], seen)
                if n not in inside:
                    self.other(token.lower(), bits[n])

    def trigger(self, token: str, kind: str, bits: int, seen: set[str]) -> None:
        right = bits & TYPE_BITS[kind] != 0
        self.total[kind] += 1
        self.right[kind] += right
        self.spread[(bits & (STRONG - 1)).bit_count()] += 1
        self.of["any"] += bits != 0
        self.of["strong"] += right and bits & STRONG != 0
        self.of["unseen"] += token not in seen
        self.of["unseen right"] += token not in seen and right
        if not right:
            self.missed[f"{kind} {token}" + ("" if bits else " -")] += 1

    def other(self, token: str, bits: int) -> None:
        self.of["others"] += 1
        self.of["words"] += token[0].isalnum()
        self.of["marked"] += bits != 0
        self.of["marked strong"] += bits & STRONG != 0
        if bits:
            self.noise[token] += 1


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
    count = Count(rows, found, seen_in(args.gold, args.half))
    n, others = count.total.total(), count.of["others"]
    print(f"{book.entries} entries, {len(book.single)} forms; load {1000 * (loaded - began):.0f} ms; "
          f"{1000 * (done - loaded) / len(rows) * 30:.2f} ms for 30 sentences (processor time)")  # fmt: skip
    print(f"triggers {n}: gold type among bits {count.right.total() / n:.3f}, "
          f"any bit {count.of['any'] / n:.3f}, right and strong {count.of['strong'] / n:.3f}")  # fmt: skip
    if args.half is not None:
        print(f"of these unseen in the other half {count.of['unseen']}: "
              f"gold type among bits {count.of['unseen right'] / count.of['unseen']:.3f}")  # fmt: skip
    print(f"other words and marks {others}: any bit {count.of['marked'] / others:.3f} "
          f"(of words alone {count.of['marked'] / count.of['words']:.3f}), "
          f"strong {count.of['marked strong'] / others:.3f}")  # fmt: skip
    print("types a trigger's bits name:", dict(sorted(count.spread.items())))
    print({kind: f"{count.right[kind]}/{count.total[kind]}" for kind in TYPE_BITS})
    if args.noise:
        print("; ".join(f"{times} {name}" for name, times in count.noise.most_common(args.noise)))
    if args.missed:
        print("; ".join(f"{times} {name}" for name, times in count.missed.most_common()))


if __name__ == "__main__":
    main()
