"""Reports that are posted: read by the model in a thread of its own, one post after the other, and added."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping, Sequence
from datetime import date

import orjson

from casus.errors import kind_of
from casus.jsonl import run_line
from casus.keeping import Run, WhenNeeded, add_sources
from casus.sources import STDIN_NAME, Source
from casus.web.desks import Web
from casus.web.problems import FullError

# of one post; each takes about a third of a second to read
MOST_REPORTS = 100


async def add_reports(web: Web, reports: Sequence[Mapping[str, object]]) -> Run:
    """Reads and adds what was posted; waits for it. Raises FullError where as many wait as may.

    They go in as JSON, whatever is in them: nothing in a post names a file or an address that would be opened. Who
    posted may leave meanwhile: what was taken is read.
    """
    if not web.posts.acquire(blocking=False):
        raise FullError("other reports are being read", wait=10)
    work = web.reader.submit(_add, web, orjson.dumps(list(reports)))
    work.add_done_callback(lambda _: web.posts.release())
    return await asyncio.shield(asyncio.wrap_future(work))


def _add(web: Web, data: bytes) -> Run:
    config = web.settings.config
    reader = WhenNeeded(lambda: web.settings.reader(config))
    return add_sources(
        web.desk().ledger, [Source(STDIN_NAME, None)], config, reader=reader, stdin=io.BytesIO(data), today=date.today()
    )


def outcome(run: Run) -> dict[str, object]:
    """What a run came to. Raises the error of the failure where there was nothing but one."""
    if not run.new and not run.known and len(run.failures) == 1:
        failure = run.failures[0]
        error = kind_of(failure.code)(failure.message, failure.hint)
        error.code = failure.code
        raise error
    fields: dict[str, object] = orjson.loads(run_line(run))
    return fields
