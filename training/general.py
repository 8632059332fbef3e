"""The general corpora as Units: predicates and their arguments, events of other schemes, names."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from casus.text import words as word_spans
from training.corpora import SHARED, Trigger, Unit, read_lines, to_words
from training.labels import TO_PLOVER, TO_ROLE


def propbank_units(names: tuple[str, ...]) -> list[Unit]:
    units = []
    for name in names:
        for row in read_lines(SHARED / f"corpora/{name}.jsonl.gz"):
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
    for row in read_lines(SHARED / "corpora/geneva.jsonl.gz"):
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
    for row in read_lines(SHARED / "corpora/wikievents_train.jsonl.gz"):
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
    for row in read_lines(SHARED / "corpora/re3d_open.jsonl.gz"):
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
                hit = to_words(spans, x, y) if kind in _RE3D and a <= x < y <= b else None
                if hit and not any(p <= hit[1] and q >= hit[0] for _, p, q in unit.names):
                    unit.names.append((_RE3D[kind], *hit))
            units.append(unit)
    for row in read_lines(SHARED / "corpora/redocred_entities.jsonl.gz"):
        for n, tokens in enumerate(row["sents"]):
            unit = Unit("redocred", row["title"], tokens, names=[], names_known=("PER", "ORG", "LOC"))
            assert unit.names is not None
            for sent, a, b, kind in row["entities"]:
                if sent == n and kind in unit.names_known and b > a:
                    unit.names.append((kind, a, b - 1))
            units.append(unit)
    return units
