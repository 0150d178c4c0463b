"""What ended after a backup was made must not begin again when it is restored.

A backup knows nothing of what came later: who logged out everywhere, who was erased, which message went out. Everybody
logs in anew; what was to be sent by now was perhaps sent, and is never sent by itself again; who was erased since is
erased again, by the numbers that stand beside the anchors. What a phone keeps of an activity without a network may
still be brought back, its list is not given out any more.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial

from clock import to_millis
from frozen import dataclass
from models import (
    AccountClosing,
    BindInvite,
    Broadcast,
    Digits,
    LoginTicket,
    MassSend,
    Notice,
    OAuthState,
    OfflineKit,
    Session,
    Story,
    Volunteer,
    store,
)
from queries import outbox as sql
from services import audit
from services.actors import OPERATOR, WORKER
from services.parts import Parts
from services.privacy import erased, erasing


@dataclass(frozen=True, slots=True)
class Ended:
    """How many log-ins ended, how many messages may have gone out (nobody sends them), how many people were erased."""

    sessions: int
    unknown: int
    erased: int


def end_again(*, parts: Parts, name: str, made_at: datetime, at: datetime) -> Ended:
    """End in the house that was restored from the backup called `name` what had ended since it was made."""
    people = erased.read(erased.beside(parts.anchors_file))

    def act() -> Ended:
        detail = {"backup": name, "as_of": made_at.isoformat(timespec="seconds")}
        audit.note(actor=OPERATOR, verb="house.restored", subject="house:backup", detail=detail, at=at)
        return Ended(_log_out(at), _perhaps_sent(at), 0)

    ended = store.write(act)
    again = sum(store.write(partial(_erase, parts, each, at)) for each in people)
    store.write(lambda: _perhaps_sent(at))  # what others were told of their leaving, they were told then
    return replace(ended, erased=again)


def _erase(parts: Parts, each: erased.Erased, at: datetime) -> int:
    """Erase one entry that is here as it was; 1 if it was."""
    person = Volunteer.get_or_none(Volunteer.id == each.number, Volunteer.public_no == each.public_no)
    done = (AccountClosing.volunteer == each.number) & (AccountClosing.state == "done")
    if person is None or AccountClosing.select().where(done).exists():
        return 0
    asked = (AccountClosing.volunteer == each.number) & (AccountClosing.state == "asked")
    if not AccountClosing.update(state="done", ended_at=each.at, held="").where(asked).execute():
        AccountClosing.create(
            volunteer=each.number, state="done", door="restore", asked_at=each.at, due_at=each.at, ended_at=each.at
        )
    erasing.erase(parts=parts, volunteer_id=each.number, at=at)
    audit.note(actor=WORKER, verb="closing.done", subject=f"volunteer:{each.number}", detail={"restored": True}, at=at)
    return 1


def _log_out(at: datetime) -> int:
    """Every log-in, and whatever would open one: who ended his has done so after the backup for all we know."""
    LoginTicket.update(state="refused").where(LoginTicket.state.in_(("waiting", "approved"))).execute()
    OAuthState.delete().execute()
    Digits.delete().where(Digits.used_at.is_null()).execute()
    BindInvite.update(expires_at=at).where(BindInvite.used_at.is_null(), BindInvite.expires_at > at).execute()
    unopened = OfflineKit.opened_at.is_null() & OfflineKit.revoked_at.is_null()
    OfflineKit.update(revoked_at=at).where(unopened).execute()
    OfflineKit.update(until=at).where(OfflineKit.until > at).execute()
    open_ones = (Session.kind != "offline") & Session.revoked_at.is_null() & (Session.expires_at > at)
    return int(Session.update(revoked_at=at).where(open_ones).execute())


def _perhaps_sent(at: datetime) -> int:
    """What was to go out by now counts as `unknown`: in everybody's inbox, and on the officers' lists of those whom it
    may not have reached. What was still to be put into the outbox is stopped: its sender may write it anew."""
    due = Broadcast.send_at.is_null() | (Broadcast.send_at <= at)
    running = [row.notice_id for row in Broadcast.select(Broadcast.notice).where(Broadcast.state == "due", due)]
    Broadcast.update(state="stopped").where(Broadcast.notice.in_(running)).execute()
    Notice.update(state="stopped").where(Notice.id.in_(running)).execute()
    MassSend.update(state="unknown").where(MassSend.state.in_(("due", "begun"))).execute()
    Story.update(post_state="unknown").where(Story.post_state.in_(("due", "begun"))).execute()
    return len(sql.rows(sql.PERHAPS_SENT, (to_millis(at),)))
