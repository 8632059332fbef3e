"""Archives of four reports, as several writers make them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Mapping

REPORT = "The army said on Monday that it had taken the town of Belo and that {} of its soldiers were killed there.\n"
TEXTS = [REPORT.format(number).encode() for number in ("three", "four", "five", "six")]
PAGE = b"<html><head><title>Army takes Belo</title></head><body><p>" + TEXTS[0] + b"</p></body></html>"
FILES = {"a.txt": TEXTS[0], "b/c.txt": TEXTS[1], "b/ü.txt": TEXTS[2], "d.txt": TEXTS[3]}
MB = 1_000_000


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def tarred(files: Mapping[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


WRITERS: dict[str, Callable[[Mapping[str, bytes]], bytes]] = {
    "x.zip": zipped,
    "stored.zip": lambda f: zipped(f, zipfile.ZIP_STORED),
    "bzip2.zip": lambda f: zipped(f, zipfile.ZIP_BZIP2),
    "pax.tar": tarred,
    "gnu.tar": lambda f: tarred(f, tarfile.GNU_FORMAT),
    "ustar.tar": lambda f: tarred(f, tarfile.USTAR_FORMAT),
    "x.tar.gz": lambda f: gzip.compress(tarred(f)),
    "x.tgz": lambda f: gzip.compress(tarred(f)),
    "x.tar.bz2": lambda f: bz2.compress(tarred(f)),
    "x.txz": lambda f: lzma.compress(tarred(f)),
}


def entry_at(data: bytes, name: str) -> int:
    """Where the directory of a zip has the entry of a member."""
    return data.rindex(name.encode()) - 46


def patched(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


def streamed(files: Mapping[str, bytes], method: int) -> bytes:
    """A zip as a browser writes it: the size of each member stands behind it."""
    out = io.BytesIO()

    class Out(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            return out.write(data)

    with zipfile.ZipFile(Out(), "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()
