"""Time expressions: found (`find`), resolved (`resolve`), tied to an event (`when_of`), shared (`inherit`)."""

from __future__ import annotations

from casus.world.date_attach import inherit, when_of
from casus.world.date_find import DateMention, find
from casus.world.date_resolve import resolve
from casus.world.date_value import DateContext, DateValue

__all__ = ["DateContext", "DateMention", "DateValue", "find", "inherit", "resolve", "when_of"]
