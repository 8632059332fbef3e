"""The commands that ask a ledger: events, show, why, review, log."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from casus.cli_base import FINE, count, filter_options, json_option, ledger_option, opened, put, say
from casus.config import Config
from casus.errors import UnknownError
from casus.records import Claim, Document

if TYPE_CHECKING:
    from casus.events import Event
    from casus.ledger.ledger import Ledger
    from casus.ledger.queries import Filter


@click.command("events", short_help="What happened, once each.")
@filter_options
@ledger_option
@json_option
def events(
    *,
    asked: Filter,
    ledger: Path | None,
    as_json: bool,
) -> int:
    """List the events of the ledger by their first day, undated ones last; with options, those that all of them fit.

    \b
    casus events --country Pakistan --since 2024-01-16 --until 2024-01-20
    casus events --side "Jaish al-Adl" --killed 1 --disputed
    casus events --near 27.37,62.33,50 --text 'drone* OR missile*' --json
    """
    from casus.asking import find as ask  # noqa: PLC0415

    config = Config.load()
    with opened(ledger, config) as there:
        found = ask(there, asked, config)
    _list(found, as_json)
    say(count(len(found), "event"))
    return FINE


def _list(found: list[Event], as_json: bool) -> None:
    if as_json:
        from casus.jsonl import event_line  # noqa: PLC0415

        for event in found:
            put(event_line(event))
    elif found:
        from casus.show import console  # noqa: PLC0415
        from casus.show_event import show_events  # noqa: PLC0415

        show_events(console(sys.stdout), found)


@click.command("show", short_help="An event with its claims and contradictions; a claim; a document.")
@click.argument("id", metavar="ID")
@ledger_option
@json_option
def show(*, id: str, ledger: Path | None, as_json: bool) -> int:
    """Show what is held of an event, who says so in which words, and what is disputed; or a claim, or a document.

    The first characters of an ID are enough.

    \b
    casus show evt_5f2ac901
    casus show clm_09be71d4 --json
    """
    with opened(ledger, Config.load()) as there:
        _show(there, id, as_json)
    return FINE


def _show(ledger: Ledger, id_: str, as_json: bool) -> None:
    from casus.jsonl import claim_line, event_line  # noqa: PLC0415
    from casus.show import console  # noqa: PLC0415
    from casus.show_event import Held, show_claim, show_document, show_event  # noqa: PLC0415

    found = _named(ledger, id_)
    if isinstance(found, Document):
        claims = _in_events(ledger, found)
        if not as_json:
            show_document(console(sys.stdout), found, claims)
        for claim, event in claims if as_json else ():
            put(claim_line(found, claim, held=event))
    elif isinstance(found, Claim):
        document, event = ledger.documents([found.document_id])[found.document_id], ledger.event_of(found.id)
        if as_json:
            put(claim_line(document, found, held=event))
        else:
            show_claim(console(sys.stdout), found, document, event)
    else:
        told = ledger.claims(found.id)
        documents = ledger.documents({claim.document_id for claim in told})
        if as_json:
            put(event_line(found))
            for claim in told:
                put(claim_line(documents[claim.document_id], claim, held=found))
        else:
            show_event(console(sys.stdout), Held(found, tuple(told), documents))


def _in_events(ledger: Ledger, document: Document) -> list[tuple[Claim, Event | None]]:

    return [(claim, ledger.event_of(claim.id)) for claim in ledger.claims_in(document.id)]


def _named(ledger: Ledger, id_: str) -> Event | Claim | Document:
    """What the id names; one without its first four characters is looked for among documents, events and claims."""

    if id_.startswith("evt_"):
        return _event(ledger, id_)
    if id_.startswith("clm_"):
        return ledger.claim(id_)
    several: UnknownError | None = None
    for look in (lambda: ledger.document(id_), lambda: _event(ledger, id_), lambda: ledger.claim(id_)):
        try:
            return look()
        except UnknownError as error:
            several = error if "more than one" in error.message else several
    raise several or UnknownError(f"there is no event, claim or document {id_!r}")


def _event(ledger: Ledger, id_: str) -> Event:
    event = ledger.event(id_)
    if not event.id.startswith(id_ if id_.startswith("evt_") else f"evt_{id_}"):
        say(f"note: {id_} was merged into {event.id}")
    return event


@click.command("why", short_help="Why two claims are, or are not, one event.")
@click.argument("one", metavar="CLAIM")
@click.argument("other", metavar="CLAIM")
@ledger_option
@json_option
def why(*, one: str, other: str, ledger: Path | None, as_json: bool) -> int:
    """Say whether two claims tell one event, what decided that, and what speaks for and against it.

    \b
    casus why clm_09be71d4 clm_e1f0c233
    """
    from casus.jsonl import why_line  # noqa: PLC0415
    from casus.show import console  # noqa: PLC0415
    from casus.show_ledger import show_why  # noqa: PLC0415

    with opened(ledger, Config.load()) as there:
        answer = there.why(one, other)
        documents = there.documents({answer.one.document_id, answer.other.document_id})
    if as_json:
        put(why_line(answer))
    else:
        show_why(console(sys.stdout), answer, documents)
    return FINE


@click.command("review", short_help="What a person should look at.")
@click.option("--limit", type=click.IntRange(1), default=20, metavar="N", help="N of each sort; 20 without it.")
@ledger_option
@json_option
def review(*, limit: int, ledger: Path | None, as_json: bool) -> int:
    """List decisions that no claim carries any more, open contradictions, and events about which something is odd.

    Contradictions of which most independent voices tell stand first.

    \b
    casus review
    casus review --limit 100 --json
    """
    from casus.asking import review as to_review  # noqa: PLC0415
    from casus.jsonl import decision_line, event_line  # noqa: PLC0415
    from casus.show import console  # noqa: PLC0415
    from casus.show_ledger import show_review  # noqa: PLC0415

    with opened(ledger, Config.load()) as there:
        found = to_review(there)
    if not as_json:
        show_review(console(sys.stdout), found, limit)
        return FINE
    for decision in found.orphans[:limit]:
        put(decision_line(decision))
    for event in (*found.disputed[:limit], *found.odd[:limit]):
        put(event_line(event))
    return FINE


@click.command("log", short_help="Every version of an event and why it changed; every step of the ledger.")
@click.argument("event", required=False, metavar="[EVENT]")
@ledger_option
@json_option
def log(*, event: str | None, ledger: Path | None, as_json: bool) -> int:
    """Tell how an event came to be what it is, version by version; without one, every step of the ledger.

    \b
    casus log
    casus log evt_5f2ac901
    """
    from casus.jsonl import log_line  # noqa: PLC0415
    from casus.show import console  # noqa: PLC0415
    from casus.show_ledger import show_log  # noqa: PLC0415

    with opened(ledger, Config.load()) as there:
        lines = there.log(event)
        decisions = {decision.id: decision for decision in there.decisions()}
    if not as_json:
        show_log(console(sys.stdout), lines, decisions)
        return FINE
    for line in lines:
        put(log_line(line))
    return FINE
