"""The console (`/console`): leaders and service centres run activities, confirmation, notices, people.

Server-drawn pages; htmx asks every three seconds for what moves, `static/stage.js` keeps the big screen going.
Rights are read anew by each act's service; here only the door is kept (`frame.need_role`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.console import desk, login, manage, overview, policy, practice, records
from handlers.console.access import audit, officers, people, people_list, person_view, roles
from handlers.console.assessment import cycles, exits, marks, progress
from handlers.console.assessment import objections as assessment_objections
from handlers.console.assessment import review as assessment_review
from handlers.console.certificates import issuing as certificates_new
from handlers.console.certificates import register as certificates
from handlers.console.certificates import seals
from handlers.console.dispatch import board, calls, cover, points
from handlers.console.dispatch import teams as called_teams
from handlers.console.figures import activeness, forms, hand, nominations, reference, statistics
from handlers.console.gates import guardians, insurance
from handlers.console.imports import imports, national
from handlers.console.lives import cards, correcting, deaths, merging, monthly, proxies, recoveries, transfers
from handlers.console.mall import desk as mall_desk
from handlers.console.mall import rewards as mall
from handlers.console.messaging import by_hand, mass, notices, outbox, questions, wide
from handlers.console.money import grants
from handlers.console.money import lines as money
from handlers.console.organisation import (
    all_teams,
    centres,
    exceptions,
    foundings,
    regions,
    team_names,
    team_record,
)
from handlers.console.participation import activities, places, roster, stage
from handlers.console.planning import approvals, needs, projects, reports, series, tags
from handlers.console.publicity import stories
from handlers.console.recognition import benefits, honours, stars
from handlers.console.recruitment import applications, people_skills, qualifications
from handlers.console.review import cases, complaints, evaluations, makeups, objections, samples
from handlers.console.training import drives, registers
from handlers.console.training import orders as training_orders
from handlers.console.training import sessions as trainings
from handlers.pages import dress

if TYPE_CHECKING:
    from flask import Flask

#: Room by room; whoever adds a page adds it to its room's line.
PAGES = (
    login, desk, manage, overview, records, policy, practice,
    notices, wide, outbox, by_hand, mass, questions,
    people, people_list, person_view, roles, officers, audit,
    regions, centres, all_teams, team_record, team_names, foundings, exceptions,
    applications, people_skills, qualifications,
    activities, roster, stage, places,
    approvals, needs, series, projects, tags, reports,
    imports, national,
    transfers, deaths, proxies, cards, monthly, recoveries, correcting, merging,
    makeups, objections, cases, samples, evaluations, complaints,
    cycles, assessment_review, marks, assessment_objections, exits, progress,
    insurance, guardians,
    points, cover, calls, board, called_teams,
    statistics, activeness, hand, reference, forms, nominations, honours,
    registers, training_orders, trainings, drives,
    stories, money, grants,
    stars, benefits,
    certificates_new, certificates, seals, mall, mall_desk,
)  # fmt: skip


def register_console(app: Flask) -> None:
    """Mount the console's pages under /console."""
    dress(app)
    for each in PAGES:
        app.register_blueprint(each.bp, url_prefix="/console")
