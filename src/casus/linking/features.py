"""What speaks for and against two claims telling one event: named features of a pair, over columns of claims."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from casus.linking.block import groups
from casus.linking.columns import (
    AGGREGATE,
    ARMED,
    BACKGROUND,
    CIVIL,
    STATE_ACTS,
    STATE_HARMED,
    STATUSES,
    UNDATED,
    Rows,
    mode_number,
    type_number,
)

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]

# every feature and what it says where it is not 0; the order is that of the matrix
FEATURES: dict[str, str] = {
    "same type": "both tell the same type of event",
    "kindred type": "their types are told one for the other ({types})",
    "other type": "they tell different types of event ({types})",
    "same mode": "both tell the same mode ({modes})",
    "other means": "they tell different means of one kind of attack ({modes})",
    "other mode": "their modes differ ({modes})",
    "mode of one": "one tells a mode that is not just any of its type ({modes})",
    "same actor": "both name the same actor ({actors})",
    "kindred actor": "one actor is part of the other ({actors})",
    "other actor": "they name different actors ({actors})",
    "other state acts": "different states act ({actors})",
    "actor unknown": "one of them names no actor",
    "same recipient": "both name the same recipient ({recipients})",
    "kindred recipient": "one recipient is part of the other ({recipients})",
    "other recipient": "they name different recipients ({recipients})",
    "other state is meant": "it is done to different states ({recipients})",
    "recipient unknown": "one of them names no recipient",
    "sides swapped": "the actor of one is the recipient of the other",
    "armed and civilian": "one tells of armed men harmed, the other of civilians",
    "same day": "both give the same day ({days})",
    "days overlap": "their dates overlap ({days})",
    "a day apart": "their dates lie a day apart ({days})",
    "days apart": "their dates lie further apart ({days})",
    "day implied": "one of them gives no date, and fits by when it was printed",
    "date unknown": "of one of them nothing tells the date",
    "same place": "both name the same place ({places})",
    "near": "their places lie within 30 km ({places})",
    "far": "their places lie further apart ({places})",
    "same province": "both lie in one province",
    "other province": "they lie in different provinces ({places})",
    "one place is wider": "both lie in one country, and one names no town",
    "other country": "they lie in different countries ({places})",
    "place unknown": "one of them names no place",
    "same killed": "the numbers of killed agree",
    "other killed": "the numbers of killed differ",
    "same injured": "the numbers of injured or detained agree",
    "other injured": "the numbers of injured or detained differ",
    "same weapon": "both name the same weapon",
    "same word": "both tell it by the same word",
    "like words": "their sentences share words",
    "other status": "one says that it happened, the other that it did not, will or might",
    "one is background": "one is told as news, the other as background",
    "one is a sum": "one of them sums many events",
    "printed apart": "they were printed days apart",
    "told as one": "their report tells them as one event",
    "told apart": "their report tells them as two events",
}
NAMES = tuple(FEATURES)
_AT = {name: n for n, name in enumerate(NAMES)}

# pairs that are compared at once: keeps the matrix of features below 50 MB
CHUNK = 200_000
# kilometres: towns of one district, and what a report means by "near"
NEAR_KM = 30.0
# An attack is often told by one of its means and then by another: a bomb and the shots after it. An abduction is not.
_MEANS = (
    "aerial", "destroy", "drone", "explosives", "firearms", "heavy-weapons", "primitive", "suicide-attack", "targeted",
    "unconventional",
)  # fmt: skip
_ACTS = ("abduct", "beat", "crowd-control", "sexual", "torture")
# speech and meetings have two equal sides
_MUTUAL = ("CONSULT", "AGREE", "COOPERATE")


def pair_features(rows: Rows, pairs: npt.NDArray[np.int64]) -> Floats:
    """The features [pairs, len(NAMES)] of pairs [pairs, 2] of positions in rows."""
    a, b = Taken(rows, pairs[:, 0]), Taken(rows, pairs[:, 1])
    # column by column in memory, as it is filled
    out: Floats = np.zeros((len(NAMES), len(pairs)), dtype=np.float32).T
    _types(out, a, b)
    _sides(out, a, b)
    _dates(out, a, b)
    _places(out, a, b)
    _harm(out, a, b)
    _telling(out, a, b)
    return out


class Taken:
    """The rows at some positions, column by column: each column is gathered when it is first asked for."""

    def __init__(self, rows: Rows, at: npt.NDArray[np.int64]) -> None:
        self.rows, self.at = rows, at
        self.found: dict[str, npt.NDArray[Any]] = {}

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        if name not in self.found:
            self.found[name] = self.rows[name][self.at]
        return self.found[name]


def hopeless(rows: Rows, pairs: npt.NDArray[np.int64], bias: float, weights: Sequence[float]) -> Bools:
    """Pairs [pairs] that cannot score above 0 by type, time and place, whatever else speaks for them.

    A third of the features tells it of most pairs, and the others need not be looked at.
    """
    best = bias + sum(max(0.0, *(weights[_AT[name]] for name in group)) for group in _REST)
    out = np.empty(len(pairs), dtype=np.bool_)
    for at in range(0, len(pairs), CHUNK):
        part = pairs[at : at + CHUNK]
        a, b = Taken(rows, part[:, 0]), Taken(rows, part[:, 1])
        found: Floats = np.zeros((len(NAMES), len(part)), dtype=np.float32).T
        _types(found, a, b)
        _dates(found, a, b)
        _places(found, a, b)
        seen = found @ np.array(weights, dtype=np.float32)
        out[at : at + CHUNK] = (seen + best < -1e-3) & (a["document"] != b["document"])
    return out


# Features that `hopeless` leaves aside: of each group at most one speaks for a pair of two documents, by 1 at most.
_REST = (
    ("same actor", "kindred actor", "other actor", "other state acts", "actor unknown"),
    ("same recipient", "kindred recipient", "other recipient", "other state is meant", "recipient unknown"),
    ("sides swapped",),
    ("armed and civilian",),
    ("same killed", "other killed"),
    ("same injured", "other injured"),
    ("same weapon",),
    ("same word",),
    ("like words",),
    ("other status",),
    ("one is background",),
    ("one is a sum",),
)


def _put(out: Floats, name: str, value: npt.NDArray[np.bool_] | npt.NDArray[np.float32]) -> None:
    out[:, _AT[name]] = value


def _types(out: Floats, a: Taken, b: Taken) -> None:
    same = a["type"] == b["type"]
    group = groups()
    kindred = ~same & (group[a["type"]] == group[b["type"]])
    _put(out, "same type", same)
    _put(out, "kindred type", kindred)
    _put(out, "other type", ~same & ~kindred)
    both = (a["mode"] >= 0) & (b["mode"] >= 0)
    _put(out, "same mode", both & (a["mode"] == b["mode"]))
    other = both & (a["mode"] != b["mode"])
    means, acts = (np.array([mode_number()[m] for m in modes]) for modes in (_MEANS, _ACTS))
    weapons = np.isin(a["mode"], means) & np.isin(b["mode"], means)
    _put(out, "other means", other & weapons)
    _put(out, "other mode", other & ~weapons)
    _put(out, "mode of one", ~both & (np.isin(a["mode"], acts) | np.isin(b["mode"], acts)))


def _shares(x: npt.NDArray[np.int64], y: npt.NDArray[np.int64]) -> Bools:
    """Whether two lists of hashes [n, SIDES], 0 for none, share one."""
    out = np.zeros(len(x), dtype=np.bool_)
    ys = [np.ascontiguousarray(y[:, m]) for m in range(y.shape[1])]
    for n in range(x.shape[1]):
        one = np.ascontiguousarray(x[:, n])
        given = one != 0
        # most claims have one actor and one recipient
        if given.any():
            for other in ys:
                out |= given & (one == other)
    return out


def _sides(out: Floats, a: Taken, b: Taken) -> None:
    mutual = np.isin(a["type"], [type_number()[t] for t in _MUTUAL]) & np.isin(
        b["type"], [type_number()[t] for t in _MUTUAL]
    )
    swapped = _shares(a["actors"], b["recipients"]) & _shares(b["actors"], a["recipients"])
    for role in ("actor", "recipient"):
        own, kin, other = f"{role}s", f"{role}_kin", "recipients" if role == "actor" else "actors"
        same = _shares(a[own], b[own]) | (mutual & (_shares(a[own], b[other]) | _shares(a[other], b[own])))
        kindred = ~same & (_shares(a[own], b[kin]) | _shares(a[kin], b[own]) | _shares(a[kin], b[kin]))
        unknown = ~((a[own] != 0).any(1) & (b[own] != 0).any(1))
        _put(out, f"same {role}", same)
        _put(out, f"kindred {role}", kindred)
        _put(out, f"{role} unknown", unknown & ~same)
        other_one = ~same & ~kindred & ~unknown
        state = STATE_ACTS if role == "actor" else STATE_HARMED
        states = other_one & ((a["flags"] & b["flags"] & state) > 0)
        _put(out, f"other {role}", other_one & ~states)
        _put(out, "other state acts" if role == "actor" else "other state is meant", states)
    _put(out, "sides swapped", swapped & ~mutual)
    armed = [(x["recipient_sectors"] & ARMED) > 0 for x in (a, b)]
    civil = [(x["recipient_sectors"] & CIVIL) > 0 for x in (a, b)]
    _put(
        out,
        "armed and civilian",
        (armed[0] & ~civil[0] & civil[1] & ~armed[1]) | (armed[1] & ~civil[1] & civil[0] & ~armed[0]),
    )


def _dates(out: Floats, a: Taken, b: Taken) -> None:
    unknown = (a["last"] == 0) | (b["last"] == 0)
    implied = ~unknown & (((a["flags"] | b["flags"]) & UNDATED) > 0)
    gap = np.maximum(np.maximum(a["first"] - b["last"], b["first"] - a["last"]), 0)
    stated = ~unknown & ~implied
    exact = (a["last"] == a["first"]) & (b["last"] == b["first"])
    _put(out, "same day", stated & exact & (gap == 0))
    _put(out, "days overlap", stated & ~exact & (gap == 0))
    _put(out, "a day apart", stated & (gap == 1))
    _put(out, "days apart", np.where(unknown | (gap < 1 + stated), 0, np.minimum(np.log1p(gap), 4)).astype(np.float32))
    _put(out, "day implied", implied & (gap == 0))
    _put(out, "date unknown", unknown)
    printed = np.abs(a["published"] - b["published"])
    dated = (a["published"] > 0) & (b["published"] > 0)
    _put(out, "printed apart", np.where(dated & ~stated, np.minimum(np.log1p(printed), 4), 0).astype(np.float32))


def kilometres(a: Taken, b: Taken) -> Floats:
    """Great-circle distances, nan where one has no coordinates (haversine, mean earth radius 6,371 km)."""
    lat1, lon1, lat2, lon2 = (np.radians(x.astype(np.float64)) for x in (a["lat"], a["lon"], b["lat"], b["lon"]))
    h = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    found: Floats = (2 * 6371.0 * np.arcsin(np.sqrt(np.clip(h, 0, 1)))).astype(np.float32)
    return found


def _places(out: Floats, a: Taken, b: Taken) -> None:
    unknown = (a["country"] == 0) | (b["country"] == 0)
    other_country = ~unknown & (a["country"] != b["country"])
    named = (a["place"] != 0) & (b["place"] != 0)
    same = named & (a["place"] == b["place"])
    far = kilometres(a, b)
    known = ~np.isnan(far) & ~same
    provinces = (a["admin1"] != 0) & (b["admin1"] != 0)
    settled = same | known
    near = known & (far <= NEAR_KM)
    _put(out, "same place", same)
    _put(out, "near", near)
    _put(
        out, "far", np.where(known & ~near, np.log(np.maximum(np.nan_to_num(far), NEAR_KM) / 10), 0).astype(np.float32)
    )
    same_province = ~settled & provinces & (a["admin1"] == b["admin1"])
    _put(out, "same province", same_province)
    _put(out, "other province", ~settled & provinces & (a["admin1"] != b["admin1"]) & ~other_country)
    _put(out, "one place is wider", ~settled & ~unknown & ~other_country & ~provinces)
    _put(out, "other country", other_country & ~near)
    _put(out, "place unknown", unknown & ~same)


def _harm(out: Floats, a: Taken, b: Taken) -> None:
    agree = {m: _agree(a[m], b[m]) for m in ("killed", "injured", "detained")}
    _put(out, "same killed", agree["killed"] == 1)
    _put(out, "other killed", agree["killed"] == -1)
    hurt = np.where(agree["injured"] != 0, agree["injured"], agree["detained"])
    _put(out, "same injured", hurt == 1)
    _put(out, "other injured", hurt == -1)
    _put(out, "same weapon", (a["weapon"] != 0) & (a["weapon"] == b["weapon"]))


def _agree(x: npt.NDArray[np.int32], y: npt.NDArray[np.int32]) -> npt.NDArray[np.int8]:
    """1 where two figures [n, 2] overlap, -1 where they do not, 0 where one is missing; high -1 is open."""
    given = (x[:, 0] >= 0) & (y[:, 0] >= 0)
    high_x = np.where(x[:, 1] < 0, np.iinfo(np.int32).max, x[:, 1])
    high_y = np.where(y[:, 1] < 0, np.iinfo(np.int32).max, y[:, 1])
    overlap = (x[:, 0] <= high_y) & (y[:, 0] <= high_x)
    return np.where(given, np.where(overlap, 1, -1), 0).astype(np.int8)


def _telling(out: Floats, a: Taken, b: Taken) -> None:
    _put(out, "same word", a["stem"] == b["stem"])
    shared = np.bitwise_count(a["words"] & b["words"]).sum(1, dtype=np.int32)
    least = np.minimum(
        np.bitwise_count(a["words"]).sum(1, dtype=np.int32), np.bitwise_count(b["words"]).sum(1, dtype=np.int32)
    )
    same_sentence = (a["words"] == b["words"]).all(1) & (a["document"] == b["document"])
    _put(out, "like words", np.where(same_sentence, 0, shared / np.maximum(least, 4)).astype(np.float32))
    happened = STATUSES.index("happened")
    _put(out, "other status", (a["status"] == happened) != (b["status"] == happened))
    _put(out, "one is background", ((a["flags"] ^ b["flags"]) & BACKGROUND) > 0)
    _put(out, "one is a sum", ((a["flags"] ^ b["flags"]) & AGGREGATE) > 0)
    together = a["document"] == b["document"]
    told = together & (a["told"] != 0) & (b["told"] != 0)
    _put(out, "told as one", told & (a["told"] == b["told"]))
    _put(out, "told apart", told & (a["told"] != b["told"]))
