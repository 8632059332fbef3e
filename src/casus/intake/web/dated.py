"""Every date that a page states of its report: in JSON-LD, tags, elements, its address, its visible lines, its data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from operator import itemgetter
from typing import Any

from casus.intake.dates import Order, by_weekday, find_clock, find_date, find_partial, order_of
from casus.intake.moments import stamp_of, written
from casus.intake.raw import Stamp
from casus.intake.web.body import Report
from casus.intake.web.clutter import COMMENTS
from casus.intake.web.markup import Markup
from casus.intake.web.meta import PageFacts, Span, is_at, overlap, url_date, url_span
from casus.intake.web.stamplines import (
    LABEL,
    OTHER,
    PUBLISH,
    UPDATE,
    Line,
    dateline_date,
    is_near,
    lone_lines,
    plain_lines,
    stamp_lines,
)
from casus.intake.web.statedata import lone_stamp, state_stamps
from casus.intake.web.tree import Node, Page, Time
from casus.intake.web.zones import countries, offset_of

# In the order in which they are believed. Dates of change ("modified", "updated") are asked for by `_MODIFIED`.
_DATES = (
    "article:published_time", "og:published_time", "og:article:published_time", "datepublished", "dc.date.issued",
    "dcterms.issued", "dc.issued", "dcterms.created", "dc.date.created", "dc.date", "dcterms.date", "parsely-pub-date",
    "sailthru.date", "citation_publication_date", "citation_online_date", "citation_date", "publication_date",
    "publish_date", "publish-date", "published_time", "pubdate", "pub_date", "article.published", "article.created",
    "article_date_original", "originalpublicationdate", "cxenseparse:recs:publishtime", "rnews:datepublished", "date",
    "published", "created", "article:published", "publishdate", "release_date", "datecreated", "displaydate",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:updated_time", "og:modified_time", "datemodified", "dcterms.modified", "dc.modified",
    "dc.date.modified", "last-modified", "lastmod", "article.updated", "modified_time", "revision_date",
)  # fmt: skip
# Names that nobody has listed: what is published, issued or created and is no date of a change.
_ANY_NAME = re.compile(r"publish|pub-?_?date|issue|creat|release|posted|^date$|[._:-]date$", re.IGNORECASE)
_NO_NAME = re.compile(r"modif|updat|revis|expir|valid|event|review|last|access|copyright|creator", re.IGNORECASE)
# What microdata and RDFa call it; the first kind goes before the second.
_PUBLISHED_OF = re.compile(r"(?:^|[:/.\s])(?:datepublished|published|published_time|issued|pubdate)(?=\s|$)")
_CREATED_OF = re.compile(r"(?:^|[:/.\s])(?:datecreated|created|date)(?=\s|$)")
_MODIFIED_OF = re.compile(r"(?:^|[:/.\s])(?:datemodified|modified|modified_time|updated)(?=\s|$)")
# In JSON-LD that does not parse, the date is still there.
_BROKEN = re.compile(r"\"date(Published|Modified)\"\s{0,9}:\s{0,9}\"([^\"]{8,40})\"")
# The first publication, where the page that has it is a later one (a portal, a new edition).
_ORIGINAL = re.compile(
    r"\b(?:original(?:ly)? (?:published|posted|issued|date)|first published|original publication)\b", re.IGNORECASE
)
# Two versions of one headline share so many of the words of both; where others do, the date of the page's own tags and
# elements goes first, which mostly is the same. A judgement.
_SAME_HEADLINE = 0.4
# Lines of at most so many characters are stamps, labels and headings, by which the order of numbers is told.
_SHORT = 120


@dataclass(frozen=True, slots=True)
class Dates:
    """What a page states: dates of publication, the day or moment of the last change, and whether numbers in them
    had to be read by the country's habit. `first` goes before the others: what it calls the first publication, or what
    the year in its address says."""

    published: tuple[Stamp, ...]
    modified: str | None
    notes: tuple[str, ...] = ()
    first: Stamp | None = None


def page_dates(
    markup: Markup, page: Page | None, report: Report | None, facts: PageFacts, country: str | None
) -> Dates:
    """All statements, those of one basis in the order in which they are believed.

    `page` and `report` are None where there is no tree; then visible lines and elements are those that `markup` has.
    """
    if page and report:
        elements, lines = _of_elements(page, report), list(stamp_lines(page, report))
        short = [b.text for b in page.blocks if len(b.text) <= _SHORT]
    else:
        elements, lines = list(_plain_elements(markup)), list(plain_lines(markup))
        short = [b.text for b in markup.blocks if len(b.text) <= _SHORT]
    lines.sort(key=lambda line: not LABEL.match(line.published))
    order, notes = _order(short, lines, country, _language(markup))
    machine, changed, told_twice = _of_machine(markup, facts, elements, order)
    if facts.url and (day := url_date(facts.url)):
        machine.append(Stamp(day, "url"))
    if not any(s.basis in {"json-ld", "meta"} for s in machine):
        days = [p for line in lines if (p := find_partial(line.published))]
        machine += state_stamps(markup.state, facts, days, list(_changes(lines, order)))
    told = _Told(tuple(machine), tuple(changed), url_span(facts.url or ""), order, country)
    seen = [s for line in lines if (s := _shown(line.published, told))]
    if not seen and page and report and (filed := dateline_date(page.blocks[report.first].text)):
        seen = [s for s in [_shown(filed, told)] if s]
    changed += [s for line in lines if (s := _shown(line.updated, told))]
    # an element with a date for machines and the words in it are one statement
    shown = [s for s in seen if all(s.day != t.day for t in told_twice)]
    every = [*machine, *shown] or _of_articles(facts.pages, order, "datePublished") or lone_stamp(markup.state)
    if not every and page and report:
        every = _only_one(lone_lines(markup, page, report), told)
    first = _original(lines, every, told) or _by_address(told.span, machine, shown) or _renewed(lines, machine, told)
    published = tuple(dict.fromkeys(every))
    return Dates(published, written(changed[0]) if changed else None, notes if shown else (), first)


def _changes(lines: Sequence[Line], order: Order | None) -> Iterator[datetime]:
    """The moments at which visible lines say that the report was changed."""
    for line in lines:
        day, clock = find_date(line.updated, order), find_clock(line.updated)
        if day and clock:
            yield datetime.combine(day, clock[0])


def _language(markup: Markup) -> str:
    """The page's language with its region ("en-GB"), where a tag has one."""
    locale = next((content for name, content in markup.metas if name == "og:locale"), "")
    return markup.language if "-" in markup.language else locale.replace("_", "-")


def _of_machine(
    markup: Markup, facts: PageFacts, elements: Sequence[tuple[str, bool]], order: Order | None
) -> tuple[list[Stamp], list[Stamp], list[Stamp]]:
    """What JSON-LD, tags and elements say of publication and of change; and apart those of the former that the page
    shows too."""
    own, doubtful = _by_headline(markup, facts)
    published = _of_articles(own, order, "datePublished", "dateCreated")
    broken = _of_articles(doubtful, order, "datePublished", "dateCreated")
    broken = broken if published or broken else _of_broken(markup, "Published")
    changed = _of_articles(facts.articles, order, "dateModified") or _of_broken(markup, "Modified")
    published += _of_metas(markup, _DATES, order)
    changed += _of_metas(markup, _MODIFIED, order)
    shown = [s for value, late in elements if not late and (s := stamp_of(value, "meta", order))]
    changed += [s for value, late in elements if late and (s := stamp_of(value, "meta", order))]
    stated = [*published, *shown]
    # whether broken JSON-LD, or such with another headline, is about this report, nobody can tell: it goes last
    broken = [replace(s, basis="meta") for s in broken] if stated else broken
    return [*stated, *broken], changed, shown


def _by_headline(markup: Markup, facts: PageFacts) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The JSON-LD objects with a headline or the address of the page; and those with one that has few words of it: of a
    gallery in the report, of the last report of a series."""
    shown = [b.text for b in markup.blocks if b.tag == "h1"] + [t.value for t in facts.titles if t.basis == "meta"]
    own: list[dict[str, Any]] = []
    doubtful: list[dict[str, Any]] = []
    for article in facts.articles:
        name = article.get("headline") or article.get("name")
        same = not isinstance(name, str) or not shown or is_at(article, facts.url)
        same = same or any(overlap(str(name), t) >= _SAME_HEADLINE for t in shown)
        (own if same else doubtful).append(article)
    return own, doubtful


def _original(lines: Sequence[Line], every: Sequence[Stamp], told: _Told) -> Stamp | None:
    """The date that a line calls that of the first publication, if nothing states an earlier one."""
    marked = (s for line in lines if _ORIGINAL.search(line.published) and (s := _shown(line.published, told)))
    first = next(marked, None)
    return first if first and all(first.day <= s.day for s in every) else None


def _by_address(span: Span | None, machine: Sequence[Stamp], shown: Sequence[Stamp]) -> Stamp | None:
    """The visible date, where the address has its year or month and no machine's date lies in it: rule 2 of
    `settle_published`, for an address without a day."""
    tags = [s for s in machine if s.basis != "url"]
    if span is None or not tags or any(span.holds(s.day) for s in tags):
        return None
    return next((s for s in shown if span.holds(s.day)), None)


def _renewed(lines: Sequence[Line], machine: Sequence[Stamp], told: _Told) -> Stamp | None:
    """The visible "Published 3 May", where tags state one day as that of publication and of change, and the page names
    that day, too, as the day of a change: its system gives the date of the last edition as that of the first."""
    days = {s.day for s in machine if s.basis != "url"}
    changed = {s.day for line in lines if (s := _shown(line.updated, told))}
    if len(days) != 1 or not days <= changed or not days <= {s.day for s in told.modified}:
        return None
    labelled = (s for line in lines if LABEL.match(line.published) and (s := _shown(line.published, told)))
    first = next(labelled, None)
    return first if first and first.day < min(days) else None


@dataclass(frozen=True, slots=True)
class _Told:
    """What else the page states, by which a visible date without a year or an order is understood."""

    published: tuple[Stamp, ...]
    modified: tuple[Stamp, ...]
    span: Span | None
    order: Order | None
    country: str | None


def _of_articles(articles: Sequence[dict[str, Any]], order: Order | None, *keys: str) -> list[Stamp]:
    found = [next((s for k in keys if (s := stamp_of(_one(a.get(k)), "json-ld", order))), None) for a in articles]
    return [s for s in found if s]


def _one(value: Any) -> Any:
    value = value[0] if isinstance(value, list) and value else value
    return value.get("@value") if isinstance(value, dict) else value


def _of_broken(markup: Markup, what: str) -> list[Stamp]:
    """Dates in JSON-LD that does not parse, where it states one and no other."""
    broken = (script for script in markup.json_ld if not _parses(script))
    values = {m[2] for script in broken for m in _BROKEN.finditer(script) if m[1] == what}
    return [s for v in values if (s := stamp_of(v, "json-ld"))] if len(values) == 1 else []


def _parses(script: str) -> bool:
    try:
        json.loads(script.strip().removesuffix(";"), strict=False)
    except (ValueError, RecursionError):
        return False
    return True


def _of_metas(markup: Markup, names: Sequence[str], order: Order | None) -> list[Stamp]:
    said = {name: content for name, content in reversed(markup.metas) if content}
    others = (n for n in said if names is _DATES and n not in _DATES and _ANY_NAME.search(n) and not _NO_NAME.search(n))
    wanted = [*names, *(n for n in others if not n.startswith("itemprop:"))]
    return [s for name in wanted if name in said and (s := stamp_of(said[name], "meta", order))]


def _of_elements(page: Page, report: Report) -> list[tuple[str, bool]]:
    """The values of elements with a date for machines, and whether they are of a change.

    Microdata, and a `time` between the headline and the report; those in lists of other reports, comments and boxes of
    their own are others'.
    """
    published: list[str] = []
    created: list[str] = []
    changed: list[str] = []
    near: list[tuple[bool, str]] = []
    for time in page.times:
        marked = time.block < len(report.marked) and report.marked[time.block]
        if (marked and not _is_in_foot(time)) or not _is_of_report(time.node, report):
            continue
        if _MODIFIED_OF.search(time.of) and not _PUBLISHED_OF.search(time.of):
            changed.append(time.value)
        elif _PUBLISHED_OF.search(time.of):
            published.append(time.value)
        elif _CREATED_OF.search(time.of):
            created.append(time.value)
        elif is_near(page, report, time.block, time.node) and not OTHER.search(time.before):
            update, publish = _last(UPDATE, time.before), _last(PUBLISH, time.before)
            late = update > publish or (update == publish and bool(time.node.names & {"updated", "modified"}))
            if late:
                changed.append(time.value)
            else:
                near.append((publish < 0, time.value))
    first = [value for _, value in sorted(near, key=itemgetter(0))][:2]
    return [*((v, False) for v in (*published, *created, *first)), *((v, True) for v in changed[:2])]


def _is_in_foot(time: Time) -> bool:
    """Whether it is the moment of a blog's post, which may stand in the post's foot, and of no comment below it."""
    at: Node | None = time.node if time.of.startswith("hatom:") else None
    while at is not None and not at.thing:
        if at.names & COMMENTS:
            return False
        at = at.parent
    return at is not None


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((m.start() for m in pattern.finditer(text)), default=-1)


def _is_of_report(node: Node, report: Report) -> bool:
    """Whether the thing that an element describes is the report: it holds its headline or its first paragraph."""
    at: Node | None = node
    while at is not None and not at.thing:
        at = at.parent
    if at is None:
        return True
    return at.start <= report.first < at.end or (report.head is not None and at.start <= report.head < at.end)


def _plain_elements(markup: Markup) -> Iterator[tuple[str, bool]]:
    """The first `time` of a page without a tree, and what its tags say wherever they stand."""
    said = dict(reversed(markup.metas))
    for name in ("itemprop:datepublished", "itemprop:datecreated"):
        if name in said:
            yield said[name], False
    yield from ((value, False) for value in markup.times[:1])


def _only_one(stretches: Iterable[list[str]], told: _Told) -> list[Stamp]:
    """The one day that the first of the stretches with a day states; none where it states several."""
    for texts in stretches:
        if found := {s.day: s for t in texts if (s := _shown(t, told))}:
            return list(found.values()) if len(found) == 1 else []
    return []


# Where the day goes first in dates of numbers. Canada and the Philippines write them both ways, East Asia the year.
_DAY_FIRST = (
    "GBR IRL IND PAK BGD LKA NPL AUS NZL ZAF NGA KEN GHA UGA TZA ZMB ZWE EGY ARE QAT SAU KWT BHR OMN YEM IRQ JOR LBN "
    "SYR ISR PSE TUR IRN AFG FRA DEU ITA ESP PRT NLD BEL CHE AUT POL UKR RUS BLR GEO ARM AZE KAZ UZB KGZ TJK GRC CYP "
    "SRB HRV BIH MKD ALB XKX ROU BGR HUN CZE SVK SVN ETH SOM SDN SSD ERI DJI LBY TUN DZA MAR SEN MLI NER BFA TCD CMR "
    "CAF COD COG RWA BDI MOZ AGO MWI NAM BWA MYS SGP IDN THA VNM KHM LAO MMR MEX BRA ARG COL PER CHL VEN"
)


def _order(
    short: Sequence[str], lines: Sequence[Line], country: str | None, language: str
) -> tuple[Order | None, tuple[str, ...]]:
    """Whether the page writes the day or the month first: by its stamps, by its other short lines, by its country."""
    own = "\n".join(f"{line.published}\n{line.updated}" for line in lines)
    order = order_of(own) or order_of("\n".join(short))
    if order or find_date(own, "day") == find_date(own, "month"):
        return order, ()
    region = language.rpartition("-")[2].upper() if "-" in language else ""
    # "en-US" is what many systems say unasked; any other English was chosen
    where = country or (countries().get(region) if region != "US" else None)
    if where and (where == "USA" or where in _DAY_FIRST):
        order = "month" if where == "USA" else "day"
        return order, (f"the {order} is read first in dates of numbers, as in {where}",)
    return None, ()


def _shown(text: str, told: _Told) -> Stamp | None:
    """The date in a visible line; its year, and what is day and what month, may be told by other statements."""
    if not text:
        return None
    day = find_date(text, told.order) or by_weekday(text) or _either(text, told) or _completed(text, told)
    return _timed(Stamp(day, "text"), text, told) if day else None


def _either(text: str, told: _Told) -> date | None:
    """The one of two readings of "04/05/2021" that another statement supports."""
    readings = {find_date(text, "day"), find_date(text, "month")} - {None}
    days = {s.day + timedelta(n) for s in told.published for n in (-1, 0, 1)}
    fits = [
        day
        for day in readings
        if day and (day in days or (told.span is not None and told.span.month is not None and told.span.holds(day)))
    ]
    if not fits and told.modified:  # what is published after its last change is misread
        fits = [day for day in readings if day and all(day <= s.day for s in told.modified)]
    return fits[0] if len(fits) == 1 else None


def _completed(text: str, told: _Told) -> date | None:
    """The day of a date without a year: that of a statement of the same day or the next, else the year of the address's
    month, or of a change within a month after it."""
    partial = find_partial(text)
    if partial is None:
        return None
    for stamp in told.published:
        for day in (stamp.day, stamp.day - timedelta(1), stamp.day + timedelta(1)):
            if (day.month, day.day) == partial:
                return day
    if told.span and told.span.month == partial[0]:
        return find_date(f"{told.span.year}-{partial[0]}-{partial[1]}")
    for changed in told.modified:
        for year in (changed.day.year, changed.day.year - 1):
            found = find_date(f"{year}-{partial[0]}-{partial[1]}")
            if found and timedelta(0) <= changed.day - found <= timedelta(31):
                return found
    return None


def _timed(stamp: Stamp, text: str, told: _Told) -> Stamp:
    """With its moment, if the line has a time and its offset is known: by its letters, or because a machine's moment
    in UTC has the same minutes and lies within the offsets that the world has."""
    found = find_clock(text)
    if found is None:
        return stamp
    here = datetime.combine(stamp.day, found[0])
    offset = offset_of(found[1], told.country, stamp.day) if found[1] else None
    for other in told.published if offset is None else ():
        if other.at is None:
            continue
        away = here - datetime.fromisoformat(other.at).astimezone(UTC).replace(tzinfo=None, second=0, microsecond=0)
        if timedelta(hours=-12) <= away <= timedelta(hours=14) and away % timedelta(minutes=15) == timedelta(0):
            offset = away
            break
    return replace(stamp, at=here.replace(tzinfo=timezone(offset)).isoformat()) if offset is not None else stamp
