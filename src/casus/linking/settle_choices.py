"""What a person may decide of an event's values, in words, and what those words mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import get_args

from casus.codebook import Codebook
from casus.errors import UsageError
from casus.events import SETTABLE, Choice, ConflictKind
from casus.linking.countries import code_of
from casus.records import Measure, Sector, Status

MEASURES: tuple[Measure, ...] = get_args(Measure)
KINDS: tuple[ConflictKind, ...] = get_args(ConflictKind)
STATUSES: tuple[Status, ...] = get_args(Status)
SECTORS: tuple[Sector, ...] = get_args(Sector)
# the versions of who was harmed
TARGETS = ("armed", "civilian")
# which field a settled contradiction speaks of; "target" has none, the sides stay as they are
FIELD_OF: dict[str, str] = {kind: kind for kind in KINDS if kind in SETTABLE} | {"time": "date"}
KIND_OF: dict[str, str] = {field: kind for kind, field in FIELD_OF.items()}
# how to say that a value is not known, or that there is none
NOTHING = frozenset(("none", "unknown", "?"))
JOINT = " + "  # between actors who did it together

_FIGURE = re.compile(r"(\d+)(?:\s*[-–]\s*(\d+)(?:\s*[-–]\s*(\d+))?|(\+))?")
_AND = re.compile(r"\s\+(?:\s|$)")
_AT_MOST = re.compile(r"up to (\d+)")
_HINTS = {
    "figure": '"9", "9-12", "9-10-12" for low, best and high, "9+", "up to 40" or "none"',
    "date": '"2024-01-16", "2024-01-16/2024-01-18" or "unknown"',
    "side": '"PAK", "PAK/MIL", "Hezbollah", "ISR + USA" for several or "none"',
    "place": '"Panjgur", "Panjgur, PAK", "PAK" or "unknown"',
}


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person decided of one event: field to value and decision, and kind of contradiction to what was chosen."""

    values: dict[str, tuple[str, str]] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.values or self.chosen)

    def rule(self, name: str) -> str:
        """How the field was settled."""
        return f"decided: {self.values[name][1]}"


NONE = Choices()


def take(choices: Sequence[Choice]) -> Choices:
    """The choices by what they speak of; of two on one thing the later stands. Raises UsageError as check_choice."""
    if not choices:
        return NONE
    out = Choices()
    for choice in choices:
        check_choice(choice.field, choice.value)
        kind = choice.field.removeprefix("conflict:")
        name = FIELD_OF.get(kind) if kind != choice.field else choice.field
        kind = kind if kind != choice.field else KIND_OF.get(choice.field, "")
        if name:
            out.values[name] = (choice.value.strip(), choice.decision_id)
        if kind:
            out.chosen[kind] = choice.value.strip()
    return out


def check_choice(field: str, value: str) -> None:
    """Raises UsageError, with a hint, unless a person may set this field to this value.

    `field` is one of SETTABLE, or "conflict:KIND" for one of ConflictKind.
    """
    kind = field.removeprefix("conflict:")
    known = kind in KINDS if kind != field else field in SETTABLE
    if not known:
        options = ", ".join((*SETTABLE, *(f"conflict:{k}" for k in KINDS)))
        raise UsageError(f"an event has no {field!r} to set", f"one of {options}")
    name = FIELD_OF.get(kind, "") if kind != field else field
    if not value.strip():
        raise UsageError(f"no value for {field}", _hint(name))
    if name == "type":
        _one_of(field, value, Codebook.load().type_names)
    elif name == "mode":
        _one_of(field, value, (*sorted({m for t in Codebook.load().types for m in t.mode_names}), "none"))
    elif name == "status":
        _one_of(field, value, STATUSES)
    elif name == "date":
        parse_date(value)
    elif name in ("actor", "recipient"):
        parse_sides(value)
    elif name == "place":
        parse_place(value)
    elif name in MEASURES:
        parse_figure(value)
    elif kind == "target":
        _one_of(field, value, TARGETS)


def parse_figure(value: str) -> tuple[int | None, int | None, int | None] | None:
    """Low, best and high; None for "none". Best is None where the words leave it open ("9-12"). Raises UsageError."""
    text = value.strip().lower()
    if text in NOTHING:
        return None
    if (most := _AT_MOST.fullmatch(text)) is not None:
        return None, None, int(most[1])
    match = _FIGURE.fullmatch(text)
    if match is None:
        raise UsageError(f"{value!r} is no figure", _HINTS["figure"])
    low = int(match[1])
    if match[4]:
        return low, low, None
    second, third = (int(x) if x else None for x in (match[2], match[3]))
    high = third if third is not None else second if second is not None else low
    best = second if third is not None else None if second is not None else low
    if not low <= (low if best is None else best) <= high:
        raise UsageError(f"{value!r} does not go from low to high", _HINTS["figure"])
    return low, best, high


def parse_date(value: str) -> tuple[date, date] | None:
    """First and last day; None for "unknown". Raises UsageError."""
    text = value.strip()
    if text.lower() in NOTHING:
        return None
    first, _, last = text.partition("/")
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError as error:
        raise UsageError(f"{value!r} is no date", _HINTS["date"]) from error
    if start > end:
        raise UsageError(f"{value!r} ends before it starts", _HINTS["date"])
    return start, end


def parse_sides(value: str) -> tuple[tuple[str | None, Sector | None], ...]:
    """Who and sector of each side, both None where not said; () for "none". A country's name becomes its code.

    Raises UsageError.
    """
    if value.strip().lower() in NOTHING:
        return ()
    out: list[tuple[str | None, Sector | None]] = []
    for part in _AND.split(value):
        name, slash, last = part.strip().rpartition("/")
        sector = next((s for s in SECTORS if slash and s == last.strip().upper()), None)
        who = (name if sector else part).strip()
        if not who or (who == "?" and sector is None):
            raise UsageError(f"{value!r} names no side", _HINTS["side"])
        out.append((None if who == "?" else code_of(who) or who, sector))
    return tuple(out)


def parse_place(value: str) -> tuple[str, str | None] | None:
    """Name and ISO 3166 alpha-3 where it is given; None for "unknown". Raises UsageError."""
    text = value.strip()
    if text.lower() in NOTHING:
        return None
    name, _, last = text.rpartition(",")
    code = last.strip()
    if not (name and re.fullmatch(r"[A-Z]{3}", code)):
        return text, code_of(text)
    if code_of(code) is None:
        raise UsageError(f"no country has the code {code}", _HINTS["place"])
    return name.strip(), code


def _one_of(field: str, value: str, allowed: Sequence[str]) -> None:
    if value.strip() not in allowed:
        raise UsageError(f"{field} cannot be {value!r}", f"one of {', '.join(allowed)}")


def _hint(name: str) -> str:
    """How a value of that field is written."""
    key = "figure" if name in MEASURES else "side" if name in ("actor", "recipient") else name
    return _HINTS.get(key, "")
