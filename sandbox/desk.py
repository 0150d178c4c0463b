"""The desk at ``http://localhost:8001/``: all phones, two of them side by side, and what was sent."""

from __future__ import annotations

import time
from typing import Any

from flask import Flask, Response, redirect, render_template, request

from sandbox import oauth, program
from sandbox.proxy import phone_origin
from sandbox.world import World


def register(app: Flask, world: World) -> None:
    """Put the desk's pages on ``app``."""

    def phones() -> list[dict[str, Any]]:
        with world.lock:
            return [
                {
                    "n": user.n,
                    "name": user.name,
                    "phone": user.phone,
                    "following": user.following,
                    "url": phone_origin(world, user.n),
                }
                for user in sorted(world.data.users.values(), key=lambda u: u.n)
            ]

    @app.template_filter("clock")
    def clock(moment: float) -> str:
        return time.strftime("%m-%d %H:%M:%S", time.gmtime(moment + 8 * 3600))

    @app.get("/")
    def desk() -> str:
        return render_template("desk.html", phones=phones(), brand=world.config.brand, site=world.config.site,
                               program=program.ready(world), why=program.why_not(world),
                               linked=world.data.links_open_program)  # fmt: skip

    @app.post("/links")
    def links() -> Response:
        with world.open() as data:
            data.links_open_program = request.form.get("open") == "program"
        return redirect("/")  # type: ignore[return-value]

    @app.post("/users")
    def add() -> Response:
        world.add_user(
            {
                "name": request.form.get("name", "").strip()[:20] or None,
                "phone": request.form.get("phone", "").strip()[:11] or None,
            }
        )
        return redirect("/")  # type: ignore[return-value]

    @app.get("/desk")
    def side_by_side() -> str:
        everyone = phones()
        numbers = [phone["n"] for phone in everyone]
        left, right = (request.args.get(side, 0, int) for side in ("left", "right"))
        first = [n for n in (left, right) if n in numbers]
        spare = [n for n in numbers if n not in first]
        left = left if left in numbers else (spare.pop(0) if spare else 0)
        right = right if right in numbers else (spare.pop(0) if spare else 0)
        return render_template(
            "two.html",
            phones=everyone,
            left=left,
            right=right,
            origin={n: phone_origin(world, n) for n in numbers},
        )

    @app.get("/log")
    def log() -> str:
        with world.lock:
            return render_template(
                "log.html",
                sent=world.data.sent[-100:][::-1],
                pushes=world.data.pushes[-100:][::-1],
                calls=world.data.calls[-100:][::-1],
            )

    @app.get("/weixin/q/<key>")
    @app.get("/weixin/wxa")
    def code(key: str = "") -> str:
        text = f"{world.config.base_url}{request.full_path.rstrip('?')}"
        return render_template("pick.html", phones=phones(), text=text)

    @app.get("/connect/oauth2/authorize")
    def authorize() -> Response:
        return oauth.outside()

    @app.get("/subscribe-dialog")
    def dialog() -> Response:
        return oauth.outside()
