"""What a page's JSON-LD and meta tags say of the report: titles, publisher, author, address."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from casus.intake.dates import find_date
from casus.intake.web.markup import Markup
from casus.records import PublishedBasis
from casus.text import fold

_TITLES = ("og:title", "parsely-title", "dc.title", "dcterms.title", "citation_title", "twitter:title", "headline")
_PUBLISHERS = (
    "og:site_name", "dc.publisher", "dcterms.publisher", "citation_publisher", "publisher", "application-name",
)  # fmt: skip
_AUTHORS = (
    "author", "parsely-author", "dc.creator", "dcterms.creator", "article:author", "citation_author", "byl",
    "sailthru.author", "cxenseparse:author", "dc.contributor",
)  # fmt: skip
_URLS = ("og:url", "twitter:url", "al:web:url", "dc.identifier.uri", "citation_public_url")
_PAGE = re.compile(r"(?:Web|Item|About|Collection)Page$")
_ARTICLE = re.compile(r"(?:Article|Report|Posting|NewsStory|CreativeWork|Gallery)$")
_YEAR = r"((?:19|20)\d\d)"
# /2024/01/18/, /2024/jan/18/, /2024-01-18-..., /2024/0118/; and 20240118 between other parts of the address
_URL_DATES = (
    re.compile(rf"[/_-]{_YEAR}[/_-](\d{{1,2}}|[a-z]{{3,9}})[/_-](\d{{1,2}})(?=[/_.?-]|$)"),
    re.compile(rf"/{_YEAR}/(\d\d)(\d\d)(?=[/_-])"),
    re.compile(rf"(?<![\da-z]){_YEAR}(\d\d)(\d\d)(?=[\W_]|$)"),
)
# /18-jan-2024/, /january-18-2024/, /18/01/2024/; within a headline in an address, such a date is one that it tells of
_URL_WORDS = re.compile(
    r"/(?:\d{1,2}[-_/][a-z]{3,9}|[a-z]{3,9}[-_/]\d{1,2}|\d{1,2}[-_/]\d{1,2})[-_/](?:19|20)\d\d(?=/|\.|$)"
)
_URL_MONTH = re.compile(rf"/{_YEAR}[/-](\d{{1,2}}|[a-z]{{3,9}})(?=/)")
_URL_YEAR = re.compile(rf"/{_YEAR}(?=/)")
# A web archive serves a page under its own address, with the day of the capture before the page's.
_ARCHIVED = re.compile(r"(?:https?://[^/]{1,100})?/(?:web|all|save|memento)/\d{8,14}(?:[a-z]{2}_)?/(https?:/\S+)")
_SMALL = frozenset({"a", "an", "the", "of", "in", "on", "at", "to", "for", "and", "as", "by", "with", "from", "is"})
# Two headlines of one report share names and numbers; of two reports hardly a word. A judgement.
_SAME_REPORT = 0.3


@dataclass(frozen=True, slots=True)
class Told:
    """A value that a part of the page states, and that part."""

    value: str
    basis: PublishedBasis


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the tags say, most believed first; empty where they say nothing.

    `articles` are the JSON-LD objects that are about this report, `pages` those about its page, whose date may be that
    of a template.
    """

    titles: tuple[Told, ...]
    publishers: tuple[Told, ...]
    authors: tuple[Told, ...]
    url: str | None
    articles: tuple[dict[str, Any], ...]
    pages: tuple[dict[str, Any], ...] = ()


def page_facts(markup: Markup, address: str | None = None) -> PageFacts:
    """JSON-LD first, then meta tags, then <title>; `address` is where the page was saved, for one that does not say."""
    objects = list(_objects(markup.json_ld))
    said = [unarchived(u) for u in (markup.canonical, _meta(markup, _URLS), markup.saved_from) if u]
    url = next((u for u in said if is_address(u)), None)
    headings = [b.text for b in markup.blocks if b.tag in {"h1", "h2"}][:20]
    shown = [*headings, markup.title, *(_meta(markup, (n,)) or "" for n in _TITLES)]
    articles = [o for o in objects if _is_a(o, _ARTICLE) and _is_about(o, shown, url or address)]
    pages = [o for o in objects if _is_a(o, _PAGE) and _is_about(o, shown, url or address)]
    publishers = [*_told(_names(a.get("publisher")) for a in articles), *_metas(markup, _PUBLISHERS)]
    authors = [*_told(_names(a.get("author")) for a in articles), *_metas(markup, _AUTHORS)]
    titles = [*_told(_string(a.get("headline")) or _string(a.get("name")) for a in articles), *_metas(markup, _TITLES)]
    if markup.title:
        titles.append(Told(markup.title, "meta"))
    name = publishers[0].value if publishers else None
    bare = [Told(without_site(t.value, name), t.basis) for t in titles]
    url = url or next((u for a in articles if is_address(u := _string(a.get("url")))), None)
    url = url or unarchived(address or "")
    persons = tuple(Told(p, t.basis) for t in authors if (p := _person(t.value)))
    return PageFacts(
        tuple(bare), tuple(publishers), persons, url if is_address(url) else None, tuple(articles), tuple(pages)
    )


def unarchived(address: str) -> str:
    """The page's own address, where a web archive's is given."""
    match = _ARCHIVED.match(address.strip())
    return re.sub(r"^(https?:)/+", r"\1//", match[1]) if match else address.strip()


def is_address(url: str | None) -> bool:
    """Whether it is a whole address of the web."""
    return url is not None and re.match(r"https?://\S+$", url) is not None


def without_site(title: str, publisher: str | None) -> str:
    """The headline without " | The Daily" behind it: the publisher's name, or after a bar any short name."""
    title = " ".join(title.split())
    for mark in (" | ", " — ", " – ", " - ", " :: ", " » "):
        head, found, tail = title.rpartition(mark)
        if not found or len(head.split()) < 3:
            continue
        named = publisher is not None and fold(tail) in {fold(publisher), fold(publisher).removeprefix("the ")}
        if named or (mark in {" | ", " :: ", " » "} and len(tail.split()) <= 5):
            return without_site(head, publisher)
    return title


def alike(one: str, other: str) -> float:
    """The share of the shorter text's words, small ones apart, that the other has too: 1 where it has all of them."""
    a, b = _key(one), _key(other)
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def common(one: str, other: str) -> int:
    """How many words, small ones apart, both texts have."""
    return len(_key(one) & _key(other))


def overlap(one: str, other: str) -> float:
    """The share of the words of both texts, small ones apart, that both have: 1 where they are the same."""
    a, b = _key(one), _key(other)
    return len(a & b) / len(a | b) if a | b else 0.0


def _key(text: str) -> frozenset[str]:
    return frozenset(w for w in re.findall(r"\w+", fold(text)) if w not in _SMALL)


def url_date(url: str) -> date | None:
    """The day in an address like `/2024/01/18/` or `/2024/jan/18/`; None where there is none."""
    # the host is no part of it, nor a number that is longer than a day's
    path = re.sub(r"^https?://[^/]*", "", url.lower())
    for pattern in _URL_DATES:
        for match in pattern.finditer(path):
            year, month, day = match.groups()
            if found := find_date(f"{year}-{month}-{day}" if month.isdigit() else f"{day} {month} {year}"):
                return found
    for match in _URL_WORDS.finditer(path):
        between = " " if any(c.isalpha() for c in match[0]) else "/"
        if found := find_date(re.sub(r"[-_/]", between, match[0][1:])):
            return found
    return None


@dataclass(frozen=True, slots=True)
class Span:
    """The year that an address has, and its month where it has one."""

    year: int
    month: int | None

    def holds(self, day: date) -> bool:
        """Whether a day lies in it, or on the day before or after: addresses are made in UTC, too."""
        near = (day - timedelta(1), day, day + timedelta(1))
        return any(d.year == self.year and self.month in {None, d.month} for d in near)


def url_span(url: str) -> Span | None:
    """Year and month in an address like `/2024/01/headline`, the year alone in `/2024/headline`; None without."""
    path = re.sub(r"^https?://[^/]*", "", url.lower())
    match = _URL_MONTH.search(path)
    day = find_date(f"{match[1]}-{match[2]}-1" if match[2].isdigit() else f"1 {match[2]} {match[1]}") if match else None
    if day:
        return Span(day.year, day.month)
    year = _URL_YEAR.search(path)
    return Span(int(year[1]), None) if year else None


def _told(values: Iterable[str | None]) -> list[Told]:
    return [Told(v, "json-ld") for v in values if v]


def _metas(markup: Markup, names: Sequence[str]) -> list[Told]:
    found = (_meta(markup, (name,)) for name in names)
    return [Told(value, "meta") for value in found if value]


def _meta(markup: Markup, names: Sequence[str]) -> str | None:
    for name in names:
        for key, content in markup.metas:
            if key == name and content:
                return " ".join(content.split())
    return None


def _objects(scripts: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Every JSON-LD object of the page, outer ones first; broken scripts are passed over."""
    for script in scripts:
        try:
            queue = [json.loads(_bare_script(script), strict=False)]
        except (ValueError, RecursionError):
            continue
        while queue:
            value = queue.pop(0)
            if isinstance(value, list):
                queue.extend(value[:100])
            elif isinstance(value, dict):
                yield value
                queue.extend(v for k in ("@graph", "mainEntity", "itemListElement", "item") if (v := value.get(k)))


def _bare_script(script: str) -> str:
    """A script's JSON, without what hides it from old browsers and readers of XML."""
    text = script.strip().removesuffix(";")
    return re.sub(r"^(?:\s*(?://)?\s*<!(?:--|\[CDATA\[))|(?:(?://)?\s*(?:-->|\]\]>)\s*)$", "", text)


def _is_a(value: dict[str, Any], pattern: re.Pattern[str]) -> bool:
    kinds = value.get("@type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(k, str) and pattern.search(k) for k in listed)


def is_at(article: dict[str, Any], url: str | None) -> bool:
    """Whether an object of JSON-LD says that it is what stands at an address."""
    named = [_string(article.get("url")), _string(article.get("@id")), _string(article.get("mainEntityOfPage"))]
    if isinstance(whole := article.get("mainEntityOfPage"), dict):
        named.append(_string(whole.get("@id")))
    return url is not None and any(n and _path(unarchived(n)) == _path(url) for n in named)


def _is_about(article: dict[str, Any], titles: Sequence[str], url: str | None) -> bool:
    """Whether an article is the page's own: its address, or a headline that shares words with one of the page's."""
    if is_at(article, url):
        return True
    headline = _string(article.get("headline")) or _string(article.get("name"))
    return headline is None or not any(titles) or max(alike(headline, t) for t in titles if t) >= _SAME_REPORT


def _path(url: str) -> str:
    return re.sub(r"^https?://(?:www\.)?|[#?].*$|/+(?=$|[#?])", "", url)


def _names(value: Any) -> str | None:
    """The name or names in a JSON-LD person or organisation, however it is wrapped."""
    listed = value if isinstance(value, list) else [value]
    names = [_string(v.get("name")) if isinstance(v, dict) else _string(v) for v in listed[:10]]
    return ", ".join(n for n in names if n) or None


def _string(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    # JSON-LD is no HTML, yet many pages put entities into it ("Tuesday&#39;s")
    return " ".join(html.unescape(value).split()) or None if isinstance(value, str) else None


def _person(author: str) -> str | None:
    """An author's name, not the address of a profile."""
    if author.startswith(("http", "/", "@")):
        return None
    return re.sub(r"^[Bb]y:?\s+", "", author)[:200] or None
