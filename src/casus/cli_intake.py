"""The commands on what intake could not take: failures, retry."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from casus.cli_add import Adding
from casus.cli_base import FINE, count, json_option, ledger_option, opened, put, say
from casus.config import Config
from casus.sources import Found

if TYPE_CHECKING:
    from casus.ledger.intake_log import KeptFailure

_CODE = click.option("--code", "codes", multiple=True, metavar="CODE", help="Only those of this code; may be repeated.")


@click.command("failures", short_help="What could not be read, why, and where it is.")
@_CODE
@click.option("--all", "resolved", is_flag=True, help="Those that were read since, too.")
@ledger_option
@json_option
def failures(*, codes: tuple[str, ...], resolved: bool, ledger: Path | None, as_json: bool) -> None:
    """List what `casus add` and `casus watch` could not take: the item, what stopped it, and what to do.

    An item is listed until a run reads its source without it failing.

    \b
    casus failures
    casus failures --code encoding --json
    """
    config = Config.load()
    with opened(ledger, config) as there:
        kept = [k for k in there.failures(resolved=resolved) if not codes or k.failure.code in codes]
    for one in kept:
        if as_json:
            _put_json(one)
        else:
            _show(one)
    if not as_json:
        click.echo(f"{count(len(kept), 'failure')}" if kept else "nothing has failed")


def _put_json(kept: KeptFailure) -> None:
    from casus.jsonl import in_a_line  # noqa: PLC0415

    f = kept.failure
    told: dict[str, Any] = {
        "item": f.item, "source": kept.source or None, "stage": f.stage, "code": f.code, "message": f.message,
        "hint": f.hint, "given": dict(kept.given), "first_run": kept.first_run, "last_run": kept.last_run,
        "at": kept.at, "tries": kept.tries, "resolved": kept.resolved,
    }  # fmt: skip
    put(in_a_line(told))


def _show(kept: KeptFailure) -> None:
    from casus.show import harmless  # noqa: PLC0415 - rich takes a tenth of a second

    f = kept.failure
    tries = f", tried {kept.tries} times" if kept.tries > 1 else ""
    state = ", read since" if kept.resolved else ""
    lines = [f"{f.item}: [{f.code}] {f.message}", f"  {f.stage}, {kept.at}{tries}{state}"]
    if kept.source and kept.source != f.item:
        lines.append(f"  in {kept.source}")
    if f.hint:
        lines.append(f"  hint: {f.hint}")
    for line in lines:
        click.echo(harmless(line))


@click.command("retry", short_help="Try again what could not be read.")
@_CODE
@ledger_option
@json_option
def retry(*, codes: tuple[str, ...], ledger: Path | None, as_json: bool) -> int:
    """Read again the files in which something failed, and add what can be read now.

    Only what failed is looked at. What came on standard input or from an address cannot be read again from here:
    give it anew, or let `casus watch` fetch it.

    \b
    casus retry
    casus retry --code encoding
    """
    from casus.keeping import to_retry  # noqa: PLC0415

    config = Config.load()
    with opened(ledger, config) as there:
        again = to_retry(there, codes=codes)
        _tell_lost([f.failure.item for f in again.lost])
        if not again.sources:
            click.echo("nothing to try again")
            return FINE
        return Adding(there, config, Found(again.sources, ()), as_json, only=again.items).go()


def _tell_lost(items: Sequence[str]) -> None:
    for item in items:
        say(f"not tried: {item} lies in no file")
