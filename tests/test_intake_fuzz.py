"""Every format, damaged at random: nothing is raised, nothing hangs, and what is made is a document or a failure.

`CASUS_FUZZ` is how many damaged files of each format are tried: few in `make test`, more in CI.
"""

from __future__ import annotations

import io
import os
import textwrap
import zipfile
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks import mixed
from casus.intake.formats import INTERNAL, Intake
from casus.intake.raw import Raw
from casus.records import Document, Failure
from tests import feed_files, pdf_writer

EXAMPLES = int(os.environ.get("CASUS_FUZZ", "20"))
# a few records of each format are enough to be damaged, and quick to read
RECORDS = 400
SMALL = 60_000


@cache
def folder() -> dict[str, bytes]:
    """Whole files of the formats that the benchmark writes, by name; a large one only from its head."""
    with TemporaryDirectory() as at:
        mixed.write(Path(at), RECORDS, broken_share=0.0)
        return {p.name: p.read_bytes() for p in sorted(Path(at).rglob("*")) if p.is_file()}


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["title", "text", "date"])
    for n in range(5):
        title, text, day = mixed.report(n)
        sheet.append([title, text, day])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def mail() -> bytes:
    title, text, day = mixed.report(1)
    made = EmailMessage()
    made["Subject"], made["From"], made["Message-ID"] = title, "Monitor <a@b.example>", "<1@b.example>"
    made["Date"] = f"{day:%a, %d %b %Y} 08:00:00 +0000"
    made.set_content(text)
    made.add_alternative(mixed.page(1).decode(), subtype="html")
    made.add_attachment(mixed.page(2), maintype="text", subtype="html", filename="report.html")
    return made.as_bytes()


def mhtml() -> bytes:
    page = mixed.page(1).decode()
    return (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://paper.example/1\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; type="text/html"; boundary="x"\r\n\r\n--x\r\nContent-Type: text/html\r\n'
        f"Content-Location: https://paper.example/1\r\n\r\n{page}\r\n--x--\r\n"
    ).encode()


def wacz() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("archive/data.warc.gz", folder()["crawl.warc.gz"])
        made.writestr("datapackage.json", "{}")
    return out.getvalue()


MADE: dict[str, Callable[[], bytes]] = {
    **{
        name: lambda name=name: folder()[name]  # type: ignore[misc]
        for name in ("export.jsonl.gz", "articles.json", "database.csv", "crawl.warc.gz", "texts.tar.gz", "pages.zip",
                     "letters.mbox", "feed-0000.xml")
    },
    "book.xlsx": workbook,
    "letter.eml": mail,
    "page.mhtml": mhtml,
    "crawl.wacz": wacz,
    "page.html": lambda: mixed.page(3),
    "report.txt": lambda: "\n\n".join(mixed.report(4)[:2]).encode(),
    "report.pdf": lambda: pdf_writer.pdf(pdf_writer.set_lines(textwrap.wrap(mixed.report(5)[1], 80))),
    "story.nitf": lambda: feed_files.sample("story.nitf"),
    "item.xml": lambda: feed_files.sample("item.xml"),
    "message.xml": lambda: feed_files.sample("message.xml"),
    "atom.xml": lambda: feed_files.sample("atom.xml"),
}  # fmt: skip

JUNK = [b"\x00", b"<", b"]]>", b"\xff\xfe", b'"', b"\n\n", b"{" * 30, b"<!ENTITY a 'b'>"]
edits = st.lists(
    st.tuples(
        st.floats(0, 1), st.sampled_from(["flip", "cut", "drop", "double", "put"]),
        st.binary(min_size=1, max_size=40) | st.sampled_from(JUNK),
    ),
    max_size=6,
)  # fmt: skip


def damaged(data: bytes, changes: list[tuple[float, str, bytes]]) -> bytes:
    for share, kind, junk in changes:
        at = int(share * len(data))
        if kind == "flip":
            data = data[:at] + junk + data[at + len(junk) :]
        elif kind == "cut":
            data = data[:at]
        elif kind == "drop":
            data = data[:at] + data[at + 50 :]
        elif kind == "double":
            data = data[:at] + data[at : at + 200] + data[at:]
        else:
            data = data[:at] + junk + data[at:]
    return data


def taken(data: bytes, name: str) -> Iterator[Document | Failure]:
    return Intake(debug=True).source(Raw(name, io.BytesIO(data)), len(data))


@pytest.mark.parametrize("name", sorted(MADE))
def test_whole_files_give_documents(name: str) -> None:
    made = list(taken(MADE[name](), name))
    assert any(isinstance(one, Document) for one in made)
    # one story of the message was taken back by its agency, and one is broken
    failed = [(one.item, one.code) for one in made if isinstance(one, Failure)]
    assert failed == ([("message.xml#4", "withdrawn"), ("message.xml#5", "format")] if name == "message.xml" else [])


@pytest.mark.parametrize("name", sorted(MADE))
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(changes=edits, start=st.floats(0, 1))
def test_damaged_files_give_documents_or_failures(
    name: str, changes: list[tuple[float, str, bytes]], start: float
) -> None:
    whole = MADE[name]()
    # of a large file a stretch, so that the damage falls somewhere
    at = 0 if len(whole) <= SMALL or start < 0.7 else int((start - 0.7) * 3 * (len(whole) - SMALL))
    for one in taken(damaged(whole[at : at + SMALL], changes), name):
        assert isinstance(one, Document | Failure)
        assert not (isinstance(one, Failure) and one.code == INTERNAL)
