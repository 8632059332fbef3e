"""What became of events between two states, and the feed of changes: nothing left out and nothing too much."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as how

from casus.errors import LedgerError, ReleaseError
from casus.export.release import make_release
from casus.export.release_diff import Diff, Difference, diff_paths, diff_states
from casus.export.release_state import OfLedger, OfRelease, since_of
from casus.ledger.feed import KINDS, FlatChange, changes, step_at
from casus.ledger.flat import flat_claims, flat_conflicts, flat_events, parts
from casus.ledger.ledger import Ledger
from casus.ledger.queries import Filter
from tests.papers import AT, Deed, event_with, ids_of, paper
from tests.releases import Act, acts, deeds_of_papers, filled, more, papers, play, released
from tests.telling import KARACHI

HERE, THERE = Deed(killed=2), Deed(town=KARACHI, killed=9)

# what is told of an event, by its id
Told = dict[str, tuple[Any, ...]]


def told(ledger: Ledger) -> Told:
    """All that exports tell of each event, but version, cause and line."""
    out: Told = {}
    for event in flat_events(ledger, summary=False):
        conflicts = tuple(c for c in flat_conflicts(ledger) if c.event_id == event.event_id)
        out[event.event_id] = (event._replace(version=0, changed_at=""), conflicts, claims_of(ledger, event.event_id))
    return out


def claims_of(ledger: Ledger, event: str) -> frozenset[str]:
    return frozenset(c.claim_id for c in flat_claims(ledger) if c.event_id == event)


# ------------------------------------------------------------------ any past


@how(max_examples=25)
@given(deeds_of_papers, acts, acts, more)
def test_a_diff_names_what_changed_and_nothing_else(
    found: list[list[Deed]], first: list[Act], then: list[Act], further: list[Deed]
) -> None:
    with tempfile.TemporaryDirectory() as name, filled(Path(name) / "x.casus", papers(found)) as ledger:
        play(ledger, first, further)
        before, step = told(ledger), ledger.log()[-1].step
        released(ledger, Path(name) / "a")
        play(ledger, then, further)
        after = told(ledger)
        made = diff_paths(Path(name) / "a", Path(name) / "x.casus")
        check_diff(made, before, after)
        check_feed(list(changes(ledger, step)), before, after)
        released(ledger, Path(name) / "b")
        assert diff_paths(Path(name) / "a", Path(name) / "b").differences == made.differences
        back = diff_paths(Path(name) / "b", Path(name) / "a")
        assert {d.event for d in back.differences} == {d.event for d in made.differences}
        for same in ("a", "x.casus"):
            state = Path(name) / same
            assert diff_paths(state, state) == Diff(())


def check_diff(made: Diff, before: Told, after: Told) -> None:
    """Each event that is told otherwise is named once, as what became of it."""
    assert made.notes == ()
    assert [d.event for d in made.differences] == [d.event for d in sorted(made.differences, key=_order)]
    found = {d.event: d for d in made.differences}
    assert len(found) == len(made.differences)
    assert set(found) == {id_ for id_ in before.keys() | after.keys() if before.get(id_) != after.get(id_)}
    for id_, difference in found.items():
        was, now = before.get(id_), after.get(id_)
        kinds = {"changed"} if was and now else {"added", "split"} if now else {"merged", "retracted"}
        assert difference.kind in kinds
        check_kind(difference, before, after)
        claims = [set(told[2]) if told else set() for told in (was, now)]
        assert (set(difference.came), set(difference.went)) == (claims[1] - claims[0], claims[0] - claims[1])
        # whatever is told otherwise has a version that says why
        assert difference.why
        assert {change.event_id for change in difference.why} == {id_}


def _order(difference: Difference) -> tuple[int, str]:
    return ["added", "changed", "merged", "split", "retracted"].index(difference.kind), difference.event


def check_kind(difference: Difference, before: Told, after: Told) -> None:
    id_, others = difference.event, set(difference.others)
    if difference.kind == "merged":
        assert others <= after.keys()
        assert others
    elif difference.kind == "retracted":
        assert not any(before[id_][2] & now[2] for now in after.values())
    elif difference.kind == "split":
        assert any(before[other][2] & after[id_][2] for other in others if other in after)
    elif difference.kind == "added":
        assert not any(was[2] & after[id_][2] for other, was in before.items() if other in after)
    else:
        row, old = after[id_][0], before[id_][0]
        assert {m.column for m in difference.fields} == {
            name for name in row._fields if getattr(row, name) != getattr(old, name)
        }
        assert all((m.before, m.after) == (getattr(old, m.column), getattr(row, m.column)) for m in difference.fields)


def check_feed(found: list[FlatChange], before: Told, after: Told) -> None:
    """Whoever follows the feed has the events of today, and every event that is told otherwise is in it."""
    here = set(before)
    for change in found:
        assert change.kind in KINDS
        if change.kind == "founded":
            assert change.event_id not in here
            here.add(change.event_id)
        else:
            assert change.event_id in here
        if change.kind in ("merged", "ended"):
            here.remove(change.event_id)
            assert bool(parts(change.others)) == (change.kind == "merged") or "merged into" in change.words
    assert here == set(after)
    moved = {id_ for id_ in before.keys() | after.keys() if before.get(id_) != after.get(id_)}
    assert moved <= {change.event_id for change in found}
    steps = [(change.step, change.event_id) for change in found]
    assert steps == sorted(set(steps))


# ------------------------------------------------------------------ one of each


def test_one_of_each_is_told_with_its_reason(tmp_path: Path) -> None:
    found = [paper("a", HERE), paper("b", THERE), paper("c", Deed(day="2024-02-01", killed=4)), paper("d", HERE)]
    with filled(tmp_path / "x.casus", found) as ledger:
        here, there, later = (event_with(ledger, p).id for p in found[:3])
        released(ledger, tmp_path / "a")
        ledger.merge(there, later, by="ana", reason="one war", at=AT)
        split = ledger.split(ids_of(found[3]), by="bea", reason="another raid", at=AT)
        ledger.add([new := paper("e", Deed(day="2024-03-01"))], "run", at=AT)
        ledger.add([gone := paper("f", Deed(day="2024-04-01"))], "run", at=AT)
        released(ledger, tmp_path / "b")
        lost = event_with(ledger, gone).id
        ledger.reject(gone[1][0].id, by="ana", reason="a hoax", at=AT)
        ledger.set(here, "killed", "5", by="ana", at=AT)
        (founded,) = split.changes.founded
        fresh = event_with(ledger, new).id
    made = {d.event: d for d in diff_paths(tmp_path / "a", tmp_path / "x.casus").differences}
    assert {id_: d.kind for id_, d in made.items()} == {
        fresh: "added", here: "changed", there: "changed", later: "merged", founded: "split",
    }  # fmt: skip
    assert (made[later].others, made[founded].others, made[here].others) == ((there,), (here,), (founded,))
    assert [(c.kind, c.action, c.by, c.reason) for c in made[later].why] == [("merged", "merge", "ana", "one war")]
    assert [(c.kind, c.reason) for c in made[here].why] == [("split", "another raid"), ("changed", None)]
    assert {(m.column, m.before, m.after) for m in made[here].fields} >= {("killed_best", 2, 5), ("claims_n", 2, 1)}
    assert made[here].went == tuple(ids_of(found[3]))
    assert "Panjgur" in made[here].line
    after_b = diff_paths(tmp_path / "b", tmp_path / "x.casus")
    assert after_b.counts() == {"changed": 1, "retracted": 1}
    retracted = next(d for d in after_b.differences if d.kind == "retracted")
    assert (retracted.event, retracted.why[0].reason) == (lost, "a hoax")


def test_what_was_decided_and_taken_back_is_no_difference(tmp_path: Path) -> None:
    found = [paper("a", HERE), paper("b", THERE)]
    with filled(tmp_path / "x.casus", found) as ledger:
        released(ledger, tmp_path / "a")
        ledger.merge(*(e.id for e in ledger.events()), by="ana", at=AT)
        ledger.undo(by="ana", at=AT)
        kinds = [change.kind for change in changes(ledger, 1)]
    assert diff_paths(tmp_path / "a", tmp_path / "x.casus") == Diff(())
    assert sorted(kinds) == ["changed", "founded", "merged", "split"]


def test_contradictions_that_changed_are_told(tmp_path: Path) -> None:
    with filled(tmp_path / "x.casus", [paper("a", HERE), paper("b", Deed(killed=7), lead="More.")]) as ledger:
        released(ledger, tmp_path / "a")
        (event,) = ledger.events()
        ledger.settle(event.id, "killed", "7", by="ana", at=AT)
    (difference,) = diff_paths(tmp_path / "a", tmp_path / "x.casus").differences
    assert difference.conflicts_before == ("killed open: 2 (1), 7 (1)",)
    assert difference.conflicts_after == ("killed settled 7: 2 (1), 7 (1)",)


def test_states_of_other_pasts_are_compared_and_that_is_said(tmp_path: Path) -> None:
    with filled(tmp_path / "x.casus", [paper("a", HERE)]) as one, filled(":memory:", [paper("b", THERE)]) as other:
        released(one, tmp_path / "a")
        make_release(one, "part", tmp_path / "part", Filter(killed=9))
        one.add([paper("c", THERE)], "run", at=AT)
        released(one, tmp_path / "later")
        released(other, tmp_path / "b")
        made = diff_paths(tmp_path / "a", tmp_path / "b")
        assert made.counts() == {"added": 1, "retracted": 1}
        assert all(d.why == () for d in made.differences)
        assert made.notes == ("they are of different ledgers, so why something changed is not known",)
        assert diff_paths(tmp_path / "later", tmp_path / "a").notes == ("the first is the later one",)
        assert "chose differently" in diff_paths(tmp_path / "part", tmp_path / "a").notes[0]
        with pytest.raises(ReleaseError, match="no state that"):
            since_of(other, tmp_path / "a")
        assert since_of(one, tmp_path / "a") == 1


def test_what_a_release_chose_is_chosen_of_a_ledger_too(tmp_path: Path) -> None:
    with filled(tmp_path / "x.casus", [paper("a", HERE), paper("b", THERE)]) as ledger:
        make_release(ledger, "part", tmp_path / "part", Filter(killed=9))
        ledger.add([paper("c", THERE, lead="More.")], "run", at=AT)
        ledger.add([paper("d", HERE, lead="More.")], "run", at=AT)
    made = diff_paths(tmp_path / "part", tmp_path / "x.casus")
    assert (made.counts(), made.notes) == ({"changed": 1}, ())
    assert "Karachi" in made.differences[0].line


def test_a_release_and_its_ledger_are_the_same_state(tmp_path: Path) -> None:
    with filled(tmp_path / "x.casus", [paper("a", HERE), paper("b", Deed(killed=7), lead="More.")]) as ledger:
        made = released(ledger, tmp_path / "a")
        one, other = OfRelease(made.folder, made.manifest), OfLedger(ledger)
        assert list(one.events()) == list(other.events())
        assert list(one.conflicts()) == list(other.conflicts())
        assert list(one.claims()) == list(other.claims())
        assert list(one.changes(0)) == list(other.changes(0))
        assert (one.state, one.holds(other.state), other.holds(one.state)) == (other.state, True, True)
        assert diff_states(one, other) == Diff(())


def test_what_is_no_state_is_told(tmp_path: Path) -> None:
    with filled(tmp_path / "x.casus", []):
        pass
    (tmp_path / "folder").mkdir()
    for path, error in ((tmp_path / "folder", ReleaseError), (tmp_path / "none.casus", LedgerError)):
        with pytest.raises(error):
            diff_paths(tmp_path / "x.casus", path)
    (tmp_path / "folder" / "manifest.json").write_text("{}")
    with pytest.raises(ReleaseError):
        diff_paths(tmp_path / "x.casus", tmp_path / "folder")


# ------------------------------------------------------------------ the feed


def test_the_feed_says_what_each_step_did(tmp_path: Path) -> None:
    found = [paper("a", HERE), paper("b", HERE, lead="More."), paper("c", THERE)]
    with filled(":memory:", found) as ledger:
        here, there = event_with(ledger, found[0]).id, event_with(ledger, found[2]).id
        split = ledger.split(ids_of(found[1]), by="ana", reason="a day apart", at=AT)
        (other,) = split.changes.founded
        merge = ledger.merge(here, there, by="bea", at=AT)
        told = [(c.step, c.event_id, c.version, c.kind, c.others, c.cause, c.by, c.reason) for c in changes(ledger, 2)]
        run = ledger.log()[0].cause
        first = next(changes(ledger))
    assert (first.kind, first.cause, first.words, first.by, first.action) == ("founded", run, "founded", None, None)
    wanted = [
        (3, here, 2, "split", other, split.decision, "ana", "a day apart"),
        (3, other, 1, "founded", here, split.decision, "ana", "a day apart"),
        (4, here, 3, "changed", there, merge.decision, "bea", None),
        (4, there, 2, "merged", here, merge.decision, "bea", None),
    ]
    assert told == sorted(wanted)


def test_the_feed_of_a_moment_begins_with_its_first_step() -> None:
    with filled(":memory:", []) as ledger:
        for day in (1, 2, 3):
            ledger.add([paper(f"d{day}", HERE, lead=f"News {day}.")], "run", at=f"2024-02-0{day}T12:00:00+00:00")
        assert [step_at(ledger, at) for at in ("2024-01-01", "2024-02-02", "2024-02-02T12:00:00+00:00")] == [0, 1, 1]
        assert [step_at(ledger, at) for at in ("2024-02-02T12:00:01", "2024-02-04")] == [2, 3]
        assert [c.step for c in changes(ledger, 2)] == [3]
        assert list(changes(ledger, 3)) == []
        assert list(changes(ledger, only=[])) == []
