"""Setting up an activity: new, edit, publish, cancel."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import who
from handlers.console.frame import actor, attempt, back, need_role, number, render, said, words_of
from handlers.console.participation import forms, position_forms
from handlers.console.participation.roster import page, path_of
from handlers.pages.browser import field
from services import leading
from services.errors import Refusal, RefusalCode
from services.participation import activities, console_views, domains, roster, shift_moves
from services.planning import drafts, links
from services.recruitment import skills

bp = APIBlueprint("console_activities", __name__, enable_openapi=False)


def _form(
    values: dict[str, Any],
    refusal: Refusal | None = None,
    sheet: console_views.Sheet | None = None,
    **facts: Any,
) -> ResponseReturnValue:
    at = clock.now()
    teams = leading.offered_teams(actor=actor(), chosen=str(values["team"]), at=at)
    team = sheet.team_code if sheet else values["team"] or (teams[0].code if len(teams) == 1 else "")
    body = render(
        "participation/activity_form", tab="new", venues=domains.venue_kinds(), notice=forms.NOTICE,
        values=values, sheet=sheet, domains=domains.all_domains(), teams=teams,
        rows=position_forms.shown(values["rows"]), skills=skills.catalogue(),
        ties=links.choices(team_code=team if sheet or team in {each.code for each in teams} else "", at=at),
        problem=words_of(refusal), wrong=refusal.facts.get("field", "") if refusal else "", **facts,
    )  # fmt: skip
    return said(body, refusal)


@bp.get("/activities/new")
@need_role
def new() -> ResponseReturnValue:
    """An empty form with sensible values; of a need or an item of a plan, what is known already."""
    at = clock.now()
    known = drafts.known(
        actor=actor(), need=field("need", 20), item=field("item", 9), project=field("project", 20), at=at
    )
    return _form(forms.fresh(at, who().name) | {"team": field("team", 20)} | known)


@bp.post("/activities/new")
@need_role
def create() -> ResponseReturnValue:
    """Keep it, and publish it at once if that button was pressed.

    What can be kept and not yet published stays as a draft; the page says what is missing.
    """
    values, at = forms.typed(), clock.now()
    try:
        code = activities.create(
            parts=parts(), actor=actor(), team_code=field("team", 20), draft=forms.draft(values), at=at
        )
    except Refusal as refusal:
        if refusal.code in (RefusalCode.ACTIVITY_INVALID, RefusalCode.TEXT_REFUSED):
            return _form(values, refusal)
        raise
    return _publish(code) if "publish" in request.form else back(path_of(code), "saved")


def _publish(code: str) -> ResponseReturnValue:
    """Publish; where something is missing, the form again with the field marked."""
    shown: list[bool] = []
    refusal = attempt(lambda: shown.append(activities.publish(actor=actor(), code=code, at=clock.now())))
    if refusal is None:
        return back(path_of(code), "published" if shown[0] else "asked_centre")
    if refusal.code is not RefusalCode.ACTIVITY_INVALID:
        return page(code, refusal)
    sheet = console_views.sheet(actor=actor(), code=code, at=clock.now())
    return _form(forms.kept(sheet.draft, clock.now()), refusal, sheet, kept=True)


@bp.get("/activities/<code>/edit")
@need_role
def edit(code: str) -> ResponseReturnValue:
    """The form of an activity that is there."""
    sheet = console_views.sheet(actor=actor(), code=code, at=clock.now())
    return _form(forms.kept(sheet.draft, clock.now()), sheet=sheet)


@bp.post("/activities/<code>/edit")
@need_role
def save(code: str) -> ResponseReturnValue:
    """Keep the changes; those signed up are told when time or place moved."""
    at, values = clock.now(), forms.typed()
    sheet = console_views.sheet(actor=actor(), code=code, at=at)
    draft = sheet.state == "draft"

    def act() -> None:
        wanted = forms.changes(values, sheet.draft, positions=draft, at=at)
        activities.edit(actor=actor(), code=code, changes=wanted, at=at)

    refusal = attempt(act)
    if refusal is not None:
        return _form(values, refusal, sheet)
    return _publish(code) if draft and "publish" in request.form else back(path_of(code), "saved")


@bp.post("/activities/<code>/quota")
@need_role
def set_quota(code: str) -> ResponseReturnValue:
    """How many a position takes, of an activity that is published."""
    wanted = number("quota") or 0
    refusal = attempt(
        lambda: activities.set_quota(
            actor=actor(), shift_code=field("shift", 20), quota=wanted, at=clock.now()
        )
    )
    return page(code, refusal) if refusal else back(path_of(code), "saved")


@bp.post("/activities/<code>/shift")
@need_role
def move_shift(code: str) -> ResponseReturnValue:
    """Give one shift other times; its people are told and asked to say that they have read it."""

    at, chosen = clock.now(), field("shift", 20)
    held = roster.roster(actor=actor(), activity_code=code, at=at).shifts
    one = next((each for each in held if each.code == chosen), None)
    if one is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    refusal = attempt(
        lambda: shift_moves.move(
            actor=actor(), shift_code=chosen, starts_at=forms.retyped(field("starts", 16), one.starts_at),
            ends_at=forms.retyped(field("ends", 16), one.ends_at), at=at,
        )  # fmt: skip
    )
    return page(code, refusal) if refusal else back(path_of(code), "saved")


@bp.post("/activities/<code>/publish")
@need_role
def publish(code: str) -> ResponseReturnValue:
    """Show it to the volunteers."""
    return _publish(code)


@bp.get("/activities/<code>/cancel")
@need_role
def ask_cancel(code: str) -> ResponseReturnValue:
    """Ask for the reason before calling it off."""
    sheet = console_views.sheet(actor=actor(), code=code, at=clock.now())
    return render("participation/cancel", tab="desk", sheet=sheet, problem="")


@bp.post("/activities/<code>/cancel")
@need_role
def cancel(code: str) -> ResponseReturnValue:
    """Call it off with a reason; everybody signed up is told."""
    refusal = attempt(
        lambda: activities.cancel(actor=actor(), code=code, reason=field("reason", 200), at=clock.now())
    )
    if refusal is None:
        return back(path_of(code), "cancelled")
    sheet = console_views.sheet(actor=actor(), code=code, at=clock.now())
    return said(render("participation/cancel", tab="desk", sheet=sheet, problem=words_of(refusal)), refusal)
