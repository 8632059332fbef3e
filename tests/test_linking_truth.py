"""What linking makes of incidents that its weights were not fitted on, against what really happened there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casus.world.places import PlaceIndex
from training.fit_linking import figures, held_out, incidents

# as the issue asks for them; tests/floors.json holds what was reached since
ASKED = {"b3_f1": 0.85, "pair_precision": 0.90, "pair_recall": 0.75}
FLOORS = json.loads((Path(__file__).parent / "floors.json").read_text(encoding="utf-8")).get("linking", ASKED)


@pytest.fixture(scope="module")
def reached() -> dict[str, float]:
    """The figures over the annotated claims of all incidents, each linked by weights fitted on the others alone."""
    return figures(held_out(incidents(PlaceIndex.open()), [])["annotated"])


@pytest.mark.parametrize("figure", sorted(ASKED))
def test_incidents_left_out_are_linked_as_well_as_asked(reached: dict[str, float], figure: str) -> None:
    assert reached[figure] >= FLOORS.get(figure, ASKED[figure])


def test_every_annotated_claim_is_counted(reached: dict[str, float]) -> None:
    rows = (Path(__file__).parent / "incidents/claims.jsonl").read_text(encoding="utf-8").splitlines()
    assert reached["claims"] == len(rows)
