"""Passive replies: the XML that answers a message inside WeChat's five seconds.

Written here and not by wechatpy, whose classes let `]]>` break out of the CDATA (wechat-platform.md §9.3).
"""

from __future__ import annotations

import re
from datetime import datetime

from wechat.inbound import Inbound

#: The answer that says: received, no reply. Goes out unencrypted.
SUCCESS = "success"
#: A longer text is not shown at all.
MAX_TEXT_BYTES = 2048

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def text_xml(inbound: Inbound, text: str, at: datetime) -> str:
    """A text answer to `inbound`, dated `at`. Too long a text is cut with an ellipsis, never inside a
    link. A text of nothing gives `SUCCESS`, since an empty reply shows the user a fault.
    """
    text = cut(_CONTROLS.sub("", text).strip(), MAX_TEXT_BYTES)
    if not text:
        return SUCCESS
    return _reply(inbound, at, "text", f"<Content>{_cdata(text)}</Content>")


def news_xml(
    inbound: Inbound, at: datetime, *, title: str, description: str, url: str, picture: str = ""
) -> str:
    """One article (the most a user's message may be answered with), dated `at`; `picture` is a URL."""
    fields = {"Title": title, "Description": description, "PicUrl": picture, "Url": url}
    item = "".join(f"<{name}>{_cdata(_CONTROLS.sub('', value))}</{name}>" for name, value in fields.items())
    return _reply(
        inbound, at, "news", f"<ArticleCount>1</ArticleCount><Articles><item>{item}</item></Articles>"
    )


def cut(text: str, most: int) -> str:
    """`text` in at most `most` bytes of UTF-8, cut between characters and outside links, with `…`."""
    encoded = text.encode()
    if len(encoded) <= most:
        return text
    kept = encoded[: most - len("…".encode())].decode("utf-8", "ignore")
    opened = kept.rfind("<a ")
    if opened > kept.rfind("</a>"):
        kept = kept[:opened]
    return kept.rstrip() + "…"


def _reply(inbound: Inbound, at: datetime, kind: str, inner: str) -> str:
    return (
        f"<xml><ToUserName>{_cdata(inbound.openid)}</ToUserName>"
        f"<FromUserName>{_cdata(inbound.account)}</FromUserName>"
        f"<CreateTime>{int(at.timestamp())}</CreateTime>"
        f"<MsgType><![CDATA[{kind}]]></MsgType>{inner}</xml>"
    )


def _cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"
