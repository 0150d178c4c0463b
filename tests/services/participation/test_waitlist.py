"""The wait-list: in order, offered with a deadline, claimed by one tap, passed on (U1, U2)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import Activity, Delivery, History, Shift, Signup, Volunteer, store
from queries import waitlist as sql
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.participation import activities, shift_views, signups, waitlist
from services.participation.signups import SignupView
from tests.support.world import World, make_activity, make_volunteer

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def shift(cast: World, at: datetime) -> Shift:
    """One place, taken by 小博, in a shift tomorrow morning."""
    made = store.write(lambda: make_activity(at, cast.team, starts_in=timedelta(hours=26), quota=1))[1]
    signups.sign_up(
        actor=cast.actor(cast.xiaobo), shift_code=made.code, risk_accepted=True, channel="api", at=at
    )
    return made


def queue(cast: World, shift: Shift, person: Volunteer, at: datetime, **more: Any) -> SignupView:
    given = {"risk_accepted": True, "queue": True, "channel": "api", **more}
    return signups.sign_up(actor=cast.actor(person), shift_code=shift.code, at=at, **given)


def leave(cast: World, shift: Shift, person: Volunteer, at: datetime, **more: Any) -> SignupView:
    return signups.cancel(actor=cast.actor(person), shift_code=shift.code, at=at, **more)


def claim(cast: World, shift: Shift, person: Volunteer, at: datetime) -> SignupView:
    return signups.claim(actor=cast.actor(person), shift_code=shift.code, risk_accepted=True, at=at)


def states(shift: Shift) -> dict[int, str]:
    return {row.volunteer_id: row.state for row in Signup.select().where(Signup.shift == shift)}


def taken(shift: Shift) -> int:
    return Shift.get_by_id(shift.id).taken


def row_of(person: Volunteer) -> Signup:
    return Signup.get(Signup.volunteer == person)


def refusal(act: Callable[..., Any], *args: Any, **more: Any) -> RefusalCode:
    with pytest.raises(Refusal) as refused:
        act(*args, **more)
    return refused.value.code


def change(record: Any, **fields: Any) -> None:
    store.write(lambda: type(record).update(**fields).where(type(record).id == record.id).execute())


# Queueing ----------------------------------------------------------------------------------------------------


def test_nobody_queues_without_saying_so(cast: World, shift: Shift, at: datetime) -> None:
    assert refusal(queue, cast, shift, cast.chali, at, queue=False) == RefusalCode.SHIFT_FULL
    assert states(shift) == {cast.xiaobo.id: "confirmed"}


def test_full_shift_queues_in_order_and_shows_the_place(cast: World, shift: Shift, at: datetime) -> None:
    assert (queue(cast, shift, cast.chali, at).state, taken(shift)) == ("waitlisted", 1)
    assert queue(cast, shift, cast.officer, at + MINUTE).in_line == 2
    assert queue(cast, shift, cast.chali, at + HOUR).in_line == 1  # a second tap is the first one's answer


def test_yes_to_the_queue_takes_a_free_place_where_there_is_one(cast: World, at: datetime) -> None:
    assert queue(cast, cast.shift, cast.chali, at).state == "confirmed"


def test_place_moves_up_when_somebody_before_leaves(cast: World, shift: Shift, at: datetime) -> None:
    for number, person in enumerate((cast.chali, cast.officer, cast.ali)):
        queue(cast, shift, person, at + number * MINUTE)
    leave(cast, shift, cast.officer, at + HOUR)
    assert [queue(cast, shift, person, at + HOUR).in_line for person in (cast.chali, cast.ali)] == [1, 2]


def test_same_moment_is_ordered_by_who_was_written_first(cast: World, shift: Shift, at: datetime) -> None:
    places = [queue(cast, shift, person, at).in_line for person in (cast.chali, cast.officer, cast.ali)]
    assert places == [1, 2, 3]


def test_four_states_have_four_words(cast: World, shift: Shift, at: datetime) -> None:
    words = [shift_views.state_word(state, in_line=3) for state in shift_views.LIVE]
    assert words == ["已录用", "请确认名额", "候补第 3 位", "待审核"]


# Offers ------------------------------------------------------------------------------------------------------


def test_freed_place_is_offered_to_the_first_and_kept_for_him(cast: World, shift: Shift, at: datetime) -> None:
    queue(cast, shift, cast.chali, at)
    queue(cast, shift, cast.officer, at + MINUTE)
    leave(cast, shift, cast.xiaobo, at + HOUR)
    assert states(shift) == {
        cast.xiaobo.id: "cancelled", cast.chali.id: "offered", cast.officer.id: "waitlisted",
    }  # fmt: skip
    assert (taken(shift), row_of(cast.chali).offer_until) == (1, at + 3 * HOUR)
    told = Delivery.get(Delivery.kind == "place_offered")
    assert (told.volunteer_id, told.expires_at, "6月10日（周三）12:00" in told.body) == (
        cast.chali.id, at + 3 * HOUR, True,
    )  # fmt: skip


def test_offer_is_claimed_by_one_tap_and_twice_is_once(cast: World, shift: Shift, at: datetime) -> None:
    queue(cast, shift, cast.chali, at)
    leave(cast, shift, cast.xiaobo, at)
    assert claim(cast, shift, cast.chali, at + HOUR).state == "confirmed"
    assert claim(cast, shift, cast.chali, at + HOUR).state == "confirmed"
    assert (states(shift)[cast.chali.id], taken(shift)) == ("confirmed", 1)
    verbs = [line.verb for line in History.select().where(History.subject == f"signup:{row_of(cast.chali).id}")]
    assert verbs == ["place_offered", "place_claimed"]


def test_signing_up_again_claims_what_is_offered(cast: World, shift: Shift, at: datetime) -> None:
    queue(cast, shift, cast.chali, at)
    leave(cast, shift, cast.xiaobo, at)
    assert queue(cast, shift, cast.chali, at + HOUR).state == "confirmed"


def test_somebody_new_does_not_pass_the_one_to_whom_it_is_offered(
    cast: World, shift: Shift, at: datetime
) -> None:
    queue(cast, shift, cast.chali, at)
    leave(cast, shift, cast.xiaobo, at)
    assert refusal(queue, cast, shift, cast.officer, at, queue=False) == RefusalCode.SHIFT_FULL


def test_nobody_passes_a_queue_even_where_a_place_is_free(cast: World, shift: Shift, at: datetime) -> None:
    queue(cast, shift, cast.chali, at)
    change(shift, taken=0)  # as after an offer that could not be written
    assert refusal(queue, cast, shift, cast.officer, at, queue=False) == RefusalCode.SHIFT_FULL
    assert waitlist.run_due(at=at) == 1
    assert (states(shift)[cast.chali.id], taken(shift)) == ("offered", 1)


def test_claim_without_an_offer_is_refused(cast: World, shift: Shift, at: datetime) -> None:
    assert refusal(claim, cast, shift, cast.chali, at) == RefusalCode.NOT_OFFERED
    queue(cast, shift, cast.chali, at)
    assert refusal(claim, cast, shift, cast.chali, at) == RefusalCode.NOT_OFFERED


def test_claim_at_the_deadline_is_too_late(cast: World, shift: Shift, at: datetime) -> None:
    queue(cast, shift, cast.chali, at)
    leave(cast, shift, cast.xiaobo, at)
    assert refusal(claim, cast, shift, cast.chali, at + 2 * HOUR) == RefusalCode.OFFER_OVER
    assert claim(cast, shift, cast.chali, at + 2 * HOUR - timedelta(milliseconds=1)).state == "confirmed"


def test_unclaimed_place_goes_to_the_next_and_the_first_is_told(cast: World, shift: Shift, at: datetime) -> None:
    queue(cast, shift, cast.chali, at)
    queue(cast, shift, cast.officer, at + MINUTE)
    leave(cast, shift, cast.xiaobo, at)
    assert waitlist.run_due(at=at + 2 * HOUR - MINUTE) == 0
    assert waitlist.run_due(at=at + 2 * HOUR) == 1
    assert waitlist.run_due(at=at + 2 * HOUR) == 0
    assert (states(shift)[cast.chali.id], states(shift)[cast.officer.id], taken(shift)) == (
        "cancelled", "offered", 1,
    )  # fmt: skip
    assert [row.volunteer_id for row in Delivery.select().where(Delivery.kind == "offer_lapsed")] == [
        cast.chali.id
    ]


def test_declined_place_goes_to_the_next_without_a_reason(cast: World, shift: Shift, at: datetime) -> None:
    queue(cast, shift, cast.chali, at)
    queue(cast, shift, cast.officer, at + MINUTE)
    leave(cast, shift, cast.xiaobo, at)
    assert leave(cast, shift, cast.chali, at + MINUTE).late is False
    assert (states(shift)[cast.officer.id], taken(shift)) == ("offered", 1)


def test_near_the_start_there_is_half_an_hour(cast: World, shift: Shift, at: datetime) -> None:
    queue(cast, shift, cast.chali, at)
    near = shift.starts_at - 6 * HOUR + MINUTE  # 05:01, quiet: it is offered from 07:30 on
    leave(cast, shift, cast.xiaobo, near, reason="发烧")
    assert row_of(cast.chali).offer_until == datetime(2026, 6, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("starts", "now", "told", "until"),
    [
        ("11T11:00", "10T12:00", "10T12:00", "10T14:00"),  # in the day: two hours
        ("10T18:00", "10T12:00", "10T12:00", "10T14:00"),  # six hours before: still two
        ("10T17:59", "10T12:00", "10T12:00", "10T12:30"),  # nearer: half an hour
        ("10T12:10", "10T12:00", "10T12:00", "10T12:10"),  # never beyond the start
        ("11T20:00", "10T23:00", "11T07:30", "11T09:30"),  # at night: from the morning on
        ("11T08:00", "10T23:00", "11T07:30", "11T08:00"),  # the morning is near the start
        ("11T07:20", "10T23:00", "10T23:00", "11T01:00"),  # the morning is too late: at once
        ("11T01:00", "10T23:00", "10T23:00", "10T23:30"),  # a night watch
    ],
)
def test_deadline_by_the_clock(cast: World, starts: str, now: str, told: str, until: str) -> None:
    def moment(text: str) -> datetime:
        return datetime.fromisoformat(f"2026-06-{text}:00+08:00")

    found = waitlist.deadline(starts_at=moment(starts), region_code=cast.team.region_code, at=moment(now))
    assert (found.told_at, found.until) == (moment(told), moment(until))


def test_nothing_is_offered_after_the_start_and_the_queue_is_closed(
    cast: World, shift: Shift, at: datetime
) -> None:
    queue(cast, shift, cast.chali, at)
    late = shift.starts_at + MINUTE
    leave(cast, shift, cast.xiaobo, late, reason="家里有事")
    assert states(shift)[cast.chali.id] == "waitlisted"
    assert waitlist.run_due(at=late) == 1
    assert (states(shift)[cast.chali.id], taken(shift)) == ("cancelled", 0)
    assert Delivery.get(Delivery.kind == "queue_closed").volunteer_id == cast.chali.id


def test_offer_lapses_at_the_start(cast: World, shift: Shift, at: datetime) -> None:
    queue(cast, shift, cast.chali, at)
    leave(cast, shift, cast.xiaobo, shift.starts_at - 10 * MINUTE, reason="发烧")
    assert row_of(cast.chali).offer_until == shift.starts_at


def test_more_places_go_to_those_who_wait(cast: World, shift: Shift, at: datetime) -> None:
    for number, person in enumerate((cast.chali, cast.officer, cast.ali)):
        queue(cast, shift, person, at + number * MINUTE)
    activities.set_quota(actor=cast.actor(cast.ali), shift_code=shift.code, quota=3, at=at + HOUR)
    assert (states(shift), taken(shift)) == (
        {
            cast.xiaobo.id: "confirmed", cast.chali.id: "offered", cast.officer.id: "offered",
            cast.ali.id: "waitlisted",
        },
        3,
    )  # fmt: skip


def test_person_who_is_gone_is_passed_over(cast: World, shift: Shift, at: datetime) -> None:
    queue(cast, shift, cast.chali, at)
    queue(cast, shift, cast.officer, at + MINUTE)
    change(cast.chali, state="left")
    leave(cast, shift, cast.xiaobo, at)
    assert states(shift)[cast.officer.id] == "offered"


def test_everything_of_a_person_ends_and_goes_on(cast: World, shift: Shift, at: datetime) -> None:
    queue(cast, shift, cast.chali, at)
    ended = store.write(lambda: waitlist.end_all(volunteer_id=cast.xiaobo.id, at=at, reason=""))
    assert (ended, states(shift)[cast.chali.id], taken(shift)) == ([row_of(cast.xiaobo).id], "offered", 1)


def test_leaving_the_team_ends_what_only_its_members_may_join(cast: World, shift: Shift, at: datetime) -> None:
    store.write(lambda: waitlist.end_all(volunteer_id=cast.xiaobo.id, team_id=cast.team.id, at=at, reason=""))
    assert states(shift)[cast.xiaobo.id] == "confirmed"
    change(shift.activity, openness="team")
    store.write(lambda: waitlist.end_all(volunteer_id=cast.xiaobo.id, team_id=cast.team.id, at=at, reason=""))
    assert (states(shift)[cast.xiaobo.id], taken(shift)) == ("cancelled", 0)


def test_where_the_leader_chooses_nobody_moves_up_by_himself(cast: World, shift: Shift, at: datetime) -> None:
    queue(cast, shift, cast.chali, at)
    change(shift.activity, joining="approval")
    leave(cast, shift, cast.xiaobo, at)
    assert (states(shift)[cast.chali.id], taken(shift)) == ("waitlisted", 0)


def test_offer_for_an_activity_that_was_called_off_is_not_sent(cast: World, shift: Shift, at: datetime) -> None:
    queue(cast, shift, cast.chali, at)
    leave(cast, shift, cast.xiaobo, at)
    change(shift.activity, state="cancelled")
    assert refusal(claim, cast, shift, cast.chali, at) == RefusalCode.ACTIVITY_CANCELLED


# Many at once ------------------------------------------------------------------------------------------------

STORM, PLACES = 1000, 100
THREADS = 50


@pytest.fixture
def wide(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody waits for his turn in the pool instead of being told to come back."""
    if db.dialect == "postgres":
        monkeypatch.setattr(db, "_wait_timeout", 60)


def crowd(cast: World, at: datetime, quota: int, many: int) -> list[Actor]:
    def make() -> list[Actor]:
        Shift.update(quota=quota).where(Shift.id == cast.shift.id).execute()
        return [Actor(door="api", volunteer_id=make_volunteer(at).id) for _ in range(many)]

    return store.write(make)


def storm(actors: list[Actor], act: Callable[[int, Actor], Any]) -> list[str]:
    """Fifty threads let go together until everybody has asked; what each was told."""
    gate, numbers = threading.Barrier(THREADS), iter(range(len(actors)))
    lock = threading.Lock()

    def one(_: int) -> list[str]:
        gate.wait(timeout=30)
        told = []
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return told
            try:
                with store.session():
                    told.append(act(number, actors[number]))
            except Refusal as refused:
                told.append(refused.code.value)

    with ThreadPoolExecutor(THREADS) as threads:
        return sorted(answer for each in threads.map(one, range(THREADS)) for answer in each)


def test_storm_of_a_thousand_for_a_hundred_places(wide: None, cast: World, at: datetime) -> None:
    actors = crowd(cast, at, PLACES, STORM)

    def act(number: int, actor: Actor) -> str:
        return signups.sign_up(
            actor=actor, shift_code=cast.shift.code, risk_accepted=True, channel="api", queue=True,
            at=at + timedelta(milliseconds=number),
        ).state  # fmt: skip

    assert storm(actors, act) == ["confirmed"] * PLACES + ["waitlisted"] * (STORM - PLACES)
    assert taken(cast.shift) == PLACES
    line = list(
        Signup.select().where(Signup.state == "waitlisted").order_by(Signup.queued_at, Signup.id)
    )
    assert [sql.place_in_line(row.id) for row in line] == list(range(1, STORM - PLACES + 1))
    order = {actor.volunteer_id: number for number, actor in enumerate(actors)}
    asked = [order[row.volunteer_id] for row in line]
    assert asked == sorted(asked)  # as they asked, whoever's write came first


def test_storm_against_a_count_that_is_only_read_overbooks(wide: None, cast: World, at: datetime) -> None:
    """The control: the same storm against a sign-up that reads the count and then writes. If it held the quota, the
    test above would prove nothing."""
    actors = crowd(cast, at, PLACES, 300)

    def act(_: int, actor: Actor) -> str:
        shift = Shift.get_by_id(cast.shift.id)
        state = "confirmed" if shift.taken < shift.quota else "waitlisted"
        time.sleep(0.005)

        def put() -> None:
            Signup.create(
                shift=shift, activity=shift.activity_id, volunteer=actor.volunteer_id, state=state, created_at=at,
                updated_at=at,
            )  # fmt: skip
            Shift.update(taken=shift.taken + (state == "confirmed")).where(Shift.id == shift.id).execute()

        store.write(put)
        return state

    assert storm(actors, act).count("confirmed") > PLACES


def test_leaving_queueing_and_claiming_at_once_keep_the_count_true(
    wide: None, cast: World, at: datetime
) -> None:
    """Nobody is lost between a place that comes free and one who queues: at the end no place is free while
    somebody waits."""
    actors = crowd(cast, at, 10, THREADS * 2)

    def act(number: int, actor: Actor) -> str:
        code, moment = cast.shift.code, at + timedelta(milliseconds=number)
        view = signups.sign_up(
            actor=actor, shift_code=code, risk_accepted=True, channel="api", queue=True, at=moment
        )
        if number % 3 == 0:
            view = signups.cancel(actor=actor, shift_code=code, at=moment)
        return view.state

    storm(actors, act)
    held = Signup.select().where(Signup.state.in_(("confirmed", "offered"))).count()
    assert (taken(cast.shift), held) == (10, 10)
    assert Activity.get_by_id(cast.activity.id).state == "published"
