"""Numbers that stand for keys: given once, in the order of asking, kept by a ledger that is made anew."""

from __future__ import annotations

import threading
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from casus.ledger import moments, numbers
from casus.ledger.flat import flat_events, snapshot
from casus.ledger.ledger import Ledger
from casus.ledger.rebuild import rebuild
from tests.papers import AT, WEIGHTS, Deed, opened, paper, store_of


def test_keys_are_numbered_in_the_order_of_asking_and_keep_their_number() -> None:
    with opened() as ledger:
        assert numbers.of(ledger, "event", ["b", "a", "b"]) == {"b": 1, "a": 2}
        assert list(numbers.of(ledger, "event", ["c", "a"]).items()) == [("c", 3), ("a", 2)]
        assert numbers.of(ledger, "actor", ["a"]) == {"a": 1}
        assert numbers.of(ledger, "event", []) == {}


def test_a_key_keeps_the_home_that_it_was_first_given() -> None:
    with opened() as ledger:
        assert numbers.at_home(ledger, "acled", {"a": "PAK", "b": "IRN", "c": "PAK"}) == {
            "a": ("PAK", 1), "b": ("IRN", 1), "c": ("PAK", 2),
        }  # fmt: skip
        assert numbers.at_home(ledger, "acled", {"b": "PAK", "d": "PAK"}) == {"b": ("IRN", 1), "d": ("PAK", 3)}
        # neither a kind of its own nor one that begins alike
        assert numbers.of(ledger, "acled", ["a"]) == numbers.of(ledger, "ac", ["a"]) == {"a": 1}


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=5), max_size=8))
def test_no_two_keys_share_a_number_and_none_is_passed_over(asked: list[list[str]]) -> None:
    with opened() as ledger:
        seen: dict[str, int] = {}
        for keys in asked:
            found = numbers.of(ledger, "k", keys)
            assert list(found) == list(dict.fromkeys(keys))
            assert all(seen.get(key, n) == n for key, n in found.items())
            seen |= found
        assert sorted(seen.values()) == list(range(1, len(seen) + 1))


def test_more_keys_than_fit_in_a_statement() -> None:
    keys = [f"k{n:05}" for n in range(12_000, 0, -1)]
    with opened() as ledger:
        assert list(numbers.of(ledger, "k", keys).values()) == list(range(1, 12_001))
        assert numbers.of(ledger, "k", keys)["k00001"] == 12_000


def test_numbers_are_given_within_a_snapshot_of_what_stood_before(tmp_path: Path) -> None:
    path = tmp_path / "x.casus"
    with opened(path) as ledger:
        ledger.add([paper("a", Deed())], "run", at=AT)
        with snapshot(ledger):
            assert len(list(flat_events(ledger))) == 1
            with opened(path) as other:
                other.add([paper("b", Deed("2024-05-05"))], "run", at=AT)
                assert numbers.of(other, "event", ["x"]) == {"x": 1}
            assert numbers.of(ledger, "event", ["y", "x"]) == {"y": 2, "x": 1}
            assert numbers.of(ledger, "event", ["y"]) == {"y": 2}  # which the snapshot does not show
            assert len(list(flat_events(ledger))) == 1
        assert len(list(flat_events(ledger))) == 2
    with opened(path) as again:
        assert numbers.of(again, "event", ["y", "z"]) == {"y": 2, "z": 3}


def test_numbers_in_memory_are_kept_when_reading_ends() -> None:
    with opened() as ledger:
        ledger.add([paper("a", Deed())], "run", at=AT)
        with snapshot(ledger):
            rows = flat_events(ledger)
            first = next(rows)
            assert numbers.of(ledger, "event", [first.event_id]) == {first.event_id: 1}
            assert store_of(ledger).db.in_transaction
            assert list(rows) == []
        assert not store_of(ledger).db.in_transaction
        assert numbers.of(ledger, "event", ["other", first.event_id]) == {"other": 2, first.event_id: 1}


def test_two_who_ask_at_once_are_given_different_numbers(tmp_path: Path) -> None:
    path = tmp_path / "x.casus"
    opened(path).close()
    found: list[dict[str, int]] = []

    def ask(who: str) -> None:
        with opened(path) as ledger:
            for n in range(20):
                found.append(numbers.of(ledger, "k", [f"{who}{n}", f"both{n}"]))

    threads = [threading.Thread(target=ask, args=(who,)) for who in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    merged: dict[str, int] = {}
    for one in found:
        assert all(merged.get(key, n) == n for key, n in one.items())
        merged |= one
    assert sorted(merged.values()) == list(range(1, 61))


def test_a_ledger_that_is_made_anew_has_the_same_numbers(tmp_path: Path) -> None:
    path = tmp_path / "x.casus"

    def asked(ledger: Ledger) -> list[object]:
        ids = [e.event_id for e in flat_events(ledger)]
        return [numbers.of(ledger, "event", reversed(ids)), numbers.at_home(ledger, "acled", dict.fromkeys(ids, "PAK"))]

    with opened(path) as ledger:
        run = ledger.begin({}, at=AT)
        ledger.add([paper("a", Deed()), paper("b", Deed("2024-05-05"))], run, at=AT)
        before = asked(ledger)
        # another linking, so that the made one takes the old one's place
        ledger.add([paper("c", Deed("2024-06-06"))], ledger.begin({}, at=AT), at=AT)
        store_of(ledger).db.execute("UPDATE events SET killed = 77")
    done = rebuild(path, weights=WEIGHTS)
    assert done.differs == ("events",)
    with opened(path) as ledger:
        assert store_of(ledger).column("SELECT killed FROM events WHERE killed = 77") == []
        ids = [e.event_id for e in flat_events(ledger)][:2]
        assert numbers.of(ledger, "event", reversed(ids)) == before[0]
        assert numbers.of(ledger, "event", ["new"]) == {"new": 3}
    assert rebuild(path, weights=WEIGHTS).same


def test_the_time_of_an_event_is_that_of_its_last_change() -> None:
    later = "2024-03-01T00:00:00+00:00"
    with opened() as ledger:
        ledger.add([paper("a", Deed()), paper("b", Deed("2024-05-05"))], "run", at=AT)
        one, two = (e.event_id for e in flat_events(ledger))
        ledger.set(two, "killed", "5", by="ana", at=later)
        assert moments.changed(ledger, [two, one]) == {one: AT, two: later}
        assert moments.changed(ledger, []) == {}
