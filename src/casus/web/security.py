"""What stands before every request: host names, who asks, whose page it comes from, how large, how often; and the
headers that go with every answer.

A server on this machine is in reach of every page that its user opens elsewhere. Three things keep those out: the host
name must be ours (a page cannot bend its own name to this machine), a change must come from our own pages or from a
program (Origin, Sec-Fetch-Site), and a form must carry a token that only our pages know.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from urllib.parse import parse_qs, quote, urlsplit

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from casus.errors import CasusError, TooLargeError
from casus.web.access import Principal
from casus.web.desks import Web
from casus.web.problems import CrossSiteError, HostError, RateError, Shown, TokenError, answer_to, problem_of
from casus.web.rates import Rate
from casus.web.session import FORM_COOKIE, client, cookie, form_token, form_token_of, holder, session_name, signed_in

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # not no-referrer: with that, browsers send the Origin of our own forms as null
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# what anybody may see, for what is needed to sign in, and whether there is a server
_PUBLIC = ("/sign-in", "/sign-out", "/static/", "/api/1/health")
_FORM, _PARTS = "application/x-www-form-urlencoded", "multipart/form-data"
TOKEN_FIELD, TOKEN_HEADER = "form_token", "x-form-token"
_NONCE = re.compile(r"[A-Za-z0-9_-]{20,60}")


__all__ = ["HEADERS", "POLICY", "Guard", "form_token"]


class Guard:
    """The middleware. `page` shows a problem to people."""

    def __init__(self, app: ASGIApp, web: Web, page: Shown | None = None) -> None:
        self.app, self.web, self.page, self.settings = app, web, page, web.settings
        self.writes = Rate(self.settings.writes_a_minute, self.settings.writes_at_once)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sending = _Sending(scope, send)
        try:
            receive = await self._admit(scope, receive)
            await self.app(scope, receive, sending)
        except _Elsewhere as found:
            await found.response(scope, receive, sending)
        except Exception as error:
            if sending.started:
                # the connection breaks, so that nobody takes half an answer for a whole one
                raise
            response = answer_to(Request(scope), problem_of(error), self.page)
            await response(scope, receive, sending)

    async def _admit(self, scope: Scope, receive: Receive) -> Receive:
        """Raises a RequestError for what may not pass; gives the body anew where it had to be looked at."""
        headers, method, path = Headers(scope=scope), scope["method"], scope["path"]
        scope["casus.key"] = self.settings.tokens.key
        self._check_host(headers)
        _check_fetch(headers, safe=method in SAFE)
        cookies = _cookies(headers)
        nonce = cookies.get(FORM_COOKIE, "")
        scope["casus.nonce"] = nonce if _NONCE.fullmatch(nonce) else secrets.token_urlsafe(24)
        scope["casus.new_nonce"] = scope["casus.nonce"] != nonce
        principal = await self._who(scope, headers, cookies)
        if principal is None and not _public(path):
            if method in SAFE and not path.startswith("/api/"):
                raise _Elsewhere(RedirectResponse(f"/sign-in?to={quote(_here(scope))}", HTTPStatus.SEE_OTHER))
            raise TokenError("this server answers only to who has a token")
        scope["casus.principal"] = principal
        if method in SAFE:
            return receive
        self._check_rate(scope, principal)
        if principal is not None and not _public(path):
            principal.require("review")
        return await self._body(scope, receive, headers)

    def _check_host(self, headers: Headers) -> None:
        given = headers.getlist("host")
        name = _host_name(given[0]) if len(given) == 1 else None
        if name is None or not (name in self.settings.names or (self.settings.any_address and _is_address(name))):
            raise HostError("this server does not go by that name")

    async def _who(self, scope: Scope, headers: Headers, cookies: Mapping[str, str]) -> Principal | None:
        """Who asks; None where that takes a token and there is none. Raises TokenError for one that nobody holds."""
        tokens = self.settings.tokens
        if not tokens:
            return Principal(self.settings.by, "admin")
        kind, _, secret = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and secret:
            return await holder(self.web, scope, secret.strip())
        session = cookies.get(session_name(scope))
        return None if session is None else signed_in(tokens, session)

    def _check_rate(self, scope: Scope, principal: Principal | None) -> None:
        wait = self.writes.wait(f"{principal.name if principal else ''} {client(scope)}")
        if wait:
            raise RateError("too many changes in a short time", wait=wait)

    async def _body(self, scope: Scope, receive: Receive, headers: Headers) -> Receive:
        """The body of a change, read whole; that of a form with its token checked."""
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        form = kind == _FORM
        body = await _read(receive, headers, self.settings.form_bytes if form else self.settings.body_bytes)
        if kind in (_FORM, _PARTS):
            self._check_form(scope, headers, body if form else b"")
        return _again(body, receive)

    def _check_form(self, scope: Scope, headers: Headers, body: bytes) -> None:
        """Raises CrossSiteError unless the form carries its token: as a field, in the address, or as a header."""
        given = [headers.get(TOKEN_HEADER, "")]
        for part in (body, scope["query_string"]):
            try:
                given += parse_qs(part.decode(), max_num_fields=2000).get(TOKEN_FIELD, [])
            except ValueError:
                continue
        right = form_token_of(scope).encode()
        fits = [hmac.compare_digest(one.encode(errors="replace"), right) for one in given]
        if scope["casus.new_nonce"] or not any(fits):
            raise CrossSiteError("the form does not carry its token")


class _Elsewhere(Exception):  # noqa: N818 - no error: where to go
    """Another answer than the one that was asked for."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


class _Sending:
    """Sends an answer, with the headers that every answer has."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope, self.send, self.started = scope, send, False

    async def __call__(self, message: Message) -> None:
        """As ASGI has it."""
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            static = self.scope["path"].startswith("/static/")
            headers.setdefault("Cache-Control", "private, no-cache" if static else "no-store")
            if self.scope.get("casus.new_nonce") and headers.get("content-type", "").startswith("text/html"):
                headers.append("Set-Cookie", cookie(self.scope, FORM_COOKIE, self.scope["casus.nonce"]))
        await self.send(message)


def _check_fetch(headers: Headers, *, safe: bool) -> None:
    """Raises CrossSiteError for what another site's page asks for: a change, or to have an answer within that page.

    A browser says where a request comes from and no page can change that; a program says nothing of it. Another port
    of this machine is another site.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    foreign = site not in (None, "same-origin", "none")
    if safe:
        if foreign and headers.get("sec-fetch-mode") != "navigate":
            raise CrossSiteError("another site's page asks for this")
        return
    if foreign or (origin is not None and not _same(origin, headers.get("host", ""))):
        raise CrossSiteError("another site's page asks for a change")


def _same(origin: str, host: str) -> bool:
    """Whether an Origin is this server, as it was called. The scheme may differ where a proxy speaks TLS."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    usual = {"http": ":80", "https": ":443"}.get(parts.scheme)
    return usual is not None and parts.netloc.lower().removesuffix(usual) == host.lower().removesuffix(usual)


def _host_name(host: str) -> str | None:
    """The name in a Host header, without its port; None where it is none."""
    found = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?", host)
    return found[1].strip("[]").lower().removesuffix(".") if found else None


def _is_address(name: str) -> bool:
    """Whether the name is a number, which no site's name server can give out as its own."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _cookies(headers: Headers) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(headers.get("cookie", "")).items()}
    except CookieError:
        return {}


def _public(path: str) -> bool:
    return any(path == one or (one.endswith("/") and path.startswith(one)) for one in _PUBLIC)


def _here(scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    return f"{quote(scope['path'])}{f'?{query}' if query else ''}"


async def _read(receive: Receive, headers: Headers, most: int) -> bytes:
    """The whole body. Raises TooLargeError before more than `most` bytes are held."""
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > most:
        raise TooLargeError(f"more than {most:,} bytes are not taken at once", "send it in parts")
    out = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise CasusError("the connection was closed before all was sent")
        out += message.get("body", b"")
        if len(out) > most:
            raise TooLargeError(f"more than {most:,} bytes are not taken at once", "send it in parts")
        if not message.get("more_body"):
            return bytes(out)


def _again(body: bytes, receive: Receive) -> Receive:
    """Gives the body that was read, and then whatever comes."""
    given = False

    async def more() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return more
