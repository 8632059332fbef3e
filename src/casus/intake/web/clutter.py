"""What on a page is no part of its report: menus, boxes of links, comments, sign-up forms, share bars, adverts.

Rules over nodes and blocks, for any page; none may take away most of the page's prose, or its headline. What a rule
knows is in its name, in the label above it, or in its shape: a list of cards, a box that asks for something.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate

from casus.intake.plaintext.lines import LineKind, kind_of
from casus.intake.plaintext.paragraphs import ENDS_PROSE
from casus.intake.web.tree import HEADINGS, Block, Node, Page

_TAGS = frozenset({
    "nav", "menu", "dialog", "aside", "footer", "button", "amp-ad", "amp-sidebar", "amp-consent", "amp-embed",
    "amp-twitter", "amp-facebook", "amp-instagram", "amp-sticky-ad", "amp-list", "amp-social-share", "details",
})  # fmt: skip
_SIDES = frozenset({"aside", "footer"})
# Words of classes and ids. The English ones are those of the common systems (WordPress, Drupal, AMP); outlets that
# publish in English in other countries often keep their own language in them.
_NAMES = frozenset({
    # other reports
    "related", "recommended", "recommendation", "recommendations", "recirc", "trending", "popular", "mostread",
    "teasers", "readmore", "relacionadas", "relacionados", "relacionada", "ilgili", "terkait", "similar", "onward",
    "outbrain", "taboola", "mgid", "zergnet", "revcontent", "nextup", "upnext", "interlink", "jp-relatedposts",
    "sidebar", "ticker",
    # what a page asks of its reader
    "newsletter", "newsletters", "subscribe", "subscription", "subscriptions", "signup", "donate", "donation",
    "donations", "membership", "poll", "polls", "quiz", "survey", "promo", "promos", "promotion",
    "cookie", "cookies", "consent", "gdpr", "login", "popup", "modal", "appeal", "fundraising",
    # sharing
    "share", "sharing", "shares", "sharer", "sharebar", "social", "sociable", "addtoany", "addthis", "sharedaddy",
    "compartir", "partage", "paylas", "bagikan", "sharethis", "follow", "bookmark", "print", "tools", "toolbar",
    # adverts
    "ad", "ads", "adslot", "adbox", "advert", "adverts", "advertisement", "advertising", "adholder", "dfp", "mpu",
    "sponsor", "sponsored", "sponsors", "banner", "adsbygoogle", "publicidad", "reklam", "reklama", "werbung", "iklan",
    # about the page and its author
    "breadcrumb", "breadcrumbs", "crumb", "crumbs", "tags", "taglist", "topics", "hashtags", "etiketler", "etiquetas",
    "pagination", "pager", "copyright", "disclaimer", "colophon", "footer", "menu", "navbar", "navigation", "submenu",
    "bio", "skip", "tooltip", "toc", "wayback", "wm",
    # what is said twice, or elsewhere
    "pullquote", "pull", "pq", "factbox", "infobox", "tweet", "twitter", "instagram", "tiktok", "embed", "embedded",
    "telegram", "tg", "facebook", "callout", "orphus", "vk",
    "highlights", "storyhighlights", "takeaways", "keypoints", "soundcite", "player", "playlist",
})  # fmt: skip
_PAIRS = (
    frozenset({"about", "author"}), frozenset({"author", "box"}), frozenset({"author", "card"}),
    frozenset({"author", "info"}), frozenset({"author", "profile"}), frozenset({"most", "read"}),
    frozenset({"read", "more"}), frozenset({"read", "next"}), frozenset({"read", "also"}), frozenset({"more", "on"}),
    frozenset({"more", "from"}), frozenset({"more", "stories"}), frozenset({"pull", "quote"}),
    frozenset({"article", "quote"}), frozenset({"sign", "up"}), frozenset({"also", "like"}), frozenset({"see", "also"}),
    frozenset({"app", "download"}), frozenset({"key", "points"}), frozenset({"live", "strip"}),
)  # fmt: skip
COMMENTS = frozenset({
    "comment", "comments", "commentlist", "disqus", "respond", "commentaires", "comentarios", "kommentare", "yorum",
    "yorumlar", "komentar", "livefyre", "coral", "guestbook", "replies",
})  # fmt: skip
# What stands above a list of other reports, a form, or what readers wrote. A label is short and says nothing else.
_LABEL = re.compile(
    r"\W{0,4}(?:"
    r"related|recommended|suggested|trending|popular|latest|more|most (?:read|viewed|shared|popular|commented)|"
    r"(?:\w+ ){0,2}(?:related|recommended|suggested|trending|popular|latest|top|other|more|further|most) "
    r"(?:\w+[ &]{1,3}){0,3}(?:articles?|stor(?:y|ies)|content|topics?|news|coverage|reading|reports?|links?|posts?|"
    r"videos?|galler(?:y|ies)|pictures|photos|headlines|events?|read|viewed|shared|popular|commented|updates|publications?)"
    r"(?: (?:from|on|in|about|by|of|for|now|this)\b.{0,40})?|"
    r"(?:keep|continue|also|further|more) (?:reading|read)|read (?:also|next|more|this next)|see also|also on .{2,40}|"
    r"more (?:on|from|in|about) .{2,50}|up next|you (?:may|might) (?:also )?.{2,30}|what to read next|"
    r"editor'?s'? (?:picks?|choice)|must[- ]reads?|don't miss.{0,30}|in case you missed it|previously(?: in .{2,30})?|"
    r"from (?:around )?the (?:web|archives?|blogs?)|(?:today on )?the blogs|paid (?:content|for by)|promoted|"
    r"sponsored|advertisement|story highlights|key (?:takeaways|points)|at a glance|in this (?:article|story|report)|"
    r"contents|table of contents|quick (?:access|links)|upcoming events|about the (?:author|writer)s?|"
    r"recommended citation|cite this.{0,30}|share (?:this|on|or).{0,40}|follow us.{0,30}|have your say|poll|"
    r"(?:enjoying|like|liked) (?:this|what).{0,40}|(?:sign up|subscribe|get our|get the|join our|support) .{0,60}|"
    r"(?:quick|ai(?:-generated)?) summary.{0,30}|generated by .{0,30}|newsletters?|donate.{0,40}|audio|podcasts?|"
    r"tags|topics|filed under|live updates|\d+ comments|"
    r"trending .{2,30}|day in pictures|related internet links|in short|the (?:day|week|month) ahead|"
    r"what we(?: are|'re) (?:reading|watching|listening to)|(?:a )?(?:word|message) from our (?:sponsors?|partners?)"
    r")\W{0,4}",
    re.IGNORECASE,
)
_COMMENTS_LABEL = re.compile(
    r"\W{0,3}(?:(?:readers?'?s?'? )?comments?(?: \(?\d+\)?)?|\d+ comments?|leave a (?:reply|comment).{0,30}|"
    r"(?:join|start) the (?:conversation|discussion)|discussion|(?:from )?(?:the |our )?guest ?book|"
    r"your (?:comment|opinion|views?)|"
    r"readers?'?s?'? letters.{0,30}|what do you think\W?|post a comment|add (?:a )?comment|responses(?: ?\(\d+\))?|"
    r"\d+ (?:responses|thoughts|replies)\b.{0,80})\W{0,4}",
    re.IGNORECASE,
)
# Below these, at the end of a report, stand paragraphs that are none of it.
_END_LABEL = re.compile(
    r"\W{0,3}(?:corrections?|clarifications?|editor'?s'? notes?|about (?:the|this) .{3,30}|recommended citation|"
    r"notes? (?:to|for) editors?|(?:for )?(?:more|further) information|(?:media |press )?contacts?|links|references|"
    r"sources|footnotes|disclaimer|images in this article)\W{0,3}",
    re.IGNORECASE,
)
_TITLES = frozenset({"title", "heading", "headline", "label", "head", "header"})
_STAMP = re.compile(r"\b\d{1,2}[:.]\d\d\b|\b(?:19|20)\d\d\b|\bago\b|\d+[hdwmy]\b|\breply\b", re.IGNORECASE)
# Shares of the page's prose. A box in a report has less than a third of it; a rail of other reports with their first
# sentences can have as much as a short report, but a name such as "related" on what holds more than six tenths is
# that of a page's layout ("has-related"). Judgements, checked on tests/layouts.
_BOX, _NAMED = 0.3, 0.4
_SMALL_WORDS = 4
# Two headlines have 15 words or more; a paragraph that is one link is shorter or says where to read on.
_ROW_WORDS = 30
_CARD_WORDS, _ASKS_WORDS = 80, 60


# A page's own small print, of any length: `lines` knows the short forms.
_SMALL_PRINT = re.compile(
    r"\bcookies?\b.{0,300}\b(?:web ?sites?|site|browser|experience|consent|visitors?|preferences|settings)\b|"
    r"\b(?:web ?sites?|site|browser|experience)\b.{0,200}\bcookies?\b|"
    r"\ball rights reserved\b|^\W{0,3}(?:©|copyright\b)|"
    r"\bviews\b.{0,50}\b(?:are|is)\b.{0,30}\b(?:those of|author'?s?'? own)\b|\bprint(?:er)?[- ]friendly\b|"
    r"\bmay not be (?:published|reproduced|republished|rewritten|redistributed)\b|\brequires javascript\b|"
    r"\b(?:tele(?:phone)?|tel|fax)\b\.?:? ?\W?\d",
    re.IGNORECASE | re.DOTALL,
)
# Who may be written to, at the end of a report: a short paragraph with an address.
_WRITE_TO = re.compile(r"\b[\w.+-]{1,40}@[\w-]{1,40}\.[a-z]{2,}")


def is_prose(block: Block) -> bool:
    """Whether a block is running text: eight words, most of them no link, and the end of a sentence.

    From 25 words on it may be without, if it is no list of names or keywords.
    """
    if block.words < 8 or (block.linked * 2 > block.words and block.words - block.linked < 15):
        return False
    if ENDS_PROSE.search(block.text) is not None or block.text[-1] in ";,—–":
        return True
    return block.words >= 25 and block.text.count(",") * 3 < block.words


# Asked several times of each block; a page has some hundreds.
@lru_cache(maxsize=4_096)
def line_kind(text: str) -> LineKind | None:
    """`lines.kind_of`, remembered."""
    return kind_of(text)


@lru_cache(maxsize=4_096)
def _speaks_of_itself(text: str) -> bool:
    return _SMALL_PRINT.search(text) is not None


def is_small_print(block: Block) -> bool:
    """Whether a block speaks about the page or the outlet: cookies, rights, whom to write to."""
    if block.words > 120:
        return False
    return _speaks_of_itself(block.text[:1_000]) or (block.words <= 40 and _WRITE_TO.search(block.text) is not None)


def _is_links(block: Block) -> bool:
    """Whether a block is a row of links to other reports: so many words, and hardly one that is none."""
    return block.words >= _ROW_WORDS and block.linked * 5 >= block.words * 4


# Bars beside which the date of the report may stand.
_BARS = frozenset({
    "share", "sharing", "shares", "sharer", "sharebar", "social", "sociable", "print", "tools", "toolbar", "follow",
    "bookmark", "copyright", "tags", "topics", "breadcrumb", "breadcrumbs", "bio", "author",
})  # fmt: skip
# What closes a press release; below it are notes.
_ENDS = re.compile(r"\W{0,4}(?:ends?|#\s?#\s?#|30)\W{0,4}", re.IGNORECASE)


class Clutter:
    """Marks the blocks of a page that are no report: `marked[n]` for block n.

    `head` is the block of the headline, None where it is not known. `live` keeps lists of dated entries. `bars` are
    blocks that are marked only because they stand in a bar or at the side, where the report's date may stand, too.
    """

    def __init__(self, page: Page, head: int | None, *, live: bool = False) -> None:
        self.page, self.head, self.live = page, head, live
        blocks = page.blocks
        small = [is_small_print(b) if b.words >= _SMALL_WORDS else False for b in blocks]
        self.prose = [
            b.words if not (b.caption or small_print) and is_prose(b) and line_kind(b.text) not in _NO_PROSE else 0
            for b, small_print in zip(blocks, small, strict=True)
        ]
        self.marked = [s or _is_links(b) for s, b in zip(small, blocks, strict=True)]
        self._sums = [0, *accumulate(self.prose)]
        self._words = [0, *accumulate(b.words for b in blocks)]
        self.bars: set[int] = set()
        self.total = self._sums[-1]
        self._nodes()
        self._labels()
        self._cards()
        self._notes()

    def prose_in(self, start: int, end: int) -> int:
        """Words of running text in blocks `start` up to `end`."""
        return self._sums[end] - self._sums[start]

    def _holds_head(self, node: Node) -> bool:
        return self.head is not None and node.start <= self.head < node.end

    def _mark(self, start: int, end: int) -> None:
        for n in range(start, end):
            self.marked[n] = True
            self.bars.discard(n)

    def _notes(self) -> None:
        """What stands below the end of a press release."""
        for n, block in enumerate(self.page.blocks):
            if (
                block.words <= 3
                and self.prose_in(self.head or 0, n) > self.total * _BOX
                and _ENDS.fullmatch(block.text)
            ):
                self._mark(n, block.node.parent.end if block.node.parent else n)

    def _nodes(self) -> None:
        """By tags, by names, and by what a box asks for."""
        done = 0
        for node in self.page.nodes:
            if node.end <= max(done, node.start) or self._holds_head(node):
                continue
            if self._is_clutter(node):
                self._mark(node.start, node.end)
                if node.tag in _SIDES or node.names & _BARS:
                    self.bars.update(range(node.start, node.end))
                done = node.end
            elif node.hidden and self.prose_in(node.start, node.end) <= self.total * _NAMED:
                # hidden slides of a gallery still have captions
                for n in range(node.start, node.end):
                    self.marked[n] = self.marked[n] or not self.page.blocks[n].caption

    def _is_clutter(self, node: Node) -> bool:
        share = self.prose_in(node.start, node.end) / (self.total or 1)
        after = self.head is None or node.start > self.head
        if node.names & COMMENTS and after and share < 1:
            return self.prose_in(0, node.start) > 0
        if node.tag in _TAGS or node.names & _NAMES or any(pair <= node.names for pair in _PAIRS):
            return share <= _NAMED
        # a box that asks for something; but buttons may stand beside the date
        small = node.asks and self._words[node.end] - self._words[node.start] <= _ASKS_WORDS
        own = self.page.blocks[node.start : node.end]
        return small and node.tag != "body" and not any(line_kind(b.text) in _STAMPS for b in own)

    def _labels(self) -> None:
        """A label and what it stands above: the box that it opens, or the elements that follow it."""
        blocks = self.page.blocks
        opened: dict[int, list[Node]] = defaultdict(list)
        for node in self.page.nodes:
            opened[node.start].append(node)
        for n, block in enumerate(blocks):
            if self.marked[n] or n == self.head or block.words > 10:
                continue
            comments = _COMMENTS_LABEL.fullmatch(block.text) is not None
            if not comments and not _is_label(block):
                continue
            nodes = [node for node in opened[n] if node.end > n and not self._holds_head(node)]
            limit = self.total if comments and n > (self.head or 0) else self._limit(n)
            readers = comments
            comments = comments or _END_LABEL.fullmatch(block.text) is not None
            box = next((x for x in nodes if x.end > n + 1 and self.prose_in(x.start, x.end) <= limit), None)
            if box is not None:
                self._mark(box.start, box.end)
            elif nodes:
                self._mark(n, self._below(nodes[0], limit, all_below=comments))
            elif readers and self.prose_in(0, n) > self.prose_in(n, block.node.end):
                self._mark(n, block.node.end)  # on old pages all stands in one cell of a table
            else:
                self._mark(n, self._links_below(n))

    def _limit(self, label: int) -> float:
        """How much prose may stand below a label: a box in a report has little, one behind it may have more."""
        above = self.prose_in(self.head or 0, label)
        return self.total * (_NAMED if above >= self.total * _NAMED else _BOX)

    def _links_below(self, label: int) -> int:
        """Where the lines end that stand below a label with no element of their own, each with a link in it."""
        blocks, end = self.page.blocks, label + 1
        while end < len(blocks) and blocks[end].node is blocks[label].node and blocks[end].linked:
            end += 1
        return end

    def _below(self, node: Node, limit: float, *, all_below: bool) -> int:
        """Where what stands below a label ends: at the next heading or paragraph, or with the element around it."""
        end = node.end
        siblings = node.parent.children if node.parent else []
        for sibling in siblings[siblings.index(node) + 1 :] if node in siblings else []:
            first = self.page.blocks[sibling.start] if sibling.end > sibling.start else None
            if first is None:
                continue
            stops = sibling.tag in HEADINGS or (sibling.tag == "p" and self.prose[sibling.start] > 0)
            if (stops and not all_below) or self._holds_head(sibling):
                break
            if self.prose_in(node.end, sibling.end) > limit:
                break
            end = sibling.end
        return end

    def _cards(self) -> None:
        """Lists of links with a line or two below each, and lists of short dated entries: two and three of them."""
        groups: dict[tuple[int, str, frozenset[str]], list[Node]] = defaultdict(list)
        for node in self.page.nodes:
            if node.end > node.start and not self._holds_head(node) and node.parent is not None:
                groups[id(node.parent), node.tag, node.names].append(node)
        for nodes in groups.values():
            if len(nodes) < 2:
                continue
            links = [x for x in nodes if self._is_card(x)]
            if len(links) >= 2 and len(links) * 2 >= len(nodes):
                self._mark_all(links)
            dated = [] if self.live else [x for x in nodes if self._is_dated(x)]
            if len(dated) >= 3 and len(dated) * 2 >= len(nodes):
                self._mark_all(dated)

    def _mark_all(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            self._mark(node.start, node.end)

    def _is_card(self, node: Node) -> bool:
        """A link that reads like a headline, and little beside it."""
        if node.tag == "p" or self._words[node.end] - self._words[node.start] > _CARD_WORDS:
            return False
        blocks = self.page.blocks[node.start : node.end]
        link = any(b.linked * 5 >= b.words * 4 and 3 <= b.words <= 30 for b in blocks) or node.tag == "a"
        rest = sum(b.words - b.linked for b in blocks)
        return (link and rest <= 45) or (len(blocks) > 1 and blocks[0].tag in HEADINGS and rest <= 0)

    def _is_dated(self, node: Node) -> bool:
        """A few blocks, a short one of them with a date or a time: a comment, a line of a ticker."""
        if node.tag == "p" or node.end - node.start < 2 or self._words[node.end] - self._words[node.start] > 150:
            return False
        blocks = self.page.blocks[node.start : node.end]
        if node.pictures_end > node.pictures and not any(b.linked for b in blocks):
            return False  # a slide of a gallery
        return any(b.words <= 14 and _STAMP.search(b.text) for b in blocks)


_STAMPS = frozenset({"published", "updated", "stamp", "byline"})
_NO_PROSE = frozenset({"promo", "notice", "code", "pointer", "button", "related", "contributors"})


def _is_label(block: Block) -> bool:
    """Whether a short block stands above something as its name: a heading, bold, or called one, and no sentence."""
    if block.linked and block.linked == block.words and block.tag not in HEADINGS:
        return False
    if block.text[-1] == "." or not (
        _LABEL.fullmatch(block.text) or _END_LABEL.fullmatch(block.text) or line_kind(block.text) == "related"
    ):
        return False
    named = block.tag in HEADINGS or block.strong or block.node.names & _TITLES or block.text.isupper()
    return bool(named) or block.node.end - block.node.start == 1 or block.words <= 3
