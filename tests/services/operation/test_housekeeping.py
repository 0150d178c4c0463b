"""What is thrown away and when; what is never thrown away."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import (
    AuditEntry,
    BindInvite,
    Digits,
    IdempotencyKey,
    InboundMessage,
    LoginTicket,
    OAuthState,
    RateBucket,
    ScanTicket,
    Session,
    store,
)
from services import audit
from services.accounts import sessions
from services.operation import housekeeping
from services.operation.housekeeping import ENDED, SEEN, SPENT
from tests.support.world import World

MOMENT = timedelta(milliseconds=1)


def key(at: datetime, name: str = "k") -> Any:
    return IdempotencyKey.create(key_hash=name, body_hash="b", status=200, answer="{}", created_at=at)


#: model → (how long it is kept after its moment, a row with that moment).
ROWS: dict[type, tuple[timedelta, Any]] = {
    InboundMessage: (
        SEEN, lambda _, at: InboundMessage.create(dedupe_key="m:1", openid="o", reply="", received_at=at)
    ),
    ScanTicket: (SPENT, lambda cast, at: ScanTicket.create(
        secret_hash="s", shift=cast.shift, direction="in", mode="rotating", seen_at=at, expires_at=at)),
    Digits: (SPENT, lambda _, at: Digits.create(
        digits="482913", purpose="join", subject="1", created_at=at, expires_at=at)),
    OAuthState: (SPENT, lambda _, at: OAuthState.create(
        state="s", browser_hash="b", next_path="/m/", created_at=at, expires_at=at)),
    LoginTicket: (SPENT, lambda _, at: LoginTicket.create(
        token_hash="t", kind="scan", created_at=at, expires_at=at)),
    IdempotencyKey: (SPENT, lambda _, at: key(at)),
    RateBucket: (SPENT, lambda _, at: RateBucket.create(key="login|1", window_at=at, tries=1)),
    BindInvite: (SEEN, lambda cast, at: BindInvite.create(
        token="i", volunteer=cast.xiaobo, team_id=cast.team.id, created_at=at, expires_at=at)),
}  # fmt: skip


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)
def test_row_stays_its_time_and_goes_then(cast: World, at: datetime, model: Any) -> None:
    kept, make = ROWS[model]
    store.write(lambda: make(cast, at))
    assert (housekeeping.prune(at=at + kept), model.select().count()) == (0, 1)
    assert (housekeeping.prune(at=at + kept + MOMENT), model.select().count()) == (1, 0)


def test_invitation_that_was_accepted_stays(cast: World, at: datetime) -> None:
    store.write(lambda: ROWS[BindInvite][1](cast, at))
    store.write(lambda: BindInvite.update(used_at=at).execute())
    housekeeping.prune(at=at + timedelta(days=400))
    assert BindInvite.select().count() == 1


def test_session_that_was_closed_stays_for_questions_about_a_lost_phone(cast: World, at: datetime) -> None:
    identity = cast.actor(cast.xiaobo).identity_id
    opened = sessions.open_session(kind="api", identity_id=identity, at=at)
    sessions.close(token=opened.token, at=at)
    housekeeping.prune(at=at + ENDED)
    assert Session.select().count() == 1
    housekeeping.prune(at=at + ENDED + MOMENT)
    assert Session.select().count() == 0


def test_living_session_stays(cast: World, at: datetime) -> None:
    identity = cast.actor(cast.xiaobo).identity_id
    opened = sessions.open_session(kind="api", identity_id=identity, at=at)
    housekeeping.prune(at=at + timedelta(days=1))
    assert sessions.authenticate(token=opened.token, kind="api", at=at + timedelta(days=1)) is not None


def test_audit_is_never_thrown_away(cast: World, at: datetime) -> None:
    actor = cast.actor(cast.ali)
    store.write(
        lambda: audit.note(actor=actor, verb="looked", subject=f"team:{cast.team.id}", detail={}, at=at)
    )
    housekeeping.prune(at=at + timedelta(days=4000))
    assert AuditEntry.select().count() == 1


def test_long_table_is_emptied_in_parts(cast: World, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "AT_ONCE", 2)
    store.write(lambda: [key(at, f"k{number}") for number in range(5)])
    writes: list[int] = []

    def counted(act: Any) -> Any:
        writes.append(1)
        return store.write(act)

    gone = housekeeping.prune(at=at + SPENT + MOMENT, write=counted)
    assert (gone, len(writes), IdempotencyKey.select().count()) == (5, 3, 0)
