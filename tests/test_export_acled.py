"""ACLED's shape: which events go in, as what, who is named how, and what of the ledger each cell says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from casus.codebook import Codebook
from casus.export.acled import COLUMNS, scale, seconds
from casus.export.acled_events import REASONS, acled_event, dated
from casus.export.acled_sides import INTERS, Line, Party, line
from casus.export.carried import taken_apart
from casus.export.shaped import Admitted
from casus.export.states import land
from casus.export.told import Told
from casus.ledger.flat import flat_claims, flat_events
from casus.ledger.ledger import Ledger
from casus.ledger.queries import Filter
from tests.flats import claim, event
from tests.papers import AT
from tests.shapes import CASES, best_of, every, made, read_strictly, told_of

HAPPENED = Admitted("happened", False)


@pytest.fixture(scope="module")
def ledger() -> Iterator[Ledger]:
    with every() as made_:
        yield made_


def rows(ledger: Ledger, asked: Filter | None = None) -> dict[str, dict[str, Any]]:
    """The rows, by the event's id in the ledger."""
    found = read_strictly(made(ledger, "acled", asked)[0], COLUMNS)
    return {taken_apart(row["notes"])["event"].partition(",")[0]: row for row in found}


# ------------------------------------------------------------------ which go in, and as what


@pytest.mark.parametrize("name", CASES)
def test_each_case_is_of_its_type_or_left_out_for_its_reason(name: str) -> None:
    found = acled_event(told_of(name), HAPPENED)
    assert (found if isinstance(found, str) else found.type.sub_event_type) == CASES[name].acled
    assert CASES[name].acled in REASONS or CASES[name].acled in {t.sub_event_type for t in Codebook.load().acled_types}


def test_every_reason_has_a_case() -> None:
    assert {c.acled for c in CASES.values()} >= set(REASONS)


@pytest.mark.parametrize(
    ("first", "last", "wanted"),
    [
        ("2024-01-16", "2024-01-16", (date(2024, 1, 16), 1)),
        ("2024-01-16", "2024-01-17", (date(2024, 1, 16), 2)),
        ("2024-01-15", "2024-01-21", (date(2024, 1, 18), 2)),  # a week, by its Thursday
        ("2024-01-15", "2024-01-22", (date(2024, 1, 18), 3)),
        ("2024-01-01", "2024-01-31", (date(2024, 1, 16), 3)),
        ("2024-02-01", "2024-02-29", (date(2024, 2, 15), 3)),
        ("2024-01-01", "2024-02-01", "coarse-date"),
        (None, None, "undated"),
    ],
)
def test_weeks_and_months_are_dated_by_their_middle(first: str | None, last: str | None, wanted: object) -> None:
    assert dated(event(first, last)) == wanted


def test_a_mode_that_the_codebook_does_not_know_is_none_and_a_type_is_no_event() -> None:
    told = Told(event(type="ASSAULT", mode="by magic", recipient_sector="MIL"))
    found = acled_event(told, HAPPENED)
    assert not isinstance(found, str)
    assert found.type.sub_event_type == "Armed clash"
    assert acled_event(Told(event(type="MAGIC")), HAPPENED) == "type"


def test_the_weapon_of_any_claim_decides() -> None:
    told = Told(event(mode="explosives"), (claim(), claim(weapon="a hand grenade")))
    found = acled_event(told, HAPPENED)
    assert not isinstance(found, str)
    assert found.type.sub_event_type == "Grenade"


# ------------------------------------------------------------------ sides


def sides(**fields: Any) -> Line:
    """The sides of an event in Pakistan: Iran's army against Pakistan's civilians unless told otherwise."""
    found = acled_event(Told(event(**{"mode": "aerial", **fields})), HAPPENED)
    assert not isinstance(found, str), found
    return line(found)


def names(found: Line) -> tuple[object, ...]:
    """Names and types of both."""
    return tuple((party.name, party.inter) if party else None for party in (found.one, found.two))


@pytest.mark.parametrize(
    ("who", "name", "sector", "wanted"),
    [
        ("IRN", "Iran", "MIL", ("Military Forces of Iran", "External/Other forces")),
        ("PAK", "the army", "MIL", ("Military Forces of Pakistan", "State forces")),
        ("PAK", "police", "COP", ("Police Forces of Pakistan", "State forces")),
        ("PAK", "Pakistan", "UNK", ("Government of Pakistan", "State forces")),
        ("COD", "Congo", "GOV", ("Government of Democratic Republic of Congo", "External/Other forces")),
        ("BLA", "fighters", "REB", ("BLA", "Rebel group")),
        ("Wagner", "Wagner", "UAF", ("Wagner", "Political militia")),
        ("Wagner", "Wagner", "MIL", ("Wagner", "Political militia")),
        ("PAK", "militants", "UAF", ("Unidentified Armed Group (Pakistan)", "Political militia")),
        (None, "gunmen", "UAF", ("Unidentified Armed Group (Pakistan)", "Political militia")),
        (None, "they", "UNK", ("Unidentified Armed Group (Pakistan)", "Political militia")),
        (None, "soldiers", "MIL", ("Unidentified Military Forces", "State forces")),
        (None, "officers", "COP", ("Unidentified Police Forces", "State forces")),
        ("United Nations", "UN", "IGO", ("United Nations", "External/Other forces")),
        ("Some Front", "Some Front", "UNK", ("Some Front", "Political militia")),
        ("PAK", "a trader", "BUS", ("Unidentified Armed Group (Pakistan)", "Political militia")),
    ],
)
def test_who_struck_from_the_air(who: str | None, name: str, sector: str, wanted: tuple[str, str]) -> None:
    assert names(sides(actor=who, actor_name=name, actor_sector=sector))[0] == wanted


@pytest.mark.parametrize(
    ("who", "sector", "wanted"),
    [
        ("PAK", "CVL", ("Civilians (Pakistan)", "Civilians")),
        ("AFG", "REF", ("Civilians (Afghanistan)", "Civilians")),
        ("IRN", "MIL", ("Military Forces of Iran", "External/Other forces")),
        (None, "UNK", None),
        ("Some Front", "UNK", ("Civilians (Pakistan)", "Civilians")),
    ],
)
def test_who_was_struck_from_the_air(who: str | None, sector: str, wanted: object) -> None:
    assert names(sides(recipient=who, recipient_name="they", recipient_sector=sector))[1] == wanted


def test_several_sides_and_groups_go_with_the_first() -> None:
    found = sides(
        actor="USA; GBR; USA", actor_name="US; UK; US", actor_sector="MIL; MIL; MIL", recipient="PAK; Relief Now; AFG",
        recipient_name="reporters; workers; refugees", recipient_sector="MED; NGO; REF",
    )  # fmt: skip
    assert (found.with_one, found.with_two) == (
        "Military Forces of United Kingdom",
        "Journalists (Pakistan); Relief Now; Civilians (Afghanistan); Refugees/IDPs (Afghanistan)",
    )


def test_violence_against_civilians_has_civilians_and_a_doer_though_nobody_names_them() -> None:
    found = sides(mode="abduct", actor=None, actor_name=None, actor_sector=None, recipient=None, recipient_name=None,
                  recipient_sector=None)  # fmt: skip
    assert names(found) == (
        ("Unidentified Armed Group (Pakistan)", "Political militia"), ("Civilians (Pakistan)", "Civilians"),
    )  # fmt: skip


def test_two_armed_sides_named_together_are_the_two_sides() -> None:
    found = sides(mode="firearms", actor="PAK; BLA", actor_name="army; BLA", actor_sector="MIL; REB", recipient=None,
                  recipient_name=None, recipient_sector=None)  # fmt: skip
    assert names(found) == (("Military Forces of Pakistan", "State forces"), ("BLA", "Rebel group"))


def test_whom_a_protest_is_against_takes_no_part_in_it() -> None:
    found = sides(type="PROTEST", mode="riot", actor="PTI", actor_name="PTI", actor_sector="PTY", recipient="PAK",
                  recipient_name="the government", recipient_sector="GOV")  # fmt: skip
    assert names(found) == (("Rioters (Pakistan)", "Rioters"), None)
    assert found.with_one == "PTI"


def test_without_an_actor_the_recipient_is_the_first() -> None:
    found = sides(type="COERCE", mode="arrest", actor=None, actor_name=None, actor_sector=None)
    assert names(found) == (("Civilians (Pakistan)", "Civilians"), None)
    nobody = sides(type="COERCE", mode="arrest", actor=None, actor_name="they", actor_sector="UNK", recipient=None,
                   recipient_name=None, recipient_sector=None)  # fmt: skip
    assert (names(nobody), nobody.interaction) == ((None, None), None)


@pytest.mark.parametrize(
    ("one", "two", "wanted"),
    [
        ("Rebel group", "State forces", "State forces-Rebel group"),
        ("State forces", "State forces", "State forces-State forces"),
        ("Civilians", "External/Other forces", "External/Other forces-Civilians"),
        ("External/Other forces", "Rioters", "Rioters-External/Other forces"),
        ("Civilians", "Protesters", "Protesters-Civilians"),
        ("Protesters", None, "Protesters only"),
        (None, None, None),
    ],
)
def test_interactions_name_the_lower_type_first(one: Any, two: Any, wanted: str | None) -> None:
    parties = [Party("x", inter) if inter else None for inter in (one, two)]
    assert Line(parties[0], None, parties[1], None).interaction == wanted
    assert one is None or one in INTERS


# ------------------------------------------------------------------ cells


def test_cells_say_what_the_ledger_says(ledger: Ledger) -> None:
    found = rows(ledger)
    publishers: dict[str, list[str]] = {}
    for told in flat_claims(ledger):
        publishers.setdefault(told.event_id or "", []).append((told.publisher or "").replace(";", ","))
    events = {e.event_id: e for e in flat_events(ledger)}
    for id_, row in found.items():
        flat, there = events[id_], land(events[id_].iso3)
        assert there is not None
        assert flat.date_start
        assert flat.date_end
        assert flat.date_start <= row["event_date"] <= flat.date_end
        assert row["year"] == row["event_date"].year
        assert row["fatalities"] == best_of(flat)
        assert (row["latitude"], row["longitude"], row["location"]) == (flat.lat, flat.lon, flat.place)
        assert (row["iso"], row["country"]) == (there.acled.iso, there.acled.name)
        assert row["admin1"] == flat.admin1
        assert row["admin2"] == (flat.place if flat.place_precision == "adm2" else None)
        assert row["geo_precision"] == {"exact": 1, "adm2": 2, "adm1": 3}[flat.place_precision]
        assert row["source"].split("; ") == publishers[id_]
        assert row["notes"].startswith(f"{flat.summary} | event: ")
        assert row["timestamp"] == seconds(AT)
        kind = next(t for t in Codebook.load().acled_types if t.sub_event_type == row["sub_event_type"])
        assert (row["event_type"], row["disorder_type"]) == (kind.event_type, kind.disorder_type)
        assert (row["inter2"] is None) == (row["actor2"] is None)


def test_civilians_are_targeted_where_they_are_the_target(ledger: Ledger) -> None:
    hit = {row["sub_event_type"] for row in rows(ledger).values() if row["civilian_targeting"] == "Civilian targeting"}
    assert hit == {"Air/drone strike", "Attack", "Excessive force against protesters"}
    not_hit = {row["sub_event_type"] for row in rows(ledger).values() if row["civilian_targeting"] is None}
    assert {"Armed clash", "Mob violence", "Peaceful protest"} <= not_hit


def test_a_crowd_driven_apart_comes_before_those_who_did_it(ledger: Ledger) -> None:
    row = next(r for r in rows(ledger).values() if r["sub_event_type"] == "Excessive force against protesters")
    assert (row["actor1"], row["actor2"]) == ("Protesters (Pakistan)", "Police Forces of Pakistan")
    assert row["interaction"] == "State forces-Protesters"


@pytest.mark.parametrize(
    ("countries", "wanted"),
    [
        (["PAK"], "National"), (["GBR", "IRN"], "International"), (["GBR", "PAK"], "National-International"),
        ([None, "PAK"], "National"), ([None], None),
    ],
)  # fmt: skip
def test_the_scale_of_sources_is_seen_from_the_event(countries: list[str | None], wanted: str | None) -> None:
    told = told_of("strike")
    found = acled_event(Told(told.event, tuple(claim(publisher_country=country) for country in countries)), HAPPENED)
    assert not isinstance(found, str)
    assert scale(found) == wanted


# ------------------------------------------------------------------ ids


def test_ids_never_move_and_are_never_given_twice(tmp_path: Path) -> None:
    with every(str(tmp_path / "x.casus")) as ledger:
        some = rows(ledger, Filter(since=date(2024, 2, 1)))
        whole = rows(ledger)
        ids = {id_: row["event_id_cnty"] for id_, row in whole.items()}
        assert {id_: row["event_id_cnty"] for id_, row in some.items()}.items() <= ids.items()
        assert len(set(ids.values())) == len(ids)
        first = next(id_ for id_, row in whole.items() if row["event_id_cnty"] == "PAK1")
        ledger.set(first, "place", "Saravan, IRN", by="ana", at="2024-09-01T00:00:00+00:00")
        moved = rows(ledger)[first]
        # as ACLED has it, an id stays though the country was wrong
        assert (moved["event_id_cnty"], moved["country"], moved["geo_precision"]) == ("PAK1", "Iran", 3)
        assert moved["timestamp"] == seconds("2024-09-01T00:00:00+00:00")


def test_times_are_seconds_in_utc() -> None:
    assert seconds("1970-01-01T01:00:00+01:00") == seconds("1970-01-01T00:00:00") == 0
