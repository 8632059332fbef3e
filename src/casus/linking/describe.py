"""One line on an event for people: "Iran attacked Pakistan in Panjgur, 16 January 2024: 2 killed (2-4)"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from casus.events import Event, EventFigure, EventPlace, EventSide, EventWhen

# Of each type the verb, what the deed is called where nobody is known to have done it, and the word before the
# recipient of that noun.
VERBS: dict[str, tuple[str, str, str]] = {
    "AGREE": ("agreed with", "agreement", "with"),
    "CONSULT": ("met", "talks", "with"),
    "SUPPORT": ("backed", "support", "for"),
    "CONCEDE": ("yielded to", "concession", "to"),
    "COOPERATE": ("worked with", "cooperation", "with"),
    "AID": ("helped", "help", "for"),
    "RETREAT": ("pulled back from", "pull-back", "from"),
    "REQUEST": ("called on", "call", "on"),
    "ACCUSE": ("accused", "accusation", "against"),
    "REJECT": ("rebuffed", "refusal", "towards"),
    "THREATEN": ("threatened", "threat", "against"),
    "PROTEST": ("protested against", "protest", "against"),
    "SANCTION": ("punished", "punitive measure", "against"),
    "MOBILIZE": ("mobilised against", "mobilisation", "against"),
    "COERCE": ("coerced", "coercion", "of"),
    "ASSAULT": ("attacked", "attack", "on"),
}
# verbs that say nothing without a recipient, and what is said then
_ALONE: dict[str, str] = {
    "AGREE": "reached an agreement", "CONSULT": "held talks", "SUPPORT": "voiced support", "CONCEDE": "yielded",
    "COOPERATE": "worked together", "AID": "gave help", "RETREAT": "pulled back", "REQUEST": "made a call",
    "ACCUSE": "made an accusation", "REJECT": "refused", "THREATEN": "made a threat", "PROTEST": "protested",
    "SANCTION": "took punitive measures", "MOBILIZE": "mobilised", "COERCE": "used coercion",
}  # fmt: skip
# modes whose deed the verb of the type does not tell
_MODES: dict[tuple[str, str], tuple[str, str, str]] = {
    ("CONSULT", "visit"): ("visited", "visit", "to"),
    ("CONSULT", "phone"): ("spoke by telephone with", "telephone call", "with"),
    ("ACCUSE", "disapprove"): ("criticised", "criticism", "of"),
    ("RETREAT", "release"): ("released", "release", "of"),
    ("SANCTION", "convict"): ("convicted", "conviction", "of"),
    ("SANCTION", "expel"): ("expelled", "expulsion", "of"),
    ("COERCE", "arrest"): ("arrested", "arrest", "of"),
    ("COERCE", "deport"): ("deported", "deportation", "of"),
    ("ASSAULT", "abduct"): ("abducted", "abduction", "of"),
}
_PREFIX = {"happened": "", "denied": "Denied: ", "planned": "Planned: ", "hypothetical": "Possible: "}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
# names that take an article within a sentence
_ARTICLE = re.compile(
    r"(?:United (?:States|Kingdom|Nations|Arab Emirates)|European Union|African Union|Arab League|Netherlands"
    r"|Philippines|Bahamas|Maldives|Gambia|Seychelles|Comoros|Vatican|.*\b(?:Islands|Republic)"
    r"|(?:Democratic )?Republic of .*)$"
)
# words that open the name of those whom nobody names, in a sentence of its own
_COMMON = re.compile(
    r"(?:An?|The|Some|Several|Dozens|Hundreds|Thousands|One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|Armed|Unknown"
    r"|Unidentified|Suspected|Gunmen|Attackers|Militants|Rebels|Civilians|Residents|Protesters|People|Police)\b"
)
SHOWN = 3  # sides that are named; more do not fit on a line


def describe(event: Event) -> str:
    """The event in a line: who did what to whom, where, when, and with what harm."""
    deed = _deed(event)
    where, when = _where(event.place, event.recipients), _when(event.when)
    told = f"{deed}{where}{f', {when}' if when else ''}"
    harm = ", ".join(_figure(f) for f in event.figures)
    return _PREFIX[event.status] + _capital(told) + (f": {harm}" if harm else "")


def _deed(event: Event) -> str:
    kind = event.types[0]
    verb, noun, to = _MODES.get((kind, event.mode or ""), VERBS.get(kind, (kind.lower(), kind.lower(), "on")))
    disputed = {c.kind for c in event.conflicts if c.state == "open"}
    actors = _names(event.actors, "or" if "actor" in disputed else "and")
    recipients = _names(event.recipients, "or" if "recipient" in disputed else "and")
    if actors and recipients:
        return f"{actors} {verb} {recipients}"
    if actors:
        return f"{actors} {_ALONE.get(kind, verb)}"
    return f"{noun} {to} {recipients}" if recipients else noun


def _names(sides: Sequence[EventSide], joined: str) -> str:
    """The sides' names, each once; a state once, be it for its organs or its people."""
    seen: dict[str, None] = {}
    known: set[str] = set()
    for side in sides:
        if side.who is None or side.who not in known:
            seen.setdefault(_in_sentence(side.name))
            known.add(side.who or "")
    names = list(seen)
    if len(names) > SHOWN:
        names = [*names[:SHOWN], "others"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {joined} {names[-1]}" if names else ""


def _in_sentence(name: str) -> str:
    """The name as it stands within a sentence."""
    if _COMMON.match(name):
        return name[:1].lower() + name[1:]
    return f"the {name}" if _ARTICLE.match(name) else name


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _where(place: EventPlace | None, recipients: Sequence[EventSide]) -> str:
    """ " in Panjgur"; nothing for a place that the line names already."""
    if place is None or any(s.name == place.name for s in recipients):
        return ""
    return f" {'near' if place.precision == 'near' else 'in'} {_in_sentence(place.name)}"


def _when(when: EventWhen) -> str:
    """ "16 January 2024", "16-18 January 2024", "January 2024", "2024"; "" where unknown."""
    first, last = when.start, when.end
    if first is None or last is None:
        return ""
    month = f"{_MONTHS[last.month - 1]} {last.year}"
    if when.precision == "year":
        return str(first.year)
    if when.precision == "month":
        return month
    if first == last:
        return f"{first.day} {month}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}-{last.day} {month}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {_MONTHS[first.month - 1]}{year} to {last.day} {month}"


def _figure(figure: EventFigure) -> str:
    """ "9 killed", "2 killed (2-4)", "at least 9 killed", "9 killed (7 or more)", "up to 40 killed"."""
    low, best, high, measure = figure.low, figure.best, figure.high, figure.measure
    if low is None:
        return f"up to {high} {measure}" if best is None else f"{best} {measure}"
    if best is None:
        return f"{low}-{high} {measure}" if high is not None else f"at least {low} {measure}"
    if high is None:
        return f"at least {low} {measure}" if best == low else f"{best} {measure} ({low} or more)"
    return f"{best} {measure}" if low == high else f"{best} {measure} ({low}-{high})"
