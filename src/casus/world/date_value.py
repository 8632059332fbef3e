"""What a time expression is resolved against, and what comes out: DateContext and DateValue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from casus.records import DateBasis, DatePrecision

Tense = Literal["past", "future", "unknown"]


@dataclass(frozen=True, slots=True)
class DateContext:
    """What the words are anchored on.

    `published` is the report's date. `basis_anchor` is the day on which the words were written where
    that is another one (a dateline's); `caption` is a caption's own date and goes before both.
    `reference` is first and last day of the event that "two days after" or "that day" points to.
    `tense` is future for what is planned; unknown is read from `sentence`.
    """

    published: date | None = None
    basis_anchor: date | None = None
    tense: Tense = "unknown"
    sentence: str = ""
    reference: tuple[date, date] | None = None
    caption: date | None = None

    @property
    def basis(self) -> date | None:
        """The day that relative words count from, or None."""
        return self.caption or self.basis_anchor or self.published

    @property
    def anchor_name(self) -> str:
        """What `basis` is, in words."""
        if self.caption:
            return "the caption's date"
        return "the dateline" if self.basis_anchor else "publication"

    @property
    def future(self) -> bool:
        """Whether the words point ahead."""
        return self.tense == "future"


@dataclass(frozen=True, slots=True)
class DateValue:
    """First and last day, or None for both with the reason in `why`.

    `words`: offsets of the expression, where `when_of` chose or was given one.
    """

    start: date | None = None
    end: date | None = None
    precision: DatePrecision = "unknown"
    basis: DateBasis = "none"
    why: str = ""
    words: tuple[int, int] | None = None


def made(start: date, end: date, precision: DatePrecision, basis: DateBasis, why: str) -> DateValue:
    """A resolved date; ends that came out in the wrong order are unknown, never swapped."""
    if start > end:
        return unknown(f"the end {end} comes before the start {start}")
    return DateValue(start, end, precision, basis, why)


def unknown(why: str) -> DateValue:
    """No date, and why."""
    return DateValue(why=why)
