"""The heartbeat jobs: each one call to a service, safe to run late, twice and by two workers.

`drain` runs in every worker, the rest only in the one that leads. A job that touches many rows makes short writes
through the door it is handed: each carries the proof that its worker still leads, and lets the scans through
between. The jobs that do not use the door are harmless when two run them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from clock import SHANGHAI, local_day
from frozen import dataclass
from models.store import Write
from services.accounts import following, identity
from services.activeness import idle, index, revival, turnover
from services.assessment import late, phases, reminding, results, scoring, standing
from services.bookkeeping import anchors, books, expiry, records, sealing
from services.certificates import comparing, deciding
from services.certificates import late as certificates_late
from services.commending import nominations
from services.conversation import tagging, tickets
from services.dispatch import cover
from services.dispatch import waves as dispatch
from services.evaluation import complaints
from services.imports import working as imports
from services.lives import files, recovery
from services.mall import handing
from services.messaging import digests, mass, outbox, reminders
from services.messaging.broadcasts import sending
from services.operation import alarms, backups, health, housekeeping, renewals
from services.organisation import exceptions, pilots
from services.participation import waitlist
from services.parts import Parts
from services.planning import approvals, needs_due, partners, series
from services.privacy import closing, erased, own_copy, purging
from services.publicity import figures as public_figures
from services.recruitment import qualifications
from services.reporting import reference
from services.review import objections, own_hours, samples
from services.stars import awarding, proposing
from services.stars import reminding as star_reminding
from services.statistics import coverage, month_report, months, tally
from services.stories import posting
from services.training import certificates, order_views
from wechat.errcodes import Kind
from wechat.gateway import WechatFailure

log = logging.getLogger("hongyao.worker")

FOLLOWERS_AT_ONCE = 20
#: When the books are proved.
PROOF = (3, 30)


@dataclass(frozen=True, slots=True)
class Job:
    """`seconds` between beats, or `daily` (hour, minute) in Shanghai.

    `run(parts, at, write)` answers how much it did; `write` is fenced by the lead. `longest`: hours that one run may
    take before it is missed.
    """

    name: str
    run: Callable[[Parts, datetime, Write], int]
    seconds: int = 0
    daily: tuple[int, int] | None = None
    longest: int = 1

    @property
    def every(self) -> int:
        """Seconds from one beat to the next."""
        return 86_400 if self.daily is not None else self.seconds

    @property
    def late_after(self) -> int:
        """Seconds without a run after which one was left out (`health`)."""
        return max(2 * self.every, self.longest * 3600)

    @property
    def trigger(self) -> dict[str, Any]:
        """Arguments for APScheduler's add_job; its own zone is the scheduler's."""
        if self.daily is not None:
            return {"trigger": "cron", "hour": self.daily[0], "minute": self.daily[1]}
        return {"trigger": "interval", "seconds": self.seconds}


def ask_unions(parts: Parts, at: datetime, _write: Write) -> int:
    """Ask WeChat for the unionid of new followers, so that mini-program and chat become one person."""
    asked = 0
    for person in identity.unchecked_followers(limit=FOLLOWERS_AT_ONCE):
        try:
            found = parts.gateway.follower(person.openid)
        except WechatFailure as failure:
            log.warning("follower: %s", failure)
            if failure.kind not in (Kind.PERMANENT, Kind.USER_STATE):
                break  # the platform rests: the others are asked next time
            # Nobody WeChat knows in this account: asking again would only stand before the others.
            identity.set_union(identity_id=person.id, unionid=None, at=at)
            continue
        identity.set_union(identity_id=person.id, unionid=found.unionid, at=at)
        asked += 1
    return asked


def keep_tags(parts: Parts, at: datetime, write: Write) -> int:
    """Keep WeChat's tags in step with what people are: they decide who sees which menu."""
    try:
        return tagging.keep(parts=parts, at=at, write=write)
    except WechatFailure as failure:
        log.warning("tags: %s", failure)
        return 0


def compare_followers(parts: Parts, at: datetime, write: Write) -> int:
    """Mend what no event told: who follows us and who left."""
    try:
        return following.compare(parts=parts, at=at, write=write)
    except WechatFailure as failure:
        log.warning("followers: %s", failure)
    except following.ListNotBelieved as problem:
        log.critical("followers: %s", problem)
    return 0


def closings(parts: Parts, at: datetime, write: Write) -> int:
    """Erase those whose day has come, and write down outside the database who was."""
    done = closing.work(parts=parts, at=at, write=write)
    erased.drop(file=erased.beside(parts.anchors_file))
    return done


def verify_books(parts: Parts, at: datetime, write: Write) -> int:
    """Seal books and audit, write down how far, prove what is kept; every mismatch is an alarm until it is gone."""
    sealing.seal_due(at=at, key=parts.seal_key, write=write)
    wrong = books.differences(anchors_file=parts.anchors_file, key=parts.seal_key)
    wrong += [each.said for each in books.prove_turn(at=at, key=parts.seal_key, write=write)]
    for said in wrong:
        log.critical("books: %s", said)
    if not wrong and anchors.drop(file=parts.anchors_file, at=at):
        health.note_run(name=anchors.written_by(), started_at=at, ended_at=at, outcome="ok")
    health.note_run(name=health.BOOKS, started_at=at, ended_at=at, outcome="error" if wrong else "ok")
    return len(wrong)


def verify_due(parts: Parts, at: datetime, write: Write) -> int:
    """The proof of the night: from half past three on where none was made that day, so that a worker that was down or
    did not lead then makes it up."""
    proved = health.last_runs().get(health.BOOKS)
    if proved is None or local_day(proved[0]) != local_day(at):
        local = at.astimezone(SHANGHAI)
        return verify_books(parts, at, write) if (local.hour, local.minute) >= PROOF else 0
    return 0


#: What only the leader runs.
JOBS = (
    Job("enqueue_reminders", lambda _, at, write: reminders.enqueue_due(at=at, write=write), seconds=20),
    Job("close_forgotten", lambda _, at, write: records.close_forgotten(at=at, write=write), seconds=30),
    Job("confirm_nags", lambda _, at, write: reminders.nag_due(at=at, write=write), seconds=60),
    Job("call_sheets", lambda _, at, write: reminders.call_sheets_due(at=at, write=write), seconds=60),
    Job("places", lambda _, at, write: waitlist.run_due(at=at, write=write), seconds=20),
    Job("digests", lambda _, at, write: digests.make_due(at=at, write=write), seconds=60),
    Job("alarms", lambda parts, at, write: alarms.tell_operator(parts=parts, at=at, write=write), seconds=60),
    Job("renewals", lambda parts, at, write: renewals.tell_due(parts=parts, at=at, write=write), seconds=3600),
    Job("requeue_stale", lambda _, at, write: outbox.requeue_stale(at=at, write=write), seconds=60),
    Job("prune", lambda _, at, write: housekeeping.prune(at=at, write=write), seconds=3600),
    Job("count_people", lambda _, at, write: tally.refresh(at=at, write=write), seconds=300),
    Job("count_months", lambda _, at, write: months.refresh(at=at, write=write), seconds=600),
    Job("count_all_months", lambda _, at, write: months.refresh_all(at=at, write=write), daily=(2, 10)),
    Job("count_this_month", lambda _, at, write: index.refresh(at=at, write=write, back=1), seconds=3600),
    Job("public_figures", lambda _, at, write: public_figures.refresh(at=at, write=write), seconds=300),
    Job("activeness", lambda _, at, write: index.refresh(at=at, write=write), daily=(2, 20)),
    Job("turnover", lambda _, at, write: turnover.refresh(at=at, write=write), daily=(2, 30)),
    Job("idle_teams", lambda _, at, write: idle.mark_due(at=at, write=write), daily=(8, 40)),
    Job("revivals", lambda _, at, write: revival.nag_due(at=at, write=write), daily=(8, 50)),
    Job("stars", lambda _, at, write: proposing.work(at=at, write=write), seconds=3600),
    Job("stars_awarded", lambda _, at, write: awarding.award_due(at=at, write=write), daily=(8, 10)),
    Job("stars_waiting", lambda _, at, write: star_reminding.tell_waiting(at=at, write=write), daily=(9, 15)),
    Job("nominations", lambda _, at, write: nominations.notice_over(at=at, write=write), daily=(8, 20)),
    Job("month_reports", lambda _, at, write: month_report.push_due(at=at, write=write), daily=(8, 30)),
    Job("gap_reminders", lambda _, at, write: coverage.remind_due(at=at, write=write), daily=(9, 0)),
    Job("references", lambda _, at, write: reference.make_due(at=at, write=write), seconds=5),
    Job("imports", lambda parts, at, write: imports.work(parts=parts, at=at, write=write), seconds=2),
    Job("data_copies", lambda parts, at, write: own_copy.make_due(parts=parts, at=at, write=write), seconds=5),
    Job("closings", closings, seconds=300),
    Job("purge", lambda _, at, write: purging.purge(at=at, write=write), daily=(4, 50)),
    Job("recoveries", lambda _, at, write: recovery.carry_due(at=at, write=write), seconds=20),
    Job("approvals_up", lambda _, at, write: approvals.raise_due(at=at, write=write), seconds=300),
    Job("series", lambda _, at, write: series.make_due(at=at, write=write), seconds=600),
    Job("needs_late", lambda _, at, write: needs_due.nag_due(at=at, write=write), seconds=300),
    Job("needs_forgotten", lambda _, at, write: needs_due.forget_contacts(at=at, write=write), seconds=3600),
    Job("needs_served", lambda _, at, write: needs_due.follow(at=at, write=write), seconds=300),
    Job("partner_ends", lambda _, at, write: partners.remind_due(at=at, write=write), daily=(8, 25)),
    Job("soft_rules", lambda _, at, write: exceptions.refresh(at=at, write=write), daily=(4, 0)),
    Job(
        "qualification_ends",
        lambda _, at, write: qualifications.remind_due(at=at, write=write),
        daily=(9, 20),
    ),
    Job(
        "training_certificates",
        lambda _, at, write: certificates.remind_due(at=at, write=write),
        daily=(9, 30),
    ),
    Job(
        "certificate_notices",
        lambda parts, at, write: deciding.notice_over(parts=parts, at=at, write=write),
        seconds=600,
    ),
    Job("certificates_differ", lambda _, at, write: comparing.follow(at=at, write=write), daily=(4, 40)),
    Job("certificates_late", lambda _, at, write: certificates_late.nag_due(at=at, write=write), daily=(9, 35)),
    Job("training_orders", lambda _, at, write: order_views.nag_due(at=at, write=write), seconds=600),
    Job("objections", lambda _, at, write: objections.raise_due(at=at, write=write), seconds=300),
    Job("samples", lambda _, at, write: samples.draw(at=at, write=write), daily=(5, 20)),
    Job("own_hours", lambda _, at, write: own_hours.tell_due(at=at, write=write), seconds=600),
    Job("questions", lambda _, at, write: tickets.nag_due(at=at, write=write), seconds=600),
    Job("questions_closed", lambda _, at, write: tickets.close_due(at=at, write=write), seconds=3600),
    Job("complaints", lambda _, at, write: complaints.nag_due(at=at, write=write), seconds=600),
    Job("assessment_standing", lambda _, at, write: standing.follow(at=at, write=write), seconds=600),
    Job("assessment_phases", lambda _, at, write: phases.work(at=at, write=write), seconds=60),
    Job("assessment_reminders", lambda _, at, write: reminding.remind_due(at=at, write=write), seconds=300),
    Job("assessment_scores", lambda _, at, write: scoring.recompute_due(at=at, write=write), daily=(4, 20)),
    Job("assessment_results", lambda _, at, write: results.tell_due(at=at, write=write), seconds=60),
    Job("assessment_final", lambda _, at, write: results.finish_due(at=at, write=write), seconds=300),
    Job("assessment_late", lambda _, at, write: late.nag_due(at=at, write=write), daily=(9, 30)),
    Job("pilot_reminders", lambda _, at, write: pilots.remind_due(at=at, write=write), daily=(9, 10)),
    Job("dispatch", lambda _, at, write: dispatch.run_due(at=at, write=write), seconds=5),
    Job("cover_check", lambda _, at, write: cover.check_due(at=at, write=write), daily=(9, 30)),
    Job("ask_unions", ask_unions, seconds=30),
    Job("broadcasts", lambda parts, at, write: sending.work(parts=parts, at=at, write=write), seconds=2),
    Job("stories", lambda parts, at, write: posting.work(parts=parts, at=at, write=write), seconds=20),
    Job("mass_sends", lambda parts, at, write: mass.work(parts=parts, at=at, write=write), seconds=60),
    Job("keep_tags", keep_tags, seconds=300),
    Job("compare_followers", compare_followers, daily=(2, 40)),
    Job("sweep_files", lambda parts, _at, _write: files.sweep(parts=parts), daily=(3, 50)),
    Job("expire_points", lambda _, at, write: expiry.expire_due(at=at, write=write), daily=(0, 20)),
    Job("points_ending", lambda _, at, write: expiry.remind_due(at=at, write=write), daily=(9, 40)),
    Job("unclaimed", lambda _, at, write: handing.return_due(at=at, write=write), seconds=3600),
    Job("pick_ups", lambda _, at, write: handing.remind_due(at=at, write=write), daily=(9, 50)),
    Job("backup", lambda parts, at, write: backups.work(parts=parts, at=at, write=write), seconds=600,
        longest=12),
    Job("verify_books", verify_due, seconds=600, longest=12),
)
