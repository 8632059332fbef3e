"""What the tests of the shell share: a reader that needs no model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import settings

import casus
from casus import notebook
from casus.compose import Reader
from casus.config import SETTINGS, Config
from casus.records import (
    Claim,
    Document,
    Failure,
    Figure,
    Participant,
    Place,
    Source,
    Span,
    When,
)
from tests.strikes import Quoting, fill
from tests.stub_endpoint import Stub

# how long an example takes says more about what else the machine does than about the code
settings.register_profile("casus", deadline=None)
settings.load_profile("casus")


class WordReader:
    """Stands in for the reader: each "shelled" or "killed" is an ASSAULT, the words around it the rest."""

    def read(self, document: Document) -> list[Claim]:
        text, claims = document.text, list[Claim]()
        for word in ("shelled", "killed"):
            at = text.find(word)
            while at >= 0:
                claims.append(self._claim(document, at, at + len(word), f"e{len(claims) + 1}"))
                at = text.find(word, at + 1)
        return sorted(claims, key=lambda claim: claim.trigger.start)

    def read_many(self, documents: Iterable[Document]) -> Iterator[tuple[Document, list[Claim] | Failure]]:
        # looks ahead by two, as the real one does by a batch
        waiting: list[Document] = []
        for document in documents:
            waiting.append(document)
            if len(waiting) == 3:
                yield self._outcome(waiting.pop(0))
        for document in waiting:
            yield self._outcome(document)

    def _outcome(self, document: Document) -> tuple[Document, list[Claim] | Failure]:
        if "unreadable" in document.text:
            return document, Failure("reader", document.id, "internal", "cannot be read")
        return document, self.read(document)

    @staticmethod
    def _claim(document: Document, start: int, end: int, event: str) -> Claim:
        text = document.text
        trigger = Span.cut(text, start, end)
        first, last = max(0, start - 30), min(len(text), end + 30)
        side = Participant(Span.cut(text, first, start) if first < start else trigger, "Iran", "IRN", "MIL")
        return Claim(
            id=Claim.make_id(document.id, trigger, "ASSAULT", "happened"),
            document_id=document.id,
            sentence=Span.cut(text, first, last),
            trigger=trigger,
            type="ASSAULT",
            mode="heavy-weapons",
            actors=(side,),
            recipients=(Participant(trigger, "someone"),),
            place=Place(trigger, "Zakho", "geonames:1", "Dohuk", "IRQ", 37.1, 42.7, "exact", "only one Zakho"),
            when=When(date(2024, 1, 16), date(2024, 1, 16), "day", "relative", trigger, "Tuesday"),
            weapon=trigger,
            figures=(Figure("killed", 2, None, trigger, "at least", "children", True),),
            source=(Source(trigger, "the governor", "official", "IRN"),),
            confidence=0.75,
            reader="words",
            event=event,
            reasons=("the actor is that of the sentence before",),
        )


@pytest.fixture(scope="session")
def reader() -> WordReader:
    return WordReader()


@pytest.fixture(scope="session")
def small() -> Reader:
    """The reader that ships."""
    return Reader.load(Config.load())


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[casus.Ledger]:
    """The ledger of `strikes`, in a folder of its own that one is in."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CASUS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(notebook, "open_reader", lambda config: Quoting())
    monkeypatch.chdir(tmp_path)
    with casus.open("border.casus", create=True) as made:
        fill(made)
        yield made


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stub]:
    """A language model's endpoint on this machine; a proxy of whoever runs the tests does not know it."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    made = Stub()
    yield made
    made.close()


@pytest.fixture
def slept() -> list[float]:
    """How long an endpoint's client would have waited; nothing here waits."""
    return []
