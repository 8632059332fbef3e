"""Which of several statements about a document holds, by where they stand; the others are kept beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from casus.intake.raw import Known, Stamp
from casus.records import PublishedBasis, Stated

# Most trusted first: a person or a record, what a page says for machines, a feed, an address, the words.
_RANK: dict[PublishedBasis, int] = {basis: rank for rank, basis in enumerate(get_args(PublishedBasis))}


def settle_published(stamps: Sequence[Stamp]) -> tuple[Stamp | None, tuple[Stated, ...]]:
    """The date that holds, and every other day that is stated, once."""
    if not stamps:
        return None, ()
    ordered = sorted(stamps, key=lambda s: _RANK[s.basis])
    first = ordered[0]
    others: dict[str, Stated] = {}
    for stamp in ordered[1:]:
        if stamp.day != first.day:
            value = stamp.at or stamp.day.isoformat()
            others.setdefault(stamp.day.isoformat(), Stated("published", value, stamp.basis))
    return first, tuple(others.values())


def merged(first: Known, then: Known) -> Known:
    """What both say, with `first` believed where both say something; dates of both."""
    return replace(
        then,
        id=first.id or then.id,
        title=first.title or then.title,
        url=first.url or then.url,
        publisher=first.publisher or then.publisher,
        byline=first.byline or then.byline,
        published=(*first.published, *then.published),
        modified=first.modified or then.modified,
        retrieved=first.retrieved or then.retrieved,
        charset=first.charset or then.charset,
        media_type=first.media_type or then.media_type,
        form=first.form if first.form != "report" else then.form,
        notes=(*first.notes, *then.notes),
    )
