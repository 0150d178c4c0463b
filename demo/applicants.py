"""Two who want to join: a member of another team by himself, half vetted, and one whom a leader recommended."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from demo import names
from demo.people import Person, leader_of
from models import Acceptance, Application, Reference, Team
from wording import entry

#: Who they are, by number, and the team they want to join.
BY_HIMSELF, RECOMMENDED = (23, "donghu"), (3, "rescue")


def apply(rng: Random, people: list[Person], *, teams: dict[str, Team], at: datetime) -> None:
    """One application that waits for the examination, one recommendation that waits for the person's word."""
    by_number = {person.number: person for person in people}
    number, key = BY_HIMSELF
    applicant, team = by_number[number], teams[key]
    waiting = Application.create(
        code=names.code(rng, 8), route="self", state="submitted", team=team, volunteer=applicant.id,
        statement="我会修水泵，周末都有空。", door="pages", created_at=at - timedelta(days=2),
    )  # fmt: skip
    for document, at_team in (("pledge", None), ("agreement", team.id)):
        Acceptance.create(
            volunteer=applicant.id, document=document, version=entry(f"promises.{document}.version"), team_id=at_team,
            door="pages", at=at - timedelta(days=2),
        )  # fmt: skip
    Reference.create(
        application=waiting, asked="同小区的邻居", asked_count=3, favourable=True, note="热心，谁家有事都去帮忙",
        actor=leader_of(people, key).id, at=at - timedelta(days=1),
    )  # fmt: skip
    number, key = RECOMMENDED
    Application.create(
        code=names.code(rng, 8), route="organisation", state="offered", team=teams[key],
        volunteer=by_number[number].id, recommender=leader_of(people, key).id,
        statement="他当过工兵，水性好，我们需要这样的人。", door="console", created_at=at - timedelta(days=1),
    )  # fmt: skip
