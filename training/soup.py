"""Averages the weights of runs that differ only in their seed (model soup: Wortsman et al. 2022) into one run.

python -m training.soup RUN RUN... --out FOLDER
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

from training.model import Reader


def average(runs: list[Path]) -> Reader:
    """One network whose every weight is the mean over the runs'."""
    models = [Reader.load(r / "model.pt") for r in runs]
    states = [m.state_dict() for m in models]
    mean = {k: torch.stack([s[k].float() for s in states]).mean(0) for k in states[0]}
    models[0].load_state_dict(mean)
    return models[0]


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("runs", nargs="+", type=Path)
    ap.add_argument("--out", type=Path, required=True)
    a = ap.parse_args()
    a.out.mkdir(parents=True, exist_ok=True)
    recipe = json.loads((a.runs[0] / "recipe.json").read_text())
    (a.out / "recipe.json").write_text(json.dumps(recipe | {"soup": [r.name for r in a.runs]}, indent=1))
    average(a.runs).save(a.out / "model.pt")


if __name__ == "__main__":
    main()
