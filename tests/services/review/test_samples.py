"""抽查: signs, chance, a list once a week for the level above; leaders' own hours for the centre."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Delivery, HoursCase, Sample, ServiceRecord, WechatIdentity, store
from services.actors import OPERATOR
from services.errors import RefusalCode
from services.listing import Wanted
from services.policy import numbers
from services.review import own_hours, samples
from services.review.signs import Seen, in_words, signs
from tests.support import world
from tests.support.world import TOWN, World

C = RefusalCode
START = datetime.fromisoformat("2026-06-10T09:00:00+08:00")
SECOND = timedelta(seconds=1)


def seen(number: int = 0, **more: Any) -> Seen:
    """A scanned record that begins so many minutes after the others."""
    facts = {
        "in_at": START + number * 97 * SECOND, "out_at": START + timedelta(hours=2) + number * 53 * SECOND,
        "listed": False, "by_hand": False, "assisted": False, "overlap": 0, **more,
    }  # fmt: skip
    return Seen(**facts)


NUMBERS = {
    "by_hand_percent": 30, "by_hand_least": 3, "same_seconds_least": 3, "one_minute_least": 5, "assisted_least": 10,
    "assisted_percent": 90, "travel_minutes": 10,
}  # fmt: skip


def names(records: list[Seen], numbers: dict[str, int] | None = None, **more: int) -> list[str]:
    return [each["sign"] for each in signs(records, NUMBERS | (numbers or {}), **more)]


def test_ordinary_records_have_no_sign() -> None:
    assert names([seen(number) for number in range(12)]) == []


@pytest.mark.parametrize(("by_hand", "sign"), [(3, []), (4, ["by_hand"])])
def test_share_by_hand_above_the_rule_is_a_sign(by_hand: int, sign: list[str]) -> None:
    assert names([seen(n, by_hand=n < by_hand, listed=n < by_hand) for n in range(10)]) == sign


def test_same_seconds_in_and_out_are_a_sign() -> None:
    same = [seen(0) for _ in range(3)]
    assert names([*same, *(seen(n) for n in range(1, 5))]) == ["same_seconds"]
    assert names([seen(0), seen(0), *(seen(n) for n in range(1, 5))]) == []


def test_everybody_within_a_minute_is_a_sign() -> None:
    quick = [seen(0, in_at=START + n * 10 * SECOND) for n in range(5)]
    assert names(quick) == ["one_minute"]
    assert names(quick[:4]) == []


def test_paper_list_with_one_written_time_is_neither() -> None:
    listed = [seen(0, listed=True) for _ in range(10)]
    assert names(listed) == []


def test_overlap_unverified_votes_and_denials_are_signs() -> None:
    assert names([seen(0, overlap=60)], unverified=2, denied=1) == ["denied", "overlap", "links"]


def test_village_of_people_without_phones_does_not_drown() -> None:
    village = [seen(n, by_hand=True, listed=True, assisted=n < 8) for n in range(10)]
    assert names(village) == []  # two of two by hand are too few to say anything
    long_list = [seen(n, by_hand=True, listed=True, assisted=True) for n in range(10)]
    assert names(long_list) == ["assisted"]


@pytest.mark.parametrize(
    ("records", "number", "sign"),
    [
        ([seen(n, by_hand=True) for n in range(2)], {"by_hand_least": 2}, "by_hand"),
        ([seen(0), seen(0), seen(1)], {"same_seconds_least": 2}, "same_seconds"),
        ([seen(0, in_at=START + n * 10 * SECOND) for n in range(4)], {"one_minute_least": 4}, "one_minute"),
        ([seen(n, assisted=True) for n in range(9)], {"assisted_least": 9}, "assisted"),
        ([seen(n, assisted=n < 16) for n in range(20)], {"assisted_percent": 80}, "assisted"),
    ],
)
def test_from_how_many_on_is_the_divisions_number(
    records: list[Seen], number: dict[str, int], sign: str
) -> None:
    assert (names(records), names(records, number)) == ([], [sign])


def test_signs_are_said_in_words() -> None:
    found = signs([seen(n, by_hand=n < 4) for n in range(10)], NUMBERS)
    assert in_words(found) == ["手工登记的占 40%"]
    assert in_words([{"sign": "random"}]) == ["随机抽到"]


@pytest.fixture
def next_week(cast: World) -> datetime:
    """The Monday after the activity's week."""
    return datetime.fromisoformat("2026-06-15T05:20:00+08:00")


@pytest.fixture
def town(cast: World, at: datetime) -> Any:
    def act() -> Any:
        person = world.make_volunteer(at, "郑镇长办")
        world.make_identity(at, person)
        world.grant(at, person, "station_officer", region=TOWN)
        return person

    return store.write(act)


@pytest.fixture
def odd(cast: World, served: Any, at: datetime) -> list[int]:
    """Four people with phones, all by hand."""
    people = [cast.xiaobo, cast.chali]
    for name in ("钱一", "钱二"):
        person = store.write(lambda n=name: world.make_volunteer(at, n))
        store.write(lambda p=person: world.make_identity(at, p))
        people.append(person)
    return [served(person, 80 + index) for index, person in enumerate(people)]


def test_week_is_drawn_once_for_the_level_above(
    cast: World, odd: list[int], town: Any, next_week: datetime, at: datetime
) -> None:
    assert samples.draw(at=at) == 0  # its week is not over
    assert (samples.draw(at=next_week), samples.draw(at=next_week)) == (1, 0)
    row = Sample.get()
    assert (row.week, row.region_code, row.state) == ("2026-W24", TOWN, "open")
    assert row.signs == [{"sign": "by_hand", "percent": 100, "count": 4}]
    told = [each.kind for each in Delivery.select().where(Delivery.volunteer == town)]
    assert told == ["samples_waiting"]


def test_division_draws_by_its_own_numbers(
    cast: World, odd: list[int], next_week: datetime, at: datetime
) -> None:
    numbers.set_number(
        actor=OPERATOR, region_code=world.COUNTY, kind="review", name="by_hand_least", value=5, lock=False,
        reason="小队多", at=at,
    )  # fmt: skip
    assert samples.draw(at=next_week) == 0
    assert samples.draw(at=next_week - timedelta(days=7)) == 0
    numbers.set_number(
        actor=OPERATOR, region_code=world.COUNTY, kind="review", name="by_hand_least", value=4, lock=False,
        reason="小队多", at=at + timedelta(minutes=1),
    )  # fmt: skip
    assert samples.draw(at=next_week) == 1


@pytest.mark.parametrize(
    ("village", "pause", "found"),
    [("341522101001", 9, True), ("341522101001", 10, False), ("341522100009", 9, False), ("341522", 9, False)],
)
def test_out_of_one_township_and_into_another_within_minutes_is_a_sign(
    cast: World, served: Any, next_week: datetime, at: datetime, village: str, pause: int, found: bool
) -> None:
    """The other township counts, another village or the county's own team does not."""
    served(cast.xiaobo, 120)

    def elsewhere() -> None:
        activity, shift = world.make_activity(at, cast.team, starts_in=cast.shift.ends_at - at)
        start = cast.shift.ends_at + timedelta(minutes=pause)
        ServiceRecord.create(
            shift=shift, activity=activity, team=cast.team, volunteer=cast.xiaobo, region_code=village,
            local_day=activity.local_day, in_at=start, out_at=start + timedelta(minutes=40), in_mode="rotating",
            out_mode="rotating", minutes=40, why="counted", state="pending", rule_set=cast.hours_rule, created_at=at,
            updated_at=at,
        )  # fmt: skip

    store.write(elsewhere)
    samples.draw(at=next_week)
    drawn = {row.activity_id: row.signs for row in Sample.select()}
    sign = {"sign": "travel", "count": 1, "minutes": 10}
    assert (sign in drawn.get(cast.activity.id, [])) is found
    if found:
        assert in_words([sign]) == ["1 人刚在一个乡镇签退，10 分钟以内又在别的乡镇签到"]


def test_people_without_a_phone_are_left_out(cast: World, odd: list[int], next_week: datetime) -> None:
    store.write(lambda: WechatIdentity.update(volunteer=None).execute())
    assert (samples.draw(at=next_week), Sample.select().count()) == (0, 0)


def test_some_are_drawn_by_chance(
    cast: World, served: Any, next_week: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    served(cast.xiaobo)
    monkeypatch.setattr(samples, "by_chance", lambda *_: True)
    assert (samples.draw(at=next_week), Sample.get().signs) == (1, [{"sign": "random"}])


def test_chance_is_about_the_percentage_and_nobodys_choice() -> None:
    found = [number for number in range(1, 20_001) if samples.by_chance(number, 5)]
    assert 900 < len(found) < 1100


def test_uninvolved_one_above_closes_it(
    cast: World, odd: list[int], town: Any, next_week: datetime, refused: Any
) -> None:
    samples.draw(at=next_week)
    facts = {"number": Sample.get().id, "at": next_week}
    assert refused(samples.check, actor=cast.actor(cast.ali), fine=True, note="", **facts) is C.NOT_FOUND
    store.write(lambda: ServiceRecord.update(confirmed_by=town).execute())
    assert refused(samples.check, actor=cast.actor(town), fine=True, note="", **facts) is C.OWN_RECORD
    assert samples.check(actor=cast.actor(cast.officer), fine=True, note="打过电话", **facts) == ""
    assert (Sample.get().state, Sample.get().note) == ("fine", "打过电话")
    assert refused(samples.check, actor=cast.actor(cast.officer), fine=True, note="", **facts) is C.SAMPLE_STATE


def test_doubt_opens_a_case_about_all_its_records(
    cast: World, odd: list[int], town: Any, next_week: datetime, refused: Any
) -> None:
    samples.draw(at=next_week)
    facts = {"actor": cast.actor(town), "number": Sample.get().id, "fine": False, "at": next_week}
    assert refused(samples.check, note=" ", **facts) is C.REASON_REQUIRED
    code = samples.check(note="四个人都没有到过", **facts)
    case = HoursCase.get()
    assert (case.code, case.source, Sample.get().state) == (code, "sample", "case")
    assert ServiceRecord.select().where(ServiceRecord.held_by_case == case.id).count() == 4


def test_list_is_read_by_those_above(
    cast: World, odd: list[int], town: Any, next_week: datetime, refused: Any
) -> None:
    samples.draw(at=next_week)
    found = samples.listed(actor=cast.actor(town), wanted=Wanted(filters={"state": "open"}), at=next_week)
    assert [row.signs for row in found.rows] == [["手工登记的占 100%"]]
    assert refused(samples.listed, actor=cast.actor(cast.ali), wanted=Wanted(), at=next_week) is C.NOT_ALLOWED
    number = Sample.get().id
    assert refused(samples.one, actor=cast.actor(cast.ali), number=number, at=next_week) is C.NOT_FOUND
    assert len(samples.one(actor=cast.actor(town), number=number, at=next_week).records) == 4


def test_leaders_own_hours_are_listed_for_the_centre_and_told_once(
    cast: World, served: Any, after: datetime, refused: Any
) -> None:
    record = served(cast.xiaobo, confirmed=False)
    store.write(lambda: ServiceRecord.update(volunteer=cast.ali).where(ServiceRecord.id == record).execute())
    assert own_hours.tell_due(at=after - timedelta(minutes=5)) == 0
    assert (own_hours.tell_due(at=after), own_hours.tell_due(at=after)) == (1, 0)
    told = [each.kind for each in Delivery.select().where(Delivery.volunteer == cast.officer)]
    assert told == ["own_hours_waiting"]
    found = own_hours.listed(actor=cast.actor(cast.officer), wanted=Wanted(), at=after)
    assert [(row.name, row.minutes) for row in found.rows] == [("李阿丽", 90)]
    assert refused(own_hours.listed, actor=cast.actor(cast.ali), wanted=Wanted(), at=after) is C.NOT_ALLOWED


def test_members_hours_are_not_the_centres(cast: World, served: Any, after: datetime) -> None:
    served(cast.xiaobo, confirmed=False)
    assert own_hours.listed(actor=cast.actor(cast.officer), wanted=Wanted(), at=after).rows == []
