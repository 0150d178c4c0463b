"""Invitations: a leader or station enters a person and shows a one-time official-account QR code.

Scanning follows the account and shows the masked name; `是我` binds and consents. An invitation lives seven days,
serves once, and belongs to the first openid that opened it. An invitation to a post outlives a registration: who came
by himself, or took up another post before, still scans it for this one, with the WeChat that is his.
"""

from __future__ import annotations

from dataclasses import field
from datetime import datetime, timedelta

from frozen import dataclass
from models import BindInvite, Team, Volunteer, WechatIdentity, store
from models.dialect import IntegrityError
from services import permissions, regions
from services.access import posts
from services.accounts import enrolment
from services.accounts.documents import check_phone, mask_name
from services.accounts.enrolment import Details
from services.actors import Actor
from services.codes import new_token
from services.errors import Refusal, RefusalCode
from services.parts import Parts
from services.recruitment import applications
from services.regions import in_practice
from wechat.gateway import QrTicket, WechatFailure

LIFE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Invite:
    """An invitation to show; `scene` is what its QR code carries."""

    token: str = field(repr=False)
    public_no: str
    scene: str = field(repr=False)
    masked_name: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What the one who scanned gets to see before he says yes; `role` and `place` where it is a post."""

    masked_name: str
    team_name: str
    role: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Who said yes; `role` and `place` of the post he holds by it, "" where it was none or stayed empty."""

    volunteer_id: int
    public_no: str
    name: str
    role: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an invitation stands: `waiting` to be scanned and said yes to, `done`, or `over` (expired, refused)."""

    state: str
    token: str = field(repr=False)
    masked_name: str


def enter_person(
    *, parts: Parts, actor: Actor, team_code: str, name: str, document: str, phone: str, region_code: str,
    identity: str, at: datetime,
) -> Invite:  # fmt: skip
    """Enter a person for a team and invite him; the phone may be empty. Entering him again makes a new invitation
    and ends the old one.

    Refusals: NOT_FOUND / NOT_ALLOWED (not the actor's team), TEAM_CLOSED, NAME_INVALID, DOCUMENT_INVALID,
    UNDER_AGE, REGION_UNKNOWN (or one of them is in the practice area and the other is not), PRACTICE_NUMBER,
    BAD_REQUEST, PHONE_INVALID, DOCUMENT_TAKEN (he is registered, or by another name).
    """
    team = Team.get_or_none(Team.code == team_code)
    if team is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=team.id, at=at)
    if team.state in permissions.CLOSED_TEAMS:
        raise Refusal(RefusalCode.TEAM_CLOSED)
    if in_practice(team.region_code) != in_practice(region_code):
        raise Refusal(RefusalCode.REGION_UNKNOWN)
    details = enrolment.check_details(
        name=name, document=document, region_code=region_code, identity=identity, at=at
    )
    number = check_phone(phone) if phone.strip() else ""

    def act() -> Invite:
        person = _person(parts, actor, details, number, at)
        BindInvite.update(used_at=at).where(
            BindInvite.volunteer == person.id, BindInvite.used_at.is_null(), BindInvite.role == ""
        ).execute()
        token = new_token()
        BindInvite.create(
            token=token, volunteer=person.id, team_id=team.id, created_by=actor.volunteer_id, created_at=at,
            expires_at=at + LIFE,
        )  # fmt: skip
        return Invite(token, person.public_no, f"b.{token}", mask_name(person.name))

    try:
        return store.write(act)
    except IntegrityError:
        raise Refusal(RefusalCode.DOCUMENT_TAKEN) from None


def _person(parts: Parts, actor: Actor, details: Details, phone: str, at: datetime) -> Volunteer:
    """The person to invite: entered now, or before without having said yes."""
    found = enrolment.owner_of(parts, details.number)
    if found is None:
        return enrolment.add_person(
            parts=parts, details=details, state="invited", phone=phone, phone_proof="officer",
            entered_by=actor.volunteer_id, at=at,
        )  # fmt: skip
    if found.state != "invited" or found.name != details.name:
        raise Refusal(RefusalCode.DOCUMENT_TAKEN)
    if phone:
        enrolment.set_phone(parts=parts, person=found, phone=phone, proof="officer")
    return found


def _living(token: str, at: datetime) -> BindInvite:
    """The invitation if it can still be used. Refusals: INVITE_INVALID."""
    found = BindInvite.get_or_none(BindInvite.token == token)
    if found is None or found.used_at is not None or found.expires_at <= at:
        raise Refusal(RefusalCode.INVITE_INVALID)
    if found.volunteer.state not in (("invited", "active") if found.role else ("invited",)):
        raise Refusal(RefusalCode.INVITE_INVALID)
    assert isinstance(found, BindInvite)
    return found


def offers_post(*, token: str, volunteer_id: int | None, at: datetime) -> bool:
    """Whether this invitation offers a post to this very person, who is registered already."""
    try:
        invite = _living(token, at)
    except Refusal:
        return False
    return bool(invite.role) and invite.volunteer_id == volunteer_id


def standing(*, actor: Actor, public_no: str, at: datetime) -> Standing:
    """The last invitation of a person, for one who leads its team. Refusals: NOT_FOUND, NOT_ALLOWED."""
    found = (
        BindInvite.select(BindInvite, Volunteer)
        .join(Volunteer, on=BindInvite.volunteer)
        .where(Volunteer.public_no == public_no, BindInvite.team_id.is_null(False), BindInvite.role == "")
        .order_by(BindInvite.created_at.desc())
        .first()
    )
    if found is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=found.team_id, at=at)
    person = found.volunteer
    living = found.used_at is None and found.expires_at > at
    state = "done" if person.state == "active" else "waiting" if living else "over"
    return Standing(state, found.token, mask_name(person.name))


def invite_qr(*, parts: Parts, actor: Actor, token: str, at: datetime) -> QrTicket:
    """The official-account QR code of an invitation; asked of WeChat once and kept.

    Refusals: INVITE_INVALID, NOT_FOUND / NOT_ALLOWED (not the actor's team), WECHAT_UNAVAILABLE.
    """
    invite = _living(token, at)
    if invite.team_id is None:
        permissions.require_manage(actor=actor, region_code=invite.region_code or "", at=at)
    else:
        permissions.require_lead(actor=actor, team_id=invite.team_id, at=at)
    seconds = int((invite.expires_at - at).total_seconds())
    if invite.qr_ticket:
        return QrTicket(invite.qr_ticket, invite.qr_url, seconds)
    try:
        made = parts.gateway.create_qr(f"b.{token}", seconds=max(seconds, 60))
    except WechatFailure as failure:
        raise Refusal(RefusalCode.WECHAT_UNAVAILABLE) from failure
    query = BindInvite.update(qr_ticket=made.ticket, qr_url=made.url).where(BindInvite.token == token)
    store.write(query.execute)
    return made


def open_invite(*, token: str, openid: str, at: datetime) -> Opened:
    """Somebody scanned the code: from now on the invitation is his.

    Refusals: INVITE_INVALID (unknown, used, expired, or opened by somebody else).
    """

    def act() -> Opened:
        invite = _living(token, at)
        mine = BindInvite.opened_by.is_null() | (BindInvite.opened_by == openid)
        if not BindInvite.update(opened_by=openid).where(BindInvite.token == token, mine).execute():
            raise Refusal(RefusalCode.INVITE_INVALID)
        team = Team.get_or_none(Team.id == invite.team_id)
        name = mask_name(invite.volunteer.name)
        return Opened(name, team.name if team is not None else "", invite.role, _place(invite))

    return store.write(act)


def _place(invite: BindInvite) -> str:
    """Where the post of an invitation is; "" for an invitation to a team alone."""
    if not invite.role:
        return ""
    if invite.team_id is not None:
        return str(Team.get_by_id(invite.team_id).name)
    return regions.path_names([invite.region_code or ""])[invite.region_code or ""]


def accept(*, parts: Parts, token: str, identity_id: int, at: datetime, channel: str = "chat") -> Accepted:
    """`是我`: bind this identity to the person, keep his consents and promises; the team he was entered for has
    recommended him, and he has said yes (S37): it goes to vetting, or he is a member where none is asked for.

    Said twice, it is the same answer. Refusals: INVITE_INVALID, DOCUMENT_TAKEN (a post of somebody who is registered
    with another WeChat: whoever holds his paper is not he), ALREADY_BOUND.
    """

    def act() -> Accepted:
        mine = WechatIdentity.get_by_id(identity_id)
        used = BindInvite.get_or_none(BindInvite.token == token, BindInvite.opened_by == mine.openid)
        if used is not None and used.used_at is not None and used.volunteer_id == mine.volunteer_id:
            return _accepted(used, at)
        invite = _living(token, at)
        if invite.opened_by != mine.openid:
            raise Refusal(RefusalCode.INVITE_INVALID)
        person = invite.volunteer
        if person.state == "active" and mine.volunteer_id != person.id:
            raise Refusal(RefusalCode.DOCUMENT_TAKEN)
        BindInvite.update(used_at=at).where(BindInvite.token == token).execute()
        if person.state == "invited":
            enrolment.bind(identity_id=identity_id, volunteer_id=person.id, at=at)
            Volunteer.update(state="active").where(Volunteer.id == person.id).execute()
            purposes = enrolment.needed_consents(person.identity)
            enrolment.keep_consents(volunteer_id=person.id, purposes=purposes, channel=channel, at=at)
        if invite.role:
            posts.take_up(invite=invite, at=at)
        elif invite.team_id is not None:
            applications.from_invite(
                actor=Actor(channel, person.id, identity_id), team_id=invite.team_id,
                recommender_id=invite.created_by_id, at=at,
            )  # fmt: skip
        return _accepted(invite, at)

    return store.write(act)


def _accepted(invite: BindInvite, at: datetime) -> Accepted:
    person, holds = invite.volunteer, bool(invite.role) and posts.holds(invite=invite, at=at)
    role, place = (invite.role, _place(invite)) if holds else ("", "")
    return Accepted(person.id, person.public_no, person.name, role, place)


def accept_on_paper(*, volunteer_id: int, token: str, channel: str, at: datetime) -> None:
    """He said yes with his signature (`services.lives.proxies`): as `accept`, without any WeChat; inside the caller's
    write, which has looked at who may. Refusals: INVITE_INVALID (used, expired, or not his).
    """
    invite = _living(token, at)
    if invite.volunteer_id != volunteer_id or invite.team_id is None or invite.role:
        raise Refusal(RefusalCode.INVITE_INVALID)
    unused = BindInvite.update(used_at=at).where(BindInvite.token == token, BindInvite.used_at.is_null())
    if not unused.execute():
        raise Refusal(RefusalCode.INVITE_INVALID)
    Volunteer.update(state="active").where(Volunteer.id == volunteer_id).execute()
    purposes = enrolment.needed_consents(invite.volunteer.identity)
    enrolment.keep_consents(volunteer_id=volunteer_id, purposes=purposes, channel=channel, at=at)
    applications.from_invite(
        actor=Actor(channel, volunteer_id), team_id=invite.team_id, recommender_id=invite.created_by_id, at=at
    )


def decline(*, token: str, openid: str, at: datetime) -> None:
    """`不是我`: the invitation is over; the leader can make another. Refusals: INVITE_INVALID."""

    def act() -> None:
        invite = _living(token, at)
        if invite.opened_by != openid:
            raise Refusal(RefusalCode.INVITE_INVALID)
        BindInvite.update(used_at=at).where(BindInvite.token == token).execute()

    store.write(act)
