"""What the teams do through the year: weekly river banks and crossings, the days of the calendar, the flood season."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from clock import SHANGHAI, UTC, local_day
from demo.places import TEAMS, TeamPlan

VILLAGE_TEAMS = tuple(plan.key for plan in TEAMS if not plan.profession)
EVERYBODY = tuple(plan.key for plan in TEAMS)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of activity. `places`: position and how many; `hour` its start; `when` the days (month, day) it is for.

    `teams` and `{water}` fit it to who does it. Minutes are those from start to end.
    """

    title: str
    domain: str
    sub: str
    place: str
    content: str
    risk: str
    hour: float
    minutes: int
    places: tuple[tuple[str, int], ...]
    teams: tuple[str, ...] = EVERYBODY
    when: tuple[tuple[int, int], tuple[int, int]] | None = None


RIVER = Kind(
    "清洁{water}河岸", "D3", "ecology", "{water}河堤闸口集合", "沿河捡拾垃圾、清理杂草，保护母亲河。",
    "岸边湿滑，请穿防滑鞋，不下水。", 8, 180, (("捡拾员", 8), ("运送员", 2)), VILLAGE_TEAMS,
)  # fmt: skip
CROSSING = Kind(
    "上学路口交通疏导", "D3", "traffic", "中心小学门口", "早高峰在路口引导学生和家长过马路。",
    "请穿反光背心，站在路肩上，不拦车。", 7, 90, (("疏导员", 6),), VILLAGE_TEAMS,
)  # fmt: skip
NIGHT_WATCH = Kind(
    "夜间治安巡查", "D3", "patrol", "警务室集合", "两人一组巡查街巷，提醒关门关火。",
    "夜间结伴而行，遇事先报警，不单独处置。", 19, 120, (("巡查员", 8),),
)  # fmt: skip
WEEKLY = (
    RIVER, CROSSING, NIGHT_WATCH,
    Kind("义剪义诊进村", "D3", "clinic", "文化广场", "免费理发、量血压、测血糖。", "器械消毒，一人一巾。",
         8.5, 180, (("理发员", 3), ("量血压", 2), ("引导员", 3)), VILLAGE_TEAMS),
    Kind("帮独居老人打扫", "D3", "care", "服务站集合后分组入户", "打扫屋子、检查灶具电线、陪老人说说话。",
         "登高擦窗请两人配合。", 9, 150, (("入户员", 8),), VILLAGE_TEAMS),
    Kind("人居环境整治", "D1", "environment", "村部集合", "清理房前屋后杂物和沟渠。", "请戴手套，当心碎玻璃。",
         8, 180, (("清理员", 10),), VILLAGE_TEAMS),
    Kind("老兵帮老兵上门服务", "D4", "comrades", "服务站集合", "给年老战友修水电、陪看病、代办手续。",
         "用电作业先断电。", 9, 180, (("帮扶员", 6),)),
    Kind("红色故事进校园", "D2", "heritage", "县第一小学报告厅", "老兵给孩子们讲战斗故事。", "按学校要求登记入校。",
         14.5, 120, (("宣讲员", 3), ("组织员", 3)), ("lecture",)),
    Kind("红色宣讲进社区", "D2", "heritage", "新时代文明实践站", "讲党史军史，教唱军歌。", "无特殊风险。",
         15, 120, (("宣讲员", 3), ("组织员", 3)), ("lecture",)),
    Kind("应急救援技能训练", "D3", "other", "县消防救援站", "心肺复苏、抛绳、冲锋舟操作训练。",
         "水上训练必须穿救生衣，听教官口令。", 8.5, 210, (("队员", 10),), ("rescue",)),
    Kind("消防安全进村入户", "D3", "other", "村部集合", "查灶台、查线路、教用灭火器。", "灭火演示请站上风口。",
         9, 150, (("宣传员", 8),), ("rescue",)),
)  # fmt: skip
SEASONAL = (
    Kind("春节前走访慰问困难老兵", "D4", "visits", "服务站集合", "送年货、贴春联、听一听难处。", "冬季路滑，慢行。",
         9, 180, (("走访员", 6),), VILLAGE_TEAMS, ((1, 18), (2, 8))),
    Kind("学雷锋志愿服务集市", "D2", "civility", "蓼城广场", "磨刀、修小家电、义诊、政策咨询。", "人多，看好摊位。",
         8.5, 210, (("摊位员", 8), ("秩序员", 4)), EVERYBODY, ((3, 3), (3, 7))),
    Kind("祭扫烈士陵园", "D2", "heritage", "烈士陵园正门", "擦拭墓碑、敬献鲜花、给学生讲烈士事迹。",
         "文明祭扫，不动明火。", 8, 150, (("服务员", 8),), EVERYBODY, ((4, 1), (4, 5))),
    Kind("抢收麦子帮农忙", "D1", "industry", "村部集合", "帮缺劳力的军属抢收晾晒。", "注意防暑，不站在农机后面。",
         6, 240, (("帮工", 8),), VILLAGE_TEAMS, ((5, 28), (6, 6))),
    Kind("高考护航", "D3", "traffic", "霍邱一中考点", "送水、引导车辆、保持安静。", "防暑，站在警戒线外。",
         7, 240, (("引导员", 8),), ("donghu", "chengguan", "rescue"), ((6, 7), (6, 8))),
    Kind("汛期巡堤查险", "D3", "flood", "{water}大堤防汛哨所", "拉网巡查堤脚、背水坡，发现渗漏立即报告。",
         "穿救生衣，三人一组，遇险先撤离。", 6, 300, (("巡堤员", 12),),
         ("rescue", "linshui", "wangjieliu", "hekou"), ((6, 25), (8, 20))),
    Kind("八一走访慰问老兵", "D4", "visits", "服务站集合", "看望参战老兵，送上节日慰问。", "天热，备好防暑药。",
         8, 180, (("走访员", 6),), EVERYBODY, ((7, 28), (8, 1))),
    Kind("开学第一课国防教育", "D2", "patriotism", "中心小学操场", "升旗、队列、讲国防故事。", "按学校要求登记入校。",
         8, 120, (("宣讲员", 4), ("教练员", 4)), ("lecture", "donghu"), ((9, 1), (9, 6))),
    Kind("烈士纪念日守护英烈", "D2", "heritage", "烈士陵园正门", "维护秩序，引导群众献花。", "文明祭扫，不动明火。",
         8, 150, (("服务员", 8),), EVERYBODY, ((9, 29), (9, 30))),
    Kind("重阳节为老人包饺子", "D3", "care", "村敬老院", "包饺子、理发、陪老人看戏。", "后厨注意烫伤。",
         9, 180, (("帮厨", 5), ("陪伴员", 5)), VILLAGE_TEAMS, ((10, 14), (10, 29))),
    Kind("国家宪法日普法宣传", "D4", "legal", "县人民广场", "发放优抚政策手册，解答咨询。", "无特殊风险。",
         9, 150, (("咨询员", 3), ("宣传员", 5)), ("lecture", "chengguan"), ((12, 3), (12, 4))),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Occasion:
    """One activity on the calendar, aware UTC; `tag` says what it is there for (past, running, soon, coming)."""

    kind: Kind
    team: TeamPlan
    starts_at: datetime
    ends_at: datetime
    tag: str

    @property
    def title(self) -> str:
        return self.kind.title.format(water=self.team.water)

    @property
    def place(self) -> str:
        return self.kind.place.format(water=self.team.water)


def _on(day: date, kind: Kind, team: TeamPlan, tag: str) -> Occasion:
    starts = datetime.combine(day, time(int(kind.hour), int(kind.hour % 1 * 60)), SHANGHAI).astimezone(UTC)
    return Occasion(kind, team, starts, starts + timedelta(minutes=kind.minutes), tag)


def _in_season(kind: Kind, day: date) -> bool:
    return kind.when is not None and kind.when[0] <= (day.month, day.day) <= kind.when[1]


def past(rng: Random, *, at: datetime) -> list[Occasion]:
    """A year behind `at`, oldest first: each team about every third week, and once in each season that is its own."""
    found: list[Occasion] = []
    today = local_day(at)
    for team in TEAMS:
        ordinary = [kind for kind in WEEKLY if team.key in kind.teams]
        day = today - timedelta(days=364 - rng.randrange(12))
        while day < today - timedelta(days=1):
            season = [kind for kind in SEASONAL if team.key in kind.teams and _in_season(kind, day)]
            found.append(_on(day, rng.choice(season or ordinary), team, "past"))
            day += timedelta(days=rng.randint(17, 26))
        for kind in SEASONAL:
            if team.key in kind.teams and rng.random() < 0.45:
                found.append(_on(_season_day(rng, kind, today), kind, team, "past"))
    found += [_on(today - timedelta(days=1), RIVER, TEAMS[0], "past")]
    held = {(one.team.key, local_day(one.starts_at)): one for one in found}
    return sorted(held.values(), key=lambda one: (one.starts_at, one.team.key))


def _season_day(rng: Random, kind: Kind, today: date) -> date:
    """A day within the season's last time before today."""
    assert kind.when is not None
    (month, first), (end_month, last) = kind.when
    year = today.year if date(today.year, end_month, last) < today else today.year - 1
    begin = date(year, month, first)
    return begin + timedelta(days=rng.randrange((date(year, end_month, last) - begin).days + 1))


def running_and_coming(rng: Random, *, at: datetime) -> Iterator[Occasion]:
    """Two that began an hour ago, two that begin in one and two hours, and some each day of the next two weeks."""
    by_key = {team.key: team for team in TEAMS}
    day, hour = local_day(at), at.astimezone(SHANGHAI).hour
    daylight = 6 <= hour < 18
    now = at.replace(second=0, microsecond=0) - timedelta(minutes=at.minute % 10)
    flood = next(kind for kind in SEASONAL if kind.sub == "flood")
    for key, kind, hours, minutes in (
        ("donghu", RIVER if daylight else NIGHT_WATCH, -1, 180),
        ("rescue", flood if _in_season(flood, day) else WEEKLY[-2], -1, 240),
        ("chengguan", WEEKLY[4] if daylight else NIGHT_WATCH, 1, 120),
        ("qilimiao", WEEKLY[5] if daylight else NIGHT_WATCH, 2, 120),
    ):
        starts = now + timedelta(hours=hours)
        yield Occasion(
            kind, by_key[key], starts, starts + timedelta(minutes=minutes), "running" if hours < 0 else "soon"
        )
    planned: list[tuple[str, str]] = []
    for ahead in range(1, 15):
        # The leader on phone 1 always has something tomorrow and the day after.
        team = by_key["donghu"] if ahead in (1, 2, 9) else rng.choice(TEAMS)
        when = day + timedelta(days=ahead)
        season = [kind for kind in SEASONAL if team.key in kind.teams and _in_season(kind, when)]
        weekly = [kind for kind in WEEKLY if team.key in kind.teams]
        kinds = [kind for kind in (*season, *weekly) if (team.key, kind.title) not in planned]
        kind = rng.choice(kinds or weekly)
        planned.append((team.key, kind.title))
        yield _on(when, kind, team, "coming")
