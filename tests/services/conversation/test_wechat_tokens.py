"""The shared access token: sealed, fetched by one caller at a time, compared before it is fetched anew."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import WechatToken, store
from services import limits
from services.accounts.vault import Vault
from services.conversation import wechat_tokens
from services.conversation.wechat_tokens import FETCH_LEASE, REFUSED, DatabaseTokenStore
from wechat.errcodes import Kind
from wechat.gateway import WechatFailure
from wechat.tokens import StoredToken

RING = {"k1": b"1" * 32}


@pytest.fixture
def tokens(db: Any, at: datetime) -> DatabaseTokenStore:
    return DatabaseTokenStore(Vault(RING, b"i" * 32), now=lambda: at)


def fresh(value: str, at: datetime) -> StoredToken:
    return StoredToken(value, at + timedelta(hours=2))


def test_token_nobody_fetched_is_none(tokens: DatabaseTokenStore) -> None:
    assert tokens.get("wx1") is None


def test_fetched_token_is_kept_for_the_others(tokens: DatabaseTokenStore, at: datetime) -> None:
    tokens.refresh("wx1", failed=None, fetch=lambda: fresh("secret-token", at))
    assert (
        tokens.refresh("wx1", failed=None, fetch=lambda: pytest.fail("fetched again")).value == "secret-token"
    )


def test_token_is_sealed_in_the_table(tokens: DatabaseTokenStore, at: datetime) -> None:
    tokens.refresh("wx1", failed=None, fetch=lambda: fresh("secret-token", at))
    assert b"secret-token" not in bytes(WechatToken.get().sealed)


def test_token_that_was_refused_is_fetched_anew(tokens: DatabaseTokenStore, at: datetime) -> None:
    tokens.refresh("wx1", failed=None, fetch=lambda: fresh("old", at))
    assert tokens.refresh("wx1", failed="old", fetch=lambda: fresh("new", at)).value == "new"


def test_refused_tokens_are_counted_and_those_that_ran_out_are_not(tokens: DatabaseTokenStore, at: datetime) -> None:
    tokens.refresh("wx1", failed=None, fetch=lambda: fresh("t0", at))
    for number in range(3):
        tokens.refresh("wx1", failed=f"t{number}", fetch=lambda number=number: fresh(f"t{number + 1}", at))  # type: ignore[misc]
    assert limits.tries(key=REFUSED, seconds=3600, at=at) == 4  # this one counted


def test_token_refused_to_one_and_renewed_by_another_is_not_fetched_again(
    tokens: DatabaseTokenStore, at: datetime
) -> None:
    tokens.refresh("wx1", failed=None, fetch=lambda: fresh("new", at))
    assert tokens.refresh("wx1", failed="old", fetch=lambda: pytest.fail("fetched again")).value == "new"


@pytest.mark.case(18)
def test_sixteen_callers_with_a_dead_token_fetch_once(db: Any, at: datetime) -> None:
    shared = DatabaseTokenStore(Vault(RING, b"i" * 32), now=lambda: at)
    shared.refresh("wx1", failed=None, fetch=lambda: fresh("old", at))
    fetched: list[int] = []
    lock = threading.Lock()

    def fetch() -> StoredToken:
        with lock:
            fetched.append(1)
        return fresh("new", at)

    with ThreadPoolExecutor(16) as callers:
        found = list(callers.map(lambda _: shared.refresh("wx1", failed="old", fetch=fetch).value, range(16)))
    assert (set(found), len(fetched)) == ({"new"}, 1)


def test_caller_who_looked_before_another_fetched_does_not_fetch_again(db: Any, at: datetime) -> None:
    shared = DatabaseTokenStore(Vault(RING, b"i" * 32), now=lambda: at)
    shared.refresh("wx1", failed=None, fetch=lambda: fresh("old", at))
    opened, looks = shared._opened, [0]

    def slow(row: WechatToken) -> StoredToken | None:
        """Between the second look, inside the write, and taking the right to fetch another renews the token."""
        found = opened(row)
        looks[0] += 1
        if looks[0] == 2:
            sealed, key = shared._vault.seal("new", "wechat_token.sealed:wx1")
            WechatToken.update(sealed=sealed, key_id=key).execute()
        return found

    shared._opened = slow  # type: ignore[method-assign]
    assert shared.refresh("wx1", failed="old", fetch=lambda: pytest.fail("fetched again")).value == "new"


def test_fetch_that_fails_leaves_the_way_free(tokens: DatabaseTokenStore, at: datetime) -> None:
    def broken() -> StoredToken:
        raise WechatFailure("/cgi-bin/stable_token", kind=Kind.UNKNOWN)

    with pytest.raises(WechatFailure):
        tokens.refresh("wx1", failed=None, fetch=broken)
    assert tokens.refresh("wx1", failed=None, fetch=lambda: fresh("t", at)).value == "t"


def test_fetch_of_a_process_that_died_holds_the_others_up_for_seconds_only(db: Any, at: datetime) -> None:
    store.write(
        lambda: WechatToken.create(
            appid="wx1", sealed=b"", key_id="", expires_at=at, refreshing_until=at + FETCH_LEASE
        )
    )
    later = DatabaseTokenStore(Vault(RING, b"i" * 32), now=lambda: at + FETCH_LEASE + timedelta(seconds=1))
    assert later.refresh("wx1", failed=None, fetch=lambda: fresh("t", at)).value == "t"


def test_end_beyond_any_we_give_is_of_a_clock_set_back_and_holds_nobody_up(
    tokens: DatabaseTokenStore, at: datetime
) -> None:
    store.write(
        lambda: WechatToken.create(
            appid="wx1", sealed=b"", key_id="", expires_at=at, refreshing_until=at + 3 * FETCH_LEASE
        )
    )
    assert tokens.refresh("wx1", failed=None, fetch=lambda: fresh("new", at)).value == "new"


def test_caller_whose_clock_was_read_long_before_the_row_fetches_no_second_token(
    db: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process stood still on its way to the row, and another has begun to fetch since."""
    moment, later, insert = [at], at + 3 * FETCH_LEASE, WechatToken.insert
    caller = DatabaseTokenStore(Vault(RING, b"i" * 32), now=lambda: moment[0])

    def after_a_while(**row: Any) -> Any:
        moment[0] = later
        return insert(**row, refreshing_until=later + FETCH_LEASE)

    monkeypatch.setattr(WechatToken, "insert", after_a_while)
    monkeypatch.setattr(wechat_tokens, "WAIT_SECONDS", 0.0)
    with pytest.raises(WechatFailure):
        caller.refresh("wx1", failed=None, fetch=lambda: fresh("second", at))


def test_fetch_that_another_process_holds_for_long_is_to_be_tried_again(
    tokens: DatabaseTokenStore, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wechat_tokens, "WAIT_SECONDS", 0.0)
    store.write(
        lambda: WechatToken.create(
            appid="wx1", sealed=b"", key_id="", expires_at=at, refreshing_until=at + FETCH_LEASE
        )
    )
    with pytest.raises(WechatFailure) as failure:
        tokens.refresh("wx1", failed=None, fetch=lambda: fresh("t", at))
    assert failure.value.kind is Kind.RETRY


def test_token_sealed_by_a_key_that_is_gone_is_fetched_anew(tokens: DatabaseTokenStore, at: datetime) -> None:
    tokens.refresh("wx1", failed=None, fetch=lambda: fresh("old", at))
    other = DatabaseTokenStore(Vault({"k2": b"2" * 32}, b"i" * 32), now=lambda: at)
    assert other.get("wx1") is None
    assert other.refresh("wx1", failed=None, fetch=lambda: fresh("new", at)).value == "new"
