"""The signature a page needs before it may call WeChat's JS-SDK."""

from __future__ import annotations

import hashlib


def page_signature(ticket: str, *, noncestr: str, timestamp: int, url: str) -> str:
    """Hex sha1 for `wx.config` (wechat-platform.md §7.2).

    `ticket` is the jsapi ticket, `timestamp` epoch seconds, `url` the page's full address; what follows
    a `#` does not count.
    """
    page = url.partition("#")[0]
    plain = f"jsapi_ticket={ticket}&noncestr={noncestr}&timestamp={timestamp}&url={page}"
    return hashlib.sha1(plain.encode()).hexdigest()
