"""Work orders of a hotline become items that were assigned; archive flags stay what was reported."""

from collections import Counter
from datetime import datetime

import msgspec
import pytest

from domain.vocabulary import TYPES
from infra.importers.rows import ImportProblem, Problem
from infra.importers.workorders import HOTLINE, REQUIRED, unit_id, workorders
from tests.infra.shared_data import shared

ORDER = {
    "REC_ID": "1", "CREATE_TIME": "2018-07-04 17:24:41", "EVENT_SRC_NAME": "12345", "EVENT_PROPERTY_NAME": "投诉",
    "EVENT_TYPE_NAME": "环保水务", "MAIN_TYPE_NAME": "工业噪声", "SUB_TYPE_NAME": "夜间施工", "STREET_NAME": "甲街道",
    "COMMUNITY_NAME": "乙社区", "DISPOSE_UNIT_NAME": "环境局", "OPERATE_NUM": "1", "INTIME_ARCHIVE_NUM": "0",
    "INTIME_TO_ARCHIVE_NUM": "0", "OVERTIME_ARCHIVE_NUM": "1",
}  # fmt: skip


@pytest.fixture
def table(tmp_path):
    def write(*orders: dict[str, str]):
        path = tmp_path / "orders.csv"
        lines = [",".join(REQUIRED), *(",".join({**ORDER, **order}[name] for name in REQUIRED) for order in orders)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


def test_an_order_is_registered_by_the_hotline_and_assigned_at_the_same_time(table):
    hotline, bureau, registered, assigned = workorders(table({}))
    assert (hotline["subject"], hotline["time"]) == (HOTLINE, "2018-07-03T17:24:41+08:00")
    assert (bureau["subject"], bureau["data"]["name"]) == (unit_id("环境局"), "环境局")
    assert "level,kind" in bureau["data"]["origin"]["assumed"]
    assert registered["unit"] == assigned["unit"] == HOTLINE
    assert registered["time"] == assigned["time"] == "2018-07-04T17:24:41+08:00"
    assert registered["data"]["purpose"] == "settlement"
    assert registered["data"]["category"] == "环境保护"
    assert registered["data"]["title"] == "工业噪声：夜间施工（甲街道乙社区）"
    assert assigned["data"]["to_unit"] == unit_id("环境局")


def test_an_order_of_the_year_1_is_told(table):
    told = []
    assert list(workorders(table({"CREATE_TIME": "0001-01-01 00:00:00"}), told)) == []
    assert [(each.row, each.field) for each in told] == [(1, "CREATE_TIME")]


def test_archive_flags_are_kept_as_reported_and_never_become_dates(table):
    *_, registered, assigned = workorders(table({}))
    origin = registered["data"]["origin"]
    assert (origin["intime_archive_num"], origin["overtime_archive_num"]) == (0, 1)
    assert {action["type"] for action in (registered, assigned)} == {"petition.registered.v1", "petition.assigned.v1"}
    assert "report_by" not in assigned["data"]


def test_nobody_is_named_so_nobody_is_made_up(table):
    *_, registered, _ = workorders(table({}))
    assert registered["data"]["petitioners"] == []
    assert registered["data"]["anonymous"] is True
    assert "personal" not in registered["data"]
    assert "anonymous" in registered["data"]["origin"]["assumed"]


@pytest.mark.parametrize("name", ["", "-"])
def test_an_order_that_names_no_unit_is_registered_only_and_said_so(table, name):
    problems: list[Problem] = []
    _, registered = workorders(table({"DISPOSE_UNIT_NAME": name}), problems)
    assert registered["data"]["origin"]["not_routed"] == "no unit is named"
    assert [(problem.row, problem.field) for problem in problems] == [(1, "DISPOSE_UNIT_NAME")]


@pytest.mark.parametrize(
    ("word", "purpose", "marked"),
    [
        ("投诉", "settlement", False),
        ("求决", "settlement", False),
        ("建议", "suggestion", False),
        ("咨询", "enquiry", False),
        ("感谢", "enquiry", True),
        ("-", "enquiry", True),
    ],
)
def test_the_property_becomes_a_purpose_or_is_marked(table, word, purpose, marked):
    *_, registered, _ = workorders(table({"EVENT_PROPERTY_NAME": word}))
    assert registered["data"]["purpose"] == purpose
    assert ("purpose" in registered["data"]["origin"]["assumed"].split(",")) is marked
    assert registered["data"]["origin"]["event_property_name"] == word


def test_a_class_that_is_not_clear_is_other_with_the_original_kept(table):
    *_, registered, _ = workorders(table({"EVENT_TYPE_NAME": "天外", "MAIN_TYPE_NAME": "来客"}))
    assert registered["data"]["category"] == "其他"
    assert registered["data"]["origin"]["main_type_name"] == "来客"
    assert "category" in registered["data"]["origin"]["assumed"]


def test_orders_come_by_time_and_a_registration_before_its_assignment(table):
    path = table({"REC_ID": "2", "CREATE_TIME": "2018-07-05 08:00:00"}, {"REC_ID": "1"})
    subjects = [(action["subject"], action["type"]) for action in list(workorders(path))[2:]]
    assert subjects == [
        ("petition:hotline-1", "petition.registered.v1"),
        ("petition:hotline-1", "petition.assigned.v1"),
        ("petition:hotline-2", "petition.registered.v1"),
        ("petition:hotline-2", "petition.assigned.v1"),
    ]


@pytest.mark.parametrize(
    ("order", "field"), [({"CREATE_TIME": "2018"}, "CREATE_TIME"), ({"REC_ID": ""}, "REC_ID"), ({"REC_ID": "1,2"}, "")]
)
def test_a_broken_order_is_told_and_left_out(table, order, field):
    problems: list[Problem] = []
    assert list(workorders(table(order), problems)) == []
    assert [problem.field for problem in problems] == [field]


def test_a_file_with_another_header_is_refused(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text("REC_ID,CREATE_TIME\n", encoding="utf-8")
    with pytest.raises(ImportProblem, match="EVENT_SRC_NAME"):
        list(workorders(path))


def test_the_work_orders_of_the_shared_data():
    problems: list[Problem] = []
    actions = list(workorders(shared("workorders/workorders.csv"), problems))
    assert Counter(action["type"] for action in actions) == {
        "unit.established.v1": 141,
        "petition.registered.v1": 4976,
        "petition.assigned.v1": 4962,
    }
    assert {problem.field for problem in problems} == {"DISPOSE_UNIT_NAME"}
    times = [datetime.fromisoformat(action["time"]) for action in actions]
    assert times == sorted(times)
    assert len({action["id"] for action in actions}) == len(actions)
    for action in actions:
        msgspec.convert(action["data"], TYPES[action["type"]])
