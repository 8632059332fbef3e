"""What all commands share: exit codes, what is said on standard error, progress, and opening a ledger."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from casus.config import Config
from casus.errors import CasusError, UsageError
from casus.intake.formats import INTERNAL, INTERNAL_HINT
from casus.records import Failure
from casus.sources import Source

if TYPE_CHECKING:
    from casus.ledger.ledger import Ledger

FINE, ERROR, USAGE, FAILURES, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 3, 130, 141

_DAY = click.DateTime(["%Y-%m-%d"])

Command = TypeVar("Command", bound=Callable[..., Any])

_LEDGER = "The ledger; without it CASUS_LEDGER, else ledger.casus in this folder."


def ledger_option(command: Command) -> Command:
    """--ledger PATH, as every command has it that asks or changes a ledger."""
    path = click.Path(dir_okay=False, path_type=Path)
    return click.option("--ledger", type=path, metavar="PATH", help=_LEDGER)(command)


def map_option(command: Command) -> Command:
    """--map, as the commands have it that take sources."""
    words = "Which fields of a table or of JSON hold what: title=headline,text=body."
    return click.option("--map", "fields", multiple=True, metavar="OURS=THEIRS,...", help=words)(command)


def json_option(command: Command) -> Command:
    """--json, as every command has it that shows something."""
    words = "JSON lines instead, whole ids in them."
    return click.option("--json", "as_json", is_flag=True, help=words)(command)


# the fields of a filter that can be typed
FILTERS = (
    "since", "until", "country", "type", "actor", "recipient", "side", "killed", "independent", "disputed", "review",
    "near", "text", "limit",
)  # fmt: skip
# which events are meant, as every command asks that lists some
_FILTER = (
    click.option("--since", type=_DAY, metavar="DATE", help="Events that last to this day or longer."),
    click.option("--until", type=_DAY, metavar="DATE", help="Events that begin on this day or earlier."),
    click.option("--country", metavar="NAME", help="Where: a country's name or code."),
    click.option("--type", metavar="TYPE", help="A type of the codebook."),
    click.option("--actor", metavar="WHO", help="Who did it: a country, an organisation, a group."),
    click.option("--recipient", metavar="WHO", help="To whom."),
    click.option("--side", metavar="WHO", help="Either of the two."),
    click.option("--killed", type=click.IntRange(0), metavar="N", help="At least so many killed."),
    click.option("--independent", type=click.IntRange(0), metavar="N", help="Told by so many independent voices."),
    click.option("--disputed", is_flag=True, help="With an open contradiction."),
    click.option("--review", is_flag=True, help="With something for a person to look at."),
    click.option("--near", metavar="LAT,LON,KM", help="Within so many kilometres of a point."),
    click.option("--text", metavar="WORDS", help="Told in sentences with these words."),
    click.option("--limit", type=click.IntRange(1), metavar="N", help="No more than N, the earliest first."),
)


def filter_options(command: Command) -> Command:
    """The options that choose events, in the order of the help; the command gets them as `asked`, a `Filter` with the
    names that people typed."""

    @wraps(command)
    def with_filter(**given: Any) -> Any:
        from casus.asking import near_of  # noqa: PLC0415 - numpy and the rest of linking
        from casus.ledger.queries import Filter  # noqa: PLC0415

        chosen = {name: given.pop(name) for name in FILTERS}
        days = {name: chosen[name].date() if chosen[name] else None for name in ("since", "until")}
        near = near_of(chosen["near"]) if chosen["near"] else None
        return command(asked=Filter(**{**chosen, **days, "near": near}), **given)

    made: Any = with_filter
    for option in reversed(_FILTER):
        made = option(made)
    return cast(Command, made)


def opened(path: Path | None, config: Config, *, create: bool = False) -> Ledger:
    """The ledger that was named, else that of the settings."""
    from casus.keeping import open_ledger  # noqa: PLC0415 - numpy and the rest of linking

    return open_ledger(path or config.ledger, config, create=create)


def put(line: str) -> None:
    """A line of JSON on standard output: bytes, so that it is UTF-8 whatever the terminal's encoding."""
    click.echo(line.encode())


def tell(told: CasusError) -> None:
    """An error on stderr: code, message, hint."""
    say(f"error [{told.code}] {told.message}")
    if told.hint:
        say(f"  hint: {told.hint}")


def tell_failure(failure: Failure) -> None:
    """A source or document that could not be read, on stderr."""
    say(f"failed {failure.item}: [{failure.code}] {failure.message}")
    if failure.hint:
        say(f"  hint: {failure.hint}")


def say(words: str) -> None:
    """A line on stderr, without what a name in it, from a file or a document, would do to a terminal."""
    from casus.show import harmless  # noqa: PLC0415 - rich takes a tenth of a second

    click.echo(harmless(words), err=True)


def as_told(error: Exception) -> CasusError:
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


class Progress:
    """One line on stderr that is written over; only on a terminal, and not among the rows of a table."""

    def __init__(self, total: int, *, table: bool) -> None:
        self.total, self.done = total, 0
        table_here = table and sys.stdout.isatty()
        self.on = sys.stderr.isatty() and not table_here

    def next(self, source: Source) -> None:
        """A source was opened."""
        self.done += 1
        self.say(f"{self.done}/{self.total} {source.name}")

    def say(self, words: str) -> None:
        """These words in the place of those before."""
        if self.on:
            from casus.show import harmless  # noqa: PLC0415 - rich takes a tenth of a second

            click.echo(f"\r\x1b[K{harmless(words)[:78]}", nl=False, err=True)

    def clear(self) -> None:
        """An empty line, for something else to be said there."""
        if self.on:
            click.echo("\r\x1b[K", nl=False, err=True)


def count(number: int, word: str) -> str:
    """ "1 claim", "12 claims"."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def write_no_more() -> None:
    """What is still to be written goes nowhere; else Python complains when it closes stdout."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
