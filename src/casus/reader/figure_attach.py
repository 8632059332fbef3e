"""Which counted harms of a sentence belong to which trigger."""

from __future__ import annotations

import re
from collections.abc import Sequence

from casus.reader.figure_find import FigureMention

# What a claim of each type can do to people; other types (talks, threats, aid) carry no counted harm.
_MEASURES = {
    "ASSAULT": frozenset({"killed", "injured", "detained", "displaced", "missing"}),
    "COERCE": frozenset({"detained", "displaced", "missing"}),
    "SANCTION": frozenset({"detained"}),
    "PROTEST": frozenset({"killed", "injured"}),
}
_ABDUCTION = re.compile(r"abduct|kidnap|captur|hostage|captive|prisoner|seiz", re.IGNORECASE)
_NEW_CLAUSE = re.compile(
    r"[;:.?!—“”\"]|\b(?:but|while|whereas|although|though|because|said|says|told|added)\b|,\sand\b"
    r"|\sand\s(?=\w+ed\b)"
)
_ATTRIBUTED = re.compile(r"\b(?:which|that)\b[\w\s,'’.-]{0,50}?\bsaid\b")
_LINK = re.compile(r"(?:;|,?\sand|;\sand)\s*$")
_AND_VERB = re.compile(r"\sand\s(?=\w+ed\b)")
# farther away, in characters, a harm belongs to some other deed; the training reports fall off sharply here
_FAR = 130


def attach(  # noqa: PLR0917
    text: str,
    sentence_start: int,
    sentence_end: int,
    trigger_start: int,
    trigger_end: int,
    claim_type: str,
    figures: Sequence[FigureMention],
    other_triggers: Sequence[tuple[int, int]] = (),
) -> tuple[FigureMention, ...]:
    """The figures that belong to the trigger, at most one a measure.

    The harm word is the trigger itself, or its clause depends on the trigger ("a strike killed nine",
    "hit a village, killing nine"). `other_triggers` are the spans of the sentence's other claims of a
    harmful type: a figure belongs to the nearest fitting one, and to that one alone whose word is its
    harm word. Offsets are code points; nothing is raised on odd spans.
    """
    allowed = _MEASURES.get(claim_type, frozenset())
    chosen: dict[str, tuple[int, FigureMention]] = {}
    for figure in figures:
        if figure.measure not in allowed or not sentence_start <= figure.anchor_start < sentence_end:
            continue
        distance = _distance(text, (trigger_start, trigger_end), figure, claim_type)
        if distance is None:
            continue
        rivals = [_distance(text, other, figure, claim_type) for other in other_triggers]
        pairs = zip(rivals, other_triggers, strict=True)
        mine = (trigger_start, trigger_end)
        if any(
            r is not None and r < distance and (r == 0 or not _coordinated(text, mine, other)) for r, other in pairs
        ):
            continue
        best = chosen.get(figure.measure)
        if best is None or distance < best[0]:
            chosen[figure.measure] = (distance, figure)
    return tuple(sorted((f for _, f in chosen.values()), key=lambda f: f.start))


def _coordinated(text: str, a: tuple[int, int], b: tuple[int, int]) -> bool:
    """ "shootings and attacks that killed nine", "capturing and beheading dozens": what holds of one holds of both."""
    left, right = min(a, b), max(a, b)
    return text[left[1] : right[0]] in {" and ", ", "}


def _distance(text: str, trigger: tuple[int, int], figure: FigureMention, claim_type: str) -> int | None:
    """0 where the harm word is the trigger, else how far apart they stand; None where they are unrelated."""
    start, end = trigger
    if start < figure.anchor_end and figure.anchor_start < end:
        return 0
    anchor = text[figure.anchor_start : figure.anchor_end]
    if claim_type == "SANCTION" and not (anchor.lower().startswith("sentenc") or "row" in anchor):
        return None
    if claim_type == "ASSAULT" and figure.measure == "detained" and not _ABDUCTION.search(anchor):
        return None
    left, right = min(figure.start, figure.anchor_start), max(figure.end, figure.anchor_end)
    if left <= start < right:
        return 1
    gap = text[end:left] if end <= left else text[right:start]
    # the attribution inside "a raid which the army said killed nine", and the link right before the toll
    bare = _ATTRIBUTED.sub("", gap)
    if end <= left:
        bare = _LINK.sub("", bare)
        if anchor.lower().endswith("ing"):
            bare = _AND_VERB.sub(" ", bare)
    if len(gap) > _FAR or _NEW_CLAUSE.search(bare):
        return None
    # an event told before its toll ("a strike killed nine") is commoner than after ("nine died in a strike")
    return 2 + len(gap)
