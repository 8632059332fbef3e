"""The shipped reader on our own reports that nothing is trained on, tests/incidents and tests/samples, by the scorer.

python -m training.measure_incidents [--shared ../shared]
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import casus
from casus.compose import Reader
from casus.config import Config
from casus.intake.load import documents_from_bytes
from casus.jsonl import claim_line
from casus.records import Document
from casus.samples import samples
from training.annotated import document_of
from training.fit_linking import INCIDENTS, lines
from training.score import figures, load_scorer

SAMPLES = INCIDENTS.parent / "samples"


def incident_documents() -> list[Document]:
    return [document_of(row) for row in lines(INCIDENTS / "reports.jsonl")]


def sample_documents() -> list[Document]:
    """The samples as they are taken in, under the names that their annotations use."""
    out = []
    for s in samples():
        (made,) = casus.documents(s.path, published=s.published, publisher=s.publisher)
        assert isinstance(made, Document)
        out.append(Document.of(made.text, id=s.file.rsplit(".", 1)[0], title=made.title, publisher=made.publisher,
                               published=made.published, url=made.url))  # fmt: skip
    return out


def write_gold(folder: Path, reader: Reader, documents: Sequence[Document], rows: Sequence[dict[str, Any]]) -> None:
    """The annotations as the scorer takes them: sentences, and triggers by sentence and occurrence."""
    for name in ("docs", "claims"):
        (folder / name).mkdir(parents=True)
    for d in documents:
        sentences = [list(s) for s in reader.prepare(d).bounds]
        published = d.published.isoformat() if d.published else None
        head = {"id": d.id, "publisher": d.publisher, "url": d.url, "published": published, "title": d.title}
        (folder / f"docs/{d.id}.json").write_text(json.dumps(head | {"text": d.text, "sentences": sentences}))
        made = []
        for row in (r for r in rows if r["doc"] == d.id):
            n, first = next((n, a) for n, (a, b) in enumerate(sentences) if a <= row["start"] < b)
            nth = d.text.count(row["trigger"], first, row["start"]) + 1
            made.append(json.dumps(row | {"s": n, "trigger": f"{row['trigger']}#{nth}" if nth > 1 else row["trigger"]}))
        (folder / f"claims/{d.id}.jsonl").write_text("\n".join(made) + "\n")


def taken_in(gold: Path, documents: Sequence[Document]) -> Iterator[Document]:
    """The documents as intake makes them of the gold files, with regions and dateline."""
    for d in documents:
        (made,) = documents_from_bytes((gold / f"docs/{d.id}.json").read_bytes(), name=d.id)
        assert isinstance(made, Document)
        yield made


def main() -> None:
    ask = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    ask.add_argument("--shared", type=Path, default=Path("../shared"))
    scorer = load_scorer(ask.parse_args().shared / "tools/score_claims.py")
    reader = Reader.load(Config.load())
    for name, folder, documents in (
        ("incidents", INCIDENTS, incident_documents()),
        ("samples", SAMPLES, sample_documents()),
    ):
        with tempfile.TemporaryDirectory() as scratch:
            gold = Path(scratch) / "gold"
            write_gold(gold, reader, documents, lines(folder / "claims.jsonl"))
            read = [json.loads(claim_line(d, c)) for d in taken_in(gold, documents) for c in reader.read(d)]
            out, _ = scorer.score(str(gold), read, {d.id for d in documents})
        print(name, json.dumps({k: round(v, 3) for k, v in figures(out).items()}))


if __name__ == "__main__":
    main()
