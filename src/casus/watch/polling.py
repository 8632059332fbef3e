"""The feeds that `casus watch` follows: which they are, whether one is due, what it says, and when to ask it again.

Knows no clock and no network: the time is an argument, and whoever fetches hands in what came.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from casus.errors import FormatError, IntakeError, TooLargeError
from casus.intake.news.feeds import Entry, about, entries
from casus.intake.news.opml import subscriptions
from casus.intake.news.xmlsafe import root_of
from casus.intake.raw import HEAD_BYTES, megabytes
from casus.ledger.watched import WatchedFeed
from casus.records import Failure

# Between two looks at a feed where nobody says otherwise, in seconds: a report is a quarter of an hour old by then on
# average, and a server does not notice 48 small questions a day.
USUAL_WAIT = 30 * 60
# The longest wait that a feed can ask for (ttl, sy:updatePeriod, max-age). Programs write "daily" or a week into feeds
# of papers with forty reports a day, of which the feed holds the last ten: after more than this, some would be lost.
_MOST_ASKED = 6 * 3600
# After failures: doubled each time, up to a day, by which a site that was down over the weekend is missed little.
_FIRST_AGAIN, _MOST_AGAIN = 15 * 60, 24 * 3600
# What Retry-After can ask of us, two days: more is a mistake, or meant for others.
MOST_RETRY_AFTER = 48 * 3600
# Timers are late by up to a minute (systemd), so a feed asked at 12:00:40 is due at 12:30:00.
_EARLY = 120
_ROOTS = frozenset(("rss", "rdf", "feed", "opml"))
# Lists of feeds and feeds on the disk.
_MAX_FILE = 10_000_000
_ON_WEB = re.compile(r"(?:feed:(?://)?)?(?P<address>https?://\S+)|feed://(?P<bare>\S+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Followed:
    """A feed to follow: its address, or its whole path where it lies on the disk; `title` is what a list calls it."""

    url: str
    title: str | None = None
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What a feed says: its entries in its order, what is wrong with others, and what it asks to wait, in seconds."""

    title: str | None
    asked_wait: int
    entries: tuple[Entry, ...]
    failures: tuple[Failure, ...]


def followed(arguments: Sequence[str]) -> list[Followed | Failure]:
    """The feeds that are named by their address, by a file with one, or in a list (OPML), each once, in order.

    What cannot be read is a Failure in its place.
    """
    found: dict[str, Followed | Failure] = {}
    for argument in arguments:
        for one in _named(argument):
            found.setdefault(one.url if isinstance(one, Followed) else f"failed {one.item}", one)
    return list(found.values())


def _named(argument: str) -> Iterator[Followed | Failure]:
    if on_web := _ON_WEB.fullmatch(argument.strip()):
        yield Followed(on_web["address"] or f"http://{on_web['bare']}")
        return
    try:
        path = Path(argument).expanduser()
        data = read_file(path)
        if _root(data, argument) == "opml":
            yield from (Followed(s.url, s.title) for s in subscriptions(data, argument))
        else:
            yield Followed(str(path.absolute()), path=path)
    except IntakeError as error:
        yield Failure("intake", argument, error.code, error.message, error.hint, argument)


def read_file(path: Path) -> bytes:
    """A feed or a list on the disk. Raises IntakeError, TooLargeError."""
    try:
        with path.open("rb") as stream:
            data = stream.read(_MAX_FILE + 1)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "no such file"
        raise IntakeError(f"{path} cannot be opened: {reason}", "give an address, or the path of a file") from error
    if len(data) > _MAX_FILE:
        raise TooLargeError(f"{path} has more than {megabytes(_MAX_FILE)}: that is no feed that is followed")
    return data


def said(data: bytes, name: str, base: str | None, most: int) -> Said:
    """What is in a feed, of at most so many entries, the first. Raises FormatError for what is no feed."""
    if _root(data, name) == "opml":
        raise FormatError(f"{name} is a list of feeds (OPML) and no feed", "save it, and give the file")
    feed = about(data, name, base)
    good, bad = list[Entry](), list[Failure]()
    for found in entries(data, name, base):
        if isinstance(found, Failure):
            bad.append(replace(found, source=name))
        else:
            good.append(found)
        if len(good) >= most:
            break
    return Said(feed.title, 60 * (feed.every or 0), tuple(good), tuple(bad))


def _root(data: bytes, name: str) -> str:
    """Which of the formats that are followed it is, by its first element. Raises FormatError where none."""
    try:
        root = root_of(data[:HEAD_BYTES], name).lower()
    except FormatError:
        if data.lstrip().startswith(b"<"):
            raise
        root = ""
    if root not in _ROOTS:
        hint = "give the address of a feed, which sites link to as RSS, or a list of feeds (OPML)"
        raise FormatError(f"{name} is no feed (RSS, Atom)", hint)
    return root


# ------------------------------------------------------------------ when


def due(feed: WatchedFeed | None, now: datetime) -> bool:
    """Whether a feed is to be asked now; one that never was is."""
    if feed is None or feed.next_at is None:
        return True
    return moment(feed.next_at) <= now + timedelta(seconds=_EARLY)


def answered(feed: WatchedFeed, now: datetime, every: float, max_age: int = 0) -> WatchedFeed:
    """The feed after an answer at `now`: asked again after `every` seconds, or what it asks for if that is longer."""
    wait = max(every, min(max(feed.asked_wait, max_age), _MOST_ASKED))
    return replace(feed, polled_at=stamp(now), next_at=stamp(now, wait), failed_in_row=0, note="")


def failed(feed: WatchedFeed, now: datetime, every: float, note: str, asked: float | None = None) -> WatchedFeed:
    """The feed after a failure at `now`: asked again after twice the wait of the last time, or by its Retry-After."""
    wait = max(every, _FIRST_AGAIN) * 2.0 ** min(feed.failed_in_row, 10)
    wait = max(min(wait, _MOST_AGAIN), every, min(asked or 0.0, MOST_RETRY_AFTER))
    return replace(
        feed, polled_at=stamp(now), next_at=stamp(now, wait), failed_in_row=feed.failed_in_row + 1, note=note
    )


def max_age(cache_control: str) -> int:
    """For how many seconds an answer holds, by its Cache-Control; 0 where that does not say."""
    found = re.search(r"(?<![\w-])max-age\s*=\s*\"?(\d{1,9})", cache_control, re.IGNORECASE)
    return int(found[1]) if found and not re.search(r"no-(?:cache|store)", cache_control, re.IGNORECASE) else 0


def stamp(now: datetime, wait: float = 0.0) -> str:
    """So many seconds later, as the ledger writes times: ISO 8601 in UTC, to the second."""
    return (now.astimezone(UTC) + timedelta(seconds=wait)).isoformat(timespec="seconds")


def moment(stamped: str) -> datetime:
    """A time as the ledger writes it."""
    return datetime.fromisoformat(stamped)


def earliest(stamps: Iterable[str | None]) -> str | None:
    """The first of these times; None where there is none."""
    return min((s for s in stamps if s is not None), default=None)
