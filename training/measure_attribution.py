"""How often the rules name the right source: gold triggers, types and actors on the training documents.

    python training/measure_attribution.py [--gold /work/shared/gold] [--dev] [--errors N]

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
from casus.reader.source_kinds import source_kind
from casus.reader.status import status_cues

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


def cause_of(gold: list[str], said: list[str]) -> str:
    if same_source(gold, said):
        return "right" if gold else "neither"
    return "missed" if not said else "wrong" if gold else "spurious"


def check_sources(gold: Path, dev: bool) -> list[tuple[str, ...]]:
    """A row for each claim, its cause first."""
    rows = []
    for doc, claims in documents(gold, dev):
        text = doc["text"]
        found = attributions(text, [tuple(s) for s in doc["sentences"]])
        for claim in claims:
            chain = source_of(text, found, *claim["span"], claim_type=claim["type"], actors=actor_spans(doc, claim))
            said, given = [text[s:e] for s, e in chain], claim.get("source") or []
            a, b = doc["sentences"][claim["s"]]
            sentence = text[a:b].replace("\n", " ")
            rows.append(
                (cause_of(given, said), claim["type"], claim["trigger"], str(given), str(said), sentence, doc["id"])
            )
    return rows


def check_kinds_and_status(gold: Path) -> None:
    """Kinds of the gold sources, and precision and recall of the cues of each status, on training documents."""
    kinds: Counter[bool] = Counter()
    said, given, right = Counter[str](), Counter[str](), Counter[str]()
    for doc, claims in documents(gold, False):
        for claim in claims:
            if claim.get("source") and claim.get("source_kind"):
                kinds[source_kind(claim["source"][-1], doc["text"]) == claim["source_kind"]] += 1
            status = claim.get("status") or "happened"
            cue = status_cues(doc["text"], *doc["sentences"][claim["s"]], *claim["span"], claim_type=claim["type"])
            given[status] += 1
            if cue.status is not None:
                said[cue.status] += 1
                right[cue.status] += cue.status == status
    print(f"kind of source right {kinds[True] / max(1, kinds.total()):.3f} of {kinds.total()}")
    for status in ("denied", "planned", "hypothetical"):
        precision, recall = right[status] / max(1, said[status]), right[status] / max(1, given[status])
        print(f"{status}: precision {precision:.3f} of {said[status]}, recall {recall:.3f} of {given[status]}")


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--gold", type=Path, default=Path("/work/shared/gold"))
    args.add_argument("--dev", action="store_true", help="one aggregate figure on the held-out documents")
    args.add_argument("--errors", type=int, default=0)
    options = args.parse_args()
    rows = check_sources(options.gold, options.dev)
    count = Counter(row[0] for row in rows)
    right, missed, spurious, wrong = (count[k] for k in ("right", "missed", "spurious", "wrong"))
    either = right + missed + spurious + wrong
    print(f"source right where either gives one {right / max(1, either):.3f} of {either}")
    if options.dev:
        return
    print(
        f"precision {right / max(1, right + spurious + wrong):.3f}, recall {right / max(1, right + missed + wrong):.3f}"
    )
    print(f"missed {missed}, spurious {spurious}, wrong {wrong}")
    check_kinds_and_status(options.gold)
    for row in sorted(r for r in rows if r[0] in ("missed", "spurious", "wrong"))[: options.errors]:
        print(" | ".join(row))


if __name__ == "__main__":
    main()
