"""What the second reader asks and what it takes of an answer: words that stand in the text, and nothing else."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.answers import Answers, key_of
from casus.codebook import Codebook
from casus.errors import AnswerError, DataError
from casus.reader.decode import make_windows
from casus.reader.llm import prompt
from casus.reader.llm.answer import read_answer
from casus.reader.llm.verify import Dropped, ModelDraft, Words, verified
from casus.reader.sentences import split
from casus.records import Document

TEXT = (
    "Iranian forces shelled Turbat on Tuesday, killing “at least nine” people, Pakistan’s army said. "
    "Iran said it shelled no one and would shell\n no one; it shelled nothing. "
    "Clashes followed in Quetta."
)
BOUNDS = [(s.start, s.end) for s in split(TEXT)]
WORDS = Words.of(TEXT, BOUNDS, range(len(BOUNDS)), make_windows(TEXT, BOUNDS, ()))


def claim(**said: Any) -> dict[str, Any]:
    """A claim as a model that behaves gives it, with these fields in their place."""
    usual = {
        "sentence": 1, "quote": "Iranian forces shelled Turbat", "trigger": "shelled", "type": "ASSAULT/heavy-weapons",
        "status": "happened", "actor": ["Iranian forces"], "recipient": [], "place": ["Turbat"], "date": "Tuesday",
        "weapon": None, "killed": "at least nine", "injured": None, "detained": None, "source": [],
        "background": False, "aggregate": False, "confidence": 0.9,
    }  # fmt: skip
    return usual | said


def check(*claims: object) -> tuple[list[ModelDraft], Dropped]:
    return verified(WORDS, read_answer(json.dumps({"claims": claims})))


def role(draft: ModelDraft, name: str) -> list[str]:
    return [TEXT[f.start : f.end] for f in draft.roles.get(name, ())]


def test_what_stands_in_the_text_becomes_a_draft() -> None:
    (draft,), dropped = check(claim())
    assert dropped == Dropped()
    assert (TEXT[draft.start : draft.end], draft.sentence) == ("shelled", 0)
    found = draft.detected
    assert (found.type, found.mode, found.status, found.probability) == ("ASSAULT", "heavy-weapons", "happened", 0.9)
    assert [role(draft, r) for r in ("actor", "place", "date", "killed", "weapon")] == [
        ["Iranian forces"], ["Turbat"], ["Tuesday"], ["at least nine"], [],
    ]  # fmt: skip
    # what later choices are weighed by says the same
    assert draft.chance("actor", 0, 7) > 0.9
    assert draft.chance("recipient", 0, len(TEXT)) < 0.1


@pytest.mark.parametrize(
    "said",
    [
        {"trigger": "bombed"},
        {"trigger": "shell"},  # half a word
        {"trigger": "Shelled"},
        {"trigger": ""},
        {"quote": "Iranian forces brutally shelled Turbat"},
        {"quote": ""},
        {"quote": "x" * 5_000},
        {"sentence": 3},
        {"sentence": 0},
        {"sentence": 99},
        {"sentence": -(10**30)},
    ],
)
def test_a_claim_that_is_not_quoted_from_its_sentence_is_dropped_and_counted(said: dict[str, Any]) -> None:
    drafts, dropped = check(claim(**said), claim())
    assert len(drafts) == 1
    assert dropped == Dropped(unquoted=1)


@pytest.mark.parametrize(
    "said",
    [
        {"type": "BOMB"},
        {"type": None},
        {"status": "maybe"},
        {"status": ["happened"]},
        {"sentence": "1"},
        {"trigger": None},
        {"quote": 7},
        {"quote": TEXT[: BOUNDS[0][1]], "trigger": "Iranian forces shelled Turbat on Tuesday, killing"},
    ],
)
def test_a_claim_of_another_form_is_dropped_and_counted(said: dict[str, Any]) -> None:
    drafts, dropped = check(claim(**said), claim(sentence=3, quote="Clashes followed", trigger="Clashes"), "claim")
    assert [TEXT[d.start : d.end] for d in drafts] == ["Clashes"]
    # the other claim's date and toll stand in another sentence than it does
    assert dropped == Dropped(malformed=2, values=2)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"actor": ["Iranian forces", "Israeli forces"]}, {"actor": ["Iranian forces"]}),
        ({"actor": "Iranian forces"}, {"actor": ["Iranian forces"]}),
        ({"place": ["Karachi"]}, {"place": []}),
        ({"place": ["Turba"]}, {"place": []}),
        ({"killed": 9}, {"killed": []}),
        ({"killed": "Clashes"}, {"killed": []}),
        ({"date": "in Quetta"}, {"date": []}),
        ({"recipient": {"name": "Turbat"}}, {"recipient": []}),
        ({"type": "ASSAULT/visit"}, {"actor": ["Iranian forces"]}),
        ({"confidence": 7}, {"actor": ["Iranian forces"]}),
        ({"confidence": None}, {"actor": ["Iranian forces"]}),
        # a side may be named in another sentence
        ({"place": ["Quetta"], "recipient": ["no one"]}, {"place": ["Quetta"], "recipient": ["no one"]}),
    ],
)
def test_a_value_that_is_not_in_the_text_is_dropped_and_its_claim_kept(
    said: dict[str, Any], kept: dict[str, list[str]]
) -> None:
    (draft,), dropped = check(claim(**said))
    assert {name: role(draft, name) for name in kept} == kept
    whole = said in ({"actor": "Iranian forces"}, {"place": ["Quetta"], "recipient": ["no one"]})
    assert (dropped.claims, dropped.values) == (0, 0 if whole else 1)


def test_offsets_that_a_model_gives_are_not_looked_at() -> None:
    (draft,), _ = check(claim(start=3, end=5, offset=99))
    assert (draft.start, TEXT[draft.start : draft.end]) == (TEXT.index("shelled"), "shelled")


def test_blanks_and_the_shape_of_quotation_marks_make_no_false_quote() -> None:
    (draft,), dropped = check(claim(killed='"at least nine"', source=["Pakistan's army"]))
    assert (role(draft, "killed"), role(draft, "source")) == (["“at least nine”"], ["Pakistan’s army"])
    told = {"sentence": 2, "quote": "would shell no one", "trigger": "shell no", "actor": [], "place": []}
    (draft,), again = check(claim(**told, date=None, killed=None))
    assert TEXT[draft.start : draft.end] == "shell\n no"
    assert (dropped, again) == (Dropped(), Dropped())


def test_a_claim_told_twice_is_one_and_the_quote_says_which_word_is_meant() -> None:
    first, second = {"quote": "it shelled no one"}, {"quote": "it shelled nothing"}
    said = [claim(sentence=2, date=None, killed=None, **q) for q in (first, second, first)]
    drafts, dropped = check(
        *said, claim(type="COERCE"), claim(), claim(quote="forces shelled", trigger="forces shelled")
    )
    assert [d.start for d in drafts] == [m.start() for m in re.finditer("shelled", TEXT)]
    assert dropped == Dropped(repeated=3)


@given(
    st.lists(
        st.builds(
            claim,
            sentence=st.integers(-1, 4) | st.text(max_size=2),
            quote=st.text(max_size=9) | st.sampled_from(TEXT.split()),
            trigger=st.text(max_size=9) | st.sampled_from(TEXT.split()),
            actor=st.lists(st.text(max_size=9) | st.sampled_from(TEXT.split())),
            place=st.none() | st.integers() | st.text(max_size=4),
            confidence=st.floats() | st.none(),
        ),
        max_size=4,
    )
)
def test_whatever_a_model_says_only_words_of_the_text_come_out(claims: list[dict[str, Any]]) -> None:
    try:
        drafts, dropped = check(*claims)
    except AnswerError:
        return
    assert len(drafts) + dropped.claims == len(claims)
    for draft in drafts:
        start, end = BOUNDS[draft.sentence]
        assert start <= draft.start < draft.end <= end
        assert 0 <= draft.detected.probability <= 1
        said = {s for c in claims for s in (c["trigger"], *c["actor"])}
        folded = {"".join(s.translate(str.maketrans("’“”", '\'""')).split()) for s in said}
        spans = [(draft.start, draft.end), *((f.start, f.end) for f in draft.roles.get("actor", ()))]
        for first, last in spans:
            quoted = TEXT[first:last].translate(str.maketrans("’“”", '\'""'))
            assert "".join(quoted.split()) in folded


GOOD = json.dumps({"claims": [claim()]})


@pytest.mark.parametrize(
    "reply",
    [
        GOOD,
        f"```json\n{GOOD}\n```",
        f"Here are the claims:\n\n```\n{GOOD}\n```\nI hope that helps.",
        f"Sure. {GOOD} Anything else?",
        f"<think>Is {{this}} one? No.</think>\n{GOOD}",
        json.dumps([claim()]),
    ],
)
def test_an_answer_is_found_in_what_stands_around_it(reply: str) -> None:
    assert read_answer(reply) == read_answer(GOOD)


@pytest.mark.parametrize(
    "reply",
    [
        "", "  ", "<think>hm</think>", "I cannot help with that.", GOOD[:-20], "{", "null", "7", '"claims"',
        '{"events": []}', '{"claims": "none"}', '{"claims": [1, 2]}', '{"claims": [{"trigger": "shelled"}]}',
        "[" * 100_000, '{"claims": ' + "9" * 5_000 + "}",
    ],
)  # fmt: skip
def test_what_is_no_answer_is_an_error(reply: str) -> None:
    with pytest.raises(AnswerError):
        read_answer(reply)


def test_no_claim_is_an_answer() -> None:
    assert read_answer('{"claims": []}').said == ()


class TestPrompt:
    def test_the_example_keeps_the_rules_that_it_explains(self) -> None:
        system = prompt.system()
        lines = re.findall(r"^\[\d\] (.+)$", system, re.MULTILINE)
        answer = next(line for line in system.splitlines() if line.startswith('{"claims"'))
        text = " ".join(lines)
        bounds = [(text.index(line), text.index(line) + len(line)) for line in lines]
        drafts, dropped = verified(
            Words.of(text, bounds, range(2), make_windows(text, bounds, ())), read_answer(answer)
        )
        assert [text[d.start : d.end] for d in drafts] == ["shelled", "denied", "urged"]
        assert dropped == Dropped()

    def test_the_schema_asks_for_the_codebook_and_for_every_field(self) -> None:
        schema = json.loads(json.dumps(prompt.schema()))
        item = schema["properties"]["claims"]["items"]
        assert set(item["required"]) == set(item["properties"]) == set(claim())
        assert item["additionalProperties"] is False
        kinds = item["properties"]["type"]["enum"]
        assert {"CONSULT", "CONSULT/phone"} <= set(kinds)
        for name, _, mode in (kind.partition("/") for kind in kinds):
            Codebook.load().check(name, mode or None)

    def test_only_the_sentences_that_are_meant_and_the_date_are_shown(self) -> None:
        (question,) = prompt.questions(TEXT, BOUNDS, [0, 2], date(2024, 1, 18))
        first, second, third = question.user.splitlines()
        assert first == "Published 2024-01-18."
        assert second == f"[1] {TEXT[slice(*BOUNDS[0])]}"
        assert third == "[3] Clashes followed in Quetta."

    def test_a_long_document_is_several_questions_that_leave_nothing_out(self) -> None:
        text = " ".join(f"Forces shelled village number {n} of the valley on Tuesday." for n in range(400))
        bounds = [(s.start, s.end) for s in split(text)]
        asked = prompt.questions(text, bounds, range(len(bounds)), None)
        assert [n for q in asked for n in q.numbers] == list(range(len(bounds)))
        assert len(asked) > 2
        assert all(len(q.user) < prompt.MOST_CHARS * 1.2 for q in asked)
        assert prompt.questions(text, bounds, [], None) == []

    def test_a_line_is_a_sentence_whatever_it_holds(self) -> None:
        document = Document.of("The army\r\n\x85shelled \ud800 Zakho.")
        (question,) = prompt.questions(document.text, [(0, len(document.text))], [0], None)
        assert question.user == "[1] The army shelled ? Zakho."


class TestAnswersOnDisk:
    def test_what_was_put_is_got_and_nothing_else(self, tmp_path: Path) -> None:
        answers = Answers(tmp_path / "a" / "b")
        key, other = key_of("one", "two"), key_of("onet", "wo")
        answers.put(key, "réponse \ud800", "m")
        assert (answers.get(key), answers.get(other)) == ("réponse \ud800", None)
        assert [p.suffix for p in tmp_path.rglob("*") if p.is_file()] == [".json"]

    @pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"reply": 3}', b"\xff\xfe", b'{"key": "x", "reply": "y"}'])
    def test_a_damaged_answer_is_none(self, tmp_path: Path, damage: bytes) -> None:
        answers, key = Answers(tmp_path), key_of("one")
        answers.put(key, "reply", "m")
        next(tmp_path.rglob("*.json")).write_bytes(damage)
        assert answers.get(key) is None

    def test_a_folder_that_cannot_be_made_is_told_before_anything_is_asked(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(DataError, match="cannot be kept"):
            Answers(tmp_path / "file" / "answers")
