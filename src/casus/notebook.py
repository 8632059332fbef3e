"""A ledger as Python sees it, in a notebook or a script: `casus.open("x.casus")`.

Everything that computes is loaded when it is first needed, so that `import casus` stays quick.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from casus.config import Config
from casus.errors import CasusError, UsageError
from casus.events import Decision, Event
from casus.pipeline import Reading, as_day, open_reader, read_document, read_taken, take_in
from casus.records import Claim, Document, Failure, Status
from casus.sources import find

if TYPE_CHECKING:
    from casus.keeping import Keeper, Run
    from casus.ledger.changing import Decided
    from casus.ledger.history import LogLine
    from casus.ledger.ledger import Ledger as Kept
    from casus.ledger.why import Why

# what can be added: a path (a file, a folder, a glob), a document, or a document and its claims
Addable = str | Path | Document | tuple[Document, Sequence[Claim]]


def open(path: str | Path, *, create: bool = False, config: Config | None = None) -> Ledger:
    """Opens the ledger at the path; with `create`, makes it where there is none. Close it, or use it in a `with`.

    Raises LedgerError where there is none, or where the file is no ledger.
    """
    from casus.keeping import open_ledger  # noqa: PLC0415

    config = config or Config.load()
    return Ledger(open_ledger(path, config, create=create), config)


class Ledger:
    """A ledger. Ids may be shortened to their first characters; many may read it while one adds or decides.

    `by` is who decides: the name given, else that of CASUS_BY, else the login name.
    """

    def __init__(self, ledger: Kept, config: Config) -> None:
        self._ledger, self._config = ledger, config

    def __repr__(self) -> str:
        return f"<casus.Ledger {self.path}>"

    @property
    def path(self) -> Path:
        """Where its file is."""
        return self._ledger.path

    def close(self) -> None:
        """Closes the file; a ledger that is not closed loses nothing."""
        self._ledger.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # adding

    def add(self, *sources: Addable, published: date | str | None = None, publisher: str | None = None) -> Run:
        """Adds reports that the ledger does not hold yet: paths and documents are read first; a pair of a document and
        its claims is added as it is. `published` and `publisher` are for paths, and go before what the files say.

        Gives what came of it: `new` and `known` ids of documents, `claims`, `changes` of events, `failures`; what
        cannot be read is one of these and stops nothing. Raises UsageError, LedgerError, and BusyError where another
        process has been writing for too long.
        """
        from casus.keeping import Keeper  # noqa: PLC0415

        day = as_day(published)
        for source in sources:
            _check(source)
        with Keeper(self._ledger, self._config) as keeper:
            # paths that stand together are read together, which is quicker
            for _, some in groupby(sources, lambda s: isinstance(s, str | Path)):
                group = list(some)
                paths = [str(s) for s in group if isinstance(s, str | Path)]
                self._add_paths(keeper, paths, day, publisher)
                for source in group:
                    if not isinstance(source, str | Path):
                        self._add_document(keeper, source)
        return keeper.run

    def _add_paths(self, keeper: Keeper, paths: Sequence[str], published: date | None, publisher: str | None) -> None:
        from casus.keeping import WhenNeeded  # noqa: PLC0415

        items = find(paths, published=published, publisher=publisher).items
        files = take_in(
            items, self._config, stdin=io.BytesIO(), today=date.today(), on_source=keeper.opened, memory=keeper
        )
        taken = keeper.unknown(files)
        for outcome in read_taken(taken, WhenNeeded(lambda: open_reader(self._config)), self._config):
            keeper.put(outcome)

    def _add_document(self, keeper: Keeper, source: Document | tuple[Document, Sequence[Claim]]) -> None:
        document = source if isinstance(source, Document) else source[0]
        for _, made in keeper.unknown([("", document)]):
            if isinstance(made, Failure):
                keeper.put(made)
                continue
            try:
                claims = read_document(made, config=self._config) if isinstance(source, Document) else source[1]
            except CasusError as error:
                keeper.put(Failure("reader", made.id, error.code, error.message, error.hint))
            else:
                keeper.put(Reading(made, tuple(claims), made.id))

    # asking

    def events(
        self,
        *,
        since: date | str | None = None,
        until: date | str | None = None,
        country: str | None = None,
        type: str | None = None,
        status: Status | None = None,
        actor: str | None = None,
        recipient: str | None = None,
        side: str | None = None,
        killed: int | None = None,
        independent: int | None = None,
        disputed: bool = False,
        review: bool = False,
        umbrella: bool | None = None,
        near: tuple[float, float, float] | None = None,
        text: str | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Event]:
        """The events that are asked for, by their first day, undated ones last.

        `since` and `until` are days, both counted in. `country` is a code or a name, and so are `actor`, `recipient`
        and `side` (either of them), which may be an alias, too. `killed` and `independent` are "at least". `disputed`:
        with an open contradiction; `review`: with something for a person to look at. `umbrella`: True only what sums
        or spans incidents, False none of these. `near` is latitude, longitude, kilometres. `text` searches the
        sentences of claims. Raises UsageError for what makes no sense.
        """
        from casus.asking import find as ask  # noqa: PLC0415
        from casus.ledger.queries import Filter  # noqa: PLC0415

        asked = Filter(
            since=as_day(since, "since"), until=as_day(until, "until"), country=country, type=type, status=status,
            actor=actor, recipient=recipient, side=side, killed=killed, independent=independent, disputed=disputed,
            review=review, umbrella=umbrella, near=near, text=text, limit=limit, offset=offset,
        )  # fmt: skip
        return ask(self._ledger, asked, self._config)

    def event(self, id: str) -> Event:
        """The event of that id; of one that was merged into another, the other. Raises UnknownError."""
        return self._ledger.event(id)

    def claims(self, event: str | Event) -> list[Claim]:
        """The claims of an event, by publication."""
        return self._ledger.claims(event.id if isinstance(event, Event) else event)

    def claim(self, id: str) -> Claim:
        """The claim of that id."""
        return self._ledger.claim(id)

    def event_of(self, claim: str | Claim) -> Event | None:
        """The event in which a claim is; None where a person rejected it."""
        return self._ledger.event_of(_id(claim))

    def document(self, id: str) -> Document:
        """The document of that id."""

        return self._ledger.document(id)

    def why(self, one: str | Claim, other: str | Claim) -> Why:
        """Why two claims are, or are not, one event: `same_event`, `note`, `score`, `reasons`, `decided`."""
        return self._ledger.why(_id(one), _id(other))

    def counts(self) -> dict[str, int]:
        """How many documents, claims, events, ended events and decisions the ledger holds."""
        return self._ledger.counts()

    # deciding: each gives the decision's id, and the events that it founded, changed and ended

    def merge(self, one: str, other: str, *, by: str | None = None, reason: str = "") -> Decided:
        """Two events are one."""
        return self._ledger.merge(one, other, by=self._who(by), reason=reason)

    def split(self, claims: Iterable[str | Claim], *, by: str | None = None, reason: str = "") -> Decided:
        """These claims of one event are another event."""
        if isinstance(claims, str):
            raise UsageError("split takes a list of claims", 'such as ledger.split(["clm_3f…", "clm_8a…"])')
        return self._ledger.split([_id(c) for c in claims], by=self._who(by), reason=reason)

    def reject(self, claim: str | Claim, *, by: str | None = None, reason: str = "") -> Decided:
        """A claim counts for nothing."""
        return self._ledger.reject(_id(claim), by=self._who(by), reason=reason)

    def set(self, event: str, field: str, value: str, *, by: str | None = None, reason: str = "") -> Decided:
        """What a field of an event holds, in words: docs/ledger.md says which fields and how values are written."""
        return self._ledger.set(event, field, value, by=self._who(by), reason=reason)

    def settle(self, event: str, kind: str, value: str, *, by: str | None = None, reason: str = "") -> Decided:
        """Which option of a contradiction holds."""
        return self._ledger.settle(event, kind, value, by=self._who(by), reason=reason)

    def rename(self, before: str, after: str, *, by: str | None = None, reason: str = "") -> Decided:
        """An actor goes by another name."""
        return self._ledger.rename(before, after, by=self._who(by), reason=reason)

    def undo(self, decision: str | None = None, *, by: str | None = None, reason: str = "") -> Decided:
        """Takes a decision back: the last one that stands, or the one of that id."""
        return self._ledger.undo(decision, by=self._who(by), reason=reason)

    def decisions(self) -> list[Decision]:
        """Every decision ever made, those taken back among them."""
        return self._ledger.decisions()

    def orphans(self) -> list[Decision]:
        """Decisions that no claim of today carries any more."""
        return self._ledger.orphans()

    def log(self, event: str | None = None) -> list[LogLine]:
        """Every version of an event and why it changed; without one, every step of the ledger."""
        return self._ledger.log(event)

    def _who(self, by: str | None) -> str:
        return who_decides(self._config, by)


def who_decides(config: Config, by: str | None = None) -> str:
    """The name under which a decision is written down. Raises UsageError where there is none."""
    name = (by or "").strip() or config.by
    if name:
        return name
    import getpass  # noqa: PLC0415

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError) as error:
        raise UsageError("nobody knows who decides", "give --by NAME, or set CASUS_BY") from error


def _id(claim: str | Claim) -> str:
    return claim.id if isinstance(claim, Claim) else claim


def _check(source: object) -> None:
    """Raises UsageError for what cannot be added, before anything is."""
    if source == "-":
        raise UsageError("standard input is for the command line", "give bytes to casus.documents")
    if isinstance(source, str | Path | Document):
        return
    hint = "give paths, documents, or pairs of a document and its claims"
    if not (isinstance(source, tuple) and len(source) == 2 and isinstance(source[0], Document)):
        raise UsageError(f"a {type(source).__name__} cannot be added to a ledger", hint)
    document, claims = source
    if not isinstance(claims, Sequence):
        raise UsageError(f"the claims of {document.id} are a {type(claims).__name__}", "give a list")
    for claim in claims:
        if not isinstance(claim, Claim) or claim.document_id != document.id:
            raise UsageError(f"{document.id} is given with what is no claim of it", hint)
        at = claim.trigger
        if document.text[at.start : at.end] != at.exact:
            raise UsageError(f"{claim.id} is not of the text of {document.id}", "read the document that you give")
