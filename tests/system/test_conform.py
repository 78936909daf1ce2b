"""`danze conform` on a store, and on a log of somebody else in XES."""

from contextlib import closing

from cli.wiring import System
from domain.petition.state import evolve
from domain.petition.steps import LEADS_TO
from infra.exporters.items import stretches


def test_what_danze_took_conforms_and_its_export_does_too(quarter, tmp_path):
    said = quarter("export", "xes", tmp_path / "log.xes", "--json").json
    for source in ("store", tmp_path / "log.xes"):
        conformed = quarter("conform", "--from", source, "--json")
        assert conformed.code == 0
        assert conformed.json["items"] == said["traces"]
        assert conformed.json["broken"] == []


def test_every_step_led_where_the_table_of_steps_says(quarter):
    with closing(System(quarter.store)) as system:
        for stretch in stretches(system.log, system.log.head().position):
            for events in stretch.items:
                item = None
                for event in events:
                    before, item = item and item.state, evolve(item, event)
                    assert item.state in LEADS_TO.get(type(event.data), {before})


def test_an_item_that_went_another_way_is_named_with_the_step(quarter, tmp_path):
    assert quarter("export", "xes", tmp_path / "log.xes.gz").code == 0
    assert quarter("export", "xes", tmp_path / "log.xes").code == 0
    log = (tmp_path / "log.xes").read_text(encoding="utf-8")
    foreign = log.replace("petition.accepted", "petition.worked").replace("petition.answered", "petition.worked")
    (tmp_path / "foreign.xes").write_text(foreign, encoding="utf-8")
    conformed = quarter("conform", "--from", tmp_path / "foreign.xes", "--json")
    assert conformed.code == 1
    closed = [each for each in conformed.json["broken"] if each["step"] == "petition.closed"]
    assert closed
    assert {each["constraint"] for each in closed} == {
        "precedence(petition.accepted|petition.answered, petition.closed)"
    }
    trace = foreign.split("<trace>")[1:]
    for each in closed:
        (own,) = (one for one in trace if f'"concept:name" value="{each["no"]}"' in one)
        assert 'value="petition.closed"' in own.split("<event>")[each["at"]]


def test_what_is_no_log_is_refused(quarter, tmp_path):
    (tmp_path / "log.xes").write_text("hello")
    quarter("conform", "--from", tmp_path / "log.xes").refused("log.xes")
    quarter("conform", "--from", tmp_path / "none.xes").refused("none.xes")
