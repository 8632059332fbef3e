"""Events as Python asks for them: lazy, immutable, cut and narrowed; and the views of what belongs to them."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, replace
from pathlib import Path
from typing import Any, assert_type

import pytest
from hypothesis import given
from hypothesis import strategies as st

import casus
from casus import Claim, ClaimView, Document, Event, EventView, Range
from casus.config import Config
from casus.errors import LedgerError, UnknownError, UsageError
from casus.ledger.queries import Filter
from casus.notebook.asked import narrowed
from tests.papers import Deed, Paper, filled, paper
from tests.telling import KARACHI, PANJGUR, SARAVAN

DAYS = 12


def papers() -> list[Paper]:
    """A raid a day, in three towns in turn; every other one is told to have killed."""
    towns = (PANJGUR, SARAVAN, KARACHI)
    return [
        paper(f"p{n:02}", Deed(f"2024-03-{n * 2 + 1:02}", towns[n % 3], "IRN", "PAK", n if n % 2 else None))
        for n in range(DAYS)
    ]


@pytest.fixture(scope="module")
def many() -> Iterator[casus.Ledger]:
    with casus.Ledger(filled(*papers()), Config.load({})) as made:
        assert len(made.events()) == DAYS
        yield made


# ------------------------------------------------------------------ as a collection


class TestLazy:
    """The question is kept, and not the answer."""

    def test_what_is_added_or_decided_later_is_in_it(self, db: casus.Ledger) -> None:
        every, disputed = db.events(), db.events(disputed=True)
        assert (len(every), len(disputed)) == (3, 1)
        db.review.settle(disputed[0], "killed", "9", by="ana")
        db.add(paper("new", Deed("2024-05-05", KARACHI, "PAK", type="PROTEST")))
        assert (len(every), len(disputed)) == (4, 0)

    def test_one_can_decide_while_one_looks(self, db: casus.Ledger) -> None:
        for event in db.events():
            db.review.set(event, "injured", "1", by="ana")
            for claim in db.claims():
                claim.document.claims  # noqa: B018 - looks up, too
        assert [e.injured for e in db.events()] == [Range(1, 1, 1)] * 3
        rejected = [db.review.reject(claim, by="ana") for claim in db.claims()]
        assert (len(rejected), len(db.events())) == (6, 0)
        assert len(db.claims()) == len(list(db.claims())) == 6
        for document in db.documents():
            db.add(paper(f"more {document.id}", Deed()))
        assert len(db.documents()) == 10

    def test_an_event_that_ended_meanwhile_is_passed_over(self, db: casus.Ledger, monkeypatch: Any) -> None:
        monkeypatch.setattr("casus.ledger.streams.EVENTS", 1)
        seen = list[str]()
        for event in db.events():
            if not seen:
                db.review.merge(event, db.events()[1], by="ana")
            seen.append(event.type)
        assert seen == ["ASSAULT", "PROTEST"]

    def test_a_closed_ledger_is_told(self, db: casus.Ledger) -> None:
        events, event = db.events(country="Iran"), db.events()[0]
        db.close()
        assert repr(events).startswith("<Events of country IRN: the ledger ")
        assert event.killed == Range(2, 2, 2)
        for look in (lambda: len(events), lambda: event.claims, lambda: list(events), db.counts):
            with pytest.raises(LedgerError, match="cannot be used so"):
                look()

    def test_a_ledger_belongs_to_the_thread_that_opened_it(self, db: casus.Ledger) -> None:
        said: list[object] = []

        def elsewhere() -> None:
            try:
                len(db.events())
            except LedgerError as error:
                said.append(error.hint)
            with casus.open(db.path) as own:
                said.append(len(own.events()))

        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        assert said == ["open it where it is used, and close it last", 3]


class TestCut:
    """Indices and slices are those of a list."""

    @given(at=st.integers(-DAYS - 3, DAYS + 3))
    def test_indices(self, many: casus.Ledger, at: int) -> None:
        whole = list(many.events())
        for rows in (many.events(), many.events().where(lambda e: True), many.documents()):
            plain: list[Any] = list(rows)
            if -len(plain) <= at < len(plain):
                assert rows[at] == plain[at]
            else:
                with pytest.raises(IndexError):
                    rows[at]
        assert len(whole) == DAYS

    @given(
        first=st.none() | st.integers(-15, 15), last=st.none() | st.integers(-15, 15), again=st.integers(-5, 5),
        tested=st.booleans(),
    )  # fmt: skip
    def test_slices_and_slices_of_slices(
        self, many: casus.Ledger, first: int | None, last: int | None, again: int, tested: bool
    ) -> None:
        events = many.events().where(lambda e: True) if tested else many.events()
        whole = list(events)
        cut = events[first:last]
        assert list(cut) == whole[first:last]
        assert len(cut) == cut.count() == len(whole[first:last])
        assert list(cut[again:]) == whole[first:last][again:]
        assert cut.first() == next(iter(whole[first:last]), None)
        assert cut.to_arrow()["event_id"].to_pylist() == [e.id for e in whole[first:last]]

    @given(
        first=st.none() | st.integers(-15, 15),
        last=st.none() | st.integers(-15, 15),
        step=st.sampled_from([None, 2, -1]),
    )
    def test_slices_of_claims_are_lists(
        self, many: casus.Ledger, first: int | None, last: int | None, step: int | None
    ) -> None:
        assert many.claims()[first:last:step] == list(many.claims())[first:last:step]

    def test_what_was_cut_is_not_asked_further(self, many: casus.Ledger) -> None:
        for cut in (many.events()[:3], many.events(limit=3), many.events()[2:]):
            with pytest.raises(UsageError, match="cut out"):
                cut.filter(country="Iran")
        assert len(many.events(limit=5, offset=10)) == 2
        with pytest.raises(UsageError, match="one piece"):
            many.events()[::2]

    def test_cut_first_and_tested_then(self, many: casus.Ledger) -> None:
        towns = [e.place.name for e in many.events()[:6].where(lambda e: e.killed is not None) if e.place]
        assert towns == ["Saravan", "Panjgur", "Karachi"]


class TestNarrowed:
    """What is asked twice is asked for together."""

    @given(
        one=st.sampled_from([{}, {"country": "Iran"}, {"since": "2024-03-08"}, {"min_killed": 4}, {"side": "Iran"}]),
        other=st.sampled_from(
            [{}, {"until": "2024-03-15"}, {"since": "2024-03-03"}, {"killed": 2}, {"type": "assault"}]
        ),
    )
    def test_a_filter_of_a_filter_is_both(self, many: casus.Ledger, one: Any, other: Any) -> None:
        both = {e.id for e in many.events(**one)} & {e.id for e in many.events(**other)}
        assert set(many.events(**one).filter(**other).ids) == both
        assert set(many.events(**other).filter(**one).ids) == both

    def test_ids_and_truths_are_narrowed_too(self, many: casus.Ledger) -> None:
        ids = many.events().ids
        assert many.events(ids=ids[:5]).filter(ids=ids[3:9]).ids == ids[3:5]
        assert narrowed(Filter(disputed=True), Filter(review=True)) == Filter(disputed=True, review=True)

    @pytest.mark.parametrize(
        ("one", "other"),
        [({"country": "Iran"}, {"country": "Pakistan"}), ({"umbrella": True}, {"umbrella": False}),
         ({"since": "2024-03-03"}, {"until": "2024-03-02"}), ({"text": "struck"}, {"text": "PAK"})],
    )  # fmt: skip
    def test_what_cannot_be_both_is_told(self, many: casus.Ledger, one: Any, other: Any) -> None:
        with pytest.raises(UsageError):
            many.events(**one).filter(**other)

    def test_tests_of_ones_own(self, many: casus.Ledger) -> None:
        deadly = many.events().where(lambda e: e.killed is not None and (e.killed.best or 0) > 4)
        inside = deadly.filter(country="Pakistan")
        assert [e.killed.best for e in deadly if e.killed] == [5, 7, 9, 11]
        assert [e.killed.best for e in inside if e.killed] == [5, 9, 11]
        assert inside.where(lambda e: e.place is not None and e.place.name == "Karachi").count() == 2
        assert len(inside.claims) == len(inside.documents) == 3
        assert inside.to_arrow()["killed_best"].to_pylist() == [5, 9, 11]
        assert inside.panel("country", "month").total("killed_best") == 25
        assert repr(inside).startswith("<Events of country PAK; a test of yours: 3>")
        assert many.events().where(lambda e: False).first() is None


class TestAsked:
    """Keywords, and what makes no sense."""

    def test_both_names_of_a_number(self, db: casus.Ledger) -> None:
        assert db.events(min_killed=3) == db.events(killed=3) == db.events(killed=3, min_killed=3)
        assert db.events(min_independent=3) == db.events(independent=3)
        with pytest.raises(UsageError, match="the same"):
            db.events(killed=3, min_killed=4)

    @pytest.mark.parametrize(
        "asked",
        [{"killed": -1}, {"min_killed": "9"}, {"limit": 1.5}, {"since": "soon"}, {"near": (1, 2)}, {"near": "here"},
         {"country": "Atlantis"}, {"type": "PICNIC"}, {"status": "sure"}, {"ids": "evt_1"}, {"town": "Panjgur"},
         {"since": "2024-02-01", "until": "2024-01-01"}],
    )  # fmt: skip
    def test_what_makes_no_sense_is_told_at_once(self, db: casus.Ledger, asked: Any) -> None:
        for ask in (db.claims, db.documents, db.events().filter):
            with pytest.raises(UsageError):
                ask(**asked)

    def test_a_search_that_cannot_be_read_is_told(self, db: casus.Ledger) -> None:
        with pytest.raises(UsageError, match="cannot be searched for"):
            len(db.events(text='"open'))
        assert "cannot be searched for" in db.events(text='"open')._repr_html_()

    def test_ids_are_ids_or_events_and_follow_merges(self, db: casus.Ledger) -> None:
        first, second, protest = db.events()
        assert db.events(ids=[protest, first.id[:12]]).ids == [first.id, protest.id]
        db.review.merge(first, second, by="ana")
        assert db.events(ids=[second.id, first.id]).ids == [first.id]
        with pytest.raises(UnknownError):
            db.events(ids=["evt_zz"])

    def test_what_is_in_it(self, db: casus.Ledger) -> None:
        events = db.events(type="ASSAULT")
        assert events[0] in events
        assert events[0].id in events
        assert events[0].record in events
        assert db.events(type="PROTEST")[0] not in events
        assert db.claims()[0] in db.claims()
        assert events == list(events) == db.events(type="assault")
        assert events != db.events()
        assert events != 7
        with pytest.raises(TypeError):
            hash(events)


# ------------------------------------------------------------------ views


class TestViews:
    """A view is the record, cannot be changed, and leads on."""

    def test_types_are_what_an_editor_shows(self, db: casus.Ledger) -> None:
        event = db.events()[0]
        assert_type(event, EventView)
        assert_type(event.killed, Range | None)
        assert_type(event.claims, tuple[ClaimView, ...])
        assert_type(event.claims[0].document, casus.DocumentView)
        assert_type(event.conflicts, tuple[casus.ConflictView, ...])
        assert_type(db.events()[1:], casus.Events)
        assert_type(db.events().first(), EventView | None)
        assert_type(db.claims(event), list[ClaimView])
        assert_type(db.claims(country="Iran"), casus.Claims)
        assert_type(db.documents()[0], casus.DocumentView)
        assert isinstance(event, Event)
        assert isinstance(event.claims[0], Claim)
        assert isinstance(event.documents[0], Document)

    def test_a_view_is_equal_to_its_record(self, db: casus.Ledger) -> None:
        event = db.events(disputed=True)[0]
        for view in (event, event.claims[0], event.documents[0], event.conflicts[0]):
            record = view.record
            assert type(record) is not type(view)
            assert view == record
            assert record == view
            assert hash(view) == hash(record)
            assert pickle.loads(pickle.dumps(view)) == record
            assert type(pickle.loads(pickle.dumps(view))) is type(record)
        assert event != db.events()[0]
        assert event != "evt"
        assert event.record.claims == event.claim_ids
        assert sorted(event.claim_ids) == sorted(c.id for c in event.claims)

    def test_a_view_cannot_be_changed(self, db: casus.Ledger) -> None:
        event = db.events()[0]
        view: Any
        for view in (event, event.claims[0], event.documents[0]):
            for name in ("id", "_desk", "new"):
                with pytest.raises(FrozenInstanceError):
                    setattr(view, name, "other")
            with pytest.raises(FrozenInstanceError):
                del view.id
            with pytest.raises(TypeError, match="record"):
                replace(view, id="other")
            with pytest.raises(TypeError, match="record"):
                type(view)()

    def test_claims_lead_to_documents_and_back(self, db: casus.Ledger) -> None:
        for event in db.events():
            for claim in event.claims:
                document = claim.document
                assert document.text[claim.sentence.start : claim.sentence.end] == claim.quote
                assert (claim.publisher, claim.published) == (document.publisher, document.published)
                assert claim in document.claims
                assert claim.ledger_event == event == db.event_of(claim)
                assert claim == db.claim(claim.id)
                assert document == db.document(document.id)
            assert list(event.claims) == db.claims(event) == db.claims(event.id[:12])
            assert {c.document for c in event.claims} == set(event.documents)

    def test_voices_are_sources_or_publishers(self, db: casus.Ledger) -> None:
        strike = db.events()[0]
        named = [(s.name, s.kind, len(s.claims)) for s in strike.sources]
        assert named == [
            ("the foreign ministry", "official", 1), ("The Panjgur Post", None, 1), ("The Harbour Times", None, 1),
        ]  # fmt: skip

    def test_an_event_keeps_the_claims_that_it_had(self, db: casus.Ledger) -> None:
        first, second = db.events(type="ASSAULT")
        before = [c.id for c in db.claims(second)]
        db.review.merge(first, second, by="ana")
        db.review.reject(before[0], by="ana")
        assert [c.id for c in second.claims] == before
        assert second.claims[0].ledger_event is None
        ended = second.history[-1]
        assert (ended.version, ended.event) == (2, None)

    def test_a_reading_of_today_goes_before_an_older_one(self, db: casus.Ledger) -> None:
        event, document = db.events(type="PROTEST")[0], db.documents(type="PROTEST")[0]
        other = [replace(c.record, confidence=0.5) for c in document.claims]
        db._ledger.reread(document.id, other, "run")
        assert [c.confidence for c in event.claims] == [0.5]
        fresh = db.events(type="PROTEST")[0]
        db._ledger.reread(document.id, [], "run")
        assert [c.quote for c in fresh.claims] == ["Residents marched in Karachi on Saturday."]
        assert len(db.events(type="PROTEST")) == 0

    def test_what_a_line_shows(self, db: casus.Ledger) -> None:
        event = db.events(disputed=True)[0]
        assert repr(event) == f"<EventView {event.id[:12]}: {event.line}>"
        assert repr(event.conflicts[0]) == f"<ConflictView {event.id[:12]} open: killed: 7 (1), 9 (1)>"
        assert repr(event.sources[0]) == "<Speaker the deputy governor (official): 1 claim>"
        assert repr(event.claims[1]).endswith("state television said.'>")
        document = event.documents[0]
        assert (
            repr(document) == f"<DocumentView {document.id[:12]} The Harbour Times, 2024-01-18: 'Nine dead in Saravan'>"
        )
        assert repr(db.conflicts("open")).splitlines()[1] == f"  {event.id[:12]}  open  killed: 7 (1), 9 (1)"
        assert "Karachi Courier: March in Karachi" in repr(db.documents())
        assert repr(db.review) == "<Review of border.casus>"

    def test_a_document_cannot_draw_on_the_terminal(self, db: casus.Ledger) -> None:
        bad = "\x1b[2J\u202e\x07"
        document, claims = paper("bad", Deed(by="IRN"), lead=f"{bad} News.", publisher=f"The {bad}Herald")
        db.add((replace(document, title=f"A {bad} title"), claims))
        rows = (db.events(), db.claims(), db.documents(), db.review.queue(), db.document("bad"), db.claim(claims[0].id))
        assert not {"\x1b", "\x07", "\u202e"} & set("".join(map(repr, rows)))


class TestQueue:
    """What there is to look at."""

    def test_it_is_what_the_command_lists(self, db: casus.Ledger) -> None:
        queue = db.review.queue()
        assert len(queue) == 2
        assert [e.id for e in queue] == [db.events(disputed=True)[0].id, db.events(type="PROTEST")[0].id]
        assert repr(queue).splitlines()[2:] == [
            "    killed: 7 (1), 9 (1)",
            f"  {queue.odd[0].id[:12]}  Residents protested in Karachi, 20 January 2024",
            "    one publisher only",
        ]

    def test_decisions_that_lost_their_claims_stand_in_it(self, db: casus.Ledger) -> None:
        event = db.events(type="PROTEST")[0]
        db.review.set(event, "injured", "3", by="ana")
        db._ledger.reread(event.documents[0].id, [], "run")
        queue = db.review.queue()
        assert [d.field for d in queue.orphans] == ["injured"]
        assert "1 decision that no claim carries any more" in queue._repr_html_()


def test_documents_and_claims_of_one_ledger_can_be_added_to_another(db: casus.Ledger, tmp_path: Path) -> None:
    with casus.open(tmp_path / "other.casus", create=True) as other:
        other.add(*((document, document.claims) for document in db.documents(country="Iran")))
        assert [e.id for e in other.events(country="Iran")] == db.events(country="Iran").ids


def test_failures_are_kept(db: casus.Ledger) -> None:
    db.add("nowhere.txt")
    assert [f.failure.item for f in db.failures()] == ["nowhere.txt"]
    assert db.failures(resolved=True) == db.failures()
