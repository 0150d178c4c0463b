"""Making the practice area, and making it afresh.

Its codes begin with 99, which no division of the country has; rights end at the division, so nobody of the real
province sees in and nobody in it sees out. Books are never deleted: a fresh start is a new county, and the old one
is closed with its rights, sessions and activities.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from clock import local_day
from frozen import dataclass
from models import (
    Activity,
    Application,
    Balance,
    Centre,
    Consent,
    Founding,
    Position,
    Region,
    RoleGrant,
    Session,
    Shift,
    Signup,
    Speciality,
    Team,
    TeamMember,
    Volunteer,
    WechatIdentity,
    store,
)
from queries.regions import PRACTICE
from services import rules
from services.accounts.vault import Vault
from services.codes import new_code, new_shift_key
from services.organisation.names import centre_name, short_name, standard_name
from wording import entry, say

CITY = f"{PRACTICE}01"
#: Counties of a city: the practice area can be made afresh so often.
MOST = 99
PURPOSES = ("service", "id_number")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
MEMBERS = 6


class PracticeUsedUp(Exception):
    """The practice area was made afresh ninety-nine times."""


@dataclass(frozen=True, slots=True)
class Made:
    """The county that is practised in; `fresh`: it was made just now."""

    county: str
    fresh: bool


def county() -> str:
    """The county that is practised in now; "" where there is none."""
    here = (Region.code > CITY) & (Region.code < CITY + ":")
    newest = (
        Region.select()
        .where(here, Region.level == 3, Region.closed_on.is_null())
        .order_by(Region.code.desc())
    )
    found = newest.first()
    return found.code if found else ""


def make(*, vault: Vault, brand: str, at: datetime, afresh: bool = False) -> Made:
    """Make the practice area if there is none; `afresh` closes the one that is and makes another.

    Raises PracticeUsedUp.
    """

    def act() -> Made:
        now = county()
        if now and not afresh:
            return Made(now, False)
        if now:
            _close(now, at)
        here = (Region.code > CITY) & (Region.code < CITY + ":")
        number = Region.select().where(here, Region.level == 3).count() + 1
        if number > MOST:
            raise PracticeUsedUp
        fresh = f"{CITY}{number:02d}"
        _fill(fresh, vault, brand, at)
        return Made(fresh, True)

    return store.write(act)


def _close(code: str, at: datetime) -> None:
    """End what runs in a county that is practised in no more."""
    end = code + ":"
    people = Volunteer.select(Volunteer.id).where(Volunteer.region_code >= code, Volunteer.region_code < end)
    owned = WechatIdentity.select(WechatIdentity.id).where(WechatIdentity.volunteer.in_(people))
    Session.update(revoked_at=at).where(
        Session.volunteer.in_(people) | Session.identity.in_(owned), Session.revoked_at.is_null()
    ).execute()
    RoleGrant.update(until=at).where(
        RoleGrant.volunteer.in_(people), RoleGrant.until.is_null() | (RoleGrant.until > at)
    ).execute()
    Activity.update(state="cancelled").where(
        Activity.region_code >= code, Activity.region_code < end, Activity.state.in_(("draft", "published"))
    ).execute()
    Team.update(state="dissolved").where(Team.region_code >= code, Team.region_code < end).execute()
    TeamMember.update(to_at=at, ended_why="exit").where(
        TeamMember.volunteer.in_(people), TeamMember.to_at.is_null()
    ).execute()
    Volunteer.update(state="left").where(
        Volunteer.region_code >= code, Volunteer.region_code < end, Volunteer.state != "merged"
    ).execute()
    Region.update(closed_on=local_day(at).isoformat()).where(Region.code >= code, Region.code < end).execute()


def _fill(code: str, vault: Vault, brand: str, at: datetime) -> None:
    words = entry("practice.regions")
    towns = [f"{code}{100 + each}" for each, _ in enumerate(words["towns"])]
    villages = [
        (f"{town}{200 + each}", name) for town in towns for each, name in enumerate(words["villages"])
    ]
    for place, name, level, parent in (
        (PRACTICE, words["province"], 1, None), (CITY, words["city"], 2, PRACTICE), (code, words["county"], 3, CITY),
    ):  # fmt: skip
        if Region.get_or_none(Region.code == place) is None:
            Region.create(code=place, name=name, level=level, parent=parent, place_name=name)
    for town, name in zip(towns, words["towns"], strict=True):
        Region.create(code=town, name=name, level=4, parent=code, place_name=name)
    for village, name in villages:
        Region.create(code=village, name=name, level=5, parent=village[:9], place_name=name)
    founded = at - timedelta(days=300)
    places = [code, *towns, *(village for village, _ in villages)]
    centres = {place: _centre(place, founded) for place in places}
    # The last village has no team: it is the gap that the overview shows, and the founding that waits.
    seats = [(code, "rescue", "professional"), (towns[0], "governance", "grassroots"),
             (villages[0][0], "relief", "grassroots")]  # fmt: skip
    crowd = _people(code, villages[0][0], vault, founded)
    waiting, crowd = crowd[-2:], crowd[:-2]
    teams = []
    for number, (place, speciality, kind) in enumerate(seats):
        team = _team(place, centres[place], speciality, kind, brand, founded)
        _seat(team, crowd[number * MEMBERS : (number + 1) * MEMBERS], founded)
        teams.append(team)
    director, officer, applicant, other = crowd[3 * MEMBERS : 3 * MEMBERS + 4]
    _grant(director, "director", founded, region_code=code)
    _grant(officer, "station_officer", founded, region_code=towns[0])
    Centre.update(director_id=director.id).where(Centre.region_code == code).execute()
    Centre.update(director_id=officer.id).where(Centre.region_code == towns[0]).execute()
    for person in waiting:
        Application.create(
            code=new_code(), route="self", state="submitted", team=teams[2], volunteer=person, door="pages",
            statement=say("practice.people.statement"), created_at=at - timedelta(days=2),
        )  # fmt: skip
    _founding(villages[1][0], centres, applicant, other, code, brand, at)
    for number, title in enumerate(entry("practice.activities.titles")):
        _activity(teams[number + 1], title, at + timedelta(days=2 + number), at)


def _centre(place: str, at: datetime) -> Centre:
    region = Region.get_by_id(place)
    kind = "centre" if region.level <= 3 else "station"
    # No force_insert by `create` would find the row's code as its key: it is the key.
    return Centre.create(region_code=place, kind=kind, name=centre_name(region), created_at=at)


def _team(
    place: str, centre: Centre, speciality: str, kind: str, brand: str, at: datetime, **more: object
) -> Team:
    region = Region.get_by_id(place)
    called = Speciality.get_by_id(speciality).name
    name = standard_name(region=region, kind=kind, speciality=called, brand=brand)
    return Team.create(
        code=new_code(), name=name, standard_name=name, kind=kind, speciality=speciality, region_code=place,
        short_name=short_name(region=region, kind=kind, speciality=called), centre=centre,
        founded_on=local_day(at).isoformat(), created_at=at, **more,
    )  # fmt: skip


def document(area: str, born: date, number: int) -> str:
    """An ID number that nobody has: well formed, and its first six digits are no place of the country."""
    body = f"{area}{born:%Y%m%d}{number:03d}"
    return body + _CHECK[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


def _people(area: str, village: str, vault: Vault, at: datetime) -> list[Volunteer]:
    made = []
    for number, name in enumerate(entry("practice.people.names")):
        born = date(1955, 1, 15) + timedelta(days=413 * number)
        public_no, id_number, phone = new_code(), document(area, born, number + 1), f"1380000{9000 + number}"
        sealed, key = vault.seal(id_number, f"volunteer.document:{public_no}")
        phone_sealed, phone_key = vault.seal(phone, f"volunteer.phone:{public_no}")
        person = Volunteer.create(
            public_no=public_no, name=name, document_sealed=sealed, document_key=key,
            document_index=vault.index("id_no", id_number), phone_sealed=phone_sealed, phone_key=phone_key,
            phone_index=vault.index("phone", phone), phone_proof="officer", birth_date=born.isoformat(),
            identity="social" if number % 6 == 5 else "veteran", region_code=village, created_at=at,
        )  # fmt: skip
        Balance.create(volunteer=person)
        for purpose in PURPOSES:
            version = entry(f"consents.{purpose}.version")
            Consent.create(
                volunteer=person, purpose=purpose, version=version, given=True, channel="paper", at=at
            )
        made.append(person)
    return made


def _grant(person: Volunteer, role: str, at: datetime, **place: object) -> None:
    RoleGrant.create(volunteer=person, role=role, reason=say("practice.roles.reason"), from_at=at, **place)


def _seat(team: Team, people: list[Volunteer], at: datetime) -> None:
    for person in people:
        TeamMember.create(team=team, volunteer=person, home=True, from_at=at)
    Team.update(leader=people[0], liaison=people[1]).where(Team.id == team.id).execute()
    _grant(people[0], "team_leader", at, team_id=team.id)
    _grant(people[1], "liaison", at, team_id=team.id)


def _founding(
    place: str, centres: dict[str, Centre], applicant: Volunteer, leader: Volunteer, area: str, brand: str,
    at: datetime,
) -> None:  # fmt: skip
    team = _team(place, centres[place], "visits", "grassroots", brand, at, state="founding", leader=leader)
    Founding.create(
        team=team, applicant=applicant, state="submitted", reviewing_region=area, pilot=True, created_at=at,
        statement=say("practice.people.founding"), submitted_at=at,
        checklist={
            "reason": say("practice.people.reason"),
            "items": {"leader": [1, 1], "liaison": [0, 1], "members": [1, 5]},
        },
    )  # fmt: skip


def _activity(team: Team, title: str, starts_at: datetime, at: datetime) -> None:
    words, ends_at = entry("practice.activities"), starts_at + timedelta(hours=2)
    activity = Activity.create(
        code=new_code(), team=team, region_code=team.region_code, title=title, domain="D3", sub_domain="ecology",
        place=words["place"], content=words["content"], risk_notice=words["risk"], state="published", openness="team",
        starts_at=starts_at, ends_at=ends_at, local_day=local_day(starts_at).isoformat(), signup_opens_at=at,
        signup_closes_at=ends_at, hours_rule=rules.rule("hours", team.region_code, at).id, created_at=at,
        published_at=at,
    )  # fmt: skip
    people = [each.volunteer_id for each in TeamMember.select().where(TeamMember.team == team)][:4]
    position = Position.create(activity=activity, name=words["job"], quota=10)
    shift = Shift.create(
        code=new_code(), activity=activity, position=position, starts_at=starts_at, ends_at=ends_at,
        planned_ends_at=ends_at, quota=10, taken=len(people), code_key=new_shift_key(),
    )  # fmt: skip
    for person in people:
        Signup.create(
            shift=shift, activity=activity, volunteer=person, state="confirmed", created_at=at, updated_at=at
        )
