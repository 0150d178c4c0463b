"""Visits, mediation, counselling and anything in a private home: strangers see the village alone (S61)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from models import Activity, store
from queries import activities as sql
from services.errors import Refusal, RefusalCode
from services.participation import activity_views, domains, public
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import VILLAGE, World, make_activity, sign_up

HIDDEN = [
    {"domain": "D4", "sub_domain": "visits"}, {"domain": "D4", "sub_domain": "mediation"},
    {"domain": "D4", "sub_domain": "counselling"}, {"private_home": True},
]  # fmt: skip


@pytest.fixture(params=HIDDEN, ids=lambda more: next(iter(reversed(more.values()))))
def visit(request: Any, cast: World, at: datetime) -> Activity:
    """Published, and by mistake open to everybody."""
    more = {"title": "看望张大爷", "place": "东湖三组8号", **request.param}
    return store.write(lambda: make_activity(at, cast.team, **more))[0]


def listed(cast: World, person: Any, at: datetime) -> list[str]:
    found = activity_views.open_near(
        volunteer_id=person.id if person else None, region_code=VILLAGE, at=at, limit=50
    )
    return [each.code for each in found]


def test_strangers_find_it_in_no_list_and_the_team_does(cast: World, at: datetime, visit: Activity) -> None:
    assert visit.code not in listed(cast, None, at) + listed(cast, cast.chali, at)
    assert visit.code in listed(cast, cast.xiaobo, at)


def test_strangers_are_told_the_village_and_the_kind_and_nothing_else(
    cast: World, at: datetime, visit: Activity
) -> None:
    with pytest.raises(Refusal) as no:
        activity_views.view(code=visit.code, volunteer_id=cast.chali.id, at=at)
    assert no.value.code is RefusalCode.ACTIVITY_HIDDEN
    assert set(no.value.facts) == {"kind", "village"}
    assert "东湖" in no.value.facts["village"]
    assert not any(secret in str(no.value.facts) for secret in (visit.title, visit.place))


def test_team_and_who_signed_up_and_the_centre_see_everything(
    cast: World, at: datetime, visit: Activity
) -> None:
    store.write(lambda: sign_up(at, visit.shifts.get(), cast.chali))
    for person in (cast.ali, cast.xiaobo, cast.chali, cast.officer):
        assert activity_views.view(code=visit.code, volunteer_id=person.id, at=at).place == visit.place
    assert visit.code in listed(cast, cast.chali, at)


def test_there_is_no_page_poster_or_card_of_it(cast: World, at: datetime, visit: Activity) -> None:
    parts = make_parts(FakeGateway())
    for act in (
        lambda: public.one(code=visit.code, at=at), lambda: public.poster(parts=parts, code=visit.code),
        lambda: public.card(parts=parts, code=visit.code),
    ):  # fmt: skip
        with pytest.raises(Refusal) as no:
            act()
        assert no.value.code is RefusalCode.ACTIVITY_HIDDEN
    assert visit.code not in [each.code for each in public.open_ones(region_code=VILLAGE, at=at, limit=50)]


def test_list_names_the_kinds_that_the_wording_calls_confidential() -> None:
    kinds = [sub.code for each in domains.all_domains() for sub in each.sub_domains if sub.confidential]
    listed = f"IN ({', '.join(repr(kind) for kind in kinds)})"
    assert (listed in sql.OPEN[False, False, False], listed in sql.OPEN_SOON) == (True, True)
