"""What humans made of a finding, and everything its page tells (Art 19; contract sections 3 and 5)."""

from domain.finding import events as f
from tests.samples import *

LATE, INSPECTOR = "F04:petition:1:K5", "official:430400-jw-1"
STORY = [*IN_HANDLING, on("2020-06-24", answer(), by=HOUSING)]
F16, F18 = "F16:petition:1", f"F18:petition:1:{HOUSING}"


def human(day: str, fact, id: str = LATE):
    return on(day, fact, of=id, by=CITY, actor=INSPECTOR)


def decided(official: str, responsibility: str, measure: str = "talk") -> f.FindingDecided:
    return f.FindingDecided(official=official, responsibility=responsibility, measure=measure, reason="逾期5日")


def answering(answers, id: str = LATE) -> list:
    found = {each["id"]: each for each in answers.findings()["findings"]}
    return [(each["official"], each["role"], each["responsibility"]) for each in found[id]["answers"]]


def test_whoever_objected_on_record_bears_none_of_it(after):
    objected = human("2020-06-29", f.DissentRecorded(official=deputy(HOUSING)))
    handler = human("2020-06-29", f.DissentRecorded(official="official:handler"))
    assert answering(after(*STORY, objected, handler)) == [
        ("official:handler", "handler", "none"), (deputy(HOUSING), "deputy_in_charge", "none"),
        (head(HOUSING), "principal", "leadership"),
    ]  # fmt: skip


def test_an_objection_holds_when_the_finding_gets_more_evidence(after):
    objected = human("2020-06-22", f.DissentRecorded(official=deputy(HOUSING)))
    answers = after(*IN_HANDLING, objected, on("2020-06-24", answer(), by=HOUSING))
    assert (deputy(HOUSING), "deputy_in_charge", "none") in answering(answers)
    assert answers.finding(LATE)["late_by_days"] == 5


def test_the_page_of_a_finding_tells_all_of_it(after):
    steps = [
        f.FindingOpened(),
        decided("official:handler", "direct"),
        decided(head(HOUSING), "leadership", "circulate"),
    ]
    told = after(*STORY, *(human("2020-06-29", each) for each in steps)).finding(LATE)
    assert told["text"]["zh"].startswith("未在60日内")
    assert [(law["article"], "text" in law) for law in told["law"]] == [
        ("R2005 33", True), ("R2005 43(1)", True), ("SEED 15", True)
    ]  # fmt: skip
    assert (told["since"], told["until"], told["late_by_days"]) == ("2020-06-20", "2020-06-24", 5)
    assert [each["position"] for each in told["events"]] == told["evidence"]
    assert [each["type"] for each in told["events"]] == [
        "petition.accepted.v1", "deadline.missed.v1", "petition.answered.v1"
    ]  # fmt: skip
    assert told["events"][2]["sentence"]["zh"] == f"{HOUSING}作出处理意见：解释说明"
    roles = [(each["role"], each["official"]) for each in told["officials"]["roles"]]
    assert (told["officials"]["on"], roles) == ("2020-06-20", [
        ("principal", head(HOUSING)), ("deputy_in_charge", deputy(HOUSING)), ("petition_clerk", clerk(HOUSING))
    ])  # fmt: skip
    position = told["position"]
    assert (told["state"], told["appealed"], told["history"]) == ("decided", False, [])
    assert told["decisions"] == [
        {"position": position - 1, "type": "finding.decided.v1", "on": "2020-06-29", "actor": INSPECTOR, "unit": CITY,
         "official": "official:handler", "responsibility": "direct", "measure": "talk", "reason": "逾期5日",
         "actor_name": None, "official_name": None},
        {"position": position, "type": "finding.decided.v1", "on": "2020-06-29", "actor": INSPECTOR, "unit": CITY,
         "official": head(HOUSING), "responsibility": "leadership", "measure": "circulate", "reason": "逾期5日",
         "actor_name": None, "official_name": "head"},
    ]  # fmt: skip


def test_a_decision_under_appeal_is_decided_until_the_appeal_says_otherwise(after):
    steps = [f.FindingOpened(), decided("official:handler", "direct"), f.FindingAppealed(reason="病假")]
    story = [*STORY, *(human("2020-06-29", each) for each in steps)]
    pending = after(*story)
    told = pending.finding(LATE)
    assert (told["state"], told["appealed"], len(told["decisions"])) == ("decided", True, 1)
    assert [each["id"] for each in pending.findings(state="decided")["findings"]] == [LATE]
    upheld = after(*story, human("2020-07-06", f.AppealDecided(outcome="modified")),
                   human("2020-07-07", decided("official:handler", "none", "none"))).finding(LATE)  # fmt: skip
    assert [each["responsibility"] for each in upheld["decisions"]] == ["none"]
    assert len(upheld["steps"]) == 5
    revoked = after(*story, human("2020-07-06", f.AppealDecided(outcome="revoked"))).finding(LATE)
    assert (revoked["state"], revoked["decisions"], revoked["steps"][-1]["outcome"]) == ("dismissed", [], "revoked")


PROPOSED = "以上为系统建议，由有权机关认定。"


def test_a_proposal_says_that_it_is_one_until_a_human_decides(after):
    opened = after(*STORY, human("2020-06-29", f.FindingOpened())).explain(LATE)
    assert opened["zh"][-2:] == [PROPOSED, f"{INSPECTOR}于2020-06-29：启动责任认定。"]
    assert opened["en"][-1] == f"On 2020-06-29, {INSPECTOR}: a human took the finding up."


def test_what_a_human_found_is_told_with_his_name_and_no_more_as_a_proposal(after):
    steps = [f.FindingOpened(), decided(head(HOUSING), "leadership", "circulate"), f.FindingAppealed(reason="病假")]
    told = after(*STORY, *(human("2020-06-29", each) for each in steps)).explain(LATE)
    assert PROPOSED not in told["zh"]
    assert told["zh"][-2:] == [
        f"{INSPECTOR}于2020-06-29：认定head承担责任（领导责任），通报批评：逾期5日。",
        f"{INSPECTOR}于2020-06-29：当事人申诉：病假。",
    ]
    assert told["en"][-2] == (
        f"On 2020-06-29, {INSPECTOR}: head was found to bear responsibility (leadership), circulate: 逾期5日."
    )


def test_who_dismissed_a_finding_is_named(after):
    told = after(*STORY, human("2020-06-29", f.FindingDismissed(reason="系统故障"))).explain(LATE)
    assert (PROPOSED in told["zh"], told["zh"][-1]) == (False, f"{INSPECTOR}于2020-06-29：不予追责：系统故障。")


def test_a_fault_that_a_human_dismissed_is_none_when_the_matter_goes_up(after):
    up = on("2020-07-06", go_up("national"))
    assert F18 in {each["id"] for each in after(*STORY, up).findings()["findings"]}
    dismissed = human("2020-06-29", f.FindingDismissed(reason="系统故障"))
    assert F18 not in {each["id"] for each in after(*STORY, dismissed, up).findings()["findings"]}


BAD, BETTER = on("2020-06-02", rate(), by=BUREAU), on("2020-06-05", rate("satisfied"), by=BUREAU)
AGAIN = on("2020-06-08", rate(), by=BUREAU)


def test_a_finding_that_trips_anew_is_a_new_proposal_and_keeps_what_was_before(after):
    dismissed = human("2020-06-03", f.FindingDismissed(reason="误评"), F16)
    cleared = after(*WITH_END, BAD, dismissed, BETTER)
    told = cleared.finding(F16)
    assert F16 not in {each["id"] for each in cleared.findings()["findings"]}
    assert (told["cleared_at"], len(told["evidence"]), told["state"]) == (told["position"], 1, "dismissed")
    said = cleared.explain(F16)
    assert f"已撤销（事件 #{told['position']}）：所依据的事实不复存在，无人因此担责。" in said["zh"]
    assert not any("Proposed to answer" in line or "proposal" in line for line in said["en"])
    anew = after(*WITH_END, BAD, dismissed, BETTER, AGAIN, human("2020-06-09", f.FindingOpened(), F16)).finding(F16)
    assert (anew["state"], anew["since"], "cleared_at" in anew) == ("opened", "2020-06-08", False)
    assert [step["type"] for step in anew["steps"]] == ["finding.opened.v1"]
    before = anew["history"][0]
    assert (before["state"], before["since"], before["evidence"]) == ("dismissed", "2020-06-02", told["evidence"])
    assert before["steps"][0]["reason"] == "误评"


def test_an_intake_that_begins_anew_knows_the_new_proposal_too(after, tmp_path):
    after(*WITH_END, BAD, human("2020-06-03", f.FindingDismissed(reason="误评"), F16), BETTER, AGAIN)
    told = after.going_on(human("2020-06-09", f.FindingOpened(), F16)).finding(F16)
    assert told["state"] == "opened"


def test_who_caused_it_and_who_handled_it_badly_are_never_merged(after):
    answers = after(*STORY, on("2020-06-29", cause(COUNTY)), on("2020-06-30", e.IncidentReported(
        kind="mass", mishandled_by=HOUSING)))  # fmt: skip
    by_axis = {axis: {each["unit"] for each in answers.findings(axis=axis)["findings"]} for axis in "AB"}
    assert by_axis == {"A": {COUNTY}, "B": {HOUSING, BUREAU}}, "the bureau did not supervise"
    assert answers.finding(f"F22:petition:1:{HOUSING}")["aggravated"]
