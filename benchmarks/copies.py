"""How well copies are told from independent reports, and how fast a signature is made.

    python -m benchmarks.copies

Edits each of our own reports as papers edit a wire's story and prints the table of docs/copies.md; tests/test_copies.py
holds the figures to it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter

from casus.intake import document_from_bytes
from casus.intake.copies import alike, bands, contained, same_text, signature
from casus.records import Document

ROOT = Path(__file__).parent.parent
_SENTENCE = re.compile(r"(?<=[.!?\"”])\s+(?=[\"“A-Z])")

Edit = Callable[[str, Random], str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one edit, over all reports: shares estimated, and how many of how many edited copies were found."""

    alike_low: float
    alike_mid: float
    contained_low: float
    contained_mid: float
    found: int
    reports: int


@cache
def reports() -> tuple[str, ...]:
    """Independent reports of our own writing on many events, headline first."""
    lines = (ROOT / "training" / "sentences" / "reports.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(json.loads(line)["text"] for line in lines)


def document(text: str) -> Document:
    """The document that intake makes of a plain text."""
    return document_from_bytes(text.encode(), name="report.txt")


@cache
def signatures() -> tuple[bytes, ...]:
    return tuple(signature(document(text)) for text in reports())


def sentences_cut(text: str, dice: Random) -> str:
    """A tenth of the sentences is missing."""
    kept = [(n, s) for n, s in _sentences(text) if dice.random() >= 0.1]
    return _text(text, kept or _sentences(text)[1:])


def headline_changed(text: str, dice: Random) -> str:
    return "\n\n".join(["Paper prints the same report below another headline", *_paragraphs(text)[1:]])


def paragraph_added(text: str, dice: Random) -> str:
    """The second paragraph is another report's last one."""
    own, other = _paragraphs(text), _paragraphs(dice.choice(reports()))
    return "\n\n".join([*own[:2], other[-1], *own[2:]])


def figure_changed(text: str, dice: Random) -> str:
    """A number is higher by three, or where there is none in digits "two" is "five"."""
    found = list(re.finditer(r"\b\d+\b", text))
    if not found:
        return text.replace(" two ", " five ", 1)
    at = dice.choice(found)
    return f"{text[: at.start()]}{int(at[0]) + 3}{text[at.end() :]}"


def words_changed(share: float) -> Edit:
    """Of the words that share is dropped or replaced, as by a heavy hand."""

    def edit(text: str, dice: Random) -> str:
        head, _, rest = text.partition("\n\n")
        words = re.split(r"(\s+)", rest)
        for n in range(0, len(words), 2):
            if words[n] and dice.random() < share:
                words[n] = dice.choice(["", "reportedly"])
        return f"{head}\n\n{''.join(words)}"

    return edit


def shortened(share: float, then: Edit = lambda text, dice: text) -> Edit:
    """The first sentences up to that share of the words, as when a story is cut from below; then edited."""

    def edit(text: str, dice: Random) -> str:
        sentences, kept, words = _sentences(text), list[tuple[int, str]](), 0
        whole = sum(len(s.split()) for _, s in sentences)
        for n, sentence in sentences:
            if words < share * whole:
                kept.append((n, sentence))
                words += len(sentence.split())
        return then(_text(text, kept), dice)

    return edit


EDITS: dict[str, Edit] = {
    "verbatim": lambda text, dice: text,
    "a tenth of the sentences cut": sentences_cut,
    "another headline": headline_changed,
    "a paragraph added": paragraph_added,
    "a figure changed": figure_changed,
    "one word in twenty changed": words_changed(0.05),
    "one word in ten changed": words_changed(0.1),
    "the first half": shortened(1 / 2),
    "the first third": shortened(1 / 3),
    "the first third, one word in twenty changed": shortened(1 / 3, words_changed(0.05)),
    "the first quarter": shortened(1 / 4),
    "the first sixth": shortened(1 / 6),
}


def outcome(edit: Edit, every: int = 1) -> Outcome:
    """The edit tried on every n-th report; a copy is found if it shares a band with its original and counts as one."""
    likes, helds, found = list[float](), list[float](), 0
    for number, (text, whole) in enumerate(zip(reports()[::every], signatures()[::every], strict=True)):
        copy = signature(document(edit(text, Random(number))))
        likes.append(alike(whole, copy))
        helds.append(contained(whole, copy))
        found += not set(bands(whole)).isdisjoint(bands(copy)) and same_text(whole, copy)
    return Outcome(min(likes), median(likes), min(helds), median(helds), found, len(likes))


def pairs() -> Iterator[tuple[bytes, bytes]]:
    """Every two of the independent reports."""
    return combinations(signatures(), 2)


def microseconds(words: int = 600, runs: int = 300) -> float:
    """The median time of one signature of a document of so many words."""
    dice = Random(0)
    text = " ".join(dice.choice("".join(reports()).split()) for _ in range(words))
    whole, times = Document.of(text), list[float]()
    for _ in range(runs):
        start = perf_counter()
        signature(whole)
        times.append((perf_counter() - start) * 1e6)
    return median(times)


def _paragraphs(text: str) -> list[str]:
    return [p for p in text.split("\n\n") if p.strip()]


def _sentences(text: str) -> list[tuple[int, str]]:
    """The sentences below the headline, each with its paragraph's number."""
    return [(n, s) for n, p in enumerate(_paragraphs(text)[1:], 1) for s in _SENTENCE.split(p)]


def _text(text: str, kept: list[tuple[int, str]]) -> str:
    numbers = sorted({n for n, _ in kept})
    return "\n\n".join([_paragraphs(text)[0], *(" ".join(s for n, s in kept if n == number) for number in numbers)])


def main() -> None:
    print("| copy | alike: least, median | contained: least, median | found |\n|---|---|---|---|")
    for name, edit in EDITS.items():
        o = outcome(edit)
        print(
            f"| {name} | {o.alike_low:.2f}, {o.alike_mid:.2f} | {o.contained_low:.2f}, {o.contained_mid:.2f} "
            f"| {o.found} of {o.reports} |"
        )
    most = max(contained(a, b) for a, b in pairs())
    met = sum(not set(bands(a)).isdisjoint(bands(b)) for a, b in pairs())
    print(f"\nindependent: {len(list(pairs()))} pairs, contained at most {most:.2f}, {met} share a band")
    print(f"signature of 600 words: {microseconds():.0f} us")


if __name__ == "__main__":
    main()
