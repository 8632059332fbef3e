"""An intake that notes each raw item instead of making documents of it: quick, and shows names and bytes."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, cast

from casus.intake.formats import Intake, Made
from casus.intake.raw import Given, Known, Raw
from casus.records import Document, Failure


class Spy(Intake):
    """`items` are (name, bytes, what the container says) in order."""

    def __init__(self, given: Given | None = None) -> None:
        super().__init__(given, debug=True)
        self.items: list[tuple[str, bytes, Known]] = []

    def item(
        self, name: str, data: bytes, known: Known, make: Callable[[], Document | Iterable[Document]]
    ) -> Iterator[Made]:
        self.items.append((name, data, known))
        yield from ()

    @property
    def names(self) -> list[str]:
        return [name for name, _, _ in self.items]

    @property
    def contents(self) -> list[bytes]:
        return [data for _, data, _ in self.items]


class Pipe(io.RawIOBase):
    """Bytes that come in pieces of any size and cannot be read back."""

    def __init__(self, data: bytes, piece: int = 1_000) -> None:
        self._data, self._piece = io.BytesIO(data), piece

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        block = self._data.read(min(self._piece, len(buffer)))
        buffer[: len(block)] = block
        return len(block)


def spied(
    data: bytes, name: str, *, limit: int = Given().limit, stream: BinaryIO | None = None
) -> tuple[Spy, list[Failure]]:
    """What intake finds in the bytes: its items and its failures."""
    spy = Spy(Given(limit=limit))
    made = list(spy.source(Raw(name, stream or io.BytesIO(data)), len(data)))
    failures = [m for m in made if isinstance(m, Failure)]
    assert len(failures) == len(made)
    return spy, failures


def piped(data: bytes, piece: int = 1_000) -> BinaryIO:
    return cast(BinaryIO, Pipe(data, piece))
