"""How fast and how large the places index is: open, look-up, find in a report, resolve, memory.

python benchmarks/places.py [FOLDER of gold documents]
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from casus.world.place_resolve import PlaceContext
from casus.world.places import PlaceIndex

_TEXT = (
    "Fighters shelled the town of Zakho in northern Iraq on Tuesday, officials in Erbil and Baghdad said. Aircraft "
    "based at Incirlik had struck two villages near Mosul and the outskirts of Deir Ezzor, Syria, a day before. "
) * 15


def resident_mb() -> float:
    """Peak resident memory of this process in MB (kilobytes on Linux, bytes on macOS)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def best_of(times: int, act: object) -> float:
    """Seconds of the fastest run: other work on the machine only ever adds."""
    took = []
    for _ in range(times):
        at = time.perf_counter()
        act()  # type: ignore[operator]
        took.append(time.perf_counter() - at)
    return min(took)


def main() -> None:
    PlaceIndex.open()
    before = resident_mb()
    print(f"open      {best_of(5, PlaceIndex.open) * 1e3:8.1f} ms")
    index = PlaceIndex.open()
    names = ("Mosul", "Deir el-Zour", "Springfield", "Nowhereville", "Kabul", "Sistan-Baluchestan province")
    print(f"look-up   {best_of(50, lambda: [index.lookup(n) for n in names]) / len(names) * 1e6:8.1f} us")
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    texts = [json.loads(f.read_text("utf-8"))["text"] for f in sorted(folder.glob("*.json"))] if folder else [_TEXT]
    print(f"find      {best_of(3, lambda: [index.find(t) for t in texts]) / len(texts) * 1e3:8.2f} ms a report")
    claim, context = ("Zakho", "northern Iraq"), PlaceContext((("IRQ", 5), ("TUR", 2)))
    print(f"resolve   {best_of(50, lambda: index.resolve(claim, context)) * 1e6:8.1f} us")
    print(f"memory    {resident_mb():8.1f} MB at most in all; {before:.1f} MB before the look-ups")
    print(f"entries   {len(index):8d}, notes {index.notes}")


if __name__ == "__main__":
    main()
