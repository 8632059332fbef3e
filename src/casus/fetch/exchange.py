"""One request to one address and its answer: what of the fetcher touches the network.

Connects to no other address than those that it checked, and ends in bounded time and memory whatever the server does.
Knows nothing of manners: redirects, further tries, waits and robots.txt are those of `fetching`.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import httpcore2
import httpx2

from casus.errors import FetchError, TooLargeError
from casus.fetch.addresses import Gate, check_host, is_address
from casus.fetch.unpacking import ENCODINGS, PackingError, Unpacker

# RFC 9110 4.1 asks for 8,000 at least; no article has a longer one, and robots rules are matched against all of it
MAX_URL = 8_000
# headers in order, as (name, value)
Pairs = tuple[tuple[str, str], ...]

# Of a name's addresses so many are tried: the first that answers is as good as any, a list of hundreds is an attack.
_MAX_ADDRESSES = 4


class PassingError(Exception):
    """What may go better the next time; `status` is what the server answered, if it did, `wait` how long it asks to be
    left alone, in seconds."""

    def __init__(self, message: str, wait: float | None = None, status: int | None = None) -> None:
        super().__init__(message)
        self.wait, self.status = wait, status


@dataclass(frozen=True, slots=True)
class Url:
    """An address that may be asked. `text` is the whole without fragment, `host` has no brackets and no last dot.

    `origin` is scheme, host and port, as robots.txt goes by; `target` is what the request line holds.
    """

    text: str
    scheme: str
    host: str
    port: int
    origin: str
    target: bytes

    @classmethod
    def of(cls, text: str, base: Url | None = None) -> Url:
        """Reads an address, seen from `base` where it is a redirect. Raises FetchError, AddressError."""
        if len(text) > MAX_URL:
            raise FetchError(f"the address {shown(text)} has more than {MAX_URL:,} characters")
        try:
            url = httpx2.URL(base.text).join(text) if base else httpx2.URL(text.strip())
            host, port = url.raw_host.decode("ascii").lower().removesuffix("."), url.port
        except (httpx2.InvalidURL, ValueError):
            raise FetchError(f"{shown(text)} is no address", "give one that begins with https://") from None
        if url.scheme not in ("http", "https"):
            raise FetchError(f"{shown(text)} is not on the web", "only http and https are fetched")
        if url.userinfo:
            raise FetchError(f"the address on {host[:80]} holds a name or password", "give it without")
        check_host(host)
        if port is not None and not 0 < port < 65_536:
            raise FetchError(f"{shown(text)} has no port that exists", "check the address")
        usual = 443 if url.scheme == "https" else 80
        shown_port = "" if port in (None, usual) else f":{port}"
        origin = f"{url.scheme}://{f'[{host}]' if ':' in host else host}{shown_port}"
        return cls(origin + url.raw_path.decode("ascii"), url.scheme, host, port or usual, origin, url.raw_path)

    @property
    def netloc(self) -> str:
        """Host and port, as the Host header names them."""
        return self.origin.partition("://")[2]


@dataclass(frozen=True, slots=True)
class Limits:
    """For one request: seconds to connect, between two bytes and in all; bytes of the unpacked body.

    `cut` reads no further than `max_bytes` instead of refusing a longer body.
    """

    connect_s: float
    read_s: float
    total_s: float
    max_bytes: int
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. Names of headers are in lower case; `body` is empty unless the status is 200.

    `sent` and `received` are the headers of both sides as they went over the wire.
    """

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes
    sent: Pairs = ()
    received: Pairs = ()

    def told(self) -> str:
        """Status and reason in words: "404 Not Found"."""
        return f"{self.status} {self.reason}".strip()


class Wire:
    """Sends requests, each over a connection of its own: at one request in two seconds to keep it saves nobody."""

    def __init__(self, gate: Gate, clock: Callable[[], float]) -> None:
        self._gate, self._clock = gate, clock

    @cached_property
    def _certificates(self) -> ssl.SSLContext:
        """Those that this machine trusts: to load them takes longer than most requests."""
        return httpx2.create_ssl_context()

    def ask(self, url: Url, headers: Mapping[str, str], limits: Limits) -> Reply:
        """Raises PassingError, FetchError, AddressError or TooLargeError. Leaves no connection open."""
        deadline = _Deadline(shown(url.text), limits.total_s, self._clock)
        connection = httpcore2.HTTPConnection(
            origin=httpcore2.Origin(url.scheme.encode(), url.host.encode(), url.port),
            ssl_context=self._certificates if url.scheme == "https" else None,
            network_backend=_Guarded(self._gate, deadline),
        )
        target = httpcore2.URL(scheme=url.scheme, host=url.host, port=url.port, target=url.target)
        sent = [(b"Host", url.netloc.encode())]
        sent += [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        sent += [(b"Accept-Encoding", ENCODINGS.encode()), (b"Connection", b"close")]
        timeouts = {"connect": limits.connect_s, "read": limits.read_s, "write": limits.read_s}
        with (
            _translated(url, limits), connection,
            connection.stream("GET", target, headers=sent, extensions={"timeout": timeouts}) as response,
        ):  # fmt: skip
            answered = _headers(response.headers)
            reason = shown(bytes(response.extensions.get("reason_phrase", b"")).decode("latin-1"), 60)
            body = _read(response, answered, url, limits) if response.status == 200 else b""
        return Reply(response.status, reason, answered, body, _pairs(sent), _pairs(response.headers))


def shown(text: str, most: int = 200) -> str:
    """Words of others, fit for a line of ours: printable, and no longer than `most` characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * most]).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


class _Deadline:
    """The end of the time for one request. The time-outs of a socket start anew with every byte, this does not."""

    def __init__(self, asked: str, seconds: float, clock: Callable[[], float]) -> None:
        self._asked, self._seconds, self._clock, self._end = asked, seconds, clock, clock() + seconds

    def left(self, timeout: float | None = None) -> float:
        """Seconds that the next step may take. Raises FetchError when none are left: a try more would end no better."""
        left = self._end - self._clock()
        if left <= 0:
            raise FetchError(f"{self._asked} gave no whole answer within {self._seconds:g} seconds")
        return left if timeout is None else min(left, timeout)

    @contextmanager
    def step(self, timeout: float | None) -> Iterator[float]:
        """Around a step that may block: how long it may, and the right error where the deadline was what ended it."""
        try:
            yield self.left(timeout)
        except httpcore2.TimeoutException:
            self.left()
            raise


class _Guarded(httpcore2.NetworkBackend):
    """Looks a name up once, has all its addresses checked, and connects to one of these and to nothing else.

    The name is not looked up again, so that a name server cannot tell the check one thing and the socket another.
    """

    def __init__(self, gate: Gate, deadline: _Deadline) -> None:
        self._gate, self._deadline, self._plain = gate, deadline, httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        found = _look_up(host, port)
        self._gate.check(host, found)
        for n, address in enumerate(found := found[:_MAX_ADDRESSES]):
            try:
                with self._deadline.step(timeout) as left:
                    return _Timed(self._plain.connect_tcp(address, port, left), self._deadline)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if n + 1 == len(found):
                    raise
        raise httpcore2.ConnectError(f"no address of {host} is known")


class _Timed(httpcore2.NetworkStream):
    """A connection that ends at the deadline."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: _Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with self._deadline.step(timeout) as left:
            return self._stream.read(max_bytes, left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with self._deadline.step(timeout) as left:
            self._stream.write(buffer, left)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        try:
            with self._deadline.step(timeout) as left:
                return _Timed(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)
        except BaseException:
            self.close()
            raise

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _look_up(host: str, port: int) -> list[str]:
    """The addresses of a host, in the order in which to try them. The system's resolver ends by its own time-outs."""
    if is_address(host):
        return [host]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise httpcore2.ConnectError(f"{host} cannot be looked up now") from None
        raise FetchError(f"there is no host {host}", "check the address, and that this machine is online") from None
    except (OSError, UnicodeError) as error:
        raise httpcore2.ConnectError(f"{host} cannot be looked up: {error}") from None
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@contextmanager
def _translated(url: Url, limits: Limits) -> Iterator[None]:
    """Errors of the library as ours, with the reason in words that name no internals."""
    try:
        yield
    except httpcore2.ConnectTimeout:
        raise PassingError(f"no connection within {limits.connect_s:g} seconds") from None
    except httpcore2.TimeoutException:
        raise PassingError(f"nothing came for {limits.read_s:g} seconds") from None
    except httpcore2.LocalProtocolError as error:
        raise FetchError(f"{shown(url.text)} cannot be asked for: {shown(str(error))}") from None
    except httpcore2.NetworkError as error:
        if isinstance(error.__cause__, ssl.SSLCertVerificationError):
            why = error.__cause__.verify_message
            raise FetchError(f"the certificate of {url.host} is not to be trusted: {shown(why)}") from None
        raise PassingError(shown(str(error)) or "the connection broke") from None
    except httpcore2.ProtocolError as error:
        raise PassingError(f"a broken answer: {shown(str(error))}") from None


def _pairs(sent: Iterable[tuple[bytes, bytes]]) -> Pairs:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in sent)


def _headers(sent: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Names in lower case; what was sent twice is one list, as RFC 9110 5.3 reads it."""
    headers: dict[str, str] = {}
    for name, value in sent:
        key, said = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {said}" if key in headers else said
    return headers


def _read(response: httpcore2.Response, headers: Mapping[str, str], url: Url, limits: Limits) -> bytes:
    """The unpacked body. What comes packed may have no more bytes than what comes out of it."""
    too_large = TooLargeError(
        f"{shown(url.text)} has more than {limits.max_bytes / 1e6:g} MB", "hardly a page or a feed: look what it is"
    )
    said = headers.get("content-length", "")
    if re.fullmatch(r"[0-9]{1,20}", said) and int(said) > limits.max_bytes and not limits.cut:
        raise too_large
    data, came = bytearray(), 0
    try:
        unpacker = Unpacker(headers.get("content-encoding", ""))
        for chunk in response.iter_stream():
            came += len(chunk)
            for piece in unpacker.feed(chunk):
                data += piece
                if len(data) > limits.max_bytes:
                    break
            if max(came, len(data)) > limits.max_bytes:
                if limits.cut:
                    return bytes(data[: limits.max_bytes])
                raise too_large
        unpacker.end()
    except PackingError as error:
        raise FetchError(f"{shown(url.text)} sends {error}") from None
    return bytes(data)
