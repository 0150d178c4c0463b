"""Platform endpoints for articles: pictures inside them, covers kept for ever, the draft box (§8, draft/add)."""

from __future__ import annotations

import re
import secrets
from typing import Any

from sandbox.errors import PlatformError
from sandbox.world import World

JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG"
INSIDE, COVER = 1_000_000, 10_000_000
TITLE, AUTHOR, DIGEST, CONTENT = 32, 16, 120, 20_000
_PICTURE = re.compile(r"<img[^>]*src=[\"']([^\"']+)")


def _checked(picture: bytes, most: int) -> None:
    if not picture:
        raise PlatformError(41005)
    if not picture.startswith((JPEG, PNG)):
        raise PlatformError(40005)
    if len(picture) > most:
        raise PlatformError(40009)


def upload_inside(world: World, side: str, picture: bytes) -> dict[str, Any]:
    """POST /cgi-bin/media/uploadimg: JPEG or PNG below 1 MB; only its address may stand in an article."""
    _checked(picture, INSIDE)
    with world.open() as data:
        url = f"http://mmbiz.qpic.cn/sandbox/{secrets.token_hex(12)}/0"
        data.pictures.append(url)
    return {"url": url}


def add_material(world: World, side: str, picture: bytes) -> dict[str, Any]:
    """POST /cgi-bin/material/add_material?type=image: a picture for ever."""
    _checked(picture, COVER)
    with world.open() as data:
        number = secrets.token_urlsafe(32)
        data.materials.append(number)
    return {"media_id": number, "url": f"http://mmbiz.qpic.cn/sandbox/{number}/0"}


def draft_add(world: World, side: str, body: dict[str, Any]) -> dict[str, Any]:
    """POST /cgi-bin/draft/add: one article or more; scripts and pictures from elsewhere are taken out."""
    articles = body.get("articles")
    if not isinstance(articles, list) or not 1 <= len(articles) <= 8:
        raise PlatformError(40114)
    with world.open() as data:
        for one in articles:
            if not isinstance(one, dict) or one.get("thumb_media_id") not in data.materials:
                raise PlatformError(40007)
            for name, most, code in (
                ("title", TITLE, 45003), ("author", AUTHOR, 45110), ("digest", DIGEST, 45004),
                ("content", CONTENT, 45002),
            ):  # fmt: skip
                if len(str(one.get(name) or "")) > most:
                    raise PlatformError(code)
            if not one.get("title") or not one.get("content"):
                raise PlatformError(44003)
        number = secrets.token_urlsafe(32)
        kept = [one | {"content": _cleaned(str(one["content"]), data.pictures)} for one in articles]
        data.drafts.append({"media_id": number, "at": world.now(), "articles": kept})
    return {"media_id": number, "item": []}


def _cleaned(content: str, pictures: list[str]) -> str:
    content = re.sub(r"(?is)<script.*?</script>", "", content)
    for url in _PICTURE.findall(content):
        if url not in pictures:
            content = content.replace(url, "")
    return content
