"""What an item's events become for process mining: in the order of days, with working days, without free text."""

from datetime import date

import msgspec
import pytest

from domain.fact import Fact
from domain.vocabulary import TYPES
from infra.shipped import shipped_rules
from projections.traces import said, speaking, trace
from tests.samples import *
from tests.spec import given


def traced(*actions, by: str | None = None):
    story = given(*actions)
    if by is not None:
        story.by(by)
    return trace([each for each in story.events if each.subject == "petition:1"], shipped_rules().calendar)


def test_steps_stand_in_the_order_in_which_they_happened_with_working_days_between():
    told = traced(*AT_HOUSING, ACCEPTED, on("2020-04-26", notify(), by=HOUSING), ANSWERED)
    counted = [
        (step.activity, step.more["workdays_since_previous"], step.more["workdays_since_registration"])
        for step in told.steps
    ]
    assert counted == [
        ("petition.registered", 0, 0), ("petition.referred", 1, 1), ("petition.accepted", 5, 6),
        ("petition.notified", 5, 11), ("petition.answered", 16, 27),  # 26 April and 9 May were worked, 1 to 5 May not
    ]  # fmt: skip


def test_what_was_entered_late_stands_where_it_happened():
    late = on("2020-04-21", e.PetitionWorked(what="走访"), by=HOUSING, entered="2020-05-20")
    steps = traced(*AT_HOUSING, ACCEPTED, on("2020-04-24", notify(), by=HOUSING), late).steps
    assert [step.activity for step in steps[2:]] == ["petition.accepted", "petition.worked", "petition.notified"]
    assert steps[3].more["recorded"] == at("2020-05-20")


def test_an_item_is_told_as_it_stands_in_the_end():
    told = traced(*WITH_END).item
    assert {told[name] for name in ("state", "unit", "outcome", "procedure")} == {
        "closed", HOUSING, "explained", "ordinary",
    }  # fmt: skip
    assert (told["deadlines_missed"], told["resolved"]) == (0, False)
    assert "about_unit" not in told


def test_a_missed_deadline_is_a_step_and_is_counted():
    told = traced(*AT_HOUSING, by="2020-05-15")
    (missed,) = (step for step in told.steps if step.activity == "deadline.missed")
    assert (missed.more["deadline"], missed.more["owed_by"], missed.more["due_on"]) == (
        "K2",
        HOUSING,
        date(2020, 4, 28),
    )
    assert told.item["deadlines_missed"] == 1


def test_free_text_stays_in_the_log():
    assert said(e.PetitionWorked(what="与张某面谈")) == {}
    assert said(e.HandlerChanged(handler="official:wang", reason="张某回避")) == {"handler": "official:wang"}
    assert said(raised(title="张某的房子", personal={"name": "张某"})).keys() == {
        "channel", "purpose", "persons", "joint_letter", "anonymous",
    }  # fmt: skip


@pytest.mark.parametrize("name", TYPES)
def test_no_field_that_a_human_writes_into_is_told(name):
    fact: type[Fact] = TYPES[name]
    written = {
        "reason",
        "what",
        "title",
        "personal",
        "agreement",
        "statement",
        "why",
        "plan",
        "summary",
        "note",
        "name",
    }
    assert not written & speaking(fact).keys()
    assert speaking(fact).keys() <= {field.name for field in msgspec.structs.fields(fact)}
