"""Annotated reports and written texts as Units: words, and whatever labels they have. The texts of others are read from
where they lie and not copied into the project."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from casus.text import words as word_spans
from training.labels import ROLES

SHARED = Path(__file__).resolve().parents[2] / "shared"
ANNOTATIONS = Path(__file__).parent / "annotations"
# where the sentences of texts start and end that come without: offsets into the text, by document
SENTENCES = ANNOTATIONS / "sentences.json"
REPORTS = Path(__file__).parent / "sentences" / "reports.jsonl"


@dataclass
class Trigger:
    """A trigger and what the annotation says of it; None where this corpus does not say."""

    first: int
    last: int
    type: str | None = None
    mode: str | None = None
    status: str | None = None
    background: bool | None = None
    aggregate: bool | None = None
    # (role, first word, last word); `roles_known` tells which roles this corpus annotates at all
    roles: list[tuple[str, int, int]] = field(default_factory=list)
    roles_known: frozenset[str] = frozenset()
    frame_roles: list[tuple[str, int, int]] | None = None
    native: str | None = None
    factuality: float | None = None
    claim: dict[str, Any] | None = None  # the annotated claim of a report, whole


@dataclass
class Unit:
    """One window of words. `starts`: character offsets into the document for claim units."""

    corpus: str
    doc: str
    words: list[str]
    triggers: list[Trigger] = field(default_factory=list)
    # all triggers of the PLOVER kind are annotated (claims), or only some
    complete: bool = False
    names: list[tuple[str, int, int]] | None = None
    names_known: tuple[str, ...] = ()
    starts: list[int] = field(default_factory=list)
    sentences: list[tuple[int, int]] = field(default_factory=list)
    flags: list[int] | None = None
    text: str = ""


def read_lines(path: Path) -> Iterator[Any]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as handle:
        for line in handle:
            if line.strip():
                yield json.loads(line)


def dev_ids() -> list[str]:
    """The documents never trained on: gold/dev.txt and the reference article."""
    return [*(SHARED / "gold/dev.txt").read_text().split(), "seed-gbnews"]


def gold_ids() -> list[str]:
    """The training documents, sorted."""
    held = set(dev_ids())
    return sorted(p.stem for p in (SHARED / "gold/claims").glob("*.jsonl") if p.stem not in held)


def find_nth(text: str, needle: str, nth: int, start: int, end: int) -> int:
    """Where the nth occurrence of needle starts in text[start:end], on word borders if it has any there."""
    borders = re.compile(r"(?<!\w)" + re.escape(needle) + r"(?!\w)")
    found = [m.start() for m in borders.finditer(text, start, end)]
    if len(found) < nth:
        found = [m.start() for m in re.finditer(re.escape(needle), text[start:end])]
        found = [start + f for f in found]
    return found[nth - 1] if len(found) >= nth else -1


def _trigger_offset(text: str, trigger: str, start: int, end: int) -> tuple[int, int]:
    """As the scorer finds it: the nth plain occurrence of the string from the sentence's start on."""
    head, _, tail = trigger.rpartition("#")
    nth = 1
    if head and tail.isdigit():
        trigger, nth = head, int(tail)
    at = start - 1
    for _ in range(nth):
        at = text.find(trigger, at + 1)
        if at < 0:
            return -1, -1
    return at, at + len(trigger)


def to_words(spans: list[tuple[int, int]], start: int, end: int) -> tuple[int, int] | None:
    """First and last word that overlap the characters [start, end)."""
    hit = [i for i, (a, b) in enumerate(spans) if a < end and b > start]
    return (hit[0], hit[-1]) if hit else None


def _role_strings(claim: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for role in ("actor", "recipient", "place", "source"):
        for value in claim.get(role) or []:
            yield role, value
    if claim.get("date_text"):
        yield "date", claim["date_text"]
    if claim.get("weapon"):
        yield "weapon", claim["weapon"]
    for role in ("killed", "injured", "detained"):
        if claim.get(role):
            yield role, claim[role]["text"]


def _nearest(text: str, needle: str, at: int, start: int, end: int) -> int:
    """The occurrence of needle in text[start:end] nearest to `at`, or -1."""
    best = -1
    nth = 1
    while (found := find_nth(text, needle, nth, start, end)) >= 0:
        if best < 0 or abs(found - at) < abs(best - at):
            best = found
        nth += 1
    return best


def claim_trigger(
    text: str, claim: dict[str, Any], spans: list[tuple[int, int]], sentence: tuple[int, int],
    window: tuple[int, int],
) -> Trigger | None:  # fmt: skip
    """A gold claim as a Trigger over the words `spans` of `window`; None where its words cannot be found."""
    a, b = _trigger_offset(text, claim["trigger"], *sentence)
    place = to_words(spans, a, b) if a >= 0 else None
    if place is None:
        return None
    trigger = Trigger(
        *place, type=claim["type"], mode=claim.get("mode"), status=claim.get("status") or "happened",
        background=bool(claim.get("background")), aggregate=bool(claim.get("aggregate")),
        roles_known=frozenset(ROLES), claim=claim,
    )  # fmt: skip
    for role, value in _role_strings(claim):
        at = _nearest(text, value, a, *sentence)
        if at < 0:
            at = _nearest(text, value, a, *window)
        if at >= 0 and (hit := to_words(spans, at, at + len(value))):
            trigger.roles.append((role, *hit))
    return trigger


def windows(doc: dict[str, Any], longest: int) -> list[list[int]]:
    """Sentence numbers in groups of at most `longest` words (a longer sentence stands alone)."""
    groups: list[list[int]] = []
    size = 0
    for n, (a, b) in enumerate(doc["sentences"]):
        length = len(word_spans(doc["text"], a, b))
        if groups and size + length <= longest:
            groups[-1].append(n)
            size += length
        else:
            groups.append([n])
            size = length
    return groups


def document_units(doc: dict[str, Any], claims: list[dict[str, Any]], longest: int, corpus: str) -> list[Unit]:
    """A document with gold claims as units of consecutive sentences."""
    units = []
    for group in windows(doc, longest):
        start, end = doc["sentences"][group[0]][0], doc["sentences"][group[-1]][1]
        spans = word_spans(doc["text"], start, end)
        if not spans:
            continue
        unit = Unit(corpus, doc["id"], [doc["text"][a:b] for a, b in spans], complete=True)
        unit.starts = [a for a, _ in spans]
        unit.sentences = [tuple(doc["sentences"][n]) for n in group]
        for claim in claims:
            if claim["s"] in group:
                trigger = claim_trigger(doc["text"], claim, spans, tuple(doc["sentences"][claim["s"]]), (start, end))
                if trigger:
                    unit.triggers.append(trigger)
        units.append(unit)
    return units


def load_doc(key: str) -> dict[str, Any]:
    """A gold report, or one that was annotated here: text and sentences, as in the gold's `docs`."""
    gold = SHARED / f"gold/docs/{key}.json"
    if gold.exists():
        return json.loads(gold.read_text(encoding="utf-8"))
    raw = SHARED / f"raw/voa/{key}.json"
    if raw.exists():
        return json.loads(raw.read_text(encoding="utf-8"))
    if key in _excerpts():
        return _excerpts()[key]
    if key in _own_reports():
        return _own_reports()[key]
    made = _joined(_wikievents()[key]) if key.startswith("wiki-") else _releases()[key]
    bounds = json.loads(SENTENCES.read_text(encoding="utf-8"))[key]
    return made | {"id": key, "sentences": bounds}


def load_claims(key: str) -> list[dict[str, Any]]:
    gold = SHARED / f"gold/claims/{key}.jsonl"
    if gold.exists():
        return list(read_lines(gold))
    return _bound()[key] if key in _bound() else list(read_lines(ANNOTATIONS / f"{key}.jsonl"))


def annotated_ids() -> list[str]:
    """The reports and excerpts annotated in `training/annotations`, sorted: trained on, never scored on."""
    return sorted({*(p.stem for p in ANNOTATIONS.glob("*-*.jsonl")), *_bound()})


@cache
def _bound() -> dict[str, list[dict[str, Any]]]:
    """The claims of many short texts in one file each, by id: excerpts of RAMS, reports of our own writing."""
    return {row["id"]: row["claims"] for name in ("rams", "own") for row in read_lines(ANNOTATIONS / f"{name}.jsonl")}


@cache
def _own_reports() -> dict[str, dict[str, Any]]:
    """Reports of our own writing, by id."""
    return {row["id"]: row for row in read_lines(REPORTS)}


def write_annotated(folder: Path) -> Path:
    """The annotated reports as the scorer wants them, docs/ and claims/ under `folder`, which is returned."""
    for kind in ("docs", "claims"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    for key in annotated_ids():
        doc = {"publisher": None, "url": None} | load_doc(key) | {"id": key}
        doc["published"] = doc.get("published") or doc.pop("date", None)
        (folder / f"docs/{key}.json").write_text(json.dumps(doc), encoding="utf-8")
        lines = "".join(json.dumps(c) + "\n" for c in load_claims(key))
        (folder / f"claims/{key}.jsonl").write_text(lines, encoding="utf-8")
    return folder


@cache
def _wikievents() -> dict[str, dict[str, Any]]:
    """The reports of WikiEvents by the ids that their annotations have here."""
    return {f"wiki-{d['docid']}": d for d in read_lines(SHARED / "corpora/wikievents_train.jsonl.gz")}


# tokens that stand close to the one before, and those that the next one stands close to
_CLOSE_BEFORE = frozenset([",", ".", ";", ":", "!", "?", ")", "]", "}", "%", "’", "”", "'"])
_CLOSE_AFTER = frozenset(["(", "[", "{", "$", "£", "€", "“", "‘"])
_CLITICS = frozenset(f"{before}{mark}{after}" for mark in "'’" for before, after in
                     [("n", "t"), *(("", x) for x in ("s", "re", "ve", "ll", "d", "m"))])  # fmt: skip


def _joined(row: dict[str, Any]) -> dict[str, Any]:
    """A tokenised report as a text; which way round a straight quote stands is not known, so it stands alone."""
    return {"id": f"wiki-{row['docid']}", "title": None, "published": None, "text": _join(row["tokens"])}


def _join(tokens: list[str]) -> str:
    text = ""
    apart = {"s", "t", "re", "ve", "ll", "d", "m"}
    for before, token in pairwise(["", *tokens]):
        clitic = (token in apart and before in ("’", "'")) or token in _CLITICS
        close = token in _CLOSE_BEFORE or before in _CLOSE_AFTER or clitic or "-" in (token, before)
        text += token if close or not text else f" {token}"
    return text


@cache
def _excerpts() -> dict[str, dict[str, Any]]:
    """RAMS: five sentences of a news report each, the first excerpt of every report, by the ids they have here."""
    found: dict[str, dict[str, Any]] = {}
    met: set[str] = set()
    for name in ("rams_dev", "rams_test"):
        for row in read_lines(SHARED / f"corpora/{name}.jsonl.gz"):
            if row["source_url"] in met:
                continue
            met.add(row["source_url"])
            text, bounds = "", []
            for sentence in row["sentences"]:
                joined = _join(sentence)
                text += " " if text else ""
                bounds.append([len(text), len(text) + len(joined)])
                text += joined
            key = f"rams-{row['doc_key'].removeprefix('nw_')[2:14]}"
            found[key] = {"id": key, "title": None, "published": None, "text": text, "sentences": bounds}
    return found


@cache
def _releases() -> dict[str, dict[str, Any]]:
    """The press releases and articles of re3d by the ids that their annotations have here."""
    return {f"re3d-{d['id'][:12]}": d for d in read_lines(SHARED / "corpora/re3d_open.jsonl.gz")}


def gold_units(ids: list[str], longest: int = 0) -> list[Unit]:
    return [u for key in ids for u in document_units(load_doc(key), load_claims(key), longest, "gold")]


def sentence_units(folder: Path) -> list[Unit]:
    """The written sentences: one text a unit (some hold two or three sentences)."""
    units = []
    for path in sorted(folder.glob("*.jsonl")):
        if path == REPORTS:
            continue
        for n, row in enumerate(read_lines(path)):
            doc = {"id": f"{path.stem}-{n}", "text": row["text"], "sentences": [[0, len(row["text"])]]}
            made = document_units(doc, [c | {"s": 0} for c in row["claims"]], 0, "written")
            for unit in made:
                unit.text = row["text"]
            units += made
    return units
