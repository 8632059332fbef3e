"""A CSV in the shape of ACLED: the 31 columns of its data export, one row an event.

Columns, their order and their values follow ACLED's codebook (2023 revision and as kept up since: actor types and
interactions are words, not numbers). What ACLED does not hold is left out and counted; what it has no column for
stands in `notes` (`carried`). docs/formats/acled.md tells of every column.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import BinaryIO

from casus.export.acled_events import REASONS, AcledEvent, acled_event
from casus.export.acled_sides import Line, line
from casus.export.carried import carried, in_a_line, listed
from casus.export.cells import Cell, batches
from casus.export.csv_native import Sink
from casus.export.job import Job, Written
from casus.export.shaped import Admitted, LeftOut, deaths
from casus.export.told import told
from casus.ledger import moments, numbers
from casus.ledger.flat import Column

# the kind of ACLED's numbers in the ledger: each is counted within a country
KIND = "acled"
# events at once: their numbers and times are looked up together
PAGE = 500


def _column(name: str, kind: str, meaning: str) -> Column:
    return Column(name, kind.rstrip("?"), kind.endswith("?"), meaning)  # type: ignore[arg-type]


COLUMNS: tuple[Column, ...] = (
    _column("event_id_cnty", "str", "Code of the country and a number counted within it; never another event's."),
    _column("event_date", "date", "The day; the middle one where a week or a month is known."),
    _column("year", "int", "The year of that day."),
    _column("time_precision", "int", "1 a day, 2 a week at most, 3 a month at most."),
    _column("disorder_type", "str", "By the sub-event type."),
    _column("event_type", "str", "By the sub-event type."),
    _column("sub_event_type", "str", "By the crosswalk of the codebook: type, mode, sides, weapon, harm."),
    _column("actor1", "str?", "The first actor; of a demonstration, the crowd."),
    _column("assoc_actor_1", "str?", "Groups of actor1 and further actors, joined by '; '."),
    _column("inter1", "str?", "ACLED's type of actor1, by its sector."),
    _column("actor2", "str?", "The first recipient; of a crowd driven apart, who did it."),
    _column("assoc_actor_2", "str?", "Groups of actor2 and further recipients, joined by '; '."),
    _column("inter2", "str?", "ACLED's type of actor2, by its sector."),
    _column("interaction", "str?", "The two types in ACLED's order."),
    _column("civilian_targeting", "str?", "'Civilian targeting', or empty."),
    _column("iso", "int", "The country's number in ISO 3166."),
    _column("region", "str", "ACLED's region of the country."),
    _column("country", "str", "ACLED's name of the country."),
    _column("admin1", "str?", "The first-level division."),
    _column("admin2", "str?", "The district, where no more than that is known; else empty."),
    _column("admin3", "str?", "Always empty."),
    _column("location", "str?", "The name of the place."),
    _column("latitude", "float?", "Of the place, WGS 84."),
    _column("longitude", "float?", "Of the place, WGS 84."),
    _column("geo_precision", "int", "1 the place, 2 near it or a district, 3 a province, a region or a mere name."),
    _column("source", "str", "Publishers of its reports, joined by '; '."),
    _column("source_scale", "str?", "National, International or both, by the countries of the publishers."),
    _column("notes", "str", "The event in a line, then what ACLED has no column for."),
    _column("fatalities", "int", "Killed by the best figure; 0 where nobody counts."),
    _column("tags", "str?", "Always empty."),
    _column("timestamp", "int", "When the ledger's version of it was made, in seconds since 1970."),
)


def write(job: Job, out: BinaryIO) -> Written:
    """The events that are asked for and that ACLED would hold."""
    left, admitted, sink = LeftOut(REASONS), Admitted.of(job), Sink(COLUMNS, out)
    for some in batches(_events(job, admitted, left), PAGE):
        ids = numbers.at_home(job.ledger, KIND, {e.told.event.event_id: e.home for e in some})
        times = moments.changed(job.ledger, ids)
        sink.put([_row(e, *ids[e.told.event.event_id], times[e.told.event.event_id]) for e in some])
    return Written({"events": sink.n}, (*admitted.notes("ACLED"), *left.notes()))


def _events(job: Job, admitted: Admitted, left: LeftOut) -> Iterator[AcledEvent]:
    for one in told(job, summary=True):
        event = acled_event(one, admitted)
        if isinstance(event, str):
            left.add(event, one.event)
        else:
            yield event


def _row(event: AcledEvent, home: str, n: int, changed: str) -> tuple[Cell, ...]:
    flat, sides = event.told.event, line(event)
    return (
        f"{home}{n}",
        event.day,
        event.day.year,
        event.time_precision,
        event.type.disorder_type,
        event.type.event_type,
        event.type.sub_event_type,
        *_sides(sides),
        "Civilian targeting" if targets_civilians(event, sides) else None,
        event.country.iso,
        event.country.region,
        event.country.name,
        flat.admin1,
        flat.place if flat.place_precision == "adm2" else None,
        None,
        flat.place,
        flat.lat,
        flat.lon,
        event.geo_precision,
        listed([_publisher(c.publisher) for c in event.told.claims]),
        scale(event),
        in_a_line(carried(event.told), flat.summary),
        deaths(flat).best,
        None,
        seconds(changed),
    )


def _sides(sides: Line) -> Sequence[Cell]:
    one, two = sides.one, sides.two
    return (
        one.name if one else None, sides.with_one, one.inter if one else None,
        two.name if two else None, sides.with_two, two.inter if two else None,
        sides.interaction,
    )  # fmt: skip


def targets_civilians(event: AcledEvent, sides: Line) -> bool:
    """Whether civilians are the main or only target, by the types and the second side."""
    kind = event.type
    if kind.event_type == "Violence against civilians" or kind.sub_event_type == "Excessive force against protesters":
        return True
    hit = sides.two is not None and sides.two.inter == "Civilians"
    return hit and (kind.event_type == "Explosions/Remote violence" or kind.sub_event_type == "Mob violence")


def _publisher(name: str | None) -> str:
    return (name or "Unnamed publisher").replace(";", ",")


def scale(event: AcledEvent) -> str | None:
    """Where the publishers are, seen from the event: of its country, of others, of both. Empty where nobody knows."""
    found = {c.publisher_country for c in event.told.claims if c.publisher_country}
    words = ["National"] * (event.home in found) + ["International"] * bool(found - {event.home})
    return "-".join(words) or None


def seconds(moment: str) -> int:
    """Whole seconds since 1970 of a time in ISO 8601; without an offset it is UTC."""
    at = datetime.fromisoformat(moment)
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())
