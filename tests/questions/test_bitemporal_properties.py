"""Whatever was sent: every time, as it was known at every other, is what the events of then tell (hypothesis)."""

from collections import defaultdict
from contextlib import closing
from datetime import timedelta
from operator import attrgetter
from tempfile import TemporaryDirectory

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from cli.wiring import System
from domain.envelope import AnyEvent
from domain.moments import When, both, parted
from domain.periods import half_year
from domain.petition.state import evolve
from infra.office import decoded
from projections.cases import case_row
from projections.findings import heard, standing, words_of
from projections.fold import Fold, streams
from projections.ledgers.kinds import LEDGERS
from tests.samples import BUREAU, CITY, COUNTY, HOUSING, clerk, date, head
from tests.system.histories import ITEMS, START, histories
from tests.system.test_properties import stored

PURE = settings(max_examples=80)
STORED = settings(PURE, max_examples=5, phases=[Phase.generate])
SPAN = (date(2022, 1, 1), date(2022, 12, 31))
HALF = half_year("2022H1")
days = st.integers(0, 460).map(lambda number: START + timedelta(days=number, hours=3))


def every_question(ask, when: When) -> dict:
    """All that can be asked of a time."""
    told = {
        f"{name} {no}": getattr(ask, name)(no, when)
        for no in ITEMS for name in ("case", "timeline", "matter", "dossier", "candidates")
    }  # fmt: skip
    told |= {f"explain {no}": ask.explain(f"petition:{no}", when) for no in ITEMS}
    told |= {f"ledger {kind}": ask.ledger(kind, as_of=when) for kind in LEDGERS}
    for unit in (CITY, COUNTY, HOUSING, BUREAU):
        told |= {
            f"board {unit}": ask.scoreboard(unit, when), f"half {unit}": ask.evaluation(unit, HALF, when),
            f"rates {unit}": ask.kpi(unit, *SPAN, when), f"duties {unit}": ask.duties(unit, *SPAN, as_of=when),
            f"record {unit}": ask.record(head(unit), *SPAN, when), f"unit {unit}": ask.timeline(unit, when),
        }  # fmt: skip
    found = ask.findings(when)
    told |= {f"finding {row['id']}": (ask.finding(row["id"], when), ask.explain(row["id"], when))
             for row in found["findings"][:5]}  # fmt: skip
    return told | {
        "findings": found, "his": ask.findings(when, official=clerk(HOUSING)), "units": ask.units(when),
        "overview": ask.overview(when), "due": ask.due(as_of=when), "counters": ask.counters(by="month", as_of=when),
        "search": ask.search("停车", as_of=when), "places": ask.three_none(None, *SPAN, when),
    }  # fmt: skip


def told_by(system: System, when: When) -> list[AnyEvent]:
    """The events recorded by the one time, of what had happened by the other: read one by one."""
    as_of, at = parted(when)
    return [
        event for event in decoded(system.log.read(0, limit=10**9))
        if (as_of is None or event.recorded <= as_of) and (at is None or event.time <= at)
    ]  # fmt: skip


@PURE
@given(histories(), st.data())
def test_any_of_the_events_can_be_folded_without_the_others(history, data):
    """What was decided of one event may speak of another that is left out."""
    from tests.system.test_properties import told

    events = told(history).by("2023-06-01").events
    some = [event for event in events if data.draw(st.booleans())] if len(events) < 60 else events[::2]
    fold, items = Fold(gaps=True), {}
    fold.take(streams(some, attrgetter("subject")))
    for event in some:
        if event.subject.startswith("petition:"):
            items[event.subject] = evolve(items.get(event.subject), event)
    assert {subject: fold.items.get(subject) for subject in items} == items
    fold.changes()


@STORED
@given(histories(), days, days)
def test_rows_and_answers_of_a_time_are_those_that_its_events_tell(history, one, other):
    when = both(max(one, other), min(one, other))
    with TemporaryDirectory() as folder:
        system, _ = stored(history, folder, 20)
        with closing(system):
            book, events = system.answers._library.at(when), told_by(system, when)
            items, words = {}, defaultdict(list)
            for event in events:
                if event.subject.startswith("petition:"):
                    items[event.subject[9:]] = evolve(items.get(event.subject[9:]), event)
                for id, word in words_of(event):
                    words[id].append(word)
            items = {no: item for no, item in items.items() if item is not None}
            assert {row.no: row for row in book.cases()} == {no: case_row(item, b"") for no, item in items.items()}
            assert {no: book.item(no) for no in ITEMS if book.item(no)} == items
            stands = {id: now for id, said in words.items() if (now := standing(heard((), said))) is not None}
            assert {each.finding.id: each for each in book.standings("id", words)} == stands
            table = book.tables.findings
            assert {id for (id,) in book.select(select(table.c.id).where(table.c.raised_at > 0))} == stands.keys()


@STORED
@given(histories(), days)
def test_now_is_the_last_time_and_a_time_without_late_entries_is_as_it_was_known(history, day):
    with TemporaryDirectory() as folder:
        system, _ = stored(history, folder, 20)
        with closing(system):
            ask, last = system.answers, system.answers.present().moment
            now = every_question(ask, None)
            assert every_question(ask, last) == now
            assert every_question(ask, both(last, last)) == now
            assert every_question(ask, both(None, last)) == now
            assert every_question(ask, both(day, day)) == every_question(ask, day)
            every_question(ask, both(None, day))


@PURE
@given(histories())
def test_nothing_is_recorded_before_it_happened(history):
    from tests.system.test_properties import told

    assert [event for event in told(history).by("2023-06-01").events if event.time > event.recorded] == []
