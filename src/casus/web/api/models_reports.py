"""What the API answers with, as OpenAPI tells it: claims, documents, sources, runs, decisions, panels."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from casus.web.api.models import CLAIM, DECISION, DOCUMENT, EVENT, RUN, Day, Model, Moved


class Span(Model):
    """Words of a document: code points of its text, so that text[start:end] is `text`."""

    start: int = Field(examples=[9])
    end: int = Field(examples=[15])
    text: str = Field(examples=["bombed"])


class Participant(Span):
    """A side of a claim."""

    who: str | None = Field(examples=["PAK"])
    sector: str = Field(examples=["MIL"])
    name: str = Field(examples=["Pakistan"])
    actor_id: str | None
    why: str = Field(examples=["a country"])


class Place(Span):
    """Where a claim says it was."""

    name: str = Field(examples=["Saravan"])
    iso3: str | None = Field(examples=["IRN"])
    lat: float | None
    lon: float | None
    place_id: str | None
    admin1: str | None
    precision: str = Field(examples=["exact"])
    why: str


class When(Model):
    """How its days are known, and from which words, if any."""

    start: int | None
    end: int | None
    text: str | None = Field(examples=["Thursday"])
    precision: str = Field(examples=["day"])
    basis: str = Field(examples=["relative"])
    why: str


class Figure(Span):
    """A harm as a claim tells it; null: open."""

    low: int | None = Field(examples=[9])
    high: int | None = Field(examples=[9])
    qualifier: str | None
    group: str | None
    cumulative: bool


class Source(Span):
    """Whom the text names as the origin of a claim."""

    name: str = Field(examples=["the deputy governor"])
    kind: str = Field(examples=["official"])
    who: str | None


class Claim(Model):
    """One statement in one document; docs/reading.md describes the fields. `ledger_event` null: rejected."""

    doc: str = Field(examples=[DOCUMENT])
    id: str = Field(examples=[CLAIM])
    start: int
    end: int
    trigger: str = Field(examples=["bombed"])
    sentence: Span
    region: str = Field(examples=["body"])
    event: str | None
    type: str = Field(examples=["ASSAULT"])
    mode: str | None = Field(examples=["aerial"])
    status: str = Field(examples=["happened"])
    actor: list[Participant]
    recipient: list[Participant]
    place: Place | None
    date: list[Day] | None = Field(examples=[["2024-01-18", "2024-01-18"]])
    when: When
    weapon: Span | None
    killed: Figure | None
    injured: Figure | None
    detained: Figure | None
    displaced: Figure | None
    missing: Figure | None
    source: list[Source]
    background: bool
    aggregate: bool
    confidence: float = Field(examples=[0.93])
    reasons: list[str]
    reader: str
    title: str | None = Field(examples=["Nine dead in Saravan"])
    publisher: str | None = Field(examples=["The Harbour Times"])
    published: Day = Field(examples=["2024-01-18"])
    published_basis: str = Field(examples=["stated"])
    url: str | None = Field(examples=["https://example.org/2"])
    notes: list[str]
    ledger_event: str | None = Field(examples=[EVENT])


class Claims(Model):
    """The claims of an event, by publication."""

    event: str = Field(examples=[EVENT])
    version: int = Field(examples=[1])
    claims: list[Claim]


class Region(Model):
    """A part of a document's text: code points."""

    kind: str = Field(examples=["body"])
    start: int
    end: int


class Document(Model):
    """A report as published, with its text; the fields are those of `casus.Document`."""

    id: str = Field(examples=[DOCUMENT])
    text: str = Field(examples=["Pakistan bombed hideouts near Saravan in Iran on Thursday."])
    title: str | None = Field(examples=["Nine dead in Saravan"])
    url: str | None = Field(examples=["https://example.org/2"])
    publisher: str | None = Field(examples=["The Harbour Times"])
    byline: str | None
    dateline: str | None
    published: Day = Field(examples=["2024-01-18"])
    published_basis: str
    retrieved: str | None
    language: str
    text_sha256: str
    media_type: str
    regions: list[Region]
    syndication_id: str | None
    run_id: str | None
    notes: list[str]
    published_at: str | None
    modified: str | None
    publisher_country: str | None
    form: str
    also_stated: list[dict[str, Any]]
    raw_sha256: str | None
    claims: list[str] = Field(description="Ids of its claims, in the order of its text.", examples=[[CLAIM]])


class Annotations(Model):
    """A W3C AnnotationPage: an annotation for each claim that counts (docs/formats/webannotation.md)."""

    context: str = Field(alias="@context", examples=["http://www.w3.org/ns/anno.jsonld"])
    id: str
    type: str = Field(examples=["AnnotationPage"])
    items: list[dict[str, Any]]


class Reason(Model):
    """What speaks for (weight above 0) or against one event."""

    feature: str = Field(examples=["days"])
    weight: float = Field(examples=[1.2])
    words: str = Field(examples=["the same day"])


class Why(Model):
    """Why two claims are, or are not, one event; the score is in log-odds."""

    claims: list[str] = Field(examples=[[CLAIM, "clm_89e0eea3"]])
    same_event: bool
    compared: bool
    score: float = Field(examples=[3.1])
    reasons: list[Reason]
    decided: list[str]
    note: str = Field(examples=["the pair itself speaks for it"])


class Decision(Model):
    """What a person decided; `stands`: nothing has taken it back."""

    id: str = Field(examples=[DECISION])
    at: str = Field(examples=["2024-01-19T08:00:00+00:00"])
    by: str = Field(examples=["ana"])
    action: str = Field(examples=["settle"])
    subjects: list[str] = Field(examples=[[EVENT]])
    field: str | None = Field(examples=["killed"])
    before: str | None
    after: str | None = Field(examples=["9"])
    reason: str = Field(examples=["the hospital's list"])
    revokes: str | None
    stands: bool


class Decisions(Model):
    """Decisions, the last one first; `total` is how many there are."""

    decisions: list[Decision]
    total: int


class Made(Moved):
    """A decision that was just made, and the events that it moved."""

    decision: Decision


class Run(Model):
    """A run of adding or reading anew; `failures` are those still open."""

    id: str = Field(examples=[RUN])
    at: str = Field(examples=["2024-01-19T08:00:00+00:00"])
    recipe: dict[str, str]
    counts: dict[str, int] = Field(examples=[{"documents": 12, "claims": 222}])
    inputs_digest: str
    finished: bool
    failures: int


class Runs(Model):
    """Runs, the last one first; `next` is `before` of the page behind this one, null at the end."""

    runs: list[Run]
    next: int | None


class Failure(Model):
    """What could not be read."""

    item: str
    stage: str = Field(examples=["intake"])
    code: str = Field(examples=["language"])
    message: str
    hint: str


class Added(Moved):
    """What came of posted reports: ids of documents that are new and that the ledger held already."""

    run: str | None = Field(examples=[RUN])
    new: list[str] = Field(examples=[[DOCUMENT]])
    known: list[str]
    claims: int = Field(examples=[2])
    failures: list[Failure]


class Actor(Model):
    """A side of events, under the name that the ledger uses."""

    who: str = Field(examples=["PAK"])
    as_actor: int = Field(description="Events of which it is an actor.", examples=[5])
    as_recipient: int = Field(examples=[7])
    first: Day
    last: Day


class ListedPlace(Model):
    """A place of events. lat and lon stand amid it where `precision` is no better than a district."""

    name: str = Field(examples=["Saravan"])
    iso3: str | None = Field(examples=["IRN"])
    admin1: str | None
    precision: str = Field(examples=["exact"])
    events: int = Field(examples=[3])
    first: Day
    last: Day
    lat: float | None
    lon: float | None


class NamedSource(Model):
    """Whom texts name as a source."""

    name: str = Field(examples=["the deputy governor"])
    kind: str = Field(examples=["official"])
    claims: int
    documents: int
    publishers: int


class Publisher(Model):
    """Who printed documents; `copies` are near-copies of other documents, `alone` events that nobody else tells."""

    name: str | None = Field(examples=["The Harbour Times"])
    documents: int
    copies: int
    claims: int
    events: int
    alone: int
    first: Day
    last: Day


class Actors(Model):
    """Actors, those of most events first."""

    actors: list[Actor]
    total: int


class Places(Model):
    """Places, those of most events first."""

    places: list[ListedPlace]
    total: int


class Sources(Model):
    """Sources, those of most claims first, and publishers, those of most documents first."""

    sources: list[NamedSource]
    sources_total: int
    publishers: list[Publisher]
    publishers_total: int


class PanelRows(Model):
    """A panel: what it counts and leaves out in `about`, and its rows (docs/panels.md)."""

    about: dict[str, Any]
    rows: list[dict[str, Any]]


class Dyad(Model):
    """Two sides, what each did to the other in each period in which anything happened, and what was left out."""

    a: str = Field(examples=["IRN"])
    b: str = Field(examples=["PAK"])
    events: dict[str, int] = Field(examples=[{"a_to_b": 4, "b_to_a": 2}])
    about: dict[str, Any]
    rows: list[dict[str, Any]]


class Health(Model):
    """That it answers; the rest only to who may read."""

    status: str = Field(examples=["ok"])
    version: str | None = Field(None, examples=["casus-events 0.1.0"])
    step: int | None = Field(None, examples=[12])
    at: str | None = Field(None, description="When the ledger was last changed.")
    counts: dict[str, int] | None = Field(None, examples=[{"documents": 12, "claims": 222, "events": 87}])
