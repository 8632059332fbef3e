"""Intake at volume: how fast beside the reader, how flat its memory is, and whether anything is lost.

    python -m benchmarks.intake_scale speed                     intake of pages beside reading them
    python -m benchmarks.intake_scale memory --records 100 1000 10000 100000
    python -m benchmarks.intake_scale mixed --records 100000    into a ledger, 1 % broken: is anything lost?
    python -m benchmarks.intake_scale warc --megabytes 2000     peak memory of one large crawl

Reading takes hours for so many, so `mixed` has a stand-in for the reader; all else is as in `casus add`. Seconds hold
for one machine only; the ratios of a run hold anywhere.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any
from unittest.mock import patch

from benchmarks import mixed
from casus.compose import Reader
from casus.config import Config
from casus.intake.load import documents_from_bytes
from casus.pipeline import take_in
from casus.records import Claim, Document, Failure, Place, Span, When
from casus.sources import find

ROOT = Path(__file__).parent.parent
LAYOUTS = ROOT / "tests/layouts"


def told(record: dict[str, Any]) -> None:
    print(json.dumps({k: round(v, 4) if isinstance(v, float) else v for k, v in record.items()}), flush=True)


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure_speed(runs: int) -> None:
    """Our page layouts, as real in their clutter as we could make them: taken in, and read."""
    files = [(p.name, p.read_bytes()) for p in sorted(LAYOUTS.glob("*.html"))]
    reader = Reader.load(Config.load())
    documents = [d for name, data in files for d in documents_from_bytes(data, name=name) if isinstance(d, Document)]
    list(reader.read_many(documents[:4]))
    best_in = min(_seconds(lambda: [list(documents_from_bytes(d, name=n)) for n, d in files]) for _ in range(runs))
    best_read = min(_seconds(lambda: list(reader.read_many(documents))) for _ in range(runs))
    told({
        "what": "speed", "pages": len(files), "words": sum(len(d.text.split()) for d in documents),
        "intake_a_second": len(files) / best_in, "read_a_second": len(files) / best_read, "ratio": best_read / best_in,
    })  # fmt: skip


def _seconds(work: Any) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def measure_memory(sizes: list[int]) -> None:
    """Peak memory of taking in mixed records, each size in a process of its own."""
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            truth = mixed.write(Path(folder), size)
            out = subprocess.run(
                [sys.executable, __file__, "child", folder], check=True, capture_output=True, text=True,
                env={"PYTHONPATH": str(ROOT), "PATH": ""},
            ).stdout  # fmt: skip
            told({"what": "memory", "records": size, **json.loads(out), "expected": truth.documents})


def child(folder: str) -> None:
    made: Counter[str] = Counter()
    for _, one in take_in(find([folder]).items, Config.load(), stdin=sys.stdin.buffer):
        made[one.code if isinstance(one, Failure) else "documents"] += 1
    print(json.dumps({**made, "peak_mb": round(peak_mb(), 1)}))


class OneClaim:
    """Stands in for the reader: a claim on the first deed of a document, on the day and in the town that it tells."""

    def read(self, document: Document) -> list[Claim]:
        found = re.search(rf"({'|'.join(mixed.DEEDS)}) .*? in (\w+)", document.text)
        if found is None:
            return []
        trigger, town = Span.cut(document.text, *found.span(1)), Span.cut(document.text, *found.span(2))
        at = int(hashlib.sha256(town.exact.encode()).hexdigest()[:8], 16)
        place = Place(town, town.exact, f"town:{at}", None, "IRQ", 30 + at % 700 / 100, 40 + at % 1100 / 100, "exact")
        day = document.published
        return [
            Claim(
                id=Claim.make_id(document.id, trigger, "ASSAULT", "happened"),
                document_id=document.id,
                sentence=Span.cut(document.text, found.start(), found.end()),
                trigger=trigger,
                type="ASSAULT",
                place=place,
                when=When(day, day, "day", "publication") if day else When(),
                confidence=0.9,
                reader="stand-in",
                event="e1",
            )
        ]

    def read_many(self, documents: Iterable[Document]) -> Iterator[tuple[Document, list[Claim]]]:
        for document in documents:
            yield document, self.read(document)


def measure_mixed(records: int) -> None:
    """`casus add` on a folder of mixed records, twice: the second time adds nothing."""
    from casus import cli, cli_add

    with tempfile.TemporaryDirectory() as folder:
        source, ledger = Path(folder) / "mixed", Path(folder) / "x.casus"
        truth = mixed.write(source, records)
        for turn in ("first", "again"):
            began = perf_counter()
            with patch.object(cli_add, "open_reader", lambda config: OneClaim()), patch("builtins.print"):
                code = _run(cli, ["add", str(source), "--ledger", str(ledger), "--json"])
            told({
                "what": "mixed", "turn": turn, "records": records, "expected": truth.documents, "broken": truth.broken,
                **code, "seconds": perf_counter() - began, "peak_mb": peak_mb(),
            })  # fmt: skip


def _run(cli: Any, arguments: list[str]) -> dict[str, Any]:
    import contextlib
    import io

    class Out(io.TextIOWrapper):
        pass

    out, err = Out(io.BytesIO(), "utf-8"), Out(io.BytesIO(), "utf-8")
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.run(arguments)
    out.flush()
    line = json.loads(out.buffer.getvalue())
    codes = Counter(f["code"] for f in line["failures"])
    return {
        "exit": code, "new": len(line["new"]), "known": len(line["known"]), "failures": dict(sorted(codes.items())),
    }  # fmt: skip


def measure_warc(megabytes: int) -> None:
    """One crawl of so many megabytes (unpacked), streamed."""
    with tempfile.TemporaryDirectory() as folder:
        path, written, n = Path(folder) / "big.warc.gz", 0, 0
        with path.open("wb") as out:
            while written < megabytes * 1_000_000:
                body = mixed.page(n) + b"<!--" + b"x" * 60_000 + b"-->"
                http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
                head = (
                    f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: 2024-01-01T00:00:00Z\r\nWARC-Target-URI: "
                    f"https://paper.example/{n}\r\nWARC-Record-ID: <urn:uuid:{n}>\r\nContent-Type: application/http; "
                    f"msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
                ).encode()
                out.write(gzip.compress(head + http + b"\r\n\r\n", 1))
                written, n = written + len(head) + len(http), n + 1
        out_ = subprocess.run(
            [sys.executable, __file__, "child", str(path)], check=True, capture_output=True, text=True,
            env={"PYTHONPATH": str(ROOT), "PATH": ""},
        ).stdout  # fmt: skip
        told({"what": "warc", "megabytes": megabytes, "records": n, **json.loads(out_)})


def main() -> None:
    ask = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parts = ask.add_subparsers(dest="part", required=True)
    parts.add_parser("speed").add_argument("--runs", type=int, default=3)
    two = parts.add_parser("memory")
    two.add_argument("--records", type=int, nargs="+", default=[100, 1_000, 10_000, 100_000])
    parts.add_parser("mixed").add_argument("--records", type=int, default=100_000)
    parts.add_parser("warc").add_argument("--megabytes", type=int, default=2_000)
    parts.add_parser("child").add_argument("folder")
    args = ask.parse_args()
    if args.part == "speed":
        measure_speed(args.runs)
    elif args.part == "memory":
        measure_memory(args.records)
    elif args.part == "mixed":
        measure_mixed(args.records)
    elif args.part == "warc":
        measure_warc(args.megabytes)
    else:
        child(args.folder)


if __name__ == "__main__":
    main()
