"""When events came to be as they are now, in the ledger's own time."""

from __future__ import annotations

from collections.abc import Iterable

from casus.ledger.ledger import Ledger
from casus.ledger.relink import batches, marks


def changed(ledger: Ledger, events: Iterable[str]) -> dict[str, str]:
    """The time of the step that made the version of today, by the event's id: ISO 8601, in UTC."""
    store, out = ledger._store, dict[str, str]()
    with store.reading():
        for some in batches(events):
            sql = f"""SELECT events.id, steps.at FROM events JOIN steps ON steps.n = events.step
                      WHERE events.id IN ({marks(some)})"""
            out.update(store.rows(sql, *some))
    return out
