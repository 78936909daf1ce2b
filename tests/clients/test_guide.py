"""The guide tells the truth: its commands are run against a real broker, and their outputs compared."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.kafka.broker import LocalBroker
from infra.kafka.jars import BrokerError
from tests import servers
from tests.clients.test_other_languages import needs

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs/guides/emit-your-first-event.md"
BLOCK = re.compile(r"(?:`([\w.]+)`:\n\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ELSEWHERE = [
    'make setup\nexport PATH="$PWD/.venv/bin:$PATH"\n',
    "make kafka\n",
    "pip install './clients/python[personal]'\n",
    'mvn -q -f clients/java/pom.xml compile exec:java -Dexec.args="127.0.0.1:9092 430408-2020-000009"\n',
]
"""What the reader's machine does once, or another test does: the environment, the broker, the library, Java."""
ADDRESS = "127.0.0.1:9092"


@pytest.fixture
def empty_broker(tmp_path: Path) -> Iterator[LocalBroker]:
    made = LocalBroker(tmp_path / "broker")
    try:
        made.start()
    except BrokerError as why:
        servers.not_to_be_had("KAFKA", why)
    yield made
    made.kill()


@pytest.mark.kafka
@pytest.mark.slow
def test_every_command_of_the_guide_gives_what_it_says(empty_broker, tmp_path):
    needs("kcat")
    clone = tmp_path / "clone"
    for each in ("docs/examples", "clients/kcat"):
        shutil.copytree(ROOT / each, clone / each)
    text = GUIDE.read_text(encoding="utf-8")

    def rerun(found: re.Match[str]) -> str:
        file, kind, block = found.groups()
        if file:
            (clone / file).write_text(block.replace(ADDRESS, empty_broker.url), encoding="utf-8")
        if kind != "console":
            return found[0]
        return f"```console\n{told(block, clone, empty_broker.url)}```"

    assert BLOCK.sub(rerun, text) == text


def test_what_is_not_run_there_is_known():
    blocks = BLOCK.findall(GUIDE.read_text(encoding="utf-8"))
    assert [block for _, kind, block in blocks if kind == "sh"] == ELSEWHERE
    assert [file for file, _, _ in blocks if file] == ["first.jsonl", "named.jsonl", "first.py"]
    assert {kind for _, kind, _ in blocks} == {"sh", "json", "python", "console"}


def told(block: str, clone: Path, url: str) -> str:
    """A console block with the outputs as they really are."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {"PATH": path, "HOME": str(clone), "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT / "clients/python")}
    said = ""
    for command in (line[2:] for line in block.splitlines() if line.startswith("$ ")):
        done = subprocess.run(
            command.replace(ADDRESS, url), shell=True, cwd=clone, env=env, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, encoding="utf-8", timeout=120, check=False,
        )  # fmt: skip
        said += f"$ {command}\n{done.stdout.replace(url, ADDRESS)}"
    return said
