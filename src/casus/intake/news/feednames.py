"""The title of a feed -> the name of who publishes it: "Karvan Post - RSS", "Latest news from Karvan Post"."""

from __future__ import annotations

import re

from casus.intake.plaintext.lines import is_section

_BEFORE = re.compile(
    r"(?:(?:rss|atom|news)?\s?feeds?(?:\s(?:of|for|from)|:)|rss:|"
    r"(?:the\s)?(?:latest|breaking|top|recent|all)(?:\s(?:news|stories|headlines|articles|posts|updates|reports))?"
    r"(?:\s(?:from|by|at|on|of|in)|:)|(?:news|headlines|articles|stories|posts|updates)\s(?:from|by))\s(?=\S)",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"\s?(?:\(rss\)|\[rss\]|(?:rss|atom|news|xml)(?:\s(?:2\.0|1\.0))?\s?feeds?|(?<=\s)(?:rss|atom|feed))(?:\s[\d.]{1,4})?\s?\Z",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s[-–—|/:·•>]{1,2}\s|\s?[»›|]\s?|(?<=\w):\s")
_GENERIC = re.compile(
    r"(?:(?:rss|atom|xml|news|full|main)?\s?(?:feeds?|rss)|articles?|stories|posts|updates|(?:the\s)?world(?:wide)?|news|"
    r"reports?|blog|online|index|comments?)\Z",
    re.IGNORECASE,
)
# beside the name: "Karvan Post – Breaking news and video from Belo"
_SLOGAN = re.compile(
    r".{0,40}\b(?:headlines|top stories|latest|breaking news|all (?:news|articles|stories|posts)|home ?page|front page|"
    r"search results|most read)\b.{0,60}\Z",
    re.IGNORECASE,
)


def publisher_of(title: str | None) -> str | None:
    """The publisher's name in a feed's title, without what it says of the feed; None where nothing is left.

    Sections of the paper count as the feed's: "World | Karvan Post". Where two parts could be the name, the whole
    title stays.
    """
    if not title:
        return None
    title = " ".join(title.split())[:300]
    if re.match(r"(?:results|search)\b.{0,80}\bfor\b", title, re.IGNORECASE):
        return None
    parts = [_bare(part) for part in _BETWEEN.split(title)]
    if len(parts) > 1:
        parts = [part for part in parts if not _SLOGAN.match(part)]
    names = list(dict.fromkeys(part for part in parts if part and not _GENERIC.match(part) and not is_section(part)))
    if len(names) == 1:
        return names[0]
    # no part is a name: "World news"; several: a paper and its desk, which none of our rules can tell apart
    return _bare(title) if names else None


def _bare(part: str) -> str:
    part = part.strip(" -–—|:»›")
    while (cut := _BEHIND.sub("", _BEFORE.sub("", part, count=1) if _BEFORE.match(part) else part)) != part:
        part = cut.strip(" -–—|:»›")
    return part
