"""The annotated sample reports keep their own rules: strings in the text, offsets that hold, one type an event."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest

import casus
from casus.codebook import Codebook
from casus.records import Document, Sector, SourceKind, Status
from casus.samples import sample_paths

FOLDER = Path(__file__).parent / "samples"
MEASURES = ("killed", "injured", "detained")
FIELDS = [
    "doc", "start", "end", "trigger", "type", "mode", "event", "status", "actor", "actor_is", "recipient",
    "recipient_is", "place", "place_is", "date", *MEASURES, "source", "source_kind", "background", "aggregate",
]  # fmt: skip
ALL: list[dict[str, Any]] = [
    json.loads(line) for line in (FOLDER / "claims.jsonl").read_text(encoding="utf-8").splitlines()
]
CLAIMS: dict[str, list[dict[str, Any]]] = defaultdict(list)
for _claim in ALL:
    CLAIMS[_claim["doc"]].append(_claim)
PATHS = {path.stem: path for path in sample_paths()}
REPORTS = sorted(PATHS)


@cache
def report(name: str) -> Document:
    (document,) = casus.documents(PATHS[name])
    assert isinstance(document, Document)
    return document


def told() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for claim in ALL:
        found[claim["event"]].add(claim["doc"])
    return found


def test_every_sample_is_annotated_in_order() -> None:
    assert list(CLAIMS) == REPORTS


@pytest.mark.parametrize("name", REPORTS)
def test_offsets_hold_and_do_not_overlap(name: str) -> None:
    text, at = report(name).text, 0
    for claim in CLAIMS[name]:
        assert claim["start"] >= at, claim
        at = claim["end"]
        assert text[claim["start"] : at] == claim["trigger"]
        assert not text[at : at + 1].isalnum(), claim
        assert not text[: claim["start"]][-1:].isalnum(), claim


@pytest.mark.parametrize("name", REPORTS)
def test_all_strings_occur(name: str) -> None:
    for claim in CLAIMS[name]:
        strings = [string for role in ("actor", "recipient", "place", "source") for string in claim[role]]
        for string in strings + [claim[measure]["text"] for measure in MEASURES if claim[measure]]:
            assert string.strip(), claim
            assert string in report(name).text, (string, claim)


@pytest.mark.parametrize("name", REPORTS)
def test_no_claim_lies_in_what_is_never_read(name: str) -> None:
    unread = [region for region in report(name).regions if region.kind == "boilerplate"]
    for claim in CLAIMS[name]:
        assert not any(region.start <= claim["start"] < region.end for region in unread), claim


@pytest.mark.parametrize("name", REPORTS)
def test_a_claim_keeps_the_form(name: str) -> None:
    book = Codebook.load()
    for claim in CLAIMS[name]:
        assert list(claim) == FIELDS
        assert re.fullmatch("[a-z][a-z0-9-]*", claim["event"]), claim
        book.check(claim["type"], claim["mode"])
        assert claim["status"] in get_args(Status)
        assert (claim["source_kind"] in get_args(SourceKind)) == bool(claim["source"])
        assert bool(claim["place"]) == bool(claim["place_is"]), claim
        for role in ("actor", "recipient"):
            assert len(claim[role]) == len(claim[f"{role}_is"])
            assert all(who.rpartition("/")[2] in get_args(Sector) for who in claim[f"{role}_is"]), claim
        for figure in filter(None, (claim[measure] for measure in MEASURES)):
            bounds = [bound for bound in (figure["low"], figure["high"]) if bound is not None]
            assert bounds == sorted(bounds) != [], claim


@pytest.mark.parametrize("name", REPORTS)
def test_dates_fit_the_day_of_publication(name: str) -> None:
    published = report(name).published
    assert published is not None
    for claim in (claim for claim in CLAIMS[name] if claim["date"]):
        first, last = map(date.fromisoformat, claim["date"])
        assert first <= last
        assert (last >= published) if claim["status"] == "planned" else (last <= published), claim
        assert claim["background"] == ((published - last).days > 7), claim


def test_an_event_has_one_type() -> None:
    types = defaultdict(set)
    for claim in ALL:
        types[claim["event"]].add(claim["type"])
    assert {event: found for event, found in types.items() if len(found) > 1} == {}


def test_the_first_strike_is_told_in_all_and_the_second_in_all_that_could_know() -> None:
    assert told()["strike-panjgur"] == set(REPORTS)
    # 08 is of the day before, 04 went to print without it
    assert told()["strike-saravan"] == set(REPORTS) - {"04-regional-daily", "08-denials"}


def test_sums_belong_to_umbrellas() -> None:
    assert all(claim["event"].endswith("-umbrella") for claim in ALL if claim["aggregate"])


def test_the_copy_is_annotated_as_the_update_is() -> None:
    def shown(claim: dict[str, Any]) -> str:
        kept = {key: value for key, value in claim.items() if key not in ("doc", "start", "end")}
        return json.dumps(kept).replace("neighbors", "neighbours")

    update = iter(shown(claim) for claim in CLAIMS["02-wire-update"])
    # each is found in what is left of the update: a subsequence
    assert [claim for claim in CLAIMS["07-syndicated-copy"] if shown(claim) not in update] == []


def test_the_readme_counts_as_the_file_does() -> None:
    readme = " ".join((FOLDER / "README.md").read_text(encoding="utf-8").split())
    events = told()
    several = sum(len(docs) > 1 for docs in events.values())
    assert f"{len(ALL)} claims of {len(events)} events, {several} of them told in several reports" in readme
    count = {status: sum(claim["status"] == status for claim in ALL) for status in get_args(Status)}
    background = sum(claim["background"] for claim in ALL)
    assert f"{count['denied']} are denied, {count['planned']} planned, {count['hypothetical']} hyp" in readme
    assert f"{background} background" in readme
    assert all(f"`{event}`" in readme for event in events if event.endswith("-umbrella"))
