"""The filter as it stands in the address of a page, so that what one sees can be sent on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from fastapi import Request

from casus.asking import meant, near_of
from casus.config import Config
from casus.errors import UsageError
from casus.ledger.ledger import Ledger
from casus.ledger.queries import Filter

# the fields of a filter, in the order in which an address has them
FIELDS = (
    "since", "until", "country", "side", "actor", "recipient", "type", "status", "killed", "independent", "disputed",
    "review", "umbrella", "near", "text",
)  # fmt: skip
_TURNING = ("order", "after", "before")
# what an address may hold of one field; more is nobody's question
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person typed (`given`, without what is empty), and what it means in the ledger's words."""

    given: Mapping[str, str]
    filter: Filter = field(default_factory=Filter)
    wrong: UsageError | None = None

    def get(self, name: str) -> str:
        """What was typed into a field."""
        return self.given.get(name, "")

    def query(self, **changes: str | None) -> str:
        """The filter as the query of an address, with these changes and from the first page on; "" for all events."""
        return self._encoded(changes, (*FIELDS, "order"))

    def filter_query(self, **changes: str | None) -> str:
        """The same without the order, for exports."""
        return self._encoded(changes, FIELDS)

    def turned(self, **changes: str | None) -> str:
        """The same list, another page of it."""
        return self._encoded({"after": None, "before": None, **changes}, (*FIELDS, *_TURNING))

    def _encoded(self, changes: Mapping[str, str | None], names: tuple[str, ...]) -> str:
        values = {**self.given, **changes}
        text = urlencode([(name, values[name]) for name in names if values.get(name)])
        return f"?{text}" if text else ""

    @property
    def words(self) -> list[tuple[str, str, str]]:
        """What is asked for, each with the address of the page without it."""
        return [(name, self.given[name], self.query(**{name: None})) for name in FIELDS if name in self.given]


def asked(request: Request, ledger: Ledger, config: Config) -> Asked:
    """What the address asks for; where that makes no sense, the error is in it, and nothing is asked."""
    given: dict[str, str] = {}
    for name in (*FIELDS, *_TURNING):
        value = request.query_params.get(name, "").strip()
        if value:
            given[name] = value[:LONGEST]
    try:
        return Asked(given, meant(ledger, _filter(given), config))
    except UsageError as error:
        return Asked(given, wrong=error)


def _filter(given: Mapping[str, str]) -> Filter:
    """What was typed, as a filter. Raises UsageError."""
    return Filter(
        since=_day(given, "since"),
        until=_day(given, "until"),
        country=given.get("country"),
        type=given.get("type"),
        status=given.get("status"),
        actor=given.get("actor"),
        recipient=given.get("recipient"),
        side=given.get("side"),
        killed=_count(given, "killed"),
        independent=_count(given, "independent"),
        disputed=_yes(given, "disputed") or False,
        review=_yes(given, "review") or False,
        umbrella=_yes(given, "umbrella"),
        near=near_of(given["near"]) if "near" in given else None,
        text=given.get("text"),
    )


def _day(given: Mapping[str, str], name: str) -> date | None:
    if name not in given:
        return None
    try:
        return date.fromisoformat(given[name])
    except ValueError:
        raise UsageError(f"{given[name]!r} is no day", "write it as 2024-01-18") from None


def _count(given: Mapping[str, str], name: str) -> int | None:
    if name not in given:
        return None
    if not (given[name].isascii() and given[name].isdigit() and len(given[name]) <= 12):
        raise UsageError(f"{name} of {given[name]!r} makes no sense", "give a whole number")
    return int(given[name])


def _yes(given: Mapping[str, str], name: str) -> bool | None:
    value = given.get(name, "").lower()
    if value in ("", "any"):
        return None
    if value in ("1", "yes", "true", "on"):
        return True
    if value in ("0", "no", "false", "off"):
        return False
    raise UsageError(f"{name} is yes or no, not {value!r}")
