"""What an event comes to from its claims: type, mode, status, sides, place, days, counts, review."""

from __future__ import annotations

from datetime import date

import pytest

from casus.events import Report
from casus.linking import settle_place, settle_when
from casus.linking.settle import Settled, settle
from casus.records import Claim
from tests.telling import KARACHI, PANJGUR, SARAVAN, SORDO, TURBAT, area, claim, days, point, report

PAKISTAN = area("Pakistan", "PAK", "country")
BALOCHISTAN = area("Balochistan", "PAK", "adm1", "Balochistan")


def reports(*documents: str) -> dict[str, Report]:
    return {d: report(d) for d in documents}


def settled(*claims: Claim) -> Settled:
    """What claims come to, of documents that have nothing to do with one another."""
    return settle(claims, reports(*(c.document_id for c in claims)))


# ------------------------------------------------------------------ type, mode, status


def test_the_type_is_that_of_most_independent_voices_and_not_of_most_claims() -> None:
    loud = [claim("a", n, type="COERCE") for n in range(5)]
    got = settled(*loud, claim("b"), claim("c"))
    assert got.types == ("ASSAULT", "COERCE")
    assert "type disputed: ASSAULT, COERCE" in got.review


def test_copies_of_one_report_are_one_voice_on_the_type() -> None:
    copies = [claim(d, type="COERCE") for d in "abc"]
    known = {d: report(d, origins=["copy:1"]) for d in "abc"} | reports("d", "e")
    assert settle([*copies, claim("d"), claim("e")], known).types[0] == "ASSAULT"


def test_types_that_are_even_go_by_the_codebook() -> None:
    assert settled(claim("a"), claim("b", type="COERCE")).types == ("COERCE", "ASSAULT")


def test_the_mode_is_that_of_most_voices_among_claims_of_the_type() -> None:
    told = [claim("a", mode="drone"), claim("b", mode="aerial"), claim("c", mode="drone"), claim("d")]
    assert settled(*told).mode == "drone"
    assert settled(*told, claim("e", type="COERCE", mode="arrest")).mode == "drone"
    # aerial stands before drone in the codebook
    assert settled(claim("a", mode="drone"), claim("b", mode="aerial")).mode == "aerial"


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (["denied", "denied", "happened"], "happened"),
        (["planned", "happened"], "happened"),
        (["denied", "denied", "planned"], "denied"),
        (["denied", "planned"], "planned"),
        (["hypothetical", "denied"], "hypothetical"),
        (["denied"], "denied"),
    ],
)
def test_the_status(said: list[str], status: str) -> None:
    claims = [claim(f"doc{n}", status=s) for n, s in enumerate(said)]  # type: ignore[arg-type]
    assert settled(*claims).status == status


# ------------------------------------------------------------------ sides


def test_organs_of_a_state_are_that_state() -> None:
    got = settled(claim("a", by=[("IRN", "MIL", "Guards")]), claim("b", by=[("IRN", "GOV", "Iran")]))
    (side,) = got.actors
    assert (side.who, side.name, len(side.claims)) == ("IRN", "Iran", 2)


def test_people_of_a_state_are_a_side_of_their_own() -> None:
    got = settled(claim("a", to=[("PAK", "CVL", "children")]), claim("b", to=[("PAK", "GOV")]))
    assert [(s.who, s.sector, s.name) for s in got.recipients] == [
        ("PAK", "CVL", "children"),
        ("PAK", "GOV", "Pakistan"),
    ]


def test_the_unnamed_go_where_a_named_side_of_their_sort_is() -> None:
    got = settled(
        claim("a", by=[(None, "UAF", "gunmen")]),
        claim("b", by=[("Jaish al-Adl", "REB")]),
        claim("c", by=[("PAK", "REB", "militants")]),
        claim("d", by=[(None, "UNK", "somebody")]),
    )
    assert [s.who for s in got.actors] == ["Jaish al-Adl"]
    assert got.actors[0].claims == (claim("b").id,)


def test_the_unnamed_stay_beside_a_side_of_another_sort() -> None:
    got = settled(claim("a", to=[(None, "CVL", "residents")]), claim("b", to=[("United Nations", "IGO")]))
    assert [s.name for s in got.recipients] == ["United Nations", "residents"]


def test_those_who_deny_or_plan_tell_sides_only_where_nobody_else_does() -> None:
    happened = claim("a", by=[("IRN", "MIL")])
    denied = claim("b", status="denied", by=[("PAK", "MIL")], to=[("IRN", "GOV")])
    got = settled(happened, denied)
    assert [s.who for s in got.actors] == ["IRN"]
    assert [s.who for s in got.recipients] == ["IRN"]


def test_the_sides_of_an_accusation_are_not_those_of_the_deed() -> None:
    strike = [claim(d, by=[("IRN", "MIL")], to=[("PAK", "GOV")]) for d in "ab"]
    got = settled(*strike, claim("c", type="ACCUSE", by=[("PAK", "GOV")], to=[("IRN", "GOV")]))
    assert [s.who for s in got.actors] == ["IRN"]
    assert not got.conflicts


def test_a_renamed_actor_is_the_one_that_it_was_renamed_to() -> None:
    claims = [claim("a", by=[("Army of Justice", "REB")]), claim("b", by=[("Jaish al-Adl", "REB")])]
    got = settle(claims, reports("a", "b"), names={"Army of Justice": "Jaish al-Adl"})
    assert [(s.who, s.name, len(s.claims)) for s in got.actors] == [("Jaish al-Adl", "Jaish al-Adl", 2)]
    only = settle(claims[:1], reports("a"), names={"Army of Justice": "Jaish al-Adl"})
    assert (only.actors[0].who, only.actors[0].name) == ("Jaish al-Adl", "Jaish al-Adl")


# ------------------------------------------------------------------ place


def test_a_town_within_the_province_and_country_that_others_name_is_the_place() -> None:
    got = settled(claim("a", at=PAKISTAN), claim("b", at=BALOCHISTAN), claim("c", at=point(PANJGUR)))
    assert got.place is not None
    assert (got.place.name, got.place.precision, got.place.lat) == ("Panjgur", "exact", 26.97)
    assert got.place.rule == settle_place.WITHIN
    assert got.place.claims == (claim("c").id,)
    assert not got.conflicts


def test_most_voices_win_and_those_who_name_only_the_country_help_both() -> None:
    got = settled(
        claim("a", at=point(TURBAT)), claim("b", at=point(PANJGUR)), claim("c", at=point(PANJGUR)),
        claim("d", at=PAKISTAN),
    )  # fmt: skip
    assert got.place is not None
    assert (got.place.name, got.place.rule) == ("Panjgur", settle_place.VOICES)


def test_a_province_of_many_voices_goes_before_a_town_outside_of_it() -> None:
    got = settled(claim("a", at=point(KARACHI)), claim("b", at=BALOCHISTAN), claim("c", at=BALOCHISTAN))
    assert got.place is not None
    assert got.place.name == "Balochistan"


def test_a_region_of_one_country_is_finer_than_the_country() -> None:
    east = area("eastern Pakistan", "PAK", "region")
    got = settled(claim("a", at=PAKISTAN), claim("b", at=east), claim("c", at=area("South Asia", None, "region")))
    assert got.place is not None
    assert got.place.name == "eastern Pakistan"


def test_a_place_whose_country_nobody_knows_is_none() -> None:
    assert settled(claim("a", at=area("somewhere", None, "unknown"))).place is None
    assert settled(claim("a")).place is None


# ------------------------------------------------------------------ days


def test_the_days_are_those_that_all_ranges_have_in_common() -> None:
    got = settled(claim("a", on=days("2024-01-15", "2024-01-17")), claim("b", on=days("2024-01-16", "2024-01-21")))
    assert (got.when.start, got.when.end) == (date(2024, 1, 16), date(2024, 1, 17))
    assert got.when.rule == settle_when.COMMON
    day = settled(claim("a", on=days("2024-01-15", "2024-01-17")), claim("b", on=days("2024-01-16")))
    assert (day.when.start, day.when.end, day.when.precision) == (date(2024, 1, 16), date(2024, 1, 16), "day")


def test_the_day_of_most_voices_wins() -> None:
    got = settled(
        claim("a", on=days("2024-01-14")), claim("b", on=days("2024-01-16")), claim("c", on=days("2024-01-16")),
        claim("d", on=days("2024-01-10", "2024-01-20")),
    )  # fmt: skip
    assert got.when.start == date(2024, 1, 16)
    assert got.when.rule == settle_when.VOICES


def test_a_stated_day_goes_before_a_relative_one_of_the_day_after() -> None:
    relative = [claim(d, on=days("2024-01-17", basis="relative")) for d in "abc"]
    got = settled(*relative, claim("d", on=days("2024-01-16")))
    assert got.when.start == date(2024, 1, 16)
    assert not got.conflicts


def test_a_relative_day_goes_before_one_of_publication() -> None:
    got = settled(
        claim("a", on=days("2024-01-17", basis="publication")), claim("b", on=days("2024-01-16", basis="relative"))
    )
    assert got.when.start == date(2024, 1, 16)


def test_sums_over_a_period_give_days_only_where_nothing_else_does() -> None:
    total = claim("a", on=days("2023-10-07", "2024-01-18"), aggregate=True)
    more = claim("c", on=days("2023-09-01", "2024-01-10"), aggregate=True)
    assert settled(total, claim("b", on=days("2024-01-16"))).when.start == date(2024, 1, 16)
    got = settled(total, more)
    assert (got.when.start, got.when.end, got.when.rule) == (date(2023, 9, 1), date(2024, 1, 18), settle_when.SPAN)


def test_without_a_date_it_is_unknown_and_to_be_reviewed() -> None:
    got = settled(claim("a"))
    assert got.when.start is None
    assert "date unknown" in got.review


# ------------------------------------------------------------------ umbrellas


@pytest.mark.parametrize(
    ("claims", "umbrella"),
    [
        ([claim("a", aggregate=True)], True),
        ([claim("a", aggregate=True), claim("b")], False),
        ([claim("a", on=days("2024-01-16", "2024-01-18"))], False),
        ([claim("a", on=days("2024-01-16", "2024-01-19"))], True),
        ([claim("a", on=days("2024-01-16", "2024-01-19")), claim("b", on=days("2024-01-17"))], False),
        ([claim("a", type="CONSULT", on=days("2024-01-16", "2024-01-19"))], False),
    ],
)
def test_what_spans_incidents_is_an_umbrella(claims: list[Claim], umbrella: bool) -> None:
    assert settled(*claims).umbrella is umbrella


def test_an_umbrella_has_the_area_of_its_incidents_and_no_dispute_of_place() -> None:
    towns = [PANJGUR, TURBAT, SORDO]
    total = [claim(f"doc{n}", at=point(t), aggregate=True) for n, t in enumerate(towns)]
    got = settled(*total)
    assert got.place is not None
    assert (got.place.name, got.place.precision, got.place.rule) == ("Balochistan", "adm1", settle_place.AREA)
    wide = settled(*total, *(claim(f"more{n}", at=point(KARACHI), aggregate=True) for n in range(3)))
    assert wide.place is not None
    assert (wide.place.name, wide.place.iso3) == ("Pakistan", "PAK")
    abroad = settled(*total, claim("more", at=point(SARAVAN), aggregate=True))
    assert abroad.place is not None
    assert abroad.place.iso3 == "PAK"
    assert [e.conflicts for e in (got, wide, abroad)] == [(), (), ()]


# ------------------------------------------------------------------ counts and review


def test_reports_publishers_and_independent_voices_are_counted() -> None:
    known = {
        "a": report("a", publisher="Dawn", origins=["publisher:dawn", "agency:AFP"]),
        "b": report("b", publisher="DAWN", origins=["publisher:dawn"]),
        "c": report("c", publisher="Gulf News", origins=["publisher:gulf news", "agency:AFP"]),
        "d": report("d", publisher=None),
        "e": report("e", publisher=None),
    }
    got = settle([claim(d) for d in "abcde"] + [claim("a", 1)], known)
    assert (got.reports_n, got.publishers_n, got.independent_n) == (5, 4, 3)


def test_documents_joined_through_a_third_are_one_voice() -> None:
    known = {
        "a": report("a", origins=["copy:1"]),
        "b": report("b", origins=["copy:2"]),
        "c": report("c", origins=["copy:2", "copy:1"]),
    }
    assert settle([claim(d) for d in "abc"], known).independent_n == 1
    assert "one independent voice only" in settle([claim(d) for d in "abc"], known).review


def test_what_a_person_should_look_at() -> None:
    weak = settled(claim("a", confidence=0.4, on=days("2024-01-16")))
    assert weak.review == ("one publisher only", "low confidence of all claims (below 0.5)")
    assert settled(*(claim(d, on=days("2024-01-16")) for d in "ab")).review == ()
    rivals = settled(claim("a", by=[("IRN", "MIL")], killed=9), claim("b", by=[("PAK", "MIL")], killed=12))
    assert rivals.review == ("killed disputed: 9, 12", "perpetrator disputed", "date unknown")
