"""Uploads in a bucket behind the S3 protocol (MinIO, Ceph, a cloud's object storage), four calls over plain HTTP.

`requests-aws4auth` signs them (AWS Signature Version 4, body included); the rest is HTTP. Nothing is loaded before the
first call. A call is repeated once where the line broke: every one of them may be done twice.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from storage.shelf import Lying, Missing, StorageFailure, Trouble

if TYPE_CHECKING:
    import requests

#: Seconds to connect, between two pieces of an answer, and for the whole of it.
CONNECT, READ, WHOLE = 2.0, 5.0, 20.0
#: Bytes of an answer: twice the largest picture, sealed.
MOST = 16 * 1024 * 1024
#: What an error's code means where its status does not say it.
NO_BUCKET, FULL = {"NoSuchBucket", "InvalidBucketName"}, {"QuotaExceeded", "XMinioStorageFull", "InsufficientStorage"}
REFUSED = {301, 307, 308, 400, 401, 403}


class S3:
    """A bucket. Where the endpoint's host begins with the bucket's name it is addressed so, else by path."""

    def __init__(self, endpoint: str, bucket: str, key: str, secret: str, *, region: str = "us-east-1") -> None:
        """`endpoint`: https://host[:port]; `key` and `secret` may read, write, delete and list this bucket."""
        own_host = (urlsplit(endpoint).hostname or "").startswith(f"{bucket}.")
        self._base = endpoint.rstrip("/") + ("" if own_host else f"/{quote(bucket)}")
        self._signing = (key, secret, region, "s3")
        self._line: requests.Session | None = None
        self._making = threading.Lock()

    def __repr__(self) -> str:
        return f"S3({self._base})"

    @property
    def place(self) -> str:
        """The bucket's address."""
        return self._base

    def put(self, name: str, body: bytes) -> None:
        """One PUT; the server takes the object whole or not at all, and holds it against the signed checksum."""
        self._ask("PUT", f"/{quote(name)}", body)

    def get(self, name: str) -> bytes:
        """One GET; Missing."""
        return self._ask("GET", f"/{quote(name)}")[0]

    def delete(self, name: str) -> None:
        """One DELETE; the protocol answers the same whether there was anything."""
        try:
            self._ask("DELETE", f"/{quote(name)}")
        except Missing:
            return

    def lying(self, folder: str) -> Iterator[Lying]:
        """The objects under `folder/`, a thousand in a call; their age by the server's own clock."""
        from defusedxml.ElementTree import ParseError, fromstring

        after = ""
        while True:
            query = f"list-type=2&max-keys=1000&prefix={quote(f'{folder}/', safe='')}"
            if after:
                query = f"continuation-token={quote(after, safe='')}&{query}"
            body, now = self._ask("GET", f"/?{query}")
            try:
                told = fromstring(body)
                names = [(_text(each, "Key"), _moment(_text(each, "LastModified"))) for each in _all(told, "Contents")]
            except (ParseError, ValueError):
                raise StorageFailure(Trouble.AWAY, "no understandable list") from None
            for name, at in names:
                yield Lying(name, (now - at).total_seconds())
            after = _text(told, "NextContinuationToken")
            if not after:
                return

    def _ask(self, method: str, path: str, body: bytes | None = None) -> tuple[bytes, datetime]:
        """What was answered and the server's time; Missing, StorageFailure."""
        import requests
        from requests_aws4auth import AWS4Auth

        try:
            answer = self._session().request(
                method, self._base + path, data=body, timeout=(CONNECT, READ), allow_redirects=False, stream=True,
                auth=AWS4Auth(*self._signing),  # one for each call: it is not made for several threads
            )  # fmt: skip
            with answer:
                told = _read(answer)
        except requests.RequestException as problem:
            failure: Exception = StorageFailure(Trouble.AWAY, type(problem).__name__)
        else:
            if 200 <= answer.status_code < 300:
                return told, _date(answer.headers.get("Date", ""))
            failure = _failure(answer.status_code, told)
        # Outside the handler: the original, which may hold the address with its query, is not even its context.
        raise failure

    def _session(self) -> requests.Session:
        """One line for all threads, opened at the first call."""
        import requests
        from requests.adapters import HTTPAdapter
        from urllib3.util import Retry

        with self._making:
            if self._line is None:
                line = requests.Session()
                again = HTTPAdapter(
                    pool_maxsize=16, max_retries=Retry(total=1, status=0, allowed_methods=None, redirect=0)
                )
                line.mount("http://", again)
                line.mount("https://", again)
                line.headers["Accept-Encoding"] = "identity"
                self._line = line
            return self._line


def _read(answer: requests.Response) -> bytes:
    """The body, not more and not for longer than any answer may take."""
    end, body = time.monotonic() + WHOLE, bytearray()
    for piece in answer.iter_content(64 * 1024):
        body += piece
        if len(body) > MOST or time.monotonic() > end:
            raise StorageFailure(Trouble.AWAY, "an answer without end")
    return bytes(body)


def _failure(status: int, body: bytes) -> Exception:
    found = re.search(rb"<Code>([A-Za-z0-9]{1,60})</Code>", body[:4096])
    code = found[1].decode() if found else ""
    if code in NO_BUCKET:
        return StorageFailure(Trouble.NO_BUCKET, code)
    if status == 404:
        return Missing()
    trouble = Trouble.FULL if code in FULL or status == 507 else Trouble.REFUSED if status in REFUSED else Trouble.AWAY
    return StorageFailure(trouble, code or f"status {status}")


def _all(told: object, name: str) -> list[object]:
    """The children of this name, in whichever namespace the server puts them."""
    return [each for each in told if str(each.tag).rpartition("}")[2] == name]  # type: ignore[attr-defined]


def _text(told: object, name: str) -> str:
    found = _all(told, name)
    return str(found[0].text or "") if found else ""  # type: ignore[attr-defined]


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a moment without a zone")
    return found


def _date(text: str) -> datetime:
    """The server's time; one that does not tell it keeps everything young, so that nothing is swept."""
    try:
        return parsedate_to_datetime(text).astimezone()
    except ValueError:
        return datetime.fromisoformat("1970-01-01T00:00:00+00:00")
