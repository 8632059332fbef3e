"""Which sentences the small network is unsure of, and so worth asking a larger model about."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from casus.reader.decode import Offsets
from casus.reader.encoder import Floats, Window
from casus.reader.heads import Heads


def doubtful(
    windows: Sequence[Window], hidden: Sequence[Floats], heads: Heads, sentences: Sequence[Offsets], within: float
) -> list[int]:
    """Numbers of the sentences with a word whose probability of being a trigger lies at most `within` from the
    threshold: above it a claim that might be none, below it one that was nearly made."""
    starts = [a for a, _ in sentences]
    found = set()
    for window, states in zip(windows, hidden, strict=True):
        near = np.abs(heads.chances(states) - heads.thresholds["trigger"]) <= within
        found |= {bisect_right(starts, window.spans[w][0]) - 1 for w in np.flatnonzero(near)}
    return sorted(found)
