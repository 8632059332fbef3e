"""What goes wrong in a request, as problem+json (RFC 9457) with our code, message and hint: one handler for all."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from casus.errors import (
    BusyError,
    CasusError,
    ExportError,
    IntakeError,
    OutputError,
    RecordError,
    SecondReaderError,
    TooLargeError,
    UnknownError,
    UsageError,
)

MEDIA_TYPE = "application/problem+json"
INTERNAL = "internal"


class RequestError(CasusError):
    """A request that cannot be answered as it came; `status` is that of HTTP, `wait` the seconds until another try."""

    code = "request"
    status = HTTPStatus.BAD_REQUEST
    default_hint = "see /api/1/openapi.json"

    def __init__(self, message: str, hint: str = "", *, wait: int | None = None) -> None:
        super().__init__(message, hint)
        self.wait = wait


class StaleError(RequestError):
    """The event is not as it was when the decision was made."""

    code = "stale"
    status = HTTPStatus.CONFLICT
    default_hint = "look at the event as it is now, and decide again; nothing was changed"


class TokenError(RequestError):
    """No token, or one that nobody holds."""

    code = "token"
    status = HTTPStatus.UNAUTHORIZED
    default_hint = "send `Authorization: Bearer TOKEN`, or sign in at /sign-in"


class RoleError(RequestError):
    """A token whose role does not go so far."""

    code = "role"
    status = HTTPStatus.FORBIDDEN
    default_hint = "ask whoever runs this server for a token of that role"


class CrossSiteError(RequestError):
    """A change that another site's page, or a form that is not ours, asks for."""

    code = "cross-site"
    status = HTTPStatus.FORBIDDEN
    default_hint = "load the page again, and send the form from there"


class HostError(RequestError):
    """A host name that is not this server's: a page elsewhere may have bent its own name to this machine."""

    code = "host"
    status = HTTPStatus.MISDIRECTED_REQUEST
    default_hint = "use the address that `casus serve` printed; --name allows another"


class RateError(RequestError):
    """More changes in a short time than anybody makes by hand."""

    code = "rate"
    status = HTTPStatus.TOO_MANY_REQUESTS
    default_hint = "wait a little"


class FullError(RequestError):
    """As much is being read or sent as this server does at once."""

    code = "full"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    default_hint = "try again in a moment"


# the first that fits
_STATUS: tuple[tuple[type[CasusError], HTTPStatus], ...] = (
    (UsageError, HTTPStatus.BAD_REQUEST),
    (ExportError, HTTPStatus.BAD_REQUEST),
    (UnknownError, HTTPStatus.NOT_FOUND),
    (BusyError, HTTPStatus.SERVICE_UNAVAILABLE),
    (TooLargeError, HTTPStatus.CONTENT_TOO_LARGE if hasattr(HTTPStatus, "CONTENT_TOO_LARGE") else HTTPStatus(413)),
    (IntakeError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (RecordError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (SecondReaderError, HTTPStatus.BAD_GATEWAY),
    (OutputError, HTTPStatus.INSUFFICIENT_STORAGE),
)
_CODES = {404: "not-found", 405: "method", 413: "too-large", 415: "media-type"}
_log = logging.getLogger("casus.web")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is told of an error: `status` of HTTP, its words in `title`, our `code`, `message` and `hint`; `wait` as in
    Retry-After, in seconds."""

    status: int
    code: str
    message: str
    hint: str = ""
    wait: int | None = None

    @property
    def title(self) -> str:
        """The words of the status."""
        return HTTPStatus(self.status).phrase

    def fields(self) -> dict[str, object]:
        """As problem+json."""
        return {
            "type": f"urn:casus:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.message,
            "code": self.code,
            "hint": self.hint,
        }

    def headers(self) -> dict[str, str]:
        """Those that go with it."""
        more = {"Retry-After": str(self.wait)} if self.wait is not None else {}
        return more | ({"WWW-Authenticate": 'Bearer realm="casus"'} if self.status == HTTPStatus.UNAUTHORIZED else {})

    def response(self) -> Response:
        """The answer for programs."""
        return Response(orjson.dumps(self.fields()), self.status, self.headers(), MEDIA_TYPE)


def problem_of(error: Exception) -> Problem:
    """What is told of an error. What nobody foresaw is told without its words, which may hold what is nobody's
    business; they go to the log."""
    if isinstance(error, RequestError):
        return Problem(error.status, error.code, error.message, error.hint, error.wait)
    if isinstance(error, CasusError):
        status = next((s for kind, s in _STATUS if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)
        wait = 1 if isinstance(error, BusyError) else None
        return Problem(status, error.code, error.message, error.hint, wait)
    if isinstance(error, RequestValidationError):
        return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "usage", _wrong(error), "see /api/1/openapi.json")
    if isinstance(error, HTTPException):
        code = _CODES.get(error.status_code, "request")
        return Problem(error.status_code, code, str(error.detail), "see /api/1/openapi.json")
    _log.error("a request failed", exc_info=error)
    hint = "what the server printed says more; please report it"
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, INTERNAL, "something went wrong in Casus", hint)


def _wrong(error: RequestValidationError) -> str:
    """What is wrong with a request, a part after the other, without the values, which may be long."""
    parts = []
    for each in error.errors()[:5]:
        where = ".".join(str(part) for part in each["loc"] if part not in ("query", "body", "path"))
        parts.append(f"{where or 'the request'}: {each['msg']}")
    return "; ".join(parts)


Shown = Callable[[Request, Problem], Response]


def handle_errors(app: FastAPI, page: Shown | None) -> None:
    """Has every error of the app told so; outside of the API as a `page`, where there is one."""

    def told(request: Request, error: Exception) -> Response:
        made = answer_to(request, problem_of(error), page)
        if isinstance(error, HTTPException) and error.headers:
            made.headers.update(error.headers)  # which methods go, say
        return made

    kinds: Mapping[type[Exception], None] = dict.fromkeys((CasusError, RequestValidationError, HTTPException))
    for kind in kinds:
        app.add_exception_handler(kind, told)


def answer_to(request: Request, problem: Problem, page: Shown | None) -> Response:
    """The problem in the form that fits: JSON below /api/, else the page, else plain words."""
    if request.url.path.startswith("/api/"):
        return problem.response()
    if page is not None:
        made = page(request, problem)
        made.headers.update(problem.headers())
        return made
    words = f"{problem.status} {problem.title}\n{problem.message}\n{problem.hint}\n"
    return Response(words, problem.status, problem.headers(), "text/plain")
