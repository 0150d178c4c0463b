"""The domains are the policy's, with their danger and secrecy."""

from __future__ import annotations

from services.participation import domains


def test_domains_are_the_four_of_the_policy() -> None:
    assert [domain.name for domain in domains.all_domains()] == [
        "乡村振兴", "精神文明创建", "基层社会治理", "退役军人服务保障",
    ]  # fmt: skip


def test_governance_lists_what_the_policy_lists() -> None:
    names = [sub.name for sub in domains.all_domains()[2].sub_domains]
    assert names[:-1] == ["疫情防控", "抗洪抢险", "治安巡查", "助老助残", "交通疏导", "生态保护", "义剪义诊"]


def test_only_epidemic_and_flood_are_dangerous() -> None:
    dangers = [sub.name for domain in domains.all_domains() for sub in domain.sub_domains if sub.danger]
    assert dangers == ["疫情防控", "抗洪抢险"]
    assert domains.is_danger("D3", "flood") is True
    assert domains.is_danger("D3", "ecology") is False


def test_visits_mediation_and_counselling_are_confidential() -> None:
    secret = [sub.name for domain in domains.all_domains() for sub in domain.sub_domains if sub.confidential]
    assert secret == ["走访慰问", "信访调解", "心理疏导"]


def test_sub_domain_of_another_domain_is_unknown() -> None:
    assert domains.sub_domain("D1", "flood") is None
    assert domains.sub_domain("D9", "other") is None
    assert domains.domain_name("D9") == "D9"


def test_daily_life_is_routine_and_nothing_dangerous_is() -> None:
    routine = [sub.name for domain in domains.all_domains() for sub in domain.sub_domains if sub.routine]
    assert routine == [
        "生态振兴", "传承红色基因", "创文创卫", "文明宣传", "治安巡查", "助老助残", "交通疏导", "生态保护",
        "老兵帮老兵", "走访慰问",
    ]  # fmt: skip
    assert not any(
        sub.routine and sub.danger for domain in domains.all_domains() for sub in domain.sub_domains
    )


def test_venues_are_the_six_of_the_policy_and_two_are_asked_first() -> None:
    assert list(domains.venue_kinds().values()) == ["进机关", "进学校", "进企业", "进乡村", "进社区", "进军营"]
    assert [code for code in domains.venue_kinds() if domains.needs_host(code)] == ["school", "barracks"]
