"""Logs as lines of JSON, for machines that read them."""

import json
import logging

import pytest

from infra.log_lines import JsonLines, set_up
from infra.watching import tell_actions
from tests.system.command import Danze, city, ndjson


def test_a_line_has_the_sentence_and_what_it_is_about():
    record = logging.makeLogRecord({"name": "danze.intake", "msg": "took %d", "args": (3,), "levelname": "INFO"})
    record.records, record.created = 3, 1586481120.5
    assert json.loads(JsonLines().format(record)) == {
        "time": "2020-04-10T09:12:00.500+08:00", "level": "info", "logger": "danze.intake", "said": "took 3",
        "records": 3,
    }  # fmt: skip


def test_an_exception_is_one_line_too():
    try:
        int("no number")
    except ValueError as error:
        record = logging.makeLogRecord({"exc_info": (ValueError, error, error.__traceback__)})
    line = JsonLines().format(record)
    assert "\n" not in line
    assert "ValueError: invalid literal" in json.loads(line)["exception"]


def test_half_a_character_is_escaped_wherever_it_stands():
    record = logging.makeLogRecord({"msg": "no file %s", "args": ("信访\udce4",), "levelname": "INFO"})
    record.action_id = "\ud800"
    line = JsonLines().format(record)
    assert line.encode()
    assert (json.loads(line)["said"], json.loads(line)["action_id"]) == ("no file 信访\udce4", "\ud800")


def test_another_word_is_refused():
    with pytest.raises(ValueError, match="DANZE_LOG: 'xml' is neither text nor json"):
        set_up({"DANZE_LOG": "xml"})


def test_a_mistake_at_the_command_line_is_a_line_as_well(tmp_path):
    said = Danze(tmp_path / "danze.db", DANZE_LOG="json")("show", "petition:1")
    assert said.code == 2
    assert json.loads(said.err)["level"] == "error"
    Danze(tmp_path / "danze.db", DANZE_LOG="xml")("show", "petition:1").refused("neither text nor json")


def test_an_action_that_somebody_follows_is_told_where_it_is_and_others_are_not(caplog):
    followed = {"id": "1", "source": "/s", "subject": "petition:1", "correlationid": "CORR-77", "data": {"title": "x"}}
    lines = [json.dumps(each).encode() for each in (followed, {"id": "2", "source": "/s"})]
    taken = [{"outcome": "recorded", "position": 7}, {"outcome": "recorded", "position": 8}]
    log = logging.getLogger("danze.test")
    with caplog.at_level(logging.INFO, "danze.test"):
        tell_actions(log, lines, taken)
    (line,) = [json.loads(JsonLines().format(record)) for record in caplog.records]
    told = {name: line[name] for name in line if name not in ("time", "level", "logger")}
    assert told == {
        "said": "took an action", "outcome": "recorded", "position": 7, "action_id": "1", "action_source": "/s",
        "action_subject": "petition:1", "action_correlationid": "CORR-77",
    }  # fmt: skip


def test_read_models_say_which_positions_came_in(tmp_path):
    danze = Danze(tmp_path / "danze.db", DANZE_LOG="json")
    said = [json.loads(line) for line in danze("emit", "-", sent=ndjson(city())).err.splitlines()]
    assert [(each["logger"], each["after"], each["position"]) for each in said] == [("danze.project", 0, 3)]
