"""Bytes -> documents: decides by content whether they are text, HTML or JSON, and refuses what is neither."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from casus.errors import EmptyError, EncodingError, FormatError, IntakeError, TooLargeError
from casus.intake.dates import find_date
from casus.intake.encoding import decode
from casus.intake.language import require_english
from casus.intake.plain import Found, read_plain
from casus.records import Document, Failure, PublishedBasis

# One report. The longest magazine pieces have 0.2 MB of text and the heaviest saved pages with their scripts
# about 4 MB; beyond that it is an archive or no report at all, and reading it as one would take minutes.
MAX_BYTES = 5_000_000
# A file of many reports as JSON: what still fits in memory several times over.
MAX_COLLECTION_BYTES = 400_000_000

_JSON_NAME = re.compile(r"\.(?:json|jsonl|ndjson)\Z", re.IGNORECASE)
_HTML_NAME = re.compile(r"\.(?:html?|xhtml|mhtml)\Z", re.IGNORECASE)
_JSON_START = re.compile(r"\s*(?:\{\s*(?:\"|\})|\[\s*(?:\{\s*\"|\]))")
_HTML_START = re.compile(
    r"\s*(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body|article|main|div|section|meta|title|p|h1)\b",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(
    r"</?(?:p|div|a|span|br|h[1-6]|script|meta|li|ul|article|figure|body|html|head)\b[^<>]{0,300}>",
    re.IGNORECASE,
)


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
    """The one report in `data`: text, a saved HTML page, or a JSON object with `text`.

    `name` is the file's name, for messages and where the content leaves a doubt. `published` and `publisher`
    override what the source says. `today` only serves to note a date in the future. `limit` is in bytes.
    Raises EmptyError, BinaryError, TooLargeError, EncodingError, LanguageError or FormatError.
    """
    given = Given(name, published, publisher, today, limit)
    _check_size(data, given)
    text, notes = _decoded(data, name)
    if _is_json(text, name):
        values = list(_json_values(text, name))
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
        looks_json = bool(_JSON_NAME.search(name)) or data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (
            b"{",
            b"[",
        )
        if not looks_json:
            _check_size(data, given)
        text, notes = _decoded(data, name)
        if not _is_json(text, name):
            _check_size(data, given)
            yield _from_text(text, given, notes)
            return
        for number, value in enumerate(_json_values(text, name), 1):
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
    text, notes = decode(data, html=False if _JSON_NAME.search(name) else None)
    if not any(c.isalnum() for c in text):
        raise EmptyError(f"{name} holds no words")
    return text, notes


def _is_json(text: str, name: str) -> bool:
    """By content; a name that says JSON counts too, so that a broken file is called broken and not read as prose."""
    return bool(_JSON_NAME.search(name)) or (bool(_JSON_START.match(text)) and text.rstrip()[-1:] in ("}", "]"))


def _is_html(text: str, name: str) -> bool:
    if _HTML_START.match(text):
        return True
    tags = len(_TAG.findall(text[:20_000]))
    if _HTML_NAME.search(name) and not tags:
        raise FormatError(f"{name} is named like a web page and holds no tags", "rename it to .txt if it is plain text")
    # six tags in its first 20,000 characters: prose that quotes a tag or two is still prose
    return tags >= 6


def _json_values(text: str, name: str) -> Iterator[Any]:
    """Each document of a JSON object, list, or lines; a line that does not parse is yielded as its error."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        lines = [line for line in text.split("\n") if line.strip()]
        parsed = [_json_line(line, f"{name}, line {n}") for n, line in enumerate(lines, 1)]
        if len(lines) < 2 or all(isinstance(p, FormatError) for p in parsed):
            why = "nested too deeply" if isinstance(error, RecursionError) else str(error)
            raise FormatError(f"{name} says that it is JSON and is not: {why}") from None
        yield from parsed
        return
    yield from value if isinstance(value, list) else [value]


def _json_line(line: str, where: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        return FormatError(f"{where} is no JSON: {error}")


def _from_json(value: Any, given: Given, notes: tuple[str, ...]) -> Document:
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
    day = find_date(fields["published"] or "")
    if fields["published"] and day is None:
        notes = (*notes, f"published {fields['published'][:40]!r} is no date that we can read")
    found = read_plain(text, title=fields["title"], publisher=fields["publisher"])
    basis: PublishedBasis = "given" if day else "none"
    facts = _Facts(
        text, found, "application/json", fields["id"], fields["title"], fields["url"], fields["publisher"],
        None, day, basis, notes,
    )  # fmt: skip
    return _document(facts, given)


def _text_field(value: dict[str, Any], key: str, name: str) -> str | None:
    field = value.get(key)
    if field is not None and not isinstance(field, str):
        if key == "id" and isinstance(field, int):
            return str(field)
        raise FormatError(f"{name}: the field `{key}` holds no text")
    return field or None


def _from_text(text: str, given: Given, notes: tuple[str, ...]) -> Document:
    if not _is_html(text, given.name):
        facts = _Facts(text, read_plain(text, publisher=given.publisher), "text/plain", notes=notes)
        return _document(facts, given)
    from casus.intake.html import read_page  # noqa: PLC0415 - the extractor takes half a second to import

    page = read_page(text)
    if not any(c.isalnum() for c in page.text):
        raise EmptyError(
            f"{given.name} is a page without a readable report",
            "save the page after it has loaded, or as text",
        )
    found = read_plain(page.text, title=page.title, publisher=given.publisher or page.publisher, captions=page.captions)
    facts = _Facts(
        page.text, found, "text/html", None, page.title, page.url, page.publisher, page.byline, page.published,
        page.published_basis, (*notes, *page.notes),
    )  # fmt: skip
    return _document(facts, given)


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
