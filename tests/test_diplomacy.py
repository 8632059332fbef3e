"""Summoned, recalled and expelled diplomats get the codebook's type; the same verbs of others keep the model's."""

from __future__ import annotations

import pytest

from casus.reader.diplomacy import as_coded
from casus.reader.heads import Detected


def coded(sentence: str, trigger: str) -> tuple[str, str | None]:
    words = sentence.split()
    at = words.index(trigger)
    made = as_coded(Detected(at, at, "COERCE", 0.8, None, "happened", 0.9, 0.1, 0.1), words)
    return made.type, made.mode


@pytest.mark.parametrize(
    ("sentence", "trigger", "type_", "mode"),
    [
        ("Borduria summoned the Syldavian ambassador on Friday", "summoned", "ACCUSE", "disapprove"),
        ("The envoy was summoned to the ministry", "summoned", "ACCUSE", "disapprove"),
        ("Syldavia recalled its chargé d'affaires from Szohôd", "recalled", "SANCTION", "withdraw"),
        ("They demanded the expulsion of four diplomats", "expulsion", "SANCTION", "expel"),
    ],
)
def test_diplomats(sentence: str, trigger: str, type_: str, mode: str) -> None:
    assert coded(sentence, trigger) == (type_, mode)


@pytest.mark.parametrize(
    ("sentence", "trigger"),
    [
        ("Police summoned three editors for questioning", "summoned"),
        ("Villagers were expelled from homes by the army and told then that no ambassador would come", "expelled"),
        ("The army shelled the road to the ambassador", "shelled"),
    ],
)
def test_others(sentence: str, trigger: str) -> None:
    assert coded(sentence, trigger) == ("COERCE", None)
