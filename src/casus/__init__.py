"""Casus reads news reports and says who says who did what to whom, where and when."""

from casus.errors import CasusError
from casus.pipeline import documents, read, read_document
from casus.records import Claim, Document, Failure, Figure, Participant, Place, Region, Source, Span, When

__version__ = "0.1.0"

__all__ = [
    "CasusError",
    "Claim",
    "Document",
    "Failure",
    "Figure",
    "Participant",
    "Place",
    "Region",
    "Source",
    "Span",
    "When",
    "__version__",
    "documents",
    "read",
    "read_document",
]
