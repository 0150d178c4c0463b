"""The token store's rule: whoever finds a token dead or old refreshes it once for all."""

import threading
import time
from datetime import datetime, timedelta, timezone

import pytest

from wechat.tokens import MARGIN, MemoryTokenStore, StoredToken, still_good

NOW = datetime(2026, 11, 23, 8, tzinfo=timezone.utc)


def token(value: str, seconds: float = 7200) -> StoredToken:
    return StoredToken(value, NOW + timedelta(seconds=seconds))


def store_with(stored: StoredToken) -> MemoryTokenStore:
    store = MemoryTokenStore(lambda: NOW)
    store.refresh("wx1", failed=None, fetch=lambda: stored)
    return store


def never() -> StoredToken:
    raise AssertionError("fetched")


@pytest.mark.parametrize(
    ("stored", "failed", "good"),
    [
        (None, None, False),
        (token("a"), None, True),
        (token("a"), "b", True),
        (token("a"), "a", False),
        (token("a", MARGIN.total_seconds() + 1), None, True),
        (token("a", MARGIN.total_seconds()), None, False),
        (token("a", -1), None, False),
    ],
)
def test_token_is_good_while_it_lives_and_was_not_refused(
    stored: StoredToken | None, failed: str | None, good: bool
):
    assert still_good(stored, failed=failed, at=NOW) is good


def test_store_starts_empty():
    assert MemoryTokenStore(lambda: NOW).get("wx1") is None


def test_refused_token_is_replaced():
    store = store_with(token("a"))
    assert store.refresh("wx1", failed="a", fetch=lambda: token("b")) == token("b")
    assert store.get("wx1") == token("b")


def test_token_replaced_meanwhile_is_taken_without_a_fetch():
    assert store_with(token("b")).refresh("wx1", failed="a", fetch=never) == token("b")


def test_token_of_another_account_is_left_alone():
    store = store_with(token("a"))
    store.refresh("wx2", failed="a", fetch=lambda: token("c"))
    assert (store.get("wx1"), store.get("wx2")) == (token("a"), token("c"))


def test_failed_fetch_changes_nothing():
    store = store_with(token("a"))
    with pytest.raises(AssertionError):
        store.refresh("wx1", failed="a", fetch=never)
    assert store.get("wx1") == token("a")
    assert store.refresh("wx1", failed="a", fetch=lambda: token("b")) == token("b")


def test_many_threads_fetch_once():
    store, fetched = store_with(token("a")), []

    def fetch() -> StoredToken:
        time.sleep(0.02)
        fetched.append(1)
        return token("b")

    threads = [
        threading.Thread(target=store.refresh, args=("wx1",), kwargs={"failed": "a", "fetch": fetch})
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(fetched), store.get("wx1")) == (1, token("b"))


def test_value_of_a_token_stays_out_of_its_repr():
    assert "secret-value" not in repr(token("secret-value"))
