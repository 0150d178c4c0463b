"""A restored backup does not begin again what had ended since it was made."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from models import (
    AccountClosing,
    AuditEntry,
    Broadcast,
    Delivery,
    Digits,
    LoginTicket,
    MassSend,
    Notice,
    OfflineKit,
    Session,
    Volunteer,
    store,
)
from schedulers.jobs import closings
from services import audit
from services.accounts import console_login, sessions
from services.actors import OPERATOR
from services.bookkeeping import anchors, books
from services.codes import token_hash
from services.messaging import outbox
from services.operation import health
from services.operation.restoring import NotRestored
from services.participation import kits
from services.privacy import closing, erased
from tests.services.bookkeeping.test_proofs import night
from tests.services.messaging.outbox_cases import queue
from tests.services.operation.backup_house import House, house
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import make_volunteer

__all__ = ["house"]
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def anchored(house: House) -> Path:
    """The file of anchors of this house."""
    file = house.folder / "beside" / "anchors.jsonl"
    house.parts = replace(house.parts, anchors_file=str(file))
    return file


def test_whoever_was_logged_out_everywhere_stays_out(house: House) -> None:
    officer = house.cast.officer.id
    open_one = sessions.open_session
    tokens = {kind: open_one(kind=kind, volunteer_id=officer, at=house.at).token for kind in ("console", "api")}
    link = console_login.grant_link(volunteer_id=officer, at=house.at)
    store.write(lambda: Digits.create(digits="482913", purpose="join", subject="1", created_at=house.at,
                                      expires_at=house.at + DAY))  # fmt: skip
    path = house.make().path
    sessions.close_all(volunteer_id=officer, at=house.at)
    done = house.restore(path)
    with store.session():
        now = house.at + timedelta(minutes=5)
        assert [sessions.authenticate(token=token, kind=kind, at=now) for kind, token in tokens.items()] == [None, None]
        assert LoginTicket.get(LoginTicket.token_hash == token_hash(link)).state == "refused"
        assert Digits.select().count() == 0
        assert AuditEntry.select().where(AuditEntry.verb == "house.restored").count() == 1
    assert done.ended.sessions == 2


def test_phone_without_a_network_may_bring_its_scans_and_reads_its_list_no_more(house: House) -> None:
    actor, activity = house.cast.actor(house.cast.ali), house.cast.activity.code
    links = [kits.issue(parts=house.parts, actor=actor, activity_code=activity, at=house.at).url for _ in range(2)]
    kits.open_link(link=links[0].rpartition("/")[2], secret="s" * 43, device="", at=house.at)
    house.restore(house.make().path)
    with store.session():
        later = house.at + timedelta(hours=10)
        assert sessions.authenticate(token="s" * 43, kind="offline", at=later) is not None
        assert [row.revoked_at is None for row in OfflineKit.select().order_by(OfflineKit.id)] == [True, False]
        assert {row.until <= later for row in OfflineKit.select()} == {True}
        assert Session.select().where(Session.revoked_at.is_null()).count() == 1


def test_message_that_was_to_go_out_is_never_sent_again_and_officers_see_it(house: House) -> None:
    at = house.at
    due, coming = queue(house.cast, at, priority=1), queue(house.cast, at, due_at=at + DAY)
    flying = queue(house.cast, at)
    store.write(lambda: Delivery.update(state="inflight", lease_until=at + DAY).where(Delivery.id == flying).execute())
    done = house.restore(house.make().path)
    with store.session():
        states = [Delivery.get_by_id(each).state for each in (due, flying, coming)]
        gateway = FakeGateway()
        outbox.deliver_due(parts=make_parts(gateway), owner="w", at=at + timedelta(hours=9), limit=50)
        assert (states, gateway.calls) == (["unknown", "unknown", "queued"], [])
        assert health.figures(at=at + timedelta(hours=9)).states["unknown"] == done.ended.unknown


def test_broadcast_and_mass_send_that_were_under_way_are_not_begun_anew(house: House) -> None:
    at, cast = house.at, house.cast

    def act() -> None:
        for send_at in (None, at + DAY):
            notice = Notice.create(kind="broadcast", team=cast.team, sender=cast.ali, text="x", created_at=at)
            Broadcast.create(notice=notice, state="due", whole="team", team=cast.team, name="全队", send_at=send_at)
        MassSend.create(text="x", audience="all", state="due", sender=cast.officer, created_at=at)

    store.write(act)
    house.restore(house.make().path)
    with store.session():
        assert [row.state for row in Broadcast.select().order_by(Broadcast.notice)] == ["stopped", "due"]
        assert MassSend.get().state == "unknown"


def test_whoever_was_erased_since_is_erased_again_by_number_alone(house: House, anchored: Path) -> None:
    at, parts = house.at, house.parts
    person = store.write(lambda: make_volunteer(at, name="查里曾"))
    other = store.write(lambda: make_volunteer(at, name="查里曾"))
    path = house.make().path  # he asks only afterwards
    closing.ask(actor=house.cast.actor(person), at=at)
    assert closings(parts, at + closing.DAYS, store.write) == 1
    (line,) = anchored.with_name("erased.jsonl").read_text(encoding="utf-8").splitlines()
    assert set(json.loads(line)) == {"number", "public_no", "at"}
    assert closings(parts, at + closing.DAYS, store.write) == 0
    assert len(erased.read(erased.beside(str(anchored)))) == 1
    done = house.restore(path, at=at + 15 * DAY)
    with store.session():
        assert Volunteer.get_by_id(person.id).state == "left"
        assert [row.id for row in Volunteer.select().where(Volunteer.name == "查里曾")] == [other.id]
        assert AccountClosing.get(AccountClosing.volunteer == person.id).state == "done"
        assert Delivery.select().where(Delivery.state.in_(("queued", "inflight"))).count() == 0
    assert (done.ended.erased, done.wrong) == (1, [])


def test_entry_that_was_merged_into_the_erased_one_since_is_erased_again(house: House) -> None:
    at = house.at
    one, two = (store.write(lambda: make_volunteer(at, name="查里曾")) for _ in range(2))
    path = house.make().path
    store.write(lambda: Volunteer.update(merged_into=one.id, state="merged").where(Volunteer.id == two.id).execute())
    closing.ask(actor=house.cast.actor(one), at=at)
    closings(house.parts, at + closing.DAYS, store.write)
    assert house.restore(path, at=at + 15 * DAY).ended.erased == 2
    with store.session():
        assert Volunteer.select().where(Volunteer.name == "查里曾").count() == 0


def test_list_of_the_erased_that_does_not_read_stops_it_before_anything_is_touched(
    house: House, anchored: Path
) -> None:
    path = house.make().path
    anchored.parent.mkdir()
    anchored.with_name("erased.jsonl").write_text("{")
    with pytest.raises(NotRestored, match=r"line 1 of .* says nobody"):
        house.restore(path)


def test_anchors_of_the_time_after_the_backup_are_told_once_and_not_asked_for_again(
    house: House, anchored: Path
) -> None:
    at = house.at
    night(anchored, at + DAY)
    path = house.make(at=at + DAY).path
    audit.note(actor=OPERATOR, verb="export", subject="list:/console/people", detail={}, at=at + DAY)
    before = night(anchored, at + 2 * DAY)
    copied = anchored.with_name("copied.jsonl")
    copied.write_bytes(anchored.read_bytes())
    done = house.restore(path, at=at + 2 * DAY + timedelta(hours=1))
    assert done.wrong == []
    assert done.beyond == [("audit_entry", AuditEntry.select().count())]
    with store.session():
        assert night(anchored, at + 3 * DAY) > before + 1  # the line about it, and what was sealed since
        assert "books" not in {check.name for check in health.health(at=at + 3 * DAY).checks if not check.ok}
        assert [each.restored for each in anchors.restores(str(anchored))] == [path.name]
        said = books.differences(whole=True, anchors_file=str(copied))
        assert [each for each in said if each.startswith("anchor of audit_entry: it was sealed up to row")] != []


def test_what_was_sealed_before_the_backup_and_is_not_in_it_is_a_difference(house: House, anchored: Path) -> None:
    path = house.make(at=house.at + 2 * DAY).path  # so it says
    night(anchored, house.at + DAY)
    done = house.restore(path, at=house.at + 3 * DAY)
    assert done.beyond == []
    assert [each.partition(":")[0] for each in done.wrong] == [
        f"anchor of {each.book}" for each in anchors.standing(str(anchored))
    ]
    assert len(done.wrong) > 1
