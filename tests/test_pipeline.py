"""The shell around the stages: order, failures that stop nothing, counts, lines whose quotes are true."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus import pipeline
from casus.config import Config
from casus.errors import CasusError, EmptyError, EncodingError, LanguageError, ModelError, UsageError
from casus.intake.formats import Intake
from casus.intake.raw import Raw
from casus.jsonl import claim_line
from casus.pipeline import Reading, Reads, Tally
from casus.records import Claim, Document, Failure
from casus.sources import Source, find

REPORT = "The army shelled the town of Zakho on Tuesday and killed two people there, the governor said."


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(cache=tmp_path)


@pytest.fixture
def run(reader: Reads, config: Config) -> Callable[..., list[Reading | Failure]]:
    def run(*arguments: object, stdin: bytes = b"", **said: Any) -> list[Reading | Failure]:
        items = find([str(argument) for argument in arguments], **said).items
        return list(pipeline.read_sources(items, reader, config, stdin=io.BytesIO(stdin)))

    return run


def quotes(value: object) -> Iterator[tuple[int, int, str]]:
    """Every start, end and text that stand together anywhere in a line."""
    if isinstance(value, dict):
        if {"start", "end", "text"} <= value.keys() and value["text"] is not None:
            yield value["start"], value["end"], value["text"]
        for inner in value.values():
            yield from quotes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from quotes(inner)


def test_documents_and_failures_come_in_the_order_of_their_sources(
    tmp_path: Path, run: Callable[..., list[Reading | Failure]]
) -> None:
    lines = [json.dumps({"id": f"d{n}", "text": REPORT}) for n in range(5)]
    many = tmp_path / "b.jsonl"
    many.write_text("\n".join([*lines[:2], "{broken", *lines[2:]]), encoding="utf-8")
    empty = tmp_path / "c.txt"
    empty.write_bytes(b"")
    copy = tmp_path / "d.jsonl"
    copy.write_bytes(many.read_bytes())
    outcomes = run(tmp_path / "a.txt", many, empty, copy)
    told = ["!" if isinstance(o, Failure) else o.document.id for o in outcomes]
    assert told == ["!", "d0", "d1", "!", "d2", "d3", "d4", "!", "d0", "d1", "!", "d2", "d3", "d4"]
    assert {o.source for o in outcomes if isinstance(o, Reading)} == {str(many), str(copy)}


def test_what_the_reader_fails_on_stops_nothing(tmp_path: Path, run: Callable[..., list[Reading | Failure]]) -> None:
    texts = [REPORT, REPORT + " This one is unreadable to the reader of the tests.", REPORT + " So it was."]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(json.dumps({"text": text}) for text in texts), encoding="utf-8")
    assert [type(outcome) for outcome in run(path)] == [Reading, Failure, Reading]


def test_a_fault_of_intake_is_a_failure_and_shows_itself_when_debugging(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, reader: Reads, config: Config
) -> None:
    def faulty(raw: Raw, intake: Intake) -> Iterator[Document | Failure]:
        yield Document.of(REPORT)
        raise KeyError("oops")

    monkeypatch.setattr("casus.intake.web.pages.read", faulty)
    (tmp_path / "a.txt").write_text(REPORT)
    source = Source("a", tmp_path / "a.txt")

    def read(config: Config) -> list[Reading | Failure]:
        return list(pipeline.read_sources([source], reader, config, stdin=io.BytesIO()))

    good, bad = read(config)
    assert isinstance(good, Reading)
    assert isinstance(bad, Failure)
    assert (bad.code, bad.item) == ("internal", "a")
    with pytest.raises(KeyError):
        read(replace(config, debug=True))


def test_standard_input_is_read_and_given_facts_go_first(run: Callable[..., list[Reading | Failure]]) -> None:
    (outcome,) = run("-", stdin=REPORT.encode(), published=date(2024, 1, 17), publisher="The Herald")
    assert isinstance(outcome, Reading)
    document = outcome.document
    assert (document.published, document.published_basis) == (date(2024, 1, 17), "given")
    assert document.publisher == "The Herald"


def test_claims_below_the_least_confidence_are_left_out(reader: Reads, config: Config) -> None:
    def count(least: float) -> int:
        strict = replace(config, min_confidence=least)
        items = [Source("-", None)]
        stdin = io.BytesIO(REPORT.encode())
        outcomes = pipeline.read_sources(items, reader, strict, stdin=stdin)
        return sum(len(outcome.claims) for outcome in outcomes if isinstance(outcome, Reading))

    # the tests' reader is sure to 0.75 of each of its two claims
    assert (count(0.0), count(0.75), count(0.76)) == (2, 2, 0)


def test_a_model_of_ones_own_is_not_called_the_shipped_one(config: Config, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        pipeline.open_reader(replace(config, model=tmp_path))
    assert caught.value.message.startswith(f"the model in {tmp_path} cannot be opened: ")
    assert "CASUS_MODEL" in caught.value.hint
    assert "shipped model cannot" not in caught.value.message


def test_a_tally_counts_documents_claims_events_and_failures_by_code(reader: Reads) -> None:
    document = Document.of(REPORT)
    claims = reader.read(document)
    same = tuple(replace(claim, event="e1") for claim in claims)
    tally = Tally()
    for outcome in (
        Reading(document, tuple(claims)),
        Reading(document, same),
        Failure("intake", "x", "empty", "nothing in it"),
        Failure("intake", "y", "empty", "nothing in it"),
    ):
        tally.add(outcome)
    assert (tally.documents, tally.claims, tally.events, tally.failures) == (2, 4, 3, {"empty": 2})


@pytest.fixture(scope="class")
def reader_opened(reader: Reads) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "open_reader", lambda config: reader)
        yield


@pytest.mark.usefixtures("reader_opened")
class TestReadInPython:
    # a text with NUL characters is none, and refused
    @given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40))
    def test_offsets_point_into_the_text_as_it_was_given(self, odd: str) -> None:
        text = f"{odd} {REPORT}\r\n\r\n  {odd}"
        claims = pipeline.read(text, published="2024-01-18")
        assert len(claims) >= 2
        assert all(text[c.trigger.start : c.trigger.end] == c.trigger.exact for c in claims)

    def test_a_date_may_be_a_date_or_written(self) -> None:
        by_date = pipeline.read(REPORT, published=date(2024, 1, 18))
        assert by_date == pipeline.read(REPORT, published="2024-01-18")
        assert by_date[0].document_id != pipeline.read(REPORT)[0].document_id

    def test_a_bad_date_is_the_callers_error(self) -> None:
        with pytest.raises(UsageError, match="YYYY-MM-DD"):
            pipeline.read(REPORT, published="last week")

    def test_what_cannot_be_read_raises_the_error_of_its_kind(self) -> None:
        german = "Der Präsident hat am Dienstag in der Hauptstadt mit den Ministern über die Lage gesprochen. " * 5
        with pytest.raises(LanguageError):
            pipeline.read(german)
        with pytest.raises(LanguageError):
            pipeline.read_document(Document.of(german))

    @pytest.mark.parametrize("day", ["1850-01-18", "2150-01-18", date(1850, 1, 18), datetime(2150, 1, 18, 9, 30)])
    def test_a_date_is_kept_whatever_its_year(self, day: Any) -> None:
        whole = date(int(str(day)[:4]), 1, 18)
        document = Document.of(REPORT, published=whole, published_basis="given")
        assert pipeline.read(REPORT, published=day)[0].document_id == document.id

    @pytest.mark.parametrize(
        ("name", "first", "others"),
        [
            ("read", None, {}),
            ("read", b"The army shelled the town.", {}),
            ("read", REPORT, {"publisher": 7}),
            ("read", REPORT, {"published": 20240118}),
            ("read_document", REPORT, {}),
            ("documents", 7, {}),
            ("documents", b"x", {"published": "soon"}),
        ],
    )
    def test_what_makes_no_sense_is_the_callers_error(self, name: str, first: object, others: dict[str, Any]) -> None:
        with pytest.raises(UsageError) as caught:
            getattr(pipeline, name)(first, **others)
        assert caught.value.hint

    @pytest.mark.parametrize(("text", "kind"), [("", EmptyError), ("...", EmptyError), ("a\ud800 b", EncodingError)])
    def test_no_words_and_half_characters_are_refused(self, text: str, kind: type[CasusError]) -> None:
        with pytest.raises(kind) as caught:
            pipeline.read(text)
        assert "json" not in caught.value.message
        with pytest.raises(kind):
            pipeline.read_document(Document.of(text))


@pytest.mark.usefixtures("reader_opened")
class TestDocumentsInPython:
    PAGE = (
        "<html><head><title>Zakho shelled</title></head><body><nav><a href='/'>Home</a></nav><article>"
        f"<p>{REPORT}</p><p>It was the second time in a week, said people of the town.</p></article></body></html>"
    )

    def test_offsets_point_into_the_text_of_a_page(self, tmp_path: Path) -> None:
        path = tmp_path / "page.html"
        path.write_text(self.PAGE, encoding="utf-8")
        (document,) = pipeline.documents(str(path), published="2024-01-18", publisher="The Herald")
        assert [document] == pipeline.documents(self.PAGE.encode(), published=date(2024, 1, 18), publisher="The Herald")
        assert isinstance(document, Document)
        assert (document.publisher, document.published, document.title) == (
            "The Herald", date(2024, 1, 18), "Zakho shelled",
        )  # fmt: skip
        claims = pipeline.read_document(document)
        # the title tells it too
        assert [document.text[c.trigger.start : c.trigger.end] for c in claims] == ["shelled", "shelled", "killed"]

    def test_one_bad_report_of_many_stands_in_its_place(self) -> None:
        lines = "\n".join([json.dumps({"id": "a", "text": REPORT}), "{broken", json.dumps({"id": "b", "text": REPORT})])
        first, failure, last = pipeline.documents(lines.encode())
        assert isinstance(failure, Failure)
        assert [d.id for d in (first, last) if isinstance(d, Document)] == ["a", "b"]
        with pytest.raises(UsageError, match="Failure is no Document"):
            pipeline.read_document(failure)  # type: ignore[arg-type]

    @pytest.mark.parametrize(("source", "code"), [(b"", "empty"), ("/none/x.txt", "intake"), (b"%PDF-1.7", "format")])
    def test_what_cannot_be_read_raises(self, source: bytes | str, code: str) -> None:
        with pytest.raises(CasusError) as caught:
            pipeline.documents(source)
        assert (caught.value.code, type(caught.value).code) == (code, code)


class TestLines:
    @given(st.text(min_size=1, max_size=60), st.text(max_size=60))
    def test_every_quote_stands_in_the_text_where_it_says(self, reader: Reads, before: str, after: str) -> None:
        document = Document.of(f"{before}shelled{after} and killed them")
        for claim in reader.read(document):
            line = claim_line(document, claim)
            assert len(line.encode().splitlines()) == len(line.splitlines()) == 1
            found = list(quotes(json.loads(line)))
            assert len(found) >= 7
            assert all(document.text[start:end] == text for start, end, text in found)

    def test_the_line_has_the_form_that_the_scorer_takes(self, reader: Reads) -> None:
        document = Document.of(REPORT, id="d1", title="A title")
        (claim, _) = reader.read(document)
        line = json.loads(claim_line(document, claim))
        assert (line["doc"], line["start"], line["end"]) == ("d1", 9, 16)
        assert (line["type"], line["mode"], line["status"]) == ("ASSAULT", "heavy-weapons", "happened")
        assert line["actor"][0].items() >= {"start": 0, "end": 9, "who": "IRN", "sector": "MIL"}.items()
        assert line["recipient"][0]["who"] is None
        place = {"name": "Zakho", "iso3": "IRQ", "lat": 37.1, "lon": 42.7, "precision": "exact"}
        assert line["place"].items() >= place.items()
        assert line["date"] == ["2024-01-16", "2024-01-16"]
        assert line["killed"].items() >= {"low": 2, "high": None, "text": "shelled"}.items()
        assert line["injured"] is None
        assert line["source"][0].items() >= {"start": 9, "end": 16, "text": "shelled"}.items()
        assert (line["background"], line["aggregate"]) == (False, False)
        # the event ids of two documents never meet
        assert line["event"] == "d1/e1"

    def test_unknown_is_null(self, reader: Reads) -> None:
        document = Document.of(REPORT)
        claim = reader.read(document)[0]
        bare = Claim(
            id=claim.id,
            document_id=document.id,
            sentence=claim.sentence,
            trigger=claim.trigger,
            type=claim.type,
        )
        line = json.loads(claim_line(document, bare))
        assert [line[key] for key in ("place", "date", "weapon", "killed", "event", "mode")] == [None] * 6
        assert [line[key] for key in ("actor", "recipient", "source", "reasons")] == [[]] * 4
        assert line["when"]["basis"] == "none"
