"""What a leader's phone takes along to a place without a network, and who may bring its scans back (docs/checkin.md).

A one-time link, sent in the chat, opens on the phone's ordinary browser. There the phone makes a secret of its own
and shows us the link once: from then on that secret is a session that may fetch this kit and upload to it, nothing
else. The kit holds names and photos, no telephone, no document number. The link lives two hours, the list until
twelve hours after the activity, the right to upload thirty days.
"""

from __future__ import annotations

import base64
import io
from dataclasses import field
from datetime import datetime, timedelta
from typing import Any

from frozen import dataclass
from models import Activity, OfflineKit, PersonCard, Position, Session, Shift, Team, Volunteer, store
from services import audit, codes, permissions
from services.accounts import sessions
from services.actors import Actor
from services.bookkeeping.records import activity_led
from services.errors import Refusal, RefusalCode
from services.lives import files
from services.participation import console_views, revoked, roster
from services.parts import Parts

LINK_LIFE = timedelta(hours=2)
AFTER_THE_END = timedelta(hours=12)
DOOR = "offline"
#: A face small enough for a hundred of them to come over a bad line.
FACE_SIDE = 120
MOST_FACES = 200


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time link; the only moment at which it is known."""

    url: str = field(repr=False)
    code: str
    link_until: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Kit:
    """An opened kit, as the one who uploads to it stands for it."""

    id: int
    code: str
    activity_id: int
    activity_code: str
    team_id: int
    leader_id: int
    until: datetime

    @property
    def actor(self) -> Actor:
        """The leader, at the door of a phone without a network."""
        return Actor(door=DOOR, volunteer_id=self.leader_id)


def issue(*, parts: Parts, actor: Actor, activity_code: str, at: datetime) -> Link:
    """A link for one phone. Refusals: NOT_FOUND, NOT_ALLOWED (not his activity), ACTIVITY_CANCELLED, ACTIVITY_STATE
    (a draft, or over for longer than a kit lasts)."""
    activity = activity_led(actor=actor, activity_code=activity_code, at=at)
    if activity.state == "cancelled":
        raise Refusal(RefusalCode.ACTIVITY_CANCELLED, title=activity.title)
    until = activity.ends_at + AFTER_THE_END
    if activity.state == "draft":
        raise Refusal(RefusalCode.ACTIVITY_STATE)
    link = codes.new_token()

    def act() -> Link:
        made = OfflineKit.create(
            code=codes.new_code(), link_hash=codes.token_hash(link), activity=activity.id, leader=actor.volunteer_id,
            issued_at=at, link_until=at + LINK_LIFE, until=until,
        )  # fmt: skip
        audit.note(
            actor=actor, verb="offline.issue", subject=f"team:{activity.team_id}",
            detail={"kit": made.code, "activity": activity.code}, at=at, region_code=activity.region_code,
        )  # fmt: skip
        return Link(f"{parts.public_url}/o/{link}", made.code, made.link_until, made.until)

    return store.write(act)


def open_link(*, link: str, secret: str, device: str, at: datetime) -> Kit:
    """Tie a kit to the phone that made `secret`; again from the same phone gives the same.

    Refusals: KIT_LINK_INVALID (unknown, used by another phone, or older than two hours).
    """
    hashed = codes.token_hash(secret)

    def act() -> None:
        opened = (
            OfflineKit.update(session_hash=hashed, opened_at=at, device=device[:120])
            .where(
                OfflineKit.link_hash == codes.token_hash(link), OfflineKit.opened_at.is_null(),
                OfflineKit.link_until > at, OfflineKit.revoked_at.is_null(),
            )
            .execute()
        )  # fmt: skip
        kit = OfflineKit.get_or_none(OfflineKit.link_hash == codes.token_hash(link))
        if kit is None or kit.session_hash != hashed:
            raise Refusal(RefusalCode.KIT_LINK_INVALID)
        if opened:
            sessions.open_session(kind=DOOR, volunteer_id=kit.leader_id, at=at, device=device, token=secret)

    store.write(act)
    return of_session(secret)


def of_session(secret: str) -> Kit:
    """The kit of the phone that has this secret. Refusals: KIT_OVER (taken back, or none)."""
    row = (
        OfflineKit.select(OfflineKit, Activity)
        .join(Activity)
        .where(OfflineKit.session_hash == codes.token_hash(secret), OfflineKit.revoked_at.is_null())
        .first()
    )
    if row is None:
        raise Refusal(RefusalCode.KIT_OVER)
    return _kit(row)


def _kit(row: OfflineKit) -> Kit:
    activity = row.activity
    return Kit(row.id, row.code, activity.id, activity.code, activity.team_id, row.leader_id, row.until)


def for_upload(*, kit: Kit, code: str) -> Kit:
    """The kit under which an item was scanned: this one, or an earlier one of the same leader, whose PIN is forgotten
    or whose session ran out. Refusals: NOT_FOUND."""
    if code == kit.code:
        return kit
    row = (
        OfflineKit.select(OfflineKit, Activity)
        .join(Activity)
        .where(OfflineKit.code == code, OfflineKit.leader == kit.leader_id, OfflineKit.opened_at.is_null(False))
        .first()
    )
    if row is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    return _kit(row)


def contents(*, parts: Parts, kit: Kit, at: datetime) -> dict[str, Any]:
    """Everything the phone needs, as JSON; moments in epoch milliseconds. No telephone, no document number.

    Refusals: KIT_OVER (past its time), NOT_FOUND / NOT_ALLOWED (he no longer leads the team).
    """
    if at > kit.until:
        raise Refusal(RefusalCode.KIT_OVER)
    permissions.require_lead(actor=kit.actor, team_id=kit.team_id, at=at)
    listed = roster.roster(actor=kit.actor, activity_code=kit.activity_code, at=at)
    others = console_views.not_on_list(actor=kit.actor, activity_code=kit.activity_code, at=at)
    numbers = {each.public_no for each in listed.entries} | {each.public_no for each in others}
    living, revoked_cards, faces = _cards(parts, numbers, {each.public_no for each in listed.entries})
    team = Team.select(Team.short_name).where(Team.id == kit.team_id).scalar()
    return {
        "kit": kit.code,
        "until": _ms(kit.until),
        "server_now": _ms(at),
        "activity": {
            "code": listed.activity_code, "title": listed.title, "place": listed.place, "team": team,
            "starts_at": _ms(listed.starts_at), "ends_at": _ms(listed.ends_at),
        },
        "shifts": _shifts(kit.activity_id),
        "people": [
            {
                "no": each.public_no, "name": each.name, "shift": each.shift_code,
                "photo": faces.get(each.public_no, ""),
                "in_at": _ms(_came(each, each.in_at)), "out_at": _ms(_came(each, each.out_at)), "me": each.is_me,
            }
            for each in listed.entries
        ],
        "others": [{"no": each.public_no, "name": each.name} for each in others],
        "key": codes.public_key(parts.sign_key),
        "revoked": {number: _ms(moment) for number, moment in revoked.listed().items()},
        "cards": living,
        "revoked_cards": revoked_cards,
        "prefix": f"{parts.public_url}/q/",
    }  # fmt: skip


def _came(entry: roster.RosterEntry, moment: datetime | None) -> datetime | None:
    """A moment of somebody who was there; none where it was taken back."""
    return None if entry.state in ("expected", "void") else moment


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)


def _shifts(activity_id: int) -> list[dict[str, Any]]:
    query = (
        Shift.select(Shift, Position.id, Position.name)
        .join(Position)
        .where(Shift.activity == activity_id)
        .order_by(Shift.starts_at, Shift.id)
    )
    return [
        {"code": s.code, "position": s.position.name, "starts_at": _ms(s.starts_at), "ends_at": _ms(s.ends_at)}
        for s in query
    ]


def _cards(parts: Parts, numbers: set[str], on_list: set[str]) -> tuple[dict[str, str], list[str], dict[str, str]]:
    """Of these people: hash of a living card's code → number, hashes of revoked ones, number → face."""
    living: dict[str, str] = {}
    revoked: list[str] = []
    faces: dict[str, str] = {}
    query = (
        PersonCard.select(PersonCard, Volunteer.id, Volunteer.public_no)
        .join(Volunteer, on=PersonCard.volunteer)
        .where(Volunteer.public_no.in_(list(numbers)))
    )
    for card in query:
        number = card.volunteer.public_no
        if card.revoked_at is not None:
            revoked.append(card.code_hash)
            continue
        living[card.code_hash] = number
        if card.photo_id is not None and number in on_list and len(faces) < MOST_FACES:
            faces[number] = _face(parts, card.photo_id)
    return living, revoked, faces


def _face(parts: Parts, file_id: int) -> str:
    from PIL import Image

    try:
        body = files.opened(parts=parts, file_id=file_id)
    except Refusal:  # the picture is not on this disk: the name alone will do
        return ""
    with Image.open(io.BytesIO(body)) as picture:
        picture.draft("RGB", (FACE_SIDE, FACE_SIDE))
        small = picture.convert("RGB")
    small.thumbnail((FACE_SIDE, FACE_SIDE))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=70)
    return "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode()


def wiped(*, kit: Kit, at: datetime) -> None:
    """The phone says that it has thrown list and scans away: it may fetch nothing any more."""

    def act() -> None:
        OfflineKit.update(wiped_at=at).where(OfflineKit.id == kit.id, OfflineKit.wiped_at.is_null()).execute()
        _end_session(kit.id, at)

    store.write(act)


def _end_session(kit_id: int, at: datetime) -> None:
    held = OfflineKit.select(OfflineKit.session_hash).where(OfflineKit.id == kit_id)
    Session.update(revoked_at=at).where(Session.token_hash.in_(held), Session.revoked_at.is_null()).execute()


@dataclass(frozen=True, slots=True)
class KitLine:
    """A kit of an activity for the one who leads it: whose, on what device, and whether its scans have come."""

    code: str
    leader: str
    device: str
    issued_at: datetime
    opened_at: datetime | None
    uploaded_at: datetime | None
    items: int
    wiped_at: datetime | None
    revoked_at: datetime | None


def listed(*, actor: Actor, activity_code: str, at: datetime) -> list[KitLine]:
    """The opened kits of an activity, newest first. Refusals: NOT_FOUND, NOT_ALLOWED."""
    activity = activity_led(actor=actor, activity_code=activity_code, at=at)
    query = (
        OfflineKit.select(OfflineKit, Volunteer.id, Volunteer.name)
        .join(Volunteer, on=OfflineKit.leader)
        .where(OfflineKit.activity == activity.id, OfflineKit.opened_at.is_null(False))
        .order_by(OfflineKit.id.desc())
    )
    return [
        KitLine(
            k.code, k.leader.name, k.device, k.issued_at, k.opened_at, k.uploaded_at, k.items, k.wiped_at, k.revoked_at
        )
        for k in query
    ]


def revoke(*, actor: Actor, kit_code: str, at: datetime) -> None:
    """The phone is lost: its kit fetches and brings nothing more; twice is once. Refusals: NOT_FOUND, NOT_ALLOWED."""
    kit = OfflineKit.get_or_none(OfflineKit.code == kit_code)
    if kit is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=kit.activity.team_id, at=at)

    def act() -> None:
        ended = OfflineKit.update(revoked_at=at).where(OfflineKit.id == kit.id, OfflineKit.revoked_at.is_null())
        if ended.execute():
            _end_session(kit.id, at)
            audit.note(
                actor=actor, verb="offline.revoke", subject=f"team:{kit.activity.team_id}", detail={"kit": kit_code},
                at=at,
            )  # fmt: skip

    store.write(act)
