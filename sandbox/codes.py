"""Reading QR codes out of pictures (zxing-cpp), and remembering the codes that screens have shown."""

from __future__ import annotations

import io
from typing import Any

from sandbox.world import World

try:
    import zxingcpp
    from PIL import Image
except ImportError:
    zxingcpp = None  # type: ignore[assignment]

NO_READER = "这台机器没有安装 zxing-cpp，不能从图片里认码，请把链接粘贴到输入框"
MOST_BYTES = 8_000_000


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


def remember(world: World, image: bytes, source: str, where: str) -> None:
    """Keep the codes of a picture that a phone's screen shows; one with the same source replaces the former."""
    for text in read(image):
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
