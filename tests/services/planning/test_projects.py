"""Projects, plans, partners, campaigns and the model mark: what stands above single activities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from models import (
    Activity,
    ActivityPartner,
    ActivityReport,
    Delivery,
    ModelMark,
    Project,
    ServiceRecord,
    store,
)
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from services.participation import activities
from services.participation.activities import ActivityDraft
from services.participation.activity_drafts import Links
from services.planning import campaigns, links, marks, partners, plans, projects
from services.planning.plans import ItemDraft, PlanDraft
from services.planning.projects import ProjectDraft
from services.planning.results import Result
from tests.services.planning.conftest import HOUR, refused
from tests.support.world import COUNTY, VILLAGE, World, make_activity

C = RefusalCode
RIVER = ProjectDraft("护河行动", "D3", "ecology", "2026-01-01", "2026-12-31", "foundation", "县基金会", "清河")
Write = Callable[..., str]


@pytest.fixture
def project(cast: World, at: datetime) -> str:
    return projects.create(actor=cast.actor(cast.ali), team_code=cast.team.code, draft=RIVER, at=at)


@pytest.fixture
def done(cast: World, at: datetime) -> Activity:
    """An activity that 小博 and 查理 served at, two hours each; nine people were helped."""

    def make() -> Activity:
        activity, shift = make_activity(at, cast.team, starts_in=-30 * HOUR, state="ended")
        for person in (cast.xiaobo, cast.chali):
            ServiceRecord.create(
                shift=shift, activity=activity, team=cast.team, volunteer=person, region_code=VILLAGE,
                local_day=activity.local_day, in_at=activity.starts_at, out_at=activity.ends_at, minutes=120,
                state="confirmed", rule_set=cast.hours_rule, created_at=at, updated_at=at,
            )  # fmt: skip
        ActivityReport.create(activity=activity, served=9, summary="好", at=at, updated_at=at)
        return activity

    return store.write(make)


def tie(activity: Activity, **columns: Any) -> None:
    store.write(lambda: Activity.update(**columns).where(Activity.id == activity.id).execute())


def wrong(act: Callable[[], Any]) -> str:
    """The field that FIELD_WRONG names."""
    with pytest.raises(Refusal) as no:
        act()
    assert no.value.code is C.FIELD_WRONG
    return str(no.value.facts["field"])


# Projects ----------------------------------------------------------------------------------------------------


def test_project_has_its_teams_level_and_counts_what_its_activities_came_to(
    cast: World, at: datetime, project: str, done: Activity
) -> None:
    tie(done, project_id=Project.get().id)
    (line,) = projects.listed(actor=cast.actor(cast.officer), wanted=Wanted(), at=at).rows
    assert (line.code, line.level, line.funding, line.result) == (project, 5, "foundation", Result(1, 2, 240, 9))
    page = projects.page(actor=cast.actor(cast.ali), code=project, at=at)
    assert ([code for code, *_ in page.activities], page.may_edit) == ([done.code], True)


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("title", " ", "title"), ("domain", "D9", "domain"), ("sub_domain", "none", "domain"),
        ("funding", "lottery", "funding"), ("to_on", "2025-12-31", "to_on"), ("from_on", "soon", "from_on"),
    ],
)  # fmt: skip
def test_project_with_a_wrong_field_is_refused(
    cast: World, at: datetime, field: str, value: str, named: str
) -> None:
    draft = replace(RIVER, **{field: value})
    make = {"actor": cast.actor(cast.ali), "team_code": cast.team.code, "draft": draft, "at": at}
    assert wrong(lambda: projects.create(**make)) == named


def test_closed_project_changes_no_more_and_takes_no_activities(
    cast: World, at: datetime, project: str, write_down: Write, clinic: ActivityDraft
) -> None:
    leader = {"actor": cast.actor(cast.ali), "code": project, "at": at}
    assert refused(lambda: projects.close(closing=" ", **leader)) == C.REASON_REQUIRED
    tied = replace(clinic, links=Links(project=project))
    assert Activity.get(Activity.code == write_down(tied)).project_id == Project.get().id
    projects.close(closing="河清了", **leader)
    assert refused(lambda: projects.edit(draft=RIVER, **leader)) == C.PLANNING_STATE
    assert refused(lambda: write_down(tied)) == C.ACTIVITY_INVALID


def test_strangers_find_no_project(cast: World, at: datetime, project: str) -> None:
    assert projects.listed(actor=cast.actor(cast.chali), wanted=Wanted(), at=at).rows == []
    stranger = {"actor": cast.actor(cast.chali), "code": project, "at": at}
    assert refused(lambda: projects.page(**stranger)) == C.NOT_FOUND
    assert refused(lambda: projects.edit(draft=RIVER, **stranger)) == C.NOT_FOUND


# Plans -------------------------------------------------------------------------------------------------------


def test_plan_stands_beside_what_was_done_in_its_time(cast: World, at: datetime, done: Activity) -> None:
    leader = cast.actor(cast.ali)
    for period in ("2026", "2026-06", "2026-05"):
        plans.put(
            actor=leader, team_code=cast.team.code, period=period, draft=PlanDraft("清河", 4, 40, 4800, 100), at=at
        )
    lines = plans.listed(actor=cast.actor(cast.officer), wanted=Wanted(), at=at).rows
    assert {line.period: line.done for line in lines} == {
        "2026": Result(1, 2, 240, 9), "2026-06": Result(1, 2, 240, 9), "2026-05": Result(),
    }  # fmt: skip


def test_plan_written_again_changes_its_aims(cast: World, at: datetime) -> None:
    put = {"actor": cast.actor(cast.ali), "team_code": cast.team.code, "period": "2026", "at": at}
    first, second = (plans.put(draft=PlanDraft(activities=number), **put) for number in (3, 5))
    assert (first, plans.page(actor=put["actor"], plan_id=first, at=at).line.plan.activities) == (second, 5)


@pytest.mark.parametrize(
    ("period", "draft", "named"),
    [("26", PlanDraft(), "period"), ("2026-13", PlanDraft(), "period"), ("2026", PlanDraft(minutes=-60), "minutes")],
)
def test_plan_with_a_wrong_field_is_refused(
    cast: World, at: datetime, period: str, draft: PlanDraft, named: str
) -> None:
    put = {"actor": cast.actor(cast.ali), "team_code": cast.team.code, "at": at}
    assert wrong(lambda: plans.put(period=period, draft=draft, **put)) == named


def test_item_is_done_by_an_activity_or_dropped_with_a_reason(
    cast: World, at: datetime, write_down: Write, clinic: ActivityDraft
) -> None:
    leader = {"actor": cast.actor(cast.ali), "at": at}
    plan = plans.put(team_code=cast.team.code, period="2026", draft=PlanDraft(), **leader)
    kept, dropped = (
        plans.add_item(plan_id=plan, draft=ItemDraft(title, "D3", "care", "2026-06"), **leader)
        for title in ("助老", "义剪")
    )
    code = write_down(replace(clinic, sub_domain="care", links=Links(plan_item=kept)))
    activities.publish(code=code, **leader)
    assert refused(lambda: plans.drop_item(item_id=dropped, reason="", **leader)) == C.REASON_REQUIRED
    plans.drop_item(item_id=dropped, reason="没有理发师", **leader)
    page = plans.page(plan_id=plan, **leader)
    assert (page.line.items, page.line.items_done) == (1, 1)
    assert [(item.dropped, [made for made, *_ in item.activities]) for item in page.items] == [
        ("", [code]), ("没有理发师", []),
    ]  # fmt: skip
    late = ItemDraft("x", "D3", "care", "2027-01")
    assert wrong(lambda: plans.add_item(plan_id=plan, draft=late, **leader)) == "month"


# Campaigns ---------------------------------------------------------------------------------------------------


def test_tag_set_above_is_used_below_and_counted(
    cast: World, at: datetime, done: Activity, write_down: Write, clinic: ActivityDraft
) -> None:
    officer = cast.actor(cast.officer)
    code = campaigns.create(
        actor=officer, region_code=COUNTY, name="清洁月", content="", from_on="2026-06-01", to_on="", at=at
    )
    tied = Links(campaigns=(code,))
    activities.edit(actor=cast.actor(cast.ali), code=cast.activity.code, changes={"links": tied}, at=at)
    assert links.of(Activity.get_by_id(cast.activity.id)) == tied
    (tag,) = campaigns.seen(actor=officer, at=at)
    store.write(lambda: links.put(activity=done, columns={"need_id": None}, campaigns=[tag.id]))
    (line,) = campaigns.listed(actor=officer, wanted=Wanted(), at=at).rows
    assert (line.name, line.activities, line.people, line.minutes, line.served) == ("清洁月", 1, 2, 240, 9)
    assert [each.name for each in campaigns.seen(actor=cast.actor(cast.ali), at=at)] == ["清洁月"]
    campaigns.end(actor=officer, code=code, reason="月底了", at=at)
    assert refused(lambda: write_down(replace(clinic, links=tied))) == C.ACTIVITY_INVALID
    assert campaigns.listed(actor=officer, wanted=Wanted(), at=at).rows[0].activities == 1


def test_tag_is_set_and_ended_by_who_manages_the_division(cast: World, at: datetime) -> None:
    make = {"region_code": COUNTY, "content": "", "from_on": "2026-06-01", "to_on": "", "at": at}
    assert refused(lambda: campaigns.create(actor=cast.actor(cast.ali), name="x", **make)) == C.NOT_FOUND
    officer = cast.actor(cast.officer)
    assert wrong(lambda: campaigns.create(actor=officer, name=" ", **make)) == "name"
    assert wrong(lambda: campaigns.create(actor=officer, name="x", **{**make, "to_on": "2026-05-01"})) == "to_on"
    code = campaigns.create(actor=officer, name="x", **make)
    assert refused(lambda: campaigns.end(actor=officer, code=code, reason="", at=at)) == C.REASON_REQUIRED
    assert refused(lambda: campaigns.end(actor=cast.actor(cast.ali), code=code, reason="x", at=at)) == C.NOT_FOUND


# Partners ----------------------------------------------------------------------------------------------------


def test_partner_helps_an_activity_and_ends(cast: World, at: datetime) -> None:
    leader = cast.actor(cast.ali)
    make = {"region_code": "", "team_code": cast.team.code, "offers": "饮水", "contact": "", "at": at}
    assert wrong(lambda: partners.create(actor=leader, name="x", kind="magic", **make)) == "kind"
    code = partners.create(actor=leader, name="惠民超市", kind="goods", **make)
    gift = {"actor": leader, "activity_code": cast.activity.code, "partner_code": code, "at": at}
    partners.give(gave="饮水十箱", **gift)
    partners.give(gave="饮水八箱", **gift)
    assert partners.given(cast.activity.code) == [(code, "惠民超市", "饮水八箱")]
    assert partners.listed(actor=cast.actor(cast.officer), wanted=Wanted(), at=at).rows[0].helped == 1
    partners.give(gave="", **gift)
    assert ActivityPartner.select().count() == 0
    assert refused(lambda: partners.end(actor=leader, code=code, reason=" ", at=at)) == C.REASON_REQUIRED
    partners.end(actor=leader, code=code, reason="搬走了", at=at)
    assert partners.choices(actor=leader, activity_code=cast.activity.code, at=at)[1] == []


def test_partner_of_a_division_is_its_managers(cast: World, at: datetime) -> None:
    make = {"region_code": COUNTY, "team_code": "", "name": "基金会", "kind": "money", "offers": "", "at": at}
    make["contact"] = ""
    assert refused(lambda: partners.create(actor=cast.actor(cast.ali), **make)) == C.NOT_FOUND
    code = partners.create(actor=cast.actor(cast.officer), **make)
    known = partners.choices(actor=cast.actor(cast.ali), activity_code=cast.activity.code, at=at)[1]
    assert known == [(code, "基金会")]
    assert refused(lambda: partners.end(actor=cast.actor(cast.ali), code=code, reason="x", at=at)) == C.NOT_FOUND


# The mark ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["activity", "project"])
def test_mark_is_given_from_above_and_withdrawn_with_a_reason(
    cast: World, at: datetime, project: str, kind: str
) -> None:
    code = cast.activity.code if kind == "activity" else project
    officer = {"actor": cast.actor(cast.officer), "kind": kind, "code": code, "at": at}
    leader = {**officer, "actor": cast.actor(cast.ali)}
    assert refused(lambda: marks.give(reason="自夸", **leader)) == C.NOT_FOUND
    assert refused(lambda: marks.give(reason=" ", **officer)) == C.REASON_REQUIRED
    for _ in range(2):
        marks.give(reason="带动全村", **officer)
    model = Activity if kind == "activity" else Project
    assert (model.get(model.code == code).model_mark, ModelMark.select().count()) == (True, 1)
    assert [line.volunteer_id for line in Delivery.select().where(Delivery.kind == "model_mark")] == [cast.ali.id]
    assert refused(lambda: marks.withdraw(reason="", **officer)) == C.REASON_REQUIRED
    marks.withdraw(reason="走样了", **officer)
    assert (model.get(model.code == code).model_mark, ModelMark.get().withdrawn_why) == (False, "走样了")


def test_draft_is_no_model(cast: World, at: datetime) -> None:
    tie(cast.activity, state="draft")
    give = {"actor": cast.actor(cast.officer), "kind": "activity", "code": cast.activity.code, "at": at}
    assert refused(lambda: marks.give(reason="好", **give)) == C.PLANNING_STATE
