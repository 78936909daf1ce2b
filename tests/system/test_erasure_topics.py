"""After `petitioner.forgotten` no topic holds a readable field; what was sent goes with the intake's key."""

from __future__ import annotations

import signal
from contextlib import closing
from pathlib import Path

import pytest

from infra.kafka.topics import Topics
from infra.vault.sealed_box import Envelope
from infra.vault.vault import open_vault
from tests.infra.kafka_reading import records
from tests.patience import PATIENCE, until
from tests.system.command import Danze, ndjson
from tests.system.test_erasure import CLEAR, FORGOTTEN, REFUSED, TOLD, X, Y, opened, sealed_in

pytestmark = pytest.mark.kafka


def values(kafka: str, topic: str) -> list[bytes]:
    return [record.value for batch in records(kafka, topic).values() for record in batch]


def published(danze: Danze, kafka: str, topics: Topics) -> list[bytes]:
    """What the relay brings of seven events and four refused actions."""
    process = danze.start("relay", "--kafka", kafka, "--topics", topics.prefix)
    found: list[bytes] = []

    def all_there() -> bool:
        found[:] = [*values(kafka, topics.events), *values(kafka, topics.rejected)]
        return len(found) == 11

    try:
        until(all_there, lambda: len(found))
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)
    return found


def test_no_topic_holds_a_readable_field(danze: Danze, store: Path, kafka_url: str, topics: Topics) -> None:
    danze.emit(*TOLD, *REFUSED)
    key = danze("keys").out.strip()
    to_topic = ("--kafka", kafka_url, "--topics", topics.prefix, "--intake-key", key)
    assert danze("emit", "-", *to_topic, sent=ndjson(TOLD)).code == 0
    danze.emit(FORGOTTEN)
    told, sent = published(danze, kafka_url, topics), values(kafka_url, topics.actions)
    assert not [text.decode() for text in CLEAR for value in (*told, *sent) if text in value]
    with closing(open_vault(str(store), create=False)) as vault:
        assert opened(vault, sealed_in(told), X) == [None] * 6
        assert None not in opened(vault, sealed_in(told), Y)
        boxes = [value for value in sent if Envelope(key).name.encode() in value]
        assert len(boxes) == 3
        danze("keys", "rotate")
        assert all(isinstance(vault.intake_key.opened(box), bytes) for box in boxes), "until the topic lets them go"
        danze("keys", "retire", Envelope(key).name)
        assert not any(isinstance(vault.intake_key.opened(box), bytes) for box in boxes)
