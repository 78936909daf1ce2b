"""Real brokers as one cluster on this machine, each behind a line of its own that can be cut."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.kafka.broker import LocalBroker
from tests.faults.proxy import Proxy
from tests.faults.wires import Wire
from tests.servers import free_port

CLUSTER = base64.urlsafe_b64encode(b"\0danze faults run").decode()[:22]


class Broker(LocalBroker):
    """Broker and controller in one. Workers come to it over its line, other brokers and we without."""

    def __init__(self, folder: Path, node: int, controllers: Mapping[int, int], wire: Wire | None) -> None:
        self.line = Proxy(free_port(), inside := free_port(), wire)
        super().__init__(folder / f"broker-{node}", inside)
        self._node, self._controllers = node, controllers
        self._controller = controllers[node]
        self._among = free_port()

    @property
    def url(self) -> str:
        return f"127.0.0.1:{self._among}"

    def _settings(self) -> dict[str, object]:
        size = len(self._controllers)
        voters = ",".join(f"{node}@127.0.0.1:{port}" for node, port in self._controllers.items())
        return {
            **super()._settings(),
            "node.id": self._node,
            "controller.quorum.voters": voters,
            "listeners": f"PLAINTEXT://127.0.0.1:{self.port},AMONG://{self.url},"
            f"CONTROLLER://127.0.0.1:{self._controller}",
            "advertised.listeners": f"PLAINTEXT://{self.line.url},AMONG://{self.url}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,AMONG:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "inter.broker.listener.name": "AMONG",
            "offsets.topic.replication.factor": size,
            "transaction.state.log.replication.factor": size,
        }

    def _cluster_id(self) -> str:
        return CLUSTER


def cluster(folder: Path, wires: Sequence[Wire | None]) -> list[Broker]:
    """One on each wire, or on the loopback interface."""
    controllers = {node: free_port() for node in range(1, len(wires) + 1)}
    return [Broker(folder, node, controllers, wire) for node, wire in zip(controllers, wires, strict=True)]
