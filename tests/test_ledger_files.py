"""The file of a ledger: nothing reported is lost and nothing is half there, whatever happens to process or disk."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from casus.errors import BusyError, LedgerError, OutputError
from casus.ledger import store as store_module
from casus.ledger.ledger import Ledger
from casus.ledger.rebuild import rebuild
from casus.ledger.store import APPLICATION_ID, Store, migrations
from tests.papers import AT, WEIGHTS, Deed, by_id, check, filled, happened, opened, paper, store_of
from tests.writers import report

ROOT = Path(__file__).parent.parent


def start(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.writers", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finished(process: subprocess.Popen[str]) -> list[str]:
    """The lines that it printed."""
    out, error = process.communicate(timeout=300)
    assert process.returncode == 0, error
    return out.split()


def holds_whole(ledger: Ledger, name: str) -> None:
    """Every document of the writer is there with all of its claims."""
    for id_ in store_of(ledger).column("SELECT id FROM documents WHERE id LIKE ?", f"{name}%"):
        for claim in report(name, int(id_.removeprefix(name)))[1]:
            assert ledger.claim(claim.id) == claim
            assert ledger.event_of(claim.id) is not None


# ------------------------------------------------------------------ crashes and full disks


@pytest.mark.parametrize("step", [35, 61])
def test_killed_at_any_moment_it_loses_nothing_that_was_reported(tmp_path: Path, step: int) -> None:
    path = tmp_path / "x.casus"
    reported = finished(start("kill", path, 3, step, 10))
    with opened(path) as ledger:
        assert ledger.known(reported) == set(reported)
        assert 0 < ledger.counts()["documents"] < 30, "they were killed before or after they wrote"
        holds_whole(ledger, "k")
        check(ledger)
        ledger.add([paper("more", Deed())], "run")
        check(ledger)
    assert len(reported) == len(set(reported))


def test_a_full_disk_is_told_and_leaves_the_ledger_as_it_was(tmp_path: Path) -> None:
    with opened(tmp_path / "x.casus") as ledger:
        ledger.add([report("a", n) for n in range(3)], "run", at=AT)
        before = by_id(ledger), ledger.log(), ledger.counts()
        db = store_of(ledger).db
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count = {pages}")
        event = ledger.events()[0].id
        full = [report("b", n) for n in range(40)]
        for attempt in (
            lambda: ledger.add(full, "run", at=AT),
            lambda: [ledger.set(event, "killed", str(n), by="me", reason="x" * 9999) for n in range(9)],
        ):
            with pytest.raises(OutputError, match="full"):
                attempt()
            ledger.undo(by="me") if len(ledger.decisions()) else None
        assert by_id(ledger) == before[0]
        db.execute("PRAGMA max_page_count = 1000000")
        assert len(ledger.add(full, "run", at=AT).new) == 40
        check(ledger)


def test_a_file_that_may_grow_no_more_is_told_and_what_was_reported_is_there(tmp_path: Path) -> None:
    path = tmp_path / "x.casus"
    with opened(path) as ledger:
        ledger.add([report("a", 0)], "run", at=AT)
    *reported, code = finished(start("add", path, "f", 500, 600_000))
    assert code == "output"
    with opened(path) as ledger:
        assert store_of(ledger).column("SELECT id FROM documents WHERE id LIKE 'f%' ORDER BY n") == reported
        holds_whole(ledger, "f")
        check(ledger)


# ------------------------------------------------------------------ many at once


def test_two_write_at_once_and_a_reader_sees_whole_states_only(tmp_path: Path) -> None:
    path = tmp_path / "x.casus"
    writers = [start("add", path, name, 12) for name in "ab"]
    with opened(path) as ledger:
        while any(writer.poll() is None for writer in writers):
            with store_of(ledger).reading():
                events, counts = ledger.events(), ledger.counts()
            assert sum(len(e.claims) for e in events) == counts["claims"] == 2 * counts["documents"]
            assert len(events) == counts["events"]
        reported = [id_ for writer in writers for id_ in finished(writer)]
        assert ledger.known(reported) == set(reported)
        check(ledger)
        assert happened(ledger) == happened(filled(*(report(name, n) for name in "ab" for n in range(12))))
    assert len(reported) == 24


def test_a_writer_that_waits_too_long_is_told_so_and_others_read_on(tmp_path: Path) -> None:
    path = tmp_path / "x.casus"
    with opened(path) as ledger:
        ledger.add([report("a", 0)], "run", at=AT)
        other = Store.open(path, wait=0.05)
        waiting = Ledger(other, {}, WEIGHTS)
        with store_of(ledger).writing():
            before = by_id(waiting)
            for attempt in (lambda: waiting.begin({}), lambda: waiting.add([report("a", 1)], "run")):
                with pytest.raises(BusyError, match="another process") as caught:
                    attempt()
                assert "try again" in caught.value.hint
            assert by_id(waiting) == before
        assert waiting.add([report("a", 1)], "run").new == ["a1"]
        other.close()


def test_all_may_make_the_ledger_at_once(tmp_path: Path) -> None:
    errors: list[BaseException] = []

    def make(path: Path, ready: threading.Barrier) -> None:
        ready.wait()
        try:
            Store.open(path, create=True).close()
        except BaseException as error:
            errors.append(error)

    for n in range(15):
        ready = threading.Barrier(3)
        threads = [threading.Thread(target=make, args=(tmp_path / f"{n}.casus", ready)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert errors == []


def test_a_reader_sees_one_moment_while_others_write(tmp_path: Path) -> None:
    path = tmp_path / "x.casus"
    with opened(path) as writer, opened(path) as reader:
        writer.add([report("a", 0)], "run", at=AT)
        with store_of(reader).reading():
            before = reader.events()
            writer.add([report("a", 1)], "run", at=AT)
            assert reader.events() == before
            assert reader.counts()["documents"] == 1
        assert reader.counts()["documents"] == 2


# ------------------------------------------------------------------ what is no ledger


def made_by_another(path: Path, version: int = 0, application: int = 0) -> None:
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE things (a)")
    db.execute(f"PRAGMA user_version = {version}")
    db.execute(f"PRAGMA application_id = {application}")
    db.commit()
    db.close()


def test_what_is_no_ledger_is_not_touched(tmp_path: Path) -> None:
    text, other, newer, folder = (tmp_path / name for name in ("a.txt", "b.db", "c.casus", "d"))
    text.write_text("no ledger, but a long text that says what happened " * 200)
    made_by_another(other)
    made_by_another(newer, 99, APPLICATION_ID)
    folder.mkdir()
    cases = ((text, "is no ledger"), (other, "something else"), (newer, "newer"), (folder, "cannot be opened"))
    for path, words in (*cases, (tmp_path / "nothing.casus", "no ledger at"), (tmp_path / "no/x.casus", "no ledger")):
        before = path.read_bytes() if path.is_file() else None
        with pytest.raises(LedgerError, match=words) as caught:
            Ledger.open(path)
        assert str(path) in caught.value.message
        assert caught.value.hint
        assert (path.read_bytes() if path.is_file() else None) == before
    assert not (tmp_path / "nothing.casus").exists()
    with pytest.raises(LedgerError, match="cannot be opened"):
        Ledger.open(tmp_path / "no/x.casus", create=True)


def test_a_ledger_that_is_closed_or_another_thread_s_is_told_so(tmp_path: Path) -> None:
    ledger = opened(tmp_path / "x.casus")
    errors: list[BaseException] = []

    def elsewhere() -> None:
        try:
            ledger.events()
        except LedgerError as error:
            errors.append(error)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert "thread" in str(errors[0])
    ledger.close()
    with pytest.raises(LedgerError, match="closed"):
        ledger.events()


def test_a_damaged_ledger_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "x.casus"
    with opened(path) as ledger:
        ledger.add([report("a", n) for n in range(9)], "run", at=AT)
    data = bytearray(path.read_bytes())
    data[8192:-8192] = b"\0" * (len(data) - 16384)
    path.write_bytes(data)
    with pytest.raises(LedgerError, match="damaged"):
        _read(path)


def _read(path: Path) -> None:
    with opened(path) as ledger:
        ledger.events()


def test_a_folder_that_may_not_be_written_is_told() -> None:
    # pytest's own folders are for one user alone
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with opened(folder / "x.casus") as ledger:
            ledger.add([report("a", 0)], "run", at=AT)
        before = (folder / "x.casus").read_bytes()
        folder.chmod(0o555)
        told = finished(start("forbidden", folder))
        folder.chmod(0o755)
        assert (folder / "x.casus").read_bytes() == before
        assert not (folder / "new.casus").exists()
    assert told == ["ledger", "ledger"]


# ------------------------------------------------------------------ made anew


def test_made_anew_it_is_the_same_whatever_was_decided_and_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "x.casus"
    opened(path).close()
    assert rebuild(path, weights=WEIGHTS).same
    with opened(path) as ledger:
        papers = [report(name, n) for name in "ab" for n in range(4)]
        for at in range(0, 8, 3):
            ledger.add(papers[at : at + 3], ledger.begin({}, at=AT), at=AT)
        one, other, *_ = ledger.events()
        ledger.set(one.id, "killed", "5", by="me", at=AT)
        ledger.merge(one.id, other.id, by="me", at=AT)
        ledger.reject(ledger.event(one.id).claims[0], by="me", at=AT)
        ledger.reread("a1", papers[1][1][1:], "run", at=AT)
        ledger.rename("IRN", "Persia", by="me", at=AT)
        ledger.undo(ledger.decisions()[2].id, by="me", at=AT)
        ledger.reread("a1", papers[1][1], "run", at=AT)
        before = ledger.events(), ledger.log()
    assert rebuild(path, weights=WEIGHTS, check=True).differs == ()
    with opened(path) as ledger:
        assert (ledger.events(), ledger.log()) == before


# ------------------------------------------------------------------ migrations


def test_migrations_are_numbered_without_gaps_and_the_last_is_the_version(tmp_path: Path) -> None:
    numbers = [number for number, _ in migrations()]
    assert numbers == list(range(1, len(numbers) + 1))
    with opened(tmp_path / "x.casus") as ledger:
        assert store_of(ledger).one("PRAGMA user_version")[0] == numbers[-1]
        assert store_of(ledger).one("PRAGMA application_id")[0] == APPLICATION_ID
        assert store_of(ledger).one("PRAGMA journal_mode")[0] == "wal"


def test_a_later_migration_is_made_once_and_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.casus"
    with opened(path) as ledger:
        ledger.add([report("a", 0)], "run", at=AT)
        before = by_id(ledger)
    known = migrations()
    last = known[-1][0]
    broken = (last + 1, "-- a comment; with a semicolon\nCREATE TABLE later (a);\nCREATE TABLE broken (;\n")
    monkeypatch.setattr(store_module, "migrations", lambda: [*known, broken])
    with pytest.raises(LedgerError):
        Ledger.open(path)
    fine = [(last + 1, "CREATE TABLE later (\n  a -- why; so\n);\n"), (last + 2, "CREATE INDEX by_a ON later (a);")]
    monkeypatch.setattr(store_module, "migrations", lambda: [*known, *fine])
    for _ in range(2):
        with opened(path) as ledger:
            assert store_of(ledger).one("PRAGMA user_version")[0] == last + 2
            assert store_of(ledger).rows("SELECT * FROM later") == []
            assert by_id(ledger) == before
    monkeypatch.undo()
    with pytest.raises(LedgerError, match="newer"):
        Ledger.open(path)
