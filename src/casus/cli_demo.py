"""`casus demo`: the reports that ship with Casus, read, and put into a ledger of their own; or copied, to try on."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from casus.cli import Printer, read_found
from casus.cli_base import FINE, say
from casus.config import Config
from casus.errors import OutputError, UsageError
from casus.pipeline import Reading
from casus.records import Failure
from casus.sources import Found, Source

READ = """\
These are reports of our own writing on the strikes that Iran and Pakistan exchanged in January 2024.
Look at who says so: tolls and aims differ from one side to the other, one report denies what another
states, and a call or a plan is not a deed. Every value comes from words in the report; `casus demo
--explain` says which, and `casus read FILE` does the same with reports of your own.
"""
ADDED = """\
The same reports in a ledger: what happened, once each, however many reports tell it. Of {all} events these
{shown} are told by two reports or more, or disputed ("told by" is reports/independent voices):
"""
CLOSING = """\
Nobody's figure is averaged away. `casus add FILE...` makes a ledger of your own reports, `casus events` and
`casus show EVENT` ask it, and `casus settle EVENT killed VALUE` writes down what you decide.
"""
SAVE = "Copy the reports into this folder, to try other commands on; nothing is read."


@click.command("demo", short_help="Read the reports that ship with Casus, and link them to events.")
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each claim instead of the table.")
@click.option("--explain", is_flag=True, help="Below each claim, why it holds each value.")
@click.option("--save", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER", help=SAVE)
def demo(as_json: bool, explain: bool, save: Path | None) -> int:
    """Read the reports that ship with Casus: one exchange of strikes, told by outlets that disagree; and show the
    events that a ledger makes of them.

    \b
    casus demo
    casus demo --explain
    casus demo --save pages
    """
    from casus.samples import samples  # noqa: PLC0415

    if save is not None:
        return _copy(save)
    items = (Source(f"sample {s.file}", s.path, s.published, s.publisher) for s in samples())
    config, printer = Config.load(), _Keeping(as_json, explain)
    code = read_found(Found(tuple(items), ()), config, printer)
    if not as_json:
        click.echo(READ)
    if not as_json and code == FINE:
        _show_ledger(printer.readings, config)
    return code


def _copy(folder: Path) -> int:
    """The reports as files in a folder that holds none of them yet. Raises UsageError where it does, OutputError where
    it cannot be written."""
    from casus.samples import samples  # noqa: PLC0415

    there = next((folder / s.file for s in samples() if (folder / s.file).exists()), None)
    if there is not None:
        raise UsageError(f"{there} is there already", "name another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for sample in samples():
            (folder / sample.file).write_bytes(sample.path.read_bytes())
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror or error}", "name another folder") from error
    say(f"copied {len(samples())} reports to {folder}")
    return FINE


class _Keeping(Printer):
    """Keeps what it prints, so that nothing is read twice."""

    def __init__(self, as_json: bool, explain: bool) -> None:
        super().__init__(as_json, explain)
        self.readings: list[Reading] = []

    def put(self, outcome: Reading | Failure) -> None:
        super().put(outcome)
        if isinstance(outcome, Reading):
            self.readings.append(outcome)


def _show_ledger(readings: Sequence[Reading], config: Config) -> None:
    """The events of the samples that more than one report tells or that are disputed, and one contradiction."""
    from casus.keeping import Keeper, open_ledger  # noqa: PLC0415
    from casus.linking.describe import describe  # noqa: PLC0415
    from casus.show import clean, console  # noqa: PLC0415
    from casus.show_event import short, show_conflict, show_events  # noqa: PLC0415

    with TemporaryDirectory() as folder, open_ledger(Path(folder) / "demo.casus", config, create=True) as ledger:
        with Keeper(ledger, config) as keeper:
            for reading in readings:
                keeper.put(reading)
        every = ledger.events()
    shown = [e for e in every if e.reports_n > 1 or any(c.state == "open" for c in e.conflicts)]
    to = console(sys.stdout)
    click.echo(ADDED.format(all=len(every), shown=len(shown)))
    show_events(to, shown)
    # the toll on which most voices disagree: that of the second strike
    disputed = [(e, c) for e in shown for c in e.conflicts if c.kind == "killed" and c.state == "open"]
    if disputed:
        event, conflict = max(disputed, key=lambda found: sum(o.independent_n for o in found[1].options))
        click.echo(f"\n{short(event.id)}: {clean(describe(event))}")
        show_conflict(to, conflict)
    click.echo(f"\n{CLOSING}")
