"""What the deciding side remembers within one batch, before anything of it is in the log."""

from contextlib import closing

from cli.wiring import System
from domain.finding.events import FindingDecided, FindingOpened
from domain.petition.events import CauseRevised, PetitionSponsored, PetitionWithdrawn
from infra import office
from infra.office import READ_TOGETHER, Office
from tests.samples import (
    ACCEPTED,
    CITY_BUREAU,
    CITY_UNITS,
    COUNTY,
    REFERRED,
    REGISTERED,
    cause,
    head,
    on,
    raised,
    repeats,
)
from tests.system.histories import lines

FOUND = f"F21:petition:1:{COUNTY}"
DECIDED = FindingDecided(official=head(COUNTY), responsibility="direct", measure="talk", reason="情况属实")


def test_a_finding_that_is_raised_again_stands_where_humans_had_brought_it(tmp_path):
    told = [
        *CITY_UNITS, REGISTERED, REFERRED, ACCEPTED,
        on("2020-05-04", cause(), by=CITY_BUREAU),
        on("2020-05-06", FindingOpened(), by=CITY_BUREAU, of=FOUND),
        on("2020-05-07", CauseRevised(ground="A2"), by=CITY_BUREAU),
        on("2020-05-08", DECIDED, by=CITY_BUREAU, of=FOUND),
    ]  # fmt: skip
    system = System(f"sqlite:///{tmp_path}/danze.db")
    outcomes = system.intake(history=True).take(lines(told))
    assert [each.rejection for each in outcomes if each.rejection] == []
    assert [each["state"] for each in system.answers.findings()["findings"] if each["id"] == FOUND] == ["decided"]
    system.close()


def test_a_finding_that_was_taken_back_is_open_to_nobody(tmp_path):
    told = [
        *CITY_UNITS, REGISTERED, REFERRED, ACCEPTED,
        on("2020-05-04", cause(), by=CITY_BUREAU),
        on("2020-05-06", FindingOpened(), by=CITY_BUREAU, of=FOUND),
        on("2020-05-07", CauseRevised(withdrawn=True), by=CITY_BUREAU),
        on("2020-05-08", DECIDED, by=CITY_BUREAU, of=FOUND),
    ]  # fmt: skip
    system = System(f"sqlite:///{tmp_path}/danze.db")
    outcomes = system.intake(history=True).take(lines(told))
    assert [each.rejection.code for each in outcomes if each.rejection] == ["unknown-subject"]
    system.close()


def sponsors(system):
    office = Office(system.log, system.rules)
    office.catch_up()
    return office.sponsors(head(COUNTY))


def test_a_leader_sponsors_something_though_all_that_came_after_it_is_over(tmp_path):
    numbers = [*map(str, range(READ_TOGETHER + 1))]
    sponsored = PetitionSponsored(leader=head(COUNTY), team=(), plan="一案一策")
    told = [
        *CITY_UNITS,
        *(on("2020-05-06", raised(), no=no) for no in numbers),
        *(on("2020-05-07", sponsored, by=COUNTY, no=no) for no in numbers),
        *(on("2020-05-08", PetitionWithdrawn(), no=no) for no in numbers[1:]),
    ]
    with closing(System(f"sqlite:///{tmp_path}/danze.db")) as system:
        outcomes = system.intake(history=True).take(lines(told))
        assert [each.rejection for each in outcomes if each.rejection] == []
        assert sponsors(system)
        system.intake(history=True).take(lines([on("2020-05-09", PetitionWithdrawn(), no="0")]))
        assert not sponsors(system)


def test_what_an_intake_lets_go_between_batches_it_reads_again(tmp_path, monkeypatch):
    """An intake that runs for a year keeps no more findings and matters than it has room for."""
    monkeypatch.setattr(office, "ASKED", 0)
    told = [
        *CITY_UNITS, REGISTERED, REFERRED, ACCEPTED, on("2020-05-04", cause(), by=CITY_BUREAU),
        on("2020-05-05", raised(), no="2"), on("2020-05-06", repeats("1"), no="2"),
        on("2020-05-06", FindingOpened(), by=CITY_BUREAU, of=FOUND),
        on("2020-05-08", DECIDED, by=CITY_BUREAU, of=FOUND),
        on("2020-05-09", raised(), no="3"), on("2020-05-10", repeats("2"), no="3"),
    ]  # fmt: skip
    system = System(f"sqlite:///{tmp_path}/danze.db")
    intake = system.intake(history=True)
    for line in lines(told):
        assert [each.outcome for each in intake.take([line])] == ["recorded"]
        intake.office.learn(())
        known = intake.office
        assert [known.matters, known.findings, known.accused, known.standing] == [{}, {}, {}, {}]
    assert system.answers.case("3")["repeat_number"] == 2
    assert [each["state"] for each in system.answers.findings()["findings"] if each["id"] == FOUND] == ["decided"]
    system.close()
