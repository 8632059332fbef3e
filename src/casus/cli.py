"""The command line: `casus read`, `demo`, `codebook`, `doctor`. It parses, calls and prints.

Exit codes: 0 fine, 1 error, 2 wrong usage, 3 finished but something failed, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from casus.config import Config, ReaderName
from casus.errors import CasusError, OutputError, SecondReaderError, UsageError
from casus.pipeline import (
    INTERNAL,
    INTERNAL_HINT,
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

FINE, ERROR, USAGE, FAILURES, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 3, 130, 141

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class _Commands(click.Group):
    """The commands; each ends quietly when whoever reads its output has seen enough (`casus demo | head`)."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            outcome = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            _write_no_more()
            return PIPE_CLOSED
        except OSError as error:
            if error.filename is not None:  # a file that could not be opened: stdout has no name
                raise
            _write_no_more()
            raise OutputError(f"the output cannot be written: {error.strerror or error}") from error
        return outcome


def _write_no_more() -> None:
    """What is still to be written goes nowhere; else Python complains when it closes stdout."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="casus-events", prog_name="casus")
def app() -> None:
    """Read news reports into claims: who says who did what to whom, where and when.

    Everything happens on this machine; nothing is sent anywhere unless you ask for --reader llm.

    \b
    casus demo                        the reports that ship with Casus
    casus read report.txt             a report of your own, as a table
    casus read page.html - --json     a page and standard input, as JSON lines
    """


@app.command("read", short_help="Read reports: files, folders, globs, - for standard input.")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--published", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="When they were published.")
@click.option("--publisher", metavar="NAME", help="Who published them.")
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

    A SOURCE is a file (text, HTML, JSON, JSON lines), a folder, which is searched through, a glob, or -
    for standard input. What cannot be read is named at the end and does not stop the rest (exit code 3).

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
    found = find(sources, published=published.date() if published else None, publisher=publisher)
    return _read(found, config, _Printer(as_json, explain, with_text))


@app.command(short_help="Read the reports that ship with Casus.")
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each claim instead of the table.")
@click.option("--explain", is_flag=True, help="Below each claim, why it holds each value.")
def demo(as_json: bool, explain: bool) -> int:
    """Read the reports that ship with Casus: one exchange of strikes, told by outlets that disagree.

    \b
    casus demo
    casus demo --explain
    """
    from casus.samples import samples  # noqa: PLC0415

    items = (Source(f"sample {s.file}", s.path, s.published, s.publisher) for s in samples())
    code = _read(Found(tuple(items), ()), Config.load(), _Printer(as_json, explain))
    if not as_json:
        click.echo(DEMO_CLOSING)
    return code


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


DEMO_CLOSING = """\
These are reports of our own writing on the strikes that Iran and Pakistan exchanged in January 2024.
Look at who says so: tolls and aims differ from one side to the other, one report denies what another
states, and a call or a plan is not a deed. Every value comes from words in the report; `casus demo
--explain` says which, and `casus read FILE` does the same with reports of your own.
"""


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
        told = _told(error)
        if told.code == INTERNAL and os.environ.get("CASUS_DEBUG", "") not in ("", "0"):
            raise
        _tell(told)
        return USAGE if isinstance(told, UsageError) else ERROR


def _tell(told: CasusError) -> None:
    _say(f"error [{told.code}] {told.message}")
    if told.hint:
        _say(f"  hint: {told.hint}")


def _say(words: str) -> None:
    """A line on stderr, without what a name in it, from a file or a document, would do to a terminal."""
    from casus.show import harmless  # noqa: PLC0415 - rich takes a tenth of a second

    click.echo(harmless(words), err=True)


def _told(error: Exception) -> CasusError:
    """The error in the form in which all are told: code, message, hint."""
    if isinstance(error, CasusError):
        return error
    if isinstance(error, click.ClickException):
        context = error.ctx if isinstance(error, click.UsageError) else None
        hint = f"see `{context.command_path if context else 'casus'} --help`"
        return UsageError(error.format_message(), hint)
    fault = CasusError(f"{type(error).__name__}: {error}", INTERNAL_HINT)
    fault.code = INTERNAL
    return fault


def _read(found: Found, config: Config, printer: _Printer) -> int:
    """Read, print as it goes, and close with a summary on stderr; an interrupt and the end of a budget keep what was
    done."""
    progress = _Progress(sum(isinstance(item, Source) for item in found.items), quiet=not printer.as_json)
    tally = Tally()
    reader, cut, stop = None, "", None
    try:
        progress.say("loading the model")
        reader = open_reader(config)
        for note in opening_notes(reader):
            progress.clear()
            _say(f"note: {note}")
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
        _tell(stop)
        return FAILURES if tally.documents else ERROR
    if cut:
        return INTERRUPTED
    return FAILURES if tally.failures else FINE


class _Printer:
    """Puts readings on stdout, as a table or as JSON lines, and failures on stderr.

    The table shows a document's notes; beside JSON lines they go to stderr too, as a document without claims has
    no line that could hold them.
    """

    def __init__(self, as_json: bool, explain: bool, text: bool = False) -> None:
        self.as_json, self.explain, self.text = as_json, explain, text
        self._console: Console | None = None

    def put(self, outcome: Reading | Failure) -> None:
        if isinstance(outcome, Failure):
            _say(f"failed {outcome.item}: [{outcome.code}] {outcome.message}")
            if outcome.hint:
                _say(f"  hint: {outcome.hint}")
        elif self.as_json:
            from casus.jsonl import claim_line  # noqa: PLC0415

            for claim in outcome.claims:
                # bytes, so that the lines are UTF-8 whatever the terminal's encoding
                click.echo(claim_line(outcome.document, claim, text=self.text).encode())
            for note in outcome.document.notes:
                _say(f"note {outcome.source} ({outcome.document.id}): {note}")
        else:
            from casus.show import console, show  # noqa: PLC0415 - rich takes a tenth of a second

            self._console = self._console or console(sys.stdout)
            show(self._console, outcome, explain=self.explain)


class _Progress:
    """One line on stderr that is written over; only on a terminal, and not among the rows of a table."""

    def __init__(self, total: int, *, quiet: bool) -> None:
        self.total, self.done = total, 0
        table_here = quiet and sys.stdout.isatty()
        self.on = sys.stderr.isatty() and not table_here

    def next(self, source: Source) -> None:
        self.done += 1
        self.say(f"{self.done}/{self.total} {source.name}")

    def say(self, words: str) -> None:
        if self.on:
            from casus.show import harmless  # noqa: PLC0415 - rich takes a tenth of a second

            click.echo(f"\r\x1b[K{harmless(words)[:78]}", nl=False, err=True)

    def clear(self) -> None:
        if self.on:
            click.echo("\r\x1b[K", nl=False, err=True)


def _summary(tally: Tally, passed_over: int, cut: str) -> str:
    """What was read, and in a word what cut it short, if anything did."""
    parts = [
        f"{f'{cut}: ' if cut else ''}read {_count(tally.documents, 'document')}: "
        f"{_count(tally.claims, 'claim')} of {_count(tally.events, 'event')}"
    ]
    if tally.failures:
        kinds = ", ".join(f"{number} {code}" for code, number in sorted(tally.failures.items()))
        parts.append(f"{tally.failures.total()} failed ({kinds})")
    if passed_over:
        parts.append(f"{_count(passed_over, 'other file')} passed over")
    return "; ".join(parts)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
