"""Small ledgers with a past, for tests of releases: papers added, decisions of every sort, some taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from hypothesis import strategies as st

from casus.errors import UsageError
from casus.export.release import Made, make_release
from casus.ledger.ledger import Ledger
from tests.papers import AT, WEIGHTS, Deed, Paper, paper, shifted
from tests.telling import KARACHI, PANJGUR, SORDO

VALUES = [("killed", "5"), ("actor", "USA"), ("date", "2024-01-12"), ("place", "Quetta, PAK")]


@dataclass(frozen=True, slots=True)
class Act:
    """Something to do to a ledger, with two numbers by which it is chosen to what."""

    what: str
    one: int = 0
    other: int = 0


deeds = st.builds(
    Deed,
    day=st.sampled_from(["2024-01-15", "2024-01-16", "2024-01-16", "2024-01-19", None]),
    town=st.sampled_from([PANJGUR, SORDO, KARACHI, None]),
    by=st.sampled_from(["IRN", "Jaish al-Adl", None]),
    killed=st.sampled_from([None, 2, 9]),
)
deeds_of_papers = st.lists(st.lists(deeds, max_size=3), min_size=1, max_size=4)
acts = st.lists(
    st.builds(
        Act,
        st.sampled_from(["add", "merge", "split", "reject", "set", "settle", "rename", "undo", "undo", "reread"]),
        st.integers(0, 50),
        st.integers(0, 50),
    ),
    max_size=6,
)
more = st.lists(deeds, min_size=1, max_size=2)


def papers(found: Sequence[Sequence[Deed]]) -> list[Paper]:
    """A paper for each of these."""
    return [paper(f"d{n}", *some, lead=f"News {n}.") for n, some in enumerate(found)]


def filled(path: Path | str, found: Sequence[Paper], parents: Mapping[str, Sequence[str]] | None = None) -> Ledger:
    """A ledger with these papers, two of them in a step."""
    ledger = Ledger.open(path, create=True, weights=WEIGHTS, parents=parents)
    run = ledger.begin({"package": "test", "linking": "by hand"}, at=AT)
    for at in range(0, len(found), 2):
        ledger.add(found[at : at + 2], run, at=AT)
    return ledger


def play(ledger: Ledger, wanted: Sequence[Act], further: Sequence[Deed]) -> None:
    """Does what can be done of it."""
    for n, act in enumerate(wanted):
        with suppress(UsageError):  # there is nothing to do so
            _do(ledger, act, paper(f"later {n} {ledger.counts()['documents']}", *further, lead=f"Later {n}."))


def _do(ledger: Ledger, act: Act, further: Paper) -> None:
    if act.what == "add":
        ledger.add([further], "run", at=AT)
        return
    if act.what == "rename":
        ledger.rename("IRN", ["Persia", "PAK"][act.one % 2], by="me", at=AT)
        return
    if act.what == "undo":
        decisions = ledger.decisions()
        if decisions:
            ledger.undo(decisions[act.one % len(decisions)].id, by="me", at=AT)
        return
    if events := ledger.events():
        _decide(ledger, act, events[act.one % len(events)].id, events[act.other % len(events)].id)


def _decide(ledger: Ledger, act: Act, event: str, other: str) -> None:
    held = ledger.claims(event)
    some = [c.id for c in held[: act.other % len(held)] or held[:1]]
    if act.what == "merge":
        ledger.merge(event, other, by="me", reason="one and the same", at=AT)
    elif act.what == "split":
        ledger.split(some, by="me", at=AT)
    elif act.what == "reject":
        ledger.reject(some[-1], by="me", at=AT)
    elif act.what == "set":
        ledger.set(event, *VALUES[act.other % len(VALUES)], by="me", at=AT)
    elif act.what == "settle":
        for conflict in ledger.event(event).conflicts[:1]:
            ledger.settle(event, conflict.kind, conflict.options[-1].value, by="me", at=AT)
    else:
        document = ledger.document(held[0].document_id)
        claims = ledger.claims_in(document.id)
        # one claim told in more words, as long as there are some, and the last one told no more
        first = claims[0]
        longer = shifted(document, first) if first.trigger.end + 4 <= first.sentence.end else first
        ledger.reread(document.id, [longer, *claims[1:-1]], "run", at=AT)


def released(ledger: Ledger, folder: Path, **options: Any) -> Made:
    """A release of all of it."""
    return make_release(ledger, "test-1", folder, **options)


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file in the folder, by its path within."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def words_of(folder: Path) -> str:
    """All that is told in any file of the folder."""
    told = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        told.append(str(pq.read_table(path).to_pylist()) if path.suffix == ".parquet" else path.read_text("utf-8"))
    return "\n".join(told)
