"""Flat rows of a ledger as Arrow, pandas, polars and GeoPandas have them; what is not installed is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from casus.analysis.extras import needed
from casus.export.cells import batches
from casus.export.columns import arrow_schema
from casus.ledger.flat import TABLES, columns_of, flat_rows

if TYPE_CHECKING:
    import geopandas
    import pandas
    import polars

    from casus.ledger.flat_columns import Column, Table
    from casus.ledger.ledger import Ledger
    from casus.ledger.queries import Filter

# rows that are made into a batch at once: some megabytes of Python
BATCH = 8192
# places whose point is that of the place itself; those amid an area are drawn only where that is asked for
POINTS, AREAS = ("exact", "near"), ("exact", "near", "adm2", "adm1", "country", "region")


def arrow(ledger: Ledger, table: Table, asked: Filter, *, with_text: bool = False) -> pa.Table:
    """The rows of that table; each column carries its meaning as `description`."""
    columns = columns_of(table, with_text=with_text)
    return made(flat_rows(ledger, table, asked, with_text=with_text), table, columns)


def made(rows: Iterable[Sequence[Any]], table: Table, columns: Sequence[Column]) -> pa.Table:
    """Rows, of which the columns are the first ones, as a table."""
    schema = arrow_schema(table, columns, TABLES[table])
    found = []
    for some in batches(rows, BATCH):
        # zip makes columns of rows; what is behind the last column that is asked for is left away
        cells = zip(schema, zip(*some, strict=True), strict=False)
        found.append(pa.record_batch([pa.array(values, field.type) for field, values in cells], schema=schema))
    return pa.Table.from_batches(found, schema)


def as_pandas(rows: Callable[[], pa.Table]) -> pandas.DataFrame:
    """As pandas has it; nothing is looked up where it is not installed."""
    pandas = needed("pandas", "pandas")
    types = {pa.int64(): pandas.Int64Dtype()}
    return rows().to_pandas(types_mapper=types.get, date_as_object=False)


def as_polars(rows: Callable[[], pa.Table]) -> polars.DataFrame:
    """As polars has it."""
    made: polars.DataFrame = needed("polars", "polars").from_arrow(rows())
    return made


def as_geopandas(rows: Callable[[], pa.Table], *, areas: bool) -> geopandas.GeoDataFrame:
    """As GeoPandas has it, in WGS 84; no point where no place is known well enough."""
    geopandas = needed("geopandas", "geo")
    frame = as_pandas(rows)
    drawn = frame["place_precision"].isin(AREAS if areas else POINTS) & frame["lat"].notna()
    points = geopandas.GeoSeries(geopandas.points_from_xy(frame["lon"], frame["lat"]), index=frame.index)
    return geopandas.GeoDataFrame(frame, geometry=points.where(drawn), crs="EPSG:4326")
