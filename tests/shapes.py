"""A ledger with an event of each kind that the shapes of other data sets must tell apart, and a reader that forgives
nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from hypothesis import strategies as st

from casus.export import Options, Written, export
from casus.export.cells import plain_cell
from casus.export.job import Job
from casus.export.told import Told, told
from casus.ledger.flat import Column, FlatEvent
from casus.ledger.ledger import Ledger
from casus.ledger.queries import Filter
from casus.records import Claim, Span, When
from tests.exported import FORMULA
from tests.ledgers import Pair
from tests.ledgers import told as document
from tests.papers import AT, opened
from tests.telling import KARACHI, PANJGUR, SARAVAN, Side, area, claim, days, figure, point

ARMY: Side = ("PAK", "MIL", "Pakistan's army")
REBELS: Side = ("Balochistan Liberation Army", "REB", "BLA fighters")
GUNMEN: Side = (None, "UAF", "gunmen")
RESIDENTS: Side = ("PAK", "CVL", "residents")
POLICE: Side = ("PAK", "COP", "police")
IRAN: Side = ("IRN", "MIL", "Iran")
GAZA = ("Gaza", "PSE", "Gaza Strip", 31.5, 34.47)
MONTH = When(date(2024, 3, 1), date(2024, 3, 31), "month", "stated")
YEAR = When(date(2023, 1, 1), date(2023, 12, 31), "year", "stated")


@dataclass(frozen=True)
class Case:
    """An event by the words of its one claim, and where it goes: ACLED's sub-event type or the reason that leaves it
    out, and UCDP's type of violence or the reason."""

    acled: str
    ged: int | str
    fields: dict[str, Any]


def case(acled: str, ged: int | str, **fields: Any) -> Case:
    """A case; on 10 January 2024 at Panjgur unless told otherwise."""
    return Case(acled, ged, {"at": point(PANJGUR), "on": days("2024-01-10"), **fields})


CASES: dict[str, Case] = {
    "strike": case("Air/drone strike", 3, by=[IRAN], to=[RESIDENTS], mode="aerial", killed=2, on=days("2024-01-16"),
                   says=("the governor", "official")),
    "clash": case("Armed clash", 1, by=[REBELS], to=[ARMY], mode="firearms", on=days("2024-01-12"),
                  killed=figure(9, None, words="at least nine")),
    "rivals": case("Armed clash", 2, by=[REBELS], to=[("Jaish al-Adl", "REB")], killed=30, on=days("2024-02-02")),
    "states": case("Shelling/artillery/missile attack", 1, by=[ARMY], to=[IRAN], at=point(SARAVAN), killed=1,
                   mode="heavy-weapons", on=days("2024-01-18", "2024-01-20")),
    "gunmen": case("Attack", 3, by=[GUNMEN], to=[RESIDENTS], mode="targeted", at=point(KARACHI), killed=4,
                   on=days("2024-01-22")),
    "dozens": case("Attack", 3, by=[REBELS], to=[RESIDENTS], at=area("Kech", "PAK", "adm2", "Balochistan"),
                   killed=figure(24, None, words="dozens", qualifier="dozens"), on=days("2024-02-20")),
    "province": case("Remote explosive/landmine/IED", 3, mode="explosives", killed=figure(None, 5, words="up to five"),
                     at=area("Balochistan", "PAK", "adm1", "Balochistan"), on=MONTH),
    "country": case("coarse-place", 1, by=[ARMY], to=[GUNMEN], at=area("Pakistan", "PAK", "country"), killed=3,
                    on=days("2024-04-01")),
    "nowhere": case("no-country", "no-country", by=[ARMY], to=[RESIDENTS], at=None, killed=8, on=days("2024-04-09")),
    "undated": case("undated", "undated", by=[IRAN], to=[RESIDENTS], killed=6, on=When()),
    "year": case("coarse-date", 3, by=[IRAN], to=[RESIDENTS], killed=11, on=YEAR),
    "long": case("umbrella", "umbrella", by=[IRAN], to=[RESIDENTS], killed=12, on=days("2021-01-01", "2022-06-01")),
    "denied": case("status", "status", by=[IRAN], to=[RESIDENTS], killed=5, status="denied", on=days("2024-05-01")),
    "sum": case("umbrella", "umbrella", by=[ARMY], to=[RESIDENTS], killed=90, aggregate=True, on=days("2024-06-01")),
    "protest": case("Peaceful protest", "type", type="PROTEST", mode="demo", by=[("PAK", "LAB", "dock workers")],
                    at=point(KARACHI), on=days("2024-02-10")),
    "driven": case("Excessive force against protesters", "no-death", by=[POLICE], to=[RESIDENTS], at=point(KARACHI),
                   mode="crowd-control", on=days("2024-02-12"), figures=[figure(7, measure="injured")]),
    "mob": case("Mob violence", "unorganised", by=[RESIDENTS], to=[POLICE], at=point(KARACHI), mode="beat", killed=1,
                on=days("2024-02-14")),
    "arrest": case("Arrests", "type", type="COERCE", mode="arrest", by=[POLICE], at=point(KARACHI),
                   on=days("2024-02-16")),
    "talks": case("type", "type", type="CONSULT", by=[("IRN", "GOV")], to=[("PAK", "GOV")], on=days("2024-01-29")),
    "truce": case("Agreement", "type", type="AGREE", by=[ARMY, REBELS], on=days("2024-07-01", "2024-07-05")),
    "gaza": case("Air/drone strike", 3, by=[("ISR", "MIL", "Israel")], at=point(GAZA), mode="drone", killed=3,
                 on=days("2024-01-11")),
}  # fmt: skip


def pair(name: str) -> Pair:
    """The document of a case, with its claim."""
    made, claims = document(name, claim(name, **CASES[name].fields), published="2024-08-01")
    about: dict[str, Any] = {"publisher_country": "PAK"} if name in ("strike", "clash") else {}
    if name == "strike":
        about = {"publisher_country": "GBR", "title": FORMULA}
    if name == "dozens":  # a ledger keeps where words stand, so they must stand in the text
        at = made.text.index("dozens")
        toll = replace(claims[0].figures[0], span=Span.cut(made.text, at, at + len("dozens")))
        claims = [replace(claims[0], figures=(toll,))]
    if name == "gunmen":
        about = {"publisher": '=cmd|"/C calc"!A0; Paper', "title": "one;\ntwo"}
    return replace(made, **about), claims


def every(path: str = ":memory:") -> Ledger:
    """A ledger of all cases; the strike has a second report, which counts three dead and contradicts the first."""
    made = opened(path)
    second = document("strike2", claim("strike2", **{**CASES["strike"].fields, "killed": 3, "says": None}))
    made.add([*map(pair, CASES), second], made.begin({"package": "test"}, at=AT), at=AT)
    return made


def told_of(name: str) -> Told:
    """A case as the shapes take it, straight from a ledger of its own."""
    with opened() as ledger:
        ledger.add([pair(name)], "run", at=AT)
        return next(told(Job(ledger), summary=True))


def made(ledger: Ledger, form: str, asked: Filter | None = None, **options: Any) -> tuple[bytes, Written]:
    """The bytes of an export, and what was said of it."""
    out = io.BytesIO()
    done = export(ledger, form, out, asked, Options(**options))
    return out.getvalue(), done


def read_strictly(data: bytes, columns: Sequence[Column], skip: int = 0) -> list[dict[str, Any]]:
    """CSV as a reader takes it that forgives nothing: each cell is of its column's type, or empty where it may be.
    `skip` lines below the headings are not looked at."""
    head, *lines = csv.reader(io.StringIO(data.decode(), newline=""), strict=True)
    assert head == [column.name for column in columns]
    take: dict[str, Callable[[str], Any]] = {
        "str": plain_cell, "int": int, "float": float, "date": date.fromisoformat,
    }  # fmt: skip
    out = []
    for line in lines[skip:]:
        row = {}
        for column, cell in zip(columns, line, strict=True):
            assert cell or column.optional, column.name
            row[column.name] = take[column.kind](cell) if cell else None
        out.append(row)
    return out


def best_of(event: FlatEvent) -> int:
    """Deaths as both shapes have them: the best figure, the low one where nobody counts, else none."""
    return event.killed_best if event.killed_best is not None else event.killed_low or 0


# ------------------------------------------------------------------ ledgers of any kind

_SIDES: list[list[Side]] = [
    [IRAN],
    [ARMY],
    [REBELS],
    [GUNMEN],
    [RESIDENTS],
    [POLICE, ARMY],
    [(None, "UNK", "they")],
    [],
]
_PLACES = [
    point(PANJGUR), point(SARAVAN, "near"), point(GAZA), None, area("Kech", "PAK", "adm2", "Balochistan"),
    area("Sindh", "PAK", "adm1", "Sindh"), area("Iran", "IRN", "country"), area("the border", None, "region"),
]  # fmt: skip
_DAYS = [days("2024-01-30"), days("2024-01-29", "2024-02-03"), MONTH, YEAR, When(), days("2023-12-31")]
_KILLED = [None, figure(0), figure(3), figure(7, None), figure(None, 4), figure(24, 40, words="dozens")]
_DEEDS = [
    ("ASSAULT", None), ("ASSAULT", "aerial"), ("ASSAULT", "crowd-control"), ("ASSAULT", "beat"), ("PROTEST", "demo"),
    ("PROTEST", "riot"), ("CONSULT", None), ("COERCE", "arrest"), ("AGREE", None), ("MOBILIZE", "troops"),
]  # fmt: skip


@st.composite
def claims(draw: st.DrawFn, document: str) -> Claim:
    """A claim of any kind."""
    kind, mode = draw(st.sampled_from(_DEEDS))
    return claim(
        document, type=kind, mode=mode, status=draw(st.sampled_from(["happened"] * 5 + ["denied", "planned"])),
        by=draw(st.sampled_from(_SIDES)), to=draw(st.sampled_from(_SIDES)), at=draw(st.sampled_from(_PLACES)),
        on=draw(st.sampled_from(_DAYS)), killed=draw(st.sampled_from(_KILLED)),
        aggregate=draw(st.sampled_from([False] * 5 + [True])),
    )  # fmt: skip


@st.composite
def pairs(draw: st.DrawFn) -> list[Pair]:
    """Documents with a claim each."""
    n = draw(st.integers(0, 8))
    return [document(f"d{at}", draw(claims(f"d{at}"))) for at in range(n)]


def filled(found: Sequence[Pair]) -> Ledger:
    """A ledger in memory with these."""
    ledger = opened()
    if found:
        ledger.add(found, ledger.begin({"package": "test"}, at=AT), at=AT)
    return ledger


def left_out(notes: Sequence[str]) -> Iterator[tuple[int, str, int]]:
    """Of each note on what was left out: how many events, why, and how many deaths."""
    for note in notes:
        head, _, why = note.partition(" left out: ")
        words = why.partition(" (")[0]
        # a reason may have brackets of its own
        deaths = why.rpartition(" (")[2].removesuffix(" killed)") if why.endswith(" killed)") else "0"
        yield int(head.split()[0]), words, int(deaths)
