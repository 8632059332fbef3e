"""A ledger in the forms of others: one module a format, and here which there are.

    export(ledger, "csv", "events.csv", Filter(country="PAK"))      # one table
    export(ledger, "csv", "out/")                                   # all four, with a codebook
    export(ledger, "parquet", stream, options=Options(table="claims"))

A format is a module with `write(job, out)` (`job.Writer`) and a line in `FORMATS`. What is written is the same, byte
for byte, for the same ledger and the same versions: nothing of the clock or of the machine is in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, cast

from casus.errors import ExportError, UsageError
from casus.export.job import Format, Job, Options, Writer, Written, _quiet
from casus.export.target import into_archive, into_file, into_folder, is_archive, is_folder
from casus.ledger.flat import TABLES, snapshot
from casus.ledger.ledger import Ledger
from casus.ledger.queries import Filter

__all__ = ["FORMATS", "Format", "Job", "Options", "Writer", "Written", "export", "format_of"]

_ALL = tuple(TABLES)

FORMATS: Mapping[str, Format] = {
    f.name: f
    for f in (
        Format("csv", "csv_native", "Tables for spreadsheets and statistics; a folder or .zip: all of them, with a "
               "codebook.", ".csv", _ALL),
        Format("jsonl", "jsonl_native", "A line of JSON each, with all that the ledger holds of it.", ".jsonl", _ALL,
               codebook=False),
        Format("parquet", "parquet", "Typed tables for pandas, polars, R, DuckDB.", ".parquet", _ALL, binary=True),
        Format("geojson", "geojson", "Events on the map, for QGIS and the web (RFC 7946).", ".geojson"),
        Format("xlsx", "xlsx", "One workbook: events, claims, contradictions, documents, codebook.", ".xlsx",
               binary=True),
        Format("acled", "acled", "Events in the shape of ACLED, 31 columns.", ".csv", codebook=False),
        Format("ged", "ged", "Deadly events in the shape of UCDP GED, 49 columns.", ".csv", codebook=False),
        Format("hapi", "hapi", "Counts by division and month in the shape of HDX HAPI, 19 columns.", ".csv",
               codebook=False),
        Format("plover", "plover", "PLOVER records as its manual has them, a line of JSON each; a folder: events and "
               "claims.", ".jsonl", ("events", "claims"), codebook=False),
        Format("gdelt", "gdelt", "Rows as GDELT 2.0 has them; a folder: 61 columns of events, 16 of mentions.", ".tsv",
               ("events", "mentions"), codebook=False),
        Format("ftm", "ftm", "FollowTheMoney entities, a line of JSON each: events, organisations, reports.",
               ".ftm.json"),
        Format("webannotation", "webannotation", "Claims as W3C Web Annotations of their words.", ".jsonld"),
    )
}  # fmt: skip


def format_of(name: str) -> Format:
    """The format of that name. Raises ExportError."""
    found = FORMATS.get(name.lower())
    if found is None:
        raise ExportError(f"there is no format {name!r}", f"one of {', '.join(FORMATS)}")
    return found


def export(
    ledger: Ledger,
    format: str,
    target: str | Path | BinaryIO,
    asked: Filter | None = None,
    options: Options | None = None,
    *,
    overwrite: bool = False,
    on_rows: Callable[[int], None] = _quiet,
) -> Written:
    """Writes what is asked for in that format: to a path, whole or not at all, or into a binary stream.

    A path that ends in `/` or `.zip`, is a folder or has no ending gets all tables of a format that holds one, with a
    codebook. `asked` holds the ledger's own names (`asking.meant`). `on_rows` is told now and then how many rows are
    done. Raises ExportError, UsageError where something is there already and is not to be overwritten, OutputError.
    """
    chosen, job = format_of(format), Job(ledger, asked or Filter(), options or Options(), on_rows)
    _check(chosen, job.options)
    if isinstance(target, str | Path) and Path(target).resolve() == ledger.path.resolve():
        raise UsageError(f"{target} is the ledger itself", "name another file")
    writer = cast(Writer, import_module(f"casus.export.{chosen.module}"))
    with snapshot(ledger):
        if not isinstance(target, str | Path):
            return writer.write(job, target)
        if is_archive(target) and chosen.tables:
            return into_archive(chosen, writer, job, Path(target), overwrite=overwrite)
        if is_folder(target) and chosen.tables:
            return into_folder(chosen, writer, job, Path(target), overwrite=overwrite)
        return into_file(writer, job, Path(target), overwrite=overwrite)


def _check(chosen: Format, options: Options) -> None:
    if options.table is not None and options.table not in chosen.tables:
        hint = f"one of {', '.join(chosen.tables)}" if chosen.tables else "leave out --table"
        raise UsageError(f"{chosen.name} gives no choice of a table {options.table!r}", hint)
