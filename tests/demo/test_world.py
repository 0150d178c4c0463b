"""The demo's world: believable, by the policy's names, with books that prove themselves and nothing in the clear."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import migrations
from clock import SHANGHAI
from demo import cast
from demo.launch import REGIONS
from demo.world import is_empty, make_world
from models import (
    Activity,
    Application,
    Attempt,
    Balance,
    Centre,
    Consent,
    Delivery,
    Founding,
    GuardianConsent,
    PeriodMinutes,
    PointEntry,
    Region,
    RoleGrant,
    ServiceRecord,
    Shift,
    Signup,
    Team,
    TeamMember,
    Volunteer,
    WechatIdentity,
    store,
)
from services import regions
from services.accounts import enrolment
from services.accounts.documents import check_id_number, check_name, check_phone
from services.accounts.vault import Vault
from services.actors import Actor
from services.assessment import own, peers
from services.bookkeeping import books, hours
from services.errors import RefusalCode
from services.gates import guardians, insurance
from services.listing import Wanted
from services.organisation import founding_views
from services.participation import attendance, place_views, roster, shift_views, signups
from services.participation.domains import sub_domain

AT = datetime(2026, 7, 15, 2, 20, tzinfo=UTC)  # a Wednesday in the flood season, 10:20 in Shanghai
OTHER_DAYS = [
    pytest.param(datetime(2026, 1, 1, 16, 5, tzinfo=UTC), id="after midnight on a New Year's night"),
    pytest.param(datetime(2028, 2, 29, 4, 0, tzinfo=UTC), id="leap day"),
    pytest.param(datetime(2026, 11, 24, 13, 59, 59, tzinfo=UTC), id="a November evening"),
]
VAULT = Vault({"demo": b"1" * 32}, b"2" * 32)


def build(path: Path, at: datetime) -> None:
    """A database of its own, bound, with the divisions and the world."""
    store.open_and_bind(f"sqlite:///{path}", durable=False)
    migrations.apply(store.current())
    regions.load(path=REGIONS, at=at)
    make_world(vault=VAULT, mp_appid="wx-mp", oa_appid="wx-oa", at=at)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "world.db"


@pytest.fixture(scope="module")
def made(file: Path) -> None:
    build(file, AT)
    store.release()


@pytest.fixture
def world(made: None, file: Path) -> Iterator[None]:
    store.open_and_bind(f"sqlite:///{file}", durable=False)
    with store.session():
        yield
    store.release()


def phone(n: int) -> Volunteer:
    """The owner of phone `n`."""
    owner = cast.PHONES[n - 1]
    found = WechatIdentity.get(WechatIdentity.openid == owner.ident("oa")).volunteer
    assert found.name == owner.name
    return found


def actor(n: int) -> Actor:
    return Actor(door="console", volunteer_id=phone(n).id)


@pytest.mark.usefixtures("world")
class TestBooks:
    def test_every_total_is_proved_by_its_entries(self) -> None:
        assert books.verify() == []

    def test_every_period_of_the_entries_is_kept(self) -> None:
        kept = sum(row.minutes for row in PeriodMinutes.select().where(PeriodMinutes.period ** "____"))
        assert kept == sum(row.minutes for row in Balance.select())

    def test_one_has_two_stars_and_several_have_one(self) -> None:
        given = [row.minutes for row in Balance.select()]
        assert sum(minutes >= 300 * 60 for minutes in given) == 1
        assert 3 <= sum(100 * 60 <= minutes < 300 * 60 for minutes in given) <= 20

    def test_the_heavy_one_owns_phone_4(self) -> None:
        assert hours.summary(volunteer_id=phone(4).id, at=AT).reached == 2

    def test_hours_brought_along_earn_no_points(self) -> None:
        brought = [r.id for r in ServiceRecord.select().where(ServiceRecord.source == "transferred")]
        assert len(brought) > 5
        assert PointEntry.select().where(PointEntry.record.in_(brought)).count() == 0

    def test_nobody_confirmed_his_own_record(self) -> None:
        own = ServiceRecord.confirmed_by == ServiceRecord.volunteer
        assert ServiceRecord.select().where(own).count() == 0

    def test_a_record_without_check_out_counts_nothing(self) -> None:
        without = ServiceRecord.out_at.is_null() & (ServiceRecord.source == "scan")
        assert ServiceRecord.select().where(without, ServiceRecord.minutes > 0).count() == 0
        assert ServiceRecord.select().where(without, ServiceRecord.state == "confirmed").count() == 0


@pytest.mark.usefixtures("world")
class TestTeams:
    def test_names_follow_the_policy(self) -> None:
        for team in Team.select():
            place = Region.get(Region.code == team.region_code).place_name
            profession = re.fullmatch(f"{place}退役军人“红耀江淮”(.*)志愿服务队", team.name)
            assert profession is not None
            assert bool(profession[1]) == (team.kind == "professional")

    def test_professional_teams_stand_at_the_county(self) -> None:
        professional = Team.select().where(Team.kind == "professional")
        assert [team.region_code for team in professional] == ["341522", "341522"]

    def test_short_names_fit_a_template(self) -> None:
        assert [team.short_name for team in Team.select() if len(team.short_name) > 10] == []

    def test_each_has_a_leader_with_the_right_to_lead(self) -> None:
        for team in Team.select().where(Team.state == "regular"):
            granted = RoleGrant.get(RoleGrant.team_id == team.id, RoleGrant.role == "team_leader")
            assert granted.volunteer_id == team.leader_id

    def test_veterans_are_the_majority_of_each(self) -> None:
        for team in Team.select().where(Team.state == "regular"):
            members = TeamMember.select(TeamMember, Volunteer.id, Volunteer.identity).join(Volunteer)
            kinds = [member.volunteer.identity for member in members.where(TeamMember.team == team)]
            assert kinds.count("veteran") * 2 > len(kinds)

    def test_one_village_waits_for_the_county_and_one_has_no_team(self) -> None:
        director = Actor("console", phone(6).id)
        made = Founding.get()
        page = founding_views.page(actor=director, founding_id=made.id, at=AT)
        assert (page.state, page.may_decide, page.leader) == ("submitted", True, phone(7).name)
        assert Team.select().where(Team.region_code == "341522100002").count() == 0
        assert Centre.select().where(Centre.region_code == "341522100002").count() == 1

    def test_each_active_person_has_one_home(self) -> None:
        homes = [row.volunteer_id for row in TeamMember.select().where(TeamMember.home)]
        active = [row.id for row in Volunteer.select().where(Volunteer.state == "active")]
        assert sorted(homes) == sorted(active)


@pytest.mark.usefixtures("world")
class TestPeople:
    def test_there_are_about_seventy_of_45_to_78_years(self) -> None:
        people = list(Volunteer.select())
        ages = sorted(_document(person).age(AT.date()) for person in people)
        assert 65 <= len(people) <= 78
        assert ages[0] in (15, 16)  # the grandson
        assert ages[1] >= 45
        assert ages[-1] <= 78

    def test_the_grandson_waits_for_his_grandfathers_word_to_be_checked(self) -> None:
        word = GuardianConsent.get()
        officer = Actor(door="console", volunteer_id=phone(7).id)
        assert (word.state, word.guardian_name, guardians.waiting(actor=officer, at=AT)) == ("stated", "吴爱军", 1)

    def test_two_of_other_counties_assess_themselves_and_their_team_mates(self) -> None:
        mine = own.newest(actor=actor(11), at=AT)
        assert mine is not None
        assert (mine.may_self, mine.objective) == (True, None)
        assert [each.open for each in peers.tasks(actor=actor(12), at=AT)] == [True] * 4

    def test_every_id_number_passes_and_could_belong_to_nobody(self) -> None:
        for person in Volunteer.select():
            document = _document(person)
            assert document.number[:6] == "341522"
            assert document.number[14:17] in {"996", "997", "998", "999"}
            assert document.birth_date.isoformat() == person.birth_date

    def test_people_are_found_by_their_blind_indexes(self) -> None:
        for person in Volunteer.select():
            number = _document(person).number
            call = VAULT.open(person.phone_sealed, f"volunteer.phone:{person.public_no}")
            assert person.document_index == VAULT.index("id_no", number)
            assert person.phone_index == VAULT.index("phone", check_phone(call))

    def test_names_are_names_and_nobody_shares_one(self) -> None:
        names = [check_name(person.name) for person in Volunteer.select()]
        assert len(set(names)) == len(names)

    def test_nobody_active_is_without_consent(self) -> None:
        for person in Volunteer.select():
            given = {
                row.purpose for row in Consent.select().where(Consent.volunteer == person, Consent.given)
            }
            asked = {"service", "id_number"} | ({"veteran_status"} if person.identity == "veteran" else set())
            assert given - enrolment.LATER == (set() if person.state == "invited" else asked)

    def test_some_have_no_wechat_and_one_is_only_invited(self) -> None:
        known = {row.volunteer_id for row in WechatIdentity.select()}
        without = [person for person in Volunteer.select() if person.id not in known]
        assert sorted(person.state for person in without) == ["active", "active", "active", "active", "invited"]

    def test_identities_of_one_person_share_the_unionid(self) -> None:
        for person in Volunteer.select():
            assert len({row.unionid for row in person.identities}) <= 1


def _document(person: Volunteer) -> Any:
    number = VAULT.open(person.document_sealed, f"volunteer.document:{person.public_no}")
    return check_id_number(number, today=AT.date())


@pytest.mark.usefixtures("world")
class TestActivities:
    def test_a_year_lies_behind_and_two_weeks_ahead(self) -> None:
        starts = [row.starts_at for row in Activity.select().order_by(Activity.starts_at)]
        assert 130 <= sum(start < AT for start in starts) <= 200
        assert (AT - starts[0]).days > 330
        assert 12 <= (starts[-1] - AT).days <= 15

    def test_domains_are_those_of_the_policy(self) -> None:
        assert [a.title for a in Activity.select() if sub_domain(a.domain, a.sub_domain) is None] == []

    def test_floods_are_watched_in_summer_only(self) -> None:
        months = {
            a.starts_at.astimezone(SHANGHAI).month for a in Activity.select() if a.sub_domain == "flood"
        }
        assert months
        assert months <= {6, 7, 8}

    def test_places_taken_are_the_confirmed_sign_ups(self) -> None:
        for shift in Shift.select():
            held = Signup.select().where(Signup.shift == shift, Signup.state.in_(("confirmed", "offered"))).count()
            assert (shift.taken, shift.taken <= shift.quota) == (held, True)

    def test_two_wait_for_phone_1_to_decide_and_phone_3_has_his_invitation(self) -> None:
        leader = Actor(door="console", volunteer_id=phone(1).id)
        assert place_views.waiting(actor=leader, wanted=Wanted(), at=AT).total == 2
        [mine] = shift_views.mine(volunteer_id=phone(3).id, at=AT, states=("offered",))
        assert (mine.title, mine.word) == ("陪高龄老兵体检", "队长请您参加")

    def test_the_dangerous_training_is_covered_and_asks_for_a_paper(self) -> None:
        training = Activity.get(Activity.title == "冲锋舟水上救援训练")
        boats = training.shifts.order_by(Shift.id).first()
        no = signups.hindrance(shift_code=boats.code, volunteer_id=phone(5).id, at=AT)
        assert insurance.covered(training)
        assert no is not None
        assert no.code is RefusalCode.NOT_ELIGIBLE

    def test_three_wait_where_phone_4_has_the_last_place(self) -> None:
        waiting = list(Signup.select().where(Signup.state == "waitlisted").order_by(Signup.queued_at))
        shift = waiting[0].shift
        assert ([each.shift_id for each in waiting], shift.taken) == ([shift.id] * 3, shift.quota)
        mine = Signup.get(Signup.shift == shift, Signup.volunteer == phone(4))
        assert (waiting[0].volunteer, mine.state, shift.starts_at > AT) == (phone(2), "confirmed", True)

    def test_some_did_not_come_and_some_forgot_to_leave(self) -> None:
        assert Signup.select().where(Signup.outcome == "absent").count() > 5
        assert (
            ServiceRecord.select().where(ServiceRecord.out_mode == "list", ServiceRecord.by_hand).count() > 5
        )

    def test_each_scan_of_a_record_is_among_the_attempts(self) -> None:
        accepted = Attempt.outcome == "accepted"
        scans = ServiceRecord.source == "scan"
        came = Attempt.select().where(accepted, Attempt.direction == "in").count()
        assert came == ServiceRecord.select().where(scans).count()
        assert Attempt.select().where(Attempt.outcome == "refused").count() > 5

    def test_phone_1_leads_what_is_running_with_people_inside(self) -> None:
        running = Activity.get(
            Activity.team == Team.get(Team.leader == phone(1)),
            Activity.state == "published",
            Activity.starts_at < AT,
        )
        found = roster.roster(actor=actor(1), activity_code=running.code, at=AT)
        inside = {entry.name for entry in found.entries if entry.state == "inside"}
        expected = {entry.name for entry in found.entries if entry.state == "expected"}
        assert {phone(1).name, phone(3).name, phone(4).name} <= inside
        assert phone(2).name in expected

    def test_phone_2_may_scan_in_right_now(self) -> None:
        running = Activity.get(
            Activity.state == "published", Activity.starts_at < AT, Activity.title % "*东湖*"
        )
        shift = Signup.get(Signup.activity == running, Signup.volunteer == phone(2)).shift
        scanned = attendance.scan_in_chat(actor=actor(2), direction="in", shift_code=shift.code, at=AT)
        assert scanned.outcome == "accepted"

    def test_phone_1_has_hours_to_confirm(self) -> None:
        team = Team.get(Team.leader == phone(1))
        waiting = ServiceRecord.select().where(
            ServiceRecord.team == team, ServiceRecord.state == "pending", ServiceRecord.out_at.is_null(False)
        )
        assert waiting.count() >= 2

    def test_nothing_waits_in_the_outbox(self) -> None:
        assert {row.state for row in Delivery.select()} == {"sent", "inbox"}

    def test_every_inbox_stands_in_the_order_of_days(self) -> None:
        written = [row.created_at for row in Delivery.select().order_by(Delivery.id)]
        assert written == sorted(written)


@pytest.mark.usefixtures("world")
def test_no_id_number_and_no_phone_lies_open_in_the_file(file: Path) -> None:
    store.current().execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    raw = b"".join(path.read_bytes() for path in file.parent.glob("world.db*"))
    assert phone(1).name.encode() in raw
    for person in Volunteer.select():
        number = VAULT.open(person.document_sealed, f"volunteer.document:{person.public_no}")
        call = VAULT.open(person.phone_sealed, f"volunteer.phone:{person.public_no}")
        assert number.encode() not in raw
        assert call.encode() not in raw


def _summary() -> dict[str, Any]:
    return {
        "people": list(Volunteer.select(Volunteer.public_no, Volunteer.name).order_by(Volunteer.id).tuples()),
        "books": list(Balance.select(Balance.volunteer, Balance.minutes, Balance.points).tuples()),
        "activities": list(Activity.select(Activity.code, Activity.title).order_by(Activity.id).tuples()),
    }


def test_the_same_moment_makes_the_same_world(tmp_path: Path) -> None:
    seen = []
    for name in ("one", "two"):
        build(tmp_path / f"{name}.db", AT)
        with store.session():
            seen.append(_summary())
        store.release()
    assert seen[0] == seen[1]


@pytest.mark.parametrize("at", OTHER_DAYS)
def test_the_world_holds_on_other_days_too(tmp_path: Path, at: datetime) -> None:
    store.open_and_bind(f"sqlite:///{tmp_path / 'world.db'}", durable=False)
    migrations.apply(store.current())
    regions.load(path=REGIONS, at=at)
    before = is_empty()
    make_world(vault=VAULT, mp_appid="wx-mp", oa_appid="wx-oa", at=at)
    with store.session():
        future = ServiceRecord.select().where(
            (ServiceRecord.in_at > at) | (ServiceRecord.out_at > at) | (ServiceRecord.confirmed_at > at)
        )
        assert (before, is_empty(), books.verify(), future.count()) == (True, False, [], 0)
    store.release()


@pytest.mark.usefixtures("world")
def test_two_applications_wait_for_somebody() -> None:
    found = {row.route: row for row in Application.select()}
    assert {route: row.state for route, row in found.items()} == {"self": "submitted", "organisation": "offered"}
    for row in found.values():
        mine = TeamMember.select().where(TeamMember.team == row.team_id, TeamMember.volunteer == row.volunteer_id)
        assert not mine.exists()
        assert row.volunteer.state == "active"
