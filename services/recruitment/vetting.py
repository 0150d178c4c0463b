"""群众口碑 and 组织考察: who was asked about a person, and the five criteria (S38, S39). Kept, never changed: the
newest counts.

Health is the person's own yes or no; no medical word is stored (S114).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from clock import local_day
from models import Application, Examination, Reference, store
from services import audit, decisions, permissions, rules
from services.actors import Actor
from services.errors import Refusal, RefusalCode

#: S39, in the policy's order.
CRITERIA = ("political", "responsible", "healthy", "capable", "respected")
LONGEST = 200


def add_reference(
    *, actor: Actor, code: str, asked: str, asked_count: int, favourable: bool, note: str = "", at: datetime
) -> None:
    """Put down what people say: who was asked, how many, well or not. A leader of the team or a manager does it.

    Refusals: NOT_FOUND / NOT_ALLOWED, OWN_RECORD (the applicant), APPLICATION_STATE, TEXT_EMPTY (who was asked),
    TEXT_TOO_LONG, FIGURE_WRONG (nobody or more than 1000 asked), REASON_REQUIRED (not well, and no word why).
    """
    application = _open(code)
    permissions.require_lead(actor=actor, team_id=application.team_id, at=at)
    if actor.volunteer_id == application.volunteer_id:
        raise Refusal(RefusalCode.OWN_RECORD)
    if application.state != "submitted":
        raise Refusal(RefusalCode.APPLICATION_STATE)
    if not asked.strip():
        raise Refusal(RefusalCode.TEXT_EMPTY)
    if max(len(asked), len(note)) > LONGEST:
        raise Refusal(RefusalCode.TEXT_TOO_LONG)
    if not 1 <= asked_count <= 1000:
        raise Refusal(RefusalCode.FIGURE_WRONG)
    if not favourable and not note.strip():
        raise Refusal(RefusalCode.REASON_REQUIRED)

    def act() -> None:
        Reference.create(
            application=application, asked=asked.strip(), asked_count=asked_count, favourable=favourable,
            note=note.strip(), actor=actor.volunteer_id, at=at,
        )  # fmt: skip
        _kept(actor, application, "reference_good" if favourable else "reference_bad", at)

    store.write(act)


def examine(
    *, actor: Actor, code: str, criteria: Mapping[str, tuple[bool, str]], examined_on: date, at: datetime
) -> bool:
    """The centre examines: each of the five criteria passed or not, with a note where not; answers whether all passed.

    Refusals: NOT_FOUND / NOT_ALLOWED, OWN_RECORD (the applicant or his recommender), APPLICATION_STATE,
    BAD_REQUEST (not the five criteria), FIGURE_WRONG (a day that is not yet), REASON_REQUIRED (failed, no note),
    TEXT_TOO_LONG.
    """
    application = _open(code)
    decisions.require_decider(
        actor=actor, region_code=application.team.region_code,
        parties=parties(application), at=at,
    )  # fmt: skip
    if application.state != "submitted":
        raise Refusal(RefusalCode.APPLICATION_STATE)
    if set(criteria) != set(CRITERIA):
        raise Refusal(RefusalCode.BAD_REQUEST, why="criteria")
    if examined_on > local_day(at):
        raise Refusal(RefusalCode.FIGURE_WRONG)
    for name, (passed, note) in criteria.items():
        if not passed and not note.strip() and name != "healthy":
            raise Refusal(RefusalCode.REASON_REQUIRED)
        if len(note) > LONGEST:
            raise Refusal(RefusalCode.TEXT_TOO_LONG)
    all_passed = all(passed for passed, _ in criteria.values())
    kept = {name: {"passed": criteria[name][0], "note": _note(name, criteria[name][1])} for name in CRITERIA}

    def act() -> bool:
        Examination.create(
            application=application, criteria=kept, passed=all_passed, examined_on=examined_on.isoformat(),
            actor=actor.volunteer_id, at=at,
        )  # fmt: skip
        _kept(actor, application, "examined_good" if all_passed else "examined_bad", at)
        return all_passed

    return store.write(act)


def _kept(actor: Actor, application: Application, step: str, at: datetime) -> None:
    audit.changed(
        actor=actor, verb=f"application.{step}", subject=f"application:{application.id}", changes={}, at=at
    )


def parties(application: Application) -> set[int | None]:
    """Who does not decide on it: the applicant, his recommender, whoever wrote it for him on paper."""
    written = decisions.hands(
        volunteer_id=application.volunteer_id, about=(application.code, application.team.code)
    )
    return {application.volunteer_id, application.recommender_id, *written}


def _note(name: str, note: str) -> str:
    """Health is a yes or no: whatever was typed there is not kept."""
    return "" if name == "healthy" else note.strip()


def _open(code: str) -> Application:
    found = Application.get_or_none(Application.code == code)
    if found is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    assert isinstance(found, Application)
    return found


def references(application_id: int) -> list[Reference]:
    """All references, the newest first."""
    return list(
        Reference.select().where(Reference.application == application_id).order_by(Reference.id.desc())
    )


def examinations(application_id: int) -> list[Examination]:
    """All examinations, the newest first."""
    return list(
        Examination.select().where(Examination.application == application_id).order_by(Examination.id.desc())
    )


def missing(*, application: Application, at: datetime) -> list[str]:
    """What still stands between an application and its approval: "reference", "examination", both or nothing.

    The newest reference must be favourable and the people asked, over all favourable ones, as many as the division's
    rule wants; the newest examination must have passed in every point.
    """
    params = rules.rule("team", application.team.region_code, at).params
    if not params["vetting"]:
        return []
    found = references(application.id)
    asked = sum(row.asked_count for row in found if row.favourable)
    lacking = []
    if not found or not found[0].favourable or asked < params["min_references"]:
        lacking.append("reference")
    newest = next(iter(examinations(application.id)), None)
    if newest is None or not newest.passed:
        lacking.append("examination")
    return lacking
