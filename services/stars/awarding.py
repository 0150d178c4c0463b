"""After the notice: awarded by the worker where no objection is open; looked at again, withdrawn with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from clock import local_day, to_millis
from models import StarAward, store
from models.store import Write
from queries import stars as sql
from services import audit, public_notices
from services.actors import WORKER, Actor
from services.assessment import letters
from services.assessment.letters import Letter, Spread
from services.errors import Refusal, RefusalCode
from services.review.reach import words_of
from services.stars import asking, conditions, reminding, reviewing
from services.stars.asking import numeral
from services.stars.reviewing import AT_ONCE, deciding, end, keep

C = RefusalCode


def award_due(*, at: datetime, write: Write = store.write) -> int:
    """Award what stood in public long enough and has no open objection; how many. The leader's job."""
    today = local_day(at)
    ready, spread, done = [], Spread(), 0
    for number, first, last, days in sql.over(today.isoformat()):
        due = public_notices.due(first=first, days=days)
        if due.isoformat() > last:
            write(partial(_prolong, number, due))
        if due < today:
            ready.append(number)
    for start in range(0, len(ready), AT_ONCE):
        fine = _as_reviewed(ready[start : start + AT_ONCE], at, write)
        if fine:
            done += write(partial(_award, fine, spread, at))
    return done


def _as_reviewed(ids: Sequence[int], at: datetime, write: Write) -> list[int]:
    """Those against whom nothing stands that their reviewer did not see; he is asked to look at the others."""
    rows = list(StarAward.select().where(StarAward.id.in_(ids)).order_by(StarAward.id))
    facts, fine = conditions.of_rows(rows, at=at), []
    for row in rows:
        new = facts[row.id].unseen(row)
        if not new:
            fine.append(row.id)
        elif "hours" not in new:  # fallen minutes let it lapse
            what = reviewing.unmet_words(facts[row.id], new)
            write(partial(reminding.ask_to_look, row.id, "announced", at, what=what))
    return fine


def _prolong(number: int, due: date) -> int:
    moved = StarAward.update(notice_until=due.isoformat()).where(
        StarAward.id == number, StarAward.state == "announced"
    )
    return int(moved.execute())


def _award(ids: Sequence[int], spread: Spread, at: datetime) -> int:
    given = sql.award(ids=ids, today=local_day(at).isoformat(), now=to_millis(at))
    keep(actor=WORKER, given=given, verb="star.awarded", state=["announced", "awarded"], why="", at=at)
    if given:
        places = {
            row.id: str(row.at_region)
            for row in StarAward.select(StarAward.id, StarAward.at_region).where(
                StarAward.id.in_([one.id for one in given])
            )
        }
        for place in sorted(set(places.values())):
            letters.in_write(
                kind="star_awarded", notice_id=letters.head("star_awarded", f"{place}:{local_day(at)}", at),
                occasion="awarded", region_code=place, at=at, spread=spread,
                letters=[Letter(one.volunteer_id, "/m/stars", {"stars": numeral(one.star)}, one.code)
                         for one in given if places[one.id] == place],
            )  # fmt: skip
    return len(given)


def withdraw(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """Take an awarded star back, with the reason that its person reads; a lower one stays, or is proposed.

    Refusals in order: NOT_FOUND / NOT_ALLOWED / OWN_RECORD, REASON_REQUIRED, TEXT_TOO_LONG, STAR_STATE.
    """
    row = deciding(actor, code, at)
    said = words_of(reason)

    def act() -> None:
        end(actor, row, "withdrawn", said, ("awarded",), at)
        asking.propose_lower(row, at=at)
        asking.told(kind="star_withdrawn", row=row, at=at, reason=said)

    store.write(act)


def keep_it(*, actor: Actor, code: str, reason: str, at: datetime) -> None:
    """The star stays though minutes fell below its step; asked again only where they fall further. One whose notice is
    over is awarded though something has come since: what the reviewer sees now is what he agreed to.

    Refusals in order: NOT_FOUND / NOT_ALLOWED / OWN_RECORD, REASON_REQUIRED, TEXT_TOO_LONG, STAR_STATE (nobody asked to
    look).
    """
    row = deciding(actor, code, at)
    said = words_of(reason)

    def act() -> None:
        seen = conditions.of_rows([row], at=at)[row.id]
        minutes = seen.minutes
        new: dict[str, Any] = {"look_kept": minutes} if row.state == "awarded" else {"facts": seen.kept(), "why": said}
        taken = StarAward.update(look_since=None, **new).where(
            StarAward.id == row.id, StarAward.state == row.state, StarAward.look_since.is_null(False)
        )
        if not taken.execute():
            raise Refusal(C.STAR_STATE)
        audit.changed(
            actor=actor, verb="star.kept", subject=f"volunteer:{row.volunteer_id}", reason=said, at=at,
            changes={"star": [row.star, row.star], "minutes": [row.step_hours * 60, minutes]},
        )  # fmt: skip

    store.write(act)
