"""Feeds and pages for tests of watching, and a watch that follows them by a clock that only sleep moves."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from types import TracebackType
from typing import Self

from casus.config import Config
from casus.fetch import Fetcher, Manners
from casus.keeping import Listener, Run, add_sources, open_ledger
from casus.ledger.ledger import Ledger
from casus.pipeline import Reads
from casus.records import Document
from casus.sources import find
from casus.watch.capturing import Captures
from casus.watch.watching import Habits, Watch
from tests.conftest import WordReader
from tests.web_server import LOCAL, Page, Time, WebServer

RSS = {"Content-Type": "application/rss+xml"}
HTML = {"Content-Type": "text/html; charset=utf-8"}
WORDS = (
    "The army shelled the town of Zakho on Tuesday and killed two people there, said {0}, who saw it from the hill.",
    "It was the third attack of the week on the town, and the governor spoke to {0} of a new front in the north.",
    "Nobody else could confirm what {0} had seen, and the army did not answer any of our questions on the matter.",
)


def text(name: str) -> str:
    """A report of which each name makes another."""
    return "\n\n".join(words.format(f"{name} {name[::-1].title()}") for words in WORDS)


def article(name: str, *, head: str = "", more: str = "") -> Page:
    """A page with the report of that name."""
    paragraphs = "".join(f"<p>{p}</p>" for p in f"{text(name)}{more}".split("\n\n"))
    title = f"Shells fell, says {name}"
    return Page(
        f"<html><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1>{paragraphs}</article></body>"
        "</html>".encode(),
        headers=HTML,
    )


@dataclass(frozen=True)
class Item:
    """An entry of a feed: its link, its name, when it was published and changed, and whether it has its whole text."""

    link: str | None
    name: str
    published: str | None = "2024-01-18T08:00:00+00:00"
    updated: str | None = None
    whole: bool = False

    def xml(self) -> str:
        parts = [f"<title>Shells fell, says {self.name}</title><guid isPermaLink='false'>id-{self.name}</guid>"]
        if self.link:
            parts.append(f"<link>{escape(self.link)}</link>")
        if self.published:
            parts.append(f"<dc:date>{self.published}</dc:date>")
        if self.updated:
            parts.append(f"<atom:updated>{self.updated}</atom:updated>")
        if self.whole:
            html = "".join(f"<p>{p}</p>" for p in text(self.name).split("\n\n"))
            parts.append(f"<content:encoded><![CDATA[{html}]]></content:encoded>")
        else:
            parts.append(f"<description>What {self.name} saw.</description>")
        return f"<item>{''.join(parts)}</item>"


def feed(*items: Item, head: str = "", **more: str | None) -> Page:
    """A feed of these entries; `more` are `etag` and `last_modified`."""
    spaces = "xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:content='http://purl.org/rss/1.0/modules/content/' "
    spaces += "xmlns:atom='http://www.w3.org/2005/Atom' xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"
    body = f"<rss version='2.0' {spaces}><channel><title>Karvan Post - RSS</title>{head}"
    body += f"{''.join(item.xml() for item in items)}</channel></rss>"
    return replace(Page(body.encode(), headers=RSS), **more)  # type: ignore[arg-type]


def opml(*urls: str) -> str:
    """A list of feeds, one folder within the other."""
    outlines = ""
    for n, url in enumerate(urls):
        outlines = (
            f"<outline text='Folder {n}'><outline type='rss' text='{n}' xmlUrl='{escape(url)}'/>{outlines}</outline>"
        )
    return f"<opml version='2.0'><head/><body>{outlines}</body></opml>"


class Stand:
    """A watch of feeds on a server. In a `with`; each `round` is one of the watch, at the time that it is then."""

    def __init__(self, web: WebServer, folder: Path, *feeds: str, manners: Manners | None = None) -> None:
        self.web, self.folder, self.feeds = web, folder, feeds
        self.time, self.manners = Time(), manners or Manners(allow=LOCAL)
        self.config = Config(cache=folder / "cache")
        self.path = folder / "x.casus"
        self.captures = Captures(folder / "x.casus.captures", self.time.now)
        self.ledger: Ledger = open_ledger(self.path, self.config, create=True)

    def __enter__(self) -> Self:
        self.captures.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.captures.__exit__()
        self.ledger.close()

    def fetcher(self) -> Fetcher:
        return Fetcher(self.manners, sleep=self.time.sleep, clock=self.time.clock, now=self.time.now)

    def watch(
        self, *feeds: str, reader: Reads | None = None, habits: Habits | None = None, listener: Listener | None = None
    ) -> Watch:
        return Watch(
            self.ledger, self.config, feeds or self.feeds, reader=reader or WordReader(), captures=self.captures,
            fetcher=self.fetcher, now=self.time.now, habits=habits, listener=listener,
        )  # fmt: skip

    def later(self, hours: float) -> None:
        """Lets time pass."""
        self.time.seconds += hours * 3600

    def documents(self) -> list[Document]:
        """All that the ledger holds, by address."""
        ids = list(self.ledger.readings())
        return sorted(self.ledger.documents(ids).values(), key=lambda d: (d.url or "", d.id))

    def asked(self, visits: Callable[[], object]) -> list[str]:
        """What the server was asked for meanwhile, robots.txt left out."""
        before = len(self.web.paths())
        visits()
        return self.web.paths()[before:]


def add(ledger: Ledger, config: Config, *paths: Path, reader: Reads | None = None) -> Run:
    """As `casus add` does it."""
    items = find([str(path) for path in paths]).items
    return add_sources(ledger, items, config, reader=reader or WordReader(), stdin=io.BytesIO())


def as_published(documents: Iterable[Document]) -> Sequence[Document]:
    """Documents without what a run gives them."""
    return sorted((replace(d, run_id=None) for d in documents), key=lambda d: d.id)
