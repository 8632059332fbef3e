"""What a person says of an event's values and of actors' names: it goes before all claims, and stays."""

from __future__ import annotations

import pytest

from casus.errors import UsageError
from casus.events import Event
from casus.ledger.ledger import Ledger
from tests.papers import Deed, by_id, check, event_with, filled, happened, ids_of, paper, plain
from tests.telling import KARACHI, SARAVAN

HERE, THERE = Deed(killed=2), Deed(town=KARACHI, killed=9)


def killed(event: Event) -> int | None:
    found = event.figure("killed")
    return found.best if found else None


# ------------------------------------------------------------------ set and settle


def test_what_is_set_goes_before_all_claims_and_stays() -> None:
    papers = [paper(name, HERE) for name in "abc"]
    ledger = filled(*papers)
    (event,) = ledger.events()
    decision = ledger.set(event.id, "killed", "5", by="me", reason="counted them").decision
    ledger.add([paper(name, HERE, lead="Again.") for name in "xyz"], "run")
    figure = ledger.event(event.id).figure("killed")
    assert figure is not None
    assert (figure.best, figure.rule) == (5, f"decided: {decision}")
    assert ledger.decisions()[0].before == "2"
    ledger.set(event.id, "killed", "6", by="you")
    assert killed(ledger.event(event.id)) == 6
    ledger.undo(by="me")
    assert killed(ledger.event(event.id)) == 5


@pytest.mark.parametrize("rejected", [0, 1, 2])
def test_what_is_set_stays_when_any_claim_of_the_event_is_rejected(rejected: int) -> None:
    papers = [paper(name, HERE) for name in "abc"]
    ledger = filled(*papers)
    (event,) = ledger.events()
    ledger.set(event.id, "killed", "5", by="me")
    ledger.reject(ids_of(papers[rejected])[0], by="me")
    assert killed(ledger.event(event.id)) == 5
    assert ledger.orphans() == []


def test_what_is_set_stays_with_the_event_of_that_id_when_claims_are_split_off_and_rejected() -> None:
    papers = [paper(name, HERE) for name in "abc"]
    ledger = filled(*papers)
    (event,) = ledger.events()
    ledger.set(event.id, "killed", "5", by="me")
    ledger.split(ids_of(papers[1]), by="me")
    ledger.reject(ids_of(papers[0])[0], by="me")
    assert ledger.event(event.id).claims == tuple(ids_of(papers[2]))
    assert killed(ledger.event(event.id)) == 5
    assert killed(event_with(ledger, papers[1])) == 2


def test_a_merged_event_takes_what_was_set_of_both_and_gives_it_back() -> None:
    one, other = paper("a", HERE), paper("b", THERE)
    ledger = filled(one, other)
    first, second = event_with(ledger, one).id, event_with(ledger, other).id
    ledger.set(second, "killed", "7", by="me")
    ledger.set(first, "status", "denied", by="me")
    merge = ledger.merge(first, second, by="me").decision
    merged = ledger.event(first)
    assert (merged.status, killed(merged)) == ("denied", 7)
    ledger.undo(merge, by="me")
    assert (ledger.event(first).status, ledger.event(second).status) == ("denied", "happened")
    assert killed(ledger.event(first)) == 2


@pytest.mark.parametrize(
    ("field", "value"), [("colour", "red"), ("killed", "many"), ("type", "WAR"), ("date", "someday"), ("actor", " ")]
)
def test_values_that_an_event_cannot_hold_are_refused(field: str, value: str) -> None:
    ledger = filled(paper("a", HERE))
    with pytest.raises(UsageError):
        ledger.set(ledger.events()[0].id, field, value, by="me")
    assert ledger.decisions() == []


def test_settling_a_contradiction() -> None:
    papers = [paper(name, Deed(killed=n, town=SARAVAN), published="2024-01-17") for name, n in (("a", 2), ("b", 9))]
    ledger = filled(*papers)
    (event,) = ledger.events()
    (conflict,) = [c for c in event.conflicts if c.kind == "killed"]
    assert (conflict.state, {o.value for o in conflict.options}) == ("open", {"2", "9"})
    decision = ledger.settle(event.id, "killed", "9", by="me").decision
    (conflict,) = [c for c in ledger.event(event.id).conflicts if c.kind == "killed"]
    assert (conflict.state, conflict.chosen) == ("settled", "9")
    assert killed(ledger.event(event.id)) == 9
    for kind, value, words in (("killed", "4", "none of the options"), ("place", "Here", "no contradiction")):
        with pytest.raises(UsageError, match=words):
            ledger.settle(event.id, kind, value, by="me")
    ledger.undo(decision, by="me")
    assert plain(ledger.event(event.id)) == plain(event)


# ------------------------------------------------------------------ rename


def actors(ledger: Ledger) -> list[str | None]:
    return sorted({s.who for e in ledger.events() for s in e.actors}, key=str)


def test_renames_go_on_from_one_another_and_back() -> None:
    ledger = filled(paper("a", Deed(by="Jaish al-Adl")), paper("b", Deed(by="Army of Justice", town=KARACHI)))
    states = [by_id(ledger)]
    decisions = []
    for before, after in (("Jaish al-Adl", "Jaish"), ("Jaish", "Army"), ("Army of Justice", "Jaish")):
        decisions.append(ledger.rename(before, after, by="me").decision)
        states.append(by_id(ledger))
        check(ledger)
    assert actors(ledger) == ["Army", "Jaish"]
    for decision in reversed(decisions):
        states.pop()
        ledger.undo(decision, by="me")
        assert by_id(ledger) == states[-1]


def test_a_rename_and_back_is_no_rename() -> None:
    ledger = filled(paper("a", HERE))
    before = happened(ledger)
    ledger.rename("IRN", "Persia", by="me")
    ledger.rename("Persia", "IRN", by="me")
    assert happened(ledger) == before
    check(ledger)


def test_a_rename_joins_events_and_both_ids_lead_to_them() -> None:
    one, other = paper("a", Deed(by="Jaish", killed=2, to=None)), paper("b", Deed(by="Army", killed=9, to=None))
    ledger = filled(one, other)
    first, second = event_with(ledger, one).id, event_with(ledger, other).id
    assert first != second
    ledger.rename("Army", "Jaish", by="me")
    assert ledger.event(first) == ledger.event(second)
    ledger.undo(by="me")
    assert ledger.event(first) != ledger.event(second)


def test_a_rejected_claim_comes_back_under_the_name_of_today() -> None:
    ledger = filled(paper("a", HERE), paper("b", HERE))
    claim = ledger.events()[0].claims[0]
    reject = ledger.reject(claim, by="me").decision
    rename = ledger.rename("IRN", "Persia", by="me").decision
    check(ledger)
    ledger.undo(reject, by="me")
    check(ledger)
    ledger.reject(claim, by="me")
    ledger.undo(rename, by="me")
    ledger.undo(by="me")
    check(ledger)


def test_nobody_is_renamed_to_nothing_or_from_nobody() -> None:
    ledger = filled(paper("a", HERE))
    for before, after in (("IRN", " "), ("IRN", "IRN"), ("Nobody", "Somebody")):
        with pytest.raises(UsageError):
            ledger.rename(before, after, by="me")


def test_a_place_that_nobody_names_needs_its_country() -> None:
    ledger = filled(paper("a", Deed()), batch=1)
    (event,) = ledger.events()
    with pytest.raises(UsageError, match="names the place 'Atlantis'"):
        ledger.set(event.id, "place", "Atlantis", by="me")
    ledger.set(event.id, "place", "panjgur", by="me")
    ledger.set(event.id, "place", "Turbat, PAK", by="me")
    assert ledger.decisions()[-1].after == "Turbat, PAK"


def test_a_chosen_side_goes_by_the_name_that_it_has_now() -> None:
    ledger = filled(paper("a", Deed(by="Front A")), batch=1)
    (event,) = ledger.events()
    ledger.set(event.id, "actor", "Front A/REB", by="me")
    ledger.rename("Front A", "Front B", by="me")
    assert [side.who for side in ledger.event(event.id).actors] == ["Front B"]
    assert ledger.names() == {"Front A": "Front B"}
