"""What a call tells people, inside the write of the act. A drill sends nothing: what would have been said is kept.

Words stand in wording/notices.toml under the kinds `dispatch_…`. What is urgent wakes people; a call that is not has
kinds of its own, which wait for the morning.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from models import Delivery, Dispatch, DrillMessage, Notice, PersonCall, Team, TeamCall
from services import decisions
from services.dispatch.holding import Lack
from services.messaging import catalogue, notices, outbox, telling
from wording import entry

#: Kinds that are worthless once the call is over.
CALLS = ("dispatch_team", "dispatch_team_calm", "dispatch_person", "dispatch_person_calm")


def tell(
    dispatch: Dispatch, *, kind: str, people: Iterable[int | None], key: str, at: datetime, url: str = "", **facts: Any
) -> int:
    """Tell each of `people` once per `key`; how many were new. Facts that are there already: title, place, when."""
    told = {
        "title": dispatch.title, "place": dispatch.place, "when": notices.when(dispatch.starts_at), **facts,
    }  # fmt: skip
    if dispatch.drill:
        title, body = catalogue.words(kind, **told)
        wanted = [person for person in dict.fromkeys(people) if person is not None]
        rows = [
            {"dispatch": dispatch.id, "volunteer": each, "kind": kind, "title": title, "body": body, "at": at}
            for each in wanted
        ]
        if rows:
            DrillMessage.insert_many(rows).execute()
        return len(rows)
    return telling.tell(
        kind=kind, people=people, key=f"{dispatch.code}:{key}", at=at, url=url or f"/m/dispatch/{dispatch.code}",
        **told,
    )  # fmt: skip


def wants(lack: Lack) -> str:
    """What is lacking, in words: 5 人、2 条船."""
    words = entry("dispatch.wants")
    parts = [words[name].format(count=getattr(lack, name)) for name in ("people", "boats", "vehicles")
             if getattr(lack, name)]  # fmt: skip
    return str(words["separator"]).join(parts)


def ask_team(dispatch: Dispatch, team: Team, wave: int, at: datetime, *, lack: Lack) -> int:
    """Ask a team's leaders; how many were told."""
    kind = "dispatch_team" if dispatch.urgent else "dispatch_team_calm"
    return tell(
        dispatch, kind=kind, people=notices.leaders(team_id=team.id, at=at), key=f"t{team.id}:{wave}", at=at,
        team=team.short_name, wants=wants(lack),
    )  # fmt: skip


def ask_people(dispatch: Dispatch, people: Iterable[int], at: datetime) -> int:
    """Ask members whose leader said yes."""
    kind = "dispatch_person" if dispatch.urgent else "dispatch_person_calm"
    return tell(dispatch, kind=kind, people=people, key="p", at=at)


def tell_officers(dispatch: Dispatch, kind: str, key: str, at: datetime, *, region: str = "", **facts: Any) -> int:
    """Tell those who decide at the calling centre, or at `region` and its nearest managed division above."""
    people = decisions.deciders(region_code=region or str(dispatch.region_code), parties=[], at=at)
    url = f"/console/dispatch/{dispatch.code}"
    return tell(dispatch, kind=kind, people=sorted(people), key=key, at=at, url=url, **facts)


def take_back(dispatch: Dispatch, at: datetime) -> None:
    """What waits to be sent of this call is not sent any more; looked for among the messages of who was asked."""
    if dispatch.drill:
        return
    people = {row.volunteer_id for row in PersonCall.select().where(PersonCall.dispatch == dispatch.id)}
    for call in TeamCall.select(TeamCall.team).where(TeamCall.dispatch == dispatch.id):
        people |= set(notices.leaders(team_id=call.team_id, at=at))
    rows = (
        Delivery.select(Delivery.notice)
        .join(Notice)
        .where(
            Delivery.volunteer.in_(sorted(people)), Delivery.kind.in_(CALLS),
            Delivery.state.in_(("queued", "inflight")), Notice.text.startswith(f"{dispatch.code}:"),
        )
        .distinct()
    )  # fmt: skip
    for row in list(rows):
        Notice.update(state="stopped").where(Notice.id == row.notice_id).execute()
        outbox.withdraw(notice_id=row.notice_id, at=at)
