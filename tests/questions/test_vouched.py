import shutil
from itertools import islice

import orjson
import pytest

from cli.wiring import System, now
from infra.city.simulation import simulate
from infra.seals.keys import signer
from infra.seals.notes import LOG
from infra.seals.sealer import Sealer


@pytest.fixture
def store(tmp_path):
    """Opens a store with the first 50 facts of a city; each seed makes another city."""
    opened = []

    def made(seed):
        system = System(f"sqlite:///{tmp_path}/{seed}.db")
        opened.append(system)
        actions = [orjson.dumps(action) for action in islice(simulate(seed, days=5, scale=0.05, counties=1), 50)]
        system.intake(history=True).take(actions)
        system.projector.catch_up()
        return system

    yield made
    for system in opened:
        system.close()


def test_nothing_is_vouched_for_before_it_was_sealed(store):
    told = store(1).answers.seals()
    assert (told["agrees"], told["total"], told["checkpoints"]) == (None, 0, [])


def test_a_log_agrees_with_its_own_seals_and_not_with_those_of_another(store, tmp_path):
    one, other = store(1), store(2)
    Sealer(one.log, one.seals, signer(tmp_path / "key", LOG)).seal(now())
    told = one.answers.seals()
    assert told["agrees"] is True
    assert [each["size"] for each in told["checkpoints"]] == [50]
    shutil.copytree(one.seals.path, other.seals.path)
    assert other.answers.seals()["agrees"] is False


def test_seals_that_cannot_be_read_are_a_problem_and_no_verdict(store, tmp_path):
    system = store(1)
    Sealer(system.log, system.seals, signer(tmp_path / "key", LOG)).seal(now())
    (system.seals.path / "seals.jsonl").write_text("{}\n", encoding="utf-8")
    told = system.answers.seals()
    assert told["agrees"] is None
    assert "no checkpoint" in told["problem"]
