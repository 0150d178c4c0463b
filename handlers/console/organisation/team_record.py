"""A team's page: its record, members, state, what is asked of it from above, what it is given, its history."""

from __future__ import annotations

from datetime import date
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, attempt, back, need_role, pdf, render, said, words_of
from handlers.console.organisation import team_words as words
from handlers.pages.browser import field, known_form
from services import permissions, regions, scopes
from services.access.person_view import changes
from services.conversation import account_codes
from services.errors import Refusal, RefusalCode
from services.organisation import guidance, renaming, specialities, states, support, teams
from services.organisation.teams import TeamDraft
from services.participation import console_views
from services.planning import delegations
from services.policy import modules

bp = APIBlueprint("console_team_record", __name__, enable_openapi=False)

C = RefusalCode
#: Words of the team's forms, kept on refusal.
TYPED = ("reason", "text", "department", "kind", "content", "from_on", "to_on", "title", "awarded_by", "awarded_on")
#: Beside which field a refusal is said.
BESIDE = {C.REASON_REQUIRED: "reason", C.TEXT_EMPTY: "text", C.TEXT_TOO_LONG: "text"}
NAMES = {C.TEAM_NAME_WRONG: "name", C.TEAM_NAME_NUMBER: "national_no", C.TEAM_NAME_TAKEN: "name"}


@bp.get("/teams/<code>/recruit.pdf")
@need_role
def recruit(code: str) -> ResponseReturnValue:
    """A sheet with the official account's own code: whoever scans it is asked whether he wants to join."""
    code = known_form(code)
    made = account_codes.team_sheet(parts=parts(), actor=actor(), team_code=code, at=clock.now())
    return pdf(made, f"team-{code}.pdf")


@bp.get("/teams/<code>")
@need_role
def team(code: str) -> ResponseReturnValue:
    """The page."""
    return page(known_form(code))


def page(code: str, refusal: Refusal | None = None, form: str = "") -> ResponseReturnValue:
    """The team's page; `form` is the one a refusal belongs to."""
    at = clock.now()
    shown = teams.record(actor=actor(), code=code, at=at)
    reads = scopes.covers(scopes.readable(actor=actor(), at=at), shown.region_code)  # an auditor reads names, too
    people = (
        console_views.team(parts=parts(), actor=actor(), team_code=code, at=at)
        if shown.may_lead or reads
        else None
    )
    made = render(
        "organisation/team", tab="teams", year=clock.today().year,
        team=shown, people=people, steps=states.steps(actor=actor(), team_id=shown.id, at=at),
        guidance=guidance.listed(shown.id), capability=support.capability(shown.id), departments=support.departments(),
        history=changes(subject=f"team:{shown.id}"), words=words, problem=words_of(refusal), form=form,
        typed={name: field(name, 300) for name in TYPED}, wrong=beside(refusal),
        recruits=modules.is_on(module="recruitment", region_code=shown.region_code, at=at),
        trust=delegations.standing(actor=actor(), team_id=shown.id, at=at),
        behind=renaming.behind(code=code, brand=parts().brand) if shown.may_manage else None,
        may_enter=permissions.manages(actor=actor(), region_code=shown.account.region_code, at=at),
    )  # fmt: skip
    return said(made, refusal)


def beside(refusal: Refusal | None) -> str:
    """The field a refusal belongs to, "" for the whole form."""
    if refusal is None:
        return ""
    if refusal.code is C.FIELD_WRONG:
        return str(refusal.facts["field"])
    return {**BESIDE, **NAMES}.get(refusal.code, "")


def draft() -> TeamDraft:
    """A team as its form says."""
    site = field("site_kind", 20)
    return TeamDraft(
        speciality=field("speciality", 20), name=field("name", 80), short_name=field("short_name", 30),
        keeps_name=bool(field("keeps_name", 2)), national_no=field("national_no", 60), feature=field("feature", 60),
        site_kind=site, site_name=field("site_name", 40) if site else "",
        covers=tuple(dict.fromkeys(request.form.getlist("covers")))[:30],
    )  # fmt: skip


def neighbours(region_code: str) -> list[tuple[str, str]]:
    """Villages of the same township that a joint team may cover."""
    if len(region_code) < 12:
        return []
    return [(each.code, each.name) for each in regions.children(region_code[:9]) if each.code != region_code]


@bp.get("/teams/<code>/edit")
@need_role
def edit(code: str) -> ResponseReturnValue:
    """The form of a team's record."""
    return _form(known_form(code))


def _form(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = teams.record(actor=actor(), code=code, at=clock.now())
    if not shown.may_manage:
        raise Refusal(C.NOT_ALLOWED)
    typed = draft() if request.method == "POST" else teams.kept(teams.by_code(code))
    body = render(
        "organisation/team_edit", tab="teams",
        team=shown, typed=typed, reason=field("reason", 200), kinds=specialities.listed(),
        near=neighbours(shown.region_code), sites=words.options("sites"), problem=words_of(refusal),
        wrong=beside(refusal), post=f"/console/teams/{code}/edit",
    )  # fmt: skip
    return said(body, refusal)


@bp.post("/teams/<code>/edit")
@need_role
def keep(code: str) -> ResponseReturnValue:
    """Keep it."""
    code = known_form(code)
    refusal = attempt(
        lambda: teams.edit(
            actor=actor(), code=code, draft=draft(), brand=parts().brand, reason=field("reason", 200), at=clock.now()
        )
    )
    return _form(code, refusal) if refusal else back(f"/console/teams/{code}", "saved")


@bp.get("/teams/<code>/state")
@need_role
def state(code: str) -> ResponseReturnValue:
    """What can be done with the team's state."""
    return _state(known_form(code))


def _state(code: str, refusal: Refusal | None = None, form: str = "") -> ResponseReturnValue:
    at = clock.now()
    shown = teams.record(actor=actor(), code=code, at=at)
    steps = states.steps(actor=actor(), team_id=shown.id, at=at)
    if steps == states.Steps():
        raise Refusal(C.NOT_ALLOWED)
    body = render(
        "organisation/team_state", tab="teams",
        team=shown, steps=steps, words=words, form=form, problem=words_of(refusal),
        others=states.mergeable(team_id=shown.id), wrong=beside(refusal),
        typed={name: field(name, 500) for name in ("reason", "until", "into")},
    )  # fmt: skip
    return said(body, refusal)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@bp.post("/teams/<code>/state/<step>")
@need_role
def move(code: str, step: str) -> ResponseReturnValue:
    """Take one step."""
    code = known_form(code)
    shared: dict[str, Any] = {"actor": actor(), "code": code, "at": clock.now()}
    why = field("reason", 500)
    acts = {
        "pause": lambda: states.pause(**shared, reason=why),
        "resume": lambda: states.resume(**shared, reason=why),
        "promote": lambda: states.promote(**shared, summary=why),
        "extend": lambda: states.extend(**shared, summary=why, until=_day(field("until", 10))),
        "dissolve": lambda: states.dissolve(**shared, reason=why),
        "merge": lambda: states.merge(**shared, reason=why, into=field("into", 20)),
    }
    if step not in acts:
        raise Refusal(C.NOT_FOUND)
    refusal = attempt(acts[step])
    return _state(code, refusal, step) if refusal else back(f"/console/teams/{code}", "saved")


@bp.post("/teams/<code>/guidance")
@need_role
def guide(code: str) -> ResponseReturnValue:
    """A word from above."""
    code = known_form(code)
    refusal = attempt(
        lambda: guidance.give(
            actor=actor(), code=code, kind=field("kind", 10), text=field("text", 400), at=clock.now()
        )
    )
    return page(code, refusal, "guidance") if refusal else back(f"/console/teams/{code}", "noted", "guidance")


@bp.post("/teams/<code>/guidance/<int:number>")
@need_role
def reply(code: str, number: int) -> ResponseReturnValue:
    """The team's answer."""
    code = known_form(code)
    refusal = attempt(
        lambda: guidance.answer(actor=actor(), guidance_id=number, text=field("text", 400), at=clock.now())
    )
    return page(code, refusal, f"answer{number}") if refusal else back(
        f"/console/teams/{code}", "noted", "guidance"
    )


@bp.post("/teams/<code>/support")
@need_role
def supported(code: str) -> ResponseReturnValue:
    """A department's support."""
    code = known_form(code)
    refusal = attempt(
        lambda: support.add(
            actor=actor(), code=code, department=field("department", 30), kind=field("kind", 20),
            content=field("content", 300), from_on=field("from_on", 10), to_on=field("to_on", 10), at=clock.now(),
        )
    )  # fmt: skip
    return page(code, refusal, "support") if refusal else back(f"/console/teams/{code}", "noted", "support")


@bp.post("/teams/<code>/commendation")
@need_role
def commended(code: str) -> ResponseReturnValue:
    """A commendation."""
    code = known_form(code)
    refusal = attempt(
        lambda: support.commend(
            actor=actor(), code=code, title=field("title", 100), awarded_by=field("awarded_by", 100),
            awarded_on=field("awarded_on", 10), at=clock.now(),
        )
    )  # fmt: skip
    return page(code, refusal, "commendation") if refusal else back(
        f"/console/teams/{code}", "noted", "support"
    )
