"""Who had which case when: the first row registers, hand-overs are referrals, who kept it to the end accepted it."""

import gzip

import pytest

from infra.importers.eventlog import eventlog
from infra.importers.rows import ImportProblem, Problem
from tests.infra.samples_xes import XES
from tests.system.command import Danze

HEADER = "case,activity,lifecycle,resource,group,time\n"
PASSED_ON = (
    "7,Accepted,In Progress,Ann,V1,2013-05-01 08:00:00+00:00\n"
    "7,Queued,Awaiting Assignment,Ann,V2 3rd,2013-05-01 09:00:00+00:00\n"
    "7,Accepted,In Progress,Bob,V2 3rd,2013-05-02 08:00:00+00:00\n"
    "7,Accepted,Wait - User,Bob,V2 3rd,2013-05-02 08:30:00+00:00\n"
    "7,Completed,Resolved,Cleo,V2 3rd,2013-05-03 08:00:00+00:00\n"
    "7,Completed,Closed,Siebel,V2 3rd,2013-05-09 08:00:00+00:00\n"
)

BOMB = (
    '<!DOCTYPE log [<!ENTITY a0 "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + ']><log><trace><string key="concept:name" value="&a9;"/></trace></log>'
)
"""Ten thousand million letters, if its entities were filled in."""


@pytest.fixture
def log(tmp_path):
    def write(text: str, *, header: str = HEADER, name: str = "log.csv"):
        path = tmp_path / name
        path.write_text(header + text, encoding="utf-8")
        return path

    return write


def kinds(actions):
    return [action["type"].removeprefix("petition.").removesuffix(".v1") for action in actions]


def test_a_case_is_registered_handed_over_accepted_by_who_kept_it_and_closed_once(log):
    first, second, *actions = eventlog(log(PASSED_ON))
    assert {first["data"]["name"], second["data"]["name"]} == {"V1", "V2 3rd"}
    assert kinds(actions) == ["registered", "referred", "accepted", "worked", "worked", "closed"]
    registered, referred, accepted, *_, closed = actions
    assert registered["subject"] == "petition:log-7"
    assert registered["time"] == "2013-05-01T16:00:00+08:00"
    assert (registered["unit"], registered["actor"]) == ("unit:log-V1", "official:log-Ann")
    assert (referred["unit"], referred["data"]["to_unit"]) == ("unit:log-V1", accepted["unit"])
    assert accepted["data"]["handler"] == "official:log-Bob"
    assert closed["data"]["origin"]["resource"] == "Siebel"


def test_who_handed_it_on_had_not_accepted_it(log):
    back = PASSED_ON + "7,Accepted,In Progress,Ann,V1,2013-05-10 08:00:00+00:00\n"
    actions = list(eventlog(log(back)))[2:]
    assert kinds(actions) == ["registered", "referred", "worked", "worked", "worked", "worked", "referred", "accepted"]
    assert actions[-1]["data"]["handler"] == "official:log-Ann"


def test_another_who_goes_on_with_an_accepted_item_is_its_new_handler(log):
    actions = list(eventlog(log(PASSED_ON + "7,Accepted,In Progress,Dora,V2 3rd,2013-05-10 08:00:00+00:00\n")))
    assert kinds(actions)[-1] == "handler_changed"
    assert actions[-1]["data"]["handler"] == "official:log-Dora"
    assert actions[-1]["data"]["origin"]["assumed"] == "reason"


def test_nobody_is_made_up_and_what_is_assumed_is_marked(log):
    registered = list(eventlog(log(PASSED_ON)))[2]["data"]
    assert (registered["petitioners"], registered["anonymous"]) == ([], True)
    assert "category" in registered["origin"]["assumed"]
    unknown = list(eventlog(log("8,Accepted,In Progress,,V1,2013-05-01 08:00:00\n")))[1:]
    assert kinds(unknown) == ["registered", "accepted"]
    assert unknown[0]["actor"] == "importer:eventlog"
    assert unknown[1]["data"]["handler"] is None


def test_a_step_that_the_item_is_not_open_to_is_told_and_taken_as_work(log):
    problems: list[Problem] = []
    rows = "9,Queued,x,Ann,V1,2013-05-01 08:00:00\n9,Completed,Closed,Ann,V1,2013-05-02 08:00:00\n"
    assert kinds(eventlog(log(rows), problems=problems))[1:] == ["registered", "worked"]
    assert [(each.row, "petition.closed" in each.sentence) for each in problems] == [(2, True)]


def test_rows_out_of_order_are_taken_by_time_and_as_written_within_a_day(log):
    rows = "2,b,,,,2013-05-02\n1,y,,,,2013-05-01\n1,z,,,,2013-05-01\n2,a,,,,2013-05-01\n"
    actions = list(eventlog(log(rows)))[1:]
    assert [action["data"]["origin"]["activity"] for action in actions] == ["y", "z", "a", "b"]
    assert "time of day" in actions[0]["data"]["origin"]["assumed"]


def test_columns_zone_name_and_terms_can_be_given(log, tmp_path):
    table = tmp_path / "terms.toml"
    table.write_text('[activities.done]\nstep = "resolved"\n', encoding="utf-8")
    path = log("5,start,2013-05-01 08:00\n5,done,2013-05-01 09:00\n", header="id,what,at\n")
    columns = {"case": "id", "activity": "what", "time": "at"}
    unit, registered, resolved = eventlog(path, name="shop", columns=columns, table=table)
    assert unit["data"]["name"] == "shop"
    assert (registered["subject"], resolved["type"]) == ("petition:shop-5", "petition.resolved.v1")


def test_xes_packed_or_not_says_the_same(tmp_path):
    path, packed = tmp_path / "log.xes", tmp_path / "log.xes.gz"
    path.write_text(XES, encoding="utf-8")
    packed.write_bytes(gzip.compress(XES.encode()))
    actions = list(eventlog(path))
    assert kinds(actions[2:]) == ["registered", "referred", "accepted"]
    assert actions[2]["subject"] == "petition:log-42"
    assert actions[2]["data"]["origin"]["case:product"] == "PROD582"
    assert [action["id"] for action in eventlog(packed)] == [action["id"] for action in actions]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"a,b\n1,2\n", "no column for the case; name it with --case"),
        (b"\x1f\x8b\x08\x00broken", "packed with gzip, but broken"),
        (gzip.compress(HEADER.encode() + b"7,x" * 9000, mtime=0)[:60], "packed with gzip, but broken"),
        ("case,activity,time\n1,受理,2013-05-01\n".encode("gb18030"), "not UTF-8"),
        (b"<log><trace>", "not readable XES"),
        (b"<html><p/></html>", "no event log in XES"),
        (BOMB.encode(), "not readable XES"),
    ],
)
def test_a_file_that_is_no_event_log_is_refused_in_one_sentence(tmp_path, content, words):
    path = tmp_path / "log.csv"
    path.write_bytes(content)
    with pytest.raises(ImportProblem, match=words):
        list(eventlog(path))


@pytest.mark.parametrize(
    ("row", "field"),
    [("7,a,,,,yesterday\n", "time"), (",a,,,,2013-05-01\n", "case"), ("7,,,,,2013-05-01\n", "activity"), ("7,a\n", "")],
)
def test_a_broken_row_is_told_and_left_out(log, row, field):
    problems: list[Problem] = []
    assert list(eventlog(log(row), problems=problems)) == []
    assert [problem.field for problem in problems] == [field]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("[activities.a]\nstep = 'flown'\n", "no such type petition.flown"),
        ("[activities", "no table of terms"),
        ("[activities.a]\nstep = 1\n", "no table of terms"),
    ],
)
def test_a_table_of_terms_that_is_none_is_refused(log, tmp_path, table, words):
    path = tmp_path / "terms.toml"
    path.write_text(table, encoding="utf-8")
    with pytest.raises(ImportProblem, match=words):
        list(eventlog(log(PASSED_ON), table=path))


def test_the_command_says_in_one_sentence_what_is_wrong_with_its_options(log, tmp_path):
    danze = Danze(tmp_path / "danze.db")
    danze("import", "eventlog", tmp_path / "nothing.csv").refused("nothing.csv", "cannot be read")
    danze("import", "eventlog", log(PASSED_ON), "--zone", "Mars/Olympus").refused("--zone")
    danze("import", "eventlog", log(PASSED_ON), "--group", "team").refused("lacks the columns team")
    danze("import", "eventlog", log(PASSED_ON), "--terms", tmp_path / "no.toml").refused("no.toml", "cannot be read")
    assert not (tmp_path / "danze.db").exists()


def test_importing_twice_adds_nothing_and_a_log_in_another_zone_keeps_its_moments(log, tmp_path):
    danze = Danze(tmp_path / "danze.db")
    file = log(PASSED_ON.replace("+00:00", ""))
    assert danze("import", "eventlog", file, "--zone", "Europe/Rome", "--json").json["recorded"] == 8
    assert danze("import", "eventlog", file, "--zone", "Europe/Rome", "--json").json["recorded"] == 0
    timeline = danze("timeline", "petition:log-7", "--json").json["events"]
    assert timeline[0]["time"] == "2013-05-01T14:00:00+08:00"
