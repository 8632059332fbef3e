"""Figures: what is counted, what is not, and to which trigger a count belongs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.reader.figures import attach, find, parse_figure, parse_number


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("nine", 9), ("1,200", 1200), ("1.2 million", 1_200_000), ("two hundred and fifty", 250), ("twenty-one", 21),
        ("three thousand four hundred", 3400), ("a dozen", 12), ("two dozen", 24), ("half a dozen", 6), ("no one", 0),
        ("both", 2), ("12", 12), ("dozens", None), ("", None), ("of", None), ("1.5", None), ("-3", None),
    ],
)  # fmt: skip
def test_parse_number(words: str, count: int | None) -> None:
    assert parse_number(words) == count


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [
        ("nine", 9, 9), ("at least nine people", 9, None), ("dozens", 24, None), ("more than 90", 91, None),
        ("up to 40", None, 40), ("as many as 148", None, 148), ("about 40", 40, 40), ("nearly 70", 70, 70),
        ("several", 3, None), ("scores", 40, None), ("hundreds of villagers", 200, None), ("Thousands", 2000, None),
        ("Tens of thousands", 20_000, None), ("a few dozen", 24, None), ("at least two dozen", 24, None),
        ("more than a dozen", 13, None), ("between 150 and 200", 150, 200), ("three to five", 3, 5),
        ("fewer than ten", None, 9), ("upwards of 250,000", 250_000, None), ("no fewer than 12", 12, None),
        ("four women and a child", 5, 5), ("nine men, three women, and 14 children", 26, 26), ("a man", 1, 1),
        ("30 or more", 30, None), ("no one", 0, 0), ("between 500,000 and 1 million", 500_000, 1_000_000),
    ],
)  # fmt: skip
def test_parse_figure(words: str, low: int | None, high: int | None) -> None:
    got = parse_figure(words, "killed")
    assert got is not None
    assert got[:2] == (low, high)


@pytest.mark.parametrize(
    ("words", "count"),
    [("second pilot", 1), ("Colonel Omar Haddad", 1), ("He and his wife", 2), ("him", 1), ("its driver", 1)],
)
def test_people_named_one_by_one_are_counted(words: str, count: int) -> None:
    got = parse_figure(words, "detained")
    assert got is not None
    assert got[:2] == (count, count)


@pytest.mark.parametrize("words", ["", "soldiers", "the village", "killed or wounded 30", "five miles"])
def test_a_phrase_that_counts_no_one(words: str) -> None:
    assert parse_figure(words, "killed") is None


def found(sentence: str) -> list[tuple[str, int | None, int | None, str]]:
    return [(f.measure, f.low, f.high, sentence[f.anchor_start : f.anchor_end]) for f in find(sentence)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("A strike killed nine people and wounded 20.", [("killed", 9, 9, "killed"), ("injured", 20, 20, "wounded")]),
        ("Six guards were killed and 11 others hurt.", [("killed", 6, 6, "killed"), ("injured", 11, 11, "hurt")]),
        ("The blast left 12 dead and 30 injured.", [("killed", 12, 12, "dead"), ("injured", 30, 30, "injured")]),
        ("The raid claimed the lives of six soldiers.", [("killed", 6, 6, "claimed the lives of")]),
        ("The death toll has risen to 31.", [("killed", 31, 31, "death toll")]),
        ("The toll rose from 20 to 31.", [("killed", 31, 31, "toll")]),
        ("Shells hit a market, killing at least nine, including two children.", [("killed", 9, None, "killing")]),
        ("Police arrested 30 marchers.", [("detained", 30, 30, "arrested")]),
        ("Lawyers counted dozens of arrests.", [("detained", 24, None, "arrests")]),
        ("The fighting displaced 40,000 people.", [("displaced", 40_000, 40_000, "displaced")]),
        ("A soldier was killed by a mine.", [("killed", 1, 1, "killed")]),
        ("Nobody was hurt.", [("injured", 0, 0, "hurt")]),
        ("The executions of 48 prisoners shocked the town.", [("killed", 48, 48, "executions")]),
        ("The unit lost five soldiers at the pass.", [("killed", 5, 5, "lost")]),
    ],
)
def test_counted_harm(sentence: str, expected: list[tuple[str, int | None, int | None, str]]) -> None:
    assert found(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "The shelling killed or wounded 30.",
        "He was killed in 2015.",
        "She was killed 15 kilometres from the border.",
        "The colonel, 47, was killed.",
        "Two gunmen killed the mayor.",
        "The jets destroyed 12 tanks.",
        "The army lost 20 positions.",
        "Boys as young as 12 were there; chiefs were arrested.",
        "The bomb killed on June 5.",
        "A 68-page report describes those killed.",
    ],
)
def test_what_is_no_figure(sentence: str) -> None:
    assert found(sentence) == []


def test_words_group_and_running_total() -> None:
    sentence = "At least nine civilians have been killed since March."
    (figure,) = find(sentence)
    assert sentence[figure.start : figure.end] == "At least nine"
    assert (figure.group, figure.qualifier, figure.cumulative) == ("civilians", "at least", True)


def tied(sentence: str, trigger: str, claim_type: str, *others: str) -> list[tuple[str, int | None]]:
    at = sentence.index(trigger)
    spans = [(sentence.index(o), sentence.index(o) + len(o)) for o in others]
    figures = find(sentence)
    got = attach(sentence, 0, len(sentence), at, at + len(trigger), claim_type, figures, spans)
    return [(f.measure, f.low) for f in got]


def test_a_toll_belongs_to_the_event_it_depends_on() -> None:
    sentence = "A drone strike on the depot killed nine and wounded four."
    assert tied(sentence, "strike", "ASSAULT") == [("killed", 9), ("injured", 4)]
    assert tied(sentence, "strike", "CONSULT") == []


def test_with_two_triggers_the_nearest_takes_the_toll() -> None:
    sentence = "After the raid on Tal, rebels shelled the town, killing six."
    assert tied(sentence, "shelled", "ASSAULT", "raid") == [("killed", 6)]
    assert tied(sentence, "raid", "ASSAULT", "shelled") == []


def test_the_harm_word_itself_goes_before_all_others() -> None:
    sentence = "An ambush in which gunmen killed six."
    assert tied(sentence, "killed", "ASSAULT", "ambush") == [("killed", 6)]
    assert tied(sentence, "ambush", "ASSAULT", "killed") == []


def test_coordinated_triggers_share_a_toll() -> None:
    sentence = "The shootings and bombings that killed six went on."
    assert tied(sentence, "shootings", "ASSAULT", "bombings") == [("killed", 6)]


def test_arrests_belong_to_coercion() -> None:
    sentence = "Police stormed the hall and arrested 12 students."
    assert tied(sentence, "arrested", "COERCE") == [("detained", 12)]
    assert tied(sentence, "stormed", "ASSAULT", "arrested") == []


@given(st.text(alphabet=st.sampled_from(list("abe 0123456789,.-–—;“”'\u200f\U0001f4a5\x00")), max_size=120))
def test_odd_text_never_breaks_and_spans_hold(text: str) -> None:
    for figure in find(text + " killed nine " + text):
        assert 0 <= figure.start < figure.end <= 2 * len(text) + 13
        assert figure.low is not None or figure.high is not None


SALAD = [
    "nine", "at", "least", "20", "dozens", "killed", "wounded", "people", "were", "and", "of", "the", "toll", "to",
    "1,200", "a", "man",
]  # fmt: skip


@given(st.lists(st.sampled_from(SALAD), max_size=40))
def test_word_salad_gives_ranges_that_hold(words: list[str]) -> None:
    for figure in find(" ".join(words)):
        assert figure.low is None or figure.high is None or figure.low <= figure.high


def test_a_very_long_sentence_is_read() -> None:
    sentence = "and then, they say, one of them fled, " * 400 + "killing nine people."
    assert ("killed", 9, 9, "killing") in found(sentence)
