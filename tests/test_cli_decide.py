"""The commands by which a person decides: what they change, what they say, what they refuse."""

from __future__ import annotations

import getpass
import json
from pathlib import Path

import pytest

from casus.events import SETTABLE, Event
from casus.pipeline import Reads
from tests.ledgers import Typed

FIRST, SECOND, PROTEST = range(3)


@pytest.fixture
def casus(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, reader: Reads, tmp_path: Path) -> Typed:
    typed = Typed.prepared(capsys, monkeypatch, tmp_path, reader)
    typed.fill()
    return typed


def events(casus: Typed) -> list[Event]:
    with casus.open() as ledger:
        return [event.record for event in ledger.events()]


def short(event: Event) -> str:
    return event.id[:12]


def test_merge_and_undo(casus: Typed) -> None:
    before = events(casus)
    said = casus("merge", short(before[FIRST]), short(before[SECOND]), "--reason", "one campaign")
    first, second = said.out.splitlines()
    assert said.code == 0
    assert first.startswith("dec_")
    assert first.endswith(f" by ana: {short(before[FIRST])} and {short(before[SECOND])} are one event (one campaign)")
    assert second == f"changed {short(before[FIRST])}; ended {short(before[SECOND])}"
    assert len(events(casus)) == 2
    said = casus("undo", "--by", "ben")
    assert said.out.splitlines()[0].endswith(f" by ben: {first[:12]} taken back")
    assert [e.claims for e in events(casus)] == [e.claims for e in before]
    assert [e.id for e in events(casus)] == [e.id for e in before]


def test_split_says_what_it_founded(casus: Typed) -> None:
    before = events(casus)
    claim = before[SECOND].claims[0]
    said = casus("split", claim[:12])
    assert said.out.splitlines()[0].endswith(f"{claim[:12]} split from {short(before[SECOND])}")
    assert "founded evt_" in said.out
    assert len(events(casus)) == 4


def test_reject_takes_a_claim_out_of_all_events(casus: Typed) -> None:
    event = events(casus)[PROTEST]
    (claim,) = event.claims
    said = casus("reject", claim, "--reason", "a film")
    assert said.out.splitlines()[0].endswith(f"{claim[:12]} rejected (a film)")
    assert said.out.splitlines()[1] == f"ended {short(event)}"
    assert "rejected by a person: in no event" in casus("show", claim).out
    assert casus("show", event.id).code == 1
    # twice makes no sense
    assert casus("reject", claim).code == 2


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("killed", "5-6-8", "5-6-8"),
        ("killed", "none", None),
        ("place", "Turbat, PAK", "Turbat"),
        ("date", "2024-01-17", "2024-01-17"),
        ("actor", "Hezbollah", "Hezbollah"),
        ("status", "denied", "denied"),
        ("mode", "none", None),
        ("type", "COERCE", "COERCE"),
    ],
)
def test_set_puts_a_value_before_all_claims(casus: Typed, field: str, value: str, shown: str | None) -> None:
    event = events(casus)[FIRST]
    said = casus("set", event.id, field, value, "--reason", "the hospital")
    assert said.code == 0
    assert f"{field} of {short(event)} set to {value}" in said.out
    assert said.out.splitlines()[1] == f"changed {short(event)}"
    line = casus("show", event.id).out
    assert (shown in line) if shown else (f"\n{field} " not in line)


def test_set_takes_the_fields_that_there_are(casus: Typed) -> None:
    event = events(casus)[FIRST]
    said = casus("set", event.id, "colour", "red")
    assert (said.code, all(field in said.err for field in SETTABLE)) == (2, True)
    assert "colour" in said.err
    assert all(field in casus("set", "--help").out for field in SETTABLE)


@pytest.mark.parametrize(
    ("field", "value", "hint"),
    [
        ("killed", "many", "9-10-12"),
        ("date", "yesterday", "2024-01-16"),
        ("status", "true", "happened"),
        ("type", "WAR", "ASSAULT"),
    ],
)
def test_a_value_that_a_field_cannot_hold_changes_nothing(casus: Typed, field: str, value: str, hint: str) -> None:
    event = events(casus)[FIRST]
    said = casus("set", event.id, field, value)
    assert (said.code, said.out, hint in said.err) == (2, "", True)
    assert events(casus)[FIRST] == event


def test_settle_chooses_among_the_versions(casus: Typed) -> None:
    event = events(casus)[SECOND]
    said = casus("settle", event.id, "killed", "8")
    assert (said.code, "one of 7; 9" in said.err) == (2, True)
    said = casus("settle", event.id, "killed", "9")
    assert f"killed of {short(event)} settled: 9" in said.out
    assert "killed (settled: 9)" in casus("show", event.id).out
    assert casus("events", "--disputed").err == "0 events\n"


def test_rename_goes_through_all_events(casus: Typed) -> None:
    assert casus("rename", "PAK", "Pakistan's army").code == 0
    assert [e.actors[0].who for e in events(casus)][SECOND] == "Pakistan's army"
    said = casus("rename", "Nobody", "Somebody")
    assert (said.code, "no claim names" in said.err) == (2, True)


def test_json_tells_the_ids(casus: Typed) -> None:
    one, other = events(casus)[:2]
    line = json.loads(casus("merge", one.id, other.id, "--json").out)
    assert line == {"id": line["id"], "founded": [], "changed": [one.id], "ended": [other.id]}
    with casus.open() as ledger:
        assert ledger.decisions()[0].id == line["id"]


def test_an_undo_can_be_undone_by_its_id(casus: Typed) -> None:
    one, other = events(casus)[:2]
    made = json.loads(casus("merge", one.id, other.id, "--json").out)["id"]
    undone = json.loads(casus("undo", made[:12], "--json").out)["id"]
    assert len(events(casus)) == 3
    assert casus("undo", undone[:12]).code == 0
    assert len(events(casus)) == 2
    assert casus("undo", made[:12]).code == 0
    assert casus("undo").code == 2


class TestBy:
    """Who decides: the option, else the setting, else the login name."""

    @pytest.fixture
    def claim(self, casus: Typed) -> str:
        return events(casus)[PROTEST].claims[0]

    def by(self, casus: Typed) -> str:
        with casus.open() as ledger:
            return ledger.decisions()[-1].by

    def test_the_option(self, casus: Typed, claim: str) -> None:
        casus("reject", claim, "--by", "cem")
        assert self.by(casus) == "cem"

    def test_the_setting(self, casus: Typed, claim: str) -> None:
        casus("reject", claim)
        assert self.by(casus) == "ana"

    def test_the_login_name(self, casus: Typed, claim: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("CASUS_BY")
        monkeypatch.setattr(getpass, "getuser", lambda: "dea")
        casus("reject", claim, "--by", " ")
        assert self.by(casus) == "dea"

    def test_nobody_is_wrong_usage(self, casus: Typed, claim: str, monkeypatch: pytest.MonkeyPatch) -> None:
        def nobody() -> str:
            raise OSError("no such user")

        monkeypatch.delenv("CASUS_BY")
        monkeypatch.setattr(getpass, "getuser", nobody)
        said = casus("reject", claim)
        assert (said.code, "--by NAME" in said.err) == (2, True)


@pytest.mark.parametrize(
    "arguments",
    [["merge", "evt_x", "evt_y"], ["split", "clm_x"], ["reject", "clm_x"], ["set", "evt_x", "killed", "1"],
     ["settle", "evt_x", "killed", "1"]],
)  # fmt: skip
def test_an_id_that_there_is_not(casus: Typed, arguments: list[str]) -> None:
    said = casus(*arguments)
    assert (said.code, said.err.startswith("error [unknown-id] ")) == (1, True)
    with casus.open() as ledger:
        assert ledger.decisions() == []
