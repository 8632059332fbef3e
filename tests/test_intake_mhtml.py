"""Pages saved into one file, as browsers do it: taken apart, decoded, and read as pages."""

from __future__ import annotations

import base64
import quopri
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.errors import FormatError, IntakeError, TooLargeError
from casus.intake import document_from_bytes, documents_from_bytes
from casus.records import Document, Failure

SENTENCE = (
    "The army said on Monday – “at dawn” – that it had taken Belo and that nine of its soldiers were killed there."
)
PAGE = f"<html><head><title>Army takes the town of Belo</title></head><body><p>{SENTENCE}</p></body></html>"
ADDRESS = "https://post.example/2024/01/18/belo"
HEAD = """From: <Saved by Blink>
Snapshot-Content-Location: {address}
Subject: =?utf-8?Q?Army=20takes=20Belo?=
Date: Tue, 5 Mar 2024 10:00:00 -0000
MIME-Version: 1.0
Content-Type: multipart/related;
\ttype="text/html";
\tboundary="----MultipartBoundary--b----"


"""
PICTURE = """------MultipartBoundary--b----
Content-Type: image/png
Content-Transfer-Encoding: base64
Content-Location: https://post.example/a.png

iVBORw0KGgo=
"""
MARK, END = "------MultipartBoundary--b----", "------MultipartBoundary--b------"

CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "quoted-printable": quopri.encodestring,
    "base64": base64.encodebytes,
    "8bit": bytes,
}


def part(page: bytes, coding: str, kind: str = "text/html") -> bytes:
    coded = CODINGS[coding](page)
    head = f"{MARK}\nContent-Type: {kind}\nContent-ID: <f@mhtml.blink>\nContent-Transfer-Encoding: {coding}\n\n"
    return head.encode() + coded + b"\n"


def archive(*parts: bytes, end: str = END, address: str = ADDRESS) -> bytes:
    return HEAD.format(address=address).encode() + b"".join(parts) + end.encode()


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
@pytest.mark.parametrize("coding", ["quoted-printable", "base64", "8bit"])
@pytest.mark.parametrize("first", [b"", PICTURE.encode()])
def test_a_saved_page_is_decoded_and_read(newline: bytes, coding: str, first: bytes) -> None:
    data = archive(first, part(PAGE.encode(), coding), PICTURE.encode()).replace(b"\n", newline)
    document = document_from_bytes(data, name="x.mhtml")
    assert document.text == f"Army takes the town of Belo\n\n{SENTENCE}"
    assert (document.media_type, document.url) == ("text/html", ADDRESS)
    # the day in its address; the day it was saved is not when it was published
    assert (document.published, document.published_basis) == (date(2024, 1, 18), "url")
    assert list(documents_from_bytes(data, name="<stdin>")) == [document]


def test_the_charset_of_the_part_counts() -> None:
    page = PAGE.replace("Belo", "Beło")
    data = archive(part(page.encode("cp1250"), "base64", "text/html; charset=windows-1250"))
    assert document_from_bytes(data, name="x").title == "Army takes the town of Beło"


def test_the_first_page_is_the_report_and_frames_are_not() -> None:
    data = archive(part(PAGE.encode(), "8bit"), part(b"<html><body><p>An advertisement.</p></body></html>", "8bit"))
    assert "advertisement" not in document_from_bytes(data, name="x").text


def test_a_page_in_a_part_of_parts_and_one_without_parts_are_found() -> None:
    inner = part(PAGE.encode(), "quoted-printable").replace(MARK.encode(), b"--in") + b"--in--\n"
    nested = f'{MARK}\nContent-Type: multipart/alternative; boundary="in"\n\n'.encode() + inner
    alone = b"MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n" + PAGE.encode()
    for data in (archive(nested), alone):
        assert SENTENCE in document_from_bytes(data, name="x.mht").text


def test_a_page_that_was_cut_off_is_read_as_far_as_it_goes() -> None:
    assert SENTENCE in document_from_bytes(archive(part(PAGE.encode(), "8bit"), end=""), name="x").text


def test_one_without_a_page_is_refused() -> None:
    with pytest.raises(FormatError):
        document_from_bytes(archive(PICTURE.encode()), name="x.mhtml")
    (failure,) = documents_from_bytes(archive(), name="x.mhtml")
    assert isinstance(failure, Failure)
    assert failure.code == "format"


def test_the_limit_is_for_the_page_and_not_for_its_pictures() -> None:
    picture = PICTURE.replace("iVBORw0KGgo=", "iVBORw0KGgo=\n" * 1_000).encode()
    data = archive(part(PAGE.encode(), "8bit"), picture)
    assert SENTENCE in document_from_bytes(data, name="x", limit=2_000).text
    with pytest.raises(TooLargeError):
        document_from_bytes(archive(part(PAGE.encode() + b" " * 2_000, "8bit")), name="x", limit=2_000)
    with pytest.raises(TooLargeError, match=r"50\.0 MB"):
        document_from_bytes(archive(part(PAGE.encode(), "8bit")) + b" " * 50_000_000, name="x")


@pytest.mark.parametrize("head", ["Content-Type: text/html\n\n", "MIME-Version: 1.0\nContent-Type: text/plain\n\n"])
def test_other_heads_are_text(head: str) -> None:
    assert document_from_bytes(f"{head}{SENTENCE}".encode(), name="x").media_type == "text/plain"


PIECES = st.sampled_from([
    part(PAGE.encode(), "quoted-printable"), PICTURE.encode(), MARK.encode(), END.encode(), b"\n", b"\r\n\r\n", b"--",
    b"Content-Type: multipart/mixed; boundary=in\n\n", b"--in\n", b"Content-Type: text/html\n\n", b"=E2=80", b"\xff",
    b"Content-Transfer-Encoding: base64\n", PAGE.encode(), b"Content-Type: text/html; charset=\xff\n",
])  # fmt: skip


@given(st.lists(PIECES, max_size=12))
def test_any_parts_give_a_page_or_an_intake_error(parts: list[bytes]) -> None:
    try:
        document = document_from_bytes(archive(*parts, end=""), name="x.mhtml")
    except IntakeError:
        return
    assert isinstance(document, Document)
