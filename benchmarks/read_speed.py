"""How fast reports are read: one at a time, in bulk, beside the bare encoder; cold start and peak memory.

    python benchmarks/read_speed.py [--shared ../shared] [--reports 200] [--runs 3] [--json]

Reads real reports from the shared folder where it is there, else the samples, repeated to make up the
number. "Bare encoder" is the encoder alone over the same windows in the same batches, in the same process.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from casus.config import Config
from casus.intake.load import documents_from_bytes
from casus.records import Document, Failure

ROOT = Path(__file__).parent.parent


class Timed:
    """An encoder that adds up how long it works and keeps what it was given, so that it can be given again."""

    def __init__(self, encoder: Any) -> None:
        self.encoder, self.name = encoder, encoder.name
        self.seconds = 0.0
        self.calls: list[Sequence[Any]] = []

    def run(self, windows: Sequence[Any]) -> Any:
        began = perf_counter()
        result = self.encoder.run(windows)
        self.seconds += perf_counter() - began
        self.calls.append(windows)
        return result

    def again(self) -> float:
        """Seconds that the encoder alone takes for all it was given."""
        began = perf_counter()
        for windows in self.calls:
            self.encoder.run(windows)
        return perf_counter() - began


def main() -> int:
    options = arguments()
    if options.child:
        return child(options.child, options.paths)
    paths = reports(options.shared, options.reports)
    documents = [document for path in paths for document in load(path)]
    words = sum(len(document.text.split()) for document in documents)
    figures = {
        "reports": len(documents),
        "words_a_report": words / len(documents),
        **in_process(documents, options.runs),
        "cold_start_s": median(cold_start(paths[0]) for _ in range(options.runs)),
        "peak_mb_one_report": spawn("one", paths[:1])["peak_mb"],
        "peak_mb_bulk": spawn("bulk", paths)["peak_mb"],
    }
    if options.json:
        print(json.dumps(figures, indent=1))
    else:
        show(figures)
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="folder with gold/ and raw/")
    parser.add_argument("--reports", type=int, default=200, help="how many to read")
    parser.add_argument("--runs", type=int, default=3, help="how often; the median counts")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", choices=["one", "bulk"], help=argparse.SUPPRESS)
    parser.add_argument("paths", nargs="*", help=argparse.SUPPRESS)
    return parser.parse_args()


def reports(shared: Path, number: int) -> list[str]:
    """`number` files: annotated and raw reports, or the samples; from the start again when they run out."""
    found = sorted((shared / "gold" / "docs").glob("*.json")) + sorted((shared / "raw").rglob("*.json"))
    if not found:
        from casus.samples import sample_paths

        found = list(sample_paths())
        print(f"no reports in {shared}: reading the samples", file=sys.stderr)
    return [str(path) for path in islice(cycle(found), number)]


def load(path: str) -> list[Document]:
    made = list(documents_from_bytes(Path(path).read_bytes(), name=path))
    for failure in made:
        if isinstance(failure, Failure):
            sys.exit(f"{failure.item}: [{failure.code}] {failure.message}")
    return [document for document in made if isinstance(document, Document)]


def in_process(documents: list[Document], runs: int) -> dict[str, float]:
    """Reports a second one at a time, in bulk, and by the encoder alone, each the median of `runs`."""
    from casus.compose import Reader

    reader = Reader.load(Config.load())
    timed = Timed(reader.encoder)
    reader.encoder = timed

    def single() -> None:
        for document in documents:
            reader.read(document)

    def bulk() -> None:
        for _, outcome in reader.read_many(documents):
            if isinstance(outcome, Failure):
                sys.exit(f"{outcome.item}: [{outcome.code}] {outcome.message}")

    reader.read(documents[0])  # the first pass allocates what the others use again
    alone = median(clock(single) for _ in range(runs))
    rows = []
    for _ in range(runs):
        timed.calls, timed.seconds = [], 0.0
        whole = clock(bulk)
        # in turn, so that whatever else the machine does falls on both
        rows.append((whole, timed.seconds, timed.again()))
    whole, inside, bare = (median(column) for column in zip(*rows, strict=True))
    return {
        "one_at_a_time_per_s": len(documents) / alone,
        "bulk_per_s": len(documents) / whole,
        "bare_encoder_per_s": len(documents) / bare,
        "bulk_of_bare": median(row[2] / row[0] for row in rows),
        "encoder_share_of_bulk": inside / whole,
    }


def clock(work: Callable[[], None]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def cold_start(path: str) -> float:
    """Seconds from starting `casus read FILE` in a fresh process to its end."""
    command = [sys.executable, "-c", "from casus.cli import main; main()", "read", path, "--json"]
    began = perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return perf_counter() - began


def spawn(what: str, paths: list[str]) -> dict[str, float]:
    """What a fresh process that reads `paths` says of itself."""
    command = [sys.executable, __file__, "--child", what, "--", *paths]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told: dict[str, float] = json.loads(done.stdout)
    return told


def child(what: str, paths: list[str]) -> int:
    """Read as `casus read` does, documents loaded one after another, and tell the peak of the memory."""
    import casus
    from casus.pipeline import open_reader

    if what == "one":
        for document in load(paths[0]):
            casus.read_document(document)
    else:
        for _ in open_reader(Config.load()).read_many(document for path in paths for document in load(path)):
            pass
    print(json.dumps({"peak_mb": peak_mb()}))
    return 0


def peak_mb() -> float:
    """The most memory that this process ever held, in MB."""
    status = Path("/proc/self/status")
    if status.exists():
        # on Linux getrusage also counts what the parent held when it started us
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def show(figures: dict[str, float]) -> None:
    rows = (
        ("one report at a time", "one_at_a_time_per_s", "{:.1f} reports/s", ""),
        ("in bulk", "bulk_per_s", "{:.1f} reports/s", ""),
        ("bare encoder, same windows", "bare_encoder_per_s", "{:.1f} reports/s", ""),
        ("bulk against bare encoder", "bulk_of_bare", "{:.0%}", "at least 75%"),
        ("encoder's share of bulk time", "encoder_share_of_bulk", "{:.0%}", ""),
        ("cold start, one report", "cold_start_s", "{:.2f} s", "under 1.5 s"),
        ("peak memory, one report", "peak_mb_one_report", "{:.0f} MB", "under 400 MB"),
        ("peak memory, in bulk", "peak_mb_bulk", "{:.0f} MB", "under 400 MB"),
    )
    print(f"{figures['reports']:.0f} reports of {figures['words_a_report']:.0f} words, {platform.machine()}")
    for label, key, form, must in rows:
        print(f"{label:30} {form.format(figures[key]):>16}  {must and f'must: {must}'}")


if __name__ == "__main__":
    sys.exit(main())
