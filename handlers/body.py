"""What comes in a request's body: read whole or not at all, and the one loader for JSON.

The framework takes a body that was cut on its way, or the first megabyte of a longer one, for the whole; here
the one is BAD_REQUEST, the other TOO_LARGE. Depth, duplicate keys, NaN and infinities, huge numbers, NUL, lone
surrogates, a body that is not an object: all BAD_REQUEST with a word in `facts.why`; wrong content type
UNSUPPORTED_TYPE.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from typing import IO, Any

from flask import Request
from werkzeug.utils import cached_property
from werkzeug.wsgi import get_content_length

from services.errors import Refusal, RefusalCode

MAX_DEPTH = 32
MAX_DIGITS = 20
MAX_WHOLE = 2**63 - 1  # what both databases hold
#: Everything except brackets outside of strings; a string is skipped whole.
_NOT_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[^\[\]{}"]+', re.DOTALL)
_UNSENDABLE = re.compile("[\x00\ud800-\udfff]")


def _bad(why: str) -> Refusal:
    return Refusal(RefusalCode.BAD_REQUEST, why=why)


def _no_constant(_name: str) -> Any:
    raise _bad("number")


def _whole(text: str) -> int:
    number = int(text) if len(text) <= MAX_DIGITS else MAX_WHOLE + 1
    if abs(number) > MAX_WHOLE:
        raise _bad("number")
    return number


def _decimal(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")) or len(text) > 40:
        raise _bad("number")
    return number


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise _bad("duplicate_key")
    return result


#: Set up once: `json.loads` would make one for each body.
_DECODER = json.JSONDecoder(
    parse_constant=_no_constant, parse_int=_whole, parse_float=_decimal, object_pairs_hook=_pairs
)


def _check_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for bracket in _NOT_BRACKET.sub("", text):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_DEPTH:
            raise _bad("depth")


def _check_strings(node: Any) -> None:
    """Refuse text that a database or a peer cannot hold. The depth is bounded by `_check_depth`."""
    if isinstance(node, str):
        if _UNSENDABLE.search(node):
            raise _bad("character")
    elif isinstance(node, dict):
        for key, value in node.items():
            _check_strings(key)
            _check_strings(value)
    elif isinstance(node, list):
        for value in node:
            _check_strings(value)


def load(raw: bytes) -> dict[str, Any]:
    """The JSON object in `raw`, or a Refusal."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise _bad("utf8") from None
    _check_depth(text)
    try:
        document = _DECODER.decode(text)
    except (ValueError, RecursionError):
        raise _bad("json") from None
    if not isinstance(document, dict):
        raise _bad("object")
    _check_strings(document)
    return document


def _read(source: IO[bytes], wanted: int | None) -> bytes:
    """Up to `wanted` bytes, all there are if None; fewer when the sender is gone."""
    if wanted is None:
        return source.read()
    whole = bytearray()
    while len(whole) < wanted:
        piece = source.read(wanted - len(whole))
        if not piece:
            break
        whole += piece
    return bytes(whole)


def whole(environ: Mapping[str, Any], limit: int | None) -> bytes:
    """The whole body of a request, never more than is allowed, never less than was announced."""
    announced = get_content_length(environ)
    if announced is None and not environ.get("wsgi.input_terminated"):
        return b""
    if announced is not None and limit is not None and announced > limit:
        raise Refusal(RefusalCode.TOO_LARGE)
    body = _read(environ["wsgi.input"], limit + 1 if announced is None and limit else announced)
    if announced is not None and len(body) < announced:
        raise _bad("cut")
    if limit is not None and len(body) > limit:
        raise Refusal(RefusalCode.TOO_LARGE)
    return body


class StrictRequest(Request):
    """Flask's request with our loader in place of `get_json`, and bodies that are whole."""

    @cached_property
    def stream(self) -> IO[bytes]:
        """The body."""
        return io.BytesIO(whole(self.environ, self.max_content_length))

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        """The body as an object; `force` and `silent` do not soften anything."""
        if not hasattr(self, "_strict_json"):
            if self.mimetype != "application/json":
                raise Refusal(RefusalCode.UNSUPPORTED_TYPE)
            self._strict_json = load(self.get_data())
        return self._strict_json
