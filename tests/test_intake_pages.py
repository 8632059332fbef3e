"""Whole pages of our own writing, text and HTML, against the truth beside each of them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from casus.intake.load import document_from_bytes
from casus.reader.sentences import split
from casus.records import Document, RegionKind

PAGES = Path(__file__).parent / "pages"
NAMES = sorted(p.name for p in PAGES.iterdir() if p.suffix in {".html", ".txt"})


def read(name: str) -> tuple[Document, dict[str, Any]]:
    truth: dict[str, Any] = json.loads((PAGES / f"{name}.json").read_text(encoding="utf-8"))
    return document_from_bytes((PAGES / name).read_bytes(), name=name), truth


def sentences(document: Document, kind: RegionKind) -> list[str]:
    found = split(document.text, document.regions)
    return [document.text[s.start : s.end] for s in found if s.region.kind == kind]


def test_there_are_enough_layouts() -> None:
    assert sum(n.endswith(".html") for n in NAMES) >= 6
    assert sum(n.endswith(".txt") for n in NAMES) >= 8


@pytest.mark.parametrize("name", NAMES)
def test_who_and_when(name: str) -> None:
    document, truth = read(name)
    published = date.fromisoformat(truth["published"]) if truth["published"] else None
    assert document.title == truth["title"]
    assert (document.published, document.published_basis) == (published, truth["basis"])
    assert document.publisher == truth["publisher"]
    assert document.byline == truth["byline"]
    assert document.dateline == truth["dateline"]
    assert document.url == truth.get("url")
    assert document.language == "en"


@pytest.mark.parametrize("name", NAMES)
def test_body_lead_and_captions(name: str) -> None:
    document, truth = read(name)
    assert sentences(document, "body") == truth["body"]
    assert sentences(document, "lead") == truth["lead"]
    assert sentences(document, "title") == [truth["title"]]
    assert sentences(document, "caption") == truth["captions"]
    found = [s.region.dated for s in split(document.text, document.regions) if s.region.kind == "caption"]
    assert [d.isoformat() if d else None for d in found] == truth["dated"]


@pytest.mark.parametrize("name", NAMES)
def test_furniture_is_kept_and_not_read(name: str) -> None:
    document, truth = read(name)
    furniture = {document.text[r.start : r.end] for r in document.regions if r.kind == "boilerplate"}
    assert set(truth["boilerplate"]) <= furniture
    for words in truth.get("absent", []):
        assert words not in document.text


@pytest.mark.parametrize("name", NAMES)
def test_regions_cover_every_visible_character(name: str) -> None:
    document, _ = read(name)
    covered = {n for r in document.regions for n in range(r.start, r.end)}
    missing = [n for n, c in enumerate(document.text) if n not in covered and c not in "-– " and not c.isspace()]
    assert missing == []


@pytest.mark.parametrize("name", [n for n in NAMES if n.endswith(".txt")])
def test_plain_text_is_never_changed(name: str) -> None:
    assert read(name)[0].text == (PAGES / name).read_text(encoding="utf-8")
