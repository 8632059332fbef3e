"""What the docs say of Python runs, and gives what stands there: docstrings, and the guide."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from types import ModuleType

import pytest

import casus
from casus import notebook
from casus.notebook.asked import Asked
from tests.strikes import write_reports

GUIDE = Path(__file__).parent.parent / "docs" / "python.md"
FLAGS = doctest.NORMALIZE_WHITESPACE


def modules() -> Iterator[ModuleType]:
    """The modules of `casus.notebook`, itself first."""
    yield notebook
    for found in pkgutil.iter_modules(notebook.__path__):
        yield importlib.import_module(f"casus.notebook.{found.name}")


def examples() -> list[doctest.DocTest]:
    """Every docstring that holds an example."""
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = {test.name: test for module in modules() for test in finder.find(module, module.__name__)}
    return [found[name] for name in sorted(found) if found[name].examples]


@pytest.mark.parametrize("test", examples(), ids=lambda test: test.name.removeprefix("casus.notebook."))
def test_examples_in_docstrings_hold(test: doctest.DocTest, db: casus.Ledger) -> None:
    said = StringIO()
    test.globs = {"casus": casus, "db": db, "Range": notebook.Range}
    failed, _ = doctest.DocTestRunner(optionflags=FLAGS).run(test, out=said.write)
    assert not failed, said.getvalue()


def test_what_people_call_is_shown_in_use() -> None:
    shown = {test.name.removeprefix("casus.notebook.") for test in examples()}
    for name in (
        "open",
        "Ledger.events",
        "events.Events",
        "events.Events.filter",
        "event.EventView",
        "views.ClaimView",
    ):
        assert name in shown
    decisions = [name for name in vars(notebook.Review) if not name.startswith("_")]
    assert {f"review.Review.{name}" for name in decisions} <= shown


def test_the_guide_names_all_that_there_is() -> None:
    text = GUIDE.read_text("utf-8")
    for kind in (casus.Ledger, casus.Events, casus.EventView, casus.ClaimView, notebook.Review):
        for name in (n for n in vars(kind) if not n.startswith("_")):
            assert re.search(rf"\b{name}\b", text), f"{kind.__name__}.{name}"
    for name in Asked.__annotations__:
        assert f"`{name}`" in text


def blocks() -> list[tuple[str, str | None]]:
    """The guide's blocks of Python, each with what stands below it as its output."""
    text = GUIDE.read_text("utf-8")
    return [(m[1], m[2]) for m in re.finditer(r"```python\n(.*?)```\n(?:\n```\n(.*?)```\n)?", text, re.DOTALL)]


def test_the_guide_runs_from_top_to_bottom(db: casus.Ledger, tmp_path: Path) -> None:
    db.close()
    db.path.unlink()
    write_reports(tmp_path / "reports")
    names: dict[str, object] = {}
    for code, output in blocks():
        said = StringIO()
        with redirect_stdout(said):
            exec(compile(code, str(GUIDE), "exec"), names)  # the guide is ours
        assert said.getvalue() == (output or ""), code
