"""Fit the weights of linking across documents on labelled pairs, and measure them on incidents left out.

    python -m training.fit_linking            figures on each incident by weights fitted on the other ones
    python -m training.fit_linking --check    holds the annotated claims to tests/floors.json
    python -m training.fit_linking --ship     also writes src/casus/linking/weights.json, fitted on all

Labelled are the claims of tests/incidents (forty reports of our own on eight incidents) as annotated and as the
shipped reader reads them, and pairs within the gold reports. Needs no torch.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from casus.events import Report
from casus.linking.block import lines as block_lines
from casus.linking.block import pairs_within
from casus.linking.columns import Rows, make_rows
from casus.linking.features import NAMES, pair_features
from casus.linking.link import block_keys, link
from casus.linking.score import WEIGHTS, Weights
from casus.records import Claim
from casus.world.actor_data import parents
from casus.world.places import PlaceIndex
from training.annotated import Maker, document_of, report_of

INCIDENTS = Path(__file__).parent.parent / "tests/incidents"
# Strength of the pull of every weight towards 0 (of features that few pairs have, mostly), and what the log-odds of
# all pairs are lowered by: joining what is two is worse than leaving apart what is one. On held-out incidents the
# figures are flat between a caution of 0.3 and 0.8; below, precision falls.
L2, CAUTION = 2.0, 0.3


@dataclass(frozen=True)
class Labelled:
    """Claims of one incident or document and the real event of each."""

    name: str
    rows: Rows
    truth: tuple[str, ...]
    claims: tuple[Claim, ...] = ()
    weight: float = 1.0


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def incidents(index: PlaceIndex) -> list[Labelled]:
    """The annotated claims of each incident."""
    reports = {r["id"]: r for r in lines(INCIDENTS / "reports.jsonl")}
    makers = {k: Maker(index, document_of(r)) for k, r in reports.items()}
    found: dict[str, list[tuple[Claim, str]]] = {}
    for row in lines(INCIDENTS / "claims.jsonl"):
        found.setdefault(reports[row["doc"]]["incident"], []).append((makers[row["doc"]].claim(row), row["event"]))
    told = {k: report_of(m.document) for k, m in makers.items()}
    return [labelled(name, rows, told) for name, rows in sorted(found.items())]


def labelled(name: str, found: Sequence[tuple[Claim, str]], told: dict[str, Report], weight: float = 1.0) -> Labelled:
    # in the order in which linking takes them
    found = sorted(found, key=lambda pair: int(pair[0].id[-16:], 16) >> 1)
    claims = [c for c, _ in found]
    return Labelled(name, make_rows(claims, told, parents=parents()), tuple(e for _, e in found), tuple(claims), weight)


def as_read() -> list[Labelled]:
    """The same incidents as the shipped reader reads them: its claims that lie on an annotated trigger, or stand for
    one of their type in its sentence."""
    import casus

    reports = lines(INCIDENTS / "reports.jsonl")
    truth: dict[str, list[dict[str, Any]]] = {}
    for row in lines(INCIDENTS / "claims.jsonl"):
        truth.setdefault(row["doc"], []).append(row)
    found: dict[str, list[tuple[Claim, str]]] = {}
    told = {}
    for r in reports:
        document = document_of(r)
        told[document.id] = report_of(document)
        for claim, row in paired(casus.read_document(document), truth[r["id"]]):
            found.setdefault(r["incident"], []).append((claim, row["event"]))
    return [labelled(name + " as read", rows, told) for name, rows in sorted(found.items())]


def paired(claims: Iterable[Claim], truth: Sequence[dict[str, Any]]) -> list[tuple[Claim, dict[str, Any]]]:
    out = []
    for claim in claims:
        on = [t for t in truth if t["start"] < claim.trigger.end and claim.trigger.start < t["end"]]
        near = [t for t in truth if t["type"] == claim.type and claim.sentence.start <= t["start"] < claim.sentence.end]
        if on or near:
            out.append((claim, (on or near)[0]))
    return out


def gold(index: PlaceIndex, shared: Path) -> list[Labelled]:
    """The pairs within each gold report that may be trained on."""
    folder = shared / "gold"
    if not folder.is_dir():
        print(f"{folder} is not there: without its pairs")
        return []
    held = set((folder / "dev.txt").read_text(encoding="utf-8").split()) | {"seed-gbnews"}
    out = []
    for path in sorted((folder / "claims").glob("*.jsonl")):
        if path.stem in held:
            continue
        doc = json.loads((folder / "docs" / f"{path.stem}.json").read_text(encoding="utf-8"))
        maker = Maker(index, document_of(doc))
        found = []
        for row in lines(path):
            word, _, nth = row["trigger"].partition("#")
            first, last = doc["sentences"][row["s"]]
            at = first - 1
            for _ in range(int(nth or 1)):
                at = doc["text"].find(word, at + 1, last)
            found.append((maker.claim(row | {"start": at, "end": at + len(word)}), f"{path.stem}/{row['event']}"))
        if len(found) > 1:
            out.append(labelled(path.stem, found, {path.stem: report_of(maker.document)}, 0.3))
    return out


def pairs_of(data: Labelled) -> tuple[np.ndarray, np.ndarray]:
    """The pairs [n, 2] of claims that blocking has compared, and whether each tells one event."""
    orders = data.rows["order"].astype(np.int64)
    pairs = pairs_within(block_lines(block_keys(data.rows), orders), orders)
    names = np.array(data.truth)
    return pairs, names[pairs[:, 0]] == names[pairs[:, 1]]


def fit(data: Sequence[Labelled], caution: float = CAUTION, l2: float = L2) -> Weights:
    """Logistic regression by Newton's method; every set of claims weighs by the root of its pairs."""
    x, y, w = [], [], []
    for d in data:
        pairs, same = pairs_of(d)
        x.append(pair_features(d.rows, pairs))
        y.append(same)
        w.append(np.full(len(pairs), d.weight / len(pairs) ** 0.5))
    features = np.concatenate([np.ones((sum(map(len, y)), 1)), np.concatenate(x)], 1).astype(np.float64)
    truth, weight = np.concatenate(y).astype(np.float64), np.concatenate(w)
    weight /= weight.mean()
    beta = newton(features, truth, weight, l2, np.ones(features.shape[1], dtype=bool))
    # What two claims share never speaks against their being one event, nor what they differ in for it: where it would,
    # other features say it already, and a reason that reads absurd helps nobody.
    sign = np.array([0, *(1 if n.startswith("same ") else -1 if n in AGAINST else 0 for n in NAMES)])
    free = np.ones(len(beta), dtype=bool)
    while (wrong := free & (beta * sign < 0)).any():
        free &= ~wrong
        beta = newton(features, truth, weight, l2, free)
    rounded = [round(float(b), 3) for b in beta]
    return Weights(round(rounded[0] - caution, 3), tuple(rounded[1:]))


# features that name a difference
AGAINST = {name for name in NAMES if name.startswith("other ")} | {
    "far", "a day apart", "days apart", "sides swapped", "armed and civilian", "told apart",
}  # fmt: skip


def newton(features: np.ndarray, truth: np.ndarray, weight: np.ndarray, l2: float, free: np.ndarray) -> np.ndarray:
    """Weights of a penalised logistic regression; those that are not free stay 0."""
    beta = np.zeros(features.shape[1])
    x = features[:, free]
    pull = np.full(x.shape[1], l2)
    pull[0] = 1e-3
    own = np.zeros(x.shape[1])
    for _ in range(25):
        p = 1 / (1 + np.exp(-np.clip(x @ own, -30, 30)))
        slope = x.T @ (weight * (truth - p)) - pull * own
        bend = (x * (weight * p * (1 - p))[:, None]).T @ x + np.diag(pull)
        own += np.linalg.solve(bend, slope)
    beta[free] = own
    return beta


def b_cubed(found: Sequence[Sequence[int]], truth: Sequence[str]) -> tuple[float, float, int]:
    """Sums over claims of B-cubed precision and recall (Bagga and Baldwin 1998), and their number."""
    size = Counter(truth)
    precision = recall = 0.0
    for members in found:
        for event, n in Counter(truth[m] for m in members).items():
            precision += n * n / len(members)
            recall += n * n / size[event]
    return precision, recall, len(truth)


def pair_counts(found: Sequence[Sequence[int]], truth: Sequence[str]) -> tuple[int, int, int]:
    """Pairs that were joined, those of them that are right, and pairs that are one event."""

    def two(n: int) -> int:
        return n * (n - 1) // 2

    joined = sum(two(len(m)) for m in found)
    right = sum(two(n) for members in found for n in Counter(truth[m] for m in members).values())
    return joined, right, sum(two(n) for n in Counter(truth).values())


def figures(results: Iterable[tuple[Sequence[Sequence[int]], Sequence[str]]]) -> dict[str, float]:
    """B-cubed F1, precision and recall over all claims, and precision and recall of pairs."""
    p = r = n = joined = right = wanted = 0.0
    for found, truth in results:
        a, b, c = b_cubed(found, truth)
        p, r, n = p + a, r + b, n + c
        j, k, m = pair_counts(found, truth)
        joined, right, wanted = joined + j, right + k, wanted + m
    p, r = p / n, r / n
    return {
        "b3_f1": 2 * p * r / (p + r),
        "b3_precision": p,
        "b3_recall": r,
        "pair_precision": right / max(joined, 1),
        "pair_recall": right / wanted,
        "claims": n,
    }


def held_out(
    data: Sequence[Labelled], more: Sequence[Labelled], caution: float = CAUTION, l2: float = L2
) -> dict[str, list[tuple[list[list[int]], tuple[str, ...]]]]:
    """Each incident, annotated and as read, linked by weights fitted without it."""
    out: dict[str, list[tuple[list[list[int]], tuple[str, ...]]]] = {"annotated": [], "as read": []}
    names = sorted({d.name.removesuffix(" as read") for d in data})
    for name in names:
        rest = [d for d in data if d.name.removesuffix(" as read") != name]
        weights = fit([*rest, *more], caution, l2)
        for d in data:
            if d.name.removesuffix(" as read") == name:
                kind = "as read" if d.name.endswith(" as read") else "annotated"
                out[kind].append((link(d.rows, weights), d.truth))
    return out


def show_errors(data: Labelled, found: Sequence[Sequence[int]], most: int) -> None:
    """Events that were joined wrongly or fell apart, with the words of their claims."""
    for members in found:
        events = Counter(data.truth[m] for m in members)
        if len(events) > 1:
            print("  joined:", ", ".join(f"{e} x{n}" for e, n in events.most_common(most)))
    parts = Counter(event for members in found for event in {data.truth[m] for m in members})
    print("  apart: ", ", ".join(f"{e} in {n}" for e, n in parts.most_common(most) if n > 1))


def main() -> None:
    ask = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    ask.add_argument("--shared", type=Path, default=Path("../shared"))
    ask.add_argument("--caution", type=float, default=CAUTION)
    ask.add_argument("--l2", type=float, default=L2)
    ask.add_argument("--no-read", action="store_true", help="annotated claims alone: needs no model")
    ask.add_argument("--errors", action="store_true")
    ask.add_argument("--check", action="store_true", help="exit code 1 where annotated claims fall below their floors")
    ask.add_argument("--ship", action="store_true")
    args = ask.parse_args()
    index = PlaceIndex.open()
    data = incidents(index) + ([] if args.no_read else as_read())
    more = gold(index, args.shared)
    for kind, results in held_out(data, more, args.caution, args.l2).items():
        if not results:
            continue
        of_kind = [d for d in data if d.name.endswith(" as read") == (kind == "as read")]
        for d, (found, truth) in zip(of_kind, results, strict=True):
            print(d.name, {k: round(v, 3) for k, v in figures([(found, truth)]).items()})
            if args.errors:
                show_errors(d, found, 8)
        reached = figures(results)
        print(kind, {k: round(v, 3) for k, v in reached.items()})
        if args.check and kind == "annotated":
            floors = json.loads((INCIDENTS.parent / "floors.json").read_text(encoding="utf-8"))["linking"]
            below = [k for k, least in floors.items() if reached[k] < least]
            print(f"floors of linking: {floors}" + (f"; BELOW: {', '.join(below)}" if below else "; held"))
            raise SystemExit(bool(below))
    weights = fit([*data, *more], args.caution, args.l2)
    table = dict(zip(NAMES, weights.weights, strict=True))
    print(weights.bias, table)
    if args.ship:
        digest = hashlib.sha256(json.dumps([weights.bias, table], sort_keys=True).encode()).hexdigest()[:12]
        about = "log-odds that two claims tell one event, fitted by training/fit_linking.py"
        shown = {"about": about, "digest": digest, "bias": weights.bias, "weights": table}
        WEIGHTS.write_text(json.dumps(shown, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
