"""What to call a route with: an example object for every variable of an address, a fitting body for every write.

Whoever adds a route with a new kind of object adds a line to `VALUES` (the longest prefix that fits wins) and, where
the world has no such object yet, makes one in `stage.Stage._make`. All examples belong to `stage.team` in its village.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from services import codes
from tests.rights.matters import MATTERS
from tests.rights.stage import AT, Stage
from tests.support.world import TOWN, VILLAGE
from wechat.gateway import MiniLogin

Value = Callable[[Stage], Any]

#: (beginning of the rule, variable, the example).
VALUES: tuple[tuple[str, str, Value], ...] = (
    *(one for matter in MATTERS for one in matter.VALUES),
    ("/api/v1/activities/", "code", lambda s: s.activity.code),
    ("/api/v1/public/activities/", "code", lambda s: s.activity.code),
    ("/api/v1/shifts/", "code", lambda s: s.shift.code),
    ("/activities/", "code", lambda s: s.activity.code),
    ("/m/activities/", "code", lambda s: s.activity.code),
    ("/m/me/teams/", "code", lambda s: s.team.code),
    ("/console/activities/", "code", lambda s: s.activity.code),
    ("/console/activities/<code>/approval/", "step", lambda s: "approve"),
    ("/console/projects/", "code", lambda s: s.project.code),
    ("/console/plans/", "number", lambda s: s.plan.id),
    ("/console/plans/", "item", lambda s: s.plan_item.id),
    ("/console/campaigns/", "code", lambda s: s.campaign.code),
    ("/console/partners/", "code", lambda s: s.helper.code),
    ("/console/series/", "code", lambda s: s.series.code),
    ("/console/needs/", "code", lambda s: s.need.code),
    ("/console/needs/", "step", lambda s: "accept"),
    ("/m/needs/", "code", lambda s: s.need.code),
    ("/console/needs/door/", "region", lambda s: VILLAGE),
    ("/n/", "region", lambda s: VILLAGE),
    ("/n/of/", "token", lambda s: "need-token-0001"),
    ("/api/v1/needs/", "code", lambda s: s.need.code),
    ("/api/v1/teams/", "code", lambda s: s.team.code),
    ("/api/v1/me/needs/", "code", lambda s: s.need.code),
    ("/console/teams/", "code", lambda s: s.team.code),
    ("/console/teams/<code>/guidance/", "number", lambda s: s.guidance.id),
    ("/console/teams/<code>/exceptions/", "number", lambda s: s.deviation.id),
    ("/console/teams/<code>/state/", "step", lambda s: "pause"),
    ("/console/foundings/", "number", lambda s: s.founding.id),
    ("/console/foundings/", "step", lambda s: "return"),
    ("/console/guardians/", "number", lambda s: s.consent.id),
    ("/m/guardian/", "number", lambda s: s.consent.id),
    ("/api/v1/me/guardians/", "number", lambda s: s.consent.id),
    ("/console/insurance/", "code", lambda s: s.cover.code),
    ("/console/regions/", "code", lambda s: VILLAGE),
    ("/console/centres/", "code", lambda s: VILLAGE),
    ("/console/specialities/", "code", lambda s: "x001"),
    ("/console/people/<public_no>/invite", "public_no", lambda s: s.invited.public_no),
    ("/console/policy/", "kind", lambda s: "team"),
    ("/console/policy/", "name", lambda s: "min_members"),
    ("/console/people/forms/", "number", lambda s: s.proxy_act),
    ("/m/proxies/", "number", lambda s: s.proxy_act),
    ("/m/qualifications/", "number", lambda s: s.qualification.id),
    ("/console/qualifications/", "number", lambda s: s.qualification.id),
    ("/api/v1/me/qualifications/", "number", lambda s: s.qualification.id),
    ("/console/roles/", "grant_id", lambda s: s.grant.id),
    ("/console/outbox/", "number", lambda s: s.message.id),
    ("/console/notices/", "notice_id", lambda s: s.notice.id),
    ("/api/v1/broadcasts/", "notice_id", lambda s: s.notice.id),
    ("/console/mass/", "mass_id", lambda s: s.mass.id),
    ("/api/v1/me/applications/", "code", lambda s: s.application.code),
    ("/m/applications/", "code", lambda s: s.application.code),
    ("/m/join/", "code", lambda s: s.team.code),
    ("/m/found/", "number", lambda s: s.founding.id),
    ("/m/found/", "step", lambda s: "withdraw"),
    ("/console/applications/", "code", lambda s: s.application.code),
    ("/console/recoveries/", "code", lambda s: s.recovery.code),
    ("/m/recoveries/", "code", lambda s: s.recovery.code),
    ("/api/v1/me/recoveries/", "code", lambda s: s.recovery.code),
    ("/console/merging/", "number", lambda s: s.merge.id),
    ("/console/transfers/", "code", lambda s: s.transfer.code),
    ("/api/v1/me/transfers/", "code", lambda s: s.transfer.code),
    ("/m/transfer/", "code", lambda s: s.transfer.code),
    ("/console/deaths/", "number", lambda s: s.death.id),
    ("/console/officers/", "token", lambda s: "post-invite-0001"),
    ("/console/objections/", "code", lambda s: s.objection.code),
    ("/m/objections/", "code", lambda s: s.my_objection.code),
    ("/api/v1/me/objections/", "code", lambda s: s.my_objection.code),
    ("/api/v1/objections/", "code", lambda s: s.objection.code),
    ("/console/cases/", "code", lambda s: s.case.code),
    ("/m/cases/", "code", lambda s: s.case.code),
    ("/api/v1/me/cases/", "code", lambda s: s.case.code),
    ("/console/bars/", "number", lambda s: s.bar.id),
    ("/m/presence/", "record_id", lambda s: s.my_record.id),
    ("/api/v1/me/presence/", "record_id", lambda s: s.my_record.id),
    ("/api/v1/me/records/", "record_id", lambda s: s.my_record.id),
    ("/console/records/", "record_id", lambda s: s.confirmed.id),
    ("/console/samples/", "number", lambda s: s.sample.id),
    ("/console/questions/", "code", lambda s: s.ticket.code),
    ("/m/questions/", "code", lambda s: s.my_ticket.code),
    ("/api/v1/me/questions/", "code", lambda s: s.my_ticket.code),
    ("/api/v1/questions/", "code", lambda s: s.ticket.code),
    ("/m/activities/<code>/evaluation", "code", lambda s: s.past.code),
    ("/api/v1/activities/<code>/evaluation", "code", lambda s: s.past.code),
    ("/api/v1/activities/<code>/agreement", "code", lambda s: s.past.code),
    ("/e/", "token", lambda s: "served-by-us"),
    ("/console/makeups/", "code", lambda s: s.makeup.code),
    ("/console/makeups/lists/", "code", lambda s: s.paper_list.code),
    ("/m/makeups/", "code", lambda s: s.my_makeup.code),
    ("/api/v1/me/makeups/", "code", lambda s: s.my_makeup.code),
    ("/api/v1/makeups/", "code", lambda s: s.makeup.code),
    ("/api/v1/paper-lists/", "code", lambda s: s.paper_list.code),
    ("/console/imports/", "code", lambda s: s.batch.code),
    ("/console/imports/templates/", "kind", lambda s: "hours"),
    ("/q/<code>", "code", lambda s: _poster_code(s)),
    ("/q/<stem>", "stem", lambda s: "none"),
    ("/<stem>", "stem", lambda s: "none"),
    ("/l/", "token", lambda s: "ticket-of-a-desk"),
    ("/console/once/", "token", lambda s: "no-such-link"),
    ("/m/lead/", "code", lambda s: s.activity.code),
    ("/m/lead/<code>/names/", "number", lambda s: s.written_name),
    ("/m/lead/", "number", lambda s: 0),
    ("/m/lead/", "kit", lambda s: "kit00001"),
    ("/o/", "link", lambda s: "no-such-link"),
    ("/static/", "filename", lambda s: "style.css"),
    ("", "record_id", lambda s: s.record.id),
    ("", "shift", lambda s: s.shift.code),
    ("", "shift_code", lambda s: s.shift.code),
    ("", "direction", lambda s: "in"),
    ("", "team_code", lambda s: s.team.code),
    ("", "public_no", lambda s: s.person.public_no),
    ("", "purpose", lambda s: "service"),
    ("", "group", lambda s: "activity"),
    ("", "region", lambda s: VILLAGE),
    ("", "region_code", lambda s: VILLAGE),
)  # fmt: skip


def _draft(stage: Stage) -> dict[str, Any]:
    start = AT + timedelta(days=1)
    return {
        "team_code": stage.team.code, "title": "清洁河岸", "domain": "D3", "sub_domain": "ecology",
        "starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=2)).isoformat(), "place": "大堤",
        "content": "捡垃圾", "risk_notice": "小心路滑", "conditions": "身体健康", "safeguards": "手套",
        "positions": [{"name": "清洁员", "quota": 5}],
    }  # fmt: skip


def _person_code(stage: Stage) -> str:
    return codes.person_code(
        sign_key=stage.app.extensions["parts"].sign_key, public_no=stage.person.public_no,
        expires_at=AT + timedelta(hours=1),
    )  # fmt: skip


def _poster_code(stage: Stage) -> str:
    return codes.poster_code(shift_code=stage.shift.code, shift_key=stage.shift.code_key, direction="in")


def _venue_code(stage: Stage) -> str:
    return codes.venue_code(
        shift_code=stage.shift.code, shift_key=stage.shift.code_key, direction="in", at=AT
    )


def _log_in(stage: Stage) -> dict[str, Any]:
    stage.gateway.logins["login-code"] = MiniLogin(stage.openids["member"], None)
    return {"code": "login-code"}


def _registration(stage: Stage) -> dict[str, Any]:
    return {
        "name": "钱新来", "document": "341522196005010032", "phone": "13856400000", "region_code": VILLAGE,
        "identity": "veteran", "consents": ["service", "id_number", "veteran_status"],
    }  # fmt: skip


def _project(stage: Stage) -> dict[str, str]:
    return {
        "title": "护河", "kind": "D3.ecology", "from_on": "2026-01-01", "to_on": "2026-12-31", "funding": "budget",
    }  # fmt: skip


#: Bodies of the API's writes; {} where nothing needs to be said.
JSON: dict[str, Callable[[Stage], dict[str, Any]]] = {
    **{name: body for matter in MATTERS for name, body in getattr(matter, "JSON", {}).items()},
    "POST /api/v1/me/transfers": lambda s: {"team_code": s.team.code, "promised": True},
    "POST /api/v1/me/transfers/<code>/answer": lambda s: {"accepts": True, "promised": True},
    "POST /api/v1/activities": _draft,
    "POST /api/v1/activities/<code>/cancel": lambda s: {"reason": "下大雨"},
    "POST /api/v1/activities/<code>/calls": lambda s: {"public_no": s.person.public_no},
    "POST /api/v1/records/<int:record_id>/review": lambda s: {"believe": True, "reason": "问过本人"},
    "POST /api/v1/attendance/person-scans": lambda s: {
        "code": _person_code(s), "shift_code": s.shift.code, "direction": "in",
    },
    "POST /api/v1/attendance/scans": lambda s: {"code": _venue_code(s)},
    "POST /api/v1/attendance/ticks": lambda s: {
        "shift_code": s.shift.code, "public_no": s.person.public_no, "direction": "in",
    },
    "PUT /api/v1/me/national": lambda s: {"number": "341522000123"},
    "PUT /api/v1/me/consents/<purpose>": lambda s: {"given": True},
    "PUT /api/v1/me/message-choices/<group>": lambda s: {"on": False},
    "PUT /api/v1/me/message-choices": lambda s: {"fewer": True},
    "POST /api/v1/me/applications": lambda s: {"team_code": s.other_team.code, "promised": True},
    "POST /api/v1/me/applications/<code>/answer": lambda s: {"accepts": False},
    "POST /api/v1/me/applications/<code>/reply": lambda s: {"text": "我再说明一下"},
    "PUT /api/v1/me/skills": lambda s: {
        "skills": ["boat"], "domains": ["D3.care"], "times": ["emergency"], "reach": 4,
    },
    "POST /api/v1/me/guardians": lambda s: {
        "guardian_name": "赵大", "relation": "father", "phone": "13800000009", "form": "",
    },
    "POST /api/v1/me/qualifications": lambda s: {"kind": "boat", "name": "船员证"},
    "POST /api/v1/me/needs": lambda s: {"title": "理发", "domain": "D3", "sub_domain": "care", "content": "腿脚不便"},
    "POST /api/v1/broadcasts": lambda s: {"code": s.team.code, "text": "明早八点集合"},
    "POST /api/v1/needs/<code>/claim": lambda s: {"team_code": s.team.code},
    "POST /api/v1/needs/<code>/back": lambda s: {"reason": "人手不够"},
    "POST /api/v1/needs/<code>/contact": lambda s: {"reason": "约时间"},
    "POST /api/v1/me/needs/<code>/judge": lambda s: {"score": 5},
    "POST /api/v1/me/promises": lambda s: {"document": "pledge"},
    "POST /api/v1/recovery": lambda s: {"document": "341522196005010032", "phone": "13856400000"},
    "POST /api/v1/offline/open": lambda s: {"link": "no-such-link-at-all", "secret": "s" * 43},
    "POST /api/v1/offline/scans": lambda s: {"kit": "nosuchkt", "items": []},
    "POST /api/v1/me/inbox/read": lambda s: {"ids": [1]},
    "POST /api/v1/records/<int:record_id>/end": lambda s: {"out_at": AT.isoformat(), "reason": "看见他走的"},
    "POST /api/v1/records/<int:record_id>/undo": lambda s: {"side": "in", "reason": "点错了人"},
    "POST /api/v1/records/<int:record_id>/void": lambda s: {"reason": "没有来"},
    "POST /api/v1/registration": _registration,
    "POST /api/v1/scan-tickets": lambda s: {"code": _venue_code(s)},
    "POST /api/v1/session": _log_in,
    "PUT /api/v1/me/region": lambda s: {"region_code": s.person.region_code},
    "POST /api/v1/me/questions": lambda s: {"text": "鞋丢了"},
    "POST /api/v1/me/questions/<code>/lines": lambda s: {"text": "还没找到"},
    "POST /api/v1/questions/<code>/answer": lambda s: {"text": "在站里"},
    "POST /api/v1/me/objections": lambda s: {"record_id": s.my_record.id, "text": "不对"},
    "POST /api/v1/me/objections/<code>/further": lambda s: {"text": "不同意"},
    "POST /api/v1/objections/<code>/answer": lambda s: {"text": "核对过了"},
    "POST /api/v1/objections/<code>/decision": lambda s: {"text": "核对过了"},
    "POST /api/v1/me/presence/<int:record_id>": lambda s: {"was_there": True},
    "POST /api/v1/me/cases/<code>/statement": lambda s: {"text": "我在现场"},
    "PUT /api/v1/activities/<code>/evaluation": lambda s: {"score": 5},
    "PUT /api/v1/activities/<code>/evaluation/<public_no>": lambda s: {"score": 5},
    "POST /api/v1/activities/<code>/evaluation-links": lambda s: {"uses": 1},
    "POST /api/v1/me/makeups": lambda s: {
        "shift_code": s.missed.code, "from_at": s.missed.starts_at.isoformat(), "to_at": s.missed.ends_at.isoformat(),
        "reason": "手机没电",
    },
    "POST /api/v1/makeups/<code>/decision": lambda s: {"approves": True},
    "POST /api/v1/paper-lists/<code>/decision": lambda s: {"approves": False, "reason": "看不清"},
    "POST /api/v1/shifts/<shift_code>/decisions": lambda s: {"public_no": s.person.public_no, "accept": True},
    "POST /api/v1/shifts/<shift_code>/invitations": lambda s: {"public_no": s.person.public_no},
    "POST /api/v1/shifts/<shift_code>/outcomes": lambda s: {"public_no": s.person.public_no, "outcome": "absent"},
    "POST /api/v1/shifts/<shift_code>/trainings": lambda s: {"public_no": s.person.public_no, "name": "急救"},
    "POST /api/v1/signups/<shift_code>/claim": lambda s: {"risk_accepted": True},
    "POST /api/v1/signups": lambda s: {"shift_code": s.shift.code, "risk_accepted": True},
}  # fmt: skip

#: What every form is sent; forms of their own follow.
FORM: Callable[[Stage], dict[str, str]] = lambda s: {  # noqa: E731
    "reason": "核对情况", "team": s.team.code, "text": "明天集合", "shift": s.shift.code, "direction": "in",
    "person": s.person.public_no, "name": "钱新来", "document": "341522196005010032", "phone": "13856400000",
    "region": VILLAGE, "identity": "veteran", "number": "13856400000", "what": "phone", "quota": "30",
    "ends": "11:30", "when": "08:40", "who": f"{s.shift.code}.{s.person.public_no}", "value": "8", "answer": "yes",
    "code": _person_code(s), "given": "1", "next": "/m", "asked": "邻居", "count": "3", "result": "good",
    "note": "为人热心", "day": "2026-06-09", "statement": "他愿意来", "record": str(s.confirmed.id), "entered": "yes",
}  # fmt: skip
FORMS: dict[str, Callable[[Stage], dict[str, str]]] = {
    **{name: form for matter in MATTERS for name, form in matter.FORMS.items()},
    "POST /console/activities/new": lambda s: {
        "team": s.team.code, "title": "清洁河岸", "kind": "D3.ecology", "day": "2026-06-11", "start": "09:00",
        "end": "11:00", "place": "大堤", "content": "捡垃圾", "risk_notice": "小心", "openness": "everyone",
        "conditions": "身体健康", "safeguards": "手套",
        "code_life": "60", "closes": "0", "p0_name": "清洁员", "p0_quota": "5", "contact": "李阿丽",
    },
    "POST /console/guardians/<int:number>": lambda s: {"verify": "1"},
    "POST /console/insurance/new": lambda s: {
        "place": f"region:{VILLAGE}", "insurer": "人保", "product": "意外险", "policy_no": "P2", "from": "2026-06-01",
        "until": "2027-05-31",
    },
    "POST /console/centres/<code>": lambda s: {"phone": "0564-6000001"},
    "POST /console/foundings/new": lambda s: {"speciality": "visits", "site_kind": "estate", "site_name": "阳光小区"},
    "POST /console/foundings/<int:number>/edit": lambda s: {
        "speciality": "visits", "site_kind": "estate", "site_name": "月光小区",
    },
    "POST /m/found/new": lambda s: {"speciality": "visits", "site_kind": "estate", "site_name": "阳光小区"},
    "POST /m/found/<int:number>/edit": lambda s: {
        "speciality": "visits", "site_kind": "estate", "site_name": "月光小区",
    },
    "POST /console/specialities": lambda s: {"kind": "professional", "name": "心理疏导"},
    "POST /console/teams/<code>/edit": lambda s: {"speciality": "visits", "reason": "改了"},
    "POST /console/teams/<code>/guidance": lambda s: {"kind": "guide", "text": "多走访"},
    "POST /console/teams/<code>/support": lambda s: {
        "department": "justice", "kind": "training", "content": "普法", "from_on": "2026-05-01",
    },
    "POST /console/teams/<code>/commendation": lambda s: {
        "title": "先进", "awarded_by": "市局", "awarded_on": "2026-06-01",
    },
    "POST /console/transfers/<code>": lambda s: {"approve": "1"},
    "POST /console/people/<public_no>/transfer": lambda s: {"team": s.other_team.code, "reason": "搬家"},
    "POST /console/people/<public_no>/death": lambda s: {"relation": "family"},
    "POST /console/deaths/<int:number>": lambda s: {"undo": "1", "reason": "弄错了"},
    "POST /console/imports/new": lambda s: {"kind": "hours", "region": VILLAGE},
    "POST /console/merging/find": lambda s: {"one": s.person.public_no, "number": s.invited.public_no},
    "POST /console/merging/new": lambda s: {
        "one": s.person.public_no, "two": s.invited.public_no, "reason": "同一个人",
    },
    "POST /m/makeups/new": lambda s: {"shift": s.missed.code, "begins": "07:00", "ends": "09:00", "reason": "手机没电"},
    "POST /console/activities/<code>/makeup-for": lambda s: {
        "one": f"{s.missed.code}.{s.person.public_no}", "begins": "07:00", "ends": "09:00", "reason": "没带手机",
    },
    "POST /console/makeups/<code>": lambda s: {"approve": "1"},
    "POST /console/makeups/lists/<code>": lambda s: {"refuse": "1", "reason": "看不清"},
    "POST /m/presence/<int:record_id>": lambda s: {"there": "yes"},
    "POST /console/samples/<int:number>": lambda s: {"fine": "1"},
    "POST /console/cases/<code>/hearing": lambda s: {"who": s.person.public_no},
    "POST /console/cases/<code>/verdict": lambda s: {"cleared": "1"},
    "POST /console/activities/<code>/repeat": lambda s: {"day": "2", "until": "2026-08-01"},
    "POST /console/projects/new": lambda s: _project(s) | {"team": s.team.code},
    "POST /console/projects/<code>/edit": _project,
    "POST /console/projects/<code>/close": lambda s: {"closing": "办成了"},
    "POST /console/plans/new": lambda s: {"team": s.team.code, "period": "2026", "activities": "5"},
    "POST /console/plans/<int:number>/items/new": lambda s: {"title": "巡查", "kind": "D3.patrol"},
    "POST /console/campaigns/new": lambda s: {"region": VILLAGE, "name": "清洁月", "from_on": "2026-06-01"},
    "POST /console/partners/new": lambda s: {"owner": s.team.code, "name": "超市", "kind": "goods"},
    "POST /console/activities/<code>/partners": lambda s: {"partner": s.helper.code, "gave": "水"},
    "POST /console/needs/new": lambda s: {
        "region": VILLAGE, "kind": "public", "title": "理发", "domain": "D3.care", "content": "腿脚不便",
    },
    "POST /console/activities/<code>/shift": lambda s: {
        "shift": s.shift.code, "starts": "2026-06-10T10:00", "ends": "2026-06-10T11:00",
    },
    "POST /console/needs/<code>/edit": lambda s: {
        "kind": "public", "title": "理发", "domain": "D3.care", "content": "腿脚不便",
    },
    "POST /n/<region>": lambda s: {
        "title": "理发", "wish": "D3.care", "content": "腿脚不便", "person": "张大爷", "phone": "13856400000",
        "agreed": "1",
    },
    "POST /n/of/<token>": lambda s: {"withdraw": "1"},
    "POST /m/needs": lambda s: {"title": "理发", "domain": "D3.care", "content": "腿脚不便"},
    "POST /m/activities/<code>/evaluation": lambda s: {"score": "5"},
    "POST /console/activities/<code>/evaluations": lambda s: {"score": "5", "person": s.person.public_no},
    "POST /console/activities/<code>/evaluation-link": lambda s: {"uses": "1"},
    "POST /e/<token>": lambda s: {"score": "5"},
    "POST /console/activities/<code>/records/<int:record_id>/undo": lambda s: {"side": "in", "reason": "点错了人"},
    "POST /m/lead/<code>/names/<int:number>": lambda s: {"person": s.person.public_no},
    "POST /m/lead/<code>/codes": lambda s: {"person": s.person.public_no, "reason": "手机丢了"},
    "POST /console/people/<public_no>/codes/revoke": lambda s: {"reason": "手机丢了"},
    "POST /m/lead/<code>/mark": lambda s: {"act": f"in.{s.shift.code}.{s.person.public_no}"},
    "POST /m/lead/<code>/records/<int:record_id>/undo": lambda s: {"side": "in", "reason": "点错了人"},
    "POST /m/lead/<code>/records/<int:record_id>/end": lambda s: {"time": "10:00", "reason": "忘了签退"},
    "POST /m/lead/<code>/report": lambda s: {"served": "30", "summary": "清理了三公里河岸"},
    "POST /m/promises": lambda s: {"document": "pledge"},
    "POST /console/qualifications/<int:number>": lambda s: {"verify": "1"},
    "POST /console/roles/new": lambda s: {
        "person": s.person.public_no, "role": "auditor", "place": f"region:{TOWN}", "reason": "检查",
    },
    "POST /console/roles/<int:grant_id>/stand-in": lambda s: {
        "person": s.person.public_no, "until": "2099-12-31", "reason": "住院",
    },
}  # fmt: skip
#: What stands behind the question mark of a page.
QUERIES: dict[str, Callable[[Stage], str]] = {
    **{name: query for matter in MATTERS for name, query in getattr(matter, "QUERIES", {}).items()},
    "GET /console/foundings/new": lambda s: f"?region={VILLAGE}",
    "POST /console/foundings/new": lambda s: f"?region={VILLAGE}",
    "GET /m/found/new": lambda s: f"?region={VILLAGE}",
    "POST /m/found/new": lambda s: f"?region={VILLAGE}",
    "GET /m/objections/new": lambda s: f"?record={s.my_record.id}",
    "POST /m/objections/new": lambda s: f"?record={s.my_record.id}",
    "GET /m/makeups/new": lambda s: f"?shift={s.missed.code}",
    "GET /console/policy/<kind>/<name>": lambda s: f"?region={VILLAGE}",
    "POST /console/policy/<kind>/<name>": lambda s: f"?region={VILLAGE}",
    "GET /console/merging/new": lambda s: f"?one={s.person.public_no}&two={s.invited.public_no}",
    "GET /console/roles/new": lambda s: f"?person={s.person.public_no}",
}


def values(stage: Stage, rule: str, names: set[str]) -> dict[str, Any]:
    """The examples for a rule's variables. LookupError says which line is missing above."""
    found: dict[str, Any] = {}
    for name in names:
        fits = [each for each in VALUES if each[1] == name and rule.startswith(each[0])]
        if not fits:
            raise LookupError(f"{rule}: no example for <{name}>; add a line to VALUES in tests/rights/examples.py")
        found[name] = max(fits, key=lambda each: len(each[0]))[2](stage)
    return found


def body(stage: Stage, name: str) -> dict[str, Any]:
    """The body of a write, as `json` or `data` for the client."""
    if name.startswith("GET "):
        return {}
    if " /api/" in name:
        return {"json": JSON.get(name, lambda s: {})(stage)}
    return {"data": FORMS.get(name, FORM)(stage)}
