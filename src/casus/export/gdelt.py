"""Events and mentions in the shape of GDELT 2.0: tab-separated, no row of headings, one row an event and one a claim.

No cell holds a tab, a line break or a double quote, so every reader finds 61 columns, or 16, whatever it takes quotes
for. Integer ids come from the ledger's own list of numbers (`ledger.numbers`) and never move. Each mention carries in
`Extras` what GDELT has no column for. docs/formats/gdelt.md tells of every column.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from casus.export.cells import batches
from casus.export.gdelt_rows import Value, event_cells, mention_cells
from casus.export.job import Job, Written
from casus.export.paired import Left, Paired, paired, wanted_status
from casus.ledger import numbers
from casus.reader.sentences import split
from casus.records import Document

KIND = "gdelt"  # of the ledger's numbers
PAGE = 200  # events whose claims and documents are held at once


def write(job: Job, out: BinaryIO) -> Written:
    """The rows of the table that is asked for: events, or mentions."""
    left, n = Left(), 0
    rows = _mentions(job, left) if job.options.table == "mentions" else _events(job, left)
    for some in batches(rows):
        out.write("".join("\t".join(map(_cell, row)) + "\n" for row in some).encode())
        n += len(some)
    return Written({job.options.table or "events": n}, (*left.notes(), *_notes(job)))


def _notes(job: Job) -> tuple[str, ...]:
    status = wanted_status(job)
    if status == "happened":
        return ()
    return (f"GDELT has no column that tells events that are {status} from those that happened; Extras of mentions do",)


def _events(job: Job, left: Left) -> Iterator[tuple[Value, ...]]:
    return (event_cells(n, told) for n, told in _numbered(job, left))


def _mentions(job: Job, left: Left) -> Iterator[tuple[Value, ...]]:
    # the claims of a document stand in several events, mostly near one another
    known: dict[str, list[int]] = {}
    for n, told in _numbered(job, left):
        if len(known) > PAGE:
            known.clear()
        for document, claim in told.claims:
            if document.id not in known:
                known[document.id] = _starts(document)
            yield mention_cells(n, told, document, claim, known[document.id])


def _starts(document: Document) -> list[int]:
    """Where the sentences of the document start."""
    return [sentence.start for sentence in split(document.text, document.regions or None)]


def _numbered(job: Job, left: Left) -> Iterator[tuple[int, Paired]]:
    """The events with their numbers; a number that is given is kept in the ledger for good. Sums and spans count what
    other rows count, so they are left out unless they are asked for."""
    for some in batches(paired(job, left, umbrellas=job.asked.umbrella is True), PAGE):
        given = numbers.of(job.ledger, KIND, [told.event.id for told in some])
        yield from ((given[told.event.id], told) for told in some)


def _cell(value: Value) -> str:
    return "" if value is None else str(value)
