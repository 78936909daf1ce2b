"""What a reader sees, taken from how all rows are counted, is what somebody counts who reads his rows one by one."""

import os
from collections.abc import Iterable
from contextlib import closing
from operator import methodcaller
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cli.wiring import System
from domain.codec import encode
from domain.dispute.events import DisputeBecamePetition, DisputeCleared, DisputeLogged
from domain.envelope import Action
from domain.reader import Reader
from infra.questions import Answers, figures, oversight
from infra.questions.book import Book
from infra.questions.counted import Alone, Counted
from infra.questions.owing import Owing
from infra.questions.present import Present
from infra.questions.readers import ReadersLibrary
from tests.questions.conftest import told
from tests.samples import *
from tests.system.histories import ITEMS, histories, lines

MANY = int(os.environ.get("DANZE_TEST_SHARES", "4"))
READERS = [
    Reader("clerk", (HOUSING,)), Reader("auditor", (HOUSING,)), Reader("supervisor", (BUREAU,)),
    Reader("supervisor", (CITY_BUREAU,)), Reader("clerk", (SITE,)), Reader("auditor", ()), Reader("clerk", (BUREAU,)),
]  # fmt: skip
DISPUTE = {"of": "dispute:d1", "by": HOUSING}
disputed = st.sampled_from(
    (
        DisputeLogged(place="430408001", unit=HOUSING, summary="收费"),
        DisputeCleared(how="调解"),
        *map(DisputeBecamePetition, ITEMS),
    )
)
doings = st.sampled_from(("read", "read", "keep", "fetch", "rebuild", "open", "lag", "lag"))


@st.composite
def lives(draw) -> list[Action]:
    """What happens in a city, with items judged to repeat one that accuses HOUSING, and a dispute that became one."""
    told = draw(histories(20))
    begun = len(CITY_UNITS) + len(ITEMS)
    now = told[begun - 1].recordedat
    accusing = on("2022-01-01", raised(purpose="accusation", about_unit=HOUSING), by=CITY_BUREAU, no="90")
    told.insert(begun, replace(accusing, id="90", time=now, recordedat=now))
    for number in range(draw(st.integers(1, 6))):
        at = draw(st.integers(begun + 1, len(told)))
        fact = draw(disputed | st.just(repeats("90")) | st.just(repeats(None)))
        where = {"no": draw(st.sampled_from(ITEMS))} if hasattr(fact, "first") else DISPUTE
        when = told[at - 1].recordedat
        told.insert(at, replace(on("2022-01-01", fact, **where), id=f"more{number}", time=when, recordedat=when))
    return told


def asked(ask: Answers) -> list[object]:
    units = ask.units()
    return [units, ask.overview(), [ask.scoreboard(each["unit"]) for each in units["units"]]]


def read_one_by_one(book: Book, units: Iterable[str] | None = None) -> list[object]:
    """What is told of the whole, and of units; of all where none are named."""
    counted = Alone(book, Owing(book, methodcaller("recalled")), book.reach.within)
    units = units or [each["unit"] for each in figures.units(book, counted)["units"]]
    boards = [figures.scoreboard(book, counted, unit) | oversight.of_unit(book, counted, unit) for unit in units]
    return [figures.units(book, counted), figures.overview(book, counted), boards]


def alike(answers: Answers, who: list[Reader]) -> None:
    for reader in who:
        ask = answers.for_(reader)
        assert asked(ask) == read_one_by_one(ask.present()), reader


@settings(max_examples=MANY, phases=[Phase.generate])
@given(lives(), st.lists(doings, min_size=8, max_size=8), st.integers(1, 6))
def test_every_reader_is_told_what_his_rows_come_to_while_the_record_goes_on(life, todo, together):
    """Asked while rows lag, after they caught up, of sums that were kept, and of read models made anew."""
    with TemporaryDirectory() as folder, closing(System(f"sqlite:///{folder}/danze.db")) as system:
        system.intake(history=True).take(lines(life[: len(CITY_UNITS)]))
        system.projector.catch_up()
        beside, left = Answers(system.log, system.views, system.rules), life[len(CITY_UNITS) :]
        for number, doing in enumerate(todo):
            system.intake(history=True).take(lines(left[:together]))
            left = left[together:]
            alike(beside, READERS[number % 2 :: 2])
            {"read": system.projector.catch_up, "keep": system.answers.keep_sums, "fetch": beside.fetch_sums,
             "rebuild": system.projector.replay, "open": lambda: None, "lag": lambda: None}[doing]()  # fmt: skip
            if doing == "open":
                beside = Answers(system.log, system.views, system.rules)
            alike(beside, READERS)


@pytest.fixture
def system(store_url, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with closing(System(store_url)) as system:
        opened = [on("2020-04-10", raised(), no=str(no)) for no in range(1, 30)]
        accused = on("2020-05-03", raised(purpose="accusation", about_unit=HOUSING), no="90", by=CITY_BUREAU)
        system.intake(history=True).take([encode(each) for each in [*CITY_UNITS, *opened, accused]])
        system.projector.catch_up()
        yield system


class Asking:
    """The present of a store, asked step by step."""

    def __init__(self, system: System) -> None:
        self._library = system.answers._library
        self.everything = self._library.at(None)
        self.present = Present(self._library.recalled)

    def book(self, reader: Reader) -> Book:
        return ReadersLibrary(self._library, reader).for_reader(self.everything)

    def of(self, reader: Reader) -> Counted | None:
        return self.present.of(self.book(reader), self.present.whole(self.everything))

    def made_ready(self, reader: Reader) -> Counted:
        assert self.of(reader) is None
        self.present.load(self.book(reader))
        return self.of(reader)


def test_who_asks_first_is_waited_for_by_nobody(system):
    ask, housing = Asking(system), Reader("clerk", (HOUSING,))
    assert ask.of(housing) is None
    assert ask.of(Reader("auditor", ())).tally.totals()["items"] == 30
    ask.present.load(ask.book(housing))
    assert ask.of(housing).tally.totals()["items"] == 0


def test_who_sees_all_but_a_few_rows_holds_these_alone(system):
    ask = Asking(system)
    auditor, county, city, bureau = map(ask.made_ready, [*READERS[1:4], READERS[-1]])
    assert [each.tally.totals()["items"] for each in (auditor, county, city, bureau)] == [29, 29, 30, 29]
    assert max(auditor.rows, county.rows, city.rows) < 29 <= bureau.rows


def test_a_finding_on_a_dispute_is_none_on_the_item_of_a_like_number(system):
    logged = on(
        "2020-05-03", DisputeLogged(place="430408001", unit=HOUSING, summary="收费"), of="dispute:d90", by=HOUSING
    )
    intake = system.intake(history=True)
    intake.take([encode(logged)])
    intake.advance(date(2020, 8, 1))
    ask = system.answers.for_(Reader("auditor", (HOUSING,)))
    assert ask.secret("90")
    assert "D14:dispute:d90" in {each["id"] for each in ask.findings(limit=5_000)["findings"]}
    alike(system.answers, READERS)


def test_a_repeat_that_goes_elsewhere_counts_no_more_where_the_first_is(system):
    """HOUSING sees it as long as it has it, and no longer: nothing is said of the first meanwhile."""
    ask, by = system.answers.for_(Reader("clerk", (HOUSING,))), {"no": "102", "by": CITY_BUREAU}
    came = [on("2020-06-01", raised(), no="101", by=HOUSING), on("2020-06-02", raised(), **by),
            on("2020-06-03", assign(HOUSING), **by), on("2020-06-03", repeats("101"), **by)]  # fmt: skip
    went = [on("2020-06-04", e.AssignmentObjected(reason="不属本单位"), no="102", by=HOUSING),
            on("2020-06-05", e.AssignmentWithdrawn(), **by), on("2020-06-06", assign(LABOUR), **by)]  # fmt: skip
    told = []
    for actions in (came, went):
        outcomes = system.intake(history=True).take([encode(each) for each in actions])
        assert {each.outcome for each in outcomes} == {"recorded"}, outcomes
        told.append(ask.overview()["kpis"]["repeat_rate_first_items"]["numerator"])
        alike(system.answers, READERS)
    assert told == [1, 0]


def test_who_asked_last_is_kept_longest(system, monkeypatch):
    monkeypatch.setattr("infra.questions.present.SHARES_KEPT", 2)
    ask, (one, two, three) = Asking(system), READERS[:3]
    first, second = map(ask.made_ready, (one, two))
    assert ask.of(one) is first
    ask.made_ready(three)
    assert ask.of(one) is first
    assert ask.of(two) is not second


def test_what_goes_on_about_hidden_items_is_found_by_its_index(tmp_path):
    """It is looked for whenever the record grew, and a city's disputes are a hundred thousands."""
    with closing(System(f"sqlite:///{tmp_path}/danze.db")) as system:
        told(
            system, [*CITY_UNITS, on("2020-04-10", raised(purpose="accusation", about_unit=HOUSING))], date(2020, 4, 11)
        )
        book = system.answers.for_(Reader("clerk", (HOUSING,))).present()
        with book.rows() as rows:
            query = book.tables.threads().compile(rows, compile_kwargs={"literal_binds": True})
            plan = "\n".join(row[3] for row in rows.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}"))
    assert "_by_petition" in plan
