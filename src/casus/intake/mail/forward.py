"""A mail's lines -> those of the report in it: what was forwarded, without notes above it and replies below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from casus.intake.mail.head import Envelope, envelope_of_fields
from casus.intake.mail.lines import Line, is_prose

_FORWARDED = re.compile(
    r"\W{0,3}[-_]{2,40}\s?forwarded (?:message|by\b.{1,80}?)(?: follows)?\s?[-_]{0,40}\W{0,3}|"
    r"(?:begin )?forwarded message\s?:",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(r"\W{0,3}[-_]{2,40}\s?original (?:message|appointment)\s?[-_]{2,40}\W{0,3}", re.IGNORECASE)
_FIELD = re.compile(
    r"\W{0,3}(from|sent|date|to|cc|bcc|subject|reply[- ]to|organi[sz]ation|importance|attachments?|resent-\w+)"
    r"\s?\*{0,2}:\*{0,2}\s?(.*)",
    re.IGNORECASE | re.DOTALL,
)
_WROTE = re.compile(
    r"(?:on|am|le|el)\b.{6,200}\b(?:wrote|writes|said)\s?:\W{0,2}|.{3,120}\b(?:wrote|writes)\s?:\W{0,2}", re.IGNORECASE
)
# A head of a forward has four to eight fields, some of them folded.
_HEAD_LINES, _MAX_LEVELS = 24, 5
# Heads that are looked at on each level; a long thread has some fifty.
_HEADS = 100
# So many words above a head that nothing calls a forward are a note; more are a report or a reply of its own.
_NOTE_WORDS = 60


@dataclass(frozen=True, slots=True)
class Inner:
    """The head of a mail within a mail: where it starts, where its text begins, and whether it says "forwarded"."""

    start: int
    end: int
    quote: int
    fields: dict[str, str]
    forwarded: bool
    marked: bool


@dataclass(frozen=True, slots=True)
class Report:
    """The lines of the report, the head of the forward they came in, and what was left out on the way."""

    lines: list[Line]
    forwarded: Envelope | None
    notes: tuple[str, ...]


def report_in(lines: Sequence[Line], own: Envelope) -> Report:
    """The innermost forward if there is one, else the mail's own words; without quoted replies."""
    current, forwarded, at = list(lines), None, own
    for _ in range(_MAX_LEVELS):
        inner = next((i for i in _heads(current) if _counts(i, current, at, first=forwarded is None)), None)
        if inner is None:
            break
        forwarded = at = envelope_of_fields(inner.fields)
        current = [replace(line, quote=max(0, line.quote - inner.quote)) for line in current[inner.end :]]
    if forwarded is None and (inner := next(_heads(current), None)) and inner.start > 0:
        kept, cut = current[: inner.start], len(current) - inner.start
    else:
        kept, cut = current, 0
    unquoted = _without_quotes(kept)
    cut += len(kept) - len(unquoted)
    if not _words(unquoted) and _words(kept):
        # somebody passed it on as a quote and wrote nothing of their own
        return Report(
            [replace(line, quote=0) for line in kept], forwarded, ("all of it is quoted: read as the report",)
        )
    notes = (f"{cut} lines of quoted mail are left out",) if cut else ()
    return Report(unquoted, forwarded, notes)


def _heads(lines: Sequence[Line]) -> Iterator[Inner]:
    """Each head of a mail within the lines, in order."""
    left = _HEADS
    for n, line in enumerate(lines):
        if not left:
            return
        marked = bool(_FORWARDED.fullmatch(line.text))
        original = not marked and bool(_ORIGINAL.fullmatch(line.text))
        if marked or original or (_FIELD.match(line.text) and line.text.lower().lstrip(" *_").startswith("from")):
            left -= 1
            inner = _head_at(lines, n, forwarded=marked, marked=marked or original)
            if inner:
                yield inner


def _head_at(lines: Sequence[Line], start: int, *, forwarded: bool, marked: bool) -> Inner | None:
    """The head that begins there; None where the lines below are none."""
    fields: dict[str, str] = {}
    last = ""
    at = first = start + marked
    for at in range(first, min(len(lines), first + _HEAD_LINES)):
        line = lines[at]
        if found := _FIELD.fullmatch(line.text):
            last = found[1].lower()
            fields.setdefault(last, found[2].strip())
        elif last and not fields[last]:
            fields[last] = line.text
        elif last and not line.gap:
            fields[last] += f" {line.text}"  # folded by a program that breaks lines
        else:
            break
    else:
        at += 1
    dated = "date" in fields or "sent" in fields
    if (
        "from" not in fields
        or not ("subject" in fields or dated)
        or (not marked and not ("subject" in fields and dated))
    ):
        return None
    return Inner(start, at, lines[first].quote, fields, forwarded, marked)


def _counts(inner: Inner, lines: Sequence[Line], at: Envelope, *, first: bool) -> bool:
    """Whether the report is below this head, and what stands above it a note. Below a reply's head stands the mail
    that it answers."""
    above = [line for line in lines[: inner.start] if not line.quote]
    words = sum(len(line.text.split()) for line in above)
    if inner.forwarded:
        return first or words <= _NOTE_WORDS
    return at.is_forward or words == 0 or (not at.is_reply and words <= _NOTE_WORDS)


def _without_quotes(lines: Sequence[Line]) -> list[Line]:
    """The lines that are not quoted, without the "On ... wrote:" above those that are."""
    kept: list[Line] = []
    for line in lines:
        if not line.quote:
            kept.append(line)
            continue
        for count in (1, 2):
            if len(kept) >= count and _WROTE.fullmatch(" ".join(other.text for other in kept[-count:])):
                del kept[-count:]
                break
    return kept


def _words(lines: Sequence[Line]) -> int:
    return sum(len(line.text.split()) for line in lines if is_prose(line))
