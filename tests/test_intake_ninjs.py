"""News in JSON: the items of agencies, of every version, with their pictures, packages and withdrawals."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.intake.formats import Intake
from casus.intake.raw import Given, Raw
from casus.intake.tables.ninjs import is_ninjs
from casus.records import Document, Failure

PROSE = "The army said on Monday that it had taken the town of Belo and that nine of its soldiers were killed."
MORE = "The rebels said that they had left it on Sunday, and that nobody had been hurt."
CAPTION = "Soldiers stand at a bridge near Belo, Jan. 17, 2024."
PICTURE = {"uri": "urn:example:pic:1", "type": "picture", "headline": "A bridge", "description_text": CAPTION}

ONE: dict[str, Any] = {
    "uri": "https://wire.example/items/20240117-17",
    "type": "text",
    "version": "2",
    "firstcreated": "2024-01-17T22:10:00+03:00",
    "versioncreated": "2024-01-18T08:05:00+03:00",
    "pubstatus": "usable",
    "language": "en",
    "usageterms": "Not for use after thirty days.",
    "copyrightholder": "The Wire of Belo",
    "byline": "By Ana Roth",
    "located": "BELO",
    "headline": "Army takes the town of Belo",
    "body_text": f"{PROSE}\n\n{MORE}",
    "associations": {"main": PICTURE, "same": PICTURE, "link": {"uri": "urn:x", "type": "text", "headline": "Other"}},
}
TWO: dict[str, Any] = {
    "uri": "urn:newsml:wire.example:20240117:17",
    "versioncreated": "2024-01-18T08:05:00+03:00",
    "contentcreated": "2024-01-17T22:10:00+03:00",
    "by": "Ana Roth",
    "headlines": [{"role": "short", "value": "Belo"}, {"role": "main", "value": "Army takes the town of Belo"}],
    "bodies": [
        {"role": "html", "contenttype": "text/html", "value": "<p>no</p>"},
        {"role": "main", "contenttype": "text/plain", "charcount": 9, "value": f"{PROSE}\n\n{MORE}"},
    ],
    "infosources": [{"name": "Ministry", "rel": "informant"}, {"name": "The Wire of Belo", "rel": "prov:distributor"}],
    "altids": [{"role": "guid", "value": "17"}],
    "associations": [{"type": "picture", "descriptions": [{"contenttype": "text/plain", "value": CAPTION}]}],
}  # fmt: skip
THREE: dict[str, Any] = {
    "uri": "urn:newsml:wire.example:20240117:17",
    "versionCreated": "2024-01-18T08:05:00+03:00",
    "firstCreated": "2024-01-17T22:10:00+03:00",
    "by": "Ana Roth",
    "headlines": [{"value": "Army takes the town of Belo"}],
    "bodies": [{"contentType": "text/plain", "value": f"{PROSE}\n\n{MORE}"}],
    "infoSources": [{"name": "The Wire of Belo"}],
    "associations": [{"type": "picture", "descriptions": [{"contentType": "text/plain", "value": CAPTION}]}],
}  # fmt: skip


def made(*items: object, name: str = "x.json", fields: dict[str, str] | None = None) -> list[Document | Failure]:
    data = "\n".join(json.dumps(item) for item in items).encode()
    return list(Intake(Given(fields=fields or {}), debug=True).source(Raw(name, io.BytesIO(data)), len(data)))


def document(item: dict[str, Any]) -> Document:
    (only,) = made(item)
    assert isinstance(only, Document)
    return only


def failure(item: dict[str, Any]) -> Failure:
    (only,) = made(item)
    assert isinstance(only, Failure)
    return only


@pytest.mark.parametrize("item", [ONE, TWO, THREE], ids=["1", "2", "3"])
def test_every_version_gives_the_same_report(item: dict[str, Any]) -> None:
    found = document(item)
    assert found.text == f"{PROSE}\n\n{MORE}\n\n{CAPTION}"
    assert found.title == "Army takes the town of Belo"
    assert (found.published, found.published_basis) == (date(2024, 1, 17), "meta")
    assert (found.published_at, found.modified) == ("2024-01-17T22:10:00+03:00", "2024-01-18T08:05:00+03:00")
    assert (found.publisher, found.byline) == ("The Wire of Belo", "Ana Roth")
    assert [found.text[r.start : r.end] for r in found.regions if r.kind == "caption"] == [CAPTION]


def test_what_only_some_items_say() -> None:
    found = document(ONE)
    assert (found.dateline, found.url) == ("BELO", "https://wire.example/items/20240117-17")
    assert "terms of use: Not for use after thirty days." in found.notes
    assert document(TWO).url is None
    only_version = {k: v for k, v in ONE.items() if k != "firstcreated"}
    assert document(only_version).published == date(2024, 1, 18)


def test_a_dateline_in_the_text_goes_before_the_place_of_the_item() -> None:
    found = document(ONE | {"body_text": f"GENEVA, Jan. 17 — {PROSE}"})
    assert found.dateline is not None
    assert found.dateline.startswith("GENEVA")


@pytest.mark.parametrize(
    "body",
    [
        {"body_xhtml": f"<p>{PROSE}</p><p>{MORE}</p>"},
        {"body_html": f"{PROSE}<br/><br/>{MORE}"},
        {"body_richtext": f"<div><p>{PROSE}</p><p>{MORE}</p></div>"},
        {
            "bodies": [
                {"contenttype": "application/xhtml+xml", "value": f"<section><p>{PROSE}</p><p>{MORE}</p></section>"}
            ]
        },
        {
            "bodies": [
                {"contenttype": "application/xml", "value": "<x/>"},
                {"role": "main", "value": f"{PROSE}\n\n{MORE}"},
            ]
        },
    ],
)
def test_bodies_of_every_kind(body: dict[str, Any]) -> None:
    bare = {k: v for k, v in ONE.items() if k not in {"body_text", "associations"}}
    found = document(bare | body)
    assert found.text.split("\n\n") == [PROSE, MORE]


def test_captions_of_a_page_are_captions_too() -> None:
    bare = {k: v for k, v in ONE.items() if k != "body_text"} | {"body_xhtml": f"<p>{PROSE}</p><p>{MORE}</p>"}
    found = document(bare)
    assert [found.text[r.start : r.end] for r in found.regions if r.kind == "caption"] == [CAPTION]


@pytest.mark.parametrize("status", ["canceled", "withheld", "Cancelled", "stat:canceled"])
def test_what_its_agency_withdrew_is_passed_over(status: str) -> None:
    found = failure(ONE | {"pubstatus": status})
    assert (found.code, "by its agency" in found.message) == ("withdrawn", True)
    assert found.hint.startswith("none")


def test_a_picture_alone_is_no_report() -> None:
    found = failure(PICTURE | {"versioncreated": "2024-01-18T08:05:00Z"})
    assert (found.code, "picture" in found.message) == ("empty", True)


def test_a_package_gives_its_stories() -> None:
    story = {"uri": "urn:b", "type": "text", "headline": "Rebels leave", "body_text": f"{MORE} {MORE}"}
    gone = {"uri": "urn:c", "type": "text", "pubstatus": "canceled", "body_text": PROSE}
    package = {"uri": "urn:a", "type": "composite", "versioncreated": "2024-01-18T08:05:00Z"}
    found = made(package | {"associations": {"1": ONE, "2": story, "3": gone, "4": PICTURE}})
    assert [f.title for f in found if isinstance(f, Document)] == ["Army takes the town of Belo", "Rebels leave"]
    assert len(found) == 2


def test_other_json_with_an_address_is_no_news_item() -> None:
    assert not is_ninjs({"uri": "https://a.example", "title": "x", "body": PROSE})
    assert not is_ninjs({"uri": "https://a.example", "text": PROSE, "versioncreated": "2024-01-18"})
    assert not is_ninjs({"versioncreated": "2024-01-18", "body_text": PROSE})


def test_a_map_of_the_user_goes_before_the_format() -> None:
    (found,) = made(ONE | {"summary": f"{MORE} {MORE}"}, fields={"text": "summary"})
    assert isinstance(found, Document)
    assert found.text == f"{MORE} {MORE}"


def test_lists_and_lines_of_items() -> None:
    assert len(made([ONE, TWO], THREE)) == 3
    assert len(made({"items": [ONE, TWO, {"uri": "urn:x", "type": "text", "pubstatus": "withheld"}]})) == 3
    assert [f.title for f in made(ONE, TWO, name="x.jsonl") if isinstance(f, Document)] == [
        "Army takes the town of Belo"
    ] * 2


ANY = st.none() | st.integers() | st.text(max_size=8) | st.lists(st.text(max_size=4) | st.none(), max_size=3)
KEYS = st.sampled_from([*ONE, *TWO, *THREE, "body_", "headline_main", "authors", "infosource"])
ITEMS = st.recursive(
    ANY,
    lambda i: st.dictionaries(KEYS, i | st.lists(i, max_size=3), max_size=5) | st.lists(i, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(KEYS, ITEMS, max_size=8))
def test_any_item_gives_documents_or_failures(fields: dict[str, Any]) -> None:
    for found in made({"uri": "urn:x", "pubstatus": "usable"} | fields):
        assert isinstance(found, Document | Failure)
