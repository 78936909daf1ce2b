"""PM4Py, in an environment of its own (`make pm4py`, or DANZE_PM4PY=python), reads what danze wrote."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from projections.object_types import OBJECT_TYPES

ROOT = Path(__file__).resolve().parents[2]
PM4PY = Path(os.environ.get("DANZE_PM4PY", ROOT / ".venv-pm4py/bin/python"))
pytestmark = pytest.mark.skipif(not PM4PY.exists(), reason="no PM4Py: `make pm4py` installs it, DANZE_PM4PY names it")


def read(path: Path) -> dict:
    said = subprocess.run([PM4PY, ROOT / "tools/pm4py/read.py", path], check=True, capture_output=True, text=True)
    return json.loads(said.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", ["log.xes", "log.xes.gz"])
def test_it_reads_as_many_cases_and_events_as_were_written(quarter, tmp_path, name):
    said = quarter("export", "xes", tmp_path / name, "--json").json
    assert read(tmp_path / name) == {"cases": said["traces"], "events": said["events"]}


@pytest.mark.parametrize("name", ["log.json", "log.sqlite"])
def test_it_reads_as_many_events_and_objects_as_were_written(quarter, tmp_path, name):
    said = quarter("export", "ocel", tmp_path / name, "--json").json
    told = read(tmp_path / name)
    assert (told["events"], told["objects"]) == (said["events"], said["objects"])
    assert told["types"].keys() == OBJECT_TYPES.keys()
    assert told["broken"] == []
