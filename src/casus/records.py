"""The records that pass between stages: frozen, typed, checked when they are built.

Offsets are code points into `Document.text`. Unknown is None, with the reason beside it.
"""

from __future__ import annotations

from dataclasses import InitVar, asdict, dataclass, field
from datetime import date
from typing import Any, Literal, get_args

from casus.errors import RecordError, SpanError
from casus.ids import content_id, text_sha256

RegionKind = Literal["title", "lead", "body", "caption", "boilerplate"]
Status = Literal["happened", "denied", "planned", "hypothetical"]
Sector = Literal[
    "GOV", "MIL", "COP", "SPY", "JUD", "LEG", "PTY", "OPP", "REB", "UAF", "CVL", "MED", "REF", "REL",
    "BUS", "LAB", "EDU", "IGO", "NGO", "UNK",
]  # fmt: skip
PlacePrecision = Literal["exact", "near", "adm2", "adm1", "country", "region", "unknown"]
DatePrecision = Literal["day", "week", "month", "season", "year", "range", "unknown"]
DateBasis = Literal["stated", "relative", "publication", "none"]
PublishedBasis = Literal["given", "json-ld", "meta", "feed", "url", "text", "none"]
# what a document is: one report; one entry of a live blog; several reports or entries that could not be told apart
Form = Literal["report", "live-entry", "live-blog", "round-up", "newsletter"]
StatedField = Literal["title", "published", "modified", "publisher", "byline", "url"]
Measure = Literal["killed", "injured", "detained", "displaced", "missing"]
SourceKind = Literal[
    "official", "military", "armed-group", "media", "witness", "activist", "igo", "ngo", "expert",
    "unnamed", "other",
]  # fmt: skip

# how many characters before and after a quote are kept, so that it can be found again in another copy
CONTEXT_CHARS = 32


# looked up for every record that is built, so taken apart once
_REGION_KINDS, _STATUSES, _SECTORS = get_args(RegionKind), get_args(Status), get_args(Sector)
_PLACE_PRECISIONS, _DATE_PRECISIONS, _DATE_BASES = (
    get_args(PlacePrecision),
    get_args(DatePrecision),
    get_args(DateBasis),
)
_PUBLISHED_BASES, _MEASURES, _SOURCE_KINDS = get_args(PublishedBasis), get_args(Measure), get_args(SourceKind)
_FORMS, _STATED_FIELDS = get_args(Form), get_args(StatedField)


def _one_of(what: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise RecordError(f"{what} cannot be {value!r}", f"one of {', '.join(allowed)}")


@dataclass(frozen=True, slots=True)
class Span:
    """Words and where they stand. `text[start:end] == exact`, or it cannot be built (SpanError)."""

    text: InitVar[str]
    start: int
    end: int
    exact: str
    prefix: str = ""
    suffix: str = ""

    def __post_init__(self, text: str) -> None:
        if not 0 <= self.start < self.end <= len(text):
            raise SpanError(f"span {self.start}:{self.end} is empty or outside a text of length {len(text)}")
        if text[self.start : self.end] != self.exact:
            raise SpanError(f"text[{self.start}:{self.end}] is not {self.exact!r}")
        if not text.endswith(self.prefix, 0, self.start) or not text.startswith(self.suffix, self.end):
            raise SpanError(f"the words around {self.start}:{self.end} are not those recorded")

    @classmethod
    def cut(cls, text: str, start: int, end: int) -> Span:
        """The span of `text[start:end]`, with its surroundings."""
        before, after = text[max(0, start - CONTEXT_CHARS) : start], text[end : end + CONTEXT_CHARS]
        return cls(text, start, end, text[start:end], before, after)


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of a document and what it is; regions do not overlap and stand in order."""

    kind: RegionKind
    start: int
    end: int
    # a caption's or an entry's own date, where it has one; the reader anchors its words on it
    dated: date | None = None

    def __post_init__(self) -> None:
        _one_of("region kind", self.kind, _REGION_KINDS)
        if not 0 <= self.start < self.end:
            raise RecordError(f"region {self.start}:{self.end} is empty")


@dataclass(frozen=True, slots=True)
class Stated:
    """Another value of a document's field, which another part of its source states: the tags say Thursday, the address
    Wednesday. `basis` is that part."""

    field: StatedField
    value: str
    basis: PublishedBasis

    def __post_init__(self) -> None:
        _one_of("field", self.field, _STATED_FIELDS)
        _one_of("basis", self.basis, _PUBLISHED_BASES)


@dataclass(frozen=True, slots=True)
class Document:
    """One report as published, immutable. `published_basis` says where the date was found.

    `published` is the day where it was published, `published_at` the moment with its offset from UTC, where one is
    stated (ISO 8601), `modified` the day or moment of the last change. `raw_sha256` is the digest of the bytes that the
    document was made of: the page, the line of a table. `also_stated` keeps what contradicts the fields.
    """

    id: str
    text: str
    title: str | None = None
    url: str | None = None
    publisher: str | None = None
    byline: str | None = None
    dateline: str | None = None
    published: date | None = None
    published_basis: PublishedBasis = "none"
    retrieved: str | None = None
    language: str = "en"
    text_sha256: str = ""
    media_type: str = "text/plain"
    regions: tuple[Region, ...] = ()
    syndication_id: str | None = None
    run_id: str | None = None
    # what intake noticed and a person should know ("published date lies in the future")
    notes: tuple[str, ...] = ()
    published_at: str | None = None
    modified: str | None = None
    # ISO 3166 alpha-3 of the country that the publisher is of, not of what it writes about
    publisher_country: str | None = None
    form: Form = "report"
    also_stated: tuple[Stated, ...] = ()
    raw_sha256: str | None = None

    def __post_init__(self) -> None:
        _one_of("published_basis", self.published_basis, _PUBLISHED_BASES)
        _one_of("form", self.form, _FORMS)
        if self.text_sha256 != text_sha256(self.text):
            raise RecordError(f"text_sha256 of {self.id} is not that of its text")
        if (self.published is None) != (self.published_basis == "none"):
            raise RecordError("a published date needs a basis, and no date has none")
        at = 0
        for region in self.regions:
            if region.start < at or region.end > len(self.text):
                raise RecordError(f"region {region.start}:{region.end} overlaps another or leaves the text")
            at = region.end

    @classmethod
    def of(cls, text: str, *, id: str | None = None, **fields: Any) -> Document:
        """A document whose hash, and id unless given, come from its content; a date counts as given."""
        digest = text_sha256(text)
        url, published = fields.get("url"), fields.get("published")
        if published is not None:
            fields.setdefault("published_basis", "given")
        made = content_id("doc", url, published.isoformat() if published else None, digest)
        return cls(id=id or made, text=text, text_sha256=digest, **fields)


@dataclass(frozen=True, slots=True)
class Participant:
    """One side of a claim. `who` is ISO 3166 alpha-3 or a usual name; None is unknown, and `why` says so."""

    span: Span
    name: str
    who: str | None = None
    sector: Sector = "UNK"
    actor_id: str | None = None
    why: str = ""

    def __post_init__(self) -> None:
        _one_of("sector", self.sector, _SECTORS)


@dataclass(frozen=True, slots=True)
class Place:
    """Where. Coordinates are WGS 84 degrees; None where only a country or region is known."""

    span: Span
    name: str
    place_id: str | None = None
    admin1: str | None = None
    iso3: str | None = None
    lat: float | None = None
    lon: float | None = None
    precision: PlacePrecision = "unknown"
    why: str = ""

    def __post_init__(self) -> None:
        _one_of("place precision", self.precision, _PLACE_PRECISIONS)
        if (self.lat is None) != (self.lon is None):
            raise RecordError("a latitude without a longitude")


@dataclass(frozen=True, slots=True)
class When:
    """First and last day, both None when unknown; never the publication date in disguise."""

    start: date | None = None
    end: date | None = None
    precision: DatePrecision = "unknown"
    basis: DateBasis = "none"
    span: Span | None = None
    why: str = ""

    def __post_init__(self) -> None:
        _one_of("date precision", self.precision, _DATE_PRECISIONS)
        _one_of("date basis", self.basis, _DATE_BASES)
        if (self.start is None) != (self.end is None):
            raise RecordError("a date with one end")
        if self.start is not None and self.end is not None and self.start > self.end:
            raise RecordError(f"a date that ends before it starts: {self.start} to {self.end}")


@dataclass(frozen=True, slots=True)
class Figure:
    """A counted harm as this clause says it: "at least nine" is low 9, high None."""

    measure: Measure
    low: int | None
    high: int | None
    span: Span
    qualifier: str | None = None
    group: str | None = None
    cumulative: bool = False

    def __post_init__(self) -> None:
        _one_of("measure", self.measure, _MEASURES)
        if self.low is None and self.high is None:
            raise RecordError("a figure with neither low nor high")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise RecordError(f"a figure whose low {self.low} is above its high {self.high}")


@dataclass(frozen=True, slots=True)
class Source:
    """Whom the text names as the origin of a claim; in a chain the outermost speaker is first."""

    span: Span
    name: str
    kind: SourceKind = "other"
    who: str | None = None

    def __post_init__(self) -> None:
        _one_of("source kind", self.kind, _SOURCE_KINDS)


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement in one document that one event happened (or not, or may).

    `sentence` is the sentence that holds the trigger. `event` groups the claims of this document that
    tell the same event (e1, e2, ... in order of first mention). `confidence` is a probability.
    `reasons` says, a line each, what was inferred rather than read.
    """

    id: str
    document_id: str
    sentence: Span
    trigger: Span
    type: str
    mode: str | None = None
    status: Status = "happened"
    actors: tuple[Participant, ...] = ()
    recipients: tuple[Participant, ...] = ()
    place: Place | None = None
    when: When = field(default_factory=When)
    weapon: Span | None = None
    figures: tuple[Figure, ...] = ()
    source: tuple[Source, ...] = ()
    background: bool = False
    aggregate: bool = False
    confidence: float = 0.0
    reader: str = ""
    event: str | None = None
    region: RegionKind = "body"
    reasons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _one_of("status", self.status, _STATUSES)
        _one_of("region kind", self.region, _REGION_KINDS)
        if not 0.0 <= self.confidence <= 1.0:
            raise RecordError(f"confidence {self.confidence} is no probability")
        if not self.sentence.start <= self.trigger.start < self.trigger.end <= self.sentence.end:
            raise RecordError("the trigger lies outside its sentence")
        if self.id != self.make_id(self.document_id, self.trigger, self.type, self.status):
            raise RecordError(f"claim id {self.id} is not derived from its content")

    @staticmethod
    def make_id(document_id: str, trigger: Span, type: str, status: str) -> str:
        """From what the text says and where; scores, model and resolved ids are left out."""
        return content_id("clm", document_id, trigger.start, trigger.end, trigger.exact, type, status)

    def figure(self, measure: Measure) -> Figure | None:
        """The claim's figure of that measure, or None."""
        return next((f for f in self.figures if f.measure == measure), None)


@dataclass(frozen=True, slots=True)
class Failure:
    """A source that did not become a document, or a document that could not be read, and why."""

    stage: Literal["intake", "reader", "world"]
    item: str
    code: str
    message: str
    hint: str = ""
    # the file or address in which the item lies, as a person named it
    source: str = ""


def to_json(record: object) -> Any:
    """A record as plain dicts, lists, strings and numbers; dates as ISO 8601."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: plain(v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [plain(v) for v in value]
        return value.isoformat() if isinstance(value, date) else value

    return plain(asdict(record))  # type: ignore[call-overload]
