"""No number or name of a person may stand where it stays: in a log, an address that we send somebody to or put into a
page, the path of a request, a QR code, a push, an error of the API.

The whole suite is listened to, at every level of every logger and before anything is cut from a line, so that the
cutting (`services/operation/log_lines.py`) is a second net and not the only one. SQL with its values is left out: no
house ever turns it on (test_personal_data_stays_in.py). Found is any ID number, any mobile number, and the small
world's names; `faults` are those since the last look. What processes write that a test starts
(`tests/support/processes.py`) is read after each test: those lines are cut as in a house.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from flask import Response, request, request_finished

from services.accounts.documents import check_id_number
from services.errors import Refusal

ID = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
PHONE = re.compile(r"(?<![\d.])1[3-9]\d{9}(?!\d)")
#: A random value in hexadecimal holds eleven digits in a row now and then; that is nobody's number.
RANDOM = re.compile(r"(?<![0-9A-Za-z])(?=[0-9]*[a-f])[0-9a-f]{12,}(?![0-9A-Za-z])")
NAMES = ("王小博", "李阿丽", "赵查理")
#: An address on a page; to call somebody or to write to him is no address of ours, and stays with the phone.
LINK = re.compile(r"""\b(?:href|src|action|formaction|hx-get|hx-post)=["'](?!tel:|sms:|data:)([^"']*)""")
#: Loggers that tell every statement with its values, at a level that no house turns on.
SQL = ("peewee", "psycopg")
#: An address's key is not a number of a person, however it looks.
LONGEST = 200

faults: list[str] = []
#: Logs of processes, and how far each has been read.
_followed: dict[Path, int] = {}


def found_in(text: str, *, names: bool = False) -> str:
    """The first number (or name) of a person in a text, "" if there is none."""
    for match in ID.finditer(text):
        try:
            check_id_number(match[0])
        except Refusal:
            continue
        return match[0]
    phone = PHONE.search(RANDOM.sub("", text))
    if phone:
        return phone[0]
    return next((name for name in NAMES if name in text), "") if names else ""


def look(where: str, text: str, *, names: bool = False) -> None:
    """Note it as a fault if it tells who somebody is."""
    if hit := found_in(text, names=names):
        faults.append(f"{where}: {hit!r} in {text[:LONGEST]!r}")


def follow(log: Path) -> None:
    """Read this file as well, from where it ends now."""
    _followed.setdefault(log, log.stat().st_size if log.exists() else 0)


def read_on() -> None:
    """Look at what the processes have written since the last time; a file that is gone is read no more."""
    for log, begin in list(_followed.items()):
        try:
            size = log.stat().st_size
        except FileNotFoundError:
            del _followed[log]
            continue
        if size == begin:
            continue
        begin = begin if size > begin else 0  # begun anew
        with log.open("rb") as lines:
            lines.seek(begin)
            text = lines.read(size - begin)
        whole = text[: text.rfind(b"\n") + 1]
        _followed[log] = begin + len(whole)
        for line in whole.decode(errors="replace").splitlines():
            look(f"{log.name} of a process", line, names=True)


def _heard(logger: logging.Logger, message: object, args: tuple[Any, ...], more: dict[str, Any]) -> None:
    if logger.name.split(".")[0] in SQL:
        return
    try:
        text = str(message) % args if args else str(message)
    except (TypeError, ValueError):
        text = f"{message} {args!r}"
    shown = more.get("exc_info")
    if shown:
        error = shown if isinstance(shown, BaseException) else sys.exc_info()[1]
        text += "".join(traceback.format_exception_only(error)) if error else ""
    look(f"log {logger.name}", text + repr(more.get("extra") or ""), names=True)


def _listen(method: str) -> None:
    original = getattr(logging.Logger, method)

    def spoken(self: logging.Logger, message: object, *args: Any, **more: Any) -> None:
        _heard(self, message, args, more)
        original(self, message, *args, **{**more, "stacklevel": more.get("stacklevel", 1) + 1})

    setattr(logging.Logger, method, spoken)


def _answered(_app: Any, response: Response, **_: Any) -> None:
    look("redirect", unquote(response.headers.get("Location", "")))
    # A path that is none of ours is what somebody tried.
    look(f"path of {request.method}", unquote(request.path) if request.url_rule else "")
    if response.mimetype == "text/html" and not response.direct_passthrough:
        for address in LINK.findall(response.get_data(as_text=True)):
            look(f"link on {request.url_rule}", unquote(address))
    if response.status_code >= 400 and response.is_json and not response.direct_passthrough:
        look(f"error of {request.path}", response.get_data(as_text=True), names=True)


def watch() -> None:
    """Listen to this process from now on."""
    import qrcode

    from tests.support.fakes import FakeGateway

    for method in ("debug", "info", "warning", "error", "critical"):
        _listen(method)
    request_finished.connect(_answered, weak=False)
    drawn, sent = qrcode.QRCode.add_data, FakeGateway._call

    def drawing(self: Any, data: Any, *args: Any, **more: Any) -> None:
        look("QR code", data if isinstance(data, str) else repr(data))
        drawn(self, data, *args, **more)

    def sending(self: Any, method: str, default: Any, **facts: Any) -> Any:
        if method.startswith("send_") or method in ("create_qr", "mini_code", "mass_send"):
            look(f"push {method}", repr(facts))
        return sent(self, method, default, **facts)

    qrcode.QRCode.add_data = drawing
    FakeGateway._call = sending  # type: ignore[method-assign]
