"""/decisions: what people decided, deciding, and taking it back."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from casus.events import Decision
from casus.ledger.changing import Decided
from casus.ledger.lists import decided, decision_of
from casus.notebook.desk import Desk
from casus.records import to_json
from casus.web.access import principal_of
from casus.web.answering import answer, body
from casus.web.api.models import CLAIM, EVENT, READ, WRITE
from casus.web.api.models_reports import Decision as DecisionModel
from casus.web.api.models_reports import Decisions, Made
from casus.web.api.paths import DecisionId, Limit, Offset
from casus.web.deciding import Wish, decide, revoke
from casus.web.desks import Web, web_of

router = APIRouter(tags=["decisions"])
Id = Annotated[str, Field(min_length=1, max_length=200, examples=[EVENT])]
ClaimIdField = Annotated[str, Field(min_length=1, max_length=200, examples=[CLAIM])]
Version = Annotated[int, Field(ge=1, le=10**9, description="That of the event when you looked at it.", examples=[1])]
Value = Annotated[str, Field(min_length=1, max_length=1000, examples=["9"])]
Reason = Annotated[str, Field(max_length=4000, examples=["the hospital's list"])]


class _Wanted(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason = ""


class Merge(_Wanted):
    """Two events are one."""

    action: Literal["merge"]
    event: Id
    version: Version
    other: Id
    other_version: Version

    def wish(self) -> Wish:
        """As it is decided."""
        return Wish("merge", self.event, self.version, self.other, self.other_version, reason=self.reason)


class Split(_Wanted):
    """These claims of the event are another event."""

    action: Literal["split"]
    event: Id
    version: Version
    claims: list[ClaimIdField] = Field(min_length=1, max_length=1000)

    def wish(self) -> Wish:
        """As it is decided."""
        return Wish("split", self.event, self.version, claims=tuple(self.claims), reason=self.reason)


class Reject(_Wanted):
    """A claim of the event counts for nothing."""

    action: Literal["reject"]
    event: Id
    version: Version
    claim: ClaimIdField

    def wish(self) -> Wish:
        """As it is decided."""
        return Wish("reject", self.event, self.version, claims=(self.claim,), reason=self.reason)


class Set(_Wanted):
    """What a field of the event holds; docs/ledger.md says which fields, and how values are written."""

    action: Literal["set"]
    event: Id
    version: Version
    field: Annotated[str, Field(max_length=50, examples=["killed"])]
    value: Value

    def wish(self) -> Wish:
        """As it is decided."""
        return Wish("set", self.event, self.version, field=self.field, value=self.value, reason=self.reason)


class Settle(_Wanted):
    """Which option of a contradiction of the event holds."""

    action: Literal["settle"]
    event: Id
    version: Version
    kind: Annotated[str, Field(max_length=50, examples=["killed"])]
    value: Value

    def wish(self) -> Wish:
        """As it is decided."""
        return Wish("settle", self.event, self.version, field=self.kind, value=self.value, reason=self.reason)


class Rename(_Wanted):
    """An actor goes by another name, in all events."""

    action: Literal["rename"]
    before: Annotated[str, Field(min_length=1, max_length=300, examples=["IRN"])]
    after: Annotated[str, Field(min_length=1, max_length=300, examples=["Iran's army"])]

    def wish(self) -> Wish:
        """As it is decided."""
        return Wish("rename", before=self.before, value=self.after, reason=self.reason)


class Revoke(_Wanted):
    """Why it is taken back."""


Wanted = Annotated[Merge | Split | Reject | Set | Settle | Rename, Field(discriminator="action")]
_EXAMPLE = {"action": "settle", "event": EVENT, "version": 1, "kind": "killed", "value": "9"}


@router.get("/decisions", response_model=Decisions, responses=READ)
def decisions(request: Request, limit: Limit = 100, offset: Offset = 0) -> Response:
    """What people decided, the last one first."""

    def build(desk: Desk) -> dict[str, Any]:
        every = decided(desk.ledger)[::-1]
        return {"decisions": [_told(*one) for one in every[offset : offset + limit]], "total": len(every)}

    return answer(request, build)


@router.get("/decisions/{id}", response_model=DecisionModel, responses=READ)
def decision(request: Request, id: DecisionId) -> Response:
    """One of them."""
    return answer(request, lambda desk: _told(*decision_of(desk.ledger, id)))


@router.post("/decisions", response_model=Made, status_code=HTTPStatus.CREATED, responses=WRITE)
def post_decision(request: Request, wanted: Annotated[Wanted, Body(examples=[_EXAMPLE])]) -> Response:
    """Decides; for the roles review and admin. It is written down under the name of the token, and can be taken back.

    409 where an event is not of the version given any more: look again, and decide again.
    """
    web = web_of(request)
    return _made(web, decide(web, principal_of(request), wanted.wish()))


@router.post("/decisions/{id}/revoke", response_model=Made, status_code=HTTPStatus.CREATED, responses=WRITE)
def post_revoke(request: Request, id: DecisionId, why: Annotated[Revoke | None, Body()] = None) -> Response:
    """Takes a decision back, by another decision, which can itself be taken back. 409 where somebody has done it."""
    web = web_of(request)
    return _made(web, revoke(web, principal_of(request), id, why.reason if why else ""))


def _made(web: Web, made: Decided) -> Response:
    with web.reading() as desk:
        told = _told(*decision_of(desk.ledger, made.decision))
    moved = made.changes
    said = {"founded": moved.founded, "changed": moved.changed, "ended": moved.ended, "decision": told}
    headers = {"Location": f"/api/1/decisions/{made.decision}"}
    return Response(body(said), HTTPStatus.CREATED, headers, "application/json")


def _told(decision: Decision, stands: bool) -> dict[str, Any]:
    return {**to_json(decision), "stands": stands}
