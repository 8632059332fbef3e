"""The answer of a web server as a crawl keeps it: its head, and its body without chunks and packing."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import BinaryIO, cast

from casus.errors import FormatError, TooLargeError
from casus.intake.packs.crawl import MAX_HEAD, fields_of
from casus.intake.packs.packed import CUT_OFF, GZIP, Blocks, Method, Spend, Unpacked
from casus.intake.raw import megabytes, read_up_to

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})\b")
_HEAD_END = re.compile(rb"\n\r?\n")
_MEDIA_TYPE = re.compile(r"\s*([\w.+-]+/[\w.+-]+)", re.ASCII)
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE | re.ASCII)
# The length of a chunk in hexadecimal digits, and what some servers put behind it.
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,200})?\r?\n")
_CHUNK_END = re.compile(rb"\r?\n")
# No text has them, and what is packed has them everywhere.
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f]")
# More ways of packing, one in the other, are nobody's but a bomb's.
_MAX_CODINGS = 2


@dataclass(frozen=True, slots=True)
class Answer:
    """The head of an answer. `start` is where the body begins, in bytes; codings are in the order they were applied."""

    status: int
    media_type: str | None
    charset: str | None
    codings: tuple[str, ...]
    chunked: bool
    start: int


def answer(block: bytes, name: str) -> Answer:
    """The head of the answer with which a block begins. Raises FormatError where it does not."""
    status, end = _STATUS.match(block), _HEAD_END.search(block, 0, MAX_HEAD)
    if not status or not end:
        raise FormatError(f"{name} holds no answer of a web server that can be read", "fetch the page again")
    fields = fields_of(block[: end.end()])
    media_type, charset = content_type(fields.get("content-type", ""))
    codings = tuple(c for part in fields.get("content-encoding", "").lower().split(",") if (c := part.strip()))
    chunked = "chunked" in fields.get("transfer-encoding", "").lower()
    return Answer(int(status[1]), media_type, charset, codings, chunked, end.end())


def content_type(value: str) -> tuple[str | None, str | None]:
    """The media type in lower case and the charset that a field says."""
    kind, charset = _MEDIA_TYPE.match(value[:500]), _CHARSET.search(value[:500])
    return kind[1].lower() if kind else None, charset[1] if charset else None


def body(block: bytes, head: Answer, name: str, limit: int, spend: Spend) -> bytes:
    """What the server meant to send. Raises FormatError where it is broken, TooLargeError past `limit` bytes."""
    data = block[head.start :]
    if head.chunked:
        data = _without_chunks(data, name)
    codings = [c for c in reversed(head.codings) if c not in ("identity", "none", "utf-8")]
    if len(codings) > _MAX_CODINGS:
        raise FormatError(f"{name} is packed {len(codings)} times", "fetch the page again")
    for coding in codings:
        data = _unpacked(data, coding, name, limit, spend)
    if len(data) > limit:
        raise TooLargeError(f"{name} has {megabytes(len(data))}; one report may have {megabytes(limit)}")
    return data


def _without_chunks(data: bytes, name: str) -> bytes:
    """RFC 9112 7.1. Some crawlers take the chunks away and leave the word."""
    view, out, at = memoryview(data), bytearray(), 0
    while found := _CHUNK.match(data, at):
        start, size = found.end(), int(found[1], 16)
        if not size:
            return bytes(out)
        if start + size > len(data):
            raise FormatError(f"{name} breaks off in the middle of a chunk", CUT_OFF)
        out += view[start : start + size]
        end = _CHUNK_END.match(data, start + size)
        at = end.end() if end else start + size
    if at < len(data) and out:
        raise FormatError(f"the chunks of {name} are broken", CUT_OFF)
    return bytes(out) if out else data


def _unpacked(data: bytes, coding: str, name: str, limit: int, spend: Spend) -> bytes:
    method = _method(data, coding, name)
    if method is None:
        return data
    blocks = Blocks(Unpacked(cast(BinaryIO, io.BytesIO(data)), method, name, spend))
    out = read_up_to(blocks.binary(), limit + 1)
    if blocks.error:
        raise blocks.error
    if len(out) > limit:
        raise TooLargeError(f"{name} has more than {megabytes(limit)} when it is unpacked")
    return out


def _method(data: bytes, coding: str, name: str) -> Method | None:
    """How a body is packed; None where the crawler has unpacked it and left the word."""
    if coding in ("gzip", "x-gzip"):
        return "gzip" if data.startswith(GZIP) else None
    if not _CONTROLS.search(data, 0, 512):
        return None
    if coding == "deflate":
        # it should come in the clothes of zlib (RFC 9110 8.4.1.2), and from some servers comes without
        dressed = data[0] & 0x0F == 8 and int.from_bytes(data[:2]) % 31 == 0
        return "zlib" if dressed else "deflate"
    raise FormatError(f"{name} is packed as '{coding[:40]}', which is not read", "crawl with gzip, or without packing")
