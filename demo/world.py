"""A believable small world in 霍邱县: one seed, one world; only its dates count from the day it is made."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from demo import (
    activities,
    applicants,
    assessing,
    attendance,
    calling,
    certifying,
    gates,
    honouring,
    messages,
    neighbours,
    occasions,
    people,
    places,
    planning,
    points,
    recognising,
    reviewing,
    shopping,
    teaching,
)
from demo.cast import PHONES, Phone
from models import Volunteer, store
from services.accounts.vault import Vault
from services.activeness import index, turnover
from services.organisation import exceptions
from services.publicity import figures as public_figures
from services.statistics import months, tally

SEED = "红耀江淮"
#: The township's officer, by the number of his phone.
OFFICER = 7
#: Who has redeemed something that waits for him.
SHOPPER = 4


def is_empty() -> bool:
    """Whether nobody lives in the database yet."""
    return not Volunteer.select().exists()


def make_world(
    *, vault: Vault, mp_appid: str, oa_appid: str, at: datetime, brand: str = "红耀江淮", seed: str = SEED
) -> tuple[Phone, ...]:
    """Make everything in one write, so that an interrupted start leaves nothing; answers the phones of the desk.

    The divisions must have been loaded. Ciphertexts differ at each making, as they must.
    """

    def dice(part: str) -> Random:
        return Random(f"{seed}:{part}")

    def act() -> None:
        opened = at - timedelta(days=520)
        centres = places.found_centres(opened)
        teams = places.found_teams(dice("teams"), centres=centres, brand=brand, at=opened)
        everybody = people.imagine(dice("people"), at=at)
        people.settle(everybody, vault=vault, mp_appid=mp_appid, oa_appid=oa_appid, at=at)
        people.give_places(dice("places"), everybody, teams=teams, centres=centres, at=at)
        officer = next(each for each in everybody if each.number == OFFICER)
        places.begin_founding(
            dice("founding"), centres=centres, applicant=officer.id, leader=officer.id, brand=brand,
            at=at - timedelta(days=2),
        )  # fmt: skip
        applicants.apply(dice("applicants"), everybody, teams=teams, at=at)
        plan = occasions.past(dice("year"), at=at)
        plan += occasions.running_and_coming(dice("coming"), at=at)
        held = activities.hold(dice("activities"), plan, people=everybody, teams=teams, at=at)
        activities.sign_up_all(dice("signups"), held, people=everybody, at=at)
        activities.queue_up(held, people=everybody, at=at)
        near, theirs = neighbours.settle_down(
            dice("neighbours"), everybody, brand=brand, vault=vault, mp_appid=mp_appid, oa_appid=oa_appid, at=at
        )
        attendance.bring_along([*everybody, *near], teams=teams | theirs, at=at)
        attendance.attend_all(dice("scans"), held, at=at)
        confirmed = attendance.confirm_past(dice("confirming"), held, everybody, at=at)
        messages.never_sleep(at=opened)
        certifying.lay_out(everybody, vault=vault, brand=brand, at=at)
        assessing.assess(dice("assessment"), everybody, at=at)
        neighbours.begin(dice("neighbours' assessment"), at=at)
        messages.tell(dice("messages"), held, confirmed, everybody, teams=teams, at=at)
        planning.lay_out(dice("planning"), teams=teams, officer=officer.id, at=at)
        planning.tell(dice("stories"), teams=teams, officer=officer.id, at=at)
        points.lay_out(dice("points"), teams=teams, at=at)
        teaching.lay_out(dice("teaching"), teams=teams, officer=officer.id, at=at)
        reviewing.review(dice("review"), at=at)
        by_number = {person.number: person.id for person in everybody}
        recognising.lay_out(heavy=by_number[4], director=by_number[6], at=at)
        honouring.lay_out(
            dice("honours"), honoured=by_number[4], shown=by_number[5], team=teams["donghu"].code,
            officer=by_number[OFFICER], director=by_number[6], at=at,
        )  # fmt: skip
        shopper = next(each for each in everybody if each.number == SHOPPER)
        shopping.open_mall(dice("mall"), officer=officer.id, shopper=shopper.id, at=at)
        gates.lay_out(
            dice("gates"), everybody, teams=teams, vault=vault, mp_appid=mp_appid, oa_appid=oa_appid, at=at
        )
        calling.lay_out(dice("calling"), everybody, at=at)
        messages.put_in_order()

    store.write(act)
    tally.refresh(at=at)
    months.refresh_all(at=at)
    public_figures.refresh(at=at)
    index.refresh(at=at)
    store.write(lambda: honouring.count(at=at))
    turnover.refresh(at=at)
    exceptions.refresh(at=at)
    return PHONES
