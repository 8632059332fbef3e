"""Contradictions of sides, target, place, time and status: when there is one, who stands behind it, how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from casus.events import Choice, Conflict, ConflictKind, Voice
from casus.linking.settle import settle
from casus.records import Claim, Place, When
from tests.telling import KARACHI, PANJGUR, SARAVAN, SORDO, TURBAT, Side, area, claim, days, point, report

IRAN: Side = ("IRN", "MIL", "Iran")
PAKISTAN: Side = ("PAK", "GOV", "Pakistan")
GROUP: Side = ("Jaish al-Adl", "REB")
GUNMEN: Side = (None, "UAF", "gunmen")
REBELS: Side = ("PAK", "REB", "rebels")


def found(kind: ConflictKind, claims: Sequence[Claim], *choices: Choice) -> Conflict | None:
    """The contradiction of that kind among claims of reports that have nothing to do with one another."""
    got = settle(claims, {c.document_id: report(c.document_id) for c in claims}, choices)
    return next((c for c in got.conflicts if c.kind == kind), None)


def values(conflict: Conflict | None) -> list[str]:
    return [o.value for o in conflict.options] if conflict else []


# ------------------------------------------------------------------ options


def test_an_option_says_who_holds_it_how_many_and_until_when() -> None:
    claims = [
        claim("a", 0, by=[IRAN], says=("the ministry", "official")),
        claim("a", 9, by=[IRAN], says=("The ministry", "official")),
        claim("b", by=[PAKISTAN]),
        claim("c", by=[IRAN]),
    ]
    known = {
        "a": report("a", "2024-01-17", origins=["agency:AFP"]),
        "b": report("b", "2024-01-18", publisher=None),
        "c": report("c", "2024-01-19", publisher="Dawn", origins=["agency:AFP", "publisher:dawn"]),
    }
    (conflict,) = settle(claims, known).conflicts
    iran, pakistan = conflict.options
    assert (iran.value, iran.claims) == ("IRN", tuple(claims[n].id for n in (0, 1, 3)))
    assert iran.voices == (Voice("Dawn"), Voice("the ministry", "official"))
    assert (iran.independent_n, iran.latest) == (1, date(2024, 1, 19))
    assert (pakistan.value, pakistan.voices) == ("PAK", (Voice("unnamed publisher"),))


def test_options_stand_by_independent_voices_and_then_by_value() -> None:
    claims = [claim(f"doc{n}", by=[(who, "GOV")]) for n, who in enumerate(("PAK", "IRN", "IRQ", "IRQ"))]
    assert values(found("actor", claims)) == ["IRQ", "IRN", "PAK"]


def test_the_innermost_speaker_says_it() -> None:
    spoken = claim("a", by=[IRAN], says=("an official", "unnamed"))
    agency = claim("a", by=[IRAN], says=("the agency", "media")).source
    nested = Claim(**{f: getattr(spoken, f) for f in Claim.__slots__} | {"source": agency + spoken.source})
    conflict = found("actor", [nested, claim("b", by=[PAKISTAN])])
    assert conflict is not None
    assert conflict.options[0].voices == (Voice("an official", "unnamed"),)


# ------------------------------------------------------------------ sides


@pytest.mark.parametrize(
    ("one", "other", "options"),
    [
        ([IRAN], [PAKISTAN], ["IRN", "PAK"]),
        ([IRAN], [("IRN", "GOV")], []),
        ([IRAN], [("IRN", "UNK")], []),
        ([IRAN], [GUNMEN], []),
        ([IRAN], [], []),
        ([GROUP], [GUNMEN], []),
        ([GROUP], [REBELS], []),
        ([IRAN], [REBELS], ["?/REB", "IRN"]),
        ([IRAN], [GROUP], ["IRN", "Jaish al-Adl"]),
        ([IRAN], [PAKISTAN, IRAN], []),
    ],
)
def test_who_did_it(one: list[Side], other: list[Side], options: list[str]) -> None:
    assert values(found("actor", [claim("a", by=one), claim("b", by=other)])) == options


def test_sides_told_together_are_one_version() -> None:
    both = [claim("a", by=[IRAN, GROUP]), claim("b", by=[IRAN]), claim("c", by=[GROUP])]
    assert found("actor", both) is None
    assert values(found("actor", [*both, claim("d", by=[PAKISTAN])])) == ["IRN + Jaish al-Adl", "PAK"]


def test_a_clash_told_from_both_sides_is_no_contradiction() -> None:
    clash = [claim("a", by=[IRAN], to=[PAKISTAN]), claim("b", by=[PAKISTAN], to=[IRAN])]
    assert found("actor", clash) is None
    assert found("recipient", clash) is None
    town: Side = ("IRN", "CVL", "villagers")
    blamed = [claim("a", by=[IRAN], to=[town]), claim("b", by=[PAKISTAN], to=[town])]
    assert values(found("actor", blamed)) == ["IRN", "PAK"]


def test_talks_and_words_have_no_disputed_sides() -> None:
    for kind in ("CONSULT", "ACCUSE"):
        assert found("actor", [claim("a", type=kind, by=[IRAN]), claim("b", type=kind, by=[PAKISTAN])]) is None


def test_one_speaker_does_not_contradict_itself() -> None:
    assert found("actor", [claim("a", 0, by=[IRAN]), claim("a", 9, by=[PAKISTAN])]) is None
    undecided = [claim("a", 0, by=[IRAN]), claim("a", 9, by=[PAKISTAN]), claim("b", by=[PAKISTAN])]
    assert found("actor", undecided) is None
    assert values(found("actor", [*undecided, claim("c", by=[IRAN])])) == ["IRN", "PAK"]
    quoted = [claim("a", 0, by=[IRAN]), claim("a", 9, by=[PAKISTAN], says=("the governor", "official"))]
    assert values(found("actor", quoted)) == ["IRN", "PAK"]


def test_a_renamed_actor_does_not_contradict_its_other_name() -> None:
    claims = [claim("a", by=[GROUP]), claim("b", by=[("Army of Justice", "REB")])]
    known = {c.document_id: report(c.document_id) for c in claims}
    assert settle(claims, known).conflicts
    assert not settle(claims, known, names={"Army of Justice": "Jaish al-Adl"}).conflicts


@pytest.mark.parametrize(
    ("one", "other", "options"),
    [
        ([GROUP], [("Boko Haram", "REB")], ["Boko Haram", "Jaish al-Adl"]),
        ([("IRN", "MIL")], [("IRQ", "MIL")], ["IRN", "IRQ"]),
        # Pakistan is where it happened
        ([PAKISTAN], [GROUP], []),
        ([("PAK", "MIL")], [GROUP], ["Jaish al-Adl", "PAK"]),
        ([("PAK", "CVL")], [GROUP], []),
        ([("PAK", "CVL")], [("AFG", "REF")], []),
        ([("Kurds", "CVL")], [("Yazidis", "CVL")], []),
    ],
)
def test_who_was_hit(one: list[Side], other: list[Side], options: list[str]) -> None:
    claims = [claim(d, to=to, at=point(PANJGUR)) for d, to in (("a", one), ("b", other))]
    assert values(found("recipient", claims)) == options


# ------------------------------------------------------------------ target


CHILDREN: Side = ("PAK", "CVL", "children")
SOLDIERS: Side = ("PAK", "MIL", "soldiers")


@pytest.mark.parametrize(
    ("armed", "of_armed", "of_civilians", "disputed"),
    [
        (GROUP, None, None, True),
        (GROUP, 9, 9, True),
        (GROUP, None, 9, True),
        (GROUP, 9, 3, False),
        (SOLDIERS, None, None, False),
        (SOLDIERS, 9, 9, True),
        (SOLDIERS, 9, 3, False),
        (PAKISTAN, 9, 9, False),
    ],
)
def test_fighters_or_civilians(armed: Side, of_armed: int | None, of_civilians: int | None, disputed: bool) -> None:
    claims = [claim("a", to=[armed], killed=of_armed), claim("b", to=[CHILDREN], killed=of_civilians)]
    assert values(found("target", claims)) == (["armed", "civilian"] if disputed else [])


def test_who_tells_of_both_takes_no_side_on_the_target() -> None:
    mixed = [claim("a", 0, to=[GROUP]), claim("a", 9, to=[CHILDREN])]
    assert found("target", [*mixed, claim("b", to=[CHILDREN])]) is None
    conflict = found("target", [*mixed, claim("b", to=[CHILDREN]), claim("c", to=[GROUP])])
    assert conflict is not None
    assert [o.independent_n for o in conflict.options] == [1, 1]
    assert found("target", [claim("a", to=[GROUP], type="AID"), claim("b", to=[CHILDREN], type="AID")]) is None


# ------------------------------------------------------------------ place


@pytest.mark.parametrize(
    ("one", "other", "options"),
    [
        (point(PANJGUR), point(TURBAT), ["Panjgur, PAK", "Turbat, PAK"]),
        (point(PANJGUR), point(SORDO), []),
        (point(PANJGUR), point(SORDO, "near"), []),
        (point(PANJGUR), area("Pakistan", "PAK", "country"), []),
        (point(PANJGUR), area("Iran", "IRN", "country"), ["IRN", "Panjgur, PAK"]),
        (point(PANJGUR), point(SARAVAN), ["Panjgur, PAK", "Saravan, IRN"]),
        (point(PANJGUR), area("Sindh", "PAK", "adm1", "Sindh"), ["Panjgur, PAK", "Sindh, PAK"]),
        (point(PANJGUR), area("Balochistan", "PAK", "adm1", "Balochistan"), []),
        (point(PANJGUR), area("Kech", "PAK", "adm2", "Balochistan"), []),
        (point(PANJGUR), area("Thatta", "PAK", "adm2", "Sindh"), ["Panjgur, PAK", "Thatta, PAK"]),
        (area("Sindh", "PAK", "adm1", "Sindh"), area("Punjab", "PAK", "adm1"), ["Punjab, PAK", "Sindh, PAK"]),
        (point(PANJGUR), area("eastern Pakistan", "PAK", "region"), []),
        (point(PANJGUR), area("South Asia", None, "region"), []),
    ],
)
def test_where(one: Place, other: Place, options: list[str]) -> None:
    assert values(found("place", [claim("a", at=one), claim("b", at=other)])) == options


def test_a_claim_that_fits_two_versions_of_the_place_stands_behind_neither() -> None:
    country = area("Pakistan", "PAK", "country")
    conflict = found("place", [claim("a", at=point(PANJGUR)), claim("b", at=point(KARACHI)), claim("c", at=country)])
    assert conflict is not None
    assert [len(o.claims) for o in conflict.options] == [1, 1]
    abroad = found("place", [claim("a", at=point(PANJGUR)), claim("b", at=point(SARAVAN)), claim("c", at=country)])
    assert abroad is not None
    assert [(o.value, len(o.claims)) for o in abroad.options] == [("Panjgur, PAK", 2), ("Saravan, IRN", 1)]


def test_namesakes_are_told_apart_by_their_province() -> None:
    twin = ("Panjgur", "PAK", "Sindh", 24.0, 68.0)
    assert values(found("place", [claim("a", at=point(PANJGUR)), claim("b", at=point(twin))])) == [
        "Panjgur (Sindh), PAK",
        "Panjgur, PAK",
    ]


# ------------------------------------------------------------------ time


@pytest.mark.parametrize(
    ("one", "other", "options"),
    [
        (days("2024-01-16"), days("2024-01-17"), ["2024-01-16", "2024-01-17"]),
        (days("2024-01-16"), days("2024-01-17", basis="relative"), []),
        (days("2024-01-16"), days("2024-01-18", basis="relative"), ["2024-01-16", "2024-01-18"]),
        (days("2024-01-16"), days("2024-01-16", "2024-01-20"), []),
        (days("2024-01-16"), days("2024-01-18", "2024-01-20"), []),
        (days("2024-01-16"), When(), []),
    ],
)
def test_when(one: When, other: When, options: list[str]) -> None:
    assert values(found("time", [claim("a", on=one), claim("b", on=other)])) == options


def test_a_day_that_fits_two_versions_stands_behind_neither() -> None:
    claims = [
        claim("a", on=days("2024-01-15")),
        claim("b", on=days("2024-01-17")),
        claim("c", on=days("2024-01-16", basis="relative")),
    ]
    conflict = found("time", claims)
    assert conflict is not None
    assert [(o.value, len(o.claims)) for o in conflict.options] == [("2024-01-15", 1), ("2024-01-17", 1)]


# ------------------------------------------------------------------ status and state


def test_a_denial_beside_what_happened_is_a_contradiction() -> None:
    claims = [claim("a"), claim("b"), claim("c", status="denied"), claim("d", status="planned")]
    conflict = found("status", claims)
    assert conflict is not None
    assert [(o.value, o.independent_n) for o in conflict.options] == [("happened", 2), ("denied", 1)]
    assert found("status", claims[2:]) is None


def test_what_a_person_chose_settles_it() -> None:
    claims = [claim("a", by=[IRAN], killed=9), claim("b", by=[PAKISTAN], killed=12)]
    actor = found("actor", claims, Choice("dec_1", "conflict:actor", "PAK"))
    assert actor is not None
    assert (actor.state, actor.chosen) == ("settled", "PAK")
    for field in ("killed", "conflict:killed"):
        toll = found("killed", claims, Choice("dec_2", field, "12"))
        assert toll is not None
        assert (toll.state, toll.chosen) == ("settled", "12")
    open_one = found("killed", claims, Choice("dec_1", "conflict:actor", "PAK"))
    assert open_one is not None
    assert open_one.state == "open"


def test_where_the_claims_agree_there_is_nothing_to_settle() -> None:
    assert found("actor", [claim("a", by=[IRAN])], Choice("dec_1", "actor", "PAK")) is None
