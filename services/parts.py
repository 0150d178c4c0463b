"""The real parts that `app.py` chose, handed to the acts that need them."""

from __future__ import annotations

import hmac
from dataclasses import field
from datetime import date
from typing import TYPE_CHECKING

from frozen import dataclass

if TYPE_CHECKING:
    from services.accounts.vault import Vault
    from sms.gateway import SmsGateway
    from storage.shelf import Storage
    from wechat.gateway import Gateway


@dataclass(frozen=True, slots=True)
class Backups:
    """Where backups go ("" only by hand), the keys that seal them, the first for writing, of how many days one is kept,
    and the hours between two."""

    folder: str
    ring: dict[str, bytes] = field(repr=False)
    keep: int = 14
    hours: int = 24


@dataclass(frozen=True, slots=True)
class Parts:
    """Brand, address, keys and the way to WeChat. Secrets do not show in its repr."""

    brand: str
    public_url: str
    https: bool
    demo: bool
    mp_appid: str
    oa_appid: str
    oa_id: str
    vault: Vault = field(repr=False)
    gateway: Gateway = field(repr=False)
    #: where uploaded photos lie, sealed
    storage: Storage
    sign_key: bytes = field(repr=False)
    operator_openid: str = ""
    #: stands for the keys (`services.operation.escrow`): whether their sheet lies in a safe is asked by it
    key_mark: str = ""
    #: where the worker writes down every night how far books and audit are sealed; "" nowhere
    anchors_file: str = ""
    #: name in wording/templates.toml → template id of this account
    templates: dict[str, str] = field(default_factory=dict)
    #: the mini-program is released and linked to the official account: links and messages open its pages
    mp_linked: bool = False
    #: messages of one broadcast that fall due in a minute, so that the platform's limit by the minute is not met
    broadcast_a_minute: int = 6000
    #: templates that WeChat takes of the account in a day; broadcasts use the most of them, not all
    templates_a_day: int = 100_000
    #: for emergencies that reach nobody in WeChat; None as long as the operator has none
    sms: SmsGateway | None = field(default=None, repr=False)
    #: what the operator has to renew → the day on which it ends
    renewals: dict[str, date] = field(default_factory=dict)
    #: None as long as the operator has given no key for them
    backups: Backups | None = None

    @property
    def seal_key(self) -> bytes:
        """With which the books are sealed (`services.bookkeeping.sealing`): of the key that is never changed."""
        return hmac.digest(self.sign_key, b"seal", "sha256")
