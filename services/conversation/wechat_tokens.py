"""The one access token of each WeChat account, shared by all processes, sealed at rest.

Compare and refresh (reliability.md §3.3): of many callers whose token was refused one fetches a new one, the
others get it. The right to fetch is a lease in the row, so no lock is held on the database meanwhile and a
process that dies while fetching holds up the others for seconds only.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import clock
import models  # the tables are loaded when a token is first wanted
from models import store
from services import limits
from services.accounts.vault import Vault, VaultError
from wechat.errcodes import Kind
from wechat.gateway import WechatFailure
from wechat.tokens import StoredToken, still_good

#: Longer than a fetch may take (2 s connect, 4 s read).
FETCH_LEASE = timedelta(seconds=8)
WAIT_SECONDS, STEP_SECONDS = 10.0, 0.1
TOKEN_API = "/cgi-bin/stable_token"
#: Fetches because WeChat had refused a token that we held for good, counted by the hour: one now and then is nothing,
#: many are another program that takes ours away (`health`).
REFUSED, REFUSED_SECONDS = "token refused", 3600


class DatabaseTokenStore:
    """`wechat.tokens.TokenStore` over the table `wechat_token`. Safe between threads and processes."""

    def __init__(self, vault: Vault, now: Callable[[], datetime] = clock.now) -> None:
        self._vault = vault
        self._now = now

    def get(self, appid: str) -> StoredToken | None:
        """The stored token of the account, whatever its age; None if there is none that opens."""
        with store.session():
            row = models.WechatToken.get_or_none(models.WechatToken.appid == appid)
            return None if row is None else self._opened(row)

    def refresh(self, appid: str, *, failed: str | None, fetch: Callable[[], StoredToken]) -> StoredToken:
        """The stored token if it is still good, else what `fetch` brings; only one caller fetches at a time.

        What `fetch` raises passes through. RETRY if another process holds the fetch for too long.
        """
        end = time.monotonic() + WAIT_SECONDS
        while True:
            stored = self.get(appid)
            if stored is not None and still_good(stored, failed=failed, at=self._now()):
                return stored
            mine = store.write(lambda: self._may_fetch(appid, failed))
            if mine is not None:
                return self._fetch(appid, mine, fetch)
            if time.monotonic() > end:
                raise WechatFailure(TOKEN_API, errmsg="another process is fetching", kind=Kind.RETRY)
            time.sleep(STEP_SECONDS)

    def _may_fetch(self, appid: str, failed: str | None) -> datetime | None:
        """Take the right to fetch; its end marks it as ours. None if another has it or has just fetched."""
        models.WechatToken.insert(appid=appid, sealed=b"", key_id="", expires_at=0).on_conflict_ignore().execute()
        row = models.WechatToken.get(models.WechatToken.appid == appid)
        at, end = self._now(), row.refreshing_until  # in this order: of an old moment every end looks far away
        # One that ends beyond any we give comes from a clock that was set back.
        if end is not None and at <= end <= at + 2 * FETCH_LEASE:
            return None
        stored = self._opened(row)
        if stored is not None and still_good(stored, failed=failed, at=at):
            return None
        until = at + FETCH_LEASE
        taken = (
            models.WechatToken.update(refreshing_until=until)
            .where(
                models.WechatToken.appid == appid,
                # Another may have fetched since we looked: then this is not the token that failed.
                models.WechatToken.sealed == bytes(row.sealed),
                # Another may have begun to fetch since.
                models.WechatToken.refreshing_until == end,
            )
            .execute()
        )
        if taken and failed is not None:
            limits.tries(key=REFUSED, seconds=REFUSED_SECONDS, at=at)
        return until if taken else None

    def _fetch(self, appid: str, mine: datetime, fetch: Callable[[], StoredToken]) -> StoredToken:
        held = (models.WechatToken.appid == appid) & (models.WechatToken.refreshing_until == mine)
        try:
            fresh = fetch()
        except BaseException:
            store.write(lambda: models.WechatToken.update(refreshing_until=None).where(held).execute())
            raise
        sealed, key_id = self._vault.seal(fresh.value, _place(appid))
        store.write(
            lambda: (
                models.WechatToken.update(
                    sealed=sealed, key_id=key_id, expires_at=fresh.expires_at, refreshing_until=None
                )
                .where(held)
                .execute()
            )
        )
        return fresh

    def _opened(self, row: models.WechatToken) -> StoredToken | None:
        if not row.sealed:
            return None
        try:
            return StoredToken(self._vault.open(bytes(row.sealed), _place(row.appid)), row.expires_at)
        except VaultError:
            return None  # its key has left the ring: fetch a new one


def _place(appid: str) -> str:
    return f"wechat_token.sealed:{appid}"
