"""Follows feeds, round by round. This module alone has to do with `casus.fetch`: no other command fetches anything."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from casus.config import Config
from casus.errors import BusyError
from casus.fetch import Fetcher, Manners
from casus.keeping import Keeper, Listener, Run
from casus.ledger.ledger import Ledger
from casus.pipeline import Reads, read_taken
from casus.watch.capturing import Captures
from casus.watch.polling import moment, stamp
from casus.watch.rounds import Fetches, Habits, Means, Round, Work

__all__ = ["Captures", "Fetches", "Habits", "Round", "Watch", "web"]

# Sleep no longer than this at once, in seconds: a laptop that slept itself finds soon what is due. Two rounds are no
# less apart.
_NAP = 60.0


def web(allow: Sequence[str] = ()) -> Callable[[], Fetcher]:
    """What fetches from the web, anew for each round, as it remembers what robots.txt says. `allow` names hosts,
    addresses and networks that may be asked though they are not public. Raises UsageError."""
    manners = Manners(allow=tuple(allow))
    Fetcher(manners)  # what is wrong with `allow` is told at once
    return lambda: Fetcher(manners)


class Watch:
    """Follows feeds into a ledger. `feeds` are addresses, lists (OPML) and feeds on the disk, looked up each round.

    `reader` is to open itself when it is needed; `told` hears what is being done. `round` is the one that goes on, or
    the last: whoever interrupts finds there what was done.
    """

    def __init__(
        self,
        ledger: Ledger,
        config: Config,
        feeds: Sequence[str],
        *,
        reader: Reads,
        captures: Captures,
        fetcher: Callable[[], Fetches],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        habits: Habits | None = None,
        listener: Listener | None = None,
        told: Callable[[str], None] = lambda words: None,
    ) -> None:
        self._ledger, self._config, self._named, self._reader = ledger, config, tuple(feeds), reader
        self._captures, self._fetcher, self._now = captures, fetcher, now
        self._habits, self._listener, self._told = habits or Habits(), listener or Listener(), told
        self.round = Round(stamp(now()))

    def once(self) -> Round:
        """One round: every feed that is due, every page that is due. An interrupt keeps what was done.

        Raises what adding to a ledger does, and OutputError where the captures cannot be written.
        """
        self.round = result = Round(stamp(self._now()))
        means = Means(
            self._ledger, self._config, self._captures, self._fetcher(), self._now, self._habits, self._told
        )  # fmt: skip
        keeper = Keeper(self._ledger, self._config, result.run)
        work = Work(means, self._named, result, keeper)
        keeper.listener = replace(self._listener, batch=lambda run: self._committed(work, run))
        whole = False
        try:
            with keeper:
                for outcome in read_taken(keeper.unknown(work.documents()), self._reader, self._config):
                    keeper.put(outcome)
                    keeper.listener.outcome(outcome)
                whole = True
        finally:
            work.settle(over=True, whole=whole)
            result.next_at = work.next_at()
        return result

    def _committed(self, work: Work, run: Run) -> None:
        work.settle()
        self._listener.batch(run)

    def keep_on(self, sleep: Callable[[float], None] = time.sleep) -> Iterator[Round]:
        """Round after round without end, each when the next thing is due; another program that writes to the ledger
        for long (`casus rebuild`) only puts it off."""
        while True:
            try:
                self.once()
            except BusyError as error:
                self.round.notes.append(error.message)
            result = self.round
            yield result
            soon = self._now() + timedelta(seconds=_NAP)
            until = max(moment(result.next_at), soon) if result.next_at else soon
            while (left := (until - self._now()).total_seconds()) > 0:
                sleep(min(_NAP, left))
