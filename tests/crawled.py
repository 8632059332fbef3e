"""Crawls of a few pages, as warcio writes them and as nobody should."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

MB = 1_000_000
WORDS = "The army said on Monday that it had taken the town of Belo and that {} of its soldiers were killed there."
PAGES = [
    f"<html><head><title>Report {n}</title></head><body>\r\n\r\n<p>{WORDS.format(n)}</p></body></html>".encode()
    for n in ("three", "four", "five", "six")
]
HTML = ("Content-Type", "text/html; charset=utf-8")


@dataclass(frozen=True)
class Kept:
    """One record of a crawl."""

    body: bytes
    fields: Sequence[tuple[str, str]] = (HTML,)
    status: str = "200 OK"
    kind: str = "response"
    address: str = "https://post.example/a"


class Writer(WARCWriter):  # type: ignore[misc]
    """Copies in memory: those on the disk are never closed."""

    @staticmethod
    def _create_temp_file() -> io.BytesIO:
        return io.BytesIO()


def crawl(records: Sequence[Kept], *, packed: bool = True) -> bytes:
    """As warcio writes it: each record in a gzip member of its own, or none packed."""
    out = io.BytesIO()
    writer = Writer(out, gzip=packed)
    writer.write_record(writer.create_warcinfo_record("x.warc", {"software": "none"}))
    for kept in records:
        head = (
            StatusAndHeaders(kept.status, list(kept.fields), protocol="HTTP/1.1") if kept.kind == "response" else None
        )
        writer.write_record(
            writer.create_warc_record(
                kept.address, kept.kind, payload=io.BytesIO(kept.body), http_headers=head,
                warc_content_type="" if head else kept.fields[0][1],
                warc_headers_dict={"WARC-Date": "2024-03-05T10:00:00Z"},
            )
        )  # fmt: skip
    return out.getvalue()


def raw_record(body: bytes, *fields: str, length: int | None = None, kind: str = "resource") -> bytes:
    """A record as it stands, with nobody to keep it in order."""
    head = [f"WARC-Type: {kind}", *(fields or ["Content-Type: text/html"])]
    head.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join(["WARC/1.0", *head, "", ""]).encode() + body + b"\r\n\r\n"


def chunked(data: bytes, size: int = 40, extra: str = "") -> bytes:
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    return b"".join(b"%X%s\r\n%s\r\n" % (len(p), extra.encode(), p) for p in pieces) + b"0\r\n\r\n"


CHUNKS = ("Transfer-Encoding", "chunked")
