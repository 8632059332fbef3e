"""Which events are meant, as an address says it: the filters of `casus events`, by the same names."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from casus.asking import meant, near_of
from casus.errors import UsageError
from casus.ledger.queries import Filter
from casus.notebook.desk import Desk
from casus.records import Status


def _iso(value: object) -> object:
    """A day as it is written, and not a number of seconds, which would be taken for one."""
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        raise ValueError("write it as YYYY-MM-DD")
    return value


Day = Annotated[date | None, BeforeValidator(_iso)]
Word = Annotated[str | None, Field(max_length=300)]
Count = Annotated[int | None, Field(ge=0, le=10**12)]
USUAL, MOST = 100, 1000
# ids in one address
MOST_IDS = 500


class Chosen(BaseModel):
    """The filters. A parameter of another name is refused, so that none is passed over in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    since: Day = Field(None, description="Events that last to this day or longer.", examples=["2024-01-16"])
    until: Day = Field(None, description="Events that begin on this day or earlier.")
    country: Word = Field(None, description="Where: a country's name or ISO code.", examples=["Pakistan"])
    type: Word = Field(None, description="A type of the codebook.", examples=["ASSAULT"])
    status: Status | None = Field(None, description="Whether it happened, as the event holds it.")
    actor: Word = Field(None, description="Who did it: a country, an organisation, a group.", examples=["Iran"])
    recipient: Word = Field(None, description="To whom.")
    side: Word = Field(None, description="Either of the two.")
    killed: Count = Field(None, description="At least so many killed.")
    independent: Count = Field(None, description="Told by so many independent voices.")
    disputed: bool = Field(False, description="With an open contradiction.")
    review: bool = Field(False, description="With something for a person to look at.")
    umbrella: bool | None = Field(None, description="true: what sums or spans incidents; false: incidents.")
    near: Word = Field(None, description="LAT,LON,KM: within so many kilometres of a point.", examples=["26.9,64.1,50"])
    text: Word = Field(None, description='Told in sentences with these words; "a phrase", OR, NOT and pre* go, too.')
    ids: list[str] | None = Field(None, max_length=MOST_IDS, description="These events and no others.")

    def words(self) -> dict[str, object]:
        """What was given, as an address has it."""
        return self.model_dump(mode="json", exclude_unset=True)

    def filter(self, desk: Desk) -> Filter:
        """The same in the ledger's words. Raises UsageError for what makes no sense, UnknownError for an id."""
        if self.text is not None and "\0" in self.text:
            raise UsageError("text holds a character that no report has")
        ids = None if self.ids is None else tuple(dict.fromkeys(desk.ledger.event(id_).id for id_ in self.ids))
        asked = Filter(
            since=self.since, until=self.until, country=self.country, type=self.type, status=self.status,
            actor=self.actor, recipient=self.recipient, side=self.side, killed=self.killed,
            independent=self.independent, disputed=self.disputed, review=self.review, umbrella=self.umbrella,
            near=near_of(self.near) if self.near else None, text=self.text or None, ids=ids,
        )  # fmt: skip
        return meant(desk.ledger, asked, desk.config)


class Asked(Chosen):
    """The filters, and which page of what they leave."""

    limit: int = Field(USUAL, ge=1, le=MOST, description="Events on a page.")
    cursor: Word = Field(None, description="`next` of the page before.")


class AskedWhole(Chosen):
    """The filters for a file, which holds all that they leave, or the first `limit` of them."""

    limit: Annotated[int | None, Field(ge=1, le=10**12)] = Field(None, description="No more than these, the earliest.")

    def filter(self, desk: Desk) -> Filter:
        """With the limit."""
        return replace(super().filter(desk), limit=self.limit)


AskedQuery = Annotated[Asked, Query()]
WholeQuery = Annotated[AskedWhole, Query()]
