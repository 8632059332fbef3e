"""What holds of every settled event, whatever its claims."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.events import Choice, Event, Report
from casus.linking.describe import describe
from casus.linking.settle import Settled, settle
from casus.records import Claim, Figure, Measure
from tests.telling import KARACHI, PANJGUR, SARAVAN, SORDO, Side, area, claim, days, figure, point, report

SIDES: list[Side] = [
    ("IRN", "MIL", "Guards"), ("IRN", "GOV", "Iran"), ("PAK", "GOV", "Pakistan"), ("PAK", "CVL", "children"),
    ("PAK", "REB", "rebels"), ("Jaish al-Adl", "REB"), (None, "UAF", "gunmen"), (None, "UNK", "somebody"),
]  # fmt: skip
PLACES = [
    None, point(PANJGUR), point(SORDO), point(KARACHI), point(SARAVAN, "near"), area("Pakistan", "PAK", "country"),
    area("Balochistan", "PAK", "adm1", "Balochistan"), area("eastern Iran", "IRN", "region"),
    area("the Gulf", None, "region"),
]  # fmt: skip
DATES = [
    None, days("2024-01-16"), days("2024-01-17", basis="relative"), days("2024-01-19"),
    days("2024-01-15", "2024-01-21"), days("2023-12-01", "2024-01-31", "publication"),
]  # fmt: skip
SAYS = [None, ("officials", "official"), ("residents", "witness")]
PAPERS = [
    report("a", "2024-01-17", "Dawn", ["publisher:dawn", "agency:AFP"]),
    report("b", "2024-01-18", None),
    report("c", "2024-01-18", "Gulf News", ["agency:AFP"]),
    report("d", None, "Herald", ["publisher:herald"]),
    report("e", "2024-01-20", "Herald", ["publisher:herald"]),
]
REPORTS = {p.document_id: p for p in PAPERS}


# a figure in plain words: low, how far high lies above it (None: open), words, measure, qualifier, group
FIGURES = st.tuples(
    st.none() | st.integers(0, 40),
    st.none() | st.just(0) | st.integers(1, 20),
    st.sampled_from(["nine", "dozens"]),
    st.sampled_from(["killed", "injured"]),
    st.sampled_from([None, "about", "another"]),
    st.sampled_from([None, None, "people", "soldiers", "children"]),
)
# a claim in plain words: records would be told at length where a test fails
PLANS = st.fixed_dictionaries(
    {
        "document": st.sampled_from("abcde"),
        "type": st.sampled_from(["ASSAULT", "ASSAULT", "COERCE", "ACCUSE"]),
        "mode": st.sampled_from([None, "drone", "aerial"]),
        "status": st.sampled_from(["happened", "happened", "denied", "planned"]),
        "by": st.lists(st.sampled_from(SIDES), max_size=2),
        "to": st.lists(st.sampled_from(SIDES), max_size=2),
        "at": st.integers(0, len(PLACES) - 1),
        "on": st.integers(0, len(DATES) - 1),
        "figures": st.lists(FIGURES, max_size=2),
        "says": st.sampled_from(SAYS),
        "aggregate": st.booleans(),
    }
)
EVENTS = st.lists(PLANS, min_size=1, max_size=6)
Plan = dict[str, Any]


def made(plans: list[Plan]) -> list[Claim]:
    """The claims of these plans, all of them different."""
    return [
        claim(
            n=n,
            **plan | {
                "at": PLACES[plan["at"]],
                "on": DATES[plan["on"]],
                "figures": [counted(f) for f in plan["figures"]],
            },
        )
        for n, plan in enumerate(plans)
    ]  # fmt: skip


def counted(told: tuple[int | None, int | None, str, Measure, str | None, str | None]) -> Figure:
    low, above, words, measure, qualifier, group = told
    high = above if low is None else None if above is None else low + above
    low = 0 if low is None and high is None else low
    return figure(low, high, measure=measure, words=words, qualifier=qualifier, group=group)


def quoted(got: Settled) -> set[str]:
    """The ids of all claims that the event points to."""
    ids = [s.claims for s in got.actors + got.recipients] + [f.claims for f in got.figures] + [got.when.claims]
    ids += [got.place.claims] if got.place else []
    return {i for some in ids + [o.claims for c in got.conflicts for o in c.options] for i in some}


@given(EVENTS, st.randoms(use_true_random=False))
def test_the_order_of_claims_never_matters(plans: list[Plan], random: Random) -> None:
    told = made(plans)
    shuffled = list(told)
    random.shuffle(shuffled)
    backwards = dict(reversed(REPORTS.items()))
    assert settle(told, REPORTS) == settle(shuffled, backwards)


@given(EVENTS)
def test_an_event_holds_what_its_claims_hold(plans: list[Plan]) -> None:
    told = made(plans)
    got = settle(told, REPORTS)
    assert quoted(got) <= {c.id for c in told}
    for found in got.figures:
        known = [n for n in (found.low, found.best, found.high) if n is not None]
        assert known
        assert known == sorted(known)
    assert set(got.types) == {c.type for c in told}
    assert got.independent_n <= got.reports_n == len({c.document_id for c in told})
    assert (got.status == "happened") == any(c.status == "happened" for c in told)
    for conflict in got.conflicts:
        assert len({o.value for o in conflict.options}) == len(conflict.options) >= 2
        assert all(1 <= o.independent_n <= got.independent_n for o in conflict.options)


@given(EVENTS)
def test_it_makes_an_event_that_can_be_told(plans: list[Plan]) -> None:
    told = made(plans)
    got = settle(told, REPORTS)
    fields = {f: getattr(got, f) for f in Settled.__slots__}
    assert describe(Event("evt_1", 1, tuple(c.id for c in told), **fields))


@given(EVENTS, st.sampled_from("abcde"))
def test_a_copy_from_the_same_origin_adds_no_voice(plans: list[Plan], copied: str) -> None:
    told = made(plans)
    mine = [c for c in told if c.document_id == copied]
    known = {d: replace(r, origins=(*r.origins, f"copy:{d}")) for d, r in REPORTS.items()}
    known["copy"] = replace(known[copied], document_id="copy", publisher="Another Paper")
    copies = [replace(c, document_id="copy", id=Claim.make_id("copy", c.trigger, c.type, c.status)) for c in mine]
    once, twice = settle(told, known), settle(told + copies, known)
    assert once.independent_n == twice.independent_n
    assert twice.reports_n == once.reports_n + bool(copies)


CHOICES = [
    ("type", "COERCE"), ("status", "denied"), ("actor", "IRQ"), ("recipient", "none"), ("place", "Quetta, PAK"),
    ("date", "2020-02-02"), ("killed", "77"), ("injured", "70-80"), ("conflict:detained", "5"),
    ("conflict:actor", "IRQ"), ("conflict:time", "2020-02-02"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), CHOICES)
@given(plans=EVENTS)
def test_a_choice_always_wins(field: str, value: str, plans: list[Plan]) -> None:
    told = made(plans)
    got = settle(told, REPORTS, [Choice("dec_1", field, value)])
    now = {
        "type": got.types[0],
        "status": got.status,
        "actor": " + ".join(s.who or "?" for s in got.actors),
        "recipient": "none" if not got.recipients else "some",
        "place": f"{got.place.name}, {got.place.iso3}" if got.place else None,
        "time": str(got.when.start),
        "date": str(got.when.start),
    } | {f.measure: str(f.best) if f.low == f.high else f"{f.low}-{f.high}" for f in got.figures}
    assert now[field.removeprefix("conflict:")] == value
    kind = {"date": "time"}.get(field, field.removeprefix("conflict:"))
    assert all((c.state == "settled") == (c.kind == kind) for c in got.conflicts if c.state != "superseded")


def test_a_report_must_be_known() -> None:
    with pytest.raises(KeyError):
        settle([claim("a"), claim("b")], dict[str, Report]())
