"""The columns of GDELT 2.0: 61 of its events, 16 of its mentions, in their order, with the types that they have.

After the GDELT Event Database Data Format Codebook V2.0 (19 February 2015) and the header rows for it. Codes are text
(`042` is no number); all may be empty but the number of the event.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["int", "float", "str"]


class Cell(NamedTuple):
    """A column: its name, and the type of its values."""

    name: str
    kind: Kind


def _cells(kinds: str) -> tuple[Cell, ...]:
    """Of words such as "Year:int"; a word without a type is text."""
    words = [word.partition(":") for word in kinds.split()]
    return tuple(Cell(name, kind or "str") for name, _, kind in words)  # type: ignore[arg-type]


def _actor(n: int) -> str:
    parts = (
        "Code", "Name", "CountryCode", "KnownGroupCode", "EthnicCode", "Religion1Code", "Religion2Code", "Type1Code",
        "Type2Code", "Type3Code",
    )  # fmt: skip
    return " ".join(f"Actor{n}{part}" for part in parts)


def _geo(whose: str) -> str:
    parts = ("Type:int", "FullName", "CountryCode", "ADM1Code", "ADM2Code", "Lat:float", "Long:float", "FeatureID")
    return " ".join(f"{whose}Geo_{part}" for part in parts)


EVENTS = _cells(
    f"""GLOBALEVENTID:int SQLDATE:int MonthYear:int Year:int FractionDate:float {_actor(1)} {_actor(2)}
    IsRootEvent:int EventCode EventBaseCode EventRootCode QuadClass:int GoldsteinScale:float NumMentions:int
    NumSources:int NumArticles:int AvgTone:float {_geo("Actor1")} {_geo("Actor2")} {_geo("Action")} DATEADDED:int
    SOURCEURL"""
)
MENTIONS = _cells(
    """GLOBALEVENTID:int EventTimeDate:int MentionTimeDate:int MentionType:int MentionSourceName MentionIdentifier
    SentenceID:int Actor1CharOffset:int Actor2CharOffset:int ActionCharOffset:int InRawText:int Confidence:int
    MentionDocLen:int MentionDocTone:float MentionDocTranslationInfo Extras"""
)
