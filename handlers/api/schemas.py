"""Bases of the API's schemas: strict bodies, lenient queries, and the words they share.

A shape is built when it is first used: most processes meet few of the three hundred and fifty.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

#: Nothing of ours happens before or after: there is room on both sides for a zone, a day or a year more.
FIRST_YEAR, LAST_YEAR = 1900, 2999


def within(at: datetime) -> datetime:
    """A moment one can count from; ValueError."""
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise ValueError("a year from 1900 to 2999")
    return at


#: A moment as ISO 8601 with its zone (`2026-06-10T09:00:00+08:00`); one without a zone is refused.
Moment = Annotated[AwareDatetime, Field(strict=False), AfterValidator(within)]
#: A public code as `services.codes.new_code` makes them.
Code = Annotated[str, StringConstraints(pattern=r"^[0-9a-z]{4,16}$")]

#: What somebody writes in his own words; the services say how long it may be.
Words = Annotated[str, StringConstraints(max_length=500)]


#: What the framework's checks of a view ask of the application.
CHECKS = {
    "VALIDATION_ERROR_STATUS_CODE": 400, "VALIDATION_ERROR_DESCRIPTION": "Validation error",
    "BASE_RESPONSE_SCHEMA": None,
}  # fmt: skip


class Body(BaseModel):
    """What a client sends: types as declared, no unknown fields."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)


class ReasonIn(Body):
    """Why."""

    reason: Annotated[str, StringConstraints(max_length=200)]


class Query(BaseModel):
    """What stands in the query string: text that may become numbers, no unknown fields."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class Page(Query):
    """Paging: at most 100 at once, after the id of the last one seen."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    after: Annotated[int, Field(ge=0, le=2**62)] | None = None


class Answer(BaseModel):
    """What the server sends; built from the services' dataclasses."""

    model_config = ConfigDict(from_attributes=True, defer_build=True)


class Problem(Answer):
    """Every refusal, whatever its status."""

    code: str
    message: str
    facts: dict[str, object]
