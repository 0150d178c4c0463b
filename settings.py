"""Every setting of the house, read once from the environment (and `.env`), typed and checked.

A wrong value stops the start with one sentence. Nothing else reads the environment. Each field has its line
in `.env.example`; a test compares the two.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

ENV = Path(".env")
DEMO_ENV = Path(__file__).parent / "deploy" / "demo.env"
#: What has to be renewed (wording/renewals.toml); the certificate's day is read from the site.
RENEWALS = ("wechat_oa", "wechat_mp", "domain", "filing", "mlps")
#: Different bytes that a random key of 32 has at least; one in a million millions has fewer.
LEAST_BYTES = 16
#: WeChat takes tokens of 3 to 32 letters and digits. Token and EncodingAESKey are all that tells its callbacks from
#: forged ones: so ours is long, and no letter typed sixteen times.
TOKEN, LEAST_LETTERS = re.compile(r"[A-Za-z0-9]{16,32}"), 5
#: What people come in by, and what a mini-program needs where there is one (`Settings.missing`).
OFFICIAL = ("wechat_oa_appid", "wechat_oa_secret", "wechat_oa_id")
MINI = ("wechat_mp_appid", "wechat_mp_secret")
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class SettingsError(Exception):
    """A setting is missing or wrong; the text is one sentence for the operator."""


def _key32(name: str, text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as cause:
        raise ValueError(f"{name} must be 32 bytes in base64") from cause
    if len(raw) != 32:
        raise ValueError(f"{name} must be 32 bytes in base64, it has {len(raw)}")
    return raw


def _aes(name: str, text: str) -> bytes:
    """The 32 bytes of an EncodingAESKey."""
    return _key32(name, text + "=")


def _ring(name: str, said: str) -> dict[str, bytes]:
    ring: dict[str, bytes] = {}
    for part in said.split(","):
        ident, _, text = part.strip().partition(":")
        if not ident or not text or len(ident) > 16:
            raise ValueError(f"{name} must read like k1:BASE64,k0:BASE64")
        if ident in ring:  # the last one would win, and what the other sealed would never open again
            raise ValueError(f"{name} names {ident} twice; a new key needs a new name")
        ring[ident] = _key32(name, text)
    if len(set(ring.values())) < len(ring):
        raise ValueError(f"{name} holds the same key under two names")
    return ring


@dataclass(frozen=True)
class Secret:
    """A text that shows itself only to who asks for it."""

    _text: str = field(repr=False)

    def get_secret_value(self) -> str:
        """The text."""
        return self._text


def whole(default: int, least: int, most: int) -> Any:
    """A setting that is a whole number from `least` to `most`."""
    return field(default=default, metadata={"least": least, "most": most})


#: What a shell says for yes and no.
YES, NO = ("1", "true", "yes", "on", "t", "y"), ("0", "false", "no", "off", "f", "n")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings; see `.env.example` for a sentence on each.

    No model of pydantic: every process of ours reads them at its start, and loading it would be half of that.
    """

    database_url: str = "sqlite:///var/hongyao.db"
    processes: int = whole(3, 1, 1000)
    files_dir: str = "var/files"
    anchors_file: str = "var/anchors.jsonl"
    s3_endpoint: str = ""
    s3_bucket: str = ""
    s3_key: str = ""
    s3_secret: Secret = Secret("")
    s3_region: str = "us-east-1"
    backup_dir: str = ""
    backup_key: Secret = Secret("")
    backup_keep: int = whole(14, 1, 1000)
    backup_hours: int = whole(24, 1, 24)
    data_keys: Secret
    index_key: Secret
    sign_key: Secret
    public_url: str = "http://localhost:8000"
    port: int = whole(8000, 1, 65535)
    sandbox_port: int = whole(8001, 1, 65535)
    wechat_api_base: str = ""
    wechat_mp_appid: str
    wechat_mp_secret: Secret
    wechat_mp_id: str = ""
    wechat_mp_token: Secret = Secret("")
    wechat_mp_aes_key: Secret = Secret("")
    wechat_mp_linked: bool = False
    wechat_oa_appid: str
    wechat_oa_secret: Secret
    wechat_oa_id: str
    wechat_token: Secret
    wechat_aes_key: Secret
    wechat_templates: str = ""
    sms_url: str = ""
    sms_key: Secret = Secret("")
    broadcast_a_minute: int = whole(6000, 60, 600_000)
    templates_a_day: int = whole(100_000, 100, 1_000_000_000)
    trusted_proxies: int = whole(0, 0, 5)
    operator_openid: str = ""
    renewals: str = ""
    log_format: Literal["json", "text"] = "json"
    brand: str = "红耀江淮"
    clock_file: str = ""
    demo: bool = False

    def _check(self) -> None:
        """That they go together; ValueError."""
        _key32("INDEX_KEY", self.index_key.get_secret_value())
        _key32("SIGN_KEY", self.sign_key.get_secret_value())
        self.data_key_ring()
        self.backup_key_ring()
        self.templates()
        self.renewal_days()
        if self.sms_url and not self.sms_key.get_secret_value():
            raise ValueError("SMS_KEY is missing")
        named = (self.s3_endpoint, self.s3_bucket, self.s3_key, self.s3_secret.get_secret_value())
        if any(named) and not all(named):
            raise ValueError("S3_ENDPOINT, S3_BUCKET, S3_KEY and S3_SECRET go together: all of them or none")
        if bool(self.wechat_mp_token.get_secret_value()) != bool(self.wechat_mp_aes_key.get_secret_value()):
            raise ValueError("WECHAT_MP_TOKEN and WECHAT_MP_AES_KEY go together: both of them or none")
        if not self.local:
            if self.demo or self.clock_file:
                raise ValueError("DEMO and CLOCK_FILE are only allowed while PUBLIC_URL is this machine")
            if self.wechat_api_base:
                raise ValueError(
                    "WECHAT_API_BASE (the sandbox) is only allowed while PUBLIC_URL is this machine"
                )
            if self.sms_url and not self.sms_url.startswith("https://"):
                raise ValueError("SMS_URL must be https on a public address")
            if not self.public_url.startswith("https://"):
                raise ValueError("PUBLIC_URL must be https on a public address")
            self._refuse_weak_secrets()

    def _refuse_weak_secrets(self) -> None:
        """On a public address every secret is there, random, one of its own, and none that this repository shows."""
        if not self.wechat_token.get_secret_value() or not self.wechat_aes_key.get_secret_value():
            raise ValueError("WECHAT_TOKEN and WECHAT_AES_KEY are missing: callbacks are taken in safe mode only")
        for name in ("WECHAT_TOKEN", "WECHAT_MP_TOKEN"):
            token = self._text(name)
            if token and not (TOKEN.fullmatch(token) and len(set(token)) >= LEAST_LETTERS and "demo" not in token):
                raise ValueError(f"{name} must be 16 to 32 random letters and digits; make one as .env.example says")
        keys = self.keys()
        ciphers = ("WECHAT_AES_KEY", "WECHAT_MP_AES_KEY")
        pushed = {name: _aes(name, text) for name in ciphers if (text := self._text(name))}
        for name, key in {**keys, **pushed}.items():
            if len(set(key)) < LEAST_BYTES or b"demo" in key:
                raise ValueError(f"{name} is no random value; make one as .env.example says")
        if len(set(keys.values())) < len(keys):
            raise ValueError(f"{', '.join(keys)} must all be different")
        for name in (*OFFICIAL, *MINI, "wechat_mp_id"):
            if "demo" in self._text(name):
                raise ValueError(f"{name.upper()} is the demo's; fill in the account's own")

    def _text(self, name: str) -> str:
        value = getattr(self, name.lower())
        return value.get_secret_value() if isinstance(value, Secret) else str(value)

    def missing(self) -> list[str]:
        """The accounts' settings without which web and worker do not start on a public address, as they are named.

        Commands do run: what is filled in is examined while the rest is awaited. Everybody comes in through the
        official account; the mini-program may be missing as a whole, not by half.
        """
        if self.local:
            return []
        mini = any(self._text(name) for name in (*MINI, "wechat_mp_token")) or self.wechat_mp_linked
        return [name.upper() for name in (*OFFICIAL, *(MINI if mini else ())) if not self._text(name)]

    @property
    def local(self) -> bool:
        """True while PUBLIC_URL is this machine: demo and tests."""
        return (urlsplit(self.public_url).hostname or "") in LOOPBACK

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")

    def data_key_ring(self) -> dict[str, bytes]:
        """`DATA_KEYS` as {key id: 32 bytes}, the first one being the key for writing."""
        return _ring("DATA_KEYS", self.data_keys.get_secret_value())

    def backup_key_ring(self) -> dict[str, bytes]:
        """`BACKUP_KEY` in the same form, empty where there is none: it shares no key with the others."""
        text = self.backup_key.get_secret_value()
        if not text:
            if self.backup_dir:
                raise ValueError("BACKUP_DIR needs a BACKUP_KEY")
            return {}
        ring = _ring("BACKUP_KEY", text)
        others = [*self.data_key_ring().values(), _key32("INDEX_KEY", self.index_key.get_secret_value()),
                  _key32("SIGN_KEY", self.sign_key.get_secret_value())]  # fmt: skip
        if set(ring.values()) & set(others):
            raise ValueError("BACKUP_KEY must be another key than DATA_KEYS, INDEX_KEY and SIGN_KEY")
        return ring

    def keys(self) -> dict[str, bytes]:
        """Every key without which something kept cannot be read, found or proved again, by the name of its setting."""
        ring = {f"DATA_KEYS {name}": key for name, key in self.data_key_ring().items()}
        index = _key32("INDEX_KEY", self.index_key.get_secret_value())
        ring |= {f"BACKUP_KEY {name}": key for name, key in self.backup_key_ring().items()}
        return {**ring, "INDEX_KEY": index, "SIGN_KEY": _key32("SIGN_KEY", self.sign_key.get_secret_value())}

    def templates(self) -> dict[str, str]:
        """`WECHAT_TEMPLATES` as {name in wording/templates.toml: template id of this account}."""
        return {name: ident for name, (ident, _) in self._templates().items()}

    def template_fields(self) -> dict[str, tuple[str, ...]]:
        """{name in wording/templates.toml: the fields of this account's template, in the order of ours}, where told."""
        return {name: fields for name, (_, fields) in self._templates().items() if fields}

    def renewal_days(self) -> dict[str, date]:
        """`RENEWALS` as {what has to be renewed: the day on which it ends}."""
        found: dict[str, date] = {}
        for part in self.renewals.split(","):
            name, _, said = part.strip().partition("=")
            if name and name not in RENEWALS:
                raise ValueError(f"RENEWALS knows {', '.join(RENEWALS)}")
            if part.strip():
                try:
                    found[name] = date.fromisoformat(said)
                except ValueError:
                    raise ValueError("RENEWALS must read like wechat_oa=2027-03-31,domain=2027-06-30") from None
        return found

    def _templates(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        found: dict[str, tuple[str, tuple[str, ...]]] = {}
        for part in self.wechat_templates.split(","):
            name, _, said = part.strip().partition("=")
            ident, colon, fields = said.strip().partition(":")
            if name and ident and bool(colon) == bool(fields):
                found[name.strip()] = (ident, tuple(fields.split(".")) if fields else ())
            elif part.strip():
                raise ValueError("WECHAT_TEMPLATES must read like reminder=ID,sub_notice=ID:thing4.thing2.time7")
        return found


def _plain_origin(value: str) -> str:
    if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
        raise ValueError("must look like https://host")
    return value.rstrip("/")


def _host_alone(value: str) -> str:
    parts = urlsplit(_plain_origin(value))
    if parts.path or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("must be https://host and nothing behind it; we answer at the root of a host of our own")
    return value.rstrip("/")


def _aes_key(value: Secret) -> Secret:
    text = value.get_secret_value()
    if text and not re.fullmatch(r"[A-Za-z0-9+/]{43}", text):
        raise ValueError("must be the 43 characters of the console's EncodingAESKey, letters and digits")
    return value


def _log_format(value: str) -> str:
    if value not in ("json", "text"):
        raise ValueError("must be json or text")
    return value


#: What some settings have to look like besides their kind.
LOOKS = {
    "public_url": _host_alone, "wechat_api_base": _plain_origin, "sms_url": _plain_origin, "s3_endpoint": _plain_origin,
    "wechat_aes_key": _aes_key, "wechat_mp_aes_key": _aes_key, "log_format": _log_format,
}  # fmt: skip
NAMES = frozenset(each.name for each in fields(Settings))


def _whole(said: object, least: int, most: int) -> int:
    try:
        number = int(str(said))
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise ValueError(f"must be a whole number from {least} to {most}")
    return number


def _yes(said: object) -> bool:
    word = str(said).strip().lower()
    if word not in YES + NO:
        raise ValueError("must be true or false")
    return word in YES


def _as(kind: str, said: object, limits: Mapping[str, int]) -> object:
    """What was said as a setting of this kind; ValueError."""
    if kind == "int":
        return _whole(said, **limits)
    if kind == "bool":
        return _yes(said)
    if kind == "Secret":
        return said if isinstance(said, Secret) else Secret(str(said))
    return str(said)


def _read(said: Mapping[str, object]) -> Settings:
    """The settings that were said; SettingsError with a sentence for each that is wrong."""
    found: dict[str, Any] = {}
    wrong = []
    for each in fields(Settings):
        if each.name not in said and each.default is MISSING:
            wrong.append(f"{each.name.upper()}: is missing")
            continue
        try:
            value = _as(str(each.type), said.get(each.name, each.default), each.metadata)
            found[each.name] = LOOKS[each.name](value) if each.name in LOOKS else value  # type: ignore[operator]
        except ValueError as problem:
            wrong.append(f"{each.name.upper()}: {problem}")
    if not wrong:
        settings = Settings(**found)
        try:
            settings._check()
        except ValueError as problem:
            wrong.append(str(problem))
        else:
            return settings
    raise SettingsError("; ".join(wrong))


def _said(file: Path | None) -> dict[str, str]:
    """What the environment says, and for the rest the file; names in any case."""
    found: dict[str, str | None] = {}
    if file is not None and file.is_file():
        from dotenv import dotenv_values

        found = {name.lower(): value for name, value in dotenv_values(file, encoding="utf-8").items()}
    found |= {name.lower(): value for name, value in os.environ.items()}
    return {name: value for name, value in found.items() if name in NAMES and value is not None}


def load(*, demo: bool = False, env_file: Path | None = ENV, **overrides: object) -> Settings:
    """The settings from the environment and `.env`; SettingsError with one sentence for each wrong value.

    The demo (`DEMO=true`, or asked for) reads `deploy/demo.env` instead, whose keys everybody knows; it
    therefore runs on this machine only. Its addresses follow from PORT and SANDBOX_PORT.
    """
    if demo or os.environ.get("DEMO", "").lower() in ("1", "true"):
        said = {**_said(DEMO_ENV), **overrides}
        ports = _read(said)
        own = {
            "public_url": f"http://localhost:{ports.port}", "wechat_api_base": f"http://localhost:{ports.sandbox_port}"
        }
        return _read({**said, **own, **overrides})
    return _read({**_said(env_file), **overrides})
