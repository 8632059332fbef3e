"""Bad and odd input: a clear failure or a sensible reading, never a traceback, never a wrong offset."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casus import cli, pipeline
from casus.config import Config
from casus.jsonl import claim_line
from casus.pipeline import Reading, Reads
from casus.records import Document
from casus.sources import find

NEWS = "Soldiers shelled a village near Zakho on Tuesday and killed two people, the governor of the province said."
GOOD = json.dumps({"id": "good", "text": NEWS, "published": "2024-01-18"})
GERMAN = "Der Präsident hat am Dienstag mit den Ministern über die Lage im Land gesprochen. " * 9
PAGE = f"<html><head><title>Village shelled near Zakho</title></head><body><form><p>{NEWS}</p><p>{NEWS}</p></form>"
ROWS = "<html><body><table><tr><td>Zakho</td><td>3 killed</td></tr><tr><td>Amedi</td><td>5 killed</td></tr></table>"
MAIL = "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n"
TABLE = "Date\tPlace\tKilled\n" + "\n".join(f"2024-01-{day:02}\tZakho\t{day}" for day in range(1, 29))
LIVE_BLOG = "Live: shelling near Zakho\n\n" + "\n\n".join(
    f"{hour:02}:{minute:02} GMT\n\nSoldiers shelled village number {hour * 4 + minute // 15}, the governor said."
    for hour in range(6, 12)
    for minute in (0, 15, 30, 45)
)
ENDLESS = "The governor said that " + "soldiers shelled a village and then " * 500 + "killed two people."

# name, content, exit code, and the code of the failure or words of the reading
CASES: tuple[tuple[str, bytes, int, str], ...] = (
    ("empty.txt", b"", 3, "empty"),
    ("blank.txt", b" \n\t\r\n ", 3, "empty"),
    ("marks.txt", b"... --- ***", 3, "empty"),
    ("empty.html", b"<html><head><title></title></head><body><script>var x = 1;</script></body></html>", 3, "empty"),
    ("picture.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 40, 3, "binary"),
    ("report.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 40, 3, "format"),
    ("huge.txt", (NEWS + "\n").encode() * (50_000_000 // len(NEWS)), 3, "too-large"),
    ("german.txt", GERMAN.encode(), 3, "language"),
    ("broken.json", b'{"text": "Soldiers shelled', 3, "format"),
    ("deep.json", b"[" * 100_000 + b'"soldiers"', 3, "format"),
    ("no-text.json", b'{"title": "Soldiers shelled a village"}', 3, "format"),
    ("numbers.json", b'{"text": 7}', 3, "format"),
    ("lines.jsonl", f"{GOOD}\n{{broken\n\n{GOOD}\n".encode(), 3, "format"),
    ("cut.txt", GOOD[:60].encode(), 3, "format"),
    ("rows.html", ROWS.encode(), 3, "empty"),
    ("pictures.mhtml", MAIL.replace("text/html", "image/png").encode(), 3, "format"),
    ("page.mhtml", f"{MAIL}Content-Transfer-Encoding: quoted-printable\n\n{PAGE}\n--b--\n".encode(), 0, "shelled"),
    ("form.html", PAGE.encode(), 0, "shelled"),
    ("page.json", json.dumps({"text": PAGE}).encode(), 0, "shelled"),
    ("utf16.txt", NEWS.encode("utf-16"), 0, "shelled"),
    ("bom.txt", b"\xef\xbb\xbf" + NEWS.encode(), 0, "shelled"),
    ("cp1252.txt", f"“{NEWS}” – señor".encode("cp1252"), 0, "shelled"),
    ("no-date.txt", NEWS.encode(), 0, "shelled"),
    ("live-blog.txt", LIVE_BLOG.encode(), 0, "shelled"),
    ("endless.txt", ENDLESS.encode(), 0, "shelled"),
    ("emoji.txt", f"🚨🇮🇶👩‍👩‍👧 {NEWS} 💥 {NEWS}".encode(), 0, "shelled"),
    ("right-to-left.txt", f"\u202e\u200f{NEWS}\u202c زاخو {NEWS}".encode(), 0, "shelled"),
    ("accents.txt", "Z\u0308".join(["", *[NEWS] * 3]).encode(), 0, "shelled"),
    ("table.txt", TABLE.encode(), 0, ""),
)  # fmt: skip


@pytest.fixture(params=["words", "shipped"], scope="module")
def used(request: pytest.FixtureRequest, reader: Reads) -> Reads:
    """The tests' reader, which is blind to nothing, and the shipped one."""
    return reader if request.param == "words" else pipeline.open_reader(Config.load())


@pytest.fixture
def opened(used: Reads, monkeypatch: pytest.MonkeyPatch) -> Reads:
    monkeypatch.setattr(cli, "open_reader", lambda config: used)
    return used


def quotes(value: object) -> Iterator[tuple[int, int, str]]:
    if isinstance(value, dict):
        if {"start", "end", "text"} <= value.keys() and value["text"] is not None:
            yield value["start"], value["end"], value["text"]
        for inner in value.values():
            yield from quotes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from quotes(inner)


def assert_true_quotes(reading: Reading) -> None:
    text = reading.document.text
    for claim in reading.claims:
        line = json.loads(claim_line(reading.document, claim))
        assert text[line["start"] : line["end"]] == line["trigger"]
        assert all(text[start:end] == quote for start, end, quote in quotes(line))


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_odd_input(
    opened: Reads, capsys: pytest.CaptureFixture[str], tmp_path: Path, case: tuple[str, bytes, int, str]
) -> None:
    name, content, code, told = case
    path = tmp_path / name
    path.write_bytes(content)
    assert cli.run(["read", str(path), "--json"]) == code
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    assert "[internal]" not in captured.err
    if code == cli.FAILURES:
        assert f"failed {path}" in captured.err
        assert f"[{told}]" in captured.err
        assert f"1 failed (1 {told})" in captured.err
    else:
        assert told in captured.out
    items = find([str(path)]).items
    for outcome in pipeline.read_sources(items, opened, Config.load(), stdin=io.BytesIO()):
        if isinstance(outcome, Reading):
            assert_true_quotes(outcome)


def test_the_good_among_the_bad_are_read(opened: Reads, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text(f"{GOOD}\n{{broken\n\n{GOOD}\n", encoding="utf-8")
    assert cli.run(["read", str(path), str(tmp_path / "none.txt"), "--json"]) == cli.FAILURES
    captured = capsys.readouterr()
    triggers = [json.loads(line)["trigger"] for line in captured.out.splitlines()]
    assert triggers.count("shelled") == 2
    assert "read 2 documents" in captured.err
    assert "2 failed (1 format, 1 intake)" in captured.err


def test_a_missing_file_and_a_folder_without_reports(
    opened: Reads, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"x")
    assert cli.run(["read", str(tmp_path), str(tmp_path / "none.txt")]) == cli.FAILURES
    captured = capsys.readouterr()
    assert "no report in this folder" in captured.err
    assert "no such file" in captured.err
    assert captured.out == ""


def test_what_can_be_no_file_stops_nothing(opened: Reads, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(NEWS, encoding="utf-8")
    names = ["x" * 5_000, "~nobody-of-this-name/a.txt", str(tmp_path / "a.txt"), f"{tmp_path}/*.txt", str(tmp_path)]
    assert cli.run(["read", *names, "--json"]) == cli.FAILURES
    captured = capsys.readouterr()
    assert "[internal]" not in captured.err
    assert "x" * 1_000 not in captured.err
    assert "read 1 document" in captured.err
    assert "2 failed (2 intake)" in captured.err
    ids = [json.loads(line)["id"] for line in captured.out.splitlines()]
    assert len(ids) == len(set(ids)) > 0


def test_lines_of_json_that_were_cut_off_are_read_up_to_there(
    opened: Reads, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(f"{GOOD}\n\n{GOOD[:70]}".encode())))
    assert cli.run(["read", "-", "--json"]) == cli.FAILURES
    captured = capsys.readouterr()
    assert "read 1 document" in captured.err
    assert "[format] <stdin>, line 3 " in captured.err
    assert all(json.loads(line)["doc"] == "good" for line in captured.out.splitlines())


def test_a_page_given_to_python_is_read_as_a_page(used: Reads, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "open_reader", lambda config: used)
    claims = pipeline.read(f"<html><body><nav>Home</nav><p>{NEWS}</p><p>Aid <b>came</b> on Sunday.</p></body></html>")
    assert "shelled" in {claim.trigger.exact for claim in claims}
    assert all("<" not in claim.sentence.exact for claim in claims)


def test_no_date_and_a_date_in_the_future_are_noted(
    opened: Reads, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_text(NEWS, encoding="utf-8")
    assert cli.run(["read", str(path)]) == cli.FINE
    assert "no date" in capsys.readouterr().out
    later = date(date.today().year + 2, 1, 1).isoformat()
    assert cli.run(["read", str(path), "--published", later]) == cli.FINE
    assert "lies in the future" in capsys.readouterr().out


WORDS = st.sampled_from([
    "soldiers", "shelled", "killed", "Iran", "Pakistan's", "on Tuesday", "at least nine", "police", "said",
    "“", "”", "\"", "'", "(", ")", ".", "!", ",", "\n\n", "\r\n", "\t", "\u200f", "\u202e", "🚨", "زاخو", "東京",
    "e\u0301", "\x00", "\x85", "\u2028", "—", "1,000", "…", "U.S.", "he", "the group", "Mehr, citing", "10:30 GMT",
])  # fmt: skip


@settings(max_examples=60)
@given(words=st.lists(WORDS, max_size=60), published=st.none() | st.dates())
def test_every_quote_is_in_the_text_whatever_it_is(used: Reads, words: list[str], published: date | None) -> None:
    basis = "given" if published else "none"
    document = Document.of(" ".join(words), published=published, published_basis=basis)
    assert_true_quotes(Reading(document, tuple(used.read(document))))
