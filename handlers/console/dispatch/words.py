"""Words that the pages of a call share."""

from __future__ import annotations

from datetime import datetime

from clock import SHANGHAI, UTC
from handlers.console.lists import Mark
from services.dispatch.proposing import BEYOND, CITY, COUNTY, TOWNSHIP

STATES = {
    "draft": ("还没有发出", "wait"), "calling": ("正在调人", "ok"), "stood_down": ("已解除", ""),
    "cancelled": ("已取消", ""), "over": ("已结束", ""),
}  # fmt: skip
TEAM_STATES = {
    "asked": ("等队长答复", "wait"), "silent": ("没有答复", "bad"), "coming": ("来", "ok"), "declined": ("来不了", ""),
}  # fmt: skip
PERSON_STATES = {"asked": ("等答复", "wait"), "accepted": ("去", "ok"), "declined": ("不去", "")}
NEAR = {TOWNSHIP: "本乡镇", COUNTY: "本县", CITY: "本市", BEYOND: "外地"}
HOW = {"pages": "网页", "api": "小程序", "bot": "公众号", "console": "工作台", "phone": "电话", "proxy": "电话"}


def mark(state: str) -> Mark:
    """The state of a call as a cell."""
    return Mark(*STATES[state])


def moment_of(text: str) -> datetime | None:
    """`2026-06-10T09:02`, as a Shanghai clock shows it; None for what is none."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)
    except ValueError:
        return None


def way(near: int, km: int | None) -> str:
    """How near a team is: 本县，约 12 公里."""
    return NEAR.get(near, "") + (f"，约 {km} 公里" if km is not None else "")
