"""Writes the written cases of tests/cases in the form of the gold files, for the reader and the scorer.

    python training/measure_cases.py DIR
    casus read DIR/docs --json > DIR/predictions.jsonl
    python score_claims.py DIR DIR/predictions.jsonl

Each text is one sentence to the scorer, so that a trigger's `#2` counts within the whole text.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

CASES = Path(__file__).parents[1] / "tests" / "cases" / "claims.jsonl"


def main(out: Path) -> None:
    for name in ("docs", "claims"):
        (out / name).mkdir(parents=True, exist_ok=True)
    count = 0
    for line in CASES.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        document = {
            "id": case["id"], "publisher": None, "url": None, "published": case["published"], "title": None,
            "text": case["text"], "sentences": [[0, len(case["text"])]],
        }  # fmt: skip
        (out / "docs" / f"{case['id']}.json").write_text(json.dumps(document, ensure_ascii=False))
        claims = [{"s": 0, "event": f"e{n}", **claim} for n, claim in enumerate(case["claims"], 1)]
        lines = "".join(json.dumps(claim, ensure_ascii=False) + "\n" for claim in claims)
        (out / "claims" / f"{case['id']}.jsonl").write_text(lines)
        count += len(claims)
    print(f"{count} claims under {out}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
