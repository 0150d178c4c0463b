"""Every setting of the house, read once from the environment (and `.env`), typed and checked.

A wrong value stops the start with one sentence. Nothing else reads the environment. Each field has its line
in `.env.example`; a test compares the two.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from datetime import date
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

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


class Settings(BaseModel):
    """The settings; see `.env.example` for a sentence on each."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True, validate_default=True)

    database_url: str = "sqlite:///var/hongyao.db"
    processes: int = Field(3, ge=1, le=1000)
    files_dir: str = "var/files"
    anchors_file: str = "var/anchors.jsonl"
    s3_endpoint: str = ""
    s3_bucket: str = ""
    s3_key: str = ""
    s3_secret: SecretStr = SecretStr("")
    s3_region: str = "us-east-1"
    backup_dir: str = ""
    backup_key: SecretStr = SecretStr("")
    backup_keep: int = Field(14, ge=1, le=1000)
    backup_hours: int = Field(24, ge=1, le=24)
    data_keys: SecretStr
    index_key: SecretStr
    sign_key: SecretStr
    public_url: str = "http://localhost:8000"
    port: int = Field(8000, ge=1, le=65535)
    sandbox_port: int = Field(8001, ge=1, le=65535)
    wechat_api_base: str = ""
    wechat_mp_appid: str
    wechat_mp_secret: SecretStr
    wechat_mp_id: str = ""
    wechat_mp_token: SecretStr = SecretStr("")
    wechat_mp_aes_key: SecretStr = SecretStr("")
    wechat_mp_linked: bool = False
    wechat_oa_appid: str
    wechat_oa_secret: SecretStr
    wechat_oa_id: str
    wechat_token: SecretStr
    wechat_aes_key: SecretStr
    wechat_templates: str = ""
    sms_url: str = ""
    sms_key: SecretStr = SecretStr("")
    broadcast_a_minute: int = Field(6000, ge=60, le=600_000)
    trusted_proxies: int = Field(0, ge=0, le=5)
    operator_openid: str = ""
    renewals: str = ""
    log_format: Literal["json", "text"] = "json"
    brand: str = "红耀江淮"
    clock_file: str = ""
    demo: bool = False

    @field_validator("public_url", "wechat_api_base", "sms_url", "s3_endpoint")
    @classmethod
    def _plain_origin(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
            raise ValueError("must look like https://host")
        return value.rstrip("/")

    @field_validator("public_url")
    @classmethod
    def _host_alone(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.path or parts.query or parts.fragment or parts.username is not None:
            raise ValueError("must be https://host and nothing behind it; we answer at the root of a host of our own")
        return value

    @field_validator("wechat_aes_key", "wechat_mp_aes_key")
    @classmethod
    def _aes_key(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if text and not re.fullmatch(r"[A-Za-z0-9+/]{43}", text):
            raise ValueError("must be the 43 characters of the console's EncodingAESKey, letters and digits")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Settings:
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
        return self

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
        return value.get_secret_value() if isinstance(value, SecretStr) else str(value)

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


def _said(file: Path | None) -> dict[str, str]:
    """What the environment says, and for the rest the file; names in any case."""
    found: dict[str, str | None] = {}
    if file is not None and file.is_file():
        from dotenv import dotenv_values

        found = {name.lower(): value for name, value in dotenv_values(file, encoding="utf-8").items()}
    found |= {name.lower(): value for name, value in os.environ.items()}
    return {name: value for name, value in found.items() if name in Settings.model_fields and value is not None}


def load(*, demo: bool = False, env_file: Path | None = ENV, **overrides: object) -> Settings:
    """The settings from the environment and `.env`; SettingsError with one sentence for each wrong value.

    The demo (`DEMO=true`, or asked for) reads `deploy/demo.env` instead, whose keys everybody knows; it
    therefore runs on this machine only. Its addresses follow from PORT and SANDBOX_PORT.
    """
    try:
        if demo or os.environ.get("DEMO", "").lower() in ("1", "true"):
            said = {**_said(DEMO_ENV), **overrides}
            ports = Settings.model_validate(said)
            own = {
                "public_url": f"http://localhost:{ports.port}",
                "wechat_api_base": f"http://localhost:{ports.sandbox_port}",
            }
            return Settings.model_validate({**said, **own, **overrides})
        return Settings.model_validate({**_said(env_file), **overrides})
    except ValidationError as wrong:
        lines = []
        for error in wrong.errors(include_input=False, include_url=False):
            name = ".".join(str(part) for part in error["loc"]).upper()
            text = error["msg"].removeprefix("Value error, ")
            lines.append(f"{name}: {text}" if name else text)
        raise SettingsError("; ".join(lines)) from None
