"""What humans do with a finding: taken up, decided or dismissed, appealed (Art 19; contract section 3)."""

import pytest
from msgspec.structs import replace

from domain.envelope import Action, Event, Recorded, Rejected
from domain.finding import events as f
from domain.finding.decide import decide, evolve
from domain.vocabulary import NAMES
from tests.samples import at

DECIDED = f.FindingDecided(official="official:li", responsibility="direct", measure="talk", reason="逾期7日")
POSSIBLE = {
    f.FindingOpened(): {"proposed": "opened"},
    f.DissentRecorded(official="official:li"): {"proposed": "proposed", "opened": "opened"},
    DECIDED: {"opened": "decided", "decided": "decided"},
    f.FindingDismissed(reason="系统故障"): {"proposed": "dismissed", "opened": "dismissed"},
    f.FindingAppealed(): {"decided": "appealed"},
    f.AppealDecided(outcome="upheld"): {"appealed": "decided"},
    f.AppealDecided(outcome="revoked"): {"appealed": "dismissed"},
}


def action(fact) -> Action:
    return Action(
        specversion="1.0", id="1", source="/story", type=NAMES[type(fact)], subject="F04:petition:1:K5",
        time=at("2020-07-01"), data=fact, actor="official:x",
    )  # fmt: skip


def after(state, fact) -> str:
    sent = action(fact)
    fields = {name: getattr(sent, name) for name in ("id", "source", "type", "subject", "time", "data", "actor")}
    return evolve(state, Event(**fields, version=1, recorded=sent.time, ruleset=()))


@pytest.mark.parametrize("fact", POSSIBLE)
@pytest.mark.parametrize("state", ["proposed", "opened", "decided", "dismissed", "appealed"])
def test_a_proposal_is_opened_before_anybody_is_found_responsible(fact, state):
    ruling = decide(state, action(fact))
    if state in POSSIBLE[fact]:
        assert (ruling, after(state, fact)) == (Recorded(), POSSIBLE[fact][state])
    else:
        assert (ruling.code, ruling.path) == ("not-in-this-state", "$.type")


def test_what_no_rule_proposed_is_decided_by_nobody():
    ruling = decide(None, action(DECIDED))
    assert isinstance(ruling, Rejected)
    assert (ruling.code, ruling.path) == ("unknown-subject", "$.subject")


def test_a_named_official_finds_and_never_about_himself():
    machine = decide("opened", replace(action(DECIDED), actor="system:clock"))
    himself = decide("opened", replace(action(DECIDED), actor="official:li"))
    assert (machine.code, machine.path) == ("not-allowed", "$.actor")
    assert (himself.code, himself.path) == ("conflicted-official", "$.actor")
    assert (
        decide("opened", replace(action(f.DissentRecorded(official="official:li")), actor="official:li")) == Recorded()
    )
