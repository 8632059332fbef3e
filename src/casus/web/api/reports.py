"""/claims, /documents and their annotations, /explain, and posting reports."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.exceptions import HTTPException

from casus.errors import EncodingError
from casus.export.webannotation import CONTEXT, annotation, urn
from casus.fields import claim_fields
from casus.jsonl import why_line
from casus.notebook.desk import Desk
from casus.records import to_json
from casus.web.access import principal_of
from casus.web.answering import answer, body
from casus.web.api import models_reports as models
from casus.web.api.models import READ, WRITE, errors
from casus.web.api.paths import ClaimId, ClaimQuery, DocumentId
from casus.web.asked import Day
from casus.web.desks import web_of
from casus.web.posting import MOST_REPORTS, add_reports, outcome

router = APIRouter(tags=["reports"])
ANNOTATIONS = 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"'


@router.get("/claims/{id}", response_model=models.Claim, responses=READ)
def claim(request: Request, id: ClaimId) -> Response:
    """The claim of that id, with the words behind each of its values and the event that it is in."""

    def build(desk: Desk) -> dict[str, Any]:
        found = desk.ledger.claim(id)
        event = desk.ledger.event_of(found.id)
        fields = claim_fields(desk.ledger.document(found.document_id), found)
        return fields | {"ledger_event": event.id if event else None}

    return answer(request, build)


@router.get("/documents/{id:path}/annotations", response_model=models.Annotations, responses=READ)
def annotations_of(request: Request, id: DocumentId) -> Response:
    """The claims of a document as W3C Web Annotations of its words; those that a person rejected are left out."""

    def build(desk: Desk) -> dict[str, Any]:
        document = desk.ledger.document(id)
        held = [(c, desk.ledger.event_of(c.id)) for c in desk.ledger.claims_in(document.id)]
        items = [annotation(document, c, event.id) for c, event in held if event is not None]
        return {"@context": CONTEXT, "id": urn(f"{document.id}/annotations"), "type": "AnnotationPage", "items": items}

    return answer(request, build, media_type=ANNOTATIONS)


@router.get("/documents/{id:path}", response_model=models.Document, responses=READ)
def document(request: Request, id: DocumentId) -> Response:
    """A report with its text, and the ids of its claims."""

    def build(desk: Desk) -> dict[str, Any]:
        found = desk.ledger.document(id)
        return {**to_json(found), "claims": [c.id for c in desk.ledger.claims_in(found.id)]}

    return answer(request, build)


@router.get("/explain", response_model=models.Why, responses=READ)
def explain(request: Request, a: ClaimQuery, b: ClaimQuery) -> Response:
    """Why two claims are, or are not, one event."""
    return answer(request, lambda desk: orjson.loads(why_line(desk.ledger.why(a, b))))


class Given(BaseModel):
    """What is said of a report. What is not known is left out; without `published`, words like "Tuesday" stay
    undated."""

    model_config = ConfigDict(extra="forbid")

    title: str | None = Field(None, max_length=2000, examples=["Hideouts bombed near Saravan"])
    publisher: str | None = Field(None, max_length=500, examples=["The Harbour Times"])
    published: Day = Field(None, examples=["2024-01-18"])
    url: str | None = Field(None, max_length=4000, description="Kept, never opened.", examples=["https://example.org"])


class Report(Given):
    """A report."""

    text: str = Field(
        min_length=1, examples=["Pakistan bombed hideouts near Saravan in Iran on Thursday, the deputy governor said."]
    )


class Reports(BaseModel):
    """Some of them."""

    model_config = ConfigDict(extra="forbid")

    documents: list[Report] = Field(min_length=1, max_length=MOST_REPORTS)


_POSTED: TypeAdapter[Report | Reports] = TypeAdapter(Report | Reports)
_SCHEMA = _POSTED.json_schema(ref_template="#/components/schemas/{model}")
# the parts of what may be posted, as OpenAPI has them
SCHEMAS: dict[str, Any] = _SCHEMA.pop("$defs")
_BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": _SCHEMA},
        "text/plain": {"schema": {"type": "string"}},
    },
}


@router.post(
    "/documents", response_model=models.Added, status_code=HTTPStatus.CREATED,
    responses=WRITE | errors(415), openapi_extra={"requestBody": _BODY},
)  # fmt: skip
async def post_documents(request: Request, given: Annotated[Given, Query()]) -> Response:
    """Reads reports and adds them; for the role admin. 201 where one is new, 200 where all were known.

    One report as JSON, some as `{"documents": [...]}`, or the text of one as text/plain with the rest in the address.
    The answer comes when they are read, a third of a second each. One that cannot be read stops no other.
    """
    principal_of(request).require("admin")
    some = _posted(request.headers.get("content-type", ""), await request.body(), given)
    run = await add_reports(web_of(request), [one.model_dump(mode="json", exclude_none=True) for one in some])
    made = body(outcome(run) | {"new": run.new, "known": run.known})
    return Response(made, HTTPStatus.CREATED if run.new else HTTPStatus.OK, media_type="application/json")


def _posted(media_type: str, data: bytes, given: Given) -> list[Report]:
    """The reports of a body. Raises HTTPException, RequestValidationError, EncodingError."""
    kind = media_type.partition(";")[0].strip().lower()
    if kind not in ("application/json", "text/plain"):
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "reports are taken as application/json or text/plain")
    try:
        if kind == "text/plain":
            return [Report(text=data.decode(), **given.model_dump())]
        found = _POSTED.validate_json(data)
    except UnicodeDecodeError as error:
        raise EncodingError("the text is not UTF-8") from error
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error
    return found.documents if isinstance(found, Reports) else [found]
