"""The commands that count and draw, as a person meets them: panel, plot."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from casus import cli
from casus.pipeline import Reads
from casus.records import Claim
from tests.ledgers import Typed, first_strike, told


@pytest.fixture
def casus(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, reader: Reads, tmp_path: Path) -> Typed:
    here = dict.fromkeys(("panel", "plot"), "casus.cli_panel")
    monkeypatch.setattr(cli, "ELSEWHERE", {**cli.ELSEWHERE, **here})
    typed = Typed.prepared(capsys, monkeypatch, tmp_path, reader)
    typed.fill()
    return typed


def rows(out: str) -> list[dict[str, str]]:
    """The rows of a CSV."""
    return list(csv.DictReader(io.StringIO(out), strict=True))


def elsewhere(document: str, **other: Any) -> Claim:
    """A strike that is no part of the exchange."""
    return first_strike(
        document, 44, by=[("USA", "MIL", "the Americans")], to=[("SYR", "MIL", "Syria")], at=None, **other
    )


class TestPanel:
    """Counting."""

    def test_a_panel_goes_to_standard_output_and_what_it_leaves_out_to_the_other(self, casus: Typed) -> None:
        said = casus("panel", "dyad", "month")
        assert said.code == 0
        assert [(r["side_a"], r["side_b"], r["period"], r["events"], r["killed_low"]) for r in rows(said.out)] == [
            ("IRN", "PAK", "2024-01", "2", "9")
        ]
        assert said.err.splitlines() == [
            "1 row: 1 dyad by month, 2024-01 to 2024-01; 2 events",
            "left out: 1 event of which no recipient is named",
        ]

    def test_options_choose(self, casus: Typed) -> None:
        made = rows(casus("panel", "country", "day", "--since", "2024-01-17", "--until", "2024-01-20").out)
        assert [(r["iso3"], r["start"][-2:]) for r in made if r["events"] == "1"] == [("IRN", "18"), ("PAK", "20")]
        assert len(made) == 8
        few = rows(casus("panel", "country", "day", "--no-fill", "--type", "protest").out)
        assert [(r["iso3"], r["period"]) for r in few] == [("PAK", "2024-01-20")]

    def test_undated_events_are_counted_though_days_are_asked_for(self, casus: Typed) -> None:
        casus.fill([told("x", elsewhere("x", on=None))])
        said = casus("panel", "country", "day", "--since", "2024-01-01", "--until", "2024-01-31")
        assert "left out: 1 event of unknown date" in said.err.splitlines()
        assert "left out: 1 event of unknown date" in casus("panel", "country", "day").err.splitlines()

    def test_a_file_and_what_it_says_of_itself(self, casus: Typed) -> None:
        said = casus("panel", "actor", "year", "-o", "p.parquet", "--json")
        assert said.code == 0
        line = json.loads(said.out)
        assert (line["unit"], line["rows"], line["events"]) == ("actor", 2, 3)
        assert pq.read_table(casus.folder / "p.parquet").num_rows == 2
        again = casus("panel", "actor", "year", "-o", "p.parquet")
        assert (again.code, "--force" in again.err) == (2, True)
        assert casus("panel", "actor", "year", "-o", "p.parquet", "--force").code == 0

    def test_json_lines(self, casus: Typed) -> None:
        lines = [json.loads(line) for line in casus("panel", "country", "year", "--json").out.splitlines()]
        assert [(line["iso3"], line["killed_high"]) for line in lines] == [("IRN", 9), ("PAK", 2)]

    def test_units_come_from_a_table(self, casus: Typed) -> None:
        (casus.folder / "units.csv").write_text("iso3,name\nCHE,Switzerland\nPAK,Pakistan\n")
        said = casus("panel", "country", "year", "--units", "units.csv")
        assert [(r["iso3"], r["events"]) for r in rows(said.out)] == [("CHE", "0"), ("PAK", "2")]
        assert "left out: 1 event of units not asked for" in said.err
        (casus.folder / "cells.csv").write_text("gid\n1\n")
        days = ("--since", "2024-01-01", "--until", "2024-12-31")
        assert rows(casus("panel", "prio-grid", "year", "--units", "cells.csv", *days).out)[0]["gid"] == "1"
        (casus.folder / "cells.csv").write_text("gid\nnorth\n")
        for unit, file in (("prio-grid", "cells.csv"), ("dyad", "units.csv")):
            assert casus("panel", unit, "year", "--units", file).code == 2

    @pytest.mark.parametrize(
        "asked",
        [("town", "day"), ("country", "hour"), ("country", "day", "--directed"), ("country", "day", "-o", "p.dta"),
         ("country", "day", "--since", "2024-02-01", "--until", "2024-01-01")],
    )  # fmt: skip
    def test_what_makes_no_sense_is_refused(self, casus: Typed, asked: tuple[str, ...]) -> None:
        said = casus("panel", *asked)
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith("error [usage]")

    def test_what_was_denied_counts_where_it_is_asked_for(self, casus: Typed) -> None:
        casus.fill([told("x", elsewhere("x", status="denied"))])
        assert "1 event denied" in casus("panel", "actor", "year").err
        for status, actors in (("any", ["IRN", "PAK", "USA"]), ("denied", ["USA"])):
            assert [r["actor"] for r in rows(casus("panel", "actor", "year", "--status", status).out)] == actors


class TestPlot:
    """Drawing."""

    def test_plots_are_listed(self, casus: Typed) -> None:
        said = casus("plot", "--list")
        assert said.code == 0
        assert [line.split()[0] for line in said.out.splitlines()] == [
            "weekly", "sides", "toll", "contradictions", "coverage", "lag", "dyad",
        ]  # fmt: skip

    @pytest.mark.parametrize("ending", ["png", "svg", "html", "json"])
    def test_a_plot_is_written_and_says_what_is_in_it(self, casus: Typed, ending: str) -> None:
        said = casus("plot", "weekly", "-o", f"x.{ending}", "--country", "Pakistan", "--scale", "1")
        assert (said.code, said.out) == (0, "")
        assert said.err.splitlines()[:2] == [
            "country PAK",
            "2 events; of 1 of material conflict nobody tells how many were killed; they add 0 below",
        ]
        assert (casus.folder / f"x.{ending}").stat().st_size > 1000
        assert casus("plot", "weekly", "-o", f"x.{ending}").code == 2
        assert casus("plot", "weekly", "-o", f"x.{ending}", "--force").code == 0

    def test_two_sides_are_named_as_people_name_them(self, casus: Typed) -> None:
        said = casus("plot", "dyad", "-o", "x.json", "--actor", "Iran", "--recipient", "Islamabad")
        assert said.err.splitlines()[0] == "2 events (Iran → Pakistan: 1, Pakistan → Iran: 1)"
        assert casus("plot", "sides", "-o", "y.json", "--actor", "Iran", "--recipient", "Pakistan").code == 0

    def test_a_toll_is_of_the_event_that_is_named(self, casus: Typed) -> None:
        with casus.open() as ledger:
            (event,) = ledger.events(disputed=True)
        said = casus("plot", "toll", "-o", "x.json", "--event", event.id[:12])
        assert "settled (grey): low 7, best 7, high 9" in said.err
        assert casus("plot", "toll", "-o", "y.json", "--event", "evt_000").code == 1

    def test_nothing_that_matches_is_said(self, casus: Typed) -> None:
        said = casus("plot", "coverage", "-o", "x.json", "--country", "Chad")
        assert said.code == 0
        assert "No report matches." in (casus.folder / "x.json").read_text()

    @pytest.mark.parametrize(
        "asked",
        [("none", "-o", "x.png"), ("weekly",), ("weekly", "-o", "x.gif"), ("toll", "-o", "x.png"),
         ("dyad", "-o", "x.png", "--actor", "Iran"), ("dyad", "-o", "x.png", "--actor", "Iran", "--recipient", "IRN")],
    )  # fmt: skip
    def test_what_makes_no_sense_is_refused(self, casus: Typed, asked: tuple[str, ...]) -> None:
        said = casus("plot", *asked)
        assert (said.code, said.out) == (2, "")
        assert not (casus.folder / "x.png").exists()
