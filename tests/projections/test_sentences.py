"""What happened, as a sentence: in the words of the language, names for ids."""

from datetime import date

import pytest

from domain.unit.state import Units
from projections.sentences import said


@pytest.mark.parametrize(
    ("type", "fields", "told"),
    [
        ("petition.return_visited.v1", {"solved": "partly"}, "回访核实，是否解决：部分解决"),
        ("petition.answered.v1", {"outcome": "partly"}, "作出处理意见：部分支持"),
        ("petition.sponsor_duty_done.v1", {"duty": "supported"}, "五包落实：包教育稳控"),
        ("petition.channelled.v1", {"path": "discipline"}, "导入其他法定程序：纪检监察"),
    ],
)
def test_a_word_says_what_it_means_in_its_field(type, fields, told):
    assert said(type, fields, None, Units())["zh"] == told


def test_a_limit_without_a_number_is_called_by_its_name():
    missed = {"deadline": "execution", "due_on": date(2026, 4, 29), "owed_by": "unit:430408-zjj"}
    told = said("deadline.missed.v1", missed, None, Units())
    assert told["zh"].startswith("执行支持意见 期限（2026-04-29）已过")
    assert told["en"].startswith("execution: the limit passed on 2026-04-29")
