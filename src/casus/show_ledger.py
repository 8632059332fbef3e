"""What a ledger says beside its events, for people: why, what to look at, the log, decisions and what they changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from casus.asking import Review
from casus.events import Action, Conflict, Decision, Event
from casus.ledger.history import LogLine
from casus.ledger.settled import Changes
from casus.ledger.why import Why
from casus.linking.describe import describe
from casus.records import Document
from casus.show import clean, trimmed
from casus.show_event import claim_block, short

SHOWN = 10  # ids of a kind that a line names


# ------------------------------------------------------------------ why


def show_why(to: Console, why: Why, documents: Mapping[str, Document]) -> None:
    """Whether two claims are one event, what decided that, and what speaks for and against it."""
    with trimmed(to):
        verdict = "one event" if why.same_event else "not one event"
        style = "bold green" if why.same_event else "bold red"
        to.print(Text(verdict, style=style).append(f": {clean(why.note)}", style="not bold"))
        for claim in (why.one, why.other):
            claim_block(to, claim, documents[claim.document_id])
        total = f"\nlog-odds of one event, by the pair alone: {why.score:+.2f}"
        to.print(Text(total + ("" if why.compared else " (they were not compared)")))
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
        table.add_column(justify="right", width=8)
        table.add_column(overflow="fold")
        # with what every pair begins, the lines add up to the score
        table.add_row(f"{why.score - sum(r.weight for r in why.reasons):+.2f}", "any two claims")
        for reason in why.reasons:
            style = "green" if reason.weight > 0 else "red"
            table.add_row(Text(f"{reason.weight:+.2f}", style=style), clean(reason.words))
        to.print(table)
        for decision in why.decided:
            to.print(Text(f"decided: {decided(decision)}"))


# ------------------------------------------------------------------ decisions


def decided(decision: Decision) -> str:
    """A decision in a line."""
    reason = f" ({decision.reason})" if decision.reason else ""
    return clean(f"{short(decision.id)} by {decision.by}: {_what(decision)}{reason}")


def _what(decision: Decision) -> str:
    first, *others = (short(subject) for subject in decision.subjects)
    before = f", was {decision.before}" if decision.before is not None else ""
    told: dict[Action, str] = {
        "merge": f"{first} and {' '.join(others)} are one event",
        "split": f"{' '.join(others)} split from {first}",
        "reject": f"{first} rejected",
        "set": f"{decision.field} of {first} set to {decision.after}{before}",
        "settle": f"{decision.field} of {first} settled: {decision.after}{before}",
        "rename": f"{decision.before} renamed to {decision.after}",
        "undo": f"{first} taken back",
    }
    return told[decision.action]


def moved(changes: Changes) -> str:
    """What a decision founded, changed and ended, by id; "nothing changed" where it did not."""
    parts = [
        f"{word} {_some(ids)}"
        for word, ids in (("founded", changes.founded), ("changed", changes.changed), ("ended", changes.ended))
        if ids
    ]
    return "; ".join(parts) or "nothing changed"


def _some(ids: Sequence[str]) -> str:
    more = [f"and {len(ids) - SHOWN} more"] if len(ids) > SHOWN else []
    return " ".join([*(short(id_) for id_ in ids[:SHOWN]), *more])


# ------------------------------------------------------------------ review


def show_review(to: Console, found: Review, limit: int) -> None:
    """What a person should look at, `limit` of each sort."""
    with trimmed(to):
        if not (found.orphans or found.disputed or found.odd):
            to.print("nothing to look at")
        if found.orphans:
            to.print(Text("decisions that no claim carries any more", style="bold"))
            for decision in found.orphans[:limit]:
                to.print(Padding(Text(decided(decision)), (0, 0, 0, 2)))
            _more(to, len(found.orphans), limit)
        _section(to, "contradictions", found.disputed, limit)
        _section(to, "look at", found.odd, limit)


def _section(to: Console, heading: str, events: Sequence[Event], limit: int) -> None:
    if not events:
        return
    to.print(Text(heading, style="bold"))
    for event in events[:limit]:
        line = Text(short(event.id), style="magenta").append(f"  {clean(describe(event))}", style="not magenta")
        to.print(Padding(line.append(f"  {event.reports_n}/{event.independent_n}", style="dim"), (0, 0, 0, 2)))
        told = [versions(c) for c in event.conflicts if c.state == "open"] or ["; ".join(event.review)]
        for line_ in told:
            to.print(Padding(Text(clean(line_), style="dim"), (0, 0, 0, 6)))
    _more(to, len(events), limit)


def versions(conflict: Conflict) -> str:
    """A contradiction in a line: "killed: 9 (3), 2 (1)", each with its independent voices."""
    return f"{conflict.kind}: " + ", ".join(f"{o.value} ({o.independent_n})" for o in conflict.options)


def _more(to: Console, number: int, limit: int) -> None:
    if number > limit:
        to.print(Padding(Text(f"and {number - limit} more: --limit {number}", style="dim"), (0, 0, 0, 2)))


# ------------------------------------------------------------------ log


def show_log(to: Console, lines: Iterable[LogLine], decisions: Mapping[str, Decision]) -> None:
    """A line for each step of a ledger, or for each version of an event."""
    with trimmed(to):
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
        table.add_column(justify="right", style="dim")
        for _ in range(2):
            table.add_column(overflow="fold")
        table.add_column(overflow="fold", ratio=1)
        for line in lines:
            number = str(line.step) if line.version is None else f"v{line.version}"
            table.add_row(number, line.at[:19], line.kind, _log_words(line, decisions))
        to.print(table)


def _log_words(line: LogLine, decisions: Mapping[str, Decision]) -> Text:
    decision = decisions.get(line.cause)
    if line.version is None:
        return Text(decided(decision) if decision else f"{line.words}, {short(line.cause)}")
    text = Text(clean(line.words))
    text.append(f"\n{decided(decision) if decision else short(line.cause)}", style="dim")
    return text.append(f"\n{clean(describe(line.event))}") if line.event else text
