"""Adding from Python: paths that are read first, documents, and pairs of a document and its claims."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from casus.errors import CasusError, UsageError
from casus.notebook.desk import Desk
from casus.pipeline import Reading, Reads, read_taken, take_in
from casus.records import Claim, Document, Failure
from casus.sources import find

if TYPE_CHECKING:
    from casus.keeping import Keeper, Run

# what can be added: a path (a file, a folder, a glob), a document, or a document and its claims
Addable = str | Path | Document | tuple[Document, Sequence[Claim]]
_HINT = "give paths, documents, or pairs of a document and its claims"


@dataclass(frozen=True, slots=True)
class Adder:
    """Adds to a ledger. `reader` opens the reader when there is a path to read, `read` reads one document."""

    desk: Desk
    reader: Callable[[], Reads]
    read: Callable[[Document], Sequence[Claim]]

    def add(self, sources: Sequence[Addable], published: date | None, publisher: str | None) -> Run:
        """Adds them in their order. Raises UsageError before anything is added where one makes no sense."""
        from casus.keeping import Keeper  # noqa: PLC0415 - numpy and the rest of linking

        for source in sources:
            check(source)
        with Keeper(self.desk.ledger, self.desk.config) as keeper:
            # paths that stand together are read together, which is quicker
            for _, some in groupby(sources, lambda s: isinstance(s, str | Path)):
                group = list(some)
                self._paths(keeper, [str(s) for s in group if isinstance(s, str | Path)], published, publisher)
                for source in group:
                    if not isinstance(source, str | Path):
                        self._document(keeper, source)
        return keeper.run

    def _paths(self, keeper: Keeper, paths: Sequence[str], published: date | None, publisher: str | None) -> None:
        from casus.keeping import WhenNeeded  # noqa: PLC0415

        config = self.desk.config
        items = find(paths, published=published, publisher=publisher).items
        files = take_in(items, config, stdin=io.BytesIO(), today=date.today(), on_source=keeper.opened, memory=keeper)
        for outcome in read_taken(keeper.unknown(files), WhenNeeded(self.reader), config):
            keeper.put(outcome)

    def _document(self, keeper: Keeper, source: Document | tuple[Document, Sequence[Claim]]) -> None:
        document = source if isinstance(source, Document) else source[0]
        for _, made in keeper.unknown([("", document)]):
            if isinstance(made, Failure):
                keeper.put(made)
                continue
            try:
                claims = self.read(made) if isinstance(source, Document) else source[1]
            except CasusError as error:
                keeper.put(Failure("reader", made.id, error.code, error.message, error.hint))
            else:
                keeper.put(Reading(made, tuple(claims), made.id))


def check(source: object) -> None:
    """Raises UsageError for what cannot be added."""
    if source == "-":
        raise UsageError("standard input is for the command line", "give bytes to casus.documents")
    if isinstance(source, str | Path | Document):
        return
    if not (isinstance(source, tuple) and len(source) == 2 and isinstance(source[0], Document)):
        raise UsageError(f"a {type(source).__name__} cannot be added to a ledger", _HINT)
    document, claims = source
    if not isinstance(claims, Sequence):
        raise UsageError(f"the claims of {document.id} are a {type(claims).__name__}", "give a list")
    for claim in claims:
        if not isinstance(claim, Claim) or claim.document_id != document.id:
            raise UsageError(f"{document.id} is given with what is no claim of it", _HINT)
        at = claim.trigger
        if document.text[at.start : at.end] != at.exact:
            raise UsageError(f"{claim.id} is not of the text of {document.id}", "read the document that you give")
