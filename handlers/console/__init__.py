"""The console (`/console`): leaders and service centres run activities, confirmation, notices, people.

Server-drawn pages; htmx asks every three seconds for what moves, `static/console.js` keeps the big screen going.
Rights are read anew by each act's service; here only the door is kept (`frame.need_role`).
"""

from __future__ import annotations

from apiflask import APIBlueprint, APIFlask

from handlers.console import (
    activities,
    all_teams,
    applications,
    audit,
    cards,
    centres,
    deaths,
    desk,
    exceptions,
    foundings,
    imports,
    login,
    manage,
    merging,
    monthly,
    national,
    notices,
    officers,
    overview,
    people,
    people_list,
    people_skills,
    person_view,
    policy,
    practice,
    proxies,
    qualifications,
    records,
    recoveries,
    regions,
    roles,
    roster,
    stage,
    team_names,
    team_record,
    transfers,
)

#: One line each: whoever adds a page adds a line.
PAGES = (
    login,
    desk,
    manage,
    activities,
    applications,
    roster,
    records,
    stage,
    notices,
    officers,
    overview,
    people,
    people_list,
    people_skills,
    person_view,
    roles,
    audit,
    policy,
    practice,
    imports,
    national,
    regions,
    centres,
    all_teams,
    team_record,
    team_names,
    foundings,
    exceptions,
    transfers,
    deaths,
    proxies,
    cards,
    monthly,
    recoveries,
    merging,
    qualifications,
)


def register_console(app: APIFlask) -> None:
    """Mount the console's pages under /console."""
    blueprints: list[APIBlueprint] = [each.bp for each in PAGES]
    for blueprint in blueprints:
        app.register_blueprint(blueprint, url_prefix="/console")
