"""A line of the log: one JSON object for machines, or words for a terminal; with the request's number, never with what
belongs to a person.

Whatever a library puts into its messages passes here last: ID and phone numbers, tokens, openids and what follows in an
address that is a key are replaced. Line breaks and control characters are escaped, so that nobody writes a second line
into the log.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime

#: Addresses that are keys: what follows is left out, as nginx leaves it out of its own log (deploy/nginx/hongyao.conf).
KEYED = (
    "console/once|console/officers|m/complaints|n/of|api/v1/codes|api/v1/complaints|[bcdeglopqrstv]"
)
#: Full-width figures as people's keyboards make them, read like the others.
WIDE = str.maketrans("０１２３４５６７８９Ｘｘ＋－", "0123456789Xx+-")
_GAP = "[ \u2010-\u2015-]?"
#: Whose value opens something; an error's code does not.
_OPENS = r"\w*(?:token|secret|session_?key|aes_?key|(?<!err)code|signature|ticket|password)"
#: What must not stand in a log, and what stands there instead.
SECRETS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(rf"(?<![0-9A-Za-z])\d{{6}}{_GAP}\d{{8}}{_GAP}\d{{3}}[\dXx](?![0-9A-Za-z])"), "[id]"),
    (re.compile(rf"(?<!\d)(?:(?:\+|00)?86{_GAP})?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}(?!\d)"), "[phone]"),
    (
        re.compile(rf"(?i)(\bbearer\s+|\b{_OPENS}=|([\"']){_OPENS}\2\s*:\s*[\"']?)[^\s&\"',}}]+"),
        r"\1[secret]",
    ),
    (re.compile(rf"((?<![\w./-])(?:https?://[^/\s]+)?/(?:{KEYED})/)[^\s\"']+"), r"\1..."),
    # An account's name for a person (openid, unionid): told apart, not told.
    (re.compile(r"(?<![0-9A-Za-z_-])o[0-9A-Za-z_-]{27}(?![0-9A-Za-z_-])"), lambda found: _short(found[0])),
)
FORMS = ("json", "text")


def _short(openid: str) -> str:
    return f"[openid {hashlib.sha256(openid.encode()).hexdigest()[:8]}]"


def clean(text: str) -> str:
    """The text without numbers, tokens, openids of people, and without the addresses that are keys."""
    text = text.translate(WIDE)
    for pattern, instead in SECRETS:
        text = pattern.sub(instead, text)
    return text


class Lines(logging.Formatter):
    """`form`: json, a line for machines (ISO time in UTC), or text for a terminal."""

    def __init__(self, form: str, request_id: Callable[[], str] = lambda: "") -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")
        self.form, self.request_id = form, request_id

    def format(self, record: logging.LogRecord) -> str:
        """One line; of an exception, in `text`, as many as it has."""
        if self.form == "text":
            return clean(super().format(record))
        said = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": clean(record.getMessage()),
        }
        if number := self.request_id():
            said["request"] = number
        if record.exc_info:
            said["exception"] = clean(self.formatException(record.exc_info))
        return json.dumps(said, ensure_ascii=False)
