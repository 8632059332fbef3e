"""Which claims of one document tell the same event, with the reasons for each pair.

Pairs of claims of one type get a score from named features (`relate_features`), a logistic regression fitted by
`training/fit_relate.py`; average-link clustering then joins them, so that one weak link cannot chain two events.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from casus.errors import DataError
from casus.reader.relate_features import Odds, View, pair_features, views
from casus.records import Claim, Participant

Weights = dict[str, float]
TABLES = ("link", "again", "confidence")

# More claims of one type than this are linked in stretches of this many: average-link is cubic. The training
# documents have at most 38 of one type, so the bound only guards against endless live pages.
MOST_COMPARED = 120


# deeds that one side does to another; in talks and accords either side may be named as actor
_ONE_SIDED = frozenset(("ASSAULT", "MOBILIZE", "SANCTION", "COERCE", "AID", "THREATEN"))
_STATE = re.compile(r"[A-Za-z]{3}")
# outweighs any cluster that MOST_COMPARED allows
_APART = -1000.0


@cache
def load_weights() -> dict[str, Weights]:
    """The fitted weights of linking, `link` before sides are chosen and `again` after, and of `confidence`. Raises
    DataError."""
    try:
        raw = json.loads((files("casus.reader") / "relate_weights.json").read_text(encoding="utf-8"))
        return {task: {k: float(v) for k, v in raw["weights"][task].items()} for task in TABLES}
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise DataError(f"relate_weights.json cannot be read: {error}") from error


def link(
    text: str,
    sentences: Sequence[tuple[int, int]],
    claims: Sequence[Claim],
    weights: Weights | None = None,
    odds: Odds | None = None,
    *,
    apart: frozenset[tuple[int, int]] = frozenset(),
) -> list[str]:
    """An event label (e1, e2, ... in order of first mention) for each claim, in the order given.

    `sentences` are `[start, end)` offsets into `text`; `odds` what the context network
    says of pairs of triggers. Claims of different types are never one event, nor are those whose triggers start at
    the two offsets of a pair in `apart`.
    """
    table = load_weights()["link"] if weights is None else weights
    ranked = sorted(range(len(claims)), key=lambda n: _order(claims[n]))
    seen = dict(zip(ranked, views(text, sentences, [claims[n] for n in ranked]), strict=True))
    rank = {n: at for at, n in enumerate(ranked)}
    by_type: dict[str, list[int]] = {}
    for n in ranked:
        by_type.setdefault(claims[n].type, []).append(n)
    cluster_of: dict[int, int] = {}
    for members in by_type.values():
        for at in range(0, len(members), MOST_COMPARED):
            part = members[at : at + MOST_COMPARED]
            for cluster in _cluster(part, _scores([seen[n] for n in part], table, odds, apart), table.get("cut", 0.0)):
                cluster_of |= dict.fromkeys(cluster, min(cluster, key=lambda n: rank[n]))
    label: dict[int, str] = {}
    for n in ranked:
        label.setdefault(cluster_of[n], f"e{len(label) + 1}")
    return [label[cluster_of[n]] for n in range(len(claims))]


def _order(claim: Claim) -> tuple[int, int, str, str]:
    """Text order, and one order for claims of one trigger, however they were given."""
    return claim.trigger.start, claim.trigger.end, claim.type, claim.id


def confidence(probability: float) -> float:
    """How often a claim of which the network is that sure pairs with an annotated one, 0 to 1."""
    table = load_weights()["confidence"]
    p = min(max(probability, 1e-6), 1 - 1e-6)
    odds = table["offset"] + table["slope"] * math.log(p / (1 - p))
    return round(1 / (1 + math.exp(-odds)), 4)


def explain(
    text: str, sentences: Sequence[tuple[int, int]], first: Claim, second: Claim, between: int = 0
) -> list[tuple[str, float, float]]:
    """(feature, value, weight) of the pair, the weightiest first; `first` is told before `second`.

    Claims of different types give one row: they are never one event.
    """
    if first.type != second.type:
        return [("types differ", 1.0, -math.inf)]
    if first.trigger.start > second.trigger.start:
        first, second = second, first
    table = load_weights()["again"]
    a, b = views(text, sentences, [first, second])
    rows = [(k, v, table.get(k, 0.0)) for k, v in pair_features(a, b, between).items()]
    return sorted(rows, key=lambda r: (-abs(r[1] * r[2]), r[0]))


def _scores(
    seen: list[View], table: Weights, odds: Odds | None, apart: frozenset[tuple[int, int]]
) -> list[list[float]]:
    """Log-odds of each pair of one type's claims, in text order."""
    n = len(seen)
    scores = [[0.0] * n for _ in range(n)]
    for j in range(n):
        for i in range(j):
            found = pair_features(seen[i], seen[j], j - i - 1, odds)
            total = 0.0
            for name, value in found.items():
                total += value * table.get(name, 0.0)
            # one pair may not outvote a whole cluster, but for two deeds that cannot be one
            bounded = max(-6.0, min(6.0, total))
            told_apart = (seen[i].claim.trigger.start, seen[j].claim.trigger.start) in apart
            two = told_apart or other_state_did_it(seen[i], seen[j])
            scores[i][j] = scores[j][i] = _APART if two else bounded
    return scores


def other_state_did_it(a: View, b: View) -> bool:
    """True for deeds of one side against another that two different states are named as doing.

    A strike and the strike in answer share words, dates and both countries, so no sum of features keeps
    them apart reliably.
    """
    return (
        a.claim.type in _ONE_SIDED
        and not a.actors & b.actors
        and all(len(view.actors) == 1 and all(_names_state(p) for p in view.claim.actors) for view in (a, b))
    )


def _names_state(side: Participant) -> bool:
    """A state by its own words: "Pakistani", not "it" or "the army", which may have been taken for another's."""
    return side.who is not None and _STATE.fullmatch(side.who) is not None and side.span.exact[:1].isupper()


def _cluster(members: list[int], scores: list[list[float]], cut: float) -> list[list[int]]:
    """Average-link: join the best pair of clusters while its mean log-odds exceeds `cut`."""
    groups = [[n] for n in range(len(members))]
    total = [row[:] for row in scores]
    alive = list(range(len(members)))
    while len(alive) > 1:
        best, pair = cut, (-1, -1)
        for y, j in enumerate(alive):
            for i in alive[:y]:
                mean = total[i][j] / (len(groups[i]) * len(groups[j]))
                if mean > best:
                    best, pair = mean, (i, j)
        i, j = pair
        if i < 0:
            break
        groups[i] += groups[j]
        alive.remove(j)
        for k in alive:
            total[i][k] = total[k][i] = total[i][k] + total[j][k]
    return [[members[n] for n in groups[g]] for g in alive]
