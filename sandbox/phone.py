"""One phone at ``http://p<N>.localhost``: its page, what the page asks, and the built-in browser behind it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, abort, jsonify, redirect, render_template, request

from sandbox import acts, codes, oauth, program, program_host
from sandbox.menus import menu_of
from sandbox.proxy import forward, local_path
from sandbox.world import User, World

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"]


def phone_number(host: str) -> int | None:
    """3 for ``p3.localhost:8001``; None for a host that is no phone."""
    found = re.match(r"p(\d{1,6})\.", host)
    return int(found[1]) if found else None


def create_phone_app(world: World) -> Flask:
    """The application behind every phone host."""
    app = Flask(
        "sandbox.phone",
        static_folder="static",
        static_url_path="/_phone/static",
        template_folder="templates",
        root_path=__file__.rsplit("/", 1)[0],
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.config["TEMPLATES_AUTO_RELOAD"] = True

    def me() -> User:
        user = world.user(phone_number(request.host) or 0)
        if user is None:
            abort(Response("没有这部手机", 404, mimetype="text/plain"))
        return user

    @app.errorhandler(acts.Impossible)
    def impossible(error: acts.Impossible) -> tuple[Response, int]:
        return jsonify({"error": str(error)}), 409

    _pages(app, world, me)
    _questions(app, world, me)
    program_host.register(app, world, me)

    @app.route("/", methods=METHODS)
    @app.route("/<path:_path>", methods=METHODS)
    def browser(_path: str = "") -> Response | str:
        user = me()
        if not _path and _wants_phone():
            return render_template("phone.html", user=user, brand=world.config.brand)
        return forward(world, user)

    return app


def _wants_phone() -> bool:
    """``/`` is the phone itself, unless a page inside the phone's browser goes to the app's own ``/``."""
    dest, site = (
        request.headers.get("Sec-Fetch-Dest", "document"),
        request.headers.get("Sec-Fetch-Site", "none"),
    )
    return request.method == "GET" and (dest == "document" or (dest == "iframe" and site != "same-origin"))


def _pages(app: Flask, world: World, me: Callable[[], User]) -> None:
    @app.get("/connect/oauth2/authorize")
    def authorize() -> Response:
        return oauth.authorize(world, me())

    @app.get("/subscribe-dialog")
    def dialog() -> str | tuple[str, int]:
        user, wanted = me(), program.wanted(request.args.get("template_ids", ""))
        problem = program.problem(world, wanted)
        return render_template(
            "subscribe.html",
            user=user,
            brand=world.config.brand,
            problem=problem,
            templates=[] if problem else [(item, world.data.templates[item]) for item in wanted],
            ids=",".join(wanted),
            back=request.args.get("return", ""),
        ), 400 if problem else 200

    @app.post("/subscribe-dialog")
    def answer() -> Any:
        user, wanted = me(), program.wanted(request.form.get("template_ids", ""))
        if program.problem(world, wanted):
            abort(400)
        allowed = request.form.get("answer") == "accept"
        accepted = [item for item in wanted if allowed and item in request.form.getlist("template")]
        acts.answer_subscription(world, user, accepted, [item for item in wanted if item not in accepted])
        path = local_path(world, request.form.get("return", ""))
        if path:
            return redirect(path)
        return render_template(
            "subscribe.html",
            user=user,
            brand=world.config.brand,
            done=True,
            accepted=[world.data.templates[item]["title"] for item in accepted],
        )


def _questions(app: Flask, world: World, me: Callable[[], User]) -> None:
    def given() -> dict[str, Any]:
        body = request.get_json(silent=True)
        return body if isinstance(body, dict) else {}

    @app.get("/_phone/state")
    def state() -> Response:
        user, after = me(), request.args.get("after", 0, int)
        with world.lock:
            entries = [entry for entry in user.chat if entry["id"] > after and _arrived(user, entry)]
            mine = {
                key: getattr(user, key)
                for key in ("n", "name", "phone", "following", "airplane", "refuses", "font_size")
            }
            titles = {
                key: item["title"] for key, item in world.data.templates.items() if item["account"] == "mp"
            }
            return jsonify(
                {
                    "now": world.now(),
                    "epoch": world.data.epoch,
                    "user": mine,
                    "program": {"ready": program.ready(world), "why": program.why_not(world)},
                    "menu": menu_of(world, user),
                    "menu_id": world.data.menu_id,
                    "entries": entries,
                    "last": user.chat[-1]["id"] if user.chat else 0,
                    "subscriptions": [
                        {
                            "id": key,
                            "title": title,
                            "credits": user.credits.get(key, 0),
                            "always": key in user.long_term,
                        }
                        for key, title in titles.items()
                    ],
                }
            )

    @app.post("/_phone/send")
    def send() -> Response:
        body = given()
        acts.send_text(world, me(), str(body.get("text", "")), str(body.get("menu_id") or ""))
        return jsonify({})

    @app.post("/_phone/menu")
    def menu() -> Response:
        body = given()
        return jsonify(_opening(world, acts.tap_menu(world, me(), int(body["index"]), body.get("sub"))))

    @app.post("/_phone/follow")
    def follow() -> Response:
        acts.follow(world, me())
        return jsonify({})

    @app.post("/_phone/unfollow")
    def unfollow() -> Response:
        acts.unfollow(world, me())
        return jsonify({})

    @app.post("/_phone/airplane")
    def airplane() -> Response:
        set_airplane(world, me(), given().get("on") is True)
        return jsonify({})

    @app.post("/_phone/scan")
    def scan() -> Response:
        user, body = me(), given()
        return jsonify(_opening(world, acts.scan(world, user, str(body.get("text", "")), body.get("menu"))))

    @app.post("/_phone/read")
    def read() -> Response:
        if not codes.readable():
            raise acts.Impossible(codes.NO_READER)
        upload = request.files.get("image")
        found = codes.read(upload.read() if upload else b"")
        if not found:
            raise acts.Impossible("这张图片里没有认出二维码")
        return jsonify({"texts": found})

    @app.post("/_phone/seen")
    def seen() -> Response:
        user, page = me(), request.form.get("page", "")
        for place, upload in enumerate(request.files.getlist("image")[:4]):
            source = f"{user.n} {page} {place}"
            codes.remember(world, upload.read(), source, f"{user.name}的手机屏幕")
        return jsonify({})

    @app.get("/_phone/codes")
    def shown() -> Response:
        return jsonify({"codes": codes.known(world)})

    @app.post("/_phone/open")
    def opening() -> Response:
        return jsonify(_opening(world, {"open": str(given().get("url", ""))}))

    @app.post("/_phone/refuse")
    def refuse() -> Response:
        acts.refuse_template(world, me(), str(given().get("template", "")))
        return jsonify({})


def set_airplane(world: World, user: User, on: bool) -> None:
    """Cut the phone off; what arrives meanwhile shows when it is back."""
    with world.open():
        user.airplane, user.airplane_after = on, world.serial()


def _arrived(user: User, entry: dict[str, Any]) -> bool:
    return not user.airplane or entry["id"] <= user.airplane_after or entry["side"] == "me"


def _opening(world: World, result: dict[str, Any]) -> dict[str, Any]:
    """An address to open becomes a path on this phone's host; a foreign one stays text."""
    if "open" not in result:
        return result
    path = local_path(world, result["open"])
    if path or "program" in result:
        return {**result, "open": path}
    return {"text": result["open"], "note": "模拟手机只打开本应用的网页"}
