"""The floor: bare Flask with the raw driver doing the same statements, and raw AES + expat for the chat.

No sessions, no rules, no models: what is left when everything of ours is taken away but the work itself. The databases
are set as ours are (`models.dialect`), or the ratio would speak of settings.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import threading
import time
import xml.parsers.expat
from pathlib import Path
from typing import Any

import apsw
import psycopg
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from flask import Flask, Response, jsonify, request

from models.dialect import BUSY_SECONDS, PG_OPTIONS, sqlite_pragmas

Statements = list[tuple[str, list[Any]]]

_local = threading.local()
_lock = threading.Lock()


def _database() -> apsw.Connection:
    if not hasattr(_local, "database"):
        _local.database = apsw.Connection(os.environ["FLOOR_DATABASE"])
        _local.database.setbusytimeout(BUSY_SECONDS * 1000)
        for name, value in sqlite_pragmas().items():
            _local.database.execute(f"PRAGMA {name} = {value}")
    return _local.database


def _run_in_sqlite(statements: Statements) -> None:
    database = _database()
    with _lock:
        database.execute("BEGIN IMMEDIATE")
        for sql, params in statements:
            database.execute(sql, params).fetchall()
        database.execute("COMMIT")


def _postgres() -> psycopg.Connection[Any]:
    if not hasattr(_local, "database"):
        _local.database = psycopg.connect(os.environ["FLOOR_DATABASE"], autocommit=True, options=PG_OPTIONS)
    return _local.database


def _run_in_postgres(statements: Statements) -> None:
    database = _postgres()
    with database.transaction():
        for sql, params in statements:
            found = database.execute(sql, params)
            if found.description:
                found.fetchall()


def create_floor() -> Flask:
    """The floor application; FLOOR_STATEMENTS holds, for each act of ours, the SQL that it runs, in order."""
    app = Flask("floor")
    acts: dict[str, Statements] = json.loads(Path(os.environ["FLOOR_STATEMENTS"]).read_text(encoding="utf-8"))
    postgres = os.environ["FLOOR_DATABASE"].startswith("postgresql:")
    run = _run_in_postgres if postgres else _run_in_sqlite

    @app.get("/livez")
    def livez() -> Response:
        return jsonify(status="ok")

    @app.post("/act/<name>")
    def act(name: str) -> Response:
        body = request.get_json()
        token = hashlib.sha256(request.headers["Authorization"][7:].encode()).hexdigest()
        now = int(time.time() * 1000)
        marks = {"$token": token, "$now": now, "$person": body["person"], "$key": token + str(now)}
        run([(sql, [_filled(each, marks) for each in params]) for sql, params in acts[name]])
        return jsonify(outcome="accepted", at=now)

    key = base64.b64decode(os.environ["FLOOR_AES_KEY"] + "=")
    token = os.environ["FLOOR_TOKEN"]

    @app.post("/wechat")
    def wechat() -> Response:
        fields: dict[str, str] = {}
        _read(request.get_data(), fields)
        cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16]))
        plain = cipher.decryptor().update(base64.b64decode(fields["Encrypt"]))
        length = int.from_bytes(plain[16:20], "big")
        _read(plain[20 : 20 + length], fields)
        text = f"<xml><ToUserName>{fields['FromUserName']}</ToUserName><Content>hi</Content></xml>".encode()
        message = os.urandom(16) + len(text).to_bytes(4, "big") + text + b"wx-floor"
        pad = 32 - len(message) % 32
        sealed = base64.b64encode(cipher.encryptor().update(message + bytes([pad]) * pad)).decode()
        stamp, nonce = request.args["timestamp"], request.args["nonce"]
        signature = hashlib.sha1("".join(sorted((token, stamp, nonce, sealed))).encode()).hexdigest()
        return Response(
            f"<xml><Encrypt>{sealed}</Encrypt><MsgSignature>{signature}</MsgSignature>"
            f"<TimeStamp>{stamp}</TimeStamp><Nonce>{nonce}</Nonce></xml>",
            mimetype="text/xml",
        )

    return app


def _filled(value: Any, marks: dict[str, Any]) -> Any:
    """A mark as this request's value; inside a text it is the person's number."""
    if not isinstance(value, str) or "$" not in value:
        return value
    return marks[value] if value in marks else value.replace("$person", str(marks["$person"]))


def _read(document: bytes, fields: dict[str, str]) -> None:
    """Flat XML into `fields` with expat."""
    parser = xml.parsers.expat.ParserCreate()
    stack: list[str] = []

    def start(name: str, _attributes: dict[str, str]) -> None:
        stack.append(name)

    def end(_name: str) -> None:
        stack.pop()

    def text(data: str) -> None:
        fields[stack[-1]] = fields.get(stack[-1], "") + data if stack[-1] in fields else data

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.Parse(document, True)
