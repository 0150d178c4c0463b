"""The people whose phones stand on the desk of the simulator; everybody else lives without a phone page."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from demo import names

#: Template of the settings (`WECHAT_TEMPLATES`) that people on a phone have allowed a few times, and its id there.
CREDIT, CREDIT_TEMPLATE = "sub_reminder", "demo-sub-reminder"


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone and its owner. No `team`: nobody has registered him yet. `hours` served before the system came."""

    n: int
    name: str
    sex: str
    age: int
    team: str = ""
    identity: str = "veteran"
    role: str = ""
    eager: float = 0.6
    hours: int = 0
    credits: int = 0

    @property
    def line(self) -> int:
        """The number in the owner's list of telephones."""
        return self.n if self.n <= len(IN_COUNTY) else 600 + self.n

    @property
    def known(self) -> bool:
        """Whether this person is registered, follows and belongs to a team."""
        return bool(self.team)

    def ident(self, kind: str) -> str:
        """The openid in the account (`oa`, `mp`) or the `un`ionid."""
        return names.openid(Random(f"phone:{self.n}:{kind}"), kind)


PHONES = (
    Phone(1, "周建国", "m", 62, "donghu", role="team_leader", eager=0.9, hours=40),
    Phone(2, "吴爱军", "m", 58, "donghu", eager=0.8, hours=52, credits=3),
    Phone(3, "陈秀英", "f", 66, "donghu", identity="family", eager=0.7, credits=1),
    Phone(4, "刘长根", "m", 74, "donghu", eager=0.95, hours=260),
    Phone(5, "赵志强", "m", 47, "donghu", eager=0.4),
    Phone(6, "孙晓东", "m", 49, "lecture", identity="staff", role="director", eager=0.3),
    Phone(7, "徐丽华", "f", 53, "chengguan", identity="staff", role="station_officer", eager=0.5),
    Phone(8, "马卫国", "m", 56, "rescue", role="team_leader", eager=0.9, hours=66),
    Phone(9, "何向阳", "m", 60),
    Phone(10, "曹玉芹", "f", 57),
    Phone(11, "高明远", "m", 59, "shucheng", hours=20),
    Phone(12, "沈桂兰", "f", 61, "jinzhai", identity="family", hours=16),
)
#: Those whose owners live in the county, or nowhere yet; the others' teams are in `demo.neighbours`.
IN_COUNTY = PHONES[:10]


def users() -> list[dict[str, Any]]:
    """The phones as the simulator's state file wants them."""
    return [
        {
            "n": phone.n,
            "name": phone.name,
            "mp_openid": phone.ident("mp"),
            "oa_openid": phone.ident("oa"),
            "unionid": phone.ident("un"),
            "phone": names.phone(phone.line),
            "following": phone.known,
            "credits": {CREDIT_TEMPLATE: phone.credits} if phone.credits else {},
        }
        for phone in PHONES
    ]
