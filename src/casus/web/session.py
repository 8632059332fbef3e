"""Signing in with a token, for browsers: a cookie that says who it is, signed with a key of this process."""

from __future__ import annotations

import base64
import hmac
import html
import json
import time

import anyio.to_thread
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.types import Scope

from casus.web.access import Principal, Tokens
from casus.web.desks import Web, web_of
from casus.web.problems import RateError, TokenError

FORM_COOKIE = "casus_form"
# a day's work
LASTS_S = 12 * 3600
router = APIRouter(include_in_schema=False)


def form_token(request: Request) -> str:
    """What a form of ours must carry in the field `form_token`: nobody else's page can know it."""
    return form_token_of(request.scope)


def form_token_of(scope: Scope) -> str:
    """The same; the guard has put a key of this process and a number that the browser keeps into the scope."""
    return hmac.new(scope["casus.key"], f"form {scope['casus.nonce']}".encode(), "sha256").hexdigest()


def client(scope: Scope) -> str:
    """The address that a request comes from."""
    return str(scope["client"][0]) if scope.get("client") else ""


async def holder(web: Web, scope: Scope, secret: str) -> Principal:
    """Whose token it is. Raises TokenError, and RateError for who has tried too often."""
    tokens = web.settings.tokens
    known = tokens.known(secret)
    if known is not None:
        return known
    wait = web.guesses.wait(client(scope))
    if wait:
        raise RateError("too many tokens that nobody holds came from there", wait=wait)
    found = await anyio.to_thread.run_sync(tokens.find, secret)
    if found is None:
        raise TokenError("nobody holds that token")
    return found


def session_name(scope: Scope) -> str:
    """The name of the cookie: another for each port, as cookies are of a whole machine."""
    return f"casus_session_{scope['server'][1]}" if scope.get("server") else "casus_session"


def cookie(scope: Scope, name: str, value: str, lasts: int | None = None) -> str:
    """A Set-Cookie header that no script reads and no other site's form sends."""
    secure = "; Secure" if scope.get("scheme") == "https" else ""
    age = "" if lasts is None else f"; Max-Age={lasts}"
    return f"{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}"


def session_of(tokens: Tokens, principal: Principal) -> str:
    """What the cookie of somebody who signed in holds."""
    said = json.dumps([principal.name, int(time.time()) + LASTS_S]).encode()
    return f"{base64.urlsafe_b64encode(said).decode().rstrip('=')}.{_signed(tokens, said)}"


def signed_in(tokens: Tokens, value: str) -> Principal | None:
    """Who signed in; None where the cookie is none of ours, or too old."""
    told, _, signature = value.partition(".")
    try:
        said = base64.urlsafe_b64decode(told + "=" * (-len(told) % 4))
        if not hmac.compare_digest(signature.encode(), _signed(tokens, said).encode()):
            return None
        name, until = json.loads(said)
    except ValueError:
        return None
    return tokens.of_name(name) if time.time() < until else None


def _signed(tokens: Tokens, said: bytes) -> str:
    return hmac.new(tokens.key, b"session " + said, "sha256").hexdigest()


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Casus: sign in</title></head><body><main><h1>Casus</h1>
<form method="post" action="/sign-in"><p>{words}</p>
<input type="hidden" name="form_token" value="{form}"><input type="hidden" name="to" value="{to}">
<label>Token <input name="token" type="password" autocomplete="current-password" required></label>
<button>Sign in</button></form></main></body></html>
"""


@router.get("/sign-in")
def sign_in_page(request: Request, to: str = "/") -> HTMLResponse:
    """The form for a token."""
    return _page(request, to, "This ledger is open to who has a token.")


def _page(request: Request, to: str, words: str, status: int = 200) -> HTMLResponse:
    filled = {"words": words, "form": form_token(request), "to": _ours(to)}
    return HTMLResponse(_PAGE.format(**{name: html.escape(value) for name, value in filled.items()}), status)


@router.post("/sign-in")
async def sign_in(request: Request, token: str = Form(), to: str = Form("/")) -> Response:
    """Takes the token; then the page that was asked for."""
    try:
        principal = await holder(web_of(request), request.scope, token.strip())
    except TokenError as error:
        return _page(request, to, f"{error.message}.", 401)
    answer = RedirectResponse(_ours(to), 303)
    value = session_of(web_of(request).settings.tokens, principal)
    answer.headers.append("Set-Cookie", cookie(request.scope, session_name(request.scope), value, LASTS_S))
    return answer


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """Forgets who it is."""
    answer = RedirectResponse("/sign-in", 303)
    answer.headers.append("Set-Cookie", cookie(request.scope, session_name(request.scope), "", 0))
    return answer


def _ours(to: str) -> str:
    """A path of this server and of no other; browsers take two slashes, and a backslash, for the start of a host."""
    return to if to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable() else "/"
