"""Fetches pages and feeds: politely (robots.txt, one request a host at a time) and safely (bounded in all things)."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from types import TracebackType
from typing import Self

from casus.errors import AddressError, FetchError, RobotsError, UsageError
from casus.fetch.addresses import Gate
from casus.fetch.exchange import Limits, Pairs, PassingError, Reply, Url, Wire, shown
from casus.fetch.robots import MAX_ROBOTS_BYTES, Rules, read_rules

__all__ = ["Answer", "Fetcher", "Manners"]

# A site that asks for more than this between two requests gets this: with half a minute a feed of fifty pages takes
# half an hour, and the numbers beyond it, up to days, are meant for search engines that take a whole site.
MOST_CRAWL_DELAY = 30.0
# What Retry-After may ask for: with more, the run goes on without that host instead of standing still.
MOST_WAIT = 120.0
# After the first failure, doubled after each: three tries give a server that restarts a quarter of a minute.
FIRST_WAIT = 5.0
# RFC 9309 2.3.1.2
_ROBOTS_REDIRECTS = 5
# Real ones have up to about a hundred characters; what is longer is not kept.
_MAX_VALIDATOR = 1_000

_PASSING = frozenset((408, 429, 500, 502, 503, 504))
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_FOR_GOOD = frozenset((301, 308))
_ACCEPT = {
    "Accept": "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, application/feed+json, "
    "application/xml;q=0.9, application/json;q=0.9, */*;q=0.5",
    # Casus reads no other language, and some sites have several at one address
    "Accept-Language": "en",
}


def _agent() -> str:
    return f"Casus/{version('casus-events')} (+https://pypi.org/project/casus-events/)"


@dataclass(frozen=True, slots=True)
class Manners:
    """How a run fetches. Times are in seconds; those of a request count for each try and each redirect anew."""

    # says who asks and where to read about it; the word before the slash is what robots.txt calls us
    agent: str = field(default_factory=_agent)
    # between the end of one request to a host and the next: a fast reader's pace, which no server feels
    per_host_s: float = 2.0
    # a server at the other end of the world answers in one second; ten bear a lost packet or two
    connect_s: float = 10.0
    # without a single byte: slow archives think for some seconds before they begin
    read_s: float = 20.0
    # the most bytes allowed take 53 of them on a poor line (1.5 Mbit/s); who is slower is stuck, or drips on purpose
    total_s: float = 60.0
    # unpacked: one report may have 5 MB, and a feed with the full text of its last hundred reports about twice that
    max_bytes: int = 10_000_000
    # http to https, to www, to the new path, to the language: four in the worst case that is no mistake
    redirects: int = 5
    # with the waits between them, see FIRST_WAIT
    tries: int = 3
    # hosts, addresses and networks ("10.1.0.0/16") that may be asked though they are not public
    allow: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (self.agent.isascii() and self.agent.isprintable() and self.agent.strip()):
            raise UsageError("the name of the agent must be one line of ASCII")
        if min(self.connect_s, self.read_s, self.total_s) <= 0 or min(self.max_bytes, self.tries) < 1:
            raise UsageError("time-outs, size and tries must be above zero")
        if min(self.per_host_s, self.redirects) < 0:
            raise UsageError("waits and redirects cannot be negative")


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address gave. `status` is 200, or 304 with an empty body: unchanged since the copy that was named.

    `url` is where it was in the end, `asked` what was asked for, `redirects` where it was sent on to, in order.
    `body` is unpacked. `charset` is what the header says, if anything. `retrieved` is ISO 8601 in UTC. `etag` and
    `last_modified` are to be given back to `get` the next time. `moved` is where it has moved for good (301, 308),
    if it has. `reason`, `sent` and `received` are the words behind the last status and the headers of both sides, for
    whoever keeps what was fetched.
    """

    url: str
    asked: str
    status: int
    body: bytes
    media_type: str | None
    charset: str | None
    etag: str | None
    last_modified: str | None
    retrieved: str
    redirects: tuple[str, ...] = ()
    moved: str | None = None
    reason: str = field(default="", compare=False)
    sent: Pairs = field(default=(), repr=False, compare=False)
    received: Pairs = field(default=(), repr=False, compare=False)

    def header(self, name: str) -> str:
        """The header of that name, "" where there is none; one that came several times as a list."""
        return ", ".join(value for key, value in self.received if key.lower() == name.lower())


@dataclass(slots=True)
class _Host:
    """What is known of a host: when it may be asked again, and how long it wants between two requests."""

    pause: float
    free_at: float = float("-inf")
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(slots=True)
class _Site:
    """The rules of an origin, once they were asked for."""

    rules: Rules | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class Fetcher:
    """One a run: it remembers robots.txt and when each host was last asked. Threads may share it; hosts are queued.

    Keeps no cookies, asks no proxy, sends nothing but GET.
    """

    def __init__(
        self,
        manners: Manners | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.manners = manners or Manners()
        self._sleep, self._clock, self._now = sleep, clock, now
        self._wire = Wire(Gate(self.manners.allow), clock)
        self._hosts: dict[str, _Host] = {}
        self._sites: dict[str, _Site] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hosts.clear()
        self._sites.clear()

    def get(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None, robots: bool = True
    ) -> Answer:
        """The page or feed at `url`. With `etag` or `last_modified` of an older answer it may say that nothing changed.

        `robots=False` is for what a person named as such, a feed that they follow. Raises FetchError (the message says
        which status, time-out or fault), AddressError, RobotsError, TooLargeError.
        """
        known = _validators(etag, last_modified)
        here, hops = Url.of(url), list[str]()
        seen, moved, for_good = {here.text}, "", True
        while True:
            if robots:
                self._check_robots(here)
            reply = self._tried(here, known, self._limits())
            if reply.status not in _REDIRECTS:
                return replace(self._answer(here, url, hops, reply, known), moved=moved or None)
            here = _next(here, reply)
            hops.append(here.text)
            for_good = for_good and reply.status in _FOR_GOOD
            moved = here.text if for_good else moved
            if here.text in seen:
                raise FetchError(f"{shown(url)} is redirected in a circle, to {shown(here.text)} again")
            if len(hops) > self.manners.redirects:
                raise FetchError(f"{shown(url)} is redirected more than {self.manners.redirects} times")
            seen.add(here.text)

    def _answer(self, here: Url, asked: str, hops: list[str], reply: Reply, known: Mapping[str, str]) -> Answer:
        """The last reply as an answer, where it is one."""
        if reply.status == 304 and not known:
            raise FetchError(f"{shown(here.text)} answers 304 Not Modified, though no older copy was named")
        if reply.status not in (200, 304):
            wait = self._retry_after(reply.headers.get("retry-after", ""))
            raise FetchError(f"{shown(here.text)} answers {reply.told()}", status=reply.status, wait=wait)
        if reply.status == 200 and not reply.body:
            raise FetchError(f"{shown(here.text)} answers {reply.told()} and nothing more")
        told = reply.headers.get("content-type", "")
        media_type = re.match(r"\s*([\w.+-]+/[\w.+-]+)", told, re.ASCII)
        charset = re.search(r";\s*charset\s*=\s*[\"']?([\w.:+-]+)", told, re.ASCII | re.IGNORECASE)
        return Answer(
            url=here.text,
            asked=asked,
            status=reply.status,
            body=reply.body,
            media_type=media_type[1].lower() if media_type else None,
            charset=charset[1].lower() if charset else None,
            etag=_validator(reply, "etag") or (known.get("If-None-Match") if reply.status == 304 else None),
            last_modified=_validator(reply, "last-modified")
            or (known.get("If-Modified-Since") if reply.status == 304 else None),
            retrieved=self._now().astimezone(UTC).isoformat(timespec="seconds"),
            redirects=tuple(hops),
            reason=reply.reason,
            sent=reply.sent,
            received=reply.received,
        )

    def _limits(self) -> Limits:
        manners = self.manners
        return Limits(manners.connect_s, manners.read_s, manners.total_s, manners.max_bytes)

    def _tried(self, url: Url, headers: Mapping[str, str], limits: Limits) -> Reply:
        """A reply that is not to be had better: the first, or that of a further try where the fault may pass."""
        last = PassingError("")
        for tried in range(1, self.manners.tries + 1):
            try:
                return self._once(url, headers, limits, tried)
            except PassingError as passing:
                last = passing
                if passing.wait is not None and passing.wait > MOST_WAIT:
                    asks = f"{url.host} asks to be left alone for {passing.wait:.0f} s: {passing}"
                    raise FetchError(asks, status=passing.status, wait=passing.wait) from None
        times = f"{self.manners.tries} tries" if self.manners.tries > 1 else "one try"
        message = f"{shown(url.text)} could not be fetched in {times}: {last}"
        raise FetchError(message, status=last.status, wait=last.wait)

    def _once(self, url: Url, headers: Mapping[str, str], limits: Limits, tried: int) -> Reply:
        """Waits for the host's turn and asks. Raises PassingError where it may go better the next time."""
        host = self._host(url.host)
        with host.lock:
            self._wait(url, host)
            pause = host.pause
            try:
                reply = self._wire.ask(url, {"User-Agent": self.manners.agent, **_ACCEPT, **headers}, limits)
                if reply.status in _PASSING:
                    wait = self._retry_after(reply.headers.get("retry-after", ""))
                    raise PassingError(reply.told(), wait, reply.status)
                return reply
            except PassingError as passing:
                asked = min(FIRST_WAIT * 2 ** (tried - 1), MOST_WAIT) if passing.wait is None else passing.wait
                pause = max(pause, asked)
                raise
            finally:
                host.free_at = self._clock() + pause

    def _wait(self, url: Url, host: _Host) -> None:
        wait = host.free_at - self._clock()
        if wait > max(MOST_WAIT, host.pause):
            told = f"{url.host} asked to be left alone, and {wait:.0f} seconds of that are left"
            raise FetchError(told, wait=wait)
        if wait > 0:
            self._sleep(wait)

    def _retry_after(self, value: str) -> float | None:
        """Seconds to wait by a Retry-After header, which holds a number or a date; None where it holds neither."""
        if re.fullmatch(r"[0-9]{1,9}", value):
            return float(value)
        try:
            until = parsedate_to_datetime(value)
            until = until if until.tzinfo else until.replace(tzinfo=UTC)
            return max(0.0, (until - self._now()).total_seconds())
        except (ValueError, OverflowError):
            return None

    def _host(self, name: str) -> _Host:
        with self._lock:
            return self._hosts.setdefault(name, _Host(self.manners.per_host_s))

    def _check_robots(self, url: Url) -> None:
        """Raises RobotsError where the site wants no visit; slows down where it wants fewer."""
        with self._lock:
            site = self._sites.setdefault(url.origin, _Site())
        with site.lock:
            rules = site.rules = site.rules or self._ask_rules(url)
        if rules.refusal:
            raise RobotsError(
                f"nothing is fetched from {url.origin} while its robots.txt cannot be had: {rules.refusal}"
            )
        if not rules.allows(url.text):
            raise RobotsError(f"robots.txt of {url.origin} asks not to fetch {shown(url.text)}")
        host = self._host(url.host)
        # the first page waits as long after robots.txt as the second after the first
        with host.lock:
            more = max(0.0, min(rules.delay or 0.0, MOST_CRAWL_DELAY) - host.pause)
            host.pause, host.free_at = host.pause + more, host.free_at + more

    def _ask_rules(self, url: Url) -> Rules:
        """Fetches robots.txt. RFC 9309 2.3.1: none there, all is allowed; the server fails, nothing is.

        429 counts as failing, too, other than in the RFC: a server that has enough of us has not allowed anything.
        """
        here = first = Url.of(f"{url.origin}/robots.txt")
        limits = Limits(self.manners.connect_s, self.manners.read_s, self.manners.total_s, MAX_ROBOTS_BYTES, cut=True)
        for _ in range(_ROBOTS_REDIRECTS + 1):
            try:
                reply = self._tried(here, {}, limits)
                if reply.status not in _REDIRECTS:
                    return self._rules(reply)
                here = _next(here, reply)
            except AddressError as error:
                if here is first:
                    raise
                return Rules(refusal=error.message)
            except FetchError as error:
                return Rules(refusal=error.message)
        return Rules()

    def _rules(self, reply: Reply) -> Rules:
        if reply.status == 200:
            return read_rules(reply.body, self.manners.agent)
        allowed = 200 <= reply.status < 300 or 400 <= reply.status < 500
        return Rules() if allowed else Rules(refusal=f"it answers {reply.told()}")


def _next(here: Url, reply: Reply) -> Url:
    """Where a redirect leads. Raises FetchError or AddressError for nowhere, or where nothing may be fetched."""
    told = reply.headers.get("location", "")
    if not told:
        raise FetchError(f"{shown(here.text)} answers {reply.told()} and does not say where to")
    with suppress(UnicodeDecodeError):  # headers are Latin-1, and some servers send UTF-8 all the same
        told = told.encode("latin-1").decode("utf-8")
    try:
        return Url.of(told, here)
    except FetchError as error:
        raise type(error)(f"{shown(here.text)} redirects astray: {error.message}", error.hint) from None


def _validators(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """The headers that ask for what is new only. A value that no header can hold came from no server: left out."""
    given = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in given.items() if value and _fits(value)}


def _validator(reply: Reply, name: str) -> str | None:
    value = reply.headers.get(name, "").strip()
    return value if value and _fits(value) else None


def _fits(value: str) -> bool:
    return len(value) <= _MAX_VALIDATOR and value.isprintable() and not any(ord(c) > 0xFF for c in value)
