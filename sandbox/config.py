"""What the sandbox must know about the two accounts and the app; no environment is read here."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Account:
    """One WeChat account: its console page in five fields."""

    appid: str
    secret: str
    id: str
    token: str
    aes_key: str


@dataclass(frozen=True)
class Config:
    """Settings of one sandbox process. Times in seconds."""

    oa: Account = Account(
        "wx5a0dbox0official",
        "oa-secret-of-the-sandbox",
        "gh_sandbox_oa",
        "OaToken2026",
        "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    )
    mp: Account = Account(
        "wx5a0dbox0miniprog",
        "mp-secret-of-the-sandbox",
        "gh_sandbox_mp",
        "MpToken2026",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefG",
    )
    app_url: str = "http://localhost:8000"
    """Where the app listens."""
    public_url: str = ""
    """How the app calls itself in links; empty: the same as app_url."""
    base_url: str = "http://localhost:8001"
    brand: str = "红耀江淮"
    state_file: str = ""
    clock_file: str = ""
    oa_callback: str = "/wechat/callback"
    mp_callback: str = "/wechat/mp-callback"
    mp_format: str = "json"
    """Data format of the mini-program's pushes: json or xml (a console setting of the platform)."""
    callback_timeout: float = 5.0
    callback_tries: int = 3
    callback_gap: float = 1.0
    """Pause before a retry when the app answered at once but wrongly (refused, not 200)."""
    resign_retries: bool = False
    """Whether a retry gets a new timestamp and nonce; the documents do not say."""
    open_platform: bool = True
    """Both accounts bound to one Open Platform account: unionid is handed out."""
    program: str = ""
    """Folder of the mini-program's built web page; empty: the phones have none."""
    program_link: str = "/q/"
    """Addresses of the app that the rule for ordinary codes gives to the program, …"""
    program_page: str = "pages/home/home"
    """… and the page that gets them as ``q``."""
    mp_pages: tuple[str, ...] = ()
    """Released pages of the mini-program for check_path; empty: every page counts as released."""
    follower_page: int = 10_000
    """Openids on one page of user/get."""
    quotas: dict[str, int] = field(
        default_factory=lambda: {
            "/cgi-bin/token": 2000,
            "/cgi-bin/stable_token": 500_000,
            "/cgi-bin/message/template/send": 100_000,
        }
    )
    risky_words: tuple[str, ...] = ("赌博", "代开发票", "刷单", "枪支")

    @property
    def site(self) -> str:
        """The app's address as it stands in links, without the last slash."""
        return (self.public_url or self.app_url).rstrip("/")


def from_file(path: str, base: Config) -> Config:
    """Overlay a JSON file ``{"oa": {…}, "mp": {…}, "callback_timeout": 0.4, …}`` on ``base``."""
    return overlay(json.loads(Path(path).read_text(encoding="utf-8")), base)


def overlay(given: dict[str, Any], base: Config) -> Config:
    """``base`` with the given fields replaced; an unknown field is a ValueError."""
    known = {item.name for item in fields(Config)}
    if unknown := set(given) - known:
        raise ValueError(f"unknown sandbox setting: {', '.join(sorted(unknown))}")
    changes = dict(given)
    for side in ("oa", "mp"):
        if side in changes:
            changes[side] = replace(getattr(base, side), **changes[side])
    for name in ("mp_pages", "risky_words"):
        if name in changes:
            changes[name] = tuple(changes[name])
    return replace(base, **changes)
