"""The ids that stand in addresses."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

from casus.web.api.models import CLAIM, DECISION, DOCUMENT, EVENT

EventId = Annotated[str, Path(max_length=200, description="Id of an event, or its first characters.", examples=[EVENT])]
ClaimId = Annotated[str, Path(max_length=200, description="Id of a claim, or its first characters.", examples=[CLAIM])]
DocumentId = Annotated[
    str, Path(max_length=1000, description="Id of a document, or its first characters.", examples=[DOCUMENT])
]
DecisionId = Annotated[str, Path(max_length=200, description="The whole id of a decision.", examples=[DECISION])]
ClaimQuery = Annotated[str, Query(max_length=200, description="Id of a claim.", examples=[CLAIM])]
Limit = Annotated[int, Query(ge=1, le=1000, description="So many at most.")]
Offset = Annotated[int, Query(ge=0, le=10**9, description="From there on.")]
Words = Annotated[str | None, Query(max_length=200, description="Names that hold these letters.")]
