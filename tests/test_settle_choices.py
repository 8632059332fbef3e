"""What a person decides of an event's values: how it is said, and that it goes before what claims tell."""

from __future__ import annotations

from datetime import date

import pytest

from casus.errors import UsageError
from casus.events import Choice
from casus.linking.countries import code_of, countries
from casus.linking.settle import Settled, settle
from casus.linking.settle_choices import check_choice, parse_figure, parse_place, parse_sides
from casus.records import Claim
from tests.telling import KARACHI, PANJGUR, area, claim, days, point, report

CLAIMS = (
    claim("a", mode="drone", by=[("IRN", "MIL")], to=[("PAK", "CVL", "children")], at=point(PANJGUR),
          on=days("2024-01-16"), killed=9),
    claim("b", mode="aerial", by=[("PAK", "MIL")], to=[("PAK", "GOV")], at=point(KARACHI), on=days("2024-01-18"),
          killed=12),
)  # fmt: skip


def decided(*said: tuple[str, str], claims: tuple[Claim, ...] = CLAIMS) -> Settled:
    choices = [Choice(f"dec_{n}", field, value) for n, (field, value) in enumerate(said)]
    return settle(claims, {c.document_id: report(c.document_id) for c in claims}, choices)


def test_type_mode_and_status() -> None:
    got = decided(("type", "COERCE"), ("mode", "arrest"), ("status", "denied"))
    assert (got.types, got.mode, got.status) == (("COERCE", "ASSAULT"), "arrest", "denied")
    assert "type disputed" not in " ".join(got.review)
    assert decided(("mode", "none")).mode is None


def test_a_mode_of_another_type_is_left_out_and_said() -> None:
    got = decided(("mode", "arrest"))
    assert got.mode is None
    assert "the mode decided, arrest, is none of ASSAULT" in got.review


@pytest.mark.parametrize(
    ("value", "sides"),
    [
        ("PAK", [("PAK", "MIL", "Pakistan", 1)]),
        ("Pakistan", [("PAK", "MIL", "Pakistan", 1)]),
        ("PAK/COP", [("PAK", "COP", "Pakistan", 1)]),
        ("IRQ", [("IRQ", "GOV", "Iraq", 0)]),
        ("Hezbollah/REB", [("Hezbollah", "REB", "Hezbollah", 0)]),
        ("IRN + PAK", [("IRN", "MIL", "Iran", 1), ("PAK", "MIL", "Pakistan", 1)]),
        ("?/REB", [(None, "REB", "?", 0)]),
        ("none", []),
    ],
)
def test_sides(value: str, sides: list[tuple[str | None, str, str, int]]) -> None:
    got = decided(("actor", value))
    assert [(s.who, s.sector, s.name, len(s.claims)) for s in got.actors] == sides


def test_a_chosen_side_is_that_of_its_sector() -> None:
    (people,) = decided(("recipient", "PAK/CVL")).recipients
    assert (people.sector, people.claims) == ("CVL", (CLAIMS[0].id,))


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ("Karachi", ("Karachi", "PAK", 24.86, "exact")),
        ("karachi, PAK", ("Karachi", "PAK", 24.86, "exact")),
        ("Pakistan", ("Pakistan", "PAK", None, "country")),
        ("PAK", ("Pakistan", "PAK", None, "country")),
        ("Quetta, PAK", ("Quetta", "PAK", None, "unknown")),
        ("the border", ("the border", None, None, "unknown")),
    ],
)
def test_place(value: str, place: tuple[str, str | None, float | None, str]) -> None:
    got = decided(("place", value)).place
    assert got is not None
    assert (got.name, got.iso3, got.lat, got.precision) == place
    assert got.rule == "decided: dec_0"


def test_a_chosen_country_is_that_of_the_claims() -> None:
    told = claim("c", at=area("Pakistan", "PAK", "country"))
    got = decided(("place", "PAK"), claims=(*CLAIMS, told)).place
    assert got is not None
    assert got.claims == (told.id,)


def test_what_is_chosen_as_unknown_is_none() -> None:
    got = decided(("place", "unknown"), ("date", "unknown"), ("killed", "none"))
    assert (got.place, got.when.start, got.figures) == (None, None, ())
    assert got.when.rule == "decided: dec_1"


def test_days() -> None:
    one = decided(("date", "2024-01-16")).when
    assert (one.start, one.end, one.precision) == (date(2024, 1, 16), date(2024, 1, 16), "day")
    assert (one.rule, one.claims) == ("decided: dec_0", (CLAIMS[0].id,))
    two = decided(("date", "2024-01-16/2024-01-18")).when
    assert (two.end, two.precision, len(two.claims)) == (date(2024, 1, 18), "range", 2)


@pytest.mark.parametrize(
    ("value", "ends"),
    [
        ("10", (10, 10, 10)),
        # the claims' best, 9, lies within
        ("9-12", (9, 9, 12)),
        ("10 – 12", (10, 10, 12)),
        ("9-10-12", (9, 10, 12)),
        ("20+", (20, 20, None)),
        ("up to 40", (None, None, 40)),
    ],
)
def test_figures(value: str, ends: tuple[int | None, int | None, int | None]) -> None:
    (got,) = decided(("killed", value)).figures
    assert (got.low, got.best, got.high) == ends
    assert got.rule == "decided: dec_0"


def test_a_figure_that_no_claim_tells_can_be_chosen() -> None:
    got = decided(("injured", "3"))
    assert [(f.measure, f.best, f.claims) for f in got.figures if f.measure == "injured"] == [("injured", 3, ())]


def test_a_settled_contradiction_gives_the_value() -> None:
    got = decided(("conflict:killed", "12"), ("conflict:actor", "PAK"), ("conflict:time", "2024-01-18"),
                  ("conflict:place", "Karachi, PAK"))  # fmt: skip
    assert got.figures[0].best == 12
    assert [s.who for s in got.actors] == ["PAK"]
    assert got.when.start == date(2024, 1, 18)
    assert got.place is not None
    assert got.place.name == "Karachi"
    assert {c.kind: c.state for c in got.conflicts} == dict.fromkeys(("killed", "actor", "place", "time"), "settled")
    assert not any("disputed" in line for line in got.review)


def test_of_two_choices_the_later_stands() -> None:
    assert decided(("killed", "9"), ("killed", "10")).figures[0].best == 10
    assert decided(("killed", "10"), ("conflict:killed", "9")).figures[0].best == 9


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("weather", "rain"),
        ("conflict:weather", "rain"),
        ("conflict:type", "ASSAULT"),
        ("type", "assault"),
        ("mode", "sword"),
        ("status", "maybe"),
        ("date", "16 January"),
        ("date", "2024-01-18/2024-01-16"),
        ("date", "2024-02-30"),
        ("killed", "many"),
        ("killed", "12-9"),
        ("killed", "9-13-12"),
        ("killed", "-3"),
        ("conflict:killed", "few"),
        ("conflict:target", "nobody"),
        ("place", "Panjgur, XYZ"),
        ("place", "  "),
        ("actor", ""),
        ("actor", "IRN + "),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_hint(field: str, value: str) -> None:
    with pytest.raises(UsageError) as refused:
        check_choice(field, value)
    assert refused.value.hint
    with pytest.raises(UsageError):
        decided((field, value))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("type", "ASSAULT"), ("mode", "drone"), ("mode", "none"), ("status", "denied"), ("killed", "9+"),
        ("actor", "PAK/MIL"), ("conflict:target", "civilian"), ("conflict:status", "denied"), ("displaced", "4000"),
        ("place", "Panjgur"), ("date", "unknown"), ("conflict:time", "2024-01-16"),
    ],
)  # fmt: skip
def test_what_can_be_read_is_taken(field: str, value: str) -> None:
    check_choice(field, value)
    decided((field, value))


def test_words_are_read() -> None:
    assert parse_figure(" 9 - 12 ") == (9, None, 12)
    assert parse_figure("unknown") is None
    assert parse_sides("Iran + ?/UAF") == (("IRN", None), (None, "UAF"))
    assert parse_sides("M23 / REB") == (("M23", "REB"),)
    assert parse_place("Panjgur, Balochistan") == ("Panjgur, Balochistan", None)


def test_countries_are_known_by_code_and_usual_name() -> None:
    assert countries()["TUR"] == "Turkey"
    assert (code_of("palestine"), code_of("xkx"), code_of("Atlantis")) == ("PSE", "XKX", None)
    assert "SCG" not in countries()
