"""A request that waits longer than its division allows."""

from __future__ import annotations

from datetime import datetime, timedelta

from models import Centre, Delivery, Volunteer, store
from services.certificates import asking, deciding, late
from tests.services.certificates.world import EVER, PARTS, serve
from tests.support.world import World, grant, make_volunteer

DAY = timedelta(days=1)


def test_what_waits_too_long_is_said_to_the_centre_and_to_the_one_above(cast: World, at: datetime) -> None:
    def above() -> Volunteer:
        Centre.create(region_code="3415", kind="centre", name="六安市退役军人服务中心", created_at=at)
        person = make_volunteer(at, "市里人")
        grant(at, person, "region_admin", region="3415")
        return person

    city = store.write(above)
    serve(cast, at)
    [code] = asking.ask(parts=PARTS, actor=cast.actor(cast.xiaobo, "pages"), scope=EVER, at=at)
    assert [late.nag_due(at=at + n * DAY) for n in (7, 8, 9, 14, 15)] == [0, 2, 0, 0, 2]  # five working days, a week
    told = [row.volunteer_id for row in Delivery.select().where(Delivery.kind == "certificate_late")]
    assert sorted(told) == sorted([cast.officer.id, city.id] * 2)
    deciding.refuse(actor=cast.actor(cast.officer, "console"), code=code, reason="请先改姓名", at=at + 15 * DAY)
    assert late.nag_due(at=at + 30 * DAY) == 0
