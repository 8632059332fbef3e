"""Captures: crawls that others read, that a crash cannot spoil, and what stands in them beside a page."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from casus.errors import BusyError, OutputError
from casus.fetch import Answer
from casus.intake.news.feeds import Entry, entries
from casus.intake.packs.followed import Told, filled, of_field, of_json, to_field, to_json
from casus.intake.raw import Known, Stamp
from casus.records import Document, Failure
from casus.watch import capturing
from casus.watch.capturing import Captures, ends_whole
from casus.watch.visiting import as_feed
from tests.spy import spied

WORDS = "<html><p>The army said on Monday that it had taken the town of Belo and that {} died there.</p></html>"


def answer(n: int = 1, **more: object) -> Answer:
    said = {
        "url": f"https://post.example/{n}?a=b", "asked": f"https://post.example/{n}", "status": 200,
        "body": WORDS.format(n).encode(), "media_type": "text/html", "charset": None, "etag": None,
        "last_modified": None, "retrieved": "2024-01-18T09:30:00+00:00", "reason": "OK",
        "sent": (("Host", "post.example"), ("User-Agent", "Casus/1.0")),
        "received": (("Content-Type", "text/html"), ("X-Twice", "a"), ("X-Twice", "b")),
    }  # fmt: skip
    return Answer(**{**said, **more})  # type: ignore[arg-type]


class Clock:
    """A day that can be turned."""

    def __init__(self) -> None:
        self.at = datetime(2024, 1, 18, 23, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def captures(tmp_path: Path, clock: Clock) -> Iterator[Captures]:
    with Captures(tmp_path / "x.captures", clock) as made:
        yield made


def read(path: Path) -> list[tuple[str, str]]:
    """Kind and address of every record, as warcio finds them."""
    with path.open("rb") as stream:
        return [(r.rec_type, r.rec_headers.get_header("WARC-Target-URI") or "") for r in ArchiveIterator(stream)]


class TestFiles:
    """One file a day, of whole records."""

    def test_an_answer_and_its_request_are_records_that_others_read(self, captures: Captures) -> None:
        captures.answer(answer(), Told())
        (file,) = captures.folder.glob("*.gz")
        assert file.name == "2024-01-18.warc.gz"
        with file.open("rb") as stream:
            records = ArchiveIterator(stream, check_digests="raise")
            info, response, request = ((r, r.content_stream().read()) for r in records)
        assert b"software: casus watch" in info[1]
        assert response[0].http_headers.statusline == "200 OK"
        assert response[0].http_headers.headers == [("Content-Type", "text/html"), ("X-Twice", "a"), ("X-Twice", "b")]
        assert response[1] == WORDS.format(1).encode()
        assert response[0].rec_headers.get_header("WARC-Date") == "2024-01-18T09:30:00Z"
        assert response[0].rec_headers.get_header("WARC-Payload-Digest").startswith("sha1:")
        assert request[0].http_headers.statusline == "/1?a=b HTTP/1.1"
        assert request[0].http_headers.get_header("User-Agent") == "Casus/1.0"
        ids = [r.rec_headers.get_header("WARC-Record-ID") for r in (response[0], request[0])]
        assert request[0].rec_headers.get_header("WARC-Concurrent-To") == ids[0]

    def test_what_was_true_of_the_packed_body_goes_by_another_name(self, captures: Captures) -> None:
        received = (("content-encoding", "gzip"), ("Transfer-Encoding", "chunked"), ("Content-Length", "7"))
        kept = captures.answer(answer(received=received), Told())
        text = gzip.decompress(kept.data).decode()
        assert "\r\nX-Crawler-Content-Encoding: gzip\r\nX-Crawler-Transfer-Encoding: chunked\r\n" in text
        assert f"\r\nX-Crawler-Content-Length: 7\r\nContent-Length: {len(WORDS.format(1))}\r\n" in text
        assert "\r\nTransfer-Encoding" not in text

    def test_a_place_is_where_the_record_stands(self, captures: Captures) -> None:
        kept = [captures.answer(answer(n), Told()) for n in range(3)]
        (file,) = captures.folder.glob("*.gz")
        for n, one in enumerate(kept):
            name, _, offset = one.place.partition("@")
            assert file.name == name
            assert file.read_bytes()[int(offset) :].startswith(one.data)
            assert f"https://post.example/{n}?".encode() in zlib.decompressobj(31).decompress(one.data)

    def test_what_was_kept_is_found_at_its_place(self, captures: Captures) -> None:
        kept = [captures.answer(answer(n), Told()) for n in range(3)]
        for one in kept:
            found = captures.find(one.place)
            assert found is not None
            # the record of the answer; that of the request stands behind it
            assert one.data.startswith(found.data)
            assert spied(found.data, "x")[0].contents == spied(one.data, "x")[0].contents != []
        for place in ("", "@", "none.warc.gz@0", "2024-01-18.warc.gz@1", "2024-01-18.warc.gz@99999", "x@y"):
            assert captures.find(place) is None

    def test_each_day_has_its_file_and_each_run_goes_on_with_it(self, captures: Captures, clock: Clock) -> None:
        captures.answer(answer(1), Told())
        captures.__exit__()
        with Captures(captures.folder, clock) as again:
            again.answer(answer(2), Told())
            clock.at = datetime(2024, 1, 19, 0, 30, tzinfo=UTC)
            again.answer(answer(3), Told())
        files = sorted(captures.folder.glob("*.gz"))
        assert [f.name for f in files] == ["2024-01-18.warc.gz", "2024-01-19.warc.gz"]
        assert [[kind for kind, _ in read(f)] for f in files] == [
            ["warcinfo", *["response", "request"] * 2], ["warcinfo", "response", "request"],
        ]  # fmt: skip

    @pytest.mark.parametrize("cut", [1, 8, 100, 400])
    def test_behind_a_record_that_was_cut_off_nothing_is_written(
        self, captures: Captures, clock: Clock, cut: int
    ) -> None:
        captures.answer(answer(1), Told())
        (file,) = captures.folder.glob("*.gz")
        whole = file.read_bytes()
        assert ends_whole(file)
        file.write_bytes(whole[:-cut])
        assert not ends_whole(file)
        captures.answer(answer(2), Told())
        captures.__exit__()
        with Captures(captures.folder, clock) as again:
            again.answer(answer(3), Told())
        assert file.read_bytes() == whole[:-cut]
        second = captures.folder / "2024-01-18-2.warc.gz"
        assert [url for kind, url in read(second) if kind == "response"] == [
            "https://post.example/2?a=b", "https://post.example/3?a=b",
        ]  # fmt: skip

    @pytest.mark.parametrize("end", [b"\x00", b"\x1f\x8b\x08", b"x" * 1000])
    def test_rubbish_behind_the_last_record_is_seen(self, captures: Captures, end: bytes) -> None:
        captures.answer(answer(1), Told())
        (file,) = captures.folder.glob("*.gz")
        file.write_bytes(file.read_bytes() + end)
        assert not ends_whole(file)

    def test_the_begin_of_a_member_within_one_is_not_taken_for_one(self, captures: Captures) -> None:
        # what cannot be packed stands in the member as it is
        body = b"".join(bytes([n % 251, (n * 7) % 253]) for n in range(5000)) + b"\x1f\x8b\x08\x00" * 50
        captures.answer(answer(body=body), Told())
        (file,) = captures.folder.glob("*.gz")
        assert ends_whole(file)

    def test_a_full_file_is_left(self, captures: Captures, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(capturing, "_MOST_BYTES", 1)
        places = [captures.answer(answer(n), Told()).place.partition("@")[0] for n in range(3)]
        assert places == ["2024-01-18.warc.gz", "2024-01-18-2.warc.gz", "2024-01-18-3.warc.gz"]

    def test_one_program_at_a_time_writes(self, captures: Captures, clock: Clock) -> None:
        with pytest.raises(BusyError), Captures(captures.folder, clock):
            pass
        captures.__exit__()
        with Captures(captures.folder, clock):
            pass

    def test_a_folder_that_cannot_be_made_is_told(self, tmp_path: Path, clock: Clock) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(OutputError), Captures(tmp_path / "file" / "x", clock):
            pass

    def test_a_full_disk_is_told(self, captures: Captures, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("os.fsync", full)
        with pytest.raises(OutputError, match="No space left"):
            captures.answer(answer(), Told())


class TestReading:
    """What intake finds in captures."""

    def test_feeds_are_passed_over_and_pages_are_not(self, captures: Captures) -> None:
        captures.answer(answer(1), Told(feed=True))
        captures.answer(answer(2), Told())
        (file,) = captures.folder.glob("*.gz")
        spy, failures = spied(file.read_bytes(), file.name)
        assert ([known.url for _, _, known in spy.items], failures) == (["https://post.example/2?a=b"], [])

    def test_what_the_feed_says_stands_behind_the_page(self, captures: Captures) -> None:
        stamp = Stamp(date(2024, 1, 16), "feed", "2024-01-16T23:30:00-05:00")
        said = Known(title="A title", publisher="Karvan Post", published=(stamp,), modified="2024-01-17", notes=("n",))
        kept = captures.answer(answer(), Told(known=said))
        spy, _ = spied(kept.data, "x")
        ((_, _, known),) = spy.items
        assert (known.title, known.publisher, known.published, known.modified, known.notes) == (
            None, None, (stamp,), "2024-01-17", ("n",),
        )  # fmt: skip

    @pytest.mark.parametrize(
        "field",
        [
            "", "x", "[]", "{}", '{"casus":3}', '{"casus":{"known":[]}}', '{"casus":{"known":{"published":3}}}',
            '{"casus":{"known":{"published":[3,[],["x",null],[null,null],["2024-01-18",3]],"notes":{},"title":[]}}}',
            "[" * 60_000, '{"other":{"feed":true}}', '{"casus":{"feed":1}}', "9" * 5000,
        ],
    )  # fmt: skip
    def test_what_others_write_there_says_nothing(self, field: str) -> None:
        assert of_field(field) == Told()

    def test_what_would_harm_is_left_out(self) -> None:
        field = json.dumps({"casus": {"known": {"title": "a\ud800b\x1b[0m\x00", "publisher": "\n"}}})
        assert of_field(field).known == Known(title="ab[0m")


TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=40)
STAMPS = st.builds(
    lambda at, zoned: Stamp(at.date(), "feed", at.isoformat(timespec="seconds") if zoned else None),
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),
    st.booleans(),
)
MAYBE = st.none() | TEXT
KNOWN = st.builds(
    Known, title=MAYBE, publisher=MAYBE, byline=MAYBE, modified=MAYBE, notes=st.lists(TEXT, max_size=2).map(tuple),
    published=st.lists(STAMPS, max_size=3).map(tuple),
)  # fmt: skip


@given(KNOWN)
def test_what_a_feed_says_comes_back_as_it_was(known: Known) -> None:
    assert of_json(to_json(known)) == known
    field = to_field(Told(known=known))
    assert field.isascii()
    assert "\n" not in field
    assert of_field(field) == Told(known=known)


@given(KNOWN, MAYBE, MAYBE)
def test_a_document_is_filled_where_it_says_nothing(known: Known, title: str | None, publisher: str | None) -> None:
    made = Document.of("Shells fell.", title=title, publisher=publisher)
    full = filled(made, Told(known=known))
    assert isinstance(full, Document)
    assert (full.title, full.publisher) == (title or known.title, publisher or known.publisher)
    assert full.id == made.id
    failure = Failure("intake", "a", "empty", "no text")
    assert filled(failure, Told(known=known)) is failure


NAMES = st.text(st.characters(codec="utf-8", categories=["L"]), min_size=2, max_size=12)


@given(
    NAMES, NAMES, st.lists(NAMES, min_size=3, max_size=30), st.lists(STAMPS, max_size=1),
    st.sampled_from((None, "https://post.example/a?b=1&c=2")),
)  # fmt: skip
@example("Aa", "Bb", ["<b>", "&amp;", "]]>"], [], None)
def test_an_entry_alone_says_what_it_said_in_its_feed(
    title: str, publisher: str, words: list[str], stamps: list[Stamp], link: str | None
) -> None:
    markup = f"<p>{' '.join(words)}</p>"
    entry = Entry(1, None, link, title, publisher, "Ana Ben", tuple(stamps), None, markup, None, (), "")
    (again,) = entries(as_feed(entry), "x")
    assert isinstance(again, Entry)
    names = ("link", "title", "publisher", "byline", "published", "modified", "content", "summary")
    assert {name: getattr(again, name) for name in names} == {name: getattr(entry, name) for name in names}


def test_times_of_other_zones_are_written_in_utc(captures: Captures) -> None:
    kept = captures.text(b"<p>x</p>", "text/html", "https://post.example/", "2024-01-18T23:30:00-05:00", Told())
    assert b"WARC-Date: 2024-01-19T04:30:00Z\r\n" in gzip.GzipFile(fileobj=io.BytesIO(kept.data)).read()
