"""Dictionary matches as word flags for training units, the same way as the running reader sets them."""

from __future__ import annotations

from typing import Any

from casus.compose import dictionary_flags
from casus.config import Config
from casus.reader import event_words
from casus.reader.decode import make_windows
from casus.reader.features import EVENT_SHIFT
from casus.world.actors import ActorBook
from training import corpora
from training.corpora import Unit


class Flagger:
    """The shipped dictionaries, opened once."""

    def __init__(self) -> None:
        from casus.compose import open_places

        self.book, self.index = ActorBook.load(), open_places(Config.load())

    def names(self, text: str) -> list[tuple[int, int, int]]:
        """(start, end, bits) of every name that a dictionary knows."""
        return dictionary_flags(self.book.find(text), self.index.find(text))

    def flags(self, text: str, start: int, end: int) -> dict[int, int]:
        """Bits by the offset of each word in text[start:end]."""
        window = make_windows(text, [(start, end)], self.names(text))[0]
        return {a: bits for (a, _), bits in zip(window.spans, window.flags, strict=True)}

    def add(self, units: list[Unit], texts: dict[str, str]) -> None:
        """Sets `flags` of units whose document text is known (their words have offsets)."""
        cache: dict[str, dict[int, int]] = {}
        for unit in units:
            text = texts.get(unit.doc)
            if text is None or not unit.starts:
                unit.flags = [found << EVENT_SHIFT for found in event_words.matches(unit.words)]
                continue
            if unit.doc not in cache:
                cache[unit.doc] = self.flags(text, 0, len(text))
            unit.flags = [cache[unit.doc].get(a, 0) for a in unit.starts]


def texts_of(units: list[Unit]) -> dict[str, str]:
    """Document texts of gold units and of the written sentences."""
    out: dict[str, Any] = {}
    for unit in units:
        if unit.corpus == "gold" and unit.doc not in out:
            out[unit.doc] = corpora.load_doc(unit.doc)["text"]
        elif unit.corpus == "written":
            out[unit.doc] = unit.text
    return out
