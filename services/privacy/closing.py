"""注销: a person asks for the end of his account; fourteen days to think it over, then the worker erases who he is.

Before he asks he is told what stays and why. Whoever holds a post, is on an emergency call or in a case about his
hours is told to finish that first; if it came up meanwhile, the account waits for it beyond its day.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from clock import local_day
from frozen import dataclass
from models import (
    AccountClosing,
    Balance,
    CasePerson,
    Certificate,
    Dispatch,
    HoursCase,
    PersonCall,
    Redemption,
    ServiceRecord,
    Signup,
    Team,
    Volunteer,
    store,
)
from models.dialect import IntegrityError
from models.store import Write
from services import audit, permissions, regions
from services.actors import WORKER, Actor
from services.errors import Refusal, RefusalCode
from services.messaging import telling
from services.parts import Parts
from services.privacy import erasing
from wording import say

C = RefusalCode
#: To change one's mind; and so long before the end he is reminded.
DAYS = timedelta(days=14)
REMIND = timedelta(days=3)
#: Accounts that one beat of the worker looks at.
AT_ONCE = 20
PAGE = "/m/me/closing"


@dataclass(frozen=True, slots=True)
class Closing:
    """Where a person's request stands: `due_at` None while there is none; `held`: the sentence of what it waits for.

    What is told before: `minutes`, `points` and `certificates` he has, `open_records` that somebody still decides,
    `signups` and `redemptions` that end with the account.
    """

    asked_at: datetime | None
    due_at: datetime | None
    held: str
    minutes: int
    points: int
    certificates: int
    open_records: int
    signups: int
    redemptions: int


def look(*, volunteer_id: int, at: datetime) -> Closing:
    """Where his request stands, and what closing would do; `held` also says what keeps him from asking."""
    row = _running(volunteer_id)
    kept = Balance.get_or_none(Balance.volunteer == volunteer_id)
    no = _no(volunteer_id, at)
    return Closing(
        row.asked_at if row else None, row.due_at if row else None, _sentence(no) if no else "",
        kept.minutes if kept else 0, kept.points if kept else 0,
        Certificate.select().where(Certificate.volunteer == volunteer_id, Certificate.state == "valid").count(),
        ServiceRecord.select().where(
            ServiceRecord.volunteer == volunteer_id, ServiceRecord.state.in_(("pending", "disputed"))
        ).count(),
        Signup.select().where(
            Signup.volunteer == volunteer_id, Signup.state.in_(("pending", "waitlisted", "offered", "confirmed")),
            Signup.outcome.is_null(),
        ).count(),
        Redemption.select().where(Redemption.volunteer == volunteer_id, Redemption.state == "waiting").count(),
    )  # fmt: skip


def ask(*, actor: Actor, at: datetime) -> datetime:
    """Ask for the end of the actor's account; answers the moment from which it is erased. Asked twice is asked once.

    Refusals: NOT_REGISTERED, CLOSING_POST (`posts`), CLOSING_DISPATCH (`title`), CLOSING_CASE.
    """
    me = _me(actor)
    if (no := _no(me, at)) is not None:
        raise no

    def act() -> datetime:
        standing = _running(me)
        if standing is not None:
            return standing.due_at
        made = AccountClosing.create(volunteer=me, state="asked", door=actor.door, asked_at=at, due_at=at + DAYS)
        audit.note(actor=actor, verb="closing.asked", subject=f"volunteer:{me}", detail={}, at=at)
        telling.tell(
            kind="closing_asked", people=[me], key=str(made.id), at=at, url=PAGE, day=_day(made.due_at)
        )
        return at + DAYS

    try:
        return store.write(act)
    except IntegrityError:  # asked twice in one moment
        standing = _running(me)
        if standing is None:
            raise
        return standing.due_at


def undo(*, actor: Actor, at: datetime) -> None:
    """He stays. Undone twice is undone. Refusals: NOT_REGISTERED, NOT_FOUND (none was asked for)."""
    me = _me(actor)

    def act() -> None:
        open_ones = (AccountClosing.volunteer == me) & (AccountClosing.state == "asked")
        if AccountClosing.update(state="undone", ended_at=at).where(open_ones).execute():
            audit.note(actor=actor, verb="closing.undone", subject=f"volunteer:{me}", detail={}, at=at)
            telling.tell(kind="closing_undone", people=[me], key=f"{me}:{at.timestamp():.0f}", at=at, url="/m/me")
        elif not AccountClosing.select().where(AccountClosing.volunteer == me).exists():
            raise Refusal(C.NOT_FOUND)

    store.write(act)


def work(*, parts: Parts, at: datetime, write: Write = store.write) -> int:
    """Remind those whose day comes near, and erase those whose day has come; how many of both."""
    soon = AccountClosing.select(AccountClosing.id).where(
        AccountClosing.state == "asked", AccountClosing.reminded_at.is_null(), AccountClosing.due_at <= at + REMIND,
        AccountClosing.due_at > at,
    )  # fmt: skip
    due = AccountClosing.select(AccountClosing.id).where(AccountClosing.state == "asked", AccountClosing.due_at <= at)
    reminded = [row.id for row in soon.order_by(AccountClosing.due_at).limit(AT_ONCE)]
    over = [row.id for row in due.order_by(AccountClosing.held, AccountClosing.due_at).limit(AT_ONCE)]
    return sum(write(partial(_remind, number, at)) for number in reminded) + sum(
        write(partial(_end, parts, number, at)) for number in over
    )


def _remind(number: int, at: datetime) -> int:
    row = AccountClosing.get_by_id(number)
    fresh = (AccountClosing.id == number) & (AccountClosing.state == "asked") & AccountClosing.reminded_at.is_null()
    if not AccountClosing.update(reminded_at=at).where(fresh).execute():
        return 0
    telling.tell(
        kind="closing_soon", people=[row.volunteer_id], key=str(number), at=at, url=PAGE, day=_day(row.due_at)
    )
    return 1


def _end(parts: Parts, number: int, at: datetime) -> int:
    """Erase one account, or let it wait and say once for what. The row is held against an undo that comes now."""
    row = AccountClosing.get_by_id(number)
    mine = (AccountClosing.id == number) & (AccountClosing.state == "asked")
    if Volunteer.get_by_id(row.volunteer_id).state != "active":  # died, or merged into another entry meanwhile
        return int(AccountClosing.update(state="undone", ended_at=at).where(mine).execute())
    no = _no(row.volunteer_id, at)
    if no is not None:
        return _hold(row, no, at)
    if not AccountClosing.update(state="done", ended_at=at, held="").where(mine).execute():
        return 0
    erasing.erase(parts=parts, volunteer_id=row.volunteer_id, at=at)
    audit.note(actor=WORKER, verb="closing.done", subject=f"volunteer:{row.volunteer_id}", detail={}, at=at)
    return 1


def _hold(row: AccountClosing, no: Refusal, at: datetime) -> int:
    if row.held == no.code.value:
        return 0
    AccountClosing.update(held=no.code.value).where(AccountClosing.id == row.id).execute()
    telling.tell(
        kind="closing_held", people=[row.volunteer_id], key=f"{row.id}:{no.code.value}", at=at, url=PAGE,
        why=_sentence(no),
    )  # fmt: skip
    return 1


def _no(volunteer_id: int, at: datetime) -> Refusal | None:
    """Why the account cannot be closed now: others would be left alone, or something about him is under way."""
    if posts := _posts(volunteer_id, at):
        return Refusal(C.CLOSING_POST, posts=say("access.handover.separator").join(posts))
    called = (
        Dispatch.select(Dispatch.title)
        .join(PersonCall)
        .where(PersonCall.volunteer == volunteer_id, PersonCall.state == "accepted", Dispatch.closed_at.is_null())
    )
    if (title := called.limit(1).scalar()) is not None:
        return Refusal(C.CLOSING_DISPATCH, title=str(title))
    held = CasePerson.select().join(HoursCase).where(
        CasePerson.volunteer == volunteer_id, HoursCase.decided_at.is_null()
    )  # fmt: skip
    return Refusal(C.CLOSING_CASE) if held.exists() else None


def _posts(volunteer_id: int, at: datetime) -> list[str]:
    """The posts he holds, in words: 东湖服务队队长."""
    grants = permissions.roles_of(volunteer_id=volunteer_id, at=at)
    names = regions.path_names([g.region_code for g in grants if g.region_code])
    teams = {t.id: t.short_name for t in Team.select().where(Team.id.in_([g.team_id for g in grants if g.team_id]))}
    found = [
        f"{names.get(g.region_code or '') or teams.get(g.team_id or 0, '')}{say(f'access.roles.{g.role.value}')}"
        for g in grants
    ]
    return list(dict.fromkeys(found))


def _sentence(no: Refusal) -> str:
    return say(f"refusals.{no.code.value}", **no.facts)


def _running(volunteer_id: int) -> AccountClosing | None:
    found = AccountClosing.get_or_none(AccountClosing.volunteer == volunteer_id, AccountClosing.state == "asked")
    return found if isinstance(found, AccountClosing) else None


def _day(due: datetime) -> str:
    day = local_day(due)
    return say("access.handover.day", month=day.month, day=day.day)


def _me(actor: Actor) -> int:
    if actor.volunteer_id is None:
        raise Refusal(C.NOT_REGISTERED)
    return actor.volunteer_id
