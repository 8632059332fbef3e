"""The pages that entries of feeds link to: which are to be fetched now, several hosts side by side, and which again.

Knows no clock and no network: the time is an argument, and so is what fetches.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain, zip_longest
from typing import Generic, TypeVar
from urllib.parse import urlsplit, urlunsplit
from xml.sax.saxutils import escape, quoteattr

from casus.errors import AddressError, CasusError, FetchError, IntakeError, RobotsError, TooLargeError
from casus.intake.formats import INTERNAL, INTERNAL_HINT
from casus.intake.news.feeds import Entry
from casus.intake.news.wiredates import later, written
from casus.intake.packs.followed import of_json, to_json
from casus.intake.raw import Known, Stamp
from casus.ledger.watched import WatchedPage
from casus.records import Document, Failure
from casus.watch.polling import MOST_RETRY_AFTER, moment, stamp

# Before a page that failed is tried again, in seconds: five tries in less than two days, by which what a site had wrong
# is mended, or stays.
AGAIN = (3600, 4 * 3600, 12 * 3600, 24 * 3600)
# Before a page that was taken is fetched again because its entry is newer, doubled each time: some feeds stamp every
# entry anew on every look, and a page that is written on all day gives five documents of it and not fifty.
_RENEWED = 3600
# A host that failed so often in a row is left alone for the rest of the round: with three tries each, a hundred pages
# of a dead host would take an hour.
_GIVE_UP_HOST = 3
# No page hangs on these: they say from where a reader came.
_TRACKING = re.compile(
    r"(?:utm_\w+|at_(?:medium|campaign)|fbclid|gclid|mc_[ce]id|cmpid|ns_(?:mchannel|source|campaign))(?:=|\Z)"
)
# Names of fields in which a feed can state a date, after the first.
_OTHER_DATES = ("dc:issued", "dc:date", "dc:created")
GONE = frozenset((404, 410))
# Answers that are about one page; others, and none at all, are about the host.
_OF_PAGE = range(400, 429)


@dataclass(frozen=True, slots=True)
class Visit:
    """A page to fetch, and the entry that links to it as long as the feed is at hand. Without `link` there is no page:
    the entry's own text is all."""

    page: WatchedPage
    entry: Entry | None = None
    link: bool = True

    @property
    def own(self) -> Entry | None:
        """The entry, where it has the whole report itself."""
        return self.entry if self.entry and self.entry.body.whole else None


# ------------------------------------------------------------------ which pages


def visit_of(entry: Entry, feed: str, known: WatchedPage | None, now: datetime) -> Visit | None:
    """What is to be done for an entry whose page stands in the ledger as `known`; None for nothing, now."""
    said, link = to_json(entry.known), entry.link is not None
    if known is None:
        return Visit(WatchedPage(address_of(entry, feed), feed, stamp(now), stated=said), entry, link)
    if known.next_at is not None and moment(known.next_at) > now:
        return None
    if known.state == "new" or (known.state == "failed" and known.next_at is not None):
        return Visit(replace(known, feed=feed, stated=said), entry, link)
    if not _newer(entry.known, of_json(known.stated)):
        return None
    fetched = known.tries if known.state in ("taken", "known") else 0
    return Visit(replace(known, feed=feed, stated=said, tries=fetched), entry, link)


def address_of(entry: Entry, feed: str) -> str:
    """Under which a page is known: its link without what only says where a reader comes from; where there is no link,
    the feed's with the entry's id."""
    if entry.link is None:
        return f"{feed}#{entry.guid or hashlib.sha256(entry.xml.encode()).hexdigest()[:16]}"
    try:
        parts = urlsplit(entry.link)
    except ValueError:
        return entry.link
    kept = "&".join(p for p in parts.query.split("&") if not _TRACKING.match(p)) if parts.query else ""
    return urlunsplit((parts.scheme, parts.netloc, parts.path, kept, ""))


def _newer(now: Known, before: Known) -> bool:
    """Whether an entry says that its report was changed since; not where one of the two gives no date."""
    new, old = _last(now), _last(before)
    return new is not None and old is not None and later(new, old)


def _last(known: Known) -> Stamp | None:
    if not known.modified:
        return known.published[0] if known.published else None
    try:
        day = date.fromisoformat(known.modified[:10])
    except ValueError:
        return None
    return Stamp(day, "feed", known.modified if "T" in known.modified else None)


# ------------------------------------------------------------------ what came of one


def taken(page: WatchedPage, now: datetime, documents: Iterable[str], *, new: bool) -> WatchedPage:
    """A page that gave documents, some of them `new` to the ledger."""
    wait = _RENEWED * 2.0 ** min(page.tries, 10)
    ids = tuple(dict.fromkeys((*page.documents, *documents)))
    return replace(
        page, state="taken" if new else "known", tries=page.tries + 1, next_at=stamp(now, wait), documents=ids
    )  # fmt: skip


def refused(page: WatchedPage) -> WatchedPage:
    """A page without a report that is read; it is not fetched again unless its entry is newer."""
    return replace(page, state="refused", tries=page.tries + 1, next_at=None)


def failed(page: WatchedPage, now: datetime, error: IntakeError) -> WatchedPage:
    """A page that could not be fetched: tried again after a growing wait, unless it is gone, or was tried enough."""
    tries = page.tries + 1
    status, asked = (error.status, error.wait) if isinstance(error, FetchError) else (None, None)
    for_good = status in GONE or isinstance(error, AddressError | TooLargeError) or tries > len(AGAIN)
    wait = 0.0 if for_good else max(AGAIN[tries - 1], min(asked or 0.0, MOST_RETRY_AFTER))
    return replace(page, state="failed", tries=tries, next_at=None if for_good else stamp(now, wait))


def left(page: WatchedPage, now: datetime) -> WatchedPage:
    """A page that was not asked for, as its host does not answer."""
    return replace(page, next_at=stamp(now, AGAIN[0]))


# ------------------------------------------------------------------ fetching


Job = TypeVar("Job")
Got = TypeVar("Got")


class SideBySide(Generic[Job, Got]):
    """Fetches from several hosts at once, and from one host one after the other; what came is handed on in order.

    A host that does not answer several times in a row is asked no more.
    """

    def __init__(self, fetch: Callable[[Job], Got], address: Callable[[Job], str], hosts: int) -> None:
        self._fetch, self._address, self._hosts = fetch, address, hosts
        self._failed: dict[str, int] = {}
        self._waiting: deque[tuple[Job, Future[Got | IntakeError | None]]] = deque()
        self._stopped = threading.Event()

    def __call__(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Got | IntakeError | None]]:
        """Each job with what came of it, in the order of the jobs; None where the host was not asked any more."""
        results: list[Future[Got | IntakeError | None]] = [Future() for _ in jobs]
        queues: dict[str, list[int]] = {}
        for n, job in enumerate(jobs):
            queues.setdefault(host_of(self._address(job)), []).append(n)
        self._waiting = deque(zip(jobs, results, strict=True))
        stopped = self._stopped = threading.Event()

        def serve(host: str, numbers: Sequence[int]) -> None:
            for n in numbers:
                if stopped.is_set():
                    return
                try:
                    results[n].set_result(self._got(host, jobs[n]))
                except BaseException as error:  # told where the result is asked for
                    results[n].set_exception(error)

        pool = ThreadPoolExecutor(self._hosts, thread_name_prefix="casus-watch")
        try:
            for host, numbers in queues.items():
                pool.submit(serve, host, numbers)
            while self._waiting:
                job, result = self._waiting[0]
                got = result.result()
                self._waiting.popleft()
                yield job, got
        finally:
            # whoever interrupts does not wait for a slow server
            stopped.set()
            pool.shutdown(wait=False, cancel_futures=True)

    def unclaimed(self) -> list[tuple[Job, Got | IntakeError | None]]:
        """What had come and was not handed on when somebody interrupted; no more is fetched."""
        self._stopped.set()
        done = [(job, result) for job, result in self._waiting if result.done()]
        self._waiting.clear()
        return [(job, result.result()) for job, result in done if result.exception() is None]

    def _got(self, host: str, job: Job) -> Got | IntakeError | None:
        if self._failed.get(host, 0) >= _GIVE_UP_HOST:
            return None
        try:
            got = self._fetch(job)
        except IntakeError as error:
            self._failed[host] = self._failed.get(host, 0) + 1 if _of_host(error) else 0
            return error
        self._failed[host] = 0
        return got


def _of_host(error: IntakeError) -> bool:
    """Whether what went wrong would go wrong with another page of the host, too."""
    if not isinstance(error, FetchError) or isinstance(error, AddressError | RobotsError):
        return False
    return error.status is None or error.status not in _OF_PAGE


@contextmanager
def faults_told(debug: bool) -> Iterator[None]:
    """A fault of ours as an error of the one feed or page that it met; with `debug` as it is."""
    try:
        yield
    except CasusError:
        raise
    except Exception as fault:
        if debug:
            raise
        error = IntakeError(f"{type(fault).__name__}: {fault}", INTERNAL_HINT)
        error.code = INTERNAL
        raise error from fault


def in_turn(visits: Sequence[Visit]) -> list[Visit]:
    """The first page of each host, then the second of each: so none of them waits long for its host."""
    queues: dict[str, list[Visit]] = {}
    for visit in visits:
        queues.setdefault(host_of(visit.page.url), []).append(visit)
    return [v for v in chain.from_iterable(zip_longest(*queues.values())) if v is not None]


def host_of(address: str) -> str:
    """The host in an address; "" where it has none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


# ------------------------------------------------------------------ what was kept


def told_by(url: str, made: Document | Failure) -> Document | Failure:
    """A failure in what was kept of a page, told by the page's address; documents as they are."""
    if isinstance(made, Document):
        return made
    message, item = (said.replace(f"{url}@0#1", url).replace(f"{url}@0", url) for said in (made.message, made.item))
    return replace(made, item=item, message=message, source=url)


def as_feed(entry: Entry) -> bytes:
    """The entry alone, as a feed (Atom) that reads as the entry does."""
    # without its id, which where there is no link would be taken for one
    simple = {"title": entry.title, "dc:publisher": entry.publisher, "updated": entry.modified}
    stated = dict(zip(("published", *_OTHER_DATES), map(written, entry.published), strict=False))
    parts = [f"<{name}>{escape(value)}</{name}>" for name, value in (simple | stated).items() if value]
    if entry.byline:
        parts.append(f"<author><name>{escape(entry.byline)}</name></author>")
    if entry.link:
        parts.append(f"<link rel='alternate' href={quoteattr(entry.link)}/>")
    for name, markup in (("content", entry.content), ("summary", entry.summary)):
        if markup:
            parts.append(f"<{name} type='html'>{escape(markup)}</{name}>")
    spaces = "xmlns='http://www.w3.org/2005/Atom' xmlns:dc='http://purl.org/dc/elements/1.1/'"
    return f"<?xml version='1.0'?>\n<feed {spaces}><entry>\n{chr(10).join(parts)}\n</entry></feed>\n".encode(
        "utf-8", "replace"
    )
