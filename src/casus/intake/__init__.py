"""Any source -> Document: what it is, which words are the report and which are the page around it."""

from casus.intake.load import MAX_BYTES, document_from_bytes, documents_from_bytes

__all__ = ["MAX_BYTES", "document_from_bytes", "documents_from_bytes"]
