"""Pages that hold several reports: the entries of a live blog, the reports of a round-up.

A live blog is split where its data lists its entries, or where its page repeats one block with a time in each. A
round-up is split where each of its parts has a heading and a dateline. What cannot be split is marked as what it is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from casus.intake.dates import find_clock, find_date
from casus.intake.moments import stamp_of
from casus.intake.plaintext.lines import kind_of
from casus.intake.raw import Stamp
from casus.intake.web.body import Part, Report
from casus.intake.web.clutter import COMMENTS, is_prose
from casus.intake.web.dated import Dates
from casus.intake.web.meta import PageFacts
from casus.intake.web.tree import HEADINGS, Block, Node, Page
from casus.records import Form

_LIVE_TITLE = re.compile(
    r"\blive(?: ?blog)?\s?[:|–—]|\blive (?:updates?|blog|coverage|news|ticker|text)\b|\bas it happened\b|"
    r"\b(?:minute|hour) by (?:minute|hour)\b|\brolling (?:coverage|updates)\b|\bas they happened\b|[-–—:|]\s?live$|"
    r"\blatest updates\b",
    re.IGNORECASE,
)
_LIVE_NAMES = frozenset({"liveblog", "live", "livefeed", "liveupdates", "liveticker", "timeline"})
_ENTRY_NAMES = frozenset({"entry", "update", "post", "block", "item", "card", "event", "moment"})
# Two entries may be two reports; three blocks alike with a time in each are a list.
_MIN_ENTRIES, _MIN_UPDATES = 3, 2
# The entries have to be the page's report: so much of its prose stands in them. A judgement.
_MIN_SHARE = 0.5
_MIN_WORDS = 5
# BELO, Borduria, May 3 (Coast Wire) — : with a dash, and a place in capitals, for there is nothing else to go by
_DATELINE = re.compile(
    r"\W{0,2}[A-Z][A-Z.'’-]+(?:[ /][A-Z][A-Z.'’-]+){0,4}(?:, [A-Z][\w.'’-]*(?: [\w.'’-]{1,20}){0,3}){0,3}"
    r"(?: ?\([^()]{1,40}\))? ?(?:—|–|--|-(?= ))"
)
_DATELINE_CHARS = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """One report among several on a page: its own headline (None where it has none), parts, date and address."""

    title: str | None
    parts: tuple[Part, ...]
    stamp: Stamp | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Split:
    """What a page is, its reports where it holds several and could be split, and what a person should know."""

    form: Form = "report"
    entries: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()


def looks_live(titles: Sequence[str], facts: PageFacts) -> bool:
    """Whether a page says that it is a live blog, in its data or in one of its titles."""
    return any(_is_live(a) for a in facts.articles) or any(_LIVE_TITLE.search(t) for t in titles)


def split(page: Page | None, report: Report | None, facts: PageFacts, dates: Dates, title: str | None) -> Split:
    """The reports of a page, in the order in which they stand; none where it holds one. `page` and `report` are None
    where there is no tree or no prose: its data may list entries none the less."""
    live = looks_live([*([title] if title else []), *(t.value for t in facts.titles)], facts)
    if live or (report and _has_live_names(report.around)):
        entries = _told_entries(facts)
        if not entries and page and report:
            entries = tuple(_entries(page, report, facts, dates))
        if entries:
            return Split("live-entry", _without_numbers(entries, facts.url))
        if live:
            return Split("live-blog", (), ("a live blog whose entries could not be told apart",))
    return _round_up(page, report, facts) if page and report else Split()


def _without_numbers(entries: tuple[Entry, ...], url: str | None) -> tuple[Entry, ...]:
    """Entries without fragments that only count them from the newest on: each of these moves with every new entry."""
    numbers = [int(m[1]) for e in entries if e.url and (m := re.search(r"#\D*(\d{1,4})\Z", e.url))]
    moments = [e.stamp.at or e.stamp.day.isoformat() for e in entries if e.stamp]
    counted = len(numbers) == len(entries) > 1 and [n - numbers[0] for n in numbers] == list(range(len(numbers)))
    if counted and len(moments) == len(entries) and moments[0] > moments[-1]:
        return tuple(replace(e, url=url) for e in entries)
    return entries


def _is_live(article: dict[str, Any]) -> bool:
    kinds = article.get("@type")
    return "LiveBlogPosting" in (kinds if isinstance(kinds, list) else [kinds])


def _has_live_names(node: Node | None) -> bool:
    while node is not None:
        if node.names & _LIVE_NAMES and node.tag != "body":
            return True
        node = node.parent
    return False


def _told_entries(facts: PageFacts) -> tuple[Entry, ...]:
    """The entries that JSON-LD lists with their words; none where it lists only headlines."""
    found: list[Entry] = []
    for article in facts.articles:
        updates = article.get("liveBlogUpdate") if _is_live(article) else None
        for update in updates if isinstance(updates, list) else [updates]:
            if isinstance(update, dict) and (entry := _told_entry(update, facts.url)):
                found.append(entry)
    return tuple(found) if len(found) >= _MIN_UPDATES else ()


def _told_entry(update: dict[str, Any], url: str | None) -> Entry | None:
    body = next((v for k in ("articleBody", "text", "description") if isinstance(v := update.get(k), str)), "")
    paragraphs = [" ".join(re.sub(r"<[^<>]{0,500}>", " ", p).split()) for p in _PARAGRAPH.split(body)]
    parts = tuple(Part(p, False) for p in paragraphs if p)
    if sum(len(p.text.split()) for p in parts) < _MIN_WORDS:
        return None
    headline = update.get("headline") or update.get("name")
    title = " ".join(headline.split()) if isinstance(headline, str) else None
    stamp = stamp_of(update.get("datePublished") or update.get("dateCreated"), "json-ld")
    own = next((v for k in ("url", "@id") if isinstance(v := update.get(k), str)), None)
    return Entry(title or None, parts, stamp, _address(own, url))


_PARAGRAPH = re.compile(r"\n\s*\n|\n|</p>|<br\s?/?>\s*<br\s?/?>", re.IGNORECASE)


def _address(own: str | None, url: str | None) -> str | None:
    """The address of an entry: its own, or its fragment behind that of the page."""
    if own and own.startswith("http"):
        return own
    if url and own and "#" in own:
        return f"{url.partition('#')[0]}#{own.rpartition('#')[2]}"
    return url


def _entries(page: Page, report: Report, facts: PageFacts, dates: Dates) -> Iterator[Entry]:
    """The entries of a page: the largest group of blocks alike, with a time and prose in each."""
    nodes = _group(page, report)
    stamps = _stamps(page, nodes, dates)
    for node, stamp in zip(nodes, stamps, strict=True):
        title, parts = _content(page, report, node)
        if sum(len(p.text.split()) for p in parts) >= _MIN_WORDS or (title and len(title.split()) >= _MIN_WORDS):
            anchor = f"#{node.id}" if node.id else None
            yield Entry(title, parts, stamp, _address(anchor, facts.url))


def _group(page: Page, report: Report) -> list[Node]:
    head = -1 if report.head is None else report.head
    prose = [b.words if n > head and is_prose(b) else 0 for n, b in enumerate(page.blocks)]
    groups: dict[tuple[int, str], list[Node]] = defaultdict(list)
    timed = {time.block for time in page.times}
    for node in page.nodes:
        if node.start > head and node.tag not in {"p", "body"} and not node.names & COMMENTS:
            own = range(node.start, node.end)
            if any(prose[n] for n in own) and _when(page.blocks, own, timed) is not None:
                groups[id(node.parent), node.tag].append(node)
    total = sum(prose[report.first : report.end]) or 1
    best: list[Node] = []
    for nodes in groups.values():
        share = sum(sum(prose[node.start : node.end]) for node in nodes) / total
        if len(nodes) >= _MIN_ENTRIES and share >= _MIN_SHARE and len(nodes) > len(best):
            best = nodes
    return best


def _when(blocks: Sequence[Block], own: range, timed: set[int]) -> str | None:
    """The line with the time of an entry, at its head or its foot; "" where an element says it for machines."""
    if any(n in timed for n in own):
        return ""
    for block in (*blocks[own.start : own.start + 3], blocks[own[-1]]):
        if block.words <= 12 and (find_clock(block.text) or kind_of(block.text) == "stamp"):
            return block.text
    return None


def _stamps(page: Page, nodes: Sequence[Node], dates: Dates) -> list[Stamp | None]:
    """The date of each entry. Where it shows only the time of day, the day is that of the page, and in a blog that went
    on past midnight the days between its first and its last change."""
    timed = {time.block: time.value for time in reversed(page.times)}
    found: list[Stamp | None] = []
    clocks: list[time | None] = []
    for node in nodes:
        own = range(node.start, node.end)
        line = _when(page.blocks, own, set(timed)) or ""
        value = next((timed[n] for n in own if n in timed), "")
        day = find_date(line, "day") if find_date(line, "day") == find_date(line, "month") else None
        stamp = stamp_of(value, "meta") or (Stamp(day, "text") if day else None)
        clock = find_clock(line or value)
        found.append(stamp)
        clocks.append(clock[0] if clock else None)
    if all(s is None for s in found) and all(clocks):
        return _by_clock([c for c in clocks if c], dates)
    return found


def _by_clock(clocks: Sequence[time], dates: Dates) -> list[Stamp | None]:
    first = dates.published[0].day if dates.published else None
    last = _day(dates.modified) or first
    if first is None or last is None or not clocks:
        return [None] * len(clocks)
    # newest first, as a rule; the other way round if the times rise
    rises = sum(a < b for a, b in pairwise(clocks)) * 2 > len(clocks) - 1
    ordered = list(clocks) if rises else list(reversed(clocks))
    days, day = [], first
    for before, clock in zip([ordered[0], *ordered], ordered, strict=False):
        day += timedelta(1) if clock < before else timedelta(0)
        days.append(day)
    if day != last and len({*days}) > 1:
        return [None] * len(clocks)
    return [Stamp(d, "text") for d in (days if rises else reversed(days))]


def _day(moment: str | None) -> date | None:
    return datetime.fromisoformat(moment).date() if moment else None


def _content(page: Page, report: Report, node: Node) -> tuple[str | None, tuple[Part, ...]]:
    """An entry's own headline, and its paragraphs and captions without its time."""
    title: str | None = None
    parts: list[Part] = []
    for n in range(node.start, node.end):
        block = page.blocks[n]
        if kind_of(block.text) is not None or (block.words <= 12 and find_clock(block.text) and not is_prose(block)):
            continue
        if block.caption:
            parts.append(Part(block.text, True))
        elif title is None and not parts and (block.tag in HEADINGS or block.strong) and block.words <= 30:
            title = block.text
        elif not report.marked[n] and block.linked * 2 <= block.words and (is_prose(block) or block.tag in _TEXT):
            parts.append(Part(block.text, False))
    return title, tuple(dict.fromkeys(parts))


_TEXT = frozenset({"p", "li", "blockquote", "pre"}) | HEADINGS


def _round_up(page: Page, report: Report, facts: PageFacts) -> Split:
    """The reports of a page that prints several under one another, each with its dateline."""
    blocks = page.blocks
    own = [n for n in range(report.first - 1, report.end) if n >= 0 and not report.marked[n]]
    datelines = [n for n in own if _has_dateline(blocks[n].text)]
    headed = [n for n in datelines if n - 1 != report.head and _is_heading(blocks[n - 1])]
    # the first may stand right below the page's own headline
    first = datelines[:1] if datelines and datelines[0] not in headed else []
    if len(headed) + len(first) < 2 or not headed:
        return Split()
    headings = [n for n in own if _is_heading(blocks[n]) and n != report.head]
    whole = len(headings) == len(headed) and report.first == headed[0] and not first
    if not whole:
        return Split("round-up", (), ("several reports under one another, which could not be told apart",))
    ends = [n - 1 for n in headed[1:]] + [report.end]
    entries = []
    for n, end in zip(headed, ends, strict=True):
        parts = tuple(Part(blocks[m].text, blocks[m].caption) for m in range(n, end) if not report.marked[m])
        anchor = f"#{blocks[n - 1].node.id}" if blocks[n - 1].node.id else None
        entries.append(Entry(blocks[n - 1].text, parts, None, _address(anchor, facts.url)))
    note = f"one of {len(entries)} reports of a round-up"
    return Split("report", tuple(entries), (note,))


def _has_dateline(text: str) -> bool:
    """Whether a paragraph opens with a place and a dash; a name and a colon open an answer in an interview, too."""
    return len(text) > _DATELINE_CHARS and _DATELINE.match(text) is not None


def _is_heading(block: Block) -> bool:
    return (block.tag in HEADINGS or block.strong) and block.words <= 25 and kind_of(block.text) is None
