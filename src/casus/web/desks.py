"""The ledger as requests see it: one open file a thread, reads of one moment, writes that check what they rest on."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar, cast

from fastapi import Request

from casus.errors import CasusError
from casus.ledger.flat import last_step, snapshot
from casus.ledger.ledger import Ledger
from casus.ledger.store import Store
from casus.linking.score import shipped
from casus.notebook.desk import Desk
from casus.web.rates import Rate
from casus.web.settings import Settings
from casus.world.actor_data import parents

T = TypeVar("T")
# a person mistypes a token some times; a program that guesses needs more than the age of the world either way
_GUESSES_A_MINUTE, _GUESSES_AT_ONCE = 10, 10
# answers that take a look at all events, remembered until the ledger's next step
_REMEMBERED = 64


class _Checked(Store):
    """A store whose transactions of writing begin with a check, so that nothing changes between the two."""

    check: Callable[[], None] | None = None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """As in Store; what the check raises ends the transaction."""
        with super().writing():
            if self.check is not None:
                self.check()
            yield


class _Opened:
    """A ledger of one thread, closed when the thread ends."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self.store = cast(_Checked, _Checked.open(path))
        self.desk = Desk(Ledger(self.store, parents(settings.config.actors), shipped()), settings.config)

    def __del__(self) -> None:
        # one that could not be opened has none; one that ends elsewhere cannot be closed there, and loses nothing
        with suppress(AttributeError, CasusError, Exception):
            self.store.close()


class Web:
    """What all requests share. Raises LedgerError where the path is no ledger's."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self.path, self.settings = path, settings
        self._threads = threading.local()
        # two writers of one process would poll for one another
        self._writer = threading.Lock()
        self._remembered: OrderedDict[tuple[object, ...], object] = OrderedDict()
        self._remembering = threading.Lock()
        # reports are read one after the other, as the model uses all cores
        self.reader = ThreadPoolExecutor(1, "casus-reader")
        self.posts = threading.BoundedSemaphore(settings.waiting_posts)
        self.exporter = ThreadPoolExecutor(settings.exports, "casus-export")
        self.exports = threading.BoundedSemaphore(settings.exports)
        self.guesses = Rate(_GUESSES_A_MINUTE, _GUESSES_AT_ONCE)
        Store.open(path).close()

    def desk(self) -> Desk:
        """This thread's ledger, not in a transaction."""
        return self._opened().desk

    def _opened(self) -> _Opened:
        found: _Opened | None = getattr(self._threads, "opened", None)
        if found is None:
            found = self._threads.opened = _Opened(self.path, self.settings)
        return found

    @contextmanager
    def reading(self) -> Iterator[Desk]:
        """This thread's ledger; all that is read within is of one moment."""
        desk = self.desk()
        with snapshot(desk.ledger):
            yield desk

    @contextmanager
    def writing(self, check: Callable[[Ledger], None] | None = None) -> Iterator[Desk]:
        """This thread's ledger, to make one decision. `check` runs within its transaction, before it; what it raises
        leaves all as it was."""
        opened = self._opened()
        ledger = opened.desk.ledger
        with self._writer:
            opened.store.check = None if check is None else lambda: check(ledger)
            try:
                yield opened.desk
            finally:
                opened.store.check = None

    def remembered(self, desk: Desk, key: tuple[object, ...], build: Callable[[], T]) -> T:
        """What `build` gives of this ledger; the same again until its next step."""
        whole = (last_step(desk.ledger), *key)
        with self._remembering:
            if whole in self._remembered:
                self._remembered.move_to_end(whole)
                return cast(T, self._remembered[whole])
        made = build()
        with self._remembering:
            self._remembered[whole] = made
            while len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        return made

    def close(self) -> None:
        """Ends its threads; what was posted and is not read yet is not read."""
        self.reader.shutdown(cancel_futures=True)
        self.exporter.shutdown(cancel_futures=True)


def web_of(request: Request) -> Web:
    """What the app of this request shares."""
    found: Web = request.app.state.web
    return found
