"""A document read anew: decisions follow to the claims of the same words, ids stay, the old reading is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from casus.errors import UnknownError
from casus.ledger.ledger import Ledger
from casus.records import Claim
from tests.papers import AT, Deed, Paper, by_id, check, filled, groups, on, paper, shifted, small_blocks, store_of
from tests.telling import KARACHI, PANJGUR

HERE, THERE = Deed(killed=2), Deed(town=KARACHI, killed=9)


def reread(ledger: Ledger, made: Paper, *claims: Claim) -> list[Claim]:
    ledger.reread(made[0].id, claims, "newer", at=AT)
    check(ledger)
    return list(claims)


def test_the_same_reading_changes_nothing() -> None:
    papers = [paper("a", HERE, THERE), paper("b", HERE)]
    ledger = filled(*papers)
    before = ledger.events()
    changes = ledger.reread("a", papers[0][1], "newer", at=AT)
    assert (changes.founded, changes.changed, changes.ended) == ([], [], [])
    assert ledger.events() == before
    check(ledger)


def test_claims_of_the_old_reading_are_kept() -> None:
    made = paper("a", HERE, THERE)
    ledger = filled(made, paper("b", HERE))
    (new,) = reread(ledger, made, shifted(made[0], made[1][0]))
    sql = """SELECT claims.id, gone IS NULL FROM claims JOIN documents ON document = documents.n
             WHERE documents.id = 'a' ORDER BY claims.n"""
    rows = store_of(ledger).rows(sql)
    assert rows == [(made[1][0].id, 0), (made[1][1].id, 0), (new.id, 1)]
    assert ledger.counts()["claims"] == 2
    with pytest.raises(UnknownError):
        ledger.claim(made[1][1].id)


def test_an_event_keeps_its_id_when_its_founding_claim_is_read_otherwise() -> None:
    made, other = paper("a", HERE), paper("b", HERE)
    ledger = filled(made, other)
    before = set(by_id(ledger))
    (new,) = reread(ledger, made, shifted(made[0], made[1][0]))
    assert set(by_id(ledger)) == before
    assert groups(ledger) == {frozenset([new.id, other[1][0].id])}
    reread(ledger, made)  # and when it is told no more
    assert set(by_id(ledger)) == before
    reread(ledger, made, *made[1])  # and when it is told again
    assert set(by_id(ledger)) == before
    ledger.split([made[1][0].id], by="me")
    check(ledger)


def test_an_event_told_no_more_ends_and_comes_back_under_its_id() -> None:
    made = paper("a", HERE)
    ledger = filled(made)
    before = by_id(ledger)
    reread(ledger, made)
    assert ledger.events() == []
    reread(ledger, made, *made[1])
    assert by_id(ledger) == before


def test_of_two_claims_on_one_trigger_each_keeps_its_event() -> None:
    document, (struck,) = paper("a", HERE)
    blamed = replace(struck, type="ACCUSE", id=Claim.make_id("a", struck.trigger, "ACCUSE", struck.status))
    ledger = filled((document, [struck, blamed]))
    events = {claim.type: ledger.event_of(claim.id) for claim in (struck, blamed)}
    assert events["ASSAULT"] != events["ACCUSE"]
    reread(ledger, (document, []), blamed)
    assert ledger.event_of(blamed.id).id == events["ACCUSE"].id  # type: ignore[union-attr]


# ------------------------------------------------------------------ decisions


def test_a_rejected_claim_stays_rejected_when_its_trigger_shifts() -> None:
    made, other = paper("a", HERE), paper("b", HERE)
    ledger = filled(made, other)
    ledger.reject(made[1][0].id, by="me")
    (new,) = reread(ledger, made, shifted(made[0], made[1][0]))
    assert [c.id for c in ledger.rejected()] == [new.id]
    assert groups(ledger) == {frozenset([other[1][0].id])}
    ledger.undo(by="me")
    check(ledger)
    assert groups(ledger) == {frozenset([new.id, other[1][0].id])}


def test_a_decision_on_a_claim_does_not_pass_to_another_that_stood_beside_it() -> None:
    document, (struck,) = paper("a", HERE)
    blamed = replace(struck, type="ACCUSE", id=Claim.make_id("a", struck.trigger, "ACCUSE", struck.status))
    ledger = filled((document, [struck, blamed]))
    decision = ledger.reject(struck.id, by="me").decision
    reread(ledger, (document, []), blamed)
    assert ledger.rejected() == []
    assert [d.id for d in ledger.orphans()] == [decision]


def test_merge_split_and_set_follow_to_the_newer_claims() -> None:
    papers = [paper("a", HERE), paper("b", THERE), paper("c", HERE)]
    ledger = filled(*papers)
    claims = [made[0] for _, made in papers]
    ledger.split([claims[2].id], by="me")
    ledger.merge(*(ledger.event_of(claims[n].id).id for n in (0, 1)), by="me")  # type: ignore[union-attr]
    ledger.set(ledger.event_of(claims[0].id).id, "killed", "5", by="me")  # type: ignore[union-attr]
    new = [reread(ledger, made, shifted(made[0], claim))[0] for made, claim in zip(papers, claims, strict=True)]
    assert groups(ledger) == {frozenset([new[0].id, new[1].id]), frozenset([new[2].id])}
    assert ledger.event_of(new[0].id).figure("killed").best == 5  # type: ignore[union-attr]
    assert ledger.orphans() == []


def test_a_merge_holds_when_the_claim_in_its_middle_is_told_no_more() -> None:
    papers = [paper("a", HERE), paper("b", THERE), paper("c", Deed("2024-01-25"))]
    ledger = filled(*papers)
    first, second, third = (ledger.event_of(made[0].id).id for _, made in papers)  # type: ignore[union-attr]
    ledger.merge(first, second, by="me")
    ledger.merge(first, third, by="me")
    reread(ledger, papers[0])
    assert groups(ledger) == {frozenset(made[0].id for _, made in papers[1:])}
    assert ledger.event(first) == ledger.event(second) == ledger.event(third)


def test_decisions_that_no_claim_carries_are_told_and_hold_again_when_one_does() -> None:
    papers = [paper("a", HERE), paper("b", HERE), paper("c", THERE)]
    ledger = filled(*papers)
    claims = [made[0] for _, made in papers]
    split = ledger.split([claims[1].id], by="me").decision
    merge = ledger.merge(ledger.event_of(claims[1].id).id, ledger.event_of(claims[2].id).id, by="me").decision  # type: ignore[union-attr]
    value = ledger.set(ledger.event_of(claims[1].id).id, "killed", "5", by="me").decision  # type: ignore[union-attr]
    before = by_id(ledger)
    reread(ledger, papers[1])
    assert [d.id for d in ledger.orphans()] == [split, merge]
    # what was set of the merged event is carried by the claim that is left of it
    assert ledger.event_of(claims[2].id).figure("killed").best == 5  # type: ignore[union-attr]
    reread(ledger, papers[2])
    assert [d.id for d in ledger.orphans()] == [split, merge, value]
    assert len(ledger.decisions()) == 3
    for made in papers[1:]:
        reread(ledger, made, *made[1])
    assert ledger.orphans() == []
    assert by_id(ledger) == before


def test_a_split_of_what_is_one_claim_now_is_put_before_a_person() -> None:
    document, (whole,) = paper("a", replace(HERE, word="struck hard"))
    at = whole.trigger.start
    parts = [on(document, whole, at, at + 6), on(document, whole, at + 7, at + 11)]
    ledger = filled((document, parts))
    assert len(ledger.events()) == 1
    decision = ledger.split([parts[0].id], by="me").decision
    reread(ledger, (document, []), whole)
    assert [d.id for d in ledger.orphans()] == [decision]


def test_renamed_actors_are_so_in_the_newer_reading() -> None:
    made = paper("a", HERE)
    ledger = filled(made)
    ledger.rename("IRN", "Persia", by="me")
    reread(ledger, made, shifted(made[0], made[1][0]))
    assert [s.who for s in ledger.events()[0].actors] == ["Persia"]


def test_only_a_document_of_the_ledger_can_be_read_anew() -> None:
    ledger = filled(paper("a", HERE))
    with pytest.raises(UnknownError, match="document"):
        ledger.reread("nothing", [], "newer")
    assert len(ledger.log()) == 1


deeds = st.builds(
    Deed,
    day=st.sampled_from(["2024-01-16", "2024-01-17", None]),
    town=st.sampled_from([PANJGUR, KARACHI]),
    killed=st.sampled_from([None, 2]),
)
readings = st.lists(st.tuples(st.integers(0, 3), st.sets(st.integers(0, 2)), st.booleans()), max_size=6)


@how(max_examples=40)
@given(st.lists(st.lists(deeds, min_size=1, max_size=3), min_size=4, max_size=4), readings)
def test_any_readings_one_after_the_other_come_to_those_of_today(
    found: list[list[Deed]], wanted: list[tuple[int, set[int], bool]]
) -> None:
    papers = [paper(f"d{n}", *some, lead=f"News {n}.") for n, some in enumerate(found)]
    today = dict(enumerate(papers))
    with small_blocks(3, 2):
        ledger = filled(*papers)
        for n, kept, moved in wanted:
            document, every = papers[n]
            claims = [shifted(document, c) if moved else c for k, c in enumerate(every) if k in kept]
            today[n] = (document, reread(ledger, papers[n], *claims))
        assert groups(ledger) == groups(filled(*today.values()))
