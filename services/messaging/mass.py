"""Mass sends of the service account: four a month reach each follower, so they are a budget (群发次数, S82).

Whoever manages the whole programme's area writes one, somebody else there agrees, the worker sends it. The slot of
the month is taken before WeChat is called and never given back unless WeChat refused the words: what may have gone
out counts. The same number is sent with every try, so a repeat within a day makes no second job.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from peewee import IntegrityError, PostgresqlDatabase

from clock import SHANGHAI, to_millis
from frozen import dataclass
from models import MassSend, Region, Volunteer, store
from models.store import Write
from services import content, decisions, permissions
from services.actors import Actor
from services.conversation import tagging
from services.errors import Refusal, RefusalCode
from services.messaging import telling
from services.parts import Parts
from services.permissions import Verb
from wechat.errcodes import Kind
from wechat.gateway import WechatFailure

A_MONTH = 4
AUDIENCES = ("all", "volunteer", "leader")
MOST_CHARACTERS = 600
#: WeChat knows a repeat by our number for a day; we stop a little before.
REPEAT_WITHIN = timedelta(hours=23)


@dataclass(frozen=True, slots=True)
class Budget:
    """The month's mass sends: `month` as 2026-06, how many are used, how many are left."""

    month: str
    used: int
    left: int


@dataclass(frozen=True, slots=True)
class MassLine:
    """One mass send as the console lists it."""

    id: int
    text: str
    audience: str
    state: str
    sender: str
    total: int
    sent: int
    failed: int
    why: str
    created_at: datetime
    mine: bool


def _month(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m}"


def budget(at: datetime) -> Budget:
    """What is left of the month's four."""
    month = _month(at)
    used = MassSend.select().where(MassSend.month == month).count()
    return Budget(month, used, A_MONTH - used)


def top() -> str:
    """The division that the account belongs to: the highest one there is."""
    open_ones = Region.select(Region.code).where(Region.closed_on.is_null())
    return str(open_ones.order_by(Region.level, Region.code).limit(1).scalar() or "")


def open_to(*, actor: Actor, at: datetime) -> bool:
    """Whether the actor manages the whole area."""
    return permissions.holds(actor=actor, verb=Verb.MANAGE, region_code=top(), at=at)


def write(*, actor: Actor, text: str, audience: str, at: datetime) -> int:
    """Keep a mass send that waits for somebody else's consent; its id.

    Refusals in order: NOT_FOUND / NOT_ALLOWED (does not manage the whole area), BAD_REQUEST (audience), TEXT_EMPTY,
    NOTICE_TOO_LONG, WORD_REFUSED, MASS_USED_UP (the month's four are gone, those that wait counted in).
    """
    permissions.require_manage(actor=actor, region_code=top(), at=at)
    if audience not in AUDIENCES:
        raise Refusal(RefusalCode.BAD_REQUEST, why="audience")
    words = text.strip()
    if not words:
        raise Refusal(RefusalCode.TEXT_EMPTY)
    if len(words) > MOST_CHARACTERS:
        raise Refusal(RefusalCode.NOTICE_TOO_LONG, most=MOST_CHARACTERS, length=len(words))
    content.require_fit(words)

    def act() -> int:
        _one_at_a_time()
        waiting = MassSend.select().where(MassSend.state.in_(("waiting", "due"))).count()
        if waiting >= budget(at).left:
            raise Refusal(RefusalCode.MASS_USED_UP, month=_month(at))
        made = MassSend.create(text=words, audience=audience, sender=actor.volunteer_id, created_at=at)
        telling.tell(
            kind="mass_waiting", key=str(made.id), at=at, name=made.sender.name, url="/console/mass",
            people=sorted(decisions.deciders(region_code=top(), parties=[made.sender_id], at=at)),
        )  # fmt: skip
        return int(made.id)

    return store.write(act)


def _one_at_a_time() -> None:
    """Two who write or agree at once take turns, and count what the other did. SQLite has one writer anyway."""
    if isinstance(store.current(), PostgresqlDatabase):
        Region.select(Region.code).where(Region.code == top()).for_update().execute()


def decide(*, actor: Actor, mass_id: int, yes: bool, reason: str = "", at: datetime) -> None:
    """Let one go, or keep it from going with a reason.

    Refusals in order: NOT_FOUND, NOT_ALLOWED, OWN_RECORD (the writer), REASON_REQUIRED (a no), MASS_USED_UP (a yes: the
    month's four are gone), NOTICE_STATE (decided before).
    """

    def act() -> None:
        found = MassSend.get_or_none(MassSend.id == mass_id)
        if found is None:
            raise Refusal(RefusalCode.NOT_FOUND)
        decisions.require_decider(actor=actor, region_code=top(), parties=[found.sender_id], at=at)
        why = reason.strip()
        if not yes and not why:
            raise Refusal(RefusalCode.REASON_REQUIRED)
        _one_at_a_time()
        if yes and MassSend.select().where(MassSend.state == "due").count() >= budget(at).left:
            raise Refusal(RefusalCode.MASS_USED_UP, month=_month(at))
        changed = (
            MassSend.update(
                state="due" if yes else "refused", decided_by=actor.volunteer_id, decided_at=at, decided_why=why
            )
            .where(MassSend.id == mass_id, MassSend.state == "waiting")
            .execute()
        )
        if not changed:
            raise Refusal(RefusalCode.NOTICE_STATE)

    store.write(act)


def listed(*, actor: Actor, at: datetime, limit: int = 50) -> list[MassLine]:
    """The mass sends, newest first, for those who manage the whole area. Refusals: NOT_FOUND, NOT_ALLOWED."""
    permissions.require_look(actor=actor, region_code=top(), at=at)
    query = (
        MassSend.select(MassSend, Volunteer)
        .join(Volunteer, on=MassSend.sender)
        .order_by(MassSend.id.desc())
        .limit(limit)
    )
    return [
        MassLine(
            row.id, row.text, row.audience, row.state, row.sender.name, row.total, row.sent, row.failed,
            row.decided_why, row.created_at, row.sender_id == actor.volunteer_id,
        )
        for row in query
    ]  # fmt: skip


def work(*, parts: Parts, at: datetime, write: Write = store.write) -> int:
    """Send what was agreed to; how many went. HTTP, so outside a write."""
    sent = 0
    for found in list(MassSend.select().where(MassSend.state.in_(("due", "begun"))).order_by(MassSend.id)):
        if found.state == "begun" and at - (found.tried_at or at) > REPEAT_WITHIN:
            # It may have gone out, and WeChat would no longer know a repeat.
            write(MassSend.update(state="unknown").where(MassSend.id == found.id).execute)
            continue
        if write(lambda found=found: _begin(found, at)):  # type: ignore[misc]
            sent += _send(parts, found, at, write)
    return sent


def _begin(found: MassSend, at: datetime) -> bool:
    """Take a slot of the month; False where none is left: it waits for the next month."""
    if found.state == "begun":
        return True
    month = _month(at)
    taken = {row.slot for row in MassSend.select(MassSend.slot).where(MassSend.month == month)}
    free = next((slot for slot in range(1, A_MONTH + 1) if slot not in taken), None)
    if free is None:
        return False
    try:
        with store.current().atomic():
            changed = (
                MassSend.update(state="begun", month=month, slot=free, tried_at=at)
                .where(MassSend.id == found.id, MassSend.state == "due")
                .execute()
            )
    except IntegrityError:  # another worker took this very slot
        return False
    return bool(changed)


def _send(parts: Parts, found: MassSend, at: datetime, write: Write) -> int:
    try:
        tag = None if found.audience == "all" else tagging.tag_ids(parts)[found.audience]
        number = f"mass-{found.id}-{to_millis(found.created_at)}"
        done = parts.gateway.mass_send(found.text, tag_id=tag, client_msg_id=number)
    except WechatFailure as failure:
        errcode, kind = failure.errcode, failure.kind
        write(lambda: _failed(found.id, kind, errcode))
        return 0
    update = MassSend.update(state="sent", msg_id=done.msgid or "").where(MassSend.id == found.id)
    write(update.execute)
    return 1


def _failed(mass_id: int, kind: Kind, errcode: int | None) -> None:
    """Refused for good: nothing went out and the slot is free again. Anything else is tried once more later."""
    changes: dict[str, object] = {"errcode": errcode}
    if kind in (Kind.PERMANENT, Kind.CONFIGURATION):
        changes |= {"state": "failed", "month": None, "slot": None}
    elif kind is Kind.QUOTA:
        changes |= {"state": "failed"}  # the month is used up by sends that were not ours
    MassSend.update(**changes).where(MassSend.id == mass_id).execute()


def finished(*, msg_id: str, status: str, total: int, sent: int, failed: int) -> bool:
    """WeChat tells how a job ended (MASSSENDJOBFINISH); False for one that is not ours. Inside a write or alone."""
    good = status.strip().lower().replace("_", " ") in ("send success", "sendsuccess")
    update = MassSend.update(
        state="sent" if good else "failed", total=total, sent=sent, failed=failed
    ).where(MassSend.msg_id == msg_id, MassSend.state.in_(("begun", "unknown", "sent")))
    return bool(msg_id) and store.write(lambda: bool(update.execute()))
