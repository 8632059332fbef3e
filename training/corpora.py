"""Every corpus as Units: words, and whatever labels that corpus has. Nothing here is copied into the project."""

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
from training.labels import ROLES, TO_PLOVER, TO_ROLE

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


def _lines(path: Path) -> Iterator[Any]:
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


def _to_words(spans: list[tuple[int, int]], start: int, end: int) -> tuple[int, int] | None:
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
    place = _to_words(spans, a, b) if a >= 0 else None
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
        if at >= 0 and (hit := _to_words(spans, at, at + len(value))):
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
        return list(_lines(gold))
    return _bound()[key] if key in _bound() else list(_lines(ANNOTATIONS / f"{key}.jsonl"))


def annotated_ids() -> list[str]:
    """The reports and excerpts annotated in `training/annotations`, sorted: trained on, never scored on."""
    return sorted({*(p.stem for p in ANNOTATIONS.glob("*-*.jsonl")), *_bound()})


@cache
def _bound() -> dict[str, list[dict[str, Any]]]:
    """The claims of many short texts in one file each, by id: excerpts of RAMS, reports of our own writing."""
    return {row["id"]: row["claims"] for name in ("rams", "own") for row in _lines(ANNOTATIONS / f"{name}.jsonl")}


@cache
def _own_reports() -> dict[str, dict[str, Any]]:
    """Reports of our own writing, by id."""
    return {row["id"]: row for row in _lines(REPORTS)}


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
    return {f"wiki-{d['docid']}": d for d in _lines(SHARED / "corpora/wikievents_train.jsonl.gz")}


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
        for row in _lines(SHARED / f"corpora/{name}.jsonl.gz"):
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
    return {f"re3d-{d['id'][:12]}": d for d in _lines(SHARED / "corpora/re3d_open.jsonl.gz")}


def gold_units(ids: list[str], longest: int = 0) -> list[Unit]:
    return [u for key in ids for u in document_units(load_doc(key), load_claims(key), longest, "gold")]


def sentence_units(folder: Path) -> list[Unit]:
    """The written sentences: one text a unit (some hold two or three sentences)."""
    units = []
    for path in sorted(folder.glob("*.jsonl")):
        if path == REPORTS:
            continue
        for n, row in enumerate(_lines(path)):
            doc = {"id": f"{path.stem}-{n}", "text": row["text"], "sentences": [[0, len(row["text"])]]}
            made = document_units(doc, [c | {"s": 0} for c in row["claims"]], 0, "written")
            for unit in made:
                unit.text = row["text"]
            units += made
    return units


def propbank_units(names: tuple[str, ...]) -> list[Unit]:
    units = []
    for name in names:
        for row in _lines(SHARED / f"corpora/{name}.jsonl.gz"):
            unit = Unit(name, row["doc"], row["words"])
            facts = dict(row.get("factuality") or [])
            for frame in row["frames"]:
                if not 0 <= frame["pred"] < len(row["words"]):
                    continue
                arguments = [(r, a, b - 1) for r, a, b in frame["args"]]
                unit.triggers.append(
                    Trigger(frame["pred"], frame["pred"], frame_roles=arguments, factuality=facts.get(frame["pred"]))
                )
            if row.get("ner"):
                unit.names, unit.names_known = _bio(row["ner"]), ("PER", "ORG", "LOC")
            units.append(unit)
    return units


def _bio(tags: list[str]) -> list[tuple[str, int, int]]:
    out: list[tuple[str, int, int]] = []
    for i, tag in enumerate(tags):
        if tag.startswith("I-") and out and out[-1][2] == i - 1 and out[-1][0] == tag[2:]:
            out[-1] = (out[-1][0], out[-1][1], i)
        elif tag != "O":
            out.append((tag[2:], i, i))
    return out


def _event(row: dict[str, Any], native: str, arguments: list[tuple[str, int, int]], first: int, last: int) -> Trigger:
    mapped = [(TO_ROLE[r], a, b) for r, a, b in arguments if r in TO_ROLE]
    # only roles that stand here are known: these corpora leave out what their frame does not ask for
    return Trigger(
        first, last, type=TO_PLOVER.get(native), native=native, roles=mapped,
        roles_known=frozenset(r for r, _, _ in mapped),
    )  # fmt: skip


def geneva_units() -> list[Unit]:
    units = []
    for row in _lines(SHARED / "corpora/geneva.jsonl.gz"):
        unit = Unit("geneva", row["doc_id"], row["tokens"])
        places = {e["id"]: (e["start"], e["end"] - 1) for e in row["entity_mentions"]}
        for event in row["event_mentions"]:
            spans = [(a["role"], *places[a["entity_id"]]) for a in event["arguments"] if a["entity_id"] in places]
            t = event["trigger"]
            unit.triggers.append(_event(row, event["event_type"], spans, t["start"], t["end"] - 1))
        units.append(unit)
    return units


def _find_tokens(words: list[str], needle: list[str], near: int) -> tuple[int, int] | None:
    """First and last word of the occurrence of `needle` nearest to word `near`."""
    size = len(needle)
    at = [i for i in range(len(words) - size + 1) if words[i : i + size] == needle]
    best = min(at, key=lambda i: abs(i - near), default=None)
    return None if best is None else (best, best + size - 1)


def wikievents_units() -> list[Unit]:
    """Each document cut at sentence-final full stops of its token list."""
    units = []
    for row in _lines(SHARED / "corpora/wikievents_train.jsonl.gz"):
        tokens = row["tokens"]
        cuts = [0] + [i + 1 for i, t in enumerate(tokens) if t in {".", "?", "!"} and i > 0] + [len(tokens)]
        for a, b in pairwise(cuts):
            if b - a < 3 or b - a > 120:
                continue
            unit = Unit("wikievents", row["docid"], tokens[a:b])
            for event in row["event_mentions"]:
                first, last = event["trigger"]["start_idx"], event["trigger"]["end_idx"] - 1
                if not a <= first <= last < b:
                    continue
                spans = []
                for x in event["arguments"]:
                    hit = _find_tokens(unit.words, x["text"].split(), first - a)
                    spans += [(x["role"], *hit)] if hit else []
                unit.triggers.append(_event(row, event["event_type"], spans, first - a, last - a))
            units.append(unit)
    return units


_RE3D = {
    "Organisation": "ORG", "Location": "LOC", "Person": "PER", "Weapon": "WEA", "Nationality": "NORP",
    "MilitaryPlatform": "WEA",
}  # fmt: skip


def entity_units() -> list[Unit]:
    """Names of re3d and Re-DocRED."""
    units = []
    for row in _lines(SHARED / "corpora/re3d_open.jsonl.gz"):
        text = row["text"]
        ends = [m.end() for m in re.finditer(r"[.?!][\"”']?\s+(?=[A-Z“\"])|\n+", text)]
        for a, b in zip([0, *ends], [*ends, len(text)], strict=True):
            spans = word_spans(text, a, b)[:120]
            if len(spans) < 3:
                continue
            unit = Unit("re3d", row["id"], [text[x:y] for x, y in spans], names=[])
            unit.names_known = ("PER", "ORG", "LOC", "NORP", "WEA")
            assert unit.names is not None
            for x, y, kind in sorted(row["entities"], key=lambda e: e[0] - e[1]):
                hit = _to_words(spans, x, y) if kind in _RE3D and a <= x < y <= b else None
                if hit and not any(p <= hit[1] and q >= hit[0] for _, p, q in unit.names):
                    unit.names.append((_RE3D[kind], *hit))
            units.append(unit)
    for row in _lines(SHARED / "corpora/redocred_entities.jsonl.gz"):
        for n, tokens in enumerate(row["sents"]):
            unit = Unit("redocred", row["title"], tokens, names=[], names_known=("PER", "ORG", "LOC"))
            assert unit.names is not None
            for sent, a, b, kind in row["entities"]:
                if sent == n and kind in unit.names_known and b > a:
                    unit.names.append((kind, a, b - 1))
            units.append(unit)
    return units
