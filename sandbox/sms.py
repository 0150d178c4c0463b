"""A short-message gateway to play with: what arrives is kept in memory and shown by the control API.

Its key is ``sandbox-sms``. Faults are scripted as for the platform, under the path ``/sms/send``; a number that ends in
0000 is not accepted.
"""

from __future__ import annotations

import time
from typing import Any

from flask import Flask, Response, jsonify, request

from sandbox.platform import PAGE_502, cut_connection, next_fault
from sandbox.world import World

PATH, KEY = "/sms/send", "sandbox-sms"


def register(app: Flask, world: World) -> None:
    """Put the gateway, and the list of what it sent, on ``app``."""
    sent: list[dict[str, Any]] = []

    @app.post(PATH)
    def send() -> Response:
        fault = next_fault(world, PATH)
        if fault.get("seconds"):
            time.sleep(float(fault["seconds"]))
        if fault.get("kind") == "cut":
            cut_connection()
        if fault.get("kind") == "html":
            return Response(PAGE_502, int(fault.get("status", 502)), mimetype="text/html")
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return Response("", 401)
        body = request.get_json(silent=True) or {}
        if not str(body.get("to", "")).isdigit() or not body.get("text") or str(body["to"]).endswith("0000"):
            return jsonify({"accepted": False, "reason": "number"})
        with world.lock:
            sent.append({"at": world.now(), **{key: str(body.get(key)) for key in ("to", "text", "reference")}})
            number = len(sent)
        if fault.get("kind") == "cut-after":
            cut_connection()
        return jsonify({"accepted": True, "id": f"s{number}"})

    @app.get("/_control/sms")
    def texts() -> Response:
        with world.lock:
            return jsonify({"texts": list(sent)})
