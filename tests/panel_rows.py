"""Panels in the tests: their rows, and events of all sorts to make them of."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from casus.analysis.panels import Panel
from casus.ledger.flat import FlatEvent
from tests.flats import event

DAYS = st.dates(date(2023, 12, 1), date(2024, 3, 1))
WHO = st.lists(st.sampled_from(["IRN", "PAK", "Jaish al-Adl", "", "=cmd"]), max_size=3).map(
    lambda who: "; ".join(who) if any(who) else None
)


@st.composite
def figures(draw: st.DrawFn, measure: str) -> dict[str, int | None]:
    low, best, high = sorted(draw(st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))))
    known = draw(st.tuples(st.booleans(), st.booleans(), st.booleans()))
    told = [n if k else None for n, k in zip((low, best, high), known, strict=True)]
    return dict(zip((f"{measure}_low", f"{measure}_best", f"{measure}_high"), told, strict=True))


@st.composite
def events(draw: st.DrawFn) -> FlatEvent:
    first = draw(st.one_of(st.none(), DAYS))
    length = draw(st.sampled_from([0, 0, 0, 1, 6, 7, 30, 31, 45]))
    place = draw(st.sampled_from(["exact", "near", "adm2", "adm1", "country", "region", "unknown"]))
    fine = place in ("exact", "near", "adm2", "adm1")
    return event(
        first,
        None if first is None else first + timedelta(length),
        date_precision="unknown" if first is None else draw(st.sampled_from(["day", "range", "week", "month"])),
        status=draw(st.sampled_from(["happened", "happened", "denied"])),
        umbrella=draw(st.sampled_from([False, False, True])),
        type=draw(st.sampled_from(["ASSAULT", "CONSULT", "AGREE", "PROTEST"])),
        actor=draw(WHO),
        recipient=draw(WHO),
        place=None if place == "unknown" else "somewhere",
        place_precision=place,
        iso3=None if place in ("region", "unknown") else draw(st.sampled_from(["IRN", "PAK"])),
        admin1=draw(st.sampled_from(["North", "South"])) if fine else None,
        lat=draw(st.floats(-90, 90)) if fine else None,
        lon=draw(st.floats(-180, 180)) if fine else None,
        reports=draw(st.integers(1, 9)),
        **draw(figures("killed")),
        **draw(figures("injured")),
    )


MANY = st.lists(events(), max_size=25)


def rows(made: Panel) -> list[dict[str, Any]]:
    """All rows, with what is not zero or empty left in."""
    found: list[dict[str, Any]] = made.to_arrow().to_pylist()
    return found


def counted(made: Panel, column: str = "events") -> dict[tuple[Any, ...], Any]:
    """Of each unit and period what the column counts there, zeros left out."""
    head = ("iso3", "admin1", "gid", "side_a", "side_b", "actor", "recipient")
    return {(*(r[h] for h in head if h in r), r["period"]): r[column] for r in rows(made) if r[column]}
