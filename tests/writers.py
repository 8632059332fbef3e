"""Processes that write to a ledger while others look on, run out of disk, or are killed.

    python -m tests.writers add LEDGER NAME COUNT [BYTES]     adds papers one by one; no file grows beyond BYTES
    python -m tests.writers forbidden FOLDER                  writes to FOLDER/x.casus and makes FOLDER/new.casus, as
                                                              somebody who may do neither
    python -m tests.writers kill LEDGER COUNT STEP TIMES      the same in processes of its own that are killed, each
                                                              STEP later in what SQLite does than the one before

Each prints a line for each paper that was reported as added, and for an error its code.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from pathlib import Path

from casus.errors import CasusError
from tests.papers import AT, Deed, Paper, opened, paper
from tests.telling import KARACHI, PANJGUR, SORDO

# what is left in the machine's buffers is lost with a process only where it was not handed over
OUT = sys.stdout.fileno()


def report(name: str, n: int) -> Paper:
    """The n-th paper of a writer; papers of one number tell the same deeds."""
    town = (PANJGUR, SORDO, KARACHI)[n % 3]
    deeds = [Deed(f"2024-01-{n % 4 + 10}", town, killed=n % 2), Deed(None, PANJGUR, "Jaish al-Adl", "IRN")]
    return paper(f"{name}{n}", *deeds, published="2024-01-17", lead=f"Paper {name} in its issue {n}.")


def add(path: Path, name: str, first: int, count: int) -> None:
    try:
        with opened(path) as ledger:
            for n in range(first, first + count):
                for id_ in ledger.add([report(name, n)], "run", at=AT).new:
                    os.write(OUT, f"{id_}\n".encode())
    except CasusError as error:
        os.write(OUT, f"{error.code}\n".encode())


def forbidden(folder: Path) -> None:
    with opened() as ledger:  # all that is loaded on the way is loaded now, while we may
        ledger.add([report("a", 0)], "run", at=AT)
    if os.geteuid() == 0:  # who may do all
        os.setuid(65534)
    for name in ("x.casus", "new.casus"):
        add(folder / name, "f", 0, 1)


def kill(path: Path, count: int, step: int, times: int) -> None:
    for n in range(times):
        if child := os.fork():
            assert os.waitpid(child, 0)[1] == signal.SIGKILL
        else:
            _add_and_die(path, n * count, count, (n + 1) * step)


def _add_and_die(path: Path, first: int, count: int, moment: int) -> None:
    left = moment

    def tick() -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    with opened(path) as ledger:
        ledger._store.db.set_progress_handler(tick, 100)
        for n in range(first, first + count):
            for id_ in ledger.add([report("k", n)], "run", at=AT).new:
                os.write(OUT, f"{id_}\n".encode())
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    what, ledger_path, *rest = sys.argv[1:]
    if what == "add":
        if len(rest) > 2:
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(rest[2]), int(rest[2])))
        add(Path(ledger_path), rest[0], 0, int(rest[1]))
    elif what == "forbidden":
        forbidden(Path(ledger_path))
    else:
        kill(Path(ledger_path), *map(int, rest))
