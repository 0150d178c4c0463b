"""Licences and certificates: told, verified by somebody else, reminded of once before they run out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from clock import local_day
from models import AuditEntry, Delivery, History, Qualification, StoredFile, Volunteer, store
from services.actors import OPERATOR, Actor
from services.errors import RefusalCode
from services.listing import Wanted
from services.policy import numbers
from services.recruitment import qualifications
from storage.disk import Disk
from tests.services.lives.test_files import picture
from tests.support import world
from tests.support.fakes import make_parts
from tests.support.world import COUNTY, TOWN, World

Refused = Callable[..., RefusalCode]


def tell(cast: World, at: datetime, **more: Any) -> int:
    facts: dict[str, Any] = {
        "actor": cast.actor(cast.xiaobo),
        "kind": "boat",
        "name": "船员证",
        "number": "C1",
    } | more
    return qualifications.state(at=at, **facts).id


def stands(number: int) -> str:
    return str(Qualification.get_by_id(number).state)


def told(kind: str) -> list[int]:
    return [row.volunteer_id for row in Delivery.select().where(Delivery.kind == kind).order_by(Delivery.id)]


def listed(cast: World, person: Any, at: datetime, **filters: str) -> list[str]:
    asked = Wanted(text=filters.pop("text", ""), filters=filters)
    rows = qualifications.qualifications(actor=cast.actor(person), wanted=asked, at=at).rows
    return [f"{row.person} {row.proof.name}" for row in rows]


def test_told_qualification_waits_and_the_centre_knows(cast: World, at: datetime) -> None:
    number = tell(cast, at, issued_on=date(2024, 1, 1), expires_on=date(2027, 1, 1))
    (mine,) = qualifications.mine(volunteer_id=cast.xiaobo.id, at=at)
    assert (mine.id, mine.kind_name, mine.state, mine.expires_on, mine.running) == (
        number, "驾船、冲锋舟", "stated", "2027-01-01", True,
    )  # fmt: skip
    assert told("qualification_waiting") == [cast.officer.id]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"kind": "flying"}, "kind"),
        ({"name": " "}, "name"),
        ({"name": "长" * 61}, "name"),
        ({"number": "1" * 41}, "number"),
        ({"issued_on": date(2026, 6, 11)}, "issued_on"),
        ({"expires_on": date(2026, 6, 9)}, "expires_on"),
    ],
)
def test_qualification_that_cannot_be_is_refused(
    cast: World, at: datetime, more: dict[str, Any], field: str
) -> None:
    from services.errors import Refusal

    with pytest.raises(Refusal) as no:
        tell(cast, at, **more)
    assert (no.value.code, no.value.facts["field"]) == (RefusalCode.FIELD_WRONG, field)
    assert Qualification.select().count() == 0


def test_qualification_of_nobody_is_refused(cast: World, at: datetime, refused: Refused) -> None:
    assert refused(tell, cast, at, actor=Actor("api")) is RefusalCode.NOT_REGISTERED
    assert refused(qualifications.withdraw, actor=Actor("api"), number=1, at=at) is RefusalCode.NOT_REGISTERED


def test_qualification_is_taken_back_by_its_owner(cast: World, at: datetime, refused: Refused) -> None:
    number = tell(cast, at)
    other = {"actor": cast.actor(cast.ali), "number": number, "at": at}
    assert refused(qualifications.withdraw, **other) is RefusalCode.NOT_FOUND
    mine = other | {"actor": cast.actor(cast.xiaobo)}
    qualifications.withdraw(**mine)
    assert (stands(number), qualifications.mine(volunteer_id=cast.xiaobo.id, at=at)) == ("withdrawn", [])
    assert refused(qualifications.withdraw, **mine) is RefusalCode.NOT_FOUND


def test_officer_verifies_and_the_person_is_told(cast: World, at: datetime, refused: Refused) -> None:
    number = tell(cast, at)
    facts: dict[str, Any] = {"actor": cast.actor(cast.officer), "number": number, "good": True, "at": at}
    qualifications.check(**facts)
    kept = Qualification.get_by_id(number)
    assert (kept.state, kept.checked_by_id, kept.checked_at) == ("verified", cast.officer.id, at)
    assert told("qualification_verified") == [cast.xiaobo.id]
    line = History.get(History.subject == f"volunteer:{cast.xiaobo.id}")
    assert (line.verb, line.changes) == ("qualification_verified", {"qualification": ["", "船员证"]})
    assert refused(qualifications.check, **facts) is RefusalCode.APPLICATION_STATE


def test_officer_refuses_with_a_word(cast: World, at: datetime, refused: Refused) -> None:
    number = tell(cast, at)
    facts: dict[str, Any] = {"actor": cast.actor(cast.officer), "number": number, "good": False, "at": at}
    assert refused(qualifications.check, **facts) is RefusalCode.REASON_REQUIRED
    assert refused(qualifications.check, **facts, note="长" * 201) is RefusalCode.TEXT_TOO_LONG
    qualifications.check(**facts, note="照片看不清")
    (mine,) = qualifications.mine(volunteer_id=cast.xiaobo.id, at=at)
    assert (mine.state, mine.note) == ("refused", "照片看不清")
    assert "照片看不清" in Delivery.get(Delivery.kind == "qualification_refused").body


def test_nobody_verifies_his_own_whatever_his_posts(cast: World, at: datetime, refused: Refused) -> None:
    store.write(lambda: world.grant(at, cast.xiaobo, "station_officer", region=TOWN))
    number = tell(cast, at)
    own = {"actor": cast.actor(cast.xiaobo), "number": number, "good": True, "at": at}
    assert refused(qualifications.check, **own) is RefusalCode.OWN_RECORD
    assert told("qualification_waiting") == [cast.officer.id]


@pytest.mark.parametrize(
    ("who", "code"), [("ali", RefusalCode.NOT_ALLOWED), ("chali", RefusalCode.NOT_FOUND)]
)
def test_leader_and_stranger_verify_nothing(
    cast: World, at: datetime, refused: Refused, who: str, code: RefusalCode
) -> None:
    facts = {"actor": cast.actor(getattr(cast, who)), "number": tell(cast, at), "good": True, "at": at}
    assert refused(qualifications.check, **facts) in (code, RefusalCode.NOT_FOUND)


def test_unknown_qualification_is_not_found(cast: World, at: datetime, refused: Refused) -> None:
    facts = {"actor": cast.actor(cast.officer), "number": 4711, "at": at}
    assert refused(qualifications.qualification, **facts) is RefusalCode.NOT_FOUND


def test_list_is_cut_to_ones_divisions_and_filtered(cast: World, at: datetime, refused: Refused) -> None:
    tell(cast, at, expires_on=date(2026, 6, 30))
    tell(cast, at, actor=cast.actor(cast.chali), kind="law", name="律师证")
    assert listed(cast, cast.officer, at, state="stated") == ["王小博 船员证", "赵查理 律师证"]
    assert listed(cast, cast.officer, at, kind="law") == ["赵查理 律师证"]
    assert listed(cast, cast.officer, at, ends="soon") == ["王小博 船员证"]
    assert listed(cast, cast.officer, at + timedelta(days=40), ends="over") == ["王小博 船员证"]
    assert listed(cast, cast.officer, at, text="律师") == ["赵查理 律师证"]
    assert refused(listed, cast, cast.ali, at) is RefusalCode.NOT_ALLOWED


def test_page_shows_who_may_check(cast: World, at: datetime) -> None:
    number = tell(cast, at)
    seen = qualifications.qualification(actor=cast.actor(cast.officer), number=number, at=at)
    led = qualifications.qualification(actor=cast.actor(cast.ali), number=number, at=at)
    assert (seen.may_check, led.may_check, seen.row.person) == (True, False, "王小博")


def test_waiting_are_counted_for_those_who_manage(cast: World, at: datetime) -> None:
    number = tell(cast, at)
    tell(cast, at, actor=cast.actor(cast.officer), name="自己的")
    counted = {
        each: qualifications.waiting(actor=cast.actor(getattr(cast, each)), at=at)
        for each in ("officer", "ali", "chali")
    }
    assert counted == {"officer": 1, "ali": 0, "chali": 0}
    qualifications.check(actor=cast.actor(cast.officer), number=number, good=True, at=at)
    assert qualifications.waiting(actor=cast.actor(cast.officer), at=at) == 0


def test_id_number_on_a_paper_is_kept_masked(cast: World, at: datetime) -> None:
    tell(cast, at, number="341522196005010032 ")
    assert Qualification.get().number == "341522********0032"


# the picture


def test_picture_is_sealed_and_seen_by_owner_and_officer_only(
    cast: World, at: datetime, refused: Refused, tmp_path: Path
) -> None:
    parts = make_parts(storage=Disk(tmp_path))
    number = tell(cast, at, photo=picture(), parts=parts)
    asked: dict[str, Any] = {"parts": parts, "number": number, "at": at}
    own = qualifications.photo_of(actor=cast.actor(cast.xiaobo), **asked)
    assert (own[:2], AuditEntry.select().count()) == (b"\xff\xd8", 0)
    assert qualifications.photo_of(actor=cast.actor(cast.officer), **asked) == own
    line = AuditEntry.get()
    assert (line.verb, line.subject, line.actor_id) == (
        "qualification.photo", f"volunteer:{cast.xiaobo.id}", cast.officer.id,
    )  # fmt: skip
    for person in (cast.ali, cast.chali):
        assert refused(qualifications.photo_of, actor=cast.actor(person), **asked) is RefusalCode.NOT_FOUND
    seen = [
        qualifications.qualification(actor=cast.actor(person), number=number, at=at).sees_photo
        for person in (cast.officer, cast.ali)
    ]
    assert seen == [True, False]
    assert own not in b"".join(path.read_bytes() for path in tmp_path.rglob("*.sealed"))


def test_picture_of_a_paper_taken_back_is_gone(
    cast: World, at: datetime, refused: Refused, tmp_path: Path
) -> None:
    parts = make_parts(storage=Disk(tmp_path))
    number = tell(cast, at, photo=picture(), parts=parts)
    qualifications.withdraw(actor=cast.actor(cast.xiaobo), number=number, at=at)
    asked = {"parts": parts, "actor": cast.actor(cast.officer), "number": number, "at": at}
    assert refused(qualifications.photo_of, **asked) is RefusalCode.NOT_FOUND
    assert (StoredFile.select().count(), Qualification.get_by_id(number).proof_id) == (0, None)
    without = tell(cast, at)
    assert refused(qualifications.photo_of, **asked | {"number": without}) is RefusalCode.NOT_FOUND


def test_what_is_no_picture_keeps_nothing(
    cast: World, at: datetime, refused: Refused, tmp_path: Path
) -> None:
    sent = {"photo": b"%PDF-1.7", "parts": make_parts(storage=Disk(tmp_path / "files"))}
    assert refused(tell, cast, at, **sent) is RefusalCode.PHOTO_UNREADABLE
    assert (Qualification.select().count(), StoredFile.select().count()) == (0, 0)
    assert not (tmp_path / "files").exists()


# running out


def remind(at: datetime) -> int:
    return qualifications.remind_due(at=at)


def test_expiry_is_said_thirty_days_before_and_once(cast: World, at: datetime) -> None:
    last = local_day(at) + timedelta(days=31)
    number = tell(cast, at, expires_on=last)
    assert remind(at) == 0
    assert [remind(at + timedelta(days=days)) for days in (1, 2, 20)] == [1, 0, 0]
    assert told("qualification_ends") == [cast.xiaobo.id]
    assert "2026年7月11日" in Delivery.get(Delivery.kind == "qualification_ends").body
    assert Qualification.get_by_id(number).reminded_for == last.isoformat()


def test_new_expiry_is_said_anew(cast: World, at: datetime) -> None:
    number = tell(cast, at, expires_on=local_day(at) + timedelta(days=5))
    assert remind(at) == 1
    longer = (local_day(at) + timedelta(days=20)).isoformat()
    store.write(lambda: Qualification.update(expires_on=longer).where(Qualification.id == number).execute())
    assert remind(at) == 1


def test_worker_that_slept_says_it_late_but_not_after_the_end(cast: World, at: datetime) -> None:
    tell(cast, at, expires_on=local_day(at) + timedelta(days=60))
    assert remind(at + timedelta(days=60)) == 1
    tell(cast, at, expires_on=local_day(at) + timedelta(days=60), name="另一张")
    assert remind(at + timedelta(days=62)) == 0


@pytest.mark.parametrize("state", ["refused", "withdrawn"])
def test_what_does_not_count_is_not_reminded_of(cast: World, at: datetime, state: str) -> None:
    number = tell(cast, at, expires_on=local_day(at) + timedelta(days=5))
    store.write(lambda: Qualification.update(state=state).where(Qualification.id == number).execute())
    assert remind(at) == 0


def test_dead_are_reminded_of_nothing(cast: World, at: datetime) -> None:
    tell(cast, at, expires_on=local_day(at) + timedelta(days=5))
    store.write(lambda: Volunteer.update(state="deceased").where(Volunteer.id == cast.xiaobo.id).execute())
    assert remind(at) == 0


def test_division_sets_its_own_days(cast: World, at: datetime) -> None:
    tell(cast, at, expires_on=local_day(at) + timedelta(days=50))
    assert remind(at) == 0
    numbers.set_number(
        actor=OPERATOR, region_code=COUNTY, kind="team", name="qualification_warn_days", value=60, lock=False,
        reason="r", at=at,
    )  # fmt: skip
    assert remind(at) == 1


def test_many_are_reminded_in_short_writes(
    cast: World, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(qualifications, "BATCH", 2)
    for name in "甲乙丙丁戊":
        tell(cast, at, name=name, expires_on=local_day(at) + timedelta(days=5))
    sizes = []

    def write(act: Callable[[], int]) -> int:
        sizes.append(store.write(act))
        return sizes[-1]

    assert qualifications.remind_due(at=at, write=write) == 5  # type: ignore[arg-type]
    assert sizes == [2, 2, 1]
