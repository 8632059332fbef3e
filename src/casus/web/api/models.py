"""What the API answers with, as OpenAPI tells it: events, their figures and contradictions, and pages of them.

Answers are made of `casus.fields`, whose names these are; a test holds the two together.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

EVENT = "evt_63c8eaf3ae243cb3431c"
CLAIM = "clm_c96221a0d2f1b7a4c3e5"
DOCUMENT = "doc_5b1e0f7a9c3d2e4f6a8b"
DECISION = "dec_1f2e3d4c5b6a79880716"
RUN = "run_0a1b2c3d4e5f60718293"
Day = str | None


class Model(BaseModel):
    """One that says all that there is."""

    model_config = ConfigDict(extra="forbid")


class Problem(Model):
    """What went wrong (RFC 9457), with the code, message and hint that the command line has, too."""

    type: str = Field(examples=["urn:casus:problem:unknown-id"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["there is no event 'evt_00'"])
    code: str = Field(examples=["unknown-id"])
    hint: str = Field(examples=["`casus events` lists what the ledger holds"])


class EventSide(Model):
    """An actor or recipient of an event; `who` is an ISO 3166 code for a state and its organs, else a name."""

    who: str | None = Field(examples=["PAK"])
    sector: str = Field(examples=["MIL"])
    name: str = Field(examples=["Pakistan"])
    claims: list[str]


class EventPlace(Model):
    """Where it happened, WGS 84; `rule` says how it was chosen. A point of a province or country stands amid it."""

    name: str = Field(examples=["Saravan"])
    iso3: str | None = Field(examples=["IRN"])
    lat: float | None = Field(examples=[27.37])
    lon: float | None = Field(examples=[62.33])
    place_id: str | None = Field(examples=["1159456"])
    admin1: str | None = Field(examples=["Sistan and Baluchestan"])
    precision: str = Field(examples=["exact"])
    rule: str = Field(examples=["most independent voices"])
    claims: list[str]


class EventWhen(Model):
    """How its days are known."""

    precision: str = Field(examples=["day"])
    rule: str = Field(examples=["most independent voices"])
    claims: list[str]


class EventFigure(Model):
    """A harm as a range; null within is open."""

    low: int | None = Field(examples=[2])
    best: int | None = Field(examples=[9])
    high: int | None = Field(examples=[10])
    rule: str = Field(examples=["most independent voices"])
    claims: list[str]


class Voice(Model):
    """Who says it; kind null: the report's own publisher."""

    name: str = Field(examples=["the deputy governor"])
    kind: str | None = Field(examples=["official"])


class Option(Model):
    """One of the values that cannot all be true."""

    value: str = Field(examples=["9"])
    independent_n: int = Field(examples=[3])
    voices: list[Voice]
    latest: Day = Field(examples=["2024-01-18"])
    claims: list[str]


class Conflict(Model):
    """A contradiction: open, settled by a person, who chose `chosen`, or superseded by later tolls."""

    kind: str = Field(examples=["killed"])
    state: str = Field(examples=["open"])
    chosen: str | None = Field(examples=[None])
    options: list[Option]


class EventConflict(Conflict):
    """A contradiction, and the event that it is of."""

    event: str = Field(examples=[EVENT])
    version: int = Field(examples=[1])
    line: str = Field(examples=["Pakistan attacked Iran in Saravan, 18 January 2024: 9 killed (2-10)"])


class Event(Model):
    """What Casus holds to have happened; docs/ledger.md describes the fields."""

    id: str = Field(examples=[EVENT])
    version: int = Field(examples=[1])
    line: str = Field(examples=["Pakistan attacked Iran in Saravan, 18 January 2024: 9 killed (2-10)"])
    type: str = Field(examples=["ASSAULT"])
    types: list[str] = Field(examples=[["ASSAULT"]])
    mode: str | None = Field(examples=["aerial"])
    status: str = Field(examples=["happened"])
    actor: list[EventSide]
    recipient: list[EventSide]
    place: EventPlace | None
    date: list[Day] | None = Field(examples=[["2024-01-18", "2024-01-18"]])
    when: EventWhen
    killed: EventFigure | None
    injured: EventFigure | None
    detained: EventFigure | None
    displaced: EventFigure | None
    missing: EventFigure | None
    umbrella: bool
    reports_n: int = Field(examples=[9])
    publishers_n: int = Field(examples=[8])
    independent_n: int = Field(examples=[7])
    conflicts: list[Conflict]
    responds_to: list[str]
    review: list[str] = Field(examples=[["one publisher only"]])
    claims: list[str] = Field(examples=[[CLAIM]])
    changed_at: str = Field(examples=[RUN])


class EventPage(Model):
    """Events by their first day, undated ones last. `next` is the `cursor` of the page behind this one, null at the
    end; `total` how many events there are on all pages, told on the first one."""

    events: list[Event]
    next: str | None = Field(examples=["WyIyMDI0LTAxLTE4IiwiZXZ0XzYzYzhlYWYzIl0"])
    total: int | None = Field(examples=[3])


class ConflictPage(Model):
    """Contradictions in the order of their events. A page may hold few, or none, and still have a `next`."""

    conflicts: list[EventConflict]
    next: str | None = Field(examples=[None])


class Version(Model):
    """A version of an event, and the step of the ledger that made it; `event` null: it ended."""

    step: int = Field(examples=[1])
    at: str = Field(examples=["2024-01-19T08:00:00+00:00"])
    kind: str = Field(examples=["add"])
    cause: str = Field(examples=[RUN])
    words: str = Field(examples=["founded"])
    version: int = Field(examples=[1])
    event: Event | None


class History(Model):
    """Every version of an event, the first one first."""

    event: str = Field(examples=[EVENT])
    versions: list[Version]


class Moved(Model):
    """Ids of the events that were founded, changed and ended."""

    founded: list[str]
    changed: list[str] = Field(examples=[[EVENT]])
    ended: list[str]


class Change(Model):
    """A version of an event, and how it came to be; docs/http.md says what each kind means."""

    step: int = Field(examples=[2])
    at: str = Field(examples=["2024-01-19T08:00:00+00:00"])
    event_id: str = Field(examples=[EVENT])
    version: int = Field(examples=[2])
    kind: str = Field(examples=["changed"])
    others: str | None
    words: str = Field(examples=["changed figures, conflicts"])
    cause: str = Field(examples=[DECISION])
    action: str | None = Field(examples=["settle"])
    by: str | None = Field(examples=["ana"])
    reason: str | None = Field(examples=["the hospital's list"])


class ChangePage(Model):
    """What became of events after a step. Ask again with `since` = `last`; `more`: there is more to be had now."""

    changes: list[Change]
    last: int = Field(examples=[2])
    more: bool


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says of the problems of a route."""
    told = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    words = {
        304: "The client has it.", 400: "It makes no sense.", 401: "It takes a token.", 403: "The role does not go so "
        "far, or another site asks.", 404: "There is none.", 409: "The event is not as it was.", 413: "Too large.",
        415: "Of another type.", 422: "Not of this form.", 429: "Too often.", 500: "Our mistake.",
        503: "Busy: try again.",
    }  # fmt: skip
    return {s: {"description": words[s]} | ({} if s == 304 else {"content": told}) for s in statuses}


READ = errors(304, 400, 401, 403, 404, 422, 503)
WRITE = errors(400, 401, 403, 404, 409, 413, 422, 429, 503)
