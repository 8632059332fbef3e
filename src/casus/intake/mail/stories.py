"""A newsletter's lines -> its stories, where its HTML shows them beyond doubt.

The rule: headings of one level (h1 to h3), two or more, each of four words or more and each with a link of its own (in
the heading, or on a line below it that leads to the whole story), and below each at least 25 words of prose. If one of
them has prose and no link, or a link and too little prose, nothing is split: subheadings of one report look like that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from casus.intake.mail.lines import Line, is_prose, prose_words

_HEADLINE_WORDS, _STORY_WORDS = 4, 25
# What stands above the first story is a document of its own if it tells something: an editor's letter does.
_LETTER_WORDS = 40
_WHOLE = re.compile(r"\W{0,4}(?:read|see|continue|full|more|get the)\b.{0,60}", re.IGNORECASE)
# Capitals or a rule below: how newsletters of plain text set their headings.
_RULE = re.compile(r"[=*~_#-]{4,}")


@dataclass(frozen=True, slots=True)
class Story:
    """One story: its headline, its lines below it, and where the whole of it is. `title` is None for what stands above
    the first."""

    title: str | None
    lines: list[Line]
    link: str | None


def stories_in(lines: Sequence[Line]) -> list[Story]:
    """The stories of a newsletter, and its letter above them; empty where it is one report or cannot be told apart.

    `lines` are those of the mail before its buttons were taken out, as these lead to the stories.
    """
    for level in (1, 2, 3):
        starts = [n for n, line in enumerate(lines) if 0 < line.heading <= level]
        sections = [lines[a:b] for a, b in zip(starts, [*starts[1:], len(lines)], strict=False)]
        stories = [_story(section) for section in sections if _is_headline(section[0])]
        if len(stories) < 2 or len({story.link for story in stories} - {None}) < len(stories):
            continue
        # what stands below "More news" is links; prose there is part of something that we do not see through
        others = [section for section in sections if not _is_headline(section[0])]
        told = all(prose_words(story.lines) >= _STORY_WORDS for story in stories)
        if told and all(prose_words(other) < _STORY_WORDS for other in others):
            letter = list(lines[: starts[0]])
            return [*([Story(None, letter, None)] if prose_words(letter) >= _LETTER_WORDS else []), *stories]
    return []


def _is_headline(heading: Line) -> bool:
    return len(heading.text.split()) >= _HEADLINE_WORDS


def _story(section: Sequence[Line]) -> Story:
    lines = list(section[1:])
    # what follows the last words of a story leads elsewhere
    while lines and (lines[-1].linked or lines[-1].heading):
        lines.pop()
    return Story(section[0].text, lines, _link(section))


def _link(section: Sequence[Line]) -> str | None:
    """The link of the heading, else of a line that leads to the whole story."""
    heading, *below = section
    if heading.links:
        return heading.links[0]
    return next((line.links[0] for line in below if line.links and _WHOLE.fullmatch(line.text)), None)


def holds_several(lines: Sequence[Line]) -> bool:
    """Whether lines that were not split still look like several stories: headings with prose below, or several links
    to whole stories."""
    headed = sum(
        bool(line.heading or _set_off(lines, n)) and any(is_prose(below) for below in lines[n + 1 : n + 4])
        for n, line in enumerate(lines)
        if _is_headline(line)
    )
    leads = sum(
        bool(line.links) and len(line.text.split()) <= 8 and bool(_WHOLE.fullmatch(line.text)) for line in lines
    )
    return headed >= 2 or leads >= 2


def _set_off(lines: Sequence[Line], n: int) -> bool:
    """A heading of plain text: in capitals, or with a rule right below it."""
    line = lines[n]
    ruled = n + 1 < len(lines) and not lines[n + 1].gap and bool(_RULE.fullmatch(lines[n + 1].text))
    return len(line.text) <= 150 and (ruled or ((line.gap or n == 0) and line.text.isupper()))
