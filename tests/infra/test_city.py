"""The simulated city: a year at full scale, once through."""

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from datetime import date
from itertools import islice
from typing import NamedTuple

import pytest

from domain.vocabulary import LOG_MADE, TYPES
from infra.city import simulate
from infra.city.places import counties, towns
from tests.infra.walk import Walk


class Year(NamedTuple):
    types: Counter
    channels: Counter
    categories: Counter
    out_of_order: list
    ids: set
    count: int
    titles: set
    places: set
    phones: set
    walk: Walk


@pytest.fixture(scope="module")
def year() -> Year:
    seen = Year(Counter(), Counter(), Counter(), [], set(), 0, set(), set(), set(), Walk())
    last, count = "", 0
    for action in simulate(seed=7):
        count += 1
        seen.types[action["type"]] += 1
        seen.ids.add(action["id"])
        entered = action.get("recordedat", action["time"])
        if entered < last:
            seen.out_of_order.append(action["id"])
        last = entered
        if action["type"] == "petition.registered.v1":
            _registration(seen, action["data"])
        if action["subject"].startswith("petition:"):
            seen.walk.step(action)
    return seen._replace(count=count)


def _registration(seen, data):
    seen.channels[data["channel"]] += 1
    seen.categories[data["category"]] += 1
    seen.titles.add(data["title"])
    seen.places.add(data["place"])
    if "personal" in data:
        seen.phones.add(data["personal"]["phone"][:7])


def test_every_place_has_the_code_of_its_county():
    known = {county.code for county in counties()}
    assert {town.parent for town in towns()} == known
    assert [town.name for town in towns() for code in (town.code, *town.villages) if code[:6] != town.parent] == []


def test_a_year_has_about_thirty_thousand_items_and_four_hundred_thousand_actions(year):
    assert 28_000 < year.types["petition.registered.v1"] < 32_000
    assert 370_000 < year.count < 430_000


def test_every_type_occurs_in_a_year_that_a_producer_may_send(year):
    assert set(TYPES) - LOG_MADE - set(year.types) == set()


def test_units_are_established_staffed_merged_and_changed(year):
    assert 580 < year.types["unit.established.v1"] < 620
    assert year.types["unit.merged.v1"] == 1
    assert year.types["unit.abolished.v1"] == 1
    assert year.types["unit.role_ended.v1"] > 40
    assert year.types["unit.change_filed.v1"] > 20


def test_leaders_do_what_they_owe_all_year(year):
    assert 20_000 < year.types["duty.reception_held.v1"] < 23_000
    assert 20_000 < year.types["duty.stood.v1"] < 25_000
    assert year.types["duty.screening_held.v1"] > 5_000
    assert year.types["finding.decided.v1"] > 400


def test_actions_are_ordered_by_when_they_are_entered(year):
    assert year.out_of_order == []


def test_ids_are_unique(year):
    assert len(year.ids) == year.count


def test_no_item_takes_a_step_that_its_state_forbids(year):
    assert year.walk.wrong == []


def test_some_items_are_still_open_at_the_end(year):
    states = Counter(year.walk.states.values())
    assert states["accepted"] > 500
    assert states["closed"] > 15_000


def test_titles_are_diverse_and_all_classes_and_channels_occur(year):
    assert len(year.titles) > 15_000
    assert len(year.categories) == 17
    assert len(year.channels) == 7


def test_places_are_divisions_of_the_city(year):
    known = {place.code for place in towns()} | {village for town in towns() for village in town.villages}
    assert year.places <= known


def test_telephone_numbers_are_visibly_invented(year):
    assert year.phones == {"1390000"}


def test_the_map_has_twelve_counties_and_their_townships():
    assert len(counties()) == 12
    assert {town.parent for town in towns()} == {county.code for county in counties()}


def test_the_same_seed_gives_the_same_city():
    assert list(simulate(3, 40, 0.05)) == list(simulate(3, 40, 0.05))


def test_another_seed_gives_another_city():
    assert list(simulate(3, 10, 0.05)) != list(simulate(4, 10, 0.05))


@pytest.mark.parametrize("hash_seed", ["0", "12345"])
def test_the_city_does_not_depend_on_the_process(hash_seed):
    script = (
        "import hashlib, json\nfrom infra.city import simulate\nh = hashlib.sha256()\n"
        "for a in simulate(3, 60, 0.1): h.update(json.dumps(a).encode())\nprint(h.hexdigest())"
    )
    here = hashlib.sha256()
    for action in simulate(3, 60, 0.1):
        here.update(json.dumps(action).encode())
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)}
    there = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here.hexdigest()


def test_it_starts_where_it_is_told_to():
    times = [action["time"] for action in simulate(1, 20, 0.05, date(2023, 7, 1), counties=1)]
    assert "2023-06" in times[0]
    assert times[-1].startswith("2023-07-20")


def test_no_action_falls_after_the_last_day():
    assert max(action["time"] for action in simulate(2, 15, 0.05, date(2020, 1, 1))) < "2020-01-16"


def test_fewer_counties_are_a_smaller_city_with_the_same_duties():
    founded = [each["data"] for each in simulate(2, 1, 0.05, counties=2) if each["type"] == "unit.established.v1"]
    assert {data["division"][:6] for data in founded} == {"100000", "430000", "430400", "430405", "430406"}


def test_it_can_be_read_piece_by_piece():
    assert len(list(islice(simulate(1, scale=50.0), 5_000))) == 5_000
