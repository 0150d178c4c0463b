"""An officer logs a person out everywhere: his own people only, for a reason, into the audit."""

from __future__ import annotations

from datetime import datetime

import pytest

from models import AuditEntry, Session, WechatIdentity, store
from services.access import logging_out
from services.accounts import sessions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from tests.support import world
from tests.support.world import COUNTY, OTHER_TOWN, World


def log_in(cast: World, at: datetime) -> None:
    for kind, door in (("mp", "api"), ("oa", "h5"), ("oa", "console")):
        mine = WechatIdentity.get(WechatIdentity.volunteer == cast.ali, WechatIdentity.kind == kind)
        sessions.open_session(kind=door, identity_id=mine.id, at=at)


def log_out(cast: World, actor: Actor, at: datetime, reason: str = "手机丢了") -> int:
    return logging_out.log_out(actor=actor, public_no=cast.ali.public_no, reason=reason, at=at)


def living() -> int:
    return Session.select().where(Session.revoked_at.is_null()).count()


def test_every_session_ends_and_the_audit_says_who_and_why(cast: World, at: datetime) -> None:
    log_in(cast, at)
    assert (log_out(cast, cast.actor(cast.officer), at), living()) == (3, 0)
    row = AuditEntry.get()
    assert (row.verb, row.actor_id, row.detail["reason"]) == ("person.log_out", cast.officer.id, "手机丢了")


def test_other_peoples_sessions_stay(cast: World, at: datetime) -> None:
    mine = WechatIdentity.get(WechatIdentity.volunteer == cast.xiaobo, WechatIdentity.kind == "oa")
    sessions.open_session(kind="h5", identity_id=mine.id, at=at)
    log_out(cast, cast.actor(cast.officer), at)
    assert living() == 1


def test_without_a_reason_nothing_ends(cast: World, at: datetime) -> None:
    log_in(cast, at)
    with pytest.raises(Refusal) as no:
        log_out(cast, cast.actor(cast.officer), at, reason=" ")
    assert (no.value.code, living()) == (RefusalCode.REASON_REQUIRED, 3)


@pytest.mark.parametrize(
    ("role", "region", "code"),
    [
        ("auditor", COUNTY, RefusalCode.NOT_ALLOWED), ("viewer", COUNTY, RefusalCode.NOT_FOUND),
        ("station_officer", OTHER_TOWN, RefusalCode.NOT_FOUND),
    ],
)  # fmt: skip
def test_nobody_else_may(cast: World, at: datetime, role: str, region: str, code: RefusalCode) -> None:
    log_in(cast, at)
    store.write(lambda: world.grant(at, cast.chali, role, region=region))
    with pytest.raises(Refusal) as no:
        log_out(cast, cast.actor(cast.chali), at)
    assert (no.value.code, living()) == (code, 3)
