"""What ACLED and UCDP call a country, and the numbers that they give it: reads `states.tsv`, which says its sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from casus.codebook.load import table
from casus.errors import DataError

FILE = "states.tsv"


@dataclass(frozen=True, slots=True)
class AcledCountry:
    """A country of ACLED: its name, ISO 3166 number (0 for Kosovo) and region."""

    name: str
    iso: int
    region: str


@dataclass(frozen=True, slots=True)
class UcdpState:
    """A state of UCDP: its name, its number in the list of Gleditsch and Ward, and UCDP's region."""

    name: str
    gwno: int
    region: str


@dataclass(frozen=True, slots=True)
class Land:
    """What an ISO 3166 alpha-3 code stands for with them. `state` is None for what is no state in that list, and
    `counted_to` where UCDP counts events that happen there: the state itself, or the one that it is counted to."""

    acled: AcledCountry
    state: UcdpState | None
    counted_to: UcdpState | None


def land(iso3: str | None) -> Land | None:
    """The country of that code; None for what is no code of one."""
    return lands().get(iso3) if iso3 else None


@cache
def lands() -> Mapping[str, Land]:
    """All of them, by code. Raises DataError where the file cannot be read."""
    try:
        text = (files("casus.export") / FILE).read_text(encoding="utf-8")
        rows = {row["iso3"]: row for row in table(FILE, text)}
        states = {iso3: _state(row) for iso3, row in rows.items()}
        return {
            iso3: Land(
                AcledCountry(row["acled"], int(row["acled_iso"]), row["acled_region"]),
                states[iso3],
                states[iso3] or (None if row["ucdp_in"] == "-" else states[row["ucdp_in"]]),
            )
            for iso3, row in rows.items()
        }
    except (OSError, KeyError, ValueError) as error:
        raise DataError(f"{FILE} cannot be read: {error!r}") from error


def _state(row: Mapping[str, str]) -> UcdpState | None:
    return None if row["gwno"] == "-" else UcdpState(row["ucdp"], int(row["gwno"]), row["ucdp_region"])
