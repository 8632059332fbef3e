"""Fit linking and inheriting on what the reader makes of documents that its network did not see.

    python -m training.fit_relate RUN...            cross-validated figures: each fold by weights fitted on the others
    python -m training.fit_relate RUN... --ship     also writes src/casus/reader/relate_weights.json, fitted on all

RUNS are fits of one recipe that each leave out another part of the reports, gold and annotated here alike
(`training.train --fold N`): each is read here by a network that has not seen it. Scored are the gold ones.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: threads only get in each other's way

import numpy as np

from casus.compose import Prepared, Reader, Told
from casus.jsonl import claim_line
from casus.reader.board import Board
from casus.reader.chooser import read_choosers
from casus.reader.encoder import Floats
from casus.reader.heads import Detected, Heads
from casus.reader.inherit import KEPT, SIDES, WHERE_AND_WHEN, inherit, task_open
from casus.reader.inherit_features import Option, Task, options
from casus.reader.relate import Weights, link
from casus.reader.relate_features import pair_features, views
from casus.records import Claim
from training import corpora
from training.choosers import SEEDS, Arrays, Choice, fit_pick, flat
from training.evaluate import GOLD, documents, reader_of
from training.score import figures, gold_rows, load_scorer
from training.score_errors import mistakes, report, triggers
from training.torch_encoder import labels
from training.train import fold_ids

READER = Path(__file__).parent.parent / "src/casus/reader"
LINKING, CHOOSERS = READER / "relate_weights.json", READER / "choosers.npz"
SCORER: Any = load_scorer(corpora.SHARED / "tools/score_claims.py")
# chosen by the cross-validated figures, which are flat around these values
LINK_L2, LINK_CUT = 2.0, 0.0


@dataclass
class Reading:
    """One document as the reader tells it, and the gold claim that each of its claims pairs with."""

    prepared: Prepared
    told: Told
    gold: list[dict[str, Any] | None]
    scored: bool = True  # a gold report, not one annotated here
    claims: list[Claim] = field(default_factory=list)  # as far as they have been related

    @property
    def text(self) -> str:
        return self.prepared.document.text


class Prompted(Heads):
    """Heads that are told of triggers they missed: (window, word) -> type."""

    missed: dict[tuple[int, int], str]

    def detect(self, hidden: Floats) -> list[Detected]:
        found = super().detect(hidden)
        for (window, n), kind in self.missed.items():
            if window == id(hidden) and not any(d.first <= n <= d.last for d in found):
                sure = np.array([float(t == kind) for t in self.types] + [0.0], dtype=np.float32)
                found.append(self._attributes(hidden[n], sure, n, n))
        return sorted(found, key=lambda d: d.first)


def read(run: Path, trigger: float, ours: Path) -> list[tuple[Reading, Reading]]:
    """The reports that a run's network did not see: as it reads them, and with the claims that it misses.

    `ours` holds the reports annotated here, as `corpora.write_annotated` leaves them.
    """
    held = fold_ids(json.loads((run / "recipe.json").read_text())["fold"])[1]
    gold = set(corpora.gold_ids())
    found = read_ids(run, trigger, [k for k in held if k in gold], GOLD)
    return found + read_ids(run, trigger, [k for k in held if k not in gold], ours)


def read_ids(run: Path, trigger: float, ids: list[str], folder: Path) -> list[tuple[Reading, Reading]]:
    reader = reader_of(run, {"trigger": trigger})
    prompted = Prompted(reader.heads.w, labels({"trigger": trigger}, window=reader.heads.window))
    fuller = Reader(reader.encoder, prompted, reader.book, reader.index)
    made = []
    every = [reader.prepare(document) for document in documents(ids, folder)]
    encoded = iter(reader.encoder.run([w for prepared in every for w in prepared.windows]))
    for prepared in every:
        hidden = [next(encoded) for _ in prepared.windows]
        told = reader.told(prepared, hidden)
        plain = Reading(prepared, told, paired(prepared, told, folder), folder == GOLD)
        prompted.missed = missed(plain, hidden, folder)
        full = fuller.told(prepared, hidden)
        made.append((plain, Reading(prepared, full, paired(prepared, full, folder), folder == GOLD)))
    return made


def missed(reading: Reading, hidden: Sequence[Floats], folder: Path) -> dict[tuple[int, int], str]:
    """(window's array, word) -> type of each gold claim that pairs with none of the reading's."""
    ((_, _, gold),) = SCORER.load_gold(str(folder), {reading.prepared.document.id})
    met = {(g["span"], g["type"]) for g in reading.gold if g}
    out = {}
    for window, states in zip(reading.prepared.windows, hidden, strict=True):
        for g in gold:
            words = [n for n, (a, b) in enumerate(window.spans) if a < g["span"][1] and g["span"][0] < b]
            if words and (g["span"], g["type"]) not in met:
                out[id(states), words[0]] = g["type"]
    return out


def paired(prepared: Prepared, told: Told, folder: Path) -> list[dict[str, Any] | None]:
    """The gold claim of each claim by the scorer's own pairing, None where there is none."""
    document = prepared.document
    ((_, raw, gold),) = SCORER.load_gold(str(folder), {document.id})
    rows = [SCORER.norm_pred(raw, json.loads(claim_line(document, c))) for c in told.claims]
    truth = {id(row): claim for claim, row, _ in SCORER.pair(gold, rows)}
    return [truth.get(id(row)) for row in rows]


def link_rows(reading: Reading) -> list[tuple[dict[str, float], bool]]:
    """Features and truth of each pair of claims of one type."""
    claims, gold, rows = reading.claims, reading.gold, []
    order = sorted((n for n in range(len(claims)) if gold[n]), key=lambda n: claims[n].trigger.start)
    ranked = [claims[n] for n in order]
    seen = dict(zip(order, views(reading.text, reading.prepared.bounds, ranked), strict=True))
    by_type: dict[str, list[int]] = {}
    for n in order:
        by_type.setdefault(claims[n].type, []).append(n)
    for members in by_type.values():
        for j, b in enumerate(members):
            for i, a in enumerate(members[:j]):
                same = gold[a]["event"] == gold[b]["event"]  # type: ignore[index]
                rows.append((pair_features(seen[a], seen[b], j - i - 1, reading.told.odds), same))
    return rows


def _matrix(found: list[dict[str, float]]) -> tuple[np.ndarray, list[str]]:
    names = sorted({k for f in found for k in f})
    at = {k: n for n, k in enumerate(names)}
    x = np.zeros((len(found), len(names)))
    for n, f in enumerate(found):
        for k, v in f.items():
            x[n, at[k]] = v
    return x, names


def fit_link(readings: Sequence[Reading]) -> Weights:
    """Logistic regression by Newton's method; a document with more pairs weighs more, but not as many times."""
    pairs = [link_rows(r) for r in readings]
    found = [f for rows in pairs for f, _ in rows]
    truth = [t for rows in pairs for _, t in rows]
    weight = [1 / len(rows) ** 0.3 for rows in pairs for _ in rows]
    x, names = _matrix(found)
    y, w = np.array(truth, dtype=float), np.array(weight)
    w /= w.mean()
    beta = np.zeros(len(names))
    for _ in range(12):
        p = 1 / (1 + np.exp(-(x @ beta)))
        grad = x.T @ (w * (y - p)) - LINK_L2 * beta
        hess = (x * (w * p * (1 - p))[:, None]).T @ x + LINK_L2 * np.eye(len(names))
        beta += np.linalg.solve(hess, grad)
    return dict(zip(names, beta.tolist(), strict=True)) | {"cut": LINK_CUT}


def fit_confidence(readings: Sequence[Reading]) -> Weights:
    """Offset and slope that turn the network's log-odds of a claim into those of its pairing with a gold one."""
    sure = np.array([c.confidence for r in readings for c in r.told.claims]).clip(1e-6, 1 - 1e-6)
    y = np.array([g is not None for r in readings for g in r.gold], dtype=float)
    x = np.stack([np.ones(len(sure)), np.log(sure / (1 - sure))], axis=1)
    beta = np.zeros(2)
    for _ in range(20):
        p = 1 / (1 + np.exp(-(x @ beta)))
        beta += np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x, x.T @ (y - p))
    p = 1 / (1 + np.exp(-(x @ beta)))
    for low, high in ((0.0, 0.5), (0.5, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 1.0)):
        inside = (p >= low) & (p < high)
        if inside.any():
            print(f"confidence {low}-{high}: {inside.sum()} claims, {y[inside].mean():.3f} of them annotated")
    return {"offset": float(beta[0]), "slope": float(beta[1])}


def right(task: Task, option: Option, truth: dict[str, Any]) -> bool:
    """Whether the option holds the gold value, by the scorer's rule."""
    if task == "place":
        return option.group == (truth["iso3"] or "")
    if task == "date":
        return option.group == ("/".join(truth["date"]) if truth.get("date") else "")
    return {SCORER.who(w) for w in option.group.split("|")} - {"?"} == truth[f"{task}_who"]


def relabel(readings: Sequence[Reading], linking: Weights) -> None:
    """The readings' claims get their events anew."""
    for r in readings:
        labels = link(r.text, r.prepared.bounds, r.claims, linking, r.told.odds)
        r.claims = [replace(c, event=e) for c, e in zip(r.claims, labels, strict=True)]


def apply(readings: Sequence[Reading], task: Task, picks: Arrays) -> None:
    """The readings' claims get that value chosen."""
    choosers = read_choosers(flat({task: picks}))
    for r in readings:
        told, where = r.told, r.prepared
        r.claims = inherit(
            where.document, where.bounds, r.claims, told.context, hints=told.hints, tasks=(task,), choosers=choosers
        )


def undated(reading: Reading, truth: dict[str, Any] | None) -> bool:
    """Whether the annotation could not say when, since nobody knows when the report was published."""
    return reading.prepared.document.published is None and not (truth or {}).get("date")


def choices_of(reading: Reading, task: Task) -> list[Choice]:
    """Each choice with a right answer among its options: (features, right) of each option."""
    claims = reading.claims
    ranked = sorted(range(len(claims)), key=lambda n: (claims[n].trigger.start, claims[n].id))
    board = Board.of(
        reading.prepared.document, reading.prepared.bounds, [claims[n] for n in ranked], reading.told.context,
        [reading.told.hints[n] for n in ranked],
    )  # fmt: skip
    rows = []
    for at, n in enumerate(ranked):
        truth = reading.gold[n]
        if task == "date" and undated(reading, truth):
            continue
        if truth is not None and (task not in KEPT or task_open(claims[n], task)):
            found = [(o.features, right(task, o, truth)) for o in options(board, at, task)]
            if any(ok for _, ok in found):
                rows.append(found)
    return rows


def fit_chain(
    train: Sequence[Reading], test: Sequence[Reading], seeds: int
) -> tuple[dict[str, Weights], dict[str, Arrays]]:
    """Fits every step of `compose.related` on `train`, each on what the steps before made of it, and relates `test`.

    What a step makes of a training reading comes from a fit on the other half of them, so that the next step learns
    from values that are as often wrong as they will be.
    """
    for r in (*train, *test):
        r.claims = list(r.told.claims)
    linking: dict[str, Weights] = {}
    picks: dict[str, Arrays] = {}
    halves = train[::2], train[1::2]
    for step, tasks in (("link", SIDES), ("again", WHERE_AND_WHEN)):
        linking[step] = fit_link(train)
        for part, other in (halves, halves[::-1]):
            relabel(part, fit_link(other))
        relabel(test, linking[step])
        for task in tasks:
            choices = [[c for r in part for c in choices_of(r, task)] for part in halves]
            picks[task] = fit_pick(choices[0] + choices[1], seeds)
            if task != "date":
                for n, part in enumerate(halves):
                    apply(part, task, fit_pick(choices[1 - n], 1))
            apply(test, task, picks[task])
    return linking, picks


def ship(linking: dict[str, Weights], picks: dict[str, Arrays]) -> None:
    """Writes the weights of linking and the choosers into the package."""
    tables = {
        step: {k: round(v, 2) for k, v in sorted(table.items()) if abs(v) >= 0.02 or len(table) == 2 or k == "cut"}
        for step, table in linking.items()
    }
    about = "fitted by training/fit_relate.py; log-odds of the named features"
    LINKING.write_text(json.dumps({"about": about, "weights": tables}, indent=0) + "\n", encoding="utf-8")
    np.savez_compressed(CHOOSERS, **flat(picks))
    print(f"{CHOOSERS.name}: " + ", ".join(f"{task} {len(arrays['names'])}" for task, arrays in picks.items()))


def score(readings: Sequence[Reading], errors: bool = False) -> dict[str, Any]:
    """The scorer's figures of readings that have been related; with `errors` what is wrong is printed by cause."""
    rows = [json.loads(claim_line(r.prepared.document, c)) for r in readings for c in r.claims]
    ids = {r.prepared.document.id for r in readings}
    out, _ = SCORER.score(str(GOLD), [dict(row) for row in rows], ids)
    if errors:
        seen = triggers(gold_rows(GOLD, sorted(set(corpora.gold_ids()) - ids)))
        print("\n".join(report(mistakes(SCORER, str(GOLD), rows, ids, seen), 0)))
    return dict(out)


def main() -> None:
    ask = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    ask.add_argument("runs", nargs="+", type=Path)
    ask.add_argument("--trigger", type=float, default=0.4)
    ask.add_argument("--test", type=int, default=99, help="folds that are held out in turn, from the first on")
    ask.add_argument("--seeds", type=int, default=SEEDS, help="fits that a chooser is the mean of")
    ask.add_argument("--errors", action="store_true", help="count what is wrong by cause")
    ask.add_argument("--ship", action="store_true")
    args = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ours = corpora.write_annotated(Path(folder))
        folds = [read(run, args.trigger, ours) for run in args.runs]
    for n, fold in enumerate(folds[: args.test]):
        rest = [full for m, other in enumerate(folds) if m != n for _, full in other]
        fit_chain(rest, [plain for plain, _ in fold if plain.scored], args.seeds)
    if args.test:
        out = score([plain for fold in folds[: args.test] for plain, _ in fold if plain.scored], args.errors)
        print(json.dumps(figures(out)))
        print(json.dumps(out["field_accuracy_on_paired"]))
        print(json.dumps(out["within_document_linking_b3"]))
    if args.ship:
        linking, picks = fit_chain([full for fold in folds for _, full in fold], [], args.seeds)
        gold = [plain for fold in folds for plain, _ in fold if plain.scored]
        ship(linking | {"confidence": fit_confidence(gold)}, picks)


if __name__ == "__main__":
    main()
