"""What hangs on a person goes over to another entry of the same person, and back: rows, entries of the books, fields.

The books are not edited: an entry is reversed where it stood and posted again, with its amount and rule, where it
goes. All of it runs inside the caller's write; the answer tells what went, so that `back` can undo it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from peewee import fn

from clock import to_millis
from models import (
    Application,
    BindInvite,
    Certificate,
    Delivery,
    MinuteEntry,
    PersonCall,
    PersonCard,
    PointEntry,
    Qualification,
    Redemption,
    ServiceRecord,
    Signup,
    TeamMember,
    Ticket,
    TrainingCertificate,
    TrainingResult,
    Volunteer,
    VolunteerSkill,
    WechatIdentity,
    Willingness,
)
from queries import books as sql
from queries import signups as places
from services.accounts import enrolment, sessions
from services.actors import Actor
from services.benefits import fitting
from services.bookkeeping import corrections, debts
from services.honours import standing as honours
from services.participation import waitlist
from services.parts import Parts
from services.stars import standing

Moved = dict[str, Any]
#: Rows that simply change their owner, unless a conflict was found.
ROWS: dict[str, Any] = {
    "records": ServiceRecord, "signups": Signup, "memberships": TeamMember, "applications": Application,
    "qualifications": Qualification, "cards": PersonCard, "wechats": WechatIdentity, "messages": Delivery,
    "questions": Ticket, "calls": PersonCall, "trainings": TrainingResult, "proofs": TrainingCertificate,
    "certificates": Certificate, "redemptions": Redemption, **standing.OWNED, **fitting.OWNED,
}  # fmt: skip
#: States that hold a place.
HOLDING = ("confirmed", "offered")
RANK = {"confirmed": 4, "offered": 3, "waitlisted": 2, "pending": 1}
OPEN = ("offered", "submitted")
TAKEN_BACK = ("reversal", "refund")
PLAIN = ("birth_date", "photo_id")
NATIONAL = ("national_no", "national_state", "national_at", "national_by")


def same_shift(model: Any, kept: int, dropped: int) -> list[tuple[Any, Any]]:
    """(dropped's, kept's) rows of one shift: sign-ups, or scanned records."""
    scanned = (model.source == "scan",) if model is ServiceRecord else ()
    kept_rows = {row.shift_id: row for row in model.select().where(model.volunteer == kept, *scanned)}
    rows = model.select().where(model.volunteer == dropped, *scanned).order_by(model.id)
    return [(row, kept_rows[row.shift_id]) for row in rows if row.shift_id in kept_rows]


def meeting(*people: int) -> list[tuple[ServiceRecord, ServiceRecord]]:
    """The pairs of these people's standing records that share some time, of whatever days; each pair both ways."""
    mine = ServiceRecord.volunteer.in_(people) & ServiceRecord.state.in_(corrections.STANDING)
    rows = list(ServiceRecord.select().where(mine, ServiceRecord.out_at.is_null(False)).order_by(ServiceRecord.in_at))
    found = []
    for number, one in enumerate(rows):
        for other in rows[number + 1 :]:
            if other.in_at >= one.out_at:
                break
            if one.in_at < other.out_at:
                found += [(one, other), (other, one)]
    return found


def same_time(kept: int, dropped: int) -> int:
    """How many of the dropped entry's records share time with one of the kept one's; two scans of one shift do not
    count here, of them one stays."""
    return len({
        one.id for one, other in meeting(kept, dropped)
        if (one.volunteer_id, other.volunteer_id) == (dropped, kept)
        and not (one.shift_id == other.shift_id and one.source == other.source == "scan")
    })  # fmt: skip


def _union(records: list[int], actor_id: int | None, reason: str, at: datetime) -> None:
    """Bring records of one person to what they count together, and what stands alone again to what it counts."""
    for number in records:
        corrections.settle(record_id=number, actor=Actor("console", actor_id), reason=reason, at=at)


def _same_session(model: Any, kept: int, dropped: int) -> list[int]:
    """The dropped entry's rows of trainings at which the kept one was, too: they stay."""
    there = [row.activity_id for row in model.select().where(model.volunteer == kept)]
    rows = model.select(model.id).where(model.volunteer == dropped, model.activity.in_(there))
    return [row.id for row in rows]


def same_team(model: Any, running: Any, kept: int, dropped: int) -> list[Any]:
    """The dropped entry's running rows in teams in which the kept one has one, too."""
    teams = [row.team_id for row in model.select().where(model.volunteer == kept, running)]
    return list(model.select().where(model.volunteer == dropped, running, model.team.in_(teams)))


def _same_call(kept: int, dropped: int) -> list[int]:
    """The dropped entry's rows in calls in which the kept one was asked, too."""
    asked = PersonCall.select(PersonCall.dispatch).where(PersonCall.volunteer == kept)
    rows = PersonCall.select(PersonCall.id).where(PersonCall.volunteer == dropped, PersonCall.dispatch.in_(asked))
    return [row.id for row in rows]


def over(
    *, parts: Parts, kept: Volunteer, dropped: Volunteer, key: str, actor_id: int | None, at: datetime, reason: str = ""
) -> Moved:  # fmt: skip
    """Everything of `dropped` to `kept`; records of both that share some time count the union from now on."""
    moved: Moved = {"signup_pairs": [], "record_pairs": [], "ended": [], "homes": [], "withdrawn": [], "loose": []}
    moved["met"] = sorted({one.id for one, _ in meeting(kept.id, dropped.id)})
    for mine, other in same_shift(Signup, kept.id, dropped.id):
        moved["signup_pairs"].append(_one_signup(mine, other, at))
    for mine, other in same_shift(ServiceRecord, kept.id, dropped.id):
        moved["record_pairs"].append(_one_record(mine, other, key, actor_id, at))
    for member in same_team(TeamMember, TeamMember.to_at.is_null(), kept.id, dropped.id):
        moved["ended"].append([member.id, bool(member.home)])
        TeamMember.update(to_at=at, ended_why="merged", home=False).where(TeamMember.id == member.id).execute()
    for asked in same_team(Application, Application.state.in_(OPEN), kept.id, dropped.id):
        moved["withdrawn"].append([asked.id, asked.state])
        Application.update(state="withdrawn").where(Application.id == asked.id).execute()
    home = TeamMember.select().where(TeamMember.volunteer == kept, TeamMember.to_at.is_null(), TeamMember.home)
    if home.exists():
        own = (TeamMember.volunteer == dropped) & TeamMember.to_at.is_null() & TeamMember.home
        moved["homes"] = [row.id for row in TeamMember.select().where(own)]
        TeamMember.update(home=False).where(TeamMember.id.in_(moved["homes"])).execute()
    stay = {
        "signups": [pair[0] for pair in moved["signup_pairs"]],
        "records": [pair[0] for pair in moved["record_pairs"]],
        "memberships": [each[0] for each in moved["ended"]], "applications": [each[0] for each in moved["withdrawn"]],
        "calls": _same_call(kept.id, dropped.id),
        "trainings": _same_session(TrainingResult, kept.id, dropped.id),
        "proofs": _same_session(TrainingCertificate, kept.id, dropped.id),
        "stars": standing.same(kept.id, dropped.id),
    }  # fmt: skip
    for name, model in ROWS.items():
        wanted = (model.volunteer == dropped) & model.id.not_in(stay.get(name, []))
        moved[name] = [row.id for row in model.select(model.id).where(wanted).order_by(model.id)]
    _books_over(moved, kept.id, dropped.id, key, actor_id, at)
    for name, model in ROWS.items():
        _give(model, moved[name], dropped.id, kept.id)
    _union(moved["met"], actor_id, reason, at)
    sessions.end(volunteer_id=dropped.id, identities=moved["wechats"], at=at)  # he logs in anew, as the other
    _small_things(moved, kept.id, dropped.id, at)
    moved["fields"] = _fields_over(parts, kept, dropped)
    debts.settle(people=(kept.id, dropped.id), at=at)
    return moved


def _give(model: Any, ids: list[int], source: int, target: int) -> None:
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        model.update(volunteer=target).where(model.id.in_(part), model.volunteer == source).execute()


def _one_signup(mine: Signup, other: Signup, at: datetime) -> list[Any]:
    """Of two sign-ups for one shift the stronger state stays, on the kept entry; a second place is freed."""
    better = RANK.get(mine.state, 0) > RANK.get(other.state, 0)
    freed = mine.state in HOLDING and other.state in HOLDING
    if better:
        Signup.update(state=mine.state, outcome=mine.outcome or other.outcome, updated_at=at).where(
            Signup.id == other.id
        ).execute()
    if mine.state in RANK:
        Signup.update(state="cancelled", updated_at=at).where(Signup.id == mine.id).execute()
    if freed:
        waitlist.freed(shift_id=mine.shift_id, at=at)
    return [mine.id, mine.state, other.id, other.state, other.outcome, better, freed]


def _one_record(mine: ServiceRecord, other: ServiceRecord, key: str, actor_id: int | None, at: datetime) -> list[Any]:
    """Of two scanned records of one shift one counts: the confirmed one, of two the longer one. The other is void.

    [the one that ends with the dropped entry, its state, its `why`, whether they changed places, entries taken back]
    """
    swap = (mine.state == "confirmed", mine.minutes) > (other.state == "confirmed", other.minutes)
    loser = other if swap else mine
    taken: list[list[Any]] = []
    for book in (MinuteEntry, PointEntry):
        for entry in _live(book, book.record == loser.id):
            _reverse(entry, key, actor_id, at)
            taken.append([_letter(entry), entry.id])
    ServiceRecord.update(state="void", why="void", updated_at=at).where(ServiceRecord.id == loser.id).execute()
    if swap:
        _swap(mine, other, to_kept=other.volunteer_id, to_dropped=mine.volunteer_id)
        for book in (MinuteEntry, PointEntry):
            for entry in _live(book, book.record == mine.id):
                _transfer(entry, other.volunteer_id, key, actor_id, at)
    return [loser.id, loser.state, loser.why, mine.id if swap else None, taken]


def _swap(winner: ServiceRecord, loser: ServiceRecord, *, to_kept: int, to_dropped: int) -> None:
    """Two scanned records of one shift change owners; the unique index is stepped around by a third value."""
    ServiceRecord.update(source="supplement").where(ServiceRecord.id == winner.id).execute()
    ServiceRecord.update(volunteer=to_dropped).where(ServiceRecord.id == loser.id).execute()
    ServiceRecord.update(volunteer=to_kept, source="scan").where(ServiceRecord.id == winner.id).execute()


def _live(book: Any, condition: Any) -> list[Any]:
    """Entries that no other has reversed; a refund belongs to what it gives back."""
    taken_back = book.alias()
    reversed_ids = taken_back.select(taken_back.reverses).where(taken_back.reverses == book.id)
    return list(
        book.select().where(condition, book.kind.not_in(TAKEN_BACK), ~fn.EXISTS(reversed_ids)).order_by(book.id)
    )


def _letter(entry: Any) -> str:
    return "m" if isinstance(entry, MinuteEntry) else "p"


def _post(entry: Any, *, to: int, amount: int, kind: str, key: str, reverses: int | None, actor_id: int | None,
          at: datetime) -> None:  # fmt: skip
    team = entry.team_id if isinstance(entry, MinuteEntry) else None
    made = sql.Entry(
        to, amount, kind, entry.record_id, team, entry.region_code, entry.local_day, entry.rule_set_id, key, reverses,
        actor_id, entry.note,
    )  # fmt: skip
    if isinstance(entry, MinuteEntry):
        sql.post_minutes(made, now=to_millis(at))
        return
    sql.post_points(replace(made, expires_on=entry.expires_on, redemption_id=entry.redemption_id), now=to_millis(at))


def _reverse(entry: Any, key: str, actor_id: int | None, at: datetime) -> None:
    _post(entry, to=entry.volunteer_id, amount=-entry.amount, kind="reversal", reverses=entry.id, actor_id=actor_id,
          key=f"{key}:{_letter(entry)}:{entry.id}:rev", at=at)  # fmt: skip


def _again(entry: Any, to: int, key: str, actor_id: int | None, at: datetime) -> str:
    """The same entry once more, on `to`; its key."""
    name = f"{key}:{_letter(entry)}:{entry.id}"
    _post(entry, to=to, amount=entry.amount, kind=entry.kind, reverses=None, actor_id=actor_id, key=name, at=at)
    return name


def _transfer(entry: Any, to: int, key: str, actor_id: int | None, at: datetime) -> str:
    _reverse(entry, key, actor_id, at)
    return _again(entry, to, key, actor_id, at)


def _books_over(moved: Moved, kept: int, dropped: int, key: str, actor_id: int | None, at: datetime) -> None:
    for book in (MinuteEntry, PointEntry):
        for entry in _live(book, book.volunteer == dropped):
            name = _transfer(entry, kept, key, actor_id, at)
            if entry.record_id is None:
                moved["loose"].append([_letter(entry), name])


def _small_things(moved: Moved, kept: int, dropped: int, at: datetime) -> None:
    """Skills he has not stated, wishes where there are none; open invitations of the dropped entry end."""
    known = [row.skill_id for row in VolunteerSkill.select().where(VolunteerSkill.volunteer == kept)]
    theirs = VolunteerSkill.select().where(VolunteerSkill.volunteer == dropped)
    moved["skills"] = [row.skill_id for row in theirs if row.skill_id not in known]
    VolunteerSkill.update(volunteer=kept).where(
        VolunteerSkill.volunteer == dropped, VolunteerSkill.skill.in_(moved["skills"])
    ).execute()
    moved["wishes"] = not Willingness.select().where(Willingness.volunteer == kept).exists() and bool(
        Willingness.update(volunteer=kept).where(Willingness.volunteer == dropped).execute()
    )
    BindInvite.update(expires_at=at).where(
        BindInvite.volunteer == dropped, BindInvite.used_at.is_null(), BindInvite.expires_at > at
    ).execute()


def _fields_over(parts: Parts, kept: Volunteer, dropped: Volunteer) -> list[str]:
    """What the kept entry lacks: number, phone, birth date, photo, national number; sealed anew at its new place."""
    done = [name for name in ("document", "phone") if _reseal(parts, name, dropped, kept)]
    for name in PLAIN:
        if getattr(kept, name) is None and getattr(dropped, name) is not None:
            Volunteer.update({name: getattr(dropped, name)}).where(Volunteer.id == kept.id).execute()
            done.append(name)
    if not kept.national_no and dropped.national_no:
        Volunteer.update({name: getattr(dropped, name) for name in NATIONAL}).where(
            Volunteer.id == kept.id
        ).execute()
        done.append("national_no")
    return done


def _reseal(parts: Parts, name: str, source: Volunteer, target: Volunteer) -> bool:
    """A sealed number goes from one entry to another that has none."""
    blob = getattr(source, f"{name}_sealed")
    if blob is None or getattr(target, f"{name}_sealed") is not None:
        return False
    text = parts.vault.open(blob, f"volunteer.{name}:{source.public_no}")
    index, proof = getattr(source, f"{name}_index"), source.phone_proof
    empty: dict[str, Any] = {f"{name}_sealed": None, f"{name}_key": "", f"{name}_index": None}
    Volunteer.update(empty).where(Volunteer.id == source.id).execute()
    if name == "phone":
        enrolment.set_phone(parts=parts, person=target, phone=text, proof=proof)
        return True
    sealed, key = parts.vault.seal(text, f"volunteer.document:{target.public_no}")
    Volunteer.update(
        document_sealed=sealed, document_key=key, document_index=index, document_type=source.document_type
    ).where(Volunteer.id == target.id).execute()
    return True


def back(
    *, parts: Parts, moved: Moved, kept: Volunteer, dropped: Volunteer, key: str, actor_id: int | None, at: datetime,
    reason: str = "",
) -> None:  # fmt: skip
    """What went over returns, as far as it is still there; what came after the merging stays with `kept`."""
    for start in range(0, len(moved["records"]), 500):
        part = moved["records"][start : start + 500]
        for book in (MinuteEntry, PointEntry):
            for entry in _live(book, (book.volunteer == kept) & book.record.in_(part)):
                _transfer(entry, dropped.id, key, actor_id, at)
    for letter, name in moved["loose"]:
        book = MinuteEntry if letter == "m" else PointEntry
        for entry in _live(book, book.idem_key == name):
            _transfer(entry, dropped.id, key, actor_id, at)
    for name, model in ROWS.items():
        _give(model, moved.get(name, []), kept.id, dropped.id)  # a merge of before may not know this kind
    sessions.end(volunteer_id=kept.id, identities=moved["wechats"], at=at)
    for pair in moved["record_pairs"]:
        _record_back(pair, kept, dropped, key, actor_id, at)
    _union(moved.get("met", []), actor_id, reason, at)
    for pair in moved["signup_pairs"]:
        _signup_back(pair, at)
    for number, home in moved["ended"]:
        TeamMember.update(to_at=None, ended_why="", home=home).where(TeamMember.id == number).execute()
    TeamMember.update(home=True).where(TeamMember.id.in_(moved["homes"]), TeamMember.to_at.is_null()).execute()
    for number, state in moved["withdrawn"]:
        Application.update(state=state).where(Application.id == number).execute()
    VolunteerSkill.update(volunteer=dropped).where(
        VolunteerSkill.volunteer == kept, VolunteerSkill.skill.in_(moved["skills"])
    ).execute()
    if moved["wishes"]:
        Willingness.update(volunteer=dropped).where(Willingness.volunteer == kept).execute()
    _fields_back(parts, moved["fields"], kept, dropped)
    honours.give_back(kept=kept.id, dropped=dropped.id)
    debts.settle(people=(kept.id, dropped.id), at=at)


def _record_back(pair: list[Any], kept: Volunteer, dropped: Volunteer, key: str, actor_id: int | None,
                 at: datetime) -> None:  # fmt: skip
    loser_id, state, why, winner_id, taken = pair
    loser = ServiceRecord.get_by_id(loser_id)
    if winner_id is not None:
        winner = ServiceRecord.get_by_id(winner_id)
        for book in (MinuteEntry, PointEntry):
            for entry in _live(book, book.record == winner.id):
                _transfer(entry, dropped.id, key, actor_id, at)
        _swap(loser, winner, to_kept=kept.id, to_dropped=dropped.id)
    ServiceRecord.update(state=state, why=why, updated_at=at).where(ServiceRecord.id == loser_id).execute()
    owner = kept.id if winner_id is not None else dropped.id
    for letter, number in taken:
        book = MinuteEntry if letter == "m" else PointEntry
        _again(book.get_by_id(number), owner, key, actor_id, at)


def _signup_back(pair: list[Any], at: datetime) -> None:
    mine, state, other, old, outcome, better, freed = pair
    if better:
        Signup.update(state=old, outcome=outcome, updated_at=at).where(
            Signup.id == other, Signup.state == state
        ).execute()
    if freed and not places.take_place(Signup.get_by_id(mine).shift_id):
        state = "waitlisted"  # somebody else has the place by now
        Signup.update(queued_at=at).where(Signup.id == mine).execute()
    Signup.update(state=state, updated_at=at).where(Signup.id == mine).execute()


def _fields_back(parts: Parts, fields: list[str], kept: Volunteer, dropped: Volunteer) -> None:
    for name in ("document", "phone"):
        if name in fields:
            _reseal(parts, name, kept, dropped)
    empty: dict[str, Any] = {name: None for name in PLAIN if name in fields}
    if "national_no" in fields:
        empty |= {"national_no": "", "national_state": "none", "national_at": None, "national_by": None}
    if empty:
        Volunteer.update(empty).where(Volunteer.id == kept.id).execute()
