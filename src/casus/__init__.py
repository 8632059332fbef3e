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
from casus.notebook import (
    Claims,
    ClaimView,
    Conflicts,
    ConflictView,
    Documents,
    DocumentView,
    Events,
    EventView,
    Ledger,
    Range,
    Speaker,
    open,
)
from casus.pipeline import documents, read, read_document
from casus.records import Claim, Document, Failure, Figure, Participant, Place, Region, Source, Span, When

__version__ = "0.1.0"

__all__ = [
    "CasusError",
    "Claim",
    "ClaimView",
    "Claims",
    "Conflict",
    "ConflictOption",
    "ConflictView",
    "Conflicts",
    "Decision",
    "Document",
    "DocumentView",
    "Documents",
    "Event",
    "EventFigure",
    "EventPlace",
    "EventSide",
    "EventView",
    "EventWhen",
    "Events",
    "Failure",
    "Figure",
    "Ledger",
    "Participant",
    "Place",
    "Range",
    "Region",
    "Source",
    "Span",
    "Speaker",
    "Voice",
    "When",
    "__version__",
    "documents",
    "open",
    "read",
    "read_document",
]
