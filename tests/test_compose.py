"""Many documents through the encoder: each appears when it is read, and whoever stops early waits for nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from casus import compose
from casus.compose import GROUPS_AHEAD, TOGETHER, Prepared, Reader
from casus.reader.encoder import Floats, Window
from casus.records import Claim, Document


class Encoder:
    """Stands in for the network: gives nothings, at once or when it is told to go on."""

    name = "none"

    def __init__(self) -> None:
        self.runs: list[int] = []
        self.go_on = threading.Event()

    def run(self, windows: Sequence[Window]) -> list[Floats]:
        self.runs.append(len(windows))
        assert self.go_on.wait(20)
        return [np.zeros((1, 1), np.float32) for _ in windows]


class Plain(Reader):
    """The reader with a document a window, and nothing found in it."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder, cast(Any, SimpleNamespace(w={})), cast(Any, None), cast(Any, None))

    def prepare(self, document: Document) -> Prepared:
        return Prepared(document, (), (Window(("word",), ((0, 1),), (0,)),), (), (), None)

    def finish(self, prepared: Prepared, hidden: Sequence[Floats]) -> list[Claim]:
        assert len(hidden) == 1
        return []


@pytest.fixture
def encoder() -> Encoder:
    return Encoder()


def documents(number: int, taken: list[int]) -> Iterator[Document]:
    for n in range(number):
        taken.append(n)
        yield Document.of(f"Document {n}.", id=f"d{n}")


def test_all_come_out_in_order_and_the_later_ones_are_encoded_together(encoder: Encoder) -> None:
    encoder.go_on.set()
    read = [document.id for document, _ in Plain(encoder).read_many(documents(30, []))]
    assert read == [f"d{n}" for n in range(30)]
    first = TOGETHER * (GROUPS_AHEAD + 1)
    assert encoder.runs == [*[1] * first, *[TOGETHER] * 4, 2]


def test_the_first_of_a_few_appears_before_the_rest_is_taken_up(encoder: Encoder) -> None:
    encoder.go_on.set()
    taken: list[int] = []
    with closing(cast(Any, Plain(encoder).read_many(documents(12, taken)))) as outcomes:
        next(outcomes)
    assert len(taken) <= GROUPS_AHEAD + 1


def test_whoever_stops_waits_for_nothing_that_is_not_begun(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose, "TOGETHER", 1)

    def interrupted() -> Iterator[Document]:
        yield from documents(GROUPS_AHEAD, [])
        raise KeyboardInterrupt

    # the encoder holds the first document until the end of this test, and never sees another
    with pytest.raises(KeyboardInterrupt):
        next(Plain(encoder).read_many(interrupted()))
    encoder.go_on.set()
    for thread in threading.enumerate():
        if thread.name.startswith("ThreadPoolExecutor"):
            thread.join(60)
    assert len(encoder.runs) <= 1
