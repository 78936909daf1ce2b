from datetime import date
from itertools import pairwise

from api.web.pictures import GUTTER, WIDTH, strip

TODAY = date(2020, 8, 31)
HELD = [
    {"unit": "unit:a", "from": "2020-04-10T09:00:00+08:00", "until": "2020-04-14"},
    {"unit": "unit:b", "from": "2020-04-14"},
]


def clock(**changed):
    return {
        "clock": "K5",
        "starts_on": "2020-04-18",
        "due_on": "2020-06-17",
        "met_on": None,
        "missed": False,
        **changed,
    }


def test_nothing_dated_makes_no_picture():
    assert strip([], [], TODAY) is None


def test_each_unit_has_a_row_and_the_last_one_holds_until_now():
    picture = strip([*HELD, {"unit": "unit:a", "from": "2020-05-01", "until": "2020-05-03"}], [], TODAY)
    assert [row.holder["unit"] for row in picture.rows] == ["unit:a", "unit:b"]
    assert len(picture.rows[0].bars) == 2
    last = picture.rows[1].bars[0]
    assert last.x + last.width == picture.now


def test_what_ran_over_is_drawn_from_the_due_day_to_the_act():
    row = strip(HELD, [clock(met_on="2020-07-03", missed=True)], TODAY).rows[-1]
    assert [bar.look for bar in row.bars] == ["allowed", "over"]
    assert row.bars[1].x + row.bars[1].width == row.mark


def test_a_missed_clock_never_met_runs_over_until_now():
    picture = strip(HELD, [clock(missed=True)], TODAY)
    over = picture.rows[-1].bars[1]
    assert (picture.rows[-1].mark, round(over.x + over.width, 1)) == (None, picture.now)


def test_everything_lies_inside_and_ticks_do_not_crowd():
    for start in ("2019-12-31", "2016-01-01", "2000-01-01", "2020-08-31"):
        picture = strip([{"unit": "u", "from": start}], [clock()], TODAY)
        ends = [bar.x + bar.width for row in picture.rows for bar in row.bars]
        assert max(ends) <= WIDTH
        xs = [x for x, _ in picture.ticks]
        assert all(GUTTER <= x <= WIDTH for x in xs)
        assert all(b - a > 35 for a, b in pairwise(xs))
