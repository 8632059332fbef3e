"""What `casus watch` follows: feeds and when to ask them again, pages that they link to and what came of each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from typing import Literal

from casus.ledger.codec import dumps
from casus.ledger.relink import batches, marks
from casus.ledger.store import Row, Store

PageState = Literal["new", "taken", "known", "refused", "failed"]


@dataclass(frozen=True, slots=True)
class WatchedFeed:
    """A feed, by the address or path under which it is followed. Times are ISO 8601 in UTC, None for never.

    `digest` is that of its last body; `asked_wait` is how many seconds it asks to be left alone between two looks;
    `failed_in_row` counts the looks since it last answered, `note` says what was wrong; `moved_to` is where it has
    moved for good, by its own word.
    """

    url: str
    title: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    asked_wait: int = 0
    polled_at: str | None = None
    next_at: str | None = None
    failed_in_row: int = 0
    note: str = ""
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class WatchedPage:
    """A page that an entry of a feed links to. Times are ISO 8601 in UTC.

    `state`: new is to be fetched; taken and known gave `documents`, which were new to the ledger or not; refused holds
    no report that is read; failed could not be fetched. `tries` counts fetches; before `next_at` it is not fetched
    again, and where a failed one has none, it is given up. `stated` is what the entry says of it (JSON), `capture`
    where it is kept.
    """

    url: str
    feed: str
    first_seen: str
    state: PageState = "new"
    tries: int = 0
    next_at: str | None = None
    stated: str = "{}"
    documents: tuple[str, ...] = ()
    capture: str | None = None


_FEED, _PAGE = (", ".join(f.name for f in fields(kind)) for kind in (WatchedFeed, WatchedPage))


def read_feeds(store: Store) -> dict[str, WatchedFeed]:
    """Every feed that was ever followed, by its address, in the order of these."""
    return {row[0]: WatchedFeed(*row) for row in store.rows(f"SELECT {_FEED} FROM feeds ORDER BY url")}


def write_feed(store: Store, feed: WatchedFeed, run: str, *, read: bool) -> None:
    """Puts a feed down as it is now. One that answered has not failed any more, and where it was `read`, neither have
    entries of it that did not fail again. Inside of `writing`."""
    row = astuple(feed)
    store.db.execute(f"INSERT OR REPLACE INTO feeds ({_FEED}) VALUES ({marks(row)})", row)
    if not feed.failed_in_row:
        _resolve(store, run, [feed.url], inner=read)


def read_pages(store: Store, urls: Iterable[str]) -> dict[str, WatchedPage]:
    """Those of the pages that were met before, by address."""
    found: dict[str, WatchedPage] = {}
    for some in batches(sorted(set(urls))):
        sql = f"SELECT {_PAGE} FROM pages WHERE url IN ({marks(some)})"
        found.update((row[0], _page(row)) for row in store.rows(sql, *some))
    return found


def read_waiting(store: Store, feeds: Iterable[str], until: str | None = None) -> list[WatchedPage]:
    """The pages of these feeds that are still to be fetched, of those whose time has come at `until`, or of all; in the
    order in which they were met."""
    wanted = frozenset(feeds)
    sql = f"""SELECT {_PAGE} FROM pages WHERE state IN ('new', 'failed') AND NOT (state = 'failed' AND next_at IS NULL)
              AND (? IS NULL OR next_at IS NULL OR next_at <= ?) ORDER BY first_seen, url"""
    return [page for row in store.rows(sql, until, until) if (page := _page(row)).feed in wanted]


def write_pages(store: Store, pages: Sequence[WatchedPage], run: str) -> None:
    """Puts pages down as they are now; those that gave documents have no open failure any more. Inside of `writing`."""
    rows = [(*astuple(p)[:-2], dumps(list(p.documents)), p.capture) for p in pages]
    if rows:
        store.db.executemany(f"INSERT OR REPLACE INTO pages ({_PAGE}) VALUES ({marks(rows[0])})", rows)
    _resolve(store, run, [p.url for p in pages if p.state in ("taken", "known")], inner=True)


def _page(row: Row) -> WatchedPage:
    url, feed, first_seen, state, tries, next_at, stated, documents, capture = row
    return WatchedPage(url, feed, first_seen, state, tries, next_at, stated, tuple(json.loads(documents)), capture)


def _resolve(store: Store, run: str, sources: Sequence[str], *, inner: bool) -> None:
    """Ends the open failures of these sources, and of items in them, but for those of this run; "" is a run that had
    nothing to write."""
    sql = """UPDATE failures SET resolved = CASE WHEN ?1 = '' THEN last_run ELSE ?1 END
             WHERE source = ?2 AND (?3 OR item = source) AND resolved IS NULL AND last_run <> ?1"""
    store.db.executemany(sql, [(run, source, inner) for source in sources])
