"""Whether somebody may take a place: what the position asks, where else he is, how long his day gets.

Ages are counted on the Shanghai day of the shift. A clash is an overlap of half-open intervals, so a shift that ends at
ten and one that begins at ten go together. A long day and a short rest are warnings, a stop only in danger; too little
time for the way is a warning; in a declared emergency there is none of them (U11, U16, U21).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from clock import from_millis, local_day, to_millis
from frozen import dataclass
from models import Qualification, Skill, VolunteerSkill
from queries import signups as sql
from services import rules
from services.errors import Refusal, RefusalCode
from services.gates import insurance
from services.gates.ages import ADULT_YEARS, agreed, years_on
from services.messaging.notices import duration, when
from services.participation import domains
from services.participation.positions import YOUNGEST, Conditions, conditions_of
from services.training import facts
from wording import say

#: How far around a shift others matter for the day and the rest.
AROUND = timedelta(hours=36)
#: A shift shorter than this makes no day long by itself: nobody asks for the rule.
SHORT = timedelta(hours=4)


def is_danger(found: sql.Standing) -> bool:
    """Whether the service may harm: by its kind, or by somebody's word."""
    return bool(found.dangerous) or domains.is_danger(found.domain, found.sub_domain)


def check_age(found: sql.Standing, *, volunteer_id: int) -> None:
    """The law's ages for a sign-up; refusals as `check_law`."""
    check_law(
        birth_date=found.birth_date, starts_at=found.starts_at, danger=is_danger(found), volunteer_id=volunteer_id,
        activity_id=found.activity_id,
    )  # fmt: skip


def check_law(
    *, birth_date: str | None, starts_at: int, danger: bool, volunteer_id: int, activity_id: int
) -> None:
    """The law's ages on the day of a shift (`starts_at` in epoch milliseconds), for everybody who signs up or just
    comes; an unknown birth date bars no registered adult.

    Refusals: TOO_YOUNG (under 14), ADULTS_ONLY (under 18 in danger, S58), GUARDIAN_NEEDED (14–17 without a
    verified consent, S117).
    """
    day = local_day(from_millis(starts_at))
    if not birth_date:
        return
    years = years_on(birth_date, day)
    if years >= ADULT_YEARS:
        return
    if years < YOUNGEST:
        raise Refusal(RefusalCode.TOO_YOUNG)
    if danger:
        raise Refusal(RefusalCode.ADULTS_ONLY)
    if not agreed(volunteer_id=volunteer_id, activity_id=activity_id, day=day):
        raise Refusal(RefusalCode.GUARDIAN_NEEDED)


def check_conditions(found: sql.Standing, *, volunteer_id: int) -> None:
    """What the position asks. Refusal: NOT_ELIGIBLE with `missing`, everything he lacks in words; `own`: some of it is
    his to tell (a skill, a paper); `training`: the first he was not taught, "" for none."""
    kept = json.loads(found.conditions)
    if not kept:
        return
    day = local_day(from_millis(found.starts_at))
    lacking = missing(
        conditions_of(kept), volunteer_id=volunteer_id, birth_date=found.birth_date, day=day
    )
    if lacking:
        asked = conditions_of(kept)
        can = _skills(volunteer_id, day)
        own = bool(
            {*asked.skills} - can or {*asked.qualifications} - _proved(volunteer_id, day)
            or (asked.one_of and can.isdisjoint(asked.one_of))
        )  # fmt: skip
        untrained = sorted({*asked.trainings} - {each.name for each in facts.had(volunteer_id) if each.holds(day)})
        raise Refusal(
            RefusalCode.NOT_ELIGIBLE, missing=say("signup.missing.separator").join(lacking), own=own,
            training=untrained[0] if untrained else "",
        )  # fmt: skip


def missing(asked: Conditions, *, volunteer_id: int, birth_date: str | None, day: date) -> list[str]:
    """What somebody lacks, each in words; [] if he fits."""
    codes = {*asked.skills, *asked.qualifications, *asked.one_of}
    names = {row.code: row.name for row in Skill.select().where(Skill.code.in_(codes))} if codes else {}
    found = [
        say(f"signup.missing.{kind}", name=names.get(code, code))
        for kind, wanted, has in (
            ("skill", asked.skills, _skills), ("qualification", asked.qualifications, _proved),
        )
        if wanted
        for code in sorted({*wanted} - has(volunteer_id, day))
    ]  # fmt: skip
    if asked.one_of and _skills(volunteer_id, day).isdisjoint(asked.one_of):
        found.append(say("signup.missing.skill", name=one_of(asked, names)))
    if asked.trainings:
        found += _untrained({*asked.trainings}, volunteer_id, day)
    return found + _age(asked, birth_date, day)


def one_of(asked: Conditions, names: Mapping[str, str]) -> str:
    """The skills of which one is enough, by name: 开船”或“游泳 (it stands between quotation marks)."""
    return say("signup.missing.either").join(names.get(code, code) for code in asked.one_of)


def _skills(volunteer_id: int, day: date) -> set[str]:
    rows = VolunteerSkill.select(VolunteerSkill.skill).where(VolunteerSkill.volunteer == volunteer_id)
    return {str(row.skill_code) for row in rows} | _proved(volunteer_id, day)


def _proved(volunteer_id: int, day: date) -> set[str]:
    """What verified papers prove that are valid on the day."""
    rows = Qualification.select(Qualification.kind).where(
        Qualification.volunteer == volunteer_id, Qualification.state == "verified",
        Qualification.expires_on.is_null() | (Qualification.expires_on >= day.isoformat()),
        Qualification.issued_on.is_null() | (Qualification.issued_on <= day.isoformat()),
    )  # fmt: skip
    return {str(row.kind) for row in rows}


def _untrained(wanted: set[str], volunteer_id: int, day: date) -> list[str]:
    """The trainings he lacks, in words: one he never took, one whose certificate has run out on the day."""
    had = facts.had(volunteer_id)
    over = {each.name: date.fromisoformat(each.until) for each in had if not each.holds(day)}
    found = []
    for name in sorted(wanted - {each.name for each in had if each.holds(day)}):
        last = over.get(name)
        if last is None:
            found.append(say("signup.missing.training", name=name))
        else:
            found.append(
                say("signup.missing.training_over", name=name, year=last.year, month=last.month, day=last.day)
            )
    return found


def _age(asked: Conditions, birth_date: str | None, day: date) -> list[str]:
    if asked.age_from is None and asked.age_to is None:
        return []
    if not birth_date:
        return [say("signup.missing.birth")]
    years = years_on(birth_date, day)
    found = []
    if asked.age_from is not None and years < asked.age_from:
        found.append(say("signup.missing.age_from", age=asked.age_from))
    if asked.age_to is not None and years > asked.age_to:
        found.append(say("signup.missing.age_to", age=asked.age_to))
    return found


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another place of the person's around this shift."""

    begins: datetime
    ends: datetime
    activity_id: int
    title: str
    where: tuple[str, str]


def check_time(found: sql.Standing, *, volunteer_id: int, load_accepted: bool, let_clash: bool, at: datetime) -> None:
    """Where else he is that day.

    Refusals: TIME_CLASH (facts `title`, `when`; a leader may let it pass with a reason), LOAD_TOO_MUCH in danger (a
    long day, a short rest), else LOAD_WARNING until the person says yes to it (fact `why`).
    """
    starts_at, ends_at = from_millis(found.starts_at), from_millis(found.ends_at)
    others: list[Elsewhere] = []
    if found.busy:
        rows = sql.others(
            volunteer_id=volunteer_id, shift_id=found.shift_id, before=to_millis(ends_at + AROUND),
            after=to_millis(starts_at - AROUND),
        )  # fmt: skip
        for begins, ends, activity_id, title, region, place in rows:
            if begins < found.ends_at and ends > found.starts_at and not let_clash:
                raise Refusal(RefusalCode.TIME_CLASH, title=title, when=when(from_millis(begins)))
            others.append(
                Elsewhere(from_millis(begins), from_millis(ends), activity_id, title, (region, place.strip()))
            )
    if found.emergency or (not others and ends_at - starts_at < SHORT):
        return
    numbers = rules.rule("signup", found.region_code, at).params
    load = _load(found, others, numbers)
    if load and is_danger(found):
        raise Refusal(RefusalCode.LOAD_TOO_MUCH, why=say("signup.load.separator").join(load))
    told = load + _on_the_way(found, others, numbers["travel"])
    if told and not load_accepted:
        raise Refusal(RefusalCode.LOAD_WARNING, why=say("signup.load.separator").join(told))


def check_cover(found: sql.Standing) -> None:
    """What is dangerous is insured, still: INSURANCE_GONE where its cover was ended (条例 §17)."""
    if is_danger(found):
        insurance.require_standing(found.activity_id)


def _load(found: sql.Standing, others: list[Elsewhere], numbers: Mapping[str, Any]) -> list[str]:
    """What makes it too much, in words. A day is the one on which a shift begins."""
    mine = (from_millis(found.starts_at), from_millis(found.ends_at))
    day = local_day(mine[0])
    spans = [mine, *((each.begins, each.ends) for each in others)]
    minutes = sum(_minutes(ends - begins) for begins, ends in spans if local_day(begins) == day)
    told = []
    if minutes > numbers["day_cap"]:
        told.append(say("signup.load.day", duration=duration(minutes), most=duration(numbers["day_cap"])))
    pauses = [_pause(mine, each) for each in others if local_day(each.begins) != day]
    least = min((pause for pause in pauses if pause >= 0), default=numbers["rest"])
    if least < numbers["rest"]:
        told.append(say("signup.load.rest", duration=duration(least), least=duration(numbers["rest"])))
    return told


def _on_the_way(found: sql.Standing, others: list[Elsewhere], least: int) -> list[str]:
    """Where there is too little time to get from one place to the other (U11): shifts of one activity, and activities
    in one place, follow each other without a gap. `least` in minutes."""
    mine = (from_millis(found.starts_at), from_millis(found.ends_at))
    here = (found.region_code, found.place.strip())
    told = []
    for each in others:
        pause = _pause(mine, each)
        if each.activity_id == found.activity_id or each.where == here or not 0 <= pause < least:
            continue
        key = "travel" if pause else "travel_none"
        told.append(say(f"signup.load.{key}", title=each.title, when=when(each.begins), duration=duration(pause)))
    return told


def _pause(mine: tuple[datetime, datetime], other: Elsewhere) -> int:
    """Whole minutes between the two, below 0 where they overlap."""
    return _minutes(max(mine[0], other.begins) - min(mine[1], other.ends))


def _minutes(span: timedelta) -> int:
    return span // timedelta(minutes=1)
