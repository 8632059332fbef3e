"""Views: records of a ledger that lead on to what belongs to them, a claim to its document, a document to its claims.

A view is the record (`isinstance(claim, casus.Claim)`) as it stood when it was asked for, and cannot be changed. What
it leads on to is looked up when it is asked for, as long as the ledger is open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import FrozenInstanceError, dataclass, fields
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from casus.errors import CasusError
from casus.events import Conflict, Voice
from casus.notebook.desk import Desk
from casus.records import Claim, Document, SourceKind
from casus.text import clean, fold

if TYPE_CHECKING:
    from casus.notebook.event import EventView

R = TypeVar("R")
QUOTED = 90  # letters of a quote in a line


class Range(NamedTuple):
    """How many: the fewest, the best and the most that any figure that stands allows. None is open; `best` is None
    where nobody counts ("dozens").

    >>> Range(7, 9, 10).best
    9
    >>> print(Range(7, 9, 10), Range(9, 9, 9), Range(9, 9, None), Range(None, None, 40))
    7-9-10 9 9+ up to 40
    """

    low: int | None
    best: int | None
    high: int | None

    def __str__(self) -> str:
        low, best, high = self
        if best is None:
            return f"up to {high}" if low is None else f"{low}+" if high is None else f"{low}-{high}"
        if low == best == high:
            return str(best)
        if high is None and low == best:
            return f"{best}+"
        return "-".join("?" if n is None else str(n) for n in self)


@cache
def _slots(kind: type) -> tuple[tuple[Callable[[Any], Any], Callable[[Any, Any], None]], ...]:
    """How each field of a record is read and put down, whatever a view makes of its name."""
    return tuple((vars(kind)[f.name].__get__, vars(kind)[f.name].__set__) for f in fields(kind))


def copied(record: object, kind: type, made: R) -> R:
    """`made`, with all that the record holds; its checks were passed when the record was built."""
    for read, put in _slots(kind):
        put(made, read(record))
    return made


def as_it_is(record: R) -> R:
    """What a view is pickled as."""
    return record


class View:
    """What all views share."""

    __slots__ = ()

    def __init__(self, *_: object, **__: object) -> None:
        raise TypeError(f"a {type(self).__name__} comes from a ledger; copy and change its `record`")

    @property
    def record(self) -> object:
        """The plain record."""
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        mine = self.record
        return mine == (other.record if isinstance(other, View) else other)

    def __hash__(self) -> int:
        return hash(self.record)

    def __reduce__(self) -> tuple[object, ...]:
        return as_it_is, (self.record,)

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to {name!r}")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete {name!r}")

    def _page(self) -> str:
        """The view as a notebook shows it."""
        raise NotImplementedError

    def _repr_html_(self) -> str:
        try:
            return self._page()
        except CasusError as error:  # the ledger was closed, say
            from casus.notebook.html_parts import failed  # noqa: PLC0415 - only notebooks ask for it

            return failed(repr(self), error)

    def _keep(self, **values: object) -> None:
        """Puts down what stands beside the record."""
        for name, value in values.items():
            object.__setattr__(self, name, value)


# ------------------------------------------------------------------ claims and documents


class Papers:
    """The documents of claims that are looked at together: all fetched when the first of them is asked for."""

    def __init__(self, desk: Desk, ids: Iterable[str]) -> None:
        self._desk, self._ids = desk, tuple(dict.fromkeys(ids))
        self._found: dict[str, DocumentView] = {}

    @classmethod
    def of(cls, desk: Desk, documents: Iterable[Document]) -> Papers:
        """Those that are there already."""
        made = cls(desk, ())
        made._found = {d.id: document_view(desk, d) for d in documents}
        return made

    def __getitem__(self, id_: str) -> DocumentView:
        if not self._found:
            found = self._desk.ledger.documents(self._ids)
            self._found = {key: document_view(self._desk, document) for key, document in found.items()}
        return self._found[id_]

    def all(self) -> tuple[DocumentView, ...]:
        """In the order in which they were named."""
        return tuple(self[id_] for id_ in self._ids)


class ClaimView(View, Claim):
    """A claim of a ledger: a `casus.Claim`, with its words, its document and the event that it is in.

    >>> claim = db.events(min_killed=5)[0].claims[0]
    >>> claim.quote
    'Pakistan bombed hideouts near Saravan in Iran on Thursday and nine people were killed, the deputy governor said.'
    >>> claim.publisher, claim.published.isoformat(), claim.voice.name
    ('The Harbour Times', '2024-01-18', 'the deputy governor')
    """

    __slots__ = ("_desk", "_papers")
    _desk: Desk
    _papers: Papers

    @property
    def record(self) -> Claim:
        """The plain record, without the ledger.

        >>> type(db.claims()[0].record)
        <class 'casus.records.Claim'>
        """
        return copied(self, Claim, object.__new__(Claim))

    @property
    def quote(self) -> str:
        """The sentence that it stands in, as it was published."""
        return self.sentence.exact

    @property
    def document(self) -> DocumentView:
        """The document that it stands in.

        >>> claim = db.claims()[0]
        >>> claim.document.text[claim.trigger.start : claim.trigger.end] == claim.trigger.exact
        True
        """
        return self._papers[self.document_id]

    @property
    def publisher(self) -> str | None:
        """Who published it."""
        return self.document.publisher

    @property
    def published(self) -> date | None:
        """The day on which it was published."""
        return self.document.published

    @property
    def voice(self) -> Voice:
        """Who says so: the innermost speaker of `source`, else the publisher (of which `kind` is None)."""
        if self.source:
            return Voice(self.source[-1].name, self.source[-1].kind)
        return Voice(self.publisher or "unnamed publisher")

    @property
    def ledger_event(self) -> EventView | None:
        """The event that it is in now; None where a person rejected it. (`event` counts within its document.)

        >>> claim = db.claims()[0]
        >>> claim in claim.ledger_event.claims
        True
        """
        from casus.notebook.event import event_view  # noqa: PLC0415 - that module stands on this one

        found = self._desk.ledger.event_of(self.id)
        return None if found is None else event_view(self._desk, found)

    def __repr__(self) -> str:
        return f"<ClaimView {self.id[:12]} {self.type} {self.status}: {shortened(self.quote)!r}>"

    def _page(self) -> str:
        from casus.notebook.html_document import claim_page  # noqa: PLC0415 - only notebooks ask for it

        return claim_page(self)


class DocumentView(View, Document):
    """A document of a ledger: a `casus.Document`, with its claims.

    >>> document = db.documents()[0]
    >>> document.publisher, [claim.type for claim in document.claims]
    ('Meridian Wire', ['ASSAULT'])
    """

    __slots__ = ("_desk",)
    _desk: Desk

    @property
    def record(self) -> Document:
        """The plain record, without the ledger."""
        return copied(self, Document, object.__new__(Document))

    @property
    def claims(self) -> tuple[ClaimView, ...]:
        """Its claims in the order of its text, those that a person rejected among them."""
        return claim_views(self._desk, self._desk.ledger.claims_in(self.id), Papers.of(self._desk, [self]))

    def __repr__(self) -> str:
        title = shortened(self.title or self.text[:QUOTED])
        return f"<DocumentView {self.id[:12]} {clean(self.publisher or 'no publisher')}, {self.published}: {title!r}>"

    def _page(self) -> str:
        from casus.notebook.html_document import document_page  # noqa: PLC0415 - only notebooks ask for it

        return document_page(self)


def claim_views(desk: Desk, claims: Sequence[Claim], papers: Papers | None = None) -> tuple[ClaimView, ...]:
    """The claims, as views."""
    papers = papers or Papers(desk, (c.document_id for c in claims))
    return tuple(_claim_views(desk, claims, papers))


def _claim_views(desk: Desk, claims: Iterable[Claim], papers: Papers) -> Iterator[ClaimView]:
    for claim in claims:
        made = copied(claim, Claim, object.__new__(ClaimView))
        made._keep(_desk=desk, _papers=papers)
        yield made


def document_view(desk: Desk, document: Document) -> DocumentView:
    """The document, as a view."""
    made = copied(document, Document, object.__new__(DocumentView))
    made._keep(_desk=desk)
    return made


# ------------------------------------------------------------------ contradictions and sources


class ConflictView(View, Conflict):
    """A contradiction of an event: a `casus.Conflict` that knows the event.

    >>> conflict = db.conflicts("open")[0]
    >>> print(conflict.line)
    killed: 7 (1), 9 (1)
    >>> [(option.value, [voice.name for voice in option.voices]) for option in conflict.options]
    [('7', ['state television']), ('9', ['the deputy governor'])]
    """

    __slots__ = ("_event",)
    _event: EventView

    @property
    def record(self) -> Conflict:
        """The plain record, without the ledger."""
        return copied(self, Conflict, object.__new__(Conflict))

    @property
    def event(self) -> EventView:
        """The event of which these cannot all be true."""
        return self._event

    @property
    def line(self) -> str:
        """The contradiction in a line: each value with the number of its independent voices."""
        return f"{self.kind}: " + ", ".join(f"{clean(o.value)} ({o.independent_n})" for o in self.options)

    def __repr__(self) -> str:
        return f"<ConflictView {self._event.id[:12]} {self.state}: {self.line}>"

    def _page(self) -> str:
        from casus.notebook.html_event import conflict_page  # noqa: PLC0415 - only notebooks ask for it

        return conflict_page(self)


def conflict_views(event: EventView, conflicts: Iterable[Conflict]) -> Iterator[ConflictView]:
    """The contradictions of an event, as views."""
    for conflict in conflicts:
        made = copied(conflict, Conflict, object.__new__(ConflictView))
        made._keep(_event=event)
        yield made


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says something of an event, and in which claims: a source that reports name, or a publisher (kind None)."""

    name: str
    kind: SourceKind | None
    claims: tuple[ClaimView, ...]

    def __repr__(self) -> str:
        kind = f" ({self.kind})" if self.kind else ""
        return f"<Speaker {clean(self.name)}{kind}: {len(self.claims)} claim{'s' * (len(self.claims) != 1)}>"


def speakers(claims: Iterable[ClaimView]) -> tuple[Speaker, ...]:
    """Who tells these claims, in the order in which they first speak; names that differ in case alone are one."""
    found: dict[tuple[str, str], list[ClaimView]] = {}
    for claim in claims:
        voice = claim.voice
        found.setdefault((fold(voice.name), voice.kind or ""), []).append(claim)
    return tuple(Speaker(some[0].voice.name, some[0].voice.kind, tuple(some)) for some in found.values())


def shortened(text: str, most: int = QUOTED) -> str:
    """The text on one line, cut where it is long."""
    line = clean(text)
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
