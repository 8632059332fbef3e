"""Tables (CSV, TSV, XLSX): which columns are read, what is said of it, and what a broken table costs."""

from __future__ import annotations

import csv
import io
import tracemalloc
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.errors import FormatError, UsageError
from casus.intake.formats import Intake
from casus.intake.moments import stamp_of
from casus.intake.raw import MAX_BYTES, Given, Raw
from casus.intake.tables.dialects import find_header
from casus.intake.tables.fieldmap import apply, parse_map
from casus.intake.tables.tables import read as read_table
from casus.records import Document, Failure

PROSE = "The army said on Monday that it had taken the town of Belo and that nine of its soldiers were killed."


def made(
    data: bytes | str, name: str = "x.csv", fields: dict[str, str] | None = None, limit: int = MAX_BYTES
) -> list[Document | Failure]:
    raw = data.encode() if isinstance(data, str) else data
    intake = Intake(Given(fields=fields or {}, limit=limit), debug=True)
    return list(intake.source(Raw(name, io.BytesIO(raw)), len(raw)))


def documents(data: bytes | str, name: str = "x.csv", fields: dict[str, str] | None = None) -> list[Document]:
    found = made(data, name, fields)
    assert not [f for f in found if isinstance(f, Failure)]
    return [d for d in found if isinstance(d, Document)]


def failure(data: bytes | str, name: str = "x.csv", fields: dict[str, str] | None = None) -> Failure:
    (only,) = made(data, name, fields)
    assert isinstance(only, Failure)
    return only


def outcomes(found: Iterable[Document | Failure]) -> list[str]:
    return [f"{f.item} {f.code}" if isinstance(f, Failure) else f.id for f in found]


class Knows:
    """A memory that has seen everything, so that a source is walked through and no text is read."""

    def wanted(self, name: str) -> bool:
        return True

    def seen(self, key: str) -> bool:
        return True

    def took(self, key: str, documents: object) -> None: ...


# --- the map of fields


def test_a_map_gives_our_names_in_our_order() -> None:
    assert list(parse_map("text=body, title = headline", 'url="link"').items()) == [
        ("title", "headline"),
        ("text", "body"),
        ("url", '"link"'),
    ]
    assert parse_map('"text=Body, full",title=a=b') == {"title": "a=b", "text": "Body, full"}


@pytest.mark.parametrize(
    "told", ["", "text", "text=", "=body", "body=text", "text=a,text=b", "text=a,,title=b", "\r=a"]
)
def test_a_map_that_is_none_says_how_to_write_one(told: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_map(told)
    assert caught.value.hint


def test_paths_go_into_objects_and_lists() -> None:
    record = {"a.b": "plain", "source": {"name": "Post"}, "authors": [{"name": "Ana Roth"}, "Leo"], "text": PROSE}
    fields = {"title": "a.b", "publisher": "source.name", "byline": "authors.0.name", "url": "authors.7.x"}
    taken = apply(record, fields)
    assert taken.values == {"title": "plain", "publisher": "Post", "byline": "Ana Roth", "text": PROSE}
    assert apply(record, {"byline": "authors"}).values["byline"] == "Ana Roth, Leo"


def test_wrappers_of_databases_are_opened() -> None:
    taken = apply({"_id": {"$oid": "5f"}, "date": {"$date": "2024-01-18T00:00:00Z"}, "text": PROSE}, {})
    assert (taken.values["id"], taken.values["published"]) == ("5f", "2024-01-18T00:00:00Z")


def test_our_own_names_win_without_a_word_and_others_are_noted() -> None:
    assert apply({"text": "a", "body": "b"}, {}).notes == ()
    taken = apply({"Full_Text": "a", "headline": "b"}, {})
    assert taken.values == {"text": "a", "title": "b"}
    assert "text from `Full_Text`" in taken.notes[0]


def test_between_two_candidates_a_note_says_which_was_taken() -> None:
    taken = apply({"content": "a", "body": "b"}, {})
    assert taken.values["text"] == "b"
    assert any("could also be `content`" in note and "--map text=NAME" in note for note in taken.notes)
    # an empty one is no candidate
    assert apply({"content": "a", "body": ""}, {}).values["text"] == "a"
    assert apply({"content": "a", "body": ["b"]}, {}).values["text"] == "a"


@pytest.mark.parametrize(
    ("value", "order", "day", "at"),
    [
        ("2024-01-18", None, "2024-01-18", None),
        ("2024-01-18T23:30:00-05:00", None, "2024-01-18", "2024-01-18T23:30:00-05:00"),
        ("2024-01-18 23:30:00.123Z", None, "2024-01-18", "2024-01-18T23:30:00+00:00"),
        ("2024-01-18 23:30 +0530", None, "2024-01-18", "2024-01-18T23:30:00+05:30"),
        ("2024-01-18T23:30:00", None, "2024-01-18", None),
        ("Thu, 18 Jan 2024 09:32:00 GMT", None, "2024-01-18", "2024-01-18T09:32:00+00:00"),
        ("18 January 2024", None, "2024-01-18", None),
        ("05/04/2024", None, None, None),
        ("05/04/2024", "day", "2024-04-05", None),
        ("05/04/2024", "month", "2024-05-04", None),
        ("1705570320", None, "2024-01-18", "2024-01-18T09:32:00+00:00"),
        (1705570320000, None, "2024-01-18", "2024-01-18T09:32:00+00:00"),
        (1705570320.5, None, "2024-01-18", "2024-01-18T09:32:00+00:00"),
        ("20240118", None, "2024-01-18", None),
        (20240118, None, "2024-01-18", None),
        (12, None, None, None),
        (10**30, None, None, None),
        (float("nan"), None, None, None),
        (float("inf"), None, None, None),
        (True, None, None, None),
        ("123456789", None, None, None),
        ("2024-13-45T10:00:00Z", None, None, None),
        ("2024-01-18T10:00:00+99:00", None, "2024-01-18", None),
        ("yesterday", None, None, None),
        (None, None, None, None),
    ],
)
def test_the_moment_that_a_field_states(value: object, order: str | None, day: str | None, at: str | None) -> None:
    stamp = stamp_of(value, "given", order)  # type: ignore[arg-type]
    assert (stamp.day.isoformat() if stamp else None) == day
    assert (stamp.at if stamp else None) == at


# --- columns


def test_a_table_with_our_names() -> None:
    (document,) = documents(
        "id,title,text,published,publisher,url,byline,modified\n"
        f'7,Army takes Belo,"{PROSE}",2024-01-18T09:00:00+01:00,Post,https://post.example/a,Ana Roth,2024-01-19\n'
    )
    assert (document.id, document.title, document.text) == ("7", "Army takes Belo", PROSE)
    assert (document.published, document.published_basis) == (date(2024, 1, 18), "given")
    assert (document.published_at, document.modified) == ("2024-01-18T09:00:00+01:00", "2024-01-19")
    assert (document.publisher, document.url, document.byline) == ("Post", "https://post.example/a", "Ana Roth")
    assert document.notes == ()
    assert document.raw_sha256


def test_usual_names_are_known_and_noted() -> None:
    (document,) = documents(f"Headline,Pub. date,FullText,Outlet\nArmy takes Belo,18 Jan 2024,{PROSE},Post\n")
    assert (document.title, document.published, document.publisher) == ("Army takes Belo", date(2024, 1, 18), "Post")
    assert "text from `FullText`" in document.notes[0]


def test_a_map_goes_before_every_name() -> None:
    (document,) = documents(
        f"text,kop,verhaal\nno,Army takes Belo,{PROSE}\n", fields=parse_map("text=verhaal,title=kop")
    )
    assert (document.text, document.title) == (PROSE, "Army takes Belo")


@pytest.mark.parametrize(
    ("data", "fields", "says"),
    [
        ("a,b\n1,2\n", {}, ("`a`, `b`", "--map text=")),
        (f"id,body\n1,{PROSE}\n", {"text": "boddy"}, ("`boddy`", "`id`, `body`")),
        (f"1,2024-01-18,{PROSE}\n", {}, ("no header", "id,title,text")),
    ],
)
def test_a_table_without_its_columns_is_one_failure(data: str, fields: dict[str, str], says: tuple[str, str]) -> None:
    found = failure(data, fields=fields)
    assert found.code == "format"
    assert all(words in f"{found.message} {found.hint}" for words in says)


def test_names_that_stand_twice_or_not_at_all() -> None:
    (document,) = documents(f"text,,text,\n{PROSE},x,other words here,y\n")
    assert document.text == PROSE
    assert any("several fields are called `text`" in note for note in document.notes)


def test_a_header_may_stand_below_a_title_and_over_two_rows() -> None:
    (document,) = documents(f"Search of 3 May,,\n\nTitle,Text,Date\nArmy takes Belo,{PROSE},2024-01-18\n")
    assert document.title == "Army takes Belo"
    header = find_header([("Title", "Article", "", "Date"), ("", "Body", "Link")], {})
    assert (header.above, header.names) == (1, ("Title", "Body", "Link", "Date"))
    # one cell of data that looks like a name is no header
    assert not find_header([("id", "kind", "words"), ("1", "article", "a b c")], {}).usable


def test_a_table_without_rows_says_so() -> None:
    assert (failure("id,text\n").code, failure(" \n \n").code, failure("").code) == ("empty", "empty", "empty")


# --- how it is written


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_mark_between_cells_is_found(delimiter: str) -> None:
    rows = [["id", "text", "published"], ["1", f"{PROSE} Yes, no; so.", "2024-01-18"], ["2", f"{PROSE} Two.", ""]]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    assert [d.text for d in documents(out.getvalue())] == [rows[1][1], rows[2][1]]


def test_the_line_that_names_the_mark() -> None:
    assert documents(f"sep=;\r\nid;text\r\n1;{PROSE}\r\n")[0].id == "1"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_encodings(codec: str) -> None:
    text = f"{PROSE} “Né” – ok."
    (document,) = documents(f"id,text\r\n1,{text}\r\n".encode(codec))
    assert document.text == text
    assert any("Windows-1252" in note for note in document.notes) == (codec == "cp1252")


def test_windows_text_behind_a_long_ascii_head_is_still_read() -> None:
    head = "".join(f"{n},{PROSE}\n" for n in range(800))
    found = documents(f"id,text\n{head}".encode() + f"last,{PROSE} “Né”\n".encode("cp1252"))
    assert found[-1].text == f"{PROSE} “Né”"
    assert any("Windows-1252" in note for note in found[-1].notes)


def test_a_row_that_breaks_the_encoding_fails_alone() -> None:
    good = f"1,{PROSE} “Né” café\n".encode()
    found = made(b"id,text\n" + good + f"2,{PROSE} caf".encode() + b"\xe9\n" + good.replace(b"1,", b"3,"))
    assert outcomes(found) == ["1", "x.csv#3 encoding", "3"]


def test_rows_with_nul_bytes_fail_alone_and_binary_files_whole() -> None:
    assert outcomes(made(f"id,text\n1,{PROSE}\n2,{PROSE}\0\n3,{PROSE}\n")) == ["1", "x.csv#3 binary", "3"]
    assert failure(b"\x89PNG\r\n\x1a\n" + b"a" * 40).code == "binary"
    assert failure(f"id,text\n1,{PROSE}\n".encode("utf-16-le")).code == "binary"


def test_line_breaks_in_quotes_belong_to_the_text() -> None:
    text = f'{PROSE}\r\n\r\nHe said "no", twice.\rOnce.\n'
    out = io.StringIO()
    csv.writer(out).writerows([["id", "text"], ["1", text], ["2", PROSE]])
    assert [d.text for d in documents(out.getvalue())] == [text, PROSE]


def test_ends_of_lines_of_old_machines() -> None:
    assert [d.id for d in documents(f"id,text\r1,{PROSE}\r2,{PROSE} b\r")] == ["1", "2"]


def test_a_quote_in_a_table_with_tabs_is_a_quote() -> None:
    (document,) = documents(f'id\ttext\n1\t"No," he said. {PROSE}\n', "x.tsv")
    assert document.text == f'"No," he said. {PROSE}'


def test_too_many_cells_fail_and_too_few_are_empty() -> None:
    found = made(f"text,id,title\n{PROSE}\n{PROSE},2,a title,and more,yes\n{PROSE},3,t,,\n")
    assert outcomes(found)[1:] == ["x.csv#3 format", "3"]
    assert isinstance(found[0], Document)
    assert isinstance(found[1], Failure)
    assert "line 3 has 5 cells" in found[1].message


def test_an_unclosed_quote_costs_its_row_and_no_other() -> None:
    rows = [f'{n},a title,"{PROSE} {n}"' for n in range(1, 6)]
    rows[1] = rows[1].removesuffix('"')
    assert outcomes(made("\n".join(["id,title,text", *rows]))) == ["1", "x.csv#3 format", "3", "4", "5"]
    open_to_the_end = "\n".join(["id,title,text", f'1,a,"{PROSE}', f"2,b,{PROSE}", f"3,c,{PROSE}"])
    assert outcomes(made(open_to_the_end)) == ["x.csv#2 format", "2", "3"]


def test_a_row_that_is_too_long_fails_and_reading_goes_on() -> None:
    rows = ["id,title,text", f"1,a,{PROSE}", f"2,b,{PROSE * 40}", f"3,c,{PROSE}", f'4,d,"{PROSE}']
    rows += [f"{n},e,{PROSE}" for n in range(5, 40)]
    found = outcomes(made("\n".join(rows), limit=2_000))
    assert found == ["1", "x.csv#3 too-large", "3", "x.csv#5 too-large", *(str(n) for n in range(5, 40))]


def test_a_table_of_nothing_but_open_quotes_ends() -> None:
    # each line opens a quote when it is read by itself, and leaves an open one open
    data = b"id,title,text\n" + (b'x",",' + b"y" * 90 + b"\n") * 9_000
    found = made(data, limit=5_000)
    assert all(isinstance(f, Failure) for f in found)


# --- dates of a column


def test_the_order_of_day_and_month_is_that_of_the_column() -> None:
    rows = [f"{n},{PROSE} {n},05/04/2024" for n in range(3)]
    found = documents("\n".join(["id,text,date", *rows, f"9,{PROSE},25/04/2024"]))
    assert [d.published for d in found[:3]] == [date(2024, 4, 5)] * 3
    assert any("day first" in note for note in found[0].notes)
    american = documents("\n".join(["id,text,date", *rows, f"9,{PROSE},04/25/2024"]))
    assert american[0].published == date(2024, 5, 4)


@pytest.mark.parametrize("others", [[], ["25/04/2024", "04/25/2024"]])
def test_dates_that_nothing_tells_apart_stay_open_with_a_note(others: list[str]) -> None:
    rows = [f"{n},{PROSE} {n},{day}" for n, day in enumerate(["05/04/2024", *others])]
    first, *rest = documents("\n".join(["id,text,date", *rows]))
    assert first.published is None
    assert any("which number is the day" in note for note in first.notes)
    assert all(d.published == date(2024, 4, 25) for d in rest)


def test_a_date_that_is_none_is_noted() -> None:
    (document,) = documents(f"text,published\n{PROSE},soon\n")
    assert document.published is None
    assert any("'soon' is no date" in note for note in document.notes)


# --- spreadsheets

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts><numFmt numFmtId="164" formatCode="dd\\-mmm\\-yyyy"/>'
    '<numFmt numFmtId="165" formatCode="[Red]0.00"/></numFmts>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>'
)


def sheet(*rows: str) -> str:
    numbered = "".join(f'<row r="{n}">{row}</row>' for n, row in enumerate(rows, 1))
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{numbered}</sheetData></worksheet>'


def words(*cells: str) -> str:
    return "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in cells)


def book(shared: str = "", **sheets: str) -> bytes:
    out = io.BytesIO()
    listed = "".join(f'<sheet name="{t}" sheetId="{n}" r:id="r{n}"/>' for n, t in enumerate(sheets, 1))
    targets = [("r0", "sharedStrings", "sharedStrings.xml"), ("s0", "styles", "/xl/styles.xml")]
    targets += [(f"r{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("_rels/.rels", relations([("r1", "officeDocument", "xl/workbook.xml")]))
        z.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>{listed}</sheets></workbook>'
        )
        z.writestr("xl/_rels/workbook.xml.rels", relations(targets))
        z.writestr("xl/styles.xml", _STYLES)
        z.writestr("xl/sharedStrings.xml", f'<sst xmlns="{_MAIN}">{shared}</sst>')
        for n, content in enumerate(sheets.values(), 1):
            z.writestr(f"xl/worksheets/sheet{n}.xml", content)
    return out.getvalue()


def relations(targets: list[tuple[str, str, str]]) -> str:
    listed = "".join(f'<Relationship Id="{i}" Type="{_REL}/{kind}" Target="{t}"/>' for i, kind, t in targets)
    return f'<Relationships xmlns="{_PACKAGE}">{listed}</Relationships>'


def test_cells_of_every_kind() -> None:
    shared = f"<si><t>text</t></si><si><r><t>{PROSE[:10]}</t></r><rPh><t>no</t></rPh><r><t>{PROSE[10:]}</t></r></si>"
    data = book(
        shared,
        News=sheet(
            words("id", "title") + '<c r="D1" t="s"><v>0</v></c>' + words("date", "updated"),
            '<c r="A2"><v>7</v></c><c r="B2" t="str"><f>A1&amp;"x"</f><v>Army takes Belo</v></c>'
            '<c r="D2" t="s"><v>1</v></c><c r="E2" s="1"><v>45309</v></c><c r="F2" s="2"><v>45310.5</v></c>',
            '<c r="A3" t="b"><v>1</v></c><c r="B3" t="e"><v>#N/A</v></c>'
            f'<c r="D3" t="inlineStr"><is><t>{PROSE}</t></is></c><c r="E3" s="3"><v>45309</v></c>',
        ),
    )
    first, second = documents(data, "x.xlsx")
    assert (first.id, first.title, first.text) == ("7", "Army takes Belo", PROSE)
    assert (first.published, first.modified) == (date(2024, 1, 18), "2024-01-19")
    assert (second.id, second.title, second.published) == ("TRUE", None, None)


def test_every_sheet_with_a_column_of_reports_is_read() -> None:
    rows = sheet(words("id", "body"), "", words("1", PROSE))
    data = book(Notes=sheet(words("a", "b")), First=rows, Empty=sheet(), Second=rows.replace(PROSE, PROSE * 20))
    found = made(data, "x.xlsx", limit=1_000)
    assert outcomes(found) == ["1", "x.xlsx!Second#3 too-large"]


def test_a_book_without_reports_says_what_it_has() -> None:
    found = failure(book(Notes=sheet(words("a", "b"), words("c", "d"))), "x.xlsx")
    assert (found.code, "x.xlsx!Notes" in found.message, "`a`, `b`" in found.message) == ("format", True, True)
    assert failure(book(Notes=sheet()), "x.xlsx").code == "empty"


def test_books_that_are_none() -> None:
    good = book(News=sheet(words("id", "text"), words("1", PROSE)))
    assert failure(good[: len(good) // 2], "x.xlsx").code == "format"
    assert failure(b"PK\x03\x04" + b"xl/workbook" * 9, "x.xlsx").code == "format"
    with pytest.raises(FormatError, match="password"):
        list(read_table(Raw.of(b"\xd0\xcf\x11\xe0" + b"\0" * 600, "x.xlsx"), Intake()))
    entities = '<!DOCTYPE w [<!ENTITY a "aaaaaaaa">]>' + sheet(words("id", "text"))
    found = failure(book(News=entities), "x.xlsx")
    assert (found.code, "entities" in found.message) == ("format", True)


def test_a_tag_that_never_ends_is_refused() -> None:
    found = failure(book(News=sheet(words("id", "text")).replace('r="1"', f'r="{"1" * 20_000_000}"')), "x.xlsx")
    assert (found.code, "never ends" in found.message) == ("format", True)


def test_a_cell_in_the_last_corner_costs_nothing() -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    data = book(News=sheet(words("id", "text"), words("1", PROSE)).replace("</sheetData>", far))
    tracemalloc.start()
    found = outcomes(made(data, "x.xlsx"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == ["1", "x.xlsx!News#1048576 empty"]
    assert peak < 50_000_000


def test_a_text_that_many_cells_share_counts_each_time() -> None:
    shared = f"<si><t>text</t></si><si><t>{'a ' * 1_000_000}</t></si>"
    rows = ['<c t="s"><v>0</v></c>', *['<c t="s"><v>1</v></c>'] * 300]
    found = list(Intake(memory=Knows()).source(Raw.of(book(shared, News=sheet(*rows)), "x.xlsx"), 1))
    assert outcomes(found) == ["x.xlsx too-large"]
    # one that is longer than a report may be is not even looked at
    assert len(made(book(shared, News=sheet(*rows)), "x.xlsx", limit=1_000)) == 300


# --- everything


class Only:
    """Takes every source for a table, so that no bytes send it elsewhere."""

    def sniff(self, head: bytes, name: str) -> bool:
        return True

    def read(self, raw: Raw, intake: Intake) -> Iterator[Document | Failure]:
        return read_table(raw, intake)


@given(st.binary(max_size=300))
def test_any_bytes_give_documents_or_failures(data: bytes) -> None:
    for found in Intake(plugins=(Only(),), debug=True).source(Raw.of(data, "x.csv")):
        assert isinstance(found, Document | Failure)


@given(st.lists(st.integers(0, 3_000), max_size=6), st.binary(max_size=20))
def test_any_damage_to_a_spreadsheet_gives_documents_or_failures(places: list[int], junk: bytes) -> None:
    data = bytearray(book("<si><t>text</t></si>", News=sheet('<c t="s"><v>0</v></c>', words(PROSE))))
    for place in places:
        data[place % len(data) : place % len(data) + len(junk)] = junk
    for found in Intake(plugins=(Only(),), debug=True).source(Raw.of(b"PK" + bytes(data[2:]), "x.xlsx")):
        assert isinstance(found, Document | Failure)


CELLS = st.text(st.sampled_from("ab\"',;|\t \r\n“é=#"), max_size=12)


@given(
    st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_was_written_as_a_table_is_read_back(
    rows: list[tuple[str, str]], delimiter: str, quoting: int, end: str
) -> None:
    texts = [f"{PROSE} {n} {text}." for n, (_, text) in enumerate(rows)]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end)  # type: ignore[arg-type]
    writer.writerow(["n", "text", "title"])
    writer.writerows([(n, text, title) for n, (text, (title, _)) in enumerate(zip(texts, rows, strict=True))])
    found = documents(out.getvalue())
    assert [d.text for d in found] == texts


class _Table(io.RawIOBase):
    """A table that is written while it is read."""

    def __init__(self, rows: int) -> None:
        self._lines = self._all(rows)
        self._left = b""

    @staticmethod
    def _all(rows: int) -> Iterator[bytes]:
        yield b"id,text,date\n"
        for n in range(rows):
            yield f'{n},"{PROSE} Number {n}.",05/04/2024\n'.encode()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while len(self._left) < len(buffer) and (line := next(self._lines, b"")):
            self._left += line
        block, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(block)] = block
        return len(block)


def peak_of(rows: int) -> int:
    tracemalloc.start()
    assert not list(Intake(memory=Knows()).source(Raw("x.csv", io.BufferedReader(_Table(rows)))))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_memory_does_not_grow_with_the_rows() -> None:
    assert peak_of(20_000) < peak_of(1_000) + 500_000


def test_a_map_is_for_tables_and_leaves_pages_and_texts_alone() -> None:
    given = Given(fields={"title": "headline", "text": "body"})
    page = b"<html><body><h1>Army takes Belo</h1><p>The army said that it had taken the town of Belo on Monday.</p>"
    text = b"The army said that it had taken the town of Belo on Monday, and that nine soldiers were killed there."
    table = b"headline;body\nArmy takes Belo;The army said that it had taken the town of Belo on Monday.\n"
    for data, name in ((page, "a.html"), (text, "a.txt"), (page, "<stdin>"), (table, "<stdin>"), (table, "a.csv")):
        (made,) = Intake(given, debug=True).source(Raw.of(data, name))
        assert isinstance(made, Document), made
        assert "taken the town of Belo" in made.text
        assert "headline" not in made.text
