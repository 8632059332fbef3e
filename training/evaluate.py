"""Whole-reader figures of trained runs on the documents they did not see; a row a run in runs/table.tsv.

    python -m training.evaluate RUN... [--errors] [--trigger P] [--dev]

Runs of different folds of one recipe are scored together as one cross-validation.
"""

from __future__ import annotations

import argparse
import json
import pickle
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from casus.compose import Reader, open_places
from casus.config import Config
from casus.jsonl import claim_line
from casus.reader.encoder import Floats, Window
from casus.records import Document, Failure
from casus.world.actors import ActorBook
from training import corpora
from training.model import Reader as Network
from training.score import figures, gold_rows, load_scorer
from training.score_errors import mistakes, report, triggers
from training.torch_encoder import TorchEncoder, heads_of
from training.train import Recipe, held_gold

TABLE = Path(__file__).parent / "runs" / "table.tsv"
GOLD = corpora.SHARED / "gold"


def reader_of(run: Path, thresholds: dict[str, float]) -> Reader:
    """The whole reader around a run's network."""
    network = Network.load(run / "model.pt")
    window = json.loads((run / "recipe.json").read_text())["window"]
    encoder = Remembering(TorchEncoder(network), run / "hidden.pickle")
    return Reader(encoder, heads_of(network, thresholds, window=window), ActorBook.load(), open_places(Config.load()))


# windows of about a hundred reports; more make a file that takes longer to read than to compute anew
MOST_KEPT = 3000


class Remembering:
    """An encoder that keeps what it has computed, so that rules can be tried on a run many times."""

    name = "torch"

    def __init__(self, encoder: TorchEncoder, path: Path) -> None:
        self.encoder, self.path = encoder, path
        self.known: dict[Window, Floats] = pickle.loads(path.read_bytes()) if path.exists() else {}

    def run(self, windows: Sequence[Window]) -> list[Floats]:
        new = [w for w in dict.fromkeys(windows) if w not in self.known]
        if new:
            self.known |= dict(zip(new, self.encoder.run(new), strict=True))
            if len(self.known) < MOST_KEPT:
                self.path.write_bytes(pickle.dumps(self.known))
        return [self.known[w] for w in windows]


def documents(ids: list[str], folder: Path = GOLD) -> list[Document]:
    from casus.intake.load import documents_from_bytes

    out: list[Document] = []
    for key in ids:
        for made in documents_from_bytes((folder / f"docs/{key}.json").read_bytes(), name=key):
            assert not isinstance(made, Failure), made
            out.append(made)
    return out


def predict(reader: Reader, ids: list[str]) -> list[dict[str, Any]]:
    rows = []
    for document, claims in reader.read_many(documents(ids)):
        if isinstance(claims, Failure):
            print("FAILED", claims.item, claims.message)
            continue
        rows += [json.loads(claim_line(document, c)) for c in claims]
    return rows


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("runs", nargs="+", type=Path)
    ap.add_argument("--errors", action="store_true")
    ap.add_argument("--dev", action="store_true", help="aggregate figures on the dev documents")
    ap.add_argument("--trigger", type=float, default=0.4)
    ap.add_argument("--note", default="")
    a = ap.parse_args()
    scorer = load_scorer(corpora.SHARED / "tools/score_claims.py")
    rows, ids = [], []
    started = time.time()
    for run in a.runs:
        fold = json.loads((run / "recipe.json").read_text())["fold"]
        held = corpora.dev_ids()[:-1] if a.dev else held_gold(fold)
        rows += predict(reader_of(run, {"trigger": a.trigger}), held)
        ids += held
    out, _ = scorer.score(str(GOLD), [dict(r) for r in rows], set(ids))
    (a.runs[0] / "predictions.jsonl").write_text("\n".join(json.dumps(r) for r in rows))
    found = figures(out)
    print(json.dumps(found), f"P {out['claim']['p']} R {out['claim']['r']}", f"{time.time() - started:.0f} s")
    print(json.dumps(out["field_accuracy_on_paired"]))
    if a.errors and not a.dev:
        seen = triggers(gold_rows(GOLD, sorted(set(corpora.gold_ids()) - set(ids))))
        print("\n".join(report(mistakes(scorer, str(GOLD), rows, set(ids), seen), 6)))
    record(a, found)


def record(a: argparse.Namespace, found: dict[str, float]) -> None:
    """One line a measurement: what differed from the default recipe, and the figures."""
    recipe = json.loads((a.runs[0] / "recipe.json").read_text())
    plain = json.loads(json.dumps(asdict(Recipe())))
    changed = {k: v for k, v in recipe.items() if k != "shape" and v != plain.get(k)}
    changed |= {f"shape.{k}": v for k, v in recipe["shape"].items() if k != "native" and v != plain["shape"][k]}
    if not TABLE.exists():
        TABLE.write_text("\t".join(["runs", "on", "trigger", "changed", "note", *found]) + "\n")
    on = "dev" if a.dev else "held-out"
    row = ["+".join(r.name for r in a.runs), on, str(a.trigger), json.dumps(changed), a.note]
    with TABLE.open("a") as handle:
        handle.write("\t".join([*row, *(f"{v:.4f}" for v in found.values())]) + "\n")


if __name__ == "__main__":
    main()
