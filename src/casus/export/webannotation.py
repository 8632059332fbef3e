"""Claims as W3C Web Annotations: one AnnotationPage in JSON-LD, an annotation a line, whose targets are the words.

After the Web Annotation Data Model (W3C Recommendation, 23 February 2017). The target is the sentence that makes the
claim, refined to the words that tell the deed. Positions are code points of the text that Casus keeps of the document
(`state` names it); the quote finds the sentence in the page itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, BinaryIO

from casus.export.cells import batches
from casus.export.columns import made_by
from casus.export.job import Job, Written
from casus.fields import claim_fields, in_a_line
from casus.ledger.flat import last_step
from casus.ledger.streams import claim_stream
from casus.records import Claim, Document, Span

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
# of a claim's fields, those that another part of the annotation tells, or that are of its document
_ELSEWHERE = (
    "doc", "id", "start", "end", "trigger", "sentence", "title", "publisher", "published", "published_basis", "url",
    "notes",
)  # fmt: skip
_WEB = re.compile(r"https?://[^\s<>\"{}|\\^`]+", re.IGNORECASE)


def write(job: Job, out: BinaryIO) -> Written:
    """The page; rejected claims are left out."""
    n = 0
    head = {"@context": CONTEXT, "id": _page_id(job), "type": "AnnotationPage"}
    out.write(f'{in_a_line(head)[:-1]}, "items": ['.encode())
    for some in batches(job.ticking(_annotations(job)), 500):
        out.write(((",\n" if n else "\n") + ",\n".join(map(in_a_line, some))).encode())
        n += len(some)
    out.write(b"\n]}\n")
    return Written({"annotations": n})


def _page_id(job: Job) -> str:
    """Another for another state of the ledger, and for another question to it."""
    asked = f"{last_step(job.ledger)} {job.asked}"
    return urn(f"page_{sha256(asked.encode()).hexdigest()[:20]}")


def urn(id_: str) -> str:
    """The name of something in a ledger as an IRI."""
    return f"urn:casus:{id_}"


def _annotations(job: Job) -> Iterator[dict[str, Any]]:
    for document, claim, event in claim_stream(job.ledger, job.asked):
        if event is not None:
            yield annotation(document, claim, event)


def annotation(document: Document, claim: Claim, event: str) -> dict[str, Any]:
    """The claim of an event as an annotation of its document."""
    return {
        "id": urn(claim.id),
        "type": "Annotation",
        "motivation": ["classifying", "linking"],
        "generator": {"id": "https://pypi.org/project/casus-events/", "type": "Software", "name": made_by()},
        "body": _bodies(document, claim, event),
        "target": _target(document, claim),
    }


def _bodies(document: Document, claim: Claim, event: str) -> list[dict[str, Any]]:
    """Tags for people, all fields for programs, and the event."""
    tags = [claim.type, claim.mode, claim.status]
    fields = {name: value for name, value in claim_fields(document, claim).items() if name not in _ELSEWHERE}
    told = {"type": "TextualBody", "purpose": "describing", "format": "application/json", "value": in_a_line(fields)}
    return [
        *({"type": "TextualBody", "purpose": "tagging", "value": tag} for tag in tags if tag),
        told,
        {"type": "SpecificResource", "purpose": "linking", "source": urn(event)},
    ]


def _target(document: Document, claim: Claim) -> dict[str, Any]:
    sentence, trigger = claim.sentence, claim.trigger
    at, end = trigger.start - sentence.start, trigger.end - sentence.start
    quote = _quote(sentence) | {"refinedBy": _quote(Span.cut(sentence.exact, at, end))}
    position = _position(sentence.start, sentence.end) | {"refinedBy": _position(at, end)}
    source: dict[str, Any] = {
        "id": document.url if document.url and _WEB.fullmatch(document.url) else urn(document.id),
        "type": "Text",
        "language": document.language,
    }
    if document.title:
        source["label"] = document.title
    state: dict[str, Any] = {"type": "TimeState", "cached": urn(document.id)}
    if document.retrieved:
        state["sourceDate"] = document.retrieved
    return {"type": "SpecificResource", "source": source, "state": state, "selector": [quote, position]}


def _quote(span: Span) -> dict[str, Any]:
    return {"type": "TextQuoteSelector", "exact": span.exact, "prefix": span.prefix, "suffix": span.suffix}


def _position(start: int, end: int) -> dict[str, Any]:
    return {"type": "TextPositionSelector", "start": start, "end": end}
