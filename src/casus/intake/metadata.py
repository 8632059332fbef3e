"""Which of several statements about a document holds, by where they stand; the others are kept beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import get_args

from casus.intake.raw import Known, Stamp
from casus.intake.web.zones import local, zones_of
from casus.records import PublishedBasis, Stated, StatedField
from casus.text import fold

# Most trusted first: a person or a record, what a page says for machines, a feed, an address, the words.
_RANK: dict[PublishedBasis, int] = {basis: rank for rank, basis in enumerate(get_args(PublishedBasis))}
# Dates that a program wrote, perhaps of a template or of the day on which the page was made anew.
_MACHINE = frozenset({"json-ld", "meta"})
_DAY = timedelta(days=1)
# The time zones furthest from UTC in which news is published: Samoa and New Zealand.
_WEST, _EAST = timedelta(hours=11), timedelta(hours=13)
# What parts an address and another of the same page: how it is reached, and which edition is shown.
_REACHED = re.compile(r"^https?://(?:www\.|m\.|mobile\.|amp\.)?|(?:/amp|/index\.\w{3,5})?/*$|\.amp(?=\.html?$)")
# Names that share so many of their words are one name written in two ways. A judgement.
_ONE_NAME = 0.8


@dataclass(frozen=True, slots=True)
class Settled:
    """The date that holds, every other day that is stated, once, and what a person should know."""

    stamp: Stamp | None
    others: tuple[Stated, ...] = ()
    notes: tuple[str, ...] = ()


def settle_published(
    stamps: Sequence[Stamp],
    *,
    country: str | None = None,
    retrieved: str | None = None,
    modified: str | None = None,
) -> Settled:
    """The date of publication by the trust in where it stands: given, JSON-LD, tags, feed, address, words.

    Three things go before that order, and nothing else does:
    1. A date after the day of the capture (`retrieved`, ISO 8601) is wrong, whoever states it; the next best is taken.
    2. A machine's date that nothing else supports is that of a template or of a rebuilt page if two other parts of the
       source contradict it with one voice (the visible line and the address), or if one does and the date lies after
       that of the last change (`modified`, ISO 8601).
    3. A moment in UTC has the day of its outlet: that of another statement of the same moment in local time. Where a
       statement names the day before or after, that day, if it is the day all over the publisher's `country` (alpha-3);
       where the country is not known, if there are countries in which both statements hold.
    """
    notes: list[str] = []
    ordered = sorted(stamps, key=lambda s: _RANK[s.basis])
    capture = _day_of(retrieved)
    late = [s for s in ordered if capture and s.basis != "given" and s.day > capture + _DAY]
    if late and capture:
        notes.append(f"{late[0].day.isoformat()} is stated as date of publication and lies after the capture")
    held = [s for s in ordered if s not in late]
    if not held:
        return Settled(None, _others(late, None), tuple(notes))
    first = _supported(held, _day_of(modified))
    if first is not held[0]:
        notes.append(f"the page's tags state {held[0].day.isoformat()}, which its other dates contradict")
    here = _in_local_time(first, held, country)
    if here is not first:
        notes.append(f"published {first.at}; the day, {here.day.isoformat()}, is the one in the outlet's own time")
    return Settled(here, _others(ordered, here), tuple(notes))


def _supported(held: Sequence[Stamp], modified: date | None) -> Stamp:
    """The most trusted statement, if it is not alone against two others that agree (rule 2): else these."""
    first = held[0]
    rest = [s for s in held if abs(s.day - first.day) > _DAY]
    if first.basis not in _MACHINE or any(s not in rest and s.basis != first.basis for s in held):
        return first
    if modified and first.day > modified + _DAY:
        return next((s for s in rest if s.day <= modified + _DAY), first)
    agreed = (s for s in rest if any(s.basis != t.basis and abs(s.day - t.day) <= _DAY for t in rest))
    return next(agreed, first)


def _in_local_time(stamp: Stamp, held: Sequence[Stamp], country: str | None) -> Stamp:
    """The same moment with the day of its outlet, where another statement says that day (rule 3)."""
    if stamp.at is None or not (moment := datetime.fromisoformat(stamp.at)).tzinfo or moment.utcoffset():
        return stamp
    beside = [s for s in held if abs(s.day - stamp.day) == _DAY]
    for other in beside:
        if other.at and _minute(other.at) == _minute(stamp.at):
            return replace(stamp, day=other.day, at=other.at)
    if any(s.day == stamp.day and s.basis == "text" for s in held):
        return stamp
    day, here = local(moment, country)
    # what readers see first: an address may be made in UTC, too
    for other in sorted(beside, key=lambda s: s.basis != "text"):
        if day == other.day:
            return replace(stamp, day=day, at=here.isoformat() if here else stamp.at)
        if not zones_of(country or "") and _somewhere(moment, other.day):
            return replace(stamp, day=other.day)
    return stamp


def _somewhere(moment: datetime, day: date) -> bool:
    """Whether a moment in UTC lies on a day of an inhabited country: then both statements hold, and nothing else."""
    return (moment - _WEST).date() <= day <= (moment + _EAST).date()


def _minute(at: str) -> datetime:
    return datetime.fromisoformat(at).astimezone(UTC).replace(second=0, microsecond=0)


def _others(stamps: Iterable[Stamp], held: Stamp | None) -> tuple[Stated, ...]:
    others: dict[str, Stated] = {}
    for stamp in stamps:
        same = held is not None and held.at and stamp.at and _minute(held.at) == _minute(stamp.at)
        if not same and (held is None or stamp.day != held.day):
            day = stamp.day.isoformat()
            others.setdefault(day, Stated("published", stamp.at or day, stamp.basis))
    return tuple(others.values())


def _day_of(moment: str | None) -> date | None:
    try:
        return date.fromisoformat(moment[:10]) if moment else None
    except ValueError:
        return None


def changed_before(published: Stamp | None, modified: str | None) -> bool:
    """Whether a document is said to have been changed before it was published: one of the two is wrong."""
    day = _day_of(modified)
    return published is not None and day is not None and published.day > day


def differing(what: StatedField, held: str | None, told: Iterable[tuple[str, PublishedBasis]]) -> tuple[Stated, ...]:
    """Values of a field that clearly differ from the one that is held, each once: not its case, a part of it, or its
    initials, and of addresses not the edition for telephones."""
    kept: list[Stated] = []
    for value, basis in told:
        if held and all(_differ(what, value, seen) for seen in (held, *(s.value for s in kept))):
            kept.append(Stated(what, value, basis))
    return tuple(kept)


def _differ(what: StatedField, one: str, other: str) -> bool:
    if what == "url":
        return _reached(one) != _reached(other)
    a, b = re.findall(r"\w+", fold(one)), re.findall(r"\w+", fold(other))
    if not a or not b or f" {' '.join(a)} " in f" {' '.join(b)} " or f" {' '.join(b)} " in f" {' '.join(a)} ":
        return False
    if _initials(a) == "".join(b) or _initials(b) == "".join(a):
        return False
    return len({*a} & {*b}) < _ONE_NAME * min(len({*a}), len({*b}))


def _reached(url: str) -> str:
    return _REACHED.sub("", url.partition("?")[0].partition("#")[0])


def _initials(words: Sequence[str]) -> str:
    return "".join(w[0] for w in words if w not in {"of", "the", "and", "for"})


def contradicted(first: Known, then: Known) -> tuple[Stated, ...]:
    """What a container says of a document (`first`, which is believed) that the document contradicts."""
    return (
        *differing("title", first.title, [(then.title, "meta")] if then.title else ()),
        *differing("publisher", first.publisher, [(then.publisher, "meta")] if then.publisher else ()),
        *differing("byline", first.byline, [(then.byline, "meta")] if then.byline else ()),
        *differing("url", first.url, [(then.url, "meta")] if then.url else ()),
    )


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
