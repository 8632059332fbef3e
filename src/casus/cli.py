"""The command line: `casus read`, `codebook`, `doctor`, and where the other commands are. It parses, calls and prints.

Exit codes: 0 fine, 1 error, 2 wrong usage, 3 finished but something failed, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from casus.cli_base import (
    ERROR,
    FAILURES,
    FINE,
    INTERRUPTED,
    PIPE_CLOSED,
    USAGE,
    Progress,
    as_told,
    count,
    map_option,
    say,
    tell,
    tell_failure,
    write_no_more,
)
from casus.config import Config, ReaderName
from casus.errors import OutputError, SecondReaderError, UsageError
from casus.intake.formats import INTERNAL
from casus.intake.tables.fieldmap import parse_map
from casus.pipeline import (
    Reading,
    Reports,
    Tally,
    open_reader,
    opening_notes,
    read_sources,
)
from casus.records import Failure
from casus.sources import Found, Source, find

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "ERROR", "FAILURES", "FINE", "INTERRUPTED", "PIPE_CLOSED", "USAGE", "Printer", "app", "main", "open_reader",
    "read_found", "run",
]  # fmt: skip

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


# Commands of other files, which are loaded when they are asked for, so that `casus read` starts as fast as it can.
ELSEWHERE: Mapping[str, str] = {
    "demo": "casus.cli_demo",
    **dict.fromkeys(("add", "reread", "rebuild"), "casus.cli_add"),
    **dict.fromkeys(("failures", "retry"), "casus.cli_intake"),
    "export": "casus.cli_export",
    "watch": "casus.cli_watch",
    "serve": "casus.cli_serve",
    **dict.fromkeys(("release", "diff", "changes"), "casus.cli_release"),
    **dict.fromkeys(("panel", "plot"), "casus.cli_panel"),
    **dict.fromkeys(("events", "show", "why", "review", "log"), "casus.cli_ledger"),
    **dict.fromkeys(("merge", "split", "reject", "set", "settle", "rename", "undo"), "casus.cli_decide"),
}


class _Commands(click.Group):
    """The commands; each ends quietly when whoever reads its output has seen enough (`casus demo | head`)."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *ELSEWHERE})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        found = import_module(ELSEWHERE[cmd_name])
        return next((c for c in vars(found).values() if isinstance(c, click.Command) and c.name == cmd_name), None)

    def invoke(self, ctx: click.Context) -> object:
        try:
            outcome = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            write_no_more()
            return PIPE_CLOSED
        except OSError as error:
            if error.filename is not None:  # a file that could not be opened: stdout has no name
                raise
            write_no_more()
            raise OutputError(f"the output cannot be written: {error.strerror or error}") from error
        return outcome


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="casus-events", prog_name="casus")
def app() -> None:
    """Read news reports into claims: who says who did what to whom, where and when.

    Everything happens on this machine; nothing is sent anywhere unless you ask for --reader llm.

    \b
    casus demo                        the reports that ship with Casus
    casus read report.txt             a report of your own, as a table
    casus read page.html - --json     a page and standard input, as JSON lines
    casus add reports/                reports into a ledger
    casus events --country Pakistan   what happened, once each
    """


@app.command("read", short_help="Read reports: files, folders, globs, - for standard input.")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--published", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="When they were published.")
@click.option("--publisher", metavar="NAME", help="Who published them.")
@map_option
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each claim, with the words behind it.")
@click.option("--text", "with_text", is_flag=True, help="--json: the report's text in each line, for the offsets.")
@click.option("--explain", is_flag=True, help="Below each claim, why it holds each value.")
@click.option("--actors", type=_FILE, help="Your own actors, laid over the shipped ones.")
@click.option("--places", type=_FILE, help="Your own places, laid over the shipped ones.")
@click.option("--min-confidence", type=click.FloatRange(0, 1), metavar="P", help="Leave out claims below P.")
@click.option("--reader", type=click.Choice(["shipped", "llm"]), help="llm sends sentences to a language model.")
@click.option("--endpoint", metavar="URL", help="llm: its OpenAI-compatible address, http://localhost:11434/v1.")
@click.option("--model", metavar="NAME", help="llm: the model's name there.")
@click.option("--doubt", type=click.FloatRange(0, 1), metavar="D", help="llm: only what the shipped reader doubts.")
@click.option("--max-calls", type=click.IntRange(1), metavar="N", help="llm: stop after N calls (1000).")
@click.option("--max-tokens", type=click.IntRange(1), metavar="N", help="llm: stop after N tokens (2000000).")
def read_command(
    *,
    sources: tuple[str, ...],
    published: datetime | None,
    publisher: str | None,
    fields: tuple[str, ...],
    as_json: bool,
    with_text: bool,
    explain: bool,
    actors: Path | None,
    places: Path | None,
    min_confidence: float | None,
    reader: ReaderName | None,
    endpoint: str | None,
    model: str | None,
    doubt: float | None,
    max_calls: int | None,
    max_tokens: int | None,
) -> int:
    """Read reports into claims.

    A SOURCE is a file (text, a web page, PDF, mail, a feed, a table, JSON, a crawl, an archive of these), a folder,
    which is searched through, a glob, or - for standard input. What cannot be read is named at the end and does not
    stop the rest (exit code 3).

    \b
    casus read report.txt --published 2024-01-18
    casus read saved-pages/ 'feeds/**/*.json' --json > claims.jsonl
    pbpaste | casus read - --explain
    casus read report.txt --reader llm --endpoint http://localhost:11434/v1 --model NAME --doubt 0.3
    """
    asked = {"endpoint": endpoint, "model": model, "doubt": doubt, "max-calls": max_calls, "max-tokens": max_tokens}
    for option, value in asked.items():
        if value is not None and reader != "llm":
            raise UsageError(f"--{option} is for the second reader", "give --reader llm with it")
    if with_text and not as_json:
        raise UsageError("--text is for JSON lines", "give --json with it")
    config = Config.load()
    llm = config.llm.with_options(
        endpoint=endpoint, model=model, doubt=doubt, max_calls=max_calls, max_tokens=max_tokens
    )
    config = config.with_options(actors=actors, places=places, min_confidence=min_confidence, reader=reader, llm=llm)
    found = find(
        sources,
        published=published.date() if published else None,
        publisher=publisher,
        fields=tuple(parse_map(*fields).items()),
    )
    return read_found(found, config, Printer(as_json, explain, with_text))


@app.command(short_help="The types of event, or one of them with its modes.")
@click.argument("type", required=False, metavar="[TYPE]")
def codebook(type: str | None) -> int:
    """List the types of event that a claim can have, or tell about one.

    \b
    casus codebook
    casus codebook assault
    """
    from casus.show import console, show_codebook  # noqa: PLC0415

    show_codebook(console(sys.stdout), type)
    return FINE


@app.command(short_help="Check that everything Casus needs is there.")
def doctor() -> int:
    """Check the model, the place index and the packages, and say where they are.

    \b
    casus doctor
    """
    from casus.doctor import examine  # noqa: PLC0415

    checks = examine()
    for check in checks:
        click.echo(f"{'ok ' if check.good else 'BAD'}  {check.what:<14} {check.found}")
        if check.hint and not check.good:
            click.echo(f"     hint: {check.hint}")
    return FINE if all(check.good for check in checks) else ERROR


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """The `casus` command: runs, and exits with one of the codes above."""
    code = run(arguments)
    if code in (INTERRUPTED, PIPE_CLOSED):
        # at its end Python waits for what is in the encoder, which nobody waits for any more
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command line (the process's own when None) and return its exit code; errors go to stderr."""
    args = None if arguments is None else list(arguments)
    try:
        outcome = app.main(args=args, prog_name="casus", standalone_mode=False)
        return outcome if isinstance(outcome, int) else FINE
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()  # the help, as it is
        return USAGE
    except Exception as error:
        told = as_told(error)
        if told.code == INTERNAL and os.environ.get("CASUS_DEBUG", "") not in ("", "0"):
            raise
        tell(told)
        return USAGE if isinstance(told, UsageError) else ERROR


def read_found(found: Found, config: Config, printer: Printer) -> int:
    """Read, print as it goes, and close with a summary on stderr; an interrupt and the end of a budget keep what was
    done."""
    progress = Progress(sum(isinstance(item, Source) for item in found.items), table=not printer.as_json)
    tally = Tally()
    reader, cut, stop = None, "", None
    try:
        progress.say("loading the model")
        reader = open_reader(config)
        for note in opening_notes(reader):
            progress.clear()
            say(f"note: {note}")
        outcomes = read_sources(
            found.items,
            reader,
            config,
            stdin=sys.stdin.buffer,
            today=date.today(),
            on_source=progress.next,
        )
        for outcome in outcomes:
            progress.clear()
            printer.put(outcome)
            # after it is put out, so that an interrupt never counts what cannot be found in the output
            tally.add(outcome)
    except KeyboardInterrupt:
        cut = "interrupted"
    except SecondReaderError as error:
        cut, stop = "stopped", error
    progress.clear()
    click.echo(_summary(tally, len(found.passed_over), cut), err=True)
    if isinstance(reader, Reports):
        click.echo(reader.report(), err=True)
    if stop is not None:
        tell(stop)
        return FAILURES if tally.documents else ERROR
    if cut:
        return INTERRUPTED
    return FAILURES if tally.failures else FINE


class Printer:
    """Puts readings on stdout, as a table or as JSON lines, and failures on stderr.

    The table shows a document's notes; beside JSON lines they go to stderr too, as a document without claims has
    no line that could hold them.
    """

    def __init__(self, as_json: bool, explain: bool, text: bool = False) -> None:
        self.as_json, self.explain, self.text = as_json, explain, text
        self._console: Console | None = None

    def put(self, outcome: Reading | Failure) -> None:
        if isinstance(outcome, Failure):
            tell_failure(outcome)
        elif self.as_json:
            from casus.jsonl import claim_line  # noqa: PLC0415

            for claim in outcome.claims:
                # bytes, so that the lines are UTF-8 whatever the terminal's encoding
                click.echo(claim_line(outcome.document, claim, text=self.text).encode())
            for note in outcome.document.notes:
                say(f"note {outcome.source} ({outcome.document.id}): {note}")
        else:
            from casus.show import console, show  # noqa: PLC0415 - rich takes a tenth of a second

            self._console = self._console or console(sys.stdout)
            show(self._console, outcome, explain=self.explain)


def _summary(tally: Tally, passed_over: int, cut: str) -> str:
    """What was read, and in a word what cut it short, if anything did."""
    parts = [
        f"{f'{cut}: ' if cut else ''}read {count(tally.documents, 'document')}: "
        f"{count(tally.claims, 'claim')} of {count(tally.events, 'event')}"
    ]
    if tally.failures:
        kinds = ", ".join(f"{number} {code}" for code, number in sorted(tally.failures.items()))
        parts.append(f"{tally.failures.total()} failed ({kinds})")
    if passed_over:
        parts.append(f"{count(passed_over, 'other file')} passed over")
    return "; ".join(parts)
