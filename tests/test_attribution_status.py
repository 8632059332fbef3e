"""Tests of the words that make an event denied, planned or hypothetical, and of those that do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.reader.status import status_cues


def status(text: str, trigger: str, claim_type: str = "") -> str | None:
    at = text.index(trigger)
    return status_cues(text, 0, len(text), at, at + len(trigger), claim_type=claim_type).status


@pytest.mark.parametrize(
    ("text", "trigger", "expected"),
    [
        ("The army did not shell the town.", "shell", "denied"),
        ("The ministry denied that its jets bombed the camp.", "bombed", "denied"),
        ("Oslo denied shelling the port.", "shelling", "denied"),
        ("No attack took place, the mayor said.", "attack", "denied"),
        ("The two leaders canceled the summit.", "summit", "denied"),
        ("The summit was cancelled.", "summit", "denied"),
        ("The militia denied responsibility for the attack.", "attack", None),
        ("The army did not just shell the town.", "shell", None),
        ("The general denied the charge and bombed the camp.", "bombed", None),
        ("Norway will send troops.", "send", "planned"),
        ("The king is expected to visit Cairo.", "visit", "planned"),
        ("Norway plans to send troops.", "send", "planned"),
        ("There are no plans to send troops.", "send", None),
        ("Police banned the planned protest.", "protest", "planned"),
        ("Norway said it would send troops.", "send", "planned"),
        ("Rebels could attack the port.", "attack", "hypothetical"),
        ("Oslo will respond if rebels attack the port.", "attack", "hypothetical"),
        ("Kofi Otu urged the army to withdraw.", "withdraw", "hypothetical"),
        ("The rebels threatened to attack the port.", "attack", "hypothetical"),
        ("Diplomats spoke of a possible strike.", "strike", "hypothetical"),
        ("The army shelled the town.", "shelled", None),
        ("The army, which may leave, shelled the town.", "shelled", None),
    ],
)
def test_cue(text: str, trigger: str, expected: str | None) -> None:
    assert status(text, trigger) == expected


def test_a_refusal_happens_by_being_spoken() -> None:
    text = "Norway will not accept the demand."
    assert status(text, "accept", "REJECT") is None


@given(st.text(max_size=120), st.integers(0, 120), st.integers(0, 10))
def test_any_text_and_place(text: str, at: int, length: int) -> None:
    start = min(at, len(text))
    found = status_cues(text, 0, len(text), start, min(start + length, len(text)))
    assert (found.status is None) == (found.why == "")
