"""Money from the application to the public page: recorded, reversed, never edited."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from models import Delivery, MoneyLine, Partner, Team, store
from services.errors import Refusal
from services.listing import Wanted
from services.money import amounts, gifts, grants, lines, sources, summary
from services.money.lines import LineDraft
from services.planning import partners, projects
from services.planning.projects import ProjectDraft
from tests.services.planning.conftest import city  # noqa: F401
from tests.support.world import COUNTY


def refused(act: Any) -> str:
    with pytest.raises(Refusal) as no:
        act()
    return no.value.code.value


@pytest.fixture
def project(cast: Any, at: Any) -> str:
    store.write(lambda: Team.update(leader=cast.ali).where(Team.id == cast.team.id).execute())
    draft = ProjectDraft("护河", "D3", "ecology", "2026-01-01", "2026-12-31", "practice")
    return projects.create(actor=cast.actor(cast.ali), team_code=cast.team.code, draft=draft, at=at)


@pytest.fixture
def granted(cast: Any, at: Any, project: str, city: Any) -> str:  # noqa: F811
    """800 of 1,000 yuan, reviewed by the county, granted by the city."""
    asked = {"source": "foundation", "amount": "1000", "purpose": "买夹子", "at": at}
    code = grants.apply(actor=cast.actor(cast.ali), project_code=project, **asked)
    grants.review(actor=cast.actor(cast.officer, "console"), code=code, opinion="值得", at=at)
    grants.decide(actor=cast.actor(city, "console"), code=code, amount="800", answer="", grants=True, at=at)
    return code


def spend(cast: Any, project: str, at: Any, **more: Any) -> str:
    fields = {"direction": "out", "source": "foundation", "amount": "1", "day": "2026-06-01", "purpose": "materials"}
    return lines.write_down(actor=cast.actor(cast.ali), project_code=project, draft=LineDraft(**fields | more), at=at)


def test_support_is_decided_by_neither_applicant_nor_reviewer(
    cast: Any, at: Any, project: str, city: Any  # noqa: F811
) -> None:
    ali, officer, above = cast.actor(cast.ali), cast.actor(cast.officer, "console"), cast.actor(city, "console")
    ask = {"actor": officer, "project_code": project, "source": "foundation", "purpose": "买夹子", "at": at}
    assert refused(lambda: grants.apply(**ask, amount="0")) == "field_wrong"
    own = grants.apply(**ask, amount="10")  # the officer applies in the team's stead
    assert refused(lambda: grants.review(actor=officer, code=own, opinion="好", at=at)) == "own_record"
    code = grants.apply(**ask | {"actor": ali}, amount="1,000.50")
    decide = {"code": code, "amount": "900", "answer": "", "grants": True, "at": at}
    assert refused(lambda: grants.withdraw(actor=officer, code=code, at=at)) == "not_allowed"  # a no has a reason
    assert refused(lambda: grants.decide(actor=above, **decide)) == "grant_state"  # reviewed first
    grants.review(actor=officer, code=code, opinion="值得", at=at)
    assert refused(lambda: grants.decide(actor=officer, **decide)) == "own_record"
    assert refused(lambda: grants.decide(actor=ali, **decide)) == "not_found"
    assert refused(lambda: grants.decide(actor=above, **decide | {"amount": "1000.51"})) == "grant_more"
    assert refused(lambda: grants.decide(actor=above, **decide | {"grants": False})) == "reason_required"
    grants.decide(actor=above, **decide)
    assert refused(lambda: grants.decide(actor=above, **decide)) == "grant_state"
    shown = grants.page(actor=ali, code=code, at=at)
    assert (shown.line.state, shown.line.asked, shown.line.granted) == ("granted", 100050, 90000)
    told = [row.body for row in Delivery.select().where(Delivery.volunteer == cast.ali)]
    assert "900 元" in told[-1]


def test_grant_is_spent_up_to_its_sum_and_closed_with_a_report(
    cast: Any, at: Any, project: str, granted: str
) -> None:
    ali = cast.actor(cast.ali)
    income = MoneyLine.get(MoneyLine.direction == "in").code
    undo = {"actor": ali, "code": income, "reason": "想改", "at": at}
    assert refused(lambda: lines.reverse(**undo)) == "money_granted"  # public income goes with the decision
    first = spend(cast, project, at, amount="500", grant=granted)
    assert refused(lambda: spend(cast, project, at, direction="in", grant=granted)) == "field_wrong"  # it is there
    assert refused(lambda: spend(cast, project, at, amount="300.01", grant=granted)) == "grant_spent"
    lines.reverse(actor=ali, code=first, reason="记错了", at=at)
    again = {"actor": ali, "reason": "再来", "at": at}
    for code in (first, MoneyLine.get(MoneyLine.fen < 0).code):
        assert refused(lambda code=code: lines.reverse(code=code, **again)) == "money_reversed"
    spend(cast, project, at, amount="800", grant=granted)
    grants.close(actor=ali, code=granted, report="买了夹子，清了三公里", at=at)
    last = MoneyLine.select().order_by(MoneyLine.id.desc()).get().code
    assert refused(lambda: lines.reverse(actor=ali, code=last, reason="想改", at=at)) == "grant_state"
    assert refused(lambda: spend(cast, project, at, grant=granted)) == "grant_state"
    assert grants.page(actor=ali, code=granted, at=at).line.spent == 80000
    spending = Wanted(filters={"direction": "out"})
    shown = lines.listed(actor=ali, wanted=spending, at=at, grant_code=granted).rows
    assert [(row.fen, row.reverses, row.reversed, row.may_reverse) for row in shown] == [
        (80000, False, False, False), (-50000, True, False, False), (50000, False, True, False),
    ]  # fmt: skip
    for verb in ("UPDATE money_line SET fen = 1", "DELETE FROM money_line"):
        with pytest.raises(Exception, match="append-only"):
            store.write(lambda verb=verb: store.current().execute_sql(verb))


def test_everybody_reads_sums_and_nobodys_name(cast: Any, at: Any, project: str, granted: str) -> None:
    ali = cast.actor(cast.ali)
    shop = partners.create(
        actor=ali, region_code="", team_code=cast.team.code, name="老张超市", kind="money", offers="", contact="张三",
        nature="shop", agreement="协 2026-1", due_on="2026-12-31", at=at,
    )  # fmt: skip
    income = {"direction": "in", "source": "donation", "amount": "200.05", "purpose": "", "partner": shop}
    spend(cast, project, at, **income, note="张三送来的")
    spend(cast, project, at, amount="88.8", source="donation")
    wrong = spend(cast, project, at, amount="9999", source="other", purpose="meals")
    lines.reverse(actor=ali, code=wrong, reason="多写了", at=at)
    shown = summary.of(code=project)
    assert (shown.income, shown.spending, shown.by_source, shown.by_purpose) == (
        100005, 8880, [("基金会", 80000, 0), ("捐赠", 20005, 8880)], [("物资器材", 8880)],
    )  # fmt: skip
    assert "张三" not in repr(shown)
    assert [(each.code, each.income, each.spending) for each in summary.latest()] == [(project, 100005, 8880)]
    gift = {"actor": ali, "partner_code": shop, "what": "矿泉水 20 箱", "day": "2026-06-01", "at": at}
    gifts.give(**gift, worth="600", project_code=project)
    assert refused(lambda: gifts.give(**gift, worth="x", project_code="")) == "field_wrong"
    given = gifts.listed(actor=ali, wanted=Wanted(), at=at).rows
    assert [(row.partner, row.worth) for row in given] == [("老张超市", 60000)]
    assert Partner.get().due_on == "2026-12-31"


def test_bad_lines_are_refused(cast: Any, at: Any, project: str) -> None:
    for field, value in (
        ("amount", "-5"), ("amount", "1.234"), ("amount", "1,5"), ("amount", "1e12"), ("amount", "1000000000"),
        ("amount", "1万"), ("day", "2026-06-11"), ("day", "1999-01-01"),
        ("source", "nonsense"), ("purpose", ""), ("direction", "sideways"), ("note", "长" * 201),
    ):  # fmt: skip
        assert refused(lambda more={field: value}: spend(cast, project, at, **more)) == "field_wrong"
    assert refused(lambda: spend(cast, project, at, partner="none")) == "not_found"
    draft = LineDraft("in", "donation", "5", "2026-06-01")
    stranger = {"actor": cast.actor(cast.chali), "project_code": project, "draft": draft, "at": at}
    assert refused(lambda: lines.write_down(**stranger)) == "not_found"
    assert refused(lambda: sources.add(actor=cast.actor(cast.ali), name="彩票公益金", at=at)) == "not_found"


def test_two_who_spend_the_rest_at_once_spend_it_once(db: Any, cast: Any, at: Any, project: str, granted: str) -> None:
    both, said = threading.Barrier(2), []

    def run() -> None:
        with store.session():
            both.wait()
            try:
                spend(cast, project, at, amount="800", grant=granted)
            except Refusal as no:
                said.append(no.code.value)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (said, lines.sums(project)) == (["grant_spent"], (80000, 80000))


@given(some.integers(min_value=1, max_value=99_999_999_999))
def test_an_amount_is_read_as_it_was_said(value: int) -> None:
    whole, rest = divmod(value, 100)
    wide = str(whole).translate({ord("0") + each: ord("０") + each for each in range(10)})  # a Chinese keyboard's
    for text in (amounts.yuan(value), f"{whole:,}.{rest:02d}", f"¥{whole}.{rest:02d} 元", f"{wide}．{rest:02d}"):
        assert amounts.fen(text) == value


def test_project_of_visits_shows_its_kind_and_county_alone(cast: Any, at: Any) -> None:
    draft = ProjectDraft("看望张大爷", "D4", "visits", "2026-01-01", "2026-12-31")
    code = projects.create(actor=cast.actor(cast.officer, "console"), team_code=cast.team.code, draft=draft, at=at)
    line = LineDraft("in", "donation", "5", "2026-06-01")
    lines.write_down(actor=cast.actor(cast.officer, "console"), project_code=code, draft=line, at=at)
    shown, brief = summary.of(code=code), summary.latest()[0]
    assert (shown.title, shown.team, shown.team_code, shown.place) == ("走访慰问", "", "", "六安市霍邱县")
    assert (brief.title, brief.team, brief.place, brief.income) == ("走访慰问", "", "六安市霍邱县", 500)


def test_agreement_that_ends_is_told_once_to_whoever_keeps_it(cast: Any, at: Any, project: str) -> None:
    officer = cast.actor(cast.officer, "console")
    facts = {"region_code": "", "kind": "money", "offers": "", "contact": "", "agreement": "协 1", "at": at}
    made = [
        partners.create(actor=officer, team_code=cast.team.code, name=f"店{day}", due_on=day, **facts)
        for day in ("2026-07-10", "2026-07-11", "2026-06-09")
    ]
    county = facts | {"region_code": COUNTY}
    partners.create(actor=officer, team_code="", name="县基金会", due_on="2026-06-10", **county)
    assert (partners.remind_due(at=at), partners.remind_due(at=at + timedelta(hours=1))) == (2, 0)
    told = Delivery.select().where(Delivery.kind == "partner_ends").order_by(Delivery.id)
    assert [(row.volunteer_id, "2026年7月10日" in row.body) for row in told] == [
        (cast.ali.id, True), (cast.officer.id, False),
    ]  # fmt: skip
    renewed = {"actor": officer, "code": made[0], "agreement": "协 2", "at": at}
    assert refused(lambda: partners.renew(due_on="2026-06-09", **renewed)) == "field_wrong"
    partners.renew(due_on="2026-07-01", **renewed)
    assert (partners.remind_due(at=at), Partner.get(Partner.code == made[0]).agreement) == (1, "协 2")


def test_county_sees_its_townships_lines(cast: Any, at: Any, project: str) -> None:
    spend(cast, project, at)
    officer = lines.listed(actor=cast.actor(cast.officer, "console"), wanted=Wanted(filters={"region": COUNTY}), at=at)
    chali = lines.listed(actor=cast.actor(cast.chali, "console"), wanted=Wanted(), at=at)
    assert (officer.total, chali.total) == (1, 0)
