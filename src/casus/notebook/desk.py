"""What all views of a ledger share: the ledger that they ask, and the settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casus.config import Config
from casus.errors import UsageError
from casus.events import Event
from casus.records import Claim

if TYPE_CHECKING:
    from casus.ledger.ledger import Ledger as Kept


@dataclass(frozen=True, slots=True)
class Desk:
    """A ledger that is open, and the settings under which it is asked."""

    ledger: Kept
    config: Config


def id_of(thing: str | Event | Claim) -> str:
    """The id of an event or a claim that is given itself, or by its id."""
    return thing if isinstance(thing, str) else thing.id


def who_decides(config: Config, by: str | None = None) -> str:
    """The name under which a decision is written down. Raises UsageError where there is none."""
    name = (by or "").strip() or config.by
    if name:
        return name
    import getpass  # noqa: PLC0415

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError) as error:
        raise UsageError("nobody knows who decides", "give --by NAME, or set CASUS_BY") from error
