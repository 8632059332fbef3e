"""Low, best and high of a harm, by the rules at the head of settle_figures."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from casus.events import Conflict, EventFigure
from casus.linking import settle_figures as rules
from casus.linking.settle import settle
from casus.records import Claim, Figure, Measure
from tests.telling import claim, figure, report

AT_LEAST_NINE = figure(9, None, qualifier="at least")
DOZENS = figure(24, None, words="dozens")
UP_TO_40 = figure(None, 40, qualifier="up to")


def told(*days: Sequence[int | Figure]) -> list[tuple[Claim, str]]:
    """A document for each figure, the lists being of successive days."""
    return [
        (claim(f"day{n}-{m}", killed=killed), f"2024-01-{10 + n}")
        for n, day in enumerate(days) for m, killed in enumerate(day)
    ]  # fmt: skip


def killed(pairs: Sequence[tuple[Claim, str | None]]) -> tuple[EventFigure | None, Conflict | None]:
    """The settled toll, and its contradiction, of claims and the days of their reports."""
    known = {c.document_id: report(c.document_id, day) for c, day in pairs}
    got = settle([c for c, _ in pairs], known)
    return (
        next((f for f in got.figures if f.measure == "killed"), None),
        next((c for c in got.conflicts if c.kind == "killed"), None),
    )


def ends(found: EventFigure | None) -> tuple[int | None, int | None, int | None]:
    assert found is not None
    return found.low, found.best, found.high


@pytest.mark.parametrize(
    ("said", "expected", "rule"),
    [
        (9, (9, 9, 9), rules.ONLY),
        (figure(9, 12), (9, 9, 12), rules.ONLY),
        (AT_LEAST_NINE, (9, 9, None), rules.ONLY),
        (DOZENS, (24, None, None), rules.BOUND),
        (figure(24, None, words="at least two dozen", qualifier="at least"), (24, 24, None), rules.ONLY),
        (UP_TO_40, (None, None, 40), rules.BOUND),
    ],
)
def test_a_single_figure(said: int | Figure, expected: tuple[int | None, ...], rule: str) -> None:
    found, conflict = killed(told([said]))
    assert ends(found) == expected
    assert found is not None
    assert found.rule == rule
    assert conflict is None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([AT_LEAST_NINE, 10], (9, 10, 10)),
        ([9, 9], (9, 9, 9)),
        ([figure(9, 12), 10], (9, 10, 12)),
        ([figure(9, 12), figure(11, 14)], (9, 9, 14)),
        ([DOZENS, 31], (31, 31, 31)),
        ([DOZENS, figure(20, None, qualifier="at least")], (20, 20, None)),
        ([UP_TO_40, 30], (30, 30, 40)),
        ([figure(40, qualifier="about"), 43], (40, 43, 43)),
        ([figure(9, None), figure(11, None)], (9, 11, None)),
    ],
)
def test_figures_that_overlap_agree(said: list[int | Figure], expected: tuple[int | None, ...]) -> None:
    found, conflict = killed(told(said))
    assert ends(found) == expected
    assert conflict is None


def test_figures_of_one_day_that_do_not_overlap_contradict() -> None:
    found, conflict = killed(told([9, 10, 9]))
    assert ends(found) == (9, 9, 10)
    assert found is not None
    assert found.rule == rules.VOICES
    assert conflict is not None
    assert [(o.value, o.independent_n) for o in conflict.options] == [("9", 2), ("10", 1)]
    assert conflict.state == "open"


def test_of_even_voices_of_one_day_the_lower_figure_stands() -> None:
    found, _ = killed(told([12, 9]))
    assert ends(found) == (9, 9, 12)
    assert found is not None
    assert found.rule == rules.LOWER


def test_a_toll_that_rises_is_one_series() -> None:
    found, conflict = killed(told([9], [14], [figure(20, None, qualifier="at least")], [31]))
    assert ends(found) == (31, 31, 31)
    assert found is not None
    assert found.rule == rules.LAST
    assert found.claims == (claim("day3-0").id,)
    assert conflict is None


def test_a_dispute_of_one_day_that_later_tolls_replaced_is_superseded() -> None:
    found, conflict = killed(told([9, 14], [31]))
    assert ends(found) == (31, 31, 31)
    assert conflict is not None
    assert (conflict.state, [o.value for o in conflict.options]) == ("superseded", ["9", "14"])
    found, conflict = killed(told([9, 14], [14]))
    assert ends(found) == (14, 14, 14)
    assert conflict is not None
    assert conflict.state == "superseded"


def test_a_lower_figure_said_later_by_another_voice_contradicts() -> None:
    found, conflict = killed(told([31], [9]))
    assert ends(found) == (9, 9, 31)
    assert found is not None
    assert found.rule == rules.LATEST
    assert conflict is not None
    assert [o.value for o in conflict.options] == ["9", "31"]


def test_what_is_repeated_of_a_speaker_is_no_later_word() -> None:
    def by_police(document: str) -> Claim:
        return claim(document, killed=9, says=("the police", "official"))

    pairs: list[tuple[Claim, str | None]] = [
        (by_police("a"), "2024-01-10"),
        (claim("b", killed=31), "2024-01-12"),
        (claim("c", 9, killed=31), "2024-01-20"),
    ]
    found, conflict = killed([*pairs, (by_police("c"), "2024-01-20")])
    assert ends(found) == (31, 31, 31)
    assert conflict is None
    # another speaker's word is its own
    rival = claim("d", killed=9, says=("the ministry", "official"))
    assert killed([*pairs, (rival, "2024-01-20")])[1] is not None


def test_a_range_stands_beside_a_later_number_within_it() -> None:
    found, conflict = killed(told([figure(13, 15)], [14]))
    assert ends(found) == (13, 14, 15)
    assert conflict is None


def test_a_voice_corrects_itself() -> None:
    claims = [claim("a", killed=31), claim("b", killed=9)]
    known = {
        "a": report("a", "2024-01-10", origins=["publisher:x"]),
        "b": report("b", "2024-01-12", origins=["publisher:x"]),
    }
    got = settle(claims, known)
    assert ends(got.figures[0]) == (9, 9, 9)
    assert not got.conflicts


def test_what_one_speaker_says_twice_in_one_report_is_no_contradiction() -> None:
    pairs: list[tuple[Claim, str | None]] = [(claim("a", n, killed=k), "2024-01-10") for n, k in enumerate((9, 10))]
    found, conflict = killed(pairs)
    assert ends(found) == (9, 9, 10)
    assert conflict is None


def test_one_report_that_tells_two_versions_shows_a_contradiction_of_its_sources() -> None:
    rivals: list[tuple[Claim, str | None]] = [
        (claim("a", 0, killed=2, says=("the ministry", "official")), "2024-01-10"),
        (claim("a", 1, killed=4, says=("residents", "witness")), "2024-01-10"),
    ]
    _, conflict = killed(rivals)
    assert conflict is not None
    assert [(o.value, [v.name for v in o.voices]) for o in conflict.options] == [
        ("2", ["the ministry"]),
        ("4", ["residents"]),
    ]


def test_a_copy_with_a_changed_figure_is_in_sight_and_one_voice() -> None:
    claims = [claim("a", killed=9), claim("b", killed=19)]
    known = {d: report(d, origins=["copy:1"]) for d in "ab"}
    (conflict,) = settle(claims, known).conflicts
    assert [(o.value, o.independent_n) for o in conflict.options] == [("9", 1), ("19", 1)]


def test_a_report_without_a_date_supersedes_nothing() -> None:
    found, conflict = killed([(claim("a", killed=31), None), (claim("b", killed=9), "2024-01-10")])
    assert conflict is not None
    assert ends(found) == (9, 9, 31)
    found, conflict = killed([(claim("a", killed=4), None), (claim("b", killed=9), "2024-01-10")])
    assert conflict is None
    assert ends(found) == (9, 9, 9)


# ------------------------------------------------------------------ parts and sums


@pytest.mark.parametrize(
    "part",
    [
        figure(5, group="four women"),
        figure(2, group="soldiers"),
        figure(20, words="another 20", qualifier="another"),
        figure(20, words="20", after=" more people were"),
        figure(20, group="others"),
    ],
)
def test_a_part_of_the_harmed_does_not_compete_with_the_whole(part: Figure) -> None:
    found, conflict = killed(told([9, part]))
    assert ends(found) == (9, 9, 9)
    assert conflict is None


@pytest.mark.parametrize("everybody", ["people", "lives", "fatalities"])
def test_a_noun_for_everybody_makes_no_part(everybody: str) -> None:
    _, conflict = killed(told([9, figure(12, group=everybody)]))
    assert conflict is not None


def test_a_group_that_alone_is_told_is_the_whole() -> None:
    found, conflict = killed(told([figure(9, group="militants"), figure(12, group="militant")]))
    assert ends(found) == (9, 9, 12)
    assert conflict is not None


def test_of_several_groups_the_largest_is_what_is_known() -> None:
    found, conflict = killed(told([figure(9, group="militants"), figure(4, group="children")]))
    assert ends(found) == (9, 9, None)
    assert found is not None
    assert found.rule == rules.GROUP
    assert conflict is None


def test_bounds_of_several_groups_say_nothing_of_all() -> None:
    bounds = [figure(None, 10, group="soldiers"), figure(None, 4, group="children")]
    assert killed(told(bounds)) == (None, None)
    assert ends(killed(told([*bounds, figure(0, group="women")]))[0]) == (0, 0, None)


def test_sums_over_a_period_count_only_where_nothing_else_does() -> None:
    total = (claim("total", killed=4000, aggregate=True), "2024-01-10")
    found, conflict = killed([*told([9]), total])
    assert ends(found) == (9, 9, 9)
    assert conflict is None
    assert ends(killed([total])[0]) == (4000, 4000, 4000)


def test_who_denies_it_counts_nobody() -> None:
    found, _ = killed([(claim("a", killed=9), "2024-01-10"), (claim("b", status="denied", killed=20), "2024-01-10")])
    assert ends(found) == (9, 9, 9)


def test_measures_are_settled_apart() -> None:
    def hurt(n: int, measure: Measure) -> Figure:
        return figure(n, measure=measure)

    got = settle([claim("a", figures=[hurt(3, "injured"), hurt(2, "killed")])], {"a": report("a")})
    assert [(f.measure, f.best) for f in got.figures] == [("killed", 2), ("injured", 3)]
