"""How long it takes to hand out a large ledger, and in how much memory: seconds and peak of each format.

    python benchmarks/export_speed.py --events 1000000                  a ledger of so many events is made first
    python benchmarks/export_speed.py --keep big.casus                  and kept
    python benchmarks/export_speed.py --ledger big.casus --table claims a ledger that stands
    python benchmarks/export_speed.py --formats parquet csv jsonl

The events are those that a small ledger of synthetic claims (`benchmarks/synthetic.py`) comes to, put into the table
again and again under other ids and days; their claims are not. Each export runs in a process of its own, so that its
peak of memory is its own. Seconds hold for one machine only.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from benchmarks.synthetic import World
from casus.export import FORMATS, Options, export, format_of
from casus.ledger.ledger import Ledger

AT = "2026-01-01T00:00:00+00:00"
TEMPLATE_CLAIMS = 8000  # some 2,000 events, so that names and figures are as many-fold as in a real ledger
COLUMNS = (
    "type, status, umbrella, first, last, iso3, admin1, place, killed, injured, detained, reports, independent, "
    "open_conflicts, review, record"
)
# what the issue asks for of a million events
LIMITS = {"parquet": (60, 1024), "csv": (180, None)}


def fill(path: Path, events: int) -> None:
    """Makes a ledger of so many events: those of a small one, again and again."""
    ledger = Ledger.open(path, create=True)
    run = ledger.begin({"package": "benchmark"}, at=AT)
    ledger.add([(d, c) for d, c, _ in World().documents(TEMPLATE_CLAIMS)], run, at=AT)
    db = ledger._store.db
    kept = db.execute(f"SELECT {COLUMNS} FROM events WHERE alive").fetchall()
    db.execute("PRAGMA foreign_keys = OFF")
    with ledger._store.writing():
        db.execute("DELETE FROM events")
        marks = ",".join("?" * (6 + len(kept[0])))
        sql = f"INSERT INTO events (n, id, founder, alive, version, step, {COLUMNS}) VALUES ({marks})"
        db.executemany(sql, rows(kept, events))
    ledger.close()


def rows(kept: list[tuple[Any, ...]], events: int) -> Iterator[tuple[Any, ...]]:
    """Rows of the table of events: each round of the templates some days after the one before."""
    for n in range(events):
        row = list(kept[n % len(kept)])
        later = timedelta(days=n // len(kept))
        if row[3]:
            was = f'"start":"{row[3]}","end":"{row[4]}"'
            row[3:5] = [(date.fromisoformat(day) + later).isoformat() for day in row[3:5]]
            row[-1] = row[-1].replace(was, f'"start":"{row[3]}","end":"{row[4]}"')
        id_ = f"evt_{hashlib.sha256(str(n).encode()).hexdigest()[:20]}"
        yield (n + 1, id_, n + 1, 1, 1, 1, *row)


def peak_mb() -> float:
    """The most memory that this process had; what the process that started it had is not counted, where Linux says."""
    told = Path("/proc/self/status")
    if told.exists():
        return int(told.read_text().partition("VmHWM:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(ledger: Path, name: str, table: str) -> dict[str, Any]:
    """One export, in this process."""
    began, cpu = perf_counter(), process_time()
    with tempfile.TemporaryDirectory(dir=ledger.parent) as folder, Ledger.open(ledger) as there:
        out = Path(folder) / f"x{format_of(name).ending}"
        options = Options(table=table) if format_of(name).tables else Options()  # type: ignore[arg-type]
        done = export(there, name, out, options=options)
        size = out.stat().st_size
    seconds, cpu = perf_counter() - began, process_time() - cpu
    return {
        "format": name, "rows": dict(done.rows), "seconds": round(seconds, 1), "cpu_seconds": round(cpu, 1),
        "megabytes": round(size / 1e6, 1),
        "peak_mb": round(peak_mb()),
    }  # fmt: skip


def apart(ledger: Path, name: str, table: str) -> dict[str, Any]:
    """The same in a process of its own."""
    command = [sys.executable, __file__, "--child", name, "--ledger", str(ledger), "--table", table]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def verdict(told: dict[str, Any]) -> str:
    """Whether a million events came within what is asked."""
    limit = LIMITS.get(told["format"])
    if limit is None or told["rows"].get("events") != 1_000_000:
        return ""
    seconds, peak = limit
    held = told["seconds"] <= seconds and (peak is None or told["peak_mb"] <= peak)
    return "within the limit" if held else "OVER THE LIMIT"


def main() -> int:
    ask = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    ask.add_argument("--events", type=int, default=1_000_000)
    ask.add_argument("--ledger", type=Path, help="a ledger that stands; work on a copy")
    ask.add_argument("--keep", type=Path, help="where to put the ledger that is made; without it, it is not kept")
    ask.add_argument("--formats", nargs="+", choices=list(FORMATS), default=["parquet", "csv"])
    ask.add_argument("--table", default="events", choices=["events", "claims", "conflicts", "documents"])
    ask.add_argument("--child", help=argparse.SUPPRESS)
    given = ask.parse_args()
    if given.child:
        print(json.dumps(measure(given.ledger, given.child, given.table)))
        return 0
    print(f"{platform.machine()}, Python {platform.python_version()}", file=sys.stderr)
    with tempfile.TemporaryDirectory() as scratch:
        ledger = given.ledger or given.keep or Path(scratch) / "bench.casus"
        if not given.ledger:
            began = perf_counter()
            fill(ledger, given.events)
            print(f"made {given.events:,} events in {perf_counter() - began:.0f} s", file=sys.stderr)
        for name in given.formats:
            told = apart(ledger, name, given.table)
            print(json.dumps(told), verdict(told), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
