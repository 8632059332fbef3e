"""A story of a news agency as its format (NITF, NewsML-G2) states it -> the document: head, text, captions, notes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from casus.errors import EmptyError, WithdrawnError
from casus.intake.build import Source, of_text
from casus.intake.metadata import merged
from casus.intake.news.wiredates import later, same, written
from casus.intake.raw import Known, Stamp
from casus.intake.web.fragments import Fragment, after_dateline
from casus.records import Document

# States of a story in which nobody may use it: NITF's management-status, NewsML-G2's pubStatus.
_WITHDRAWN = frozenset({"canceled", "cancelled", "withheld", "killed", "withdrawn"})
# A message to editors that takes a story back: "Editors: please kill story X". In a headline only capitals say so, for
# news tells of reports withdrawn, too.
_KILL = re.compile(
    r"\W*(?:(?:urgent|attention|attn|editors?|to|all|subscribers|bulletin|advisory|correction)\W{1,3}){0,5}"
    r"(?:mandatory[\s-]kill|(?:please\s)?kill\s(?:the\s|this\s|our\s)?(?:story|item|report|article|notice|slug)|"
    r"(?:story|item|report|article)\s(?:is\s|has been\s)?(?:killed|withdrawn)|"
    r"(?:please\s)?(?:withhold|disregard)\s(?:the\s|this\s|our\s)?(?:story|item|report|article))\b",
    re.IGNORECASE,
)
# Messages and notes that are kept of one story; real ones have up to three.
_MESSAGES = 10
_SHOUTED_KILL = re.compile(r"\W*(?:MANDATORY KILL\b|KILL\s?(?::|[-–—]\s))")


@dataclass(frozen=True, slots=True)
class Story:
    """What a format states of a story. `subheads` stand below the headline, `status` is the agency's word on its
    use."""

    known: Known
    text: Fragment
    subheads: tuple[str, ...] = ()
    dateline: str | None = None
    status: str | None = None
    messages: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def document(story: Story, source: Source, media_type: str) -> Document:
    """The document of a story. Raises WithdrawnError for one that its agency took back, EmptyError for want of text."""
    require_usable(story, source.name)
    title = story.known.title
    prose = [p for p in story.text.prose() if p != title]
    if not prose:
        raise EmptyError(f"{source.name} has no text", "items of pictures, sound or video hold no report")
    first = after_dateline(prose, story.dateline)[0]
    paragraphs = [p for p in [title, *story.subheads] if p]
    paragraphs += [first if p == prose[0] else p for p in story.text.paragraphs if p != title]
    source = replace(source, known=merged(source.known, story.known))
    messages = (f"to editors: {m[:300]}" for m in story.messages[:_MESSAGES])
    source = source.noting(*story.notes[:_MESSAGES], *messages)
    return of_text("\n\n".join(paragraphs), source, media_type=media_type, captions=story.text.captions)


def require_usable(story: Story, name: str) -> None:
    """Raises WithdrawnError for a story that may not be used."""
    status = (story.status or "").lower()
    told = [m for m in story.messages if _KILL.match(m)]
    told += [line for line in (*story.messages, story.known.title or "") if _SHOUTED_KILL.match(line)]
    if status in _WITHDRAWN or told:
        why = f"its status is {status}" if status in _WITHDRAWN else f"it says {told[0][:60]!r}"
        raise WithdrawnError(f"{name} was taken back by its agency: {why}", "add what replaced it, if anything did")


def dated(published: Sequence[Stamp | None], changed: Stamp | None) -> tuple[tuple[Stamp, ...], str | None]:
    """The stamps that are there, each once, and the last change where it is later than the first of them."""
    stamps: list[Stamp] = []
    for stamp in published:
        if stamp is not None and not any(same(stamp, other) for other in stamps):
            stamps.append(stamp)
    if changed is None or not stamps or not later(changed, stamps[0]):
        return tuple(stamps), None
    return tuple(stamps), written(changed)
