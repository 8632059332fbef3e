"""The command that hands a ledger out in other forms: export."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, get_args

import click

from casus.cli_base import FINE, Progress, count, filter_options, ledger_option, opened, say
from casus.config import Config
from casus.errors import UsageError
from casus.records import Status

if TYPE_CHECKING:
    from casus.export import Written
    from casus.export.job import Part
    from casus.ledger.queries import Filter

TABLES = ("events", "claims", "conflicts", "documents", "mentions")


def _list(context: click.Context, option: click.Parameter, asked: bool) -> None:
    """Says which formats there are, and ends."""
    if not asked or context.resilient_parsing:
        return
    from casus.export import FORMATS  # noqa: PLC0415 - numpy and the rest of linking

    width = max(len(name) for name in FORMATS)
    for found in FORMATS.values():
        click.echo(f"{found.name:{width}}  {found.writes}")
    context.exit()


@click.command("export", short_help="Events, claims and documents as CSV, Parquet, GeoJSON and more.")
@click.argument("format", metavar="FORMAT")
@click.option(
    "--output", "-o", required=True, metavar="FILE", help="Where to: a file, a folder, - for standard output."
)
@click.option("--table", type=click.Choice(TABLES), help="Which table, where the format holds one; events without it.")
@click.option("--with-text", is_flag=True, help="With the texts of documents, and not only quotes.")
@click.option("--areas", is_flag=True, help="geojson: points amid provinces and districts, too.")
@click.option("--hxl", is_flag=True, help="hapi: a row of HXL tags below the headings.")
@click.option("--force", is_flag=True, help="Write over what is there.")
@click.option("--status", type=click.Choice(get_args(Status)), help="Only events of this status.")
@click.option("--list", is_flag=True, expose_value=False, is_eager=True, callback=_list, help="List the formats.")
@filter_options
@ledger_option
def export(
    *,
    format: str,
    output: str,
    table: Part | None,
    with_text: bool,
    areas: bool,
    hxl: bool,
    force: bool,
    status: Status | None,
    asked: Filter,
    ledger: Path | None,
) -> int:
    """Write the events that all the options given fit, or their claims or documents, in another form.

    A file is there whole or not at all. A folder, or a name that ends in .zip, gets all tables of csv, jsonl and
    parquet, with a codebook.

    \b
    casus export --list
    casus export csv -o events.csv --country Pakistan --since 2024-01-16
    casus export parquet -o claims.parquet --table claims
    casus export csv -o strikes/
    """
    from casus.asking import meant  # noqa: PLC0415 - numpy and the rest of linking
    from casus.export import Options, format_of  # noqa: PLC0415
    from casus.export import export as write  # noqa: PLC0415

    config, chosen, asked = Config.load(), format_of(format), replace(asked, status=status)
    progress = Progress(0, table=output == "-")
    with opened(ledger, config) as there:
        target = _stdout(chosen.binary) if output == "-" else output
        done = write(
            there, format, target, meant(there, asked, config), Options(table, with_text, areas, hxl), overwrite=force,
            on_rows=lambda n: progress.say(f"{n:,} rows"),
        )  # fmt: skip
    progress.clear()
    _tell(done, output)
    return FINE


def _stdout(binary: bool) -> BinaryIO:
    """Standard output as bytes. Raises UsageError where these would garble a terminal."""
    if binary and sys.stdout.isatty():
        raise UsageError("this format is not for a terminal", "name a file with -o, or send it on to a program")
    return sys.stdout.buffer


def _tell(done: Written, output: str) -> None:
    words = {"conflicts": "contradiction row", "contradictions": "contradiction row"}
    said = [count(n, words.get(table, table.removesuffix("s"))) for table, n in done.rows.items()]
    say(f"wrote {', '.join(said)}{'' if output == '-' else f' to {output}'}")
    for note in done.notes:
        say(f"note: {note}")
