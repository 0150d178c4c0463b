"""What a person would like to do, when, and how far from home (S30); searched by those who look after him."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from peewee import fn

from clock import local_day
from frozen import dataclass
from models import Qualification, Skill, Team, TeamMember, Volunteer, VolunteerSkill, Willingness, store
from services import leading, permissions, regions, scopes
from services.access import belonging
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.participation.domains import all_domains
from services.permissions import LEADING
from services.recruitment import skills as own_skills

TIMES = (
    "weekday_morning", "weekday_afternoon", "weekday_evening", "weekend_morning", "weekend_afternoon",
    "weekend_evening", "emergency",
)  # fmt: skip
#: Level of the division he would go to: his own village, township, county, city.
REACHES = (5, 4, 3, 2)
USUAL_REACH = 4
LONGEST = 200
CHUNK = 2000
#: A list with more teams is asked for from the team's own page.
MOST_TEAMS = 50


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody would like; `said` is False where he has not said anything yet."""

    domains: tuple[str, ...]
    times: tuple[str, ...]
    reach: int
    note: str
    said: bool


@dataclass(frozen=True, slots=True)
class Able:
    """A person in the search: what he can and wants to do."""

    public_no: str
    name: str
    team: str
    place: str
    skills: list[str]
    domains: tuple[str, ...]
    times: tuple[str, ...]
    reach: int | None
    note: str
    verified: list[str]


def kinds() -> list[tuple[str, str, str]]:
    """(code, domain, name) of what one can be willing to do: D3.care, 基层社会治理, 助老助残."""
    return [
        (f"{domain.code}.{sub.code}", domain.name, sub.name)
        for domain in all_domains()
        for sub in domain.sub_domains
    ]


def mine(*, volunteer_id: int) -> Wishes:
    """What a person said."""
    row = Willingness.get_or_none(Willingness.volunteer == volunteer_id)
    if row is None:
        return Wishes((), (), USUAL_REACH, "", said=False)
    return Wishes(tuple(row.domains), tuple(row.times), row.reach, row.note, said=True)


def set_mine(
    *,
    actor: Actor,
    domains: Collection[str],
    times: Collection[str],
    reach: int,
    note: str = "",
    at: datetime,
) -> Wishes:
    """Say what one would like to do; the newest word counts.

    Refusals: NOT_REGISTERED, BAD_REQUEST (a kind, time or reach that is not offered), TEXT_TOO_LONG.
    """
    if actor.volunteer_id is None:
        raise Refusal(RefusalCode.NOT_REGISTERED)
    volunteer_id = actor.volunteer_id
    offered = [code for code, _, _ in kinds()]
    if set(domains) - set(offered) or set(times) - set(TIMES) or reach not in REACHES:
        raise Refusal(RefusalCode.BAD_REQUEST, why="willingness")
    if len(note) > LONGEST:
        raise Refusal(RefusalCode.TEXT_TOO_LONG)
    said = {
        Willingness.domains: [code for code in offered if code in domains],
        Willingness.times: [code for code in TIMES if code in times],
        Willingness.reach: reach,
        Willingness.note: note.strip(),
        Willingness.updated_at: at,
    }
    query = Willingness.insert({Willingness.volunteer: volunteer_id, **said}).on_conflict(
        conflict_target=[Willingness.volunteer], update=said
    )
    store.write(lambda: query.execute())
    return mine(volunteer_id=volunteer_id)


def set_all(
    *,
    actor: Actor,
    skills: Collection[str],
    domains: Collection[str],
    times: Collection[str],
    reach: int,
    note: str = "",
    at: datetime,
) -> None:
    """Say on one sheet what one can and what one would like to do: both are kept, or neither.

    Refusals: those of `set_mine`, then those of `skills.set_mine`.
    """

    def act() -> None:
        set_mine(actor=actor, domains=domains, times=times, reach=reach, note=note, at=at)
        own_skills.set_mine(actor=actor, codes=skills, at=at)

    store.write(act)


def search(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[Able]:
    """People who said what they can or want: of the divisions the actor may look at, of the teams he leads.

    Filters: skill (says so, or has a paper for it that counts today), verified ("yes": such a paper, for the chosen
    skill or for any), domain (a kind), time, reach (goes at least as far as a division of this level), region (a
    division of his), team (the code of a team of his: who would come there). Refusals: NOT_ALLOWED (neither looks
    after a division nor leads). Nothing asked finds nobody: everybody stands in the list of people.
    """
    looks = scopes.readable(actor=actor, at=at)
    grants = permissions.roles_of(volunteer_id=actor.volunteer_id, at=at)
    led = [g.team_id for g in grants if g.team_id is not None and g.role in LEADING]
    if not looks and not led:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    if not wanted.text and not _narrows(wanted.filters):
        return Found([], 0, 1, wanted.size)
    found = cut(
        Volunteer.select(Volunteer.id, Volunteer.public_no, Volunteer.name, Volunteer.region_code).where(
            *_asked(wanted, at), Volunteer.state == "active", _seen(looks, led, wanted.chosen("region"))
        ),
        wanted=wanted, sorts={"name": Volunteer.name}, default="name", tie=Volunteer.id, row=lambda each: each,
    )  # fmt: skip
    top = looks[0] if len(looks) == 1 and not led else ""
    return Found(_lines(found.rows, at, top), found.total, found.page, found.size)


def _narrows(filters: Mapping[str, str]) -> bool:
    """Whether anything is asked: a whole province, and nothing else, is not."""
    return any(
        value and (name != "region" or len(value) > belonging.WIDEST) for name, value in filters.items()
    )


def _seen(looks: Sequence[str], led: Sequence[int], region: str) -> Any:
    """The condition that somebody is of the actor's divisions (of the chosen one of them), or of his teams."""
    if region:
        return belonging.people_in((region,) if scopes.covers(looks, region) else ())
    members = TeamMember.select(TeamMember.volunteer).where(
        TeamMember.team.in_(led), TeamMember.to_at.is_null()
    )
    if not looks:
        return Volunteer.id.in_(members)
    return Volunteer.id.in_(members) | belonging.people_in(looks) if led else belonging.people_in(looks)


def _asked(wanted: Wanted, at: datetime) -> list[Any]:
    """The conditions of the filters: lists of people that the database makes first, the shortest way to them."""
    asked: list[Any] = []
    skill, kind, time = (wanted.chosen(name) for name in ("skill", "domain", "time"))
    papers = _verified(at, Qualification.volunteer)
    if wanted.chosen("verified"):
        asked.append(papers.where(Qualification.kind == skill) if skill else papers)
    elif skill:
        told = VolunteerSkill.select(VolunteerSkill.volunteer).where(VolunteerSkill.skill == skill)
        asked.append(told.union(papers.where(Qualification.kind == skill)))
    wishes = Willingness.select(Willingness.volunteer)
    plain = wishes
    for one, column in ((kind, Willingness.domains), (time, Willingness.times)):
        if one:
            wishes = wishes.where(column.cast("TEXT").contains(f'"{one}"'))
    if (level := wanted.chosen("reach")).isdecimal():
        wishes = wishes.where(Willingness.reach <= int(level))
    if wishes is not plain:
        asked.append(wishes)
    if team := wanted.chosen("team"):
        asked.append(_coming(_place_of(team)))
    if asked:
        named = [Volunteer.name.contains(wanted.text)] if wanted.text else []
        return [*named, *(Volunteer.id.in_(each) for each in asked)]
    other = Volunteer.alias()
    named = (
        [Volunteer.id.in_(other.select(other.id).where(other.name.contains(wanted.text)))]
        if wanted.text
        else []
    )
    told = VolunteerSkill.select(VolunteerSkill.skill).where(VolunteerSkill.volunteer == Volunteer.id)
    wished = plain.where(Willingness.volunteer == Volunteer.id)
    proved = papers.where(Qualification.volunteer == Volunteer.id)
    return [*named, fn.EXISTS(told) | fn.EXISTS(wished) | fn.EXISTS(proved)]


def places(*, actor: Actor, chosen: str, at: datetime) -> list[tuple[str, str]]:
    """Teams to choose from as a filter: those the actor leads, if they are few, else the chosen one alone."""
    led = leading.led_teams(actor=actor, at=at, most=MOST_TEAMS + 1)
    if len(led) <= MOST_TEAMS:
        return [(each.code, each.short_name) for each in led]
    team = Team.get_or_none(Team.code == chosen)
    if team is None or not permissions.leads(actor=actor, team_id=team.id, at=at):
        return []
    return [(team.code, team.short_name)]


def _verified(at: datetime, *columns: Any) -> Any:
    today = local_day(at).isoformat()
    return Qualification.select(*columns).where(
        Qualification.state == "verified",
        Qualification.expires_on.is_null() | (Qualification.expires_on >= today),
    )


def _place_of(team_code: str) -> str:
    return str(Team.select(Team.region_code).where(Team.code == team_code).scalar() or "-")


def _coming(place: str) -> Any:
    """Who goes as far as this place: he lives in the same division of his reach's level."""
    condition: Any = None
    for level, digits in ((5, 12), (4, 9), (3, 6), (2, 4)):
        near = scopes.within(Volunteer.region_code, (place[:digits],))
        one = (Willingness.reach == level) & near
        condition = one if condition is None else condition | one
    return Willingness.select(Willingness.volunteer).join(Volunteer).where(condition)


def _lines(people: Sequence[Any], at: datetime, top: str) -> list[Able]:
    """The lines for these people, with the rest they need asked for in a few statements.

    Places are named from `top` down: a county's officer knows which county is his.
    """
    above = regions.path_names([top])[top] if len(top) > belonging.WIDEST else ""
    lines: list[Able] = []
    for some in _chunks(people):
        ids = [each.id for each in some]
        homes: dict[int, str] = {
            row.volunteer_id: row.team.short_name
            for row in TeamMember.select(TeamMember.id, TeamMember.volunteer, Team.id, Team.short_name)
            .join(Team)
            .where(TeamMember.volunteer.in_(ids), TeamMember.to_at.is_null(), TeamMember.home)
        }
        skills: dict[int, list[str]] = {}
        rows = (
            VolunteerSkill.select(VolunteerSkill.volunteer, VolunteerSkill.skill, Skill.code, Skill.name)
            .join(Skill)
            .where(VolunteerSkill.volunteer.in_(ids))
            .order_by(Skill.sort_order, Skill.code)
        )
        for row in rows:
            skills.setdefault(row.volunteer_id, []).append(row.skill.name)
        proofs: dict[int, list[str]] = {}
        query = _verified(at, Qualification.volunteer, Qualification.name)
        for row in query.where(Qualification.volunteer.in_(ids)).order_by(Qualification.id):
            proofs.setdefault(row.volunteer_id, []).append(row.name)
        wishes = {row.volunteer_id: row for row in Willingness.select().where(Willingness.volunteer.in_(ids))}
        paths = regions.path_names(list({each.region_code for each in some}))
        names = {code: path.removeprefix(above) for code, path in paths.items()}
        lines += [
            _line(each, homes, names, skills.get(each.id, []), wishes.get(each.id), proofs.get(each.id, []))
            for each in some
        ]
    return lines


def _line(
    person: Volunteer,
    homes: dict[int, str],
    names: dict[str, str],
    skills: list[str],
    wish: Willingness | None,
    proofs: list[str],
) -> Able:
    return Able(
        person.public_no, person.name, homes.get(person.id, ""), names.get(person.region_code, ""), skills,
        tuple(wish.domains) if wish else (), tuple(wish.times) if wish else (), wish.reach if wish else None,
        wish.note if wish else "", proofs,
    )  # fmt: skip


def _chunks(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]
