"""The record of a document, of its text, a page, or fields: what the user says goes first, what the text says last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from casus.errors import BinaryError, EmptyError, EncodingError, FormatError, ShortError, TooLargeError
from casus.intake.dates import Order, ambiguous
from casus.intake.encoding import decode
from casus.intake.formats import check_size
from casus.intake.kinds import is_html
from casus.intake.language import Language, require_english
from casus.intake.metadata import changed_before, contradicted, merged, settle_published
from casus.intake.moments import stamp_of, written
from casus.intake.plaintext.plain import Found, read_plain
from casus.intake.raw import Given, Known, Stamp
from casus.intake.web.outlets import country_of, outlet_of
from casus.records import Document, Stated

if TYPE_CHECKING:
    from casus.intake.web.html import Page

# Fewer words are no sentence that could claim anything ("Iran strikes." can be neither placed nor dated).
MIN_WORDS = 3


@dataclass(frozen=True, slots=True)
class Source:
    """An item on its way to a document: its name for people, what its container knows, what the user gives."""

    name: str
    known: Known = field(default_factory=Known)
    given: Given = field(default_factory=Given)
    notes: tuple[str, ...] = ()

    def noting(self, *notes: str) -> Source:
        """With further notes for a person."""
        return replace(self, notes=(*self.notes, *notes))


def text_of(data: bytes, source: Source, *, html: bool | None = None) -> tuple[str, Source]:
    """The text of one report's bytes, and the source with notes on how it was decoded.

    Raises TooLargeError, EmptyError, BinaryError, EncodingError.
    """
    check_size(len(data), source.name, source.given.limit)
    if not data.strip(b" \t\r\n\x0b\x0c\xef\xbb\xbf\xfe\xff"):
        raise EmptyError(f"{source.name} is empty")
    text, notes = decode(data, html=html, charset=source.known.charset)
    _has_words(text, source.name)
    return text, source.noting(*notes)


def of_text(text: str, source: Source, *, media_type: str = "text/plain", captions: tuple[str, ...] = ()) -> Document:
    """The document of a report as plain text; `captions` are lines of it that are known to be captions."""
    _has_words(text, source.name)
    known = source.known
    found = read_plain(text, title=known.title, publisher=source.given.publisher or known.publisher, captions=captions)
    return _document(text, found, source, media_type)


def of_page(html: str, source: Source) -> list[Document]:
    """The documents of a page of HTML: one report, or the entries of a live blog."""
    from casus.intake.web.html import read_page  # noqa: PLC0415 - the extractor takes half a second to import

    page = read_page(html, source.known.url)
    if not page.entries and not any(c.isalnum() for c in page.text):
        raise EmptyError(
            f"{source.name} is a page without a readable report",
            "save the page after it has loaded, or as text; tables are not read",
        )
    said = Known(
        title=page.title, url=page.url, publisher=page.publisher, byline=page.byline, published=page.stamps,
        modified=page.modified,
    )  # fmt: skip
    known = merged(source.known, replace(said, form=page.form))
    if page.entries:
        above = replace(source, known=replace(known, form="report")).noting(*page.notes)
        report = [_report(page, above, ())] if page.text else []
        return [*report, *_entries(page, replace(source, known=known).noting(*page.notes))]
    stated = (*page.stated, *contradicted(source.known, said))
    return [_report(page, replace(source, known=known).noting(*page.notes), stated)]


def _report(page: Page, source: Source, stated: tuple[Stated, ...]) -> Document:
    """The one report of a page, or the one above its entries."""
    publisher = source.given.publisher or source.known.publisher
    found = read_plain(page.text, title=page.title, publisher=publisher, captions=page.captions)
    found = replace(found, published=None)  # its visible lines are among the stamps, told apart from those of a change
    return _document(page.text, found, source, "text/html", stated)


def _entries(page: Page, source: Source) -> list[Document]:
    """A document for each report of a page that holds several, with its own date and address."""
    require_english("\n".join(part.text for entry in page.entries for part in entry.parts))
    known, made = source.known, []
    for entry in page.entries:
        text = "\n\n".join([*([entry.title] if entry.title else []), *(part.text for part in entry.parts)])
        own = replace(
            known, id=None, title=entry.title or known.title, url=entry.url or known.url, modified=None,
            published=(entry.stamp,) if entry.stamp else known.published,
        )  # fmt: skip
        captions = [part.text for part in entry.parts if part.caption]
        found = read_plain(text, title=own.title, publisher=source.given.publisher or own.publisher, captions=captions)
        found = replace(found, published=None)
        made.append(_document(text, found, replace(source, known=own), "text/html", english=True))
    return made


def of_fields(
    values: Any, source: Source, *, order: Order | None = None, captions: tuple[str, ...] = ()
) -> list[Document]:
    """The documents of an object with `text` and what is said of it.

    That is `id title url publisher byline published modified`. The dates may be texts, numbers or dates (see `moments`;
    `order` is for 05/04/2024), `published` a Stamp, too.
    Raises FormatError, TooLargeError, EmptyError, BinaryError, EncodingError.
    """
    text, fields = _text_and_fields(values, source)
    stamp, source = _published(values.get("published"), source, order)
    changed = stamp_of(values.get("modified"), "given", order)
    if values.get("modified") and changed is None:
        source = source.noting(f"modified {str(values['modified'])[:40]!r} is no date that we can read")
    said = Known(
        id=fields["id"], title=fields["title"], url=fields["url"], publisher=fields["publisher"],
        byline=fields["byline"], published=(stamp,) if stamp else (), modified=written(changed) if changed else None,
    )  # fmt: skip
    source = replace(source, known=merged(said, source.known))
    if is_html(text):
        note = "the text is a web page: read as one, and offsets count in its words without the tags"
        return of_page(text, source.noting(note))
    return [of_text(text, source, media_type="application/json", captions=captions)]


def _published(value: Any, source: Source, order: Order | None) -> tuple[Stamp | None, Source]:
    """The date of publication in a field, with a note where something stands there that is none."""
    if isinstance(value, Stamp) or value is None or value == "":
        return value or None, source
    if isinstance(value, bool) or not isinstance(value, str | int | float | date):
        raise FormatError(f"{source.name}: the field `published` holds no text")
    if stamp := stamp_of(value, "given", order):
        return stamp, source
    shown = str(value)[:40]
    if isinstance(value, str) and ambiguous(value, order):
        return None, source.noting(f"published {shown!r} does not say which number is the day and which the month")
    return None, source.noting(f"published {shown!r} is no date that we can read")


def _text_and_fields(value: Any, source: Source) -> tuple[str, dict[str, str | None]]:
    """The report in an object and what is said of it. Raises for what cannot be a report."""
    name, limit = source.name, source.given.limit
    text = value.get("text") if isinstance(value, Mapping) else None
    if not isinstance(value, Mapping) or not isinstance(text, str):
        raise FormatError(
            f"{name} has no field `text` with the report",
            "give objects with id, text, title, published, publisher, url; --map names other fields",
        )
    fields = {k: _text_field(value, k, name) for k in ("id", "title", "url", "publisher", "byline")}
    if len(text) > limit:
        raise TooLargeError(f"the text in {name} has {len(text):,} characters; one report may have {limit:,}")
    if not any(c.isalnum() for c in text):
        raise EmptyError(f"the text in {name} holds no words")
    together = "".join([text, *(v for v in fields.values() if v)])
    if any("\ud800" <= c <= "\udfff" for c in together):
        raise EncodingError(f"{name} holds halves of characters (lone surrogates)")
    if "\x00" in together:
        raise BinaryError(f"{name} holds NUL characters: it is not text")
    return text, fields


def _text_field(value: Mapping[str, Any], key: str, name: str) -> str | None:
    found = value.get(key)
    if found is not None and not isinstance(found, str):
        if key == "id" and isinstance(found, int) and not isinstance(found, bool):
            return str(found)
        raise FormatError(f"{name}: the field `{key}` holds no text")
    return found or None


def _has_words(text: str, name: str) -> None:
    if not any(c.isalnum() for c in text):
        raise EmptyError(f"{name} holds no words")


def _document(
    text: str,
    found: Found,
    source: Source,
    media_type: str,
    stated: tuple[Stated, ...] = (),
    *,
    english: bool = False,
) -> Document:
    """The record, with what the user knows first, what the source says next, and what its text says last.

    `english` tells that the language is known: a few words of an entry may look like any.
    """
    read = "\n".join(text[r.start : r.end] for r in found.regions if r.kind != "boilerplate")
    language = Language("en", 1.0) if english else require_english(read or text)
    if len((read or text).split()) < MIN_WORDS:
        raise ShortError(f"{source.name} has {len((read or text).split())} words")
    given, known = source.given, source.known
    publisher, named = _publisher(source, found)
    country = country_of(known.url, publisher)
    stamps = [*known.published, *((Stamp(found.published, "text"),) if found.published else ())]
    if given.published is not None:
        stamps.insert(0, Stamp(given.published, "given"))
    settled = settle_published(stamps, country=country, retrieved=known.retrieved, modified=known.modified)
    published = settled.stamp
    notes = [*source.notes, *known.notes, *language.notes, *settled.notes, *named]
    notes += _notes(published, found, source)
    if not read.strip():
        notes.append("nothing but a table or page furniture: there is no sentence to read")
    return Document.of(
        text,
        id=known.id,
        title=known.title or found.title,
        url=known.url,
        publisher=publisher,
        publisher_country=country,
        byline=known.byline or found.byline,
        dateline=found.dateline,
        published=published.day if published else None,
        published_basis=published.basis if published else "none",
        published_at=published.at if published else None,
        modified=known.modified,
        retrieved=known.retrieved,
        language=language.code,
        media_type=media_type,
        regions=found.regions,
        form=known.form,
        also_stated=(*settled.others, *stated),
        notes=tuple(notes),
    )


def _publisher(source: Source, found: Found) -> tuple[str | None, tuple[str, ...]]:
    """Who published it; named after its address, with a note, where nothing else names them."""
    publisher = source.given.publisher or source.known.publisher or found.publisher
    outlet = outlet_of(source.known.url) if publisher is None else None
    if outlet is None:
        return publisher, ()
    return outlet.name, (f"the publisher is named after its address, {outlet.domain}",)


def _notes(published: Stamp | None, found: Found, source: Source) -> list[str]:
    """What is odd about the dates."""
    notes = []
    if changed_before(published, source.known.modified):
        notes.append(f"last changed {source.known.modified}, before it was published: one of the two is wrong")
    if published is None:
        notes += [*found.notes, "no date of publication found"]
    elif source.given.today is not None and published.day > source.given.today:
        notes.append(f"the date of publication, {published.day.isoformat()}, lies in the future")
    return notes
