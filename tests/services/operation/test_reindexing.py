"""A new INDEX_KEY: everybody is found by his number again, without the old key."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from models import AuditEntry, Volunteer, store
from services.accounts import enrolment
from services.accounts.vault import Vault
from services.operation import reindexing
from services.parts import Parts
from tests.services.accounts.test_documents import with_check
from tests.support.fakes import make_parts
from tests.support.world import World

RING = {"k1": b"1" * 32}
NUMBERS = [with_check(f"3415221960050110{number}") for number in range(3)]
PHONE = "13856401234"


@pytest.fixture
def known(cast: World) -> World:
    """Three people with numbers, one of them with a phone, and one of the practice area, whom no number finds."""
    parts = make_parts()

    def put() -> None:
        for person, number in zip((cast.ali, cast.xiaobo, cast.chali), NUMBERS, strict=True):
            sealed, key = parts.vault.seal(number, f"volunteer.document:{person.public_no}")
            found = {"document_index": parts.vault.index("id_no", number)} if person != cast.chali else {}
            Volunteer.update(document_sealed=sealed, document_key=key, **found).where(
                Volunteer.id == person.id
            ).execute()
        enrolment.set_phone(parts=parts, person=cast.xiaobo, phone=PHONE, proof="wechat")

    store.write(put)
    return cast


@pytest.fixture
def new() -> Parts:
    return make_parts(vault=Vault(RING, b"n" * 32))


def test_everybody_is_found_again(known: World, new: Parts) -> None:
    assert enrolment.owner_of(new, NUMBERS[1]) is None
    steps: list[Any] = []
    outcome = reindexing.rebuild(new, progress=lambda *step: steps.append(step))
    assert outcome == reindexing.Outcome(3, [], [])
    assert steps == [("volunteer.document_index", 2, 2), ("volunteer.phone_index", 1, 1)]
    assert [enrolment.owner_of(new, number) for number in NUMBERS] == [known.ali, known.xiaobo, None]
    assert Volunteer.get_by_id(known.xiaobo.id).phone_index == new.vault.index("phone", PHONE)
    assert enrolment.owner_of(make_parts(), NUMBERS[1]) is None
    assert reindexing.rebuild(new).done == 0


def test_stopped_in_the_middle_it_goes_on(known: World, new: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reindexing, "AT_ONCE", 1)

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reindexing.rebuild(new, progress=stop)
    assert [enrolment.owner_of(new, number) is None for number in NUMBERS[:2]] == [False, True]
    assert reindexing.rebuild(new).done == 2


def test_who_registered_meanwhile_is_told_as_a_double(known: World, new: Parts, at: datetime) -> None:
    index = new.vault.index("id_no", NUMBERS[1])
    store.write(Volunteer.update(document_index=index).where(Volunteer.id == known.officer.id).execute)
    outcome = reindexing.rebuild(new)
    assert (outcome.done, outcome.doubles) == (2, [known.xiaobo.public_no])
    assert enrolment.owner_of(new, NUMBERS[1]) == known.officer


def test_number_that_does_not_open_is_named_and_keeps_its_index(known: World, new: Parts) -> None:
    store.write(Volunteer.update(document_sealed=b"spoiled").where(Volunteer.id == known.ali.id).execute)
    before = Volunteer.get_by_id(known.ali.id).document_index
    outcome = reindexing.rebuild(new)
    assert (outcome.done, outcome.broken) == (2, [f"volunteer.document_sealed {known.ali.public_no}"])
    assert Volunteer.get_by_id(known.ali.id).document_index == before


def test_command_says_how_many_and_the_audit_knows(cast: World, app: Any) -> None:
    vault, person = app.extensions["parts"].vault, cast.xiaobo
    sealed, _ = vault.seal(NUMBERS[0], f"volunteer.document:{person.public_no}")
    old = Volunteer.update(document_sealed=sealed, document_index="0" * 32).where(Volunteer.id == person.id)
    store.write(old.execute)
    done = app.test_cli_runner().invoke(args=["rotate-keys", "--index"])
    assert (done.exit_code, "1 indexes made anew" in done.output) == (0, True)
    assert Volunteer.get_by_id(person.id).document_index == vault.index("id_no", NUMBERS[0])
    assert AuditEntry.get(AuditEntry.verb == "keys.reindexed").detail["left"] == 0
