"""NewsML-G2 (IPTC): single news items, and messages that carry many, one at a time in bounded memory."""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterator
from typing import Any

from casus.errors import EmptyError, FormatError, IntakeError, TooLargeError
from casus.intake.build import Source
from casus.intake.formats import Intake, Made, failure
from casus.intake.news import nitf
from casus.intake.news.newstext import Story, dated, document, require_usable
from casus.intake.news.pieces import Frame, Piece, pieces
from casus.intake.news.wiredates import stamp_of
from casus.intake.news.xmlsafe import child, inside, local, opened, root_of, words_of
from casus.intake.raw import Known, Raw, megabytes
from casus.intake.web.fragments import Fragment, as_html, fragment
from casus.records import Document

MEDIA_TYPE = "application/vnd.iptc.g2.newsitem+xml"
_ITEMS = ("newsItem", "packageItem", "conceptItem", "knowledgeItem", "planningItem", "catalogItem")
# Forms of a text, best first: marked up, then plain.
_FORMS = ("inlinexml", "inlinedata")


def read(raw: Raw, intake: Intake) -> Iterator[Made]:
    """The stories of a message, or the one of an item. Raises FormatError for what is no news item of NewsML-G2."""
    root = root_of(raw.head, raw.name).lower()
    if root == "newsmessage":
        yield from _message(raw, intake)
    elif root == "newsitem":
        yield from _single(raw, intake)
    elif root == "newsml":
        raise FormatError(
            f"{raw.name} is NewsML 1, which is not read",
            "ask for NewsML-G2 or NITF; most agencies have long sent these",
        )
    else:
        raise FormatError(f"{raw.name} is a <{root}> of NewsML-G2: it lists or explains items and holds no report")


def _single(raw: Raw, intake: Intake) -> Iterator[Made]:
    data = raw.data(intake.given.limit)

    def make() -> Document:
        source = Source(raw.name, raw.known, intake.given)
        item, notes = nitf.tree(data, raw.name)
        return document(_story(item), source.noting(*notes), MEDIA_TYPE)

    yield from intake.item(raw.name, data, raw.known, make)


def _message(raw: Raw, intake: Intake) -> Iterator[Made]:
    """Each item by itself: a broken one is one failure. Items without text (pictures, packages) are passed over."""
    limit, found = intake.given.limit, False
    parts = pieces(opened(raw).blocks, _ITEMS, limit)
    frame = Frame(next(parts).xml or "")
    # what is said of the message is not said of its items, but for who publishes it and when it was got
    known = Known(publisher=raw.known.publisher, retrieved=raw.known.retrieved, notes=raw.known.notes)
    for piece in parts:
        found = True
        name = f"{raw.name}#{piece.number}"
        if piece.xml is None:
            error = TooLargeError(f"{name} has more than {megabytes(limit)}; one report may have no more")
            yield failure(name, error)
            continue
        try:
            story = _piece(piece, frame, name)
        except IntakeError as error:  # one that was taken back ends no message
            yield failure(name, error)
            continue
        if story is not None:
            source = Source(name, known, intake.given, piece.notes)
            yield from intake.item(name, piece.xml.encode(), known, _maker(story, source))
    if not found:
        raise EmptyError(f"{raw.name} is a message without items")


def _maker(story: Story, source: Source) -> Any:
    return lambda: document(story, source, MEDIA_TYPE)


def _piece(piece: Piece, frame: Frame, name: str) -> Story | None:
    """The story of an item, None for one that has none. Raises FormatError for one that is broken, WithdrawnError for
    one that was taken back."""
    item = frame.element(piece.xml or "", name)
    if local(item) != "newsitem":
        return None
    story = _story(item)
    require_usable(story, name)
    return story if story.text.prose() else None


def _story(item: Any) -> Story:
    """What a news item states. What the NITF in it states counts where the item itself is silent."""
    meta, content = inside(item, "itemmeta"), inside(item, "contentmeta")
    text, inner = _content(inside(item, "contentset"))
    created, changed = (_stamp(meta, name) for name in ("firstcreated", "versioncreated"))
    published, modified = dated([created or changed or _stamp(content, "contentcreated")], changed)
    publisher = _party(meta, "provider") or _party(content, "infosource") or _holder(item)
    known = Known(
        title=_words(content, "headline") or (inner.known.title if inner else None) or _words(meta, "title"),
        publisher=publisher or (inner.known.publisher if inner else None),
        byline=_byline(content, publisher) or (inner.known.byline if inner else None),
        published=published or (inner.known.published if inner else ()), modified=modified,
    )  # fmt: skip
    messages = tuple(w for e in (() if meta is None else meta) if local(e) == "ednote" and (w := words_of(e)))
    return Story(
        known, text, inner.subheads if inner else (),
        _words(content, "dateline") or (inner.dateline if inner else None),
        _code(meta, "pubstatus") or (inner.status if inner else None),
        (*messages, *(inner.messages if inner else ())),
        (*_notes(meta), *(inner.notes if inner else ())),
    )  # fmt: skip


def _content(contents: Any | None) -> tuple[Fragment, Story | None]:
    """The text of an item in the best of its forms, and the story of the NITF that it may be in."""
    for form in _FORMS:
        for element in () if contents is None else contents:
            if local(element) != form:
                continue
            inner = nitf.nested(element) if form == "inlinexml" else None
            text = inner.text if inner else _xhtml(element) if form == "inlinexml" else fragment(_data(element))
            if text.prose():
                return text, inner
    return Fragment(()), None


def _xhtml(element: Any) -> Fragment:
    body = inside(element, "body")
    return fragment(as_html(element if body is None else body, nitf=False))


def _data(element: Any) -> str:
    """A text that is not XML, as HTML; empty for what is no text."""
    kind = (element.get("contenttype") or "text/plain").lower().partition(";")[0].strip()
    text = "".join(element.itertext())
    if (element.get("encoding") or "").lower().endswith("base64"):
        try:
            text = base64.b64decode(text, validate=False).decode("utf-8")
        except (binascii.Error, ValueError):
            return ""
    if kind == "text/plain":
        # an agency's plain text has each paragraph on its line or lines, with blank lines or indents between them
        return re.sub(r"\r?\n(?=[ \t]{2,8}\S)", "<p>", html.escape(text, quote=False))
    return text if kind in {"text/html", "application/xhtml+xml"} else ""


def _words(element: Any | None, name: str) -> str | None:
    return None if element is None else words_of(child(element, name))


def _stamp(element: Any | None, name: str) -> Any:
    return stamp_of(_words(element, name), "meta")


def _code(element: Any | None, name: str) -> str | None:
    """The last part of a code: "canceled" of "stat:canceled", and of an address that ends so."""
    found = None if element is None else child(element, name)
    code = None if found is None else found.get("qcode") or found.get("uri") or found.get("literal")
    return re.split(r"[:/#]", code)[-1].strip() or None if code else None


def _party(element: Any | None, name: str) -> str | None:
    """The name of who provides an item, else its code where that is a name ("nprov:AFP")."""
    found = None if element is None else child(element, name)
    if found is None:
        return None
    named = words_of(child(found, "name")) or words_of(found) or found.get("literal")
    code = _code(element, name)
    return (" ".join(named.split())[:200] if named else None) or (code if code and not code.isdigit() else None)


def _holder(item: Any) -> str | None:
    rights = child(item, "rightsinfo")
    return None if rights is None else _party(rights, "copyrightholder")


def _byline(content: Any | None, publisher: str | None) -> str | None:
    """The printed byline, else who created the content, unless that is the agency itself."""
    line = _words(content, "by")
    if not line and content is not None:
        names = [words_of(child(e, "name")) for e in content if local(e) == "creator"]
        line = ", ".join(n for n in names if n and n != publisher)
    return re.sub(r"^[Bb][Yy]:?\s+", "", line or "")[:200] or None


def _notes(meta: Any | None) -> Iterator[str]:
    for element in () if meta is None else meta:
        if local(element) == "signal" and (element.get("qcode") or "").lower().endswith((":correction", ":corr")):
            yield "the agency marks it as a correction"
    if _words(meta, "embargoed"):
        yield f"the agency asked not to print it before {_words(meta, 'embargoed')}"
