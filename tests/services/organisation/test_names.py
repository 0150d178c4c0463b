"""Teams are called as the policy says, from the official list; the golden file was read line by line."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from models import Region
from services import regions
from services.errors import Refusal, RefusalCode
from services.organisation.names import check_name, plain, short_name, standard_name
from tools import golden_names

GOLDEN = Path(__file__).with_name("names_golden.tsv")
BRAND = "红耀江淮"
STANDARD = "南河村退役军人“红耀江淮”志愿服务队"


def place(name: str, level: int) -> Region:
    return Region(code="", name=name, level=level, place_name=regions.place_name(name, level))


def test_names_are_those_of_the_golden_file() -> None:
    with GOLDEN.open(encoding="utf-8", newline="") as handle:
        kept = [tuple(row) for row in csv.reader(handle, delimiter="\t")]
    assert kept[0] == golden_names.HEAD
    assert kept[1:] == [golden_names.line(region) for region in golden_names.sample()]
    levels = Counter(regions.level_of(row[0]) for row in kept[1:])
    assert (levels[1], levels[2], levels[3]) == (1, 16, 119)


def test_no_two_divisions_of_a_parent_share_a_name() -> None:
    rows = regions.listed(golden_names.LIST)
    assert len(rows) == 1 + 16 + 119 + 1685 + 18334
    assert [name for name, count in Counter((row[3], row[4]) for row in rows).items() if count > 1] == []


@pytest.mark.parametrize("word", ["委员会", "居委会", "村委会", "社区村", "类似", "（筹备组"])
def test_no_name_carries_a_committee(word: str) -> None:
    assert [row[4] for row in regions.listed(golden_names.LIST) if word in row[4] and row[5]] == []


@pytest.mark.parametrize(
    ("name", "level", "kind", "made"),
    [
        ("安徽省", 1, "grassroots", "安徽省退役军人“红耀江淮”志愿服务队"),
        ("霍邱县", 3, "professional", "霍邱县退役军人“红耀江淮”应急救援志愿服务队"),
        ("城关镇", 4, "professional", "城关镇退役军人“红耀江淮”志愿服务队（应急救援）"),
        ("南河村村民委员会", 5, "grassroots", STANDARD),
        ("南河村村民委员会", 5, "professional", "南河村退役军人“红耀江淮”志愿服务队（应急救援）"),
    ],
)
def test_name_follows_the_policy(name: str, level: int, kind: str, made: str) -> None:
    assert standard_name(region=place(name, level), kind=kind, speciality="应急救援", brand=BRAND) == made


def test_name_of_a_site_stands_behind_its_village() -> None:
    made = standard_name(
        region=place("东湖社区居委会", 5), kind="grassroots", speciality="", brand=BRAND, site_name="阳光小区"
    )
    assert made == "东湖社区阳光小区退役军人“红耀江淮”志愿服务队"


@pytest.mark.parametrize(
    ("name", "kind", "speciality", "made"),
    [
        ("南河村", "grassroots", "走访慰问", "南河村服务队"),
        ("霍邱县", "professional", "应急救援", "霍邱县应急救援队"),
        ("安徽省国营十字铺茶场生活区", "grassroots", "", "安徽省国营十字铺茶队"),
    ],
)
def test_short_name_fits_a_template(name: str, kind: str, speciality: str, made: str) -> None:
    assert short_name(region=place(name, 3), kind=kind, speciality=speciality) == made
    assert len(made) <= 10


@pytest.mark.parametrize(
    "typed", ["", STANDARD, '南河村 退役军人"红耀江淮"志愿服务队 ', "南河村退役军人「红耀江淮」志愿服务队"]
)
def test_standard_name_is_known_however_it_is_typed(typed: str) -> None:
    assert check_name(name=typed, standard=STANDARD, keeps_name=False, national_no="") == STANDARD


def test_name_of_its_own_is_kept_with_its_number() -> None:
    kept = check_name(name="南河老兵服务队", standard=STANDARD, keeps_name=True, national_no="341522-0007")
    assert kept == "南河老兵服务队"


@pytest.mark.parametrize(
    ("name", "keeps", "number", "code"),
    [
        ("南河老兵服务队", False, "", RefusalCode.TEAM_NAME_WRONG),
        ("南河老兵服务队", True, "", RefusalCode.TEAM_NAME_NUMBER),
        ("南河老兵服务队", True, "三四一五", RefusalCode.FIELD_WRONG),
        ('=HYPERLINK("x")', True, "341522", RefusalCode.FIELD_WRONG),
        ("老兵", True, "341522", RefusalCode.FIELD_WRONG),
        ("<b>南河老兵</b>", True, "341522", RefusalCode.FIELD_WRONG),
    ],
)
def test_other_name_is_refused(name: str, keeps: bool, number: str, code: RefusalCode) -> None:
    with pytest.raises(Refusal) as refused:
        check_name(name=name, standard=STANDARD, keeps_name=keeps, national_no=number)
    assert refused.value.code == code


def test_plain_makes_one_kind_of_marks() -> None:
    assert plain("城关镇(应急)‘红耀’") == "城关镇（应急）“红耀”"
