"""How often a run's context network chooses right on reports that it did not see, with annotated triggers.

    python -m training.choose RUN...
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

import torch

from casus.reader.candidates import TASKS
from training import corpora
from training.batches import encode, make_batch
from training.context import load_documents, settings
from training.flags import Flagger, texts_of
from training.model import Reader
from training.train import NEVER, context_scores, fold_ids


@torch.no_grad()
def measure(run: Path, gold: bool) -> tuple[Counter[str], Counter[str]]:
    """(right, asked) by task, and of them those whose right value is "none" or a candidate."""
    model = Reader.load(run / "model.pt").eval()
    recipe = json.loads((run / "recipe.json").read_text())
    mine = set(corpora.gold_ids())
    held = [k for k in fold_ids(recipe["fold"])[1] if (k in mine) == gold]
    units = corpora.gold_units(held)
    Flagger().add(units, texts_of(units))
    coded = encode(units)
    vectors = {}
    for at in range(0, len(coded), 16):
        part = sorted(coded, key=lambda u: len(u.ids))[at : at + 16]
        batch = make_batch(part, model.shape, None)
        hidden = model.encoder(batch.ids, batch.shapes, batch.flags)
        vectors |= {id(u): hidden[n, batch.first[n]] for n, u in enumerate(batch.units)}
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for _, told in settings(coded, load_documents(held)):
        if told is None:
            continue
        scores, one = context_scores(model, told, vectors)
        scores = scores.masked_fill(~torch.cat([told.fit.new_ones(1, 4), told.fit])[None], NEVER)
        shares = scores.softmax(1)
        groups = ["", *told.groups]
        for n, task in enumerate(TASKS):
            for k in told.known[:, n].nonzero()[:, 0].tolist():
                mass: Counter[str] = Counter()
                for group, share in zip(groups, shares[k, :, n].tolist(), strict=True):
                    mass[group] += share  # type: ignore[assignment]
                best = max(mass, key=lambda g: mass[g])
                ok = any(bool(told.right[k, j, n]) for j, g in enumerate(groups) if g == best)
                kind = "none" if told.right[k, 0, n] else "given"
                for name in (task, f"{task} {kind}"):
                    asked[name] += 1
                    right[name] += ok
        pairs = told.paired.nonzero().tolist()
        for i, j in pairs:
            asked["event"] += 1
            right["event"] += bool(one[i, j] > 0) == bool(told.same[i, j])
    return right, asked


def main() -> None:
    ask = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    ask.add_argument("runs", nargs="+", type=Path)
    ask.add_argument("--ours", action="store_true", help="on the reports annotated here, not the gold ones")
    args = ask.parse_args()
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for run in args.runs:
        a, b = measure(run, not args.ours)
        right, asked = right + a, asked + b
    for name in sorted(asked):
        print(f"{name:18} {right[name] / asked[name]:.3f} of {asked[name]}")


if __name__ == "__main__":
    main()
