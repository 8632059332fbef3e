"""The second reader asked only about what the first one doubts: what is sent, and whose claims stand where."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from casus import second
from casus.answers import Answers
from casus.compose import Reader
from casus.config import Llm
from casus.endpoint import Endpoint
from casus.jsonl import claim_line
from casus.reader.llm.doubt import doubtful
from casus.second import Asker, SecondReader
from tests.stub_endpoint import Stub, claim, claiming, document

MakeReader = Callable[[float | None], SecondReader]


@pytest.fixture
def second_reader(small: Reader, stub: Stub, tmp_path: Path) -> MakeReader:
    def make(doubt: float | None) -> SecondReader:
        return SecondReader(small, Asker(Endpoint(Llm(endpoint=stub.url, model="m")), Answers(tmp_path)), doubt)

    return make


LONG = (
    "Iranian forces shelled the Pakistani town of Turbat on Tuesday, killing nine people. "
    "The minister said the border would stay a matter of trade. "
    "Both sides raised the temperature of their dispute along the border. "
    "The Pakistani army arrested four men in Quetta on Monday. "
    "The cabinet discussed the price of bread."
)


class TestDoubt:
    def test_only_what_the_network_doubts_is_sent(self, small: Reader, stub: Stub, second_reader: MakeReader) -> None:
        told = document(LONG)
        prepared = small.prepare(told)
        hidden = small.encoder.run(prepared.windows)
        chances = [float(small.heads.chances(h).max()) for h in hidden]
        thresholds = {n: abs(p - small.heads.thresholds["trigger"]) for n, p in enumerate(chances)}
        some = sorted(thresholds.values())[1]
        asked = doubtful(prepared.windows, hidden, small.heads, prepared.bounds, some)
        assert 1 <= len(asked) < len(prepared.bounds)
        # the model finds nothing there: the network's claims stand elsewhere, and there they do not
        before = small.read(told)
        reader = second_reader(some)
        after = reader.read(told)
        sent = [int(n) - 1 for n in re.findall(r"^\[(\d+)\]", stub.users()[0], re.MULTILINE)]
        assert sent == asked
        assert (reader.asked, reader.sentences) == (len(asked), len(prepared.bounds))
        starts = {prepared.bounds[n][0] for n in asked}
        assert [c.trigger for c in after] == [c.trigger for c in before if c.sentence.start not in starts] != []
        assert {c.reader for c in after} == {small.encoder.name}
        assert {c.id: c.confidence for c in after}.items() <= {c.id: c.confidence for c in before}.items()

    def test_where_nothing_is_in_doubt_nothing_is_sent(
        self, small: Reader, stub: Stub, second_reader: MakeReader
    ) -> None:
        told = document(LONG)
        assert [claim_line(told, c) for c in second_reader(0.0).read(told)] == [
            claim_line(told, c) for c in small.read(told)
        ]
        assert stub.requests == []

    def test_claims_of_both_readers_stand_together_and_say_whose_they_are(
        self, small: Reader, stub: Stub, second_reader: MakeReader, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(second, "doubtful", lambda *_: [2])
        told = claim(sentence=3, quote="Both sides raised the temperature", trigger="raised", type="THREATEN",
                     actor=["Iranian forces"], recipient=[], place=[], date=None, killed=None, source=[])  # fmt: skip
        stub.script.append(claiming(told, claim()))  # the second is of a sentence that was not shown
        reader = second_reader(0.3)
        claims = {c.trigger.exact: c.reader for c in reader.read(document(LONG))}
        assert claims["shelled"] == claims["arrested"] == small.encoder.name
        assert claims["raised"] == "llm:m"
        # nor can words be quoted that were not shown
        assert (reader.dropped.unquoted, reader.dropped.values) == (1, 1)

    def test_all_is_in_doubt_at_one(self, stub: Stub, second_reader: MakeReader) -> None:
        second_reader(1.0).read(document(LONG))
        second_reader(None).read(document(LONG))
        assert len(stub.requests) == 1
