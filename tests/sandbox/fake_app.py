"""A few lines that answer like an app: enough for the sandbox to push to and to browse.

Its cipher is wechatpy's, so that the sandbox's own is checked against another hand.
"""

from __future__ import annotations

import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import qrcode
import xmltodict
from qrcode.image.svg import SvgPathImage
from wechatpy.crypto import WeChatCrypto
from wechatpy.replies import create_reply
from wechatpy.utils import check_signature

from sandbox.config import Account


class FakeApp:
    """Counts and keeps what it is sent; ``answers`` decides what each next push gets."""

    def __init__(self, oa: Account, mp: Account) -> None:
        self.oa, self.mp = oa, mp
        self.received: list[dict[str, Any]] = []
        self.raw: list[tuple[str, str]] = []
        self.answers: list[str] = []
        """For the next pushes: ``slow`` (3 × the cut-off), ``500``, ``garbage``, ``plain``, ``success``, text."""
        self.slow_seconds = 1.2
        self.requests: list[dict[str, Any]] = []
        self.sandbox_url = ""
        handler = type("Handler", (_Handler,), {"fake": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        self.url = f"http://localhost:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def login_url(self) -> str:
        back = quote(f"{self.url}/m/back?next=%2Fm%2Fme", safe="")
        return (
            f"{self.sandbox_url}/connect/oauth2/authorize?appid={self.oa.appid}&redirect_uri={back}"
            "&response_type=code&scope=snsapi_base&state=abc123#wechat_redirect"
        )


class _Handler(BaseHTTPRequestHandler):
    fake: FakeApp

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, status: int, body: str, kind: str = "text/html; charset=utf-8", **headers: str) -> None:
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        if parts.path.startswith("/wechat/"):
            return self._callback(parts.query, body.decode())
        self.fake.requests.append({"path": self.path, "headers": dict(self.headers), "body": body.decode()})
        return self._answer(200, json.dumps({"got": body.decode()}), "application/json")

    def _callback(self, query: str, body: str) -> None:
        fake, args = self.fake, {key: value[0] for key, value in parse_qs(query).items()}
        is_json = body.startswith("{")
        account = fake.mp if urlsplit(self.path).path == "/wechat/mp-callback" else fake.oa
        fake.raw.append((query, body))
        cipher = WeChatCrypto(account.token, account.aes_key, account.appid)
        outer = json.loads(body) if is_json else body
        plain = cipher.decrypt_message(outer, args["msg_signature"], args["timestamp"], args["nonce"])
        fields = json.loads(plain) if is_json else xmltodict.parse(plain)["xml"]
        fake.received.append(fields)
        answer = fake.answers.pop(0) if fake.answers else "success"
        if answer == "slow":
            time.sleep(fake.slow_seconds)
            answer = "too late"
        if answer == "500":
            return self._answer(500, "Internal Server Error")
        if answer == "garbage":
            return self._answer(200, '{"not": "xml"}')
        if answer == "success":
            return self._answer(200, "success")
        reply = create_reply(answer)
        reply.source, reply.target = fields["ToUserName"], fields["FromUserName"]
        if answer == "plain":
            return self._answer(200, reply.render(), "text/xml")
        return self._answer(
            200, cipher.encrypt_message(reply.render(), args["nonce"], args["timestamp"]), "text/xml"
        )

    def do_GET(self) -> None:
        fake, parts = self.fake, urlsplit(self.path)
        fake.requests.append({"path": self.path, "headers": dict(self.headers), "body": ""})
        if parts.path == "/wechat/callback":
            args = {key: value[0] for key, value in parse_qs(parts.query).items()}
            check_signature(fake.oa.token, args["signature"], args["timestamp"], args["nonce"])
            return self._answer(200, args["echostr"])
        if parts.path == "/m/login":
            return self._answer(302, "", Location=fake.login_url())
        if parts.path == "/m/back":
            code = parse_qs(parts.query)["code"][0]
            return self._answer(
                302, "", Location=f"{fake.url}/m/me", Set_Cookie=f"who={code}; Path=/m; HttpOnly"
            )
        if parts.path == "/m/me":
            who = re.search(r"who=([\w-]+)", self.headers.get("Cookie") or "")
            text = f'<title>我的</title><p id="who">{who[1] if who else "nobody"}</p><a href="{fake.url}/m/x">next</a>'
            return self._answer(
                200,
                text,
                X_Frame_Options="DENY",
                Content_Security_Policy="default-src 'self'; frame-ancestors 'none'",
            )
        if parts.path == "/m/code":
            image = qrcode.make(fake.url + "/q/i1.svg", image_factory=SvgPathImage).to_string(
                encoding="unicode"
            )
            picture = f"data:image/svg+xml,{quote(image)}"
            return self._answer(200, f'<title>码</title><img src="{picture}" width="300" height="300">')
        if parts.path == "/":
            return self._answer(200, "<title>首页</title><h1>应用首页</h1>")
        return self._answer(404, "<h1>404</h1>")
