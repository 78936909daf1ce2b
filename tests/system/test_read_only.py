"""Workers where nothing can be written but what docker-compose.yml gives them: /tmp and volumes."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests import servers
from tests.patience import until
from tests.system.command import DANZE, Danze, city, ndjson, registered
from tests.system.engine import Engine, send

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]
WORKERS = ("intake", "relay", "project", "clock", "api")
READ_ONLY = """
for place in $(findmnt --raw --noheadings --output TARGET); do mount -o remount,bind,ro "$place" 2>/dev/null; done
mount -t tmpfs tmpfs "$TMPDIR" && mount -t tmpfs tmpfs "$VOLUME" || exit 9
touch /danze-was-here 2>/dev/null && exit 9
exec "$@"
"""


def alone():
    """Whether this machine lets us have mounts of our own."""
    return os.geteuid() == 0 and subprocess.run(["unshare", "--mount", "true"], check=False).returncode == 0


@pytest.mark.skipif(not shutil.which("unshare") or not alone(), reason="needs root and mounts of its own")
def test_the_whole_engine_works_where_only_its_volumes_can_be_written(kafka_url, postgres_store_url, topics, tmp_path):
    with tempfile.TemporaryDirectory() as folder:
        inside = {"TMPDIR": f"{folder}/tmp", "VOLUME": f"{folder}/volume"}
        for place in inside.values():
            Path(place).mkdir()
        key = "bWFzdGVyLW1hc3Rlci1tYXN0ZXItbWFzdGVyLTMyYnk="
        volume = inside["VOLUME"]
        given = {"DANZE_MASTER_KEY": key, "DANZE_TOKENS": f"{volume}/tokens", "HOME": "/nonexistent",
                 "DANZE_ACCESS_SEALS": f"{volume}/access.seals", "XDG_DATA_HOME": volume}  # fmt: skip
        danze = Danze(postgres_store_url, **given, **inside)
        danze.emit(*city())
        with Engine(danze, kafka_url, topics, tmp_path) as engine:
            for name in WORKERS:
                port = str(servers.free_port())
                to = ("--port", port, "--host", "0.0.0.0") if name == "api" else ()
                kafka = ("--kafka", kafka_url, "--topics", topics.prefix) if name in WORKERS[:3] else ()
                call = ("unshare", "--mount", "--propagation", "private", "sh", "-c", READ_ONLY, "sh", DANZE, name)
                engine.start_this(name, *call, *to, *kafka, *(("--pulse", f"{folder}/tmp/pulse") if not to else ()))
            send(kafka_url, topics, [ndjson([registered(1)]).strip()])
            engine.recorded(4)
            engine.read()
            until(lambda: "http://" in engine.said("api"), engine.all_said)
            assert engine.revive() == [], engine.all_said()
            for name in WORKERS:
                engine.stop(name)
            assert "Read-only" not in engine.all_said(), engine.all_said()
