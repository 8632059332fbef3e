"""News in JSON, the format of news agencies (IPTC ninjs 1, 2 and 3) -> the documents of an item."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from casus.errors import EmptyError, WithdrawnError
from casus.intake.build import Source, of_fields
from casus.intake.kinds import is_html
from casus.intake.metadata import merged
from casus.intake.moments import stamp_of, written
from casus.intake.raw import Known
from casus.records import Document

# Fields of which ninjs has at least one besides its `uri`, and other JSON hardly any.
_MARKS = frozenset(
    {"versioncreated", "pubstatus", "bodies", "headlines", "body_text", "body_xhtml", "representationtype"}
)
# Not published any more, or not yet (https://cv.iptc.org/newscodes/pubstatus/).
_WITHDRAWN = {"canceled": "cancelled", "cancelled": "cancelled", "withheld": "withheld"}
_PICTURES = frozenset({"picture", "graphic", "video", "photo", "image"})
_SUPPLIERS = ("publisher", "distributor", "provider", "supplier", "originator", "source")
# Items in items: a package holds stories, a story pictures.
_DEPTH, _MANY = 3, 100
_NOTE_CHARS = 200
_BREAKS = re.compile(r"(?:<br\s{0,5}/?>\s{0,20}){2,}", re.IGNORECASE)

Item = Mapping[str, Any]


def is_ninjs(value: Item) -> bool:
    """Whether an object is an item of news in ninjs, of any version."""
    if not isinstance(value.get("uri"), str) or isinstance(value.get("text"), str):
        return False
    return any(key.lower() in _MARKS for key in value)


def documents(value: Item, source: Source) -> list[Document]:
    """The document of an item, or those of the stories that a package holds.

    Raises WithdrawnError for what its agency took back, EmptyError for want of a text; FormatError and others as
    `of_fields`.
    """
    return [*_documents(_lowered(value), source, _DEPTH)]


def _documents(item: Item, source: Source, depth: int) -> Iterator[Document]:
    status = _status(item)
    if status in _WITHDRAWN:
        raise WithdrawnError(f"{source.name} was {_WITHDRAWN[status]} by its agency (pubstatus {status})")
    body = _body(item)
    if body is not None:
        yield from _story(item, body, source)
        return
    stories = [s for s in _associated(item) if _body(s) is not None and _status(s) not in _WITHDRAWN] if depth else []
    if not stories:
        kind = item.get("type")
        raise EmptyError(
            f"{source.name} is an item of type {kind if isinstance(kind, str) else 'unknown'} without a text"
        )
    for story in stories:
        yield from _documents(story, source, depth - 1)


def _status(item: Item) -> str:
    return str(item.get("pubstatus") or "").lower().rpartition(":")[2]


def _story(item: Item, body: str, source: Source) -> Iterator[Document]:
    captions = [c for c in _captions(item) if c not in body]
    if is_html(body):
        body += "".join(f"<figure><figcaption>{html.escape(c)}</figcaption></figure>" for c in captions)
    else:
        body = "\n\n".join([body, *captions])
    values = {"text": body, "published": _first_stamp(item, "firstcreated", "contentcreated", "versioncreated")}
    made = of_fields(values, replace(source, known=merged(_known(item), source.known)), captions=tuple(captions))
    located = _text(item, "located")
    yield from (replace(d, dateline=located) if located and not d.dateline else d for d in made)


def _known(item: Item) -> Known:
    uri, terms = item["uri"] if isinstance(item.get("uri"), str) else "", _text(item, "usageterms")
    changed = stamp_of(item.get("versioncreated"), "meta")
    byline = _text(item, "byline") or _text(item, "by") or _names(item.get("authors"))
    return Known(
        title=_headline(item),
        url=uri if re.match(r"https?://\S+\Z", uri) else None,
        publisher=_publisher(item),
        byline=re.sub(r"\A[Bb][Yy]:?\s+", "", byline) if byline else None,
        modified=written(changed) if changed else None,
        notes=(f"terms of use: {terms[:_NOTE_CHARS]}",) if terms else (),
    )


def _first_stamp(item: Item, *names: str) -> Any:
    return next((s for name in names if (s := stamp_of(item.get(name), "meta"))), None)


def _headline(item: Item) -> str | None:
    """Versions 1: `headline`, `headline_main`...; later ones: a list with roles."""
    listed = [h for h in _objects(item.get("headlines")) if _text(h, "value")]
    main = [h for h in listed if h.get("role") in {"main", "headline"}] or listed
    named = (_text(item, key) for key in sorted(item) if key.startswith("headline"))
    return _plain(_text(main[0], "value") if main else next((n for n in named if n), None))


def _body(item: Item) -> str | None:
    """The text, as plain text where there is one, else as a page."""
    listed = [(_kind(b), v) for b in _objects(item.get("bodies")) if (v := _text(b, "value"))]
    named = [
        (key.removeprefix("body_"), v) for key in sorted(item) if key.startswith("body_") and (v := _text(item, key))
    ]
    plain = [v for kind, v in (*named, *listed) if kind in {"text", "text/plain"}]
    pages = [v for kind, v in (*named, *listed) if "html" in kind or "rich" in kind]
    others = [v for kind, v in (*named, *listed) if "xml" not in kind]
    if found := plain[:1]:
        return found[0]
    if found := pages[:1]:
        return _page(found[0])
    return others[0] if others else None


def _page(part: str) -> str:
    """A part of a page with a tag that tells what it is, and with paragraphs where it only breaks its lines."""
    if not re.search(r"<p\b", part, re.IGNORECASE):
        part = f"<p>{_BREAKS.sub('</p><p>', part)}</p>"
    return part if is_html(part) else f"<article>{part}</article>"


def _kind(body: Item) -> str:
    return str(body.get("contenttype") or "").lower().partition(";")[0].strip()


def _captions(item: Item) -> list[str]:
    """What stands under the pictures of a story, each once, in one line."""
    found = dict[str, None]()
    for other in _associated(item):
        if other.get("type") in _PICTURES and (caption := _caption(other)):
            found.setdefault(" ".join(caption.split()))
    return [*found]


def _caption(picture: Item) -> str | None:
    listed = [v for d in _objects(picture.get("descriptions")) if "xml" not in _kind(d) and (v := _text(d, "value"))]
    named = [v for key in sorted(picture) if key.startswith("description_") and (v := _text(picture, key))]
    texts = [t for t in (_text(picture, "description_text"), *listed, *named) if t]
    return _plain(next((t for t in texts if "<" not in t), texts[0] if texts else None))


def _associated(item: Item) -> list[Item]:
    """Versions 1 name the items that belong to one in an object, later ones list them."""
    found = item.get("associations")
    return [*_objects([*found.values()] if isinstance(found, Mapping) else found)]


def _publisher(item: Item) -> str | None:
    sources = [s for key in ("infosources", "infosource") for s in _objects(item.get(key)) if _text(s, "name")]
    for rel in _SUPPLIERS:
        for found in sources:
            if rel in {str(found.get("rel")).lower().rpartition(":")[2], str(found.get("role")).lower()}:
                return _text(found, "name")
    return _text(item, "copyrightholder") or (_text(sources[0], "name") if sources else None)


def _names(value: Any) -> str | None:
    return ", ".join(n for v in _objects(value) if (n := _text(v, "name"))) or None


def _objects(value: Any) -> Iterator[Item]:
    """The objects in a list, their keys in lower case: version 3 writes versionCreated for versioncreated."""
    for found in value[:_MANY] if isinstance(value, list) else ():
        if isinstance(found, Mapping):
            yield _lowered(found)


def _lowered(value: Item) -> Item:
    return {key.lower(): held for key, held in value.items()}


def _text(item: Item, key: str) -> str | None:
    found = item.get(key)
    return found.strip() or None if isinstance(found, str) else None


def _plain(text: str | None) -> str | None:
    """A headline or a caption without the tags that some agencies put into it."""
    if text is None or "<" not in text:
        return text
    return " ".join(html.unescape(re.sub(r"<[^<>]{1,300}>", " ", text)).split()) or None
