"""What the three comparisons share: counts, shares with their margin, pairing, and files that may be gzipped."""

from __future__ import annotations

import gzip
import math
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from casus.errors import DataError

Left = TypeVar("Left")
Right = TypeVar("Right")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many the gold gives, how many were found, how many of those are right."""

    gold: int = 0
    found: int = 0
    right: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.gold + other.gold, self.found + other.found, self.right + other.right)

    @property
    def precision(self) -> float:
        return share(self.right, self.found)

    @property
    def recall(self) -> float:
        return share(self.right, self.gold)

    @property
    def f1(self) -> float:
        return share(2 * self.right, self.gold + self.found)

    def row(self) -> str:
        """The counts and the three figures, for a table with `HEAD` above it."""
        figures = f"{self.precision:9.3f} {self.recall:7.3f} {self.f1:7.3f}"
        return f"{self.gold:6d} {self.found:6d} {self.right:6d} {figures}"

    def as_json(self) -> dict[str, float]:
        return {
            "gold": self.gold, "found": self.found, "right": self.right,
            "precision": self.precision, "recall": self.recall, "f1": self.f1,
        }  # fmt: skip


HEAD = f"{'gold':>6} {'found':>6} {'right':>6} {'precision':>9} {'recall':>7} {'F1':>7}"


def share(part: int, whole: int) -> float:
    """`part` of `whole`; 0 of nothing is 0."""
    return part / whole if whole else 0.0


def margin(part: int, whole: int) -> tuple[float, float]:
    """Between what the share lies with 95 % (Wilson 1927); 0 to 1 of nothing.

    A few dozen records move by several points by luck alone, and whoever compares should see it.
    """
    if not whole:
        return 0.0, 1.0
    z, p = 1.96, part / whole
    centre = p + z * z / (2 * whole)
    wide = z * math.sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole))
    by = 1 + z * z / whole
    return max(0.0, (centre - wide) / by), min(1.0, (centre + wide) / by)


def by_label(pairs: Iterable[tuple[str, str | None]]) -> dict[str, Counts]:
    """Counts of each label over (gold, answer) pairs; an answer of None was not given."""
    table: dict[str, Counts] = {}
    for gold, answer in pairs:
        table[gold] = table.get(gold, Counts()) + Counts(gold=1, right=int(gold == answer))
        if answer is not None:
            table[answer] = table.get(answer, Counts()) + Counts(found=1)
    return dict(sorted(table.items()))


def macro_f1(table: dict[str, Counts]) -> float:
    """The mean F1 of the labels that the gold has: what it lacks nobody can find."""
    kept = [counts.f1 for counts in table.values() if counts.gold]
    return sum(kept) / len(kept) if kept else 0.0


def paired(left: Sequence[Left], right: Sequence[Right], fits: Callable[[Left, Right], bool]) -> int:
    """The most pairs that can be made of `left` and `right`, each used once."""
    partner: dict[int, int] = {}

    def place(i: int, tried: set[int]) -> bool:
        for j, other in enumerate(right):
            if j not in tried and fits(left[i], other):
                tried.add(j)
                if j not in partner or place(partner[j], tried):
                    partner[j] = i
                    return True
        return False

    return sum(place(i, set()) for i in range(len(left)))


def read_text(path: Path) -> str:
    """The text of a UTF-8 file, unpacked where its name ends in .gz. Raises OSError and DataError."""
    data = path.read_bytes()
    try:
        return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
    except (OSError, EOFError, zlib.error):
        raise DataError("the file is not gzipped, or not whole", "fetch it again") from None
    except UnicodeDecodeError:
        raise DataError("the file is not UTF-8", "save it as UTF-8") from None
