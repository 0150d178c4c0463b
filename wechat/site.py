"""Our own address as the platform and people reach it: name, certificate, pages, the callback's answer.

Straight from this machine, by no proxy, with the certificates that this machine trusts.
"""

from __future__ import annotations

import http.client
import secrets
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

from wechat.envelope import Envelope

SECONDS = 5.0
MOST = 65_536
#: OpenSSL's numbers for a certificate that is over, not yet begun, of another name, or whose chain has a hole.
OVER, NOT_YET, OTHER_NAME, OTHER_NUMBER, HOLES = 10, 9, 62, 64, (2, 18, 19, 20, 21)


class SiteFailure(Exception):
    """It was not reached. `why`: name, refused, over, early, other_name, chain or tls."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, and at most 64 KB of the body."""

    status: int
    body: bytes


class Site:
    """The site at PUBLIC_URL."""

    def __init__(self, public_url: str) -> None:
        parts = urlsplit(public_url)
        self.secure, self.host = parts.scheme == "https", parts.hostname or ""
        self._port = parts.port or (443 if self.secure else 80)

    def certificate_ends(self) -> datetime:
        """When the certificate that is shown ends, once it has been believed; SiteFailure."""
        try:
            with (
                socket.create_connection((self.host, self._port), SECONDS) as line,
                ssl.create_default_context().wrap_socket(line, server_hostname=self.host) as secured,
            ):
                told = secured.getpeercert()
        except Exception as problem:
            raise SiteFailure(_why(problem)) from None
        assert told is not None
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told["notAfter"])), UTC)

    def get(self, path: str) -> Answer:
        """A page; redirects are not followed. SiteFailure."""
        line = self._open()
        try:
            line.request("GET", path, headers={"User-Agent": "hongyao-doctor"})
            found = line.getresponse()
            return Answer(found.status, found.read(MOST))
        except Exception as problem:
            raise SiteFailure(_why(problem)) from None
        finally:
            line.close()

    def verifies(self, path: str, *, token: str, aes_key: str, appid: str, at: datetime) -> bool:
        """Whether the callback at `path` answers as the platform's console wants it when its address is saved."""
        echo, nonce, stamp = secrets.token_hex(8), secrets.token_hex(4), str(int(at.timestamp()))
        signed = Envelope(token, aes_key, appid).sign(stamp.encode(), nonce.encode())
        query = urlencode({"signature": signed, "timestamp": stamp, "nonce": nonce, "echostr": echo})
        answer = self.get(f"{path}?{query}")
        return answer.status == 200 and answer.body == echo.encode()

    def _open(self) -> http.client.HTTPConnection:
        if self.secure:
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(self.host, self._port, timeout=SECONDS, context=context)
        return http.client.HTTPConnection(self.host, self._port, timeout=SECONDS)


def _why(problem: Exception) -> str:
    if isinstance(problem, ssl.SSLCertVerificationError):
        known = {OVER: "over", NOT_YET: "early", OTHER_NAME: "other_name", OTHER_NUMBER: "other_name"}
        return known.get(problem.verify_code, "chain" if problem.verify_code in HOLES else "tls")
    if isinstance(problem, socket.gaierror):
        return "name"
    return "tls" if isinstance(problem, ssl.SSLError) else "refused"
