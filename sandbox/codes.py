"""Reading QR codes out of pictures (zxing-cpp), and remembering the codes that screens have shown."""

from __future__ import annotations

import base64
import io
import re
from typing import Any

from sandbox.world import World

try:
    import zxingcpp
    from PIL import Image
except ImportError:
    zxingcpp = None  # type: ignore[assignment]

NO_READER = "这台机器没有安装 zxing-cpp，不能从图片里认码，请把链接粘贴到输入框"
MOST_BYTES = 8_000_000
_INLINE = re.compile(rb"data:image/(?:png|jpe?g);base64,([A-Za-z0-9+/=]{100,600000})")


def readable() -> bool:
    return zxingcpp is not None


def read(image: bytes) -> list[str]:
    """The texts of all QR codes in a picture; none if it is no picture or no reader is installed."""
    if zxingcpp is None or not 0 < len(image) <= MOST_BYTES:
        return []
    try:
        picture = Image.open(io.BytesIO(image))
        if picture.width * picture.height > 40_000_000:
            return []
        flat = Image.new("RGB", picture.size, "white")
        flat.paste(picture, mask=picture.convert("RGBA").getchannel("A"))
        return [found.text for found in zxingcpp.read_barcodes(flat) if found.text]
    except (OSError, ValueError, SyntaxError):
        return []


def notice(world: World, kind: str, body: bytes, source: str, where: str) -> None:
    """Remember codes that a page inside a phone shows; a picture with the same source replaces the former."""
    if kind in ("image/png", "image/jpeg", "image/jpg"):
        pictures = [body]
    elif kind == "text/html":
        pictures = [base64.b64decode(found + b"=" * (-len(found) % 4)) for found in _INLINE.findall(body)[:4]]
    else:
        return
    for text in (text for picture in pictures for text in read(picture)):
        with world.open() as data:
            data.seen_codes = [
                code for code in data.seen_codes if code["text"] != text and code.get("source") != source
            ]
            data.seen_codes.append({"text": text, "where": where, "source": source, "at": world.now()})
            del data.seen_codes[:-30]


def known(world: World) -> list[dict[str, Any]]:
    """What a phone may pick: codes on screens and living official-account codes, newest first."""
    with world.lock:
        now = world.now()
        found = [
            {"text": code["text"], "where": code["where"], "at": code["at"]} for code in world.data.seen_codes
        ]
        found += [
            {
                "text": f"{world.config.base_url}/weixin/q/{key}",
                "where": f"公众号二维码 {code['scene']}",
                "at": code["at"],
            }
            for key, code in world.data.qrcodes.items()
            if code["until"] is None or now <= code["until"]
        ]
    return sorted(found, key=lambda code: -float(code["at"]))[:20]
