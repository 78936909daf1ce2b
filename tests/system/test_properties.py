"""What holds for every history, whatever was sent (hypothesis)."""

from contextlib import closing
from datetime import timedelta
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cli.wiring import System
from domain.codec import decode_event, encode
from domain.envelope import Recorded
from domain.petition.state import evolve
from infra.office import Office
from projections.findings import heard, words_of
from projections.fold import Fold, streams
from tests.samples import COUNTY, date
from tests.spec import Story
from tests.system.histories import ITEMS, SECRET, UNITS, histories, lines

PURE = settings(max_examples=80)
STORED = settings(
    PURE, max_examples=10, phases=[Phase.generate]
)  # shrinking a store takes minutes; the pure ones shrink


def told(actions) -> Story:
    story = Story()
    for action in actions:
        story.take(action)
    return story


@PURE
@given(histories())
def test_what_decide_records_evolve_can_read_back_from_its_bytes(history):
    story, again = told(history), {}
    for event in story.events:
        read = decode_event(event.type, encode(event), event.position)
        assert encode(read) == encode(event)
        if event.subject.startswith("petition:"):
            again[event.subject[9:]] = evolve(again.get(event.subject[9:]), read)
    assert again == story.items


@PURE
@given(histories(), st.randoms(use_true_random=False))
def test_what_is_said_of_findings_may_be_heard_in_any_order(history, chance):
    said = [each for event in told(history).events for each in words_of(event)]
    in_order: dict = {}
    for id, word in said:
        in_order[id] = heard(in_order.get(id, ()), [word])
    chance.shuffle(said)
    any_order: dict = {}
    for id, word in (*said, *said[:3]):
        any_order[id] = heard(any_order.get(id, ()), [word])
    assert any_order == in_order


@PURE
@given(histories())
def test_folding_twice_is_folding_once(history):
    story = told(history)
    twice = Fold()
    for event in story.events:
        twice.take({event.subject: [event, event]})
    twice.take(streams(story.events, attrgetter("subject")))
    assert twice.standings() == story.fold.standings()
    for no, item in story.items.items():
        assert twice.items.get(f"petition:{no}") == item == story.fold.items.get(f"petition:{no}")


@PURE
@given(histories())
def test_the_findings_that_stand_are_those_that_the_items_remember(history):
    told(history).by("2023-12-31").standing()


@PURE
@given(histories())
def test_no_deadline_is_left_unmissed_after_its_day(history):
    story = told(history).by("2023-12-31")
    for item in story.items.values():
        left = [each for each in item.deadlines if each.open and not each.window and not each.paused_on]
        assert all(each.missed_at for each in left)


@PURE
@given(histories(), st.data())
def test_decide_is_a_function_of_what_it_is_given(history, data):
    story = told(history)
    action = data.draw(st.sampled_from(history))
    recorded = action.recordedat or action.time
    assert story._decide(action, recorded) == story._decide(action, recorded)
    assert isinstance(story._decide(history[0], recorded), Recorded) is False


def stored(history, folder: str, cuts: int) -> tuple[System, Office]:
    """The history in a store, sent in batches, the clock a year on, and what the intake knows in the end."""
    system = System(f"sqlite:///{folder}/danze.db")
    intake, sent = system.intake(history=True), lines(history)
    for at in range(0, len(sent), cuts):
        intake.take(sent[at : at + cuts])
    intake.advance(date(2023, 6, 1))
    system.projector.catch_up()
    return system, intake.office


@STORED
@given(histories(), st.integers(1, 60))
def test_a_store_replays_answers_alike_and_takes_nothing_twice(history, cuts):
    with TemporaryDirectory() as folder:
        system, office = stored(history, folder, cuts)
        with closing(system):
            assert not any(system.projector.replay().differences.values())
            _the_log_gives_the_same_items(system, office)
            _now_is_the_last_position(system)
            _nothing_is_taken_twice(system, history)
        _nothing_personal_is_legible(Path(folder))


def _nothing_is_taken_twice(system: System, history) -> None:
    head, again = system.log.head(), system.intake(history=True)
    assert {each.outcome for each in again.take(lines(history))} <= {"duplicate", "rejected"}
    assert (system.log.head(), again.advance(date(2023, 6, 1))) == (head, 0)


def _now_is_the_last_position(system: System) -> None:
    last = system.answers.present().moment
    ask = system.answers
    span = (date(2022, 1, 1), date(2023, 12, 31))
    for question in (
        *(lambda at, no=no, name=name: getattr(ask, name)(no, at) for no in ITEMS
          for name in ("case", "timeline", "matter", "dossier", "candidates")),
        *(lambda at, unit=unit: ask.scoreboard(unit, at) for unit in UNITS),
        ask.findings, ask.units, ask.overview, lambda at: ask.due(as_of=at),
        lambda at: ask.kpi(COUNTY, *span, at), lambda at: ask.counters(by="month", as_of=at),
        lambda at: ask.search("停车", as_of=at), lambda at: ask.explain("petition:1", at),
    ):  # fmt: skip
        assert question(last) == question(None)
        question(last - timedelta(days=100))


def _the_log_gives_the_same_items(system: System, office: Office) -> None:
    """What the intake knew while it decided is what the log gives when it is read anew."""
    anew = Office(system.log, system.rules)
    anew.catch_up()
    assert {no: anew.item(no) for no in ITEMS} == {no: office.item(no) for no in ITEMS}


def _nothing_personal_is_legible(folder: Path) -> None:
    for path in folder.iterdir():
        content = path.read_bytes()
        assert [secret for secret in SECRET if secret.encode() in content] == [], path.name
