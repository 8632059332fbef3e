"""Scores options by their named features: a small network for each kind of value, in plain numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from io import BytesIO

import numpy as np
import numpy.typing as npt

from casus.errors import DataError

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Chooser:
    """One hidden layer of rectified units beside a linear path, both over sums of the named features' rows.

    `rows` [features, 1 + hidden]: column 0 is the linear path. `bias` [hidden], `out` [hidden].
    """

    index: Mapping[str, int]
    rows: Floats
    bias: Floats
    out: Floats

    @cached_property
    def _padded(self) -> Floats:
        """The rows behind one of zeros, which features that are not known get."""
        return np.concatenate([np.zeros((1, self.rows.shape[1]), np.float32), self.rows])

    @cached_property
    def _rows_of(self) -> _Rows:
        """The padded row of each feature."""
        return _Rows({name: n + 1 for name, n in self.index.items()})

    def scores(self, options: Sequence[Mapping[str, float]]) -> list[float]:
        """Log-odds of each option, up to a constant shared by all; unknown features count for nothing."""
        find = self._rows_of.__getitem__
        at: list[int] = []
        value: list[float] = []
        starts = []
        for features in options:
            starts.append(len(at))
            # each option begins with the row of zeros, so that none is empty
            at.append(0)
            at.extend(map(find, features))
            value.append(0.0)
            value.extend(features.values())
        found = np.add.reduceat(self._padded[at] * np.array(value, np.float32)[:, None], starts, axis=0)
        hidden = np.maximum(found[:, 1:] + self.bias, 0)
        out: list[float] = (found[:, 0] + hidden @ self.out).tolist()
        return out


class _Rows(dict[str, int]):
    """Row by feature; 0, the row of zeros, for a feature that was never seen in training."""

    def __missing__(self, name: str) -> int:
        return 0


@cache
def load_choosers() -> dict[str, Chooser]:
    """The fitted choosers by kind of value: actor, recipient, place, date. Raises DataError."""
    try:
        raw = (files("casus.reader") / "choosers.npz").read_bytes()
        with np.load(BytesIO(raw), allow_pickle=False) as file:
            return read_choosers({k: file[k] for k in file.files})
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"choosers.npz cannot be read: {error}") from error


def read_choosers(arrays: Mapping[str, npt.NDArray[np.generic]]) -> dict[str, Chooser]:
    """Choosers from the arrays of the file that `training/fit_relate.py` writes."""
    made = {}
    for task in sorted({k.partition(".")[0] for k in arrays}):
        names = [str(n) for n in arrays[f"{task}.names"]]
        rows, bias, out = (arrays[f"{task}.{k}"].astype(np.float32) for k in ("rows", "bias", "out"))
        made[task] = Chooser({n: i for i, n in enumerate(names)}, rows, bias, out)
    return made
