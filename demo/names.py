"""Names, ID numbers, phones and codes of people who do not exist, drawn from a seeded `Random`."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from services.codes import ALPHABET

SURNAMES = (
    "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶"
)
#: Given names as parents chose them, by the last year of birth; the oldest first.
MEN = (
    (1958, "长根 德发 有福 家才 守业 正山 传文 大柱 宗礼 广林 学仁 金宝 兆祥 维新 国安 振声"),
    (1968, "建国 卫东 援朝 红军 跃进 爱军 国庆 保华 胜利 志刚 永红 文斌 向阳 立新 卫国 新民"),
    (1990, "志强 海涛 军 勇 伟 建军 少华 晓东 磊 俊 春雷 成龙 大鹏 凯 学兵 家明"),
)
WOMEN = (
    (1958, "秀英 桂兰 玉珍 凤英 素芳 翠莲"),
    (1968, "红梅 爱华 卫红 春兰 丽华 玉芹"),
    (1990, "丽 静 晓燕 海霞 敏 娟"),
)
#: Serials 996–999 of a birthday are kept for centenarians, so a younger owner of such a number cannot exist.
SERIALS = {"m": (997, 999), "f": (996, 998)}
COUNTY = "341522"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def full_name(rng: Random, *, born: date, sex: str, taken: set[str]) -> str:
    """A name that fits the year of birth and that nobody has yet; it is added to `taken`."""
    table = MEN if sex == "m" else WOMEN
    given = next((names for until, names in table if born.year <= until), table[-1][1]).split()
    while True:
        name = rng.choice(SURNAMES) + rng.choice(given)
        if name not in taken:
            taken.add(name)
            return name


def birthday(rng: Random, *, on: date, youngest: int, oldest: int, taken: set[date]) -> date:
    """A birth date of somebody `youngest` to `oldest` full years old on the day; nobody else's, added to `taken`."""
    first, last = date(on.year - oldest, 1, 1), date(on.year - youngest - 1, 12, 31)
    while True:
        born = first + timedelta(days=rng.randrange((last - first).days))
        if born not in taken:
            taken.add(born)
            return born


def id_number(rng: Random, *, born: date, sex: str) -> str:
    """A number of the county that GB 11643 accepts and that belongs to nobody."""
    return with_check_digit(f"{COUNTY}{born:%Y%m%d}{rng.choice(SERIALS[sex])}")


def with_check_digit(body: str) -> str:
    """The seventeen digits of an ID number with the eighteenth behind them."""
    rest = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11
    return body + "10X98765432"[rest]


def phone(number: int) -> str:
    """The mobile number of person `number` (1–9999)."""
    return f"1380000{number:04d}"


def code(rng: Random, length: int = 8) -> str:
    """A public code as `services.codes.new_code` makes them, but the same at every making."""
    return "".join(rng.choice(ALPHABET) for _ in range(length))


def openid(rng: Random, kind: str) -> str:
    """28 characters that look like an openid or a unionid."""
    return f"o{kind}" + "".join(
        rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") for _ in range(25)
    )
