"""A web server on this machine that behaves, or misbehaves, as its pages say: for whatever fetches.

Its pages are `server.pages[path]`; a path without a page is 404, robots.txt too. `server.visits` is what was asked.
"""

from __future__ import annotations

import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain, repeat
from pathlib import Path
from typing import Any

_LOOK_UP = socket.getaddrinfo

NOW = datetime(2024, 1, 18, 9, 30, tzinfo=UTC)
# what a fetcher must be allowed to ask in order to get here
LOCAL = ("127.0.0.0/8", "localhost")

# For "localhost" and 127.0.0.1, from 2020 to 2120, signed by itself; made for these tests and of no use elsewhere.
KEY = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgqSsu9/sNWLnyQDuf
P6f9qSDU3BttN+8NdooWFWO5FT+hRANCAATaWOY1hGnS8kZFb8x6OZWrJp/lDN1W
owLFd9DFZR3ncUjAWiE5lk6hutG4Sf1XLCNlEcQVkxxAI5mQUGCjSYX0
-----END PRIVATE KEY-----
"""
CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBnTCCAUKgAwIBAgIBATAKBggqhkjOPQQDAjAWMRQwEgYDVQQDDAtDYXN1cyB0
ZXN0czAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowFjEUMBIGA1UE
AwwLQ2FzdXMgdGVzdHMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATaWOY1hGnS
8kZFb8x6OZWrJp/lDN1WowLFd9DFZR3ncUjAWiE5lk6hutG4Sf1XLCNlEcQVkxxA
I5mQUGCjSYX0o38wfTAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwHQYDVR0O
BBYEFIgi/pLIfsw+M/eOVwzVzlwtZp0wMB8GA1UdIwQYMBaAFIgi/pLIfsw+M/eO
VwzVzlwtZp0wMA4GA1UdDwEB/wQEAwIChDAPBgNVHRMBAf8EBTADAQH/MAoGCCqG
SM49BAMCA0kAMEYCIQD3XsHrfVXDyJSve6tFfAsSfXdCcBxdcd+UGRPe/HwzgQIh
ALBBzVj1zCyRiElgGdbh23B8+WJC6XGjHKh9BiCQqhhK
-----END CERTIFICATE-----
"""


@dataclass(frozen=True, slots=True)
class Page:
    """What the server answers. `body` has its length told, `pieces` are sent as they come, with `pause` s between.

    `claims` is the length that is told in place of the true one, `raw` the whole answer from the status line on, in one
    or in pieces. With `etag` or `last_modified` a visitor who names it gets 304. `hangs` sends nothing until the
    server closes.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str | None = None
    last_modified: str | None = None
    pieces: Callable[[], Iterable[bytes]] | None = None
    pause: float = 0.0
    chunked: bool = False
    claims: int | None = None
    raw: bytes | Callable[[], Iterable[bytes]] | None = None
    hangs: bool = False


class Time:
    """A clock for whoever fetches: it goes on by what is slept, and by nothing else. It begins at `NOW`."""

    def __init__(self) -> None:
        self.seconds, self.slept = 0.0, list[float]()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    def clock(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)


class Names:
    """A name server for the names in `known`: what it says, one answer after the other; the last one stays.

    `look_up` goes in the place of `socket.getaddrinfo`, which it asks for all other names.
    """

    def __init__(self, known: dict[str, list[list[str]]]) -> None:
        self.known, self.asked = known, list[str]()

    def look_up(self, host: str, port: int, *more: Any, **options: Any) -> Sequence[Any]:
        if host not in self.known:
            return _LOOK_UP(host, port, *more, **options)
        self.asked.append(host)
        answers = self.known[host]
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]


@dataclass(frozen=True, slots=True)
class Visit:
    """One request. Names of headers are in lower case."""

    path: str
    headers: Mapping[str, str]


def redirect(to: str, status: int = 302) -> Page:
    return Page(status=status, headers={"Location": to})


def html(words: str = "Shells fell on the village of Dar Anwar.") -> Page:
    return Page(f"<html><body><p>{words}</p></body></html>".encode(), headers={"Content-Type": "text/html"})


def dripping(pause: float = 0.01) -> Page:
    """A byte at a time, without end."""
    return Page(pieces=lambda: repeat(b"x"), pause=pause)


def bomb(size: int) -> Page:
    """So many bytes of nothing, packed to a thousandth of that; made while it is sent."""
    pack = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    block = bytes(1 << 20)
    head = pack.compress(block) + pack.flush(zlib.Z_FULL_FLUSH)
    # after a full flush the same bytes unpack to the same again
    again = pack.compress(block) + pack.flush(zlib.Z_FULL_FLUSH)

    def pieces() -> Iterator[bytes]:
        yield head
        yield from repeat(again, size >> 20)

    return Page(pieces=pieces, headers={"Content-Encoding": "gzip"})


class WebServer:
    """Answers with `pages[path]`: a page, a list of pages to go through, or a function of the visit.

    `sent` counts the pieces that went out, `most_at_once` the requests that were under way at the same time.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.pages: dict[str, Page | list[Page] | Callable[[Visit], Page]] = {}
        self.visits: list[Visit] = []
        self.sent = self.most_at_once = self._under_way = 0
        self.released = threading.Event()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._scheme, self.port = "https" if tls else "http", int(self._server.server_port)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{self._scheme}://{host}:{self.port}{path}"

    def paths(self, *, robots: bool = False) -> list[str]:
        """What was asked for, in order; robots.txt is left out unless wanted."""
        return [visit.path for visit in self.visits if robots or visit.path != "/robots.txt"]

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _page(self, visit: Visit) -> Page:
        with self._lock:
            self.visits.append(visit)
            page = self.pages.get(visit.path, Page(b"not here", 404))
            if isinstance(page, list):
                page = page.pop(0) if len(page) > 1 else page[0]
        return page if isinstance(page, Page) else page(visit)

    def _count(self, step: int) -> None:
        with self._lock:
            self._under_way += step
            self.most_at_once = max(self.most_at_once, self._under_way)

    def _handler(server) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the handler below is the one called self
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                server._count(1)
                try:
                    self._answer(server._page(Visit(self.path, {k.lower(): v for k, v in self.headers.items()})))
                except OSError:  # whoever asked has seen enough
                    pass
                finally:
                    server._count(-1)
                    self.close_connection = True

            def _answer(self, page: Page) -> None:
                if page.hangs:
                    server.released.wait()
                elif page.raw is not None:
                    self._send([page.raw] if isinstance(page.raw, bytes) else page.raw(), page)
                elif _unchanged(page, self.headers.get("if-none-match"), self.headers.get("if-modified-since")):
                    self._head(page, 304)
                else:
                    self._head(page, page.status)
                    self._body(page)

            def _head(self, page: Page, status: int) -> None:
                self.send_response(status)
                told = {"ETag": page.etag, "Last-Modified": page.last_modified, **page.headers}
                if page.chunked:
                    told["Transfer-Encoding"] = "chunked"
                elif not page.pieces and status != 304:
                    told["Content-Length"] = str(len(page.body) if page.claims is None else page.claims)
                for name, value in told.items():
                    if value is not None:
                        self.send_header(name, value)
                self.end_headers()

            def _body(self, page: Page) -> None:
                pieces = page.pieces() if page.pieces else (page.body,)
                if page.chunked:
                    pieces = chain((b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces), (b"0\r\n\r\n",))
                self._send(pieces, page)

            def _send(self, pieces: Iterable[bytes], page: Page) -> None:
                for piece in pieces:
                    self.wfile.write(piece)
                    server.sent += 1
                    if server.released.wait(page.pause):
                        return

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing of visitors who leave early."""


def _unchanged(page: Page, etag: str | None, modified: str | None) -> bool:
    """RFC 9110 13.2.2: the tag goes before the date."""
    if etag is not None:
        return etag == page.etag
    return modified is not None and modified == page.last_modified


@contextmanager
def serving(certificate: Path | None = None) -> Iterator[WebServer]:
    """A server for the time of a test, over TLS where there is a file to put its key and certificate into."""
    tls = None
    if certificate:
        certificate.write_text(KEY + CERTIFICATE, encoding="ascii")
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
    server = WebServer(tls)
    try:
        yield server
    finally:
        server.close()
