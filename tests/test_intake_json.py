"""JSON in all its layouts: what is read, what a broken part costs, and that no size or depth is a danger."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus.errors import FormatError
from casus.intake.formats import Intake
from casus.intake.raw import MAX_BYTES, Given, Raw
from casus.intake.tables.jsons import read as read_json
from casus.intake.tables.jsonscan import MAX_DEPTH, Scanner
from casus.records import Document, Failure

PROSE = "The army said on Monday that it had taken the town of Belo and that nine of its soldiers were killed."


def made(
    data: bytes | str, name: str = "x.json", fields: dict[str, str] | None = None, limit: int = MAX_BYTES
) -> list[Document | Failure]:
    raw = data.encode() if isinstance(data, str) else data
    intake = Intake(Given(fields=fields or {}, limit=limit), debug=True)
    return list(intake.source(Raw(name, io.BytesIO(raw)), len(raw)))


def documents(data: bytes | str, name: str = "x.json", fields: dict[str, str] | None = None) -> list[Document]:
    found = made(data, name, fields)
    assert not [f for f in found if isinstance(f, Failure)]
    return [d for d in found if isinstance(d, Document)]


def outcomes(found: Iterable[Document | Failure]) -> list[str]:
    return [f"{f.item} {f.code}" if isinstance(f, Failure) else f.id for f in found]


def record(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"d{number}", "text": f"{PROSE} Number {number}."} | more


RECORDS = [record(n) for n in range(3)]
IDS = ["d0", "d1", "d2"]
LAYOUTS = {
    "lines": "\n".join(json.dumps(r) for r in RECORDS),
    "lines of Windows, with a mark": "\ufeff" + "".join(f"{json.dumps(r)}\r\n\r\n" for r in RECORDS),
    "list": json.dumps(RECORDS),
    "list for people": json.dumps(RECORDS, indent=2),
    "list with a member a line": "[\n" + ",\n".join(json.dumps(r) for r in RECORDS) + "\n]\n",
    "objects for people": "\n".join(json.dumps(r, indent=2) for r in RECORDS),
    "objects without a space": "".join(json.dumps(r) for r in RECORDS),
    "lists": "".join(json.dumps([r]) for r in RECORDS),
    "object with a list": json.dumps({"status": "ok", "count": 3, "articles": RECORDS}),
    "object with a list for people": json.dumps({"status": "ok", "articles": RECORDS, "more": None}, indent=1),
    "list among others": json.dumps({"facets": [{"name": "a"}], "tags": ["b"], "r": {"a": {"b": RECORDS}}, "x": [{}]}),
    "search": json.dumps({
        "hits": {"total": 3, "hits": [{"_id": r["id"], "_source": {"text": r["text"]}} for r in RECORDS]},
    }),
    "pages of a search, one a line": "\n".join(json.dumps({"page": n, "items": [r]}) for n, r in enumerate(RECORDS)),
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_reports(layout: str) -> None:
    found = documents(LAYOUTS[layout])
    assert [d.id for d in found] == IDS
    assert [d.text for d in found] == [r["text"] for r in RECORDS]


@pytest.mark.parametrize("layout", ["lines", "list", "list for people", "object with a list"])
@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32"])
def test_every_encoding_that_is_marked(layout: str, codec: str) -> None:
    assert outcomes(made(LAYOUTS[layout].encode(codec))) == IDS


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_that_are_larger_than_a_report_may_be_are_streamed(layout: str) -> None:
    longer = LAYOUTS[layout].replace("ok", "o" * 900)
    assert outcomes(made(longer, limit=400)) == IDS


def test_a_list_too_deep_in_an_object_is_not_looked_for() -> None:
    deep = {"a": {"b": {"c": {"d": {"e": RECORDS}}}}}
    (failure,) = made(json.dumps(deep))
    assert isinstance(failure, Failure)
    assert (failure.code, "`a`" in failure.message) == ("format", True)
    assert outcomes(made(json.dumps(deep["a"]))) == IDS


def test_items_are_called_by_their_id_or_number() -> None:
    lines = [{"id": "a b"}, {"id": 7}, {"title": "x"}, {"id": "x\ny"}, {"id": "\ud800"}, {"id": "a" * 300}, 5, None]
    found = made("\n".join(json.dumps(v) for v in lines), "x.jsonl")
    names = ["a b", "7", "3", "4", "5", "6", "7", "8"]
    assert outcomes(found) == [f"x.jsonl#{name} format" for name in names]


def test_what_is_known_of_a_record_is_not_its_layout() -> None:
    pretty, compact = documents(LAYOUTS["list for people"]), documents(LAYOUTS["list"])
    assert [d.raw_sha256 for d in pretty] == [d.raw_sha256 for d in compact]


# --- what a broken part costs


def test_a_broken_line_costs_itself() -> None:
    lines = [json.dumps(r) for r in RECORDS]
    lines[1] = lines[1].replace('", "text', ', "text')
    assert outcomes(made("\n".join(lines))) == ["d0", "x.json#2 format", "d2"]
    lines[0], lines[2] = "{broken", json.dumps(RECORDS[1])
    found = made("\n".join(lines), "x.jsonl")
    assert outcomes(found) == ["x.jsonl#1 format", "x.jsonl#2 format", "d1"]
    assert isinstance(found[0], Failure)
    assert "x.jsonl, line 1 " in found[0].message


@pytest.mark.parametrize("layout", ["list", "list for people", "object with a list"])
@pytest.mark.parametrize(
    ("good", "bad", "code"),
    [
        (b'"d1"', b"nothing", "format"),
        (b'"d1"', b'"d1", "d1"', "format"),
        (b"Number 1.", b"Number \x01.", "format"),
        (b"Number 1.", b"Number \xff\xfe\x81.", "encoding"),
        (b"Number 1.", b"Number \\ud800.", "encoding"),
        (b"Number 1.", b"Number \\u0000.", "binary"),
        (b"Number 1.", b"Number \x00.", "binary"),
        (b'"d1"', b"[1}", "format"),
        (b'"d1"', b"[" * 300 + b"]" * 300, "format"),
    ],
)
def test_a_broken_member_of_a_list_costs_itself(layout: str, good: bytes, bad: bytes, code: str) -> None:
    found = outcomes(made(LAYOUTS[layout].encode().replace(good, bad)))
    assert (found[0], found[2], found[1].split()[-1]) == ("d0", "d2", code)


@pytest.mark.parametrize("layout", ["list", "list for people", "object with a list"])
@pytest.mark.parametrize("limit", [300, MAX_BYTES])
def test_of_a_file_that_was_cut_off_stands_what_stood_before(layout: str, limit: int) -> None:
    whole = LAYOUTS[layout]
    found = made(whole[: whole.index("Number 2")], limit=limit)
    assert outcomes(found) == ["d0", "d1", "x.json format"]
    assert isinstance(found[2], Failure)
    assert "cut off" in found[2].hint


def test_what_follows_a_value_and_is_none_is_one_failure() -> None:
    assert outcomes(made(f"{LAYOUTS['list']} and prose")) == [*IDS, "x.json format"]
    assert outcomes(made(json.dumps(RECORDS[:2]).replace("}, {", "} {"))) == ["d0", "x.json format"]


@pytest.mark.parametrize("value", ["NaN", "-Infinity", "1e999", "1" * 5_000, "-0", "1.5e-300"])
def test_numbers_that_are_none_or_too_large_harm_nobody(value: str) -> None:
    line = json.dumps(record(0, score="X")).replace('"X"', value)
    assert outcomes(made(f"[{line}]")) == ["d0"]


def test_a_field_that_stands_twice_is_noted() -> None:
    (document,) = documents(json.dumps(RECORDS[0]).replace("{", '{"text": "no, this one is not it",', 1))
    assert document.text == RECORDS[0]["text"]
    assert any("`text` stands twice" in note for note in document.notes)


def test_a_line_that_is_too_long_is_passed_over_unheld() -> None:
    lines = [json.dumps(RECORDS[0]), json.dumps(record(1, more="x" * 3_000_000)), json.dumps(RECORDS[2])]
    data = "\n".join(lines).encode()
    tracemalloc.start()
    found = outcomes(made(data, "x.jsonl", limit=1_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == ["d0", "x.jsonl#2 too-large", "d2"]
    assert peak < 1_500_000
    assert outcomes(made(data.replace(b"d1", b"d0", 1), "x.jsonl", limit=1_000))[1] == "x.jsonl#2 too-large"


@pytest.mark.parametrize("layout", ["list", "object with a list", "objects without a space"])
def test_a_member_that_is_too_large_is_passed_over(layout: str) -> None:
    data = LAYOUTS[layout].replace("Number 1.", "Number 1. " * 200)
    assert outcomes(made(data, limit=1_000)) == ["d0", "x.json#2 too-large", "d2"]


def test_the_first_line_may_be_the_one_that_is_too_long() -> None:
    lines = [json.dumps(record(0, more="x" * 200_000)), *(json.dumps(r) for r in RECORDS)]
    assert outcomes(made("\n".join(lines), "x.jsonl", limit=1_000)) == ["x.jsonl#1 too-large", *IDS]
    assert outcomes(made("\n".join(lines), "x.json", limit=1_000)) == ["x.json#1 too-large", *IDS]


@pytest.mark.parametrize(
    "deep",
    ["[" * 1_000_000, '{"a":' * 1_000_000, '[{"a":' * 500_000, "[" * 1_000_000 + "]" * 1_000_000, '[[{"text": "' * 9],
)
def test_what_is_nested_a_million_deep_is_refused(deep: str) -> None:
    (failure,) = made(deep)
    assert isinstance(failure, Failure)
    assert failure.code == "format"


def test_a_deep_line_costs_itself() -> None:
    lines = [json.dumps(RECORDS[0]), '[{"a":' * 500_000, json.dumps(RECORDS[1])]
    assert outcomes(made("\n".join(lines))) == ["d0", "x.json#2 format", "d1"]


def test_a_deep_member_costs_itself() -> None:
    deep = "[" * 1_000_000 + "]" * 1_000_000
    assert outcomes(made(f"[{json.dumps(RECORDS[0])}, {deep}, {json.dumps(RECORDS[1])}]")) == [
        "d0",
        "x.json#2 format",
        "d1",
    ]
    fine = '{"a":' * (MAX_DEPTH - 1) + "1" + "}" * (MAX_DEPTH - 1)
    assert outcomes(made(f'[{json.dumps(RECORDS[0])[:-1]}, "more": {fine}}}]')) == ["d0"]


# --- the map of fields


def test_a_map_names_fields_and_paths() -> None:
    data = {
        "n": 7,
        "kop": "Army takes Belo",
        "verhaal": PROSE,
        "source": {"name": "Post"},
        "by": [{"name": "Ana Roth"}],
    }
    fields = {"title": "kop", "text": "verhaal", "publisher": "source.name", "byline": "by.0.name"}
    (document,) = documents(json.dumps(data), fields=fields)
    assert (document.title, document.text, document.publisher) == ("Army takes Belo", PROSE, "Post")
    assert (document.byline, document.notes) == ("Ana Roth", ("no date of publication found",))


def test_a_record_without_the_mapped_text_says_what_it_has() -> None:
    found = made(json.dumps([{"verhaal": PROSE}, {"text": PROSE, "kop": "x"}]), fields={"text": "verhaal"})
    assert isinstance(found[0], Document)
    assert isinstance(found[1], Failure)
    assert "`verhaal`" in found[1].message
    assert "`text`, `kop`" in found[1].message


def test_usual_names_of_news_interfaces() -> None:
    data = {
        "source": {"id": None, "name": "The Post"}, "author": "Ana Roth", "title": "Army takes Belo", "content": PROSE,
        "url": "https://post.example/a", "publishedAt": "2024-01-18T09:00:00Z", "urlToImage": None,
    }  # fmt: skip
    (document,) = documents(json.dumps({"articles": [data]}))
    assert (document.publisher, document.byline, document.text) == ("The Post", "Ana Roth", PROSE)
    assert (document.published, document.published_at) == (date(2024, 1, 18), "2024-01-18T09:00:00+00:00")
    assert "publisher from `source.name`" in document.notes[0]


@pytest.mark.parametrize("value", [1705570320, 1705570320000, "2024-01-18", "18 Jan 2024"])
def test_dates_as_numbers_and_words(value: object) -> None:
    assert documents(json.dumps(record(0, published=value)))[0].published == date(2024, 1, 18)


def test_a_date_that_is_none_is_noted() -> None:
    (document,) = documents(json.dumps(record(0, published=12, modified="05/04/2024")))
    assert (document.published, document.modified) == (None, None)
    assert [n[:9] for n in document.notes[:2]] == ["published", "modified "]


# --- everything


class Only:
    """Takes every source for JSON, so that no bytes send it elsewhere."""

    def sniff(self, head: bytes, name: str) -> bool:
        return True

    def read(self, raw: Raw, intake: Intake) -> Iterator[Document | Failure]:
        return read_json(raw, intake)


def only(data: bytes, name: str, limit: int = MAX_BYTES) -> list[Document | Failure]:
    return list(Intake(Given(limit=limit), plugins=(Only(),), debug=True).source(Raw.of(data, name)))


@given(st.binary(max_size=300), st.sampled_from(["x.json", "x.jsonl"]))
def test_any_bytes_give_documents_or_failures(data: bytes, name: str) -> None:
    for found in only(data, name):
        assert isinstance(found, Document | Failure)


PARTS = st.sampled_from(
    ["{", "}", "[", "]", ",", ":", '"', "\\", '"text"', '"a b c"', "1", "null", "\n", " ", "{}", "é"]
)


@given(st.lists(PARTS, max_size=40), st.integers(1, 60))
def test_any_json_or_half_of_it_gives_documents_or_failures(parts: list[str], limit: int) -> None:
    for found in only("".join(parts).encode(), "x.json", limit):
        assert isinstance(found, Document | Failure)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(VALUES, max_size=5), st.integers(1, 9), st.booleans(), st.sampled_from([None, 2]))
def test_the_members_of_a_list_are_cut_where_they_end(
    values: list[Any], size: int, ascii_: bool, indent: int | None
) -> None:
    data = json.dumps(values, ensure_ascii=ascii_, indent=indent).encode()
    scanner = Scanner((data[n : n + size] for n in range(0, len(data), size)), "x")
    assert scanner.peek() == b"["
    scanner.step()
    pieces = list(scanner.members(10_000))
    assert [json.loads(p.data or b"") for p in pieces] == values
    assert scanner.peek() == b""


@given(st.dictionaries(st.text(max_size=4), VALUES, max_size=5), st.integers(1, 9))
def test_an_object_that_is_not_held_is_still_there(value: dict[str, Any], size: int) -> None:
    data = json.dumps(value).encode()
    scanner = Scanner((data[n : n + size] for n in range(0, len(data), size)), "x")
    assert scanner.whole(len(data) - 1) is None
    held = scanner.whole(len(data))
    assert held is not None
    assert held.data == data


def test_a_value_that_ends_early_raises() -> None:
    for text in ('{"a": 1', '["a', '"\\', "[1, 2", "", ","):
        with pytest.raises(FormatError):
            Scanner([text.encode()], "x").value(100)


class _Export(io.RawIOBase):
    """An export that is written while it is read."""

    def __init__(self, start: bytes, between: bytes, end: bytes, count: int) -> None:
        self._parts = self._all(start, between, end, count)
        self._left = b""

    @staticmethod
    def _all(start: bytes, between: bytes, end: bytes, count: int) -> Iterator[bytes]:
        yield start
        for n in range(count):
            yield json.dumps(record(n)).encode() + (between if n < count - 1 else end)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while len(self._left) < len(buffer) and (part := next(self._parts, b"")):
            self._left += part
        block, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(block)] = block
        return len(block)


class Knows:
    """A memory that has seen everything, so that a source is walked through and no text is read."""

    def __init__(self) -> None:
        self.asked = 0

    def wanted(self, name: str) -> bool:
        return True

    def seen(self, key: str) -> bool:
        self.asked += 1
        return True

    def took(self, key: str, documents: object) -> None: ...


def peak_of(start: bytes, between: bytes, end: bytes, count: int) -> int:
    memory = Knows()
    stream = io.BufferedReader(_Export(start, between, end, count))
    tracemalloc.start()
    assert not list(Intake(Given(limit=100_000), memory=memory).source(Raw("x.json", stream)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert memory.asked == count
    return peak


@pytest.mark.parametrize(
    ("start", "between", "end"), [(b"", b"\n", b"\n"), (b"[", b", ", b"]"), (b'{"a": {"b": [', b",\n", b"]}}")]
)
def test_memory_does_not_grow_with_the_records(start: bytes, between: bytes, end: bytes) -> None:
    assert peak_of(start, between, end, 6_000) < peak_of(start, between, end, 1_000) + 300_000
