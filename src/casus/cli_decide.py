"""The commands by which a person decides: merge, split, reject, set, settle, rename, undo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from casus.cli_base import FINE, json_option, ledger_option, opened, put
from casus.config import Config
from casus.events import SETTABLE

if TYPE_CHECKING:
    from casus.ledger.changing import Decided
    from casus.ledger.ledger import Ledger

Command = TypeVar("Command", bound=Callable[..., Any])


def decision_options(command: Command) -> Command:
    """--by, --reason, --ledger and --json, as every decision has them."""
    for option in (
        json_option,
        ledger_option,
        click.option("--reason", default="", metavar="TEXT", help="Why; it is written down with the decision."),
        click.option("--by", metavar="NAME", help="Who decides; without it CASUS_BY, else your login name."),
    ):
        command = option(command)
    return command


def _decide(make: Callable[[Ledger, str], Decided], *, by: str | None, ledger: Path | None, as_json: bool) -> int:
    """Makes a decision, and says in a line or two what it was and what it changed."""
    from casus.jsonl import decided_line  # noqa: PLC0415
    from casus.notebook import who_decides  # noqa: PLC0415
    from casus.show import harmless  # noqa: PLC0415
    from casus.show_ledger import decided, moved  # noqa: PLC0415

    config = Config.load()
    with opened(ledger, config) as there:
        made = make(there, who_decides(config, by))
        (decision,) = (d for d in there.decisions() if d.id == made.decision)
    if as_json:
        put(decided_line(made))
    else:
        click.echo(harmless(decided(decision)))
        click.echo(moved(made.changes))
    return FINE


@click.command("merge", short_help="Two events are one.")
@click.argument("event", metavar="EVENT")
@click.argument("other", metavar="EVENT")
@decision_options
def merge(*, event: str, other: str, by: str | None, reason: str, ledger: Path | None, as_json: bool) -> int:
    """Say that two events are one: the older one keeps its id, the id of the other leads to it.

    \b
    casus merge evt_5f2ac901 evt_77d03b1e --reason "one strike, two headlines"
    """

    def make(there: Ledger, who: str) -> Decided:
        return there.merge(event, other, by=who, reason=reason)

    return _decide(make, by=by, ledger=ledger, as_json=as_json)


@click.command("split", short_help="These claims of an event are another event.")
@click.argument("claims", nargs=-1, required=True, metavar="CLAIM...")
@decision_options
def split(*, claims: tuple[str, ...], by: str | None, reason: str, ledger: Path | None, as_json: bool) -> int:
    """Take claims out of their event: together they are another one.

    \b
    casus split clm_09be71d4 clm_e1f0c233 --reason "the strike of the day before"
    """

    def make(there: Ledger, who: str) -> Decided:
        return there.split(claims, by=who, reason=reason)

    return _decide(make, by=by, ledger=ledger, as_json=as_json)


@click.command("reject", short_help="A claim counts for nothing.")
@click.argument("claim", metavar="CLAIM")
@decision_options
def reject(*, claim: str, by: str | None, reason: str, ledger: Path | None, as_json: bool) -> int:
    """Leave a claim out of all events: it was misread, or is of no use. It stays in the ledger.

    \b
    casus reject clm_09be71d4 --reason "a film review"
    """

    def make(there: Ledger, who: str) -> Decided:
        return there.reject(claim, by=who, reason=reason)

    return _decide(make, by=by, ledger=ledger, as_json=as_json)


@click.command("set", short_help="What a field of an event holds.")
@click.argument("event", metavar="EVENT")
@click.argument("field", type=click.Choice(SETTABLE), metavar="FIELD")
@click.argument("value", metavar="VALUE")
@decision_options
def set_field(
    *, event: str, field: str, value: str, by: str | None, reason: str, ledger: Path | None, as_json: bool
) -> int:
    """Set a field of an event, whatever its claims come to: type, mode, status, actor, recipient, place, date, killed,
    injured, detained, displaced or missing.

    \b
    casus set evt_5f2ac901 killed 2-9-10
    casus set evt_5f2ac901 place "Panjgur, PAK"
    casus set evt_5f2ac901 actor "IRN/MIL + Hezbollah" --by ana --reason "the ministry's statement"
    """

    def make(there: Ledger, who: str) -> Decided:
        return there.set(event, field, value, by=who, reason=reason)

    return _decide(make, by=by, ledger=ledger, as_json=as_json)


@click.command("settle", short_help="Which version of a contradiction holds.")
@click.argument("event", metavar="EVENT")
@click.argument("kind", metavar="KIND")
@click.argument("value", metavar="VALUE")
@decision_options
def settle(
    *, event: str, kind: str, value: str, by: str | None, reason: str, ledger: Path | None, as_json: bool
) -> int:
    """Choose one of the versions of a contradiction, as `casus show EVENT` gives them: what it is about, and the value.

    \b
    casus settle evt_5f2ac901 killed 9 --reason "confirmed by the hospital"
    """

    def make(there: Ledger, who: str) -> Decided:
        return there.settle(event, kind, value, by=who, reason=reason)

    return _decide(make, by=by, ledger=ledger, as_json=as_json)


@click.command("rename", short_help="An actor goes by another name.")
@click.argument("before", metavar="BEFORE")
@click.argument("after", metavar="AFTER")
@decision_options
def rename(*, before: str, after: str, by: str | None, reason: str, ledger: Path | None, as_json: bool) -> int:
    """Give an actor another name, in all events and in linking: two names of one group become one.

    \b
    casus rename "Army of Justice" "Jaish al-Adl"
    """

    def make(there: Ledger, who: str) -> Decided:
        return there.rename(before, after, by=who, reason=reason)

    return _decide(make, by=by, ledger=ledger, as_json=as_json)


@click.command("undo", short_help="Take a decision back.")
@click.argument("decision", required=False, metavar="[DECISION]")
@decision_options
def undo(*, decision: str | None, by: str | None, reason: str, ledger: Path | None, as_json: bool) -> int:
    """Take back the last decision that stands, or the one of that id. An undo can itself be undone, by its id.

    \b
    casus undo
    casus undo dec_91c0aa42 --reason "was right after all"
    """

    def make(there: Ledger, who: str) -> Decided:
        return there.undo(decision, by=who, reason=reason)

    return _decide(make, by=by, ledger=ledger, as_json=as_json)
