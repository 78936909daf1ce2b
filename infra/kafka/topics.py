"""The topics: their names, how they are made, and whether those on the cluster are as they should be."""

from __future__ import annotations

import time
from collections.abc import Collection
from contextlib import suppress
from typing import Any, NamedTuple

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.errors import TopicAlreadyExistsError, UnknownTopicOrPartitionError

from infra.kafka.client import admin
from infra.kafka.settings import KafkaSettings, Unreachable

PARTITIONS = 12
"""Divides by 1, 2, 3, 4, 6 and 12 workers."""
LONGEST = 4 << 20
"""Bytes of the longest record: an action has at most 1 MiB (domain/codec.py), and sealing makes its text a third
longer; the rest is room for what is decided and for the record's own envelope."""
REPLICAS = 3
GONE_SECONDS = 20
"""Kafka deletes topics in its own time."""
DAY = 24 * 3600 * 1000
FOR_EVER = -1


class Topic(NamedTuple):
    name: str
    retention: int
    """Milliseconds; -1 is for ever."""
    partitions: int | None = None
    """None: as many as the cluster was set up with."""


class Topics:
    """Names of the topics, all beginning with `prefix` (tests and several cities share one cluster)."""

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix
        self.actions = f"{prefix}petition.actions"
        """What producers send."""
        self.events = f"{prefix}petition.events"
        """The log, kept for ever."""
        self.rejected = f"{prefix}petition.rejected"
        """Actions that were refused, and why."""
        self.findings = f"{prefix}petition.findings"
        """Findings raised and cleared."""
        self.seals = f"{prefix}petition.seals"
        """Signed checkpoints of the log, in one order."""
        self.dead = f"{prefix}petition.dead"
        """Records that a worker could not read."""

    @property
    def all(self) -> tuple[Topic, ...]:
        return (
            Topic(self.actions, 7 * DAY),
            Topic(self.events, FOR_EVER),
            Topic(self.rejected, 90 * DAY),
            Topic(self.findings, 90 * DAY),
            Topic(self.seals, FOR_EVER, 1),
            Topic(self.dead, 90 * DAY),
        )

    def create(self, settings: KafkaSettings, *, partitions: int = PARTITIONS, only: str = "") -> list[str]:
        """Makes those that are missing, and returns their names; what is there is left as it is.

        `only` is made without a look: of several brokers one may still tell of a topic that was deleted.
        """
        with admin(settings) as client:
            brokers = len(client.describe_cluster()["brokers"])
            there = set(client.list_topics())
            missing = {
                topic.name: {
                    "num_partitions": topic.partitions or partitions,
                    "replication_factor": min(REPLICAS, brokers),
                    "configs": _wanted(topic, brokers),
                }
                for topic in self.all
                if (topic.name == only if only else topic.name not in there)
            }
            if missing:
                with suppress(TopicAlreadyExistsError):  # another process was faster
                    client.create_topics(missing)
                client.wait_for_topics(list(missing))
            return list(missing)

    def delete(self, settings: KafkaSettings) -> None:
        """Removes them with all they hold: for tests."""
        deleted(settings, [topic.name for topic in self.all])

    def check(self, settings: KafkaSettings) -> list[str]:
        """What differs from what `create` makes, one sentence each; empty where all is well."""
        with admin(settings) as client:
            brokers = len(client.describe_cluster()["brokers"])
            found = {topic["name"]: topic for topic in client.describe_topics()}
            there = [topic for topic in self.all if topic.name in found]
            configs = _configs(client, [topic.name for topic in there])
        differences = [f"{topic.name} is missing" for topic in self.all if topic.name not in found]
        sizes = {topic.name: len(found[topic.name]["partitions"]) for topic in there}
        for topic in there:
            if topic.partitions and sizes[topic.name] != topic.partitions:
                differences.append(f"{topic.name} has {sizes[topic.name]} partitions, not {topic.partitions}")
            wanted = _wanted(topic, brokers)
            for name, value in wanted.items():
                if (is_ := configs[topic.name].get(name)) != value and not _better(name, is_, value):
                    differences.append(f"{topic.name} has {name}={is_}, not {value}")
            replicas = min(len(each["replica_nodes"]) for each in found[topic.name]["partitions"])
            if replicas < min(REPLICAS, brokers):
                differences.append(f"{topic.name} has {replicas} replicas, though {brokers} brokers stand")
        return differences

    def identity(self, settings: KafkaSettings, topic: str) -> str:
        """What tells a topic from another one that bears, or bore, its name."""
        with admin(settings) as client:
            (described,) = client.describe_topics([topic])
        return str(described["topic_id"])

    def queue(self, settings: KafkaSettings) -> str:
        """The topic of actions by name and identity; the log keeps under it how far each partition is decided on."""
        return f"{self.actions} {self.identity(settings, self.actions)}"

    def again(self, settings: KafkaSettings, partitions: int) -> list[str]:
        """Deletes what tells of the log, with all it holds, and makes it anew with as many partitions as it had, or
        else as actions have, or with so many. Actions and seals stay. Answers the names.

        One after the other, and events, which tell whether it is done, last: after a kill the same again does the rest.
        """
        there = self.partitions(settings)
        names = [self.rejected, self.findings, self.events]
        for name in names:
            deleted(settings, [name])
            self.create(settings, partitions=there.get(name, there.get(self.actions, partitions)), only=name)
        return names

    def partitions(self, settings: KafkaSettings) -> dict[str, int]:
        """How many partitions each topic has that is there."""
        with admin(settings) as client:
            found = client.describe_topics()
        ours = {topic.name for topic in self.all}
        return {topic["name"]: len(topic["partitions"]) for topic in found if topic["name"] in ours}


def deleted(settings: KafkaSettings, names: Collection[str]) -> None:
    """Removes topics with all they hold, and returns when nobody sees them any more; what is not there is no fault."""
    with admin(settings) as client:
        give_up = time.monotonic() + GONE_SECONDS
        while there := sorted({*names} & {*client.list_topics()}):
            if time.monotonic() > give_up:
                raise Unreachable(f"{', '.join(there)}: still there {GONE_SECONDS} s after they were deleted")
            with suppress(UnknownTopicOrPartitionError):
                client.delete_topics(there)
            time.sleep(0.05)


def _wanted(topic: Topic, brokers: int) -> dict[str, str]:
    return {
        "cleanup.policy": "delete",
        "retention.ms": str(topic.retention),
        "retention.bytes": "-1",
        "max.message.bytes": str(LONGEST),
        "min.insync.replicas": "2" if brokers >= REPLICAS else "1",
    }


def _better(name: str, found: str | None, wanted: str) -> bool:
    """More room, more time or more safety than asked for is no fault."""
    if found is None or name == "cleanup.policy":
        return False
    if name.startswith("retention"):
        return found == "-1" or -1 < int(wanted) <= int(found)
    return int(found) >= int(wanted)


def _configs(client: KafkaAdminClient, names: list[str]) -> dict[str, dict[str, Any]]:
    if not names:
        return {}
    asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    told = client.describe_configs(asked, config_filter="all")["topic"]
    return {name: {key: config["value"] for key, config in told[name].items()} for name in names}
