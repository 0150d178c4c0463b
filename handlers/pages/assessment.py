"""年度考核 on the phone: how mine stands, my own word on my year, my team-mates, the result, an objection."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from apiflask import APIBlueprint
from flask import g, render_template
from flask.typing import ResponseReturnValue

import clock
from handlers import scores
from handlers.auth import me_id, need_volunteer
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, known_form, redirected
from handlers.pages.home import done
from services import leading
from services.assessment import objections, objective, own, peers, views
from services.assessment.shapes import OwnCard, PeerTask
from services.bookkeeping import spans
from services.errors import Refusal, RefusalCode
from wording import entry

bp = APIBlueprint("assessment", __name__, enable_openapi=False)

C = RefusalCode
LONGEST = 600
#: Said on the form itself, beside what was typed.
BESIDE = {C.SCORE_RANGE, C.TEXT_TOO_LONG, C.TEXT_EMPTY, C.PHASE_CLOSED, C.ASSESSMENT_STATE}
MOST_TEAMS = 20


@bp.get("/m/assessment")
@need_volunteer("h5")
def newest() -> ResponseReturnValue:
    """This year's: what phase it is, until when, and the one thing to do now."""
    return _card(own.newest(actor=g.actor, at=clock.now()))


@bp.get("/m/assessment/<code>")
@need_volunteer("h5")
def one(code: str) -> ResponseReturnValue:
    """That of one year."""
    return _card(own.one(actor=g.actor, code=known_form(code), at=clock.now()))


def _card(card: OwnCard | None, refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    tasks = [each for each in peers.tasks(actor=g.actor, at=at) if each.open]
    page = render_template(
        "pages/assessment/card.html", tab="me", card=card, done=done(), words=entry("assessment"), at=at,
        tasks=len(tasks), tasks_left=sum(_waits(each) for each in tasks), text=field("text", LONGEST),
        others=[each for each in own.listed(actor=g.actor, at=at) if card is None or each.code != card.code],
        leading=bool(leading.own_teams(actor=g.actor, at=at)), problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.get("/m/assessment/<code>/self")
@need_volunteer("h5")
def form(code: str) -> ResponseReturnValue:
    """My own word on my year, beside what the books say of it."""
    return _form(known_form(code))


def _form(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    card = own.one(actor=g.actor, code=code, at=clock.now())
    year = int(card.year)
    served = spans.hours_of_span(volunteer_id=me_id(), start=date(year, 1, 1), end=date(year + 1, 1, 1))
    typed = refusal is not None
    page = render_template(
        "pages/assessment/self.html", tab="me", card=card, served=served, steps=scores.steps("own"),
        words=entry("assessment"), text=field("text", LONGEST) if typed else card.self_text,
        exact=field("exact", 5) if typed else _exact("own", card.self_score),
        step=field("step", 3) if typed else str(scores.nearest("own", card.self_score) or ""),
        problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


def _exact(of: str, score: int | None) -> str:
    """A score that is none of the steps, as it was typed."""
    return "" if score is None or score == scores.nearest(of, score) else str(score)


@bp.post("/m/assessment/<code>/self")
@need_volunteer("h5")
def hand_in(code: str) -> ResponseReturnValue:
    """Hand it in, or change it while the phase is open."""
    code = known_form(code)
    refusal = _tried(
        lambda: own.submit(
            actor=g.actor, code=code, score=scores.meant(field("step", 3), field("exact", 5)),
            text=field("text", LONGEST), at=clock.now(),
        )
    )  # fmt: skip
    return _form(code, refusal) if refusal else redirected(f"/m/assessment/{code}?done=saved")


@bp.get("/m/assessment/<code>/rows/<part>")
@need_volunteer("h5")
def rows(code: str, part: str) -> ResponseReturnValue:
    """The services, sign-ups, judgements or trainings behind one part of what the books say."""
    code = known_form(code)
    if part not in entry("assessment.parts"):
        raise Refusal(C.NOT_FOUND)
    found = objective.rows(actor=g.actor, card_code=code, part=part, at=clock.now())
    return render_template(
        "pages/assessment/rows.html", tab="me", code=code, part=part, rows=found, words=entry("assessment")
    )


@bp.get("/m/assessment/peers")
@need_volunteer("h5")
def to_judge() -> ResponseReturnValue:
    """The next team-mate who waits for my word; when all have it, whom I judged."""
    tasks = peers.tasks(actor=g.actor, at=clock.now())
    waiting = [each for each in tasks if each.open and _waits(each)]
    if waiting:
        return _judge(waiting[0], tasks)
    return render_template("pages/assessment/judged.html", tab="me", tasks=tasks, done=done())


@bp.get("/m/assessment/peers/<int:number>")
@need_volunteer("h5")
def task(number: int) -> ResponseReturnValue:
    """One of them, to say it or to change it."""
    return _task(number)


def _waits(each: PeerTask) -> bool:
    return each.score is None and not each.passed


def _task(number: int, refusal: Refusal | None = None) -> ResponseReturnValue:
    tasks = peers.tasks(actor=g.actor, at=clock.now())
    found = next((each for each in tasks if each.id == number), None)
    if found is None:
        raise Refusal(C.NOT_FOUND)
    return _judge(found, tasks, refusal)


def _judge(each: PeerTask, tasks: list[PeerTask], refusal: Refusal | None = None) -> ResponseReturnValue:
    typed = refusal is not None
    page = render_template(
        "pages/assessment/judge.html", tab="me", each=each, steps=scores.steps("peer"), done=done(),
        whole=len(tasks), left=sum(_waits(task) for task in tasks),
        said=field("words", LONGEST) if typed else each.words,
        exact=field("exact", 5) if typed else _exact("peer", each.score),
        step=field("step", 3) if typed else str(scores.nearest("peer", each.score) or ""),
        problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.post("/m/assessment/peers/<int:number>")
@need_volunteer("h5")
def judge(number: int) -> ResponseReturnValue:
    """Say it, or that one does not know him; then comes the next one."""
    at = clock.now()
    if field("unknown"):
        refusal = _tried(lambda: peers.pass_by(actor=g.actor, task_id=number, at=at))
    else:
        refusal = _tried(
            lambda: peers.judge(
                actor=g.actor, task_id=number, score=scores.meant(field("step", 3), field("exact", 5)),
                words=field("words", LONGEST), at=at,
            )
        )  # fmt: skip
    return _task(number, refusal) if refusal else redirected("/m/assessment/peers?done=judged")


@bp.post("/m/assessment/<code>/objection")
@need_volunteer("h5")
def object_to(code: str) -> ResponseReturnValue:
    """Object to the result, or take the objection back."""
    code, at = known_form(code), clock.now()
    card = own.one(actor=g.actor, code=code, at=at)
    held = card.result.objection if card.result else None
    if field("withdraw") and held is not None:
        refusal = _tried(lambda: objections.withdraw(actor=g.actor, code=held.code, at=at))
        word = "withdrawn"
    else:
        refusal = _tried(
            lambda: objections.object_to(actor=g.actor, card_code=code, text=field("text", LONGEST), at=at)
        )
        word = "applied"
    return _card(card, refusal) if refusal else redirected(f"/m/assessment/{code}?done={word}")


@bp.get("/m/assessment/team")
@need_volunteer("h5")
def teams() -> ResponseReturnValue:
    """Leaders: how far my teams are, and who has not done his. Names, never a score."""
    at = clock.now()
    if not leading.leads_any(actor=g.actor, at=at):
        raise Refusal(C.NOT_ALLOWED)
    found = views.led_progress(actor=g.actor, at=at, most=MOST_TEAMS).values()
    return render_template("pages/assessment/team.html", tab="me", teams=[each for each in found if each.all])


def _tried(act: Callable[[], object]) -> Refusal | None:
    """Do it; a "no" about what was typed comes back, to be said on the same page; the others are raised."""
    try:
        act()
    except Refusal as refusal:
        if refusal.code in BESIDE or refusal.code in (C.OBJECTION_LATE, C.OBJECTION_STATE, C.OWN_RECORD):
            return refusal
        raise
    return None
