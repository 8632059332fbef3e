"""The written incidents keep their own rules: strings in the text, offsets that hold, keys of their incident."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest

from casus.codebook import Codebook
from casus.records import Sector, SourceKind, Status

FOLDER = Path(__file__).parent / "incidents"
MEASURES = ("killed", "injured", "detained")


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


REPORTS = {report["id"]: report for report in _lines("reports.jsonl")}
CLAIMS: dict[str, list[dict[str, Any]]] = defaultdict(list)
for _claim in _lines("claims.jsonl"):
    CLAIMS[_claim["doc"]].append(_claim)
ALL = [claim for claims in CLAIMS.values() for claim in claims]


def test_there_are_at_least_forty_reports_of_eight_incidents() -> None:
    per = Counter(report["incident"] for report in REPORTS.values())
    assert len(per) == 8
    assert min(per.values()) >= 5
    assert len(REPORTS) >= 40
    assert len(_lines("reports.jsonl")) == len(REPORTS)
    assert len(ALL) >= 300
    assert set(CLAIMS) == set(REPORTS)


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_a_report_keeps_the_form(report: dict[str, Any]) -> None:
    assert 60 <= len(report["text"].split()) <= 220
    assert report["title"] not in report["text"]
    assert date.fromisoformat(report["published"])
    number = report["incident"].split("-")[0]
    assert re.fullmatch(rf"inc{number}-[a-z]", report["id"])


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_offsets_hold_and_all_strings_occur(report: dict[str, Any]) -> None:
    text, at = report["text"], 0
    for claim in CLAIMS[report["id"]]:
        assert claim["start"] >= at, claim
        at = claim["end"]
        assert text[claim["start"] : at] == claim["trigger"]
        strings = [string for role in ("actor", "recipient", "place", "source") for string in claim[role]]
        for string in strings + [claim[measure]["text"] for measure in MEASURES if claim[measure]]:
            assert string in text, (string, claim)


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_a_claim_keeps_the_form(report: dict[str, Any]) -> None:
    number, book = report["incident"].split("-")[0], Codebook.load()
    for claim in CLAIMS[report["id"]]:
        assert re.fullmatch(rf"{number}-[a-z][a-z-]*", claim["event"]), claim
        book.check(claim["type"], claim["mode"])
        assert claim["status"] in get_args(Status)
        assert (claim["source_kind"] in get_args(SourceKind)) == bool(claim["source"])
        for role in ("actor", "recipient"):
            assert len(claim[role]) == len(claim[f"{role}_is"])
            assert all(who.rpartition("/")[2] in get_args(Sector) for who in claim[f"{role}_is"]), claim
        if claim["date"]:
            first, last = map(date.fromisoformat, claim["date"])
            assert first <= last
        for figure in filter(None, (claim[measure] for measure in MEASURES)):
            bounds = [bound for bound in (figure["low"], figure["high"]) if bound is not None]
            assert bounds == sorted(bounds) != [], claim


def test_an_event_has_one_type_and_many_are_told_in_several_reports() -> None:
    types, told = defaultdict(set), defaultdict(set)
    for claim in ALL:
        types[claim["event"]].add(claim["type"])
        told[claim["event"]].add(claim["doc"])
    assert {event: found for event, found in types.items() if len(found) > 1} == {}
    assert sum(len(docs) > 1 for docs in told.values()) >= 50


def test_the_readme_counts_as_the_files_do() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    for incident in {report["incident"] for report in REPORTS.values()}:
        ids = [id for id, report in REPORTS.items() if report["incident"] == incident]
        told = Counter(event for id in ids for event in {claim["event"] for claim in CLAIMS[id]})
        row = next(line for line in readme.splitlines() if line.startswith(f"| `{incident}`"))
        several = sum(reports > 1 for reports in told.values())
        counts = [len(ids), sum(len(CLAIMS[id]) for id in ids), len(told), several]
        assert f"| {' | '.join(map(str, counts))} |" in row


def test_sums_belong_to_umbrellas() -> None:
    sums = {claim["event"] for claim in ALL if claim["aggregate"]}
    assert sums
    assert all(event.endswith("-umbrella") for event in sums)


def test_one_copy_of_the_wire_report_changes_one_figure() -> None:
    wire, copy, changed = (REPORTS[f"inc7-{letter}"]["text"].split() for letter in "abd")
    body = wire[wire.index("Rebels") :]
    assert copy[copy.index("Rebels") :] == body
    differing = [pair for pair in zip(changed[changed.index("Rebels") :], body, strict=False) if pair[0] != pair[1]]
    assert differing == [("eight", "six")]
