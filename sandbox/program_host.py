"""What the mini-program's frame asks of the phone around it: its files, codes, subscriptions, sharing.

Its calls of the app's API go through the phone's host too (``proxy.forward``), so that airplane mode cuts its line.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, abort, jsonify, request, send_from_directory

from sandbox import acts, credentials, program
from sandbox.world import User, World

SIZES = (15, 17, 19, 22)


def register(app: Flask, world: World, me: Callable[[], User]) -> None:
    """The program's files under ``/_mp/`` and its questions under ``/_phone/``."""

    @app.get("/_mp/")
    @app.get("/_mp/<path:name>")
    def program_file(name: str = "index.html") -> Response:
        place = program.folder(world)
        if place is None:
            abort(404)
        me()
        if name == "host.js":
            return app.send_static_file("host.js")
        return send_from_directory(place.absolute(), name, max_age=0)

    def given() -> dict[str, Any]:
        body = request.get_json(silent=True)
        return body if isinstance(body, dict) else {}

    @app.post("/_phone/code")
    def code() -> Response:
        user, kind = me(), str(given().get("kind"))
        if kind not in ("login", "phone"):
            abort(400)
        if user.airplane:
            raise acts.Impossible("飞行模式：手机没有网络")
        return jsonify({"code": credentials.new_code(world, user, kind)})

    @app.post("/_phone/may-ask")
    def may_ask() -> Response:
        user, ids = me(), [str(each) for each in given().get("ids", [])]
        if user.airplane:
            return jsonify({"errCode": 10002, "errMsg": "网络问题，请求消息列表失败"})
        number, _, words = program.problem(world, ids).partition("：")
        titles = {each: world.data.templates[each]["title"] for each in ids if not number}
        return jsonify({"errCode": int(number), "errMsg": words} if number else {"titles": titles})

    @app.post("/_phone/subscribed")
    def subscribed() -> Response:
        answers = {key: word for key, word in given().items() if key in world.data.templates}
        took = [key for key, word in answers.items() if word == "accept"]
        acts.answer_subscription(world, me(), took, [key for key in answers if key not in took])
        return jsonify({})

    @app.get("/_phone/people")
    def people() -> Response:
        user = me()
        with world.lock:
            others = sorted(world.data.users.values(), key=lambda each: each.n)
            return jsonify({"people": [{"n": each.n, "name": each.name} for each in others if each is not user]})

    @app.post("/_phone/share")
    def share() -> Response:
        user, body = me(), given()
        friend = world.user(int(body.get("to") or 0))
        if friend is None:
            abort(404)
        acts.share(world, user, friend, str(body.get("title") or world.config.brand), str(body.get("path") or ""))
        return jsonify({})

    @app.route("/_phone/storage", methods=["GET", "POST"])
    def storage() -> Response:
        user = me()
        if request.method == "POST":
            with world.open():
                user.storage = {str(key): str(value) for key, value in given().items()}
        return jsonify(user.storage)

    @app.post("/_phone/font")
    def font() -> Response:
        user, size = me(), given().get("size")
        if size not in SIZES:
            abort(400)
        with world.open():
            user.font_size = size
        return jsonify({})
