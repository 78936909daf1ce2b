"""What is in the way is said once for each reason, until it works again."""

from domain.reasons import Reasons


def test_another_reason_is_said_and_another_number_is_none():
    reasons = Reasons()
    told = [
        "no broker (try 1)",
        "no broker (try 2)",
        "the password is wrong",
        "no broker (try 3)",
    ]
    assert [reasons.new(each) for each in told] == [True, False, True, False]
    assert (reasons.works(), reasons.works()) == (True, False)
    assert reasons.new("the password is wrong")
