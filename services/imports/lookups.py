"""Looking things up for many rows at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from models import Region, Team, TeamMember, Volunteer
from queries import bulk
from services import scopes
from services.accounts import enrolment
from services.errors import RefusalCode
from services.imports.rows import Judged
from services.parts import Parts
from services.permissions import CLOSED_TEAMS

#: People who are not to be touched by a file.
CLOSED_STATES = ("merged", "deceased", "left")


def people(parts: Parts, numbers: Iterable[str]) -> dict[str, Volunteer]:
    """{ID number: person}, found by the blind index."""
    index = {parts.vault.index("id_no", number): number for number in numbers if number}
    known = bulk.ids_by_document(list(index))
    if not known:
        return {}
    return {
        index[str(row.document_index)]: row for row in Volunteer.select().where(Volunteer.id.in_(list(known.values())))
    }


def made_up(judged: Judged, number: str, region_code: str) -> None:
    """In the practice area a row with a real person's number is refused: PRACTICE_NUMBER."""
    judged.checked("document", enrolment.check_made_up, number, region_code)


def regions(codes: Iterable[str]) -> dict[str, Region]:
    """{code: division} of those that exist and are not closed."""
    wanted = sorted({code for code in codes if code})
    if not wanted:
        return {}
    return {
        row.code: row for row in Region.select().where(Region.code.in_(wanted), Region.closed_on.is_null())
    }


class Teams:
    """Teams of a division by any of their names; a name that two of them carry names none."""

    def __init__(self, names: Iterable[str], region_code: str) -> None:
        wanted = sorted({name for name in names if name})
        self._found: dict[str, dict[int, Team]] = defaultdict(dict)
        if not wanted:
            return
        named = Team.name.in_(wanted) | Team.standard_name.in_(wanted) | Team.national_no.in_(wanted)
        for row in Team.select().where(named, scopes.within(Team.region_code, [region_code])):
            for name in {row.name, row.standard_name, row.national_no} - {""}:
                self._found[name][row.id] = row

    def get(self, judged: Judged, column: str, name: str) -> Team | None:
        """The team of this name; the row is refused if there is none, or it takes nobody in."""
        hits = list(self._found.get(name, {}).values())
        if len(hits) != 1:
            judged.wrong(column, RefusalCode.ROW_TEAM_UNKNOWN)
            return None
        if hits[0].state in CLOSED_TEAMS:
            judged.wrong(column, RefusalCode.TEAM_CLOSED)
            return None
        return hits[0]


def memberships(people: Iterable[int]) -> dict[int, list[TeamMember]]:
    """{person: running memberships with their teams}, home team first."""
    found: dict[int, list[TeamMember]] = defaultdict(list)
    wanted = sorted(set(people))
    if wanted:
        query = (
            TeamMember.select(TeamMember, Team)
            .join(Team)
            .where(TeamMember.volunteer.in_(wanted), TeamMember.to_at.is_null())
            .order_by(TeamMember.home.desc(), TeamMember.id)
        )
        for row in query:
            found[row.volunteer_id].append(row)
    return found


def number_holders(numbers: Iterable[str]) -> dict[str, int]:
    """{national number: person who has it}."""
    wanted = sorted({number for number in numbers if number})
    if not wanted:
        return {}
    rows = Volunteer.select(Volunteer.id, Volunteer.national_no).where(
        Volunteer.national_no.in_(wanted), Volunteer.state != "merged"
    )
    return {row.national_no: row.id for row in rows}


def known_person(
    judged: Judged, person: Volunteer | None, name: str, region_code: str, running: Iterable[TeamMember]
) -> Volunteer | None:
    """The person a row is about, if he belongs to the importer's division (`access.belonging`) and may be touched.

    Refused: ROW_PERSON_UNKNOWN, ROW_OUTSIDE, ROW_PERSON_CLOSED, ROW_NAME_DIFFERS.
    """
    if person is None:
        judged.wrong("document", RefusalCode.ROW_PERSON_UNKNOWN)
        return None
    divisions = [each.team.region_code for each in running] or [person.region_code]
    if not any(code.startswith(region_code) for code in divisions):
        judged.wrong("document", RefusalCode.ROW_OUTSIDE)
    elif person.state in CLOSED_STATES:
        judged.wrong("document", RefusalCode.ROW_PERSON_CLOSED)
    elif person.name != name:
        judged.wrong("name", RefusalCode.ROW_NAME_DIFFERS)
    else:
        return person
    return None
