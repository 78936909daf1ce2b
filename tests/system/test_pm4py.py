"""PM4Py, in an environment of its own (`make pm4py`, or DANZE_PM4PY=python), reads what danze wrote."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from infra.city.simulation import simulate
from projections.object_types import OBJECT_TYPES
from tests.system.command import Danze

ROOT = Path(__file__).resolve().parents[2]
PM4PY = Path(os.environ.get("DANZE_PM4PY", ROOT / ".venv-pm4py/bin/python"))
pytestmark = pytest.mark.skipif(not PM4PY.exists(), reason="no PM4Py: `make pm4py` installs it, DANZE_PM4PY names it")


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> Danze:
    """A store with a simulated quarter."""
    danze = Danze(tmp_path_factory.mktemp("city") / "danze.db")
    assert danze.emit(*simulate(7, days=90, scale=0.03), options=("--history",))["recorded"] > 5_000
    return danze


def read(path: Path) -> dict:
    said = subprocess.run([PM4PY, ROOT / "tools/pm4py/read.py", path], check=True, capture_output=True, text=True)
    return json.loads(said.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", ["log.xes", "log.xes.gz"])
def test_it_reads_as_many_cases_and_events_as_were_written(city, tmp_path, name):
    said = city("export", "xes", tmp_path / name, "--json").json
    assert read(tmp_path / name) == {"cases": said["traces"], "events": said["events"]}


@pytest.mark.parametrize("name", ["log.json", "log.sqlite"])
def test_it_reads_as_many_events_and_objects_as_were_written(city, tmp_path, name):
    said = city("export", "ocel", tmp_path / name, "--json").json
    told = read(tmp_path / name)
    assert (told["events"], told["objects"]) == (said["events"], said["objects"])
    assert told["types"].keys() == OBJECT_TYPES.keys()
    assert told["broken"] == []
