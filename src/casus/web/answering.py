"""Answers of one moment of the ledger, tagged with it: a client that has the answer already is told so (304)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import orjson
from fastapi import Request, Response

from casus.export.columns import made_by
from casus.fields import in_a_line
from casus.ledger.flat import last_step
from casus.ledger.ledger import Ledger
from casus.notebook.desk import Desk
from casus.web.desks import web_of

JSON = "application/json"
# kept by the client, and asked for anew each time
CACHE = "private, no-cache"


def answer(request: Request, build: Callable[[Desk], Any], *, media_type: str = JSON) -> Response:
    """What `build` makes of the ledger as it is now, as JSON; 304 without building it where the client has it.

    The tag names the ledger's last step and the address, as nothing else changes an answer of the same version of
    Casus.
    """
    with web_of(request).reading() as desk:
        tag = etag(request, desk.ledger)
        headers = {"ETag": tag, "Cache-Control": CACHE}
        if has_it(request, tag):
            return Response(status_code=304, headers=headers)
        return Response(body(build(desk)), headers=headers, media_type=media_type)


def body(made: Any) -> bytes:
    """Bytes of JSON; halves of characters, which a posted name may hold, are escaped."""
    try:
        return orjson.dumps(made, option=orjson.OPT_NON_STR_KEYS)
    except orjson.JSONEncodeError:
        return in_a_line(made).encode()


def etag(request: Request, ledger: Ledger) -> str:
    """The tag of what this address gives of the ledger as it is."""
    step, at = last_step(ledger)
    said = f"{made_by()} {ledger.path} {step} {at} {request.url.path}?{request.url.query}"
    return f'"{step}-{hashlib.sha256(said.encode()).hexdigest()[:16]}"'


def has_it(request: Request, tag: str) -> bool:
    """Whether the client says that it has what is tagged so."""
    given = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    return tag in given or "*" in given
