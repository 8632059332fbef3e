"""What the elements of a feed's entry say, by the rules of RSS 0.9x, 1.0 and 2.0 and of Atom 0.3 and 1.0.

An entry that is broken XML is taken apart by its tags alone; what stands between two that it knows is one field.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree

from casus.intake.news.xmlsafe import child, cleaned, local, uncontrolled, unescaped
from casus.intake.web.fragments import as_html

# The namespaces of the elements that we read, by a part of their names that all their spellings have.
_SPACES = {
    "dc": "purl.org/dc/", "content": "purl.org/rss/1.0/modules/content", "feedburner": "feedburner", "atom": "/atom",
    "xhtml": "/xhtml", "sy": "modules/syndication",
}  # fmt: skip
_RSS = re.compile(
    r"https?://(?:backend\.userland\.com/rss|blogs\.law\.harvard\.edu/tech/rss|purl\.org/(?:net/)?rss/?[\d.]{0,4}/?\Z|"
    r"my\.netscape\.com/rdf)"
)
_PREFIXES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
}
_FIELDS = (
    "title", "link", "guid", "id", "pubdate", "published", "issued", "updated", "modified", "created", "date",
    "author", "creator", "name", "publisher", "source", "description", "summary", "content", "encoded", "body",
    "origlink",
)  # fmt: skip
_FIELD = re.compile(
    rf"<(?:({'|'.join(_PREFIXES)}|atom):)?({'|'.join(_FIELDS)})((?:\s[^<>]{{0,2000}})?)>", re.IGNORECASE
)
_ATTRIBUTE = re.compile(r"\b(rel|type|href|url|mode|isPermaLink)\s{0,9}=\s{0,9}(?:\"([^\"<>]*)\"|'([^'<>]*)')")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>")
_BREAK = re.compile(r"</?(?:br|p|div|li)\b[^<>]{0,2000}>", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"]{1,4000}\Z", re.IGNORECASE)
# Fields that are read are no longer than this; what is longer is no title, name or date.
_FIELD_CHARS = 2_000


class Fields:
    """The children of an entry (or of a feed's head) by name. Their namespaces count where a name has two meanings."""

    def __init__(self, element: Any) -> None:
        self._own = _space(element)
        self._children = [c for c in element if local(c)]

    def all(self, *names: str) -> Iterator[Any]:
        """The children of these names, in the order of the names: `dc:date`, `content:encoded`, or RSS's and Atom's
        own, which have no prefix."""
        for name in names:
            prefix, _, bare = name.rpartition(":")
            for element in self._children:
                if local(element) == bare and self._is_of(_space(element), prefix):
                    yield element

    def text(self, *names: str) -> str | None:
        """The words of the first of these that has any, on one line."""
        return next((t for e in self.all(*names) if (t := plain(e))), None)

    def markup(self, *names: str) -> str | None:
        """The HTML of the first of these that has any text."""
        return next((m for e in self.all(*names) if (m := markup_of(e)).strip()), None)

    def _is_of(self, space: str, prefix: str) -> bool:
        if prefix:
            return _SPACES[prefix] in space
        # elements of RSS in no namespace, in one of its dozen, or in whatever a feed takes for its own
        return space == self._own or not space or bool(_RSS.match(space))


def _space(element: Any) -> str:
    tag = element.tag
    return tag[1:].partition("}")[0].lower() if isinstance(tag, str) and tag.startswith("{") else ""


def plain(element: Any) -> str | None:
    """The words of a short field without markup, on one line; None where there are none."""
    text = _BREAK.sub(" ", unescaped(_content(element)))
    text = unescaped(_TAG.sub("", text))
    return " ".join(uncontrolled(text).split())[:_FIELD_CHARS] or None


def markup_of(element: Any) -> str:
    """The content of a field as HTML, however the feed says it: escaped, as XHTML, in base64, or as plain text."""
    if any(local(c) for c in element):
        return as_html(element, nitf=False)
    text, kind = _content(element), (element.get("type") or "").lower()
    if kind.startswith(("image/", "audio/", "video/")) or element.get("src"):
        return ""
    if element.get("mode") == "base64":
        try:
            text = base64.b64decode(text, validate=False).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return ""
    if kind in {"text", "text/plain", "plain"} and not _TAG.search(text):
        return html.escape(text, quote=False)
    return text


def _content(element: Any) -> str:
    return "".join(element.itertext())


def link(fields: Fields, base: str | None) -> str | None:
    """The address of the page that an entry is about: where FeedBurner had it from, the link, a guid that is one."""
    options = [e.text for e in fields.all("feedburner:origlink")]
    links = sorted(fields.all("link", "atom:link"), key=lambda e: (e.get("type") or "text/html") != "text/html")
    options += [e.get("href") or e.text for e in links if (e.get("rel") or "alternate").lower() == "alternate"]
    options += [e.text for e in fields.all("guid") if (e.get("isPermaLink") or "true").lower() != "false"]
    options += [e.text for e in fields.all("id")]
    return next((url for option in options if option and (url := _absolute(option, base))), None)


def _absolute(address: str, base: str | None) -> str | None:
    address = "".join(address.split())
    try:
        address = urljoin(base or "", address)
        host = urlsplit(address).hostname
    except ValueError:  # brackets that hold no IPv6 address
        return None
    return address if host and _ADDRESS.match(address) else None


_MAIL = re.compile(r"[^\s()<>,]{1,100}@[^\s()<>,]{1,100}")
_NOBODY = frozenset({"admin", "administrator", "root", "user", "unknown", "author", "webmaster", "noreply", "none"})


def byline(fields: Fields) -> str | None:
    """Who wrote an entry: names, without addresses of mail and of pages; None for "admin" and the like."""
    names: list[str] = []
    for element in list(fields.all("author", "dc:creator", "dc:author"))[:10]:
        named = child(element, "name")
        name = plain(element if named is None else named) or ""
        name = " ".join(_MAIL.sub(" ", name).replace("mailto:", " ").split()).strip(" ()<>,;:")
        name = re.sub(r"^[Bb]y:?\s+", "", name)
        if name and name.lower() not in _NOBODY and not name.lower().startswith(("http:", "https:", "@")):
            names.append(name)
    return ", ".join(dict.fromkeys(names))[:200] or None


def loosely(xml: str) -> Any:
    """An entry that is broken XML as an element with the fields that its tags show. Never raises."""
    entry = etree.Element("entry")
    lower, at = xml.lower(), 0
    if len(lower) != len(xml):  # a few letters change their length in lower case
        lower = xml
    gone: set[str] = set()  # closing tags that no longer occur: looking for them again costs a whole pass
    while found := _FIELD.search(xml, at):
        prefix, name, attributes = (found[1] or "").lower(), found[2].lower(), found[3]
        if attributes.endswith("/"):
            start = end = at = found.end()
        else:
            start = found.end()
            end, at = _closed(xml, lower, start, f"</{prefix + ':' if prefix else ''}{name}", gone)
        space = _PREFIXES.get(prefix)
        field = etree.SubElement(entry, f"{{{space}}}{name}" if space else name)
        field.text = _loose_text(xml[start:end])
        for key, double, single in _ATTRIBUTE.findall(attributes):
            field.set(key, cleaned(unescaped(double or single))[0])
    return entry


def _closed(xml: str, lower: str, start: int, tag: str, gone: set[str]) -> tuple[int, int]:
    """Where a field ends and what follows it begins: at its closing tag, else at the next field, else at the end."""
    end = lower.find(tag, start) if tag not in gone else -1
    if end >= 0:
        close = xml.find(">", end)
        return end, close + 1 if close >= 0 else len(xml)
    gone.add(tag)
    following = _FIELD.search(xml, start)
    end = following.start() if following else len(xml)
    return end, end


def _loose_text(text: str) -> str:
    """The text of a field: CDATA as it is, markup as it is, all else with its references resolved once."""
    if "<![CDATA[" in text:
        text = _CDATA.sub(lambda literal: literal[1], text)
    elif not _TAG.search(text):
        text = unescaped(text)
    return cleaned(text)[0]  # a reference may have stood for a character that XML forbids
