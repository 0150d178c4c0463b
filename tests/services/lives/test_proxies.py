"""代办: the same act as his own, noted with form and helper; never by one who gains."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import (
    Acceptance,
    Activity,
    Attempt,
    AuditEntry,
    BindInvite,
    Certificate,
    Consent,
    Delivery,
    ProxyAct,
    RoleGrant,
    ServiceRecord,
    Signup,
    TeamMember,
    Volunteer,
    store,
)  # fmt: skip
from services.accounts import enrolment
from services.certificates import deciding
from services.errors import Refusal, RefusalCode
from services.lives import proxies
from services.parts import Parts
from tests.services.certificates.world import seal, serve
from tests.support import world
from tests.support.world import COUNTY, OTHER_TOWN, World

C = RefusalCode


@pytest.fixture
def do(parts: Parts, cast: World, photo: bytes, at: datetime) -> Callable[..., int]:
    def act(act: str, subject: str = "", helper: Any = None, person: Any = None, **more: Any) -> int:
        facts = {"form": photo, "at": at, **more}
        return proxies.act_for(
            parts=parts, actor=cast.actor(helper or cast.ali, "console"),
            public_no=(person or cast.xiaobo).public_no, act=act, subject=subject, **facts,
        )  # fmt: skip

    return act


@pytest.fixture
def running(cast: World, at: datetime) -> Any:
    return store.write(lambda: world.make_activity(at, cast.team, starts_in=timedelta(minutes=-10))[1])


def test_sign_up_is_his_own_and_noted(do: Any, cast: World, at: datetime) -> None:
    number = do("sign_up", cast.shift.code)
    mine = Signup.get(Signup.volunteer == cast.xiaobo)
    assert (mine.state, mine.channel) == ("confirmed", "proxy")
    [shown] = proxies.done_for(volunteer_id=cast.xiaobo.id)
    assert (shown.id, shown.act, shown.subject, shown.by, shown.at) == (
        number, "sign_up", cast.shift.code, "李阿丽", at,
    )  # fmt: skip
    note = AuditEntry.get(AuditEntry.verb == "proxy.sign_up")
    assert (note.actor_id, note.subject) == (cast.ali.id, f"volunteer:{cast.xiaobo.id}")
    assert Delivery.select().where(Delivery.volunteer == cast.xiaobo, Delivery.kind == "proxied").count() == 1


def test_agreement_and_late_leaving_go_by_the_signed_form(do: Any, cast: World) -> None:
    store.write(lambda: Activity.update(agreement=True, cancel_hours=12).execute())
    do("sign_up", cast.shift.code)
    do("cancel", cast.shift.code)
    row = Signup.get(Signup.volunteer == cast.xiaobo)
    assert (row.state, row.late, row.reason) == ("cancelled", True, "本人在纸上签字取消")


def test_sent_twice_is_noted_once(do: Any, cast: World) -> None:
    assert do("sign_up", cast.shift.code) == do("sign_up", cast.shift.code)
    do("cancel", cast.shift.code)
    do("sign_up", cast.shift.code)
    assert [one.act for one in proxies.done_for(volunteer_id=cast.xiaobo.id)] == [
        "sign_up",
        "cancel",
        "sign_up",
    ]


def test_sent_twice_at_once_is_noted_once(do: Any, cast: World) -> None:
    with ThreadPoolExecutor(2) as both:
        numbers = list(both.map(lambda _: do("sign_up", cast.shift.code), range(2)))
    assert (len(set(numbers)), ProxyAct.select().count()) == (1, 1)


def test_check_in_and_out_on_the_day(do: Any, cast: World, running: Any, at: datetime) -> None:
    do("check_in", running.code)
    do("check_out", running.code, at=at + timedelta(minutes=90))
    record = ServiceRecord.get()
    assert (record.volunteer_id, record.by_hand, record.minutes) == (cast.xiaobo.id, True, 90)


def test_attendance_of_another_day_is_refused(do: Any, running: Any, at: datetime, refusal: Any) -> None:
    assert refusal(do, act="check_in", subject=running.code, at=at + timedelta(days=1)) == C.PROXY_DAY
    assert refusal(do, act="check_in", subject="nothing1") == C.NOT_FOUND


def test_refused_try_is_kept_and_nothing_noted(do: Any, running: Any, refusal: Any) -> None:
    assert refusal(do, act="check_out", subject=running.code) == C.NO_CHECK_IN
    assert (Attempt.get().reason, ProxyAct.select().count()) == ("no_check_in", 0)


def test_refused_sign_up_leaves_nothing(do: Any, cast: World, refusal: Any) -> None:
    assert refusal(do, act="sign_up", subject="nothing1") == C.NOT_FOUND
    assert refusal(do, act="cancel", subject=cast.shift.code) == C.NOT_SIGNED_UP
    assert ProxyAct.select().count() == 0


def test_new_phone_proves_nothing_yet(do: Any, parts: Parts, cast: World) -> None:
    do("phone", value="13856499999")
    person = Volunteer.get_by_id(cast.xiaobo.id)
    assert (person.phone_index, person.phone_proof) == (parts.vault.index("phone", "13856499999"), "none")


def test_phone_refusals(do: Any, parts: Parts, cast: World, refusal: Any) -> None:
    assert refusal(do, act="phone", value="123") == C.PHONE_INVALID
    store.write(
        lambda: enrolment.set_phone(parts=parts, person=cast.ali, phone="13856488888", proof="officer")
    )
    assert refusal(do, act="phone", value="138 5648 8888") == C.PROXY_GAINS


def test_promises_are_kept(do: Any, cast: World, refusal: Any) -> None:
    do("promise", "pledge")
    do("promise", f"agreement:{cast.team.code}")
    assert {(one.document, one.door) for one in Acceptance.select()} == {
        ("pledge", "proxy"),
        ("agreement", "proxy"),
    }
    assert refusal(do, act="promise", subject="agreement:none") == C.NOT_FOUND


def test_who_may_not(do: Any, cast: World, at: datetime, refusal: Any) -> None:
    def grants() -> Any:
        world.grant(at, cast.chali, "station_officer", region=OTHER_TOWN)
        viewer = world.make_volunteer(at)
        world.grant(at, viewer, "auditor", region=COUNTY)
        return viewer

    viewer = store.write(grants)
    facts = {"act": "sign_up", "subject": cast.shift.code}
    assert refusal(do, helper=cast.chali, **facts) == C.NOT_FOUND
    assert refusal(do, helper=viewer, **facts) == C.NOT_ALLOWED
    assert refusal(do, helper=cast.xiaobo, **facts) == C.NOT_FOUND
    assert do(helper=cast.officer, **facts)


def test_nobody_acts_for_himself_or_in_his_own_stead(
    do: Any, cast: World, at: datetime, refusal: Any
) -> None:
    facts = {"act": "sign_up", "subject": cast.shift.code}
    assert refusal(do, helper=cast.ali, person=cast.ali, **facts) == C.PROXY_GAINS
    store.write(
        lambda: RoleGrant.create(
            volunteer=cast.chali, role="deputy", team_id=cast.team.id, from_at=at, acting_for=cast.xiaobo.id
        )
    )
    assert refusal(do, helper=cast.chali, person=cast.xiaobo, **facts) == C.PROXY_GAINS
    assert do(helper=cast.chali, person=cast.ali, **facts)


def test_photo_and_act_are_looked_at(do: Any, cast: World, refusal: Any) -> None:
    assert refusal(do, act="redeem", subject="1") == C.BAD_REQUEST
    assert refusal(do, act="sign_up", subject=cast.shift.code, form=b"") == C.PHOTO_MISSING
    assert refusal(do, act="enrol") == C.INVITE_INVALID
    store.write(lambda: Volunteer.update(state="deceased").where(Volunteer.id == cast.xiaobo.id).execute())
    assert refusal(do, act="sign_up", subject=cast.shift.code) == C.ACCOUNT_CLOSED
    assert Signup.select().count() == 0


@pytest.fixture
def invited(cast: World, at: datetime) -> Any:
    def make() -> Any:
        person = world.make_volunteer(at, "吴受邀", state="invited", entered_by=cast.ali.id)
        BindInvite.create(
            token="t1", volunteer=person, team_id=cast.team.id, created_by=cast.ali, created_at=at,
            expires_at=at + timedelta(days=7),
        )  # fmt: skip
        return person

    return store.write(make)


def test_signed_form_enrols_somebody_without_a_phone(do: Any, cast: World, invited: Any) -> None:
    do("enrol", helper=cast.officer, person=invited)
    assert Volunteer.get_by_id(invited.id).state == "active"
    assert {(one.purpose, one.channel) for one in Consent.select().where(Consent.volunteer == invited)} == {
        ("service", "proxy"), ("id_number", "proxy"), ("veteran_status", "proxy"),
    }  # fmt: skip


def test_who_entered_him_does_not_say_yes_for_him(
    do: Any, cast: World, invited: Any, at: datetime, refusal: Any
) -> None:
    assert refusal(do, act="enrol", person=invited) == C.PROXY_GAINS
    assert refusal(do, act="sign_up", subject=cast.shift.code, person=invited) == C.NOT_REGISTERED
    late = at + timedelta(days=8)
    assert refusal(do, act="enrol", person=invited, helper=cast.officer, at=late) == C.INVITE_INVALID
    store.write(lambda: BindInvite.delete().execute())
    assert refusal(do, act="enrol", person=invited, helper=cast.officer) == C.INVITE_INVALID


def test_form_is_shown_to_few_and_the_look_noted(
    do: Any, parts: Parts, cast: World, at: datetime, refusal: Any
) -> None:
    number = do("sign_up", cast.shift.code)

    def look(person: Any) -> bytes:
        return proxies.form_of(parts=parts, actor=cast.actor(person, "console"), number=number, at=at)

    assert look(cast.xiaobo).startswith(b"\xff\xd8")
    assert AuditEntry.select().where(AuditEntry.verb == "proxy.form").count() == 0
    look(cast.officer)
    assert AuditEntry.select().where(AuditEntry.verb == "proxy.form").count() == 1
    assert refusal(look, person=cast.chali) == C.NOT_FOUND
    look(cast.ali)
    store.write(lambda: TeamMember.update(to_at=at).where(TeamMember.volunteer == cast.xiaobo).execute())
    assert refusal(look, person=cast.ali) == C.NOT_FOUND
    facts = {"parts": parts, "actor": cast.actor(cast.ali), "number": number + 1, "at": at}
    assert refusal(proxies.form_of, **facts) == C.NOT_FOUND


def test_certificate_is_asked_for_on_paper_and_not_decided_by_the_writer(
    do: Any, cast: World, parts: Parts, at: datetime
) -> None:
    serve(cast, at)
    seal(cast, at)
    do("certificate", "hours:ever", helper=cast.officer)
    made = Certificate.get()
    assert (made.state, made.asked_by_id, made.volunteer_id) == ("requested", cast.officer.id, cast.xiaobo.id)
    with pytest.raises(Refusal) as no:
        deciding.issue(parts=parts, actor=cast.actor(cast.officer, "console"), code=made.code, at=at)
    assert no.value.code is C.OWN_RECORD
