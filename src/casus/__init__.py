"""Casus reads news reports and says who says who did what to whom, where and when; a ledger keeps what comes of it."""

from casus.errors import CasusError
from casus.events import (
    Conflict,
    ConflictOption,
    Decision,
    Event,
    EventFigure,
    EventPlace,
    EventSide,
    EventWhen,
    Voice,
)
from casus.notebook import Ledger, open
from casus.pipeline import documents, read, read_document
from casus.records import Claim, Document, Failure, Figure, Participant, Place, Region, Source, Span, When

__version__ = "0.1.0"

__all__ = [
    "CasusError",
    "Claim",
    "Conflict",
    "ConflictOption",
    "Decision",
    "Document",
    "Event",
    "EventFigure",
    "EventPlace",
    "EventSide",
    "EventWhen",
    "Failure",
    "Figure",
    "Ledger",
    "Participant",
    "Place",
    "Region",
    "Source",
    "Span",
    "Voice",
    "When",
    "__version__",
    "documents",
    "open",
    "read",
    "read_document",
]
