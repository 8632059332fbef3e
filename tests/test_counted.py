"""Deeds that a sentence tells apart: counted by days, or told as the answer to another."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.reader.counted import Counted, answers, apart, counted, redated, without_mixture
from casus.records import Claim, Figure, Participant, Span, When


def found(text: str, *words: str) -> list[tuple[str, str, int | None]]:
    """What is counted from what, by how many days, between these triggers."""
    triggers = [(m.start(), m.end()) for word in words if (m := re.search(rf"\b{word}\b", text))]
    assert len(triggers) == len(words)
    return [(words[c.of], words[c.by], c.days) for c in counted(text, [(0, len(text))], triggers)]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Jets bombed the port on Monday, three days after a car bomb killed six soldiers.", -3),
        ("Jets bombed the port on Monday, a day after gunmen killed six soldiers.", -1),
        ("Jets bombed the port on Monday, the day after gunmen killed six soldiers.", -1),
        ("Jets bombed the port on Monday, one week after gunmen killed six soldiers.", -7),
        ("Jets bombed the port on Monday, 12 days before gunmen killed six soldiers.", 12),
        ("Jets bombed the port on Monday, a day following the raid that killed six soldiers.", -1),
        ("Jets bombed the port on Monday, nearly two days after gunmen killed six soldiers.", None),
        ("Jets bombed the port on Monday, days after gunmen killed six soldiers.", None),
        ("Jets bombed the port on Monday, several days after gunmen killed six soldiers.", None),
        ("Jets bombed the port on Monday, two weeks after gunmen killed six soldiers.", None),
        ("Jets bombed the port on Monday, hours after gunmen killed six soldiers.", None),
        ("Jets bombed the port on Monday in retaliation for a raid that killed six soldiers.", None),
        ("Jets bombed the port on Monday, responding to a raid that killed six soldiers.", None),
    ],
)
def test_the_deed_behind_is_counted_from_the_one_beside(text: str, days: int | None) -> None:
    assert found(text, "bombed", "killed") == [("killed", "bombed", days)]


def test_where_the_count_opens_the_sentence_the_main_clause_follows() -> None:
    text = "Two days after gunmen killed six soldiers, jets bombed the port, and troops entered it."
    assert found(text, "killed", "bombed", "entered") == [("killed", "bombed", -2)]


@pytest.mark.parametrize(
    "text",
    [
        "Jets bombed the port on Monday and killed six soldiers.",
        "Jets bombed the port, and two days after that gunmen killed six soldiers.",
        "Two days after the vote, jets bombed the port and killed six soldiers.",
        "Jets bombed the port two days after the vote, and gunmen killed six soldiers.",
    ],
)
def test_what_is_not_counted(text: str) -> None:
    assert found(text, "bombed", "killed") == []


def test_other_sentences_count_for_nothing() -> None:
    text = "Jets bombed the port. Two days after the vote gunmen killed six."
    triggers = [(text.index("bombed"), text.index("bombed") + 6), (text.index("killed"), text.index("killed") + 6)]
    assert counted(text, [(0, 21), (22, len(text))], triggers) == []


@pytest.mark.parametrize("word", ["struck back", "hit back", "retaliated", "fired back", "striking back"])
def test_an_answer(word: str) -> None:
    text = f"Two were killed and the army {word} on Monday."
    assert answers(text, text.index(word))
    assert not answers(text, text.index("killed"))
    first, last = (text.index("killed"), text.index("killed") + 6), (text.index(word), text.index(word) + len(word))
    assert counted(text, [(0, len(text))], [first, last]) == [Counted(1, 0, None, last)]


def claim(text: str, word: str, when: When | None = None, **fields: object) -> Claim:
    at = text.index(word)
    trigger = Span.cut(text, at, at + len(word))
    made = Claim(
        id=Claim.make_id("doc_1", trigger, "ASSAULT", "happened"),
        document_id="doc_1",
        sentence=Span.cut(text, 0, len(text)),
        trigger=trigger,
        type="ASSAULT",
        when=when or When(),
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def stated(text: str, word: str, day: date) -> When:
    at = text.index(word)
    return When(day, day, "day", "stated", Span.cut(text, at, at + len(word)), "stated")


TEXT = "Jets bombed the port on Monday, two days after gunmen killed six soldiers."
MONDAY = date(2024, 1, 15)


def test_the_date_of_one_gives_that_of_the_other() -> None:
    bombed, killed = claim(TEXT, "bombed", stated(TEXT, "Monday", MONDAY)), claim(TEXT, "killed")
    spans = [(c.trigger.start, c.trigger.end) for c in (bombed, killed)]
    told = counted(TEXT, [(0, len(TEXT))], spans)
    assert apart(told, [bombed, killed]) == {(spans[0][0], spans[1][0])}
    same, dated = redated(TEXT, [bombed, killed], told)
    assert same == bombed
    assert (dated.when.start, dated.when.precision, dated.when.basis) == (date(2024, 1, 13), "day", "relative")
    assert dated.when.span is not None
    assert dated.when.span.exact == "two days after"


def test_a_date_that_has_no_words_gives_nothing() -> None:
    bombed = claim(TEXT, "bombed", When(MONDAY, MONDAY, "day", "publication"))
    killed = claim(TEXT, "killed")
    told = counted(TEXT, [(0, len(TEXT))], [(c.trigger.start, c.trigger.end) for c in (bombed, killed)])
    assert redated(TEXT, [bombed, killed], told) == [bombed, killed]


def test_who_answers_did_not_do_what_is_answered() -> None:
    text = "Two children were killed and the army struck back with rockets."

    def side(word: str) -> Participant:
        return Participant(Span.cut(text, text.index(word), text.index(word) + len(word)), word)

    dead = Figure("killed", 2, 2, Span.cut(text, 0, 3))
    killed = claim(text, "killed", actors=(side("army"),), recipients=(side("children"),), figures=(dead,))
    back = claim(text, "struck back", actors=(side("army"),), recipients=(side("children"),), figures=(dead,))
    told = counted(text, [(0, len(text))], [(c.trigger.start, c.trigger.end) for c in (killed, back)])
    first, answer = without_mixture(text, [killed, back], told)
    assert (first.actors, first.recipients, first.figures) == ((), killed.recipients, (dead,))
    assert (answer.actors, answer.recipients, answer.figures) == (back.actors, (), ())


@given(st.text(alphabet="ab, .123dayfterwokbc“", max_size=200), st.lists(st.integers(0, 190), max_size=5, unique=True))
def test_any_text_and_triggers(text: str, starts: list[int]) -> None:
    triggers = [(a, a + 2) for a in starts if a + 2 <= len(text)]
    for c in counted(text, [(0, len(text))], triggers):
        assert c.of != c.by
        assert 0 <= c.words[0] < c.words[1] <= len(text)
