"""Fit the weights of linking and inheriting on the training documents: logistic models, fixed order, no luck.

python training/fit_relate.py            writes src/casus/reader/relate_weights.json
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: threads only get in each other's way

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from relate_gold import Report, degrade, folds, load

from casus.reader.inherit import task_open
from casus.reader.inherit_features import TASKS, Board, Option, Task, options, who_key
from casus.reader.relate import Weights, link
from casus.reader.relate_features import pair_features, views
from casus.records import Claim

OUT = Path(__file__).parent.parent / "src/casus/reader/relate_weights.json"
# chosen by 5-fold B3 and field accuracy; both are flat around these values
LINK_L2, PICK_L2, LINK_CUT = 2.0, 2.0, 0.0
# None is the clean degradation, numbers are noisy ones; the reader's roles will be noisy, so both count
SEEDS: tuple[int | None, ...] = (None, 1, 2)


Choices = list[list[tuple[dict[str, float], bool]]]


@dataclass
class Reading:
    """One report as degraded with one seed: its claims, which gold claims they are, and what can be learnt."""

    report: Report
    claims: list[Claim]
    kept: list[int]
    pairs: list[tuple[dict[str, float], bool]]
    choices: dict[str, Choices]


def read(reports: list[Report]) -> dict[str, list[Reading]]:
    """Every report under every seed, features of pairs taken once."""
    found: dict[str, list[Reading]] = {}
    for report in reports:
        for seed in SEEDS:
            claims, kept = degrade(report, seed, 0.0 if seed is None else 0.35)
            pairs = link_rows(report, claims, kept)
            found.setdefault(report.document.id, []).append(Reading(report, claims, kept, pairs, {}))
    return found


def link_rows(report: Report, claims: list[Claim], kept: list[int]) -> list[tuple[dict[str, float], bool]]:
    """Features and truth of each pair of one type."""
    order = sorted(range(len(claims)), key=lambda n: claims[n].trigger.start)
    seen = dict(enumerate(views(report.document.text, report.sentences, claims)))
    by_type: dict[str, list[int]] = {}
    for n in order:
        by_type.setdefault(claims[n].type, []).append(n)
    rows = []
    for members in by_type.values():
        for j, b in enumerate(members):
            for i, a in enumerate(members[:j]):
                same = report.gold[kept[a]]["event"] == report.gold[kept[b]]["event"]
                rows.append((pair_features(seen[a], seen[b], j - i - 1), same))
    return rows


def _matrix(found: list[dict[str, float]]) -> tuple[np.ndarray, list[str]]:
    names = sorted({k for f in found for k in f})
    at = {k: n for n, k in enumerate(names)}
    x = np.zeros((len(found), len(names)))
    for n, f in enumerate(found):
        for k, v in f.items():
            x[n, at[k]] = v
    return x, names


def fit_link(readings: list[Reading]) -> Weights:
    """Logistic regression by Newton's method; a document with more pairs weighs more, but not as many times."""
    found = [f for r in readings for f, _ in r.pairs]
    truth = [t for r in readings for _, t in r.pairs]
    weight = [1 / len(r.pairs) ** 0.3 for r in readings for _ in r.pairs]
    x, names = _matrix(found)
    y, w = np.array(truth, dtype=float), np.array(weight)
    w /= w.mean() * len(SEEDS)
    beta = np.zeros(len(names))
    for _ in range(12):
        p = 1 / (1 + np.exp(-(x @ beta)))
        grad = x.T @ (w * (y - p)) - LINK_L2 * beta
        hess = (x * (w * p * (1 - p))[:, None]).T @ x + LINK_L2 * np.eye(len(names))
        beta += np.linalg.solve(hess, grad)
    return dict(zip(names, beta.tolist(), strict=True)) | {"cut": LINK_CUT}


def right(task: Task, option: Option, truth: Claim) -> bool:
    """Whether the option holds the gold value, by the scorer's rule."""
    if task == "place":
        return option.group == ((truth.place.iso3 or "") if truth.place else "")
    if task == "date":
        return option.group == (f"{truth.when.start}/{truth.when.end}" if truth.when.start else "")
    return option.group == who_key(truth.actors if task == "actor" else truth.recipients)


def add_choices(reading: Reading, linking: Weights) -> None:
    """For each task, each open choice with a right answer among its options: (features, right) of each option.

    `linking` must come from other documents, so that events are as often wrong as they will be.
    """
    report = reading.report
    labels = link(report.document.text, report.sentences, reading.claims, linking)
    claims = [replace(c, event=e) for c, e in zip(reading.claims, labels, strict=True)]
    board = Board.of(report.document, report.sentences, claims, report.context)
    for task in TASKS:
        rows = reading.choices[task] = []
        for n, claim in enumerate(claims):
            if task_open(claim, task):
                truth = report.claims[reading.kept[n]]
                found = [(o.features, right(task, o, truth)) for o in options(board, n, task)]
                if any(ok for _, ok in found):
                    rows.append(found)


def fit_pick(choices: Choices, steps: int = 200) -> Weights:
    """Conditional logit: maximises the log of the probability that falls on right options (Adam, full batch)."""
    flat = [f for choice in choices for f, _ in choice]
    names = sorted({k for f in flat for k in f})
    at = {k: n for n, k in enumerate(names)}
    column = np.array([at[k] for f in flat for k in f])
    value = np.array([v for f in flat for v in f.values()])
    row = np.repeat(np.arange(len(flat)), [len(f) for f in flat])
    ok = np.array([t for choice in choices for _, t in choice])
    starts = np.cumsum([0] + [len(c) for c in choices])[:-1]
    owner = np.repeat(np.arange(len(choices)), [len(c) for c in choices])
    beta, m, v = (np.zeros(len(names)) for _ in range(3))

    def softmax(odds: np.ndarray) -> np.ndarray:
        e = np.exp(odds - np.maximum.reduceat(odds, starts)[owner])
        return e / np.add.reduceat(e, starts)[owner]

    for step in range(1, steps + 1):
        odds = np.bincount(row, value * beta[column], len(flat))
        off = softmax(odds) - softmax(np.where(ok, odds, -1e9))
        grad = np.bincount(column, value * off[row], len(names)) / len(SEEDS) + PICK_L2 * beta
        m, v = 0.9 * m + 0.1 * grad, 0.99 * v + 0.01 * grad**2
        beta -= 0.05 * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.99**step)) + 1e-8)
    return dict(zip(names, beta.tolist(), strict=True))


def fit_picks(readings: list[Reading]) -> dict[str, Weights]:
    """The weights of every task but linking."""
    return {task: fit_pick([c for r in readings for c in r.choices[task]]) for task in TASKS}


def link_and_choose(
    reports: list[Report], readings: dict[str, list[Reading]]
) -> list[tuple[Weights, list[Reading], list[Report]]]:
    """Cross-validated linking: each fold's weights, training readings and test reports; choices filled in."""
    made = []
    for train, test in folds(reports):
        linking = fit_link([r for report in train for r in readings[report.document.id]])
        for report in test:
            for reading in readings[report.document.id]:
                add_choices(reading, linking)
        made.append((linking, [r for report in train for r in readings[report.document.id]], test))
    return made


def ship(readings: dict[str, list[Reading]]) -> None:
    """Fit on every training document and write the weights; `link_and_choose` has run on the readings."""
    every = [r for group in readings.values() for r in group]
    weights = {"link": fit_link(every)} | fit_picks(every)
    rounded = {
        t: {k: round(v, 2) for k, v in sorted(w.items()) if abs(v) >= 0.02 or k == "cut"}
        for t, w in sorted(weights.items())
    }
    about = "fitted by training/fit_relate.py; log-odds of the named features"
    OUT.write_text(json.dumps({"about": about, "weights": rounded}, indent=0) + "\n", encoding="utf-8")
    print(f"{OUT.name}: " + ", ".join(f"{t} {len(w)}" for t, w in rounded.items()))


def main() -> None:
    reports = load()
    readings = read(reports)
    link_and_choose(reports, readings)
    ship(readings)


if __name__ == "__main__":
    main()
