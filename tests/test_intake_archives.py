"""Archives and packed files: what is in them is found, under names that do no harm."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.intake import documents_from_bytes
from casus.intake.packs.naming import Names, harmless, unpacked_name, worth
from casus.records import Document
from tests.archived import FILES, PAGE, TEXTS, WRITERS, patched, tarred, zipped
from tests.spy import piped, spied


@pytest.mark.parametrize("archive", WRITERS)
def test_every_member_is_read_in_order_under_its_own_name(archive: str) -> None:
    spy, failures = spied(WRITERS[archive](FILES), archive)
    assert not failures
    shown = unpacked_name(archive)
    assert spy.names == [f"{shown}!{name}" for name in FILES]
    assert spy.contents == list(FILES.values())


@pytest.mark.parametrize("archive", WRITERS)
def test_a_pipe_does_as_well_as_a_file(archive: str) -> None:
    data = WRITERS[archive](FILES)
    spy, failures = spied(data, archive, stream=piped(data, 77))
    assert (spy.contents, failures) == (list(FILES.values()), [])


def test_documents_come_out_of_archives_in_archives() -> None:
    inner = zipped({"page": PAGE, "packed.txt.gz": gzip.compress(TEXTS[1])})
    data = gzip.compress(tarred({"inner.zip": inner, "x.txt": TEXTS[2]}))
    made = list(documents_from_bytes(data, name="x.tar.gz"))
    assert all(isinstance(m, Document) for m in made)
    assert [m.text.strip().rsplit("\n")[-1] for m in made if isinstance(m, Document)] == [
        t.decode().strip() for t in TEXTS[:3]
    ]
    spy, _ = spied(data, "x.tar.gz")
    assert spy.names == ["x.tar!inner.zip!page", "x.tar!inner.zip!packed.txt", "x.tar!x.txt"]


def test_what_is_no_report_by_its_name_is_passed_over() -> None:
    files = dict.fromkeys([
        "a.jpg", "css/b.css", "f.woff2", "s.js", "__MACOSX/._a.txt", "__MACOSX/a.txt", ".DS_Store", ".git/a.txt",
        "a/.hidden.txt", "robots.txt", "Thumbs.db", "i.SVG",
    ], TEXTS[0])  # fmt: skip
    for write in (zipped, tarred):
        spy, failures = spied(write({**files, "a.txt": TEXTS[1]}), "x")
        assert (spy.names, failures) == (["x!a.txt"], [])
        spy, failures = spied(write(files), "x")
        assert [f.code for f in failures] == ["empty"]


def test_other_names_are_read_only_where_the_bytes_say_what_they_are() -> None:
    files = {
        "index.php": PAGE, "notes.xyz": TEXTS[0], "0001": gzip.compress(TEXTS[1]), "blob.bin": b"\x00\x01" * 99,
        "more.dat": zipped({"a.txt": TEXTS[2]}), "LICENSE": b"Anybody may do with it what they like.",
    }  # fmt: skip
    spy, failures = spied(tarred(files), "x.tar")
    assert (spy.names, failures) == (["x.tar!index.php", "x.tar!0001", "x.tar!more.dat!a.txt"], [])


def test_folders_links_and_devices_are_passed_over() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for number, kind in enumerate(
            [tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE]
        ):
            info = tarfile.TarInfo(f"{number}.txt")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        info = tarfile.TarInfo("a.txt")
        info.size = len(TEXTS[0])
        archive.addfile(info, io.BytesIO(TEXTS[0]))
    assert spied(out.getvalue(), "x.tar")[0].names == ["x.tar!a.txt"]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zip_archive:
        zip_archive.mkdir("folder.txt")
        link = zipfile.ZipInfo("link.txt")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        zip_archive.writestr(link, "/etc/passwd")
        zip_archive.writestr("a.txt", TEXTS[0])
    assert spied(out.getvalue(), "x.zip")[0].names == ["x.zip!a.txt"]


@pytest.mark.parametrize("write", [zipped, tarred])
def test_nothing_is_written_where_a_name_points(
    write: Callable[[Mapping[str, bytes]], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "a" / "b"
    here.mkdir(parents=True)
    monkeypatch.chdir(here)
    names = ["../../up.txt", f"{tmp_path}/absolute.txt", "..\\..\\windows.txt", "C:\\x.txt", "a/../../../b.txt"]
    before = sorted(os.walk(tmp_path))
    spy, failures = spied(write(dict.fromkeys(names, TEXTS[0])), "x")
    assert (len(spy.items), failures) == (5, [])
    assert sorted(os.walk(tmp_path)) == before


def test_packed_files_are_read_as_what_is_in_them() -> None:
    lines = b'{"text": "one"}\n{"text": "two"}\n'
    for name, data in (
        ("a.jsonl.gz", gzip.compress(lines)),
        ("a.jsonl.bz2", bz2.compress(lines)), ("a.jsonl.xz", lzma.compress(lines)),
        # several members, and the zeros that tapes add
        ("a.jsonl.gz", gzip.compress(lines[:16]) + gzip.compress(lines[16:]) + bytes(40)),
        ("a.jsonl.xz", lzma.compress(lines[:16]) + lzma.compress(lines[16:]) + bytes(8)),
    ):  # fmt: skip
        spy, failures = spied(data, name)
        assert (spy.names, failures) == (["a.jsonl#1", "a.jsonl#2"], [])


def test_what_stands_behind_a_packed_file_is_a_failure_and_not_read() -> None:
    spy, failures = spied(gzip.compress(TEXTS[0]) + b"garbage", "a.txt.gz")
    assert (spy.items[0][:2], [f.code for f in failures]) == (("a.txt", TEXTS[0]), ["format"])


def test_names_are_those_of_unix_whatever_wrote_them() -> None:
    data = zipped({"b/\xfc.txt": TEXTS[0], "win.txt": TEXTS[1]})
    utf8 = "b/ü.txt".encode()
    dos = data.replace(utf8, b"b\\\x81x.txt").replace(b"win.txt", b"w\\n.txt")
    # without the mark that says UTF-8
    for mark, size in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = dos.index(mark) + size
        dos = patched(dos, at, b"\0\0")
    assert spied(dos, "x.zip")[0].names == ["x.zip!b/üx.txt", "x.zip!w/n.txt"]


def test_names_do_no_harm() -> None:
    name = "\x00evil\x1b[2J\u202e\r\n.txt"
    out = spied(
        tarred({"a\x1b[2J\u202e\r\nb.txt": TEXTS[0], "x" * 5_000 + ".txt": TEXTS[1], "y" * 5_000: PAGE}), "x.tar"
    )[0]
    assert out.names[0] == "x.tar!a�[2J���b.txt"
    assert all(len(shown) < 250 for shown in out.names)
    assert out.names[1].endswith("xxx.txt")
    assert harmless(name) == "�evil�[2J���.txt"
    assert harmless("x" * 300 + "a") != harmless("x" * 300 + "b")


def test_the_same_name_twice_gives_two_names() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name in ("a.txt", "a.txt", "a (2).txt", "a.txt", "a.txt.gz"):
            info = tarfile.TarInfo(name)
            data = gzip.compress(TEXTS[0]) if name.endswith("gz") else TEXTS[0]
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    names = spied(out.getvalue(), "x.tar")[0].names
    assert names == [f"x.tar!{n}" for n in ("a.txt", "a (2).txt", "a (2) (2).txt", "a (3).txt", "a (4).txt")]


@given(
    st.lists(
        st.sampled_from(["a.txt", "a (2).txt", "a (3).txt", "a", "a (2)", "b/a.txt", "a.txt.gz", "", ".", "a.tgz"])
    )
)
def test_names_are_distinct_and_the_same_on_every_run(names: list[str]) -> None:
    first, second = Names(), Names()
    distinct = [first.distinct(name) for name in names]
    assert len({unpacked_name(name) for name in distinct}) == len(names)
    assert distinct == [second.distinct(name) for name in names]


@given(st.text(max_size=400))
def test_any_name_can_be_judged_and_shown(name: str) -> None:
    assert worth(name) in ("yes", "no", "look")
    shown = harmless(name)
    assert shown == harmless(shown)
    assert shown.isprintable() or " " in shown or not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in shown)
    assert len(shown.encode()) < 900


@pytest.mark.parametrize(
    ("files", "what"),
    [
        (["[Content_Types].xml", "_rels/.rels", "word/document.xml"], "docx"),
        (["[Content_Types].xml", "ppt/presentation.xml"], "pptx"),
        (["_rels/.rels", "[Content_Types].xml", "xl/book.xml"], "xlsx"),
        (["[Content_Types].xml", "visio/document.xml"], "office"),
        (["mimetype", "META-INF/container.xml", "OEBPS/1.xhtml"], "epub"),
        (["mimetype", "content.xml", "META-INF/manifest.xml"], "OpenDocument"),
        (["META-INF/MANIFEST.MF", "a.class"], "Java"),
    ],
)
def test_documents_that_are_zips_inside_are_called_what_they_are(files: list[str], what: str) -> None:
    for name in ("x", "x.zip"):
        spy, failures = spied(zipped(dict.fromkeys(files, b"<x/>")), name)
        assert not spy.items
        assert [f.code for f in failures] == ["format"]
        assert what in failures[0].message
        assert failures[0].hint


def test_a_crawl_in_a_zip_is_read_for_its_archive_alone() -> None:
    record = b"WARC/1.0\r\nWARC-Type: resource\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n"
    crawl = b"".join(record % (len(text), text) for text in TEXTS[:2])
    files = {
        "pages/pages.jsonl": b'{"text": "no"}\n', "archive/a.warc": crawl, "archive/b.warc.gz": gzip.compress(crawl),
        "indexes/index.cdx.gz": gzip.compress(b"x"), "archive/readme.txt": TEXTS[3], "datapackage.json": b"{}",
    }  # fmt: skip
    for name in ("x.wacz", "x.zip"):
        spy, failures = spied(zipped(files), name)
        assert (spy.contents, failures) == (TEXTS[:2] * 2, [])
        second = crawl.index(b"WARC/", 1)
        assert spy.names == [
            f"{name}!archive/a.warc@0", f"{name}!archive/a.warc@{second}",
            f"{name}!archive/b.warc.gz@0", f"{name}!archive/b.warc.gz@0+{second}",
        ]  # fmt: skip


def test_zip64_is_read() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(66_000):
            archive.writestr(zipfile.ZipInfo(f"{number}.png"), b"")
        with archive.open("a.txt", "w", force_zip64=True) as member:
            member.write(TEXTS[0])
    spy, failures = spied(out.getvalue(), "x.zip")
    assert (spy.contents, failures) == ([TEXTS[0]], [])


def test_sizes_of_eight_bytes_are_read() -> None:
    """As a writer does that knows nothing of sizes beforehand: all of them in the extra field, in both places."""
    packed = zlib.compress(TEXTS[0], wbits=-15)
    crc, sizes = zlib.crc32(TEXTS[0]), struct.pack("<QQ", len(TEXTS[0]), len(packed))
    extra = struct.pack("<HH", 1, 16) + sizes
    local = struct.pack("<4sHHHHHLLLHH", b"PK\x03\x04", 45, 0, 8, 0, 0, crc, 2**32 - 1, 2**32 - 1, 5, len(extra))
    member = local + b"a.txt" + extra + packed
    long_extra = struct.pack("<HH", 1, 24) + sizes + struct.pack("<Q", 0)
    entry = struct.pack(
        "<4sHHHHHHLLLHHHHHLL", b"PK\x01\x02", 45, 45, 0, 8, 0, 0, crc, 2**32 - 1, 2**32 - 1,
        5, len(long_extra), 0, 0, 0, 0, 2**32 - 1,
    )  # fmt: skip
    directory = entry + b"a.txt" + long_extra
    end64 = struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, len(directory), len(member))
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(member) + len(directory), 1)
    end = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1, 0)
    data = member + directory + end64 + locator + end
    for whole in (data, member):
        spy, failures = spied(whole, "x.zip")
        assert spy.contents == [TEXTS[0]]
        assert len(failures) == (whole is member)
