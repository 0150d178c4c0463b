"""Every step of an application and of a qualification stands in its history: who, what, why."""

from __future__ import annotations

from datetime import datetime

from models import History
from services.recruitment import applications, qualifications, views
from tests.services.recruitment.conftest import Recruiting
from tests.support.world import World


def _steps(subject: str) -> list[tuple[str, int | None, str]]:
    rows = History.select().where(History.subject == subject).order_by(History.id)
    return [(row.verb.partition(".")[2], row.actor_id, row.reason) for row in rows]


def test_application_by_oneself_keeps_every_step(cast: World, recruiting: Recruiting, at: datetime) -> None:
    code = recruiting.vetted()
    recruiting.approve(code)
    shown = views.application(actor=cast.actor(cast.officer), code=code, at=at)
    assert _steps(f"application:{shown.number}") == [
        ("applied", cast.chali.id, ""),
        ("reference_good", cast.ali.id, ""),
        ("examined_good", cast.officer.id, ""),
        ("approved", cast.officer.id, ""),
    ]


def test_recommendation_accepted_refused_and_answered_keeps_every_step(
    cast: World, recruiting: Recruiting, at: datetime
) -> None:
    code, chali = recruiting.recommend().code, cast.actor(cast.chali)
    applications.answer_offer(actor=chali, code=code, accepts=True, promised=True, at=at)
    recruiting.refer(code, favourable=False, note="有意见")
    recruiting.examine(code, failed="capable")
    applications.refuse(actor=cast.actor(cast.officer), code=code, reason="再等一年", at=at)
    applications.reply(actor=chali, code=code, text="我明年再来", at=at)
    shown = views.application(actor=cast.actor(cast.officer), code=code, at=at)
    assert _steps(f"application:{shown.number}") == [
        ("offered", cast.ali.id, ""),
        ("accepted", cast.chali.id, ""),
        ("reference_bad", cast.ali.id, ""),
        ("examined_bad", cast.officer.id, ""),
        ("refused", cast.officer.id, "再等一年"),
        ("replied", cast.chali.id, "我明年再来"),
    ]


def test_offer_declined_and_application_withdrawn_are_kept(
    cast: World, recruiting: Recruiting, at: datetime
) -> None:
    chali = cast.actor(cast.chali)
    applications.answer_offer(actor=chali, code=recruiting.recommend().code, accepts=False, at=at)
    applications.withdraw(actor=chali, code=recruiting.apply().code, at=at)
    verbs = [row.verb for row in History.select().where(History.subject.startswith("application:"))]
    assert sorted(verbs) == [
        "application.applied",
        "application.declined",
        "application.offered",
        "application.withdrawn",
    ]


def test_qualification_keeps_every_step(cast: World, at: datetime) -> None:
    mine = cast.actor(cast.xiaobo)
    first, second = (
        qualifications.state(actor=mine, kind="boat", name=name, at=at).id for name in ("驾驶证", "救护证")
    )
    qualifications.check(actor=cast.actor(cast.officer), number=first, good=True, at=at)
    qualifications.check(actor=cast.actor(cast.officer), number=second, good=False, note="看不清", at=at)
    qualifications.withdraw(actor=mine, number=second, at=at)
    assert _steps(f"qualification:{first}") == [
        ("stated", cast.xiaobo.id, ""),
        ("verified", cast.officer.id, ""),
    ]
    assert _steps(f"qualification:{second}") == [
        ("stated", cast.xiaobo.id, ""),
        ("refused", cast.officer.id, "看不清"),
        ("withdrawn", cast.xiaobo.id, ""),
    ]
