"""The app: the API below /api/1, the pages, and the guard before both. It is made anew for each ledger; nothing of it
is the module's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import anyio.to_thread
from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.staticfiles import StaticFiles

from casus.export.columns import made_by
from casus.web import session
from casus.web.api import decisions, events, lists, models, panels, reports
from casus.web.desks import Web
from casus.web.pages import problem_page, routers
from casus.web.problems import handle_errors
from casus.web.security import Guard
from casus.web.settings import Settings

API = "/api/1"
# newer FastAPI measures itself, and sends what it measured where the environment says; nothing is sent from here
_SILENT: Any = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
_ABOUT = """Who says who did what to whom, where and when: events, the claims that tell them, and the words behind
each. Every answer carries a tag (ETag) of the state of the ledger: send it back as If-None-Match, and where nothing has
changed the answer is 304. What goes wrong is told as problem+json. See docs/http.md."""


def create_app(path: Path | str, settings: Settings | None = None) -> FastAPI:
    """The app of the ledger at the path. Raises LedgerError where there is none."""
    web = Web(Path(path), settings or Settings())

    @asynccontextmanager
    async def alive(app: FastAPI) -> AsyncIterator[None]:
        # each thread has the ledger open, so there are few
        anyio.to_thread.current_default_thread_limiter().total_tokens = web.settings.threads
        yield
        web.close()

    app = FastAPI(
        title="Casus", version=made_by().rpartition(" ")[2], description=_ABOUT, lifespan=alive,
        openapi_url=f"{API}/openapi.json", docs_url=None, redoc_url=None, redirect_slashes=False,
        telemetry=_SILENT,
    )  # fmt: skip
    app.state.web = web
    app.add_middleware(Guard, web=web, page=problem_page)
    handle_errors(app, problem_page)
    app.include_router(api())
    app.include_router(session.router)
    for router in routers():
        app.include_router(router)
    static = Path(str(files("casus.web"))) / "static"
    app.mount("/static", StaticFiles(directory=static, check_dir=False), name="static")
    _describe(app)
    return app


def api() -> APIRouter:
    """All routes of the API."""
    whole = APIRouter(prefix=API)
    for module in (events, reports, decisions, lists, panels):
        whole.include_router(module.router)
    return whole


def _describe(app: FastAPI) -> None:
    """Has OpenAPI tell of problems as they are, and of tokens."""

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            parts = made["components"]
            parts["schemas"] |= reports.SCHEMAS | {"Problem": models.Problem.model_json_schema()}
            parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            made["security"] = [{"token": []}, {}]
            for path in made["paths"].values():
                for operation in path.values():
                    _own_problems(operation["responses"])
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]


def _own_problems(responses: dict[str, Any]) -> None:
    """What FastAPI says of a request of the wrong form is not what we answer."""
    if "422" in responses:
        responses["422"] = models.errors(422)[422]
