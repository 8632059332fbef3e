"""`casus.open`: a ledger as Python sees it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import casus
from casus import notebook
from casus.config import SETTINGS
from casus.errors import LedgerError, UnknownError, UsageError
from tests.conftest import WordReader
from tests.ledgers import exchange, first_strike, told

REPORT = "The army shelled the town of Zakho on Tuesday and killed two people there, the governor said."


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader: WordReader) -> Iterator[casus.Ledger]:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CASUS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(notebook, "open_reader", lambda config: reader)
    monkeypatch.setattr(notebook, "read_document", lambda document, config: reader.read(document))
    with casus.open(tmp_path / "x.casus", create=True) as made:
        yield made


def test_a_ledger_is_made_only_when_asked(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="there is no ledger"):
        casus.open(tmp_path / "typo.casus")
    with casus.open(tmp_path / "x.casus", create=True) as ledger:
        assert ledger.path == tmp_path / "x.casus"
        assert repr(ledger) == f"<casus.Ledger {ledger.path}>"
    with casus.open(str(tmp_path / "x.casus")) as ledger:
        assert ledger.counts()["documents"] == 0


def test_paths_documents_and_pairs_can_be_added(ledger: casus.Ledger, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    for n in range(3):
        (folder / f"{n}.txt").write_text(f"{REPORT} So said number {n}.", "utf-8")
    document = casus.Document.of(f"{REPORT} And so said another.")
    run = ledger.add(folder / "0.txt", str(folder), document, told("a", first_strike("a")), publisher="The Herald")
    assert (len(run.new), len(run.known), run.claims, run.failures) == (5, 0, 9, [])
    assert {ledger.document(id_).publisher for id_ in run.new} == {"The Herald", None, "Paper a"}
    assert ledger.document("a").title == "Report a"
    again = ledger.add(folder, document, told("a", first_strike("a")))
    assert (again.new, len(again.known)) == ([], 5)


def test_what_cannot_be_read_is_among_the_failures(
    ledger: casus.Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(document: casus.Document, config: object) -> list[casus.Claim]:
        raise casus.CasusError("no", "try another")

    monkeypatch.setattr(notebook, "read_document", refuses)
    (tmp_path / "empty.txt").write_bytes(b"")
    run = ledger.add(tmp_path / "none.txt", tmp_path / "empty.txt", casus.Document.of("..."), told("a"))
    assert [failure.code for failure in run.failures] == ["intake", "empty", "error"]
    assert run.new == ["a"]


DOCUMENT, CLAIMS = told("a", first_strike("a"))


@pytest.mark.parametrize(
    "source",
    [
        7,
        None,
        b"bytes",
        "-",
        CLAIMS[0],
        (DOCUMENT,),
        (DOCUMENT, iter(CLAIMS)),
        (DOCUMENT, ["claim"]),
        (DOCUMENT, [first_strike("b")]),
        (casus.Document.of("other words", id="a"), CLAIMS),
    ],
)
def test_what_makes_no_sense_adds_nothing(ledger: casus.Ledger, source: Any) -> None:
    with pytest.raises(UsageError):
        ledger.add(told("fine", first_strike("fine")), source)
    assert ledger.counts()["documents"] == 0


@pytest.fixture
def exchanged(ledger: casus.Ledger) -> casus.Ledger:
    ledger.add(*exchange())
    return ledger


def test_events_are_asked_for_by_keyword(exchanged: casus.Ledger) -> None:
    assert len(exchanged.events()) == 3
    assert [e.types[0] for e in exchanged.events(country="Pakistan", since="2024-01-19")] == ["PROTEST"]
    (second,) = exchanged.events(actor="pakistan", until=date(2024, 1, 18), near=(27.37, 62.33, 20))
    assert (second.figure("killed"), second.reports_n) != (None, 1)
    assert exchanged.events(killed=2, limit=1, offset=1) == [second]
    with pytest.raises(UsageError, match="since"):
        exchanged.events(since="yesterday")


def test_events_claims_documents_and_why(exchanged: casus.Ledger) -> None:
    event = exchanged.events(killed=5)[0]
    claims = exchanged.claims(event)
    assert claims == exchanged.claims(event.id[:10])
    assert exchanged.event(event.id[:10]) == exchanged.event_of(claims[0]) == exchanged.event_of(claims[0].id[:10])
    assert exchanged.claim(claims[0].id[:12]) == claims[0]
    document = exchanged.document(claims[0].document_id)
    at = claims[0].trigger
    assert document.text[at.start : at.end] == at.exact
    assert exchanged.why(claims[0], claims[1].id).same_event
    with pytest.raises(UnknownError):
        exchanged.event("evt_zz")


def test_decisions_are_written_down_with_who_and_why(exchanged: casus.Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "dea")
    first, second, protest = exchanged.events()
    exchanged.merge(first.id, second.id, reason="one campaign")
    exchanged.undo(by="ben")
    exchanged.set(first.id, "killed", "3")
    exchanged.settle(second.id, "killed", "9")
    exchanged.split([exchanged.claims(second)[0]])
    exchanged.reject(exchanged.claims(protest)[0])
    made = exchanged.rename("PAK", "Pakistan's army")
    told_ = [(d.action, d.by, d.reason) for d in exchanged.decisions()]
    assert told_[:2] == [("merge", "dea", "one campaign"), ("undo", "ben", "")]
    assert [action for action, _, _ in told_[2:]] == ["set", "settle", "split", "reject", "rename"]
    assert exchanged.decisions()[-1].id == made.decision
    assert exchanged.orphans() == []
    assert [line.version for line in exchanged.log(first.id)][:3] == [1, 2, 3]
    assert [line.kind for line in exchanged.log()] == ["add"] + ["decision"] * 7
    with pytest.raises(UsageError, match="list of claims"):
        exchanged.split("clm_1")


def test_the_setting_says_who_decides(exchanged: casus.Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASUS_BY", "ana")
    with casus.open(exchanged.path) as ledger:
        ledger.set(ledger.events()[0].id, "killed", "3")
        assert ledger.decisions()[0].by == "ana"
