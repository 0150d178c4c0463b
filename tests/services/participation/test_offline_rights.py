"""Late scans and rights: the leader's post, codes taken back, other activities, people on no list, nonsense."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from peewee import OperationalError

from models import (
    Activity,
    Attempt,
    MinuteEntry,
    RoleGrant,
    ServiceRecord,
    Signup,
    Volunteer,
    store,
)
from services import codes
from services.bookkeeping import books, records
from services.errors import RefusalCode
from services.lives import cards
from services.participation import offline, revocations
from storage.disk import Disk
from tests.services.participation.offline_phone import Phone, kept, open_phone, person_code, picture, record
from tests.services.participation.test_attendance import MINUTES, refused
from tests.support.fakes import make_parts
from tests.support.world import World, grant, join, make_activity, make_volunteer

HOURS = timedelta(hours=1)



def test_leader_who_had_lost_his_post_is_refused_and_kept(cast: World, phone: Phone, start: datetime) -> None:
    store.write(RoleGrant.update(until=start).where(RoleGrant.volunteer == cast.ali.id).execute)
    assert phone.outcomes(phone.scan(cast.xiaobo, start), at=start + HOURS) == [("refused", "role")]
    assert kept() == [("refused", "not_allowed", "role")]


def test_leader_who_lost_his_post_afterwards_is_believed(cast: World, phone: Phone, start: datetime) -> None:
    store.write(
        RoleGrant.update(until=start + 30 * MINUTES).where(RoleGrant.volunteer == cast.ali.id).execute
    )
    items = phone.scan(cast.xiaobo, start), phone.scan(cast.xiaobo, start + HOURS, "out")
    assert phone.outcomes(*items, at=start + 2 * HOURS) == [("accepted", ""), ("refused", "role")]


def test_leader_does_not_tick_himself(cast: World, phone: Phone, start: datetime) -> None:
    answer = phone.bring(phone.tick(cast.ali, start), at=start + HOURS)[0]
    assert (answer.outcome, answer.reason) == ("refused", "own_record")


# codes


def test_code_taken_back_before_the_scan_waits_for_review(cast: World, phone: Phone, start: datetime) -> None:
    revocations.revoke(
        actor=cast.actor(cast.xiaobo), public_no=cast.xiaobo.public_no, reason="", at=start - 10 * MINUTES
    )
    item = phone.scan(cast.xiaobo, start, issued=start - HOURS)
    assert phone.outcomes(item, at=start + HOURS) == [("review", "revoked")]
    assert record(cast.xiaobo).needs_review == "in:revoked"


def test_code_taken_back_after_the_scan_counts(cast: World, phone: Phone, start: datetime) -> None:
    revocations.revoke(
        actor=cast.actor(cast.xiaobo), public_no=cast.xiaobo.public_no, reason="", at=start + 10 * MINUTES
    )
    item = phone.scan(cast.xiaobo, start, issued=start - HOURS)
    assert phone.outcomes(item, at=start + HOURS) == [("accepted", "")]


def test_next_code_after_one_was_taken_back_is_good(cast: World, phone: Phone, start: datetime) -> None:
    revocations.revoke(
        actor=cast.actor(cast.xiaobo), public_no=cast.xiaobo.public_no, reason="", at=start - HOURS
    )
    item = phone.scan(cast.xiaobo, start, issued=start - 59 * MINUTES)
    assert phone.outcomes(item, at=start + HOURS) == [("accepted", "")]


@pytest.mark.parametrize(("ended", "expected"), [(-MINUTES, "revoked"), (MINUTES, "")])
def test_card_revoked_before_or_after_the_scan(
    cast: World, phone: Phone, start: datetime, at: datetime, ended: timedelta, expected: str, tmp_path: Any
) -> None:
    parts = make_parts(storage=Disk(tmp_path))
    serial = cards.issue(
        parts=parts, actor=cast.actor(cast.ali), public_no=cast.xiaobo.public_no, photo=picture(), at=at
    )
    code = codes.card_code(sign_key=parts.sign_key, serial=serial)
    cards.revoke(
        actor=cast.actor(cast.ali), public_no=cast.xiaobo.public_no, reason="丢了", at=start + ended
    )
    item = phone.item(start, kind="person", code=code)
    assert [a.flag for a in phone.bring(item, at=start + HOURS)] == [expected]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda code: code[:-2] + ("AA" if code[-2:] != "AA" else "BB"), "code_forged"),
        (lambda code: "i1.shift0001.5d.abcdefgh", "code_forged"),
        (lambda code: "p1.shift0001.i.abcdefgh", "code_forged"),
        (lambda code: "k1.nosuch.abcdefgh", "code_unknown"),
        (lambda code: "随便什么", "code_forged"),
    ],
)
def test_code_that_is_none_of_a_person_is_refused_and_kept(
    cast: World, phone: Phone, start: datetime, change: Any, reason: str
) -> None:
    item = phone.scan(cast.xiaobo, start)
    answer = phone.bring(item | {"code": change(item["code"])}, at=start + HOURS)[0]
    assert (answer.outcome, answer.reason, kept()) == ("refused", reason, [("refused", reason, "rejected")])


def test_code_that_had_expired_when_it_was_scanned_is_refused(
    cast: World, phone: Phone, start: datetime
) -> None:
    item = phone.item(start, kind="person", code=person_code(cast.xiaobo, start - MINUTES))
    assert phone.bring(item, at=start + HOURS)[0].reason == "code_expired"


def test_code_that_expired_on_the_way_home_counts(cast: World, phone: Phone, start: datetime) -> None:
    item = phone.item(start, kind="person", code=person_code(cast.xiaobo, start + MINUTES))
    assert phone.outcomes(item, at=start + 10 * HOURS) == [("accepted", "")]


def test_code_of_somebody_merged_into_another_is_the_others(
    cast: World, phone: Phone, start: datetime, at: datetime
) -> None:
    double = store.write(lambda: make_volunteer(at, "王小博"))
    item = phone.scan(double, start)
    store.write(Volunteer.update(state="merged", merged_into=cast.xiaobo.id).where(Volunteer.id == double.id).execute)
    phone.bring(item, at=start + HOURS)
    assert record(cast.xiaobo).in_at == start


# shifts and activities


def test_shift_of_another_activity_is_refused_and_kept(
    cast: World, phone: Phone, start: datetime, at: datetime
) -> None:
    _, other = store.write(lambda: make_activity(at, cast.team))
    answer = phone.bring(phone.tick(cast.xiaobo, start, shift=other.code), at=start + HOURS)[0]
    assert (answer.outcome, answer.reason, ServiceRecord.select().count()) == ("refused", "not_found", 0)


def test_scan_of_another_day_earns_nothing(cast: World, phone: Phone, start: datetime) -> None:
    item = phone.scan(cast.xiaobo, start - timedelta(days=1))
    assert phone.outcomes(item, at=start + HOURS) == [("review", "outside")]


def test_cancelled_activity_keeps_the_scan_for_review(cast: World, phone: Phone, start: datetime) -> None:
    item = phone.scan(cast.xiaobo, start)
    store.write(Activity.update(state="cancelled").where(Activity.id == cast.activity.id).execute)
    assert phone.outcomes(item, at=start + HOURS) == [("review", "cancelled")]
    assert record(cast.xiaobo).needs_review == "in:cancelled"


def test_settled_record_is_corrected_by_new_entries(cast: World, phone: Phone, start: datetime) -> None:
    items = phone.scan(cast.xiaobo, start + 30 * MINUTES), phone.scan(cast.xiaobo, start + 90 * MINUTES, "out")
    phone.bring(*items, at=start + 2 * HOURS)
    records.confirm(actor=cast.actor(cast.ali), activity_code=cast.activity.code, at=start + 3 * HOURS)
    assert phone.outcomes(phone.scan(cast.xiaobo, start), at=start + 4 * HOURS) == [("corrected", "corrected")]
    entries = [entry.amount for entry in MinuteEntry.select().order_by(MinuteEntry.id)]
    assert (entries, record(cast.xiaobo).minutes, books.verify()) == ([60, -60, 90], 90, [])


def test_settled_record_is_left_alone_by_a_later_scan(cast: World, phone: Phone, start: datetime) -> None:
    items = phone.scan(cast.xiaobo, start), phone.scan(cast.xiaobo, start + HOURS, "out")
    phone.bring(*items, at=start + 2 * HOURS)
    records.confirm(actor=cast.actor(cast.ali), activity_code=cast.activity.code, at=start + 3 * HOURS)
    again = phone.scan(cast.xiaobo, start + 5 * MINUTES), phone.scan(cast.xiaobo, start + 70 * MINUTES, "out")
    assert phone.outcomes(*again, at=start + 4 * HOURS) == [("duplicate", "duplicate")] * 2
    assert [entry.amount for entry in MinuteEntry.select()] == [60]


def test_void_record_stays_void(cast: World, phone: Phone, start: datetime) -> None:
    phone.bring(phone.scan(cast.xiaobo, start), at=start + HOURS)
    records.void(actor=cast.actor(cast.ali), record_id=record(cast.xiaobo).id, reason="弄错了", at=start + HOURS)
    answer = phone.bring(phone.scan(cast.xiaobo, start + MINUTES), at=start + HOURS)[0]
    assert (answer.outcome, answer.reason) == ("refused", "record_state")


# people on no list


def test_walk_in_by_code_is_let_in_beyond_the_quota(cast: World, phone: Phone, start: datetime) -> None:
    phone.bring(phone.scan(cast.chali, start), at=start + HOURS)
    made = Signup.get(Signup.volunteer == cast.chali.id)
    assert (made.state, made.walk_in, record(cast.chali).in_at) == ("confirmed", True, start)


def test_walk_in_by_name_is_a_member_of_that_name(
    cast: World, phone: Phone, start: datetime, at: datetime
) -> None:
    zhou = store.write(lambda: make_volunteer(at, "周老三"))
    store.write(lambda: join(at, cast.team, zhou))
    assert phone.outcomes(phone.item(start, kind="name", name="周老三"), at=start + HOURS) == [("accepted", "")]
    assert (record(zhou).in_mode, record(zhou).by_hand) == ("list", True)


@pytest.mark.parametrize("namesakes", [0, 2])
def test_name_that_is_nobodys_or_twos_is_kept_for_the_leader(
    cast: World, phone: Phone, start: datetime, at: datetime, namesakes: int
) -> None:
    for _ in range(namesakes):
        store.write(lambda: join(at, cast.team, make_volunteer(at, "周老三")))
    answer = phone.bring(phone.item(start, kind="name", name="周老三"), at=start + HOURS)[0]
    assert (answer.outcome, answer.reason, Attempt.get().detail, Attempt.get().flag) == (
        "refused", "not_registered", "周老三", "unknown",
    )  # fmt: skip


def test_tick_of_nobody_is_refused(cast: World, phone: Phone, start: datetime) -> None:
    answer = phone.bring(phone.item(start, person="nobody00"), at=start + HOURS)[0]
    assert (answer.outcome, answer.reason) == ("refused", "not_found")


# what cannot be read


@pytest.mark.parametrize(
    "item",
    [
        None, 7, "text", [], {}, {"nonce": str(uuid4())},
        {"nonce": "x" * 36, "kind": "list", "direction": "in", "device_at": 1781053200000, "person": "n0000001"},
        {"nonce": str(uuid4()), "kind": "list", "direction": "sideways", "device_at": 1781053200000, "person": "n1"},
        {"nonce": str(uuid4()), "kind": "list", "direction": "in", "device_at": "今天", "person": "n0000001"},
        {"nonce": str(uuid4()), "kind": "list", "direction": "in", "device_at": 10**18, "person": "n0000001"},
        {"nonce": str(uuid4()), "kind": "list", "direction": "in", "device_at": True, "person": "n0000001"},
        {"nonce": str(uuid4()), "kind": "person", "direction": "in", "device_at": 1781053200000},
        {"nonce": str(uuid4()), "kind": "name", "direction": "in", "device_at": 1781053200000, "name": "a" * 41},
        {"nonce": str(uuid4()), "kind": "teleport", "direction": "in", "device_at": 1781053200000},
        {"nonce": str(uuid4()), "kind": "list", "direction": "in", "device_at": 1781053200000, "person": "n1",
         "offset": 10**18},
    ],
)  # fmt: skip
def test_item_that_cannot_be_read_is_kept_and_refused(
    cast: World, phone: Phone, start: datetime, item: Any
) -> None:
    good = phone.scan(cast.xiaobo, start)
    answers = phone.bring(item, good, at=start + HOURS)
    assert [(a.outcome, a.flag) for a in answers] == [("refused", "rejected"), ("accepted", "")]
    assert ("refused", "bad_request", "rejected") in kept()


def test_too_many_items_at_once_are_sent_back(cast: World, phone: Phone, start: datetime) -> None:
    assert refused(lambda: phone.bring(*[{}] * 501, at=start)) is RefusalCode.TOO_LARGE


def test_our_fault_with_one_item_does_not_keep_back_the_others(
    cast: World, phone: Phone, start: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = offline.perform

    def fail(attempt: Any, standings: Any = None) -> Any:
        if attempt.volunteer_id == cast.chali.id:
            raise RuntimeError("ours")
        return whole(attempt, standings)

    monkeypatch.setattr(offline, "perform", fail)
    items = phone.scan(cast.chali, start), phone.scan(cast.xiaobo, start)
    assert phone.outcomes(*items, at=start + HOURS) == [("refused", "rejected"), ("accepted", "")]
    assert record(cast.xiaobo).in_at == start


def test_database_that_is_busy_rejects_nothing(
    cast: World, phone: Phone, start: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: Any) -> Any:
        raise OperationalError("busy")

    item = phone.scan(cast.xiaobo, start)
    with monkeypatch.context() as patch:
        patch.setattr(offline, "perform", busy)
        with pytest.raises(OperationalError):
            phone.bring(item, at=start + HOURS)
    assert kept() == []
    assert phone.outcomes(item, at=start + HOURS) == [("accepted", "")]


def test_two_phones_of_one_activity_agree_on_the_earliest(
    cast: World, phone: Phone, start: datetime, at: datetime
) -> None:
    store.write(lambda: grant(at, cast.chali, "deputy", team=cast.team))
    other = open_phone(cast, at, leader=cast.chali, secret="t" * 43)
    phone.bring(phone.scan(cast.xiaobo, start + 10 * MINUTES), at=start + HOURS)
    other.bring(other.scan(cast.xiaobo, start), at=start + HOURS)
    assert (record(cast.xiaobo).in_at, ServiceRecord.select().count()) == (start, 1)
