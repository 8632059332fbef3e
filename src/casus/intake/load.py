"""Bytes in memory -> documents, for whoever has no file: what `formats` does, in one call."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date

from casus.errors import FormatError, IntakeError, kind_of
from casus.intake.formats import Intake
from casus.intake.raw import MAX_BYTES, Given, Raw
from casus.records import Document, Failure

__all__ = ["MAX_BYTES", "document_from_bytes", "documents_from_bytes"]


def document_from_bytes(
    data: bytes,
    *,
    name: str,
    published: date | None = None,
    publisher: str | None = None,
    today: date | None = None,
    limit: int = MAX_BYTES,
) -> Document:
    """The one report in `data`, in any format that is read.

    `name` is the file's name, for messages and where the content leaves a doubt. `published` and `publisher`
    override what the source says. `today` only serves to note a date in the future. `limit` is in bytes.
    Raises EmptyError, ShortError, BinaryError, TooLargeError, EncodingError, LanguageError or FormatError.
    """
    intake = Intake(Given(published, publisher, today, limit), debug=True)
    made = list(intake.source(Raw(name, io.BytesIO(data)), len(data)))
    if len(made) != 1:
        raise FormatError(f"{name} holds {len(made)} documents, not one", "read it as a collection")
    if isinstance(only := made[0], Failure):
        error = kind_of(only.code)(only.message, only.hint)
        assert isinstance(error, IntakeError)
        raise error
    return only


def documents_from_bytes(
    data: bytes,
    *,
    name: str,
    published: date | None = None,
    publisher: str | None = None,
    today: date | None = None,
    limit: int = MAX_BYTES,
) -> Iterator[Document | Failure]:
    """Every report in `data`, in order; one that cannot be read becomes a Failure and stops nothing.

    `limit` is in bytes and for each of them.
    """
    intake = Intake(Given(published, publisher, today, limit), debug=True)
    yield from intake.source(Raw(name, io.BytesIO(data)), len(data))
