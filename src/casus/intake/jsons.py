"""JSON and JSON lines: one object a report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from casus.errors import FormatError
from casus.intake.build import Source, of_fields
from casus.intake.encoding import decode
from casus.intake.formats import Intake, Made, failure
from casus.intake.kinds import json_values
from casus.intake.raw import Raw
from casus.records import Document

# A file of many reports as one JSON value: what still fits in memory several times over.
MAX_COLLECTION_BYTES = 400_000_000


def read(raw: Raw, intake: Intake) -> Iterator[Made]:
    """Each object of a JSON value, list, or lines."""
    text, notes = decode(raw.data(MAX_COLLECTION_BYTES), html=False, charset=raw.known.charset)
    for number, value in enumerate(json_values(text, raw.name), 1):
        name = f"{raw.name}#{number}"
        if isinstance(value, FormatError):
            yield failure(name, value)
            continue
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            name = f"{raw.name}#{value['id']}"
        yield from intake.item(
            name, _bytes(value), raw.known, _maker(value, Source(name, raw.known, intake.given, notes))
        )


def _bytes(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True).encode()


def _maker(value: Any, source: Source) -> Any:
    def make() -> list[Document]:
        return of_fields(value, source)

    return make
