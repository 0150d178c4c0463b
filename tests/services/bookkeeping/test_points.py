"""The book of points: what a record brings and why, caps, last days, debts, seals, a change looked at."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from peewee import fn

from models import (
    Activity,
    Balance,
    Delivery,
    PointDebt,
    PointEntry,
    Redemption,
    RuleSet,
    Seal,
    ServiceRecord,
    Volunteer,
    store,
)
from schedulers.jobs import verify_books
from services.actors import OPERATOR, Actor
from services.bookkeeping import books, earning, expiry, hours, points, preview, sealing
from services.bookkeeping.reckoning import points_for
from services.errors import Refusal, RefusalCode
from services.evaluation import evaluations
from services.mall import redeeming
from services.operation import health
from services.policy import numbers
from tests.services.mall.world import give, offer, open_mall, sums
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import COUNTY, TOWN, World

DAY = timedelta(days=1)
#: Where no statement is in question that one database might read otherwise.
ONE = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def record(cast: World, at: datetime, person: Volunteer, minutes: int, day: str = "2026-06-10") -> ServiceRecord:
    """A confirmed record that has not been posted yet."""
    return ServiceRecord.create(
        shift=cast.shift, activity=cast.activity, team=cast.team, volunteer=person, region_code=cast.team.region_code,
        local_day=day, source="supplement", state="confirmed", minutes=minutes, rule_set=cast.hours_rule,
        why="reviewed", created_at=at, updated_at=at,
    )  # fmt: skip


def serve(cast: World, at: datetime, person: Volunteer, minutes: int, day: str = "2026-06-10") -> books.Posted:
    def act() -> books.Posted:
        return books.post_service(record=record(cast, at, person, minutes, day), actor_id=cast.ali.id, at=at)

    return store.write(act)


def rule(at: datetime, **params: Any) -> None:
    for name, value in params.items():
        numbers.set_number(
            actor=OPERATOR, region_code=COUNTY, kind="points", name=name, value=value, lock=False, reason="试", at=at
        )


def newest(person: Volunteer) -> PointEntry:
    return PointEntry.select().where(PointEntry.volunteer == person).order_by(PointEntry.id.desc()).get()


@pytest.mark.parametrize(
    ("minutes", "rate", "percents", "expected"),
    [(30, 1, (), 1), (29, 1, (), 0), (100, 1, (), 2), (90, 1, (150,), 2), (90, 1, (150, 110), 2), (60, 3, (50,), 2),
     (60, 0, (300,), 0), (1440 * 365, 100, (300, 300, 300), 23_652_000)],
)  # fmt: skip
def test_points_are_rounded_half_up_once(minutes: int, rate: int, percents: tuple[int, ...], expected: int) -> None:
    assert points_for(minutes, rate, *percents) == expected


@ONE
def test_entry_says_why_and_until_when(cast: World, at: datetime) -> None:
    assert serve(cast, at, cast.xiaobo, 100).points == 2
    entry = newest(cast.xiaobo)
    assert (entry.note, entry.expires_on) == ("服务1小时40分钟，每小时1分，得2分", "2029-06-30")
    line = hours.points(volunteer_id=cast.xiaobo.id, limit=5).entries[0]
    assert (line.why, line.until, line.title) == (entry.note, "2029-06-30", cast.activity.title)


@ONE
def test_coefficients_come_from_facts_and_the_highest_difficulty_counts(cast: World, at: datetime) -> None:
    rule(at, domains={"D3": 120}, danger_percent=150, emergency_percent=200)
    store.write(
        lambda: Activity.update(dangerous=True, emergency=True).where(Activity.id == cast.activity.id).execute()
    )
    assert serve(cast, at, cast.xiaobo, 600).points == 24  # 10 h × 1.2 × 2
    assert "应急活动按200%算" in newest(cast.xiaobo).note
    assert "有危险" not in newest(cast.xiaobo).note


def test_caps_hold_by_day_month_and_year_and_say_so(cast: World, at: datetime) -> None:
    rule(at, day_cap=8, month_cap=10, year_cap=11)
    got = [serve(cast, at, cast.xiaobo, 300, day).points for day in ("2026-06-10", "2026-06-10", "2026-06-11")]
    assert got == [5, 3, 2]
    assert newest(cast.xiaobo).note.endswith("一个月最多10分，这次记2分")
    assert [serve(cast, at, cast.xiaobo, 300, day).points for day in ("2026-05-01", "2026-05-02")] == [1, 0]
    assert serve(cast, at, cast.xiaobo, 300, "2025-05-02").points == 5
    assert (sums(cast.xiaobo), books.verify()) == ((16, 16), [])


@ONE
def test_new_rule_counts_for_later_confirmations_alone(cast: World, at: datetime) -> None:
    serve(cast, at, cast.xiaobo, 600)
    rule(at + DAY, per_hour=3, expiry_months=12)
    assert sums(cast.xiaobo) == (10, 10)
    serve(cast, at + DAY, cast.xiaobo, 60, "2026-06-11")
    old, new = PointEntry.select().where(PointEntry.volunteer == cast.xiaobo).order_by(PointEntry.id)
    assert [(each.amount, each.expires_on) for each in (old, new)] == [(10, "2029-06-30"), (3, "2027-06-30")]


@ONE
def test_correction_prices_a_record_by_the_rule_of_its_first_confirmation(cast: World, at: datetime) -> None:
    served = store.write(lambda: record(cast, at, cast.xiaobo, 600))
    store.write(lambda: books.post_service(record=served, actor_id=None, at=at))
    rule(at + DAY, per_hour=3, expiry_months=12)

    def correct() -> None:
        books.reverse(record=served, actor_id=None, at=at + 2 * DAY, note="多记了")
        served.minutes, served.version = 540, 2
        served.save(only=("minutes", "version"))
        books.post_service(record=served, actor_id=None, at=at + 2 * DAY)

    store.write(correct)
    entry = newest(cast.xiaobo)
    assert (sums(cast.xiaobo), entry.amount, entry.expires_on) == ((9, 9), 9, "2029-06-30")
    assert books.verify() == []


@ONE
def test_organisers_word_moves_points_by_the_rule_frozen_in_the_entry(cast: World, at: datetime) -> None:
    rule(at, good_percent=120, poor_percent=50)
    over = cast.activity.ends_at + DAY
    serve(cast, at, cast.xiaobo, 600)
    rule(at + DAY, good_percent=300)  # too late for what was posted
    facts: dict[str, Any] = {"actor": cast.actor(cast.ali), "activity_code": cast.activity.code}
    evaluations.judge_volunteer(**facts, public_no=cast.xiaobo.public_no, score=5, at=over)
    why = "服务10小时，每小时1分，评价五星按120%算，得12分"
    assert (sums(cast.xiaobo), newest(cast.xiaobo).note) == ((12, 12), why)
    evaluations.judge_volunteer(**facts, public_no=cast.xiaobo.public_no, score=2, at=over + DAY)
    assert (sums(cast.xiaobo), books.verify()) == ((5, 5), [])


def test_oldest_points_expire_and_what_was_spent_counts_against_them(cast: World, at: datetime) -> None:
    open_mall(at)
    give(cast.xiaobo, 50, at, day="2023-06-20")  # the last day is 2026-06-30
    give(cast.xiaobo, 30, at, day="2023-07-20")
    give(cast.chali, 7, at, day="2023-06-01")
    reward = offer(cast, at, price=20)
    redeeming.redeem(actor=Actor("api", cast.xiaobo.id), reward_code=reward.code, price=20, key="k", at=at)
    assert [expiry.expire_due(at=at + days * DAY) for days in (20, 21, 22)] == [0, 2, 0]
    assert (sums(cast.xiaobo), sums(cast.chali)) == ((30, 30), (0, 0))
    gone = newest(cast.xiaobo)
    assert (gone.kind, gone.amount, gone.note) == ("expiry", -30, "积分到期，先得的先到期")
    assert books.verify() == []


def test_annulled_service_takes_what_was_spent_of_it_and_never_what_expired(cast: World, at: datetime) -> None:
    open_mall(at)
    spent, kept = (store.write(lambda: record(cast, at, cast.xiaobo, 600, "2023-06-20")) for _ in range(2))
    for each in (spent, kept):
        store.write(lambda each=each: books.post_service(record=each, actor_id=None, at=at))
    give(cast.xiaobo, 20, at)
    reward = offer(cast, at, price=7)
    redeeming.redeem(actor=Actor("api", cast.xiaobo.id), reward_code=reward.code, price=7, key="k", at=at)
    assert (expiry.expire_due(at=at + 30 * DAY), sums(cast.xiaobo)) == (1, (20, 20))  # of 20 old ones 13 were left
    left = []
    for each in (kept, spent, spent):
        store.write(lambda each=each: ServiceRecord.update(state="void").where(ServiceRecord.id == each.id).execute())
        store.write(
            lambda each=each: books.reverse(record=each, actor_id=None, at=at + 40 * DAY, note="核查不实")
        )
        left.append(sums(cast.xiaobo))
    assert left == [(20, 20), (13, 13), (13, 13)]
    back = PointEntry.get(PointEntry.kind == "expiry", PointEntry.amount > 0)
    assert (back.amount, back.note) == (10, "更正的那次服务，有10分早已到期扣过，先还回来，不重复扣")
    assert (PointDebt.select().count(), expiry.expire_due(at=at + 50 * DAY), books.verify()) == (0, 0, [])


def test_points_that_end_soon_are_told_once(cast: World, at: datetime) -> None:
    give(cast.xiaobo, 50, at, day="2023-06-20")
    give(cast.chali, 50, at)
    assert expiry.remind_due(at=at) == 0  # there is nothing to spend them on
    open_mall(at)
    assert [expiry.remind_due(at=at + each * DAY) for each in (-11, 0, 1, 5)] == [0, 1, 0, 0]  # until 30 June
    told = Delivery.get(Delivery.kind == "points_ending")
    assert (told.volunteer_id, told.body[:23]) == (cast.xiaobo.id, "您有50分积分到6月30日到期，可以先换礼品。")


@pytest.mark.case(27)
def test_correction_after_spending_leaves_a_marked_debt_that_service_pays(cast: World, at: datetime) -> None:
    open_mall(at)
    served = store.write(lambda: record(cast, at, cast.xiaobo, 6000))
    store.write(lambda: books.post_service(record=served, actor_id=None, at=at))
    reward = offer(cast, at)
    redeeming.redeem(actor=Actor("api", cast.xiaobo.id), reward_code=reward.code, price=60, key="k", at=at)
    facts: dict[str, Any] = {"record": served, "actor_id": cast.officer.id, "at": at, "note": "核查不实"}
    store.write(lambda: ServiceRecord.update(state="void").where(ServiceRecord.id == served.id).execute())
    for _ in range(2):  # the second takes nothing
        store.write(lambda: books.reverse(**facts))
    debt = PointDebt.get()
    assert (sums(cast.xiaobo), debt.points, debt.reason, debt.cleared_at) == ((-60, -60), 60, "核查不实", None)
    assert "还欠60分" in Delivery.get(Delivery.kind == "points_debt").body
    assert books.verify() == []
    with pytest.raises(Refusal) as no:
        redeeming.redeem(actor=Actor("api", cast.xiaobo.id), reward_code=reward.code, price=60, key="k2", at=at)
    assert no.value.code is RefusalCode.POINTS_SHORT
    serve(cast, at + DAY, cast.xiaobo, 4200, "2026-06-11")
    assert (sums(cast.xiaobo), PointDebt.get().cleared_at) == ((10, 10), at + DAY)
    assert books.verify() == []


def test_difference_is_found_and_not_mended(cast: World, at: datetime) -> None:
    open_mall(at)
    give(cast.xiaobo, 100, at)
    reward = offer(cast, at)
    redeeming.redeem(actor=Actor("api", cast.xiaobo.id), reward_code=reward.code, price=60, key="k", at=at)

    def tamper() -> None:
        Balance.update(points=-5).where(Balance.volunteer == cast.xiaobo).execute()
        Redemption.update(state="cancelled").execute()
        reward.supply += 3
        reward.save(only=("supply",))

    store.write(tamper)
    found = [(each.what.split()[0], each.kept, each.proved) for _ in range(2) for each in books.verify()]
    wanted = {("balance.points", -5, 40), ("debt", -5, 0), ("redemption", 0, -60), ("stock", 9, 12)}
    stock = {each for each in found if each[0] == "stock"}
    assert set(found) - stock == wanted - {("stock", 9, 12)}
    assert len(stock) == 1


@pytest.mark.case(27)
def test_rows_changed_or_taken_out_behind_the_guards_are_found_by_their_seal(cast: World, at: datetime) -> None:
    for amount in range(1, 13):
        give(cast.xiaobo, amount, at)
    assert [sealing.seal_due(at=at + hours * DAY / 24) for hours in (0, 2, 2)] == [0, 1, 0]
    give(cast.xiaobo, 1, at + DAY)
    sealing.seal_due(at=at + 2 * DAY)
    assert (books.verify(), books.verify(whole=True), Seal.select().count()) == ([], [], 2)
    database = store.current()

    def unguard() -> None:
        both = ("no_update", "no_delete") if database.dialect == "sqlite" else ("append_only ON point_entry",)
        for guard in both:
            database.execute_sql(f"DROP TRIGGER point_entry_{guard}", ())

    def last_day(until: str) -> None:
        PointEntry.update(expires_on=until).where(PointEntry.amount == 12).execute()

    def cut() -> None:
        """The last ten rows, and the total brought in line."""
        PointEntry.delete().where(PointEntry.id > PointEntry.select(fn.MAX(PointEntry.id) - 10)).execute()
        left = PointEntry.select(fn.SUM(PointEntry.amount)).where(PointEntry.volunteer == cast.xiaobo).scalar()
        Balance.update(points=left).where(Balance.volunteer == cast.xiaobo).execute()

    store.write(unguard)
    found = []
    for until in ("9999-12-31", newest(cast.xiaobo).expires_on):
        store.write(lambda until=until: last_day(until))
        found.append([each.what for each in books.verify()])
    assert found == [["seal of point_entry"], []]
    store.write(cut)
    assert [each.what for each in books.verify()] == ["seal of point_entry"] * 2
    verify_books(make_parts(FakeGateway()), at, store.write)
    assert "books" in {check.name for check in health.health(at=at).checks if not check.ok}


def test_preview_says_who_gains_and_loses_and_writes_nothing(cast: World, at: datetime) -> None:
    serve(cast, at, cast.xiaobo, 600)
    serve(cast, at, cast.chali, 60)
    before = PointEntry.select().count()
    facts: dict[str, Any] = {"actor": cast.actor(cast.officer), "region_code": COUNTY, "at": at + DAY}
    shown = preview.preview(**facts, name="day_cap", value=4)
    assert (shown.records, shown.people, shown.before, shown.after, shown.gaining, shown.losing) == (2, 2, 11, 5, 0, 1)
    assert [(each.name, each.before, each.after) for each in shown.examples] == [("王小博", 10, 4)]
    assert preview.preview(**facts, name="domains", value={"D3": 150}).gaining == 2
    assert preview.preview(**facts, name="expiry_months", value=12).later
    with pytest.raises(Refusal):
        preview.preview(**facts, name="per_hour", value=-1)
    with pytest.raises(Refusal):
        preview.preview(**{**facts, "actor": cast.actor(cast.ali)}, name="per_hour", value=2)
    numbers.set_number(
        actor=OPERATOR, region_code=TOWN, kind="points", name="per_hour", value=5, lock=False, reason="镇里定", at=at
    )
    assert preview.preview(**facts, name="per_hour", value=2).losing == 0  # the township keeps its own
    assert preview.preview(**facts, name="per_hour", value=2, lock=True).losing == 2
    assert (PointEntry.select().count(), RuleSet.select().where(RuleSet.region_code == COUNTY).count()) == (before, 0)


def test_my_points_need_few_statements(cast: World, at: datetime, count_statements: Any) -> None:
    give(cast.xiaobo, 5, at)
    with count_statements() as seen:
        hours.points(volunteer_id=cast.xiaobo.id, limit=20)
    assert len(seen) == 2


def test_months_of_a_last_day() -> None:
    assert points.lasts_until(local_day="2024-02-29", months=36) == "2027-02-28"
    assert points.lasts_until(local_day="2026-12-01", months=1) == "2027-01-31"
    assert points.lasts_until(local_day="2026-12-01", months=0) == points.FOREVER > date.max.isoformat()[:4]
    assert earning.span("2024-02-10", 7) == ("2024-02-01", "2024-02-29")
