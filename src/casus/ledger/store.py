"""The file of a ledger: opening, migrating, transactions, and what its errors mean for people."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from casus.errors import BusyError, CasusError, LedgerError, OutputError, RecordError
from casus.linking.settle_place import kilometres

# "Casu": a SQLite file says whose it is, so that no other is taken for a ledger
APPLICATION_ID = 0x43617375
# seconds that a writer waits for another: one batch takes less than one
WAIT_S = 30.0

Row = tuple[Any, ...]


def migrations() -> list[tuple[int, str]]:
    """Number and SQL of each migration, in order."""
    folder = files("casus.ledger") / "migrations"
    found = [f for f in folder.iterdir() if f.name.endswith(".sql")]
    return sorted((int(f.name.removesuffix(".sql")), f.read_text(encoding="utf-8")) for f in found)


class Store:
    """A connection to a ledger. Reading needs nothing else; writing happens in `writing()`."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self.db, self.path = db, path

    @classmethod
    def open(cls, path: Path, *, create: bool = False, wait: float = WAIT_S) -> Store:
        """Opens the ledger at the path, brought to the newest schema.

        Raises LedgerError where there is none (unless `create`), or where the file is no ledger or a newer one's.
        """
        if not create and not path.exists():
            raise LedgerError(f"there is no ledger at {path}", "`casus add REPORTS` makes one; --ledger names another")
        try:
            db = sqlite3.connect(path, timeout=wait, isolation_level=None)
        except sqlite3.Error as error:
            raise LedgerError(f"the ledger {path} cannot be opened: {error}") from error
        store = cls(db, path)
        try:
            with told(path):
                store._prepare(wait)
        except BaseException:
            db.close()
            raise
        return store

    def _prepare(self, wait: float) -> None:
        # in this order: another process may be making the ledger, and says whose it is together with its tables
        empty = not self.one("SELECT count(*) FROM sqlite_master")[0]
        mine = self._pragma("application_id")
        if mine != APPLICATION_ID and not empty:
            raise LedgerError(f"{self.path} is a database of something else", "name another file with --ledger")
        self._check_version()
        self.db.create_function("kilometres", 4, _kilometres, deterministic=True)
        self._log_ahead(wait)
        # with WAL, full means that what was committed survives a power cut, too
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.execute("PRAGMA foreign_keys = ON")
        self.db.execute("PRAGMA cache_size = -65536")
        self._migrate()

    def _log_ahead(self, wait: float) -> None:
        """Has changes written to a log first (WAL), which is what lets others read meanwhile.

        SQLite does not wait here when another process is doing the same, so we do.
        """
        until = time.monotonic() + wait
        while True:
            try:
                self.db.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
            time.sleep(0.01)

    def _migrate(self) -> None:
        known = migrations()
        if self._pragma("user_version") == known[-1][0]:
            return
        with self.writing():
            at = self._check_version()  # another process may have done it meanwhile
            self.db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            for number, sql in known:
                if number > at:
                    for statement in _statements(sql):
                        self.db.execute(statement)
                    self.db.execute(f"PRAGMA user_version = {number}")

    def _check_version(self) -> int:
        at = self._pragma("user_version")
        if at > migrations()[-1][0]:
            raise LedgerError(f"{self.path} was written by a newer Casus (schema {at})", "update casus-events")
        return at

    def _pragma(self, name: str) -> int:
        return int(self.one(f"PRAGMA {name}")[0])

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction in which this is the only writer; all of it holds, or none.

        Raises BusyError where another process has been writing for longer than the time to wait, OutputError where
        the disk is full.
        """
        with told(self.path):
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.db.execute("COMMIT")
            except BaseException:
                # a full disk has ended the transaction already
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[None]:
        """A transaction in which all is read as of one moment, whatever others write meanwhile."""
        with told(self.path):
            if self.db.in_transaction:
                yield
                return
            self.db.execute("BEGIN")
            try:
                yield
            finally:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")

    def one(self, sql: str, *values: object) -> Row:
        """The only row that there is to the query; the first where there are more. LedgerError where there is none."""
        row = self.maybe(sql, *values)
        if row is None:
            raise LedgerError(f"the ledger {self.path} is damaged: a row is missing", "restore it from a copy")
        return row

    def maybe(self, sql: str, *values: object) -> Row | None:
        """The first row of the query, or None."""
        found: Row | None = self.db.execute(sql, values).fetchone()
        return found

    def rows(self, sql: str, *values: object) -> list[Row]:
        """All rows of the query."""
        return self.db.execute(sql, values).fetchall()

    def column(self, sql: str, *values: object) -> list[Any]:
        """The first column of all rows of the query."""
        return [row[0] for row in self.db.execute(sql, values)]

    def close(self) -> None:
        """Closes the file; a ledger that is not closed loses nothing."""
        self.db.close()


def _kilometres(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    return kilometres((lat1, lon1), (lat2, lon2))


def _statements(sql: str) -> Iterator[str]:
    """The statements of a migration; executescript would end the transaction."""
    part = ""
    for line in sql.splitlines():
        if line.lstrip().startswith("--"):
            continue
        part += line + "\n"
        if sqlite3.complete_statement(part):
            yield part
            part = ""


@contextmanager
def told(path: Path) -> Iterator[None]:
    """What SQLite says, as one of our errors."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _as_ours(error, path) from error
    except UnicodeEncodeError as error:
        raise RecordError("a text holds halves of characters (lone surrogates)", "leave them out") from error


def _as_ours(error: sqlite3.DatabaseError, path: Path) -> CasusError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the kind, without what it is of
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return BusyError(f"another process is writing to {path}")
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return OutputError(f"the ledger {path} cannot be written: {error}")
    if code == sqlite3.SQLITE_NOTADB:
        return LedgerError(f"{path} is no ledger: {error}", "name another file with --ledger")
    if code == sqlite3.SQLITE_CORRUPT:
        return LedgerError(f"the ledger {path} is damaged: {error}", "restore it from a copy")
    if isinstance(error, sqlite3.ProgrammingError):
        return LedgerError(
            f"the ledger {path} cannot be used so: {error}", "open it where it is used, and close it last"
        )
    return LedgerError(f"the ledger {path}: {error}")
