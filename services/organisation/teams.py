"""Teams as the console lists and shows them, and changing a team's record (S18–S28, S35, S63–S69)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from frozen import dataclass
from models import Region, Speciality, Team, TeamMember, TeamRegion, Volunteer, store
from services import audit, permissions, regions, scopes
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.organisation import centres, composition, exceptions, names, soft_rules, specialities
from services.organisation.centres import Attached
from services.organisation.composition import Composition
from services.organisation.exceptions import Deviation
from services.organisation.soft_rules import Condition
from services.permissions import CLOSED_TEAMS, Verb

STATES = ("founding", "pilot", "regular", "paused", "dissolved", "merged")
SITES = ("estate", "farm", "other")
SITE_LONGEST = 20
FEATURE_LONGEST = 40
#: Divisions one joint team may cover beside its own.
MOST_COVERED = 20
VILLAGE_LEVEL = 5


@dataclass(frozen=True, slots=True)
class TeamLine:
    """A team in the list."""

    code: str
    name: str
    region_code: str
    place: str
    kind: str
    speciality: str
    state: str
    leader: str
    members: int
    composition: Composition


@dataclass(frozen=True, slots=True)
class TeamRecord:
    """All that stands in a team's record; `may_lead`, `may_manage`, `may_guide`: what the reader may do with it."""

    id: int
    code: str
    name: str
    standard_name: str
    short_name: str
    keeps_name: bool
    national_no: str
    kind: str
    speciality_code: str
    speciality: str
    high_risk: bool
    feature: str
    region_code: str
    place: str
    centre: str
    state: str
    existing: bool
    founded_on: str
    pilot_until: str
    merged_into: tuple[str, str] | None
    site_kind: str
    site_name: str
    covers: list[tuple[str, str]]
    leader: tuple[str, str] | None
    liaison: tuple[str, str] | None
    account: Attached
    composition: Composition
    checklist: list[Condition]
    deviations: list[Deviation]
    may_lead: bool
    may_manage: bool
    may_guide: bool


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[TeamLine]:
    """Teams the actor may look at or guide; filters: state (else: not closed), kind, speciality, level, region, flag.

    `flag`: joint, site, existing, kept (a name of its own), leaderless.
    """
    query = Team.select().where(_seen(actor, at))
    state = wanted.chosen("state")
    query = query.where(Team.state == state if state else Team.state.not_in(CLOSED_TEAMS))
    for name, column in (("kind", Team.kind), ("speciality", Team.speciality)):
        if wanted.chosen(name):
            query = query.where(column == wanted.chosen(name))
    if wanted.chosen("level"):
        level = int(wanted.chosen("level"))
        at_level = Region.select(Region.code).where(Region.level == level)
        query = query.where(Team.region_code.in_(at_level))
    if wanted.chosen("region"):
        query = query.where(scopes.within(Team.region_code, [wanted.chosen("region")]))
    flags = {
        "joint": Team.id.in_(TeamRegion.select(TeamRegion.team)), "site": Team.site_kind != "",
        "existing": Team.existing, "kept": Team.keeps_name, "leaderless": Team.leader.is_null(),
    }  # fmt: skip
    if wanted.chosen("flag") in flags:
        query = query.where(flags[wanted.chosen("flag")])
    if wanted.text:
        found = Team.name.contains(wanted.text) | Team.standard_name.contains(wanted.text)
        query = query.where(found | (Team.national_no == wanted.text))
    sorts = {"name": Team.name, "region": Team.region_code, "state": Team.state, "kind": Team.kind}
    page = cut(query, wanted=wanted, sorts=sorts, default="region", tie=Team.id, row=lambda row: row)
    return Found(_lines(page.rows, at), page.total, page.page, page.size)


def _seen(actor: Actor, at: datetime) -> Any:
    """The condition that says: his to look at, or to guide beyond that; a plain range where that is all."""
    readable = scopes.readable(actor=actor, at=at)
    beyond = [each for each in scopes.guided(actor=actor, at=at) if not scopes.covers(readable, each[0])]
    guided = scopes.within_guided(Team.region_code, Team.speciality, beyond)
    seen = scopes.within(Team.region_code, readable)
    return guided if not readable else seen | guided if beyond else seen


def _lines(rows: list[Team], at: datetime) -> list[TeamLine]:
    counts = composition.counted([row.id for row in rows])
    places = regions.path_names([row.region_code for row in rows])
    kinds = {each.code: each.name for each in Speciality.select()}
    leaders = people({row.leader_id for row in rows})
    needed: dict[str, int] = {}
    lines = []
    for row in rows:
        county = row.region_code[:6]
        if county not in needed:
            needed[county] = composition.majority(row.region_code, at)
        members, veterans = counts.get(row.id, (0, 0))
        lines.append(
            TeamLine(
                row.code, row.name, row.region_code, places[row.region_code], row.kind,
                kinds.get(row.speciality, ""), row.state, leaders.get(row.leader_id, ("", ""))[1], members,
                Composition(members, veterans, needed[county]),
            )
        )  # fmt: skip
    return lines


def people(ids: Iterable[int | None]) -> dict[int | None, tuple[str, str]]:
    """{id: (public number, name)}."""
    wanted = sorted({each for each in ids if each is not None})
    found: dict[int | None, tuple[str, str]] = {}
    for start in range(0, len(wanted), composition.AT_ONCE):
        part = Volunteer.select().where(Volunteer.id.in_(wanted[start : start + composition.AT_ONCE]))
        found |= {row.id: (row.public_no, row.name) for row in part}
    return found


def by_code(code: str) -> Team:
    """The team with this public code. Refusal: NOT_FOUND."""
    found = Team.get_or_none(Team.code == code)
    if found is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    assert isinstance(found, Team)
    return found


def require_manager(*, actor: Actor, team: Team, at: datetime) -> None:
    """Go on for who manages the team's division. Refusals: NOT_ALLOWED (also to its leader), NOT_FOUND."""
    if not permissions.manages(actor=actor, region_code=team.region_code, at=at):
        permissions.require_lead(actor=actor, team_id=team.id, at=at)
        raise Refusal(RefusalCode.NOT_ALLOWED)


def record(*, actor: Actor, code: str, at: datetime) -> TeamRecord:
    """A team's record for those who lead it, look after its division, audit there or guide it.

    Refusals: NOT_FOUND, NOT_ALLOWED (who may see only numbers there, and its plain members).
    """
    team = by_code(code)
    lead = permissions.leads(actor=actor, team_id=team.id, at=at)
    guide = _may_guide(actor, team.id, at)
    look = permissions.holds(actor=actor, verb=Verb.LOOK, region_code=team.region_code, at=at)
    if not (lead or guide or look):
        permissions.require_lead(actor=actor, team_id=team.id, at=at)
    kind = Speciality.get_or_none(Speciality.code == team.speciality)
    named = people([team.leader_id, team.liaison_id])
    target = Team.get_or_none(Team.id == team.merged_into) if team.merged_into else None
    covered = covers(team.id)
    places = regions.path_names([team.region_code, *covered])
    return TeamRecord(
        id=team.id, code=team.code, name=team.name, standard_name=team.standard_name, short_name=team.short_name,
        keeps_name=team.keeps_name, national_no=team.national_no, kind=team.kind, speciality_code=team.speciality,
        speciality=kind.name if kind else "", high_risk=bool(kind and kind.high_risk), feature=team.feature,
        region_code=team.region_code, place=places[team.region_code], centre=team.centre.name, state=team.state,
        existing=team.existing, founded_on=team.founded_on or "", pilot_until=team.pilot_until or "",
        merged_into=(target.code, target.name) if target else None, site_kind=team.site_kind,
        site_name=team.site_name, covers=[(each, places[each]) for each in covered],
        leader=named.get(team.leader_id), liaison=named.get(team.liaison_id),
        account=centres.attached_account(team.region_code),
        composition=composition.of_team(team_id=team.id, region_code=team.region_code, at=at),
        checklist=soft_rules.checklist(team=team, at=at), deviations=exceptions.of_team(team.id),
        may_lead=lead, may_guide=guide,
        may_manage=permissions.manages(actor=actor, region_code=team.region_code, at=at),
    )  # fmt: skip


def _may_guide(actor: Actor, team_id: int, at: datetime) -> bool:
    try:
        permissions.require_guide(actor=actor, team_id=team_id, at=at)
    except Refusal:
        return False
    return True


def covers(team_id: int) -> list[str]:
    """The other divisions a joint team covers (S28)."""
    rows = TeamRegion.select().where(TeamRegion.team == team_id).order_by(TeamRegion.region_code)
    return [row.region_code for row in rows]


@dataclass(frozen=True, slots=True)
class TeamDraft:
    """What a form says of a team; `name` "" is the standard name."""

    speciality: str
    name: str = ""
    short_name: str = ""
    keeps_name: bool = False
    national_no: str = ""
    feature: str = ""
    site_kind: str = ""
    site_name: str = ""
    covers: tuple[str, ...] = ()


def checked(*, draft: TeamDraft, region: Region, brand: str, team_id: int | None) -> dict[str, Any]:
    """The columns of a team as the draft wants them.

    Refusals: FIELD_WRONG (`speciality`, `feature`, `site_kind`, `site_name`, `covers`, `short_name`, `national_no`,
    `name`), TEAM_NAME_NUMBER, TEAM_NAME_WRONG, TEAM_NAME_TAKEN (another team of this division has the standard name).
    """
    kind = specialities.living(draft.speciality)
    feature = draft.feature.strip()
    if not _plain(feature, FEATURE_LONGEST) or (kind.code == "feature" and not feature):
        raise Refusal(RefusalCode.FIELD_WRONG, field="feature")
    site_name = _checked_site(draft, region)
    _check_covers(draft.covers, region)
    standard = names.standard_name(
        region=region, kind=kind.kind, speciality=kind.name, brand=brand, site_name=site_name
    )
    number = draft.national_no.strip()
    name = names.check_name(
        name=draft.name, standard=standard, keeps_name=draft.keeps_name, national_no=number
    )
    taken = Team.select().where(
        Team.standard_name == standard, Team.region_code == region.code, Team.state.not_in(CLOSED_TEAMS)
    )
    if team_id is not None:
        taken = taken.where(Team.id != team_id)
    if taken.exists():
        raise Refusal(RefusalCode.TEAM_NAME_TAKEN, name=standard)
    short = draft.short_name.strip() or names.short_name(
        region=region, kind=kind.kind, speciality=kind.name, site_name=site_name
    )
    if not _plain(short, names.SHORT):
        raise Refusal(RefusalCode.FIELD_WRONG, field="short_name")
    return {
        "name": name, "standard_name": standard, "keeps_name": name != standard, "national_no": number,
        "short_name": short, "kind": kind.kind, "speciality": kind.code, "feature": feature,
        "site_kind": draft.site_kind, "site_name": site_name,
    }  # fmt: skip


def _plain(text: str, longest: int) -> bool:
    return len(text) <= longest and (not text or text.isprintable()) and not set("<>=") & set(text)


def _checked_site(draft: TeamDraft, region: Region) -> str:
    """A place within a village has a kind and a name; elsewhere there is none (S27)."""
    site_name = draft.site_name.strip()
    if draft.site_kind and (draft.site_kind not in SITES or region.level != VILLAGE_LEVEL):
        raise Refusal(RefusalCode.FIELD_WRONG, field="site_kind")
    if bool(site_name) != bool(draft.site_kind) or not _plain(site_name, SITE_LONGEST):
        raise Refusal(RefusalCode.FIELD_WRONG, field="site_name")
    return site_name


def _check_covers(covered: tuple[str, ...], region: Region) -> None:
    """A joint team covers other villages of the same county (S28)."""
    if not covered:
        return
    known = Region.select().where(
        Region.code.in_(covered), Region.level == VILLAGE_LEVEL, Region.closed_on.is_null()
    )
    inside = all(code.startswith(region.code[:6]) and code != region.code for code in covered)
    whole = len(set(covered)) == len(covered) == known.count()
    if region.level != VILLAGE_LEVEL or len(covered) > MOST_COVERED or not (inside and whole):
        raise Refusal(RefusalCode.FIELD_WRONG, field="covers")


def put_covers(team_id: int, covered: Iterable[str]) -> None:
    """The other divisions of a joint team, as they are now; inside a write."""
    TeamRegion.delete().where(TeamRegion.team == team_id).execute()
    for code in covered:
        TeamRegion.create(team=team_id, region_code=code)


def kept(team: Team) -> TeamDraft:
    """The record of a team as its form holds it."""
    return TeamDraft(
        team.speciality, team.name, team.short_name, team.keeps_name, team.national_no, team.feature, team.site_kind,
        team.site_name, tuple(covers(team.id)),
    )  # fmt: skip


def edit(*, actor: Actor, code: str, draft: TeamDraft, brand: str, reason: str = "", at: datetime) -> None:
    """Change a team's record: its names, what it is for, its site, the villages it covers.

    Soft rules that the change newly breaks take a reason and become exceptions. Refusals in order: NOT_FOUND,
    NOT_ALLOWED (a leader changes only activities), TEAM_STATE (closed), those of `checked`, REASON_REQUIRED.
    """

    def act() -> None:
        team = by_code(code)
        require_manager(actor=actor, team=team, at=at)
        if team.state in CLOSED_TEAMS:
            raise Refusal(RefusalCode.TEAM_STATE)
        region = regions.region(team.region_code)
        new = checked(draft=draft, region=region, brand=brand, team_id=team.id)
        changes = {
            key: [getattr(team, key), value] for key, value in new.items() if value != getattr(team, key)
        }
        before = set(soft_rules.broken(team=team, at=at))
        old_covers = covers(team.id)
        if sorted(draft.covers) != old_covers:
            changes["covers"] = [old_covers, sorted(draft.covers)]
            put_covers(team.id, draft.covers)
        if not changes:
            return
        Team.update(new).where(Team.id == team.id).execute()
        if team.state != "founding":
            fresh = Team.get_by_id(team.id)
            newly = {
                rule: facts
                for rule, facts in soft_rules.broken(team=fresh, at=at).items()
                if rule not in before
            }
            keep_reasons(actor=actor, team=fresh, broken=newly, reason=reason, at=at)
            exceptions.settle(team_id=team.id, at=at)
        audit.changed(
            actor=actor, verb="team_edited", subject=f"team:{team.id}", changes=changes, at=at, reason=reason
        )

    store.write(act)


def keep_reasons(
    *, actor: Actor, team: Team, broken: Mapping[str, Mapping[str, Any]], reason: str, at: datetime
) -> None:
    """Keep why soft rules are set aside. Refusal: REASON_REQUIRED, if any is and no reason is given."""
    why = reason.strip()
    if broken and not why:
        raise Refusal(RefusalCode.REASON_REQUIRED)
    for rule, facts in broken.items():
        exceptions.record(
            actor=actor,
            rule=rule,
            team_id=team.id,
            region_code=team.region_code,
            facts=facts,
            reason=why,
            at=at,
        )


def of_region(region_code: str) -> list[tuple[str, str, str]]:
    """(code, name, state) of the teams at a division and of the joint teams that cover it; closed ones last."""
    joint = TeamRegion.select(TeamRegion.team).where(TeamRegion.region_code == region_code)
    rows = Team.select().where((Team.region_code == region_code) | Team.id.in_(joint))
    found = [(row.code, row.name, row.state) for row in rows.order_by(Team.id)]
    return sorted(found, key=lambda row: row[2] in CLOSED_TEAMS)


def members(team_id: int) -> list[int]:
    """The ids of the active members."""
    rows: Any = (
        TeamMember.select(TeamMember.volunteer)
        .join(Volunteer)
        .where(TeamMember.team == team_id, TeamMember.to_at.is_null(), Volunteer.state == "active")
        .tuples()
    )
    return [row[0] for row in rows]
