"""Who takes part in a story: a person with a phone in the sandbox, an officer logged in at a desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from playwright.sync_api import BrowserContext, Page

from models import Volunteer, WechatIdentity, store
from services.accounts import sessions
from settings import load
from tests.support.stack import Stack


def phone_of(person: Volunteer, openid: str) -> None:
    """The person's official-account identity is the sandbox's phone with this openid."""
    store.write(
        WechatIdentity.update(appid=load(demo=True).wechat_oa_appid, openid=openid, union_checked=True)
        .where(WechatIdentity.volunteer == person, WechatIdentity.kind == "oa")
        .execute
    )


def phone(number: int, name: str, openid: str, *, following: bool = True) -> dict[str, Any]:
    """A phone for the sandbox to start with."""
    return {
        "n": number, "name": name, "mp_openid": f"mp-{openid}", "oa_openid": openid, "unionid": f"u-{number}",
        "phone": f"1380000000{number}", "following": following,
    }  # fmt: skip


def console_token(person: Volunteer, at: datetime) -> str:
    """An open console session of this person."""
    own = WechatIdentity.get(WechatIdentity.volunteer == person, WechatIdentity.kind == "oa")
    return sessions.open_session(kind="console", identity_id=own.id, at=at).token


def desk(context: BrowserContext, stack: Stack, token: str) -> Page:
    """A page at which this session is logged in."""
    context.add_cookies([{"name": "console", "value": token, "url": stack.app}])
    return context.new_page()


def wide(page: Page) -> int:
    """How wide the page's content is, once it is all there: a page that a tap has just opened has none at first."""
    loaded = page.wait_for_function("document.readyState === 'complete' && document.documentElement.scrollWidth")
    return int(loaded.json_value())
