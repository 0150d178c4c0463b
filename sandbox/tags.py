"""Platform endpoints about tags: made once, given to at most 50 followers a call (§8)."""

from __future__ import annotations

from typing import Any

from sandbox.errors import PlatformError
from sandbox.world import User, World

MOST_AT_ONCE, MOST_TAGS, MOST_OF_ONE = 50, 100, 20
FIRST_ID = 100


def tags_get(world: World, side: str, args: dict[str, Any]) -> dict[str, Any]:
    """GET /cgi-bin/tags/get."""
    with world.lock:
        people = list(world.data.users.values())
        listed = [
            {"id": int(key), "name": name, "count": sum(int(key) in user.tags for user in people)}
            for key, name in world.data.tags.items()
        ]
    return {"tags": listed}


def tags_create(world: World, side: str, body: dict[str, Any]) -> dict[str, Any]:
    """POST /cgi-bin/tags/create: a name of at most 30 characters, not there yet."""
    tag = body.get("tag")
    name = tag.get("name") if isinstance(tag, dict) else None
    if not isinstance(name, str) or not 1 <= len(name) <= 30:
        raise PlatformError(45158)
    with world.open() as data:
        if name in data.tags.values():
            raise PlatformError(45157)
        if len(data.tags) >= MOST_TAGS:
            raise PlatformError(45056)
        number = max((int(key) for key in data.tags), default=FIRST_ID - 1) + 1
        data.tags[str(number)] = name
    return {"tag": {"id": number, "name": name}}


def tag_members(world: World, side: str, body: dict[str, Any]) -> dict[str, Any]:
    """POST /cgi-bin/tags/members/batchtagging: all or none."""
    number, people = _asked(world, body)
    with world.open():
        if any(number not in user.tags and len(user.tags) >= MOST_OF_ONE for user in people):
            raise PlatformError(45059)
        for user in people:
            user.tags = [each for each in user.tags if each != number] + [number]
    return {}


def untag_members(world: World, side: str, body: dict[str, Any]) -> dict[str, Any]:
    """POST /cgi-bin/tags/members/batchuntagging."""
    number, people = _asked(world, body)
    with world.open():
        for user in people:
            user.tags = [each for each in user.tags if each != number]
    return {}


def _asked(world: World, body: dict[str, Any]) -> tuple[int, list[User]]:
    openids, number = body.get("openid_list"), body.get("tagid")
    if not isinstance(openids, list) or not 1 <= len(openids) <= MOST_AT_ONCE:
        raise PlatformError(40032)
    if str(number) not in world.data.tags:
        raise PlatformError(45159)
    found = [world.by_openid("oa", str(openid)) for openid in openids]
    people = [user for user in found if user is not None and user.following]
    if len(people) < len(found):
        raise PlatformError(49003)
    return int(str(number)), people
