"""The pages: one router each, rendered on the server, usable without JavaScript; every page can be sent on."""

from __future__ import annotations

from fastapi import APIRouter

from casus.web.pages import data, document, dyad, event, explore, review, runs, sources
from casus.web.pages.base import problem_page

__all__ = ["problem_page", "routers"]

_MODULES = (explore, event, document, dyad, review, data, runs, sources)


def routers() -> list[APIRouter]:
    """A router a page, for `app.py` to include; errors are shown by `problem_page`."""
    return [module.router() for module in _MODULES]
