"""The stages put together for one document: sentences, model, attribution, world, relation -> claims."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain, islice

from threadpoolctl import ThreadpoolController

from casus.assemble import Page
from casus.config import Config
from casus.errors import CasusError
from casus.reader import counted, inherit, relate
from casus.reader.board import Context
from casus.reader.context import ContextNet, Seen
from casus.reader.decode import Draft, NameFound, draft_claims, find_names, make_windows, without_outcomes
from casus.reader.encoder import MODEL_FOLDER, Floats, OnnxEncoder, Window, WordEncoder
from casus.reader.features import FLAG_BITS
from casus.reader.heads import Heads
from casus.reader.hints import Hints
from casus.reader.mentions import NamedMention, mentions
from casus.reader.relate_features import Odds
from casus.reader.sentences import Sentence, split
from casus.records import Claim, Document, Failure
from casus.scope import in_scope, is_political
from casus.world.actors import ActorBook, ActorMention, document_home
from casus.world.place_find import PlaceMention
from casus.world.places import PlaceIndex

# documents whose windows are encoded together: enough that batches of one length fill up, few enough
# that the first table appears soon
TOGETHER = 4
# groups that wait for the encoder or are in it while one is finished: with two it is never idle
GROUPS_AHEAD = 2

_ACTOR_FLAGS = {
    "country": "country", "demonym": "demonym", "capital": "capital", "organ": "organ", "person": "person",
    "group": "group", "organisation": "organisation", "media": "organisation",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document cut into windows, with what the dictionaries see in it."""

    document: Document
    sentences: tuple[Sentence, ...]
    windows: tuple[Window, ...]
    actors: tuple[ActorMention, ...]
    places: tuple[PlaceMention, ...]
    home: str | None

    @property
    def bounds(self) -> list[tuple[int, int]]:
        return [(s.start, s.end) for s in self.sentences]


@dataclass(frozen=True, slots=True)
class Told:
    """A document's claims as each sentence tells them, with what they are related and completed by."""

    claims: tuple[Claim, ...]
    hints: tuple[Hints, ...]
    context: Context
    odds: Odds | None = None  # of two triggers telling one event, by the context network


# a document that is ready for the encoder, or the failure in its place
Ready = Prepared | tuple[Document, Failure]


class Reader:
    """Everything needed to read documents into claims; holds no state of a document."""

    def __init__(
        self, encoder: WordEncoder, heads: Heads, book: ActorBook, index: PlaceIndex, *, debug: bool = False
    ) -> None:
        self.encoder, self.heads, self.book, self.index, self.debug = encoder, heads, book, index, debug
        self.threads = ThreadpoolController()
        self.context = ContextNet.of(heads.w)

    @classmethod
    def load(cls, config: Config) -> Reader:
        """The shipped model with the shipped and the user's dictionaries. Raises ModelError, DataError."""
        folder = config.model or MODEL_FOLDER
        encoder = OnnxEncoder(folder, config.threads or 0)
        return cls(encoder, Heads.load(folder), ActorBook.load(config.actors), open_places(config), debug=config.debug)

    def prepare(self, document: Document) -> Prepared:
        """Sentences, dictionary matches and windows of a document."""
        text = document.text
        sentences = tuple(split(text, document.regions or None))
        actors = tuple(self.book.find(text))
        places = tuple(self.index.find(text))
        flagged = dictionary_flags(actors, places)
        windows = make_windows(text, [(s.start, s.end) for s in sentences], flagged, self.heads.window)
        home = document_home(text, actors, document.title)
        return Prepared(document, sentences, tuple(windows), actors, places, home)

    def read(self, document: Document) -> list[Claim]:
        """The document's claims in the order of its text."""
        prepared = self.prepare(document)
        return self.finish(prepared, self.encoder.run(prepared.windows))

    def read_many(self, documents: Iterable[Document]) -> Iterator[tuple[Document, list[Claim] | Failure]]:
        """Each document with its claims, in order; several are encoded together, some groups ahead of the one
        that is being finished. A document that cannot be read gives a Failure in its place."""
        begun: deque[tuple[list[Ready], Future[list[Floats]]]] = deque()
        waiting = iter(documents)
        # the first that come are groups of their own: where few are given, each appears when it is read
        first = islice(waiting, TOGETHER * (GROUPS_AHEAD + 1))
        ahead = ThreadPoolExecutor(max_workers=1)
        try:
            for group in chain((g for document in first for g in self._groups([document])), self._groups(waiting)):
                windows = [w for p in group if isinstance(p, Prepared) for w in p.windows]
                begun.append((group, ahead.submit(self.encoder.run, windows)))
                while begun and (len(begun) > GROUPS_AHEAD or begun[0][1].done()):
                    ready, encoded = begun.popleft()
                    yield from self._finished(ready, encoded.result())
            for ready, encoded in begun:
                yield from self._finished(ready, encoded.result())
        finally:
            # whoever stops early waits for nothing that is not yet in the encoder
            ahead.shutdown(wait=False, cancel_futures=True)

    def _groups(self, documents: Iterable[Document]) -> Iterator[list[Ready]]:
        group: list[Ready] = []
        for document in documents:
            try:
                group.append(self.prepare(document))
            except Exception as error:
                if self.debug:
                    raise
                group.append((document, _failure(document, error)))
            if len(group) >= TOGETHER:
                yield group
                group = []
        if group:
            yield group

    def _finished(
        self, group: Sequence[Ready], states: Sequence[Floats]
    ) -> Iterator[tuple[Document, list[Claim] | Failure]]:
        hidden = iter(states)
        for item in group:
            if not isinstance(item, Prepared):
                yield item
                continue
            mine = [next(hidden) for _ in item.windows]
            try:
                yield item.document, self.finish(item, mine)
            except Exception as error:
                if self.debug:
                    raise
                yield item.document, _failure(item.document, error)

    def finish(self, prepared: Prepared, hidden: Sequence[Floats]) -> list[Claim]:
        """From the encoder's hidden states [words, hidden] of each window to related claims."""
        # many small products: spread over cores they take twice as long and keep the encoder waiting
        with self.threads.limit(limits=1, user_api="blas"):
            return related(prepared, self.told(prepared, hidden))

    def drafts(self, prepared: Prepared, hidden: Sequence[Floats]) -> list[Draft]:
        """What of the sentences tells an event, in text order, nothing resolved yet."""
        drafts = draft_claims(prepared.windows, hidden, self.heads, prepared.bounds)
        return without_outcomes(prepared.document.text, drafts)

    def told(self, prepared: Prepared, hidden: Sequence[Floats]) -> Told:
        """The claims as each sentence tells them, not yet related to one another."""
        drafts = self.drafts(prepared, hidden)
        if not drafts:
            return Told((), (), Context())
        seen = find_names(prepared.windows, hidden, self.heads)
        page = Page(
            prepared.document, prepared.sentences, prepared.actors, prepared.places, prepared.home,
            tuple(named_mentions(prepared, seen)), self.book, self.index, self.encoder.name,
        )  # fmt: skip
        seen_all = self.look_around(prepared, hidden, page, drafts)
        chosen = seen_all.chosen or ({},) * len(drafts)
        made = [(page.claim(d, drafts), page.hints(d, c)) for d, c in zip(drafts, chosen, strict=True)]
        if not is_political(prepared.actors, sum(len(w.words) for w in prepared.windows)):
            made = [(c, h) for c, h in made if in_scope(c)]
        return Told(tuple(c for c, _ in made), tuple(h for _, h in made), page.context, odds_of(drafts, seen_all))

    def look_around(self, prepared: Prepared, hidden: Sequence[Floats], page: Page, drafts: Sequence[Draft]) -> Seen:
        """What the context network makes of the drafts; nothing where the model has none."""
        if self.context is None:
            return Seen()
        words = [(a, n, w) for n, window in enumerate(prepared.windows) for w, (a, _) in enumerate(window.spans)]
        types = self.heads.types
        triggers = []
        for d in drafts:
            _, n, w = words[bisect_right(words, d.start, key=lambda found: found[0]) - 1]
            triggers.append((n, w, types.index(d.detected.type)))
        return self.context.read(prepared.windows, hidden, triggers, page.candidates())


def odds_of(drafts: Sequence[Draft], seen: Seen) -> Odds | None:
    """The log-odds of one event by the starts of two triggers."""
    if seen.one is None:
        return None
    rows = seen.one.tolist()
    return {
        (a.start, b.start): rows[i][j] for i, a in enumerate(drafts) for j, b in enumerate(drafts) if a.start < b.start
    }


def related(prepared: Prepared, told: Told) -> list[Claim]:
    """The claims joined into events and completed: sides first, then events once more, then places and dates."""
    bounds, document = prepared.bounds, prepared.document
    claims: Sequence[Claim] = told.claims
    found = counted.counted(document.text, bounds, [(c.trigger.start, c.trigger.end) for c in claims])
    apart = counted.apart(found, claims)
    for step, tasks in (("link", inherit.SIDES), ("again", inherit.WHERE_AND_WHEN)):
        labels = relate.link(document.text, bounds, claims, relate.load_weights()[step], told.odds, apart=apart)
        labelled = [replace(c, event=e) for c, e in zip(claims, labels, strict=True)]
        claims = inherit.inherit(document, bounds, labelled, told.context, hints=told.hints, tasks=tasks)
        claims = counted.without_mixture(document.text, claims, found)
    claims = counted.redated(document.text, claims, found)
    return [replace(c, confidence=relate.confidence(c.confidence)) for c in claims]


def dictionary_flags(actors: Iterable[ActorMention], places: Iterable[PlaceMention]) -> list[tuple[int, int, int]]:
    """(start, end, bits) of every dictionary match, in order: what the encoder is told of known names."""
    out = [(m.start, m.end, FLAG_BITS[_ACTOR_FLAGS[m.kind]]) for m in actors if m.kind in _ACTOR_FLAGS]
    return sorted(out + [(p.start, p.end, FLAG_BITS["place"]) for p in places])


_NAME_KINDS: dict[str, str] = {"PER": "person", "ORG": "organisation", "LOC": "place", "NORP": "country"}


def named_mentions(prepared: Prepared, seen: Sequence[NameFound]) -> list[NamedMention]:
    """Candidate antecedents: the rules' noun phrases, and names that only the model sees."""
    found = mentions(prepared.document.text, prepared.bounds)
    taken = bytearray(len(prepared.document.text))
    for m in found:
        taken[m.start : m.end] = b"\1" * (m.end - m.start)
    for name in seen:
        kind = _NAME_KINDS.get(name.kind)
        if kind and 1 not in taken[name.start : name.end]:
            found.append(NamedMention(name.start, name.end, kind, False))  # type: ignore[arg-type]
    return sorted(found, key=lambda m: (m.start, m.end))


def open_places(config: Config) -> PlaceIndex:
    """The compiled place index, with the user's own places on top."""
    from casus.world.place_user import read_user_file  # noqa: PLC0415

    return PlaceIndex.open(
        folder=config.cache, progress=_compiling, extra=read_user_file(config.places) if config.places else ()
    )


def _compiling(stage: str, share: float) -> None:
    """The place index is compiled at the first run, which takes seconds: say so where somebody is looking."""
    if sys.stderr.isatty():
        end = "\n" if share >= 1.0 else ""
        sys.stderr.write(f"\r\x1b[Kcompiling the place index, this once: {stage} {share:.0%}{end}")
        sys.stderr.flush()


def _failure(document: Document, error: Exception) -> Failure:
    if isinstance(error, CasusError):
        return Failure("reader", document.id, error.code, error.message, error.hint)
    return Failure("reader", document.id, "internal", f"{type(error).__name__}: {error}", "please report this")
