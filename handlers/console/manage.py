"""The office: every page about one's divisions, by matter; what is off, or none of his, is not there."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import current_app, g
from flask.typing import ResponseReturnValue

import clock
from handlers.console.frame import actor, module_of, need_role, render
from services import scopes
from services.errors import Refusal, RefusalCode
from services.permissions import Verb
from services.policy import modules

bp = APIBlueprint("console_manage", __name__, enable_openapi=False)

#: Heading, then (path, name, one sentence). A page that this house does not have is left out.
SECTIONS = (
    ("总体情况", (
        ("/console/overview", "总览", "本地区的队伍、人数、活动和时长"),
        ("/console/statistics", "统计", "按地区、队伍、领域、时间，一层层点下去"),
        ("/console/activeness", "活跃度", "哪些队活跃，哪些很久没有活动"),
        ("/console/kinds", "六进和领域", "到哪里去、办什么，各多少"),
        ("/console/plans", "计划和完成", "年度、月度计划，完成了多少"),
        ("/console/campaigns", "专题和实践活动", "上级设，下级用，按专题统计"),
        ("/console/gaps", "空白地区", "还没有服务队的地方"),
        ("/console/hand-figures", "手工上报", "系统外的活动，按月报的数"),
        ("/console/references", "评选参考报告", "示范型中心（站）、优秀主任（站长），报送后不变"),
        ("/console/forms", "上级的表（套表）", "传上级的 Excel，格子对一次，以后自动填"),
    )),
    ("应急调度", (
        ("/console/dispatch", "应急调度", "叫哪些队，来了多少人，情况报告"),
        ("/console/dispatch/cover", "各队保险", "哪支队保到哪天，四月查一次"),
        ("/console/dispatch/points", "地点", "大堤、集结点在哪里，调度时看谁近"),
        ("/console/insurance", "保险", "谁有保险，到什么时候"),
    )),
    ("活动和报名", (
        ("/console/approvals", "活动审核", "哪些活动等中心（站）同意"),
        ("/console/signups", "报名待审核", "要队长审核的报名"),
        ("/console/guardians", "监护人同意", "未成年人的同意书，核对"),
        ("/console/all-activities", "全部活动", "本地区各队的活动，可以叫停"),
        ("/console/series", "重复的活动", "每周巡逻、每月义剪"),
        ("/console/projects", "服务项目", "领域、级别、经费，办了多少"),
        ("/console/needs", "需求（点单）", "登记、答复、派给服务队"),
        ("/console/partners", "合作方和资源", "谁给场地、物资、经费"),
    )),
    ("时长", (
        ("/console/makeups", "补录", "没扫上码的，核对后补上；纸质名单一次批完"),
        ("/console/own-hours", "队长的时长", "队长自己的时长，由中心确认"),
        ("/console/certificates", "服务证明", "谁要开，核对后出具，撤销，重开，给一支队开"),
        ("/console/objections", "时长异议", "谁觉得时长不对，等答复的、转到县里的"),
        ("/console/cases", "时长核查", "有疑问的时长：先停、请人说明、再决定"),
        ("/console/samples", "抽查", "每周抽到的活动，看时长是不是属实"),
        ("/console/bars", "限制报名", "谁暂时不能报名，到哪天"),
    )),
    ("人和入队", (
        ("/console/applications", "入队申请", "自荐和推荐，考察后决定"),
        ("/console/people", "志愿者", "查人，看他的队伍、时长和变更记录"),
        ("/console/people/skills", "按特长找人", "会开船的、有急救证的、愿意来的"),
        ("/console/qualifications", "资格证", "核对证件，看谁的快到期"),
        ("/console/transfers", "转队", "谁要转来，谁转走了"),
        ("/console/recoveries", "换微信（找回）", "谁换了微信，谁在等待"),
        ("/console/corrections", "登记更正", "姓名、身份证号码登记错了的，核对证件以后改"),
        ("/console/merging", "重复登记", "同一个人登记了两次，合成一份"),
        ("/console/cards", "志愿者卡", "没有智能手机的人用的卡"),
        ("/console/deaths", "离世登记", "核实，更正，给家属的纪念册"),
    )),
    ("服务队和中心", (
        ("/console/foundings", "建队申请", "哪些队想成立，条件够不够"),
        ("/console/all-teams", "全部服务队", "按地区、类别、状态查队伍"),
        ("/console/team-names", "队名跟着地名", "地区改名、撤并以后，哪些队名还是旧的"),
        ("/console/centres", "中心和站", "主任、联络员、电话"),
        ("/console/officers", "干部和任职", "谁在哪个岗位，谁还没有来"),
        ("/console/regions", "行政区划", "省、市、县、乡、村"),
    )),
    ("年度考核和表彰", (
        ("/console/assessment", "年度考核", "自评、互评、复评到哪一步，谁过期了"),
        ("/console/assessment/objections", "考核异议", "对考核结果有异议的，答复"),
        ("/console/assessment/exits", "考核退出", "不合格提出退出的，审批"),
        ("/console/stars", "志愿者星级", "时长够了自动提出，审核、公示、评定"),
        ("/console/benefits", "志愿者礼遇", "免费保险、公交、景区、体检，给谁、到哪天，名单"),
        ("/console/honours", "个人荣誉", "授予过的荣誉，撤销要写理由"),
        ("/console/honours/kinds", "荣誉目录", "政策列名的八项，加上本地的"),
        ("/console/honours/compare", "同等条件对照表", "几位候选人的记录并排看，不打分、不排名"),
        ("/console/nominations", "荣誉推荐和表彰", "推荐人和服务队，逐级审核、公示、表彰"),
    )),
    ("积分和兑换", (
        ("/console/mall", "积分礼品", "能换什么，要多少分，还有几件"),
        ("/console/mall/desk", "领取台", "扫领取码或输八位数字，发礼品；替没有手机的人换"),
        ("/console/mall/redemptions", "兑换记录", "谁换了什么，领了没有"),
        ("/console/points/debts", "积分欠账", "更正以后不够扣的，以后的服务来补"),
    )),
    ("培训和招募", (
        ("/console/trainings", "培训班", "开班、成绩、证书、培训率、课程、基地"),
        ("/console/trainings/orders", "培训订单", "各队要的培训，谁来接，排时间"),
        ("/console/trainings/rates", "培训率", "各队今年学满学时的有几个，占多少"),
        ("/console/drives", "定向招募", "适应性培训班上的招募，扫码到入队的转化"),
    )),
    ("宣传和经费", (
        ("/console/stories", "志愿者风采", "写故事，问本人，审核，发布"),
        ("/console/grants", "项目扶持", "申请、审核、批准、结项"),
        ("/console/money", "经费收支", "每一笔收入和支出，只记账，不付款"),
        ("/console/gifts", "实物和服务支持", "合作方给的场地、物资、技术"),
    )),
    ("群众和队员说的话", (
        ("/console/questions", "队员提问", "问联络员的话，答复，看谁过期了"),
        ("/console/complaints", "投诉举报", "核实、答复、转办，看谁过期了"),
    )),
    ("导入和对接", (
        ("/console/imports", "导入 Excel", "先试读，看清楚再导入"),
        ("/console/national", "全国志愿服务系统", "编号、录入清单、时长差异"),
    )),
    ("检查和规则", (
        ("/console/exceptions", "例外情况", "没有照一般规定办的，和理由"),
        ("/console/roles", "权限", "谁有什么权，授予和收回"),
        ("/console/audit", "查看记录", "谁看过、改过、导出过什么"),
        ("/console/policy", "规则和模块", "各项数字由谁定，哪些功能打开"),
    )),
)  # fmt: skip


#: What one must be able to do in some division to open a page; managing, where nothing is said.
NEEDS: dict[str, Verb | tuple[Verb, ...]] = {
    "/console/overview": Verb.COUNT, "/console/statistics": Verb.COUNT, "/console/activeness": Verb.COUNT,
    "/console/hand-figures": Verb.LOOK, "/console/references": Verb.LOOK, "/console/nominations": Verb.LOOK,
    "/console/stars": Verb.LOOK, "/console/benefits": Verb.LOOK,
    "/console/honours": Verb.LOOK, "/console/honours/kinds": Verb.LOOK,
    "/console/honours/compare": Verb.LOOK,
    "/console/forms": Verb.COUNT,
    "/console/gaps": Verb.COUNT, "/console/people": Verb.LOOK,
    "/console/all-teams": (Verb.LOOK, Verb.GUIDE), "/console/centres": Verb.LOOK, "/console/regions": Verb.COUNT,
    "/console/imports": Verb.LOOK, "/console/national": Verb.LOOK, "/console/applications": Verb.LOOK,
    "/console/exceptions": Verb.LOOK, "/console/roles": Verb.LOOK, "/console/recoveries": Verb.LOOK,
    "/console/corrections": Verb.LOOK,
    "/console/cards": Verb.LOOK, "/console/qualifications": Verb.LOOK, "/console/people/skills": Verb.LOOK,
    "/console/approvals": Verb.LOOK, "/console/series": Verb.LOOK, "/console/projects": Verb.LOOK,
    "/console/plans": Verb.LOOK, "/console/campaigns": Verb.COUNT, "/console/partners": Verb.LOOK,
    "/console/kinds": Verb.COUNT, "/console/trainings": Verb.LOOK, "/console/trainings/orders": Verb.LOOK,
    "/console/drives": Verb.LOOK, "/console/trainings/rates": Verb.COUNT,
    "/console/needs": Verb.LOOK, "/console/all-activities": Verb.LOOK,
    "/console/transfers": Verb.LOOK, "/console/deaths": Verb.LOOK,
    "/console/audit": Verb.AUDIT, "/console/policy": Verb.LOOK, "/console/officers": Verb.LOOK,
    "/console/merging": Verb.LOOK, "/console/insurance": Verb.LOOK, "/console/guardians": Verb.LOOK,
    "/console/makeups": Verb.LOOK, "/console/samples": Verb.LOOK, "/console/own-hours": Verb.LOOK,
    "/console/complaints": Verb.LOOK, "/console/questions": Verb.LOOK,
    "/console/dispatch": Verb.LOOK, "/console/dispatch/cover": Verb.LOOK, "/console/dispatch/points": Verb.LOOK,
    "/console/assessment": Verb.COUNT, "/console/assessment/objections": Verb.LOOK,
    "/console/assessment/exits": Verb.LOOK,
    "/console/stories": Verb.LOOK, "/console/grants": Verb.LOOK, "/console/money": Verb.LOOK,
    "/console/gifts": Verb.LOOK, "/console/certificates": Verb.LOOK, "/console/mall": Verb.LOOK,
    "/console/mall/redemptions": Verb.LOOK, "/console/points/debts": Verb.LOOK,
    "/console/cases": Verb.LOOK, "/console/bars": Verb.LOOK, "/console/objections": Verb.LOOK,
}  # fmt: skip


def name_of(path: str) -> str:
    """What a page is called here; its path where it is none of these."""
    return next((name for _, pages in SECTIONS for where, name, _ in pages if where == path), path)


def _opens(path: str, may: set[Verb]) -> bool:
    needed = NEEDS.get(path, Verb.MANAGE)
    return not may.isdisjoint((needed,) if isinstance(needed, Verb) else needed)


@bp.get("/manage")
@need_role
def manage() -> ResponseReturnValue:
    """The sections that exist, for those who have anything to do with a division."""
    if not g.rights.oversees:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    at = clock.now()
    may = {verb for verb in Verb if scopes.granted(actor=actor(), verb=verb, at=at)}
    served = {rule.rule for rule in current_app.url_map.iter_rules()}
    on = modules.open_to(actor=actor(), at=at) | {""}
    sections = [
        (heading, [
            each for each in pages if each[0] in served and _opens(each[0], may) and module_of(each[0]) in on
        ])
        for heading, pages in SECTIONS
    ]  # fmt: skip
    return render("manage", tab="manage", sections=[each for each in sections if each[1]])
