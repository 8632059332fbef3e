"""Bytes -> documents: text, web pages, JSON; with what the caller knows, and a refusal of what is none of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from casus.errors import EmptyError, EncodingError, FormatError, IntakeError, TooLargeError
from casus.intake.dates import find_date
from casus.intake.encoding import decode
from casus.intake.kinds import is_html, is_json, is_json_name, is_mhtml, json_values
from casus.intake.language import require_english
from casus.intake.plain import Found, read_plain
from casus.records import Document, Failure, PublishedBasis

# One report. The longest magazine pieces have 0.2 MB of text and the heaviest saved pages with their scripts
# about 4 MB; beyond that it is an archive or no report at all, and reading it as one would take minutes.
MAX_BYTES = 5_000_000
# A file of many reports as JSON: what still fits in memory several times over.
MAX_COLLECTION_BYTES = 400_000_000


@dataclass(frozen=True, slots=True)
class Given:
    """What the caller knows about a document; None where nothing."""

    name: str
    published: date | None = None
    publisher: str | None = None
    today: date | None = None
    limit: int = MAX_BYTES


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the source itself says, apart from its text."""

    text: str
    found: Found
    media_type: str
    id: str | None = None
    title: str | None = None
    url: str | None = None
    publisher: str | None = None
    byline: str | None = None
    published: date | None = None
    published_basis: PublishedBasis = "none"
    notes: tuple[str, ...] = ()


def document_from_bytes(
    data: bytes,
    *,
    name: str,
    published: date | None = None,
    publisher: str | None = None,
    today: date | None = None,
    limit: int = MAX_BYTES,
) -> Document:
    """The one report in `data`: text, a saved HTML page (as HTML or MHTML), or a JSON object with `text`.

    `name` is the file's name, for messages and where the content leaves a doubt. `published` and `publisher`
    override what the source says. `today` only serves to note a date in the future. `limit` is in bytes.
    Raises EmptyError, BinaryError, TooLargeError, EncodingError, LanguageError or FormatError.
    """
    given = Given(name, published, publisher, today, limit)
    if is_mhtml(data):
        return _from_mhtml(data, given)
    _check_size(data, given)
    text, notes = _decoded(data, name)
    if is_json(text, name):
        values = list(json_values(text, name))
        if len(values) != 1:
            raise FormatError(f"{name} holds {len(values)} documents, not one", "read it as a collection")
        if isinstance(values[0], FormatError):
            raise values[0]
        return _from_json(values[0], given, notes)
    return _from_text(text, given, notes)


def documents_from_bytes(
    data: bytes,
    *,
    name: str,
    published: date | None = None,
    publisher: str | None = None,
    today: date | None = None,
    limit: int = MAX_BYTES,
) -> Iterator[Document | Failure]:
    """Every report in `data`, in order; one that cannot be read becomes a Failure and stops nothing.

    A JSON list or JSON lines hold many, anything else one. `limit` is in bytes and for each of them.
    """
    given = Given(name, published, publisher, today, limit)
    try:
        if len(data) > MAX_COLLECTION_BYTES:
            raise TooLargeError(f"{name} has {_megabytes(len(data))}; a collection may have 400 MB")
        if is_mhtml(data):
            yield _from_mhtml(data, given)
            return
        looks_json = is_json_name(name) or data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (
            b"{",
            b"[",
        )
        if not looks_json:
            _check_size(data, given)
        text, notes = _decoded(data, name)
        if not is_json(text, name):
            _check_size(data, given)
            yield _from_text(text, given, notes)
            return
        for number, value in enumerate(json_values(text, name), 1):
            yield _one(value, given, notes, number)
    except IntakeError as error:
        yield _failure(name, error)


def _one(value: Any, given: Given, notes: tuple[str, ...], number: int) -> Document | Failure:
    item = f"{given.name}#{number}"
    try:
        if isinstance(value, FormatError):
            raise value
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            item = f"{given.name}#{value['id']}"
        return _from_json(value, given, notes)
    except IntakeError as error:
        return _failure(item, error)


def _failure(item: str, error: IntakeError) -> Failure:
    return Failure("intake", item, error.code, error.message, error.hint)


def _check_size(data: bytes, given: Given) -> None:
    if len(data) > given.limit:
        raise TooLargeError(f"{given.name} has {_megabytes(len(data))}; one report may have {_megabytes(given.limit)}")
    if not data.strip(b" \t\r\n\x0b\x0c\xef\xbb\xbf\xfe\xff"):
        raise EmptyError(f"{given.name} is empty")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size >= 100_000 else f"{size:,} bytes"


def _decoded(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    text, notes = decode(data, html=False if is_json_name(name) else None)
    if not any(c.isalnum() for c in text):
        raise EmptyError(f"{name} holds no words")
    return text, notes


def _from_json(value: Any, given: Given, notes: tuple[str, ...]) -> Document:
    text, fields = _text_and_fields(value, given)
    day = find_date(fields["published"] or "")
    if fields["published"] and day is None:
        notes = (*notes, f"published {fields['published'][:40]!r} is no date that we can read")
    if is_html(text):
        notes = (*notes, "the text is a web page: read as one, and offsets count in its words without the tags")
        facts = _facts_of_page(text, given, notes, publisher=fields["publisher"])
    else:
        found = read_plain(text, title=fields["title"], publisher=fields["publisher"])
        facts = _Facts(text, found, "application/json", notes=notes)
    if day:
        facts = replace(facts, published=day, published_basis="given")
    # what the fields say goes before what a page says of itself
    facts = replace(
        facts,
        id=fields["id"],
        title=fields["title"] or facts.title,
        url=fields["url"] or facts.url,
        publisher=fields["publisher"] or facts.publisher,
    )
    return _document(facts, given)


def _text_and_fields(value: Any, given: Given) -> tuple[str, dict[str, str | None]]:
    """The report in an object and what is said of it. Raises for what cannot be a report."""
    text = value.get("text") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(text, str):
        raise FormatError(
            f"{given.name} has no field `text` with the report",
            "give objects with id, text, title, published, publisher, url",
        )
    fields = {k: _text_field(value, k, given.name) for k in ("id", "title", "url", "publisher", "published")}
    if len(text) > given.limit:
        raise TooLargeError(
            f"the text in {given.name} has {len(text):,} characters; one report may have {given.limit:,}"
        )
    if not any(c.isalnum() for c in text):
        raise EmptyError(f"the text in {given.name} holds no words")
    if any("\ud800" <= c <= "\udfff" for c in "".join([text, *(v for v in fields.values() if v)])):
        raise EncodingError(f"{given.name} holds halves of characters (lone surrogates)")
    return text, fields


def _text_field(value: dict[str, Any], key: str, name: str) -> str | None:
    field = value.get(key)
    if field is not None and not isinstance(field, str):
        if key == "id" and isinstance(field, int):
            return str(field)
        raise FormatError(f"{name}: the field `{key}` holds no text")
    return field or None


def _from_text(text: str, given: Given, notes: tuple[str, ...]) -> Document:
    if is_html(text, given.name):
        return _document(_facts_of_page(text, given, notes), given)
    facts = _Facts(text, read_plain(text, publisher=given.publisher), "text/plain", notes=notes)
    return _document(facts, given)


def _from_mhtml(data: bytes, given: Given) -> Document:
    """The page in a file that a browser saved; the limit is for the page, as its pictures are not looked at."""
    from casus.intake.mhtml import unpack  # noqa: PLC0415 - the mail parser, which few files need

    saved = unpack(data, given.name)
    _check_size(saved.html, given)
    text, notes = decode(saved.html, html=True, charset=saved.charset)
    return _document(_facts_of_page(text, given, notes, address=saved.address), given)


def _facts_of_page(
    text: str, given: Given, notes: tuple[str, ...], *, publisher: str | None = None, address: str | None = None
) -> _Facts:
    """The report in a page of HTML; `publisher` and `address` are what is known of it from elsewhere."""
    from casus.intake.html import read_page  # noqa: PLC0415 - the extractor takes half a second to import

    page = read_page(text, address)
    if not any(c.isalnum() for c in page.text):
        raise EmptyError(
            f"{given.name} is a page without a readable report",
            "save the page after it has loaded, or as text; tables are not read",
        )
    publisher = given.publisher or publisher or page.publisher
    found = read_plain(page.text, title=page.title, publisher=publisher, captions=page.captions)
    return _Facts(
        page.text, found, "text/html", None, page.title, page.url, page.publisher, page.byline, page.published,
        page.published_basis, (*notes, *page.notes),
    )  # fmt: skip


def _document(facts: _Facts, given: Given) -> Document:
    """The record, with what the caller knows first, what the source says next, and what its text says last."""
    read = "\n".join(facts.text[r.start : r.end] for r in facts.found.regions if r.kind != "boilerplate")
    language = require_english(read or facts.text)
    published, basis = facts.published, facts.published_basis
    if given.published is not None:
        published, basis = given.published, "given"
    elif published is None and facts.found.published is not None:
        published, basis = facts.found.published, "text"
    notes = [*facts.notes, *language.notes]
    if published is None:
        notes += [*facts.found.notes, "no date of publication found"]
    elif given.today is not None and published > given.today:
        notes.append(f"the date of publication, {published.isoformat()}, lies in the future")
    if not read.strip():
        notes.append("nothing but a table or page furniture: there is no sentence to read")
    return Document.of(
        facts.text,
        id=facts.id,
        title=facts.title or facts.found.title,
        url=facts.url,
        publisher=given.publisher or facts.publisher or facts.found.publisher,
        byline=facts.byline or facts.found.byline,
        dateline=facts.found.dateline,
        published=published,
        published_basis=basis,
        language=language.code,
        media_type=facts.media_type,
        regions=facts.found.regions,
        notes=tuple(notes),
    )
