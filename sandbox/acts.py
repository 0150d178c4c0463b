"""What a person does on a phone, and what the platform tells the app about it (§2, §6.4)."""

from __future__ import annotations

import threading
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sandbox import program
from sandbox.menus import menu_of
from sandbox.messages import TEXT_BYTES, open_window
from sandbox.push import FAILURE_LINE, Outcome, push
from sandbox.world import User, World

#: Events whose failure a person sees: he did something and waits for an answer.
VISIBLE = {"subscribe", "SCAN", "CLICK", "scancode_waitmsg", "scancode_push"}


class Impossible(Exception):
    """The phone cannot do that now; the text is shown to the person."""


def tell(world: World, side: str, user: User, fields: dict[str, Any]) -> Outcome:
    """Push to the app and show the passive reply, or the failure line, in the chat."""
    outcome = push(world, side, user, fields)
    if side == "oa":
        waits = fields["MsgType"] != "event" or fields["Event"] in VISIBLE
        if outcome.reply:
            _show(world, user, outcome.reply)
        elif waits and outcome.state in ("bad", "dead"):
            world.say(user, "oa", "system", "failure", text=FAILURE_LINE)
    return outcome


def tell_later(world: World, side: str, user: User, fields: dict[str, Any], delay: float = 0.0) -> None:
    """The same in the background, as the platform does it; ``wait`` joins what runs."""

    def run() -> None:
        time.sleep(delay)
        try:
            tell(world, side, user, fields)
        finally:
            world.running.discard(threading.current_thread())

    thread = threading.Thread(target=run, name="push", daemon=True)
    with world.lock:  # nobody waits for a thread that has not begun
        world.running.add(thread)
        thread.start()


def wait(world: World, seconds: float = 20.0) -> None:
    """Until no push is under way."""
    end = time.monotonic() + seconds
    with world.lock:
        running = list(world.running)
    for thread in running:
        thread.join(max(0.0, end - time.monotonic()))


def _show(world: World, user: User, reply: dict[str, Any]) -> None:
    kind = reply["MsgType"]
    if kind == "text":
        if len(reply["Content"].encode()) <= TEXT_BYTES:
            world.say(user, "oa", "them", "text", text=reply["Content"])
    elif kind == "news":
        items = [
            {key.lower(): str(item.get(key) or "") for key in ("Title", "Description", "PicUrl", "Url")}
            for item in reply["Articles"]
        ]
        world.say(user, "oa", "them", "news", items=items)
    elif kind != "transfer_customer_service":
        world.say(user, "oa", "them", "text", text=f"［{kind}］")


def event(name: str, **more: Any) -> dict[str, Any]:
    return {"MsgType": "event", "Event": name, **more}


def _online(user: User) -> None:
    if user.airplane:
        raise Impossible("飞行模式：手机没有网络")


def _follower(user: User) -> None:
    _online(user)
    if not user.following:
        raise Impossible("请先关注公众号")


def send_text(world: World, user: User, text: str, menu_id: str = "") -> None:
    """Type a text, or tap a line of a message menu (which sends its content with ``bizmsgmenuid``)."""
    if not user.following:
        raise Impossible("请先关注公众号")
    if not text.strip():
        raise Impossible("不能发送空白消息")
    world.say(user, "oa", "me", "text", text=text, failed=user.airplane)
    _online(user)
    open_window(world, user, "action" if menu_id else "message")
    fields: dict[str, Any] = {"MsgType": "text", "Content": text, "MsgId": world.message_id()}
    tell_later(world, "oa", user, fields | ({"bizmsgmenuid": menu_id} if menu_id else {}))


def follow(world: World, user: User, qr: dict[str, Any] | None = None) -> None:
    """Follow the account, from its page or through a parametric code."""
    _online(user)
    if user.following:
        return
    with world.open():
        user.following, user.subscribe_time = True, int(world.now())
        user.subscribe_scene = "ADD_SCENE_QR_CODE" if qr else "ADD_SCENE_SEARCH"
        user.qr_scene_str = qr["scene"] if qr else ""
    open_window(world, user, "action")
    world.say(user, "oa", "system", "note", text="你已关注该公众号")
    more = {"EventKey": "qrscene_" + qr["scene"], "Ticket": qr["ticket"]} if qr else {"EventKey": ""}
    tell_later(world, "oa", user, event("subscribe", **more))


def unfollow(world: World, user: User) -> None:
    _follower(user)
    with world.open():
        user.following, user.tags = False, []
        user.windows.clear()
    world.say(user, "oa", "system", "note", text="你已取消关注该公众号")
    tell_later(world, "oa", user, event("unsubscribe", EventKey=""))


def button(world: World, user: User, index: int, sub: int | None) -> dict[str, Any]:
    """The menu button at a place, as this phone shows it."""
    try:
        top: dict[str, Any] = (menu_of(world, user) or {"button": []})["button"][index]
        return top if sub is None else top["sub_button"][sub]
    except (IndexError, KeyError):
        raise Impossible("菜单已更新，请返回后重试") from None


def tap_menu(world: World, user: User, index: int, sub: int | None) -> dict[str, Any]:
    """Tap a menu button; what the phone does next: {"open": url}, {"scan": …} or nothing."""
    _follower(user)
    item = button(world, user, index, sub)
    kind = item.get("type")
    if kind == "click":
        open_window(world, user, "action")
        tell_later(world, "oa", user, event("CLICK", EventKey=item["key"]))
        return {}
    if kind == "view":
        tell_later(world, "oa", user, event("VIEW", EventKey=item["url"], MenuId=world.data.menu_id))
        return {"open": item["url"]}
    if kind == "miniprogram":
        tell_later(
            world,
            "oa",
            user,
            event("view_miniprogram", EventKey=item.get("pagepath", ""), MenuId=world.data.menu_id),
        )
        return {"program": {"path": item.get("pagepath", ""), "scene": program.BY_MENU}, "open": item["url"]}
    if kind in ("scancode_push", "scancode_waitmsg"):
        return {"scan": {"type": kind, "key": item["key"]}}
    raise Impossible("模拟手机没有这种菜单功能")


def scan(world: World, user: User, text: str, menu: dict[str, str] | None = None) -> dict[str, Any]:
    """Point the scanner at a code that holds ``text``: {"open": url}, {"program": …}, {"chat": True} or {"text": …}."""
    _online(user)
    text = text.strip()
    if menu and menu.get("type") in ("scancode_push", "scancode_waitmsg"):
        open_window(world, user, "action")
        info = {"ScanType": "qrcode", "ScanResult": text}
        tell_later(world, "oa", user, event(menu["type"], EventKey=menu["key"], ScanCodeInfo=info))
        if menu["type"] == "scancode_waitmsg":
            return {"chat": True}
    address = urlsplit(text)
    if "/weixin/q/" in address.path or text.startswith("http://weixin.qq.com/q/"):
        return _scan_account(world, user, address.path.rsplit("/", 1)[1])
    if address.path.endswith("/weixin/wxa"):
        query = parse_qs(address.query)
        return {"program": program.by_mini_code(query["page"][0], query["scene"][0])}
    if opened := program.by_link(world, text):
        return {"program": opened}
    if address.scheme in ("http", "https"):
        return {"open": text}
    return {"text": text}


def _scan_account(world: World, user: User, key: str) -> dict[str, Any]:
    with world.lock:
        code = world.data.qrcodes.get(key)
        if code is None or (code["until"] is not None and world.now() > code["until"]):
            raise Impossible("二维码已过期")
        code = dict(code)
    if not user.following:
        follow(world, user, code)
        return {"chat": True}
    open_window(world, user, "action")
    tell_later(world, "oa", user, event("SCAN", EventKey=code["scene"], Ticket=code["ticket"]))
    return {"chat": True}


def answer_subscription(
    world: World, user: User, accepted: list[str], rejected: list[str], scene: int = 0
) -> None:
    """The dialog of wx.requestSubscribeMessage: one credit for each accepted template, one event for all."""
    _online(user)
    with world.open():
        user.mp_seen_at = world.now()
        for template in accepted:
            if template in user.refuses:
                user.refuses.remove(template)
            if world.data.templates[template].get("long_term"):
                user.long_term = sorted({*user.long_term, template})
            else:
                user.credits[template] = user.credits.get(template, 0) + 1
    answers = [(template, "accept") for template in accepted] + [
        (template, "reject") for template in rejected
    ]
    items = [
        {"TemplateId": template, "SubscribeStatusString": word, "PopupScene": str(scene)}
        for template, word in answers
    ]
    tell_later(world, "mp", user, event("subscribe_msg_popup_event", SubscribeMsgPopupEvent={"List": items}))


def refuse_template(world: World, user: User, template: str) -> None:
    """Switch a template off in the settings: credits are gone, only this direction is pushed."""
    _online(user)
    with world.open():
        user.credits.pop(template, None)
        user.long_term = [item for item in user.long_term if item != template]
        user.refuses = sorted({*user.refuses, template})
    items = [{"TemplateId": template, "SubscribeStatusString": "reject"}]
    tell_later(
        world, "mp", user, event("subscribe_msg_change_event", SubscribeMsgChangeEvent={"List": items})
    )


def share(world: World, user: User, friend: User, title: str, path: str) -> None:
    """转发: a card of the mini-program in the friend's chat."""
    _online(user)
    world.say(friend, "friends", "them", "program", title=title, page=path, from_name=user.name)


def pump(world: World) -> None:
    """Carry the events that API calls cause (send results) to the app, after the caller got its answer."""
    while True:
        side, user, fields = world.events.get()
        tell_later(world, side, user, {"MsgType": "event", **fields}, delay=0.2)
