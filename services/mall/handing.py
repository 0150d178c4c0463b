"""The desk: what a person shows is found, and handed over once; before and after, it can be taken back for a reason.

Whoever hands over is of the station named, or above it, and never the one who gets it (`services.decisions`).
"""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import partial

from clock import local_day, to_millis
from models import PointEntry, Redemption, store
from models.store import Write
from queries import books as sql
from queries import mall
from services import audit, codes, decisions, permissions, rules
from services.actors import WORKER, Actor
from services.bookkeeping import points
from services.errors import Refusal, RefusalCode
from services.mall.saying import day_words, grouped
from services.messaging import telling
from services.parts import Parts
from wording import say

C = RefusalCode
WHY = 200
#: Reminded of in one write.
AT_ONCE = 100


def pick_code(*, parts: Parts, code: str) -> str:
    """What the QR of a redemption holds: `g1.<code>.<mac>`, under /g/, never under /q/."""
    return codes.pick_code(sign_key=parts.sign_key, code=code)


def found(*, parts: Parts, actor: Actor, shown: str, at: datetime) -> tuple[str, bool]:
    """(the redemption whose code was scanned or whose digits were typed, whether it is the actor's own), for those who
    manage its station and for its person.

    Refusals: CODE_FORGED, NOT_FOUND (no such, or another station's), NOT_ALLOWED (who may only look there).
    """
    redemption = _read(parts, shown)
    own = redemption.volunteer_id == actor.volunteer_id
    if not own:
        permissions.require_manage(actor=actor, region_code=redemption.region_code, at=at)
    return str(redemption.code), own


def _read(parts: Parts, shown: str) -> Redemption:
    text = re.sub(r"[\s-]", "", shown)
    if re.fullmatch(r"[0-9]{8}", text):
        row = Redemption.get_or_none(Redemption.digits == text)
    else:
        code = codes.read_pick_code(sign_key=parts.sign_key, text=text.rsplit("/", 1)[-1])
        if code is None:
            raise Refusal(C.CODE_FORGED)
        row = Redemption.get_or_none(Redemption.code == code)
    if row is None:
        raise Refusal(C.NOT_FOUND)
    assert isinstance(row, Redemption)
    return row


def _deciding(actor: Actor, code: str, at: datetime) -> Redemption:
    row = Redemption.get_or_none(Redemption.code == code)
    if row is None:
        raise Refusal(C.NOT_FOUND)
    decisions.require_decider(actor=actor, region_code=row.region_code, parties=[row.volunteer_id], at=at)
    assert isinstance(row, Redemption)
    return row


def hand(*, actor: Actor, code: str, at: datetime) -> None:
    """Hand it over, once; the person is told.

    Refusals: NOT_FOUND / NOT_ALLOWED, OWN_RECORD, REDEMPTION_STATE (fact `word`: handed over, taken back).
    """
    row = _deciding(actor, code, at)

    def act() -> bool:
        if not mall.hand(redemption_id=row.id, actor_id=actor.volunteer_id, now=to_millis(at)):
            return False
        _note(row, "redemption.handed", "handed", actor, at)
        telling.tell(
            kind="redemption_handed", people=[row.volunteer_id], key=str(row.id), at=at,
            url=f"/m/mall/mine/{row.code}", title=row.title,
        )  # fmt: skip
        return True

    if not store.write(act):
        raise _is(row.id)


def cancel(*, actor: Actor, code: str, at: datetime) -> None:
    """The person gives up what he has not picked up: points and piece go back.

    Refusals: NOT_FOUND (none of his), REDEMPTION_STATE.
    """
    row = Redemption.get_or_none(Redemption.code == code, Redemption.volunteer == actor.volunteer_id)
    if row is None or actor.volunteer_id is None:
        raise Refusal(C.NOT_FOUND)
    if not store.write(partial(_back, row, "waiting", "cancelled", actor, say("mall.why.own"), True, at)):
        raise _is(row.id)


def take_back(*, actor: Actor, code: str, reason: str, restock: bool, at: datetime) -> None:
    """The station takes a redemption back: one that waits, or one that was handed over (broken, the wrong thing).

    Points go back in any case, those that would be over by now until the end of the next month: it is not his doing.
    The piece goes back with `restock`; what waited goes back on the shelf always.

    Refusals: NOT_FOUND / NOT_ALLOWED, OWN_RECORD, REASON_REQUIRED, REDEMPTION_STATE.
    """
    row = _deciding(actor, code, at)
    why = reason.strip()[:WHY]
    if not why:
        raise Refusal(C.REASON_REQUIRED)

    def act() -> bool:
        until = points.lasts_until(local_day=local_day(at).isoformat(), months=1)
        return _back(row, "waiting", "cancelled", actor, why, True, at, until) or _back(
            row, "handed", "refunded", actor, why, restock, at, until
        )

    if not store.write(act):
        raise _is(row.id)


def _back(
    row: Redemption, before: str, state: str, actor: Actor, why: str, restock: bool, at: datetime,
    until: str | None = None,
) -> bool:  # fmt: skip
    """From `before` to its end, points and piece with it; False if it is in another state. Inside a write. What comes
    back is as old as it was, or lasts at least `until`.

    The person's points are held first, as in redeeming: two writes that meet here take turns.
    """
    points.hold(row.volunteer_id)
    ended = mall.end(
        redemption_id=row.id, before=before, state=state, actor_id=actor.volunteer_id, why=why, restocked=restock,
        now=to_millis(at),
    )  # fmt: skip
    if not ended:
        return False
    back = _refund(row, actor, why, at, until)
    if restock:
        mall.put_back(reward_id=row.reward_id)
    _note(row, f"redemption.{state}", state, actor, at, why)
    telling.tell(
        kind=f"redemption_{state}", people=[row.volunteer_id], key=str(row.id), at=at, url="/m/points",
        title=row.title, points=back, reason=why,
    )  # fmt: skip
    return True


def _refund(row: Redemption, actor: Actor, why: str, at: datetime, until: str | None) -> int:
    """Reverse what was spent: the entry that stands, also where a merger wrote it anew; how many points."""
    undone = PointEntry.alias()
    spent = (
        PointEntry.select()
        .where(
            PointEntry.redemption_id == row.id, PointEntry.kind == "redemption",
            PointEntry.id.not_in(
                undone.select(undone.reverses).where(undone.redemption_id == row.id, undone.reverses.is_null(False))
            ),
        )
        .get()
    )
    entry = sql.Entry(
        spent.volunteer_id, -spent.amount, "refund", None, None, spent.region_code, local_day(at).isoformat(), None,
        f"refund:{spent.id}", spent.id, actor.volunteer_id, say("points.why.refund", title=row.title, reason=why),
        expires_on=until, redemption_id=row.id,
    )  # fmt: skip
    points.post(entry, at=at)
    return -int(spent.amount)


def _note(row: Redemption, verb: str, state: str, actor: Actor, at: datetime, reason: str = "") -> None:
    audit.changed(
        actor=actor, verb=verb, subject=f"redemption:{row.id}", changes={"state": [row.state, state]}, at=at,
        reason=reason,
    )  # fmt: skip


def _is(number: int) -> Refusal:
    now = Redemption.get_by_id(number)
    return Refusal(C.REDEMPTION_STATE, word=say(f"mall.states.{now.state}"))


def return_due(*, at: datetime, write: Write = store.write) -> int:
    """Give back what nobody picked up by its last day: points to the person, the piece to the shelf; how many.

    One to a write: a write holds a person and then a reward, as redeeming does; of several it might wait for one who
    waits for it.
    """
    late = Redemption.select().where(Redemption.state == "waiting", Redemption.due_on < local_day(at).isoformat())
    why = say("mall.why.late")
    return sum(
        write(partial(_back, row, "waiting", "returned", WORKER, why, True, at))
        for row in list(late.order_by(Redemption.due_on, Redemption.id))
    )


def remind_due(*, at: datetime, write: Write = store.write) -> int:
    """Tell once whoever has something waiting that goes back in `pick_remind_days`; how many."""
    today = local_day(at)
    rows = Redemption.select().where(Redemption.state == "waiting", Redemption.due_on >= today.isoformat())
    numbers = rules.Everywhere("mall", at)
    near = [
        row for row in rows.order_by(Redemption.id)
        if (_day(row.due_on) - today).days <= int(numbers.of(row.region_code).params["pick_remind_days"])
    ]  # fmt: skip
    return sum(write(partial(_remind, near[start : start + AT_ONCE], at)) for start in range(0, len(near), AT_ONCE))


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _remind(rows: list[Redemption], at: datetime) -> int:
    return sum(
        telling.tell(
            kind="redemption_due", people=[row.volunteer_id], key=str(row.id), at=at, url=f"/m/mall/mine/{row.code}",
            title=row.title, place=row.place, digits=grouped(row.digits), until=day_words(row.due_on),
        )
        for row in rows
    )  # fmt: skip
