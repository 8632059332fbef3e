"""Reading anew what another recipe has read: one document a step, so that an interrupt keeps what was done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from casus.config import Config
from casus.errors import SecondReaderError
from casus.keeping import Run, finish
from casus.ledger.intake_log import Failed
from casus.ledger.ledger import Ledger
from casus.pipeline import Reading, Reads, Taken, read_taken
from casus.recipes import recipe
from casus.records import Failure

# the parts of a recipe that decide what a reader finds; linking goes its own way
READING = ("package", "model", "codebook", "settings")


@dataclass(slots=True)
class Reread:
    """What reading anew came to: documents done, claims that came and went, the events moved (in `run`), and ids of
    decisions that no claim carries any more, which did before. `waiting` were to be read when it began."""

    run: Run = field(default_factory=Run)
    waiting: int = 0
    came: int = 0
    went: int = 0
    orphaned: list[str] = field(default_factory=list)


def outdated(ledger: Ledger, config: Config) -> list[str]:
    """Ids of the documents whose newest reading was made by another recipe than the one that the settings give."""
    now = _reading_part(recipe(config))
    return [id_ for id_, was in ledger.readings().items() if _reading_part(was) != now]


def _reading_part(whole: Mapping[str, str]) -> dict[str, str]:
    return {name: whole.get(name, "") for name in READING}


def reread(
    ledger: Ledger, config: Config, *, reader: Reads, result: Reread | None = None, told: Callable[[Reread], None]
) -> Reread:
    """Reads anew what another recipe has read, one document a step; `result` is filled, and `told` after each.

    An interrupt keeps what was done, and the next run goes on from there. What cannot be read keeps its old claims.
    """
    out = Reread() if result is None else result
    ids = outdated(ledger, config)
    out.waiting = len(ids)
    if not ids:
        return out
    before = {d.id for d in ledger.orphans()}
    out.run.id = ledger.begin(recipe(config))
    taken: Iterator[Taken] = ((id_, ledger.documents([id_])[id_]) for id_ in ids)

    def close() -> None:
        out.orphaned = [d.id for d in ledger.orphans() if d.id not in before]
        # a failure of a document's reading lies under the document's id
        ledger.fail(out.run.id, [Failed(f, f.item) for f in out.run.failures])
        finish(ledger, out.run, out.run.new)

    try:
        for outcome in read_taken(taken, reader, config):
            _replace(ledger, outcome, out)
            told(out)
    except (KeyboardInterrupt, SecondReaderError):
        close()
        raise
    close()
    return out


def _replace(ledger: Ledger, outcome: Reading | Failure, out: Reread) -> None:
    """Puts one newer reading in the place of the older one."""
    if isinstance(outcome, Failure):
        out.run.failures.append(outcome)
        return
    id_ = outcome.document.id
    was, now = {c.id for c in ledger.claims_in(id_)}, {c.id for c in outcome.claims}
    out.run.moved(ledger.reread(id_, outcome.claims, out.run.id))
    out.run.new.append(id_)
    out.run.claims += len(now)
    out.came += len(now - was)
    out.went += len(was - now)
