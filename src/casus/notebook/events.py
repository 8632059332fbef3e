"""Events as Python asks a ledger for them: lazy, immutable, narrowed step by step, and out again as frames or files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, ClassVar, Unpack, overload

from casus.errors import UsageError
from casus.events import Event
from casus.notebook.asked import Asked, meant, narrowed
from casus.notebook.desk import Desk
from casus.notebook.event import EventView, event_view
from casus.notebook.rows import Rows
from casus.notebook.tables import Claims, Conflicts, Documents

if TYPE_CHECKING:
    import geopandas

    from casus.analysis.panels import Panel
    from casus.export import Written
    from casus.export.job import Part
    from casus.export.release import Made
    from casus.ledger.flat_columns import Table
    from casus.ledger.queries import Filter
    from casus.notebook.plots import Plots

Test = Callable[[EventView], bool]


class Events(Rows[EventView]):
    """Events by their first day, undated ones last: what `Ledger.events` gives.

    It holds the question and not the answer, so it is quick to make, cannot be changed, and after `add` or a decision
    gives what the ledger then holds.

    >>> strikes = db.events(type="ASSAULT", since="2024-01-01")
    >>> strikes
    <Events of since 2024-01-01; type ASSAULT: 2>
      evt_2a9ae213  Iran attacked Pakistan in Panjgur, 16 January 2024: 2 killed
      evt_2178aacd  Pakistan attacked Iran in Saravan, 18 January 2024: 7 killed (7-9)
    >>> len(strikes), strikes[0].place.name, strikes[-1].place.name
    (2, 'Panjgur', 'Saravan')
    >>> strikes.filter(country="Iran").first().killed.high
    9
    """

    __slots__ = ("_filter", "_tests")
    _table: ClassVar[Table] = "events"

    def __init__(self, desk: Desk, asked: Filter, tests: tuple[Test, ...] = ()) -> None:
        self._desk, self._filter, self._tests = desk, asked, tests

    # asking further

    def filter(self, **asked: Unpack[Asked]) -> Events:
        """Those of them that also fit what is asked; the keywords are those of `Ledger.events`.

        Raises UsageError where nothing can be both, as with two countries.

        >>> [e.place.name for e in db.events(type="ASSAULT").filter(min_killed=5)]
        ['Saravan']
        """
        return Events(self._desk, narrowed(self._filter, meant(self._desk, asked)), self._tests)

    def where(self, test: Test) -> Events:
        """Those of them for which a function of yours says so. It looks at each event, one after the other.

        >>> [e.place.name for e in db.events().where(lambda e: e.killed is not None and e.killed.high > e.killed.low)]
        ['Saravan']
        """
        return Events(self._desk, self._filter, (*self._tests, test))

    @property
    def ids(self) -> list[str]:
        """Their ids, such as `Ledger.events` takes as `ids`.

        >>> db.events(ids=db.events(country="Iran").ids)[0].place.name
        'Saravan'
        """
        return [event.id for event in self]

    @property
    def claims(self) -> Claims:
        """Their claims, lazily."""
        return Claims(self)

    @property
    def documents(self) -> Documents:
        """The documents that tell of them, lazily."""
        return Documents(self)

    @property
    def conflicts(self) -> Conflicts:
        """Their contradictions, lazily."""
        return Conflicts(self)

    # as a collection

    def __iter__(self) -> Iterator[EventView]:
        from casus.ledger.streams import event_pages  # noqa: PLC0415 - not needed to open a ledger

        for page in event_pages(self._desk.ledger, self._filter):
            for event in page:
                view = event_view(self._desk, event)
                if all(test(view) for test in self._tests):
                    yield view

    def __len__(self) -> int:
        if self._tests:
            return super().__len__()
        after = max(self._desk.ledger.count(self._filter) - self._filter.offset, 0)
        return after if self._filter.limit is None else min(after, self._filter.limit)

    def first(self) -> EventView | None:
        """The first one; None where there is none."""
        return next(iter(self if self._tests else self._cut(0, 1)), None)

    @overload
    def __getitem__(self, at: int) -> EventView: ...
    @overload
    def __getitem__(self, at: slice) -> Events: ...
    def __getitem__(self, at: int | slice) -> EventView | Events:
        if isinstance(at, slice):
            if at.step not in (None, 1):
                raise UsageError("events are cut out in one piece", "list(events)[::2] gives every other")
            first, last, _ = at.indices(len(self))
            return self._cut(first, max(last - first, 0))
        place = at if at >= 0 else len(self) + at
        for found in self._cut(place, 1) if place >= 0 else ():
            return found
        raise IndexError(f"event {at} of {len(self)}")

    def _cut(self, first: int, number: int) -> Events:
        """So many of them, from that one on."""
        if self._tests:
            return self._these(e.id for e in islice(self, first, first + number))
        room = number if self._filter.limit is None else max(min(number, self._filter.limit - first), 0)
        return Events(self._desk, replace(self._filter, offset=self._filter.offset + first, limit=room))

    def _these(self, ids: Iterable[str]) -> Events:
        from casus.ledger.queries import Filter  # noqa: PLC0415 - not needed to open a ledger

        return Events(self._desk, Filter(ids=tuple(ids)))

    def __contains__(self, thing: object) -> bool:
        id_ = thing.id if isinstance(thing, Event) else thing
        return any(event.id == id_ for event in self)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Events) and self._same(other):
            return True
        return super().__eq__(other)

    def _same(self, other: Events) -> bool:
        return (self._desk, self._filter, self._tests) == (other._desk, other._filter, other._tests)

    __hash__ = None

    def _asked(self) -> Filter:
        return self._these(self.ids)._filter if self._tests else self._filter

    def _words(self) -> str:
        from casus.analysis.plots import words  # noqa: PLC0415 - not needed to open a ledger

        tests = ["a test of yours"] if self._tests else []
        return "; ".join([*words(self._filter), *tests])

    def _row(self, one: EventView) -> str:
        return f"{one.id[:12]}  {one.line}"

    # out again

    def to_geopandas(self, *, areas: bool = False) -> geopandas.GeoDataFrame:
        """As a `geopandas.GeoDataFrame` in WGS 84; where no place is known exactly or nearly, there is no point.

        `areas`: points amid provinces and districts, too. Raises ExportError where geopandas is not installed.

        >>> db.events(country="Iran").to_geopandas().geometry.iloc[0].wkt
        'POINT (62.33 27.37)'
        """
        from casus.notebook.frames import as_geopandas  # noqa: PLC0415 - pyarrow

        return as_geopandas(self.to_arrow, areas=areas)

    def export(
        self,
        format: str,
        path: str | Path | BinaryIO,
        *,
        table: Part | None = None,
        with_text: bool = False,
        areas: bool = False,
        hxl: bool = False,
        overwrite: bool = False,
    ) -> Written:
        """Writes them in a format of docs/export.md: to a file, whole or not at all, a folder, or a binary stream.

        A path that ends in `/` or `.zip` gets all tables of csv and parquet, with a codebook. `table`: which one, where
        the format holds one: events (without it), claims, conflicts, documents. `with_text`: with the texts of
        documents. `areas`: GeoJSON as `to_geopandas`. `hxl`: HAPI with HXL tags. Gives `rows` by table, and `notes` on
        what the format does not hold. Raises ExportError, UsageError where something is there already, OutputError.

        >>> db.events(country="Iran").export("csv", "iran.csv").rows
        {'events': 1}
        """
        from casus.export import Options, export  # noqa: PLC0415 - not needed to open a ledger

        options = Options(table, with_text, areas, hxl)
        return export(self._desk.ledger, format, path, self._asked(), options, overwrite=overwrite)

    def release(
        self,
        name: str,
        folder: str | Path | None = None,
        *,
        title: str = "",
        authors: Sequence[str] = (),
        licence: str = "",
        doi: str = "",
        with_text: bool = False,
    ) -> Made:
        """Freezes them, with what tells them, in a new folder that can be cited; without one, in a folder of that name.

        docs/releases.md says what is in it. `authors` are "Family, Given" or names of organisations. Gives its
        `folder`, `manifest` and `sha256`, which names the whole of it, and `notes`. Raises UsageError where the folder
        is there already, OutputError.

        >>> made = db.events(country="Iran").release("saravan-2024", licence="CC-BY-4.0", authors=["Doe, Jo"])
        >>> made.manifest.counts["events"], made.folder.name
        (1, 'saravan-2024')
        """
        from casus.export.release import make_release  # noqa: PLC0415 - not needed to open a ledger
        from casus.export.release_manifest import About  # noqa: PLC0415

        about = About(title, tuple(authors), licence, doi)
        return make_release(self._desk.ledger, name, folder or name, self._asked(), about, with_text=with_text)

    def panel(
        self,
        unit: str,
        time: str,
        *,
        directed: bool = False,
        types: Iterable[str] | None = None,
        statuses: Iterable[str] | None = ("happened",),
        umbrella: bool = False,
        spread: bool = False,
        fill: bool = True,
        units: Sequence[tuple[str | int, ...] | str | int] | None = None,
    ) -> Panel:
        """Counts them by unit (country, admin1, prio-grid, dyad, actor) and time (day, week, month, year), zeros
        included; docs/panels.md has the rules. `since` and `until` of the events are the first and last day.

        Raises UsageError for what makes no sense.

        >>> panel = db.events(since="2024-01-01", until="2024-03-31").panel("country", "month")
        >>> panel.to_polars().select("iso3", "period", "events", "killed_best").rows()[:3]
        [('IRN', '2024-01', 1, 7), ('IRN', '2024-02', 0, 0), ('IRN', '2024-03', 0, 0)]
        """
        from casus.notebook.panels import panel_of  # noqa: PLC0415 - numpy

        return panel_of(
            self._desk.ledger, self._asked(), unit, time, since=self._filter.since, until=self._filter.until,
            directed=directed, types=types, statuses=statuses, umbrella=umbrella, spread=spread, fill=fill, units=units,
        )  # fmt: skip

    @property
    def plot(self) -> Plots:
        """Plots of them, such as `events.plot.weekly()`."""
        from casus.notebook.plots import Plots  # noqa: PLC0415 - not needed to open a ledger

        return Plots(self)
