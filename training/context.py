"""A report's triggers and what their sides, places and dates can be, as the context network learns to choose them."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from casus.assemble import Page
from casus.compose import Prepared, named_mentions, open_places
from casus.config import Config
from casus.reader.candidates import TASKS, Candidate
from casus.reader.context import place
from casus.reader.sentences import split
from casus.records import Document
from casus.world.actors import ActorBook, document_home
from training import corpora
from training.batches import Encoded
from training.labels import TYPES
from training.score import load_scorer

SCORER: Any = load_scorer(corpora.SHARED / "tools/score_claims.py")
# sentences of a report that are taken together; few reports are longer
MOST = 64


@dataclass
class Setting:
    """One report (or a stretch of it) for the context network. Words are (unit, word) among `units`."""

    units: list[Encoded]
    triggers: Tensor  # [t, 2] unit, word
    types: Tensor  # [t]
    candidates: Tensor  # [c, 3] unit, first word, last word
    kinds: Tensor  # [c]
    counts: Tensor  # [c] how often the candidate's group is named, in buckets
    groups: tuple[str, ...]  # of the candidates
    fit: Tensor  # [c, 4] bool: may be a value of the task
    right: Tensor  # [t, 1 + c, 4] bool; row 0 is "none"
    known: Tensor  # [t, 4] bool: the right value is among the candidates
    same: Tensor  # [t, t] bool: one event
    paired: Tensor  # [t, t] bool: of one type, the first before the second


class Pages:
    """Documents with what the dictionaries see in them, as `compose.Reader` prepares them."""

    def __init__(self) -> None:
        self.book, self.index = ActorBook.load(), open_places(Config.load())

    def page(self, document: Document) -> Page:
        text = document.text
        sentences = tuple(split(text, document.regions or None))
        actors, places = tuple(self.book.find(text)), tuple(self.index.find(text))
        home = document_home(text, actors, document.title)
        prepared = Prepared(document, sentences, (), actors, places, home)
        return Page(
            document, sentences, actors, places, home, tuple(named_mentions(prepared, [])), self.book, self.index, ""
        )


def whos(values: list[str] | None) -> frozenset[str]:
    return frozenset(SCORER.who(x) for x in values or []) - {"?"}


def truth(claim: dict[str, Any], published: bool) -> list[frozenset[str] | None]:
    """The right groups of each task; empty: none; None: not known."""
    iso = (claim.get("place_is") or "")[-3:]
    date = "/".join(claim["date"]) if claim.get("date") else None
    return [
        whos(claim.get("actor_is")),
        whos(claim.get("recipient_is")),
        frozenset([iso] if iso else []),
        frozenset([date] if date else []) if published or date else None,
    ]


def setting(units: list[Encoded], found: list[Candidate], published: bool) -> Setting | None:
    """The tensors of a stretch of a report; None where it has no trigger."""
    triggers = [(n, t) for n, u in enumerate(units) for t in u.unit.triggers if t.claim is not None]
    if not triggers:
        return None
    placed = place(found, [u.unit.starts[: len(u.first)] for u in units])
    fit = torch.from_numpy(placed.fit)
    size = len(placed.groups)
    right = torch.zeros(len(triggers), 1 + size, len(TASKS), dtype=torch.bool)
    known = torch.zeros(len(triggers), len(TASKS), dtype=torch.bool)
    keys = [SCORER.who(g) if actor else g for g, actor in zip(placed.groups, placed.fit[:, 0], strict=True)]
    for k, (_, t) in enumerate(triggers):
        assert t.claim is not None
        for n, want in enumerate(truth(t.claim, published)):
            if want is None:
                continue
            if not want:
                right[k, 0, n] = True
            for j, key in enumerate(keys):
                if key in want and bool(fit[j, n]):
                    right[k, 1 + j, n] = True
            known[k, n] = bool(right[k, :, n].any())
    events = [(t.claim or {}).get("event") for _, t in triggers]
    same = torch.tensor([[a is not None and a == b for b in events] for a in events])
    of_type = torch.tensor([[a.type == b.type for _, b in triggers] for _, a in triggers])
    return Setting(
        units,
        torch.tensor([[n, t.first] for n, t in triggers]),
        torch.tensor([TYPES.index(t.type or "") for _, t in triggers]),
        torch.from_numpy(placed.where),
        torch.from_numpy(placed.kinds),
        torch.from_numpy(placed.counts),
        placed.groups,
        fit,
        right,
        known,
        same,
        of_type & torch.ones_like(of_type).triu(1),
    )


def settings(coded: list[Encoded], documents: dict[str, Document]) -> list[tuple[list[Encoded], Setting | None]]:
    """Each report's units, cut where it is very long, with its setting."""
    pages = Pages()
    by_doc: dict[str, list[Encoded]] = {}
    for e in coded:
        by_doc.setdefault(e.unit.doc, []).append(e)
    out = []
    for key, units in by_doc.items():
        page = pages.page(documents[key])
        found = page.candidates()
        published = documents[key].published is not None
        for first in range(0, len(units), MOST):
            part = units[first : first + MOST]
            out.append((part, setting(part, found, published)))
    return out


def load_documents(ids: list[str]) -> dict[str, Document]:
    """Gold and annotated reports as the pipeline takes them."""
    from training.evaluate import documents

    gold = set(corpora.gold_ids())
    found = documents([k for k in ids if k in gold])
    with tempfile.TemporaryDirectory() as scratch:
        folder = corpora.write_annotated(Path(scratch))
        found += documents([k for k in ids if k not in gold], folder)
    return dict(zip([*(k for k in ids if k in gold), *(k for k in ids if k not in gold)], found, strict=True))


