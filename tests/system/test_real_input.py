"""Real tables, where they lie beside the repository: what comes in, what trips, and that twice is once."""

import json
from collections import Counter, defaultdict
from contextlib import closing
from itertools import groupby

import pytest
from typer.testing import CliRunner

from cli.verbs import app
from cli.wiring import System
from domain.codec import decode_event
from domain.unit.state import Units
from projections.custody import custody
from tests.infra.shared_data import shared


def danze(store: str, *args: str, ok: tuple[int, ...] = (0, 1)) -> dict:
    done = CliRunner().invoke(app, [*args, "--store", store, "--json"])
    assert done.exit_code in ok, f"{args}: {done.output} {done.exception!r}"
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """A store with the answered messages, and what the import said."""
    file = shared("messages/answered_messages.csv")
    store = f"sqlite:///{tmp_path_factory.mktemp('real')}/danze.db"
    return store, file, danze(store, "import", "messages", str(file))


def test_answered_messages_give_1396_items_and_516_late_notices(answered):
    store, _, _ = answered
    found = Counter(each["rule"] for each in danze(store, "findings")["findings"] if each["id"].endswith(":K3"))
    assert found == {"F02": 516}
    rows = danze(store, "counters", "--by", "channel")["rows"]
    assert [(row["key"], row["registrations"]) for row in rows] == [("leader_mailbox", 1_396)]


def test_importing_twice_adds_nothing(answered):
    store, file, first = answered
    again = danze(store, "import", "messages", str(file))
    assert (again["recorded"], again["duplicate"], again["rejected"]) == (0, first["recorded"] - 1, 0)  # the mailbox


@pytest.mark.parametrize(
    ("what", "name", "items"),
    [("messages", "messages/open_messages.csv", 2_178), ("workorders", "workorders/workorders.csv", 4_976)],
)
def test_open_messages_and_work_orders_come_in_whole(what, name, items, tmp_path):
    store = f"sqlite:///{tmp_path}/danze.db"
    assert danze(store, "import", what, str(shared(name)))["rejected"] == 0
    assert sum(row["registrations"] for row in danze(store, "counters", "--by", "month")["rows"]) == items
    _sound(store)


def test_the_record_is_sound_afterwards(answered):
    _sound(answered[0])


@pytest.fixture(scope="module")
def incidents(tmp_path_factory):
    """A store with the incident log, and what the import said."""
    file = shared("eventlogs/incidents_2013.csv.gz")
    store = f"sqlite:///{tmp_path_factory.mktemp('incidents')}/danze.db"
    return store, file, danze(store, "import", "eventlog", str(file))


def test_of_7554_incidents_one_in_six_comes_back_to_a_team_that_had_it(incidents):
    """As published: 16.7 %. Told from the chain of custody, not from the file."""
    teams = [[unit for unit, _ in groupby(each["unit"] for each in chain)] for chain in _custody(incidents[0])]
    assert len(teams) == 7_554
    assert sum(len(set(each)) < len(each) for each in teams) == 1_258
    assert danze(incidents[0], "findings", "--rule", "F14")["total"] > 0


def _custody(store: str) -> list[list[dict]]:
    items = defaultdict(list)
    with closing(System(store, create=False)) as system:
        for entry in system.log.read(0, limit=1_000_000):
            if entry.subject.startswith("petition:"):
                items[entry.subject].append(decode_event(entry.type, entry.body, entry.position))
    return [custody(events, Units()) for events in items.values()]


def test_importing_incidents_twice_adds_nothing_and_none_is_refused(incidents):
    store, file, first = incidents
    assert first["rejected"] == 0
    again = danze(store, "import", "eventlog", str(file))
    assert (again["recorded"], again["duplicate"], again["rejected"]) == (0, first["recorded"] - 649, 0)  # the teams
    _sound(store)


def test_appeals_against_fines_climb_the_review_ladder(tmp_path):
    """232 appealed to the prefecture; of 55 results three belong to no appeal in the log; 19 went to a judge."""
    store = f"sqlite:///{tmp_path}/danze.db"
    said = danze(store, "import", "eventlog", str(shared("eventlogs/fines_with_appeals.csv.gz")))
    assert len([each for each in said["problems"] if "review_answered" in each["sentence"]]) == 3
    ways = Counter(tuple(each["why"] for each in chain) for chain in _custody(store))
    assert sum(ways.values()) == 10_000
    assert sum(times for way, times in ways.items() if "review_requested" in way) == 231
    assert sum(times for way, times in ways.items() if "review_answered" in way) == 52
    states = {name: danze(store, "search", "--state", name)["total"] for name in ("channelled", "under_review")}
    assert states == {"channelled": 19, "under_review": 231 - 52}
    _sound(store)


def _sound(store: str) -> None:
    assert danze(store, "verify", ok=(0,))["ok"]
    assert "broken" not in {check["level"] for check in danze(store, "doctor", ok=(0,))["checks"]}
