"""Help from the centre above: may teams of its other divisions be called? (区域化调度, S44)

Asked by the clock when nobody is left within reach; an unanswered request is said once more. The answer is `lending`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from models import AidRequest, Dispatch, Region
from services import regions
from services.actors import WORKER
from services.dispatch import proposing, saying
from services.dispatch.holding import note, standing
from services.regions import lineage


def widen(dispatch: Dispatch, *, at: datetime) -> None:
    """Nobody is left within reach, inside a write that holds the call: ask the centre above, remind it once, or tell
    the call's own officers that there is nobody left."""
    codes = lineage(str(dispatch.reach))[:-1]
    above = [row.code for row in Region.select(Region.code).where(Region.code.in_(codes)).order_by(Region.code)]
    if not above:
        short(dispatch, at)
        return
    minutes = timedelta(minutes=proposing.numbers_of(dispatch, at)["aid_minutes"])
    asked = AidRequest.get_or_none(AidRequest.dispatch == dispatch.id, AidRequest.region_code == above[-1])
    if asked is None:
        AidRequest.create(dispatch=dispatch, region_code=above[-1], state="waiting", asked_at=at)
        _tell(dispatch, above[-1], "first", at)
        note(dispatch, "aid_asked", WORKER, at, {"reach": [dispatch.reach, above[-1]]})
        _look_again(dispatch, at + minutes)
    elif asked.state == "waiting" and asked.nagged_at is None:
        AidRequest.update(nagged_at=at).where(AidRequest.id == asked.id).execute()
        _tell(dispatch, above[-1], "again", at)
        _look_again(dispatch, at + minutes)
    else:
        short(dispatch, at)


def _tell(dispatch: Dispatch, region: str, key: str, at: datetime) -> None:
    saying.tell_officers(
        dispatch, "dispatch_aid", f"a{region}:{key}", at, region=region,
        wants=saying.wants(standing(dispatch).lack),
        office=regions.name_of(str(dispatch.region_code)),
    )  # fmt: skip


def _look_again(dispatch: Dispatch, when: datetime) -> None:
    dispatch.wave_due_at = when
    dispatch.save(only=[Dispatch.wave_due_at])


def short(dispatch: Dispatch, at: datetime) -> None:
    """Tell the call's own officers that nobody is left, once after each wave; inside a write that holds the call."""
    dispatch.wave_due_at = None
    told, dispatch.short_told = dispatch.short_told, int(dispatch.wave) + 1
    dispatch.save(only=[Dispatch.wave_due_at, Dispatch.short_told])
    if told != dispatch.short_told:
        note(dispatch, "short", WORKER, at, {"people": [standing(dispatch).accepted, dispatch.people]})
        saying.tell_officers(
            dispatch, "dispatch_short", f"s{dispatch.wave}", at, wants=saying.wants(standing(dispatch).lack)
        )


def newest(dispatch: Dispatch) -> AidRequest | None:
    """The last request of a call."""
    rows = AidRequest.select().where(AidRequest.dispatch == dispatch.id).order_by(AidRequest.id.desc())
    found: AidRequest | None = rows.first()
    return found


def of(dispatch: Dispatch) -> list[AidRequest]:
    """What was asked of centres above, in order."""
    return list(AidRequest.select().where(AidRequest.dispatch == dispatch.id).order_by(AidRequest.id))
