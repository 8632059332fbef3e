"""Web pages and plain text: one report, or the entries of a live blog."""

from __future__ import annotations

from collections.abc import Iterator

from casus.intake.build import Source, of_page, of_text, text_of
from casus.intake.formats import Intake, Made
from casus.intake.kinds import is_html
from casus.intake.raw import Known, Raw
from casus.records import Document


def read(raw: Raw, intake: Intake) -> Iterator[Made]:
    """The report in a page or a text."""
    data = raw.data(intake.given.limit)
    yield from page(data, raw.name, raw.known, intake)


def page(data: bytes, name: str, known: Known, intake: Intake) -> Iterator[Made]:
    """The documents of a page or a text whose bytes are in memory."""

    def make() -> list[Document]:
        text, source = text_of(data, Source(name, known, intake.given))
        return of_page(text, source) if is_html(text, name) else [of_text(text, source)]

    yield from intake.item(name, data, known, make)
