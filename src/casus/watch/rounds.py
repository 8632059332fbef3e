"""One round of watching: feeds are asked, the pages they link to fetched, what comes is kept and taken in.

What is taken in is what was kept: each answer goes to the captures first and through the same intake as a crawl, so
that `casus add` makes the same documents of the captures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from casus.config import Config
from casus.errors import FetchError, FormatError, IntakeError
from casus.intake.formats import Intake, failure
from casus.intake.news.feeds import Entry
from casus.intake.packs.followed import Told, of_json
from casus.intake.raw import Given, Known, Raw
from casus.keeping import Keeper, Run
from casus.ledger.ledger import Ledger
from casus.ledger.watched import WatchedFeed, WatchedPage
from casus.pipeline import Taken, load_plugins
from casus.records import Document, Failure
from casus.sources import Source
from casus.watch import polling, visiting
from casus.watch.capturing import Capture, Captures
from casus.watch.polling import USUAL_WAIT, Followed, stamp
from casus.watch.visiting import SideBySide, Visit

if TYPE_CHECKING:
    from casus.fetch import Answer

# Feeds that are asked before their pages are fetched, and pages that are fetched before they are read: what is held in
# memory, half a megabyte a feed and a third of one a page as a rule, and ten at worst.
_FEEDS_AT_ONCE, _PAGES_AT_ONCE = 8, 32
_ATOM = "application/atom+xml"


class Fetches(Protocol):
    """What is asked of a fetcher: `casus.fetch.Fetcher`, or a stand-in for it in a test."""

    def get(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None, robots: bool = True
    ) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Habits:
    """How a watch goes about. `every` is seconds between two looks at a feed; the rest are caps.

    A feed has its first `entries` looked at, and of those `pages` fetched in one round; the others come in the next.
    `hosts` are asked side by side.
    """

    every: float = USUAL_WAIT
    entries: int = 1_000
    # at two seconds a page this keeps a host busy for three minutes
    pages: int = 100
    hosts: int = 4


@dataclass(slots=True)
class Round:
    """What one round came to, begun `at`. Of feeds: how many are followed, were asked, were unchanged, failed. Of
    pages: fetched, taken from the feed's own text instead, failed, without a report, put off as their host is silent.
    `next_at` is when the next thing is due; `notes` are for a person.
    """

    at: str
    run: Run = field(default_factory=Run)
    feeds: int = 0
    asked: int = 0
    unchanged: int = 0
    feeds_failed: int = 0
    fetched: int = 0
    own_text: int = 0
    failed: int = 0
    refused: int = 0
    put_off: int = 0
    next_at: str | None = None
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Means:
    """What a round works with: `now` is the time of day, `told` hears what is being done."""

    ledger: Ledger
    config: Config
    captures: Captures
    fetcher: Fetches
    now: Callable[[], datetime]
    habits: Habits
    told: Callable[[str], None]


@dataclass(slots=True)
class _Dealt:
    """A page that was dealt with: `outcome` is how it is to be written down; None hangs on its documents, `ids`, which
    have to stand in the ledger first."""

    page: WatchedPage
    ids: tuple[str, ...] = ()
    outcome: WatchedPage | None = None


@dataclass(frozen=True, slots=True)
class _Heard:
    """A feed that was asked, to be written down when its pages are; `read`: its entries were looked at."""

    row: WatchedFeed
    read: bool = False
    pages: frozenset[str] = frozenset()


class _Memory:
    """The keeper's memory, which also says whose documents it knew."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper, self.ids = keeper, list[str]()

    def wanted(self, name: str) -> bool:
        return self._keeper.wanted(name)

    def seen(self, key: str) -> bool:
        before = len(self._keeper.run.known)
        known = self._keeper.seen(key)
        self.ids += self._keeper.run.known[before:]
        return known

    def took(self, key: str, documents: Sequence[str]) -> None:
        self._keeper.took(key, documents)


class Work:
    """The work of one round on the feeds that are `named`. `documents` is what it finds, for the keeper of the run;
    `settle` writes down what is done, as soon as it stands in the ledger."""

    def __init__(self, means: Means, named: Sequence[str], result: Round, keeper: Keeper) -> None:
        self._means, self._named, self._round, self._keeper = means, named, result, keeper
        self._memory = _Memory(keeper)
        given, config = Given(today=means.now().date()), means.config
        self._intake = Intake(given, memory=self._memory, plugins=load_plugins(), debug=config.debug)
        self._ledger, self._habits = means.ledger, means.habits
        self._feeds: list[Followed] = []
        self._rows: dict[str, WatchedFeed] = {}
        self._heard: list[_Heard] = []
        self._retrieved: dict[str, str] = {}
        # addresses of pages: met in this round, still to be dealt with, and dealt with but not written down
        self._met: set[str] = set()
        self._to_do: set[str] = set()
        self._dealt: dict[str, _Dealt] = {}
        self._pages = SideBySide(self._fetch_page, lambda v: v.page.url, self._habits.hosts)

    def documents(self) -> Iterator[Taken]:
        """The documents of all pages and the failures, feed by feed; then those of pages that had failed before."""
        yield from self._followed()
        self._rows, now = self._ledger.feeds(), self._means.now()
        waiting = iter([f for f in self._feeds if polling.due(self._rows.get(f.url), now)])
        ask = SideBySide(self._fetch_feed, lambda f: f.url, self._habits.hosts)
        while some := list(islice(waiting, _FEEDS_AT_ONCE)):
            visits: list[Visit] = []
            for one, got in ask(some):
                more, failures = self._polled(one, got)
                visits += more
                yield from ((one.url, failure) for failure in failures)
            yield from self._visited(visits)
        yield from self._visited(self._again())

    def settle(self, *, over: bool = False, whole: bool = True) -> None:
        """Writes down the pages that are done, and the feeds all of whose pages are. `over`: no more comes; `whole`:
        because all is done, so that what is not in the ledger by now could not be read. What was fetched and not yet
        looked at is kept for the next round."""
        if over:
            self._keep_unclaimed()
        found = self._ledger.known([id_ for dealt in self._dealt.values() for id_ in dealt.ids])
        now, new = self._means.now(), frozenset(self._round.run.new)
        done: list[WatchedPage] = []
        for url, dealt in list(self._dealt.items()):
            outcome = dealt.outcome
            if outcome is None and found.issuperset(dealt.ids):
                outcome = visiting.taken(dealt.page, now, dealt.ids, new=not new.isdisjoint(dealt.ids))
            if outcome is None and over and whole:
                outcome = visiting.refused(dealt.page)
            if outcome is not None:
                done.append(outcome)
                self._to_do.discard(url)
                del self._dealt[url]
        if done:
            self._ledger.put_pages(done, self._round.run.id)
        ready = [heard for heard in self._heard if self._to_do.isdisjoint(heard.pages)]
        for heard in ready:
            self._ledger.put_feed(heard.row, self._round.run.id, read=heard.read)
        self._heard = [heard for heard in self._heard if heard not in ready]

    def next_at(self) -> str | None:
        """When the next of its feeds or pages is due."""
        rows, urls = self._ledger.feeds(), [f.url for f in self._feeds]
        pages = self._ledger.pages_due(None, urls)
        return polling.earliest([*(rows[u].next_at for u in urls if u in rows), *(p.next_at for p in pages)])

    def _followed(self) -> Iterator[Taken]:
        """Finds the feeds that are named; gives what cannot be read."""
        found = polling.followed(self._named)
        self._feeds = [f for f in found if isinstance(f, Followed)]
        self._round.feeds = len(self._feeds)
        failures = [f for f in found if isinstance(f, Failure)]
        yield from ((f.source, f) for f in failures)
        amiss = {f.source for f in failures} | {str(f.path) for f in self._feeds if f.path}
        for name in self._named:
            # a list that is there again has not failed any more
            if "://" not in name and not amiss & {name, str(Path(name).absolute())}:
                self._keeper.opened(Source(name, Path(name)))

    # feeds

    def _fetch_feed(self, one: Followed) -> Answer | bytes:
        if one.path is not None:
            return polling.read_file(one.path)
        row = self._rows.get(one.url, WatchedFeed(one.url))
        address = row.moved_to or one.url
        with visiting.faults_told(self._means.config.debug):
            return self._means.fetcher.get(address, etag=row.etag, last_modified=row.last_modified, robots=False)

    def _polled(self, one: Followed, got: Answer | bytes | IntakeError | None) -> tuple[list[Visit], list[Failure]]:
        """What a feed's answer asks to be done: pages to visit, and failures."""
        self._means.told(f"feed {one.url}")
        row = self._rows.get(one.url, WatchedFeed(one.url))
        row = replace(row, title=one.title or row.title)
        if got is None:
            got = FetchError(f"{one.url} was not asked: its host does not answer")
        else:
            self._round.asked += 1
        if isinstance(got, IntakeError):
            return [], [self._silent(row, got)]
        try:
            with visiting.faults_told(self._means.config.debug):
                return self._listened(one, row, got)
        except IntakeError as error:
            return [], [self._silent(row, error)]

    def _listened(self, one: Followed, row: WatchedFeed, got: Answer | bytes) -> tuple[list[Visit], list[Failure]]:
        base, age, at, unchanged = None, 0, stamp(self._means.now()), False
        if isinstance(got, bytes):
            body = got
        else:
            body, base, at, unchanged = got.body, got.url, got.retrieved, got.status == 304
            age = polling.max_age(got.header("cache-control"))
            if got.moved and got.moved != row.moved_to:
                self._round.notes.append(f"{row.url} has moved for good to {got.moved}, and is followed there")
            row = replace(row, etag=got.etag, last_modified=got.last_modified, moved_to=got.moved or row.moved_to)
        digest = hashlib.sha256(body).hexdigest()
        if unchanged or digest == row.digest:
            self._round.unchanged += 1
            self._heard.append(_Heard(self._answered(row, age)))
            return [], []
        if not isinstance(got, bytes):
            self._means.captures.answer(got, Told(feed=True))
        said = polling.said(body, one.url, base, self._habits.entries)
        self._retrieved[one.url] = at
        visits, whole = self._visits(one.url, said.entries)
        # what is left for another round is found by asking for all of the feed once more
        row = replace(row, digest=digest) if whole else replace(row, etag=None, last_modified=None, digest=None)
        row = self._answered(replace(row, title=row.title or said.title, asked_wait=said.asked_wait), age)
        self._heard.append(_Heard(row, True, frozenset(v.page.url for v in visits)))
        return visits, list(said.failures)

    def _answered(self, row: WatchedFeed, age: int) -> WatchedFeed:
        return polling.answered(row, self._means.now(), self._habits.every, age)

    def _silent(self, row: WatchedFeed, error: IntakeError) -> Failure:
        """Notes a feed that failed."""
        self._round.feeds_failed += 1
        status, wait = (error.status, error.wait) if isinstance(error, FetchError) else (None, None)
        if status in visiting.GONE:  # where it had moved to; else there is nothing to forget
            row = replace(row, moved_to=None)
        self._heard.append(_Heard(polling.failed(row, self._means.now(), self._habits.every, error.message, wait)))
        return replace(failure(row.url, error), source=row.url)

    def _visits(self, feed: str, entries: Sequence[Entry]) -> tuple[list[Visit], bool]:
        """The pages of a feed's entries that are to be visited, and whether these are all."""
        now, visits, whole = self._means.now(), list[Visit](), True
        addresses = [visiting.address_of(entry, feed) for entry in entries]
        known = self._ledger.pages(addresses)
        for entry, url in zip(entries, addresses, strict=True):
            visit = None if url in self._met else visiting.visit_of(entry, feed, known.get(url), now)
            if visit is None:
                continue
            whole = len(visits) < self._habits.pages
            if not whole:
                break
            visits.append(visit)
            self._met.add(url)
        self._to_do.update(v.page.url for v in visits)
        self._ledger.put_pages([v.page for v in visits if v.page.url not in known])
        return visits, whole

    # pages

    def _again(self) -> list[Visit]:
        """The pages whose time has come, and that no feed of this round named."""
        due = self._ledger.pages_due(stamp(self._means.now()), [f.url for f in self._feeds])
        visits = [Visit(page) for page in due if page.url not in self._met and "#" not in page.url]
        return visits[: self._habits.pages * max(len(self._feeds), 1)]

    def _visited(self, visits: Sequence[Visit]) -> Iterator[Taken]:
        """Fetches pages, several hosts side by side, and gives their documents in an order that hangs on no speed."""
        turn = visiting.in_turn(visits)
        for start in range(0, len(turn), _PAGES_AT_ONCE):
            some = turn[start : start + _PAGES_AT_ONCE]
            kept = {v.page.url: found for v in some if (found := self._kept(v.page))}
            for visit in some:
                if capture := kept.get(visit.page.url):
                    yield from self._taken(visit, capture, may_fall_back=visit.link)
                elif not visit.link:
                    yield from self._own_text(visit)
            linked = [v for v in some if v.link and v.page.url not in kept]
            for n, (visit, got) in enumerate(self._pages(linked)):
                self._means.told(f"page {start + n + 1} of {len(turn)}: {visit.page.url}")
                yield from self._came(visit, got)
            self.settle()

    def _kept(self, page: WatchedPage) -> Capture | None:
        """What was kept of a page in a round that did not come to its end."""
        return self._means.captures.find(page.capture) if page.state == "new" and page.capture else None

    def _keep_unclaimed(self) -> None:
        for visit, got in self._pages.unclaimed():
            if got is not None and not isinstance(got, IntakeError) and visit.page.state == "new":
                capture = self._means.captures.answer(got, Told(known=of_json(visit.page.stated)))
                self._ledger.put_pages([replace(visit.page, capture=capture.place)])

    def _fetch_page(self, visit: Visit) -> Answer:
        with visiting.faults_told(self._means.config.debug):
            return self._means.fetcher.get(visit.page.url)

    def _came(self, visit: Visit, got: Answer | IntakeError | None) -> Iterator[Taken]:
        page, now = visit.page, self._means.now()
        if got is None:
            self._round.put_off += 1
            self._dealt[page.url] = _Dealt(page, outcome=visiting.left(page, now))
        elif not isinstance(got, IntakeError):
            self._round.fetched += 1
            capture = self._means.captures.answer(got, Told(known=of_json(page.stated)))
            yield from self._taken(visit, capture, may_fall_back=True)
        elif visit.own:
            yield from self._own_text(visit, got.message)
        else:
            self._round.failed += 1
            self._dealt[page.url] = _Dealt(page, outcome=visiting.failed(page, now, got))
            yield page.url, replace(failure(page.url, got), source=page.url)

    def _own_text(self, visit: Visit, why: str = "") -> Iterator[Taken]:
        """The report as the entry itself has it: there is no page, or `why` it is of no use."""
        entry, feed = visit.entry, visit.page.feed
        assert entry is not None
        self._round.own_text += 1
        notes = (f"this is the text of the feed, as the page could not be read: {why}",) if why else ()
        address = entry.link or (feed if "://" in feed else Path(feed).as_uri())
        told, at = Told(known=Known(notes=notes)), self._retrieved[feed]
        capture = self._means.captures.text(visiting.as_feed(entry), _ATOM, address, at, told)
        yield from self._taken(visit, capture)

    def _taken(self, visit: Visit, capture: Capture, *, may_fall_back: bool = False) -> Iterator[Taken]:
        """The documents of what was kept, or the reasons why there are none."""
        page = replace(visit.page, capture=capture.place)
        if page.state == "new" and page != visit.page:
            self._ledger.put_pages([page])  # after an interrupt it need not be fetched again
        self._memory.ids.clear()
        made = [visiting.told_by(page.url, m) for m in self._intake.source(Raw.of(capture.data, page.url))]
        ids = (*self._memory.ids, *(m.id for m in made if isinstance(m, Document)))
        if ids:
            self._dealt[page.url] = _Dealt(page, ids)
        else:
            error = FormatError(f"{page.url} is no report, but something else", "look in a browser what it is")
            made = made or [replace(failure(page.url, error), source=page.url)]
            if may_fall_back and visit.own and isinstance(made[0], Failure):
                yield from self._own_text(visit, made[0].message)
                return
            self._round.refused += 1
            self._dealt[page.url] = _Dealt(page, outcome=visiting.refused(page))
        yield from ((page.url, m) for m in made)
