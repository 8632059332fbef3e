"""What linking looks at in a claim, as a row of numbers: a million claims are compared by columns, not by objects.

Names become 64-bit hashes that are the same on every machine. A row is kept with its claim in the ledger.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from typing import get_args

import numpy as np
import numpy.typing as npt

from casus.codebook import Codebook
from casus.events import Report
from casus.records import Claim, Participant, Sector, Status
from casus.text import fold, words

SIDES = 3  # sides of a claim that are compared; a fourth is rare and adds nothing to the others
# One row for each claim. Days are date ordinals; 0 in a hash or a day stands for "not told", -1 in a figure.
ROW = np.dtype(
    [
        ("order", "i8"),  # the claim's id as a number: the order of everything that must not hang on adding
        ("document", "i8"),
        ("told", "i8"),  # the document's own event, 0 where the reader gave none
        ("type", "i1"),
        ("mode", "i2"),
        ("status", "i1"),
        ("flags", "u1"),
        ("first", "i4"),
        ("last", "i4"),
        ("published", "i4"),
        ("country", "i8"),
        ("admin1", "i8"),
        ("place", "i8"),
        ("lat", "f4"),
        ("lon", "f4"),
        ("actors", "i8", (SIDES,)),
        ("actor_kin", "i8", (SIDES,)),
        ("actor_sectors", "u4"),
        ("recipients", "i8", (SIDES,)),
        ("recipient_kin", "i8", (SIDES,)),
        ("recipient_sectors", "u4"),
        ("killed", "i4", (2,)),
        ("injured", "i4", (2,)),
        ("detained", "i4", (2,)),
        ("weapon", "i8"),
        ("stem", "i8"),
        ("words", "u8", (4,)),
    ]
)
Rows = npt.NDArray[np.void]

BACKGROUND, AGGREGATE, UMBRELLA, UNDATED, STATE_ACTS, STATE_HARMED = 1, 2, 4, 8, 16, 32
# A claim told to have lasted longer sums or spans incidents: battles are told by the week, strikes by the night. One
# that is only dated vaguely ("last month") may be an incident all the same.
INCIDENT_DAYS = 3
# fresh news without a word of time is of the last days before it was printed, a sum of the last weeks
FRESH_DAYS, SUMMED_DAYS = 3, 30

SECTOR_BIT = {name: 1 << n for n, name in enumerate(get_args(Sector))}
ARMED = SECTOR_BIT["MIL"] | SECTOR_BIT["REB"] | SECTOR_BIT["UAF"] | SECTOR_BIT["COP"] | SECTOR_BIT["SPY"]
CIVIL = SECTOR_BIT["CVL"] | SECTOR_BIT["MED"] | SECTOR_BIT["REF"] | SECTOR_BIT["REL"] | SECTOR_BIT["EDU"]
STATUSES: tuple[str, ...] = get_args(Status)
# words that stand in half of all sentences tell nothing of their being about the same thing
_COMMON_WORDS = """
    the a an and or but of in on at to for from by with as is are was were be been has have had it its he she they his
    her their that this which who whom said says say told not no after before into over out up more than least people
    two three one also will would could may might there where when while
"""
_COMMON = frozenset(_COMMON_WORDS.split())


@lru_cache(maxsize=1 << 18)
def hashed(text: str) -> int:
    """A 63-bit number for a string, never 0."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 1) or 1


@cache
def type_number() -> Mapping[str, int]:
    """The codebook's types, numbered in its order."""
    return {name: n for n, name in enumerate(Codebook.load().type_names)}


@cache
def mode_number() -> Mapping[str | None, int]:
    """Every mode of the codebook, numbered in alphabetical order; -1 for none."""
    book = Codebook.load()
    names = sorted({mode.name for kind in book.types for mode in kind.modes})
    return {None: -1, **{name: n for n, name in enumerate(names)}}


def make_rows(
    claims: Iterable[Claim],
    reports: Mapping[str, Report],
    *,
    parents: Mapping[str, Sequence[str]] | None = None,
    names: Mapping[str, str] | None = None,
) -> Rows:
    """A ROW for each claim, in their order.

    `parents`: an actor's name to those it is part of, which count as kin; `names`: who to the who that a person
    renamed it to.
    """
    found = [_row(claim, reports.get(claim.document_id), parents or {}, names or {}) for claim in claims]
    return np.array(found, dtype=ROW)


def _row(
    claim: Claim, report: Report | None, parents: Mapping[str, Sequence[str]], names: Mapping[str, str]
) -> tuple[object, ...]:
    published = report.published if report else None
    first, last, undated = days(claim, published)
    flags = BACKGROUND * claim.background | AGGREGATE * claim.aggregate | UNDATED * undated
    if claim.aggregate or (claim.when.precision == "range" and last - first >= INCIDENT_DAYS):
        flags |= UMBRELLA
    flags |= STATE_ACTS * _only_states(claim.actors, names) | STATE_HARMED * _only_states(claim.recipients, names)
    actors, actor_kin, actor_sectors = _side(claim.actors, parents, names)
    recipients, recipient_kin, recipient_sectors = _side(claim.recipients, parents, names)
    place = claim.place
    country = place.iso3 if place else None
    located = place is not None and place.lat is not None and place.precision in ("exact", "near", "adm2")
    admin1 = f"{country}/{fold(place.admin1)}" if place and place.admin1 else None
    named = None
    if place is not None and place.precision not in ("country", "region", "unknown"):
        named = place.place_id or f"{country}/{fold(place.name)}"
    return (
        int(claim.id[-16:], 16) >> 1,
        hashed(claim.document_id),
        hashed(f"{claim.document_id}/{claim.event}") if claim.event else 0,
        type_number()[claim.type],
        mode_number()[claim.mode],
        STATUSES.index(claim.status),
        flags,
        first,
        last,
        published.toordinal() if published else 0,
        hashed(country) if country else 0,
        hashed(admin1) if admin1 else 0,
        hashed(named) if named else 0,
        place.lat if place and located else np.nan,
        place.lon if place and located else np.nan,
        actors,
        actor_kin,
        actor_sectors,
        recipients,
        recipient_kin,
        recipient_sectors,
        _range(claim, "killed"),
        _range(claim, "injured"),
        _range(claim, "detained"),
        hashed(stem(claim.weapon.exact.split()[-1])) if claim.weapon else 0,
        hashed(stem(claim.trigger.exact)),
        bloom(claim.sentence.exact),
    )


def days(claim: Claim, published: date | None) -> tuple[int, int, bool]:
    """First and last day as ordinals, and whether they are only what fresh news implies; (0, 0, True): nothing known.

    A background deed without a date may lie anywhere before its report, and gets none.
    """
    when = claim.when
    if when.start is not None and when.end is not None:
        return when.start.toordinal(), when.end.toordinal(), False
    if published is None or (claim.background and not claim.aggregate):
        return 0, 0, True
    day = published.toordinal()
    if claim.aggregate:
        return day - SUMMED_DAYS, day, True
    # what is planned or might be lies ahead of its report
    if claim.status in ("planned", "hypothetical"):
        return day, day + FRESH_DAYS, True
    return day - FRESH_DAYS, day, True


def _side(
    sides: tuple[Participant, ...], parents: Mapping[str, Sequence[str]], names: Mapping[str, str]
) -> tuple[tuple[int, ...], tuple[int, ...], int]:
    """Hashes of who they are, of what they are part of, and the bits of their sectors."""
    own = sorted({s.who for s in sides if s.who is not None})
    who = sorted({names.get(name, name) for name in own})[:SIDES]
    # what it is part of goes by the name that it has in the dictionary
    kin = sorted({names.get(p, p) for name in own for p in parents.get(name, ())} - set(who))[:SIDES]
    sectors = 0
    for s in sides:
        sectors |= SECTOR_BIT[s.sector]
    return _padded(who), _padded(kin), sectors


def _only_states(sides: tuple[Participant, ...], names: Mapping[str, str]) -> bool:
    """Whether somebody is named and all that are named are states: ISO 3166 codes of three capitals."""
    who = [names.get(s.who, s.who) for s in sides if s.who is not None]
    return bool(who) and all(len(w) == 3 and w.isupper() and w.isascii() for w in who)


def _padded(found: list[str]) -> tuple[int, ...]:
    return tuple(hashed(x) for x in found) + (0,) * (SIDES - len(found))


def _range(claim: Claim, measure: str) -> tuple[int, int]:
    """Low and high of a figure of the whole event; one of a part of the harmed ("four women") is no toll."""
    for figure in claim.figures:
        if figure.measure == measure:
            low = figure.low if figure.low is not None else 0
            return min(low, 1 << 30), min(figure.high, 1 << 30) if figure.high is not None else -1
    return -1, -1


_ENDINGS = (
    "ations",
    "ation",
    "ings",
    "ing",
    "ies",
    "ied",
    "ers",
    "ments",
    "ment",
    "ions",
    "ion",
    "ed",
    "es",
    "er",
    "s",
)


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """A crude stem, so that "strikes" and "striking" are one word; short words stay whole."""
    word = fold(word)
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


@lru_cache(maxsize=1 << 16)
def _bit(word: str) -> int:
    """Which of 256 bits a word sets; -1 for a word that tells nothing."""
    folded = fold(word)
    return -1 if len(folded) < 3 or folded in _COMMON else hashed(stem(word)) % 256


def bloom(sentence: str) -> tuple[int, int, int, int]:
    """The content words of a sentence as 256 bits in four numbers."""
    bits = 0
    for start, end in words(sentence):
        n = _bit(sentence[start:end])
        if n >= 0:
            bits |= 1 << n
    mask = (1 << 64) - 1
    return bits & mask, bits >> 64 & mask, bits >> 128 & mask, bits >> 192
