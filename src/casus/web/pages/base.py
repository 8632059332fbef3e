"""What all pages share: the ledger of this thread, templates in which a report's words stay words, errors as pages."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from fastapi import APIRouter, Request, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from casus import __version__
from casus.text import clean, harmless
from casus.web.desks import web_of
from casus.web.pages import words
from casus.web.problems import Problem
from casus.web.session import form_token


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """The template as a page, without a ledger where none can be opened."""
    about: dict[str, object] = {
        "path": request.url.path,
        "ledger_name": web_of(request).path.name,
        "version": __version__,
    }
    who = request.scope.get("casus.principal")
    about["may_decide"] = who is not None and who.may("review")
    about["form_token"] = form_token(request) if "casus.nonce" in request.scope else ""
    html = environment().get_template(template).render(**about, **values)
    return HTMLResponse(html, status_code=status, headers={"Cache-Control": "private, no-cache"})


def problem_page(request: Request, problem: Problem) -> Response:
    """An error as a page: what, and what to do next."""
    # what it says of the command line or the API helps nobody here
    hint = "" if "`casus" in problem.hint or "/api/" in problem.hint else problem.hint
    return page(request, "error.html", problem.status, problem=problem, hint=hint)


def router() -> APIRouter:
    """A router of pages: they are for people, and no part of the API's description."""
    return APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


# ------------------------------------------------------------------ templates


@cache
def environment() -> Environment:
    """The templates. Everything is escaped, and a name that is missing is an error."""
    made = Environment(
        loader=PackageLoader("casus.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        line=lambda text: clean(text or ""),
        web=web_address,
        segment=lambda text: quote(str(text), safe=""),
        params=urlencode,
        number=lambda n: f"{n:,}",
    )
    made.filters.update(words.FILTERS)
    made.tests["web"] = lambda url: web_address(url) is not None
    return made


def _shown(value: object) -> object:
    """A value as it is put into a page: without control characters, and marks that turn what follows."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return "\n".join(harmless(line) for line in value.split("\n"))
    return value


def web_address(url: str | None) -> str | None:
    """The address where it is one of a page of the web; None for anything else, such as `javascript:`."""
    try:
        parts = urlsplit(url or "")
        fine = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and clean(url or "") == url
    except ValueError:
        return None
    return url if fine else None
