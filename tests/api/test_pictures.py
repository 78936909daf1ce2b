from datetime import date
from itertools import pairwise

import pytest

from api.web.pictures import GUTTER, WIDTH, chain, duty_calendar, repeats, strip
from api.web.tiles import TILES, legend, tiles

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


def test_the_map_shades_by_a_share_of_the_most_and_overlaps_nowhere():
    counties = [{"division": code, "open": n} for n, code in enumerate([*TILES, "999901", "999902"])]
    drawn = tiles(counties, "open")
    assert len({(tile.x, tile.y) for tile in drawn}) == len(counties)
    assert (drawn[0].shade, drawn[-1].shade) == (0, 4)
    assert [tile.shade for tile in tiles([{"division": "430405", "open": 0}], "open")] == [0]


def test_a_duty_has_a_mark_for_each_period_in_its_order():
    periods = [
        {"period": "2020-07", "first": "2020-07-01", "last": "2020-07-31", "state": "done"},
        {"period": "2020-08", "first": "2020-08-01", "last": "2020-08-31", "state": "missed"},
    ]
    (row,) = duty_calendar([{"periods": periods}], date(2020, 7, 1), date(2020, 8, 31)).rows
    assert [bar.look for bar in row.bars] == ["done", "missed"]
    assert all(before.x + before.width < after.x for before, after in pairwise(row.bars))


def test_the_chain_leads_from_each_unit_over_its_rules_to_every_person_who_caused_it_first():
    who = [{"official": "official:a", "responsibility": "direct"}, {"official": None, "role": "principal"}]
    found = [
        {"rule": "F04", "axis": "B", "unit": "unit:b", "since": "2020-06-25", "answers": who},
        {"rule": "F21", "axis": "A", "unit": "unit:a", "since": "2020-07-01", "answers": who[:1]},
        {"rule": "F01", "axis": "B", "unit": "unit:b", "since": "2020-05-01", "answers": who[:1]},
    ]
    drawn = chain(found)
    rules = [node.about["rule"] for node in drawn.nodes if node.column == 1]
    assert rules == ["F21", "F01", "F04"]
    assert [node.about["unit"] for node in drawn.nodes if node.column == 0] == ["unit:a", "unit:b"]
    assert len(drawn.lines) == len(rules) + 4
    persons = sorted(node.y for node in drawn.nodes if node.column == 2)
    assert all(below - above >= 24 for above, below in pairwise(persons))
    assert chain([]) is None


@pytest.mark.parametrize("most", [0, 1, 3, 5, 56, 1000])
def test_the_key_of_the_map_says_what_each_shade_stands_for(most):
    counties = [{"division": code, "open": number * most // 11} for number, code in enumerate(TILES)]
    said = {shade: (low, high) for shade, low, high in legend(counties, "open")}
    assert all(said[tile.shade][0] <= tile.value <= said[tile.shade][1] for tile in tiles(counties, "open"))
    assert [low for low, _ in said.values()] == sorted({0, *(high + 1 for _, high in said.values())} - {most + 1})


def test_the_items_of_a_matter_lie_under_one_another_with_where_they_went_up():
    first = {"no": "1", "registered_on": "2020-03-01", "closed_on": "2020-05-01", "raised": []}
    again = {"no": "2", "registered_on": "2020-06-01", "closed_on": None,
             "raised": [{"level": "province", "kind": "individual", "on": "2020-07-01"}]}  # fmt: skip
    picture = repeats([first, again], TODAY)
    assert [row.holder["no"] for row in picture.rows] == ["1", "2"]
    (closed,), (open_,) = (row.bars for row in picture.rows)
    assert (closed.look, open_.look) == ("met", "held")
    assert closed.x + closed.width < open_.x < picture.rows[1].ups[0][0] < open_.x + open_.width == picture.now
    assert repeats([], TODAY) is None
