"""Why is this date what it is, and why does this finding stand? Sentences in Chinese and English, day by day."""

from typing import Any

from msgspec.structs import asdict

from domain.deadlines import PETITIONER, Deadline
from domain.rules.answers import answers
from domain.rules.law import Rules
from domain.unit.state import Units
from projections.findings import StandingFinding
from projections.sentences import in_chinese, in_english, said
from projections.show import shown

Sentences = dict[str, list[str]]
_UNIT = {
    "calendar": ("日", "days"),
    "working": ("个工作日", "working days"),
    "given": ("（指定日期）", "(a given date)"),
}


def deadline_sentences(deadline: Deadline, units: Units, rules: Rules) -> Sentences:
    """A deadline from its start event to its last day, each day not counted, and who owes it."""
    told = shown(deadline, units, rules)
    law = rules.on(deadline.starts_on)
    clock = law.clocks.get(deadline.clock)
    days = law.parameters["supervise_days"] if deadline.trigger else clock.days if clock else 0
    zh_unit, en_unit = _UNIT[clock.unit if clock else "working"]
    owed_zh, owed_en = (
        told["owed_by_name"],
        "the petitioner" if deadline.owed_by == PETITIONER else told["owed_by_name"],
    )
    at = f"#{deadline.at}"
    zh = [
        f"{deadline.clock} {told['name']['zh']}：自{told['starts_on']}（记录{at}）起算，当日不计入，依据{told['article']}。"
    ]
    en = [
        f"{deadline.clock}, {told['name']['en']}: runs from {told['starts_on']} (event {at}), that day not counted, "
        f"under {told['article']}."
    ]
    if clock and clock.unit == "given":
        zh.append(f"期限为指定日期{told['due_on']}，不顺延。")
        en.append(f"The last day is the given date {told['due_on']}; it does not roll.")
    else:
        more = f"，延长{deadline.extended}日" if deadline.extended else ""
        zh.append(
            f"期限{days}{zh_unit}{more}，严格届满日{told['strict_on']}，最后一日{told['due_on']}（日历 {told['calendar']}）。"
        )
        en.append(
            f"The limit is {days} {en_unit}"
            + (f", extended by {deadline.extended} days" if deadline.extended else "")
            + f"; strictly it ends on {told['strict_on']}, and the last day is {told['due_on']} (calendar {told['calendar']})."
        )
    for day in told["not_counted"]:
        span = day.get("day") or f"{day['from']}～{day['until']}"
        zh.append(f"不计入：{span}（{day['why']}）。")
        en.append(f"Not counted: {span} ({_EN.get(day['why'], day['why'])}).")
    if deadline.provisional:
        zh.append("涉及的年份尚未公布工作日安排，日期为暂定。")
        en.append("The calendar of a year it touches is not adopted; the date is provisional.")
    zh.append(f"责任方：{owed_zh}。")
    en.append(f"Owed by {owed_en}.")
    zh_end, en_end = _ending(deadline, told)
    return {"zh": [*zh, zh_end], "en": [*en, en_end]}


_EN = {
    "周末": "weekend", "听证": "hearing", "元旦": "New Year", "春节": "Spring Festival", "清明": "Qingming",
    "劳动节": "Labour Day", "端午": "Dragon Boat Festival", "中秋": "Mid-Autumn", "国庆节": "National Day",
    "法定节假日": "public holiday",
}  # fmt: skip


def _ending(deadline: Deadline, told: dict[str, Any]) -> tuple[str, str]:
    if deadline.ended:
        return "该期限已终止，不再计算。", "The clock ended; nothing is owed on it any more."
    if deadline.met_on is None:
        if deadline.missed_at:
            return (
                f"截至记录时未履行，自{told['due_on']}次日起逾期。",
                f"Not met; in breach since the day after {told['due_on']}.",
            )
        return "尚在期限内，未履行。", "Still running, not met yet."
    if told["missed"]:
        return (
            f"于{told['met_on']}履行，逾期{told['late_by_days']}日。",
            f"Met on {told['met_on']}, {told['late_by_days']} days late.",
        )
    return f"于{told['met_on']}履行，未逾期。", f"Met on {told['met_on']}, in time."


def finding_sentences(standing: StandingFinding, units: Units, rules: Rules) -> Sentences:
    """What the rule says, what tripped it, on which articles, and who would answer; then what humans made of it.

    Until one decides, it is called the proposal that it is.
    """
    found = standing.finding
    rule = rules.catalogue[found.rule]
    articles = [a for name in rules.on(found.since).names for a in rule.articles.get(name, [])]
    unit = units.name(found.unit)
    ground = f"，情形 {found.ground}" if found.ground else ""
    zh = [f"{found.rule} {rule.zh}：{unit}，自{found.since.isoformat()}起{ground}。", f"依据：{'；'.join(articles)}。"]
    en = [
        f"{found.rule} {rule.en}: {unit}, since {found.since.isoformat()}"
        + (f", ground {found.ground}." if found.ground else "."),
        f"Articles: {'; '.join(articles)}.",
    ]
    if found.late_by is not None:
        zh.append(f"逾期{found.late_by}日。")
        en.append(f"{found.late_by} days late.")
    if found.period:
        zh.append(f"所涉时段或期限：{found.period}。")
        en.append(f"Period or last day: {found.period}.")
    if found.why:
        zh.append(WHY[found.why][0])
        en.append(WHY[found.why][1])
    if found.attempt:
        zh.append("系统已拦截，属未遂。")
        en.append("The log refused the routing: an attempt.")
    if found.aggravated:
        zh.append("造成群体性或极端事件，从严。")
        en.append("A mass or extreme incident followed: graver.")
    evidence = ", ".join(f"#{at}" for at in found.evidence)
    zh.append(f"证据：{evidence}。")
    en.append(f"Evidence: {evidence}.")
    for so_far, more in zip((zh, en), _who_answers(standing, units), strict=True):
        so_far.extend(more)
    for step in standing.steps:
        actor, what = units.official(step.actor) or step.actor, said(step.type, asdict(step), step.unit, units)
        zh.append(f"{actor}于{step.on}：{what['zh']}。")
        en.append(f"On {step.on}, {actor}: {what['en']}.")
    return {"zh": zh, "en": en}


def _who_answers(standing: StandingFinding, units: Units) -> tuple[list[str], list[str]]:
    """Who answers, in Chinese and in English: nobody for what was cleared; until a human decides, it is a proposal."""
    if at := standing.cleared_at:
        zh = f"已撤销（事件 #{at}）：所依据的事实不复存在，无人因此担责。"
        return [zh], [f"Cleared by event #{at}: what it rested on fell away, and nobody answers for it."]
    named = [(a.name or a.official or None, a.role, a.responsibility) for a in answers(standing.finding, units)]
    in_zh = [f"{n or '职位空缺'}（{in_chinese(r)}，{in_chinese(p)}）" for n, r, p in named]
    in_en = [f"{n or 'vacant'} ({in_english(r)}, {in_english(p)})" for n, r, p in named]
    told = [f"责任人（建议）：{'；'.join(in_zh)}。"], [f"Proposed to answer: {'; '.join(in_en)}."]
    if standing.state in ("proposed", "opened"):
        told[0].append("以上为系统建议，由有权机关认定。")
        told[1].append("This is a proposal; a named human decides.")
    return told


WHY = {
    "absent": ("接到通知，未派人到场接访。", "Summoned to the joint reception, and nobody came."),
    "unreported": ("集访情况未报告专项小组牵头领导。", "The leader of the special group was never told."),
    "reported_late": ("集访情况未即时报告。", "The leader of the special group was not told at once."),
}
"""What tripped a rule that has several ways to trip."""
