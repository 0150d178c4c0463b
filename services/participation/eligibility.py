"""Whether somebody may take a place: what the position asks, where else he is, how long his day gets.

Ages are counted on the Shanghai day of the shift. A clash is an overlap of half-open intervals, so a shift that ends at
ten and one that begins at ten go together. A long day and a short rest are warnings, a stop only in danger, and nothing
in a declared emergency (U11, U16, U21).
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

from clock import from_millis, local_day, to_millis
from models import Qualification, Skill, TrainingTick, VolunteerSkill
from queries import signups as sql
from services import rules
from services.errors import Refusal, RefusalCode
from services.gates import guardians
from services.messaging.notices import duration, when
from services.participation import domains
from services.participation.positions import YOUNGEST, Conditions, conditions_of
from wording import say

ADULT_YEARS = 18
#: How far around a shift others matter for the day and the rest.
AROUND = timedelta(hours=36)
#: A shift shorter than this makes no day long by itself: nobody asks for the rule.
SHORT = timedelta(hours=4)


def years_on(birth_date: str, day: date) -> int:
    """Whole years of age on a day."""
    born = date.fromisoformat(birth_date)
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def is_danger(found: sql.Standing) -> bool:
    """Whether the service may harm: by its kind, or by somebody's word."""
    return bool(found.dangerous) or domains.is_danger(found.domain, found.sub_domain)


def check_age(found: sql.Standing, *, volunteer_id: int) -> None:
    """The law's ages; an unknown birth date bars no registered adult.

    Refusals: TOO_YOUNG (under 14), ADULTS_ONLY (under 18 in danger, S58), GUARDIAN_NEEDED (14–17 without a
    verified consent, S117).
    """
    day = local_day(from_millis(found.starts_at))
    if not found.birth_date:
        return
    years = years_on(found.birth_date, day)
    if years >= ADULT_YEARS:
        return
    if years < YOUNGEST:
        raise Refusal(RefusalCode.TOO_YOUNG)
    if is_danger(found):
        raise Refusal(RefusalCode.ADULTS_ONLY)
    if not guardians.agreed(volunteer_id=volunteer_id, activity_id=found.activity_id, day=day):
        raise Refusal(RefusalCode.GUARDIAN_NEEDED)


def check_conditions(found: sql.Standing, *, volunteer_id: int) -> None:
    """What the position asks. Refusal: NOT_ELIGIBLE with `missing`, everything he lacks in words."""
    kept = json.loads(found.conditions)
    if not kept:
        return
    day = local_day(from_millis(found.starts_at))
    lacking = missing(
        conditions_of(kept), volunteer_id=volunteer_id, birth_date=found.birth_date, day=day
    )
    if lacking:
        raise Refusal(RefusalCode.NOT_ELIGIBLE, missing=say("signup.missing.separator").join(lacking))


def missing(asked: Conditions, *, volunteer_id: int, birth_date: str | None, day: date) -> list[str]:
    """What somebody lacks, each in words; [] if he fits."""
    codes = {*asked.skills, *asked.qualifications}
    names = {row.code: row.name for row in Skill.select().where(Skill.code.in_(codes))} if codes else {}
    found = [
        say(f"signup.missing.{kind}", name=names.get(code, code))
        for kind, wanted, has in (
            ("skill", asked.skills, _skills), ("qualification", asked.qualifications, _proved),
            ("training", asked.trainings, _trained),
        )
        if wanted
        for code in sorted({*wanted} - has(volunteer_id, day))
    ]  # fmt: skip
    return found + _age(asked, birth_date, day)


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


def _trained(volunteer_id: int, _day: date) -> set[str]:
    rows = TrainingTick.select(TrainingTick.name).where(TrainingTick.volunteer == volunteer_id)
    return {str(row.name) for row in rows}


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


def check_time(found: sql.Standing, *, volunteer_id: int, load_accepted: bool, let_clash: bool, at: datetime) -> None:
    """Where else he is that day.

    Refusals: TIME_CLASH (facts `title`, `when`; a leader may let it pass with a reason), LOAD_TOO_MUCH in danger,
    else LOAD_WARNING until the person says yes to it (fact `why`).
    """
    starts_at, ends_at = from_millis(found.starts_at), from_millis(found.ends_at)
    others: list[tuple[datetime, datetime]] = []
    if found.busy:
        rows = sql.others(
            volunteer_id=volunteer_id, shift_id=found.shift_id, before=to_millis(ends_at + AROUND),
            after=to_millis(starts_at - AROUND),
        )  # fmt: skip
        for begins, ends, _, title in rows:
            if begins < found.ends_at and ends > found.starts_at and not let_clash:
                raise Refusal(RefusalCode.TIME_CLASH, title=title, when=when(from_millis(begins)))
            others.append((from_millis(begins), from_millis(ends)))
    if found.emergency or (not others and ends_at - starts_at < SHORT):
        return
    why = _load(found, others, at)
    if why and is_danger(found):
        raise Refusal(RefusalCode.LOAD_TOO_MUCH, why=why)
    if why and not load_accepted:
        raise Refusal(RefusalCode.LOAD_WARNING, why=why)


def _load(found: sql.Standing, others: list[tuple[datetime, datetime]], at: datetime) -> str:
    """What makes it too much, in words; "" if nothing does. A day is the one on which a shift begins."""
    numbers = rules.rule("signup", found.region_code, at).params
    mine = (from_millis(found.starts_at), from_millis(found.ends_at))
    day = local_day(mine[0])
    minutes = sum(_minutes(ends - begins) for begins, ends in [mine, *others] if local_day(begins) == day)
    told = []
    if minutes > numbers["day_cap"]:
        told.append(say("signup.load.day", duration=duration(minutes), most=duration(numbers["day_cap"])))
    pauses = [
        _minutes(max(mine[0], begins) - min(mine[1], ends))
        for begins, ends in others
        if local_day(begins) != day
    ]
    least = min((pause for pause in pauses if pause >= 0), default=numbers["rest"])
    if least < numbers["rest"]:
        told.append(say("signup.load.rest", duration=duration(least), least=duration(numbers["rest"])))
    return say("signup.load.separator").join(told)


def _minutes(span: timedelta) -> int:
    return span // timedelta(minutes=1)
