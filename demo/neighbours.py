"""Two teams of other counties, small ones: in one it is the time of 自评, in the other of 互评. Phones 11 and 12 are in
them, so that a newcomer can do both; the county of the others is past that."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from clock import local_day
from demo import assessing, names
from demo.cast import PHONES, Phone
from demo.people import OLDEST, YOUNGEST, Person, settle
from demo.places import LANDLINE, places
from models import AssessmentPhase, Centre, RoleGrant, Team, TeamMember
from services.accounts.vault import Vault
from services.assessment import assigning, cards, phases_of
from services.assessment.shapes import PhaseDates
from services.organisation.names import centre_name, standard_name

#: Division of each team, the phase that is open there, first and last day of the phases from today.
OPEN = {
    "shucheng": ("341523", "self", {"self": (-4, 10), "peer": (11, 25), "review": (26, 45)}),
    "jinzhai": ("341524", "peer", {"self": (-20, -6), "peer": (-5, 9), "review": (10, 30)}),
}  # fmt: skip
SIZE = 6
#: Numbers of their telephones, behind everybody else's.
FIRST = 501


def settle_down(
    rng: Random, others: list[Person], *, brand: str, vault: Vault, mp_appid: str, oa_appid: str, at: datetime
) -> tuple[list[Person], dict[str, Team]]:
    """Their centres, teams and people; inside the world's write."""
    teams = {key: _team(rng, key, brand, at - timedelta(days=500)) for key in OPEN}
    people: list[Person] = []
    births, taken = {each.born for each in others}, {each.name for each in others} | {each.name for each in PHONES}
    for key, team in teams.items():
        owner = next(phone for phone in PHONES if phone.team == key)
        for place in range(SIZE):
            person = _person(rng, FIRST + len(people), key, owner if place == 1 else None, births, taken, at)
            person.region_code, person.role = str(team.region_code), "team_leader" if place == 0 else ""
            people.append(person)
    settle(people, vault=vault, mp_appid=mp_appid, oa_appid=oa_appid, at=at)
    TeamMember.insert_many(
        [{"team": teams[each.home], "volunteer": each.id, "home": True, "from_at": each.joined} for each in people]
    ).execute()
    for leader in (each for each in people if each.role):
        team = teams[leader.home]
        RoleGrant.create(volunteer=leader.id, role="team_leader", team_id=team.id, from_at=at - timedelta(days=400))
        Team.update(leader=leader.id).where(Team.id == team.id).execute()
    return people, teams


def _team(rng: Random, key: str, brand: str, at: datetime) -> Team:
    code = OPEN[key][0]
    place = places((code,))[code]
    centre = Centre.create(
        region_code=code, kind="centre", name=centre_name(place), phone=f"{LANDLINE}{code[-3:]}", created_at=at
    )
    name = standard_name(region=place, kind="grassroots", speciality="", brand=brand)
    made = Team.create(
        code=names.code(rng), name=name, standard_name=name, short_name=f"{place.place_name}服务队", kind="grassroots",
        speciality="visits", region_code=code, centre=centre, founded_on=local_day(at).isoformat(), created_at=at,
    )  # fmt: skip
    assert isinstance(made, Team)
    return made


def _person(
    rng: Random, number: int, home: str, owner: Phone | None, births: set[date], taken: set[str], at: datetime
) -> Person:
    sex = owner.sex if owner else rng.choice("mmf")
    youngest, oldest = (owner.age, owner.age + 1) if owner else (YOUNGEST, OLDEST)
    born = names.birthday(rng, on=local_day(at), youngest=youngest, oldest=oldest, taken=births)
    made = Person(
        number=number, name=owner.name if owner else names.full_name(rng, born=born, sex=sex, taken=taken), sex=sex,
        born=born, identity=owner.identity if owner else "veteran", home=home, region_code="",
        joined=at - timedelta(days=rng.randint(150, 300)), eager=0.5, public_no=names.code(rng),
        document=names.id_number(rng, born=born, sex=sex), hours=rng.choice((8, 12, 20, 26, 34)),
    )  # fmt: skip
    made.following = owner is not None
    made.oa, made.mp = (
        (owner.ident("oa"), owner.ident("mp")) if owner else (names.openid(rng, "oa"), names.openid(rng, "mp"))
    )
    made.union = owner.ident("un") if owner else names.openid(rng, "un")
    if owner:
        made.number = owner.line
    return made


def begin(rng: Random, *, at: datetime) -> None:
    """Their years' assessments, as far as they are today. Inside the world's write."""
    today = local_day(at)
    for code, now, days in OPEN.values():
        phases = [
            PhaseDates(kind, today + timedelta(days=first), today + timedelta(days=last))
            for kind, (first, last) in days.items()
        ]
        cycle = assessing.running(code, phases, "running", at)
        own, peer, _ = phases_of.of(cycle)
        cards.make(cycle, at=own.opens_at, write=assessing.now)
        if now == "peer":
            assessing.say_own(rng, cycle, own.opens_at)
            AssessmentPhase.update(
                state="closed", reminded=3, opened_at=own.opens_at, told_on=own.closes_on, closed_at=own.closes_at
            ).where(AssessmentPhase.id == own.id).execute()
            AssessmentPhase.update(state="opening").where(AssessmentPhase.id == peer.id).execute()
            assigning.assign(phases_of.of(cycle)[1], write=assessing.now)
        opened = own if now == "self" else peer
        AssessmentPhase.update(state="open", opened_at=opened.opens_at, told_on=opened.closes_on).where(
            AssessmentPhase.id == opened.id
        ).execute()
