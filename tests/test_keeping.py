"""Reports into a ledger: nothing read twice, batches, interrupts, runs and recipes, reading anew."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casus import keeping, recipes, rereading
from casus.config import Config
from casus.keeping import Keeper, Listener, Run, WhenNeeded, add_sources, open_ledger
from casus.ledger.ledger import Ledger
from casus.ledger.settled import Changes
from casus.pipeline import ClaimsOrFailure, Reading
from casus.recipes import recipe
from casus.records import Claim, Document, Failure
from casus.rereading import Reread, outdated, reread
from casus.sources import find
from tests.conftest import WordReader

NAMES = ("Ana", "Ben", "Cem", "Dea", "Eli", "Fay", "Gil")
REPORTS = [
    f"The army shelled the town of Zakho on Tuesday and killed two people there, said {name}, who saw it from the hill."
    for name in NAMES
]


class Counting(WordReader):
    """Notes what it was given to read; stops as by Ctrl-C before the n-th."""

    def __init__(self, stop: int | None = None) -> None:
        self.given: list[str] = []
        self.stop = stop

    def read_many(self, documents: Iterable[Document]) -> Iterator[tuple[Document, ClaimsOrFailure]]:
        for document in documents:
            if len(self.given) == self.stop:
                raise KeyboardInterrupt
            self.given.append(document.text)
            yield self._outcome(document)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(cache=tmp_path / "cache")


@pytest.fixture
def ledger(config: Config, tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path / "x.casus", config, create=True) as made:
        yield made


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    for n, text in enumerate(REPORTS):
        (folder / f"{n}.txt").write_text(text, "utf-8")
    return folder


def add(
    ledger: Ledger,
    config: Config,
    *paths: Path,
    reader: WordReader,
    run: Run | None = None,
    listener: Listener | None = None,
) -> Run:
    items = find([str(path) for path in paths]).items
    return add_sources(ledger, items, config, reader=reader, stdin=io.BytesIO(), run=run, listener=listener)


def shape(ledger: Ledger) -> set[tuple[str, ...]]:
    return {event.claims for event in ledger.events()}


class TestAdding:
    """Each document once, committed batch by batch."""

    def test_batches_are_told_of_as_they_are_committed(
        self, ledger: Ledger, config: Config, files: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(keeping, "BATCH", 3)
        committed: list[tuple[int, int]] = []
        listener = Listener(batch=lambda run: committed.append((len(run.new), ledger.counts()["documents"])))
        run = add(ledger, config, files, reader=Counting(), listener=listener)
        assert committed == [(3, 3), (6, 6), (7, 7)]
        assert (len(run.new), run.known, run.claims, run.failures) == (7, [], 14, [])
        assert [line.kind for line in ledger.log()] == ["add"] * 3
        assert {line.cause for line in ledger.log()} == {run.id}

    def test_the_size_of_a_batch_changes_no_event(
        self, config: Config, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shapes = []
        for size in (1, 4, 50):
            monkeypatch.setattr(keeping, "BATCH", size)
            with open_ledger(tmp_path / f"{size}.casus", config, create=True) as ledger:
                add(ledger, config, files, reader=Counting())
                shapes.append(shape(ledger))
        assert shapes[0] == shapes[1] == shapes[2]

    def test_what_is_known_is_counted_and_not_read(self, ledger: Ledger, config: Config, files: Path) -> None:
        first = add(ledger, config, files / "0.txt", files / "1.txt", reader=Counting())
        reader = Counting()
        run = add(ledger, config, files, reader=reader)
        assert reader.given == REPORTS[2:]
        assert sorted(run.known) == sorted(first.new)

    def test_where_all_is_known_no_reader_is_opened_and_nothing_written(
        self, ledger: Ledger, config: Config, files: Path
    ) -> None:
        add(ledger, config, files, reader=Counting())
        before = ledger.path.read_bytes(), ledger.log()
        lazily = WhenNeeded(lambda: pytest.fail("opened"))
        run = add_sources(ledger, find([str(files)]).items, config, reader=lazily, stdin=io.BytesIO())
        assert (run.id, run.new, len(run.known)) == ("", [], 7)
        assert (ledger.path.read_bytes(), ledger.log()) == before

    def test_a_report_that_comes_twice_counts_once(self, ledger: Ledger, config: Config, tmp_path: Path) -> None:
        path = tmp_path / "a.jsonl"
        path.write_text("\n".join(json.dumps({"text": text}) for text in [REPORTS[0]] * 3), "utf-8")
        reader = Counting()
        run = add(ledger, config, path, reader=reader)
        assert (len(reader.given), len(run.new), len(run.known)) == (1, 1, 2)

    def test_another_text_under_an_id_is_a_failure(self, ledger: Ledger, config: Config, tmp_path: Path) -> None:
        path = tmp_path / "a.jsonl"
        path.write_text("\n".join(json.dumps({"id": "d1", "text": text}) for text in REPORTS[:2]), "utf-8")
        run = add(ledger, config, path, reader=Counting())
        assert (run.new, run.known, [f.code for f in run.failures]) == (["d1"], [], ["ledger"])
        assert "another text under the id d1" in run.failures[0].message
        # and in a later run, too: the first text stands
        again = add(ledger, config, path, reader=Counting())
        assert (again.new, again.known, [f.code for f in again.failures]) == ([], ["d1"], ["ledger"])
        assert ledger.documents(["d1"])["d1"].text == REPORTS[0]

    def test_failures_keep_their_place_and_are_written_down(self, ledger: Ledger, config: Config, files: Path) -> None:
        (files / "2.txt").write_text("", "utf-8")
        (files / "3.txt").write_text("This is unreadable to the reader of the tests, said the governor.", "utf-8")
        told: list[str] = []

        def hear(outcome: Reading | Failure) -> None:
            told.append(outcome.code if isinstance(outcome, Failure) else outcome.document.text[-40:-38])

        run = add(ledger, config, files, reader=Counting(), listener=Listener(outcome=hear))
        assert told[2:4] == ["empty", "internal"]
        assert len(told) == 7
        store = ledger._store
        counts, finished = store.one("SELECT counts, finished FROM runs WHERE id = ?", run.id)
        assert json.loads(counts) == {"claims": 10, "copies": 4, "documents": 5, "failed": 1, "known": 0, "refused": 1}
        assert [kept.failure.code for kept in ledger.failures()] == ["empty", "internal"]
        assert finished == 1

    @pytest.mark.parametrize("stop", [0, 1, 3, 4, 6])
    def test_an_interrupt_keeps_what_was_read_and_the_next_run_goes_on(
        self, config: Config, files: Path, tmp_path: Path, stop: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(keeping, "BATCH", 3)
        with open_ledger(tmp_path / "whole.casus", config, create=True) as whole:
            add(whole, config, files, reader=Counting())
            expected = shape(whole)
        with open_ledger(tmp_path / "cut.casus", config, create=True) as cut:
            run = Run()
            with pytest.raises(KeyboardInterrupt):
                add(cut, config, files, reader=Counting(stop), run=run)
            assert len(run.new) == cut.counts()["documents"] == stop
            rest = Counting()
            again = add(cut, config, files, reader=rest)
            assert (len(again.known), len(rest.given)) == (stop, 7 - stop)
            assert shape(cut) == expected

    def test_any_other_error_leaves_the_batch_out_and_the_run_open(
        self, ledger: Ledger, config: Config, files: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Faulty(Counting):
            def read_many(self, documents: Iterable[Document]) -> Iterator[tuple[Document, ClaimsOrFailure]]:
                yield from list(super().read_many(documents))[:5]
                raise ZeroDivisionError

        monkeypatch.setattr(keeping, "BATCH", 3)
        run = Run()
        with pytest.raises(ZeroDivisionError):
            add(ledger, config, files, reader=Faulty(), run=run)
        assert len(run.new) == ledger.counts()["documents"] == 3
        assert ledger._store.one("SELECT finished FROM runs") == (0,)

    def test_where_another_process_is_quicker_the_document_is_known(
        self, ledger: Ledger, config: Config, files: Path
    ) -> None:
        def meanwhile(outcome: Reading | Failure) -> None:
            if isinstance(outcome, Reading) and outcome.document.text == REPORTS[1]:
                with open_ledger(ledger.path, config) as other:
                    add(other, config, files / "0.txt", reader=Counting())

        run = add(ledger, config, files, reader=Counting(), listener=Listener(outcome=meanwhile))
        assert (len(run.new), len(run.known)) == (6, 1)
        assert ledger.counts()["documents"] == 7

    def test_claims_below_the_least_confidence_stay_out(self, ledger: Ledger, config: Config, files: Path) -> None:
        run = add(ledger, replace(config, min_confidence=0.8), files, reader=Counting())
        assert (len(run.new), run.claims, ledger.events()) == (7, 0, [])


@given(st.lists(st.tuples(*(st.sets(st.sampled_from("abcd")) for _ in range(3)))))
def test_each_event_counts_once_by_how_it_stands_at_the_end(batches: list[tuple[set[str], set[str], set[str]]]) -> None:
    run = Run()
    for founded, changed, ended in batches:
        run.moved(Changes(sorted(founded), sorted(changed - founded), sorted(ended - founded - changed)))
    told = run.changes
    every = [*told.founded, *told.changed, *told.ended]
    assert len(every) == len(set(every))


def test_what_a_run_founds_and_ends_itself_is_not_told() -> None:
    run = Run()
    run.moved(Changes(["a", "b"], ["x", "y"], []))
    run.moved(Changes(["c"], ["a", "z"], ["b", "x"]))
    assert (run.changes.founded, run.changes.changed, run.changes.ended) == (["a", "c"], ["y", "z"], ["x"])


class TestRecipe:
    """What a document was read by."""

    def test_it_names_all_that_decides_what_is_read(self, config: Config, tmp_path: Path) -> None:
        plain = recipe(config)
        assert set(plain) == {"package", "model", "codebook", "linking", "settings"}
        assert all(plain.values())
        assert recipe(replace(config, cache=tmp_path / "other", threads=1, ledger=tmp_path / "l", by="ana")) == plain

    def test_settings_count_by_what_stands_in_the_files(self, config: Config, tmp_path: Path) -> None:
        own = tmp_path / "actors.tsv"
        own.write_text("Zarghoon Brigade\tZB\tREB\tPAK\t\t2019\t\n", "utf-8")
        with_actors = recipe(replace(config, actors=own))["settings"]
        moved = own.rename(tmp_path / "moved.tsv")
        assert recipe(replace(config, actors=moved))["settings"] == with_actors
        moved.write_text("Zarghoon Brigade\tZB\tUAF\tPAK\t\t2019\t\n", "utf-8")
        others = [replace(config, actors=moved), replace(config, places=moved), replace(config, min_confidence=0.5)]
        found = {recipe(other)["settings"] for other in [config, *others]} | {with_actors}
        assert len(found) == 5

    def test_the_model_counts_by_its_files(self, config: Config, tmp_path: Path) -> None:
        folder = tmp_path / "model"
        folder.mkdir()
        (folder / "model.json").write_text('{"name": "mine"}', "utf-8")
        other = replace(config, model=folder)
        first = recipe(other)["model"]
        assert first.startswith("mine ")
        (folder / "heads.npz").write_bytes(b"x")
        assert recipe(other)["model"] != first

    def test_the_users_own_actors_tell_linking_who_is_part_of_whom(self, config: Config, tmp_path: Path) -> None:
        own = tmp_path / "actors.tsv"
        own.write_text("Zarghoon Brigade\tZB\tREB\tPAK\tJaish al-Adl\t2019\t\n", "utf-8")
        with open_ledger(tmp_path / "x.casus", replace(config, actors=own), create=True) as ledger:
            known = ledger._change.parents
        assert known["Zarghoon Brigade"] == ("Jaish al-Adl",)
        assert len(known) > 1


class Newer(Counting):
    """Finds only the first claim of a document."""

    def read(self, document: Document) -> list[Claim]:
        return super().read(document)[:1]


class TestReread:
    """Reading anew what another recipe has read."""

    @pytest.fixture
    def older(self, ledger: Ledger, config: Config, files: Path, monkeypatch: pytest.MonkeyPatch) -> Ledger:
        """Seven documents that another model has read."""
        with monkeypatch.context() as patch:
            patch.setattr(recipes, "_model", lambda config: "older")
            add(ledger, config, files, reader=Counting())
        return ledger

    def again(self, ledger: Ledger, config: Config, reader: WordReader, result: Reread | None = None) -> Reread:
        return reread(ledger, config, reader=reader, result=result, told=lambda _: None)

    def test_what_was_read_by_the_same_recipe_is_left_alone(self, ledger: Ledger, config: Config, files: Path) -> None:
        add(ledger, config, files, reader=Counting())
        assert outdated(ledger, config) == []
        result = self.again(ledger, config, Counting())
        assert (result.waiting, result.run.id) == (0, "")

    @pytest.mark.parametrize("part", ["package", "model", "codebook", "linking", "settings"])
    def test_linking_alone_is_no_reason_to_read_anew(
        self, ledger: Ledger, config: Config, files: Path, part: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        add(ledger, config, files, reader=Counting())
        now = recipe(config)
        monkeypatch.setattr(rereading, "recipe", lambda config: {**now, part: "another"})
        assert len(outdated(ledger, config)) == (0 if part == "linking" else 7)

    def test_claims_come_and_go_and_the_old_ones_are_kept(self, older: Ledger, config: Config) -> None:
        result = self.again(older, config, Newer())
        assert (result.waiting, len(result.run.new), result.came, result.went) == (7, 7, 0, 7)
        assert older.counts()["claims"] == 7
        assert older._store.one("SELECT count(*) FROM claims") == (21,)
        assert outdated(older, config) == []

    def test_a_document_of_which_nothing_is_left_is_done_all_the_same(self, older: Ledger, config: Config) -> None:
        class Nothing(Counting):
            def read(self, document: Document) -> list[Claim]:
                return []

        self.again(older, config, Nothing())
        assert (outdated(older, config), older.events()) == ([], [])

    def test_decisions_that_no_claim_carries_any_more_are_named(self, older: Ledger, config: Config) -> None:
        killed = next(c for e in older.events() for c in older.claims(e.id) if c.trigger.exact == "killed")
        shelled = next(c for e in older.events() for c in older.claims(e.id) if c.trigger.exact == "shelled")
        lost = older.reject(killed.id, by="ana")
        kept = older.reject(shelled.id, by="ana")
        result = self.again(older, config, Newer())
        assert result.orphaned == [lost.decision]
        assert [c.trigger.exact for c in older.rejected()] == ["shelled"]
        assert kept.decision not in {d.id for d in older.orphans()}

    def test_an_interrupt_keeps_what_was_done_and_the_next_run_goes_on(self, older: Ledger, config: Config) -> None:
        result = Reread()
        with pytest.raises(KeyboardInterrupt):
            self.again(older, config, Newer(stop=3), result)
        assert len(result.run.new) == 3
        assert len(outdated(older, config)) == 4
        assert len(self.again(older, config, Newer()).run.new) == 4

    def test_what_cannot_be_read_keeps_its_old_claims(self, older: Ledger, config: Config) -> None:
        class Fails(Newer):
            def _outcome(self, document: Document) -> tuple[Document, list[Claim] | Failure]:
                if document.text == REPORTS[0]:
                    return document, Failure("reader", document.id, "internal", "cannot be read")
                return super()._outcome(document)

        result = self.again(older, config, Fails())
        assert (len(result.run.new), len(result.run.failures)) == (6, 1)
        assert older.counts()["claims"] == 6 + 2
        assert outdated(older, config) == [result.run.failures[0].item]


def test_a_keeper_takes_what_was_read_elsewhere(ledger: Ledger, config: Config, reader: WordReader) -> None:
    pairs: Sequence[Document] = [Document.of(text) for text in REPORTS]
    with Keeper(ledger, config) as keeper:
        for document in pairs:
            keeper.put(Reading(document, tuple(reader.read(document))))
    assert keeper.run.new == [document.id for document in pairs]
