"""What is kept of an answer is kept for the rows that it was read from: rows that lag, and rows that become hidden."""

from contextlib import closing
from datetime import date, datetime

import pytest

from cli.wiring import System
from domain.codec import encode
from domain.dispute.events import DisputeBecamePetition, DisputeLogged
from domain.duty.events import ReceptionHeld
from domain.envelope import SHANGHAI
from domain.reader import Reader
from domain.unit.events import RoleGiven
from infra.office import decoded
from infra.questions import Answers
from infra.views.partitions import Partitions
from projections.fold import Fold
from tests.samples import *

SPAN = (date(2020, 4, 1), date(2020, 6, 30))
CALENDAR = (date(2020, 4, 1), date(2020, 4, 30))


@pytest.fixture
def system(tmp_path):
    with closing(System(f"sqlite:///{tmp_path}/danze.db")) as system:
        yield system


def take(system, *actions):
    outcomes = system.intake(history=True).take([encode(each) for each in actions])
    assert {each.outcome for each in outcomes} == {"recorded"}, outcomes


def test_an_answer_from_rows_that_lag_is_not_kept_when_they_have_caught_up(system):
    """As an API beside workers has it: nobody in its process keeps the rows up."""
    take(system, *CITY_UNITS)
    system.projector.catch_up()
    beside = Answers(system.log, system.views, system.rules)
    take(system, on("2020-04-10", raised()), on("2020-04-13", refer()))
    early, due = beside.kpi(CITY, *SPAN), beside.due()
    assert (early["behind"], due["behind"], due["total"]) == (2, 2, 0)
    system.projector.catch_up()
    late = beside.kpi(CITY, *SPAN)
    assert (late["behind"], late["position"]) == (0, early["position"])
    assert late["kpis"] != early["kpis"]
    assert beside.due()["total"] > 0


def test_a_dispute_that_becomes_an_accusation_is_counted_no_more_for_the_accused(system):
    """His sums were counted while it was a dispute like others; nobody else's change."""
    dispute = {"of": "dispute:d9", "by": HOUSING}
    logged = DisputeLogged(place="430408001", unit=HOUSING, summary="收费")
    take(system, *CITY_UNITS, on("2020-05-03", logged, **dispute),
         on("2020-05-04", raised(purpose="accusation", about_unit=HOUSING), no="90", by=CITY_BUREAU))  # fmt: skip
    accused, county = (system.answers.for_(Reader(*who)) for who in (("clerk", (HOUSING,)), ("supervisor", (BUREAU,))))

    def told(ask):
        return ask.scoreboard(HOUSING)["disputes"]["open"], ask.ledger("dispute")["total"]

    assert told(accused) == told(county) == (1, 1)
    take(system, on("2020-05-06", DisputeBecamePetition(petition="90"), **dispute))
    assert (told(accused), told(county)) == ((0, 0), (0, 1))
    assert accused.timeline("dispute:d9") is None
    assert len(county.timeline("dispute:d9")["events"]) == 2


def counted(answers, reader):
    ask = answers.for_(reader)
    return ask.units(), ask.overview(), ask.scoreboard(HOUSING)


ACCUSES = raised(purpose="accusation", about_unit=HOUSING)
MATTERS = [
    [on("2020-05-05", repeats("1"), no="2")], [on("2020-05-06", repeats("90"), no="1")],
    [on("2020-05-07", repeats("3"), no="2"), on("2020-05-07", repeats("3"), no="90")],
    [on("2020-05-08", repeats(None), no="1")], [on("2020-05-09", repeats("1"), no="2")],
    [on("2020-05-10", repeats(None), no="90"), on("2020-05-11", repeats("90"), no="3")],
]  # fmt: skip
"""Items join the matter of an accusation and leave it again."""


@pytest.mark.parametrize("reader", [Reader("clerk", (HOUSING,)), Reader("auditor", (HOUSING,))])
def test_items_that_are_hidden_with_a_matter_are_counted_no_more_and_again_when_they_leave_it(system, reader):
    """Asked while the rows do not know it yet, and after; never otherwise than by who counts every row."""
    opened = [on("2020-05-03", raised(), no=no) for no in ("1", "2", "3")]
    referred = [on("2020-05-04", refer(HOUSING), no=no) for no in ("1", "2", "3")]
    watched = [on("2020-05-04", supervise(), no=no, by=CITY_BUREAU) for no in ("1", "2")]
    take(system, *CITY_UNITS, *opened, on("2020-05-03", ACCUSES, no="90", by=CITY_BUREAU), *referred, *watched)
    system.projector.catch_up()
    beside, items = Answers(system.log, system.views, system.rules), []
    for joined in MATTERS:
        take(system, *joined)
        anew = Answers(system.log, system.views, system.rules)
        assert counted(beside, reader) == counted(anew, reader)
        system.projector.catch_up()
        anew = Answers(system.log, system.views, system.rules)
        assert counted(beside, reader) == counted(anew, reader)
        items.append(counted(anew, reader)[1]["totals"]["items"])
    assert items == [3, 1, 2, 3, 3, 2]


def test_an_answer_about_the_past_is_not_kept_for_who_has_another_colleague_since(system):
    """An accusation of who is his colleague today is hidden as of any day, also where he asked before."""
    accused = raised(purpose="accusation", about_official="official:zhang")
    take(system, *CITY_UNITS, on("2020-04-10", accused), on("2020-04-13", refer(HOUSING)),
         on("2020-04-14", accept(), by=HOUSING), on("2020-05-02", raised(), no="2"))  # fmt: skip
    as_of, ask = datetime(2020, 5, 1, tzinfo=SHANGHAI), system.answers.for_(Reader("clerk", (HOUSING,)))
    assert ask.kpi(HOUSING, *SPAN, as_of=as_of)["kpis"]["timely_acceptance_unit"]["numerator_items"] == ["1"]
    joined = RoleGiven(official="official:zhang", role="petition_lead", name="章某")
    take(system, on("2020-05-03", joined, by=HOUSING))
    assert ask.kpi(HOUSING, *SPAN, as_of=as_of)["kpis"]["timely_acceptance_unit"]["denominator_items"] == []
    anew = Answers(system.log, system.views, system.rules).for_(Reader("clerk", (HOUSING,)))
    assert ask.kpi(HOUSING, *SPAN, as_of=as_of) == anew.kpi(HOUSING, *SPAN, as_of=as_of)


LOGGED = DisputeLogged(place="430408001", unit=HOUSING, summary="收费")
NINTH = {"of": "dispute:d9", "by": HOUSING}
BECAME = on("2020-05-06", DisputeBecamePetition(petition="90"), **NINTH)
DISPUTED = [on("2020-05-03", LOGGED, **NINTH), on("2020-05-04", ACCUSES, no="90", by=CITY_BUREAU)]


def hidden(ask):
    return ask.threads(), ask.timeline("dispute:d9"), ask.ledger("dispute")["total"]


def test_what_is_hidden_from_the_accused_is_found_anew_when_the_rows_have_caught_up(system):
    take(system, *CITY_UNITS, *DISPUTED)
    system.projector.catch_up()
    beside = Answers(system.log, system.views, system.rules).for_(Reader("clerk", (HOUSING,)))
    take(system, BECAME)
    assert beside.threads() == frozenset()
    system.projector.catch_up()
    assert hidden(beside) == ({"dispute:d9"}, None, 0)


def test_what_is_hidden_from_the_accused_is_hidden_to_whom_asks_first_as_of_now(system):
    take(system, *CITY_UNITS, *DISPUTED, BECAME)
    ask = system.answers.for_(Reader("clerk", (HOUSING,)))
    assert ask.ledger("dispute", as_of=datetime(2020, 5, 31, tzinfo=SHANGHAI))["total"] == 0
    assert ask.timeline("dispute:d9", as_of=datetime(2020, 5, 31, tzinfo=SHANGHAI)) is None
    assert hidden(ask) == ({"dispute:d9"}, None, 0)


def test_what_others_come_to_repeat_is_hidden_and_shown_again_as_it_is_judged(system):
    """In between something else happens, after which nobody looks again."""
    take(system, *CITY_UNITS, *DISPUTED, on("2020-05-05", raised(), no="2", by=CITY_BUREAU),
         on("2020-05-06", DisputeBecamePetition(petition="2"), **NINTH))  # fmt: skip
    ask = system.answers.for_(Reader("clerk", (HOUSING,)))
    told = [len(ask.threads())]
    for day, said in enumerate((repeats("90"), raised(), repeats(None), raised()), 7):
        step = {"no": "2"} if isinstance(said, e.RepeatJudged) else {"no": f"{day}"}
        take(system, on(f"2020-05-{day:02}", said, by=CITY_BUREAU, **step))
        told.append(len(ask.threads()))
    assert told == [0, 1, 1, 0, 0]


def test_who_is_given_a_seat_in_an_accused_organ_sees_the_accusation_no_more_on_the_same_day(system):
    take(system, *CITY_UNITS, on("2020-05-04", ACCUSES, no="90", by=CITY_BUREAU))
    ask = system.answers.for_(Reader("auditor", (), official="official:x9"))
    assert ask.search()["total"] == 1
    take(system, on("2020-05-04", RoleGiven(official="official:x9", role="member", name="x"), by=HOUSING))
    assert ask.search()["total"] == 0


def test_what_is_about_an_accusation_that_another_worker_has_yet_to_write_is_not_told_to_the_accused(system):
    """Disputes and items lie in other partitions, here of workers one of which hangs."""
    take(system, *CITY_UNITS)
    system.projector.catch_up()
    begun, workers = system.log.head().position, Partitions(system.views, 3)
    claims = workers.claim([0, 1, 2])
    take(system, *DISPUTED, on("2020-05-05", raised(), no="2", by=CITY_BUREAU), BECAME,
         on("2020-05-07", repeats("90"), no="2", by=CITY_BUREAU))  # fmt: skip
    events = [*decoded(system.log.read(begun))]

    def folds(partition, subject):
        fold, mine = Fold(100), [event for event in events if event.subject == subject]
        fold.take({subject: mine})
        workers.write(fold.changes(), [claims[partition].at(mine[-1].position, 0, 0)])

    beside = Answers(system.log, system.views, system.rules)
    accused, county = (beside.for_(Reader(*who)) for who in (("auditor", (HOUSING,)), ("auditor", (BUREAU,))))
    told = []
    for partition, subject in enumerate(("dispute:d9", "petition:2", "petition:90")):
        folds(partition, subject)
        told.append([(ask.ledger("dispute")["total"], ask.search()["total"]) for ask in (accused, county)])
        anew = Answers(system.log, system.views, system.rules).for_(Reader("auditor", (HOUSING,)))
        assert (anew.ledger("dispute")["total"], anew.search()["total"]) == (0, 0)
    assert told == [[(0, 0), (1, 0)], [(0, 0), (1, 1)], [(0, 0), (1, 2)]]


def test_what_names_an_item_that_nobody_registered_is_told_as_all_else(system):
    held = ReceptionHeld(leader=head(COUNTY), kind="reception", items=("77",))
    take(system, *CITY_UNITS, on("2020-05-03", held, of=f"duty:{COUNTY[5:]}", by=COUNTY))
    ask = system.answers.for_(Reader("clerk", (COUNTY,)))
    assert ask.ledger("reception")["total"] == system.answers.ledger("reception")["total"] == 1


def test_what_is_next_is_found_behind_many_that_are_hidden(system):
    accusing = raised(purpose="accusation", about_unit=CITY_BUREAU)
    take(system, *CITY_UNITS, *(on("2020-04-10", accusing, no=f"9{number}", by=BUREAU) for number in range(25)),
         on("2020-04-14", raised(), no="1", by=BUREAU))  # fmt: skip
    ask = system.answers.for_(Reader("supervisor", (CITY_BUREAU,)))
    assert [each["no"] for each in ask.overview()["due"]] == ["1"]
    assert len(system.answers.overview()["due"]) == 20
