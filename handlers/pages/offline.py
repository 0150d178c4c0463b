"""The page of a leader's phone without a network: one shell, kept by a service worker; what it knows comes by the API.

It runs in the phone's ordinary browser: WeChat's own has no service worker on every phone, so there the page only
says how to get out. Nothing personal is in the shell; list and token lie on the phone behind a PIN.
"""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path

from apiflask import APIBlueprint
from flask import Response, current_app, render_template
from flask.typing import ResponseReturnValue

from handlers import parts
from handlers.pages.browser import in_wechat, known_form

bp = APIBlueprint("offline", __name__, enable_openapi=False)

#: What the service worker keeps besides the page.
ASSETS = (
    "style.css", "favicon.svg", "offline/offline.css", "offline/app.js", "offline/store.js", "offline/codes.js",
    "offline/camera.js", "vendor/jsQR.js", "vendor/noble-ed25519.js",
)  # fmt: skip


@bp.get("/o/")
def shell() -> ResponseReturnValue:
    """The page as the service worker keeps it."""
    return render_template("pages/offline.html", brand=parts().brand)


@bp.get("/o/<link>")
def opened(link: str) -> ResponseReturnValue:
    """The one-time link. Looking at it opens nothing: the phone does, once a PIN is set."""
    known_form(link)
    if in_wechat():
        return render_template("pages/offline_outside.html", url=f"{parts().public_url}/o/{link}")
    return shell()


@bp.get("/o/sw.js")
def worker() -> Response:
    """The service worker, with what it keeps and a version that changes with any of it."""
    folder = Path(current_app.static_folder or "")
    page = render_template("pages/offline.html", brand=parts().brand)
    version = hashlib.sha256((_digest(folder) + page).encode()).hexdigest()[:16]
    kept = ["/o/", *(f"/static/{name}" for name in ASSETS)]
    head = f"const VERSION = {json.dumps(version)};\nconst KEPT = {json.dumps(kept)};\n"
    body = head + (folder / "offline" / "worker.js").read_text(encoding="utf-8")
    return Response(body, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})


@functools.cache
def _digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for name in (*ASSETS, "offline/worker.js"):
        whole.update((folder / name).read_bytes())
    return whole.hexdigest()
