"""The platform's way to say no: an errcode in a 200, with a rid at the end of errmsg."""

from __future__ import annotations

import secrets

MESSAGES = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40008: "invalid message type",
    40013: "invalid appid",
    40014: "invalid access_token",
    40029: "invalid code",
    40033: r"invalid charset. please check your request, if include \uxxxx will create fail!",
    40037: "invalid template_id",
    40052: "invalid action name",
    40053: "invalid action info, please check document",
    40005: "invalid file type",
    40007: "invalid media_id",
    40009: "invalid image size",
    40097: "invalid args",
    40125: "invalid appsecret",
    40129: "invalid scene",
    40163: "code been used",
    40169: "invalid length for scene, or the data is not json string",
    40226: "code blocked",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    41008: "missing code",
    41009: "missing openid",
    41030: "invalid page",
    42001: "access_token expired",
    43002: "require POST method",
    43004: "require subscribe",
    43101: "user refuse to accept the msg",
    44002: "empty post data",
    44004: "empty content",
    45002: "content size out of limit",
    45003: "title size out of limit",
    45004: "description size out of limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, please retry next minute",
    45015: "response out of time limit or subscription is canceled",
    45047: "out of response count limit",
    47001: "data format error",
    47003: "argument invalid!",
    48001: "api unauthorized",
    61010: "code is expired",
    85096: "scancode_time is the system reserved field",
}


class PlatformError(Exception):
    """One refusal of the platform; ``detail`` goes behind the standard message."""

    def __init__(self, errcode: int, detail: str = "") -> None:
        self.errcode = errcode
        self.errmsg = " ".join(part for part in (MESSAGES.get(errcode, "sandbox fault"), detail) if part)
        super().__init__(f"{errcode} {self.errmsg}")

    def body(self) -> dict[str, object]:
        words = [secrets.token_hex(4) for _ in range(3)]
        return {"errcode": self.errcode, "errmsg": f"{self.errmsg} rid: {'-'.join(words)}"}
