"""The archive of the past: what stood at a mark and what came after it is what the whole log up to there tells."""

from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from functools import cache, partial
from itertools import islice
from random import Random

import orjson
import pytest
from sqlalchemy import select

from cli.wiring import System, open_archive
from domain.moments import both
from domain.reader import Reader
from domain.rules.law import content_hash
from infra.city.simulation import simulate
from infra.log import tree_heads
from infra.log.merkle import Tree
from infra.log.times import of_micros
from infra.past import archive as keeping
from infra.past import then
from infra.past.afresh import folded
from infra.past.directory import Directory
from infra.past.sight import Sight
from infra.past.sums import StandingRows
from infra.past.then import Past
from infra.questions import Answers
from projections.ledgers.kinds import LEDGERS
from projections.sums import SumRow, moved, unpacked
from tests.questions.test_shares import read_one_by_one
from tests.samples import *

SEVERAL = 500
ADOPTED = 4_000
"""Actions before other rules are adopted."""
UNITS = ("unit:430400-gov", "unit:430405-gov", "unit:430400-xfj")


@pytest.fixture
def _marks(monkeypatch):
    """Marks so near that a small city has several."""
    for module in (keeping, then):
        monkeypatch.setattr(module, "MARK", SEVERAL)


@pytest.fixture
def system(_marks, store_url, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with closing(System(store_url)) as system:
        intake, actions = system.intake(history=True), _with_other_law(simulate(5, days=25, scale=0.05))
        while batch := list(islice(actions, 1_000)):
            intake.take([orjson.dumps(_some_late(action, number)) for number, action in enumerate(batch)])
        yield system


LAW = """
name = "other"
zh = "另一规则"
en = "Another"
from = 2019-01-01
overlay = true
[parameters]
accept_unit_days = 12
rating_days = 9
"""


def _with_other_law(actions):
    """In the middle the city adopts other rules, by which all its items are counted otherwise."""
    data = {"name": "other", "from": "2019-01-01", "content": LAW, "content_hash": content_hash(LAW)}
    for number, action in enumerate(actions):
        yield action
        if number == ADOPTED:
            yield {**action, "id": "adopt", "type": "ruleset.adopted", "subject": "ruleset:other", "data": data}


def _some_late(action, number):
    """In simulated cities hardly anybody enters late; here each ninth fact is entered three days after it."""
    if number % 9:
        return action
    entered = datetime.fromisoformat(action["time"]) + timedelta(days=3)
    return {**action, "recordedat": entered.isoformat()}


class Afresh:
    """Past read models folded from the beginning of the log."""

    def __init__(self, log):
        self.at = cache(partial(folded, log))

    def tree(self, _size):
        return Tree()


def recorded(system, position):
    return of_micros(system.log.get(position).recorded)


def questions(ask, when):
    """What a city is asked of a time."""
    told = {"findings": ask.findings(when), "units": ask.units(when), "overview": ask.overview(when)}
    told |= {f"ledger {kind}": ask.ledger(kind, as_of=when, limit=20) for kind in LEDGERS}
    for unit in UNITS:
        span = (date(2020, 7, 1), date(2020, 9, 30))
        told |= {f"board {unit}": ask.scoreboard(unit, when), f"rates {unit}": ask.kpi(unit, *span, when),
                 f"duties {unit}": ask.duties(unit, *span, as_of=when)}  # fmt: skip
    for row in (found := ask.search("反映", as_of=when))["petitions"][:3]:
        told |= {
            f"{name} {row['no']}": getattr(ask, name)(row["no"], when) for name in ("case", "dossier", "candidates")
        }
    return told | {
        "search": found, "due": ask.due(as_of=when), "counters": ask.counters(by="month", as_of=when),
        "places": ask.three_none(as_of=when), "his": ask.findings(when, axis="B"),
    }  # fmt: skip


def test_a_past_from_the_archive_is_the_past_folded_from_nothing(system):
    chance, head = Random(11), system.log.head().position
    assert head > 5 * SEVERAL
    afresh = Answers(system.log, system.views, system.rules, system.projector, system.seals, past=Afresh(system.log))
    for _ in range(3):
        one, other = sorted(recorded(system, chance.randint(1, head)) for _ in range(2))
        for when in (one, both(other, one), both(None, one)):
            assert questions(system.answers, when) == questions(afresh, when)
    assert system.past.archive.ages()[1] == head // SEVERAL * SEVERAL


def test_scoreboards_of_all_units_are_counted_over_sums_as_over_rows(system):
    chance, head = Random(3), system.log.head().position
    afresh = Answers(system.log, system.views, system.rules, system.projector, system.seals, past=Afresh(system.log))
    one, other = sorted(recorded(system, chance.randint(head // 2, head)) for _ in range(2))
    for when in (one, both(other, one)):
        asked = [each["unit"] for each in system.answers.units(when)["units"]]
        for unit in chance.sample(asked, 40):
            assert system.answers.scoreboard(unit, when) == afresh.scoreboard(unit, when)


def test_readers_are_told_of_the_past_what_their_rows_come_to(system):
    """Of the accused, from whom an item is hidden, of the city's supervisor and of a county's."""
    chance, head = Random(7), system.log.head().position
    cases = system.answers.present().whole.cases
    accused = select(cases.c.about_unit, cases.c.no).where(cases.c.purpose == "accusation", cases.c.about_unit != "")
    unit, no = system.answers.present().select(accused.order_by(cases.c.no))[0]
    who = [("auditor", unit), ("supervisor", "unit:430400-xfj"), ("supervisor", "unit:430405-xfj")]
    asking = [system.answers.for_(Reader(role, (of,))) for role, of in who]
    assert asking[0].secret(no)
    for when in (recorded(system, chance.randint(head // 2, head)), recorded(system, head)):
        for ask in asking:
            asked = [each["unit"] for each in ask.units(when)["units"]]
            boards = chance.sample(asked, 8)
            told = [ask.units(when), ask.overview(when), [ask.scoreboard(each, when) for each in boards]]
            assert told == read_one_by_one(ask._library.at(when), boards)


def test_sums_kept_at_a_mark_are_those_of_all_rows_that_stood_there(system):
    archive, head = system.past.archive, system.log.head().position
    archive.follow(system.log, head)
    ages = archive.ages()[0]
    for mark in range(SEVERAL, head, SEVERAL):
        stands = partial(keeping.stood, mark=mark)
        with archive.engine.connect() as connection:
            kept = connection.execute(ages.sums.select().where(stands(ages.sums))).fetchall()
            cells = StandingRows(connection, ages, stands).everything().cells(_rules_at(system, mark).on)
        rows = [SumRow(*row[2:]) for row in kept]
        assert {(row.kind, row.name, slot): number for row in rows for slot, number in unpacked(row).items()} == moved(
            (), cells
        )


def _rules_at(system, position):
    return Directory(system.log, system.rules).at(Sight(position, position)).rules


def test_late_entries_are_found_by_their_time_as_by_reading_everything(system):
    from infra.past.sight import late, sight

    head = system.log.head().position
    archive = system.past.archive
    for share in (3, 5, 8):
        archive.follow(system.log, head // 2)
        seen = sight(system.log, both(None, recorded(system, head * share // 10)))
        found = late(system.log, seen)
        assert archive.late(system.log, seen) == found
        assert len(found) > 20


def test_an_archive_of_another_log_is_made_anew(system, tmp_path):
    head = system.log.head().position
    system.past.archive.follow(system.log, head)
    was = system.past.archive.ages()[0].number
    system.past.archive.follow(system.log, head)
    assert system.past.archive.ages()[0].number == was
    with closing(System(f"sqlite:///{tmp_path}/other.db")) as other:
        other.intake(history=True).take([orjson.dumps(each) for each in islice(simulate(6, days=9, scale=0.02), 2_000)])
        system.past.archive.follow(other.log, other.log.head().position)
        assert system.past.archive.ages()[0].number > was
        with closing(Past(other.log, lambda: system.past.archive)) as past:
            answers = Answers(other.log, other.views, other.rules, other.projector, past=past)
            last = recorded(other, other.log.head().position)
            assert answers.units(last) == answers.units()


def test_two_processes_that_make_it_at_once_do_no_harm(system):
    head, one = system.log.head().position, system.past.archive
    other = open_archive(system.url)
    try:
        one.follow(system.log, SEVERAL * 2)
        other.follow(system.log, SEVERAL * 3)
        one.follow(system.log, head)
        other.follow(system.log, head)
        assert one.ages()[1] == other.ages()[1] == head // SEVERAL * SEVERAL
    finally:
        other.close()
    last = recorded(system, head)
    assert questions(system.answers, last) == questions(system.answers, None)


def test_what_is_kept_of_a_past_time_goes_with_the_archive_that_it_was_asked_of(system):
    head, ask = system.log.head().position, system.answers
    when = recorded(system, head * 3 // 4)
    told = ask.scoreboard(UNITS[0], when), ask.due(as_of=when), ask.search(as_of=when)
    system.past.archive.forget()
    system.past.archive.follow(system.log, system.log.head().position)
    ages = system.past.archive.ages()[0]
    with system.past.archive.writing() as connection:
        connection.execute(ages.cases.delete())
        connection.execute(ages.due.delete())
    wrong = ask.scoreboard(UNITS[0], when), ask.due(as_of=when), ask.search(as_of=when)
    assert [one == other for one, other in zip(told, wrong, strict=True)] == [False] * 3
    with closing(System(system.url)) as other:  # as danze replay does
        other.past.archive.forget()
    assert (ask.scoreboard(UNITS[0], when), ask.due(as_of=when), ask.search(as_of=when)) == told


def test_many_may_ask_about_one_past_time_at_once(system):
    when = recorded(system, 4 * SEVERAL + 77)
    ask = system.answers
    questions = [
        lambda: ask.search("反映", as_of=when), lambda: ask.scoreboard(UNITS[0], when), lambda: ask.due(as_of=when),
        lambda: ask.ledger("dispute", as_of=when),
    ]  # fmt: skip
    with ThreadPoolExecutor(8) as threads:
        told = [future.result() for future in [threads.submit(question) for question in questions * 4]]
    assert told == [question() for question in questions] * 4


def test_what_did_not_change_is_not_written_again(system):
    system.past.archive.follow(system.log, system.log.head().position)
    ages = system.past.archive.ages()[0]
    with system.past.archive.engine.connect() as connection:
        for table in ages:
            rows = connection.execute(table.select()).fetchall()
            seen = {row[2:]: 0 for row in rows}
            assert table.name.startswith("raised") or len(seen) == len(rows), table.name


@pytest.mark.parametrize("stored", [True, False])
def test_the_root_of_any_size_is_that_of_its_leaves(system, monkeypatch, stored):
    monkeypatch.setattr(tree_heads, "STEP", 64)
    chance, head = Random(2), system.log.head().position
    system.past.archive.follow(system.log, head)
    assert system.past.tree(head).size == head // SEVERAL * SEVERAL
    kept = tree_heads.TreeHeads(system.log, system.past.tree if stored else None)
    for size in (chance.randint(1, head), head, *(chance.randint(0, head) for _ in range(20)), 64, 128, head):
        tree = Tree()
        tree.extend([leaf for _, leaf in system.log.leaves(0, size)] if size else [])
        assert kept.at(size) == {"size": size, "root": b64encode(tree.root()).decode()}
