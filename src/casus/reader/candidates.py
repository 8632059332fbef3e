"""What a claim's sides, place and date can be chosen among: every known actor, place and date that a report names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# in the order that the trained network knows; "reference" is a pronoun or "the group", followed back
KINDS = (
    "country", "demonym", "capital", "organ", "person", "group", "organisation", "media", "reference", "place", "date",
)  # fmt: skip
Kind = Literal[
    "country", "demonym", "capital", "organ", "person", "group", "organisation", "media", "reference", "place", "date",
]  # fmt: skip
TASKS = ("actor", "recipient", "place", "date")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Words `[start, end)` of the text that name a value. `group` says which: candidates of one group name one
    actor ("IRN"), one country as a place or one range of days ("2024-01-16/2024-01-16")."""

    start: int
    end: int
    kind: Kind
    group: str


def fits(kind: str, task: str) -> bool:
    """Whether a candidate of that kind can be a value of that task."""
    if kind in ("place", "date"):
        return kind == task
    return task in ("actor", "recipient")
