"""Platform endpoint for mass sends: one job for many, four a month for each user of a service account (§6.5)."""

from __future__ import annotations

from typing import Any

from sandbox.errors import PlatformError
from sandbox.world import World

A_MONTH = 4
MOST_BYTES = 2048


def mass_send_all(world: World, side: str, body: dict[str, Any]) -> dict[str, Any]:
    """POST /cgi-bin/message/mass/sendall with a text; the same clientmsgid is 45065."""
    to, text = body.get("filter"), body.get("text")
    words = text.get("content") if isinstance(text, dict) else None
    if not isinstance(to, dict) or body.get("msgtype") != "text" or not isinstance(words, str) or not words:
        raise PlatformError(40008)
    if len(words.encode()) > MOST_BYTES:
        raise PlatformError(45002)
    tag = to.get("tag_id")
    if to.get("is_to_all") is not True and str(tag) not in world.data.tags:
        raise PlatformError(45159)
    own = str(body.get("clientmsgid") or "")
    with world.open() as data:
        if own and any(each["clientmsgid"] == own for each in data.mass):
            raise PlatformError(45065)
        number, month = world.message_id(), world.day()[:7]
        wanted = [
            user
            for user in data.users.values()
            if user.following and (to.get("is_to_all") is True or int(str(tag)) in user.tags)
        ]
        reached = [user for user in wanted if user.mass.get(month, 0) < A_MONTH]
        for user in reached:
            user.mass = {month: user.mass.get(month, 0) + 1}
            world.say(user, "oa", "them", "text", text=words)
        data.mass.append({"msg_id": number, "clientmsgid": own, "text": words, "sent": len(reached)})
        done = {
            "MsgType": "event", "Event": "MASSSENDJOBFINISH", "MsgID": number, "Status": "send success",
            "TotalCount": len(wanted), "FilterCount": len(reached), "SentCount": len(reached), "ErrorCount": 0,
        }  # fmt: skip
        if data.users:
            world.events.put(("oa", next(iter(data.users.values())), done))
    return {"msg_id": number, "msg_data_id": number}
