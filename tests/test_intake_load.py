"""What becomes a document, with which facts, and what is refused with which error."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.errors import (
    BinaryError,
    EmptyError,
    EncodingError,
    FormatError,
    IntakeError,
    LanguageError,
    TooLargeError,
)
from casus.intake import document_from_bytes, documents_from_bytes
from casus.records import Document, Failure

PROSE = "The army said on Monday that it had taken the town of Belo and that nine of its soldiers were killed."
FRENCH = "Le ministre a déclaré lundi que neuf personnes ont été tuées dans la frappe sur le village de la frontière."


def read(data: bytes | str, name: str = "report.txt", **given_: date) -> Document:
    return document_from_bytes(data.encode() if isinstance(data, str) else data, name=name, **given_)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "error", "says"),
    [
        (b"", EmptyError, "empty"),
        (b" \n\t\r\n", EmptyError, "empty"),
        (b"-- ... --", EmptyError, "no words"),
        (b"\x89PNG\r\n\x1a\n" + b"a" * 40, BinaryError, "PNG"),
        (b"%PDF-1.7 text", FormatError, "PDF"),
        (b"PK\x03\x04 word/document.xml", FormatError, "directory at its end"),
        (PROSE.encode() + b"\x00", BinaryError, "NUL"),
        (PROSE.encode("utf-16-le"), BinaryError, "UTF-16"),
        (b"\x01\x02\x03\x04 abc", BinaryError, "control"),
        (b"\xef\xbb\xbf\xff\xfe\xfa", EncodingError, "utf-8"),
        ("Пехота вошла в город".encode("koi8-r"), EncodingError, "neither"),
        (PROSE.encode() + b" \x81\x8d", EncodingError, "neither"),
        (FRENCH.encode(), LanguageError, "French"),
        ("وزارت امور خارجه گفت که نه نفر کشته شدند".encode(), LanguageError, "not English"),
    ],
)
def test_refusals_say_what_and_what_to_do(data: bytes, error: type[IntakeError], says: str) -> None:
    with pytest.raises(error) as caught:
        document_from_bytes(data, name="x")
    assert says in caught.value.message
    assert caught.value.hint


def test_fifty_megabytes_are_refused_unread() -> None:
    with pytest.raises(TooLargeError, match=r"more than 5\.0 MB"):
        document_from_bytes(b"a " * 25_000_000, name="big.txt")
    (failure,) = documents_from_bytes(b"a " * 25_000_000, name="big.txt")
    assert isinstance(failure, Failure)
    assert failure.code == "too-large"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_marked_encodings(codec: str) -> None:
    text = PROSE + " “Né” — ok."
    assert read(text.encode(codec)).text == text


def test_windows_text_is_noted() -> None:
    document = read((PROSE + " He said “no” – twice.").encode("cp1252"))
    assert document.text.endswith("He said “no” – twice.")
    assert any("Windows-1252" in n for n in document.notes)


def test_lost_and_garbled_letters_are_noted() -> None:
    assert any("U+FFFD" in n for n in read(PROSE + " caf\ufffd").notes)
    assert any("garbled" in n for n in read(PROSE + " Itâ€™s").notes)
    assert not read(PROSE, published=date(2024, 1, 1)).notes


def test_a_declared_charset_counts() -> None:
    page = (
        f'<html><head><meta charset="iso-8859-2"></head><body><p>{PROSE}</p><p>Said Łukasz Żak there.</p></body></html>'
    )
    assert "Łukasz Żak" in read(page.encode("iso-8859-2"), "x.html").text


def test_the_future_is_kept_and_noted() -> None:
    document = document_from_bytes(PROSE.encode(), name="x", published=date(2030, 1, 1), today=date(2024, 1, 1))
    assert (document.published, document.published_basis) == (date(2030, 1, 1), "given")
    assert any("future" in n for n in document.notes)


@pytest.mark.parametrize(
    ("stamp", "day"),
    [
        ("Published: 18/01/2024", date(2024, 1, 18)),
        ("Published: 01/18/2024", date(2024, 1, 18)),
        ("Published: 05/04/2024 09:30 BST", date(2024, 4, 5)),
        ("Published: 05/04/2024 9:30 AM ET", date(2024, 5, 4)),
        ("Thu 18 Jan 2024 09.32 GMT", date(2024, 1, 18)),
        ("January 18, 2024 at 9:32 a.m. EST", date(2024, 1, 18)),
        ("2024-01-18T09:32:00Z", date(2024, 1, 18)),
        ("Published: 05/04/2024", None),
        ("Updated: 18/01/2024", date(2024, 1, 18)),
    ],
)
def test_the_date_of_a_stamp(stamp: str, day: date | None) -> None:
    document = read(f"Army takes the town of Belo\n\n{stamp}\n\n{PROSE}\n")
    assert document.published == day
    assert document.published_basis == ("text" if day else "none")
    assert [r.kind for r in document.regions] == ["title", "boilerplate", "body"]


def test_json_keeps_text_and_id() -> None:
    record = {
        "id": "d-1", "text": f"Army takes Belo\r\n\r\n{PROSE} ", "title": "Army takes Belo",
        "published": "2024-03-04", "publisher": "Post", "url": "https://post.example/a",
    }  # fmt: skip
    document = read(json.dumps(record), "d.json")
    assert (document.id, document.text, document.title) == ("d-1", record["text"], "Army takes Belo")
    assert (document.published, document.published_basis) == (date(2024, 3, 4), "given")
    assert (document.publisher, document.url) == ("Post", "https://post.example/a")
    assert document.regions[0].kind == "title"


def kinds(found: Iterable[Document | Failure]) -> list[str]:
    return [f.code if isinstance(f, Failure) else f.id for f in found]


def test_lists_and_lines_of_json() -> None:
    good = [{"id": str(n), "text": f"{PROSE} {n}"} for n in range(3)]
    assert kinds(documents_from_bytes(json.dumps(good).encode(), name="x")) == ["0", "1", "2"]
    lines = [json.dumps(good[0]), "{broken", json.dumps({"id": "9", "text": FRENCH}), json.dumps({"id": "8"})]
    found = list(documents_from_bytes("\n".join(lines).encode(), name="x.jsonl"))
    assert kinds(found) == ["0", "format", "language", "format"]
    assert isinstance(found[2], Failure)
    assert found[2].item == "x.jsonl#9"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("{broken", "x.json"),
        (PROSE, "x.json"),
        ("[" * 100_000 + "1", "x.json"),
        ('{"text": 5}', "x"),
        ('{"title": "no text"}', "x"),
        ('[{"text": "a b"}, {"text": "c d"}]', "x"),
        (PROSE, "x.html"),
    ],
)
def test_what_is_not_what_it_says(data: str, name: str) -> None:
    with pytest.raises(FormatError):
        document_from_bytes(data.encode(), name=name)


def test_half_characters_are_refused() -> None:
    with pytest.raises(EncodingError):
        document_from_bytes(json.dumps({"text": PROSE + "\ud800"}).encode(), name="x.json")


def test_prose_that_begins_like_json_is_prose() -> None:
    assert read(f"[Updated] {PROSE}").media_type == "text/plain"


def test_mostly_english_is_read_with_a_note() -> None:
    mixed = f"{PROSE}\n\n{FRENCH}\n\n{PROSE.replace('Monday', 'Sunday')}\n\n{FRENCH.replace('lundi', 'mardi')[:80]}"
    assert read(mixed).language == "en"
    with pytest.raises(LanguageError):
        read(f"{FRENCH}\n\n{PROSE}\n\n{FRENCH.replace('lundi', 'mardi')}\n\n{FRENCH.replace('neuf', 'dix')}")


def test_too_short_for_a_language_is_read_with_a_note() -> None:
    document = read("Troops enter Belo")
    assert document.language == "und"
    assert any("short" in n for n in document.notes)


@given(st.one_of(st.binary(max_size=400), st.text(max_size=300).map(str.encode)))
def test_any_bytes_give_a_document_or_an_intake_error(data: bytes) -> None:
    try:
        document = document_from_bytes(data, name="x")
    except IntakeError:
        return
    if document.media_type == "text/plain":
        assert document.text in {data.decode("utf-8-sig", "replace"), data.decode("cp1252", "replace")} or data[:2] in {
            b"\xff\xfe",
            b"\xfe\xff",
        }


LINES = st.sampled_from([
    PROSE, "By Ana Roth", "Published: 18/01/2024", "FILE - Troops in Belo, May 3, 2019. (AP)", "Getty", "You may like",
    "Army takes Belo", "", "", "READ MORE: x", "09:32", "a\tb\tc", "x | y | z", "-", "▶", "\u200f", "Share",
    "Police march in Belo, June 3, 2019. (A. Roth/VOA)-They left. Embed share Direct link 270p | 3.2MB",
])  # fmt: skip


@given(st.lists(LINES, min_size=1, max_size=25), st.sampled_from(["\n", "\r\n", "\r", " "]))
def test_regions_are_ordered_and_cover_every_letter(lines: list[str], newline: str) -> None:
    text = newline.join([PROSE, *lines])
    document = read(json.dumps({"text": text}), "x.json")
    assert document.text == text
    covered: set[int] = set()
    at = 0
    for region in document.regions:
        assert at <= region.start < region.end <= len(text)
        covered.update(range(region.start, region.end))
        at = region.end
    assert {n for n, c in enumerate(text) if c.isalnum()} <= covered
