"""Sums that follow the record row by row are those that somebody counts who opens the store only now."""

from base64 import b64encode
from contextlib import closing
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import func, select, text

from cli.wiring import System
from domain.codec import encode
from domain.duty.events import DutyStood
from infra.city.simulation import START, simulate
from infra.log.merkle import Tree
from infra.office import folded
from infra.questions import Answers
from infra.questions.agreement import Agreement
from infra.questions.keeping import DUTY_LEDGERS, law_told, ledgers
from infra.views.sums import Sums
from tests.projections.test_ledgers import HISTORY
from tests.questions.conftest import told
from tests.samples import *


def asked(answers: Answers) -> bytes:
    units = answers.units()
    boards = [answers.scoreboard(each["unit"]) for each in units["units"]]
    return orjson.dumps([units, answers.overview(), boards], option=orjson.OPT_INDENT_2)


def asked_anew(url: str) -> bytes:
    with closing(System(url)) as system:
        return asked(system.answers)


@pytest.fixture
def system(store_url, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with closing(System(store_url)) as system:
        yield system


def test_a_simulated_county_is_counted_alike_while_it_grows_and_from_the_start(system):
    intake = system.intake(history=True)
    actions = [orjson.dumps(action) for action in simulate(3, days=100, scale=0.1, counties=1)]
    assert asked(system.answers) == asked_anew(system.url), "before anything happened"
    for at in range(0, len(actions), 2_000):
        intake.take(actions[at : at + 2_000])
        assert asked(system.answers) == asked_anew(system.url)
    intake.advance(START + timedelta(days=200))
    assert asked(system.answers) == asked_anew(system.url), "after everything open was missed"


def test_a_history_of_ledgers_is_counted_alike_step_by_step(system):
    intake = system.intake(history=True)
    for action in sorted(HISTORY, key=lambda each: each.recordedat or each.time):
        intake.take([encode(action)])
        system.answers.overview()
        system.answers.scoreboard(CITY)
    assert asked(system.answers) == asked_anew(system.url)


def test_who_opens_the_store_goes_on_from_sums_that_were_kept(system):
    intake = system.intake(history=True)
    actions = [orjson.dumps(action) for action in simulate(3, days=100, scale=0.1, counties=1)]
    for at in range(0, len(actions), 3_000):
        intake.take(actions[at : at + 2_000])
        system.answers.keep_sums()
        intake.take(actions[at + 2_000 : at + 3_000])
        assert asked_anew(system.url) == asked(system.answers)
    intake.advance(START + timedelta(days=200))
    assert asked_anew(system.url) == asked(system.answers), "after everything open was missed"


def test_who_opens_the_store_knows_what_units_did_without_reading_every_act(system, monkeypatch):
    """Of millions of acts the days are kept; what came after them is read."""
    intake = system.intake(history=True)
    actions = [orjson.dumps(action) for action in simulate(3, days=60, scale=0.1, counties=1)]
    for at in range(0, len(actions), 2_000):
        intake.take(actions[at : at + 1_900])
        system.answers.keep_sums()
        intake.take(actions[at + 1_900 : at + 2_000])
    of_kind = type(system.log).of_kind
    told = folded("duty", of_kind(system.log, "duty"))
    assert sum(len(days) for ledger in told.values() for days in ledger.days.values()) > 100

    def but_acts(kind, **wanted):
        assert kind != "duty"
        return of_kind(other.log, kind, **wanted)

    with closing(System(system.url)) as other:
        monkeypatch.setattr(other.log, "of_kind", but_acts)
        assert dict(other.answers.present().office.streams_of("duty")) == told
        assert asked(other.answers) == asked(system.answers)


def test_of_two_side_by_side_either_keeps_sums_and_both_count_on(system):
    intake = system.intake(history=True)
    actions = [orjson.dumps(action) for action in simulate(4, days=60, scale=0.1, counties=1)]
    intake.take(actions[:1_000])
    system.answers.keep_sums()
    with closing(System(system.url)) as other:
        for at, keeping in enumerate([other, system, other, other, system], start=1):
            assert asked(other.answers) == asked(system.answers)
            keeping.answers.keep_sums()
            intake.take(actions[at * 1_000 : (at + 1) * 1_000])
        other.answers.fetch_sums()
        assert asked(other.answers) == asked(system.answers)


def test_sums_of_another_law_are_not_gone_on_from(city):
    city.ask.keep_sums()
    live = city.system.views.live()
    kept = Sums(city.system.views, live.tables.number)
    assert kept.read("another") is None
    assert kept.read(law_told(city.ask.present().rules)).position == live.position


def test_sums_are_kept_anew_only_when_the_record_gained_something(system):
    def version() -> int:
        return Sums(system.views, system.views.live().tables.number).read(law_told(system.rules)).version

    intake = system.intake(history=True)
    intake.take([encode(each) for each in [*CITY_UNITS, REGISTERED]])
    system.answers.keep_sums()
    first = version()
    system.answers.keep_sums()
    with closing(System(system.url)) as other:
        other.answers.keep_sums()
    assert version() == first
    intake.take([encode(REFERRED)])
    system.answers.keep_sums()
    assert version() == first + 1


def test_who_opens_the_store_knows_the_root_of_the_log_without_all_its_leaves(city):
    city.ask.keep_sums()
    leaves = [leaf for _, leaf in city.system.log.leaves()]
    with closing(System(city.system.url)) as other:
        for size in (len(leaves), len(leaves) - 1, 1):
            tree = Tree()
            tree.extend(leaves[:size])
            assert other.answers.present().heads.at(size) == {
                "size": size,
                "root": b64encode(tree.root()).decode(),
            }


def test_rows_that_lag_behind_the_log_are_counted_once_they_are_there(system):
    lagging = Answers(system.log, system.views, system.rules)
    told(system, [*CITY_UNITS, REGISTERED], date(2020, 4, 11))
    intake = system.intake(history=True)
    intake.take([encode(on("2020-04-12", raised(), no="2")), encode(REFERRED)])
    assert lagging.overview()["totals"]["items"] == 1
    intake.take([encode(on("2020-04-14", raised(), no="3"))])
    assert (lagging.overview()["totals"]["items"], lagging.overview()["behind"]) == (1, 3)
    system.projector.catch_up()
    assert asked(lagging) == asked_anew(system.url)


def stood(day):
    return encode(on(day, DutyStood(leader=head(COUNTY), place="接待中心"), by=COUNTY, of=f"duty:{COUNTY[5:]}"))


def test_duties_that_are_kept_while_rows_lag_are_those_of_the_log(system):
    lagging, intake = Answers(system.log, system.views, system.rules), system.intake(history=True)
    intake.take([*map(encode, CITY_UNITS), stood("2020-06-20")])
    system.projector.catch_up()
    intake.take([stood("2020-06-21")])
    lagging.keep_sums()
    kept, position = ledgers(Sums(system.views, system.views.live().tables.number))
    assert len(kept[f"duty:{COUNTY[5:]}"].days["stood"]) == 2
    assert position == lagging.present().position - 1
    agreement = Agreement(system.log, system.views, system.rules)
    system.projector.beside(agreement.look)
    assert agreement.first_bad is None


def test_duties_that_are_kept_and_cannot_be_read_are_read_from_the_log(system):
    system.intake(history=True).take([*map(encode, CITY_UNITS), stood("2020-06-20")])
    system.answers.keep_sums()
    with system.views.writing() as connection:
        counted = f"counted_{system.views.live().tables.number}"
        spoilt = text(
            f"UPDATE {system.views.q(counted)} SET cells = :cells WHERE tab = '{DUTY_LEDGERS}' AND key = :key"
        )
        assert connection.execute(spoilt, {"cells": b"\xc1", "key": f"duty:{COUNTY[5:]}"}).rowcount == 1
    with closing(System(system.url)) as other:
        other.answers.judge_duties()
        assert asked(other.answers) == asked(system.answers)


def test_totals_are_the_rows(city):
    overview, book = city.ask.overview(), city.ask.present()
    table = book.tables.cases
    items, open_ = book.select(select(func.count(), func.sum(1 - table.c.over)))[0]
    assert (overview["totals"]["items"], overview["totals"]["open"]) == (items, open_)
    assert (
        sum(each["registered"] for each in overview["months"])
        == items
        == sum(each["count"] for each in overview["categories"])
    )
