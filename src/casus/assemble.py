"""One draft of the model, its sentence and its document -> one Claim with every value resolved and explained."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from casus.reader import anaphora, attribution, figures, status
from casus.reader.anaphora import Antecedent
from casus.reader.attribution import Attribution
from casus.reader.board import Context
from casus.reader.candidates import Candidate
from casus.reader.decode import Draft, Found
from casus.reader.hints import Hints
from casus.reader.mentions import NamedMention, split_coordination
from casus.reader.sentences import Sentence
from casus.reader.source_kinds import source_kind
from casus.records import (
    Claim,
    Document,
    Figure,
    Measure,
    Participant,
    Place,
    Source,
    Span,
    Status,
    When,
)
from casus.world import dates
from casus.world.actors import ActorBook, ActorContext, ActorMention
from casus.world.place_context import countries_named, qualified
from casus.world.place_find import PlaceMention
from casus.world.place_resolve import PlaceContext, Resolution
from casus.world.places import PlaceIndex

Offsets = tuple[int, int]

MEASURES: tuple[Measure, ...] = ("killed", "injured", "detained")
# types whose trigger is itself an act of speech: who speaks is its actor, not its source
SPEECH_ACTS = frozenset(("ACCUSE", "REQUEST", "REJECT", "THREATEN", "SUPPORT"))
# types that count their dead, hurt or held: two such triggers compete for a figure
HARMFUL = frozenset(("ASSAULT", "COERCE", "SANCTION", "PROTEST"))
# below this a source counts as a hint only (the heads give it from a lower threshold on)
LEAST = {"source": 0.5}
# what a sentence must say of people somewhere before a number that only the model sees counts as theirs
HARM: dict[Measure, re.Pattern[str]] = {
    "killed": re.compile(
        r"kill|dead|death|\bdie[sd]?\b|dying|slain|slay|slaught|massacr|fatal|murder|execut|behead|assassin|"
        r"\blives\b|\btoll\b|casualt|\bbod(?:y|ies)\b|perish|victim|martyr",
        re.IGNORECASE,
    ),
    "injured": re.compile(r"wound|injur|hurt|maim|casualt|hospital", re.IGNORECASE),
    "detained": re.compile(
        r"arrest|detain|detention|captur|seiz|custody|jail|prison|\bheld\b|hostage|abduct|kidnap|rounded|captive",
        re.IGNORECASE,
    ),
}
# a possessive date holds for the noun that it stands before, with a few words of description between them
POSSESSIVE = re.compile(r"[^,;:.!?\n]{2,40}?['’]s\s")
POSSESSED_WITHIN = 40
# what may stand between a dateline's place and its dash: a date, an agency
_DATELINE_REST = re.compile(r"[^\n]{0,60}?(?:—|–|--|-(?=\s))\s?")


@lru_cache(maxsize=8192)
def _country_of(book: ActorBook, name: str) -> str | None:
    found = book.find(name)
    return found[0].who if found and found[0].kind in ("country", "demonym") else None


def likely(draft: Draft, role: str) -> list[Found]:
    """The words of a role that the model is sure enough of."""
    least = LEAST.get(role, 0.0)
    return [f for f in draft.roles.get(role, ()) if f.probability > least]


@dataclass(frozen=True)
class Page:
    """What all claims of one document are resolved against. Offsets are code points into its text."""

    document: Document
    sentences: tuple[Sentence, ...]
    actors: tuple[ActorMention, ...]
    places: tuple[PlaceMention, ...]
    home: str | None
    names: tuple[NamedMention, ...]
    book: ActorBook
    index: PlaceIndex
    reader: str
    # what has been resolved already: the same words stand in many claims
    known_sides: dict[tuple[int, int, str | None], Participant] = field(default_factory=dict)
    known_actors: dict[int, tuple[Participant, ...]] = field(default_factory=dict)
    known_places: dict[tuple[tuple[str, ...], tuple[str, ...]], Resolution] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return self.document.text

    @cached_property
    def dateline(self) -> Offsets:
        """The dateline ("KABUL, March 7 (Wire) - "), whose date is that of the report and of no event; (0, 0): none."""
        line = self.document.dateline
        at = self.text.find(line) if line else -1
        rest = _DATELINE_REST.match(self.text, at + len(line)) if line and at >= 0 else None
        return (at, rest.end()) if rest else (0, 0)

    @cached_property
    def bounds(self) -> tuple[Offsets, ...]:
        return tuple((s.start, s.end) for s in self.sentences)

    @cached_property
    def attributions(self) -> list[Attribution]:
        return attribution.attributions(self.text, self.bounds)

    @cached_property
    def antecedents(self) -> dict[Offsets, Antecedent]:
        return anaphora.antecedents(self.text, self.bounds, self.names, self.attributions)

    @cached_property
    def place_context(self) -> PlaceContext:
        """What the document says of places as a whole."""
        return PlaceContext(
            countries=countries_named(self.index, self.text, self.places),
            home=self.home,
            published=self.document.published,
            qualified=qualified(self.text, self.places),
            country_of=self.country_of,
        )

    def country_of(self, name: str) -> str | None:
        """The country that the actor dictionary knows by this name or demonym."""
        return _country_of(self.book, name)

    # ------------------------------------------------------------------ one claim

    def claim(self, draft: Draft, drafts: Sequence[Draft]) -> Claim:
        """The claim of a draft; `drafts` are all of the document, for words that two triggers compete for."""
        sentence, text = self.sentences[draft.sentence], self.text
        found = draft.detected
        trigger = Span.cut(text, draft.start, draft.end)
        state, told = self.status(draft, sentence)
        place = self.place(draft)
        where = place.iso3 if place else None
        actors = self.sides(draft.roles.get("actor", ()), where)
        recipients = self.sides(draft.roles.get("recipient", ()), where)
        weapon = max(likely(draft, "weapon"), key=lambda f: f.probability, default=None)
        return Claim(
            id=Claim.make_id(self.document.id, trigger, found.type, state),
            document_id=self.document.id,
            sentence=Span.cut(text, sentence.start, sentence.end),
            trigger=trigger,
            type=found.type,
            mode=found.mode,
            status=state,
            actors=actors,
            recipients=tuple(r for r in recipients if r.span not in {a.span for a in actors}),
            place=place,
            when=self.when(draft, sentence, state == "planned", drafts),
            weapon=Span.cut(text, weapon.start, weapon.end) if weapon else None,
            figures=self.figures(draft, sentence, drafts),
            source=self.source(draft, actors),
            background=found.background > 0.5,
            aggregate=found.aggregate > 0.5,
            confidence=round(min(1.0, max(0.0, found.probability)), 4),
            reader=self.reader,
            region=sentence.region.kind,
            reasons=(told,) if told else (),
        )

    def status(self, draft: Draft, sentence: Sentence) -> tuple[Status, str]:
        """A rule's status where the clause has a plain word for it, which is right oftener; else the model's."""
        found = draft.detected
        cue = status.status_cues(self.text, sentence.start, sentence.end, draft.start, draft.end)
        if cue.status and cue.status != found.status:
            return cue.status, f"status {cue.status}: {cue.why!r}"
        return found.status, ""  # type: ignore[return-value]

    # ------------------------------------------------------------------ sides

    def sides(self, found: Sequence[Found], place_iso3: str | None) -> tuple[Participant, ...]:
        """Participants of the words found, phrases with several actors split, pronouns followed back."""
        out: list[Participant] = []
        for words in found:
            for start, end in split_coordination(self.text, words.start, words.end):
                made = self.participant(start, end, place_iso3)
                if not any(p.span.start == made.span.start for p in out):
                    out.append(made)
        return tuple(out)

    def participant(self, start: int, end: int, place_iso3: str | None) -> Participant:
        """The identity of the words `text[start:end]`, which may be a pronoun."""
        asked = (start, end, place_iso3)
        if asked not in self.known_sides:
            self.known_sides[asked] = self._participant(start, end, place_iso3)
        return self.known_sides[asked]

    def _participant(self, start: int, end: int, place_iso3: str | None) -> Participant:
        span, before = Span.cut(self.text, start, end), self.antecedents.get((start, end))
        a, b = (before.start, before.end) if before else (start, end)
        context = ActorContext(
            text=self.text, start=a, end=b, mentions=self.actors, published=self.document.published,
            place_iso3=place_iso3, home=self.home,
        )  # fmt: skip
        got = self.book.resolve(self.text[a:b], context)
        why = f"{span.exact!r} is {before.text!r} ({before.why}); {got.why}" if before else got.why
        return Participant(span, got.name or self.text[a:b], got.who, got.sector, got.actor_id, why)

    def hints(self, draft: Draft, chosen: Mapping[str, Mapping[str, float]]) -> Hints:
        """The draft, what the context network chose for it, and the known actors of its sentence, pronouns and "the
        group" followed back."""
        if draft.sentence not in self.known_actors:
            a, b = self.bounds[draft.sentence]
            spans = {(m.start, m.end) for m in self.actors if a <= m.start < b}
            spans |= {(s, e) for s, e in self.antecedents if a <= s < b and (s, e) not in spans}
            self.known_actors[draft.sentence] = tuple(self.participant(s, e, None) for s, e in sorted(spans))
        return Hints(draft, self.known_actors[draft.sentence], chosen)

    # ------------------------------------------------------------------ where and when

    def place(self, draft: Draft) -> Place | None:
        """The place of the model's words, the most specific first; None where they name none that is known."""
        found = likely(draft, "place")
        got = self.place_of([self.whole_name(f.start, f.end) for f in found], self.sentences[draft.sentence])
        return got if got and (got.iso3 or got.precision != "unknown") else None

    def whole_name(self, start: int, end: int) -> Offsets:
        """The span, grown to the whole of a place name that it cuts ("South" of "South Sudan")."""
        cut = next((p for p in self.places if p.start < end and start < p.end), None)
        return (min(start, cut.start), max(end, cut.end)) if cut else (start, end)

    def place_of(self, spans: Sequence[Offsets], sentence: Sentence) -> Place | None:
        """The place that these spans name together, resolved against the document."""
        if not spans:
            return None
        here = (m.who for m in self.actors if m.who and sentence.start <= m.start < sentence.end)
        countries = tuple(dict.fromkeys(here))
        names = tuple(self.text[a:b] for a, b in spans)
        if (names, countries) not in self.known_places:
            context = replace(self.place_context, actors=countries)
            self.known_places[names, countries] = self.index.resolve(names, context)
        got = self.known_places[names, countries]
        a, b = spans[0]
        return Place(
            Span.cut(self.text, a, b), got.name or self.text[a:b], got.place_id, got.admin1, got.iso3,
            got.lat, got.lon, got.precision, got.why,
        )  # fmt: skip

    def when(self, draft: Draft, sentence: Sentence, planned: bool, drafts: Sequence[Draft]) -> When:
        """The date of the model's words or of the sentence's own, anchored on caption or publication."""
        found = max(likely(draft, "date"), key=lambda f: f.probability, default=None)
        span = (found.start, found.end) if found else None
        context = dates.DateContext(
            published=self.document.published,
            caption=sentence.region.dated,
            tense="future" if planned else "unknown",
        )
        first, last = self.dateline
        if span is not None and first <= span[0] < last:
            span = None
        start = last if sentence.start <= first < last <= draft.start else sentence.start
        got = dates.when_of(self.text, start, sentence.end, draft.start, span, context)
        words = got.words
        if words and self.owned_by_another(words, draft, drafts):
            return When(why=f"{self.text[slice(*words)]!r} dates the deed named right behind it")
        if span is None and words and self.spoken_apart(words, (draft.start, draft.end)):
            return When(why=f"{self.text[slice(*words)]!r} dates what was said, not what it was said of")
        return When(
            got.start, got.end, got.precision, got.basis, Span.cut(self.text, *words) if words else None, got.why
        )

    def owned_by_another(self, words: Offsets, draft: Draft, drafts: Sequence[Draft]) -> bool:
        """True for a possessive date ("Tuesday's attacks") in front of another claim's trigger."""
        owner = POSSESSIVE.match(self.text, words[0])
        if owner is None or abs(owner.end() - words[1]) > len("'s "):
            return False
        behind = [d for d in drafts if 0 <= d.start - owner.end() <= POSSESSED_WITHIN]
        return bool(behind) and min(behind, key=lambda d: d.start) is not draft

    def spoken_apart(self, words: Offsets, trigger: Offsets) -> bool:
        """True where the trigger stands in reported words and these words stand outside of them."""
        return any(
            c <= trigger[0] < d and not c <= words[0] < d and a.sentence == self.sentence_at(words[0])
            for a in self.attributions
            for c, d in a.contents
        )

    def sentence_at(self, offset: int) -> int:
        return bisect_right(self.bounds, offset, key=lambda b: b[0]) - 1

    # ------------------------------------------------------------------ figures and source

    def figures(self, draft: Draft, sentence: Sentence, drafts: Sequence[Draft]) -> tuple[Figure, ...]:
        """The rules' figures for this trigger, and the model's where the rules see none."""
        rivals = [
            (d.start, d.end)
            for d in drafts
            if d.sentence == draft.sentence and d is not draft and d.detected.type in HARMFUL
        ]
        seen = figures.find(self.text, sentence.start, sentence.end)
        kind = draft.detected.type
        attached = figures.attach(self.text, sentence.start, sentence.end, draft.start, draft.end, kind, seen, rivals)
        out = [
            Figure(
                f.measure,
                f.low,
                f.high,
                Span.cut(self.text, f.start, f.end),
                f.qualifier,
                f.group,
                f.cumulative,
            )
            for f in attached
        ]
        for measure in MEASURES:
            marked = max(likely(draft, measure), key=lambda f: f.probability, default=None)
            if marked is None or any(f.measure == measure for f in out):
                continue
            if not HARM[measure].search(self.text, sentence.start, sentence.end):
                continue  # "two officers were stabbed": the model counts them, but nobody says that they died
            got = figures.parse_figure(self.text[marked.start : marked.end], measure)
            if got:
                out.append(Figure(measure, got[0], got[1], Span.cut(self.text, marked.start, marked.end), *got[2:]))
        return tuple(sorted(out, key=lambda f: (f.span.start, f.measure)))

    def source(self, draft: Draft, actors: Sequence[Participant]) -> tuple[Source, ...]:
        """The chain of speakers: the rules' where the model does not doubt it, else the model's words."""
        mine = [(p.span.start, p.span.end) for p in actors]
        kind, said = draft.detected.type, draft.roles.get("source", ())
        chain = list(
            attribution.source_of(self.text, self.attributions, draft.start, draft.end, claim_type=kind, actors=mine)
        )
        marked = [(f.start, f.end) for f in likely(draft, "source")]
        here = self.bounds[draft.sentence]
        if any(here[0] <= a < here[1] for a, _ in chain) and not said:
            chain = []  # the speaker stands beside the trigger, and the model sees no tie between them
        if not chain or (marked and not any(a < d and c < b for a, b in chain for c, d in marked)):
            chain = marked or chain
        if kind in SPEECH_ACTS:
            chain = [s for s in chain if not any(s[0] < b and a < s[1] for a, b in mine)]
        out = []
        for start, end in chain:
            spoken = self.antecedents.get((start, end))
            name = spoken.text if spoken else self.text[start:end]
            who = self.participant(start, end, None).who
            out.append(Source(Span.cut(self.text, start, end), name, source_kind(name, self.text), who))
        return tuple(out)

    # ------------------------------------------------------------------ the whole document

    def candidates(self) -> list[Candidate]:
        """Every known actor, place and date that the document names, in text order, for the context network."""
        found = [Candidate(m.start, m.end, m.kind, m.who) for m in self.actors if m.who]
        by_start = {m.start: m for m in self.actors}
        for (start, end), before in self.antecedents.items():
            meant = next((by_start[n] for n in range(before.start, before.end) if n in by_start), None)
            if meant is not None and meant.who and start not in by_start:
                found.append(Candidate(start, end, "reference", meant.who))
        around = self.context
        days = [(w.span, f"{w.start}/{w.end}") for w in around.dates if w.span and w.start]
        found += [Candidate(p.span.start, p.span.end, "place", p.iso3) for p in around.places if p.iso3]
        found += [Candidate(span.start, span.end, "date", day) for span, day in days]
        return sorted(found, key=lambda c: (c.start, c.end, c.kind, c.group))

    @cached_property
    def context(self) -> Context:
        """Every place and date that the document names, resolved, for what claims inherit."""
        places = []
        for mention in self.places:
            sentence = next((s for s in self.sentences if s.start <= mention.start < s.end), None)
            got = self.place_of([(mention.start, mention.end)], sentence) if sentence else None
            if got and got.iso3:
                places.append(got)
        told = []
        for s in self.sentences:
            anchor = dates.DateContext(published=self.document.published, caption=s.region.dated)
            for m in dates.find(self.text, s.start, s.end):
                if self.dateline[0] <= m.start < self.dateline[1]:
                    continue
                words = self.text[m.start : m.end]
                day = dates.resolve(words, replace(anchor, sentence=self.text[s.start : s.end]))
                if day.start is not None:
                    span = Span.cut(self.text, m.start, m.end)
                    told.append(When(day.start, day.end, day.precision, day.basis, span, day.why))
        line = self.document.dateline or ""
        at = self.text.find(line) if line else -1
        near = (p for p in places if at <= p.span.start < at + len(line))
        return Context(tuple(places), tuple(told), next(near, None) if at >= 0 else None)
