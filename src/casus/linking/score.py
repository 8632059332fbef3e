"""How likely two claims tell one event: fitted weights over named features, and the reasons in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from casus.errors import DataError
from casus.linking.columns import Rows
from casus.linking.features import CHUNK, FEATURES, NAMES, Floats, pair_features

WEIGHTS = Path(__file__).parent / "weights.json"


@dataclass(frozen=True, slots=True)
class Weights:
    """Log-odds of each feature of NAMES, and of a pair of which nothing speaks either way (`bias`).

    Made by `training/fit_linking.py`; two claims are taken to tell one event above 0.
    """

    bias: float
    weights: tuple[float, ...]
    digest: str = ""

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> Weights:
        """The shipped weights. Raises DataError where the file is missing or of other features."""
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            weights = tuple(float(found["weights"][name]) for name in NAMES)
            return cls(float(found["bias"]), weights, str(found["digest"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataError(f"the weights of linking in {path.name} cannot be read: {error}") from error


@cache
def shipped() -> Weights:
    """The weights that come with Casus."""
    return Weights.load()


def score(rows: Rows, pairs: npt.NDArray[np.int64], weights: Weights) -> Floats:
    """The log-odds [pairs] that the claims of each pair [pairs, 2] tell one event."""
    by = np.array(weights.weights, dtype=np.float32)
    out = np.empty(len(pairs), dtype=np.float32)
    for at in range(0, len(pairs), CHUNK):
        part = slice(at, at + CHUNK)
        # summed in one order on every machine: a matrix product may not be
        out[part] = (pair_features(rows, pairs[part]) * by).sum(1, dtype=np.float64) + weights.bias
    return out


@dataclass(frozen=True, slots=True)
class Reason:
    """One feature of a pair: its log-odds, above 0 where it speaks for one event, and words for it."""

    feature: str
    weight: float
    words: str


def reasons(rows: Rows, weights: Weights, told: Mapping[str, str]) -> tuple[Reason, ...]:
    """Why the two claims of rows [2] are, or are not, one event: the strongest reason first.

    `told` holds words for "types", "modes", "actors", "recipients", "days" and "places", as "x and y".
    """
    found = pair_features(rows, np.array([[0, 1]]))[0]
    out = [
        Reason(name, float(value) * weight, FEATURES[name].format_map(told))
        for name, value, weight in zip(NAMES, found, weights.weights, strict=True)
        if value and weight
    ]
    return tuple(sorted(out, key=lambda r: (-abs(r.weight), r.feature)))
