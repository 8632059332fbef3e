"""Which format a source is in, by its first bytes; its name counts only where the bytes leave it open."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from typing import Literal

from casus.intake.kinds import is_json, is_mhtml

Kind = Literal[
    "zip", "gzip", "bzip2", "xz", "tar", "warc", "pdf", "mbox", "mail", "mhtml", "xlsx", "xml", "json", "table",
    "html-or-text",
]  # fmt: skip

_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"WARC/", "warc"),
    (b"%PDF-", "pdf"),
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_TABLE_NAME = re.compile(r"\.(?:csv|tsv|tab)\Z", re.IGNORECASE)
_OLE = b"\xd0\xcf\x11\xe0"
_XLS_NAME = re.compile(r"\.xls[xm]?\Z", re.IGNORECASE)
_XLSX_NAME = re.compile(r"\.xls[xm]\Z", re.IGNORECASE)
_MAIL_NAME = re.compile(r"\.(?:eml|mbox)\Z", re.IGNORECASE)
# The line that stands above each mail in an mbox: "From ", who, when.
_MBOX = re.compile(rb"From \S+ {1,3}(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ")
# Heads that mails have and other texts of "Word: words" lines (a press release, a form) have not
_MAIL = re.compile(
    rb"(?:\A|\n)(?:received|message-id|return-path|delivered-to|mime-version|x-[a-z-]{2,40}):[ \t]", re.IGNORECASE
)
_MAIL_FROM = re.compile(rb"(?:\A|\n)(?:from|sender):[ \t]", re.IGNORECASE)
_HEAD_LINE = re.compile(rb"[A-Za-z][A-Za-z0-9-]{0,60}:[ \t]")
# The first element after declaration, comments and a document type; names of feeds, lists of feeds and news formats.
_XML = re.compile(
    rb"\s{0,200}(?:<\?xml[^>]{0,300}\?>)?\s{0,200}(?:<\?[^>]{0,500}\?>\s{0,200}|(?><!--(?>.{0,2000}?-->))\s{0,200}|"
    rb"<!doctype\s+(?!html)[^>\[]{0,300}(?:\[[^\]]{0,3000}\]\s{0,20})?>\s{0,200}){0,20}"
    rb"<(?:!doctype\s{1,50})?(?:[A-Za-z0-9_]{1,30}:)?"
    rb"(?:rss|feed|rdf|opml|nitf|newsitem|newsmessage|newsml|knowledgeitem|packageitem)[\s>/\[]",
    re.IGNORECASE | re.DOTALL,
)
_BOM = b"\xef\xbb\xbf"
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def source_kind(head: bytes, name: str) -> Kind:  # noqa: PLR0911 - a list of cases
    """The format of a source that begins with `head` (HEAD_BYTES of it, or all of it).

    "html-or-text" is what is left: intake tells these apart when all of it is there.
    """
    if head.startswith(_ZIP):
        return "xlsx" if _XLSX_NAME.search(name) or b"xl/workbook" in head or b"xl/worksheets" in head else "zip"
    if head.startswith(_OLE) and _XLS_NAME.search(name):
        return "xlsx"  # which says what is wrong with it: an old workbook, or one with a password
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[257:262] == b"ustar":
        return "tar"
    start = _as_utf8(head)
    if _MBOX.match(start):
        return "mbox"
    if is_mhtml(head) and not _is_mail(start):
        return "mhtml"
    if _is_mail(start):
        return "mail"
    if _XML.match(start):
        return "xml"
    if _TABLE_NAME.search(name):
        return "table"
    if is_json(start.decode("utf-8", "replace"), name):
        return "json"
    return "mail" if _MAIL_NAME.search(name) else "html-or-text"


def has_columns(head: bytes, names: Iterable[str]) -> bool:
    """Whether the first line of a source is that of a table with all these columns, and there are any."""
    line = _as_utf8(head).decode("utf-8", "replace").split("\n", 1)[0]
    cells = {cell.strip().strip('"').casefold() for cell in re.split(r"[,;\t|]", line)}
    wanted = {name.casefold() for name in names}
    return bool(wanted) and wanted <= cells


def _as_utf8(head: bytes) -> bytes:
    """The head without a byte-order mark, and in UTF-8 where the mark says that it is in another encoding."""
    for mark, codec in _WIDE:
        if head.startswith(mark):
            return head[len(mark) :].decode(codec, "replace").encode()
    return head.removeprefix(_BOM)


def _is_mail(start: bytes) -> bool:
    """The head of a mail that went through a server: lines of "Name: ...", one that only mails have, and a sender."""
    if not _HEAD_LINE.match(start):
        return False
    head = re.split(rb"\r?\n\r?\n", start, maxsplit=1)[0]
    saved = re.search(rb"(?:\A|\n)(?:snapshot-content-location|from:[ \t]{0,5}<saved by)", head, re.IGNORECASE)
    return not saved and bool(_MAIL.search(head) and _MAIL_FROM.search(head))
