"""A release with other read models runs beside the one before: each has its own generation, and nobody is disturbed."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cli.wiring import System
from infra.kafka.topics import Topics
from infra.views.store import FORMAT
from tests.system.command import DANZE, Danze, city, registered
from tests.system.engine import Engine, until

NEXT = "from infra.views import store; store.FORMAT += 1; from cli.__main__ import main; main()"
"""The release after this one: its rows are laid out otherwise."""


@pytest.fixture
def danze(store_url: str, tmp_path: Any) -> Danze:
    danze = Danze(store_url, XDG_DATA_HOME=str(tmp_path / "share"))
    danze.emit(*city(), *(registered(number) for number in range(400)))
    return danze


def begun(danze: Danze, *call: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", NEXT, *call, "--json"], env=danze.environment, stdout=subprocess.PIPE
    )


def next_release(danze: Danze, *call: str) -> Any:
    process = begun(danze, *call)
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return json.loads(out)


def test_readers_keep_the_old_answers_while_the_new_read_models_are_made(danze: Danze) -> None:
    with closing(System(danze.store)) as old:
        before = old.answers.search(q="", limit=20)
        upgrading, asked = begun(danze, "search", "--limit", "20"), 0
        while upgrading.poll() is None:
            assert old.answers.search(q="", limit=20) == before
            asked += 1
        assert asked > 0
        assert json.loads(upgrading.communicate()[0])["petitions"] == json.loads(json.dumps(before))["petitions"]
        assert old.answers.search(q="", limit=20) == before, "after the switch as well"


@pytest.mark.kafka
@pytest.mark.postgres
@pytest.mark.slow
def test_make_rolling_upgrades_a_whole_engine(kafka_url: str, postgres_url: str) -> None:
    """From this release to itself: that of an older commit is `make rolling OLD=commit`."""
    call = [sys.executable, "-m", "tests.golden.rolling", DANZE, "--scale", "0.02", "--seconds", "1"]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "questions are answered as by one process of this release alone" in done.stdout


def test_both_follow_the_log_until_the_old_one_ends(danze: Danze) -> None:
    next_release(danze, "search")
    danze.emit(registered(1000))
    with closing(System(danze.store)) as old:
        assert old.answers.search(q="", limit=1)["total"] == 401
        assert next_release(danze, "search", "--limit", "1")["total"] == 401
        assert {*old.projector.replay().differences.values()} == {0}
    assert {*next_release(danze, "replay")["differences"].values()} == {0}
    assert generations(danze) == 2, "what the release before left is gone; the one before the switch stays"
    assert danze("search", "--json", "--limit", "1").json["total"] == 401, "whoever goes back makes its own anew"


@pytest.mark.kafka
@pytest.mark.postgres
def test_workers_of_two_releases_each_keep_all_of_their_own_rows_up(
    postgres_store_url: str, kafka_url: str, topics: Topics, tmp_path: Path
) -> None:
    danze = Danze(postgres_store_url, XDG_DATA_HOME=str(tmp_path / "share"))
    danze.emit(*city())
    with Engine(danze, kafka_url, topics, tmp_path) as engine:
        for name in ("relay", "project"):
            engine.start(name)
        engine.start_other("next", "-c", NEXT, "project", *engine.to)
        for first in (0, 100):
            danze.emit(*(registered(number) for number in range(first, first + 100)))
            engine.read()
            until(lambda: next_release(danze, "search")["total"] == first + 100, engine.all_said)  # noqa: B023


def generations(danze: Danze) -> int:
    with closing(System(danze.store)) as system, system.views.engine.connect() as connection:
        query = f"SELECT count(*) FROM {system.views.q('generations')} WHERE format = {FORMAT + 1}"
        return int(connection.exec_driver_sql(query).scalar() or 0)
