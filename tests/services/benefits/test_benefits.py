"""Benefits: who may have one, the card on the phone, what its provider sees and counts, the list for the centre."""

from __future__ import annotations

import io
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import pytest
from peewee import IntegrityError

from models import AuditEntry, Benefit, BenefitUse, Honour, StarAward, Team, TeamMember, Volunteer, store
from services.accounts import registration
from services.benefits import cards, entitled, fitting, offers, uses, views
from services.benefits.offers import BenefitDraft
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from tests.support import world
from tests.support.world import COUNTY, OTHER_TOWN, VILLAGE, World

C = RefusalCode
BUS = BenefitDraft(kind="bus", name="免费坐公交", provider="霍邱公交")


@pytest.fixture
def parts(app: Any) -> Any:
    return app.extensions["parts"]


@pytest.fixture
def county(cast: World) -> Any:
    return cast.actor(cast.officer, "console")


def award(cast: World, person: Volunteer, star: int, at: datetime) -> None:
    store.write(lambda: StarAward.create(
        code=f"star{person.id:06d}", volunteer=person, star=star, region_code=VILLAGE, at_region=COUNTY,
        state="awarded", origin="rule", minutes=6000, step_hours=100, with_brought=True, created_at=at,
    ))  # fmt: skip


def no(act: Any) -> RefusalCode:
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.code


def token(card: cards.Card) -> str:
    return card.url.rsplit("/", 1)[-1]


#: What a benefit asks for, and what 小博 lacks: two stars, an honour, in a team for a year and a half, 66 years old.
ASKED: tuple[tuple[dict[str, Any], list[str]], ...] = (
    ({}, []), ({"min_star": 2}, []), ({"min_star": 3}, ["三星以上"]), ({"honour": "any"}, []),
    ({"honour": "assessment"}, ["年度考核优秀"]), ({"honour": "nomination"}, []),
    ({"honour": "city"}, ["受过市级以上表彰"]), ({"min_years": 1}, []), ({"min_years": 3}, ["加入服务队满3年"]),
    ({"member": True}, []), ({"min_age": 60}, []), ({"min_age": 67}, ["67岁以上"]), ({"max_age": 66}, []),
    ({"max_age": 65}, ["65岁以下"]), ({"team": "other"}, ["是西湖社区退役军人“红耀江淮”志愿服务队队员"]),
    ({"min_star": 3, "max_age": 65}, ["三星以上", "65岁以下"]),
)  # fmt: skip


def test_list_and_person_agree_on_every_condition(cast: World, county: Any, at: datetime) -> None:
    award(cast, cast.xiaobo, 2, at)

    def more() -> None:
        TeamMember.update(from_at=at - timedelta(days=500)).where(TeamMember.volunteer == cast.xiaobo).execute()
        Honour.create(
            volunteer=cast.xiaobo, kind="nomination", name="好人", year="2025", region_code=COUNTY, source="x:1", at=at
        )

    store.write(more)
    for asked, lacks in ASKED:
        if "team" in asked:
            asked = {"team": Team.get_by_id(cast.other_team.id).code}
        code = offers.create(actor=county, region_code=COUNTY, draft=replace(BUS, **asked), at=at)
        row = offers.by_code(code)
        assert fitting.lacking(row, volunteer_id=cast.xiaobo.id, at=at) == lacks
        assert (cast.xiaobo in list(fitting.entitled(row, at=at))) == (lacks == [])
        assert views.one(volunteer_id=cast.xiaobo.id, code=code, at=at).fits == (lacks == [])


def test_card_is_checked_without_an_account_and_counts_a_use_once(
    cast: World, parts: Any, county: Any, at: datetime
) -> None:
    code = offers.create(actor=county, region_code=COUNTY, draft=replace(BUS, member=True, uses=2, per="day"), at=at)
    me = {"parts": parts, "volunteer_id": cast.xiaobo.id, "code": code}
    card = cards.show(**me, at=at)
    asks: dict[str, Any] = {"parts": parts, "address": "10.0.0.1"}
    assert "/b/b1." in card.url
    assert (card.left, card.expires_at) == (2, at + timedelta(minutes=5))
    seen = cards.check(**asks, token=token(card), at=at)
    assert (seen.state, seen.name, seen.benefit, seen.left) == ("good", "王*博", "免费坐公交", 2)
    assert [cards.use(**asks, token=token(card), at=at).state for _ in range(2)] == ["used", "used"]
    assert (BenefitUse.select().count(), Benefit.get().used) == (1, 1)
    later = at + timedelta(minutes=1)
    second = cards.show(**me, at=later)
    assert second.left == 1
    cards.use(**asks, token=token(second), at=later)
    third = cards.show(**me, at=later + timedelta(minutes=1))
    assert cards.use(**asks, token=token(third), at=later).state == "used_up"
    # The driver tapped twice by mistake; not the volunteer, nor a leader takes it back, but the centre.
    newest = uses.listed(actor=county, code=code, wanted=Wanted(), at=later).rows[0]
    back: dict[str, Any] = {"code": code, "use_id": newest.id, "at": later}
    assert (newest.name, newest.at) == ("王小博", later)
    assert no(lambda: uses.take_back(actor=cast.actor(cast.ali, "console"), reason="点错", **back)) is C.NOT_FOUND
    assert no(lambda: uses.take_back(actor=county, reason=" ", **back)) is C.REASON_REQUIRED
    uses.take_back(actor=county, reason="司机点错了", **back)
    assert no(lambda: uses.take_back(actor=county, reason="再来", **back)) is C.NOT_FOUND
    assert (BenefitUse.select().count(), Benefit.get().used, cards.show(**me, at=later).left) == (1, 1, 1)
    tomorrow = at + timedelta(days=1)
    assert cards.show(**me, at=tomorrow).left == 2
    assert cards.check(**asks, token=token(third), at=tomorrow).state == "expired"


def test_forged_codes_and_other_changes_are_seen_through(cast: World, parts: Any, county: Any, at: datetime) -> None:
    code = offers.create(actor=county, region_code=COUNTY, draft=replace(BUS, member=True), at=at)
    good = token(cards.show(parts=parts, volunteer_id=cast.xiaobo.id, code=code, at=at))
    asks: dict[str, Any] = {"parts": parts, "address": "10.0.0.1", "at": at}
    kind, benefit, number, expiry, mac = good.split(".")
    later = f"{int(expiry, 16) + 86400:x}"
    for bad in (
        "b1", "x" * 40, ".".join((kind, benefit, str(cast.chali.public_no), expiry, mac)),
        ".".join((kind, benefit, number, later, mac)), ".".join((kind, benefit, number, "-1", mac)), good + "a",
        good.replace("b1", "v1"), ".".join((kind, benefit, number, "f" * 40, mac)),
    ):  # fmt: skip
        assert cards.check(**asks, token=bad).state == "forged"
    assert cards.check(**asks, token=good).state == "good"
    offers.move(actor=county, code=code, state="paused", reason="车队检修", at=at)
    assert cards.check(**asks, token=good).state == "closed"
    assert no(lambda: cards.show(parts=parts, volunteer_id=cast.xiaobo.id, code=code, at=at)) is C.BENEFIT_STATE
    offers.move(actor=county, code=code, state="open", reason="修好了", at=at)
    store.write(lambda: TeamMember.update(to_at=at).where(TeamMember.volunteer == cast.xiaobo).execute())
    assert cards.check(**asks, token=good).state == "unfit"
    assert no(lambda: cards.show(parts=parts, volunteer_id=cast.xiaobo.id, code=code, at=at)) is C.BENEFIT_LACKS
    refused = [no(lambda: cards.check(**asks, token="guess")) for _ in range(1) if not _use_up(asks)]
    assert refused == [C.TOO_MANY_TRIES]


def _use_up(asks: dict[str, Any]) -> bool:
    try:
        for _ in range(cards.FORGED):
            cards.check(**asks, token="guess")
    except Refusal:
        pass
    return False


def tapped(parts: Any, shown: list[str], at: datetime) -> list[str]:
    """What each of many providers reads who tap at the same moment."""
    states, ready = [], threading.Barrier(len(shown))

    def tap(one: str) -> None:
        with store.session():
            ready.wait()
            try:
                states.append(cards.use(parts=parts, token=one, address="10.0.0.1", at=at).state)
            except IntegrityError:
                states.append("fault")

    threads = [threading.Thread(target=tap, args=(one,)) for one in shown]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(states)


def shown_often(cast: World, parts: Any, code: str, at: datetime) -> list[str]:
    moments = [at + timedelta(seconds=second) for second in range(8)]
    return [token(cards.show(parts=parts, volunteer_id=cast.xiaobo.id, code=code, at=each)) for each in moments]


def test_last_use_goes_to_one_of_many_phones_and_one_card_counts_once(
    cast: World, parts: Any, county: Any, at: datetime
) -> None:
    code = offers.create(actor=county, region_code=COUNTY, draft=replace(BUS, uses=1), at=at)
    shown = shown_often(cast, parts, code, at)
    assert tapped(parts, shown, at + timedelta(seconds=9)) == ["used", *["used_up"] * 7]
    assert (BenefitUse.select().count(), Benefit.get().used) == (1, 1)
    store.write(lambda: Benefit.update(uses=9).execute())
    # Two providers, or two fingers, on one card.
    fresh = token(cards.show(parts=parts, volunteer_id=cast.xiaobo.id, code=code, at=at + timedelta(minutes=1)))
    assert tapped(parts, [fresh] * 4, at + timedelta(minutes=1)) == ["used"] * 4
    assert (BenefitUse.select().count(), Benefit.get().used) == (2, 2)


def test_control_without_the_guard_more_is_used_than_there_was(
    cast: World, parts: Any, county: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: each by what it saw before it tapped. If one won here, the test above would prove nothing."""
    code = offers.create(actor=county, region_code=COUNTY, draft=replace(BUS, uses=1), at=at)
    shown = shown_often(cast, parts, code, at)
    monkeypatch.setattr(cards, "_state", lambda *_: "good")
    assert tapped(parts, shown, at + timedelta(seconds=9)) == ["good"] * 8
    assert BenefitUse.select().count() == 8


def test_list_for_the_centre_names_who_has_it_and_until_when(
    cast: World, parts: Any, county: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = offers.create(
        actor=county, region_code=COUNTY, at=at,
        draft=BenefitDraft(kind="insurance", name="意外险", provider="人保", member=True),
    )  # fmt: skip
    assert entitled.give(actor=county, code=code, until_on="2026-06-20", at=at) == 2
    assert entitled.give(actor=county, code=code, until_on="2026-06-30", at=at) == 0
    assert views.one(volunteer_id=cast.xiaobo.id, code=code, at=at).given == "2026-06-20"
    later = at + timedelta(days=12)
    assert views.one(volunteer_id=cast.xiaobo.id, code=code, at=later).given is None
    lines = entitled.listed(actor=county, code=code, wanted=Wanted(filters={"given": "over"}), at=later).rows
    assert [(line.name, line.given, line.until) for line in lines] == [
        ("李阿丽", "over", "2026-06-20"), ("王小博", "over", "2026-06-20"),
    ]  # fmt: skip
    book = openpyxl.load_workbook(io.BytesIO(entitled.sheet(parts=parts, actor=county, code=code, at=at)))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0][:7] == ("姓名", "编号", "星级", "服务队", "地区", "证件号", "出生日期")
    assert [(row[0], row[7]) for row in rows[1:]] == [("李阿丽", "已办"), ("王小博", "已办")]
    assert AuditEntry.get(AuditEntry.verb == "benefit.export").detail["documents"] is True
    registration.decide_consent(actor=cast.actor(cast.xiaobo), purpose="id_number", given=False, at=at)
    book = openpyxl.load_workbook(io.BytesIO(entitled.sheet(parts=parts, actor=county, code=code, at=at)))
    assert [row[5] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)] == [None, "本人不同意提供"]
    assert "有 1 行没有列出证件号码" in str(book.worksheets[1]["A2"].value)
    leader = cast.actor(cast.ali, "console")
    assert no(lambda: entitled.sheet(parts=parts, actor=leader, code=code, at=at)) is C.NOT_FOUND
    assert no(lambda: entitled.give(actor=county, code=code, until_on="2026-06-01", at=at)) is C.FIELD_WRONG
    # The wrong day was typed: what was noted today goes, what was noted before stays.
    assert entitled.give(actor=county, code=code, until_on="2027-12-31", at=later) == 2
    assert [entitled.take_back(actor=county, code=code, at=later), entitled.given_today(code=code, at=at)] == [2, 2]
    assert no(lambda: entitled.take_back(actor=county, code=code, at=later)) is C.BENEFIT_STATE
    one_town = Wanted(filters={"region": OTHER_TOWN})
    assert entitled.listed(actor=county, code=code, wanted=one_town, at=at).rows == []
    monkeypatch.setattr(entitled, "MOST", 1)
    cut = openpyxl.load_workbook(io.BytesIO(entitled.sheet(parts=parts, actor=county, code=code, at=at)))
    assert "只列出前 1 行" in str(list(cut.active.values)[-1][0])


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"kind": "cash"}, "kind"), ({"name": " "}, "name"), ({"provider": "长" * 61}, "provider"),
    ({"min_star": 6}, "min_star"), ({"uses": -1}, "uses"), ({"honour": "x"}, "honour"), ({"per": "x"}, "per"),
    ({"min_age": 60, "max_age": 50}, "max_age"), ({"from_on": "2026-02-30"}, "from_on"),
    ({"to_on": "2026-06-09"}, "to_on"), ({"partner": "none"}, "partner"), ({"team": "none"}, "team"),
)  # fmt: skip


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_benefit_that_is_typed_wrongly_names_the_field(cast: World, county: Any, at: datetime) -> None:
    for wrong, name in WRONG:
        with pytest.raises(Refusal) as refused:
            offers.create(actor=county, region_code=COUNTY, draft=replace(BUS, **wrong), at=at)
        assert (refused.value.code, refused.value.facts["field"]) == (C.FIELD_WRONG, name)


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_benefit_of_another_county_is_not_there(cast: World, parts: Any, county: Any, at: datetime) -> None:
    elsewhere = store.write(lambda: world.make_region("341523", "舒城县"))
    code = offers.create(actor=county, region_code=COUNTY, draft=BUS, at=at)
    store.write(lambda: Benefit.update(region_code=elsewhere.code).execute())
    assert views.mine(volunteer_id=cast.xiaobo.id, at=at) == []
    assert no(lambda: views.one(volunteer_id=cast.xiaobo.id, code=code, at=at)) is C.NOT_FOUND
    assert no(lambda: cards.show(parts=parts, volunteer_id=cast.xiaobo.id, code=code, at=at)) is C.NOT_FOUND
    assert no(lambda: offers.change(actor=county, code=code, draft=BUS, at=at)) is C.NOT_FOUND
