"""What happened, as a sentence in Chinese and English: one template a type, filled with the fact's own fields."""

from collections.abc import Callable
from typing import Any

from msgspec import structs

from domain.envelope import AnyEvent
from domain.fact import unversioned
from domain.unit.state import Units

TEMPLATES: dict[str, tuple[str, str]] = {
    "petition.registered": ("{by}登记了信访事项：{title}", "{by} registered the item: {title}"),
    "petition.repeat_judged": ("判定为重复信访，初件 {first}", "judged to repeat item {first}"),
    "petition.referred": ("{by}转送{to_unit}", "{by} referred it to {to_unit}"),
    "petition.assigned": ("{by}交办{to_unit}，{report_by}前反馈", "{by} assigned it to {to_unit}, report by {report_by}"),
    "petition.assignment_objected": ("{by}对转送、交办提出异议：{reason}", "{by} objected to the assignment: {reason}"),
    "petition.assignment_upheld": ("异议不成立，维持交办", "the objection was turned down"),
    "petition.assignment_withdrawn": ("异议成立，收回交办", "the assignment was taken back"),
    "petition.accepted": ("{by}受理（{procedure}程序），承办人{handler}", "{by} accepted it ({procedure}), handler {handler}"),
    "petition.not_accepted": ("{by}不予受理，理由 {ground}", "{by} did not accept it, ground {ground}"),
    "petition.no_longer_accepted": ("{by}不再受理，理由 {ground}", "{by} no longer accepts it, ground {ground}"),
    "petition.channelled": ("导入其他法定程序：{path}", "channelled to another procedure: {path}"),
    "petition.notified": ("书面告知信访人（{of}）", "the petitioner was notified ({of})"),
    "petition.handler_changed": ("承办人变更为{handler}：{reason}", "handler changed to {handler}: {reason}"),
    "petition.worked": ("{by}：{what}", "{by}: {what}"),
    "petition.mediated": ("达成调解协议：{agreement}", "mediated: {agreement}"),
    "petition.hearing_opened": ("听证开始（{stage}）", "hearing opened ({stage})"),
    "petition.hearing_closed": ("听证结束（{stage}）", "hearing closed ({stage})"),
    "petition.extended": ("延长办理期限{days}日，{approved_by}批准：{reason}", "extended by {days} days, approved by {approved_by}: {reason}"),
    "petition.answered": ("{by}作出处理意见：{outcome}", "{by} answered: {outcome}"),
    "petition.opinion_delivered": ("处理意见送达信访人（{stage}）", "the opinion was delivered ({stage})"),
    "petition.review_requested": ("信访人向{to_unit}请求复查", "review requested from {to_unit}"),
    "petition.review_answered": ("{by_unit}作出复查意见：{outcome}", "{by_unit} answered the review: {outcome}"),
    "petition.rereview_requested": ("信访人向{to_unit}请求复核", "re-review requested from {to_unit}"),
    "petition.rereview_answered": ("{by_unit}作出复核意见：{outcome}", "{by_unit} answered the re-review: {outcome}"),
    "petition.executed": ("支持意见已执行", "the supported opinion was carried out"),
    "petition.execution_refused": ("{by}拒不执行支持意见", "{by} refused to carry out the supported opinion"),
    "petition.closed": ("办结", "closed"),
    "petition.resolved": ("化解", "resolved"),
    "petition.desisted": ("信访人息诉罢访", "the petitioner desisted"),
    "petition.withdrawn": ("信访人撤回", "withdrawn by the petitioner"),
    "petition.determined": ("审核认定办结：{ground}", "finally determined: {ground}"),
    "petition.reopened": ("重新办理：{reason}", "reopened: {reason}"),
    "petition.rated": ("信访人评价（{target}）：{score}", "rated by the petitioner ({target}): {score}"),
    "petition.return_visited": ("回访核实，是否解决：{solved}", "return visit, solved: {solved}"),
    "petition.raised_above": ("到{level}上访（{kind}，{persons}人）", "raised at {level} level ({kind}, {persons} persons)"),
    "petition.supervised": ("{by}督办，理由 {ground}", "{by} put it under supervision, ground {ground}"),
    "petition.supervision_answered": ("被督办单位反馈", "the supervised unit reported"),
    "petition.supervision_closed": ("督办结束", "supervision closed"),
    "petition.sponsored": ("{leader}领办包案：{plan}", "sponsored by {leader}: {plan}"),
    "petition.sponsor_duty_done": ("五包落实：{duty}", "warranty kept: {duty}"),
    "petition.sponsorship_ended": ("包案结束：{why}", "sponsorship ended: {why}"),
    "petition.cause_found": ("认定{unit}引发（{ground}）：{statement}", "found that {unit} caused it ({ground}): {statement}"),
    "petition.cause_contested": ("被认定单位提出不同意见", "the finding of cause was contested"),
    "petition.cause_revised": ("引发认定修正", "the finding of cause was revised"),
    "petition.incident_reported": ("引发{kind}事件", "an incident was reported ({kind})"),
    "petition.secrecy_breached": ("{by_unit}泄露检举材料给{to}", "{by_unit} let {to} know of the accusation"),
    "petition.secrecy_guarded": ("系统拒绝将检举材料转给{to}", "the log refused to route the accusation to {to}"),
    "duty.briefing_heard": ("{body}听取信访工作汇报", "{body} heard a report on petition work"),
    "duty.contact_visited": ("{leader}到联系点{target_unit}督导", "{leader} visited the contact point {target_unit}"),
    "duty.reception_held": ("{leader}接访（{kind}）：{items}", "{leader} received petitioners ({kind}): {items}"),
    "duty.roster_set": ("排定{leader}值班（{place}）", "{leader} is to be on duty at {place}"),
    "duty.stood": ("{leader}值班（{place}）", "{leader} was on duty at {place}"),
    "duty.screening_held": ("开展矛盾纠纷排查：{disputes}", "disputes were screened for: {disputes}"),
    "duty.reported": ("{by}向{to_unit}述职", "{by} reported to {to_unit}"),
    "conference.held": ("召开信访联席会议", "the joint conference met"),
    "conference.item_agreed": ("议定{item}，由{owner_unit}办理，{due}前完成", "agreed on {item}, to be done by {owner_unit}, due {due}"),
    "conference.item_done": ("议定事项{item}办结", "what was agreed on {item} is done"),
    "conference.group_formed": ("成立{name}，{lead_unit}牵头", "the group {name} was formed, led by {lead_unit}"),
    "conference.group_dissolved": ("撤销{name}", "the group {name} was dissolved"),
    "conference.members_changed": ("调整联席会议成员单位", "the member units of the conference were settled anew"),
    "dispute.logged": ("{unit}登记矛盾纠纷（{place}）：{summary}", "a dispute of {unit} was logged ({place}): {summary}"),
    "dispute.assigned": ("落实化解责任", "somebody was made responsible for the dispute"),
    "dispute.cleared": ("矛盾纠纷销号", "the dispute was struck off"),
    "dispute.became_petition": ("转为信访事项{petition}", "it became petition {petition}"),
    "inspection.planned": ("列入{kind}计划：{units}", "an inspection ({kind}) of {units} was planned"),
    "inspection.held": ("实地督查，邀请{invited}", "the inspection was held, with {invited}"),
    "inspection.found": ("发现{unit}问题：{finding}", "found in {unit}: {finding}"),
    "inspection.rectified": ("整改到位", "it was put right"),
    "evaluation.scored": ("半年评价得分{score}（{formula}）", "the half year scored {score} ({formula})"),
    "evaluation.listed": ("挂牌整治", "the unit was listed for rectification"),
    "evaluation.interviewed": ("约谈{official}", "{official} was interviewed"),
    "evaluation.delisted": ("摘牌", "the listing was lifted"),
    "period.protection_declared": ("启动特别防护期，至{until}", "special protection was declared until {until}"),
    "period.protection_ended": ("特别防护期结束", "the special protection ended"),
    "duty.missed": ("{rule} 未履行（{period}），责任单位{owed_by}", "{rule} was not done ({period}), owed by {owed_by}"),
    "gathering.arrived": ("{persons}人到{place}集体访，{by}接待", "{persons} persons came to {place}, received by {by}"),
    "gathering.summoned": ("{by}通知{units}到场联合接访", "{by} summoned {units} to receive them together"),
    "gathering.attended": ("{unit}派{leader}到场接访", "{leader} of {unit} came to receive them"),
    "gathering.reported": ("集访情况报告{to}", "the gathering was reported to {to}"),
    "gathering.ended": ("联合接访结束", "the joint reception ended"),
    "unit.established": ("{name}成立", "{name} was set up"),
    "unit.merged": ("并入{into}", "it went into {into}"),
    "unit.abolished": ("撤销", "it was abolished"),
    "unit.role_given": ("{name}任职（{role}）", "{name} took the role {role}"),
    "unit.role_ended": ("{official}免职（{role}）", "{official} left the role {role}"),
    "unit.change_filed": ("人员调整向{with_unit}备案（#{change}）", "a change of staff was filed with {with_unit} (#{change})"),
    "unit.contact_point_set": ("{leader}联系{target_unit}", "{leader} was given the contact point {target_unit}"),
    "unit.officer_exchanged": ("信访干部交流任职", "a petition officer was exchanged"),
    "unit.care_held": ("开展信访干部心理疏导", "care for petition officers was held"),
    "finding.opened": ("启动责任认定", "a human took the finding up"),
    "finding.dissent_recorded": ("记录{official}的保留意见", "the dissent of {official} was put on record"),
    "finding.decided": ("认定{official}承担责任（{responsibility}），{measure}：{reason}",
                        "{official} was found to bear responsibility ({responsibility}), {measure}: {reason}"),
    "finding.dismissed": ("不予追责：{reason}", "the finding was dismissed: {reason}"),
    "finding.appealed": ("当事人申诉：{reason}", "an appeal was lodged: {reason}"),
    "finding.appeal_decided": ("申诉处理：{outcome}", "the appeal was decided: {outcome}"),
    "ruleset.adopted": ("采用规则集{name}", "the rule set {name} was adopted"),
    "calendar.adopted": ("采用{year}年日历（{version}）", "the calendar of {year} was adopted (version {version})"),
    "petitioner.forgotten": ("个人信息已销毁：{reason}", "the personal fields were destroyed: {reason}"),
    "deadline.missed": ("{deadline} 期限（{due_on}）已过，责任单位{owed_by}", "{deadline}: the limit passed on {due_on}, owed by {owed_by}"),
    "supervision.due": ("应当督办而未督办（{ground}），责任单位{owed_by}", "supervision {ground} was due from {owed_by}"),
}  # fmt: skip

WITHOUT: dict[str, tuple[str, str, str]] = {
    "petition.assigned": ("report_by", "{by}交办{to_unit}", "{by} assigned it to {to_unit}"),
    "petition.accepted": (
        "handler",
        "{by}受理（{procedure}程序），未载明承办人",
        "{by} accepted it ({procedure}); no handler is on record",
    ),
    "conference.item_agreed": ("due", "议定{item}，由{owner_unit}办理", "agreed on {item}, to be done by {owner_unit}"),
    "petition.repeat_judged": ("first", "改判为初次信访", "judged to be a first-time item after all"),
    "finding.appealed": ("reason", "当事人申诉", "an appeal was lodged"),
    "finding.appeal_decided": ("outcome", "申诉已处理", "the appeal was decided"),
}
"""What is said where a field is absent: (field, Chinese, English)."""

WORDS_ZH = {
    "ordinary": "普通", "simple": "简易", "supported": "予以支持", "explained": "解释说明", "not_supported": "不予支持",
    "partly": "部分支持", "satisfied": "满意", "basically": "基本满意", "dissatisfied": "不满意", "bureau": "信访部门",
    "unit": "责任单位", "yes": "是", "no": "否", "individual": "个访", "collective": "集体访", "irregular": "非访",
    "township": "乡镇", "county": "县", "city": "市", "province": "省", "national": "国家", "handling": "办理",
    "review": "复查", "rereview": "复核", "receipt": "接收", "acceptance": "受理", "refusal": "不予受理", "extension": "延期",
    "upheld": "维持", "revoked": "撤销", "modified": "变更", "mass": "群体性", "extreme": "极端", "litigation": "诉讼",
    "arbitration": "仲裁", "reconsideration": "行政复议", "discipline": "纪检监察", "other": "其他", "informed": "包掌握情况",
    "persuaded": "包思想转化", "resolved": "包矛盾化解", "desisted": "包息访息诉", "party_committee": "党委常委会", "government": "政府常务会议",
    "joint_meeting": "党政联席会议", "reception": "接访", "visit_down": "下访", "supervision": "督查", "patrol": "巡察", "None": "未定",
    "principal": "主要负责人", "deputy_in_charge": "分管负责人", "member": "班子成员", "petition_lead": "信访分管负责人",
    "petition_clerk": "信访专干", "direct": "直接责任", "leadership": "领导责任", "main_leadership": "主要领导责任",
    "important_leadership": "重要领导责任", "none": "不承担", "rectify": "责令改正", "talk": "约谈", "circulate": "通报批评",
    "admonish": "诫勉", "reorganise": "组织处理", "transfer": "移送", "handler": "承办人", "execution": "执行支持意见",
    "sponsor": "确定包案领导",
}  # fmt: skip
OF_FIELD_ZH = {
    ("solved", "partly"): "部分解决", ("duty", "supported"): "包教育稳控", ("measure", "discipline"): "纪律处分",
    ("measure", "none"): "不采取措施",
}  # fmt: skip
"""Words that say something else in one field than in the others."""


def sentence(event: AnyEvent, units: Units) -> dict[str, str]:
    """{"zh", "en"} of an event."""
    return said(event.type, structs.asdict(event.data), event.unit, units)


def said(type: str, fields: dict[str, Any], by: str | None, units: Units) -> dict[str, str]:
    """{"zh", "en"} of what an event of a type says, entered by a unit."""
    name = unversioned(type)
    if name in WITHOUT and fields.get(WITHOUT[name][0]) is None:
        zh, en = WITHOUT[name][1:]
    else:
        zh, en = TEMPLATES[name]
    return {
        "zh": zh.format_map(_Told(fields, by, units, in_chinese)),
        "en": en.format_map(_Told(fields, by, units, in_english)),
    }


def in_chinese(value: object, field: str = "") -> str:
    """A word of the contract as Chinese; anything else stays as it is."""
    return OF_FIELD_ZH.get((field, str(value))) or WORDS_ZH.get(str(value), str(value))


def in_english(value: object, _field: str = "") -> str:
    """A word of the contract as English: `deputy_in_charge` is "deputy in charge"; anything else stays as it is."""
    return str(value).replace("_", " ") if str(value) in WORDS_ZH else str(value)


class _Told(dict[str, str]):
    """Fields as words: units and officials by name."""

    def __init__(
        self, fields: dict[str, Any], by: str | None, units: Units, word: Callable[[object, str], str]
    ) -> None:
        super().__init__()
        self._fields, self._units, self._word = {**fields, "by": by or ""}, units, word

    def __missing__(self, key: str) -> str:
        return self._said(self._fields.get(key), key)

    def _said(self, value: object, field: str) -> str:
        if isinstance(value, tuple):
            return "、".join(self._said(each, field) for each in value)
        if isinstance(value, str) and value.startswith("unit:"):
            return self._units.name(value)
        if isinstance(value, str) and value.startswith("official:"):
            return self._units.official(value) or value
        return self._word(value, field)
