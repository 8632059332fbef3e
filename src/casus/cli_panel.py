"""The commands that count and draw: panel and plot."""

from __future__ import annotations

import csv
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, get_args

import click
import orjson

from casus.cli_base import FINE, filter_options, json_option, ledger_option, opened, put, say
from casus.config import Config
from casus.errors import UsageError
from casus.records import Measure, Status

if TYPE_CHECKING:
    from casus.analysis.panels import Panel
    from casus.analysis.plots import By
    from casus.analysis.units import Key
    from casus.ledger.queries import Filter

STATUSES = (*get_args(Status), "any")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("panel", short_help="Events by country, province, grid cell, dyad or actor and day to year.")
@click.argument("unit", metavar="UNIT")
@click.argument("time", metavar="TIME")
@click.option("--output", "-o", metavar="FILE", help="Where to: .csv, .parquet, .jsonl; without it CSV, here.")
@click.option("--directed", is_flag=True, help="dyad: of an actor and a recipient, each way apart.")
@click.option("--spread", is_flag=True, help="Share harms out over an event's days; else all on its first day.")
@click.option("--no-fill", is_flag=True, help="No rows of zeros.")
@click.option(
    "--units", type=_FILE, metavar="FILE", help="These units only, from a table with the columns that name them."
)
@click.option("--status", type=click.Choice(STATUSES), default="happened", help="Which status; happened without it.")
@click.option("--umbrella", is_flag=True, help="With events that sum or span incidents.")
@click.option("--force", is_flag=True, help="Write over what is there.")
@filter_options
@ledger_option
@json_option
def panel(
    *,
    unit: str,
    time: str,
    output: str | None,
    directed: bool,
    spread: bool,
    no_fill: bool,
    units: Path | None,
    status: str,
    umbrella: bool,
    force: bool,
    asked: Filter,
    ledger: Path | None,
    as_json: bool,
) -> int:
    """Count events by UNIT (country, admin1, prio-grid, dyad, actor) and TIME (day, week, month, year), zeros included.

    What does not count is told on standard error, with the reason. With -o and --json, that is told on standard output.

    \b
    casus panel country month -o panel.csv --since 2023-01-01 --until 2023-12-31
    casus panel prio-grid year -o cells.parquet --type ASSAULT
    casus panel dyad week --directed --side Iran
    """
    from casus.asking import meant  # noqa: PLC0415 - numpy and the rest of linking
    from casus.notebook.panels import panel_of  # noqa: PLC0415

    config, statuses = Config.load(), None if status == "any" else (status,)
    chosen = None if units is None else _units(units, unit, directed)
    with opened(ledger, config) as there:
        these = meant(there, asked, config)
        made = panel_of(
            there, these, unit, time, since=these.since, until=these.until, directed=directed, statuses=statuses,
            umbrella=umbrella, spread=spread, fill=not no_fill, units=chosen,
        )  # fmt: skip
    _put_panel(made, output, as_json, force)
    return FINE


def _units(path: Path, unit: str, directed: bool) -> list[Key]:
    """The units that a table names. Raises UsageError where it lacks the columns."""
    from casus.analysis.units import key_columns, unit_of  # noqa: PLC0415
    from casus.export.cells import plain_cell  # noqa: PLC0415

    names = key_columns(unit_of(unit), directed)
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
        keys = [tuple(plain_cell(row[name] or "").strip() for name in names) for row in rows]
        return [tuple(int(part) for part in key) for key in keys] if names == ("gid",) else list(keys)
    except (KeyError, ValueError, csv.Error) as error:
        raise UsageError(f"{path} names no units", f"a CSV with the columns {', '.join(names)}") from error


def _put_panel(made: Panel, output: str | None, as_json: bool, force: bool) -> None:
    from casus.export.panel import put_panel, told, write_panel  # noqa: PLC0415

    if output is None or output == "-":
        put_panel(made, _stdout(), "jsonl" if as_json else "csv")
    else:
        write_panel(made, Path(output), overwrite=force)
        if as_json:
            put(orjson.dumps(told(made)).decode())
    for line in made.summary():
        say(line)


def _stdout() -> BinaryIO:
    sys.stdout.flush()
    return sys.stdout.buffer


def _list(context: click.Context, option: click.Parameter, asked: bool) -> None:
    """Says which plots there are, and ends."""
    if not asked or context.resilient_parsing:
        return
    from casus.analysis.plots import PLOTS  # noqa: PLC0415 - numpy and the rest of linking

    width = max(len(name) for name in PLOTS)
    for name, shows in PLOTS.items():
        click.echo(f"{name:{width}}  {shows}")
    context.exit()


@click.command("plot", short_help="Plots as PNG, SVG, HTML or Vega-Lite JSON.")
@click.argument("name", metavar="NAME")
@click.option("--output", "-o", required=True, metavar="FILE", help="Where to: .png, .svg, .html or .json.")
@click.option("--event", metavar="EVENT", help="toll: the event's id, or its first characters.")
@click.option("--measure", type=click.Choice(get_args(Measure)), default="killed", help="toll, sides: of whom.")
@click.option("--by", type=click.Choice(["country", "month"]), default="country", help="contradictions: by what.")
@click.option("--scale", type=click.FloatRange(0.5, 8), default=2.0, metavar="N", help="PNG: dots to a pixel; 2.")
@click.option("--force", is_flag=True, help="Write over what is there.")
@click.option("--list", is_flag=True, expose_value=False, is_eager=True, callback=_list, help="List the plots.")
@filter_options
@ledger_option
def plot(
    *,
    name: str,
    output: str,
    event: str | None,
    measure: Measure,
    by: By,
    scale: float,
    force: bool,
    asked: Filter,
    ledger: Path | None,
) -> int:
    """Draw the plot NAME of the events that all the options given fit. `casus plot --list` says which there are.

    sides and dyad are of the two that --actor and --recipient name, in either direction. Nothing that is drawn needs a
    network, an HTML page neither.

    \b
    casus plot weekly -o weekly.png --country Pakistan
    casus plot toll -o toll.svg --event evt_159467e2
    casus plot dyad -o dyad.html --actor Iran --recipient Pakistan
    """
    from casus.analysis.plots import Wish, draw, name_of  # noqa: PLC0415 - numpy and the rest of linking
    from casus.asking import meant  # noqa: PLC0415
    from casus.export.plot import format_of, write_plot  # noqa: PLC0415

    config, path, found = Config.load(), Path(output), name_of(name)
    format_of(path)
    with opened(ledger, config) as there:
        these = meant(there, asked, config)
        sides = tuple(who for who in (these.actor, these.recipient) if who) if found in ("sides", "dyad") else ()
        these = replace(these, actor=None, recipient=None) if sides else these
        chart = draw(there, found, these, Wish(event, sides, measure, by))
    write_plot(chart, path, scale=scale, overwrite=force)
    for line in chart.title.subtitle:
        say(line)
    return FINE
