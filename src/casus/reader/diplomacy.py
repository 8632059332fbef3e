"""Deeds between states and their diplomats, whose type the codebook fixes whatever else the sentence says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from casus.reader.heads import Detected

# the beginning of the trigger -> type and mode, as the codebook has them
_DEEDS = {
    "summon": ("ACCUSE", "disapprove"),
    "recall": ("SANCTION", "withdraw"),
    "expel": ("SANCTION", "expel"),
    "expulsion": ("SANCTION", "expel"),
}
_DIPLOMATS = ("ambassador", "envoy", "diplomat", "chargé", "attaché", "consul", "emissary")
# words on either side of the trigger among which the diplomat stands: "summoned Norvik's most senior diplomat in
# Klow", "the recall of its ambassador", "the ambassador was summoned"; set by hand
_WITHIN = 8


def as_coded(found: Detected, words: Sequence[str]) -> Detected:
    """The trigger with the codebook's type where it summons, recalls or expels a diplomat; else as it is."""
    said = words[found.first].lower()
    coded = next((to for stem, to in _DEEDS.items() if said.startswith(stem)), None)
    if coded is None:
        return found
    near = words[max(0, found.first - _WITHIN) : found.last + 1 + _WITHIN]
    named = any(w.lower().startswith(_DIPLOMATS) for w in near)
    return replace(found, type=coded[0], mode=coded[1]) if named else found
