"""Is the house well: database, schema, worker, outbox, WeChat. What a look at it costs is a few short reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import migrations
from clock import from_millis, to_millis
from frozen import dataclass
from models import ApiPause, JobRun, store
from queries import limits, one
from queries import outbox as sql
from services.conversation.wechat_tokens import REFUSED, REFUSED_SECONDS

HEARTBEAT_WITHIN = timedelta(seconds=60)
OLDEST_WITHIN = timedelta(minutes=5)
#: WeChat's error codes are counted among so many tries, none older than a day: what a scrape costs does not grow.
NEWEST_TRIES, DAY = 20_000, timedelta(days=1)
#: How far back deliveries that went amiss are counted.
AMISS = timedelta(days=7)
#: What the nightly proof of the books found stands as a run of this name; older than this it says nothing any more.
BOOKS, BOOKS_WITHIN = "books_agree", timedelta(hours=26)
#: More fetches of a token within an hour because WeChat refused the one we had are somebody else's doing.
TOKENS_AN_HOUR = 5
#: The last backup that was made and read back stands as a run of this name; so much later than it should be made again
#: it is an alarm.
BACKUP, BACKUP_LATE = "backup_made", timedelta(hours=2)
#: That all of them were copied to another machine, as a run of this name; once it was said it is expected every day.
COPIED, COPIED_WITHIN = "backup_copied", timedelta(hours=26)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; `detail` is short English for the operator."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Health:
    """All checks; `ok` if every one is."""

    ok: bool
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """Numbers for /metrics. `oldest_due_seconds` is 0 with nothing due; jobs: (name, runs, age in s, failed).

    `states`: deliveries on their way, and those of the last week that went amiss.
    """

    oldest_due_seconds: float
    due: int
    states: dict[str, int]
    jobs: tuple[tuple[str, int, float, bool], ...]
    paused: tuple[str, ...]
    #: seconds that the oldest of each queue has waited for the worker; 0 with nothing waiting
    queues: dict[str, float]
    #: (channel, WeChat's error code) → how often it was the answer to one of the newest tries, within a day
    errors: dict[tuple[str, int], int]
    #: None as long as none was made
    backup_seconds: float | None = None


def alive() -> bool:
    """Whether the database answers; raises what it raises if not."""
    return one("SELECT 1") is not None


def health(*, at: datetime, backup_every: timedelta | None = None) -> Health:
    """Look at everything that must be well; a database that is away is the only line then. `backup_every`: the worker
    makes backups, so one that is older, and late, is a fault."""
    try:
        alive()
        missing = migrations.missing(store.current())
    except Exception as problem:
        return Health(False, (Check("database", False, type(problem).__name__),))
    schema = Check("migrations", not missing, "missing: " + ", ".join(missing) if missing else "complete")
    if missing:
        return Health(False, (Check("database", True, "answers"), schema))
    runs = {str(row.name): row for row in JobRun.select()}
    checks = (Check("database", True, "answers"), schema, _worker(runs, at), _outbox(at), _pauses(at), _tokens(at),
              _books(runs, at), _jobs(runs, at), _backup(runs, at, backup_every), _copied(runs, at))  # fmt: skip
    return Health(all(check.ok for check in checks), checks)


def _worker(runs: Mapping[str, JobRun], at: datetime) -> Check:
    beat = runs.get("heartbeat")
    if beat is None:
        return Check("worker", False, "has never run")
    age = at - beat.started_at
    return Check("worker", age <= HEARTBEAT_WITHIN, f"last heartbeat {int(age.total_seconds())} s ago")


def _books(runs: Mapping[str, JobRun], at: datetime) -> Check:
    """What the last proof found; one that is too old is another trouble, called `proof`: who stops the worker from
    proving also stops it from finding."""
    found = runs.get(BOOKS)
    if found is None:
        return Check("books", True, "not proved yet")
    when = found.started_at.isoformat(timespec="seconds")
    if found.outcome != "ok":
        return Check("books", False, f"differ: see verify-books; {when}")
    if at - found.started_at > BOOKS_WITHIN:
        return Check("proof", False, f"not proved since {when}")
    return Check("books", True, f"agreed {when}")


def _jobs(runs: Mapping[str, JobRun], at: datetime) -> Check:
    """Jobs whose last run failed, and those that have not run for so long that a run must have been left out."""
    watched = [row for _, row in sorted(runs.items()) if row.late_after]
    failed = [str(row.name) for row in watched if row.outcome == "error"]
    late = [
        f"{row.name} ({int((at - row.started_at).total_seconds() // 3600)} h)"
        for row in watched
        if row.outcome != "error" and at - row.started_at > timedelta(seconds=row.late_after)
    ]
    said = [f"{word}: {', '.join(names)}" for word, names in (("failed", failed), ("late", late)) if names]
    return Check("jobs", not said, "; ".join(said) or f"{len(watched)} run as they should")


def _tokens(at: datetime) -> Check:
    count, _ = limits.tries(REFUSED, to_millis(at - timedelta(seconds=REFUSED_SECONDS)))
    return Check("tokens", count <= TOKENS_AN_HOUR, f"refused by WeChat {count} times within an hour")


def _backup(runs: Mapping[str, JobRun], at: datetime, every: timedelta | None) -> Check:
    found = runs.get(BACKUP)
    if found is None:
        tried = "backup_tried" in runs and runs["backup_tried"].outcome == "error"
        return Check("backup", not (every and tried), "none yet, the last try failed" if tried else "none yet")
    age = at - found.started_at
    said = f"the last one was made {int(age.total_seconds() // 3600)} h ago"
    return Check("backup", every is None or age <= every + BACKUP_LATE, said)


def _copied(runs: Mapping[str, JobRun], at: datetime) -> Check:
    found = runs.get(COPIED)
    if found is None:
        return Check("copy", True, "nothing says that backups are copied to another machine")
    age = at - found.started_at
    said = f"copied to another machine {int(age.total_seconds() // 3600)} h ago"
    return Check("copy", age <= COPIED_WITHIN, said)


def _outbox(at: datetime) -> Check:
    age, due = oldest_due(at=at)
    return Check("outbox", age <= OLDEST_WITHIN, f"{due} due, the oldest for {int(age.total_seconds())} s")


def _pauses(at: datetime) -> Check:
    paused = [
        f"{row.api} until {row.until.isoformat(timespec='seconds')} ({row.reason})"
        for row in ApiPause.select().where(ApiPause.until > at).order_by(ApiPause.api)
    ]
    return Check("wechat", not paused, "; ".join(paused) or "no API rests")


def oldest_due(*, at: datetime) -> tuple[timedelta, int]:
    """(how long the oldest due delivery has waited, how many are due)."""
    oldest, due = sql.one(sql.OLDEST_DUE, (to_millis(at),)) or (None, 0)
    return (at - from_millis(oldest) if oldest is not None else timedelta(0)), int(due)


def figures(*, at: datetime) -> Figures:
    """The numbers behind /metrics, all from the database: every process shows the same."""
    age, due = oldest_due(at=at)
    jobs = tuple(
        (row.name, int(row.runs), (at - row.started_at).total_seconds(), row.outcome == "error")
        for row in JobRun.select().order_by(JobRun.name)
    )
    paused = tuple(row.api for row in ApiPause.select().where(ApiPause.until > at).order_by(ApiPause.api))
    states = {state: int(count) for state, count in sql.rows(sql.STATES, (to_millis(at - AMISS),))}
    queues = {"outbox": age.total_seconds(), **{name: _wait(oldest, at) for name, oldest in sql.rows(sql.WAITING)}}
    errors = {
        (str(channel), int(code)): int(count)
        for channel, code, count in sql.rows(sql.ERRORS, (NEWEST_TRIES, to_millis(at - DAY)))
    }
    hours = backup_hours(at=at)
    backup = None if hours is None else hours * 3600
    return Figures(age.total_seconds(), due, states, jobs, paused, queues, errors, backup)


def backup_hours(*, at: datetime) -> float | None:
    """Hours since the last backup that was made and read back, None as long as there is none."""
    made = JobRun.get_or_none(JobRun.name == BACKUP)
    return None if made is None else (at - made.started_at).total_seconds() / 3600


def _wait(oldest: int | None, at: datetime) -> float:
    return 0.0 if oldest is None else max(0.0, (at - from_millis(oldest)).total_seconds())


def note_run(*, name: str, started_at: datetime, ended_at: datetime, outcome: str, late_after: int = 0) -> None:
    """Keep the last run of a job and count it; `late_after`: seconds until the next one is missed, 0 never."""
    insert = JobRun.insert(
        name=name, started_at=started_at, ended_at=ended_at, outcome=outcome, runs=1, late_after=late_after
    )
    update = {
        "started_at": to_millis(started_at), "ended_at": to_millis(ended_at), "outcome": outcome,
        "runs": JobRun.runs + 1, "late_after": late_after,
    }  # fmt: skip
    store.write(lambda: insert.on_conflict(conflict_target=[JobRun.name], update=update).execute())


def expect(jobs: Mapping[str, int], *, at: datetime) -> None:
    """From now on these are missed after so many seconds without a run, one that never ran too; no others are."""
    new = [{"name": name, "started_at": at, "late_after": seconds} for name, seconds in jobs.items()]

    def act() -> None:
        JobRun.delete().where(JobRun.late_after > 0, JobRun.name.not_in(list(jobs))).execute()
        JobRun.insert_many(new).on_conflict_ignore().execute()

    store.write(act)


def last_runs() -> dict[str, tuple[datetime, str]]:
    """(when it began, how it ended) of every job's last run."""
    return {str(row.name): (row.started_at, str(row.outcome)) for row in JobRun.select()}
