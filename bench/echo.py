"""The peer of the chat: WeRoBot in Flask, which answers each sealed message with its own words, sealed.

ECHO_SESSION "" switches its session off; else it is the file of the SQLite session that WeRoBot has when nobody says
anything else (`requirements-bench.txt` brings WeRoBot; nothing of the product knows it).
"""

from __future__ import annotations

import os
from typing import Any

from flask import Flask


def robot(*, token: str, aes_key: str, appid: str, session: str = "") -> Any:
    """A WeRoBot that echoes; `session`: its file, "" for none."""
    from werobot import WeRoBot
    from werobot.session.sqlitestorage import SQLiteStorage

    made = WeRoBot(
        token=token, app_id=appid, encoding_aes_key=aes_key, enable_session=bool(session),
        session_storage=SQLiteStorage(session) if session else None,
    )  # fmt: skip
    made.text(_with_session if session else _plain)
    return made


def _plain(message: Any) -> str:
    return str(message.content)


def _with_session(message: Any, _session: dict[str, Any]) -> str:
    return str(message.content)


def create_echo() -> Flask:
    """The application, at /wechat."""
    from werobot.contrib.flask import make_view

    app = Flask("echo")
    made = robot(
        token=os.environ["FLOOR_TOKEN"], aes_key=os.environ["FLOOR_AES_KEY"], appid=os.environ["FLOOR_APPID"],
        session=os.environ["ECHO_SESSION"],
    )  # fmt: skip
    app.add_url_rule("/wechat", endpoint="wechat", view_func=make_view(made), methods=["POST"])
    return app
