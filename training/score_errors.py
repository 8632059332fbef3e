"""Why claims were missed, invented or filled in wrongly: each error with its cause, grouped for reading."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from casus.text import fold

Row = dict[str, Any]  # a claim as the scorer holds it: the annotator's or ours


@dataclass(frozen=True, slots=True)
class Mistake:
    """One error: `kind` is missed, spurious or the field that is wrong; `cause` is how."""

    kind: str
    type: str
    cause: str
    example: str


def mistakes(scorer: Any, gold: str, predictions: Iterable[Row], ids: set[str], seen: set[str]) -> Iterator[Mistake]:
    """Every error of `predictions` on the documents `ids`; `seen` are the folded triggers of training."""
    by_doc: dict[str, list[Row]] = defaultdict(list)
    for row in predictions:
        by_doc[row["doc"]].append(row)
    for key, doc, claims in scorer.load_gold(gold, ids):
        found = [scorer.norm_pred(doc, row) for row in by_doc[key]]
        pairs = scorer.pair(claims, found)
        paired = {id(row) for pair in pairs for row in pair[:2]}
        for claim in claims:
            if id(claim) not in paired:
                yield _missed(key, doc, claim, found, seen)
        for row in found:
            if id(row) not in paired:
                yield _spurious(key, doc, row, claims, seen)
        for claim, row, _ in pairs:
            yield from _fields(scorer, key, doc, claim, row)


def report(errors: Iterable[Mistake], examples: int) -> Iterator[str]:
    """Lines: each kind and cause with its count and the types it falls on, the most frequent first."""
    groups: dict[tuple[str, str], list[Mistake]] = defaultdict(list)
    for error in errors:
        groups[error.kind, error.cause].append(error)
    kinds = Counter({kind: sum(len(g) for k, g in groups.items() if k[0] == kind) for kind, _ in groups})
    for kind, total in kinds.most_common():
        yield f"\n{kind}: {total}"
        rows = sorted((item for item in groups.items() if item[0][0] == kind), key=lambda i: -len(i[1]))
        for (_, cause), group in rows:
            types = Counter(error.type for error in group).most_common(6)
            yield f"  {len(group):4}  {cause:44} {' '.join(f'{name} {n}' for name, n in types)}"
            yield from (f"          {error.example}" for error in group[:examples])


def triggers(claims: Iterable[Mapping[str, Any]]) -> set[str]:
    """The trigger words of annotated claims, folded, without the number of a repeated one."""
    return {fold(re.sub(r"#\d+$", "", str(claim["trigger"]))) for claim in claims}


def _overlap(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return min(a[1], b[1]) > max(a[0], b[0])


def _missed(key: str, doc: Row, claim: Row, found: list[Row], seen: set[str]) -> Mistake:
    here = [row for row in found if _overlap(row["span"], claim["span"])]
    if here:
        cause = f"read as {here[0]['type']}"
    elif any(row["s"] == claim["s"] and row["type"] == claim["type"] for row in found):
        cause = "another of its type was read in the sentence"
    elif next(iter(triggers([claim]))) not in seen:
        cause = "trigger never seen in training"
    else:
        cause = "trigger seen in training, not read here"
    return Mistake("missed", claim["type"], cause, _quote(key, doc, claim["span"]))


def _spurious(key: str, doc: Row, row: Row, claims: list[Row], seen: set[str]) -> Mistake:
    here = [claim for claim in claims if _overlap(row["span"], claim["span"])]
    beside = [claim for claim in claims if claim["s"] == row["s"]]
    words = fold(doc["text"][slice(*row["span"])])
    if here:
        cause = f"is {here[0]['type']}"
    elif any(claim["type"] == row["type"] for claim in beside):
        cause = "its event was read from another word"
    elif beside:
        cause = "no event, in a sentence that tells another"
    elif not claims:
        cause = "no event in the whole document"
    else:
        cause = f"no event in the sentence, trigger {'' if words in seen else 'never '}seen in training"
    return Mistake("spurious", row["type"], cause, _quote(key, doc, row["span"]))


def _fields(scorer: Any, key: str, doc: Row, claim: Row, row: Row) -> Iterator[Mistake]:
    """The fields of a paired claim that are wrong."""

    def wrong(kind: str, cause: str, wanted: object, got: object) -> Mistake:
        example = f"{_quote(key, doc, claim['span'])}  wanted {wanted}, got {got}"
        return Mistake(kind, claim["type"], cause, example)

    for role, other in (("actor", "recipient"), ("recipient", "actor")):
        wanted, got = claim[f"{role}_who"], row[f"{role}_who"]
        if wanted != got:
            cause = _side(claim, row, role, other)
            yield wrong(role, cause, sorted(wanted), sorted(got))
    asked: list[tuple[str, object, object]] = [
        ("country", claim["iso3"], row["iso3"]),
        ("date", claim.get("date"), row.get("date")),
        ("killed", _range(claim.get("killed")), _range(row.get("killed"))),
    ]
    for kind, want, had in asked:
        if (want or None) != (had or None):
            yield wrong(kind, _how(want, had), want, had)
    if not scorer.same_source(doc, claim, row):
        said = [source.get("text") for source in row.get("source") or []]
        yield wrong("source", _how(claim.get("source"), said), claim.get("source"), said)
    status = claim.get("status", "happened")
    if status != row["status"]:
        yield wrong("status", f"{status} read as {row['status']}", status, row["status"])


def _side(claim: Row, row: Row, role: str, other: str) -> str:
    wanted, got = claim[f"{role}_who"], row[f"{role}_who"]
    if wanted and wanted == row[f"{other}_who"]:
        return "stands on the other side"
    if not got or not wanted:
        return _how(wanted, got)
    named = {word for text in claim.get(role) or [] for word in fold(text).split()}
    read = {word for side in row.get(role) or [] for word in fold(side.get("text", "")).split()}
    if wanted & got:
        return "one too few" if got < wanted else "one too many" if wanted < got else "partly right"
    return "right words, another identity" if named & read else "other words"


def _how(wanted: object, got: object) -> str:
    return "not given" if not got else "given where there is none" if not wanted else "another"


def _range(figure: Row | None) -> tuple[int | None, int | None] | None:
    return (figure.get("low"), figure.get("high")) if figure else None


def _quote(key: str, doc: Row, span: tuple[int, int]) -> str:
    text, (start, end) = doc["text"], span
    around = f"{text[max(0, start - 60) : start]}[{text[start:end]}]{text[end : end + 60]}"
    return f"{key}: {' '.join(around.split())}"
