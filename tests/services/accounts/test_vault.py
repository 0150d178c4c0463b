"""Sealing: what is sealed opens at its own place only, and is found by its blind index."""

from __future__ import annotations

import pytest

from services.accounts.vault import Vault, VaultError
from tests.support.fakes import FakeGateway, make_parts
from wechat.gateway import WechatFailure

NUMBER = "34152219600501003X"
PLACE = "volunteer.document:n0000001"


@pytest.fixture
def vault() -> Vault:
    return Vault({"k2": b"2" * 32, "k1": b"1" * 32}, b"i" * 32)


def test_a_sealed_text_opens_at_its_place(vault: Vault) -> None:
    blob, key = vault.seal(NUMBER, PLACE)
    assert vault.open(blob, PLACE) == NUMBER
    assert key == "k2"
    assert NUMBER.encode() not in blob


def test_a_text_sealed_twice_looks_different(vault: Vault) -> None:
    assert vault.seal(NUMBER, PLACE)[0] != vault.seal(NUMBER, PLACE)[0]


def test_a_text_moved_to_another_row_does_not_open(vault: Vault) -> None:
    blob, _ = vault.seal(NUMBER, PLACE)
    with pytest.raises(VaultError):
        vault.open(blob, "volunteer.document:n0000002")


@pytest.mark.parametrize("where", [0, 1, 2, 5, -1])
def test_a_damaged_text_does_not_open(vault: Vault, where: int) -> None:
    blob = bytearray(vault.seal(NUMBER, PLACE)[0])
    blob[where] ^= 1
    with pytest.raises(VaultError):
        vault.open(bytes(blob), PLACE)


@pytest.mark.parametrize("blob", [b"", b"\x01", b"\x01\x02k2", b"\x01\xff", b"\x01\x02k2short"])
def test_a_stump_does_not_open(vault: Vault, blob: bytes) -> None:
    with pytest.raises(VaultError):
        vault.open(blob, PLACE)


def test_an_old_key_still_opens_and_a_lost_one_does_not(vault: Vault) -> None:
    blob, key = Vault({"k1": b"1" * 32}, b"i" * 32).seal(NUMBER, PLACE)
    assert key == "k1"
    assert vault.open(blob, PLACE) == NUMBER
    with pytest.raises(VaultError):
        Vault({"k9": b"9" * 32}, b"i" * 32).open(blob, PLACE)


def test_every_spelling_of_a_number_has_one_index(vault: Vault) -> None:
    plain = vault.index("id_no", NUMBER)
    assert len(plain) == 32
    assert vault.index("id_no", "３４１５２２ 19600501 ００３ｘ ") == plain
    assert vault.index("phone", NUMBER) != plain
    assert Vault({"k1": b"1" * 32}, b"j" * 32).index("id_no", NUMBER) != plain


def test_its_repr_shows_no_key(vault: Vault) -> None:
    assert repr(vault) == "Vault(k2, k1)"


def test_a_scripted_failure_of_the_fake_gateway_comes_once() -> None:
    gateway = FakeGateway()
    parts = make_parts(gateway)
    gateway.fail("send_text", WechatFailure("/cgi-bin/message/custom/send", 45015))
    with pytest.raises(WechatFailure):
        parts.gateway.send_text("oa-1", "你好")
    assert parts.gateway.send_text("oa-1", "你好").msgid
    assert [call["text"] for call in gateway.named("send_text")] == ["你好", "你好"]
