"""What is told of the columns beside their values: Arrow types with descriptions, and the rows of a codebook."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING, BinaryIO

from casus.codebook import Codebook
from casus.ledger.flat import TABLES, Column, columns_of

if TYPE_CHECKING:
    import pyarrow as pa

# how the type of a column is told
TYPES = {"str": "text", "int": "whole number", "float": "number", "bool": "true or false", "date": "date"}
CODEBOOK = ("table", "column", "type", "empty", "meaning")
# high above the number of values that a dictionary pays for
_UNLIKE = {
    "event_id", "claim_id", "document_id", "summary", "quote", "url", "title", "text", "text_sha256", "raw_sha256",
    "claims", "voices", "responds_to", "id", "record",
}  # fmt: skip


@cache  # looking it up takes longer than writing a record
def made_by() -> str:
    """The package and its version."""
    try:
        return f"casus-events {metadata.version('casus-events')}"
    except metadata.PackageNotFoundError:
        return "casus-events"


def arrow_schema(table: str, columns: Sequence[Column], holds: str) -> pa.Schema:
    """The columns as Arrow has them; each has its `description`, the whole its table, what it `holds` and the version
    of Casus."""
    import pyarrow as pa  # noqa: PLC0415 - a quarter of a second

    kinds = {"str": pa.string(), "int": pa.int64(), "float": pa.float64(), "bool": pa.bool_(), "date": pa.date32()}
    fields = [pa.field(c.name, kinds[c.kind], c.optional, {"description": c.meaning}) for c in columns]
    about = {"table": table, "description": holds, "made_by": made_by()}
    return pa.schema(fields, about)


def repeating(columns: Sequence[Column]) -> list[str]:
    """The columns of text whose values come again and again, so that a dictionary of them pays."""
    return [c.name for c in columns if c.kind == "str" and c.name not in _UNLIKE]


def codebook_rows(*, with_text: bool = False) -> list[tuple[str, str, str, str, str]]:
    """Table, column, type, whether it may be empty, and meaning of every column; then the types and modes of events."""
    rows: list[tuple[str, str, str, str, str]] = [
        (table, c.name, TYPES[c.kind], "yes" if c.optional else "no", c.meaning)
        for table in TABLES
        for c in columns_of(table, with_text=with_text)
    ]
    for kind in Codebook.load().types:
        rows.append(("type", kind.name, "value of type", "", kind.definition))
        rows += [("mode", f"{kind.name} {mode.name}", "value of mode", "", mode.definition) for mode in kind.modes]
    return rows


def write_codebook(out: BinaryIO, *, with_text: bool = False, more: Iterable[Sequence[str]] = ()) -> None:
    """The codebook as CSV; `more` are rows of columns that stand in no table of exports."""
    made = io.StringIO(newline="")
    csv.writer(made).writerows([CODEBOOK, *codebook_rows(with_text=with_text), *more])
    out.write(made.getvalue().encode())
