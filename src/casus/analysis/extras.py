"""Packages that are not installed with Casus, and what to do where one is missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from casus.errors import ExportError


def needed(module: str, extra: str) -> Any:
    """The module. Raises ExportError, which says which extra to install, where it is not there."""
    try:
        return import_module(module)
    except ImportError as error:
        hint = f'pip install "casus-events[{extra}]"'
        raise ExportError(f"{module} is not installed", hint) from error
