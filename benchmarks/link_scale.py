"""How linking and the ledger grow: claims linked from scratch, claims added to a full ledger, filters over events.

    python benchmarks/link_scale.py link --claims 10000 100000 1000000     linking from scratch, in memory
    python benchmarks/link_scale.py ledger --claims 1000000 --keep x.casus a ledger built, 1,000 claims added, filters
    python benchmarks/link_scale.py filters x.casus                        filters over a ledger that stands

Claims are synthetic (`benchmarks/synthetic.py`). Seconds hold for one machine only; the ratios of a run hold anywhere.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

from benchmarks.synthetic import CLAIMS_A_DAY, DAYS_BEFORE, FIRST_DAY, World
from casus.events import Report
from casus.ledger.ledger import Ledger
from casus.ledger.queries import Filter
from casus.linking.columns import ROW, make_rows
from casus.linking.link import link
from casus.linking.score import shipped
from training.fit_linking import figures

AT = "2026-01-01T00:00:00+00:00"


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def told(record: dict[str, Any]) -> None:
    print(json.dumps({k: round(v, 4) if isinstance(v, float) else v for k, v in record.items()}), flush=True)


def rows_of(claims: int) -> tuple[Any, list[str]]:
    """Rows and truth of about so many claims; documents are not kept."""
    parts, truth = [], []
    world = World()
    for some in _batches(world.documents(claims), 2000):
        reports = {d.id: Report(d.id, d.publisher, d.published) for d, _, _ in some}
        parts.append(make_rows([c for _, found, _ in some for c in found], reports))
        truth += [str(n) for _, _, deeds in some for n in deeds]
    return np.concatenate(parts) if parts else np.empty(0, ROW), truth


def _batches(found: Iterator[Any], size: int) -> Iterator[list[Any]]:
    while some := list(islice(found, size)):
        yield some


def measure_link(sizes: list[int]) -> None:
    for size in sizes:
        rows, truth = rows_of(size)
        began, cpu = perf_counter(), process_time()
        events = link(rows, shipped())
        seconds, cpu = perf_counter() - began, process_time() - cpu
        scored = figures([(events, truth)])
        told({
            "what": "link", "claims": len(rows), "events": len(events), "seconds": seconds, "cpu_seconds": cpu,
            "microseconds_a_claim": seconds / len(rows) * 1e6, "peak_mb": peak_mb(),
            "largest_event": max(map(len, events)), "b3_f1": scored["b3_f1"],
        })  # fmt: skip


def measure_ledger(claims: int, path: Path, batch: int) -> None:
    world = World()
    ledger = Ledger.open(path, create=True)
    run = ledger.begin({"package": "benchmark"}, at=AT)
    began = perf_counter()
    done, last, number = 0, began, 0
    for some in _batches(world.documents(claims), batch):
        added = ledger.add([(d, c) for d, c, _ in some], run, at=AT)
        done += added.claims
        number += len(some)
        if perf_counter() - last > 20:
            last = perf_counter()
            told({"what": "building", "claims": done, "seconds": last - began, "peak_mb": peak_mb()})
    told(
        {"what": "ledger", **ledger.counts(), "seconds": perf_counter() - began, "megabytes": path.stat().st_size / 1e6}
    )
    last_day = DAYS_BEFORE + claims // CLAIMS_A_DAY
    for size, days in ((8, 1), (1000, 4), (1000, 4), (1000, 4), (1000, last_day - DAYS_BEFORE)):
        # of the last days, as they come in daily use; at the end of any day there ever was
        rng = random.Random(number)
        found = [world.document(10**7 + number + k, last_day - rng.randrange(days)) for k in range(size // 8)]
        number += size // 8
        began, cpu = perf_counter(), process_time()
        added = ledger.add([(d, c) for d, c, _ in found], run, at=AT)
        told({
            "what": "add", "claims": added.claims, "of_days": days, "seconds": perf_counter() - began,
            "cpu_seconds": process_time() - cpu, "events_founded": len(added.changes.founded),
            "events_changed": len(added.changes.changed),
        })  # fmt: skip
    ledger.close()


def measure_filters(path: Path, times: int = 15) -> None:
    """Milliseconds of the first 100 events of each filter, and of their number; median of `times`."""
    ledger = Ledger.open(path)
    days = len(ledger.events(Filter(limit=1))) and ledger.count() // 40
    middle = FIRST_DAY + timedelta(days=max(8, days // 2))
    month = {"since": middle, "until": middle + timedelta(days=30)}
    asked: dict[str, dict[str, Any]] = {
        "a month": month,
        "a country": {"country": "YEM"},
        "a country in a month": {"country": "SYR", **month},
        "a type in a month": {"type": "PROTEST", **month},
        "a type": {"type": "SANCTION"},
        "a side": {"side": "Mli Front 1"},
        "a side in a month": {"side": "UKR", **month},
        "disputed in a month": {"disputed": True, **month},
        "disputed": {"disputed": True},
        "20 killed or more": {"killed": 20},
        "five publishers or more": {"independent": 5},
        "within 50 km": {"near": (_town(ledger), 50.0)},
        "words": {"text": '"Syrville 7"'},
        "since a year": {"since": middle},
    }
    for name, fields in asked.items():
        if "near" in fields:
            fields["near"] = (*fields["near"][0], fields["near"][1])
        spent = []
        for _ in range(times):
            began = perf_counter()
            found = ledger.events(Filter(limit=100, **fields))
            spent.append((perf_counter() - began) * 1000)
        told({"what": "filter", "filter": name, "events": len(found), "median_ms": statistics.median(spent),
              "worst_ms": max(spent)})  # fmt: skip
    ledger.close()


def _town(ledger: Ledger) -> tuple[float, float]:
    event = next(e for e in ledger.events(Filter(country="SYR", limit=50)) if e.place and e.place.lat is not None)
    assert event.place is not None
    assert event.place.lat is not None
    assert event.place.lon is not None
    return event.place.lat, event.place.lon


def main() -> None:
    ask = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parts = ask.add_subparsers(dest="part", required=True)
    one = parts.add_parser("link")
    one.add_argument("--claims", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    two = parts.add_parser("ledger")
    two.add_argument("--claims", type=int, default=1_000_000)
    two.add_argument("--batch", type=int, default=1000, help="documents in one step")
    two.add_argument("--keep", type=Path, help="where to put the ledger; without it, it is not kept")
    three = parts.add_parser("filters")
    three.add_argument("ledger", type=Path)
    args = ask.parse_args()
    if args.part == "link":
        measure_link(args.claims)
    elif args.part == "filters":
        measure_filters(args.ledger)
    else:
        with tempfile.TemporaryDirectory() as scratch:
            path = args.keep or Path(scratch) / "bench.casus"
            measure_ledger(args.claims, path, args.batch)
            measure_filters(path)


if __name__ == "__main__":
    sys.exit(main())
