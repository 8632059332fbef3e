"""The network over a report's triggers and candidates: shares that add up, whatever the report holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.reader.candidates import KINDS, TASKS, Candidate, fits
from casus.reader.context import COUNTS, GAPS, POSITIONS, ContextNet, buckets, place, position
from casus.reader.encoder import Floats, Window
from casus.reader.hints import Hints, by_context
from casus.reader.inherit_features import plausible

HIDDEN, WIDTH, PAIR, TYPES = 8, 8, 6, 16


def weights(seed: int = 0) -> dict[str, Floats]:
    """A network of the right shapes with random weights."""
    rng = np.random.default_rng(seed)
    shapes: dict[str, tuple[int, ...]] = {
        "types": (TYPES, WIDTH), "kinds": (len(KINDS), WIDTH), "counts": (COUNTS, WIDTH),
        "position": (POSITIONS, WIDTH), "pair_types": (TYPES, PAIR), "pair_kinds": (len(KINDS), PAIR),
        "pair_counts": (COUNTS, PAIR), "pair_gaps": (GAPS, PAIR), "pair_near": (25, PAIR), "event_gaps": (GAPS, 1),
        "trigger": (WIDTH, HIDDEN), "candidate": (WIDTH, HIDDEN), "from_trigger": (PAIR, HIDDEN + WIDTH),
        "from_candidate": (PAIR, HIDDEN + WIDTH), "scores": (4, PAIR), "none_in": (PAIR, HIDDEN + WIDTH),
        "none": (4, PAIR), "event": (PAIR, HIDDEN + WIDTH), "layers.0.gap": (GAPS, 4),
        "layers.0.qkv": (3 * WIDTH, WIDTH), "layers.0.out": (WIDTH, WIDTH), "layers.0.up": (2 * WIDTH, WIDTH),
        "layers.0.down": (WIDTH, 2 * WIDTH),
    }  # fmt: skip
    out = {f"{k}.weight": rng.normal(size=v).astype(np.float32) for k, v in shapes.items()}
    for name in ("norm", "layers.0.norm1", "layers.0.norm2"):
        out |= {f"{name}.weight": np.ones(WIDTH, np.float32), f"{name}.bias": np.zeros(WIDTH, np.float32)}
    return out


def window(words: list[str], start: int) -> Window:
    spans = []
    for w in words:
        spans.append((start, start + len(w)))
        start += len(w) + 1
    return Window(tuple(words), tuple(spans), (0,) * len(words))


WINDOWS = [window(["Iran", "struck", "Pakistan", "on", "Tuesday"], 0), window(["Islamabad", "answered"], 40)]
FOUND = [
    Candidate(0, 4, "country", "IRN"),
    Candidate(12, 20, "country", "PAK"),
    Candidate(12, 20, "place", "PAK"),
    Candidate(24, 31, "date", "2024-01-16/2024-01-16"),
    Candidate(40, 49, "capital", "PAK"),
]
HIDDEN_STATES = [np.random.default_rng(n).normal(size=(len(w.words), HIDDEN)).astype(np.float32)
                 for n, w in enumerate(WINDOWS)]  # fmt: skip


def test_shares_of_a_task_add_up_to_one_and_go_to_its_own_kinds() -> None:
    seen = ContextNet(weights()).read(WINDOWS, HIDDEN_STATES, [(0, 1, 15), (1, 1, 3)], FOUND)
    assert len(seen.chosen) == 2
    for chosen in seen.chosen:
        assert set(chosen) == set(TASKS)
        for shares in chosen.values():
            assert sum(shares.values()) == pytest.approx(1, abs=1e-5)
        assert set(chosen["actor"]) == {"", "IRN", "PAK"}
        assert set(chosen["place"]) == {"", "PAK"}
        assert set(chosen["date"]) == {"", "2024-01-16/2024-01-16"}


def test_without_candidates_there_is_only_none() -> None:
    seen = ContextNet(weights()).read(WINDOWS, HIDDEN_STATES, [(0, 1, 15)], [])
    assert all(shares == {"": pytest.approx(1)} for shares in seen.chosen[0].values())


def test_without_triggers_nothing_is_scored() -> None:
    seen = ContextNet(weights()).read(WINDOWS, HIDDEN_STATES, [], FOUND)
    assert seen.chosen == ()
    assert seen.one is None


def test_events_are_scored_the_same_from_both_sides() -> None:
    seen = ContextNet(weights()).read(WINDOWS, HIDDEN_STATES, [(0, 1, 15), (1, 1, 15), (0, 3, 2)], FOUND)
    assert seen.one is not None
    assert np.allclose(seen.one, seen.one.T, atol=1e-4)


def test_a_model_without_the_network_has_none() -> None:
    assert ContextNet.of({"detect.weight": np.zeros((2, 2), np.float32)}) is None


def test_a_candidate_within_a_word_is_left_out_and_counts_are_of_its_group() -> None:
    placed = place([*FOUND, Candidate(1, 3, "country", "IRN")], [[a for a, _ in w.spans] for w in WINDOWS])
    assert placed.groups == ("IRN", "PAK", "PAK", "2024-01-16/2024-01-16", "PAK")
    assert placed.counts.tolist() == [0, 1, 0, 0, 1]
    assert placed.where[-1].tolist() == [1, 0, 0]


@given(st.integers(1, 5000))
def test_buckets_grow_and_stay_in_range(n: int) -> None:
    assert 0 <= buckets(n) <= buckets(n + 1) < COUNTS
    assert 0 <= position(n - 1) <= position(n) < POSITIONS


def test_kinds_fit_their_tasks() -> None:
    assert [fits("date", t) for t in TASKS] == [False, False, False, True]
    assert [fits("person", t) for t in TASKS] == [True, True, False, False]


def test_hints_tell_a_value_from_none_and_prune_the_unlikely() -> None:
    shares = {"actor": {"": 0.1, "IRN": 0.899, "PAK": 0.001}, "recipient": {"": 0.5, "IRN": 0.0, "PAK": 0.5}}
    hints = Hints(None, (), shares)  # type: ignore[arg-type]
    found = by_context(hints, "actor", ["IRN"])
    assert found["context, likeliest"] == 1.0
    assert found["context"] > by_context(hints, "actor", ["PAK"])["context"]
    assert "context, not seen" in by_context(hints, "actor", ["TUR"])
    assert "context, surest" in by_context(hints, "actor", ())
    assert plausible(hints, "actor", "IRN")
    assert not plausible(hints, "actor", "PAK")
    assert plausible(hints, "actor", "PAK|IRN")
    assert plausible(None, "actor", "PAK")
