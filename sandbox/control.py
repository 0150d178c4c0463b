"""Control API for tests and the demo, all JSON under ``/_control``.

Every POST takes and gives JSON. An answer is 200, or 400/404/409 with ``{"error": sentence}``. An act of a phone
with ``"wait": true`` returns only after the app has answered (or failed to) all pushes under way.

====================================  =====================================================================
POST reset {keep_users?}              forget everything (tokens, logs, faults, chats); the users too unless kept
GET  users, users/N                   who exists: n, name, openids, unionid, phone, following, credits, windows …
POST users {name?, phone?, …}         add one; missing fields are made up; 409 if number or openid is taken
PATCH users/N {…}                     set name, phone, unionid, following (silent, no event), high_risk (40226),
                                      blocks_templates, airplane, refuses [template …], mp_seen_at (unix s)
POST users/N/follow {scene?}          follow; with a scene as through a parametric code
POST users/N/unfollow                 unfollow
POST users/N/say {text, menu_id?}     type a text, or tap a message menu's line
POST users/N/menu {index, sub?}       tap an account menu button
POST users/N/scan {text}              scan a code that holds text
POST users/N/subscribe {accept, reject}  answer the subscription dialog: lists of template ids
POST users/N/credits {template, count}   set the subscription credits of a template
POST users/N/login-code               a wx.login code (5 min, once): {code}; opens the mini-program (61010 rule)
POST users/N/phone-code               a getPhoneNumber code: {code}
GET  users/N/chat ?after=             the entries of the phone's chats: id, chat oa|notices, side, kind, text …
GET, POST templates                   all; add {id, account oa|mp, title, keys {thing1: label}, long_term?}
GET, DELETE faults                    what is scripted; forget it
POST faults {api, kind, times?, …}    api: path or *; kind: errcode {errcode, errmsg?}, html {status?},
                                      delay {seconds}, cut (before the work), cut-after (work done, no answer);
                                      seconds may be given with every kind; times defaults to 1
GET  log ?api=&n=&after=              messages that reached the platform: at, api subscribe|template|custom, n,
                                      openid, template, data, url/page, msgid, client_msg_id, status
GET  repeats                          template messages dropped, since their client_msg_id had been there
GET  pushes                           tries towards the app: fields, try, result, seconds
GET  calls                            API calls: path, errcode
POST push {side oa|mp, n, fields}     push any message or event of user n: {state, reply, tries}
POST push {side, query, body}         post any text to the callback, unsigned and unsealed: {status, body}
POST verify {side}                    save the server address in the console: {verified} (GET with echostr)
POST links {program}                  whether addresses under /q/ that are scanned open the mini-program
POST quota {path, limit}              calls a day (null: none) of one API
POST tokens/revoke {side}             kill all tokens of an account: the next call with one gives 40001
POST wait                             until no push is under way
GET  sms                              texts that the short-message gateway sent: to, text, reference
GET  routes, menu, codes              ROUTES; the account menu; codes a phone could pick
====================================  =====================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, abort, jsonify, make_response, request

from sandbox import acts, codes, credentials, push, sms, tokens
from sandbox.phone import set_airplane
from sandbox.platform import ROUTES
from sandbox.world import User, World

FAULTS = {"errcode", "html", "delay", "cut", "cut-after"}
SETTABLE = {"name", "phone", "unionid", "following", "high_risk", "blocks_templates", "refuses", "mp_seen_at"}


def blueprint(world: World) -> Blueprint:
    """The control API on one world."""
    control = Blueprint("control", __name__, url_prefix="/_control")

    @control.errorhandler(acts.Impossible)
    @control.errorhandler(ValueError)
    @control.errorhandler(KeyError)
    def refused(error: Exception) -> tuple[Response, int]:
        return jsonify({"error": str(error)}), 409 if isinstance(error, acts.Impossible) else 400

    @control.post("/reset")
    def reset() -> Response:
        acts.wait(world, 5)
        world.reset(keep_users=_given().get("keep_users") is True)
        return jsonify({})

    @control.post("/wait")
    def wait() -> Response:
        acts.wait(world)
        return jsonify({})

    _users(control, world)
    _phone_acts(control, world)
    _platform(control, world)
    _books(control, world)
    return control


def _given() -> dict[str, Any]:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def _user(world: World, n: int) -> User:
    user = world.user(n)
    if user is None:
        abort(make_response(jsonify({"error": "no such user"}), 404))
    return user


def _shown(user: User) -> dict[str, Any]:
    return {key: value for key, value in asdict(user).items() if key not in ("chat", "cookies", "storage")}


def _users(control: Blueprint, world: World) -> None:
    @control.get("/users")
    def users() -> Response:
        with world.lock:
            return jsonify({"users": [_shown(user) for user in world.data.users.values()]})

    @control.post("/users")
    def add() -> tuple[Response, int]:
        try:
            return jsonify(_shown(world.add_user(_given()))), 200
        except ValueError as error:
            return jsonify({"error": str(error)}), 409

    @control.get("/users/<int:n>")
    def one(n: int) -> Response:
        return jsonify(_shown(_user(world, n)))

    @control.patch("/users/<int:n>")
    def change(n: int) -> Response:
        user, body = _user(world, n), _given()
        if unknown := set(body) - SETTABLE - {"airplane"}:
            raise ValueError(f"cannot set {', '.join(sorted(unknown))}")
        with world.open():
            for key, value in body.items():
                if key == "airplane":
                    set_airplane(world, user, value is True)
                else:
                    setattr(user, key, value)
        return jsonify(_shown(user))

    @control.get("/users/<int:n>/chat")
    def chat(n: int) -> Response:
        after = request.args.get("after", 0, int)
        with world.lock:
            return jsonify({"entries": [entry for entry in _user(world, n).chat if entry["id"] > after]})


def _phone_acts(control: Blueprint, world: World) -> None:
    def act(name: str, do: Callable[[User, dict[str, Any]], Any]) -> None:
        def view(n: int) -> Response:
            body = _given()
            result = do(_user(world, n), body)
            if body.get("wait"):
                acts.wait(world)
            return jsonify(result or {})

        control.add_url_rule(f"/users/<int:n>/{name}", f"act-{name}", view, methods=["POST"])

    def follow(user: User, body: dict[str, Any]) -> None:
        scene = body.get("scene")
        acts.follow(world, user, {"scene": str(scene), "ticket": "gQcontrol"} if scene else None)

    def set_credits(user: User, body: dict[str, Any]) -> None:
        with world.open():
            user.credits[str(body["template"])] = int(body["count"])

    act("follow", follow)
    act("unfollow", lambda user, body: acts.unfollow(world, user))
    act(
        "say",
        lambda user, body: acts.send_text(world, user, str(body["text"]), str(body.get("menu_id") or "")),
    )
    act("menu", lambda user, body: acts.tap_menu(world, user, int(body["index"]), body.get("sub")))
    act("scan", lambda user, body: acts.scan(world, user, str(body["text"])))
    act(
        "subscribe",
        lambda user, body: acts.answer_subscription(
            world, user, list(body.get("accept", [])), list(body.get("reject", []))
        ),
    )
    act("credits", set_credits)
    act("login-code", lambda user, body: {"code": credentials.new_code(world, user, "login")})
    act("phone-code", lambda user, body: {"code": credentials.new_code(world, user, "phone")})


def _platform(control: Blueprint, world: World) -> None:
    @control.route("/templates", methods=["GET", "POST"])
    def templates() -> Response:
        with world.open() as data:
            if request.method == "POST":
                body = _given()
                if body["account"] not in ("oa", "mp") or not isinstance(body["keys"], dict):
                    raise ValueError("account is oa or mp, keys an object")
                data.templates[str(body["id"])] = {
                    key: body[key] for key in ("account", "title", "keys", "long_term") if key in body
                }
            return jsonify({"templates": data.templates})

    @control.route("/faults", methods=["GET", "POST", "DELETE"])
    def faults() -> Response:
        with world.open() as data:
            if request.method == "DELETE":
                data.faults = []
            if request.method == "POST":
                body = _given()
                if body.get("kind") not in FAULTS or not (
                    body.get("api") in ("*", sms.PATH) or any(body.get("api") == path for _, path in ROUTES)
                ):
                    raise ValueError("unknown kind or api")
                if body["kind"] == "errcode" and not isinstance(body.get("errcode"), int):
                    raise ValueError("errcode is missing")
                data.faults.append({**body, "times": int(body.get("times", 1))})
            return jsonify({"faults": data.faults})

    @control.post("/quota")
    def quota() -> Response:
        body = _given()
        with world.open() as data:
            if body.get("limit") is None:
                data.quotas.pop(str(body["path"]), None)
            else:
                data.quotas[str(body["path"])] = int(body["limit"])
            return jsonify({"quotas": data.quotas})

    @control.post("/tokens/revoke")
    def revoke() -> Response:
        tokens.revoke(world, str(_given()["side"]))
        return jsonify({})

    @control.post("/links")
    def links() -> Response:
        with world.open() as data:
            data.links_open_program = _given().get("program") is True
        return jsonify({})

    @control.post("/verify")
    def verify() -> Response:
        return jsonify({"verified": push.verify(world, str(_given()["side"]))})

    @control.post("/push")
    def send() -> Response:
        body = _given()
        side = body["side"]
        if side not in ("oa", "mp"):
            raise ValueError("side is oa or mp")
        if "body" in body:
            return jsonify(push.post_raw(world, side, str(body.get("query", "")), str(body["body"])))
        outcome = acts.tell(world, side, _user(world, int(body["n"])), dict(body["fields"]))
        return jsonify(asdict(outcome))


def _books(control: Blueprint, world: World) -> None:
    @control.get("/log")
    def log() -> Response:
        api, n, after = (
            request.args.get("api"),
            request.args.get("n", 0, int),
            request.args.get("after", 0.0, float),
        )
        with world.lock:
            return jsonify(
                {
                    "sent": [
                        entry
                        for entry in world.data.sent
                        if (not api or entry["api"] == api)
                        and (not n or entry["n"] == n)
                        and entry["at"] > after
                    ]
                }
            )

    @control.get("/repeats")
    def repeats() -> Response:
        with world.lock:
            return jsonify({"repeats": list(world.data.repeats)})

    @control.get("/pushes")
    def pushes() -> Response:
        with world.lock:
            return jsonify({"pushes": list(world.data.pushes)})

    @control.get("/calls")
    def calls() -> Response:
        with world.lock:
            return jsonify({"calls": list(world.data.calls)})

    @control.get("/routes")
    def routes() -> Response:
        return jsonify({"routes": ROUTES})

    @control.get("/menu")
    def menu() -> Response:
        return jsonify({"menu": world.data.menu})

    @control.get("/drafts")
    def drafts() -> Response:
        with world.lock:
            return jsonify({"drafts": list(world.data.drafts)})

    @control.get("/codes")
    def known() -> Response:
        return jsonify({"codes": codes.known(world)})
