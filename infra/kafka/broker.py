"""A real Apache Kafka on this machine's Java, for tests and for `make kafka`: one node, KRaft mode, loopback only.

It is killed with the process that started it, so that none is left behind.
"""

from __future__ import annotations

import argparse
import base64
import ctypes
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from random import randrange
from typing import NamedTuple
from uuid import uuid4

from infra.kafka.client import admin
from infra.kafka.jars import BrokerError, command, jars, said
from infra.kafka.settings import KafkaProblem, KafkaSettings

JAVA = ("-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-Djava.awt.headless=true")
QUIET = ("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true")
START_SECONDS = 120
STOP_SECONDS = 20
PORTS = 20_000, 32_000
"""Below those that the machine gives to clients: until the broker listens, and while it is away, one of them could have
its port, and who keeps trying to reach it could meet himself there.
"""
LOGIN = "org.apache.kafka.common.security.{0}.{1}LoginModule required"
PR_SET_PDEATHSIG = 1


class User(NamedTuple):
    """Who may come in by the listener that asks for a password (SASL: PLAIN or SCRAM-SHA-512)."""

    name: str
    password: str


class LocalBroker:
    """One broker on `folder`; what was written is there again when it is started again on the same folder.

    With `sasl` a second listener, at `sasl_url`, asks for this user and password; with `pem` as well, a file of a
    private key (PKCS #8) and its certificates, that listener speaks TLS alone.
    """

    def __init__(self, folder: Path, port: int = 0, sasl: User | None = None, pem: Path | None = None) -> None:
        self.folder = folder
        self.sasl = sasl
        self.pem = pem
        self.port, self._controller, self._sasl_port = _ports(3, port)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def sasl_url(self) -> str:
        return f"127.0.0.1:{self._sasl_port}"

    @property
    def log(self) -> Path:
        """What the broker said, over all its starts."""
        return self.folder / "broker.log"

    def start(self) -> None:
        """Returns when the broker answers. A BrokerError with a clear sentence if it cannot."""
        self.begin()
        self.wait_until_it_answers()

    def begin(self) -> None:
        """Starts it; one of several answers when most of them were begun."""
        java = command("java", "Java 17 or newer (Debian: apt-get install openjdk-17-jre-headless)")
        classpath = str(jars() / "*")
        for port in (self.port, self._controller, self._sasl_port):
            _check_free(port)
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = self.folder / "server.properties"
        settings.write_text("".join(f"{name}={value}\n" for name, value in self._settings().items()))
        run = [java, *JAVA, *QUIET, "-cp", classpath]
        if not (self.folder / "data" / "meta.properties").exists():
            tool = [*run, "kafka.tools.StorageTool", "format", "--cluster-id", self._cluster_id(), "-c", str(settings)]
            self._format([*tool, *self._scram()])
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 -- our own command line
                [*run, "kafka.Kafka", str(settings)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for us; we end the broker in order
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 -- one system call
            )

    def stop(self) -> None:
        """Ends it in order."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Ends it at once, as a power cut would."""
        self._end(signal.SIGKILL)

    def wait(self) -> int:
        """Returns the exit code when the broker has ended by itself."""
        assert self._process is not None
        return self._process.wait()

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _format(self, command: list[str]) -> None:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- our own
        if done.returncode:
            raise BrokerError(f"Kafka could not prepare {self.folder}: {said(done.stderr or done.stdout)}")

    def wait_until_it_answers(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS
        while not _answers(self.url):
            if self._process.poll() is not None:
                self._process = None
                raise BrokerError(f"Kafka ended while it started: {said(self.log.read_text())} (see {self.log})")
            if time.monotonic() > deadline:
                self.kill()
                raise BrokerError(f"Kafka did not answer at {self.url} within {START_SECONDS} s (see {self.log})")
            time.sleep(0.1)

    def _scram(self) -> list[str]:
        """What makes the user known before the broker begins."""
        if self.sasl is None:
            return []
        return ["--add-scram", f"SCRAM-SHA-512=[name={self.sasl.name},password={self.sasl.password}]"]

    def _asking(self, user: User) -> dict[str, object]:
        """Settings of the listener that asks who comes."""
        asked: dict[str, object] = {
            "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
            "plain.sasl.jaas.config": f'{LOGIN.format("plain", "Plain")} user_{user.name}="{user.password}";',
            "scram-sha-512.sasl.jaas.config": LOGIN.format("scram", "Scram") + ";",
        }
        if self.pem is not None:
            asked |= {"ssl.keystore.type": "PEM", "ssl.keystore.location": self.pem}
        return {f"listener.name.sasl.{name}": value for name, value in asked.items()}

    def _cluster_id(self) -> str:
        """22 characters of base64url, of which the first is no dash: it would be taken for an option."""
        return base64.urlsafe_b64encode(b"\0" + uuid4().bytes[1:]).decode().rstrip("=")

    def _settings(self) -> dict[str, object]:
        listeners = f"PLAINTEXT://{self.url}" + (f",SASL://{self.sasl_url}" if self.sasl else "")
        more = self._asking(self.sasl) if self.sasl else {}
        secured = "SASL_SSL" if self.pem else "SASL_PLAINTEXT"
        return {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@127.0.0.1:{self._controller}",
            "listeners": f"{listeners},CONTROLLER://127.0.0.1:{self._controller}",
            "advertised.listeners": listeners,
            "listener.security.protocol.map": f"PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:{secured}",
            "controller.listener.names": "CONTROLLER",
            "log.dirs": self.folder / "data",
            "auto.create.topics.enable": "false",  # a topic that is missing must be noticed
            "offsets.topic.num.partitions": 4,
            "offsets.topic.replication.factor": 1,
            "transaction.state.log.num.partitions": 1,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "share.coordinator.state.topic.replication.factor": 1,
            "share.coordinator.state.topic.min.isr": 1,
            "broker.session.timeout.ms": 3000,  # a killed broker is believed to stand so long when it comes again
            "broker.heartbeat.interval.ms": 500,
            "group.initial.rebalance.delay.ms": 0,
            "log.cleaner.dedupe.buffer.size": 16 << 20,  # a quarter of the heap would go to it
            "log.index.size.max.bytes": 1 << 20,  # mapped for every partition
            "file.delete.delay.ms": 1000,
            **more,
        }


def _answers(url: str) -> bool:
    try:
        with admin(KafkaSettings((url,))) as client:
            return bool(client.describe_cluster()["brokers"])
    except KafkaProblem:
        return False


def _ports(count: int, first: int) -> tuple[int, ...]:
    """The port asked for, and free ones; all are held until the last is found, so that they differ."""
    held: list[socket.socket] = []
    try:
        while len(held) < count:
            held.append(socket.socket())
            try:
                held[-1].bind(("127.0.0.1", randrange(*PORTS)))  # noqa: S311 -- no secret
            except OSError:
                held.pop().close()
        free = [each.getsockname()[1] for each in held]
    finally:
        for each in held:
            each.close()
    return (first or free[0], *free[1:])


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections of a killed broker may linger
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise BrokerError(f"127.0.0.1:{port} is taken by another program ({error.strerror})") from None


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> None:
    """Runs a broker in the foreground until Ctrl-C."""
    parser = argparse.ArgumentParser(description="A local Apache Kafka for trying things out.")
    parser.add_argument("--folder", type=Path, default=Path("data/kafka"), help="where its data lies")
    parser.add_argument("--port", type=int, default=9092)
    options = parser.parse_args()
    broker = LocalBroker(options.folder, options.port)
    ended = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        # by a thread of its own, for who is interrupted may hold the event's lock himself
        signal.signal(each, lambda *_: threading.Thread(target=ended.set).start())
    try:
        broker.start()
    except BrokerError as error:
        sys.exit(f"kafka: {error}")
    print(f"kafka: {broker.url}  data {options.folder}  Ctrl-C ends it", flush=True)  # noqa: T201 -- its answer
    ended.wait()
    broker.stop()


if __name__ == "__main__":
    main()
