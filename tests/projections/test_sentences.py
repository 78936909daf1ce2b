"""What happened, as a sentence: in the words of the language, names for ids."""

from datetime import date

from domain.unit.state import Units
from projections.sentences import said


def test_a_limit_without_a_number_is_called_by_its_name():
    missed = {"deadline": "execution", "due_on": date(2026, 4, 29), "owed_by": "unit:430408-zjj"}
    told = said("deadline.missed.v1", missed, None, Units())
    assert told["zh"].startswith("执行支持意见 期限（2026-04-29）已过")
    assert told["en"].startswith("execution: the limit passed on 2026-04-29")
