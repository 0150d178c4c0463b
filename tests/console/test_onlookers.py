"""Those who look, count or guide: what they may read, what they are led to, and that nothing invites them to change."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest

from models import BindInvite, Delivery, Notice, RoleGrant, ServiceRecord, Volunteer, store
from services.access import posts
from services.bookkeeping import records
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from services.messaging import outbox_views
from services.policy import numbers
from tests.console.conftest import Desk
from tests.support import world
from tests.support.world import COUNTY, OTHER_TOWN, TOWN, World, make_broadcast


def _give(cast: World, at: datetime, role: str, region: str = COUNTY, speciality: str = "") -> None:
    """陈查理 holds this right."""
    store.write(
        lambda: RoleGrant.create(
            volunteer=cast.chali, role=role, region_code=region, speciality=speciality, from_at=at
        )
    )


def _message(cast: World, at: datetime, person: Volunteer, title: str) -> None:
    """A message of the team to this person, in the queue."""

    def act() -> None:
        notice = Notice.create(kind="broadcast", team=cast.team, created_at=at)
        Delivery.create(
            dedupe_key=f"{title}:{person.id}", kind="broadcast", notice=notice, volunteer=person, title=title, body="b",
            data={}, state="queued", due_at=at, expires_at=at + timedelta(days=1), created_at=at,
        )  # fmt: skip

    store.write(act)


def test_auditor_reads_the_numbers_and_cannot_set_them(
    cast: World, at: datetime, desk: Callable[..., Desk]
) -> None:
    _give(cast, at, "auditor")
    auditor = desk(cast.chali)
    assert "修改</a>" not in auditor.get("/console/policy").text
    page = auditor.get(f"/console/policy/team/min_members?region={COUNTY}")
    assert page.status_code == 200
    assert "您可以查看" in page.text
    assert "<form class=" not in page.text
    assert not numbers.may_set(actor=cast.actor(cast.chali), region_code=COUNTY, at=at)
    assert numbers.may_set(actor=cast.actor(cast.officer), region_code=COUNTY, at=at)


def test_auditor_reads_the_outbox_by_name(cast: World, at: datetime, desk: Callable[..., Desk]) -> None:
    _give(cast, at, "auditor")
    _message(cast, at, cast.xiaobo, "活动提醒")
    _message(cast, at, cast.ali, "请确认服务时长")
    actor, asked = cast.actor(cast.chali), Wanted(text=cast.ali.name)
    found = outbox_views.deliveries(actor=actor, wanted=asked, at=at)
    assert [(line.name, line.title) for line in found.rows] == [(cast.ali.name, "请确认服务时长")]
    assert outbox_views.outbox(actor=actor, name=cast.ali.name, at=at).counts == {"queued": 1}
    page = desk(cast.chali).get(f"/console/outbox?q={cast.ali.name}").text
    assert "请确认服务时长" in page
    assert ">活动提醒</a>" not in page


def test_outbox_beside_is_empty_and_without_a_right_refused(cast: World, at: datetime) -> None:
    _message(cast, at, cast.xiaobo, "活动提醒")
    actor = cast.actor(cast.chali)
    for ask in (outbox_views.outbox, partial(outbox_views.deliveries, wanted=Wanted())):
        with pytest.raises(Refusal) as no:
            ask(actor=actor, at=at)  # type: ignore[operator]
        assert no.value.code is RefusalCode.NOT_ALLOWED
    _give(cast, at, "auditor", OTHER_TOWN)
    assert outbox_views.deliveries(actor=actor, wanted=Wanted(), at=at).rows == []


def test_auditor_sees_who_has_not_come_and_no_code(
    cast: World, at: datetime, desk: Callable[..., Desk]
) -> None:
    _give(cast, at, "auditor")
    late = store.write(lambda: world.make_volunteer(at, "吴未到", state="invited"))
    store.write(
        lambda: BindInvite.create(
            token="post-token-0001", volunteer=late, role="station_officer", region_code=TOWN, created_by=cast.officer,
            created_at=at, expires_at=at.replace(year=at.year + 1),
        )
    )  # fmt: skip
    page = desk(cast.chali).get("/console/officers").text
    assert "吴未到" in page
    assert "post-token-0001" not in page
    with pytest.raises(Refusal) as no:
        posts.invite_again(actor=cast.actor(cast.chali), token="post-token-0001", at=at)
    assert no.value.code is RefusalCode.NOT_FOUND
    assert "post-token-0001" in desk(cast.officer).get("/console/officers").text


def test_partner_is_led_to_the_teams_of_his_speciality(
    cast: World, at: datetime, desk: Callable[..., Desk]
) -> None:
    _give(cast, at, "partner", speciality="governance")
    partner = desk(cast.chali)
    assert 'href="/console/all-teams"' in partner.get("/console").text
    assert 'href="/console/all-teams"' in partner.get("/console/manage").text
    assert cast.team.name in partner.get("/console/all-teams").text
    assert "/console/people" not in partner.get("/console/manage").text


def test_viewer_is_led_to_numbers_alone(cast: World, at: datetime, desk: Callable[..., Desk]) -> None:
    _give(cast, at, "viewer")
    viewer = desk(cast.chali)
    page = viewer.get("/console").text
    assert 'href="/console/overview"' in page
    assert 'href="/console/all-teams"' not in page
    gaps = viewer.get("/console/gaps").text
    assert "/console/foundings/new" not in gaps
    assert "/console/policy" not in gaps
    assert "/console/foundings/new" in desk(cast.officer).get("/console/gaps").text


def test_auditor_reads_a_single_record_with_its_history(
    cast: World, at: datetime, desk: Callable[..., Desk]
) -> None:
    _give(cast, at, "auditor")
    start = cast.shift.starts_at
    one = store.write(
        lambda: ServiceRecord.create(
            shift=cast.shift, activity=cast.activity, team=cast.team, volunteer=cast.xiaobo, local_day="2026-06-10",
            region_code=cast.team.region_code, in_at=start, rule_set=cast.hours_rule, created_at=at, updated_at=at,
        )
    )  # fmt: skip
    records.void(actor=cast.actor(cast.ali), record_id=one.id, reason="人没有来", at=start)
    path = f"/console/activities/{cast.activity.code}/records/{one.id}"
    auditor = desk(cast.chali)
    assert f'href="{path}"' in auditor.get(f"/console/activities/{cast.activity.code}").text
    page = auditor.get(path)
    assert "状态：待确认 改为 已作废　人没有来" in page.text
    assert "<form method" not in page.text.partition("<footer")[0]
    assert auditor.post(f"{path}/void", {"reason": "x"}).status_code == 403


def _sent(cast: World, at: datetime, state: str = "sent") -> Notice:
    """A broadcast of 李阿力 to his team."""
    return store.write(
        lambda: make_broadcast(at, cast.team, cast.ali, "明天八点集合", state=state, recipients=3)
    )  # fmt: skip


def test_auditor_opens_a_broadcast_and_cannot_stop_it(
    cast: World, at: datetime, desk: Callable[..., Desk]
) -> None:
    _give(cast, at, "auditor")
    sent, auditor = _sent(cast, at), desk(cast.chali)
    assert f'href="/console/notices/{sent.id}"' in auditor.get("/console/notices").text
    page = auditor.get(f"/console/notices/{sent.id}")
    assert (page.status_code, "明天八点集合" in page.text) == (200, True)
    assert "<form" not in page.text.partition("<footer")[0].partition("<main")[2]
    assert auditor.post(f"/console/notices/{sent.id}/stop").status_code == 403
    assert Notice.get_by_id(sent.id).state == "sent"


def test_auditor_beside_and_a_draft_stay_closed(cast: World, at: datetime, desk: Callable[..., Desk]) -> None:
    sent, draft = _sent(cast, at), _sent(cast, at, "draft")
    _give(cast, at, "auditor", OTHER_TOWN)
    assert desk(cast.chali).get(f"/console/notices/{sent.id}").status_code == 404
    assert "明天八点集合" not in desk(cast.chali).get("/console/notices").text
    _give(cast, at, "auditor")
    assert desk(cast.chali).get(f"/console/notices/{draft.id}").status_code == 403


def test_roles_list_offers_to_take_only_what_the_reader_may(
    cast: World, at: datetime, desk: Callable[..., Desk]
) -> None:
    mine = store.write(lambda: world.grant(at, cast.chali, "station_officer", region=world.TOWN))
    text = desk(cast.chali).get("/console/roles").text
    assert re.findall(r"/console/roles/(\d+)/revoke", text) == [str(mine.id)]
    assert desk(cast.officer).get("/console/roles").text.count("/revoke") == 3
