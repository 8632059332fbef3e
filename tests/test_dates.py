"""Dates: found in running text, resolved against an anchor, tied to an event."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.world.date_find import cues, families
from casus.world.dates import DateContext, DateValue, find, inherit, resolve, when_of

# a Wednesday
PUBLISHED = date(2019, 5, 15)
HERE = DateContext(published=PUBLISHED, tense="past")
AHEAD = DateContext(published=PUBLISHED, tense="future")


def days(value: DateValue) -> tuple[str, str] | None:
    return (value.start.isoformat(), value.end.isoformat()) if value.start and value.end else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Shells fell on Tuesday, and last night again.", ["on Tuesday", "last night"]),
        ("They fled late Monday or early Tuesday morning.", ["late Monday", "early Tuesday morning"]),
        ("It began on June 27, 2016.", ["on June 27, 2016"]),
        ("It began on 27 June near the port.", ["on 27 June"]),
        ("Dated 18/01/2024 or 2024-01-18.", ["18/01/2024", "2024-01-18"]),
        ("Since March, and in 2011 and 2013, and this week.", ["Since March", "in 2011 and 2013", "this week"]),
        ("In the past three months and earlier this month.", ["the past three months", "earlier this month"]),
        ("It was Tuesday, Nov. 8, a cold day.", ["Tuesday, Nov. 8"]),
        (
            "Two days after the vote, hours after the count, a year ago.",
            ["Two days after", "hours after", "a year ago"],
        ),
        ("Overnight, over the weekend, in recent days.", ["Overnight", "over the weekend", "in recent days"]),
        ("The 1990s and the 2013 coup.", ["The 1990s", "2013"]),
    ],
)
def test_find(text: str, expected: list[str]) -> None:
    found = [text[m.start : m.end].lower().removeprefix("in ").removeprefix("dated ") for m in find(text)]
    assert found == [e.lower().removeprefix("in ") for e in expected]


@pytest.mark.parametrize(
    "text",
    [
        "They may march again.",
        "He paid $2015 for it.",
        "The Sun wrote that.",
        "2,015 troops and 2000 people",
        "Mark fell second.",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("Wednesday", "2019-05-15", "2019-05-15"),
        ("Tuesday", "2019-05-14", "2019-05-14"),
        ("on Thursday", "2019-05-09", "2019-05-09"),
        ("last Wednesday", "2019-05-08", "2019-05-08"),
        ("late Monday", "2019-05-13", "2019-05-13"),
        ("Friday’s", "2019-05-10", "2019-05-10"),
        ("today", "2019-05-15", "2019-05-15"),
        ("yesterday", "2019-05-14", "2019-05-14"),
        ("overnight", "2019-05-14", "2019-05-15"),
        ("last night", "2019-05-14", "2019-05-15"),
        ("this morning", "2019-05-15", "2019-05-15"),
        ("this week", "2019-05-13", "2019-05-15"),
        ("last week", "2019-05-06", "2019-05-12"),
        ("earlier this week", "2019-05-13", "2019-05-14"),
        ("earlier this month", "2019-05-01", "2019-05-14"),
        ("earlier this year", "2019-01-01", "2019-05-15"),
        ("last month", "2019-04-01", "2019-04-30"),
        ("late last month", "2019-04-21", "2019-04-30"),
        ("last year", "2018-01-01", "2018-12-31"),
        ("in the last year", "2018-05-15", "2019-05-15"),
        ("over the weekend", "2019-05-11", "2019-05-12"),
        ("the past three days", "2019-05-12", "2019-05-15"),
        ("the past five years", "2014-05-15", "2019-05-15"),
        ("10 days ago", "2019-05-05", "2019-05-05"),
        ("two weeks ago", "2019-04-29", "2019-05-05"),
        ("two months ago", "2019-03-01", "2019-03-31"),
        ("six years ago", "2013-01-01", "2013-12-31"),
        ("June 27, 2016", "2016-06-27", "2016-06-27"),
        ("27 June", "2018-06-27", "2018-06-27"),
        ("May 2 and 3 this year", "2019-05-02", "2019-05-03"),
        ("April 27-28", "2019-04-27", "2019-04-28"),
        ("Saturday, May 4, 2019", "2019-05-04", "2019-05-04"),
        ("Nov. 8", "2018-11-08", "2018-11-08"),
        ("18/01/2019", "2019-01-18", "2019-01-18"),
        ("in March", "2019-03-01", "2019-03-31"),
        ("last November", "2018-11-01", "2018-11-30"),
        ("early October", "2018-10-01", "2018-10-10"),
        ("mid-April", "2019-04-11", "2019-04-20"),
        ("the end of January", "2019-01-21", "2019-01-31"),
        ("since March", "2019-03-01", "2019-05-15"),
        ("since the beginning of the year", "2019-01-01", "2019-05-15"),
        ("so far this year", "2019-01-01", "2019-05-15"),
        ("in 2011 and 2013", "2011-01-01", "2013-12-31"),
        ("between January and April", "2019-01-01", "2019-04-30"),
        ("early 2015", "2015-01-01", "2015-04-30"),
        ("spring of 2011", "2011-03-01", "2011-05-31"),
        ("the 1990s", "1990-01-01", "1999-12-31"),
        ("Good Friday", "2019-04-19", "2019-04-19"),
        ("Christmas Eve", "2018-12-24", "2018-12-24"),
        ("World War II", "1939-09-01", "1945-09-02"),
        ("the week of May 6", "2019-05-06", "2019-05-12"),
    ],
)
def test_resolve_told_as_past(words: str, start: str, end: str) -> None:
    assert days(resolve(words, HERE)) == (start, end)


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("Friday", "2019-05-17", "2019-05-17"),
        ("next Monday", "2019-05-20", "2019-05-20"),
        ("next week", "2019-05-20", "2019-05-26"),
        ("June 1", "2019-06-01", "2019-06-01"),
        ("in March", "2020-03-01", "2020-03-31"),
        ("tomorrow", "2019-05-16", "2019-05-16"),
        ("later this month", "2019-05-15", "2019-05-31"),
        ("by the end of the year", "2019-05-15", "2019-12-31"),
        ("within two days", "2019-05-15", "2019-05-17"),
    ],
)
def test_resolve_what_is_to_come(words: str, start: str, end: str) -> None:
    assert days(resolve(words, AHEAD)) == (start, end)


@pytest.mark.parametrize("words", ["Tuesday", "last week", "June 5", "two days ago", "overnight", "since March"])
def test_without_an_anchor_nothing_is_guessed(words: str) -> None:
    value = resolve(words, DateContext())
    assert value.start is None
    assert value.why
    assert value.basis == "none"


@pytest.mark.parametrize(
    "words", ["in recent weeks", "Feb. 30, 2019", "a few months ago", "01/02/2001", "", "the war", "x" * 5000]
)
def test_what_cannot_be_dated_says_why(words: str) -> None:
    value = resolve(words, HERE)
    assert value.start is None
    assert value.why


def test_a_weekday_without_publication_names_the_reason() -> None:
    assert resolve("Tuesday", DateContext()).why == "no publication date to anchor 'Tuesday' on"


def test_the_sentence_tells_the_direction() -> None:
    spoken = DateContext(published=PUBLISHED, sentence="The ministers will meet on Friday in Oslo.")
    assert days(resolve("on Friday", spoken)) == ("2019-05-17", "2019-05-17")
    said = DateContext(published=PUBLISHED, sentence="He said on Friday that they will meet.")
    assert days(resolve("on Friday", said)) == ("2019-05-10", "2019-05-10")


def test_a_reference_anchors_what_counts_from_it() -> None:
    context = DateContext(published=PUBLISHED, tense="past", reference=(date(2019, 5, 3), date(2019, 5, 3)))
    assert days(resolve("two days after", context)) == ("2019-05-05", "2019-05-05")
    assert days(resolve("the next day", context)) == ("2019-05-04", "2019-05-04")
    assert days(resolve("earlier that day", context)) == ("2019-05-03", "2019-05-03")
    assert days(resolve("on the eve of the vote", context)) == ("2019-05-02", "2019-05-02")
    assert days(resolve("since then", context)) == ("2019-05-03", "2019-05-15")
    assert resolve("two days after", HERE).start is None


def test_a_caption_anchors_its_own_words() -> None:
    assert days(resolve("Monday", DateContext(published=PUBLISHED, tense="past", caption=date(2019, 3, 6)))) == (
        "2019-03-04",
        "2019-03-04",
    )


def when(sentence: str, trigger: str) -> tuple[str, str] | None:
    return days(when_of(sentence, 0, len(sentence), sentence.index(trigger), None, DateContext(published=PUBLISHED)))


def test_when_of_takes_the_clause_own_date() -> None:
    assert when("Rebels attacked the base on Monday, after troops shelled a village on Friday.", "attacked") == (
        "2019-05-13",
        "2019-05-13",
    )
    assert when("Rebels attacked the base on Monday, after troops shelled a village on Friday.", "shelled") == (
        "2019-05-10",
        "2019-05-10",
    )
    assert when("In March, the general, a veteran, was killed in a raid.", "killed") == ("2019-03-01", "2019-03-31")
    assert when("Troops shelled a village.", "shelled") is None


def test_when_of_counts_back_from_what_follows() -> None:
    assert when("Mourners gathered two days after gunmen killed the mayor.", "killed") == ("2019-05-13", "2019-05-13")


def test_when_of_uses_the_given_words() -> None:
    text = "Shells fell in April. The town was hit on Monday."
    at = text.index("April")
    context = DateContext(published=PUBLISHED)
    assert days(when_of(text, 22, len(text), text.index("hit"), (at, at + 5), context)) == ("2019-04-01", "2019-04-30")


def test_claims_of_one_event_share_their_date() -> None:
    monday = resolve("Monday", HERE)
    week = resolve("this week", HERE)
    tuesday = resolve("Tuesday", HERE)
    told = [DateValue(), week, monday, monday, tuesday, DateValue(), DateValue()]
    got = inherit(told, ["e1", "e1", "e1", "e1", "e1", "e2", None])
    assert [days(v) for v in got] == [*[days(monday)] * 4, days(tuesday), None, None]
    assert got[0].why == "from another sentence on the same event"
    with pytest.raises(ValueError, match="argument"):
        inherit([DateValue()], [])


@given(st.text(max_size=80), st.dates())
def test_any_words_resolve_to_an_ordered_range_or_a_reason(words: str, published: date) -> None:
    value = resolve(words, DateContext(published=published))
    assert (value.start is None) == (value.end is None)
    assert value.why
    if value.start and value.end:
        assert value.start <= value.end
        assert value.basis != "none"


SALAD = [
    "late", "early", "the", "last", "next", "two", "days", "ago", "after", "since", "Monday", "May", "5", "2016",
    "week", "month", "year", "and", "to", "between",
    "of", "by",
]  # fmt: skip


@given(st.lists(st.sampled_from(SALAD), max_size=12), st.dates(), st.sampled_from(["past", "future", "unknown"]))
def test_word_salad_never_breaks(words: list[str], published: date, tense: str) -> None:
    text = " ".join(words)
    value = resolve(text, DateContext(published=published, tense=tense))  # type: ignore[arg-type]
    assert (value.start is None) == (value.end is None)
    for mention in find(text):
        assert 0 <= mention.start < mention.end <= len(text)


def test_a_very_long_sentence_is_read() -> None:
    text = "and then, as they said, the men went on " * 600 + "on Monday."
    assert [text[m.start : m.end] for m in find(text)] == ["on Monday"]


WORDS_OF_TIME = [
    "midMarch", "lateMay", "downfall", "2011", "the", "Fall", "ſince", "then", "Mon", ",", "May", "in", "9/11", "week",
    "DAY", "MONDAY", "27", "June", "of", "last", "year", "Kweek", "18.01.2024", "a", "few", "mİnutes", "ago", "1990s",
    "19th", "century", "eve", "weekend", "at", "dusk", "so", "far", "this", "'s", "New", "Year's", "Day", "mid-", "\n",
]  # fmt: skip


@given(st.lists(st.sampled_from([*WORDS_OF_TIME, *SALAD]), max_size=10), st.sampled_from(["", " ", "-"]))
def test_no_family_is_passed_over_that_would_match(words: list[str], joint: str) -> None:
    text = joint.join(words)
    found = cues(text)
    for family in families():
        assert family.may_stand(found) or family.pattern.search(text) is None, family


@pytest.mark.parametrize("text", ["in midMarch", "the downfall 2011", "ſince then", "at mİdnight", "on Sun, May 4"])
def test_words_of_time_in_odd_writing_are_seen(text: str) -> None:
    assert find(text)
