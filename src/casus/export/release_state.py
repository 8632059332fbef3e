"""A state of a ledger to compare with another: a release, or the ledger itself as it is now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Protocol

from casus.errors import ReleaseError
from casus.export.release import state_of
from casus.export.release_manifest import MANIFEST, Manifest, State, read_manifest
from casus.export.release_read import table_rows
from casus.ledger.feed import FlatChange, changes
from casus.ledger.flat import FlatConflict, FlatEvent, flat_claims, flat_conflicts, flat_events, snapshot
from casus.ledger.flat_past import flat_steps
from casus.ledger.ledger import Ledger
from casus.ledger.queries import Filter


class Compared(Protocol):
    """What a comparison needs of a state; rows in any order."""

    name: str
    state: State
    asked: Filter

    def events(self) -> Iterator[FlatEvent]: ...

    def conflicts(self) -> Iterator[FlatConflict]: ...

    def claims(self) -> Iterator[tuple[str, str]]:
        """Ids of claims that count and of the event of each."""
        ...

    def changes(self, since: int) -> Iterator[FlatChange]: ...

    def holds(self, state: State) -> bool:
        """Whether that state is in its past, or is it."""
        ...

    def snapshot(self) -> AbstractContextManager[None]:
        """All that is asked within is of one moment."""
        ...


class OfRelease:
    """A release as a state."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.name, self.folder = manifest.name, folder
        self.state, self.asked = manifest.state, manifest.asked

    def events(self) -> Iterator[FlatEvent]:
        return map(FlatEvent._make, table_rows(self.folder, "events", FlatEvent._fields))

    def conflicts(self) -> Iterator[FlatConflict]:
        return map(FlatConflict._make, table_rows(self.folder, "conflicts", FlatConflict._fields))

    def claims(self) -> Iterator[tuple[str, str]]:
        for claim, event in table_rows(self.folder, "claims", ["claim_id", "event_id"]):
            if event is not None:
                yield claim, event

    def changes(self, since: int) -> Iterator[FlatChange]:
        rows = map(FlatChange._make, table_rows(self.folder, "changes", FlatChange._fields))
        return (change for change in rows if change.step > since)

    def holds(self, state: State) -> bool:
        rows = table_rows(self.folder, "steps", ["step", "at", "digest"])
        return state.step == 0 or any(State(*row) == state for row in rows)

    def snapshot(self) -> AbstractContextManager[None]:
        return nullcontext()


class OfLedger:
    """A ledger as a state; `asked` chooses of it."""

    def __init__(self, ledger: Ledger, asked: Filter | None = None) -> None:
        self.name, self.ledger, self.asked = str(ledger.path), ledger, asked or Filter()
        self.state = state_of(ledger)

    def events(self) -> Iterator[FlatEvent]:
        return flat_events(self.ledger, self.asked)

    def conflicts(self) -> Iterator[FlatConflict]:
        return flat_conflicts(self.ledger, self.asked)

    def claims(self) -> Iterator[tuple[str, str]]:
        for claim in flat_claims(self.ledger, self.asked):
            if claim.event_id is not None:
                yield claim.claim_id, claim.event_id

    def changes(self, since: int) -> Iterator[FlatChange]:
        return changes(self.ledger, since)

    def holds(self, state: State) -> bool:
        steps = flat_steps(self.ledger)
        return state.step == 0 or any(State(s.step, s.at, s.digest) == state for s in steps)

    def snapshot(self) -> AbstractContextManager[None]:
        return snapshot(self.ledger)


@contextmanager
def opened_states(one: str | Path, other: str | Path) -> Iterator[tuple[Compared, Compared]]:
    """Two states by the paths of a release's folder or of a ledger. What a release has chosen of its ledger is chosen
    of a ledger that it is compared with, too. Raises ReleaseError, LedgerError."""
    paths = (Path(one), Path(other))
    asked = next((read_manifest(path).asked for path in paths if is_release(path)), None)
    ledgers = [None if is_release(path) else Ledger.open(path) for path in paths]
    try:
        found = [
            OfRelease(path, read_manifest(path)) if ledger is None else OfLedger(ledger, asked)
            for path, ledger in zip(paths, ledgers, strict=True)
        ]
        yield found[0], found[1]
    finally:
        for ledger in ledgers:
            if ledger is not None:
                ledger.close()


def is_release(path: Path) -> bool:
    """Whether the path is that of a release. Raises ReleaseError for a folder that is none."""
    if path.is_dir() and not (path / MANIFEST).is_file():
        raise ReleaseError(f"{path} is no release: there is no {MANIFEST} in it", "name a release's folder or a ledger")
    return path.is_dir()


def since_of(ledger: Ledger, release: Path) -> int:
    """The step after which everything is new to whoever has that release. Raises ReleaseError where it is not of the
    past of this ledger."""
    state = read_manifest(release).state
    if not OfLedger(ledger).holds(state):
        hint = "`casus diff` compares releases and ledgers of any past"
        raise ReleaseError(f"{release} is of no state that {ledger.path} was ever in", hint)
    return state.step
