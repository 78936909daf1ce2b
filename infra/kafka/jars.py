"""Kafka's jars: Maven brings those that `pom.xml` names, once, into a cache folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as ET
from fcntl import LOCK_EX, flock
from pathlib import Path

POM = Path(__file__).with_name("pom.xml")


class BrokerError(Exception):
    """The broker cannot run here; the message says what is missing or where the reason stands."""


def jars() -> Path:
    """The folder with Kafka's jars, fetched by Maven when they are not in the cache yet."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "danze" / f"kafka-{version()}"
    if folder.exists():
        return folder
    maven = command("mvn", "Maven (Debian: apt-get install maven)")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as alone:
        flock(alone, LOCK_EX)  # of two Mavens that fill one repository, either may read what the other has half-written
        if not folder.exists():
            _fetch(maven, folder)
    return folder


def _fetch(maven: str, folder: Path) -> None:
    """All of them, or none."""
    fetched = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=folder.parent))
    try:
        fetch = [maven, "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={fetched}"]
        done = subprocess.run(fetch, capture_output=True, text=True, check=False)  # noqa: S603 -- our own
        if done.returncode:
            raise BrokerError(f"Maven could not fetch Kafka: {said(done.stdout or done.stderr)}")
        fetched.rename(folder)
    finally:
        shutil.rmtree(fetched, ignore_errors=True)


def version() -> str:
    """The version of Kafka that `pom.xml` names."""
    place = {"m": "http://maven.apache.org/POM/4.0.0"}
    found = ET.parse(POM).findtext("m:properties/m:kafka.version", namespaces=place)  # noqa: S314 -- our own file
    assert found
    return found


def command(name: str, what: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise BrokerError(f"there is no {name}: the local Kafka broker needs {what}")
    return found


def said(text: str) -> str:
    """What it was about: Java's last cause, else the last line that says something."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    causes = [line for line in lines if line.startswith("Caused by: ")]
    return (causes or lines or ["it said nothing"])[-1][:300]
