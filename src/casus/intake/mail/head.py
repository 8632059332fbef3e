"""What a mail's head says: who sent it, when, under which subject, to which list; also the head of one forwarded."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from casus.intake.dates import find_date
from casus.intake.mail.mime import Head, words_of
from casus.intake.raw import Known, Stamp
from casus.text import fold

_PREFIX = re.compile(
    r"\s{0,5}(?:(?:re|fw|fwd|aw|wg|tr|rv)(?:\[\d{1,3}\])?\s?:|\[(?:ext|external|fwd|spam)\]:?)", re.IGNORECASE
)
_FORWARD = re.compile(r"(?:fw|fwd|wg|tr|rv)\s?:|\[fwd\b", re.IGNORECASE)
_REPLY = re.compile(r"(?:re|aw)(?:\[\d{1,3}\])?\s?:", re.IGNORECASE)
_TAG = re.compile(r"\[([^\[\]]{2,40})\]\s{0,3}(?=\S)")
_ADDRESS = re.compile(r"(?P<name>[^<>]{0,500})<(?P<at>[^<>\s]{0,300})>")
_COMMENT = re.compile(r"\S{1,200}@\S{1,200}\s\((?P<name>[^()]{1,200})\)")
_VIA = re.compile(r"(?P<who>.{2,80}?)\svia\s\S.{1,80}", re.IGNORECASE)
_CLOCK = re.compile(
    r"\b(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s?([ap]\.?m\b\.?)?\s?\(?(GMT|UTC|Z|[+-]\d{2}:?\d{2})\b", re.IGNORECASE
)
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
# Parameters of links in mails that tell who the reader is, or count clicks; the page opens without them.
_PERSONAL = re.compile(
    r"(?:utm_\w+|mc_[ce]id|e|email|token|uid|sid|r|recipient|subscriber\w*|user\w*|_hs\w+|fbclid|gclid)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A head's statements; empty or None where it makes none."""

    subject: str = ""
    sender: str | None = None
    sent: Stamp | None = None
    notes: tuple[str, ...] = ()

    @property
    def title(self) -> str | None:
        """The subject without what mail programs and lists put before it."""
        return bare_subject(self.subject) or None

    @property
    def is_forward(self) -> bool:
        return bool(_FORWARD.match(self.subject))

    @property
    def is_reply(self) -> bool:
        return bool(_REPLY.match(self.subject))


def bare_subject(subject: str) -> str:
    """A subject without "Fwd: Re: [EXTERNAL]"; at most 300 characters, as no headline has more."""
    while found := _PREFIX.match(subject):
        subject = subject[found.end() :]
    return subject.strip()[:300]


def envelope_of(head: Head) -> Envelope:
    """What a mail's own head says. A date that cannot be read is looked for where the mail came in."""
    subject = head.text("subject")
    tag = _TAG.search(subject[:80])
    list_id = fold(head.raw("list-id"))
    if tag and list_id and fold(tag[1]) in list_id:
        subject = subject[: tag.start()] + subject[tag.end() :]
    sender = sender_of(head.raw("from") or head.raw("sender")) or sender_of(head.raw("list-id"))
    stated = head.raw("date")
    sent = stamp_of(stated)
    notes: tuple[str, ...] = ()
    if sent is None:
        relays = [value.rpartition(";")[2] for value in head.all("received")]
        sent = next((s for s in map(stamp_of, reversed(relays)) if s), None)
        why = f"its date, {stated[:60]!r}, cannot be read" if stated else "it states no date"
        notes = (f"{why}: taken from where it was received",) if sent else ()
    return Envelope(subject, sender, sent, notes)


def envelope_of_fields(fields: dict[str, str]) -> Envelope:
    """What the head of an inline forward says; `fields` by their names in lower case."""
    stated = fields.get("date") or fields.get("sent") or ""
    return Envelope(fields.get("subject", ""), sender_of(fields.get("from", "")), stamp_of(stated))


def sender_of(field: str) -> str | None:
    """The display name in an address, without the list's behind a "via"; None where there is an address alone."""
    address = _ADDRESS.match(field)
    comment = _COMMENT.match(field)
    name = address["name"] if address else comment["name"] if comment else "" if "@" in field else field
    name = words_of(name).strip(" \"'“”‘’*,;").replace('\\"', '"')
    if via := _VIA.fullmatch(name):
        name = via["who"].strip(" \"'")
    # an address as the name of itself, or the number of a list, names nobody
    if "@" in name or not any(c.isalpha() for c in name) or re.fullmatch(r"[\w-]{20,}", name):
        return None
    return name[:120]


def stamp_of(text: str) -> Stamp | None:
    """The day, and the moment where a zone is given, in the date of a mail or of a forwarded head."""
    text = text.strip()[:100]
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return _loose_stamp(text)
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR or not re.match(r"\W{0,2}(?:[A-Za-z]{3,9},?\s{1,3})?\d", text):
        return _loose_stamp(text)
    if moment.tzinfo is None and re.search(r"-0000\b", text):  # the time is UTC, the sender's zone not said
        moment = moment.replace(tzinfo=UTC)
    zoned = moment.tzinfo is not None
    return Stamp(moment.date(), "meta", moment.isoformat() if zoned else None)


def _loose_stamp(text: str) -> Stamp | None:
    """The date as mail programs print it above a forward: "Tue, Jan 16, 2024 at 10:00 AM GMT"."""
    day = find_date(text, None)
    if day is None:
        return None
    clock = _CLOCK.search(text)
    if clock is None:
        return Stamp(day, "meta")
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    if clock[4]:
        hour = hour % 12 + 12 * (clock[4][0].lower() == "p")
    zone = clock[5].replace(":", "")
    shift = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5])) if zone[0] in "+-" else timedelta()
    try:
        offset = timezone(-shift if zone[0] == "-" else shift)
        moment = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=offset)
    except ValueError:
        return Stamp(day, "meta")
    return Stamp(day, "meta", moment.isoformat())


def without_reader(url: str) -> str:
    """An address without what it tells about who clicks on it."""
    try:
        parts = urlsplit(url)
        query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True, max_num_fields=100)
                 if not _PERSONAL.fullmatch(k) and "@" not in v]  # fmt: skip
    except ValueError:
        return url.partition("?")[0]
    kept = urlencode(query) if len(query) < len(parts.query.split("&")) else parts.query
    return urlunsplit((parts.scheme, parts.netloc, parts.path, kept, ""))


def address_in(field: str) -> str | None:
    """The web address in a field such as `List-Archive: <https://...>`."""
    found = re.search(r"https?://[^\s<>\"]{4,1000}", field)
    return without_reader(found[0]) if found else None


def said_by(own: Envelope, head: Head, forwarded: Envelope | None, link: str | None) -> Known:
    """What is known of the report: by the head of what was forwarded, else by the mail's own."""
    first = forwarded or own
    notes: Sequence[str] = ()
    if forwarded:
        notes = (_forwarded_note(own, forwarded),)
    else:
        link = link or address_in(head.raw("archived-at"))
        notes = own.notes
        if list_id := head.text("list-id"):
            notes = (*notes, f"sent to the list {list_id[:120]}")
        if link is None and (archive := address_in(head.raw("list-archive"))):
            link, notes = archive, (*notes, "the address is that of the list's archive")
    stamps = (first.sent,) if first.sent else ()
    known = Known(title=first.title or own.title, publisher=first.sender, published=stamps, notes=tuple(notes))
    return replace(known, url=without_reader(link) if link else None)


def _forwarded_note(own: Envelope, forwarded: Envelope) -> str:
    when = f" on {own.sent.day.isoformat()}" if own.sent else ""
    dated = "" if forwarded.sent else "; the forwarded head has no date that can be read"
    return f"forwarded by {own.sender or 'somebody'}{when}: a note above it is not read{dated}"
