"""Rules of assembling that need no model: whose date a possessive date is, and names cut in two."""

from __future__ import annotations

from datetime import date

import pytest

from casus.assemble import Page
from casus.reader.decode import Draft, Found, without_outcomes
from casus.reader.heads import Detected
from casus.reader.sentences import split
from casus.records import Document
from casus.world.actors import ActorBook
from casus.world.places import PlaceIndex

TEXT = "The strikes follow Tuesday's Kenyan attacks on a camp in South Sudan, which killed six soldiers."


@pytest.fixture(scope="module")
def page() -> Page:
    document = Document.of(TEXT, published=date(2024, 1, 18), published_basis="given")
    index, book = PlaceIndex.open(), ActorBook.load()
    return Page(
        document,
        tuple(split(TEXT)),
        tuple(book.find(TEXT)),
        tuple(index.find(TEXT)),
        None,
        (),
        book,
        index,
        "test",
    )


def draft(word: str, **roles: str) -> Draft:
    """A draft whose trigger is `word` and whose roles are the words given."""
    start = TEXT.index(word)
    detected = Detected(0, 0, "ASSAULT", 0.9, None, "happened", 0.9, 0.1, 0.1)
    found = {r: (Found(TEXT.index(w), TEXT.index(w) + len(w), 0.9),) for r, w in roles.items()}
    return Draft(0, start, start + len(word), detected, found)


def test_a_possessive_date_holds_for_the_deed_behind_it(page: Page) -> None:
    drafts = [draft("strikes", date="Tuesday"), draft("attacks", date="Tuesday")]
    claims = [page.claim(d, drafts) for d in drafts]
    assert claims[0].when.start is None
    assert "right behind" in claims[0].when.why
    assert claims[1].when.start == claims[1].when.end == date(2024, 1, 16)
    assert claims[1].when.span is not None
    assert claims[1].when.span.exact == "Tuesday"


def test_half_a_place_name_grows_whole(page: Page) -> None:
    place = page.claim(draft("attacks", place="South"), []).place
    assert place is not None
    assert (place.span.exact, place.iso3) == ("South Sudan", "SSD")


def test_the_same_words_give_the_same_claim(page: Page) -> None:
    one, two = (page.claim(draft("attacks", actor="Kenyan", recipient="camp"), []) for _ in range(2))
    assert one == two
    assert one.id == two.id
    assert [a.who for a in one.actors] == ["KEN"]


def test_figures_stand_in_the_text(page: Page) -> None:
    claim = page.claim(draft("killed"), [])
    figure = claim.figure("killed")
    assert figure is not None
    assert (figure.low, figure.high) == (6, 6)
    assert TEXT[figure.span.start : figure.span.end] == figure.span.exact


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Gunmen hit the village, killing nine.", ["hit"]),
        ("Gunmen hit the village, looting it and killing nine.", ["hit", "killing"]),
        ("The killing of nine followed.", ["killing"]),
    ],
)
def test_an_outcome_is_no_second_deed(text: str, kept: list[str]) -> None:
    detected = Detected(0, 0, "ASSAULT", 0.9, None, "happened", 0.9, 0.1, 0.1)
    drafts = [Draft(0, text.index(w), text.index(w) + len(w), detected, {}) for w in ("hit", "killing") if w in text]
    assert [text[d.start : d.end] for d in without_outcomes(text, drafts)] == kept
