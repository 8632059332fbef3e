"""JSON lines with all that the ledger holds: events and claims as `--json` gives them, contradictions, documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from casus.export.cells import batches
from casus.export.job import Job, Written
from casus.fields import claim_fields, conflict_fields, event_fields, in_a_line
from casus.ledger.streams import claim_stream, document_stream, event_stream
from casus.records import to_json


def write(job: Job, out: BinaryIO) -> Written:
    """A line for each event, claim, contradiction (with its options) or document."""
    n = 0
    for some in batches(job.ticking(_objects(job)), 500):
        out.write("".join(f"{in_a_line(fields)}\n" for fields in some).encode())
        n += len(some)
    return Written({job.table: n})


def _objects(job: Job) -> Iterator[dict[str, Any]]:
    ledger, asked = job.ledger, job.asked
    if job.table == "claims":
        return _claims(job)
    if job.table == "documents":
        left_out = () if job.options.with_text else ("text",)
        return ({k: v for k, v in to_json(d).items() if k not in left_out} for d in document_stream(ledger, asked))
    events = event_stream(ledger, asked)
    if job.table == "conflicts":
        return ({"event": e.id, **conflict_fields(conflict)} for e in events for conflict in e.conflicts)
    return (event_fields(event) for event in events)


def _claims(job: Job) -> Iterator[dict[str, Any]]:
    for document, claim, event in claim_stream(job.ledger, job.asked):
        fields = claim_fields(document, claim) | {"ledger_event": event}
        yield fields | ({"document_text": document.text} if job.options.with_text else {})
