"""UCDP GED's shape: which events go in, by whom against whom, and what of the ledger each cell says."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from casus.analysis.grid import gid_of
from casus.export import ged
from casus.export.carried import taken_apart
from casus.export.ged import CIVILIANS_ID, COLUMNS, REPORTS
from casus.export.ged_events import REASONS, GedEvent, dated, ged_event
from casus.export.shaped import Admitted
from casus.export.told import Told
from casus.ledger import numbers
from casus.ledger.flat import flat_claims, flat_events
from casus.ledger.ledger import Ledger
from casus.ledger.queries import Filter
from casus.ledger.rebuild import rebuild
from tests.flats import claim, event
from tests.ledgers import told as document
from tests.papers import AT, opened
from tests.shapes import CASES, best_of, every, made, read_strictly, told_of
from tests.telling import PANJGUR, days, point
from tests.telling import claim as claimed

HAPPENED = Admitted("happened", False)


@pytest.fixture(scope="module")
def ledger() -> Iterator[Ledger]:
    with every() as made_:
        yield made_


def rows(ledger: Ledger, asked: Filter | None = None) -> dict[str, dict[str, Any]]:
    """The rows, by the event's id in the ledger."""
    found = read_strictly(made(ledger, "ged", asked)[0], COLUMNS)
    return {taken_apart(row["source_original"])["event"].partition(",")[0]: row for row in found}


# ------------------------------------------------------------------ which go in


@pytest.mark.parametrize("name", CASES)
def test_each_case_is_of_its_violence_or_left_out_for_its_reason(name: str) -> None:
    found = ged_event(told_of(name), HAPPENED)
    assert (found if isinstance(found, str) else found.violence) == CASES[name].ged


def test_every_reason_but_one_has_a_case() -> None:
    # what is stated to last for more than a year is an umbrella, so only a vague date is left for this one
    assert {c.ged for c in CASES.values()} >= set(REASONS) - {"coarse-date"}
    assert ged_event(Told(event("2020-01-01", "2022-12-31", killed=3)), HAPPENED) == "coarse-date"


@pytest.mark.parametrize(
    ("days_", "wanted"),
    [(1, 1), (2, 2), (6, 2), (7, 3), (8, 4), (31, 4), (32, 5), (366, 5), (367, "coarse-date")],
)
def test_dates_are_as_precise_as_they_are_long(days_: int, wanted: object) -> None:
    first = date(2024, 1, 1)
    assert dated(event(first, first + timedelta(days_ - 1))) == wanted
    assert dated(event(None)) == "undated"


def test_a_death_that_may_be_goes_in_and_none_does_not() -> None:
    assert not isinstance(ged_event(Told(event(killed_high=4)), HAPPENED), str)
    assert ged_event(Told(event(killed=0)), HAPPENED) == "no-death"
    assert ged_event(Told(event()), HAPPENED) == "no-death"
    assert ged_event(Told(event(killed=1, iso3="ATA")), HAPPENED) == "no-country"


# ------------------------------------------------------------------ sides


def sides(actor: tuple[Any, ...], recipient: tuple[Any, ...]) -> GedEvent | str:
    """An event with three dead between these: who, sector of each."""

    def cells(role: str, *of: tuple[str | None, str]) -> dict[str, Any]:
        if not of:
            return {role: None, f"{role}_name": None, f"{role}_sector": None}
        who = "; ".join(w or "" for w, _ in of) if any(w for w, _ in of) else None
        names = "; ".join(w or "somebody" for w, _ in of)
        return {role: who, f"{role}_name": names, f"{role}_sector": "; ".join(s for _, s in of)}

    return ged_event(Told(event(killed=3, **cells("actor", *actor), **cells("recipient", *recipient))), HAPPENED)


STATE, OTHER, GROUP, RIVALS = ("PAK", "MIL"), ("IRN", "GOV"), ("BLA", "REB"), ("Jaish", "UAF")
NOBODY, GUNMEN, PEOPLE = (None, "UNK"), (None, "UAF"), ("PAK", "CVL")
XXX = "XXX (unidentified, Pakistan)"


@pytest.mark.parametrize(
    ("actor", "recipient", "violence", "name"),
    [
        ([GROUP], [STATE], 1, "Government of Pakistan - BLA"),
        ([STATE], [GROUP], 1, "Government of Pakistan - BLA"),
        ([STATE], [OTHER], 1, "Government of Iran - Government of Pakistan"),
        ([OTHER], [STATE], 1, "Government of Iran - Government of Pakistan"),
        ([RIVALS], [GROUP], 2, "BLA - Jaish"),
        ([STATE, GROUP], [], 1, "Government of Pakistan - BLA"),
        ([GROUP, RIVALS], [], 2, "BLA - Jaish"),
        ([GROUP], [PEOPLE], 3, "BLA - Civilians"),
        ([GROUP], [], 3, "BLA - Civilians"),
        ([STATE], [PEOPLE, GROUP], 1, "Government of Pakistan - BLA"),
        ([], [PEOPLE], 3, f"{XXX} - Civilians"),
        ([NOBODY], [], 3, f"{XXX} - Civilians"),
        ([GUNMEN], [STATE], 1, f"Government of Pakistan - {XXX}"),
        ([STATE], [GUNMEN], 1, f"Government of Pakistan - {XXX}"),
        ([GROUP], [(None, "MIL")], 1, f"BLA - {XXX}"),
        ([GROUP], [GUNMEN], 2, f"BLA - {XXX}"),
        ([STATE], [STATE], 1, f"Government of Pakistan - {XXX}"),
        ([("PAK", "UAF")], [PEOPLE], 3, f"{XXX} - Civilians"),
        ([("PSE", "GOV")], [OTHER], 1, "Government of Iran - Palestine"),
        ([("Some Front", "UNK")], [PEOPLE], 3, "Some Front - Civilians"),
        ([STATE], [("Some Front", "UNK")], 3, "Government of Pakistan - Civilians"),
        ([("United Nations", "IGO")], [GROUP], 2, "BLA - United Nations"),
    ],
)
def test_sides_make_the_kind_of_violence(actor: Any, recipient: Any, violence: int, name: str) -> None:
    found = sides(tuple(actor), tuple(recipient))
    assert not isinstance(found, str)
    assert (found.violence, found.dyad_name) == (violence, name)


@pytest.mark.parametrize("actor", [PEOPLE, (None, "CVL"), ("Traders", "BUS"), ("Relief Now", "NGO")])
def test_people_who_are_no_armed_side_leave_an_event_out(actor: Any) -> None:
    assert sides((actor,), (STATE,)) == "unorganised"


# ------------------------------------------------------------------ cells


def test_cells_say_what_the_ledger_says(ledger: Ledger) -> None:
    events = {e.event_id: e for e in flat_events(ledger)}
    for id_, row in rows(ledger).items():
        flat = events[id_]
        assert row["best"] == best_of(flat)
        assert row["low"] <= row["best"] <= row["high"]
        assert row["best"] == row["deaths_a"] + row["deaths_b"] + row["deaths_civilians"] + row["deaths_unknown"]
        assert row["date_start"] == f"{flat.date_start} 00:00:00.000"
        assert row["date_end"] == f"{flat.date_end} 00:00:00.000"
        assert row["year"] == int(row["date_start"][:4])
        assert (row["latitude"], row["longitude"], row["where_coordinates"]) == (flat.lat, flat.lon, flat.place)
        point_ = None if flat.lat is None or flat.lon is None else (flat.lat, flat.lon)
        assert row["priogrid_gid"] == (gid_of(*point_) if point_ else None)
        assert row["geom_wkt"] == (f"POINT ({point_[1]:.6f} {point_[0]:.6f})" if point_ else None)
        assert row["dyad_name"] == row["conflict_name"] == f"{row['side_a']} - {row['side_b']}"
        assert row["number_of_sources"] == flat.reports
        for one in ("conflict", "dyad", "side_a", "side_b"):
            assert row[f"{one}_dset_id"] == row[f"{one}_new_id"]
        assert row["relid"] == "-".join(
            str(x) for x in (flat.iso3, row["year"], row["type_of_violence"], row["dyad_new_id"], row["id"])
        )
        assert row["code_status"] == ("Check killed" if flat.disputed else "Clear")
        assert (row["side_b_new_id"] == CIVILIANS_ID) == (row["side_b"] == "Civilians")


def test_places_are_as_precise_as_they_are_known(ledger: Ledger) -> None:
    precision = {e.event_id: e.place_precision for e in flat_events(ledger)}
    found = {(precision[id_], row["where_prec"]) for id_, row in rows(ledger).items()}
    assert found == {("exact", 1), ("adm2", 3), ("adm1", 4), ("country", 6)}
    assert [row["adm_2"] for row in rows(ledger).values() if row["where_prec"] == 3] == ["Kech"]


def test_what_ucdp_counts_to_another_state_is_counted_there(ledger: Ledger) -> None:
    (row,) = (r for r in rows(ledger).values() if r["relid"].startswith("PSE-"))
    assert (row["country"], row["country_id"], row["region"]) == ("Israel", 666, "Middle East")
    assert row["where_description"] == "Gaza, Gaza Strip, Israel"


def test_a_dyad_is_active_in_a_year_of_25_deaths(monkeypatch: pytest.MonkeyPatch) -> None:
    def papers(year: int, *killed: int) -> list[Any]:
        return [
            document(f"{year}-{n}", claimed(f"{year}-{n}", by=[("BLA", "REB")], to=[("PAK", "MIL")],
                     at=point(PANJGUR), on=days(f"{year}-0{n}-01"), killed=dead))
            for n, dead in enumerate(killed, start=1)
        ]  # fmt: skip

    with opened() as ledger:
        ledger.add([*papers(2021, 20, 4), *papers(2022, 20, 5)], ledger.begin({}, at=AT), at=AT)
        assert [(r["year"], r["active_year"]) for r in rows(ledger).values()] == [
            (2021, 0), (2021, 0), (2022, 1), (2022, 1),
        ]  # fmt: skip
        monkeypatch.setattr(ged, "ACTIVE", 24)
        assert {r["active_year"] for r in rows(ledger).values()} == {1}


def test_reports_are_cited_and_parted_again() -> None:
    told = Told(
        event(killed=3, reports=3),
        (
            claim(document_id="a", publisher="The Herald; Times", title='"Two; dead"\nnear'),
            claim(document_id="a", publisher="The Herald; Times", title='"Two; dead"\nnear'),
            claim(document_id="b", publisher=None, published=None, title=None),
            claim(document_id="c", publisher="Post", published="2024-01-19", title="x" * 400),
        ),
    )
    n, articles, offices, dates, titles, _ = ged._sources(told)
    assert (n, offices, dates) == (3, "The Herald Times;;Post", "2024-01-17;;2024-01-19")
    assert titles == f"'Two, dead' near;;{'x' * 300}"
    assert str(articles).split(";")[1] == '",,"'
    assert len(str(articles).split(";")) == 3
    many = Told(event(killed=3), tuple(claim(document_id=str(n), title="x" * 300) for n in range(REPORTS + 5)))
    longest = max(len(str(cell)) for cell in ged._sources(many))
    assert longest < csv.field_size_limit()


# ------------------------------------------------------------------ ids


def test_ids_are_those_of_the_ledger_and_stay_when_it_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "x.casus"
    with every(str(path)) as ledger:
        some, whole = rows(ledger, Filter(since=date(2024, 2, 1))), rows(ledger)
        ids = {id_: row["id"] for id_, row in whole.items()}
        assert {id_: row["id"] for id_, row in some.items()}.items() <= ids.items()
        assert sorted(ids.values()) == list(range(1, len(ids) + 1))
        assert numbers.of(ledger, "event", ids) == ids
        sides = {(row["side_a"], row["side_a_new_id"]) for row in whole.values()}
        sides |= {(row["side_b"], row["side_b_new_id"]) for row in whole.values()}
        assert len({name for name, _ in sides}) == len({n for _, n in sides}) == len(sides)
        before = made(ledger, "ged")
    assert rebuild(path).same
    with opened(path) as ledger:
        assert made(ledger, "ged") == before


def test_no_side_has_the_number_of_civilians(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ged, "CIVILIANS_ID", 2)
    with every() as ledger:
        found = rows(ledger).values()
        assert {row["side_b"] for row in found if row["side_b_new_id"] == 2} == {"Civilians"}
        assert not [row for row in found if row["side_a_new_id"] == 2]


def test_claims_are_those_of_the_event(ledger: Ledger) -> None:
    offices: dict[str, list[str]] = {}
    for told in flat_claims(ledger):
        office = (told.publisher or "").replace(";", " ").replace('"', "'")
        offices.setdefault(told.event_id or "", []).append(" ".join(office.split()))
    for id_, row in rows(ledger).items():
        assert row["source_office"].split(";") == offices[id_]
