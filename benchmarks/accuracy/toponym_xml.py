"""Reads toponym sets: the XML of LGL and TR-News (`toponyms/toponym`) and of GeoVirus (`locations/location`).

The files come from strangers, so nothing in them is followed: no document type, no entities, no network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lxml import etree

from casus.errors import DataError

# How far from its stated place a name is looked for. GeoVirus counts from 1; what else is off is off by a
# line's end or an accent or two. Further away it would be another mention.
REACH = 20


@dataclass(frozen=True, slots=True)
class Toponym:
    """A name that people marked: `text[start:end] == phrase`. `point` is latitude and longitude in degrees.

    `geonames` and `point` are None where the set has none. `title` is that of a Wikipedia page, "" without one.
    """

    start: int
    end: int
    phrase: str
    geonames: str | None = None
    point: tuple[float, float] | None = None
    title: str = ""

    @property
    def placed(self) -> bool:
        """Do people say where it is?"""
        return self.geonames is not None or self.point is not None


@dataclass(frozen=True, slots=True)
class Article:
    """A text and its toponyms in order. `lost`: how many stand nowhere near their offsets and are left out."""

    id: str
    text: str
    toponyms: tuple[Toponym, ...]
    lost: int = 0


def read_articles(path: Path) -> list[Article]:
    """All articles of a file. Raises OSError, and DataError where it is no such XML or holds a document type."""
    return parse_articles(path.read_bytes())


def parse_articles(data: bytes) -> list[Article]:
    """All articles of an XML document. Raises DataError."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DataError(f"no readable XML: {error}", "see docs/peers.md for the format") from None
    if root.getroottree().docinfo.doctype:
        raise DataError("the XML has a document type, which can hide entities", "take the DOCTYPE line out")
    articles = [_article(node, number) for number, node in enumerate(root.iter("article"), 1)]
    if not articles:
        raise DataError("the XML has no <article>", "see docs/peers.md for the format")
    return articles


def _article(node: Any, number: int) -> Article:
    text = _words(node, "text")
    marked = [_toponym(one, text) for one in _marks(node)]
    kept = sorted({one for one in marked if one is not None}, key=lambda one: (one.start, one.end))
    return Article(node.get("docid") or str(number), text, tuple(kept), marked.count(None))


def _marks(article: Any) -> Iterator[Any]:
    yield from article.iterfind("toponyms/toponym")
    yield from article.iterfind("locations/location")


def _toponym(node: Any, text: str) -> Toponym | None:
    """The mark, or None where its name does not stand near its offset."""
    phrase = (_words(node, "phrase") or _words(node, "name")).strip()
    start = located(text, phrase, _number(_words(node, "start")))
    if start is None:
        return None
    tag = node.find("gaztag")
    given = tag.get("geonameid") if tag is not None else None
    lat, lon = (_number(_words(node if tag is None else tag, key)) for key in ("lat", "lon"))
    point = (lat, lon) if lat is not None and lon is not None and abs(lat) <= 90 and abs(lon) <= 180 else None
    geonames = given if given and given.isdecimal() and int(given) > 0 else None
    return Toponym(start, start + len(phrase), phrase, geonames, point, page_title(_words(node, "page")))


def _words(node: Any, name: str) -> str:
    return node.findtext(name) or ""


def _number(words: str) -> float | None:
    try:
        return float(words)
    except ValueError:
        return None


def located(text: str, phrase: str, stated: float | None) -> int | None:
    """Where the phrase stands nearest to the offset that is stated, within REACH; None where it does not."""
    if not phrase or stated is None:
        return None
    at = int(stated)
    around = text[max(0, at - REACH) : max(0, at + REACH + len(phrase))]
    starts = [max(0, at - REACH) + m.start() for m in re.finditer(f"(?={re.escape(phrase)})", around)]
    return min(starts, key=lambda start: abs(start - at), default=None)


def page_title(address: str) -> str:
    """The title in a Wikipedia address, without what tells namesakes apart: ".../Georgia_(country)" is Georgia."""
    title = unquote(address.rpartition("/wiki/")[2]).replace("_", " ")
    return re.sub(r" \([^()]*\)$", "", title)
