"""注销: asked for, thought over, undone; after fourteen days nobody is left in it but a number."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import (
    AccountClosing,
    AuditEntry,
    Balance,
    CasePerson,
    Certificate,
    Consent,
    Delivery,
    DeliveryTry,
    Evaluation,
    HoursCase,
    MinuteEntry,
    PersonCall,
    PointEntry,
    RoleGrant,
    ServiceRecord,
    Session,
    Shift,
    Signup,
    TeamMember,
    TicketLine,
    Volunteer,
    WechatIdentity,
    store,
)
from services import audit
from services.access import oversight, person_view
from services.accounts import sessions
from services.bookkeeping import books, sealing
from services.certificates import asking, checking, deciding
from services.certificates.drafting import Scope
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from services.lives import deaths
from services.privacy import closing, gathering
from services.privacy.closing import DAYS, REMIND
from services.privacy.table import models, tables
from tests.services.certificates.world import seal
from tests.services.privacy.people import NUMBER, PHONE, full
from tests.support import world
from tests.support.fakes import make_parts
from tests.support.flood import make_flood
from tests.support.world import COUNTY, World

PARTS = make_parts()
MOMENT = timedelta(milliseconds=1)


@pytest.fixture
def me(cast: World, at: datetime) -> Volunteer:
    return full(cast, PARTS, at)


def refused(act: Any, **facts: Any) -> RefusalCode:
    with pytest.raises(Refusal) as no:
        act(**facts)
    return no.value.code


def told(person: Volunteer) -> list[str]:
    rows = Delivery.select().where(Delivery.volunteer == person, Delivery.kind.startswith("closing"))
    return [row.kind for row in rows.order_by(Delivery.id)]


def close(cast: World, person: Volunteer, at: datetime) -> None:
    due = closing.ask(actor=cast.actor(person), at=at)
    closing.work(parts=PARTS, at=due - REMIND)
    assert closing.work(parts=PARTS, at=due) == 1


def test_account_lives_for_fourteen_days_and_no_moment_less(cast: World, me: Volunteer, at: datetime) -> None:
    due = closing.ask(actor=cast.actor(me), at=at)
    assert due == at + timedelta(days=14)
    assert closing.ask(actor=cast.actor(me), at=at + timedelta(days=1)) == due
    closing.work(parts=PARTS, at=due - MOMENT)
    assert (Volunteer.get_by_id(me.id).name, told(me)) == (me.name, ["closing_asked", "closing_soon"])
    closing.work(parts=PARTS, at=due)
    assert (Volunteer.get_by_id(me.id).name, AccountClosing.get().state) == ("（已注销）", "done")


def test_reminder_comes_once_three_days_before(cast: World, me: Volunteer, at: datetime) -> None:
    due = closing.ask(actor=cast.actor(me), at=at)
    assert closing.work(parts=PARTS, at=due - REMIND - MOMENT) == 0
    assert [closing.work(parts=PARTS, at=due - REMIND) for _ in range(2)] == [1, 0]
    assert told(me) == ["closing_asked", "closing_soon"]


def test_undone_in_time_nothing_is_lost(cast: World, me: Volunteer, at: datetime) -> None:
    due = closing.ask(actor=cast.actor(me), at=at)
    for _ in range(2):
        closing.undo(actor=cast.actor(me), at=due - MOMENT)
    assert closing.work(parts=PARTS, at=due) == 0
    assert (Volunteer.get_by_id(me.id).name, closing.look(volunteer_id=me.id, at=due).due_at) == (me.name, None)
    assert told(me) == ["closing_asked", "closing_undone"]
    assert closing.ask(actor=cast.actor(me), at=due) == due + DAYS


def test_nothing_to_undo(cast: World, me: Volunteer, at: datetime) -> None:
    assert refused(closing.undo, actor=cast.actor(me), at=at) == RefusalCode.NOT_FOUND


def test_what_is_lost_and_what_stays_is_said_before(cast: World, me: Volunteer, at: datetime) -> None:
    store.write(lambda: ServiceRecord.update(state="confirmed").execute())
    shown = closing.look(volunteer_id=me.id, at=at)
    assert (shown.minutes, shown.points, shown.certificates, shown.open_records, shown.held) == (125, 2, 0, 0, "")
    assert (shown.asked_at, shown.due_at, shown.redemptions) == (None, None, 0)


def everything_of(person: Volunteer) -> str:
    """All text that the database still holds, of every table."""
    return json.dumps([list(model.select().tuples()) for model in models().values()], default=str, ensure_ascii=False)


def test_identity_is_erased_everywhere(cast: World, me: Volunteer, at: datetime) -> None:
    openids = [row.openid for row in WechatIdentity.select().where(WechatIdentity.volunteer == me)]
    token = sessions.open_session(kind="api", identity_id=cast.actor(me).identity_id, at=at).token
    close(cast, me, at)
    left = everything_of(me)
    for word in (me.name, NUMBER, PHONE, *openids, "安排得好", "我的时长少了", "开过卡车", "下午才有空"):
        assert word not in left, word
    row = Volunteer.get_by_id(me.id)
    assert (row.document_sealed, row.document_index, row.phone_sealed, row.phone_index, row.birth_date) == (None,) * 5
    assert (row.state, row.public_no, row.region_code) == ("left", me.public_no, me.region_code[:6])
    assert sessions.authenticate(token=token, kind="api", at=at + DAYS) is None
    assert Session.select().count() == Delivery.select().where(Delivery.volunteer == me).count() == 0
    assert (Evaluation.get(Evaluation.author == me).words, TicketLine.get().text) == ("", "")


def test_words_about_him_in_audit_and_histories_rest_and_are_shown_to_nobody(
    cast: World, me: Volunteer, at: datetime
) -> None:
    officer, who = cast.actor(cast.officer, "console"), f"volunteer:{me.id}"
    store.write(lambda: world.grant(at, cast.officer, "auditor", region=COUNTY))
    store.write(lambda: world.grant(at, cast.officer, "region_admin", region=COUNTY))
    reason = f"{me.name}住院，电话{PHONE}"
    audit.note(actor=officer, verb="reveal", subject=who, detail={"what": "phone", "reason": reason}, at=at)
    asked = {"rows": 1, "asked": {"q": me.name}}
    audit.note(actor=officer, verb="export", subject="list:/console/people", detail=asked, at=at)
    audit.changed(actor=officer, verb="name", subject=who, changes={"name": ["王小波", me.name]}, reason=reason, at=at)
    sealing.seal_due(at=at + timedelta(hours=2))
    assert reason in shown_to(officer, me, at)
    close(cast, me, at)
    # They are only added to and sealed: the impact assessment says so, and of no other place.
    still = {name: found for name in tables() if (found := holds(name, me.name, "王小波", PHONE))}
    assert still == {"audit_entry": {"detail"}, "history": {"changes", "reason"}}
    assert books.verify(whole=True) == []
    left = shown_to(officer, me, at + DAYS)
    assert "（本人已注销，不再显示）" in left
    assert [word for word in (me.name, "王小波", PHONE, "住院") if word in left] == []
    assert '"what": "phone"' in left  # that somebody looked, and at what, stays readable


def shown_to(actor: Any, person: Volunteer, at: datetime) -> str:
    """All that an auditor of the division reads about him: the audit's lines and his page."""
    lines = oversight.entries(actor=actor, wanted=Wanted(filters={"subject": "volunteer"}), at=at).rows
    page = person_view.person(parts=PARTS, actor=actor, public_no=person.public_no, at=at)
    told = [asdict(each) for each in (*lines, *page.changes, *page.looks)]
    return json.dumps(told, default=str, ensure_ascii=False)


def holds(table: str, *words: str) -> set[str]:
    """The columns of a table in which one of the words stands."""
    rows = models()[table].select().dicts()
    return {name for row in rows for name, value in row.items() if any(word in str(value) for word in words)}


def test_books_and_records_stay_under_the_number(cast: World, me: Volunteer, at: datetime) -> None:
    close(cast, me, at)
    assert [e.amount for e in MinuteEntry.select().where(MinuteEntry.volunteer == me)] == [125]
    assert [e.amount for e in PointEntry.select().where(PointEntry.volunteer == me)] == [2]
    assert Balance.get_by_id(me.id).minutes == 125
    assert books.verify(whole=True) == []
    assert Consent.select().where(Consent.volunteer == me).count() == 2
    assert AuditEntry.select().where(AuditEntry.verb == "person.reveal").count() == 1
    assert AuditEntry.select().where(AuditEntry.verb == "closing.done").count() == 1


def test_places_and_memberships_end(cast: World, me: Volunteer, at: datetime) -> None:
    _, later = store.write(lambda: world.make_activity(at, cast.team, starts_in=timedelta(days=30)))
    store.write(lambda: world.sign_up(at, later, me))
    close(cast, me, at)
    assert TeamMember.get(TeamMember.volunteer == me).ended_why == "left"
    assert (Shift.get_by_id(later.id).taken, Signup.get(Signup.shift == later).state) == (0, "cancelled")


def test_certificate_is_still_proved_by_half_a_name(cast: World, me: Volunteer, at: datetime) -> None:
    seal(cast, at)
    [code] = asking.ask(parts=PARTS, actor=cast.actor(me), scope=Scope(), at=at)
    deciding.issue(parts=PARTS, actor=cast.actor(cast.officer, "console"), code=code, at=at)
    before = checking.look(code=code, address="a", at=at)
    close(cast, me, at)
    after = checking.look(code=code, address="a", at=at + DAYS)
    assert (after.name, after.document_end) == (before.name, before.document_end)
    assert (after.minutes, after.state) == (125, "valid")
    assert Certificate.get().document is None
    assert me.name not in json.dumps(Certificate.get().content, ensure_ascii=False)
    assert books.verify(whole=True) == []  # what was masked by us is not what somebody wrote anew


def test_same_person_comes_back_as_somebody_new(cast: World, me: Volunteer, at: datetime) -> None:
    close(cast, me, at)
    index = PARTS.vault.index("id_no", NUMBER)
    assert not Volunteer.select().where(Volunteer.document_index == index).exists()


def test_entry_that_was_merged_into_his_is_erased_too(cast: World, me: Volunteer, at: datetime) -> None:
    def merge() -> Volunteer:
        old = world.make_volunteer(at, "王小薄", state="merged", merged_into=me)
        return world.make_volunteer(at, "王小簿", state="merged", merged_into=old)

    last = store.write(merge)
    close(cast, me, at)
    assert {row.name for row in Volunteer.select().where(Volunteer.name.contains("王"))} == set()
    assert Volunteer.get_by_id(last.id).document_index is None


def test_leader_hands_over_first(cast: World, at: datetime) -> None:
    with pytest.raises(Refusal) as no:
        closing.ask(actor=cast.actor(cast.ali), at=at)
    assert (no.value.code, no.value.facts) == (RefusalCode.CLOSING_POST, {"posts": "东湖服务队队长"})
    assert "东湖服务队队长" in closing.look(volunteer_id=cast.ali.id, at=at).held
    officer = refused(closing.ask, actor=cast.actor(cast.officer), at=at)
    assert (officer, AccountClosing.select().count()) == (RefusalCode.CLOSING_POST, 0)


def test_whoever_is_on_an_emergency_call_stays_until_it_is_over(cast: World, at: datetime) -> None:
    flood = make_flood(cast, at)
    code = flood.start()
    flood.comes(code, "河口", 3)
    person = flood.members["河口"][1]
    flood.goes(code, person)
    assert PersonCall.get(PersonCall.volunteer == person).state == "accepted"
    assert refused(closing.ask, actor=cast.actor(person, "pages"), at=at) == RefusalCode.CLOSING_DISPATCH


def test_case_about_his_hours_is_decided_first(cast: World, me: Volunteer, at: datetime) -> None:
    def case() -> None:
        held = HoursCase.create(
            code="case0001", region_code=me.region_code, team=cast.team, suspicion="?", source="sample", state="held",
            opened_at=at,
        )  # fmt: skip
        CasePerson.create(case=held, volunteer=me)

    store.write(case)
    assert refused(closing.ask, actor=cast.actor(me), at=at) == RefusalCode.CLOSING_CASE


def test_post_taken_up_meanwhile_holds_the_account_and_is_said_once(cast: World, me: Volunteer, at: datetime) -> None:
    due = closing.ask(actor=cast.actor(me), at=at)
    post = store.write(lambda: world.grant(at, me, "deputy", team=cast.team))
    assert [closing.work(parts=PARTS, at=due) for _ in range(2)] == [1, 0]
    assert (Volunteer.get_by_id(me.id).name, told(me)) == (me.name, ["closing_asked", "closing_held"])
    store.write(lambda: RoleGrant.update(until=due).where(RoleGrant.id == post.id).execute())
    assert closing.work(parts=PARTS, at=due + MOMENT) == 1
    assert Volunteer.get_by_id(me.id).state == "left"


def test_death_ends_the_request_and_keeps_what_the_family_may_have(cast: World, me: Volunteer, at: datetime) -> None:
    due = closing.ask(actor=cast.actor(me), at=at)
    deaths.report(
        parts=PARTS, actor=cast.actor(cast.ali, "console"), public_no=me.public_no, relation="leader", at=at
    )
    closing.work(parts=PARTS, at=due)
    assert (Volunteer.get_by_id(me.id).name, AccountClosing.get().state) == (me.name, "undone")


def test_worker_killed_in_the_middle_leaves_all_or_nothing(
    cast: World, me: Volunteer, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = closing.ask(actor=cast.actor(me), at=at)

    def killed(*_: Any, **__: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr("services.privacy.erasing._forget_files", killed)
        with pytest.raises(RuntimeError):
            closing.work(parts=PARTS, at=due)
    assert (Volunteer.get_by_id(me.id).name, AccountClosing.get().state) == (me.name, "asked")
    assert closing.work(parts=PARTS, at=due) == 1
    assert Volunteer.get_by_id(me.id).state == "left"


def test_messages_and_their_tries_go_with_him(cast: World, me: Volunteer, at: datetime) -> None:
    mine = Delivery.get(Delivery.kind == "merged")
    store.write(lambda: DeliveryTry.create(delivery=mine, channel="tpl", outcome="sent", at=at))
    close(cast, me, at)
    assert DeliveryTry.select().count() == 0


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_nothing_is_to_be_erased_from_what_only_grows(db: Any) -> None:
    rows = db.execute_sql("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'")
    grows = {table for table, name in rows if name.endswith("_no_update")}
    assert len(grows) > 10
    assert [name for name in grows if tables()[name].dropped or tables()[name].erased] == []


def test_nothing_of_him_is_left_to_copy(cast: World, me: Volunteer, at: datetime) -> None:
    close(cast, me, at)
    copy = gathering.gather(parts=PARTS, volunteer_id=me.id, whole=True, at=at)
    assert (copy["identity"]["name"], copy["identity"]["document"], copy["identity"]["phone"]) == ("（已注销）", "", "")
