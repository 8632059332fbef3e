"""PLOVER root type given the actors: which type has what these two did, by the claim that names them?

    python -m benchmarks.accuracy.plover_types [RECORDS] [--errors 20] [--json]

RECORDS is a file of JSON lines or a table (docs/peers.md), gzipped or not; without it the 58 open gold
records of PLOVER in ../shared are read.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import casus
from benchmarks.accuracy.scoring import HEAD, Counts, by_label, macro_f1, margin, read_text, share
from casus.codebook import Codebook
from casus.errors import CasusError, DataError, IntakeError
from casus.records import Claim, Participant
from casus.text import fold

ROOT = Path(__file__).parents[2]
OPEN_RECORDS = ROOT.parent / "shared" / "corpora" / "plover_gsr_open.jsonl.gz"

# Labels of PLOVER 0.5 that were merged since, by the CAMEO root that each stood for: the crosswalk of the codebook,
# which is CAMEO2PLOVER-2021, says what that root is called today.
FORMER = {"INVESTIGATE": "09", "DEMAND": "10", "DISAPPROVE": "11", "FIGHT": "19"}
# some sets do not tell these two apart and call both YIELD
YIELD, YIELDS = "YIELD", frozenset({"CONCEDE", "RETREAT"})

_EMPTY_WORDS = frozenset({"the", "a", "an", "of", "in", "and", "on", "for", "to", "from", "its", "his", "her"})


@dataclass(frozen=True, slots=True)
class Side:
    """One given actor: its words in the text and its code ("USAGOV", "USA"); either may be empty."""

    words: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A text, who did it to whom, and the type that people gave it, in today's names or YIELD."""

    id: str
    text: str
    type: str
    sources: tuple[Side, ...]
    targets: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The type that Casus gives a record, None where it found no claim; `named`: the claim names one of the actors."""

    type: str | None
    named: bool = False
    reader: str = ""
    failed: str = ""


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        records = read_records(options.records)
        merged = any(record.type == YIELD for record in records)
        answers = [answer(record, merged) for record in records]
    except (OSError, CasusError) as error:
        print(f"{options.records}: {error}", file=sys.stderr)
        return 1
    figures = measured(records, answers)
    if options.json:
        print(json.dumps(figures, indent=1))
    else:
        show(figures, records, answers, options.errors)
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m benchmarks.accuracy.plover_types", description=(__doc__ or "").split("\n", maxsplit=1)[0]
    )
    made.add_argument("records", type=Path, nargs="?", default=OPEN_RECORDS, help="gold records (see docs/peers.md)")
    made.add_argument("--errors", type=int, default=0, metavar="N", help="show the first N records answered wrongly")
    made.add_argument("--json", action="store_true", help="the figures as JSON")
    return made


def read_records(path: Path) -> list[Record]:
    """The records of JSON lines, or of a table where the name says .tsv. Raises DataError with the line's number."""
    text = read_text(path)
    table = path.name.removesuffix(".gz").endswith(".tsv")
    rows = _table(text) if table else _json_lines(text)
    made = []
    for number, row in rows:
        try:
            made.append(as_record(row, str(row.get("id") or number)))
        except (KeyError, TypeError, AttributeError) as error:
            raise DataError(f"line {number} is no record: {error!r}", "see docs/peers.md") from None
        except CasusError as error:
            raise DataError(f"line {number}: {error.message}", error.hint) from None
    return made


def _json_lines(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except json.JSONDecodeError:
                raise DataError(f"line {number} is no JSON", "one object a line") from None


def _table(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows with a header; source and target are words, several of them apart by "|"."""
    for number, row in enumerate(csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE), 2):
        sides = {key: [{"actorText": w} for w in (row.get(key) or "").split("|") if w] for key in ("source", "target")}
        yield number, {**row, **sides}


def as_record(row: dict[str, Any], id: str) -> Record:
    """A record from its JSON object. Braces around a text are marks of its coders and are taken off."""
    text = row["text"].strip().strip("{}").strip()
    return Record(id, text, todays(row["event"]), _sides(row.get("source")), _sides(row.get("target")))


def _sides(given: Any) -> tuple[Side, ...]:
    # one of the open records has a context where its target should be; that is no actor
    if not isinstance(given, list):
        return ()
    return tuple(Side(g.get("actorText") or "", g.get("code") or "") for g in given)


def todays(label: str, book: Codebook | None = None) -> str:
    """A label of any version of PLOVER as it is called today. Raises DataError for an unknown one."""
    book = book or Codebook.load()
    if label in book.type_names or label == YIELD:
        return label
    known = book.from_cameo(FORMER[label]) if label in FORMER else None
    if known is None:
        raise DataError(f"{label!r} is no PLOVER type", f"one of {', '.join((*book.type_names, *FORMER, YIELD))}")
    return known[0]


def likeness(side: Side, said: Participant) -> int:
    """2 where a participant shares a word with a given actor, 1 where only the country is the same, else 0."""
    if content_words(side.words) & content_words(said.span.exact):
        return 2
    return int(len(side.code) >= 3 and side.code[:3] == said.who)


def content_words(text: str) -> frozenset[str]:
    """The words of a name that tell it from another."""
    return frozenset(re.findall(r"[^\W_]+", fold(text))) - _EMPTY_WORDS


def fit(record: Record, claim: Claim) -> int:
    """How well a claim's sides are the given ones, 0 to 4. Sides that stand crossed count for less."""

    def best(sides: Sequence[Side], said: Sequence[Participant]) -> int:
        return max((likeness(side, one) for side in sides for one in said), default=0)

    straight = best(record.sources, claim.actors) + best(record.targets, claim.recipients)
    crossed = best(record.sources, claim.recipients) + best(record.targets, claim.actors)
    return max(straight, crossed - 1)


def chosen(record: Record, claims: Sequence[Claim]) -> tuple[Claim | None, bool]:
    """The claim that fits the given actors best, the surer of two that fit alike; and whether it names one."""
    if not claims:
        return None, False
    best = max(claims, key=lambda claim: (fit(record, claim), claim.confidence))
    return best, fit(record, best) > 0


def answer(record: Record, merged: bool) -> Answer:
    """What Casus answers. A text that it refuses has no answer; a model that is missing is an error."""
    try:
        claims = casus.read(record.text)
    except IntakeError as error:
        return Answer(None, failed=error.code)
    claim, named = chosen(record, claims)
    if claim is None:
        return Answer(None)
    return Answer(YIELD if merged and claim.type in YIELDS else claim.type, named, claim.reader)


def measured(records: Sequence[Record], answers: Sequence[Answer]) -> dict[str, Any]:
    merged = any(record.type == YIELD for record in records)
    gold = [YIELD if merged and record.type in YIELDS else record.type for record in records]
    right = sum(g == a.type for g, a in zip(gold, answers, strict=True))
    given = sum(a.type is not None for a in answers)
    table = by_label(zip(gold, (a.type for a in answers), strict=True))
    return {
        "reader": next((a.reader for a in answers if a.reader), ""),
        "records": len(records),
        "right": right,
        "accuracy": share(right, len(records)),
        "accuracy_95": margin(right, len(records)),
        "answered": given,
        "accuracy_where_answered": share(right, given),
        "by_named_actor": sum(a.named for a in answers),
        "could_not_be_read": sum(bool(a.failed) for a in answers),
        "macro_f1": macro_f1(table),
        "types": {label: counts.as_json() for label, counts in table.items()},
    }


def show(figures: dict[str, Any], records: Sequence[Record], answers: Sequence[Answer], errors: int) -> None:
    low, high = figures["accuracy_95"]
    print(f"{figures['records']} records, read by {figures['reader'] or 'nobody'}")
    print(f"root type right      {figures['accuracy']:.3f}  ({figures['right']}; 95 %: {low:.2f} to {high:.2f})")
    print(f"  where answered     {figures['accuracy_where_answered']:.3f}  ({figures['answered']} answered)")
    print(f"macro F1             {figures['macro_f1']:.3f}")
    print(f"by a given actor     {figures['by_named_actor']} of {figures['answered']}; the others by the surest claim")
    if figures["could_not_be_read"]:
        print(f"could not be read    {figures['could_not_be_read']}")
    print(f"\n{'type':12} {HEAD}")
    for label, row in figures["types"].items():
        print(f"{label:12} {Counts(row['gold'], row['found'], row['right']).row()}")
    wrong = [(r, a) for r, a in zip(records, answers, strict=True) if r.type != a.type]
    for record, given in wrong[:errors]:
        print(f"\n{record.id}: {record.type}, answered {given.type or given.failed or 'nothing'}\n  {record.text}")
    if errors:
        confused = Counter(f"{r.type} as {a.type or 'nothing'}" for r, a in wrong)
        print("\n" + "\n".join(f"{n:4d} {what}" for what, n in confused.most_common()))


if __name__ == "__main__":
    sys.exit(main())
