"""For whom a broadcast is: the choice as it is made in a form or in the chat, checked against rights, and in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clock import local_day, to_millis
from frozen import dataclass
from models import Activity, Broadcast, Centre, Region, Shift, Skill, Team
from queries import broadcasts as sql
from queries.broadcasts import Audience
from services import permissions, rules
from services.accounts.enrolment import IDENTITIES
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.messaging import catalogue
from services.messaging.moments import when
from wording import entry, say

#: Who of an audience can be meant.
WHO: Mapping[str, tuple[str, ...]] = {
    "team": ("members",), "area": ("members", "leaders", "officers"), "activity": ("members",),
    "shift": ("members", "absent"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """What a sender chose: `code` of the team, activity or shift, or of the division."""

    whole: str = "team"
    code: str = ""
    who: str = "members"
    identity: str = ""
    skill: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A choice that may be made: the audience, its name in words, and the fields of its Broadcast."""

    audience: Audience
    name: str
    region_code: str
    team_id: int | None
    fields: Mapping[str, Any]

    @property
    def leaves_the_team(self) -> bool:
        """Whether it goes beyond those whom one leader knows, so that somebody else looks at it first."""
        return self.audience.whole == "area"


def choose(*, actor: Actor, choice: Choice, at: datetime) -> Chosen:
    """The audience of a choice.

    Refusals in order: BAD_REQUEST (whole, who, identity), NOT_FOUND (no such team, activity, shift, division or skill,
    or none of the actor's), NOT_ALLOWED (may look at the division and no more).
    """
    if choice.who not in WHO.get(choice.whole, ()):
        raise Refusal(RefusalCode.BAD_REQUEST, why="who" if choice.whole in WHO else "whole")
    if choice.identity and choice.identity not in IDENTITIES:
        raise Refusal(RefusalCode.BAD_REQUEST, why="identity")
    chosen = _WHOLES[choice.whole](actor, choice, at)
    name = chosen.name
    if choice.identity:
        name = say("broadcasts.names.only_identity", name=name, identity=entry("access.identities")[choice.identity])
    if choice.skill:
        skill = Skill.get_or_none(Skill.code == choice.skill)
        if skill is None:
            raise Refusal(RefusalCode.NOT_FOUND)
        name = say("broadcasts.names.only_skill", name=name, skill=skill.name)
    return Chosen(chosen.audience, name, chosen.region_code, chosen.team_id, chosen.fields)


def _made(choice: Choice, key: int | str, name: str, region_code: str, team_id: int | None, **fields: Any) -> Chosen:
    audience = Audience(choice.whole, key, choice.who, choice.identity, choice.skill)
    return Chosen(audience, name, region_code, team_id, fields)


def _team(actor: Actor, choice: Choice, at: datetime) -> Chosen:
    team = Team.get_or_none(Team.code == choice.code)
    if team is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=team.id, at=at)
    name = say("broadcasts.names.team_members", team=team.short_name)
    return _made(choice, team.id, name, team.region_code, team.id, team=team.id)


def _area(actor: Actor, choice: Choice, at: datetime) -> Chosen:
    place = Region.get_or_none(Region.code == choice.code)
    if place is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_manage(actor=actor, region_code=place.code, at=at)
    name = say(f"broadcasts.names.area_{choice.who}", place=place.name)
    return _made(choice, place.code, name, place.code, None)


def _activity(actor: Actor, choice: Choice, at: datetime) -> Chosen:
    found = Activity.get_or_none(Activity.code == choice.code)
    if found is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=found.team_id, at=at)
    name = say("broadcasts.names.activity_members", title=found.title)
    return _made(choice, found.id, name, found.team.region_code, found.team_id, activity=found.id, team=found.team_id)


def _shift(actor: Actor, choice: Choice, at: datetime) -> Chosen:
    found = Shift.get_or_none(Shift.code == choice.code)
    if found is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    activity = found.activity
    permissions.require_lead(actor=actor, team_id=activity.team_id, at=at)
    name = say(f"broadcasts.names.shift_{choice.who}", title=activity.title, when=when(found.starts_at))
    return _made(
        choice, found.id, name, activity.team.region_code, activity.team_id, shift=found.id, activity=activity.id,
        team=activity.team_id,
    )  # fmt: skip


_WHOLES = {"team": _team, "area": _area, "activity": _activity, "shift": _shift}


def choice_of(broadcast: Broadcast) -> Choice:
    """The choice that a broadcast was made by, to look whether it may still be made."""
    if broadcast.whole == "area":
        code = broadcast.region_code
    else:
        code = getattr(broadcast, broadcast.whole).code
    return Choice(broadcast.whole, str(code), broadcast.who, broadcast.identity, broadcast.skill)


def of(broadcast: Broadcast) -> Audience:
    """The audience of a broadcast that was kept."""
    keys = {
        "team": broadcast.team_id, "area": broadcast.region_code, "activity": broadcast.activity_id,
        "shift": broadcast.shift_id,
    }  # fmt: skip
    return Audience(broadcast.whole, keys[broadcast.whole], broadcast.who, broadcast.identity, broadcast.skill)


def office(region_code: str) -> str:
    """The centre or station that speaks for a division, else the division."""
    name = Centre.select(Centre.name).where(Centre.region_code == region_code).scalar()
    return str(name or Region.select(Region.name).where(Region.code == region_code).scalar() or region_code)


def reach(*, chosen: Chosen, sender: int | None, urgent: bool, moment: datetime, at: datetime) -> dict[str, int]:
    """What comes of it at `moment`, as the outbox will decide it: sub, tpl, cs (pushed at once), evening (named in the
    digest: two pushes a day), off (turned off by himself), inbox (no push can reach him now).

    The pushes of a day are those of the audience's own division.
    """
    line = catalogue.kind("emergency" if urgent else "broadcast")
    params = rules.rule("reminders", chosen.region_code, at).params
    total, sub, tpl, cs, evening, off = sql.reach(
        audience=chosen.audience, sender=sender or 0, form=line.form, group=line.group,
        most=None if urgent else params["pushes_a_day"], day=local_day(moment).isoformat(), now=to_millis(at),
    )  # fmt: skip
    pushed = {"sub": sub, "tpl": tpl, "cs": cs, "evening": evening, "off": off}
    return pushed | {"inbox": total - sum(pushed.values())}
