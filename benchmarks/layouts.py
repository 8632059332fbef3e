"""How well web pages are cleaned, on layouts of our own writing (tests/layouts) with their truth beside them.

    python -m benchmarks.layouts            the pages that rules were written on (a*.html, b*.html)
    python -m benchmarks.layouts --errors   and the words that were lost or taken in too much, page by page
    python -m benchmarks.layouts --held-out the pages that nobody looked at (c*.html): figures only

b*.html were held out at first: body F1 0.940, titles 95 %, published right 65 %, wrong 10 % when they were opened.
Rules were then written on them, too, so their figures say no more how other pages are read; those of c*.html do.

Body: F1 over words (lower case, letters and digits, as multisets) between the truth's paragraphs and the document's
regions `lead` and `body`. Captions: F1 over whole captions, one found where it shares four fifths of its words with a
region `caption` (credits may hang on it). Published: right, absent, or wrong; a page without a date of its own is right
only when none is found.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from casus.intake.load import documents_from_bytes
from casus.records import Document, RegionKind

LAYOUTS = Path(__file__).parents[1] / "tests" / "layouts"
_WORD = re.compile(r"\w+")
# A credit of a few words beside a caption of twenty does not make it another caption.
_SAME_CAPTION = 0.8
_ROUNDS = 3

Verdict = Literal["right", "absent", "wrong"]


@dataclass(frozen=True, slots=True)
class Scored:
    """One page against its truth; F1 from 0 to 1. `lost` and `extra` are words of the body, in order."""

    name: str
    body: float
    title: bool
    published: Verdict
    captions: tuple[int, int, int]  # found, in the document, in the truth
    lost: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """A set of pages: means of shares, captions over all of them."""

    pages: int
    body: float
    title: float
    right: float
    wrong: float
    captions: float


def words(text: str) -> list[str]:
    """The words of a text, in lower case."""
    return _WORD.findall(text.lower())


def f1(found: Iterable[str], truth: Iterable[str]) -> float:
    """F1 of two bags of words; 1 where both are empty."""
    a, b = Counter(found), Counter(truth)
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 1.0


def parts(document: Document, *kinds: RegionKind) -> list[str]:
    """The texts of a document's regions of these kinds."""
    return [document.text[r.start : r.end] for r in document.regions if r.kind in kinds]


def score(document: Document | None, truth: dict[str, Any], name: str) -> Scored:
    """A document (None where the page could not be read) against the truth of its page."""
    body = [w for p in truth["body"] for w in words(p)]
    if document is None:
        return Scored(name, 0.0, False, "absent", (0, 0, len(truth["captions"])), tuple(body))
    read = [w for p in parts(document, "lead", "body") for w in words(p)]
    day = document.published.isoformat() if document.published else None
    verdict: Verdict = "right" if day == truth["published"] else "wrong" if day else "absent"
    captions = parts(document, "caption")
    found = sum(any(f1(words(c), words(t)) >= _SAME_CAPTION for c in captions) for t in truth["captions"])
    return Scored(
        name, f1(read, body), document.title == truth["title"], verdict,
        (found, len(captions), len(truth["captions"])), _beyond(body, read), _beyond(read, body),
    )  # fmt: skip


def _beyond(these: Sequence[str], those: Sequence[str]) -> tuple[str, ...]:
    """The words of the first that the second does not have so often, in order."""
    left = Counter(those)
    kept = []
    for word in these:
        if left[word]:
            left[word] -= 1
        else:
            kept.append(word)
    return tuple(kept)


def page_names(*, held_out: bool) -> list[str]:
    """The pages of a set; those of a* and b* were looked at when rules were written, those of c* never."""
    return sorted(p.name for p in LAYOUTS.glob("c*.html" if held_out else "[ab]*.html"))


def read(name: str) -> Document | None:
    """The report of a page, None where it cannot be read; of a live page with one above its entries that one."""
    made = documents_from_bytes((LAYOUTS / name).read_bytes(), name=name)
    found = [d for d in made if isinstance(d, Document)]
    return next((d for d in found if d.form == "report"), found[0] if found else None)


def measure(names: Sequence[str]) -> list[Scored]:
    """Each page against its truth."""
    return [score(read(n), json.loads((LAYOUTS / f"{n}.json").read_text(encoding="utf-8")), n) for n in names]


def figures(scored: Sequence[Scored]) -> Figures:
    """The means over a set of pages."""
    n = len(scored)
    found, had, were = (sum(s.captions[k] for s in scored) for k in range(3))
    return Figures(
        n, sum(s.body for s in scored) / n, sum(s.title for s in scored) / n,
        sum(s.published == "right" for s in scored) / n, sum(s.published == "wrong" for s in scored) / n,
        2 * found / (had + were) if had + were else 1.0,
    )  # fmt: skip


def milliseconds(names: Sequence[str]) -> float:
    """Milliseconds a page, the best of three rounds over all of them in this process, without reading the files."""
    pages = [(name, (LAYOUTS / name).read_bytes()) for name in names]
    rounds = []
    for _ in range(_ROUNDS + 1):  # the first one imports and warms up
        start = time.perf_counter()
        for name, data in pages:
            list(documents_from_bytes(data, name=name))
        rounds.append(time.perf_counter() - start)
    return min(rounds[1:]) * 1000 / len(pages)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--held-out", action="store_true", help="pages c*.html, figures only")
    parser.add_argument("--errors", action="store_true", help="show what was lost and what was too much")
    options = parser.parse_args(arguments)
    if options.errors and options.held_out:
        parser.error("nobody looks at the pages that are held out")
    names = page_names(held_out=options.held_out)
    if not names:
        parser.error(f"there are no such pages in {LAYOUTS}")
    scored = measure(names)
    for s in scored:
        print(f"{s.name:32} body {s.body:.3f}  title {'yes' if s.title else 'NO':3}  {s.published:6}  {s.captions}")
        if options.errors:
            print(f"    lost:  {' '.join(s.lost)}\n    extra: {' '.join(s.extra)}")
    f = figures(scored)
    print(
        f"{f.pages} pages: body F1 {f.body:.4f}, titles {f.title:.1%}, published right {f.right:.1%}, "
        f"wrong {f.wrong:.1%}, captions F1 {f.captions:.3f}; {milliseconds(names):.1f} ms a page"
    )


if __name__ == "__main__":
    main()
