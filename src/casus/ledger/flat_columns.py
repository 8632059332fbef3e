"""What every column of the flat rows means: docs, codebook sheets and column descriptions are made of this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Literal, get_args, get_type_hints

from casus.ledger.flat_rows import FlatClaim, FlatConflict, FlatDocument, FlatEvent

Table = Literal["events", "claims", "conflicts", "documents"]
Kind = Literal["str", "int", "float", "bool", "date"]

ROWS: Mapping[Table, type] = {
    "events": FlatEvent, "claims": FlatClaim, "conflicts": FlatConflict, "documents": FlatDocument,
}  # fmt: skip
# what a table holds, in a line
TABLES: Mapping[Table, str] = {
    "events": "What Casus holds to have happened, one row an event.",
    "claims": "What documents say happened, one row a claim; each is in one event, or was rejected.",
    "conflicts": "What cannot all be true of an event: one row for each value of each contradiction.",
    "documents": "The reports, one row each.",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, the type of its values, whether one may be missing, and in a sentence what it means."""

    name: str
    kind: Kind
    optional: bool
    meaning: str


_SIDES = {
    "actor": "Who did it: ISO 3166 alpha-3 for a state, its organs and its people, else a usual name; several joined "
    "by '; '; an empty part is somebody whom nobody names.",
    "actor_name": "The names of the actors as people write them, in the same order.",
    "actor_sector": "The sectors of the actors in the same order: GOV MIL COP SPY JUD LEG PTY OPP REB UAF CVL MED REF "
    "REL BUS LAB EDU IGO NGO UNK.",
    "recipient": "To whom, written as actor is.",
    "recipient_name": "The names of the recipients, in the same order.",
    "recipient_sector": "The sectors of the recipients, in the same order.",
}
_PLACE = {
    "place": "The name of the place.",
    "place_id": "Its GeoNames id, or the id of your own list of places.",
    "admin1": "The first-level division that it lies in.",
    "iso3": "The country that it lies in, ISO 3166 alpha-3.",
    "lat": "Latitude in degrees, WGS 84; empty where only a country or region is known.",
    "lon": "Longitude in degrees, WGS 84.",
    "place_precision": "What the place is known to: exact, near, adm2, adm1, country, region, unknown. Coordinates of "
    "anything but exact stand for an area.",
}
_DATE = {
    "date_start": "The first day on which it happened; empty where no claim tells.",
    "date_end": "The last day on which it happened, counted in.",
    "date_precision": "What the days are known to: day, week, month, season, year, range, unknown.",
}
_HARM = {"killed": "killed", "injured": "injured", "detained": "detained or abducted", "displaced": "driven from their "
         "homes", "missing": "missing"}  # fmt: skip


def _settled() -> dict[str, str]:
    out = {}
    for measure, words in _HARM.items():
        out[f"{measure}_low"] = f"The fewest people {words} by any figure that stands; empty where it is open."
        out[f"{measure}_best"] = f"People {words} by the figure that is held best; empty where nobody counts."
        out[f"{measure}_high"] = f"The most people {words} by any figure that stands; empty where it is open."
    return out


def _claimed() -> dict[str, str]:
    out = {}
    for measure, words in _HARM.items():
        out[f"{measure}_low"] = f"The fewest people {words} that its words allow; empty where open or not told."
        out[f"{measure}_high"] = f"The most people {words} that its words allow; 'at least nine' leaves it open."
        out[f"{measure}_words"] = f"The words that tell how many were {words}."
    return out


_EVENTS: Mapping[str, str] = {
    "event_id": "The event's id; it never moves.",
    "version": "How often the event has changed, from 1.",
    "status": "happened, denied, planned or hypothetical.",
    "type": "The event's type in the codebook (PLOVER).",
    "types": "All types that its claims give, its own first, joined by '; '.",
    "mode": "How it was done, a mode of that type in the codebook.",
    "umbrella": "Whether it sums or spans incidents, such as an offensive.",
    **_DATE, **_SIDES, **_PLACE, **_settled(),
    "reports": "How many documents tell it.",
    "publishers": "How many publishers tell it.",
    "independent": "How many independent voices tell it: copies and reports that credit one agency count once.",
    "claims_n": "How many claims it rests on.",
    "disputed": "What its open contradictions are about, joined by '; '.",
    "conflicts_open": "How many contradictions are open.",
    "responds_to": "Ids of the events that its claims give as the cause, joined by '; '.",
    "review": "What a person should look at, joined by '; '.",
    "changed_at": "Id of the run or the decision that made this version.",
    "summary": "The event in a line.",
}  # fmt: skip
_CLAIMS: Mapping[str, str] = {
    "claim_id": "The claim's id, made of its document, words, type and status.",
    "event_id": "The event that it tells; empty where a person rejected the claim.",
    "document_id": "The document that it stands in.",
    "publisher": "Who published the document.",
    "publisher_country": "The country that the publisher is of, ISO 3166 alpha-3.",
    "published": "The day on which the document was published.",
    "url": "The document's address.",
    "title": "The document's title.",
    "type": "The claim's type in the codebook (PLOVER).",
    "mode": "How it was done, a mode of that type in the codebook.",
    "status": "What the claim says: that it happened, or it is denied, planned or hypothetical.",
    **_SIDES, **_PLACE, **_DATE,
    "date_basis": "What the days rest on: stated, relative ('on Tuesday'), publication, none.",
    **_claimed(),
    "weapon": "The words that name the weapon.",
    "source": "Whom the text names as the origin of the claim, the outermost speaker first, joined by ' > '; empty "
    "where the publisher says so itself.",
    "source_kind": "What each of these is, in the same order: official, military, armed-group, media, witness, "
    "activist, igo, ngo, expert, unnamed, other.",
    "background": "Whether it is told as background to the news.",
    "aggregate": "Whether it sums or spans incidents.",
    "confidence": "How sure the reader is, 0 to 1.",
    "region": "Where in the document it stands: title, lead, body, caption.",
    "trigger": "The word that tells the deed.",
    "quote": "The sentence of the claim, as it stands in the document.",
    "start": "Where the trigger starts in the document's text, in code points from 0.",
    "end": "Where the trigger ends there.",
    "rejected": "Whether a person rejected the claim, so that it counts for nothing.",
}  # fmt: skip
_CONFLICTS: Mapping[str, str] = {
    "event_id": "The event of which these cannot all be true.",
    "kind": "What it is about: killed, injured, detained, displaced, missing, actor, recipient, target, place, time, "
    "status.",
    "state": "open; settled, a person chose; superseded, a later toll replaced the earlier.",
    "chosen": "The value that a person chose.",
    "value": "The value that this row's claims hold.",
    "independent": "How many independent voices hold it.",
    "voices": "Who says so, with the kind of source in brackets, joined by '; '; without brackets, the publisher.",
    "claims": "Ids of the claims that hold it, joined by '; '.",
    "latest": "The day of the latest report that holds it.",
}
_DOCUMENTS: Mapping[str, str] = {
    "document_id": "The document's id.",
    "title": "Its title.",
    "url": "Its address.",
    "publisher": "Who published it.",
    "publisher_country": "The country that the publisher is of, ISO 3166 alpha-3.",
    "byline": "Who wrote it, as it says.",
    "published": "The day on which it was published.",
    "published_basis": "Where that day was found: given, json-ld, meta, feed, url, text, none.",
    "published_at": "The moment with its offset from UTC, ISO 8601, where one is stated.",
    "modified": "The day or moment of its last change, where one is stated.",
    "retrieved": "When it was fetched.",
    "language": "Its language, ISO 639-1.",
    "form": "What it is: report, live-entry, live-blog, round-up, newsletter.",
    "media_type": "What it was made of, a media type such as text/html.",
    "syndication_id": "The group of near-copies that it is in.",
    "text_sha256": "The digest of its text, 64 hex digits.",
    "raw_sha256": "The digest of the bytes that it was made of, 64 hex digits.",
    "notes": "What intake noticed and a person should know, joined by '; '.",
    "claims_n": "How many claims were read in it.",
    "text": "The whole text, only where it was asked for.",
}
_MEANINGS: Mapping[Table, Mapping[str, str]] = {
    "events": _EVENTS, "claims": _CLAIMS, "conflicts": _CONFLICTS, "documents": _DOCUMENTS,
}  # fmt: skip


def described(row: type, meanings: Mapping[str, str]) -> tuple[Column, ...]:
    """The columns of rows of that kind (a NamedTuple), in order, each with what it means."""
    out = []
    for name, hint in get_type_hints(row).items():
        kinds = [k for k in get_args(hint) or (hint,) if k is not NoneType]
        kind: Kind = kinds[0].__name__
        out.append(Column(name, kind, NoneType in get_args(hint), meanings[name]))
    return tuple(out)


COLUMNS: Mapping[Table, tuple[Column, ...]] = {table: described(ROWS[table], _MEANINGS[table]) for table in TABLES}


def columns_of(table: Table, *, summary: bool = True, with_text: bool = True) -> tuple[Column, ...]:
    """The columns of a table, in order; without those that were not asked for."""
    left_out = {"summary"} - ({"summary"} if summary else set()) | ({"text"} - ({"text"} if with_text else set()))
    return tuple(c for c in COLUMNS[table] if c.name not in left_out)
