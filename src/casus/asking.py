"""What a person asks of a ledger, in a person's words: countries by name, actors by alias, types in any case."""

from __future__ import annotations

from dataclasses import dataclass, replace

from casus.codebook import Codebook
from casus.config import Config
from casus.errors import LedgerError, UsageError
from casus.events import Decision, Event
from casus.ledger.ledger import Ledger
from casus.ledger.queries import Filter
from casus.linking.countries import code_of
from casus.linking.settle_choices import STATUSES
from casus.world.actors import ActorBook

# a place as `--near` and Python take it
Near = tuple[float, float, float]
MOST = 10**12  # of anything that is counted; SQLite holds no more than 2^63


def find(ledger: Ledger, asked: Filter, config: Config) -> list[Event]:
    """The events that are asked for, by their first day. Raises UsageError for what makes no sense."""
    try:
        return ledger.events(meant(ledger, asked, config))
    except LedgerError as error:
        # what SQLite says of a query that is none
        if asked.text and any(word in error.message for word in ("fts5", "unterminated", "no such column")):
            hint = 'words are all looked for; "two words" as they stand, AND, OR, NOT and prefix* go too'
            raise UsageError(f"{asked.text!r} cannot be searched for", hint) from error
        raise


@dataclass(frozen=True, slots=True)
class Review:
    """What a person should look at: decisions that no claim carries any more, events with open contradictions, those
    of most independent voices first, and other events about which something is odd, those of most reports first."""

    orphans: tuple[Decision, ...]
    disputed: tuple[Event, ...]
    odd: tuple[Event, ...]


def review(ledger: Ledger) -> Review:
    """All that there is to look at."""
    disputed = ledger.events(Filter(disputed=True))
    odd = [e for e in ledger.events(Filter(review=True)) if not any(c.state == "open" for c in e.conflicts)]
    return Review(
        tuple(ledger.orphans()),
        tuple(sorted(disputed, key=lambda e: (-e.independent_n, -e.reports_n, e.id))),
        tuple(sorted(odd, key=lambda e: (-e.reports_n, -e.independent_n, e.id))),
    )


def meant(ledger: Ledger, asked: Filter, config: Config) -> Filter:
    """The same with the names that the ledger uses. Raises UsageError."""
    for name in ("killed", "independent", "limit", "offset"):
        if not 0 <= (getattr(asked, name) or 0) <= MOST:
            raise UsageError(f"{name} of {getattr(asked, name)} makes no sense", "give 0 or more")
    if asked.since and asked.until and asked.since > asked.until:
        raise UsageError(f"{asked.since} is after {asked.until}", "--since is the first day, --until the last")
    if asked.status is not None and asked.status not in STATUSES:
        raise UsageError(f"there is no status {asked.status!r}", f"one of {', '.join(STATUSES)}")

    def who(name: str | None) -> str | None:
        return None if name is None else who_of(ledger, name, config)

    return replace(
        asked,
        country=None if asked.country is None else country_of(asked.country),
        type=None if asked.type is None else type_of(asked.type),
        actor=who(asked.actor),
        recipient=who(asked.recipient),
        side=who(asked.side),
    )


def country_of(name: str) -> str:
    """ISO 3166 alpha-3 of a country by its code or name. Raises UsageError."""
    code = code_of(name) or _official(name)
    if code is None:
        raise UsageError(f"there is no country {name!r}", "give its English name or its ISO code, such as IRN")
    return code


def _official(name: str) -> str | None:
    """The code of a country by its two letters, its official or its common name."""
    import pycountry  # noqa: PLC0415 - only needed for names that nobody uses daily

    try:
        return str(pycountry.countries.lookup(name.strip()).alpha_3)
    except LookupError:
        return None


def type_of(name: str) -> str:
    """A type of the codebook, in any case. Raises UsageError."""
    book = Codebook.load()
    if name.upper() not in book.type_names:
        raise UsageError(f"there is no type {name!r}", f"one of {', '.join(book.type_names)}")
    return name.upper()


def who_of(ledger: Ledger, name: str, config: Config) -> str:
    """The name under which the ledger keeps an actor: as it is where some event names it so, else its country's code,
    else what the dictionaries make of it ("TTP", "Hizbullah")."""
    if ledger.count(Filter(side=name)):
        return name
    code = code_of(name)
    if code is not None:
        return ledger.names().get(code, code)
    found = ActorBook.load(config.actors).find(name)
    who = found[0].who if len(found) == 1 and (found[0].start, found[0].end) == (0, len(name)) else name
    return ledger.names().get(who, who)


def near_of(text: str) -> Near:
    """A place and a distance as typed: "26.9,64.1,50". Raises UsageError."""
    parts = text.split(",")
    try:
        lat, lon, km = (float(part) for part in parts)
    except ValueError:
        raise UsageError(f"{text!r} is no place", "latitude, longitude, kilometres: such as 26.9,64.1,50") from None
    return lat, lon, km
