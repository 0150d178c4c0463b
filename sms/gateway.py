"""What the house asks of a short-message gateway (短信网关): one call, three ways to fail.

No vendor's kit: the operator puts a small relay in front of whatever his province has bought. It gets

    POST <SMS_URL>   Authorization: Bearer <SMS_KEY>   {"to": "13800000000", "text": "…", "reference": "d-17"}

and answers 200 `{"accepted": true, "id": "…"}`, or `{"accepted": false, "reason": "…"}` for a number it will not
serve. Numbers and texts enter no log and no exception.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

#: Seconds to connect, and between two pieces of an answer.
CONNECT, READ = 2.0, 4.0
#: Bytes of an answer.
MOST = 64 * 1024


class Trouble(StrEnum):
    """What a failure means: surely not sent and worth another try, refused for good, or nobody knows."""

    RETRY = "retry"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class SmsFailure(Exception):
    """A text that was not (surely) sent. `trouble` says what to do, `why` is short and holds no number."""

    def __init__(self, trouble: Trouble, why: str) -> None:
        super().__init__(trouble, why)
        self.trouble = trouble
        self.why = why


@dataclass(frozen=True, slots=True)
class Accepted:
    """The gateway took the text; `id` is its own, or ""."""

    id: str


class SmsGateway(Protocol):
    """A way to send one text."""

    def send(self, *, to: str, text: str, reference: str) -> Accepted:
        """Send `text` to the number `to`; `reference` is ours, the same for every try. Raises SmsFailure."""


class HttpSms:
    """The gateway behind an address of the operator's."""

    def __init__(self, url: str, key: str) -> None:
        """`url` takes the POST; `key` is sent as a bearer token."""
        self._url = url
        self._key = key

    def send(self, *, to: str, text: str, reference: str) -> Accepted:
        """One POST; what cannot be understood may have been sent."""
        import requests
        import urllib3

        body = json.dumps({"to": to, "text": text, "reference": reference}, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._key}"}
        failure: SmsFailure
        try:
            answer = requests.post(
                self._url, data=body, headers=headers, timeout=(CONNECT, READ), allow_redirects=False, stream=True
            )
            with answer:
                return _read(answer.status_code, answer.raw.read(MOST, decode_content=True))
        except SmsFailure:
            raise
        except requests.ConnectTimeout:
            failure = SmsFailure(Trouble.RETRY, "no connection")
        except requests.ConnectionError as error:
            never = isinstance(getattr(error.args[0], "reason", None), urllib3.exceptions.NewConnectionError)
            failure = SmsFailure(Trouble.RETRY if never else Trouble.UNKNOWN, "connection broken")
        except (requests.RequestException, OSError, ValueError):
            failure = SmsFailure(Trouble.UNKNOWN, "no understandable answer")
        # Outside the handler, so that the original, which may name the number, is not even its context.
        raise failure


def _read(status: int, body: bytes) -> Accepted:
    if status in (429, 503):
        raise SmsFailure(Trouble.RETRY, f"status {status}")
    if 400 <= status < 500:
        raise SmsFailure(Trouble.REFUSED, f"status {status}")
    if status != 200:
        raise SmsFailure(Trouble.UNKNOWN, f"status {status}")
    try:
        said = json.loads(body)
    except ValueError:
        raise SmsFailure(Trouble.UNKNOWN, "no understandable answer") from None
    if not isinstance(said, dict) or not isinstance(said.get("accepted"), bool):
        raise SmsFailure(Trouble.UNKNOWN, "no understandable answer")
    if not said["accepted"]:
        raise SmsFailure(Trouble.REFUSED, "not accepted")
    return Accepted(str(said.get("id") or "")[:64])
