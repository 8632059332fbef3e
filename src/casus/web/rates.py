"""How often somebody may do something: so many at once, and so many a minute from then on."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable

# of whom is kept how often they came; the one that came longest ago is forgotten first
_KEPT = 10_000


class Rate:
    """A bucket of tokens for each who comes: `at_once` when it is full, and `a_minute` dropped into it."""

    def __init__(self, a_minute: int, at_once: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._each_s, self._full, self._clock = a_minute / 60, float(at_once), clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, who: str) -> int:
        """Takes a token; 0, or where there is none the seconds until there is one."""
        now, left = self._clock(), self.left(who)
        if left >= 1:
            self._left[who] = (left - 1, now)
            self._left.move_to_end(who)
            while len(self._left) > _KEPT:
                self._left.popitem(last=False)
            return 0
        return math.ceil((1 - left) / self._each_s)

    def left(self, who: str) -> float:
        """How many tokens there are."""
        left, at = self._left.get(who, (self._full, self._clock()))
        return min(self._full, left + (self._clock() - at) * self._each_s)
