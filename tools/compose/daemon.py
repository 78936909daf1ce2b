"""Docker for the compose check: the daemon that answers, else one of our own for as long as the check runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import mkdtemp


def daemon(stack: ExitStack) -> bool:
    """A Docker daemon answers after this; whether it is ours, which ends with the check."""
    if shutil.which("docker") and docker("version"):
        return False
    if os.geteuid():
        sys.exit(
            "compose-check: no Docker daemon answers, and only root may start one: start Docker, or run this as root"
        )
    installed("dockerd", "docker.io")
    installed("docker", "docker-cli")
    folder = Path(mkdtemp(prefix="danze-docker-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    os.environ["DOCKER_HOST"] = f"unix://{folder}/socket"
    run = ["dockerd", "--host", os.environ["DOCKER_HOST"], "--pidfile", str(folder / "pid")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(run, stdout=log, stderr=log, start_new_session=True)
    stack.callback(process.wait)
    stack.callback(process.terminate)
    deadline = time.monotonic() + 60
    while not docker("version"):
        if process.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"compose-check: dockerd does not start: {(folder / 'log').read_text()[-600:].strip()}")
        time.sleep(0.5)
    return True


def compose_command() -> list[str]:
    if docker("compose", "version"):
        return ["docker", "compose"]
    installed("docker-compose", "docker-compose")
    return ["docker-compose"]


def docker(*arguments: str, must: bool = False, **options: object) -> bool:
    """Whether it went well; where it must, what it said ends the check."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]
    if must and done.returncode:
        sys.exit(f"compose-check: docker {arguments[0]}: {(done.stderr or done.stdout).strip()[-2000:]}")
    return done.returncode == 0


def installed(command: str, package: str) -> None:
    """The command is there after this, if need be out of Debian's package."""
    if shutil.which(command):
        return
    if os.geteuid():
        sys.exit(f"compose-check: there is no {command}; on Debian: apt-get install {package}")
    print(f"{command} is missing: installing {package}", flush=True)
    get = f"apt-get update -qq && apt-get install -y -qq --no-install-recommends {package}"
    done = subprocess.run(get, shell=True, capture_output=True, text=True, check=False)
    if done.returncode or not shutil.which(command):
        sys.exit(f"compose-check: {package} could not be installed: {done.stderr.strip()[-300:]}")
