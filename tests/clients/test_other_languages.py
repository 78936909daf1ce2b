"""The examples in Java and for kcat send what the intake takes, to the partition that all producers choose."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from consumers.cloudevents import received
from domain.codec import decode_action
from domain.envelope import Action
from infra.kafka.partition import partition_of
from tests import servers
from tests.clients.topic import raw
from tests.domain.test_codec import GOOD
from tests.patience import PATIENCE

CLIENTS = Path(__file__).parents[2] / "clients"
pytestmark = [pytest.mark.kafka, pytest.mark.slow]


def needs(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        servers.not_to_be_had(program.upper(), FileNotFoundError(f"there is no {program} on this machine"))
    return str(found)


def run(*command: str | Path, cwd: Path | None = None) -> str:
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, capture_output=True, text=True, timeout=5 * PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def taken(url: str, subject: str) -> Action:
    """The action that the intake would take from the one record of this subject, in its own partition (of three)."""
    found = raw(url, "petition.actions", partition_of(subject, 3))
    (record,) = [each for each in found if each.key == subject.encode()]
    line = received(record.key, record.value, record.headers)
    assert isinstance(line, bytes), line
    action = decode_action(line)
    assert isinstance(action, Action), action
    return action


def test_java_sends_one_in_binary_mode(broker, tmp_path):
    needs("javac")
    maven = needs("mvn")
    shutil.copytree(CLIENTS / "java", tmp_path / "java", ignore=shutil.ignore_patterns("target"))
    arguments = f"-Dexec.args={broker.url} 430408-2020-000007"
    said = run(maven, "-q", "-B", "compile", "exec:java", arguments, cwd=tmp_path / "java")
    action = taken(broker.url, "petition:430408-2020-000007")
    assert "sent to petition.actions-" in said
    assert (action.type, action.id, action.data.title) == (
        "petition.registered.v1", "letters/430408-2020-000007", "小区停车收费",
    )  # fmt: skip


def test_kcat_sends_one_in_structured_mode(broker, tmp_path):
    needs("kcat")
    for n in range(5):  # several keys, so that a partition is not right by chance
        (tmp_path / "action.json").write_text(json.dumps({**GOOD, "subject": f"petition:{n}", "id": str(n)}))
        run(CLIENTS / "kcat/emit.sh", broker.url, tmp_path / "action.json")
        assert taken(broker.url, f"petition:{n}").id == str(n)
