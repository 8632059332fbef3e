"""Imports run in one direction: each module may import only what stands below it, and no stage another."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import casus

ROOT = Path(casus.__file__).parent

# What stands on the same line may not import one another, but for files of one folder.
LAYERS = (
    ("errors", "ids", "text"),
    ("records",),
    ("events",),
    ("codebook",),
    ("intake", "reader", "world", "linking", "samples", "config", "fetch"),
    ("fields",),
    ("ledger",),
    ("analysis",),
    ("export",),
    ("assemble", "scope", "sources", "endpoint", "answers"),
    ("compose",),
    ("second",),
    ("pipeline",),
    ("recipes",),
    ("keeping", "asking"),
    ("rereading", "watch"),
    ("notebook",),
    ("jsonl", "show", "doctor", "casus"),
    ("show_event",),
    ("show_ledger",),
    ("cli_base",),
    ("cli",),
    ("cli_add", "cli_ledger", "cli_decide", "cli_demo", "cli_export", "cli_panel", "cli_release"),
    ("cli_intake", "cli_watch"),
    ("web",),
    ("cli_serve",),
    ("cli_markdown",),
)
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
STAGES = ("codebook", "intake", "reader", "world", "linking")

# A stage gives the same out for the same in, on any machine at any time.
IMPURE_MODULES = {
    "random", "secrets", "socket", "ssl", "subprocess", "time", "urllib.request", "http.client", "httpx2", "httpcore2",
}  # fmt: skip
# and outside of the stages, too, two modules alone open connections: for the second reader, and for `casus watch`
NETWORK_MODULES = {"socket", "ssl", "urllib.request", "http.client", "httpx2", "httpcore2", "requests", "urllib3"}
IMPURE_CALLS = {"now", "today", "utcnow"}

MODULES = sorted(ROOT.rglob("*.py"))


def layer_of(path: Path) -> str:
    first = path.relative_to(ROOT).parts[0]
    return "casus" if first == "__init__.py" else first.removesuffix(".py")


def imported(tree: ast.Module) -> list[str]:
    """Full dotted names of all that a module imports, wherever in it."""
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: write imports in full"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def target_of(name: str) -> str:
    """The layer that an import from casus reaches into."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in RANK else "casus"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_imports_only_what_stands_below_it(path: Path) -> None:
    here = layer_of(path)
    assert here in RANK, f"{here} has no place in LAYERS yet"
    for name in imported(ast.parse(path.read_text(encoding="utf-8"))):
        if name.split(".")[0] == "casus":
            there = target_of(name)
            assert there == here or RANK[there] < RANK[here], f"{here} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", [p for p in MODULES if layer_of(p) in STAGES], ids=lambda p: str(p.relative_to(ROOT)))
def test_a_stage_asks_no_clock_no_network_and_no_dice(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for name in imported(tree):
        assert not any(name == bad or name.startswith(f"{bad}.") for bad in IMPURE_MODULES), name
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in IMPURE_CALLS, f"line {node.lineno}"


def test_two_modules_alone_can_open_a_connection() -> None:
    speak = [p for p in MODULES if NETWORK_MODULES & set(_modules(ast.parse(p.read_text(encoding="utf-8"))))]
    assert [p.name for p in speak] == ["endpoint.py", "exchange.py"]


def _modules(tree: ast.Module) -> list[str]:
    """Full names of the modules that a module imports, the packages around them included."""
    parts = [name.split(".") for name in imported(tree)]
    return [".".join(p[:n]) for p in parts for n in range(1, len(p) + 1)]


@pytest.mark.parametrize(
    ("source", "name", "layer"),
    [
        ("from casus.world.places import Places", "casus.world.places.Places", "world"),
        ("def f():\n    import casus.reader.decode", "casus.reader.decode", "reader"),
        ("from casus import reader", "casus.reader", "reader"),
        ("from casus import Claim", "casus.Claim", "casus"),
    ],
)
def test_the_check_sees_every_form_of_import(source: str, name: str, layer: str) -> None:
    assert imported(ast.parse(source)) == [name]
    assert target_of(name) == layer
