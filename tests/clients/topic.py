"""What stands in a topic, and a broker of a test's own, which may be killed."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from kafka import KafkaConsumer, TopicPartition


class Record(dict[str, Any]):
    """An action as it stands in the topic; `key` and `headers` beside it."""

    key: bytes
    headers: list[tuple[str, bytes]]


def records(url: str, topic: str) -> list[Record]:
    """Everything in the topic now, each partition in its order."""
    found = []
    for each in raw(url, topic):
        record = Record(json.loads(each.value))
        record.key, record.headers = each.key, list(each.headers)
        found.append(record)
    return found


def raw(url: str, topic: str, partition: int | None = None) -> list[Any]:
    """The same as the client has it, of one partition or of all."""
    consumer = KafkaConsumer(bootstrap_servers=url, auto_offset_reset="earliest", enable_auto_commit=False)
    try:
        numbers = sorted(consumer.partitions_for_topic(topic) or ()) if partition is None else [partition]
        places = [TopicPartition(topic, each) for each in numbers]
        consumer.assign(places)
        ends, found = consumer.end_offsets(places), list[Any]()
        consumer.seek_to_beginning(*places)
        while any(consumer.position(each) < ends[each] for each in places):
            for batch in consumer.poll(timeout_ms=200).values():
                found += batch
        return found
    finally:
        consumer.close()


def first_seen(found: list[Record]) -> dict[str, list[str]]:
    """The ids of each subject in the order in which an intake first sees them: what it saw before is a duplicate."""
    order: dict[str, dict[str, None]] = defaultdict(dict)
    for each in found:
        order[each["subject"]].setdefault(each["id"])
    return {subject: list(ids) for subject, ids in order.items()}
