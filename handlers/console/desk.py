"""The desk: the activities of today and what each waits for; for officers, the papers that wait for a word."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, is_off, need_role, render
from services.assessment import review_views
from services.certificates import views as certificates
from services.conversation import ticket_views
from services.dispatch import call_list
from services.listing import Wanted
from services.messaging.broadcasts import lists
from services.money import grants
from services.participation import console_views, place_views
from services.planning import approval_views
from services.privacy import correcting_desk
from services.recruitment import qualifications
from services.review import makeup_views, objection_views
from services.stories import views as stories

bp = APIBlueprint("console_desk", __name__, enable_openapi=False)


@bp.get("", strict_slashes=False)
@need_role
def desk() -> ResponseReturnValue:
    """Running first, then what waits for confirmation, then what comes."""
    at = clock.now()
    papers = qualifications.waiting(actor=actor(), at=at) if g.rights.manages else 0
    asked = approval_views.waiting(actor=actor(), at=at) if g.rights.manages else 0
    return render(
        "desk", tab="desk", desk=console_views.desk(actor=actor(), at=at), papers=papers, asked=asked, at=at,
        makeups=makeup_views.waiting(actor=actor(), at=at),
        signups=place_views.waiting(actor=actor(), wanted=Wanted(size=1), at=at).total,
        objections=objection_views.waiting(actor=actor(), at=at),
        assessing=not is_off("/console/assessment", at), assessed=review_views.waiting(actor=actor(), at=at),
        questions=ticket_views.waiting(actor=actor(), at=at),
        calls=call_list.running(actor=actor(), at=at), notices=len(lists.waiting(actor=actor(), at=at)),
        grants=grants.to_decide(actor=actor(), at=at), stories=stories.to_review(actor=actor(), at=at),
        certificates=certificates.waiting(actor=actor(), at=at),
        corrections=correcting_desk.waiting(actor=actor(), at=at) if g.rights.manages else 0,
    )  # fmt: skip
