"""NITF (News Industry Text Format, IPTC, 3.x): one story a file, as agencies send it and papers keep it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from casus.errors import FormatError
from casus.intake.build import Source
from casus.intake.formats import Intake, Made
from casus.intake.news.newstext import Story, dated, document
from casus.intake.news.wiredates import later, stamp_of
from casus.intake.news.xmlsafe import child, cleaned, inside, local, opened, parsed, recovered, words_of
from casus.intake.raw import Known, Raw, Stamp
from casus.intake.web.fragments import Fragment, as_html, fragment
from casus.records import Document

MEDIA_TYPE = "application/nitf+xml"


def read(raw: Raw, intake: Intake) -> Iterator[Made]:
    """The story in the file."""
    data = raw.data(intake.given.limit)

    def make() -> Document:
        source = Source(raw.name, raw.known, intake.given)
        root, notes = tree(data, raw.name)
        return document(story(root), source.noting(*notes), MEDIA_TYPE)

    yield from intake.item(raw.name, data, raw.known, make)


def tree(data: bytes, name: str) -> tuple[Any, tuple[str, ...]]:
    """The root of one item's XML, and notes. Broken XML is read as far as it goes. Raises FormatError."""
    xml, notes = cleaned("".join(opened(Raw.of(data, name)).blocks))
    try:
        return parsed(xml, name), notes
    except FormatError as error:
        root = recovered(xml)
        if root is None:
            raise
        return root, (*notes, f"{error.message.removeprefix(name).strip()}; read as far as it goes")


def story(root: Any) -> Story:
    """What a story in NITF states, by its root or the element that holds it."""
    head, body = inside(root, "docdata"), inside(root, "body")
    top, content = (None if body is None else child(body, name) for name in ("body.head", "body.content"))
    hedline = None if top is None else inside(top, "hedline")
    printed = inside(root, "pubdata")
    published, modified = _dates(root, head, printed, top)
    title = words_of(None if hedline is None else child(hedline, "hl1")) or words_of(inside(root, "title"))
    subheads = () if hedline is None else tuple(w for h in hedline if local(h) == "hl2" and (w := words_of(h)))
    known = Known(
        title=title, url=_address(printed), publisher=_publisher(head, top, printed), byline=_byline(top, body),
        published=published, modified=modified,
    )  # fmt: skip
    messages, notes = _messages(head, top)
    return Story(
        known, text_of(content, top), subheads, None if top is None else words_of(inside(top, "dateline")),
        _get(head, "management-status"), messages, notes,
    )  # fmt: skip


def text_of(content: Any | None, top: Any | None = None) -> Fragment:
    """The paragraphs of a story; those of its abstract where it has no others."""
    found = Fragment(()) if content is None else fragment(as_html(content, nitf=True))
    abstract = None if top is None else inside(top, "abstract")
    if not found.prose() and abstract is not None:
        return fragment(as_html(abstract, nitf=True))
    return found


def _dates(root: Any, head: Any | None, printed: Any | None, top: Any | None) -> tuple[tuple[Stamp, ...], str | None]:
    """When it was printed, issued and released, and its last revision; the dateline's day for want of others."""
    issued, released = _norm(head, "date.issue"), _norm(head, "date.release")
    if issued and released and later(released, issued):
        issued, released = released, issued  # held back until then
    stamps = [stamp_of(_get(printed, "date.publication"), "meta"), issued, released]
    if not any(stamps):
        stamps = [_norm(top, "story.date")]
    revised = [stamp_of(e.get("norm"), "meta") for e in root.iter() if local(e) == "revision-history"]
    return dated(stamps, next((s for s in reversed(revised) if s), None))


def _norm(element: Any | None, name: str) -> Stamp | None:
    found = None if element is None else inside(element, name)
    return None if found is None else stamp_of(found.get("norm") or words_of(found), "meta")


def _get(element: Any | None, attribute: str) -> str | None:
    return None if element is None else element.get(attribute)


def _address(printed: Any | None) -> str | None:
    address = (_get(printed, "ex-ref") or "").strip()
    return address if re.fullmatch(r"https?://\S{1,4000}", address) else None


def _publisher(head: Any | None, top: Any | None, printed: Any | None) -> str | None:
    """The paper that it was printed in, else who sent it, else who has the rights."""
    sent = None if top is None else words_of(inside(top, "distributor"))
    rights = None if head is None else inside(head, "doc.rights")
    holder = None if head is None else inside(head, "doc.copyright")
    options = (_get(printed, "name"), sent, _get(rights, "owner"), _get(holder, "holder"))
    return next((" ".join(o.split())[:200] for o in options if o and o.strip()), None)


def _byline(top: Any | None, body: Any | None) -> str | None:
    """Who wrote it: the persons in the byline, else its words without "By" and without the title behind the name."""
    place = top if top is not None else body
    line = None if place is None else inside(place, "byline")
    if line is None:
        return None
    persons = [w for e in line.iter() if local(e) == "person" and (w := words_of(e))]
    title = words_of(inside(line, "byttl")) or ""
    words = ", ".join(persons) or (words_of(line) or "").removesuffix(title).strip(" ,")
    return re.sub(r"^[Bb][Yy]:?\s+", "", words)[:200] or None


def _messages(head: Any | None, top: Any | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the agency tells editors; and notes on corrections, embargoes and parts of a series."""
    printed = () if top is None else [e for e in top if local(e) == "note" and e.get("noteclass") == "editorsnote"]
    messages, notes = [w[:300] for e in printed if (w := words_of(e))], []
    for element in () if head is None else head.iter():
        name, info = local(element), " ".join((element.get("info") or "").split())[:300]
        if name == "ed-msg" and info:
            messages.append(info)
        elif name == "correction":
            notes.append(f"the agency marks it as a correction{': ' + info if info else ''}")
        elif name == "series" and element.get("series.name"):
            part, total = element.get("series.part"), element.get("series.totalpart")
            notes.append(f"part {part or '?'} of {total or '?'} of the series {element.get('series.name')!r}")
    if _get(head, "management-status") == "embargoed":
        notes.append("the agency asked not to print it before its date of release")
    return tuple(messages), tuple(notes)


def nested(element: Any) -> Story | None:
    """The story in NITF inside of another format; None where it holds none."""
    return None if inside(element, "body.content") is None else story(element)
