"""Archives that are broken, or made to do harm: no other member is lost, and bombs end soon."""

from __future__ import annotations

import bz2
import gc
import gzip
import io
import lzma
import os
import struct
import tarfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Mapping
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casus.intake import formats
from tests.archived import FILES, MB, TEXTS, WRITERS, entry_at, patched, streamed, tarred, zipped
from tests.spy import spied


@pytest.mark.parametrize(
    ("how", "says"),
    [
        (lambda d: patched(d, entry_at(d, "b/c.txt") + 8, b"\x01\x00"), "encrypted"),
        (lambda d: patched(d, entry_at(d, "b/c.txt") + 10, b"\x09\x00"), "deflate64"),
        (lambda d: patched(d, entry_at(d, "b/c.txt") + 16, b"\0\0\0\0"), "checksum"),
        (lambda d: patched(d, entry_at(d, "b/c.txt") + 24, b"\1\0\0\0"), "longer"),
        (lambda d: patched(d, entry_at(d, "b/c.txt") + 42, b"\1\0\0\0"), "not where"),
        (lambda d: patched(d, entry_at(d, "b/c.txt") + 20, b"\xff\xff\xff\x0f"), "not where"),
    ],
)  # fmt: skip
def test_a_member_that_cannot_be_read_is_one_failure(how: Callable[[bytes], bytes], says: str) -> None:
    spy, failures = spied(how(zipped(FILES)), "x.zip")
    assert [f.code for f in failures] == ["format"]
    assert says in failures[0].message
    assert "x.zip!b/c.txt" in failures[0].message
    assert set(spy.contents) >= {*TEXTS} - {TEXTS[1]}


def test_an_encrypted_zip_says_what_to_do() -> None:
    _, failures = spied(
        patched(zipped({"a.txt": TEXTS[0]}), entry_at(zipped({"a.txt": TEXTS[0]}), "a.txt") + 8, b"\1"), "x.zip"
    )
    assert "password" in failures[0].hint


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("write", [zipped, streamed])
def test_a_zip_without_its_end_is_read_as_far_as_it_goes(
    method: int, write: Callable[[Mapping[str, bytes], int], bytes]
) -> None:
    data = write(FILES, method)
    spy, failures = spied(data, "x.zip")
    assert (spy.contents, failures) == (list(FILES.values()), [])
    end = data.index(b"PK\x01\x02")
    for cut in (end, end + 10, len(data) - 5):
        spy, failures = spied(data[:cut], "x.zip")
        assert spy.contents == list(FILES.values())
        assert failures[-1].code == "format"
        assert "directory" in failures[-1].message
    spy, failures = spied(data[: end - 60], "x.zip")
    assert spy.contents[:3] == TEXTS[:3]


def test_a_broken_directory_is_made_good_from_the_members() -> None:
    data = zipped(FILES)
    broken = patched(data, entry_at(data, "b/c.txt"), b"XXXX")
    spy, failures = spied(broken, "x.zip")
    assert sorted(spy.contents) == sorted(TEXTS)
    assert len(failures) == 1


def test_a_zip_in_a_zip_that_breaks_off_is_read_as_far_as_it_goes() -> None:
    data = zipped({"a.zip": zipped(FILES, zipfile.ZIP_STORED)}, zipfile.ZIP_STORED)
    cut = data.index(TEXTS[2])
    spy, failures = spied(data[:cut], "x.zip")
    assert spy.contents == TEXTS[:2]
    assert {f.code for f in failures} == {"format"}


def test_a_zip_in_a_damaged_member_is_read_and_the_damage_told() -> None:
    data = zipped({"a.zip": zipped(FILES)})
    spy, failures = spied(patched(data, entry_at(data, "a.zip") + 16, b"\0\0\0\0"), "x.zip")
    assert spy.contents == TEXTS
    assert [f.item for f in failures] == ["x.zip!a.zip"]
    assert "checksum" in failures[0].message


@pytest.mark.usefixtures("small_budget")
def test_a_zip_that_is_given_up_half_way_leaves_no_file_open() -> None:
    large = b"PK\x03\x04" + bytes(60 * MB)
    _, failures = spied(gzip.compress(large), "x.zip.gz")
    gc.collect()
    assert {f.code for f in failures} == {"too-large"}


def test_a_tar_that_breaks_off_says_so() -> None:
    data = tarred(FILES, tarfile.USTAR_FORMAT)
    spy, failures = spied(data[: data.index(TEXTS[1]) + 10], "x.tar")
    assert spy.contents == [TEXTS[0]]
    assert "breaks off" in failures[0].message
    assert failures[0].item == "x.tar!b/c.txt"
    spy, failures = spied(data[: data.index(TEXTS[3]) + 512], "x.tar")
    assert spy.contents == TEXTS
    assert [f.item for f in failures] == ["x.tar"]


def test_a_tar_behind_a_tar_is_read_and_garbage_is_not() -> None:
    data = tarred({"a.txt": TEXTS[0]}) + b"garbage" * 100 + tarred({"b.txt": TEXTS[1]})
    assert spied(data, "x.tar")[0].contents == TEXTS[:1]
    data = tarred({"a.txt": TEXTS[0]}) + b"garbage." * 128 + tarred({"b.txt": TEXTS[1]}) + b"garbage"
    assert spied(data, "x.tar")[0].contents == TEXTS[:2]


def test_the_checksum_around_a_tar_counts() -> None:
    data = gzip.compress(tarred(FILES))
    spy, failures = spied(patched(data, len(data) - 8, b"\0\0\0\0"), "x.tar.gz")
    assert (spy.contents, [f.item for f in failures]) == (TEXTS, ["x.tar"])


def test_a_tar_with_a_broken_head_goes_on_at_the_next() -> None:
    data = tarred(FILES, tarfile.USTAR_FORMAT)
    spy, failures = spied(patched(data, data.index(b"b/c.txt"), b"X"), "x.tar")
    assert spy.contents == [TEXTS[0], *TEXTS[2:]]
    assert [f.code for f in failures] == ["format"]


@pytest.mark.parametrize("size", [b"\xff" * 12, b"\x80" + b"\xff" * 11, b"-0000000001\0", b"77777777777\0"])
def test_sizes_that_cannot_be_end_nothing_and_loop_nowhere(size: bytes) -> None:
    data = bytearray(tarred(FILES, tarfile.USTAR_FORMAT))
    data[512 * 2 + 124 : 512 * 2 + 136] = size
    head = data[1024:1536]
    head[148:156] = b" " * 8
    data[1024 + 148 : 1024 + 156] = b"%06o\0 " % sum(head)
    spy, failures = spied(bytes(data), "x.tar")
    assert spy.contents[0] == TEXTS[0]
    assert failures


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_packed_report_that_is_damaged_is_not_taken_for_whole(pack: Callable[[bytes], bytes]) -> None:
    data = pack(TEXTS[0] * 1_000)
    for broken in (data[:-3], data[: len(data) // 2], patched(data, len(data) - 6, b"\x55\x55")):
        spy, failures = spied(broken, "a.txt.x")
        assert not spy.items
        assert [f.code for f in failures] == ["format"]


def peak_of(data: bytes, name: str) -> tuple[float, list[str]]:
    """The most memory that reading took, in MB, and the codes of the failures."""
    tracemalloc.start()
    try:
        _, failures = spied(data, name)
        return tracemalloc.get_traced_memory()[1] / MB, [f.code for f in failures]
    finally:
        tracemalloc.stop()


@pytest.fixture
def small_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """As much less may come out as the bombs here are smaller than real ones: they are made quicker so."""
    monkeypatch.setattr(formats, "FREE_BYTES", 50 * MB)


def zeros(size: int, wbits: int = 31) -> bytes:
    packer = zlib.compressobj(9, wbits=wbits)
    return b"".join(packer.compress(bytes(MB)) for _ in range(size // MB)) + packer.flush()


@pytest.mark.usefixtures("small_budget")
def test_a_bomb_costs_little_memory_and_ends_at_the_budget() -> None:
    bomb = zeros(200 * MB)
    head = tarfile.TarInfo("a.png")
    head.size = 10**12
    tar = gzip.compress(head.tobuf(tarfile.GNU_FORMAT)) + bomb * 5
    assert len(tar) < 1.5 * MB
    for data, name in (
        (tar, "x.tar.gz"),
        (zipped({"x.tar.gz": tar, "b.txt": TEXTS[0]}), "x.zip"),
    ):
        peak, codes = peak_of(data, name)
        assert set(codes) == {"too-large"}
        assert len(codes) <= 4
        assert peak < 12


def test_a_report_that_unpacks_to_more_than_a_report_may_have_is_refused() -> None:
    for data, name in ((zeros(100 * MB), "a.txt.gz"), (zipped({"a.html": bytes(100 * MB)}), "x.zip")):
        peak, codes = peak_of(data, name)
        assert codes == ["too-large"]
        assert peak < 20


@pytest.mark.usefixtures("small_budget")
def test_archives_in_archives_without_end_are_given_up() -> None:
    bomb = zipped({"0.txt": b"x"})
    for _ in range(6):
        bomb = zipped({f"{n}.zip": bomb for n in range(8)})
    spy, failures = spied(bomb, "42.zip")
    assert not spy.items
    assert {f.code for f in failures} == {"too-large"}
    # 8 ** 6 lie at the bottom
    assert len(failures) < 2_000
    data = TEXTS[0]
    for _ in range(30):
        data = gzip.compress(data)
    spy, failures = spied(data, "x.gz")
    assert (spy.items, [f.code for f in failures]) == ([], ["too-large"])


def test_members_that_lie_over_one_another_are_refused() -> None:
    one = zipped({"a.txt": os.urandom(1_000).hex().encode()})
    at = one.index(b"PK\x01\x02")
    entry, end = one[at : one.index(b"PK\x05\x06")], one[one.index(b"PK\x05\x06") :]
    many = 5_000
    end = end[:8] + struct.pack("<HHL", many, many, many * len(entry)) + end[16:]
    # each of 5,000 is the one member
    spy, failures = spied(one[:at] + entry * many + end, "x.zip")
    assert [f.code for f in failures] == ["too-large"]
    assert len(spy.items) < 1_000


def test_a_head_that_asks_for_much_memory_gets_none() -> None:
    """A pax head of 400 MB, and an xz that wants a dictionary of 1.5 GB."""
    info = tarfile.TarInfo("x")
    info.size, info.type = 30 * MB, tarfile.XHDTYPE
    data = gzip.compress(info.tobuf(tarfile.USTAR_FORMAT) + b"1" * 30 * MB + tarred(FILES))
    peak, codes = peak_of(data, "x.tar.gz")
    assert peak < 5
    assert "format" in codes or not codes
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}]
    packed = bytearray(lzma.compress(TEXTS[0], filters=filters))
    # byte 12 begins the head of the block, whose filter's properties are the size of the dictionary
    at = packed.index(b"\x21\x01", 12) + 2
    packed[at] = 39
    size = (packed[12] + 1) * 4
    packed[12 + size - 4 : 12 + size] = struct.pack("<L", zlib.crc32(packed[12 : 12 + size - 4]))
    peak, codes = peak_of(bytes(packed), "x.txt.xz")
    assert codes == ["format"]
    assert peak < 20


def parts_of(archive: str, data: bytes) -> list[tuple[int, int]]:
    """Where each member lies with its head, in archives that are not packed as a whole."""
    if archive.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            starts = [info.header_offset for info in opened.infolist()] + [opened.start_dir]
    else:
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            starts = [0, *((i.offset_data + i.size + 511) // 512 * 512 for i in tar.getmembers())]
    return list(pairwise(starts))


DAMAGED = {
    name: WRITERS[name](FILES) for name in ("x.zip", "stored.zip", "bzip2.zip", "pax.tar", "gnu.tar", "ustar.tar")
}


@settings(max_examples=400)
@given(st.sampled_from(sorted(DAMAGED)), st.data())
def test_a_flipped_byte_costs_one_member_at_most(archive: str, draw: st.DataObject) -> None:
    data = DAMAGED[archive]
    at = draw.draw(st.integers(0, len(data) - 1))
    flipped = patched(data, at, bytes([data[at] ^ draw.draw(st.integers(1, 255))]))
    spy, _ = spied(flipped, archive)
    lost = [n for n, text in enumerate(TEXTS) if text not in spy.contents]
    # the first four bytes say what it is
    if archive.endswith("zip") and at < 4:
        return
    if archive.endswith("tar") and 257 <= at < 262:
        return
    assert len(lost) <= 1
    for n, (start, end) in enumerate(parts_of(archive, data)):
        if lost == [n]:
            in_directory = archive.endswith("zip") and at >= parts_of(archive, data)[-1][1]
            assert start <= at < end or in_directory


@settings(max_examples=300)
@given(st.sampled_from(sorted(DAMAGED)), st.data())
def test_an_archive_that_is_cut_off_loses_nothing_that_stands_before(archive: str, draw: st.DataObject) -> None:
    data = DAMAGED[archive]
    cut = draw.draw(st.integers(0, len(data) - 1))
    if cut < (262 if archive.endswith("tar") else 4):  # that say what it is
        return
    spy, failures = spied(data[:cut], archive)
    whole = [TEXTS[n] for n, (_, end) in enumerate(parts_of(archive, data)) if end <= cut]
    assert spy.contents[: len(whole)] == whole
    # zeros at the end of a tar are nothing that could be missed
    if archive.endswith("zip") or cut < parts_of(archive, data)[-1][1]:
        assert failures


@settings(max_examples=200)
@given(st.sampled_from(["x.tar.gz", "x.tar.bz2", "x.txz", "a.txt.gz"]), st.data())
def test_damage_to_a_packed_archive_is_a_failure_and_no_more(archive: str, draw: st.DataObject) -> None:
    data = gzip.compress(TEXTS[0]) if archive == "a.txt.gz" else WRITERS[archive](FILES)
    at = draw.draw(st.integers(6, len(data) - 1))
    spied(patched(data, at, bytes([data[at] ^ draw.draw(st.integers(1, 255))])), archive)
    spy, failures = spied(data[:at], archive)
    assert failures
    assert spy.contents == list(FILES.values())[: len(spy.contents)]


@settings(max_examples=100)
@given(st.data())
def test_members_before_a_flipped_byte_of_a_packed_tar_are_read(draw: st.DataObject) -> None:
    """Where the packer has written all of a member before the next begins, so that "before" has a meaning."""
    packer, data, ends = zlib.compressobj(9, wbits=31), b"", list[int]()
    tar = tarred(FILES, tarfile.USTAR_FORMAT)
    for start, end in parts_of("x.tar", tar):
        data += packer.compress(tar[start:end]) + packer.flush(zlib.Z_FULL_FLUSH)
        ends.append(len(data))
    data += packer.compress(tar[parts_of("x.tar", tar)[-1][1] :]) + packer.flush()
    at = draw.draw(st.integers(20, len(data) - 1))
    spy, _ = spied(patched(data, at, bytes([data[at] ^ draw.draw(st.integers(1, 255))])), "x.tar.gz")
    before = [TEXTS[n] for n, end in enumerate(ends) if end <= at]
    assert spy.contents[: len(before)] == before


PIECES = [
    b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x07\x08", bytes(30), b"\xff" * 8, b"a.txt", zipped(FILES)[:80],
    zipped(FILES)[-120:], tarred(FILES)[:1536], b"\x1f\x8b\x08\x00", gzip.compress(b"PK\x03\x04"), b"ustar\x0000",
]  # fmt: skip
STARTS = [b"PK\x03\x04", b"PK\x05\x06", tarred(FILES)[:512], b"\x1f\x8b", b"BZh9", b"\xfd7zXZ\x00"]


@settings(max_examples=200)
@given(st.lists(st.sampled_from(PIECES), max_size=12), st.sampled_from(STARTS))
def test_any_bytes_end_in_items_and_failures(parts: list[bytes], start: bytes) -> None:
    spied(start + b"".join(parts), "x")
