"""The event-free reports: ten, of the promised length, full of words that look like events."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REPORTS = sorted((Path(__file__).parent / "event_free").glob("*.txt"))
TRAPS = re.compile(
    r"\b(?:attack|strike|struck|battle|fight|fought|fire[ds]?|shot|kill|bomb|clash|siege|war\b|surrender|"
    r"retreat|reject|warn|demand|protest|agree|invad|invasion|hit\b|launch|threat|troops|slam)",
    re.IGNORECASE,
)


def test_there_are_ten() -> None:
    assert len(REPORTS) == 10


@pytest.mark.parametrize("report", REPORTS, ids=lambda path: path.stem)
def test_each_has_its_length_and_its_traps(report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    assert 200 <= len(text.split()) <= 350
    assert len(TRAPS.findall(text)) >= 5
