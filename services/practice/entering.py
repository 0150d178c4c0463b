"""Going into the practice area with one's own log-in: there a double of the person is the county's administrator.

The double has rights in the practice area only, and the person's own rights do not reach into it: what he sees and
does there is kept apart by the same rule as two counties are.
"""

from __future__ import annotations

from datetime import datetime

from models import Balance, RoleGrant, Volunteer, WechatIdentity, store
from services import permissions
from services.accounts import sessions
from services.accounts.sessions import Opened
from services.actors import Actor
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.permissions import Role
from services.practice import area
from services.regions import in_practice
from wording import say

#: No application of WeChat has this id: nothing is ever sent to a double.
APPID = "practice"


def is_open() -> bool:
    """Whether there is a practice area to go into."""
    return area.county() != ""


def enter(*, actor: Actor, device: str, at: datetime) -> Opened:
    """A console session of the actor's double, the administrator of the practice county.

    Refusals: NOT_ALLOWED (somebody without a post at a division, or a double himself), NOT_FOUND (there is no
    practice area).
    """
    person = Volunteer.get_or_none(Volunteer.id == actor.volunteer_id)
    grants = permissions.roles_of(volunteer_id=actor.volunteer_id, at=at)
    if person is None or in_practice(person.region_code) or not any(g.region_code for g in grants):
        raise Refusal(RefusalCode.NOT_ALLOWED)
    county = area.county()
    if not county:
        raise Refusal(RefusalCode.NOT_FOUND)
    identity_id = store.write(lambda: _double(person, county, at))
    return sessions.open_session(kind="console", identity_id=identity_id, device=device, at=at)


def _double(person: Volunteer, county: str, at: datetime) -> int:
    openid = f"{county}:{person.public_no}"
    found = WechatIdentity.get_or_none(WechatIdentity.appid == APPID, WechatIdentity.openid == openid)
    if found is not None:
        return int(found.id)
    double = Volunteer.create(
        public_no=new_code(), name=person.name, identity="staff", region_code=county, created_at=at
    )
    Balance.create(volunteer=double)
    RoleGrant.create(
        volunteer=double, role=Role.REGION_ADMIN.value, region_code=county, reason=say("practice.roles.reason"),
        from_at=at,
    )  # fmt: skip
    made = WechatIdentity.create(
        kind="oa", appid=APPID, openid=openid, volunteer=double, bound_at=at, created_at=at
    )
    return int(made.id)
