"""What the mini-program shows before anybody has said who he is: what is open, one activity, places, consent texts."""

from __future__ import annotations

from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import StringConstraints

import clock
from handlers.api.activities import ListOut, ListQuery
from handlers.api.schemas import Answer, Moment, Query
from services import regions
from services.accounts import enrolment
from services.participation import public, views

bp = APIBlueprint("public", __name__, tag="Public")


class PublicQuery(ListQuery):
    """The same, and near which division ("": anywhere)."""

    region: Annotated[str, StringConstraints(pattern=r"^([0-9]{2,12})?$")] = ""


class PublicActivityOut(Answer):
    """An activity as a stranger sees it; whom to call is told to those who sign up."""

    code: str
    title: str
    team_name: str
    place: str
    kind: str
    content: str
    conditions: str
    how_to_join: str
    risk_notice: str
    safeguards: str
    starts_at: Moment
    ends_at: Moment
    signup_closes_at: Moment
    over: bool


class RegionsQuery(Query):
    """The divisions right below one ("": below the widest), or those whose name holds a text."""

    under: Annotated[str, StringConstraints(pattern=r"^([0-9]{2,12})?$")] = ""
    q: Annotated[str, StringConstraints(max_length=30)] = ""


class RegionOut(Answer):
    """A division; `path` is its full name, `level` 1 province to 5 village."""

    code: str
    name: str
    level: int
    path: str
    has_children: bool


class RegionsOut(Answer):
    """`here`: the full name of the division they lie in, `up`: the one above it ("" at the top)."""

    here: str
    up: str
    regions: list[RegionOut]


class ConsentTextOut(Answer):
    """A purpose asked for at registration; `veterans_only`: asked of who registers as a veteran."""

    purpose: str
    title: str
    text: str
    version: str
    veterans_only: bool


class ConsentTextsOut(Answer):
    """In the order in which they are asked."""

    consents: list[ConsentTextOut]


@bp.get("/public/activities")
@bp.input(PublicQuery, location="query")
@bp.output(ListOut)
@bp.doc(summary="What is open to everybody", responses=[400])
def listed(query_data: PublicQuery) -> Any:
    """Nearest to the division first; needs no log-in."""
    found = public.open_ones(
        region_code=query_data.region, at=clock.now(), limit=query_data.limit, after=query_data.after,
        domain=query_data.domain, free=query_data.free,
    )  # fmt: skip
    return {"activities": found}


@bp.get("/public/activities/<code>")
@bp.output(PublicActivityOut)
@bp.doc(summary="One activity as strangers see it", responses=[403, 404])
def one(code: str) -> Any:
    """Nothing confidential, nothing in a home; needs no log-in."""
    at = clock.now()
    shown = public.one(code=code, at=at)
    views.opened(code=code, at=at)
    return shown


@bp.get("/public/regions")
@bp.input(RegionsQuery, location="query")
@bp.output(RegionsOut)
@bp.doc(summary="Divisions to choose from", responses=[400])
def places(query_data: RegionsQuery) -> Any:
    """For the form of who registers: step by step, or by name."""
    if query_data.q:
        return {"here": "", "up": "", "regions": regions.search(query_data.q)}
    top = regions.widest()
    under = query_data.under or top
    above = regions.lineage(regions.region(under).code)[:-1]
    return {
        "here": regions.path_name(under) if under != top else "", "up": above[-1] if above and under != top else "",
        "regions": regions.children(under),
    }  # fmt: skip


@bp.get("/public/consents")
@bp.output(ConsentTextsOut)
@bp.doc(summary="What is asked of who registers", responses=[])
def consents() -> Any:
    """Each purpose with its text of today (PIPL §14), before anybody has given anything."""
    everybody = enrolment.needed_consents("social")
    return {
        "consents": [
            {
                "purpose": purpose, "title": words["title"], "text": words["text"], "version": words["version"],
                "veterans_only": purpose not in everybody,
            }
            for purpose, words in enrolment.first_consents().items()
        ]
    }  # fmt: skip
