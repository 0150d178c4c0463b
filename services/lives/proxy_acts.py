"""What can be done for somebody on a form that he signed: each act is his own, by the same function.

Nothing that spends his points is among them. Whoever gains by an act does not do it: not the one who recommended him,
asked for his move or refused him, no phone number of one's own, not the enrolment of somebody whom one entered. And
who wrote a request for him does not decide on it (`decisions.hands`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from clock import local_day
from frozen import dataclass
from models import Application, BindInvite, HomeTransfer, Shift, Volunteer
from services import audit
from services.accounts import agreeing, enrolment, invites, registration
from services.accounts.documents import check_phone
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.lives import proxy_more, proxy_stories, transfers
from services.national import numbers
from services.participation import attendance, signups
from services.parts import Parts
from services.privacy import correcting
from services.recruitment import applications, leaving, promises
from wording import say

C = RefusalCode
SCANS = {"check_in": "in", "check_out": "out"}
#: What can be done for somebody, in the order it is offered.
ACTS = (
    "sign_up", "cancel", "check_in", "check_out", "offer_yes", "offer_no", "apply", "withdraw", "reply", "leave",
    "transfer", "transfer_yes", "transfer_no", "transfer_back", "phone", "correct_name",
    "correct_document", "national", "skill", "skill_no", "wish",
    "wish_no", "paper", "paper_no", "makeup", "object", "object_yes", "object_up", "assess", "assess_peer",
    "assess_object", "promise", "story_yes", "story_no", "story_back", "certificate",
    "consent_no", "enrol",
)  # fmt: skip
DOOR = "proxy"


@dataclass(frozen=True, slots=True)
class Written:
    """What stands on the form: his words, a number or a name; `until`: the day a paper of his runs out."""

    value: str = ""
    until: date | None = None


def step(
    parts: Parts, actor: Actor, person: Volunteer, act: str, subject: str, written: Written, at: datetime
) -> Callable[[], object]:
    """The act as the person himself would do it, to be called inside a write; what is typed wrongly, and who gains by
    it, is refused before any photo is kept.

    Refusals: PROXY_GAINS; PROXY_DAY, PHONE_INVALID, INVITE_INVALID; the rest are those of the act when it is called.
    """
    himself = Actor(DOOR, person.id, helper_id=actor.volunteer_id)
    if act in SCANS:
        _require_day(subject, at)
        return lambda: attendance.tick(
            actor=actor, shift_code=subject, public_no=person.public_no, direction=SCANS[act], at=at
        )
    if act == "enrol":
        return lambda: _enrol(actor, person, at)
    if act in correcting.BY_PAPER:
        field = correcting.BY_PAPER[act]
        return lambda: correcting.ask(parts=parts, actor=himself, at=at, **{field: written.value})
    if act == "phone":
        return _phone(parts, actor, person, written.value, at)
    _nobody_gains(actor, person, act, subject, at)
    if act in proxy_more.ACTS:
        return lambda: proxy_more.do(parts, himself, act, subject, written.value, written.until, at)
    if act in proxy_stories.ACTS:
        return lambda: proxy_stories.do(himself, act, subject, at)
    return lambda: _his_own(himself, act, subject, written.value, at)


def _his_own(himself: Actor, act: str, subject: str, value: str, at: datetime) -> object:
    document, _, team = subject.partition(":")
    facts: dict[str, Any] = {"actor": himself, "at": at}
    # The texts of all of them stand on the paper that he signed (`proxy_desk.texts`).
    signed: dict[str, Any] = {"promised": True, "agreed": agreeing.JOINING}
    own: dict[str, Callable[[], object]] = {
        # The form he signed says yes to the notice, the agreement and a long day alike.
        "sign_up": lambda: signups.sign_up(
            shift_code=subject, risk_accepted=True, agreement_accepted=True, load_accepted=True, channel=DOOR, **facts
        ),
        "cancel": lambda: signups.cancel(shift_code=subject, reason=value or say("signup.on_paper"), **facts),
        "offer_yes": lambda: applications.answer_offer(code=subject, accepts=True, **signed, **facts),
        "offer_no": lambda: applications.answer_offer(code=subject, accepts=False, **facts),
        "apply": lambda: applications.apply(team_code=subject, statement=value, **signed, **facts),
        "withdraw": lambda: applications.withdraw(code=subject, **facts),
        "reply": lambda: applications.reply(code=subject, text=value, **facts),
        "leave": lambda: leaving.leave_team(team_code=subject, **facts),
        "transfer": lambda: transfers.ask(team_code=subject, reason=value, promised=True, **facts),
        "transfer_yes": lambda: transfers.agree(code=subject, accepts=True, promised=True, **facts),
        "transfer_no": lambda: transfers.agree(code=subject, accepts=False, **facts),
        "transfer_back": lambda: transfers.withdraw(code=subject, **facts),
        "national": lambda: numbers.report(number=value, **facts),
        "promise": lambda: promises.accept(document=document, team_code=team, **facts),
        "consent_no": lambda: registration.decide_consent(purpose=subject, given=False, **facts),
    }
    return own[act]()


def _nobody_gains(actor: Actor, person: Volunteer, act: str, subject: str, at: datetime) -> None:
    """Whoever wanted it, or said no to it, does not write the person's answer, nor anybody of the team what he says of
    a colleague. Refusals: PROXY_GAINS."""
    wanted: int | None = None
    if act in ("offer_yes", "offer_no", "reply"):
        found = Application.get_or_none(Application.code == subject, Application.volunteer == person.id)
        if found is not None:
            wanted = found.decided_by_id if act == "reply" else found.recommender_id
    if act == "assess_peer" and not proxy_more.may_write(actor, subject, at):
        raise Refusal(C.PROXY_GAINS)
    if act in ("transfer_yes", "transfer_no"):
        moving = HomeTransfer.get_or_none(HomeTransfer.code == subject, HomeTransfer.volunteer == person.id)
        wanted = moving.asked_by_id if moving is not None else None
    if act == "story_yes":
        wanted = proxy_stories.author_of(subject)
    if wanted is not None and wanted == actor.volunteer_id:
        raise Refusal(C.PROXY_GAINS)


def _require_day(shift_code: str, at: datetime) -> None:
    """Attendance on paper is for the day itself; what came later is a supplement with its own checks."""
    shift = Shift.get_or_none(Shift.code == shift_code)
    if shift is None:
        raise Refusal(C.NOT_FOUND)
    if not local_day(shift.starts_at) <= local_day(at) <= local_day(shift.ends_at):
        raise Refusal(C.PROXY_DAY)


def _phone(parts: Parts, actor: Actor, person: Volunteer, value: str, at: datetime) -> Callable[[], object]:
    phone = check_phone(value)
    mine = Volunteer.get_or_none(Volunteer.id == actor.volunteer_id)
    if mine is not None and mine.phone_index == parts.vault.index("phone", phone):
        raise Refusal(C.PROXY_GAINS)
    return lambda: _change_phone(parts, actor, person, phone, at)


def _change_phone(parts: Parts, actor: Actor, person: Volunteer, phone: str, at: datetime) -> None:
    """Nobody has called the new number yet: it proves nothing until somebody confirms it."""
    enrolment.set_phone(parts=parts, person=person, phone=phone, proof="none")
    audit.changed(
        actor=actor, verb="proxy.phone", subject=f"volunteer:{person.id}", changes={"phone": ["", "*"]}, at=at
    )


def invitations(person: Volunteer) -> list[BindInvite]:
    """The invitations to teams he was entered for, newest first; those to posts need his own scan."""
    found = BindInvite.select().where(
        BindInvite.volunteer == person.id, BindInvite.team_id.is_null(False), BindInvite.role == ""
    )
    return list(found.order_by(BindInvite.created_at.desc()))


def _enrol(actor: Actor, person: Volunteer, at: datetime) -> None:
    """He said yes on paper. Who entered him does not say yes for him: that would make people out of nothing."""
    newest = next(iter(invitations(person)), None)
    if newest is None:
        raise Refusal(C.INVITE_INVALID)
    if actor.volunteer_id in (newest.created_by_id, person.entered_by_id):
        raise Refusal(C.PROXY_GAINS)
    invites.accept_on_paper(volunteer_id=person.id, token=newest.token, channel=DOOR, at=at)
