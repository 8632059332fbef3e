"""What a page's JSON-LD and meta tags say: title, publisher, author, date of publication and its basis."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from casus.intake.dates import find_date
from casus.intake.markup import Markup
from casus.records import PublishedBasis
from casus.text import fold

# In the order in which they are believed. Dates of change ("modified", "updated") are never asked for.
_DATES = (
    "article:published_time", "og:published_time", "og:article:published_time", "datepublished", "dc.date.issued",
    "dcterms.issued", "dc.issued", "dcterms.created", "dc.date.created", "dc.date", "dcterms.date", "parsely-pub-date",
    "sailthru.date", "citation_publication_date", "citation_online_date", "citation_date", "publication_date",
    "publish_date", "publish-date", "published_time", "pubdate", "pub_date", "article.published",
    "article_date_original", "originalpublicationdate", "cxenseparse:recs:publishtime", "rnews:datepublished", "date",
)  # fmt: skip
_TITLES = ("og:title", "parsely-title", "dc.title", "dcterms.title", "citation_title", "twitter:title", "headline")
_PUBLISHERS = (
    "og:site_name", "dc.publisher", "dcterms.publisher", "citation_publisher", "publisher", "application-name",
)  # fmt: skip
_AUTHORS = (
    "author", "parsely-author", "dc.creator", "dcterms.creator", "article:author", "citation_author", "byl",
    "sailthru.author", "cxenseparse:author", "dc.contributor",
)  # fmt: skip
_ARTICLE = re.compile(r"(?:Article|Report|Posting|NewsStory|CreativeWork)$")
_URL_DATE = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2}|[a-z]{3})[/-](\d{1,2})(?=[/_-]|$)|/((?:19|20)\d{6})(?=\D|$)")


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the tags say; None where they do not."""

    title: str | None
    publisher: str | None
    author: str | None
    url: str | None
    published: date | None
    published_basis: PublishedBasis


def page_facts(markup: Markup, address: str | None = None) -> PageFacts:
    """JSON-LD first, then meta tags, then the page's own headline and address; `address` is where it was saved."""
    articles = [a for a in _objects(markup.json_ld) if _is_article(a)]
    publisher = _first(_names(a.get("publisher")) for a in articles) or _meta(markup, _PUBLISHERS)
    author = _first(_names(a.get("author")) for a in articles) or _meta(markup, _AUTHORS)
    url = markup.canonical or _meta(markup, ("og:url",)) or _first(_string(a.get("url")) for a in articles)
    url = url or address
    published, basis = _published(markup, articles, url)
    return PageFacts(_title(markup, articles, publisher), publisher, _person(author), _address(url), published, basis)


def _title(markup: Markup, articles: Sequence[dict[str, Any]], publisher: str | None) -> str | None:
    heading = next((b.text for b in markup.blocks if b.tag == "h1" and len(b.text.split()) >= 3), None)
    stated = _first(_string(a.get("headline")) for a in articles) or _meta(markup, _TITLES)
    title = stated or heading or markup.title
    if not title:
        return None
    bare = without_site(title, publisher)
    # some pages cut the headline in their tags ("Rockets hit market in ...")
    cut = re.sub(r"\s?(?:\.\.\.|…)$", "", bare)
    return heading if heading and cut != bare and fold(heading).startswith(fold(cut)) else bare


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


def _published(
    markup: Markup, articles: Sequence[dict[str, Any]], url: str | None
) -> tuple[date | None, PublishedBasis]:
    for article in articles:
        day = find_date(_string(article.get("datePublished")) or "") or find_date(
            _string(article.get("dateCreated")) or ""
        )
        if day:
            return day, "json-ld"
    for name in _DATES:
        for key, content in markup.metas:
            if key == name and (day := find_date(content)):
                return day, "meta"
    for stamp in markup.times[:1]:
        if day := find_date(stamp):
            return day, "meta"
    if url and (day := url_date(url)):
        return day, "url"
    return None, "none"


def url_date(url: str) -> date | None:
    """The day in an address like `/2024/01/18/` or `/2024/jan/18/`; None where there is none."""
    match = _URL_DATE.search(url.lower())
    if match is None:
        return None
    if match.group(4):
        return find_date(match.group(4))
    year, month, day = match.group(1, 2, 3)
    return find_date(f"{year}-{month}-{day}" if month.isdigit() else f"{day} {month} {year}")


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
            queue = [json.loads(script.strip().removesuffix(";"), strict=False)]
        except (ValueError, RecursionError):
            continue
        while queue:
            value = queue.pop(0)
            if isinstance(value, list):
                queue.extend(value[:100])
            elif isinstance(value, dict):
                yield value
                queue.extend(v for k in ("@graph", "mainEntity", "itemListElement", "item") if (v := value.get(k)))


def _is_article(value: dict[str, Any]) -> bool:
    kinds = value.get("@type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(k, str) and _ARTICLE.search(k) for k in listed)


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


def _first(values: Iterator[str | None] | Any) -> str | None:
    return next((v for v in values if v), None)


def _person(author: str | None) -> str | None:
    """An author's name, not the address of a profile."""
    if author is None or author.startswith(("http", "/", "@")):
        return None
    return re.sub(r"^[Bb]y:?\s+", "", author)[:200] or None


def _address(url: str | None) -> str | None:
    return url if url and re.match(r"https?://\S+$", url) else None
