"""Looking back: every version of an event and why it changed, and every step of the ledger."""

from __future__ import annotations

import json
from dataclasses import dataclass

from casus.events import Event
from casus.ledger.codec import event_from
from casus.ledger.store import Store


@dataclass(frozen=True, slots=True)
class LogLine:
    """A step: when, what it was, and in words what it did. `event` is how an event stood after it; None where it
    ended, or where the line is not of an event."""

    step: int
    at: str
    kind: str
    cause: str
    words: str
    version: int | None = None
    event: Event | None = None


def event_lines(store: Store, n: int) -> list[LogLine]:
    """Every version of the event of that number, the first one first."""
    (id_,) = store.one("SELECT id FROM events WHERE n = ?", n)
    sql = """SELECT steps.n, steps.at, steps.kind, versions.cause, versions.version, versions.record
             FROM versions JOIN steps ON steps.n = versions.step WHERE versions.event = ? ORDER BY versions.version"""
    out = []
    for step, at, kind, cause, version, record in store.rows(sql, n):
        by, _, words = cause.partition(": ")
        out.append(LogLine(step, at, kind, by, words, version, event_from(record, id_, version) if record else None))
    return out


def step_lines(store: Store) -> list[LogLine]:
    """Every step of the ledger, the first one first."""
    sql = """SELECT steps.n, steps.at, steps.kind, coalesce(steps.run, steps.decision),
             (SELECT count(*) FROM documents WHERE documents.step = steps.n),
             (SELECT count(*) FROM claims WHERE claims.step = steps.n), decisions.action, decisions.subjects,
             decisions.field, decisions.after, decisions.by, decisions.reason
             FROM steps LEFT JOIN decisions ON decisions.id = steps.decision ORDER BY steps.n"""
    out = []
    for n, at, kind, cause, documents, claims, action, subjects, field, after, by, reason in store.rows(sql):
        if kind == "decision":
            what = " ".join(x for x in (action, *json.loads(subjects), field, after) if x)
            words = f"{by}: {what}" + (f" ({reason})" if reason else "")
        else:
            words = f"{_count(documents if kind == 'add' else 1, 'document')}, {_count(claims, 'claim')}"
        out.append(LogLine(n, at, kind, cause, words))
    return out


def _count(n: int, word: str) -> str:
    return f"{n} {word}{'s' * (n != 1)}"
