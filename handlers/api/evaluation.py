"""Judging an activity I was at, those who served with me (leaders), links for those served."""

from __future__ import annotations

from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import g
from pydantic import Field

import clock
from handlers import parts
from handlers.api.schemas import Answer, Body, Moment, Words
from handlers.auth import me_id, need_volunteer
from handlers.idempotency import idempotent
from services.evaluation import evaluations, links

bp = APIBlueprint("evaluation", __name__, tag="Evaluation")

Stars = Annotated[int, Field(ge=0, le=9)]


class JudgeIn(Body):
    """One to five stars and a few words."""

    score: Stars
    words: Words = ""


class MineOut(Answer):
    """What I said; it can be changed `until` then (null: not any more)."""

    score: int
    words: str
    until: Moment | None


class JudgementOut(Answer):
    """Of which activity, and my judgement, if I gave one."""

    title: str
    mine: MineOut | None


class SaidOut(Answer):
    """What an organiser said of me."""

    about: str
    score: int
    words: str
    at: Moment


class AboutMeOut(Answer):
    """Newest first."""

    said: list[SaidOut]


class LinkIn(Body):
    """For how many people."""

    uses: Annotated[int, Field(ge=0, le=1000)] = 1


class LinkOut(Answer):
    """The link, shown once; no account is needed to use it."""

    url: str


@bp.get("/activities/<code>/evaluation")
@need_volunteer("api")
@bp.output(JudgementOut)
@bp.doc(summary="My judgement of an activity", responses=[401, 403, 404], security="token")
def mine(code: str) -> Any:
    """For those who were there."""
    return evaluations.my_judgement(volunteer_id=me_id(), activity_code=code, at=clock.now())


@bp.put("/activities/<code>/evaluation")
@need_volunteer("api")
@idempotent
@bp.input(JudgeIn)
@bp.output({}, 204)
@bp.doc(summary="Judge an activity I was at", responses=[400, 401, 403, 404, 409], security="token")
def judge(code: str, json_data: JudgeIn) -> Any:
    """To be changed for seven days."""
    evaluations.judge_activity(
        actor=g.actor, activity_code=code, score=json_data.score, words=json_data.words, at=clock.now()
    )
    return "", 204


@bp.put("/activities/<code>/evaluation/<public_no>")
@need_volunteer("api")
@idempotent
@bp.input(JudgeIn)
@bp.output({}, 204)
@bp.doc(summary="Leader: judge somebody who served", responses=[400, 401, 403, 404, 409], security="token")
def judge_volunteer(code: str, public_no: str, json_data: JudgeIn) -> Any:
    """He reads it."""
    evaluations.judge_volunteer(
        actor=g.actor, activity_code=code, public_no=public_no, score=json_data.score, words=json_data.words,
        at=clock.now(),
    )  # fmt: skip
    return "", 204


@bp.get("/me/evaluations")
@need_volunteer("api")
@bp.output(AboutMeOut)
@bp.doc(summary="What organisers said of me", responses=[401, 403], security="token")
def about_me() -> Any:
    """Newest first."""
    return {"said": evaluations.about_me(volunteer_id=me_id())}


@bp.post("/activities/<code>/evaluation-links")
@need_volunteer("api")
@idempotent
@bp.input(LinkIn)
@bp.output(LinkOut, 201)
@bp.doc(summary="Leader: a link for those served", responses=[400, 401, 403, 404, 409], security="token")
def link(code: str, json_data: LinkIn) -> Any:
    """Votes from the leader's own phone are marked and not counted."""
    token = links.make(actor=g.actor, activity_code=code, uses=json_data.uses, at=clock.now())
    return {"url": f"{parts().public_url}/e/{token}"}
