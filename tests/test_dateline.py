"""The date of a dateline is the report's, and of no event."""

from __future__ import annotations

from datetime import date

import pytest

import casus

TOLD = "A roadside bomb exploded near an army convoy on Monday, killing four soldiers, the defence ministry said."


@pytest.mark.parametrize("dateline", ["BELEDWEYNE, Somalia, March 7, 2024 (Reuters) - ", "BELEDWEYNE, Somalia - ", ""])
def test_an_event_is_dated_by_its_own_words(dateline: str) -> None:
    (claim,) = casus.read(dateline + TOLD, published="2024-03-07")
    assert claim.when.start == claim.when.end == date(2024, 3, 4)
