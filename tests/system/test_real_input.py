"""Real tables, where they lie beside the repository: what comes in, what trips, and that twice is once."""

import json
from collections import Counter

import pytest
from typer.testing import CliRunner

from cli.__main__ import app
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


def _sound(store: str) -> None:
    assert danze(store, "verify", ok=(0,))["ok"]
    assert "broken" not in {check["level"] for check in danze(store, "doctor", ok=(0,))["checks"]}
