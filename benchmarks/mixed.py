"""A folder of sources in many formats with records of our own making, some of them broken: what each holds is known."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path
from xml.sax.saxutils import escape

_SIDES = ("The army", "Police", "Rebels", "Militants", "Border guards", "Insurgents", "A militia", "Soldiers")
DEEDS = ("shelled", "raided", "attacked", "bombed", "surrounded", "entered", "left", "searched")
_THINGS = (
    "the market",
    "a checkpoint",
    "the airport road",
    "two farms",
    "a school",
    "the bridge",
    "a convoy",
    "the port",
)
_SMALL = ("the", "and", "with", "from", "were", "that", "which", "who", "after", "by", "of", "in", "to", "at", "for")
_SAID = ("the governor", "a spokesman", "residents", "a doctor", "the mayor", "an aid worker", "state radio")
# a document of another language, which is refused; and what is no record at all
GERMAN = (
    "Die Regierung hat am Dienstag erklärt, dass die Soldaten das Dorf nicht verlassen werden, bevor Ruhe herrscht."
)


@dataclass(slots=True)
class Truth:
    """How many documents a folder holds, and how many items of it are broken or refused."""

    documents: int = 0
    broken: int = 0
    kinds: dict[str, int] = field(default_factory=dict)


def _name(rng: random.Random) -> str:
    """A name that few other sentences hold: near-copies are looked for by runs of words."""
    return "".join(rng.choice(letters) for letters in ("BDFGKLMNRSTVZ", "aeiou", "rlnmkst", "aeiou", "bdktnr"))


def report(n: int) -> tuple[str, str, date]:
    """Title, text and day of report n. Two of them share few runs of words, as two reports of news do."""
    rng = random.Random(n)
    town = _name(rng).capitalize() + str(n % 97)
    day = date(2015, 1, 1) + timedelta(days=rng.randrange(4000))
    lines = [f"{rng.choice(_SIDES)} {rng.choice(DEEDS)} {rng.choice(_THINGS)} in {town}, {rng.choice(_SAID)} said."]
    for _ in range(rng.randint(4, 9)):
        words = [w for _ in range(rng.randint(5, 9)) for w in (rng.choice(_SMALL), _name(rng))]
        lines.append(" ".join(words).capitalize() + ".")
    return f"{rng.choice(_SIDES)} in {town}, report {n}", " ".join(lines), day


def page(n: int) -> bytes:
    """Report n as a saved page with some clutter around it."""
    title, text, day = report(n)
    body = "".join(f"<p>{escape(s)}.</p>" for s in text.rstrip(".").split(". "))
    menu = "".join(f'<li><a href="/s/{k}">Section {k}</a></li>' for k in range(12))
    return (
        f'<!doctype html><html><head><title>{escape(title)} | The Courier</title><meta property="og:site_name" '
        f'content="The Courier"><meta property="article:published_time" content="{day}T08:00:00+00:00"></head><body>'
        f"<nav><ul>{menu}</ul></nav><main><article><h1>{escape(title)}</h1>{body}</article></main>"
        f"<footer><p>All rights reserved.</p></footer></body></html>"
    ).encode()


def write(folder: Path, records: int, broken_share: float = 0.01, seed: int = 1) -> Truth:
    """About so many records in nine formats; every `1 / broken_share`-th is broken in a way of its format."""
    folder.mkdir(parents=True, exist_ok=True)
    truth, rng = Truth(), random.Random(seed)
    shares = {
        "jsonl": 0.30, "csv": 0.25, "warc": 0.15, "tar": 0.10, "mbox": 0.07, "zip": 0.06, "feed": 0.05, "json": 0.01,
        "pages": 0.01,
    }  # fmt: skip
    at = 0
    for kind, share in shares.items():
        some = [(n, rng.random() < broken_share) for n in range(at, at + round(records * share))]
        at += len(some)
        _WRITERS[kind](folder, some)
        bad = sum(b for _, b in some)
        truth.documents += len(some) - bad
        truth.broken += bad
        truth.kinds[kind] = len(some)
    return truth


def _object(n: int) -> dict[str, str]:
    title, text, day = report(n)
    return {"title": title, "text": text, "published": day.isoformat(), "publisher": f"Paper {n % 50}"}


def _jsonl(folder: Path, some: list[tuple[int, bool]]) -> None:
    with gzip.open(folder / "export.jsonl.gz", "wt", encoding="utf-8", compresslevel=3) as out:
        for n, bad in some:
            line = json.dumps(_object(n))
            out.write((line[: len(line) // 2] if bad else line) + "\n")


def _json(folder: Path, some: list[tuple[int, bool]]) -> None:
    values = [{"title": "no text"} if bad else _object(n) for n, bad in some]
    (folder / "articles.json").write_text(json.dumps({"articles": values}), encoding="utf-8")


def _csv(folder: Path, some: list[tuple[int, bool]]) -> None:
    with (folder / "database.csv").open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["headline", "body", "date", "source"])
        for n, bad in some:
            o = _object(n)
            row = [o["title"], o["text"], o["published"], o["publisher"]]
            writer.writerow([*row, "one cell", "too many"] if bad else row)


def _warc(folder: Path, some: list[tuple[int, bool]]) -> None:
    with (folder / "crawl.warc.gz").open("wb") as out:
        for n, bad in some:
            title, text, day = report(n)
            body = GERMAN.encode() if bad else f"{title}\n\n{day:%d %B %Y}\n\n{text}\n".encode()
            http = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + body
            head = (
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{n:012d}>\r\n"
                f"WARC-Date: 2024-01-01T00:00:00Z\r\nWARC-Target-URI: https://paper{n % 50}.example/{n}\r\n"
                f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
            ).encode()
            out.write(gzip.compress(head + http + b"\r\n\r\n", 3))


def _tar(folder: Path, some: list[tuple[int, bool]]) -> None:
    with tarfile.open(folder / "texts.tar.gz", "w:gz", compresslevel=3) as out:
        for n, bad in some:
            title, text, day = report(n)
            data = b"\x00\x01\x02" * 50 if bad else f"{title}\n\n{day:%d %B %Y}\n\n{text}\n".encode()
            member = tarfile.TarInfo(f"{n // 1000}/{n}.txt")
            member.size = len(data)
            out.addfile(member, io.BytesIO(data))


def _zip(folder: Path, some: list[tuple[int, bool]]) -> None:
    with zipfile.ZipFile(folder / "pages.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=3) as out:
        for n, bad in some:
            out.writestr(f"{n}.html", b"<html><body><script>var x = 1;</script></body></html>" if bad else page(n))


def _mbox(folder: Path, some: list[tuple[int, bool]]) -> None:
    with (folder / "letters.mbox").open("wb") as out:
        for n, bad in some:
            title, text, day = report(n)
            mail = EmailMessage()
            mail["Subject"], mail["From"] = title, f"Monitor {n % 20} <news@monitor.example>"
            mail["To"], mail["Message-ID"] = "list@monitor.example", f"<{n}@monitor.example>"
            mail["Date"] = f"{day:%a, %d %b %Y} 08:00:00 +0000"
            mail.set_content("" if bad else text.replace(". ", ".\n\n"))
            out.write(b"From news@monitor.example Mon Jan  1 00:00:00 2024\n" + mail.as_bytes() + b"\n")


def _feed(folder: Path, some: list[tuple[int, bool]]) -> None:
    """Feeds of a hundred entries, as they are kept day by day."""
    for k in range(0, len(some), 100):
        entries = []
        for n, bad in some[k : k + 100]:
            title, text, day = report(n)
            words = "Read more" if bad else text
            entries.append(
                f"<item><title>{escape(title)}</title><link>https://feed.example/{n}</link><pubDate>"
                f"{day:%a, %d %b %Y} 08:00:00 GMT</pubDate><description>{escape(words)}</description></item>"
            )
        head = "<rss version='2.0'><channel><title>The Feed</title>"
        (folder / f"feed-{k // 100:04d}.xml").write_text(f"{head}{''.join(entries)}</channel></rss>", encoding="utf-8")


def _pages(folder: Path, some: list[tuple[int, bool]]) -> None:
    (folder / "saved").mkdir(exist_ok=True)
    for n, bad in some:
        (folder / f"saved/{n}.html").write_bytes(b"%PDF-1.7 broken" if bad else page(n))


_WRITERS = {
    "jsonl": _jsonl, "json": _json, "csv": _csv, "warc": _warc, "tar": _tar, "zip": _zip, "mbox": _mbox, "feed": _feed,
    "pages": _pages,
}  # fmt: skip


def pages(number: int) -> Iterator[tuple[str, bytes]]:
    """So many pages, by name."""
    return ((f"{n}.html", page(n)) for n in range(number))
