"""The order of steps as constraints: no way that the table of steps allows breaks one, and what it forbids does."""

from random import Random

import pytest

from domain.petition.state import evolve
from domain.petition.steps import LEADS_TO, OPEN_TO
from domain.vocabulary import NAMES
from infra.shipped import shipped_rules
from projections.declare import Constraint, broken, model
from projections.traces import activity, trace
from tests.samples import *
from tests.spec import given

STEPS = {activity(NAMES[fact]): fact for fact in OPEN_TO}


def went(*steps: str) -> list[tuple[str, str]]:
    """What a way breaks: constraint and step, without the kind of the names."""
    way = ["petition." + step for step in steps]
    return [(str(each.constraint).replace("petition.", ""), steps[each.at]) for each in broken(way)]


def test_the_usual_way_breaks_nothing():
    way = ("registered", "referred", "accepted", "notified", "answered", "opinion_delivered", "closed", "rated")
    assert went(*way) == []


def test_steps_that_need_another_do_not_come_before_it():
    assert went("registered", "closed", "accepted") == [("precedence(accepted|answered, closed)", "closed")]
    assert went("registered", "review_answered", "answered", "review_requested") == [
        ("precedence(review_requested, review_answered)", "review_answered")
    ]


def test_an_item_begins_with_one_registration():
    assert went("accepted", "registered") == [("init(registered)", "accepted")]
    assert went("registered", "registered") == [("exactly_one(registered)", "registered")]


def test_what_was_determined_is_never_taken_up_again():
    way = ("registered", "accepted", "answered", "closed", "determined", "rated", "reopened", "accepted")
    assert went(*way) == [
        ("not_succession(determined, accepted)", "accepted"), ("not_succession(determined, reopened)", "reopened"),
    ]  # fmt: skip


MOVING = tuple(activity(NAMES[fact]) for fact in LEADS_TO)


def allowed(chance: Random, steps: int, among: tuple[str, ...] = tuple(STEPS)) -> list[str]:
    """A way through the table of steps."""
    way, state = ["petition.registered"], "registered"
    for _ in range(steps):
        possible = [name for name in among if state in OPEN_TO[STEPS[name]]]
        if not possible:
            break
        way.append(step := chance.choice(possible))
        state = chance.choice(sorted(LEADS_TO.get(STEPS[step], {state})))
    return way


@pytest.mark.parametrize("seed", range(20))
def test_no_way_that_is_allowed_breaks_a_constraint(seed):
    chance = Random(seed)
    for _ in range(50):
        way = allowed(chance, 40)
        assert list(broken(way)) == [], way


@pytest.mark.parametrize("constraint", [each for each in model() if each.template == "precedence"], ids=str)
def test_every_step_that_a_constraint_names_is_needed_there(constraint):
    """Some way that is allowed has no other one of them before the step."""
    chance, seen = Random(1), set()
    for _ in range(6_000):
        way = allowed(chance, 12, (*MOVING, constraint.step))
        if constraint.step in way:
            before = set(way[: way.index(constraint.step)]) & set(constraint.others)
            seen |= before if len(before) == 1 else set()
    assert seen == set(constraint.others)


def test_steps_lead_to_the_states_that_the_table_says():
    story = given(*WITH_END, on("2020-06-05", e.PetitionReopened(reason="新情况")))
    item = None
    for event in (each for each in story.events if each.subject == "petition:1"):
        before, item = item and item.state, evolve(item, event)
        assert item.state in LEADS_TO.get(type(event.data), {before})
    told = trace([each for each in story.events if each.subject == "petition:1"], shipped_rules().calendar)
    assert list(broken([step.activity for step in told.steps])) == []


def test_a_constraint_reads_as_declare_writes_it():
    assert str(Constraint("precedence", "b", ("a", "c"))) == "precedence(a|c, b)"
    assert str(Constraint("init", "a")) == "init(a)"
