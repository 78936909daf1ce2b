"""`make compose-check`: the whole of docker-compose.yml runs once, loses a worker, and goes on.

Where no Docker daemon answers, root gets one for as long as the check runs; where no image can be pulled, others stand
in (`images.py`). With `--tls` nothing travels in clear (`encrypted.py`). Nothing of it is there afterwards but the
cached layers.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import encrypted
import images
from daemon import compose_command, daemon

from infra.kafka.client import admin
from infra.kafka.settings import KafkaProblem, KafkaSettings
from infra.views.store import FORMAT

ROOT = images.ROOT
PROJECT = "danze-check"
DANZE = str(Path(sys.executable).with_name("danze"))
PARKING = ROOT / "docs" / "examples" / "parking.jsonl"
NO = "430408-2020-000001"
GROUP = f"danze-project-{FORMAT}"
TOKEN: list[str] = []
"""Of the auditor who asks here: without one nobody is answered."""
MORE = 48
"""Petitions after the kill: enough for each of 12 partitions to have some."""


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    parser = argparse.ArgumentParser(prog="make compose-check")
    parser.add_argument("--tls", action="store_true", help="database and broker speak TLS, and nothing else")
    tls = parser.parse_args().tls
    with ExitStack() as stack:
        for port in ("DANZE_PORT", "DANZE_KAFKA_PORT"):
            os.environ[port] = str(free(port))
        started = daemon(stack)
        compose = compose_command()
        print(f"docker: {'started for this check' if started else 'a daemon answers'}; {' '.join(compose)}", flush=True)
        images.provide(stack)
        up(stack, compose, tls)
        story(compose)
        if tls:
            encrypted.in_clear(compose, DANZE)
        print("compose-check: passed; taking everything down", flush=True)


def up(stack: ExitStack, compose: list[str], tls: bool) -> None:
    """Everything of the compose file stands and is healthy, with keys and ports of its own."""
    folder = Path(mkdtemp(prefix="danze-secrets-"))
    stack.callback(shutil.rmtree, folder)
    (folder / "master_key").write_bytes(base64.b64encode(secrets.token_bytes(32)))
    (folder / "postgres_password").write_text(secrets.token_urlsafe(24))
    if tls:
        encrypted.made(folder)
    for each in folder.iterdir():
        each.chmod(0o444)
    os.environ |= {"COMPOSE_PROJECT_NAME": PROJECT, "DANZE_SECRETS": str(folder)}
    down = (*compose, "down", "--volumes", "--remove-orphans")
    quietly(*down)  # what a check left that was killed
    stack.callback(quietly, *down)
    began = time.monotonic()
    print("build: Dockerfile, with the locked dependencies …", flush=True)
    quietly(*compose, "build", "topics")
    print(f"build: {time.monotonic() - began:.0f} s")
    began = time.monotonic()
    quietly(*compose, "up", "--detach")
    try:
        until(lambda: all(state in ("healthy", "exited 0") for state in states(compose).values()), "health", 300)
    finally:
        for name, state in sorted(states(compose).items()):
            print(f"  {name:24} {state}")
            if state not in ("healthy", "exited 0"):
                print(output("docker", "logs", "--tail", "10", name, errors=subprocess.STDOUT))
    print(f"up: everything is healthy after {time.monotonic() - began:.0f} s", flush=True)


def story(compose: list[str]) -> None:
    """A petition goes in by Kafka and is seen over HTTP; one of two workers is killed, and nothing is missed."""
    lines = PARKING.read_bytes().splitlines()
    units = [line for line in lines if b'"subject": "unit:' in line]
    key = output(*compose, "exec", "-T", "intake", "danze", "keys").strip()
    TOKEN.append(output(*compose, "exec", "-T", "api", "danze", "token", "issue", "--role", "auditor").strip())
    emit(units, key)
    until(lambda: (asked("health") or {}).get("views_position", 0) >= len(units), "the units")
    emit([line for line in lines if line not in units], key)
    until(lambda: (asked(f"petitions/{NO}") or {}).get("state") == "closed" and seen() == 1, f"petition {NO}")
    dossier = asked(f"petitions/{NO}/dossier")
    print(f"http: {NO} is closed, {len(dossier['answers'])} findings, caused by {dossier['caused_by'][0]['unit']}")

    until(lambda: len(held()) == 2, "both workers at work")
    print(f"project: two workers hold {' and '.join(map(str, held()))} partitions; killing one", flush=True)
    victim = output(*compose, "ps", "-q", "project").split()[0]
    quietly("docker", "kill", victim)
    began = time.monotonic()
    first = json.loads(next(line for line in lines if b"petition.registered" in line))
    numbers = [f"430408-2020-{n:06}" for n in range(2, 2 + MORE)]
    emit((json.dumps({**first, "id": f"more-{no}", "subject": f"petition:{no}"}).encode() for no in numbers), key)
    until(lambda: seen() == 1 + MORE, "the petitions in the read models")
    print(
        f"project: {MORE} more petitions are seen after {time.monotonic() - began:.0f} s; the other holds {held()[0]}"
    )
    quietly("docker", "start", victim)
    until(lambda: len(held()) == 2, "the worker that was killed")
    print(f"project: started again, they hold {' and '.join(map(str, held()))}")
    sealed(compose)


def sealed(compose: list[str]) -> None:
    """The API tells of a checkpoint, and the log agrees with it, in the store and as it was published."""
    until(lambda: asked("log/checkpoint") is not None, "a checkpoint")
    size = asked("log/checkpoint")["size"]
    for source in ("store", "kafka"):
        call = (*compose, "exec", "-T", "api", "danze", "verify", "--json", "--from", source)
        told = json.loads(output(*call) or "{}")
        print(f"verify: {source}: {told.get('events')} events, seals {told.get('seals')}", flush=True)
        if not told.get("ok") or told["seals"]["problem"] or told["seals"]["sealed"] < size:
            sys.exit(f"compose-check: log and seals do not agree: {told}")


def emit(lines: Iterable[bytes], key: str) -> None:
    """As a producer on this machine: personal fields are sealed with the intake's public key."""
    send = [DANZE, "emit", "--kafka", f"127.0.0.1:{os.environ['DANZE_KAFKA_PORT']}", "--intake-key", key, "-"]
    done = subprocess.run(send, input=b"\n".join(lines), capture_output=True, check=False)
    print(f"emit: {(done.stdout + done.stderr).decode().strip()}", flush=True)
    if done.returncode:
        sys.exit("compose-check: not all was sent")


def asked(question: str) -> Any:
    """The answer over HTTP; None where there is none yet."""
    try:
        url = f"http://127.0.0.1:{os.environ['DANZE_PORT']}/v1/{question}"
        with urlopen(Request(url, headers={"Authorization": f"Bearer {TOKEN[0]}"}), timeout=10) as answer:
            return json.load(answer)
    except (HTTPError, URLError, TimeoutError):
        return None


def seen() -> int:
    """Petitions in the read models, which the two workers keep."""
    return (asked("petitions?limit=1") or {}).get("total", 0)


def held() -> list[int]:
    """How many partitions each worker of the group holds."""
    settings = KafkaSettings.parse(f"127.0.0.1:{os.environ['DANZE_KAFKA_PORT']}", os.environ)
    try:
        with admin(settings) as client:
            members = client.describe_groups([GROUP])[GROUP]["members"]
    except KafkaProblem:
        return []
    shares = [each["member_assignment"]["assigned_partitions"] for each in members if each["member_assignment"]]
    return [sum(len(topic["partitions"]) for topic in share) for share in shares]


def states(compose: list[str]) -> dict[str, str]:
    """healthy, exited 0 and so on, by container."""
    told = "{{.Name}}|{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}} {{.State.ExitCode}}{{end}}"
    found = output("docker", "inspect", "-f", told, *output(*compose, "ps", "-a", "-q").split())
    return dict(line.lstrip("/").split("|") for line in found.split("\n") if line)


def until(true: Callable[[], bool], what: str, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            print(output("docker", "ps", "-a", "--filter", f"name={PROJECT}"))
            sys.exit(f"compose-check: waited {seconds:.0f} s for {what} in vain")
        time.sleep(0.5)


def quietly(*command: str) -> None:
    """What it says is shown only when it fails, and ends the check."""
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        sys.exit(f"compose-check: {' '.join(command)}:\n{done.stdout[-3000:]}")


def output(*command: str, errors: int | None = None) -> str:
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True, check=False).stdout


def free(port: str) -> int:
    """The port that a variable names, which has to be free, else any."""
    wanted = os.environ.get(port) or "0"
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", int(wanted)))
        except (OSError, ValueError, OverflowError) as error:
            sys.exit(f"compose-check: {port}={wanted}: {error}")
        return int(listener.getsockname()[1])


if __name__ == "__main__":
    main()
