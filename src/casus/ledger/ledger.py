"""The ledger as others see it: add, ask, decide, look back. Each change is one step, one transaction, one log line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from casus.errors import UnknownError
from casus.events import Decision, Event
from casus.ids import content_id
from casus.ledger import queries
from casus.ledger.adding import known
from casus.ledger.changing import Added, Change, Decided, Who
from casus.ledger.codec import dumps
from casus.ledger.decisions import all_kept, in_force
from casus.ledger.history import LogLine, event_lines, step_lines
from casus.ledger.intake_log import (
    Failed,
    KeptFailure,
    captured,
    copies_among,
    read_failures,
    resolve_failures,
    write_captures,
    write_failures,
)
from casus.ledger.queries import Filter
from casus.ledger.settled import Changes
from casus.ledger.store import Store
from casus.ledger.watched import (
    WatchedFeed,
    WatchedPage,
    read_feeds,
    read_pages,
    read_waiting,
    write_feed,
    write_pages,
)
from casus.ledger.why import Why, why
from casus.linking.score import Weights, shipped
from casus.records import Claim, Document


def now() -> str:
    """The time of day in UTC, ISO 8601 to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class Ledger:
    """A ledger in one file. Build it with `Ledger.open`; close it, or use it in a `with`.

    Many may read while one writes; a second writer waits. `parents`: an actor's usual name to those it is part of.
    """

    def __init__(self, store: Store, parents: Mapping[str, Sequence[str]], weights: Weights) -> None:
        self._store, self._weights = store, weights
        self._change = Change(store, parents, weights)

    @classmethod
    def open(
        cls,
        path: Path | str,
        *,
        create: bool = False,
        parents: Mapping[str, Sequence[str]] | None = None,
        weights: Weights | None = None,
    ) -> Ledger:
        """Opens the ledger at the path; with `create`, makes it where there is none. Raises LedgerError."""
        return cls(Store.open(Path(path), create=create), parents or {}, weights or shipped())

    @property
    def path(self) -> Path:
        """Where its file is."""
        return self._store.path

    def close(self) -> None:
        """Closes the file."""
        self._store.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # adding

    def begin(self, recipe: Mapping[str, str], *, at: str | None = None) -> str:
        """Opens a run by this recipe (package, model, codebook, settings); its id goes with what is added."""
        store = self._store
        at = at or now()
        with store.writing():
            n = store.one("SELECT coalesce(max(n), 0) + 1 FROM runs")[0]
            recipe_id = content_id("run", dumps(dict(sorted(recipe.items()))))
            id_ = content_id("run", n, at, recipe_id)
            sql = "INSERT INTO runs (n, id, at, recipe_id, recipe) VALUES (?, ?, ?, ?, ?)"
            store.db.execute(sql, (n, id_, at, recipe_id, dumps(dict(sorted(recipe.items())))))
        return id_

    def finish(self, run: str, counts: Mapping[str, int], digest: str = "", *, sources: Iterable[str] = ()) -> None:
        """Closes a run with what it counted. Failures in those `sources` that it did not meet again are resolved."""
        sql = "UPDATE runs SET counts = ?, inputs_digest = ?, finished = 1 WHERE id = ?"
        with self._store.writing():
            self._store.db.execute(sql, (dumps(dict(sorted(counts.items()))), digest, run))
            resolve_failures(self._store, run, sources)

    def fail(self, run: str, failed: Sequence[Failed], *, at: str | None = None) -> None:
        """Writes down what did not become a document in this run."""
        with self._store.writing():
            write_failures(self._store, run, at or now(), failed)

    def failures(self, *, resolved: bool = False) -> list[KeptFailure]:
        """What did not become a document and was not read since; with `resolved`, all that ever failed."""
        with self._store.reading():
            return read_failures(self._store, resolved=resolved)

    def captured(self, key: str) -> list[str]:
        """Ids of the documents that were made of the raw item of this key (`intake.formats`)."""
        with self._store.reading():
            return captured(self._store, key)

    def capture(self, keys: Mapping[str, Sequence[str]]) -> set[str]:
        """Remembers raw items by key, with ids of all their documents; gives those whose documents it holds."""
        with self._store.writing():
            return write_captures(self._store, keys)

    def copies(self, documents: Sequence[str]) -> int:
        """How many of these documents are near-copies of others, the first of each group left out."""
        with self._store.reading():
            return copies_among(self._store, documents)

    def known(self, ids: Iterable[str]) -> set[str]:
        """Those of the documents that the ledger holds already."""
        with self._store.reading():
            return known(self._store, ids)

    def add(self, found: Sequence[tuple[Document, Sequence[Claim]]], run: str, *, at: str | None = None) -> Added:
        """Adds documents with their claims, and links and settles what they touch: all of it, or nothing.

        A document that the ledger holds already is left as it is and told as known.
        """
        return self._change.add(found, run, at or now())

    def reread(self, document: str, claims: Sequence[Claim], run: str, *, at: str | None = None) -> Changes:
        """Puts a newer reading of a document in the place of the one before, which is kept; decisions are carried to
        the claims of the same words. Raises UnknownError."""
        return self._change.reread(document, claims, run, at or now())

    # watching

    def feeds(self) -> dict[str, WatchedFeed]:
        """The feeds that were ever followed, by address or path."""
        with self._store.reading():
            return read_feeds(self._store)

    def put_feed(self, feed: WatchedFeed, run: str = "", *, read: bool = True) -> None:
        """Writes down how a feed is now. Where it answered, its failure is resolved, in this run; where it was `read`,
        those of its entries are, too."""
        with self._store.writing():
            write_feed(self._store, feed, run, read=read)

    def pages(self, urls: Iterable[str]) -> dict[str, WatchedPage]:
        """Those of the pages that a feed has linked to before, by address."""
        with self._store.reading():
            return read_pages(self._store, urls)

    def pages_due(self, at: str | None, feeds: Iterable[str]) -> list[WatchedPage]:
        """The pages of these feeds that are to be fetched at that time (ISO 8601 in UTC); with None, at any time."""
        with self._store.reading():
            return read_waiting(self._store, feeds, at)

    def put_pages(self, pages: Sequence[WatchedPage], run: str = "") -> None:
        """Writes down how pages are now; failures of those that gave documents are resolved, in this run."""
        with self._store.writing():
            write_pages(self._store, pages, run)

    # deciding: each is a step of its own, written down with who and when, and can be undone

    def merge(self, one: str, other: str, *, by: str, reason: str = "", at: str | None = None) -> Decided:
        """Two events are one. Raises UnknownError, UsageError."""
        return self._change.merge(one, other, Who(by, reason, at or now()))

    def split(self, claims: Sequence[str], *, by: str, reason: str = "", at: str | None = None) -> Decided:
        """These claims of one event are another event. Raises UnknownError, UsageError."""
        return self._change.split(claims, Who(by, reason, at or now()))

    def reject(self, claim: str, *, by: str, reason: str = "", at: str | None = None) -> Decided:
        """A claim is none, or is of no use: it stays in the ledger and in no event."""
        return self._change.reject(claim, Who(by, reason, at or now()))

    def set(self, event: str, field: str, value: str, *, by: str, reason: str = "", at: str | None = None) -> Decided:
        """What an event's field holds, whatever its claims come to. Raises UsageError for a value it cannot hold."""
        return self._change.set(event, field, value, Who(by, reason, at or now()))

    def settle(self, event: str, kind: str, value: str, *, by: str, reason: str = "", at: str | None = None) -> Decided:
        """Which option of an event's contradiction holds. Raises UsageError where there is none of that value."""
        return self._change.settle(event, kind, value, Who(by, reason, at or now()))

    def rename(self, before: str, after: str, *, by: str, reason: str = "", at: str | None = None) -> Decided:
        """An actor goes by another name: in all events, and for linking."""
        return self._change.rename(before, after, Who(by, reason, at or now()))

    def undo(self, decision: str | None = None, *, by: str, reason: str = "", at: str | None = None) -> Decided:
        """Takes a decision back: the last one that stands, or the one of that id. An undo can itself be undone."""
        return self._change.undo(decision, Who(by, reason, at or now()))

    def decisions(self) -> list[Decision]:
        """Every decision ever made, in order, those taken back and the undoing ones among them."""
        with self._store.reading():
            return [k.decision for k in all_kept(self._store)]

    def names(self) -> dict[str, str]:
        """Who was renamed, and to what."""
        with self._store.reading():
            return dict(in_force(self._store).names)

    def orphans(self) -> list[Decision]:
        """Decisions that no claim of today carries any more: a person should look at them."""
        with self._store.reading():
            return [k.decision for k in in_force(self._store).orphans]

    def log(self, event: str | None = None) -> list[LogLine]:
        """Every version of an event and why it changed; without one, every step of the ledger."""
        with self._store.reading():
            if event is None:
                return step_lines(self._store)
            return event_lines(self._store, queries.event_number(self._store, event)[0])

    # asking

    def events(self, asked: Filter | None = None) -> list[Event]:
        """The events that are asked for, by their first day. Raises UsageError for a filter that makes no sense."""
        with self._store.reading():
            return list(queries.find_events(self._store, asked or Filter()))

    def count(self, asked: Filter | None = None) -> int:
        """How many events are asked for."""
        with self._store.reading():
            return queries.count_events(self._store, asked or Filter())

    def event(self, id_: str) -> Event:
        """The event of that id, or of the first characters of one; of a tombstone, the event that took its claims.

        Raises UnknownError where there is none, or where the event has ended without a successor.
        """
        with self._store.reading():
            n, whole = queries.event_number(self._store, id_)
            for _ in range(1000):
                found = queries.event_of(self._store, n)
                if found is not None:
                    return found
                row = self._store.one("SELECT successor FROM events WHERE n = ?", n)
                if row[0] is None:
                    break
                n = row[0]
        raise UnknownError(f"{whole} has ended: none of its claims stands any more", f"see `casus log {whole}`")

    def claims(self, event: str) -> list[Claim]:
        """The claims of an event, by publication."""
        with self._store.reading():
            n, _ = queries.event_number(self._store, self.event(event).id)
            numbers = self._store.column("SELECT n FROM claims WHERE event = ? AND active", n)
            return queries.claims_of(self._store, numbers)

    def claim(self, id_: str) -> Claim:
        """The claim of that id, or of the first characters of one."""
        with self._store.reading():
            n, _ = queries.claim_number(self._store, id_)
            return queries.claims_of(self._store, [n])[0]

    def event_of(self, claim: str) -> Event | None:
        """The event in which a claim is; None where a person rejected it."""
        with self._store.reading():
            n, _ = queries.claim_number(self._store, claim)
            (event,) = self._store.one("SELECT event FROM claims WHERE n = ?", n)
            return None if event is None else queries.event_of(self._store, event)

    def document(self, id_: str) -> Document:
        """The document of that id, or of the first characters of one. Raises UnknownError."""
        with self._store.reading():
            _, whole = queries.document_number(self._store, id_)
            return queries.documents_of(self._store, [whole])[whole]

    def claims_in(self, document: str) -> list[Claim]:
        """The claims of a document as it is read now, those that a person rejected among them, in the order of its
        text. Raises UnknownError."""
        with self._store.reading():
            n, _ = queries.document_number(self._store, document)
            numbers = self._store.column("SELECT n FROM claims WHERE document = ? AND gone IS NULL", n)
            return queries.claims_of(self._store, numbers)

    def readings(self) -> dict[str, dict[str, str]]:
        """By which recipe each document was last read, by its id, in the order of adding."""
        sql = """SELECT documents.id, runs.recipe FROM documents LEFT JOIN
                 (SELECT document, max(n) AS step FROM steps WHERE kind = 'reread' GROUP BY document) again
                 ON again.document = documents.n
                 JOIN steps ON steps.n = coalesce(again.step, documents.step)
                 JOIN runs ON runs.id = steps.run ORDER BY documents.n"""
        with self._store.reading():
            found = self._store.rows(sql)
        recipes: dict[str, dict[str, str]] = {text: json.loads(text) for text in {text for _, text in found}}
        return {id_: recipes[text] for id_, text in found}

    def documents(self, ids: Iterable[str]) -> dict[str, Document]:
        """The documents of these ids."""
        with self._store.reading():
            return queries.documents_of(self._store, list(ids))

    def rejected(self) -> list[Claim]:
        """The claims that a person rejected."""
        with self._store.reading():
            numbers = sorted(in_force(self._store).rejected)
            return queries.claims_of(self._store, numbers)

    def why(self, one: str, other: str) -> Why:
        """Why two claims are, or are not, one event. Raises UnknownError, UsageError."""
        with self._store.reading():
            return why(self._store, self._weights, one, other)

    def counts(self) -> dict[str, int]:
        """How many documents, claims, events, tombstones and decisions the ledger holds."""
        tables = {
            "documents": "SELECT count(*) FROM documents",
            "claims": "SELECT count(*) FROM claims WHERE gone IS NULL",
            "events": "SELECT count(*) FROM events WHERE alive",
            "ended": "SELECT count(*) FROM events WHERE NOT alive",
            "decisions": "SELECT count(*) FROM decisions",
        }
        with self._store.reading():
            return {name: self._store.one(sql)[0] for name, sql in tables.items()}
