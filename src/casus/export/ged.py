"""A CSV in the shape of UCDP GED: the 49 columns of its versions 23.1 and 24.1, one row an event.

Ids are whole numbers from the ledger's own list (`ledger.numbers`), which never move; they are not UCDP's. What GED
does not hold is left out and counted; what it has no column for stands in `source_original` (`carried`).
docs/formats/ged.md tells of every column.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import BinaryIO

from casus.analysis.grid import gid_of
from casus.export.carried import carried, in_a_line
from casus.export.cells import Cell, batches
from casus.export.csv_native import Sink
from casus.export.ged_events import CIVILIANS, COUNTRY, REASONS, WHERE, GedEvent, Party, ged_event, told_as_civilians
from casus.export.job import Job, Written
from casus.export.shaped import Admitted, LeftOut
from casus.export.told import Told, told
from casus.ledger import numbers
from casus.ledger.flat import Column, FlatClaim, flat_events, parts

# events at once: their numbers are looked up together
PAGE = 500
# a dyad is active in a year in which this many died in it (UCDP)
ACTIVE = 25
# UCDP's number of civilians, which none of ours is
CIVILIANS_ID = 9999
# Reports that are listed, and characters of a headline: readers of CSV that keep to Python's limit of 131,072
# characters a cell would stop at the thousands of reports that a large event has.
REPORTS, HEADLINE = 100, 300


def _column(name: str, kind: str, meaning: str) -> Column:
    return Column(name, kind.rstrip("?"), kind.endswith("?"), meaning)  # type: ignore[arg-type]


COLUMNS: tuple[Column, ...] = (
    _column("id", "int", "The event's number in this ledger; never another event's."),
    _column("relid", "str", "Country, year, type of violence, dyad and id, joined by '-'."),
    _column("year", "int", "The year of date_start."),
    _column("active_year", "int", "1 where the dyad has 25 deaths or more in that year within the file, else 0."),
    _column("code_status", "str", "'Clear', or 'Check' and what open contradictions are about."),
    _column("type_of_violence", "int", "1 state-based, 2 non-state, 3 one-sided, by the sides."),
    _column("conflict_dset_id", "int", "As conflict_new_id."),
    _column("conflict_new_id", "int", "As dyad_new_id: Casus does not know what a conflict is about."),
    _column("conflict_name", "str", "As dyad_name."),
    _column("dyad_dset_id", "int", "As dyad_new_id."),
    _column("dyad_new_id", "int", "The dyad's number in this ledger."),
    _column("dyad_name", "str", "side_a and side_b, joined by ' - '."),
    _column("side_a_dset_id", "int", "As side_a_new_id."),
    _column("side_a_new_id", "int", "The side's number in this ledger."),
    _column("side_a", "str", "The state, else who comes first by name, else who did it; 'XXX' where nobody is named."),
    _column("side_b_dset_id", "int", "As side_b_new_id."),
    _column("side_b_new_id", "int", "The side's number in this ledger; 9999 for civilians, as in GED."),
    _column("side_b", "str", "The other side; 'Civilians' where none is armed."),
    _column("number_of_sources", "int", "How many documents tell it."),
    _column("source_article", "str", "Publisher, day and title of its reports, each in double quotes, by ';'."),
    _column("source_office", "str?", "Their publishers, by ';'."),
    _column("source_date", "str?", "Their days, by ';'."),
    _column("source_headline", "str?", "Their titles, by ';'."),
    _column("source_original", "str", "Who says it, then what GED has no column for."),
    _column("where_prec", "int", "1 the place, 2 near it, 3 district, 4 province, 5 region, 6 the country at most."),
    _column("where_coordinates", "str?", "The name of the place."),
    _column("where_description", "str?", "Place, division and country."),
    _column("adm_1", "str?", "The first-level division."),
    _column("adm_2", "str?", "The district, where no more than that is known; else empty."),
    _column("latitude", "float?", "Of the place, WGS 84."),
    _column("longitude", "float?", "Of the place, WGS 84."),
    _column("geom_wkt", "str?", "The same as a point in WKT."),
    _column("priogrid_gid", "int?", "The PRIO-GRID cell of the point."),
    _column("country", "str", "UCDP's name of the state that the place is counted to."),
    _column("country_id", "int", "Its Gleditsch-Ward number."),
    _column("region", "str", "UCDP's region of that state."),
    _column("event_clarity", "int", "1 an incident, 2 a sum or span of incidents (only where asked for)."),
    _column("date_prec", "int", "1 the day, 2 within 6 days, 3 a week, 4 a month, 5 a year at most."),
    _column("date_start", "str", "First day, in GED's form: '2024-01-16 00:00:00.000'."),
    _column("date_end", "str", "Last day, in the same form."),
    _column("deaths_a", "int", "Always 0: Casus does not tell the dead by side."),
    _column("deaths_b", "int", "Always 0."),
    _column("deaths_civilians", "int", "best, where all that it was done to are told to be civilians; else 0."),
    _column("deaths_unknown", "int", "best, where deaths_civilians has it not."),
    _column("best", "int", "Killed by the best figure; the low one where nobody counts."),
    _column("high", "int", "The most; best where it is open."),
    _column("low", "int", "The fewest; best where it is open."),
    _column("gwnoa", "int?", "Gleditsch-Ward number of side_a, where it is a state."),
    _column("gwnob", "int?", "The same of side_b."),
)


def write(job: Job, out: BinaryIO) -> Written:
    """The events that are asked for and that GED would hold."""
    left, admitted, sink = LeftOut(REASONS), Admitted.of(job), Sink(COLUMNS, out)
    active = {key for key, n in _deaths_by_year(job, admitted).items() if n >= ACTIVE}
    for some in batches(_events(job, admitted, left), PAGE):
        ids = _Ids(job, some)
        sink.put([_row(event, ids, active) for event in some])
    return Written({"events": sink.n}, (*admitted.notes("UCDP GED"), *left.notes()))


def _events(job: Job, admitted: Admitted, left: LeftOut) -> Iterator[GedEvent]:
    for one in told(job, summary=False):
        event = ged_event(one, admitted)
        if isinstance(event, str):
            left.add(event, one.event)
        else:
            yield event


def _deaths_by_year(job: Job, admitted: Admitted) -> Mapping[tuple[str, int], int]:
    """Deaths of each dyad in each year, for which all events are looked through once before."""
    out = Counter[tuple[str, int]]()
    for flat in flat_events(job.ledger, job.asked, summary=False):
        event = ged_event(Told(flat), admitted)
        if not isinstance(event, str):
            out[event.dyad, event.year] += event.deaths.best
    return out


class _Ids:
    """Numbers of events, dyads and sides."""

    def __init__(self, job: Job, events: Sequence[GedEvent]) -> None:
        self.events = numbers.of(job.ledger, "event", [e.told.event.event_id for e in events])
        self.dyads = numbers.of(job.ledger, "dyad", [e.dyad for e in events])
        self._sides = numbers.of(job.ledger, "actor", [p.key for e in events for p in (e.a, e.b) if p != CIVILIANS])

    def side(self, party: Party) -> int:
        """The number of a side."""
        if party == CIVILIANS:
            return CIVILIANS_ID
        n = self._sides[party.key]
        return n + (n >= CIVILIANS_ID)


def _row(event: GedEvent, ids: _Ids, active: set[tuple[str, int]]) -> tuple[Cell, ...]:
    flat = event.told.event
    n, dyad, a, b = ids.events[flat.event_id], ids.dyads[event.dyad], ids.side(event.a), ids.side(event.b)
    check = ", ".join(parts(flat.disputed))
    return (
        n,
        f"{flat.iso3}-{event.year}-{event.violence}-{dyad}-{n}",
        event.year,
        int((event.dyad, event.year) in active),
        f"Check {check}" if check else "Clear",
        event.violence,
        dyad, dyad, event.dyad_name,
        dyad, dyad, event.dyad_name,
        a, a, event.a.name,
        b, b, event.b.name,
        *_sources(event.told),
        *_where(event),
        2 if flat.umbrella else 1,
        event.date_prec,
        *(_day(day) for day in (flat.date_start, flat.date_end)),
        0, 0, *_dead(event),
        event.deaths.best, event.deaths.high, event.deaths.low,
        *(party.state.gwno if party.state else None for party in (event.a, event.b)),
    )  # fmt: skip


def _sources(told: Told) -> tuple[Cell, ...]:
    """From the number of sources to the original source."""
    reports = list({claim.document_id: claim for claim in told.claims}.values())[:REPORTS]
    offices, dates, titles = zip(*(_cited(claim) for claim in reports), strict=True) if reports else ((), (), ())
    articles = [f'"{",".join(cited)}"' for cited in zip(offices, dates, titles, strict=True)]
    fields = carried(told)
    first = {"said by": fields.pop("said by", "nobody named")}
    return told.event.reports, *(_joined(of) for of in (articles, offices, dates, titles)), in_a_line(first | fields)


def _cited(claim: FlatClaim) -> tuple[str, str, str]:
    """Publisher, day and title, without the signs that stand between them."""
    # a comma parts the three
    told = (claim.publisher or "").replace(";", " ").replace(",", " "), (claim.title or "")[:HEADLINE].replace(";", ",")
    office, title = (" ".join(text.replace('"', "'").split()) for text in told)
    return office, claim.published.isoformat() if claim.published else "", title


def _joined(values: Sequence[str]) -> str | None:
    return ";".join(values) if any(values) else None


def _where(event: GedEvent) -> tuple[Cell, ...]:
    """From the precision of the place to the region."""
    flat, country = event.told.event, event.country
    point = None if flat.lat is None or flat.lon is None else (flat.lat, flat.lon)
    place = dict.fromkeys(part for part in (flat.place, flat.admin1, country.name) if part)
    return (
        WHERE.get(flat.place_precision, COUNTRY),
        flat.place,
        ", ".join(place),
        flat.admin1,
        flat.place if flat.place_precision == "adm2" else None,
        flat.lat,
        flat.lon,
        f"POINT ({point[1]:.6f} {point[0]:.6f})" if point else None,
        gid_of(*point) if point else None,
        country.name,
        country.gwno,
        country.region,
    )


def _dead(event: GedEvent) -> tuple[int, int]:
    """Of civilians, and of those of whom it is not told."""
    best = event.deaths.best
    return (best, 0) if event.violence == 3 and told_as_civilians(event.told) else (0, best)


def _day(day: date | None) -> str | None:
    return f"{day.isoformat()} 00:00:00.000" if day else None
