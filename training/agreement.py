"""How far a second annotator agrees with the first on a tenth of the texts annotated here: the scorer's figures.

`training/annotations/second.jsonl` holds the second's claims, made apart; `python -m training.agreement` scores them
against the first's, as if they were predictions.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from training.corpora import ANNOTATIONS, SHARED, read_lines, write_annotated

SECOND = ANNOTATIONS / "second.jsonl"
GROUPS = ("own", "rams", "wiki", "voa", "re3d")


def score(ids: set[str], first: Path, second: Path) -> dict[str, Any]:
    """The scorer's figures of the second annotator's claims against the first's on these texts."""
    sys.path.insert(0, str(SHARED / "tools"))
    import score_claims

    predictions = list(score_claims.gold_as_predictions(str(second), ids))
    figures: dict[str, Any] = score_claims.score(str(first), predictions, ids)[0]
    return figures


def line(name: str, figures: dict[str, Any]) -> str:
    """The figures that the README of the annotations states, in a line."""
    f1 = {kind: figures[kind]["f1"] for kind in ("event", "claim", "triple", "whole")}
    f1 |= {role: figures["role"][role]["f1"] for role in ("actor", "recipient")}
    right = {k: v[0] for k, v in figures["field_accuracy_on_paired"].items() if k.endswith(("_given", "_happened"))}
    told = "  ".join(f"{k} {v:.2f}" for k, v in (f1 | right).items())
    return f"{name:5} {figures['documents']:3} texts {figures['gold_claims']:4} claims  {told}"


def main() -> None:
    rows = {row["id"]: row["claims"] for row in read_lines(SECOND)}
    with tempfile.TemporaryDirectory() as folder:
        first, second = write_annotated(Path(folder) / "first"), Path(folder) / "second"
        (second / "claims").mkdir(parents=True)
        (second / "docs").symlink_to(first / "docs")
        for id_, claims in rows.items():
            lines = "".join(json.dumps(claim) + "\n" for claim in claims)
            (second / f"claims/{id_}.jsonl").write_text(lines, encoding="utf-8")
        print(line("all", score(set(rows), first, second)))
        for group in GROUPS:
            print(line(group, score({id_ for id_ in rows if id_.startswith(f"{group}-")}, first, second)))


if __name__ == "__main__":
    main()
