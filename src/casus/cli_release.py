"""The commands of releases: release, diff, changes."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from casus.cli_base import (
    FAILURES,
    FINE,
    Progress,
    count,
    filter_options,
    json_option,
    ledger_option,
    opened,
    put,
    say,
)
from casus.config import Config
from casus.errors import UsageError

if TYPE_CHECKING:
    from casus.export.release import Made
    from casus.export.release_diff import Difference
    from casus.ledger.feed import FlatChange
    from casus.ledger.ledger import Ledger
    from casus.ledger.queries import Filter

_PATH = click.Path(path_type=Path)
SHOWN = 20  # problems of a release that are named one by one
# columns that a table leaves out: they count what it names, or say of a column that moved, too, what that says
_COUNTED = frozenset({"claims_n", "conflicts_open", "disputed", "review", "reports", "publishers"})
_FOLLOWS = {
    "types": "type", "actor_name": "actor", "actor_sector": "actor", "recipient_name": "recipient",
    "recipient_sector": "recipient", "place_id": "place", "lat": "place", "lon": "place", "admin1": "place",
}  # fmt: skip


# ------------------------------------------------------------------ release


@click.command("release", short_help="Freeze the ledger in a folder that can be cited; check one; make one again.")
@click.argument("name", required=False, metavar="[NAME]")
@click.option("--output", "-o", type=_PATH, metavar="FOLDER", help="Where to; without it NAME, here.")
@click.option("--licence", default="", metavar="TEXT", help="What may be done with it: CC-BY-4.0, say, or words.")
@click.option("--title", default="", metavar="TEXT", help="Its title.")
@click.option("--author", "authors", multiple=True, metavar="NAME", help='"Family, Given" or an organisation; repeat.')
@click.option("--doi", default="", metavar="DOI", help="Its DOI, where you have reserved one.")
@click.option("--with-text", is_flag=True, help="With the texts of documents, and not only quotes.")
@click.option("--verify", type=_PATH, metavar="RELEASE", help="Check a release: files, numbers, quotes.")
@click.option("--from", "source", type=_PATH, metavar="RELEASE", help="Make a release again from what is in it.")
@click.option("--texts", type=_PATH, metavar="PATH", help="--verify, --from: a folder or ledger with the texts.")
@filter_options
@ledger_option
def release(
    *,
    name: str | None,
    output: Path | None,
    verify: Path | None,
    source: Path | None,
    texts: Path | None,
    asked: Filter,
    ledger: Path | None,
    **about: Any,
) -> int:
    """Freeze documents, claims, decisions and events in a new folder of Parquet and CSV, with codebook, manifest,
    licence and citation. The same ledger gives the same bytes. Options choose events, as those of `casus events` do.

    --verify says whether a release is what its manifest says. --from makes its ledger anew, step by step, and of that
    the release, in the folder -o; --ledger keeps the ledger. Exit code 3 where something differs.

    \b
    casus release exchange-2024 --licence CC-BY-4.0 --author "Baloch, Amina"
    casus release --verify exchange-2024
    casus release --from exchange-2024 -o again --texts reports/
    """
    from casus.ledger.queries import Filter as Asked  # noqa: PLC0415 - numpy and the rest of linking

    if sum(given is not None for given in (name, verify, source)) != 1:
        raise UsageError("give one of a NAME, --verify and --from", "see `casus release --help`")
    if name is None and (any(about.values()) or asked != Asked()):
        raise UsageError("what a release holds and says is asked for with its NAME", "leave out the other options")
    if verify is not None:
        if output or ledger:
            raise UsageError("--verify writes nothing and needs no ledger", "leave out -o and --ledger")
        return _verify(verify, texts)
    if source is not None:
        return _again(source, output, texts, ledger)
    if texts is not None:
        raise UsageError("--texts is for --verify and --from", "the ledger has its texts")
    return _make(name or "", output, asked, ledger, about)


def _make(name: str, output: Path | None, asked: Filter, ledger: Path | None, about: dict[str, Any]) -> int:
    from casus.asking import meant  # noqa: PLC0415 - numpy and the rest of linking
    from casus.export.release import check_words, make_release  # noqa: PLC0415
    from casus.export.release_manifest import About  # noqa: PLC0415

    config, progress = Config.load(), Progress(0, table=False)
    with_text = about.pop("with_text")
    told = About(**about)
    check_words(name, told)
    with opened(ledger, config) as there:
        made = make_release(
            there, name, output or name, meant(there, asked, config), told, with_text=with_text,
            on_rows=lambda n: progress.say(f"{n:,} rows"),
        )  # fmt: skip
    progress.clear()
    _told(made)
    return FINE


def _told(made: Made) -> None:
    """What was written, and on standard output the digest of its manifest, as sha256sum has it."""
    words = {"conflicts": "contradiction row", "changes": "version"}
    said = [count(n, words.get(table, table.removesuffix("s"))) for table, n in made.manifest.counts.items()]
    say(f"wrote {', '.join(said)} to {made.folder}")
    for note in made.notes:
        say(f"note: {note}")
    click.echo(f"{made.sha256}  {made.folder}/manifest.json")


def _verify(folder: Path, texts: Path | None) -> int:
    from casus.export.release_verify import verify_release  # noqa: PLC0415 - numpy and the rest of linking

    found = verify_release(folder, texts=texts)
    for problem in found.problems[:SHOWN]:
        say(f"wrong: {problem}")
    if len(found.problems) > SHOWN:
        say(f"and {len(found.problems) - SHOWN:,} more")
    for note in found.notes[:SHOWN]:
        say(f"note: {note}")
    wrong = f"not as released: {count(len(found.problems), 'problem')}"
    say(f"{folder}: {wrong if found.problems else count(len(found.manifest.files), 'file') + ', all as released'}")
    click.echo(f"{found.sha256}  {folder}/manifest.json")
    return FAILURES if found.problems else FINE


def _again(source: Path, output: Path | None, texts: Path | None, ledger: Path | None) -> int:
    from casus.export.release_rebuild import rebuild_release  # noqa: PLC0415 - numpy and the rest of linking

    if output is None:
        raise UsageError("it is not said where the release is to be made again", "give -o FOLDER")
    progress = Progress(0, table=False)
    done = rebuild_release(
        source, output, texts=texts, ledger=ledger, on_step=lambda n, of: progress.say(f"step {n:,} of {of:,}")
    )
    progress.clear()
    _told(done.made)
    for note in done.notes if not done.same else ():
        say(f"note: {note}")
    if not done.same:
        say(f"not the same as {source}: {', '.join(done.differs[:SHOWN])}")
        return FAILURES
    say(f"the same as {source}, byte for byte")
    return FINE


# ------------------------------------------------------------------ diff


@click.command("diff", short_help="What became of events from one release to another, or to the ledger, and why.")
@click.argument("one", type=_PATH, metavar="A")
@click.argument("other", type=_PATH, metavar="B")
@json_option
def diff(*, one: Path, other: Path, as_json: bool) -> int:
    """List the events that were added, changed, merged, split or retracted from A to B, and why where B comes of A.

    A and B are folders of releases or ledgers. A change that was taken back again is none.

    \b
    casus diff exchange-2024.1 exchange-2024.2
    casus diff exchange-2024.1 ledger.casus --json
    """
    from casus.export.release_diff import diff_paths  # noqa: PLC0415 - numpy and the rest of linking

    found = diff_paths(one, other)
    for difference in found.differences if as_json else ():
        put(_difference_line(difference))
    if not as_json and found.differences:
        _show(((d.kind, d.event, list(_words_of(d))) for d in found.differences), sys.stdout)
    for note in found.notes:
        say(f"note: {note}")
    say(", ".join(f"{n:,} {kind}" for kind, n in found.counts().items()) or "no event differs")
    return FINE


def _difference_line(d: Difference) -> str:
    from casus.fields import in_a_line  # noqa: PLC0415

    return in_a_line(
        {
            "kind": d.kind,
            "event": d.event,
            "line": d.line,
            "others": list(d.others),
            "fields": {m.column: {"before": _plain(m.before), "after": _plain(m.after)} for m in d.fields},
            "came": list(d.came),
            "went": list(d.went),
            "conflicts": {"before": list(d.conflicts_before), "after": list(d.conflicts_after)},
            "why": [_change_fields(change) for change in d.why],
        }
    )


def _plain(value: object) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _words_of(d: Difference) -> Iterator[str]:
    from casus.show_event import short  # noqa: PLC0415

    yield d.line
    if d.others:
        word = {"merged": "into", "split": "from", "added": "with claims of"}.get(d.kind, "claims moved from or to")
        yield f"{word} {', '.join(map(short, d.others))}"
    moved = {m.column for m in d.fields}
    for m in d.fields:
        # what follows from a line that is there anyway
        if m.column not in _COUNTED and (m.column not in _FOLLOWS or _FOLLOWS[m.column] not in moved):
            yield f"{m.column}: {_shown(m.before)} → {_shown(m.after)}"
    if d.kind == "changed" and (d.came or d.went):
        yield ", ".join(
            f"{count(len(ids), 'claim')} {word}" for ids, word in ((d.came, "came"), (d.went, "went")) if ids
        )
    if d.conflicts_before != d.conflicts_after:
        before = [c for c in d.conflicts_before if c not in d.conflicts_after]
        after = [c for c in d.conflicts_after if c not in d.conflicts_before]
        yield f"contradictions: {'; '.join(before) or 'none'} → {'; '.join(after) or 'none'}"
    for change in d.why:
        yield f"step {change.step}, {change.at[:10]}: {_why(change)}"


def _shown(value: object) -> str:
    return "-" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _why(change: FlatChange) -> str:
    """What changed, and who decided it why."""
    from casus.show_event import short  # noqa: PLC0415

    decided = f"; {change.action} by {change.by}" if change.action else ""
    reason = f" ({change.reason})" if change.reason else ""
    return f"{change.words}{decided}{reason}, {short(change.cause)}"


# ------------------------------------------------------------------ changes


@click.command("changes", short_help="What became of events since a step, a day or a release, version by version.")
@click.option("--since", metavar="STEP|DATE|RELEASE", help="After this step, from this day on, or after a release.")
@ledger_option
@json_option
def changes(*, since: str | None, ledger: Path | None, as_json: bool) -> int:
    """List every version of an event that came since: founded, changed, merged, split, ended, and why.

    A program that keeps a copy of the events asks for what came after the last `step` that it has seen.

    \b
    casus changes --since 2024-01-16
    casus changes --since 1200 --json
    casus changes --since exchange-2024.1
    """
    from casus.fields import in_a_line  # noqa: PLC0415
    from casus.ledger.feed import changes as since_step  # noqa: PLC0415 - numpy and the rest of linking

    n, told = 0, list[tuple[str, str, Sequence[str]]]()
    with (
        opened(ledger, Config.load()) as there,
        # which ends before the ledger is closed, also where nobody reads on
        closing(since_step(there, 0 if since is None else _step(there, since))) as found,
    ):
        for change in found:
            n += 1
            if as_json:
                put(in_a_line(_change_fields(change)))
            else:
                told.append((f"{change.step}  {change.at[:10]}", change.event_id, [change.kind, _why(change)]))
    if told:
        _show(told, sys.stdout)
    say(count(n, "change"))
    return FINE


def _step(ledger: Ledger, since: str) -> int:
    """The step after which changes are asked for. Raises UsageError for what is no step, day or release."""
    from casus.export.release_state import since_of  # noqa: PLC0415
    from casus.ledger.feed import step_at  # noqa: PLC0415

    if re.fullmatch(r"\d{1,18}", since):
        return int(since)
    try:
        moment = datetime.fromisoformat(since)
    except ValueError:
        if not Path(since).exists():
            hint = "a number of `casus log`, a day such as 2024-01-16, or the folder of a release"
            raise UsageError(f"{since!r} is no step, no day and no release", hint) from None
        return since_of(ledger, Path(since))
    # a day counts from its beginning, in UTC, as the ledger has it
    return step_at(ledger, moment.astimezone(UTC).isoformat() if moment.tzinfo else moment.isoformat())


def _change_fields(change: FlatChange) -> dict[str, Any]:
    from casus.ledger.flat import parts  # noqa: PLC0415

    told = change._asdict()
    return {"event": told.pop("event_id"), **told, "others": parts(change.others)}


def _show(rows: Iterable[tuple[str, str, Sequence[str]]], stream: Any) -> None:
    """A row for each: a word, an event, and lines of which those behind the first are dim."""
    from rich.table import Table  # noqa: PLC0415 - a tenth of a second
    from rich.text import Text  # noqa: PLC0415

    from casus.show import clean, console, trimmed  # noqa: PLC0415
    from casus.show_event import short  # noqa: PLC0415

    to = console(stream)
    with trimmed(to):
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True, style="magenta")
        table.add_column(overflow="fold", ratio=1)
        for word, event, (first, *more) in rows:
            told = Text(clean(first))
            for line in more:
                told.append(f"\n{clean(line)}", style="dim")
            table.add_row(word, short(event), told)
        to.print(table)
