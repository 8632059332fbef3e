"""Linking: which claims meet, what speaks for and against a pair, which come to one event, whatever the order."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from casus.events import Report
from casus.linking.block import Lines, lines, pairs_in_parts, pairs_within
from casus.linking.cluster import SPAN_DAYS, Constraints, cluster
from casus.linking.columns import ROW, UMBRELLA, Rows, make_rows
from casus.linking.features import NAMES, hopeless, pair_features
from casus.linking.link import block_keys, link
from casus.linking.score import Weights, reasons, score, shipped
from tests.papers import WEIGHTS, Deed, Paper, paper, small_blocks
from tests.telling import KARACHI, PANJGUR, SARAVAN, SORDO

ONE = Deed(killed=2, mode="drone")
PAIR = np.array([[0, 1]])


def rows_of(*papers: Paper) -> Rows:
    claims = [claim for _, made in papers for claim in made]
    return make_rows(claims, {d.id: Report(d.id, d.publisher, d.published) for d, _ in papers})


def two(one: Deed, other: Deed) -> Rows:
    """The rows of two reports of a deed each."""
    return rows_of(paper("a", one), paper("b", other))


def found(papers: Sequence[Paper], weights: Weights = WEIGHTS) -> set[frozenset[str]]:
    """The ids of the claims of each event."""
    ids = [claim.id for _, made in papers for claim in made]
    return {frozenset(ids[n] for n in event) for event in link(rows_of(*papers), weights)}


# ------------------------------------------------------------------ which claims meet


def meet(one: Deed, other: Deed) -> bool:
    first, second = block_keys(two(one, other))
    return bool(set(first) & set(second))


places = st.tuples(st.floats(-60, 60), st.floats(-180, 180))
ways = st.tuples(st.floats(0, 25), st.floats(0, 2 * math.pi))


@given(st.integers(0, 400), st.integers(0, 1), places, ways)
def test_claims_a_day_and_25_km_apart_share_a_key(
    day: int, later: int, place: tuple[float, float], way: tuple[float, float]
) -> None:
    (lat, lon), (km, bearing) = place, way
    north, east = km * math.cos(bearing) / 111.2, km * math.sin(bearing) / 111.2 / math.cos(math.radians(lat))
    there = (lon + east + 180) % 360 - 180
    first = date(2023, 1, 1) + timedelta(day)
    one = Deed(f"{first}", ("Here", "PAK", "East", lat, lon), None, None)
    other = Deed(f"{first + timedelta(later)}", ("There", "IRN", "West", lat + north, there), None, None)
    assert meet(one, other)


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        (Deed(), Deed(town=None), True),  # the same two sides on one day
        (Deed(town=None), Deed("2024-01-17", None, "PAK", "IRN"), True),  # told the other way round
        (Deed(by=None), Deed(town=None, by=None), True),  # one side and a kind of deed
        (Deed(to="Jaish al-Adl"), Deed("2024-01-16", KARACHI, None, "PAK"), True),  # a country and a kind of deed
        (Deed(), Deed(type="COERCE"), True),  # types that are told one for the other
        (Deed(), Deed("2024-01-01", until="2024-01-31", vague=True), True),  # a vague time meets the day within it
        (Deed(), Deed(type="CONSULT"), False),
        (Deed(), Deed("2024-05-16"), False),
        (Deed("2024-01-16", SARAVAN, "IRN", None), Deed("2024-01-16", KARACHI, None, "PAK"), False),
        (Deed(), Deed(aggregate=True), False),  # what sums incidents is none
        (Deed(day=None, background=True), Deed(), False),  # background without a date may be of any time
    ],
)
def test_which_claims_of_two_reports_are_compared(one: Deed, other: Deed, shared: bool) -> None:
    assert meet(one, other) is shared


def test_claims_of_one_report_are_always_compared() -> None:
    far = Deed("2019-05-05", KARACHI, None, None, type="CONSULT", aggregate=True)
    first, second = block_keys(rows_of(paper("a", Deed(), far)))
    assert set(first) & set(second)


keys_of_claims = st.lists(st.lists(st.integers(1, 4), max_size=3, unique=True), min_size=1, max_size=14)


@given(keys_of_claims, st.data())
def test_a_part_of_the_lines_gives_the_pairs_of_the_whole_that_lie_in_it(
    keys: list[list[int]], data: st.DataObject
) -> None:
    orders = np.arange(len(keys)) * 3
    some = data.draw(st.sets(st.integers(0, len(keys) - 1)))
    with small_blocks(large=4, pivots=2):
        every = lines(keys, orders)
        inside = np.isin(every.members, sorted(some))
        part = Lines(every.members[inside], every.keys[inside], every.large[inside], every.pivot[inside])
        whole = pairs_within(every, orders).tolist()
        assert pairs_within(part, orders).tolist() == [p for p in whole if set(p) <= some]


@given(keys_of_claims, st.integers(1, 9))
def test_pairs_are_those_that_share_a_key_and_in_large_blocks_those_with_a_pivot(
    keys: list[list[int]], most: int
) -> None:
    orders = np.arange(len(keys))
    wanted = set()
    for key in range(1, 5):
        block = [n for n, found in enumerate(keys) if key in found]
        pivots = block if len(block) <= 4 else block[:2]
        wanted |= {(a, b) for a, b in combinations(block, 2) if a in pivots}
    with small_blocks(large=4, pivots=2):
        got = [tuple(p) for part in pairs_in_parts(lines(keys, orders), orders, most) for p in part.tolist()]
    assert len(got) == len(set(got))
    assert set(got) == wanted


# ------------------------------------------------------------------ what speaks for and against a pair


@pytest.mark.parametrize(
    ("other", "holds", "not_holds"),
    [
        (ONE, "same type, same mode, same actor, same recipient, same day, same place, same killed, same word", "far"),
        (replace(ONE, type="COERCE", mode=None), "kindred type", "same type, other type, same mode, other mode"),
        (replace(ONE, type="CONSULT", mode="visit"), "other type, other mode", "same type, kindred type"),
        (replace(ONE, by="Jaish al-Adl"), "other actor", "same actor, actor unknown, kindred actor, other state acts"),
        (replace(ONE, by="USA"), "other state acts", "same actor, actor unknown, kindred actor"),
        (replace(ONE, by=None), "actor unknown", "same actor, other actor"),
        (replace(ONE, by="PAK", to="IRN"), "sides swapped", "same actor, same recipient"),
        (replace(ONE, day="2024-01-17"), "a day apart", "same day, days apart, days overlap"),
        (replace(ONE, day="2024-01-15", until="2024-01-16"), "days overlap", "same day, a day apart"),
        (replace(ONE, day="2024-01-25"), "days apart", "same day, a day apart"),
        (replace(ONE, day=None), "day implied", "same day, date unknown"),
        (replace(ONE, day=None, background=True), "date unknown, one is background", "day implied, same day"),
        (replace(ONE, town=SORDO), "near", "same place, far, other country"),
        (replace(ONE, town=KARACHI), "far", "near, same place, other country"),
        (replace(ONE, town=SARAVAN), "far, other country", "near"),
        (replace(ONE, town=None), "place unknown", "far, same place, other country"),
        (replace(ONE, killed=9), "other killed", "same killed"),
        (replace(ONE, killed=None), "same day", "other killed, same killed"),
        (replace(ONE, status="denied"), "other status", "one is a sum"),
        (replace(ONE, aggregate=True), "one is a sum", "other status"),
        (replace(ONE, word="shelled"), "same type", "same word"),
    ],
)
def test_features_of_a_pair(other: Deed, holds: str, not_holds: str) -> None:
    values = dict(zip(NAMES, pair_features(two(ONE, other), PAIR)[0].tolist(), strict=True))
    assert [name for name in holds.split(", ") if not values[name]] == []
    assert [name for name in not_holds.split(", ") if values[name]] == []


def test_features_hang_on_no_order_within_a_pair() -> None:
    deeds = [ONE, replace(ONE, by=None, day=None), replace(ONE, town=KARACHI, aggregate=True), Deed("2024-01-20", None)]
    rows = rows_of(*(paper(f"d{n}", deed) for n, deed in enumerate(deeds)))
    pairs = np.array(list(combinations(range(len(deeds)), 2)))
    assert np.array_equal(pair_features(rows, pairs), pair_features(rows, pairs[:, ::-1]))


def test_kin_is_neither_the_same_nor_another() -> None:
    claims = [c for id, deed in (("a", ONE), ("b", replace(ONE, by="Guards"))) for c in paper(id, deed)[1]]
    rows = make_rows(claims, {}, parents={"Guards": ["IRN"]})
    values = dict(zip(NAMES, pair_features(rows, PAIR)[0].tolist(), strict=True))
    assert (values["kindred actor"], values["same actor"], values["other actor"]) == (1, 0, 0)


TOLD = dict.fromkeys(("types", "modes", "actors", "recipients", "days", "places"), "one and other")


@pytest.mark.parametrize("other", [ONE, replace(ONE, by=None, killed=9), replace(ONE, day="2024-01-20", town=KARACHI)])
def test_the_reasons_come_to_the_score_and_the_strongest_stands_first(other: Deed) -> None:
    rows = two(ONE, other)
    told = reasons(rows, WEIGHTS, TOLD)
    total = WEIGHTS.bias + sum(r.weight for r in told)
    assert total == pytest.approx(float(score(rows, PAIR, WEIGHTS)[0]), abs=1e-5)
    assert [abs(r.weight) for r in told] == sorted((abs(r.weight) for r in told), reverse=True)
    assert all(r.words and "{" not in r.words for r in told)


def test_reasons_say_what_was_compared() -> None:
    told = {
        r.feature: r.words
        for r in reasons(two(ONE, replace(ONE, by="Jaish")), WEIGHTS, TOLD | {"actors": "IRN and Jaish"})
    }
    assert "IRN and Jaish" in told["other actor"]


def test_weights_of_other_features_are_refused(tmp_path: Path) -> None:
    from casus.errors import DataError  # noqa: PLC0415

    path = tmp_path / "weights.json"
    for text in ("{}", "no json", '{"bias": 1, "digest": "x", "weights": {"same type": 1}}'):
        path.write_text(text)
        with pytest.raises(DataError, match="weights"):
            Weights.load(path)
    assert len(shipped().weights) == len(NAMES)


DAYS = ["2024-01-15", "2024-01-16", "2024-01-17", "2024-01-20", None]
deeds = st.builds(
    Deed,
    day=st.sampled_from(DAYS),
    town=st.sampled_from([PANJGUR, SORDO, KARACHI, SARAVAN, None]),
    by=st.sampled_from(["IRN", "PAK", None]),
    to=st.sampled_from(["PAK", "IRN", None]),
    killed=st.sampled_from([None, 2, 9]),
    type=st.sampled_from(["ASSAULT", "COERCE", "CONSULT"]),
    status=st.sampled_from(["happened", "denied"]),
    aggregate=st.booleans(),
    background=st.booleans(),
)
some_deeds = st.lists(deeds, min_size=2, max_size=9)


@given(some_deeds, st.integers(0, 2**32))
def test_a_pair_that_is_given_up_early_would_not_score(told: list[Deed], seed: int) -> None:
    dice = np.random.default_rng(seed)
    weights = Weights(float(dice.normal(-2, 2)), tuple(dice.normal(0, 2, len(NAMES)).round(3).tolist()))
    rows = rows_of(*(paper(f"d{n % 5}-{n}", deed) for n, deed in enumerate(told)))
    pairs = np.array(list(combinations(range(len(told)), 2)))
    given_up = hopeless(rows, pairs, weights.bias, weights.weights)
    assert (score(rows, pairs, weights)[given_up] <= 0).all()


# ------------------------------------------------------------------ which claims come to one event


def test_daily_shelling_of_one_city_stays_as_many_events_as_days() -> None:
    deed = Deed(town=PANJGUR, word="shelled", mode="heavy-weapons")
    papers = [
        paper(f"{name}{n}", replace(deed, day=f"2024-01-{n + 10}"), published=f"2024-01-{n + 11}")
        for n in range(10)
        for name in ("dawn", "herald")
    ]
    got = found(papers, shipped())
    assert len(got) == 10
    by_day = {frozenset(c.id for p in papers[n : n + 2] for c in p[1]) for n in range(0, 20, 2)}
    assert got == by_day


def test_twin_strikes_of_one_day_stay_two() -> None:
    morning = Deed(by="IRN", to="PAK", town=PANJGUR, killed=12, mode="aerial")
    evening = Deed(by="PAK", to="IRN", town=SARAVAN, killed=7, mode="heavy-weapons", word="shelled")
    papers = [paper(name, morning, evening, lead=f"The {name}.") for name in ("Dawn", "Herald", "Post")]
    got = found(papers, shipped())
    assert got == {frozenset(made[n].id for _, made in papers) for n in (0, 1)}


@given(st.lists(deeds, min_size=2, max_size=9))
def test_an_umbrella_is_never_one_with_an_incident(told: list[Deed]) -> None:
    eager = Weights(3.0, (0.0,) * len(NAMES))  # all that is compared speaks for one event
    rows = rows_of(paper("a", *told))
    for event in link(rows, eager):
        assert len({bool(rows["flags"][n] & UMBRELLA) for n in event}) == 1


@given(st.lists(st.integers(0, 12), min_size=2, max_size=9))
def test_no_chain_of_days_makes_one_event(days: list[int]) -> None:
    eager = Weights(3.0, (0.0,) * len(NAMES))
    told = [Deed(day=f"{date(2024, 1, 10) + timedelta(n)}") for n in days]
    rows = rows_of(*(paper(f"d{n}", deed) for n, deed in enumerate(told)))
    for event in link(rows, eager):
        assert max(days[n] for n in event) - min(days[n] for n in event) <= SPAN_DAYS


@st.composite
def decided(draw: st.DrawFn) -> tuple[Rows, list[tuple[int, int]], list[float], Constraints]:
    """Claims, the scores of some pairs, and decisions that agree with one another."""
    count = draw(st.integers(2, 9))
    rows = np.zeros(count, dtype=ROW)
    rows["order"] = np.arange(count) * 5
    rows["first"] = rows["last"] = [draw(st.integers(100, 104)) for _ in range(count)]
    rows["flags"] = [draw(st.sampled_from([0, 0, UMBRELLA])) for _ in range(count)]
    pairs = draw(st.lists(st.sampled_from(list(combinations(range(count), 2))), unique=True))
    scores = [draw(st.sampled_from([-2.0, -0.5, 0.5, 2.0])) for _ in pairs]
    group = [draw(st.integers(0, count)) for _ in range(count)]  # 0: in none
    every = list(combinations(range(count), 2))
    together = {(a, b) for a, b in every if group[a] and group[a] == group[b] and draw(st.booleans())}
    alone = np.empty((0, 2), int), np.empty(0, np.float32)
    joined = [set(event) for event in cluster(rows, *alone, Constraints(frozenset(together)))]
    free = [(a, b) for a, b in every if not any({a, b} <= event for event in joined)]
    apart = set(draw(st.lists(st.sampled_from(free), unique=True))) if free else set()
    return rows, pairs, scores, Constraints(frozenset(together), frozenset(apart))


@given(decided())
def test_what_a_person_decided_always_holds(
    made: tuple[Rows, list[tuple[int, int]], list[float], Constraints],
) -> None:
    rows, pairs, scores, constraints = made
    events = cluster(rows, np.array(pairs, int).reshape(-1, 2), np.array(scores, np.float32), constraints)
    assert sorted(n for event in events for n in event) == list(range(len(rows)))
    at = {n: k for k, event in enumerate(events) for n in event}
    assert [p for p in constraints.together if at[p[0]] != at[p[1]]] == []
    assert [p for p in constraints.apart if at[p[0]] == at[p[1]]] == []


def test_what_was_put_together_over_days_still_takes_further_reports() -> None:
    rows = np.zeros(3, dtype=ROW)
    rows["order"] = [1, 2, 3]
    rows["first"] = rows["last"] = [100, 110, 110]
    constraints = Constraints(together=frozenset([(0, 1)]))
    got = cluster(rows, np.array([[0, 2], [1, 2]]), np.array([1.0, 3.0], np.float32), constraints)
    assert got == [[0, 1, 2]]


def test_one_report_may_err_by_a_day_and_two_that_agree_do_not() -> None:
    rows = np.zeros(4, dtype=ROW)
    rows["order"] = rows["document"] = [1, 2, 3, 4]
    rows["first"] = rows["last"] = [100, 100, 101, 101]
    pairs = np.array(list(combinations(range(4), 2)))
    scores = np.array([3.0, 1.0, 1.0, 1.0, 1.0, 3.0], np.float32)
    assert cluster(rows, pairs, scores) == [[0, 1], [2, 3]]
    assert cluster(rows[:3], pairs[[0, 1, 3]], scores[[0, 1, 3]]) == [[0, 1, 2]]


def test_of_two_events_the_better_takes_the_claim() -> None:
    rows = np.zeros(3, dtype=ROW)
    rows["order"] = [1, 2, 3]
    got = cluster(rows, np.array([[0, 1], [0, 2], [1, 2]]), np.array([1.0, -3.0, 2.0], np.float32))
    assert got == [[0], [1, 2]]


# ------------------------------------------------------------------ whatever the order


@given(some_deeds, st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_claims_never_matters(told: list[Deed], random: Random, tight: bool) -> None:
    papers = [paper(f"d{n}", deed) for n, deed in enumerate(told)]
    shuffled = list(papers)
    random.shuffle(shuffled)
    with small_blocks(4 if tight else 192, 2):
        assert found(papers) == found(shuffled)


def test_no_claims_are_no_events() -> None:
    assert link(make_rows([], {}), WEIGHTS) == []


SCRIPT = """
from casus.ledger.rebuild import digest
from tests.papers import *
from tests.telling import KARACHI, SORDO

sides, towns = ["IRN", "Jaish al-Adl", None], [PANJGUR, SORDO, KARACHI]
deeds = [Deed(f"2024-01-1{n // 3}", killed=n % 3, by=sides[n % 3], town=towns[n // 2 % 3]) for n in range(9)]
with small_blocks():
    made = filled(*(paper(f"d{n}", deed, deeds[n - 1]) for n, deed in enumerate(deeds)), batch=2)
    made.merge(*[e.id for e in made.events()[:2]], by="me", at="2024-02-02")
    made.rename("IRN", "Persia", by="me", at="2024-02-02")
    print(len(made.events()), digest(made._store))
"""


def test_the_seed_of_hashes_never_matters() -> None:
    root = Path(__file__).parent.parent
    got = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            cwd=root,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(got) == 1
    assert int(got.pop().split()[0]) > 1


@how(max_examples=25)
@given(some_deeds)
def test_events_come_by_their_first_claim_and_claims_by_their_id(told: list[Deed]) -> None:
    rows = rows_of(*(paper(f"d{n}", deed) for n, deed in enumerate(told)))
    events = link(rows, WEIGHTS)
    orders = [[int(rows["order"][n]) for n in event] for event in events]
    assert all(event == sorted(event) for event in orders)
    assert [event[0] for event in orders] == sorted(event[0] for event in orders)
