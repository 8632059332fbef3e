"""HDX HAPI's shape: counts by division, month and kind add up to the events that went in."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from casus.codebook import Codebook
from casus.export.acled_events import acled_event
from casus.export.hapi import COLUMNS, HXL, kinds, overall
from casus.export.shaped import Admitted
from casus.export.told import Told
from casus.ledger.flat import flat_events
from casus.ledger.ledger import Ledger
from tests.flats import event
from tests.shapes import every, made, read_strictly


@pytest.fixture(scope="module")
def ledger() -> Iterator[Ledger]:
    with every() as made_:
        yield made_


def rows(ledger: Ledger, **options: Any) -> list[dict[str, Any]]:
    """The rows."""
    return read_strictly(made(ledger, "hapi", **options)[0], COLUMNS, skip=bool(options.get("hxl")))


def test_kinds_are_those_of_hdx() -> None:
    found: dict[str | None, set[str]] = {}
    for kind in Codebook.load().acled_types:
        found.setdefault(overall(kind), set()).add(kind.sub_event_type)
    assert found["demonstration"] == {
        "Excessive force against protesters", "Protest with intervention", "Peaceful protest", "Violent demonstration",
    }  # fmt: skip
    assert {"Mob violence", "Armed clash", "Attack", "Grenade"} <= found["political_violence"]
    assert len(found["political_violence"]) == 3 + 6 + 3 + 1
    assert len(found[None]) == 8


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"mode": "targeted"}, ("civilian_targeting", "political_violence")),
        ({"mode": "aerial"}, ("civilian_targeting", "political_violence")),
        ({"mode": "aerial", "recipient_sector": "MIL"}, ("political_violence",)),
        ({"mode": "firearms", "recipient_sector": "MIL"}, ("political_violence",)),
        ({"mode": "beat", "actor_sector": "CVL"}, ("political_violence",)),  # a mob, though civilians are its target
        ({"mode": "crowd-control", "killed": 2}, ("demonstration",)),
        ({"type": "PROTEST", "mode": "riot"}, ("demonstration",)),
        ({"type": "COERCE", "mode": "arrest"}, ()),
    ],
)
def test_an_event_counts_as_its_kinds(fields: dict[str, Any], wanted: tuple[str, ...]) -> None:
    found = acled_event(Told(event(**fields)), Admitted("happened", False))
    assert not isinstance(found, str)
    assert kinds(found) == wanted


def test_rows_are_in_order_and_none_comes_twice(ledger: Ledger) -> None:
    keys = [
        (r["event_type"], r["reference_period_start"], r["location_code"], r["provider_admin1_name"] or "",
         r["provider_admin2_name"] or "")
        for r in rows(ledger)
    ]  # fmt: skip
    assert keys == sorted(set(keys))


def test_a_row_is_a_month_of_a_division(ledger: Ledger) -> None:
    found = rows(ledger)
    for row in found:
        first, last = row["reference_period_start"], row["reference_period_end"]
        assert first.day == 1
        assert (last.year, last.month) == (first.year, first.month)
        level = 2 if row["provider_admin2_name"] else 1 if row["provider_admin1_name"] else 0
        assert row["admin_level"] == level
        assert row["events"] >= 1
    assert {row["reference_period_end"] for row in found} >= {date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30)}
    assert {row["admin_level"] for row in found} == {0, 1, 2}
    (whole,) = (row for row in found if row["admin_level"] == 0)
    assert (whole["location_code"], whole["fatalities"]) == ("PAK", 3)


def test_what_adds_up_is_told_with_its_range_and_its_doubts(ledger: Ledger) -> None:
    (row,) = (
        r for r in rows(ledger)
        if r["event_type"] == "political_violence" and r["reference_period_start"] == date(2024, 1, 1)
        and r["provider_admin1_name"] == "Balochistan"
    )  # fmt: skip
    assert (row["events"], row["fatalities"]) == (2, 11)
    killed, open_, disputed, ids = row["warning"].split("|")
    assert (killed, open_, disputed) == (
        "killed 11 to 12", "1 with a toll that has no upper or lower end", "1 with open contradictions",
    )  # fmt: skip
    assert set(ids.removeprefix("events ").split("; ")) <= {e.event_id for e in flat_events(ledger)}
    dated = Counter(r["warning"].count("dated to a week or a month") for r in rows(ledger))
    assert dated[1] == 2


def test_a_row_of_tags_stands_below_the_headings_where_it_is_asked_for(ledger: Ledger) -> None:
    plain, tagged = made(ledger, "hapi"), made(ledger, "hapi", hxl=True)
    head, tags, *_ = csv.reader(io.StringIO(tagged[0].decode(), newline=""))
    assert dict(zip(head, tags, strict=True)) == dict(HXL)
    assert all(tag.startswith("#") for tag in tags)
    assert len(set(tags)) == len(tags) == 19
    assert rows(ledger, hxl=True) == rows(ledger)
    assert tagged[1] == plain[1]
    lines = tagged[0].split(b"\r\n")
    assert b"\r\n".join([lines[0], *lines[2:]]) == plain[0]
