"""A writer of small PDFs: text at given places, metadata, forms, filters; what tests of the PDF reader need."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
WIDTH, HEIGHT = 612, 792


@dataclass(frozen=True)
class At:
    """Words at a place on a page, in points from the lower left; `turn` sets them upright."""

    text: str
    x: float = 72
    y: float = 700
    size: float = 11
    turn: bool = False


def stream(data: bytes, about: bytes = b"") -> bytes:
    return b"<< /Length %d %s>>\nstream\n%s\nendstream" % (len(data), about, data)


def file(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A file of these objects, numbered from 1; the first is the catalogue."""
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return bytes(out) + head + b"trailer\n<< /Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, trailer, len(out),
    )  # fmt: skip


def literal(text: str) -> bytes:
    coded = text.encode("cp1252")
    return b"(" + coded.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") + b")"


def drawn(words: Sequence[At]) -> bytes:
    """The instructions that set the words."""
    lines = []
    for w in words:
        matrix = b"0 1 -1 0" if w.turn else b"1 0 0 1"
        lines.append(b"/F1 %g Tf %s %g %g Tm %s Tj" % (w.size, matrix, w.x, w.y, literal(w.text)))
    return b"BT\n" + b"\n".join(lines) + b"\nET"


def pdf(
    *pages: Sequence[At], packed: bool = False, trailer: bytes = b"", more: Sequence[bytes] = (), **about: str
) -> bytes:
    """A file of pages; `about` is its metadata. Objects in `more` come last."""
    kids = b" ".join(b"%d 0 R" % (5 + 2 * n) for n in range(len(pages)))
    entries = b"".join(b"/%s %s " % (key.encode(), literal(value)) for key, value in about.items())
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d /Resources << /Font << /F1 3 0 R >> >> >>" % (kids, len(pages)),
        FONT,
        b"<< %s>>" % entries,
    ]
    for n, words in enumerate(pages):
        data = drawn(words)
        page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R >>" % (WIDTH, HEIGHT, 6 + 2 * n)
        objects += [page, stream(zlib.compress(data), b"/Filter /FlateDecode ") if packed else stream(data)]
    return file([*objects, *more], b"/Info 4 0 R " + trailer)


def set_lines(
    lines: Sequence[str], *, x: float = 72, y: float = 640, size: float = 11, leading: float = 14
) -> list[At]:
    """Lines one below the other."""
    return [At(line, x, y - n * leading, size) for n, line in enumerate(lines)]


def bomb(levels: int, times: int = 10) -> bytes:
    """A page that draws a form that draws a form, and so on, each `times` over."""
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> %s>> "
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        FONT,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R "
        b"/Resources << /Font << /F1 3 0 R >> /XObject << /X 6 0 R >> >> >>",
        stream(b"/X Do"),
    ]
    for level in range(levels - 1):
        objects.append(stream(b"/X Do " * times, form % (b"/XObject << /X %d 0 R >> " % (7 + level))))
    return file([*objects, stream(drawn([At("hello world")]), form % b"")])
