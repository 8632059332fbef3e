"""PDFs: their text as paragraphs, who and when, what repeats on pages; files that are locked, scanned or hostile."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casus.intake import documents_from_bytes
from casus.intake.pdf.guard import check_pages
from casus.intake.pdf.objects import Objects, Ref
from casus.intake.pdf.text import tidy
from casus.records import Document, Failure
from tests.pdf_writer import FONT, At, bomb, drawn, file, literal, pdf, set_lines, stream

TITLE = [At("Army takes the town", y=720, size=20), At("of Belo", y=697, size=20)]
LINES = [
    "The army said on Monday that it had taken the town of Belo and that nine of its soldiers",
    "were killed there, in the heaviest fighting since the truce of last year, and that it held",
    "the northern road.",
]
ONE = " ".join(LINES)
MORE = [
    "Rebels of the Dawn Front denied it, and said that they still held the bridge and the whole",
    "northern part of the town.",
]
TWO = " ".join(MORE)
PAGE = [*TITLE, *set_lines(LINES, y=660), *set_lines(MORE, y=660 - 3 * 14 - 10)]


def made(data: bytes, **options: int) -> list[Document | Failure]:
    return list(documents_from_bytes(data, name="x.pdf", **options))  # type: ignore[arg-type]


def read(data: bytes) -> Document:
    (only,) = made(data)
    assert isinstance(only, Document), only
    return only


def fails(data: bytes, **options: int) -> Failure:
    (only,) = made(data, **options)
    assert isinstance(only, Failure), only
    return only


def text(*pages: Sequence[At]) -> str:
    return read(pdf(*pages)).text


# --- its text


@pytest.mark.parametrize("packed", [False, True])
def test_lines_become_paragraphs_and_the_largest_letters_the_title(packed: bool) -> None:
    document = read(pdf(PAGE, packed=packed))
    assert document.text == f"Army takes the town of Belo\n\n{ONE}\n\n{TWO}"
    assert (document.title, document.media_type) == ("Army takes the town of Belo", "application/pdf")
    assert [r.kind for r in document.regions] == ["title", "body", "body"]


def test_an_indent_begins_a_paragraph_and_so_does_a_short_line_that_ends() -> None:
    indented = [*set_lines(LINES), At(MORE[0], 90, 640 - 3 * 14), At(MORE[1], 72, 640 - 4 * 14)]
    assert text(indented) == f"{ONE}\n\n{TWO}"
    assert text(set_lines([*LINES, *MORE])) == f"{ONE}\n\n{TWO}"


def test_points_of_a_list_are_paragraphs() -> None:
    points = ["• The army took the town of Belo on Monday, its spokesman said in a short statement today",
              "and held it.", "• Rebels denied it and said that they still held the bridge."]  # fmt: skip
    assert text(set_lines([*LINES, *points])) == f"{ONE}\n\n{points[0]} {points[1]}\n\n{points[2]}"


def test_columns_are_read_one_after_the_other_and_sentences_go_on_across_them() -> None:
    left = ["The army said on Monday that it", "had taken the town of Belo and", "that nine of its soldiers were"]
    right = ["killed there. Rebels denied it,", "and held the bridge."]
    page = [*TITLE, *set_lines(left, y=660), *set_lines(right, x=320, y=660)]
    assert text(page) == f"Army takes the town of Belo\n\n{' '.join([*left, *right])}"
    ended = [*left[:2], "that nine soldiers were killed."]
    page = [*set_lines(ended, y=660), *set_lines(["Rebels denied it, and held", "the bridge."], x=320, y=660)]
    assert text(page) == f"{' '.join(ended)}\n\nRebels denied it, and held the bridge."


def test_sentences_go_on_across_pages() -> None:
    assert text(set_lines(LINES[:2]), set_lines([LINES[2], *MORE])) == f"{ONE}\n\n{TWO}"


@pytest.mark.parametrize(
    ("above", "below", "joined"),
    [
        ("nine of its sol-", "diers were killed", "nine of its soldiers were killed"),
        ("they marched in pro-", "test to the bridge", "they marched in protest to the bridge"),
        ("fighters of the Iran-", "backed front", "fighters of the Iran-backed front"),
        ("fighters of the Saudi-", "led coalition", "fighters of the Saudi-led coalition"),
        ("a boy, a six-year-", "old, was hurt", "a boy, a six-year-old, was hurt"),
        ("the road Belo-", "Mirel is closed", "the road Belo-Mirel is closed"),
        ("an old M-", "16 rifle", "an old M-16 rifle"),
        ("a well-", "known truce", "a well-known truce"),
        (
            "a hard-won cross-border truce and a cross-",
            "border road",
            "a hard-won cross-border truce and a cross-border road",
        ),
    ],
)
def test_hyphens_at_the_ends_of_lines_go_where_they_only_break_a_word(above: str, below: str, joined: str) -> None:
    start = "The army said on Monday that it had held the bridge for a week and "
    assert joined in text(set_lines([start + above, f"{below} near the town of Belo, as it said."]))


def test_heads_feet_and_page_numbers_are_left_out() -> None:
    pages = [
        [
            At("Coast Observatory", y=760, size=9),
            *set_lines(words),
            At(f"Page {n} of 3", 280, 30, 9),
            At("Belo", 72, 40, 9),
        ]
        for n, words in enumerate((LINES, MORE, ["A third page says that the bridge was closed on Tuesday."]), 1)
    ]
    document = read(pdf(*pages))
    assert document.text == f"{ONE}\n\n{TWO}\n\nA third page says that the bridge was closed on Tuesday."
    assert "9 lines that repeat at the edges of pages are left out" in document.notes


def test_what_stands_once_at_the_edge_of_a_page_stays() -> None:
    page = [
        At("The army took Belo on Monday, it said.", y=770),
        *set_lines(LINES),
        At("Rebels denied it on Tuesday.", y=40),
    ]
    assert text(page, set_lines(MORE)).startswith("The army took Belo on Monday, it said.")
    assert "Rebels denied it on Tuesday." in text(page, set_lines(MORE))


def test_a_head_with_the_date_stays_once_and_gives_it() -> None:
    pages = [[At("Coast Observatory - Situation report of 16 January 2024", y=760, size=9), *PAGE], *([PAGE[2:]] * 2)]
    pages[1:] = [[pages[0][0], *set_lines(MORE)] for _ in range(2)]
    document = read(pdf(*pages))
    assert document.text.count("Situation report") == 1
    assert (document.published, document.published_basis) == (date(2024, 1, 16), "text")


def test_words_along_the_edge_of_the_page_are_left_out() -> None:
    assert text([*PAGE, At("Confidential draft", 30, 300, 9, turn=True)]) == text(PAGE)
    assert "Confidential" in text([At("Confidential draft of the army on the town", 30, 300, 9, turn=True)])


def test_ligatures_and_soft_hyphens_are_letters() -> None:
    assert tidy("o\ufb03cial \ufb01ght\u00ading\u00a0in  a \uf0b7 town\x02") == "official fighting in a • town"


# --- who and when


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        ("Army takes the town of Belo", "Army takes the town of Belo"),
        ("Microsoft Word - sitrep3.docx", "Army takes the town of Belo"),
        ("sitrep final v3.pdf", "Army takes the town of Belo"),
        ("untitled", "Army takes the town of Belo"),
        ("Situation report of another week", "Army takes the town of Belo"),
        ("", "Army takes the town of Belo"),
    ],
)
def test_the_title_is_that_of_the_metadata_only_if_the_page_shows_it(stated: str, title: str) -> None:
    assert read(pdf(PAGE, Title=stated)).title == title


def test_where_no_letters_are_larger_the_title_is_that_of_the_metadata() -> None:
    assert read(pdf(PAGE[2:], Title="Army takes the town of Belo")).title == "Army takes the town of Belo"
    assert read(pdf(PAGE[2:], Title="sitrep.docx")).title is None


@pytest.mark.parametrize(
    ("author", "byline"),
    [("Ana Roth", "Ana Roth"), ("aroth", None), ("Microsoft Office User", None), ("Admin Admin", None),
     ("Coast Courier News", None), ("ANA", None), ("ana@courier.example", None), ("", None)],
)  # fmt: skip
def test_the_author_in_the_metadata_counts_if_it_is_a_person(author: str, byline: str | None) -> None:
    assert read(pdf(PAGE, Author=author)).byline == byline


def test_the_day_the_file_was_made_is_a_note_and_no_date_of_publication() -> None:
    document = read(pdf(PAGE, CreationDate="D:20240117101112Z"))
    assert document.published is None
    assert "the file was made on 2024-01-17" in document.notes
    assert not any("was made" in note for note in read(pdf(PAGE, CreationDate="D:20249917")).notes)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("16 January 2024", date(2024, 1, 16)),
        ("Situation report No. 3 | As of 16 January 2024", date(2024, 1, 16)),
        ("Reporting period: 9 January 2024 to 16 January 2024", None),
        ("Covers 9 - 16 January 2024", None),
    ],
)
def test_the_date_of_publication_is_the_one_in_the_text(line: str, day: date | None) -> None:
    document = read(pdf([*TITLE, At(line, y=675), *set_lines(LINES, y=640)], CreationDate="D:20240117101112Z"))
    assert (document.published, document.published_basis) == (day, "text" if day else "none")


# --- files that are no reports


def test_scans_are_told_to_be_read_by_ocr_first() -> None:
    for data in (pdf([]), pdf([], [], []), pdf([At("3", y=30)], [])):
        failure = fails(data)
        assert failure.code == "empty"
        assert "OCR" in failure.hint


def test_pages_without_text_are_told_of() -> None:
    assert "1 page without text (2): pictures, or scans that need OCR" in read(pdf(PAGE, [], set_lines(MORE))).notes


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-1.4\n%%EOF", b"%PDF-" + bytes(1_000), pdf()])
def test_broken_files_are_broken(data: bytes) -> None:
    failure = fails(data)
    assert (failure.code, failure.item) == ("format", "x.pdf")
    assert failure.hint


def test_too_many_pages_or_too_much_text_are_too_large() -> None:
    assert "301 pages" in fails(pdf(*[[At("Army takes town.")]] * 301)).message
    failure = fails(pdf(PAGE), limit=100)
    assert (failure.code, "100 letters" in failure.message) == ("too-large", True)


def locked(data: bytes, password: bytes) -> bytes:
    """An entry for the trailer and the key of a file that is locked in the oldest way (RC4, 40 bits)."""
    pad = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
    user, owner = (password + pad)[:32], (b"owner" + pad)[:32]
    o = rc4(hashlib.md5(owner).digest()[:5], user)
    ident = b"0123456789abcdef"
    key = hashlib.md5(user + o + (-4).to_bytes(4, "little", signed=True) + ident).digest()[:5]
    entry = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<%s> <%s>] " % (
        o.hex().encode(), rc4(key, pad).hex().encode(), ident.hex().encode(), ident.hex().encode(),
    )  # fmt: skip
    one = rc4(hashlib.md5(key + (6).to_bytes(3, "little") + bytes(2)).digest()[:10], data)
    return file(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [5 0 R] /Count 1 /Resources << /Font << /F1 3 0 R >> >> >>",
            FONT,
            b"<< >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 6 0 R >>",
            stream(one),
        ],
        entry,
    )


def rc4(key: bytes, data: bytes) -> bytes:
    state, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def test_a_file_with_a_password_is_refused_and_one_that_only_forbids_printing_is_read() -> None:
    failure = fails(locked(drawn(PAGE), b"secret"))
    assert (failure.code, "password" in failure.message) == ("format", True)
    assert ONE in read(locked(drawn(PAGE), b"")).text


def test_one_broken_page_does_not_cost_the_others() -> None:
    data = pdf(PAGE, set_lines(MORE)).replace(b"/Kids [5 0 R 7 0 R]", b"/Kids [5 0 R 9 0 R]")
    assert ONE in read(data).text


# --- hostile ones


@pytest.mark.parametrize("levels", [6, 9, 30])
def test_forms_in_forms_are_counted_and_not_drawn(levels: int) -> None:
    failure = fails(bomb(levels))
    assert failure.code == "too-large"
    assert "page 1 of x.pdf draws" in failure.message


def test_forms_of_an_honest_page_are_read() -> None:
    assert read(bomb(2, 2)).text == "hello world hello world"


def with_content(data: bytes, about: bytes) -> bytes:
    return file([
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 /Resources << /Font << /F#31 3 0 R >> >> >>",
        FONT,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents [5 0 R] >>",
        stream(data, about),
    ])  # fmt: skip


FULL = b"BT /F1 1 Tf " + b"(aaaaaaaaa) Tj " * 40_000 + b"ET"
FILTERS = [
    (zlib.compress(FULL), b"/Filter /FlateDecode "),
    (zlib.compress(zlib.compress(FULL)), b"/Filter [/Fl /FlateDecode] "),
    (base64.a85encode(zlib.compress(FULL)) + b"~>", b"/Filter [/ASCII85Decode /FlateDecode] "),
    (zlib.compress(FULL).hex().encode() + b">", b"/Filter [/AHx /FlateDecode] "),
    (FULL.replace(b"(aaaaaaaaa)", b"<616161616161616161>"), b""),
    (b"BT /F1 1 Tf " + b"((aaaa(aaaa)aa\\)aa) Tj (b) Tj " * 40_000, b""),
    (b"0 0 m 9 9 l S\n" * 800_000, b""),
]  # fmt: skip


@pytest.mark.parametrize(("data", "about"), FILTERS)
def test_pages_of_too_many_letters_or_lines_are_refused_however_they_are_packed(data: bytes, about: bytes) -> None:
    assert fails(with_content(data, about)).code == "too-large"


def test_other_filters_are_undone() -> None:
    # the example of the standard (ISO 32000-1, 7.4.4.2)
    lzw = objects(stream(bytes.fromhex("800B6050220C0C8501"), b"/Filter /LZWDecode "))
    assert lzw.content(Ref(1), 100) == bytes([45, 45, 45, 45, 45, 65, 45, 45, 45, 66])
    runs = objects(stream(bytes([2]) + b"abc" + bytes([254]) + b"d" + bytes([128]), b"/Filter /RunLengthDecode "))
    assert runs.content(Ref(1), 100) == b"abcddd"


def objects(*bodies: bytes) -> Objects:
    found = Objects.of(file(bodies).rstrip(b"\n"))
    assert found is not None
    return found


def test_objects_are_read_as_they_stand() -> None:
    found = objects(b"<< /A#42 [1 (x\\)(y) z) <41> 2 0 R /N] /D << /E true >> % >>\n /F -.5 >>", b"[null]")
    assert found.get(Ref(1)) == {"AB": ["1", None, None, Ref(2), "N"], "D": {"E": "true"}, "F": "-.5"}
    assert found.get(Ref(2)) == ["null"]
    assert found.get(Ref(3)) is None


def test_forms_that_name_each_other_are_refused() -> None:
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /A 6 0 R /B 7 0 R >> >> "
    data = file([
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        FONT,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 5 0 R /Resources << /XObject << /A 6 0 R >> >> >>",
        stream(b"/A Do"), stream(b"/B Do /B Do", form), stream(b"/A Do /A Do", form),
    ])  # fmt: skip
    assert "draws itself" in fails(data).message


def test_forms_that_are_named_by_the_page_and_drawn_by_another_form_are_seen() -> None:
    # pdfium follows such a one forty forms deep: 10^40 letters
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /Font << /F1 3 0 R >> >> "
    data = file([
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        FONT,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 5 0 R /Resources << /XObject << /X 6 0 R >> >> >>",
        stream(b"/X Do"), stream(b"/X Do " * 10, form),
    ])  # fmt: skip
    assert "draws itself" in fails(data).message


def test_letters_that_stand_for_pages_are_refused() -> None:
    table = b"beginbfchar\n<41> <" + b"0041" * 5_000 + b">\nendbfchar"
    data = pdf(PAGE, more=[stream(table)]).replace(FONT, FONT.replace(b">>", b"/ToUnicode 7 0 R >>"))
    assert "stand for 5000" in fails(data).message


def test_drawn_letters_that_draw_forms_are_counted() -> None:
    glyph = b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] /FirstChar 65 /LastChar 65 "
    glyph += b"/Widths [9] /Encoding << /Differences [65 /A] >> /CharProcs << /A 8 0 R >> /Resources 9 0 R >>"
    data = file([
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>", glyph,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 5 0 R /Resources << /Font << /F1 3 0 R >> >> >>",
        stream(b"BT /F1 9 Tf (A) Tj ET"), stream(b"/B Do " * 1_000, b"/Resources 9 0 R "),
        stream(b"0 0 m 9 9 l S " * 1_000, b"/Resources 9 0 R "), stream(b"9 0 d0 /A Do"),
        b"<< /XObject << /A 6 0 R /B 7 0 R >> >>",
    ])  # fmt: skip
    assert fails(data).code == "too-large"


def test_a_copy_without_a_table_cannot_be_counted() -> None:
    with pytest.raises(Exception, match="nobody can tell"):
        check_pages(b"%PDF-1.4", "x.pdf")


WHOLE = pdf(PAGE, [At("Coast Observatory", y=760, size=9), *set_lines(MORE)], packed=True, Title="Army takes the town")


@settings(max_examples=200)
@given(st.integers(0, len(WHOLE)), st.lists(st.tuples(st.integers(5, len(WHOLE) - 1), st.integers(0, 255)), max_size=8))
def test_a_file_that_is_cut_off_and_has_wrong_bytes_raises_nothing(end: int, flips: list[tuple[int, int]]) -> None:
    data = bytearray(WHOLE)
    for at, byte in flips:
        data[at] = byte
    for item in made(bytes(data[: max(end, 5)])):
        assert isinstance(item, Document | Failure)
        assert not isinstance(item, Failure) or item.code != "internal"


PIECES = st.sampled_from([
    b"<<", b">>", b"[", b"]", b"(", b")", b"<", b">", b"/Kids", b"1 0 R", b"5 0 R", b"stream\n", b"endstream",
    b"endobj", b"%", b"4 0 obj ", b"/Contents ", b"/Length 99999999999999999999 ", b"/XObject", b"/A Do ", b"\\",
    b"\x00", b"xref\n0 9\n", b"-1",
])  # fmt: skip


@given(st.lists(st.tuples(st.integers(9, len(WHOLE) - 1), PIECES), min_size=1, max_size=8))
def test_a_file_with_pieces_put_in_raises_nothing(pieces: list[tuple[int, bytes]]) -> None:
    data = WHOLE
    for at, piece in pieces:
        data = data[:at] + piece + data[at:]
    assert all(isinstance(item, Document | Failure) for item in made(data))


@given(st.lists(PIECES, max_size=30))
def test_any_pieces_of_an_object_are_read_to_their_end(pieces: list[bytes]) -> None:
    found = objects(b" ".join(pieces))
    found.get(Ref(1))
    assert isinstance(found.content(Ref(1), 100), bytes)


def test_numbers_are_written_as_they_are() -> None:
    assert literal("a(b)\\") == b"(a\\(b\\)\\\\)"
