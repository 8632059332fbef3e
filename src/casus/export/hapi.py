"""A CSV in the shape of HDX HAPI's conflict events: counts by division, month and kind, 19 columns.

After the files of "HDX HAPI - Coordination & Context: Conflict Events", which are made from ACLED: so what counts, and
as what, is as ACLED would have it (`acled_events`), and what is known no more finely than to a country stands at level
0. Kinds overlap, as they do there: most civilian targeting is political violence, too. What the form has no column for
stands in `warning`. docs/formats/hapi.md tells of every column.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO, NamedTuple

from casus.codebook import AcledType
from casus.export.acled import targets_civilians
from casus.export.acled_events import REASONS as ACLED
from casus.export.acled_events import AcledEvent, acled_event
from casus.export.acled_sides import line
from casus.export.carried import listed
from casus.export.cells import Cell
from casus.export.csv_native import Sink
from casus.export.job import Job, Written
from casus.export.shaped import Admitted, LeftOut, deaths
from casus.export.told import told
from casus.ledger.flat import Column

CIVILIANS, DEMONSTRATION, VIOLENCE = "civilian_targeting", "demonstration", "political_violence"
_VIOLENT = frozenset({"Battles", "Violence against civilians", "Explosions/Remote violence"})
REASONS: Mapping[str, str] = {
    **{reason: words for reason, words in ACLED.items() if reason != "coarse-place"},
    "strategic": "strategic developments in ACLED, which are none of the three kinds",
}


def _column(name: str, kind: str, meaning: str) -> Column:
    return Column(name, kind.rstrip("?"), kind.endswith("?"), meaning)  # type: ignore[arg-type]


COLUMNS: tuple[Column, ...] = (
    _column("location_code", "str", "The country, ISO 3166 alpha-3."),
    _column("has_hrp", "str?", "Always empty: it changes by the year, and Casus does not know it."),
    _column("in_gho", "str?", "Always empty, likewise."),
    _column("provider_admin1_name", "str?", "The first-level division, as Casus names it."),
    _column("provider_admin2_name", "str?", "The district, where events are known to no more than that."),
    _column("admin1_code", "str?", "Always empty: Casus knows no p-codes."),
    _column("admin1_name", "str?", "Always empty, as it is the name under a p-code."),
    _column("admin2_code", "str?", "Always empty, likewise."),
    _column("admin2_name", "str?", "Always empty, likewise."),
    _column("admin_level", "int", "The level of the row's division: 0, 1 or 2."),
    _column("event_type", "str", "civilian_targeting, demonstration or political_violence."),
    _column("events", "int", "How many events."),
    _column("fatalities", "int", "Killed in them by the best figures; 0 where nobody counts."),
    _column("reference_period_start", "date", "First day of the month."),
    _column("reference_period_end", "date", "Last day of the month."),
    _column("dataset_hdx_id", "str?", "Always empty: it is no data set of HDX."),
    _column("resource_hdx_id", "str?", "Always empty, likewise."),
    _column("warning", "str", "What the form has no column for, parted by bars."),
    _column("error", "str?", "Always empty."),
)
# tags of the Humanitarian Exchange Language, as HDX writes them below the headings
HXL: Mapping[str, str] = {
    "location_code": "#country+code", "has_hrp": "#meta+has_hrp", "in_gho": "#meta+in_gho",
    "provider_admin1_name": "#adm1+name+provider", "provider_admin2_name": "#adm2+name+provider",
    "admin1_code": "#adm1+code", "admin1_name": "#adm1+name", "admin2_code": "#adm2+code",
    "admin2_name": "#adm2+name", "admin_level": "#adm+level", "event_type": "#event+type",
    "events": "#indicator+event+num", "fatalities": "#affected+killed", "reference_period_start": "#date+start",
    "reference_period_end": "#date+end", "dataset_hdx_id": "#meta+dataset_id", "resource_hdx_id": "#meta+resource_id",
    "warning": "#meta+warning", "error": "#meta+error",
}  # fmt: skip


class Key(NamedTuple):
    """What a row is of, in the order of rows. A division that is not known is empty."""

    kind: str
    month: date
    country: str
    admin1: str
    admin2: str


@dataclass(slots=True)
class Counted:
    """What a row counts, and what its warning tells."""

    events: int = 0
    killed: int = 0
    low: int = 0
    high: int = 0
    disputed: int = 0
    open_ended: int = 0
    inexact: int = 0
    ids: list[str] = field(default_factory=list)

    def add(self, event: AcledEvent) -> None:
        """One more event."""
        flat = event.told.event
        low, best, high = deaths(flat)
        self.events += 1
        self.killed, self.low, self.high = self.killed + best, self.low + low, self.high + high
        self.disputed += bool(flat.conflicts_open)
        ends = (flat.killed_low, flat.killed_high)
        self.open_ended += None in ends and (*ends, flat.killed_best) != (None, None, None)
        self.inexact += event.time_precision > 1
        self.ids.append(flat.event_id)

    def warning(self) -> str:
        """Range of deaths, contradictions, dates, and which events they are."""
        said = [
            f"killed {self.low} to {self.high}" if self.high else "",
            f"{self.open_ended} with a toll that has no upper or lower end" if self.open_ended else "",
            f"{self.disputed} with open contradictions" if self.disputed else "",
            f"{self.inexact} dated to a week or a month" if self.inexact else "",
            f"events {listed(self.ids)}",
        ]
        return "|".join(part for part in said if part)


def write(job: Job, out: BinaryIO) -> Written:
    """The events that are asked for, counted; with `hxl`, a row of tags below the headings."""
    left, admitted = LeftOut(REASONS), Admitted.of(job)
    rows: dict[Key, Counted] = {}
    for event in _events(job, admitted, left):
        for kind in kinds(event):
            rows.setdefault(_key(event, kind), Counted()).add(event)
    sink = Sink(COLUMNS, out)
    if job.options.hxl:
        sink.put([[HXL[column.name] for column in COLUMNS]])
    sink.put([_row(key, rows[key]) for key in sorted(rows)])
    return Written({"rows": len(rows)}, (*admitted.notes("HDX HAPI"), *left.notes()))


def _events(job: Job, admitted: Admitted, left: LeftOut) -> Iterator[AcledEvent]:
    for one in told(job, summary=False):
        event = acled_event(one, admitted, countrywide=True)
        why = event if isinstance(event, str) else None if overall(event.type) else "strategic"
        if why is not None:
            left.add(why, one.event)
        elif not isinstance(event, str):
            yield event


def overall(kind: AcledType) -> str | None:
    """demonstration or political_violence; None for what is neither. HDX counts mob violence as political violence,
    all other riots and all protests as demonstrations."""
    if kind.event_type in _VIOLENT or kind.sub_event_type == "Mob violence":
        return VIOLENCE
    return DEMONSTRATION if kind.event_type in ("Protests", "Riots") else None


def kinds(event: AcledEvent) -> tuple[str, ...]:
    """All kinds that the event counts as: of political violence with its second side, civilian targeting as well."""
    kind = overall(event.type)
    if kind is None:
        return ()
    targeted = kind == VIOLENCE and event.type.event_type != "Riots" and targets_civilians(event, line(event))
    return (CIVILIANS, kind) if targeted else (kind,)


def _key(event: AcledEvent, kind: str) -> Key:
    flat = event.told.event
    admin1 = (flat.admin1 or "") if event.geo_precision else ""
    admin2 = (flat.place or "") if admin1 and flat.place_precision == "adm2" else ""
    return Key(kind, event.day.replace(day=1), event.home, admin1, admin2)


def _row(key: Key, counted: Counted) -> tuple[Cell, ...]:
    last = key.month.replace(day=monthrange(key.month.year, key.month.month)[1])
    level = 2 if key.admin2 else 1 if key.admin1 else 0
    return (
        key.country, None, None, key.admin1 or None, key.admin2 or None, None, None, None, None, level, key.kind,
        counted.events, counted.killed, key.month, last, None, None, counted.warning(), None,
    )  # fmt: skip
