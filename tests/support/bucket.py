"""A bucket behind the S3 protocol for tests: real HTTP on loopback, every signature proved as Amazon describes it.

with Bucket() as bucket:
    storage = bucket.storage()          # the product's own client with the right key
    bucket.objects                      # {name: Kept(body, at)}; what arrived
    bucket.age(name, seconds)           # as if it had lain so long
    bucket.fault = (503, "SlowDown")    # what every call answers now; None for none
    bucket.cut_after = 100              # the line breaks after so many bytes of an answer
    bucket.down()                       # nobody listens any more

Written from Amazon's page on Signature Version 4 (its three worked examples are `tests/storage/test_bucket.py`), not
from the library that signs, so that a fault of one is not the fault of both.
"""

from __future__ import annotations

import hashlib
import hmac
import socket
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

from storage.s3 import S3

KEY, SECRET, NAME = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "photos"
SKEW = timedelta(minutes=15)


@dataclass(frozen=True)
class Kept:
    body: bytes
    at: datetime


def signature(
    *, method: str, path: str, query: str, headers: Mapping[str, str], signed: Iterable[str], secret: str, scope: str
) -> str:  # fmt: skip
    """What a request must bear; names of `headers` in lower case, `scope`: date/region/service/aws4_request."""
    pairs = sorted((quote(k, safe="-_.~"), quote(v, safe="-_.~")) for k, v in parse_qsl(query, keep_blank_values=True))
    canonical = "\n".join([
        method, quote(unquote(path), safe="/-_.~"), "&".join(f"{k}={v}" for k, v in pairs),
        *(f"{name}:{' '.join(headers[name].split())}" for name in signed), "", ";".join(signed),
        headers["x-amz-content-sha256"],
    ])  # fmt: skip
    text = "\n".join([
        "AWS4-HMAC-SHA256", headers["x-amz-date"], scope, hashlib.sha256(canonical.encode()).hexdigest()
    ])  # fmt: skip
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


class Bucket:
    """The server; one bucket, one key."""

    def __init__(self) -> None:
        self.objects: dict[str, Kept] = {}
        self.asked: list[str] = []
        self.fault: tuple[int, str] | None = None
        self.cut_after: int | None = None
        self.page = 1000
        self.lines: list[socket.socket] = []
        bucket = self

        class Handler(_Handler):
            house = bucket

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Bucket:
        return self

    def __exit__(self, *_: object) -> None:
        self.down()

    def storage(self, **changes: str) -> S3:
        """The product's client for this bucket, with the right key unless told otherwise."""
        told = {"endpoint": self.endpoint, "bucket": NAME, "key": KEY, "secret": SECRET, **changes}
        return S3(told["endpoint"], told["bucket"], told["key"], told["secret"])

    def age(self, name: str, seconds: float) -> None:
        kept = self.objects[name]
        self.objects[name] = replace(kept, at=kept.at - timedelta(seconds=seconds))

    def down(self) -> None:
        self._server.shutdown()
        for line in self.lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # a head and a body are two writes, and the second would wait 40 ms for a word
    house: Bucket

    def setup(self) -> None:
        super().setup()
        self.house.lines.append(self.connection)

    def log_message(self, *_: Any) -> None:
        return

    def _do(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        at = urlsplit(self.path)
        self.house.asked.append(f"{self.command} {at.path}")
        if self.house.fault is not None:
            self._refuse(*self.house.fault)
            return
        problem = self._unsigned(at.path, at.query, body)
        bucket, _, name = unquote(at.path).lstrip("/").partition("/")
        if problem:
            self._refuse(403, problem)
        elif bucket != NAME:
            self._refuse(404, "NoSuchBucket")
        elif self.command == "PUT":
            self.house.objects[name] = Kept(body, datetime.now(UTC))
            self._answer(200, b"")
        elif self.command == "DELETE":
            self.house.objects.pop(name, None)
            self._answer(204, b"")
        elif name:
            kept = self.house.objects.get(name)
            self._answer(200, kept.body) if kept else self._refuse(404, "NoSuchKey")
        else:
            self._list(dict(parse_qsl(at.query)))

    do_GET = do_PUT = do_DELETE = _do

    def _unsigned(self, path: str, query: str, body: bytes) -> str:
        """What is wrong with the request's signature, "" if nothing."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        if not headers.get("authorization", "").startswith("AWS4-HMAC-SHA256 "):
            return "AccessDenied"
        told = dict(part.strip().split("=", 1) for part in headers["authorization"][17:].split(","))
        key, _, scope = told["Credential"].partition("/")
        if key != KEY:
            return "InvalidAccessKeyId"
        moment = datetime.strptime(headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if abs(datetime.now(UTC) - moment) > SKEW or scope != f"{moment:%Y%m%d}/us-east-1/s3/aws4_request":
            return "RequestTimeTooSkewed"
        if hashlib.sha256(body).hexdigest() != headers["x-amz-content-sha256"]:
            return "XAmzContentSHA256Mismatch"
        signed = told["SignedHeaders"].split(";")
        if "host" not in signed or any(name.startswith("x-amz-") and name not in signed for name in headers):
            return "AccessDenied"
        right = signature(
            method=self.command, path=path, query=query, headers=headers, signed=signed, secret=SECRET, scope=scope
        )
        return "" if hmac.compare_digest(right, told["Signature"]) else "SignatureDoesNotMatch"

    def _list(self, query: dict[str, str]) -> None:
        after = query.get("continuation-token", "")
        names = sorted(each for each in self.house.objects if each.startswith(query["prefix"]) and each > after)
        page, more = names[: self.house.page], len(names) > self.house.page
        rows = "".join(
            f"<Contents><Key>{escape(each)}</Key><LastModified>"
            f"{self.house.objects[each].at:%Y-%m-%dT%H:%M:%S.000Z}</LastModified></Contents>"
            for each in page
        )
        token = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if more else ""
        self._answer(200, (
            '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"<IsTruncated>{str(more).lower()}</IsTruncated>{rows}{token}</ListBucketResult>"
        ).encode())  # fmt: skip

    def _refuse(self, status: int, code: str) -> None:
        self._answer(status, f"<?xml version='1.0'?><Error><Code>{code}</Code></Error>".encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response_only(status)
        self.send_header("Date", format_datetime(datetime.now(UTC), usegmt=True))
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.house.cut_after is not None:
            self.wfile.write(body[: self.house.cut_after])
            self.close_connection = True
            return
        self.wfile.write(body)
