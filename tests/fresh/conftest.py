"""Tests that take minutes or need what `make docs` builds: collected by `pytest -m fresh tests/fresh` alone."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fresh: takes minutes; builds the package and installs it with nothing else")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """True, which leaves a file out, unless these are asked for; None leaves it to others."""
    return None if "fresh" in config.getoption("markexpr", "") else True
