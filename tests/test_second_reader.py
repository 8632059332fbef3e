"""The second reader against an endpoint that misbehaves in every way: what it keeps, drops, retries and refuses."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from casus import answers, endpoint, second
from casus.compose import Reader
from casus.config import Llm
from casus.endpoint import Endpoint
from casus.errors import AnswerError, BudgetError, EndpointError, RefusedError
from casus.jsonl import claim_line
from casus.reader.llm.prompt import questions
from casus.records import Claim, Document, Failure
from casus.second import Asker, SecondReader
from tests.stub_endpoint import KEY, TEXT, Reply, Stub, claim, claiming, document, saying

GOOD = claiming(claim())
MakeReader = Callable[..., SecondReader]


@pytest.fixture
def second_reader(small: Reader, stub: Stub, tmp_path: Path, slept: list[float]) -> MakeReader:
    def make(**settings: Any) -> SecondReader:
        doubt = settings.pop("doubt", None)
        usual: dict[str, Any] = {"endpoint": stub.url, "model": "m", "key": KEY, "timeout": 20.0}
        llm = Llm(**usual | settings)
        asker = Asker(Endpoint(llm, sleep=slept.append), answers.Answers(tmp_path / "answers"))
        return SecondReader(small, asker, doubt)

    return make


def lines(reader: SecondReader, *documents: Document) -> list[str]:
    return [claim_line(d, c) for d in documents for c in reader.read(d)]


def test_an_answer_becomes_ordinary_claims(stub: Stub, second_reader: MakeReader) -> None:
    denied = claim(sentence=2, quote="Tehran denied it", trigger="denied", type="REJECT", actor=["Tehran"],
                   recipient=["Pakistan"], place=[], date=None, killed=None, source=[], confidence=0.4)  # fmt: skip
    stub.script.append(claiming(claim(), denied))
    first, other = second_reader().read(document())
    assert (first.trigger.exact, first.type, first.mode) == ("shelled", "ASSAULT", "heavy-weapons")
    assert [(a.who, a.sector) for a in first.actors] == [("IRN", "MIL")]
    assert first.place is not None
    assert (first.place.name, first.place.iso3) == ("Turbat", "PAK")
    assert first.when.start == date(2024, 1, 16)
    assert [(f.measure, f.low, f.high) for f in first.figures] == [("killed", 9, None)]
    assert [(s.span.exact, s.who) for s in first.source] == [("army of Pakistan", "PAK")]
    assert [(r.span.exact, r.span.start) for r in first.recipients] == [("people", TEXT.index("people"))]
    assert (first.confidence, first.reader, other.confidence) == (0.9, "llm:m", 0.4)
    assert [a.who for a in other.actors + other.recipients] == ["IRN", "PAK"]
    assert first.id == Claim.make_id(first.document_id, first.trigger, "ASSAULT", "happened")


def test_a_diplomat_who_is_summoned_is_coded_as_the_codebook_has_it(stub: Stub, second_reader: MakeReader) -> None:
    told = claim(quote="Iran summoned", trigger="summoned", type="CONSULT", actor=["Iran"], recipient=["Pakistan"],
                 place=[], date=None, killed=None, source=[])  # fmt: skip
    stub.script.append(claiming(told))
    (made,) = second_reader().read(document("Iran summoned the ambassador of Pakistan and spoke of a grave mistake."))
    assert (made.type, made.mode) == ("ACCUSE", "disapprove")


def test_what_is_not_in_the_text_is_dropped_and_counted(stub: Stub, second_reader: MakeReader) -> None:
    stub.script.append(
        claiming(
            claim(trigger="bombed"),
            claim(quote="Iranian jets shelled the town"),
            claim(sentence=3),
            claim(start=999, end=3, actor=["Iranian forces", "Israel"], place=["Karachi"]),
            claim(),
            "shelled",
        )
    )
    reader = second_reader()
    (only,) = reader.read(document())
    assert (only.trigger.start, only.trigger.exact) == (TEXT.index("shelled"), "shelled")
    assert [a.span.exact for a in only.actors] == ["Iranian forces"]
    assert reader.report().endswith(
        "1 claims; dropped: 5 claims (3 not in the text, 1 malformed, 1 told twice), 2 values"
    )


BAD_ONCE = {
    "broken JSON": saying('{"claims": [{"sentence": 1, "quo'),
    "empty": saying(""),
    "null": saying(None),
    "refused": saying(None, message={"refusal": "I would rather\x1b[31m not"}),
    "no JSON": saying("There are no claims here, I think."),
    "wrong schema": saying('{"events": [{"what": "shelling"}]}'),
    "claims of another form": saying('{"claims": [{"verb": "shelled"}, 7]}'),
    "cut off": saying('{"claims": []}', choice={"finish_reason": "length"}),
    "no completion": Reply(b'{"error": null}'),
    "no choices": Reply(b'{"choices": []}'),
    "a list": Reply(b"[]"),
    "no JSON at all": Reply(b"<html>Bad gateway</html>"),
    "nothing": Reply(b""),
    "huge": Reply(b" " * (endpoint.MOST_BYTES + 1)),
    "500": Reply(b'{"error": {"message": "CUDA out of memory"}}', 500),
    "503": Reply(b"", 503),
    "408": Reply(b"", 408),
    "429": Reply(b"slow down", 429),
    "connection that breaks": replace(GOOD, breaks=True),
    "time-out": Reply(hangs=True),
}


@pytest.mark.parametrize("bad", BAD_ONCE.values(), ids=BAD_ONCE.keys())
def test_what_may_pass_is_tried_again(bad: Reply, stub: Stub, second_reader: MakeReader, slept: list[float]) -> None:
    stub.script.extend([bad, GOOD])
    reader = second_reader(timeout=0.3 if bad.hangs or bad.breaks else 20.0)
    assert [c.trigger.exact for c in reader.read(document())] == ["shelled"]
    assert len(stub.requests) == 2
    assert slept == [endpoint.FIRST_WAIT]


def test_waits_grow_and_end(stub: Stub, second_reader: MakeReader, slept: list[float]) -> None:
    stub.always = lambda request: Reply(b'{"error": {"message": "overloaded"}}', 529)
    with pytest.raises(EndpointError, match=r"gave no answer in 5 tries: 529.*overloaded"):
        second_reader().read(document())
    assert slept == [2.0, 4.0, 8.0, 16.0]


@pytest.mark.parametrize(
    ("header", "between"),
    [
        ("7", (7, 7)),
        ("0", (0, 0)),
        ("1.5", (1.5, 1.5)),
        ("soon", (2, 2)),
        ("-3", (2, 2)),
        ("in the past", (0, 0)),
        ("in a minute", (30, 60)),
    ],
)
def test_retry_after_is_kept(
    header: str, between: tuple[float, float], stub: Stub, second_reader: MakeReader, slept: list[float]
) -> None:
    moments = {"in the past": timedelta(days=-1), "in a minute": timedelta(minutes=1)}
    if header in moments:
        header = format_datetime(datetime.now(UTC) + moments[header], usegmt=True)
    stub.script.extend([Reply(b"", 429, {"Retry-After": header}), GOOD])
    assert second_reader().read(document())
    assert between[0] <= slept[0] <= between[1]


def test_nobody_waits_for_an_hour(stub: Stub, second_reader: MakeReader, slept: list[float]) -> None:
    stub.always = lambda request: Reply(b"", 429, {"Retry-After": "3600"})
    with pytest.raises(EndpointError, match="left alone for 3600 seconds"):
        second_reader().read(document())
    assert slept == []


def test_an_answer_that_stays_bad_is_the_failure_of_its_document_alone(stub: Stub, second_reader: MakeReader) -> None:
    stub.always = lambda request: saying("no") if "Quetta" in request["messages"][1]["content"] else GOOD
    documents = [document(), document("Iran shelled Quetta."), document(TEXT + " So it was.")]
    outcomes = [outcome for _, outcome in second_reader().read_many(documents)]
    assert [type(o) for o in outcomes] == [list, Failure, list]
    failed = outcomes[1]
    assert isinstance(failed, Failure)
    assert (failed.code, failed.message) == ("answer", "the model's answer is no JSON, 3 times")
    # the later tries remind the model of the form
    assert [second.REMINDER in user for user in stub.users()] == [False, False, True, True, False]


@pytest.mark.parametrize("wrapped", ["```json\n{}\n```", "<think>{{}}</think>{}", "Here: {} Done."])
def test_an_answer_in_a_code_fence_is_one(wrapped: str, stub: Stub, second_reader: MakeReader) -> None:
    inner = json.loads(GOOD.body)["choices"][0]["message"]["content"]
    reply = wrapped.replace("{{}}", "{?}").replace("{}", inner)
    stub.script.append(saying([{"type": "text", "text": reply}, {"type": "image"}]))
    assert len(second_reader().read(document())) == 1
    assert len(stub.requests) == 1


@pytest.mark.parametrize("status", [401, 402, 403, 404, 405])
def test_what_refuses_everything_ends_the_run(status: int, stub: Stub, second_reader: MakeReader) -> None:
    told = f"your key {KEY} is\x1b[2J wrong".encode()
    stub.always = lambda request: GOOD if len(stub.requests) == 1 else Reply(told, status)
    reader, done = second_reader(), list[tuple[Document, object]]()
    documents = [document(), document(TEXT + " Two."), document(TEXT + " Three.")]
    with pytest.raises(RefusedError, match=str(status)) as caught:
        done.extend(reader.read_many(documents))
    assert [d.id for d, _ in done] == [documents[0].id]
    assert len(stub.requests) == 2
    assert KEY not in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_no_redirect_is_followed(stub: Stub, second_reader: MakeReader) -> None:
    stub.always = lambda request: Reply(b"", 307, {"Location": f"{stub.url}/elsewhere"})
    with pytest.raises(RefusedError, match="redirects to"):
        second_reader().read(document())
    assert len(stub.requests) == 1


def test_three_documents_without_an_answer_end_the_run(stub: Stub, second_reader: MakeReader) -> None:
    stub.always = lambda request: Reply(b"too long", 413)
    done: list[tuple[Document, object]] = []
    with pytest.raises(EndpointError, match="3 documents in a row"):
        done.extend(second_reader().read_many(document(f"{TEXT} {n}.") for n in range(9)))
    assert [type(outcome) for _, outcome in done] == [Failure] * 3
    assert len(stub.requests) == 3


def test_nobody_at_the_address(small: Reader, tmp_path: Path, slept: list[float], stub: Stub) -> None:
    gone = Stub()
    gone.close()
    end = Endpoint(Llm(endpoint=gone.url, model="m"), sleep=slept.append)
    reader = SecondReader(small, Asker(end, answers.Answers(tmp_path)))
    with pytest.raises(EndpointError, match=r"127\.0\.0\.1:\d+ gave no answer in 5 tries"):
        reader.read(document())
    assert len(slept) == 4


def test_an_answer_that_drips_is_too_slow(stub: Stub, slept: list[float]) -> None:
    ticks = iter(range(0, 10_000, 100))
    end = Endpoint(Llm(endpoint=stub.url, model="m", timeout=50.0), sleep=slept.append, clock=lambda: next(ticks))
    question = questions(TEXT, [(0, len(TEXT))], [0], None)[0]
    with pytest.raises(EndpointError, match="no whole answer within 50 seconds"):
        end.ask(question, {})


class TestAdapting:
    """Endpoints that do not know all of a request get less of it, and say so once a run."""

    def test_what_an_endpoint_does_not_know_is_left_out(self, stub: Stub, second_reader: MakeReader) -> None:
        def picky(request: dict[str, Any]) -> Reply:
            if "temperature" in request:
                return Reply(b'{"error": {"message": "Unsupported value: temperature"}}', 400)
            if "max_tokens" in request:
                return Reply(b"Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'", 400)
            if "response_format" in request:
                return Reply(b"response_format is not supported", 422)
            return GOOD

        stub.always = picky
        reader = second_reader()
        assert reader.read(document())
        kinds = [r.get("response_format", {}).get("type") for r in stub.requests]
        assert kinds == ["json_schema", "json_schema", "json_schema", "json_object", None]
        assert stub.requests[-1]["max_completion_tokens"] == endpoint.ANSWER_TOKENS
        assert reader.read(document(TEXT + " Again."))
        assert len(stub.requests) == 6

    def test_what_no_change_helps_is_a_failure(self, stub: Stub, second_reader: MakeReader) -> None:
        stub.always = lambda request: Reply(b"response_format max_tokens temperature", 400)
        with pytest.raises(EndpointError, match="refuses this question: 400"):
            second_reader().read(document())
        assert len(stub.requests) == 6

    def test_the_schema_and_the_key_are_sent(self, stub: Stub, second_reader: MakeReader) -> None:
        second_reader().read(document())
        (request,), (headers,) = stub.requests, stub.headers
        assert stub.paths == ["/v1/chat/completions"]
        assert headers["authorization"] == f"Bearer {KEY}"
        form = request["response_format"]
        assert (form["type"], form["json_schema"]["strict"]) == ("json_schema", True)
        assert "claims" in form["json_schema"]["schema"]["properties"]
        assert (request["model"], request["temperature"]) == ("m", 0)

    def test_no_key_is_no_header(self, stub: Stub, second_reader: MakeReader) -> None:
        second_reader(key=None).read(document())
        assert "authorization" not in stub.headers[0]


def test_nothing_but_sentences_and_the_date_leaves_the_machine(stub: Stub, second_reader: MakeReader) -> None:
    hidden = document(title="A title", url="https://example.org/x", publisher="The Herald", id="doc-of-mine")
    second_reader().read(hidden)
    (request,) = stub.requests
    assert [m["role"] for m in request["messages"]] == ["system", "user"]
    assert request["messages"][0]["content"] == questions("x", [(0, 1)], [0], None)[0].system
    shown = re.sub(r"^\[\d\] ", "", request["messages"][1]["content"], flags=re.MULTILINE).replace("\n", " ")
    assert shown == f"Published 2024-01-18. {TEXT}"


class TestKeeping:
    def test_a_second_run_makes_no_call_and_gives_the_same_bytes(self, stub: Stub, second_reader: MakeReader) -> None:
        stub.script.append(GOOD)
        first, again = second_reader(), second_reader()
        assert lines(first, document()) == lines(again, document()) != []
        assert len(stub.requests) == 1
        assert (again.asker.endpoint.calls, again.asker.kept) == (0, 1)

    @pytest.mark.parametrize("change", [{"model": "other"}, {"endpoint": "v2"}, {}])
    def test_another_question_is_asked(self, change: dict[str, str], stub: Stub, second_reader: MakeReader) -> None:
        second_reader().read(document())
        if "endpoint" in change:
            change = {"endpoint": stub.url.replace("v1", "v2")}
        second_reader(**change).read(document() if change else document(TEXT + " More."))
        assert len(stub.requests) == 2

    def test_a_bad_answer_is_not_kept(self, stub: Stub, second_reader: MakeReader) -> None:
        stub.script.extend([saying("no"), saying("no"), saying("no"), GOOD])
        with pytest.raises(AnswerError):
            second_reader().read(document())
        assert second_reader().read(document())
        assert len(stub.requests) == 4

    def test_a_damaged_answer_is_asked_for_again(self, stub: Stub, second_reader: MakeReader, tmp_path: Path) -> None:
        stub.script.extend([GOOD, GOOD])
        first = lines(second_reader(), document())
        (path,) = (tmp_path / "answers").rglob("*.json")
        path.write_text(json.dumps(json.loads(path.read_text()) | {"reply": "no"}))
        assert lines(second_reader(), document()) == first
        assert len(stub.requests) == 2

    def test_the_key_is_not_kept(self, stub: Stub, second_reader: MakeReader, tmp_path: Path) -> None:
        second_reader().read(document())
        assert all(KEY not in p.read_text() for p in tmp_path.rglob("*") if p.is_file())


class TestBudget:
    @pytest.mark.parametrize("budget", [{"max_calls": 2}, {"max_tokens": 150}])
    def test_it_ends_the_run_and_what_was_read_is_kept(
        self, budget: dict[str, int], stub: Stub, second_reader: MakeReader
    ) -> None:
        documents = [document(f"{TEXT} Number {n}.") for n in range(4)]
        reader, done = second_reader(**budget), list[object]()
        with pytest.raises(BudgetError, match="--max-"):
            done.extend(reader.read_many(documents))
        assert (len(done), len(stub.requests)) == (2, 2)
        # the next run goes on from there
        assert len(list(second_reader(**budget).read_many(documents))) == 4
        assert len(stub.requests) == 4

    def test_retries_count(self, stub: Stub, second_reader: MakeReader) -> None:
        stub.always = lambda request: Reply(b"", 500)
        with pytest.raises(BudgetError, match="3 calls were made"):
            second_reader(max_calls=3).read(document())

    @pytest.mark.parametrize("usage", [None, {}, {"total_tokens": -5}, {"total_tokens": "many"}, []])
    def test_tokens_that_are_not_counted_are_estimated(
        self, usage: object, stub: Stub, second_reader: MakeReader
    ) -> None:
        stub.script.append(saying('{"claims": []}', usage=usage))
        reader = second_reader()
        reader.read(document())
        # the instructions alone are some 9,000 characters, and the schema goes with them
        assert 2_000 < reader.asker.endpoint.tokens < 6_000


def test_a_reading_without_this_reader_loads_no_http_library() -> None:
    probe = "import sys, casus, casus.compose, casus.cli; print('casus.endpoint' in sys.modules)"
    import subprocess  # noqa: PLC0415

    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_only_sentences_of_the_document_are_numbered(second_reader: MakeReader, stub: Stub) -> None:
    assert second_reader().read(document(" \n ")) == []
    assert stub.requests == []
