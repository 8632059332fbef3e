"""The ledger: what is added is there once, in whatever order it comes; ids stay; questions find what they ask for."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from casus.errors import CasusError, UnknownError
from casus.events import Event
from casus.ledger.codec import claim_from, claim_text, event_from, event_text
from casus.linking.score import shipped
from casus.records import Claim, Participant, Source
from tests.papers import (
    AT,
    LONG,
    Deed,
    Paper,
    by_id,
    check,
    filled,
    groups,
    happened,
    opened,
    paper,
    small_blocks,
    store_of,
)
from tests.telling import KARACHI, PANJGUR, SARAVAN, SORDO

HERE, THERE = Deed(killed=2), Deed(town=KARACHI, killed=9)

deeds = st.builds(
    Deed,
    day=st.sampled_from(["2024-01-15", "2024-01-16", "2024-01-16", "2024-01-19", None]),
    town=st.sampled_from([PANJGUR, SORDO, KARACHI, None]),
    by=st.sampled_from(["IRN", "Jaish al-Adl", None]),
    to=st.sampled_from(["PAK", None]),
    killed=st.sampled_from([None, 2, 9]),
    type=st.sampled_from(["ASSAULT", "ASSAULT", "COERCE"]),
    status=st.sampled_from(["happened", "happened", "denied", "planned"]),
    aggregate=st.sampled_from([False, False, False, True]),
)


@st.composite
def papers(draw: st.DrawFn) -> list[Paper]:
    """Up to seven papers; some print the same text, some have no publisher, no date or nothing to tell."""
    out: list[Paper] = []
    for n in range(draw(st.integers(1, 7))):
        same = out and draw(st.integers(0, 4)) == 0
        told = draw(st.lists(deeds, max_size=3)) if not same else []
        lead = draw(st.sampled_from(["News.", f"News {n}."]))
        published = draw(st.sampled_from([None, "2024-01-17", "2024-01-18"]))
        publisher = draw(st.sampled_from(["", None, "Dawn"]))
        made = paper(f"d{n}", *told, published=published, publisher=publisher, lead=lead)
        out.append(_copy(out[0], f"d{n}", publisher) if same else made)
    return out


def _copy(of: Paper, id: str, publisher: str | None = "") -> Paper:
    """The same text in another paper."""
    name = f"Paper {id}" if publisher == "" else publisher
    document = replace(of[0], id=id, publisher=name)
    return document, [replace(c, document_id=id, id=Claim.make_id(id, c.trigger, c.type, c.status)) for c in of[1]]


# ------------------------------------------------------------------ adding


def test_what_is_known_is_left_as_it_is_and_told_so() -> None:
    ledger = opened()
    first = ledger.add([paper("a", HERE)], "run", at=AT)
    assert (first.new, first.known, first.claims, len(first.changes.founded)) == (["a"], [], 1, 1)
    before = by_id(ledger), ledger.log(), ledger.counts()
    again = ledger.add([paper("a", THERE)], "run", at=AT)
    assert (again.new, again.known, again.claims) == ([], ["a"], 0)
    assert (again.changes.founded, again.changes.changed, again.changes.ended) == ([], [], [])
    assert (by_id(ledger), ledger.log(), ledger.counts()) == before
    more = ledger.add([paper("a", HERE), paper("b", HERE), paper("b", THERE)], "run", at=AT)
    assert (more.new, more.known, more.claims, len(more.changes.changed)) == (["b"], ["a"], 1, 1)
    assert ledger.known(["a", "b", "c"]) == {"a", "b"}
    assert ledger.add([], "run").new == []


@how(max_examples=40)
@given(papers(), st.randoms(use_true_random=False), st.integers(1, 7), st.booleans())
def test_order_and_batches_of_adding_never_matter(found: list[Paper], random: Random, batch: int, tight: bool) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)
    with small_blocks(3 if tight else 192, 2):
        one, other = filled(*found), filled(*shuffled, batch=batch)
        assert happened(one) == happened(other)
        check(one)
        check(other)
        syndicated = "SELECT id, syndication, origins FROM documents ORDER BY id"
        assert store_of(one).rows(syndicated) == store_of(other).rows(syndicated)


@how(max_examples=25)
@given(papers())
def test_no_id_ever_moves_and_only_what_is_touched_changes(found: list[Paper]) -> None:
    with small_blocks(4, 2):
        ledger = opened()
        founders: dict[str, str] = {}
        for one in found:
            before = {e.id: e for e in ledger.events()}
            changes = ledger.add([one], "run", at=AT).changes
            after = {e.id: e for e in ledger.events()}
            assert set(changes.founded) == set(after) - set(before)
            assert set(changes.ended) == set(before) - set(after)
            assert set(changes.changed) == {i for i in before.keys() & after if before[i] != after[i]}
            for id_ in changes.founded:
                founders[id_] = next(c for c in after[id_].claims if Event.make_id(c) == id_)
            # an id leads to where its founding claim is, at any time
            assert all(claim in ledger.event(id_).claims for id_, claim in founders.items())


def test_a_report_that_bridges_two_events_makes_them_one_under_the_older_id() -> None:
    one = paper("a", Deed(town=None, killed=2), published="2024-01-17")
    other = paper("b", Deed(killed=9, by=None), published="2024-01-18")
    ledger = filled(one, other, batch=1)
    assert len(ledger.events()) == 2
    older, newer = (ledger.event_of(made[0].id) for _, made in (one, other))
    assert older is not None
    assert newer is not None
    changes = ledger.add([paper("c", Deed())], "run").changes
    assert (changes.changed, changes.ended) == ([older.id], [newer.id])
    assert ledger.event(newer.id) == ledger.event(older.id)
    assert ledger.counts()["ended"] == 1
    check(ledger)


@pytest.mark.parametrize("turn", ["first", "last", "within"])
def test_copies_count_once_whenever_they_come(turn: str) -> None:
    wire = paper("w", HERE, lead=f"{LONG}.", publisher="Dawn")
    copies = [_copy(wire, "x"), _copy(wire, "y")]
    own = paper("z", HERE, lead="Our reporter saw it.")
    order = {"first": [*copies, wire, own], "last": [wire, own, *copies], "within": [copies[0], own, wire, copies[1]]}
    ledger = filled(*order[turn], batch=1)
    (event,) = ledger.events()
    assert (event.reports_n, event.publishers_n, event.independent_n) == (4, 4, 2)
    groups_of = {d.id: d.syndication_id for d in ledger.documents(["w", "x", "y", "z"]).values()}
    assert groups_of["z"] is None
    assert len({groups_of[i] for i in "wxy"} - {None}) == 1
    assert len({groups_of[i] for i in "wxy"}) == 1
    check(ledger)


def test_a_copy_changes_the_voices_of_events_that_it_does_not_tell() -> None:
    """The copy bridges two texts that were not copies of one another, and tells nothing of their event itself."""
    wire = paper("w", HERE, THERE, lead=f"{LONG}.")
    ledger = filled(wire, paper("z", HERE, lead="Our reporter saw it."))
    copy = _copy(wire, "x")
    ledger.add([(copy[0], copy[1][1:])], "run")
    (here,) = [e for e in ledger.events() if e.place and e.place.name == "Panjgur"]
    (there,) = [e for e in ledger.events() if e.place and e.place.name == "Karachi"]
    assert (here.independent_n, there.independent_n, there.reports_n) == (2, 1, 2)
    check(ledger)


# ------------------------------------------------------------------ odd documents


def test_documents_without_claims_publisher_or_date() -> None:
    ledger = filled(
        paper("empty"),
        paper("nobody", HERE, published=None, publisher=None),
        paper("bare", Deed(None, None, None, None)),
    )
    assert ledger.counts()["documents"] == 3
    assert len(ledger.events()) == 2
    (got,) = ledger.documents(["nobody"]).values()
    assert (got.publisher, got.published) == (None, None)
    check(ledger)


@pytest.mark.parametrize(
    "lead",
    [
        "Ünïcödé – “quotes” 🕊️ 𝔘.",
        "نص عربي.",
        "Tab\tand\r\nlines.",
        "nul \x00 in it.",
        "e\u0301 = é.",
        "'; DROP TABLE claims; --",
    ],
)
def test_any_text_comes_back_as_it_was(lead: str) -> None:
    made = paper("ключ 🗝", replace(HERE, by="Jaïsh 🗝 al-‘Adl"), lead=lead, publisher="Naïve «Zeitung»")
    ledger = filled(made)
    document = ledger.documents([made[0].id])[made[0].id]
    assert document == made[0]
    assert [ledger.claim(c.id) for c in made[1]] == made[1]
    assert ledger.events()[0].actors[0].who == "Jaïsh 🗝 al-‘Adl"


@given(papers())
def test_claims_and_events_are_kept_whole(found: list[Paper]) -> None:
    ledger = filled(*found)
    for document, claims in found:
        assert ledger.documents([document.id])[document.id].text == document.text
        for claim in claims:
            assert ledger.claim(claim.id) == claim
    for event in ledger.events():
        assert event_from(event_text(event), event.id, event.version) == event
        assert {c.id for c in ledger.claims(event.id)} == set(event.claims)


def test_every_field_of_a_claim_is_kept() -> None:
    document, (claim,) = paper("a", HERE)
    span = claim.trigger
    whole = replace(
        claim,
        weapon=span,
        source=(Source(span, "the governor", "official", "IRN"), Source(span, "")),
        recipients=(Participant(span, "", None, "UNK", "act_1", "nobody is named"),),
        background=True,
        confidence=0.0,
        reader="",
        event="e1",
        region="caption",
        reasons=("a", "b"),
    )
    assert claim_from(claim_text(whole), whole.id, "a", document.text) == whole


def test_a_claim_told_twice_by_one_reading_is_kept_once() -> None:
    document, claims = paper("a", HERE)
    ledger = opened()
    assert ledger.add([(document, [*claims, *claims])], "run").claims == 1
    check(ledger)


def test_a_text_that_no_file_can_hold_is_refused() -> None:
    ledger = opened()
    with pytest.raises(CasusError, match="surrogates"):
        ledger.add([paper("a", HERE, lead="Half a \ud800 pair.")], "run")
    assert ledger.counts()["documents"] == 0


def test_a_claim_of_another_document_is_refused() -> None:
    (document, _), (_, claims) = paper("a", HERE), paper("b", HERE)
    ledger = opened()
    with pytest.raises(CasusError, match="b"):
        ledger.add([(document, claims)], "run")
    assert ledger.counts()["documents"] == 0


# ------------------------------------------------------------------ ids


def test_ids_are_known_by_their_first_characters() -> None:
    ledger = filled(paper("a", HERE), paper("ab", THERE))
    for event in ledger.events():
        for short in (event.id, event.id[:9], event.id.removeprefix("evt_")):
            assert ledger.event(short) == event
    claim = ledger.events()[0].claims[0]
    assert ledger.claim(claim[:10]).id == claim
    for short in ("", "evt_", "evt_zz", "%", "_", "' OR 1=1"):
        with pytest.raises(UnknownError):
            ledger.event(short)
    for ask in (ledger.claim, ledger.event_of):
        with pytest.raises(UnknownError):
            ask("clm_zz")


def test_an_id_that_fits_two_is_refused_unless_it_is_whole() -> None:
    ledger = filled(paper("doc", HERE), paper("doc2", THERE))
    ledger.reread("doc", [], "run")  # whole, though "doc2" begins so, too
    assert len(ledger.events()) == 1
    with pytest.raises(UnknownError, match="more than one"):
        ledger.reread("do", [], "run")


def test_documents_that_the_ledger_does_not_hold() -> None:
    ledger = filled(paper("a", HERE))
    with pytest.raises(UnknownError, match="nothing"):
        ledger.documents(["a", "nothing"])


def test_the_shipped_weights_link_two_reports_of_one_raid() -> None:
    ledger = opened(weights=shipped())
    other = Deed("2024-03-03", SARAVAN, "PAK", "IRN", 9)
    ledger.add([paper("a", HERE, lead="One."), paper("b", HERE, lead="Two."), paper("c", other)], "run")
    assert len(groups(ledger)) == 2


def test_an_event_that_lives_again_counts_as_founded() -> None:
    ledger = filled(paper("a", Deed(town=None, killed=2)), paper("b", Deed(killed=9, by=None)), batch=1)
    one, other = (event.id for event in ledger.events())
    merged = ledger.merge(one, other, by="Ana")
    (gone,) = merged.changes.ended
    assert ledger.undo(by="Ana").changes.founded == [gone]
