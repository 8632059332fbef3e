"""The commands that fill a ledger and make it anew: add, reread, rebuild."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from casus.cli_base import (
    ERROR,
    FAILURES,
    FINE,
    INTERRUPTED,
    Progress,
    count,
    json_option,
    ledger_option,
    map_option,
    opened,
    put,
    say,
    tell,
    tell_failure,
)
from casus.config import Config
from casus.errors import CasusError, SecondReaderError
from casus.intake.tables.fieldmap import parse_map
from casus.pipeline import Reading, Reads, Reports, open_reader, opening_notes
from casus.records import Failure
from casus.sources import Found, Source, find

if TYPE_CHECKING:
    from casus.keeping import Run
    from casus.ledger.ledger import Ledger
    from casus.rereading import Reread


@click.command("add", short_help="Add reports to the ledger: files, folders, globs, - for standard input.")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--published", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="When they were published.")
@click.option("--publisher", metavar="NAME", help="Who published them.")
@map_option
@ledger_option
@json_option
def add(
    *,
    sources: tuple[str, ...],
    published: datetime | None,
    publisher: str | None,
    fields: tuple[str, ...],
    ledger: Path | None,
    as_json: bool,
) -> int:
    """Read reports that the ledger does not hold yet, add their claims, and link them to events.

    Takes text, web pages, PDF, mail, feeds, tables, JSON, news formats, crawls (WARC, WACZ) and archives of any of
    these. The ledger is made where there is none. A report that it holds already is passed over; what cannot be read
    is named, kept (`casus failures`) and does not stop the rest (exit code 3). Every 50 reports are committed
    together: after an interrupt the same command goes on from there.

    \b
    casus add reports/ crawl.warc.gz newsletters.mbox
    casus add report.txt --published 2024-01-18 --publisher "The Herald" --ledger border.casus
    casus add export.csv --map title=headline,text=body
    """
    config = Config.load()
    day = published.date() if published else None
    found = find(sources, published=day, publisher=publisher, fields=tuple(parse_map(*fields).items()))
    path = ledger or config.ledger
    if not path.exists() and not any(isinstance(item, Source) for item in found.items):
        # no file for nothing: all that was named does not exist, say
        for item in found.items:
            if isinstance(item, Failure):
                tell_failure(item)
        return FAILURES
    with opened(path, config, create=True) as there:
        return Adding(there, config, found, as_json).go()


class Adding:
    """One run of adding, with what is said while it goes on and at its end. `only`: names of items to look at."""

    def __init__(
        self, ledger: Ledger, config: Config, found: Found, as_json: bool, only: frozenset[str] | None = None
    ) -> None:
        from casus.keeping import Run, WhenNeeded  # noqa: PLC0415

        self.ledger, self.config, self.found, self.as_json, self.only = ledger, config, found, as_json, only
        self.progress = Progress(sum(isinstance(item, Source) for item in found.items), table=False)
        self.reader = WhenNeeded(lambda: open_told(config, self.progress))
        self.run: Run = Run()

    def go(self) -> int:
        """Adds, and gives the exit code; whatever ends it early, what was committed is told."""
        from casus.keeping import Listener, add_sources  # noqa: PLC0415

        cut, stop = "", None
        try:
            add_sources(
                self.ledger,
                self.found.items,
                self.config,
                reader=self.reader,
                stdin=sys.stdin.buffer,
                today=date.today(),
                run=self.run,
                listener=Listener(self.progress.next, self._outcome, self._batch),
                only=self.only,
            )
        except KeyboardInterrupt:
            cut = "interrupted: "
        except CasusError as error:
            if not self.run.new:
                self.progress.clear()
                raise
            cut, stop = "stopped: ", error
        self._tell_end(cut)
        if stop is not None:
            tell(stop)
            return FAILURES if isinstance(stop, SecondReaderError) else ERROR
        return INTERRUPTED if cut else FAILURES if self.run.failures else FINE

    def _outcome(self, outcome: Reading | Failure) -> None:
        self.progress.clear()
        if isinstance(outcome, Failure):
            tell_failure(outcome)
        else:
            for note in outcome.document.notes:
                say(f"note {outcome.source} ({outcome.document.id}): {note}")

    def _batch(self, run: Run) -> None:
        self.progress.say(f"{self.progress.done}/{self.progress.total} {count(len(run.new), 'document')} added")

    def _tell_end(self, cut: str) -> None:
        from casus.jsonl import run_line  # noqa: PLC0415

        self.progress.clear()
        if self.as_json:
            put(run_line(self.run))
        else:
            click.echo(cut + summary(self.run, len(self.found.passed_over)))
        if isinstance(self.reader.reader, Reports):
            click.echo(self.reader.reader.report(), err=True)


def open_told(config: Config, progress: Progress) -> Reads:
    """The reader, with what is to be said of how it was opened."""
    progress.say("loading the model")
    reader = open_reader(config)
    progress.clear()
    for note in opening_notes(reader):
        say(f"note: {note}")
    return reader


def summary(run: Run, passed_over: int) -> str:
    """What a run came to, in a line."""
    changes = run.changes
    moved = {"founded": changes.founded, "changed": changes.changed, "ended": changes.ended}
    events = ", ".join(f"{len(ids)} {word}" for word, ids in moved.items() if ids or word == "founded")
    parts = [f"added {count(len(run.new), 'document')} with {count(run.claims, 'claim')}; events: {events}"]
    if run.copies:
        parts.append(f"{run.copies} of them {'copies' if run.copies > 1 else 'a copy'} of others")
    if run.known:
        parts.append(f"{count(len(run.known), 'document')} known already")
    broken = [f for f in run.failures if f.code not in {r.code for r in run.refused}]
    for word, failures in (("refused", run.refused), ("failed", broken)):
        if failures:
            codes = Counter(f.code for f in failures)
            told = ", ".join(f"{number} {code}" for code, number in sorted(codes.items()))
            parts.append(f"{len(failures)} {word} ({told})")
    if passed_over:
        parts.append(f"{count(passed_over, 'other file')} passed over")
    return "; ".join(parts)


# ------------------------------------------------------------------ made anew


@click.command("rebuild", short_help="Make the ledger anew from documents, claims and decisions.")
@click.option("--check", is_flag=True, help="Only say whether it would come out the same (exit code 3 where not).")
@ledger_option
@json_option
def rebuild(*, check: bool, ledger: Path | None, as_json: bool) -> int:
    """Link and settle everything anew, step by step, as the present version does it; ids stay.

    \b
    casus rebuild
    casus rebuild --check
    """
    from casus.jsonl import in_a_line  # noqa: PLC0415
    from casus.ledger.rebuild import rebuild as anew  # noqa: PLC0415
    from casus.world.actor_data import parents  # noqa: PLC0415

    config, progress = Config.load(), Progress(0, table=False)
    path = ledger or config.ledger
    made = anew(
        path,
        parents=parents(config.actors),
        check=check,
        on_step=lambda done, steps: progress.say(f"step {done} of {steps}"),
    )
    progress.clear()
    counts = {"documents": made.documents, "claims": made.claims, "events": made.events}
    if as_json:
        put(in_a_line({**counts, "same": made.same, "differs": list(made.differs)}))
    else:
        told = ", ".join(count(n, name.removesuffix("s")) for name, n in counts.items())
        other = f"would differ in {', '.join(made.differs)}" if check else f"{', '.join(made.differs)} made anew"
        click.echo(f"{path}: {told}: {'the same, byte for byte' if made.same else other}")
    return FAILURES if check and not made.same else FINE


@click.command("reread", short_help="Read anew what an older model, or other settings, have read.")
@ledger_option
@json_option
def reread(*, ledger: Path | None, as_json: bool) -> int:
    """Read with the present model and settings every document that others have read, and link what changes.

    Old claims are kept, decisions are carried to the claims of the same words, and those that no claim carries any
    more are named by `casus review`. After an interrupt the same command goes on.

    \b
    casus reread
    """
    from casus.keeping import WhenNeeded  # noqa: PLC0415
    from casus.rereading import Reread  # noqa: PLC0415
    from casus.rereading import reread as anew  # noqa: PLC0415

    config, progress, result, cut = Config.load(), Progress(0, table=False), Reread(), ""
    reader = WhenNeeded(lambda: open_told(config, progress))
    with opened(ledger, config) as there:
        try:
            anew(there, config, reader=reader, result=result, told=lambda r: _reread_so_far(r, progress))
        except KeyboardInterrupt:
            cut = "interrupted: "
    progress.clear()
    for failure in result.run.failures:
        tell_failure(failure)
    _tell_reread(result, cut, as_json)
    return INTERRUPTED if cut else FAILURES if result.run.failures else FINE


def _reread_so_far(result: Reread, progress: Progress) -> None:
    done = len(result.run.new) + len(result.run.failures)
    progress.say(f"{done}/{result.waiting} read anew")


def _tell_reread(result: Reread, cut: str, as_json: bool) -> None:
    from casus.jsonl import in_a_line  # noqa: PLC0415

    told = {"documents": len(result.run.new), "waiting": result.waiting, "came": result.came, "went": result.went}
    if as_json:
        put(in_a_line({**told, "orphaned": result.orphaned, "failed": len(result.run.failures)}))
    elif not result.waiting:
        click.echo("every document was read by the present model and settings")
    else:
        read = f"read {len(result.run.new)} of {count(result.waiting, 'document')} anew"
        click.echo(f"{cut}{read}: {count(result.came, 'claim')} came, {result.went} went")
        if result.orphaned:
            click.echo(f"no claim carries any more: {count(len(result.orphaned), 'decision')}; see `casus review`")
