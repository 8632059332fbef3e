"""A small ledger of sentences that read like reports: two strikes, the toll of one disputed, and a march.

Outlets and sentences are invented. `Quoting` stands in for the reader: it knows these sentences in any report.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import casus
from casus.records import Claim, Document, Failure, Figure, Participant, Place, Sector, Source, SourceKind, Span, When
from tests.telling import KARACHI, PANJGUR, SARAVAN

Town = tuple[str, str, str, float, float]


@dataclass(frozen=True, slots=True)
class Side:
    """Words that name a side, and who that is."""

    words: str
    name: str
    who: str | None
    sector: Sector


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence, and what it claims."""

    text: str
    trigger: str
    day: str
    town: Town
    by: Side
    to: Side | None = None
    killed: tuple[str, int] | None = None
    says: tuple[str, SourceKind] | None = None
    type: str = "ASSAULT"
    mode: str | None = "aerial"

    def claim(self, document: Document) -> Claim:
        """The claim, in that document."""
        at = document.text.index(self.text)

        def span(words: str) -> Span:
            start = document.text.index(words, at, at + len(self.text))
            return Span.cut(document.text, start, start + len(words))

        name, iso3, admin1, lat, lon = self.town
        trigger, day = span(self.trigger), date.fromisoformat(self.day)
        return Claim(
            id=Claim.make_id(document.id, trigger, self.type, "happened"),
            document_id=document.id,
            sentence=span(self.text),
            trigger=trigger,
            type=self.type,
            mode=self.mode,
            actors=(_side(span(self.by.words), self.by),),
            recipients=() if self.to is None else (_side(span(self.to.words), self.to),),
            place=Place(span(name), name, f"id of {name}", admin1, iso3, lat, lon, "exact", "only one of that name"),
            when=When(day, day, "day", "relative", span(f"{day:%A}"), "the last one before the report"),
            figures=()
            if self.killed is None
            else (Figure("killed", self.killed[1], self.killed[1], span(self.killed[0])),),
            source=() if self.says is None else (Source(span(self.says[0]), *self.says),),
            confidence=0.9,
            reader="by hand",
        )


def _side(span: Span, side: Side) -> Participant:
    return Participant(span, side.name, side.who, side.sector, why="named so")


def iran(words: str) -> Side:
    """Iran's forces."""
    return Side(words, "Iran", "IRN", "MIL")


def pakistan(words: str) -> Side:
    """Pakistan's."""
    return Side(words, "Pakistan", "PAK", "MIL")


FIRST = "2024-01-16"
SECOND = "2024-01-18"
SENTENCES = (
    Told("Iranian missiles struck houses near Panjgur in Pakistan on Tuesday, killing two children, the foreign "
         "ministry said.", "struck", FIRST, PANJGUR, iran("Iranian missiles"), pakistan("Pakistan"),
         ("two children", 2), ("the foreign ministry", "official")),
    Told("Iran attacked the border town of Panjgur in Pakistan on Tuesday.", "attacked", FIRST, PANJGUR, iran("Iran"),
         pakistan("Pakistan")),
    Told("Pakistan bombed hideouts near Saravan in Iran on Thursday and nine people were killed, the deputy governor "
         "said.", "bombed", SECOND, SARAVAN, pakistan("Pakistan"), iran("Iran"), ("nine people", 9),
         ("the deputy governor", "official")),
    Told("It was the answer to a raid on Panjgur in which Iran struck Pakistan on Tuesday.", "struck", FIRST, PANJGUR,
         iran("Iran"), pakistan("Pakistan")),
    Told("Seven people died when Pakistan struck Saravan in Iran on Thursday, state television said.", "struck",
         SECOND, SARAVAN, pakistan("Pakistan"), iran("Iran"), ("Seven people", 7), ("state television", "media")),
    Told("Residents marched in Karachi on Saturday.", "marched", "2024-01-20", KARACHI,
         Side("Residents", "residents", "PAK", "CVL"), type="PROTEST", mode="demo"),
)  # fmt: skip
# title, publisher, day, and the numbers of its sentences
REPORTS = (
    ("Houses hit near Panjgur", "Meridian Wire", "2024-01-17", (0,)),
    ("Strike on a border town", "The Panjgur Post", "2024-01-17", (1,)),
    ("Nine dead in Saravan", "The Harbour Times", "2024-01-18", (2, 3)),
    ("Saravan counts its dead", "Gulf Ledger", "2024-01-18", (4,)),
    ("March in Karachi", "Karachi Courier", "2024-01-21", (5,)),
)


class Quoting:
    """A reader that knows the sentences above, and no others."""

    def read(self, document: Document) -> list[Claim]:
        """The claims of a document, in the order of its text."""
        found = [told.claim(document) for told in SENTENCES if told.text in document.text]
        return sorted(found, key=lambda claim: claim.trigger.start)

    def read_many(self, documents: Iterable[Document]) -> Iterator[tuple[Document, list[Claim] | Failure]]:
        """One after the other."""
        for document in documents:
            yield document, self.read(document)


def reports() -> list[dict[str, str]]:
    """The reports, as a JSON file holds them."""
    return [
        {"title": title, "publisher": publisher, "published": day, "text": " ".join(SENTENCES[n].text for n in told),
         "url": f"https://example.org/{n}"}
        for n, (title, publisher, day, told) in enumerate(REPORTS)
    ]  # fmt: skip


def write_reports(folder: Path) -> None:
    """The reports as files, a JSON document each."""
    folder.mkdir()
    for n, report in enumerate(reports()):
        (folder / f"{n}.json").write_text(json.dumps(report), "utf-8")


def pairs() -> list[tuple[Document, list[Claim]]]:
    """The reports as documents, with their claims."""
    found = []
    for report in reports():
        day = date.fromisoformat(report.pop("published"))
        document = Document.of(report.pop("text"), published=day, **report)
        found.append((document, Quoting().read(document)))
    return found


def fill(ledger: casus.Ledger) -> None:
    """Puts the reports into a ledger, with their claims."""
    ledger.add(*pairs())
