"""The crosswalks: every type and mode has an answer or a reason, every foreign code is reached or not."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.codebook import Codebook
from casus.errors import RecordError
from casus.records import Sector

BOOK = Codebook.load()
PAIRS = [(t.name, mode) for t in BOOK.types for mode in (None, *t.mode_names)]
SECTORS: tuple[Sector, ...] = get_args(Sector)
sides = st.lists(st.sampled_from(SECTORS), max_size=3)


@pytest.mark.parametrize(("name", "mode"), PAIRS)
def test_every_type_and_mode_has_a_cameo_code(name: str, mode: str | None) -> None:
    answer = BOOK.to_cameo(name, mode)
    assert answer.code.isdecimal()
    assert 3 <= len(answer.code) <= 4
    assert answer.root in {root.code for root in BOOK.cameo_roots}


def test_every_cameo_root_is_reached_or_says_why_not() -> None:
    reached = {BOOK.to_cameo(name, mode).root for name, mode in PAIRS}
    assert [root.code for root in BOOK.cameo_roots] == [f"{n:02}" for n in range(1, 21)]
    for root in BOOK.cameo_roots:
        assert root.reached == (root.code in reached)
        assert root.reached or root.note


@pytest.mark.parametrize(("name", "mode"), PAIRS)
def test_there_and_back_keeps_the_type_or_says_what_is_lost(name: str, mode: str | None) -> None:
    there = BOOK.to_cameo(name, mode)
    back = BOOK.from_cameo(there.code)
    assert back is not None
    assert back == (name, mode) or there.note or (back[0] == name and mode is None)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("042", ("CONSULT", "visit")),
        ("1723", ("COERCE", "curfew")),
        ("172", ("COERCE", "restrict")),
        ("195", ("ASSAULT", "aerial")),
        ("1951", ("ASSAULT", "aerial")),  # under its parent
        ("090", ("ACCUSE", "investigate")),
        ("116", ("SANCTION", "convict")),
        ("163", ("SANCTION", "discontinue")),
        ("057", ("AGREE", None)),
        ("19", ("ASSAULT", None)),
        ("020", None),
        ("01", None),
    ],
)
def test_from_cameo(code: str, expected: tuple[str, str | None] | None) -> None:
    assert BOOK.from_cameo(code) == expected


@pytest.mark.parametrize("code", ["", "1", "21", "00", "12345", "1x", "١٢", "-1"])
def test_what_is_no_cameo_code_is_refused(code: str) -> None:
    with pytest.raises(RecordError):
        BOOK.from_cameo(code)


def test_every_code_that_cameo_gives_us_is_in_the_codebook() -> None:
    for number in range(10, 10000):
        for code in {f"{number:03}", f"{number:04}"}:
            if code[:2] in {root.code for root in BOOK.cameo_roots} and len(code) <= 4:
                pair = BOOK.from_cameo(code)
                assert (pair is None) == (code[:2] in {"01", "02"}), code
                if pair is not None:
                    BOOK.check(*pair)


@given(st.sampled_from(PAIRS), sides, sides, st.none() | st.text(max_size=9), st.booleans())
def test_acled_always_answers_and_explains_a_none(
    pair: tuple[str, str | None],
    actors: list[Sector],
    recipients: list[Sector],
    weapon: str | None,
    harmed: bool,
) -> None:
    answer = BOOK.to_acled(*pair, actors, recipients, weapon=weapon, harmed=harmed)
    assert answer.acled in BOOK.acled_types or (answer.acled is None and answer.note)


def test_acled_has_six_event_types_and_twenty_five_below_them() -> None:
    assert len({a.event_type for a in BOOK.acled_types}) == 6
    assert len(BOOK.acled_types) == 25
    assert {a.disorder_type for a in BOOK.acled_types} == {
        "Political violence",
        "Demonstrations",
        "Political violence; Demonstrations",
        "Strategic developments",
    }


def test_every_acled_type_is_reached_or_says_why_not() -> None:
    rules = [rule for pair in PAIRS for rule in BOOK.acled_rules(*pair)]
    reached = {rule.answer.acled for rule in rules}
    for acled in BOOK.acled_types:
        assert acled.reached == (acled in reached), acled
        assert acled.reached or acled.note
    # a row in the file that belongs to no type or mode would never be tried
    assert sum(len(rows) for rows in BOOK._to_acled.values()) == len(rules)


def test_the_last_row_of_each_type_and_mode_asks_for_nothing_and_none_stands_behind_such_a_row() -> None:
    for pair in PAIRS:
        rules = BOOK.acled_rules(*pair)
        open_rows = [{r.actor, r.recipient, r.weapon, r.harmed} == {"any"} for r in rules]
        assert open_rows == [False] * (len(open_rows) - 1) + [True], pair


@pytest.mark.parametrize(
    ("name", "mode", "actors", "recipients", "sub"),
    [
        ("ASSAULT", "aerial", ["MIL"], ["CVL"], "Air/drone strike"),
        ("ASSAULT", "drone", ["REB"], [], "Air/drone strike"),
        ("ASSAULT", "heavy-weapons", ["MIL"], ["REB"], "Shelling/artillery/missile attack"),
        ("ASSAULT", "firearms", ["UAF"], ["CVL"], "Attack"),
        ("ASSAULT", "firearms", ["UAF"], ["COP", "CVL"], "Armed clash"),
        ("ASSAULT", None, ["MIL", "REB"], [], "Armed clash"),
        ("ASSAULT", None, ["MIL", "CVL"], [], "Attack"),
        ("ASSAULT", None, ["GOV"], ["GOV"], "Armed clash"),
        ("ASSAULT", None, ["UNK"], ["CVL"], "Attack"),
        ("ASSAULT", "primitive", ["CVL"], ["CVL"], "Mob violence"),
        ("ASSAULT", "targeted", ["UAF"], ["GOV"], "Attack"),
        ("ASSAULT", "targeted", ["UAF"], ["MIL"], "Armed clash"),
        ("PROTEST", "riot", ["CVL"], [], "Violent demonstration"),
        ("PROTEST", "demo", ["CVL"], ["GOV"], "Peaceful protest"),
        ("PROTEST", "hunger", ["CVL"], ["GOV"], None),
        ("AGREE", None, ["GOV"], ["GOV"], "Agreement"),
        ("AGREE", None, ["GOV", "GOV"], [], "Agreement"),
        ("AGREE", None, ["BUS"], ["GOV"], None),
        ("CONSULT", None, ["GOV"], ["REB"], "Agreement"),
        ("CONSULT", "phone", ["GOV"], ["GOV"], None),
        ("RETREAT", "ceasefire", [], [], "Agreement"),
        ("COERCE", "arrest", ["COP"], ["OPP"], "Arrests"),
        ("MOBILIZE", "troops", ["MIL"], [], "Change to group/activity"),
        ("THREATEN", "violence", ["MIL"], ["GOV"], None),
    ],
)
def test_acled_by_the_sides(
    name: str, mode: str | None, actors: list[Sector], recipients: list[Sector], sub: str | None
) -> None:
    acled = BOOK.to_acled(name, mode, actors, recipients).acled
    assert (acled.sub_event_type if acled else None) == sub


def test_acled_by_weapon_and_harm() -> None:
    def sub(mode: str, type: str = "ASSAULT", weapon: str | None = None, harmed: bool = False) -> str:
        acled = BOOK.to_acled(type, mode, weapon=weapon, harmed=harmed).acled
        return acled.sub_event_type if acled else ""

    assert sub("explosives", weapon="hand Grenades") == "Grenade"
    assert sub("explosives", weapon="car bomb") == "Remote explosive/landmine/IED"
    assert sub("seize", "COERCE", weapon="rifles") == "Disrupted weapons use"
    assert sub("seize", "COERCE") == "Other"
    assert sub("crowd-control") == "Protest with intervention"
    assert sub("crowd-control", harmed=True) == "Excessive force against protesters"


def test_an_unknown_type_is_refused_by_each_crosswalk() -> None:
    with pytest.raises(RecordError):
        BOOK.to_cameo("NOTHING")
    with pytest.raises(RecordError):
        BOOK.to_acled("ASSAULT", "phone")
