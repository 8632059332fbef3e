"""The command that follows feeds: watch."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from casus.cli_add import open_told, summary
from casus.cli_base import (
    ERROR,
    FAILURES,
    FINE,
    INTERRUPTED,
    Progress,
    count,
    json_option,
    ledger_option,
    opened,
    put,
    say,
    tell,
    tell_failure,
)
from casus.config import Config
from casus.errors import CasusError, SecondReaderError
from casus.pipeline import Reading, Reports
from casus.records import Failure

if TYPE_CHECKING:
    from casus.keeping import Run
    from casus.watch.watching import Round, Watch

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("watch", short_help="Follow feeds: fetch the reports they link to, and add them.")
@click.argument("feeds", nargs=-1, required=True, metavar="FEED...")
@click.option("--once", is_flag=True, help="One round, and no more: for cron.")
@click.option(
    "--every", type=click.IntRange(5), metavar="MINUTES", help="Between two looks at a feed (30; --once: no wait)."
)
@click.option(
    "--allow", multiple=True, metavar="HOST", help="A host or network that may be asked though it is not public."
)
@click.option("--captures", type=_FOLDER, metavar="FOLDER", help="Where to keep what is fetched (LEDGER.captures).")
@ledger_option
@json_option
def watch(
    *,
    feeds: tuple[str, ...],
    once: bool,
    every: int | None,
    allow: tuple[str, ...],
    captures: Path | None,
    ledger: Path | None,
    as_json: bool,
) -> int:
    """Follow feeds: ask each now and then, fetch the pages that new entries link to, keep, read and add them.

    A FEED is the address of one (RSS, Atom), a list of feeds as feed readers export it (OPML), or a feed in a file.
    No other command fetches anything. It asks as seldom as the feeds want, obeys robots.txt, waits two seconds
    between two requests to a host, and asks no address within your network unless it is allowed. It goes on until
    Ctrl-C, which loses nothing; with --once it ends after one round (exit code 3 where something failed).

    \b
    casus watch feeds.opml https://news.example/feed.xml
    casus watch feeds.opml --once --ledger border.casus
    casus watch http://wiki.lan/feed.xml --allow wiki.lan --every 15
    """
    from casus.watch.polling import USUAL_WAIT, followed  # noqa: PLC0415 - what can fetch is loaded for this command alone
    from casus.watch.watching import Captures, Habits, Watch, web  # noqa: PLC0415

    config, fetcher = Config.load(), web(allow)
    path = ledger or config.ledger
    found = followed(feeds)
    if not path.exists() and all(isinstance(one, Failure) for one in found):
        # no file for nothing
        for one in found:
            if isinstance(one, Failure):
                tell_failure(one)
        return FAILURES
    habits = Habits(every=60.0 * every if every else 0.0 if once else USUAL_WAIT)
    kept = Captures(captures or path.with_name(f"{path.name}.captures"), lambda: datetime.now(UTC))
    with opened(path, config, create=True) as there, kept:
        shell = Watching(config, once, as_json)
        watching = Watch(
            there, config, feeds, reader=shell.reader, captures=kept, fetcher=fetcher, habits=habits,
            listener=shell.listener, told=shell.progress.say,
        )  # fmt: skip
        return shell.go(watching)


class Watching:
    """A watch, with what is said while it goes on and after each round."""

    def __init__(self, config: Config, once: bool, as_json: bool) -> None:
        from casus.keeping import Listener, WhenNeeded  # noqa: PLC0415

        self.once, self.as_json = once, as_json
        self.progress = Progress(0, table=False)
        self.reader = WhenNeeded(lambda: open_told(config, self.progress))
        self.listener = Listener(outcome=self._outcome, batch=self._batch)

    def go(self, watch: Watch) -> int:
        """Watches, and gives the exit code; whatever ends it early, what was committed is told."""
        told: Round | None = None
        try:
            for result in [watch.once()] if self.once else watch.keep_on():
                self._tell(result)
                told = result
                if self.once:
                    return FAILURES if result.run.failures else FINE
                self.progress.say(f"next look at {_local(result.next_at)}" if result.next_at else "waiting")
        except KeyboardInterrupt:
            self._tell_cut(watch.round, told, "interrupted: ")
            return INTERRUPTED
        except CasusError as error:
            self._tell_cut(watch.round, told, "stopped: ")
            tell(error)
            return FAILURES if isinstance(error, SecondReaderError) and watch.round.run.new else ERROR
        return FINE

    def _outcome(self, outcome: Reading | Failure) -> None:
        self.progress.clear()
        if isinstance(outcome, Failure):
            tell_failure(outcome)
        else:
            for note in outcome.document.notes:
                say(f"note {outcome.source} ({outcome.document.id}): {note}")

    def _batch(self, run: Run) -> None:
        self.progress.say(f"{count(len(run.new), 'document')} added")

    def _tell_cut(self, result: Round, told: Round | None, cut: str) -> None:
        """A round that did not come to its end; one that did was told."""
        if result is not told:
            self._tell(result, cut)

    def _tell(self, result: Round, cut: str = "") -> None:
        self.progress.clear()
        for note in result.notes:
            say(f"note: {note}")
        if self.as_json:
            from casus.jsonl import in_a_line  # noqa: PLC0415

            put(in_a_line(_fields(result)))
        elif self.once or cut or result.run.new or result.run.failures:
            when = "" if self.once else f"{_local(result.at)}: "
            click.echo(f"{when}{cut}{_summary(result)}")
        if isinstance(self.reader.reader, Reports):
            click.echo(self.reader.reader.report(), err=True)


def _summary(result: Round) -> str:
    """What a round came to, in a line."""
    feeds = {"unchanged": result.unchanged, "failed": result.feeds_failed}
    pages = {
        "taken from the feed": result.own_text, "failed": result.failed, "without a report": result.refused,
        "put off": result.put_off,
    }  # fmt: skip
    parts = [f"{result.asked} of {count(result.feeds, 'feed')} asked{_told(feeds)}"]
    if result.asked < result.feeds and not result.asked and result.next_at:
        parts.append(f"the next is due at {_local(result.next_at)}")
    if result.fetched or any(pages.values()):
        parts.append(f"{count(result.fetched, 'page')} fetched{_told(pages)}")
    return "; ".join([*parts, summary(result.run, 0)])


def _told(numbers: dict[str, int]) -> str:
    return "".join(f", {number} {word}" for word, number in numbers.items() if number)


def _fields(result: Round) -> dict[str, Any]:
    """A round as JSON: what `casus add` tells, and what came of feeds and pages."""
    from casus.jsonl import run_line  # noqa: PLC0415

    feeds = {
        "followed": result.feeds, "asked": result.asked, "unchanged": result.unchanged, "failed": result.feeds_failed,
    }  # fmt: skip
    pages = {
        "fetched": result.fetched, "own_text": result.own_text, "failed": result.failed, "refused": result.refused,
        "put_off": result.put_off,
    }  # fmt: skip
    told = {"at": result.at, "next_at": result.next_at, "feeds": feeds, "pages": pages, "notes": result.notes}
    return {**told, **json.loads(run_line(result.run))}


def _local(stamp: str) -> str:
    """A time of the ledger on this machine's clock, to the minute."""
    return datetime.fromisoformat(stamp).astimezone().strftime("%Y-%m-%d %H:%M")
