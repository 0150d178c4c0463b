"""Who takes part: the county's officer, a second one, the city's, and an activity that its centre must allow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Centre, Insurance, Volunteer, store
from services.errors import Refusal, RefusalCode
from services.participation import activities
from services.participation.activities import ActivityDraft, PositionDraft
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import CITY, COUNTY, World, grant, make_identity, make_volunteer

HOUR = timedelta(hours=1)


def refused(act: Callable[[], Any]) -> RefusalCode:
    """The code of the no."""
    with pytest.raises(Refusal) as no:
        act()
    return no.value.code


@pytest.fixture
def clinic(at: datetime) -> ActivityDraft:
    """义剪义诊: no daily life of a team, so its centre is asked."""
    return ActivityDraft(
        title="义诊", domain="D3", sub_domain="clinic", place="社区广场", content="量血压", risk_notice="人多，排队",
        conditions="有行医资格", safeguards="社区备茶水", starts_at=at + 48 * HOUR, ends_at=at + 50 * HOUR,
        positions=(PositionDraft("医生", 5),),
    )  # fmt: skip


@pytest.fixture
def write_down(cast: World, at: datetime, clinic: ActivityDraft) -> Callable[..., str]:
    """A draft of 李阿丽's; its code."""

    def make(draft: ActivityDraft = clinic, who: Volunteer | None = None) -> str:
        return activities.create(
            parts=make_parts(FakeGateway()), actor=cast.actor(who or cast.ali, "console"), team_code=cast.team.code,
            draft=draft, at=at,
        )  # fmt: skip

    return make


@pytest.fixture
def city(cast: World, at: datetime) -> Volunteer:
    """The city's officer, with a centre of its own."""

    def make() -> Volunteer:
        Centre.create(region_code=CITY, kind="centre", name="六安市退役军人服务中心", created_at=at)
        person = make_volunteer(at, "周市长", region_code=CITY)
        make_identity(at, person)
        grant(at, person, "region_admin", region=CITY)
        return person

    return store.write(make)


@pytest.fixture
def insured(cast: World, at: datetime) -> Insurance:
    """The county's cover for the year."""
    return store.write(
        lambda: Insurance.create(
            code="cover001", region_code=COUNTY, insurer="人保", product="志愿者意外险", policy_no="P1",
            covers_from=at - 24 * HOUR, covers_until=at + 9000 * HOUR, created_at=at,
        )
    )  # fmt: skip
