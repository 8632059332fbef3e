"""Strict source-target-CAMEO root on sentences: a triple is right only when all three of its parts are.

    python -m benchmarks.accuracy.cameo_triples [SENTENCES] [--errors 20] [--json]

SENTENCES is a table or a file of JSON lines with sentence, source, target and cameo (docs/peers.md); without it
the thirty sentences that lie here are read, on which figures mean little.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations, product
from pathlib import Path
from typing import Any, get_args

import casus
from benchmarks.accuracy.scoring import HEAD, Counts, paired, read_text
from casus.codebook import Codebook
from casus.errors import CasusError, DataError, IntakeError
from casus.records import Claim, Participant, Sector
from casus.text import fold

SAMPLE = Path(__file__).parent / "cameo_sentences.tsv"
COLUMNS = ("sentence", "source", "target", "cameo")

# by what a triple is compared, strictest first
LEVELS = ("sides and CAMEO root", "sides and PLOVER type", "sides alone")

# a country or a sector, and sectors behind it: "USA", "USAGOV", "SYRREBUAF"
_CODE = re.compile(r"(?:[A-Z]{3}){1,4}")


@dataclass(frozen=True, slots=True)
class Gold:
    """A triple that people coded. `source` and `target` as written; `type` is None where PLOVER has none."""

    source: str
    target: str
    root: str
    type: str | None


@dataclass(frozen=True, slots=True)
class Side:
    """One side as Casus resolved it."""

    who: str | None
    name: str
    sector: str


@dataclass(frozen=True, slots=True)
class Triple:
    """A triple that a claim says."""

    source: Side
    target: Side
    root: str
    type: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text and the triples in it: none where people found no event. `one_sided`: rows without a source or target."""

    text: str
    gold: tuple[Gold, ...]
    one_sided: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """What Casus said of a sentence; `failed` is the code of the error where it could not be read."""

    triples: tuple[Triple, ...] = ()
    reader: str = ""
    failed: str = ""


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        sentences = read_sentences(options.sentences)
        results = [read(sentence.text) for sentence in sentences]
    except (OSError, CasusError) as error:
        print(f"{options.sentences}: {error}", file=sys.stderr)
        return 1
    figures = measured(sentences, results)
    if options.json:
        print(json.dumps(figures, indent=1))
    else:
        show(figures, options.sentences == SAMPLE)
        show_errors(sentences, results, options.errors)
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m benchmarks.accuracy.cameo_triples", description=(__doc__ or "").split("\n", maxsplit=1)[0]
    )
    made.add_argument("sentences", type=Path, nargs="?", default=SAMPLE, help="coded sentences (see docs/peers.md)")
    made.add_argument("--errors", type=int, default=0, metavar="N", help="show the first N sentences with an error")
    made.add_argument("--json", action="store_true", help="the figures as JSON")
    return made


def read_sentences(path: Path) -> list[Sentence]:
    """The sentences of a .tsv, .csv or .jsonl file, in order of first mention. Raises DataError with the line."""
    rows: dict[str, list[dict[str, str]]] = {}
    for number, row in _rows(path):
        if any(not isinstance(row.get(column), str) for column in COLUMNS):
            raise DataError(f"line {number} lacks one of {', '.join(COLUMNS)}", "see docs/peers.md")
        rows.setdefault(row["sentence"].strip(), []).append({**row, "line": str(number)})
    return [_sentence(text, group) for text, group in rows.items()]


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    name, lines = path.name.removesuffix(".gz"), read_text(path).split("\n")
    kept = [(number, line) for number, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
    if name.endswith(".jsonl"):
        for number, line in kept:
            try:
                row = json.loads(line)
            except json.JSONDecodeError:
                raise DataError(f"line {number} is no JSON", "one object a line") from None
            yield number, row if isinstance(row, dict) else {}
        return
    text = io.StringIO("\n".join(line for _, line in kept))
    # a sentence may hold quotation marks, and only commas need quotes around it; editors cut empty cells off
    if name.endswith(".tsv"):
        rows = csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE, restval="")
    else:
        rows = csv.DictReader(text, restval="")
    yield from zip((number for number, _ in kept[1:]), rows, strict=False)


def _sentence(text: str, rows: Sequence[dict[str, str]]) -> Sentence:
    gold, one_sided = list[Gold](), 0
    for row in rows:
        source, target, code = (row[key].strip() for key in ("source", "target", "cameo"))
        if not code:
            continue
        if not (source and target):
            one_sided += 1
            continue
        try:
            found = Codebook.load().from_cameo(code)
        except CasusError as error:
            raise DataError(f"line {row['line']}: {error.message}", error.hint) from None
        gold.append(Gold(source, target, code[:2], found[0] if found else None))
    return Sentence(text, tuple(dict.fromkeys(gold)), one_sided)


def read(text: str) -> Result:
    """The triples of a sentence by Casus. A text that it refuses has none; a model that is missing is an error."""
    try:
        claims = casus.read(text)
    except IntakeError as error:
        return Result(failed=error.code)
    made = dict.fromkeys(triple for claim in claims for triple in triples(claim))
    return Result(tuple(made), next((claim.reader for claim in claims), ""))


def triples(claim: Claim, book: Codebook | None = None) -> list[Triple]:
    """Each actor with each recipient; of several actors without a recipient each with each other, both ways.

    Only what happened: event coders have no denied, planned or hypothetical events. A claim with one
    known side makes none, as with them.
    """
    if claim.status != "happened":
        return []
    root = (book or Codebook.load()).to_cameo(claim.type, claim.mode).root
    actors, recipients = [_side(p) for p in claim.actors], [_side(p) for p in claim.recipients]
    # "A and B met": CAMEO has such events once in each direction
    pairs = product(actors, recipients) if recipients else permutations(actors, 2)
    return [Triple(a, b, root, claim.type) for a, b in pairs]


def _side(said: Participant) -> Side:
    return Side(said.who, said.name, said.sector)


def meant(given: str, side: Side) -> bool:
    """Is the side the one that people coded: the same country, the same sector where only one is given, or name?"""
    return any(_is(one.strip(), side) for one in given.split("|") if one.strip())


def _is(given: str, side: Side) -> bool:
    if _CODE.fullmatch(given) and (given[:3] == side.who or (given == side.sector and given in get_args(Sector))):
        return True
    return bare(given) in {bare(side.name), bare(side.who or "")}


def bare(name: str) -> str:
    """A name without what spellings differ in."""
    return re.sub(r"[^\w ]", "", fold(name).replace("-", " ")).removeprefix("the ")


def agree(level: str, gold: Gold, found: Triple) -> bool:
    """Are they one triple by what that level compares?"""
    if level == "sides and CAMEO root" and gold.root != found.root:
        return False
    if level == "sides and PLOVER type" and gold.type != found.type:
        return False
    return meant(gold.source, found.source) and meant(gold.target, found.target)


def counted(level: str, gold: Sequence[Gold], found: Sequence[Triple]) -> Counts:
    """Counts of one sentence; what differs only in a part that the level does not compare counts once."""

    def part(root: str, type: str | None) -> str | None:
        return root if level == "sides and CAMEO root" else type if level == "sides and PLOVER type" else ""

    said = list({(t.source, t.target, part(t.root, t.type)): t for t in found}.values())
    told = list({(g.source, g.target, part(g.root, g.type)): g for g in gold}.values())
    return Counts(len(told), len(said), paired(told, said, lambda g, t: agree(level, g, t)))


def measured(sentences: Sequence[Sentence], results: Sequence[Result]) -> dict[str, Any]:
    pairs = list(zip(sentences, results, strict=True))
    totals = {level: sum((counted(level, s.gold, r.triples) for s, r in pairs), Counts()) for level in LEVELS}
    free = [r for s, r in pairs if not s.gold and not s.one_sided]
    return {
        "reader": next((r.reader for r in results if r.reader), ""),
        "sentences": len(sentences),
        "one_sided_rows_left_out": sum(s.one_sided for s in sentences),
        "could_not_be_read": sum(bool(r.failed) for r in results),
        "sentences_without_event": len(free),
        "of_them_with_a_triple": sum(bool(r.triples) for r in free),
        "levels": {level: counts.as_json() for level, counts in totals.items()},
    }


def show(figures: dict[str, Any], sample: bool) -> None:
    print(f"{figures['sentences']} sentences, read by {figures['reader'] or 'nobody'}")
    print(f"\n{'right when':22} {HEAD}")
    for level, row in figures["levels"].items():
        print(f"{level:22} {Counts(row['gold'], row['found'], row['right']).row()}")
    free, spurious = figures["sentences_without_event"], figures["of_them_with_a_triple"]
    print(f"\nsentences without an event: {free}; with a triple all the same: {spurious}")
    for key in ("one_sided_rows_left_out", "could_not_be_read"):
        if figures[key]:
            print(f"{key.replace('_', ' ')}: {figures[key]}")
    if sample:
        print("these are the sentences that ship with Casus, written by its authors: the figures mean little")


def show_errors(sentences: Sequence[Sentence], results: Sequence[Result], most: int) -> None:
    def right(sentence: Sentence, result: Result) -> bool:
        counts = counted(LEVELS[0], sentence.gold, result.triples)
        return counts.gold == counts.found == counts.right

    wrong = [(s, r) for s, r in zip(sentences, results, strict=True) if not right(s, r)]
    for sentence, result in wrong[:most]:
        print(f"\n{sentence.text}")
        print("  gold  " + ("; ".join(f"{g.source} > {g.target} {g.root}" for g in sentence.gold) or "nothing"))
        said = "; ".join(f"{t.source.who or t.source.name} > {t.target.who or t.target.name} {t.root}"
                         for t in result.triples)  # fmt: skip
        print(f"  found {said or result.failed or 'nothing'}")


if __name__ == "__main__":
    sys.exit(main())
