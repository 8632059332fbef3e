"""Files of any size as they are made: a thread writes, the client reads, and neither gets far ahead of the other.

Nobody takes half a file for a whole one. The number of rows goes ahead as a header; the body comes in chunks, whose end
HTTP marks, and where something goes wrong midway the connection breaks before that mark.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO, cast

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from casus.notebook.desk import Desk
from casus.web.answering import CACHE, etag, has_it
from casus.web.desks import Web, web_of
from casus.web.problems import FullError

ROWS_HEADER = "Casus-Rows"
# Bytes that go to the client together, and how many of these wait for it.
PIECE, PIECES = 64 * 1024, 8


@dataclass(frozen=True, slots=True)
class File:
    """A file to be made: its name, its media type, how many rows it will have, and what writes it."""

    name: str
    media_type: str
    rows: int
    write: Callable[[BinaryIO], object]


class CutError(Exception):
    """A file ended before its end. No handler takes it, so that the connection breaks."""


class _GoneError(BrokenPipeError):
    """Nobody reads any more."""


class _Pipe:
    """What a writer of files is given for one: it passes the bytes on in pieces, and waits while there are enough."""

    closed = False  # as pyarrow asks; closing it is for who made it

    def __init__(self, loop: asyncio.AbstractEventLoop, patience: float) -> None:
        self.loop, self.patience, self.gone = loop, patience, False
        self.pieces: asyncio.Queue[bytes | BaseException | None] = asyncio.Queue(PIECES)
        self._held, self._at = bytearray(), 0

    def write(self, data: bytes) -> int:
        """As a file has it. Raises BrokenPipeError where nobody reads, or takes nothing for too long."""
        self._held += data
        self._at += len(data)
        if len(self._held) >= PIECE:
            self.flush()
        return len(data)

    def tell(self) -> int:
        """How many bytes were written."""
        return self._at

    def close(self) -> None:
        """Leaves it open."""

    def flush(self) -> None:
        """Passes on what is held."""
        if self._held:
            piece, self._held = bytes(self._held), bytearray()
            self.put(piece)

    def put(self, piece: bytes | BaseException | None) -> None:
        """Passes on a piece, an error, or None for the end."""
        if self.gone:
            raise _GoneError
        waiting = asyncio.run_coroutine_threadsafe(self.pieces.put(piece), self.loop)
        try:
            waiting.result(self.patience)
        except (TimeoutError, CancelledError) as error:
            waiting.cancel()
            self.gone = True
            raise _GoneError from error


async def stream(request: Request, make: Callable[[Desk], File]) -> Response:
    """The file that `make` tells of, all of one moment of the ledger; 304 where the client has it.

    Raises FullError where as many are being sent as may be, and what `make` raises.
    """
    web = web_of(request)
    if not web.exports.acquire(blocking=False):
        raise FullError("other exports are being sent", wait=10)
    loop = asyncio.get_running_loop()
    pipe, begun = _Pipe(loop, web.settings.patience), loop.create_future()
    web.exporter.submit(_work, web, request, make, pipe, lambda told: loop.call_soon_threadsafe(_set, begun, told))
    told: File | Response | Exception = await begun
    if isinstance(told, Exception):
        raise told
    if isinstance(told, Response):
        return told
    headers = {
        "ETag": request.scope["casus.etag"], "Cache-Control": CACHE, ROWS_HEADER: str(told.rows),
        "Content-Disposition": f'attachment; filename="{told.name}"',
    }  # fmt: skip
    return StreamingResponse(_pieces(pipe), headers=headers, media_type=told.media_type)


def _set(future: asyncio.Future[object], told: object) -> None:
    if not future.done():  # else the client has gone
        future.set_result(told)


def _work(
    web: Web, request: Request, make: Callable[[Desk], File], pipe: _Pipe, begin: Callable[[object], object]
) -> None:
    """In its thread: says what file it will be, and writes it."""
    end: object = None
    try:
        end = _write(web, request, make, pipe, begin)
    except BrokenPipeError:
        pipe.gone = True
    except Exception as error:
        end = error
    finally:
        # before the client knows that it is at the end, so that its next request finds the place free
        web.exports.release()
    # where a file has begun, this begins nothing
    begin(end)
    with suppress(BrokenPipeError, RuntimeError):
        pipe.put(end if isinstance(end, Exception) else None)


def _write(
    web: Web, request: Request, make: Callable[[Desk], File], pipe: _Pipe, begin: Callable[[object], object]
) -> Response | None:
    """Begins a file and writes it; or gives the answer that the client has it."""
    with web.reading() as desk:
        tag = request.scope["casus.etag"] = etag(request, desk.ledger)
        if has_it(request, tag):
            return Response(status_code=304, headers={"ETag": tag, "Cache-Control": CACHE})
        file = make(desk)
        begin(file)
        file.write(cast(BinaryIO, pipe))
        pipe.flush()
    return None


async def _pieces(pipe: _Pipe) -> AsyncIterator[bytes]:
    try:
        while (piece := await pipe.pieces.get()) is not None:
            if isinstance(piece, BaseException):
                raise CutError(f"a file was cut off: {piece}") from piece
            yield piece
    finally:
        # whoever waits to put something finds room, and then that nobody reads
        pipe.gone = True
        while not pipe.pieces.empty():
            pipe.pieces.get_nowait()
