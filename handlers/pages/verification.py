"""Files with a fixed place: WeChat's verification files, at the root for the page domain and under /q/ for the
link rule (§5.3, §7.1), and the icon that browsers ask for unasked."""

from __future__ import annotations

import re
from pathlib import Path

from apiflask import APIBlueprint
from flask import Response, current_app

from services.errors import Refusal, RefusalCode

bp = APIBlueprint("verification", __name__, enable_openapi=False)

FOLDER = "wechat-verify"
NAME = re.compile(r"[A-Za-z0-9_-]{4,64}", re.ASCII)


@bp.get("/<stem>.txt")
@bp.get("/q/<stem>.txt")
def file(stem: str) -> Response:
    """The file as it was downloaded from WeChat's console. Refusal: NOT_FOUND."""
    path = Path(current_app.static_folder or "") / FOLDER / f"{stem}.txt"
    if not NAME.fullmatch(stem) or not path.is_file():
        raise Refusal(RefusalCode.NOT_FOUND)
    return Response(path.read_bytes(), mimetype="text/plain")


@bp.get("/favicon.ico")
def icon() -> Response:
    """The icon, for browsers that look here and not into the page."""
    return current_app.send_static_file("favicon.svg")
