"""What a person decides of a ledger: it holds, it survives what comes later, and taking it back leaves no trace."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from casus.errors import UnknownError, UsageError
from casus.events import Event
from casus.ledger.changing import Decided
from casus.ledger.ledger import Ledger
from tests.papers import (
    AT,
    Deed,
    Paper,
    by_id,
    check,
    event_with,
    filled,
    groups,
    ids_of,
    paper,
    shifted,
    small_blocks,
    store_of,
)
from tests.telling import KARACHI, PANJGUR, SORDO

HERE, THERE = Deed(killed=2), Deed(town=KARACHI, killed=9)


# ------------------------------------------------------------------ any decisions, taken back


@dataclass(frozen=True, slots=True)
class Act:
    """A decision to make, of whatever there is at that time."""

    action: str
    one: int
    other: int
    name: str = "IRN"
    after: str = "Persia"


VALUES = [("killed", "5"), ("actor", "USA"), ("type", "COERCE"), ("date", "2024-01-12"), ("place", "Quetta, PAK")]
WHO = st.sampled_from(["IRN", "PAK", "Persia", "Jaish al-Adl"])
acts = st.builds(
    Act,
    st.sampled_from(["merge", "split", "reject", "set", "settle", "rename"]),
    st.integers(0, 50),
    st.integers(0, 50),
    WHO,
    WHO,
)
deeds = st.builds(
    Deed,
    day=st.sampled_from(["2024-01-15", "2024-01-16", "2024-01-16", "2024-01-19", None]),
    town=st.sampled_from([PANJGUR, SORDO, KARACHI, None]),
    by=st.sampled_from(["IRN", "Jaish al-Adl", None]),
    to=st.sampled_from(["PAK", None]),
    killed=st.sampled_from([None, 2, 9]),
    aggregate=st.sampled_from([False, False, False, True]),
)
told = st.lists(st.lists(deeds, max_size=3), min_size=1, max_size=5)


def papers_of(found: Sequence[Sequence[Deed]], named: str = "d") -> list[Paper]:
    return [paper(f"{named}{n}", *some, lead=f"News {n}.") for n, some in enumerate(found)]


def decide(ledger: Ledger, act: Act) -> str | None:
    """The id of the decision; None where there is nothing to decide so."""
    events = ledger.events()
    if not events:
        return None
    try:
        return _made(ledger, act, events[act.one % len(events)], events[act.other % len(events)]).decision
    except UsageError:
        return None


def _made(ledger: Ledger, act: Act, event: Event, other: Event) -> Decided:
    some = event.claims[: act.other % len(event.claims)] or event.claims[:1]
    if act.action == "merge":
        return ledger.merge(event.id, other.id, by="me", at=AT)
    if act.action == "split":
        return ledger.split(some, by="me", at=AT)
    if act.action == "reject":
        return ledger.reject(some[-1], by="me", at=AT)
    if act.action == "rename":
        return ledger.rename(act.name, act.after, by="me", at=AT)
    if act.action == "settle" and event.conflicts:
        conflict = event.conflicts[act.other % len(event.conflicts)]
        return ledger.settle(event.id, conflict.kind, conflict.options[-1].value, by="me", at=AT)
    return ledger.set(event.id, *VALUES[act.other % len(VALUES)], by="me", at=AT)


@how(max_examples=40)
@given(told, st.lists(acts, max_size=6), st.booleans())
def test_taking_all_back_in_turn_gives_each_state_before(
    found: list[list[Deed]], wanted: list[Act], tight: bool
) -> None:
    with small_blocks(3 if tight else 192, 2):
        ledger = filled(*papers_of(found))
        done = []
        for act in wanted:
            before = by_id(ledger)
            if (decision := decide(ledger, act)) is not None:
                done.append((decision, before))
                check(ledger)
        for decision, before in reversed(done):
            ledger.undo(decision, by="me", at=AT)
            assert by_id(ledger) == before
        check(ledger)


@how(max_examples=40)
@given(
    told,
    told,
    st.lists(acts | st.sampled_from(["add", "undo", "read anew"]), max_size=10),
    st.randoms(use_true_random=False),
)
def test_whatever_is_decided_added_and_taken_back_the_ledger_holds_together(
    found: list[list[Deed]], later: list[list[Deed]], wanted: list[Act | str], random: Random
) -> None:
    here, waiting = papers_of(found), papers_of(later, "later")
    with small_blocks(4, 2):
        ledger = filled(*here)
        for act in wanted:
            if isinstance(act, Act):
                decide(ledger, act)
            elif act == "add" and waiting:
                here.append(waiting.pop())
                ledger.add(here[-1:], "run", at=AT)
            elif act == "read anew":
                document, claims = random.choice(here)
                newer = [random.choice([c, shifted(document, c)]) for c in claims if random.random() < 0.8]
                ledger.reread(document.id, newer, "run", at=AT)
            elif ledger.decisions():
                with suppress(UsageError):  # what was taken back already
                    ledger.undo(random.choice(ledger.decisions()).id, by="me", at=AT)
            check(ledger)


# ------------------------------------------------------------------ merge and split


def test_merged_events_stay_one_when_a_claim_of_them_is_rejected() -> None:
    papers = [paper("a", HERE), paper("b", HERE), paper("c", THERE), paper("d", THERE)]
    for rejected in range(4):
        ledger = filled(*papers)
        ledger.merge(event_with(ledger, papers[0]).id, event_with(ledger, papers[2]).id, by="me")
        ledger.reject(papers[rejected][1][0].id, by="me")
        left = [p for n, p in enumerate(papers) if n != rejected]
        assert groups(ledger) == {frozenset(ids_of(*left))}
        check(ledger)


def test_merged_events_of_other_days_take_further_reports_of_either() -> None:
    one, other = paper("a", Deed("2024-01-10")), paper("b", Deed("2024-01-18"))
    ledger = filled(one, other)
    ledger.merge(event_with(ledger, one).id, event_with(ledger, other).id, by="me")
    more = paper("c", Deed("2024-01-18"), lead="Again.")
    ledger.add([more], "run")
    assert groups(ledger) == {frozenset(ids_of(one, other, more))}


def test_split_then_merge_then_split() -> None:
    papers = [paper(name, HERE) for name in "abc"]
    ledger = filled(*papers)
    before = by_id(ledger)
    (event,) = ledger.events()
    first = ledger.split(ids_of(papers[2]), by="me")
    assert groups(ledger) == {frozenset(ids_of(*papers[:2])), frozenset(ids_of(papers[2]))}
    second = ledger.merge(event_with(ledger, papers[2]).id, event.id, by="me")
    assert by_id(ledger) == before
    third = ledger.split(ids_of(papers[0]), by="me")
    assert groups(ledger) == {frozenset(ids_of(*papers[1:])), frozenset(ids_of(papers[0]))}
    check(ledger)
    for decision in (third, second, first):
        ledger.undo(decision.decision, by="me")
    assert by_id(ledger) == before


def test_what_was_split_stays_apart_from_reports_that_come_later() -> None:
    papers = [paper(name, HERE) for name in "abc"]
    ledger = filled(*papers)
    ledger.split(ids_of(papers[2]), by="me")
    ledger.add([paper(name, HERE, lead="Again.") for name in "xyz"], "run")
    apart = {frozenset(ids_of(*papers[:2])), frozenset(ids_of(papers[2]))}
    assert all(not (a & e and b & e) for e in groups(ledger) for a, b in [tuple(apart)])
    check(ledger)


def test_a_merge_leaves_a_tombstone_that_leads_to_what_took_its_claims() -> None:
    one, other = paper("a", HERE), paper("b", THERE)
    ledger = filled(one, other)
    kept, gone = event_with(ledger, one).id, event_with(ledger, other).id
    done = ledger.merge(gone, kept, by="me")
    assert (done.changes.ended, done.changes.founded) == ([gone], [])
    assert ledger.event(gone) == ledger.event(kept)
    assert {c.id for c in ledger.claims(gone)} == set(ids_of(one, other))
    with pytest.raises(UsageError, match="has ended"):
        ledger.merge(kept, gone, by="me")
    with pytest.raises(UsageError, match="has ended"):
        ledger.set(gone, "killed", "1", by="me")
    with pytest.raises(UsageError, match="one event already"):
        ledger.merge(kept, kept, by="me")


@pytest.mark.parametrize(
    ("claims", "words"),
    [((0, 2), "one event"), ((0, 1), "no claim would be left"), ((), "one event")],
)
def test_splits_that_make_no_sense(claims: tuple[int, ...], words: str) -> None:
    papers = [paper("a", HERE), paper("b", HERE), paper("c", THERE)]
    ledger = filled(*papers)
    before = by_id(ledger), ledger.log()
    with pytest.raises(UsageError, match=words):
        ledger.split([ids_of(papers[n])[0] for n in claims], by="me")
    assert (by_id(ledger), ledger.log()) == before
    assert ledger.decisions() == []


# ------------------------------------------------------------------ reject


def test_an_event_keeps_its_id_when_its_founding_claim_is_rejected_and_gets_it_back() -> None:
    papers = [paper(name, HERE) for name in "abc"]
    ledger = filled(*papers)
    before = by_id(ledger)
    (event,) = ledger.events()
    decision = ledger.reject(ids_of(papers[0])[0], by="me").decision
    assert [e.id for e in ledger.events()] == [event.id]
    assert ledger.event_of(ids_of(papers[0])[0]) is None
    assert [c.id for c in ledger.rejected()] == ids_of(papers[0])
    ledger.undo(decision, by="me")
    # and all as if it had never been: the id goes with its founding claim once more
    ledger.split(ids_of(papers[1]), by="me")
    assert set(ledger.event(event.id).claims) == set(ids_of(papers[0], papers[2]))
    ledger.undo(by="me")
    assert by_id(ledger) == before


def test_claims_rejected_one_after_the_other_come_back_in_any_order() -> None:
    papers = [paper(name, HERE) for name in "ab"]
    ledger = filled(*papers)
    before = by_id(ledger)
    decisions = [ledger.reject(claim, by="me").decision for claim in ids_of(*papers)]
    assert ledger.events() == []
    with pytest.raises(UnknownError, match="ended"):
        ledger.event(next(iter(before)))
    for decision in decisions:
        ledger.undo(decision, by="me")
        check(ledger)
    assert by_id(ledger) == before


def test_the_id_of_a_merged_event_still_leads_to_its_claims_when_its_founder_is_rejected() -> None:
    one, other = paper("a", HERE), paper("b", THERE)
    ledger = filled(one, other)
    first, second = event_with(ledger, one).id, event_with(ledger, other).id
    ledger.merge(first, second, by="me")
    ledger.reject(ids_of(one)[0], by="me")
    assert set(ledger.event(first).claims) == set(ledger.event(second).claims) == set(ids_of(other))
    check(ledger)


def test_a_claim_is_rejected_once() -> None:
    ledger = filled(paper("a", HERE))
    (claim,) = ledger.events()[0].claims
    ledger.reject(claim, by="me")
    with pytest.raises(UsageError, match="rejected already"):
        ledger.reject(claim, by="me")
    with pytest.raises(UsageError, match="one event"):
        ledger.split([claim], by="me")


# ------------------------------------------------------------------ undo


def test_an_undo_can_be_undone_and_so_can_that() -> None:
    papers = [paper("a", HERE), paper("b", THERE)]
    ledger = filled(*papers)
    before = by_id(ledger)
    merge = ledger.merge(*[e.id for e in ledger.events()], by="me").decision
    merged = by_id(ledger)
    last = merge
    for wanted in (before, merged, before, merged):
        last = ledger.undo(last, by="me").decision
        assert by_id(ledger) == wanted
        check(ledger)
    assert [d.action for d in ledger.decisions()] == ["merge", *["undo"] * 4]


def test_undo_without_a_name_takes_back_what_stands_last() -> None:
    ledger = filled(paper("a", HERE), paper("b", THERE))
    before = by_id(ledger)
    event = ledger.events()[0]
    ledger.set(event.id, "killed", "5", by="me")
    ledger.rename("IRN", "Persia", by="me")
    ledger.undo(by="me")
    ledger.undo(by="me")
    assert by_id(ledger) == before
    with pytest.raises(UsageError, match="no decision to take back"):
        ledger.undo(by="me")
    with pytest.raises(UsageError, match="taken back already"):
        ledger.undo(ledger.decisions()[0].id, by="me")
    with pytest.raises(UsageError, match="no decision begins"):
        ledger.undo("dec_nothing", by="me")
    with pytest.raises(UsageError, match="more than one"):
        ledger.undo("dec_", by="me")


def test_decisions_are_written_down_for_good() -> None:
    ledger = filled(paper("a", HERE), paper("b", THERE))
    (one, other) = [e.id for e in ledger.events()]
    made = ledger.merge(one, other, by="Ada", reason="one raid", at="2024-02-03T00:00:00+00:00").decision
    (decision,) = ledger.decisions()
    assert (decision.id, decision.by, decision.reason) == (made, "Ada", "one raid")
    assert (decision.at, set(decision.subjects)) == ("2024-02-03T00:00:00+00:00", {one, other})
    ledger.undo(by="me")
    assert ledger.decisions()[0] == decision
    assert len(store_of(ledger).rows("SELECT 1 FROM decisions")) == 2
