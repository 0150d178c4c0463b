"""A believable small county: centre, stations, teams, people, a year behind them and two weeks ahead.

The same every time but for the dates, which count from `at`.
"""

from __future__ import annotations

from datetime import datetime
from random import Random

from demo import activities, attendance, messages, occasions, people, places
from models import Balance, store
from services.vault import Vault

SEED = 1949


def make_world(*, vault: Vault, mp_appid: str, oa_appid: str, brand: str, at: datetime) -> int:
    """Make the whole world in one write; how many service records it holds."""

    def make() -> int:
        rng = Random(SEED)
        centres = places.found_centres(at)
        teams = places.found_teams(rng, centres=centres, brand=brand, at=at)
        everybody = people.imagine(rng, at=at)
        people.settle(everybody, vault=vault, mp_appid=mp_appid, oa_appid=oa_appid, at=at)
        people.give_places(rng, everybody, teams=teams, centres=centres, at=at)
        calendar = [*occasions.past(rng, at=at), *occasions.running_and_coming(rng, at=at)]
        held = activities.hold(rng, calendar, people=everybody, teams=teams, at=at)
        activities.sign_up_all(rng, held, people=everybody, at=at)
        attendance.bring_hours(everybody, teams=teams, at=at)
        attendance.attend_all(rng, held, at=at)
        Balance.insert_many([{"volunteer": person.id} for person in everybody]).on_conflict_ignore().execute()
        posted = attendance.post_all(at=at)
        messages.fill_inboxes(held, at=at)
        return posted

    return store.write(make)
