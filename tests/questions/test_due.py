"""What comes due: how much of each limit is used, who is warned, what is missed. Days are counted by hand."""

import pytest

from tests.samples import *

HANDLER = "official:handler"
STORY = [
    *IN_HANDLING,
    on("2020-05-11", raised(), no="2"),
    on("2020-05-11", accept("simple", HANDLER), no="2", by=HOUSING),
]
KEYS = ("used_days", "total_days", "counted_in", "percent", "warning", "days_left", "working_days_left", "missed")


def running(answers, day: str, **asked):
    told = answers.due(as_of=at(f"{day} 23:00"), **asked)
    return {(row["no"], row["clock"]): tuple(row[key] for key in KEYS) for row in told["due"]}


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2020-05-19", (29, 60, "calendar", 48, None, 31, 23, False)),
        ("2020-05-20", (30, 60, "calendar", 50, 50, 30, 22, False)),
        ("2020-06-04", (45, 60, "calendar", 75, 75, 15, 11, False)),
        ("2020-06-13", (54, 60, "calendar", 90, 90, 6, 5, False)),
        ("2020-06-19", (60, 60, "calendar", 100, 90, 0, 0, False)),
        ("2020-06-22", (63, 60, "calendar", 105, 90, -3, -1, True)),
    ],
)
def test_the_steps_of_sixty_days(after, day, told):
    assert running(after(*STORY), day)["1", "K5"] == told


def test_a_limit_in_working_days_is_used_up_by_working_days(after):
    assert running(after(*STORY), "2020-05-18")["2", "K12"] == (5, 10, "working", 50, 50, 7, 5, False)


def test_an_extension_makes_the_whole_longer(after):
    extended = on("2020-06-01", extend(20), by=HOUSING)
    assert running(after(*STORY, extended), "2020-06-04")["1", "K5"][:5] == (45, 80, "calendar", 56, 50)


def test_the_days_of_a_hearing_are_neither_used_nor_left(after):
    story = [
        *WITH_ANSWER,
        on("2020-05-21", deliver(), by=HOUSING),
        on("2020-05-25", e.ReviewRequested(to_unit=COUNTY)),
        on("2020-06-01", e.ReviewAnswered(by_unit=COUNTY, outcome="upheld"), by=COUNTY),
        on("2020-06-02", deliver("review"), by=COUNTY),
        on("2020-06-03", e.RereviewRequested(to_unit=CITY)),
        on("2020-06-08", e.HearingOpened(stage="rereview"), by=CITY),
        on("2020-06-12", e.HearingClosed(stage="rereview"), by=CITY),
    ]
    assert running(after(*story), "2020-06-18")["1", "K9"][:4] == (10, 30, "calendar", 33)


def test_it_is_told_by_unit_and_handler(after):
    answers = after(*STORY, until="2020-06-23")
    told = answers.due(unit=COUNTY, as_of=at("2020-06-23 12:00"))
    groups = [(group["unit"], group["handler"], group["open"], group["missed"]) for group in told["groups"]]
    assert groups == [(BUREAU, None, 2, 1), (HOUSING, HANDLER, 2, 2)]
    assert (told["total"], told["missed"], told["warning_steps"]) == (4, 3, [50, 75, 90])
    assert [row["clock"] for row in told["due"]] == ["K12", "S1", "K5", "S1"]
    his = answers.due(unit=COUNTY, handler=HANDLER, as_of=at("2020-06-23 12:00"))
    assert (his["handler"], his["total"], his["missed"], his["groups"]) == (HANDLER, 2, 2, told["groups"][1:])
    assert {row["no"] for row in his["due"]} == {"1", "2"}
    assert answers.due(unit=LABOUR)["total"] == 0


def test_whoever_a_unit_went_into_owes_what_runs(after):
    told = after(*STORY, merged("2020-06-01", HOUSING, LABOUR)).due(unit=LABOUR)
    assert {row["owed_by"] for row in told["due"]} == {LABOUR}
    assert told["total"] == 2


def test_a_list_goes_on_where_it_ended(after):
    answers, seen, cursor = after(*STORY, until="2020-06-23"), [], None
    while True:
        told = answers.due(limit=1, cursor=cursor)
        seen += [(row["due_on"], row["clock"]) for row in told["due"]]
        if (cursor := told["next"]) is None:
            break
    assert seen == [(row["due_on"], row["clock"]) for row in answers.due()["due"]]
    assert len(seen) == 4
