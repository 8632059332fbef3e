"""The written cases keep their own rules: strings in the text, known types and sectors, dates that can be."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest

from casus.codebook import Codebook
from casus.records import Sector, SourceKind, Status

FILE = Path(__file__).parent / "claims.jsonl"
CASES: list[dict[str, Any]] = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
CLAIMS = [(case, claim) for case in CASES for claim in case["claims"]]
FIELDS = {
    "trigger", "type", "mode", "status", "actor", "actor_is", "recipient", "recipient_is", "place",
    "place_is", "date", "date_text", "weapon", "killed", "injured", "detained", "source", "source_kind",
    "background", "aggregate",
}  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def strings(claim: dict[str, Any]) -> list[str]:
    found = [re.sub(r"#\d$", "", claim["trigger"])]
    for field in ("actor", "recipient", "place", "source"):
        found += claim.get(field, [])
    found += [claim[field] for field in ("date_text", "weapon") if field in claim]
    return found + [claim[field]["text"] for field in ("killed", "injured", "detained") if field in claim]


def test_there_are_at_least_150_each_once_for_one_thing() -> None:
    assert len(CASES) >= 150
    for field in ("id", "text", "tests"):
        assert Counter(case[field] for case in CASES).most_common(1)[0][1] == 1, field
    assert sum(not case["claims"] for case in CASES) >= 10


def test_all_types_and_modes_and_statuses_are_covered() -> None:
    book = Codebook.load()
    modes = {(claim["type"], claim.get("mode")) for _, claim in CLAIMS}
    assert {name for name, _ in modes} == set(book.type_names)
    assert {(t.name, mode) for t in book.types for mode in t.mode_names} <= modes
    assert {claim.get("status", "happened") for _, claim in CLAIMS} == set(get_args(Status))
    kinds = {claim["source_kind"] for _, claim in CLAIMS if "source_kind" in claim}
    assert set(get_args(SourceKind)) == kinds


@pytest.mark.parametrize(("case", "claim"), CLAIMS, ids=[case["id"] for case, _ in CLAIMS])
def test_a_claim_keeps_the_form(case: dict[str, Any], claim: dict[str, Any]) -> None:
    assert set(claim) <= FIELDS
    Codebook.load().check(claim["type"], claim.get("mode"))
    for string in strings(claim):
        assert string in case["text"]
    for role in ("actor", "recipient"):
        assert len(claim.get(role, [])) == len(claim.get(f"{role}_is", []))
        for resolved in claim.get(f"{role}_is", []):
            assert re.fullmatch(r"(\?|[A-Z]{3}|[A-Z][\w'. -]+)/[A-Z]{3}", resolved)
            assert resolved[-3:] in get_args(Sector)
    assert ("source" in claim) == ("source_kind" in claim)
    assert ("place" in claim) == ("place_is" in claim)


@pytest.mark.parametrize(
    ("case", "claim"),
    [(a, b) for a, b in CLAIMS if "date" in b],
    ids=[a["id"] for a, b in CLAIMS if "date" in b],
)
def test_dates_can_be(case: dict[str, Any], claim: dict[str, Any]) -> None:
    first, last = map(date.fromisoformat, claim["date"])
    published = date.fromisoformat(case["published"])
    assert first <= last
    if first > published:
        assert claim.get("status") in {"planned", "hypothetical", "denied"}
    named = [n for n, day in enumerate(DAYS) if day in claim.get("date_text", "")]
    assert not named or first.weekday() == named[0]


@pytest.mark.parametrize(
    "figure", [c[m] for _, c in CLAIMS for m in ("killed", "injured", "detained") if m in c], ids=str
)
def test_figures_are_ranges(figure: dict[str, Any]) -> None:
    low, high = figure["low"], figure["high"]
    assert low is not None or high is not None
    assert low is None or high is None or low <= high
