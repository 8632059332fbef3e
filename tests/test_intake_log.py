"""Failures are kept until their source is read without them, and raw items that are known are not taken apart again."""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from casus import keeping
from casus.config import Config
from casus.intake.formats import Intake
from casus.intake.raw import Given, Known, Raw
from casus.keeping import Keeper, Run, add_sources, open_ledger, to_retry
from casus.ledger.ledger import Ledger
from casus.ledger.rebuild import rebuild
from casus.ledger.store import Store, migrations
from casus.records import Document, Failure
from casus.sources import Fields, Source, find
from tests.conftest import WordReader

REPORT = "The army shelled the town of Zakho on Tuesday and killed two people there, said {}, who saw it from the hill."
GERMAN = (
    "Die Regierung hat am Dienstag erklärt, dass die Soldaten das Dorf nicht verlassen werden, bevor Ruhe herrscht."
)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(cache=tmp_path / "cache")


@pytest.fixture
def ledger(config: Config, tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path / "x.casus", config, create=True) as made:
        yield made


def lines(path: Path, *texts: str | None) -> Path:
    """A file of JSON lines; None stands for a broken one."""
    path.write_text("\n".join("{broken" if t is None else json.dumps({"text": t}) for t in texts), "utf-8")
    return path


def add(
    ledger: Ledger,
    config: Config,
    *items: Source | Failure,
    only: frozenset[str] | None = None,
    read: WordReader | None = None,
) -> Run:
    return add_sources(ledger, items, config, reader=read or WordReader(), stdin=io.BytesIO(), only=only)


def sources(*paths: Path, publisher: str | None = None, fields: Fields = ()) -> Sequence[Source | Failure]:
    return find([str(p) for p in paths], publisher=publisher, fields=fields).items


def again(ledger: Ledger, config: Config) -> Run:
    wanted = to_retry(ledger)
    return add(ledger, config, *wanted.sources, only=wanted.items)


class TestFailures:
    """Each failure is a record that says where it is, and ends when its source is read without it."""

    def test_a_failure_says_where_it_lies_and_how_often_it_was_tried(
        self, ledger: Ledger, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lines(tmp_path / "a.jsonl", REPORT.format("Ana"), None)
        monkeypatch.chdir(tmp_path)
        runs = [add(ledger, config, *sources(Path("a.jsonl"), publisher="The Herald")) for _ in range(3)]
        (kept,) = ledger.failures()
        assert (kept.failure.item, kept.failure.code, kept.failure.stage) == ("a.jsonl#2", "format", "intake")
        assert kept.source == str(tmp_path / "a.jsonl")
        assert kept.given == {"name": "a.jsonl", "publisher": "The Herald"}
        assert (kept.first_run, kept.last_run, kept.tries) == (runs[0].id, runs[2].id, 3)

    def test_it_ends_when_the_source_is_read_without_it(self, ledger: Ledger, config: Config, tmp_path: Path) -> None:
        path = lines(tmp_path / "a.jsonl", None, None)
        add(ledger, config, *sources(path))
        lines(path, REPORT.format("Ana"), None)
        run = add(ledger, config, *sources(path))
        assert [k.failure.item for k in ledger.failures()] == [f"{path}#2"]
        first, second = ledger.failures(resolved=True)
        assert (first.resolved, second.resolved) == (run.id, None)

    def test_other_sources_do_not_end_it(self, ledger: Ledger, config: Config, tmp_path: Path) -> None:
        bad, good = lines(tmp_path / "a.jsonl", None, None), lines(tmp_path / "b.jsonl", REPORT.format("Ana"))
        add(ledger, config, *sources(bad))
        add(ledger, config, *sources(good))
        assert len(ledger.failures()) == 2

    def test_an_interrupt_ends_nothing(self, ledger: Ledger, config: Config, tmp_path: Path) -> None:
        path = lines(tmp_path / "a.jsonl", None, REPORT.format("Ana"))
        add(ledger, config, *sources(path))
        lines(path, REPORT.format("Ben"), REPORT.format("Ana"))

        def interrupted() -> None:
            with Keeper(ledger, config) as keeper:
                keeper.opened(Source(str(path), path))
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            interrupted()
        assert len(ledger.failures()) == 1

    def test_what_failed_before_a_crash_is_written_down(
        self, ledger: Ledger, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(keeping, "FAILURES_AT_ONCE", 2)
        path = lines(tmp_path / "a.jsonl", None, None, None)

        def killed() -> None:
            with Keeper(ledger, config) as keeper:
                for n in range(3):
                    keeper.put(Failure("intake", f"{path}#{n}", "format", "broken", source=str(path)))
                raise RuntimeError("killed")

        with pytest.raises(RuntimeError):
            killed()
        assert len(ledger.failures()) == 2

    def test_refused_and_failed_are_counted_apart(self, ledger: Ledger, config: Config, tmp_path: Path) -> None:
        path = lines(tmp_path / "a.jsonl", GERMAN, "One two", None, REPORT.format("Ana"))
        run = add(ledger, config, *sources(path))
        assert [f.code for f in run.refused] == ["language", "short"]
        assert [f.code for f in run.failures] == ["language", "short", "format"]

    def test_copies_are_counted_but_for_the_first(self, ledger: Ledger, config: Config, tmp_path: Path) -> None:
        same = [REPORT.format("Ana") + " " + "The road to the north is closed, and the market stayed shut. " * 5] * 3
        paths = [tmp_path / f"{n}.txt" for n in range(3)]
        for path, text in zip(paths, same, strict=True):
            path.write_text(f"{path.stem} o'clock news\n\n{text}", "utf-8")
        assert add(ledger, config, *sources(*paths[:2])).copies == 1
        assert add(ledger, config, *sources(paths[2])).copies == 1


class TestRetry:
    """Only what failed is looked at again, with what the user said of it the first time."""

    def test_only_what_failed_is_looked_at(self, ledger: Ledger, config: Config, tmp_path: Path) -> None:
        path = lines(tmp_path / "a.jsonl", REPORT.format("Ana"), None, REPORT.format("Ben"))
        add(ledger, config, *sources(path, publisher="The Herald"))
        lines(path, REPORT.format("Another"), REPORT.format("Cem"), REPORT.format("Ben"))
        run = again(ledger, config)
        (document,) = ledger.documents(run.new).values()
        assert "Cem" in document.text
        assert document.publisher == "The Herald"
        assert (run.known, ledger.failures()) == ([], [])

    def test_what_still_fails_stays(self, ledger: Ledger, config: Config, tmp_path: Path) -> None:
        path = lines(tmp_path / "a.jsonl", None, None)
        add(ledger, config, *sources(path))
        again(ledger, config)
        assert [k.tries for k in ledger.failures()] == [2, 2]

    def test_a_file_that_was_not_there(self, ledger: Ledger, config: Config, tmp_path: Path) -> None:
        path = tmp_path / "late.txt"
        add(ledger, config, *sources(path), *sources(lines(tmp_path / "a.jsonl", REPORT.format("Ana"))))
        path.write_text(REPORT.format("Ben"), "utf-8")
        assert len(again(ledger, config).new) == 1
        assert ledger.failures() == []

    def test_fields_are_mapped_as_the_first_time(self, ledger: Ledger, config: Config, tmp_path: Path) -> None:
        add(ledger, config, *sources(lines(tmp_path / "a.jsonl", None, None), fields=(("text", "words"),)))
        (source,) = to_retry(ledger).sources
        assert source.fields == (("text", "words"),)

    def test_what_lies_in_no_file_is_named(self, ledger: Ledger, config: Config) -> None:
        with Keeper(ledger, config) as keeper:
            keeper.put(Failure("intake", "<stdin>#1", "format", "broken", source="<stdin>"))
            keeper.put(Failure("intake", "https://example.org/a", "fetch", "no answer", source="https://example.org/a"))
        wanted = to_retry(ledger)
        assert (wanted.sources, [f.failure.item for f in wanted.lost]) == ((), ["<stdin>#1", "https://example.org/a"])

    def test_codes_narrow_it_down(self, ledger: Ledger, config: Config, tmp_path: Path) -> None:
        path = lines(tmp_path / "a.jsonl", GERMAN, None)
        add(ledger, config, *sources(path))
        assert to_retry(ledger, codes=["language"]).items == {f"{path}#1"}


class TestCaptures:
    """A raw item whose documents are kept is known by its bytes and by what was said of it."""

    def test_the_same_file_again_is_not_taken_apart(
        self, ledger: Ledger, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = lines(tmp_path / "a.jsonl", REPORT.format("Ana"), REPORT.format("Ben"))
        first = add(ledger, config, *sources(path))
        monkeypatch.setattr("casus.intake.tables.jsons.of_fields", lambda *_: pytest.fail("taken apart"))
        second = add(ledger, config, *sources(path))
        assert (second.new, sorted(second.known), second.failures) == ([], sorted(first.new), [])

    def test_what_the_user_says_makes_another_item(self, ledger: Ledger, config: Config, tmp_path: Path) -> None:
        path = lines(tmp_path / "a.jsonl", REPORT.format("Ana"))
        add(ledger, config, *sources(path))
        day = find([str(path)], published=date(2024, 1, 18)).items
        run = add(ledger, config, *day)
        assert len(run.new) == 1

    def test_an_item_that_the_reader_failed_on_is_read_again(
        self, ledger: Ledger, config: Config, tmp_path: Path
    ) -> None:
        path = lines(tmp_path / "a.jsonl", REPORT.format("Ana") + " This is unreadable to the reader of the tests.")
        run = add(ledger, config, *sources(path))
        assert [f.code for f in run.failures] == ["internal"]

        class Able(WordReader):
            def _outcome(self, document: Document):  # type: ignore[no-untyped-def]
                return document, self.read(document)

        assert len(add(ledger, config, *sources(path), read=Able()).new) == 1

    def test_the_day_of_the_run_and_of_the_capture_do_not_matter(self) -> None:
        seen: list[str] = []

        class Remembers:
            def wanted(self, name: str) -> bool:
                return True

            def seen(self, key: str) -> bool:
                seen.append(key)
                return True

            def took(self, key: str, documents: Sequence[str]) -> None:
                raise AssertionError

        for given, known in [
            (Given(today=date(2024, 1, 1)), Known(retrieved="2024-01-01T00:00:00Z")),
            (Given(today=date(2024, 1, 2)), Known(retrieved="2024-01-02T00:00:00Z")),
            (Given(), Known(url="https://example.org/")),
            (Given(publisher="The Herald"), Known()),
        ]:
            assert list(Intake(given, memory=Remembers()).source(Raw.of(REPORT.encode(), "a", known))) == []
        assert len(set(seen)) == 3
        assert seen[0] == seen[1]

    def test_the_digest_is_that_of_the_bytes(self, ledger: Ledger, config: Config, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text(REPORT.format("Ana"), "utf-8")
        run = add(ledger, config, *sources(tmp_path / "a.txt"))
        document = ledger.document(run.new[0])
        assert document.raw_sha256 == hashlib.sha256((tmp_path / "a.txt").read_bytes()).hexdigest()


def test_a_rebuilt_ledger_keeps_failures_and_captures(ledger: Ledger, config: Config, tmp_path: Path) -> None:
    add(ledger, config, *sources(lines(tmp_path / "a.jsonl", REPORT.format("Ana"), None)))
    assert rebuild(ledger.path).same
    assert len(ledger.failures()) == 1


def test_failures_of_the_first_schema_come_over(tmp_path: Path) -> None:
    path = tmp_path / "old.casus"
    db = sqlite3.connect(path)
    db.executescript(dict(migrations())[1])
    db.execute("PRAGMA application_id = 0x43617375")
    db.execute("PRAGMA user_version = 1")
    told = json.dumps([["intake", "a.txt", "empty", "no text"], ["reader", "b.txt", "internal", "a fault"]])
    for n in (1, 2):
        db.execute("INSERT INTO runs VALUES (?, ?, 'at', 'r', '{}', '', '{}', ?, 1)", (n, f"run_{n}", told))
    db.commit()
    db.close()
    store = Store.open(path)
    with Ledger.open(path) as ledger:
        kept = [(k.failure.item, k.failure.code, k.first_run, k.last_run, k.tries) for k in ledger.failures()]
    assert kept == [("a.txt", "empty", "run_1", "run_2", 2), ("b.txt", "internal", "run_1", "run_2", 2)]
    store.close()
