"""Which events of a ledger are events of ACLED, of which type, on which day and in which country.

ACLED codebook (acleddata.com, 2023 revision and as kept up since): no event without a day within a month, a place
within a country, and one of its twenty-five sub-event types.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from casus.codebook import AcledType, Codebook
from casus.export.shaped import USUAL, Admitted, days
from casus.export.states import AcledCountry, land
from casus.export.told import Told
from casus.ledger.flat import FlatEvent

REASONS: Mapping[str, str] = {
    **USUAL,
    "type": "of types that ACLED does not have (words, diplomacy, aid, courts and the like)",
    "undated": "of unknown date",
    "coarse-date": "dated more coarsely than a month",
    "no-country": "of unknown country",
    "coarse-place": "of which no more than the country is known",
}
# Days that an event may have happened on, for ACLED's time precisions 1 to 3: the day, a week, a month.
_TIME = ((1, 1), (7, 2), (31, 3))
# A town stands for a district, as ACLED has it; what is larger is 3, and so is a place that a person named without a
# point ("unknown").
GEO = {"exact": 1, "near": 2, "adm2": 2, "adm1": 3, "region": 3, "unknown": 3}


@dataclass(frozen=True, slots=True)
class AcledEvent:
    """An event as ACLED would have it. `time_precision` 1 to 3; `geo_precision` 1 to 3, None where no more than the
    country is known. `home` is the country that it lies in, ISO 3166 alpha-3."""

    told: Told
    type: AcledType
    day: date
    time_precision: int
    home: str
    country: AcledCountry
    geo_precision: int | None


def acled_event(told: Told, admitted: Admitted, *, countrywide: bool = False) -> AcledEvent | str:
    """The event as ACLED would have it, or why it would not: a reason of `REASONS`.

    `countrywide`: those of which no more than the country is known go in, too.
    """
    event = told.event
    why, kind = admitted.why_not(event), acled_type(told)
    if why is not None or kind is None:
        return why or "type"
    when = dated(event)
    if isinstance(when, str):
        return when
    there, geo = land(event.iso3), GEO.get(event.place_precision)
    if there is None:
        return "no-country"
    if geo is None and not countrywide:
        return "coarse-place"
    return AcledEvent(told, kind, *when, event.iso3 or "", there.acled, geo)


def dated(event: FlatEvent) -> tuple[date, int] | str:
    """Its day, the one in the middle of those that it may have happened on, and ACLED's time precision; or a reason."""
    n = days(event)
    if n is None or event.date_start is None:
        return "undated"
    code = next((code for most, code in _TIME if n <= most), None)
    return "coarse-date" if code is None else (event.date_start + timedelta((n - 1) // 2), code)


def acled_type(told: Told) -> AcledType | None:
    """Its type by the crosswalk of the codebook; None where ACLED has none."""
    book, event = Codebook.load(), told.event
    if event.type not in book.type_names:
        return None
    known = event.mode in book.type(event.type).mode_names
    harmed = any(
        n for n in (event.killed_low, event.killed_best, event.killed_high, event.injured_low, event.injured_best,
                    event.injured_high)
    )  # fmt: skip
    sectors = ([side.sector for side in of] for of in (told.actors, told.recipients))
    return book.to_acled(
        event.type, event.mode if known else None, *sectors, weapon=told.weapon, harmed=harmed
    ).acled  # fmt: skip
