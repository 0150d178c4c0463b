"""The long round: many people act and many are told, while a nemesis picks what the house suffers next, by a seed.

    SOAK_MINUTES=10 SOAK_SEED=7 python -m tests.faults.soak      # or make soak; half on SQLite, half on PostgreSQL

What was told must be there, once; all books agree; every push is at the platform once. It ends with 1 if not.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import migrations
from models.dialect import open_database
from services.messaging.channels import client_msg_id
from tests.faults import crowd, nemesis
from tests.faults.crowd import KINDS, WAITING, Verdict, call_out, judge
from tests.faults.disk import mountable, small_disk
from tests.faults.ground import APP, FAKETIME, Ground, standing

REACHED = 50


@dataclass
class Soaked:
    """How it ended: what became of the acts, the pushes that came and those that came twice, what was suffered."""

    seed: int
    verdict: Verdict
    pushes: int
    lost_pushes: int
    doubled_pushes: int
    states: dict[str, int]
    suffered: Counter[str] = field(default_factory=Counter)

    @property
    def fine(self) -> bool:
        return self.verdict.fine and (self.lost_pushes, self.doubled_pushes) == (0, 0)

    def __str__(self) -> str:
        evils = ", ".join(f"{many} {name}" for name, many in sorted(self.suffered.items()))
        return (
            f"seed {self.seed}: {self.verdict}; {self.pushes} pushes, {self.lost_pushes} lost, {self.doubled_pushes} "
            f"twice, {self.states}; suffered: {evils}"
        )


def soak(
    folder: Path, *, seed: int, seconds: float, people: int, a_second: float, template: Path | None, workers: int = 2,
    target: str = APP, most: int = 1000,
) -> Soaked:  # fmt: skip
    """One ground, on SQLite from `template` or on PostgreSQL, for so long and at most so many evils."""
    rng, suffered = random.Random(seed), Counter[str]()
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk(folder / "disk")) if template is not None and mountable() else None
        ground = stack.enter_context(standing(
            folder / "house", people=people, reminded=REACHED, template=template, web=2, workers=workers, where=disk,
            target=target, faked=FAKETIME is not None,
        ))  # fmt: skip
        end, batches = time.monotonic() + seconds, 0
        taken = set[tuple[str, str]]()
        with crowd.acting(ground, a_second=a_second, kinds=KINDS, order=rng) as told:
            while time.monotonic() < end and suffered.total() < most:
                call_out(ground, f"call{batches}")
                batches += 1
                evil = rng.choice(nemesis.evils(ground, disk))
                evil(ground, rng)
                suffered[evil.__name__] += 1
                crowd.goes_on(ground, told, evil.__name__)
                taken |= at_the_platform(ground)  # whose list forgets the oldest
        nemesis.settle(ground, WAITING)
        taken |= at_the_platform(ground)
        return count(ground, judge(ground, told), seed, batches * REACHED, suffered, taken)


def at_the_platform(ground: Ground) -> set[tuple[str, str]]:
    """(our number, the platform's) of each template message that the platform took."""
    return {(each["client_msg_id"], each["msgid"]) for each in ground.taken()}


def count(
    ground: Ground, verdict: Verdict, seed: int, wanted: int, suffered: Counter[str], taken: set[tuple[str, str]]
) -> Soaked:
    """A push is lost when the platform never took it, whatever its row says, but for rows that own up to it: unknown,
    and inbox. It came twice when the platform has two numbers for ours."""
    rows = ground.ask("SELECT id, state FROM delivery WHERE kind = 'emergency'")
    shown = Counter(ours for ours, _ in taken)
    came = {ident for ident, _ in rows if client_msg_id(ident) in shown}
    kept = sum(state in ("unknown", "inbox") or (state == "sent" and ident in came) for ident, state in rows)
    states = dict(Counter(state for _, state in rows))
    return Soaked(seed, verdict, wanted, wanted - kept, sum(many > 1 for many in shown.values()), states, suffered)


def main() -> int:
    seed = int(os.environ.get("SOAK_SEED") or random.SystemRandom().randrange(10**6))
    seconds = 60 * float(os.environ.get("SOAK_MINUTES", "10"))
    print(f"SOAK_SEED={seed} SOAK_MINUTES={seconds / 60:g}", flush=True)
    fine = True
    for database in ("sqlite", "postgres"):
        folder = Path(tempfile.mkdtemp(prefix="hongyao-soak-"))
        template = None
        if database == "sqlite":
            template = folder / "template.db"
            made = open_database(f"sqlite:///{template}", durable=False)
            migrations.apply(made)
            made.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            made.close()
            made.close_all()
        rate = 20.0
        done = soak(
            folder, seed=seed, seconds=seconds / 2, people=int(seconds / 2 * rate / len(KINDS)) + 200, a_second=rate,
            template=template,
        )  # fmt: skip
        print(f"{database}: {done}", flush=True)
        fine = fine and done.fine
        if done.fine:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            print(f"{done.verdict.differences} {done.verdict.odd[:10]}; the logs are in {folder}", flush=True)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
