"""Divisions load fast, whole or not at all, and are named as people name them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from models import AuditEntry, History, Region, store
from services import regions
from services.errors import Refusal, RefusalCode
from services.regions import RegionFileError
from tests.support.world import COUNTY, PROVINCE, TOWN, VILLAGE

ANHUI = Path(__file__).parents[2] / "data" / "regions-34.csv"
SMALL = (
    "code,name,level\n34,安徽省,1\n3415,六安市,2\n341522,霍邱县,3\n341522100,城关镇,4\n"
    "341522100201,东湖社区居委会,5\n"
)


def write_list(path: Path, text: str) -> Path:
    file = path / "list.csv"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("name", "level", "place"),
    [
        ("安徽省", 1, "安徽省"),
        ("霍邱县", 3, "霍邱县"),
        ("城关镇", 4, "城关镇"),
        ("肥东经济开发区管理委员会", 4, "肥东经济开发区"),
        ("天乐社区服务中心", 4, "天乐社区"),
        ("庐阳工业区（林店街道）", 4, "庐阳工业区"),
        ("南河村村民委员会", 5, "南河村"),
        ("邓店村委会", 5, "邓店村"),
        ("李村村委会", 5, "李村"),
        ("八里村民委会", 5, "八里村"),
        ("东周村村民委员会（天河）", 5, "东周村"),
        ("填海巷社区居委会", 5, "填海巷社区"),
        ("柏景湾社区委员会", 5, "柏景湾社区"),
        ("天寿社区居委员会", 5, "天寿社区"),
        ("团山居委会", 5, "团山社区"),
        ("月明社区居委会(筹备组）", 5, "月明社区"),
        ("大王村", 5, "大王村"),
        ("赵岗社区村民委员会", 5, "赵岗社区"),
        ("铁运社区居民居委会", 5, "铁运社区"),
        ("虎山院社区居委会（筹备组））", 5, "虎山院社区"),
    ],
)
def test_place_name_is_what_people_say(name: str, level: int, place: str) -> None:
    assert regions.place_name(name, level) == place


@pytest.mark.parametrize(
    "name", ["慈湖街道虚拟社区", "安徽省庐江监狱管理区", "安徽霍邱经济开发区", "徽州区直辖村级区划"]
)
def test_division_without_people_expects_no_team(name: str) -> None:
    assert regions.expects_team(name) is False


def test_whole_province_loads_with_its_five_levels(db: Any, at: datetime) -> None:
    count = regions.load(path=ANHUI, at=at)
    assert count == Region.select().count() == 20_155
    village = Region.get_by_id("340102001001")
    assert (village.place_name, village.parent, village.level, village.has_team) == (
        "填海巷社区", "340102001", 5, True,
    )  # fmt: skip
    orphans = Region.select().where(Region.level > 1, Region.parent.not_in(Region.select(Region.code)))
    assert orphans.count() == 0


def test_load_again_brings_names_up_to_date_and_keeps_the_rest(db: Any, at: datetime, tmp_path: Path) -> None:
    regions.load(path=write_list(tmp_path, SMALL), at=at)
    renamed = "code,name,level\n34,安徽省,1\n3415,六安市,2\n341522,霍邱县,3\n341522100,蓼城镇,4\n"
    regions.load(path=write_list(tmp_path, renamed), at=at)
    assert [row.place_name for row in Region.select().order_by(Region.code)] == [
        "安徽省", "六安市", "霍邱县", "蓼城镇", "东湖社区",
    ]  # fmt: skip
    assert AuditEntry.select().where(AuditEntry.verb == "regions_loaded").count() == 2
    line = History.get()
    assert (line.subject, line.verb, line.changes) == (
        "region:341522100", "renamed", {"name": ["城关镇", "蓼城镇"], "place_name": ["城关镇", "蓼城镇"]},
    )  # fmt: skip
    assert [row.renamed_on for row in Region.select().order_by(Region.code)] == [
        None, None, None, "2026-06-10", None,
    ]  # fmt: skip


def test_divisions_a_new_list_leaves_out_are_named_and_stay(db: Any, at: datetime, tmp_path: Path) -> None:
    regions.load(path=write_list(tmp_path, SMALL), at=at)
    store.write(lambda: Region.create(code="35", name="福建省", level=1, place_name="福建省"))
    shorter = "code,name,level\n34,安徽省,1\n3415,六安市,2\n341522,霍邱县,3\n341522100,城关镇,4\n"
    path = write_list(tmp_path, shorter)
    regions.load(path=path, at=at)
    assert regions.left_out(path) == ["341522100201"]
    assert Region.get_by_id("341522100201").closed_on is None


def test_load_again_without_change_leaves_no_history(db: Any, at: datetime, tmp_path: Path) -> None:
    for _ in range(2):
        regions.load(path=write_list(tmp_path, SMALL), at=at)
    assert History.select().count() == 0


def test_load_tells_its_progress(
    db: Any, at: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regions, "BATCH", 2)
    seen: list[tuple[int, int]] = []
    regions.load(
        path=write_list(tmp_path, SMALL), at=at, progress=lambda done, total: seen.append((done, total))
    )
    assert seen == [(2, 5), (4, 5), (5, 5)]


def test_parent_is_nearest_division_that_exists(db: Any, at: datetime, tmp_path: Path) -> None:
    text = "code,name,level\n44,广东省,1\n4419,东莞市,2\n441900003,东城街道,4\n"
    regions.load(path=write_list(tmp_path, text), at=at)
    assert Region.get_by_id("441900003").parent == "4419"


def test_override_stands_above_the_rule(db: Any, at: datetime, tmp_path: Path) -> None:
    regions.load(path=write_list(tmp_path, "code,name,level\n341125402001,凌家湖农场,5\n"), at=at)
    village = Region.get_by_id("341125402001")
    assert (village.place_name, village.has_team) == ("凌家湖农场社区", True)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "header"),
        ("a,b,c\n34,安徽省,1\n", 1, "header"),
        ("code,name,level\n34,安徽省\n", 2, "columns"),
        ("code,name,level\n34,安徽省,1\n341,合肥,2\n", 3, "code"),
        ("code,name,level\n34,安徽省,2\n", 2, "code"),
        ("code,name,level\n34,,1\n", 2, "name"),
        ("code,name,level\n34,安徽省,1\n34,安徽,1\n", 3, "twice"),
    ],
)
def test_bad_list_changes_nothing(
    db: Any, at: datetime, tmp_path: Path, text: str, line: int, reason: str
) -> None:
    with pytest.raises(RegionFileError) as refused:
        regions.load(path=write_list(tmp_path, text), at=at)
    assert (refused.value.line, refused.value.reason) == (line, reason)
    assert Region.select().count() == 0


def test_list_in_another_encoding_is_refused(db: Any, at: datetime, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(SMALL.encode("gbk"))
    with pytest.raises(RegionFileError):
        regions.load(path=file, at=at)
    assert Region.select().count() == 0


def test_names_go_from_the_city_down(db: Any, at: datetime, tmp_path: Path) -> None:
    regions.load(path=write_list(tmp_path, SMALL), at=at)
    assert regions.name_of(COUNTY) == "霍邱县"
    assert regions.path_name(VILLAGE) == "六安市霍邱县城关镇东湖社区"
    assert regions.path_name(PROVINCE) == "安徽省"
    with pytest.raises(Refusal) as refused:
        regions.path_name("99")
    assert refused.value.code == RefusalCode.REGION_UNKNOWN


def test_children_are_those_right_below(db: Any, cast: Any) -> None:
    assert [child.code for child in regions.children(COUNTY)] == [TOWN, "341522101"]
    assert [child.code for child in regions.children("")] == [PROVINCE]


def test_search_by_two_words_looks_at_the_path(db: Any, at: datetime, tmp_path: Path) -> None:
    more = SMALL + "3401,合肥市,2\n340102,瑶海区,3\n340102001,明光路街道,4\n340102001009,东湖社区居委会,5\n"
    regions.load(path=write_list(tmp_path, more), at=at)
    assert [hit.code for hit in regions.search("东湖")] == ["340102001009", VILLAGE]
    assert [(hit.code, hit.path) for hit in regions.search("霍邱 东湖")] == [
        (VILLAGE, "六安市霍邱县城关镇东湖社区")
    ]
    for written in ("霍邱东湖", "霍邱县城关镇东湖社区", "城关东湖社区", "六安霍邱城关东湖"):
        assert [hit.code for hit in regions.search(written)] == [VILLAGE], written
    assert regions.search("东湖霍邱") == []
    assert [hit.code for hit in regions.search("东湖", under="3401")] == ["340102001009"]
    assert regions.search(" ") == []
    assert regions.search("100%") == []


def test_lineage_and_range_of_a_township() -> None:
    assert regions.lineage(TOWN) == ["34", "3415", "341522", "341522100"]
    assert regions.below(TOWN) == ("341522100", "341522100:")
    assert regions.level_of(TOWN) == 4
    with pytest.raises(Refusal):
        regions.level_of("3415a")
