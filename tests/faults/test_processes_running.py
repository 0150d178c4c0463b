"""Several web processes and two workers on the embedded default: nothing twice, nothing lost, whoever dies.

The numbers in the names are those of the list of fault cases. The tests share one ground and go by its clock,
which only goes on: they stand in its order.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.messaging import channels
from tests.faults import crowd, hasty
from tests.faults.crowd import WAITING, call_out, judge
from tests.faults.ground import BRISK, FAKETIME, WORKER, Ground, standing
from tests.faults.kills import SEND

pytestmark = pytest.mark.slow

Figure = Callable[[str], None]
REMINDED, PEOPLE, WANTED, KILLS = 50, 1200, 1000, 2
BEATS = "SELECT runs FROM job_run WHERE name = 'heartbeat'"
#: The control of case 1: two workers that take the same rows, and give each try a number of its own.
GREEDY = BRISK + """
import secrets
from queries import outbox as sql
from services.messaging import channels, outbox
real = outbox.deliver_due
outbox.deliver_due = lambda *, owner, **facts: real(owner="same", **facts)
channels.client_msg_id = lambda delivery_id: secrets.token_hex(16)
start, end = sql.CLAIM.index("AND NOT EXISTS"), sql.CLAIM.index("ORDER BY")
sql.CLAIM = (sql.CLAIM[:start] + "AND COALESCE(d.lease_until, 0) < ? + 70000 " + sql.CLAIM[end:]).replace(
    "d.state = 'queued'", "d.state IN ('queued', 'inflight')"
)
""" + WORKER
#: A worker whose watchdog goes ten times as fast as in a house, as its beats do; and one that nobody watches.
WATCHED, UNWATCHED = (f"{BRISK}\nworker.SILENCE_SECONDS = {seconds}\n{WORKER}" for seconds in (4, 9999))


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("ground")
    with standing(folder, people=PEOPLE, reminded=REMINDED, template=sqlite_template, web=2, workers=2) as made:
        yield made


def reminders(ground: Ground) -> list[str]:
    """Whom reminders reached. Those who checked in before and never out are told other things meanwhile."""
    return [each["openid"] for each in ground.taken() if each["template"] == "demo-reminder"]


def reminded(ground: Ground, before: int) -> Counter[str]:
    """Whom a reminder reached since, and how often, when nothing waits any more."""
    ground.wait("fifty reminders", lambda: len(reminders(ground)) >= before + REMINDED)
    ground.wait("an empty outbox", lambda: not ground.ask(WAITING))
    return Counter(reminders(ground)[before:])


def replace_workers(ground: Ground, program: str = "", many: int = 2) -> None:
    for name in [each for each in ground.processes if each.startswith("worker")]:
        ground.kill(name)
    ground.pass_time(seconds=31)  # the lease of the dead
    before, logs = ground.lead()[0], [ground.folder / f"worker{number}.log" for number in range(many)]
    begins = [log.stat().st_size for log in logs]
    for number in range(many):
        ground.start_worker(f"worker{number}", program)
    ground.wait("a new leader", lambda: ground.lead()[0] > before and ground.lead()[1])
    for log, begin in zip(logs, begins, strict=True):
        ground.wait("every worker", lambda log=log, begin=begin: b"awake" in log.read_bytes()[begin:])


def test_case_10_killed_web_processes_keep_every_check_in_they_told(ground: Ground, figure: Figure) -> None:
    with crowd.acting(ground, a_second=400) as told:
        for number in range(KILLS):
            most = WANTED * (number + 1) / (KILLS + 2)
            ground.wait("check-ins", lambda most=most: len(told.yes) > most)
            ground.kill("web")
            ground.start_web(2)
            crowd.goes_on(ground, told, "the death of all web processes")
        ground.wait("a thousand check-ins", lambda: len(told.yes) >= WANTED)
    found = judge(ground, told)
    figure(f"{KILLS} kills, {found}")
    assert found.fine, found


def test_case_10_control_application_that_answers_before_the_commit_loses_some(
    ground: Ground, figure: Figure
) -> None:
    ground.kill("web")
    ground.start_web(2, "tests.faults.hasty:create_app")
    with crowd.acting(ground, a_second=1000, first=WANTED + 2 * crowd.PHONES) as told:
        ground.wait("check-ins", lambda: len(told.yes) > 2 * crowd.PHONES)
        crowd.told_too_early(ground, told)
        ground.kill("web")
        told.done.set()
    (ground.folder / hasty.HOLD).unlink()
    found = judge(ground, told)
    figure(f"{found.lost} lost where the yes comes before the commit")
    assert found.lost > 0


def test_case_01_four_web_processes_and_two_workers_remind_fifty_once_each(ground: Ground, figure: Figure) -> None:
    if "web" in ground.processes:
        ground.kill("web")
    ground.start_web(4)
    ground.pass_time(hours=2, minutes=1)
    arrived = reminded(ground, 0)
    figure(f"{len(arrived)} of {REMINDED} reminded, {sum(arrived.values()) - len(arrived)} twice")
    assert arrived == Counter(ground.people.reminded)
    assert unasked(ground) == []


def test_case_01_control_two_workers_that_claim_nothing_remind_twice(ground: Ground, figure: Figure) -> None:
    before = len(reminders(ground))
    replace_workers(ground, GREEDY)
    ground.control("POST", "faults", api=SEND, kind="delay", seconds=0.2, times=4 * REMINDED)
    ground.pass_time(hours=22)  # two hours before it begins
    arrived = reminded(ground, before)
    ground.control("DELETE", "faults")
    figure(f"{sum(each > 1 for each in arrived.values())} twice where nobody claims")
    assert max(arrived.values()) > 1


def shown(ground: Ground, name: str) -> list[str]:
    """Whom the urgent words of that name reached, however often."""
    rows = ground.ask(f"SELECT id FROM delivery WHERE dedupe_key LIKE '{name}:%'")
    ours = {channels.client_msg_id(ident) for (ident,) in rows}
    return [each["openid"] for each in ground.taken() if each["client_msg_id"] in ours]


def unasked(ground: Ground) -> list[str]:
    """Whom the platform kept from getting a message twice, though no try of it had been left without an answer."""
    asked = ground.ask("SELECT delivery_id FROM delivery_try WHERE outcome IN ('unknown', 'lost')")
    fine = {channels.client_msg_id(ident) for (ident,) in asked}
    return [each for each in ground.repeats() if each not in fine]


def beats(ground: Ground) -> int:
    return int(ground.ask(BEATS)[0][0])


def beats_again(ground: Ground) -> float:
    """Seconds until it has beaten twice more."""
    began, beaten = time.monotonic(), beats(ground)
    ground.wait("heartbeats", lambda: beats(ground) >= beaten + 2)
    return time.monotonic() - began


@pytest.mark.skipif(FAKETIME is None, reason="no libfaketime on this machine")
def test_case_05_clock_an_hour_back_and_forth_pushes_once_and_nothing_early(ground: Ground, figure: Figure) -> None:
    """The worker's own clock, under libfaketime; its beats and its watchdog go ten times as fast as in a house."""
    ground.faked = True
    replace_workers(ground, WATCHED, 1)
    waits = []
    beats_again(ground)
    call_out(ground, "now")
    call_out(ground, "later", timedelta(minutes=30))
    for seconds in (-3600, 0):
        ground.step(seconds)
        time.sleep(1.2)  # a beat that was under way
        waits.append(beats_again(ground))
    ground.wait("those that are due", lambda: len(shown(ground, "now")) >= REMINDED)
    early = len(shown(ground, "later"))
    ground.pass_time(minutes=31)
    ground.wait("the later ones", lambda: len(shown(ground, "later")) >= REMINDED)
    ground.wait("an empty outbox", lambda: not ground.ask(WAITING))
    now, later = Counter(shown(ground, "now")), Counter(shown(ground, "later"))
    figure(f"beats again {max(waits):.0f} s after a step (watchdog at 4 s for 40), {early} early")
    assert early == 0
    assert now == later == Counter(ground.people.reminded), ground.ask("SELECT * FROM delivery_try ORDER BY id")
    assert unasked(ground) == []
    assert max(waits) < 60


@pytest.mark.skipif(FAKETIME is None, reason="no libfaketime on this machine")
def test_case_05_control_worker_that_nobody_watches_stands_still(ground: Ground, figure: Figure) -> None:
    replace_workers(ground, UNWATCHED, 1)
    beats_again(ground)
    ground.step(-3600)
    time.sleep(1.5)
    beaten = beats(ground)
    time.sleep(5)
    found = beats(ground) - beaten
    ground.step(0)
    ground.faked = False
    ground.kill("worker0")
    figure(f"{found} beats in 5 s without the watchdog")
    assert found == 0
