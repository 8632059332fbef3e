"""What is out of scope: reports without politics keep only claims that name an armed or a state's body."""

from __future__ import annotations

import pytest

from casus.records import Claim, Participant, Sector, Span
from casus.scope import in_scope, is_political
from casus.world.actors import ActorBook


def claim(text: str, word: str, sector: Sector, who: str | None) -> Claim:
    start = text.index(word)
    trigger = Span.cut(text, 0, 4)
    side = Participant(Span.cut(text, start, start + len(word)), word, who, sector)
    return Claim(
        id=Claim.make_id("doc_1", trigger, "ASSAULT", "happened"),
        document_id="doc_1",
        sentence=Span.cut(text, 0, len(text)),
        trigger=trigger,
        type="ASSAULT",
        actors=(side,),
    )


@pytest.mark.parametrize(
    ("word", "sector", "who", "kept"),
    [
        ("gunmen", "UAF", None, True),
        ("police", "COP", None, True),
        ("ministry", "GOV", "KEN", True),
        ("ministry", "GOV", None, False),
        ("striker", "CVL", "KEN", False),
        ("it", "MIL", "KEN", False),
    ],
)
def test_a_claim_needs_a_side_that_its_own_words_make_political(
    word: str, sector: Sector, who: str | None, kept: bool
) -> None:
    assert in_scope(claim(f"shot by {word} at noon", word, sector, who)) is kept


@pytest.mark.parametrize(
    ("text", "political"),
    [
        ("The striker hit the post twice before Denmark scored from a corner late in the second half of a dull game "
         "that neither side deserved to win and few in the stands will remember by the time they reach home, "
         "though the keeper may think of his two saves for some years to come", False),
        ("Hezbollah said its men had left the village", True),
        ("Kenya and Uganda closed their border", True),
    ],
)  # fmt: skip
def test_bodies_and_countries_make_a_report_political(text: str, political: bool) -> None:
    assert is_political(ActorBook.load().find(text), len(text.split())) is political
