"""The people of the demo: about sixty volunteers, who they are, how they are reached, what they may do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from clock import local_day
from demo import names
from demo.cast import CREDIT, IN_COUNTY, PHONES
from demo.places import COUNTY, TEAMS
from models import (
    Balance,
    BindInvite,
    Centre,
    Consent,
    RoleGrant,
    SubscriptionCredit,
    Team,
    TeamMember,
    Volunteer,
    WechatIdentity,
)
from services.accounts.vault import Vault
from wording import entry

#: Purposes agreed to by everybody; veterans also show what they were.
PURPOSES = ("service", "id_number")
YOUNGEST, OLDEST = 45, 78
#: Who among the people without a phone page stands apart: by number within the whole list.
NO_WECHAT = frozenset({12, 27, 44})
NO_UNION = frozenset({17, 34, 48})
INVITED = 15
#: The first number without a phone page.
FIRST_WITHOUT = len(IN_COUNTY) + 1


@dataclass(slots=True)
class Person:
    """Somebody in the making; `eager` is how often he comes, `hours` what he brought from before the system."""

    number: int
    name: str
    sex: str
    born: date
    identity: str
    home: str
    region_code: str
    joined: datetime
    eager: float
    public_no: str
    document: str
    hours: int = 0
    role: str = ""
    state: str = "active"
    following: bool = True
    oa: str = ""
    mp: str = ""
    union: str | None = None
    also: list[str] = field(default_factory=list)
    credits: int = 0
    id: int = 0

    @property
    def phone(self) -> str:
        return names.phone(self.number)


def imagine(rng: Random, *, at: datetime) -> list[Person]:
    """Think up everybody: the owners of the phones first, then the rest of each team."""
    today = local_day(at)
    taken = {phone.name for phone in PHONES}
    births: set[date] = set()
    people: list[Person] = []
    for phone in IN_COUNTY:
        if phone.known:
            born = names.birthday(rng, on=today, youngest=phone.age, oldest=phone.age + 1, taken=births)
            person = _person(
                rng, len(people) + 1, phone.name, phone.sex, born, phone.identity, phone.team, at
            )
            person.number, person.eager, person.hours = phone.n, phone.eager, phone.hours
            person.role, person.credits = phone.role, phone.credits
            person.joined = at - timedelta(days=500 - phone.n)
            person.oa, person.mp, person.union = phone.ident("oa"), phone.ident("mp"), phone.ident("un")
            people.append(person)
    number = len(IN_COUNTY)
    for plan in TEAMS:
        missing = plan.size - sum(person.home == plan.key for person in people)
        for place in range(missing):
            number += 1
            people.append(_stranger(rng, number, plan.key, place, at, taken, births))
    return people


def _stranger(
    rng: Random, number: int, home: str, place: int, at: datetime, taken: set[str], births: set[date]
) -> Person:
    """A member without a phone page: mostly a veteran, mostly on WeChat, mostly following."""
    led = any(phone.team == home and phone.role in ("team_leader", "station_officer") for phone in IN_COUNTY)
    leader = place == 0 and not led
    identity = (
        "veteran" if leader else rng.choices(("veteran", "family", "social", "staff"), (76, 12, 8, 4))[0]
    )
    sex = "m" if identity == "veteran" and rng.random() < 0.93 else rng.choice("mf")
    born = names.birthday(rng, on=local_day(at), youngest=YOUNGEST, oldest=OLDEST, taken=births)
    name = names.full_name(rng, born=born, sex=sex, taken=taken)
    person = _person(rng, number, name, sex, born, identity, home, at)
    person.role = "team_leader" if leader else "liaison" if home == "chengguan" and place == 1 else ""
    person.eager = 0.85 if leader else person.eager
    person.hours = rng.choice((0, 0, 0, 30, 45, 70, 85))
    person.oa, person.mp = names.openid(rng, "oa"), names.openid(rng, "mp")
    person.union = None if number in NO_UNION else names.openid(rng, "un")
    # Nobody at the desk plays these phones; in the leader's own team they are the ones he has to call.
    person.following = home != "donghu" and rng.random() < 0.85
    if number in NO_WECHAT:
        person.oa = person.mp = ""
    if number in NO_UNION:
        person.mp = ""
    if number == INVITED:
        person.state, person.oa, person.mp, person.hours, person.role = "invited", "", "", 0, ""
    elif home not in ("lecture", "rescue") and rng.random() < 0.2:
        person.also.append(rng.choice(("lecture", "rescue")))
    return person


def grandson(rng: Random, people: list[Person], *, of: Person, years: int, at: datetime) -> Person:
    """Somebody's grandson of so many years or one more, of the same name and team, without WeChat of his own."""
    born = names.birthday(rng, on=local_day(at), youngest=years, oldest=years + 1, taken={each.born for each in people})
    number = max(each.number for each in people) + 1
    person = _person(rng, number, f"{of.name[0]}小宇", "m", born, "family", of.home, at)
    person.joined, person.region_code = at - timedelta(days=20), of.region_code
    return person


def _person(
    rng: Random, number: int, name: str, sex: str, born: date, identity: str, home: str, at: datetime
) -> Person:
    plan = next(plan for plan in TEAMS if plan.key == home)
    region = plan.region_code if plan.region_code != COUNTY else rng.choice(TEAMS).region_code
    joined = at - timedelta(days=rng.randint(90, 480), minutes=rng.randint(0, 400))
    return Person(
        number=number, name=name, sex=sex, born=born, identity=identity, home=home, region_code=region,
        joined=joined, eager=round(rng.uniform(0.25, 0.8), 2), public_no=names.code(rng),
        document=names.id_number(rng, born=born, sex=sex),
    )  # fmt: skip


def settle(people: list[Person], *, vault: Vault, mp_appid: str, oa_appid: str, at: datetime) -> None:
    """Put everybody into the database with consents and WeChat identities; fills in the ids."""
    Volunteer.insert_many([_sealed(person, vault) for person in people]).execute()
    ids = dict(
        Volunteer.select(Volunteer.public_no, Volunteer.id)
        .where(Volunteer.public_no.in_([person.public_no for person in people]))
        .tuples()
    )
    for person in people:
        person.id = ids[person.public_no]
    Balance.insert_many([{"volunteer": person.id} for person in people]).execute()
    Consent.insert_many([row for person in people for row in _consents(person)]).execute()
    rows = [row for person in people for row in _identities(person, mp_appid, oa_appid)]
    WechatIdentity.insert_many(rows).execute()
    minis = {row.volunteer_id: row.id for row in WechatIdentity.select().where(WechatIdentity.kind == "mp")}
    SubscriptionCredit.insert_many(
        [
            {"identity": minis[person.id], "template": CREDIT, "remaining": person.credits}
            for person in people
            if person.credits
        ]
    ).execute()


def _sealed(person: Person, vault: Vault) -> dict[str, Any]:
    document, key = vault.seal(person.document, f"volunteer.document:{person.public_no}")
    phone, phone_key = vault.seal(person.phone, f"volunteer.phone:{person.public_no}")
    proof = "none" if person.state == "invited" else "wechat" if person.mp else "officer"
    return {
        "public_no": person.public_no, "name": person.name, "document_sealed": document, "document_key": key,
        "document_index": vault.index("id_no", person.document), "phone_sealed": phone, "phone_key": phone_key,
        "phone_index": vault.index("phone", person.phone), "phone_proof": proof,
        "birth_date": person.born.isoformat(), "identity": person.identity, "region_code": person.region_code,
        "state": person.state, "created_at": person.joined,
    }  # fmt: skip


def _consents(person: Person) -> list[dict[str, Any]]:
    if person.state == "invited":
        return []
    purposes = (*PURPOSES, "veteran_status") if person.identity == "veteran" else PURPOSES
    channel = "api" if person.mp else "chat" if person.oa else "paper"
    return [
        {
            "volunteer": person.id, "purpose": purpose, "version": entry(f"consents.{purpose}.version"), "given": True,
            "channel": channel, "at": person.joined,
        }
        for purpose in purposes
    ]  # fmt: skip


def _identities(person: Person, mp_appid: str, oa_appid: str) -> list[dict[str, Any]]:
    shared = {
        "unionid": person.union, "volunteer": person.id, "union_checked": True, "bound_at": person.joined,
        "created_at": person.joined,
    }  # fmt: skip
    rows = []
    if person.oa:
        rows.append(
            {
                **shared, "kind": "oa", "appid": oa_appid, "openid": person.oa, "following": person.following,
                "follow_event_at": person.joined,
            }
        )  # fmt: skip
    if person.mp:
        rows.append(
            {
                **shared, "kind": "mp", "appid": mp_appid, "openid": person.mp, "following": False,
                "follow_event_at": None,
            }
        )  # fmt: skip
    return rows


def give_places(
    rng: Random, people: list[Person], *, teams: dict[str, Team], centres: dict[str, Centre], at: datetime
) -> None:
    """Memberships (one home each), roles, leaders of teams and heads of centres, and one invitation under way."""
    by_number = {person.number: person for person in people}
    director, officer = by_number[6], by_number[7]
    TeamMember.insert_many(
        [
            {"team": teams[key], "volunteer": person.id, "home": key == person.home, "from_at": person.joined}
            for person in people
            if person.state == "active"
            for key in (person.home, *person.also)
        ]
    ).execute()
    grants: list[dict[str, Any]] = [
        _grant(director, "director", None, COUNTY, at), _grant(director, "region_admin", None, COUNTY, at),
        _grant(officer, "station_officer", None, teams["chengguan"].region_code, at),
        _grant(officer, "team_leader", teams["chengguan"], None, at),
    ]  # fmt: skip
    grants += [
        _grant(person, person.role, teams[person.home], None, at)
        for person in people
        if person.role in ("team_leader", "liaison")
    ]
    RoleGrant.insert_many(grants).execute()
    for person in people:
        if person.role in ("team_leader", "station_officer"):
            Team.update(leader=person.id).where(Team.id == teams[person.home].id).execute()
        elif person.role == "liaison":
            Team.update(liaison=person.id).where(Team.id == teams[person.home].id).execute()
    for region, head in ((COUNTY, director), (teams["chengguan"].region_code, officer)):
        Centre.update(director_id=head.id).where(Centre.id == centres[region].id).execute()
    BindInvite.create(
        token=names.code(rng, 32), volunteer=by_number[INVITED].id, team_id=teams["donghu"].id,
        created_by=leader_of(people, "donghu").id,
        created_at=at - timedelta(days=1), expires_at=at + timedelta(days=6),
    )  # fmt: skip


def _grant(person: Person, role: str, team: Team | None, region: str | None, at: datetime) -> dict[str, Any]:
    return {
        "volunteer": person.id, "role": role, "team_id": team.id if team else None, "region_code": region,
        "reason": "按任职名单登记", "from_at": at - timedelta(days=400),
    }  # fmt: skip


def leader_of(people: list[Person], key: str) -> Person:
    """Who leads the team: its leader, or the station's head."""
    return next(p for p in people if p.home == key and p.role in ("team_leader", "station_officer"))
