"""Whom the machines work for: an activity that has begun, its people, and a broadcast that is due."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from peewee import chunked

from models import Balance, Session, WechatIdentity, store
from services.accounts import sessions
from services.messaging import broadcasts
from services.messaging.broadcasts import Choice
from tests.faults.crowd import PART, volunteers
from tests.support.world import join, make_activity, make_identity, make_volunteer, small_world
from tests.wechat import callback


def seed(at: datetime, people: int, pushes: int) -> dict[str, Any]:
    """An activity that has begun, people with a session each, and a broadcast that is due to others."""
    at = at.replace(second=0, microsecond=0)
    world = small_world(at)
    tokens, ids = [sessions.new_token() for _ in range(people)], list[int]()

    def make() -> tuple[str, str]:
        WechatIdentity.delete().execute()
        _, shift = make_activity(at, world.team, starts_in=timedelta(minutes=-5), quota=people)
        ids.extend(row.id for row in volunteers(at, people))
        ends = at + sessions.LIMITS["api"].absolute
        opened = [
            {"token_hash": sessions.token_hash(token), "kind": "api", "volunteer": each, "csrf": "-", "device": "",
             "created_at": at, "seen_at": at, "expires_at": ends}
            for token, each in zip(tokens, ids, strict=True)
        ]  # fmt: skip
        for part in chunked(opened, PART):
            Session.insert_many(part).execute()
            Balance.insert_many([{"volunteer": row["volunteer"]} for row in part]).execute()
        for number in range(pushes):
            person = make_volunteer(at, "张建国")
            join(at, world.team, person)
            make_identity(
                at, person, "oa", appid=callback.APPID, openid=f"oa-{number}", following=True, union_checked=True
            )
        return shift.code, shift.code_key

    code, key = store.write(make)
    actor = world.actor(world.officer, "console")
    drafted = broadcasts.draft(
        actor=actor, choice=Choice("team", world.team.code), text="汛期值守，明早七点集合", at=at, urgent=True,
        why="汛情",
    )  # fmt: skip
    broadcasts.confirm(actor=actor, notice_id=drafted.notice_id, at=at)
    return {"shift": (code, key), "people": list(zip(ids, tokens, strict=True)), "pushes": pushes}
