"""Linking claims of one document, and what claims take over from each other and from the document."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casus.reader.board import Board, Context
from casus.reader.chooser import Chooser, load_choosers
from casus.reader.decode import Draft
from casus.reader.heads import Detected
from casus.reader.hints import Hints
from casus.reader.inherit import choose, inherit, task_open
from casus.reader.inherit_features import OWN, TASKS, Option, options
from casus.reader.relate import explain, link, load_weights
from casus.reader.relate_words import content_stems, families, stem
from casus.records import Claim, Document, Figure, Participant, Place, Span, When

TEXT = (
    "Seven killed as shells hit market in Norvik.\n"
    "NORVIK, Ruritania — Borduran artillery shelled a market in Norvik on Tuesday, killing seven people.\n"
    "Their shelling began at dawn.\n"
    "Ruritania condemned the attack.\n"
    "In 2009 Syldavian rebels bombed a bridge in Klow."
)


def at(words: str, nth: int = 0, text: str = TEXT) -> Span:
    found = [m.start() for m in re.finditer(re.escape(words), text)]
    return Span.cut(text, found[nth], found[nth] + len(words))


def bounds(text: str = TEXT) -> list[tuple[int, int]]:
    return [m.span() for m in re.finditer(r"[^\n]+", text)]


DOCUMENT = Document.of(TEXT, published=date(2024, 3, 6), published_basis="given")


def claim(trigger: str, type: str = "ASSAULT", nth: int = 0, **fields: Any) -> Claim:
    span = at(trigger, nth)
    sentence = next(b for b in bounds() if b[0] <= span.start < b[1])
    status = fields.get("status", "happened")
    return Claim(
        id=Claim.make_id(DOCUMENT.id, span, type, status), document_id=DOCUMENT.id,
        sentence=Span.cut(TEXT, *sentence), trigger=span, type=type, **fields,
    )  # fmt: skip


def side(words: str, who: str | None, sector: Any = "MIL", nth: int = 0) -> Participant:
    return Participant(at(words, nth), words, who, sector)


NORVIK = Place(at("Norvik", 1), "Norvik", iso3="RUR", precision="exact")
KLOW = Place(at("Klow"), "Klow", iso3="SYL", precision="exact")
TUESDAY = When(date(2024, 3, 5), date(2024, 3, 5), "day", "relative", at("Tuesday"))
SHELLED = claim(
    "shelled", mode="heavy-weapons", actors=(side("Borduran artillery", "BOR"),),
    recipients=(side("seven people", "RUR", "CVL"),), place=NORVIK, when=TUESDAY,
    figures=(Figure("killed", 7, 7, at("seven")),),
)  # fmt: skip
SHELLING = claim("shelling", mode="heavy-weapons")
CONDEMNED = claim("condemned", "ACCUSE", actors=(side("Ruritania", "RUR", "GOV", 1),))
BOMBED = claim(
    "bombed", mode="explosives", actors=(side("Syldavian rebels", "Syldavian Front", "REB"),), place=KLOW,
    when=When(date(2009, 1, 1), date(2009, 12, 31), "year", "stated", at("2009")), background=True,
)  # fmt: skip
CONTEXT = Context(places=(NORVIK, KLOW), dates=(TUESDAY,), dateline=None)


def linked(*claims: Claim) -> list[Claim]:
    labels = link(TEXT, bounds(), claims)
    return [replace(c, event=e) for c, e in zip(claims, labels, strict=True)]


def test_a_retelling_joins_and_other_events_stay_apart() -> None:
    assert link(TEXT, bounds(), [SHELLED, SHELLING, CONDEMNED, BOMBED]) == ["e1", "e1", "e2", "e3"]


def test_labels_follow_the_text_whatever_the_order_given() -> None:
    assert link(TEXT, bounds(), [BOMBED, CONDEMNED, SHELLING, SHELLED]) == ["e3", "e2", "e1", "e1"]


def test_types_never_mix() -> None:
    agree = claim("shelling", "AGREE")
    assert len(set(link(TEXT, bounds(), [SHELLING, agree]))) == 2


def test_no_claims_no_labels() -> None:
    assert link("", [], []) == []


def test_explain_gives_rows_that_add_up_to_the_order_of_the_score() -> None:
    near = sum(v * w for _, v, w in explain(TEXT, bounds(), SHELLED, SHELLING))
    far = sum(v * w for _, v, w in explain(TEXT, bounds(), SHELLED, BOMBED))
    assert near > 0 > far
    names = {name for name, _, _ in explain(TEXT, bounds(), SHELLED, SHELLING)}
    assert {"trigger same", "article back", "mode same"} <= names


def test_explain_does_not_mind_the_order_and_refuses_types() -> None:
    assert explain(TEXT, bounds(), SHELLING, SHELLED) == explain(TEXT, bounds(), SHELLED, SHELLING)
    assert explain(TEXT, bounds(), SHELLED, CONDEMNED)[0][0] == "types differ"


def test_a_retelling_inherits_sides_place_and_date_with_reasons() -> None:
    same = chooser({"none": 1.0, "same event": 3.0, "same event, same role": 3.0})
    claims = linked(SHELLED, SHELLING, CONDEMNED, BOMBED)
    _, found, _, _ = inherit(DOCUMENT, bounds(), claims, CONTEXT, choosers=dict.fromkeys(TASKS, same))
    assert [p.who for p in found.actors] == ["BOR"]
    assert found.place is not None
    assert found.place.name == "Norvik"
    assert (found.when.start, found.when.end) == (date(2024, 3, 5), date(2024, 3, 5))
    assert found.actors[0].why == "actor from sentence 2, same event e1"
    assert found.when.why
    assert found.place.why
    assert any(r.startswith("place from sentence") for r in found.reasons)


def test_values_of_the_clause_itself_are_kept() -> None:
    first, _, accuse, bombed = inherit(DOCUMENT, bounds(), linked(SHELLED, SHELLING, CONDEMNED, BOMBED), CONTEXT)
    assert first == replace(SHELLED, event="e1", recipients=first.recipients)
    assert accuse.actors == CONDEMNED.actors
    assert (bombed.place, bombed.when, bombed.actors) == (KLOW, BOMBED.when, BOMBED.actors)


def test_ids_do_not_move_and_order_stays() -> None:
    given_ = linked(BOMBED, SHELLING, SHELLED)
    assert [c.id for c in inherit(DOCUMENT, bounds(), given_, CONTEXT)] == [c.id for c in given_]


def test_a_bare_country_gives_way_to_a_place_of_the_same_event() -> None:
    country = replace(SHELLING, place=Place(at("Ruritania"), "Ruritania", iso3="RUR", precision="country"))
    first = replace(SHELLED, event="e1")
    _, found = inherit(DOCUMENT, bounds(), [first, replace(country, event="e1")], CONTEXT)
    assert found.place is not None
    assert found.place.name == "Norvik"
    assert "inside Ruritania" in found.place.why


def test_a_pronoun_keeps_its_words_and_takes_the_identity() -> None:
    its = claim("shelling", mode="heavy-weapons", actors=(side("Their", None, "UNK"),))
    found = inherit(DOCUMENT, bounds(), [replace(SHELLED, event="e1"), replace(its, event="e1")], CONTEXT)[1]
    assert [(p.span.exact, p.who) for p in found.actors] == [("Their", "BOR")]


def test_nothing_to_take_leaves_nothing() -> None:
    alone = replace(claim("shelling"), event="e1")
    assert inherit(DOCUMENT, bounds(), [alone], Context()) == [alone]


def test_task_open_is_about_what_is_missing() -> None:
    assert [task_open(SHELLED, t) for t in TASKS] == [False] * 4
    assert [task_open(SHELLING, t) for t in TASKS] == [True] * 4
    unresolved = replace(SHELLING, when=When(span=at("dawn"), why="no day"))
    assert not task_open(unresolved, "date")


def chooser(table: dict[str, float]) -> Chooser:
    """One with a linear path only."""
    rows = np.array([[v, 0.0] for v in table.values()], np.float32)
    zero = np.zeros(1, np.float32)
    return Chooser({k: n for n, k in enumerate(table)}, rows, zero, zero)


def test_equal_values_add_up() -> None:
    table = chooser({"a": 0.5, "none": 1.0})
    none = Option("", None, {"none": 1.0}, "")
    twice = [Option("BOR", NORVIK, {"a": 1.0}, s) for s in ("sentence 1", "sentence 2")]
    assert choose([none, twice[0]], table) is None
    picked = choose([none, *twice], table)
    assert picked is not None
    assert picked.option.group == "BOR"
    assert picked.probability > 0.5


def test_every_option_but_none_has_a_value_and_says_where() -> None:
    board = Board.of(DOCUMENT, bounds(), linked(SHELLED, SHELLING, CONDEMNED, BOMBED), CONTEXT)
    for task in TASKS:
        first, *rest = options(board, 1, task)
        assert first.value is None
        assert rest
        assert all(o.value and o.group and o.said.startswith("sentence") for o in rest)


@pytest.mark.parametrize(
    ("one", "two"),
    [("attacks", "attacked"), ("struck", "strikes"), ("withdrawal", "withdrew"), ("killing", "kills"),
     ("agreement", "agreed"), ("deployment", "deploys"), ("protesters", "protests"), ("death", "died")],
)  # fmt: skip
def test_stems_join_forms_of_a_word(one: str, two: str) -> None:
    assert stem(one) == stem(two)


def test_families_and_content_words() -> None:
    assert "attack" in families(frozenset({stem("airstrikes")}))
    assert families(frozenset({"zzz"})) == frozenset()
    assert content_stems(["The", "attacks", "were", ",", "\x00", "😀"]) == {"attack"}


def test_weights_hold_every_task() -> None:
    assert all("cut" in load_weights()[step] for step in ("link", "again"))
    assert set(load_choosers()) == set(TASKS)


def test_a_chooser_adds_rows_and_bends_them_once() -> None:
    rows = np.array([[1.0, 2.0], [0.5, -3.0]], np.float32)
    made = Chooser({"a": 0, "b": 1}, rows, np.array([0.5], np.float32), np.array([2.0], np.float32))
    assert made.scores([{"a": 1.0}, {"a": 1.0, "b": 2.0}, {"unknown": 9.0}, {}]) == [6.0, 2.0, 1.0, 1.0]


def hints(claim: Claim, **likely: tuple[str, float]) -> Hints:
    """The draft of a claim for which the network gave these words these probabilities of starting a role."""
    a, b = claim.sentence.start, claim.sentence.end
    spans = tuple(m.span() for m in re.compile(r"\w+").finditer(TEXT, a, b))
    starts = {r: tuple(p if TEXT[x:y] == w else 0.01 for x, y in spans) for r, (w, p) in likely.items()}
    detected = Detected(0, 0, claim.type, 0.9, None, "happened", 0.9, 0.1, 0.1)
    named = (side("Ruritania", "RUR", "GOV", 1),) if claim is CONDEMNED else ()
    return Hints(Draft(0, claim.trigger.start, claim.trigger.end, detected, {}, spans, starts), named)


def test_chance_is_that_of_the_likeliest_word_in_a_span() -> None:
    draft = hints(CONDEMNED, actor=("Ruritania", 0.9)).draft
    where = at("Ruritania", 1)
    assert draft.chance("actor", where.start, where.end) == 0.9
    assert draft.chance("actor", where.end, where.end + 5) == 0.01
    assert draft.chance("recipient", where.start, where.end) == 0.0


def test_own_words_and_named_actors_are_options_where_the_network_was_heard() -> None:
    heard = [hints(c, actor=("Ruritania", 0.9)) for c in (SHELLED, SHELLING, CONDEMNED, BOMBED)]
    board = Board.of(DOCUMENT, bounds(), linked(SHELLED, SHELLING, CONDEMNED, BOMBED), CONTEXT, heard)
    own = [o for o in options(board, 2, "actor") if o.said == OWN]
    assert [o.group for o in own] == ["RUR"]
    assert own[0].features["own, surest"] > 0
    named = [o for o in options(board, 2, "recipient") if o.said.endswith("in the sentence")]
    assert [o.group for o in named] == ["RUR"]
    assert named[0].features["named before"] == 1.0


def test_a_value_that_likelier_belongs_elsewhere_is_dropped_with_a_reason() -> None:
    only_none: dict[str, Chooser] = {t: chooser({"none": 9.0}) for t in TASKS}
    given_ = [replace(SHELLED, event="e1")]
    (made,) = inherit(DOCUMENT, bounds(), given_, CONTEXT, hints=[hints(SHELLED)], choosers=only_none)
    assert made.recipients == ()
    assert made.when.start is None
    assert "recipient of its own sentence likelier belongs elsewhere" in made.reasons
    assert (made.actors, made.place) == (SHELLED.actors, NORVIK)
    (kept,) = inherit(DOCUMENT, bounds(), given_, CONTEXT, choosers=only_none)
    assert kept == given_[0]


SPANS = st.lists(st.tuples(st.integers(0, len(TEXT) - 2), st.integers(1, 12)), max_size=8)
TYPES = st.sampled_from(["ASSAULT", "CONSULT", "ACCUSE"])


@settings(max_examples=40, deadline=None)
@given(SPANS, st.lists(TYPES, min_size=8, max_size=8), st.permutations(range(8)))
def test_any_claims_get_labels_that_do_not_depend_on_order(
    spans: list[tuple[int, int]], types: list[str], shuffle: list[int]
) -> None:
    claims: list[Claim] = []
    for (start, length), type in zip(spans, types, strict=False):
        sentence = next((b for b in bounds() if b[0] <= start < b[1]), None)
        if sentence is None:
            continue
        span = Span.cut(TEXT, start, min(start + length, sentence[1]))
        new = Claim.make_id(DOCUMENT.id, span, type, "happened")
        if all(c.id != new for c in claims):
            claims.append(Claim(new, DOCUMENT.id, Span.cut(TEXT, *sentence), span, type))
    labels = link(TEXT, bounds(), claims)
    assert len(labels) == len(claims)
    assert {*labels} == {f"e{n + 1}" for n in range(len({*labels}))}
    by_id = {c.id: e for c, e in zip(claims, labels, strict=True)}
    mixed = [claims[n] for n in shuffle if n < len(claims)]
    assert link(TEXT, bounds(), mixed) == [by_id[c.id] for c in mixed]
    whole = inherit(DOCUMENT, bounds(), [replace(c, event=by_id[c.id]) for c in claims], CONTEXT)
    assert all(TEXT[p.span.start : p.span.end] == p.span.exact for c in whole for p in (*c.actors, *c.recipients))


ODD = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)


@settings(max_examples=40, deadline=None)
@given(ODD)
def test_odd_text_never_fails(text: str) -> None:
    document = Document.of(text)
    spans = [Span.cut(text, n, n + 1) for n in range(min(4, len(text)))]
    claims = [
        Claim(Claim.make_id("d", s, "ASSAULT", "happened"), "d", Span.cut(text, 0, len(text)), s, "ASSAULT")
        for s in spans
    ]
    labels = link(text, [(0, len(text))], claims)
    made = inherit(
        document, [(0, len(text))], [replace(c, event=e) for c, e in zip(claims, labels, strict=True)], Context()
    )
    assert [c.id for c in made] == [c.id for c in claims]
