"""Annotated claims as the records that the reader makes, for what is fitted on claims rather than on text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from casus.events import Report
from casus.records import (
    Claim,
    DatePrecision,
    Document,
    Figure,
    Measure,
    Participant,
    Place,
    Source,
    Span,
    Status,
    When,
)
from casus.world.place_resolve import PlaceContext, context_of
from casus.world.places import PlaceIndex

MEASURES: tuple[Measure, ...] = ("killed", "injured", "detained")


def document_of(row: dict[str, Any]) -> Document:
    """A report as the gold files and tests/incidents hold it."""
    day = date.fromisoformat(row["published"]) if row.get("published") else None
    return Document.of(
        row["text"],
        id=row["id"],
        title=row.get("title"),
        publisher=row.get("publisher"),
        published=day,
        url=row.get("url"),
    )


def report_of(document: Document) -> Report:
    """What linking and settling know of a document, as far as it says so itself."""
    origins = (f"publisher:{document.publisher.casefold()}",) if document.publisher else ()
    return Report(document.id, document.publisher, document.published, None, origins)


class Maker:
    """Makes records of the annotations of one document."""

    def __init__(self, index: PlaceIndex, document: Document) -> None:
        self.index, self.document = index, document
        self.context = context_of(index, document.text, index.find(document.text))

    def claim(self, row: dict[str, Any]) -> Claim:
        """The claim of an annotation with `start` and `end`, the trigger's offsets. Its `event` is left out: what the
        report tells as one is for the reader to say."""
        text = self.document.text
        trigger = Span.cut(text, row["start"], row["end"])
        first = text.rfind(". ", 0, trigger.start) + 2 if ". " in text[: trigger.start] else 0
        end = text.find(". ", trigger.end)
        status: Status = row["status"] if row.get("status") else "happened"
        when = row.get("date")
        return Claim(
            id=Claim.make_id(self.document.id, trigger, row["type"], status),
            document_id=self.document.id,
            sentence=Span.cut(text, min(first, trigger.start), len(text) if end < 0 else end + 1),
            trigger=trigger,
            type=row["type"],
            mode=row.get("mode"),
            status=status,
            actors=self._sides(row, "actor"),
            recipients=self._sides(row, "recipient"),
            place=self._place(row),
            when=self._when(when, bool(row.get("aggregate"))) if when else When(),
            figures=tuple(
                Figure(m, row[m].get("low"), row[m].get("high"), self._span(row[m]["text"], row["start"]))
                for m in MEASURES
                if row.get(m) and (row[m].get("low") is not None or row[m].get("high") is not None)
            ),
            source=tuple(
                Source(self._span(s, row["start"]), s, row.get("source_kind") or "other")
                for s in row.get("source") or ()
            ),
            background=bool(row.get("background")),
            aggregate=bool(row.get("aggregate")),
            confidence=1.0,
            reader="annotated",
        )

    def _span(self, words: str, near: int) -> Span:
        """The occurrence of the words that is nearest to the trigger."""
        found = [m.start() for m in re.finditer(re.escape(words), self.document.text)]
        at = min(found, key=lambda x: abs(x - near)) if found else near
        words = words if found else self.document.text[near]
        return Span.cut(self.document.text, at, at + len(words))

    def _sides(self, row: dict[str, Any], role: str) -> tuple[Participant, ...]:
        out = []
        for words, told in zip(row.get(role) or (), row.get(f"{role}_is") or (), strict=False):
            who, _, sector = told.rpartition("/")
            out.append(
                Participant(self._span(words, row["start"]), words, None if who == "?" else who, sector or "UNK")
            )
        return tuple(out)

    def _place(self, row: dict[str, Any]) -> Place | None:
        if not row.get("place") or not row.get("place_is"):
            return None
        iso3 = row["place_is"][-3:]
        context = PlaceContext(((iso3, 9),), (), (), None, None, self.context.qualified)
        got = self.index.resolve(row["place"], context)
        span = self._span(row["place"][0], row["start"])
        if got.iso3 != iso3:
            return Place(span, row["place_is"].partition(",")[0], iso3=iso3, precision="country")
        return Place(span, got.name, got.place_id, got.admin1, got.iso3, got.lat, got.lon, got.precision)

    def _when(self, when: Sequence[str], aggregate: bool) -> When:
        """Dates by the day are exact; longer ones are how long it lasted where it is a sum, else a vague date."""
        first, last = (date.fromisoformat(x) for x in when)
        days = (last - first).days
        vague: DatePrecision = "week" if days < 10 else "month" if days < 32 else "year"
        return When(first, last, "day" if not days else "range" if aggregate or days < 3 else vague, "stated")
