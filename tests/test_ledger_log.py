"""Looking back: every version of an event and what caused it, and every step of the ledger."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from casus.errors import UnknownError
from casus.ledger.intake_log import Failed
from casus.ledger.ledger import Ledger
from casus.records import Failure
from tests.papers import AT, Deed, by_id, filled, opened, paper, plain, store_of
from tests.telling import KARACHI

HERE, THERE = Deed(killed=2), Deed(town=KARACHI, killed=9)


def told(ledger: Ledger, event: str) -> list[tuple[int, str, str, str]]:
    return [(line.version or 0, line.kind, line.cause, line.words) for line in ledger.log(event)]


def test_each_version_of_an_event_says_why_it_changed() -> None:
    ledger = opened()
    run = ledger.begin({"package": "casus 1"}, at="2024-02-01T00:00:00+00:00")
    ledger.add([paper("a", HERE)], run, at="2024-02-01T00:00:01+00:00")
    (event,) = ledger.events()
    ledger.add([paper("b", HERE, lead="More."), paper("c", THERE)], run, at="2024-02-02T00:00:00+00:00")
    decision = ledger.set(event.id, "killed", "5", by="Ada", at="2024-02-03T00:00:00+00:00").decision
    ledger.add([paper("d", THERE, lead="More.")], run, at="2024-02-04T00:00:00+00:00")  # another event's
    lines = ledger.log(event.id)
    assert [line.version for line in lines] == [1, 2, 3]
    assert [line.step for line in lines] == [1, 2, 3]
    assert [line.at[8:10] for line in lines] == ["01", "02", "03"]
    assert [(line.kind, line.cause) for line in lines] == [("add", run), ("add", run), ("decision", decision)]
    assert [line.words for line in lines] == ["founded", "1 claim came; changed independent_n", "changed figures"]
    assert [len(line.event.claims) for line in lines if line.event] == [1, 2, 2]
    assert lines[-1].event == ledger.event(event.id)
    assert lines[0].event == event


def test_the_log_of_a_merged_event_ends_with_what_took_its_claims_and_goes_on_when_it_lives_again() -> None:
    ledger = filled(paper("a", HERE), paper("b", THERE))
    kept, gone = ledger.events()
    if kept.claims != tuple(c.id for c in paper("a", HERE)[1]):
        kept, gone = gone, kept
    merge = ledger.merge(kept.id, gone.id, by="Ada").decision
    assert told(ledger, gone.id)[1:] == [(2, "decision", merge, f"merged into {kept.id}")]
    assert ledger.log(gone.id)[-1].event is None
    version, kind, cause, words = told(ledger, kept.id)[-1]
    assert (version, kind, cause) == (2, "decision", merge)
    assert words.startswith("1 claim came")
    undo = ledger.undo(by="Ada").decision
    version, kind, cause, words = told(ledger, gone.id)[-1]
    assert (version, cause) == (3, undo)
    assert "lives again" in words
    assert "1 claim went" in told(ledger, kept.id)[-1][3]
    ledger.reject(gone.claims[0], by="Ada")
    assert told(ledger, gone.id)[-1][3] == "no claim is left"


def test_the_log_of_all_has_a_line_for_each_step() -> None:
    ledger = filled(paper("a", HERE), paper("b"), paper("c", THERE, HERE), batch=2)
    event = ledger.events()[0]
    ledger.set(event.id, "killed", "5", by="Ada", reason="counted them")
    ledger.rename("IRN", "Persia", by="Bea")
    ledger.undo(by="Ada")
    ledger.reread("a", [], "newer")
    lines = ledger.log()
    assert [line.step for line in lines] == [1, 2, 3, 4, 5, 6]
    assert [line.kind for line in lines] == ["add", "add", "decision", "decision", "decision", "reread"]
    assert [line.words for line in lines] == [
        "2 documents, 1 claim",
        "1 document, 2 claims",
        f"Ada: set {event.id} killed 5 (counted them)",
        "Bea: rename IRN Persia",
        f"Ada: undo {ledger.decisions()[1].id}",
        "1 document, 0 claims",
    ]
    assert [line.cause for line in lines[2:5]] == [d.id for d in ledger.decisions()]


def test_what_changes_nothing_makes_no_version() -> None:
    ledger = filled(paper("a", HERE))
    (event,) = ledger.events()
    ledger.add([paper("a", HERE)], "run")
    ledger.add([paper("b"), paper("c", THERE)], "run")
    ledger.set(event.id, "killed", "2", by="me")
    ledger.undo(by="me")
    lines = ledger.log(event.id)
    assert [line.words for line in lines] == ["founded", "settled anew", "settled anew"]
    with pytest.raises(UnknownError):
        ledger.log("evt_zz")


def test_runs_are_kept_with_recipe_counts_and_failures() -> None:
    ledger = opened()
    recipe = {"package": "casus 1", "model": "m1"}
    runs = [ledger.begin(recipe, at=AT), ledger.begin(dict(reversed(recipe.items())), at=AT)]
    runs.append(ledger.begin(recipe | {"model": "m2"}, at=AT))
    assert len(set(runs)) == 3
    ledger.fail(runs[0], [Failed(Failure("intake", "x.txt", "empty", "no text"))], at=AT)
    ledger.finish(runs[0], {"new": 2, "failed": 1}, "digest")
    kept = store_of(ledger).rows("SELECT id, recipe_id, counts, finished FROM runs ORDER BY n")
    assert [row[0] for row in kept] == runs
    assert kept[0][1] == kept[1][1] != kept[2][1]
    assert kept[0][2:] == ('{"failed":1,"new":2}', 1)
    assert kept[1][2:] == ("{}", 0)
    assert [(k.failure.item, k.first_run, k.tries) for k in ledger.failures()] == [("x.txt", runs[0], 1)]


deeds = st.builds(Deed, day=st.sampled_from(["2024-01-16", "2024-01-17"]), killed=st.sampled_from([None, 2, 9]))


@how(max_examples=25)
@given(st.lists(deeds, min_size=2, max_size=6), st.data())
def test_every_state_of_the_past_is_in_the_log(found: list[Deed], data: st.DataObject) -> None:
    ledger = opened()
    states = []
    for n, deed in enumerate(found):
        ledger.add([paper(f"d{n}", deed, lead=f"News {n}.")], "run")
        states.append(by_id(ledger))
        if data.draw(st.booleans()):
            ledger.reject(data.draw(st.sampled_from(ledger.events()[0].claims)), by="me")
            states.append(by_id(ledger))
        if not ledger.events():
            return
    every = {id_ for state in states for id_ in state}
    for step, state in enumerate(states, 1):
        past = {}
        for id_ in every:
            until = [line for line in ledger.log(id_) if line.step <= step]
            if until and until[-1].event is not None:
                past[id_] = plain(until[-1].event)
        assert past == state
