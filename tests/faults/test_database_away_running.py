"""PostgreSQL restarts, has no connection left, or lies behind a bad line: later is said, nothing told is lost.

The numbers in the names are those of the list of fault cases. The tests share one ground: a web process of eight
threads whose way to PostgreSQL is a line that can be made bad.
"""

from __future__ import annotations

import re
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import psycopg
import pytest
import requests

from services.messaging import outbox
from tests.faults import crowd, hasty
from tests.faults.crowd import WAITING, Told, call_out, judge
from tests.faults.ground import Ground, standing
from tests.faults.kills import SEND

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

Figure = Callable[[str], None]
PEOPLE, A_SECOND, REACHED = 2000, 50, 50
DONE = "SELECT id, state, channel, tries, skip, sent_at FROM delivery ORDER BY id"


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with standing(tmp_path_factory.mktemp("away"), people=PEOPLE, reminded=REACHED) as made:
        yield made


@pytest.fixture
def first(ground: Ground) -> int:
    """The first person who has done nothing yet."""
    return int(ground.ask("SELECT COUNT(*) FROM service_record")[0][0]) + crowd.PHONES


def failures(told: Told) -> list[tuple[float, float, int, str]]:
    return [each for each in told.answers if each[2] == 0 or each[2] >= 500]


def me(ground: Ground, timeout: float = 20) -> requests.Response:
    """Something small that needs the database."""
    token = ground.people.each[0][1]
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{ground.app}/api/v1/me/hours", headers=headers, timeout=timeout)


def test_case_06_restarted_database_costs_two_seconds_and_no_check_in(
    ground: Ground, figure: Figure, first: int
) -> None:
    assert ground.server is not None
    process = ground.processes["web"].pid
    with crowd.acting(ground, a_second=A_SECOND, first=first) as told:
        ground.wait("check-ins", lambda: len(told.yes) > A_SECOND)
        ground.server.restart()
        back = time.monotonic()
        crowd.goes_on(ground, told, "the restart")
        time.sleep(1)
    times = [when for when, *_ in failures(told)]
    late, whole = max(times) - back, max(times) - min(times)
    found = judge(ground, told)
    figure(f"503 for {whole:.1f} s, of these {max(0.0, late):.1f} s after it answers again, {found}")
    assert found.fine, found
    assert {(status, after) for _, _, status, after in failures(told)} <= {(503, "1")}
    assert late <= 2
    assert ground.processes["web"].pid == process
    assert ground.processes["web"].poll() is None


def test_case_07_no_connection_left_is_said_within_three_seconds(ground: Ground, figure: Figure) -> None:
    assert me(ground).status_code == 200
    waits, statuses = [], set()
    with ExitStack() as held:
        while True:  # everybody else's and ours
            try:
                held.enter_context(psycopg.connect(ground.own_url))
            except psycopg.OperationalError:
                break
        assert ground.database is not None
        ground.database.cut()  # those that the application had are gone, too: others were quicker
        with ExitStack() as more:
            while True:
                try:
                    more.enter_context(psycopg.connect(ground.own_url))
                except psycopg.OperationalError:
                    break
            for _ in range(5):
                began = time.monotonic()
                statuses.add((me(ground).status_code, me(ground).headers["Retry-After"]))
                waits.append((time.monotonic() - began) / 2)
    began = time.monotonic()
    ground.wait("the application", lambda: me(ground).status_code == 200)
    figure(f"503 in {max(waits):.2f} s, well again {time.monotonic() - began:.2f} s after")
    assert statuses == {(503, "1")}
    assert max(waits) <= 3


@pytest.mark.parametrize("mode", ["shut", "silent", "drip"])
def test_case_06_bad_line_to_the_database_is_said_and_heals(
    ground: Ground, figure: Figure, first: int, mode: str
) -> None:
    assert ground.database is not None
    with crowd.acting(ground, a_second=A_SECOND, first=first) as told:
        ground.wait("check-ins", lambda: len(told.yes) > crowd.PHONES)
        ground.database.be(mode)
        time.sleep(2)
        ground.database.be("open")
        back = time.monotonic()
        crowd.goes_on(ground, told, f"a line that was {mode}")
    found = judge(ground, told)
    longest = max(seconds for when, seconds, *_ in told.answers)
    figure(f"line {mode} for 2 s: longest answer {longest:.1f} s, {found}")
    assert found.fine, found
    assert {status for _, _, status, _ in failures(told)} <= {503}
    assert ground.answers()
    assert time.monotonic() - back < 60


def test_case_04_leader_that_wakes_after_another_has_taken_over_changes_nothing(
    ground: Ground, figure: Figure
) -> None:
    """Two machines, one of which stands still for a while. The controls: without the proof in each write of a job
    tests/schedulers/test_batches.py, without the one number for all tries test_worker_killed.py."""
    for name in ("worker0", "worker1"):
        ground.start_worker(name)
    ground.wait("a leader", lambda: ground.lead()[1])
    before, (epoch, first) = len(ground.sent()), ground.lead()
    other = "worker1" if first == "worker0" else "worker0"
    ground.control("POST", "faults", api=SEND, kind="delay", seconds=0.25, times=2 * REACHED)
    ground.signal(other, signal.SIGSTOP)  # so that the leader has the pushes in hand
    call_out(ground, f"frozen{before}")
    ground.wait("the first push", lambda: len(ground.sent()) > before)
    ground.signal(first, signal.SIGSTOP)
    ground.signal(other, signal.SIGCONT)
    ground.pass_time(seconds=90)
    ground.wait("another leader", lambda: ground.lead()[1] == other)
    with ground.bound():
        held = outbox.requeue_stale(at=ground.now())  # the leader's job for that runs once a minute
    ground.wait("an empty outbox", lambda: not ground.ask(WAITING))
    done = ground.ask(DONE)
    log = ground.folder / f"{first}.log"
    said = len(log.read_text())
    ground.signal(first, signal.SIGCONT)
    ground.wait("the first one to notice", lambda: re.search("stands by|leads now", log.read_text()[said:]))
    arrived = Counter(ground.sent()[before:])
    figure(f"{held} pushes in the frozen one's hand, {sum(arrived.values()) - REACHED} twice, it stands by")
    assert arrived == Counter(ground.people.reminded)
    assert ground.lead() == (epoch + 1, other)
    assert ground.ask(DONE) == done
    assert ground.processes[first].poll() is None
    for name in (first, other):
        ground.kill(name)


def test_case_06_control_application_that_answers_before_the_commit_loses_some(
    ground: Ground, figure: Figure, first: int
) -> None:
    assert ground.server is not None
    ground.kill("web")
    ground.start_web(1, "tests.faults.hasty:create_app")
    with crowd.acting(ground, a_second=1000, first=first) as told:
        ground.wait("check-ins", lambda: len(told.yes) > crowd.PHONES)
        crowd.told_too_early(ground, told)
        ground.server.restart()
        (ground.folder / hasty.HOLD).unlink()
        crowd.goes_on(ground, told, "the restart")
    time.sleep(2)  # what was told last is being committed
    found = judge(ground, told)
    figure(f"{found.lost} lost where the yes comes before the commit")
    assert found.lost > 0
