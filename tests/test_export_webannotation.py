"""Web Annotations: every selector finds its words again, in code points, whatever the text is made of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.export.webannotation import CONTEXT, annotation
from casus.ledger.ledger import Ledger
from casus.ledger.queries import Filter
from casus.records import Claim, Document
from tests.exported import same_as_golden, sample
from tests.foreign import claim_on, hard, made, masked

# the keys that the Web Annotation Data Model has (and its JSON-LD context), by the type of what they stand in
KEYS = {
    "AnnotationPage": "@context id type items",
    "Annotation": "id type motivation generator body target",
    "Software": "id type name",
    "TextualBody": "type purpose value format",
    "SpecificResource": "type purpose source selector state",
    "Text": "id type language label",
    "TimeState": "type cached sourceDate",
    "TextQuoteSelector": "type exact prefix suffix refinedBy",
    "TextPositionSelector": "type start end refinedBy",
}
MOTIVATIONS = {"classifying", "linking", "tagging", "describing"}
IRI = re.compile(r"(https?://|urn:casus:)[^\s<>\"{}|\\^`]+")


@pytest.fixture(scope="module")
def ledger() -> Iterator[Ledger]:
    with hard() as found:
        yield found


def page(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(data.decode("utf-8", "strict"))
    return found


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object and those within it."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(inner)


def by_position(text: str, selector: dict[str, Any]) -> str:
    """The words that the selector selects, and what refines it within them."""
    found = text[selector["start"] : selector["end"]]
    return by_position(found, selector["refinedBy"]) if "refinedBy" in selector else found


def by_quote(text: str, selector: dict[str, Any]) -> list[int]:
    """Where the words stand that the selector selects, in the whole text; refined within them."""
    before, words = selector["prefix"], selector["exact"]
    whole = before + words + selector["suffix"]
    starts = [at + len(before) for at in range(len(text)) if text.startswith(whole, at)]
    if "refinedBy" not in selector:
        return starts
    return [start + at for start in starts for at in by_quote(words, selector["refinedBy"])]


def test_the_page_is_of_the_data_model(ledger: Ledger) -> None:
    found = page(made(ledger, "webannotation"))
    assert found["@context"] == CONTEXT
    assert found["type"] == "AnnotationPage"
    for one in objects(found):
        assert set(one) <= set(KEYS[one["type"]].split()), one["type"]
        assert "id" not in one or IRI.fullmatch(one["id"])
        assert one.get("purpose", "linking") in MOTIVATIONS
    assert len({a["id"] for a in found["items"]}) == len(found["items"])
    for one in found["items"]:
        assert set(one["motivation"]) <= MOTIVATIONS
        assert one["target"]["source"]["id"]


def test_every_claim_that_counts_is_annotated(ledger: Ledger) -> None:
    claims = [claim for event in ledger.events() for claim in ledger.claims(event.id)]
    found = page(made(ledger, "webannotation"))["items"]
    assert [a["id"] for a in found] == [f"urn:casus:{claim.id}" for claim in claims]
    for one, claim in zip(found, claims, strict=True):
        tags = [body["value"] for body in one["body"] if body.get("purpose") == "tagging"]
        assert tags == [tag for tag in (claim.type, claim.mode, claim.status) if tag]
        event = ledger.event_of(claim.id)
        assert event is not None
        assert one["body"][-1]["source"] == f"urn:casus:{event.id}"


def test_selectors_find_their_words_in_the_documents(ledger: Ledger) -> None:
    for one in page(made(ledger, "webannotation"))["items"]:
        claim = ledger.claim(one["id"].removeprefix("urn:casus:"))
        text = ledger.document(claim.document_id).text
        quote, position = one["target"]["selector"]
        assert quote["exact"] == claim.sentence.exact
        assert by_position(text, position) == claim.trigger.exact
        assert by_quote(text, quote) == [claim.trigger.start]
        assert one["target"]["state"]["cached"] == f"urn:casus:{claim.document_id}"


def test_a_document_without_an_address_is_named_by_its_id(ledger: Ledger) -> None:
    sources = {one["target"]["source"]["id"] for one in page(made(ledger, "webannotation"))["items"]}
    # neither a news group nor an address with blanks in it is an IRI that a program can go to
    assert {"urn:casus:a", "urn:casus:b", "urn:casus:c"} <= sources
    with sample() as other:
        found = page(made(other, "webannotation"))["items"]
        assert "https://example.org/a" in {one["target"]["source"]["id"] for one in found}


def test_the_fields_of_the_claim_are_told_in_json() -> None:
    with sample() as ledger:
        found = page(made(ledger, "webannotation"))["items"]
        one = next(a for a in found if a["target"]["source"]["id"] == "https://example.org/a")
        (told,) = [body for body in one["body"] if body.get("format") == "application/json"]
        fields = json.loads(told["value"])
        text = ledger.document("a").text
        assert [source["kind"] for source in fields["source"]] == ["media", "official"]
        assert (fields["killed"]["low"], fields["injured"]["high"]) == (2, None)
        for part in (*fields["actor"], *fields["recipient"], fields["place"], fields["injured"], fields["weapon"]):
            assert text[part["start"] : part["end"]] == part["text"]
        assert fields["actor"][0]["who"] == "IRN"


def test_rejected_claims_and_texts_stay_behind() -> None:
    with sample() as ledger:
        data = made(ledger, "webannotation")
        assert ledger.rejected()[0].id.encode() not in data
        assert "Other words." not in {one.get("exact") for one in objects(page(data))}


def test_each_annotation_stands_on_a_line(ledger: Ledger) -> None:
    head, *lines, last = made(ledger, "webannotation").decode().rstrip("\n").split("\n")
    assert head.endswith('"items": [')
    assert last == "]}"
    assert [json.loads(line.rstrip(","))["type"] for line in lines] == ["Annotation"] * len(lines)
    with hard() as again:
        assert made(again, "webannotation") == made(ledger, "webannotation")


def test_another_question_is_another_page(ledger: Ledger) -> None:
    all_, none = (page(made(ledger, "webannotation", None, asked)) for asked in (None, Filter(country="FRA")))
    assert none["items"] == []
    assert none["id"] != all_["id"]


@st.composite
def told(draw: st.DrawFn) -> tuple[str, Claim]:
    """A text of any letters, with a claim somewhere in it."""
    text = draw(st.text('ab. 😀é\u2028\n"', min_size=3, max_size=80) | st.text(min_size=3, max_size=80))
    a, b = sorted(draw(st.tuples(st.integers(0, len(text) - 1), st.integers(0, len(text) - 1))))
    c, d = sorted(draw(st.tuples(st.integers(a, b), st.integers(a, b))))
    return text, claim_on(text, (a, b + 1), (c, d + 1))


@given(told())
def test_selectors_find_their_words_in_any_text(made_up: tuple[str, Claim]) -> None:
    text, claim = made_up
    document = Document.of(text, id="d", language="en")
    one = json.loads(json.dumps(annotation(document, claim, "evt_1")))
    quote, position = one["target"]["selector"]
    assert text[position["start"] : position["end"]] == quote["exact"] == claim.sentence.exact
    assert by_position(text, position) == claim.trigger.exact
    at = position["start"] + position["refinedBy"]["start"]
    assert at == claim.trigger.start
    # words that stand there twice, with the same words around them, are found twice
    assert at in by_quote(text, quote)


def test_a_moment_of_fetching_is_told() -> None:
    document = Document.of("It struck.", id="d", retrieved="2024-01-19T00:00:00Z", title="A")
    found = annotation(document, claim_on(document.text, (0, 10), (3, 9)), "evt_1")["target"]
    assert found["state"]["sourceDate"] == "2024-01-19T00:00:00Z"
    assert found["source"]["label"] == "A"
    bare = annotation(replace(document, title=None), claim_on(document.text, (0, 10), (3, 9)), "evt_1")["target"]
    assert "label" not in bare["source"]


def test_golden() -> None:
    with sample() as ledger:
        same_as_golden("webannotation.jsonld", masked(made(ledger, "webannotation")))
