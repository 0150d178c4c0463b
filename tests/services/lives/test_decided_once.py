"""Two officers decide on the same matter in one moment: exactly one is heard. With the guard off, both are.

Each race has its control: the same crowd with the one guard taken away. If the control held, the race would prove
nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from models import DeathReport, Delivery, History, HomeTransfer, PersonMerge, TeamMember, Volunteer, store
from models.dialect import Database
from services.actors import Actor
from services.bookkeeping import books
from services.errors import Refusal
from services.lives import deaths, merging, transfers
from tests.support.fakes import make_parts
from tests.support.world import World, grant, make_identity, make_volunteer

PARTS = make_parts()
TURNS = 6


@pytest.fixture
def officers(cast: World, at: datetime) -> list[Actor]:
    """Two officers of the county, both in the right."""

    def act() -> Volunteer:
        other = make_volunteer(at, "吴副主任")
        make_identity(at, other, "oa")
        grant(at, other, "region_admin", region="341522")
        return other

    return [cast.actor(cast.officer, "console"), cast.actor(store.write(act), "console")]


def at_once(officers: list[Actor], act: Callable[[Actor, int], Any]) -> list[str]:
    """Each officer several times, all let go together; "done" or the refusal of each."""
    crowd = officers * (TURNS // 2)
    gate, answers = threading.Barrier(len(crowd)), [""] * len(crowd)

    def one(number: int) -> None:
        gate.wait(timeout=20)
        with store.session():
            try:
                act(crowd[number], number)
                answers[number] = "done"
            except Refusal as refused:
                answers[number] = refused.code.value

    threads = [threading.Thread(target=one, args=(number,)) for number, _ in enumerate(crowd)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=60)
    return sorted(answers)


# A death ------------------------------------------------------------------------------------------------------


def confirmed_at_once(cast: World, officers: list[Actor], at: datetime) -> tuple[list[str], int]:
    """Everybody confirms another day; the answers, and how often the record says that it was confirmed."""
    number = deaths.report(
        parts=PARTS, actor=cast.actor(cast.ali), public_no=cast.xiaobo.public_no, relation="leader", at=at
    )
    answers = at_once(
        officers, lambda who, n: deaths.confirm(actor=who, number=number, died_on=date(2026, 6, n + 1), at=at)
    )
    said = History.select().where(
        History.verb == "death.confirm", History.subject == f"volunteer:{cast.xiaobo.id}"
    )
    return answers, said.count()


def test_death_is_confirmed_once(cast: World, officers: list[Actor], at: datetime) -> None:
    answers, kept = confirmed_at_once(cast, officers, at)
    assert (answers, kept) == (["done"] * TURNS, 1)  # said twice, it is the same answer
    report = DeathReport.get()
    entry = History.get(History.verb == "death.confirm")
    assert (report.state, report.confirmed_by_id) == ("confirmed", entry.actor_id)
    assert report.died_on == Volunteer.get_by_id(cast.xiaobo.id).died_on == entry.changes["died_on"][1]
    assert Delivery.select().where(Delivery.kind == "death_confirmed").count() == 1


def test_control_without_its_guard_a_death_is_confirmed_by_everybody(
    cast: World, officers: list[Actor], at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deaths, "_still_open", lambda number: DeathReport.id == number)
    answers, kept = confirmed_at_once(cast, officers, at)
    assert (answers, kept) == (["done"] * TURNS, TURNS)


# A transfer ---------------------------------------------------------------------------------------------------


def transferred_at_once(cast: World, officers: list[Actor], at: datetime) -> tuple[list[str], int]:
    code = transfers.ask(
        actor=cast.actor(cast.xiaobo), team_code=cast.other_team.code, reason="搬家了", promised=True, at=at
    ).code
    answers = at_once(officers, lambda who, _: transfers.approve(actor=who, code=code, at=at))
    return answers, History.select().where(History.verb == "transferred").count()


def test_transfer_is_approved_once(cast: World, officers: list[Actor], at: datetime) -> None:
    answers, kept = transferred_at_once(cast, officers, at)
    assert (answers, kept) == (["done"] + ["transfer_state"] * (TURNS - 1), 1)
    assert HomeTransfer.get().decided_by_id in {each.volunteer_id for each in officers}
    running = TeamMember.select().where(TeamMember.volunteer == cast.xiaobo, TeamMember.to_at.is_null())
    assert [(row.team_id, row.home) for row in running] == [(cast.other_team.id, True)]


def test_control_without_its_guard_a_transfer_is_approved_by_everybody(
    cast: World, officers: list[Actor], at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unguarded(actor: Actor, found: HomeTransfer, state: str, at: datetime, **more: Any) -> None:
        HomeTransfer.update(state=state, ended_at=at).where(HomeTransfer.id == found.id).execute()

    monkeypatch.setattr(transfers, "_move", unguarded)
    assert transferred_at_once(cast, officers, at) == (["done"] * TURNS, TURNS)


# One person of two entries ------------------------------------------------------------------------------------


def merged_at_once(cast: World, officers: list[Actor], at: datetime) -> list[str]:
    """The officers see it the other way round: one keeps this entry, one the other."""
    pair = (cast.xiaobo.public_no, cast.chali.public_no)
    return at_once(
        officers,
        lambda who, n: merging.merge(
            parts=PARTS, actor=who, kept_no=pair[n % 2], dropped_no=pair[1 - n % 2], reason="同一个人", at=at
        ),
    )


def test_pair_is_merged_once(cast: World, officers: list[Actor], at: datetime) -> None:
    answers = merged_at_once(cast, officers, at)
    assert (answers.count("done"), set(answers) <= {"done", "not_found", "merge_state"}) == (1, True)
    states = sorted(Volunteer.get_by_id(each.id).state for each in (cast.xiaobo, cast.chali))
    assert (PersonMerge.select().count(), states, books.verify()) == (1, ["active", "merged"], [])


def test_control_without_its_guards_a_pair_is_merged_both_ways(
    db: Database, cast: World, officers: list[Actor], at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guards: the look inside the write, and on PostgreSQL both rows held before it."""
    looked, gate = merging._check, threading.Barrier(2)

    def outside(*facts: Any) -> None:
        looked(*facts)
        time.sleep(0.2)

    pair = (cast.xiaobo, cast.chali)

    def unguarded(who: Actor, number: int) -> None:
        kept, dropped = (Volunteer.get_by_id(pair[(number + turn) % 2].id) for turn in (0, 1))
        outside(who, kept, dropped, at)
        gate.wait(timeout=20)
        store.write(
            lambda: (
                PersonMerge.create(
                    kept=kept, dropped=dropped, moved={}, reason="x", actor=who.volunteer_id, at=at
                ),
                Volunteer.update(state="merged", merged_into=kept.id)
                .where(Volunteer.id == dropped.id)
                .execute(),
            )
        )

    monkeypatch.setattr("tests.services.lives.test_decided_once.TURNS", 2)
    assert at_once(officers, unguarded) == ["done", "done"]
    assert {Volunteer.get_by_id(each.id).state for each in pair} == {"merged"}
