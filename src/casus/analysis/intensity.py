"""How hostile or friendly an event is, and its quad class, by the codebook: PLOVER's scores on Goldstein's scale.

The scale runs from -10 (most hostile) to 10 (most friendly): Goldstein 1992, "A Conflict-Cooperation Scale for WEIS
Events Data", Journal of Conflict Resolution 36; the scores are those of the PLOVER manual (see `casus.codebook`).
"""

from __future__ import annotations

from functools import cache

from casus.codebook import Codebook, QuadClass
from casus.errors import RecordError

QUADS: tuple[QuadClass, ...] = ("verbal-cooperation", "material-cooperation", "verbal-conflict", "material-conflict")


@cache
def intensity(type: str, mode: str | None = None) -> float:
    """Of the mode where the type has it, else of the type. Raises RecordError for an unknown type."""
    book = Codebook.load()
    try:
        return book.intensity(type, mode)
    except RecordError:
        # a person may have set a type to which the mode does not belong
        return book.intensity(type)


@cache
def quad(type: str) -> QuadClass:
    """The quad class of a type: words or deeds, of cooperation or of conflict. Raises RecordError."""
    return Codebook.load().type(type).quad
