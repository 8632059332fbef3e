"""Where a page's report stands: the element with the most prose and the least beside it, without its clutter."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice, pairwise

from casus.intake.plaintext.lines import is_desk, is_letterhead, is_paper, is_section
from casus.intake.plaintext.paragraphs import ENDS_PROSE
from casus.intake.web.clutter import Clutter, is_prose, line_kind
from casus.intake.web.meta import alike, common
from casus.intake.web.tree import HEADINGS, Block, Node, Page
from casus.text import fold

# The report stands in the innermost element that holds so much of the prose, counted as below: what little stands
# beside it is an author's note or a notice. 0.7 to 0.9 do equally well on 163 pages of news sites, 0.8 on our layouts.
_NEARLY = 0.85
# What a word costs that is no prose, beside a word of prose: a link's two, in a paragraph or list a quarter.
_LINK, _WORD, _ITEM = 2.0, 1.0, 0.25
_SUBHEADS = frozenset({"h2", "h3", "h4"})
_SIGNED = frozenset({"h1", "h2", "h3"})
_SIGNATURES = frozenset({"byline", "published", "updated", "stamp"})
_FLOW = frozenset({"p", "li", "blockquote", "dd", "dt", "pre"}) | HEADINGS
# A block that says again what so many paragraphs say is a copy of the report for machines.
_COPY = 3
# Beside a picture stands its caption if it has so many words, and no more.
_CAPTION_WORDS = range(3, 61)
_BOX_BLOCKS = 4
# A gallery has so many pictures, each with its own words, as siblings.
_SLIDES = 3
_NO_BOX = frozenset({"p", "a", "body"})
_NO_CAPTION = frozenset({"p"}) | HEADINGS
_CREDIT = frozenset({"credit", "credits", "copyright", "source", "src", "photographer"})
_SENTENCE = re.compile(r"[.?!…][\"”’'»)\]]{0,3}\s*\Z")
_NAMED_TITLE = frozenset({"title", "headline", "heading"})
# A headline shares most of its words with one of the titles that the tags state; a link to another report does not.
_SAME_TITLE, _OTHER_TITLE = 0.6, 0.2
# How far above the first paragraph a headline may stand that no tag names.
_ABOVE = 12


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph, heading or list item of the report, or a caption."""

    text: str
    caption: bool


@dataclass(frozen=True, slots=True)
class Report:
    """The report of a page: its parts in order, without the headline, and where it stands among the page's blocks.

    `head` is the headline's block, `first` and `end` those of the first paragraph and behind the last; `around` holds
    the report and its headline. `marked` are the blocks that are clutter, but for bars beside which dates stand.
    """

    parts: tuple[Part, ...]
    head: int | None
    first: int
    end: int
    around: Node
    marked: tuple[bool, ...]


def read_report(
    page: Page, titles: Sequence[str], site: str | None, authors: Sequence[str] = (), *, live: bool = False
) -> Report | None:
    """The report of a page, None where it has no prose. `titles` and `authors` are what the tags state, `site` is the
    site's name."""
    head = find_head(page, titles, site)
    clutter = Clutter(page, head, live=live)
    captions = _captions(page, clutter)
    node = _report(page, clutter, 0 if head is None else head + 1)
    if node is None:
        return _pictures(page, clutter, captions, head)
    blocks, marked = page.blocks, clutter.marked
    if head is None and len({fold(t) for t in titles}) < 2:
        prose = [n for n in range(node.start, node.end) if clutter.prose[n] and not marked[n]]
        head = _untold_head(blocks, marked, prose[0])
    top = 0 if head is None else head + 1
    start = max(node.start, top)
    prose = [n for n in range(start, node.end) if clutter.prose[n] and not marked[n]]
    if not prose:
        return None
    free = [n for n, b in enumerate(blocks) if not marked[n] and not b.caption]
    opening = {n for n in free if top <= n < prose[0] and (n >= start or head is not None) and _opens(blocks[n])}
    within = {n for n in free if prose[0] <= n <= prose[-1] and (clutter.prose[n] or _between(blocks[n]))}
    chosen = opening | within | _edges(blocks, marked, start, node.end, prose)
    chosen -= _repeated(blocks, chosen) | {n for n in chosen if _is_told(blocks[n], authors)}
    around = _around(page, node, head)
    near = {n for n in captions if min(node.start, top) <= n < around.end and blocks[n].words >= 3}
    near -= {n for n in near if any(m != n and _bare(blocks[n].text) in _bare(blocks[m].text) for m in near if m < n)}
    parts = dict.fromkeys(Part(blocks[n].text, n in captions) for n in sorted(chosen | near))
    return Report(
        tuple(parts),
        head,
        prose[0],
        prose[-1] + 1,
        around,
        tuple(m and n not in clutter.bars for n, m in enumerate(marked)),
    )


def _pictures(page: Page, clutter: Clutter, captions: set[int], head: int | None) -> Report | None:
    """The report of a page that has pictures and their captions, and no prose."""
    found = [n for n in sorted(captions) if page.blocks[n].words >= 3 and n > (head or 0)]
    if len(found) < _SLIDES:
        return None
    parts = tuple(dict.fromkeys(Part(page.blocks[n].text, True) for n in found))
    return Report(parts, head, found[0], found[-1] + 1, page.nodes[0], tuple(clutter.marked))


def find_head(page: Page, titles: Sequence[str], site: str | None) -> int | None:
    """The headline's block: what reads most like one of the titles that the tags state, headings first."""
    best, most = None, (False, 0, 0, 0)
    for n, block in enumerate(page.blocks):
        heading = block.tag in {"h1", "h2", "h3"} or "heading" in block.node.names
        if (
            not 2 <= block.words <= 45
            or block.caption
            or not (heading or block.strong or block.node.names & _NAMED_TITLE)
        ):
            continue
        if _is_name(block.text, site):
            continue
        score = max((alike(block.text, t) for t in titles), default=0.0)
        if score < _SAME_TITLE:
            continue
        # the more words the better: a site's name stands in its pages' titles, too
        shared = max(common(block.text, t) for t in titles)
        rank = (shared >= 3, shared, 3 if block.tag == "h1" else 2 if heading else 1, -n)
        if shared >= 2 and rank > most:
            best, most = n, rank
    if best is not None:
        return best
    for n, block in enumerate(page.blocks):
        if block.tag == "h1" and block.words >= 3 and not _is_name(block.text, site) and _may_be(block.text, titles):
            return n
    only = [n for n, block in enumerate(page.blocks) if block.tag == "h1"]
    if not titles and len(only) == 1 and not _is_name(page.blocks[only[0]].text, site):
        return only[0]  # two words are a headline, too, where a piece of a page has nothing else
    return _signed_head(page.blocks, titles)


def _signed_head(blocks: Sequence[Block], titles: Sequence[str]) -> int | None:
    """The one heading with a byline right below it: in a letter to subscribers the title is that of the letter."""
    signed = [
        n
        for n, (block, below) in enumerate(pairwise(blocks))
        if block.tag in _SIGNED and 3 <= block.words <= 30 and line_kind(below.text) == "byline"
    ]
    return signed[0] if len(signed) == 1 and len({fold(t) for t in titles}) < 2 else None


def _may_be(text: str, titles: Sequence[str]) -> bool:
    """Whether a line may be the headline: tags that state several titles, and none like it, are of another report."""
    return len(titles) < 2 or any(alike(text, t) >= _OTHER_TITLE for t in titles)


def _is_name(text: str, site: str | None) -> bool:
    """Whether a heading is the name of the outlet and not that of a report."""
    return (site is not None and fold(text) == fold(site)) or is_letterhead(text) or is_paper(text)


def _untold_head(blocks: Sequence[Block], marked: Sequence[bool], first: int) -> int | None:
    """The headline of a page whose tags do not say it: the last line above the first paragraph that can be one; one in
    bold or named so goes before others."""
    found = None
    for n in range(first - 1, max(-1, first - 1 - _ABOVE), -1):
        block = blocks[n]
        text = block.text
        if marked[n] or block.caption or not 3 <= block.words <= 30 or block.linked * 2 > block.words:
            continue
        if line_kind(text) or text[-1] in ".:;," or is_section(text) or is_desk(text) or is_letterhead(text):
            continue
        if block.strong or block.tag in HEADINGS or block.node.names & _NAMED_TITLE:
            return n
        found = n if found is None and not _has_digits_only(text) else found
    return found


def _has_digits_only(text: str) -> bool:
    return sum(c.isdigit() for c in text) * 3 > len(text)


def _report(page: Page, clutter: Clutter, first: int) -> Node | None:
    """The innermost node that holds nearly all of the prose, less what stands beside it."""
    worth = [0.0]
    for n, block in enumerate(page.blocks):
        if clutter.marked[n] or n < first or block.caption:
            worth.append(0.0)
        elif clutter.prose[n]:
            worth.append(clutter.prose[n])
        elif not any(c.isalpha() for c in block.text):
            worth.append(0.0)  # the number of a slide, a rule of signs
        else:
            each = _ITEM if block.tag in _FLOW else _WORD
            worth.append(-_LINK * block.linked - each * (block.words - block.linked))
    sums = list(accumulate(worth))
    values = [sums[node.end] - sums[node.start] for node in page.nodes]
    most = max(values, default=0.0)
    if most <= 0:
        return None
    enough = [node for node, value in zip(page.nodes, values, strict=True) if value >= _NEARLY * most]
    # a paragraph is in something, and there may be short ones beside it
    several = [node for node in enough if node.tag not in _FLOW and node.end - node.start > 1]
    return (several or enough)[-1]


def _around(page: Page, node: Node, head: int | None) -> Node:
    """The innermost node that holds both the report and its headline."""
    around = node
    while head is not None and not around.start <= head < around.end and around.parent is not None:
        around = around.parent
    return around if around.parent is not None else page.nodes[0]


def _edges(blocks: Sequence[Block], marked: Sequence[bool], start: int, stop: int, prose: Sequence[int]) -> set[int]:
    """A heading right above the first paragraph, and the list or the short sentences that close the report."""
    first, end = prose[0] - 1, prose[-1] + 1
    edges = {first} if first >= start and blocks[first].tag in _SUBHEADS and not marked[first] else set()
    while end < stop and not marked[end] and not blocks[end].linked and _closes(blocks[end]):
        edges.add(end)
        end += 1
    return edges


def _closes(block: Block) -> bool:
    sentence = block.tag == "p" and block.words >= 2 and ENDS_PROSE.search(block.text) is not None
    return (block.tag == "li" or sentence) and line_kind(block.text) is None


def _is_told(block: Block, authors: Sequence[str]) -> bool:
    """Whether a block is a bar with a byline, and no paragraph, that says of the author what the tags state."""
    if block.tag in _FLOW or line_kind(block.text) not in _SIGNATURES:
        return False
    return any(fold(a) in fold(block.text) for a in authors)


def _opens(block: Block) -> bool:
    """Whether a block above the first paragraph is a standfirst, a byline or a stamp."""
    if block.linked * 2 > block.words:
        return False
    if line_kind(block.text) in _SIGNATURES or is_prose(block):
        return True
    if block.tag not in _FLOW or block.tag in {"li", "h1"}:
        return False
    return block.words >= 5 or (block.words >= 3 and _SENTENCE.search(block.text) is not None)


def _between(block: Block) -> bool:
    """Whether a short block between paragraphs belongs to them."""
    sentence = _SENTENCE.search(block.text) is not None
    if block.linked * 2 > block.words and not sentence:
        return False
    return block.tag in _FLOW or block.strong or (block.words >= 3 and (sentence or block.words >= 12))


def _captions(page: Page, clutter: Clutter) -> set[int]:
    """Blocks that are captions: by their element or name, or short lines in a box of their own with a picture."""
    blocks = page.blocks
    found = {n for n, b in enumerate(blocks) if b.caption and not clutter.marked[n]}
    slides: dict[tuple[int, str], list[Node]] = defaultdict(list)
    for node in page.nodes:
        if node.tag in _NO_BOX or node.pictures_end == node.pictures or not 0 < node.end - node.start <= _BOX_BLOCKS:
            continue
        own = range(node.start, node.end)
        if any(clutter.marked[n] or blocks[n].linked for n in own) or not _has_caption_length(blocks, own):
            continue
        slides[id(node.parent), node.tag].append(node)
        if node.tag != "li" and not any(blocks[n].tag in _NO_CAPTION for n in own):
            found.update(own)
    for nodes in slides.values():
        if len(nodes) >= _SLIDES:
            found.update(n for node in nodes for n in range(node.start, node.end) if blocks[n].tag not in HEADINGS)
    for n in found:
        clutter.marked[n] = clutter.marked[n] or not blocks[n].caption
    return {n for n in found if not blocks[n].node.names & _CREDIT and line_kind(blocks[n].text) != "credit"}


def _has_caption_length(blocks: Sequence[Block], own: range) -> bool:
    return sum(blocks[n].words for n in own) in _CAPTION_WORDS


def _repeated(blocks: Sequence[Block], chosen: set[int]) -> set[int]:
    """Quotes that are set large and say again what a paragraph says; and copies of the whole report."""
    order = sorted(chosen)
    bare = {n: _bare(blocks[n].text) for n in order}
    joined = "\n".join(bare[n] for n in order)
    starts = list(accumulate((len(bare[n]) + 1 for n in order), initial=0))
    said: dict[int, list[int]] = {}
    for n in order:
        if blocks[n].words >= 4 and blocks[n].tag not in HEADINGS:
            at = [order[bisect_right(starts, m) - 1] for m in islice(_found(bare[n], joined), _COPY)]
            said[n] = [m for m in at if len(bare[m]) > len(bare[n])]
    by = Counter(m for n, found in said.items() if blocks[n].words >= 8 for m in set(found))
    copies = {m for m, times in by.items() if times >= _COPY}
    return copies | {n for n, found in said.items() if blocks[n].words <= 45 and any(m not in copies for m in found)}


def _found(words: str, text: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + len(words))


def _bare(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", fold(text)).split())
