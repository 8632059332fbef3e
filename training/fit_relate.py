"""Fit the weights of linking and inheriting on the training documents: logistic models, fixed order, no luck.

    python training/fit_relate.py            writes src/casus/reader/relate_weights.json
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from relate_gold import Report, degrade, load

from casus.reader.inherit import task_open
from casus.reader.inherit_features import TASKS, Board, Option, Task, options, who_key
from casus.reader.relate import Weights, link
from casus.reader.relate_features import pair_features, view
from casus.records import Claim

OUT = Path(__file__).parent.parent / "src/casus/reader/relate_weights.json"
# chosen by 5-fold B3 and field accuracy; both are flat around these values
LINK_L2, PICK_L2, LINK_CUT = 2.0, 1.0, 0.0
# None is the clean degradation, numbers are noisy ones; the reader's roles will be noisy, so both count
SEEDS: tuple[int | None, ...] = (None, 1, 2)


def link_rows(report: Report, claims: list[Claim], kept: list[int]) -> list[tuple[dict[str, float], bool]]:
    """Features and truth of each pair of one type."""
    order = sorted(range(len(claims)), key=lambda n: claims[n].trigger.start)
    views = {n: view(report.document.text, report.sentences, claims[n], 0) for n in order}
    by_type: dict[str, list[int]] = {}
    for n in order:
        by_type.setdefault(claims[n].type, []).append(n)
    rows = []
    for members in by_type.values():
        for j, b in enumerate(members):
            for i, a in enumerate(members[:j]):
                same = report.gold[kept[a]]["event"] == report.gold[kept[b]]["event"]
                rows.append((pair_features(views[a], views[b], j - i - 1), same))
    return rows


def _matrix(found: list[dict[str, float]]) -> tuple[np.ndarray, list[str]]:
    names = sorted({k for f in found for k in f})
    at = {k: n for n, k in enumerate(names)}
    x = np.zeros((len(found), len(names)), dtype=np.float32)
    for n, f in enumerate(found):
        for k, v in f.items():
            x[n, at[k]] = v
    return x, names


def fit_link(reports: list[Report]) -> dict[str, float]:
    """Logistic regression by Newton's method; every document weighs by the root of its pairs."""
    found: list[dict[str, float]] = []
    truth: list[bool] = []
    weight: list[float] = []
    for report in reports:
        for seed in SEEDS:
            rows = link_rows(report, *degrade(report, seed, 0.0 if seed is None else 0.35))
            found += [f for f, _ in rows]
            truth += [t for _, t in rows]
            weight += [1 / max(1, len(rows)) ** 0.3] * len(rows)
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


def pick_rows(
    report: Report, seed: int | None, linking: Weights, tasks: tuple[Task, ...] = TASKS
) -> dict[str, list[list[tuple[dict[str, float], bool]]]]:
    """For each task, each open choice with a right answer among its options: (features, right) of each option."""
    claims, kept = degrade(report, seed, 0.0 if seed is None else 0.35)
    labels = link(report.document.text, report.sentences, claims, linking)
    claims = [replace(c, event=e) for c, e in zip(claims, labels, strict=True)]
    board = Board.of(report.document, report.sentences, claims, report.context)
    rows: dict[str, list[list[tuple[dict[str, float], bool]]]] = {t: [] for t in tasks}
    for n, claim in enumerate(claims):
        for task in tasks:
            if task_open(claim, task):
                found = [(o.features, right(task, o, report.claims[kept[n]])) for o in options(board, n, task)]
                if any(ok for _, ok in found):
                    rows[task].append(found)
    return rows


def fit_pick(choices: list[list[tuple[dict[str, float], bool]]], steps: int = 300) -> Weights:
    """Conditional logit: maximises the log of the probability that falls on right options (Adam, full batch)."""
    flat = [f for choice in choices for f, _ in choice]
    x, names = _matrix(flat)
    ok = np.array([t for choice in choices for _, t in choice])
    starts = np.cumsum([0] + [len(c) for c in choices])[:-1]
    owner = np.repeat(np.arange(len(choices)), [len(c) for c in choices])
    beta, m, v = (np.zeros(len(names)) for _ in range(3))

    def softmax(odds: np.ndarray) -> np.ndarray:
        e = np.exp(odds - np.maximum.reduceat(odds, starts)[owner])
        return e / np.add.reduceat(e, starts)[owner]

    for step in range(1, steps + 1):
        odds = x @ beta
        p, q = softmax(odds), softmax(np.where(ok, odds, -1e9))
        grad = x.T @ (p - q) / len(SEEDS) + PICK_L2 * beta
        m, v = 0.9 * m + 0.1 * grad, 0.99 * v + 0.01 * grad**2
        beta -= 0.05 * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.99**step)) + 1e-8)
    return dict(zip(names, beta.tolist(), strict=True))


def fit(reports: list[Report]) -> dict[str, Weights]:
    """All weights."""
    weights = {"link": fit_link(reports)}
    rows: dict[str, list[list[tuple[dict[str, float], bool]]]] = {t: [] for t in TASKS}
    for report in reports:
        for seed in SEEDS:
            for task, found in pick_rows(report, seed, weights["link"]).items():
                rows[task] += found
    return weights | {task: fit_pick(found) for task, found in rows.items()}


def main() -> None:
    weights = fit(load())
    rounded = {t: {k: round(v, 3) for k, v in sorted(w.items())} for t, w in sorted(weights.items())}
    about = "fitted by training/fit_relate.py; log-odds of the named features"
    OUT.write_text(json.dumps({"about": about, "weights": rounded}, indent=0) + "\n", encoding="utf-8")
    print(f"{OUT.name}: " + ", ".join(f"{t} {len(w)}" for t, w in rounded.items()))


if __name__ == "__main__":
    main()
