"""The commands that ask a ledger, as a person meets them: events, show, why, review, log."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from casus.pipeline import Reads
from tests.ledgers import IRAN, PAKISTAN, Typed, exchange, first_strike, protest, told
from tests.telling import days


@pytest.fixture
def casus(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, reader: Reads, tmp_path: Path) -> Typed:
    return Typed.prepared(capsys, monkeypatch, tmp_path, reader)


@pytest.fixture
def filled(casus: Typed) -> Typed:
    casus.fill()
    return casus


def rows(out: str) -> list[list[str]]:
    """The table's lines that begin with an id, in words."""
    return [line.split() for line in out.splitlines() if line.startswith("evt_")]


class TestEvents:
    """Once each, and only those that are asked for."""

    def test_a_row_tells_what_happened(self, filled: Typed) -> None:
        said = filled("events")
        assert (said.code, said.err) == (0, "3 events\n")
        first, second, demo = rows(said.out)
        assert first[1:] == ["2024-01-16", "ASSAULT", "Iran", "Pakistan", "Panjgur,", "PAK", "2", "3/3"]
        assert second[1:] == ["2024-01-18", "ASSAULT", "Pakistan", "Iran", "Saravan,", "IRN", "7-7-9", "2/2", "killed"]
        assert demo[1:3] == ["2024-01-20", "PROTEST"]
        assert all(len(row[0]) == 12 for row in (first, second, demo))

    @pytest.mark.parametrize(
        ("asked", "days"),
        [
            (["--since", "2024-01-17", "--until", "2024-01-19"], [18]),
            (["--country", "Pakistan"], [16, 20]),
            (["--country", "irn"], [18]),
            (["--country", "Iran, Islamic Republic of"], [18]),
            (["--type", "protest"], [20]),
            (["--actor", "Iran"], [16]),
            (["--recipient", "IRN"], [18]),
            (["--side", "Pakistan", "--type", "ASSAULT"], [16, 18]),
            (["--killed", "3"], [18]),
            (["--independent", "3"], [16]),
            (["--disputed"], [18]),
            (["--review"], [18, 20]),
            (["--near", "27.37,62.33,20"], [18]),
            (["--text", "struck", "--limit", "1"], [16]),
            (["--text", "nowhere"], []),
        ],
    )
    def test_options_choose(self, filled: Typed, asked: list[str], days: list[int]) -> None:
        assert [int(row[1][-2:]) for row in rows(filled("events", *asked).out)] == days

    @pytest.mark.parametrize("name", ["Pakistani Taliban", "TTP", "Islamabad", "IRN"])
    def test_an_actor_goes_by_any_name_that_the_dictionaries_know(self, casus: Typed, name: str) -> None:
        group = ("Pakistani Taliban", "REB", "Pakistani Taliban")
        casus.fill([told("a", first_strike("a", by=[group], to=[PAKISTAN])), told("b", protest("b", by=[IRAN]))])
        assert [row[1][-2:] for row in rows(casus("events", "--side", name).out)] == ["20" if name == "IRN" else "16"]

    @pytest.mark.parametrize(
        ("asked", "words"),
        [
            (["--country", "Atlantis"], "Atlantis"),
            (["--type", "WAR"], "one of AGREE"),
            (["--near", "1,2"], "26.9,64.1,50"),
            (["--near", "north,2,3"], "north"),
            (["--near", "91,2,3"], "kilometres"),
            (["--text", '"struck'], "cannot be searched for"),
            (["--text", "..."], "no word"),
            (["--since", "2024-02-01", "--until", "2024-01-01"], "is after"),
            (["--killed", str(10**30)], "makes no sense"),
            (["--limit", "0"], "--limit"),
        ],
    )
    def test_what_makes_no_sense_is_wrong_usage(self, filled: Typed, asked: list[str], words: str) -> None:
        said = filled("events", *asked)
        assert (said.code, said.out, words in said.err) == (2, "", True)

    def test_json_is_a_line_an_event(self, filled: Typed) -> None:
        lines = [json.loads(line) for line in filled("events", "--json").out.splitlines()]
        assert [line["date"][0][-2:] for line in lines] == ["16", "18", "20"]
        assert lines[1]["killed"]["low"] == 7
        assert [option["value"] for option in lines[1]["conflicts"][0]["options"]] == ["7", "9"]
        assert set(lines[1]["killed"]["claims"]) <= set(lines[1]["claims"])

    @pytest.mark.parametrize("width", [40, 83, 84, 110, 200])
    def test_no_line_is_wider_than_the_terminal(
        self, filled: Typed, width: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", str(width))
        out = filled("events").out
        assert max(map(len, out.splitlines())) <= width
        assert "Panjgur" in out

    def test_without_a_ledger_there_is_a_clear_error(self, casus: Typed) -> None:
        for command in (["events"], ["show", "evt_1"], ["review"], ["log"], ["undo"], ["rebuild"], ["reread"]):
            said = casus(*command)
            assert (said.code, said.out) == (1, "")
            assert said.err.startswith("error [ledger] there is no ledger at ledger.casus\n  hint: `casus add")


class TestShow:
    """One event, claim or document, and why two claims are one event."""

    @pytest.fixture
    def ids(self, filled: Typed) -> tuple[str, str]:
        """The second strike, and its claim by Iranian media."""
        with filled.open() as ledger:
            event = ledger.events(killed=5)[0]
            return event.id, next(c.id for c in ledger.claims(event) if c.document_id == "c")

    def test_an_event_with_who_says_what(self, filled: Typed, ids: tuple[str, str]) -> None:
        event, claim = ids
        said = filled("show", event[:12])
        assert said.code == 0
        for words in (
            f"{event}, version 1",
            "Pakistan attacked Iran in Saravan, 18 January 2024: 7 killed (7-9)",
            "who        Pakistan [PAK/MIL]",
            "disputed: killed (open)",
            "9  1 independent  Iranian media (media)",
            "7  1 independent  Paper d",
            "killed disputed: 7, 9",
            f"{claim[:12]}  Paper c, 2024-01-18, citing Iranian media",
            ">>struck<<",
        ):
            assert words in said.out

    def test_an_event_as_json_is_its_line_and_those_of_its_claims(self, filled: Typed, ids: tuple[str, str]) -> None:
        event, *claims = [json.loads(line) for line in filled("show", ids[0], "--json").out.splitlines()]
        assert event["id"] == ids[0]
        assert sorted(claim["id"] for claim in claims) == event["claims"]
        assert {claim["ledger_event"] for claim in claims} == {ids[0]}

    def test_a_claim_and_a_document(self, filled: Typed, ids: tuple[str, str]) -> None:
        event, claim = ids
        said = filled("show", claim)
        assert f"in {event}: Pakistan attacked" in said.out
        assert "who says so: Iranian media (media)" in said.out
        assert json.loads(filled("show", claim, "--json").out)["ledger_event"] == event
        said = filled("show", "c")
        assert said.out.startswith("Report c\nc | Paper c | 2024-01-18\n")
        assert said.out.count(">>struck<<") == 2
        assert len(filled("show", "c", "--json").out.splitlines()) == 2

    def test_ids_without_what_they_are_will_do(self, filled: Typed, ids: tuple[str, str]) -> None:
        assert filled("show", ids[0][4:12]).out == filled("show", ids[0]).out
        assert filled("show", ids[1][4:12]).out == filled("show", ids[1]).out

    @pytest.mark.parametrize("id_", ["evt_0000", "clm_0000", "nothing", "evt_", "", "%"])
    def test_an_id_that_there_is_not(self, filled: Typed, id_: str) -> None:
        said = filled("show", id_)
        assert (said.code, said.out, said.err.startswith("error [unknown-id] ")) == (1, "", True)

    def test_an_id_that_fits_several_asks_for_more(self, casus: Typed) -> None:
        casus.fill([told("day-1", first_strike("day-1")), told("day-2", first_strike("day-2"))])
        said = casus("show", "day-")
        assert (said.code, "give more of the id" in said.err) == (1, True)

    def test_an_event_that_was_merged_leads_to_the_other(self, filled: Typed) -> None:
        with filled.open() as ledger:
            one, other = (event.id for event in ledger.events(type="ASSAULT"))
            ledger.merge(one, other)
        said = filled("show", other)
        assert said.err == f"note: {other} was merged into {one}\n"
        assert said.out == filled("show", one).out

    def test_why_adds_up(self, filled: Typed) -> None:
        with filled.open() as ledger:
            claims = ledger.claims(ledger.events(killed=5)[0])
        said = filled("why", claims[0].id[:12], claims[1].id[:12])
        assert said.out.startswith("one event: ")
        line = json.loads(filled("why", claims[0].id, claims[1].id, "--json").out)
        assert line["same_event"]
        assert line["claims"] == [claim.id for claim in claims]
        shown = [float(n) for n in re.findall(r"^ +([+-]\d+\.\d\d) ", said.out, re.MULTILINE)]
        assert sum(shown) == pytest.approx(line["score"], abs=0.2)
        assert len(shown) == len(line["reasons"]) + 1

    def test_why_a_claim_is_itself_makes_no_sense(self, filled: Typed, ids: tuple[str, str]) -> None:
        assert filled("why", ids[1], ids[1]).code == 2

    def test_a_document_cannot_draw_on_the_terminal(self, casus: Typed) -> None:
        bad = "\x1b[2J\u202e\x07"
        claim = first_strike("a", says=(f"the{bad} army", "military"))
        casus.fill([told("a", claim, publisher=f"The {bad}Herald")])
        with casus.open() as ledger:
            (event,) = ledger.events()
        for command in (["events"], ["show", event.id], ["show", claim.id], ["show", "a"], ["review"], ["log"]):
            assert not set(casus(*command).out) & {"\x1b", "\x07", "\u202e"}


class TestReviewAndLog:
    """What is to look at, and how it came to be."""

    def test_contradictions_stand_before_what_is_odd(self, filled: Typed) -> None:
        said = filled("review")
        assert said.out.index("contradictions") < said.out.index("killed: 7 (1), 9 (1)") < said.out.index("look at")
        assert "one publisher only" in said.out
        lines = [json.loads(line) for line in filled("review", "--json").out.splitlines()]
        assert [line["date"][0][-2:] for line in lines] == ["18", "20"]

    def test_no_more_than_asked_for_and_how_many_there_are(self, casus: Typed) -> None:
        days_ = ("2024-01-02", "2024-02-02", "2024-03-02")
        casus.fill([told(f"d{n}", protest(f"d{n}", on=days(day))) for n, day in enumerate(days_)])
        said = casus("review", "--limit", "1")
        assert said.out.count("one publisher only") == 1
        assert said.out.endswith("  and 2 more: --limit 3\n")
        assert len(casus("review", "--limit", "2", "--json").out.splitlines()) == 2

    def test_decisions_without_a_claim_stand_first(self, filled: Typed) -> None:
        with filled.open() as ledger:
            event = ledger.events(type="PROTEST")[0]
            made = ledger.set(event.id, "killed", "3", reason="by telephone")
            run = ledger._ledger.begin({})
            ledger._ledger.reread("e", [], run)
        said = filled("review")
        head = "decisions that no claim carries any more\n"
        assert said.out.startswith(
            f"{head}  {made.decision[:12]} by ana: killed of {event.id[:12]} set to 3 (by telephone)"
        )
        assert json.loads(filled("review", "--json").out.splitlines()[0])["action"] == "set"

    def test_where_all_is_well_it_says_so(self, casus: Typed) -> None:
        casus.fill([])
        assert casus("review").out == "nothing to look at\n"

    def test_the_log_of_the_ledger_and_of_an_event(self, filled: Typed) -> None:
        with filled.open() as ledger:
            event = ledger.events(killed=5)[0]
            made = ledger.settle(event.id, "killed", "9")
        first, second = filled("log").out.splitlines()
        assert "5 documents, 6 claims" in first
        assert f"{made.decision[:12]} by ana: killed of {event.id[:12]} settled: 9" in second
        said = filled("log", event.id[:10])
        assert (
            said.out.index("v1 ")
            < said.out.index("7 killed (7-9)")
            < said.out.index("v2 ")
            < said.out.index(": 9 killed\n")
        )
        lines = [json.loads(line) for line in filled("log", event.id, "--json").out.splitlines()]
        assert [(line["version"], line["event"]["killed"]["best"]) for line in lines] == [(1, 7), (2, 9)]
        assert [json.loads(line)["kind"] for line in filled("log", "--json").out.splitlines()] == ["add", "decision"]


def test_the_exchange_of_the_tests_is_three_events(filled: Typed) -> None:
    """If linking takes these for other events, the tests above mean nothing."""
    with filled.open() as ledger:
        told_by = [sorted({c.document_id for c in ledger.claims(event)}) for event in ledger.events()]
    assert told_by == [["a", "b", "c"], ["c", "d"], ["e"]]
    assert len(exchange()) == 5
