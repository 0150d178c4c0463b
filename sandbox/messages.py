"""Platform endpoints that reach a person: subscription, template and customer-service messages (§6)."""

from __future__ import annotations

from typing import Any

from sandbox.errors import PlatformError
from sandbox.values import LINE, fits
from sandbox.world import User, World

#: What opens a customer-service window: (messages, seconds). Since 2023-06-12.
WINDOWS = {"message": (5, 48 * 3600), "action": (3, 60)}
DEDUP_SECONDS = 600
TEXT_BYTES = 2048


def open_window(world: World, user: User, kind: str) -> None:
    """A user's message opens ``message``; a menu click, follow or scan opens ``action``; each anew."""
    left, seconds = WINDOWS[kind]
    with world.open():
        user.windows[kind] = {"left": left, "until": world.now() + seconds}


def take_from_window(world: World, user: User) -> None:
    """Use up one customer-service message, from the shorter window first; 45015 closed, 45047 used up."""
    with world.open():
        live = [
            user.windows[kind]
            for kind in ("action", "message")
            if kind in user.windows and world.now() <= user.windows[kind]["until"]
        ]
        if not live or not user.following:
            raise PlatformError(45015)
        window = next((window for window in live if window["left"] > 0), None)
        if window is None:
            raise PlatformError(45047)
        window["left"] -= 1


def _receiver(world: World, side: str, body: dict[str, Any]) -> User:
    user = world.by_openid(side, str(body.get("touser") or ""))
    if user is None:
        raise PlatformError(40003)
    return user


def _template(world: World, side: str, body: dict[str, Any]) -> dict[str, Any]:
    template = world.data.templates.get(str(body.get("template_id") or ""))
    if template is None or template["account"] != side:
        raise PlatformError(40037)
    return template


def _values(template: dict[str, Any], data: Any, clip: bool) -> tuple[dict[str, str], bool]:
    """The value of every key of the template; 47003 names the first bad key.

    With ``clip`` (official account since 2023-05-04) a long value is cut to 20 characters of one line, silently.
    """
    values, clipped = {}, False
    for key in template["keys"]:
        item = data.get(key) if isinstance(data, dict) else None
        value = item.get("value") if isinstance(item, dict) else None
        text = str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
        if not text.strip():
            raise PlatformError(47003, f"data.{key}.value is empty")
        if clip:
            short = LINE.split(text.strip(), maxsplit=1)[0][:20]
            text, clipped = short, clipped or short != text
        if not fits(key, text):
            raise PlatformError(47003, f"data.{key}.value invalid")
        values[key] = text
    return values, clipped


def _rows(template: dict[str, Any], values: dict[str, str]) -> list[list[str]]:
    return [[label, values[key]] for key, label in template["keys"].items()]


def subscribe_send(world: World, side: str, body: dict[str, Any]) -> dict[str, Any]:
    """POST /cgi-bin/message/subscribe/send: one credit, one message; 43101 when none is left."""
    user, template_id = _receiver(world, side, body), str(body.get("template_id"))
    template = _template(world, side, body)
    values, _ = _values(template, body.get("data"), clip=False)
    with world.open():
        if template_id in user.refuses:
            raise PlatformError(43101)
        if template_id not in user.long_term:
            if user.credits.get(template_id, 0) < 1:
                raise PlatformError(43101)
            user.credits[template_id] -= 1
    msgid = world.message_id()
    page = str(body.get("page") or "")
    world.say(
        user,
        "notices",
        "them",
        "card",
        title=template["title"],
        rows=_rows(template, values),
        url="",
        page=page,
        from_name=world.config.brand,
    )
    _log(
        world,
        user,
        "subscribe",
        user.mp_openid,
        template=template_id,
        data=values,
        page=page,
        msgid=str(msgid),
    )
    items = [{"TemplateId": template_id, "MsgID": str(msgid), "ErrorCode": "0", "ErrorStatus": "success"}]
    world.events.put(
        ("mp", user, {"Event": "subscribe_msg_sent_event", "SubscribeMsgSentEvent": {"List": items}})
    )
    return {}


def template_send(world: World, side: str, body: dict[str, Any]) -> dict[str, Any]:
    """POST /cgi-bin/message/template/send: followers only; client_msg_id makes ten minutes of repeats one."""
    user = _receiver(world, side, body)
    template = _template(world, side, body)
    if not user.following:
        raise PlatformError(43004)
    values, clipped = _values(template, body.get("data"), clip=True)
    client_id = str(body.get("client_msg_id") or "")
    with world.open() as data:
        now, key = world.now(), f"{user.oa_openid} {client_id}"
        former = data.client_ids.get(key)
        if client_id and former and now - former["at"] < DEDUP_SECONDS:
            world.log("repeats", {"at": now, "n": user.n, "openid": user.oa_openid, "client_msg_id": client_id})
            return {"msgid": former["msgid"]}
        msgid = world.message_id()
        if client_id:
            for old in [old for old, item in data.client_ids.items() if now - item["at"] >= DEDUP_SECONDS]:
                del data.client_ids[old]
            data.client_ids[key] = {"msgid": msgid, "at": now}
    url, program = str(body.get("url") or ""), body.get("miniprogram")
    status = "failed:user block" if user.blocks_templates else "success"
    if status == "success":
        world.say(
            user,
            "oa",
            "them",
            "card",
            title=template["title"],
            rows=_rows(template, values),
            url=url,
            page=str(program.get("pagepath") or "") if isinstance(program, dict) else "",
        )
    _log(
        world,
        user,
        "template",
        user.oa_openid,
        template=str(body.get("template_id")),
        data=values,
        url=url,
        msgid=str(msgid),
        client_msg_id=client_id,
        status=status,
        note="values cut to 20 characters" if clipped else "",
    )
    world.events.put(("oa", user, {"Event": "TEMPLATESENDJOBFINISH", "MsgID": msgid, "Status": status}))
    return {"msgid": msgid}


def custom_send(world: World, side: str, body: dict[str, Any]) -> dict[str, Any]:
    """POST /cgi-bin/message/custom/send: text, msgmenu and a mini-program's card, while a window is open."""
    user, kind = _receiver(world, side, body), body.get("msgtype")
    if kind == "text":
        item = body.get("text")
        text = item.get("content") if isinstance(item, dict) else None
        if not isinstance(text, str) or not text:
            raise PlatformError(44004)
        if len(text.encode()) > TEXT_BYTES:
            raise PlatformError(45002)
        entry: dict[str, Any] = {"text": text}
    elif kind == "msgmenu":
        menu = body.get("msgmenu")
        items = menu.get("list") if isinstance(menu, dict) else None
        if not isinstance(menu, dict) or not isinstance(items, list) or not items:
            raise PlatformError(44004)
        entry = {
            "text": str(menu.get("head_content") or ""),
            "tail": str(menu.get("tail_content") or ""),
            "items": [{"id": str(item.get("id")), "content": str(item.get("content"))} for item in items],
        }
    elif kind == "miniprogrampage":
        entry = _program_card(world, body.get("miniprogrampage"))
    else:
        raise PlatformError(40008)
    if side == "mp":
        raise PlatformError(45015)  # nobody opens the mini-program's customer-service session here
    take_from_window(world, user)
    world.say(user, "oa", "them", "program" if kind == "miniprogrampage" else str(kind), **entry)
    _log(world, user, "custom", user.oa_openid, msgtype=kind, msgid="", **entry)
    return {}


def _program_card(world: World, item: Any) -> dict[str, Any]:
    """Title, the bound mini-program's appid, its page, and a picture uploaded before."""
    given = item if isinstance(item, dict) else {}
    if given.get("thumb_media_id") not in world.data.materials:
        raise PlatformError(40007)
    if given.get("appid") != world.config.mp.appid:
        raise PlatformError(40013)
    if not given.get("title") or not given.get("pagepath"):
        raise PlatformError(44004)
    return {"title": str(given["title"]), "page": str(given["pagepath"]), "from_name": world.config.brand}


def _log(world: World, user: User, api: str, openid: str, **more: Any) -> None:
    world.log("sent", {"at": world.now(), "api": api, "n": user.n, "openid": openid, **more})
