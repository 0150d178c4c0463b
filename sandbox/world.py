"""The sandbox's whole memory: users, tokens, codes, chats, logs; one lock, one JSON file."""

from __future__ import annotations

import json
import queue
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from sandbox.config import Account, Config

KEEP_CHAT, KEEP_LOG = 300, 5000

TEMPLATES: dict[str, dict[str, Any]] = {
    "demo-reminder": {
        "account": "oa",
        "title": "活动开始提醒",
        "keys": {"thing1": "活动名称", "time2": "开始时间", "thing3": "活动地点"},
    },
    "demo-notice": {
        "account": "oa",
        "title": "队伍通知提醒",
        "keys": {"thing1": "通知标题", "thing2": "通知内容", "time3": "发送时间"},
    },
    "demo-confirm": {
        "account": "oa",
        "title": "待办确认提醒",
        "keys": {"thing1": "活动名称", "number2": "待确认人数", "thing3": "温馨提示"},
    },
    "demo-sub-reminder": {
        "account": "mp",
        "title": "活动开始提醒",
        "keys": {"thing1": "活动名称", "time2": "开始时间", "thing3": "活动地点"},
    },
    "demo-sub-notice": {
        "account": "mp",
        "title": "队伍通知提醒",
        "keys": {"thing1": "通知标题", "thing2": "通知内容", "time3": "发送时间"},
    },
}


@dataclass
class User:
    """One person with one phone and an openid in each account."""

    n: int
    name: str
    mp_openid: str
    oa_openid: str
    unionid: str = ""
    phone: str = ""
    following: bool = False
    subscribe_time: int = 0
    subscribe_scene: str = ""
    qr_scene_str: str = ""
    airplane: bool = False
    airplane_after: int = 0
    """Chat entries with a higher id arrived while the phone had no network."""
    font_size: int = 17
    """WeChat's own setting 字体大小, in px; the mini-program reads it."""
    high_risk: bool = False
    """40226 at log-in."""
    blocks_templates: bool = False
    """Official-account templates end as ``failed:user block``."""
    credits: dict[str, int] = field(default_factory=dict)
    long_term: list[str] = field(default_factory=list)
    refuses: list[str] = field(default_factory=list)
    mp_seen_at: float = 0.0
    windows: dict[str, dict[str, float]] = field(default_factory=dict)
    """Customer-service windows: message and action, each {until, left}."""
    tags: list[int] = field(default_factory=list)
    """The last one given decides which menu the phone shows."""
    mass: dict[str, int] = field(default_factory=dict)
    """Mass sends received, by month."""
    cookies: list[dict[str, Any]] = field(default_factory=list)
    storage: dict[str, str] = field(default_factory=dict)
    """What the mini-program keeps on this phone."""
    chat: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Memory:
    """Everything that is saved."""

    epoch: str = field(default_factory=lambda: secrets.token_hex(4))
    """Changes with every reset, so that an open phone page starts over."""
    users: dict[int, User] = field(default_factory=dict)
    templates: dict[str, dict[str, Any]] = field(default_factory=lambda: json.loads(json.dumps(TEMPLATES)))
    tokens: dict[str, dict[str, Any]] = field(default_factory=dict)
    current: dict[str, str] = field(default_factory=dict)
    forced: dict[str, list[float]] = field(default_factory=dict)
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    qrcodes: dict[str, dict[str, Any]] = field(default_factory=dict)
    seen_codes: list[dict[str, Any]] = field(default_factory=list)
    links_open_program: bool = True
    """Whether the rule for ordinary codes is switched on in the account's console."""
    client_ids: dict[str, dict[str, Any]] = field(default_factory=dict)
    menu: dict[str, Any] | None = None
    menu_id: int = 0
    special_menus: list[dict[str, Any]] = field(default_factory=list)
    """Menus for a tag, the oldest first: {button, tag, menuid}."""
    tags: dict[str, str] = field(default_factory=dict)
    """Names by id."""
    mass: list[dict[str, Any]] = field(default_factory=list)
    """Jobs of mass sends."""
    pictures: list[str] = field(default_factory=list)
    """Addresses of pictures that may stand in an article."""
    materials: list[str] = field(default_factory=list)
    """Ids of pictures kept for ever."""
    drafts: list[dict[str, Any]] = field(default_factory=list)
    """The official account's draft box: {media_id, at, articles}."""
    sent: list[dict[str, Any]] = field(default_factory=list)
    repeats: list[dict[str, Any]] = field(default_factory=list)
    """Messages that came once more within ten minutes under the same client_msg_id: nobody sees them."""
    pushes: list[dict[str, Any]] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)
    quotas: dict[str, int] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)
    """Calls per ``<day> <path>``, the base of the quotas."""
    calls: list[dict[str, Any]] = field(default_factory=list)
    serial: int = 0


class World:
    """The memory, its lock and its clock. Every access goes through ``with world.open()``."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.lock = threading.RLock()
        self.data = Memory(quotas=dict(config.quotas))
        #: (side, user, event fields) that an API call causes; acts.pump carries them to the app.
        self.events: queue.Queue[tuple[str, User, dict[str, Any]]] = queue.Queue()
        self.running: set[threading.Thread] = set()
        self._openids: dict[str, int] = {}
        self._dirty = False
        self._stop = threading.Event()
        self._saver: threading.Thread | None = None
        self.load()

    # time ------------------------------------------------------------------------------------------------

    def now(self) -> float:
        """Unix seconds on the phones: real time plus the clock file's first line."""
        shift = 0
        if self.config.clock_file:
            try:
                shift = int(Path(self.config.clock_file).read_text().split("\n", 1)[0] or 0)
            except (OSError, ValueError):
                shift = 0
        return time.time() + shift

    def day(self) -> str:
        """The day in Asia/Shanghai; quotas start anew with it."""
        return time.strftime("%Y-%m-%d", time.gmtime(self.now() + 8 * 3600))

    # access ----------------------------------------------------------------------------------------------

    @contextmanager
    def open(self) -> Iterator[Memory]:
        with self.lock:
            self._dirty = True
            yield self.data

    def account(self, side: str) -> Account:
        return self.config.oa if side == "oa" else self.config.mp

    def user(self, n: int) -> User | None:
        return self.data.users.get(n)

    def by_openid(self, side: str, openid: str) -> User | None:
        """The user with this openid in this account; another account's openid is nobody here."""
        user = self.data.users.get(self._openids.get(openid, -1))
        return user if user and getattr(user, f"{side}_openid") == openid else None

    def serial(self) -> int:
        with self.lock:
            self.data.serial += 1
            return self.data.serial

    def message_id(self) -> int:
        """A 64-bit id like the platform's: large, unique, growing."""
        return 24_000_000_000_000_000 + int(time.time() * 1000) * 1000 + self.serial() % 1000

    def add_user(self, given: dict[str, Any]) -> User:
        """Add one user; missing fields are made up. ValueError if the number or an openid is taken."""
        with self.open() as data:
            n = int(given.get("n") or max(data.users, default=0) + 1)
            known = {item.name for item in fields(User)}
            values = {key: value for key, value in given.items() if key in known and value is not None}
            values.update(n=n, name=str(given.get("name") or f"手机用户{n}"))
            for key in ("mp_openid", "oa_openid", "unionid"):
                values.setdefault(key, "o" + secrets.token_urlsafe(20)[:27])
            values.setdefault("phone", f"139{n:08d}")
            user = User(**values)
            if n in data.users or user.mp_openid in self._openids or user.oa_openid in self._openids:
                raise ValueError("user number or openid is taken")
            if user.following and not user.subscribe_time:
                user.subscribe_time, user.subscribe_scene = int(self.now()), "ADD_SCENE_SEARCH"
            data.users[n] = user
            self._openids[user.mp_openid] = self._openids[user.oa_openid] = n
            return user

    def say(self, user: User, chat: str, side: str, kind: str, **more: Any) -> dict[str, Any]:
        """Append one entry to a chat of the phone: side me, them or system."""
        with self.open():
            entry = {"id": self.serial(), "chat": chat, "side": side, "kind": kind, "at": self.now(), **more}
            user.chat.append(entry)
            del user.chat[:-KEEP_CHAT]
            return entry

    def log(self, book: str, entry: dict[str, Any]) -> dict[str, Any]:
        """Append to ``sent``, ``repeats``, ``pushes`` or ``calls``; the oldest entries fall off."""
        with self.open() as data:
            entries: list[dict[str, Any]] = getattr(data, book)
            entries.append(entry)
            del entries[:-KEEP_LOG]
            return entry

    # file ------------------------------------------------------------------------------------------------

    def reset(self, keep_users: bool = False) -> None:
        """Forget everything; with ``keep_users`` the people stay, as on the first day."""
        with self.open() as data:
            identity = ("n", "name", "mp_openid", "oa_openid", "unionid", "phone", "following")
            people = [{key: getattr(user, key) for key in identity} for user in data.users.values()]
            self.data, self._openids = Memory(quotas=dict(self.config.quotas)), {}
            for person in people if keep_users else []:
                self.add_user(person)

    def load(self) -> None:
        path = Path(self.config.state_file) if self.config.state_file else None
        if path is None or not path.exists():
            return
        saved = json.loads(path.read_text(encoding="utf-8") or "{}")
        with self.open() as data:
            for item in fields(Memory):
                if item.name in saved and item.name not in ("users", "templates", "quotas"):
                    setattr(data, item.name, saved[item.name])
            data.templates.update(saved.get("templates", {}))
            data.quotas.update(saved.get("quotas", {}))
            for person in saved.get("users", []):
                self.add_user(person)

    def save(self) -> None:
        """Write the state file if something changed, by atomic replace."""
        if not self.config.state_file:
            return
        with self.lock:
            if not self._dirty:
                return
            self._dirty = False
            image = asdict(self.data) | {"users": [asdict(user) for user in self.data.users.values()]}
            text = json.dumps(image, ensure_ascii=False)
        path = Path(self.config.state_file)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(path.name + ".new")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)

    def start_saving(self) -> None:
        def run() -> None:
            while not self._stop.wait(1.0):
                self.save()

        self._saver = threading.Thread(target=run, name="saver", daemon=True)
        self._saver.start()

    def close(self) -> None:
        """Stop the saver and write what is left."""
        self._stop.set()
        if self._saver:
            self._saver.join(timeout=5)
        self.save()
