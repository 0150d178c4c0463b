"""The shape of an access token's store: one shared token per account, refreshed by comparison.

The store that processes share lives in our services; this file holds its contract, the rule of when a
token is still good, and a store in memory for tests.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

#: A token with less life than this is replaced before use. The platform renews a stable token five
#: minutes before its end and both work for those five minutes, so two minutes lose nothing.
MARGIN = timedelta(minutes=2)


@dataclass(frozen=True)
class StoredToken:
    """An access token and the aware moment at which it ends. The value stays out of repr and logs."""

    value: str = field(repr=False)
    expires_at: datetime


class TokenStore(Protocol):
    """Where the processes keep the one access token of each account."""

    def get(self, appid: str) -> StoredToken | None:
        """The stored token of the account, whatever its age; None if there is none."""
        ...

    def refresh(self, appid: str, *, failed: str | None, fetch: Callable[[], StoredToken]) -> StoredToken:
        """Compare and refresh: the stored token if it is `still_good`, else what `fetch` brings, stored.

        `failed` is the value the platform has just refused, None if the caller only found the token
        old. Of many callers with the same `failed` one fetches, the others get its token. What `fetch`
        raises passes through and changes nothing. No lock on the database is held during `fetch`.
        """
        ...


def still_good(stored: StoredToken | None, *, failed: str | None, at: datetime) -> bool:
    """Whether a stored token may be used at the moment `at`: there, not `failed`, more than MARGIN left."""
    return stored is not None and stored.value != failed and stored.expires_at - at > MARGIN


class MemoryTokenStore:
    """A token store for one process: for tests and one-off commands. Safe between threads."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._tokens: dict[str, StoredToken] = {}
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}

    def get(self, appid: str) -> StoredToken | None:
        """The stored token of the account, whatever its age."""
        return self._tokens.get(appid)

    def refresh(self, appid: str, *, failed: str | None, fetch: Callable[[], StoredToken]) -> StoredToken:
        """As `TokenStore.refresh`; callers of the same account wait for the one that fetches."""
        with self._guard:
            lock = self._locks.setdefault(appid, threading.Lock())
        with lock:
            stored = self._tokens.get(appid)
            if stored is None or not still_good(stored, failed=failed, at=self._now()):
                stored = fetch()
                self._tokens[appid] = stored
            return stored
