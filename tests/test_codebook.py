"""The codebook: sixteen types, the modes of the guidelines, intensity, loading, errors."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from casus.codebook import Codebook, EventType, Mode
from casus.codebook import load as loader
from casus.codebook.markdown import to_markdown
from casus.errors import DataError, RecordError

MODES = {
    "AGREE": "",
    "CONSULT": "visit third-party multilateral phone",
    "SUPPORT": "",
    "CONCEDE": "",
    "COOPERATE": "",
    "AID": "",
    "RETREAT": "withdraw release disarm ceasefire access resign return",
    "REQUEST": "assist change yield meet",
    "ACCUSE": "disapprove investigate allege",
    "REJECT": "assist change yield meet",
    "THREATEN": "restrict arrest relations expel territory violence ban",
    "PROTEST": "demo riot strike hunger boycott obstruct vandalize",
    "SANCTION": "convict expel withdraw discontinue",
    "MOBILIZE": "troops weapons police militia",
    "COERCE": "seize restrict censor curfew martial-law arrest deport withhold misinformation cyber ban",
    "ASSAULT": "abduct beat torture sexual targeted destroy primitive firearms explosives suicide-attack "
    "aerial drone heavy-weapons crowd-control unconventional",
}


def entries(book: Codebook) -> Iterator[EventType | Mode]:
    for event_type in book.types:
        yield event_type
        yield from event_type.modes


@pytest.fixture
def book() -> Codebook:
    return Codebook.load()


def test_types_and_modes_are_those_of_the_guidelines(book: Codebook) -> None:
    assert {t.name: " ".join(t.mode_names) for t in book.types} == MODES


def test_the_codebook_is_read_once_and_has_a_stable_digest(book: Codebook) -> None:
    assert Codebook.load() is book
    assert len(book.digest) == 64
    assert book.name == "PLOVER"
    assert book.version
    assert book.sources


def test_a_pickled_codebook_is_the_same(book: Codebook) -> None:
    copy = pickle.loads(pickle.dumps(book))
    assert copy == book
    assert copy.to_cameo("AID").code == "070"


def test_every_entry_is_defined_in_a_sentence_of_its_own(book: Codebook) -> None:
    seen = set()
    for entry in entries(book):
        assert entry.definition.endswith(".")
        assert entry.definition not in seen
        seen.add(entry.definition)


def test_intensity_has_the_sign_of_its_side_and_says_whose_it_is(book: Codebook) -> None:
    for entry in entries(book):
        assert -10 <= entry.intensity <= 10
        assert (entry.basis == "casus") == bool(entry.why)
    for event_type in book.types:
        values = [event_type.intensity, *(mode.intensity for mode in event_type.modes)]
        if event_type.is_cooperation:
            assert min(values) > 0
        elif event_type.name != "REQUEST":  # the manual has requests as neutral, appeals for help as mild
            assert max(values) < 0


def test_intensity_orders_words_before_deeds_before_blood(book: Codebook) -> None:
    steps = ["CONSULT", "REQUEST", "REJECT", "ACCUSE", "THREATEN", "PROTEST", "SANCTION", "COERCE", "ASSAULT"]
    values = [book.intensity(name) for name in steps]
    assert values == sorted(values, reverse=True)
    assert book.intensity("ASSAULT", "unconventional") == -10
    assert book.intensity("CONSULT", "phone") == 1.5


def test_quad_classes(book: Codebook) -> None:
    of: dict[str, list[str]] = {}
    for event_type in book.types:
        of.setdefault(event_type.quad, []).append(event_type.name)
    assert of == {
        "verbal-cooperation": ["AGREE", "CONSULT", "SUPPORT", "CONCEDE"],
        "material-cooperation": ["COOPERATE", "AID", "RETREAT"],
        "verbal-conflict": ["REQUEST", "ACCUSE", "REJECT", "THREATEN"],
        "material-conflict": ["PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT"],
    }
    assert book.type("THREATEN").is_verbal
    assert not book.type("AID").is_verbal


def test_speech_acts_are_verbal_types(book: Codebook) -> None:
    spoken = {t.name for t in book.types if t.speech_act}
    assert spoken == {"AGREE", "SUPPORT", "REQUEST", "ACCUSE", "REJECT", "THREATEN"}


def test_an_unknown_type_names_those_that_go(book: Codebook) -> None:
    with pytest.raises(RecordError) as caught:
        book.type("FIGHT")
    assert "ASSAULT" in caught.value.hint


@pytest.mark.parametrize(("name", "mode", "hint"), [("ASSAULT", "phone", "drone"), ("AID", "visit", "no modes")])
def test_an_unknown_mode_names_those_that_go(book: Codebook, name: str, mode: str, hint: str) -> None:
    with pytest.raises(RecordError) as caught:
        book.check(name, mode)
    assert hint in caught.value.hint
    book.check(name)


@pytest.mark.parametrize(
    "text",
    [
        "name = ",
        'name = "X"\nversion = "1"\nsources = []\ntypes = 3',
        'name = "X"\nversion = "1"\nsources = []\n[[types]]\nname = "A"\ndefinition = "B."\nquad = "odd"\n'
        "speech_act = true\nintensity = 1",
        'name = "X"\nversion = "1"\nsources = []\n[[types]]\nname = "A"\ndefinition = "B."\n'
        'quad = "verbal-conflict"\nspeech_act = true\nintensity = 11',
        'name = "X"\nversion = "1"\nsources = []\n[[types]]\nname = "A"\ndefinition = "B."\n'
        'quad = "verbal-conflict"\nspeech_act = true\nintensity = 1\nbasis = "casus"',
    ],
)
def test_a_malformed_type_file_is_a_data_error(text: str) -> None:
    with pytest.raises(DataError):
        loader.types(text)


def test_a_malformed_table_says_the_line() -> None:
    with pytest.raises(DataError, match="line 3"):
        list(loader.table("x.tsv", "# about\na\tb\n1\n"))
    with pytest.raises(DataError, match="empty"):
        list(loader.table("x.tsv", "# about\n"))


def test_a_table_with_a_type_that_acled_lacks_is_a_data_error() -> None:
    head = "type\tmode\tactor\trecipient\tweapon\tharmed\tevent_type\tsub_event_type\tnote\n"
    known = loader.acled_types(loader.read_texts()["acled_types.tsv"])
    with pytest.raises(DataError, match="no type of ACLED"):
        loader.acled_rules(head + "AID\t-\tany\tany\tany\tany\tBattles\tGift\t\n", known)
    with pytest.raises(DataError, match="unknown side"):
        loader.acled_rules(head + "AID\t-\tghosts\tany\tany\tany\t-\t-\t\n", known)


def test_every_data_file_says_version_and_source() -> None:
    for name, text in loader.read_texts().items():
        assert "version" in text, name
        assert "source" in text, name


def test_the_page_for_people_is_that_of_the_data_files(book: Codebook) -> None:
    page = Path(__file__).parents[1] / "docs" / "codebook.md"
    assert page.read_text(encoding="utf-8") == to_markdown(book), (
        "run: python -m casus.codebook.markdown > docs/codebook.md"
    )
